// Sixteen floats, whatever the registers are, and what can be done with them.
//
// Included once for each level, inside a `#pragma clang attribute` that sets the instruction set.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Every function below is inlined, so how a vector would be passed to one is of no consequence.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline, unused))
#define LANES 16

typedef float v16 __attribute__((ext_vector_type(16)));
typedef int32_t i16 __attribute__((ext_vector_type(16)));
typedef float v16_at_any_address __attribute__((ext_vector_type(16), aligned(4)));
typedef double d16 __attribute__((ext_vector_type(16)));

INLINE v16 load(const float *p) { return *(const v16_at_any_address *)p; }
INLINE void store(float *p, v16 x) { *(v16_at_any_address *)p = x; }
INLINE v16 splat(float x) { return (v16)(x); }

/// The first n < 16 numbers at p, and zeros.
INLINE v16 load_first(const float *p, ptrdiff_t n) {
  float buffer[LANES] = {0};
  memcpy(buffer, p, (size_t)n * sizeof(float));
  return load(buffer);
}

INLINE void store_first(float *p, v16 x, ptrdiff_t n) {
  float buffer[LANES];
  store(buffer, x);
  memcpy(p, buffer, (size_t)n * sizeof(float));
}

INLINE v16 fma16(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }
INLINE v16 sqrt16(v16 x) { return __builtin_elementwise_sqrt(x); }
INLINE v16 select16(i16 condition, v16 yes, v16 no) { return condition ? yes : no; }
INLINE v16 min16(v16 a, v16 b) { return select16(a < b, a, b); }
INLINE v16 max16(v16 a, v16 b) { return select16(a > b, a, b); }
INLINE v16 bits_to_float(i16 x) { return (v16)x; }
INLINE i16 float_to_bits(v16 x) { return (i16)x; }
INLINE v16 abs16(v16 x) { return bits_to_float(float_to_bits(x) & 0x7fffffff); }

/// The sum of the lanes, always in the same order: halves onto each other.
INLINE float sum_lanes(v16 x) {
  const float __attribute__((ext_vector_type(8))) eight = x.lo + x.hi;
  const float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  const float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}

/// The sums of the lanes of 16 vectors, each in the order of `sum_lanes`; `x` is used up.
INLINE v16 sums_of_lanes(v16 x[LANES]) {
  for (int i = 0; i < 8; i++)
    x[i] = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19,
                                   20, 21, 22, 23) +
           __builtin_shufflevector(x[2 * i], x[2 * i + 1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26,
                                   27, 28, 29, 30, 31);
  for (int i = 0; i < 4; i++)
    x[i] = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19,
                                   24, 25, 26, 27) +
           __builtin_shufflevector(x[2 * i], x[2 * i + 1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22,
                                   23, 28, 29, 30, 31);
  for (int i = 0; i < 2; i++)
    x[i] = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21,
                                   24, 25, 28, 29) +
           __builtin_shufflevector(x[2 * i], x[2 * i + 1], 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22,
                                   23, 26, 27, 30, 31);
  return __builtin_shufflevector(x[0], x[1], 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                 30) +
         __builtin_shufflevector(x[0], x[1], 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29,
                                 31);
}

INLINE double sum_lanes_f64(d16 x) {
  const double __attribute__((ext_vector_type(8))) eight = x.lo + x.hi;
  const double __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  const double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}
