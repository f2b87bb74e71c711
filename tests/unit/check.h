/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.h - cmocka with the headers that it wants before itself */
#ifndef TARSIER_TESTS_CHECK_H
#define TARSIER_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
