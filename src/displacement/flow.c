/* Where people arrive, day by day. Invariant: the people in all camps together are the day's given total (with agents to
 * half a person a camp, where people leave or a nowcast begins again), whatever the parameters; what is forecast is where
 * they are.
 *
 * On each day the arrivals N are split over the zones with fighting, and those of each zone over the open camps:
 *     zone  i: N_i  ~ intensity_i x population_i^population
 *     camp  j: N_ij ~ near_ij x (1 - people_j / capacity_j)^crowding            near_ij: flow_net.c
 * The free part of a camp counts as no less than FLOOR. When the total falls, people leave all camps
 * in proportion. Logit and gravity choice among destinations: McFadden (1974); crowding as in FLEE, doi
 * 10.1038/s41598-017-13828-9, whose code and rules are not used here. */
#include <math.h>
#include <string.h>

#include "displacement/flow_int.h"

static const double FLOOR = 0.005; /* of the free part of a camp */
static const double FULL = 0.95;   /* of the capacity: more than that is called full */

const vg_flow_param vg_flow_param_table[VG_FLOW_N_PARAMS] = {
    [VG_FLOW_DISTANCE] = { "distance", 0, 3, false },
    [VG_FLOW_NEAR_KM] = { "near_km", 10, 300, false },
    [VG_FLOW_SAFETY] = { "safety", 0, 4, true },
    [VG_FLOW_PASSING_KM] = { "passing_km", 0, 500, true },
    [VG_FLOW_POPULATION] = { "population", 0, 1, false },
    [VG_FLOW_CROWDING] = { "crowding", 0, 3, false },
};

typedef struct {
    const vg_flow_conflict *c;
    const vg_flow_opts *o;
    vg_flow_params p;
    vg_flow_net net;
    vg_flow_run *run;
    double unit;    /* people an agent stands for; 1 with expected flows */
    double *people; /* camps: now, in units */
    double *capacity, *pull, *part, *arrive;
    double *size; /* zones: population's share of the weight */
    double *weight, *leave;
    double *sent; /* zones x camps: since the last change; NULL = routes are not asked for */
} simulation;

/* --- beginning --- */

static const double *registered(const vg_flow_conflict *c, const vg_flow_opts *o)
{
    return o->series == VG_FLOW_RAW ? c->raw : c->corrected;
}

static double log_mean(const double *x, int64_t n)
{
    double sum = 0;
    int64_t known = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] > 0) {
            sum += log(x[i]);
            known++;
        }
    return known ? exp(sum / (double)known) : 1;
}

/* Populations and capacities; what is not known is taken as the geometric mean of what is. */
static void set_sizes(simulation *s)
{
    const vg_flow_conflict *c = s->c;
    for (int32_t i = 0; i < s->net.n_zones; i++)
        s->size[i] = c->place[s->net.zone[i]].population;
    double usual = log_mean(s->size, s->net.n_zones);
    for (int32_t i = 0; i < s->net.n_zones; i++)
        s->size[i] = pow(s->size[i] > 0 ? s->size[i] / usual : 1, s->p.value[VG_FLOW_POPULATION]);
    for (int32_t k = 0; k < c->n_camps; k++)
        s->capacity[k] = c->place[c->camp_place[k]].capacity;
    usual = log_mean(s->capacity, c->n_camps);
    bool any = false;
    for (int32_t k = 0; k < c->n_camps; k++)
        any = any || s->capacity[k] > 0;
    for (int32_t k = 0; k < c->n_camps; k++)
        if (s->o->blind || !any)
            s->capacity[k] = INFINITY;
        else if (!(s->capacity[k] > 0))
            s->capacity[k] = usual;
}

/* What is in the camps when the run begins: the registrations of day 0. */
static double begin_people(const simulation *s, int32_t camp)
{
    const vg_flow_conflict *c = s->c;
    return camp < c->n_scored ? registered(c, s->o)[(int64_t)camp * c->n_days] : 0;
}

static double camp_sum(const simulation *s, int32_t day)
{
    const vg_flow_conflict *c = s->c;
    const double *x = registered(c, s->o);
    double sum = 0;
    for (int32_t k = 0; k < c->n_scored; k++)
        sum += x[(int64_t)k * c->n_days + (day < c->n_days ? day : c->n_days - 1)];
    return sum;
}

/* The given total of a day. */
static double given_total(const simulation *s, int32_t day)
{
    const vg_flow_conflict *c = s->c;
    double begin = camp_sum(s, 0);
    if (s->o->per_day > 0)
        return begin + s->o->per_day * day;
    if (s->o->total_from == VG_FLOW_TOTAL_CAMPS && c->n_scored > 0)
        return camp_sum(s, day);
    double x = c->total[day < c->n_days ? day : c->n_days - 1] - c->total[0];
    return begin + (x > 0 ? x : 0);
}

static bool make_run(simulation *s, vg_arena *a)
{
    const vg_flow_conflict *c = s->c;
    vg_flow_run *r = s->run;
    r->camp = vg_new(a, vg_flow_camp, c->n_camps);
    r->people = vg_new(a, double, (int64_t)c->n_camps * r->n_days);
    r->total = vg_new(a, double, r->n_days);
    r->route_people = vg_new(a, double, c->n_routes);
    return r->camp && r->people && r->total && r->route_people;
}

static bool make_scratch(simulation *s, vg_arena *a)
{
    int64_t camps = s->c->n_camps, zones = s->net.n_zones;
    double **of_camp[] = { &s->people, &s->capacity, &s->pull, &s->part, &s->arrive };
    double **of_zone[] = { &s->size, &s->weight, &s->leave };
    bool good = true;
    for (size_t i = 0; i < sizeof of_camp / sizeof *of_camp; i++)
        good = (*of_camp[i] = vg_new(a, double, camps)) != NULL && good;
    for (size_t i = 0; i < sizeof of_zone / sizeof *of_zone; i++)
        good = (*of_zone[i] = vg_new(a, double, zones)) != NULL && good;
    if (s->net.path)
        good = (s->sent = vg_new(a, double, zones *camps)) != NULL && good;
    return good;
}

static void begin(simulation *s)
{
    double most = 0;
    set_sizes(s);
    for (int32_t t = 0; t < s->run->n_days; t++) {
        double total = s->run->total[t] = given_total(s, t);
        if (total > most)
            most = total;
    }
    bool agents = s->o->engine == VG_FLOW_AGENTS;
    s->unit = agents && s->o->n_people > 0 && most > 0 ? most / (double)s->o->n_people : 1;
    for (int32_t k = 0; k < s->c->n_camps; k++) {
        double n = begin_people(s, k) / s->unit;
        s->people[k] = agents ? floor(n + 0.5) : n;
    }
}

/* --- a day --- */

static void set_pull(simulation *s)
{
    for (int32_t k = 0; k < s->c->n_camps; k++) {
        double luck = s->o->luck ? s->o->luck[k] : 1,
               room = 1 - s->people[k] * s->unit / (s->capacity[k] * luck);
        s->pull[k] = pow(room > FLOOR ? room : FLOOR, s->p.value[VG_FLOW_CROWDING]) * luck;
    }
}

/* Weights of the zones from which a camp can be reached today; their sum. */
static double set_weights(simulation *s)
{
    int32_t camps = s->c->n_camps;
    double all = 0;
    for (int32_t i = 0; i < s->net.n_zones; i++) {
        double reach = 0;
        for (int32_t k = 0; k < camps; k++)
            reach += s->net.near[(int64_t)i * camps + k] * s->pull[k];
        s->weight[i] = reach > 0 ? s->size[i] * s->net.intensity[s->net.zone[i]] : 0;
        all += s->weight[i];
    }
    return all;
}

static void split(const simulation *s, uint64_t stream, double n, const double *weight, int32_t parts,
                  double sum, double *part)
{
    if (s->o->engine == VG_FLOW_AGENTS) {
        vg_rng rng = vg_rng_at(s->o->seed, stream);
        vg_flow_multinomial(&rng, (int64_t)n, weight, parts, sum, part);
        return;
    }
    for (int32_t i = 0; i < parts; i++)
        part[i] = n * weight[i] / sum;
}

/* People of one zone to camps. */
static void split_zone(simulation *s, int32_t day, int32_t zone)
{
    int32_t camps = s->c->n_camps;
    const double *near = s->net.near + (int64_t)zone * camps;
    double sum = 0;
    for (int32_t k = 0; k < camps; k++)
        sum += s->part[k] = near[k] * s->pull[k];
    split(s, vg_rng_stream((uint64_t)day, (uint64_t)zone + 1), s->leave[zone], s->part, camps, sum,
          s->arrive);
    for (int32_t k = 0; k < camps; k++)
        s->people[k] += s->arrive[k];
    for (int32_t k = 0; s->sent && k < camps; k++)
        s->sent[(int64_t)zone * camps + k] += s->arrive[k];
}

/* Nobody fights where a way leads to a camp, but people arrive: where people are already, else everywhere alike. */
static void split_nowhere(simulation *s, int32_t day, double n)
{
    int32_t camps = s->c->n_camps;
    double sum = 0;
    for (int32_t k = 0; k < camps; k++)
        sum += s->part[k] = s->net.shut[k] ? 0 : s->people[k];
    for (int32_t k = 0; !(sum > 0) && k < camps; k++)
        s->part[k] = 1;
    split(s, vg_rng_stream((uint64_t)day, 0), n, s->part, camps, sum > 0 ? sum : camps, s->arrive);
    for (int32_t k = 0; k < camps; k++)
        s->people[k] += s->arrive[k];
}

static void arrive(simulation *s, int32_t day, double n)
{
    set_pull(s);
    double all = set_weights(s);
    if (!(all > 0)) {
        split_nowhere(s, day, n);
        return;
    }
    split(s, vg_rng_stream((uint64_t)day, 0), n, s->weight, s->net.n_zones, all, s->leave);
    for (int32_t i = 0; i < s->net.n_zones; i++)
        if (s->leave[i] > 0)
            split_zone(s, day, i);
}

static void depart(simulation *s, double part)
{
    for (int32_t k = 0; k < s->c->n_camps; k++) {
        double left = s->people[k] * part;
        s->people[k] = s->o->engine == VG_FLOW_AGENTS ? floor(left + 0.5) : left;
    }
}

static double in_camps(const simulation *s)
{
    double sum = 0;
    for (int32_t k = 0; k < s->c->n_camps; k++)
        sum += s->people[k];
    return sum;
}

static void one_day(simulation *s, int32_t day)
{
    double total = s->run->total[day] / s->unit, now = in_camps(s);
    if (s->o->engine == VG_FLOW_AGENTS)
        total = floor(total + 0.5);
    if (total < now)
        depart(s, total / now);
    else if (total > now) {
        arrive(s, day, total - now);
        if (s->o->engine == VG_FLOW_AGENTS)
            s->run->n_agents += (int64_t)(total - now);
    }
}

/* --- nowcast: begins again on a day with what is registered by then, scaled to the day's total --- */

static double observed_now(const simulation *s, int32_t camp, int32_t day)
{
    const vg_flow_conflict *c = s->c;
    int64_t row = (int64_t)camp * c->n_days;
    if (camp >= c->n_scored || c->known_day[row + day] < 0)
        return 0;
    return registered(c, s->o)[row + c->known_day[row + day]];
}

static void assimilate(simulation *s, int32_t day)
{
    double sum = 0;
    for (int32_t k = 0; k < s->c->n_camps; k++)
        sum += observed_now(s, k, day);
    if (!(sum > 0))
        return;
    double scale = s->run->total[day] / sum;
    for (int32_t k = 0; k < s->c->n_camps; k++) {
        double n = observed_now(s, k, day) * scale / s->unit;
        s->people[k] = s->o->engine == VG_FLOW_AGENTS ? floor(n + 0.5) : n;
        for (int32_t t = 0; t < day && k < s->c->n_scored; t++)
            s->run->people[(int64_t)k * s->run->n_days + t] =
                registered(s->c, s->o)[(int64_t)k * s->c->n_days + t];
    }
}

/* --- routes --- */

/* Puts those who were sent since the last change on the routes they took. */
static void walk(simulation *s)
{
    int32_t camps = s->c->n_camps;
    for (int32_t i = 0; s->sent && i < s->net.n_zones; i++)
        for (int32_t k = 0; k < camps; k++) {
            double n = s->sent[(int64_t)i * camps + k];
            int32_t at = s->net.zone[i], end = s->c->camp_place[k];
            while (n > 0 && at != end) {
                int32_t r = s->net.path[(int64_t)k * s->c->n_places + at];
                s->run->route_people[r] += n * s->unit;
                at = s->c->route[r].a == at ? s->c->route[r].b : s->c->route[r].a;
            }
            s->sent[(int64_t)i * camps + k] = 0;
        }
}

/* --- all days --- */

static void tell_camps(const simulation *s, const vg_flow_conflict *as_read)
{
    const vg_flow_conflict *c = s->c;
    vg_flow_run *r = s->run;
    for (int32_t k = 0; k < c->n_camps; k++) {
        const vg_flow_place *p = &c->place[c->camp_place[k]];
        const double *people = r->people + (int64_t)k * r->n_days;
        vg_flow_camp *camp = &r->camp[k];
        *camp = (vg_flow_camp){
            .name = p->name, .country = p->country, .lat_deg = p->lat_deg, .lon_deg = p->lon_deg
        };
        camp->capacity = p->capacity;
        camp->scored = k < c->n_scored;
        camp->opened = k >= as_read->n_camps;
        camp->final_people = people[r->n_days - 1];
        camp->final_observed = camp->scored && r->n_days <= c->n_days
                                   ? registered(c, s->o)[(int64_t)k * c->n_days + r->n_days - 1]
                                   : NAN;
        camp->full_day = -1;
        for (int32_t t = r->n_days - 1; t >= 0; t--)
            if (people[t] >= p->capacity * FULL)
                camp->full_day = t;
    }
}

static void all_days(simulation *s)
{
    vg_flow_run *r = s->run;
    for (int32_t t = 0; t < r->n_days; t++) {
        if (s->net.change[t]) {
            walk(s);
            vg_flow_net_day(&s->net, &s->p, t);
        }
        one_day(s, t);
        if (s->o->observed_to > 0 && t == s->o->observed_to)
            assimilate(s, t);
        for (int32_t k = 0; k < s->c->n_camps; k++)
            r->people[(int64_t)k * r->n_days + t] = s->people[k] * s->unit;
    }
    walk(s);
}

static bool check_opts(const vg_flow_conflict *c, const vg_flow_opts *o, vg_err *e)
{
    bool camps = o->total_from == VG_FLOW_TOTAL_CAMPS && c->n_scored > 0;
    if (!(o->per_day > 0) && !camps && !c->total) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "nothing says how many people arrive in %.*s", VG_P(c->name));
        return vg_mend(e, "add totals.csv, or give the number of arrivals a day");
    }
    if (o->n_days < 0 || o->n_days > VG_FLOW_MAX_DAYS || o->observed_to < 0 || o->n_people < 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE,
                       "days, observed days and people cannot be negative or endless");
    if (o->observed_to && o->observed_to >= (o->n_days ? o->n_days : c->n_days)) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "observed to day %d, but the run ends on day %d", o->observed_to,
                (o->n_days ? o->n_days : c->n_days) - 1);
        return vg_mend(e, "leave days behind the last observed one");
    }
    if (o->observed_to >= c->n_days) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "observed to day %d, but the record of %.*s ends on day %d",
                o->observed_to, VG_P(c->name), c->n_days - 1);
        return vg_mend(e, "give a day on which registrations are known");
    }
    return true;
}

bool vg_flow_run_days(const vg_flow_conflict *c, const vg_flow_opts *o, bool paths, vg_arena *a,
                      vg_flow_run *out, vg_err *e)
{
    vg_flow_conflict w;
    vg_flow_run r = { .n_days = o->n_days ? o->n_days : c->n_days, .observed_to = o->observed_to };
    if (!check_opts(c, o, e) || !vg_flow_what_if(c, o, a, &w, e))
        return false;
    simulation s = { .c = &w, .o = o, .p = o->params ? *o->params : vg_flow_shipped(), .run = &r };
    if (!make_run(&s, a) || !vg_flow_net_make(&w, r.n_days, paths, a, &s.net, e) || !make_scratch(&s, a))
        return vg_failed(e) ? false : vg_fail_memory(e, vg_arena_limit(a));
    begin(&s);
    all_days(&s);
    tell_camps(&s, c);
    r.n_camps = w.n_camps;
    r.n_scored = w.n_scored;
    r.n_routes = w.n_routes;
    r.n_places = w.n_places;
    r.route = w.route;
    r.place = w.place;
    r.corrected = c->corrected;
    r.raw = c->raw;
    r.n_record = c->n_days;
    *out = r;
    return true;
}

bool vg_flow_simulate(const vg_flow_conflict *c, const vg_flow_opts *o, vg_arena *a, vg_flow_run *out,
                      vg_err *e)
{
    return vg_flow_run_days(c, o, true, a, out, e);
}
