/*
 * The share of a place from runs of a zone's edges, several at once. With R(s) = (1 - exp(-s / 2)) / s and s the square of
 * the distance from the place, an edge from a to b adds  angle(a, b) - (a x b) * integral of R  to the sum that
 * zone_share.c takes; angles of edges that follow one another add up to that of the first and the last corner, so that
 * only the smooth R is integrated, by Gauss-Legendre, in vectors of four edges. Invariant: vectors are worked on place by
 * place and added up in one order, so that every processor and compiler ends in the same bytes.
 */
#include <math.h>
#include <string.h>

#include "geo/zone_int.h"

enum { RUN = VG_ZONE_RUN, LANES = RUN, RUNS = VG_ZONE_RUNS };

typedef double four __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t four_bits __attribute__((vector_size(LANES * sizeof(int64_t))));
typedef float four_small __attribute__((vector_size(RUNS * sizeof(float))));
typedef int32_t four_flags __attribute__((vector_size(RUNS * sizeof(int32_t))));

/* Vectors are passed among functions that are always put in place: how they would be passed does not matter. */
#define IN_PLACE static inline __attribute__((always_inline))

/* --- made once --- */

/* The k-th of four runs: its box, in degrees from the zone's middle, a little too wide, and its longest edge. */
static void bound_run(const vg_zone *z, const vg_zone_corners *c, vg_zone_runs *r, int k)
{
    double west = c->x[0], east = west, south = c->y[0], north = south, longest2 = 0;
    for (int i = 0; i < RUN; i++) {
        double dy = c->y[i + 1] - c->y[i],
               dx = (c->x[i + 1] - c->x[i]) * cos(0.5 * (c->y[i] + c->y[i + 1]) * VG_RADIAN);
        west = fmin(west, c->x[i + 1]);
        east = fmax(east, c->x[i + 1]);
        south = fmin(south, c->y[i + 1]);
        north = fmax(north, c->y[i + 1]);
        longest2 = fmax(longest2, dx * dx + dy * dy);
    }
    double more = 1e-7 * (z->east - z->west + z->north - z->south);
    r->west[k] = (float)(west - z->middle - more);
    r->east[k] = (float)(east - z->middle + more);
    r->south[k] = (float)(south - z->south - more);
    r->north[k] = (float)(north - z->south + more);
    r->longest2[k] = (float)(1.0001 * longest2);
}

static int32_t n_runs_of(const vg_zone_rings *r)
{
    int32_t n = 0;
    for (int32_t i = 0; i < r->n; i++)
        n += (r->first[i + 1] - r->first[i] - 1 + RUN - 1) / RUN;
    return n;
}

int64_t vg_zone__runs_size(const vg_zone_rings *r)
{
    int64_t n = n_runs_of(r) + RUNS;
    return n * (int64_t)(sizeof(vg_zone_corners) + sizeof(vg_zone_runs) / RUNS) + 64;
}

bool vg_zone__lay_runs(vg_zone *z)
{
    const vg_zone_rings *r = &z->rings;
    int32_t n = 0;
    z->n_runs = n_runs_of(r);
    z->runs = vg_new(&z->memory, vg_zone_runs, (z->n_runs + RUNS - 1) / RUNS);
    z->corner = vg_new(&z->memory, vg_zone_corners, z->n_runs);
    if (!z->runs || !z->corner)
        return false;
    for (int32_t i = 0; i < r->n; i++)
        for (int32_t k = r->first[i], last = r->first[i + 1] - 1; k < last; k += RUN, n++) {
            vg_zone_corners *c = &z->corner[n];
            for (int32_t j = 0; j <= RUN; j++) { /* the ring's end again: edges without length add nothing */
                c->x[j] = r->at[k + j < last ? k + j : last][0];
                c->y[j] = r->at[k + j < last ? k + j : last][1];
            }
            c->first = k == r->first[i];
            bound_run(z, c, &z->runs[n / RUNS], n % RUNS);
        }
    for (; n % RUNS != 0; n++) /* nowhere */
        z->runs[n / RUNS].west[n % RUNS] = z->runs[n / RUNS].south[n % RUNS] = 1e9F;
    return true;
}

/* --- asked often --- */

IN_PLACE four load(const double *from)
{
    four v;
    memcpy(&v, from, sizeof v);
    return v;
}

IN_PLACE four choose(four_bits which, four a, four b)
{
    return (four)((which & (four_bits)a) | (~which & (four_bits)b));
}

/* exp(-s / 2) for s >= 0, to 3e-10: a power of two, and the rest by Taylor. */
IN_PLACE four fade4(four s)
{
    const double per_power = -0.72134752044448170, magic = 6755399441055744.0; /* -1 / (2 ln 2), 3 * 2^51 */
    four_bits far = s > 100.0;
    four t = choose(far, s - s + 100.0, s) * per_power, k = t + magic,
         f = (t - (k - magic)) * 0.69314718055994531;
    four f2 = f * f, f4 = f2 * f2;
    four low = (1 + f) + f2 * (0.5 + f * (1.0 / 6)),
         high = (1.0 / 24 + f * (1.0 / 120)) + f2 * (1.0 / 720 + f * (1.0 / 5040));
    four power = (four)(((four_bits)k << 52) + 0x3FF0000000000000);
    return power * (low + f4 * (high + f4 * (1.0 / 40320)));
}

/* (1 - exp(-s / 2)) / s. */
IN_PLACE four rising4(four s)
{
    four small = 0.5 - s * (0.125 - s * (1.0 / 48));
    return choose(s > 1e-3, (1 - fade4(s)) / (s + 1e-300), small);
}

IN_PLACE four rising_at(four ax, four ay, four dx, four dy, double u)
{
    four x = ax + u * dx, y = ay + u * dy;
    return rising4(x * x + y * y);
}

/* What a run adds to the sum. */
typedef struct {
    double x, y, last_x, last_y; /* its first corner and its last, in the plane about the place */
    double sum;                  /* minus the integral of its edges */
    int64_t turns;               /* how often they go round behind the place */
    bool corner;                 /* one of them lies on the place */
} summed;

IN_PLACE four map_x(const vg_zone_plane *p, four dx, four dy)
{
    return dx * (p->kx + p->kxy * dy);
}

/* + 0: there is one zero only, for the sides of the place are told from signs. */
IN_PLACE four map_y(const vg_zone_plane *p, four dx, four dy)
{
    return dy * (p->ky + p->kyy * dy) + p->kxx * dx * dx + 0.0;
}

/* Gauss-Legendre with so many nodes. */
IN_PLACE four mean_rising(four ax, four ay, four dx, four dy, int nodes)
{
    const double two = 0.28867513459481287, three = 0.3872983346207417,
                 five[] = { 0.2692346550528416, 0.4530899229693320 };
    if (nodes == 1)
        return rising_at(ax, ay, dx, dy, 0.5);
    if (nodes == 2)
        return 0.5 * (rising_at(ax, ay, dx, dy, 0.5 - two) + rising_at(ax, ay, dx, dy, 0.5 + two));
    if (nodes == 3)
        return (rising_at(ax, ay, dx, dy, 0.5 - three) + rising_at(ax, ay, dx, dy, 0.5 + three)) *
                   (5.0 / 18) +
               rising_at(ax, ay, dx, dy, 0.5) * (8.0 / 18);
    return rising_at(ax, ay, dx, dy, 0.5) * 0.28444444444444444 +
           (rising_at(ax, ay, dx, dy, 0.5 - five[0]) + rising_at(ax, ay, dx, dy, 0.5 + five[0])) *
               0.23931433524968324 +
           (rising_at(ax, ay, dx, dy, 0.5 - five[1]) + rising_at(ax, ay, dx, dy, 0.5 + five[1])) *
               0.11846344252809454;
}

IN_PLACE void sum_run(const vg_zone_plane *p, const vg_zone_corners *c, int nodes, summed *out)
{
    four ax = load(&c->x[0]) - p->lon, ay = load(&c->y[0]) - p->lat, bx = load(&c->x[1]) - p->lon,
         by = load(&c->y[1]) - p->lat, x = map_x(p, ax, ay), y = map_y(p, ax, ay), to_x = map_x(p, bx, by),
         to_y = map_y(p, bx, by), cross = x * to_y - y * to_x;
    four sum = cross * mean_rising(x, y, to_x - x, to_y - y, nodes);
    four_bits from = y < 0.0, to = to_y < 0.0,
              on = (x * x + y * y < 1e-18) | (to_x * to_x + to_y * to_y < 1e-18);
    four_bits turns = (from & ~to & (cross < 0.0)) - (~from & to & (cross > 0.0));
    *out = (summed){ .x = x[0], .y = y[0], .last_x = to_x[RUN - 1], .last_y = to_y[RUN - 1] };
    out->sum = -((sum[0] + sum[1]) + (sum[2] + sum[3]));
    out->turns = (turns[0] + turns[1]) + (turns[2] + turns[3]);
    out->corner = (on[0] | on[1] | on[2] | on[3]) != 0;
}

IN_PLACE void sum_by_length(const vg_zone_plane *p, const vg_zone_corners *c, double longest2, summed *out)
{
    if (longest2 < 0.0025)
        sum_run(p, c, 1, out);
    else if (longest2 < 0.16)
        sum_run(p, c, 2, out);
    else if (longest2 < 1)
        sum_run(p, c, 3, out);
    else
        sum_run(p, c, 5, out);
}

typedef void summing(const vg_zone_plane *p, const vg_zone_corners *c, double longest2, summed *out);

#if defined(__x86_64__)
/* On wider registers: how many are worked on at once changes nothing in the result. */
__attribute__((target("avx2"))) static void sum_wide(const vg_zone_plane *p, const vg_zone_corners *c,
                                                     double longest2, summed *out)
{
    sum_by_length(p, c, longest2, out);
}
#endif

static void sum_any(const vg_zone_plane *p, const vg_zone_corners *c, double longest2, summed *out)
{
    sum_by_length(p, c, longest2, out);
}

static summing *summing_here(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return sum_wide;
#endif
    return sum_any;
}

/* --- all runs within reach --- */

/* Edges that follow one another, as far as they were summed. */
typedef struct {
    const vg_zone *z;
    vg_zone_plane *p;
    summing *run;
    double sum, degree2; /* degree2: squared standard deviations in a squared degree of latitude, at most */
    int64_t turns;
    bool open;
    int32_t next;                /* the run that would follow */
    double x, y, last_x, last_y; /* the first corner and the last */
} chain;

static void end_chain(chain *c)
{
    if (c->open && (fabs(c->x - c->last_x) > 0 || fabs(c->y - c->last_y) > 0))
        c->sum += atan2(c->last_y, c->last_x) - atan2(c->y, c->x);
    c->open = false;
}

static void add_run(chain *c, int32_t i, double longest2)
{
    const vg_zone_corners *at = &c->z->corner[i];
    if (c->open && (c->next != i || at->first))
        end_chain(c);
    if (longest2 > 6.25 || longest2 * c->p->bend > VG_ZONE_SAGITTA) {
        end_chain(c);
        for (int k = 0; k < RUN; k++)
            c->sum +=
                vg_zone__edge_term(c->p, &(vg_zone_edge){ at->x[k], at->y[k], at->x[k + 1], at->y[k + 1] });
        return;
    }
    summed s;
    c->run(c->p, at, longest2, &s);
    c->sum += s.sum;
    c->turns += s.turns;
    c->p->corner |= s.corner;
    if (!c->open) {
        c->x = s.x;
        c->y = s.y;
    }
    c->open = true;
    c->next = i + 1;
    c->last_x = s.last_x;
    c->last_y = s.last_y;
}

IN_PLACE four_small load_small(const float *from)
{
    four_small v;
    memcpy(&v, from, sizeof v);
    return v;
}

IN_PLACE four_small no_less(four_small a, four_small b)
{
    four_flags which = a > b;
    return (four_small)((which & (four_flags)a) | (~which & (four_flags)b));
}

double vg_zone__run_terms(const vg_zone *z, vg_zone_plane *p)
{
    const double two_pi = 6.283185307179586;
    const float reach = (float)(1.08 * VG_REACH_SIGMAS);
    float lon = (float)(p->lon - z->middle), lat = (float)(p->lat - z->south), kx = (float)p->kx,
          ky = (float)p->ky;
    double degree = 1.1 * fmax(p->kx / p->cos_lat, p->ky);
    chain c = { .z = z, .p = p, .run = summing_here(), .degree2 = degree * degree };
    for (int32_t i = 0; i < z->n_runs; i += RUNS) {
        const vg_zone_runs *r = &z->runs[i / RUNS];
        four_small zero = { 0 },
                   x = no_less(no_less(load_small(r->west) - lon, lon - load_small(r->east)), zero) * kx,
                   y = no_less(no_less(load_small(r->south) - lat, lat - load_small(r->north)), zero) * ky;
        four_flags near = x * x + y * y < reach * reach;
        uint64_t half[2];
        memcpy(half, &near, sizeof half);
        if (!(half[0] | half[1]))
            continue;
        for (int k = 0; k < RUNS; k++)
            if (near[k])
                add_run(&c, i + k, (double)r->longest2[k] * c.degree2);
    }
    end_chain(&c);
    return c.sum + two_pi * (double)c.turns;
}

/* --- the nearest edge --- */

/* Square of the distance to the nearest edge of a run, degrees of latitude; (x, y): the place, c: the cosine of its latitude. */
static double nearest_of(const vg_zone_corners *at, double x, double y, double c)
{
    double best = (double)INFINITY;
    for (int k = 0; k < RUN; k++) {
        double ax = (at->x[k] - x) * c, ay = at->y[k] - y, dx = (at->x[k + 1] - at->x[k]) * c,
               dy = at->y[k + 1] - at->y[k], l2 = dx * dx + dy * dy, foot = -(ax * dx + ay * dy);
        foot = foot <= 0 ? 0 : foot >= l2 ? 1 : foot / l2;
        ax += foot * dx;
        ay += foot * dy;
        double d2 = ax * ax + ay * ay;
        best = d2 < best ? d2 : best;
    }
    return best;
}

/* Runs whose box is farther than what was found are passed over. No exponential: the plane of the first order is enough. */
static double nearest2(const vg_zone *z, double x, double y, double c, double reach2, double enough2)
{
    const float kept_back = 0.999F;
    float lon = (float)(x - z->middle), lat = (float)(y - z->south), narrow = (float)c;
    double best = reach2;
    bool found = false;
    for (int32_t i = 0; i < z->n_runs && !(found && best <= enough2); i += RUNS) {
        const vg_zone_runs *r = &z->runs[i / RUNS];
        four_small zero = { 0 },
                   dx = no_less(no_less(load_small(r->west) - lon, lon - load_small(r->east)), zero) * narrow,
                   dy = no_less(no_less(load_small(r->south) - lat, lat - load_small(r->north)), zero),
                   d2 = (dx * dx + dy * dy) * kept_back;
        for (int k = 0; k < RUNS; k++) {
            if ((double)d2[k] > best)
                continue;
            double one = nearest_of(&z->corner[i + k], x, y, c);
            found |= one <= best;
            best = one < best ? one : best;
        }
    }
    return found ? best : (double)INFINITY;
}

double vg_zone_edge_m(const vg_zone *z, double lat_deg, double lon_deg, double radius_m, double enough_m)
{
    const double degree_m = 110500; /* of latitude, at least; of longitude at the equator a little more */
    double far = fabs(lat_deg) + radius_m / degree_m;
    if (!(far < 85.0) || !(radius_m * tan(far * VG_RADIAN) < 0.04 * VG_EARTH_A))
        return 0;
    double reach = radius_m / degree_m, enough = enough_m / degree_m, x = vg_zone__turn(z, lon_deg);
    if (z->east - z->west + 2 * reach / cos(far * VG_RADIAN) > 180.0)
        return 0;
    double best = nearest2(z, x, lat_deg, cos(lat_deg * VG_RADIAN), reach * reach, enough * enough);
    return sqrt(best) * degree_m;
}

bool vg_zone_near_edge(const vg_zone *z, double lat_deg, double lon_deg, double radius_m)
{
    return isfinite(vg_zone_edge_m(z, lat_deg, lon_deg, radius_m, radius_m));
}
