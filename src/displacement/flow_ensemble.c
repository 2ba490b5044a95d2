/* How sure a run is: many runs with other parameters, other luck of the camps and other seeds, and the quantiles of
 * their people by camp and day. Invariant: draw i is the same whichever thread runs it and however many there are. */
#include <math.h>

#include "displacement/flow_int.h"
#include "stat/score.h"

enum { DRAW_STREAM = 77, MIB = 1 << 20 };

typedef struct {
    const vg_flow_conflict *c;
    const vg_flow_opts *o;
    const vg_flow_members *m;
    double *people; /* draws x camps x days */
    int64_t n;      /* camps x days */
    vg_arena scratch[VG_MAX_THREADS];
} ensemble;

/* Standard normal by Box and Muller (1958). */
static double normal(vg_rng *rng)
{
    double u = 1 - vg_rng_unit(rng), v = vg_rng_unit(rng);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static bool one_draw(void *ctx, int64_t draw, int worker, vg_err *e)
{
    ensemble *x = ctx;
    vg_arena a = x->scratch[worker];
    vg_flow_opts o = *x->o;
    vg_flow_run run;
    int32_t camps = x->c->n_camps + o.n_camps;
    double *luck = vg_new(&a, double, camps);
    vg_rng rng = vg_rng_at(x->o->seed, vg_rng_stream(DRAW_STREAM, (uint64_t)draw));
    if (!luck)
        return vg_fail_memory(e, vg_arena_limit(&a));
    for (int32_t k = 0; k < camps; k++)
        luck[k] = exp(x->m->spread * normal(&rng));
    o.luck = luck;
    o.params = &x->m->member[draw % VG_FLOW_MEMBERS];
    o.seed = x->o->seed + (uint64_t)draw;
    if (!vg_flow_run_days(x->c, &o, false, &a, &run, e))
        return false;
    for (int64_t i = 0; i < x->n; i++)
        x->people[draw * x->n + i] = run.people[i];
    return true;
}

static void summarise(const ensemble *x, vg_flow_run *run)
{
    for (int64_t i = 0; i < x->n; i++) {
        double draw[VG_FLOW_DRAWS], spare[VG_FLOW_DRAWS];
        for (int d = 0; d < VG_FLOW_DRAWS; d++)
            draw[d] = x->people[d * x->n + i];
        vg_sort_draws(draw, VG_FLOW_DRAWS, spare);
        run->low[i] = vg_quantile(draw, VG_FLOW_DRAWS, 0.05);
        run->high[i] = vg_quantile(draw, VG_FLOW_DRAWS, 0.95);
    }
}

bool vg_flow_ensemble(const vg_flow_conflict *c, const vg_flow_opts *o, const vg_flow_members *m, vg_arena *a,
                      vg_flow_run *out, vg_err *e)
{
    static const int64_t LIMIT = (int64_t)8192 * MIB;
    vg_flow_members shipped = vg_flow_shipped_members();
    vg_flow_run run;
    vg_arena own;
    if (!vg_flow_simulate(c, o, a, &run, e))
        return false;
    ensemble x = { .c = c, .o = o, .m = m ? m : &shipped, .n = (int64_t)run.n_camps * run.n_days };
    int threads = o->n_threads < 1 ? 1 : o->n_threads > VG_MAX_THREADS ? VG_MAX_THREADS : o->n_threads;
    run.low = vg_new(a, double, x.n);
    run.high = vg_new(a, double, x.n);
    if (!run.low || !run.high)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_arena_init(&own, LIMIT, e))
        return false;
    x.people = vg_new(&own, double, VG_FLOW_DRAWS *x.n);
    bool good = x.people != NULL || vg_fail_memory(e, LIMIT);
    for (int i = 0; good && i < threads; i++)
        good = vg_arena_init(&x.scratch[i], LIMIT, e);
    good = good && vg_parallel(threads, VG_FLOW_DRAWS, one_draw, &x, e);
    if (good)
        summarise(&x, &run);
    for (int i = 0; i < threads; i++)
        vg_arena_free(&x.scratch[i]);
    vg_arena_free(&own);
    if (good)
        *out = run;
    return good;
}
