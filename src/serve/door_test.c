/* A made-up door: routes from above with each kind of body and parameter, who may ask, what they are told by, and the
 * door's life beside the server's. */
#include <stdatomic.h>

#include "serve/serve_test_int.h"

typedef struct {
    atomic_int opened, refreshed, closed;
} diary;

static diary the_diary;

static bool open_door(vg_serve *s, void **state, vg_err *e)
{
    (void)e;
    assert_non_null(vg_serve_store(s));
    atomic_fetch_add(&the_diary.opened, 1);
    *state = &the_diary;
    return true;
}

static bool refresh_door(vg_serve *s, void *state, vg_store *st, vg_err *e)
{
    diary *d = state;
    (void)s, (void)st, (void)e;
    atomic_fetch_add(&d->refreshed, 1);
    return true;
}

static void close_door(void *state)
{
    if (state)
        atomic_fetch_add(&((diary *)state)->closed, 1);
}

static bool find(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "word", "number", "exact" };
    (void)e;
    vg_rows r = vg_rows_begin(c, column, 3);
    vg_str word;
    for (int i = 0; (word = vg_call_each(c, "word", i)).n; i++) {
        vg_rows_text(&r, word);
        vg_rows_int(&r, vg_call_whole(c, "number"));
        vg_rows_text(&r, vg_call_whole(c, "exact") ? VG_S("yes") : VG_S("no"));
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

static bool keep(vg_call *c, vg_err *e)
{
    vg_store *st;
    vg_decision d = {
        .subject = vg_call_text(c, "subject"), .who = vg_call_who(c), .verdict = VG_S("kept"), .at = 1
    };
    if (vg_eq(d.subject, VG_S("odd")))
        return vg_call_refuse(c, 422, e, VG_EARG, "this one is odd", "send an even one");
    if (!vg_call_change(c, &st, e))
        return false;
    bool good = vg_store_decide(st, &d, e);
    vg_store_close(st);
    vg_call_status(c, 201);
    vg_call_location(c, VG_S("/api/v1/made-up/7"));
    vg_put(vg_call_out(c), VG_S("{}\n"));
    return good;
}

/* Says the body back, and tells the readers of the stream. */
static bool echo(vg_call *c, vg_err *e)
{
    (void)e;
    vg_print(vg_call_out(c), "%d:%lld", (int)vg_call_body_kind(c), (long long)vg_call_body(c).n);
    vg_call_type(c, "text/plain; charset=utf-8");
    vg_call_file_name(c, VG_S("../a \"name\".txt"));
    vg_serve_post(vg_call_serve(c), "echo", VG_S("{\"n\":1}"));
    return vg_call_state(c) == &the_diary;
}

static const vg_param find_params[] = {
    { "word", VG_P_TEXTS, .max = 20, .required = true, .help = "a word" },
    { "number", VG_P_INT, .min = 0, .max = 9, .fallback = "3", .help = "a number" },
    { "exact", VG_P_FLAG, .fallback = "false", .help = "whether" },
    { .name = NULL },
};
static const vg_param keep_params[] = {
    { "subject", VG_P_TEXT, .required = true, .help = "what" },
    { .name = NULL },
};

static const vg_route routes[] = {
    { "GET", "/made-up/{word}", "madeUpFind", "Finds", VG_ROLE_NOBODY, VG_AS_JSON | VG_AS_CSV,
      .returns = "Made", .answer = find,
      .param =
          (const vg_param[]){ { "word", VG_P_TEXTS, .in_path = true, .required = true, .help = "a word" },
                              { .name = NULL } } },
    { "POST", "/made-up", "madeUpForm", "Finds", VG_ROLE_VIEWER, VG_AS_JSON,
      .body = VG_BODY_FORM | VG_BODY_PARAMS, .plain = true, .returns = "Made", .answer = find,
      .param = find_params },
    { "PUT", "/made-up", "madeUpKeep", "Keeps", VG_ROLE_ANALYST, VG_AS_JSON, .plain = true,
      .body = VG_BODY_PARAMS, .status = 201, .answer = keep, .param = keep_params },
    { "POST", "/made-up/echo", "madeUpEcho", "Says", VG_ROLE_VIEWER, VG_AS_OTHER, .plain = true, .slow = true,
      .body = VG_BODY_JSON | VG_BODY_CSV, .body_bytes = 3 << 20, .answer = echo },
};
static const vg_door made_up = { .name = "made-up",
                                 .route = routes,
                                 .n_routes = 4,
                                 .schemas = "\"Made\":{\"type\":\"object\"}",
                                 .open = open_door,
                                 .refresh = refresh_door,
                                 .close = close_door };
static const vg_door *const doors[] = { &made_up };

static int open_stage(void **state)
{
    stage *g = new_stage();
    memset(&the_diary, 0, sizeof the_diary);
    g->o.door = doors;
    g->o.n_doors = 1;
    start_server(g);
    *state = g;
    return 0;
}

static int closed_stage(void **state)
{
    stage *g = new_stage();
    memset(&the_diary, 0, sizeof the_diary);
    add_tokens(g);
    g->o.door = doors;
    g->o.n_doors = 1;
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_stage(*state);
    return 0;
}

static int send_body(stage *g, const char *method, const char *target, const char *type, const char *body)
{
    static char text[8 << 10];
    snprintf(text, sizeof text,
             "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", method,
             target, type, strlen(body), body);
    return say(g, text);
}

static void a_doors_routes_are_described_with_the_others(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/openapi.json"), 200);
    CHECK_HAS(
        g,
        "\"/made-up/{word}\":{\"get\":{\"operationId\":\"madeUpFind\",\"summary\":\"Finds\",\"security\":[]");
    CHECK_HAS(g, "\"put\":{\"operationId\":\"madeUpKeep\"");
    CHECK_HAS(g, "\"application/x-www-form-urlencoded\":{\"schema\":{\"type\":\"object\"");
    CHECK_HAS(g, "\"Made\":{\"type\":\"object\"}");
}

static void texts_come_several_times_in_a_form_and_in_json(void **state)
{
    stage *g = *state;
    assert_int_equal(send_body(g, "POST", "/made-up", "application/x-www-form-urlencoded",
                               "word=a+b&word=c%2Fd&exact=true"),
                     200);
    CHECK_HAS(g, "{\"items\":[{\"word\":\"a b\",\"number\":3,\"exact\":\"yes\"},{\"word\":\"c/d\"");
    assert_int_equal(ask_with(g, "POST", "/made-up", "", "{\"word\":[\"x\",\"y\"],\"number\":4}"), 200);
    CHECK_HAS(g, "{\"word\":\"y\",\"number\":4,\"exact\":\"no\"}");
    assert_int_equal(
        send_body(g, "POST", "/made-up", "application/x-www-form-urlencoded", "word=a&exact=maybe"), 400);
    CHECK_HAS(g, "exact is not true or false");
    assert_int_equal(send_body(g, "POST", "/made-up", "text/csv", "word"), 415);
    assert_int_equal(ask_with(g, "DELETE", "/made-up", "", NULL), 405);
    CHECK_HAS(g, "Allow: POST, PUT");
}

static void a_body_may_be_as_large_as_its_row_says_and_no_larger(void **state)
{
    stage *g = *state;
    for (int mib = 2; mib <= 4; mib++) {
        size_t n = (size_t)mib << 20;
        char head[200], *body = malloc(n);
        memset(body, 'x', n);
        int fd = dial(g);
        snprintf(head, sizeof head,
                 "POST /made-up/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                 "text/csv\r\nContent-Length: %zu\r\n\r\n",
                 n);
        put_text(fd, head);
        if (mib < 4)
            put_bytes(fd, body, n);
        assert_int_equal(take_answer(g, fd, NULL), mib < 4 ? 200 : 413);
        close(fd);
        free(body);
    }
    assert_int_equal(send_body(g, "POST", "/made-up/echo", "application/json", "{\"a\":\xff}"), 400);
    assert_int_equal(send_body(g, "POST", "/made-up/echo", "application/json", "{\"a\":[]}"), 200);
    CHECK_HAS(g, "4:8");
    CHECK_HAS(g, "Content-Disposition: attachment; filename=\"-.-a--name-.txt\"\r\n");
}

static void a_public_route_needs_no_token_and_the_others_their_role(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/made-up/one.csv"), 200);
    CHECK_HAS(g, "one");
    assert_int_equal(ask_with(g, "POST", "/made-up", "", "{\"word\":\"x\"}"), 401);
    assert_int_equal(ask_as(g, g->viewer, "POST", "/made-up", "{\"word\":\"x\"}"), 200);
    assert_int_equal(ask_as(g, g->viewer, "PUT", "/made-up", "{\"subject\":\"x\"}"), 403);
    assert_int_equal(ask_as(g, g->analyst, "PUT", "/made-up", "{\"subject\":\"odd\"}"), 422);
    CHECK_HAS(g, "\"mend\":\"send an even one\"");
    assert_int_equal(ask_as(g, g->analyst, "PUT", "/made-up", "{\"subject\":\"even\"}"), 201);
    CHECK_HAS(g, "Location: /api/v1/made-up/7");
    assert_int_equal(ask_as(g, g->analyst, "GET", "/api/v1/audit?limit=10000", NULL), 200);
    CHECK_HAS(g, "\"actor\":\"desk-1\"");
}

static void a_door_is_refreshed_after_a_write_and_closed_with_the_server(void **state)
{
    stage *g = *state;
    assert_int_equal(atomic_load(&the_diary.opened), 1);
    assert_int_equal(ask_as(g, g->analyst, "PUT", "/made-up", "{\"subject\":\"even\"}"), 201);
    WAIT_UNTIL(atomic_load(&the_diary.refreshed) >= 1);
    vg_serve_stop(g->s);
    g->s = NULL;
    assert_int_equal(atomic_load(&the_diary.closed), 1);
}

static void what_a_door_posts_comes_to_the_readers_of_the_stream(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    put_text(fd, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "retry: 3000"), 200);
    int other = dial(g);
    put_text(other, "POST /made-up/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    "text/csv\r\nContent-Length: 1\r\n\r\nx");
    take_answer(g, fd, "event: echo\ndata: {\"n\":1}\n");
    CHECK_HAS(g, "event: echo\ndata: {\"n\":1}\n");
    close(other);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_doors_routes_are_described_with_the_others, open_stage, leave),
        cmocka_unit_test_setup_teardown(texts_come_several_times_in_a_form_and_in_json, open_stage, leave),
        cmocka_unit_test_setup_teardown(a_body_may_be_as_large_as_its_row_says_and_no_larger, open_stage,
                                        leave),
        cmocka_unit_test_setup_teardown(a_public_route_needs_no_token_and_the_others_their_role, closed_stage,
                                        leave),
        cmocka_unit_test_setup_teardown(a_door_is_refreshed_after_a_write_and_closed_with_the_server,
                                        closed_stage, leave),
        cmocka_unit_test_setup_teardown(what_a_door_posts_comes_to_the_readers_of_the_stream, open_stage,
                                        leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
