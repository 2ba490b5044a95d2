/* Conversations in the store: what goes in comes out, once, and all of it or nothing. */
#include "test.h"

#include "store/store.h"

static vg_store *st;

static int open_store(void **state)
{
    (void)state;
    return vg_store_open(":memory:", VG_STORE_WRITE, &st, NULL) ? 0 : -1;
}

static int close_store(void **state)
{
    (void)state;
    vg_store_close(st);
    return 0;
}

static void feed(vg_vote_sink *sink, vg_err *e)
{
    vg_statement s = { .id = VG_S("007"),
                       .author = VG_S("a"),
                       .language = VG_S("en"),
                       .text = VG_S("Trees"),
                       .moderation = -1,
                       .is_meta = true,
                       .created_ms = VG_UNKNOWN };
    vg_participant p = { .id = VG_S("12"), .group = 3, .has_group = true };
    vg_vote v[] = { { VG_S("12"), VG_S("007"), 1700000000000, 1 },
                    { VG_S("anna"), VG_S("7"), VG_UNKNOWN, -1 },
                    { VG_S("12"), VG_S("007"), 1700000000001, 0 } };
    vg_reject r = { .raw = VG_S("1,2,9") };
    vg_fail(&r.why, VG_ERANGE, (vg_at){ .line = 4 }, "not a vote: \"9\"");
    CHECK_OK(sink->statement(sink->ctx, &s, VG_NOWHERE, e), e);
    CHECK_OK(sink->participant(sink->ctx, &p, VG_NOWHERE, e), e);
    for (int i = 0; i < 3; i++)
        CHECK_OK(sink->vote(sink->ctx, &v[i], VG_NOWHERE, e), e);
    CHECK_OK(sink->reject(sink->ctx, &r, e), e);
}

static vg_conversation import(const char *sha, bool *known)
{
    vg_err e = VG_NO_ERR;
    vg_vote_import *im;
    vg_conversation out, what = { .name = VG_S("trees"),
                                  .format = VG_S("polis-export"),
                                  .sign = -1,
                                  .sign_why = VG_S("totals"),
                                  .numbered = true };
    vg_vintage about = { .source = VG_S("polis"), .sha256 = vg_str_z(sha), .scope = VG_S("world") };
    CHECK_OK(vg_vote_import_begin(st, &im, &e), &e);
    feed(vg_vote_import_sink(im), &e);
    CHECK_OK(vg_vote_import_end(im, &about, &what, &out, known, &e), &e);
    return out;
}

typedef struct {
    int n_votes, n_statements, n_participants;
    char first[3][2][16];
    vg_vote vote[3];
    int moderation, group;
} seen;

static bool see_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    seen *s = ctx;
    (void)at, (void)e;
    snprintf(s->first[s->n_votes][0], 16, "%.*s", VG_P(v->participant));
    snprintf(s->first[s->n_votes][1], 16, "%.*s", VG_P(v->statement));
    s->vote[s->n_votes++] = *v;
    return true;
}

static bool see_statement(void *ctx, const vg_statement *t, vg_at at, vg_err *e)
{
    seen *s = ctx;
    (void)at, (void)e;
    s->n_statements++;
    s->moderation = t->moderation;
    CHECK_STR(t->id, "007");
    CHECK_STR(t->text, "Trees");
    assert_true(t->created_ms == VG_UNKNOWN && t->is_meta && !t->is_seed);
    return true;
}

static bool see_participant(void *ctx, const vg_participant *p, vg_at at, vg_err *e)
{
    seen *s = ctx;
    (void)at, (void)e;
    s->n_participants++;
    s->group = p->group;
    return true;
}

static void what_goes_in_comes_out_in_its_order(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    bool known;
    seen s = { 0 };
    vg_vote_sink sink = { &s, see_vote, see_statement, see_participant, NULL };
    vg_conversation c = import("aa", &known);
    assert_false(known);
    assert_int_equal(c.n_votes, 3);
    CHECK_OK(vg_store_votes(st, &c, &sink, &e), &e);
    assert_int_equal(s.n_votes, 3);
    assert_int_equal(s.n_statements, 1);
    assert_int_equal(s.moderation, -1);
    assert_int_equal(s.group, 3);
    assert_string_equal(s.first[0][0], "12");
    assert_string_equal(s.first[0][1], "007"); /* not the number 7 */
    assert_string_equal(s.first[1][0], "anna");
    assert_string_equal(s.first[1][1], "7");
    assert_true(s.vote[1].time_ms == VG_UNKNOWN);
    assert_int_equal(s.vote[2].value, 0);
}

static void the_same_bytes_are_kept_once(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    bool known;
    vg_arena a;
    vg_conversation *list;
    int64_t n;
    vg_conversation first = import("aa", &known), again = import("aa", &known);
    assert_true(known);
    assert_int_equal(again.vintage, first.vintage);
    import("bb", &known);
    assert_false(known);
    assert_true(vg_arena_init(&a, 1 << 20, &e));
    CHECK_OK(vg_store_conversations(st, 0, &a, &list, &n, &e), &e);
    assert_int_equal(n, 2);
    CHECK_STR(list[1].name, "trees");
    assert_int_equal(list[1].sign, -1);
    assert_int_equal(list[1].n_votes, 3);
    assert_true(list[1].numbered);
    vg_arena_free(&a);
}

static void a_dropped_import_leaves_nothing(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_vote_import *im;
    vg_arena a;
    vg_conversation *list;
    int64_t n;
    CHECK_OK(vg_vote_import_begin(st, &im, &e), &e);
    feed(vg_vote_import_sink(im), &e);
    vg_vote_import_drop(im);
    assert_true(vg_arena_init(&a, 1 << 20, &e));
    CHECK_OK(vg_store_conversations(st, 0, &a, &list, &n, &e), &e);
    assert_int_equal(n, 0);
    vg_arena_free(&a);
}

static void no_good_vote_is_no_import(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_vote_import *im;
    vg_conversation out, what = { .name = VG_S("x") };
    bool known;
    CHECK_OK(vg_vote_import_begin(st, &im, &e), &e);
    assert_false(vg_vote_import_end(im, &(vg_vintage){ .source = VG_S("polis") }, &what, &out, &known, &e));
    assert_int_equal(e.code, VG_ENODATA);
}

static void rejects_and_audit_tell_of_it(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    bool known;
    int64_t n;
    vg_out o;
    vg_audit_report report;
    vg_conversation c = import("cc", &known);
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_store_rejects(st, c.vintage, &o, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_true(vg_find(vg_out_text(&o), VG_S("not a vote")) > 0);
    vg_out_drop(&o);
    CHECK_OK(vg_audit_verify(st, &report, &e), &e);
    assert_int_equal(report.broken_at, 0);
    assert_int_equal(report.n, 2);
}

static void votes_are_no_panel(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    bool known;
    vg_arena a;
    vg_panel p;
    import("dd", &known);
    assert_true(vg_arena_init(&a, 1 << 24, &e));
    assert_false(vg_store_panel(st, &(vg_panel_query){ .kind = VG_UNIT_COUNTRY }, &a, &p, &e));
    assert_int_equal(e.code, VG_ENODATA);
    vg_arena_free(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
    const struct CMUnitTest tests[] = {
        TEST(what_goes_in_comes_out_in_its_order), TEST(the_same_bytes_are_kept_once),
        TEST(a_dropped_import_leaves_nothing),     TEST(no_good_vote_is_no_import),
        TEST(rejects_and_audit_tell_of_it),        TEST(votes_are_no_panel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
