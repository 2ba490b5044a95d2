/* Pages: the events' index answers as a search through all events does, and going on from a place leaves nothing out. */
#include "store/browse.h"

#include "prop.h"

enum { N_EVENTS = 600, FIRST_DAY = 19723 }; /* 1 January 2024, a Monday */

#define LARGE INT64_C(5000000000)

static vg_event known[N_EVENTS]; /* event i has id i + 1 */
static vg_store *st;
static vg_event_index *ix;
static vg_arena arena;

static vg_event draw_event(vg_rng *r, int i)
{
    static char name[N_EVENTS][16];
    int n = snprintf(name[i], 16, "e%d", i);
    int32_t day = FIRST_DAY + (int32_t)vg_rng_below(r, 300);
    return (vg_event){ .external_id = { name[i], n },
                       .day_from = day,
                       .day_to = day + (vg_rng_below(r, 5) ? 0 : (int32_t)vg_rng_below(r, 20)),
                       .where_prec = 1,
                       .type = (int8_t)(1 + vg_rng_below(r, 3)),
                       .has_point = vg_rng_below(r, 10) > 0,
                       .lat_deg = (double)vg_rng_below(r, 180) - 89.5,
                       .lon_deg = (double)vg_rng_below(r, 360) - 179.5,
                       .gwcode = 432 + (int32_t)vg_rng_below(r, 3),
                       .low = VG_UNKNOWN,
                       .best = vg_rng_below(r, 8) ? (int64_t)vg_rng_below(r, 50) : VG_UNKNOWN,
                       .high = VG_UNKNOWN,
                       .civilians = VG_UNKNOWN };
}

static int open_store(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_import *im;
    vg_vintage about = { .source = VG_S("ucdp-ged"),
                         .version = VG_S("25.1"),
                         .first_month = 529,
                         .last_month = 540 },
               done;
    vg_rng r = vg_rng_at(1, 1);
    (void)state;
    CHECK_OK(vg_arena_init(&arena, 64 << 20, &e), &e);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_import_begin(st, &about, &im, &e), &e);
    vg_sink *sink = vg_import_sink(im);
    for (int i = 0; i < N_EVENTS; i++) {
        known[i] = draw_event(&r, i);
        known[i].actor_a = i % 7 == 0 ? VG_S("The Group Seven") : VG_S("Others");
        known[i].actor_b = i % 11 == 0 ? VG_S("group seven, wing") : VG_NOSTR;
        known[i].source = i % 3 ? VG_S("Wire") : VG_NOSTR;
        known[i].text = i % 5 ? VG_NOSTR : VG_S("A note");
        if (i == 17)
            known[i].best = LARGE;
        CHECK_OK(sink->event(sink->ctx, &known[i], VG_NOWHERE, &e), &e);
    }
    CHECK_OK(vg_import_end(im, &about, &done, &e), &e);
    CHECK_OK(vg_event_index_build(st, VG_NOSTR, 0, &ix, &e), &e);
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    vg_event_index_free(ix);
    vg_store_close(st);
    vg_arena_free(&arena);
    return 0;
}

static bool in_box(const vg_event *ev, const vg_event_filter *f)
{
    if (!ev->has_point || ev->lat_deg < f->south || ev->lat_deg > f->north)
        return false;
    bool east = ev->lon_deg >= f->west, west = ev->lon_deg <= f->east;
    return f->west <= f->east ? east && west : east || west;
}

static bool wanted(const vg_event *ev, const vg_event_filter *f)
{
    int64_t deaths = ev->best == VG_UNKNOWN ? 0 : ev->best;
    return (!f->has_box || in_box(ev, f)) &&
           (!f->has_days || (ev->day_to >= f->day_from && ev->day_from <= f->day_to)) &&
           (!f->types || (f->types >> ev->type & 1)) && (!f->n_gwcodes || ev->gwcode == f->gwcode[0]) &&
           deaths >= f->min_deaths;
}

static vg_event_filter draw_filter(vg_rng *r)
{
    static const int32_t gwcode[] = { 433 };
    vg_event_filter f = { .has_box = vg_rng_below(r, 2) > 0,
                          .has_days = vg_rng_below(r, 2) > 0,
                          .types = vg_rng_below(r, 2) ? 0 : 2U << vg_rng_below(r, 3),
                          .gwcode = gwcode,
                          .n_gwcodes = vg_rng_below(r, 3) ? 0 : 1,
                          .min_deaths = (int64_t)vg_rng_below(r, 20) };
    f.west = (double)vg_rng_below(r, 360) - 180;
    f.east = (double)vg_rng_below(r, 360) - 180;
    f.south = (double)vg_rng_below(r, 180) - 90;
    f.north = f.south + (double)vg_rng_below(r, 90);
    f.day_from = FIRST_DAY + (int32_t)vg_rng_below(r, 300);
    f.day_to = f.day_from + (int32_t)vg_rng_below(r, 60);
    return f;
}

/* Page after page. */
static int64_t all_pages(const vg_event_filter *f, int64_t limit, int64_t *id)
{
    int64_t row[N_EVENTS + 64];
    vg_event_place place, last;
    bool more = true, begun = false;
    int64_t n = 0;
    while (more) {
        int64_t got = vg_event_index_find(ix, f, begun ? &place : NULL, limit, row, &last, &more);
        for (int64_t i = 0; i < got; i++) {
            vg_event_point p;
            vg_event_index_point(ix, row[i], &p);
            id[n++] = p.id;
        }
        place = last;
        begun = true;
    }
    return n;
}

static const char *pages_are_the_search(vg_rng *r)
{
    int64_t id[N_EVENTS + 64], n_wanted = 0;
    vg_event_filter f = draw_filter(r);
    int64_t n = all_pages(&f, 1 + vg_rng_below(r, 40), id);
    for (int i = 0; i < N_EVENTS; i++)
        n_wanted += wanted(&known[i], &f);
    if (n != n_wanted)
        return "another number of events";
    for (int64_t i = 0; i < n; i++) {
        const vg_event *ev = &known[id[i] - 1], *before = i ? &known[id[i - 1] - 1] : NULL;
        if (!wanted(ev, &f))
            return "an event that was not asked for";
        if (before &&
            (before->day_from < ev->day_from || (before->day_from == ev->day_from && id[i - 1] <= id[i])))
            return "out of order, or twice";
    }
    return NULL;
}

static void pages_give_what_a_search_through_all_events_gives(void **state)
{
    (void)state;
    assert_int_equal(vg_event_index_size(ix), N_EVENTS);
    check_property("pages", pages_are_the_search, 2000);
}

static void an_event_comes_whole_by_its_id(void **state)
{
    vg_err e = VG_NO_ERR;
    int64_t id[] = { 7, 100000, 1 };
    vg_event *ev;
    (void)state;
    CHECK_OK(vg_store_events_by_id(st, id, 3, &arena, &ev, &e), &e);
    CHECK_STR(ev[0].external_id, "e6");
    CHECK_STR(ev[1].external_id, "");
    CHECK_NEAR(ev[2].lat_deg, known[0].lat_deg, 1e-9);
}

static bool same_event(const vg_event *x, const vg_event *y)
{
    return vg_eq(x->external_id, y->external_id) && vg_eq(x->actor_a, y->actor_a) &&
           vg_eq(x->actor_b, y->actor_b) && vg_eq(x->adm1, y->adm1) && vg_eq(x->source, y->source) &&
           vg_eq(x->text, y->text) && vg_eq(x->url, y->url) && vg_eq(x->kind, y->kind) &&
           x->day_from == y->day_from && x->day_to == y->day_to && x->date_prec == y->date_prec &&
           x->where_prec == y->where_prec && x->type == y->type && x->has_point == y->has_point &&
           x->gwcode == y->gwcode && x->cell == y->cell && x->low == y->low && x->best == y->best &&
           x->high == y->high && x->civilians == y->civilians &&
           (!x->has_point || (x->lat_deg == y->lat_deg && x->lon_deg == y->lon_deg));
}

static void the_index_reads_an_event_as_the_store_does(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_place last;
    int64_t row[N_EVENTS];
    bool more;
    (void)state;
    int64_t n = vg_event_index_find(ix, &(vg_event_filter){ .types = 0 }, NULL, N_EVENTS, row, &last, &more);
    assert_int_equal(n, N_EVENTS);
    for (int64_t i = 0; i < n; i++) {
        vg_event_point p;
        vg_event *seen, *kept;
        vg_event_index_point(ix, row[i], &p);
        CHECK_OK(vg_event_index_read(ix, st, &row[i], 1, &arena, &seen, &e), &e);
        CHECK_OK(vg_store_events_by_id(st, &p.id, 1, &arena, &kept, &e), &e);
        if (!same_event(seen, kept))
            fail_msg("event %lld reads in two ways", (long long)p.id);
    }
}

static void names_are_found_by_a_part_of_them(void **state)
{
    vg_err e = VG_NO_ERR;
    const unsigned char *set;
    vg_event_place last;
    int64_t row[N_EVENTS], n_known = 0;
    bool more;
    (void)state;
    for (int i = 0; i < N_EVENTS; i++)
        n_known += i % 7 == 0 || i % 11 == 0;
    CHECK_OK(vg_event_index_names(ix, VG_S("gROUP sev"), &arena, &set, &e), &e);
    vg_event_filter f = { .actor = set };
    assert_int_equal(vg_event_index_find(ix, &f, NULL, N_EVENTS, row, &last, &more), n_known);
    CHECK_OK(vg_event_index_names(ix, VG_S("nobody"), &arena, &set, &e), &e);
    assert_int_equal(vg_event_index_find(ix, &f, NULL, 0, row, &last, &more), 0);
}

static void a_number_that_fits_no_column_is_told_whole(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_place last;
    vg_event *ev;
    int64_t row[N_EVENTS], n;
    bool more;
    (void)state;
    vg_event_filter f = { .min_deaths = INT32_MAX };
    n = vg_event_index_find(ix, &f, NULL, N_EVENTS, row, &last, &more);
    assert_int_equal(n, 1);
    CHECK_OK(vg_event_index_read(ix, st, row, n, &arena, &ev, &e), &e);
    assert_int_equal(ev->best, LARGE);
}

static void results_and_log_go_on_from_a_place(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_result r[3] = { { .kind = VG_S("a"), .unit = 1, .body = VG_S("{}") },
                       { .kind = VG_S("a"), .unit = 2, .body = VG_S("{}") },
                       { .kind = VG_S("b"), .unit = 1, .body = VG_S("{}") } },
              *out;
    vg_run run = { .verb = VG_S("x"), .params = VG_S("{}") }, *runs;
    vg_audit_entry *entry;
    int64_t id, n, *number;
    (void)state;
    vg_store_actor(st, VG_S("desk\n1"));
    for (int i = 0; i < 3; i++)
        CHECK_OK(vg_store_run(st, &run, r, 3, &id, &e), &e);
    CHECK_OK(vg_store_run_page(st, VG_NOSTR, id, 1, &arena, &runs, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_int_equal(runs[0].id, id - 1);
    vg_result_page page = { .run = id, .kind = VG_S("a"), .limit = 1 };
    CHECK_OK(vg_store_result_page(st, &page, &arena, &out, &number, &n, &e), &e);
    page.after = number[0];
    CHECK_OK(vg_store_result_page(st, &page, &arena, &out, &number, &n, &e), &e);
    assert_int_equal(out[0].unit, 2);
    CHECK_OK(vg_audit_after(st, 3, 10, &arena, &entry, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_int_equal(entry[0].seq, 4);
    CHECK_STR(entry[0].actor, "desk 1");
}

static void without_events_the_index_is_empty(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_store *empty;
    vg_event_index *none;
    vg_event_place last;
    int64_t id[1];
    bool more;
    (void)state;
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &empty, &e), &e);
    CHECK_OK(vg_event_index_build(empty, VG_NOSTR, 0, &none, &e), &e);
    assert_int_equal(
        vg_event_index_find(none, &(vg_event_filter){ .has_days = true }, NULL, 1, id, &last, &more), 0);
    assert_false(more);
    vg_event_index_free(none);
    vg_store_close(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_give_what_a_search_through_all_events_gives),
        cmocka_unit_test(an_event_comes_whole_by_its_id),
        cmocka_unit_test(the_index_reads_an_event_as_the_store_does),
        cmocka_unit_test(names_are_found_by_a_part_of_them),
        cmocka_unit_test(a_number_that_fits_no_column_is_told_whole),
        cmocka_unit_test(results_and_log_go_on_from_a_place),
        cmocka_unit_test(without_events_the_index_is_empty),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
