/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_types.h - where tracepoints' records have the fields that a BPF object reads, as type information */
#ifndef TARSIER_EVENT_TYPES_H
#define TARSIER_EVENT_TYPES_H

struct bpf_object;
struct btf;

/*
 * For each program of @object that will be loaded and is given a tracepoint's record: add to @types the
 * struct event__SYSTEM__NAME that @object declares, with the fields where tracefs says that they are.
 * 0, or -errno and in *@why the reason, valid until the next call.
 */
int event_types_add(const struct bpf_object *object, struct btf *types, const char **why);

#endif
