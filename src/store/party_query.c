/* Questions about lists of parties: which there are, who is on them, and what changed. Invariant: one question reads
 * one moment of the store, so a list that is being updated is seen whole, as it was or as it will be. */
#include "store/party_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/date.h"

enum { QUESTION_BYTES = 1 << 30 };

bool vg_party__begin_read(vg_store *st, bool *begun, vg_err *e)
{
    *begun = false;
    if (!vg_store__ready(st, e))
        return false;
    if (!sqlite3_get_autocommit(st->db))
        return true; /* inside another question */
    *begun = vg_sql__exec(st, "BEGIN", e);
    return *begun;
}

bool vg_party__end_read(vg_store *st, bool begun, bool ok)
{
    if (begun)
        vg_sql__rollback(st); /* nothing was written */
    return ok;
}

/* --- lists and vintages --- */

static void read_about(vg_sql *q, vg_arena *a, vg_party_list *out)
{
    vg_vintage *v = &out->about;
    vg_str *const text[] = { &v->source,   &v->version, &v->scope, &v->licence,
                             &v->citation, &v->file,    &v->sha256 };
    v->id = out->vintage = vg_sql__int(q, 0);
    for (int i = 0; i < (int)(sizeof text / sizeof *text); i++)
        *text[i] = vg_sql__copy(q, 1 + i, a);
    out->list = v->source;
    int64_t *const number[] = { &v->bytes,      &v->imported_at,  &v->known_at,   &v->n_accepted,
                                &v->n_rejected, &v->n_duplicates, &v->supersedes, &out->n_parties };
    for (int i = 0; i < (int)(sizeof number / sizeof *number); i++)
        *number[i] = vg_sql__int(q, 8 + i);
}

bool vg_store_party_vintages(vg_store *st, vg_str list, int64_t as_of, vg_arena *a, vg_party_list **out,
                             int64_t *n, vg_err *e)
{
    vg_sql q;
    vg_party_list *rows = NULL;
    int64_t count = 0, cap = 0;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT v.id, v.source, v.version, v.scope, v.licence, v.citation, v.file, v.sha256, v.bytes,"
            " v.imported_at, v.known_at, v.n_accepted, v.n_rejected, v.n_duplicates, v.supersedes, p.n"
            " FROM party_vintage p JOIN vintage v ON v.id = p.vintage"
            " WHERE v.known_at <= ?1 AND (?2 = '' OR v.source = ?2)"
            " ORDER BY v.source, v.known_at, v.id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, as_of ? as_of : vg_now());
    vg_sql__bind_text(&q, 2, list);
    while (vg_sql__next(&q)) {
        rows = vg_sql__grow(a, rows, count, &cap, sizeof *rows, e);
        if (!rows) {
            q.failed = true;
            break;
        }
        rows[count] = (vg_party_list){ .is_newest = true };
        read_about(&q, a, &rows[count]);
        if (count && vg_eq(rows[count - 1].list, rows[count].list))
            rows[count - 1].is_newest = false;
        count++;
    }
    if (!vg_sql__close(&q))
        return false;
    *out = rows;
    *n = count;
    return true;
}

bool vg_store_party_lists(vg_store *st, int64_t as_of, vg_arena *a, vg_party_list **out, int64_t *n,
                          vg_err *e)
{
    vg_party_list *all = NULL;
    int64_t n_all = 0, count = 0;
    if (!vg_store_party_vintages(st, VG_NOSTR, as_of, a, &all, &n_all, e))
        return false;
    for (int64_t i = 0; i < n_all; i++)
        if (all[i].is_newest)
            all[count++] = all[i];
    *out = all;
    *n = count;
    return true;
}

bool vg_party__newest(vg_store *st, vg_str list, int64_t as_of, int64_t *vintage, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st,
            "SELECT v.id FROM party_vintage p JOIN vintage v ON v.id = p.vintage WHERE v.source = ?1"
            " AND v.known_at <= ?2 ORDER BY v.known_at DESC, v.id DESC LIMIT 1",
            e))
        return false;
    vg_sql__bind_text(&q, 1, list);
    vg_sql__bind_int(&q, 2, as_of ? as_of : vg_now());
    int64_t id = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    if (!vg_sql__close(&q))
        return false;
    *vintage = id;
    return true;
}

/* --- members --- */

static bool decode_members(vg_str bytes, vg_arena *a, vg_party_members *m, vg_err *e)
{
    int64_t last = 0, i = 0;
    uint64_t x;
    bool fits = m->n >= 0 && m->n <= bytes.n;
    m->body = fits ? vg_new(a, int64_t, m->n) : NULL;
    if (fits && !m->body)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (; fits && i < m->n && vg_party__take_number(&bytes, &x); i++)
        m->body[i] = last += (int64_t)(x >> 1) ^ -(int64_t)(x & 1);
    return (fits && i == m->n) || vg_fail(e, VG_EPARSE, VG_NOWHERE, "the members of vintage %lld are damaged",
                                          (long long)m->vintage);
}

bool vg_party__members(vg_store *st, int64_t vintage, vg_arena *a, vg_party_members *out, vg_err *e)
{
    vg_sql q;
    vg_party_members m = { .vintage = vintage };
    if (!vg_sql__open(
            &q, st,
            "SELECT v.source, p.n, p.members FROM party_vintage p JOIN vintage v ON v.id = p.vintage"
            " WHERE p.vintage = ?1",
            e))
        return false;
    vg_sql__bind_int(&q, 1, vintage);
    bool found = vg_sql__next(&q), good = found;
    if (found) {
        m.list = vg_sql__copy(&q, 0, a);
        m.n = vg_sql__int(&q, 1);
        good = !q.failed && decode_members(vg_sql__blob(&q, 2), a, &m, e);
    }
    if (!vg_sql__close(&q))
        return false;
    if (!found) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no vintage %lld of a list of parties",
                (long long)vintage);
        return vg_mend(e, "vigie screening lists shows which there are");
    }
    if (good)
        *out = m;
    return good;
}

/* A statement that reads contents by number. */
static bool open_bodies(vg_sql *q, vg_store *st, vg_err *e)
{
    return vg_sql__open(q, st, "SELECT party, body FROM party_body WHERE id = ?1", e);
}

/* The row of a content; its columns are borrowed until the next step of `q`. */
static bool find_body(vg_sql *q, int64_t body, vg_err *e)
{
    vg_sql__again(q);
    vg_sql__bind_int(q, 1, body);
    return vg_sql__next(q) ||
           vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no content %lld of a party", (long long)body);
}

static bool give_members(vg_store *st, const vg_party_members *m, const vg_party_reader *reader,
                         vg_arena scratch, vg_err *e)
{
    vg_sql q;
    bool good = open_bodies(&q, st, e);
    for (int64_t i = 0; i < m->n && good; i++) {
        vg_arena one = scratch;
        vg_party p;
        vg_party_entry entry = { &p, m->list, m->vintage, m->body[i] };
        good = find_body(&q, m->body[i], e) &&
               vg_party__decode(vg_sql__blob(&q, 1), vg_sql__text(&q, 0), &one, &p, e) &&
               reader->party(reader->ctx, &entry, e);
    }
    return vg_sql__close(&q) && good;
}

static bool no_list(vg_str list, vg_err *e)
{
    if (list.n)
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no list %.*s", VG_P(vg_utf8_head(list, 80)));
    else
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "no list of parties has been loaded");
    return vg_mend(e, list.n ? "vigie screening lists shows which there are"
                             : "vigie screening load FILE loads one");
}

/* The newest vintage of the list, or of each list. */
static bool choose(vg_store *st, vg_str list, int64_t as_of, vg_arena *a, vg_party_list **out, int64_t *n,
                   vg_err *e)
{
    vg_party_list *all = NULL;
    int64_t n_all = 0, count = 0;
    if (!vg_store_party_lists(st, as_of, a, &all, &n_all, e))
        return false;
    for (int64_t i = 0; i < n_all; i++)
        if (!list.n || vg_eq(all[i].list, list))
            all[count++] = all[i];
    if (!count)
        return no_list(list, e);
    *out = all;
    *n = count;
    return true;
}

bool vg_store_parties(vg_store *st, vg_str list, int64_t as_of, const vg_party_reader *reader, vg_err *e)
{
    vg_arena a;
    vg_party_list *lists = NULL;
    int64_t n = 0;
    bool begun;
    if (!vg_arena_init(&a, QUESTION_BYTES, e))
        return false;
    bool good = vg_party__begin_read(st, &begun, e);
    bool chosen = good && choose(st, list, as_of, &a, &lists, &n, e);
    for (int64_t i = 0; i < n && chosen && !vg_failed(e); i++) {
        vg_arena scratch = a;
        vg_party_members m;
        chosen = vg_party__members(st, lists[i].vintage, &scratch, &m, e) &&
                 give_members(st, &m, reader, scratch, e);
    }
    vg_party__end_read(st, good && begun, true);
    vg_arena_free(&a);
    return chosen;
}

bool vg_store_vintage_parties(vg_store *st, int64_t vintage, const vg_party_reader *reader, vg_err *e)
{
    vg_arena a;
    vg_party_members m;
    bool begun;
    if (!vg_arena_init(&a, QUESTION_BYTES, e))
        return false;
    bool ready = vg_party__begin_read(st, &begun, e);
    bool good = ready && vg_party__members(st, vintage, &a, &m, e) && give_members(st, &m, reader, a, e);
    vg_party__end_read(st, ready && begun, true);
    vg_arena_free(&a);
    return good;
}

/* Copy of a content in the arena. */
static bool keep_body(vg_sql *q, int64_t body, vg_arena *a, vg_party *out, vg_err *e)
{
    if (!find_body(q, body, e))
        return false;
    vg_str id = vg_copy(a, vg_sql__text(q, 0)), bytes = vg_copy(a, vg_sql__blob(q, 1));
    if (!id.s || !bytes.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    return vg_party__decode(bytes, id, a, out, e);
}

bool vg_store_party_body(vg_store *st, int64_t body, vg_arena *a, vg_party *out, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) || !open_bodies(&q, st, e))
        return false;
    bool good = keep_body(&q, body, a, out, e);
    return vg_sql__close(&q) && good;
}

/* Place of the party among the members, which stand by id; -1 = it is not among them. */
static int64_t place_of(vg_sql *q, const vg_party_members *m, vg_str id, vg_err *e)
{
    int64_t low = 0, high = m->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (!find_body(q, m->body[middle], e))
            return -1;
        int order = vg_cmp(vg_sql__text(q, 0), id);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* Lists and members are many and stay in `own`; `a` gets the entry alone. */
static bool find_party(vg_store *st, const vg_party_list *lists, int64_t n, vg_str id, const vg_arena *own,
                       vg_arena *a, vg_party_entry *out, vg_err *e)
{
    vg_sql q;
    vg_party *party = vg_new(a, vg_party, 1);
    if (!party)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!open_bodies(&q, st, e))
        return false;
    bool found = false;
    for (int64_t i = 0; i < n && !found && !vg_failed(e); i++) {
        vg_party_members m;
        vg_arena scratch = *own;
        if (!vg_party__members(st, lists[i].vintage, &scratch, &m, e))
            break;
        int64_t at = place_of(&q, &m, id, e), body = at >= 0 ? m.body[at] : 0;
        found = at >= 0 && keep_body(&q, body, a, party, e);
        if (found)
            *out = (vg_party_entry){ party, vg_copy(a, lists[i].list), lists[i].vintage, body };
        if (found && !out->list.s)
            vg_fail_memory(e, vg_arena_limit(a));
    }
    if (!vg_sql__close(&q) || vg_failed(e))
        return false;
    return found ||
           vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no list has a party %.*s", VG_P(vg_utf8_head(id, 100)));
}

bool vg_store_party(vg_store *st, vg_str list, vg_str id, int64_t as_of, vg_arena *a, vg_party_entry *out,
                    vg_err *e)
{
    vg_party_list *lists = NULL;
    vg_arena own;
    int64_t n = 0;
    bool begun;
    if (!vg_arena_init(&own, QUESTION_BYTES, e))
        return false;
    bool ready = vg_party__begin_read(st, &begun, e);
    bool good = ready && choose(st, list, as_of, &own, &lists, &n, e) &&
                find_party(st, lists, n, id, &own, a, out, e);
    vg_arena_free(&own);
    return vg_party__end_read(st, ready && begun, good);
}

/* --- differences --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The members of `m` whose content is not among the sorted numbers, in their order. */
static int64_t *only_in(const vg_party_members *m, const int64_t *sorted, int64_t n_sorted, vg_arena *a,
                        int64_t *n)
{
    int64_t *out = vg_new(a, int64_t, m->n);
    *n = 0;
    for (int64_t i = 0; out && i < m->n; i++)
        if (!bsearch(&m->body[i], sorted, (size_t)n_sorted, sizeof *sorted, by_number))
            out[(*n)++] = m->body[i];
    return out;
}

static int64_t *sorted_copy(const vg_party_members *m, vg_arena *a)
{
    int64_t *copy = vg_new(a, int64_t, m->n + 1);
    if (copy && m->n) {
        memcpy(copy, m->body, (size_t)m->n * sizeof *copy);
        qsort(copy, (size_t)m->n, sizeof *copy, by_number);
    }
    return copy;
}

typedef struct {
    vg_store *st;
    vg_party_members side[2]; /* before, after */
    int64_t *only[2], n[2];   /* contents of one side alone, by id */
    vg_sql q[2];
    const vg_party_change_reader *reader;
} difference;

static bool prepare(difference *d, vg_arena *a, vg_err *e)
{
    for (int s = 0; s < 2; s++) {
        const vg_party_members *other = &d->side[1 - s];
        int64_t *sorted = sorted_copy(other, a);
        d->only[s] = sorted ? only_in(&d->side[s], sorted, other->n, a, &d->n[s]) : NULL;
        if (!d->only[s])
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    return true;
}

/* One change: of before number i, of after number k; -1 = none. */
static bool give_change(difference *d, int64_t i, int64_t k, vg_arena scratch, vg_err *e)
{
    vg_party party[2];
    int64_t at[2] = { i, k };
    vg_party_change c = { .list = d->side[d->side[1].list.n ? 1 : 0].list };
    vg_party_entry *const entry[2] = { &c.before, &c.after };
    for (int s = 0; s < 2; s++) {
        if (at[s] < 0)
            continue;
        if (!keep_body(&d->q[s], d->only[s][at[s]], &scratch, &party[s], e))
            return false;
        *entry[s] = (vg_party_entry){ &party[s], c.list, d->side[s].vintage, d->only[s][at[s]] };
    }
    c.kind = i < 0 ? VG_PARTY_ADDED : k < 0 ? VG_PARTY_REMOVED : VG_PARTY_CHANGED;
    if (c.kind == VG_PARTY_CHANGED)
        c.fields = vg_party_fields_changed(&party[0], &party[1]);
    return d->reader->change(d->reader->ctx, &c, e);
}

static bool give_changes(difference *d, vg_arena scratch, vg_err *e)
{
    int64_t i = 0, k = 0;
    bool good = true;
    while (good && (i < d->n[0] || k < d->n[1])) {
        int order = i == d->n[0] ? 1 : k == d->n[1] ? -1 : 0;
        if (order == 0) {
            good = find_body(&d->q[0], d->only[0][i], e) && find_body(&d->q[1], d->only[1][k], e);
            order = good ? vg_cmp(vg_sql__text(&d->q[0], 0), vg_sql__text(&d->q[1], 0)) : 0;
        }
        good = good && give_change(d, order <= 0 ? i : -1, order >= 0 ? k : -1, scratch, e);
        i += order <= 0;
        k += order >= 0;
    }
    return good;
}

static bool find_changes(vg_store *st, int64_t a, int64_t b, const vg_party_change_reader *reader,
                         vg_arena scratch, vg_err *e)
{
    difference d = { .st = st, .reader = reader };
    if ((a && !vg_party__members(st, a, &scratch, &d.side[0], e)) ||
        (b && !vg_party__members(st, b, &scratch, &d.side[1], e)) || !prepare(&d, &scratch, e))
        return false;
    bool open = open_bodies(&d.q[0], st, e);
    bool both = open && open_bodies(&d.q[1], st, e);
    bool good = both && give_changes(&d, scratch, e);
    good = (!open || vg_sql__close(&d.q[0])) && good;
    return (!both || vg_sql__close(&d.q[1])) && good;
}

bool vg_party_diff(vg_store *st, int64_t a, int64_t b, const vg_party_change_reader *reader, vg_err *e)
{
    vg_arena arena;
    bool begun;
    if (!vg_arena_init(&arena, QUESTION_BYTES, e))
        return false;
    bool ready = vg_party__begin_read(st, &begun, e);
    bool good = ready && find_changes(st, a, b, reader, arena, e);
    vg_party__end_read(st, ready && begun, true);
    vg_arena_free(&arena);
    return good;
}

static int64_t had(const vg_party_have *have, int64_t n, vg_str list)
{
    for (int64_t i = 0; i < n; i++)
        if (vg_eq(have[i].list, list))
            return have[i].vintage;
    return 0;
}

static bool is_there(const vg_party_list *now, int64_t n, vg_str list)
{
    for (int64_t i = 0; i < n; i++)
        if (vg_eq(now[i].list, list))
            return true;
    return false;
}

bool vg_store_party_changes(vg_store *st, const vg_party_have *have, int64_t n_have, int64_t as_of,
                            const vg_party_change_reader *reader, vg_arena *a, vg_party_list **now,
                            int64_t *n_now, vg_err *e)
{
    vg_party_list *lists = NULL;
    int64_t n = 0;
    bool begun;
    bool ready = vg_party__begin_read(st, &begun, e);
    bool good = ready && vg_store_party_lists(st, as_of, a, &lists, &n, e);
    for (int64_t i = 0; i < n && good; i++) {
        int64_t before = had(have, n_have, lists[i].list);
        good = before == lists[i].vintage || vg_party_diff(st, before, lists[i].vintage, reader, e);
    }
    for (int64_t i = 0; i < n_have && good; i++)
        good = !have[i].vintage || is_there(lists, n, have[i].list) ||
               vg_party_diff(st, have[i].vintage, 0, reader, e);
    vg_party__end_read(st, ready && begun, true);
    if (!good)
        return false;
    *now = lists;
    *n_now = n;
    return true;
}
