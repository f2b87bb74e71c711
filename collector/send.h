/* SPDX-License-Identifier: GPL-2.0-or-later */
/* send.h - 'tarsier send': recordings in files, sent as the datagrams that they once were or should have been */
#ifndef TARSIER_SEND_H
#define TARSIER_SEND_H

#include "exit.h"

enum exit_status send_command(int argc, char **argv);

#endif
