/*
 * One factor model of the votes, learned by variational Bayes (Bishop, Pattern Recognition and Machine Learning, 12.2
 * and 10.6; Ilin & Raiko 2010, J. Mach. Learn. Res. 11, 1957-2000, for missing values): posterior means and covariances
 * of every person and every statement, prior variances and noise learned along. With logit the sigmoid is bounded from
 * below by a Gaussian (Jaakkola & Jordan 2000, doi 10.1023/A:1008932416310), so that each vote carries a weight of its
 * own. A round is: all people, all statements, then noise or weights.
 *
 * Invariant: a row reads columns and writes only itself, and the other way round; sums over votes are taken in the
 * order of the votes, in eight lanes. So the bytes do not depend on threads or compilers.
 */
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "core/rng.h"

enum {
    LANES = 8,
    MAX_QUAD = 80, /* packed triangle of 12 factors, filled up to whole lanes */
    MAX_LINE = 16,
    BLOCK = 32, /* rows or columns a task */
    DIM = VG_HOUSE_DIM,
    PACK = DIM * (DIM + 1) / 2,
    NOISE_STEPS = 2,
    FOLD_STEPS = 3
};

typedef float eight __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

/* Moments, of a column view: quad = E v v', lines v and E c v, then quad and line of its covariance; of a row: quad = E u u', line 1 = u, line
 * 2.. = E b u for each view. Lanes beyond the last factor are zero. */
typedef struct {
    const vg_votes *v;
    vg_member *b;
    float *row_moment;
    int32_t row_moment_len;
    float *weight; /* logit: of each vote and view, by row */
    float *error;  /* expected squared error of each vote and view, by row */
} fit;

/* The three walks over the votes are compiled twice, for processors with and without registers of eight lanes; the
 * lanes are the same, so are the bytes. */
#define INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__) && !defined(VG_NO_WIDE)
#define WIDE __attribute__((target("avx2")))
static bool have_wide(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
#define WIDE
static bool have_wide(void)
{
    return false;
}
#endif

/* --- small vectors --- */

INLINE void axpy(float *to, float w, const float *x, int32_t n)
{
    eight *t = (eight *)to;
    const eight *s = (const eight *)x;
    for (int32_t i = 0; i < n / LANES; i++)
        t[i] += s[i] * w;
}

INLINE float dot(const float *x, const float *y, int32_t n)
{
    const eight *a = (const eight *)x, *b = (const eight *)y;
    eight sum = { 0 };
    for (int32_t i = 0; i < n / LANES; i++)
        sum += a[i] * b[i];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static int32_t whole_lanes(int32_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

/* Inverse of a packed symmetric positive matrix, by Cholesky, in place; then mean = inverse x h. */
static void solve_packed(double *p, int32_t d, const double *h, double *mean)
{
    double inverse[DIM][DIM] = { { 0 } };
    for (int32_t i = 0; i < d; i++)
        for (int32_t j = 0; j <= i; j++) {
            double s = p[vg_packed(i, j)];
            for (int32_t k = 0; k < j; k++)
                s -= p[vg_packed(i, k)] * p[vg_packed(j, k)];
            p[vg_packed(i, j)] = i == j ? sqrt(fmax(s, 1e-12)) : s / p[vg_packed(j, j)];
        }
    for (int32_t j = 0; j < d; j++) /* inverse of the triangle, by columns */
        for (int32_t i = j; i < d; i++) {
            double s = i == j ? 1 : 0;
            for (int32_t k = j; k < i; k++)
                s -= p[vg_packed(i, k)] * inverse[k][j];
            inverse[i][j] = s / p[vg_packed(i, i)];
        }
    for (int32_t i = 0; i < d; i++)
        for (int32_t j = 0; j <= i; j++) {
            double s = 0;
            for (int32_t k = i; k < d; k++)
                s += inverse[k][i] * inverse[k][j];
            p[vg_packed(i, j)] = s;
        }
    for (int32_t i = 0; i < d; i++) {
        double s = 0;
        for (int32_t j = 0; j < d; j++)
            s += p[i >= j ? vg_packed(i, j) : vg_packed(j, i)] * h[j];
        mean[i] = s;
    }
}

/* --- targets and weights --- */

static double target(const vg_member *b, int8_t value, int32_t view)
{
    if (b->form.n_views == 1)
        return value;
    return view == 0 ? value > 0 : value < 0;
}

/* Weight of a vote, and weight times its target less the mean of the view. */
static void pull(const vg_member *b, double target_, int32_t view, double weight, float *w, float *wy)
{
    *w = (float)weight;
    *wy =
        (float)(b->form.logit ? target_ - 0.5 - weight * b->mean[view] : weight * (target_ - b->mean[view]));
}

/* The weight that makes the Gaussian bound touch the sigmoid where the square of its argument is expected to lie. */
static double logit_weight(double square)
{
    double xi = sqrt(fmax(square, 1e-8));
    return tanh(xi / 2) / (2 * xi);
}

/* --- rows --- */

typedef struct {
    float quad[MAX_QUAD], line[VG_HOUSE_VIEWS][MAX_LINE], h[MAX_LINE];
    double w[VG_HOUSE_VIEWS], hb[VG_HOUSE_VIEWS];
} row_sums;

INLINE void add_to_row(const vg_member *b, row_sums *s, int32_t view, const float *moment, float c, float w,
                       float wy)
{
    const float *line = moment + b->quad_len;
    axpy(s->quad, w, moment, b->quad_len);
    axpy(s->line[view], w, line, b->line_len);
    axpy(s->h, wy, line, b->line_len);
    axpy(s->h, -w, line + b->line_len, b->line_len);
    s->w[view] += (double)w;
    s->hb[view] += (double)wy - (double)w * (double)c;
}

static void solve_row(const vg_member *b, const row_sums *s, float *row, float *cov)
{
    int32_t nt = b->form.n_views, k = b->form.n_factors;
    double p[PACK] = { 0 }, h[DIM], mean[DIM];
    for (int32_t q = 0; q < nt; q++) {
        p[vg_packed(q, q)] = s->w[q];
        h[q] = s->hb[q];
        for (int32_t i = 0; i < k; i++)
            p[vg_packed(nt + i, q)] = (double)s->line[q][i];
    }
    for (int32_t i = 0; i < k; i++) {
        h[nt + i] = (double)s->h[i];
        for (int32_t j = 0; j <= i; j++)
            p[vg_packed(nt + i, nt + j)] = (double)s->quad[vg_packed(i, j)];
    }
    for (int32_t i = 0; i < b->row_dim; i++)
        p[vg_packed(i, i)] += 1 / b->row_prior[i];
    solve_packed(p, b->row_dim, h, mean);
    for (int32_t i = 0; i < b->row_dim; i++)
        row[i] = (float)mean[i];
    for (int32_t i = 0; i < b->row_pack; i++)
        cov[i] = (float)p[i];
}

/* What the columns need of a row: E u u', u, E b u for each view. */
static void moments_of_row(const vg_member *b, const float *row, const float *cov, float *out)
{
    int32_t nt = b->form.n_views, k = b->form.n_factors;
    const float *u = row + nt;
    for (int32_t i = 0; i < k; i++) {
        for (int32_t j = 0; j <= i; j++)
            out[vg_packed(i, j)] = u[i] * u[j] + cov[vg_packed(nt + i, nt + j)];
        out[b->quad_len + i] = u[i];
        for (int32_t q = 0; q < nt; q++)
            out[b->quad_len + (1 + q) * b->line_len + i] = row[q] * u[i] + cov[vg_packed(nt + i, q)];
    }
}

static double weight_of(const fit *f, int64_t vote, int32_t view, int32_t row, int32_t col)
{
    const vg_member *b = f->b;
    if (b->form.logit)
        return (double)f->weight[vote * b->form.n_views + view];
    return (double)b->rho[row] * (double)b->tau[(int64_t)view * b->m + col];
}

INLINE void row_block(fit *f, int64_t task)
{
    vg_member *b = f->b;
    int64_t end = task * BLOCK + BLOCK < b->n ? task * BLOCK + BLOCK : b->n;
    for (int64_t i = task * BLOCK; i < end; i++) {
        row_sums s = { .w = { 0 } };
        for (int64_t t = f->v->row_at[i]; t < f->v->row_at[i + 1]; t++)
            for (int32_t q = 0; q < b->form.n_views; q++) {
                int64_t col = (int64_t)q * b->m + f->v->row_col[t];
                float w, wy;
                pull(b, target(b, f->v->row_value[t], q), q, weight_of(f, t, q, (int32_t)i, f->v->row_col[t]),
                     &w, &wy);
                add_to_row(b, &s, q, b->col_moment + col * b->moment_len, b->col[col * b->col_dim], w, wy);
            }
        float *row = b->row + i * b->row_dim, *cov = b->row_cov + i * b->row_pack;
        solve_row(b, &s, row, cov);
        moments_of_row(b, row, cov, f->row_moment + i * f->row_moment_len);
    }
}

WIDE static void row_block_wide(fit *f, int64_t task)
{
    row_block(f, task);
}

static void row_block_plain(fit *f, int64_t task)
{
    row_block(f, task);
}

static bool update_rows(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    (have_wide() ? row_block_wide : row_block_plain)(ctx, task);
    return true;
}

/* --- columns --- */

static void moments_of_col(const vg_member *b, const float *col, const float *cov, float *out)
{
    int32_t k = b->form.n_factors;
    float *own = out + b->quad_len + 2 * b->line_len;
    for (int32_t i = 0; i < k; i++) {
        for (int32_t j = 0; j <= i; j++)
            out[vg_packed(i, j)] =
                col[1 + i] * col[1 + j] + (own[vg_packed(i, j)] = cov[vg_packed(1 + i, 1 + j)]);
        out[b->quad_len + i] = col[1 + i];
        out[b->quad_len + b->line_len + i] = col[0] * col[1 + i] + cov[vg_packed(1 + i, 0)];
        own[b->quad_len + i] = 2 * cov[vg_packed(1 + i, 0)];
    }
}

static void solve_col(vg_member *b, const row_sums *s, int32_t view, int64_t at)
{
    int32_t k = b->form.n_factors;
    double p[PACK] = { 0 }, h[DIM], mean[DIM];
    p[0] = s->w[0];
    h[0] = s->hb[0];
    for (int32_t i = 0; i < k; i++) {
        p[vg_packed(1 + i, 0)] = (double)s->line[0][i];
        h[1 + i] = (double)s->h[i];
        for (int32_t j = 0; j <= i; j++)
            p[vg_packed(1 + i, 1 + j)] = (double)s->quad[vg_packed(i, j)];
    }
    for (int32_t i = 0; i < b->col_dim; i++)
        p[vg_packed(i, i)] += 1 / b->col_prior[view][i];
    solve_packed(p, b->col_dim, h, mean);
    float *col = b->col + at * b->col_dim, *cov = b->col_cov + at * b->col_pack;
    for (int32_t i = 0; i < b->col_dim; i++)
        col[i] = (float)mean[i];
    for (int32_t i = 0; i < b->col_pack; i++)
        cov[i] = (float)p[i];
}

INLINE void col_block(fit *f, int64_t task)
{
    vg_member *b = f->b;
    int64_t all = (int64_t)b->form.n_views * b->m,
            end = task * BLOCK + BLOCK < all ? task * BLOCK + BLOCK : all;
    for (int64_t at = task * BLOCK; at < end; at++) {
        int32_t q = (int32_t)(at / b->m), j = (int32_t)(at % b->m);
        row_sums s = { .w = { 0 } };
        for (int64_t t = f->v->col_at[j]; t < f->v->col_at[j + 1]; t++) {
            int32_t i = f->v->col_row[t];
            const float *moment = f->row_moment + (int64_t)i * f->row_moment_len,
                        *line = moment + b->quad_len;
            float w, wy;
            pull(b, target(b, f->v->col_value[t], q), q, weight_of(f, f->v->col_vote[t], q, i, j), &w, &wy);
            axpy(s.quad, w, moment, b->quad_len);
            axpy(s.line[0], w, line, b->line_len);
            axpy(s.h, wy, line, b->line_len);
            axpy(s.h, -w, line + (1 + q) * b->line_len, b->line_len);
            s.w[0] += (double)w;
            s.hb[0] += (double)wy - (double)w * (double)b->row[(int64_t)i * b->row_dim + q];
        }
        solve_col(b, &s, q, at);
    }
}

WIDE static void col_block_wide(fit *f, int64_t task)
{
    col_block(f, task);
}

static void col_block_plain(fit *f, int64_t task)
{
    col_block(f, task);
}

static bool update_cols(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    (have_wide() ? col_block_wide : col_block_plain)(ctx, task);
    return true;
}

static bool moment_cols(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    vg_member *b = ((fit *)ctx)->b;
    int64_t all = (int64_t)b->form.n_views * b->m,
            end = task * BLOCK + BLOCK < all ? task * BLOCK + BLOCK : all;
    for (int64_t at = task * BLOCK; at < end; at++)
        moments_of_col(b, b->col + at * b->col_dim, b->col_cov + at * b->col_pack,
                       b->col_moment + at * b->moment_len);
    return true;
}

/* --- noise and weights --- */

/* A row as the error of its votes needs it: twice the covariances off the diagonal, and the outer product of its means. */
typedef struct {
    float cov[MAX_QUAD], outer[MAX_QUAD], u[MAX_LINE], cross[VG_HOUSE_VIEWS][MAX_LINE];
    float spread[VG_HOUSE_VIEWS], bias[VG_HOUSE_VIEWS];
} row_view;

static void view_row(const vg_member *b, const float *row, const float *cov, row_view *out)
{
    int32_t nt = b->form.n_views, k = b->form.n_factors;
    memset(out, 0, sizeof *out);
    for (int32_t i = 0; i < k; i++) {
        out->u[i] = row[nt + i];
        for (int32_t j = 0; j <= i; j++) {
            out->cov[vg_packed(i, j)] = cov[vg_packed(nt + i, nt + j)] * (i == j ? 1.0f : 2.0f);
            out->outer[vg_packed(i, j)] = row[nt + i] * row[nt + j] * (i == j ? 1.0f : 2.0f);
        }
        for (int32_t q = 0; q < nt; q++)
            out->cross[q][i] = 2 * cov[vg_packed(nt + i, q)];
    }
    for (int32_t q = 0; q < nt; q++) {
        out->spread[q] = cov[vg_packed(q, q)];
        out->bias[q] = row[q];
    }
}

/* Expectation and variance of the linear part of one vote's view. */
INLINE void linear(const vg_member *b, const row_view *r, int32_t view, int64_t at, double *mean, double *var)
{
    const float *moment = b->col_moment + at * b->moment_len, *v = moment + b->quad_len;
    const float *own = v + 2 * b->line_len, *cross = own + b->quad_len;
    *mean = (double)b->col[at * b->col_dim] + (double)r->bias[view] + (double)dot(r->u, v, b->line_len);
    *var = (double)r->spread[view] + (double)dot(r->cov, moment, b->quad_len) +
           (double)dot(r->cross[view], v, b->line_len) + (double)b->col_cov[at * b->col_pack] +
           (double)dot(r->u, cross, b->line_len) + (double)dot(r->outer, own, b->quad_len);
}

INLINE void error_block(fit *f, int64_t task)
{
    vg_member *b = f->b;
    int64_t end = task * BLOCK + BLOCK < b->n ? task * BLOCK + BLOCK : b->n;
    for (int64_t i = task * BLOCK; i < end; i++) {
        row_view r;
        view_row(b, b->row + i * b->row_dim, b->row_cov + i * b->row_pack, &r);
        for (int64_t t = f->v->row_at[i]; t < f->v->row_at[i + 1]; t++)
            for (int32_t q = 0; q < b->form.n_views; q++) {
                double mean, var;
                linear(b, &r, q, (int64_t)q * b->m + f->v->row_col[t], &mean, &var);
                mean += b->mean[q];
                int64_t at = t * b->form.n_views + q;
                if (b->form.logit) {
                    f->weight[at] = (float)logit_weight(mean * mean + var);
                } else {
                    double d = target(b, f->v->row_value[t], q) - mean;
                    f->error[at] = (float)(d * d + var);
                }
            }
    }
}

WIDE static void error_block_wide(fit *f, int64_t task)
{
    error_block(f, task);
}

static void error_block_plain(fit *f, int64_t task)
{
    error_block(f, task);
}

static bool errors(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    (have_wide() ? error_block_wide : error_block_plain)(ctx, task);
    return true;
}

/* Noise of the statements, given the people's; the common level is `level`. */
static void noise_of_cols(fit *f)
{
    vg_member *b = f->b;
    int32_t nt = b->form.n_views;
    for (int32_t q = 0; q < nt; q++) {
        double all = 0;
        float *tau = b->tau + (int64_t)q * b->m;
        for (int32_t j = 0; j < b->m; j++) {
            double sum = 0;
            for (int64_t t = f->v->col_at[j]; t < f->v->col_at[j + 1]; t++)
                sum += (double)f->error[f->v->col_vote[t] * nt + q] * (double)b->rho[f->v->col_row[t]];
            tau[j] = (float)sum;
            all += sum;
        }
        double level = fmax(all / (double)f->v->n_votes, 1e-4), prior = b->form.noise_prior;
        for (int32_t j = 0; j < b->m; j++)
            tau[j] = (float)(((double)(f->v->col_at[j + 1] - f->v->col_at[j]) + prior) /
                             ((double)tau[j] + prior * level));
    }
}

static void noise_of_rows(fit *f)
{
    vg_member *b = f->b;
    int32_t nt = b->form.n_views;
    for (int32_t i = 0; i < b->n; i++) {
        double sum = 0;
        for (int64_t t = f->v->row_at[i]; t < f->v->row_at[i + 1]; t++)
            for (int32_t q = 0; q < nt; q++)
                sum += (double)f->error[t * nt + q] * (double)b->tau[(int64_t)q * b->m + f->v->row_col[t]];
        double n = (double)((f->v->row_at[i + 1] - f->v->row_at[i]) * nt), prior = b->form.noise_prior;
        b->rho[i] = (float)((n + prior) / (sum + prior));
    }
}

static void priors_of_rows(vg_member *b)
{
    for (int32_t q = 0; q < b->form.n_views; q++) {
        double sum = 1e-3;
        for (int32_t i = 0; i < b->n; i++) {
            double x = (double)b->row[(int64_t)i * b->row_dim + q];
            sum += x * x + (double)b->row_cov[(int64_t)i * b->row_pack + vg_packed(q, q)];
        }
        b->row_prior[q] = sum / b->n;
    }
}

static void priors_of_cols(vg_member *b)
{
    for (int32_t q = 0; q < b->form.n_views; q++)
        for (int32_t d = 0; d < b->col_dim; d++) {
            double sum = 1e-3;
            for (int32_t j = 0; j < b->m; j++) {
                int64_t at = (int64_t)q * b->m + j;
                double x = (double)b->col[at * b->col_dim + d];
                sum += x * x + (double)b->col_cov[at * b->col_pack + vg_packed(d, d)];
            }
            b->col_prior[q][d] = sum / b->m;
        }
}

/* --- the fit --- */

/* Standard normal from two uniforms (Box & Muller 1958). */
static double normal(vg_rng *r)
{
    double u = vg_rng_unit(r), v = vg_rng_unit(r);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

static void start(vg_member *b, uint64_t seed)
{
    int32_t nt = b->form.n_views;
    vg_rng r = vg_rng_at(seed, 0);
    for (int64_t i = 0; i < (int64_t)nt * b->m; i++) {
        for (int32_t d = 0; d < b->form.n_factors; d++)
            b->col[i * b->col_dim + 1 + d] = (float)(0.1 * normal(&r));
        for (int32_t d = 0; d < b->col_dim; d++)
            b->col_cov[i * b->col_pack + vg_packed(d, d)] = 0.01f;
        b->tau[i] = 1 / 0.45f;
    }
    for (int32_t i = 0; i < b->n; i++)
        b->rho[i] = 1;
    for (int32_t d = 0; d < b->row_dim; d++)
        b->row_prior[d] = d >= nt ? 1 : b->form.logit ? 0.5 : 0.05;
    for (int32_t q = 0; q < nt; q++)
        for (int32_t d = 0; d < b->col_dim; d++)
            b->col_prior[q][d] = b->form.logit ? 0.5 : 0.1;
}

static void means(vg_member *b, const vg_votes *v)
{
    for (int32_t q = 0; q < b->form.n_views; q++) {
        double sum = 0;
        for (int64_t t = 0; t < v->n_votes; t++)
            sum += target(b, v->row_value[t], q);
        double p = v->n_votes ? sum / (double)v->n_votes : 0;
        double safe = (sum + 0.5) / ((double)v->n_votes + 1);
        b->mean[q] = b->form.logit ? log(safe / (1 - safe)) : p;
    }
}

static bool take_memory(const vg_votes *v, vg_arena *a, fit *f, vg_err *e)
{
    vg_member *b = f->b;
    int64_t cols = (int64_t)b->form.n_views * b->m, n = b->n, obs = v->n_votes * b->form.n_views;
    b->row = vg_new(a, float, n * b->row_dim);
    b->row_cov = vg_new(a, float, n * b->row_pack);
    b->col = vg_new(a, float, cols * b->col_dim);
    b->col_cov = vg_new(a, float, cols * b->col_pack);
    b->tau = vg_new(a, float, cols);
    b->rho = vg_new(a, float, n);
    b->col_moment = vg_new(a, float, cols * b->moment_len);
    f->row_moment = vg_new(a, float, n * f->row_moment_len);
    f->error = f->weight = vg_new(a, float, obs);
    if (!b->row || !b->row_cov || !b->col || !b->col_cov || !b->tau || !b->rho || !b->col_moment ||
        !f->row_moment || !f->error)
        return vg_fail_memory(e, vg_arena_limit(a));
    return true;
}

static void sizes(vg_member *b, fit *f)
{
    int32_t k = b->form.n_factors;
    b->row_dim = b->form.n_views + k;
    b->col_dim = 1 + k;
    b->row_pack = vg_packed(b->row_dim, 0);
    b->col_pack = vg_packed(b->col_dim, 0);
    b->quad_len = whole_lanes(vg_packed(k, 0));
    b->line_len = whole_lanes(k);
    b->moment_len = 2 * b->quad_len + 3 * b->line_len;
    f->row_moment_len = b->quad_len + (1 + b->form.n_views) * b->line_len;
}

static bool one_round(fit *f, int n_threads, vg_err *e)
{
    vg_member *b = f->b;
    int64_t rows = (b->n + BLOCK - 1) / BLOCK, cols = ((int64_t)b->form.n_views * b->m + BLOCK - 1) / BLOCK;
    if (!vg_parallel(n_threads, rows, update_rows, f, e))
        return false;
    priors_of_rows(b);
    if (!vg_parallel(n_threads, cols, update_cols, f, e))
        return false;
    priors_of_cols(b);
    if (!vg_parallel(n_threads, cols, moment_cols, f, e) || !vg_parallel(n_threads, rows, errors, f, e))
        return false;
    for (int step = 0; step < NOISE_STEPS && !b->form.logit; step++) {
        noise_of_cols(f);
        noise_of_rows(f);
    }
    return true;
}

bool vg_member_fit(const vg_votes *v, const vg_member_form *form, const double *first, uint64_t seed,
                   int n_threads, vg_arena *a, vg_member *out, vg_err *e)
{
    vg_member b = { .form = *form, .n = v->n, .m = v->m };
    fit f = { .v = v, .b = &b };
    sizes(&b, &f);
    if (!take_memory(v, a, &f, e))
        return false;
    means(&b, v);
    start(&b, seed);
    for (int64_t i = 0; first && i < (int64_t)form->n_views * b.m; i++)
        b.col[i * b.col_dim + 1] = (float)first[i % b.m];
    for (int64_t i = 0; form->logit && i < v->n_votes * form->n_views; i++)
        f.weight[i] = 0.25f;
    if (!vg_parallel(n_threads, ((int64_t)form->n_views * b.m + BLOCK - 1) / BLOCK, moment_cols, &f, e))
        return false;
    for (int32_t round = 0; round < form->n_rounds; round++)
        if (!one_round(&f, n_threads, e))
            return false;
    *out = b;
    return true;
}

/* --- use --- */

INLINE void fold(const vg_member *b, const int32_t *col, const int8_t *value, int64_t n_votes, float *row,
                 float *cov, float *rho)
{
    int32_t nt = b->form.n_views;
    float own[PACK];
    float scale = 1;
    row_view r;
    memset(&r, 0, sizeof r);
    for (int step = 0; step < FOLD_STEPS; step++) {
        row_sums s = { .w = { 0 } };
        double sum = 0;
        for (int64_t t = 0; t < n_votes; t++)
            for (int32_t q = 0; q < nt; q++) {
                int64_t at = (int64_t)q * b->m + col[t];
                double weight = b->form.logit ? 0.25 : (double)scale * (double)b->tau[at], mean, var;
                if (step > 0 && b->form.logit) {
                    linear(b, &r, q, at, &mean, &var);
                    mean += b->mean[q];
                    weight = logit_weight(mean * mean + var);
                }
                float w, wy;
                pull(b, target(b, value[t], q), q, weight, &w, &wy);
                add_to_row(b, &s, q, b->col_moment + at * b->moment_len, b->col[at * b->col_dim], w, wy);
            }
        solve_row(b, &s, row, own);
        view_row(b, row, own, &r);
        for (int64_t t = 0; t < n_votes && !b->form.logit && step + 1 < FOLD_STEPS; t++)
            for (int32_t q = 0; q < nt; q++) {
                int64_t at = (int64_t)q * b->m + col[t];
                double mean, var;
                linear(b, &r, q, at, &mean, &var);
                double d = target(b, value[t], q) - mean - b->mean[q];
                sum += (d * d + var) * (double)b->tau[at];
            }
        if (!b->form.logit && step + 1 < FOLD_STEPS)
            scale = (float)(((double)(n_votes * nt) + b->form.noise_prior) / (sum + b->form.noise_prior));
    }
    if (cov)
        memcpy(cov, own, (size_t)b->row_pack * sizeof *cov);
    *rho = scale;
}

WIDE static void fold_wide(const vg_member *b, const int32_t *col, const int8_t *value, int64_t n_votes,
                           float *row, float *cov, float *rho)
{
    fold(b, col, value, n_votes, row, cov, rho);
}

static void fold_plain(const vg_member *b, const int32_t *col, const int8_t *value, int64_t n_votes,
                       float *row, float *cov, float *rho)
{
    fold(b, col, value, n_votes, row, cov, rho);
}

void vg_member_fold(const vg_member *b, const int32_t *col, const int8_t *value, int64_t n_votes, float *row,
                    float *cov, float *rho)
{
    (have_wide() ? fold_wide : fold_plain)(b, col, value, n_votes, row, cov, rho);
}

void vg_member_expect(const vg_member *b, const float *row, int32_t col, double out[VG_HOUSE_VIEWS])
{
    int32_t nt = b->form.n_views, k = b->form.n_factors;
    for (int32_t q = 0; q < nt; q++) {
        double x = b->mean[q] + (double)row[q];
        if (col >= 0) {
            const float *c = b->col + ((int64_t)q * b->m + col) * b->col_dim, *u = row + nt;
            x += (double)c[0];
            for (int32_t i = 0; i < k; i++)
                x += (double)u[i] * (double)c[1 + i];
        }
        out[q] = b->form.logit ? 1 / (1 + exp(-x)) : x;
    }
}
