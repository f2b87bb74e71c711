// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare_clock - are all rows of the decoder dated as they should be?
 *
 * compare_clock DISTANCE FILE...	of runqslower's records in the files, in their order, the time
 *		since boot and DISTANCE make the true date (UTC, in ns); on standard input are the
 *		decoder's rows.  Prints how many there are, and the greatest difference in us.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define DAY_US 86400000000LL
#define RUNQSLOWER 0x20

/* The next row's time of the day; -1: there is none. */
static long long next_row_us(void)
{
	unsigned int hours, minutes, seconds, micros;
	char line[512], *at;

	while (fgets(line, sizeof(line), stdin)) {
		/* with several sessions their number comes first */
		at = strchr(line, ':');
		if (!at || at - line < 2)
			continue;
		if (sscanf(at - 2, "%2u:%2u:%2u.%6u", &hours, &minutes, &seconds, &micros) == 4)
			return ((hours * 60 + minutes) * 60LL + seconds) * 1000000LL + micros;
	}
	return -1;
}

/* Around midnight, too. */
static long long difference_us(long long left, long long right)
{
	long long difference = llabs(left - right) % DAY_US;

	return difference > DAY_US / 2 ? DAY_US - difference : difference;
}

static int compare(FILE *file, __u64 distance_ns, unsigned long *rows, long long *greatest_us)
{
	struct record record;

	while (fread(&record, sizeof(record), 1, file) == 1) {
		long long true_us, row_us, difference;

		if (record.type != RUNQSLOWER)
			continue;
		true_us = (long long)((record.time_ns + distance_ns) / 1000) % DAY_US;
		row_us = next_row_us();
		if (row_us < 0)
			return -1;
		++*rows;
		difference = difference_us(true_us, row_us);
		if (difference > *greatest_us)
			*greatest_us = difference;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long rows = 0;
	long long greatest_us = 0;

	for (int i = 2; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");

		if (!file || compare(file, strtoull(argv[1], NULL, 10), &rows, &greatest_us)) {
			fprintf(stderr, "compare_clock: %s: cannot be read, or rows are missing\n",
				argv[i]);
			return 1;
		}
		fclose(file);
	}
	printf("rows %lu\ngreatest_us %lld\nmore %d\n", rows, greatest_us, next_row_us() >= 0);
	return 0;
}
