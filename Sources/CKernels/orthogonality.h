// Orthogonal vectors, for the initial weights of networks: Gram-Schmidt by blocks.
//
// Nothing is fused here. The portable level computes a fused multiply-add in software, and millions
// of them before the first step of a training would be noticed.

#define DOUBLES 8
// So many inner products of vectors and units fit the registers of the level.
#if defined(LEVEL_AVX512)
#define UNIT_ROWS 4
#define UNIT_COLUMNS 4
#else
#define UNIT_ROWS 2
#define UNIT_COLUMNS 2
#endif
/// How many vectors are made orthogonal one by one: many at first, as it was before there were
/// blocks, so that matrices of up to so many rows or columns have kept their bits; then few, since
/// that is the slow part.
#define FIRST_ORTHOGONAL_BLOCK 256
#define ORTHOGONAL_BLOCK 32
/// How many earlier vectors a block is made orthogonal to at once: they stay in the cache meanwhile.
#define UNITS 16

typedef double d8 __attribute__((ext_vector_type(8)));
typedef double d8_at_any_address __attribute__((ext_vector_type(8), aligned(8)));

INLINE d8 load_f64(const double *p) { return *(const d8_at_any_address *)p; }
INLINE void store_f64(double *p, d8 x) { *(d8_at_any_address *)p = x; }

INLINE d8 load_first_f64(const double *p, ptrdiff_t n) {
  double buffer[DOUBLES] = {0};
  memcpy(buffer, p, (size_t)n * sizeof(double));
  return load_f64(buffer);
}

INLINE double sum_eight(d8 x) {
  const double __attribute__((ext_vector_type(4))) four = x.lo + x.hi;
  const double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}

/// x −= a y.
INLINE void subtract_f64(double *x, double a, const double *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) x[i] -= a * y[i];
}

/// The inner product, added up from the first number to the last.
INLINE double dot_in_order(const double *x, const double *y, ptrdiff_t n) {
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/// Takes the part along one vector of length 1 out of `rows` others, each sum in order. A sum waits
/// for its last addition, so several of them run side by side.
INLINE void remove_one(double *vectors, ptrdiff_t n, const double *unit, const int rows) {
  double sum[8] = {0};
  for (ptrdiff_t i = 0; i < n; i++)
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r] += vectors[r * n + i] * unit[i];
  for (int r = 0; r < rows; r++) subtract_f64(vectors + r * n, sum[r], unit, n);
}

/// Makes a few vectors orthogonal and 1 long, each to those before it.
static void orthonormalize_block(double *vectors, ptrdiff_t count, ptrdiff_t n) {
  for (ptrdiff_t v = 0; v < count; v++) {
    double *const vector = vectors + v * n;
    // The second time: twice is enough (Gram and Schmidt, with Kahan's rule). The first time was
    // below, when each of the vectors before was done, which lets many sums run at once.
    for (ptrdiff_t other = 0; other < v; other++) {
      const double *const unit = vectors + other * n;
      subtract_f64(vector, dot_in_order(vector, unit, n), unit, n);
    }
    const double norm = __builtin_sqrt(dot_in_order(vector, vector, n));
    for (ptrdiff_t i = 0; i < n; i++) vector[i] /= norm;
    ptrdiff_t later = v + 1;
    for (; later + 4 <= count; later += 4) remove_one(vectors + later * n, n, vector, 4);
    for (; later < count; later++) remove_one(vectors + later * n, n, vector, 1);
  }
}

/// The inner products of some vectors and some units, in eight lanes: as many chains of additions
/// as the registers hold.
INLINE void dots_f64(double *dots, const double *vectors, const double *units, ptrdiff_t n,
                     const int rows, const int columns) {
  d8 sum[UNIT_ROWS][UNIT_COLUMNS];
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) sum[r][c] = (d8)(0.0);
  ptrdiff_t i = 0;
  for (; i + DOUBLES <= n; i += DOUBLES) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const d8 x = load_f64(vectors + r * n + i);
#pragma clang loop unroll(full)
      for (int c = 0; c < columns; c++) sum[r][c] += x * load_f64(units + c * n + i);
    }
  }
  for (int r = 0; r < rows && i < n; r++)
    for (int c = 0; c < columns; c++)
      sum[r][c] +=
          load_first_f64(vectors + r * n + i, n - i) * load_first_f64(units + c * n + i, n - i);
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) dots[r * UNITS + c] = sum_eight(sum[r][c]);
}

/// vector −= Σ dots[unit] unit for some vectors, the units in order.
INLINE void subtract_units(double *vectors, const double *dots, const double *units, ptrdiff_t n,
                           const int rows, const int columns) {
  ptrdiff_t i = 0;
  for (; i + DOUBLES <= n; i += DOUBLES)
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      d8 x = load_f64(vectors + r * n + i);
#pragma clang loop unroll(full)
      for (int c = 0; c < columns; c++) x -= dots[r * UNITS + c] * load_f64(units + c * n + i);
      store_f64(vectors + r * n + i, x);
    }
  for (; i < n; i++)
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++) vectors[r * n + i] -= dots[r * UNITS + c] * units[c * n + i];
}

/// Takes the parts along some orthogonal units out of some vectors.
INLINE void remove_units(double *vectors, const double *units, ptrdiff_t count, ptrdiff_t n,
                         const int rows) {
  double dots[UNIT_ROWS * UNITS];
  ptrdiff_t c = 0;
  for (; c + UNIT_COLUMNS <= count; c += UNIT_COLUMNS)
    dots_f64(dots + c, vectors, units + c * n, n, rows, UNIT_COLUMNS);
  for (; c < count; c++) dots_f64(dots + c, vectors, units + c * n, n, rows, 1);
  for (c = 0; c + 4 <= count; c += 4)
    subtract_units(vectors, dots + c, units + c * n, n, rows, 4);
  for (; c < count; c++) subtract_units(vectors, dots + c, units + c * n, n, rows, 1);
}

static void orthonormalize(double *vectors, ptrdiff_t count, ptrdiff_t n) {
  ptrdiff_t size = FIRST_ORTHOGONAL_BLOCK;
  for (ptrdiff_t first = 0; first < count; first += size, size = ORTHOGONAL_BLOCK) {
    const ptrdiff_t some = count - first < size ? count - first : size;
    double *const block = vectors + first * n;
    for (ptrdiff_t unit = 0; unit < first; unit += UNITS) {
      const ptrdiff_t units = first - unit < UNITS ? first - unit : UNITS;
      ptrdiff_t v = 0;
      for (; v + UNIT_ROWS <= some; v += UNIT_ROWS)
        remove_units(block + v * n, vectors + unit * n, units, n, UNIT_ROWS);
      for (; v < some; v++) remove_units(block + v * n, vectors + unit * n, units, n, 1);
    }
    orthonormalize_block(block, some, n);
  }
}
