/**
 * Published counts of violations by month: where the level changed, what the next month may bring, and how good that
 * was in the past. For series that come without the reports behind them (TASK.md, R6).
 *
 *     vg_rates *r;
 *     if (!vg_rates_read(path, &arena, &r, e)) return false;          a column of months, columns of counts
 *     vg_rates_column x;
 *     if (!vg_rates_answer(r, column, score_from, &arena, &x, e)) return false;
 *
 * An empty cell is not known: it is passed over and never zero.
 */
#ifndef VG_CEASEFIRE_RATES_H
#define VG_CEASEFIRE_RATES_H

#include "stat/rate.h"
#include "store/record.h"

enum { VG_RATES_COLUMNS = 200 };

typedef struct {
    int32_t first_month, n_months; /* month_id; months without a row are not known */
    int32_t n_columns;
    vg_str *name;  /* of the columns */
    double *count; /* count[column * n_months + month - first_month]; NaN = not known */
    const vg_reject *reject;
    int32_t n_rejects;
} vg_rates;

/**
 * A CSV table whose first column that holds months (2019-08, or a date in it) is the month; every further column is a
 * series when at least half of its cells that are not empty are counts (0 or more), others are left out. A cell of a
 * series that is no count is not known, and goes to the rejects with its line and column; so does a row that cannot be
 * read. A month that comes twice keeps its first row. Rejects are by line, at most 1,000. Fails: VG_EPARSE (no months), VG_ENODATA, VG_ERANGE (over 200 columns), VG_ENOMEM, as
 * vg_input_open. Names and texts live in `a`.
 */
bool vg_rates_read(const char *path, vg_arena *a, vg_rates **out, vg_err *e);

typedef struct {
    vg_rate_stretch *stretch; /* periods are months from first_month on */
    int32_t n_stretches;      /* 0 = too few months are known */
    vg_rate_outlook next;     /* of the month behind the last row */
    double error,
        naive_error; /* mean absolute error of one-month forecasts from `score_from` on; naive = the month before */
    double inside; /* share of those months within the 80 % interval */
    int32_t n_scored;
} vg_rates_column;

/**
 * Everything about one column. Months from `score_from` (month_id; 0 = the last third) on are forecast one by one from
 * those before them, and scored. Fails: VG_EARG (column), VG_ENOMEM, and as vg_rate_changes.
 */
bool vg_rates_answer(const vg_rates *r, int32_t column, int32_t score_from, vg_arena *a, vg_rates_column *out,
                     vg_err *e);

#endif
