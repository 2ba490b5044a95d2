/* Tests of the watch: any order of arrival, any batches, put away or not, memory or not, end in the same state. */
#include "ceasefire/watch_test_int.h"

/* --- any order ends in the same --- */

enum { MOST = 400 };

typedef struct {
    vg_report report[MOST];
    char id[MOST][8], text[MOST][8];
    char name[12][8];
    int32_t n;
} pile;

static vg_str number(char *to, uint32_t x)
{
    snprintf(to, 8, "%u", (unsigned)x);
    return vg_str_z(to);
}

/* Dense, contradictory, with duplicates, revisions, withdrawals and reports that nobody can place. */
static void make_pile(pile *p, vg_rng *r)
{
    static const char *const actors[] = { "", "", "north", "Southern Front", "somebody" };
    p->n = 150 + (int32_t)vg_rng_below(r, MOST - 150);
    for (uint32_t i = 0; i < 12; i++)
        number(p->name[i], 100 + i);
    for (int32_t i = 0; i < p->n; i++) {
        vg_report *q = &p->report[i];
        uint32_t source = vg_rng_below(r, 12);
        *q = seen(p->name[source], "", T0 + vg_rng_below(r, 4 * 86400));
        q->id = number(p->id[i], vg_rng_below(r, 120));
        q->kind = (int8_t)(source % VG_N_SOURCE_KINDS);
        q->to = q->from + vg_rng_below(r, vg_rng_below(r, 8) ? 1800 : 90000);
        q->received_at = q->to + vg_rng_below(r, 90000);
        q->lat_deg = 48.1 + 0.3 * vg_rng_unit(r) * vg_rng_unit(r);
        q->lon_deg = 30.2 + 0.3 * vg_rng_unit(r) * vg_rng_unit(r);
        q->radius_m = vg_rng_below(r, 5) ? 200.0 + vg_rng_below(r, 3000) : NAN;
        q->act = (int8_t)vg_rng_below(r, 8);
        q->weapon = (int8_t)vg_rng_below(r, 6);
        q->count = vg_rng_below(r, 2) ? (int64_t)vg_rng_below(r, 20) : VG_UNKNOWN;
        q->actor = vg_str_z(actors[vg_rng_below(r, 5)]);
        q->basis = (int8_t)vg_rng_below(r, VG_N_BASES);
        q->claims = (int8_t)(vg_rng_below(r, 10) ? 0 : 1 << vg_rng_below(r, 5));
        q->point_of = (int8_t)vg_rng_below(r, 3);
        if (vg_rng_below(r, 20) == 0)
            q->lat_deg = q->lon_deg = NAN;
        if (vg_rng_below(r, 20) == 0)
            q->place = VG_S("Crossroads");
        if (vg_rng_below(r, 6) == 0)
            q->text_hash = number(p->text[i], vg_rng_below(r, 30));
        if (vg_rng_below(r, 12) == 0 && i) {
            q->revises = p->report[vg_rng_below(r, (uint32_t)i)].id;
            q->withdraws = vg_rng_below(r, 3) == 0;
        }
        if (vg_rng_below(r, 5) == 0 && i)
            *q = p->report[vg_rng_below(r, (uint32_t)i)];
        if (vg_rng_below(r, 40) == 0)
            q->received_at -= 500;
    }
}

/* Given in an order of its own, in batches of its own. */
static void give(const pile *p, const vg_agreement *a, vg_rng *r, char hex[65])
{
    int32_t order[MOST];
    vg_watch *w = NULL;
    vg_err e = VG_NO_ERR;
    const char *reason = "";
    for (int32_t i = 0; i < p->n; i++) {
        int32_t k = (int32_t)vg_rng_below(r, (uint32_t)i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    CHECK_OK(vg_watch_open(a, &(vg_watch_opts){ .hash_media = p->n % 2 == 0 }, &w, &e), &e);
    for (int32_t i = 0; i < p->n; i++) {
        vg_watch_verdict v;
        CHECK_OK(vg_watch_report(w, &p->report[order[i]], i + 1, &v, &e), &e);
        if (i % 50 == 7)
            CHECK_OK(vg_watch_verify(w, vg_report_key(p->report[i].source, p->report[i].id),
                                     (vg_verification)(i % 4), i, &e),
                     &e);
        vg_coverage c = { .source = p->report[i % 9].source, .from = T0 + i % 5, .to = T0 + 90, .state = 1 };
        c.state = (int8_t)(1 + i % 5);
        CHECK_OK(vg_watch_cover(w, &c, i, &e), &e);
        if (vg_rng_below(r, 30) == 0)
            CHECK_OK(vg_watch_settle(w, &e), &e);
    }
    CHECK_OK(vg_watch_settle(w, &e), &e);
    if (!vg_watch_validate(w, &reason))
        fail_msg("%s", reason);
    CHECK_OK(vg_watch_fingerprint(w, hex, &e), &e);
    vg_watch_close(w);
}

static const char *orders_agree(vg_rng *r)
{
    static pile p;
    char first[65], other[65];
    vg_agreement *a = agreement();
    make_pile(&p, r);
    give(&p, a, r, first);
    for (int i = 0; i < 10; i++) {
        give(&p, a, r, other);
        if (strcmp(first, other) != 0)
            return "another order ended in another state";
    }
    vg_agreement_free(a);
    return NULL;
}

static void any_order_and_any_batches_end_in_the_same_state(void **state)
{
    (void)state;
    check_property("any_order", orders_agree, 10);
}

/* What the sink was told adds up to what there is. */
typedef struct {
    int64_t n;
    double p;
    uint64_t hash; /* sum over the incidents, of all that is told of them */
} sums;

static uint64_t hash_of(const vg_incident *x)
{
    uint64_t h = 0, part;
    for (size_t i = 0; x && i + sizeof part <= sizeof *x; i += sizeof part) {
        memcpy(&part, (const char *)x + i, sizeof part);
        h = vg_watch_mix(h, part);
    }
    return h;
}

static bool add_up(void *ctx, const vg_incident *was, const vg_incident *now, vg_err *e)
{
    sums *s = ctx;
    (void)e;
    for (int32_t i = 0; was && i < was->n_breaches; i++)
        s->p -= (double)was->breach[i].p;
    for (int32_t i = 0; now && i < now->n_breaches; i++)
        s->p += (double)now->breach[i].p;
    s->n += (now != NULL) - (was != NULL);
    s->hash += hash_of(now) - hash_of(was);
    return true;
}

static bool count_up(void *ctx, const vg_incident *x)
{
    sums *s = ctx;
    for (int32_t i = 0; i < x->n_breaches; i++)
        s->p += (double)x->breach[i].p;
    s->n++;
    s->hash += hash_of(x);
    return true;
}

static const char *sink_adds_up(vg_rng *r)
{
    static pile p;
    sums told_sums = { 0 }, there = { 0 };
    vg_err e = VG_NO_ERR;
    vg_watch *w = NULL;
    vg_agreement *a = agreement();
    make_pile(&p, r);
    vg_watch_opts o = { .sink = { &told_sums, add_up } };
    CHECK_OK(vg_watch_open(a, &o, &w, &e), &e);
    for (int32_t i = 0; i < p.n; i++) {
        vg_watch_verdict v;
        CHECK_OK(vg_watch_report(w, &p.report[i], i + 1, &v, &e), &e);
        if (i % 17 == 0)
            CHECK_OK(vg_watch_settle(w, &e), &e);
    }
    CHECK_OK(vg_watch_settle(w, &e), &e);
    CHECK_OK(vg_watch_each(w, INT64_MIN, INT64_MAX, count_up, &there, &e), &e);
    vg_watch_close(w);
    vg_agreement_free(a);
    return told_sums.n == there.n && told_sums.hash == there.hash && fabs(told_sums.p - there.p) < 1e-6
               ? NULL
               : "the sink's sum is not what there is";
}

static void what_the_sink_is_told_adds_up(void **state)
{
    (void)state;
    check_property("sink", sink_adds_up, 20);
}

/* --- what is put away --- */

/* A shelf that holds what was given so far, the versions in force, as a log would. */
typedef struct {
    const pile *p;
    int32_t n, n_reloads, n_histories;
    bool histories; /* names have several versions, and name one another */
    uint64_t key[MOST], content[MOST], target[MOST];
} cupboard;

static void label(cupboard *c)
{
    for (int32_t i = 0; i < c->p->n; i++) {
        const vg_report *q = &c->p->report[i];
        c->key[i] = vg_report_key(q->source, q->id);
        c->content[i] = vg_report_content(q);
        c->target[i] = q->revises.n && !vg_eq(q->revises, q->id) ? vg_report_key(q->source, q->revises) : 0;
    }
}

/* The same content counts from when it was received first; then the one received last, a withdrawal, the larger content. */
static bool comes_later(const cupboard *c, int32_t a, int32_t b)
{
    const vg_report *x = &c->p->report[a], *y = &c->p->report[b];
    if (c->content[a] == c->content[b])
        return x->received_at < y->received_at;
    if (x->received_at != y->received_at)
        return x->received_at > y->received_at;
    return x->withdraws != y->withdraws ? x->withdraws : c->content[a] > c->content[b];
}

static bool is_first_of_content(const cupboard *c, int32_t i)
{
    for (int32_t k = 0; k < c->n; k++)
        if (k != i && c->key[k] == c->key[i] && c->content[k] == c->content[i] &&
            (c->p->report[k].received_at < c->p->report[i].received_at ||
             (c->p->report[k].received_at == c->p->report[i].received_at && k < i)))
            return false;
    return true;
}

/* The version of a name that was received last; -1 = none. */
static int32_t last_of(const cupboard *c, uint64_t key)
{
    int32_t best = -1;
    for (int32_t i = 0; i < c->n; i++)
        if (c->key[i] == key && is_first_of_content(c, i) && (best < 0 || comes_later(c, i, best)))
            best = i;
    return best;
}

static bool is_in_force(const cupboard *c, int32_t i)
{
    if (c->p->report[i].withdraws || last_of(c, c->key[i]) != i)
        return false;
    for (int32_t k = 0; k < c->n; k++)
        if (c->target[k] == c->key[i] && last_of(c, c->key[k]) == k &&
            (c->target[i] != c->key[k] || comes_later(c, k, i)))
            return false;
    return true;
}

static bool on_shelf(void *ctx, uint64_t key, uint64_t *content, int64_t *received_at, int64_t *seq,
                     vg_err *e)
{
    const cupboard *c = ctx;
    int32_t i = last_of(c, key);
    (void)e;
    if (i >= 0) {
        *content = c->content[i];
        *received_at = c->p->report[i].received_at;
        *seq = i + 1;
        return true;
    }
    *content = 0;
    *received_at = INT64_MIN;
    for (i = 0; c->histories && i < c->n; i++)
        if (c->target[i] == key) {
            *seq = i + 1;
            return true;
        }
    return false;
}

static bool all_versions(void *ctx, uint64_t key,
                         bool (*take_one)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e),
                         void *take_ctx, vg_err *e)
{
    cupboard *c = ctx;
    c->n_histories++;
    for (int32_t i = 0; i < c->n; i++)
        if ((c->key[i] == key || c->target[i] == key) && !take_one(take_ctx, &c->p->report[i], i + 1, e))
            return !vg_failed(e);
    return true;
}

static bool from_shelf(void *ctx, int64_t from, int64_t to,
                       bool (*take_one)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e),
                       void *take_ctx, vg_err *e)
{
    cupboard *c = ctx;
    c->n_reloads++;
    for (int32_t i = 0; i < c->n; i++)
        if (c->p->report[i].to >= from && c->p->report[i].from <= to && is_in_force(c, i) &&
            !take_one(take_ctx, &c->p->report[i], i + 1, e))
            return false;
    return true;
}

/* Over 60 days, a tenth of them very late; each under its own id, or with the versions and withdrawals that there were. */
static void make_long_pile(pile *p, bool histories, vg_rng *r)
{
    make_pile(p, r);
    for (int32_t i = 0; i < p->n; i++) {
        vg_report *q = &p->report[i];
        int64_t length = q->to - q->from, day = i * 60 / p->n;
        day -= vg_rng_below(r, 10) == 0 ? (int64_t)vg_rng_below(r, 30) : 0;
        if (!histories) {
            q->id = number(p->id[i], (uint32_t)i);
            q->revises = VG_NOSTR;
            q->withdraws = false;
        }
        q->from = T0 + (day < 0 ? 0 : day) * 86400 + vg_rng_below(r, 20000);
        q->to = q->from + length % 20000;
        q->received_at = q->to + 86400 * (histories ? 30 + (int64_t)vg_rng_below(r, 30) : 40);
        if (histories && i &&
            vg_rng_below(r, 8) == 0) { /* sent again, now or long after, or received before */
            *q = p->report[vg_rng_below(r, (uint32_t)i)];
            q->received_at += ((int64_t)vg_rng_below(r, 41) - 20) * (vg_rng_below(r, 2) ? 180 : 86400);
        }
    }
}

/* `away`: whether most incidents were put away at some time. */
static sums told_with(const pile *p, const vg_agreement *a, cupboard *c, bool *away)
{
    sums s = { 0 };
    vg_err e = VG_NO_ERR;
    vg_watch *w = NULL;
    const char *reason = "";
    vg_watch_shelf shelf = { c, on_shelf, from_shelf, c && c->histories ? all_versions : NULL };
    vg_watch_opts o = { .sink = { &s, add_up }, .horizon_s = 5 * 86400, .shelf = c ? &shelf : NULL };
    CHECK_OK(vg_watch_open(a, &o, &w, &e), &e);
    for (int32_t i = 0; i < p->n; i++) {
        vg_watch_verdict v;
        if (c)
            c->n = i;
        CHECK_OK(vg_watch_report(w, &p->report[i], i + 1, &v, &e), &e);
        if (i % 13 == 0)
            CHECK_OK(vg_watch_settle(w, &e), &e);
        *away |= w->n_away * 2 > vg_watch_count(w).n_incidents;
    }
    CHECK_OK(vg_watch_settle(w, &e), &e);
    if (!vg_watch_validate(w, &reason))
        fail_msg("%s", reason);
    assert_int_equal(vg_watch_count(w).n_incidents, s.n);
    vg_watch_close(w);
    return s;
}

static const char *put_away_and_looked_at(bool histories, vg_rng *r)
{
    static pile p;
    static cupboard c;
    vg_agreement *a = agreement();
    bool never = false, away = false;
    c = (cupboard){ .p = &p, .histories = histories };
    make_long_pile(&p, histories, r);
    label(&c);
    sums without = told_with(&p, a, NULL, &never), with = told_with(&p, a, &c, &away);
    vg_agreement_free(a);
    if (never || !away || c.n_reloads == 0 || (histories && c.n_histories == 0))
        return "nothing was put away, or nothing brought back";
    return with.n == without.n && with.hash == without.hash && fabs(with.p - without.p) < 1e-6
               ? NULL
               : "the sink's sums differ";
}

static const char *put_away_is_not_seen(vg_rng *r)
{
    return put_away_and_looked_at(false, r);
}

static const char *histories_put_away_are_not_seen(vg_rng *r)
{
    return put_away_and_looked_at(true, r);
}

static void putting_away_and_bringing_back_is_not_seen_by_the_sink(void **state)
{
    (void)state;
    check_property("shelf", put_away_is_not_seen, 20);
}

static void versions_and_withdrawals_are_put_away_and_brought_back(void **state)
{
    (void)state;
    check_property("histories", histories_put_away_are_not_seen, 60);
}

/* Sent again, received before: the other content of the name was received later than that, and holds now. */
static void a_content_received_before_another_one_brings_all_of_its_name(void **state)
{
    static pile p;
    static cupboard c;
    static const struct {
        const char *source, *id, *revises;
        int day, received;
        double lat_deg;
    } as[] = { { "patrol", "a", "", 40, 87, 48.1 }, { "post", "b", "c", 3, 68, 48.15 },
               { "patrol", "a", "", 45, 93, 48.2 }, { "other", "d", "", 60, 74, 48.15 },
               { "post", "c", "", 61, 87, 48.15 },  { "patrol", "a", "", 45, 77, 48.2 } };
    vg_agreement *a = agreement();
    bool never = false, away = false;
    (void)state;
    for (p.n = 0; p.n < 6; p.n++) {
        vg_report *q = &p.report[p.n];
        *q = seen(as[p.n].source, as[p.n].id, T0 + as[p.n].day * 86400);
        q->received_at = T0 + as[p.n].received * 86400;
        q->revises = vg_str_z(as[p.n].revises);
        q->lat_deg = as[p.n].lat_deg;
    }
    c = (cupboard){ .p = &p, .histories = true };
    label(&c);
    sums without = told_with(&p, a, NULL, &never), with = told_with(&p, a, &c, &away);
    assert_true(with.n == without.n && with.hash == without.hash);
    vg_agreement_free(a);
}

/* One report in ten bears a date 20 years ahead: the others are not put away for that. */
static void dates_far_ahead_do_not_put_everything_away(void **state)
{
    static pile p;
    static cupboard c;
    vg_agreement *a = agreement();
    vg_rng r = vg_rng_at(11, 0);
    bool away = false;
    (void)state;
    p.n = MOST;
    for (int32_t i = 0; i < p.n; i++) {
        int64_t day = i % 10 == 9 ? 7300 + i : i / 20;
        p.report[i] = seen("patrol", "", T0 + day * 86400 + vg_rng_below(&r, 80000));
        p.report[i].id = number(p.id[i], (uint32_t)i);
    }
    c = (cupboard){ .p = &p, .histories = true };
    label(&c);
    told_with(&p, a, &c, &away);
    assert_in_range(c.n_reloads, 0, 8); /* while there are too few to tell, and not after */
    vg_agreement_free(a);
}

static void every_allocation_may_fail(void **state)
{
    static pile p;
    vg_agreement *a = agreement();
    vg_rng r = vg_rng_at(3, 0);
    bool whole = false;
    (void)state;
    make_pile(&p, &r);
    for (int64_t k = 1; !whole && k < 2000; k++) {
        vg_watch *w = NULL;
        vg_err e = VG_NO_ERR;
        CHECK_OK(vg_watch_open(a, &(vg_watch_opts){ .hash_media = true }, &w, &e), &e);
        w->memory.fail_at = k;
        bool good = true;
        for (int32_t i = 0; good && i < p.n; i++) {
            vg_watch_verdict v;
            good = vg_watch_report(w, &p.report[i], i + 1, &v, &e) && (i % 40 || vg_watch_settle(w, &e));
        }
        good = good && vg_watch_settle(w, &e);
        assert_true(good || e.code == VG_ENOMEM);
        whole = good && w->memory.fail_at > 0;
        vg_watch_close(w);
    }
    assert_true(whole);
    vg_agreement_free(a);
}

static void tables_find_what_was_put_and_not_what_was_dropped(void **state)
{
    vg_watch_memory m = { 0 };
    vg_watch_table t = { 0 };
    vg_err e = VG_NO_ERR;
    vg_rng r = vg_rng_at(5, 0);
    static int32_t there[512];
    (void)state;
    memset(there, 0xFF, sizeof there);
    for (int i = 0; i < 20000; i++) {
        uint32_t key = vg_rng_below(&r, 512);
        if (vg_rng_below(&r, 2)) {
            CHECK_OK(vg_watch_put(&m, &t, key * 0x1000ULL, i, &e), &e);
            there[key] = i;
        } else {
            vg_watch_drop(&t, key * 0x1000ULL);
            there[key] = -1;
        }
    }
    for (uint32_t key = 0; key < 512; key++) {
        const int32_t *at = vg_watch_find(&t, key * 0x1000ULL);
        assert_int_equal(at ? *at : -1, there[key]);
    }
    free(t.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_and_any_batches_end_in_the_same_state),
        cmocka_unit_test(what_the_sink_is_told_adds_up),
        cmocka_unit_test(putting_away_and_bringing_back_is_not_seen_by_the_sink),
        cmocka_unit_test(versions_and_withdrawals_are_put_away_and_brought_back),
        cmocka_unit_test(a_content_received_before_another_one_brings_all_of_its_name),
        cmocka_unit_test(dates_far_ahead_do_not_put_everything_away),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(tables_find_what_was_put_and_not_what_was_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
