/* One list of columns, three ways to write. */
#include "test.h"

#include "cli/table.h"

static const vg_column columns[] = {
    { "name", VG_CELL_TEXT, 0 },   { "median", VG_CELL_NUM, 0 }, { "interval90", VG_CELL_INTERVAL, 0 },
    { "month", VG_CELL_MONTH, 0 }, { "p25", VG_CELL_CHANCE, 0 },
};

static void fill(vg_table *t)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_table_init(t, columns, 5, &e), &e);
    vg_cell_text(t, VG_S("C\u00F4te, \"d\""));
    vg_cell_num(t, 1234.5);
    vg_cell_interval(t, 3, 17);
    vg_cell_int(t, 538);
    vg_cell_num(t, 0.25);
    vg_cell_text(t, VG_S("Mali"));
    vg_cell_num(t, (double)NAN);
    vg_cell_interval(t, (double)NAN, (double)NAN);
    vg_cell_int(t, INT64_MIN);
    vg_cell_num(t, 0);
}

static void check(vg_form form, vg_lang lang, const char *want)
{
    vg_table t;
    vg_out o;
    vg_err e = VG_NO_ERR;
    fill(&t);
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_table_put(&t, lang, form, 0, &o, &e), &e);
    CHECK_STR(vg_out_text(&o), want);
    vg_out_drop(&o);
    vg_table_free(&t);
}

static void csv_quotes_and_leaves_the_unknown_empty(void **state)
{
    (void)state;
    check(VG_FORM_CSV, VG_LANG_FR,
          "name,median,interval90_low,interval90_high,month,p25\n"
          "\"C\u00F4te, \"\"d\"\"\",1234.5,3,17,2024-10,0.25\nMali,,,,,0\n");
}

static void json_says_null_for_the_unknown(void **state)
{
    (void)state;
    check(VG_FORM_JSON, VG_LANG_EN,
          "[{\"name\":\"C\u00F4te, "
          "\\\"d\\\"\",\"median\":1234.5,\"interval90\":[3,17],\"month\":\"2024-10\",\"p25\":0.25},"
          "{\"name\":\"Mali\",\"median\":null,\"interval90\":null,\"month\":null,\"p25\":0}]\n");
}

static void people_get_aligned_columns_and_a_dash(void **state)
{
    (void)state;
    check(VG_FORM_TABLE, VG_LANG_EN,
          "Country    Median  90% interval     Month  \u2265\u00A025\n"
          "C\u00F4te, \"d\"   1,234        3 \u2013 17  Oct 2024   25%\n"
          "Mali            \u2013             \u2013         \u2013   <1%\n");
}

static void an_unended_table_writes_its_head_only(void **state)
{
    (void)state;
    vg_table t;
    vg_out o;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_table_init(&t, columns, 1, &e), &e);
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_table_put(&t, VG_LANG_EN, VG_FORM_CSV, 0, &o, &e), &e);
    CHECK_STR(vg_out_text(&o), "name\n");
    vg_out_drop(&o);
    vg_table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes_and_leaves_the_unknown_empty),
        cmocka_unit_test(json_says_null_for_the_unknown),
        cmocka_unit_test(people_get_aligned_columns_and_a_dash),
        cmocka_unit_test(an_unended_table_writes_its_head_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
