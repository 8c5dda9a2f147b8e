// Elementwise functions, each with its derivative beside it.

INLINE v16 slope_of_silu(v16 x) {
  const v16 s = sigmoid16(x);
  return s * fma16(x, 1.0f - s, splat(1.0f));
}

INLINE v16 slope_of_gelu(v16 x) {
  const v16 density = 0.39894228f * exp16(x * x * -0.5f);
  return fma16(x, density, 0.5f * (1.0f + erf16(x * 0.70710678f)));
}

// F(name, f(x), f'(x)), where the derivative may use y = f(x). A NaN gives a NaN: of two numbers
// that do not compare, `min16` and `max16` take the second.
#define UNARY_FUNCTIONS(F)                                                                     \
  F(identity, x, splat(1.0f))                                                                  \
  F(tanh, tanh16(x), fma16(-y, y, splat(1.0f)))                                                \
  F(relu, max16(splat(0.0f), x), select16(y > 0.0f, splat(1.0f), splat(0.0f)))                 \
  F(silu, (x * sigmoid16(x)), slope_of_silu(x))                                                 \
  F(gelu, (0.5f * x * (1.0f + erf16(x * 0.70710678f))), slope_of_gelu(x))                       \
  F(elu, select16(x > 0.0f, x, exp16(x) - 1.0f), select16(x > 0.0f, splat(1.0f), y + 1.0f))    \
  F(sigmoid, sigmoid16(x), (y * (1.0f - y)))                                                   \
  F(softplus, softplus16(x), sigmoid16(x))                                                     \
  F(exp, exp16(x), y)                                                                          \
  F(log, log16(x), 1.0f / x)                                                                   \
  F(square, (x * x), (2.0f * x))                                                               \
  F(sqrt, sqrt16(x), 0.5f / y)                                                                 \
  F(abs, abs16(x),                                                                             \
    select16(x > 0.0f, splat(1.0f), select16(x < 0.0f, splat(-1.0f), splat(0.0f))))            \
  F(negate, -x, splat(-1.0f))                                                                  \
  F(clamp, min16(splat(b), max16(splat(a), x)),                                                \
    select16((x >= splat(a)) & (x <= splat(b)), splat(1.0f), splat(0.0f)))

// For each function a loop over its values and one over its pullback.
#define UNARY_LOOPS(name, value, slope)                                                        \
  INLINE v16 name##_value(v16 x, float a, float b) { return value; }                           \
  INLINE v16 name##_slope(v16 x, v16 y, float a, float b) { return slope; }                    \
  static void name##_forward(float *y, const float *x, ptrdiff_t n, float a, float b) {        \
    ptrdiff_t i = 0;                                                                           \
    for (; i + LANES <= n; i += LANES) store(y + i, name##_value(load(x + i), a, b));          \
    if (i < n) store_first(y + i, name##_value(load_first(x + i, n - i), a, b), n - i);        \
  }                                                                                            \
  static void name##_backward(float *dx, const float *dy, const float *x, const float *y,      \
                              ptrdiff_t n, float a, float b, bool accumulate) {                \
    ptrdiff_t i = 0;                                                                           \
    for (; i + LANES <= n; i += LANES) {                                                       \
      const v16 d = load(dy + i) * name##_slope(load(x + i), load(y + i), a, b);               \
      store(dx + i, accumulate ? load(dx + i) + d : d);                                        \
    }                                                                                          \
    if (i < n) {                                                                               \
      const ptrdiff_t left = n - i;                                                            \
      const v16 slope_here =                                                                   \
          name##_slope(load_first(x + i, left), load_first(y + i, left), a, b);                \
      const v16 d = load_first(dy + i, left) * slope_here;                                     \
      store_first(dx + i, accumulate ? load_first(dx + i, left) + d : d, left);                \
    }                                                                                          \
  }
UNARY_FUNCTIONS(UNARY_LOOPS)

static void unary(enum ck_unary f, float *y, const float *x, ptrdiff_t n, float a, float b) {
  switch (f) {
#define CASE(name, value, slope) \
  case ck_##name: name##_forward(y, x, n, a, b); break;
    UNARY_FUNCTIONS(CASE)
#undef CASE
  }
}

static void unary_pullback(enum ck_unary f, float *dx, const float *dy, const float *x,
                           const float *y, ptrdiff_t n, float a, float b, bool accumulate) {
  switch (f) {
#define CASE(name, value, slope) \
  case ck_##name: name##_backward(dx, dy, x, y, n, a, b, accumulate); break;
    UNARY_FUNCTIONS(CASE)
#undef CASE
  }
}

/// 1 where the first number is chosen, ½ where both are equal, as PyTorch shares the gradient.
INLINE v16 choice(v16 chosen, v16 other) {
  return select16(chosen < other, splat(1.0f), select16(chosen > other, splat(0.0f), splat(0.5f)));
}

// F(name, f(x, y), ∂f/∂x, ∂f/∂y)
#define BINARY_FUNCTIONS(F)                                                                    \
  F(add, x + y, splat(1.0f), splat(1.0f))                                                      \
  F(subtract, x - y, splat(1.0f), splat(-1.0f))                                                \
  F(multiply, (x * y), y, x)                                                                   \
  F(divide, x / y, 1.0f / y, -x / (y * y))                                                     \
  F(minimum, select16(x != x, x, min16(x, y)), choice(x, y), choice(y, x))                     \
  F(maximum, select16(x != x, x, max16(x, y)), choice(y, x), choice(x, y))

INLINE v16 load_walking(const float *p, ptrdiff_t step, ptrdiff_t i, ptrdiff_t left) {
  if (step == 0) return splat(*p);
  return left >= LANES ? load(p + i) : load_first(p + i, left);
}

/// Adds `d`, which is zero beyond `left`, to a walking output, or to `sum` for a repeated one.
INLINE void add_walking(float *p, v16 *sum, v16 d, ptrdiff_t step, ptrdiff_t i, ptrdiff_t left) {
  if (step == 0)
    *sum += d;
  else if (left >= LANES)
    store(p + i, load(p + i) + d);
  else
    store_first(p + i, load_first(p + i, left) + d, left);
}

// The functions of x and y, then loops with both steps known to the compiler.
#define BINARY_LOOPS(name, value, x_slope, y_slope)                                            \
  INLINE v16 name##_value2(v16 x, v16 y) { return value; }                                     \
  INLINE v16 name##_x_slope(v16 x, v16 y) { return x_slope; }                                  \
  INLINE v16 name##_y_slope(v16 x, v16 y) { return y_slope; }                                  \
  INLINE void name##_loop(float *z, const float *x, const ptrdiff_t x_step, const float *y,    \
                          const ptrdiff_t y_step, ptrdiff_t n) {                               \
    for (ptrdiff_t i = 0; i < n; i += LANES) {                                                 \
      const ptrdiff_t left = n - i;                                                            \
      const v16 v = name##_value2(load_walking(x, x_step, i, left),                            \
                                  load_walking(y, y_step, i, left));                           \
      if (left >= LANES)                                                                       \
        store(z + i, v);                                                                       \
      else                                                                                     \
        store_first(z + i, v, left);                                                           \
    }                                                                                          \
  }                                                                                            \
  static void name##_forward2(float *z, const float *x, ptrdiff_t x_step, const float *y,      \
                              ptrdiff_t y_step, ptrdiff_t n) {                                 \
    if (x_step && y_step)                                                                      \
      name##_loop(z, x, 1, y, 1, n);                                                           \
    else if (x_step)                                                                           \
      name##_loop(z, x, 1, y, 0, n);                                                           \
    else if (y_step)                                                                           \
      name##_loop(z, x, 0, y, 1, n);                                                           \
    else                                                                                       \
      name##_loop(z, x, 0, y, 0, n);                                                           \
  }                                                                                            \
  static void name##_backward2(float *dx, float *dy, const float *dz, const float *x,          \
                               ptrdiff_t x_step, const float *y, ptrdiff_t y_step,             \
                               ptrdiff_t n) {                                                  \
    v16 x_sum = splat(0.0f), y_sum = splat(0.0f);                                              \
    for (ptrdiff_t i = 0; i < n; i += LANES) {                                                 \
      const ptrdiff_t left = n - i;                                                            \
      const v16 a = load_walking(x, x_step, i, left), b = load_walking(y, y_step, i, left);    \
      const v16 d = load_walking(dz, 1, i, left);                                              \
      if (dx) add_walking(dx, &x_sum, only(d * name##_x_slope(a, b), left), x_step, i, left);  \
      if (dy) add_walking(dy, &y_sum, only(d * name##_y_slope(a, b), left), y_step, i, left);  \
    }                                                                                          \
    if (dx && !x_step) *dx += sum_lanes(x_sum);                                                \
    if (dy && !y_step) *dy += sum_lanes(y_sum);                                                \
  }

/// The first `left` lanes, and zeros; what lies beyond may be 0/0.
INLINE v16 only(v16 d, ptrdiff_t left) {
  if (left >= LANES) return d;
  const i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return select16(lane < (i16)((int32_t)left), d, splat(0.0f));
}

BINARY_FUNCTIONS(BINARY_LOOPS)

static void binary(enum ck_binary f, float *z, const float *x, ptrdiff_t x_step, const float *y,
                   ptrdiff_t y_step, ptrdiff_t n) {
  switch (f) {
#define CASE(name, value, x_slope, y_slope) \
  case ck_##name: name##_forward2(z, x, x_step, y, y_step, n); break;
    BINARY_FUNCTIONS(CASE)
#undef CASE
  }
}

static void binary_pullback(enum ck_binary f, float *dx, float *dy, const float *dz, const float *x,
                            ptrdiff_t x_step, const float *y, ptrdiff_t y_step, ptrdiff_t n) {
  switch (f) {
#define CASE(name, value, x_slope, y_slope) \
  case ck_##name: name##_backward2(dx, dy, dz, x, x_step, y, y_step, n); break;
    BINARY_FUNCTIONS(CASE)
#undef CASE
  }
}
