// Finds the kernels of a level.

#include "include/ControlKernels.h"

extern const struct control_kernels control_kernels_portable;
#if defined(__x86_64__)
extern const struct control_kernels control_kernels_avx2, control_kernels_avx512;
#endif

const struct control_kernels *control_kernels_of(enum ck_level level) {
#if defined(__x86_64__)
  if (level == ck_level_avx512) return &control_kernels_avx512;
  if (level == ck_level_avx2) return &control_kernels_avx2;
#endif
  return &control_kernels_portable;
}
