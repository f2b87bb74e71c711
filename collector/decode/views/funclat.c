// SPDX-License-Identifier: GPL-2.0-or-later
/* funclat - the duration of a kernel function, by CPU and calling thread */
#include "callview.h"

const struct view view_funclat = CALLVIEW;
