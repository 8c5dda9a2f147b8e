// AVX-512: a number of sixteen environments is two registers.

#if defined(__x86_64__)
#define LEVEL control_kernels_avx512
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"), \
                                            min_vector_width(512))),                          \
                             apply_to = function)
#include "level.h"
#pragma clang attribute pop
#endif
