#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# crowd.pl - many HTTP clients that mean no good
#
# usage: crowd.pl PORT COUNT SECONDS MANNER [again [HOST]]
#
# What each does: idle: nothing; drip: a byte of a request each second; deaf: asks for a page, and does not read it;
# sip: reads a little each second; hurry: asks for a page and hangs up.  again: whoever has been hung up on comes
# back.  HOST: the one that they come from.  Prints how many were there, how many of them the server hung up on,
# and after how many seconds at the latest.
use strict;
use warnings;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Time::HiRes qw(sleep time);

my ($port, $count, $seconds, $manner, $again, $host) = @ARGV;
my $ask = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
my ($came, $went, $latest, $end) = (0, 0, 0, time + $seconds);
my (@crowd, %second);
$SIG{PIPE} = 'IGNORE';

sub come
{
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, LocalAddr => $host, Timeout => 1)
		or return;
	$came++;
	$socket->blocking(0);
	# what it has not read the server has to keep; and the server notices only that a third of its buffer is free
	setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 65536;
	syswrite $socket, $ask x ($manner =~ /deaf|sip|hurry/);
	return { socket => $socket, since => time, acts => time };
}

# TCP_INFO: the first byte is the state, 1 where neither side has hung up
sub is_there
{
	my $state = getsockopt($_[0]{socket}, 6, 11);
	return defined $state && unpack('C', $state) == 1;
}

sub act
{
	my ($client) = @_;

	syswrite $client->{socket}, $client->{sent}++ ? 'x' : 'G' if $manner eq 'drip';
	sysread $client->{socket}, my $little, 100000 if $manner eq 'sip';
	close $client->{socket} if $manner eq 'hurry';
	$client->{acts} += 1;
}

while (time < $end) {
	push @crowd, grep { $_ } come() while ($again ? @crowd : $came) < $count && time < $end;
	for my $client (@crowd) {
		next if is_there($client);
		$went++;
		my $lasted = time - $client->{since};
		$latest = $lasted if $lasted > $latest;
		close $client->{socket};
	}
	@crowd = grep { fileno $_->{socket} } @crowd;
	act($_) for grep { $manner eq 'hurry' || time >= $_->{acts} } @crowd;
	@crowd = grep { fileno $_->{socket} } @crowd;
	sleep 0.02;
}
printf "came %d\nwent %d\nlatest %d\n", $came, $went, $latest + 0.5;
