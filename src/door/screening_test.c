/* Search, decisions, lists, differences and batches over HTTP, on a store of made-up parties. */
#include <time.h>

#include "door/screening_test_int.h"

static int open_lists(void **state)
{
    desk *g = new_desk();
    add_desk_lists(g);
    open_desk(g);
    *state = g;
    return 0;
}

static int open_closed(void **state)
{
    desk *g = new_desk();
    add_desk_lists(g);
    add_desk_tokens(g);
    open_desk(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_desk(*state);
    return 0;
}

#define SEARCH "/api/v1/screening/search"

static void a_name_finds_its_entry_with_reasons_and_lists(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, SEARCH "?q=Tamsin+Orlovesku+Brandt&birth=1965&country=MD"), 200);
    ANSWER_HAS(&g->c, "\"entity\":\"un-sc:QD.1\"");
    ANSWER_HAS(&g->c, "\"entity\":\"eu-fsf:EU~11~02\"");
    ANSWER_HAS(&g->c, "\"is_hit\":true");
    ANSWER_HAS(&g->c, "\"kind\":\"birth\"");
    ANSWER_HAS(&g->c, "\"kind\":\"part\",\"what\":\"same\"");
    ANSWER_HAS(&g->c, "\"programme\":[\"MADE-UP-1\"]");
    ANSWER_HAS(&g->c, "{\"list\":\"eu-fsf\",\"version\":\"7\"");
    ANSWER_LACKS(&g->c, "Tarquinnius");
}

static void other_scripts_and_numbers_find_it_too(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, SEARCH "?q=%D0%A2%D0%B0%D0%BC%D1%81%D0%B8%D0%BD+%D0%9E%D1%80%D0%BB%D0%BE%D0%"
                                       "B2%D0%B5%D1%81%D0%BA%D1%83+%D0%91%D1%80%D0%B0%D0%BD%D0%B4%D1%82"),
                     200);
    ANSWER_HAS(&g->c, "\"entity\":\"un-sc:QD.1\"");
    assert_int_equal(get(&g->c, SEARCH "?number=IMO+9074729&schema=Vessel"), 200);
    ANSWER_HAS(&g->c, "\"entity\":\"un-sc:QV.1\"");
    ANSWER_HAS(&g->c, "\"kind\":\"number\"");
}

static void one_list_can_be_asked_alone_and_rows_come_as_csv(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, SEARCH ".csv?q=Tamsin+Orlovesku+Brandt&list=eu-fsf"), 200);
    ANSWER_HAS(&g->c, "score,is_hit,list,entity,schema,caption,matched,decision");
    ANSWER_HAS(&g->c, "eu-fsf:EU~11~02");
    ANSWER_LACKS(&g->c, "un-sc:");
    assert_int_equal(get(&g->c, SEARCH "?q=Tamsin&list=no-such"), 404);
    assert_int_equal(get(&g->c, SEARCH "?schema=Person"), 400);
    ANSWER_HAS(&g->c, "nobody is named");
    assert_int_equal(get(&g->c, SEARCH "?q=a&birth=soon"), 400);
    ANSWER_HAS(&g->c, "write 1965, 1965-03 or 1965-03-07");
}

static void reasons_come_in_the_readers_language(void **state)
{
    desk *g = *state;
    char english[400], french[400];
    assert_int_equal(get(&g->c, SEARCH "?q=Tamsin+Orlovesku+Brandt&limit=1"), 200);
    text_of_answer(&g->c, "text", english, sizeof english);
    assert_int_equal(get(&g->c, SEARCH "?q=Tamsin+Orlovesku+Brandt&limit=1&lang=fr"), 200);
    text_of_answer(&g->c, "text", french, sizeof french);
    assert_string_not_equal(english, french);
    assert_null(strstr(english, "screening.reason")); /* a key without a message */
}

static void each_question_is_in_the_log_under_the_tokens_name(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, SEARCH "?q=Tamsin"), 401);
    assert_int_equal(request(&g->c, g->viewer, "GET", SEARCH "?q=Tamsin+Brandt", NULL, NULL), 200);
    assert_int_equal(request(&g->c, g->viewer, "GET", "/api/v1/audit?limit=1000", NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"actor\":\"reader\",\"action\":\"screening ask\"");
}

static void a_decision_needs_an_analyst_and_ends_the_hit(void **state)
{
    desk *g = *state;
    char hit[400], body[800];
    assert_int_equal(request(&g->c, g->viewer, "GET", SEARCH "?q=Ibrahim+al-Qasimovi", NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"is_hit\":true");
    text_of_answer(&g->c, "hit", hit, sizeof hit);
    snprintf(body, sizeof body,
             "{\"hit\":\"%s\",\"verdict\":\"false-match\",\"reason\":\"other birth place\"}", hit);
    assert_int_equal(
        request(&g->c, g->viewer, "POST", "/api/v1/screening/decisions", "application/json", body), 403);
    assert_int_equal(
        request(&g->c, g->analyst, "POST", "/api/v1/screening/decisions", "application/json", body), 201);
    ANSWER_HAS(&g->c, "\"who\":\"desk-1\"");
    assert_int_equal(request(&g->c, g->viewer, "GET", SEARCH "?q=Ibrahim+al-Qasimovi", NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"excepted\":true");
    ANSWER_HAS(&g->c, "\"reason\":\"other birth place\"");
    ANSWER_LACKS(&g->c, "\"is_hit\":true");
    assert_int_equal(request(&g->c, g->viewer, "GET", "/api/v1/screening/decisions", NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"entity\":\"un-sc:QD.2\",\"verdict\":\"false-match\",\"who\":\"desk-1\"");
    snprintf(body, sizeof body, "{\"hit\":\"%s\",\"verdict\":\"false-match\"}", hit);
    assert_int_equal(
        request(&g->c, g->analyst, "POST", "/api/v1/screening/decisions", "application/json", body), 400);
    assert_int_equal(request(&g->c, g->analyst, "POST", "/api/v1/screening/decisions", "application/json",
                             "{\"hit\":\"made up\",\"verdict\":\"true-match\"}"),
                     400);
}

/* Whether the answer, which must be a good one, has the text. */
static bool finds(client *c, const char *target, const char *text)
{
    assert_int_equal(get(c, target), 200);
    return strstr(c->answer, text) != NULL;
}

static void a_new_vintage_is_seen_and_its_difference_told(void **state)
{
    desk *g = *state;
    made_up next[4];
    memcpy(next, made_up_un, sizeof next);
    next[1].country = "LB";
    next[3] = (made_up){ .id = "QD.7",
                         .name = "Perpetua Vandelinde",
                         .country = "NL",
                         .programme = "X",
                         .schema = VG_SCHEMA_PERSON };
    assert_int_equal(get(&g->c, SEARCH "?q=Perpetua+Vandelinde"), 200);
    ANSWER_HAS(&g->c, "\"items\":[]");
    add_list(g->path, "un-sc", "2", next, 4, 2000);
    WAIT_UNTIL(finds(&g->c, SEARCH "?q=Perpetua+Vandelinde", "un-sc:QD.7"));
    assert_int_equal(get(&g->c, "/api/v1/screening/diff?list=un-sc"), 200);
    ANSWER_HAS(&g->c, "{\"change\":\"added\",\"entity\":\"un-sc:QD.7\"");
    ANSWER_HAS(&g->c, "{\"change\":\"removed\",\"entity\":\"un-sc:QV.1\"");
    ANSWER_HAS(&g->c, "\"fields\":[\"country\"]");
    assert_int_equal(get(&g->c, "/api/v1/screening/diff?list=un-sc&kind=changed&limit=1"), 200);
    ANSWER_HAS(&g->c, "\"entity\":\"un-sc:QD.2\"");
    ANSWER_HAS(&g->c, "\"next\":null");
    assert_int_equal(get(&g->c, "/api/v1/screening/diff?list=un-sc&limit=1"), 200);
    ANSWER_HAS(&g->c, "cursor=1");
    assert_int_equal(get(&g->c, "/api/v1/screening/lists"), 200);
    ANSWER_HAS(&g->c, "\"list\":\"un-sc\",\"vintage\":1,\"version\":\"1\",\"entries\":4,\"newest\":\"no\"");
    assert_int_equal(get(&g->c, "/api/v1/screening/diff"), 404);
}

static void an_entry_is_told_whole_under_its_escaped_name(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/api/v1/screening/entities/eu-fsf%3AEU~11~02"), 200);
    ANSWER_HAS(&g->c, "\"caption\":\"Orlovesku-Brandt, Tamsin\"");
    ANSWER_HAS(&g->c, "\"birthDate\":[\"1965\"]");
    ANSWER_HAS(&g->c, "\"first_seen\":\"2020-05-17T00:00:00\"");
    assert_int_equal(get(&g->c, "/api/v1/screening/entities/un-sc:QE.1"), 200);
    ANSWER_HAS(&g->c,
               "\"links\":[{\"kind\":\"owner\",\"to\":\"QD.1\",\"entity\":\"un-sc:QD.1\",\"share\":60");
    assert_int_equal(get(&g->c, "/api/v1/screening/entities/un-sc:nobody"), 404);
    assert_int_equal(get(&g->c, "/api/v1/screening/entities/un-sc:~9"), 404);
}

static void without_a_list_it_says_what_to_load(void **state)
{
    (void)state;
    desk *g = new_desk();
    vg_store *st;
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    vg_store_close(st);
    open_desk(g);
    assert_int_equal(get(&g->c, SEARCH "?q=Anybody"), 404);
    ANSWER_HAS(&g->c, "vigie screening load");
    assert_int_equal(get(&g->c, "/readyz"), 503);
    add_desk_lists(g); /* while it runs */
    WAIT_UNTIL(get(&g->c, "/readyz") == 200);
    WAIT_UNTIL(
        finds(&g->c, SEARCH "?q=Wenceslas+Tarquinnius", "eu-fsf:EU.9")); /* it comes after the first list */
    end_desk(g);
}

/* --- batches --- */

static const char PASSENGERS[] = "Nom complet;Né le;Pays;Remarque\n"
                                 "Tamsin Orlovesku-Brandt;1965-02-03;MD;\n"
                                 "Someone Else Entirely;;FR;x\n"
                                 ";;;\n"
                                 "Wenceslas Tarquinnius;not a date;AT;\n"
                                 "\"broken\" quote;1;2;3\n";

#define BATCHES "/api/v1/screening/batches"

static void wait_for_batch(desk *g, const char *state)
{
    char want[64];
    const char *token = g->viewer[0] ? g->viewer : NULL;
    snprintf(want, sizeof want, "\"state\":\"%s\"", state);
    WAIT_UNTIL(request(&g->c, token, "GET", BATCHES "/1", NULL, NULL) == 200 && strstr(g->c.answer, want));
}

static void a_file_is_screened_row_by_row_and_its_hits_wait(void **state)
{
    desk *g = *state;
    assert_int_equal(
        request(&g->c, NULL, "POST", BATCHES "?name=crew.csv&schema=Person", "text/csv", PASSENGERS), 202);
    ANSWER_HAS(&g->c, "Location: /api/v1/screening/batches/1");
    ANSWER_HAS(&g->c, "{\"column\":\"Nom complet\",\"property\":\"name\"},{\"column\":\"N\xc3\xa9 "
                      "le\",\"property\":\"birthDate\"}");
    ANSWER_HAS(&g->c, "{\"column\":\"Remarque\",\"property\":null}");
    wait_for_batch(g, "done");
    ANSWER_HAS(&g->c, "\"rows\":3,\"bad\":2,\"rows_hit\":2");
    assert_int_equal(get(&g->c, BATCHES "/1/hits"), 200);
    ANSWER_HAS(&g->c,
               "\"asked\":{\"line\":2,\"names\":[\"Tamsin Orlovesku-Brandt\"],\"birth\":[\"1965-02-03\"]");
    ANSWER_HAS(&g->c, "eu-fsf:EU.9");
    ANSWER_HAS(&g->c, "\"kind\":\"birth\"");
    assert_int_equal(get(&g->c, BATCHES "/1/hits.csv?which=all"), 200);
    ANSWER_HAS(&g->c, "line,asked,score,list");
    assert_int_equal(get(&g->c, "/api/v1/audit?limit=1000"), 200);
    ANSWER_HAS(&g->c, "\"action\":\"screening batch\"");
    ANSWER_HAS(&g->c, "crew.csv");
    assert_int_equal(get(&g->c, BATCHES), 200);
    ANSWER_HAS(&g->c, "{\"batch\":1,\"name\":\"crew.csv\",\"state\":\"done\"");
}

static void the_queue_empties_as_hits_are_decided(void **state)
{
    desk *g = *state;
    char hit[400], body[800];
    int decided = 0;
    assert_int_equal(request(&g->c, g->viewer, "POST", BATCHES, "text/csv", PASSENGERS), 202);
    wait_for_batch(g, "done");
    for (;; decided++) {
        assert_int_equal(request(&g->c, g->viewer, "GET", BATCHES "/1/hits?limit=1", NULL, NULL), 200);
        if (strstr(g->c.answer, "\"items\":[]"))
            break;
        text_of_answer(&g->c, "hit", hit, sizeof hit);
        snprintf(body, sizeof body, "{\"hit\":\"%s\",\"verdict\":\"%s\",\"reason\":\"seen\"}", hit,
                 decided % 2 ? "true-match" : "false-match");
        assert_int_equal(
            request(&g->c, g->analyst, "POST", "/api/v1/screening/decisions", "application/json", body), 201);
        assert_true(decided < 10);
    }
    assert_int_equal(decided, 3);
    assert_int_equal(request(&g->c, g->viewer, "GET", BATCHES "/1/hits?which=decided", NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"verdict\":\"true-match\"");
    assert_int_equal(request(&g->c, g->viewer, "DELETE", BATCHES "/1", NULL, NULL), 403);
    assert_int_equal(request(&g->c, g->analyst, "DELETE", BATCHES "/1", NULL, NULL), 200);
    assert_int_equal(request(&g->c, g->analyst, "GET", BATCHES "/1", NULL, NULL), 404);
}

static void a_file_that_cannot_be_read_is_refused_with_its_remedy(void **state)
{
    desk *g = *state;
    assert_int_equal(request(&g->c, NULL, "POST", BATCHES, "text/csv", "a,b\n1,2\n"), 400);
    ANSWER_HAS(&g->c, "map=name=COLUMN");
    assert_int_equal(
        request(&g->c, NULL, "POST", BATCHES "?map=name=b", "text/csv", "a,b\n1,Wenceslas Tarquinnius\n"),
        202);
    assert_int_equal(request(&g->c, NULL, "POST", BATCHES "?map=name=c", "text/csv", "a,b\n1,2\n"), 400);
    ANSWER_HAS(&g->c, "the file has no column");
    assert_int_equal(request(&g->c, NULL, "POST", BATCHES "?map=shoe=a", "text/csv", "a,b\n1,2\n"), 400);
    assert_int_equal(request(&g->c, NULL, "POST", BATCHES, "application/json", "{}"), 415);
    assert_int_equal(get(&g->c, BATCHES "/99"), 404);
    assert_int_equal(get(&g->c, BATCHES "/99/hits"), 404);
}

static void a_batch_is_dropped_as_soon_as_it_is_through(void **state)
{
    enum { TIMES = 20 };
    desk *g = *state;
    char target[80], location[100];
    for (int i = 1; i <= TIMES; i++) {
        snprintf(target, sizeof target, BATCHES "/%d", i);
        snprintf(location, sizeof location, "Location: %s", target);
        assert_int_equal(
            request(&g->c, g->analyst, "POST", BATCHES, "text/csv", "name\nWenceslas Tarquinnius\n"), 202);
        ANSWER_HAS(&g->c, location);
        assert_int_equal(request(&g->c, g->analyst, "DELETE", target, NULL, NULL), 200);
    }
    assert_int_equal(request(&g->c, g->analyst, "GET", BATCHES, NULL, NULL), 200);
    ANSWER_HAS(&g->c, "\"items\":[]");
}

static void many_values_of_a_property_that_nobody_asks_for_hold_nothing_up(void **state)
{
    enum { VALUES = 250000 };
    desk *g = *state;
    char *body = malloc(VALUES * 4 + 200), *at = body;
    at += sprintf(at, "{\"queries\":{\"q\":{\"properties\":{\"name\":\"Wenceslas Tarquinnius\",\"shoe\":[");
    for (int i = 0; i < VALUES; i++, at += 4)
        memcpy(at, "\"a\",", 4);
    sprintf(at, "\"a\"]}}}}");
    clock_t began = clock(); /* of our threads: the server is one of them */
    assert_int_equal(request(&g->c, NULL, "POST", "/match/default", "application/json", body), 200);
    ANSWER_HAS(&g->c, "eu-fsf:EU.9");
    assert_true(clock() - began < 15 * CLOCKS_PER_SEC);
    free(body);
}

static void the_server_stops_while_a_batch_runs(void **state)
{
    desk *g = *state;
    size_t room = 4 << 20, n = 0;
    char *file = malloc(room);
    n += (size_t)snprintf(file, room, "name,birth\n");
    while (n < room - 100)
        n += (size_t)snprintf(file + n, room - n, "Tamsin Person Number %zu,1965\n", n);
    assert_int_equal(request(&g->c, NULL, "POST", BATCHES, "text/csv", file), 202);
    free(file);
    clock_t began = clock();
    int64_t began_ms = test_now_ms();
    vg_serve_stop(g->s);
    g->s = NULL;
    assert_true(clock() - began < 15 * CLOCKS_PER_SEC); /* the batch is not worked off first */
    assert_true(test_now_ms() - began_ms < TEST_PATIENCE_MS);
}

#define OPEN(test)   cmocka_unit_test_setup_teardown(test, open_lists, leave)
#define CLOSED(test) cmocka_unit_test_setup_teardown(test, open_closed, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN(a_name_finds_its_entry_with_reasons_and_lists),
        OPEN(other_scripts_and_numbers_find_it_too),
        OPEN(one_list_can_be_asked_alone_and_rows_come_as_csv),
        OPEN(reasons_come_in_the_readers_language),
        CLOSED(each_question_is_in_the_log_under_the_tokens_name),
        CLOSED(a_decision_needs_an_analyst_and_ends_the_hit),
        OPEN(a_new_vintage_is_seen_and_its_difference_told),
        OPEN(an_entry_is_told_whole_under_its_escaped_name),
        cmocka_unit_test(without_a_list_it_says_what_to_load),
        OPEN(a_file_is_screened_row_by_row_and_its_hits_wait),
        CLOSED(the_queue_empties_as_hits_are_decided),
        OPEN(a_file_that_cannot_be_read_is_refused_with_its_remedy),
        CLOSED(a_batch_is_dropped_as_soon_as_it_is_through),
        OPEN(many_values_of_a_property_that_nobody_asks_for_hold_nothing_up),
        OPEN(the_server_stops_while_a_batch_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
