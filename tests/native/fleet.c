// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fleet - many boards at once, faster than any receiver: whole, numbered, signed blocks
 *
 * fleet PORT PID BOARDS RATE SECONDS [FIRST]
 *
 * Each board says the same 16 full blocks over and over: a description of itself, snapshots of a
 * histogram and waits, in 224 records; only the numbers go on.  They are prepared: what a number
 * that has changed does to a CRC is looked up.  RATE is in datagrams a second, of all boards, which
 * take turns block by block; 0: as fast as it goes.  FIRST is the first board's number (1).  At the
 * end each board closes its session, so that --until-closed ends the receiver.  Prints, by name, how
 * many datagrams were sent in which time, and what they cost process PID.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "encode.h"

/* What fits a single call: the kernel cuts it into datagrams (UDP_SEGMENT). */
#define BATCH 60
#define BLOCKS 16
#define DATA_RECORDS (BLOCK_RECORDS_MAX - BLOCK_RECORDS_MIN)
#define CYCLE (BLOCKS * DATA_RECORDS)
#define VALUES 400

struct board {
	unsigned char bytes[BLOCKS][BLOCK_SIZE_MAX] __attribute__((aligned(RECORD_SIZE)));
};

static struct {
	int fd;
	struct board *board;
	unsigned int boards;
	/* what a byte that differs, at each place of a number, changes in the CRC */
	__u32 seq_change[4][256];
	__u32 block_seq_change[4][256];
	struct iovec vector[BATCH];
	unsigned int waiting;
	__u64 sent;
} state;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000ull + (__u64)now.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static __u64 cpu_ns(const char *pid)
{
	char path[64], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(path);
	close(fd);
	return strtoull(text, NULL, 10);
}

/* The CRC of a record that is all zeros but for a byte. */
static __u32 crc_of_byte(size_t offset, unsigned int byte)
{
	unsigned char record[RECORD_CRC_SPAN] = { 0 };

	record[offset] = (unsigned char)byte;
	return encode_crc(record, sizeof(record));
}

/* A CRC is linear: two records that differ in a byte differ in their CRCs by the same, always. */
static void learn_changes(__u32 change[4][256], size_t offset)
{
	for (unsigned int place = 0; place < 4; place++)
		for (unsigned int byte = 0; byte < 256; byte++)
			change[place][byte] =
				crc_of_byte(offset + place, byte) ^ crc_of_byte(offset, 0);
}

static void advance(__u32 *number, __u32 by, __u32 change[4][256], __u32 *crc)
{
	__u32 differs = *number ^ (*number + by);

	*number += by;
	*crc ^= change[0][differs & 0xff] ^ change[1][differs >> 8 & 0xff] ^
		change[2][differs >> 16 & 0xff] ^ change[3][differs >> 24];
}

/* Make of @block the one that comes a cycle later. */
static void renumber(unsigned char *block)
{
	struct rec_header *header = (void *)block;

	for (unsigned int i = 0; i < BLOCK_RECORDS_MAX; i++) {
		struct record *record = (void *)(block + (size_t)i * RECORD_SIZE);

		advance(&record->seq, CYCLE, state.seq_change, &record->crc);
	}
	advance(&header->block_seq, BLOCKS, state.block_seq_change, &header->crc);
}

static void fill(struct board *board, unsigned int number)
{
	__u64 counts[LEDGER_COLUMNS] = { [LEDGER_entered] = VALUES, [LEDGER_delivered] = VALUES };
	__u64 values[VALUES], random = number * 2654435761u + 1;
	struct encoder encoder;
	char name[32];

	for (unsigned int i = 0; i < VALUES; i++)
		values[i] = 1000 + (encode_random(&random) >> 40) % (1000ull << i % 12);
	encoder_open(&encoder, number);
	snprintf(name, sizeof(name), "board-%u", number);
	encode_about(&encoder, name, 1u << PROBE_runqlat | 1u << PROBE_runqslower);
	for (unsigned int i = 0; encoder.block_seq < BLOCKS; i++)
		if (i % 50 == 0 && encoder.block_seq < BLOCKS - 4) {
			encode_snapshot(&encoder, PROBE_runqlat, values, VALUES);
			encode_counters(&encoder, PROBE_runqlat, counts);
		} else {
			encode_wait(&encoder, "worker", 100 + i, 5000000 + i * 1000, ~0u);
		}
	memcpy(board->bytes, encoder.bytes, sizeof(board->bytes));
	encoder_release(&encoder);
}

static void flush(void)
{
	struct msghdr message = { .msg_iov = state.vector, .msg_iovlen = state.waiting };

	if (state.waiting && sendmsg(state.fd, &message, 0) < 0)
		die("sendmsg");
	state.sent += state.waiting;
	state.waiting = 0;
}

static void transmit(unsigned char *block, size_t size)
{
	state.vector[state.waiting] = (struct iovec) { block, size };
	if (++state.waiting == BATCH)
		flush();
}

/* Returns the time when no more has been sent than there should be. */
static __u64 keep_pace(__u64 begin_ns, unsigned int rate)
{
	__u64 time_ns;

	do
		time_ns = now_ns();
	while (rate && (time_ns - begin_ns) * rate / 1000000000ull < state.sent);
	return time_ns;
}

static void run(unsigned int rate, unsigned int seconds)
{
	__u64 begin_ns = now_ns(), end_ns = begin_ns + seconds * 1000000000ull, time_ns = begin_ns;

	for (__u64 turn = 0; time_ns < end_ns; turn++) {
		for (unsigned int i = 0; i < state.boards && time_ns < end_ns; i++) {
			unsigned char *block = state.board[i].bytes[turn % BLOCKS];

			if (turn >= BLOCKS)
				renumber(block);
			transmit(block, BLOCK_SIZE_MAX);
			if (!state.waiting)
				time_ns = keep_pace(begin_ns, rate);
		}
		if (state.boards >= BATCH)
			continue;
		flush(); /* what is waiting must not be changed */
		time_ns = keep_pace(begin_ns, rate);
	}
	flush();
}

/* Empty blocks behind the last one of each board. */
static void close_sessions(unsigned int first)
{
	__u64 rounds = state.sent / state.boards, extra = state.sent % state.boards;

	for (unsigned int i = 0; i < state.boards; i++) {
		struct encoder encoder;

		encoder_open(&encoder, first + i);
		encoder.block_seq = rounds + (i < extra);
		encoder.seq = encoder.block_seq * DATA_RECORDS;
		encode_closing(&encoder);
		if (send(state.fd, encoder.bytes, encoder.length, 0) < 0)
			die("send");
		encoder_release(&encoder);
	}
}

static void open_fleet(unsigned int first)
{
	if (posix_memalign((void **)&state.board, RECORD_SIZE, state.boards * sizeof(*state.board)))
		die("memory");
	for (unsigned int i = 0; i < state.boards; i++)
		fill(&state.board[i], first + i);
	learn_changes(state.seq_change, offsetof(struct record, seq));
	learn_changes(state.block_seq_change, offsetof(struct rec_header, block_seq));
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	__u64 begin_ns, begin_cpu_ns, ns;
	int size = BLOCK_SIZE_MAX;
	unsigned int first;

	if (argc < 6) {
		fputs("usage: fleet PORT PID BOARDS RATE SECONDS [FIRST]\n", stderr);
		return 2;
	}
	to.sin_port = htons((unsigned short)strtoul(argv[1], NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	state.fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (state.fd < 0 || connect(state.fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	if (setsockopt(state.fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)))
		die("UDP_SEGMENT");
	state.boards = (unsigned int)strtoul(argv[3], NULL, 10);
	first = argc > 6 ? (unsigned int)strtoul(argv[6], NULL, 10) : 1;
	open_fleet(first);
	begin_cpu_ns = cpu_ns(argv[2]);
	begin_ns = now_ns();
	run((unsigned int)strtoul(argv[4], NULL, 10), (unsigned int)strtoul(argv[5], NULL, 10));
	ns = now_ns() - begin_ns;
	usleep(300000); /* until the receiver has taken the rest */
	printf("datagrams %llu\nms %llu\nper_second %llu\nreceiver_cpu_ms %llu\n", state.sent,
	       ns / 1000000, state.sent * 1000000000ull / ns,
	       (cpu_ns(argv[2]) - begin_cpu_ns) / 1000000);
	close_sessions(first);
	return 0;
}
