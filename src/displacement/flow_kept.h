/**
 * A run of `vigie displacement arrivals` as it is kept in the store and read back by whoever shows it (the report, the
 * API). What is shown is what was stored; nothing is simulated again.
 *
 *     vg_flow_kept k;
 *     if (!vg_flow_kept_load(st, 0, &arena, &k, e)) return false;               run 0 = the newest
 *     for (int32_t i = 0; i < k.n_camps; i++)
 *         for (int32_t p = 0; p < k.camp[i].n_points; p++)
 *             ... day = p * k.params.step, k.camp[i].people[p], low[p], high[p], observed[p] ...
 *
 * The run's record holds the parameters below, with the SHA-256 of every file of the folder that was read: a conflict
 * is a scenario, an input of the run, and no vintage of the store. Results, each numbered by `unit` from 1 in the order
 * of the run, unit kind admin2 (a place below a region), month 0: kind "camp" one per camp, "place" one per place of
 * the map, "route" one per route, with the people who took it.
 */
#ifndef VG_DISPLACEMENT_FLOW_KEPT_H
#define VG_DISPLACEMENT_FLOW_KEPT_H

#include "displacement/flow.h"
#include "store/store.h"

#define VG_FLOW_KEPT_VERB      "displacement arrivals"
#define VG_FLOW_KEPT_NAIVE_DAY 30

/** Points of a series: a longer run is kept every `step` days. */
enum { VG_FLOW_KEPT_POINTS = 400 };

typedef struct {
    vg_str name, sha256;
} vg_flow_kept_file;

typedef struct {
    vg_str conflict;
    vg_str first_date;      /* 2012-02-29 */
    vg_str engine;          /* "flows" or "agents" */
    vg_str total;           /* where the arrivals come from: "camps", "file" or "rate" */
    vg_str registrations;   /* "corrected" or "raw" */
    vg_str borders, opened; /* the "what if" as the user wrote it; empty = none */
    int32_t n_days, step, observed_to, blind;
    int64_t n_people;
    double ard, ard_rescaled, covered, naive; /* naive: shares of day 30 kept; NaN = not known */
    int32_t n_files, n_refused;
    vg_flow_kept_file file[VG_FLOW_FILES];
} vg_flow_kept_params;

typedef struct {
    vg_str name, country;
    double capacity; /* NaN = not known, as are all others below */
    int32_t opened, scored, full_day;
    double final_people, final_low, final_high, final_observed;
    int32_t n_points;
    double people[VG_FLOW_KEPT_POINTS], low[VG_FLOW_KEPT_POINTS], high[VG_FLOW_KEPT_POINTS],
        observed[VG_FLOW_KEPT_POINTS];
} vg_flow_kept_camp;

typedef struct {
    vg_str name, country;
    vg_str kind; /* "conflict", "town", "hub", "camp", "marker" */
    double lat_deg, lon_deg;
} vg_flow_kept_place;

typedef struct {
    int32_t from, to; /* places, from 0 */
    double km, people;
} vg_flow_kept_route;

typedef struct {
    vg_run run;
    vg_flow_kept_params params;
    int32_t n_camps, n_places, n_routes;
    vg_flow_kept_camp *camp;
    vg_flow_kept_place *place;
    vg_flow_kept_route *route;
} vg_flow_kept;

/**
 * A run in the form that is kept. Scores are NaN under a "what if". Borrows the names of `c` and `run`; `borders` and `opened` of the
 * parameters are the caller's to set. Lives in `a`. Fails: VG_ENOMEM.
 */
bool vg_flow_kept_make(const vg_flow_conflict *c, const vg_flow_opts *o, const vg_flow_run *run, vg_arena *a,
                       vg_flow_kept *out, vg_err *e);

/** Writes it; `k->run` gives seed, times and version. */
bool vg_flow_kept_save(vg_store *st, const vg_flow_kept *k, int64_t *id, vg_err *e);

/** Reads a run back; 0 = the newest. Fails: VG_ENOTFOUND (says what to run), VG_EPARSE. */
bool vg_flow_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_flow_kept *out, vg_err *e);

#endif
