/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* All shared structs: include this to have the whole memory that both engines work on. */
#ifndef FP_LAYOUT_H
#define FP_LAYOUT_H

#include "fp_backend.h"
#include "fp_config.h"
#include "fp_counter.h"
#include "fp_flow.h"
#include "fp_interface.h"
#include "fp_next_hop.h"
#include "fp_service.h"

#endif
