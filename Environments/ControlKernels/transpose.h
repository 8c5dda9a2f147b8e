// From rows of environments to columns of lanes and back.

#if LANES == 16
#define FIRST_OF_PAIRS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define SECOND_OF_PAIRS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LOWER_PAIRS 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER_PAIRS 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
// Of single lanes only the loops below are used.
#define SHUFFLE(a, b, ...) (a)
#endif

/// Defines functions for rows of WIDTH numbers: READ gives column c of them in columns[c], and WRITE
/// writes them. Rows of two and of four numbers are shuffled in registers, others moved one by one.
#define TRANSPOSITION(READ, WRITE, NUMBER, VECTOR)                                            \
  typedef NUMBER VECTOR##_in_memory __attribute__((ext_vector_type(LANES), aligned(4)));      \
                                                                                              \
  INLINE void READ(VECTOR *columns, const NUMBER *rows, int width) {                          \
    if (LANES == 1 || (width != 2 && width != 4)) {                                           \
      for (int column = 0; column < width; column++)                                          \
        for (int lane = 0; lane < LANES; lane++)                                              \
          columns[column][lane] = rows[lane * width + column];                                \
      return;                                                                                 \
    }                                                                                         \
    VECTOR in[4];                                                                             \
    for (int i = 0; i < width; i++) in[i] = *(const VECTOR##_in_memory *)(rows + i * LANES);  \
    const VECTOR first = SHUFFLE(in[0], in[1], FIRST_OF_PAIRS);                               \
    const VECTOR second = SHUFFLE(in[0], in[1], SECOND_OF_PAIRS);                             \
    columns[0] = first, columns[1] = second;                                                  \
    if (width == 2) return;                                                                   \
    const VECTOR third = SHUFFLE(in[2], in[3], FIRST_OF_PAIRS);                               \
    const VECTOR fourth = SHUFFLE(in[2], in[3], SECOND_OF_PAIRS);                             \
    columns[0] = SHUFFLE(first, third, FIRST_OF_PAIRS);                                       \
    columns[1] = SHUFFLE(second, fourth, FIRST_OF_PAIRS);                                     \
    columns[2] = SHUFFLE(first, third, SECOND_OF_PAIRS);                                      \
    columns[3] = SHUFFLE(second, fourth, SECOND_OF_PAIRS);                                    \
  }                                                                                           \
                                                                                              \
  INLINE void WRITE(NUMBER *rows, const VECTOR *columns, int width) {                         \
    if (LANES == 1 || (width != 2 && width != 4)) {                                           \
      for (int lane = 0; lane < LANES; lane++)                                                \
        for (int column = 0; column < width; column++)                                        \
          rows[lane * width + column] = columns[column][lane];                                \
      return;                                                                                 \
    }                                                                                         \
    VECTOR first[2] = {columns[0], columns[0]}, second[2] = {columns[1], columns[1]};         \
    if (width == 4) {                                                                         \
      first[0] = SHUFFLE(columns[0], columns[2], LOWER_PAIRS);                                \
      first[1] = SHUFFLE(columns[0], columns[2], UPPER_PAIRS);                                \
      second[0] = SHUFFLE(columns[1], columns[3], LOWER_PAIRS);                               \
      second[1] = SHUFFLE(columns[1], columns[3], UPPER_PAIRS);                               \
    }                                                                                         \
    for (int i = 0; i < width / 2; i++) {                                                     \
      VECTOR##_in_memory *out = (VECTOR##_in_memory *)(rows + 2 * i * LANES);                 \
      *out = SHUFFLE(first[i], second[i], LOWER_PAIRS);                                       \
      *(VECTOR##_in_memory *)(rows + (2 * i + 1) * LANES) =                                   \
          SHUFFLE(first[i], second[i], UPPER_PAIRS);                                          \
    }                                                                                         \
  }

typedef float floats __attribute__((ext_vector_type(LANES)));
TRANSPOSITION(read_doubles, write_doubles, double, doubles)
TRANSPOSITION(read_floats, write_floats, float, floats)
