/*
 * The share of an uncertain place that lies in a zone.
 *
 * With r and theta about the place, an isotropic normal has the mass  (1 / 2 pi) * integral of (1 - exp(-r^2 / 2 s^2))
 * d theta  along a closed curve (Green's theorem in polar coordinates; each side of it is checked in the tests by Monte
 * Carlo). The first term is the winding number: 1 inside and 0 outside. The second fades with the distance, so that only
 * edges within 5 s are looked at. Invariant: the edges alone fix the share up to a whole number; the winding number only
 * chooses among 0, 1 and what lies between, so that a place so near to an edge that rounding decides its side still gets
 * the share of both sides.
 *
 * The plane: about the place, to the second order in longitude and latitude, which is what the azimuthal equidistant
 * projection is up to terms of the third order; where these would count (wide circles, near the poles), the projection
 * itself, on a sphere with the ellipsoid's two radii of curvature at the place.
 */
#include <math.h>

#include "geo/zone_int.h"

/* Beyond this angle of longitude within reach (radians), terms of the third order are felt. */
#define NARROW 0.07

/* Edges under SHORT standard deviations, farther than one and nearer than FAR, need two nodes only; TINY ones a single. */
#define SHORT 0.4
#define TINY  0.07
#define FAR   (VG_REACH_SIGMAS + 0.5 * SHORT)

/* So many pieces of edges are summed one by one, and no runs are looked for. */
enum { MOST_PIECES = 64, FEW = 6 };

typedef vg_zone_plane plane;

typedef struct {
    double x, y;
} point;

/* Terms of the second order: flat(). */
static plane plane_about(double lat, double lon, double radius_m)
{
    double sigma = radius_m / VG_SIGMAS_90, s, c;
    sincos(lat * VG_RADIAN, &s, &c);
    double w2 = 1 - VG_EARTH_E2 * s * s, n = VG_EARTH_A / sqrt(w2), m = n * (1 - VG_EARTH_E2) / w2;
    plane p = { .lon = lon, .lat = lat, .sin_lat = s, .cos_lat = c };
    p.kx = n * c * VG_RADIAN / sigma;
    p.ky = m * VG_RADIAN / sigma;
    p.kxy = -m * s * VG_RADIAN * VG_RADIAN / sigma;
    p.kxx = 0.5 * n * s * c * VG_RADIAN * VG_RADIAN / sigma;
    p.kyy = 1.5 * VG_EARTH_E2 * s * c / w2 * m * VG_RADIAN * VG_RADIAN / sigma;
    p.rx = n / sigma;
    p.ry = m / sigma;
    p.bend = fabs(s) / (8 * p.rx * (c > 1e-6 ? c : 1e-6));
    p.wide = VG_REACH_SIGMAS / p.rx > NARROW * c;
    return p;
}

/* Second order: the radius of a parallel shrinks by m sin(lat) per radian, and a parallel bends towards the pole. */
static inline point flat(const plane *p, double dx, double dy)
{
    return (point){ dx * (p->kx + p->kxy * dy), dy * (p->ky + p->kyy * dy) + p->kxx * dx * dx };
}

/* Azimuthal equidistant. */
static point projected(const plane *p, double dx, double dy)
{
    double sx, cx, sy, cy;
    sincos(dx * VG_RADIAN, &sx, &cx);
    sincos((p->lat + dy) * VG_RADIAN, &sy, &cy);
    double x = cy * sx, y = p->cos_lat * sy - p->sin_lat * cy * cx,
           z = p->sin_lat * sy + p->cos_lat * cy * cx;
    double h = sqrt(x * x + y * y), k = h > 1e-12 ? atan2(h, z) / h : 1;
    return (point){ p->rx * k * x, p->ry * k * y };
}

/* Gauss-Legendre: half of the nodes (the other half mirrored) and their weights; an odd number has its middle first. */
static const double node3[] = { 0, 0.7745966692414834 },
                    weight3[] = { 0.8888888888888888, 0.5555555555555556 };
static const double node5[] = { 0, 0.5384693101056831, 0.9061798459386640 },
                    weight5[] = { 0.5688888888888889, 0.4786286704993665, 0.2369268850561891 };

/* exp(-i) and exp(-i / 16). */
static const double whole_power[] = { 1.0,
                                      0.36787944117144233,
                                      0.1353352832366127,
                                      0.049787068367863944,
                                      0.018315638888734179,
                                      0.006737946999085467,
                                      0.0024787521766663585,
                                      0.00091188196555451624,
                                      0.00033546262790251185,
                                      0.00012340980408667956,
                                      4.5399929762484854e-05,
                                      1.6701700790245659e-05,
                                      6.1442123533282098e-06,
                                      2.2603294069810542e-06,
                                      8.3152871910356788e-07,
                                      3.0590232050182579e-07,
                                      1.1253517471925912e-07,
                                      4.1399377187851668e-08,
                                      1.5229979744712629e-08,
                                      5.6027964375372678e-09,
                                      2.0611536224385579e-09,
                                      7.5825604279119066e-10,
                                      2.7894680928689246e-10,
                                      1.026187963170189e-10,
                                      3.7751345442790977e-11 };
static const double sixteenth_power[] = { 1.0,
                                          0.93941306281347581,
                                          0.88249690258459546,
                                          0.82902911818040037,
                                          0.77880078307140488,
                                          0.73161562894664178,
                                          0.68728927879097224,
                                          0.64564852642789206,
                                          0.60653065971263342,
                                          0.56978282473092301,
                                          0.53526142851899028,
                                          0.50283157797094091,
                                          0.47236655274101469,
                                          0.44374731008107987,
                                          0.41686201967850839,
                                          0.39160562667679899 };

enum { WHOLE_POWERS = sizeof whole_power / sizeof *whole_power };

/*
 * exp(-s / 2) for s >= 0, to 4e-8 of itself (nothing beyond s = 48): the nearest sixteenth from the tables, the rest by
 * Taylor. Near 0 it is exact to the last bits, which rising() needs.
 */
static inline double fade(double s)
{
    if (!(s < 2.0 * WHOLE_POWERS - 1))
        return 0;
    int k = (int)(8 * s + 0.5);
    double r = 0.5 * (k * 0.125 - s);
    return whole_power[k / 16] * sixteenth_power[k % 16] * (1 + r * (1 + r * (0.5 + r * (1.0 / 6))));
}

/* (1 - exp(-s / 2)) / s: what is smooth even where the edge passes through the place. */
static double rising(double s)
{
    return s > 1e-3 ? (1 - fade(s)) / s : 0.5 - s * (0.125 - s / 48);
}

static inline double falling(double s)
{
    return fade(s) / s;
}

static double at_square(double s, bool is_near)
{
    return is_near ? rising(s) : falling(s);
}

/* Integral over t in ta..tb, at s = h2 + t^2, of what rises where the line is near, else of what falls. */
static double along(double h2, double ta, double tb, bool is_near)
{
    int pieces = (int)((tb - ta) * 0.4) + 1, half = tb - ta < 1 ? 2 : 3;
    const double *node = half == 2 ? node3 : node5, *weight = half == 2 ? weight3 : weight5;
    double width = 0.5 * (tb - ta) / pieces, sum = 0;
    for (int i = 0; i < pieces; i++) {
        double middle = ta + (2 * i + 1) * width;
        sum += weight[0] * at_square(h2 + middle * middle, is_near);
        for (int k = 1; k < half; k++) {
            double l = middle - node[k] * width, r = middle + node[k] * width;
            sum += weight[k] * (at_square(h2 + l * l, is_near) + at_square(h2 + r * r, is_near));
        }
    }
    return sum * width;
}

/*
 * Integral of exp(-r^2 / 2) d theta along a chord. At the distance h from the chord's line, d theta = h / (h^2 + t^2) dt;
 * near the line this is a peak, so that the angle is taken as a whole and the rest, which is smooth, subtracted.
 */
static double chord(plane *p, point a, point b)
{
    double dx = b.x - a.x, dy = b.y - a.y, length = sqrt(dx * dx + dy * dy);
    if (!(length > 1e-12))
        return 0;
    if (a.x * a.x + a.y * a.y < 1e-18 || b.x * b.x + b.y * b.y < 1e-18)
        p->corner = true;
    double h = (a.x * b.y - a.y * b.x) / length, h2 = h * h;
    if (h2 >= VG_REACH_SIGMAS * VG_REACH_SIGMAS)
        return 0;
    double ta = (a.x * dx + a.y * dy) / length, tb = ta + length;
    if (ta * ta + h2 > VG_REACH_SIGMAS * VG_REACH_SIGMAS ||
        tb * tb + h2 > VG_REACH_SIGMAS * VG_REACH_SIGMAS) {
        double end = sqrt(VG_REACH_SIGMAS * VG_REACH_SIGMAS - h2);
        ta = ta > -end ? ta : -end;
        tb = tb < end ? tb : end;
        if (ta >= tb)
            return 0;
    }
    return h2 < 4 ? atan2(h * (tb - ta), h2 + ta * tb) - h * along(h2, ta, tb, true)
                  : h * along(h2, ta, tb, false);
}

/* No point of the edge is within reach: told without a root. */
static bool out_of_reach(double x, double y, double dx, double dy, double l2)
{
    const double reach2 = 1.21 * VG_REACH_SIGMAS * VG_REACH_SIGMAS;
    double foot = -(x * dx + y * dy), side = x * dy - y * dx;
    if (foot <= 0)
        return x * x + y * y > reach2;
    if (foot >= l2)
        return (x + dx) * (x + dx) + (y + dy) * (y + dy) > reach2;
    return side * side > reach2 * l2;
}

/* The part of an edge within reach, as a share of it: in the plane of the first order edges are straight. */
static bool within_reach(const plane *p, double x, double y, double dx, double dy, double *from, double *to,
                         double *length)
{
    const double reach = 1.1 * VG_REACH_SIGMAS;
    double l2 = dx * dx + dy * dy, side = x * dy - y * dx;
    *from = 0;
    *to = 1;
    *length = sqrt(l2);
    if (p->wide)
        return l2 > 0;
    if (out_of_reach(x, y, dx, dy, l2))
        return false;
    double foot = -(x * dx + y * dy), half = sqrt(fmax(reach * reach * l2 - side * side, 0));
    if (foot - half > 0)
        *from = (foot - half) / l2;
    if (foot + half < l2)
        *to = (foot + half) / l2;
    *length *= *to - *from;
    return *from < *to;
}

/* A chord that is short and not near: two nodes of Gauss-Legendre, and no root; its middle where it is tiny. */
static inline double short_chord(point a, point b, bool tiny)
{
    const double node = 0.2113248654051871; /* (1 - 1 / sqrt 3) / 2 */
    double dx = b.x - a.x, dy = b.y - a.y;
    if (tiny) {
        double x = a.x + b.x, y = a.y + b.y;
        return (a.x * b.y - a.y * b.x) * falling(0.25 * (x * x + y * y));
    }
    point p = { a.x + node * dx, a.y + node * dy }, q = { b.x - node * dx, b.y - node * dy };
    return 0.5 * (a.x * b.y - a.y * b.x) * (falling(p.x * p.x + p.y * p.y) + falling(q.x * q.x + q.y * q.y));
}

static double long_edge_term(plane *p, double ax, double ay, double dx, double dy)
{
    double from, to, length, sum = 0;
    if (!within_reach(p, ax * p->kx, ay * p->ky, dx * p->kx, dy * p->ky, &from, &to, &length))
        return 0;
    double bent = length * length * p->bend;
    int pieces = bent > VG_ZONE_SAGITTA ? (int)fmin(ceil(sqrt(bent / VG_ZONE_SAGITTA)), MOST_PIECES) : 1;
    point (*map)(const plane *, double, double) = p->wide ? projected : flat;
    point last = map(p, ax + from * dx, ay + from * dy);
    for (int i = 1; i <= pieces; i++) {
        double u = from + (to - from) * i / pieces;
        point next = map(p, ax + u * dx, ay + u * dy);
        sum += chord(p, last, next);
        last = next;
    }
    return sum;
}

static inline double edge_term(plane *p, const vg_zone_edge *e)
{
    double ax = e->x1 - p->lon, ay = e->y1 - p->lat, dx = e->x2 - e->x1, dy = e->y2 - e->y1;
    double wide = dx * p->kx, high = dy * p->ky, l2 = wide * wide + high * high;
    double x = ax * p->kx + 0.5 * wide, y = ay * p->ky + 0.5 * high, m2 = x * x + y * y;
    if (p->wide || l2 > SHORT * SHORT || l2 * p->bend > VG_ZONE_SAGITTA || m2 < 1)
        return long_edge_term(p, ax, ay, dx, dy);
    return m2 > FAR * FAR ? 0 : short_chord(flat(p, ax, ay), flat(p, ax + dx, ay + dy), l2 < TINY * TINY);
}

double vg_zone__edge_term(vg_zone_plane *p, const vg_zone_edge *e)
{
    return edge_term(p, e);
}

/* Sum over the edges in these cells; edges of a row's neighbouring cells lie one after another. */
static double edge_terms(const vg_zone *z, plane *p, const vg_zone_cells *c)
{
    double sum = 0;
    int32_t pieces = 0;
    for (int32_t r = c->r0; r <= c->r1; r++)
        pieces += z->first[r * z->cols + c->c1 + 1] - z->first[r * z->cols + c->c0];
    if (pieces > FEW && !p->wide)
        return vg_zone__run_terms(z, p);
    for (int32_t r = c->r0; r <= c->r1; r++)
        for (int32_t i = z->first[r * z->cols + c->c0], end = z->first[r * z->cols + c->c1 + 1]; i < end; i++)
            sum += edge_term(p, &z->edge[i]);
    return sum;
}

static bool any_edge(const vg_zone *z, const vg_zone_cells *c)
{
    for (int32_t r = c->r0; r <= c->r1; r++)
        if (z->first[r * z->cols + c->c0] < z->first[r * z->cols + c->c1 + 1])
            return true;
    return false;
}

/* The cells within reach, once for each turn in which the zone is within reach; at most three. */
static int reached(const vg_zone *z, const vg_zone_question *q, double x, vg_zone_cells cells[3],
                   double turn[3])
{
    int n = 0;
    double south = q->lat - q->reach_lat, north = q->lat + q->reach_lat;
    if (q->reach_lon >= 180.0) {
        turn[0] = x;
        return vg_zone__cells(z, z->west, z->east, south, north, &cells[0]) && any_edge(z, &cells[0]);
    }
    for (int k = -1; k <= 1; k++) {
        double lon = x + 360.0 * k;
        if (vg_zone__cells(z, lon - q->reach_lon, lon + q->reach_lon, south, north, &cells[n]) &&
            any_edge(z, &cells[n]))
            turn[n++] = lon;
    }
    return n;
}

/* The edges' sum for a place; false when it lies on a corner, where the angle between two edges is not defined. */
static bool edges_sum(const vg_zone *z, const vg_zone_cells *cells, const double *turn, int n,
                      const plane *about, double *sum)
{
    *sum = 0;
    for (int i = 0; i < n; i++) {
        plane p = *about;
        p.lon += turn[i];
        *sum += edge_terms(z, &p, &cells[i]);
        if (p.corner)
            return false;
    }
    return true;
}

/* The question beside a corner, by a millionth of the radius. */
static vg_zone_question beside(const vg_zone_question *q)
{
    vg_zone_question b = *q;
    double off = 1e-6 * q->radius_m / (VG_EARTH_A * VG_RADIAN);
    b.lat += b.lat > 0 ? -off : off;
    b.lon += 0.7312 * off;
    b.plane = plane_about(b.lat, b.lon, b.radius_m);
    return b;
}

double vg_zone__share(const vg_zone *z, vg_zone_question *q)
{
    double turn[3], sum = 0, lat = q->lat, lon = q->lon;
    vg_zone_cells cells[3];
    int n = q->radius_m > 0 ? reached(z, q, vg_zone__turn(z, lon), cells, turn) : 0;
    if (n == 0)
        return vg_zone_has(z, lat, lon);
    if (!(q->plane.kx > 0))
        q->plane = plane_about(lat, lon, q->radius_m);
    for (int i = 0; i < n; i++)
        turn[i] -= lon;
    if (!edges_sum(z, cells, turn, n, &q->plane, &sum)) {
        vg_zone_question b = beside(q);
        edges_sum(z, cells, turn, n, &b.plane, &sum);
        lat = b.lat;
        lon = b.lon;
    }
    double share = (vg_zone_has(z, lat, lon) ? 1 : 0) - sum / (2 * 3.141592653589793);
    share += share < -1e-3 ? 1 : share > 1 + 1e-3 ? -1 : 0;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* From below: the first terms of the series, and nothing near the poles. */
static double cosine_at_most(double degrees)
{
    double x = degrees * VG_RADIAN, x2 = x * x;
    return 1 - x2 * (0.5 - x2 * (1.0 / 24 - x2 / 720));
}

bool vg_zone__ask(double lat_deg, double lon_deg, double radius_m, vg_zone_question *q)
{
    const double least_m = 0.1, most_m = 5e6, least_per_degree = 110500; /* metres of a degree of latitude */
    if (!(fabs(lat_deg) <= 90.0) || !(fabs(lon_deg) <= 360.0) || !(radius_m >= 0 && radius_m <= most_m))
        return false;
    *q = (vg_zone_question){ .lat = lat_deg, .lon = lon_deg, .radius_m = radius_m >= least_m ? radius_m : 0 };
    if (lon_deg < -180.0 || lon_deg > 180.0)
        q->lon += lon_deg > 0 ? -360.0 : 360.0;
    if (q->radius_m == 0)
        return true;
    q->reach_lat = VG_REACH_SIGMAS / VG_SIGMAS_90 * radius_m / least_per_degree;
    double far = fabs(lat_deg) + q->reach_lat, cosine = far < 89.0 ? cosine_at_most(far) : 0;
    q->reach_lon = cosine > 1e-3 ? q->reach_lat / cosine : 180.0;
    q->reach_lon = q->reach_lon <= 90.0 ? q->reach_lon : 180.0;
    return true;
}

double vg_zone_share(const vg_zone *z, double lat_deg, double lon_deg, double radius_m)
{
    vg_zone_question q;
    return vg_zone__ask(lat_deg, lon_deg, radius_m, &q) ? vg_zone__share(z, &q) : (double)NAN;
}
