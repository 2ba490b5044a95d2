/* Choosing events, exports, columns, and what the store tells of itself. */
#include "serve/serve_test_int.h"

#define ITEMS "/api/v1/collections/events/items"

static int open_stage(void **state)
{
    stage *g = new_stage();
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_stage(*state);
    return 0;
}

static void events_are_chosen_by_country_region_actor_and_text(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, ITEMS "?country=MLI,NER"), 200);
    CHECK_HAS(g, "\"numberReturned\":60,");
    assert_int_equal(ask(g, ITEMS "?country=ner"), 200);
    CHECK_HAS(g, "\"numberReturned\":0,");
    assert_int_equal(ask(g, ITEMS "?country=ABW"), 200); /* has no number in the data */
    CHECK_HAS(g, "\"numberReturned\":0,");
    assert_int_equal(ask(g, ITEMS "?country=XYZ"), 400);
    CHECK_HAS(g, "no ISO3 code");
    assert_int_equal(ask(g, ITEMS "?region=africa"), 200);
    CHECK_HAS(g, "\"numberReturned\":60,");
    assert_int_equal(ask(g, ITEMS "?region=asia,europe"), 200);
    CHECK_HAS(g, "\"numberReturned\":0,");
    assert_int_equal(ask(g, ITEMS "?actor=civil"), 200);
    CHECK_HAS(g, "\"numberReturned\":60,");
    assert_int_equal(ask(g, ITEMS "?actor=nobody"), 200);
    CHECK_HAS(g, "\"numberReturned\":0,");
    assert_int_equal(ask(g, ITEMS "?text=ev-59"), 200);
    CHECK_HAS(g, "\"numberReturned\":1,");
}

static void a_source_and_a_day_have_an_index_of_their_own(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, ITEMS "?source=ucdp-ged&limit=5"), 200);
    CHECK_HAS(g, "\"numberReturned\":5,");
    assert_int_equal(ask(g, ITEMS "?source=acled"), 404);
    assert_int_equal(ask(g, ITEMS "?as_of=1999-01-01&source=ucdp-ged"), 404);
    assert_int_equal(ask(g, ITEMS "?as_of=2999-01-01"), 200);
    CHECK_HAS(g, "\"numberReturned\":60,");
}

static void an_export_holds_all_events_of_the_question(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    put_text(fd, "GET " ITEMS
                 ".csv?all=true&type=sb&hxl=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "never"), 200);
    close(fd);
    assert_int_equal(count_of(g, ",sb,"), 30);
    CHECK_HAS(g, "\n#event+id,#event+id+source,");
    assert_int_equal(ask(g, ITEMS ".geojson?all=true"), 200);
    assert_int_equal(count_of(g, "\"type\":\"Feature\","), 60);
}

/* More than a block, and over several answers of the network. */
static void a_long_export_is_sent_block_by_block(void **state)
{
    stage *g = *state;
    vg_store *st;
    vg_import *im;
    vg_vintage about = { .source = VG_S("acled"), .version = VG_S("1"), .sha256 = VG_S("x") }, done;
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_import_begin(st, &about, &im, &g->e), &g->e);
    vg_sink *sink = vg_import_sink(im);
    for (int i = 0; i < 1700; i++) {
        char id[32];
        vg_event ev = event_at(i, 1, 2, 19723 + i % 300, 1);
        int n = snprintf(id, sizeof id, "long-%d", i);
        ev.external_id = (vg_str){ id, n };
        CHECK_OK(sink->event(sink->ctx, &ev, VG_NOWHERE, &g->e), &g->e);
    }
    CHECK_OK(vg_import_end(im, &about, &done, &g->e), &g->e);
    vg_store_close(st);
    int fd = dial(g);
    put_text(fd, "GET " ITEMS
                 ".csv?all=true&source=acled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "never"), 200);
    close(fd);
    assert_int_equal(count_of(g, ",long-"), 1700);
    CHECK_HAS(g, "\r\n0\r\n\r\n"); /* the last piece: it came whole */
}

static void a_page_of_csv_links_to_the_next(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, ITEMS ".csv?limit=7"), 200);
    CHECK_HAS(g, "Link: <http://localhost" ITEMS ".csv?limit=7&cursor=");
    CHECK_HAS(g, "; rel=\"next\"\r\n");
    assert_int_equal(ask(g, "/api/v1/runs/1/results.csv?limit=1"), 200);
    CHECK_HAS(g, "rel=\"next\"");
    assert_int_equal(ask(g, ITEMS ".csv?limit=100"), 200);
    assert_false(holds(g, "Link: "));
}

static uint32_t u32_at(const char *body, long at)
{
    uint32_t x;
    memcpy(&x, body + at, sizeof x);
    return x;
}

/* Where a column's data begin; the columns' table is checked on the way. */
static const char *column_of(const char *body, const char *name)
{
    assert_memory_equal(body, "VGCOLS1\0", 8);
    for (uint32_t i = 0; i < u32_at(body, 12); i++) {
        long at = 16 + 24 * (long)i;
        assert_int_equal(u32_at(body, at + 20) % 8, 0);
        if (strncmp(body + at, name, 16) == 0)
            return body + u32_at(body, at + 20);
    }
    fail_msg("there is no column %s", name);
    return NULL;
}

static const char *body_of(const stage *g)
{
    return strstr(g->answer, "\r\n\r\n") + 4;
}

static void points_come_as_columns(void **state)
{
    stage *g = *state;
    float lon;
    double id;
    assert_int_equal(ask(g, "/api/v1/collections/events/points?min_deaths=30"), 200);
    CHECK_HAS(g, "Content-Type: application/vnd.vigie.columns");
    const char *body = body_of(g);
    assert_int_equal(u32_at(body, 8), 30);
    memcpy(&lon, column_of(body, "lon"), sizeof lon);
    memcpy(&id, column_of(body, "id"), sizeof id);
    CHECK_NEAR(lon, 10 + 0.1 * 59, 1e-4);
    CHECK_NEAR(id, 60, 0);
    assert_int_equal(u32_at(column_of(body, "deaths"), 0), 59);
    assert_int_equal(ask(g, "/api/v1/collections/events/points?limit=7"), 200);
    CHECK_HAS(g, "rel=\"next\"");
}

static void cells_come_as_columns_by_month(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/cells?from=2024-01&type=sb"), 200);
    const char *body = body_of(g);
    uint32_t n = u32_at(body, 8);
    float sum = 0;
    const char *deaths = column_of(body, "deaths");
    for (uint32_t i = 0; i < n; i++) {
        float x;
        memcpy(&x, deaths + 4 * i, sizeof x);
        sum += x;
    }
    CHECK_NEAR(sum, 225, 0); /* as the series of the country */
    assert_int_equal(ask(g, "/api/v1/cells?from=2024-01&to=2024-03"), 200);
    assert_true(u32_at(body_of(g), 8) % 3 == 0);
    assert_int_equal(ask(g, "/api/v1/cells?from=2024-03&to=2024-01"), 400);
    assert_int_equal(ask(g, "/api/v1/cells?what=forecast"), 200);
}

static void what_was_asked_before_is_not_sent_again(void **state)
{
    static const char *const target[] = { ITEMS "?limit=3", "/api/v1/collections/events/points",
                                          "/api/v1/cells?from=2024-01" };
    stage *g = *state;
    for (int i = 0; i < 3; i++) {
        char header[128];
        assert_int_equal(ask(g, target[i]), 200);
        const char *at = strstr(g->answer, "ETag: ");
        assert_non_null(at);
        snprintf(header, sizeof header, "If-None-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
        assert_int_equal(ask_with(g, "GET", target[i], header, NULL), 304);
    }
}

static void the_store_tells_what_it_holds(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/api/v1/data"), 200);
    CHECK_HAS(g, "\"source\":\"ucdp-ged\"");
    CHECK_HAS(g, "\"gaps\":[]");
    assert_int_equal(ask(g, "/api/v1/vintages/1/rejects"), 200);
    CHECK_HAS(g, "{\"items\":[],\"next\":null}");
    assert_int_equal(ask(g, "/api/v1/vintages/99/rejects"), 404);
    assert_int_equal(ask(g, "/api/v1/runs/latest"), 200);
    CHECK_HAS(g, "\"verb\":\"forecast\"");
}

static void months_that_nothing_covers_are_gaps(void **state)
{
    stage *g = *state;
    vg_store *st;
    for (int i = 0; i < 2; i++) {
        vg_import *im;
        char id[16];
        int n = snprintf(id, sizeof id, "gap-%d", i);
        vg_vintage about = { .source = VG_S("gappy"),
                             .version = i ? VG_S("2") : VG_S("1"),
                             .sha256 = { id, n },
                             .first_month = 529 + 6 * i,
                             .last_month = 530 + 6 * i },
                   done;
        vg_event ev = event_at(i, 1, 2, 19723 + 185 * i, 1);
        CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
        CHECK_OK(vg_import_begin(st, &about, &im, &g->e), &g->e);
        vg_sink *sink = vg_import_sink(im);
        vg_reject r = { .why = { .code = VG_EPARSE, .at = { .line = 7 }, .what = "no date" },
                        .raw = VG_S("a,b") };
        CHECK_OK(sink->event(sink->ctx, &ev, VG_NOWHERE, &g->e), &g->e);
        CHECK_OK(sink->reject(sink->ctx, &r, &g->e), &g->e);
        CHECK_OK(vg_import_end(im, &about, &done, &g->e), &g->e);
        vg_store_close(st);
        char target[80];
        snprintf(target, sizeof target, "/api/v1/vintages/%lld/rejects", (long long)done.id);
        assert_int_equal(ask(g, target), 200);
        CHECK_HAS(g, "\"line\":7,");
        CHECK_HAS(g, "\"what\":\"no date\"");
    }
    assert_int_equal(ask(g, "/api/v1/data"), 200);
    CHECK_HAS(g, "\"gaps\":[[\"2024-03\",\"2024-06\"]]");
}

static void two_runs_stand_side_by_side(void **state)
{
    stage *g = *state;
    vg_store *st;
    int64_t id, vintage = 1;
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    vg_run run = { .verb = VG_S("forecast"),
                   .program_version = VG_S("0"),
                   .params = VG_S("{}"),
                   .vintage = &vintage,
                   .n_vintages = 1 };
    vg_result result[3] = {
        { 0, VG_S("forecast"), VG_UNIT_COUNTRY, 432, 541, VG_S("{\"mean\":4,\"probabilities\":[0.5,0.25]}") },
        { 0, VG_S("forecast"), VG_UNIT_COUNTRY, 434, 541, VG_S("{\"mean\":5}") },
        { 0, VG_S("unit"), VG_UNIT_COUNTRY, 432, 0, VG_S("{\"iso3\":\"MLI\",\"name\":\"Mali\"}") },
    };
    CHECK_OK(vg_store_run(st, &run, result, 3, &id, &g->e), &g->e);
    vg_store_close(st);
    assert_int_equal(ask(g, "/api/v1/changes"), 200);
    CHECK_HAS(g,
              "\"unit\":432,\"month\":\"2025-01\",\"expected_before\":1,\"expected_after\":4,\"change\":3");
    CHECK_HAS(g, "\"probabilities_after\":[0.5,0.25]");
    CHECK_HAS(g, "\"unit\":433,\"month\":\"2025-01\",\"expected_before\":2,\"expected_after\":null");
    CHECK_HAS(g, "\"unit\":434,\"month\":\"2025-01\",\"expected_before\":null,\"expected_after\":5");
    assert_int_equal(ask(g, "/api/v1/forecasts?unit=432"), 200);
    CHECK_HAS(g, "\"iso3\":\"MLI\",\"name\":\"Mali\"");
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(events_are_chosen_by_country_region_actor_and_text),
        STAGED(a_source_and_a_day_have_an_index_of_their_own),
        STAGED(an_export_holds_all_events_of_the_question),
        STAGED(a_long_export_is_sent_block_by_block),
        STAGED(a_page_of_csv_links_to_the_next),
        STAGED(points_come_as_columns),
        STAGED(cells_come_as_columns_by_month),
        STAGED(what_was_asked_before_is_not_sent_again),
        STAGED(the_store_tells_what_it_holds),
        STAGED(months_that_nothing_covers_are_gaps),
        STAGED(two_runs_stand_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
