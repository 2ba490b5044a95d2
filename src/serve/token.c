/* Tokens in the decisions of the store. Invariant: the text of a token exists in the answer that made it and nowhere
 * else; what is stored and compared is its hash. */
#include "serve/token.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

static const char *const role_name[] = { "nobody", "viewer", "analyst", "admin" };

vg_role vg_role_by_name(vg_str name)
{
    for (int i = VG_ROLE_VIEWER; i <= VG_ROLE_ADMIN; i++)
        if (vg_eq(name, vg_str_z(role_name[i])))
            return (vg_role)i;
    return VG_ROLE_NOBODY;
}

const char *vg_role_name(vg_role role)
{
    return role_name[role];
}

static void hash_of(vg_str text, char hex[VG_TOKEN_HASH + 1])
{
    unsigned char hash[VG_TOKEN_HASH / 2];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text.s, (unsigned long long)text.n, NULL, 0);
    sodium_bin2hex(hex, VG_TOKEN_HASH + 1, hash, sizeof hash);
}

static bool name_is_good(vg_str name)
{
    bool good = name.n > 0 && name.n <= 64;
    for (ptrdiff_t i = 0; i < name.n && good; i++) {
        char c = vg_lower(name.s[i]);
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }
    return good;
}

/* --- in the store: subject "token:NAME", verdict "add" or "revoke", reason "role=..;expires=..;hash=.." --- */

static vg_str value_of(vg_str list, vg_str name)
{
    while (list.n) {
        vg_str value = vg_cut(&list, ';'), key = vg_cut(&value, '=');
        if (vg_eq(key, name))
            return value;
    }
    return VG_NOSTR;
}

/* A token that cannot be read is a revoked one. */
static vg_token read_token(const vg_decision *d)
{
    vg_token t = { .name = vg_sub(d->subject, (ptrdiff_t)strlen(VG_TOKEN_SUBJECT), d->subject.n),
                   .role = vg_role_by_name(value_of(d->reason, VG_S("role"))),
                   .made_at = d->at,
                   .made_by = d->who,
                   .hash = value_of(d->reason, VG_S("hash")) };
    bool good = vg_int(value_of(d->reason, VG_S("expires")), &t.expires_at) && t.role != VG_ROLE_NOBODY &&
                t.hash.n == VG_TOKEN_HASH;
    t.revoked = !good || !vg_eq(d->verdict, VG_S("add"));
    return t;
}

bool vg_token_load(vg_store *st, vg_arena *a, vg_token **out, int64_t *n, vg_err *e)
{
    vg_decision *d;
    int64_t count;
    if (sodium_init() < 0) /* as often as one likes, from any thread */
        return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no random numbers");
    if (!vg_store_decisions(st, VG_S(VG_TOKEN_SUBJECT), a, &d, &count, e))
        return false;
    vg_token *token = vg_new(a, vg_token, count);
    if (!token)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < count; i++)
        token[i] = read_token(&d[i]);
    *out = token;
    *n = count;
    return true;
}

bool vg_token_live(const vg_token *t, int64_t now)
{
    return !t->revoked && (t->expires_at == 0 || now < t->expires_at);
}

const vg_token *vg_token_find(const vg_token *token, int64_t n, vg_str text, int64_t now)
{
    char hex[VG_TOKEN_HASH + 1];
    const vg_token *found = NULL;
    if (text.n > 512)
        return NULL;
    hash_of(text, hex);
    for (int64_t i = 0; i < n; i++)
        if (token[i].hash.n == VG_TOKEN_HASH && sodium_memcmp(hex, token[i].hash.s, VG_TOKEN_HASH) == 0 &&
            vg_token_live(&token[i], now))
            found = &token[i];
    sodium_memzero(hex, sizeof hex);
    return found;
}

/* The live token of this name; `a` is scratch. */
static bool live_token(vg_store *st, vg_str name, vg_arena *a, vg_token *out, bool *found, vg_err *e)
{
    vg_token *token;
    int64_t n;
    if (!vg_token_load(st, a, &token, &n, e))
        return false;
    *found = false;
    for (int64_t i = 0; i < n; i++)
        if (vg_eq(token[i].name, name) && vg_token_live(&token[i], vg_now())) {
            *out = token[i];
            *found = true;
        }
    return true;
}

static bool write_token(vg_store *st, const vg_token *t, vg_str verdict, vg_arena *a, vg_err *e)
{
    const char *user = getenv("VIGIE_ACTOR");
    vg_decision d = { .subject = vg_format(a, VG_TOKEN_SUBJECT "%.*s", VG_P(t->name)),
                      .who = vg_str_z(user && *user ? user : "command line"),
                      .verdict = verdict,
                      .reason = vg_format(a, "role=%s;expires=%lld;hash=%.*s", role_name[t->role],
                                          (long long)t->expires_at, VG_P(t->hash)) };
    if (!d.subject.s || !d.reason.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    return vg_store_decide(st, &d, e);
}

static bool add(vg_store *st, vg_str name, vg_role role, int64_t expires_at, vg_arena *a,
                char text[VG_TOKEN_LEN + 1], vg_err *e)
{
    vg_token there;
    bool found;
    unsigned char bytes[32];
    char made[VG_TOKEN_LEN + 1] = "vigie_", hex[VG_TOKEN_HASH + 1];
    if (!live_token(st, name, a, &there, &found, e))
        return false;
    if (found) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "there is a token of this name: %.*s", VG_P(name));
        return vg_mend(e, "revoke it first (vigie token revoke %.*s), or choose another name", VG_P(name));
    }
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(made + 6, sizeof made - 6, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    hash_of(vg_str_z(made), hex);
    vg_token t = { .name = name, .role = role, .expires_at = expires_at, .hash = vg_str_z(hex) };
    bool good = write_token(st, &t, VG_S("add"), a, e);
    if (good)
        memcpy(text, made, sizeof made);
    sodium_memzero(made, sizeof made);
    sodium_memzero(bytes, sizeof bytes);
    return good;
}

enum { SCRATCH = 64 << 20 };

bool vg_token_add(vg_store *st, vg_str name, vg_role role, int64_t expires_at, char text[VG_TOKEN_LEN + 1],
                  vg_err *e)
{
    vg_arena a;
    if (!name_is_good(name)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" is no name for a token", VG_P(name));
        return vg_mend(e, "use 1 to 64 letters, digits, dots, dashes and underscores");
    }
    if (role == VG_ROLE_NOBODY)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a token needs a role: viewer, analyst or admin");
    if (!vg_arena_init(&a, SCRATCH, e))
        return false;
    bool good = add(st, name, role, expires_at, &a, text, e);
    vg_arena_free(&a);
    return good;
}

bool vg_token_revoke(vg_store *st, vg_str name, vg_err *e)
{
    vg_arena a;
    vg_token t;
    bool found = false;
    if (!vg_arena_init(&a, SCRATCH, e))
        return false;
    bool good = live_token(st, name, &a, &t, &found, e);
    if (good && !found) {
        good = vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no live token is called \"%.*s\"", VG_P(name));
        vg_mend(e, "\"vigie token list\" shows them");
    }
    good = good && write_token(st, &t, VG_S("revoke"), &a, e);
    vg_arena_free(&a);
    return good;
}
