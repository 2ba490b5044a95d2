/* What the evaluations of names share. */
#ifndef VG_SCREENING_EVALUATE_INT_H
#define VG_SCREENING_EVALUATE_INT_H

#include "core/csv.h"
#include "text/letter.h"

/** Seconds of a clock that only runs forward. */
double vg_evaluate_now(void);

/** Reads the first row as the names of columns: at[k] = position of name[k], -1 = not there; the first `needed` must be. */
bool vg_evaluate_columns(vg_csv *csv, const char *const *name, int n, int needed, int32_t *at, vg_err *e);

/** A cell, or nothing. */
vg_str vg_evaluate_cell(const vg_csv_row *row, int32_t at);

#endif
