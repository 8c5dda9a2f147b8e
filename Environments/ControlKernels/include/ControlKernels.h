#ifndef CONTROL_KERNELS_H
#define CONTROL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "ck_kernels.h"

// The equations of the control tasks, for any number of environments at once.
//
// One source is compiled for each instruction set, sixteen environments in the lanes of a vector; the
// level is the one that CKernels chose. Doubles, nothing fused and nothing added across lanes: each
// environment has the same bits at every level, alone or among others.

/// Some environments of one task, and where their actions come from and their results go.
struct control_rows {
  ptrdiff_t count;
  ptrdiff_t state_count, action_count, observation_count;  // S, A, D, as the caller has them
  double *states;        // [count, S], the numbers of a state in the order of the task's struct
  const float *actions;  // [count, A], or null to observe the states without a step
  float *observations;   // [count, D], receives what is observed after the step; or null
  double *rewards;       // [count], receives what the step earned
  bool *terminated;      // [count], receives whether the task itself ended
};

// The parameters of each task, in SI units where it has any; see its Swift type.

struct control_cart_pole {
  double gravity, cart_mass, pole_mass, pole_half_length;
  double push_force;  // of the largest action
  double time_step, position_limit, angle_limit;
};

struct control_acrobot {
  double gravity, link_length, link_mass, link_center, link_inertia, motor_torque, time_step;
  double first_velocity_limit, second_velocity_limit;
};

struct control_mountain_car {
  double lowest_position, highest_position, speed_limit, gravity;
  double engine;  // what the largest action adds to the velocity
  double goal_position, goal_velocity;
};

struct control_pendulum {
  double gravity, mass, length, torque_limit, velocity_limit, time_step;
};

struct control_double_pendulum {
  double gravity, cart_mass, first_mass, second_mass, first_length, second_length;
  double force_limit, time_step, position_limit, angle_limit;
};

struct control_quadrotor {
  double gravity, mass, inertia, arm_length, thrust_range, time_step;
  double position_limit, angle_limit, precision;
};

/// X(task, parameters): every task.
///
/// Each kernel takes a step in all rows and returns −1. Where an action is none of the task's
/// choices it returns that row, or one shortly before it, and where S, A or D are not the task's
/// −2; what it wrote by then is of no meaning.
#define CONTROL_TASKS(X)                                    \
  X(cart_pole, struct control_cart_pole)                    \
  X(cart_pole_swing_up, struct control_cart_pole)           \
  X(acrobot, struct control_acrobot)                        \
  X(mountain_car, struct control_mountain_car)              \
  X(mountain_car_continuous, struct control_mountain_car)   \
  X(pendulum, struct control_pendulum)                      \
  X(cart_double_pendulum, struct control_double_pendulum)   \
  X(planar_quadrotor, struct control_quadrotor)

/// The kernels of one level.
struct control_kernels {
#define CONTROL_FIELD(task, parameters) \
  ptrdiff_t (*task)(parameters task, struct control_rows rows);
  CONTROL_TASKS(CONTROL_FIELD)
#undef CONTROL_FIELD
};

/// The kernels of a level; whether this processor has it, CKernels knows.
const struct control_kernels *control_kernels_of(enum ck_level level);

/// The kernels for a single lane, which step what does not fill the lanes of a level.
extern const struct control_kernels control_kernels_single;

#define CONTROL_CALL(task, parameters)                                                  \
  static inline ptrdiff_t control_step_##task(parameters task, struct control_rows rows) { \
    return control_kernels_of(ck_active_level())->task(task, rows);                     \
  }
CONTROL_TASKS(CONTROL_CALL)
#undef CONTROL_CALL

#endif
