// The classical method of Runge and Kutta, of fourth order.

/// Defines NAME(parameters, state, step), which advances a state of COUNT numbers by a step of time.
/// RATES(parameters, state, rates) computes their changes per unit of time.
#define RUNGE_KUTTA(NAME, COUNT, PARAMETERS, RATES)                                         \
  INLINE void NAME(PARAMETERS parameters, doubles *state, double step) {                    \
    const double half = step / 2;                                                           \
    doubles k1[COUNT], k2[COUNT], k3[COUNT], k4[COUNT], next[COUNT];                        \
    RATES(parameters, state, k1);                                                           \
    for (int i = 0; i < COUNT; i++) next[i] = state[i] + half * k1[i];                      \
    RATES(parameters, next, k2);                                                            \
    for (int i = 0; i < COUNT; i++) next[i] = state[i] + half * k2[i];                      \
    RATES(parameters, next, k3);                                                            \
    for (int i = 0; i < COUNT; i++) next[i] = state[i] + step * k3[i];                      \
    RATES(parameters, next, k4);                                                            \
    for (int i = 0; i < COUNT; i++)                                                         \
      state[i] = state[i] + step / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);             \
  }
