/* SPDX-License-Identifier: GPL-2.0-only */
/* map_result.bpf.h - whether a change to a map was made */
#ifndef TARSIER_MAP_RESULT_BPF_H
#define TARSIER_MAP_RESULT_BPF_H

/*
 * Until Linux 6.4 the kernel's functions for maps return an int, and programs call them directly: the
 * upper half of what comes back says nothing (d7ba4cc900bf, "bpf: return long from bpf_map_ops funcs").
 */
#define MAP_RESULT(call) ((int)(call))

#endif
