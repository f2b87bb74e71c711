/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config.h - a file of options, one on a line, in the words of the command line */
#ifndef TARSIER_CONFIG_H
#define TARSIER_CONFIG_H

#define CONFIG_SIZE_MAX 8192
#define CONFIG_USUAL "/etc/tarsier.conf" /* where init files look; never read unless it is named */

/*
 * Call @set with NAME and VALUE of each line "NAME VALUE" of the file at @path; VALUE is NULL where
 * there is none.  Empty lines and those that begin with # are passed over.  Names and values stay
 * valid.  What @set says to the user comes with the file's name and the line; after a line that is
 * wrong the others are still looked at.  Returns 0, or a negative number: the user was told.
 */
int config_read(const char *path, int (*set)(void *context, const char *name, const char *value),
		void *context);

#endif
