#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_copy.h"
#include "ck_kernels.h"
#include "ck_naive.h"
#include "ck_platform.h"
#include "ck_scalar.h"
#include "ck_sine_and_cosine.h"

#endif
