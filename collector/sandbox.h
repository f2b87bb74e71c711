/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - what the process gives up once everything is opened: it then owns nothing
 *
 * No capability, a user and a group that own nothing, no way to any of these back, no system call that it
 * does not need (seccomp), no file but below the directories that are named here (Landlock, Linux 5.13).
 */
#ifndef TARSIER_SANDBOX_H
#define TARSIER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What is still needed afterwards; to be said before.  A directory stays open, and files in it are opened
 * by this very descriptor: seccomp lets no other pass.
 */
void sandbox_allow_directory(int fd, bool write);
/* Sockets that are open may be connected, send and receive; no new ones. */
void sandbox_allow_network(void);
/* Any other call, SYS_name. */
void sandbox_allow_call(long number);

/*
 * Let whom the process becomes write in the directory @fd: it is handed over if it holds nothing but
 * recordings.  0, or -errno, and @detail tells the user what to do.
 */
int sandbox_hand_over(int fd, char *detail, size_t size);
/* The same for a file that was made for it: who owns a file may remove it from where all may write. */
void sandbox_hand_over_file(int fd);

/* For a child that goes on by itself: ids and capabilities alone.  0 or -errno. */
int sandbox_give_up_rights(void);

/* Become @user, NAME or UID[:GID], instead of the one there is by default.  0, or -errno after having told. */
int sandbox_choose_user(const char *user);

/* Whom it becomes. */
unsigned int sandbox_uid(void);
unsigned int sandbox_gid(void);

/* Give up everything.  0, or -errno after having told the user: nothing may be recorded then. */
int sandbox_enter(void);
/* Stay as it is, by the user's will; before anything is opened. */
void sandbox_decline(void);

/* For the record and the user, on one line: what was given up. */
const char *sandbox_result(void);

#endif
