/**
 * A forecast run as it is kept in the store, and read back whole by whoever shows it: the table, `vigie explain`, the
 * report. What is shown is what was stored; nothing is computed a second time.
 *
 *     vg_kept k;
 *     if (!vg_kept_load(st, run, &arena, &k, e)) return false;          run 0 = the newest
 *     for (int32_t i = 0; i < k.n_units; i++) ... k.unit[i].total.quantile[4] ...
 *
 * Results of a run, each a JSON object: kind "unit" (name, history, rank row; month 0), "forecast" (a summary a month,
 * month 0 = their sum), "explanation" (month 0), "score" (unit 0: past windows of the model and of a baseline).
 */
#ifndef VG_FORECAST_KEPT_H
#define VG_FORECAST_KEPT_H

#include "forecast/forecast.h"

#define VG_KEPT_HISTORY 36
#define VG_KEPT_SCORES  8

/** The run's parameters, as in its record. */
typedef struct {
    vg_str target, unit, source, variable, scope, model;
    int32_t origin;                /* month_id */
    int32_t data_first, data_last; /* months the panel covers */
    int32_t first_lead, n_leads, n_draws;
    double world_last12; /* deaths of all units in the 12 months up to the origin */
} vg_kept_params;

typedef struct {
    int32_t unit, month;
    vg_str iso3, name;
    double weight, before12, after_mean; /* as in vg_analogue */
} vg_kept_analogue;

typedef struct {
    vg_str feature; /* message key */
    double value, percentile, effect;
} vg_kept_driver;

typedef struct {
    double base, level, own_share, analogue_share;
    int32_t n_analogues, n_drivers;
    vg_kept_analogue analogue[VG_MAX_ANALOGUES];
    vg_kept_driver driver[VG_MAX_DRIVERS];
} vg_kept_reasons;

/** Scores over the rows of one stratum (vg_forecast_stratum) or of all; NaN = no row. */
typedef struct {
    int64_t n;
    double crps, ign, mis, brier25, coverage50, coverage90;
} vg_kept_quality;

/** What a model scored on whole calendar years before the origin. */
typedef struct {
    vg_str model;
    int32_t first_window, last_window; /* years */
    vg_kept_quality all;
    int32_t n_strata;
    vg_kept_quality stratum[VG_N_STRATA];
} vg_kept_score;

typedef struct {
    int32_t unit;
    vg_str iso3, name;
    double last12;
    int32_t n_thresholds;
    double p_month[VG_N_THRESHOLDS]; /* highest probability of a month with at least so many deaths */
    int32_t history_first, n_history;
    double history[VG_KEPT_HISTORY]; /* months up to the origin, NaN = not known */
    vg_forecast_summary total;
    vg_forecast_summary *month;     /* n_leads of them */
    const vg_kept_reasons *reasons; /* NULL = none kept */
} vg_kept_unit;

typedef struct {
    vg_run run;
    vg_kept_params params;
    int32_t n_units;
    vg_kept_unit *unit; /* highest median of the total first, then highest mean */
    int32_t n_scores;   /* 0 = not scored; the model first, then baselines */
    vg_kept_score score[VG_KEPT_SCORES];
} vg_kept;

/** What to compute for a run. */
typedef struct {
    vg_forecast_opts forecast;
    vg_str target;       /* "sb" ...: for the record */
    bool no_check;       /* leave the check on past windows out: the forecast then counts as not scored */
    int32_t max_reasons; /* reasons for so many units of highest risk; 0 = all with any risk */
} vg_make_opts;

/**
 * Makes a whole run: trains, draws every unit alive at the origin, gives reasons (house model), and checks the model
 * and a baseline on the last three whole calendar years before the origin. `out->run` is left to the caller.
 * Fails as vg_forecast_train. Lives in `a`.
 */
bool vg_kept_make(const vg_panel *panel, const vg_make_opts *o, vg_arena *a, vg_kept *out, vg_err *e);

/** Writes a run as made; `run` gives seed, vintages, times and version. */
bool vg_kept_save(vg_store *st, const vg_run *run, const vg_kept *k, int64_t *id, vg_err *e);

/** Reads a run back; 0 = the newest forecast run. Fails: VG_ENOTFOUND (says what to run), VG_EPARSE. */
bool vg_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_kept *out, vg_err *e);

/** The unit with this ISO3 code, name in any language, or number; NULL when there is none. */
const vg_kept_unit *vg_kept_find(const vg_kept *k, vg_str word);

/** Share of the stratum's rows of the kept score that lay in the interval, for the stratum of a unit; NULL = not scored. */
const vg_kept_quality *vg_kept_quality_of(const vg_kept *k, const vg_kept_unit *u);

/** Means over rows, as vg_score_means gives them, in the form that is kept and shown. */
vg_kept_quality vg_kept_quality_from(const vg_scores *means);

/** Name of a unit for a reader: the country's in that language, else the source's, else the cell with its place. */
vg_str vg_unit_title(vg_arena *a, vg_unit_kind kind, int32_t unit, vg_str iso3, vg_str name, vg_str lang);

#endif
