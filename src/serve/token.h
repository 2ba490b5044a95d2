/**
 * Tokens: who may use the HTTP door. A token is 32 random bytes as text ("vigie_..."), shown once, when it is made; the
 * store keeps its BLAKE2b hash, role, name and end in a decision with the subject "token:<name>". A token of so many
 * random bits needs no slow hash. libsodium is seen only behind this header.
 *
 *     char text[VG_TOKEN_LEN + 1];
 *     if (!vg_token_add(st, VG_S("nairobi"), VG_ROLE_ANALYST, expires_at, text, e)) return false;
 *     if (!vg_token_load(st, &arena, &token, &n, e)) return false;
 *     const vg_token *t = vg_token_find(token, n, VG_S("vigie_..."), vg_now());
 */
#ifndef VG_SERVE_TOKEN_H
#define VG_SERVE_TOKEN_H

#include "store/store.h"

typedef enum { VG_ROLE_NOBODY, VG_ROLE_VIEWER, VG_ROLE_ANALYST, VG_ROLE_ADMIN } vg_role;

enum { VG_TOKEN_LEN = 49, VG_TOKEN_HASH = 64 }; /* "vigie_" and 43 letters; hexadecimal digits */

#define VG_TOKEN_SUBJECT "token:"

typedef struct {
    vg_str name;
    vg_role role;
    int64_t made_at, expires_at; /* UTC seconds; expires_at 0 = never */
    bool revoked;
    vg_str made_by;
    vg_str hash;
} vg_token;

/** "viewer", "analyst", "admin"; VG_ROLE_NOBODY for any other word. */
vg_role vg_role_by_name(vg_str name);
const char *vg_role_name(vg_role role);

/**
 * Makes a token. A name has 1 to 64 letters, digits, dots, dashes and underscores, and may be used again once its token
 * is revoked or over. Fails: VG_EARG (name), VG_ECONFLICT (a live one has it).
 */
bool vg_token_add(vg_store *st, vg_str name, vg_role role, int64_t expires_at, char text[VG_TOKEN_LEN + 1],
                  vg_err *e);

/** Ends a token now. Fails: VG_ENOTFOUND (no live token has this name). */
bool vg_token_revoke(vg_store *st, vg_str name, vg_err *e);

/** All tokens, also those that are over, oldest first. */
bool vg_token_load(vg_store *st, vg_arena *a, vg_token **out, int64_t *n, vg_err *e);

/** Neither revoked nor over. */
bool vg_token_live(const vg_token *t, int64_t now);

/** The live token with this text, or NULL. Takes the same time whatever the text. */
const vg_token *vg_token_find(const vg_token *token, int64_t n, vg_str text, int64_t now);

#endif
