/*
 * SHA-256 by OpenSSL's libcrypto, seen only here. The first choice was libsodium; its portable code sums 0.28 GB/s where
 * libcrypto takes the processor's own instructions and sums 1.7 GB/s, and the fingerprint of a file is on the import's
 * hot path. libcurl brings libcrypto along anyway.
 */
#include "core/hash.h"

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

void vg_sha256_hex(vg_sha256 *h, char hex[65])
{
    static const char digit[] = "0123456789abcdef";
    unsigned char sum[SHA256_DIGEST_LENGTH];
    SHA256_Final(sum, inner(h));
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++) {
        hex[2 * i] = digit[sum[i] >> 4];
        hex[2 * i + 1] = digit[sum[i] & 15];
    }
    hex[64] = 0;
}
