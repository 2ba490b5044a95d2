/* Surveys before and after: forms, the exports of ODK and KoBo, pairing, and that missing is never zero. */
#include "consultation/survey.h"

#include "core/out.h"
#include "prop.h"

static const char *const SHEET = "type,name,label::English (en),label::Fran\xC3\xA7"
                                 "ais (fr),scale,reversed\n"
                                 "begin group,part,,,,\n"
                                 "select_one agree,trust,Trust,Confiance,peace,\n"
                                 "select_one agree,fear,Fear,Peur,peace,yes\n"
                                 "select_one agree,hope,Hope,Espoir,peace,\n"
                                 "select_one yn,met,Met,Rencontre,,\n"
                                 "select_multiple needs,needs,Needs,Besoins,,\n"
                                 "end group,,,,,\n"
                                 "integer,age,Age,\xC3\x82ge,,\n"
                                 "select_one place,place,Place,Lieu,,\n"
                                 "hologram,x,X,X,,\n"
                                 "note,n,N,N,,\n";
static const char *const CHOICES = "list_name,name,label::English (en),label::Fran\xC3\xA7"
                                   "ais (fr)\n"
                                   "agree,1,Disagree,Non\nagree,2,Neither,Bof\nagree,3,Agree,Oui\n"
                                   "agree,99,Don't know,NSP\nyn,yes,Yes,Oui\nyn,no,No,Non\n"
                                   "needs,water,Water,Eau\nneeds,school,School,Ecole\n"
                                   "place,a,A,A\nplace,b,B,B\nplace,c,C,C\n";

static char dir[256], path_sheet[300], path_choices[300], path_before[300], path_after[300];
static vg_arena arena;
static vg_survey_form form;

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int begin(void **state)
{
    (void)state;
    temp_dir(dir);
    snprintf(path_sheet, sizeof path_sheet, "%s/survey.csv", dir);
    snprintf(path_choices, sizeof path_choices, "%s/choices.csv", dir);
    snprintf(path_before, sizeof path_before, "%s/before", dir);
    snprintf(path_after, sizeof path_after, "%s/after", dir);
    write_file(path_sheet, SHEET);
    write_file(path_choices, CHOICES);
    vg_err e = VG_NO_ERR;
    return vg_arena_init(&arena, 256 << 20, &e) &&
                   vg_survey_form_read(path_sheet, path_choices, VG_S("fr"), &arena, &form, &e)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    remove(path_sheet);
    remove(path_choices);
    remove(path_before);
    remove(path_after);
    return rmdir(dir);
}

static bool read_text(const char *text, vg_survey_data *d, vg_err *e)
{
    write_file(path_before, text);
    *e = VG_NO_ERR;
    return vg_survey_data_read(path_before, &form, VG_S("id"), &arena, d, e);
}

static double answer(const vg_survey_data *d, int64_t i, const char *question)
{
    int32_t q = vg_survey_find(&form, vg_str_z(question));
    assert_true(q >= 0);
    return d->answer[i][q];
}

static bool compare_texts(const char *before, const char *after, const vg_survey_opts *o, vg_survey *r,
                          vg_err *e)
{
    static vg_survey_data first, second;
    *e = VG_NO_ERR;
    write_file(path_before, before);
    write_file(path_after, after);
    return vg_survey_data_read(path_before, &form, VG_S("id"), &arena, &first, e) &&
           vg_survey_data_read(path_after, &form, VG_S("id"), &arena, &second, e) &&
           vg_survey_compare(&form, &first, &second, o, &arena, r, e);
}

static bool form_from(const char *sheet, const char *choices, vg_err *e)
{
    char a[300], b[300];
    vg_survey_form f;
    snprintf(a, sizeof a, "%s/s.csv", dir);
    snprintf(b, sizeof b, "%s/c.csv", dir);
    write_file(a, sheet);
    write_file(b, choices);
    *e = VG_NO_ERR;
    bool good = vg_survey_form_read(a, b, VG_S("en"), &arena, &f, e);
    remove(a);
    remove(b);
    return good;
}

static void a_form_has_questions_with_kinds_groups_labels_and_scales(void **state)
{
    (void)state;
    assert_int_equal(form.n_questions, 8);
    assert_int_equal(form.n_languages, 2);
    const vg_survey_question *q = form.question;
    CHECK_STR(q[0].path, "part/trust");
    CHECK_STR(q[0].shown, "Confiance");
    assert_int_equal(q[0].kind, VG_ASK_ORDERED);
    assert_true(q[0].low == 1 && q[0].high == 3); /* 99 is no answer */
    assert_true(q[0].choice[3].missing && !q[0].choice[2].missing);
    assert_true(q[1].reversed && !q[0].reversed);
    CHECK_STR(q[1].scale, "peace");
    assert_int_equal(q[3].kind, VG_ASK_YES_NO);
    assert_true(q[3].choice[0].code == 1 && q[3].choice[1].code == 0);
    CHECK_STR(q[4].name, "needs/water");
    assert_int_equal(q[4].multiple, 4);
    assert_int_equal(q[6].kind, VG_ASK_NUMBER);
    assert_int_equal(q[7].kind, VG_ASK_NOMINAL);
    CHECK_STR(vg_survey_choice_label(&form, &q[0].choice[0]), "Non");
}

static void a_question_type_nobody_knows_is_left_out_and_told(void **state)
{
    (void)state;
    assert_int_equal(form.n_unknown, 1);
    assert_int_equal(form.first_unknown.at.line, 11);
    assert_non_null(strstr(form.first_unknown.what, "hologram"));
    assert_int_equal(form.n_skipped, 1); /* the note */
}

static void a_form_that_cannot_be_right_is_refused_with_its_place(void **state)
{
    (void)state;
    vg_err e;
    assert_false(form_from("type,name\nbegin_repeat,kids\n", "list_name,name\na,b\n", &e));
    assert_true(e.code == VG_EPARSE && e.at.line == 2 && strstr(e.what, "repeat"));
    assert_false(form_from("type,name\nselect_one gone,q\n", "list_name,name\na,b\n", &e));
    assert_true(e.code == VG_ENOTFOUND && strstr(e.what, "gone"));
    assert_false(form_from("type,name\ninteger,q\ninteger,q\n", "list_name,name\na,b\n", &e));
    assert_true(e.code == VG_ECONFLICT && e.at.line == 3);
    assert_false(form_from("type,name\ntext,q\n", "list_name,name\na,b\n", &e));
    assert_int_equal(e.code, VG_ENODATA);
    assert_false(form_from("kind,name\ntext,q\n", "list_name,name\na,b\n", &e));
    assert_int_equal(e.code, VG_EPARSE);
    assert_false(form_from("type,name\ninteger,\n", "list_name,name\na,b\n", &e));
    assert_int_equal(e.code, VG_EPARSE);
}

static void headers_are_found_with_groups_by_path_dash_name_and_label(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    static const char *const head[] = { "part/trust", "part-trust", "trust", "Confiance", "Trust" };
    char text[100];
    for (int i = 0; i < 5; i++) {
        snprintf(text, sizeof text, "id,%s\np1,3\n", head[i]);
        CHECK_OK(read_text(text, &d, &e), &e);
        CHECK_NEAR(answer(&d, 0, "trust"), 3, 0);
    }
    assert_true(d.languages == 1); /* the last by its English label */
}

static void missing_is_never_zero(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    CHECK_OK(read_text("id,trust,fear,met,needs,age\np1,,99,,,\np2,n/a,4,maybe,fire,old\n", &d, &e), &e);
    assert_int_equal(d.n, 2);
    for (int i = 0; i < 2; i++)
        for (int32_t q = 0; q < form.n_questions; q++)
            assert_true(isnan(d.answer[i][q]));
    assert_int_equal(d.n_no_answer, 1);
    assert_int_equal(d.n_rejected, 4);
    assert_int_equal(d.first_rejected.at.line, 3);
    assert_int_equal(d.first_rejected.at.col, 3);
    assert_non_null(strstr(d.first_rejected.what, "\"4\""));
}

static void answers_are_taken_by_label_in_any_language_and_mixing_is_seen(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    CHECK_OK(read_text("id,trust,fear\np1,Agree,Bof\np2,3.0,1\n", &d, &e), &e);
    CHECK_NEAR(answer(&d, 0, "trust"), 3, 0);
    CHECK_NEAR(answer(&d, 0, "fear"), 2, 0);
    CHECK_NEAR(answer(&d, 1, "trust"), 3, 0);
    assert_true(d.languages == 3 && d.n_rejected == 0);
}

static void multiple_choices_come_in_one_cell_or_in_columns(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    CHECK_OK(read_text("id,part/needs\np1,water\np2,school water\n", &d, &e), &e);
    assert_true(answer(&d, 0, "needs/water") == 1 && answer(&d, 0, "needs/school") == 0);
    assert_true(answer(&d, 1, "needs/school") == 1);
    CHECK_OK(read_text("id,part/needs/water,part/needs/school\np1,TRUE,0\np2,,1\n", &d, &e), &e);
    assert_true(answer(&d, 0, "needs/water") == 1 && answer(&d, 0, "needs/school") == 0);
    assert_true(isnan(answer(&d, 1, "needs/water")));
}

static void json_of_kobo_and_of_odk_are_the_same_answers(void **state)
{
    (void)state;
    vg_err e;
    static const char *const text[] = {
        "{\"count\":1,\"results\":[{\"meta/id\":\"p1\",\"part/trust\":\"3\",\"part/"
        "needs\":\"water\",\"age\":41,"
        "\"_attachments\":[{\"x\":1}],\"_geolocation\":[null,null],\"part/met\":null}]}",
        "{\"value\":[{\"__id\":\"u\",\"id\":\"p1\",\"part\":{\"trust\":\"3\",\"needs\":[\"water\"]},\"age\":"
        "41,"
        "\"__system\":{\"submissionDate\":\"2026-01-01T00:00:00Z\"}}]}",
        "[{\"id\":\"p1\",\"part\":{\"trust\":3,\"needs\":\"water\"},\"age\":41}]"
    };
    for (int i = 0; i < 3; i++) {
        vg_survey_data d;
        CHECK_OK(read_text(text[i], &d, &e), &e);
        assert_int_equal(d.n, 1);
        CHECK_STR(d.id[0], "p1");
        assert_true(answer(&d, 0, "trust") == 3 && answer(&d, 0, "age") == 41);
        assert_true(answer(&d, 0, "needs/water") == 1 && answer(&d, 0, "needs/school") == 0);
        assert_true(isnan(answer(&d, 0, "met")) && d.n_rejected == 0);
    }
}

static void repeats_are_refused_and_said_so(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    assert_false(read_text("id,trust,kids[1]/age\np1,3,4\n", &d, &e));
    assert_true(e.code == VG_EPARSE && strstr(e.what, "repeat") && e.at.col == 3);
    assert_false(read_text("[{\"id\":\"p1\",\"trust\":\"3\",\"kids\":[{\"age\":4}]}]", &d, &e));
    assert_true(e.code == VG_EPARSE && strstr(e.what, "repeat"));
}

static void the_same_id_twice_keeps_the_later_or_none(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    CHECK_OK(read_text("id,trust,_submission_time\np1,1,2026-01-02T00:00:00\np1,3,2026-01-01T00:00:00\n"
                       "p2,2,2026-01-01T00:00:00\n,3,2026-01-01T00:00:00\n",
                       &d, &e),
             &e);
    assert_true(d.n == 2 && d.n_replaced == 1 && d.n_without_id == 1 && d.n_rows == 4);
    CHECK_NEAR(answer(&d, 0, "trust"), 1, 0);
    CHECK_OK(read_text("id,trust\np1,1\np1,3\np2,2\np1,2\n", &d, &e), &e);
    assert_true(d.n == 1 && d.n_ambiguous == 3 && d.n_replaced == 0);
    CHECK_STR(d.id[0], "p2");
}

static void files_that_are_not_this_survey_are_refused(void **state)
{
    (void)state;
    vg_err e;
    vg_survey_data d;
    vg_survey r;
    assert_false(read_text("id,other\np1,3\n", &d, &e));
    assert_int_equal(e.code, VG_ENODATA);
    assert_false(read_text("code,trust\np1,3\n", &d, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
    assert_false(read_text("id,trust,part/trust\np1,3,3\n", &d, &e));
    assert_int_equal(e.code, VG_ECONFLICT);
    assert_false(read_text("{\"a\":1}", &d, &e));
    assert_int_equal(e.code, VG_EPARSE);
    assert_false(compare_texts("id,trust\np1,3\n", "id,trust\np1,3\n", &(vg_survey_opts){ 0 }, &r, &e));
    assert_true(e.code == VG_ECONFLICT && strstr(e.what, "same file"));
    assert_false(compare_texts("id,trust\np1,3\n", "id,trust\np2,3\n", &(vg_survey_opts){ 0 }, &r, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
}

static void people_are_paired_and_each_question_counts_who_answered_twice(void **state)
{
    (void)state;
    vg_err e;
    vg_survey r;
    vg_survey_opts o = { .items = VG_S("trust,met,age,place") };
    CHECK_OK(
        compare_texts(
            "id,trust,met,age,place\na,1,no,20,a\nb,1,no,30,b\nc,2,yes,40,c\nd,3,no,50,a\ne,1,no,1,a\n",
            "id,place,age,met,trust\nc,a,41,yes,3\nb,a,31,yes,\na,a,21,yes,3\nd,a,53,no,99\nf,a,1,no,1\n", &o,
            &r, &e),
        &e);
    assert_true(r.n_pairs == 4 && r.n_only_before == 1 && r.n_only_after == 1 && r.n_items == 4);
    const vg_survey_item *q = r.item;
    assert_true(q[0].test == VG_TEST_WILCOXON && q[0].n == 2 && q[0].before == 1.5 && q[0].after == 3);
    assert_true(q[0].count_before[0] == 1 && q[0].count_before[1] == 1 && q[0].count_after[2] == 2);
    assert_true(q[1].test == VG_TEST_MCNEMAR && q[1].n == 4 && q[1].before == 0.25 && q[1].after == 0.75);
    assert_true(q[1].p == 0.5 && isinf(q[1].effect)); /* two of two rose */
    assert_true(q[2].test == VG_TEST_PAIRED_T && q[2].change == 1.5);
    assert_true(q[3].test == VG_TEST_WILCOXON); /* named, so its order counts */
    assert_true(r.n_tests == 4 && q[1].p_holm >= q[1].p);
}

static void one_person_or_no_change_gives_no_p(void **state)
{
    (void)state;
    vg_err e;
    vg_survey r;
    CHECK_OK(compare_texts("id,trust,met,age\na,1,no,20\n", "id,trust,met,age\na,3,yes,\n",
                           &(vg_survey_opts){ .items = VG_S("trust,met,age") }, &r, &e),
             &e);
    assert_true(r.n_pairs == 1 && r.item[0].change == 2 && isnan(r.item[0].change_bounds.low));
    assert_true(r.item[2].n == 0 && isnan(r.item[2].change) && isnan(r.item[2].p));
    CHECK_OK(compare_texts("id,trust,met\na,1,no\nb,1,no\n", "id,met,trust\na,no,1\nb,no,1\n",
                           &(vg_survey_opts){ .items = VG_S("trust,met") }, &r, &e),
             &e);
    assert_true(r.item[0].n == 2 && r.item[0].change == 0 && isnan(r.item[0].p) && isnan(r.item[0].p_holm));
    assert_true(isnan(r.item[1].p) && r.n_tests == 0);
}

static void scales_turn_reversed_items_and_have_alpha(void **state)
{
    (void)state;
    vg_err e;
    vg_survey r;
    const char *before = "id,trust,fear,hope\na,1,3,1\nb,2,2,2\nc,3,1,3\nd,2,1,3\ne,1,2,1\n";
    const char *after = "id,trust,fear,hope\na,2,2,2\nb,3,1,3\nc,3,1,3\nd,3,1,2\ne,2,2,\n";
    CHECK_OK(compare_texts(before, after, &(vg_survey_opts){ 0 }, &r, &e), &e);
    assert_int_equal(r.n_scales, 1);
    const vg_survey_scale *s = &r.scale[0];
    assert_true(s->n_items == 3 && s->reversed[1] && !s->reversed[0]);
    assert_true(s->n == 4 && s->first.n == 5 && s->second.n == 4);
    CHECK_NEAR(s->before, (1 + 2 + 3 + 8.0 / 3) / 4, 1e-12);
    assert_true(s->first.alpha > 0.8);
    CHECK_OK(compare_texts(before, after,
                           &(vg_survey_opts){ .scales = VG_S("x=trust,-fear; y = hope,trust") }, &r, &e),
             &e);
    assert_true(r.n_scales == 2 && r.scale[0].reversed[1]);
    assert_false(compare_texts(before, after, &(vg_survey_opts){ .scales = VG_S("x=trust,-age") }, &r, &e));
    assert_int_equal(e.code, VG_EARG);
    assert_false(compare_texts(before, after, &(vg_survey_opts){ .scales = VG_S("x=") }, &r, &e));
    assert_int_equal(e.code, VG_EARG);
    assert_false(compare_texts(before, after, &(vg_survey_opts){ .items = VG_S("nobody") }, &r, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
}

/* Rows shuffled, columns turned round, groups left out: the same figures. */
static const char *order_of_rows_does_not_matter(vg_rng *r)
{
    enum { N = 30 };
    char before[4000], after[4000], shuffled[4000];
    int order[N], n = 0, m = 0, k = 0;
    vg_err e;
    vg_survey a, b;
    n += snprintf(before, sizeof before, "id,trust,met,age\n");
    m += snprintf(after, sizeof after, "id,trust,met,age\n");
    k += snprintf(shuffled, sizeof shuffled, "age,part/met,id,part-trust\n");
    int value[N][6];
    for (int i = 0; i < N; i++) {
        order[i] = i;
        for (int j = 0; j < 6; j++)
            value[i][j] = (int)vg_rng_below(r, j % 3 == 2 ? 90 : j % 3 ? 2 : 3);
        n += snprintf(before + n, sizeof before - (size_t)n, "p%d,%d,%s,%d\n", i, value[i][0] + 1,
                      value[i][1] ? "yes" : "no", value[i][2]);
        m += snprintf(after + m, sizeof after - (size_t)m, "p%d,%d,%s,%d\n", i, value[i][3] + 1,
                      value[i][4] ? "yes" : "no", value[i][5]);
    }
    for (int i = N - 1; i > 0; i--) {
        int j = (int)vg_rng_below(r, (uint32_t)i + 1), keep = order[i];
        order[i] = order[j];
        order[j] = keep;
    }
    for (int i = 0; i < N; i++) {
        const int *v = value[order[i]];
        k += snprintf(shuffled + k, sizeof shuffled - (size_t)k, "%d,%s,p%d,%d\n", v[5], v[4] ? "Oui" : "no",
                      order[i], v[3] + 1);
    }
    vg_survey_opts o = { .items = VG_S("trust,met,age") };
    if (!compare_texts(before, after, &o, &a, &e))
        return "the first does not read";
    vg_survey kept = a;
    if (!compare_texts(before, shuffled, &o, &b, &e))
        return "the shuffled does not read";
    for (int i = 0; i < 3; i++) {
        const vg_survey_item *x = &kept.item[i], *y = &b.item[i];
        if (x->n != y->n || fabs(x->change - y->change) > 1e-12 || isnan(x->p) != isnan(y->p) ||
            (!isnan(x->p) && fabs(x->p - y->p) > 1e-12))
            return "a figure changed";
    }
    return NULL;
}

static void the_order_of_rows_and_columns_does_not_matter(void **state)
{
    (void)state;
    check_property("order", order_of_rows_does_not_matter, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_has_questions_with_kinds_groups_labels_and_scales),
        cmocka_unit_test(a_question_type_nobody_knows_is_left_out_and_told),
        cmocka_unit_test(a_form_that_cannot_be_right_is_refused_with_its_place),
        cmocka_unit_test(headers_are_found_with_groups_by_path_dash_name_and_label),
        cmocka_unit_test(missing_is_never_zero),
        cmocka_unit_test(answers_are_taken_by_label_in_any_language_and_mixing_is_seen),
        cmocka_unit_test(multiple_choices_come_in_one_cell_or_in_columns),
        cmocka_unit_test(json_of_kobo_and_of_odk_are_the_same_answers),
        cmocka_unit_test(repeats_are_refused_and_said_so),
        cmocka_unit_test(the_same_id_twice_keeps_the_later_or_none),
        cmocka_unit_test(files_that_are_not_this_survey_are_refused),
        cmocka_unit_test(people_are_paired_and_each_question_counts_who_answered_twice),
        cmocka_unit_test(one_person_or_no_change_gives_no_p),
        cmocka_unit_test(scales_turn_reversed_items_and_have_alpha),
        cmocka_unit_test(the_order_of_rows_and_columns_does_not_matter),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
