/*
 * How far a place is from a zone's edge. Cells are looked at in growing squares around the place's own (or, outside of the
 * grid, around the nearest one), until what is left must be farther than what was found. Invariant: distances that are
 * compared come from one plane about the place; the one that is given is the ellipsoid's, to the point found there.
 */
#include <float.h>
#include <math.h>

#include "geo/zone_int.h"

/* Squares of the grid are compared in plain degrees; a far place sees them foreshortened, so that half is kept back. */
#define CAUTION 0.5
#define FAR_DEG 10.0 /* from here on every edge is looked at, on a sphere */

typedef struct {
    const vg_zone *zone;
    double lon, lat, kx; /* kx: a degree of longitude in degrees of latitude */
    double sin_lat, cos_lat;
    bool far;
    double best; /* degrees; of the arc where `far` */
    double to_lon, to_lat;
} search;

static double arc(const search *s, double lon, double lat)
{
    double a = sin(0.5 * (lat - s->lat) * VG_RADIAN), b = sin(0.5 * (lon - s->lon) * VG_RADIAN);
    double h = a * a + s->cos_lat * cos(lat * VG_RADIAN) * b * b;
    return 2 * asin(sqrt(h < 1 ? h : 1)) / VG_RADIAN;
}

static void take(search *s, double distance, double lon, double lat)
{
    if (distance >= s->best)
        return;
    s->best = distance;
    s->to_lon = lon;
    s->to_lat = lat;
}

/* In the plane: parallels shrink with the latitude and bend, to the second order, as in zone_share.c. */
static void try_near(search *s, const vg_zone_edge *e)
{
    double tangent = s->sin_lat * VG_RADIAN, x[2], y[2];
    for (int k = 0; k < 2; k++) {
        double dx = (k ? e->x2 : e->x1) - s->lon, dy = (k ? e->y2 : e->y1) - s->lat;
        x[k] = dx * (s->kx - tangent * dy);
        y[k] = dy + 0.5 * dx * dx * tangent * s->cos_lat;
    }
    double dx = x[1] - x[0], dy = y[1] - y[0], l2 = dx * dx + dy * dy;
    double u = l2 > 0 ? -(x[0] * dx + y[0] * dy) / l2 : 0;
    u = fmin(fmax(u, 0), 1);
    take(s, hypot(x[0] + u * dx, y[0] + u * dy), e->x1 + u * (e->x2 - e->x1), e->y1 + u * (e->y2 - e->y1));
}

/* On the sphere: the nearest point of a short edge by thirds. */
static void try_far(search *s, const vg_zone_edge *e)
{
    double low = 0, high = 1, dx = e->x2 - e->x1, dy = e->y2 - e->y1;
    if (arc(s, e->x1 + 0.5 * dx, e->y1 + 0.5 * dy) - 0.5 * hypot(dx, dy) > s->best)
        return;
    for (int i = 0; i < 40; i++) {
        double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (arc(s, e->x1 + a * dx, e->y1 + a * dy) < arc(s, e->x1 + b * dx, e->y1 + b * dy))
            high = b;
        else
            low = a;
    }
    double u = 0.5 * (low + high);
    take(s, arc(s, e->x1 + u * dx, e->y1 + u * dy), e->x1 + u * dx, e->y1 + u * dy);
}

/*
 * The line at which a zone around the whole earth is cut, and the pole's, are no edges on the ground: the zone goes on
 * across them.
 */
static bool is_seam(const vg_zone *z, const vg_zone_edge *e)
{
    const double beside = 1e-6;
    if (z->east - z->west < 360.0 || e->y1 == e->y2)
        return fabs(e->y1) == 90.0 && e->y1 == e->y2;
    if (e->x1 != e->x2 || (e->x1 > z->west && e->x1 < z->east))
        return false;
    return vg_zone_has(z, 0.5 * (e->y1 + e->y2), e->x1 > z->middle ? z->west + beside : z->east - beside);
}

static void try_cell(search *s, int32_t col, int32_t row)
{
    const vg_zone *z = s->zone;
    int32_t cell = row * z->cols + col;
    for (int32_t i = z->first[cell]; i < z->first[cell + 1]; i++)
        if (is_seam(z, &z->edge[i]))
            continue;
        else if (s->far)
            try_far(s, &z->edge[i]);
        else
            try_near(s, &z->edge[i]);
}

/* The cells `k` steps away from (col, row), as far as they exist. False when there are none any more. */
static bool try_square(search *s, int32_t col, int32_t row, int32_t k)
{
    const vg_zone *z = s->zone;
    int32_t c0 = col - k, c1 = col + k, r0 = row - k, r1 = row + k;
    if (c0 < 0 && r0 < 0 && c1 >= z->cols && r1 >= z->rows)
        return false;
    for (int32_t r = r0 < 0 ? 0 : r0; r <= r1 && r < z->rows; r++) {
        int32_t step = r == r0 || r == r1 ? 1 : 2 * k;
        for (int32_t c = c0; c <= c1; c += step)
            if (c >= 0 && c < z->cols)
                try_cell(s, c, r);
    }
    return true;
}

/* A place past the sides of a box that is wider than half a turn, or near a pole, may be nearer the other way round. */
static bool is_far(const vg_zone *z, double x, double lat)
{
    double outside = fmax(fmax(z->west - x, x - z->east), fmax(z->south - lat, lat - z->north));
    return outside > FAR_DEG || z->east - z->west > 90.0 || fmax(z->north, lat) > 75.0 ||
           fmin(z->south, lat) < -75.0;
}

double vg_zone_distance_m(const vg_zone *z, double lat_deg, double lon_deg)
{
    if (!(fabs(lat_deg) <= 90.0) || !(fabs(lon_deg) <= 360.0))
        return (double)NAN;
    search s = { .zone = z, .lat = lat_deg, .lon = vg_zone__turn(z, lon_deg), .best = DBL_MAX };
    sincos(lat_deg * VG_RADIAN, &s.sin_lat, &s.cos_lat);
    s.kx = s.cos_lat;
    s.far = is_far(z, s.lon, lat_deg);
    vg_zone_cells at;
    double x = fmin(fmax(s.lon, z->west), z->east), y = fmin(fmax(s.lat, z->south), z->north);
    vg_zone__cells(z, x, x, y, y, &at);
    double least = fmin(z->cell_x * cos(fmax(fabs(z->south), fabs(z->north)) * VG_RADIAN), z->cell_y);
    for (int32_t k = 0; s.far || (k - 1) * least * CAUTION <= s.best; k++)
        if (!try_square(&s, at.c0, at.r0, k) && k > 0)
            break;
    double m = vg_distance_m(lat_deg, lon_deg, s.to_lat, s.to_lon);
    return vg_zone_has(z, lat_deg, lon_deg) ? -m : m;
}
