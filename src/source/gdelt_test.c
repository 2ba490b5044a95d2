/* GDELT 1.0 and 2.0. Rows are made up here field by field; the samples are read when they are at hand. */
#include "core/date.h"
#include "source/sink_test_int.h"
#include "test.h"

/* Fields 5 to 14 of an actor: code, name, country, and seven more. */
#define ACTOR(code, name, country) code "\t" name "\t" country "\t\t\t\t\t\t\t\t"
#define FRONT(id, day)             id "\t" day "\t202403\t2024\t2024.2493\t"
#define EVENT                      "1\t0190\t019\t19\t4\t-10.0\t6\t2\t5\t-3.5\t"
#define NO_GEO_1                   "0\t\t\t\t\t\t\t"
#define NO_GEO_2                   "0\t\t\t\t\t\t\t\t"

static const char row_1[] = FRONT("77", "20240331") ACTOR("MLIGOV", "GOVERNMENT", "MLI")
    ACTOR("REB", "REBEL", "ROM") EVENT NO_GEO_1 NO_GEO_1
    "4\tGao, Gao, Mali\tML\tML09\t16.27\t-0.04\t-1\t20240401\thttp://example.org/a\n";
static const char row_2[] = FRONT("78", "20230331") ACTOR("AFR", "AFRICA", "AFR") ACTOR("", "", "")
    EVENT NO_GEO_2 NO_GEO_2 "1\tAustralia\tAS\tAS\t\t-27\t133\tAS\t20240401001500\thttp://example.org/b\n";

static collected *read_gdelt(const char *text)
{
    collected *c = read_text(text, "export.CSV", (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, "gdelt");
    return c;
}

static void every_field_of_a_1_0_row_arrives(void **state)
{
    (void)state;
    collected *c = read_gdelt(row_1);
    const vg_event *ev = &c->ev;
    assert_int_equal(c->n_events, 1);
    CHECK_STR(ev->external_id, "77");
    CHECK_STR(ev->kind, "0190"); /* leading zeros kept */
    CHECK_STR(ev->actor_a, "GOVERNMENT [MLI]");
    CHECK_STR(ev->actor_b, "REBEL [ROU]"); /* CAMEO's ROM is Romania */
    CHECK_STR(ev->adm1, "ML09");
    CHECK_STR(ev->url, "http://example.org/a");
    CHECK_STR(ev->text, "CAMEO root 19, quad class 4, Goldstein -10.0, mentions 6, articles 5, tone -3.5");
    assert_int_equal(ev->gwcode, 432);
    assert_int_equal(ev->where_prec, VG_WHERE_NEAR);
    assert_true(ev->cell > 0);
    CHECK_STR(c->found.about.version, "1.0");
    assert_int_equal(c->found.about.first_month, vg_month(2024, 3));
    collected_drop(c);
}

static void a_2_0_file_covers_the_days_on_which_rows_were_added(void **state)
{
    (void)state;
    collected *c = read_gdelt(row_2);
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->ev.gwcode, 900); /* FIPS AS is Australia */
    assert_int_equal(c->ev.where_prec, VG_WHERE_COUNTRY);
    assert_int_equal(c->ev.cell, 0);
    CHECK_STR(c->ev.actor_a, "AFRICA"); /* a region is no country */
    CHECK_STR(c->found.about.version, "2.0");
    assert_int_equal(c->found.about.first_month, vg_month(2024, 4));
    collected_drop(c);
}

static void gdelt_events_never_count_as_deaths(void **state)
{
    (void)state;
    collected *c = read_gdelt(row_1);
    assert_int_equal(c->ev.type, VG_TYPE_OTHER);
    assert_int_equal(c->n_known, 0);
    assert_int_equal(c->ev.low, VG_UNKNOWN);
    collected_drop(c);
}

/* row_1 with one text put in the place of another. */
static collected *changed(const char *from, const char *to)
{
    char text[2048];
    const char *p = strstr(row_1, from);
    assert_non_null(p);
    snprintf(text, sizeof text, "%s%.*s%s%s", row_1, (int)(p - row_1), row_1, to, p + strlen(from));
    return read_gdelt(text);
}

static void refuses(const char *from, const char *to, vg_code code, const char *what)
{
    collected *c = changed(from, to);
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->n_rejects, 1);
    if (c->bad.why.code != code || !strstr(c->bad.why.what, what))
        fail_msg("refused as %s: %s", vg_code_name(c->bad.why.code), c->bad.why.what);
    assert_int_equal(c->bad.why.at.line, 2);
    collected_drop(c);
}

static void impossible_rows_are_refused_and_the_others_kept(void **state)
{
    (void)state;
    refuses("\tML\t", "\tZZ\t", VG_ENOTFOUND, "FIPS code \"ZZ\"");
    refuses("20240331", "20240231", VG_EPARSE, "SQLDATE is no day");
    refuses("16.27", "96.27", VG_ERANGE, "latitude 96.27");
    refuses("77\t", "x7\t", VG_EPARSE, "GLOBALEVENTID");
    refuses("0190", "", VG_EPARSE, "EventCode is empty");
}

static void seas_belong_to_no_country(void **state)
{
    (void)state;
    collected *c = changed("\tML\t", "\tOC\t");
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->last.gwcode, 0);
    collected_drop(c);
}

static void a_table_of_mentions_is_told_from_events(void **state)
{
    (void)state;
    collected *c = read_text("410\t20150218230000\t20150218230000\t1\ta.org\n", "m.CSV",
                             (vg_source_opts){ .as = VG_S("gdelt") });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "5 tab-separated fields"));
    collected_drop(c);
}

static void quotes_are_letters_in_gdelt(void **state)
{
    (void)state;
    collected *c = changed("Gao, Gao, Mali", "\"Gao, Mali");
    assert_int_equal(c->n_events, 2);
    collected_drop(c);
}

static void the_published_samples_are_read_whole(void **state)
{
    (void)state;
    collected *c = read_path(need_shared("data/conflict/gdelt1_event_sample.tsv.gz"), (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 100);
    collected_drop(c);
    c = read_path(need_shared("data/conflict/gdelt2_export_sample.tsv.gz"), (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 100);
    CHECK_STR(c->ev.actor_b, "PRESIDENT");
    assert_int_equal(c->ev.gwcode, 560); /* SF is South Africa */
    collected_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_a_1_0_row_arrives),
        cmocka_unit_test(a_2_0_file_covers_the_days_on_which_rows_were_added),
        cmocka_unit_test(gdelt_events_never_count_as_deaths),
        cmocka_unit_test(impossible_rows_are_refused_and_the_others_kept),
        cmocka_unit_test(seas_belong_to_no_country),
        cmocka_unit_test(a_table_of_mentions_is_told_from_events),
        cmocka_unit_test(quotes_are_letters_in_gdelt),
        cmocka_unit_test(the_published_samples_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
