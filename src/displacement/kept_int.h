/* What the files about kept runs of arrivals share: the tables of fields of what is stored (core/fields.h), the order. */
#ifndef VG_DISPLACEMENT_KEPT_INT_H
#define VG_DISPLACEMENT_KEPT_INT_H

#include "core/fields.h"
#include "displacement/kept.h"

extern const vg_field vg_dis_params_fields[], vg_dis_unit_fields[], vg_dis_month_fields[],
    vg_dis_reasons_fields[], vg_dis_split_fields[], vg_dis_score_fields[];

/** Highest median of the first month first, then the lower number. Sorts in place. */
void vg_dis_kept_sort(vg_displacement_kept *k);

#endif
