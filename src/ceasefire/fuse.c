/* One incident from its members: place, interval, act, weapon, counts. Reports of one source are one voice: their errors
 * are the same. Invariant: members come in canonical order, so that sums of fractions have the same last bit. */
#include <string.h>

#include "ceasefire/watch_int.h"

#define METRES_A_DEGREE 111195.0
#define SIGMAS          2.146 /* standard deviations in a radius of 90 % */

/* --- place --- */

typedef struct {
    double lat0, lon0, cos0;            /* of the first: metres are counted from there */
    double weight, east, north, square; /* sums: information, and weighted metres */
    double least_radius;
    int32_t n;
} gathering;

/* Which points of the members are taken. */
typedef enum { TAKE_ALL, TAKE_TARGET, TAKE_ORIGIN } taking;

static bool is_taken(const vg_slot *s, taking which)
{
    if (isnan(s->lat_deg))
        return false;
    return which == TAKE_ALL || s->point_of != (which == TAKE_TARGET ? VG_POINT_ORIGIN : VG_POINT_TARGET);
}

/* The first member of its source with a point tells how many there are: they share its information. */
static int32_t of_source(const vg_watch *w, const int32_t *slot, int32_t n, int32_t source, taking which)
{
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++)
        count += w->slot[slot[i]].source == source && is_taken(&w->slot[slot[i]], which);
    return count;
}

static void gather(gathering *g, const vg_slot *s, int32_t same_source)
{
    if (g->n == 0) {
        g->lat0 = s->lat_deg;
        g->lon0 = s->lon_deg;
        g->cos0 = cos(s->lat_deg * 0.017453292519943295);
        g->least_radius = (double)s->radius_m;
    }
    double east = s->lon_deg - g->lon0, sigma = fmax((double)s->radius_m, 20.0) / SIGMAS;
    east = (east > 180 ? east - 360 : east < -180 ? east + 360 : east) * METRES_A_DEGREE * g->cos0;
    double north = (s->lat_deg - g->lat0) * METRES_A_DEGREE, weight = 1 / (sigma * sigma * same_source);
    g->weight += weight;
    g->east += weight * east;
    g->north += weight * north;
    g->square += weight * (east * east + north * north);
    g->least_radius = fmin(g->least_radius, (double)s->radius_m);
    g->n++;
}

/* Information-weighted mean; the radius grows where members disagree by more than they say. */
static void settle_place(const gathering *g, double *lat, double *lon, double *radius)
{
    double east = g->east / g->weight, north = g->north / g->weight;
    double chi2 = g->square - g->weight * (east * east + north * north);
    double grow = fmax(1.0, chi2 / (2.0 * (g->n - 1)));
    *lat = g->lat0 + north / METRES_A_DEGREE;
    *lon = g->lon0 + east / (METRES_A_DEGREE * fmax(g->cos0, 1e-6));
    *lat = fmin(90, fmax(-90, *lat));
    *lon = *lon > 180 ? *lon - 360 : *lon < -180 ? *lon + 360 : *lon;
    *radius = fmax(SIGMAS * sqrt(grow / g->weight), 0.5 * g->least_radius);
}

static bool fuse_place(const vg_watch *w, const int32_t *slot, int32_t n, taking which, double *lat,
                       double *lon, double *radius)
{
    gathering g = { .n = 0 };
    const vg_slot *only = NULL;
    for (int32_t i = 0; i < n; i++) {
        const vg_slot *s = &w->slot[slot[i]];
        if (!is_taken(s, which))
            continue;
        only = s;
        gather(&g, s, n == 1 ? 1 : of_source(w, slot, n, s->source, which));
    }
    *lat = *lon = *radius = NAN;
    if (g.n > 1) {
        settle_place(&g, lat, lon, radius);
    } else if (only) {
        *lat = only->lat_deg;
        *lon = only->lon_deg;
        *radius = (double)only->radius_m;
    }
    return g.n > 0;
}

static void place_incident(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f)
{
    bool origin = false, target = false;
    for (int32_t i = 0; i < n; i++) {
        origin |= w->slot[slot[i]].point_of == VG_POINT_ORIGIN;
        target |= w->slot[slot[i]].point_of == VG_POINT_TARGET;
    }
    if (!origin || !target) { /* one kind of point, or of the act as a whole */
        fuse_place(w, slot, n, TAKE_ALL, &x->lat_deg, &x->lon_deg, &x->radius_m);
        f->target_lat = f->origin_lat = x->lat_deg;
        f->target_lon = f->origin_lon = x->lon_deg;
        f->target_radius = f->origin_radius = x->radius_m;
        if (origin)
            f->target_lat = f->target_lon = f->target_radius = NAN;
        if (target)
            f->origin_lat = f->origin_lon = f->origin_radius = NAN;
        return;
    }
    fuse_place(w, slot, n, TAKE_TARGET, &f->target_lat, &f->target_lon, &f->target_radius);
    fuse_place(w, slot, n, TAKE_ORIGIN, &f->origin_lat, &f->origin_lon, &f->origin_radius);
    bool struck = !isnan(f->target_lat);
    x->lat_deg = struck ? f->target_lat : f->origin_lat;
    x->lon_deg = struck ? f->target_lon : f->origin_lon;
    x->radius_m = struck ? f->target_radius : f->origin_radius;
}

/* --- time --- */

/* The stretch that most members agree on, each widened by the scatter of its source's clock; the earliest of equals. */
static void agree_on_time(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x)
{
    int32_t most = 0;
    const vg_slot *first = &w->slot[slot[0]];
    x->from = first->from;
    x->to = first->to;
    if (n == 1)
        return;
    for (int32_t k = 0; k < n; k++) { /* it begins where some member begins */
        const vg_slot *start = &w->slot[slot[k]];
        int64_t at = start->from - (int64_t)vg_watch_jitter_s(start->kind), from = INT64_MIN, to = INT64_MAX;
        int32_t depth = 0;
        for (int32_t i = 0; i < n; i++) {
            const vg_slot *s = &w->slot[slot[i]];
            int64_t slack = (int64_t)vg_watch_jitter_s(s->kind);
            if (s->from - slack > at || s->to + slack < at)
                continue;
            depth++;
            from = s->from > from ? s->from : from;
            to = s->to < to ? s->to : to;
        }
        if (depth <= most)
            continue;
        most = depth;
        x->from = from <= to ? from : to; /* instants near each other: the stretch between them */
        x->to = from <= to ? to : from;
    }
}

/* --- act, weapon, calibre --- */

/* Whether an earlier member of the same source said something of this kind: it is heard once. */
static bool said_before(const vg_watch *w, const int32_t *slot, int32_t i, bool weapon)
{
    for (int32_t k = 0; k < i; k++) {
        const vg_slot *s = &w->slot[slot[k]];
        if (s->source == w->slot[slot[i]].source && (weapon ? s->weapon != 0 : s->act != 0))
            return true;
    }
    return false;
}

static void hear_words(const vg_watch *w, const int32_t *slot, int32_t n, vg_fused *f)
{
    memcpy(f->p_act, w->words.prior, sizeof f->p_act);
    f->n_heard = 0;
    f->weapon_told = false;
    bool heard = false;
    for (int32_t i = 0; i < n; i++) {
        const vg_slot *s = &w->slot[slot[i]];
        if (s->weapon && f->n_heard < VG_HEARD_MOST && !said_before(w, slot, i, true)) {
            f->heard[f->n_heard].act = s->act;
            f->heard[f->n_heard++].weapon = s->weapon;
            f->weapon_told = true;
        }
        if (!s->act || said_before(w, slot, i, false))
            continue;
        heard = true;
        const double *told = w->words.told[(int)s->kind][(int)s->act];
        for (int a = 0; a < VG_N_ACTS; a++)
            f->p_act[a] *= told[a];
    }
    if (!heard) { /* nobody tells the act: what is known is that something of that source's sort happened */
        const double *told = w->words.told[(int)w->slot[slot[0]].kind][VG_ACT_UNKNOWN];
        for (int a = 0; a < VG_N_ACTS; a++)
            f->p_act[a] *= told[a];
    }
}

/* Nine in ten weapons are told right, the others are spread over all. Who takes the act for another one names the weapon
 * of that other one: of what the act was truly done with, he says nothing. */
double vg_watch_told_weapon(const vg_fused *f, int act, int weapon)
{
    double p = 1;
    for (int32_t i = 0; i < f->n_heard; i++)
        if (f->heard[i].weapon == weapon && (f->heard[i].act == act || f->heard[i].act == VG_ACT_UNKNOWN))
            p *= 80;
    return p;
}

static double usual_share(const vg_watch *w, int act, int weapon)
{
    for (int32_t i = w->words.first_usual[act]; i < w->words.first_usual[act + 1]; i++)
        if (vg_usual_weapons[i].weapon == weapon)
            return vg_usual_weapons[i].p;
    return 0;
}

/* A weapon tells of the act where no act was told, or one that is not done with it: else it is that act's echo. */
static void weigh_by_weapon(const vg_watch *w, vg_fused *f, int told_act, int weapon)
{
    if (told_act != VG_ACT_UNKNOWN && usual_share(w, told_act, weapon) > 0)
        return;
    for (int a = 0; a < VG_N_ACTS; a++) {
        double usual = 0;
        for (int32_t i = w->words.first_usual[a]; i < w->words.first_usual[a + 1]; i++)
            usual += vg_usual_weapons[i].p;
        f->p_act[a] *=
            80 * usual_share(w, a, weapon) + 4 * (1 - usual); /* what is unusual is spread over all */
    }
}

/* Acts weighed by the weapons that were told; then they sum to one. */
static void weigh_acts(const vg_watch *w, vg_fused *f, double weapon[VG_N_WEAPONS])
{
    double sum = 0;
    for (int32_t i = 0; i < f->n_heard; i++)
        weigh_by_weapon(w, f, f->heard[i].act, f->heard[i].weapon);
    for (int a = 0; a < VG_N_ACTS; a++)
        sum += f->p_act[a];
    f->n_likely = 0;
    f->likely_bits = 0;
    for (int a = 0; a < VG_N_ACTS; a++) {
        f->p_act[a] /= sum;
        if (f->p_act[a] > 1e-5) {
            f->likely[f->n_likely++] = (int8_t)a;
            f->likely_bits |= 1U << a;
        }
    }
    memset(weapon, 0, VG_N_WEAPONS * sizeof *weapon);
    for (int32_t i = 0; f->weapon_told && i < vg_n_usual_weapons; i++) {
        const vg_usual_weapon *u = &vg_usual_weapons[i];
        weapon[u->weapon] += f->p_act[u->act] * u->p * vg_watch_told_weapon(f, u->act, u->weapon);
    }
}

static void name_act(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f)
{
    double weapon[VG_N_WEAPONS];
    bool act_told = false;
    hear_words(w, slot, n, f);
    weigh_acts(w, f, weapon);
    for (int32_t i = 0; i < n; i++)
        act_told |= w->slot[slot[i]].act != 0;
    for (int a = 1; a < VG_N_ACTS; a++)
        if ((act_told || f->weapon_told) && f->p_act[a] > f->p_act[(int)x->act])
            x->act = (int8_t)a;
    x->p_act = (float)f->p_act[(int)x->act];
    if (!f->weapon_told)
        return;
    for (int i = 1; i < VG_N_WEAPONS; i++)
        if (weapon[i] > weapon[(int)x->weapon])
            x->weapon = (int8_t)i;
    for (int32_t i = 0; i < n && !x->weapon; i++) /* an unusual one: as first told */
        x->weapon = w->slot[slot[i]].weapon;
}

/* The calibre that most sources tell, the smaller of equals. */
static double agreed_calibre(const vg_watch *w, const int32_t *slot, int32_t n)
{
    double best = NAN;
    int32_t most = 0;
    for (int32_t i = 0; i < n; i++) {
        double calibre = (double)w->slot[slot[i]].calibre_mm;
        int32_t votes = 0;
        for (int32_t k = 0; k < n && !isnan(calibre); k++)
            votes += fabs((double)w->slot[slot[k]].calibre_mm - calibre) < 0.5;
        if (votes > most || (votes == most && votes && calibre < best)) {
            most = votes;
            best = calibre;
        }
    }
    return best;
}

/* --- counts --- */

/* What one source counted in all its reports of the incident; VG_UNKNOWN when it told none. */
static int64_t counted_by(const vg_watch *w, const int32_t *slot, int32_t n, int32_t source)
{
    int64_t sum = VG_UNKNOWN;
    for (int32_t i = 0; i < n; i++) {
        const vg_slot *s = &w->slot[slot[i]];
        if (s->source != source || s->count == VG_UNKNOWN)
            continue;
        if (__builtin_add_overflow(sum == VG_UNKNOWN ? 0 : sum, s->count, &sum))
            sum = INT64_MAX;
    }
    return sum;
}

static bool is_first_of_source(const vg_watch *w, const int32_t *slot, int32_t i)
{
    for (int32_t k = 0; k < i; k++)
        if (w->slot[slot[k]].source == w->slot[slot[i]].source)
            return false;
    return true;
}

enum { COUNTED = 32 }; /* sources whose counts are compared */

static void count_incident(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x)
{
    int64_t told[COUNTED];
    int32_t n_told = 0;
    x->n_reports = n;
    x->count = x->count_median = VG_UNKNOWN;
    x->last_seq = 0;
    for (int32_t i = 0; i < n; i++) {
        const vg_slot *s = &w->slot[slot[i]];
        x->claims |= s->claims;
        x->last_seq = s->seq > x->last_seq ? s->seq : x->last_seq;
        if (!is_first_of_source(w, slot, i))
            continue;
        x->n_sources++;
        int64_t sum = counted_by(w, slot, n, s->source);
        if (sum == VG_UNKNOWN || n_told == COUNTED)
            continue;
        int32_t k = n_told++;
        for (; k > 0 && told[k - 1] > sum; k--)
            told[k] = told[k - 1];
        told[k] = sum;
    }
    if (n_told) {
        x->count = told[n_told - 1];
        x->count_median = told[(n_told - 1) / 2];
    }
}

void vg_watch_fuse(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f)
{
    x->id = w->slot[slot[0]].key;
    for (int32_t i = 1; i < n; i++)
        x->id = w->slot[slot[i]].key < x->id ? w->slot[slot[i]].key : x->id;
    place_incident(w, slot, n, x, f);
    agree_on_time(w, slot, n, x);
    name_act(w, slot, n, x, f);
    x->calibre_mm = n == 1 ? (double)w->slot[slot[0]].calibre_mm : agreed_calibre(w, slot, n);
    count_incident(w, slot, n, x);
}
