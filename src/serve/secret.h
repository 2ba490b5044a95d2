/**
 * Secrets that must be read again, such as the one that signs what is sent to a receiver. In the store they stand sealed
 * (XSalsa20-Poly1305) under a key that is not in it: a file of 32 random bytes beside the store, "<store>.key", made when
 * it is first needed and for its owner only. Who has a copy of the store without that file can neither read nor change
 * them; who has both has them. libsodium is seen only behind the headers of this folder.
 *
 *     if (!vg_secret_seal(path, VG_S("a word between us"), &arena, &sealed, e)) return false;
 *     if (!vg_secret_open(path, sealed, &arena, &text, e)) return false;
 */
#ifndef VG_SERVE_SECRET_H
#define VG_SERVE_SECRET_H

#include "core/arena.h"

/** The empty text stays empty. Fails: VG_EIO (the key cannot be made or read), VG_ENOMEM. */
bool vg_secret_seal(const char *store, vg_str text, vg_arena *a, vg_str *out, vg_err *e);

/**
 * A text that was never sealed (from before there was a key) comes back as it is. Fails: VG_ENOTFOUND (no key beside the
 * store), VG_ECONFLICT (sealed with another key, or changed), VG_EIO, VG_ENOMEM.
 */
bool vg_secret_open(const char *store, vg_str sealed, vg_arena *a, vg_str *out, vg_err *e);

#endif
