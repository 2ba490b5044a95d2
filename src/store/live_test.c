/* Live consultations in the store: what is told as done is there, once, and only its giver takes it back. */
#include "store/live.h"

#include <pthread.h>

#include "store/test_int.h"

typedef struct {
    fixture f;
    int64_t live, code;
} hall;

static void make_hall(hall *h, int64_t most)
{
    vg_live about = {
        .name = VG_S("water"), .topic = VG_S("Water"), .languages = VG_S("en,fr"), .key = VG_S("k")
    };
    vg_live_code code = { .hash = VG_S("h"), .most = most, .per_minute = 60 };
    vg_live_word word[] = { { VG_S("age"), VG_S("young"), VG_S("en"), VG_S("Under 30"), 0.5 } };
    vg_live_entry seed[] = {
        { .kind = VG_LIVE_STATE, .language = VG_S("en"), .text = VG_S("One"), .is_seed = true },
        { .kind = VG_LIVE_STATE, .language = VG_S("en"), .text = VG_S("Two"), .is_seed = true },
        { .kind = VG_LIVE_STATE, .language = VG_S("en"), .text = VG_S("Three"), .is_seed = true },
        { .kind = VG_LIVE_WORDING, .statement = 1, .language = VG_S("fr"), .text = VG_S("Un") },
    };
    fixture_open(&h->f);
    vg_err *e = &h->f.e;
    CHECK_OK(vg_live_make(h->f.st, &about, word, 1, &code, 1, &h->live, e), e);
    for (size_t i = 0; i < 4; i++)
        seed[i].live = h->live;
    CHECK_OK(vg_live_write_now(h->f.st, seed, 4, e), e);
    h->code = 1;
}

static vg_live_entry add(hall *h, vg_live_entry x)
{
    x.live = h->live;
    CHECK_OK(vg_live_write_now(h->f.st, &x, 1, &h->f.e), &h->f.e);
    return x;
}

static vg_live_entry come(hall *h, const char *pseudonym, int64_t most)
{
    return add(h,
               (vg_live_entry){
                   .kind = VG_LIVE_JOIN, .code = h->code, .most = most, .pseudonym = vg_str_z(pseudonym) });
}

static vg_live_entry vote(hall *h, int64_t person, int64_t statement, int8_t value, int64_t client)
{
    return add(h, (vg_live_entry){ .kind = VG_LIVE_VOTE,
                                   .person = person,
                                   .statement = statement,
                                   .value = value,
                                   .client = client,
                                   .time_ms = client * 1000 });
}

static vg_live_entry act(hall *h, const char *what, int64_t target, int64_t other)
{
    return add(h, (vg_live_entry){ .kind = VG_LIVE_ACT,
                                   .act = vg_str_z(what),
                                   .statement = target,
                                   .other = other,
                                   .actor = VG_S("mod"),
                                   .reason = VG_S("why") });
}

static vg_live_record record(hall *h)
{
    vg_live_record r;
    CHECK_OK(vg_live_read(h->f.st, VG_S("water"), &h->f.a, &r, &h->f.e), &h->f.e);
    return r;
}

/* Votes as any reader of conversations gets them. */
typedef struct {
    int n, n_people, sum_of[10];
    int n_statements;
} seen;

static bool see_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    seen *s = ctx;
    (void)at, (void)e;
    s->n++;
    s->sum_of[v->statement.s[0] - '0'] += v->value;
    return true;
}

static bool see_person(void *ctx, const vg_participant *p, vg_at at, vg_err *e)
{
    (void)p, (void)at, (void)e;
    ((seen *)ctx)->n_people++;
    return true;
}

static bool see_statement(void *ctx, const vg_statement *x, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    ((seen *)ctx)->n_statements += !x->is_translation;
    return true;
}

static seen look(hall *h)
{
    seen s = { 0 };
    vg_conversation *list;
    int64_t n;
    vg_vote_sink sink = { &s, see_vote, see_statement, see_person, NULL };
    CHECK_OK(vg_store_conversations(h->f.st, 0, &h->f.a, &list, &n, &h->f.e), &h->f.e);
    assert_int_equal(n, 1);
    assert_true(vg_eq(list[0].format, VG_S("live")));
    CHECK_OK(vg_store_votes(h->f.st, &list[0], &sink, &h->f.e), &h->f.e);
    return s;
}

static void a_live_conversation_is_one_like_any_other(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    int64_t p = come(&h, "aa", 10).person;
    vote(&h, p, 1, 1, 7);
    vote(&h, p, 2, -1, 8);
    seen s = look(&h);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.n_people, 1);
    assert_int_equal(s.n_statements, 3);
    assert_int_equal(record(&h).statement[0].n_texts, 2);
    fixture_close(&h.f);
}

static void a_vote_sent_again_counts_once(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    int64_t p = come(&h, "aa", 10).person;
    assert_int_equal(vote(&h, p, 1, 1, 7).outcome, VG_LIVE_DONE);
    assert_int_equal(vote(&h, p, 1, -1, 8).outcome, VG_LIVE_DONE);
    assert_int_equal(vote(&h, p, 1, 1, 7).outcome, VG_LIVE_SAME);
    assert_int_equal(look(&h).n, 2);
    fixture_close(&h.f);
}

static void a_code_lets_in_as_many_as_it_may(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 1);
    assert_int_equal(come(&h, "aa", 1).outcome, VG_LIVE_DONE);
    assert_int_equal(come(&h, "aa", 1).outcome, VG_LIVE_SAME);
    assert_int_equal(come(&h, "bb", 1).outcome, VG_LIVE_FULL);
    assert_int_equal(look(&h).n_people, 1);
    fixture_close(&h.f);
}

static void votes_of_a_merged_statement_are_votes_on_what_it_became(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    vote(&h, come(&h, "aa", 10).person, 1, 1, 7);
    vote(&h, come(&h, "bb", 10).person, 2, 1, 7);
    act(&h, "merge", 3, 2);
    int64_t merged = act(&h, "merge", 2, 1).statement;
    assert_int_equal(look(&h).sum_of[1], 2);
    assert_int_equal(look(&h).n_statements, 1);
    assert_int_equal(record(&h).statement[2].merged_into, 1);
    act(&h, "undo", merged, 0);
    assert_int_equal(look(&h).sum_of[1], 1);
    assert_int_equal(look(&h).sum_of[2], 1);
    fixture_close(&h.f);
}

static void who_is_muted_counts_nowhere_until_it_is_undone(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    int64_t p = come(&h, "aa", 10).person;
    vote(&h, p, 1, 1, 7);
    int64_t mute = act(&h, "mute", p, 0).statement;
    assert_int_equal(vote(&h, p, 2, 1, 8).outcome, VG_LIVE_DONE);
    assert_int_equal(look(&h).n + look(&h).n_people, 0);
    act(&h, "undo", mute, 0);
    assert_int_equal(look(&h).n, 2);
    act(&h, "mute-code", h.code, 0);
    assert_int_equal(look(&h).n, 0);
    fixture_close(&h.f);
}

static void who_leaves_takes_everything_along_and_the_log_names_nobody(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    int64_t p = come(&h, "aa", 10).person, q = come(&h, "bb", 10).person;
    vote(&h, p, 1, 1, 7);
    vote(&h, q, 1, -1, 7);
    add(&h,
        (vg_live_entry){ .kind = VG_LIVE_TELL, .person = p, .text = VG_S("age"), .reason = VG_S("young") });
    int64_t number = add(&h, (vg_live_entry){ .kind = VG_LIVE_STATE,
                                              .person = p,
                                              .language = VG_S("en"),
                                              .text = VG_S("Four"),
                                              .client = 1 })
                         .statement;
    add(&h, (vg_live_entry){ .kind = VG_LIVE_LEAVE, .person = p });
    vg_live_record r = record(&h);
    assert_int_equal(look(&h).n, 1);
    assert_int_equal(r.statement[number - 1].author, 0);
    assert_true(vg_eq(r.act[r.n_acts - 1].act, VG_S("left")));
    assert_int_equal(r.act[r.n_acts - 1].target, 0);
    assert_int_equal(raw_sql(h.f.path, "SELECT (SELECT count(*) FROM live_answer) + (SELECT count(*) FROM"
                                       " live_author) + (SELECT count(*) FROM live_leaving)"),
                     0);
    assert_int_equal(vote(&h, p, 1, 1, 9).outcome, VG_LIVE_SAME); /* gone: nothing is written */
    vg_live_entry late = add(
        &h,
        (vg_live_entry){
            .kind = VG_LIVE_STATE, .person = p, .language = VG_S("en"), .text = VG_S("Five"), .client = 2 });
    assert_int_equal(late.outcome, VG_LIVE_SAME);
    assert_int_equal(late.statement, 0);
    assert_int_equal(raw_sql(h.f.path, "SELECT count(*) FROM live_author"), 0);
    assert_int_equal(record(&h).n_statements, r.n_statements);
    assert_int_equal(look(&h).n, 1);
    fixture_close(&h.f);
}

static void nobody_else_takes_votes_out_of_the_file(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 10);
    vote(&h, come(&h, "aa", 10).person, 1, 1, 7);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(h.f.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM live_vote", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(db, "UPDATE live_vote SET value = -1", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM live_act", NULL, NULL, NULL), SQLITE_OK); /* none there */
    sqlite3_close(db);
    assert_int_equal(look(&h).n, 1);
    fixture_close(&h.f);
}

static void a_name_stands_for_one_conversation(void **state)
{
    (void)state;
    hall h;
    int64_t id;
    make_hall(&h, 10);
    vg_live again = { .name = VG_S("water"), .topic = VG_S("x") }, odd = { .name = VG_S("../x") };
    assert_false(vg_live_make(h.f.st, &again, NULL, 0, NULL, 0, &id, &h.f.e));
    assert_int_equal(h.f.e.code, VG_ECONFLICT);
    h.f.e = VG_NO_ERR;
    assert_false(vg_live_make(h.f.st, &odd, NULL, 0, NULL, 0, &id, &h.f.e));
    assert_int_equal(h.f.e.code, VG_EARG);
    fixture_close(&h.f);
}

/* --- the writer of all --- */

enum { THREADS = 8, EACH = 40 };

typedef struct {
    vg_live_writer *w;
    int64_t live, person;
    bool good;
} voter;

static void *vote_on(void *arg)
{
    voter *v = arg;
    v->good = true;
    for (int64_t i = 1; i <= EACH; i++) {
        vg_err e = VG_NO_ERR;
        vg_live_entry x = { .kind = VG_LIVE_VOTE,
                            .live = v->live,
                            .person = v->person,
                            .statement = 1 + i % 3,
                            .value = 1,
                            .client = i,
                            .time_ms = i };
        v->good = v->good && vg_live_write(v->w, &x, 1, &e) && x.outcome == VG_LIVE_DONE;
    }
    return NULL;
}

static void many_threads_lose_nothing(void **state)
{
    (void)state;
    hall h;
    pthread_t thread[THREADS];
    voter v[THREADS];
    vg_live_writer *w;
    make_hall(&h, 10);
    CHECK_OK(vg_live_writer_start(h.f.path, &w, &h.f.e), &h.f.e);
    for (int i = 0; i < THREADS; i++) {
        char name[8];
        snprintf(name, sizeof name, "p%d", i);
        v[i] = (voter){ .w = w, .live = h.live, .person = come(&h, name, 10).person };
        assert_int_equal(pthread_create(&thread[i], NULL, vote_on, &v[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_true(v[i].good);
    }
    vg_live_writer_stop(w);
    assert_int_equal(look(&h).n, THREADS * EACH);
    fixture_close(&h.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_live_conversation_is_one_like_any_other),
        cmocka_unit_test(a_vote_sent_again_counts_once),
        cmocka_unit_test(a_code_lets_in_as_many_as_it_may),
        cmocka_unit_test(votes_of_a_merged_statement_are_votes_on_what_it_became),
        cmocka_unit_test(who_is_muted_counts_nowhere_until_it_is_undone),
        cmocka_unit_test(who_leaves_takes_everything_along_and_the_log_names_nobody),
        cmocka_unit_test(nobody_else_takes_votes_out_of_the_file),
        cmocka_unit_test(a_name_stands_for_one_conversation),
        cmocka_unit_test(many_threads_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
