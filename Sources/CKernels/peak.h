// Fused multiply-adds and nothing else: what the other kernels are compared with.

// More chains than a multiply-add has cycles of latency times units, and no more than there are
// registers for.
#if defined(LEVEL_AVX512)
#define CHAINS 12
#else
#define CHAINS 6
#endif

static void multiply_adds(float *out, ptrdiff_t rounds) {
  // From memory: of chains whose numbers it knows, the compiler would compute nothing.
  const v16 keep = splat(out[0]), add = splat(out[1]);
  v16 chain[CHAINS];
  for (int i = 0; i < CHAINS; i++) chain[i] = splat((float)i);
  for (ptrdiff_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
    for (int i = 0; i < 12; i++)
      chain[i % CHAINS] = fma16(keep, add, chain[i % CHAINS]);
  for (int i = 1; i < CHAINS; i++) chain[0] += chain[i];
  out[0] = sum_lanes(chain[0]);
}
