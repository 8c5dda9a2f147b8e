// A uniform pole hinged to a cart, both without friction.
//
// Source: Florian, Correct Equations for the Dynamics of the Cart-Pole System, 2007, the equations
// without friction, <https://coneural.org/florian/papers/05_cart_pole.pdf>.

/// The rates of position, velocity, angle and angular velocity under a force on the cart.
INLINE void cart_pole_rates(struct control_cart_pole machine, doubles force, const doubles *state,
                            doubles *rates) {
  const doubles velocity = state[1], angle = state[2], angular_velocity = state[3];
  const double total_mass = machine.cart_mass + machine.pole_mass;
  const double pole_mass_length = machine.pole_mass * machine.pole_half_length;
  const doubles sine_angle = sine(angle), cosine_angle = cosine(angle);

  const doubles spin = angular_velocity * angular_velocity;
  const doubles push = (force + pole_mass_length * spin * sine_angle) / total_mass;
  const doubles leverage =
      4.0 / 3.0 - machine.pole_mass * (cosine_angle * cosine_angle) / total_mass;
  const doubles pole = (machine.gravity * sine_angle - cosine_angle * push) /
                       (machine.pole_half_length * leverage);
  const doubles cart = push - pole_mass_length * pole * cosine_angle / total_mass;

  rates[0] = velocity;
  rates[1] = cart;
  rates[2] = angular_velocity;
  rates[3] = pole;
}

/// `CartPole-v1`: one explicit Euler step under a push to the left or to the right.
INLINE answers cart_pole_advance(struct control_cart_pole machine, doubles *state,
                                 const doubles *action, doubles *reward) {
  doubles rates[4];
  cart_pole_rates(machine, machine.push_force * (2 * action[0] - 1), state, rates);
  for (int i = 0; i < 4; i++) state[i] += machine.time_step * rates[i];
  *reward = 1;
  return magnitude(state[0]) > machine.position_limit | magnitude(state[2]) > machine.angle_limit;
}

INLINE void cart_pole_observe(const doubles *state, doubles *observation) {
  for (int i = 0; i < 4; i++) observation[i] = state[i];
}

TASK(cart_pole, struct control_cart_pole, 4, 1, 4, 2)

struct pushed_cart_pole {
  struct control_cart_pole machine;
  doubles force;
};

INLINE void pushed_cart_pole_rates(struct pushed_cart_pole pushed, const doubles *state,
                                   doubles *rates) {
  cart_pole_rates(pushed.machine, pushed.force, state, rates);
}

RUNGE_KUTTA(pushed_cart_pole_advance, 4, struct pushed_cart_pole, pushed_cart_pole_rates)

/// `CartPoleSwingUp-v1`: any force up to a limit; upright in the middle of the track earns most.
INLINE answers cart_pole_swing_up_advance(struct control_cart_pole machine, doubles *state,
                                          const doubles *action, doubles *reward) {
  const struct pushed_cart_pole pushed = {
      machine, machine.push_force * clamped(action[0], -1, 1)};
  pushed_cart_pole_advance(pushed, state, machine.time_step);
  const doubles height = (1 + cosine(state[2])) / 2;
  const doubles distance = state[0] / machine.position_limit;
  const doubles middle = 1 - distance * distance;
  *reward = height * choose(middle >= 0, middle, 0);
  return magnitude(state[0]) > machine.position_limit;
}

INLINE void cart_pole_swing_up_observe(const doubles *state, doubles *observation) {
  observation[0] = state[0];
  observation[1] = state[1];
  observation[2] = cosine(state[2]);
  observation[3] = sine(state[2]);
  observation[4] = state[3];
}

TASK(cart_pole_swing_up, struct control_cart_pole, 4, 1, 5, 0)
