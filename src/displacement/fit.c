/*
 * Regressions with few columns: least squares with a quadratic or an absolute penalty from running sums, and
 * quasi-Poisson regression by Newton's method. Columns are standardised before they are penalised. Arithmetic only.
 * Invariant: sums are added in the order in which rows come, so the same rows give the same bytes.
 */
#include <math.h>
#include <string.h>

#include "displacement/displacement_int.h"

static const double LEAST_SCALE = 1e-9;

void vg_dis_sums_add(vg_dis_sums *s, int32_t n_columns, const double *x, double y)
{
    s->n += 1;
    s->y += y;
    s->yy += y * y;
    for (int32_t i = 0; i < n_columns; i++) {
        s->x[i] += x[i];
        s->xy[i] += x[i] * y;
        for (int32_t k = 0; k <= i; k++)
            s->xx[i][k] += x[i] * x[k];
    }
}

double vg_dis_value(const vg_dis_fit *f, const double *x)
{
    double value = f->intercept;
    for (int32_t k = 0; k < f->n_columns; k++)
        value += f->coefficient[k] * (x[k] - f->centre[k]) / f->scale[k];
    return value;
}

/* --- normal equations --- */

typedef struct {
    double a[MAX_COLUMNS + 1][MAX_COLUMNS + 1], b[MAX_COLUMNS + 1]; /* lower half of a */
} equations;

/* Cholesky; a diagonal that is lost to rounding leaves its unknown at zero. b becomes the solution. */
static void solve(equations *q, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k <= i; k++) {
            double sum = q->a[i][k];
            for (int32_t j = 0; j < k; j++)
                sum -= q->a[i][j] * q->a[k][j];
            if (i == k)
                q->a[i][i] = sum > 1e-12 ? sqrt(sum) : HUGE_VAL;
            else
                q->a[i][k] = sum / q->a[k][k];
        }
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < i; k++)
            q->b[i] -= q->a[i][k] * q->b[k];
        q->b[i] /= q->a[i][i];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        for (int32_t k = i + 1; k < n; k++)
            q->b[i] -= q->a[k][i] * q->b[k];
        q->b[i] /= q->a[i][i];
    }
}

/* Centred and scaled sums of products; centre, scale and intercept of `f`. */
static void standardise(const vg_dis_sums *s, int32_t n, bool through_zero, vg_dis_fit *f, equations *q)
{
    *f = (vg_dis_fit){ .n_columns = n, .intercept = through_zero ? 0 : s->y / s->n };
    for (int32_t k = 0; k < n; k++) {
        f->centre[k] = through_zero ? 0 : s->x[k] / s->n;
        f->scale[k] = sqrt(fmax(s->xx[k][k] / s->n - f->centre[k] * f->centre[k], 0)) + LEAST_SCALE;
    }
    for (int32_t i = 0; i < n; i++) {
        q->b[i] = (s->xy[i] - s->n * f->centre[i] * f->intercept) / f->scale[i];
        for (int32_t k = 0; k <= i; k++)
            q->a[i][k] = (s->xx[i][k] - s->n * f->centre[i] * f->centre[k]) / (f->scale[i] * f->scale[k]);
    }
}

bool vg_dis_ridge(const vg_dis_sums *s, int32_t n_columns, const double *penalty, bool through_zero,
                  vg_dis_fit *out)
{
    equations q;
    if (!(s->n > 0))
        return false;
    standardise(s, n_columns, through_zero, out, &q);
    for (int32_t k = 0; k < n_columns; k++)
        q.a[k][k] += penalty[k];
    solve(&q, n_columns);
    memcpy(out->coefficient, q.b, (size_t)n_columns * sizeof *q.b);
    return true;
}

/* Coordinate descent: Friedman, Hastie, Tibshirani 2010, J. Stat. Softw. 33(1), doi 10.18637/jss.v033.i01. */
bool vg_dis_lasso(const vg_dis_sums *s, int32_t n_columns, double penalty, bool through_zero, vg_dis_fit *out)
{
    enum { ROUNDS = 200 };
    equations q;
    double most = 0, *c = out->coefficient;
    if (!(s->n > 0))
        return false;
    standardise(s, n_columns, through_zero, out, &q);
    for (int32_t k = 0; k < n_columns; k++)
        most = fmax(most, fabs(q.b[k]));
    for (int round = 0; round < ROUNDS; round++) {
        double moved = 0;
        for (int32_t i = 0; i < n_columns; i++) {
            double rest = q.b[i], was = c[i];
            for (int32_t k = 0; k < n_columns; k++)
                rest -= k == i ? 0 : q.a[k < i ? i : k][k < i ? k : i] * c[k];
            double size = fabs(rest) - penalty * most;
            c[i] = size > 0 && q.a[i][i] > 1e-12 ? copysign(size, rest) / q.a[i][i] : 0;
            moved = fmax(moved, fabs(c[i] - was));
        }
        if (moved < 1e-10 * (1 + most / s->n))
            break;
    }
    return true;
}

/* --- quasi-Poisson --- */

typedef struct {
    const double *x, *y, *offset;
    int64_t n_rows;
    int32_t n; /* columns */
    const double *penalty;
    double unit;      /* mean of exp(offset): what a row of usual size weighs as one */
    double *standard; /* [row][1 + n]: one, and the standardised columns */
} poisson;

static double fitted(const poisson *p, const double *coefficient, int64_t row)
{
    const double *x = p->standard + row * (p->n + 1);
    double sum = p->offset[row];
    for (int32_t k = 0; k <= p->n; k++)
        sum += coefficient[k] * x[k];
    return exp(fmax(fmin(sum, 14), -2));
}

static void gather(const poisson *p, const double *coefficient, equations *q)
{
    memset(q, 0, sizeof *q);
    for (int64_t row = 0; row < p->n_rows; row++) {
        const double *x = p->standard + row * (p->n + 1);
        double mean = fitted(p, coefficient, row), weight = mean / p->unit,
               miss = (p->y[row] - mean) / p->unit;
        for (int32_t i = 0; i <= p->n; i++) {
            q->b[i] += x[i] * miss;
            for (int32_t k = 0; k <= i; k++)
                q->a[i][k] += weight * x[i] * x[k];
        }
    }
    for (int32_t k = 0; k <= p->n; k++) {
        double penalty = k ? p->penalty[k - 1] : 1e-6;
        q->a[k][k] += penalty;
        q->b[k] -= penalty * coefficient[k];
    }
}

static void standardise_rows(poisson *p, vg_dis_fit *f)
{
    vg_dis_sums s = { .n = 0 };
    for (int64_t row = 0; row < p->n_rows; row++) {
        vg_dis_sums_add(&s, p->n, p->x + row * p->n, 0);
        p->unit += exp(p->offset[row]) / (double)p->n_rows;
    }
    equations unused;
    standardise(&s, p->n, false, f, &unused);
    for (int64_t row = 0; row < p->n_rows; row++) {
        double *to = p->standard + row * (p->n + 1);
        to[0] = 1;
        for (int32_t k = 0; k < p->n; k++)
            to[k + 1] = (p->x[row * p->n + k] - f->centre[k]) / f->scale[k];
    }
}

bool vg_dis_poisson(const double *x, const double *y, const double *offset, int64_t n_rows, int32_t n_columns,
                    const double *penalty, vg_arena scratch, vg_dis_fit *out, vg_err *e)
{
    enum { STEPS = 12 };
    poisson p = { .x = x, .y = y, .offset = offset, .n_rows = n_rows, .n = n_columns, .penalty = penalty };
    double coefficient[MAX_COLUMNS + 1] = { 0 };
    equations q;
    p.standard = vg_new(&scratch, double, n_rows *(n_columns + 1));
    if (!p.standard)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    standardise_rows(&p, out);
    for (int step = 0; step < STEPS; step++) {
        double moved = 0;
        gather(&p, coefficient, &q);
        solve(&q, n_columns + 1);
        for (int32_t k = 0; k <= n_columns; k++) {
            coefficient[k] += fmax(fmin(q.b[k], 1), -1);
            moved = fmax(moved, fabs(q.b[k]));
        }
        if (moved < 1e-9)
            break;
    }
    out->intercept = coefficient[0];
    memcpy(out->coefficient, coefficient + 1, (size_t)n_columns * sizeof *coefficient);
    return true;
}
