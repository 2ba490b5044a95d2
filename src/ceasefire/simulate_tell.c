/* What observers tell of an incident: who saw it, how wrong they are, who tells it again, how late it comes, what is
 * revised and withdrawn. Invariant: all reports of an incident come from the incident's own stream. */
#include <math.h>

#include "ceasefire/simulate_int.h"

/* Per incident, beside its first telling; what is no duplicate. */
#define BURST_SHARE     0.08
#define FALSE_SHARE     0.02
#define REVISED_SHARE   0.02
#define FALSE_WITHDRAWN 0.3
#define TRUE_WITHDRAWN  0.002

typedef struct {
    vg_source_kind kind;
    double often;                    /* weight of being the one who tells */
    double ends_s;                   /* error of the interval's ends */
    double other_act, no_act;        /* shares */
    double seen, direction, accused; /* shares of reports with such a claim */
} habit;

static const habit habits[] = {
    { VG_SOURCE_PATROL, 4, 120, 0.07, 0.03, 0.4, 0.2, 0 },
    { VG_SOURCE_CAMERA, 10, 10, 0.04, 0.02, 0.4, 0.15, 0 },
    { VG_SOURCE_ACOUSTIC, 6, 5, 0.12, 0.06, 0, 0.6, 0 },
    { VG_SOURCE_UAV, 2.5, 30, 0.03, 0.02, 0.5, 0.1, 0 },
    { VG_SOURCE_SATELLITE, 0.6, 0, 0, 0.8, 0, 0, 0 },
    { VG_SOURCE_PRESS, 0.25, 1200, 0.1, 0.08, 0.1, 0, 0.35 },
    { VG_SOURCE_PARTY, 0.4, 600, 0.09, 0.04, 0, 0, 0.9 },
    { VG_SOURCE_HOTLINE, 0.4, 600, 0.16, 0.12, 0.2, 0.1, 0.1 },
};

typedef struct {
    vg_simulation *s;
    const vg_simulated_incident *x;
    int64_t number;
    vg_rng r;
    double x_m, y_m;
    uint32_t told_by; /* bit per source */
    uint64_t agency_text;
} telling;

static const habit *habit_of(int kind)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if ((int)habits[i].kind == kind)
            return &habits[i];
    return &habits[0];
}

int8_t vg_sim_confused(vg_rng *r, int act)
{
    static const int8_t near[VG_N_ACTS][2] = {
        [VG_ACT_SMALL_ARMS] = { VG_ACT_HEAVY_MG, VG_ACT_HEAVY_MG },
        [VG_ACT_HEAVY_MG] = { VG_ACT_SMALL_ARMS, VG_ACT_MORTAR },
        [VG_ACT_MORTAR] = { VG_ACT_ARTILLERY, VG_ACT_TANK_FIRE },
        [VG_ACT_ARTILLERY] = { VG_ACT_MORTAR, VG_ACT_MLRS },
        [VG_ACT_MLRS] = { VG_ACT_ARTILLERY, VG_ACT_AIR_STRIKE },
        [VG_ACT_TANK_FIRE] = { VG_ACT_MORTAR, VG_ACT_ARTILLERY },
        [VG_ACT_AIR_STRIKE] = { VG_ACT_DRONE_STRIKE, VG_ACT_MLRS },
        [VG_ACT_DRONE_STRIKE] = { VG_ACT_MORTAR, VG_ACT_AIR_STRIKE },
        [VG_ACT_DRONE_FLIGHT] = { VG_ACT_MANNED_FLIGHT, VG_ACT_DRONE_STRIKE },
        [VG_ACT_MANNED_FLIGHT] = { VG_ACT_DRONE_FLIGHT, VG_ACT_DRONE_FLIGHT },
        [VG_ACT_NAVAL] = { VG_ACT_ARTILLERY, VG_ACT_ARTILLERY },
        [VG_ACT_ADVANCE] = { VG_ACT_TROOP_MOVEMENT, VG_ACT_SMALL_ARMS },
        [VG_ACT_TROOP_MOVEMENT] = { VG_ACT_ADVANCE, VG_ACT_WEAPON_PRESENCE },
        [VG_ACT_FORTIFICATION] = { VG_ACT_MINE_LAYING, VG_ACT_TROOP_MOVEMENT },
        [VG_ACT_WEAPON_PRESENCE] = { VG_ACT_TROOP_MOVEMENT, VG_ACT_FORTIFICATION },
        [VG_ACT_MINE_LAYING] = { VG_ACT_FORTIFICATION, VG_ACT_TROOP_MOVEMENT },
        [VG_ACT_DETENTION] = { VG_ACT_OBSTRUCTION_OF_MONITORS, VG_ACT_ATTACK_ON_AID },
        [VG_ACT_OBSTRUCTION_OF_MONITORS] = { VG_ACT_DETENTION, VG_ACT_JAMMING },
        [VG_ACT_ATTACK_ON_INFRASTRUCTURE] = { VG_ACT_DRONE_STRIKE, VG_ACT_AIR_STRIKE },
        [VG_ACT_ATTACK_ON_AID] = { VG_ACT_SMALL_ARMS, VG_ACT_DRONE_STRIKE },
    };
    return near[act][vg_rng_below(r, 2)];
}

/* --- who tells --- */

static bool is_heat(int act)
{
    return act == VG_ACT_ARTILLERY || act == VG_ACT_MLRS || act == VG_ACT_AIR_STRIKE ||
           act == VG_ACT_DRONE_STRIKE || act == VG_ACT_ATTACK_ON_INFRASTRUCTURE;
}

static bool can_tell(const vg_sim_source *o, const vg_simulated_incident *x)
{
    bool loud = x->act <= VG_ACT_DRONE_STRIKE;
    if (x->at >= o->blind_from && x->at < o->blind_to)
        return false;
    switch (o->kind) {
    case VG_SOURCE_ACOUSTIC: return loud;
    case VG_SOURCE_SATELLITE: return is_heat(x->act);
    case VG_SOURCE_CAMERA:
    case VG_SOURCE_UAV: return x->act < VG_ACT_CYBER_OPERATION && x->act != VG_ACT_JAMMING;
    default: return true;
    }
}

static int32_t who_tells(telling *t)
{
    double weight[VG_SIM_SOURCES];
    for (int32_t i = 0; i < VG_SIM_SOURCES; i++) {
        const vg_sim_source *o = &t->s->world.source[i];
        double far = hypot(o->x_m - t->x_m, o->y_m - t->y_m) / o->reach_m;
        bool own = o->party >= 0 && vg_sim_opponent(o->party) != t->x->party % 2;
        weight[i] = habit_of(o->kind)->often * exp(-0.5 * far * far) * (own ? 0.12 : 1);
        if (t->told_by >> i & 1 || !can_tell(o, t->x))
            weight[i] = 0;
    }
    int32_t k = vg_sim_choose(&t->r, weight, VG_SIM_SOURCES);
    t->told_by |= UINT32_C(1) << k;
    return k;
}

/* --- what is told: time, place, act, number --- */

static void tell_time(telling *t, const vg_sim_source *o, vg_report *q)
{
    const vg_simulated_incident *x = t->x;
    double ends = habit_of(o->kind)->ends_s;
    q->from = x->from + (int64_t)(ends * vg_sim_normal(&t->r));
    q->to = x->to + (int64_t)(ends * vg_sim_normal(&t->r));
    int64_t midnight = x->at - x->at % VG_SIM_DAY, second = x->at - midnight;
    if (o->kind == VG_SOURCE_PRESS && vg_sim_chance(&t->r, 0.3)) { /* "in the night", "during the day" */
        bool day = second >= 21600 && second < 64800;
        q->from = day ? midnight + 21600 : second < 21600 ? midnight - 21600 : midnight + 64800;
        q->to = q->from + 43200;
    } else if (o->kind == VG_SOURCE_SATELLITE) { /* seen at a pass: since the pass before */
        static const int32_t pass[] = { -5400, 5400, 37800, 48600, 81000, 91800 };
        int k = 1;
        while (second >= pass[k])
            k++;
        q->from = midnight + pass[k - 1];
        q->to = midnight + pass[k];
    }
    if (q->to < q->from)
        q->to = q->from;
}

static void tell_bearing(telling *t, vg_report *q, double x_m, double y_m)
{
    static const double degree = 57.29577951308232;
    double turn = vg_sim_between(&t->r, 0, 6.283185307179586), range = vg_sim_between(&t->r, 800, 4000);
    double own_x = x_m - range * sin(turn), own_y = y_m - range * cos(turn);
    double told = range * (1 + 0.08 * vg_sim_normal(&t->r));
    q->lat_deg = vg_sim_lat(own_y);
    q->lon_deg = vg_sim_lon(own_x, own_y);
    q->bearing_deg = fmod(turn * degree + 2 * vg_sim_normal(&t->r) + 720, 360);
    q->range_m = fmax(50, told * 0.85);
    q->range_to_m = fmax(60, told * 1.15);
}

static void tell_place(telling *t, const vg_sim_source *o, vg_report *q, double sharper)
{
    vg_rng *r = &t->r;
    double radius = vg_sim_radius_m(o->kind) * exp(0.25 * vg_sim_normal(r)) * sharper;
    double sigma = radius / 2.146 * o->honesty;
    double x_m = t->x_m + sigma * vg_sim_normal(r), y_m = t->y_m + sigma * vg_sim_normal(r);
    q->point_of = t->x->point_of;
    if (t->x->act == VG_ACT_CYBER_OPERATION || t->x->act == VG_ACT_INCITEMENT || vg_sim_chance(r, 0.01)) {
        q->place = VG_S("near the crossroads");
        return;
    }
    if (vg_sim_chance(r, 0.02)) {
        double turn = vg_sim_between(r, 0, 6.283185307179586), far = vg_sim_between(r, 4000, 15000);
        x_m += far * cos(turn);
        y_m += far * sin(turn);
    }
    if (o->kind == VG_SOURCE_PATROL && vg_sim_chance(r, 0.04)) {
        tell_bearing(t, q, t->x_m, t->y_m);
        return;
    }
    q->lat_deg = round(vg_sim_lat(y_m) * 1e5) / 1e5;
    q->lon_deg = round(vg_sim_lon(x_m, y_m) * 1e5) / 1e5;
    if (vg_sim_chance(r, 0.65))
        q->radius_m = round(radius);
}

static void tell_weapon(telling *t, vg_report *q)
{
    vg_rng *r = &t->r;
    const vg_simulated_incident *x = t->x;
    double calibre = x->calibre_mm;
    bool presence = x->act == VG_ACT_WEAPON_PRESENCE;
    q->weapon = x->weapon;
    if (q->act != x->act || (presence && vg_sim_chance(r, 0.04)))
        q->weapon = vg_sim_weapon(r, q->act, &calibre);
    else if (vg_sim_chance(r, 0.04))
        vg_sim_weapon(r, q->act, &calibre);
    if (q->act == VG_ACT_UNKNOWN || !vg_sim_chance(r, presence ? 0.9 : 0.6))
        q->weapon = VG_WEAPON_UNKNOWN;
    else if (vg_sim_chance(r, presence ? 0.6 : 0.4))
        q->calibre_mm = calibre;
}

static void tell_act(telling *t, const vg_sim_source *o, vg_report *q)
{
    const habit *h = habit_of(o->kind);
    double u = vg_rng_unit(&t->r);
    q->act = t->x->act;
    if (u < h->no_act)
        q->act = VG_ACT_UNKNOWN;
    else if (u < h->no_act + h->other_act)
        q->act = vg_sim_confused(&t->r, t->x->act);
    tell_weapon(t, q);
}

static void tell_count(telling *t, vg_report *q, double share)
{
    double true_count = fmax(1, t->x->count * share), u = vg_rng_unit(&t->r);
    if (u < 0.3)
        return;
    q->count_kind = u < 0.6 ? VG_COUNT_EXACT : u < 0.8 ? VG_COUNT_AT_LEAST : VG_COUNT_ABOUT;
    double told = u < 0.6   ? true_count
                  : u < 0.8 ? true_count * vg_sim_between(&t->r, 0.5, 1)
                            : true_count * exp(0.3 * vg_sim_normal(&t->r));
    q->count = (int64_t)fmax(1, floor(told));
}

/* --- who is said to have done it --- */

static int other_party(vg_rng *r, int party)
{
    return vg_sim_chance(r, 0.7) ? vg_sim_opponent(party)
                                 : (party + 1 + (int)vg_rng_below(r, 3)) % VG_SIM_PARTIES;
}

/* A side names the head of the other side, or rightly its ally; it admits one in twenty of its own acts. */
static int said_by_party(telling *t, const vg_sim_source *o, vg_report *q)
{
    bool own = vg_sim_opponent(o->party) != t->x->party % 2;
    q->observer = vg_str_z(vg_sim_party_name(o->party, 0));
    if (own && vg_sim_chance(&t->r, 0.2)) {
        q->basis = VG_BASIS_ADMITTED;
        q->claims |= vg_sim_chance(&t->r, 0.5) ? VG_CLAIM_SELF_DEFENCE : 0;
        return vg_sim_chance(&t->r, 0.99) ? t->x->party : o->party;
    }
    q->basis = VG_BASIS_ACCUSED;
    return !own && vg_sim_chance(&t->r, 0.6) ? t->x->party : vg_sim_opponent(o->party);
}

/* Who stands, moves, digs or stops a patrol is seen twice as often as who shoots from afar. */
static double share_seen(const habit *h, int act)
{
    bool stands =
        (act >= VG_ACT_ADVANCE && act <= VG_ACT_OBSTRUCTION_OF_MONITORS) || act == VG_ACT_ATTACK_ON_AID;
    return stands ? 2 * h->seen : h->seen;
}

static void tell_actor(telling *t, const vg_sim_source *o, vg_report *q)
{
    const habit *h = habit_of(o->kind);
    vg_rng *r = &t->r;
    double u = vg_rng_unit(r), right = 0, seen = share_seen(h, t->x->act);
    int party = -1;
    if (o->kind == VG_SOURCE_PARTY && u < h->accused) {
        party = said_by_party(t, o, q);
    } else if (u < seen) {
        q->basis = VG_BASIS_SEEN;
        right = 0.98;
    } else if (u < seen + h->direction && vg_sim_is_fire(t->x->act)) {
        q->basis = VG_BASIS_DIRECTION;
        right = 0.91;
    } else if (u >= 1 - h->accused) {
        q->basis = VG_BASIS_ACCUSED;
        right = 0.8;
    }
    if (right > 0)
        party = vg_sim_chance(r, right) ? t->x->party : other_party(r, t->x->party);
    if (party >= 0)
        q->actor = vg_str_z(vg_sim_party_name(party, vg_rng_below(r, 4)));
    if (right > 0 && vg_sim_chance(r, 0.03))
        q->actor = VG_S("unidentified armed men");
    if (t->x->exercise && vg_sim_chance(r, 0.5))
        q->claims |= VG_CLAIM_EXERCISE;
}

/* --- one report, on its way --- */

static void send(telling *t, vg_sim_pending *p, double after_s)
{
    double expected = vg_sim_delay_s(p->report.kind), delay = expected * vg_sim_between(&t->r, 0.05, 0.8);
    if (vg_sim_chance(&t->r, t->s->opts.late)) {
        double more = vg_sim_chance(&t->r, 0.1) ? vg_sim_between(&t->r, 0, 5 * 86400.0)
                                                : vg_sim_exponential(&t->r, 3 * 3600 + expected);
        delay = expected + 60 + fmin(more, 5 * 86400.0);
    }
    int64_t end = p->report.to > t->x->to ? p->report.to : t->x->to;
    p->received_at = end + (int64_t)(delay + after_s) + 1;
    p->truth.late = (double)(p->received_at - end) > expected;
    vg_sim_push(t->s, p);
    double resent = t->s->opts.duplicates / 3;
    if (!vg_sim_chance(&t->r, resent / (1 - resent)))
        return;
    vg_sim_pending again = *p;
    again.truth.telling = VG_TELLING_RESENT;
    again.received_at += 1 + (int64_t)vg_sim_exponential(&t->r, 0.1 * expected + 5);
    again.truth.late = (double)(again.received_at - end) > expected;
    vg_sim_push(t->s, &again);
}

static vg_sim_pending report_by(telling *t, int32_t k, int what, double sharper)
{
    const vg_sim_source *o = &t->s->world.source[k];
    vg_sim_pending p = { .id = ++t->s->n_ids[k],
                         .truth = { .incident = t->number, .telling = (int8_t)what } };
    p.report = vg_report_none();
    p.report.source = vg_str_z(o->id);
    p.report.kind = o->kind;
    tell_time(t, o, &p.report);
    tell_place(t, o, &p.report, sharper);
    tell_act(t, o, &p.report);
    tell_count(t, &p.report, 1);
    tell_actor(t, o, &p.report);
    if (vg_sim_chance(&t->r, 0.5))
        p.report.confidence =
            (float)(round(fmin(1, fmax(0.05, 0.75 + 0.15 * vg_sim_normal(&t->r))) * 100) / 100);
    if (o->kind == VG_SOURCE_PRESS || o->kind == VG_SOURCE_HOTLINE || o->kind == VG_SOURCE_PARTY)
        p.text = vg_rng_u64(&t->r) | 1;
    if (o->kind == VG_SOURCE_PRESS && vg_sim_chance(&t->r, 0.5))
        p.text = t->agency_text;
    return p;
}

/* The same observer again: a part of the interval, more explosions, nearly the same place. */
static void tell_burst(telling *t, int32_t k, const vg_report *first)
{
    int32_t n = 1 + (int32_t)vg_rng_below(&t->r, 2);
    for (int32_t i = 0; i < n; i++) {
        vg_sim_pending p = report_by(t, k, VG_TELLING_BURST, 1);
        p.report.from =
            first->from + (int64_t)((double)(first->to - first->from) * vg_sim_between(&t->r, 0.1, 0.9));
        p.report.to = p.report.from + (int64_t)((double)(first->to - p.report.from) * 0.5);
        p.report.act = first->act;
        p.report.weapon = first->weapon;
        send(t, &p, 0);
    }
}

/* A better look: nearer the truth; under the same id, or under a new one that names the old. */
static void revise(telling *t, int32_t k, const vg_sim_pending *old)
{
    vg_sim_pending p = report_by(t, k, VG_TELLING_REVISION, 0.5);
    if (vg_sim_chance(&t->r, 0.5))
        p.id = old->id;
    else
        p.revises = old->id;
    p.report.from = old->report.from;
    p.report.to = old->report.to;
    p.report.act = t->x->act;
    send(t, &p, (double)(old->received_at - old->report.to) + vg_sim_between(&t->r, 1800, 86400));
}

static void withdraw(telling *t, int32_t k, const vg_sim_pending *old)
{
    vg_sim_pending p = *old;
    p.id = ++t->s->n_ids[k];
    p.revises = old->id;
    p.report.withdraws = true;
    p.truth.telling = VG_TELLING_WITHDRAWAL;
    send(t, &p, (double)(old->received_at - old->report.to) + vg_sim_between(&t->r, 1800, 2 * 86400.0));
}

static telling telling_of(vg_simulation *s, const vg_simulated_incident *x, int64_t number, uint64_t stream)
{
    telling t = { .s = s, .x = x, .number = number };
    t.r = vg_rng_at(s->opts.seed, stream);
    t.y_m = (x->lat_deg - VG_SIM_LAT0) * 111200.0;
    t.x_m = (x->lon_deg - VG_SIM_LON0) * 111200.0 * cos(x->lat_deg * 3.14159265358979323846 / 180);
    t.agency_text = vg_rng_u64(&t.r) | 1;
    return t;
}

/* Nothing happened, but it is told: somewhere else, some hours on, of another kind. */
static void tell_false(vg_simulation *s, const vg_simulated_incident *like, int64_t number)
{
    vg_simulated_incident x = *like;
    telling t = telling_of(s, &x, -1 - s->n_false, vg_rng_stream(VG_SIM_STREAM_FALSE, (uint64_t)number));
    int64_t shift = (int64_t)vg_sim_between(&t.r, 0, 6 * 3600);
    s->n_false++;
    t.x_m += 12000 * vg_sim_normal(&t.r);
    t.y_m += 12000 * vg_sim_normal(&t.r);
    x.from += shift;
    x.to += shift;
    x.at += shift;
    int32_t k = who_tells(&t);
    vg_sim_pending p = report_by(&t, k, VG_TELLING_FIRST, 1);
    send(&t, &p, 0);
    if (vg_sim_chance(&t.r, FALSE_WITHDRAWN))
        withdraw(&t, k, &p);
}

/* Mean number of reports of an incident that are no duplicates; and of other observers that tell it again. */
static double tellings_per_incident(void)
{
    return 1 + BURST_SHARE * 1.5 + FALSE_SHARE * (1 + FALSE_WITHDRAWN) + REVISED_SHARE + TRUE_WITHDRAWN;
}

static int32_t n_retold(telling *t)
{
    double d = t->s->opts.duplicates, mean = 2 * d / 3 * tellings_per_incident() / (1 - d);
    double prominent = fmax(0.2, fmin(1, mean / 3)), of_these = mean / prominent;
    if (!vg_sim_chance(&t->r, prominent))
        return 0;
    double whole = floor(of_these), more = of_these - whole;
    int32_t n = (int32_t)whole + (vg_sim_chance(&t->r, more) ? 1 : 0);
    return n < 18 ? n : 18;
}

double vg_sim_reports_per_incident(const vg_simulation_opts *o)
{
    return tellings_per_incident() / (1 - o->duplicates);
}

void vg_sim_tell(vg_simulation *s, const vg_simulated_incident *x, int64_t number)
{
    telling t = telling_of(s, x, number, vg_rng_stream(VG_SIM_STREAM_TELL, (uint64_t)number));
    vg_sim_keep(s, x, number);
    int32_t k = who_tells(&t);
    vg_sim_pending first = report_by(&t, k, VG_TELLING_FIRST, 1);
    send(&t, &first, 0);
    if (vg_sim_chance(&t.r, BURST_SHARE))
        tell_burst(&t, k, &first.report);
    for (int32_t n = n_retold(&t); n > 0; n--) {
        vg_sim_pending p = report_by(&t, who_tells(&t), VG_TELLING_RETOLD, 1);
        send(&t, &p, 0);
    }
    if (vg_sim_chance(&t.r, REVISED_SHARE))
        revise(&t, k, &first);
    else if (vg_sim_chance(&t.r, TRUE_WITHDRAWN))
        withdraw(&t, k, &first);
    if (vg_sim_chance(&t.r, FALSE_SHARE))
        tell_false(s, x, number);
}
