/*
 * Reasons of the house model's median: it is a sum of logs, so each part multiplies the unit's long-run level by a
 * factor of its own; and the past months that the model would have called alike. Invariant: base times all factors is
 * the median.
 */
#include <math.h>
#include <stdlib.h>

#include "displacement/displacement_int.h"

static const double ALIKE = 0.5; /* distance, in logs of the forecast, at which likeness has fallen to 0.61 */
static const double LEVEL_DISTANCE = 0.5; /* what a level e times as high counts as such a distance */
enum { SAME_STORY = 6 };                  /* months of one unit that are shown as one analogue */

/* Parts of the log median, by column of the regressions; what is left is "usual". */
typedef struct {
    double column[MAX_COLUMNS], usual;
} parts;

static parts split_median(const vg_displacement *d, const vg_dis_track *t, int32_t row)
{
    double x[MAX_COLUMNS], share = vg_dis_level_share(t->lead);
    const vg_dis_history *h = &d->history;
    parts p = { .usual = 0 };
    vg_dis_row(h, &d->now[row], d->now_condition + (int64_t)row * h->n_covariates, h->n_months - 1 + t->lead,
               x);
    for (int k = 0; k < 2; k++) {
        const vg_dis_fit *f = &t->fit[k];
        p.usual += (1 - share) / 2 * f->intercept;
        for (int32_t i = 0; i < f->n_columns; i++) {
            double slope = (1 - share) / 2 * f->coefficient[i] / f->scale[i];
            p.column[i] += slope * x[i];
            p.usual -= slope * f->centre[i];
        }
    }
    return p;
}

static void add_driver(vg_displacement_explanation *x, const char *driver, vg_str covariate, double value,
                       double part)
{
    vg_displacement_driver one = { driver, covariate, value, exp(part) };
    int32_t at = x->n_drivers;
    if (at == VG_DISPLACEMENT_MAX_DRIVERS)
        return;
    while (at > 0 && fabs(log(x->driver[at - 1].factor)) < fabs(part)) {
        x->driver[at] = x->driver[at - 1];
        at--;
    }
    x->driver[at] = one;
    x->n_drivers++;
}

static void list_drivers(const vg_displacement *d, const vg_dis_track *t, int32_t row,
                         vg_displacement_explanation *x)
{
    const vg_dis_history *h = &d->history;
    const vg_dis_state *s = &d->now[row];
    parts p = split_median(d, t, row);
    double ewm = isnan(s->log_ewm) ? 0 : vg_dis_level_share(t->lead) * (s->log_ewm - s->level);
    int32_t nation = vg_dis_columns(h) - 1;
    double season = p.column[3] + p.column[4] + p.column[5] + p.column[6];
    int32_t month = ((d->o.origin + t->lead - 1) % 12 + 12) % 12 + 1;
    add_driver(x, "displacement.driver.last", VG_NOSTR, expm1(s->last), p.column[0]);
    add_driver(x, "displacement.driver.recent", VG_NOSTR, expm1(s->short_), p.column[1] + ewm);
    add_driver(x, "displacement.driver.year", VG_NOSTR, expm1(s->long_), p.column[2]);
    add_driver(x, "displacement.driver.season", VG_NOSTR, month, season);
    add_driver(x, "displacement.driver.nation", VG_NOSTR, exp(s->nation), p.column[nation]);
    add_driver(x, "displacement.driver.usual", VG_NOSTR, NAN, p.usual);
    for (int32_t k = 0; k < h->n_covariates; k++)
        add_driver(x, "displacement.driver.covariate", d->data.covariate[k].variable,
                   d->now_condition[(int64_t)row * h->n_covariates + k].value,
                   p.column[OWN_COLUMNS - 1 + 2 * k] + p.column[OWN_COLUMNS + 2 * k]);
}

/* --- analogues --- */

static double likeness(const vg_displacement *d, const vg_dis_track *t, const double *now, double level,
                       int32_t month, int32_t row)
{
    const vg_dis_history *h = &d->history;
    int64_t at = (int64_t)month * h->n_units + row;
    const vg_dis_state *s = &d->base.state[at];
    double x[MAX_COLUMNS], square = 0, far = (s->level - level) * LEVEL_DISTANCE;
    if (!s->known || s->n_known < FEW_MONTHS || isnan(h->y[(int64_t)row * h->n_months + month + t->lead]))
        return 0;
    vg_dis_row(h, s, d->base.condition + at * h->n_covariates, month + t->lead, x);
    for (int32_t i = 0; i < vg_dis_columns(h); i++) {
        double slope = 0;
        for (int k = 0; k < 2; k++)
            slope += i < t->fit[k].n_columns ? t->fit[k].coefficient[i] / t->fit[k].scale[i] / 2 : 0;
        square += slope * slope * (x[i] - now[i]) * (x[i] - now[i]);
    }
    return exp(-(square + far * far) / (2 * ALIKE * ALIKE));
}

/* The most alike that does not belong to a story already listed. */
static int64_t next_most(const vg_displacement *d, const vg_dis_track *t, const double *alike,
                         const int64_t *taken, int32_t n_taken)
{
    const vg_dis_history *h = &d->history;
    int64_t best = -1;
    for (int64_t at = 0; at < (int64_t)h->n_units * (h->n_months - t->lead); at++) {
        bool told = alike[at] <= 0 || (best >= 0 && alike[at] <= alike[best]);
        for (int32_t k = 0; k < n_taken && !told; k++)
            told = at % h->n_units == taken[k] % h->n_units &&
                   llabs(at / h->n_units - taken[k] / h->n_units) < SAME_STORY;
        best = told ? best : at;
    }
    return best;
}

static bool list_analogues(const vg_displacement *d, const vg_dis_track *t, int32_t row, vg_arena scratch,
                           vg_displacement_explanation *x, vg_err *e)
{
    const vg_dis_history *h = &d->history;
    int64_t n = (int64_t)h->n_units * (h->n_months - t->lead), taken[VG_DISPLACEMENT_MAX_ANALOGUES];
    double now[MAX_COLUMNS], *alike = vg_new(&scratch, double, n), level = d->now[row].level;
    if (!alike)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    vg_dis_row(h, &d->now[row], d->now_condition + (int64_t)row * h->n_covariates, h->n_months - 1 + t->lead,
               now);
    for (int64_t at = 0; at < n; at++)
        alike[at] = likeness(d, t, now, level, (int32_t)(at / h->n_units), (int32_t)(at % h->n_units));
    for (; x->n_analogues < VG_DISPLACEMENT_MAX_ANALOGUES; x->n_analogues++) {
        int64_t at = next_most(d, t, alike, taken, x->n_analogues);
        if (at < 0)
            break;
        int32_t month = (int32_t)(at / h->n_units), r = (int32_t)(at % h->n_units);
        const double *y = h->y + (int64_t)r * h->n_months + month;
        taken[x->n_analogues] = at;
        x->analogue[x->n_analogues] = (vg_displacement_analogue){
            .unit_index = h->unit_of_row[r],
            .month = h->first_month + month,
            .weight = alike[at],
            .before = y[0],
            .after = y[t->lead],
            .carried = expm1(fmax(log1p(y[t->lead]) - d->base.state[at].level + level, 0)),
        };
    }
    return true;
}

bool vg_displacement_explain(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                             vg_displacement_explanation *out, vg_err *e)
{
    if (d->o.model != VG_DISPLACEMENT_HOUSE) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the model %s gives no reasons",
                vg_displacement_model_name(d->o.model));
        return vg_mend(e, "use the house model");
    }
    if (!vg_dis_check_place(d, unit_index, lead, e))
        return false;
    int32_t row = d->history.row_of_unit[unit_index];
    const vg_dis_track *t = &d->track[lead - 1];
    vg_displacement_explanation x = { .base = exp(d->now[row].level), .median = exp(t->median[row]) };
    list_drivers(d, t, row, &x);
    if (!list_analogues(d, t, row, scratch, &x, e))
        return false;
    *out = x;
    return true;
}
