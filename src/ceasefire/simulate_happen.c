/* What truly happens: incidents in hot spots that set off others, flights and movements by day, fire by night, exercises
 * that were notified. Invariant: a day's incidents come from the day's own stream, as many as asked for. */
#include "ceasefire/simulate_int.h"

typedef struct {
    vg_act act;
    double weight;
    double minutes; /* mean length */
    double night;   /* share that begins between 18 and 6 hours UTC */
} act_habit;

static const act_habit habits[] = {
    { VG_ACT_SMALL_ARMS, 28, 12, 0.7 },
    { VG_ACT_HEAVY_MG, 11, 10, 0.7 },
    { VG_ACT_MORTAR, 13, 15, 0.65 },
    { VG_ACT_ARTILLERY, 8, 20, 0.55 },
    { VG_ACT_MLRS, 2, 6, 0.5 },
    { VG_ACT_TANK_FIRE, 3, 10, 0.5 },
    { VG_ACT_AIR_STRIKE, 1.5, 4, 0.5 },
    { VG_ACT_DRONE_STRIKE, 5, 4, 0.5 },
    { VG_ACT_DRONE_FLIGHT, 8, 15, 0.4 },
    { VG_ACT_MANNED_FLIGHT, 1, 10, 0.2 },
    { VG_ACT_NAVAL, 0.3, 60, 0.5 },
    { VG_ACT_ADVANCE, 1, 90, 0.6 },
    { VG_ACT_TROOP_MOVEMENT, 2.5, 60, 0.5 },
    { VG_ACT_FORTIFICATION, 2, 240, 0.2 },
    { VG_ACT_WEAPON_PRESENCE, 6, 300, 0.2 },
    { VG_ACT_MINE_LAYING, 0.7, 90, 0.7 },
    { VG_ACT_DETENTION, 0.8, 60, 0.3 },
    { VG_ACT_OBSTRUCTION_OF_MONITORS, 1.5, 40, 0.05 },
    { VG_ACT_JAMMING, 2, 60, 0.3 },
    { VG_ACT_ATTACK_ON_INFRASTRUCTURE, 1.2, 10, 0.6 },
    { VG_ACT_ATTACK_ON_AID, 0.4, 15, 0.2 },
    { VG_ACT_CYBER_OPERATION, 0.3, 120, 0.5 },
    { VG_ACT_INCITEMENT, 0.6, 60, 0.3 },
};
enum { N_HABITS = sizeof habits / sizeof *habits };

typedef struct {
    vg_simulation *s;
    vg_rng *r;
    int64_t day;
    int32_t left; /* incidents the day still has */
    double spot_weight[VG_SIM_SPOTS];
} day_state;

bool vg_sim_is_fire(int act)
{
    return (act >= VG_ACT_SMALL_ARMS && act <= VG_ACT_TANK_FIRE) || act == VG_ACT_NAVAL;
}

static double of_three(vg_rng *r, double a, double b, double c)
{
    const double x[3] = { a, b, c };
    return x[vg_rng_below(r, 3)];
}

/* Heavy weapons that stand somewhere. */
static int8_t standing_weapon(vg_rng *r, double *calibre_mm)
{
    static const vg_weapon which[] = { VG_WEAPON_TANK, VG_WEAPON_HOWITZER,  VG_WEAPON_MORTAR,
                                       VG_WEAPON_MLRS, VG_WEAPON_ANTI_TANK, VG_WEAPON_ANTI_AIRCRAFT };
    static const double weight[] = { 28, 22, 16, 8, 12, 14 };
    vg_weapon w = which[vg_sim_choose(r, weight, 6)];
    switch (w) {
    case VG_WEAPON_TANK: *calibre_mm = of_three(r, 100, 115, 125); break;
    case VG_WEAPON_HOWITZER: *calibre_mm = of_three(r, 122, 152, 155); break;
    case VG_WEAPON_MORTAR: *calibre_mm = of_three(r, 60, 82, 120); break;
    case VG_WEAPON_MLRS: *calibre_mm = of_three(r, 122, 220, 300); break;
    case VG_WEAPON_ANTI_TANK: *calibre_mm = of_three(r, 100, 100, 85); break;
    default: *calibre_mm = of_three(r, 23, 57, 30); break;
    }
    return (int8_t)w;
}

int8_t vg_sim_weapon(vg_rng *r, int act, double *calibre_mm)
{
    *calibre_mm = NAN;
    switch (act) { /* a table: what each act is done with */
    case VG_ACT_SMALL_ARMS: *calibre_mm = of_three(r, 5.45, 7.62, 7.62); return VG_WEAPON_SMALL_ARMS;
    case VG_ACT_HEAVY_MG: *calibre_mm = of_three(r, 12.7, 12.7, 14.5); return VG_WEAPON_HEAVY_MG;
    case VG_ACT_MORTAR: *calibre_mm = of_three(r, 60, 82, 120); return VG_WEAPON_MORTAR;
    case VG_ACT_ARTILLERY: *calibre_mm = of_three(r, 122, 152, 155); return VG_WEAPON_HOWITZER;
    case VG_ACT_MLRS: *calibre_mm = of_three(r, 122, 220, 300); return VG_WEAPON_MLRS;
    case VG_ACT_TANK_FIRE: *calibre_mm = of_three(r, 100, 115, 125); return VG_WEAPON_TANK;
    case VG_ACT_WEAPON_PRESENCE: return standing_weapon(r, calibre_mm);
    case VG_ACT_AIR_STRIKE: return vg_sim_chance(r, 0.6) ? VG_WEAPON_BOMB : VG_WEAPON_MISSILE;
    case VG_ACT_DRONE_STRIKE:
    case VG_ACT_DRONE_FLIGHT: return VG_WEAPON_UAV;
    case VG_ACT_MANNED_FLIGHT: return vg_sim_chance(r, 0.5) ? VG_WEAPON_AIRCRAFT : VG_WEAPON_HELICOPTER;
    case VG_ACT_NAVAL: return VG_WEAPON_SHIP;
    case VG_ACT_MINE_LAYING: return VG_WEAPON_MINE;
    case VG_ACT_ATTACK_ON_INFRASTRUCTURE: return vg_sim_chance(r, 0.6) ? VG_WEAPON_UAV : VG_WEAPON_MISSILE;
    case VG_ACT_ATTACK_ON_AID:
    case VG_ACT_ADVANCE: return VG_WEAPON_SMALL_ARMS;
    default: return VG_WEAPON_NONE;
    }
}

/* --- one incident --- */

static const act_habit *habit_of(int act)
{
    for (int i = 0; i < N_HABITS; i++)
        if ((int)habits[i].act == act)
            return &habits[i];
    return &habits[0];
}

/* Fire at one side comes from the other in four of five; who stands somewhere mostly holds the ground. */
static int8_t who(const vg_simulation *s, vg_rng *r, double x_m, double y_m, int act, int point_of)
{
    bool west = x_m < vg_sim_line_x(&s->world, y_m);
    bool struck = point_of == VG_POINT_TARGET || act == VG_ACT_AIR_STRIKE || act == VG_ACT_DRONE_STRIKE;
    bool from_west = struck ? !west : west;
    if (vg_sim_chance(r, struck ? 0.2 : 0.07))
        from_west = !from_west;
    double ally = from_west ? 0.2 : 0.15;
    return (int8_t)((from_west ? 0 : 1) + (vg_sim_chance(r, ally) ? 2 : 0));
}

static void put_at(vg_simulated_incident *x, double x_m, double y_m)
{
    x->lat_deg = vg_sim_lat(y_m);
    x->lon_deg = vg_sim_lon(x_m, y_m);
}

static int32_t how_many(vg_rng *r, int act)
{
    if (act <= VG_ACT_TANK_FIRE)
        return 1 +
               (int32_t)vg_sim_exponential(r, act == VG_ACT_SMALL_ARMS || act == VG_ACT_HEAVY_MG ? 25 : 6);
    return 1 + (int32_t)vg_sim_exponential(r, 0.6);
}

static int point_told(vg_rng *r, int act)
{
    if (vg_sim_is_fire(act))
        return vg_sim_chance(r, 0.125) ? VG_POINT_ORIGIN : VG_POINT_TARGET;
    bool strikes = act == VG_ACT_AIR_STRIKE || act == VG_ACT_DRONE_STRIKE ||
                   act == VG_ACT_ATTACK_ON_INFRASTRUCTURE || act == VG_ACT_ATTACK_ON_AID;
    return strikes ? VG_POINT_TARGET : VG_POINT_PLACE;
}

static vg_simulated_incident incident_of(const day_state *d, int act, int64_t from, double x_m, double y_m)
{
    vg_rng *r = d->r;
    int64_t length = 20 + (int64_t)vg_sim_exponential(r, habit_of(act)->minutes * 60);
    vg_simulated_incident x = { .from = from, .to = from + length, .act = (int8_t)act };
    x.at = from + (int64_t)((double)length * vg_rng_unit(r));
    put_at(&x, x_m, y_m);
    x.weapon = vg_sim_weapon(r, act, &x.calibre_mm);
    x.point_of = (int8_t)point_told(r, act);
    x.party = who(d->s, r, x_m, y_m, act, x.point_of);
    x.count = how_many(r, act);
    return x;
}

static void emit(day_state *d, const vg_simulated_incident *x)
{
    vg_sim_tell(d->s, x, d->s->n_incidents++);
    d->left--;
}

/* --- what sets off what --- */

static int like(vg_rng *r, int act)
{
    if (vg_sim_is_fire(act) && vg_sim_chance(r, 0.6))
        return vg_sim_chance(r, 0.5) ? act : vg_sim_confused(r, act);
    double weight[N_HABITS];
    for (int i = 0; i < N_HABITS; i++)
        weight[i] = vg_sim_is_fire((int)habits[i].act) ? habits[i].weight : 0;
    return (int)habits[vg_sim_choose(r, weight, N_HABITS)].act;
}

static void set_off(day_state *d, const vg_simulated_incident *parent, double x_m, double y_m, int depth)
{
    int32_t n = vg_sim_is_fire(parent->act) && depth < 8 ? vg_sim_poisson(d->r, 0.5) : 0;
    for (int32_t i = 0; i < n && d->left > 0; i++) {
        double to_x = x_m + 1500 * vg_sim_normal(d->r), to_y = y_m + 1500 * vg_sim_normal(d->r);
        int64_t from = parent->from + 60 + (int64_t)vg_sim_exponential(d->r, 2400);
        vg_simulated_incident x = incident_of(d, like(d->r, parent->act), from, to_x, to_y);
        bool back = vg_sim_chance(d->r, 0.67);
        x.party = (int8_t)(back ? vg_sim_opponent(parent->party) : parent->party);
        emit(d, &x);
        set_off(d, &x, to_x, to_y, depth + 1);
    }
}

/* --- a day --- */

static int64_t hour_of_day(vg_rng *r, double night)
{
    double hour = vg_sim_chance(r, night) ? vg_sim_between(r, 18, 30) : vg_sim_between(r, 6, 18);
    return (int64_t)((hour >= 24 ? hour - 24 : hour) * 3600);
}

static void somewhere(day_state *d, double *x_m, double *y_m)
{
    if (vg_sim_chance(d->r, 0.12)) {
        *x_m = vg_sim_between(d->r, 0, VG_SIM_WIDTH_M);
        *y_m = vg_sim_between(d->r, 0, VG_SIM_HEIGHT_M);
        return;
    }
    const vg_sim_spot *p = &d->s->world.spot[vg_sim_choose(d->r, d->spot_weight, VG_SIM_SPOTS)];
    *x_m = p->x_m + p->spread_m * vg_sim_normal(d->r);
    *y_m = p->y_m + p->spread_m * vg_sim_normal(d->r);
}

static void of_itself(day_state *d)
{
    double weight[N_HABITS], x_m, y_m;
    for (int i = 0; i < N_HABITS; i++)
        weight[i] = habits[i].weight;
    const act_habit *h = &habits[vg_sim_choose(d->r, weight, N_HABITS)];
    int64_t from = (VG_SIM_FIRST_DAY + d->day) * VG_SIM_DAY + hour_of_day(d->r, h->night);
    somewhere(d, &x_m, &y_m);
    vg_simulated_incident x = incident_of(d, (int)h->act, from, x_m, y_m);
    emit(d, &x);
    set_off(d, &x, x_m, y_m, 0);
}

/* Live fire within the zone and the days that were notified. */
static void exercises(day_state *d)
{
    static const int acts[] = { VG_ACT_ARTILLERY, VG_ACT_MORTAR, VG_ACT_TANK_FIRE, VG_ACT_SMALL_ARMS };
    for (int32_t k = 0; k < VG_SIM_EXERCISES; k++) {
        const vg_sim_exercise *w = &d->s->world.exercise[k];
        if (d->day < w->from_day || d->day >= w->to_day)
            continue;
        const vg_sim_zone *z = &d->s->world.zone[w->zone];
        for (int32_t i = 0; i < 8 && d->left > 0; i++) {
            int32_t p = (int32_t)vg_rng_below(d->r, (uint32_t)z->n_points),
                    q = (p + z->n_points / 2) % z->n_points;
            double share = vg_sim_between(d->r, 0.3, 0.7); /* between two opposite corners: well inside */
            double x_m = z->x_m[p] * share + z->x_m[q] * (1 - share),
                   y_m = z->y_m[p] * share + z->y_m[q] * (1 - share);
            int64_t from =
                (VG_SIM_FIRST_DAY + d->day) * VG_SIM_DAY + (int64_t)vg_sim_between(d->r, 28800, 57600);
            vg_simulated_incident x = incident_of(d, acts[vg_rng_below(d->r, 4)], from, x_m, y_m);
            x.party = w->party;
            x.exercise = true;
            emit(d, &x);
        }
    }
}

void vg_sim_happen(vg_simulation *s, int64_t day)
{
    vg_rng r = vg_rng_at(s->opts.seed, vg_rng_stream(VG_SIM_STREAM_DAY, (uint64_t)day));
    day_state d = { .s = s, .r = &r, .day = day };
    d.left = (int32_t)((double)(day + 1) * s->per_day) - (int32_t)((double)day * s->per_day);
    for (int32_t i = 0; i < VG_SIM_SPOTS; i++) {
        const vg_sim_spot *p = &s->world.spot[i];
        bool awake = sin(p->phase + 6.283185307179586 * (double)day / p->period_days) > -0.3;
        d.spot_weight[i] = p->weight * (awake ? 1 : 0.1);
    }
    exercises(&d);
    while (d.left > 0)
        of_itself(&d);
}
