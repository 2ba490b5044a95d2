/*
 * What a zone is asked without a circle: does it hold a point, what is its box, how large is it. Invariant: a cell
 * without edges is all inside or all outside, as its point of reference; in a cell with edges, the way from the point of
 * reference to the place crosses an odd number of edges exactly when the answer differs.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/zone_int.h"

/* Where the world's map ends, the world does not: places there are asked a hair beside. */
#define BESIDE 1e-9
#define POLE   (90.0 - BESIDE)

void vg_zone_free(vg_zone *z)
{
    if (!z)
        return;
    vg_arena_free(&z->memory);
    free(z);
}

double vg_zone__turn(const vg_zone *z, double lon_deg)
{
    double x = lon_deg;
    while (x < z->middle - 180.0)
        x += 360.0;
    while (x > z->middle + 180.0)
        x -= 360.0;
    return x;
}

static int32_t clamp(double x, int32_t most)
{
    return x <= 0 ? 0 : x >= most ? most : (int32_t)x;
}

bool vg_zone__cells(const vg_zone *z, double west, double east, double south, double north, vg_zone_cells *c)
{
    if (east < z->west || west > z->east || north < z->south || south > z->north)
        return false;
    c->c0 = clamp((west - z->x0) * z->per_x, z->cols - 1);
    c->c1 = clamp((east - z->x0) * z->per_x, z->cols - 1);
    c->r0 = clamp((south - z->y0) * z->per_y, z->rows - 1);
    c->r1 = clamp((north - z->y0) * z->per_y, z->rows - 1);
    return true;
}

/* On which side of the line from a to b lies c. */
static bool left_of(double ax, double ay, double bx, double by, double cx, double cy)
{
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0;
}

/* Each corner is put on one side of the way by the same sum for both of its edges, so that none is counted twice. */
static bool crosses(const vg_zone_edge *e, double x, double y, double rx, double ry)
{
    return left_of(x, y, rx, ry, e->x1, e->y1) != left_of(x, y, rx, ry, e->x2, e->y2) &&
           left_of(e->x1, e->y1, e->x2, e->y2, x, y) != left_of(e->x1, e->y1, e->x2, e->y2, rx, ry);
}

bool vg_zone_has(const vg_zone *z, double lat_deg, double lon_deg)
{
    double x = vg_zone__turn(z, lon_deg), y = fmin(fmax(lat_deg, -POLE), POLE);
    vg_zone_cells at;
    if (z->east - z->west >= 360.0)
        x = fmin(fmax(x, z->west + BESIDE), z->east - BESIDE);
    if (!(fabs(lat_deg) <= 90.0) || !(fabs(lon_deg) <= 360.0) || !vg_zone__cells(z, x, x, y, y, &at))
        return false;
    int32_t cell = at.r0 * z->cols + at.c0;
    bool inside = z->inside[cell];
    double rx = z->x0 + (at.c0 + VG_ZONE_REF_X) * z->cell_x, ry = z->y0 + (at.r0 + VG_ZONE_REF_Y) * z->cell_y;
    for (int32_t i = z->first[cell]; i < z->first[cell + 1]; i++)
        inside ^= crosses(&z->edge[i], x, y, rx, ry);
    return inside;
}

void vg_zone_box(const vg_zone *z, double box[4])
{
    box[0] = z->west;
    box[1] = z->south;
    box[2] = z->east > 180.0 ? z->east - 360.0 : z->east;
    box[3] = z->north;
}

double vg_zone_area_km2(const vg_zone *z)
{
    return z->area_km2;
}

/*
 * The area between the equator and a latitude, per radian of longitude, on the unit ellipsoid (Snyder 1987, Map
 * projections - a working manual, USGS Professional Paper 1395, equation 3-12, halved).
 */
static double strip(double lat_deg)
{
    const double e = sqrt(VG_EARTH_E2);
    double s = sin(lat_deg * VG_RADIAN), es = e * s;
    return 0.5 * (1 - VG_EARTH_E2) * (s / (1 - es * es) + atanh(es) / e);
}

/* Integral of the strip along an edge: Gauss-Legendre with three points over pieces of at most a degree of latitude. */
static double under(const double a[2], const double b[2])
{
    static const double node[3] = { -0.7745966692414834, 0, 0.7745966692414834 }, weight[3] = { 5, 8, 5 };
    int pieces = (int)ceil(fabs(b[1] - a[1])) + 1;
    double sum = 0, dx = (b[0] - a[0]) / pieces, dy = (b[1] - a[1]) / pieces;
    if (dx == 0)
        return 0;
    for (int i = 0; i < pieces; i++)
        for (int k = 0; k < 3; k++)
            sum += weight[k] / 18.0 * strip(a[1] + (i + 0.5 + 0.5 * node[k]) * dy);
    return -sum * dx * VG_RADIAN;
}

double vg_zone__area_km2(const vg_zone_rings *r)
{
    double sum = 0;
    for (int32_t i = 0; i < r->n; i++) {
        double ring = 0;
        for (int32_t k = r->first[i]; k + 1 < r->first[i + 1]; k++)
            ring += under(r->at[k], r->at[k + 1]);
        sum += r->hole[i] ? -fabs(ring) : fabs(ring);
    }
    return sum * VG_EARTH_A * VG_EARTH_A * 1e-6;
}
