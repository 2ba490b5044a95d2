/*
 * Directions of opinion, and k-means in them. Distances between people are those between their expected answers to all
 * statements that count: with f_j = (1, v_j) and M = mean f_j f_j', the mean squared difference of two people's expected
 * answers is (x - y)' M (x - y). Invariant: nothing here reads the clock or the order of the record.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "core/rng.h"

enum { DIM = VG_HOUSE_DIM, SWEEPS = 60, STARTS = 12, ROUNDS = 60, FIT_ON = 4000 };

typedef double square[DIM][DIM];

/* Eigenvalues (descending) and vectors (columns) of a symmetric matrix by Jacobi rotations (Golub & Van Loan 8.5). */
static void rotate(square a, square v, int32_t n, int32_t p, int32_t q)
{
    if (fabs(a[p][q]) < 1e-300)
        return;
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int32_t i = 0; i < n; i++) {
        double x = a[i][p], y = a[i][q];
        a[i][p] = c * x - s * y;
        a[i][q] = s * x + c * y;
    }
    for (int32_t i = 0; i < n; i++) {
        double x = a[p][i], y = a[q][i], z = v[i][p], w = v[i][q];
        a[p][i] = c * x - s * y;
        a[q][i] = s * x + c * y;
        v[i][p] = c * z - s * w;
        v[i][q] = s * z + c * w;
    }
}

static void eigen(square a, int32_t n, double *value, square vector)
{
    memset(vector, 0, sizeof(square));
    for (int32_t i = 0; i < n; i++)
        vector[i][i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++)
                rotate(a, vector, n, p, q);
    for (int32_t i = 0; i < n; i++) {
        int32_t best = i;
        for (int32_t j = i + 1; j < n; j++)
            if (a[j][j] > a[best][best])
                best = j;
        double x = a[i][i];
        a[i][i] = a[best][best];
        a[best][best] = x;
        for (int32_t r = 0; r < n; r++) {
            double y = vector[r][i];
            vector[r][i] = vector[r][best];
            vector[r][best] = y;
        }
        value[i] = fmax(a[i][i], 0);
    }
}

/* M = L L'; lower triangle. */
static void metric(const vg_opinions *m, const vg_member *b, square lower)
{
    square sum = { { 0 } };
    int32_t n = 0, d = b->row_dim;
    for (int32_t j = 0; j < b->m; j++) {
        if (!vg_house__counts(m->c, m->statement[j]))
            continue;
        const float *v = b->col + (int64_t)j * b->col_dim;
        for (int32_t p = 0; p < d; p++)
            for (int32_t q = 0; q <= p; q++)
                sum[p][q] += (p ? (double)v[p] : 1) * (q ? (double)v[q] : 1);
        n++;
    }
    memset(lower, 0, sizeof(square));
    for (int32_t i = 0; i < d; i++)
        for (int32_t j = 0; j <= i; j++) {
            double s = sum[i][j] / (n ? n : 1) + (i == j ? 1e-9 : 0);
            for (int32_t k = 0; k < j; k++)
                s -= lower[i][k] * lower[j][k];
            lower[i][j] = i == j ? sqrt(fmax(s, 1e-12)) : s / lower[j][j];
        }
}

/* Covariance of L' x over the rows, and the mean of x. */
static void spread_of(const vg_member *b, const float *all, const int32_t *rows, int32_t n, square lower,
                      double *centre, square cov)
{
    int32_t d = b->row_dim;
    memset(centre, 0, DIM * sizeof *centre);
    memset(cov, 0, sizeof(square));
    for (int32_t i = 0; i < n; i++)
        for (int32_t p = 0; p < d; p++)
            centre[p] += (double)all[(int64_t)rows[i] * d + p] / n;
    for (int32_t i = 0; i < n; i++) {
        double y[DIM] = { 0 };
        for (int32_t p = 0; p < d; p++)
            for (int32_t q = 0; q <= p; q++)
                y[q] += lower[p][q] * ((double)all[(int64_t)rows[i] * d + p] - centre[p]);
        for (int32_t p = 0; p < d; p++)
            for (int32_t q = 0; q < d; q++)
                cov[p][q] += y[p] * y[q] / n;
    }
}

double vg_space_pull(const vg_space *s, int32_t col, int32_t k)
{
    double x = s->pull[k][0];
    for (int32_t p = 1; p < s->b->row_dim; p++)
        x += s->pull[k][p] * (double)s->b->col[(int64_t)col * s->b->col_dim + p];
    return x;
}

/* The sign of a direction is free: the statement it moves most is moved up. */
static void point_up(vg_space *s, const vg_opinions *m, int32_t k)
{
    double largest = 0;
    for (int32_t j = 0; j < s->b->m; j++) {
        double x = vg_house__counts(m->c, m->statement[j]) ? vg_space_pull(s, j, k) : 0;
        if (fabs(x) > fabs(largest) * (1 + 1e-9))
            largest = x;
    }
    for (int32_t p = 0; p < s->b->row_dim && largest < 0; p++) {
        s->axis[k][p] = -s->axis[k][p];
        s->pull[k][p] = -s->pull[k][p];
    }
}

void vg_space_make(const vg_opinions *m, int32_t model, const int32_t *rows, int32_t n, int32_t dim,
                   vg_space *out)
{
    const vg_member *b = &m->member[model];
    *out = (vg_space){ .b = b, .model = model, .dim = dim < b->row_dim ? dim : b->row_dim };
    square lower, cov, vector;
    double value[DIM];
    metric(m, b, lower);
    spread_of(b, m->row[model], rows, n, lower, out->centre, cov);
    eigen(cov, b->row_dim, value, vector);
    for (int32_t i = 0; i < b->row_dim; i++)
        out->all_spread += value[i];
    for (int32_t k = 0; k < out->dim; k++) {
        out->spread[k] = value[k];
        for (int32_t p = 0; p < b->row_dim; p++)
            for (int32_t q = 0; q <= p; q++)
                out->axis[k][p] += lower[p][q] * vector[q][k];
        for (int32_t p = b->row_dim - 1; p >= 0; p--) { /* L' pull = direction */
            double s = vector[p][k];
            for (int32_t q = p + 1; q < b->row_dim; q++)
                s -= lower[q][p] * out->pull[k][q];
            out->pull[k][p] = s / lower[p][p];
        }
        point_up(out, m, k);
    }
}

void vg_space_place(const vg_space *s, const float *row, double *out)
{
    for (int32_t k = 0; k < s->dim; k++) {
        out[k] = 0;
        for (int32_t p = 0; p < s->b->row_dim; p++)
            out[k] += s->axis[k][p] * ((double)row[p] - s->centre[p]);
    }
}

/* --- k-means --- */

static double squared(const double *a, const double *b, int32_t dim)
{
    double s = 0;
    for (int32_t d = 0; d < dim; d++)
        s += (a[d] - b[d]) * (a[d] - b[d]);
    return s;
}

static int32_t nearest(const double *x, const double *centre, int32_t k, int32_t dim, double *distance)
{
    int32_t best = 0;
    *distance = DBL_MAX;
    for (int32_t g = 0; g < k; g++) {
        double d = squared(x, centre + g * dim, dim);
        if (d < *distance) {
            *distance = d;
            best = g;
        }
    }
    return best;
}

/* First centres: each point with a chance in proportion to its squared distance (k-means++, Arthur & Vassilvitskii
 * 2007). */
static void first_centres(const double *x, const int32_t *at, int32_t n, int32_t dim, int32_t k, vg_rng *r,
                          double *centre)
{
    int32_t take = (int32_t)vg_rng_below(r, (uint32_t)n);
    for (int32_t g = 0; g < k; g++) {
        memcpy(centre + g * dim, x + (int64_t)at[take] * dim, (size_t)dim * sizeof *centre);
        double sum = 0, d, u = vg_rng_unit(r);
        for (int32_t i = 0; i < n; i++) {
            nearest(x + (int64_t)at[i] * dim, centre, g + 1, dim, &d);
            sum += d;
        }
        double left = u * sum;
        take = n - 1;
        for (int32_t i = 0; i < n; i++) {
            nearest(x + (int64_t)at[i] * dim, centre, g + 1, dim, &d);
            left -= d;
            if (left < 0) {
                take = i;
                break;
            }
        }
    }
}

/* Rounds of k-means until nothing moves; returns the sum of squares. */
static double settle(const double *x, const int32_t *at, int32_t n, int32_t dim, int32_t k, int32_t *group,
                     int32_t *size, double *centre)
{
    double cost = DBL_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        double sum = 0, d, total[VG_HOUSE_MAX_GROUPS * VG_HOUSE_SPACE] = { 0 };
        bool moved = round == 0;
        memset(size, 0, (size_t)k * sizeof *size);
        for (int32_t i = 0; i < n; i++) {
            const double *p = x + (int64_t)at[i] * dim;
            int32_t g = nearest(p, centre, k, dim, &d);
            moved |= g != group[i];
            group[i] = g;
            size[g]++;
            sum += d;
            for (int32_t q = 0; q < dim; q++)
                total[g * dim + q] += p[q];
        }
        cost = sum;
        if (!moved)
            break;
        for (int32_t g = 0; g < k; g++)
            for (int32_t q = 0; q < dim && size[g]; q++)
                centre[g * dim + q] = total[g * dim + q] / size[g];
    }
    return cost;
}

/* Centres in the order of their sizes, largest first; equal sizes by position. */
static void by_size(double *centre, int32_t *size, int32_t k, int32_t dim)
{
    for (int32_t i = 0; i < k; i++)
        for (int32_t j = i + 1; j < k; j++)
            if (size[j] > size[i] || (size[j] == size[i] && centre[j * dim] < centre[i * dim])) {
                int32_t n = size[i];
                size[i] = size[j];
                size[j] = n;
                for (int32_t q = 0; q < dim; q++) {
                    double y = centre[i * dim + q];
                    centre[i * dim + q] = centre[j * dim + q];
                    centre[j * dim + q] = y;
                }
            }
}

bool vg_kmeans(const double *x, int32_t n, int32_t dim, int32_t k, int32_t least, uint64_t seed,
               int32_t *group, double *centre)
{
    int32_t at[FIT_ON], own[FIT_ON], size[VG_HOUSE_MAX_GROUPS], n_fit = n < FIT_ON ? n : FIT_ON;
    double best = DBL_MAX, c[VG_HOUSE_MAX_GROUPS * VG_HOUSE_SPACE];
    vg_rng r = vg_rng_at(seed, vg_rng_stream(11, (uint64_t)k));
    if (n < k * least)
        return false;
    for (int32_t i = 0; i < n_fit;
         i++) /* every n / n_fit-th point: the order is that of ids, not of opinions */
        at[i] = (int32_t)((int64_t)i * n / n_fit);
    double enough = (double)least * n_fit / n;
    for (int start = 0; start < STARTS; start++) {
        first_centres(x, at, n_fit, dim, k, &r, c);
        double cost = settle(x, at, n_fit, dim, k, own, size, c);
        bool small = false;
        for (int32_t g = 0; g < k; g++)
            small |= size[g] < enough || size[g] < 1;
        if (!small && cost < best * (1 - 1e-9)) {
            best = cost;
            by_size(c, size, k, dim);
            memcpy(centre, c, (size_t)k * (size_t)dim * sizeof *c);
        }
    }
    if (best >= DBL_MAX)
        return false;
    double d;
    int32_t count[VG_HOUSE_MAX_GROUPS] = { 0 };
    for (int32_t i = 0; i < n; i++)
        count[group[i] = nearest(x + (int64_t)i * dim, centre, k, dim, &d)]++;
    for (int32_t g = 0; g < k; g++)
        if (count[g] < least)
            return false;
    return true;
}
