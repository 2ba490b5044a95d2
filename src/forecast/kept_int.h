/* What the files about kept runs share: the tables of fields of what is stored, and the order. */
#ifndef VG_FORECAST_KEPT_INT_H
#define VG_FORECAST_KEPT_INT_H

#include "core/fields.h"
#include "forecast/kept.h"

extern const vg_field vg_kept_params_fields[], vg_kept_unit_fields[], vg_kept_reasons_fields[],
    vg_kept_score_fields[];

/** Order of the ranked table: highest median first, then highest mean, then the lower number. As qsort takes it. */
int vg_kept_order(const vg_kept_unit *x, const vg_kept_unit *y);

#endif
