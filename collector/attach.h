/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attach.h - the probes that are wanted, attached as far as this kernel can */
#ifndef TARSIER_ATTACH_H
#define TARSIER_ATTACH_H

#include "exit.h"
#include "options.h"
#include "stream.h"

/*
 * Enable every probe of @options, and attach all that can be; events will go to @stream.  Nothing is said:
 * what follows tells.
 */
void attach_probes(const struct options *options, struct stream *stream);

/* EXIT_DONE, or why nothing was tried at all; the user has been told. */
enum exit_status attach_refused(void);

/* 1 << probe id */
__u32 attach_wanted(void);
__u32 attach_active(void);
bool attach_is_active(const struct probe_entry *entry);
/* It was not tried, because no BPF program can be loaded at all. */
bool attach_is_out_of_reach(const struct probe_entry *entry);

/* How a probe is attached, or why it is not: for the user, on one line.  Valid until the next call. */
const char *attach_how(const struct probe_entry *entry);

/* Say which of the probes are not attached, or not in the best way, and why. */
void attach_say_missing(const struct options *options);

/* EXIT_DONE when all of the @required (1 << probe id) are attached, or else at least one is; or why not. */
enum exit_status attach_status(__u32 required);

#endif
