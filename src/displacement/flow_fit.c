/* Parameters learnt from conflicts. Every candidate is run once on every conflict; what is best without one conflict
 * is then read off the same table, so leaving one out costs nothing more. Invariant: candidates depend on the fixed
 * seed alone, results on nothing but candidates and conflicts. */
#include <math.h>
#include <string.h>

#include "displacement/flow_int.h"

enum { SEED = 4, STREAM = 2, MIB = 1 << 20 };

vg_flow_params vg_flow_candidate(int32_t number)
{
    vg_flow_params p;
    vg_rng rng = vg_rng_at(SEED, vg_rng_stream(STREAM, (uint64_t)number));
    for (int i = 0; i < VG_FLOW_N_PARAMS; i++) {
        const vg_flow_param *about = &vg_flow_param_table[i];
        double u = vg_rng_unit(&rng);
        p.value[i] = about->low + (about->skewed ? u * u : u) * (about->high - about->low);
    }
    return p;
}

typedef struct {
    const vg_flow_conflict *c;
    int32_t n;
    double *ard; /* candidates x conflicts */
    vg_arena scratch[VG_MAX_THREADS];
    const vg_progress *progress;
} search;

static bool try_candidate(void *ctx, int64_t number, int worker, vg_err *e)
{
    search *s = ctx;
    vg_flow_params p = vg_flow_candidate((int32_t)number);
    vg_flow_opts o = { .engine = VG_FLOW_FLOWS, .params = &p };
    if (!vg_progress_step(s->progress, "fit", number, VG_FLOW_CANDIDATES, e))
        return false;
    for (int32_t i = 0; i < s->n; i++) {
        vg_arena a = s->scratch[worker];
        vg_flow_run run;
        if (!vg_flow_run_days(&s->c[i], &o, false, &a, &run, e))
            return false;
        s->ard[number * s->n + i] = vg_flow_score_run(&run, VG_FLOW_CORRECTED, 0).ard;
    }
    return true;
}

static double mean_without(const search *s, int32_t number, int32_t left_out)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < s->n; i++) {
        double x = s->ard[(int64_t)number * s->n + i];
        if (i == left_out || isnan(x))
            continue;
        sum += x;
        n++;
    }
    return n ? sum / n : INFINITY;
}

/* The members are the best candidates, the best first; their mean is what is used. */
static void choose(const search *s, int32_t left_out, vg_flow_fit *out)
{
    bool taken[VG_FLOW_CANDIDATES] = { false };
    vg_flow_fit f = { .members = { .spread = vg_flow_shipped_members().spread } };
    for (int m = 0; m < VG_FLOW_MEMBERS; m++) {
        int32_t best = -1;
        for (int32_t i = 0; i < VG_FLOW_CANDIDATES; i++)
            if (!taken[i] && (best < 0 || mean_without(s, i, left_out) < mean_without(s, best, left_out)))
                best = i;
        taken[best] = true;
        f.number[m] = best;
        f.members.member[m] = vg_flow_candidate(best);
    }
    f.mean = vg_flow_members_mean(&f.members);
    *out = f;
}

bool vg_flow_learn(const vg_flow_conflict *c, int32_t n, bool leave_out, int n_threads, const vg_progress *p,
                   vg_flow_fit *fit, vg_err *e)
{
    static const int64_t LIMIT = (int64_t)4096 * MIB;
    search s = { .c = c, .n = n, .progress = p };
    vg_arena a;
    if (n < 2 || n > VG_FLOW_MAX_CONFLICTS) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "parameters cannot be learnt from %d conflicts", n);
        return vg_why(e, "it takes from 2 to %d", VG_FLOW_MAX_CONFLICTS);
    }
    if (!vg_arena_init(&a, (int64_t)VG_FLOW_CANDIDATES * n * 8 + MIB, e))
        return false;
    int threads = n_threads < 1 ? 1 : n_threads > VG_MAX_THREADS ? VG_MAX_THREADS : n_threads;
    s.ard = vg_new(&a, double, (int64_t)VG_FLOW_CANDIDATES *n);
    bool good = s.ard != NULL || vg_fail_memory(e, vg_arena_limit(&a));
    for (int i = 0; good && i < threads; i++)
        good = vg_arena_init(&s.scratch[i], LIMIT, e);
    good = good && vg_parallel(threads, VG_FLOW_CANDIDATES, try_candidate, &s, e);
    for (int32_t i = -1; good && i < (leave_out ? n : 0); i++)
        choose(&s, i, &fit[i + 1]);
    for (int i = 0; i < threads; i++)
        vg_arena_free(&s.scratch[i]);
    vg_arena_free(&a);
    return good;
}
