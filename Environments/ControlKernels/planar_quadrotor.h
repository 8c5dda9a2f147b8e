// A bar in a vertical plane, with a rotor at each end.
//
// Source: Tedrake, Underactuated Robotics, section 3.3.1,
// <https://underactuated.csail.mit.edu/acrobot.html#section3>.

struct flying_quadrotor {
  double gravity;
  doubles lift;                  // the thrust of both rotors for each kg
  doubles angular_acceleration;  // what their difference turns the bar by
};

/// The rates of x, y and the angle, and of their velocities.
INLINE void quadrotor_rates(struct flying_quadrotor flying, const doubles *state, doubles *rates) {
  for (int i = 0; i < 3; i++) rates[i] = state[3 + i];
  rates[3] = -flying.lift * sine(state[2]);
  rates[4] = flying.lift * cosine(state[2]) - flying.gravity;
  rates[5] = flying.angular_acceleration;
}

RUNGE_KUTTA(flying_quadrotor_advance, 6, struct flying_quadrotor, quadrotor_rates)

/// `PlanarQuadrotor-v1`: the nearer to the target, the more a step earns.
INLINE answers planar_quadrotor_advance(struct control_quadrotor drone, doubles *state,
                                        const doubles *action, doubles *reward) {
  const double hover = drone.mass * drone.gravity / 2;
  const doubles right = hover * (1 + drone.thrust_range * clamped(action[0], -1, 1));
  const doubles left = hover * (1 + drone.thrust_range * clamped(action[1], -1, 1));
  const struct flying_quadrotor flying = {drone.gravity, (right + left) / drone.mass,
                                          drone.arm_length * (right - left) / drone.inertia};
  flying_quadrotor_advance(flying, state, drone.time_step);

  const doubles squared_distance = state[0] * state[0] + state[1] * state[1];
  *reward = 1 / (1 + squared_distance / (drone.precision * drone.precision));
  return magnitude(state[0]) > drone.position_limit | magnitude(state[1]) > drone.position_limit |
         magnitude(state[2]) > drone.angle_limit;
}

INLINE void planar_quadrotor_observe(const doubles *state, doubles *observation) {
  for (int i = 0; i < 6; i++) observation[i] = state[i];
}

TASK(planar_quadrotor, struct control_quadrotor, 6, 2, 6, 0)
