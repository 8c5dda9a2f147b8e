// AVX2 with fused multiply-add: x86-64 processors since 2013.

#if defined(__x86_64__)
#define LEVEL ck_kernels_avx2
#define LEVEL_AVX2
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "level.h"
#pragma clang attribute pop
#endif
