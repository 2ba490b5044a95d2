/* The API over loopback: rows, features, pages, forms, tags, verbs, tokens, the stream. */
#include "serve/serve_test_int.h"

static int open_stage(void **state)
{
    stage *g = new_stage();
    start_server(g);
    *state = g;
    return 0;
}

static int closed_stage(void **state)
{
    stage *g = new_stage();
    add_tokens(g);
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_stage(*state);
    return 0;
}

static void every_answer_forbids_what_it_does_not_need(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/healthz"), 200);
    CHECK_HAS(g, "Content-Security-Policy: default-src 'none'");
    CHECK_HAS(g, "X-Content-Type-Options: nosniff");
    assert_false(holds(g, "Access-Control-Allow-Origin"));
    assert_int_equal(ask(g, "/nothing"), 404);
    CHECK_HAS(g, "Content-Security-Policy: default-src 'none'");
}

static void rows_come_as_json_and_csv(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/vintages"), 200);
    CHECK_HAS(g, "{\"items\":[{\"vintage\":1,\"source\":\"ucdp-ged\"");
    assert_int_equal(ask(g, "/api/v1/vintages.csv"), 200);
    CHECK_HAS(g, "vintage,source,version");
    assert_int_equal(
        ask_with(g, "GET", "/api/v1/vintages", "Accept: text/csv;q=0.9, application/json;q=0.5\r\n", NULL),
        200);
    CHECK_HAS(g, "Content-Type: text/csv");
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", "Accept: image/png\r\n", NULL), 406);
    CHECK_HAS(g, "application/problem+json");
}

static void runs_and_results_are_told_page_by_page(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/runs/1"), 200);
    CHECK_HAS(g, "\"seed\":\"18446744073709551615\",\"vintages\":[1],\"params\":{\"a\":1}");
    assert_int_equal(ask(g, "/api/v1/runs/1/results?limit=2"), 200);
    CHECK_HAS(g, "\"body\":{\"mean\":2}");
    CHECK_HAS(g, "/api/v1/runs/1/results?limit=2&cursor=2\"");
    assert_int_equal(ask(g, "/api/v1/runs/1/results?limit=2&cursor=2"), 200);
    CHECK_HAS(g, "\"kind\":\"explanation\"");
    CHECK_HAS(g, "\"next\":null");
    assert_int_equal(ask(g, "/api/v1/forecasts?unit=433&month=2025-01"), 200);
    assert_int_equal(count_of(g, "\"result\":"), 1);
    assert_int_equal(ask(g, "/api/v1/runs/7/results"), 404);
}

static void a_series_is_cut_by_unit_and_month(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/series?unit=432&from=2024-01&to=2024-02&type=sb"), 200);
    CHECK_HAS(g, "\"month\":\"2024-01\",\"value\":225");
    assert_int_equal(count_of(g, "\"unit\":432"), 2);
    assert_int_equal(ask(g, "/api/v1/series?from=2024-05&to=2024-02"), 400);
    CHECK_HAS(g, "\"mend\":\"from is the earlier month\"");
}

static void a_box_across_the_antimeridian_has_both_sides(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/collections/events/items?bbox=179,-20,-179,20"), 200);
    CHECK_HAS(g, "\"numberReturned\":20,");
    CHECK_HAS(g, "\"coordinates\":[-179.5,10]");
    CHECK_HAS(g, "Content-Type: application/geo+json");
    assert_int_equal(ask(g, "/api/v1/collections/events/items?bbox=-179,-20,179,20"), 200);
    CHECK_HAS(g, "\"numberReturned\":40,");
}

static void days_and_types_choose_events(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/collections/events/items?datetime=2024-01-02/2024-01-05&type=sb"), 200);
    CHECK_HAS(g, "\"numberReturned\":2,");
    assert_int_equal(ask(g, "/api/v1/collections/events/items?datetime=2024-01-05/2024-01-02"), 400);
    CHECK_HAS(g, "\"code\":\"range\"");
    assert_int_equal(ask(g, "/api/v1/collections/events/items?min_deaths=59"), 200);
    CHECK_HAS(g, "\"numberReturned\":1,");
}

/* The address of the link "next", as a target. */
static bool next_target(const stage *g, char to[512])
{
    const char *at = strstr(g->answer, "\"rel\":\"next\"");
    at = at ? strstr(at, "\"href\":\"http://localhost") : NULL;
    if (!at)
        return false;
    at += strlen("\"href\":\"http://localhost");
    size_t n = strcspn(at, "\"");
    snprintf(to, 512, "%.*s", (int)n, at);
    return true;
}

static void following_next_gives_each_event_once(void **state)
{
    stage *g = *state;
    char target[512] = "/api/v1/collections/events/items?limit=7&bbox=-180,-90,180,90";
    char ids[4096] = "";
    int n = 0, pages = 0;
    do {
        assert_int_equal(ask(g, target), 200);
        for (const char *at = g->answer; (at = strstr(at, "\"external_id\":\"")); n++) {
            char one[32];
            at += strlen("\"external_id\":\"");
            snprintf(one, sizeof one, "<%.*s>", (int)strcspn(at, "\""), at);
            assert_null(strstr(ids, one));
            strcat(ids, one);
        }
        pages++;
    } while (next_target(g, target));
    assert_int_equal(n, 60);
    assert_int_equal(pages, 9);
}

static void a_cursor_made_up_is_refused(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/collections/events/items?cursor=nonsense"), 400);
    assert_int_equal(ask(g, "/api/v1/collections/events/items?cursor=19000.5.00000000"), 400);
    CHECK_HAS(g, "cursors are not made by hand");
    char target[512];
    assert_int_equal(ask(g, "/api/v1/collections/events/items?limit=7&type=sb"), 200);
    assert_true(next_target(g, target));
    strcat(target, "&gwcode=432"); /* another question */
    assert_int_equal(ask(g, target), 400);
}

static void a_feature_has_its_own_address(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/collections/events/items/1"), 200);
    CHECK_HAS(g, "\"type\":\"Feature\",\"id\":1,");
    CHECK_HAS(g, "h\xC3\xA9h\xC3\xA9");
    assert_int_equal(ask(g, "/api/v1/collections/events/items/1.geojson"), 200);
    assert_int_equal(ask(g, "/api/v1/collections/events/items/999"), 404);
    assert_int_equal(ask(g, "/api/v1/collections/events/items/x"), 404);
}

static void csv_cells_cannot_be_formulas(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/collections/events/items.csv?limit=1"), 200);
    CHECK_HAS(g, "\"'=A \"\"quoted\"\", name\"");
}

static void a_tag_says_that_nothing_changed_and_gzip_has_its_own(void **state)
{
    stage *g = *state;
    char header[200], tag[80];
    assert_int_equal(ask(g, "/api/v1/vintages"), 200);
    const char *at = strstr(g->answer, "ETag: ");
    assert_non_null(at);
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
    snprintf(header, sizeof header, "If-None-Match: \"x\", %s\r\n", tag);
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", header, NULL), 304);
    assert_int_equal(
        ask_with(g, "GET", "/api/v1/collections/events/items", "Accept-Encoding: gzip\r\n", NULL), 200);
    CHECK_HAS(g, "Content-Encoding: gzip");
    CHECK_HAS(g, "-gz\"");
    assert_int_equal(
        ask_with(g, "GET", "/api/v1/collections/events/items", "Accept-Encoding: gzip;q=0\r\n", NULL), 200);
    assert_false(holds(g, "Content-Encoding: gzip"));
    assert_int_equal(ask_with(g, "HEAD", "/api/v1/vintages", "", NULL), 200);
}

static void what_is_asked_wrongly_is_said_with_its_remedy(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/runs?limit=x"), 400);
    CHECK_HAS(g, "\"what\":\"limit is not a whole number");
    assert_int_equal(ask(g, "/api/v1/runs?limit=99999999999999999999"), 400);
    assert_int_equal(ask(g, "/api/v1/runs?nonsense=1"), 400);
    CHECK_HAS(g, "there are: verb, cursor, limit");
    assert_int_equal(ask(g, "/api/v1/runs?limit=1&limit=2"), 400);
    assert_int_equal(ask_with(g, "POST", "/api/v1/runs", "", "{}"), 405);
    CHECK_HAS(g, "Allow: GET, HEAD");
    assert_int_equal(ask_with(g, "DELETE", "/api/v1/runs", "", NULL), 405);
}

static void a_verb_gets_its_words_and_answers(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?top=3&all=true&arg=-x&arg=b%20c"), 200);
    CHECK_HAS(g, "[\"--top=3\",\"--all\",\"--json\",\"--\",\"-x\",\"b c\",\"\"]");
    CHECK_HAS(g, "Vigie-Found: yes");
    assert_int_equal(
        ask_with(g, "POST", "/api/v1/verbs/echo-list", "", "{\"top\":3,\"all\":false,\"arg\":[\"q\"]}"), 200);
    CHECK_HAS(g, "[\"--top=3\",\"--json\",\"--\",\"q\",\"\"]");
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?store=/etc/passwd"), 400);
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?out=x"), 400);
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?panel=x.csv"), 403); /* no data folder */
    assert_int_equal(ask(g, "/api/v1/verbs/nothing"), 404);
    assert_int_equal(ask(g, "/api/v1/verbs/change"), 403);
}

static void files_are_named_plainly_in_the_data_folder(void **state)
{
    stage *g = *state;
    char path[320];
    g->o.data = g->dir;
    vg_serve_stop(g->s);
    start_server(g);
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?panel=s.db"), 200);
    snprintf(path, sizeof path, "--panel=%s/s.db", g->dir);
    CHECK_HAS(g, path);
    assert_int_equal(ask(g, "/api/v1/verbs/echo-list?panel=not-there"), 404);
    CHECK_HAS(g, "\"code\":\"not-found\"");
    static const char *const bad[] = { "..", "../x", ".hidden", "/etc/passwd", "a/b", "a%5Cb", "" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char target[128];
        snprintf(target, sizeof target, "/api/v1/verbs/echo-list?panel=%s", bad[i]);
        assert_int_equal(ask(g, target), 400);
    }
}

static void a_verb_that_takes_too_long_is_stopped(void **state)
{
    stage *g = *state;
    g->o.verb_s = 1;
    vg_serve_stop(g->s);
    start_server(g);
    assert_int_equal(ask(g, "/api/v1/verbs/slow-down"), 504);
    CHECK_HAS(g, "\"code\":\"stopped\"");
}

static void the_api_is_described_from_the_tables(void **state)
{
    stage *g = *state;
    int door;
    const vg_route *r;
    assert_int_equal(ask(g, "/api/openapi.json"), 200);
    CHECK_HAS(g, "\"openapi\":\"3.1.0\"");
    CHECK_HAS(g, "\"/api/v1/verbs/echo-list\"");
    assert_false(holds(g, "\"name\":\"out\""));
    for (int i = 0; (r = vg_routes_at(NULL, i, &door)); i++) {
        char path[128];
        snprintf(path, sizeof path, "\"%s\":{", r->pattern);
        if (r->answer != vg_answer__verb)
            CHECK_HAS(g, path);
    }
}

/* --- who may do what --- */

static void with_a_token_in_the_store_nobody_reads_without_one(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/vintages"), 401);
    CHECK_HAS(g, "WWW-Authenticate: Bearer");
    assert_int_equal(ask(g, "/healthz"), 200);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/vintages", NULL), 200);
    assert_int_equal(ask_as(g, "vigie_wrong", "GET", "/api/v1/vintages", NULL), 401);
    assert_int_equal(ask_as(g, g->revoked, "GET", "/api/v1/vintages", NULL), 401);
}

static void only_an_analyst_decides_and_the_log_names_the_token(void **state)
{
    stage *g = *state;
    const char *body = "{\"subject\":\"result:1\",\"verdict\":\"confirmed\",\"reason\":\"seen\"}";
    assert_int_equal(ask_as(g, g->viewer, "POST", "/api/v1/decisions", body), 403);
    CHECK_HAS(g, "a viewer may not do this");
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", body), 201);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/decisions?prefix=result", NULL), 200);
    CHECK_HAS(g, "\"who\":\"desk-1\",\"verdict\":\"confirmed\"");
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/audit.csv?after=3", NULL), 200);
    CHECK_HAS(g, ",desk-1,decision,");
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/verbs/change", "{}"), 200);
    CHECK_HAS(g, "\"desk-1\"]");
    assert_int_equal(ask_as(g, g->analyst, "GET", "/api/v1/verbs/change", NULL), 405);
}

static void nobody_makes_a_token_by_deciding(void **state)
{
    stage *g = *state;
    assert_int_equal(
        ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":\"token:x\",\"verdict\":\"add\"}"),
        403);
    assert_int_equal(ask_as(g, g->analyst, "GET", "/api/v1/decisions", NULL), 200);
    assert_false(holds(g, "hash="));
}

static void a_body_must_be_json_and_say_so(void **state)
{
    stage *g = *state;
    char header[256];
    snprintf(header, sizeof header,
             "Authorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
             g->analyst);
    assert_int_equal(ask_with(g, "POST", "/api/v1/decisions", header, NULL), 415);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":"), 400);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":{}}"), 400);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":\"a\"}"), 400);
    CHECK_HAS(g, "verdict is missing");
}

static void a_token_revoked_while_the_server_runs_is_over_at_once(void **state)
{
    stage *g = *state;
    vg_store *st;
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/vintages", NULL), 200);
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_token_revoke(st, VG_S("reader"), &g->e), &g->e);
    vg_store_close(st);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/vintages", NULL), 401);
}

static void a_pages_origin_and_a_strange_host_are_refused(void **state)
{
    stage *g = *state;
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", "Origin: https://example.org\r\n", NULL), 403);
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", "Origin: http://localhost\r\n", NULL), 200);
    assert_int_equal(say(g, "GET /api/v1/vintages HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421);
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", "X-Forwarded-For: 1.2.3.4\r\n", NULL), 421);
    assert_int_equal(say(g, "GET /api/v1/vintages HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200);
}

static void a_proxy_is_believed_only_at_its_address(void **state)
{
    stage *g = *state;
    const char *user = "X-Forwarded-User: amina\r\nX-Forwarded-Groups: staff, vigie-analyst\r\n";
    assert_int_equal(ask_with(g, "POST", "/api/v1/decisions", user, "{\"subject\":\"a\",\"verdict\":\"b\"}"),
                     403);
    g->o.trust_proxy = "127.0.0.1";
    vg_serve_stop(g->s);
    start_server(g);
    assert_int_equal(ask_with(g, "POST", "/api/v1/decisions", user, "{\"subject\":\"a\",\"verdict\":\"b\"}"),
                     201);
    CHECK_HAS(g, "\"who\":\"amina\"");
    assert_int_equal(ask(g, "/api/v1/vintages"), 401);
    assert_int_equal(ask_with(g, "GET", "/api/v1/vintages", "X-Forwarded-User: bob\r\n", NULL), 401);
}

static void without_tokens_only_this_machine_is_listened_to(void **state)
{
    stage *g = *state;
    vg_serve *s;
    vg_serve_opts o = g->o;
    o.listen = "0.0.0.0";
    assert_false(vg_serve_start(&o, &s, &g->e));
    assert_non_null(strstr(g->e.what, "the store has no token"));
    g->e = VG_NO_ERR;
    o.listen = "nowhere";
    assert_false(vg_serve_start(&o, &s, &g->e));
    g->e = VG_NO_ERR;
}

/* --- the stream --- */

static void news_come_down_the_stream_and_a_reader_catches_up(void **state)
{
    stage *g = *state;
    char later[200];
    int fd = dial(g);
    put_text(fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "retry: "), 200);
    CHECK_HAS(g, "Content-Type: text/event-stream");
    assert_int_equal(take_answer(g, fd, "\n\n"), 0);
    add_events(g->path, "26.1", &g->e);
    take_answer(g, fd, "\"vintage\":2");
    CHECK_HAS(g, "event: vintage");
    close(fd);
    assert_int_equal(ask(g, "/api/v1/collections/events/items?limit=1"), 200);
    fd = dial(g);
    snprintf(later, sizeof later,
             "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 2\r\n\r\n");
    put_text(fd, later);
    take_answer(g, fd, "\"vintage\":2");
    assert_int_equal(count_of(g, "\nevent: "), 2); /* the run and the second import; not the first */
    CHECK_HAS(g, "event: run");
    close(fd);
    assert_int_equal(ask_with(g, "GET", "/api/v1/stream", "Last-Event-ID: x\r\n", NULL), 400);
}

static void stopping_ends_the_streams(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    put_text(fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "retry: "), 200);
    vg_serve_stop(g->s);
    g->s = NULL;
    while (recv(fd, g->answer, sizeof g->answer, 0) > 0)
        ;
    close(fd);
}

static void figures_are_told_for_prometheus(void **state)
{
    stage *g = *state;
    ask(g, "/nothing");
    assert_int_equal(ask(g, "/metrics"), 200);
    CHECK_HAS(g, "vigie_requests_total{class=\"4xx\"} 1\n");
    CHECK_HAS(g, "vigie_events_indexed 60\n");
    CHECK_HAS(g, "vigie_request_seconds_bucket{le=\"+Inf\"}");
}

static void the_log_tells_no_query_and_no_token(void **state)
{
    stage *g = *state;
    char text[4096];
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    g->o.log_fd = pipes[1];
    vg_serve_stop(g->s);
    start_server(g);
    ask_as(g, g->analyst, "GET", "/api/v1/runs?verb=secret", NULL);
    vg_serve_stop(g->s);
    g->s = NULL;
    ssize_t n = read(pipes[0], text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(
        strstr(text, "\"who\":\"desk-1\",\"method\":\"GET\",\"path\":\"/api/v1/runs\",\"status\":200"));
    assert_null(strstr(text, "secret"));
    assert_null(strstr(text, "vigie_"));
    close(pipes[0]);
    close(pipes[1]);
}

#define OPEN(test)   cmocka_unit_test_setup_teardown(test, open_stage, leave)
#define CLOSED(test) cmocka_unit_test_setup_teardown(test, closed_stage, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN(every_answer_forbids_what_it_does_not_need),
        OPEN(rows_come_as_json_and_csv),
        OPEN(runs_and_results_are_told_page_by_page),
        OPEN(a_series_is_cut_by_unit_and_month),
        OPEN(a_box_across_the_antimeridian_has_both_sides),
        OPEN(days_and_types_choose_events),
        OPEN(following_next_gives_each_event_once),
        OPEN(a_cursor_made_up_is_refused),
        OPEN(a_feature_has_its_own_address),
        OPEN(csv_cells_cannot_be_formulas),
        OPEN(a_tag_says_that_nothing_changed_and_gzip_has_its_own),
        OPEN(what_is_asked_wrongly_is_said_with_its_remedy),
        OPEN(a_verb_gets_its_words_and_answers),
        OPEN(files_are_named_plainly_in_the_data_folder),
        OPEN(a_verb_that_takes_too_long_is_stopped),
        OPEN(the_api_is_described_from_the_tables),
        CLOSED(with_a_token_in_the_store_nobody_reads_without_one),
        CLOSED(only_an_analyst_decides_and_the_log_names_the_token),
        CLOSED(nobody_makes_a_token_by_deciding),
        CLOSED(a_body_must_be_json_and_say_so),
        CLOSED(a_token_revoked_while_the_server_runs_is_over_at_once),
        OPEN(a_pages_origin_and_a_strange_host_are_refused),
        OPEN(a_proxy_is_believed_only_at_its_address),
        OPEN(without_tokens_only_this_machine_is_listened_to),
        OPEN(news_come_down_the_stream_and_a_reader_catches_up),
        OPEN(stopping_ends_the_streams),
        OPEN(figures_are_told_for_prometheus),
        CLOSED(the_log_tells_no_query_and_no_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
