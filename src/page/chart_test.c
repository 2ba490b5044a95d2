/* Charts: a gap is never a zero, names never become markup, bands and lines stand where the numbers say, and whatever
 * the arrays hold the drawing is well-formed. */
#include "page/page_test_int.h"
#include "prop.h"

#define HOSTILE VG_S("<script>\"Bay\" & co")

static const vg_chart_words words = { .id = "c1",
                                      .title = { "<script>\"Bay\" & co", 19 },
                                      .text = { "<script>\"Bay\" & co", 19 },
                                      .caption = { "<script>\"Bay\" & co", 19 } };

/* --- fan --- */

static void a_month_that_is_not_known_is_a_gap_and_a_known_zero_a_mark(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const double history[] = { 5, NAN, 0, 7 };
    const vg_chart_bands ahead[] = { { 1, 2, 3, 4, 5 } };
    vg_chart_fan_svg(p,
                     &(vg_chart_fan_opts){ .words = words,
                                           .last_month = 500,
                                           .n_history = 4,
                                           .history = history,
                                           .n_ahead = 1,
                                           .ahead = ahead,
                                           .past = 4 },
                     false);
    assert_int_equal(count("class=\"gap\""), 1);
    assert_int_equal(count("class=\"zero\""), 1);
    assert_int_equal(count("class=\"bar\""), 2);
    has("role=\"img\" aria-labelledby=\"t-c1-wide d-c1-wide\"");
    assert_null(unbalanced());
}

static void the_fan_stands_where_the_square_root_says(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const double history[] = { 100 };
    const vg_chart_bands ahead[] = { { 0, 25, 25, 25, 100 } };
    vg_chart_fan_svg(p,
                     &(vg_chart_fan_opts){ .words = words,
                                           .last_month = 500,
                                           .n_history = 1,
                                           .history = history,
                                           .n_ahead = 1,
                                           .ahead = ahead,
                                           .past = 1 },
                     false);
    /* 330 - 26 - sqrt(25 / 108) * (330 - 52), x in the middle of the second of two columns of 58..974 */
    has("<circle class=\"dot\" cx=\"745.0\" cy=\"170.2\" r=\"2.6\"/>");
}

static void baseline_supposition_and_thresholds_are_in_key_and_drawing(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const double history[] = { 10, 20 }, base[] = { 12, NAN, 14 }, what[] = { 30, 31, 32 },
                 known[] = { 11, NAN, NAN };
    const vg_chart_bands ahead[] = { { 1, 2, 3, 4, 50 }, { 1, 2, 3, 4, 50 }, { 1, 2, 3, 4, 50 } };
    const vg_chart_level level[] = { { 40, HOSTILE }, { 1e6, VG_S("far above") } };
    vg_chart_fan(p, &(vg_chart_fan_opts){ .words = words,
                                          .last_month = 500,
                                          .n_history = 2,
                                          .history = history,
                                          .n_ahead = 3,
                                          .ahead = ahead,
                                          .baseline = base,
                                          .baseline_name = VG_S("mean of all"),
                                          .scenario = what,
                                          .scenario_name = HOSTILE,
                                          .known = known,
                                          .n_levels = 2,
                                          .level = level });
    assert_int_equal(count("class=\"level\""), 2); /* wide and narrow; the one far above is left out */
    assert_int_equal(count("far above"), 0);
    has("mean of all</li>");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

/* --- lines --- */

static void a_line_breaks_where_nothing_is_known(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const double y[] = { 0, 10, NAN, 20, 30 };
    const vg_chart_series s = { .name = HOSTILE, .y = y };
    vg_chart_lines(p, &(vg_chart_lines_opts){ .words = words,
                                              .n_x = 5,
                                              .n_series = 1,
                                              .series = &s,
                                              .limit = 25,
                                              .limit_name = VG_S("capacity 25") });
    /* 0..31.8 on 330 - 26 .. 22, five x on 66..810 */
    has("<path class=\"line l0\" d=\"M66.0 304.0L252.0 215.3M624.0 126.6L810.0 38.0\"/>");
    assert_int_equal(count("class=\"level\""), 3); /* wide, narrow, key */
    has("<td>\xE2\x80\x93</td>");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

static void a_capacity_far_above_stays_out_of_the_drawing_but_in_the_key(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const double y[] = { 1, 2, 3 };
    const vg_chart_series s = { .name = VG_S("camp"), .y = y };
    vg_chart_lines(p, &(vg_chart_lines_opts){ .words = words,
                                              .n_x = 3,
                                              .n_series = 1,
                                              .series = &s,
                                              .limit = 1e6,
                                              .limit_name = VG_S("capacity") });
    assert_int_equal(count("class=\"level\""), 1);
}

static void days_are_labelled_as_days_and_dates_by_their_month(void **state)
{
    (void)state;
    double y[120];
    for (int i = 0; i < 120; i++)
        y[i] = i;
    const vg_chart_series s = { .name = VG_S("camp"), .y = y };
    vg_chart_lines(fresh(VG_LANG_EN),
                   &(vg_chart_lines_opts){
                       .words = words, .x_kind = VG_X_DAY_NUMBER, .n_x = 120, .n_series = 1, .series = &s });
    has(">day 100</text>");
    vg_chart_lines(fresh(VG_LANG_EN), &(vg_chart_lines_opts){ .words = words,
                                                              .x_kind = VG_X_DAY,
                                                              .x_first = 15390,
                                                              .x_step = 3,
                                                              .n_x = 120,
                                                              .n_series = 1,
                                                              .series = &s });
    has(">Apr 2012</text>");
    has("<th scope=\"row\">20 February 2012</th>");
}

static void nothing_known_gives_the_table_and_no_drawing(void **state)
{
    (void)state;
    const double y[] = { NAN, NAN };
    const vg_chart_series s = { .name = VG_S("camp"), .y = y };
    vg_chart_lines(fresh(VG_LANG_EN),
                   &(vg_chart_lines_opts){ .words = words, .n_x = 2, .n_series = 1, .series = &s });
    assert_int_equal(count("<svg"), 0);
    assert_int_equal(count("<table"), 1);
    assert_null(unbalanced());
}

/* --- bars --- */

static void diverging_rows_hang_on_one_middle_line(void **state)
{
    (void)state;
    const double a[] = { 0.5, 0.2, 0.3 }, b[] = { 0.1, 0.4, 0.5 }, hidden[] = { NAN, NAN, NAN };
    const vg_str part[] = { VG_S("disagree"), VG_S("pass"), VG_S("agree") };
    const vg_chart_bar bar[] = { { HOSTILE, HOSTILE, a, 10 },
                                 { VG_S("B"), VG_NOSTR, b, 20 },
                                 { VG_S("C"), VG_NOSTR, hidden, 0 } };
    vg_chart_bars(fresh(VG_LANG_EN), &(vg_chart_bars_opts){ .words = words,
                                                            .n_parts = 3,
                                                            .part = part,
                                                            .middle = 1,
                                                            .n_bars = 3,
                                                            .bar = bar,
                                                            .name_key = "chart.group" });
    /* widest left 0.6, widest right 0.7: the line is at 1 + 398 * 0.6 / 1.3 */
    assert_int_equal(count("<line class=\"middle\" x1=\"184.7\" x2=\"184.7\""), 2);
    has("too few people to show");
    has("<td>50%</td><td>20%</td><td>30%</td><td>10</td>");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

static void parts_of_a_bar_never_share_a_texture(void **state)
{
    (void)state;
    const double share[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 };
    const vg_str part[] = { VG_S("1"), VG_S("2"), VG_S("3"), VG_S("4"), VG_S("5"), VG_S("6"), VG_S("7") };
    const vg_chart_bar bar = { .name = VG_S("row"), .share = share };
    for (int n = 1; n <= VG_CHART_MAX_PARTS; n++)
        for (int middle = -1; middle < n; middle++)
            for (int split = 0; split < 2; split++) {
                vg_chart_bars(fresh(VG_LANG_EN), &(vg_chart_bars_opts){ .words = words,
                                                                        .n_parts = n,
                                                                        .part = part,
                                                                        .middle = middle,
                                                                        .split = split,
                                                                        .n_bars = 1,
                                                                        .bar = &bar,
                                                                        .name_key = "chart.group" });
                int used = 0;
                for (int f = 0; f < VG_CHART_MAX_PARTS; f++) {
                    char fill[32];
                    snprintf(fill, sizeof fill, "fill=\"url(#f%d)\"", f);
                    used += count(fill) > 0;
                }
                assert_int_equal(used, n);
            }
}

static void patterns_are_written_once_a_page(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    vg_chart_bars_opts o = { .words = words, .middle = -1, .name_key = "chart.group" };
    vg_chart_bars(p, &o);
    vg_chart_bars(p, &o);
    assert_int_equal(count("<pattern id=\"f0\""), 1);
}

/* --- points --- */

static void an_outline_has_the_corners_of_its_group_and_nothing_else(void **state)
{
    (void)state;
    const double x[] = { 0, 4, 4, 0, 2, 1, 9 }, y[] = { 0, 0, 4, 4, 2, 0, 9 };
    const int32_t group[] = { 0, 0, 0, 0, 0, 0, -1 };
    const vg_str name[] = { HOSTILE };
    vg_chart_scatter(
        fresh(VG_LANG_EN),
        &(vg_chart_scatter_opts){
            .words = words, .n = 7, .x = x, .y = y, .group = group, .n_groups = 1, .group_name = name });
    vg_str page = written();
    ptrdiff_t at = vg_find(page, VG_S("role=\"img\""));
    page = vg_sub(page, at, page.n);
    at = vg_find(page, VG_S("<path class=\"hull o0\""));
    vg_str hull = vg_sub(page, at, vg_find(vg_sub(page, at, page.n), VG_S("Z\"")));
    int corners = 1;
    for (ptrdiff_t i = 30; i < hull.n; i++)
        corners += hull.s[i] == 'L';
    assert_int_equal(corners, 4);
    has("<td>6</td><td>86%</td>");
    has("in no group");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

static void a_thinned_drawing_says_so(void **state)
{
    (void)state;
    double x[50], y[50];
    int32_t group[50];
    for (int i = 0; i < 50; i++) {
        x[i] = i;
        y[i] = i * i;
        group[i] = 0;
    }
    const vg_str name[] = { VG_S("A") };
    vg_chart_scatter(fresh(VG_LANG_EN), &(vg_chart_scatter_opts){ .words = words,
                                                                  .n = 50,
                                                                  .x = x,
                                                                  .y = y,
                                                                  .group = group,
                                                                  .n_groups = 1,
                                                                  .group_name = name,
                                                                  .max_points = 10 });
    has("One point in 5 of 50 is drawn");
}

/* --- flows --- */

static void a_node_is_as_high_as_its_flows_together(void **state)
{
    (void)state;
    const vg_str from[] = { HOSTILE, VG_S("B") }, to[] = { VG_S("C") };
    const vg_chart_flow flow[] = { { 0, 0, 300 }, { 1, 0, 100 } };
    vg_chart_flows(fresh(VG_LANG_EN), &(vg_chart_flows_opts){ .words = words,
                                                              .n_from = 2,
                                                              .n_to = 1,
                                                              .from = from,
                                                              .to = to,
                                                              .n_flows = 2,
                                                              .flow = flow,
                                                              .from_key = "chart.from",
                                                              .to_key = "chart.to",
                                                              .value_key = "chart.people" });
    assert_int_equal(count("width=\"10\" height=\"135.0\""), 2); /* of 180 for 400 people, wide and narrow */
    assert_int_equal(count("width=\"10\" height=\"45.0\""), 2);
    assert_int_equal(count("width=\"10\" height=\"180.0\""), 2);
    has("C  400");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

static void a_place_without_a_position_is_told_and_not_drawn(void **state)
{
    (void)state;
    const vg_chart_place place[] = { { VG_S("Kidal"), 18, 1, VG_PLACE_CONFLICT, NAN },
                                     { HOSTILE, 15, -5, VG_PLACE_CAMP, 900 },
                                     { VG_S("Nowhere"), NAN, NAN, VG_PLACE_CAMP, 5 } };
    const vg_chart_flow flow[] = { { 0, 1, 900 }, { 0, 2, 5 } };
    vg_chart_map(fresh(VG_LANG_EN), &(vg_chart_map_opts){ .words = words,
                                                          .n_places = 3,
                                                          .place = place,
                                                          .n_flows = 2,
                                                          .flow = flow,
                                                          .value_key = "chart.people" });
    has("1 place has no known position and is not on the map.");
    assert_int_equal(count("class=\"trail\" d=\"M") - 1, 2); /* the key, wide and narrow */
    assert_int_equal(count(">Kidal</text>"), 2);
    assert_int_equal(count(">Nowhere</text>"), 0);
    has("<td class=\"word\">Nowhere</td><td>5</td>"); /* the table has it */
    has(" km</text>");
    assert_int_equal(count("<script"), 0);
    assert_null(unbalanced());
}

/* --- whatever the arrays hold --- */

static double any_number(vg_rng *r)
{
    static const double odd[] = { 0, 1e-9, 1, 5e3, 1e7, 1e12 };
    uint64_t pick = vg_rng_below(r, 9);
    return pick < 6 ? odd[pick] : pick < 7 ? (double)NAN : vg_rng_unit(r) * 1e4;
}

static double any_amount(vg_rng *r)
{
    double x = any_number(r);
    return isnan(x) ? 3 : x;
}

enum { N = 40 };

static void put_fan_and_lines(vg_rng *r, vg_page *p)
{
    double y[3][N], low[N], high[N];
    vg_chart_bands b[6];
    for (int i = 0; i < N; i++) {
        for (int s = 0; s < 3; s++)
            y[s][i] = any_number(r);
        low[i] = any_number(r);
        high[i] = low[i] * (1 + vg_rng_unit(r));
    }
    for (int i = 0; i < 6; i++) {
        double x = any_amount(r);
        b[i] = (vg_chart_bands){ 0.1 * x, 0.5 * x, x, 2 * x, 5 * x };
    }
    int32_t n = (int32_t)vg_rng_below(r, N + 1), ahead = (int32_t)vg_rng_below(r, 7);
    vg_chart_fan(p, &(vg_chart_fan_opts){ .words = words,
                                          .last_month = 500,
                                          .n_history = n,
                                          .history = y[0],
                                          .n_ahead = ahead,
                                          .ahead = b,
                                          .baseline = y[1],
                                          .known = y[2] });
    const vg_chart_series s[] = { { HOSTILE, y[0], low, high, false },
                                  { HOSTILE, y[1], NULL, NULL, false },
                                  { HOSTILE, y[2], NULL, NULL, true } };
    vg_chart_lines(p, &(vg_chart_lines_opts){ .words = words,
                                              .x_kind = (vg_chart_x)vg_rng_below(r, 4),
                                              .x_first = 400,
                                              .x_step = (int32_t)vg_rng_below(r, 9),
                                              .n_x = n,
                                              .n_series = (int32_t)vg_rng_below(r, 4),
                                              .series = s,
                                              .limit = any_amount(r),
                                              .limit_name = HOSTILE });
}

static void put_points_and_flows(vg_rng *r, vg_page *p)
{
    double x[N], y[N];
    int32_t group[N];
    vg_chart_place place[N];
    vg_chart_flow flow[N];
    const vg_str name[] = { HOSTILE, VG_S("B"), VG_S("C") };
    for (int i = 0; i < N; i++) {
        x[i] = any_number(r) - any_number(r);
        y[i] = any_number(r) - any_number(r);
        group[i] = (int32_t)vg_rng_below(r, 5) - 1;
        place[i] = (vg_chart_place){ HOSTILE, fmod(x[i], 80), fmod(y[i], 170),
                                     (vg_chart_mark)vg_rng_below(r, 4), any_number(r) };
        flow[i] = (vg_chart_flow){ (int32_t)vg_rng_below(r, 3), (int32_t)vg_rng_below(r, 3), any_amount(r) };
    }
    int32_t n = (int32_t)vg_rng_below(r, N + 1);
    vg_chart_scatter(
        p, &(vg_chart_scatter_opts){
               .words = words, .n = n, .x = x, .y = y, .group = group, .n_groups = 3, .group_name = name });
    vg_chart_flows(p, &(vg_chart_flows_opts){ .words = words,
                                              .n_from = 3,
                                              .n_to = 3,
                                              .from = name,
                                              .to = name,
                                              .n_flows = n,
                                              .flow = flow,
                                              .from_key = "chart.from",
                                              .to_key = "chart.to",
                                              .value_key = "chart.people" });
    vg_chart_map(p, &(vg_chart_map_opts){ .words = words,
                                          .n_places = n > 3 ? n : 3,
                                          .place = place,
                                          .n_flows = n,
                                          .flow = flow,
                                          .n_links = n,
                                          .link = flow,
                                          .value_key = "chart.people" });
}

static const char *a_drawing_is_well_formed(vg_rng *r)
{
    vg_page *p = fresh((vg_lang)vg_rng_below(r, VG_N_LANGS));
    put_fan_and_lines(r, p);
    put_points_and_flows(r, p);
    if (count("nan") || count("inf"))
        return "what is not a number is written into a drawing";
    if (count("<script"))
        return "a name became markup";
    return unbalanced();
}

static void whatever_the_arrays_hold_the_drawing_is_well_formed(void **state)
{
    (void)state;
    check_property("a_drawing_is_well_formed", a_drawing_is_well_formed, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_that_is_not_known_is_a_gap_and_a_known_zero_a_mark),
        cmocka_unit_test(the_fan_stands_where_the_square_root_says),
        cmocka_unit_test(baseline_supposition_and_thresholds_are_in_key_and_drawing),
        cmocka_unit_test(a_line_breaks_where_nothing_is_known),
        cmocka_unit_test(a_capacity_far_above_stays_out_of_the_drawing_but_in_the_key),
        cmocka_unit_test(days_are_labelled_as_days_and_dates_by_their_month),
        cmocka_unit_test(nothing_known_gives_the_table_and_no_drawing),
        cmocka_unit_test(diverging_rows_hang_on_one_middle_line),
        cmocka_unit_test(parts_of_a_bar_never_share_a_texture),
        cmocka_unit_test(patterns_are_written_once_a_page),
        cmocka_unit_test(an_outline_has_the_corners_of_its_group_and_nothing_else),
        cmocka_unit_test(a_thinned_drawing_says_so),
        cmocka_unit_test(a_node_is_as_high_as_its_flows_together),
        cmocka_unit_test(a_place_without_a_position_is_told_and_not_drawn),
        cmocka_unit_test(whatever_the_arrays_hold_the_drawing_is_well_formed),
    };
    return cmocka_run_group_tests(tests, open_sheet, close_sheet);
}
