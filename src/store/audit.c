/* The audit log. Entry i is bound to all entries before it by its hash; entries are numbered from 1 without a gap.
 * Invariant: actor and action hold no control characters, so that the newline-separated text that is hashed can be
 * read back in one way only; the detail, which may hold newlines, comes last. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/date.h"
#include "core/hash.h"
#include "store/store_int.h"

static const char ORIGIN[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void hash_entry(vg_str before, int64_t seq, int64_t at, vg_str actor, vg_str action, vg_str detail,
                       char hex[65])
{
    char numbers[64];
    int n = snprintf(numbers, sizeof numbers, "\n%lld\n%lld\n", (long long)seq, (long long)at);
    vg_sha256 h;
    vg_sha256_init(&h);
    vg_sha256_add(&h, before);
    vg_sha256_add(&h, (vg_str){ numbers, n });
    vg_sha256_add(&h, actor);
    vg_sha256_add(&h, VG_S("\n"));
    vg_sha256_add(&h, action);
    vg_sha256_add(&h, VG_S("\n"));
    vg_sha256_add(&h, detail);
    vg_sha256_hex(&h, hex);
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* One line of at most 200 bytes. */
static vg_str one_line(vg_str s, char room[201])
{
    s = vg_utf8_head(s, 200);
    for (ptrdiff_t i = 0; i < s.n; i++)
        room[i] = is_control(s.s[i]) ? ' ' : s.s[i];
    return (vg_str){ room, s.n };
}

/* The handle's own, else VIGIE_ACTOR, else the login name, else the number of the user. */
vg_str vg_audit__who(const vg_store *st, char room[201])
{
    if (st->actor[0])
        return one_line(vg_str_z(st->actor), room);
    const char *given = getenv("VIGIE_ACTOR");
    if (given && *given)
        return one_line(vg_str_z(given), room);
    struct passwd entry, *found = NULL;
    char names[4096];
    if (getpwuid_r(getuid(), &entry, names, sizeof names, &found) == 0 && found)
        return one_line(vg_str_z(found->pw_name), room);
    return (vg_str){ room, snprintf(room, 201, "uid:%lu", (unsigned long)getuid()) };
}

static bool last_entry(vg_store *st, int64_t *seq, char hash[65], vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", e))
        return false;
    *seq = 0;
    memcpy(hash, ORIGIN, 65);
    if (vg_sql__next(&q)) {
        vg_str text = vg_sql__text(&q, 1);
        *seq = vg_sql__int(&q, 0);
        snprintf(hash, 65, "%.*s", VG_P(text));
    }
    return vg_sql__close(&q);
}

bool vg_audit__add(vg_store *st, vg_str action, vg_str detail, vg_err *e)
{
    int64_t seq, at = vg_now();
    char before[65], hash[65], actor_room[201], action_room[201];
    if (vg_failed(e) || !last_entry(st, &seq, before, e))
        return false;
    vg_str actor = vg_audit__who(st, actor_room);
    action = one_line(action, action_room);
    hash_entry(vg_str_z(before), ++seq, at, actor, action, detail, hash);
    vg_sql q;
    if (!vg_sql__open(&q, st, "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6)", e))
        return false;
    vg_sql__bind_int(&q, 1, seq);
    vg_sql__bind_int(&q, 2, at);
    vg_sql__bind_text(&q, 3, actor);
    vg_sql__bind_text(&q, 4, action);
    vg_sql__bind_text(&q, 5, detail);
    vg_sql__bind_text(&q, 6, vg_str_z(hash));
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

bool vg_audit_append(vg_store *st, vg_str action, vg_str detail, vg_err *e)
{
    if (!vg_sql__begin(st, e))
        return false;
    return vg_sql__end(st, vg_audit__add(st, action, detail, e), e);
}

static bool has_control(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (is_control(s.s[i]))
            return true;
    return false;
}

/* Whether the row at hand is entry `seq` and follows the hash `last`, which moves on. */
static bool holds(vg_sql *q, int64_t seq, char last[65])
{
    vg_str actor = vg_sql__text(q, 2), action = vg_sql__text(q, 3);
    char hash[65];
    if (vg_sql__int(q, 0) != seq || has_control(actor) || has_control(action))
        return false;
    hash_entry(vg_str_z(last), seq, vg_sql__int(q, 1), actor, action, vg_sql__text(q, 4), hash);
    memcpy(last, hash, sizeof hash);
    return vg_eq(vg_sql__text(q, 5), vg_str_z(hash));
}

bool vg_audit_verify(vg_store *st, vg_audit_report *out, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st, "SELECT seq, at, actor, action, detail, hash FROM audit ORDER BY seq", e))
        return false;
    vg_audit_report r = { .n = 0 };
    char last[65];
    memcpy(last, ORIGIN, 65);
    while (vg_sql__next(&q)) {
        r.n++;
        if (!r.broken_at && !holds(&q, r.n, last))
            r.broken_at = r.n;
        vg_str hash = vg_sql__text(&q, 5);
        snprintf(r.last_hash, sizeof r.last_hash, "%.*s", VG_P(hash));
    }
    if (!vg_sql__close(&q))
        return false;
    if (r.n == 0) /* a store is born with one entry */
        r.broken_at = 1;
    *out = r;
    return true;
}

static bool read_entries(vg_sql *q, vg_arena *a, vg_audit_entry **out, int64_t *n)
{
    vg_audit_entry *entry = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(q)) {
        entry = vg_sql__grow(a, entry, count, &cap, sizeof *entry, q->e);
        if (!entry)
            return false;
        vg_audit_entry *x = &entry[count++];
        x->seq = vg_sql__int(q, 0);
        x->at = vg_sql__int(q, 1);
        x->actor = vg_sql__copy(q, 2, a);
        x->action = vg_sql__copy(q, 3, a);
        x->detail = vg_sql__copy(q, 4, a);
        x->hash = vg_sql__copy(q, 5, a);
    }
    *out = entry;
    *n = count;
    return true;
}

bool vg_audit_entries(vg_store *st, int64_t limit, vg_arena *a, vg_audit_entry **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    vg_audit_entry *entry;
    int64_t count;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT * FROM (SELECT seq, at, actor, action, detail, hash FROM audit ORDER BY seq DESC"
            " LIMIT max(?1, 0)) ORDER BY seq",
            e))
        return false;
    vg_sql__bind_int(&q, 1, limit);
    bool ok = read_entries(&q, a, &entry, &count);
    if (!vg_sql__close(&q) || !ok)
        return false;
    *out = entry;
    *n = count;
    return true;
}
