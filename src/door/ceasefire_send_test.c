/* Alerts out: CAP messages in the order that their schema wants, and receivers that fail first, are slow, or are gone. */
#include <pthread.h>
#include <stdatomic.h>

#include "core/hash.h"
#include "door/ceasefire_test_int.h"

/* --- a receiver: keeps what came, and fails as often as it is told to --- */

enum { KEPT = 64, KEPT_BYTES = 16 << 10 };

typedef struct {
    int fd, port, fail_first;
    bool silent; /* takes a message and never answers */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    int n;
    char message[KEPT][KEPT_BYTES];
} receiver;

static size_t read_message(int fd, char *to)
{
    size_t n = 0;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    to[0] = '\0';
    while (n < KEPT_BYTES - 1 && !answer_is_whole(to, (long)n) && poll(&p, 1, 3000) > 0) {
        ssize_t got = recv(fd, to + n, KEPT_BYTES - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        to[n] = '\0';
    }
    return n;
}

static void *receive(void *arg)
{
    static const char good[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                      bad[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    receiver *r = arg;
    int held[KEPT], n_held = 0;
    char *message = malloc(KEPT_BYTES);
    for (int fd; (fd = accept(r->fd, NULL, NULL)) >= 0;) {
        size_t n = read_message(fd, message);
        pthread_mutex_lock(&r->lock);
        bool fails = r->fail_first > 0;
        r->fail_first -= fails;
        if (r->n < KEPT)
            memcpy(r->message[r->n++], message, n + 1);
        pthread_mutex_unlock(&r->lock);
        if (r->silent && n_held < KEPT) {
            held[n_held++] = fd;
            continue;
        }
        put_all(fd, fails ? bad : good, strlen(fails ? bad : good));
        close(fd);
    }
    while (n_held > 0)
        close(held[--n_held]);
    free(message);
    return NULL;
}

static receiver *new_receiver(int fail_first, bool silent)
{
    receiver *r = calloc(1, sizeof *r);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    r->fail_first = fail_first;
    r->silent = silent;
    pthread_mutex_init(&r->lock, NULL);
    r->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(r->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(r->fd, 16), 0);
    assert_int_equal(getsockname(r->fd, (struct sockaddr *)&at, &len), 0);
    r->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&r->thread, NULL, receive, r), 0);
    return r;
}

static void end_receiver(receiver *r)
{
    shutdown(r->fd, SHUT_RDWR);
    pthread_join(r->thread, NULL);
    close(r->fd);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static int n_received(receiver *r)
{
    pthread_mutex_lock(&r->lock);
    int n = r->n;
    pthread_mutex_unlock(&r->lock);
    return n;
}

static void wait_for(receiver *r, int n)
{
    for (int i = 0; i < 400 && n_received(r) < n; i++)
        usleep(25000);
    if (n_received(r) < n)
        fail_msg("%d messages came, expected %d", n_received(r), n);
}

static void header_of(const char *message, const char *name, char *to, size_t cap)
{
    char key[80];
    snprintf(key, sizeof key, "\r\n%s: ", name);
    const char *at = strstr(message, key);
    if (!at)
        fail_msg("no %s in %.300s", name, message);
    at += strlen(key);
    snprintf(to, cap, "%.*s", (int)strcspn(at, "\r"), at);
}

/* --- the server --- */

static int open_truce(void **state)
{
    setenv("VIGIE_PRIVATE_RECEIVERS", "1", 1);
    desk *g = new_desk();
    enter_text(g, truce_text);
    open_desk(g);
    *state = g;
    return 0;
}

static int close_truce(void **state)
{
    end_desk(*state);
    unsetenv("VIGIE_PRIVATE_RECEIVERS");
    return 0;
}

static long add_receiver(desk *g, const receiver *r, const char *more)
{
    char body[400];
    snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%d/in?token=abc\"%s}", r->port, more);
    assert_int_equal(request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json", body), 201);
    return number_of(&g->c, "receiver");
}

static void end_receiver_of(desk *g, long id)
{
    char target[100];
    snprintf(target, sizeof target, TRUCE "/receivers/%ld", id);
    assert_int_equal(request(&g->c, g->admin, "DELETE", target, NULL, NULL), 200);
}

/* New violations, far enough from each other to be incidents of their own. */
static void send_violations(desk *g, int first, int n)
{
    for (int i = first; i < first + n; i++) {
        char line[1000];
        put_report(line, sizeof line, "patrol-1", 1000 + i, 600 + 720 * i, 48.1 + 0.08 * (i % 10),
                   32.1 + 0.08 * (i / 10));
        assert_int_equal(send_lines(g, &g->c, line), 200);
        assert_int_equal(number_of(&g->c, "new"), 1);
    }
}

static void a_receiver_that_fails_first_gets_each_outcome_in_order_and_signed(void **state)
{
    desk *g = *state;
    receiver *r = new_receiver(1, false);
    long id = add_receiver(g, r, ",\"what\":\"incidents\",\"secret\":\"a word between us\"");
    send_violations(g, 0, 3);
    wait_for(r, 4); /* the first one twice */
    char key[4][80], signature[100], hex[65];
    for (int i = 0; i < 4; i++)
        header_of(r->message[i], "Idempotency-Key", key[i], sizeof key[i]);
    assert_string_equal(key[0], key[1]);
    assert_true(strcmp(key[1], key[2]) != 0 && strcmp(key[2], key[3]) != 0);
    assert_int_equal(strncmp(key[0], "truce-", 6), 0);
    assert_true(strtol(key[1] + 6, NULL, 10) < strtol(key[2] + 6, NULL, 10));
    header_of(r->message[3], "Vigie-Signature", signature, sizeof signature);
    const char *body = strstr(r->message[3], "\r\n\r\n") + 4;
    const vg_str part[] = { vg_str_z(key[3]), VG_S("\n"), vg_str_z(body) };
    vg_hmac_sha256(VG_S("a word between us"), part, 3, hex);
    assert_string_equal(signature + 7, hex);
    assert_non_null(strstr(body, "\"ceasefire\":\"truce\""));
    assert_non_null(strstr(body, "\"level\":\"violation\""));
    assert_non_null(strstr(r->message[3], "Content-Type: application/geo+json"));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(request(&g->c, g->admin, "GET", TRUCE "/receivers", NULL, NULL), 200);
        if (number_of(&g->c, "sent") == 3)
            break;
        usleep(50000);
    }
    assert_int_equal(number_of(&g->c, "sent"), 3);
    assert_int_equal(number_of(&g->c, "failed"), 1);
    ANSWER_HAS(&g->c, "\"signed\":true");
    ANSWER_HAS(&g->c, "/in?...");
    ANSWER_LACKS(&g->c, "a word between us");
    ANSWER_LACKS(&g->c, "token=abc");
    end_receiver_of(g, id);
    end_receiver(r);
}

static void a_silent_receiver_stalls_nobody(void **state)
{
    desk *g = *state;
    receiver *silent = new_receiver(0, true), *quick = new_receiver(0, false);
    long first = add_receiver(g, silent, ",\"what\":\"incidents\""),
         second = add_receiver(g, quick, ",\"what\":\"incidents\"");
    send_violations(g, 10, 5); /* each is answered while the silent one is waited for */
    wait_for(quick, 5);
    assert_true(n_received(silent) <= 1);
    end_receiver_of(g, first);
    end_receiver_of(g, second);
    end_receiver(silent);
    end_receiver(quick);
}

static void a_receiver_gets_what_it_asked_for_and_nothing_from_before(void **state)
{
    desk *g = *state;
    receiver *r = new_receiver(0, false), *all = new_receiver(0, false);
    long id = add_receiver(g, r, ",\"what\":\"incidents\",\"severity\":5"),
         other = add_receiver(g, all, ",\"what\":\"incidents\"");
    send_violations(g, 20, 2); /* of severity 3 */
    wait_for(all, 2);
    usleep(200000);
    assert_int_equal(n_received(r), 0);
    assert_int_equal(n_received(all), 2);
    end_receiver_of(g, id);
    end_receiver_of(g, other);
    send_violations(g, 25, 1);
    usleep(1500000);
    assert_int_equal(n_received(all), 2); /* it was ended */
    end_receiver(r);
    end_receiver(all);
}

static void receivers_are_the_keepers_matter_and_are_looked_over(void **state)
{
    static const char *const bad[] = { "{\"url\":\"ftp://example.org/\"}", "{\"url\":\"http://a b/\"}",
                                       "{\"url\":\"http://user@example.org/\"}", "{\"what\":\"alerts\"}",
                                       "{\"url\":\"https://example.org/\",\"level\":\"high\"}" };
    desk *g = *state;
    static const char hook[] = "{\"url\":\"https://example.org/\"}";
    assert_int_equal(request(&g->c, g->analyst, "GET", TRUCE "/receivers", NULL, NULL), 403);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/receivers", "application/json", hook), 403);
    assert_int_equal(request(&g->c, g->analyst, "DELETE", TRUCE "/receivers/1", NULL, NULL), 403);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json", bad[i]),
                         400);
    assert_int_equal(request(&g->c, g->admin, "DELETE", TRUCE "/receivers/999", NULL, NULL), 404);
}

static void without_the_operators_word_no_private_address_is_taken(void **state)
{
    desk *g = *state;
    unsetenv("VIGIE_PRIVATE_RECEIVERS");
    int status = request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json",
                         "{\"url\":\"http://127.0.0.1:9/\"}");
    setenv("VIGIE_PRIVATE_RECEIVERS", "1", 1);
    assert_int_equal(status, 400);
    ANSWER_HAS(&g->c, "private network");
}

/* --- CAP --- */

/* The elements of an <alert> and of its <info> and <area>, in the order of the schema of CAP 1.2. Those with ! must be
 * there. */
static const char *const ALERT[] = { "identifier!", "sender!",    "sent!",       "status!",   "msgType!",
                                     "source",      "scope!",     "restriction", "addresses", "code",
                                     "note",        "references", "incidents",   "info",      NULL };
static const char *const INFO[] = { "language",    "category!",  "event!",     "responseType", "urgency!",
                                    "severity!",   "certainty!", "audience",   "eventCode",    "effective",
                                    "onset",       "expires",    "senderName", "headline",     "description",
                                    "instruction", "web",        "contact",    "parameter",    "resource",
                                    "area",        NULL };
static const char *const AREA[] = {
    "areaDesc!", "polygon", "circle", "geocode", "altitude", "ceiling", NULL
};

static int place_of(const char *const *order, const char *name, size_t n)
{
    for (int i = 0; order[i]; i++) {
        size_t len = strlen(order[i]) - (order[i][strlen(order[i]) - 1] == '!');
        if (len == n && memcmp(order[i], name, n) == 0)
            return i;
    }
    return -1;
}

/* Walks the children of the element whose content begins at `at`, and those of info and area within. */
static const char *check_children(const char *at, const char *parent, const char *const *order)
{
    bool seen[32] = { false };
    int last = 0;
    char end[40];
    snprintf(end, sizeof end, "</%s>", parent);
    while (strncmp(at, end, strlen(end)) != 0) {
        if (*at != '<') {
            assert_true(*at == '\n');
            at++;
            continue;
        }
        size_t n = strcspn(at + 1, ">");
        int place = place_of(order, at + 1, n);
        if (place < last)
            fail_msg("<%.*s> stands in the wrong place of <%s>", (int)n, at + 1, parent);
        last = place;
        seen[place] = true;
        const char *content = at + n + 2;
        if (n == 4 && memcmp(at + 1, "info", 4) == 0) {
            at = check_children(content, "info", INFO);
        } else if (n == 4 && memcmp(at + 1, "area", 4) == 0) {
            at = check_children(content, "area", AREA);
        } else {
            char close[80];
            snprintf(close, sizeof close, "</%.*s>", (int)n, at + 1);
            at = strstr(content, close);
            assert_non_null(at);
            at += strlen(close);
        }
    }
    for (int i = 0; order[i]; i++)
        if (order[i][strlen(order[i]) - 1] == '!' && !seen[i])
            fail_msg("<%s> has no %s", parent, order[i]);
    return at + strlen(end);
}

static void check_cap(const client *c)
{
    const char *at = strstr(c->answer, "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">");
    assert_non_null(at);
    check_children(strchr(at, '>') + 1, "alert", ALERT);
}

/* Instants of CAP are written 2026-03-10T12:00:00-00:00. */
static void check_instants(const client *c)
{
    static const char *const name[] = { "<sent>", "<effective>", "<onset>", "<expires>" };
    for (size_t i = 0; i < 4; i++) {
        const char *at = strstr(c->answer, name[i]);
        assert_non_null(at);
        at += strlen(name[i]);
        assert_int_equal(strcspn(at, "<"), 25);
        assert_true(at[10] == 'T' && (at[19] == '-' || at[19] == '+') && at[22] == ':');
    }
}

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
    for (int i = 0; i < 200; i++) {
        assert_int_equal(ask(g, TRUCE "/alerts"), 200);
        n = times_in(&g->c, "\"alert\":");
        if (n >= least)
            return n;
        usleep(25000);
    }
    fail_msg("%ld alerts, expected %ld: %.400s", n, least, g->c.answer);
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
    check_cap(&g->c);
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
    check_cap(&g->c);
    check_instants(&g->c);
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
    check_cap(&g->c);
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
    for (int i = 0; i < 200 && second == number; i++) {
        wait_for_alerts(g, 1);
        second = alert_of_threshold(&g->c);
        usleep(25000);
    }
    assert_true(second > number);
    snprintf(target, sizeof target, TRUCE "/alerts/%ld/cap", second);
    assert_int_equal(ask(g, target), 200);
    check_cap(&g->c);
    ANSWER_HAS(&g->c, "<msgType>Update</msgType>");
    ANSWER_HAS(&g->c, first);
    unsetenv("VIGIE_NOW");
    end_desk(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_that_fails_first_gets_each_outcome_in_order_and_signed),
        cmocka_unit_test(a_silent_receiver_stalls_nobody),
        cmocka_unit_test(a_receiver_gets_what_it_asked_for_and_nothing_from_before),
        cmocka_unit_test(receivers_are_the_keepers_matter_and_are_looked_over),
        cmocka_unit_test(without_the_operators_word_no_private_address_is_taken),
        cmocka_unit_test(a_message_is_silent_about_rejected_incidents),
        cmocka_unit_test(a_threshold_that_is_reached_is_an_alert_in_cap_which_the_next_updates),
    };
    return cmocka_run_group_tests(tests, open_truce, close_truce);
}
