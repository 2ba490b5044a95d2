/* The trained house model, as its files share it: house.c trains, draw.c draws, explain.c gives reasons. */
#ifndef VG_FORECAST_HOUSE_INT_H
#define VG_FORECAST_HOUSE_INT_H

#include "forecast/feature_int.h"
#include "stat/forest.h"

enum { VG_HOUSE_LEVELS = 2 }; /* measures of a chain's own level */

typedef struct {
    int32_t row;
    float ratio[VG_HOUSE_LEVELS]; /* the unit's level over the analogue's */
    double weight;                /* share among the unit's analogues */
} vg_house_analogue;

struct vg_house {
    const vg_history *h;
    vg_forecast_opts o;
    vg_feature_base base;
    vg_forest *forest;
    int64_t n_rows;
    int32_t *row_chain, *row_month; /* position of the month */
    uint8_t *x;                     /* [row][feature] */
    float low[N_FEATURES], high[N_FEATURES];
    int64_t (*n_at)[256];              /* [feature][bin]: rows with that value */
    double target_mean, target_spread; /* of the first target, ln(1 + deaths) */
    uint8_t *query;                    /* [chain][feature] at the origin */
    float *query_value;                /* the same before binning */
    vg_house_analogue **analogues;     /* of each chain, by row */
    int32_t *n_analogues;
    vg_arena lists[VG_MAX_THREADS]; /* where they live, one per worker */
};

/* Sets the ratios of a chain's analogues. */
void vg_house_set_ratios(const vg_house *m, int32_t chain, vg_house_analogue *list, int32_t n);

/* Outcome of a row `ahead` months after its month; NaN when that lies after the origin or is not known. */
double vg_house_outcome(const vg_house *m, int32_t row, int32_t ahead);

/* Share of a chain's draws that come from its own past months. */
double vg_house_own_share(const vg_house *m, int32_t chain);

#endif
