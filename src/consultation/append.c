/* A few more votes on a record: the live way, where rebuilding from all records would take longer than people wait.
 * Voters and statements with a vote keep their indices; those that get their first vote now come next, in the order of
 * the votes, and those without any come last. Invariant: the record that comes out is the one that a building from all
 * votes would give, as long as the new votes are later than the old ones. */
#include <stdlib.h>
#include <string.h>

#include "consultation/consultation_int.h"
#include "core/map.h"

/* One side: numbers are old indices, then new ids in the order in which they come. */
typedef struct {
    int32_t n_old, n_first; /* of the old record: all, and those with a vote */
    int32_t n, n_with_votes;
    int32_t *place; /* by number: new index; -1 = not yet placed */
    vg_map fresh;
} side;

typedef struct {
    int32_t participant, statement;
    int8_t value;
    int64_t order, time;
} added;

typedef struct {
    const vg_consultation *c;
    side participants, statements;
    added *votes;
    int64_t n;
} growth;

static bool number_of(side *s, int32_t found, vg_str id, int32_t *number, vg_err *e)
{
    int32_t fresh = found < 0 ? vg_map_add(&s->fresh, id, NULL) : 0;
    *number = found < 0 ? s->n_old + fresh : found;
    return fresh >= 0 || vg_fail_memory(e, (int64_t)1 << 34);
}

/* Turns ids into numbers; places are found once all are known. */
static bool resolve(growth *g, const vg_vote *votes, vg_err *e)
{
    for (int64_t i = 0; i < g->n; i++) {
        added *v = &g->votes[i];
        if (votes[i].value < -1 || votes[i].value > 1)
            return vg_fail(e, VG_ERANGE, VG_NOWHERE, "a vote is -1, 0 or 1, not %d", votes[i].value);
        *v = (added){ .value = votes[i].value, .order = i, .time = votes[i].time_ms };
        if (!number_of(&g->participants, vg_consultation_find_participant(g->c, votes[i].participant),
                       votes[i].participant, &v->participant, e) ||
            !number_of(&g->statements, vg_consultation_find_statement(g->c, votes[i].statement),
                       votes[i].statement, &v->statement, e))
            return false;
    }
    return true;
}

static bool begin_places(side *s, vg_arena *a, vg_err *e)
{
    s->n = s->n_old + s->fresh.n;
    s->n_with_votes = s->n_first;
    s->place = vg_new(a, int32_t, s->n);
    if (!s->place)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < s->n; i++)
        s->place[i] = i < s->n_first ? i : -1;
    return true;
}

static void place(side *s, int32_t *number)
{
    if (s->place[*number] < 0)
        s->place[*number] = s->n_with_votes++;
    *number = s->place[*number];
}

static void end_places(side *s)
{
    for (int32_t i = 0, next = s->n_with_votes; i < s->n; i++)
        if (s->place[i] < 0)
            s->place[i] = next++;
}

static int by_cell(const void *x, const void *y)
{
    const added *a = x, *b = y;
    if (a->participant != b->participant)
        return a->participant < b->participant ? -1 : 1;
    if (a->statement != b->statement)
        return a->statement < b->statement ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* --- rows --- */

typedef struct {
    int64_t *at;
    int32_t *statement;
    int8_t *value;
    int64_t *time; /* NULL = not kept */
    int64_t n;
} rows;

static void copy_rows(const vg_consultation *c, int64_t from, int64_t to, rows *r)
{
    size_t n = (size_t)(to - from);
    memcpy(r->statement + r->n, c->row_statement + from, n * sizeof *r->statement);
    memcpy(r->value + r->n, c->row_value + from, n * sizeof *r->value);
    if (r->time)
        memcpy(r->time + r->n, c->row_time_ms + from, n * sizeof *r->time);
    r->n += to - from;
}

static void put(rows *r, const added *v)
{
    r->statement[r->n] = v->statement;
    r->value[r->n] = v->value;
    if (r->time)
        r->time[r->n] = v->time;
    r->n++;
}

/* The old votes of one participant with the new ones, which stand at v .. end; the last one on a statement wins. */
static void merge_row(const vg_consultation *c, int64_t from, int64_t to, const added *v, const added *end,
                      rows *r)
{
    while (v < end) {
        int64_t until = from;
        while (until < to && c->row_statement[until] < v->statement)
            until++;
        copy_rows(c, from, until, r);
        from = until;
        while (v + 1 < end && v[1].statement == v->statement)
            v++;
        from += from < to && c->row_statement[from] == v->statement; /* replaced */
        put(r, v++);
    }
    copy_rows(c, from, to, r);
}

static bool make_rows(const growth *g, vg_consultation *out, vg_arena *a, vg_err *e)
{
    const vg_consultation *c = g->c;
    rows r = { .at = vg_new(a, int64_t, g->participants.n + 1),
               .statement = vg_new(a, int32_t, c->n_votes + g->n),
               .value = vg_new(a, int8_t, c->n_votes + g->n),
               .time = c->row_time_ms ? vg_new(a, int64_t, c->n_votes + g->n) : NULL };
    if (!r.at || !r.statement || !r.value || (c->row_time_ms && !r.time))
        return vg_fail_memory(e, vg_arena_limit(a));
    const added *v = g->votes, *end = g->votes + g->n;
    for (int32_t p = 0; p < g->participants.n; p++) {
        const added *first = v;
        while (v < end && v->participant == p)
            v++;
        int64_t from = p < c->n_voters ? c->row_at[p] : 0, to = p < c->n_voters ? c->row_at[p + 1] : 0;
        merge_row(c, from, to, first, v, &r);
        r.at[p + 1] = r.n;
    }
    out->row_at = r.at;
    out->row_statement = r.statement;
    out->row_value = r.value;
    out->row_time_ms = r.time;
    out->n_votes = r.n;
    return true;
}

/* --- what is known of statements and participants --- */

static bool make_names(const growth *g, vg_consultation *out, vg_arena *a, vg_err *e)
{
    const side *p = &g->participants, *s = &g->statements;
    vg_str *participant = vg_new(a, vg_str, p->n);
    int32_t *group = vg_new(a, int32_t, p->n);
    vg_consultation_statement *statement = vg_new(a, vg_consultation_statement, s->n);
    if (!participant || !group || !statement)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < p->n; i++) {
        bool old = i < p->n_old;
        participant[p->place[i]] =
            old ? g->c->participant[i] : vg_copy(a, vg_map_name(&p->fresh, i - p->n_old));
        group[p->place[i]] = old && g->c->published_group ? g->c->published_group[i] : VG_NO_GROUP;
        if (!participant[p->place[i]].s)
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    for (int32_t i = 0; i < s->n; i++) {
        vg_consultation_statement fresh = { .created_ms = VG_UNKNOWN };
        if (i >= s->n_old && !(fresh.id = vg_copy(a, vg_map_name(&s->fresh, i - s->n_old))).s)
            return vg_fail_memory(e, vg_arena_limit(a));
        statement[s->place[i]] = i < s->n_old ? g->c->statement[i] : fresh;
    }
    out->participant = participant;
    out->published_group = g->c->published_group ? group : NULL;
    out->statement = statement;
    return true;
}

/* The old order with new places, and new ids put where they belong. `id_of` is of the new record. */
static bool insert_ids(const side *s, const int32_t *old, const vg_consultation *out,
                       vg_str (*id_of)(const vg_consultation *, int32_t), vg_arena *a, const int32_t **to,
                       vg_err *e)
{
    int32_t *sorted = vg_new(a, int32_t, s->n);
    if (!sorted)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < s->n_old; i++)
        sorted[i] = s->place[old[i]];
    for (int32_t i = s->n_old; i < s->n; i++) {
        int32_t low = 0, high = i;
        while (low < high) {
            int32_t middle = low + (high - low) / 2;
            if (vg_consultation_id_order(id_of(out, sorted[middle]), id_of(out, s->place[i])) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(sorted + low + 1, sorted + low, (size_t)(i - low) * sizeof *sorted);
        sorted[low] = s->place[i];
    }
    *to = sorted;
    return true;
}

static vg_str participant_id(const vg_consultation *c, int32_t i)
{
    return c->participant[i];
}

static vg_str statement_id(const vg_consultation *c, int32_t i)
{
    return c->statement[i].id;
}

static bool grow(growth *g, const vg_vote *votes, vg_arena *work, vg_arena *a, vg_consultation *out,
                 vg_err *e)
{
    side *p = &g->participants, *s = &g->statements;
    g->votes = vg_new(work, added, g->n);
    if (!g->votes)
        return vg_fail_memory(e, vg_arena_limit(work));
    if (!resolve(g, votes, e) || !begin_places(p, work, e) || !begin_places(s, work, e))
        return false;
    for (int64_t i = 0; i < g->n; i++) {
        place(p, &g->votes[i].participant);
        place(s, &g->votes[i].statement);
    }
    end_places(p);
    end_places(s);
    qsort(g->votes, (size_t)g->n, sizeof *g->votes, by_cell);
    out->n_participants = p->n;
    out->n_voters = p->n_with_votes;
    out->n_statements = s->n;
    out->n_voted = s->n_with_votes;
    if (!make_rows(g, out, a, e) || !make_names(g, out, a, e) || !vg_consultation__columns(out, a, e))
        return false;
    out->n_rows += g->n;
    out->n_repeated = out->n_rows - out->n_votes;
    return insert_ids(p, g->c->participant_by_id, out, participant_id, a, &out->participant_by_id, e) &&
           insert_ids(s, g->c->statement_by_id, out, statement_id, a, &out->statement_by_id, e);
}

bool vg_consultation_append(const vg_consultation *c, const vg_vote *votes, int64_t n, vg_arena *a,
                            vg_consultation *out, vg_err *e)
{
    vg_arena work = { .base = NULL };
    vg_consultation longer = *c;
    growth g = { .c = c,
                 .participants = { .n_old = c->n_participants, .n_first = c->n_voters },
                 .statements = { .n_old = c->n_statements, .n_first = c->n_voted },
                 .n = n };
    if (!vg_map_init(&g.participants.fresh, e))
        return false;
    bool good = vg_map_init(&g.statements.fresh, e);
    if (good) {
        good = vg_arena_init(&work, (int64_t)1 << 34, e) && grow(&g, votes, &work, a, &longer, e);
        vg_map_free(&g.statements.fresh);
    }
    vg_map_free(&g.participants.fresh);
    vg_arena_free(&work);
    if (good)
        *out = longer;
    return good;
}
