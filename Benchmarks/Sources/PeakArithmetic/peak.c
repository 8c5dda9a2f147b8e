#include "include/PeakArithmetic.h"

// More chains than a fused multiply-add has cycles of latency times units, and no more than there
// are registers.
enum { CHAINS = 12 };

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));

// Not constants: of a chain whose numbers it knows, 0.999 · 1 + 0.001 among them, the compiler
// computes nothing.
static volatile float factor = 0.999f, summand = 1e-3f, sink;

#define FUSED(x, y, z) __builtin_elementwise_fma(x, y, z)
#define IN_TWO(x, y, z) ((x) * (y) + (z))

#define PEAK(name, vector, lanes, step, attribute)                                   \
  attribute static double name(int64_t rounds) {                                     \
    const vector keep = (vector){} + factor, add = (vector){} + summand;             \
    vector chain[CHAINS];                                                            \
    for (int i = 0; i < CHAINS; i++) chain[i] = (vector){} + (float)i;               \
    for (int64_t round = 0; round < rounds; round++)                                 \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) chain[i] = \
          step(chain[i], keep, add);                                                 \
    for (int i = 1; i < CHAINS; i++) chain[0] += chain[i];                           \
    for (int i = 0; i < lanes; i++) sink = chain[0][i];                              \
    return 2.0 * lanes * CHAINS * (double)rounds;                                    \
  }

#if defined(__x86_64__)
PEAK(peak_of_16, v16, 16, FUSED, __attribute__((target("avx512f"))))
PEAK(peak_of_8, v8, 8, FUSED, __attribute__((target("avx2,fma"))))
PEAK(peak_of_4, v4, 4, IN_TWO, )
#else
PEAK(peak_of_4, v4, 4, FUSED, )
#endif

double peak_run(int64_t rounds) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return peak_of_16(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_of_8(rounds);
#endif
  return peak_of_4(rounds);
}
