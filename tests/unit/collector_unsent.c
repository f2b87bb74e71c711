// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_unsent - cables are pulled, receivers go: what could not be sent waits in a file, where there is
 * one, and comes later, and what is lost is counted
 */
#include "scene.h"

#include <unistd.h>

#include "clocks.h"
#include "network.h"

static bool nothing_waits(void)
{
	return !sinks_count(LEDGER_send_waiting);
}

/*
 * A cable is pulled and plugged in again
 */

static void pull(void)
{
	network_set_carrier(scene.fd, false);
	scene.begun_ns = now_ns();
}

static void plug_in(void)
{
	forget_arrivals();
	network_set_carrier(scene.fd, true);
}

static void set_down(void)
{
	network_set_up("tun0", false);
}

static void set_up_again(void)
{
	forget_arrivals();
	network_set_up("tun0", true);
}

static void child_cable(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, pull },
		{ all_waits, write_some },
		{ all_waits, plug_in },
		{ all_is_there, expect_newest_first },
		{ NULL, NULL },
	};
	const char *said;

	open_link("");
	stderr_begin();
	play(steps);
	said = stderr_end();
	EXPECT(strstr(said, "Network is down: records wait in a file"));
	EXPECT(strstr(said, "works again; 0 records lost"));
}

static void child_interface_down(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, set_down },
		{ all_waits, write_some },
		{ all_waits, set_up_again },
		{ all_is_there, expect_newest_first },
		{ NULL, NULL },
	};

	open_link("");
	stderr_begin();
	play(steps);
	stderr_end();
}

static __u64 lost_meanwhile;

static bool is_down(void)
{
	write_block(1);
	return sinks_count(LEDGER_send_lost) > 0;
}

static bool is_up(void)
{
	lost_meanwhile = sinks_count(LEDGER_send_lost);
	write_block(1);
	return sinks_count(LEDGER_send_lost) == lost_meanwhile;
}

/* Nothing keeps them: what is written while the cable is out is lost, and no more. */
static void expect_lost(void)
{
	EXPECT(lost_meanwhile >= 1 + 31);
	EXPECT(sinks_count(LEDGER_send_lost) == lost_meanwhile);
	EXPECT(!sinks_count(LEDGER_send_waiting));
}

static void child_cable_without_file(void)
{
	static const struct step steps[] = {
		{ at_once, write_some }, { all_is_there, pull }, { is_down, write_some },
		{ at_once, plug_in },	 { is_up, expect_lost }, { NULL, NULL },
	};

	open_link(NULL);
	stderr_begin();
	play(steps);
	stderr_end();
}

static void write_many(void)
{
	for (unsigned int i = 0; i < 900; i++)
		write_block(i % (DATA_RECORDS + 1));
}

/* The file keeps only so much: what is no more there when the link returns is lost, exactly. */
static void expect_part_lost(void)
{
	__u64 lost = sinks_count(LEDGER_send_lost);

	EXPECT(lost > 0 && lost < fake_records());
	EXPECT(!scene.times[3] && scene.times[902]);
	expect_balance();
}

static bool waits_are_over(void)
{
	return nothing_waits() && scene.times[902];
}

static void child_outage_outlasts_the_file(void)
{
	static const struct step steps[] = {
		{ at_once, pull },
		{ later, write_some }, /* none is sent that might have been lost */
		{ all_waits, write_many },
		{ at_once, plug_in },
		{ waits_are_over, expect_part_lost },
		{ NULL, NULL },
	};

	open_link(",size=256k,free=0");
	stderr_begin();
	play(steps);
	stderr_end();
}

/* Those in doubt had arrived, which nothing tells, and are no more to be had: they count as lost. */
static void expect_doubted_lost(void)
{
	EXPECT(records_arrived() + sinks_count(LEDGER_send_lost) ==
	       fake_records() + 2 * DATA_RECORDS + 3);
}

static void child_doubted_and_gone(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, pull },
		{ all_waits, write_many },
		{ at_once, plug_in },
		{ waits_are_over, expect_doubted_lost },
		{ NULL, NULL },
	};

	open_link(",size=256k,free=0");
	stderr_begin();
	play(steps);
	stderr_end();
}

/*
 * A receiver goes and comes
 */

static void receiver_goes(void)
{
	close(scene.fd);
	scene.fd = -1;
}

static void child_receiver_restarts(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, receiver_goes },
		{ at_once, write_some },
		{ all_waits, write_some },
		{ all_waits, receiver_comes },
		{ all_is_there, expect_all },
		{ at_once, write_some },
		{ all_is_there, expect_all },
		{ NULL, NULL },
	};
	const char *said;

	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://127.0.0.1:9090");
	stderr_begin();
	play(steps);
	said = stderr_end();
	EXPECT(strstr(said, "Connection refused: records wait in a file"));
	EXPECT(strstr(said, "works again"));
}

/* The receiver comes up late: blocks arrive from then on. */
static void child_receiver_comes_late(void)
{
	__u64 lost;

	own_network(65536);
	open_outputs(NULL, "udp://127.0.0.1:9090");
	stderr_begin();
	for (int i = 0; i < 3; i++)
		write_block(DATA_RECORDS);
	receiver_comes();
	write_block(DATA_RECORDS);
	lost = sinks_count(LEDGER_send_lost);
	for (int i = 0; i < 3; i++)
		write_block(DATA_RECORDS);
	stderr_end();
	EXPECT(sinks_count(LEDGER_send_lost) == lost && lost == 3 * DATA_RECORDS);
	take_arrivals();
	EXPECT(scene.arrivals == 4 && !scene.times[2] && scene.times[3]);
	expect_balance();
}

IN_CHILD(cable)
IN_CHILD(interface_down)
IN_CHILD(cable_without_file)
IN_CHILD(outage_outlasts_the_file)
IN_CHILD(doubted_and_gone)
IN_CHILD(receiver_restarts)
IN_CHILD(receiver_comes_late)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(cable),
		IN_SCENE(interface_down),
		IN_SCENE(cable_without_file),
		IN_SCENE(outage_outlasts_the_file),
		IN_SCENE(doubted_and_gone),
		IN_SCENE(receiver_restarts),
		IN_SCENE(receiver_comes_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
