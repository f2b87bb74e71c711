/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * crc32c.h - CRC-32C (Castagnoli) of a record: by the CPU's instruction where there is one
 *
 * Over 60 bytes this polynomial detects every error of up to 5 bits (Koopman, "32-bit cyclic
 * redundancy codes for internet applications", 2002).  Parameters as in iSCSI (RFC 3720): reflected,
 * initial value and final XOR all ones; the check value of "123456789" is 0xe3069283.
 */
#ifndef TARSIER_CRC32C_H
#define TARSIER_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>
#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

/* Four bits at a time: 64 bytes of table, for boards; hosts have the instruction. */
static inline __u32 crc32c_table(__u32 crc, const __u8 *bytes, size_t len)
{
	static const __u32 nibble[16] = {
		0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
		0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
		0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
	};

	while (len--) {
		crc ^= *bytes++;
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return crc;
}

#if defined(__x86_64__)
#define CRC32C_TARGET __attribute__((target("sse4.2")))
#define crc32c_step8(crc, word) ((__u32)__builtin_ia32_crc32di(crc, word))
#define crc32c_step4(crc, word) __builtin_ia32_crc32si(crc, word)
#define crc32c_step1(crc, byte) __builtin_ia32_crc32qi(crc, byte)

static inline bool crc32c_has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
/* "+crc" is enough for the builtins; HWCAP_CRC32 is bit 7 (arch/arm64/include/uapi/asm/hwcap.h). */
#define CRC32C_TARGET __attribute__((target("+crc")))
#ifdef __clang__
#define crc32c_step8(crc, word) __builtin_arm_crc32cd(crc, word)
#define crc32c_step4(crc, word) __builtin_arm_crc32cw(crc, word)
#define crc32c_step1(crc, byte) __builtin_arm_crc32cb(crc, byte)
#else
#define crc32c_step8(crc, word) __builtin_aarch64_crc32cx(crc, word)
#define crc32c_step4(crc, word) __builtin_aarch64_crc32cw(crc, word)
#define crc32c_step1(crc, byte) __builtin_aarch64_crc32cb(crc, byte)
#endif

static inline bool crc32c_has_instruction(void)
{
	return getauxval(AT_HWCAP) & (1 << 7);
}
#else
#define CRC32C_TARGET
#define crc32c_step8(crc, word) crc32c_table(crc, (const __u8 *)&(word), 8)
#define crc32c_step4(crc, word) crc32c_table(crc, (const __u8 *)&(word), 4)
#define crc32c_step1(crc, byte) crc32c_table(crc, &(byte), 1)

static inline bool crc32c_has_instruction(void)
{
	return false;
}
#endif

CRC32C_TARGET static inline __u32 crc32c_fast(__u32 crc, const __u8 *bytes, size_t len)
{
	for (; len >= 8; bytes += 8, len -= 8) {
		__u64 word;

		memcpy(&word, bytes, sizeof(word));
		crc = crc32c_step8(crc, word);
	}
	for (; len; bytes++, len--)
		crc = crc32c_step1(crc, *bytes);
	return crc;
}

/* The CRC-32C of @len bytes.  Ask crc32c_has_instruction() once and hand the answer in. */
static inline __u32 crc32c(const void *bytes, size_t len, bool has_instruction)
{
	return ~(has_instruction ? crc32c_fast(~0u, bytes, len) : crc32c_table(~0u, bytes, len));
}

#endif
