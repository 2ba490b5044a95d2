/* Types shared by the files of this folder that forecast arrivals (the flow_*.c files have flow_int.h). */
#ifndef VG_DISPLACEMENT_INT_H
#define VG_DISPLACEMENT_INT_H

#include "displacement/displacement.h"

enum {
    OWN_COLUMNS = 8, /* what is looked at besides covariates, see feature.c */
    MAX_COLUMNS = OWN_COLUMNS + 2 * VG_DISPLACEMENT_COVARIATES,
    LEAST_MONTHS = 24,
    FEW_MONTHS = 3 /* known months below which a unit is forecast from the others' */
};

/*
 * What is known at the origin, units in the order of their numbers, so that nothing depends on the order in which they
 * came. Months are counted from the panel's first.
 */
typedef struct {
    int32_t n_units, n_months, first_month, n_covariates;
    double *y;                                     /* [unit][month]; NaN = not known */
    double *covariate[VG_DISPLACEMENT_COVARIATES]; /* [unit][month of the covariate up to the origin] */
    int32_t covariate_months[VG_DISPLACEMENT_COVARIATES];
    int32_t covariate_first[VG_DISPLACEMENT_COVARIATES];
    int32_t *row_of_unit; /* position in the panel to row here, and back */
    int32_t *unit_of_row;
} vg_dis_history;

bool vg_dis_history_build(const vg_displacement_data *data, int32_t origin, vg_arena *a, vg_dis_history *out,
                          vg_err *e);

/* Last month with any known arrivals, or 0 when there is none. */
int32_t vg_dis_last_known(const vg_panel *arrivals);

/* --- what one unit looks like in one month (feature.c) --- */

/* Logarithms are of 1 + persons; "now" means from numbers of this month and before. */
typedef struct {
    int32_t n_known; /* known months so far */
    bool known;      /* this month is */
    double level;    /* mean of logs so far, drawn towards all units' by three months */
    double last, short_,
        long_;             /* last known log; exponentially weighted means of spans 5 and 23; NaN = none */
    double log_ewm;        /* the same of span 8 */
    double recent;         /* mean log of the last 3 months; NaN when none of them is known */
    double nation;         /* mean over units of recent - level */
    double expanding, ewm; /* of persons: mean so far, and exponentially weighted of span 8; NaN = none */
    double usual;          /* expanding, drawn towards all units' by three months */
} vg_dis_state;

/* A covariate of a unit: the mean anomaly of the last 3 and 12 months in its own standard deviations. */
typedef struct {
    double value;        /* last known; NaN = none */
    double mean, spread; /* of its signed logs so far */
    double near, far;
} vg_dis_condition;

typedef struct {
    const vg_dis_history *h;
    vg_dis_state *state;         /* [month][unit] */
    vg_dis_condition *condition; /* [month][unit][covariate] */
} vg_dis_base;

bool vg_dis_base_build(const vg_dis_history *h, vg_arena *a, vg_dis_base *out, vg_err *e);

/* The same for the last month only, from other numbers but with levels, means and spreads of `as`. */
void vg_dis_state_again(const vg_dis_history *h, const double *y, const vg_dis_state *as, vg_dis_state *out);
void vg_dis_condition_again(const double *x, int32_t n_months, const vg_dis_condition *as,
                            vg_dis_condition *out);
void vg_dis_nation(int32_t n_units, vg_dis_state *state);

/* Columns of the regressions for a state whose forecast month is `month` (from the panel's first). */
int32_t vg_dis_columns(const vg_dis_history *h);
void vg_dis_row(const vg_dis_history *h, const vg_dis_state *s, const vg_dis_condition *c, int32_t month,
                double *x);

/* --- regressions (fit.c) --- */

/* value = intercept + sum of coefficient[k] (x[k] - centre[k]) / scale[k] */
typedef struct {
    int32_t n_columns;
    double intercept;
    double coefficient[MAX_COLUMNS], centre[MAX_COLUMNS], scale[MAX_COLUMNS];
} vg_dis_fit;

/* Sums over rows from which a regression is solved. Start from all-zero. */
typedef struct {
    double n, y, yy;
    double x[MAX_COLUMNS], xy[MAX_COLUMNS], xx[MAX_COLUMNS][MAX_COLUMNS];
} vg_dis_sums;

void vg_dis_sums_add(vg_dis_sums *s, int32_t n_columns, const double *x, double y);

/* Least squares with penalty[k] on the square of each standardised coefficient. `through_zero`: no intercept, no
 * centring. False when there are no rows. */
bool vg_dis_ridge(const vg_dis_sums *s, int32_t n_columns, const double *penalty, bool through_zero,
                  vg_dis_fit *out);

/* The same with `penalty` on the absolute value, as a share of the least penalty at which all are zero. */
bool vg_dis_lasso(const vg_dis_sums *s, int32_t n_columns, double penalty, bool through_zero,
                  vg_dis_fit *out);

/* Quasi-Poisson regression: E y = exp(offset + value), penalty as in ridge. `x` is [row][n_columns]. */
bool vg_dis_poisson(const double *x, const double *y, const double *offset, int64_t n_rows, int32_t n_columns,
                    const double *penalty, vg_arena scratch, vg_dis_fit *out, vg_err *e);

double vg_dis_value(const vg_dis_fit *f, const double *x);

/* --- one model and lead, ready to draw from --- */

typedef struct {
    int32_t lead;
    double *median; /* [unit] log of 1 + persons, made at the origin */
    double *mean;   /* [unit] persons; NaN = what the draws have */
    bool *none;     /* [unit] the model has no number of its own: what is usual stands in */
    double *spread; /* [unit] standard deviation of the logs around the median */
    double *z;      /* ascending: past misses in units of the spread */
    int32_t n_z;
    bool exact;                     /* the mean is met to the last digit */
    vg_dis_fit fit[2], mean_fit[2]; /* of the house model: without and with the nation */
} vg_dis_track;

/* Spread and misses from what was forecast at each month, median[month][unit], for `lead` months later (spread.c). */
bool vg_dis_misses(const vg_dis_history *h, const double *median, int32_t lead, bool centred, vg_arena *a,
                   vg_dis_track *out, vg_err *e);

/* The house model (house.c). */
bool vg_dis_house(const vg_dis_base *b, int32_t lead, vg_arena *a, vg_dis_track *out, vg_err *e);

/* Its median (log) and mean (persons) for one state. */
void vg_dis_house_point(const vg_dis_base *b, const vg_dis_track *t, const vg_dis_state *s,
                        const vg_dis_condition *c, double *median, double *mean);

/* Share of the exponentially weighted mean of logs in the median. */
double vg_dis_level_share(int32_t lead);

/* The other models (baseline.c). Points: the numbers made in every month for `lead` months later, [month][unit]; NaN =
 * none. */
int32_t vg_dis_default_span(vg_displacement_model model);
bool vg_dis_points(const vg_dis_base *b, vg_displacement_model model, int32_t span, int32_t lead, double *out,
                   vg_arena scratch, vg_err *e);
bool vg_dis_simple(const vg_dis_base *b, const vg_displacement_opts *o, int32_t lead, vg_arena *a,
                   vg_dis_track *out, vg_err *e);

/* Draws of a unit, ascending (spread.c). */
void vg_dis_draw(const vg_dis_track *t, int32_t row, int32_t n, double *draws);

struct vg_displacement {
    vg_arena arena, lead_arena[VG_DISPLACEMENT_LEADS];
    vg_displacement_data data;
    vg_displacement_opts o;
    int32_t only_lead; /* 0 = all up to n_leads */
    vg_dis_history history;
    vg_dis_base base;
    vg_dis_track track[VG_DISPLACEMENT_LEADS]; /* of lead 1 ...; .lead = 0: not trained */
    const vg_dis_state *now;                   /* [unit] at the origin, or as the scenario has it */
    const vg_dis_condition *now_condition;     /* [unit][covariate] */
};

/* False with a message when there is no such unit or the lead was not trained. */
bool vg_dis_check_place(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_err *e);

/* vg_displacement_train for one lead only, or for 1 .. n_leads (lead 0). */
bool vg_dis_train(const vg_displacement_data *data, const vg_displacement_opts *o, int32_t lead,
                  vg_displacement **out, vg_err *e);

#endif
