// Two links hanging from a hinge, with a motor at the joint between them.
//
// Source: Sutton and Barto, Reinforcement Learning: An Introduction, first edition, section 11.3,
// <http://incompleteideas.net/book/11/node4.html>, corrected; d₁, d₂, φ₁ and φ₂ as there.

struct driven_acrobot {
  struct control_acrobot chain;
  doubles torque;
};

/// The rates of both angles and both angular velocities.
INLINE void acrobot_rates(struct driven_acrobot driven, const doubles *state, doubles *rates) {
  const struct control_acrobot chain = driven.chain;
  const doubles velocity1 = state[2], velocity2 = state[3];
  const doubles sine1 = sine(state[0]), cosine1 = cosine(state[0]);
  const doubles sine2 = sine(state[1]), cosine2 = cosine(state[1]);
  const doubles sine_of_sum = sine1 * cosine2 + cosine1 * sine2;
  const double center = chain.link_center, length = chain.link_length, mass = chain.link_mass;
  const double center_inertia = mass * center * center + chain.link_inertia;
  const double coupling = mass * length * center;

  const doubles d1 = 2 * center_inertia + mass * length * length + 2 * coupling * cosine2;
  const doubles d2 = center_inertia + coupling * cosine2;
  const doubles phi2 = mass * center * chain.gravity * sine_of_sum;
  const doubles phi1 = -coupling * velocity2 * velocity2 * sine2 -
                       2 * coupling * velocity2 * velocity1 * sine2 +
                       mass * (center + length) * chain.gravity * sine1 + phi2;
  const doubles acceleration2 =
      (driven.torque + d2 / d1 * phi1 - coupling * velocity1 * velocity1 * sine2 - phi2) /
      (center_inertia - d2 * d2 / d1);

  rates[0] = velocity1;
  rates[1] = velocity2;
  rates[2] = -(d2 * acceleration2 + phi1) / d1;
  rates[3] = acceleration2;
}

RUNGE_KUTTA(driven_acrobot_advance, 4, struct driven_acrobot, acrobot_rates)

/// `Acrobot-v1`: a step costs 1 until the free end is above the line.
INLINE answers acrobot_advance(struct control_acrobot chain, doubles *state, const doubles *action,
                               doubles *reward) {
  const struct driven_acrobot driven = {chain, chain.motor_torque * (action[0] - 1)};
  driven_acrobot_advance(driven, state, chain.time_step);
  state[0] = wrapped(state[0]);
  state[1] = wrapped(state[1]);
  state[2] = clamped(state[2], -chain.first_velocity_limit, chain.first_velocity_limit);
  state[3] = clamped(state[3], -chain.second_velocity_limit, chain.second_velocity_limit);
  const doubles end = -cosine(state[0]) - cosine(state[0] + state[1]);
  const answers reached = end > 1;
  *reward = choose(reached, 0, -1);
  return reached;
}

INLINE void acrobot_observe(const doubles *state, doubles *observation) {
  observation[0] = cosine(state[0]);
  observation[1] = sine(state[0]);
  observation[2] = cosine(state[1]);
  observation[3] = sine(state[1]);
  observation[4] = state[2];
  observation[5] = state[3];
}

TASK(acrobot, struct control_acrobot, 4, 1, 6, 3)
