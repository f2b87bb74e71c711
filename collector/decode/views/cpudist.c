// SPDX-License-Identifier: GPL-2.0-or-later
/* cpudist - on-CPU time as histograms */
#include "histview.h"

const struct view view_cpudist = HISTVIEW;
