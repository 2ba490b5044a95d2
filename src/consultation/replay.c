/*
 * Replay of a finished conversation under three rules for what is asked next. Only what people in truth answered can be
 * asked of them, so the rules choose the order and, of each person, a part. Invariant: a rule sees the votes asked for
 * so far, as of the last tick, and nothing else.
 */
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "consultation/next.h"
#include "consultation/polis.h"
#include "core/rng.h"

typedef struct {
    const vg_consultation *c;
    const vg_replay_opts *o;
    vg_next_rule route;
    bool *asked;      /* of each vote, by row */
    int32_t *order;   /* participants */
    double *worth;    /* of each statement in Polis's rule; of one person in the house's */
    vg_arena scratch; /* emptied at every tick */
    vg_opinions *m;
    vg_house h;
    bool ready; /* the engine has seen votes */
} replay;

/* --- learning at a tick --- */

static bool learn_polis(replay *r, const vg_consultation *part, vg_err *e)
{
    vg_polis p;
    vg_polis_opts o = { .seed = r->o->seed, .n_threads = r->o->n_threads, .progress = r->o->progress };
    if (!vg_polis_analyse(part, &o, &r->scratch, &p, e))
        return false;
    for (int32_t s = 0; s < r->c->n_statements; s++)
        r->worth[s] = s < p.n_columns && p.priority[s] > 0 ? p.priority[s] : 1;
    return true;
}

static bool learn(replay *r, vg_consultation *part, vg_err *e)
{
    vg_opinions_free(r->m);
    r->m = NULL;
    vg_arena_reset(&r->scratch);
    if (!vg_consultation_subset(r->c, r->asked, &r->scratch, part, e))
        return false;
    r->ready = part->n_votes > 0;
    if (!r->ready || r->route == VG_ROUTE_RANDOM)
        return true;
    if (r->route == VG_ROUTE_POLIS)
        return learn_polis(r, part, e);
    vg_house_opts o = { .seed = r->o->seed, .n_threads = r->o->n_threads, .progress = r->o->progress };
    return vg_opinions_fit(part, &o, &r->m, e) && vg_house_analyse(part, r->m, &o, &r->scratch, &r->h, e);
}

/* --- asking --- */

/* Worth of the statements for one person by the house's rule; statements nobody has voted on yet are the freshest. */
static bool house_worth(replay *r, int32_t person, vg_arena a, vg_err *e)
{
    vg_next *next = vg_new(&a, vg_next, r->c->n_statements);
    int32_t n = 0;
    if (!next)
        return vg_fail_memory(e, vg_arena_limit(&a));
    vg_next_opts o = r->o->next;
    o.seed = r->o->seed + (uint64_t)person;
    if (!vg_house_next(r->m, &r->h, person, &o, next, r->c->n_statements, &n, e))
        return false;
    for (int32_t s = 0; s < r->c->n_statements; s++)
        r->worth[s] = 2;
    for (int32_t i = 0; i < n; i++)
        r->worth[next[i].statement] = next[i].worth;
    return true;
}

/* The next of a person's votes not yet asked for: the best by worth (house), or a draw in proportion to it. */
static int64_t choose(const replay *r, int32_t person, vg_rng *rng)
{
    int64_t best = -1;
    double sum = 0, top = -1;
    for (int64_t t = r->c->row_at[person]; t < r->c->row_at[person + 1]; t++) {
        if (r->asked[t])
            continue;
        double w = r->route == VG_ROUTE_RANDOM || !r->ready ? 1 : r->worth[r->c->row_statement[t]];
        sum += w;
        if (r->route == VG_ROUTE_HOUSE && r->ready ? w > top : vg_rng_unit(rng) * sum < w) {
            top = w;
            best = t;
        }
    }
    return best;
}

static bool ask(replay *r, int32_t at, vg_err *e)
{
    int32_t person = r->order[at];
    int64_t n = r->c->row_at[person + 1] - r->c->row_at[person],
            want = (int64_t)floor(r->o->share * (double)n + 0.5);
    vg_rng rng = vg_rng_at(r->o->seed, vg_rng_stream(41, (uint64_t)at));
    if (r->route == VG_ROUTE_HOUSE && r->ready && !house_worth(r, person, r->scratch, e))
        return false;
    for (int64_t i = 0; i < want; i++) {
        int64_t vote = choose(r, person, &rng);
        if (vote >= 0)
            r->asked[vote] = true;
    }
    return true;
}

/* --- the measure --- */

/* Adds a vote to the counts of everybody and of its group. */
static void count(vg_house_support *x, int8_t value)
{
    x->n_agree += value > 0;
    x->n_pass += value == 0;
    x->n_disagree += value < 0;
}

/* The votes asked for, in the groups of the whole record. */
static bool measure(const replay *r, const vg_house *whole, double width, double level, vg_arena a,
                    vg_replay *out, vg_err *e)
{
    int32_t per = whole->n_groups + 1, n_firm = 0, n_few = 0;
    vg_house_support *x = vg_new(&a, vg_house_support, (int64_t)r->c->n_statements * per);
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(&a));
    for (int32_t p = 0; p < r->c->n_participants; p++)
        for (int64_t t = r->c->row_at[p]; t < r->c->row_at[p + 1]; t++) {
            if (!r->asked[t])
                continue;
            vg_house_support *s = x + (int64_t)r->c->row_statement[t] * per;
            count(&s[0], r->c->row_value[t]);
            if (whole->group[p] >= 0)
                count(&s[1 + whole->group[p]], r->c->row_value[t]);
        }
    for (int32_t i = 0; i < whole->n_statements; i++) {
        const vg_house_support *own = x + (int64_t)whole->statement[i].statement * per;
        vg_house_statement s = { .everyone = own[0], .group = own + 1 };
        n_firm += vg_next_firm(&s, whole->n_groups, width, level);
        n_few += own->n_agree + own->n_pass + own->n_disagree < 5;
    }
    double n = whole->n_statements ? whole->n_statements : 1;
    out->firm[r->route] = n_firm / n;
    out->fewest[r->route] = n_few / n;
    return true;
}

static bool run(replay *r, int32_t n_ticks, vg_err *e)
{
    int32_t n = r->c->n_participants;
    vg_consultation part;
    memset(r->asked, 0, (size_t)r->c->n_votes * sizeof *r->asked);
    r->ready = false;
    for (int32_t at = 0, tick = 0; at < n; at++) {
        if ((int64_t)at * n_ticks / n > tick) {
            tick++;
            if (!learn(r, &part, e))
                return false;
        }
        if (!ask(r, at, e))
            return false;
    }
    return true;
}

static bool prepare(replay *r, vg_arena *a, vg_err *e)
{
    int32_t n = r->c->n_participants;
    r->asked = vg_new(a, bool, r->c->n_votes);
    r->order = vg_new(a, int32_t, n);
    r->worth = vg_new(a, double, r->c->n_statements);
    if (!r->asked || !r->order || !r->worth)
        return vg_fail_memory(e, vg_arena_limit(a));
    vg_rng rng = vg_rng_at(r->o->seed, vg_rng_stream(42, 0));
    for (int32_t i = 0; i < n; i++)
        r->order[i] = r->c->participant_by_id[i];
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t j = (int32_t)vg_rng_below(&rng, (uint32_t)i + 1), p = r->order[i];
        r->order[i] = r->order[j];
        r->order[j] = p;
    }
    return vg_arena_init(&r->scratch, (int64_t)4 << 30, e);
}

static bool routes(replay *r, const vg_house *whole, vg_arena a, vg_replay *out, vg_err *e)
{
    const vg_next_opts *next = &r->o->next;
    for (int k = 0; k < VG_N_ROUTES; k++) {
        r->route = (vg_next_rule)k;
        if (!run(r, r->o->n_ticks > 0 ? r->o->n_ticks : 10, e) ||
            !measure(r, whole, next->width > 0 ? next->width : 0.3, next->level > 0 ? next->level : 0.9, a,
                     out, e))
            return false;
    }
    for (int64_t t = 0; t < r->c->n_votes; t++)
        out->n_votes += r->asked[t];
    return true;
}

bool vg_next_replay(const vg_consultation *c, const vg_replay_opts *o, vg_replay *out, vg_err *e)
{
    if (!(o->share > 0 && o->share < 1))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the share of votes to replay is between 0 and 1, not %g",
                       o->share);
    vg_arena a;
    if (!vg_arena_init(&a, (int64_t)4 << 30, e))
        return false;
    vg_house_opts house = { .seed = o->seed, .n_threads = o->n_threads, .progress = o->progress };
    vg_opinions *m = NULL;
    vg_house whole;
    replay r = { .c = c, .o = o };
    vg_replay x = { .n_votes = 0 };
    bool good = vg_opinions_fit(c, &house, &m, e) && vg_house_analyse(c, m, &house, &a, &whole, e) &&
                prepare(&r, &a, e) && routes(&r, &whole, a, &x, e);
    x.n_statements = good ? whole.n_statements : 0;
    vg_opinions_free(r.m);
    vg_opinions_free(m);
    vg_arena_free(&r.scratch);
    vg_arena_free(&a);
    if (good)
        *out = x;
    return good;
}
