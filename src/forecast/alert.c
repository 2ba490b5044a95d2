/*
 * Escalation alerts: rules over a forecast, and how often such a rule would have been right. A rule is measured with
 * the same function that fires it, so what is promised is what runs.
 */
#include <math.h>
#include <stdlib.h>

#include "core/date.h"
#include "forecast/forecast_int.h"

enum { QUIET_MONTHS = 24, PAST_YEARS = 5 };

/* The past of one unit as a rule sees it. */
typedef struct {
    bool quiet;
    double usual; /* mean of the same calendar months in the past five years; NaN = not known */
} past;

static double value_at(const vg_panel *p, int32_t unit_index, int32_t month)
{
    int32_t m = month - p->first_month;
    return m >= 0 && m < p->n_months ? p->value[(int64_t)unit_index * p->n_months + m] : NAN;
}

static past past_of(const vg_panel *p, int32_t unit_index, int32_t origin, int32_t month)
{
    past out = { .quiet = true, .usual = NAN };
    for (int32_t m = origin - QUIET_MONTHS + 1; m <= origin; m++) {
        double y = value_at(p, unit_index, m);
        out.quiet = out.quiet && y == 0; /* a month that is not known is not known to be quiet */
    }
    double sum = 0;
    int n = 0;
    for (int back = 1; n < PAST_YEARS && back <= PAST_YEARS + 1; back++) {
        double y = month - 12 * back <= origin ? value_at(p, unit_index, month - 12 * back) : NAN;
        if (!isnan(y)) {
            sum += y;
            n++;
        }
    }
    if (n)
        out.usual = sum / n;
    return out;
}

static bool fires(const vg_alert_rule *rule, past before, const double *draws, int32_t n, vg_alert *out)
{
    double p = vg_share_from(draws, n, rule->threshold), expected = 0;
    for (int32_t i = 0; i < n; i++)
        expected += draws[i] / n;
    out->probability = p;
    out->expected = expected;
    out->usual = before.usual;
    if (p < rule->probability)
        return false;
    switch (rule->kind) {
    case VG_ALERT_THRESHOLD: return true;
    case VG_ALERT_ONSET: return before.quiet;
    case VG_ALERT_RISE:
        return !isnan(before.usual) && expected >= rule->factor * before.usual && expected > 0;
    }
    return false;
}

static bool check_rule(const vg_alert_rule *rule, vg_err *e)
{
    if (!(rule->probability > 0 && rule->probability <= 1))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a probability lies above 0 and up to 1, got %g",
                       rule->probability);
    if (!(rule->threshold >= 1))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a threshold is at least 1 death, got %g", rule->threshold);
    if (rule->kind == VG_ALERT_RISE && !(rule->factor > 0))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a rise needs a factor above 0, got %g", rule->factor);
    return true;
}

/* What a unit and window came to, gathered row by row. */
typedef struct {
    const vg_panel *panel;
    const vg_alert_rule *rule;
    vg_alert_rates rates;
    int32_t gap_months, window, unit_index;
    bool alerted, happened, eligible, open;
} measure;

static void close_case(measure *m)
{
    if (!m->open)
        return;
    m->open = false;
    if (!m->eligible)
        return;
    m->rates.n++;
    m->rates.alerts += m->alerted;
    m->rates.events += m->happened;
    m->rates.hits += m->alerted && m->happened;
}

static bool take_row(void *ctx, int32_t window, int32_t unit_index, int32_t month, double last12,
                     const double *draws, int32_t n_draws, double outcome, vg_err *e)
{
    (void)last12, (void)e;
    measure *m = ctx;
    if (!m->open || m->window != window || m->unit_index != unit_index) {
        close_case(m);
        m->window = window, m->unit_index = unit_index;
        m->alerted = m->happened = m->eligible = false;
        m->open = true;
    }
    past before = past_of(m->panel, unit_index, vg_month(window, 1) - m->gap_months - 1, month);
    vg_alert ignored;
    m->eligible = m->eligible || m->rule->kind != VG_ALERT_ONSET || before.quiet;
    m->alerted = m->alerted || fires(m->rule, before, draws, n_draws, &ignored);
    bool rise = m->rule->kind != VG_ALERT_RISE || outcome >= m->rule->factor * before.usual;
    m->happened = m->happened || (outcome >= m->rule->threshold && rise);
    return true;
}

bool vg_alert_measure(const vg_panel *panel, const vg_alert_rule *rule, const vg_backtest_opts *o,
                      vg_alert_rates *out, vg_err *e)
{
    measure m = { .panel = panel, .rule = rule, .gap_months = o->gap_months ? o->gap_months : 2 };
    vg_backtest_opts with_rows = *o;
    with_rows.row = take_row;
    with_rows.row_ctx = &m;
    vg_backtest ignored;
    if (!check_rule(rule, e) || !vg_backtest_run(panel, &with_rows, &ignored, e))
        return false;
    close_case(&m);
    vg_alert_rates r = m.rates;
    int64_t quiet = r.n - r.events;
    r.hit_rate = r.events ? (double)r.hits / (double)r.events : NAN;
    r.false_alarm_rate = quiet ? (double)(r.alerts - r.hits) / (double)quiet : NAN;
    r.precision = r.alerts ? (double)r.hits / (double)r.alerts : NAN;
    *out = r;
    return true;
}

static int by_probability(const void *a, const void *b)
{
    const vg_alert *x = a, *y = b;
    if (x->probability != y->probability)
        return x->probability < y->probability ? 1 : -1;
    return x->unit_index - y->unit_index;
}

bool vg_alert_scan(const vg_forecast *f, const vg_panel *panel, const vg_alert_rule *rule, vg_arena *a,
                   vg_alert **out, int32_t *n, vg_err *e)
{
    const vg_forecast_opts *o = &f->o;
    double *draws = vg_new(a, double, o->n_draws);
    vg_alert *list = vg_new(a, vg_alert, panel->n_units);
    if (!check_rule(rule, e))
        return false;
    if (!draws || !list)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t found = 0;
    for (int32_t u = 0; u < panel->n_units; u++) {
        bool fired = false;
        for (int32_t lead = o->first_lead; lead < o->first_lead + o->n_leads && !fired; lead++) {
            vg_alert alert = { .unit_index = u, .month = o->origin + lead };
            if (!vg_forecast_draws(f, u, lead, *a, draws, e))
                return false;
            fired = fires(rule, past_of(panel, u, o->origin, alert.month), draws, o->n_draws, &alert);
            if (fired)
                list[found++] = alert;
        }
    }
    qsort(list, (size_t)found, sizeof *list, by_probability);
    *out = list;
    *n = found;
    return true;
}
