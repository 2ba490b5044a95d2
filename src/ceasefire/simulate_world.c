/* The made-up world: ground, line of contact, observers, hot spots, exercises. Invariant: all of it comes from the
 * stream "world" of the seed, in one order, so that the number of reports asked for does not change it. */
#include <stdio.h>
#include <stdlib.h>

#include "ceasefire/simulate_int.h"

#define METRES_A_DEGREE 111200.0

static const double pi = 3.14159265358979323846;

double vg_sim_normal(vg_rng *r)
{
    double u = 1.0 - vg_rng_unit(r), v = vg_rng_unit(r); /* Box and Muller 1958 */
    return sqrt(-2.0 * log(u)) * cos(2.0 * pi * v);
}

double vg_sim_exponential(vg_rng *r, double mean)
{
    return -mean * log(1.0 - vg_rng_unit(r));
}

int32_t vg_sim_poisson(vg_rng *r, double mean)
{
    double left = exp(-mean), product = vg_rng_unit(r);
    int32_t n = 0;
    for (; product > left && n < 1000; n++)
        product *= vg_rng_unit(r);
    return n;
}

int32_t vg_sim_choose(vg_rng *r, const double *weight, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += weight[i];
    double at = sum * vg_rng_unit(r);
    for (int32_t i = 0; i < n; i++) {
        at -= weight[i];
        if (at < 0)
            return i;
    }
    return n - 1;
}

double vg_sim_lat(double y_m)
{
    return VG_SIM_LAT0 + y_m / METRES_A_DEGREE;
}

double vg_sim_lon(double x_m, double y_m)
{
    return VG_SIM_LON0 + x_m / (METRES_A_DEGREE * cos(vg_sim_lat(y_m) * pi / 180.0));
}

double vg_sim_line_x(const vg_sim_world *w, double y_m)
{
    double at = y_m / VG_SIM_HEIGHT_M * (VG_SIM_LINE - 1);
    int32_t i = at < 0 ? 0 : at >= VG_SIM_LINE - 2 ? VG_SIM_LINE - 2 : (int32_t)at;
    double share = fmin(1.0, fmax(0.0, at - i));
    return w->line_x[i] * (1 - share) + w->line_x[i + 1] * share;
}

/* --- parties --- */

const char *vg_sim_party_name(int party, uint32_t which)
{
    static const char *const name[VG_SIM_PARTIES][4] = {
        { "government", "Government Forces", "GOV", "armed forces of the Republic" },
        { "front", "Northern Front", "NFL", "the Front" },
        { "home-guard", "Home Guard", "HG", "village guard" },
        { "brigades", "Eastern Brigades", "EB", "brigades of the east" },
    };
    return name[party][which & 3];
}

/* The government and the home guard hold the west, the front and the brigades the east. */
int vg_sim_opponent(int party)
{
    return party == 0 || party == 2 ? 1 : 0;
}

/* --- observers --- */

typedef struct {
    vg_source_kind kind;
    const char *word;
    int32_t n;
    double radius_m, delay_s, reach_m;
} observer_kind;

#define EVERYWHERE 1e9

static const observer_kind observers[] = {
    { VG_SOURCE_PATROL, "patrol", 6, 400, 3600, 30000 },
    { VG_SOURCE_CAMERA, "camera", 4, 150, 60, 7000 },
    { VG_SOURCE_ACOUSTIC, "acoustic", 3, 1200, 30, 20000 },
    { VG_SOURCE_UAV, "uav", 2, 120, 600, 60000 },
    { VG_SOURCE_SATELLITE, "satellite", 1, 500, 14400, EVERYWHERE },
    { VG_SOURCE_PRESS, "press", 6, 3000, 28800, EVERYWHERE },
    { VG_SOURCE_PARTY, "party", 3, 2000, 10800, EVERYWHERE },
    { VG_SOURCE_HOTLINE, "hotline", 1, 1500, 1800, EVERYWHERE },
};
enum { N_OBSERVER_KINDS = sizeof observers / sizeof *observers };

static const observer_kind *kind_of(int kind)
{
    for (int i = 0; i < N_OBSERVER_KINDS; i++)
        if ((int)observers[i].kind == kind)
            return &observers[i];
    return &observers[0];
}

double vg_sim_delay_s(int kind)
{
    return kind_of(kind)->delay_s;
}

double vg_sim_radius_m(int kind)
{
    return kind_of(kind)->radius_m;
}

static void make_sources(vg_sim_world *w, vg_rng *r)
{
    int32_t n = 0;
    for (int32_t i = 0; i < N_OBSERVER_KINDS; i++)
        for (int32_t k = 0; k < observers[i].n; k++) {
            vg_sim_source *s = &w->source[n++];
            const observer_kind *o = &observers[i];
            snprintf(s->id, sizeof s->id, "%s-%d", o->word, (int)k + 1);
            s->kind = (int8_t)o->kind;
            s->party = o->kind == VG_SOURCE_PARTY ? (int8_t)k : -1;
            s->y_m = VG_SIM_HEIGHT_M * (k + vg_sim_between(r, 0.2, 0.8)) / o->n;
            s->x_m = vg_sim_line_x(w, s->y_m) + 4000 * vg_sim_normal(r);
            s->reach_m = o->reach_m;
            s->honesty = vg_sim_between(r, 0.7, 1.5);
        }
}

/* --- the line, the hot spots, the exercises --- */

static void make_line(vg_sim_world *w, vg_rng *r)
{
    double wide = vg_sim_between(r, 15000, 30000), phase = vg_sim_between(r, 0, 6.28), x = 0;
    for (int32_t i = 0; i < VG_SIM_LINE; i++) {
        x = 0.8 * x + 2500 * vg_sim_normal(r);
        w->line_x[i] = VG_SIM_WIDTH_M / 2 + wide * sin(phase + i * 0.15) + x;
    }
}

/* Two thirds of the hot spots at the line, a sixth in zones, a sixth in the open country. */
static void make_spots(vg_sim_world *w, vg_rng *r)
{
    for (int32_t i = 0; i < VG_SIM_SPOTS; i++) {
        vg_sim_spot *p = &w->spot[i];
        p->y_m = vg_sim_between(r, 10000, VG_SIM_HEIGHT_M - 10000);
        p->x_m = vg_sim_line_x(w, p->y_m) + 2500 * vg_sim_normal(r);
        p->spread_m = vg_sim_between(r, 1500, 5000);
        if (i % 6 == 4) {
            const vg_sim_zone *z = &w->zone[vg_rng_below(r, (uint32_t)w->n_zones)];
            int32_t k = (int32_t)vg_rng_below(r, (uint32_t)z->n_points);
            p->x_m = z->x_m[k];
            p->y_m = z->y_m[k];
        } else if (i % 6 == 5) {
            p->x_m = vg_sim_between(r, 20000, VG_SIM_WIDTH_M - 20000);
            p->spread_m = vg_sim_between(r, 8000, 20000);
        }
        p->weight = exp(0.8 * vg_sim_normal(r));
        p->period_days = vg_sim_between(r, 10, 60);
        p->phase = vg_sim_between(r, 0, 6.28);
    }
}

static void make_exercises(vg_sim_world *w, vg_rng *r)
{
    for (int32_t i = 0; i < VG_SIM_EXERCISES; i++) {
        vg_sim_exercise *x = &w->exercise[i];
        x->zone = 4 + (int32_t)vg_rng_below(r, (uint32_t)(w->n_zones < 20 ? w->n_zones - 4 : 16));
        x->party = (int8_t)vg_rng_below(r, 2);
        x->from_day = 10 + 30 * i + (int32_t)vg_rng_below(r, 10);
        x->to_day = x->from_day + 3 + (int32_t)vg_rng_below(r, 5);
    }
}

/* --- zones --- */

static void random_area(vg_sim_zone *z, vg_rng *r, double x_m, double y_m, double size_m)
{
    z->form = VG_SIM_AREA;
    z->n_points = 8 + (int32_t)vg_rng_below(r, 24);
    double wave = vg_sim_between(r, 0, 6.28), deep = vg_sim_between(r, 0.1, 0.35);
    for (int32_t i = 0; i < z->n_points;
         i++) { /* seen from the middle each point once: never crosses itself */
        double turn = 2 * pi * i / z->n_points;
        double far = size_m * (1 + deep * sin(3 * turn + wave) + 0.12 * (vg_rng_unit(r) - 0.5));
        z->x_m[i] = x_m + far * cos(turn);
        z->y_m[i] = y_m + far * sin(turn);
    }
}

static void circle(vg_sim_zone *z, double x_m, double y_m, double radius_km)
{
    z->form = VG_SIM_CIRCLE;
    z->n_points = 1;
    z->x_m[0] = x_m;
    z->y_m[0] = y_m;
    z->buffer_km = radius_km;
}

static void along_line(vg_sim_zone *z, const vg_sim_world *w, double shift_m, double buffer_km)
{
    z->form = VG_SIM_STRIP;
    z->n_points = VG_SIM_LINE;
    z->buffer_km = buffer_km;
    for (int32_t i = 0; i < VG_SIM_LINE; i++) {
        z->x_m[i] = w->line_x[i] + shift_m;
        z->y_m[i] = VG_SIM_HEIGHT_M * i / (VG_SIM_LINE - 1);
    }
}

static void corridor(vg_sim_zone *z, vg_rng *r, double x_m, double y_m)
{
    double turn = vg_sim_between(r, 0, 6.28);
    z->form = VG_SIM_STRIP;
    z->n_points = 6;
    z->buffer_km = vg_sim_between(r, 0.5, 2);
    for (int32_t i = 0; i < z->n_points; i++) {
        z->x_m[i] = x_m;
        z->y_m[i] = y_m;
        turn += vg_sim_between(r, -0.5, 0.5);
        x_m += 6000 * cos(turn);
        y_m += 6000 * sin(turn);
    }
}

/* The first four zones are always there: the line, two lines of withdrawal, the territory. */
static void first_zone(vg_sim_zone *z, int32_t i, const vg_sim_world *w)
{
    if (i == 3) {
        z->kind = VG_ZONE_WHOLE_TERRITORY;
        z->form = VG_SIM_AREA;
        z->n_points = 4;
        for (int32_t k = 0; k < 4; k++) {
            z->x_m[k] = k == 1 || k == 2 ? VG_SIM_WIDTH_M + 50000 : -50000;
            z->y_m[k] = k >= 2 ? VG_SIM_HEIGHT_M + 50000 : -50000;
        }
        return;
    }
    z->kind = i == 0 ? VG_ZONE_CONTACT_LINE : VG_ZONE_WITHDRAWAL_LINE;
    along_line(z, w, i == 0 ? 0 : i == 1 ? -15000 : 15000, i == 0 ? 1.0 : 0.5);
    z->held_by = (int8_t)(i - 1);
}

static void other_zone(vg_sim_zone *z, int32_t i, const vg_sim_world *w, vg_rng *r)
{
    static const vg_zone_kind mixed[] = {
        VG_ZONE_SECURITY,       VG_ZONE_DISENGAGEMENT,  VG_ZONE_PROTECTED_SITE, VG_ZONE_PROTECTED_SITE,
        VG_ZONE_DEMILITARISED,  VG_ZONE_PROTECTED_SITE, VG_ZONE_DISENGAGEMENT,  VG_ZONE_CORRIDOR,
        VG_ZONE_PROTECTED_SITE, VG_ZONE_BUFFER,         VG_ZONE_PROTECTED_SITE, VG_ZONE_NO_FLY,
    };
    double y = vg_sim_between(r, 8000, VG_SIM_HEIGHT_M - 8000), x = vg_sim_line_x(w, y);
    bool near = vg_sim_chance(r, 0.75);
    x = near ? x + 5000 * vg_sim_normal(r) : vg_sim_between(r, 20000, VG_SIM_WIDTH_M - 20000);
    z->kind = mixed[i % 12];
    z->held_by = (int8_t)(x < vg_sim_line_x(w, y) ? 0 : 1);
    switch (z->kind) {
    case VG_ZONE_SECURITY: random_area(z, r, x, y, vg_sim_between(r, 8000, 20000)); break;
    case VG_ZONE_DISENGAGEMENT: random_area(z, r, x, y, vg_sim_between(r, 1500, 4000)); break;
    case VG_ZONE_DEMILITARISED: random_area(z, r, x, y, vg_sim_between(r, 4000, 10000)); break;
    case VG_ZONE_BUFFER: random_area(z, r, x, y, vg_sim_between(r, 5000, 12000)); break;
    case VG_ZONE_CORRIDOR: corridor(z, r, x, y); break;
    case VG_ZONE_NO_FLY: circle(z, x, y, vg_sim_between(r, 8, 20)); break;
    default: circle(z, x, y, vg_sim_between(r, 1, 3)); break;
    }
}

/* The line of contact moves twice, and one in eight of the others once or twice. */
static void move_zone(vg_sim_zone *z, int32_t i, vg_rng *r)
{
    int32_t n = i == 0 ? 3 : i > 3 && vg_sim_chance(r, 0.125) ? 2 + (int32_t)vg_rng_below(r, 2) : 1;
    z->n_versions = n;
    for (int32_t k = 1; k < n; k++) {
        z->change_day[k - 1] = 60 * k + (int32_t)vg_rng_below(r, 40);
        z->shift_m[k] = z->shift_m[k - 1] + vg_sim_between(r, -2500, 2500);
    }
}

static void make_zones(vg_sim_world *w, vg_rng *r)
{
    static const char *const word[VG_N_ZONE_KINDS] = {
        "line",       "buffer",   "demil", "security", "disengage",
        "withdrawal", "corridor", "nofly", "site",     "territory",
    };
    for (int32_t i = 0; i < w->n_zones; i++) {
        vg_sim_zone *z = &w->zone[i];
        z->held_by = -1;
        if (i < 4)
            first_zone(z, i, w);
        else
            other_zone(z, i, w, r);
        move_zone(z, i, r);
        snprintf(z->id, sizeof z->id, "%s-%d", word[z->kind], (int)(i + 1) % 10000);
    }
}

/* --- clauses --- */

#define BIT(x) (UINT32_C(1) << (x))

static const uint32_t light = BIT(VG_ACT_SMALL_ARMS) | BIT(VG_ACT_HEAVY_MG);
static const uint32_t heavy =
    BIT(VG_ACT_MORTAR) | BIT(VG_ACT_ARTILLERY) | BIT(VG_ACT_MLRS) | BIT(VG_ACT_TANK_FIRE);
static const uint32_t strikes = BIT(VG_ACT_AIR_STRIKE) | BIT(VG_ACT_DRONE_STRIKE);
static const uint32_t flights = BIT(VG_ACT_DRONE_FLIGHT) | BIT(VG_ACT_MANNED_FLIGHT);
static const uint32_t moves = BIT(VG_ACT_ADVANCE) | BIT(VG_ACT_TROOP_MOVEMENT);

/* Some zone of one of two kinds; the territory where there is none. */
static int32_t zone_like(const vg_sim_world *w, vg_rng *r, vg_zone_kind kind, vg_zone_kind or_kind)
{
    int32_t start = (int32_t)vg_rng_below(r, (uint32_t)w->n_zones);
    for (int32_t k = 0; k < w->n_zones; k++) {
        int32_t i = (start + k) % w->n_zones;
        if (w->zone[i].kind == kind || w->zone[i].kind == or_kind)
            return i;
    }
    return 3;
}

static void withdrawal(vg_sim_clause *c, int32_t k)
{
    static const struct {
        uint32_t weapons;
        double calibre_mm, distance_km;
    } step[] = {
        { BIT(VG_WEAPON_TANK), 0, 8 },
        { BIT(VG_WEAPON_MORTAR), 82, 12 },
        { BIT(VG_WEAPON_HOWITZER), 100, 20 },
        { BIT(VG_WEAPON_HOWITZER) | BIT(VG_WEAPON_MLRS), 152, 30 },
        { BIT(VG_WEAPON_ANTI_TANK) | BIT(VG_WEAPON_ANTI_AIRCRAFT), 0, 6 },
        { BIT(VG_WEAPON_MLRS), 0, 40 },
    };
    k %= 6;
    *c = (vg_sim_clause){ .title = "Weapons withdrawn",
                          .acts = BIT(VG_ACT_WEAPON_PRESENCE),
                          .zone = 0,
                          .weapons = step[k].weapons,
                          .least_calibre_mm = step[k].calibre_mm,
                          .relation = VG_RELATION_CLOSER_THAN,
                          .distance_km = step[k].distance_km,
                          .severity = 3 };
}

/* Obligations over the whole territory are about rare acts only. */
static void everywhere(vg_sim_clause *c, int32_t k)
{
    static const struct {
        const char *title;
        uint32_t acts;
    } of[] = {
        { "No attack on energy and water", BIT(VG_ACT_ATTACK_ON_INFRASTRUCTURE) },
        { "No attack on aid", BIT(VG_ACT_ATTACK_ON_AID) },
        { "Monitors move freely", BIT(VG_ACT_OBSTRUCTION_OF_MONITORS) | BIT(VG_ACT_JAMMING) },
        { "No strikes from the air", BIT(VG_ACT_AIR_STRIKE) },
        { "No detention", BIT(VG_ACT_DETENTION) },
        { "No cyber operations, no incitement", BIT(VG_ACT_CYBER_OPERATION) | BIT(VG_ACT_INCITEMENT) },
    };
    *c = (vg_sim_clause){ .title = of[k % 6].title,
                          .acts = of[k % 6].acts,
                          .zone = -1,
                          .relation = VG_RELATION_INSIDE,
                          .severity = 4 };
}

/* Once or twice in an agreement: the line that is not to be crossed, the weapons that stay in their store. */
static void rare_clause(vg_sim_clause *c, int32_t i, const vg_sim_world *w, vg_rng *r)
{
    if (i % 10 == 8 && i < 20)
        *c = (vg_sim_clause){ .title = "Line not to be crossed",
                              .acts = moves | (i < 10 ? 0 : BIT(VG_ACT_DRONE_FLIGHT)),
                              .zone = 0,
                              .relation = VG_RELATION_CROSSING,
                              .severity = 4 };
    else if (i < 20)
        *c = (vg_sim_clause){ .title = "Weapons in their store",
                              .acts = BIT(VG_ACT_WEAPON_PRESENCE),
                              .severity = 2,
                              .weapons = BIT(VG_WEAPON_TANK) | BIT(VG_WEAPON_HOWITZER) | BIT(VG_WEAPON_MLRS),
                              .zone = zone_like(w, r, VG_ZONE_SECURITY, VG_ZONE_SECURITY),
                              .relation = VG_RELATION_OUTSIDE };
    else if (i % 10 == 8)
        *c = (vg_sim_clause){ .title = "No forces in the zone",
                              .acts = moves | BIT(VG_ACT_FORTIFICATION) | BIT(VG_ACT_MINE_LAYING) |
                                      BIT(VG_ACT_WEAPON_PRESENCE),
                              .severity = 3,
                              .zone = zone_like(w, r, VG_ZONE_BUFFER, VG_ZONE_DEMILITARISED) };
    else
        *c = (vg_sim_clause){ .title = "Silence in the area",
                              .acts = light | heavy | strikes,
                              .severity = 4,
                              .zone = zone_like(w, r, VG_ZONE_DISENGAGEMENT, VG_ZONE_SECURITY) };
}

static void local_clause(vg_sim_clause *c, int32_t i, const vg_sim_world *w, vg_rng *r)
{
    switch (i % 10) {
    case 0:
        *c = (vg_sim_clause){ .title = "No heavy weapons fire",
                              .acts = heavy | strikes,
                              .severity = 4,
                              .zone = zone_like(w, r, VG_ZONE_SECURITY, VG_ZONE_BUFFER) };
        break;
    case 1:
        *c = (vg_sim_clause){ .title = "Disengagement",
                              .acts = light | heavy | moves | BIT(VG_ACT_FORTIFICATION),
                              .zone = zone_like(w, r, VG_ZONE_DISENGAGEMENT, VG_ZONE_DISENGAGEMENT),
                              .severity = 3 };
        break;
    case 2:
        *c = (vg_sim_clause){ .title = "Site not to be struck",
                              .acts = light | heavy | strikes,
                              .severity = 5,
                              .zone = zone_like(w, r, VG_ZONE_PROTECTED_SITE, VG_ZONE_PROTECTED_SITE),
                              .relation = VG_RELATION_TARGET_INSIDE };
        break;
    case 3: withdrawal(c, i / 10); break;
    case 4:
        *c = (vg_sim_clause){ .title = "No flights",
                              .acts = flights | strikes,
                              .severity = 2,
                              .zone = zone_like(w, r, VG_ZONE_NO_FLY, VG_ZONE_SECURITY) };
        break;
    case 5:
        *c = (vg_sim_clause){ .title = "No fire out of the zone",
                              .acts = light | heavy,
                              .severity = 3,
                              .zone = zone_like(w, r, VG_ZONE_DEMILITARISED, VG_ZONE_SECURITY),
                              .relation = VG_RELATION_ORIGIN_INSIDE };
        break;
    case 6:
        *c = (vg_sim_clause){ .title = "Corridor open",
                              .severity = 4,
                              .acts = light | heavy | strikes | BIT(VG_ACT_MINE_LAYING) |
                                      BIT(VG_ACT_ATTACK_ON_AID),
                              .zone = zone_like(w, r, VG_ZONE_CORRIDOR, VG_ZONE_CORRIDOR) };
        break;
    case 7:
        *c = (vg_sim_clause){ .title = "Cease-fire in the zone",
                              .acts = light | heavy | strikes,
                              .severity = 3,
                              .zone = zone_like(w, r, VG_ZONE_BUFFER, VG_ZONE_DEMILITARISED) };
        break;
    default: rare_clause(c, i, w, r); break;
    }
}

/* A fifth binds one party and with it its ally, a third holds at times only. */
static void whom_and_when(vg_sim_clause *c, vg_rng *r)
{
    c->parties = UINT32_MAX;
    if (c->relation == VG_RELATION_OUTSIDE || vg_sim_chance(r, 0.2))
        c->parties = vg_sim_chance(r, 0.5) ? BIT(0) : BIT(1);
    c->from_day = c->to_day = -1;
    double u = vg_rng_unit(r);
    if (u < 0.15) {
        c->from_day = (int32_t)vg_rng_below(r, 200);
        c->to_day = c->from_day + 30 + (int32_t)vg_rng_below(r, 120);
    } else if (u < 0.28) {
        c->hour_from = 18 + (int32_t)vg_rng_below(r, 5);
        c->hour_to = 5 + (int32_t)vg_rng_below(r, 4);
    } else if (u < 0.33) {
        c->weekdays = 0x60; /* Saturday and Sunday */
    }
}

static void make_clauses(vg_sim_world *w, vg_rng *r)
{
    for (int32_t i = 0; i < w->n_clauses; i++) {
        vg_sim_clause *c = &w->clause[i];
        if (i % 16 == 15)
            everywhere(c, i / 16);
        else
            local_clause(c, i, w, r);
        whom_and_when(c, r);
        c->exercise = -1;
        for (int32_t k = 0; k < VG_SIM_EXERCISES; k++)
            if (c->zone == w->exercise[k].zone)
                c->exercise = k;
        snprintf(c->id, sizeof c->id, "c-%d", (int)(i + 1) % 10000);
    }
}

bool vg_sim_world_make(vg_sim_world *w, const vg_simulation_opts *o, vg_err *e)
{
    vg_rng r = vg_rng_at(o->seed, VG_SIM_STREAM_WORLD);
    w->n_zones = o->n_zones;
    w->n_clauses = o->n_clauses;
    w->zone = calloc((size_t)o->n_zones, sizeof *w->zone);
    w->clause = calloc((size_t)o->n_clauses, sizeof *w->clause);
    if (!w->zone || !w->clause)
        return vg_fail_memory(e, 0);
    make_line(w, &r);
    make_zones(w, &r);
    make_sources(w, &r);
    make_spots(w, &r);
    make_exercises(w, &r);
    make_clauses(w, &r);
    return true;
}

void vg_sim_world_free(vg_sim_world *w)
{
    free(w->zone);
    free(w->clause);
}
