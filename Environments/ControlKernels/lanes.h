// Sixteen doubles, one for each of sixteen environments, and what equations do with them.
//
// Included once for each level, inside a `#pragma clang attribute` that sets the instruction set,
// and once for a single lane.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
// Every function below is inlined, so how a vector would be passed to one is of no consequence.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline, unused))
#ifndef LANES
// More than a register holds, so that the processor has something to do while one lane waits.
#define LANES 16
#endif

typedef double doubles __attribute__((ext_vector_type(LANES)));
/// The answers to a question: all bits of a lane where it is yes, none where it is no.
typedef int64_t answers __attribute__((ext_vector_type(LANES)));

#define CK_INLINE INLINE
#define CK_SINE_AND_COSINE sine_and_cosine
#define CK_DOUBLES doubles
#define CK_INTEGERS answers
#include "ck_sine_and_cosine.h"
#undef CK_INLINE

INLINE doubles sine(doubles angle) {
  doubles sine, cosine;
  sine_and_cosine(angle, &sine, &cosine);
  return sine;
}

INLINE doubles cosine(doubles angle) {
  doubles sine, cosine;
  sine_and_cosine(angle, &sine, &cosine);
  return cosine;
}

INLINE doubles choose(answers condition, doubles yes, doubles no) { return condition ? yes : no; }
INLINE doubles magnitude(doubles x) { return (doubles)((answers)x & INT64_MAX); }

/// The nearest number within a range; NaN stays what it is.
INLINE doubles clamped(doubles x, double lowest, double highest) {
  return choose(x > highest, (doubles)highest, choose(x < lowest, (doubles)lowest, x));
}

/// The same angle, by whole turns brought to -π...π.
INLINE doubles wrapped(doubles angle) {
  const double turn = 2 * 3.14159265358979323846;
  const double magic = 6755399441055744.0;  // 1.5 · 2⁵²: adding it rounds to a whole number
  const doubles turns = (angle / turn + magic) - magic;
  return angle - turn * turns;
}
