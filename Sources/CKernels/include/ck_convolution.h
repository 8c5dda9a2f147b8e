#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H

#include <stddef.h>

/// The sizes of a convolution without padding; images are [images, height, width, channels], weights
/// [outputs, channels, window_height, window_width], results [images, rows, columns, outputs].
struct ck_convolution {
  ptrdiff_t images, height, width, channels;
  ptrdiff_t outputs, window_height, window_width, stride;
};

/// The number of windows below each other.
static inline ptrdiff_t ck_convolution_rows(struct ck_convolution s) {
  return (s.height - s.window_height) / s.stride + 1;
}

/// The number of windows beside each other.
static inline ptrdiff_t ck_convolution_columns(struct ck_convolution s) {
  return (s.width - s.window_width) / s.stride + 1;
}

/// The number of products in each sum.
static inline ptrdiff_t ck_convolution_depth(struct ck_convolution s) {
  return s.window_height * s.window_width * s.channels;
}

/// How many floats a packed weight takes, in either order.
static inline ptrdiff_t ck_convolution_packed_count(struct ck_convolution s) {
  const ptrdiff_t outputs = (s.outputs + 15) / 16 * 16, channels = (s.channels + 15) / 16 * 16;
  const ptrdiff_t forward = ck_convolution_depth(s) * outputs;
  const ptrdiff_t backward = s.window_height * s.window_width * channels * s.outputs;
  return forward > backward ? forward : backward;
}

#endif
