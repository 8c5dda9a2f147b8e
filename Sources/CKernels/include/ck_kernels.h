#ifndef CK_KERNELS_H
#define CK_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck_convolution.h"
#include "ck_platform.h"

// The arithmetic of the project. One source is compiled for each instruction set; the best one
// that the processor has is chosen at start, or the one that PPO_KERNELS names.
//
// All levels give the same bits. Kernels vectorise across outputs and add over k in one order with
// fused multiply-add; sums use 16 virtual lanes whatever the width of a register.
//
// Matrices are row-major. `accumulate` adds to the output instead of overwriting it.

/// An elementwise function of one variable. `a` and `b` are the parameters of `clamp` alone.
enum ck_unary {
  ck_identity,
  ck_tanh,
  ck_relu,
  ck_silu,
  ck_gelu,
  ck_elu,
  ck_sigmoid,
  ck_softplus,
  ck_exp,
  ck_log,
  ck_square,
  ck_sqrt,
  ck_abs,
  ck_negate,
  ck_clamp,
};

/// An elementwise function of two variables.
enum ck_binary {
  ck_add,
  ck_subtract,
  ck_multiply,
  ck_divide,
  ck_minimum,
  ck_maximum,
};

/// The coefficients of one step of Adam, AdamW, NAdam or RMSProp; see `adaptive_step`.
struct ck_adaptive {
  float keep_first;         // β₁
  float add_first;          // 1 − β₁, which is not exact if it is computed from a float β₁
  float keep_second;        // β₂
  float add_second;         // 1 − β₂
  float momentum_rate;      // what m / (√(c v) + ε) is multiplied by
  float gradient_rate;      // what g / (√(c v) + ε) is multiplied by
  float second_correction;  // c
  float epsilon;            // ε, outside the root
  float gradient_decay;     // λ of an L2 penalty: g + λ p
  float parameter_scale;    // 1 − η λ of a decoupled decay
};

/// The address of a stream of random numbers; see RandomStreams.
struct ck_stream {
  uint32_t key[2];
  uint32_t index;
  uint32_t purpose;
};

/// X(name, parameters, arguments): every kernel.
#define CK_KERNELS(X)                                                                              \
  /* C[m, n] (+)= op(A) op(B); op(A) is [m, k], op(B) is [k, n]; lda, ldb, ldc are row strides. */ \
  X(matmul,                                                                                        \
    (float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, bool transpose_a, const float *b,     \
     ptrdiff_t ldb, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulate),     \
    (c, ldc, a, lda, transpose_a, b, ldb, transpose_b, m, n, k, accumulate))                       \
  /* y[rows, out] = f(x[rows, in] weightᵀ + bias); the weight is [out, in]. */                     \
  X(linear,                                                                                        \
    (float *y, const float *x, const float *weight, const float *bias, ptrdiff_t rows,             \
     ptrdiff_t in, ptrdiff_t out, enum ck_unary f),                                                \
    (y, x, weight, bias, rows, in, out, f))                                                        \
  /* The weight [out, in], copied in the order in which `linear_packed` reads it; `out` must be a    \
     multiple of 16. The order is that of the level. */                                            \
  X(pack_weight, (float *packed, const float *weight, ptrdiff_t in, ptrdiff_t out),                \
    (packed, weight, in, out))                                                                     \
  /* The bits of `linear` by a weight that `pack_weight` has written. */                           \
  X(linear_packed,                                                                                 \
    (float *y, const float *x, const float *packed, const float *bias, ptrdiff_t rows,             \
     ptrdiff_t in, ptrdiff_t out, enum ck_unary f),                                                \
    (y, x, packed, bias, rows, in, out, f))                                                        \
  /* The weight of a convolution in the order in which `convolve` reads it, which is that of the      \
     level; `packed` has room for `ck_convolution_packed_count` numbers. */                         \
  X(pack_convolution, (float *packed, const float *weight, struct ck_convolution sizes),           \
    (packed, weight, sizes))                                                                       \
  /* The same in the order in which `convolve_image_gradient` reads it. */                         \
  X(pack_convolution_transposed,                                                                   \
    (float *packed, const float *weight, struct ck_convolution sizes), (packed, weight, sizes))    \
  /* y = f(w ∗ x + bias). */                                                                       \
  X(convolve,                                                                                      \
    (float *y, const float *x, const float *packed, const float *bias,                             \
     struct ck_convolution sizes, enum ck_unary f),                                                \
    (y, x, packed, bias, sizes, f))                                                                \
  /* dx += the gradient of the images. */                                                          \
  X(convolve_image_gradient,                                                                       \
    (float *dx, const float *dy, const float *packed, struct ck_convolution sizes),                \
    (dx, dy, packed, sizes))                                                                       \
  /* dw += the gradient of the weight; `scratch` has room for a packed weight. */                  \
  X(convolve_weight_gradient,                                                                      \
    (float *dw, const float *x, const float *dy, float *scratch, struct ck_convolution sizes),     \
    (dw, x, dy, scratch, sizes))                                                                   \
  /* y = f(x), n numbers. */                                                                       \
  X(unary, (enum ck_unary f, float *y, const float *x, ptrdiff_t n, float a, float b),             \
    (f, y, x, n, a, b))                                                                            \
  /* dx (+)= dy f'(x), where y = f(x); functions that need only one of x and y ignore the other.   \
   */                                                                                              \
  X(unary_pullback,                                                                                \
    (enum ck_unary f, float *dx, const float *dy, const float *x, const float *y, ptrdiff_t n,     \
     float a, float b, bool accumulate),                                                           \
    (f, dx, dy, x, y, n, a, b, accumulate))                                                        \
  /* z = f(x, y), n numbers; a step of 0 repeats the first number, a step of 1 walks. */           \
  X(binary,                                                                                        \
    (enum ck_binary f, float *z, const float *x, ptrdiff_t x_step, const float *y,                 \
     ptrdiff_t y_step, ptrdiff_t n),                                                               \
    (f, z, x, x_step, y, y_step, n))                                                               \
  /* Adds dz ∂f/∂x to dx and dz ∂f/∂y to dy, summed where a step is 0; either may be null. */      \
  X(binary_pullback,                                                                               \
    (enum ck_binary f, float *dx, float *dy, const float *dz, const float *x, ptrdiff_t x_step,    \
     const float *y, ptrdiff_t y_step, ptrdiff_t n),                                               \
    (f, dx, dy, dz, x, x_step, y, y_step, n))                                                      \
  /* out[rows] = the sum of each row of x[rows, n]. */                                             \
  X(sum_rows, (float *out, const float *x, ptrdiff_t rows, ptrdiff_t n), (out, x, rows, n))        \
  /* out[n] (+)= the sum of each column of x[rows, n]. */                                          \
  X(sum_columns, (float *out, const float *x, ptrdiff_t rows, ptrdiff_t n, bool accumulate),       \
    (out, x, rows, n, accumulate))                                                                 \
  /* y[rows, n] = x − log Σ exp x for each row; `normalizer`[rows] receives log Σ exp x. */        \
  X(log_softmax, (float *y, float *normalizer, const float *x, ptrdiff_t rows, ptrdiff_t n),       \
    (y, normalizer, x, rows, n))                                                                   \
  /* dx (+)= dy − exp(y) Σ dy for each row, where y is the output of log_softmax. */               \
  X(log_softmax_pullback,                                                                          \
    (float *dx, const float *dy, const float *y, ptrdiff_t rows, ptrdiff_t n, bool accumulate),    \
    (dx, dy, y, rows, n, accumulate))                                                              \
  /* y += a x. */                                                                                  \
  X(add_scaled, (float *y, const float *x, float a, ptrdiff_t n), (y, x, a, n))                    \
  /* y = a x. */                                                                                   \
  X(scale, (float *y, const float *x, float a, ptrdiff_t n), (y, x, a, n))                         \
  /* out = x[0] + x[1] + …, `count` vectors of n numbers `stride` apart, added in that order. */   \
  X(sum_vectors,                                                                                   \
    (float *out, const float *x, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t n),                  \
    (out, x, count, stride, n))                                                                    \
  /* p and its moments m and v one step on; the gradient g is scaled by `scale` first. */          \
  X(adaptive_step,                                                                                 \
    (float *p, const float *g, float scale, float *m, float *v, ptrdiff_t n,                       \
     struct ck_adaptive rule),                                                                     \
    (p, g, scale, m, v, n, rule))                                                                  \
  /* p −= rate (g + μ b if nesterov else b), where b = μ b + g, g = scale g + decay p. */          \
  X(momentum_step,                                                                                 \
    (float *p, const float *g, float scale, float *b, ptrdiff_t n, float rate, float momentum,     \
     bool nesterov, float decay),                                                                  \
    (p, g, scale, b, n, rate, momentum, nesterov, decay))                                          \
  /* out[0] = Σ x y and out[1] = Σ |x|, in double precision; y may be null for Σ x. */             \
  X(sums_f64, (double *out, const float *x, const float *y, ptrdiff_t n), (out, x, y, n))         \
  /* Makes `count` vectors of n numbers orthogonal and 1 long, each to those before it; count ≤ n. */\
  X(orthonormalize, (double *vectors, ptrdiff_t count, ptrdiff_t n), (vectors, count, n))          \
  /* `rounds` · 12 · 16 fused multiply-adds in registers, to find the peak of the processor; reads   \
     two numbers and writes one, whose bits depend on the level. */                                \
  X(multiply_adds, (float *out, ptrdiff_t rounds), (out, rounds))                                  \
  /* words[2 blocks] = the random words of a stream from block number `block` on. */               \
  X(random_words, (uint64_t *words, struct ck_stream stream, uint64_t block, ptrdiff_t blocks),    \
    (words, stream, block, blocks))

/// The kernels of one level.
struct ck_kernels {
#define CK_FIELD(name, parameters, arguments) void (*name) parameters;
  CK_KERNELS(CK_FIELD)
#undef CK_FIELD
};

/// An instruction set that kernels are compiled for.
enum ck_level { ck_level_portable, ck_level_avx2, ck_level_avx512 };

/// The kernels of a level, or null if this processor does not have it.
const struct ck_kernels *ck_kernels_of(enum ck_level level);

/// The name of a level: "portable", "avx2", "avx512".
const char *ck_level_name(enum ck_level level);

/// The level in use.
enum ck_level ck_active_level(void);

/// What PPO_KERNELS named if that is no level of this processor, otherwise null.
const char *ck_refused_level(void);

extern const struct ck_kernels *ck_active;

#define CK_CALL(name, parameters, arguments) \
  static inline void ck_run_##name parameters { ck_active->name arguments; }
CK_KERNELS(CK_CALL)
#undef CK_CALL

#endif
