// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vectors - what the collector's build of libsodium computes, against published test vectors
 *
 * BLAKE2b: RFC 7693, appendix A, and the keyed one of its authors' collection (blake2.net); 16 bytes
 * of it under 32, and the key of a board: computed by another implementation (Python's hashlib).
 * XChaCha20-Poly1305: draft-irtf-cfrg-xchacha-03, A.3.1.
 */
#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/crypto_kdf_blake2b.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

static int failed;

static void compare(const char *what, const unsigned char *got, size_t size, const char *wanted)
{
	char hex[512] = "";

	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", got[i]);
	if (!strcmp(hex, wanted))
		return;
	failed = 1;
	fprintf(stderr, "vectors: %s: got %s, wanted %s\n", what, hex, wanted);
}

static void check_blake2b(void)
{
	unsigned char out[64], key[64], text[1024];

	for (unsigned int i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)i;
	memcpy(key, text, sizeof(key));
	crypto_generichash_blake2b(out, 64, (const unsigned char *)"abc", 3, NULL, 0);
	compare("BLAKE2b", out, 64,
		"ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
		"7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	crypto_generichash_blake2b(out, 64, NULL, 0, key, 64);
	compare("BLAKE2b with a key", out, 64,
		"10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
		"b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
	crypto_generichash_blake2b(out, 16, text, sizeof(text), key, 32);
	compare("a tag", out, 16, "a94cee5bca2b68b978e3d387dab23809");
	crypto_kdf_blake2b_derive_from_key(out, KEY_SIZE, 0x126596191dc1ebb4, KEY_CONTEXT_BOARD,
					   key);
	compare("the key of a board", out, KEY_SIZE,
		"cfcd3dddeee6f521411cb2fe0ab3e563c080baca21923c22151164d9ebb19d8b");
}

static void check_xchacha20(void)
{
	static const char text[] =
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
		"the future, sunscreen would be it.";
	static const unsigned char with[] = { 0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1,
					      0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7 };
	unsigned char key[32], nonce[24], out[sizeof(text) - 1 + 16];
	unsigned long long size;

	for (unsigned int i = 0; i < 32; i++)
		key[i] = (unsigned char)(0x80 + i);
	for (unsigned int i = 0; i < 24; i++)
		nonce[i] = (unsigned char)(0x40 + i);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, &size, (const unsigned char *)text,
						   sizeof(text) - 1, with, sizeof(with), NULL,
						   nonce, key);
	compare("XChaCha20-Poly1305", out, (size_t)size,
		"bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
		"731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
		"2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
		"21f9664c97637da9768812f615c68b13b52e"
		"c0875924c1c7987947deafd8780acf49");
}

int main(void)
{
	check_blake2b();
	check_xchacha20();
	return failed;
}
