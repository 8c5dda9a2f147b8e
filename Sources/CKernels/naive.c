#include "ck_naive.h"

#include <math.h>

void ck_naive_matmul(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, bool transpose_a,
                     const float *b, ptrdiff_t ldb, bool transpose_b, ptrdiff_t m, ptrdiff_t n,
                     ptrdiff_t k, bool accumulate) {
  for (ptrdiff_t i = 0; i < m; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      double sum = accumulate ? c[i * ldc + j] : 0;
      for (ptrdiff_t l = 0; l < k; l++)
        sum += (double)(transpose_a ? a[l * lda + i] : a[i * lda + l]) *
               (double)(transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
      c[i * ldc + j] = (float)sum;
    }
}

/// Where a number of a window lies in the images, and its weight among those of all outputs.
struct product {
  ptrdiff_t x, weight;
};

static struct product product(struct ck_convolution s, ptrdiff_t window, ptrdiff_t k,
                              ptrdiff_t output) {
  const ptrdiff_t rows = ck_convolution_rows(s), columns = ck_convolution_columns(s);
  const ptrdiff_t channel = k % s.channels, place = k / s.channels;
  const ptrdiff_t row = window / columns % rows * s.stride + place / s.window_width;
  const ptrdiff_t column = window % columns * s.stride + place % s.window_width;
  const ptrdiff_t image = window / columns / rows;
  return (struct product){
      ((image * s.height + row) * s.width + column) * s.channels + channel,
      (output * s.channels + channel) * s.window_height * s.window_width + place};
}

void ck_naive_convolve(float *y, const float *x, const float *weight, const float *bias,
                       struct ck_convolution s) {
  const ptrdiff_t windows = s.images * ck_convolution_rows(s) * ck_convolution_columns(s);
  for (ptrdiff_t window = 0; window < windows; window++)
    for (ptrdiff_t output = 0; output < s.outputs; output++) {
      double sum = bias[output];
      for (ptrdiff_t k = 0; k < ck_convolution_depth(s); k++) {
        const struct product at = product(s, window, k, output);
        sum += (double)x[at.x] * (double)weight[at.weight];
      }
      y[window * s.outputs + output] = (float)sum;
    }
}

void ck_naive_convolve_gradients(double *dx, double *dw, const float *dy, const float *x,
                                 const float *weight, struct ck_convolution s) {
  const ptrdiff_t windows = s.images * ck_convolution_rows(s) * ck_convolution_columns(s);
  for (ptrdiff_t window = 0; window < windows; window++)
    for (ptrdiff_t output = 0; output < s.outputs; output++)
      for (ptrdiff_t k = 0; k < ck_convolution_depth(s); k++) {
        const struct product at = product(s, window, k, output);
        const double slope = dy[window * s.outputs + output];
        dx[at.x] += slope * (double)weight[at.weight];
        dw[at.weight] += slope * (double)x[at.x];
      }
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

double ck_naive_unary(enum ck_unary f, double x, double a, double b) {
  switch (f) {
    case ck_identity: return x;
    case ck_tanh: return tanh(x);
    case ck_relu: return x < 0 ? 0 : x;
    case ck_silu: return x * sigmoid(x);
    case ck_gelu: return 0.5 * x * (1 + erf(x / sqrt(2)));
    case ck_elu: return x > 0 ? x : expm1(x);
    case ck_sigmoid: return sigmoid(x);
    case ck_softplus: return fmax(x, 0) + log1p(exp(-fabs(x)));
    case ck_exp: return exp(x);
    case ck_log: return log(x);
    case ck_square: return x * x;
    case ck_sqrt: return sqrt(x);
    case ck_abs: return fabs(x);
    case ck_negate: return -x;
    case ck_clamp: return x < a ? a : x > b ? b : x;
  }
}

double ck_naive_unary_slope(enum ck_unary f, double x, double a, double b) {
  switch (f) {
    case ck_identity: return 1;
    case ck_tanh: return 1 - tanh(x) * tanh(x);
    case ck_relu: return x > 0;
    case ck_silu: return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    case ck_gelu: return 0.5 * (1 + erf(x / sqrt(2))) + x * exp(-x * x / 2) / sqrt(2 * M_PI);
    case ck_elu: return x > 0 ? 1 : exp(x);
    case ck_sigmoid: return sigmoid(x) * (1 - sigmoid(x));
    case ck_softplus: return sigmoid(x);
    case ck_exp: return exp(x);
    case ck_log: return 1 / x;
    case ck_square: return 2 * x;
    case ck_sqrt: return 0.5 / sqrt(x);
    case ck_abs: return (x > 0) - (x < 0);
    case ck_negate: return -1;
    case ck_clamp: return x >= a && x <= b;
  }
}

double ck_naive_binary(enum ck_binary f, double x, double y, double *x_slope, double *y_slope) {
  const double smaller = x < y ? 1 : x > y ? 0 : 0.5;
  switch (f) {
    case ck_add: *x_slope = 1, *y_slope = 1; return x + y;
    case ck_subtract: *x_slope = 1, *y_slope = -1; return x - y;
    case ck_multiply: *x_slope = y, *y_slope = x; return x * y;
    case ck_divide: *x_slope = 1 / y, *y_slope = -x / (y * y); return x / y;
    case ck_minimum: *x_slope = smaller, *y_slope = 1 - smaller; return x < y || x != x ? x : y;
    case ck_maximum: *x_slope = 1 - smaller, *y_slope = smaller; return x > y || x != x ? x : y;
  }
}

void ck_naive_log_softmax(float *y, const float *x, ptrdiff_t rows, ptrdiff_t n) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    double highest = x[r * n], sum = 0;
    for (ptrdiff_t j = 1; j < n; j++) highest = fmax(highest, x[r * n + j]);
    for (ptrdiff_t j = 0; j < n; j++) sum += exp(x[r * n + j] - highest);
    for (ptrdiff_t j = 0; j < n; j++) y[r * n + j] = (float)(x[r * n + j] - highest - log(sum));
  }
}
