/**
 * Fingerprints (SHA-256), for vintages and for the chain of the audit log. libcrypto is seen only behind this header.
 *
 *     vg_sha256 h;
 *     vg_sha256_init(&h);
 *     vg_sha256_add(&h, VG_S("abc"));
 *     char hex[65];
 *     vg_sha256_hex(&h, hex);               ba7816bf 8f01cfea ...
 */
#ifndef VG_CORE_HASH_H
#define VG_CORE_HASH_H

#include "core/str.h"

typedef struct {
    _Alignas(16) unsigned char state[128]; /* holds the state of libcrypto; its size is asserted */
} vg_sha256;

void vg_sha256_init(vg_sha256 *h);
void vg_sha256_add(vg_sha256 *h, vg_str bytes);

/** Ends the sum and writes 64 hex digits and a NUL. The state must be initialised again before further use. */
void vg_sha256_hex(vg_sha256 *h, char hex[65]);

/** The same as 32 bytes. */
void vg_sha256_bytes(vg_sha256 *h, unsigned char sum[32]);

/** HMAC-SHA-256 (RFC 2104) of the parts, one behind another, under a secret of any length: 64 hex digits and a NUL. */
void vg_hmac_sha256(vg_str secret, const vg_str *part, int n_parts, char hex[65]);

#endif
