/* Events out of the index, as points or whole. Invariant: an event reads the same as from the store alone; only texts that
 * are its own are still read there, numbers and shared names stand in memory. */
#include <string.h>

#include "store/event_index_int.h"

void vg_event_index_point(const vg_event_index *ix, int64_t row, vg_event_point *out)
{
    const vg_event_row *r = &ix->row[row];
    *out = (vg_event_point){ .id = r->id,
                             .day_from = r->day_from,
                             .day_to = r->day_to,
                             .lat_e7 = r->lat_e7,
                             .lon_e7 = r->lon_e7,
                             .best = r->best,
                             .gwcode = r->gwcode,
                             .type = r->type,
                             .where_prec = r->where_prec,
                             .has_point = r->has_point };
}

/* --- names --- */

static bool contains(vg_str text, vg_str part)
{
    for (ptrdiff_t at = 0; at + part.n <= text.n; at++) {
        ptrdiff_t k = 0;
        while (k < part.n && vg_lower(text.s[at + k]) == vg_lower(part.s[k]))
            k++;
        if (k == part.n)
            return true;
    }
    return false;
}

bool vg_event_index_names(const vg_event_index *ix, vg_str part, vg_arena *a, const unsigned char **out,
                          vg_err *e)
{
    unsigned char *set = vg_new(a, unsigned char, ix->n_names / 8 + 1);
    if (!set)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 1; i < ix->n_names; i++)
        if (contains(ix->name[i], part))
            set[i >> 3] = (unsigned char)(set[i >> 3] | 1U << (i & 7));
    *out = set;
    return true;
}

bool vg_event_mentions(const vg_event *ev, vg_str part)
{
    const vg_str text[] = { ev->text, ev->actor_a, ev->actor_b, ev->conflict,
                            ev->adm1, ev->adm2,    ev->source,  ev->external_id };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (contains(text[i], part))
            return true;
    return false;
}

/* --- whole events --- */

static int64_t count(int32_t x)
{
    return x == VG_ROW_UNKNOWN ? VG_UNKNOWN : x;
}

static void put_numbers(const vg_event_index *ix, const vg_event_row *r, vg_event *ev)
{
    const vg_event_rest *rest = &ix->rest[r->rest];
    vg_str *const text[VG_ROW_NAMES] = { &ev->actor_a, &ev->actor_b, &ev->conflict,
                                         &ev->adm1,    &ev->adm2,    &ev->kind };
    ev->day_from = r->day_from;
    ev->day_to = r->day_to;
    ev->date_prec = rest->date_prec;
    ev->where_prec = r->where_prec;
    ev->type = r->type;
    ev->has_point = r->has_point;
    ev->lat_deg = (double)r->lat_e7 / 1e7;
    ev->lon_deg = (double)r->lon_e7 / 1e7;
    ev->gwcode = r->gwcode;
    ev->cell = r->cell;
    ev->low = count(rest->low);
    ev->best = count(r->best);
    ev->high = count(rest->high);
    ev->civilians = count(rest->civilians);
    for (int i = 0; i < VG_ROW_NAMES; i++)
        *text[i] = ix->name[rest->name[i]];
}

/* An own text is a number of a name where the table has a whole number in the column of the source. */
static vg_str source_of(const vg_event_index *ix, vg_sql *q, vg_arena *a)
{
    if (sqlite3_column_type(q->stmt, 1) != SQLITE_INTEGER)
        return vg_sql__copy(q, 1, a);
    int64_t name = vg_sql__int(q, 1);
    return name > 0 && name < ix->n_names ? ix->name[name] : VG_NOSTR;
}

static bool read_texts(const vg_event_index *ix, vg_store *st, const int64_t *row, int64_t n, vg_arena *a,
                       vg_event *event, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT external_id, source, text, url FROM event WHERE id = ?1", e))
        return false;
    for (int64_t i = 0; i < n && !q.failed; i++) {
        vg_sql__bind_int(&q, 1, ix->row[row[i]].id);
        put_numbers(ix, &ix->row[row[i]], &event[i]);
        if (vg_sql__next(&q)) {
            event[i].external_id = vg_sql__copy(&q, 0, a);
            event[i].source = source_of(ix, &q, a);
            event[i].text = vg_sql__copy(&q, 2, a);
            event[i].url = vg_sql__copy(&q, 3, a);
        }
        sqlite3_reset(q.stmt);
    }
    return vg_sql__close(&q);
}

/* Those with a number that does not fit the columns. */
static bool read_large(const vg_event_index *ix, vg_store *st, const int64_t *row, int64_t n, vg_arena *a,
                       vg_event *event, vg_err *e)
{
    for (int64_t i = 0; i < n; i++) {
        const vg_event_row *r = &ix->row[row[i]];
        vg_event *whole;
        if (!ix->rest[r->rest].large)
            continue;
        if (!vg_event__rows(st, &r->id, 1, a, &whole, e))
            return false;
        event[i] = *whole;
    }
    return true;
}

/* In one transaction: else each row asks the file anew whether it changed, which takes longer than reading it. */
bool vg_event_index_read(const vg_event_index *ix, vg_store *st, const int64_t *row, int64_t n, vg_arena *a,
                         vg_event **out, vg_err *e)
{
    vg_event *event = vg_new(a, vg_event, n);
    if (!event)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_store__ready(st, e))
        return false;
    bool own = sqlite3_get_autocommit(st->db) != 0;
    if (own && !vg_sql__exec(st, "BEGIN", e))
        return false;
    bool good = read_texts(ix, st, row, n, a, event, e) && read_large(ix, st, row, n, a, event, e);
    if (own && !vg_sql__exec(st, "COMMIT", good ? e : NULL))
        good = false;
    if (good)
        *out = event;
    return good;
}

bool vg_store_events_by_id(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event **out, vg_err *e)
{
    return vg_store__ready(st, e) && vg_event__rows(st, id, n, a, out, e);
}

void vg_store_map(vg_store *st)
{
    sqlite3_exec(st->db, "PRAGMA mmap_size = 1099511627776", NULL, NULL, NULL);
}
