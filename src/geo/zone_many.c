/*
 * Many zones at once. Boxes are sorted into a net whose lines lie at the boxes' own sides, so that zones that crowd into
 * one district still fall apart; there is one net for exact places and small circles and one for larger ones, where each
 * box is larger by what the circle may reach. Invariant: a zone whose box comes within the net's margin of a place is
 * named in the place's cell; so one cell answers a question, and nothing is met twice.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/zone_int.h"

enum { NETS = 2, MOST_LINES = 64, MOST_NAMED = 1 << 22 };

/* Margins of the nets, degrees of latitude within reach; wider circles ask every box. */
static const double margin[NETS] = { 0.03, 0.3 };

typedef struct {
    double x[MOST_LINES + 1], y[MOST_LINES + 1]; /* lines; cell i lies between line i and i + 1 */
    int32_t nx, ny;                              /* cells */
    int32_t *first, *named;
} net;

struct vg_zones {
    const vg_zone **zone;
    double (*box)[4]; /* west, south, east, north, unwrapped */
    int32_t n;
    net net[NETS];
};

void vg_zones_free(vg_zones *z)
{
    if (!z)
        return;
    for (int k = 0; k < NETS; k++) {
        free(z->net[k].first);
        free(z->net[k].named);
    }
    free(z->box);
    free(z->zone);
    free(z);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Lines from the world's one end to the other, between them the sides of the boxes, thinned out evenly. */
static int32_t draw_lines(double *side, int32_t n, double from, double to, int32_t cells, double *line)
{
    int32_t lines = 0;
    qsort(side, (size_t)n, sizeof *side, by_size);
    line[lines++] = from;
    for (int32_t i = 1; i < cells; i++) {
        double at = side[(int64_t)i * n / cells];
        if (at > line[lines - 1] && at < to)
            line[lines++] = at;
    }
    line[lines] = to;
    return lines;
}

static int32_t cell_of(const double *line, int32_t cells, double x)
{
    int32_t low = 0, high = cells; /* line[low] <= x < line[high] */
    while (high - low > 1) {
        int32_t mid = (low + high) / 2;
        if (x < line[mid])
            high = mid;
        else
            low = mid;
    }
    return low;
}

/* Half of the box in longitude that a reach in latitude needs, at most, around a zone's box. */
static double margin_lon(const double box[4], double reach)
{
    double far = fmax(fabs(box[1]), fabs(box[3])) + 2 * reach;
    return far < 89.0 ? reach / cos(far * VG_RADIAN) * 1.1 : 180.0;
}

/* Calls for every cell that a box may be asked from; where `named` is not there yet, cells are only counted. */
static void name_box(net *t, int32_t number, const double box[4], double reach, bool lay)
{
    double wide = margin_lon(box, reach);
    bool all = box[2] - box[0] + 2 * wide >= 360.0;
    int32_t r0 = cell_of(t->y, t->ny, box[1] - reach), r1 = cell_of(t->y, t->ny, box[3] + reach);
    for (int32_t c = 0; c < t->nx; c++) {
        bool met = all;
        for (int k = -1; k <= 1 && !met; k++)
            met = t->x[c] + 360.0 * k <= box[2] + wide && t->x[c + 1] + 360.0 * k >= box[0] - wide;
        for (int32_t r = r0; met && r <= r1; r++) {
            int32_t *at = &t->first[r * t->nx + c];
            if (lay)
                t->named[*at] = number;
            (*at)++;
        }
    }
}

/* Names every box; each cell's list begins where the cell before ends. False when memory is out. */
static bool fill_net(vg_zones *z, net *t, double reach, int64_t *named)
{
    int32_t cells = t->nx * t->ny, sum = 0;
    t->first = calloc((size_t)cells + 1, sizeof *t->first);
    if (!t->first)
        return false;
    for (int32_t i = 0; i < z->n; i++)
        name_box(t, i, z->box[i], reach, false);
    *named = 0;
    for (int32_t i = 0; i < cells; i++)
        *named += t->first[i];
    if (*named > MOST_NAMED)
        return true;
    for (int32_t i = 0; i < cells; i++) {
        int32_t n = t->first[i];
        t->first[i] = sum;
        sum += n;
    }
    t->named = calloc((size_t)sum + 1, sizeof *t->named);
    if (!t->named)
        return false;
    for (int32_t i = 0; i < z->n; i++)
        name_box(t, i, z->box[i], reach, true);
    for (int32_t i = cells; i > 0; i--) /* each list's end is the next one's beginning */
        t->first[i] = t->first[i - 1];
    t->first[0] = 0;
    return true;
}

/* Fewer cells until the lists fit. */
static bool make_net(vg_zones *z, net *t, double reach)
{
    double *side = calloc((size_t)z->n * 2 + 1, sizeof *side);
    bool fits = false, memory = side != NULL;
    for (int32_t cells = MOST_LINES; memory && !fits; cells /= 2) {
        int64_t named = 0;
        free(t->first);
        t->first = NULL;
        for (int32_t i = 0; i < 2 * z->n; i++)
            side[i] = remainder(i % 2 ? z->box[i / 2][2] : z->box[i / 2][0], 360.0);
        t->nx = draw_lines(side, 2 * z->n, -180, 180, z->n > 0 ? cells : 1, t->x);
        for (int32_t i = 0; i < 2 * z->n; i++)
            side[i] = i % 2 ? z->box[i / 2][3] + reach : z->box[i / 2][1] - reach;
        t->ny = draw_lines(side, 2 * z->n, -90, 90, z->n > 0 ? cells : 1, t->y);
        memory = fill_net(z, t, reach, &named);
        fits = named <= MOST_NAMED || cells == 1;
    }
    free(side);
    return memory && t->named;
}

bool vg_zones_make(const vg_zone *const *zone, int32_t n, vg_zones **out, vg_err *e)
{
    vg_zones *z = calloc(1, sizeof *z);
    bool whole = z != NULL;
    if (whole) {
        z->n = n;
        z->zone = calloc((size_t)n + 1, sizeof(const vg_zone *));
        z->box = calloc((size_t)n + 1, sizeof *z->box);
        whole = z->zone && z->box;
    }
    for (int32_t i = 0; whole && i < n; i++) {
        z->zone[i] = zone[i];
        z->box[i][0] = zone[i]->west;
        z->box[i][1] = zone[i]->south;
        z->box[i][2] = zone[i]->east;
        z->box[i][3] = zone[i]->north;
    }
    for (int k = 0; whole && k < NETS; k++)
        whole = make_net(z, &z->net[k], margin[k]);
    if (!whole) {
        vg_zones_free(z);
        return vg_fail_memory(e, (int64_t)n * 1024);
    }
    *out = z;
    return true;
}

typedef struct {
    double least, *share;
    int32_t *number, most, n;
    double near; /* part of the reach beyond which a share of `least` cannot come from */
} found;

/*
 * A zone that lies wholly beyond a straight line z standard deviations away holds at most exp(-z^2 / 2) / 2. A little is
 * kept back, because a box's north and south are not quite straight on the ground.
 */
static double nearest_for(const vg_zone_question *q, double least)
{
    if (q->radius_m == 0 || q->radius_m > 50000 || fabs(q->lat) > 75.0)
        return 1;
    double l = 2 * (0.9 * least - 1e-4);
    return l <= 0 ? 1 : l >= 1 ? 0.02 : fmin(sqrt(-2 * log(l)) / VG_REACH_SIGMAS + 0.02, 1);
}

static bool near_box(const vg_zone *z, const vg_zone_question *q, double near)
{
    double lat = near * q->reach_lat, lon = q->reach_lon < 180.0 ? near * q->reach_lon : 180.0;
    if (q->lat + lat < z->south || q->lat - lat > z->north)
        return false;
    return fabs(vg_zone__turn(z, q->lon) - z->middle) <= 0.5 * (z->east - z->west) + lon;
}

static void look_at(const vg_zones *z, int32_t i, vg_zone_question *q, found *f)
{
    double share = near_box(z->zone[i], q, f->near) ? vg_zone__share(z->zone[i], q) : 0;
    if (share <= 0 || share < f->least)
        return;
    if (f->n < f->most) {
        f->number[f->n] = i;
        f->share[f->n] = share;
    }
    f->n++;
}

int32_t vg_zones_share(const vg_zones *z, double lat_deg, double lon_deg, double radius_m, double least,
                       int32_t *number, double *share, int32_t most)
{
    vg_zone_question q;
    found f = { .least = least, .share = share, .number = number, .most = most, .near = 1 };
    if (!vg_zone__ask(lat_deg, lon_deg, radius_m, &q))
        return 0;
    f.near = nearest_for(&q, least);
    for (int k = 0; k < NETS; k++) {
        const net *t = &z->net[k];
        if (q.reach_lat > margin[k])
            continue;
        int32_t cell = cell_of(t->y, t->ny, q.lat) * t->nx + cell_of(t->x, t->nx, q.lon);
        for (int32_t i = t->first[cell]; i < t->first[cell + 1]; i++)
            look_at(z, t->named[i], &q, &f);
        return f.n;
    }
    for (int32_t i = 0; i < z->n; i++)
        look_at(z, i, &q, &f);
    return f.n;
}
