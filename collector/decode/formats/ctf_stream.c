// SPDX-License-Identifier: GPL-2.0-or-later
/* ctf_stream - the events of one session, in packets of files in the order of time */
#include "ctf_stream.h"

#include <stdlib.h>
#include <string.h>

#define HELD 4096
#define MAGIC 0xc1fc1fc1u

struct ctf_event {
	__u64 time_ns;
	__u64 number; /* keeps those of the same time in order */
	__u16 id;
	__u32 length;
	__u8 bytes[];
};

struct packet_head {
	__u32 magic;
	__u8 uuid[16];
	__u32 stream_id;
	__u64 from_ns;
	__u64 to_ns;
	__u64 content_bits;
	__u64 packet_bits;
	__u64 discarded;
} __attribute__((packed));

struct event_head {
	__u16 id;
	__u64 time_ns;
} __attribute__((packed));

static bool open_file(struct ctf_stream *stream)
{
	char name[128];

	if (stream->file)
		writer_file_close(stream->writer, stream->file);
	snprintf(name, sizeof(name), "%s/stream-%u", stream->folder, stream->files++);
	stream->file = writer_file_open(stream->writer, name);
	stream->last_ns = 0;
	return stream->file;
}

static void put_head(struct ctf_stream *stream, __u64 from_ns, __u64 to_ns, size_t size,
		     __u64 discarded)
{
	struct packet_head head = {
		.magic = MAGIC,
		.from_ns = from_ns,
		.to_ns = to_ns,
		.content_bits = (sizeof(head) + size) * 8,
		.packet_bits = (sizeof(head) + size) * 8,
		.discarded = discarded,
	};

	memcpy(head.uuid, stream->uuid, sizeof(head.uuid));
	fwrite(&head, sizeof(head), 1, stream->file);
	stream->last_ns = to_ns;
}

static void put_event(struct ctf_stream *stream, const struct ctf_event *event)
{
	const struct event_head head = { event->id, event->time_ns };

	fwrite(&head, sizeof(head), 1, stream->file);
	fwrite(event->bytes, 1, event->length, stream->file);
	stream->written++;
}

static int compare(const void *left, const void *right)
{
	const struct ctf_event *one = *(struct ctf_event *const *)left;
	const struct ctf_event *two = *(struct ctf_event *const *)right;

	if (one->time_ns != two->time_ns)
		return one->time_ns < two->time_ns ? -1 : 1;
	return one->number < two->number ? -1 : 1;
}

/* A packet of the @count oldest. */
static void flush(struct ctf_stream *stream, unsigned int count)
{
	size_t size = 0;

	if (!count)
		return;
	qsort(stream->event, stream->events, sizeof(*stream->event), compare);
	if ((!stream->file || stream->event[0]->time_ns < stream->last_ns) && !open_file(stream))
		return;
	for (unsigned int i = 0; i < count; i++)
		size += sizeof(struct event_head) + stream->event[i]->length;
	put_head(stream, stream->event[0]->time_ns, stream->event[count - 1]->time_ns, size, 0);
	for (unsigned int i = 0; i < count; i++) {
		put_event(stream, stream->event[i]);
		free(stream->event[i]);
	}
	stream->events -= count;
	memmove(stream->event, stream->event + count, stream->events * sizeof(*stream->event));
}

void ctf_stream_add(struct ctf_stream *stream, __u16 id, __u64 time_ns, const void *bytes,
		    size_t length)
{
	struct ctf_event *event = malloc(sizeof(*event) + length);

	if (!stream->event)
		stream->event = calloc(HELD, sizeof(*stream->event));
	if (stream->event && stream->events == HELD)
		flush(stream, HELD / 2);
	if (!event || !stream->event) {
		free(event);
		writer_lacks_memory(stream->writer);
		return;
	}
	if (stream->events == HELD) { /* its file cannot be opened */
		free(event);
		return;
	}
	*event = (struct ctf_event) {
		.time_ns = time_ns,
		.number = stream->written + stream->events,
		.id = id,
		.length = (__u32)length,
	};
	memcpy(event->bytes, bytes, length);
	stream->event[stream->events++] = event;
}

void ctf_stream_end(struct ctf_stream *stream, __u64 to_ns, __u64 discarded)
{
	flush(stream, stream->events);
	if (!stream->file && !open_file(stream))
		return;
	if (to_ns < stream->last_ns)
		to_ns = stream->last_ns;
	put_head(stream, stream->last_ns ? stream->last_ns : to_ns, to_ns, 0, discarded);
	writer_file_close(stream->writer, stream->file);
	stream->file = NULL;
}

void ctf_stream_release(struct ctf_stream *stream)
{
	for (unsigned int i = 0; i < stream->events; i++)
		free(stream->event[i]);
	free(stream->event);
	if (stream->file)
		writer_file_close(stream->writer, stream->file);
}
