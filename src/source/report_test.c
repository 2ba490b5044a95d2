/* Readers of reports, on records of a few lines made up here; and on the whole shared files, where they are. */
#include <time.h>

#include "prop.h"
#include "test.h"

#include "core/date.h"
#include "source/report.h"

enum { MOST = 64 };

typedef struct {
    vg_arena arena;
    vg_report report[MOST];
    vg_coverage coverage[MOST];
    vg_at at[MOST];
    int64_t n_reports, n_coverage, n_rejects;
    vg_err why[MOST];
    vg_str bad[MOST];
    int64_t by_act[VG_N_ACTS], n_actors, n_refused; /* of all */
    int64_t first, last;
    vg_report_source_found found;
    vg_err e;
    bool good;
} collected;

static vg_report copy_report(vg_arena *a, const vg_report *r)
{
    vg_report copy = *r;
    vg_str *text[] = { &copy.source,    &copy.id,         &copy.place,   &copy.actor, &copy.observer,
                       &copy.text_hash, &copy.media_hash, &copy.revises, &copy.raw };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        *text[i] = vg_copy(a, *text[i]);
    return copy;
}

static bool take_report(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    collected *c = ctx;
    vg_err why = VG_NO_ERR;
    (void)e;
    if (c->n_reports < MOST) {
        c->report[c->n_reports] = copy_report(&c->arena, r);
        c->at[c->n_reports] = at;
    }
    c->n_reports++;
    c->by_act[r->act]++;
    c->n_actors += r->actor.n > 0;
    c->n_refused += !vg_report_check(r, &why);
    c->first = c->n_reports == 1 || r->from < c->first ? r->from : c->first;
    c->last = c->n_reports == 1 || r->to > c->last ? r->to : c->last;
    return true;
}

static bool take_coverage(void *ctx, const vg_coverage *x, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at, (void)e;
    assert_true(c->n_coverage < MOST);
    vg_coverage copy = *x;
    copy.source = vg_copy(&c->arena, x->source);
    copy.zone = vg_copy(&c->arena, x->zone);
    copy.by = vg_copy(&c->arena, x->by);
    copy.note = vg_copy(&c->arena, x->note);
    c->coverage[c->n_coverage++] = copy;
    return true;
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    collected *c = ctx;
    (void)e;
    if (c->n_rejects < MOST) {
        c->why[c->n_rejects] = r->why;
        c->bad[c->n_rejects] = vg_copy(&c->arena, r->raw);
    }
    c->n_rejects++;
    return true;
}

static collected *begin(void)
{
    static collected c;
    vg_arena_free(&c.arena);
    c = (collected){ .e = VG_NO_ERR };
    assert_true(vg_arena_init(&c.arena, 1 << 26, NULL));
    return &c;
}

static vg_report_source_sink sink_of(collected *c)
{
    return (vg_report_source_sink){ c, take_report, take_coverage, take_reject };
}

static collected *read_slice(vg_str text, vg_report_source_opts o)
{
    collected *c = begin();
    vg_input *in;
    vg_report_source_sink sink = sink_of(c);
    c->good = vg_input_memory(text, VG_S("in"), &in, &c->e);
    if (!c->good)
        return c;
    c->good = vg_report_source_read_input(in, &o, &sink, &c->found, &c->e);
    vg_input_close(in);
    assert_true(c->good != vg_failed(&c->e));
    assert_true(c->found.n_reports == c->n_reports && c->found.n_rejected == c->n_rejects);
    return c;
}

static collected *read_text(const char *text)
{
    return read_slice(vg_str_z(text), (vg_report_source_opts){ .received_at = 2000000000 });
}

static collected *read_file(const char *path, vg_report_source_opts o)
{
    collected *c = begin();
    vg_report_source_sink sink = sink_of(c);
    c->good = vg_report_source_read(path, &o, &sink, &c->found, &c->e);
    CHECK_OK(c->good, &c->e);
    return c;
}

static int64_t instant(const char *text)
{
    int64_t at = 0;
    assert_true(vg_instant_parse(vg_str_z(text), &at));
    return at;
}

#define NOON 1742299200 /* 2025-03-18T12:00:00Z */

/* --- JSON lines --- */

static void json_lines_fill_every_field(void **state)
{
    (void)state;
    collected *c = read_text("{\"source\":\"patrol-4\",\"id\":2031,\"received_at\":\"2025-03-18T13:00:00Z\","
                             "\"from\":\"2025-03-18T14:00:00+02:00\","
                             "\"to\":1742299260,\"lat\":48.1,\"lon\":37.5,\"radius_m\":250,\"bearing_deg\":"
                             "270,\"range_m\":2000,\"range_to_m\":3000,"
                             "\"place\":\"Nova "
                             "Vilka\",\"act\":\"Mortar\",\"weapon\":\"mortar\",\"calibre_mm\":82,\"count\":5,"
                             "\"count_kind\":\"at least\","
                             "\"actor\":\"North\",\"basis\":\"direction\",\"observer\":\"\",\"confidence\":0."
                             "8,\"kind\":\"patrol\",\"point_of\":\"target\","
                             "\"claims\":[\"exercise\",\"self-defence\"],\"text_hash\":\"ab\",\"media_hash\":"
                             "\"cd\",\"revises\":\"2030\"}\n");
    CHECK_OK(c->good, &c->e);
    const vg_report *r = c->report;
    assert_int_equal(c->n_reports, 1);
    CHECK_STR(c->found.format, "jsonl");
    CHECK_STR(r->source, "patrol-4");
    CHECK_STR(r->id, "2031");
    CHECK_STR(r->place, "Nova Vilka");
    CHECK_STR(r->revises, "2030");
    assert_int_equal(r->received_at, NOON + 3600);
    assert_int_equal(r->from, NOON);
    assert_int_equal(r->to, NOON + 60);
    CHECK_NEAR(r->lat_deg, 48.1, 1e-12);
    CHECK_NEAR(r->bearing_deg, 270, 0);
    CHECK_NEAR(r->range_to_m, 3000, 0);
    CHECK_NEAR((double)r->confidence, .8, 1e-7);
    assert_int_equal(r->act, VG_ACT_MORTAR);
    assert_int_equal(r->weapon, VG_WEAPON_MORTAR);
    assert_int_equal(r->count, 5);
    assert_int_equal(r->count_kind, VG_COUNT_AT_LEAST);
    assert_int_equal(r->basis, VG_BASIS_DIRECTION);
    assert_int_equal(r->kind, VG_SOURCE_PATROL);
    assert_int_equal(r->point_of, VG_POINT_TARGET);
    assert_int_equal(r->claims, VG_CLAIM_EXERCISE | VG_CLAIM_SELF_DEFENCE);
    assert_int_equal(r->observer.n, 0);
    assert_int_equal(r->raw.n, 0);
}

static void what_is_not_told_stays_unknown(void **state)
{
    (void)state;
    collected *c =
        read_text("{\"source\":\"a\",\"id\":\"1\",\"from\":1742299200,\"lat\":null,\"count\":null}\n");
    CHECK_OK(c->good, &c->e);
    const vg_report *r = c->report;
    assert_true(isnan(r->lat_deg) && isnan(r->radius_m) && isnan((double)r->confidence) &&
                isnan(r->calibre_mm));
    assert_true(r->count == VG_UNKNOWN && r->act == VG_ACT_UNKNOWN && r->basis == VG_BASIS_NONE);
    assert_true(r->from == NOON && r->to == NOON);
    assert_int_equal(r->received_at, 2000000000);
}

static void members_of_other_names_are_kept_in_raw(void **state)
{
    (void)state;
    collected *c = read_text(
        "{\"source\":\"a\",\"id\":\"1\",\"from\":5,\"direction\":\"in\",\"shells\":[1,2.5,{\"x\":null}],"
        "\"big\":12345678901234567890,\"zone\":\"z\"}\n"
        "{\"source\":\"a\",\"id\":\"2\",\"from\":5,\"raw\":\"{\\\"k\\\":1}\"}\n"
        "{\"source\":\"a\",\"id\":\"3\",\"from\":5,\"raw\":{\"k\":true},\"m\":\"\\u00e9\"}\n");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->report[0].raw, "{\"direction\":\"in\",\"shells\":[1,2.5,{\"x\":null}],\"big\":"
                                "\"12345678901234567890\",\"zone\":\"z\"}");
    CHECK_STR(c->report[1].raw, "{\"k\":1}");
    CHECK_STR(c->report[2].raw, "{\"k\":true,\"m\":\"\xC3\xA9\"}");
}

static void bad_lines_are_rejected_and_good_ones_go_on(void **state)
{
    (void)state;
    collected *c = read_text("{\"source\":\"a\",\"id\":\"1\",\"from\":5}\n"
                             "{\"source\":\"a\",\"id\":\"2\",\"from\":\n"
                             "not json\n"
                             "\n"
                             "{\"source\":\"a\",\"id\":\"3\",\"from\":5,\"act\":\"bombing\"}\n"
                             "[1]\n"
                             "{\"source\":\"a\",\"from\":5}\n"
                             "{\"source\":\"a\",\"id\":\"4\",\"from\":5,\"lat\":\"12,5N\"}\n"
                             "{\"source\":\"a\",\"id\":\"5\",\"from\":5,\"place\":{\"x\":1}}\n"
                             "{\"source\":\"a\",\"id\":\"6\",\"from\":1742299200000}\n"
                             "{\"source\":\"a\",\"id\":\"7\",\"from\":5}");
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 2);
    CHECK_STR(c->report[1].id, "7");
    assert_int_equal(c->at[1].line, 11);
    static const int64_t lines[] = { 2, 3, 5, 6, 7, 8, 9, 10 };
    assert_int_equal(c->n_rejects, 8);
    for (int i = 0; i < 8; i++)
        assert_true(c->why[i].at.line == lines[i] || (i == 0 && c->why[i].at.line == 3));
    CHECK_STR(c->bad[1], "not json");
    assert_non_null(strstr(c->why[2].what, "act is none of the words"));
    assert_non_null(strstr(c->why[2].why, "small_arms"));
    assert_non_null(strstr(c->why[2].mend, "incitement"));
    assert_non_null(strstr(c->why[4].what, "has no id"));
    assert_non_null(strstr(c->why[5].what, "lat is not a number: \"12,5N\""));
    assert_non_null(strstr(c->why[7].why, "not milliseconds"));
}

static void an_array_of_objects_is_taken_too(void **state)
{
    (void)state;
    collected *c = read_text(
        " [ {\"source\":\"a\",\"id\":\"1\",\"from\":5},\n{\"source\":\"a\",\"id\":\"2\",\"from\":5}, 7 ]");
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 2);
    assert_int_equal(c->n_rejects, 1);
    c = read_text("[{\"source\":\"a\",\"id\":\"1\",\"from\":5},{\"source\":");
    assert_false(c->good);
    assert_int_equal(c->n_reports, 1);
}

static void a_record_may_stand_on_several_lines(void **state)
{
    (void)state;
    collected *c = read_text("{\n \"source\":\"a\",\n \"id\":\"1\",\n "
                             "\"from\":5\n}\n{\"source\":\"a\",\"id\":\"2\",\"from\":5}\n");
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 2);
    assert_int_equal(c->at[0].line, 1);
    assert_int_equal(c->at[1].line, 6);
}

static void coverage_is_a_record_of_its_own(void **state)
{
    (void)state;
    collected *c = read_text("{\"coverage\":\"restricted\",\"source\":\"patrol-4\",\"zone\":\"north\","
                             "\"from\":\"2025-03-18\",\"by\":\"South\",\"note\":\"mined road\"}\n"
                             "{\"coverage\":\"fog\",\"source\":\"patrol-4\",\"from\":\"2025-03-18\"}\n"
                             "{\"coverage\":\"cloud\",\"source\":\"sat\",\"from\":5,\"to\":5}\n");
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_coverage, 1);
    assert_int_equal(c->n_rejects, 2);
    assert_int_equal(c->coverage[0].state, VG_COVER_RESTRICTED);
    assert_int_equal(c->coverage[0].to - c->coverage[0].from, 86400);
    CHECK_STR(c->coverage[0].zone, "north");
    CHECK_STR(c->coverage[0].by, "South");
    assert_non_null(strstr(c->why[0].why, "watching, restricted, jammed, cloud, down"));
}

static void withdrawals_and_what_cannot_be_true_are_handed_over(void **state)
{
    (void)state;
    collected *c =
        read_text("{\"source\":\"a\",\"id\":\"9\",\"from\":5,\"withdraws\":true,\"revises\":\"3\"}\n"
                  "{\"source\":\"a\",\"id\":\"10\",\"from\":5,\"withdraws\":\"4\"}\n"
                  "{\"source\":\"a\",\"id\":\"11\",\"from\":5,\"lat\":95,\"lon\":0}\n"
                  "{\"source\":\"a\",\"id\":\"12\",\"from\":5,\"count\":-3}\n");
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 4);
    assert_int_equal(c->n_refused, 2);
    assert_true(c->report[0].withdraws && c->report[1].withdraws && !c->report[2].withdraws);
    CHECK_STR(c->report[0].revises, "3");
    CHECK_STR(c->report[1].revises, "4");
}

static void replay_receives_at_the_end_of_what_was_observed(void **state)
{
    (void)state;
    const char *line = "{\"id\":\"9\",\"from\":5,\"to\":65}\n";
    collected *c = read_slice(
        vg_str_z(line),
        (vg_report_source_opts){ .replay = true, .source = VG_S("hotline-2"), .kind = VG_SOURCE_HOTLINE });
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->report[0].source, "hotline-2");
    assert_int_equal(c->report[0].kind, VG_SOURCE_HOTLINE);
    assert_int_equal(c->report[0].received_at, 65);
}

/* --- property: what vg_report_json writes is what was there --- */

static double maybe(vg_rng *r, double low, double high)
{
    return vg_rng_below(r, 4) == 0 ? (double)NAN : low + (high - low) * vg_rng_unit(r);
}

static vg_str some_text(vg_rng *r, char room[40])
{
    static const char *const letters[] = { "a",        "Z", "\"", "\\", "\n",
                                           "\xC3\xA9", "{", ",",  " b", "\xF0\x9F\x98\x80" };
    int n = 0, parts = (int)vg_rng_below(r, 8);
    for (int i = 0; i < parts; i++)
        n += snprintf(room + n, 40 - (size_t)n, "%s", letters[vg_rng_below(r, 10)]);
    return vg_trim((vg_str){ room, n });
}

static vg_report some_report(vg_rng *r, char room[9][40])
{
    vg_report x = vg_report_none();
    x.source = VG_S("s-1");
    x.id = (vg_str){ room[0], snprintf(room[0], 40, "%d", (int)vg_rng_below(r, 1000000)) };
    x.from = (int64_t)vg_rng_below(r, 4000000000U);
    x.to = x.from + (int64_t)vg_rng_below(r, 100000);
    x.received_at = x.to + (int64_t)vg_rng_below(r, 100000);
    x.lat_deg = maybe(r, -90, 90);
    x.lon_deg = maybe(r, -180, 180);
    x.radius_m = maybe(r, 0, 500000);
    x.bearing_deg = maybe(r, 0, 360);
    x.range_m = maybe(r, 0, 1000);
    x.range_to_m = maybe(r, 1000, 2000);
    x.calibre_mm = maybe(r, 0, 300);
    x.confidence = (float)maybe(r, 0, 1);
    x.count = vg_rng_below(r, 2) ? (int64_t)vg_rng_below(r, 1000) : VG_UNKNOWN;
    x.act = (int8_t)vg_rng_below(r, VG_N_ACTS);
    x.weapon = (int8_t)vg_rng_below(r, VG_N_WEAPONS);
    x.basis = (int8_t)vg_rng_below(r, VG_N_BASES);
    x.kind = (int8_t)vg_rng_below(r, VG_N_SOURCE_KINDS);
    x.count_kind = (int8_t)vg_rng_below(r, 3);
    x.point_of = (int8_t)vg_rng_below(r, 3);
    x.claims = (int8_t)vg_rng_below(r, 32);
    x.withdraws = vg_rng_below(r, 8) == 0;
    x.place = some_text(r, room[1]);
    x.actor = some_text(r, room[2]);
    x.observer = some_text(r, room[3]);
    x.text_hash = some_text(r, room[4]);
    x.raw = some_text(r, room[5]);
    x.revises = vg_rng_below(r, 4) ? VG_NOSTR : VG_S("77");
    return x;
}

static const char *json_goes_there_and_back(vg_rng *r)
{
    char room[9][40];
    vg_report x = some_report(r, room);
    vg_err e = VG_NO_ERR;
    vg_out o;
    assert_true(vg_out_memory(&o, &e));
    vg_json j = vg_json_to(&o);
    vg_report_json(&j, &x);
    collected *c = read_slice(vg_out_text(&o), (vg_report_source_opts){ .received_at = 1 });
    const vg_report *y = c->report;
    bool same = c->good && c->n_reports == 1 && vg_report_content(&x) == vg_report_content(y) &&
                vg_eq(x.id, y->id) && vg_eq(x.source, y->source) && x.received_at == y->received_at &&
                vg_eq(x.raw, y->raw) && vg_eq(x.place, y->place);
    vg_out_drop(&o);
    return same ? NULL : "the report came back as another one";
}

static void a_report_written_as_json_is_read_back_the_same(void **state)
{
    (void)state;
    check_property("json_goes_there_and_back", json_goes_there_and_back, 400);
}

/* The same lines in stretches that end anywhere: more than one stretch, lines with faults among them. */
static void a_long_file_is_read_line_by_line(void **state)
{
    (void)state;
    vg_out o;
    vg_err e = VG_NO_ERR;
    assert_true(vg_out_memory(&o, &e));
    for (int i = 0; i < 20000; i++)
        vg_print(&o,
                 i % 1000 == 7 ? "{\"source\":\"a\",\"id\":\"%d\",\n"
                               : "{\"source\":\"a\",\"id\":\"%d\",\"from\":%d}\n",
                 i, i);
    collected *c = read_slice(vg_out_text(&o), (vg_report_source_opts){ .received_at = 1 });
    vg_out_drop(&o);
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 20000 - 20);
    assert_int_equal(c->n_rejects, 20);
    assert_true(c->why[19].at.line == 19008 || c->why[19].at.line == 19009);
}

static void a_line_over_the_limit_is_rejected_and_passed_over(void **state)
{
    (void)state;
    vg_out o;
    vg_err e = VG_NO_ERR;
    assert_true(vg_out_memory(&o, &e));
    vg_put(&o, VG_S("{\"source\":\"a\",\"id\":\"1\",\"from\":5}\n{\"x\":\""));
    for (int i = 0; i < 5 << 16; i++)
        vg_put(&o, VG_S("0123456789abcdefghij"));
    vg_put(&o, VG_S("\"}\n{\"source\":\"a\",\"id\":\"2\",\"from\":5}\n"));
    collected *c = read_slice(vg_out_text(&o), (vg_report_source_opts){ .received_at = 1 });
    vg_out_drop(&o);
    CHECK_OK(c->good, &c->e);
    assert_int_equal(c->n_reports, 2);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->at[1].line, 3);
}

/* --- CSV --- */

static void csv_takes_columns_in_any_order_by_their_usual_names(void **state)
{
    (void)state;
    collected *c = read_text("Report ID;Latitude;Longitude;Observed from;Observed to;source_id;act;weather\n"
                             "7;48,5;37,25;2025-03-18T12:00:00Z;2025-03-18T12:05:00Z;cam-1;artillery;fog\n"
                             "8;x;37;2025-03-18;;cam-1;artillery;\n"
                             "9;48;37;2025-03-18;;cam-1;artillery;;more\n"
                             "10;48;37;2025-03-18;;cam-1;;\n");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->found.format, "csv");
    assert_int_equal(c->n_reports, 2);
    assert_int_equal(c->n_rejects, 2);
    CHECK_NEAR(c->report[0].lat_deg, 48.5, 0);
    assert_int_equal(c->report[0].to, NOON + 300);
    CHECK_STR(c->report[0].raw, "{\"weather\":\"fog\"}");
    assert_int_equal(c->report[1].to - c->report[1].from, 86400);
    assert_true(c->why[0].at.line == 3 && c->why[0].at.col == 2);
    CHECK_STR(c->bad[0], "8;x;37;2025-03-18;;cam-1;artillery;");
}

static void columns_that_are_no_reports_are_told(void **state)
{
    (void)state;
    collected *c = read_text("name,value\na,1\n");
    assert_false(c->good);
    assert_int_equal(c->e.code, VG_EPARSE);
    c = read_slice(VG_S("name,value\na,1\n"), (vg_report_source_opts){ .as = VG_S("xml") });
    assert_int_equal(c->e.code, VG_EARG);
    c = read_slice(VG_S("name,value\na,1\n"), (vg_report_source_opts){ .as = VG_S("csv") });
    assert_int_equal(c->e.code, VG_EPARSE);
}

/* --- CAP --- */

#define CAP_HEAD(status, type)                                                                               \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n"   \
    "<identifier>A-7</identifier><sender>desk@example.org</sender><sent>2025-03-18T14:10:00+02:00</sent>\n"  \
    "<status>" status "</status><msgType>" type "</msgType><scope>Restricted</scope>\n"
#define CAP_INFO                                                                                             \
    "<info><language>en</language><category>Security</category><event>Artillery</event><urgency>Past</"      \
    "urgency>"                                                                                               \
    "<severity>Severe</severity><certainty>Likely</certainty><onset>2025-03-18T12:00:00-00:00</onset>\n"     \
    "<headline>Shelling</headline><parameter><valueName>actor</valueName><value>North</value></parameter>"   \
    "<parameter><valueName>crater</valueName><value>3 m</value></parameter>\n"                               \
    "<area><areaDesc>Nova Vilka</areaDesc><circle>48.5,37.25 2.5</circle></area></info>\n"

static void a_cap_alert_is_a_report(void **state)
{
    (void)state;
    collected *c = read_text(CAP_HEAD("Actual", "Alert") CAP_INFO
                             "<info><language>fr</language><event>Artillerie</event></info></alert>");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->found.format, "cap");
    assert_int_equal(c->n_reports, 1);
    const vg_report *r = c->report;
    CHECK_STR(r->source, "desk@example.org");
    CHECK_STR(r->id, "A-7");
    CHECK_STR(r->place, "Nova Vilka");
    CHECK_STR(r->actor, "North");
    assert_int_equal(r->from, NOON);
    assert_int_equal(r->to, NOON + 600);
    assert_int_equal(r->act, VG_ACT_ARTILLERY);
    CHECK_NEAR(r->lat_deg, 48.5, 1e-9);
    CHECK_NEAR(r->radius_m, 2500, 1e-6);
    CHECK_NEAR((double)r->confidence, .75, 1e-7);
    CHECK_STR(r->raw, "{\"event\":\"Artillery\",\"urgency\":\"Past\",\"severity\":\"Severe\",\"headline\":"
                      "\"Shelling\",\"crater\":\"3 m\"}");
}

static void a_cap_update_revises_and_a_cancel_withdraws(void **state)
{
    (void)state;
    static const char references[] = "<references>desk@example.org,A-6,2025-03-18T12:05:00+00:00 "
                                     "desk@example.org,A-5,2025-03-18T12:01:00+00:00</references>";
    char text[4096];
    snprintf(text, sizeof text, CAP_HEAD("Actual", "Update") "%s" CAP_INFO "</alert>", references);
    collected *c = read_text(text);
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->report[0].revises, "A-6");
    assert_false(c->report[0].withdraws);
    snprintf(text, sizeof text, CAP_HEAD("Actual", "Update") "%s" CAP_INFO CAP_INFO "</alert>", references);
    c = read_text(text);
    assert_int_equal(c->n_reports, 2);
    CHECK_STR(c->report[1].id, "A-7#2");
    CHECK_STR(c->report[1].revises, "A-6#2"); /* two that revise the same would leave one of them in force */
    snprintf(text, sizeof text, CAP_HEAD("Actual", "Cancel") "%s</alert>", references);
    c = read_text(text);
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->report[0].revises, "A-6");
    assert_true(c->report[0].withdraws);
}

/* It does not say how many blocks the alert had, so it takes back as many as one may have. */
static void a_cap_cancel_of_fewer_blocks_withdraws_all_of_the_alert(void **state)
{
    (void)state;
    static const char cancel[] = CAP_HEAD(
        "Actual", "Cancel") "<references>desk@example.org,A-6,2025-03-18T12:05:00+00:00</references>";
    char text[8192];
    for (int n_blocks = 0; n_blocks < 3; n_blocks++) {
        snprintf(text, sizeof text, "%s%s%s</alert>", cancel, n_blocks > 0 ? CAP_INFO : "",
                 n_blocks > 1 ? CAP_INFO : "");
        collected *c = read_text(text);
        CHECK_OK(c->good, &c->e);
        assert_int_equal(c->n_reports, 8);
        assert_int_equal(c->n_rejects, 0);
        for (int i = 0; i < 8; i++) {
            char id[16], revises[16];
            snprintf(id, sizeof id, i ? "A-7#%d" : "A-7", i + 1);
            snprintf(revises, sizeof revises, i ? "A-6#%d" : "A-6", i + 1);
            CHECK_STR(c->report[i].id, id);
            CHECK_STR(c->report[i].revises, revises);
            assert_true(c->report[i].withdraws);
        }
    }
    int n = snprintf(text, sizeof text, CAP_HEAD("Actual", "Alert"));
    for (int i = 0; i < 9; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "<info><event>fire</event></info>");
    snprintf(text + n, sizeof text - (size_t)n, "</alert>");
    collected *c = read_text(text); /* what could not be taken back is not taken */
    assert_int_equal(c->n_reports, 8);
    assert_int_equal(c->n_rejects, 1);
}

static void parameters_of_others_do_not_undo_what_a_cap_alert_says(void **state)
{
    (void)state;
    collected *c =
        read_text(CAP_HEAD("Actual", "Alert") "<info><event>fire</event><onset>2025-03-18T12:00:00+00:00"
                                              "</onset><parameter><valueName>time</valueName><value>half "
                                              "past two</value></parameter><parameter><valueName>start"
                                              "</valueName><value>2020-01-01T00:00:00Z</value></parameter>"
                                              "</info></alert>");
    assert_int_equal(c->n_reports, 1);
    assert_int_equal(c->report[0].from, NOON);
    CHECK_STR(c->report[0].raw,
              "{\"event\":\"fire\",\"time\":\"half past two\",\"start\":\"2020-01-01T00:00:00Z\"}");
}

static void a_cap_polygon_becomes_the_circle_around_it(void **state)
{
    (void)state;
    collected *c =
        read_text(CAP_HEAD("Actual", "Alert") "<info><event>fire</event><area><areaDesc>x</areaDesc>"
                                              "<polygon>10,179.9 10,-179.9 10.2,-179.9 10.2,179.9 "
                                              "10,179.9</polygon></area></info></alert>");
    CHECK_OK(c->good, &c->e);
    CHECK_NEAR(c->report[0].lat_deg, 10.1, 1e-9);
    CHECK_NEAR(fabs(c->report[0].lon_deg), 180, 1e-9);
    CHECK_NEAR(c->report[0].radius_m, 15575, 40); /* half the diagonal of 21.9 by 22.1 km */
    assert_int_equal(c->report[0].act, VG_ACT_UNKNOWN);
}

static void cap_alerts_that_are_no_reports_are_rejected(void **state)
{
    (void)state;
    collected *c = read_text(CAP_HEAD("Exercise", "Alert") CAP_INFO CAP_INFO "</alert>");
    CHECK_OK(c->good, &c->e);
    assert_true(c->n_reports == 0 && c->n_rejects == 1);
    assert_non_null(strstr(c->why[0].what, "Exercise"));
    c = read_text(CAP_HEAD("Actual", "Ack") "</alert>");
    assert_true(c->n_reports == 0 && c->n_rejects == 1);
    c = read_text(CAP_HEAD("Actual", "Update") CAP_INFO "</alert>");
    assert_true(c->n_reports == 0 && c->n_rejects == 1);
    c = read_text(CAP_HEAD("Actual", "Alert") "<info><area><circle>48,37</circle></area></info></alert>");
    assert_true(c->n_reports == 0 && c->n_rejects == 1);
    c = read_text("<rss></rss>");
    assert_false(c->good);
    c = read_text(CAP_HEAD("Actual", "Alert") CAP_INFO);
    assert_false(c->good);
}

/* --- VIINA and FIRMS --- */

static const char viina[] =
    "year_file,event_id_1pd,date,n_reports,event_ids_matching,sources_matching,target_classes,geonameid,"
    "asciiname,ADM1_NAME,"
    "longitude,latitude,a_ukr_init,a_ukr,a_rus_init,a_rus,TriageStatus,text_sha1_12,text_chars,exact_dup_"
    "cluster\n"
    "2025,11,2025-03-20,2,1|2,liga|pravdaua,ENERGY_GRID_SUPPORT,1,Vilka,Nova,37.5,48.5,0,1,1,1,,abcdef012345,"
    "60,\n"
    "2025,12,2025-01-20,1,3,unian,STRATEGIC_AIRBASE,1,Vilka,Nova,37.5,48.5,,1,,1,,abcdef012345,60,C1\n"
    "2025,13,2025-13-20,1,3,unian,STRATEGIC_AIRBASE,1,Vilka,Nova,37.5,48.5,,1,,1,,abcdef012345,60,C1\n";

static void viina_says_no_more_than_its_row(void **state)
{
    (void)state;
    collected *c = read_slice(vg_str_z(viina), (vg_report_source_opts){ .replay = true });
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->found.format, "viina");
    assert_true(c->n_reports == 2 && c->n_rejects == 1);
    const vg_report *r = c->report;
    CHECK_STR(r->source, "liga");
    CHECK_STR(r->id, "2025-11");
    CHECK_STR(r->actor, "Russia");
    assert_int_equal(r->basis, VG_BASIS_NONE);
    assert_int_equal(r->act, VG_ACT_ATTACK_ON_INFRASTRUCTURE);
    assert_int_equal(r->from, instant("2025-03-19T22:00:00Z")); /* Kyiv, winter time */
    assert_int_equal(r->to - r->from, 86400);
    assert_int_equal(r->received_at, r->to);
    assert_int_equal(r->kind, VG_SOURCE_PRESS);
    CHECK_NEAR(r->radius_m, 5000, 0);
    CHECK_STR(r->text_hash, "abcdef012345");
    assert_true(vg_find(r->raw, VG_S("\"target_classes\":\"ENERGY_GRID_SUPPORT\"")) > 0);
    assert_int_equal(c->report[1].actor.n, 0); /* involved, both of them: nobody is said to have begun */
    assert_int_equal(c->report[1].act, VG_ACT_UNKNOWN);
}

static void firms_detections_are_reports_of_a_satellite(void **state)
{
    (void)state;
    collected *c = read_text(
        "latitude,longitude,bright_ti4,acq_date,acq_time,satellite,instrument,confidence,frp,daynight\n"
        "48.51234,37.2,330.1,2025-03-18,42,N20,VIIRS,n,5.1,N\n"
        "48.51234,37.2,330.1,2025-03-18,2475,N20,VIIRS,n,5.1,N\n");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->found.format, "firms");
    assert_true(c->n_reports == 1 && c->n_rejects == 1);
    CHECK_STR(c->report[0].id, "2025-03-18T00:42/48.5123,37.2000/N20");
    CHECK_NEAR(c->report[0].radius_m, 375, 0);
    assert_int_equal(c->report[0].to - c->report[0].from, 60);
    assert_int_equal(c->report[0].act, VG_ACT_UNKNOWN);
    assert_int_equal(c->report[0].kind, VG_SOURCE_SATELLITE);
    CHECK_NEAR((double)c->report[0].confidence, .55, 1e-6);
    c = read_text("date,lat,lon\n2021-01-01,47.0928,37.5905\n");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->report[0].id, "2021-01-01/47.0928,37.5905");
    CHECK_NEAR(c->report[0].radius_m, 1000, 0);
    assert_int_equal(c->report[0].to - c->report[0].from, 86400);
}

static void heat_saved_by_a_spreadsheet_with_decimal_commas_is_read(void **state)
{
    (void)state;
    collected *c = read_text("\xEF\xBB\xBFlatitude;longitude;acq_date;acq_time;satellite;confidence\r\n"
                             "48,1234;37,5;2024-03-31;0512;N;nominal\r\n");
    CHECK_OK(c->good, &c->e);
    CHECK_STR(c->found.format, "firms");
    assert_int_equal(c->n_reports, 1);
    CHECK_NEAR(c->report[0].lat_deg, 48.1234, 1e-12);
    CHECK_STR(c->report[0].id, "2024-03-31T05:12/48.1234,37.5000/N");
}

static void a_file_of_faults_is_read_in_time_that_grows_with_it(void **state)
{
    (void)state;
    enum { LINES = 60000 };
    static char text[2 * LINES + 200];
    for (int i = 0; i < LINES; i++)
        memcpy(text + 2 * i, "{\n", 2);
    snprintf(text + 2 * LINES, 200, "{\"source\":\"s\",\"id\":\"1\",\"from\":\"2024-03-31T12:00:00Z\"}\n{");
    clock_t before = clock();
    collected *c = read_text(text);
    assert_int_equal(c->n_rejects, LINES + 1);
    assert_int_equal(c->why[MOST - 1].at.line >= MOST, true);
    assert_int_equal(c->n_reports, 1);
    assert_int_equal(c->at[0].line, LINES + 1);
    assert_true((double)(clock() - before) / CLOCKS_PER_SEC <
                5); /* it was 9 s when each line counted all the rest */
}

static void the_whole_viina_file_is_read(void **state)
{
    (void)state;
    const char *path = need_shared("data/ceasefire/viina_strike_reports_2022_2025.csv.gz");
    collected *c = read_file(path, (vg_report_source_opts){ .replay = true });
    CHECK_STR(c->found.format, "viina");
    assert_int_equal(c->n_reports, 3578); /* PROVENANCE.md beside it */
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->n_refused, 0);
    assert_int_equal(c->first, instant("2022-02-23T22:00:00Z"));
    assert_true(c->by_act[VG_ACT_ATTACK_ON_INFRASTRUCTURE] + c->by_act[VG_ACT_UNKNOWN] == 3578);
    assert_true(c->n_actors > 0 &&
                c->n_actors <= 162); /* 93 and 69 rows with an _init, less those with both */
}

static void the_whole_firms_files_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t n;
    } files[] = { { "data/ceasefire/firms_ukraine_2021.csv.gz", 57595 },
                  { "data/ceasefire/firms_ukraine_2022.csv.gz", 133979 },
                  { "data/ceasefire/firms_ukraine_2023.csv.gz", 98287 } };
    for (int i = 0; i < 3; i++) {
        collected *c = read_file(need_shared(files[i].path), (vg_report_source_opts){ .replay = true });
        CHECK_STR(c->found.format, "firms");
        assert_int_equal(c->n_reports, files[i].n);
        assert_int_equal(c->n_rejects, 0);
        assert_int_equal(c->n_refused, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_lines_fill_every_field),
        cmocka_unit_test(what_is_not_told_stays_unknown),
        cmocka_unit_test(members_of_other_names_are_kept_in_raw),
        cmocka_unit_test(bad_lines_are_rejected_and_good_ones_go_on),
        cmocka_unit_test(an_array_of_objects_is_taken_too),
        cmocka_unit_test(a_record_may_stand_on_several_lines),
        cmocka_unit_test(coverage_is_a_record_of_its_own),
        cmocka_unit_test(withdrawals_and_what_cannot_be_true_are_handed_over),
        cmocka_unit_test(replay_receives_at_the_end_of_what_was_observed),
        cmocka_unit_test(a_report_written_as_json_is_read_back_the_same),
        cmocka_unit_test(a_long_file_is_read_line_by_line),
        cmocka_unit_test(a_line_over_the_limit_is_rejected_and_passed_over),
        cmocka_unit_test(csv_takes_columns_in_any_order_by_their_usual_names),
        cmocka_unit_test(columns_that_are_no_reports_are_told),
        cmocka_unit_test(a_cap_alert_is_a_report),
        cmocka_unit_test(a_cap_update_revises_and_a_cancel_withdraws),
        cmocka_unit_test(a_cap_cancel_of_fewer_blocks_withdraws_all_of_the_alert),
        cmocka_unit_test(parameters_of_others_do_not_undo_what_a_cap_alert_says),
        cmocka_unit_test(a_cap_polygon_becomes_the_circle_around_it),
        cmocka_unit_test(cap_alerts_that_are_no_reports_are_rejected),
        cmocka_unit_test(viina_says_no_more_than_its_row),
        cmocka_unit_test(firms_detections_are_reports_of_a_satellite),
        cmocka_unit_test(heat_saved_by_a_spreadsheet_with_decimal_commas_is_read),
        cmocka_unit_test(a_file_of_faults_is_read_in_time_that_grows_with_it),
        cmocka_unit_test(the_whole_viina_file_is_read),
        cmocka_unit_test(the_whole_firms_files_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
