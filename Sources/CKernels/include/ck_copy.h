#ifndef CK_COPY_H
#define CK_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Moving numbers without arithmetic other than adding where asked; the same at every level.

/// to[rows, columns] (+)= from[rows, columns], rows `to_stride` and `from_stride` apart.
void ck_copy_rows(float *to, ptrdiff_t to_stride, const float *from, ptrdiff_t from_stride,
                  ptrdiff_t rows, ptrdiff_t columns, bool accumulate);

/// to[columns, rows] (+)= the transpose of from[rows, columns].
void ck_transpose(float *to, const float *from, ptrdiff_t rows, ptrdiff_t columns, bool accumulate);

/// to[i] = from[indices[i]] for rows of `columns` numbers.
void ck_gather_rows(float *to, const float *from, const int32_t *indices, ptrdiff_t rows,
                    ptrdiff_t columns);

/// to[i] = from[i, indices[i]], where `from` is [rows, columns] and the indices are whole floats.
void ck_pick(float *to, const float *from, const float *indices, ptrdiff_t index_stride,
             ptrdiff_t rows, ptrdiff_t columns);

/// to[i, indices[i]] += from[i], the pullback of `ck_pick`.
void ck_unpick(float *to, const float *from, const float *indices, ptrdiff_t index_stride,
               ptrdiff_t rows, ptrdiff_t columns);

/// to[i] = from[i] for n bytes.
void ck_bytes_to_floats(float *to, const uint8_t *from, ptrdiff_t n);

/// to[i] = from[i] for n numbers; gives whether all are whole numbers from 0 to 255. Others become
/// anything.
bool ck_floats_to_bytes(uint8_t *to, const float *from, ptrdiff_t n);

#endif
