#include "ck_copy.h"

#include <string.h>

void ck_copy_rows(float *to, ptrdiff_t to_stride, const float *from, ptrdiff_t from_stride,
                  ptrdiff_t rows, ptrdiff_t columns, bool accumulate) {
  for (ptrdiff_t r = 0; r < rows; r++, to += to_stride, from += from_stride) {
    // A copy is left to the C library, which moves bytes faster than a loop over floats.
    if (!accumulate) memcpy(to, from, (size_t)columns * sizeof(float));
    for (ptrdiff_t i = 0; i < columns && accumulate; i++) to[i] += from[i];
  }
}

void ck_transpose(float *to, const float *from, ptrdiff_t rows, ptrdiff_t columns,
                  bool accumulate) {
  for (ptrdiff_t i = 0; i < columns; i++)
    for (ptrdiff_t r = 0; r < rows; r++) {
      const float x = from[r * columns + i];
      to[i * rows + r] = accumulate ? to[i * rows + r] + x : x;
    }
}

/// Where `columns` is a constant, a row is moved without a call: the widths of small tasks.
static inline __attribute__((always_inline)) void gather_rows(
    float *to, const float *from, const int32_t *indices, ptrdiff_t rows, const ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++)
    memcpy(to + r * columns, from + indices[r] * columns, (size_t)columns * sizeof(float));
}

void ck_gather_rows(float *to, const float *from, const int32_t *indices, ptrdiff_t rows,
                    ptrdiff_t columns) {
  switch (columns) {
    case 1: gather_rows(to, from, indices, rows, 1); break;
    case 2: gather_rows(to, from, indices, rows, 2); break;
    case 3: gather_rows(to, from, indices, rows, 3); break;
    case 4: gather_rows(to, from, indices, rows, 4); break;
    case 6: gather_rows(to, from, indices, rows, 6); break;
    default: gather_rows(to, from, indices, rows, columns);
  }
}

void ck_pick(float *to, const float *from, const float *indices, ptrdiff_t index_stride,
             ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++)
    to[r] = from[r * columns + (ptrdiff_t)indices[r * index_stride]];
}

void ck_unpick(float *to, const float *from, const float *indices, ptrdiff_t index_stride,
               ptrdiff_t rows, ptrdiff_t columns) {
  for (ptrdiff_t r = 0; r < rows; r++)
    to[r * columns + (ptrdiff_t)indices[r * index_stride]] += from[r];
}

void ck_bytes_to_floats(float *to, const uint8_t *from, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) to[i] = from[i];
}

bool ck_floats_to_bytes(uint8_t *to, const float *from, ptrdiff_t n) {
  int32_t wrong = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    // NaN and what is out of range become 0, so that the conversion is defined.
    const float x = from[i] >= 0 && from[i] <= 255 ? from[i] : 0;
    const int32_t whole = (int32_t)x;
    wrong |= (float)whole != from[i];
    to[i] = (uint8_t)whole;
  }
  return !wrong;
}
