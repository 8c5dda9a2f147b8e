// Convolutions of images, without a matrix of windows.
//
// The three products of a convolution run through one tile, whose rows begin anywhere in memory: a
// window of an image is read where it lies. Each sum is one chain of fused multiply-adds in an order
// that the shape alone decides, so neither the tile's size nor the level changes a bit.

/// The numbers of a row of the left matrix, from the row's first one on: `segments` runs of `length`
/// numbers, each `step` behind the one before it.
struct walk {
  ptrdiff_t segments, segment_stride, length, step;
};

/// C[TILE_ROWS, vectors · 16] = start + A B, where the rows of A and C begin anywhere. The sums begin
/// with `bias`, or with C if that is null.
INLINE void walking_tile(float *const *c, const float *bias, const float *const *a,
                         const struct walk walk, const float *b, ptrdiff_t ldb,
                         const int vectors) {
  v16 sum[TILE_ROWS][TILE_VECTORS];
  const float *x[TILE_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < TILE_ROWS; i++) {
    x[i] = a[i];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sum[i][j] = load((bias ? bias : c[i]) + j * LANES);
  }
  for (ptrdiff_t s = 0; s < walk.segments; s++) {
    ptrdiff_t at = s * walk.segment_stride;
    for (ptrdiff_t k = 0; k < walk.length; k++, at += walk.step, b += ldb) {
      v16 row[TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) row[j] = load(b + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < TILE_ROWS; i++) {
        const v16 number = splat(x[i][at]);
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = fma16(number, row[j], sum[i][j]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < TILE_ROWS; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) store(c[i] + j * LANES, sum[i][j]);
}

static void walking_tile_of_width(float *const *c, const float *bias, const float *const *a,
                                  struct walk walk, const float *b, ptrdiff_t ldb,
                                  ptrdiff_t vectors) {
  switch (vectors) {
    case 1: walking_tile(c, bias, a, walk, b, ldb, 1); break;
#if TILE_VECTORS == 4
    case 2: walking_tile(c, bias, a, walk, b, ldb, 2); break;
    case 3: walking_tile(c, bias, a, walk, b, ldb, 3); break;
    case 4: walking_tile(c, bias, a, walk, b, ldb, 4); break;
#endif
  }
}

/// Up to TILE_ROWS rows of C by `columns` columns, at most those of a panel. B has whole vectors.
static void walking_rows(float *const *c, const float *bias, const float *const *a, ptrdiff_t rows,
                         struct walk walk, const float *b, ptrdiff_t ldb, ptrdiff_t columns) {
  const ptrdiff_t vectors = (columns + LANES - 1) / LANES;
  if (rows == TILE_ROWS && columns % LANES == 0) {
    walking_tile_of_width(c, bias, a, walk, b, ldb, vectors);
    return;
  }
  // Rows that are missing repeat the first one; behind the last column lies what must not be written.
  float strip[TILE_ROWS * PANEL_COLUMNS] = {0}, first[PANEL_COLUMNS] = {0};
  float *to[TILE_ROWS];
  const float *from[TILE_ROWS];
  const size_t bytes = (size_t)columns * sizeof(float);
  if (bias) memcpy(first, bias, bytes);
  for (ptrdiff_t i = 0; i < TILE_ROWS; i++) {
    to[i] = strip + i * PANEL_COLUMNS;
    from[i] = a[i < rows ? i : 0];
    if (!bias && i < rows) memcpy(to[i], c[i], bytes);
  }
  walking_tile_of_width(to, bias ? first : NULL, from, walk, b, ldb, vectors);
  for (ptrdiff_t i = 0; i < rows; i++) memcpy(c[i], to[i], bytes);
}

/// The windows of images, one after another.
struct window {
  ptrdiff_t image, row, column;
};

INLINE void next_window(struct window *w, struct ck_convolution s) {
  if (++w->column < ck_convolution_columns(s)) return;
  w->column = 0;
  if (++w->row < ck_convolution_rows(s)) return;
  w->row = 0;
  w->image++;
}

/// Where the first pixel of a window lies in the images.
INLINE ptrdiff_t window_start(struct window w, struct ck_convolution s) {
  return ((w.image * s.height + w.row * s.stride) * s.width + w.column * s.stride) * s.channels;
}

INLINE ptrdiff_t whole_vectors(ptrdiff_t count) { return (count + LANES - 1) / LANES * LANES; }

INLINE ptrdiff_t panel_width(ptrdiff_t column, ptrdiff_t columns) {
  return columns - column < PANEL_COLUMNS ? columns - column : PANEL_COLUMNS;
}

/// The weight as panels of columns: a row for each number of a window, a column for each output.
static void pack_convolution(float *packed, const float *weight, struct ck_convolution s) {
  const ptrdiff_t area = s.window_height * s.window_width, depth = area * s.channels;
  const ptrdiff_t padded = whole_vectors(s.outputs);
  for (ptrdiff_t column = 0; column < padded; column += PANEL_COLUMNS) {
    const ptrdiff_t width = panel_width(column, padded);
    float *to = packed + column * depth;
    for (ptrdiff_t place = 0; place < area; place++)
      for (ptrdiff_t channel = 0; channel < s.channels; channel++)
        for (ptrdiff_t j = column; j < column + width; j++)
          *to++ = j < s.outputs ? weight[(j * s.channels + channel) * area + place] : 0;
  }
}

/// The weight for the gradient of the images: for each place of the window panels of channels, with a
/// row for each output.
static void pack_convolution_transposed(float *packed, const float *weight,
                                        struct ck_convolution s) {
  const ptrdiff_t area = s.window_height * s.window_width, padded = whole_vectors(s.channels);
  for (ptrdiff_t place = 0; place < area; place++)
    for (ptrdiff_t column = 0; column < padded; column += PANEL_COLUMNS) {
      const ptrdiff_t width = panel_width(column, padded);
      for (ptrdiff_t output = 0; output < s.outputs; output++)
        for (ptrdiff_t j = column; j < column + width; j++)
          *packed++ = j < s.channels ? weight[(output * s.channels + j) * area + place] : 0;
    }
}

/// How many windows are taken through all panels before the next ones, so that results stay in the
/// cache until their function is applied.
#define WINDOW_GROUP (16 * TILE_ROWS)

static void convolve(float *y, const float *x, const float *packed, const float *bias,
                     struct ck_convolution s, enum ck_unary f) {
  const ptrdiff_t count = s.images * ck_convolution_rows(s) * ck_convolution_columns(s);
  const ptrdiff_t depth = ck_convolution_depth(s), line = s.window_width * s.channels;
  const struct walk walk = {s.window_height, s.width * s.channels, line, 1};
  struct window window = {0, 0, 0};
  for (ptrdiff_t group = 0; group < count; group += WINDOW_GROUP) {
    const ptrdiff_t some = count - group < WINDOW_GROUP ? count - group : WINDOW_GROUP;
    const float *from[WINDOW_GROUP];
    for (ptrdiff_t i = 0; i < some; i++, next_window(&window, s))
      from[i] = x + window_start(window, s);
    for (ptrdiff_t column = 0; column < s.outputs; column += PANEL_COLUMNS) {
      const ptrdiff_t width = panel_width(column, s.outputs);
      for (ptrdiff_t i = 0; i < some; i += TILE_ROWS) {
        float *to[TILE_ROWS];
        for (ptrdiff_t r = 0; r < TILE_ROWS; r++) to[r] = y + (group + i + r) * s.outputs + column;
        walking_rows(to, bias + column, from + i, some - i < TILE_ROWS ? some - i : TILE_ROWS, walk,
                     packed + column * depth, whole_vectors(width), width);
      }
    }
    if (f != ck_identity)
      unary(f, y + group * s.outputs, y + group * s.outputs, some * s.outputs, 0, 0);
  }
}

/// Adds to dx; the weight is that of `pack_convolution_transposed`.
static void convolve_image_gradient(float *dx, const float *dy, const float *packed,
                                    struct ck_convolution s) {
  const ptrdiff_t windows = ck_convolution_rows(s) * ck_convolution_columns(s);
  const ptrdiff_t area = s.window_height * s.window_width;
  const struct walk walk = {1, 0, s.outputs, 1};
  // Place by place of the window: the windows of one place have no pixel in common. Some images at a
  // time, so that they stay in the cache for all places, and no tile is left with few windows.
  const ptrdiff_t at_once = windows < 256 ? 256 / windows : 1;
  for (ptrdiff_t image = 0; image < s.images; image += at_once) {
    const ptrdiff_t images = s.images - image < at_once ? s.images - image : at_once;
    const ptrdiff_t count = images * windows;
    const float *panel = packed;
    for (ptrdiff_t place = 0; place < area; place++) {
      const ptrdiff_t offset =
          (place / s.window_width * s.width + place % s.window_width) * s.channels;
      for (ptrdiff_t column = 0; column < s.channels; column += PANEL_COLUMNS) {
        const ptrdiff_t width = panel_width(column, s.channels);
        struct window window = {image, 0, 0};
        for (ptrdiff_t i = 0; i < count; i += TILE_ROWS) {
          const ptrdiff_t some = count - i < TILE_ROWS ? count - i : TILE_ROWS;
          float *to[TILE_ROWS];
          const float *from[TILE_ROWS];
          for (ptrdiff_t r = 0; r < some; r++, next_window(&window, s)) {
            to[r] = dx + window_start(window, s) + offset + column;
            from[r] = dy + (image * windows + i + r) * s.outputs;
          }
          walking_rows(to, NULL, from, some, walk, panel, whole_vectors(width), width);
        }
        panel += whole_vectors(width) * s.outputs;
      }
    }
  }
}

/// How many windows the gradient of the weight takes at once.
#define WINDOW_RUN 128

/// Adds what some windows of an image give to `sums`, the weight's gradient in the order of panels.
static void add_weight_gradient(float *sums, const float *x, const float *dy, struct walk walk,
                                struct ck_convolution s) {
  const ptrdiff_t depth = ck_convolution_depth(s), line = s.window_width * s.channels;
  _Alignas(64) float ragged[WINDOW_RUN * LANES];
  for (ptrdiff_t column = 0; column < s.outputs;) {
    ptrdiff_t width = panel_width(column, s.outputs), ldb = s.outputs;
    const float *b = dy + column;
    if (width >= LANES) width = width / LANES * LANES;
    if (width < LANES) {
      for (ptrdiff_t i = 0; i < walk.segments * walk.length; i++)
        store(ragged + i * LANES, load_first(b + i * s.outputs, width));
      b = ragged;
      ldb = LANES;
    }
    const ptrdiff_t padded = whole_vectors(width);
    for (ptrdiff_t k = 0; k < depth; k += TILE_ROWS) {
      const ptrdiff_t some = depth - k < TILE_ROWS ? depth - k : TILE_ROWS;
      float *to[TILE_ROWS];
      const float *from[TILE_ROWS];
      for (ptrdiff_t r = 0; r < some; r++) {
        to[r] = sums + column * depth + (k + r) * padded;
        from[r] = x + (k + r) / line * s.width * s.channels + (k + r) % line;
      }
      walking_rows(to, NULL, from, some, walk, b, ldb, padded);
    }
    column += width;
  }
}

/// Adds to dw; `scratch` has room for a packed weight.
static void convolve_weight_gradient(float *dw, const float *x, const float *dy, float *scratch,
                                     struct ck_convolution s) {
  const ptrdiff_t rows = ck_convolution_rows(s), columns = ck_convolution_columns(s);
  const ptrdiff_t depth = ck_convolution_depth(s), area = s.window_height * s.window_width;
  memset(scratch, 0, (size_t)(depth * whole_vectors(s.outputs)) * sizeof(float));
  const ptrdiff_t lines = columns < WINDOW_RUN ? WINDOW_RUN / columns : 1;
  for (ptrdiff_t image = 0; image < s.images; image++)
    for (ptrdiff_t row = 0; row < rows; row += lines)
      for (ptrdiff_t column = 0; column < columns; column += WINDOW_RUN) {
        const struct window window = {image, row, column};
        const struct walk walk = {
            rows - row < lines ? rows - row : lines, s.stride * s.width * s.channels,
            columns - column < WINDOW_RUN ? columns - column : WINDOW_RUN, s.stride * s.channels};
        add_weight_gradient(scratch, x + window_start(window, s),
                            dy + ((image * rows + row) * columns + column) * s.outputs, walk, s);
      }
  for (ptrdiff_t column = 0; column < s.outputs;) {
    ptrdiff_t width = panel_width(column, s.outputs);
    if (width >= LANES) width = width / LANES * LANES;
    const ptrdiff_t padded = whole_vectors(width);
    for (ptrdiff_t k = 0; k < depth; k++)
      for (ptrdiff_t j = 0; j < width; j++)
        dw[((column + j) * s.channels + k % s.channels) * area + k / s.channels] +=
            scratch[column * depth + k * padded + j];
    column += width;
  }
}
