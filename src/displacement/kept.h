/**
 * A run of `vigie displacement forecast` as it is kept in the store, and read back whole by whoever shows it: the
 * command, `vigie list`, the report. What is shown is what was stored; nothing is computed a second time.
 *
 *     vg_displacement_kept k;
 *     if (!vg_displacement_kept_load(st, run, &arena, &k, e)) return false;          run 0 = the newest
 *     for (int32_t i = 0; i < k.n_units; i++)
 *         for (int32_t m = 0; m < k.params.n_leads; m++) ... k.unit[i].month[m].quantile[2] ...
 *
 * Results of a run (verb "displacement forecast"), each a JSON object, unit kind admin1: kind "unit" (name, history;
 * month 0), "forecast" (one a month), "scenario" (the same under the supposition, where there is one), "explanation"
 * (one a month, house model only), "split" (origins and reasons, one a month, where flows are known), "score" (unit 0,
 * month = 0, 1 ...: what the model and a baseline scored on the months before the origin).
 */
#ifndef VG_DISPLACEMENT_KEPT_H
#define VG_DISPLACEMENT_KEPT_H

#include "displacement/displacement.h"

#define VG_DISPLACEMENT_KEPT_VERB    "displacement forecast"
#define VG_DISPLACEMENT_KEPT_HISTORY 60 /* months up to the origin */
#define VG_DISPLACEMENT_KEPT_PARTS   64 /* of one split */
#define VG_DISPLACEMENT_KEPT_SCORES  4

/** The run's parameters, as in its record. */
typedef struct {
    vg_str source, scope, variable;
    vg_str covariates;                     /* names with ", " between them; empty = none */
    vg_str model;                          /* vg_displacement_model_name */
    vg_str scenario;                       /* as the user wrote it: "rainfall=2017-04"; empty = none */
    int32_t origin, data_first, data_last; /* month_id */
    int32_t n_leads, n_draws;
    double threshold; /* the user's own; 0 = none */
} vg_displacement_kept_params;

/** One unit and month. NaN = not known. */
typedef struct {
    int32_t month;
    double mean;
    int32_t n_levels, n_thresholds;
    double quantile[VG_DISPLACEMENT_LEVELS];        /* [2] is the median */
    double probability[VG_DISPLACEMENT_THRESHOLDS]; /* of at least 1,000 and 5,000 */
    double probability_own;                         /* of at least params.threshold */
    vg_str alarm;                                   /* vg_displacement_alarm_name */
    double expanding, ewm_log, lag12;               /* the baselines beside it */
} vg_displacement_kept_month;

typedef struct {
    vg_str driver, covariate; /* message key; the covariate's name where the driver is one */
    double value, factor;
} vg_displacement_kept_driver;

typedef struct {
    int32_t unit, month;
    vg_str name;
    double weight, before, after, carried; /* as in vg_displacement_analogue */
} vg_displacement_kept_analogue;

typedef struct {
    double base, median;
    int32_t n_drivers, n_analogues;
    vg_displacement_kept_driver driver[VG_DISPLACEMENT_MAX_DRIVERS];
    vg_displacement_kept_analogue analogue[VG_DISPLACEMENT_MAX_ANALOGUES];
} vg_displacement_kept_reasons;

/** A part of the arrivals, as vg_displacement_part. */
typedef struct {
    vg_str by;     /* "reason", "origin" or "both" */
    int32_t from;  /* unit number, 0 = not known (or a share by reason) */
    vg_str name;   /* of that unit; empty for 0 */
    vg_str reason; /* as the flows have it; empty in a share by origin, and where the source says none */
    double share, share_low, share_high, mean, low, high;
} vg_displacement_kept_part;

typedef struct {
    int32_t n_parts;
    vg_displacement_kept_part
        part[VG_DISPLACEMENT_KEPT_PARTS]; /* by reason, then by origin, then both; largest first */
} vg_displacement_kept_split;

typedef struct {
    int32_t unit;
    vg_str name;
    int32_t sparse; /* 1 = too little history of its own: forecast from the other units' */
    int32_t history_first, n_history;
    double history[VG_DISPLACEMENT_KEPT_HISTORY]; /* NaN = not known */
    vg_displacement_kept_month *month;            /* params.n_leads of them */
    vg_displacement_kept_month *scenario;         /* the same under the supposition; NULL = none */
    const vg_displacement_kept_reasons **reasons; /* n_leads pointers, NULL where none are kept */
    const vg_displacement_kept_split **split;     /* n_leads pointers, NULL where no flow is known */
} vg_displacement_kept_unit;

/** What a model scored on the rows of some months before the origin, each forecast without what came later. */
typedef struct {
    vg_str model;
    int32_t horizon; /* months ahead */
    int32_t first_month, last_month, n;
    double rmse, mae, crps, cover50, cover90; /* RMSE of the mean, MAE of the median */
} vg_displacement_kept_score;

typedef struct {
    vg_run run;
    vg_displacement_kept_params params;
    int32_t n_units;
    vg_displacement_kept_unit *unit; /* highest median of the first month first, then the lower number */
    int32_t n_scores; /* 0 = not scored; model and baseline at 1 month, then at 3 where there are 3 */
    vg_displacement_kept_score score[VG_DISPLACEMENT_KEPT_SCORES];
} vg_displacement_kept;

/** What to compute for a run. */
typedef struct {
    vg_displacement_opts forecast;
    const vg_flow_record *flow; /* of any units; NULL = none: no split */
    int64_t n_flows;
    const vg_displacement_scenario *scenario; /* NULL = none */
    vg_str scenario_text;
    bool no_check; /* leave the check on past months out: the forecast then counts as not scored */
} vg_displacement_make_opts;

/**
 * Makes a whole run: trains, draws every unit and month, gives reasons (house model), splits by origin and reason
 * where there are flows, answers the scenario, and checks model and expanding mean on the last 24 months before the
 * origin (the rows that the study's protocol scores; none when there is no such row). `out->run` is left to the
 * caller. Fails as vg_displacement_train and vg_displacement_suppose. Lives in `a`; borrows names from the panels.
 */
bool vg_displacement_kept_make(const vg_displacement_data *data, const vg_displacement_make_opts *o,
                               vg_arena *a, vg_displacement_kept *out, vg_err *e);

/** Writes a run as made; `run` gives seed, vintages, times and version. */
bool vg_displacement_kept_save(vg_store *st, const vg_run *run, const vg_displacement_kept *k, int64_t *id,
                               vg_err *e);

/** Reads a run back; 0 = the newest one. Fails: VG_ENOTFOUND (says what to run), VG_EPARSE. */
bool vg_displacement_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_displacement_kept *out, vg_err *e);

/** The unit of this name, P-code or number; NULL when there is none. */
const vg_displacement_kept_unit *vg_displacement_kept_find(const vg_displacement_kept *k, vg_str word);

#endif
