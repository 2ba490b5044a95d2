/* Alerts over HTTP: each points to the one before it, the feed and the CAP messages hold what their standards ask for. */
#include "door/cap_check_test_int.h"
#include "door/client_test_int.h"

typedef struct {
    char dir[256], path[300];
    vg_serve *s;
    vg_serve_opts o;
    client c;
    vg_err e;
} desk;

#define RULE "alert-rule:sb,country,forest,threshold,25,0.5,0"

static void add_alerts(const char *path, int64_t at, double probability, vg_err *e)
{
    vg_store *st;
    int64_t id;
    char body[2][400];
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, &st, e), e);
    vg_run run = {
        .verb = VG_S("alert"), .program_version = VG_S("0"), .params = VG_S("{}"), .started_at = at
    };
    vg_result result[2];
    for (int i = 0; i < 2; i++) {
        int n = snprintf(body[i], sizeof body[i],
                         "{\"rule\":\"" RULE "\",\"iso3\":\"%s\",\"name\":\"%s\",\"probability\":%g,"
                         "\"expected\":40.5,\"usual\":12,\"hit_rate\":0.75,\"false_alarm_rate\":0.02}",
                         i ? "NER" : "MLI", i ? "Niger & <Co>" : "Mali", probability);
        result[i] = (vg_result){ 0, VG_S("alert"), VG_UNIT_COUNTRY, 432 + i, 541, { body[i], n } };
    }
    CHECK_OK(vg_store_run(st, &run, result, 2, &id, e), e);
    vg_store_close(st);
}

static int open_desk(void **state)
{
    static const vg_door *const door[] = { &vg_alert_door };
    desk *g = calloc(1, sizeof *g);
    temp_dir(g->dir);
    snprintf(g->path, sizeof g->path, "%s/s.db", g->dir);
    add_alerts(g->path, 1700000000, 0.6, &g->e);
    add_alerts(g->path, 1702592000, 0.8, &g->e);
    g->o = (vg_serve_opts){ .store = g->path, .door = door, .n_doors = 1 };
    CHECK_OK(vg_serve_start(&g->o, &g->s, &g->e), &g->e);
    g->c = new_client(vg_serve_port(g->s));
    *state = g;
    return 0;
}

static int close_desk(void **state)
{
    desk *g = *state;
    end_server(g->s, &g->c, g->path, g->dir);
    free(g);
    return 0;
}

static void each_alert_names_the_one_before(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/api/v1/alerts/history"), 200);
    assert_int_equal(count_of(&g->c, "\"alert\":"), 4);
    ANSWER_HAS(&g->c, "\"alert\":3,\"run\":2,\"at\":\"2023-12-14T22:13:20Z\"");
    ANSWER_HAS(&g->c, "\"before\":1");
    ANSWER_HAS(&g->c, "\"before\":2"); /* Niger's own, not Mali's */
    assert_int_equal(count_of(&g->c, "\"before\":null"), 2);
    assert_int_equal(get(&g->c, "/api/v1/alerts/history?iso3=ner&limit=1"), 200);
    assert_int_equal(count_of(&g->c, "\"alert\":"), 1);
    ANSWER_HAS(&g->c, "cursor=1\"");
    assert_int_equal(get(&g->c, "/api/v1/alerts/history.csv?hxl=1"), 200);
    ANSWER_HAS(&g->c, "#country+code+v_iso3");
}

static void a_reason_is_a_sentence_in_the_language_asked_for(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/api/v1/alerts/history"), 200);
    ANSWER_HAS(&g->c, "Mali: at least 25 deaths in");
    assert_int_equal(get(&g->c, "/api/v1/alerts/history?lang=fr"), 200);
    ANSWER_HAS(&g->c, "la probabilité d’au moins 25 morts en");
    ANSWER_LACKS(&g->c, "alert.feed");
}

static void the_feed_is_atom_with_what_came_before(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/api/v1/alerts/feed"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/atom+xml");
    ANSWER_HAS(&g->c, "<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    ANSWER_HAS(&g->c, "<updated>2023-12-14T22:13:20Z</updated>");
    assert_int_equal(count_of(&g->c, "<entry>"), 4);
    assert_int_equal(count_of(&g->c, "rel=\"predecessor-version\""), 2);
    ANSWER_HAS(&g->c, "Niger &amp; &lt;Co&gt;");
    assert_int_equal(get(&g->c, "/api/v1/alerts/feed?iso3=MLI"), 200);
    assert_int_equal(count_of(&g->c, "<entry>"), 2);
}

static void a_cap_message_updates_the_one_before(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/api/v1/alerts/3/cap"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/cap+xml");
    CHECK_CAP(strstr(g->c.answer, "\r\n\r\n") + 4);
    ANSWER_HAS(&g->c, "<sent>2023-12-14T22:13:20-00:00</sent>");
    ANSWER_HAS(&g->c, "<msgType>Update</msgType>");
    ANSWER_HAS(&g->c, "<references>vigie@localhost,vigie-alert-1,2023-11-14T22:13:20-00:00</references>");
    ANSWER_HAS(&g->c, "<certainty>Likely</certainty>");
    ANSWER_HAS(&g->c, "<severity>Moderate</severity>");
    assert_int_equal(get(&g->c, "/api/v1/alerts/1/cap"), 200);
    CHECK_CAP(strstr(g->c.answer, "\r\n\r\n") + 4);
    ANSWER_HAS(&g->c, "<msgType>Alert</msgType>");
    ANSWER_LACKS(&g->c, "<references>");
    assert_int_equal(get(&g->c, "/api/v1/alerts/99/cap"), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_alert_names_the_one_before),
        cmocka_unit_test(a_reason_is_a_sentence_in_the_language_asked_for),
        cmocka_unit_test(the_feed_is_atom_with_what_came_before),
        cmocka_unit_test(a_cap_message_updates_the_one_before),
    };
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
