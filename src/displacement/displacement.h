/**
 * How many displaced people will arrive in each region in each of the next one to six months, as full predictive
 * distributions, with the baselines beside them, their reasons, what a drought or a conflict would change, from where
 * and why the people come, and how good such forecasts were before.
 *
 *     vg_displacement_data data = { .arrivals = &panel };
 *     vg_displacement_opts o = { .n_leads = 3 };
 *     vg_displacement *d;
 *     if (!vg_displacement_train(&data, &o, &d, e)) return false;
 *     vg_displacement_summary s;
 *     if (!vg_displacement_month(d, unit_index, lead, scratch, &s, e)) ...
 *     vg_displacement_free(d);
 *
 * A model sees nothing after its origin. Same data, options and seed: the same bytes, on any number of threads and in
 * any order of the units. Method, sources and measured scores: README.md of this folder.
 */
#ifndef VG_DISPLACEMENT_DISPLACEMENT_H
#define VG_DISPLACEMENT_DISPLACEMENT_H

#include "core/pool.h"
#include "store/store.h"

typedef enum {
    VG_DISPLACEMENT_HOUSE = 0, /* the house model */
    VG_DISPLACEMENT_EXPANDING, /* mean of all known months */
    VG_DISPLACEMENT_EWM,  /* exponentially weighted mean of span n (8): a month enters with 2 / (n + 1) */
    VG_DISPLACEMENT_MEAN, /* mean of the last n (12) months */
    VG_DISPLACEMENT_LAG,  /* what was n (12) months before the forecast month; n = lead is the last month */
    VG_DISPLACEMENT_EWM_LOG, /* exponentially weighted mean of span n (8) of the logarithms, as the median */
    VG_DISPLACEMENT_RIDGE,   /* least squares on lags and covariates with a quadratic penalty */
    VG_DISPLACEMENT_LASSO,   /* the same with an absolute penalty */
    VG_DISPLACEMENT_N_MODELS
} vg_displacement_model;

/** "house", "expanding", "ewm", "mean", "lag", "ewm-log", "ridge", "lasso"; -1 for an unknown name. */
const char *vg_displacement_model_name(vg_displacement_model model);
int vg_displacement_model_by_name(vg_str name);

#define VG_DISPLACEMENT_COVARIATES 16 /* at most */
#define VG_DISPLACEMENT_LEADS      6

/** What a forecast is made from. Everything is borrowed and must outlive the handle. */
typedef struct {
    const vg_panel *arrivals; /* persons a month; NaN = not known, which is not zero; kind VG_UNIT_ADMIN1 */
    const vg_panel
        *covariate;       /* conflict, rain, prices ...; joined to the arrivals by unit number and month */
    int32_t n_covariates; /* 0 = none; a panel's `variable` is its name */
} vg_displacement_data;

/** All-zero = defaults. */
typedef struct {
    vg_displacement_model model;
    int32_t origin;   /* last month whose numbers may be seen; 0 = the last month with any arrivals */
    int32_t n_leads;  /* 1..6; 0 = 6 */
    int32_t n_draws;  /* 0 = 1000 */
    int32_t span;     /* n of ewm, mean, lag and ewm-log; 0 = the default named above */
    double threshold; /* the user's own, persons a month; 0 = none */
    uint64_t
        seed; /* kept with the options: forecasts use no random number, splits take a seed of their own */
    int n_threads; /* 0 = all */
    vg_progress progress;
} vg_displacement_opts;

typedef struct vg_displacement vg_displacement;

/**
 * Trains on the data up to the origin. Fails: VG_EARG (origin outside the data, draws, leads or span out of range, a
 * negative or infinite number of arrivals), VG_ENODATA (fewer than 24 months before the origin, or no known month at all),
 * VG_ENOMEM, VG_ESTOPPED. A unit with fewer than 3 known months is forecast from the others' (its `sparse` is set).
 */
bool vg_displacement_train(const vg_displacement_data *data, const vg_displacement_opts *o,
                           vg_displacement **out, vg_err *e);
void vg_displacement_free(vg_displacement *d);

/** The options in force, defaults filled in. */
const vg_displacement_opts *vg_displacement_options(const vg_displacement *d);

/**
 * Draws of the arrivals in unit `unit_index` (position in the panel) in month origin + lead, lead 1 .. n_leads:
 * n_draws numbers, ascending, finite, >= 0, not rounded. Their mean is the forecast of the mean; where
 * a simple model has no number (a lag that is not known), what is usual for the unit stands in. Callable from several
 * threads, each with an arena of its own: `scratch` (1 MiB is enough) is emptied again on return.
 */
bool vg_displacement_draws(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                           double *draws, vg_err *e);

/* --- summaries: what is stored and shown --- */

#define VG_DISPLACEMENT_LEVELS     5
#define VG_DISPLACEMENT_THRESHOLDS 2
extern const double vg_displacement_levels[VG_DISPLACEMENT_LEVELS];         /* .05 .25 .50 .75 .95 */
extern const double vg_displacement_thresholds[VG_DISPLACEMENT_THRESHOLDS]; /* 1000, 5000 persons a month */

/**
 * How urgent a month is. The first rule that holds, from the top; `own` is the user's threshold where there is one:
 *     ALARM   P(arrivals >= 5,000) >= 1/2, or P(arrivals >= own) >= 1/2
 *     ALERT   P(arrivals >= 5,000) >= 1/5, or P(arrivals >= own) >= 1/5
 *     WATCH   P(arrivals >= 1,000) >= 1/2
 *     NONE    else
 */
typedef enum {
    VG_DISPLACEMENT_NONE = 0,
    VG_DISPLACEMENT_WATCH,
    VG_DISPLACEMENT_ALERT,
    VG_DISPLACEMENT_ALARM
} vg_displacement_alarm;

/** "none", "watch", "alert", "alarm": keys of the message catalogue below "displacement.alarm.". */
const char *vg_displacement_alarm_name(vg_displacement_alarm alarm);

typedef struct {
    int32_t unit, month; /* unit number, forecast month */
    double mean;
    double quantile[VG_DISPLACEMENT_LEVELS];        /* [2] is the median */
    double probability[VG_DISPLACEMENT_THRESHOLDS]; /* of at least so many arrivals */
    double probability_own;                         /* of at least the user's threshold; NaN without one */
    vg_displacement_alarm alarm;
    bool sparse; /* the unit has too little history of its own */
} vg_displacement_summary;

/** Summary of ascending draws; `threshold` 0 = none. unit, month and sparse are left as they are. */
void vg_displacement_summarise(const double *draws, int32_t n, double threshold,
                               vg_displacement_summary *out);

/** Draws and summary of one unit and lead. */
bool vg_displacement_month(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                           vg_displacement_summary *out, vg_err *e);

/**
 * A baseline's number for a unit and lead from the same history (span 0 = its default): expanding, ewm, mean, lag and
 * ewm-log. NaN for the others, and where it has none (a lag that is not known).
 */
double vg_displacement_baseline(const vg_displacement *d, vg_displacement_model model, int32_t span,
                                int32_t unit_index, int32_t lead);

/* --- reasons --- */

/** Something that moved the forecast's median away from the unit's long-run level. */
typedef struct {
    const char *driver; /* key in the message catalogue: "displacement.driver.recent" */
    vg_str covariate;   /* name of the covariate where the driver is one, else empty */
    double value;  /* in the driver's own scale (persons a month, or the covariate's unit); NaN = not known */
    double factor; /* what it multiplies the median by: 1 = nothing, 2 = doubles */
} vg_displacement_driver;

/**
 * A past month that looked like now to the model, and what followed. The forecast is a regression over all past months;
 * analogues are shown for comparison.
 */
typedef struct {
    int32_t unit_index, month;
    double weight;  /* likeness, 0..1: 1 = the same in all that the model looks at */
    double before;  /* persons in that month */
    double after;   /* arrivals `lead` months later */
    double carried; /* the same carried over to this unit's level */
} vg_displacement_analogue;

#define VG_DISPLACEMENT_MAX_DRIVERS   24
#define VG_DISPLACEMENT_MAX_ANALOGUES 8

typedef struct {
    int32_t n_drivers, n_analogues;
    double base;   /* the unit's long-run level: geometric mean of 1 + persons a month */
    double median; /* base times all factors: 1 + the median of the draws */
    vg_displacement_driver driver[VG_DISPLACEMENT_MAX_DRIVERS];       /* strongest first */
    vg_displacement_analogue analogue[VG_DISPLACEMENT_MAX_ANALOGUES]; /* heaviest first */
} vg_displacement_explanation;

/** Reasons of one unit and lead. Only for VG_DISPLACEMENT_HOUSE (VG_EARG else). Same forecast, same reasons. */
bool vg_displacement_explain(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                             vg_displacement_explanation *out, vg_err *e);

/* --- scenarios --- */

/**
 * "As it was then": for the units in `unit` (NULL = all), the last `months` months before the origin are taken to have
 * been those that ended in `as_month` of unit `as_unit` (-1 = each unit's own past). Bits of `what` name what is taken
 * over: bit c = covariate c; VG_DISPLACEMENT_WHAT_ARRIVALS = the arrivals, relative to the long-run level of the unit.
 * The model stays as it was trained.
 */
#define VG_DISPLACEMENT_WHAT_ARRIVALS (1u << 31)

typedef struct {
    const int32_t *unit; /* positions in the panel */
    int32_t n_units;
    int32_t as_month; /* at or before the origin */
    int32_t as_unit;  /* position, or -1 */
    int32_t months;   /* 0 = 12 */
    unsigned what;    /* 0 = all covariates; without any covariate the arrivals */
} vg_displacement_scenario;

/**
 * A second handle that answers draws, summaries and reasons under the scenario; the first one must outlive it. Fails:
 * VG_EARG (month outside the data, nothing known then), VG_ENOMEM.
 */
bool vg_displacement_suppose(const vg_displacement *d, const vg_displacement_scenario *s,
                             vg_displacement **out, vg_err *e);

/* --- origin and reason --- */

/** What a share is of. */
typedef enum {
    VG_DISPLACEMENT_BY_REASON = 0,
    VG_DISPLACEMENT_BY_ORIGIN,
    VG_DISPLACEMENT_BY_BOTH
} vg_displacement_by;

typedef struct {
    vg_displacement_by by;
    int32_t from;                 /* unit number, 0 = not known; 0 too in a share by reason */
    vg_str reason;                /* as the flows have it; empty in a share by origin */
    double share;                 /* of the arrivals, 0..1 */
    double share_low, share_high; /* 5 and 95 % of the resampled shares */
    double mean;                  /* share times the mean of the draws, persons */
    double low, high;             /* 5 and 95 %: share and total together */
} vg_displacement_part;

/** All-zero = defaults. */
typedef struct {
    int32_t to;       /* unit number */
    int32_t origin;   /* later flows are not looked at; 0 = the last month of the flows */
    double half_life; /* months after which a flow counts half; 0 = the house's number */
    uint64_t seed;
} vg_displacement_split_opts;

/**
 * Splits draws of a unit's arrivals (ascending, from vg_displacement_draws) by reason, by origin and by both, as the
 * flows into that unit in months up to `origin` were split: recent months count more; months are resampled, each with
 * its weight, to show how much shares change from month to month. Parts live in `a`: first those by reason, then by
 * origin, then by both, the largest share of each first. When no flow is known: n = 0. Fails: VG_ENOMEM.
 */
bool vg_displacement_split(const vg_flow_record *flow, int64_t n_flows, const vg_displacement_split_opts *o,
                           const double *draws, int32_t n_draws, vg_arena *a, vg_displacement_part **out,
                           int32_t *n, vg_err *e);

/* --- backtest --- */

/** Means over the scored rows of one part. */
typedef struct {
    int32_t n;                      /* rows */
    double rmse_mean, mae_mean;     /* of the mean forecast */
    double rmse_median, mae_median; /* of the median forecast */
    double crps;
    double cover50, cover90; /* share of the rows inside the central interval */
} vg_displacement_score;

typedef struct {
    int32_t horizon;  /* months ahead, 1..6; 0 = 1 */
    int32_t train_to; /* last month of the training part; later scored rows are the test part */
    int32_t first_month, last_month; /* rows outside are not scored; 0 = all */
    vg_displacement_opts forecast;   /* model, span, draws, seed; origin and leads are the protocol's */
    /* Called for every scored row in order of month and unit; may be NULL. False ends the backtest. */
    bool (*row)(void *ctx, bool test, int32_t unit_index, int32_t month, const double *draws, int32_t n_draws,
                double arrivals, vg_err *e);
    void *row_ctx;
} vg_displacement_backtest_opts;

typedef struct {
    vg_displacement_model model;
    int32_t span, horizon;
    vg_displacement_score
        train; /* scored rows up to train_to, each forecast from data up to `horizon` months before */
    vg_displacement_score test;
    double seconds;
} vg_displacement_backtest;

/**
 * The protocol of Project Jetson's study (Hoffmann Pham and Luengo-Oroz, arXiv 2201.08006), with rolling origins: the
 * forecast for month t at horizon h uses numbers up to t - h only, and is made anew for every month. A row (unit and
 * month) is scored when the month and its lags h .. 23 are all known (vg_displacement_scored). Rows whose origin has
 * too little history to train, or for which the model has no number, are not scored. Fails: VG_ENODATA (no row at all),
 * and as vg_displacement_train.
 */
bool vg_displacement_backtest_run(const vg_displacement_data *data, const vg_displacement_backtest_opts *o,
                                  vg_displacement_backtest *out, vg_err *e);

/** True when the row counts at this horizon: the month and its lags horizon .. 23 are known. */
bool vg_displacement_scored(const vg_panel *arrivals, int32_t unit_index, int32_t month, int32_t horizon);

#endif
