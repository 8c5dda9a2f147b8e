// The level of every processor.

#define LEVEL control_kernels_portable
#include "level.h"
