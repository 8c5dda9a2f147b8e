// Two rods, one hinged to the upper end of the other, on a cart.
//
// Source: Bogdanov, Optimal Control of a Double Inverted Pendulum on a Cart, Technical Report
// CSE-04-006, OGI School of Science and Engineering, 2004; d₁ to d₆ and f₁, f₂ as there.

/// Solves M x = b for a symmetric, positive definite matrix of three rows, by the factors L D Lᵀ,
/// without pivots, which such a matrix does not need. Only its upper triangle is read.
INLINE void solve_three(const doubles m[3][3], const doubles *b, doubles *x) {
  const doubles factor10 = m[0][1] / m[0][0];
  const doubles factor20 = m[0][2] / m[0][0];
  const doubles pivot1 = m[1][1] - factor10 * m[0][1];
  const doubles rest21 = m[1][2] - factor10 * m[0][2];
  const doubles factor21 = rest21 / pivot1;
  const doubles pivot2 = m[2][2] - factor20 * m[0][2] - factor21 * rest21;

  const doubles b1 = b[1] - factor10 * b[0];
  const doubles b2 = b[2] - factor20 * b[0] - factor21 * b1;
  x[2] = b2 / pivot2;
  x[1] = b1 / pivot1 - factor21 * x[2];
  x[0] = b[0] / m[0][0] - factor10 * x[1] - factor20 * x[2];
}

struct pushed_double_pendulum {
  struct control_double_pendulum machine;
  doubles force;
};

/// The rates of position, both angles, and their velocities.
///
/// The centres of mass of the rods are in their middles, their moments of inertia m L² / 12.
INLINE void double_pendulum_rates(struct pushed_double_pendulum pushed, const doubles *state,
                                  doubles *rates) {
  const struct control_double_pendulum machine = pushed.machine;
  const doubles sine1 = sine(state[1]), cosine1 = cosine(state[1]);
  const doubles sine2 = sine(state[2]), cosine2 = cosine(state[2]);
  const doubles sine_of_difference = sine1 * cosine2 - cosine1 * sine2;
  const doubles cosine_of_difference = cosine1 * cosine2 + sine1 * sine2;
  const doubles spin1 = state[4] * state[4], spin2 = state[5] * state[5];

  const double m1 = machine.first_mass, m2 = machine.second_mass;
  const double length1 = machine.first_length, length2 = machine.second_length;
  const double d1 = machine.cart_mass + m1 + m2;
  const double d2 = (m1 / 2 + m2) * length1;
  const double d3 = m2 * length2 / 2;
  const double d4 = (m1 / 3 + m2) * length1 * length1;
  const double d5 = m2 * length1 * length2 / 2;
  const double d6 = m2 * length2 * length2 / 3;
  const double f1 = d2 * machine.gravity, f2 = d3 * machine.gravity;

  const doubles masses[3][3] = {{(doubles)d1, d2 * cosine1, d3 * cosine2},
                                {(doubles)0, (doubles)d4, d5 * cosine_of_difference},
                                {(doubles)0, (doubles)0, (doubles)d6}};
  const doubles forces[3] = {pushed.force + d2 * sine1 * spin1 + d3 * sine2 * spin2,
                             f1 * sine1 - d5 * sine_of_difference * spin2,
                             f2 * sine2 + d5 * sine_of_difference * spin1};
  for (int i = 0; i < 3; i++) rates[i] = state[3 + i];
  solve_three(masses, forces, rates + 3);
}

RUNGE_KUTTA(pushed_double_pendulum_advance, 6, struct pushed_double_pendulum,
            double_pendulum_rates)

/// `CartDoublePendulum-v1`: each step earns 1 while both rods stand.
INLINE answers cart_double_pendulum_advance(struct control_double_pendulum machine, doubles *state,
                                            const doubles *action, doubles *reward) {
  const struct pushed_double_pendulum pushed = {
      machine, machine.force_limit * clamped(action[0], -1, 1)};
  pushed_double_pendulum_advance(pushed, state, machine.time_step);
  *reward = 1;
  return magnitude(state[0]) > machine.position_limit |
         magnitude(state[1]) > machine.angle_limit | magnitude(state[2]) > machine.angle_limit;
}

INLINE void cart_double_pendulum_observe(const doubles *state, doubles *observation) {
  for (int i = 0; i < 6; i++) observation[i] = state[i];
}

TASK(cart_double_pendulum, struct control_double_pendulum, 6, 1, 6, 0)
