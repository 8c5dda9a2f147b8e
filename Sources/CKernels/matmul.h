// Matrix products.
//
// A tile of C stays in registers while k runs; each of its numbers is a chain of fused
// multiply-adds over k in order, so neither the tile's size nor the level changes a bit. B is read
// in rows of 16 numbers; where it does not lie like that (transposed, or a ragged last column), a
// panel of it is copied first.

// TILE_ROWS × TILE_VECTORS accumulators must fit the registers of the level.
#if defined(LEVEL_AVX512)
#define TILE_ROWS 6
#define TILE_VECTORS 4
#elif defined(LEVEL_AVX2)
#define TILE_ROWS 6
#define TILE_VECTORS 1
#else
#define TILE_ROWS 4
#define TILE_VECTORS 1
#endif

#define PANEL_COLUMNS (TILE_VECTORS * LANES)
#define PANEL_DEPTH 256

/// How to reach element (row, k) of the left matrix: transposed or not, by its two strides.
struct left {
  const float *data;
  ptrdiff_t row_stride, k_stride;
};

/// C[rows, vectors · 16] (+)= A[rows, depth] B[depth, vectors · 16], all sizes but depth constant.
INLINE void tile(float *c, ptrdiff_t ldc, struct left a, const float *b, ptrdiff_t ldb,
                 ptrdiff_t depth, bool accumulate, const int rows, const int vectors) {
  v16 sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sum[i][j] = accumulate ? load(c + i * ldc + j * LANES) : splat(0.0f);
  for (ptrdiff_t k = 0; k < depth; k++) {
    v16 row[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) row[j] = load(b + k * ldb + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const v16 x = splat(a.data[i * a.row_stride + k * a.k_stride]);
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sum[i][j] = fma16(x, row[j], sum[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) store(c + i * ldc + j * LANES, sum[i][j]);
}

/// A column of tiles: all rows of C, a constant number of vectors wide.
INLINE void tiles(float *c, ptrdiff_t ldc, struct left a, const float *b, ptrdiff_t ldb,
                  ptrdiff_t rows, ptrdiff_t depth, bool accumulate, const int vectors) {
  ptrdiff_t i = 0;
  for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
    struct left part = {a.data + i * a.row_stride, a.row_stride, a.k_stride};
    tile(c + i * ldc, ldc, part, b, ldb, depth, accumulate, TILE_ROWS, vectors);
  }
  for (; i + 2 <= rows; i += 2) {
    struct left part = {a.data + i * a.row_stride, a.row_stride, a.k_stride};
    tile(c + i * ldc, ldc, part, b, ldb, depth, accumulate, 2, vectors);
  }
  if (i < rows) {
    struct left part = {a.data + i * a.row_stride, a.row_stride, a.k_stride};
    tile(c + i * ldc, ldc, part, b, ldb, depth, accumulate, 1, vectors);
  }
}

static void tiles_of_width(float *c, ptrdiff_t ldc, struct left a, const float *b, ptrdiff_t ldb,
                           ptrdiff_t rows, ptrdiff_t depth, bool accumulate, ptrdiff_t vectors) {
  switch (vectors) {
    case 1: tiles(c, ldc, a, b, ldb, rows, depth, accumulate, 1); break;
#if TILE_VECTORS == 4
    case 2: tiles(c, ldc, a, b, ldb, rows, depth, accumulate, 2); break;
    case 3: tiles(c, ldc, a, b, ldb, rows, depth, accumulate, 3); break;
    case 4: tiles(c, ldc, a, b, ldb, rows, depth, accumulate, 4); break;
#endif
  }
}

/// The last columns of C, fewer than 16: computed in a strip that is as wide as a vector.
static void ragged_tiles(float *c, ptrdiff_t ldc, struct left a, const float *b, ptrdiff_t ldb,
                         ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, bool accumulate) {
  float strip[TILE_ROWS * LANES];
  for (ptrdiff_t i = 0; i < rows; i += TILE_ROWS) {
    const ptrdiff_t some = rows - i < TILE_ROWS ? rows - i : TILE_ROWS;
    for (ptrdiff_t r = 0; r < some && accumulate; r++)
      store(strip + r * LANES, load_first(c + (i + r) * ldc, columns));
    struct left part = {a.data + i * a.row_stride, a.row_stride, a.k_stride};
    tiles(strip, LANES, part, b, ldb, some, depth, accumulate, 1);
    for (ptrdiff_t r = 0; r < some; r++)
      store_first(c + (i + r) * ldc, load(strip + r * LANES), columns);
  }
}

/// Writes the transpose of a 16 × 16 block: halves are exchanged at distance 8, 4, 2 and 1.
INLINE void transpose_block(float *out, ptrdiff_t ldo, const float *in, ptrdiff_t ldi) {
  v16 r[LANES], s[LANES];
  for (int i = 0; i < LANES; i++) r[i] = load(in + i * ldi);
  for (int i = 0; i < 8; i++) {
    s[2 * i] = __builtin_shufflevector(r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                       22, 7, 23);
    s[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                           29, 14, 30, 15, 31);
  }
  for (int i = 0; i < 8; i++) {
    r[2 * i] = __builtin_shufflevector(s[i], s[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                       22, 7, 23);
    r[2 * i + 1] = __builtin_shufflevector(s[i], s[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                           29, 14, 30, 15, 31);
  }
  for (int i = 0; i < 8; i++) {
    s[2 * i] = __builtin_shufflevector(r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                       22, 7, 23);
    s[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                           29, 14, 30, 15, 31);
  }
  for (int i = 0; i < 8; i++) {
    store(out + 2 * i * ldo, __builtin_shufflevector(s[i], s[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                                     20, 5, 21, 6, 22, 7, 23));
    store(out + (2 * i + 1) * ldo,
          __builtin_shufflevector(s[i], s[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
                                  30, 15, 31));
  }
}

/// Copies B[depth, columns], zero-padded to whole vectors, into rows of PANEL_COLUMNS numbers.
static void pack_panel(float *panel, const float *b, ptrdiff_t ldb, bool transposed,
                       ptrdiff_t columns, ptrdiff_t depth) {
  const ptrdiff_t padded = (columns + LANES - 1) / LANES * LANES;
  if (!transposed) {
    for (ptrdiff_t k = 0; k < depth; k++) {
      memcpy(panel + k * PANEL_COLUMNS, b + k * ldb, (size_t)columns * sizeof(float));
      for (ptrdiff_t j = columns; j < padded; j++) panel[k * PANEL_COLUMNS + j] = 0;
    }
    return;
  }
  for (ptrdiff_t j = 0; j < padded; j += LANES) {
    ptrdiff_t k = 0;
    if (j + LANES <= columns)
      for (; k + LANES <= depth; k += LANES)
        transpose_block(panel + k * PANEL_COLUMNS + j, PANEL_COLUMNS, b + j * ldb + k, ldb);
    for (; k < depth; k++)
      for (ptrdiff_t i = j; i < j + LANES; i++)
        panel[k * PANEL_COLUMNS + i] = i < columns ? b[i * ldb + k] : 0;
  }
}

/// C (+)= A B by panels of B.
static void matmul_by_panels(float *c, ptrdiff_t ldc, struct left a, const float *b, ptrdiff_t ldb,
                             bool transposed, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                             bool accumulate) {
  _Alignas(64) float packed[PANEL_DEPTH * PANEL_COLUMNS];
  for (ptrdiff_t column = 0; column < n; column += PANEL_COLUMNS) {
    const ptrdiff_t width = n - column < PANEL_COLUMNS ? n - column : PANEL_COLUMNS;
    const ptrdiff_t vectors = width / LANES, ragged = width % LANES;
    for (ptrdiff_t start = 0; start < k; start += PANEL_DEPTH) {
      const ptrdiff_t depth = k - start < PANEL_DEPTH ? k - start : PANEL_DEPTH;
      const float *panel = transposed ? b + column * ldb + start : b + start * ldb + column;
      ptrdiff_t stride = ldb;
      if (transposed || ragged) {
        pack_panel(packed, panel, ldb, transposed, width, depth);
        panel = packed;
        stride = PANEL_COLUMNS;
      }
      struct left part = {a.data + start * a.k_stride, a.row_stride, a.k_stride};
      const bool add = accumulate || start > 0;
      if (vectors) tiles_of_width(c + column, ldc, part, panel, stride, m, depth, add, vectors);
      if (ragged)
        ragged_tiles(c + column + vectors * LANES, ldc, part, panel + vectors * LANES, stride, m,
                     ragged, depth, add);
    }
  }
}

/// A narrow C with a tall transposed A, as in the weight gradient of a first layer: computes Cᵀ,
/// whose rows fill the vectors, in strips, and turns each strip. The chains over k are the same.
static void matmul_narrow(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, struct left b,
                          ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulate) {
  float strip[LANES * PANEL_COLUMNS];
  for (ptrdiff_t i = 0; i < m; i += PANEL_COLUMNS) {
    const ptrdiff_t width = m - i < PANEL_COLUMNS ? m - i : PANEL_COLUMNS;
    for (ptrdiff_t r = 0; r < width && accumulate; r++)
      for (ptrdiff_t j = 0; j < n; j++) strip[j * PANEL_COLUMNS + r] = c[(i + r) * ldc + j];
    matmul_by_panels(strip, PANEL_COLUMNS, b, a + i, lda, false, n, width, k, accumulate);
    for (ptrdiff_t r = 0; r < width; r++)
      for (ptrdiff_t j = 0; j < n; j++) c[(i + r) * ldc + j] = strip[j * PANEL_COLUMNS + r];
  }
}

/// C[m, n] (+)= A[m, k] B[n, k]ᵀ for few columns, as in a network's head: each number is a sum of
/// 16 lanes over k.
static void matmul_by_dots(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, const float *b,
                           ptrdiff_t ldb, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulate) {
  const ptrdiff_t whole = k / LANES * LANES, rest = k - whole;
  for (ptrdiff_t i = 0; i < m; i++)
    for (ptrdiff_t j = 0; j < n; j++) {
      const float *x = a + i * lda, *y = b + j * ldb;
      v16 sum = splat(0.0f);
      for (ptrdiff_t l = 0; l < whole; l += LANES) sum = fma16(load(x + l), load(y + l), sum);
      if (rest) sum = fma16(load_first(x + whole, rest), load_first(y + whole, rest), sum);
      const float total = sum_lanes(sum);
      c[i * ldc + j] = accumulate ? c[i * ldc + j] + total : total;
    }
}

static void matmul(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, bool transpose_a,
                   const float *b, ptrdiff_t ldb, bool transpose_b, ptrdiff_t m, ptrdiff_t n,
                   ptrdiff_t k, bool accumulate) {
  if (k == 0) {
    if (!accumulate)
      for (ptrdiff_t i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(float));
    return;
  }
  if (n <= 8 && !transpose_a && transpose_b && k >= LANES) {
    matmul_by_dots(c, ldc, a, lda, b, ldb, m, n, k, accumulate);
  } else if (n < LANES && m >= LANES && transpose_a) {
    const struct left right = {b, transpose_b ? ldb : 1, transpose_b ? 1 : ldb};
    matmul_narrow(c, ldc, a, lda, right, m, n, k, accumulate);
  } else {
    const struct left left = {a, transpose_a ? 1 : lda, transpose_a ? lda : 1};
    matmul_by_panels(c, ldc, left, b, ldb, transpose_b, m, n, k, accumulate);
  }
}

static void linear(float *y, const float *x, const float *weight, const float *bias, ptrdiff_t rows,
                   ptrdiff_t in, ptrdiff_t out, enum ck_unary f) {
  for (ptrdiff_t i = 0; i < rows; i++) memcpy(y + i * out, bias, (size_t)out * sizeof(float));
  matmul(y, out, x, in, false, weight, in, true, rows, out, in, true);
  if (f != ck_identity) unary(f, y, y, rows * out, 0, 0);
}
