/* Principal components without the imputed matrix. An absent vote is imputed by its column's mean, and the mean over
 * all rows is then that same mean: after centring an absent cell is exactly zero, so that a product with the matrix
 * costs one look at each vote. With value x, centre c and weight v a vote adds x v - c v to the product of its row; v and
 * c v stand side by side, so that a vote touches one place of memory, and likewise on the way back. Invariant: rows are
 * summed in blocks that depend on the votes alone, so the bytes do not depend on the number of threads. */
#include <math.h>
#include <string.h>

#include "consultation/polis_int.h"
#include "core/rng.h"

enum {
    BLOCK_VOTES = 1 << 17,
    MAX_BLOCKS = 32,
    MAX_ROUNDS = 100,
    ALONE_VOTES = 1000000 /* up to here a round is over before other threads have begun */
};

/* Two numbers that go through the processor together. */
typedef double both __attribute__((vector_size(16)));

/* (x, 1) by code & 3 = x + 1. */
static const both FACTOR[4] = { { -1, 1 }, { 0, 1 }, { 1, 1 }, { 0, 0 } };

typedef struct {
    const vg_polis_run *p;
    const int32_t *row; /* rows of a mini-batch; NULL = all */
    int32_t n_rows;
    int32_t n_blocks;
    int n_threads;
    int32_t block_at[MAX_BLOCKS + 1];
    const double *center;
    both *weight; /* n_columns: v, centre * v */
    both *sum;    /* n_blocks x n_columns: over votes, of value * y.v and of y.v */
    double *direction, *product;
} matrix;

static int32_t row_of(const matrix *m, int32_t i)
{
    return m->row ? m->row[i] : i;
}

/* Blocks of rows with about as many votes each. */
static void cut_blocks(matrix *m)
{
    const int64_t *at = m->p->row_at;
    int64_t n = 0, in_block = 0;
    for (int32_t i = 0; i < m->n_rows; i++)
        n += at[row_of(m, i) + 1] - at[row_of(m, i)];
    int64_t target = n / MAX_BLOCKS > BLOCK_VOTES ? n / MAX_BLOCKS : BLOCK_VOTES;
    m->n_blocks = 0;
    m->n_threads = n < ALONE_VOTES ? 1 : m->p->n_threads;
    for (int32_t i = 0; i < m->n_rows; i++) {
        if (i == 0 || (in_block >= target && m->n_blocks < MAX_BLOCKS)) {
            m->block_at[m->n_blocks++] = i;
            in_block = 0;
        }
        in_block += at[row_of(m, i) + 1] - at[row_of(m, i)];
    }
    m->block_at[m->n_blocks] = m->n_rows;
}

static double dot_of_row(const int32_t *code, int64_t n, const both *weight)
{
    both a = { 0, 0 }, b = { 0, 0 };
    int64_t i = 0;
    for (; i + 2 <= n; i += 2) {
        a += weight[code[i] >> 2] * FACTOR[code[i] & 3];
        b += weight[code[i + 1] >> 2] * FACTOR[code[i + 1] & 3];
    }
    if (i < n)
        a += weight[code[i] >> 2] * FACTOR[code[i] & 3];
    a += b;
    return a[0] - a[1];
}

static bool sum_block(void *ctx, int64_t number, int worker, vg_err *e)
{
    (void)worker, (void)e;
    const matrix *m = ctx;
    const vg_polis_run *p = m->p;
    both *sum = m->sum + number * p->r->n_columns;
    memset(sum, 0, (size_t)p->r->n_columns * sizeof *sum);
    for (int32_t i = m->block_at[number]; i < m->block_at[number + 1]; i++) {
        int32_t row = row_of(m, i);
        const int32_t *code = p->code + p->row_at[row];
        int64_t n = p->row_at[row + 1] - p->row_at[row];
        double dot = dot_of_row(code, n, m->weight);
        both added[4];
        for (int k = 0; k < 4; k++)
            added[k] = FACTOR[k] * dot;
        for (int64_t j = 0; j < n; j++)
            sum[code[j] >> 2] += added[code[j] & 3];
    }
    return true;
}

/* product = sum over rows of (y.v) y */
static bool multiply(matrix *m, const double *v, vg_err *e)
{
    int32_t n = m->p->r->n_columns;
    for (int32_t t = 0; t < n; t++)
        m->weight[t] = (both){ v[t], m->center[t] * v[t] };
    if (!vg_parallel(m->n_threads, m->n_blocks, sum_block, m, e))
        return false;
    for (int32_t t = 0; t < n; t++) {
        both sum = { 0, 0 };
        for (int32_t b = 0; b < m->n_blocks; b++)
            sum += m->sum[(int64_t)b * n + t];
        m->product[t] = sum[0] - m->center[t] * sum[1];
    }
    return true;
}

static double inner(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes the part along a unit vector out of v. */
static void deflate(double *v, const double *along, int32_t n)
{
    double part = inner(v, along, n);
    for (int32_t i = 0; i < n; i++)
        v[i] -= part * along[i];
}

/* One component in place of its start. Rows are deflated by the components before it: y - (y.u)u is y (I - u u'). */
static bool iterate(matrix *m, double *const component[], int number, int max_rounds, vg_err *e)
{
    int32_t n = m->p->r->n_columns;
    double *v = component[number], before = -1;
    for (int round = 0; round <= max_rounds; round++) {
        memcpy(m->direction, v, (size_t)n * sizeof *v);
        for (int k = 0; k < number; k++)
            deflate(m->direction, component[k], n);
        if (!multiply(m, m->direction, e))
            return false;
        for (int k = 0; k < number; k++)
            deflate(m->product, component[k], n);
        double length = sqrt(inner(m->product, m->product, n));
        for (int32_t t = 0; t < n; t++)
            v[t] = length > 0 ? m->product[t] / length : 0;
        if (!(length > 0) || length == before)
            break;
        before = length;
    }
    return true;
}

bool vg_polis__power(vg_polis_run *p, const int32_t *row, int32_t n_rows, const double *center,
                     double *const component[VG_POLIS_COMPONENTS], int max_rounds, vg_err *e)
{
    vg_arena scratch = *p->work;
    matrix m = { .p = p, .row = row, .n_rows = n_rows, .center = center };
    int64_t n = p->r->n_columns;
    cut_blocks(&m);
    m.weight = vg_new(&scratch, both, n);
    m.sum = vg_new(&scratch, both, n * m.n_blocks);
    m.direction = vg_new(&scratch, double, n);
    m.product = vg_new(&scratch, double, n);
    if (!m.weight || !m.sum || !m.direction || !m.product)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
        if (!iterate(&m, component, k, max_rounds, e))
            return false;
    return true;
}

void vg_polis__center(const vg_polis_run *p, const int32_t *row, int32_t n_rows, int64_t *scratch,
                      double *center)
{
    int32_t n = p->r->n_columns;
    memset(scratch, 0, (size_t)n * 2 * sizeof *scratch);
    for (int32_t i = 0; i < n_rows; i++) {
        int32_t r = row ? row[i] : i;
        for (int64_t j = p->row_at[r]; j < p->row_at[r + 1]; j++) {
            scratch[2 * (p->code[j] >> 2)] += vg_polis__value(p->code[j]);
            scratch[2 * (p->code[j] >> 2) + 1]++;
        }
    }
    for (int32_t t = 0; t < n; t++)
        center[t] = scratch[2 * t + 1] ? (double)scratch[2 * t] / (double)scratch[2 * t + 1] : 0;
}

/* The tick's before, padded with ones for new columns; else at random. */
static void start(const vg_polis_run *p, int number, double *v)
{
    const vg_polis *before = p->o->previous;
    vg_rng rng = vg_rng_at(p->o->seed, vg_rng_stream(0x706f6c6973, (uint64_t)number));
    for (int32_t t = 0; t < p->r->n_columns; t++)
        v[t] = !before ? vg_rng_unit(&rng) : t < before->n_columns ? before->component[number][t] : 1;
}

bool vg_polis__components(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena scratch = *p->work;
    int64_t *sums = vg_new(&scratch, int64_t, 2 * (int64_t)r->n_columns);
    r->center = vg_new(p->a, double, r->n_columns);
    for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
        r->component[k] = vg_new(p->a, double, r->n_columns);
    if (!sums || !r->center || !r->component[0] || !r->component[1])
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
        start(p, k, r->component[k]);
    if (p->o->large)
        return vg_polis__components_large(p, e);
    vg_polis__center(p, NULL, r->n_rows, sums, r->center);
    return vg_polis__power(p, NULL, r->n_rows, r->center, r->component,
                           p->o->rounds ? p->o->rounds : MAX_ROUNDS, e);
}

/* --- mini-batches --- */

enum { BATCH_ROUNDS = 100, BATCH_POWER = 10 };

/* On the line through (1500, 100) and (150000, 1500), at its ends beyond them. */
static int32_t batch_size(int32_t n_rows)
{
    double size = 100 + (n_rows - 1500.0) * (1500.0 - 100.0) / (150000.0 - 1500.0);
    size = size < 100 ? 100 : size > 1500 ? 1500 : floor(size);
    return (int32_t)size < n_rows ? (int32_t)size : n_rows;
}

static void blend(double *old, const double *fresh, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        old[i] = 0.99 * old[i] + 0.01 * fresh[i];
}

/* The first `size` places of `row` become a random sample without repetition. */
static void draw(vg_rng *rng, int32_t *row, int32_t n, int32_t size)
{
    for (int32_t i = 0; i < size; i++) {
        int32_t j = i + (int32_t)vg_rng_below(rng, (uint32_t)(n - i)), kept = row[i];
        row[i] = row[j];
        row[j] = kept;
    }
}

bool vg_polis__components_large(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena kept = *p->work, *scratch = p->work;
    int32_t n = r->n_columns, size = batch_size(r->n_rows);
    int32_t *row = vg_new(scratch, int32_t, r->n_rows);
    int64_t *sums = vg_new(scratch, int64_t, 2 * (int64_t)n);
    double *center = vg_new(scratch, double, n);
    double *component[VG_POLIS_COMPONENTS] = { vg_new(scratch, double, n), vg_new(scratch, double, n) };
    if (!row || !sums || !center || !component[0] || !component[1])
        return vg_fail_memory(e, vg_arena_limit(scratch));
    for (int32_t i = 0; i < r->n_rows; i++)
        row[i] = i;
    vg_rng rng = vg_rng_at(p->o->seed, vg_rng_stream(0x706f6c6973, 16));
    for (int round = 0; round < BATCH_ROUNDS; round++) {
        draw(&rng, row, r->n_rows, size);
        vg_polis__center(p, row, size, sums, center);
        for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
            memcpy(component[k], r->component[k], (size_t)n * sizeof(double));
        if (!vg_polis__power(p, row, size, center, component, BATCH_POWER, e))
            return false;
        bool first = round == 0 && !p->o->previous;
        for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
            first ? (void)memcpy(r->component[k], component[k], (size_t)n * sizeof(double))
                  : blend(r->component[k], component[k], n);
        first ? (void)memcpy(r->center, center, (size_t)n * sizeof(double)) : blend(r->center, center, n);
    }
    *p->work = kept;
    return true;
}

/* --- projection --- */

/* sqrt(columns / present) (x - centre).v over the present cells; zeroed columns count as present and add nothing. */
static void project_row(const vg_polis_run *p, int32_t row, int32_t n_zeroed)
{
    const vg_polis *r = p->r;
    double x = 0, y = 0;
    for (int64_t j = p->row_at[row]; j < p->row_at[row + 1]; j++) {
        int32_t t = p->code[j] >> 2;
        double centred = vg_polis__value(p->code[j]) - r->center[t];
        x += centred * r->component[0][t];
        y += centred * r->component[1][t];
    }
    int64_t present = p->row_at[row + 1] - p->row_at[row] + n_zeroed;
    double scale = sqrt((double)r->n_columns / (double)(present > 1 ? present : 1));
    r->x[row] = scale * x;
    r->y[row] = scale * y;
}

bool vg_polis__project(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    r->x = vg_new(p->a, double, r->n_rows);
    r->y = vg_new(p->a, double, r->n_rows);
    r->statement_x = vg_new(p->a, double, r->n_columns);
    r->statement_y = vg_new(p->a, double, r->n_columns);
    r->extremity = vg_new(p->a, double, r->n_columns);
    if (!r->x || !r->y || !r->statement_x || !r->statement_y || !r->extremity)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    int32_t n_zeroed = 0;
    double scale = sqrt((double)r->n_columns);
    for (int32_t t = 0; t < r->n_columns; t++) {
        n_zeroed += r->zeroed[t];
        r->statement_x[t] = scale * (-1 - r->center[t]) * r->component[0][t];
        r->statement_y[t] = scale * (-1 - r->center[t]) * r->component[1][t];
        r->extremity[t] = sqrt(r->statement_x[t] * r->statement_x[t] + r->statement_y[t] * r->statement_y[t]);
    }
    for (int32_t i = 0; i < r->n_rows; i++)
        project_row(p, i, n_zeroed);
    return true;
}
