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

INLINE double sum_lanes_f64(d16 x) {
  const double __attribute__((ext_vector_type(8))) eight = x.lo + x.hi;
  const double __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  const double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}
