/*
 * From rings to a zone that can be asked: edges are cut at the borders of a grid and laid down cell by cell. Invariant:
 * each piece of the boundary lies in exactly one cell, and neighbours share their ends to the last bit. Edges are
 * straight in longitude and latitude (RFC 7946, section 3.1.1), so cutting them changes nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/zone_int.h"

enum { MOST_CELLS = 1 << 18, CELLS_AN_EDGE = 4, MOST_PIECES = 10000000 };
#define LONGEST_DEG 0.25 /* longer edges are cut: a chord's curve in the plane is told from its ends */
#define WIDEST_DEG  30.0 /* cells; a question of half the world then never meets one twice */

/* The pieces, counted in a first pass and laid down in a second. */
typedef struct {
    vg_zone *z;
    int32_t *at; /* of each cell: pieces counted, later where the next one goes */
    bool lay;
} cutting;

static void put(cutting *c, double x1, double y1, double x2, double y2)
{
    vg_zone *z = c->z;
    vg_zone_cells in;
    double x = 0.5 * (x1 + x2), y = 0.5 * (y1 + y2);
    if ((x1 == x2 && y1 == y2) || !vg_zone__cells(z, x, x, y, y, &in))
        return;
    int32_t cell = in.r0 * z->cols + in.c0;
    if (c->lay)
        z->edge[c->at[cell]] = (vg_zone_edge){ x1, y1, x2, y2 };
    c->at[cell]++;
}

/* The k-th border, between `from` and `to`, of a way between two numbers; borders are met in the way's own order. */
typedef struct {
    double origin, size;
    int32_t next, last, step;
} borders;

static borders borders_between(double a, double b, double origin, double size)
{
    borders k = { .origin = origin, .size = size, .step = b > a ? 1 : -1 };
    double p = (a - origin) / size, q = (b - origin) / size;
    k.next = (int32_t)(b > a ? floor(p) + 1 : ceil(p) - 1);
    k.last = (int32_t)(b > a ? ceil(q) - 1 : floor(q) + 1);
    return k;
}

static bool next_border(borders *k, double *at)
{
    if (k->step > 0 ? k->next > k->last : k->next < k->last)
        return false;
    *at = k->origin + k->next * k->size;
    k->next += k->step;
    return true;
}

static void cut_rows(cutting *c, double x1, double y1, double x2, double y2)
{
    borders k = borders_between(y1, y2, c->z->y0, c->z->cell_y);
    double x = x1, y = y1, border;
    while (y1 != y2 && next_border(&k, &border)) {
        double there = x1 + (x2 - x1) * ((border - y1) / (y2 - y1));
        put(c, x, y, there, border);
        x = there;
        y = border;
    }
    put(c, x, y, x2, y2);
}

static void cut_columns(cutting *c, double x1, double y1, double x2, double y2)
{
    borders k = borders_between(x1, x2, c->z->x0, c->z->cell_x);
    double x = x1, y = y1, border;
    while (x1 != x2 && next_border(&k, &border)) {
        double there = y1 + (y2 - y1) * ((border - x1) / (x2 - x1));
        cut_rows(c, x, y, border, there);
        x = border;
        y = there;
    }
    cut_rows(c, x, y, x2, y2);
}

static void cut_long(cutting *c, const double a[2], const double b[2])
{
    double dx = b[0] - a[0], dy = b[1] - a[1], x = a[0], y = a[1];
    int32_t n = (int32_t)fmax(ceil(fmax(fabs(dx), fabs(dy)) / LONGEST_DEG), 1);
    for (int32_t i = 1; i <= n; i++) {
        double to_x = i == n ? b[0] : a[0] + dx * i / n, to_y = i == n ? b[1] : a[1] + dy * i / n;
        cut_columns(c, x, y, to_x, to_y);
        x = to_x;
        y = to_y;
    }
}

static void cut_all(cutting *c)
{
    const vg_zone_rings *r = &c->z->rings;
    for (int32_t i = 0; i < r->n; i++)
        for (int32_t k = r->first[i]; k + 1 < r->first[i + 1]; k++)
            cut_long(c, r->at[k], r->at[k + 1]);
}

/* Twice the area in degrees; positive where the ring runs counter-clockwise. */
static double turning(const vg_zone_rings *r, int32_t ring)
{
    double sum = 0;
    const double *o = r->at[r->first[ring]];
    for (int32_t k = r->first[ring]; k + 1 < r->first[ring + 1]; k++)
        sum +=
            (r->at[k][0] - o[0]) * (r->at[k + 1][1] - o[1]) - (r->at[k + 1][0] - o[0]) * (r->at[k][1] - o[1]);
    return sum;
}

static void turn_round(vg_zone_rings *r, int32_t ring)
{
    for (int32_t a = r->first[ring], b = r->first[ring + 1] - 1; a < b; a++, b--)
        for (int k = 0; k < 2; k++) {
            double x = r->at[a][k];
            r->at[a][k] = r->at[b][k];
            r->at[b][k] = x;
        }
}

/* The box, with its west side brought to -180..180; gives the turns that the rings are moved by. */
static double box_of(vg_zone *z, const vg_zone_rings *r)
{
    z->west = z->east = r->at[0][0];
    z->south = z->north = r->at[0][1];
    for (int32_t i = 1; i < r->n_at; i++) {
        z->west = fmin(z->west, r->at[i][0]);
        z->east = fmax(z->east, r->at[i][0]);
        z->south = fmin(z->south, r->at[i][1]);
        z->north = fmax(z->north, r->at[i][1]);
    }
    double turn = -360.0 * floor((z->west + 180.0) / 360.0);
    z->west += turn;
    z->east += turn;
    z->middle = 0.5 * (z->west + z->east);
    return turn;
}

static bool copy_rings(const vg_zone_rings *from, double turn, vg_zone *z)
{
    vg_zone_rings *r = &z->rings;
    *r = (vg_zone_rings){ .n = from->n, .n_at = from->n_at };
    r->at = vg_alloc(&z->memory, from->n_at, (int64_t)sizeof *r->at, (int64_t) _Alignof(double));
    r->first = vg_new(&z->memory, int32_t, from->n + 1);
    r->hole = vg_new(&z->memory, bool, from->n);
    if (!r->at || !r->first || !r->hole)
        return false;
    for (int32_t i = 0; i < from->n_at; i++) {
        r->at[i][0] = from->at[i][0] + turn;
        r->at[i][1] = from->at[i][1];
    }
    memcpy(r->first, from->first, (size_t)(from->n + 1) * sizeof *r->first);
    memcpy(r->hole, from->hole, (size_t)from->n * sizeof *r->hole);
    for (int32_t i = 0; i < r->n; i++)
        if ((turning(r, i) > 0) == r->hole[i])
            turn_round(r, i);
    return true;
}

/* About four cells an edge, as square on the ground as can be. */
static void lay_grid(vg_zone *z, int32_t n_at)
{
    double wide = z->east - z->west, high = z->north - z->south, pad = 1e-9 * (wide + high) + 1e-9;
    double cells = fmin(fmax((double)CELLS_AN_EDGE * n_at, 16), MOST_CELLS);
    double shape = fmax(wide * cos(0.5 * (z->south + z->north) * VG_RADIAN), 1e-6) / fmax(high, 1e-6);
    double cols = fmin(fmax(ceil(sqrt(cells * shape)), 1), cells);
    z->x0 = z->west - pad;
    z->y0 = z->south - pad;
    z->cols = (int32_t)fmax(cols, ceil(wide / WIDEST_DEG));
    z->rows = (int32_t)fmax(ceil(cells / z->cols), 1);
    z->cell_x = (wide + 2 * pad) / z->cols;
    z->cell_y = (high + 2 * pad) / z->rows;
    z->per_x = 1 / z->cell_x;
    z->per_y = 1 / z->cell_y;
}

/* One row: where the boundary crosses the line of the points of reference, inside and outside change. */
static void fill_row(vg_zone *z, int32_t row)
{
    double y = z->y0 + (row + VG_ZONE_REF_Y) * z->cell_y;
    uint8_t *inside = &z->inside[row * z->cols];
    for (int32_t c = 0; c < z->cols; c++)
        for (int32_t i = z->first[row * z->cols + c]; i < z->first[row * z->cols + c + 1]; i++) {
            const vg_zone_edge *e = &z->edge[i];
            if ((e->y1 <= y) == (e->y2 <= y))
                continue;
            double x = e->x1 + (e->x2 - e->x1) * ((y - e->y1) / (e->y2 - e->y1));
            int32_t from = x < z->x0 + (c + VG_ZONE_REF_X) * z->cell_x ? c : c + 1;
            if (from < z->cols)
                inside[from] ^= 1;
        }
    for (int32_t c = 1; c < z->cols; c++)
        inside[c] ^= inside[c - 1];
}

static bool lay_edges(vg_zone *z)
{
    int32_t cells = z->cols * z->rows, sum = 0;
    cutting c = { .z = z, .at = calloc((size_t)cells, sizeof *c.at) };
    z->first = vg_new(&z->memory, int32_t, cells + 1);
    z->inside = vg_new(&z->memory, uint8_t, cells);
    if (!c.at || !z->first || !z->inside) {
        free(c.at);
        return false;
    }
    cut_all(&c);
    for (int32_t i = 0; i < cells; i++) {
        z->first[i] = sum;
        sum += c.at[i];
        c.at[i] = z->first[i];
    }
    z->first[cells] = sum;
    z->edge = vg_new(&z->memory, vg_zone_edge, sum);
    c.lay = true;
    if (z->edge)
        cut_all(&c);
    free(c.at);
    for (int32_t r = 0; z->edge && r < z->rows; r++)
        fill_row(z, r);
    return z->edge != NULL;
}

/* At most so many pieces will be laid down: one an edge, and one more at every cut. */
static double most_pieces(const vg_zone *z, const vg_zone_rings *r)
{
    double sum = 0;
    for (int32_t i = 0; i + 1 < r->n_at; i++) {
        double dx = fabs(r->at[i + 1][0] - r->at[i][0]), dy = fabs(r->at[i + 1][1] - r->at[i][1]);
        sum += 4 + fmax(dx, dy) / LONGEST_DEG + dx * z->per_x + dy * z->per_y;
    }
    return sum;
}

bool vg_zone__make(const vg_zone_rings *r, vg_zone **out, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (r->n == 0 || r->n_at == 0)
        return vg_fail(e, VG_ENODATA, VG_NOWHERE, "the zone has no area");
    vg_zone *z = calloc(1, sizeof *z);
    if (!z)
        return vg_fail_memory(e, (int64_t)sizeof *z);
    double turn = box_of(z, r), pieces;
    lay_grid(z, r->n_at);
    pieces = most_pieces(z, r);
    int64_t bytes = (int64_t)(pieces < MOST_PIECES ? pieces : MOST_PIECES) * (int64_t)sizeof *z->edge +
                    (int64_t)z->cols * z->rows * 5 + (int64_t)(r->n_at + r->n) * 24 + 4096 +
                    vg_zone__runs_size(r);
    if (pieces > MOST_PIECES) {
        free(z);
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the zone's edges fall into %.0f pieces", pieces);
        return vg_why(e, "at most %d fit into memory", MOST_PIECES);
    }
    if (vg_arena_init(&z->memory, bytes, e) && copy_rings(r, turn, z) && lay_edges(z) &&
        vg_zone__lay_runs(z)) {
        z->area_km2 = vg_zone__area_km2(&z->rings);
        *out = z;
        return true;
    }
    vg_zone_free(z);
    return vg_fail_memory(e, bytes);
}
