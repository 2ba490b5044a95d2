/* Countries, regions, flows and versions of an event over HTTP. */
#include "door/client_test_int.h"

typedef struct {
    char dir[256], path[300];
    vg_serve *s;
    vg_serve_opts o;
    client c;
    vg_err e;
} desk;

static vg_sink *begin(const char *path, const vg_vintage *about, vg_store **st, vg_import **im, vg_err *e)
{
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, st, e), e);
    CHECK_OK(vg_import_begin(*st, about, im, e), e);
    return vg_import_sink(*im);
}

static void end(vg_store *st, vg_import *im, const vg_vintage *about, vg_err *e)
{
    vg_vintage done;
    CHECK_OK(vg_import_end(im, about, &done, e), e);
    vg_store_close(st);
}

/* Two events of January 2024, in a release of their source. */
static void add_events(const char *path, const char *version, vg_err *e)
{
    vg_vintage about = { .source = VG_S("ucdp-ged"),
                         .version = vg_str_z(version),
                         .file = VG_S("made-up.csv"),
                         .sha256 = vg_str_z(version),
                         .first_month = 529,
                         .last_month = 540 };
    vg_store *st;
    vg_import *im;
    vg_sink *sink = begin(path, &about, &st, &im, e);
    for (int i = 0; i < 2; i++) {
        vg_event ev = { .external_id = i ? VG_S("ev-1") : VG_S("ev-0"),
                        .day_from = 19723 + i,
                        .day_to = 19723 + i,
                        .type = VG_TYPE_STATE,
                        .gwcode = 432,
                        .low = VG_UNKNOWN,
                        .best = 3,
                        .high = VG_UNKNOWN,
                        .civilians = VG_UNKNOWN };
        CHECK_OK(sink->event(sink->ctx, &ev, VG_NOWHERE, e), e);
    }
    end(st, im, &about, e);
}

static void put_flow(vg_sink *sink, int32_t from, int32_t to, int32_t month, const char *why, int64_t people,
                     vg_err *e)
{
    vg_flow_record f = { VG_UNIT_ADMIN1, from, to, month, vg_str_z(why), people };
    CHECK_OK(sink->flow(sink->ctx, &f, VG_NOWHERE, e), e);
}

/* Gedo to Bay in two months and for two reasons, and within Bay. */
static void add_flows(const char *path, vg_err *e)
{
    vg_vintage about = { .source = VG_S("prmn-flows"),
                         .scope = VG_S("SOM"),
                         .file = VG_S("made-up-flows.csv"),
                         .sha256 = VG_S("flows"),
                         .first_month = 529,
                         .last_month = 530 };
    vg_store *st;
    vg_import *im;
    vg_sink *sink = begin(path, &about, &st, &im, e);
    put_flow(sink, 706026, 706024, 529, "Drought", 30, e);
    put_flow(sink, 706026, 706024, 529, "Flood", 12, e);
    put_flow(sink, 706026, 706024, 530, "Drought", 5, e);
    put_flow(sink, 706024, 706024, 530, "Drought", 7, e);
    end(st, im, &about, e);
}

static desk *desk_with(bool flows)
{
    static const vg_door *door[] = { &vg_reference_door };
    desk *d = calloc(1, sizeof *d);
    temp_dir(d->dir);
    snprintf(d->path, sizeof d->path, "%s/s.db", d->dir);
    add_events(d->path, "25.1", &d->e);
    add_events(d->path, "24.0.1", &d->e); /* an earlier release of the same events */
    if (flows)
        add_flows(d->path, &d->e);
    d->o = (vg_serve_opts){ .store = d->path, .door = door, .n_doors = 1 };
    CHECK_OK(vg_serve_start(&d->o, &d->s, &d->e), &d->e);
    d->c = new_client(vg_serve_port(d->s));
    return d;
}

static int open_desk(void **state)
{
    *state = desk_with(true);
    return 0;
}

static int leave(void **state)
{
    desk *d = *state;
    end_server(d->s, &d->c, d->path, d->dir);
    free(d);
    return 0;
}

static void countries_are_named_in_the_language_with_their_neighbours(void **state)
{
    desk *d = *state;
    assert_int_equal(get(&d->c, "/api/v1/countries?lang=fr"), 200);
    ANSWER_HAS(&d->c, "\"iso3\":\"DEU\",\"iso2\":\"DE\",\"m49\":276,\"gwcode\":260,\"name\":\"Allemagne\"");
    ANSWER_HAS(&d->c, "\"neighbours\":[\"ESP\",\"FRA\"]"); /* Andorra's */
    ANSWER_HAS(&d->c, "\"neighbours\":[]");
    assert_int_equal(get(&d->c, "/api/v1/countries.csv"), 200);
    ANSWER_HAS(&d->c, "DEU,DE,276,260,Germany,");
    assert_int_equal(get(&d->c, "/api/v1/countries?lang=xx"), 400);
}

static void regions_have_a_point_and_those_beside_them(void **state)
{
    desk *d = *state;
    assert_int_equal(get(&d->c, "/api/v1/regions"), 200);
    ANSWER_HAS(&d->c, "\"unit\":706011,\"pcode\":\"SO11\",\"iso3\":\"SOM\",\"name\":\"Awdal\"");
    ANSWER_HAS(&d->c, "\"neighbours\":[\"Woqooyi Galbeed\"]");
}

static void flows_come_month_by_month_or_summed_over_a_way(void **state)
{
    desk *d = *state;
    assert_int_equal(get(&d->c, "/api/v1/flows"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 4);
    ANSWER_HAS(&d->c,
               "\"from_name\":\"Gedo\",\"to\":706024,\"to_name\":\"Bay\",\"reason\":\"Flood\",\"people\":12");
    assert_int_equal(get(&d->c, "/api/v1/flows?sum=way"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 2);
    ANSWER_HAS(&d->c, "\"people\":47");
    assert_int_equal(get(&d->c, "/api/v1/flows?sum=way&to=2024-01"), 200);
    ANSWER_HAS(&d->c, "\"people\":42");
    assert_int_equal(get(&d->c, "/api/v1/flows?from_unit=706024"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 1);
}

static void pages_of_flows_go_on_where_the_last_one_ended(void **state)
{
    desk *d = *state;
    assert_int_equal(get(&d->c, "/api/v1/flows?limit=3"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 3);
    ANSWER_HAS(&d->c, "cursor=3\"");
    assert_int_equal(get(&d->c, "/api/v1/flows?limit=3&cursor=3"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 1);
    ANSWER_HAS(&d->c, "\"next\":null");
    assert_int_equal(get(&d->c, "/api/v1/flows?cursor=99"), 200);
    assert_int_equal(count_of(&d->c, "\"people\":"), 0);
}

static void a_store_without_flows_answers_with_no_rows(void **state)
{
    desk *d = desk_with(false);
    void *mine = d;
    (void)state;
    assert_int_equal(get(&d->c, "/api/v1/flows"), 200);
    ANSWER_HAS(&d->c, "{\"items\":[],\"next\":null}");
    leave(&mine);
}

static void an_event_is_told_release_by_release(void **state)
{
    desk *d = *state;
    assert_int_equal(get(&d->c, "/api/v1/collections/events/items/3/versions"), 200);
    assert_int_equal(count_of(&d->c, "\"vintage\":"), 2);
    ANSWER_HAS(&d->c,
               "{\"items\":[{\"id\":1,\"vintage\":1,\"data_source\":\"ucdp-ged\",\"release\":\"25.1\"");
    assert_int_equal(count_of(&d->c, "\"counted\":true"), 1);
    assert_int_equal(get(&d->c, "/api/v1/collections/events/items/3/versions.csv"), 200);
    ANSWER_HAS(&d->c, "id,vintage,data_source,release");
    assert_int_equal(get(&d->c, "/api/v1/collections/events/items/9999/versions"), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(countries_are_named_in_the_language_with_their_neighbours, open_desk,
                                        leave),
        cmocka_unit_test_setup_teardown(regions_have_a_point_and_those_beside_them, open_desk, leave),
        cmocka_unit_test_setup_teardown(flows_come_month_by_month_or_summed_over_a_way, open_desk, leave),
        cmocka_unit_test_setup_teardown(pages_of_flows_go_on_where_the_last_one_ended, open_desk, leave),
        cmocka_unit_test(a_store_without_flows_answers_with_no_rows),
        cmocka_unit_test_setup_teardown(an_event_is_told_release_by_release, open_desk, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
