/*
 * From where and why people come: shares of past flows, recent months counting more, months resampled. Invariant: the
 * shares by reason, by origin and by both each add up to one.
 */
#include <math.h>
#include <stdlib.h>

#include "core/rng.h"
#include "displacement/displacement_int.h"
#include "stat/score.h"

static const double HALF_LIFE = 2; /* months; chosen on flows of 2016-2018 (README.md) */
enum { RESAMPLES = 400 };

typedef struct {
    const vg_flow_record *flow;
    int64_t n_flows;
    const vg_displacement_split_opts *o;
    int32_t first, n_months, n_parts;
    vg_displacement_part *part;
    double *people; /* [part][month] */
    double *weight; /* [month] */
    double *total;  /* [month] */
} table;

static bool counts(const table *t, const vg_flow_record *f)
{
    return f->to == t->o->to && f->people > 0 && (!t->o->origin || f->month <= t->o->origin);
}

static int32_t part_of(table *t, vg_displacement_by by, const vg_flow_record *f)
{
    vg_displacement_part new = { .by = by };
    if (by != VG_DISPLACEMENT_BY_REASON)
        new.from = f->from;
    if (by != VG_DISPLACEMENT_BY_ORIGIN)
        new.reason = f->reason;
    for (int32_t i = 0; i < t->n_parts; i++)
        if (t->part[i].by == by && t->part[i].from == new.from &&vg_eq(t->part[i].reason, new.reason))
            return i;
    t->part[t->n_parts] = new;
    return t->n_parts++;
}

/* Finds the parts and the months; false when no flow counts. */
static bool survey(table *t, vg_arena *a, bool *memory)
{
    int64_t n = 0;
    int32_t last = 0;
    for (int64_t i = 0; i < t->n_flows; i++) {
        const vg_flow_record *f = &t->flow[i];
        if (!counts(t, f))
            continue;
        t->first = !n || f->month < t->first ? f->month : t->first;
        last = !n || f->month > last ? f->month : last;
        n++;
    }
    t->n_months = n ? last - t->first + 1 : 0;
    t->part = vg_new(a, vg_displacement_part, 3 * n);
    *memory = t->part;
    for (int64_t i = 0; i < t->n_flows && t->part; i++)
        for (int by = VG_DISPLACEMENT_BY_REASON; by <= VG_DISPLACEMENT_BY_BOTH && counts(t, &t->flow[i]);
             by++)
            part_of(t, (vg_displacement_by)by, &t->flow[i]);
    return n > 0;
}

static bool fill(table *t, vg_arena *a, vg_err *e)
{
    double half_life = t->o->half_life > 0 ? t->o->half_life : HALF_LIFE;
    t->people = vg_new(a, double, (int64_t)t->n_parts * t->n_months);
    t->weight = vg_new(a, double, t->n_months);
    t->total = vg_new(a, double, t->n_months);
    if (!t->people || !t->weight || !t->total)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < t->n_flows; i++) {
        const vg_flow_record *f = &t->flow[i];
        if (!counts(t, f))
            continue;
        int32_t m = f->month - t->first;
        t->total[m] += (double)f->people;
        for (int by = VG_DISPLACEMENT_BY_REASON; by <= VG_DISPLACEMENT_BY_BOTH; by++)
            t->people[(int64_t)part_of(t, (vg_displacement_by)by, f) * t->n_months + m] += (double)f->people;
    }
    for (int32_t m = 0; m < t->n_months; m++)
        t->weight[m] = exp2(-(t->n_months - 1 - m) / half_life);
    return true;
}

static double share(const table *t, int32_t part, const double *times)
{
    double people = 0, total = 0;
    for (int32_t m = 0; m < t->n_months; m++) {
        double weight = t->weight[m] * (times ? times[m] : 1);
        people += weight * t->people[(int64_t)part * t->n_months + m];
        total += weight * t->total[m];
    }
    return people / total;
}

/* How often each known month was drawn in one resampling, the same for every part. */
static void resample(const table *t, uint64_t seed, int round, double *times)
{
    vg_rng r = vg_rng_at(seed, vg_rng_stream((uint64_t)round, (uint64_t)t->o->to));
    int32_t known = 0;
    for (int32_t m = 0; m < t->n_months; m++) {
        times[m] = 0;
        known += t->total[m] > 0;
    }
    for (int32_t k = 0; k < known; k++) {
        int32_t nth = (int32_t)vg_rng_below(&r, (uint32_t)known);
        for (int32_t m = 0; m < t->n_months; m++)
            if (t->total[m] > 0 && nth-- == 0)
                times[m] += 1;
    }
}

static bool spread_parts(table *t, const double *draws, int32_t n_draws, vg_arena scratch, vg_err *e)
{
    double *shares = vg_new(&scratch, double, (int64_t)t->n_parts *RESAMPLES);
    double *persons = vg_new(&scratch, double, RESAMPLES), *spare = vg_new(&scratch, double, RESAMPLES);
    double *times = vg_new(&scratch, double, t->n_months), mean = 0;
    if (!shares || !persons || !spare || !times)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int round = 0; round < RESAMPLES; round++) {
        resample(t, t->o->seed, round, times);
        for (int32_t i = 0; i < t->n_parts; i++)
            shares[(int64_t)i * RESAMPLES + round] = share(t, i, times);
    }
    for (int32_t i = 0; i < n_draws; i++)
        mean += draws[i] / n_draws;
    for (int32_t i = 0; i < t->n_parts; i++) {
        vg_displacement_part *p = &t->part[i];
        double *own = shares + (int64_t)i * RESAMPLES;
        vg_rng r = vg_rng_at(t->o->seed, vg_rng_stream(RESAMPLES, (uint64_t)t->o->to));
        for (int round = 0; round < RESAMPLES; round++)
            persons[round] = own[round] * draws[vg_rng_below(&r, (uint32_t)n_draws)];
        vg_sort_draws(own, RESAMPLES, spare);
        vg_sort_draws(persons, RESAMPLES, spare);
        p->share = share(t, i, NULL);
        p->share_low = vg_quantile(own, RESAMPLES, 0.05);
        p->share_high = vg_quantile(own, RESAMPLES, 0.95);
        p->mean = p->share * mean;
        p->low = vg_quantile(persons, RESAMPLES, 0.05);
        p->high = vg_quantile(persons, RESAMPLES, 0.95);
    }
    return true;
}

static int by_share(const void *a, const void *b)
{
    const vg_displacement_part *x = a, *y = b;
    if (x->by != y->by)
        return x->by < y->by ? -1 : 1;
    if (x->share < y->share || x->share > y->share)
        return x->share > y->share ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return vg_cmp(x->reason, y->reason);
}

bool vg_displacement_split(const vg_flow_record *flow, int64_t n_flows, const vg_displacement_split_opts *o,
                           const double *draws, int32_t n_draws, vg_arena *a, vg_displacement_part **out,
                           int32_t *n, vg_err *e)
{
    table t = { .flow = flow, .n_flows = n_flows, .o = o };
    bool memory;
    bool any = survey(&t, a, &memory);
    if (!memory)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (any) {
        vg_arena scratch = *a;
        if (!fill(&t, &scratch, e) || !spread_parts(&t, draws, n_draws, scratch, e))
            return false;
        qsort(t.part, (size_t)t.n_parts, sizeof *t.part, by_share);
    }
    *out = t.part;
    *n = t.n_parts;
    return true;
}
