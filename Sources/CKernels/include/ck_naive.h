#ifndef CK_NAIVE_H
#define CK_NAIVE_H

#include "ck_kernels.h"

// What the kernels compute, written as simply as possible and in double precision: the reference
// that the tests hold them against. Nothing else calls these.

/// C[m, n] (+)= op(A) op(B).
void ck_naive_matmul(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, bool transpose_a,
                     const float *b, ptrdiff_t ldb, bool transpose_b, ptrdiff_t m, ptrdiff_t n,
                     ptrdiff_t k, bool accumulate);

/// y = w ∗ x + bias.
void ck_naive_convolve(float *y, const float *x, const float *weight, const float *bias,
                       struct ck_convolution sizes);

/// dx += the gradient of the images and dw += that of the weight.
void ck_naive_convolve_gradients(double *dx, double *dw, const float *dy, const float *x,
                                 const float *weight, struct ck_convolution sizes);

/// f(x) and f'(x) by the C library.
double ck_naive_unary(enum ck_unary f, double x, double a, double b);
double ck_naive_unary_slope(enum ck_unary f, double x, double a, double b);

/// f(x, y), ∂f/∂x and ∂f/∂y.
double ck_naive_binary(enum ck_binary f, double x, double y, double *x_slope, double *y_slope);

/// y[rows, n] = x − log Σ exp x.
void ck_naive_log_softmax(float *y, const float *x, ptrdiff_t rows, ptrdiff_t n);

#endif
