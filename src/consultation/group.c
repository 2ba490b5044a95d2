/*
 * Opinion groups: k-means on expected opinions, in the space and with the number of groups that random halves of the
 * statements agree on best. People are placed by their posterior, so a person with few votes lies near the middle of
 * what is known. Invariant: a group has at least LEAST people; everything follows from votes, ids and seed.
 */
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "core/rng.h"

enum {
    LEAST = 3,       /* people in a group */
    SPLITS = 8,      /* halvings of the statements behind the stability */
    SPLIT_ON = 1200, /* people it is measured on, at most */
    FEWEST = 10,     /* people in a conversation with groups */
    N_SPACES = 2
};
static const double LEAST_SHARE = 0.02; /* of the people, in a group */
static const double NEAR_BEST = 0.03;   /* agreement that does not tell two numbers of groups apart */
static const double VERY_STABLE = 0.85; /* so well do halves agree on groups that are really there */
static const double MUCH_BETTER = 0.1;  /* what more directions must gain over the one axis */
static const double STABLE = 0.25;      /* below that there is one group */

/* Everybody with enough votes on statements that count. */
static bool choose_people(const vg_opinions *m, const vg_house_opts *o, vg_arena *a, vg_found_groups *g,
                          vg_err *e)
{
    const vg_votes *v = &m->votes;
    int32_t n_counted = 0;
    for (int32_t j = 0; j < v->m; j++)
        n_counted += vg_house__counts(m->c, m->statement[j]);
    int32_t least = vg_house__min_votes(o, n_counted);
    g->people = vg_new(a, int32_t, v->n);
    g->group = vg_new(a, int32_t, v->n);
    g->certainty = vg_new(a, double, v->n);
    g->distance = vg_new(a, double, v->n);
    if (!g->people || !g->group || !g->certainty || !g->distance)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < v->n; i++) {
        int32_t n = 0;
        for (int64_t t = v->row_at[i]; t < v->row_at[i + 1]; t++)
            n += vg_house__counts(m->c, m->statement[v->row_col[t]]);
        g->group[i] = VG_NO_GROUP;
        g->certainty[i] = g->distance[i] = NAN;
        if (n >= least && n > 0)
            g->people[g->n_people++] = i;
    }
    if (g->n_people == 0) { /* nobody has enough votes: all together are the one group */
        g->few_only = true;
        for (int32_t i = 0; i < v->n; i++)
            g->people[g->n_people++] = i;
    }
    return true;
}

static int32_t least_of(int32_t n)
{
    int32_t share = (int32_t)ceil(LEAST_SHARE * n);
    return share > LEAST ? share : LEAST;
}

/* Two spaces are tried for k groups: the one axis, and as many directions of the full model as k groups can need. */
static void space_for(const vg_opinions *m, const vg_found_groups *g, int32_t which, int32_t k, vg_space *s)
{
    int32_t dim = k - 1 > 2 ? k - 1 : 2;
    vg_space_make(m, which == 0 ? VG_HOUSE_AXIS : 0, g->people, g->n_people, which == 0 ? 1 : dim, s);
}

/* --- stability --- */

typedef struct {
    const vg_opinions *m;
    const vg_found_groups *g;
    const int32_t *people; /* measured on */
    int32_t n;
    vg_space space[N_SPACES][VG_HOUSE_MAX_GROUPS + 1];
    float *row[SPLITS][2][N_SPACES];
    double *ari; /* SPLITS x N_SPACES x (MAX_GROUPS + 1) */
    vg_arena *scratch;
} stability_job;

static int32_t model_of(int32_t space)
{
    return space == 0 ? VG_HOUSE_AXIS : 0;
}

/* People as seen from one half of the statements only. */
static bool place_half(const stability_job *job, const uint8_t *half, uint8_t side,
                       float *const row[N_SPACES], vg_arena *a, vg_err *e)
{
    const vg_votes *v = &job->m->votes;
    int32_t *col = vg_new(a, int32_t, v->m);
    int8_t *value = vg_new(a, int8_t, v->m);
    if (!col || !value)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < job->n; i++) {
        int64_t n = 0;
        for (int64_t t = v->row_at[job->people[i]]; t < v->row_at[job->people[i] + 1]; t++)
            if (half[v->row_col[t]] == side) {
                col[n] = v->row_col[t];
                value[n++] = v->row_value[t];
            }
        float rho;
        for (int s = 0; s < N_SPACES; s++) {
            const vg_member *b = &job->m->member[model_of(s)];
            vg_member_fold(b, col, value, n, row[s] + (int64_t)i * b->row_dim, NULL, &rho);
        }
    }
    return true;
}

static double compare(const stability_job *job, int32_t split, float *row[2][N_SPACES], int32_t s, int32_t k,
                      vg_arena *a)
{
    const vg_space *space = &job->space[s][k];
    double *x = vg_new(a, double, (int64_t)job->n * space->dim);
    int32_t *group[2] = { vg_new(a, int32_t, job->n), vg_new(a, int32_t, job->n) };
    double centre[VG_HOUSE_MAX_GROUPS * VG_HOUSE_SPACE];
    if (!x || !group[0] || !group[1])
        return NAN;
    for (int side = 0; side < 2; side++) {
        for (int32_t i = 0; i < job->n; i++)
            vg_space_place(space, row[side][s] + (int64_t)i * space->b->row_dim, x + (int64_t)i * space->dim);
        if (!vg_kmeans(x, job->n, space->dim, k, least_of(job->n),
                       vg_rng_stream(job->m->o.seed, (uint64_t)split), group[side], centre))
            return 0; /* no such groups in this half */
    }
    return vg_consultation_ari(group[0], group[1], job->n);
}

static bool one_split(void *ctx, int64_t split, int worker, vg_err *e)
{
    stability_job *job = ctx;
    vg_arena a = job->scratch[worker];
    const vg_votes *v = &job->m->votes;
    uint8_t *half = vg_new(&a, uint8_t, v->m);
    float *row[2][N_SPACES];
    if (!half)
        return vg_fail_memory(e, vg_arena_limit(&a));
    vg_rng r = vg_rng_at(job->m->o.seed, vg_rng_stream(21, (uint64_t)split));
    for (int32_t j = 0; j < v->m; j++)
        half[j] = vg_house__counts(job->m->c, job->m->statement[j]) ? (uint8_t)vg_rng_below(&r, 2) : 2;
    for (int side = 0; side < 2; side++) {
        for (int s = 0; s < N_SPACES; s++) {
            row[side][s] = vg_new(&a, float, (int64_t)job->n * job->m->member[model_of(s)].row_dim);
            if (!row[side][s])
                return vg_fail_memory(e, vg_arena_limit(&a));
        }
        if (!place_half(job, half, (uint8_t)side, row[side], &a, e))
            return false;
    }
    for (int s = 0; s < N_SPACES; s++)
        for (int32_t k = 2; k <= VG_HOUSE_MAX_GROUPS; k++) {
            vg_arena scratch = a;
            job->ari[(split * N_SPACES + s) * (VG_HOUSE_MAX_GROUPS + 1) + k] =
                compare(job, (int32_t)split, row, s, k, &scratch);
        }
    return true;
}

/* Mean agreement for each space and number of groups. */
static bool measure(const vg_opinions *m, const vg_house_opts *o, const vg_found_groups *g,
                    double mean[N_SPACES][VG_HOUSE_MAX_GROUPS + 1], vg_arena scratch, vg_err *e)
{
    stability_job job = { .m = m, .g = g, .n = g->n_people < SPLIT_ON ? g->n_people : SPLIT_ON };
    int32_t *people = vg_new(&scratch, int32_t, job.n);
    job.ari = vg_new(&scratch, double, SPLITS *N_SPACES *(VG_HOUSE_MAX_GROUPS + 1));
    job.scratch = vg_new(&scratch, vg_arena, VG_MAX_THREADS);
    if (!people || !job.ari || !job.scratch)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < job.n; i++)
        people[i] = g->people[(int64_t)i * g->n_people / job.n];
    job.people = people;
    for (int s = 0; s < N_SPACES; s++)
        for (int32_t k = 2; k <= VG_HOUSE_MAX_GROUPS; k++)
            space_for(m, g, s, k, &job.space[s][k]);
    int threads = o->n_threads < VG_MAX_THREADS ? o->n_threads : VG_MAX_THREADS;
    bool good = true;
    for (int t = 0; t < threads && good; t++)
        good = vg_arena_init(&job.scratch[t], (int64_t)256 << 20, e);
    good = good && vg_parallel(threads, SPLITS, one_split, &job, e);
    for (int t = 0; t < threads; t++)
        vg_arena_free(&job.scratch[t]);
    memset(mean, 0, N_SPACES * sizeof *mean);
    for (int64_t i = 0; good && i < SPLITS; i++)
        for (int s = 0; s < N_SPACES; s++)
            for (int32_t k = 2; k <= VG_HOUSE_MAX_GROUPS; k++)
                mean[s][k] += job.ari[(i * N_SPACES + s) * (VG_HOUSE_MAX_GROUPS + 1) + k] / SPLITS;
    return good;
}

/* --- the groups themselves --- */

static double own_probability(const vg_space *s, const float *cov, const double *x, const double *centre,
                              int32_t k, int32_t own)
{
    double p = 1;
    for (int32_t g = 0; g < k; g++) {
        if (g == own)
            continue;
        double way[VG_HOUSE_DIM] = { 0 }, lead = 0, var = 0;
        for (int32_t d = 0; d < s->dim; d++) {
            double step = centre[own * s->dim + d] - centre[g * s->dim + d];
            lead += step * (x[d] - (centre[own * s->dim + d] + centre[g * s->dim + d]) / 2);
            for (int32_t q = 0; q < s->b->row_dim; q++)
                way[q] += step * s->axis[d][q];
        }
        for (int32_t i = 0; i < s->b->row_dim; i++)
            for (int32_t j = 0; j < s->b->row_dim; j++)
                var += way[i] * way[j] * (double)cov[i >= j ? vg_packed(i, j) : vg_packed(j, i)];
        p *= 0.5 * erfc(-lead / sqrt(2 * fmax(var, 1e-12)));
    }
    return p;
}

static void describe(const vg_opinions *m, const double *x, const double *centre, const int32_t *group,
                     vg_found_groups *g)
{
    const vg_space *s = &g->space;
    int32_t k = g->n_groups, dim = s->dim;
    double spread[VG_HOUSE_MAX_GROUPS] = { 0 };
    for (int32_t i = 0; i < g->n_people; i++) {
        double d = 0;
        for (int32_t q = 0; q < dim; q++)
            d += pow(x[(int64_t)i * dim + q] - centre[group[i] * dim + q], 2);
        spread[group[i]] += d;
        g->distance[g->people[i]] = d;
        g->group[g->people[i]] = group[i];
        g->size[group[i]]++;
    }
    for (int32_t i = 0; i < g->n_people; i++) {
        int32_t row = g->people[i], own = group[i];
        g->distance[row] /= fmax(spread[own] / g->size[own], 1e-12);
        g->certainty[row] = own_probability(s, m->row_cov[s->model] + (int64_t)row * s->b->row_pack,
                                            x + (int64_t)i * dim, centre, k, own);
    }
}

static bool group_in(const vg_opinions *m, vg_found_groups *g, int32_t k, vg_arena scratch, bool *found,
                     vg_err *e)
{
    int32_t dim = g->space.dim, *group = vg_new(&scratch, int32_t, g->n_people);
    double *x = vg_new(&scratch, double, (int64_t)g->n_people *dim),
           centre[VG_HOUSE_MAX_GROUPS * VG_HOUSE_SPACE];
    if (!group || !x)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < g->n_people; i++)
        vg_space_place(&g->space, m->row[g->space.model] + (int64_t)g->people[i] * g->space.b->row_dim,
                       x + (int64_t)i * dim);
    *found = vg_kmeans(x, g->n_people, dim, k, k == 1 ? 1 : least_of(g->n_people), m->o.seed, group, centre);
    if (*found) {
        g->n_groups = k;
        describe(m, x, centre, group, g);
    }
    return true;
}

/* As many groups as halves of the statements agree on very well; else the number they agree on best, a smaller one where
 * it is nearly as good. */
static int32_t choose_k(const double by_k[VG_HOUSE_MAX_GROUPS + 1])
{
    double best = 0;
    int32_t k = 1;
    for (int32_t i = 2; i <= VG_HOUSE_MAX_GROUPS; i++)
        best = fmax(best, by_k[i]);
    for (int32_t i = VG_HOUSE_MAX_GROUPS; i >= 2; i--)
        if (by_k[i] >= VERY_STABLE && by_k[i] >= best - NEAR_BEST)
            return i;
    for (int32_t i = VG_HOUSE_MAX_GROUPS; i >= 2; i--)
        if (by_k[i] >= STABLE && by_k[i] >= best - NEAR_BEST)
            k = i;
    return k;
}

bool vg_groups_find(const vg_opinions *m, const vg_house_opts *o, vg_arena *a, vg_found_groups *out,
                    vg_err *e)
{
    vg_found_groups g = { .stability = NAN };
    double mean[N_SPACES][VG_HOUSE_MAX_GROUPS + 1];
    for (int32_t k = 0; k <= VG_HOUSE_MAX_GROUPS; k++)
        g.by_k[k] = NAN;
    if (!choose_people(m, o, a, &g, e))
        return false;
    int32_t k = o->n_groups, best[VG_HOUSE_MAX_GROUPS + 1] = { 0 };
    if (g.n_people >= FEWEST && k != 1 && !g.few_only) {
        if (!measure(m, o, &g, mean, *a, e))
            return false;
        for (int32_t i = 2; i <= VG_HOUSE_MAX_GROUPS; i++) {
            best[i] = mean[1][i] > mean[0][i] + MUCH_BETTER;
            g.by_k[i] = mean[best[i]][i];
        }
        k = k ? k : choose_k(g.by_k);
    } else {
        k = 1;
    }
    for (bool found = false; !found && g.n_people > 0; k--) {
        space_for(m, &g, k >= 2 ? best[k] : 0, k, &g.space);
        if (!group_in(m, &g, k, *a, &found, e))
            return false;
        if (found && k >= 2)
            g.stability = g.by_k[k];
    }
    if (g.n_groups == 0)
        g.n_groups = 1;
    *out = g;
    return true;
}

/* --- for comparisons --- */

bool vg_house_groups(const vg_consultation *c, const vg_house_opts *o, int32_t *group, int32_t *n_groups,
                     vg_err *e)
{
    vg_opinions *m;
    if (!vg_opinions__fit(c, o, true, &m, e))
        return false;
    vg_found_groups g;
    bool good = vg_groups_find(m, &m->o, &m->arena, &g, e);
    for (int32_t p = 0; good && p < c->n_participants; p++)
        group[p] = m->row_of[p] < 0 ? VG_NO_GROUP : g.group[m->row_of[p]];
    if (good)
        *n_groups = g.n_groups;
    vg_opinions_free(m);
    return good;
}

bool vg_house_engine(void *ctx, const vg_consultation *c, int32_t k, int32_t *group, int32_t *n_groups,
                     vg_err *e)
{
    vg_house_opts o = *(const vg_house_opts *)ctx;
    o.n_groups = k;
    return vg_house_groups(c, &o, group, n_groups, e);
}
