// Matrix products.
//
// A tile of C stays in registers while k runs; each of its numbers is a chain of fused
// multiply-adds over k in order, so neither the tile's size nor the level changes a bit. B is read
// in rows of 16 numbers; where it does not lie like that (transposed, or a ragged last column), a
// panel of it is copied first.

// TILE_ROWS × TILE_VECTORS accumulators, one row of B and one number of A must fit the registers of the
// level, and be enough chains to hide how long a multiply-add takes.
#if defined(LEVEL_AVX512)
#define TILE_ROWS 6
#define TILE_VECTORS 4
#elif defined(LEVEL_AVX2) || defined(__aarch64__)
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

INLINE struct left left_at(struct left a, ptrdiff_t row, ptrdiff_t k) {
  return (struct left){a.data + row * a.row_stride + k * a.k_stride, a.row_stride, a.k_stride};
}

/// What the sums of a product begin with: a matrix, one row for all if its stride is 0, or zeros.
struct start {
  const float *data;
  ptrdiff_t row_stride;
};

INLINE struct start start_at(struct start s, ptrdiff_t row, ptrdiff_t column) {
  return (struct start){s.data ? s.data + row * s.row_stride + column : NULL, s.row_stride};
}

/// C[rows, vectors · 16] = start + A[rows, depth] B[depth, vectors · 16], all sizes but depth
/// constant.
INLINE void tile(float *c, ptrdiff_t ldc, struct start start, struct left a, const float *b,
                 ptrdiff_t ldb, ptrdiff_t depth, const int rows, const int vectors) {
  // The loops over rows and vectors are unrolled, so that each sum has a register of its own.
  v16 sum[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sum[i][j] = start.data ? load(start.data + i * start.row_stride + j * LANES) : splat(0.0f);
  for (ptrdiff_t k = 0; k < depth; k++) {
    // One row of B serves all rows of the tile, each of which needs one number of A.
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
INLINE void tiles(float *c, ptrdiff_t ldc, struct start start, struct left a, const float *b,
                  ptrdiff_t ldb, ptrdiff_t rows, ptrdiff_t depth, const int vectors) {
  ptrdiff_t i = 0;
  // Two rows alone have too few sums to hide how long each multiply-add takes, so eight rows at the
  // end are four and four, not six and two.
  for (; i + TILE_ROWS <= rows && (TILE_ROWS == 4 || rows - i != 8); i += TILE_ROWS)
    tile(c + i * ldc, ldc, start_at(start, i, 0), left_at(a, i, 0), b, ldb, depth, TILE_ROWS,
         vectors);
#if TILE_ROWS > 4
  for (; i + 4 <= rows; i += 4)
    tile(c + i * ldc, ldc, start_at(start, i, 0), left_at(a, i, 0), b, ldb, depth, 4, vectors);
#endif
  for (; i + 2 <= rows; i += 2)
    tile(c + i * ldc, ldc, start_at(start, i, 0), left_at(a, i, 0), b, ldb, depth, 2, vectors);
  if (i < rows)
    tile(c + i * ldc, ldc, start_at(start, i, 0), left_at(a, i, 0), b, ldb, depth, 1, vectors);
}

static void tiles_of_width(float *c, ptrdiff_t ldc, struct start start, struct left a,
                           const float *b, ptrdiff_t ldb, ptrdiff_t rows, ptrdiff_t depth,
                           ptrdiff_t vectors) {
  // A constant width for each case: the compiler can then keep the tile in registers.
  switch (vectors) {
    case 1: tiles(c, ldc, start, a, b, ldb, rows, depth, 1); break;
#if TILE_VECTORS == 4
    case 2: tiles(c, ldc, start, a, b, ldb, rows, depth, 2); break;
    case 3: tiles(c, ldc, start, a, b, ldb, rows, depth, 3); break;
    case 4: tiles(c, ldc, start, a, b, ldb, rows, depth, 4); break;
#endif
  }
}

/// The last columns of C, fewer than 16: computed in a strip that is as wide as a vector.
static void ragged_tiles(float *c, ptrdiff_t ldc, struct start start, struct left a, const float *b,
                         ptrdiff_t ldb, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  // Behind the last column of C lies the next row, which must not be written.
  float strip[TILE_ROWS * LANES];
  const struct start in_strip = {start.data ? strip : NULL, LANES};
  for (ptrdiff_t i = 0; i < rows; i += TILE_ROWS) {
    const ptrdiff_t some = rows - i < TILE_ROWS ? rows - i : TILE_ROWS;
    for (ptrdiff_t r = 0; r < some && start.data; r++)
      store(strip + r * LANES, load_first(start_at(start, i + r, 0).data, columns));
    tiles(strip, LANES, in_strip, left_at(a, i, 0), b, ldb, some, depth, 1);
    for (ptrdiff_t r = 0; r < some; r++)
      store_first(c + (i + r) * ldc, load(strip + r * LANES), columns);
  }
}

#if defined(LEVEL_AVX512)
#define BLOCK 16

/// Writes the transpose of a 16 × 16 block: halves are exchanged at distance 8, 4, 2 and 1.
INLINE void transpose_block(float *out, ptrdiff_t ldo, const float *in, ptrdiff_t ldi) {
  v16 r[BLOCK], s[BLOCK];
  for (int i = 0; i < BLOCK; i++) r[i] = load(in + i * ldi);
#pragma clang loop unroll(full)
  for (int pass = 0; pass < 4; pass++) {
    for (int i = 0; i < 8; i++) {
      s[2 * i] = __builtin_shufflevector(r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                         6, 22, 7, 23);
      s[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                             13, 29, 14, 30, 15, 31);
    }
    for (int i = 0; i < BLOCK; i++) r[i] = s[i];
  }
  for (int i = 0; i < BLOCK; i++) store(out + i * ldo, r[i]);
}
#else
#define BLOCK 8

typedef float v8 __attribute__((ext_vector_type(8)));
typedef float v8_at_any_address __attribute__((ext_vector_type(8), aligned(4)));

/// Writes the transpose of an 8 × 8 block, which sixteen registers hold: pairs, fours, then halves.
INLINE void transpose_block(float *out, ptrdiff_t ldo, const float *in, ptrdiff_t ldi) {
  v8 r[BLOCK], s[BLOCK];
  for (int i = 0; i < BLOCK; i++) r[i] = *(const v8_at_any_address *)(in + i * ldi);
  for (int i = 0; i < BLOCK; i += 2) {
    s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < BLOCK; i += 4)
    for (int j = 0; j < 2; j++) {
      r[i + 2 * j] = __builtin_shufflevector(s[i + j], s[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[i + 2 * j + 1] = __builtin_shufflevector(s[i + j], s[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    s[i] = __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    s[i + 4] = __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int i = 0; i < BLOCK; i++) *(v8_at_any_address *)(out + i * ldo) = s[i];
}
#endif

/// Copies B[depth, columns], zero-padded to whole vectors, into rows that are `stride` apart.
static void pack_panel(float *panel, ptrdiff_t stride, const float *b, ptrdiff_t ldb,
                       bool transposed, ptrdiff_t columns, ptrdiff_t depth) {
  const ptrdiff_t padded = (columns + LANES - 1) / LANES * LANES;
  if (!transposed) {
    // Rows lie as they are needed; only the last vector has to be filled up.
    for (ptrdiff_t k = 0; k < depth; k++) {
      memcpy(panel + k * stride, b + k * ldb, (size_t)columns * sizeof(float));
      for (ptrdiff_t j = columns; j < padded; j++) panel[k * stride + j] = 0;
    }
    return;
  }
  for (ptrdiff_t j = 0; j < padded; j += LANES) {
    ptrdiff_t k = 0;
    if (j + LANES <= columns)
      // Number by number, each would touch a cache line of its own.
      for (; k + BLOCK <= depth; k += BLOCK)
        for (ptrdiff_t i = j; i < j + LANES; i += BLOCK)
          transpose_block(panel + k * stride + i, stride, b + i * ldb + k, ldb);
    for (; k < depth; k++)
      for (ptrdiff_t i = j; i < j + LANES; i++)
        panel[k * stride + i] = i < columns ? b[i * ldb + k] : 0;
  }
}

/// C = start + A B by panels of B.
static void matmul_by_panels(float *c, ptrdiff_t ldc, struct start start, struct left a,
                             const float *b, ptrdiff_t ldb, bool transposed, ptrdiff_t m,
                             ptrdiff_t n, ptrdiff_t k) {
  _Alignas(64) float packed[PANEL_DEPTH * PANEL_COLUMNS];
  for (ptrdiff_t column = 0; column < n; column += PANEL_COLUMNS) {
    const ptrdiff_t width = n - column < PANEL_COLUMNS ? n - column : PANEL_COLUMNS;
    const ptrdiff_t vectors = width / LANES, ragged = width % LANES, whole = vectors * LANES;
    float *const columns = c + column;
    struct start from = start_at(start, 0, column);
    // So deep a panel stays in the cache while all rows of A pass by.
    for (ptrdiff_t l = 0; l < k; l += PANEL_DEPTH) {
      const ptrdiff_t depth = k - l < PANEL_DEPTH ? k - l : PANEL_DEPTH;
      const float *panel = transposed ? b + column * ldb + l : b + l * ldb + column;
      ptrdiff_t stride = ldb;
      if (transposed || ragged) {
        pack_panel(packed, PANEL_COLUMNS, panel, ldb, transposed, width, depth);
        panel = packed;
        stride = PANEL_COLUMNS;
      }
      const struct left part = left_at(a, 0, l);
      if (vectors)
        tiles_of_width(columns, ldc, from, part, panel, stride, m, depth, vectors);
      if (ragged)
        ragged_tiles(columns + whole, ldc, start_at(from, 0, whole), part, panel + whole, stride, m,
                     ragged, depth);
      // The next panel goes on where this one stopped, so the chain over k is not broken.
      from = (struct start){columns, ldc};
    }
  }
}

/// A narrow C with a tall transposed A, as in the weight gradient of a first layer: computes Cᵀ,
/// whose rows fill the vectors, in strips, and turns each strip. The chains over k are the same.
static void matmul_narrow(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, struct left b,
                          ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool accumulate) {
  float strip[LANES * PANEL_COLUMNS];
  const struct start start = {accumulate ? strip : NULL, PANEL_COLUMNS};
  for (ptrdiff_t i = 0; i < m; i += PANEL_COLUMNS) {
    const ptrdiff_t width = m - i < PANEL_COLUMNS ? m - i : PANEL_COLUMNS;
    for (ptrdiff_t j = 0; j < n && accumulate; j++)
      for (ptrdiff_t r = 0; r < width; r++) strip[j * PANEL_COLUMNS + r] = c[(i + r) * ldc + j];
    matmul_by_panels(strip, PANEL_COLUMNS, start, b, a + i, lda, false, n, width, k);
    for (ptrdiff_t j = 0; j < n; j++)
      for (ptrdiff_t r = 0; r < width; r++) c[(i + r) * ldc + j] = strip[j * PANEL_COLUMNS + r];
  }
}

/// The products of a row of A and `columns` rows of B, 16 lanes each, added over k.
INLINE void lanes_of_dots(v16 *sums, const float *x, const float *b, ptrdiff_t ldb, ptrdiff_t k,
                          const int columns) {
  // A row of x is loaded once for all columns.
  const ptrdiff_t whole = k / LANES * LANES, rest = k - whole;
  for (int j = 0; j < columns; j++) sums[j * LANES] = splat(0.0f);
  for (ptrdiff_t l = 0; l < whole; l += LANES) {
    const v16 some = load(x + l);
    for (int j = 0; j < columns; j++)
      sums[j * LANES] = fma16(some, load(b + j * ldb + l), sums[j * LANES]);
  }
  for (int j = 0; j < columns && rest; j++)
    sums[j * LANES] = fma16(load_first(x + whole, rest), load_first(b + j * ldb + whole, rest),
                            sums[j * LANES]);
}

/// Some columns of C = start + A Bᵀ. The lanes of 16 rows are added at once.
INLINE void dots(float *c, ptrdiff_t ldc, struct start start, const float *a, ptrdiff_t lda,
                 const float *b, ptrdiff_t ldb, ptrdiff_t m, ptrdiff_t k, const int columns) {
  for (ptrdiff_t i = 0; i < m; i += LANES) {
    const ptrdiff_t some = m - i < LANES ? m - i : LANES;
    v16 sums[2 * LANES];
    for (ptrdiff_t r = 0; r < some; r++)
      lanes_of_dots(sums + r, a + (i + r) * lda, b, ldb, k, columns);
    for (ptrdiff_t r = some; r < LANES; r++)
      for (int j = 0; j < columns; j++) sums[j * LANES + r] = splat(0.0f);
    for (int j = 0; j < columns; j++) {
      float totals[LANES];
      store(totals, sums_of_lanes(sums + j * LANES));
      for (ptrdiff_t r = 0; r < some; r++)
        c[(i + r) * ldc + j] =
            start.data ? *start_at(start, i + r, j).data + totals[r] : totals[r];
    }
  }
}

/// C[m, n] = start + A[m, k] B[n, k]ᵀ for few columns, as in a network's head: each number is a
/// sum of 16 lanes over k.
static void matmul_by_dots(float *c, ptrdiff_t ldc, struct start start, const float *a,
                           ptrdiff_t lda, const float *b, ptrdiff_t ldb, ptrdiff_t m, ptrdiff_t n,
                           ptrdiff_t k) {
  ptrdiff_t j = 0;
  for (; j + 2 <= n; j += 2)
    dots(c + j, ldc, start_at(start, 0, j), a, lda, b + j * ldb, ldb, m, k, 2);
  if (j < n) dots(c + j, ldc, start_at(start, 0, j), a, lda, b + j * ldb, ldb, m, k, 1);
}

/// C[m, n] = start + A B, where both may lie transposed.
static void matmul_from(float *c, ptrdiff_t ldc, struct start start, const float *a, ptrdiff_t lda,
                        bool transpose_a, const float *b, ptrdiff_t ldb, bool transpose_b,
                        ptrdiff_t m, ptrdiff_t n, ptrdiff_t k) {
  // Few columns would leave most lanes of a tile empty; here the lanes run along k instead. That is
  // another order of additions, so what decides is the shape, never the level.
  if (n <= 8 && !transpose_a && transpose_b && k >= LANES) {
    matmul_by_dots(c, ldc, start, a, lda, b, ldb, m, n, k);
  } else {
    const struct left left = {a, transpose_a ? 1 : lda, transpose_a ? lda : 1};
    matmul_by_panels(c, ldc, start, left, b, ldb, transpose_b, m, n, k);
  }
}

static void matmul(float *c, ptrdiff_t ldc, const float *a, ptrdiff_t lda, bool transpose_a,
                   const float *b, ptrdiff_t ldb, bool transpose_b, ptrdiff_t m, ptrdiff_t n,
                   ptrdiff_t k, bool accumulate) {
  if (k == 0) {
    // An empty sum is 0; the tiles would leave C as it was.
    if (!accumulate)
      for (ptrdiff_t i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(float));
  } else if (n < LANES && m >= LANES && transpose_a) {
    const struct left right = {b, transpose_b ? ldb : 1, transpose_b ? 1 : ldb};
    matmul_narrow(c, ldc, a, lda, right, m, n, k, accumulate);
  } else {
    const struct start start = {accumulate ? c : NULL, ldc};
    matmul_from(c, ldc, start, a, lda, transpose_a, b, ldb, transpose_b, m, n, k);
  }
}

static void linear(float *y, const float *x, const float *weight, const float *bias, ptrdiff_t rows,
                   ptrdiff_t in, ptrdiff_t out, enum ck_unary f) {
  if (in == 0)
    for (ptrdiff_t i = 0; i < rows; i++) memcpy(y + i * out, bias, (size_t)out * sizeof(float));
  else
    matmul_from(y, out, (struct start){bias, 0}, x, in, false, weight, in, true, rows, out, in);
  // In place, while the sums are in the cache.
  if (f != ck_identity) unary(f, y, y, rows * out, 0, 0);
}

static void pack_weight(float *packed, const float *weight, ptrdiff_t in, ptrdiff_t out) {
  for (ptrdiff_t column = 0; column < out; column += PANEL_COLUMNS) {
    const ptrdiff_t width = out - column < PANEL_COLUMNS ? out - column : PANEL_COLUMNS;
    pack_panel(packed + column * in, width, weight + column * in, in, true, width, in);
  }
}

static void linear_packed(float *y, const float *x, const float *packed, const float *bias,
                          ptrdiff_t rows, ptrdiff_t in, ptrdiff_t out, enum ck_unary f) {
  for (ptrdiff_t column = 0; column < out; column += PANEL_COLUMNS) {
    const ptrdiff_t width = out - column < PANEL_COLUMNS ? out - column : PANEL_COLUMNS;
    struct start from = {bias + column, 0};
    for (ptrdiff_t l = 0; l < in; l += PANEL_DEPTH) {
      const ptrdiff_t depth = in - l < PANEL_DEPTH ? in - l : PANEL_DEPTH;
      tiles_of_width(y + column, out, from, (struct left){x + l, in, 1},
                     packed + column * in + l * width, width, rows, depth, width / LANES);
      from = (struct start){y + column, out};
    }
  }
  if (f != ck_identity) unary(f, y, y, rows * out, 0, 0);
}
