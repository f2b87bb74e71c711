# SPDX-License-Identifier: GPL-2.0-or-later
# Tarsier: `make demo` shows it at work, `make test` tests all of it, `make help` lists the rest.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
Q = $(if $(V),,@)

# Installs what is missing, then builds goals: what sets a target up by itself begins with these two.
SETUP := cross/setup
MAKE_GOALS = $(MAKE) $(if $(V),,-s) -j$(shell nproc)

all:						## the collector for the board and the decoder for this machine
	$(Q)$(SETUP) build
	$(Q)$(MAKE_GOALS) collector decoder

VERSION := 0.1
BUILD := build
OUT = $(BUILD)/$(ARCH)

include cross/toolchain.mk

WARN := -std=gnu11 -D_GNU_SOURCE -DTARSIER_VERSION='"$(VERSION)"' \
	-Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wundef -Werror -Wno-format-truncation
DEPFLAGS = -MMD -MP -MT $@
# A source file to where its object goes, below a directory of $(BUILD).
objects = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(2))

# ---- The collector: $(OUT)/tarsier; ARCH=x86_64 builds it for a PC

COLLECTOR_SRC := $(wildcard collector/*.c collector/probes/*.c)
SKELETONS = $(patsubst bpf/%.bpf.c,$(OUT)/%.skel.h,$(wildcard bpf/*.bpf.c))
BPF_CC := clang-19 -target bpf -mcpu=v3
bpf_arch_aarch64 := arm64
bpf_arch_x86_64 := x86
BPF_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -Ibpf -isystem $(SYSROOT)/include \
	-D__TARGET_ARCH_$(bpf_arch_$(ARCH))

collector: $(BUILD)/$(ARCH)/tarsier

$(BUILD)/$(ARCH)/bpf/%.o: bpf/%.bpf.c $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(BPF_CC) $(BPF_CFLAGS) $(DEPFLAGS) -c $< -o $@
	$(Q)$(if $(BPF_LINES),,$(drop_lines))

# The source's lines, for messages of the kernel's verifier, are half of an object: BPF_LINES=1 keeps them.
# What is zeroed is line_info_len in struct btf_ext_header (libbpf), at the beginning of the section.
define drop_lines
head -c 4 /dev/zero | dd of=$@ bs=1 conv=notrunc status=none \
	seek=$$((0x$$(llvm-readelf-19 -SW $@ | sed -n 's/.* \.BTF\.ext *PROGBITS *[0-9a-f]* \([0-9a-f]*\).*/\1/p') + 20))
endef

# Linked with nothing else, an object loses what only a linker would need.  Its bytes go in packed, see unpack.h.
$(BUILD)/$(ARCH)/%.packed.h: $(BUILD)/$(ARCH)/bpf/%.o
	$(Q)bpftool gen object $(OUT)/bpf/$*.linked.o $<
	$(Q)gzip -9nc $(OUT)/bpf/$*.linked.o | od -An -v -tx1 | \
		sed 's/ \(..\)/0x\1,/g; 1s/^/static const unsigned char $*_packed[] = {/; $$s/$$/};/' >$@

$(BUILD)/$(ARCH)/%.skel.h: $(BUILD)/$(ARCH)/%.packed.h
	$(Q)printf '#include "unpack.h"\n#include "$*.packed.h"\n' >$@
	$(Q)bpftool gen skeleton $(OUT)/bpf/$*.linked.o name $*_bpf | \
		sed 's/(void \*)$*_bpf__elf_bytes(/unpack($*_packed, sizeof($*_packed), /' >>$@

$(BUILD)/$(ARCH)/collector/%.o: collector/%.c $(SYSROOT_READY) | $(SKELETONS)
	@mkdir -p $(@D)
	$(Q)$(TARGET_CC) $(TARGET_CFLAGS) $(WARN) $(DEPFLAGS) -Ibpf -Icollector -I$(OUT) -c $< -o $@

$(BUILD)/$(ARCH)/tarsier.debug: $(call objects,$(ARCH),$(COLLECTOR_SRC))
	$(Q)$(TARGET_CC) $(TARGET_CFLAGS) $(TARGET_LDFLAGS) -o $@ $^ $(TARGET_LIBS)

$(BUILD)/$(ARCH)/tarsier: $(BUILD)/$(ARCH)/tarsier.debug
	$(Q)$(STRIP) -o $@ $<
	@echo "$@: $$(stat -c %s $@) bytes"

# For boards whose kernel has no BTF built in, from its vmlinux (or any file with its BTF): see --btf.
btf-cut: $(SKELETONS)				## $(OUT)/kernel.btf for --btf, cut out of VMLINUX=FILE
	$(Q)$(if $(VMLINUX),,$(error name the kernel: VMLINUX=FILE))
	$(Q)bpftool gen min_core_btf $(VMLINUX) $(OUT)/kernel.btf $(OUT)/bpf/*.linked.o
	@echo "$(OUT)/kernel.btf: $$(stat -c %s $(OUT)/kernel.btf) bytes"

# ---- The decoder: build/tarsier-decode

HOST_CC := gcc
HOST_CFLAGS := -O2 -g -flto=auto -pthread $(WARN) -Ibpf -Icollector/decode
DECODER_LIBS := -lsodium -ljansson -lmicrohttpd -lpthread -lm
DECODER_SRC := $(wildcard $(addprefix collector/decode/,*.c commands/*.c formats/*.c views/*.c))

decoder: $(BUILD)/tarsier-decode

$(BUILD)/host/collector/decode/%.o: collector/decode/%.c
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(BUILD)/tarsier-decode: $(call objects,host,$(DECODER_SRC))
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(DECODER_LIBS)

# A page and the words of each command, as the decoder itself tells them
COMMANDS = $(shell $< help | sed -n '/^commands/,/^$$/s/^  \([a-z]*\) .*/\1/p')

manuals: $(BUILD)/tarsier-decode		## manual pages and completion of the decoder: build/man, build/completion
	@mkdir -p $(BUILD)/man $(BUILD)/completion
	$(Q)$< manual >$(BUILD)/man/tarsier-decode.1
	$(Q)$(foreach name,$(COMMANDS),$< manual $(name) >$(BUILD)/man/tarsier-decode-$(name).1 &&) true
	$(Q)$< completion bash >$(BUILD)/completion/tarsier-decode
	$(Q)$< completion zsh >$(BUILD)/completion/_tarsier-decode
	$(Q)$< completion fish >$(BUILD)/completion/tarsier-decode.fish

# ---- What is shown

board:						## a shell on the QEMU board; its kernel: KERNEL=5.10 6.1 6.12 7.2
	$(Q)$(SETUP) build board
	$(Q)$(MAKE_GOALS) board-files
	$(Q)rootfs/board -n $(if $(KERNEL),-k $(KERNEL)) -d $(BOARD)

demo:						## record on a QEMU board, by UDP and file; show the histograms
	$(Q)$(SETUP) build board
	$(Q)$(MAKE_GOALS) decoder board-files
	$(Q)DECODER=$(BUILD)/tarsier-decode BOARD=$(BOARD) rootfs/demo $(KERNEL)

demo-native:					## the same on this machine's kernel, without QEMU
	$(Q)$(SETUP) build
	$(Q)$(MAKE_GOALS) decoder
	$(Q)$(MAKE_GOALS) ARCH=x86_64 collector programs
	$(Q)DECODER=$(BUILD)/tarsier-decode BIN=$(BUILD)/x86_64 rootfs/demo-native

# ---- Programs that tests run on the board or beside the native collector: $(OUT)/tests/NAME

BOARD = $(BUILD)/$(ARCH)/board
PROGRAM_SRC := $(wildcard tests/workload/*.c tests/board/*.c tests/bench/*.c)
PROGRAMS = $(patsubst %.c,$(OUT)/tests/%,$(notdir $(PROGRAM_SRC)))

programs: $(PROGRAMS)

define program_rule
$(BUILD)/$(ARCH)/tests/%: $(1)/%.c $(SYSROOT_READY)
	@mkdir -p $$(@D)
	$$(Q)$$(TARGET_CC) $$(TARGET_CFLAGS) $$(WARN) $$(DEPFLAGS) -Ibpf $$(TARGET_LDFLAGS) -s -o $$@ $$< $$(TARGET_LIBS)
endef
$(foreach folder,$(sort $(dir $(PROGRAM_SRC))),$(eval $(call program_rule,$(folder:/=))))

# Kernel modules that tests load on the board, for each of its kernels that Debian 12 can build them for
MODULES := $(patsubst %,$(BUILD)/modules/%.built,5.10 6.1 6.12)

modules: $(MODULES)

$(BUILD)/modules/%.built: tests/module/build $(wildcard tests/module/*.[ch]) rootfs/fetch-headers rootfs/kernels
	@mkdir -p $(@D)
	$(Q)tests/module/build $* $(BUILD)/modules/$*
	@touch $@

board-files: collector programs
	@mkdir -p $(BOARD)/usr/bin
	$(Q)cp -u $(OUT)/tarsier $(PROGRAMS) $(BOARD)/usr/bin/

# ---- Tests; results as TAP, collected by prove

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
CHECK_CFLAGS := -O1 -g -pthread $(WARN) $(SANITIZE) -Ibpf -Itests/unit
# Only these talk to the kernel's BPF; the rest of the collector is tested alone.
KERNEL_SRC := main run check attach kernel tracefs mounts bpffs btf_supply btf_module sections foreign_types \
	programs switch_programs funclat_programs keyed_hists unpack
TESTED_SRC := $(filter-out $(patsubst %,collector/%.c,$(KERNEL_SRC)) %_hook.c,$(COLLECTOR_SRC))
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/check/%,$(wildcard tests/unit/collector_*.c tests/unit/decode_*.c))
BTF_SRC := $(addprefix collector/,btf_file.c btf_wants.c btf_cut.c)
CHECKS = $(UNIT) tests/golden/run $(wildcard tests/unit/*.sh) tests/fuzz/run
CHECK_PROGRAMS := $(UNIT) $(addprefix $(BUILD)/check/,tarsier-decode fault_sweep generate send fleet fuzz_reader fuzz_decode fuzz_parts fuzz_gate fuzz_formats fuzz_btf)
NATIVE_PROGRAMS := $(addprefix $(BUILD)/check/,ledger_check damage_check cut_check kill_at flood)
PROVE = CMOCKA_MESSAGE_OUTPUT=TAP DECODER=$(BUILD)/check/tarsier-decode SEND=$(BUILD)/check/send FLEET=$(BUILD)/check/fleet \
	GENERATE=$(BUILD)/check/generate FUZZ_DIR=$(BUILD)/check FAULT_SWEEP=$(BUILD)/check/fault_sweep \
	WORKLOAD=$(BUILD)/x86_64/tests LEDGER_CHECK=$(BUILD)/check/ledger_check BOARD_DIR=$(BOARD) \
	MODULE_DIR=$(BUILD)/modules prove --timer

# Before -Icollector, which is there too: both have an options.h.
$(BUILD)/check/collector/decode/%.o $(BUILD)/check/tests/unit/decode_%.o $(addprefix $(BUILD)/check/tests/unit/,decoding.o recordings.o) $(BUILD)/check/tests/unit/fault_%.o $(BUILD)/check/tests/native/damage_%.o: \
	CHECK_CFLAGS := -Icollector/decode $(CHECK_CFLAGS)
$(BUILD)/check/collector/%.o $(BUILD)/check/tests/unit/collector_%.o $(addprefix $(BUILD)/check/tests/unit/,fakes.o network.o scene.o) $(BUILD)/check/tests/native/cut_%.o: \
	CHECK_CFLAGS += -Icollector
$(BUILD)/check/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(CHECK_CFLAGS) $(DEPFLAGS) -c $< -o $@

FUZZ_CC := clang-19 -O2 -g $(WARN) -fsanitize=fuzzer,address,undefined -fno-sanitize-coverage=trace-cmp
link_check = $(HOST_CC) $(SANITIZE) -o $@ $^ $(CHECK_LIBS) -lcmocka $(DECODER_LIBS)
DECODER_CHECK := $(call objects,check,$(filter-out %/main.c,$(DECODER_SRC)))
$(BUILD)/check/collector_%: $(call objects,check,tests/unit/collector_%.c $(patsubst %,tests/unit/%.c,fakes network scene) $(TESTED_SRC))
	$(Q)$(link_check)
$(BUILD)/check/collector_% $(BUILD)/check/cut_check: CHECK_LIBS := -lbpf
$(BUILD)/check/decode_%: $(call objects,check,tests/unit/decode_%.c $(patsubst %,tests/unit/%.c,decoding recordings encode)) $(DECODER_CHECK)
	$(Q)$(link_check)
$(BUILD)/check/tarsier-decode: $(call objects,check,$(DECODER_SRC))
	$(Q)$(link_check)
# The decoder, in which each call that fault_calls.c wraps can be made to fail
FAULTY := $(shell sed -nE 's/^(WRAP[A-Z_]*.|DECLARE.int, )([a-z0-9_]+),.*/-Wl,--wrap=\2/p' tests/unit/fault_calls.c) -Wl,--wrap=main
$(BUILD)/check/fault_sweep: $(call objects,check,$(DECODER_SRC) tests/unit/fault_sweep.c tests/unit/fault_calls.c)
	$(Q)$(link_check) $(FAULTY)
$(BUILD)/check/generate: $(call objects,check,tests/golden/generate.c tests/unit/encode.c)
	$(Q)$(link_check)
$(BUILD)/check/send: $(call objects,check,tests/unit/send.c)
	$(Q)$(link_check)
$(BUILD)/check/ledger_check: $(call objects,check,tests/native/ledger_check.c)
	$(Q)$(link_check)
$(BUILD)/check/damage_check: $(call objects,check,tests/native/damage_check.c) $(DECODER_CHECK)
	$(Q)$(link_check)
$(BUILD)/check/kill_at: $(call objects,check,tests/native/kill_at.c)
	$(Q)$(link_check)
$(BUILD)/check/cut_check: $(call objects,check,tests/native/cut_check.c $(BTF_SRC))
	$(Q)$(link_check)
$(BUILD)/check/flood $(BUILD)/check/fleet: $(BUILD)/check/%: tests/native/%.c tests/unit/encode.c
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -Itests/unit -o $@ $^ -lsodium
$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(DEPFLAGS) -Icollector/decode -Ibpf -c $< -o $@
$(addprefix $(BUILD)/check/,fuzz_reader fuzz_decode fuzz_parts fuzz_gate fuzz_formats): \
	$(BUILD)/check/%: $(call objects,fuzz,tests/fuzz/%.c tests/fuzz/mend.c $(filter-out %/main.c,$(DECODER_SRC)))
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -o $@ $^ $(DECODER_LIBS)
$(BUILD)/check/fuzz_btf: tests/fuzz/fuzz_btf.c $(BTF_SRC)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -Icollector -o $@ $^ -lbpf

# What this machine's own clocks serve runs alone; boards that count instructions do not mind each other.
ALONE := $(wildcard tests/native/*.sh) tests/board/runs.sh
TOGETHER := $(filter-out %/lib.sh $(ALONE),$(wildcard tests/board/*.sh))

check: $(CHECK_PROGRAMS)	## tests that need neither root nor network
	$(Q)$(PROVE) $(CHECKS)

# The same objects as for check, built to count what is run; the sanitizers stay with check.
COUNTED := -Qunused-arguments -fprofile-instr-generate -fcoverage-mapping -mllvm -runtime-counter-relocation
coverage:					## which lines and branches of the decoder its tests run, by file
	$(Q)$(SETUP) build test
	$(Q)$(MAKE_GOALS) BUILD=$(BUILD)/coverage HOST_CC=clang-19 SANITIZE='$(COUNTED)' \
		FUZZ_CC='clang-19 -O1 -g $$(WARN) -fsanitize=fuzzer $(COUNTED)' count

count: $(filter-out $(BUILD)/check/collector_%,$(CHECK_PROGRAMS))
	$(Q)tests/coverage $(BUILD)/check $(PROVE) $(filter-out $(BUILD)/check/collector_%,$(CHECKS))

# What failed among the first is said again at the end, where it is looked for.
test: SHELL := /bin/bash
test:						## all tests: check, this machine's kernel, the QEMU board
	$(Q)$(SETUP) build test board
	$(Q)$(MAKE_GOALS) ARCH=x86_64 collector programs
	$(Q)$(MAKE_GOALS) decoder board-files modules $(CHECK_PROGRAMS) $(NATIVE_PROGRAMS)
	$(Q)status=0; set -o pipefail; $(PROVE) $(CHECKS) $(ALONE) | tee $(BUILD)/alone.log || status=1; \
	$(PROVE) -j$(shell nproc) $(TOGETHER) || status=1; \
	[ $$status = 0 ] || sed -n '/^Test Summary Report/,$$p' $(BUILD)/alone.log; exit $$status

matrix:						## every probe on each kernel under each condition; CELLS="6.1 no-btf" chooses
	$(Q)$(SETUP) build test board
	$(Q)$(MAKE_GOALS) ARCH=x86_64 collector programs
	$(Q)$(MAKE_GOALS) decoder board-files $(BUILD)/check/ledger_check
	$(Q)tests/matrix/run $(CELLS); status=$$?; cat $(BUILD)/matrix.md; exit $$status

fuzz: $(filter $(BUILD)/check/fuzz_%,$(CHECK_PROGRAMS))	## ten minutes of new inputs for each part of the decoder; FUZZ_SECONDS=N
	$(Q)FUZZ_DIR=$(BUILD)/check FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) FUZZ_KEEP=$(BUILD)/fuzz-kept tests/fuzz/run

golden: $(BUILD)/check/generate $(BUILD)/check/tarsier-decode	## make the golden pairs anew; read the diff
	$(Q)$(BUILD)/check/generate tests/golden
	$(Q)tests/golden/run --update $(BUILD)/check/tarsier-decode

bench:						## what it costs, beside bcc's runqlat
	$(Q)$(SETUP) build test board bench
	$(Q)$(MAKE_GOALS) ARCH=x86_64 collector
	$(Q)$(MAKE_GOALS) decoder board-files modules $(BUILD)/check/generate
	$(Q)DECODER=$(BUILD)/tarsier-decode GENERATE=$(BUILD)/check/generate BOARD_DIR=$(BOARD) tests/bench/run

lint:						## formatting, static analysis and the rules of the house
	$(Q)$(SETUP) build lint
	$(Q)$(MAKE_GOALS) decoder collector
	$(Q)SYSROOT=$(SYSROOT) OUT=$(OUT) tests/lint

help:						## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

clean:						## remove build/; the cache of downloads and libraries stays
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all btf-cut collector decoder board demo demo-native programs modules board-files check coverage count test matrix golden bench \
	lint help clean manuals
