// Runs every kernel on fixed arguments, at each level that this processor has, holds the results
// against the naive twins, and prints a hash of their bits: one line a kernel, the same on every
// processor. run.sh compares the lines of this machine, of an emulated arm64 and of bits.txt.

#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LARGEST 40000

static const ptrdiff_t sizes[] = {0, 1, 2, 3, 5, 15, 16, 17, 31, 63, 64, 65, 127, 129, 257, 300};
#define SIZES (int)(sizeof sizes / sizeof *sizes)

static const struct ck_kernels *kernels;
static int failures;

// MARK: Arguments

static uint64_t state;

static uint64_t next_word(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Numbers from −4 to 4, every fifth time any bit pattern, or one of the special ones.
static float next_number(bool is_ordinary) {
  static const float special[] = {0, -0.0f, 1, -1, 0x1p-149f, -0x1p-130f, 1e30f, -1e30f, 88.72f,
                                  -103.9f};
  const uint64_t word = next_word();
  const float ordinary = (float)(int32_t)(word >> 40) * 0x1p-21f - 4;
  if (is_ordinary || word % 5) return ordinary;
  if (word % 10) return special[word / 16 % 10];
  const uint32_t bits = (uint32_t)(word >> 32);
  float number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static float *fill(float *numbers, ptrdiff_t n, bool is_ordinary) {
  for (ptrdiff_t i = 0; i < n; i++) numbers[i] = next_number(is_ordinary);
  return numbers;
}

static float a[LARGEST], b[LARGEST], c[LARGEST], d[LARGEST], e[LARGEST];

// MARK: Results

static uint64_t hash;

static void add_bits(uint64_t bits) { hash = (hash ^ bits) * 0x100000001b3; }

/// Adds the bits of numbers to the hash. All NaNs are the same: IEEE 754 leaves their bits open.
static void add(const float *numbers, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, &numbers[i], sizeof bits);
    add_bits(isnan(numbers[i]) ? 0x7fc00000 : bits);
  }
}

static void add_double(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  add_bits(isnan(number) ? 0 : bits);
}

/// Complains unless a number is near what the naive twin says.
static void expect(const char *kernel, float found, double wanted, double tolerance) {
  if ((isnan(found) && isnan(wanted)) || (double)found == wanted || (float)wanted == found) return;
  if (fabs(found - wanted) <= tolerance * fmax(1, fabs(wanted))) return;
  if (failures++ < 10) printf("%s gives %.9g instead of %.9g\n", kernel, found, wanted);
}

// MARK: Kernels

static void products(ptrdiff_t size) {
  const ptrdiff_t shapes[][3] = {{size, 7, 33}, {size, 70, 9}, {19, size, 21}, {21, 6, size}};
  for (int form = 0; form < 8; form++)
    for (int s = 0; s < 4; s++) {
      const ptrdiff_t m = shapes[s][0], n = shapes[s][1], k = shapes[s][2];
      const bool ta = form & 1, tb = form & 2, accumulate = form & 4;
      fill(a, m * k, true), fill(b, k * n, true), fill(c, m * n, true);
      memcpy(d, c, sizeof c);
      kernels->matmul(c, n, a, ta ? m : k, ta, b, tb ? k : n, tb, m, n, k, accumulate);
      ck_naive_matmul(d, n, a, ta ? m : k, ta, b, tb ? k : n, tb, m, n, k, accumulate);
      for (ptrdiff_t i = 0; i < m * n; i++) expect("matmul", c[i], d[i], 1e-4);
      add(c, m * n);
    }
}

static void layers(ptrdiff_t size) {
  fill(a, size * 20, true), fill(b, 200, true), fill(c, 10, true);
  kernels->linear(d, a, b, c, size, 20, 10, ck_tanh);
  add(d, size * 10);
}

static void unaries(ptrdiff_t size) {
  // The last time with many arguments, all over the range.
  if (size == sizes[SIZES - 1]) size = LARGEST;
  for (int f = ck_identity; f <= ck_clamp; f++) {
    fill(a, size, false), fill(b, size, true);
    kernels->unary((enum ck_unary)f, c, a, size, -0.5f, 1.5f);
    memset(d, 0, sizeof d);
    kernels->unary_pullback((enum ck_unary)f, d, b, a, c, size, -0.5f, 1.5f, true);
    for (ptrdiff_t i = 0; i < size; i++)
      expect("unary", c[i], ck_naive_unary((enum ck_unary)f, a[i], -0.5, 1.5), 1e-6);
    add(c, size), add(d, size);
  }
}

static void binaries(ptrdiff_t size) {
  for (int f = ck_add; f <= ck_maximum; f++)
    for (int steps = 0; steps < 4; steps++) {
      const ptrdiff_t x_step = steps & 1, y_step = steps >> 1;
      fill(a, size + 1, false), fill(b, size + 1, false);
      kernels->binary((enum ck_binary)f, c, a, x_step, b, y_step, size);
      for (ptrdiff_t i = 0; i < size; i++) {
        double x_slope, y_slope;
        const double x = a[i * x_step], y = b[i * y_step];
        expect("binary", c[i], ck_naive_binary((enum ck_binary)f, x, y, &x_slope, &y_slope), 1e-6);
      }
      memset(d, 0, sizeof d), memset(e, 0, sizeof e);
      kernels->binary_pullback((enum ck_binary)f, d, e, c, a, x_step, b, y_step, size);
      add(c, size), add(d, size), add(e, size);
    }
}

static void sums(ptrdiff_t size) {
  double out[2];
  kernels->sum_rows(c, fill(a, 3 * size, true), 3, size);
  kernels->sum_columns(d, a, 3, size, false);
  kernels->sum_vectors(e, a, 3, size, size);
  kernels->sums_f64(out, a, fill(b, size, true), size);
  add(c, 3), add(d, size), add(e, size), add_double(out[0]), add_double(out[1]);
}

static void softmaxes(ptrdiff_t size) {
  const ptrdiff_t shapes[][2] = {{size, 5}, {3, size}};
  for (int s = 0; s < 2 && size > 0; s++) {
    const ptrdiff_t rows = shapes[s][0], n = shapes[s][1];
    kernels->log_softmax(b, c, fill(a, rows * n, true), rows, n);
    ck_naive_log_softmax(d, a, rows, n);
    for (ptrdiff_t i = 0; i < rows * n; i++) expect("log_softmax", b[i], d[i], 1e-6);
    kernels->log_softmax_pullback(e, a, b, rows, n, false);
    add(b, rows * n), add(c, rows), add(e, rows * n);
  }
}

static void steps(ptrdiff_t size) {
  const struct ck_adaptive rule = {0.9f, 0.1f, 0.999f, 0.001f, 0.01f, 0.002f, 12, 1e-5f, 0.1f,
                                   0.99f};
  fill(a, size, true), fill(b, size, true), fill(c, size, true), fill(d, size, true);
  for (ptrdiff_t i = 0; i < size; i++) d[i] = fabsf(d[i]);
  kernels->adaptive_step(a, b, 0.5f, c, d, size, rule);
  kernels->momentum_step(a, b, 0.5f, c, size, 0.01f, 0.9f, true, 0.1f);
  kernels->add_scaled(d, a, 0.3f, size);
  kernels->scale(c, a, 0.7f, size);
  add(a, size), add(c, size), add(d, size);
}

/// Vectors made orthogonal, few of them and so many that they go by blocks.
static void orthogonal(ptrdiff_t size) {
  static double vectors[300 * 301];
  const ptrdiff_t count = size < 300 ? size / 3 : 300, n = count + 1;
  for (ptrdiff_t i = 0; i < count * n; i++) vectors[i] = (double)next_number(true);
  kernels->orthonormalize(vectors, count, n);
  for (ptrdiff_t i = 0; i < count * n; i++) add_double(vectors[i]);
  for (ptrdiff_t i = 0; i < count; i++) {
    double square = 0, product = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
      square += vectors[i * n + k] * vectors[i * n + k];
      product += vectors[i * n + k] * vectors[(i + 1) % count * n + k];
    }
    expect("orthonormalize", (float)square, 1, 1e-6);
    expect("orthonormalize", (float)(1 + (count > 1 ? product : 0)), 1, 1e-6);
  }
}

/// The double-precision functions, which have no levels.
static void scalars(ptrdiff_t size) {
  for (ptrdiff_t i = 0; i < 10 * size; i++) {
    const double x = (double)(int64_t)next_word() * 0x1p-63;
    double sine, cosine;
    ck_sincos_f64(x * 1000, &sine, &cosine);
    const double logarithm = ck_log_f64(fabs(x) + 1e-3), power = ck_exp_f64(x * 100);
    if (fabs(sine - sin(x * 1000)) > 1e-15 || fabs(cosine - cos(x * 1000)) > 1e-15 ||
        fabs(logarithm - log(fabs(x) + 1e-3)) > 4e-15 || fabs(power / exp(x * 100) - 1) > 1e-15)
      expect("a double-precision function", 1, 0, 0);
    add_double(sine), add_double(cosine), add_double(logarithm), add_double(power);
  }
}

int main(void) {
  static const struct {
    const char *name;
    void (*run)(ptrdiff_t size);
  } all[] = {{"products", products}, {"layers", layers}, {"unary", unaries},
             {"binary", binaries},   {"sums", sums},     {"softmax", softmaxes},
             {"steps", steps},       {"scalar", scalars},
             {"orthogonal", orthogonal}};
  for (int i = 0; i < (int)(sizeof all / sizeof *all); i++) {
    uint64_t portable = 0;
    for (int level = ck_level_portable; level <= ck_level_avx512; level++) {
      if (!(kernels = ck_kernels_of((enum ck_level)level))) continue;
      hash = 0xcbf29ce484222325;
      state = 1;
      for (int s = 0; s < SIZES; s++) all[i].run(sizes[s]);
      if (level == ck_level_portable) portable = hash;
      if (hash != portable && failures++ < 10)
        printf("%s differs at level %s\n", all[i].name, ck_level_name((enum ck_level)level));
    }
    printf("%016llx %s\n", (unsigned long long)portable, all[i].name);
  }
  return failures > 0;
}
