// Chooses the level once, before main.

#include "include/ck_kernels.h"

#include <stdlib.h>
#include <string.h>

extern const struct ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const struct ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#endif

const struct ck_kernels *ck_active = &ck_kernels_portable;
static enum ck_level active_level = ck_level_portable;
static const char *refused = NULL;

const char *ck_level_name(enum ck_level level) {
  static const char *const names[] = {"portable", "avx2", "avx512"};
  return names[level];
}

const struct ck_kernels *ck_kernels_of(enum ck_level level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (level == ck_level_avx2) return avx2 ? &ck_kernels_avx2 : NULL;
  if (level == ck_level_avx512) return avx2 && avx512 ? &ck_kernels_avx512 : NULL;
#endif
  return level == ck_level_portable ? &ck_kernels_portable : NULL;
}

static void use(enum ck_level level) {
  ck_active = ck_kernels_of(level);
  active_level = level;
}

__attribute__((constructor)) static void choose_level(void) {
  for (int level = ck_level_portable; level <= ck_level_avx512; level++)
    if (ck_kernels_of((enum ck_level)level)) use((enum ck_level)level);
  const char *wanted = getenv("PPO_KERNELS");
  if (!wanted || !*wanted) return;
  for (int level = ck_level_portable; level <= ck_level_avx512; level++)
    if (strcmp(wanted, ck_level_name((enum ck_level)level)) == 0 &&
        ck_kernels_of((enum ck_level)level)) {
      use((enum ck_level)level);
      return;
    }
  refused = wanted;
}

enum ck_level ck_active_level(void) { return active_level; }
const char *ck_refused_level(void) { return refused; }
