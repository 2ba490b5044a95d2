/* Codes come back, names are found in seven languages and many spellings, borders are symmetric. */
#include "geo/country.h"

#include "test.h"

static const char *code_of(const vg_country *c)
{
    static char code[8];
    snprintf(code, sizeof code, "%.*s", c ? (int)c->iso3.n : 4, c ? c->iso3.s : "none");
    return code;
}

static const char *named(const char *name)
{
    return code_of(vg_country_by_name(vg_str_z(name)));
}

static void table_is_sorted_and_whole(void **state)
{
    int32_t n;
    (void)state;
    const vg_country *c = vg_countries(&n);
    assert_int_equal(n, 258);
    for (int32_t i = 1; i < n; i++)
        assert_true(vg_cmp(c[i - 1].iso3, c[i].iso3) < 0);
}

static void every_code_leads_back_to_its_country(void **state)
{
    int32_t n;
    (void)state;
    const vg_country *c = vg_countries(&n);
    for (int32_t i = 0; i < n; i++) {
        assert_ptr_equal(vg_country_by_iso3(c[i].iso3), &c[i]);
        assert_true(!c[i].fips.n || vg_country_by_fips(c[i].fips) == &c[i]);
        assert_true(!c[i].cameo.n || vg_country_by_cameo(c[i].cameo) == &c[i]);
        assert_true(!c[i].iso2.n || vg_country_by_iso2(c[i].iso2) == &c[i]);
        assert_true(!c[i].m49 || vg_country_by_m49(c[i].m49) == &c[i]);
        if (!c[i].alive.n)
            assert_ptr_equal(vg_country_by_gwcode(c[i].gwcode), &c[i]);
    }
}

static void every_name_leads_back_to_its_country(void **state)
{
    int32_t n;
    (void)state;
    const vg_country *c = vg_countries(&n);
    for (int32_t i = 0; i < n; i++)
        for (int k = 0; k < 7; k++)
            if (vg_country_by_name(c[i].name[k]) != &c[i])
                fail_msg("%.*s of %.*s is read as %s", VG_P(c[i].name[k]), VG_P(c[i].iso3),
                         code_of(vg_country_by_name(c[i].name[k])));
}

static void every_point_lies_on_earth(void **state)
{
    int32_t n;
    (void)state;
    const vg_country *c = vg_countries(&n);
    for (int32_t i = 0; i < n; i++)
        assert_true(fabs(c[i].lat_deg) <= 90 && fabs(c[i].lon_deg) <= 180 &&
                    (c[i].lat_deg != 0 || c[i].lon_deg != 0));
}

static void fips_codes_are_not_iso_codes(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "AS", "AUS" }, { "AU", "AUT" }, { "CH", "CHN" }, { "SZ", "CHE" }, { "RS", "RUS" }, { "UP", "UKR" },
        { "NI", "NGA" }, { "NU", "NIC" }, { "SU", "SDN" }, { "OD", "SSD" }, { "GZ", "PSE" }, { "WE", "PSE" },
        { "RI", "SRB" }, { "RB", "SRB" }, { "IZ", "IRQ" }, { "YM", "YEM" }
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(code_of(vg_country_by_fips(vg_str_z(pairs[i][0]))), pairs[i][1]);
    assert_null(vg_country_by_fips(VG_S("ZZ")));
    assert_null(vg_country_by_fips(VG_S("")));
}

static void cameo_codes_that_differ_from_iso_are_known_and_regions_are_none(void **state)
{
    (void)state;
    assert_string_equal(code_of(vg_country_by_cameo(VG_S("ROM"))), "ROU");
    assert_string_equal(code_of(vg_country_by_cameo(VG_S("TMP"))), "TLS");
    assert_string_equal(code_of(vg_country_by_cameo(VG_S("GZS"))), "PSE");
    static const char *const regions[] = { "AFR", "EUR", "SAM", "SEA", "MEA", "WST", "CAS", "SAS" };
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        assert_null(vg_country_by_cameo(vg_str_z(regions[i])));
}

static void names_of_the_sources_are_found(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "DR Congo (Zaire)", "COD" },
        { "Myanmar (Burma)", "MMR" },
        { "Congo, DRC", "COD" },
        { "Cambodia (Kampuchea)", "KHM" },
        { "Congo", "COG" },
        { "Russia (Soviet Union)", "RUS" },
        { "Ivory Coast", "CIV" },
        { "Yemen (North Yemen)", "YEM" },
        { "Bosnia-Herzegovina", "BIH" },
        { "Kingdom of eSwatini (Swaziland)", "SWZ" },
        { "Serbia (Yugoslavia)", "SRB" },
        { "Madagascar (Malagasy)", "MDG" },
        { "Macedonia, FYR", "MKD" },
        { "Zimbabwe (Rhodesia)", "ZWE" },
        { "The Gambia", "GMB" },
        { "Republic of Congo", "COG" },
        { "USSR", "SUN" },
        { "Yemen People's Republic", "YMD" },
        { "St. Lucia", "LCA" },
        { "Germany Democratic Republic", "DDR" },
        { "Palestine", "PSE" },
        { "South Vietnam", "RVN" },
        { "Marshall Is.", "MHL" },
        { "Democratic Republic of Congo", "COD" },
        { "Timor Leste", "TLS" },
        { "United States", "USA" },
        { "Korea, Dem. People's Rep.", "PRK" },
        { "Türkiye", "TUR" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(named(pairs[i][0]), pairs[i][1]);
}

static void case_accents_and_punctuation_do_not_matter(void **state)
{
    (void)state;
    assert_string_equal(named("COTE D'IVOIRE"), "CIV");
    assert_string_equal(named("côte d’ivoire"), "CIV");
    assert_string_equal(named("  mali "), "MLI");
    assert_string_equal(named("СУДАН"), "SDN");
    assert_string_equal(named("Trinidad & Tobago"), "TTO");
    assert_string_equal(named("ÉTHIOPIE"), "ETH");
    assert_string_equal(named("السودان"), "SDN");
    assert_string_equal(named("马里"), "MLI");
    assert_string_equal(named("Atlantis"), "none");
    assert_string_equal(named(""), "none");
}

static void a_name_with_broken_bytes_is_just_not_found(void **state)
{
    (void)state;
    assert_string_equal(named("\xC3"), "none");
    assert_string_equal(named("Mali\xE2\x80"), "none");
    char longest[4096];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_string_equal(named(longest), "none");
}

static void of_two_states_with_one_number_the_living_is_found(void **state)
{
    (void)state;
    assert_string_equal(code_of(vg_country_by_gwcode(365)), "RUS");
    assert_string_equal(code_of(vg_country_by_gwcode(340)), "SRB");
    assert_string_equal(code_of(vg_country_by_gwcode(345)), "SCG");
    assert_string_equal(code_of(vg_country_by_gwcode(680)), "YMD");
    assert_null(vg_country_by_gwcode(999));
    assert_null(vg_country_by_gwcode(0));
    assert_null(vg_country_by_gwcode(-1));
}

static void gone_states_name_a_living_successor(void **state)
{
    int32_t n;
    (void)state;
    const vg_country *c = vg_countries(&n);
    for (int32_t i = 0; i < n; i++) {
        assert_int_equal(c[i].alive.n > 0, c[i].successor.n > 0);
        if (c[i].successor.n)
            assert_int_equal(vg_country_by_iso3(c[i].successor)->alive.n, 0);
    }
}

static void a_territory_without_a_number_gets_one_from_m49(void **state)
{
    (void)state;
    assert_int_equal(vg_country_by_iso3(VG_S("PSE"))->gwcode, 10275);
    assert_string_equal(code_of(vg_country_by_gwcode(10275)), "PSE");
}

static void names_come_in_the_language_asked_for(void **state)
{
    (void)state;
    const vg_country *c = vg_country_by_iso3(VG_S("DEU"));
    CHECK_STR(vg_country_name(c, VG_S("fr")), "Allemagne");
    CHECK_STR(vg_country_name(c, VG_S("xx")), "Germany");
}

static void borders_are_symmetric_and_none_is_its_own(void **state)
{
    int32_t n, pairs = 0;
    (void)state;
    const vg_country *c = vg_countries(&n);
    for (int32_t i = 0; i < n; i++) {
        vg_str near[32];
        int32_t k = vg_country_neighbours(c[i].iso3, near, 32);
        pairs += k;
        for (int32_t j = 0; j < k; j++) {
            assert_non_null(vg_country_by_iso3(near[j]));
            assert_true(vg_country_borders(near[j], c[i].iso3) && vg_country_borders(c[i].iso3, near[j]));
            assert_false(vg_eq(near[j], c[i].iso3));
        }
    }
    assert_int_equal(pairs, 2 * 324);
}

static void neighbours_of_mali_are_seven(void **state)
{
    (void)state;
    vg_str near[3];
    assert_int_equal(vg_country_neighbours(VG_S("MLI"), near, 3), 7);
    CHECK_STR(near[0], "BFA");
    assert_int_equal(vg_country_neighbours(VG_S("ISL"), near, 3), 0);
    assert_false(vg_country_borders(VG_S("MLI"), VG_S("NGA")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_whole),
        cmocka_unit_test(every_code_leads_back_to_its_country),
        cmocka_unit_test(every_name_leads_back_to_its_country),
        cmocka_unit_test(every_point_lies_on_earth),
        cmocka_unit_test(fips_codes_are_not_iso_codes),
        cmocka_unit_test(cameo_codes_that_differ_from_iso_are_known_and_regions_are_none),
        cmocka_unit_test(names_of_the_sources_are_found),
        cmocka_unit_test(case_accents_and_punctuation_do_not_matter),
        cmocka_unit_test(a_name_with_broken_bytes_is_just_not_found),
        cmocka_unit_test(of_two_states_with_one_number_the_living_is_found),
        cmocka_unit_test(gone_states_name_a_living_successor),
        cmocka_unit_test(a_territory_without_a_number_gets_one_from_m49),
        cmocka_unit_test(names_come_in_the_language_asked_for),
        cmocka_unit_test(borders_are_symmetric_and_none_is_its_own),
        cmocka_unit_test(neighbours_of_mali_are_seven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
