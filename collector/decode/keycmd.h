/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keycmd.h - 'tarsier-decode key': makes keys, and those of boards from a fleet's */
#ifndef TARSIER_DECODE_KEYCMD_H
#define TARSIER_DECODE_KEYCMD_H

/* Returns the exit status. */
int keycmd(int argc, char **argv);

#endif
