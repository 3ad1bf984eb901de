// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that goes into the CUDA and the HIP image. OpenCL gets language.h, memory.inc, compute.inc and packed.inc.
#include "language.h"

#include "memory.inc"

#include "compute.inc"

#include "packed.inc"

#include "clock.inc"

#include "product.inc"

#include "matrix.inc"

#include "matrix_cuda.inc"

#include "matrix_amd.inc"
