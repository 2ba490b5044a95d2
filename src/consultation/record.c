/* Questions to a record of votes, and copies of a part of it. Invariant: nothing here changes a record; a copy shares
 * what it does not change. */
#include <math.h>
#include <stdlib.h>

#include "consultation/consultation_int.h"
#include "core/num.h"

int vg_consultation_id_order(vg_str a, vg_str b)
{
    int64_t x, y;
    bool a_number = vg_int(a, &x), b_number = vg_int(b, &y);
    if (a_number != b_number)
        return a_number ? -1 : 1;
    if (a_number && x != y)
        return x < y ? -1 : 1;
    return vg_cmp(a, b);
}

static vg_str participant_id(const vg_consultation *c, int32_t i)
{
    return c->participant[i];
}

static vg_str statement_id(const vg_consultation *c, int32_t i)
{
    return c->statement[i].id;
}

static int by_participant_id(const void *x, const void *y, void *ctx)
{
    return vg_consultation_id_order(participant_id(ctx, *(const int32_t *)x),
                                    participant_id(ctx, *(const int32_t *)y));
}

static int by_statement_id(const void *x, const void *y, void *ctx)
{
    return vg_consultation_id_order(statement_id(ctx, *(const int32_t *)x),
                                    statement_id(ctx, *(const int32_t *)y));
}

bool vg_consultation__sort_ids(vg_consultation *c, vg_arena *a, vg_err *e)
{
    int32_t *participant = vg_new(a, int32_t, c->n_participants);
    int32_t *statement = vg_new(a, int32_t, c->n_statements);
    if (!participant || !statement)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < c->n_participants; i++)
        participant[i] = i;
    for (int32_t i = 0; i < c->n_statements; i++)
        statement[i] = i;
    qsort_r(participant, (size_t)c->n_participants, sizeof *participant, by_participant_id, c);
    qsort_r(statement, (size_t)c->n_statements, sizeof *statement, by_statement_id, c);
    c->participant_by_id = participant;
    c->statement_by_id = statement;
    return true;
}

static int32_t find(const vg_consultation *c, const int32_t *sorted, int32_t n,
                    vg_str (*id_of)(const vg_consultation *, int32_t), vg_str id)
{
    int32_t low = 0, high = n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (vg_consultation_id_order(id_of(c, sorted[middle]), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && vg_eq(id_of(c, sorted[low]), id) ? sorted[low] : -1;
}

int32_t vg_consultation_find_participant(const vg_consultation *c, vg_str id)
{
    return find(c, c->participant_by_id, c->n_participants, participant_id, id);
}

int32_t vg_consultation_find_statement(const vg_consultation *c, vg_str id)
{
    return find(c, c->statement_by_id, c->n_statements, statement_id, id);
}

vg_str vg_consultation_text(const vg_consultation_statement *s, vg_str language)
{
    for (int32_t i = 0; i < s->n_translations && language.n; i++)
        if (vg_eq_nocase(s->translation[i].language, language) && s->translation[i].text.n)
            return s->translation[i].text;
    return s->original.text;
}

/* Bytes of a control character at s[i], in well-formed UTF-8; 0 when it is none. */
static ptrdiff_t control_at(vg_str s, ptrdiff_t i)
{
    unsigned char a = (unsigned char)s.s[i];
    unsigned char b = i + 1 < s.n ? (unsigned char)s.s[i + 1] : 0,
                  c = i + 2 < s.n ? (unsigned char)s.s[i + 2] : 0;
    if (a < 0x20 || a == 0x7f)
        return 1;
    if ((a == 0xc2 && b >= 0x80 && b <= 0x9f) || (a == 0xd8 && b == 0x9c))
        return 2;
    bool mark = b == 0x80 && (c == 0x8e || c == 0x8f || (c >= 0xa8 && c <= 0xae));
    return a == 0xe2 && (mark || (b == 0x81 && c >= 0xa6 && c <= 0xa9)) ? 3 : 0;
}

vg_str vg_consultation_plain(vg_arena *a, vg_str text, int32_t most)
{
    char *to = vg_new(a, char, (text.n < 4 * (ptrdiff_t)most ? text.n : 4 * (ptrdiff_t)most) + 4);
    ptrdiff_t n = 0, i = 0;
    int32_t characters = 0;
    if (!to)
        return VG_NOSTR;
    for (; i < text.n && characters < most; characters++) {
        ptrdiff_t control = control_at(text, i), end = i + 1;
        while (!control && end < text.n && ((unsigned char)text.s[end] & 0xc0) == 0x80 && end < i + 4)
            end++;
        if (control) {
            to[n++] = ' ';
            i += control;
            continue;
        }
        while (i < end)
            to[n++] = text.s[i++];
    }
    for (int dots = 0; i < text.n && dots < 3; dots++)
        to[n++] = '.';
    return (vg_str){ to, n };
}

bool vg_consultation_subset(const vg_consultation *c, const bool *keep, vg_arena *a, vg_consultation *out,
                            vg_err *e)
{
    vg_consultation part = *c;
    int64_t n = 0;
    for (int64_t i = 0; i < c->n_votes; i++)
        n += keep[i];
    int64_t *row_at = vg_new(a, int64_t, c->n_participants + 1);
    int32_t *statement = vg_new(a, int32_t, n);
    int8_t *value = vg_new(a, int8_t, n);
    int64_t *time = vg_new(a, int64_t, c->row_time_ms ? n : 0);
    if (!row_at || !statement || !value || !time)
        return vg_fail_memory(e, vg_arena_limit(a));
    n = 0;
    for (int32_t p = 0; p < c->n_participants; p++) {
        for (int64_t i = c->row_at[p]; i < c->row_at[p + 1]; i++) {
            if (!keep[i])
                continue;
            statement[n] = c->row_statement[i];
            value[n] = c->row_value[i];
            if (c->row_time_ms)
                time[n] = c->row_time_ms[i];
            n++;
        }
        row_at[p + 1] = n;
    }
    part.n_votes = n;
    part.row_at = row_at;
    part.row_statement = statement;
    part.row_value = value;
    part.row_time_ms = c->row_time_ms ? time : NULL;
    if (!vg_consultation__columns(&part, a, e))
        return false;
    *out = part;
    return true;
}

/* --- agreement of two groupings --- */

typedef struct {
    int32_t a, b;
} pair;

static int by_pair(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static int by_second(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    return p->b < q->b ? -1 : p->b > q->b;
}

static double pairs_of(double n)
{
    return n * (n - 1) / 2;
}

/* Number of pairs within runs of equal entries of a sorted list. */
static double pairs_within(const pair *p, int64_t n, bool first, bool second)
{
    double sum = 0;
    for (int64_t from = 0, i = 1; i <= n; i++) {
        bool same = i < n && (!first || p[i].a == p[from].a) && (!second || p[i].b == p[from].b);
        if (!same) {
            sum += pairs_of((double)(i - from));
            from = i;
        }
    }
    return sum;
}

static double ari_of(pair *p, int64_t m)
{
    qsort(p, (size_t)m, sizeof *p, by_pair);
    double both = pairs_within(p, m, true, true), in_a = pairs_within(p, m, true, false);
    qsort(p, (size_t)m, sizeof *p, by_second);
    double in_b = pairs_within(p, m, false, true);
    double by_chance = in_a * in_b / pairs_of((double)m), most = (in_a + in_b) / 2;
    return most == by_chance ? 1.0 : (both - by_chance) / (most - by_chance);
}

double vg_consultation_ari(const int32_t *a, const int32_t *b, int64_t n)
{
    vg_arena work;
    if (n < 2 || !vg_arena_init(&work, (n + 1) * (int64_t)sizeof(pair) + 4096, NULL))
        return NAN;
    pair *p = vg_new(&work, pair, n);
    int64_t m = 0;
    for (int64_t i = 0; p && i < n; i++)
        if (a[i] != VG_NO_GROUP && b[i] != VG_NO_GROUP)
            p[m++] = (pair){ a[i], b[i] };
    double ari = m < 2 ? NAN : ari_of(p, m);
    vg_arena_free(&work);
    return ari;
}
