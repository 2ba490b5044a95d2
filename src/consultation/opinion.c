/*
 * The house's model of votes: three factor models that look at the votes in different ways, their expectations
 * averaged. Which three, and how long they learn, was chosen on held-out votes of other splits than the measured one
 * (README.md). Invariant: rows and columns stand in the order of ids, so the order of the record does not matter.
 */
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "core/rng.h"

static const vg_member_form forms[VG_HOUSE_MODELS] = {
    { .n_views = 1, .n_factors = 12, .n_rounds = 25, .noise_prior = 30 },
    { .n_views = 2, .n_factors = 8, .n_rounds = 20, .logit = true },
    { .n_views = 2, .n_factors = 8, .n_rounds = 25, .noise_prior = 10 },
    { .n_views = 1, .n_factors = 1, .n_rounds = 20, .noise_prior = 30 },
};

enum {
    MOST_LEARNED = 300000, /* votes the loadings are learned from */
    LARGE = 150000,        /* votes from which half the rounds do: what is left to learn is shared by many */
    ROWS_A_TASK = 64,
    DIRECTION_ROUNDS = 30
};
static const int64_t MODEL_BYTES = (int64_t)8 << 30;
static const double LEAST = 1e-3; /* no answer is certain */

/* --- options --- */

bool vg_house__opts(const vg_house_opts *o, vg_house_opts *out, vg_err *e)
{
    vg_house_opts x = o ? *o : (vg_house_opts){ .seed = 0 };
    if (x.n_groups < 0 || x.n_groups > VG_HOUSE_MAX_GROUPS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the number of groups is 1 to %d, not %d", VG_HOUSE_MAX_GROUPS,
                       x.n_groups);
    if (x.min_votes < 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the least number of votes is from 1 up, not %d", x.min_votes);
    if (!(x.level >= 0 && x.level < 1))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the level of an interval is between 0 and 1, not %g",
                       x.level);
    if (x.n_threads == 0)
        x.n_threads = vg_cores();
    if (x.min_votes == 0)
        x.min_votes = 7;
    if (x.level <= 0)
        x.level = 0.9;
    *out = x;
    return true;
}

int32_t vg_house__min_votes(const vg_house_opts *o, int32_t n_statements)
{
    return o->min_votes < n_statements ? o->min_votes : n_statements;
}

/* --- votes in canonical order --- */

static bool take_votes(vg_votes *v, vg_arena *a, vg_err *e)
{
    v->row_at = vg_new(a, int64_t, (int64_t)v->n + 1);
    v->col_at = vg_new(a, int64_t, (int64_t)v->m + 1);
    v->row_col = vg_new(a, int32_t, v->n_votes);
    v->col_row = vg_new(a, int32_t, v->n_votes);
    v->row_value = vg_new(a, int8_t, v->n_votes);
    v->col_value = vg_new(a, int8_t, v->n_votes);
    v->col_vote = vg_new(a, int64_t, v->n_votes);
    if (!v->row_at || !v->col_at || !v->row_col || !v->col_row || !v->row_value || !v->col_value ||
        !v->col_vote)
        return vg_fail_memory(e, vg_arena_limit(a));
    return true;
}

/* The other direction: walking the columns and adding to the rows, or the rows and adding to the columns, leaves each
 * list in ascending order. */
static void by_col(vg_votes *v)
{
    for (int64_t t = 0; t < v->n_votes; t++)
        v->col_at[v->row_col[t] + 1]++;
    for (int32_t j = 0; j < v->m; j++)
        v->col_at[j + 1] += v->col_at[j];
    for (int32_t i = 0; i < v->n; i++)
        for (int64_t t = v->row_at[i]; t < v->row_at[i + 1]; t++) {
            int64_t at = v->col_at[v->row_col[t]]++;
            v->col_row[at] = i;
            v->col_value[at] = v->row_value[t];
            v->col_vote[at] = t;
        }
    memmove(v->col_at + 1, v->col_at, (size_t)v->m * sizeof *v->col_at);
    v->col_at[0] = 0;
}

static void fill_rows(const vg_consultation *c, const vg_opinions *m, vg_votes *v)
{
    for (int32_t i = 0; i < v->n; i++) {
        int32_t p = m->participant[i];
        v->row_at[i + 1] = v->row_at[i] + (c->row_at[p + 1] - c->row_at[p]);
    }
    for (int32_t j = 0; j < v->m; j++) { /* columns ascending, so rows come out ascending */
        int32_t s = m->statement[j];
        for (int64_t t = c->col_at[s]; t < c->col_at[s + 1]; t++) {
            int64_t at = v->row_at[m->row_of[c->col_participant[t]]]++;
            v->row_col[at] = j;
            v->row_value[at] = c->col_value[t];
        }
    }
    memmove(v->row_at + 1, v->row_at, (size_t)v->n * sizeof *v->row_at);
    v->row_at[0] = 0;
}

bool vg_votes_canonical(const vg_consultation *c, vg_arena *a, vg_opinions *m, vg_err *e)
{
    m->participant = vg_new(a, int32_t, c->n_participants);
    m->row_of = vg_new(a, int32_t, c->n_participants);
    m->statement = vg_new(a, int32_t, c->n_statements);
    m->col_of = vg_new(a, int32_t, c->n_statements);
    if (!m->participant || !m->row_of || !m->statement || !m->col_of)
        return vg_fail_memory(e, vg_arena_limit(a));
    vg_votes v = { .n_votes = c->n_votes };
    for (int32_t i = 0; i < c->n_participants; i++) {
        int32_t p = c->participant_by_id[i];
        m->row_of[p] = c->row_at[p + 1] > c->row_at[p] ? v.n : -1;
        if (m->row_of[p] >= 0)
            m->participant[v.n++] = p;
    }
    for (int32_t j = 0; j < c->n_statements; j++) {
        int32_t s = c->statement_by_id[j];
        m->col_of[s] = c->col_at[s + 1] > c->col_at[s] ? v.m : -1;
        if (m->col_of[s] >= 0)
            m->statement[v.m++] = s;
    }
    if (!take_votes(&v, a, e))
        return false;
    fill_rows(c, m, &v);
    by_col(&v);
    m->votes = v;
    return true;
}

bool vg_votes_rows(const vg_votes *v, const int32_t *rows, int32_t n_rows, vg_arena *a, vg_votes *out,
                   vg_err *e)
{
    vg_votes x = { .n = n_rows, .m = v->m };
    for (int32_t i = 0; i < n_rows; i++)
        x.n_votes += v->row_at[rows[i] + 1] - v->row_at[rows[i]];
    if (!take_votes(&x, a, e))
        return false;
    for (int32_t i = 0; i < n_rows; i++) {
        int64_t from = v->row_at[rows[i]], n = v->row_at[rows[i] + 1] - from;
        memcpy(x.row_col + x.row_at[i], v->row_col + from, (size_t)n * sizeof *x.row_col);
        memcpy(x.row_value + x.row_at[i], v->row_value + from, (size_t)n * sizeof *x.row_value);
        x.row_at[i + 1] = x.row_at[i] + n;
    }
    by_col(&x);
    *out = x;
    return true;
}

/* --- learning --- */

/* Rows to learn from: all, or a random part of them with about MOST_LEARNED votes; ascending. */
static bool choose_rows(const vg_opinions *m, vg_arena *a, int32_t **rows, int32_t *n, vg_err *e)
{
    const vg_votes *v = &m->votes;
    int32_t *r = vg_new(a, int32_t, v->n);
    if (!r)
        return vg_fail_memory(e, vg_arena_limit(a));
    double share = v->n_votes <= MOST_LEARNED ? 1 : (double)MOST_LEARNED / (double)v->n_votes;
    vg_rng rng = vg_rng_at(m->o.seed, vg_rng_stream(1, 0));
    *n = 0;
    for (int32_t i = 0; i < v->n; i++)
        if (share >= 1 || vg_rng_unit(&rng) < share)
            r[(*n)++] = i;
    *rows = r;
    return true;
}

static bool fold_block(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    vg_opinions *m = ctx;
    const vg_votes *v = &m->votes;
    int64_t end = (task + 1) * ROWS_A_TASK < v->n ? (task + 1) * ROWS_A_TASK : v->n;
    for (int64_t i = task * ROWS_A_TASK; i < end; i++)
        for (int k = 0; k < VG_HOUSE_MODELS; k++) {
            const vg_member *b = &m->member[k];
            float rho;
            if (m->has[k])
                vg_member_fold(b, v->row_col + v->row_at[i], v->row_value + v->row_at[i],
                               v->row_at[i + 1] - v->row_at[i], m->row[k] + i * b->row_dim,
                               m->row_cov[k] ? m->row_cov[k] + i * b->row_pack : NULL, &rho);
        }
    return true;
}

/* The strongest direction of a learned model's factors, as one number a statement: power iteration on v'v. */
static bool strongest(const vg_member *b, vg_arena *a, double **out, vg_err *e)
{
    double q[VG_HOUSE_FACTORS], *x = vg_new(a, double, b->m);
    int32_t k = b->form.n_factors;
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t d = 0; d < k; d++)
        q[d] = 1 + 0.01 * d;
    for (int round = 0; round < DIRECTION_ROUNDS; round++) {
        double next[VG_HOUSE_FACTORS] = { 0 }, length = 0;
        for (int32_t j = 0; j < b->m; j++) {
            const float *v = b->col + (int64_t)j * b->col_dim + 1;
            x[j] = 0;
            for (int32_t d = 0; d < k; d++)
                x[j] += q[d] * (double)v[d];
            for (int32_t d = 0; d < k; d++)
                next[d] += x[j] * (double)v[d];
        }
        for (int32_t d = 0; d < k; d++)
            length += next[d] * next[d];
        for (int32_t d = 0; d < k && length > 0; d++)
            q[d] = next[d] / sqrt(length);
    }
    *out = x;
    return true;
}

static bool learn(vg_opinions *m, vg_err *e)
{
    double *first = NULL;
    vg_arena *a = &m->arena;
    vg_votes some = m->votes;
    if (m->votes.n_votes > MOST_LEARNED) {
        int32_t *rows = NULL, n = 0;
        if (!choose_rows(m, a, &rows, &n, e) || !vg_votes_rows(&m->votes, rows, n, a, &some, e))
            return false;
    }
    for (int k = 0; k < VG_HOUSE_MODELS; k++) {
        if (!m->has[k])
            continue;
        vg_member_form form = forms[k];
        if (some.n_votes > LARGE)
            form.n_rounds /= 2;
        if (!vg_progress_step(&m->o.progress, "model", k, VG_HOUSE_MODELS, e) ||
            !vg_member_fit(&some, &form, k == VG_HOUSE_AXIS ? first : NULL,
                           vg_rng_stream(m->o.seed, (uint64_t)k + 2), m->o.n_threads, a, &m->member[k], e))
            return false;
        if (k == 0 && !strongest(&m->member[0], a, &first, e))
            return false;
        bool wants_cov = k == 0 || k == VG_HOUSE_AXIS;
        m->row[k] = vg_new(a, float, (int64_t)m->votes.n * m->member[k].row_dim);
        m->row_cov[k] = wants_cov ? vg_new(a, float, (int64_t)m->votes.n * m->member[k].row_pack) : NULL;
        if (!m->row[k] || (wants_cov && !m->row_cov[k]))
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    return vg_parallel(m->o.n_threads, (m->votes.n + ROWS_A_TASK - 1) / ROWS_A_TASK, fold_block, m, e);
}

bool vg_opinions__fit(const vg_consultation *c, const vg_house_opts *o, bool for_groups, vg_opinions **out,
                      vg_err *e)
{
    vg_house_opts x;
    if (!vg_house__opts(o, &x, e))
        return false;
    if (c->n_votes == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is no vote to learn from");
        return vg_mend(e, "wait for the first votes, or look at what was refused on import");
    }
    vg_arena a;
    if (!vg_arena_init(&a, MODEL_BYTES, e))
        return false;
    vg_opinions *m = vg_new(&a, vg_opinions, 1);
    if (!m) {
        vg_arena_free(&a);
        return vg_fail_memory(e, MODEL_BYTES);
    }
    m->c = c;
    m->o = x;
    for (int k = 0; k < VG_HOUSE_MODELS; k++)
        m->has[k] = !for_groups || k == 0 || k == VG_HOUSE_AXIS;
    m->arena = a; /* from here on the copy inside counts */
    if (!vg_votes_canonical(c, &m->arena, m, e) || !learn(m, e)) {
        vg_opinions_free(m);
        return false;
    }
    *out = m;
    return true;
}

bool vg_opinions_fit(const vg_consultation *c, const vg_house_opts *o, vg_opinions **out, vg_err *e)
{
    return vg_opinions__fit(c, o, false, out, e);
}

void vg_opinions_free(vg_opinions *m)
{
    if (!m)
        return;
    vg_arena a = m->arena;
    vg_arena_free(&a);
}

/* --- expectations --- */

vg_opinion vg_opinions__expect(const vg_opinions *m, const float *const row[VG_HOUSE_MEMBERS], int32_t col)
{
    double x[VG_HOUSE_VIEWS], value = 0, said = 0;
    for (int k = 0; k < VG_HOUSE_MEMBERS; k++) {
        vg_member_expect(&m->member[k], row[k], col, x);
        bool two = m->member[k].form.n_views == 2;
        value += (two ? x[0] - x[1] : x[0]) / VG_HOUSE_MEMBERS;
        said += two ? (x[0] + x[1]) / (VG_HOUSE_MEMBERS - 1) : 0;
    }
    value = fmin(fmax(value, -1 + 2 * LEAST), 1 - 2 * LEAST);
    said = fmin(fmax(said, fabs(value) + LEAST), 1 - LEAST);
    return (vg_opinion){
        .value = value, .agree = (said + value) / 2, .pass = 1 - said, .disagree = (said - value) / 2
    };
}

vg_opinion vg_opinions__at(const vg_opinions *m, int32_t row, int32_t col)
{
    const float *rows[VG_HOUSE_MEMBERS];
    for (int k = 0; k < VG_HOUSE_MEMBERS; k++)
        rows[k] = m->row[k] + (int64_t)row * m->member[k].row_dim;
    return vg_opinions__expect(m, rows, col);
}

vg_opinion vg_opinions_at(const vg_opinions *m, int32_t participant, int32_t statement)
{
    static const float nobody[VG_HOUSE_DIM];
    const float *rows[VG_HOUSE_MEMBERS];
    int32_t row = m->row_of[participant];
    for (int k = 0; k < VG_HOUSE_MEMBERS; k++)
        rows[k] = row < 0 ? nobody : m->row[k] + (int64_t)row * m->member[k].row_dim;
    return vg_opinions__expect(m, rows, m->col_of[statement]);
}
