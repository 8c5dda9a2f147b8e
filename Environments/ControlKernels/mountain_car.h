// A car in a valley whose surface is sin 3x.
//
// Source: Sutton and Barto, Reinforcement Learning: An Introduction, second edition, example 10.1.

/// Moves a car by one step of time and tells whether it is at the flag, fast enough.
INLINE answers drive(struct control_mountain_car valley, doubles *state, doubles acceleration) {
  const doubles slope = cosine(3 * state[0]);
  const doubles faster = state[1] + (acceleration - valley.gravity * slope);
  const doubles velocity = clamped(faster, -valley.speed_limit, valley.speed_limit);
  state[0] = clamped(state[0] + velocity, valley.lowest_position, valley.highest_position);
  // The wall at the left end takes all speed.
  state[1] = choose(state[0] == valley.lowest_position & velocity < 0, 0, velocity);
  return state[0] >= valley.goal_position & state[1] >= valley.goal_velocity;
}

/// `MountainCar-v0`: each step costs 1.
INLINE answers mountain_car_advance(struct control_mountain_car valley, doubles *state,
                                    const doubles *action, doubles *reward) {
  *reward = -1;
  return drive(valley, state, (action[0] - 1) * valley.engine);
}

INLINE void mountain_car_observe(const doubles *state, doubles *observation) {
  observation[0] = state[0];
  observation[1] = state[1];
}

TASK(mountain_car, struct control_mountain_car, 2, 1, 2, 3)

/// `MountainCarContinuous-v0`: fuel costs, only the flag pays.
INLINE answers mountain_car_continuous_advance(struct control_mountain_car valley, doubles *state,
                                               const doubles *action, doubles *reward) {
  const doubles throttle = action[0];
  const answers arrived = drive(valley, state, clamped(throttle, -1, 1) * valley.engine);
  *reward = choose(arrived, 100, 0) - throttle * throttle * 0.1;
  return arrived;
}

INLINE void mountain_car_continuous_observe(const doubles *state, doubles *observation) {
  mountain_car_observe(state, observation);
}

TASK(mountain_car_continuous, struct control_mountain_car, 2, 1, 2, 0)
