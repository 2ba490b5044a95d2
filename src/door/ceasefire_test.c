/* Ceasefires over HTTP: each route, wrong input, rights, idempotency, several callers at once, and a feed that goes on
 * where a reader stopped. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "door/ceasefire_int.h"
#include "door/ceasefire_outcome_int.h"
#include "door/ceasefire_test_int.h"
#include "prop.h"

/* One truce with four reports of three incidents, two of them of the same. */
static int open_truce(void **state)
{
    char lines[4000];
    int n = 0;
    desk *g = new_desk();
    enter_text(g, truce_text);
    open_desk(g);
    n += put_report(lines + n, sizeof lines - (size_t)n, "patrol-1", 1, 600, 48.5, 32.5);
    n += put_report(lines + n, sizeof lines - (size_t)n, "camera", 1, 600, 48.5005, 32.5005);
    n += put_report(lines + n, sizeof lines - (size_t)n, "patrol-1", 2, 900, 48.2, 32.2);
    n += put_report(lines + n, sizeof lines - (size_t)n, "patrol-1", 3, 1500, 48.8, 35.8);
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_int_equal(number_of(&g->c, "new"), 4);
    *state = g;
    return 0;
}

static int close_truce(void **state)
{
    end_desk(*state);
    return 0;
}

static void watched_agreements_are_listed_with_their_counts(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, BASE), 200);
    ANSWER_HAS(&g->c, "\"ceasefire\":\"truce\",\"title\":\"Truce of the two banks\",\"version\":\"1\"");
    ANSWER_HAS(&g->c, "\"state\":\"watching\"");
    assert_true(number_of(&g->c, "reports") >= 4);
    ANSWER_HAS(&g->c, "\"time_zone\":\"UTC\"");
    assert_int_equal(ask(g, BASE ".csv"), 200);
    ANSWER_HAS(&g->c, "ceasefire,title,version");
    assert_int_equal(ask(g, TRUCE), 200);
    ANSWER_HAS(&g->c,
               "\"clause\":\"1\",\"title\":\"Ceasefire\",\"text\":\"All fire in the river zone ceases.\"");
    ANSWER_HAS(&g->c, "\"relation\":\"target_inside\"");
    ANSWER_HAS(&g->c, "\"limits\":{\"violation\":0.8");
    ANSWER_HAS(&g->c, "\"least_count\":3");
    ANSWER_HAS(&g->c, "\"rate_per_minute\":100000");
    ANSWER_HAS(&g->c, "\"least_ratio\":null");
    assert_int_equal(ask(g, BASE "/nowhere"), 404);
    ANSWER_HAS(&g->c, "no agreement");
}

static void an_agreement_is_looked_over_and_entered(void **state)
{
    static const char *const broken = "id = \"broken\"\ntitle = \"B\"\nversion = \"1\"\ntime_zone = \"UTC\"\n"
                                      "from = 2026-03-01\nto = 2026-02-01\n";
    char other[4000];
    desk *g = *state;
    assert_int_equal(request(&g->c, g->analyst, "POST", BASE, "text/plain", broken), 422);
    ANSWER_HAS(&g->c, "\"entered\":false");
    ANSWER_HAS(&g->c, "\"weight\":\"error\"");
    assert_true(number_of(&g->c, "errors") > 0);
    assert_int_equal(request(&g->c, g->analyst, "POST", BASE, "text/plain", "id = \n"), 400);
    ANSWER_HAS(&g->c, "\"line\":1");
    assert_int_equal(request(&g->c, g->viewer, "POST", BASE, "text/plain", truce_text), 403);
    snprintf(other, sizeof other, "id = \"second\"%s", truce_text + strlen("id = \"truce\""));
    assert_int_equal(request(&g->c, g->analyst, "POST", BASE "?check=true", "text/plain", other), 200);
    ANSWER_HAS(&g->c, "\"entered\":false");
    assert_int_equal(ask(g, BASE "/second"), 404);
    assert_int_equal(request(&g->c, g->analyst, "POST", BASE, "text/plain", other), 201);
    ANSWER_HAS(&g->c, "Location: /api/v1/ceasefires/second");
    assert_int_equal(ask(g, BASE "/second"), 200);
    assert_int_equal(number_of(&g->c, "reports"), 0);
}

static void zones_are_features(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE "/zones"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/geo+json");
    ANSWER_HAS(&g->c, "\"id\":\"river@0\",\"geometry\":{\"type\":\"MultiPolygon\"");
    ANSWER_HAS(&g->c, "\"kind\":\"security_zone\"");
    assert_int_equal(ask(g, TRUCE "/zones?at=yesterday"), 400);
    assert_int_equal(ask(g, TRUCE "/zones?all=true"), 200);
    assert_int_equal(times_in(&g->c, "\"geometry\":"), 2);
}

static void incidents_are_found_by_what_they_are(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE "/incidents"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 3);
    assert_int_equal(ask(g, TRUCE "/incidents?level=violation"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 2);
    assert_int_equal(ask(g, TRUCE "/incidents?level=violation&clause=1&zone=river&act=mortar"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 2);
    assert_int_equal(ask(g, TRUCE "/incidents?bbox=35,48,36,49"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 1);
    assert_int_equal(ask(g, TRUCE "/incidents?from=2026-03-11"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 1);
    assert_int_equal(ask(g, TRUCE "/incidents?to=2026-03-10T12:00:00Z"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 1);
    assert_int_equal(ask(g, TRUCE "/incidents?verification=verified"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 0);
    static const char *const wrong[] = { "zone=sea",  "party=west", "clause=9", "act=singing", "level=high",
                                         "from=noon", "cursor=1.2", "limit=0",  "bbox=1,2",    "what=1" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char target[200];
        snprintf(target, sizeof target, TRUCE "/incidents?%s", wrong[i]);
        assert_int_equal(ask(g, target), 400);
    }
}

static void pages_of_incidents_hold_each_once(void **state)
{
    desk *g = *state;
    char target[400] = TRUCE "/incidents?limit=1", next[400];
    long seen = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(g, target), 200);
        seen += number_of(&g->c, "numberReturned");
        if (strstr(g->c.answer, "\"next\":null"))
            break;
        text_of_answer(&g->c, "next", next, sizeof next);
        snprintf(target, sizeof target, "%s", strstr(next, BASE));
    }
    assert_int_equal(seen, 3);
}

static void rows_of_incidents_are_csv(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE "/incidents.csv?level=violation"), 200);
    ANSWER_HAS(&g->c, "incident,from,to,lat,lon,radius_m,act");
    assert_int_equal(times_in(&g->c, ",mortar,mortar,120,"), 2);
}

static void first_incident(desk *g, char id[32])
{
    assert_int_equal(ask(g, TRUCE "/incidents?level=violation&limit=1"), 200);
    text_of_answer(&g->c, "id", id, 32);
    assert_int_equal(strlen(id), 16);
}

static void an_incident_shows_what_each_report_adds(void **state)
{
    desk *g = *state;
    char id[32], target[200];
    first_incident(g, id);
    snprintf(target, sizeof target, TRUCE "/incidents/%s", id);
    assert_int_equal(ask(g, target), 200);
    ANSWER_HAS(&g->c, "\"members\":[{");
    assert_int_equal(times_in(&g->c, "\"fit\":"), 2);
    ANSWER_HAS(&g->c, "\"source\":\"camera\"");
    ANSWER_HAS(&g->c, "\"basis\":\"seen\"");
    assert_int_equal(ask(g, TRUCE "/incidents/0000000000000001"), 404);
    assert_int_equal(ask(g, TRUCE "/incidents/xyz"), 404);
}

static void a_person_decides_and_the_log_knows_who(void **state)
{
    desk *g = *state;
    char id[32], target[200];
    first_incident(g, id);
    snprintf(target, sizeof target, TRUCE "/incidents/%s/verification", id);
    assert_int_equal(
        request(&g->c, g->viewer, "POST", target, "application/json", "{\"state\":\"verified\"}"), 403);
    assert_int_equal(request(&g->c, g->analyst, "POST", target, "application/json", "{\"state\":\"sure\"}"),
                     400);
    assert_int_equal(
        request(&g->c, g->analyst, "POST", target, "application/json", "{\"state\":\"rejected\"}"), 400);
    assert_int_equal(request(&g->c, g->analyst, "POST", target, "application/json",
                             "{\"state\":\"verified\",\"reason\":\"seen on the spot\"}"),
                     201);
    assert_true(number_of(&g->c, "number") > 4);
    assert_int_equal(ask(g, TRUCE "/incidents?verification=verified"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 1);
    snprintf(target, sizeof target, TRUCE "/incidents/%s", id);
    assert_int_equal(ask(g, target), 200);
    ANSWER_HAS(&g->c, "\"who\":\"desk-1\",\"state\":\"verified\",\"reason\":\"seen on the spot\"");
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/incidents/00000000000000ff/verification",
                             "application/json", "{\"state\":\"verified\"}"),
                     404);
}

/* --- reports --- */

static void the_same_body_again_has_no_effect(void **state)
{
    desk *g = *state;
    char lines[2000];
    int n = put_report(lines, sizeof lines, "patrol-1", 1, 600, 48.5, 32.5);
    put_report(lines + n, sizeof lines - (size_t)n, "patrol-1", 2, 900, 48.2, 32.2);
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_int_equal(number_of(&g->c, "same"), 2);
    assert_int_equal(number_of(&g->c, "new"), 0);
    ANSWER_HAS(&g->c, "\"items\":[]");
}

static void what_cannot_be_read_or_cannot_be_true_is_told_with_its_line(void **state)
{
    desk *g = *state;
    static const char lines[] =
        "{\"source\":\"patrol-1\",\"id\":\"90\",\"from\":\"2026-03-12T10:00:00Z\",\"to\":\"2026-03-12T10:01:"
        "00Z\","
        "\"received_at\":\"2026-03-12T11:00:00Z\",\"lat\":95,\"lon\":32.5,\"act\":\"mortar\"}\n"
        "{\"source\":\"patrol-1\",\"id\":\"91\",\"from\":\"never\",\"to\":\"2026-03-12T10:01:00Z\"}\n";
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_int_equal(number_of(&g->c, "quarantined"), 1);
    assert_int_equal(number_of(&g->c, "rejected"), 1);
    ANSWER_HAS(&g->c, "\"verdict\":\"quarantined\",\"source\":\"patrol-1\",\"report\":\"90\"");
    ANSWER_HAS(&g->c, "\"line\":2,\"verdict\":\"rejected\"");
    assert_int_equal(send_lines(g, &g->c, "{\"source\":"), 200);
    assert_int_equal(number_of(&g->c, "rejected"), 1);
}

static void reports_need_an_analyst_and_a_kind_of_body_that_is_read(void **state)
{
    desk *g = *state;
    char line[1000];
    put_report(line, sizeof line, "patrol-1", 1, 600, 48.5, 32.5);
    assert_int_equal(request(&g->c, g->viewer, "POST", TRUCE "/reports", "application/x-ndjson", line), 403);
    assert_int_equal(request(&g->c, NULL, "POST", TRUCE "/reports", "application/x-ndjson", line), 401);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "image/png", line), 415);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "text/csv", "\x1f\x8b"), 415);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "text/csv", ""), 400);
    assert_int_equal(
        request(&g->c, g->analyst, "POST", BASE "/nowhere/reports", "application/x-ndjson", line), 404);
}

static void reports_come_as_an_array_as_rows_and_as_cap(void **state)
{
    static const char rows[] =
        "source,id,from,to,received_at,lat,lon,radius_m,act\n"
        "patrol-1,70,2026-03-13T10:00:00Z,2026-03-13T10:01:00Z,2026-03-13T11:00:00Z,48.1,32.9,"
        "100,mortar\n";
    static const char cap[] = "<?xml version=\"1.0\"?><alert "
                              "xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>c-1</identifier>"
                              "<sender>press@example.org</sender><sent>2026-03-13T12:00:00+00:00</"
                              "sent><status>Actual</status><msgType>Alert"
                              "</msgType><scope>Public</scope><info><category>Security</"
                              "category><event>mortar</event><urgency>Past</urgency>"
                              "<severity>Severe</severity><certainty>Observed</"
                              "certainty><onset>2026-03-13T11:00:00+00:00</onset><area>"
                              "<areaDesc>bank</areaDesc><circle>48.3,32.3 1</circle></area></info></alert>";
    desk *g = *state;
    char array[2000];
    int n = snprintf(array, sizeof array, "[");
    n += put_report(array + n, sizeof array - (size_t)n, "patrol-1", 71, 5000, 48.6, 32.6);
    snprintf(array + n, sizeof array - (size_t)n, "]");
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "application/json", array), 200);
    assert_int_equal(number_of(&g->c, "new"), 1);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "text/csv", rows), 200);
    assert_int_equal(number_of(&g->c, "new"), 1);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/reports", "application/cap+xml", cap), 200);
    assert_int_equal(number_of(&g->c, "new"), 1);
    ANSWER_HAS(&g->c, "\"format\":\"cap\"");
}

static void coverage_is_kept_and_told(void **state)
{
    static const char lines[] =
        "{\"coverage\":\"watching\",\"source\":\"camera\",\"zone\":\"river\",\"from\":\"2026-03-10T00:00:"
        "00Z\","
        "\"to\":\"2026-03-11T00:00:00Z\",\"received_at\":\"2026-03-11T00:10:00Z\"}\n"
        "{\"coverage\":\"jammed\",\"source\":\"patrol-1\",\"zone\":\"mill\",\"from\":\"2026-03-10T00:00:"
        "00Z\","
        "\"to\":\"2026-03-11T00:00:00Z\",\"received_at\":\"2026-03-11T00:10:00Z\",\"note\":\"GPS\"}\n";
    desk *g = *state;
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/coverage", "application/x-ndjson", lines),
                     200);
    assert_int_equal(number_of(&g->c, "coverage"), 2);
    assert_int_equal(ask(g, TRUCE "/coverage?from=2026-03-09&to=2026-03-12"), 200);
    ANSWER_HAS(&g->c, "\"source\":\"camera\",\"zone\":\"river\",\"from\":\"2026-03-10T00:00:00Z\"");
    ANSWER_HAS(&g->c, "\"state\":\"jammed\"");
    assert_int_equal(ask(g, TRUCE "/coverage?from=2026-03-09&to=2026-03-12&source=camera"), 200);
    ANSWER_LACKS(&g->c, "jammed");
}

static void a_source_that_sends_too_much_is_told_so_and_the_rest_is_taken(void **state)
{
    desk *g = *state;
    char lines[8000];
    int n = 0;
    for (int i = 0; i < 8; i++)
        n += put_report(lines + n, sizeof lines - (size_t)n, "flood", i, 7000 + 10 * i, 48.4, 32.1 + 0.1 * i);
    assert_int_equal(send_lines(g, &g->c, lines), 429);
    ANSWER_HAS(&g->c, "Retry-After: 30");
    ANSWER_HAS(&g->c, "Content-Type: application/json");
    assert_int_equal(number_of(&g->c, "new"), 5);
    assert_int_equal(number_of(&g->c, "over_rate"), 3);
    ANSWER_HAS(&g->c, "\"line\":6,\"verdict\":\"over_rate\",\"source\":\"flood\",\"report\":\"5\"");
    put_report(lines, sizeof lines, "camera", 77, 7000, 48.45, 32.45);
    assert_int_equal(send_lines(g, &g->c, lines), 200); /* others go on */
    assert_int_equal(ask(g, TRUCE "/sources"), 200);
    const char *flood = strstr(g->c.answer, "\"source\":\"flood\"");
    assert_non_null(flood);
    assert_int_equal(strtol(strstr(flood, "\"over_rate\":") + 12, NULL, 10), 3);
    assert_int_equal(strtol(strstr(flood, "\"per_minute\":") + 13, NULL, 10), 5);
}

static void a_body_that_is_too_large_is_refused_before_it_comes(void **state)
{
    desk *g = *state;
    char text[400];
    int fd = dial_port(g->c.port);
    int n = snprintf(text, sizeof text,
                     "POST " TRUCE "/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                     "Content-Length: %d\r\nAuthorization: Bearer %s\r\n\r\n",
                     (16 << 20) + 1, g->analyst);
    put_all(fd, text, (size_t)n);
    assert_int_equal(take_whole(&g->c, fd), 413);
    close(fd);
}

static void a_body_of_many_pieces_is_taken_whole(void **state)
{
    enum { MANY = 3000 };
    desk *g = *state;
    char *lines = malloc(MANY * 400);
    int n = 0;
    for (int i = 0; i < MANY; i++)
        n += put_report(lines + n, (size_t)(MANY * 400 - n), "camera", 500000 + i, 4000 + i,
                        48.1 + 0.0002 * i, 32.1 + 0.0002 * (i * 7 % MANY));
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_int_equal(number_of(&g->c, "new"), MANY);
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    if (number_of(&g->c, "same") != MANY)
        fail_msg("%.400s", strstr(g->c.answer, "\r\n\r\n"));
    free(lines);
}

static void a_new_text_of_the_agreement_holds_for_what_was_reported(void **state)
{
    desk *g = *state;
    char text[4000];
    assert_int_equal(ask(g, TRUCE), 200);
    long reports = number_of(&g->c, "reports");
    snprintf(text, sizeof text, "%s", truce_text);
    strstr(text, "version = \"1\"")[11] = '2';
    assert_int_equal(request(&g->c, g->analyst, "POST", BASE, "text/plain", text), 201);
    WAIT_UNTIL(ask(g, TRUCE) == 200 && strstr(g->c.answer, "\"version\":\"2\""));
    assert_int_equal(number_of(&g->c, "reports"), reports);
    assert_int_equal(ask(g, TRUCE "/incidents?level=violation&limit=1"), 200);
    assert_int_equal(number_of(&g->c, "numberReturned"), 1);
}

/* --- what came out --- */

/* Numbers have no gap, however the feed is cut into pages. */
static void a_feed_goes_on_where_the_reader_stopped(void **state)
{
    desk *g = *state;
    char target[200];
    long last = 0, page = 0;
    assert_int_equal(ask(g, TRUCE "/feed"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/x-ndjson");
    ANSWER_HAS(&g->c, "\"event\":\"incident\"");
    ANSWER_HAS(&g->c, "\"change\":\"new\"");
    do {
        snprintf(target, sizeof target, TRUCE "/feed?after=%ld&limit=%ld", last, 1 + last % 40);
        assert_int_equal(ask(g, target), 200);
        page = times_in(&g->c, "\"number\":");
        if (page)
            assert_int_equal(number_of(&g->c, "number"), last + 1);
        last += page;
    } while (page);
    assert_true(last >= 3);
    assert_int_equal(ask(g, TRUCE "/feed?seq=true&limit=1"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/geo+json-seq");
    ANSWER_HAS(&g->c, "\x1e{\"ceasefire\":\"truce\",\"number\":1,");
    assert_int_equal(ask(g, TRUCE "/feed?after=-1"), 400);
}

static void figures_are_rows_of_days(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE "/figures?from=2026-03-10&to=2026-03-10"), 200);
    ANSWER_HAS(&g->c, "\"day\":\"2026-03-10\",\"zone\":\"river\"");
    ANSWER_HAS(&g->c, "\"clause\":\"1\",\"weapon\":\"mortar\"");
    assert_int_equal(ask(g, TRUCE "/figures?from=2026-03-10&to=2026-03-10&zone=mill"), 200);
    ANSWER_HAS(&g->c, "\"items\":[]");
    assert_int_equal(ask(g, TRUCE "/figures?from=2026-03-10&to=2026-03-01"), 400);
    assert_int_equal(ask(g, TRUCE "/figures?from=2020-03-10&to=2026-03-01"), 400);
    assert_int_equal(ask(g, TRUCE "/figures?zone=sea"), 400);
    assert_int_equal(ask(g, TRUCE "/compliance?from=2026-03-10&to=2026-03-10"), 200);
    ANSWER_HAS(&g->c, "\"clause\":\"1\",\"state\":\"broken\"");
    assert_int_equal(ask(g, TRUCE "/corrections"), 200);
    assert_int_equal(ask(g, TRUCE "/sources"), 200);
    ANSWER_HAS(&g->c, "\"source\":\"patrol-1\",\"kind\":\"patrol\"");
    ANSWER_HAS(&g->c, "\"per_minute\":100000");
}

static void the_report_is_a_page_in_either_language_or_data(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE "/report?day=2026-03-10"), 200);
    ANSWER_HAS(&g->c, "Content-Type: text/html");
    ANSWER_HAS(&g->c, "lang=\"en\"");
    assert_int_equal(ask(g, TRUCE "/report?day=2026-03-10&lang=fr"), 200);
    ANSWER_HAS(&g->c, "lang=\"fr\"");
    assert_int_equal(ask(g, TRUCE "/report?day=2026-03-10&form=json"), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/json");
    assert_int_equal(ask(g, TRUCE "/report?day=tuesday"), 400);
}

/* One report of mortar fire without a number of explosions, in the river zone. */
static void take_uncounted(vg_desk *d, const char *id, int64_t at, double lat)
{
    vg_err e = VG_NO_ERR;
    vg_report r = vg_report_none();
    r.source = VG_S("patrol-1");
    r.id = vg_str_z(id);
    r.kind = VG_SOURCE_PATROL;
    r.from = at;
    r.to = at + 60;
    r.received_at = at + 120;
    r.lat_deg = lat;
    r.lon_deg = 32.5;
    r.radius_m = 200;
    r.act = VG_ACT_MORTAR;
    vg_desk_entry x = { .kind = VG_DESK_REPORT, .report = r };
    CHECK_OK(vg_desk_take(d, &x, 1, &e), &e);
}

static void corrections_that_were_told_are_listed_since_a_date_and_what_nobody_counted_is_not_zero(
    void **state)
{
    enum { DAY = 86400 };
    const int64_t at = INT64_C(1773100800) + 8 * 3600; /* 2026-03-10T08:00 */
    (void)state;
    vg_desk *d;
    desk *g = new_desk();
    enter_text(g, truce_text);
    CHECK_OK(vg_desk_open(g->path, VG_S("truce"), &d, &g->e), &g->e);
    take_uncounted(d, "1", at, 48.3);
    CHECK_OK(vg_desk_tick(d, at + DAY, &g->e), &g->e); /* published */
    take_uncounted(d, "2", at + 3600, 48.7);
    CHECK_OK(vg_desk_tick(d, at + 2 * DAY, &g->e), &g->e); /* corrected */
    vg_desk_close(d);
    open_desk(g);
    assert_int_equal(ask(g, TRUCE "/corrections"), 200);
    ANSWER_HAS(&g->c, "\"items\":[]");
    assert_int_equal(ask(g, TRUCE "/corrections?since=2026-03-12"), 200);
    assert_true(times_in(&g->c, "\"day\":\"2026-03-10\"") >= 2); /* of the clause, and of all incidents */
    ANSWER_HAS(&g->c, "\"zone\":\"river\",\"party\":null,\"clause\":\"1\",\"weapon\":");
    ANSWER_HAS(&g->c, "\"violations_was\":1,");
    ANSWER_HAS(&g->c, "\"violations\":2,");
    ANSWER_HAS(&g->c, "\"told_at\":\"2026-03-12T08:00:00Z\"");
    assert_int_equal(ask(g, TRUCE "/corrections?since=2026-03-12&limit=1"), 200);
    assert_int_equal(times_in(&g->c, "\"told_at\""), 1);
    assert_int_equal(ask(g, TRUCE "/corrections?since=2026-03-13"), 200);
    ANSWER_HAS(&g->c, "\"items\":[]");
    assert_int_equal(ask(g, TRUCE "/corrections?since=lately"), 400);
    assert_int_equal(ask(g, TRUCE "/figures?from=2026-03-10&to=2026-03-10&clause=1"), 200);
    ANSWER_HAS(&g->c, "\"violations\":2,");
    ANSWER_HAS(&g->c, "\"explosions\":null");
    end_desk(g);
}

/* The soft limit on what a file may hold stands for a disk: it can be lifted again. */
static void a_full_disk_is_507_and_nothing_that_was_acknowledged_is_lost(void **state)
{
    enum { MANY = 6000 };
    (void)state;
    desk *g = new_desk();
    char *lines = malloc(MANY * 400);
    struct rlimit before, tight;
    struct stat s;
    int n = 0;
    enter_text(g, truce_text);
    open_desk(g);
    for (int i = 0; i < MANY; i++)
        n += put_report(lines + n, (size_t)(MANY * 400 - n), "camera", i, i, 48.1 + 0.0001 * i,
                        32.1 + 0.0001 * (i * 7 % MANY));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(stat(g->path, &s), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = (struct rlimit){ (rlim_t)s.st_size + (1 << 20), before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int status = send_lines(g, &g->c, lines);
    setrlimit(RLIMIT_FSIZE, &before);
    if (status != 507)
        fail_msg("%d: %.1500s", status, g->c.answer);
    ANSWER_HAS(&g->c, "Insufficient Storage");
    ANSWER_HAS(&g->c, "make room");
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_true(number_of(&g->c, "new") > 0);
    assert_int_equal(number_of(&g->c, "new") + number_of(&g->c, "same"), MANY);
    assert_int_equal(send_lines(g, &g->c, lines), 200);
    assert_int_equal(number_of(&g->c, "same"), MANY);
    free(lines);
    end_desk(g);
}

/* --- several at once --- */

enum { SENDERS = 4, POSTS = 12, LINES = 10 };

typedef struct {
    desk *g;
    int number;
    long taken, same, bad;
} crowd;

static void *send_some(void *arg)
{
    crowd *x = arg;
    client c = new_client(vg_serve_port(x->g->s));
    for (int i = 0; i < POSTS; i++) {
        char lines[LINES * 500];
        int n = 0;
        for (int k = 0; k < LINES; k++) /* every second post is one that another thread sends, too */
            n += put_report(lines + n, sizeof lines - (size_t)n, "camera",
                            100000 + (i % 2 ? x->number : 9) * 10000 + i * 100 + k, 6000 + i * 60,
                            48.1 + 0.05 * k, 32.1 + 0.05 * i);
        if (send_lines(x->g, &c, lines) != 200)
            x->bad++;
        else
            x->taken += number_of(&c, "new"), x->same += number_of(&c, "same");
        x->bad += request(&c, x->g->viewer, "GET", TRUCE "/incidents?limit=10", NULL, NULL) != 200;
    }
    free_client(&c);
    return NULL;
}

static void several_senders_are_taken_each_report_once(void **state)
{
    desk *g = *state;
    crowd all[SENDERS];
    pthread_t thread[SENDERS];
    long taken = 0, same = 0;
    for (int i = 0; i < SENDERS; i++) {
        all[i] = (crowd){ .g = g, .number = i };
        assert_int_equal(pthread_create(&thread[i], NULL, send_some, &all[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(all[i].bad, 0);
        taken += all[i].taken;
        same += all[i].same;
    }
    assert_int_equal(taken, SENDERS * POSTS / 2 * LINES + POSTS / 2 * LINES);
    assert_int_equal(taken + same, SENDERS * POSTS * LINES);
}

/* Another program writes to the same watch: the server reads it within a second or so. */
static void what_another_program_adds_is_seen(void **state)
{
    desk *g = *state;
    vg_desk *d;
    vg_report r = vg_report_none();
    r.source = VG_S("patrol-1");
    r.id = VG_S("other-program");
    r.from = INT64_C(1773100800) + 86400 * 5;
    r.to = r.from + 60;
    r.received_at = r.to + 60;
    r.lat_deg = 48.55;
    r.lon_deg = 32.77;
    r.radius_m = 100;
    r.act = VG_ACT_MORTAR;
    vg_desk_entry x = { .kind = VG_DESK_REPORT, .report = r };
    CHECK_OK(vg_desk_open(g->path, VG_S("truce"), &d, &g->e), &g->e);
    CHECK_OK(vg_desk_take(d, &x, 1, &g->e), &g->e);
    vg_desk_close(d);
    WAIT_UNTIL(ask(g, TRUCE "/incidents?bbox=32.76,48.54,32.78,48.56") == 200 &&
               number_of(&g->c, "numberReturned") == 1);
}

/* --- what is read back --- */

static const char *an_id_and_a_filter_read_back(vg_rng *r)
{
    char text[17];
    uint64_t id = vg_rng_u64(r), back = 0;
    if (!vg_incident__read(vg_incident__text(id, text), &back) || back != id)
        return "another id";
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_filter f = { (int)vg_rng_below(r, 3), (int)vg_rng_below(r, 4), (int)vg_rng_below(r, 6) };
    if (!vg_arena_init(&a, 4096, &e))
        return "no memory";
    vg_filter g = vg_filter__read(vg_filter__text(&a, &f));
    vg_arena_free(&a);
    return f.what == g.what && f.level == g.level && f.severity == g.severity ? NULL : "another filter";
}

static void ids_and_filters_read_back(void **state)
{
    uint64_t id;
    (void)state;
    check_property("an_id_and_a_filter_read_back", an_id_and_a_filter_read_back, 1000);
    assert_false(vg_incident__read(VG_S("0123456789ABCDEF"), &id));
    assert_false(vg_incident__read(VG_S("0123456789abcde"), &id));
    assert_false(vg_incident__read(VG_S("0123456789abcdeg"), &id));
    assert_int_equal(vg_filter__read(VG_S("nonsense 9 9")).level, VG_LEVEL_VIOLATION);
}

/* --- the stream --- */

static void the_stream_tells_of_new_incidents(void **state)
{
    desk *g = *state;
    char text[400], line[1000];
    client c = new_client(vg_serve_port(g->s));
    int fd = dial_port(c.port), got = 0;
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                     g->viewer);
    put_all(fd, text, (size_t)n);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    assert_true(poll(&p, 1, CLIENT_PATIENCE_MS) > 0);
    put_report(line, sizeof line, "patrol-1", 500, 8800, 48.33, 32.33);
    assert_int_equal(send_lines(g, &g->c, line), 200);
    while (got < CLIENT_BYTES - 1 && poll(&p, 1, CLIENT_PATIENCE_MS) > 0) {
        ssize_t part = recv(fd, c.answer + got, (size_t)(CLIENT_BYTES - 1 - got), 0);
        if (part <= 0)
            break;
        got += (int)part;
        c.answer[got] = '\0';
        if (strstr(c.answer, "event: ceasefire-incident") && strstr(c.answer, "\"level\":\"violation\""))
            break;
    }
    close(fd);
    ANSWER_HAS(&c, "event: ceasefire-incident");
    ANSWER_HAS(&c, "\"ceasefire\":\"truce\"");
    ANSWER_HAS(&c, "\"clause\":\"1\"");
    free_client(&c);
}

static void a_restarted_server_knows_what_was_taken(void **state)
{
    desk *g = *state;
    assert_int_equal(ask(g, TRUCE), 200);
    long reports = number_of(&g->c, "reports"), outcome = number_of(&g->c, "outcome");
    vg_serve_stop(g->s);
    free_client(&g->c);
    open_desk(g);
    assert_int_equal(ask(g, TRUCE), 200);
    assert_int_equal(number_of(&g->c, "reports"), reports);
    assert_true(number_of(&g->c, "outcome") >= outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_filters_read_back),
        cmocka_unit_test(watched_agreements_are_listed_with_their_counts),
        cmocka_unit_test(an_agreement_is_looked_over_and_entered),
        cmocka_unit_test(zones_are_features),
        cmocka_unit_test(incidents_are_found_by_what_they_are),
        cmocka_unit_test(pages_of_incidents_hold_each_once),
        cmocka_unit_test(rows_of_incidents_are_csv),
        cmocka_unit_test(an_incident_shows_what_each_report_adds),
        cmocka_unit_test(the_same_body_again_has_no_effect),
        cmocka_unit_test(what_cannot_be_read_or_cannot_be_true_is_told_with_its_line),
        cmocka_unit_test(reports_need_an_analyst_and_a_kind_of_body_that_is_read),
        cmocka_unit_test(a_person_decides_and_the_log_knows_who),
        cmocka_unit_test(figures_are_rows_of_days),
        cmocka_unit_test(the_report_is_a_page_in_either_language_or_data),
        cmocka_unit_test(
            corrections_that_were_told_are_listed_since_a_date_and_what_nobody_counted_is_not_zero),
        cmocka_unit_test(a_feed_goes_on_where_the_reader_stopped),
        cmocka_unit_test(reports_come_as_an_array_as_rows_and_as_cap),
        cmocka_unit_test(coverage_is_kept_and_told),
        cmocka_unit_test(the_stream_tells_of_new_incidents),
        cmocka_unit_test(what_another_program_adds_is_seen),
        cmocka_unit_test(several_senders_are_taken_each_report_once),
        cmocka_unit_test(a_source_that_sends_too_much_is_told_so_and_the_rest_is_taken),
        cmocka_unit_test(a_body_that_is_too_large_is_refused_before_it_comes),
        cmocka_unit_test(a_body_of_many_pieces_is_taken_whole),
        cmocka_unit_test(a_full_disk_is_507_and_nothing_that_was_acknowledged_is_lost),
        cmocka_unit_test(a_new_text_of_the_agreement_holds_for_what_was_reported),
        cmocka_unit_test(a_restarted_server_knows_what_was_taken),
    };
    return cmocka_run_group_tests(tests, open_truce, close_truce);
}
