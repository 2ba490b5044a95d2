/* What a situation (a chain in a month) is described by. Shared by the files of this folder only. */
#ifndef VG_FORECAST_FEATURE_INT_H
#define VG_FORECAST_FEATURE_INT_H

#include "forecast/forecast_int.h"

enum { N_FEATURES = 19 };

/* Keys in the message catalogue, by number of the feature. */
extern const char *const vg_feature_keys[N_FEATURES];

/* Running sums that make every window mean one subtraction. */
typedef struct {
    const vg_history *h;
    double *sum;     /* [chain][month + 1] deaths since the beginning; a missing month counts nothing */
    int32_t *active; /* [chain][month + 1] months with deaths */
    int32_t *first;  /* [chain] first known month; n_months when there is none */
} vg_feature_base;

bool vg_feature_prepare(const vg_history *h, vg_arena *a, vg_feature_base *out, vg_err *e);

/* Features of one chain in months from..to (positions): out[(month - from) * N_FEATURES + feature]. `spare` is room for
 * 2 numbers a month of the whole history. */
void vg_feature_rows(const vg_feature_base *b, int32_t chain, int32_t from, int32_t to, double *spare,
                     float *out);

/* Mean deaths a month over the last k months up to `month` (position), over the months since the chain began. */
double vg_feature_level(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k);

#endif
