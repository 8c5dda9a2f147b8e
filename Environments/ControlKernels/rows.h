// The kernel of a task, from its equations.

typedef uint8_t bytes __attribute__((ext_vector_type(LANES)));

INLINE void read_actions(doubles *columns, const float *rows, int width) {
  floats numbers[2];
  read_floats(numbers, rows, width);
  for (int i = 0; i < width; i++) columns[i] = __builtin_convertvector(numbers[i], doubles);
}

INLINE void write_observations(float *rows, const doubles *columns, int width) {
  floats numbers[8];
  for (int i = 0; i < width; i++) numbers[i] = __builtin_convertvector(columns[i], floats);
  write_floats(rows, numbers, width);
}

/// 1 for each answer that is yes, else 0.
INLINE void write_answers(bool *rows, answers answers) {
  const bytes ones = __builtin_convertvector(answers, bytes) & 1;
  memcpy(rows, &ones, LANES);
}

/// Whether an action of one number is a choice in 0..<count, in all rows.
INLINE bool are_choices(const float *actions, int count) {
  const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number
  floats x;
  read_floats(&x, actions, 1);
  const floats rounded = (x + magic) - magic;
  return __builtin_reduce_and(x == rounded & x >= 0.0f & x < (float)count) != 0;
}

/// The rows from `row` on, where a state, an action and an observation are s, a and d numbers.
INLINE struct control_rows rows_from(struct control_rows rows, ptrdiff_t row, int s, int a, int d) {
  rows.count -= row;
  rows.states += row * s;
  if (rows.actions) rows.actions += row * a, rows.rewards += row, rows.terminated += row;
  if (rows.observations) rows.observations += row * d;
  return rows;
}

/// Whether the caller's rows are of the numbers that a task reads and writes.
INLINE bool fits(struct control_rows rows, int s, int a, int d) {
  return rows.state_count == s && (!rows.actions || rows.action_count == a) &&
         (!rows.observations || rows.observation_count == d);
}

/// Defines the kernel of a task from its two functions,
///
///     answers TASK_advance(parameters, doubles state[S], doubles action[A], doubles *reward)
///     void TASK_observe(const doubles state[S], doubles observation[D])
///
/// the first of which returns whether the task ended. CHOICES is the number of choices of its
/// action, or 0 for one of real numbers. Rows that do not fill the lanes are stepped one by one.
#define TASK(NAME, PARAMETERS, S, A, D, CHOICES)                                              \
  INLINE bool NAME##_lanes(PARAMETERS parameters, struct control_rows rows) {                 \
    doubles state[S], action[A], observation[D], reward;                                      \
    read_doubles(state, rows.states, S);                                                      \
    if (rows.actions) {                                                                       \
      if (CHOICES > 0 && !are_choices(rows.actions, CHOICES)) return false;                   \
      read_actions(action, rows.actions, A);                                                  \
      write_answers(rows.terminated, NAME##_advance(parameters, state, action, &reward));     \
      write_doubles(rows.states, state, S);                                                   \
      memcpy(rows.rewards, &reward, LANES * sizeof(double));                                  \
    }                                                                                         \
    if (rows.observations) {                                                                  \
      NAME##_observe(state, observation);                                                     \
      write_observations(rows.observations, observation, D);                                  \
    }                                                                                         \
    return true;                                                                              \
  }                                                                                           \
                                                                                              \
  static ptrdiff_t NAME(PARAMETERS parameters, struct control_rows rows) {                    \
    ptrdiff_t row = 0;                                                                        \
    if (!fits(rows, S, A, D)) return -2;                                                      \
    for (; row + LANES <= rows.count; row += LANES)                                           \
      if (!NAME##_lanes(parameters, rows_from(rows, row, S, A, D))) return row;               \
    if (row == rows.count) return -1;                                                         \
    const ptrdiff_t wrong =                                                                   \
        control_kernels_single.NAME(parameters, rows_from(rows, row, S, A, D));               \
    return wrong < 0 ? wrong : row + wrong;                                                   \
  }
