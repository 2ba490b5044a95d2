/* Many who ask at once, while lists are updated, decisions are made and a file is screened. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "door/screening_test_int.h"

enum { ASKERS = 4, UPDATES = 6 };

typedef struct {
    desk *g;
    const char *token;
    atomic_bool stop;
    atomic_int asked, mixed, failed, both;
} crowd;

/* A vintage in which both of its entries carry its number. */
static void add_vintage(desk *g, int number)
{
    char one[80], two[80], version[16];
    snprintf(one, sizeof one, "Perpetua Vandelinde Edition%c", 'A' + number);
    snprintf(two, sizeof two, "Vandelinde Perpetua Edition%c", 'A' + number);
    snprintf(version, sizeof version, "%d", number);
    made_up m[] = {
        { .id = "P.1", .name = one, .country = "NL", .programme = "X", .schema = VG_SCHEMA_PERSON },
        { .id = "P.2", .name = two, .country = "NL", .programme = "X", .schema = VG_SCHEMA_PERSON }
    };
    add_list(g->path, "made-up", version, m, 2, 1000 + number);
}

/* Letters behind "Edition" at the captions of an answer; 0 = none, '!' = not the same ones. */
static char edition_of(const char *answer, int *n)
{
    char seen = 0;
    const char *at = answer;
    for (*n = 0; (at = strstr(at, "\"caption\":\"")); at++) {
        const char *edition = strstr(at, "Edition");
        if (!edition || edition - at > 60)
            continue;
        ++*n;
        if (seen && seen != edition[7])
            return '!';
        seen = edition[7];
    }
    return seen;
}

static void *ask(void *arg)
{
    crowd *all = arg;
    client c = new_client(vg_serve_port(all->g->s));
    while (!atomic_load(&all->stop)) {
        int n = 0;
        int status = request(&c, all->token, "GET", "/api/v1/screening/search?q=Perpetua+Vandelinde&limit=5",
                             NULL, NULL);
        atomic_fetch_add(&all->asked, 1);
        atomic_fetch_add(&all->failed, status != 200);
        char edition = edition_of(c.answer, &n);
        atomic_fetch_add(&all->mixed, edition == '!' || n > 2 || n == 1);
        atomic_fetch_add(&all->both, n == 2);
    }
    free_client(&c);
    return NULL;
}

static void decide_on_one(desk *g, client *c)
{
    char hit[400], body[800];
    assert_int_equal(
        request(c, g->viewer, "GET", "/api/v1/screening/search?q=Ibrahim+al-Qasimovi", NULL, NULL), 200);
    text_of_answer(c, "hit", hit, sizeof hit);
    snprintf(body, sizeof body, "{\"hit\":\"%s\",\"verdict\":\"undecided\"}", hit);
    assert_int_equal(request(c, g->analyst, "POST", "/api/v1/screening/decisions", "application/json", body),
                     201);
}

static void no_question_sees_half_an_update(void **state)
{
    (void)state;
    desk *g = new_desk();
    add_desk_lists(g);
    add_vintage(g, 0);
    add_desk_tokens(g);
    open_desk(g);
    crowd all = { .g = g, .token = g->viewer };
    pthread_t asker[ASKERS];
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&asker[i], NULL, ask, &all), 0);
    assert_int_equal(request(&g->c, g->viewer, "POST", "/api/v1/screening/batches", "text/csv",
                             "name\nPerpetua Vandelinde\nWenceslas Tarquinnius\n"),
                     202);
    for (int i = 1; i <= UPDATES; i++) {
        add_vintage(g, i);
        decide_on_one(g, &g->c);
        usleep(150000);
    }
    char last[32];
    snprintf(last, sizeof last, "Edition%c", 'A' + UPDATES);
    WAIT_UNTIL(request(&g->c, g->viewer, "GET", "/api/v1/screening/search?q=Perpetua+Vandelinde", NULL,
                       NULL) == 200 &&
               strstr(g->c.answer, last));
    atomic_store(&all.stop, true);
    for (int i = 0; i < ASKERS; i++)
        pthread_join(asker[i], NULL);
    ANSWER_HAS(&g->c, last);
    assert_int_equal(atomic_load(&all.failed), 0);
    assert_int_equal(atomic_load(&all.mixed), 0);
    assert_int_equal(atomic_load(&all.both), atomic_load(&all.asked));
    end_desk(g);
}

static void several_clients_are_answered_at_once(void **state)
{
    (void)state;
    desk *g = new_desk();
    add_desk_lists(g);
    add_vintage(g, 0);
    open_desk(g);
    crowd all = { .g = g };
    pthread_t asker[ASKERS];
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&asker[i], NULL, ask, &all), 0);
    int64_t began = test_now_ms();
    sleep(1);
    WAIT_UNTIL(atomic_load(&all.asked) > ASKERS);
    int64_t took_ms = test_now_ms() - began;
    int asked = atomic_load(&all.asked);
    atomic_store(&all.stop, true);
    for (int i = 0; i < ASKERS; i++)
        pthread_join(asker[i], NULL);
    print_message("# %d questions in %d ms over HTTP, each in the audit log\n", asked, (int)took_ms);
    assert_int_equal(atomic_load(&all.failed), 0);
    vg_audit_report report;
    vg_store *st;
    CHECK_OK(vg_store_open(g->path, VG_STORE_READ, &st, &g->e), &g->e);
    CHECK_OK(vg_audit_verify(st, &report, &g->e), &g->e);
    vg_store_close(st);
    assert_int_equal(report.broken_at, 0);
    assert_true(report.n >= atomic_load(&all.asked));
    end_desk(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_question_sees_half_an_update),
        cmocka_unit_test(several_clients_are_answered_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
