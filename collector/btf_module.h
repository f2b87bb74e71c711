/* SPDX-License-Identifier: GPL-2.0-or-later */
/* btf_module.h - types that are not the kernel's own but a module's */
#ifndef TARSIER_BTF_MODULE_H
#define TARSIER_BTF_MODULE_H

#include "btf_cut.h"

/*
 * Look for @wanted, which was not found in @kernel, in all modules that are loaded.  The module's BTF as a file
 * descriptor, which the caller owns, and the type's id in *@wanted; 0 when it is not found; or -errno.
 */
int btf_module_find(struct btf_cut *cut, const struct btf_file *kernel, struct btf_id *wanted);

#endif
