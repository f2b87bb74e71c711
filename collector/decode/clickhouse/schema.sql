-- SPDX-License-Identifier: GPL-2.0-or-later
-- schema.sql - recordings of many boards in ClickHouse
--
--	clickhouse-client --query 'CREATE DATABASE tarsier'
--	clickhouse-client --database tarsier --multiquery <schema.sql
--	load --database=tarsier FILE...
--
-- A row is a record of bpf/wire.h, byte for byte, with whose it is.  Views take the bodies apart:
-- substring() counts from 1, so that what is at offset N of a record is at N - 15 of its body.
--
-- Blocks that came twice are rows of one key, of which the engine keeps one when it merges parts.  Views
-- do not wait for that: cumulative figures are the latest ones, single events are read with FINAL.

CREATE TABLE records (
	board_id UInt64,
	session_id FixedString(16),
	time DateTime, -- as well as the file tells it; 1970 where the board never knew
	type UInt8,
	flags UInt8,
	salt UInt16,
	seq UInt32,
	time_ns UInt64,
	body FixedString(44),
	crc UInt32
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (type, board_id, session_id, time_ns, seq, crc);

--
-- Sessions
--

-- Strings come in parts; of each the latest.
CREATE VIEW texts AS
SELECT board_id, session_id,
	transform(kind_id, [1, 2, 3, 4, 5, 6, 7, 8, 9],
		['board', 'release', 'machine', 'collector', 'command', 'attached', 'unavailable', 'function', 'sandbox'],
		toString(kind_id)) AS kind,
	probe_id,
	arrayStringConcat(arrayMap(numbered -> numbered.2, arraySort(groupArray((part, piece))))) AS text
FROM (
	SELECT board_id, session_id,
		reinterpretAsUInt8(substring(body, 1, 1)) AS kind_id,
		reinterpretAsUInt8(substring(body, 2, 1)) AS probe_id,
		reinterpretAsUInt8(substring(body, 3, 1)) AS part,
		argMax(toStringCutToZero(substring(body, 5, 40)), time_ns) AS piece
	FROM records WHERE type = 4
	GROUP BY board_id, session_id, kind_id, probe_id, part
)
GROUP BY board_id, session_id, kind_id, probe_id;

-- What blocks' headers and session records tell.
CREATE VIEW sessions AS
SELECT board_id, session_id,
	substring(concat('0000000000000000', lower(hex(board_id))), -16) AS board_hex,
	lower(hex(session_id)) AS session_hex,
	lower(hex(anyIf(substring(body, 1, 16), type = 3))) AS boot_hex,
	min(time) AS first_time,
	max(time) AS last_time,
	anyIf(reinterpretAsUInt64(substring(body, 17, 8)), type = 3) AS started_ns,
	max(time_ns) AS last_ns,
	maxIf(bitAnd(flags, 4), type = 1) > 0 AS closed,
	uniqExactIf(reinterpretAsUInt32(substring(body, 41, 4)), type = 1) AS blocks,
	maxIf(reinterpretAsUInt32(substring(body, 41, 4)), type = 1) + 1 - blocks AS blocks_missing
FROM records WHERE type IN (1, 3)
GROUP BY board_id, session_id;

-- Data records: the first is number 0, and each trailer has the number of the next.  Headers,
-- trailers, sealed records, pads and arrivals have none of their own.  NULL: more than numbers last for.
CREATE VIEW received AS
SELECT board_id, session_id,
	sum(data) AS records,
	if(max(seq) - min(seq) < 2147483648, max(seq + data) - records, NULL) AS missing
FROM (
	SELECT board_id, session_id, type NOT IN (1, 2, 15, 130, 132) AS data, seq FROM records FINAL
)
GROUP BY board_id, session_id;

--
-- Histograms
--

-- Slices, summaries and ranges are cumulative, and a snapshot may leave out those that did not change: of
-- each the latest, of a session and of an hour.  Their first 8 bytes say which it is.
CREATE VIEW pieces AS
SELECT board_id, session_id, type, substring(body, 1, 8) AS piece,
	argMax(body, time_ns) AS latest, max(time_ns) AS latest_ns
FROM records WHERE type IN (9, 10, 11)
GROUP BY board_id, session_id, type, piece;

CREATE VIEW pieces_by_hour AS
SELECT board_id, session_id, toStartOfHour(time) AS hour, type, substring(body, 1, 8) AS piece,
	argMax(body, time_ns) AS latest, max(time_ns) AS latest_ns
FROM records WHERE type IN (9, 10, 11)
GROUP BY board_id, session_id, hour, type, piece;

-- The numbers of a histogram: counts of its buckets 0 to 495, 512 count, 513 sum, 514 and 515 sum of squares
-- (low, high), 520 least, 521 greatest value.
CREATE VIEW histograms AS
SELECT board_id, session_id,
	transform(probe_id, [1, 2, 3, 4, 5, 6, 7, 8],
		['runqlat', 'runqslower', 'cpudist', 'offcpu', 'picknext', 'funclat', 'cputime', 'iopf'],
		toString(probe_id)) AS probe,
	transform(bitShiftRight(shape, 4), [0, 1, 2, 3, 4, 5],
		['all', 'cpu', 'process', 'thread', 'device', 'idle'],
		toString(bitShiftRight(shape, 4))) AS scope,
	key, number, argMax(value, latest_ns) AS total
FROM (
	SELECT board_id, session_id, latest_ns,
		reinterpretAsUInt8(substring(piece, 1, 1)) AS probe_id,
		reinterpretAsUInt8(substring(piece, 2, 1)) AS shape,
		reinterpretAsUInt32(substring(piece, 5, 4)) AS key,
		i + multiIf(type = 10, 512, type = 11, 520, reinterpretAsUInt16(substring(piece, 3, 2))) AS number,
		if(type = 9,
			reinterpretAsUInt32(substring(latest, 9 + 4 * i, 4)) +
				bitShiftLeft(toUInt64(reinterpretAsUInt16(substring(latest, 33 + 2 * i, 2))), 32),
			reinterpretAsUInt64(substring(latest, 9 + 8 * i, 8))) AS value
	FROM pieces
	ARRAY JOIN [0, 1, 2, 3, 4, 5] AS i
	WHERE i < multiIf(type = 10, 4, type = 11, 2, 6)
)
WHERE bitAnd(shape, 15) = 3
GROUP BY board_id, session_id, probe_id, shape, key, number;

-- Buckets of bpf/h2.h: 8 for each power of two, both edges included.
CREATE VIEW buckets AS
SELECT board_id, session_id, probe, scope, key, number AS bucket,
	if(bucket < 8, toUInt64(bucket),
		bitShiftLeft(toUInt64(8 + bucket % 8), toUInt8(intDiv(bucket, 8) - 1))) AS lower_ns,
	if(bucket < 8, toUInt64(bucket),
		toUInt64(bitShiftLeft(toUInt64(9 + bucket % 8), toUInt8(intDiv(bucket, 8) - 1)) - 1)) AS upper_ns,
	total AS count
FROM histograms
WHERE number < 496 AND total > 0;

-- What was counted in each hour: a count less the last one before.  A session begins with 0.
CREATE VIEW buckets_by_hour AS
SELECT board_id, session_id,
	transform(probe_id, [1, 2, 3, 4, 5, 6, 7, 8],
		['runqlat', 'runqslower', 'cpudist', 'offcpu', 'picknext', 'funclat', 'cputime', 'iopf'],
		toString(probe_id)) AS probe,
	transform(bitShiftRight(shape, 4), [0, 1, 2, 3, 4, 5],
		['all', 'cpu', 'process', 'thread', 'device', 'idle'],
		toString(bitShiftRight(shape, 4))) AS scope,
	key, bucket, hours[n] AS hour,
	if(bucket < 8, toUInt64(bucket),
		toUInt64(bitShiftLeft(toUInt64(9 + bucket % 8), toUInt8(intDiv(bucket, 8) - 1)) - 1)) AS upper_ns,
	toUInt64(totals[n] - if(n = 1, 0, totals[n - 1])) AS count
FROM (
	SELECT board_id, session_id, probe_id, shape, key, bucket,
		arraySort(groupArray((taken, total))) AS course,
		arrayMap(step -> step.1, course) AS hours,
		arrayMap(step -> step.2, course) AS totals
	FROM (
		SELECT board_id, session_id, hour AS taken,
			reinterpretAsUInt8(substring(piece, 1, 1)) AS probe_id,
			reinterpretAsUInt8(substring(piece, 2, 1)) AS shape,
			reinterpretAsUInt32(substring(piece, 5, 4)) AS key,
			i + reinterpretAsUInt16(substring(piece, 3, 2)) AS bucket,
			reinterpretAsUInt32(substring(latest, 9 + 4 * i, 4)) +
				bitShiftLeft(toUInt64(reinterpretAsUInt16(substring(latest, 33 + 2 * i, 2))), 32) AS total
		FROM pieces_by_hour
		ARRAY JOIN [0, 1, 2, 3, 4, 5] AS i
		WHERE type = 9
	)
	WHERE bitAnd(shape, 15) = 3
	GROUP BY board_id, session_id, probe_id, shape, key, bucket
)
ARRAY JOIN arrayEnumerate(hours) AS n
WHERE totals[n] > if(n = 1, 0, totals[n - 1]);

-- As the decoder tells them.  A percentile is the upper edge of its bucket, or the greatest value if that is
-- less.  m is the whole part of the mean: the sum of squared deviations is squares - m (2 sum - count m),
-- of which modular arithmetic gives the lower 64 bits exactly, and floating point which multiple of 2^64 is
-- to be added, so that nothing cancels however small the deviation is beside the mean.
CREATE VIEW distributions AS
SELECT board_id, session_id, probe, scope, key, count, missing, mean_ns, variance_ns2,
	if(told > 0 AND ranged > 0, least_ns, NULL) AS min_ns,
	if(told > 0 AND ranged > 0, greatest_ns, NULL) AS max_ns,
	arrayMap(edge -> if(ranged > 0, least(edge, greatest_ns), edge),
		arrayMap(b -> if(b < 8, toUInt64(b),
			toUInt64(bitShiftLeft(toUInt64(9 + b % 8), toUInt8(intDiv(b, 8) - 1)) - 1)), bucket)) AS percentiles_ns,
	percentiles_ns[1] AS p50_ns, percentiles_ns[2] AS p90_ns, percentiles_ns[3] AS p95_ns,
	percentiles_ns[4] AS p99_ns, percentiles_ns[5] AS p999_ns
FROM (
	SELECT board_id, session_id, probe, scope, key,
		sumIf(total, number < 496) AS count,
		countIf(number = 520) AS ranged,
		anyIf(total, number = 512) AS told,
		anyIf(total, number = 513) AS sum_ns,
		anyIf(total, number = 514) AS squares_low,
		anyIf(total, number = 515) AS squares_high,
		anyIf(total, number = 520) AS least_ns,
		anyIf(total, number = 521) AS greatest_ns,
		if(told > count, told - count, 0) AS missing,
		intDiv(sum_ns, greatest(told, 1)) AS m,
		toFloat64(sum_ns % greatest(told, 1)) / told AS rest,
		toFloat64(toUInt64(squares_low - m * (2 * sum_ns - told * m))) AS deviations_low,
		squares_high * 18446744073709551616. + squares_low -
			toFloat64(m) * (2. * sum_ns - toFloat64(told) * m) AS deviations,
		if(told > 0, sum_ns / told, NULL) AS mean_ns,
		if(told > 0, (deviations_low + 18446744073709551616. *
			round((deviations - deviations_low) / 18446744073709551616.)) / told - rest * rest, NULL) AS variance_ns2,
		quantilesExactWeightedIf(0.5, 0.9, 0.95, 0.99, 0.999)(
			number, total, number < 496 AND total > 0) AS bucket
	FROM histograms
	GROUP BY board_id, session_id, probe, scope, key
);

--
-- Single events, tables
--

CREATE VIEW waits AS
SELECT board_id, session_id, time, time_ns,
	reinterpretAsUInt64(substring(body, 1, 8)) AS wait_ns,
	reinterpretAsUInt32(substring(body, 9, 4)) AS tid,
	reinterpretAsUInt32(substring(body, 13, 4)) AS pid, -- 0: not known
	reinterpretAsUInt16(substring(body, 21, 2)) AS cpu,
	reinterpretAsUInt16(substring(body, 23, 2)) AS wake_cpu, -- 65535: not known
	toStringCutToZero(substring(body, 25, 16)) AS comm,
	if(bitAnd(flags, 1) = 1, reinterpretAsUInt32(substring(body, 17, 4)), NULL) AS prev_tid, -- 0: idle
	reinterpretAsUInt8(substring(body, 41, 1)) AS prio,
	reinterpretAsUInt8(substring(body, 42, 1)) AS policy -- that of sched_setscheduler(2); 255: not known
FROM records FINAL WHERE type = 32;

-- Names of threads; an id may be used again.
CREATE VIEW tasks AS
SELECT board_id, session_id,
	reinterpretAsUInt32(substring(body, 9, 4)) AS tid,
	reinterpretAsUInt64(substring(body, 1, 8)) AS start_ns,
	argMax(reinterpretAsUInt32(substring(body, 13, 4)), time_ns) AS pid,
	argMax(toStringCutToZero(substring(body, 17, 16)), time_ns) AS comm
FROM records WHERE type = 5
GROUP BY board_id, session_id, tid, start_ns;

CREATE VIEW devices AS
SELECT board_id, session_id,
	reinterpretAsUInt32(substring(body, 1, 4)) AS device,
	argMax(toStringCutToZero(substring(body, 5, 32)), time_ns) AS name
FROM records WHERE type = 12
GROUP BY board_id, session_id, device;

-- Calls of a kernel function, by CPU and thread.
CREATE VIEW calls AS
SELECT board_id, session_id,
	transform(reinterpretAsUInt8(substring(body, 1, 1)), [5, 6], ['picknext', 'funclat'],
		toString(reinterpretAsUInt8(substring(body, 1, 1)))) AS probe,
	reinterpretAsUInt16(substring(body, 3, 2)) AS cpu,
	reinterpretAsUInt32(substring(body, 5, 4)) AS tid, -- 4294967295: all further ones
	reinterpretAsUInt32(substring(body, 41, 4)) AS pid,
	argMax(reinterpretAsUInt64(substring(body, 9, 8)), time_ns) AS calls,
	argMax(reinterpretAsUInt64(substring(body, 17, 8)), time_ns) AS total_ns,
	argMax(reinterpretAsUInt64(substring(body, 25, 8)), time_ns) AS min_ns,
	argMax(reinterpretAsUInt64(substring(body, 33, 8)), time_ns) AS max_ns
FROM records WHERE type = 14
GROUP BY board_id, session_id, probe, cpu, tid, pid;

-- IO page faults by device and PASID: what became of those that the histogram does not have.
CREATE VIEW faults AS
SELECT board_id, session_id,
	bitShiftRight(reinterpretAsUInt32(substring(body, 1, 4)), 20) AS device,
	if(bitAnd(flags, 1) = 1, NULL, bitAnd(reinterpretAsUInt32(substring(body, 1, 4)), 1048575)) AS pasid, -- NULL: the device
	argMax(reinterpretAsUInt64(substring(body, 9, 8)), time_ns) AS failed,
	argMax(reinterpretAsUInt64(substring(body, 17, 8)), time_ns) AS without_exit,
	argMax(reinterpretAsUInt64(substring(body, 25, 8)), time_ns) AS without_entry,
	argMax(reinterpretAsUInt64(substring(body, 33, 8)), time_ns) AS unrecoverable,
	argMax(reinterpretAsUInt32(substring(body, 41, 4)), time_ns) AS partial,
	argMax(reinterpretAsUInt32(substring(body, 5, 4)), time_ns) AS open
FROM records WHERE type = 36
GROUP BY board_id, session_id, device, pasid;

-- CPU time, cumulative, of each task at each snapshot in which it changed.  stime_ns is as /proc has it:
-- the run time times a share of 32 bits.  Raw figures of a task are in the record.
CREATE VIEW cputime AS
SELECT board_id, session_id, time, time_ns,
	bitAnd(flags, 1) AS process, -- 0: a thread
	bitAnd(flags, 16) = 16 AS baseline, -- as of the first reading
	reinterpretAsUInt32(substring(body, 9, 4)) AS tid,
	reinterpretAsUInt32(substring(body, 13, 4)) AS pid,
	reinterpretAsUInt64(substring(body, 1, 8)) AS start_ns,
	reinterpretAsUInt64(substring(body, 33, 8)) AS runtime_ns,
	if(bitAnd(flags, 8) = 8, reinterpretAsUInt64(substring(body, 25, 8)),
		toUInt64(reinterpretAsUInt32(substring(body, 37, 4))) * reinterpretAsUInt32(substring(body, 41, 4)) +
		bitShiftRight(toUInt64(reinterpretAsUInt32(substring(body, 33, 4))) *
			reinterpretAsUInt32(substring(body, 41, 4)), 32)) AS stime_ns
FROM records FINAL WHERE type = 33;

--
-- Losses
--

CREATE VIEW ledger AS
SELECT board_id, session_id,
	transform(reinterpretAsUInt8(substring(body, 1, 1)), [0, 1, 2, 3, 4, 5, 6, 7, 8],
		['sinks', 'runqlat', 'runqslower', 'cpudist', 'offcpu', 'picknext', 'funclat', 'cputime', 'iopf'],
		toString(reinterpretAsUInt8(substring(body, 1, 1)))) AS probe,
	reinterpretAsUInt8(substring(body, 2, 1)) + i AS column_id,
	transform(column_id, [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18],
		['entered', 'delivered', 'ring_full', 'map_full', 'unstamped', 'missed', 'user_dropped', 'in_flight',
		'file_lost', 'send_lost', 'send_waiting'],
		toString(column_id)) AS column,
	column_id >= 2 AND column_id NOT IN (7, 18) AS lost,
	argMax(reinterpretAsUInt64(substring(body, 9 + 8 * i, 8)), time_ns) AS events
FROM records
ARRAY JOIN [0, 1, 2, 3] AS i
WHERE type = 8
GROUP BY board_id, session_id, probe, column_id
HAVING events > 0;

CREATE VIEW gaps AS
SELECT board_id, session_id, time, time_ns,
	transform(reinterpretAsUInt8(substring(body, 1, 1)), [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18],
		['entered', 'delivered', 'ring_full', 'map_full', 'unstamped', 'missed', 'user_dropped', 'in_flight',
		'file_lost', 'send_lost', 'send_waiting'],
		toString(reinterpretAsUInt8(substring(body, 1, 1)))) AS cause,
	reinterpretAsUInt64(substring(body, 9, 8)) AS from_ns,
	reinterpretAsUInt64(substring(body, 17, 8)) AS to_ns,
	reinterpretAsUInt64(substring(body, 25, 8)) AS lost
FROM records FINAL WHERE type = 7;
