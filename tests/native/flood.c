// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flood - sends a receiver a valid stream of tagged blocks, and beside it what it must refuse
 *
 * flood PORT PID BLOCKS RATE BAD [KIND]
 *	BLOCKS valid ones to this machine's port PORT, RATE of them a second (0: as fast as they are
 *	taken), BAD others after each: of all kinds in turn, or of KIND alone.  The key is that of
 *	tests/golden/golden.keys.
 *
 * It waits while the receiver's queue fills up, so that nothing is lost on the way.  Prints how many
 * of each kind were sent, the milliseconds it took, those of them when it waited for the receiver
 * (wait_ms) and for the time to send the next valid one (idle_ms), and the CPU time of process PID in
 * between (cpu_us) and of itself (own_cpu_us).
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "encode.h"

/* Bytes in the receiver's queue, as the kernel counts them: some of what there is room for at least. */
#define QUEUE_MAX 150000
#define QUEUE_MAX_PRIVILEGED 4000000
#define LOOK_EVERY 32 /* datagrams */
#define LOOK_EVERY_PRIVILEGED 512
#define BATCH 40	/* datagrams sent with one call */
#define AHEAD_NS 100000 /* a sleep takes about that long */
#define KEPT 64		/* valid blocks that may be replayed */

/* X(name): what is wrong with it */
#define KINDS(X)                                                                                   \
	X(stranger)  /* another board's, the tag is noise */                                       \
	X(forged)    /* this board's next block, the tag is noise */                               \
	X(replayed)  /* a valid one again */                                                       \
	X(flipped)   /* a bit of the next block is another */                                      \
	X(mended)    /* the same, in a record whose CRC fits again */                              \
	X(untagged)  /* the next block as a board without a key sends it */                        \
	X(other_key) /* by a slot without a key */                                                 \
	X(sealed)    /* as if it was sealed */                                                     \
	X(noise)

enum kind {
#define X(name) KIND_##name,
	KINDS(X)
#undef X
		KIND_COUNT
};

static const char *const names[] = {
#define X(name) #name,
	KINDS(X)
#undef X
};

static struct {
	int fd;
	unsigned int port;
	int pid;
	unsigned long queue_max;
	unsigned int look_every;
	__u64 wait_ns, idle_ns;
	struct encoder encoder;
	unsigned char kept[KEPT][BLOCK_SIZE_MAX];
	size_t kept_size[KEPT];
	unsigned int blocks; /* sent */
	__u64 random;
	__u64 sent[KIND_COUNT];
} state;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Bytes that wait for the receiver: the row of /proc/net/udp with our port. */
static unsigned long queued(void)
{
	static char text[65536];
	int fd = open("/proc/net/udp", O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char row[32], *found;

	if (length < 0)
		die("/proc/net/udp");
	close(fd);
	text[length] = '\0';
	snprintf(row, sizeof(row), ":%04X 00000000:0000 ", state.port);
	found = strstr(text, row);
	found = found ? strchr(found + strlen(row), ':') : NULL; /* state tx_queue:rx_queue */
	if (!found) {
		fprintf(stderr, "flood: nobody listens on port %u\n", state.port);
		exit(1);
	}
	return strtoul(found + 1, NULL, 16);
}

static void wait_for_queue(unsigned long most)
{
	__u64 begin_ns = now_ns();

	while (queued() > most)
		usleep(100);
	state.wait_ns += now_ns() - begin_ns;
}

static struct {
	struct mmsghdr message[BATCH];
	struct iovec vector[BATCH];
	unsigned char bytes[BATCH][BLOCK_SIZE_MAX + SEAL_OVERHEAD];
	unsigned int count;
} batch;

static void flush_batch(void)
{
	static unsigned int since_look = ~0u / 2;

	if (since_look >= state.look_every) {
		wait_for_queue(state.queue_max);
		since_look = 0;
	}
	for (unsigned int sent = 0; sent < batch.count;) {
		int more = sendmmsg(state.fd, batch.message + sent, batch.count - sent, 0);

		if (more <= 0)
			die("sendmmsg");
		sent += (unsigned int)more;
	}
	since_look += batch.count;
	batch.count = 0;
}

static void transmit(const void *bytes, size_t size)
{
	unsigned int i = batch.count++;

	memcpy(batch.bytes[i], bytes, size);
	batch.vector[i] = (struct iovec) { batch.bytes[i], size };
	batch.message[i].msg_hdr = (struct msghdr) { .msg_iov = &batch.vector[i], .msg_iovlen = 1 };
	if (batch.count == BATCH)
		flush_batch();
}

/* Until @due_ns; what is ready goes before. */
static void wait_until(__u64 due_ns)
{
	__u64 begin_ns = now_ns();

	if (begin_ns >= due_ns)
		return;
	flush_batch();
	while (now_ns() + AHEAD_NS < due_ns)
		usleep(50);
	while (now_ns() < due_ns)
		;
	state.idle_ns += now_ns() - begin_ns;
}

static __u64 cpu_ns(void)
{
	char path[64], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", state.pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(path);
	close(fd);
	return strtoull(text, NULL, 10);
}

static __u64 own_cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (__u64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (__u64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static __u64 draw(void)
{
	return encode_random(&state.random);
}

static void fill(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(__u64)) {
		__u64 word = draw();

		memcpy(bytes + i, &word, size - i < sizeof(word) ? size - i : sizeof(word));
	}
}

static void forge(unsigned char *block, size_t size)
{
	struct rec_trailer *trailer = (void *)(block + size - RECORD_SIZE);

	fill(trailer->tag, sizeof(trailer->tag));
	encode_sign(trailer);
}

static void change_auth(unsigned char *block, size_t size, __u8 auth)
{
	struct rec_header *header = (void *)block;
	struct rec_trailer *trailer = (void *)(block + size - RECORD_SIZE);

	header->auth = auth;
	encode_sign(header);
	if (!auth)
		memset(trailer->tag, 0, sizeof(trailer->tag));
	encode_sign(trailer);
}

/* Make of the next valid block in @bytes something bad; returns its size. */
static size_t spoil(enum kind kind, unsigned char *bytes, size_t size)
{
	unsigned int old = (unsigned int)(draw() % (state.blocks < KEPT ? state.blocks : KEPT));
	__u64 bit = draw() % (size * 8);

	switch (kind) {
	case KIND_stranger:
		((struct rec_header *)bytes)->board_id = draw();
		encode_sign(bytes);
		forge(bytes, size);
		break;
	case KIND_forged:
		forge(bytes, size);
		break;
	case KIND_replayed:
		memcpy(bytes, state.kept[old], state.kept_size[old]);
		return state.kept_size[old];
	case KIND_flipped:
		bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		break;
	case KIND_mended:
		bit = (RECORD_SIZE + 16) * 8 + bit % (44 * 8);
		bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		encode_sign(bytes + RECORD_SIZE);
		break;
	case KIND_untagged:
		change_auth(bytes, size, 0);
		break;
	case KIND_other_key:
		change_auth(bytes, size, AUTH(AUTH_TAG, 2));
		break;
	case KIND_sealed:
		fill(bytes + RECORD_SIZE, size + SEAL_MAC_SIZE);
		*(struct rec_sealed *)bytes = (struct rec_sealed) {
			.type = REC_sealed,
			.magic = WIRE_MAGIC,
			.auth = AUTH(AUTH_SEAL, 1),
			.records = (__u8)(size / RECORD_SIZE),
			.board_id = state.encoder.board_id,
			.block_number = draw(),
		};
		encode_sign(bytes);
		return size + SEAL_OVERHEAD;
	case KIND_noise:
	case KIND_COUNT:
		fill(bytes, size);
		return 1 + bit % size;
	}
	return size;
}

static void send_bad(enum kind kind, const unsigned char *next, size_t size)
{
	static unsigned char bytes[BLOCK_SIZE_MAX + SEAL_OVERHEAD] __attribute__((aligned(64)));

	memcpy(bytes, next, size);
	size = spoil(kind, bytes, size);
	transmit(bytes, size);
	state.sent[kind]++;
}

static void send_valid(const unsigned char *block, size_t size)
{
	transmit(block, size);
	memcpy(state.kept[state.blocks % KEPT], block, size);
	state.kept_size[state.blocks % KEPT] = size;
	state.blocks++;
}

/* The next block of the stream, in the encoder's bytes. */
static void make_block(unsigned int number, unsigned int last)
{
	state.encoder.length = 0;
	if (!number)
		encode_about(&state.encoder, "flooded", 0);
	for (unsigned int i = state.encoder.used; number && i < BLOCK_RECORDS_MAX - 2; i++)
		if (number < last || i < 4)
			encode_task(&state.encoder, i + 1, number, "task");
	if (number == last)
		encode_closing(&state.encoder);
	else if (!state.encoder.length)
		encode_block_end(&state.encoder);
}

static void open_stream(void)
{
	__u8 fleet_key[KEY_SIZE];

	for (unsigned int i = 0; i < KEY_SIZE; i++)
		fleet_key[i] = (__u8)i;
	encoder_open(&state.encoder, 7);
	encoder_set_key(&state.encoder, fleet_key, 1);
	state.random = 88172645463325252ull;
}

static void run(unsigned int blocks, unsigned int rate, unsigned int bad, int only)
{
	__u64 begin_ns = now_ns();
	unsigned int kind = 0;

	for (unsigned int number = 0; number < blocks; number++) {
		make_block(number, blocks - 1);
		for (unsigned int i = 0; number && i < bad; i++)
			send_bad(only >= 0 ? (enum kind)only : kind++ % KIND_COUNT,
				 state.encoder.bytes, state.encoder.length);
		if (rate)
			wait_until(begin_ns + number * 1000000000ull / rate);
		send_valid(state.encoder.bytes, state.encoder.length);
	}
	flush_batch();
	wait_for_queue(0);
}

static int kind_named(const char *name)
{
	for (int i = 0; i < KIND_COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	fprintf(stderr, "flood: no kind '%s'\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	__u64 begin_ns, begin_cpu_ns;
	int size = 8 << 20; /* what the receiver asks for at least */

	if (argc < 6) {
		fputs("usage: flood PORT PID BLOCKS RATE BAD [KIND]\n", stderr);
		return 2;
	}
	state.port = (unsigned int)strtoul(argv[1], NULL, 10);
	state.pid = (int)strtol(argv[2], NULL, 10);
	to.sin_port = htons((unsigned short)state.port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	state.fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (state.fd < 0 || connect(state.fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	/* whether the receiver could take the room it wants, which this one could take as well */
	state.queue_max = QUEUE_MAX;
	state.look_every = LOOK_EVERY;
	if (!setsockopt(state.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size))) {
		state.queue_max = QUEUE_MAX_PRIVILEGED;
		state.look_every = LOOK_EVERY_PRIVILEGED;
	}
	open_stream();
	begin_cpu_ns = cpu_ns();
	begin_ns = now_ns();
	run((unsigned int)strtoul(argv[3], NULL, 10), (unsigned int)strtoul(argv[4], NULL, 10),
	    (unsigned int)strtoul(argv[5], NULL, 10), argc > 6 ? kind_named(argv[6]) : -1);
	printf("valid %u\n", state.blocks);
	for (int i = 0; i < KIND_COUNT; i++)
		printf("%s %llu\n", names[i], state.sent[i]);
	printf("ms %llu\nwait_ms %llu\nidle_ms %llu\n", (now_ns() - begin_ns) / 1000000,
	       state.wait_ns / 1000000, state.idle_ns / 1000000);
	printf("cpu_us %llu\nown_cpu_us %llu\n", (cpu_ns() - begin_cpu_ns) / 1000, own_cpu_us());
	return 0;
}
