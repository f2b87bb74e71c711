/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_types.h - where a tracepoint's record has the fields that a BPF object reads, as type information */
#ifndef TARSIER_EVENT_TYPES_H
#define TARSIER_EVENT_TYPES_H

struct btf;

#define EVENT_TYPES_WHY 160

/*
 * Add to @types the struct event__SYSTEM__NAME that @local declares for the tracepoint @event, "SYSTEM:NAME", with
 * the fields where its description @format (tracefs) says that they are.  Nothing is added where @local
 * declares none.  0, or -errno and the reason in @why.
 */
int event_types_add(struct btf *types, const struct btf *local, const char *event,
		    const char *format, char why[EVENT_TYPES_WHY]);

#endif
