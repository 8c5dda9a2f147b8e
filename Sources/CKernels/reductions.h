// Sums, and the logarithm of a softmax. Sums run in 16 lanes, which are then added as a tree.

/// Column `column` of 16 rows of x[·, n]; rows from `rows` on repeat the last one.
INLINE v16 gather_column(const float *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t column) {
  // Two choices are the most frequent head of all, and two registers hold both of its columns.
  if (n == 2 && rows >= LANES) {
    const v16 a = load(x), b = load(x + LANES);
    return column == 0 ? __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
                                                 24, 26, 28, 30)
                       : __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23,
                                                 25, 27, 29, 31);
  }
  // Repeated rows, not zeros, in the lanes left over: what is computed there cannot overflow, divide
  // by zero or be slow where the rows themselves are not.
  float buffer[LANES];
  for (ptrdiff_t r = 0; r < LANES; r++) buffer[r] = x[(r < rows ? r : rows - 1) * n + column];
  return load(buffer);
}

INLINE void scatter_column(float *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t column, v16 v) {
  float buffer[LANES];
  store(buffer, v);
  for (ptrdiff_t r = 0; r < rows && r < LANES; r++) x[r * n + column] = buffer[r];
}

/// The sums of 16 rows of n < 16 numbers: each lane adds as `sum_lanes` does.
INLINE v16 sum_short_rows(const float *x, ptrdiff_t rows, ptrdiff_t n) {
  v16 column[LANES];
  // Adding 0 makes 0 of −0, as the sum of a longer row, which begins with 0, does.
  for (ptrdiff_t j = 0; j < n; j++) column[j] = 0.0f + gather_column(x, rows, n, j);
  for (ptrdiff_t half = LANES / 2; half > 0; half /= 2)
    for (ptrdiff_t j = 0; j < half && j + half < n; j++) column[j] += column[j + half];
  return column[0];
}

static void sum_rows(float *out, const float *x, ptrdiff_t rows, ptrdiff_t n) {
  if (n > 0 && n < LANES) {
    // A short row would fill a part of one register; 16 of them, one in each lane, fill it whole.
    for (ptrdiff_t r = 0; r < rows; r += LANES)
      scatter_column(out + r, rows - r, 1, 0, sum_short_rows(x + r * n, rows - r, n));
    return;
  }
  for (ptrdiff_t r = 0; r < rows; r++, x += n) {
    v16 sum = splat(0.0f);
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES) sum += load(x + i);
    if (i < n) sum += load_first(x + i, n - i);
    out[r] = sum_lanes(sum);
  }
}

/// The sums of some vectors of columns, side by side, since each is a chain of its own.
INLINE void sum_vectors_of_columns(float *out, const float *x, ptrdiff_t rows, ptrdiff_t n,
                                   bool accumulate, const int vectors) {
  v16 sum[4];
  for (int j = 0; j < vectors; j++) sum[j] = accumulate ? load(out + j * LANES) : splat(0.0f);
  for (ptrdiff_t r = 0; r < rows; r++)
    for (int j = 0; j < vectors; j++) sum[j] += load(x + r * n + j * LANES);
  for (int j = 0; j < vectors; j++) store(out + j * LANES, sum[j]);
}

static void sum_columns(float *out, const float *x, ptrdiff_t rows, ptrdiff_t n, bool accumulate) {
  ptrdiff_t i = 0;
  // Four chains at once, for an addition takes several cycles and each must wait for the last.
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    sum_vectors_of_columns(out + i, x + i, rows, n, accumulate, 4);
  for (; i + LANES <= n; i += LANES)
    sum_vectors_of_columns(out + i, x + i, rows, n, accumulate, 1);
  if (i == n) return;
  v16 sum = accumulate ? load_first(out + i, n - i) : splat(0.0f);
  ptrdiff_t r = 0;
  // What belongs to the next row is added to lanes that are not stored.
  for (; r * n + i + LANES <= rows * n; r++) sum += load(x + r * n + i);
  for (; r < rows; r++) sum += load_first(x + r * n + i, n - i);
  store_first(out + i, sum, n - i);
}

// Sixteen rows at a time, one in each lane: heads have few columns, so rows fill the registers.
static void log_softmax(float *y, float *normalizer, const float *x, ptrdiff_t rows, ptrdiff_t n) {
  for (ptrdiff_t r = 0; r < rows; r += LANES) {
    const ptrdiff_t left = rows - r;
    const float *from = x + r * n;
    // The highest is subtracted first, so that no exponential overflows and one of them is 1.
    v16 highest = gather_column(from, left, n, 0);
    for (ptrdiff_t j = 1; j < n; j++) highest = max16(highest, gather_column(from, left, n, j));
    v16 sum = splat(0.0f);
    for (ptrdiff_t j = 0; j < n; j++) sum += exp16(gather_column(from, left, n, j) - highest);
    const v16 shift = highest + log16(sum);
    for (ptrdiff_t j = 0; j < n; j++)
      scatter_column(y + r * n, left, n, j, gather_column(from, left, n, j) - shift);
    scatter_column(normalizer + r, left, 1, 0, shift);
  }
}

static void log_softmax_pullback(float *dx, const float *dy, const float *y, ptrdiff_t rows,
                                 ptrdiff_t n, bool accumulate) {
  for (ptrdiff_t r = 0; r < rows; r += LANES) {
    const ptrdiff_t left = rows - r, at = r * n;
    v16 sum = splat(0.0f);
    for (ptrdiff_t j = 0; j < n; j++) sum += gather_column(dy + at, left, n, j);
    for (ptrdiff_t j = 0; j < n; j++) {
      const v16 p = exp16(gather_column(y + at, left, n, j));
      const v16 d = fma16(-p, sum, gather_column(dy + at, left, n, j));
      const v16 before = accumulate ? gather_column(dx + at, left, n, j) : splat(0.0f);
      scatter_column(dx + at, left, n, j, before + d);
    }
  }
}

static void sums_f64(double *out, const float *x, const float *y, ptrdiff_t n) {
  d16 sum = (d16)(0.0), magnitude = (d16)(0.0);
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    const ptrdiff_t left = n - i;
    const v16 a = left >= LANES ? load(x + i) : load_first(x + i, left);
    v16 b = splat(1.0f);
    if (y) b = left >= LANES ? load(y + i) : load_first(y + i, left);
    // A product of two floats is exact in double precision, so only the additions round.
    sum += __builtin_convertvector(a, d16) * __builtin_convertvector(b, d16);
    magnitude += __builtin_convertvector(abs16(a), d16);
  }
  out[0] = sum_lanes_f64(sum);
  out[1] = sum_lanes_f64(magnitude);
}
