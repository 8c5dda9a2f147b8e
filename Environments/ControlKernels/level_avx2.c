// AVX2: x86-64 processors since 2013.

#if defined(__x86_64__)
#define LEVEL control_kernels_avx2
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "level.h"
#pragma clang attribute pop
#endif
