# SPDX-License-Identifier: GPL-2.0-or-later
# toolchain.mk - how code for the board is compiled and linked; included by the Makefile and asked
# by cross/sysroot, so that the program and its libraries get the very same flags.
#
# Input (all optional)
#	ARCH		aarch64 (default) or x86_64
#	CROSS_COMPILE	prefix of a gcc tool chain to use in place of clang: aarch64-linux-gnu-
#	SYSROOT		ready-made directory with include/ and lib/lib{bpf,elf,z,sodium}.a: nothing is built.
#			Without a lib/libc.a in it, the compiler's own (static, musl) libc is used.
#	TARGET_OPT	optimization, TARGET_LTO: flags of link time optimization (or nothing)
# Output
#	TARGET_CC TARGET_AR STRIP TARGET_CFLAGS TARGET_LDFLAGS TARGET_LIBS SYSROOT
#	$(SYSROOT_READY): file to depend on; its rule builds, or checks, the sysroot
# Link:	$(TARGET_CC) $(TARGET_CFLAGS) $(TARGET_LDFLAGS) -o program objects $(TARGET_LIBS)

ARCH ?= aarch64
toolchain_default_goal := $(.DEFAULT_GOAL)
CROSS_DIR := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))

ifeq ($(CROSS_COMPILE),)
TARGET_CC := clang-19 --target=$(ARCH)-linux-musl
TARGET_AR := llvm-ar-19
STRIP := llvm-strip-19
TARGET_OPT ?= -Oz
TARGET_LTO ?= -flto
TARGET_NO_LIBC := -nostdlibinc
target_ld := -Wno-unused-command-line-argument -fuse-ld=lld-19 -Wl,--icf=all,-O2,--pack-dyn-relocs=relr
else
TARGET_CC := $(CROSS_COMPILE)gcc
TARGET_AR := $(CROSS_COMPILE)gcc-ar
STRIP := $(CROSS_COMPILE)strip
TARGET_OPT ?= -Os
TARGET_LTO ?=
TARGET_NO_LIBC = -nostdinc -idirafter $(shell $(TARGET_CC) -print-file-name=include)
target_ld :=
endif

# Helper functions for atomics would choose at start between two kinds of instructions; a few
# counters are not worth it.
target_arch_aarch64 := -mno-outline-atomics

# The collector never unwinds and names no function at run time.  -fPIE: it is loaded at a random address.
TARGET_LIB_CFLAGS := $(TARGET_OPT) $(TARGET_LTO) -fPIE -ffunction-sections -fdata-sections \
	-fno-unwind-tables -fno-asynchronous-unwind-tables -fno-stack-protector \
	-fomit-frame-pointer -fno-ident $(target_arch_$(ARCH))

sysroot_env = TARGET_CC='$(TARGET_CC)' TARGET_AR='$(TARGET_AR)' \
	TARGET_CFLAGS='$(TARGET_LIB_CFLAGS)' TARGET_NO_LIBC='$(TARGET_NO_LIBC)'

ifeq ($(origin SYSROOT),undefined)
# The directory's name is a checksum of its recipe; it is asked for once, when first needed.
SYSROOT = $(eval SYSROOT := $$(shell $$(sysroot_env) $(CROSS_DIR)/sysroot -n $(ARCH)))$(SYSROOT)
SYSROOT_READY = $(SYSROOT)/SHA256SUMS
sysroot_rule := yes
endif

target_builtins = $(if $(or $(sysroot_rule),$(wildcard $(SYSROOT)/lib/libbuiltins.a)),-lbuiltins,\
	$(shell $(TARGET_CC) -print-libgcc-file-name))

# The C library is given file by file: then a compiler made for another one does as well.
ifneq ($(if $(sysroot_rule),yes,$(wildcard $(SYSROOT)/lib/libc.a)),)
TARGET_CFLAGS = $(TARGET_LIB_CFLAGS) $(TARGET_NO_LIBC) -isystem $(SYSROOT)/include
TARGET_LDFLAGS = -nostdlib -static-pie -Wl,--no-dynamic-linker,--gc-sections,-z,norelro \
	$(target_ld) -L$(SYSROOT)/lib $(SYSROOT)/lib/rcrt1.o $(SYSROOT)/lib/crti.o
TARGET_LIBS = -lsodium -lbpf -lelf -lz -lc $(target_builtins) $(SYSROOT)/lib/crtn.o
else
TARGET_CFLAGS = $(TARGET_LIB_CFLAGS) -isystem $(SYSROOT)/include
TARGET_LDFLAGS = -static -Wl,--gc-sections $(target_ld) -L$(SYSROOT)/lib
TARGET_LIBS = -lsodium -lbpf -lelf -lz
endif

ifdef sysroot_rule
# Checks its files each time (0.1 s); only a newly built sysroot makes what depends on it old.
$(SYSROOT_READY): FORCE
	@$(sysroot_env) $(CROSS_DIR)/sysroot $(ARCH) >/dev/null
endif

.PHONY: sysroot FORCE
sysroot: $(SYSROOT_READY)
	@echo $(SYSROOT)
FORCE:
.DEFAULT_GOAL := $(toolchain_default_goal)
