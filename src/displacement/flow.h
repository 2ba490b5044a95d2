/**
 * Where people will arrive: a conflict read from a folder, and the people who leave it spread over routes to camps.
 *
 *     vg_flow_conflict c;
 *     vg_flow_run run;
 *     if (!vg_flow_read(folder, &arena, &c, e)) return false;
 *     if (!vg_flow_simulate(&c, &(vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &arena, &run, e)) return false;
 *     vg_flow_score s = vg_flow_score_run(&run, VG_FLOW_CORRECTED);     s.ard, s.ard_rescaled
 *
 * A conflict is a scenario: places (conflict zones, towns, hubs, camps), routes in km, days of fighting, closures,
 * total arrivals and camp registrations. Of the registrations a run uses those of day 0 and the sum over all camps of
 * each day, which is the given number of arrivals (see vg_flow_total); how the camps share it is forecast, and only
 * scored against them. With `observed_to` (a nowcast, told apart everywhere) it uses all of them up to that day.
 *
 * Days are counted from the conflict's first day (0). People are counts of persons, NaN where not known. Every series
 * by camp and day is row-major: value[camp * n_days + day].
 */
#ifndef VG_DISPLACEMENT_FLOW_H
#define VG_DISPLACEMENT_FLOW_H

#include "core/arena.h"
#include "core/pool.h"

/* --- a conflict, as read --- */

typedef enum { VG_FLOW_ZONE, VG_FLOW_TOWN, VG_FLOW_HUB, VG_FLOW_CAMP, VG_FLOW_MARKER } vg_flow_kind;

typedef struct {
    vg_str name, region, country;
    double lat_deg, lon_deg; /* NaN = not known */
    vg_flow_kind kind;
    double population; /* of a zone or town; NaN = not known */
    double capacity;   /* of a camp; NaN = not known */
    int32_t camp;      /* its number among the camps, -1 = no camp */
} vg_flow_place;

typedef struct {
    int32_t a, b; /* places */
    double km;
    int32_t forced; /* 0 = none; 1: whoever stands in b goes on to a; 2: whoever stands in a goes on to b */
} vg_flow_route;

typedef struct {
    int32_t place, first_day, last_day; /* both inclusive */
    double intensity;                   /* > 0 */
} vg_flow_fighting;

typedef enum {
    VG_FLOW_CLOSE_COUNTRY, /* routes between two countries */
    VG_FLOW_CLOSE_PLACE, /* the route between two places; all routes of a place when name2 is empty or a country */
    VG_FLOW_CLOSE_CAMP, /* a camp takes nobody in */
    VG_FLOW_UNFORCE     /* a forced redirection is lifted */
} vg_flow_closing;

typedef struct {
    vg_flow_closing kind;
    vg_str name1, name2;
    int32_t first_day, end_day; /* from first_day until before end_day; end_day 0 = for good */
    vg_at at;
} vg_flow_closure;

/** A row that was refused: good rows go in, these are listed. `why.at` names file and line. */
typedef struct {
    vg_err why;
    vg_str raw;
} vg_flow_reject;

/** A file of the folder, for the run's record. */
typedef struct {
    vg_str name;
    char sha256[65];
} vg_flow_file;

enum { VG_FLOW_FILES = 8, VG_FLOW_MAX_PLACES = 100000, VG_FLOW_MAX_DAYS = 36525 };

typedef struct {
    vg_str name;        /* last part of the folder's path */
    int32_t first_date; /* day 0, days since 1970-01-01 */
    int32_t n_days;
    int32_t n_places, n_routes, n_fighting, n_closures, n_camps;
    vg_flow_place *place;
    vg_flow_route *route;
    vg_flow_fighting *fighting;
    vg_flow_closure *closure;
    int32_t
        *camp_place;  /* place of each camp: those with registrations first, in the order of locations.csv */
    int32_t n_scored; /* so many of the camps have registrations */
    double *total; /* n_days: persons displaced up to the day, interpolated from totals.csv; NULL = no file */
    double *raw;   /* n_camps x n_days registrations as published; NaN = none known */
    double *corrected;  /* the same with registration corrections (see README.md) */
    int32_t *known_day; /* the day of the last registration up to a day; -1 = none yet */
    int32_t n_files, n_rejects;
    vg_flow_file file[VG_FLOW_FILES];
    vg_flow_reject *reject;
} vg_flow_conflict;

/**
 * Reads a folder: locations.csv, routes.csv, conflicts.csv (needed); camps.csv, totals.csv (at least one of them);
 * closures.csv, registration_corrections.csv (may be missing). Day 0 and the number of days: the row of ../index.csv,
 * else the day on which most camp series begin, and the last day of fighting. Rows that make no sense are rejected and
 * listed; what cannot be told from the rest fails. Lives in `a`. Time O(rows + places).
 * Fails: VG_EIO (no folder, a needed file missing), VG_EPARSE (a header or file that is no table), VG_ENODATA (no
 * camp, no fighting, no way from any fighting to any camp), VG_ERANGE (too many places or days).
 */
bool vg_flow_read(const char *folder, vg_arena *a, vg_flow_conflict *out, vg_err *e);

/* --- a run --- */

typedef enum { VG_FLOW_FLOWS, VG_FLOW_AGENTS } vg_flow_engine;

/** Where the number of arrivals of each day comes from. What a run forecasts is where they go. */
typedef enum {
    VG_FLOW_TOTAL_CAMPS, /* the day's sum over the camps' registrations, as FLEE takes it; totals.csv without any */
    VG_FLOW_TOTAL_FILE /* totals.csv */
} vg_flow_total;
typedef enum { VG_FLOW_CORRECTED, VG_FLOW_RAW } vg_flow_series;

enum { VG_FLOW_N_PARAMS = 6 };

/** The parameters of the model, shared by all conflicts. Names, units and ranges: vg_flow_param. */
typedef struct {
    double value[VG_FLOW_N_PARAMS];
} vg_flow_params;

typedef struct {
    const char *name; /* "distance", "crowding" ... */
    double low, high; /* range of the search */
    bool skewed;      /* searched more densely near `low` */
} vg_flow_param;

extern const vg_flow_param vg_flow_param_table[VG_FLOW_N_PARAMS];
vg_flow_params vg_flow_shipped(void); /* learnt on all twelve staged conflicts */

/** "What if": all that differs from the folder. */
typedef struct {
    vg_str a, b; /* two countries, or two places */
    int32_t day;
} vg_flow_border;

typedef struct {
    vg_str name;
    double capacity;
    int32_t day;
    vg_str near; /* a place it is joined to by a route of `km` */
    double km;
} vg_flow_new_camp;

typedef struct {
    vg_flow_engine engine;
    const vg_flow_params *params; /* NULL = as shipped */
    uint64_t seed;                /* of the agents */
    int64_t n_people; /* agents: so many are in camps at the most, each for an equal part; 0 = one a person */
    int32_t n_days;   /* 0 = as long as the conflict's record; longer: the total stays as on the last day */
    int32_t observed_to; /* > 0: nowcast with the registrations up to this day; 0 = forecast from day 0 */
    vg_flow_total total_from;
    vg_flow_series series; /* which registrations give day 0 and the total */
    double per_day;        /* > 0: so many people a day arrive, instead of either */
    bool blind;            /* capacities count as not known (they may come from the peaks of the record) */
    const vg_flow_border *border;
    int32_t n_borders;
    const vg_flow_new_camp *camp;
    int32_t n_camps;
    const double
        *luck;     /* NULL, or a factor on the attraction and the room of each camp (the ensemble's chance) */
    int n_threads; /* of an ensemble; 0 = 1 */
} vg_flow_opts;

/** One camp of a run. */
typedef struct {
    vg_str name, country;
    double lat_deg, lon_deg, capacity; /* NaN = not known */
    bool scored;                       /* has registrations */
    bool opened;                       /* by a "what if" */
    double final_people, final_observed;
    int32_t full_day; /* first day with 95 % of the capacity or more; -1 = not in the run */
} vg_flow_camp;

typedef struct {
    int32_t n_days, n_camps, n_scored, observed_to;
    vg_flow_camp *camp;
    double *people;     /* n_camps x n_days: in the camp at the end of the day */
    double *low, *high; /* 90 % interval of an ensemble, or NULL */
    const double *
        corrected; /* of the conflict: registrations of camp k on day t at [k * n_record + t], k < n_scored */
    const double *raw;
    int32_t n_record;     /* days they cover; a run may be longer or shorter */
    double *total;        /* n_days: people in all camps together */
    double *route_people; /* routes of the conflict, then of new camps: people who took it, all days */
    vg_flow_route *route;
    vg_flow_place *place; /* what the routes join */
    int32_t n_routes, n_places;
    int64_t n_agents; /* whole people who were sent on their way; 0 = expected flows */
} vg_flow_run;

/**
 * Simulates. Engine FLOWS gives expected numbers, smooth and without chance; AGENTS whole people, drawn by splitting
 * counts (binomial, exact), the same for a seed on any number of threads. Lives in `a`.
 * Time O(days x zones x camps), whatever the number of people.
 * Fails: VG_ENOTFOUND (a border or place of a "what if" that is not in the conflict, with near names), VG_EARG,
 * VG_ERANGE (a day behind the run, or an observed one behind the record), VG_ENODATA (nothing says how many arrive),
 * VG_ENOMEM.
 */
bool vg_flow_simulate(const vg_flow_conflict *c, const vg_flow_opts *o, vg_arena *a, vg_flow_run *out,
                      vg_err *e);

/**
 * How sure: VG_FLOW_DRAWS runs, each with the parameters of one of the members (about equally good in the fit), a
 * chance factor on the attraction and the room of each camp, and a seed of its own. people = the run as vg_flow_simulate gives it,
 * low and high = the 5 % and 95 % quantiles of the draws by camp and day. Same bytes on any number of threads.
 */
enum { VG_FLOW_DRAWS = 100, VG_FLOW_MEMBERS = 16 };
typedef struct {
    vg_flow_params member[VG_FLOW_MEMBERS];
    double spread; /* standard deviation of the logarithm of the factor */
} vg_flow_members;

vg_flow_members vg_flow_shipped_members(void);

/** `m` NULL = as shipped. */
bool vg_flow_ensemble(const vg_flow_conflict *c, const vg_flow_opts *o, const vg_flow_members *m, vg_arena *a,
                      vg_flow_run *out, vg_err *e);

/* --- scores --- */

/**
 * Averaged relative difference: mean over days of sum_camps |people - data| / sum_camps data, days without data left
 * out; rescaled = the same with each day's people scaled to the data's sum. From day `from`.
 */
typedef struct {
    double ard, ard_rescaled;
    int32_t n_days;
    double covered; /* share of camp-days (data > 0) inside low..high; NaN without an ensemble */
} vg_flow_score;

vg_flow_score vg_flow_score_run(const vg_flow_run *run, vg_flow_series series, int32_t from);

/**
 * Naive forecasts on the same series, each given the day's true sum: every camp keeps its share of day 7 (30); all
 * camps alike; share of 30 days before (a rolling nowcast). NaN where the record is shorter.
 */
typedef struct {
    double share7, share30, equal, rolling30;
} vg_flow_naive;

vg_flow_naive vg_flow_score_naive(const vg_flow_conflict *c, vg_flow_series series);

/** Share of day `day` kept, scored on the days behind it: what a nowcast must beat. */
double vg_flow_score_share(const vg_flow_conflict *c, vg_flow_series series, int32_t day);

/* --- fit --- */

enum { VG_FLOW_MAX_CONFLICTS = 256, VG_FLOW_CANDIDATES = 800 };

/** What was learnt from a set of conflicts: the mean of the members, which are the best of the candidates. */
typedef struct {
    vg_flow_params mean;
    vg_flow_members members;
    int32_t number[VG_FLOW_MEMBERS]; /* of the candidates they are */
} vg_flow_fit;

/**
 * Learns parameters from conflicts: VG_FLOW_CANDIDATES points drawn over the ranges (fixed seed) are run on each
 * (expected flows, corrected series); the members are the 16 with the smallest mean ARD. `fit[0]` is from all, and
 * with `leave_out` fit[1 + i] from all but conflict i. Same bytes on any number of threads.
 * Fails: VG_EARG (n < 2, n > VG_FLOW_MAX_CONFLICTS), VG_ENOMEM, VG_ESTOPPED.
 */
bool vg_flow_learn(const vg_flow_conflict *c, int32_t n, bool leave_out, int n_threads, const vg_progress *p,
                   vg_flow_fit *fit, vg_err *e);

#endif
