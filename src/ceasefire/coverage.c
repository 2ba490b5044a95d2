/* What sources could see, as shares of time. Invariant: a second in which a source has several records has one state,
 * that of the record that holds (for the zone itself, received last, the worse); seconds without a record have none. */
#include <math.h>
#include <stdlib.h>

#include "ceasefire/compliance_int.h"

/* --- records of a time, with their zones found --- */

static int32_t zone_of(const vg_agreement *a, vg_str id)
{
    if (!id.n)
        return VG_COVER_EVERYWHERE;
    int32_t zone = vg_agreement_find_zone(a, id);
    return zone == VG_AGREEMENT_NOBODY ? VG_COVER_STRANGE : zone;
}

static bool is_of_party(const vg_agreement *a, vg_str source)
{
    int32_t i = vg_agreement_find_source(a, source);
    return i != VG_AGREEMENT_NOBODY && a->source[i].party != VG_AGREEMENT_NOBODY;
}

bool vg_cover_gather(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_cover_book *out, vg_err *e)
{
    vg_cover_book b = { .agreement = vg_watch_agreement(w), .from = from, .to = to };
    if (!vg_watch_coverage(w, from, to, a, &b.record, &b.n, e))
        return false;
    b.zone = vg_new(a, int32_t, b.n);
    b.of_party = vg_new(a, bool, b.n);
    if (!b.zone || !b.of_party)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < b.n; i++) {
        b.zone[i] = zone_of(b.agreement, b.record[i].zone);
        b.of_party[i] = is_of_party(b.agreement, b.record[i].source);
    }
    *out = b;
    return true;
}

/* Whether a record tells about a zone, and how closely: 0 = not, 1 = of everywhere, 2 = of the zone itself. */
static int closeness(const vg_cover_book *b, int32_t record, int32_t zone)
{
    int32_t of = b->zone[record];
    if (of == zone)
        return 2;
    if (of == VG_COVER_EVERYWHERE || (of >= 0 && b->agreement->zone[of].kind == VG_ZONE_WHOLE_TERRITORY))
        return 1;
    return 0;
}

/* --- one source: which record holds when --- */

typedef struct {
    const vg_coverage *c;
    int close;
} told;

static int by_weight(const void *a, const void *b)
{
    const told *x = a, *y = b;
    if (x->close != y->close)
        return x->close > y->close ? -1 : 1;
    if (x->c->received_at != y->c->received_at)
        return x->c->received_at > y->c->received_at ? -1 : 1;
    if (x->c->state != y->c->state)
        return x->c->state > y->c->state ? -1 : 1;
    return x->c->from != y->c->from ? (x->c->from < y->c->from ? -1 : 1)
                                    : (x->c->to > y->c->to) - (x->c->to < y->c->to);
}

static int by_instant(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t clamped(int64_t x, int64_t from, int64_t to)
{
    return x < from ? from : x > to ? to : x;
}

static int32_t place_of(const int64_t *edge, int32_t n, int64_t at)
{
    int32_t low = 0, high = n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (edge[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* First stretch from i on that has no state yet; the way there is made shorter for the next. */
static int32_t next_open(int32_t *next, int32_t i)
{
    while (next[i] != i) {
        next[i] = next[next[i]];
        i = next[i];
    }
    return i;
}

/* The stretches between all edges of a source's records, with the state that holds in each (0 = none). */
typedef struct {
    int64_t *edge; /* n + 1 */
    int8_t *state;
    int32_t n;
} stretches;

static bool paint(told *record, int32_t n, int64_t from, int64_t to, vg_arena *a, stretches *out, vg_err *e)
{
    stretches s = { .edge = vg_new(a, int64_t, 2 * n + 1), .state = vg_new(a, int8_t, 2 * n + 1) };
    int32_t *next = vg_new(a, int32_t, 2 * n + 1), n_edges = 0;
    if (!s.edge || !s.state || !next)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < n; i++) {
        s.edge[2 * i] = clamped(record[i].c->from, from, to);
        s.edge[2 * i + 1] = clamped(record[i].c->to, from, to);
    }
    qsort(s.edge, (size_t)(2 * n), sizeof *s.edge, by_instant);
    for (int32_t i = 0; i < 2 * n; i++)
        if (!n_edges || s.edge[i] != s.edge[n_edges - 1])
            s.edge[n_edges++] = s.edge[i];
    for (int32_t i = 0; i <= n_edges; i++)
        next[i] = i;
    qsort(record, (size_t)n, sizeof *record, by_weight);
    for (int32_t i = 0; i < n; i++) {
        int32_t last = place_of(s.edge, n_edges, clamped(record[i].c->to, from, to));
        int32_t at = next_open(next, place_of(s.edge, n_edges, clamped(record[i].c->from, from, to)));
        for (; at < last; at = next_open(next, at)) {
            s.state[at] = record[i].c->state;
            next[at] = at + 1;
        }
    }
    s.n = n_edges > 0 ? n_edges - 1 : 0;
    *out = s;
    return true;
}

/* End of the records of the source that begins at `first`: they stand together. */
static int32_t end_of_source(const vg_cover_book *b, int32_t first)
{
    int32_t i = first;
    while (i < b->n && vg_eq(b->record[i].source, b->record[first].source))
        i++;
    return i;
}

/* Records of one source that tell about a zone (`only`: of the zone itself), into `record`. */
static int32_t pick(const vg_cover_book *b, int32_t first, int32_t end, int32_t zone, bool only, told *record)
{
    int32_t n = 0;
    for (int32_t i = first; i < end; i++) {
        int close = closeness(b, i, zone);
        if (close == 2 || (close == 1 && !only))
            record[n++] = (told){ &b->record[i], close };
    }
    return n;
}

/* --- when somebody watched --- */

static int by_from(const void *a, const void *b)
{
    const vg_cover_span *x = a, *y = b;
    return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

/* Joins spans that touch; they come in any order. */
static int32_t joined(vg_cover_span *span, int32_t n)
{
    int32_t kept = 0;
    qsort(span, (size_t)n, sizeof *span, by_from);
    for (int32_t i = 0; i < n; i++)
        if (kept && span[i].from <= span[kept - 1].to)
            span[kept - 1].to = span[i].to > span[kept - 1].to ? span[i].to : span[kept - 1].to;
        else
            span[kept++] = span[i];
    return kept;
}

/* Adds the stretches in which a source watched to `span`. */
static bool add_spans(const vg_cover_book *b, told *record, int32_t n_records, vg_arena scratch,
                      vg_cover_span *span, int32_t *n, vg_err *e)
{
    stretches t;
    if (!paint(record, n_records, b->from, b->to, &scratch, &t, e))
        return false;
    for (int32_t k = 0; k < t.n; k++)
        if (t.state[k] == VG_COVER_WATCHING)
            span[(*n)++] = (vg_cover_span){ t.edge[k], t.edge[k + 1] };
    return true;
}

bool vg_cover_watched(const vg_cover_book *b, int32_t zone, vg_arena *a, vg_cover_spans *out, vg_err *e)
{
    vg_cover_spans s = { .n = 0 };
    for (int32_t i = 0; i < b->n; i++)
        *(b->of_party[i] ? &s.n_own_records : &s.n_records) += closeness(b, i, zone) > 0;
    int32_t n_all = s.n_records + s.n_own_records;
    s.span = vg_new(a, vg_cover_span, 2 * (int64_t)s.n_records + 1);
    s.own = vg_new(a, vg_cover_span, 2 * (int64_t)s.n_own_records + 1);
    told *record = vg_new(a, told, n_all);
    if (!s.span || !s.own || !record)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0, end; i < b->n && n_all; i = end) {
        bool own = b->of_party[i];
        end = end_of_source(b, i);
        int32_t n = pick(b, i, end, zone, false, record);
        if (n && !add_spans(b, record, n, *a, own ? s.own : s.span, own ? &s.n_own : &s.n, e))
            return false;
    }
    s.n = joined(s.span, s.n);
    s.n_own = joined(s.own, s.n_own);
    *out = s;
    return true;
}

bool vg_cover_share(vg_watch *w, int32_t zone, int64_t from, int64_t to, double *share, vg_err *e)
{
    vg_arena a;
    vg_cover_book b;
    vg_cover_spans s;
    if (!vg_arena_init(&a, 1LL << 32, e))
        return false;
    bool good = vg_cover_gather(w, from, to, &a, &b, e) && vg_cover_watched(&b, zone, &a, &s, e);
    if (good) {
        int64_t watched = 0;
        for (int32_t i = 0; i < s.n; i++)
            watched += s.span[i].to - s.span[i].from;
        *share = s.n_records && to > from ? (double)watched / (double)(to - from) : NAN;
    }
    vg_arena_free(&a);
    return good;
}

/* --- by source and zone --- */

static int by_source_and_zone(const void *a, const void *b)
{
    const vg_cover_row *x = a, *y = b;
    int order = vg_cmp(x->source, y->source);
    return order ? order : (x->zone > y->zone) - (x->zone < y->zone);
}

static bool add_row(const vg_cover_book *b, int32_t first, int32_t end, told *record, vg_arena scratch,
                    vg_cover_row *r, vg_err *e)
{
    stretches s;
    r->n_records = pick(b, first, end, r->zone, true, record);
    if (!paint(record, r->n_records, b->from, b->to, &scratch, &s, e))
        return false;
    for (int32_t k = 0; k < s.n; k++) {
        int64_t length = s.edge[k + 1] - s.edge[k];
        if (s.state[k] > 0 && s.state[k] <= VG_COVER_DOWN) {
            r->state_s[s.state[k]] += length;
            r->known_s += length;
        }
    }
    return true;
}

bool vg_cover_book_rows(const vg_cover_book *b, vg_arena *a, vg_cover_row **out, int32_t *n,
                        int32_t *n_strange, vg_err *e)
{
    vg_cover_row *row = vg_new(a, vg_cover_row, b->n);
    told *record = vg_new(a, told, b->n);
    int32_t n_rows = 0, strange = 0;
    if (!row || !record)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0, end; i < b->n; i = end) {
        int32_t first_row = n_rows;
        end = end_of_source(b, i);
        for (int32_t k = i; k < end; k++) {
            bool known = false;
            strange += b->zone[k] == VG_COVER_STRANGE;
            for (int32_t r = first_row; r < n_rows && !known; r++)
                known = row[r].zone == b->zone[k];
            if (!known && b->zone[k] != VG_COVER_STRANGE)
                row[n_rows++] = (vg_cover_row){ .source = b->record[i].source,
                                                .zone = b->zone[k],
                                                .of_party = b->of_party[k] };
        }
        for (int32_t r = first_row; r < n_rows; r++)
            if (!add_row(b, i, end, record, *a, &row[r], e))
                return false;
    }
    qsort(row, (size_t)n_rows, sizeof *row, by_source_and_zone);
    *out = row;
    *n = n_rows;
    *n_strange = strange;
    return true;
}

bool vg_cover_rows(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_cover_row **out, int32_t *n,
                   int32_t *n_strange, vg_err *e)
{
    vg_cover_book b;
    return vg_cover_gather(w, from, to, a, &b, e) && vg_cover_book_rows(&b, a, out, n, n_strange, e);
}
