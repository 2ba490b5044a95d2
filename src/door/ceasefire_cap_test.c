/* Alerts in the Common Alerting Protocol 1.2: what leaves the server holds by every rule of the standard, and the checker
 * that says so finds what is wrong. */
#include "door/cap_check_test_int.h"
#include "door/ceasefire_test_int.h"

static const char *body_of(const client *c)
{
    const char *at = strstr(c->answer, "\r\n\r\n");
    assert_non_null(at);
    return at + 4;
}

/* --- the checker --- */

#define HEAD                                                                                                 \
    "<alert "                                                                                                \
    "xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>a-1</identifier><sender>a@b.org</sender>"
#define SENT  "<sent>2026-03-10T12:00:00-00:00</sent><status>Actual</status>"
#define ALERT "<msgType>Alert</msgType><scope>Public</scope>"
#define INFO                                                                                                 \
    "<info><language>en</language><category>Security</category><event>fire</event><urgency>Past</urgency>"   \
    "<severity>Severe</severity><certainty>Observed</certainty>"
#define AREA                                                                                                 \
    "<area><areaDesc>bank</areaDesc><polygon>48,32 48,33 49,33 48,32</polygon><circle>48,32 1.5</circle>"    \
    "<geocode><valueName>x</valueName><value>y</value></geocode></area>"
#define END "</info></alert>"

static void a_message_by_the_standard_holds(void **state)
{
    (void)state;
    CHECK_CAP(HEAD SENT ALERT INFO AREA END);
    CHECK_CAP(HEAD SENT ALERT "</alert>");
    CHECK_CAP(HEAD SENT
              "<msgType>Cancel</msgType><scope>Restricted</scope><restriction>x</restriction>"
              "<references>a@b.org,a-0,2026-03-09T12:00:00+05:30 a@b.org,a-1,2026-03-09T13:00:00-00:00"
              "</references></alert>");
}

/* Each is wrong in one thing, which is named. */
static void what_the_standard_forbids_is_found(void **state)
{
    static const struct {
        const char *xml, *why;
    } wrong[] = {
        { "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.1\"/>", "version 1.2" },
        { HEAD SENT "<msgType>Alert</msgType></alert>", "scope" },
        { HEAD "<status>Actual</status><sent>2026-03-10T12:00:00-00:00</sent>" ALERT "</alert>",
          "out of its order" },
        { HEAD SENT SENT ALERT "</alert>", "out of its order" },
        { HEAD "<sent>2026-03-10T12:00:00Z</sent><status>Actual</status>" ALERT "</alert>", "sent" },
        { HEAD "<sent>2026-03-10T12:00:00+00:00</sent><status>Actual</status>" ALERT "</alert>", "sent" },
        { HEAD "<sent>2026-03-10T12:00:00.5-01:00</sent><status>Actual</status>" ALERT "</alert>", "sent" },
        { HEAD "<sent>2026-02-30T12:00:00-00:00</sent><status>Actual</status>" ALERT "</alert>", "sent" },
        { HEAD SENT "<msgType>alert</msgType><scope>Public</scope></alert>", "msgType" },
        { HEAD SENT "<msgType>Update</msgType><scope>Public</scope></alert>", "references" },
        { HEAD SENT ALERT "<references>a-0,2026-03-09T12:00:00-00:00</references></alert>", "references" },
        { HEAD SENT ALERT "<references>a@b.org,a-0,2026-03-09T12:00:00Z</references></alert>", "references" },
        { HEAD SENT "<msgType>Alert</msgType><scope>Restricted</scope></alert>", "restriction" },
        { HEAD SENT "<msgType>Alert</msgType><scope>Private</scope></alert>", "addresses" },
        { HEAD SENT ALERT "<note> </note></alert>", "note" },
        { HEAD SENT ALERT "<colour>red</colour></alert>", "does not belong" },
        { HEAD SENT ALERT INFO "<event>again</event>" AREA END, "out of its order" },
        { HEAD SENT ALERT INFO "<headline>a</headline><headline>b</headline>" END, "too often" },
        { HEAD SENT ALERT INFO "<responseType>Assess</responseType>" END, "out of its order" },
        { HEAD SENT ALERT INFO "<web>nowhere</web>" END, "web" },
        { HEAD SENT ALERT INFO "<parameter><value>y</value></parameter>" END, "valueName" },
        { HEAD SENT ALERT INFO "<area><circle>48,32 1</circle></area>" END, "areaDesc" },
        { HEAD SENT ALERT INFO "<area><areaDesc>b</areaDesc><circle>48,32</circle></area>" END, "circle" },
        { HEAD SENT ALERT INFO "<area><areaDesc>b</areaDesc><circle>95,32 1</circle></area>" END, "circle" },
        { HEAD SENT ALERT INFO
          "<area><areaDesc>b</areaDesc><polygon>48,32 48,33 49,33 49,32</polygon></area>" END,
          "polygon" },
        { HEAD SENT ALERT INFO "<area><areaDesc>b</areaDesc><polygon>48,32 48,33 48,32</polygon></area>" END,
          "polygon" },
        { HEAD SENT ALERT INFO "<area><areaDesc>b</areaDesc><ceiling>9</ceiling></area>" END, "altitude" },
        { HEAD SENT ALERT "<info><language>english language</language></info></alert>", "language" },
        { HEAD SENT ALERT "<info><category>War</category></info></alert>", "category" },
        { "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>a 1</identifier></alert>",
          "identifier" },
        { HEAD SENT ALERT "<info>", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char why[200];
        cap_check(wrong[i].xml, why);
        if (!why[0] || !strstr(why, wrong[i].why))
            fail_msg("\"%s\" of: %s", why, wrong[i].xml);
    }
}

/* --- what is sent --- */

static void take_reports(desk *g, int first, int n)
{
    vg_desk *d;
    CHECK_OK(vg_desk_open(g->path, VG_S("truce"), &d, &g->e), &g->e);
    for (int i = first; i < first + n; i++) {
        char id[16];
        vg_report r = vg_report_none();
        r.source = VG_S("patrol-1");
        r.id = (vg_str){ id, snprintf(id, sizeof id, "%d", i) };
        r.from = INT64_C(1773100800) + (int64_t)i * 7200;
        r.to = r.from + 60;
        r.received_at = r.to + 60;
        r.lat_deg = 48.2 + 0.1 * (i % 5);
        r.lon_deg = 32.3;
        r.radius_m = 500;
        r.act = VG_ACT_MORTAR;
        r.kind = VG_SOURCE_PATROL;
        vg_desk_entry x = { .kind = VG_DESK_REPORT, .report = r };
        CHECK_OK(vg_desk_take(d, &x, 1, &g->e), &g->e);
    }
    vg_desk_close(d);
}

static long wait_for_alerts(desk *g, long least)
{
    long n = 0;
    WAIT_UNTIL(ask(g, TRUCE "/alerts") == 200 && (n = times_in(&g->c, "\"alert\":")) >= least);
    return n;
}

static long alert_of_threshold(const client *c)
{
    const char *at = strstr(c->answer, "\"rule\":\"threshold\"");
    assert_non_null(at);
    while (strncmp(at, "\"alert\":", 8) != 0)
        at--;
    return strtol(at + 8, NULL, 10);
}

/* What a person has rejected since makes no message grave and gives it no place. */
static void a_message_is_silent_about_rejected_incidents(void **state)
{
    char id[8][17], target[200];
    int n = 0;
    (void)state;
    desk *g = new_desk();
    enter_text(g, truce_text);
    setenv("VIGIE_NOW", "2026-03-10T10:00:00Z", 1);
    take_reports(g, 0, 4);
    open_desk(g);
    wait_for_alerts(g, 1);
    long number = alert_of_threshold(&g->c);
    const char *at = strstr(strstr(g->c.answer, "\"rule\":\"threshold\""), "\"incidents\":[");
    assert_non_null(at);
    for (at += strlen("\"incidents\":["); *at == '"' && n < 8; at += at[18] == ',' ? 19 : 18)
        snprintf(id[n++], 17, "%.16s", at + 1);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        snprintf(target, sizeof target, TRUCE "/incidents/%s/verification", id[i]);
        assert_int_equal(request(&g->c, g->analyst, "POST", target, "application/json",
                                 "{\"state\":\"rejected\",\"reason\":\"blasting in the quarry\"}"),
                         201);
    }
    snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap", number);
    assert_int_equal(ask(g, target), 200);
    CHECK_CAP(body_of(&g->c));
    ANSWER_HAS(&g->c, "<severity>Unknown</severity>");
    ANSWER_HAS(&g->c, "<certainty>Unknown</certainty>");
    ANSWER_LACKS(&g->c, "<circle>");
    unsetenv("VIGIE_NOW");
    end_desk(g);
}

static void a_threshold_that_is_reached_is_an_alert_in_cap_which_the_next_updates(void **state)
{
    char target[100], first[100];
    (void)state;
    desk *g = new_desk();
    enter_text(g, truce_text);
    setenv("VIGIE_NOW", "2026-03-10T10:00:00Z", 1);
    take_reports(g, 0, 4);
    open_desk(g);
    wait_for_alerts(g, 1);
    ANSWER_HAS(&g->c, "\"threshold\":\"three\"");
    ANSWER_HAS(&g->c, "\"action\":\"the duty officer is called\"");
    long number = alert_of_threshold(&g->c);
    snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap", number);
    assert_int_equal(ask(g, target), 200);
    ANSWER_HAS(&g->c, "Content-Type: application/cap+xml");
    CHECK_CAP(body_of(&g->c));
    ANSWER_HAS(&g->c, "<msgType>Alert</msgType>");
    ANSWER_HAS(&g->c, "<language>en</language>");
    ANSWER_HAS(&g->c, "<severity>Moderate</severity>");
    ANSWER_HAS(&g->c, "<instruction>the duty officer is called</instruction>");
    ANSWER_HAS(&g->c, "<circle>48.");
    ANSWER_HAS(&g->c, ",32.30000 0.500</circle>");
    ANSWER_HAS(&g->c, "River zone: a threshold of the agreement is reached (4)");
    ANSWER_LACKS(&g->c, "<references>");
    snprintf(first, sizeof first, ",vigie-ceasefire-truce-%ld,2026-03-10T10:00:00-00:00</references>",
             number);
    snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap?lang=fr", number);
    assert_int_equal(ask(g, target), 200);
    CHECK_CAP(body_of(&g->c));
    ANSWER_HAS(&g->c, "un seuil de l\xe2\x80\x99"
                      "accord est atteint");
    ANSWER_HAS(&g->c, "<language>fr</language>");
    assert_int_equal(ask(g, TRUCE "/alerts/99999/cap"), 404);
    /* two days later it is reached again */
    vg_serve_stop(g->s);
    free_client(&g->c);
    setenv("VIGIE_NOW", "2026-03-12T10:00:00Z", 1);
    take_reports(g, 24, 4);
    open_desk(g);
    long second = number;
    WAIT_UNTIL(wait_for_alerts(g, 1) && (second = alert_of_threshold(&g->c)) > number);
    snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap", second);
    assert_int_equal(ask(g, target), 200);
    CHECK_CAP(body_of(&g->c));
    ANSWER_HAS(&g->c, "<msgType>Update</msgType>");
    ANSWER_HAS(&g->c, first);
    unsetenv("VIGIE_NOW");
    end_desk(g);
}

/* Letters that XML forbids, marks that it uses itself, and texts of nothing but blanks, in all that an agreement says. */
static void an_agreement_of_odd_texts_gives_messages_that_hold(void **state)
{
    char target[100];
    (void)state;
    desk *g = new_desk();
    static const char *const odd[][2] = {
        { "name = \"River zone\"", "name = \"<River> & \\u0001 \\u001F \\uFFFF \\\"zone\\\"\"" },
        { "action = \"the duty officer is called\"", "action = \" \\t \"" },
    };
    char text[4000];
    snprintf(text, sizeof text, "%s", truce_text);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char rest[4000];
        char *at = strstr(text, odd[i][0]);
        assert_non_null(at);
        snprintf(rest, sizeof rest, "%s%s", odd[i][1], at + strlen(odd[i][0]));
        snprintf(at, sizeof text - (size_t)(at - text), "%s", rest);
    }
    enter_text(g, text);
    setenv("VIGIE_NOW", "2026-03-10T10:00:00Z", 1);
    take_reports(g, 0, 4);
    open_desk(g);
    wait_for_alerts(g, 1);
    for (const char *lang = "en"; lang; lang = *lang == 'e' ? "fr" : NULL) {
        assert_int_equal(ask(g, TRUCE "/alerts"), 200);
        snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap?lang=%s", alert_of_threshold(&g->c), lang);
        assert_int_equal(ask(g, target), 200);
        CHECK_CAP(body_of(&g->c));
        ANSWER_HAS(&g->c, "&lt;River&gt; &amp;");
        ANSWER_LACKS(&g->c, "<instruction>");
    }
    unsetenv("VIGIE_NOW");
    end_desk(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_by_the_standard_holds),
        cmocka_unit_test(what_the_standard_forbids_is_found),
        cmocka_unit_test(a_message_is_silent_about_rejected_incidents),
        cmocka_unit_test(a_threshold_that_is_reached_is_an_alert_in_cap_which_the_next_updates),
        cmocka_unit_test(an_agreement_of_odd_texts_gives_messages_that_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
