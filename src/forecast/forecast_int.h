/* Types shared by the files of this folder only. */
#ifndef VG_FORECAST_INT_H
#define VG_FORECAST_INT_H

#include "forecast/forecast.h"

/*
 * What is known at an origin, by chain: the units that share a Gleditsch-Ward number or an ISO3 code follow one
 * another (Sudan before and after July 2011), and a chain's number for a month is that of the unit alive then.
 */
typedef struct {
    int32_t n_chains, n_months, first_month, origin; /* months first_month .. origin */
    double *y;                                       /* [chain][month]; NaN = not known */
    int32_t *chain_of_unit;                          /* by position in the panel */
    int32_t *unit_of_chain;                          /* position of the youngest unit */
    int32_t *near_from, *near; /* neighbours of chain c: near[near_from[c] .. near_from[c+1]) */
} vg_history;

bool vg_history_build(const vg_panel *panel, int32_t origin, vg_arena *a, vg_history *out, vg_err *e);

/* Sum of the last k known months up to the origin; NaN when none of them is known. */
double vg_history_last(const vg_history *h, int32_t chain, int32_t k);

/* Draws of the models that look at the unit's own past (and, for two of them, at the others'). */
typedef struct {
    const vg_history *h;
    double *pool; /* every chain's last 12 months, for the mixture */
    int32_t n_pool;
} vg_baseline;

bool vg_baseline_prepare(const vg_history *h, vg_arena *a, vg_baseline *out, vg_err *e);
void vg_baseline_draws(const vg_baseline *b, const vg_forecast_opts *o, int32_t chain, int32_t lead,
                       double *draws); /* any order */

/* The house model. */
typedef struct vg_house vg_house;
bool vg_house_train(const vg_history *h, const vg_forecast_opts *o, vg_arena *a, vg_house **out, vg_err *e);
bool vg_house_draws(const vg_house *m, int32_t chain, int32_t lead, vg_arena scratch, double *draws,
                    vg_err *e);
void vg_house_explain(const vg_house *m, int32_t chain, vg_explanation *out);
void vg_house_free(vg_house *m);

struct vg_forecast {
    vg_arena arena;
    const vg_panel *panel;
    vg_forecast_opts o;
    vg_history history;
    vg_baseline baseline;
    vg_house *house;
};

#endif
