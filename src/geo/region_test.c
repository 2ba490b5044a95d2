/* Regions are found in every spelling, unknown ones only suggested, numbers never meet, lists are checked. */
#include "geo/region.h"

#include "geo/fold.h"
#include "prop.h"

static int32_t unit_of(const char *word)
{
    const vg_region *r = vg_region_find(vg_gazetteer_builtin(), vg_str_z(word));
    return r ? r->unit : 0;
}

static void the_built_in_list_is_whole(void **state)
{
    (void)state;
    const vg_gazetteer *g = vg_gazetteer_builtin();
    assert_int_equal(g->n, 19);
    for (int32_t i = 0; i < g->n; i++) {
        const vg_region *r = &g->region[i];
        assert_ptr_equal(vg_region_by_name(g, r->name), r);
        assert_ptr_equal(vg_region_by_unit(g, r->unit), r);
        assert_true(r->lat_deg > -2 && r->lat_deg < 12 && r->lon_deg > 40 && r->lon_deg < 52);
        assert_true(r->n_neighbours > 0);
        if (r->pcode.n)
            assert_ptr_equal(vg_region_by_pcode(g, r->pcode), r);
    }
}

static void spellings_of_every_source_lead_to_one_number(void **state)
{
    (void)state;
    static const char *const lower_juba[] = { "Lower Juba", "JUBA HOOSE", "Jubbada Hoose", "lower jubba",
                                              "JH",         "SO28",       "so28" };
    for (size_t i = 0; i < sizeof lower_juba / sizeof *lower_juba; i++)
        if (unit_of(lower_juba[i]) != 706028)
            fail_msg("%s is %d", lower_juba[i], unit_of(lower_juba[i]));
    assert_int_equal(unit_of("Shabeellaha Dhexe"), 706021);
    assert_int_equal(unit_of("W. Galbeed"), 706012);
    assert_int_equal(unit_of("Hiiraan"), 706020);
    assert_int_equal(unit_of("Banaadir"), 706022);
    assert_int_equal(unit_of("Dolo Ado"), 231001);
    assert_int_equal(unit_of("Atlantis"), 0);
}

static void neighbours_are_neighbours_both_ways(void **state)
{
    (void)state;
    const vg_gazetteer *g = vg_gazetteer_builtin();
    for (int32_t i = 0; i < g->n; i++)
        for (int32_t k = 0; k < g->region[i].n_neighbours; k++) {
            const vg_region *other = &g->region[g->region[i].neighbour[k]];
            bool back = false;
            for (int32_t m = 0; m < other->n_neighbours; m++)
                back = back || other->neighbour[m] == i;
            assert_true(back && other != &g->region[i]);
        }
    const vg_region *awdal = vg_region_find(g, VG_S("Awdal"));
    assert_int_equal(awdal->n_neighbours, 1);
    CHECK_STR(g->region[awdal->neighbour[0]].name, "Woqooyi Galbeed");
}

static void the_nearest_name_is_suggested_and_nothing_far(void **state)
{
    (void)state;
    const vg_gazetteer *g = vg_gazetteer_builtin();
    static const char *const pair[][2] = { { "Gaalgaduud", "Galgaduud" },
                                           { "Hirran", "Hiraan" },
                                           { "Lower Shabbele", "Lower Shabelle" },
                                           { "Bnaadir", "Banadir" },
                                           { "Togdheeer", "Togdheer" } };
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        const vg_region *near = vg_region_nearest(g, vg_str_z(pair[i][0]));
        assert_non_null(near);
        CHECK_STR(near->name, pair[i][1]);
    }
    assert_null(vg_region_nearest(g, VG_S("Turkana")));
    assert_null(vg_region_nearest(g, VG_S("")));
}

static void numbers_of_unknown_names_follow_the_folded_name(void **state)
{
    (void)state;
    assert_int_equal(vg_region_number(VG_S("Île-de-France")), vg_region_number(VG_S("ILE DE FRANCE")));
    assert_true(vg_region_number(VG_S("Turkana")) >= 1 << 30);
    assert_true(vg_region_number(VG_S("Turkana")) != vg_region_number(VG_S("Marsabit")));
    assert_true(vg_region_district_number(VG_S("Bay"), VG_S("Baidoa")) !=
                vg_region_district_number(VG_S("Gedo"), VG_S("Baidoa")));
    /* Golden: 64-bit FNV-1a of "a" is af63dc4c8601ec8c (Fowler, Noll and Vo's test vectors). */
    assert_int_equal(vg_region_number(VG_S("A")), (1 << 30) | (0x8601ec8c & ((1 << 30) - 1)));
}

/* --- lists from files --- */

static bool read_text(const char *text, vg_arena *a, vg_gazetteer *g, vg_err *e)
{
    vg_input *in;
    CHECK_OK(vg_input_memory(vg_str_z(text), VG_S("regions.csv"), &in, e), e);
    bool ok = vg_gazetteer_read(in, a, g, e);
    vg_input_close(in);
    return ok;
}

static vg_code code_of(const char *text)
{
    vg_arena a;
    vg_gazetteer g;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    read_text(text, &a, &g, &e);
    vg_arena_free(&a);
    return e.code;
}

static void a_list_of_ones_own_keeps_known_numbers_and_makes_the_others(void **state)
{
    (void)state;
    vg_arena a;
    vg_gazetteer g;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    CHECK_OK(read_text("region,lat,lon,area_km2,neighbours\nBay,2.6,43.6,1,Xarardheere\nXarardheere,,,,\n",
                       &a, &g, &e),
             &e);
    assert_int_equal(g.n, 2);
    assert_int_equal(g.region[0].unit, 706024);
    assert_int_equal(g.region[1].unit, vg_region_number(VG_S("Xarardheere")));
    assert_true(isnan(g.region[1].lat_deg));
    assert_int_equal(g.region[1].n_neighbours, 1);
    assert_null(vg_region_find(&g, VG_S("Gedo")));
    vg_arena_free(&a);
}

static void a_list_that_does_not_hold_together_is_refused(void **state)
{
    (void)state;
    assert_int_equal(code_of("region,lat\n"), VG_ENODATA);
    assert_int_equal(code_of("lat,lon\n1,2\n"), VG_EPARSE);
    assert_int_equal(code_of("region,lat\nBay,north\n"), VG_EPARSE);
    assert_int_equal(code_of("region,lat\nBay,91\n"), VG_ERANGE);
    assert_int_equal(code_of("region,lat\nBay,1\nBAY,1\n"), VG_ECONFLICT);
    assert_int_equal(code_of("region,unit\nBay,5\nGedo,5\n"), VG_ECONFLICT);
    assert_int_equal(code_of("region,neighbours\nBay,Geddo\nGedo,\n"), VG_ENOTFOUND);
    assert_int_equal(code_of("region,lat\n,1\n"), VG_EPARSE);
}

static void the_staged_list_of_regions_agrees_with_the_built_in_one(void **state)
{
    (void)state;
    vg_arena a;
    vg_gazetteer g;
    vg_err e = VG_NO_ERR;
    const char *path = need_shared("data/displacement/somalia_admin1_regions.csv");
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    CHECK_OK(vg_gazetteer_open(path, &a, &g, &e), &e);
    assert_int_equal(g.n, 18);
    for (int32_t i = 0; i < g.n; i++) {
        const vg_region *r = &g.region[i], *own = vg_region_find(vg_gazetteer_builtin(), r->name);
        assert_non_null(own);
        assert_int_equal(r->unit, own->unit);
        CHECK_NEAR(own->lat_deg, r->lat_deg, 0.01);
        CHECK_NEAR(own->lon_deg, r->lon_deg, 0.01);
        bool dollo = own->unit == 706026; /* Gedo: Dollo Ado lies in Ethiopia */
        assert_int_equal(own->n_neighbours, r->n_neighbours + dollo);
    }
    vg_arena_free(&a);
}

/* --- property --- */

/* By the definition, without a table: slow and obvious (without the swap, which only makes it less). */
static int32_t slow_distance(vg_str a, vg_str b)
{
    if (!a.n || !b.n)
        return (int32_t)(a.n + b.n);
    vg_str ta = vg_sub(a, 1, a.n), tb = vg_sub(b, 1, b.n);
    if (a.s[0] == b.s[0])
        return slow_distance(ta, tb);
    int32_t best = slow_distance(ta, b), other = slow_distance(a, tb), both = slow_distance(ta, tb);
    best = other < best ? other : best;
    best = both < best ? both : best;
    if (a.n > 1 && b.n > 1 && a.s[0] == b.s[1] && a.s[1] == b.s[0]) {
        int32_t swap = slow_distance(vg_sub(a, 2, a.n), vg_sub(b, 2, b.n));
        best = swap < best ? swap : best;
    }
    return best + 1;
}

static const char *distance_is_the_least_number_of_edits(vg_rng *r)
{
    char x[7], y[7];
    vg_str a = { x, (ptrdiff_t)vg_rng_below(r, 7) }, b = { y, (ptrdiff_t)vg_rng_below(r, 7) };
    for (int i = 0; i < 7; i++) {
        x[i] = (char)('a' + vg_rng_below(r, 3));
        y[i] = (char)('a' + vg_rng_below(r, 3));
    }
    int32_t d = vg_geo_edit_distance(a, b);
    if (d != vg_geo_edit_distance(b, a))
        return "not the same both ways";
    if ((d == 0) != vg_eq(a, b))
        return "zero and not the same";
    return d == slow_distance(a, b) ? NULL : "not the least number of edits";
}

static void edit_distance_is_that_of_the_definition(void **state)
{
    (void)state;
    check_property("edit_distance_is_that_of_the_definition", distance_is_the_least_number_of_edits, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_list_is_whole),
        cmocka_unit_test(spellings_of_every_source_lead_to_one_number),
        cmocka_unit_test(neighbours_are_neighbours_both_ways),
        cmocka_unit_test(the_nearest_name_is_suggested_and_nothing_far),
        cmocka_unit_test(numbers_of_unknown_names_follow_the_folded_name),
        cmocka_unit_test(a_list_of_ones_own_keeps_known_numbers_and_makes_the_others),
        cmocka_unit_test(a_list_that_does_not_hold_together_is_refused),
        cmocka_unit_test(the_staged_list_of_regions_agrees_with_the_built_in_one),
        cmocka_unit_test(edit_distance_is_that_of_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
