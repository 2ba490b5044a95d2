/*
 * The house model: an analogue forest. Trees find past situations (a chain in a month) that are like the unit's now;
 * what followed them, carried over to the unit's own level, is what may follow here. README.md gives the method and the
 * evidence for each number below. Invariant: a row's targets lie at or before the origin.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "forecast/house_int.h"

/* Chosen on windows 2010-2017 only. */
enum {
    N_TREES = 64,
    MIN_LEAF = 20,
    KEEP = 16,
    CANDIDATES = 10,
    FIRST_MONTH = 12, /* a row needs that many months of the panel behind it */
    N_TARGETS = 2
};
static const double ROW_SHARE = 0.5;

/* --- rows and features --- */

static bool is_row(const vg_house *m, int32_t chain, int32_t month)
{
    return month >= FIRST_MONTH && !isnan(m->h->y[(int64_t)chain * m->h->n_months + month]);
}

/* Mean over the leads known at the origin of ln(1 + y), and ln(1 + mean of y). False when no lead is known. */
static bool targets_of(const vg_house *m, int32_t chain, int32_t month, float out[N_TARGETS])
{
    const double *y = m->h->y + (int64_t)chain * m->h->n_months;
    double logs = 0, sum = 0;
    int32_t n = 0;
    for (int32_t k = 0; k < m->o.n_leads; k++) {
        int32_t at = month + m->o.first_lead + k;
        if (at >= m->h->n_months || isnan(y[at]))
            continue;
        logs += log1p(y[at]);
        sum += y[at];
        n++;
    }
    if (!n)
        return false;
    out[0] = (float)(logs / n);
    out[1] = (float)log1p(sum / n);
    return true;
}

static bool collect_rows(vg_house *m, vg_arena *a, float **targets, vg_err *e)
{
    int64_t most = (int64_t)m->h->n_chains * m->h->n_months, n = 0;
    m->row_chain = vg_new(a, int32_t, most);
    m->row_month = vg_new(a, int32_t, most);
    float *y = vg_new(a, float, most *N_TARGETS);
    if (!m->row_chain || !m->row_month || !y)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t c = 0; c < m->h->n_chains; c++)
        for (int32_t t = 0; t + m->o.first_lead < m->h->n_months; t++)
            if (is_row(m, c, t) && targets_of(m, c, t, y + n * N_TARGETS)) {
                m->row_chain[n] = c;
                m->row_month[n++] = t;
            }
    if (n < 2 * MIN_LEAF) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "only %lld past situations have a known outcome", (long long)n);
        vg_why(e, "the forest needs at least %d", 2 * MIN_LEAF);
        return vg_mend(e, "import a longer history, or use --model conflictology");
    }
    m->n_rows = n;
    *targets = y;
    return true;
}

/* Targets to mean 0 and spread 1, so that they count alike. */
static void standardise(vg_house *m, float *y)
{
    for (int k = 0; k < N_TARGETS; k++) {
        vg_sum sum = { 0 }, squares = { 0 };
        for (int64_t i = 0; i < m->n_rows; i++)
            vg_sum_add(&sum, (double)y[i * N_TARGETS + k]);
        double mean = vg_sum_value(&sum) / (double)m->n_rows;
        for (int64_t i = 0; i < m->n_rows; i++) {
            double d = (double)y[i * N_TARGETS + k] - mean;
            vg_sum_add(&squares, d * d);
        }
        double spread = fmax(sqrt(vg_sum_value(&squares) / (double)m->n_rows), 1e-9);
        for (int64_t i = 0; i < m->n_rows; i++)
            y[i * N_TARGETS + k] = (float)(((double)y[i * N_TARGETS + k] - mean) / spread);
        if (k == 0) {
            m->target_mean = mean;
            m->target_spread = spread;
        }
    }
}

/* One chain's features, for the ranges (first pass) or the bins (second pass). */
typedef struct {
    vg_house *m;
    vg_arena *scratch;  /* one per worker */
    int64_t *first_row; /* of a chain: rows first_row[c] .. first_row[c + 1] */
    float *low, *high;  /* [chain][feature] */
    bool binning;
} feature_job;

static void widen(const float *row, float *low, float *high)
{
    for (int k = 0; k < N_FEATURES; k++) {
        low[k] = fminf(low[k], row[k]);
        high[k] = fmaxf(high[k], row[k]);
    }
}

static void bin_row(const vg_house *m, const float *row, uint8_t *out)
{
    for (int k = 0; k < N_FEATURES; k++)
        out[k] = vg_forest_bin(row[k], m->low[k], m->high[k]);
}

static bool chain_features(void *ctx, int64_t chain, int worker, vg_err *e)
{
    feature_job *job = ctx;
    vg_house *m = job->m;
    vg_arena scratch = job->scratch[worker];
    int32_t n = m->h->n_months, c = (int32_t)chain;
    double *spare = vg_new(&scratch, double, 2 * (int64_t)n);
    float *rows = vg_new(&scratch, float, (int64_t)n *N_FEATURES);
    if (!spare || !rows)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    vg_feature_rows(&m->base, c, 0, n - 1, spare, rows);
    const float *now = rows + (int64_t)(n - 1) * N_FEATURES;
    float *low = job->low + chain * N_FEATURES, *high = job->high + chain * N_FEATURES;
    if (!job->binning) {
        memcpy(low, now, N_FEATURES * sizeof *low);
        memcpy(high, now, N_FEATURES * sizeof *high);
    }
    for (int64_t i = job->first_row[chain]; i < job->first_row[chain + 1]; i++) {
        const float *row = rows + (int64_t)m->row_month[i] * N_FEATURES;
        if (job->binning)
            bin_row(m, row, m->x + i * N_FEATURES);
        else
            widen(row, low, high);
    }
    if (job->binning) {
        memcpy(m->query_value + chain * N_FEATURES, now, N_FEATURES * sizeof *now);
        bin_row(m, now, m->query + chain * N_FEATURES);
    }
    return true;
}

static void join_ranges(vg_house *m, const feature_job *job)
{
    memcpy(m->low, job->low, sizeof m->low);
    memcpy(m->high, job->high, sizeof m->high);
    for (int32_t c = 1; c < m->h->n_chains; c++) {
        widen(job->low + (int64_t)c * N_FEATURES, m->low, m->high);
        widen(job->high + (int64_t)c * N_FEATURES, m->low, m->high);
    }
}

static bool two_passes(feature_job *job, vg_err *e)
{
    vg_house *m = job->m;
    if (!vg_parallel(m->o.n_threads, m->h->n_chains, chain_features, job, e))
        return false;
    join_ranges(m, job);
    job->binning = true;
    return vg_parallel(m->o.n_threads, m->h->n_chains, chain_features, job, e);
}

/* How many rows have each value of each feature: where a unit stands among them is then one look. */
static bool count_values(vg_house *m, vg_arena *a, vg_err *e)
{
    m->n_at = (int64_t(*)[256])vg_alloc(a, N_FEATURES, sizeof *m->n_at, _Alignof(int64_t));
    if (!m->n_at)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < m->n_rows; i++)
        for (int k = 0; k < N_FEATURES; k++)
            m->n_at[k][m->x[i * N_FEATURES + k]]++;
    return true;
}

static bool compute_features(vg_house *m, vg_arena *a, vg_err *e)
{
    int32_t n = m->h->n_chains;
    vg_arena scratch[VG_MAX_THREADS] = { { 0 } };
    m->x = vg_new(a, uint8_t, m->n_rows * N_FEATURES);
    m->query = vg_new(a, uint8_t, (int64_t)n * N_FEATURES);
    m->query_value = vg_new(a, float, (int64_t)n *N_FEATURES);
    vg_arena work = *a; /* the rest is given back on return */
    feature_job job = { .m = m, .scratch = scratch };
    job.first_row = vg_new(&work, int64_t, n + 1);
    job.low = vg_new(&work, float, (int64_t)n *N_FEATURES);
    job.high = vg_new(&work, float, (int64_t)n *N_FEATURES);
    if (!m->x || !m->query || !m->query_value || !job.first_row || !job.low || !job.high)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < m->n_rows; i++)
        job.first_row[m->row_chain[i] + 1]++;
    for (int32_t c = 0; c < n; c++)
        job.first_row[c + 1] += job.first_row[c];
    bool ok = true;
    for (int i = 0; i < m->o.n_threads && ok; i++)
        ok = vg_arena_init(&scratch[i], (int64_t)m->h->n_months * (2 * 8 + N_FEATURES * 4) + (1 << 16), e);
    ok = ok && two_passes(&job, e);
    for (int i = 0; i < m->o.n_threads; i++)
        vg_arena_free(&scratch[i]);
    return ok;
}

static bool grow(vg_house *m, const float *targets, vg_err *e)
{
    vg_forest_data d = {
        .n_rows = m->n_rows, .n_features = N_FEATURES, .n_targets = N_TARGETS, .x = m->x, .y = targets
    };
    vg_forest_opts o = { .n_trees = m->o.n_trees ? m->o.n_trees : N_TREES,
                         .n_candidates = CANDIDATES,
                         .min_leaf = MIN_LEAF,
                         .keep = KEEP,
                         .share = ROW_SHARE,
                         .seed = m->o.seed,
                         .n_threads = m->o.n_threads,
                         .progress = m->o.progress };
    return vg_forest_grow(&d, &o, &m->forest, e);
}

/* --- analogues --- */

static int by_row(const void *a, const void *b)
{
    const vg_house_analogue *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows in the leaves where a chain ends, each once, with the share of the trees that it carries. */
static int64_t merge_leaves(const vg_house *m, int32_t chain, vg_house_analogue *out)
{
    int64_t n = 0, merged = 0;
    int32_t n_trees = vg_forest_trees(m->forest);
    for (int32_t t = 0; t < n_trees; t++) {
        vg_forest_leaf leaf = vg_forest_find(m->forest, t, m->query + (int64_t)chain * N_FEATURES);
        for (int32_t i = 0; i < leaf.n; i++)
            out[n++] = (vg_house_analogue){ .row = leaf.row[i], .weight = 1.0 / leaf.n / n_trees };
    }
    qsort(out, (size_t)n, sizeof *out, by_row);
    for (int64_t i = 0; i < n; i++) {
        if (merged && out[merged - 1].row == out[i].row)
            out[merged - 1].weight += out[i].weight;
        else
            out[merged++] = out[i];
    }
    return merged;
}

/* One chain's list, in the worker's own arena. */
static bool chain_analogues(void *ctx, int64_t chain, int worker, vg_err *e)
{
    vg_house *m = ctx;
    vg_arena *a = &m->lists[worker], work = *a;
    work.next =
        work.base + (work.end - work.base) / 2; /* leaves go to the other half, and are dead on return */
    vg_house_analogue *leaves = vg_new(&work, vg_house_analogue, (int64_t)vg_forest_trees(m->forest) * KEEP);
    if (!leaves)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t n = (int32_t)merge_leaves(m, (int32_t)chain, leaves);
    vg_house_analogue *list = vg_new(a, vg_house_analogue, n);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    memcpy(list, leaves, (size_t)n * sizeof *list);
    vg_house_set_ratios(m, (int32_t)chain, list, n);
    m->analogues[chain] = list;
    m->n_analogues[chain] = n;
    return true;
}

static bool find_analogues(vg_house *m, vg_arena *a, vg_err *e)
{
    m->analogues = vg_new(a, vg_house_analogue *, m->h->n_chains);
    m->n_analogues = vg_new(a, int32_t, m->h->n_chains);
    if (!m->analogues || !m->n_analogues)
        return vg_fail_memory(e, vg_arena_limit(a));
    bool ok = true;
    for (int i = 0; i < m->o.n_threads && ok; i++)
        ok = vg_arena_init(&m->lists[i], vg_arena_limit(a), e);
    return ok && vg_parallel(m->o.n_threads, m->h->n_chains, chain_analogues, m, e);
}

bool vg_house_train(const vg_history *h, const vg_forecast_opts *o, vg_arena *a, vg_house **out, vg_err *e)
{
    vg_house *m = vg_new(a, vg_house, 1);
    float *targets = NULL;
    if (!m)
        return vg_fail_memory(e, vg_arena_limit(a));
    m->h = h;
    m->o = *o;
    if (!vg_feature_prepare(h, a, &m->base, e) || !collect_rows(m, a, &targets, e))
        return false;
    standardise(m, targets);
    if (!compute_features(m, a, e) || !count_values(m, a, e) || !grow(m, targets, e))
        return false;
    if (!find_analogues(m, a, e)) {
        vg_house_free(m);
        return false;
    }
    *out = m;
    return true;
}

void vg_house_free(vg_house *m)
{
    if (!m)
        return;
    vg_forest_free(m->forest);
    for (int i = 0; i < VG_MAX_THREADS; i++)
        vg_arena_free(&m->lists[i]);
}
