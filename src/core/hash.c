/*
 * SHA-256 by OpenSSL's libcrypto, seen only here. The first choice was libsodium; its portable code sums 0.28 GB/s where
 * libcrypto takes the processor's own instructions and sums 1.7 GB/s, and the fingerprint of a file is on the import's
 * hot path. libcurl brings libcrypto along anyway.
 */
#include "core/hash.h"

#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED /* the plain functions keep their state in the caller's memory */
#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(vg_sha256), "vg_sha256 is too small");

static SHA256_CTX *inner(vg_sha256 *h)
{
    return (SHA256_CTX *)(void *)h->state;
}

void vg_sha256_init(vg_sha256 *h)
{
    SHA256_Init(inner(h));
}

void vg_sha256_add(vg_sha256 *h, vg_str bytes)
{
    if (bytes.n)
        SHA256_Update(inner(h), bytes.s, (size_t)bytes.n);
}

static void write_hex(const unsigned char sum[SHA256_DIGEST_LENGTH], char hex[65])
{
    static const char digit[] = "0123456789abcdef";
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++) {
        hex[2 * i] = digit[sum[i] >> 4];
        hex[2 * i + 1] = digit[sum[i] & 15];
    }
    hex[64] = 0;
}

void vg_sha256_bytes(vg_sha256 *h, unsigned char sum[32])
{
    SHA256_Final(sum, inner(h));
}

void vg_sha256_hex(vg_sha256 *h, char hex[65])
{
    unsigned char sum[SHA256_DIGEST_LENGTH];
    SHA256_Final(sum, inner(h));
    write_hex(sum, hex);
}

/* The key, filled up with zeros to a block and mixed with `pad`, goes in front of what is summed. */
static void begin_keyed(SHA256_CTX *c, const unsigned char key[SHA256_CBLOCK], unsigned char pad)
{
    unsigned char block[SHA256_CBLOCK];
    for (int i = 0; i < SHA256_CBLOCK; i++)
        block[i] = key[i] ^ pad;
    SHA256_Init(c);
    SHA256_Update(c, block, sizeof block);
}

void vg_hmac_sha256(vg_str secret, const vg_str *part, int n_parts, char hex[65])
{
    SHA256_CTX c;
    unsigned char key[SHA256_CBLOCK] = { 0 }, sum[SHA256_DIGEST_LENGTH];
    if (secret.n > SHA256_CBLOCK) {
        SHA256_Init(&c);
        SHA256_Update(&c, secret.s, (size_t)secret.n);
        SHA256_Final(key, &c);
    } else if (secret.n) {
        memcpy(key, secret.s, (size_t)secret.n);
    }
    begin_keyed(&c, key, 0x36);
    for (int i = 0; i < n_parts; i++)
        if (part[i].n)
            SHA256_Update(&c, part[i].s, (size_t)part[i].n);
    SHA256_Final(sum, &c);
    begin_keyed(&c, key, 0x5c);
    SHA256_Update(&c, sum, sizeof sum);
    SHA256_Final(sum, &c);
    write_hex(sum, hex);
}
