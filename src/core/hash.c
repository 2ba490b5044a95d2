/* SHA-256 by libsodium, seen only here. */
#include "core/hash.h"

#include <sodium.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(vg_sha256), "vg_sha256 is too small");

static crypto_hash_sha256_state *inner(vg_sha256 *h)
{
    return (crypto_hash_sha256_state *)(void *)h->state;
}

void vg_sha256_init(vg_sha256 *h)
{
    crypto_hash_sha256_init(inner(h));
}

void vg_sha256_add(vg_sha256 *h, vg_str bytes)
{
    if (bytes.n)
        crypto_hash_sha256_update(inner(h), (const unsigned char *)bytes.s, (unsigned long long)bytes.n);
}

void vg_sha256_hex(vg_sha256 *h, char hex[65])
{
    unsigned char sum[32];
    crypto_hash_sha256_final(inner(h), sum);
    sodium_bin2hex(hex, 65, sum, sizeof sum);
}
