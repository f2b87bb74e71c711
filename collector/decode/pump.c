// SPDX-License-Identifier: GPL-2.0-or-later
/* pump - the bytes of an open file to a decoder's reader */
#include "pump.h"

#include <errno.h>
#include <unistd.h>

#include "interrupt.h"
#include "progress.h"

/* How many there were, 0 at the end, or -errno. */
static ssize_t take(int fd, void *to, size_t room, __s64 offset)
{
	ssize_t got;

	do {
		if (interrupt_came())
			return -EINTR;
		got = offset == PUMP_ON ? read(fd, to, room) : pread(fd, to, room, offset);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

int pump(struct decoder *decoder, int fd, __s64 offset, struct glance *glance)
{
	struct reader *reader = &decoder->reader;

	while (!reader->stopped) {
		size_t room;
		void *to = reader_room(reader, &room);
		ssize_t got = take(fd, to, room, offset);

		if (got == -EINTR)
			reader_abandon(reader);
		if (got <= 0)
			return (int)got;
		if (glance)
			glance_take(glance, to, (size_t)got);
		reader_fill(reader, (size_t)got);
		progress_took((__u64)got);
		if (offset != PUMP_ON)
			offset += got;
	}
	return 0;
}
