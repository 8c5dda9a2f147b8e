// The level of every processor. Where there is no fused multiply-add instruction each one is a
// call of the C library, which is slow and right. On arm64 this level is the fast one.

#define LEVEL ck_kernels_portable
#include "level.h"
