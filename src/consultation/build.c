/* The record of votes from a stream of records. Votes wait in blocks as they arrive; at the end they are put into
 * columns and then into rows by two passes that keep the order of arrival, so that the last of several votes of one
 * person on one statement is found without comparing any two others. Invariant: a number given to a participant or a
 * statement while votes arrive never changes; only `end` puts them in the order of their first vote. */
#include <stdlib.h>
#include <string.h>

#include "consultation/consultation_int.h"
#include "core/date.h"
#include "core/map.h"

enum { BLOCK_VOTES = 1 << 16, SMALL_ID = 1 << 22, DAY_MS = 86400000 };

typedef struct {
    int64_t time; /* ms; order of arrival where no vote has a time */
    int32_t participant;
    int32_t answer; /* statement * 4 + value + 1 */
} pending;

typedef struct block {
    struct block *next;
    pending vote[BLOCK_VOTES];
} block;

/* Ids to numbers in order of arrival; whole numbers below SMALL_ID go by a table, which is what Polis' ids are. */
typedef struct {
    vg_map map;
    int32_t *small; /* number + 1 */
    int32_t n_small;
    int32_t limit;
    const char *what;
} ids;

typedef struct {
    vg_statement about; /* texts in the builder's arena */
    bool known;
    struct text *first_text, *last_text;
} statement;

typedef struct text {
    struct text *next;
    vg_statement_text text;
} text;

struct vg_consultation_builder {
    vg_vote_sink sink;
    vg_arena arena; /* blocks and texts */
    ids participants, statements;
    statement *statement; /* by number of arrival */
    int32_t statement_cap;
    int32_t *group; /* published, + 1; 0 = none */
    int32_t group_cap;
    bool has_groups, has_times, keep_times, lists_statements, by_id;
    int64_t n_votes, now_ms, n_future, n_rejected;
    block *first, *last;
    vg_err first_rejected;
};

static bool no_memory(vg_err *e)
{
    return vg_fail_memory(e, (int64_t)1 << 34);
}

/* --- ids --- */

static bool ids_init(ids *x, int32_t limit, const char *what, vg_err *e)
{
    x->limit = limit;
    x->what = what;
    return vg_map_init(&x->map, e);
}

static void ids_free(ids *x)
{
    if (x->map.slot)
        vg_map_free(&x->map);
    free(x->small);
}

/* The id as a small whole number written the plain way ("0", "17"), or -1. */
static int32_t plain_number(vg_str id)
{
    if (id.n < 1 || id.n > 7 || (id.n > 1 && id.s[0] == '0'))
        return -1;
    int32_t x = 0;
    for (ptrdiff_t i = 0; i < id.n; i++) {
        if (id.s[i] < '0' || id.s[i] > '9')
            return -1;
        x = x * 10 + (id.s[i] - '0');
    }
    return x < SMALL_ID ? x : -1;
}

static bool widen(int32_t **items, int32_t *cap, int32_t need, vg_err *e)
{
    if (need <= *cap)
        return true;
    int32_t cap2 = *cap ? *cap : 1024;
    while (cap2 < need)
        cap2 *= 2;
    int32_t *wider = reallocarray(*items, (size_t)cap2, sizeof *wider);
    if (!wider)
        return no_memory(e);
    memset(wider + *cap, 0, (size_t)(cap2 - *cap) * sizeof *wider);
    *items = wider;
    *cap = cap2;
    return true;
}

static bool ids_add(ids *x, vg_str id, int32_t *number, vg_err *e)
{
    int32_t plain = plain_number(id);
    if (plain >= 0) {
        if (plain < x->n_small && x->small[plain]) {
            *number = x->small[plain] - 1;
            return true;
        }
        if (!widen(&x->small, &x->n_small, plain + 1, e))
            return false;
    }
    int32_t n = vg_map_add(&x->map, id, NULL);
    if (n < 0)
        return no_memory(e);
    if (n >= x->limit) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "more than %d %s", x->limit, x->what);
        return vg_mend(e, "is the right column taken for the ids? raise the limit if this is no mistake");
    }
    if (plain >= 0)
        x->small[plain] = n + 1;
    *number = n;
    return true;
}

/* --- the sink --- */

static bool take_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    vg_consultation_builder *b = ctx;
    (void)at;
    int32_t p, s;
    if (!ids_add(&b->participants, v->participant, &p, e) || !ids_add(&b->statements, v->statement, &s, e))
        return false;
    int64_t i = b->n_votes % BLOCK_VOTES;
    if (i == 0) {
        block *fresh = vg_new(&b->arena, block, 1);
        if (!fresh)
            return vg_fail_memory(e, vg_arena_limit(&b->arena));
        if (b->last)
            b->last->next = fresh;
        else
            b->first = fresh;
        b->last = fresh;
    }
    b->last->vote[i] = (pending){ v->time_ms, p, s * 4 + v->value + 1 };
    b->n_votes++;
    b->has_times = b->has_times || v->time_ms != VG_UNKNOWN;
    b->n_future += v->time_ms > b->now_ms + DAY_MS;
    return true;
}

static bool statement_room(vg_consultation_builder *b, int32_t number, vg_err *e)
{
    if (number < b->statement_cap)
        return true;
    int32_t cap = b->statement_cap ? b->statement_cap : 256;
    while (cap <= number)
        cap *= 2;
    statement *wider = reallocarray(b->statement, (size_t)cap, sizeof *wider);
    if (!wider)
        return no_memory(e);
    memset(wider + b->statement_cap, 0, (size_t)(cap - b->statement_cap) * sizeof *wider);
    b->statement = wider;
    b->statement_cap = cap;
    return true;
}

static bool copy_text(vg_arena *a, vg_str from, vg_str *to, vg_err *e)
{
    *to = vg_copy(a, from);
    return to->s || vg_fail_memory(e, vg_arena_limit(a));
}

static bool add_translation(vg_consultation_builder *b, statement *s, const vg_statement *t, vg_err *e)
{
    text *x = vg_new(&b->arena, text, 1);
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(&b->arena));
    if (!copy_text(&b->arena, t->language, &x->text.language, e) ||
        !copy_text(&b->arena, t->text, &x->text.text, e))
        return false;
    if (s->last_text)
        s->last_text->next = x;
    else
        s->first_text = x;
    s->last_text = x;
    return true;
}

static bool take_statement(void *ctx, const vg_statement *t, vg_at at, vg_err *e)
{
    vg_consultation_builder *b = ctx;
    (void)at;
    int32_t n;
    if (!ids_add(&b->statements, t->id, &n, e) || !statement_room(b, n, e))
        return false;
    statement *s = &b->statement[n];
    if (t->is_translation)
        return add_translation(b, s, t, e);
    s->about = *t;
    s->known = true;
    b->lists_statements = true;
    return copy_text(&b->arena, t->author, &s->about.author, e) &&
           copy_text(&b->arena, t->language, &s->about.language, e) &&
           copy_text(&b->arena, t->text, &s->about.text, e);
}

static bool take_participant(void *ctx, const vg_participant *t, vg_at at, vg_err *e)
{
    vg_consultation_builder *b = ctx;
    (void)at;
    int32_t n;
    if (!ids_add(&b->participants, t->id, &n, e) || !widen(&b->group, &b->group_cap, n + 1, e))
        return false;
    b->has_groups = b->has_groups || t->has_group;
    b->group[n] = t->has_group && t->group >= 0 ? t->group + 1 : 0;
    return true;
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    vg_consultation_builder *b = ctx;
    (void)e;
    if (b->n_rejected++ == 0)
        b->first_rejected = r->why;
    return true;
}

bool vg_consultation_begin(const vg_consultation_opts *opts, vg_consultation_builder **out, vg_err *e)
{
    vg_consultation_builder *b = calloc(1, sizeof *b);
    if (!b)
        return vg_fail_memory(e, (int64_t)sizeof *b);
    b->sink = (vg_vote_sink){ .ctx = b,
                              .vote = take_vote,
                              .statement = take_statement,
                              .participant = take_participant,
                              .reject = take_reject };
    b->keep_times = opts->keep_times;
    b->now_ms = vg_now() * 1000;
    if (!vg_arena_init(&b->arena, (int64_t)1 << 34, e) ||
        !ids_init(&b->participants, opts->max_participants ? opts->max_participants : 4000000, "participants",
                  e) ||
        !ids_init(&b->statements, opts->max_statements ? opts->max_statements : 200000, "statements", e)) {
        vg_consultation_drop(b);
        return false;
    }
    *out = b;
    return true;
}

vg_vote_sink *vg_consultation_sink(vg_consultation_builder *b)
{
    return &b->sink;
}

void vg_consultation__order_by_id(vg_consultation_builder *b)
{
    b->by_id = true;
}

void vg_consultation_drop(vg_consultation_builder *b)
{
    if (!b)
        return;
    ids_free(&b->participants);
    ids_free(&b->statements);
    free(b->statement);
    free(b->group);
    vg_arena_free(&b->arena);
    free(b);
}

/* --- the end: who comes first --- */

/* One side (participants or statements) while it is put in order; all arrays have n entries and live in scratch. */
typedef struct {
    int32_t n, n_with_votes;
    const vg_map *map;
    int64_t *first;   /* time of the first vote */
    int32_t *n_votes; /* rows */
    int32_t *order;   /* numbers of arrival in their new order */
    int32_t *rank;    /* the inverse */
} side;

static int by_first_vote(const void *x, const void *y, void *ctx)
{
    const side *s = ctx;
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    if ((s->n_votes[a] > 0) != (s->n_votes[b] > 0))
        return s->n_votes[a] > 0 ? -1 : 1;
    if (s->n_votes[a] > 0 && s->first[a] != s->first[b])
        return s->first[a] < s->first[b] ? -1 : 1;
    if (s->n_votes[a] > 0)
        return vg_consultation_id_order(vg_map_name(s->map, a), vg_map_name(s->map, b));
    return a < b ? -1 : a > b;
}

static bool side_init(side *s, const vg_map *map, vg_arena *scratch, vg_err *e)
{
    *s = (side){ .n = map->n, .map = map };
    s->first = vg_new(scratch, int64_t, s->n);
    s->n_votes = vg_new(scratch, int32_t, s->n);
    s->order = vg_new(scratch, int32_t, s->n);
    s->rank = vg_new(scratch, int32_t, s->n);
    if (!s->first || !s->n_votes || !s->order || !s->rank)
        return vg_fail_memory(e, vg_arena_limit(scratch));
    for (int32_t i = 0; i < s->n; i++) {
        s->first[i] = INT64_MAX;
        s->order[i] = i;
    }
    return true;
}

static void side_see(side *s, int32_t number, int64_t time)
{
    s->n_votes[number]++;
    if (time < s->first[number])
        s->first[number] = time;
}

static void side_sort(side *s)
{
    qsort_r(s->order, (size_t)s->n, sizeof *s->order, by_first_vote, s);
    for (int32_t i = 0; i < s->n; i++) {
        s->rank[s->order[i]] = i;
        s->n_with_votes += s->n_votes[s->order[i]] > 0;
    }
}

/* --- the end: votes into columns, then into rows --- */

/* Votes by growing rank of the statement, in order of arrival within one. */
static void by_statement(const vg_consultation_builder *b, const side *statements, int64_t *at, pending *to)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < statements->n; i++) {
        at[i] = sum;
        sum += statements->n_votes[statements->order[i]];
    }
    int64_t left = b->n_votes;
    for (const block *k = b->first; k; k = k->next)
        for (int64_t i = 0; i < BLOCK_VOTES && left > 0; i++, left--) {
            pending v = k->vote[i];
            int32_t rank = statements->rank[v.answer / 4];
            v.answer = rank * 4 + v.answer % 4;
            to[at[rank]++] = v;
        }
}

typedef struct {
    int64_t time;
    int32_t answer;
} answer;

/* From there by growing rank of the participant; within one the order stays: by statement, then by arrival. */
static void by_participant(const pending *from, int64_t n, const side *participants, int64_t *at, answer *to)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < participants->n; i++) {
        at[i] = sum;
        sum += participants->n_votes[participants->order[i]];
    }
    for (int64_t i = 0; i < n; i++)
        to[at[participants->rank[from[i].participant]]++] = (answer){ from[i].time, from[i].answer };
}

/* The last vote in time of each cell, the later arrival where times are equal; returns how many cells there are. */
static int64_t last_votes(answer *v, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (kept && v[kept - 1].answer / 4 == v[i].answer / 4) {
            if (v[i].time >= v[kept - 1].time)
                v[kept - 1] = v[i];
        } else {
            v[kept++] = v[i];
        }
    }
    return kept;
}

static bool make_rows(vg_consultation *c, answer *v, const side *participants, bool times, vg_arena *a,
                      vg_err *e)
{
    int64_t *row_at = vg_new(a, int64_t, c->n_participants + 1);
    if (!row_at)
        return vg_fail_memory(e, vg_arena_limit(a));
    int64_t from = 0, n = 0;
    for (int32_t p = 0; p < c->n_participants; p++) {
        int64_t rows = participants->n_votes[participants->order[p]];
        int64_t kept = last_votes(v + from, rows);
        memmove(v + n, v + from, (size_t)kept * sizeof *v);
        from += rows;
        n += kept;
        row_at[p + 1] = n;
    }
    int32_t *statement_of = vg_new(a, int32_t, n);
    int8_t *value = vg_new(a, int8_t, n);
    int64_t *time = vg_new(a, int64_t, times ? n : 0);
    if (!statement_of || !value || !time)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++) {
        statement_of[i] = v[i].answer / 4;
        value[i] = (int8_t)(v[i].answer % 4 - 1);
        if (times)
            time[i] = v[i].time;
    }
    c->n_votes = n;
    c->row_at = row_at;
    c->row_statement = statement_of;
    c->row_value = value;
    c->row_time_ms = times ? time : NULL;
    return true;
}

bool vg_consultation__columns(vg_consultation *c, vg_arena *a, vg_err *e)
{
    int64_t *at = vg_new(a, int64_t, c->n_statements + 2);
    int32_t *participant = vg_new(a, int32_t, c->n_votes);
    int8_t *value = vg_new(a, int8_t, c->n_votes);
    if (!at || !participant || !value)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < c->n_votes; i++)
        at[c->row_statement[i] + 2]++;
    for (int32_t s = 2; s <= c->n_statements; s++)
        at[s] += at[s - 1];
    for (int32_t p = 0; p < c->n_participants; p++)
        for (int64_t i = c->row_at[p]; i < c->row_at[p + 1]; i++) {
            int64_t to = at[c->row_statement[i] + 1]++;
            participant[to] = p;
            value[to] = c->row_value[i];
        }
    c->col_at = at;
    c->col_participant = participant;
    c->col_value = value;
    return true;
}

/* --- the end: what is known of statements and participants --- */

static bool make_statement(const vg_consultation_builder *b, int32_t number, vg_arena *a,
                           vg_consultation_statement *out, vg_err *e)
{
    static const statement none = { .about = { .created_ms = VG_UNKNOWN } };
    const statement *s =
        number < b->statement_cap && b->statement[number].known ? &b->statement[number] : &none;
    const text *first = number < b->statement_cap ? b->statement[number].first_text : NULL;
    *out = (vg_consultation_statement){ .moderation = s->about.moderation,
                                        .is_meta = s->about.is_meta,
                                        .is_seed = s->about.is_seed,
                                        .created_ms = s->about.created_ms };
    if (!copy_text(a, vg_map_name(&b->statements.map, number), &out->id, e) ||
        !copy_text(a, s->about.author, &out->author, e) ||
        !copy_text(a, s->about.language, &out->original.language, e) ||
        !copy_text(a, s->about.text, &out->original.text, e))
        return false;
    for (const text *t = first; t; t = t->next)
        out->n_translations++;
    vg_statement_text *translation = vg_new(a, vg_statement_text, out->n_translations);
    if (!translation)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t i = 0;
    for (const text *t = first; t; t = t->next, i++)
        if (!copy_text(a, t->text.language, &translation[i].language, e) ||
            !copy_text(a, t->text.text, &translation[i].text, e))
            return false;
    out->translation = translation;
    return true;
}

static bool make_statements(const vg_consultation_builder *b, const side *order, vg_arena *a,
                            vg_consultation *c, vg_err *e)
{
    vg_consultation_statement *list = vg_new(a, vg_consultation_statement, order->n);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < order->n; i++) {
        int32_t number = order->order[i];
        if (!make_statement(b, number, a, &list[i], e))
            return false;
        if (b->lists_statements && (number >= b->statement_cap || !b->statement[number].known))
            c->n_unknown += order->n_votes[number];
    }
    c->statement = list;
    return true;
}

static bool make_participants(const vg_consultation_builder *b, const side *order, vg_arena *a,
                              vg_consultation *c, vg_err *e)
{
    vg_str *id = vg_new(a, vg_str, order->n);
    int32_t *group = vg_new(a, int32_t, b->has_groups ? order->n : 0);
    if (!id || !group)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < order->n; i++) {
        int32_t number = order->order[i];
        if (!copy_text(a, vg_map_name(&b->participants.map, number), &id[i], e))
            return false;
        if (!b->has_groups)
            continue;
        group[i] = number < b->group_cap ? b->group[number] - 1 : VG_NO_GROUP;
        if (group[i] >= c->n_published_groups)
            c->n_published_groups = group[i] + 1;
    }
    c->participant = id;
    c->published_group = b->has_groups ? group : NULL;
    return true;
}

/* Votes seen by both sides; where no vote has a time, its number of arrival stands for it, or nothing does and ids
 * decide. */
static void see_votes(vg_consultation_builder *b, side *participants, side *statements)
{
    int64_t n = 0;
    for (block *k = b->first; k; k = k->next)
        for (int64_t i = 0; i < BLOCK_VOTES && n < b->n_votes; i++, n++) {
            pending *v = &k->vote[i];
            v->time = b->has_times ? v->time : b->by_id ? 0 : n;
            side_see(participants, v->participant, v->time);
            side_see(statements, v->answer / 4, v->time);
        }
    side_sort(participants);
    side_sort(statements);
}

static bool make_votes(vg_consultation_builder *b, const side *participants, const side *statements,
                       vg_arena *work, vg_arena *a, vg_consultation *c, vg_err *e)
{
    int64_t *at = vg_new(work, int64_t, participants->n > statements->n ? participants->n : statements->n);
    answer *rows = vg_new(work, answer, b->n_votes);
    vg_arena columns = { .base = NULL };
    if (!at || !rows)
        return vg_fail_memory(e, vg_arena_limit(work));
    if (!vg_arena_init(&columns, (b->n_votes + 1) * (int64_t)sizeof(pending) + 4096, e))
        return false;
    pending *sorted = vg_new(&columns, pending, b->n_votes);
    if (sorted) {
        by_statement(b, statements, at, sorted);
        by_participant(sorted, b->n_votes, participants, at, rows);
    }
    vg_arena_free(&columns);
    return sorted ? make_rows(c, rows, participants, b->keep_times && b->has_times, a, e) &&
                        vg_consultation__columns(c, a, e)
                  : no_memory(e);
}

static bool make_record(vg_consultation_builder *b, vg_arena *work, vg_arena *a, vg_consultation *c,
                        vg_err *e)
{
    side participants, statements;
    if (!side_init(&participants, &b->participants.map, work, e) ||
        !side_init(&statements, &b->statements.map, work, e))
        return false;
    see_votes(b, &participants, &statements);
    *c = (vg_consultation){ .n_participants = participants.n,
                            .n_voters = participants.n_with_votes,
                            .n_statements = statements.n,
                            .n_voted = statements.n_with_votes,
                            .n_rows = b->n_votes,
                            .n_future = b->n_future,
                            .n_rejected = b->n_rejected,
                            .first_rejected = b->first_rejected };
    if (!make_statements(b, &statements, a, c, e) || !make_participants(b, &participants, a, c, e) ||
        !make_votes(b, &participants, &statements, work, a, c, e))
        return false;
    c->n_repeated = c->n_rows - c->n_votes;
    return vg_consultation__sort_ids(c, a, e);
}

bool vg_consultation_end(vg_consultation_builder *b, vg_arena *a, vg_consultation *out, vg_err *e)
{
    vg_arena work = { .base = NULL };
    vg_consultation c;
    bool good = vg_arena_init(&work, (int64_t)1 << 36, e) && make_record(b, &work, a, &c, e);
    vg_arena_free(&work);
    vg_consultation_drop(b);
    if (good)
        *out = c;
    return good;
}
