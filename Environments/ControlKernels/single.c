// Kernels for one environment at a time, with the same bits: for what is left over of a batch.

#define LEVEL control_kernels_single
#define LANES 1
#include "level.h"
