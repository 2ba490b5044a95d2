/*
 * What each unit looks like in each month, and the columns of the regressions made of it. Everything looks back only.
 * The weighted means are those of pandas' ewm(span, adjust=True): a month that is not known has no weight, but those
 * before it age. Invariant: a state depends on the numbers of its month and of months before it, on nothing else.
 */
#include <math.h>

#include "core/date.h"
#include "displacement/displacement_int.h"

/* Chosen by rolling origins inside 2011-2018 only (README.md). */
enum {
    PRIOR_MONTHS = 3,
    SHORT_SPAN = 5,
    LONG_SPAN = 23,
    MIDDLE_SPAN = 8,
    RECENT_MONTHS = 3,
    NEAR = 3,
    FAR = 12
};
static const double MOST_ANOMALY = 4;
static const double TURN = 6.28318530717958647692;

/* An exponentially weighted mean as it goes. */
typedef struct {
    double sum, weight;
} fading;

static void fade(fading *f, double x, int32_t span)
{
    double keep = 1 - 2.0 / (span + 1);
    f->sum = f->sum * keep + (isnan(x) ? 0 : x);
    f->weight = f->weight * keep + (isnan(x) ? 0 : 1);
}

static double faded(const fading *f)
{
    return f->weight > 0 ? f->sum / f->weight : NAN;
}

static double mean_of_last(const double *x, int32_t month, int32_t k)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t m = month; m >= 0 && m > month - k; m--)
        if (!isnan(x[m])) {
            sum += x[m];
            n++;
        }
    return n ? sum / n : NAN;
}

/* --- arrivals --- */

typedef struct {
    fading short_, long_, middle, persons;
    double log_sum, sum, last;
    int32_t n;
} running;

static void look_back(running *r, const double *logs, const double *y, int32_t month, vg_dis_state *s)
{
    double x = logs[month];
    fade(&r->short_, x, SHORT_SPAN);
    fade(&r->long_, x, LONG_SPAN);
    fade(&r->middle, x, MIDDLE_SPAN);
    fade(&r->persons, y[month], MIDDLE_SPAN);
    if (!isnan(x)) {
        r->log_sum += x;
        r->sum += y[month];
        r->last = x;
        r->n++;
    }
    *s = (vg_dis_state){ .n_known = r->n,
                         .known = !isnan(x),
                         .level = r->log_sum, /* sums until vg_dis_base_build has seen all units */
                         .last = r->n ? r->last : NAN,
                         .short_ = faded(&r->short_),
                         .long_ = faded(&r->long_),
                         .log_ewm = faded(&r->middle),
                         .recent = mean_of_last(logs, month, RECENT_MONTHS),
                         .expanding = r->n ? r->sum / r->n : NAN,
                         .ewm = faded(&r->persons),
                         .usual = r->sum };
}

/* Sums become means drawn towards the mean of all units' means. */
static void draw_together(int32_t n_units, vg_dis_state *state)
{
    double logs = 0, persons = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < n_units; i++)
        if (state[i].n_known) {
            logs += state[i].level / state[i].n_known;
            persons += state[i].expanding;
            n++;
        }
    for (int32_t i = 0; i < n_units; i++) {
        double weight = state[i].n_known + PRIOR_MONTHS;
        state[i].level = (state[i].level + PRIOR_MONTHS * (n ? logs / n : 0)) / weight;
        state[i].usual = (state[i].usual + PRIOR_MONTHS * (n ? persons / n : 0)) / weight;
    }
}

void vg_dis_nation(int32_t n_units, vg_dis_state *state)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < n_units; i++)
        if (!isnan(state[i].recent)) {
            sum += state[i].recent - state[i].level;
            n++;
        }
    for (int32_t i = 0; i < n_units; i++)
        state[i].nation = n ? sum / n : 0;
}

void vg_dis_state_again(const vg_dis_history *h, const double *y, const vg_dis_state *as, vg_dis_state *out)
{
    running r = { .last = NAN };
    double recent[RECENT_MONTHS];
    for (int32_t m = 0; m < h->n_months; m++) {
        double x = isnan(y[m]) ? NAN : log1p(y[m]);
        fade(&r.short_, x, SHORT_SPAN);
        fade(&r.long_, x, LONG_SPAN);
        fade(&r.middle, x, MIDDLE_SPAN);
        fade(&r.persons, y[m], MIDDLE_SPAN);
        r.last = isnan(x) ? r.last : x;
    }
    *out = *as;
    if (!as->n_known)
        return;
    out->last = r.last;
    out->short_ = faded(&r.short_);
    out->long_ = faded(&r.long_);
    out->log_ewm = faded(&r.middle);
    out->ewm = faded(&r.persons);
    for (int32_t k = 0; k < RECENT_MONTHS; k++) /* a history has LEAST_MONTHS, which is more */
        recent[k] = log1p(y[h->n_months - RECENT_MONTHS + k]);
    out->recent = mean_of_last(recent, RECENT_MONTHS - 1, RECENT_MONTHS);
}

static bool build_states(const vg_dis_history *h, vg_arena scratch, vg_dis_state *state, vg_err *e)
{
    double *logs = vg_new(&scratch, double, h->n_months);
    if (!logs)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < h->n_units; i++) {
        const double *y = h->y + (int64_t)i * h->n_months;
        running r = { .n = 0 };
        for (int32_t m = 0; m < h->n_months; m++)
            logs[m] = isnan(y[m]) ? NAN : log1p(y[m]);
        for (int32_t m = 0; m < h->n_months; m++)
            look_back(&r, logs, y, m, &state[(int64_t)m * h->n_units + i]);
    }
    for (int32_t m = 0; m < h->n_months; m++) {
        draw_together(h->n_units, state + (int64_t)m * h->n_units);
        vg_dis_nation(h->n_units, state + (int64_t)m * h->n_units);
    }
    return true;
}

/* --- covariates --- */

/* Amounts of any sign and size on one scale. */
static double signed_log(double x)
{
    return isnan(x) ? NAN : copysign(log1p(fabs(x)), x);
}

static double anomaly(const double *logs, int32_t month, int32_t k, double mean, double spread)
{
    double recent = mean_of_last(logs, month, k);
    if (isnan(recent) || isnan(mean))
        return 0;
    double z = (recent - mean) / (spread + 1e-3 * fabs(mean) + 1e-9);
    return fmax(fmin(z, MOST_ANOMALY), -MOST_ANOMALY);
}

/* Mean and spread of what is known so far. */
typedef struct {
    double n, mean, squares; /* squares: sum of squared distances from the mean */
} moments;

static void add_moment(moments *m, double x)
{
    if (isnan(x))
        return;
    double before = x - m->mean;
    m->n += 1;
    m->mean += before / m->n;
    m->squares += before * (x - m->mean);
}

static void condition_at(const double *x, const double *logs, int32_t month, const moments *m,
                         vg_dis_condition *out)
{
    double mean = m->n > 0 ? m->mean : NAN, spread = m->n > 1 ? sqrt(m->squares / (m->n - 1)) : 0;
    double value = NAN;
    for (int32_t k = month; k >= 0 && k > month - FAR && isnan(value); k--)
        value = x[k];
    *out = (vg_dis_condition){ .value = value,
                               .mean = mean,
                               .spread = spread,
                               .near = anomaly(logs, month, NEAR, mean, spread),
                               .far = anomaly(logs, month, FAR, mean, spread) };
}

/* One unit and covariate: for each month of the arrivals, what the covariate said by then. */
static void along(const vg_dis_history *h, int32_t row, int32_t k, double *logs, vg_dis_condition *condition)
{
    int32_t n = h->covariate_months[k], shift = h->first_month - h->covariate_first[k], done = 0;
    const double *x = h->covariate[k] + (int64_t)row * n;
    moments so_far = { .n = 0 };
    for (int32_t m = 0; m < n; m++)
        logs[m] = signed_log(x[m]);
    for (int32_t t = 0; t < h->n_months; t++) {
        int32_t month = t + shift;
        for (; done < n && done <= month; done++)
            add_moment(&so_far, logs[done]);
        vg_dis_condition *out = &condition[((int64_t)t * h->n_units + row) * h->n_covariates + k];
        if (month < n + FAR)
            condition_at(x, logs, month < n ? month : n - 1, &so_far, out);
        else
            *out = (vg_dis_condition){ .value = NAN, .mean = so_far.mean };
        if (month >= n && month < n + FAR) /* the newest months are not known: the windows shrink */
            out->near = anomaly(logs, n - 1, NEAR - (month - n + 1), out->mean, out->spread),
            out->far = anomaly(logs, n - 1, FAR - (month - n + 1), out->mean, out->spread);
    }
}

void vg_dis_condition_again(const double *x, int32_t n_months, const vg_dis_condition *as,
                            vg_dis_condition *out)
{
    double logs[FAR];
    int32_t from = n_months - FAR > 0 ? n_months - FAR : 0, n = n_months - from;
    for (int32_t m = 0; m < n; m++)
        logs[m] = signed_log(x[from + m]);
    *out = *as;
    for (int32_t m = n_months - 1; m >= from; m--)
        if (!isnan(x[m])) {
            out->value = x[m];
            break;
        }
    out->near = anomaly(logs, n - 1, NEAR, as->mean, as->spread);
    out->far = anomaly(logs, n - 1, FAR, as->mean, as->spread);
}

static bool build_conditions(const vg_dis_history *h, vg_arena scratch, vg_dis_condition *condition,
                             vg_err *e)
{
    for (int32_t k = 0; k < h->n_covariates; k++) {
        vg_arena work = scratch;
        double *logs = vg_new(&work, double, h->covariate_months[k]);
        if (!logs)
            return vg_fail_memory(e, vg_arena_limit(&scratch));
        for (int32_t i = 0; i < h->n_units; i++)
            along(h, i, k, logs, condition);
    }
    return true;
}

bool vg_dis_base_build(const vg_dis_history *h, vg_arena *a, vg_dis_base *out, vg_err *e)
{
    vg_dis_base b = { .h = h };
    int64_t n = (int64_t)h->n_units * h->n_months;
    b.state = vg_new(a, vg_dis_state, n);
    b.condition = vg_new(a, vg_dis_condition, n * h->n_covariates);
    if (!b.state || !b.condition)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!build_states(h, *a, b.state, e) || !build_conditions(h, *a, b.condition, e))
        return false;
    *out = b;
    return true;
}

/* --- columns --- */

int32_t vg_dis_columns(const vg_dis_history *h)
{
    return OWN_COLUMNS + 2 * h->n_covariates;
}

/* The nation stands last, so that a regression without it is one over fewer columns. */
void vg_dis_row(const vg_dis_history *h, const vg_dis_state *s, const vg_dis_condition *c, int32_t month,
                double *x)
{
    double turn = TURN * ((h->first_month + month - 1) % 12 + 12) / 12;
    int32_t k = 0;
    x[k++] = isnan(s->last) ? 0 : s->last - s->level;
    x[k++] = isnan(s->short_) ? 0 : s->short_ - s->level;
    x[k++] = isnan(s->long_) ? 0 : s->long_ - s->level;
    x[k++] = sin(turn);
    x[k++] = cos(turn);
    x[k++] = sin(2 * turn);
    x[k++] = cos(2 * turn);
    for (int32_t i = 0; i < h->n_covariates; i++) {
        x[k++] = c[i].near;
        x[k++] = c[i].far;
    }
    x[k] = s->nation;
}
