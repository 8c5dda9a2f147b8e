// A uniform rod that turns about one of its ends, driven by a motor there.
//
// Source: Gymnasium, <https://gymnasium.farama.org/environments/classic_control/pendulum/>.

/// `Pendulum-v1`: one semi-implicit Euler step; leaning, turning and torque cost.
INLINE answers pendulum_advance(struct control_pendulum rod, doubles *state, const doubles *action,
                                doubles *reward) {
  const doubles angle = state[0], velocity = state[1];
  const doubles torque = clamped(action[0], -rod.torque_limit, rod.torque_limit);
  const doubles lean = wrapped(angle);
  *reward = -(lean * lean + 0.1 * velocity * velocity + 0.001 * torque * torque);

  const double inertia = rod.mass * rod.length * rod.length / 3;
  const doubles weight = rod.mass * rod.gravity * rod.length / 2 * sine(angle);
  const doubles faster = velocity + (weight + torque) / inertia * rod.time_step;
  state[1] = clamped(faster, -rod.velocity_limit, rod.velocity_limit);
  state[0] = angle + state[1] * rod.time_step;
  return (answers)(0);
}

INLINE void pendulum_observe(const doubles *state, doubles *observation) {
  observation[0] = cosine(state[0]);
  observation[1] = sine(state[0]);
  observation[2] = state[1];
}

TASK(pendulum, struct control_pendulum, 2, 1, 3, 0)
