/*
 * Arrivals and covariates up to the origin. Invariants: no number after the origin is copied, so nothing built on a
 * history can see the future; rows stand in the order of unit numbers, so nothing depends on the order of the panel.
 */
#include <math.h>
#include <stdlib.h>

#include "core/date.h"
#include "displacement/displacement_int.h"

int32_t vg_dis_last_known(const vg_panel *p)
{
    for (int32_t m = p->n_months - 1; m >= 0; m--)
        for (int32_t u = 0; u < p->n_units; u++)
            if (!isnan(p->value[(int64_t)u * p->n_months + m]))
                return p->first_month + m;
    return 0;
}

typedef struct {
    int32_t unit, position;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static bool order_units(const vg_panel *p, vg_arena *a, vg_dis_history *h, vg_err *e)
{
    h->row_of_unit = vg_new(a, int32_t, p->n_units);
    h->unit_of_row = vg_new(a, int32_t, p->n_units);
    vg_arena scratch = *a;
    numbered *all = vg_new(&scratch, numbered, p->n_units);
    if (!h->row_of_unit || !h->unit_of_row || !all)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t u = 0; u < p->n_units; u++)
        all[u] = (numbered){ p->unit[u].unit, u };
    qsort(all, (size_t)p->n_units, sizeof *all, by_number);
    for (int32_t i = 0; i < p->n_units; i++) {
        h->unit_of_row[i] = all[i].position;
        h->row_of_unit[all[i].position] = i;
    }
    return true;
}

static bool check_number(const vg_panel *p, int32_t unit_index, int32_t month, vg_err *e)
{
    double y = p->value[(int64_t)unit_index * p->n_months + month];
    if (isnan(y) || (isfinite(y) && y >= 0))
        return true;
    char text[16];
    vg_month_text(p->first_month + month, text);
    vg_fail(e, VG_EARG, VG_NOWHERE, "arrivals in %.*s in %s are %g", VG_P(p->unit[unit_index].name), text, y);
    vg_why(e, "arrivals are persons counted: zero or more");
    return vg_mend(e, "correct the number, or leave the month out: a month that is absent is not known");
}

static bool copy_arrivals(const vg_panel *p, vg_arena *a, vg_dis_history *h, vg_err *e)
{
    h->y = vg_new(a, double, (int64_t)h->n_units * h->n_months);
    if (!h->y)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < h->n_units; i++)
        for (int32_t m = 0; m < h->n_months; m++) {
            int32_t u = h->unit_of_row[i];
            if (!check_number(p, u, m, e))
                return false;
            h->y[(int64_t)i * h->n_months + m] = p->value[(int64_t)u * p->n_months + m];
        }
    return true;
}

static int32_t position_of(const vg_panel *p, int32_t unit)
{
    for (int32_t u = 0; u < p->n_units; u++)
        if (p->unit[u].unit == unit)
            return u;
    return -1;
}

/* A unit that the covariate does not know, and a month outside it, are not known. */
static bool copy_covariate(const vg_displacement_data *data, int32_t k, int32_t origin, vg_arena *a,
                           vg_dis_history *h, vg_err *e)
{
    const vg_panel *p = &data->covariate[k];
    int32_t n = origin - p->first_month + 1;
    n = n < 0 ? 0 : n > p->n_months ? p->n_months : n;
    h->covariate_first[k] = p->first_month;
    h->covariate_months[k] = n;
    h->covariate[k] = vg_new(a, double, (int64_t)h->n_units *n);
    if (!h->covariate[k])
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < h->n_units; i++) {
        int32_t u = position_of(p, data->arrivals->unit[h->unit_of_row[i]].unit);
        for (int32_t m = 0; m < n; m++) {
            double x = u < 0 ? NAN : p->value[(int64_t)u * p->n_months + m];
            h->covariate[k][(int64_t)i * n + m] = isfinite(x) ? x : NAN;
        }
    }
    return true;
}

bool vg_dis_history_build(const vg_displacement_data *data, int32_t origin, vg_arena *a, vg_dis_history *out,
                          vg_err *e)
{
    const vg_panel *p = data->arrivals;
    vg_dis_history h = { .n_units = p->n_units,
                         .n_months = origin - p->first_month + 1,
                         .first_month = p->first_month,
                         .n_covariates = data->n_covariates };
    if (!order_units(p, a, &h, e) || !copy_arrivals(p, a, &h, e))
        return false;
    for (int32_t k = 0; k < data->n_covariates; k++)
        if (!copy_covariate(data, k, origin, a, &h, e))
            return false;
    *out = h;
    return true;
}
