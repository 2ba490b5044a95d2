/**
 * Forecasts of deaths in armed conflict per unit (country or PRIO-GRID cell) and month, as full predictive
 * distributions with their reasons and their measured quality.
 *
 *     vg_forecast_opts o = { .n_leads = 12 };
 *     vg_forecast *f;
 *     if (!vg_forecast_train(&panel, &o, &f, e)) return false;
 *     vg_forecast_draws(f, unit_index, lead, scratch, draws, e);   1,000 ascending draws of deaths in that month
 *     vg_forecast_explain(f, unit_index, &arena, &why, e);
 *     vg_forecast_free(f);
 *
 * A model sees nothing after its origin. Same panel, options and seed: the same bytes, on any number of threads. The
 * method, its sources and its measured scores are in README.md of this folder.
 */
#ifndef VG_FORECAST_FORECAST_H
#define VG_FORECAST_FORECAST_H

#include "core/json.h"
#include "core/pool.h"
#include "stat/score.h"
#include "store/store.h"

typedef enum {
    VG_MODEL_FOREST = 0, /* the house model */
    VG_MODEL_CONFLICTOLOGY, /* the unit's own last k months, each as likely as the others (k = window_months, 12) */
    VG_MODEL_MIXTURE, /* 90 % conflictology, 10 % all units' last 12 months (the challenge's local/global) */
    VG_MODEL_NEGBIN,  /* negative binomial with the moments of the last k months */
    VG_MODEL_LAST,    /* Poisson with the last month as its mean */
    VG_MODEL_ZERO,    /* exactly zero */
    VG_MODEL_NEIGHBOURS, /* conflictology of the unit and its neighbours together (for grid cells) */
    VG_N_MODELS
} vg_model;

/** "forest", "conflictology" ...; -1 for an unknown name. */
const char *vg_model_name(vg_model model);
int vg_model_by_name(vg_str name);

/** All-zero = defaults. */
typedef struct {
    vg_model model;
    int32_t origin;        /* last month whose numbers may be seen; 0 = the last month of the panel */
    int32_t first_lead;    /* months ahead of the first forecast month; 0 = 1 */
    int32_t n_leads;       /* 0 = 12 */
    int32_t n_draws;       /* 0 = 1000 */
    int32_t window_months; /* k of conflictology and negbin; 0 = 12 */
    int32_t n_trees;       /* 0 = the house's number */
    uint64_t seed;         /* 0 is a seed like any other */
    int n_threads;         /* 0 = all */
    vg_progress progress;
} vg_forecast_opts;

typedef struct vg_forecast vg_forecast;

/**
 * Trains on the panel up to the origin (the panel is borrowed and must outlive the handle). Fails: VG_EARG (origin
 * after the data end or before they begin, zero draws or leads), VG_ENODATA (under 24 months of history before the
 * origin), VG_ENOMEM, VG_ESTOPPED.
 */
bool vg_forecast_train(const vg_panel *panel, const vg_forecast_opts *o, vg_forecast **out, vg_err *e);
void vg_forecast_free(vg_forecast *f);

/** The options in force, defaults filled in. */
const vg_forecast_opts *vg_forecast_options(const vg_forecast *f);

/**
 * Draws of deaths of unit `unit_index` (position in the panel) in month origin + lead; lead first_lead ..
 * first_lead + n_leads - 1; `draws` gets n_draws numbers, ascending, whole, >= 0. Callable from several threads, each
 * with an arena of its own: `scratch` (1 MiB is enough) is emptied again on return.
 */
bool vg_forecast_draws(const vg_forecast *f, int32_t unit_index, int32_t lead, vg_arena scratch,
                       double *draws, vg_err *e);

/* --- summaries: what is stored and shown --- */

#define VG_N_LEVELS     9
#define VG_N_THRESHOLDS 4
extern const double vg_forecast_levels[VG_N_LEVELS];         /* .01 .05 .10 .25 .50 .75 .90 .95 .99 */
extern const double vg_forecast_thresholds[VG_N_THRESHOLDS]; /* 1 25 100 1000 deaths */

typedef struct {
    int32_t unit, month; /* unit number; month 0 = the sum over all forecast months */
    double mean;
    double quantile[VG_N_LEVELS];
    double probability[VG_N_THRESHOLDS]; /* of at least so many deaths */
} vg_forecast_summary;

/** Summary of ascending draws. */
void vg_forecast_summarise(const double *draws, int32_t n, vg_forecast_summary *out);

/**
 * One row of the ranked table: the months together. Sums over months are made draw by draw with ranks coupled (the
 * draws of each month are sorted and added by rank: months of one unit move together), so the interval of the sum is
 * on the wide side.
 */
typedef struct {
    int32_t unit_index;
    double last12;                   /* deaths known in the 12 months up to the origin; NaN = not known */
    vg_forecast_summary total;       /* of the sum over the forecast months */
    double p_month[VG_N_THRESHOLDS]; /* highest probability of a month with at least so many deaths */
} vg_forecast_rank;

/** Everything for one unit: n_leads summaries in `month`, and its rank row. `scratch` is emptied again on return. */
bool vg_forecast_unit(const vg_forecast *f, int32_t unit_index, vg_arena scratch, vg_forecast_summary *month,
                      vg_forecast_rank *rank, vg_err *e);

/** A summary as a JSON object and back (the body of results of kind "forecast"). */
void vg_forecast_put(vg_json *j, const vg_forecast_summary *s);
bool vg_forecast_get(vg_str body, vg_arena scratch, vg_forecast_summary *out, vg_err *e);

/* --- reasons --- */

/** A past situation on which the forecast rests. */
typedef struct {
    int32_t unit_index, month; /* what was known then, and when */
    double weight;             /* share of the draws it carries, over all leads */
    double before12;           /* its deaths in the 12 months up to that month */
    double after_mean; /* its mean monthly deaths in the months that correspond to the forecast months */
} vg_analogue;

/** A feature that moved the forecast. */
typedef struct {
    const char *feature; /* key in the message catalogue: "feature.log_mean_12" */
    double value;        /* the unit's, in the feature's own scale */
    double percentile;   /* where that stands among the training situations, 0..1 */
    double effect; /* on the expected ln(1 + deaths) of a month, mean over leads; the sign is the direction */
} vg_driver;

#define VG_MAX_ANALOGUES 12
#define VG_MAX_DRIVERS   12

typedef struct {
    int32_t n_analogues, n_drivers;
    vg_analogue analogue[VG_MAX_ANALOGUES]; /* heaviest first */
    vg_driver driver[VG_MAX_DRIVERS];       /* strongest first */
    double base;                            /* expected ln(1 + deaths) before any feature is looked at */
    double level;                           /* and after all of them */
    double own_share;                       /* share of the draws from the unit's own last year */
    double analogue_share;                  /* share of the draws that the listed analogues carry */
} vg_explanation;

/** Reasons of one unit's forecast. Only for VG_MODEL_FOREST (VG_EARG else). Same forecast, same reasons. */
bool vg_forecast_explain(const vg_forecast *f, int32_t unit_index, vg_explanation *out, vg_err *e);

/* --- backtest --- */

#define VG_MAX_WINDOWS 64

/** Where units stand by their deaths in the 12 months before the origin: 0, 1-24, 25-999, 1000 and more. */
#define VG_N_STRATA 4
int32_t vg_forecast_stratum(double last12);

/** Outcomes from another file: value[unit_index * n_months + month - first_month], NaN = not scored. */
typedef struct {
    int32_t first_month, n_months;
    const double *value;
} vg_actuals;

typedef struct {
    int32_t first_window, last_window; /* years */
    int32_t
        gap_months; /* months between the last known one and the first forecast one; 0 = 2 (data to October) */
    vg_forecast_opts forecast; /* model, draws, seed ...; origin and leads are the protocol's */
    const vg_actuals *actuals; /* NULL = the panel itself */
    /* Called for every scored row in a fixed order (window, unit, month); may be NULL. False ends the backtest. */
    bool (*row)(void *ctx, int32_t window, int32_t unit_index, int32_t month, double last12,
                const double *draws, int32_t n_draws, double outcome, vg_err *e);
    void *row_ctx;
} vg_backtest_opts;

typedef struct {
    vg_model model;
    int32_t n_windows;
    int32_t window[VG_MAX_WINDOWS];
    vg_scores score[VG_MAX_WINDOWS]; /* means over the rows of the window */
    vg_scores mean;                  /* plain mean over windows of the window means */
    vg_scores stratum[VG_N_STRATA];  /* means over the rows of all windows, by the unit's last 12 months */
    double seconds;
} vg_backtest;

/**
 * The VIEWS challenge protocol: window Y is the 12 months of year Y, forecast from data up to October of Y - 1
 * (leads 3 to 14). A row counts when its outcome is known. Fails as vg_forecast_train, and VG_ENODATA when a window
 * has no row.
 */
bool vg_backtest_run(const vg_panel *panel, const vg_backtest_opts *o, vg_backtest *out, vg_err *e);

/* --- alerts --- */

typedef enum {
    VG_ALERT_THRESHOLD, /* P(deaths in a month >= threshold) reaches `probability` */
    VG_ALERT_ONSET,     /* the same, only for units with at least 24 quiet months before the origin */
    VG_ALERT_RISE /* expected deaths reach `factor` times the mean of the same months of the past five years, and
                           P(deaths >= threshold) reaches `probability` */
} vg_alert_kind;

typedef struct {
    vg_alert_kind kind;
    double threshold;   /* deaths in a month */
    double probability; /* 0..1 */
    double factor;      /* of VG_ALERT_RISE, > 0 */
} vg_alert_rule;

/** How the rule would have done: unit-windows with an alert, and unit-windows in which it came true. */
typedef struct {
    int64_t n, alerts, events, hits;
    double hit_rate; /* hits / events: how much of what happened was warned of; NaN when nothing happened */
    double false_alarm_rate; /* alerts that did not come true / unit-windows without an event */
    double precision;        /* hits / alerts */
} vg_alert_rates;

/** Measures a rule on past windows (an event: a month of the window with at least `threshold` deaths). */
bool vg_alert_measure(const vg_panel *panel, const vg_alert_rule *rule, const vg_backtest_opts *o,
                      vg_alert_rates *out, vg_err *e);

typedef struct {
    int32_t unit_index, month;           /* first forecast month at which the rule fires */
    double probability, expected, usual; /* usual: mean of the same months in the past five years */
} vg_alert;

/** Units for which the rule fires on a forecast, most probable first; list lives in `a`. */
bool vg_alert_scan(const vg_forecast *f, const vg_panel *panel, const vg_alert_rule *rule, vg_arena *a,
                   vg_alert **out, int32_t *n, vg_err *e);

/* --- files of draws --- */

/**
 * Scores someone else's forecast, streaming: memory does not grow with the file. Forecast files: wide CSV (month_id or
 * window and month_id, the unit's column, then one column per draw, any names), long CSV (month_id, unit, draw,
 * outcome; rows of one unit and month together), or quantiles (columns q0.05 or 0.05 ...); gzip taken. Actuals: CSV
 * with month_id, the unit's column, and the value. Rows without an actual are counted and left out, and so are
 * actuals without a row.
 */
typedef struct {
    vg_str form;    /* "draws wide", "draws long", "quantiles" */
    vg_scores mean; /* means over all rows; for quantiles CRPS is the mean pinball loss x 2, IGN is NaN */
    int64_t n_unmatched_forecasts, n_unmatched_actuals, n_rejected;
    int32_t n_draws;
    double seconds;
} vg_score_report;

bool vg_score_files(const char *forecast_path, const char *actuals_path, int n_threads,
                    const vg_progress *progress, vg_score_report *out, vg_err *e);

#endif
