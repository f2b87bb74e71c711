// SPDX-License-Identifier: GPL-2.0-or-later
/* runqlat - run-queue latency as a histogram */
#include "histview.h"

const struct view view_runqlat = HISTVIEW;
