// Operations on whole vectors of parameters: sums of gradients and steps of optimisers.

static void add_scaled(float *y, const float *x, float a, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, fma16(splat(a), load(x + i), load(y + i)));
  if (i == n) return;
  const ptrdiff_t left = n - i;
  store_first(y + i, fma16(splat(a), load_first(x + i, left), load_first(y + i, left)), left);
}

static void scale(float *y, const float *x, float a, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) store(y + i, a * load(x + i));
  if (i < n) store_first(y + i, a * load_first(x + i, n - i), n - i);
}

static void sum_vectors(float *out, const float *x, ptrdiff_t count, ptrdiff_t stride,
                        ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    const ptrdiff_t left = n - i;
    // Numbers outside, vectors inside: `out` may be the first vector, and is written once.
    v16 sum = splat(0.0f);
    for (ptrdiff_t v = 0; v < count; v++) {
      const float *from = x + v * stride + i;
      sum += left >= LANES ? load(from) : load_first(from, left);
    }
    if (left >= LANES)
      store(out + i, sum);
    else
      store_first(out + i, sum, left);
  }
}

/// One vector of parameters, one step on.
INLINE v16 adapt(v16 p, v16 g, v16 *m, v16 *v, struct ck_adaptive r) {
  g = fma16(splat(r.gradient_decay), p, g);
  *m = fma16(splat(r.keep_first), *m, r.add_first * g);
  *v = fma16(splat(r.keep_second), *v, r.add_second * g * g);
  const v16 direction = fma16(splat(r.momentum_rate), *m, r.gradient_rate * g);
  // A division, not an estimate of the reciprocal, whose bits differ between processors.
  const v16 root = sqrt16(*v * r.second_correction) + r.epsilon;
  return p * r.parameter_scale - direction / root;
}

static void adaptive_step(float *p, const float *g, float scale, float *m, float *v, ptrdiff_t n,
                          struct ck_adaptive rule) {
  // One walk over all four vectors: a step is limited by memory, not by arithmetic.
  ptrdiff_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    v16 first = load(m + i), second = load(v + i);
    store(p + i, adapt(load(p + i), scale * load(g + i), &first, &second, rule));
    store(m + i, first);
    store(v + i, second);
  }
  if (i == n) return;
  const ptrdiff_t left = n - i;
  v16 first = load_first(m + i, left), second = load_first(v + i, left);
  const v16 gradient = scale * load_first(g + i, left);
  store_first(p + i, adapt(load_first(p + i, left), gradient, &first, &second, rule), left);
  store_first(m + i, first, left);
  store_first(v + i, second, left);
}

static void momentum_step(float *p, const float *g, float scale, float *b, ptrdiff_t n, float rate,
                          float momentum, bool nesterov, float decay) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const float gradient = __builtin_fmaf(decay, p[i], scale * g[i]);
    b[i] = __builtin_fmaf(momentum, b[i], gradient);
    p[i] -= rate * (nesterov ? __builtin_fmaf(momentum, b[i], gradient) : b[i]);
  }
}
