/*
 * The past of each unit as one line, over changes of borders. Invariant: no number after the origin is copied, so
 * nothing built on a history can see the future.
 */
#include "forecast/forecast_int.h"

#include <math.h>
#include <string.h>

#include "geo/country.h"
#include "geo/grid.h"

enum { MAX_NEAR = 64 };

static bool same_line(const vg_unit *a, const vg_unit *b)
{
    return (a->gwcode && a->gwcode == b->gwcode) || (a->iso3.n && vg_eq(a->iso3, b->iso3));
}

/* Joins countries that follow one another; cells and other units stand alone. */
static int32_t number_chains(const vg_panel *p, int32_t *chain_of_unit, int32_t *unit_of_chain)
{
    int32_t n = 0;
    for (int32_t u = 0; u < p->n_units; u++) {
        int32_t chain = n;
        for (int32_t v = 0; v < u && chain == n && p->kind == VG_UNIT_COUNTRY; v++)
            if (same_line(&p->unit[u], &p->unit[v]))
                chain = chain_of_unit[v];
        chain_of_unit[u] = chain;
        if (chain == n)
            unit_of_chain[n++] = u;
        else if (p->unit[u].first_month > p->unit[unit_of_chain[chain]].first_month)
            unit_of_chain[chain] = u;
    }
    return n;
}

/* A month in which two units of a chain have a number (the month of the change) is the younger one's. */
static void copy_months(const vg_panel *p, vg_history *h)
{
    for (int64_t i = 0; i < (int64_t)h->n_chains * h->n_months; i++)
        h->y[i] = NAN;
    for (int32_t u = 0; u < p->n_units; u++) {
        int32_t chain = h->chain_of_unit[u];
        const double *from = p->value + (int64_t)u * p->n_months;
        double *to = h->y + (int64_t)chain * h->n_months;
        for (int32_t m = 0; m < h->n_months; m++) {
            bool younger = p->unit[u].first_month >= p->unit[h->unit_of_chain[chain]].first_month;
            if (!isnan(from[m]) && (isnan(to[m]) || younger))
                to[m] = from[m];
        }
    }
}

static int32_t find_unit(const vg_panel *p, int32_t unit)
{
    int32_t low = 0, high = p->n_units;
    while (low < high) {
        int32_t mid = low + (high - low) / 2;
        if (p->unit[mid].unit < unit)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n_units && p->unit[low].unit == unit ? low : -1;
}

static int32_t cell_neighbours(const vg_panel *p, const vg_history *h, int32_t chain, int32_t *out)
{
    int32_t cell[8], n = 0;
    int found = vg_grid_neighbours(p->unit[h->unit_of_chain[chain]].unit, cell);
    for (int i = 0; i < found; i++) {
        int32_t u = find_unit(p, cell[i]);
        if (u >= 0)
            out[n++] = h->chain_of_unit[u];
    }
    return n;
}

static int32_t country_neighbours(const vg_panel *p, const vg_history *h, int32_t chain, int32_t *out)
{
    vg_str near[MAX_NEAR];
    int32_t n = 0, found = vg_country_neighbours(p->unit[h->unit_of_chain[chain]].iso3, near, MAX_NEAR);
    for (int32_t i = 0; i < found; i++)
        for (int32_t c = 0; c < h->n_chains; c++)
            if (vg_eq(p->unit[h->unit_of_chain[c]].iso3, near[i]))
                out[n++] = c;
    return n;
}

static bool find_neighbours(const vg_panel *p, vg_arena *a, vg_history *h, vg_err *e)
{
    h->near_from = vg_new(a, int32_t, h->n_chains + 1);
    h->near = vg_new(a, int32_t, (int64_t)h->n_chains * (p->kind == VG_UNIT_CELL ? 8 : MAX_NEAR));
    if (!h->near_from || !h->near)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t c = 0; c < h->n_chains; c++) {
        int32_t *out = h->near + h->near_from[c], n = 0;
        if (p->kind == VG_UNIT_CELL)
            n = cell_neighbours(p, h, c, out);
        else if (p->kind == VG_UNIT_COUNTRY)
            n = country_neighbours(p, h, c, out);
        h->near_from[c + 1] = h->near_from[c] + n;
    }
    return true;
}

bool vg_history_build(const vg_panel *panel, int32_t origin, vg_arena *a, vg_history *out, vg_err *e)
{
    vg_history h = { .first_month = panel->first_month, .origin = origin };
    h.n_months = origin - panel->first_month + 1;
    h.chain_of_unit = vg_new(a, int32_t, panel->n_units);
    h.unit_of_chain = vg_new(a, int32_t, panel->n_units);
    if (!h.chain_of_unit || !h.unit_of_chain)
        return vg_fail_memory(e, vg_arena_limit(a));
    h.n_chains = number_chains(panel, h.chain_of_unit, h.unit_of_chain);
    h.y = vg_new(a, double, (int64_t)h.n_chains *h.n_months);
    if (!h.y)
        return vg_fail_memory(e, vg_arena_limit(a));
    copy_months(panel, &h);
    if (!find_neighbours(panel, a, &h, e))
        return false;
    *out = h;
    return true;
}

double vg_history_last(const vg_history *h, int32_t chain, int32_t k)
{
    const double *y = h->y + (int64_t)chain * h->n_months;
    double sum = 0;
    bool known = false;
    for (int32_t m = h->n_months < k ? 0 : h->n_months - k; m < h->n_months; m++)
        if (!isnan(y[m])) {
            sum += y[m];
            known = true;
        }
    return known ? sum : NAN;
}
