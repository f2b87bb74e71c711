// SPDX-License-Identifier: GPL-2.0-or-later
/* offcpu - off-CPU time as histograms */
#include "histview.h"

const struct view view_offcpu = HISTVIEW;
