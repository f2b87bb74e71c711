// SPDX-License-Identifier: GPL-2.0-or-later
/* picknext - the scheduler's pick of the next task, by CPU and outgoing task */
#include "callview.h"

const struct view view_picknext = CALLVIEW;
