/* What the files of the generator share: the made-up world and its random numbers. */
#ifndef VG_CEASEFIRE_SIMULATE_INT_H
#define VG_CEASEFIRE_SIMULATE_INT_H

#include <math.h>

#include "ceasefire/simulate.h"
#include "core/rng.h"

enum {
    VG_SIM_SOURCES = 26,
    VG_SIM_SPOTS = 48,
    VG_SIM_EXERCISES = 8,
    VG_SIM_PARTIES = 4,
    VG_SIM_LINE = 61, /* points of the line of contact */
    VG_SIM_DAY = 86400,
    VG_SIM_FIRST_DAY = 18262, /* 2020-01-01 */
    VG_SIM_ZONE_POINTS = 64
};

/* Streams of random numbers. */
enum {
    VG_SIM_STREAM_WORLD = 1,
    VG_SIM_STREAM_DAY,
    VG_SIM_STREAM_TELL,
    VG_SIM_STREAM_FALSE,
    VG_SIM_STREAM_COVER
};

#define VG_SIM_LAT0     36.0 /* south-west corner */
#define VG_SIM_LON0     (-36.0)
#define VG_SIM_HEIGHT_M 300000.0
#define VG_SIM_WIDTH_M  400000.0

typedef struct {
    char id[16];
    int8_t kind, party;           /* party: index, or -1 */
    double x_m, y_m;              /* where it is; its reach is infinite for those who hear of everything */
    double reach_m, honesty;      /* true error / told error */
    int64_t blind_from, blind_to; /* of the day: sees nothing */
} vg_sim_source;

typedef struct {
    double x_m, y_m, spread_m, weight, period_days, phase;
} vg_sim_spot;

typedef enum { VG_SIM_AREA, VG_SIM_CIRCLE, VG_SIM_STRIP } vg_sim_form;

typedef struct {
    char id[16];
    vg_zone_kind kind;
    vg_sim_form form;
    int32_t n_points;
    double x_m[VG_SIM_ZONE_POINTS], y_m[VG_SIM_ZONE_POINTS]; /* of a circle: its centre */
    double buffer_km;
    int32_t n_versions;
    int32_t change_day[2]; /* after the first day: when versions 2 and 3 begin */
    double shift_m[3];     /* of each version, to the east */
    int8_t held_by;        /* party, -1 = nobody */
} vg_sim_zone;

typedef struct {
    int32_t zone;
    int8_t party;
    int32_t from_day, to_day; /* after the first day; `to` exclusive */
} vg_sim_exercise;

typedef struct {
    char id[16];
    const char *title;
    uint32_t parties, acts, weapons; /* parties: all ones = all */
    double least_calibre_mm, distance_km;
    int32_t zone; /* -1 = everywhere */
    vg_relation relation;
    int32_t from_day, to_day;   /* after the first day; -1 = open */
    int32_t hour_from, hour_to; /* both 0 = all day */
    uint8_t weekdays;
    int8_t severity;
    int32_t exercise; /* its exception; -1 = none */
} vg_sim_clause;

typedef struct {
    double line_x[VG_SIM_LINE]; /* the line of contact: x at equal steps of y */
    vg_sim_source source[VG_SIM_SOURCES];
    vg_sim_spot spot[VG_SIM_SPOTS];
    vg_sim_exercise exercise[VG_SIM_EXERCISES];
    vg_sim_zone *zone;
    vg_sim_clause *clause;
    int32_t n_zones, n_clauses;
} vg_sim_world;

/* One report under way. Texts are kept as numbers until it is given out. */
typedef struct {
    int64_t received_at;
    uint64_t order;   /* of making: ties */
    uint64_t id;      /* of the source's own counting */
    uint64_t revises; /* 0 = none */
    uint64_t text;    /* hash; 0 = none */
    vg_report report;
    vg_simulated truth;
} vg_sim_pending;

struct vg_simulation {
    vg_simulation_opts opts;
    vg_sim_world world;
    double per_day; /* incidents */
    int64_t day;    /* next to be made, after the first */
    int64_t n_given, n_made, n_incidents, n_false;
    uint64_t n_ids[VG_SIM_SOURCES];
    vg_sim_pending *heap; /* earliest first */
    int64_t n_heap, heap_cap;
    vg_simulated_incident *incident;
    int64_t incident_cap;
    vg_coverage *cover;
    int32_t n_covers, n_covers_given, cover_cap;
    vg_report *report; /* of the batch that was given out */
    vg_simulated *truth;
    int32_t batch_cap;
    vg_arena text;
    vg_out agreement_text;
    vg_agreement *agreement;
    bool failed; /* out of memory */
};

/* --- random numbers --- */

double vg_sim_normal(vg_rng *r);
double vg_sim_exponential(vg_rng *r, double mean);
int32_t vg_sim_poisson(vg_rng *r, double mean);

static inline bool vg_sim_chance(vg_rng *r, double p)
{
    return vg_rng_unit(r) < p;
}

static inline double vg_sim_between(vg_rng *r, double low, double high)
{
    return low + (high - low) * vg_rng_unit(r);
}

/* Number of the weight that a random number falls on. */
int32_t vg_sim_choose(vg_rng *r, const double *weight, int32_t n);

/* --- the world --- */

double vg_sim_lat(double y_m);
double vg_sim_lon(double x_m, double y_m);
double vg_sim_line_x(const vg_sim_world *w, double y_m);
bool vg_sim_world_make(vg_sim_world *w, const vg_simulation_opts *o, vg_err *e);
void vg_sim_world_free(vg_sim_world *w);
const char *vg_sim_party_name(int party, uint32_t which); /* id, name or alias */
int vg_sim_opponent(int party);
double vg_sim_delay_s(int kind);
double vg_sim_radius_m(int kind);

/* The agreement as a file. */
bool vg_sim_agreement_put(const vg_sim_world *w, vg_out *out, vg_err *e);

/* --- what happens, and what is told of it --- */

/* Incidents of a day that are not set off by others; those that they set off follow them. */
void vg_sim_happen(vg_simulation *s, int64_t day);

/* All reports of an incident go to the heap. */
void vg_sim_tell(vg_simulation *s, const vg_simulated_incident *x, int64_t number);
double vg_sim_reports_per_incident(const vg_simulation_opts *o);
void vg_sim_push(vg_simulation *s, const vg_sim_pending *p);
void vg_sim_keep(vg_simulation *s, const vg_simulated_incident *x, int64_t number);
bool vg_sim_is_fire(int act);
int8_t vg_sim_weapon(vg_rng *r, int act, double *calibre_mm);
int8_t vg_sim_confused(vg_rng *r, int act);

#endif
