#ifndef PEAK_ARITHMETIC_H
#define PEAK_ARITHMETIC_H

#include <stdint.h>

// The most that a core can do: fused multiply-adds in single precision that depend on nothing in
// memory, in enough independent chains to keep every unit busy.

/// Does `rounds` rounds and returns how many floating-point operations that were.
double peak_run(int64_t rounds);

#endif
