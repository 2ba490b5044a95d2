/**
 * What the flow_*.c files share: the tables of a conflict folder, distances over the routes, and one day's choice of
 * a camp. Nothing outside this folder includes it.
 */
#ifndef VG_DISPLACEMENT_FLOW_INT_H
#define VG_DISPLACEMENT_FLOW_INT_H

#include "core/csv.h"
#include "core/map.h"
#include "core/rng.h"
#include "displacement/flow.h"

/* --- tables of a folder (flow_table.c) --- */

enum { VG_FLOW_MAX_COLUMNS = 12 };

/** A column by its name, or by other names for it separated by |; `needed` columns must be there. */
typedef struct {
    const char *names;
    bool needed;
} vg_flow_column;

typedef struct {
    vg_arena *a;
    vg_flow_conflict *c;
    vg_map places;
    const char *folder;
    int32_t cap_places, cap_routes, cap_fighting, cap_closures, cap_rejects;
    int64_t *place_line, *route_line; /* where they stand, for messages */
    vg_str locations_file;            /* path of locations.csv */
    struct vg_flow_registration *seen;
    int64_t n_seen;
    int32_t cap_seen, cap_sum, cap_corrections;
    struct vg_flow_registration *sum; /* of totals.csv */
    int64_t n_sum;
    struct vg_flow_correction *correction;
    int64_t n_corrections;
    vg_map series; /* names of source series */
    bool dated;    /* first_date and n_days are known from the index */
    int32_t last_fighting;
} vg_flow_reader;

/** A number of people on a date, of a camp's series. */
typedef struct vg_flow_registration {
    int32_t camp, series, date; /* camp: place; -1 in totals.csv */
    double people;
    vg_at at;
    bool dropped;
} vg_flow_registration;

typedef struct vg_flow_correction {
    int32_t place, date;
    vg_at at;
} vg_flow_correction;

/** A row as its reader sees it: cells by the number of their column, empty where a column or cell is missing. */
typedef struct {
    vg_str cell[VG_FLOW_MAX_COLUMNS];
    int32_t at_column[VG_FLOW_MAX_COLUMNS];
    vg_at at;
    vg_str raw;
} vg_flow_row;

/** Takes one row; false with `why` set rejects it (the load goes on), false without is out of memory. */
typedef bool vg_flow_take(vg_flow_reader *r, const vg_flow_row *row, vg_err *why);

/** Reads one file of the folder row by row. `*there` (may be NULL: then the file is needed) tells whether it was there. */
bool vg_flow_table(vg_flow_reader *r, const char *file, const vg_flow_column *column, vg_flow_take *take,
                   bool *there, vg_err *e);

/** Lists a refused row, or a cell that was put aside. */
bool vg_flow_refuse(vg_flow_reader *r, const vg_err *why, vg_str raw);

/** Place of a cell of the row, for messages. */
vg_at vg_flow_cell_at(const vg_flow_row *row, int column);

/** Room for one more; NULL when memory is out. */
void *vg_flow_room(vg_arena *a, void *list, int64_t n, int32_t *cap, int64_t size);

/** Nearest known name of a place (or of a country too), by edit distance; empty when none is near. */
vg_str vg_flow_nearest(const vg_flow_conflict *c, vg_str name, bool countries);

/** Number of a place, or -1 with `why` set (and near names). */
int32_t vg_flow_place_of(vg_flow_reader *r, const vg_flow_row *row, int column, vg_err *why);

/* --- series (flow_series.c), checks (flow_check.c) --- */

/** Daily registrations of every camp and the daily total, with corrections, from what was read. */
bool vg_flow_series_make(vg_flow_reader *r, vg_err *e);

/** What only the whole folder shows: closures without a border, places without a way. */
bool vg_flow_check(vg_flow_reader *r, vg_err *e);

/** Does this closure close (or lift the redirection of) this route? */
bool vg_flow_closes(const vg_flow_conflict *c, const vg_flow_closure *x, const vg_flow_route *t);

/* --- the network (flow_net.c) --- */

/** The parameters by name; what they do is said in flow.c. */
enum {
    VG_FLOW_DISTANCE,
    VG_FLOW_NEAR_KM,
    VG_FLOW_SAFETY,
    VG_FLOW_PASSING_KM,
    VG_FLOW_POPULATION,
    VG_FLOW_CROWDING
};

typedef struct {
    int32_t to, route;
} vg_flow_arc;

/** Ways as they are on one day. Zones are the places with fighting at some time, numbered as in `zone`. */
typedef struct {
    const vg_flow_conflict *c;
    int32_t n_days, n_zones;
    int32_t *zone;
    int32_t *first; /* arcs of place i: arc[first[i]] .. arc[first[i + 1] - 1] */
    vg_flow_arc *arc;
    bool *change;            /* n_days: something opens, closes, begins or ends */
    bool *hits;              /* closures x routes: closes it, or lifts its redirection */
    int32_t *shuts;          /* per closure: the camp that takes nobody in, -1 */
    bool *closed, *lifted;   /* by route */
    bool *shut;              /* by camp */
    double *intensity;       /* by place, 0 = no fighting today */
    double *length;          /* scratch, by place */
    int32_t *heap, *heap_at; /* scratch, by place */
    int32_t *step;           /* scratch, by place: the route taken from there */
    double *near;            /* zones x camps: attraction of the distance; 0 = no way */
    int32_t *path;           /* camps x places: the route taken first from each place; NULL = not wanted */
} vg_flow_net;

bool vg_flow_net_make(const vg_flow_conflict *c, int32_t n_days, bool paths, vg_arena *a, vg_flow_net *net,
                      vg_err *e);

/** Makes the ways those of a day on which something changes. */
void vg_flow_net_day(vg_flow_net *net, const vg_flow_params *p, int32_t day);

/** Exact binomial number (flow_agents.c): how many of n whole people, each with probability p. */
int64_t vg_flow_binomial(vg_rng *rng, int64_t n, double p);

/** Whole people by weights: part[i] of n go to i; the parts sum to n. `sum` is that of the weights, > 0. */
void vg_flow_multinomial(vg_rng *rng, int64_t n, const double *weight, int32_t n_parts, double sum,
                         double *part);

/** Candidate of the fit by its number, 0 .. VG_FLOW_CANDIDATES - 1. */
vg_flow_params vg_flow_candidate(int32_t number);

/** Mean of the members, which is what is used. */
vg_flow_params vg_flow_members_mean(const vg_flow_members *m);

/** A run; without `paths` nobody is put on routes (faster). */
bool vg_flow_run_days(const vg_flow_conflict *c, const vg_flow_opts *o, bool paths, vg_arena *a,
                      vg_flow_run *out, vg_err *e);

/** The conflict with the borders and camps of a "what if" added; the same when there is none (flow_what_if.c). */
bool vg_flow_what_if(const vg_flow_conflict *c, const vg_flow_opts *o, vg_arena *a, vg_flow_conflict *out,
                     vg_err *e);

#endif
