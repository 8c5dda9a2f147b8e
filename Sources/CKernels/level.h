// The kernels of one level; LEVEL names the table.

#include "include/ck_kernels.h"

#include "vector.h"

#include "functions.h"

#include "elementwise.h"
#include "matmul.h"
// Behind the matrix products, whose tiles' sizes it shares.
#include "convolution.h"
#include "orthogonality.h"
#include "peak.h"
#include "random.h"
#include "reductions.h"
#include "vectors.h"

const struct ck_kernels LEVEL = {
#define ENTRY(name, parameters, arguments) .name = name,
    CK_KERNELS(ENTRY)
#undef ENTRY
};
