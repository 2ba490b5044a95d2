/* Readers of votes, on files of a few lines made up here. */
#include "test.h"

#include "source/vote.h"

enum { MOST = 64 };

typedef struct {
    vg_vote vote[MOST];
    char who[MOST][16], what[MOST][16];
    vg_statement statement[MOST];
    int n_votes, n_statements, n_translations, n_participants, n_rejects;
    int32_t group[MOST];
    vg_err first_reject;
} collected;

static bool take_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at, (void)e;
    assert_true(c->n_votes < MOST);
    snprintf(c->who[c->n_votes], 16, "%.*s", VG_P(v->participant));
    snprintf(c->what[c->n_votes], 16, "%.*s", VG_P(v->statement));
    c->vote[c->n_votes++] = *v;
    return true;
}

static bool take_statement(void *ctx, const vg_statement *s, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at, (void)e;
    c->n_translations += s->is_translation;
    if (!s->is_translation)
        c->statement[c->n_statements++] = *s;
    return true;
}

static bool take_participant(void *ctx, const vg_participant *p, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at, (void)e;
    c->group[c->n_participants++] = p->group;
    return true;
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    collected *c = ctx;
    (void)e;
    if (!c->n_rejects++)
        c->first_reject = r->why;
    return true;
}

typedef struct {
    vg_arena arena;
    collected got;
    vg_vote_found found;
    vg_err e;
    bool good;
} reading;

static vg_vote_sink sink_of(collected *c)
{
    return (vg_vote_sink){ c, take_vote, take_statement, take_participant, take_reject };
}

static reading *read_text(const char *text, vg_vote_opts opts)
{
    static reading r;
    vg_arena_free(&r.arena);
    r = (reading){ .e = VG_NO_ERR };
    assert_true(vg_arena_init(&r.arena, 1 << 24, NULL));
    vg_input *in;
    CHECK_OK(vg_input_memory(vg_str_z(text), VG_S("votes.csv"), &in, &r.e), &r.e);
    vg_vote_sink sink = sink_of(&r.got);
    r.good = vg_vote_read_input(in, &opts, &sink, &r.arena, &r.found, &r.e);
    vg_input_close(in);
    return &r;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void remove_all(const char *dir)
{
    static const char *const names[] = { "comments.csv", "votes.csv", "participants-votes.csv",
                                         "summary.csv" };
    char path[400];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

static reading *read_folder(const char *dir)
{
    static reading r;
    vg_arena_free(&r.arena);
    r = (reading){ .e = VG_NO_ERR };
    assert_true(vg_arena_init(&r.arena, 1 << 24, NULL));
    vg_vote_sink sink = sink_of(&r.got);
    r.good = vg_vote_read(dir, &(vg_vote_opts){ .fingerprint = true }, &sink, &r.arena, &r.found, &r.e);
    return &r;
}

static const char COMMENTS[] =
    "timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,comment-body\n"
    "1700000000000,7,0,2,0,1,false,true,\"Trees, more of them\"\n"
    "1700000000001,8,1,0,2,-1,true,false,Line one\n";

static void polis_votes_have_the_sign_of_an_export(void **state)
{
    (void)state;
    reading *r = read_text("timestamp,datetime,comment-id,voter-id,vote\n1700000000000,x,7,3,1\n"
                           "1700000001000,x,7,4,-1\n1700000002000,x,8,4,0\n",
                           (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    CHECK_STR(r->found.format, "polis-votes");
    assert_int_equal(r->found.sign, VG_SIGN_EXPORT);
    assert_false(r->found.sign_assumed);
    assert_int_equal(r->got.n_votes, 3);
    assert_string_equal(r->got.who[0], "3");
    assert_string_equal(r->got.what[0], "7");
    assert_int_equal(r->got.vote[0].value, 1);
    assert_int_equal(r->got.vote[0].time_ms, 1700000000000);
    assert_int_equal(r->got.vote[1].value, -1);
}

static void totals_of_comments_tell_a_stored_sign(void **state)
{
    (void)state;
    char dir[256];
    temp_dir(dir);
    write_file(dir, "comments.csv", COMMENTS);
    write_file(dir, "votes.csv",
               "timestamp,comment-id,voter-id,vote\n1,7,0,-1\n2,7,1,-1\n3,8,0,1\n4,8,1,1\n"); /* agree = -1 */
    reading *r = read_folder(dir);
    remove_all(dir);
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->found.sign, VG_SIGN_STORED);
    CHECK_STR(r->found.sign_why, "the totals of agrees and disagrees in comments.csv");
    assert_int_equal(r->got.vote[0].value, 1);
    assert_int_equal(r->got.vote[3].value, -1);
    assert_int_equal(r->found.about.sha256.n, 64);
}

static void comments_give_texts_moderation_and_meta(void **state)
{
    (void)state;
    char dir[256];
    temp_dir(dir);
    write_file(dir, "comments.csv", COMMENTS);
    write_file(dir, "summary.csv", "topic,Trees\nurl,x\nconversation-description,\"Two\nlines\"\n");
    write_file(dir, "votes.csv", "timestamp,comment-id,voter-id,vote\n1,7,0,1\n");
    reading *r = read_folder(dir);
    remove_all(dir);
    CHECK_OK(r->good, &r->e);
    CHECK_STR(r->found.format, "polis-export");
    CHECK_STR(r->found.topic, "Trees");
    CHECK_STR(r->found.description, "Two\nlines");
    assert_int_equal(r->got.n_statements, 2);
    assert_true(r->got.statement[0].is_seed);
    assert_int_equal(r->got.statement[1].moderation, -1);
    assert_true(r->got.statement[1].is_meta);
}

static void a_matrix_gives_votes_and_published_groups(void **state)
{
    (void)state;
    reading *r = read_text("participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,4\n"
                           "0,,1,0,2,1,1,1,,-1\n5,,,0,1,1,0,,1,\n",
                           (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    CHECK_STR(r->found.format, "polis-matrix");
    CHECK_STR(r->found.sign_why, "n-agree and n-disagree in participants-votes.csv");
    assert_true(r->found.numbered);
    assert_int_equal(r->got.n_participants, 2);
    assert_int_equal(r->got.group[0], 1);
    assert_int_equal(r->got.group[1], -1);
    assert_int_equal(r->got.n_votes, 3);
    assert_string_equal(r->got.what[1], "4");
    assert_int_equal(r->got.vote[1].value, -1);
}

static void a_matrix_whose_totals_contradict_its_cells_is_turned(void **state)
{
    (void)state;
    reading *r =
        read_text("participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1\n0,1,0,2,2,0,-1,-1\n",
                  (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->found.sign, VG_SIGN_STORED);
    assert_int_equal(r->got.vote[0].value, 1);
}

static void a_table_of_the_server_stores_agree_as_minus_one(void **state)
{
    (void)state;
    reading *r = read_text("zid,pid,tid,vote,created\n1,2,3,-1,1700000000000\n", (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->found.sign, VG_SIGN_STORED);
    assert_int_equal(r->got.vote[0].value, 1);
    assert_string_equal(r->got.who[0], "2");
}

static void any_long_csv_says_that_the_sign_is_assumed(void **state)
{
    (void)state;
    reading *r = read_text("voter;item;answer;when\nann;q1;1;2024-03-31T12:00:00Z\nbob;q1;-1;1711886401\n",
                           (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    CHECK_STR(r->found.format, "votes-long");
    assert_true(r->found.sign_assumed);
    assert_int_equal(r->got.vote[0].value, 1);
    assert_int_equal(r->got.vote[0].time_ms, 1711886400000);
    assert_int_equal(r->got.vote[1].time_ms, 1711886401000);
}

static void the_sign_option_wins(void **state)
{
    (void)state;
    reading *r = read_text("voter,item,answer\nann,q1,1\n", (vg_vote_opts){ .sign = VG_SIGN_STORED });
    CHECK_OK(r->good, &r->e);
    assert_false(r->found.sign_assumed);
    CHECK_STR(r->found.sign_why, "--sign");
    assert_int_equal(r->got.vote[0].value, -1);
}

static void words_need_no_sign(void **state)
{
    (void)state;
    reading *r = read_text("voter,item,answer\nann,q1,Agree\nann,q2,disagree\nann,q3,PASS\n",
                           (vg_vote_opts){ .sign = VG_SIGN_STORED });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->got.vote[0].value, 1);
    assert_int_equal(r->got.vote[1].value, -1);
    assert_int_equal(r->got.vote[2].value, 0);
}

static void a_file_of_words_assumes_no_sign(void **state)
{
    (void)state;
    reading *r =
        read_text("voter,item,answer\nann,q1,Agree\nann,q2,disagree\nbob,q1,0\n", (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_false(r->found.sign_assumed);
    CHECK_STR(r->found.sign_why, "the words for the answers");
    r = read_text("voter,item,answer\nann,q1,Agree\nann,q2,-1\n", (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_true(r->found.sign_assumed);
}

static void a_wide_csv_has_a_column_a_statement(void **state)
{
    (void)state;
    reading *r = read_text("respondent,More trees,Fewer cars\nann,1,\nbob,0,-1\n", (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    CHECK_STR(r->found.format, "votes-wide");
    assert_int_equal(r->got.n_statements, 2);
    assert_int_equal(r->got.n_votes, 3);
    assert_string_equal(r->got.what[2], "Fewer cars");
}

static void the_map_names_columns(void **state)
{
    (void)state;
    reading *r =
        read_text("a,b,c\nann,q1,1\n", (vg_vote_opts){ .map = VG_S("participant=a,statement=b,value=c") });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->got.n_votes, 1);
    r = read_text("a,b,c\nann,q1,1\n", (vg_vote_opts){ .map = VG_S("participant=a,statement=b,value=d") });
    assert_false(r->good);
    assert_int_equal(r->e.code, VG_EARG);
}

static void a_value_outside_minus_one_to_one_is_refused_with_its_line(void **state)
{
    (void)state;
    reading *r =
        read_text("timestamp,comment-id,voter-id,vote\n1,7,0,1\n2,7,1,2\n3,7,2,yes please\n4,7,3,\n5,,3,1\n",
                  (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->got.n_votes, 1);
    assert_int_equal(r->got.n_rejects, 4);
    assert_int_equal(r->got.first_reject.at.line, 3);
    assert_string_equal(r->got.first_reject.what, "not a vote: \"2\"");
}

static void a_time_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    reading *r =
        read_text("timestamp,comment-id,voter-id,vote\nyesterday,7,0,1\n9999999999999999,7,1,1\n,7,2,1\n",
                  (vg_vote_opts){ 0 });
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->got.n_rejects, 2);
    assert_int_equal(r->got.n_votes, 1);
    assert_true(r->got.vote[0].time_ms == VG_UNKNOWN);
}

static void translations_are_columns_with_a_language(void **state)
{
    (void)state;
    char dir[256];
    temp_dir(dir);
    write_file(dir, "comments.csv",
               "comment-id,moderated,language,comment-body,comment-body (fr),comment-body "
               "(ar)\n1,1,en,Trees,Arbres,\n");
    write_file(dir, "votes.csv", "timestamp,comment-id,voter-id,vote\n1,1,0,1\n");
    reading *r = read_folder(dir);
    remove_all(dir);
    CHECK_OK(r->good, &r->e);
    assert_int_equal(r->got.n_translations, 1);
}

static void columns_that_are_no_votes_are_refused_with_what_was_looked_for(void **state)
{
    (void)state;
    reading *r = read_text("x\n1\n", (vg_vote_opts){ 0 });
    assert_false(r->good);
    assert_int_equal(r->e.code, VG_EPARSE);
    assert_non_null(strstr(r->e.why, "Polis export"));
    r = read_text("x,y\n1,2\n", (vg_vote_opts){ .as = VG_S("nonsense") });
    assert_int_equal(r->e.code, VG_EARG);
}

static void a_folder_without_votes_is_refused(void **state)
{
    (void)state;
    char dir[256];
    temp_dir(dir);
    write_file(dir, "comments.csv", COMMENTS);
    reading *r = read_folder(dir);
    remove_all(dir);
    assert_false(r->good);
    assert_int_equal(r->e.code, VG_EPARSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polis_votes_have_the_sign_of_an_export),
        cmocka_unit_test(totals_of_comments_tell_a_stored_sign),
        cmocka_unit_test(comments_give_texts_moderation_and_meta),
        cmocka_unit_test(a_matrix_gives_votes_and_published_groups),
        cmocka_unit_test(a_matrix_whose_totals_contradict_its_cells_is_turned),
        cmocka_unit_test(a_table_of_the_server_stores_agree_as_minus_one),
        cmocka_unit_test(any_long_csv_says_that_the_sign_is_assumed),
        cmocka_unit_test(the_sign_option_wins),
        cmocka_unit_test(words_need_no_sign),
        cmocka_unit_test(a_file_of_words_assumes_no_sign),
        cmocka_unit_test(a_wide_csv_has_a_column_a_statement),
        cmocka_unit_test(the_map_names_columns),
        cmocka_unit_test(a_value_outside_minus_one_to_one_is_refused_with_its_line),
        cmocka_unit_test(a_time_that_cannot_be_read_is_refused),
        cmocka_unit_test(translations_are_columns_with_a_language),
        cmocka_unit_test(columns_that_are_no_votes_are_refused_with_what_was_looked_for),
        cmocka_unit_test(a_folder_without_votes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
