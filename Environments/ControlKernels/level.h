// The kernels of one level; LEVEL names the table.

#include "include/ControlKernels.h"

#include "lanes.h"
#include "transpose.h"

#include "rows.h"
#include "runge_kutta.h"

#include "cart_pole.h"

#include "acrobot.h"
#include "cart_double_pendulum.h"
#include "mountain_car.h"
#include "pendulum.h"
#include "planar_quadrotor.h"

const struct control_kernels LEVEL = {
#define ENTRY(task, parameters) .task = task,
    CONTROL_TASKS(ENTRY)
#undef ENTRY
};
