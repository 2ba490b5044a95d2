/* The frame of a report: language and direction, escapes, tables that a screen reader can read, dashes for gaps. */
#include "page/page_test_int.h"

#define HOSTILE VG_S("<b onclick=\"x\">Bay</b> & 'co'")
#define ESCAPED "&lt;b onclick=&quot;x&quot;&gt;Bay&lt;/b&gt; &amp; &#39;co&#39;"

static const vg_page_title title = { .title = "report.contents", .lead = "report.run-text", .charts = true };

static void head_tells_language_direction_and_a_way_past_the_menu(void **state)
{
    (void)state;
    vg_page_head(fresh(VG_LANG_FR), &title);
    has("<html lang=\"fr\" dir=\"ltr\">");
    has("<a class=\"skip\" href=\"#main\">");
    has("<title>Sommaire</title>");
    has("<h1>Sommaire</h1>");
    vg_page_head(fresh(VG_LANG_AR), &title);
    has("<html lang=\"ar\" dir=\"rtl\">");
}

static void a_whole_page_is_well_formed_and_loads_nothing(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    vg_page_head(p, &title);
    vg_page_facts_begin(p);
    vg_page_fact(p, vg_arg_int("n", 12345), "fact.last12");
    vg_page_facts_end(p);
    vg_page_contents_begin(p);
    vg_page_contents_item(p, "a", HOSTILE);
    vg_page_contents_end(p);
    vg_page_main(p);
    vg_page_section_named(p, "a", HOSTILE, HOSTILE);
    vg_page_two_begin(p);
    vg_page_block(p, "report.drivers");
    vg_page_notice(p, "report.read", VG_ARGS(VG_NO_ARG));
    vg_page_block_end(p);
    vg_page_two_end(p);
    vg_page_details(p, "report.more", VG_ARGS(vg_arg_int("n", 2)));
    vg_page_details_end(p);
    vg_page_section_end(p);
    vg_page_foot(p);
    assert_null(unbalanced());
    assert_int_equal(count("src="), 0);
    assert_int_equal(count("url("), 0);
    assert_int_equal(count("http"), 0);
    has("<b>12,345</b>");
    has("15 January 2025");
}

static void whatever_a_name_holds_is_escaped(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    vg_page_text(p, HOSTILE);
    vg_page_contents_item(p, "x", HOSTILE);
    vg_page_section_named(p, "x", HOSTILE, HOSTILE);
    vg_page_table_begin_text(p, HOSTILE);
    vg_page_heading_text(p, HOSTILE, true);
    vg_page_row(p, HOSTILE);
    vg_page_cell_words(p, HOSTILE);
    vg_page_cell_wrap(p, HOSTILE);
    vg_page_cell(p, vg_arg_text("", HOSTILE));
    vg_page_say(p, "report.term", vg_arg_text("source", HOSTILE), vg_arg_text("licence", HOSTILE));
    vg_page_record_text(p, "run.source", HOSTILE);
    vg_out *o = vg_page_begin(p);
    vg_put(o, HOSTILE);
    vg_page_end(p);
    assert_int_equal(count("<b onclick"), 0);
    assert_int_equal(count(ESCAPED), 14);
}

static void a_table_has_a_name_and_headings_with_a_scope(void **state)
{
    (void)state;
    static const char *const columns[] = { "column.name", "column.source", "column.median", NULL };
    vg_page *p = fresh(VG_LANG_EN);
    vg_page_table(p, "report.ranking", columns, 2);
    vg_page_row(p, VG_S("Mali"));
    vg_page_cell_words(p, VG_NOSTR);
    vg_page_cell(p, vg_arg_num("", 1234.5, 1));
    vg_page_row_end(p);
    vg_page_table_end(p);
    has("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    assert_int_equal(count("<th scope=\"col\" class=\"word\">"), 2);
    assert_int_equal(count("<th scope=\"col\">"), 1);
    has("<th scope=\"row\">Mali</th>");
    has("<td>1,234.5</td>");
    assert_null(unbalanced());
}

static void what_is_not_known_is_a_dash_and_no_zero(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    vg_page_cell(p, vg_arg_num("", NAN, 0));
    vg_page_cell_interval(p, NAN, NAN);
    vg_page_cell_words(p, VG_NOSTR);
    vg_page_cell_wrap(p, VG_NOSTR);
    assert_int_equal(count("\xE2\x80\x93</td>"), 4);
    assert_int_equal(count("0"), 0);
    vg_page_cell_interval(p, 12, 3400);
    has("<td>12\xC2\xA0\xE2\x80\x93\xC2\xA0"
        "3,400</td>");
}

static void a_source_shows_its_vintage_and_each_licence_once(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    const vg_page_source s[] = {
        { 1, VG_S("ucdp-ged"), VG_S("24.1"), VG_S("0123456789abcdefff"), VG_S("CC BY 4.0"), VG_S("Cite <me>"),
          109, 528, 10, 2, 1736942400 },
        { 2, VG_S("ucdp-ged"), VG_NOSTR, VG_NOSTR, VG_S("CC BY 4.0"), VG_S("Cite <me>"), 0, 0, 7, 0, 0 },
        { 0, VG_S("file"), VG_NOSTR, VG_NOSTR, VG_NOSTR, VG_NOSTR, 0, 0, 7, 0, 0 },
    };
    vg_page_sources(p, s, 3);
    has("<td class=\"word\">24.1</td><td class=\"word\">Jan 1989\xC2\xA0\xE2\x80\x93\xC2\xA0"
        "Dec 2023</td>");
    has("<code>0123456789ab</code>");
    vg_page_terms(p, s, 3);
    assert_int_equal(count("Cite &lt;me&gt;"), 1);
    assert_null(unbalanced());
}

static void memory_that_ran_out_is_told_at_the_end(void **state)
{
    (void)state;
    vg_page *p = fresh(VG_LANG_EN);
    vg_err e = VG_NO_ERR;
    p->text.failed = true;
    assert_false(vg_page_done(p, &e));
    assert_int_equal(e.code, VG_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_tells_language_direction_and_a_way_past_the_menu),
        cmocka_unit_test(a_whole_page_is_well_formed_and_loads_nothing),
        cmocka_unit_test(whatever_a_name_holds_is_escaped),
        cmocka_unit_test(a_table_has_a_name_and_headings_with_a_scope),
        cmocka_unit_test(what_is_not_known_is_a_dash_and_no_zero),
        cmocka_unit_test(a_source_shows_its_vintage_and_each_licence_once),
        cmocka_unit_test(memory_that_ran_out_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, open_sheet, close_sheet);
}
