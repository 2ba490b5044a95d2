/* What a forecast of arrivals must keep true: no look ahead, the same bytes every time, clear refusals. */
#include "displacement/displacement_test.h"

#include "displacement/displacement_int.h"
#include "prop.h"
#include "stat/score.h"

enum { DRAWS = 200 };
static land l;

static vg_displacement *train(vg_displacement_opts o)
{
    vg_err e = VG_NO_ERR;
    vg_displacement *d = NULL;
    o.n_draws = o.n_draws ? o.n_draws : DRAWS;
    CHECK_OK(vg_displacement_train(&l.data, &o, &d, &e), &e);
    return d;
}

static void draws_of(const vg_displacement *d, int32_t unit_index, int32_t lead, double *draws)
{
    vg_err e = VG_NO_ERR;
    vg_arena scratch;
    CHECK_OK(vg_arena_init(&scratch, 1 << 20, &e), &e);
    CHECK_OK(vg_displacement_draws(d, unit_index, lead, scratch, draws, &e), &e);
    vg_arena_free(&scratch);
}

static bool same_forecast(const vg_displacement *a, const vg_displacement *b)
{
    double x[DRAWS], y[DRAWS];
    for (int32_t u = 0; u < LAND_UNITS; u++)
        for (int32_t lead = 1; lead <= VG_DISPLACEMENT_LEADS; lead++) {
            draws_of(a, u, lead, x);
            draws_of(b, u, lead, y);
            if (memcmp(x, y, sizeof x) != 0)
                return false;
        }
    return true;
}

/* --- no look ahead, same bytes --- */

static void forecast_sees_nothing_after_its_origin(void **state)
{
    (void)state;
    for (int model = 0; model < VG_DISPLACEMENT_N_MODELS; model++) {
        make_land(&l, 1);
        with_covariates(&l);
        vg_displacement_opts o = { .model = (vg_displacement_model)model, .origin = vg_month(2019, 4) };
        vg_displacement *before = train(o);
        for (int32_t u = 0; u < LAND_UNITS; u++)
            for (int32_t m = vg_month(2019, 5) - l.panel.first_month; m < LAND_MONTHS; m++)
                l.value[u * LAND_MONTHS + m] = l.rain[u * LAND_MONTHS + m] = 1e6;
        vg_displacement *after = train(o);
        assert_true(same_forecast(before, after));
        vg_displacement_free(before);
        vg_displacement_free(after);
    }
}

static void threads_change_no_byte_of_a_forecast(void **state)
{
    (void)state;
    make_land(&l, 2);
    with_covariates(&l);
    vg_displacement *one = train((vg_displacement_opts){ .n_threads = 1 });
    vg_displacement *two = train((vg_displacement_opts){ .n_threads = 2 });
    vg_displacement *five = train((vg_displacement_opts){ .n_threads = 5 });
    assert_true(same_forecast(one, two));
    assert_true(same_forecast(one, five));
    vg_displacement_free(one);
    vg_displacement_free(two);
    vg_displacement_free(five);
}

static void threads_change_no_byte_of_a_backtest(void **state)
{
    (void)state;
    make_land(&l, 2);
    vg_displacement_score first = { 0 };
    for (int threads = 1; threads <= 5; threads += 2) {
        vg_err e = VG_NO_ERR;
        vg_displacement_backtest b;
        vg_displacement_backtest_opts o = { .train_to = vg_month(2019, 6),
                                            .forecast = { .n_draws = DRAWS, .n_threads = threads } };
        for (int32_t i = 0; i < LAND_UNITS * LAND_MONTHS; i++) /* else hardly a row is scored */
            l.value[i] = isnan(l.value[i]) ? 70 : l.value[i];
        CHECK_OK(vg_displacement_backtest_run(&l.data, &o, &b, &e), &e);
        first = threads == 1 ? b.test : first;
        assert_int_equal(first.n, b.test.n);
        CHECK_NEAR(first.rmse_mean, b.test.rmse_mean, 0);
        CHECK_NEAR(first.mae_median, b.test.mae_median, 0);
        CHECK_NEAR(first.crps, b.test.crps, 0);
        CHECK_NEAR(first.cover90, b.test.cover90, 0);
    }
}

static void order_of_the_units_is_irrelevant(void **state)
{
    (void)state;
    static land other;
    make_land(&l, 3);
    make_land(&other, 3);
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        int32_t to = (u * 4 + 5) % LAND_UNITS;
        other.unit[to] = l.unit[u];
        memcpy(other.value + to * LAND_MONTHS, l.value + u * LAND_MONTHS, LAND_MONTHS * sizeof *l.value);
    }
    vg_err e = VG_NO_ERR;
    double x[DRAWS], y[DRAWS];
    vg_displacement *a = train((vg_displacement_opts){ .n_leads = 2 }), *b;
    vg_displacement_opts o = { .n_leads = 2, .n_draws = DRAWS };
    CHECK_OK(vg_displacement_train(&other.data, &o, &b, &e), &e);
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        draws_of(a, u, 2, x);
        draws_of(b, (u * 4 + 5) % LAND_UNITS, 2, y);
        assert_memory_equal(x, y, sizeof x);
    }
    vg_displacement_free(a);
    vg_displacement_free(b);
}

/* --- draws --- */

static const char *draws_hold(vg_rng *r)
{
    double x[DRAWS];
    make_land(&l, vg_rng_u64(r));
    if (vg_rng_below(r, 2))
        with_covariates(&l);
    for (int k = 0; k < 300; k++) { /* wild numbers and holes */
        static const double wild[] = { 0, 0, 1, 1e9, (double)NAN, (double)NAN };
        l.value[vg_rng_below(r, LAND_UNITS * LAND_MONTHS)] = wild[vg_rng_below(r, 6)];
    }
    vg_displacement_opts o = { .model = (vg_displacement_model)vg_rng_below(r, VG_DISPLACEMENT_N_MODELS),
                               .origin = l.panel.first_month + 23 + (int32_t)vg_rng_below(r, 48) };
    vg_displacement *d = train(o);
    const char *wrong = NULL;
    for (int32_t u = 0; u < LAND_UNITS && !wrong; u++) {
        draws_of(d, u, 1 + u % 6, x);
        for (int i = 0; i < DRAWS && !wrong; i++)
            if (!isfinite(x[i]) || x[i] < 0 || (i && x[i] < x[i - 1]))
                wrong = "a draw is not finite, negative or out of order";
    }
    vg_displacement_free(d);
    return wrong;
}

static void draws_ascend_and_are_finite_and_not_negative(void **state)
{
    (void)state;
    check_property("draws_hold", draws_hold, 60);
}

static double mean_drawn(double median, double mean, bool exact, double *x)
{
    double log_median = log1p(median), spread = 1, z[41], sum = 0;
    for (int i = 0; i < 41; i++)
        z[i] = 0.1 * (i - 20);
    vg_dis_track t = {
        .lead = 1, .median = &log_median, .mean = &mean, .spread = &spread, .z = z, .n_z = 41
    };
    t.exact = exact;
    vg_dis_draw(&t, 0, DRAWS, x);
    for (int i = 0; i < DRAWS; i++)
        sum += x[i] / DRAWS;
    return sum;
}

static void the_tail_gives_the_mean_and_leaves_the_median(void **state)
{
    (void)state;
    double x[DRAWS];
    CHECK_NEAR(mean_drawn(100, 150, false, x), 150, 1e-6);
    CHECK_NEAR(vg_quantile(x, DRAWS, 0.5), 100, 1);
    CHECK_NEAR(mean_drawn(100, 220, false, x), 220, 1e-6);
    CHECK_NEAR(vg_quantile(x, DRAWS, 0.5), 100, 1);
    assert_true(mean_drawn(100, 50, false, x) > 90); /* no narrower than it may be: the mean lies above */
    CHECK_NEAR(vg_quantile(x, DRAWS, 0.5), 100, 1);
    CHECK_NEAR(mean_drawn(100, 50, true, x), 50, 1e-9); /* a baseline's number is met all the same */
    CHECK_NEAR(mean_drawn(100, 0, true, x), 0, 1e-9);
}

static void a_region_without_history_is_forecast_from_the_others_and_says_so(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena scratch;
    vg_displacement_summary s;
    make_land(&l, 5);
    for (int32_t m = 0; m < LAND_MONTHS; m++)
        l.value[4 * LAND_MONTHS + m] = (double)NAN;
    vg_displacement *d = train((vg_displacement_opts){ .n_leads = 3 });
    CHECK_OK(vg_arena_init(&scratch, 1 << 20, &e), &e);
    CHECK_OK(vg_displacement_month(d, 4, 3, scratch, &s, &e), &e);
    assert_true(s.sparse && s.quantile[2] > 50 && s.quantile[2] < 5000);
    assert_int_equal(s.unit, l.unit[4].unit);
    assert_int_equal(s.month, vg_displacement_options(d)->origin + 3);
    CHECK_OK(vg_displacement_month(d, 3, 3, scratch, &s, &e), &e);
    assert_false(s.sparse);
    vg_arena_free(&scratch);
    vg_displacement_free(d);
}

static void alarm_follows_its_rule(void **state)
{
    (void)state;
    double low[] = { 100, 900, 999, 1000 }, watch[] = { 100, 900, 1000, 4999 },
           alert[] = { 100, 900, 1000, 5000 }, alarm[] = { 100, 900, 5000, 5001 };
    vg_displacement_summary s;
    vg_displacement_summarise(low, 4, 0, &s);
    assert_int_equal(s.alarm, VG_DISPLACEMENT_NONE);
    assert_true(isnan(s.probability_own));
    vg_displacement_summarise(watch, 4, 0, &s);
    assert_int_equal(s.alarm, VG_DISPLACEMENT_WATCH);
    vg_displacement_summarise(alert, 4, 0, &s);
    assert_int_equal(s.alarm, VG_DISPLACEMENT_ALERT);
    CHECK_NEAR(s.mean, 1750, 1e-9);
    vg_displacement_summarise(alarm, 4, 0, &s);
    assert_int_equal(s.alarm, VG_DISPLACEMENT_ALARM);
    vg_displacement_summarise(low, 4, 500, &s); /* the user's own threshold counts as much */
    assert_int_equal(s.alarm, VG_DISPLACEMENT_ALARM);
    CHECK_NEAR(s.probability_own, 0.75, 1e-12);
}

/* --- baselines --- */

/* The definitions as one would write them down, without running sums. */
static double slow_point(vg_displacement_model model, int32_t span, const double *y, int32_t n, int32_t lead)
{
    double sum = 0, weight = 0, rest = 1, enters = 2.0 / (span + 1);
    bool mean = model == VG_DISPLACEMENT_EXPANDING || model == VG_DISPLACEMENT_MEAN;
    if (model == VG_DISPLACEMENT_LAG)
        return y[n - 1 + lead - span];
    for (int32_t m = n - 1; m >= 0; m--) { /* from the newest back; `rest`: what later months left */
        if (isnan(y[m]) || (model == VG_DISPLACEMENT_MEAN && m < n - span))
            continue;
        bool first = true;
        for (int32_t k = 0; k < m; k++)
            first = first && isnan(y[k]);
        int32_t gap = 1;
        while (m - gap >= 0 && isnan(y[m - gap]))
            gap++;
        double left = pow(1 - enters, gap), own = mean ? 1 : first ? rest : rest * enters / (left + enters);
        sum += own * (model == VG_DISPLACEMENT_EWM_LOG ? log1p(y[m]) : y[m]);
        weight += own;
        rest -= mean ? 0 : own;
    }
    double point = weight > 0 ? sum / weight : (double)NAN;
    return model == VG_DISPLACEMENT_EWM_LOG ? expm1(point) : point;
}

static const char *baselines_agree(vg_rng *r)
{
    make_land(&l, vg_rng_u64(r));
    vg_displacement_model model = (vg_displacement_model)(VG_DISPLACEMENT_EXPANDING + vg_rng_below(r, 5));
    int32_t span = 6 + (int32_t)vg_rng_below(r, 14), n = 24 + (int32_t)vg_rng_below(r, 48);
    double x[DRAWS];
    vg_displacement *d =
        train((vg_displacement_opts){ .model = model, .span = span, .origin = l.panel.first_month + n - 1 });
    const char *wrong = NULL;
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        int32_t lead = 1 + u % 6;
        double want = slow_point(model, span, l.value + u * LAND_MONTHS, n, lead), mean = 0;
        double got = vg_displacement_baseline(d, model, span, u, lead);
        if (isnan(want) != isnan(got) || fabs(got - want) > 1e-9 * (1 + want))
            wrong = "a baseline is not what its definition gives";
        draws_of(d, u, lead, x);
        for (int i = 0; i < DRAWS; i++)
            mean += x[i] / DRAWS;
        if (model != VG_DISPLACEMENT_EWM_LOG && !isnan(want) && fabs(mean - want) > 1e-9 * (1 + want))
            wrong = "the mean of the draws is not the baseline's number";
        if (model == VG_DISPLACEMENT_EWM_LOG && fabs(vg_quantile(x, DRAWS, 0.5) / want - 1) > 0.02)
            wrong = "the median of the draws is not the baseline's number";
    }
    vg_displacement_free(d);
    return wrong;
}

static void baselines_equal_their_slow_obvious_versions(void **state)
{
    (void)state;
    check_property("baselines_agree", baselines_agree, 60);
}

/* --- regressions --- */

static void ridge_without_a_penalty_finds_a_line(void **state)
{
    (void)state;
    vg_dis_sums s = { 0 };
    vg_dis_fit f;
    double none[2] = { 0 };
    vg_rng r = vg_rng_at(1, 0);
    for (int i = 0; i < 50; i++) {
        double x[2] = { vg_rng_unit(&r), 100 * vg_rng_unit(&r) };
        vg_dis_sums_add(&s, 2, x, 7 + 3 * x[0] - 0.5 * x[1]);
    }
    assert_true(vg_dis_ridge(&s, 2, none, false, &f));
    CHECK_NEAR(vg_dis_value(&f, (double[]){ 0, 0 }), 7, 1e-8);
    CHECK_NEAR(vg_dis_value(&f, (double[]){ 1, 10 }), 5, 1e-8);
    assert_true(vg_dis_lasso(&s, 2, 1e-9, false, &f));
    CHECK_NEAR(vg_dis_value(&f, (double[]){ 1, 10 }), 5, 1e-5);
    assert_true(vg_dis_lasso(&s, 2, 1, false, &f));
    CHECK_NEAR(f.coefficient[0], 0, 1e-12);
    CHECK_NEAR(f.coefficient[1], 0, 1e-12);
    double heavy[2] = { 1e12, 1e12 };
    assert_true(vg_dis_ridge(&s, 2, heavy, false, &f));
    CHECK_NEAR(vg_dis_value(&f, (double[]){ 5, 5 }), s.y / s.n, 1e-6);
    assert_false(vg_dis_ridge(&(vg_dis_sums){ 0 }, 2, none, false, &f));
}

static void poisson_regression_finds_a_rate_and_its_gradient_is_zero(void **state)
{
    (void)state;
    enum { N = 80 };
    double x[N], y[N], offset[N], penalty = 0, slope = 0, all = 0;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_dis_fit f;
    vg_rng r = vg_rng_at(4, 0);
    for (int i = 0; i < N; i++) {
        x[i] = 2 * vg_rng_unit(&r) - 1;
        offset[i] = 3 + vg_rng_unit(&r);
        y[i] = exp(offset[i] + 0.4 + 0.8 * x[i]) * (0.5 + vg_rng_unit(&r));
    }
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(vg_dis_poisson(x, y, offset, N, 1, &penalty, a, &f, &e), &e);
    for (int i = 0; i < N; i++) {
        double miss = y[i] - exp(offset[i] + vg_dis_value(&f, &x[i]));
        slope += miss * x[i];
        all += miss;
    }
    CHECK_NEAR(slope, 0, 1e-3);
    CHECK_NEAR(all, 0, 1e-3);
    CHECK_NEAR(vg_dis_value(&f, (double[]){ 1 }) - vg_dis_value(&f, (double[]){ 0 }), 0.8, 0.2);
    vg_arena_free(&a);
}

/* --- reasons and scenarios --- */

static void reasons_multiply_to_the_median(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena scratch;
    double x[DRAWS];
    make_land(&l, 6);
    with_covariates(&l);
    vg_displacement *d = train((vg_displacement_opts){ 0 });
    CHECK_OK(vg_arena_init(&scratch, 1 << 20, &e), &e);
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        vg_displacement_explanation why;
        int32_t lead = 1 + u % 6;
        CHECK_OK(vg_displacement_explain(d, u, lead, scratch, &why, &e), &e);
        double product = why.base;
        for (int i = 0; i < why.n_drivers; i++) {
            product *= why.driver[i].factor;
            assert_true(i == 0 || fabs(log(why.driver[i].factor)) <= fabs(log(why.driver[i - 1].factor)));
        }
        CHECK_NEAR(product / why.median, 1, 1e-9);
        draws_of(d, u, lead, x);
        CHECK_NEAR((1 + vg_quantile(x, DRAWS, 0.5)) / why.median, 1, 0.02);
        assert_int_equal(why.n_drivers, 8);
        assert_true(why.n_analogues > 0);
        for (int i = 0; i < why.n_analogues; i++) {
            assert_true(why.analogue[i].month + lead <= vg_displacement_options(d)->origin);
            assert_true(i == 0 || why.analogue[i].weight <= why.analogue[i - 1].weight);
        }
    }
    vg_arena_free(&scratch);
    vg_displacement_free(d);
}

static void a_scenario_of_the_last_months_changes_nothing(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_displacement *then;
    make_land(&l, 7);
    with_covariates(&l);
    vg_displacement *d = train((vg_displacement_opts){ .origin = vg_month(2019, 3) });
    vg_displacement_scenario s = { .as_month = vg_month(2019, 3),
                                   .as_unit = -1,
                                   .what = VG_DISPLACEMENT_WHAT_ARRIVALS | 3 };
    CHECK_OK(vg_displacement_suppose(d, &s, &then, &e), &e);
    assert_true(same_forecast(d, then));
    vg_displacement_free(then);
    vg_displacement_free(d);
}

static double median_sum(const vg_displacement *d)
{
    double x[DRAWS], sum = 0;
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        draws_of(d, u, 2, x);
        sum += vg_quantile(x, DRAWS, 0.5);
    }
    return sum;
}

static void a_drought_as_it_was_raises_the_forecast(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    make_land(&l, 7);
    with_covariates(&l);
    vg_displacement *d = train((vg_displacement_opts){ .origin = vg_month(2019, 6) }), *then;
    double now = median_sum(d);
    vg_displacement_scenario s = { .as_month = vg_month(2017, 12), .as_unit = -1, .what = 1 };
    CHECK_OK(vg_displacement_suppose(d, &s, &then, &e), &e); /* rain as in the drought of 2017 */
    assert_true(median_sum(then) > 1.01 * now);
    vg_displacement_free(then);
    s.what = VG_DISPLACEMENT_WHAT_ARRIVALS;
    CHECK_OK(vg_displacement_suppose(d, &s, &then, &e), &e);
    assert_true(median_sum(then) > 1.2 * now);
    vg_displacement_free(then);
    int32_t only = 2;
    double before[DRAWS], after[DRAWS];
    s = (vg_displacement_scenario){
        .unit = &only, .n_units = 1, .as_month = vg_month(2017, 12), .as_unit = 5
    };
    CHECK_OK(vg_displacement_suppose(d, &s, &then, &e), &e); /* covariates, those of another region */
    draws_of(d, 0, 1, before);
    draws_of(then, 0, 1, after);
    assert_memory_equal(before, after, sizeof before);
    draws_of(d, 2, 1, before);
    draws_of(then, 2, 1, after);
    assert_true(after[DRAWS / 2] > before[DRAWS / 2]);
    vg_displacement_free(then);
    vg_displacement_free(d);
}

static void refuse_scenario(const vg_displacement *d, vg_displacement_scenario s, const char *what)
{
    vg_err e = VG_NO_ERR;
    vg_displacement *then;
    assert_false(vg_displacement_suppose(d, &s, &then, &e));
    assert_int_equal(e.code, VG_EARG);
    if (!strstr(e.what, what))
        fail_msg("\"%s\" does not say \"%s\"", e.what, what);
}

static void senseless_scenarios_are_refused(void **state)
{
    (void)state;
    make_land(&l, 7);
    int32_t nobody = 77;
    vg_displacement *d = train((vg_displacement_opts){ .origin = vg_month(2019, 6) });
    refuse_scenario(d, (vg_displacement_scenario){ .as_month = vg_month(2019, 7), .as_unit = -1 }, "2019-07");
    refuse_scenario(d, (vg_displacement_scenario){ .as_month = vg_month(2010, 7), .as_unit = -1 },
                    "nothing is known");
    refuse_scenario(d, (vg_displacement_scenario){ .as_month = vg_month(2017, 7), .as_unit = 99 }, "unit");
    refuse_scenario(d,
                    (vg_displacement_scenario){
                        .as_month = vg_month(2017, 7), .as_unit = -1, .unit = &nobody, .n_units = 1 },
                    "unit");
    refuse_scenario(d, (vg_displacement_scenario){ .as_month = vg_month(2017, 7), .as_unit = -1, .what = 1 },
                    "covariate");
    vg_displacement_free(d);
}

/* --- backtest --- */

typedef struct {
    int32_t n;
    double square, off;
} by_hand;

static bool add_by_hand(void *ctx, bool test, int32_t unit_index, int32_t month, const double *draws,
                        int32_t n, double arrivals, vg_err *e)
{
    by_hand *b = ctx;
    (void)e;
    double own[DRAWS], mean = 0;
    assert_int_equal(test, month > vg_month(2019, 12));
    CHECK_NEAR(arrivals, l.value[unit_index * LAND_MONTHS + month - l.panel.first_month], 0);
    vg_displacement *d = train((vg_displacement_opts){ .origin = month - 3, .n_leads = 3 });
    draws_of(d, unit_index, 3, own);
    assert_memory_equal(own, draws, sizeof own);
    vg_displacement_free(d);
    for (int32_t i = 0; i < n; i++)
        mean += draws[i] / n;
    if (test) {
        b->n++;
        b->square += (mean - arrivals) * (mean - arrivals);
        b->off += fabs(vg_quantile(draws, n, 0.5) - arrivals);
    }
    return true;
}

static void backtest_forecasts_from_data_up_to_the_horizon_before(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_displacement_backtest b;
    by_hand sum = { 0 };
    make_land(&l, 8);
    for (int32_t i = 0; i < LAND_UNITS * LAND_MONTHS; i++)
        l.value[i] = isnan(l.value[i]) && i % 25 ? 70 : l.value[i];
    vg_displacement_backtest_opts o = { .horizon = 3,
                                        .train_to = vg_month(2019, 12),
                                        .first_month = vg_month(2019, 10),
                                        .last_month = vg_month(2020, 4),
                                        .forecast = { .n_draws = DRAWS },
                                        .row = add_by_hand,
                                        .row_ctx = &sum };
    CHECK_OK(vg_displacement_backtest_run(&l.data, &o, &b, &e), &e);
    assert_true(sum.n > 10);
    assert_int_equal(b.test.n, sum.n);
    CHECK_NEAR(b.test.rmse_mean, sqrt(sum.square / sum.n), 1e-6);
    CHECK_NEAR(b.test.mae_median, sum.off / sum.n, 1e-6);
}

/* Our own fixture, for where the shared data is absent. */
static void house_model_beats_the_expanding_mean_on_a_land_with_droughts(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_displacement_backtest b[2];
    make_land(&l, 9);
    for (int32_t i = 0; i < LAND_UNITS * LAND_MONTHS; i++)
        l.value[i] = isnan(l.value[i]) && i % 25 ? 70 : l.value[i];
    for (int k = 0; k < 2; k++) {
        vg_displacement_backtest_opts o = {
            .train_to = vg_month(2018, 12),
            .forecast = { .model = k ? VG_DISPLACEMENT_EXPANDING : VG_DISPLACEMENT_HOUSE, .n_draws = DRAWS }
        };
        CHECK_OK(vg_displacement_backtest_run(&l.data, &o, &b[k], &e), &e);
    }
    assert_true(b[0].test.n > 50 && b[0].test.n == b[1].test.n);
    assert_true(b[0].test.rmse_mean < 0.98 * b[1].test.rmse_mean);
    assert_true(b[0].test.mae_median < 0.95 * b[1].test.mae_median);
    assert_true(b[0].test.crps < 0.95 * b[1].test.crps);
}

static void a_row_is_scored_when_its_lags_are_known(void **state)
{
    (void)state;
    make_land(&l, 1);
    for (int32_t m = 0; m < LAND_MONTHS; m++)
        l.value[m] = 5;
    int32_t month = l.panel.first_month + 30;
    assert_true(vg_displacement_scored(&l.panel, 0, month, 1));
    assert_false(vg_displacement_scored(&l.panel, 0, l.panel.first_month + 22, 1)); /* 22 months before it */
    assert_true(vg_displacement_scored(&l.panel, 0, l.panel.first_month + 23, 1));
    l.value[28] = (double)NAN; /* lag 2 */
    assert_false(vg_displacement_scored(&l.panel, 0, month, 1));
    assert_true(vg_displacement_scored(&l.panel, 0, month, 3));
    l.value[7] = (double)NAN; /* lag 23 */
    assert_false(vg_displacement_scored(&l.panel, 0, month, 3));
}

/* --- refusals --- */

static void refuse(vg_displacement_opts o, vg_code code, const char *what)
{
    vg_err e = VG_NO_ERR;
    vg_displacement *d;
    assert_false(vg_displacement_train(&l.data, &o, &d, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.what, what))
        fail_msg("\"%s\" does not say \"%s\"", e.what, what);
}

static void senseless_requests_are_refused_with_a_reason(void **state)
{
    (void)state;
    make_land(&l, 1);
    refuse((vg_displacement_opts){ .origin = vg_month(2021, 1) }, VG_EARG,
           "2021-01 is after the data end (2020-12)");
    refuse((vg_displacement_opts){ .origin = vg_month(2016, 11) }, VG_ENODATA, "fewer than 24 months");
    refuse((vg_displacement_opts){ .n_draws = -1 }, VG_EARG, "draws");
    refuse((vg_displacement_opts){ .n_leads = 7 }, VG_EARG, "months ahead");
    refuse((vg_displacement_opts){ .span = 121 }, VG_EARG, "span");
    refuse((vg_displacement_opts){ .threshold = -5 }, VG_EARG, "threshold");
    refuse((vg_displacement_opts){ .model = VG_DISPLACEMENT_N_MODELS }, VG_EARG, "model");
    l.value[3 * LAND_MONTHS + 13] = -40;
    refuse((vg_displacement_opts){ 0 }, VG_EARG, "arrivals in Deso in 2016-02 are -40");
    for (int32_t i = 0; i < LAND_UNITS * LAND_MONTHS; i++)
        l.value[i] = (double)NAN;
    refuse((vg_displacement_opts){ 0 }, VG_ENODATA, "no month of arrivals is known");
}

static void a_baseline_gives_no_reasons_and_says_so(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_displacement_explanation x;
    make_land(&l, 1);
    vg_displacement *d = train((vg_displacement_opts){ .model = VG_DISPLACEMENT_RIDGE });
    assert_false(vg_displacement_explain(d, 0, 1, d->arena, &x, &e));
    assert_int_equal(e.code, VG_EARG);
    vg_displacement_free(d);
}

static void names_of_models_read_back(void **state)
{
    (void)state;
    for (int m = 0; m < VG_DISPLACEMENT_N_MODELS; m++)
        assert_int_equal(
            vg_displacement_model_by_name(vg_str_z(vg_displacement_model_name((vg_displacement_model)m))), m);
    assert_int_equal(vg_displacement_model_by_name(VG_S("oracle")), -1);
    assert_string_equal(vg_displacement_alarm_name(VG_DISPLACEMENT_ALERT), "alert");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecast_sees_nothing_after_its_origin),
        cmocka_unit_test(threads_change_no_byte_of_a_forecast),
        cmocka_unit_test(threads_change_no_byte_of_a_backtest),
        cmocka_unit_test(order_of_the_units_is_irrelevant),
        cmocka_unit_test(draws_ascend_and_are_finite_and_not_negative),
        cmocka_unit_test(the_tail_gives_the_mean_and_leaves_the_median),
        cmocka_unit_test(a_region_without_history_is_forecast_from_the_others_and_says_so),
        cmocka_unit_test(alarm_follows_its_rule),
        cmocka_unit_test(baselines_equal_their_slow_obvious_versions),
        cmocka_unit_test(ridge_without_a_penalty_finds_a_line),
        cmocka_unit_test(poisson_regression_finds_a_rate_and_its_gradient_is_zero),
        cmocka_unit_test(reasons_multiply_to_the_median),
        cmocka_unit_test(a_scenario_of_the_last_months_changes_nothing),
        cmocka_unit_test(a_drought_as_it_was_raises_the_forecast),
        cmocka_unit_test(senseless_scenarios_are_refused),
        cmocka_unit_test(backtest_forecasts_from_data_up_to_the_horizon_before),
        cmocka_unit_test(house_model_beats_the_expanding_mean_on_a_land_with_droughts),
        cmocka_unit_test(a_row_is_scored_when_its_lags_are_known),
        cmocka_unit_test(senseless_requests_are_refused_with_a_reason),
        cmocka_unit_test(a_baseline_gives_no_reasons_and_says_so),
        cmocka_unit_test(names_of_models_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
