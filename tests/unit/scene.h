/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene.h - tests of an output that sends: outputs, a receiver, and steps that wait for each other
 *
 * For tests in a child (in_child() in fakes.h): all of it ends the child where something fails.
 */
#ifndef TARSIER_SCENE_H
#define TARSIER_SCENE_H

#include "fakes.h"

#define DATA_RECORDS 14

/* A test is a list of steps, each done when the one before has shown; a NULL when ends them. */
struct step {
	bool (*when)(void);
	void (*then)(void);
};

struct scene {
	int fd;				   /* where datagrams arrive */
	bool is_link;			   /* it is network_link()'s */
	unsigned int arrived[FAKE_BLOCKS]; /* numbers in the order of arrival */
	unsigned int arrivals;
	unsigned int times[FAKE_BLOCKS]; /* each arrived */
	__u64 begun_ns;			 /* what later() is after */
};

extern struct scene scene;

/* As cmocka's set-up, with directory_tear_down(): a session, and a directory. */
int scene_set_up(void **state);
#define IN_SCENE(name)                                                                             \
	cmocka_unit_test_setup_teardown(test_##name, scene_set_up, directory_tear_down)

/* A network of its own, whose loopback has this MTU. */
void own_network(int mtu);
/* A file of these options in the directory, unless they are NULL, and @udp. */
void open_outputs(const char *options, const char *udp);
/* The same with an output over network_link(), in a network of its own. */
void open_link(const char *options);
/* A sink of its own to @target; @detail is why not. */
extern char detail[SINK_DETAIL_SIZE];
int open_sink(struct sink *sink, const char *target);
/* A receiver at 127.0.0.1:9090. */
void receiver_comes(void);

void write_block(unsigned int data_records);
void write_some(void);

/* Take what has arrived, which must be what was sent. */
void take_arrivals(void);
/* Records in what has arrived, once each. */
unsigned int records_arrived(void);
/* Play @steps.  What takes longer than some seconds will never come. */
void play(const struct step *steps);

/* For steps: when, */
bool at_once(void);
bool all_is_there(void);
bool all_waits(void);
bool later(void); /* 1.5 s after begun_ns: the kernel tells of a carrier within a second */

/* and then. */
void forget_arrivals(void);
/* Nothing is missing that is not counted, and nothing is counted that is there. */
void expect_balance(void);
/* And nothing is lost. */
void expect_all(void);
/* From the newest to the oldest, those as well that had been sent right before. */
void expect_newest_first(void);

#endif
