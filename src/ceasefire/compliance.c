/* Compliance by clause: figures by day, held against who watched in the hours in which the clause held. Invariant: a day
 * is "kept" only where nothing was seen and enough of its time was watched; without records that is not known. */
#include <math.h>

#include "ceasefire/compliance_int.h"

const char *vg_compliance_name(int state)
{
    static const char *const name[] = { "broken", "doubtful", "not_decidable", "coverage_not_known",
                                        "kept",   "outside" };
    return state >= 0 && state < VG_N_COMPLIANCES ? name[state] : "?";
}

const char *vg_trend_name(int trend)
{
    static const char *const name[] = { "none", "same", "more", "fewer" };
    return trend >= VG_TREND_NONE && trend <= VG_TREND_FEWER ? name[trend] : "?";
}

/* --- the time a clause holds --- */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Seconds of [from, to) in which clause and agreement hold. */
static int64_t held_s(const vg_agreement *a, const vg_clause *c, int64_t from, int64_t to)
{
    from = later(from, a->from);
    to = earlier(to, a->to);
    return from < to ? vg_window_overlap(&c->window, a->clock, from, to) : 0;
}

/* Those of them in which somebody watched. */
static int64_t watched_s(const vg_agreement *a, const vg_clause *c, const vg_cover_span *span, int32_t n,
                         int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < n && span[i].from < to; i++)
        if (span[i].to > from)
            sum += held_s(a, c, later(from, span[i].from), earlier(to, span[i].to));
    return sum;
}

/* Share of a stretch of reporting days that the sources of parties say they watched. */
static double watched_by_parties(const vg_agreement *a, const vg_clause *c, const vg_cover_spans *s,
                                 int32_t from_day, int32_t n_days)
{
    int64_t from, to, unused;
    vg_agreement_day_bounds(a, from_day, &from, &unused);
    vg_agreement_day_bounds(a, from_day + n_days - 1, &unused, &to);
    int64_t held = held_s(a, c, from, to);
    return s->n_own_records && held ? (double)watched_s(a, c, s->own, s->n_own, from, to) / (double)held
                                    : (double)NAN;
}

/* --- one period of one clause --- */

/* What is at hand: figures by day of both periods, and who watched, zone by zone, in both. */
typedef struct {
    const vg_agreement *agreement;
    int32_t from_day, n_days; /* of the period before; its own n_days follow */
    double least;
    vg_figure *day; /* clause x 2 n_days */
    vg_cover_book book[2];
    vg_cover_spans *watched[2]; /* by zone + 1; made when asked for */
    bool *made[2];
    vg_arena *a;
} work;

static const vg_cover_spans *spans_of(work *k, int period, int32_t zone, vg_err *e)
{
    if (!k->made[period][zone + 1]) {
        if (!vg_cover_watched(&k->book[period], zone, k->a, &k->watched[period][zone + 1], e))
            return NULL;
        k->made[period][zone + 1] = true;
    }
    return &k->watched[period][zone + 1];
}

static vg_compliance_state state_of(const work *k, const vg_figure *f, const vg_cover_spans *s, int64_t held,
                                    int64_t watched)
{
    if (held == 0 && f->n_violations + f->n_probable + f->n_possible == 0)
        return VG_COMPLIANCE_OUTSIDE;
    if (f->n_violations > 0)
        return VG_COMPLIANCE_BROKEN;
    if (f->n_probable + f->n_possible > 0)
        return VG_COMPLIANCE_DOUBTFUL;
    if (s->n_records == 0)
        return VG_COMPLIANCE_NOT_KNOWN;
    return (double)watched >= k->least * (double)held ? VG_COMPLIANCE_KEPT : VG_COMPLIANCE_NOT_DECIDABLE;
}

/* One period: its figure, its days by state (NULL = not asked), the share watched; false when memory is out. */
static bool add_period(work *k, int period, int32_t clause, vg_figure *sum, int32_t *n_days, double *share,
                       int64_t *held_sum, vg_err *e)
{
    const vg_agreement *a = k->agreement;
    const vg_clause *c = &a->clause[clause];
    const vg_cover_spans *s = spans_of(k, period, c->zone, e);
    int64_t held_all = 0, watched_all = 0;
    if (!s)
        return false;
    for (int32_t i = 0; i < k->n_days; i++) {
        int32_t place = period * k->n_days + i;
        const vg_figure *f = &k->day[(int64_t)clause * 2 * k->n_days + place];
        int64_t from, to;
        vg_agreement_day_bounds(a, k->from_day + place, &from, &to);
        int64_t held = held_s(a, c, from, to), watched = watched_s(a, c, s->span, s->n, from, to);
        held_all += held;
        watched_all += watched;
        vg_figure_add(sum, f);
        if (n_days)
            n_days[state_of(k, f, s, held, watched)]++;
    }
    *held_sum = held_all;
    *share = s->n_records && held_all ? (double)watched_all / (double)held_all : NAN;
    return true;
}

static int8_t trend_of(const vg_compliance *r)
{
    double gap = r->now.expected - r->before.expected, sum = r->now.expected + r->before.expected;
    if (sum <= 0)
        return VG_TREND_NONE;
    if (fabs(gap) <= 1.645 * sqrt(sum))
        return VG_TREND_SAME;
    return gap > 0 ? VG_TREND_MORE : VG_TREND_FEWER;
}

static bool fill_row(work *k, int32_t clause, vg_compliance *r, vg_err *e)
{
    int64_t held_before = 0, held_now = 0;
    *r = (vg_compliance){ .clause = clause, .state = VG_COMPLIANCE_OUTSIDE };
    if (!add_period(k, 0, clause, &r->before, NULL, &r->watched_before, &held_before, e) ||
        !add_period(k, 1, clause, &r->now, r->n_days, &r->watched, &held_now, e))
        return false;
    for (int state = VG_N_COMPLIANCES - 1; state >= 0; state--)
        if (r->n_days[state])
            r->state = (int8_t)state;
    const vg_cover_spans *s = spans_of(k, 1, k->agreement->clause[clause].zone, e);
    if (!s)
        return false;
    r->watched_by_parties = watched_by_parties(k->agreement, &k->agreement->clause[clause], s,
                                               k->from_day + k->n_days, k->n_days);
    r->trend = held_before && held_now ? trend_of(r) : VG_TREND_NONE;
    r->trend_known =
        r->trend != VG_TREND_NONE && fabs(r->watched - r->watched_before) < .1; /* false for NaN */
    return true;
}

/* --- incidents of the period --- */

/* Whether an incident is of the kind a clause forbids: act, weapon and, for clauses about the inside of a zone, place. */
static bool of_kind(const vg_clause *c, const vg_incident *x)
{
    bool act = c->acts >> x->act & 1, weapon = !c->weapons || c->weapons >> x->weapon & 1;
    bool inside = c->relation == VG_RELATION_INSIDE || c->relation == VG_RELATION_TARGET_INSIDE ||
                  c->relation == VG_RELATION_ORIGIN_INSIDE;
    if (!act || !weapon || c->zone == VG_AGREEMENT_NOBODY || !inside)
        return act && weapon;
    for (int i = 0; i < VG_INCIDENT_ZONES && x->zone[i] != VG_AGREEMENT_NOBODY; i++)
        if (x->zone[i] == c->zone)
            return x->p_zone[i] >= .5F;
    return false;
}

typedef struct {
    const vg_agreement *agreement;
    vg_compliance *row;
    double *worst;            /* level and severity x P of each row's worst */
    int64_t before, from, to; /* bounds of the periods */
} walk;

static void meet_breach(walk *k, const vg_incident *x, const vg_breach *b)
{
    vg_compliance *r = &k->row[b->clause];
    double weight = b->level * 10 + k->agreement->clause[b->clause].severity * (double)b->p;
    if (b->level == VG_LEVEL_NONE || b->flags & VG_FLAG_EXEMPT)
        return;
    if (b->level >= VG_LEVEL_PROBABLE && x->attribution < VG_ATTRIBUTION_ATTRIBUTED)
        r->n_unattributed++;
    if (weight > k->worst[b->clause]) { /* they come by time: the earliest of equals stays */
        k->worst[b->clause] = weight;
        r->worst = x->id;
    }
}

static bool meet(void *ctx, const vg_incident *x)
{
    walk *k = ctx;
    if (x->from < k->before || x->from >= k->to || x->verification == VG_VERIFY_REJECTED)
        return true;
    for (int32_t c = 0; c < k->agreement->n_clauses; c++)
        if (of_kind(&k->agreement->clause[c], x)) {
            k->row[c].n_kind_now += x->from >= k->from;
            k->row[c].n_kind_before += x->from < k->from;
        }
    for (int32_t i = 0; x->from >= k->from && i < x->n_breaches; i++)
        meet_breach(k, x, &x->breach[i]);
    return true;
}

static bool walk_incidents(work *k, vg_watch *w, vg_compliance *row, vg_err *e)
{
    int64_t unused;
    walk x = { .agreement = k->agreement,
               .row = row,
               .worst = vg_new(k->a, double, k->agreement->n_clauses) };
    if (!x.worst)
        return vg_fail_memory(e, vg_arena_limit(k->a));
    vg_agreement_day_bounds(k->agreement, k->from_day, &x.before, &unused);
    vg_agreement_day_bounds(k->agreement, k->from_day + k->n_days, &x.from, &unused);
    vg_agreement_day_bounds(k->agreement, k->from_day + 2 * k->n_days - 1, &unused, &x.to);
    return vg_watch_each(w, x.before, x.to - 1, meet, &x, e);
}

/* --- all clauses --- */

static bool gather(work *k, vg_watch *w, const vg_figures *f, vg_err *e)
{
    const vg_agreement *a = k->agreement;
    vg_figure_row *row;
    int64_t n, from[3], unused;
    for (int i = 0; i < 2; i++)
        vg_agreement_day_bounds(a, k->from_day + i * k->n_days, &from[i], &unused);
    vg_agreement_day_bounds(a, k->from_day + 2 * k->n_days - 1, &unused, &from[2]);
    if (!vg_figures_rows(f, k->from_day, k->from_day + 2 * k->n_days - 1, k->a, &row, &n, e))
        return false;
    k->day = vg_new(k->a, vg_figure, (int64_t)a->n_clauses * 2 * k->n_days);
    for (int i = 0; i < 2; i++) {
        k->watched[i] = vg_new(k->a, vg_cover_spans, a->n_zones + 1);
        k->made[i] = vg_new(k->a, bool, a->n_zones + 1);
        if (!k->day || !k->watched[i] || !k->made[i])
            return vg_fail_memory(e, vg_arena_limit(k->a));
        if (!vg_cover_gather(w, from[i], from[i + 1], k->a, &k->book[i], e))
            return false;
    }
    for (int64_t i = 0; i < n; i++)
        if (row[i].key.clause >= 0 && row[i].key.clause < a->n_clauses)
            vg_figure_add(&k->day[(int64_t)row[i].key.clause * 2 * k->n_days + row[i].key.day - k->from_day],
                          &row[i].figure);
    return true;
}

bool vg_compliance_rows(const vg_compliance_ask *ask, vg_watch *w, const vg_figures *f, vg_arena *a,
                        vg_compliance **out, int32_t *n, vg_err *e)
{
    if (ask->to_day < ask->from_day || (int64_t)ask->to_day - ask->from_day >= 100000)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the period from day %d to day %d cannot be told",
                       ask->from_day, ask->to_day);
    const vg_agreement *agreement = vg_watch_agreement(w);
    work k = { .agreement = agreement,
               .n_days = ask->to_day - ask->from_day + 1,
               .least = ask->least_watched > 0 ? ask->least_watched : VG_COMPLIANCE_LEAST,
               .a = a };
    k.from_day = ask->from_day - k.n_days;
    vg_compliance *row = vg_new(a, vg_compliance, agreement->n_clauses);
    if (!row)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!gather(&k, w, f, e))
        return false;
    for (int32_t i = 0; i < agreement->n_clauses; i++)
        if (!fill_row(&k, i, &row[i], e))
            return false;
    if (!walk_incidents(&k, w, row, e))
        return false;
    *out = row;
    *n = agreement->n_clauses;
    return true;
}
