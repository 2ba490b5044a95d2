/* Figures against hand-made incidents: what counts where, corrections, and that no order of changes leaves a trace. */
#include "ceasefire/figures.h"

#include <signal.h>
#include <sys/resource.h>

#include "prop.h"

enum { DAY_S = 86400, N_INCIDENTS = 40, N_DAYS = 4, FIRST = 20000 };

static const vg_clause clauses[] = { { .severity = 3 }, { .severity = 5 } };

/* An agreement with two clauses, days from midnight to midnight UTC. */
static vg_agreement *agreement(void)
{
    static vg_clock *clock;
    static vg_agreement a;
    vg_err e = VG_NO_ERR;
    if (!clock)
        CHECK_OK(vg_clock_open(VG_S("UTC"), &clock, &e), &e);
    a = (vg_agreement){ .from = INT64_MIN,
                        .to = INT64_MAX,
                        .clock = clock,
                        .cutoff_s = DAY_S,
                        .clause = clauses,
                        .n_clauses = 2 };
    return &a;
}

static vg_incident incident(int64_t from, int level, float p)
{
    vg_incident x = { .id = 1, .from = from, .to = from + 60, .count = VG_UNKNOWN, .act = VG_ACT_MORTAR };
    x.weapon = VG_WEAPON_MORTAR;
    x.party = VG_AGREEMENT_NOBODY;
    x.n_breaches = 1;
    x.breach[0] = (vg_breach){ .clause = 1, .p = p, .level = (int8_t)level };
    for (int i = 0; i < VG_INCIDENT_ZONES; i++)
        x.zone[i] = VG_AGREEMENT_NOBODY;
    x.level = (int8_t)level;
    return x;
}

static vg_figures *opened(void)
{
    vg_figures *f;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_figures_open(agreement(), &f, &e), &e);
    return f;
}

static int64_t rows_of(const vg_figures *f, vg_arena *a, vg_figure_row **row)
{
    int64_t n;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_figures_rows(f, INT32_MIN, INT32_MAX, a, row, &n, &e), &e);
    return n;
}

static void begin(vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(a, 64 << 20, &e), &e);
}

static void incident_counts_once_as_a_whole_and_once_a_clause(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S, VG_LEVEL_VIOLATION, .9F);
    x.breach[1] = (vg_breach){ .clause = 0, .p = .5F, .level = VG_LEVEL_PROBABLE };
    x.n_breaches = 2;
    x.count = 12;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &x, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 3);
    assert_int_equal(row[0].key.clause, VG_AGREEMENT_NOBODY);
    assert_int_equal(row[0].key.day, FIRST);
    assert_int_equal(row[0].figure.n_violations, 1);
    assert_int_equal(row[0].figure.n_probable, 0);
    assert_int_equal(row[0].figure.n_explosions, 12);
    CHECK_NEAR(row[0].figure.expected, .9, 1e-7);
    CHECK_NEAR(row[0].figure.variance, .09, 1e-7);
    CHECK_NEAR(row[0].figure.severity, 4.5, 1e-6);
    assert_int_equal(row[1].key.clause, 0);
    assert_int_equal(row[1].figure.n_probable, 1);
    CHECK_NEAR(row[1].figure.severity, 1.5, 1e-6);
    assert_int_equal(row[2].figure.n_violations, 1);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void alleged_incident_counts_for_nobody(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S, VG_LEVEL_VIOLATION, 1);
    x.party = 1;
    x.attribution = VG_ATTRIBUTION_ALLEGED;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &x, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 2);
    assert_int_equal(row[0].key.party, VG_AGREEMENT_NOBODY);
    assert_int_equal(row[0].figure.n_alleged, 1);
    vg_incident sure = x;
    sure.attribution = VG_ATTRIBUTION_ATTRIBUTED;
    CHECK_OK(vg_figures_change(f, &x, &sure, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 2);
    assert_int_equal(row[0].key.party, 1);
    assert_int_equal(row[0].figure.n_alleged, 0);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void exempt_and_rejected_ones_are_counted_apart(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident exempt = incident((int64_t)FIRST * DAY_S, VG_LEVEL_NONE, .9F), rejected = exempt;
    exempt.breach[0].flags = VG_FLAG_EXEMPT;
    exempt.count = 19;
    rejected.verification = VG_VERIFY_REJECTED;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &exempt, &e) && vg_figures_change(f, NULL, &rejected, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(row[i].figure.n_incidents, 1);
        assert_int_equal(row[i].figure.n_exempt, 1);
        assert_int_equal(row[i].figure.n_rejected, 1);
        assert_int_equal(row[i].figure.n_violations, 0);
        assert_int_equal(row[i].figure.n_explosions, 0);
        CHECK_NEAR(row[i].figure.expected, 0, 0);
    }
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void weapons_that_are_seen_are_no_explosions(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S, VG_LEVEL_VIOLATION, 1);
    x.act = VG_ACT_WEAPON_PRESENCE;
    x.count = 7;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &x, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 2);
    assert_int_equal(row[0].figure.n_explosions, 0);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void explosions_that_nobody_counted_are_not_known_and_no_zero(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident fire = incident((int64_t)FIRST * DAY_S, VG_LEVEL_VIOLATION, 1), strike = fire, seen = fire;
    fire.act = VG_ACT_MORTAR;
    strike.act = VG_ACT_ATTACK_ON_INFRASTRUCTURE;
    fire.weapon = strike.weapon = seen.weapon = VG_WEAPON_UNKNOWN;
    seen.act = VG_ACT_WEAPON_PRESENCE;
    fire.count = strike.count = seen.count = VG_UNKNOWN;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &seen, &e), &e);
    rows_of(f, &a, &row);
    assert_int_equal(vg_figure_explosions(&row[0].figure), 0);
    CHECK_OK(vg_figures_change(f, NULL, &strike, &e) && vg_figures_change(f, NULL, &fire, &e), &e);
    rows_of(f, &a, &row);
    assert_int_equal(row[0].figure.n_uncounted, 2);
    assert_true(vg_figure_explosions(&row[0].figure) == VG_UNKNOWN);
    vg_incident counted = fire;
    counted.count = 4;
    CHECK_OK(vg_figures_change(f, &fire, &counted, &e), &e);
    rows_of(f, &a, &row);
    assert_int_equal(row[0].figure.n_uncounted, 1);
    assert_int_equal(vg_figure_explosions(&row[0].figure), 4);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void incident_over_midnight_counts_on_the_day_it_begins(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S + DAY_S - 1, VG_LEVEL_VIOLATION, 1);
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &x, &e), &e);
    assert_int_equal(rows_of(f, &a, &row), 2);
    assert_int_equal(row[0].key.day, FIRST);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void correction_names_the_published_figure_until_it_is_told(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_correction *c;
    int64_t n;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S, VG_LEVEL_PROBABLE, .6F), late = x;
    late.last_seq = 77;
    begin(&a);
    CHECK_OK(vg_figures_change(f, NULL, &x, &e) && vg_figures_publish(f, FIRST, 1000, 5, &e), &e);
    CHECK_OK(vg_figures_corrections(f, false, &a, &c, &n, &e), &e);
    assert_int_equal(n, 0);
    CHECK_OK(vg_figures_change(f, NULL, &late, &e), &e);
    for (int told = 0; told < 2; told++) {
        CHECK_OK(vg_figures_corrections(f, told == 1, &a, &c, &n, &e), &e);
        assert_int_equal(n, 2);
        assert_int_equal(c[0].was.n_probable, 1);
        assert_int_equal(c[0].now.n_probable, 2);
        assert_int_equal(c[0].because, 77);
        assert_int_equal(c[0].published_at, 1000);
    }
    CHECK_OK(vg_figures_corrections(f, false, &a, &c, &n, &e), &e);
    assert_int_equal(n, 0);
    CHECK_OK(vg_figures_change(f, &late, NULL, &e), &e);
    CHECK_OK(vg_figures_corrections(f, false, &a, &c, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_int_equal(c[0].was.n_probable, 2);
    vg_arena_free(&a);
    vg_figures_close(f);
}

static void change_that_is_taken_back_is_no_correction(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_correction *c;
    int64_t n;
    vg_err e = VG_NO_ERR;
    vg_incident x = incident((int64_t)FIRST * DAY_S, VG_LEVEL_PROBABLE, .6F);
    begin(&a);
    CHECK_OK(vg_figures_publish(f, FIRST, 1000, 5, &e) && vg_figures_change(f, NULL, &x, &e) &&
                 vg_figures_change(f, &x, NULL, &e),
             &e);
    CHECK_OK(vg_figures_corrections(f, false, &a, &c, &n, &e), &e);
    assert_int_equal(n, 0);
    vg_arena_free(&a);
    vg_figures_close(f);
}

/* --- random streams --- */

static vg_incident random_incident(vg_rng *r)
{
    vg_incident x = incident(((int64_t)FIRST + (int64_t)vg_rng_below(r, N_DAYS)) * DAY_S + 5,
                             (int)vg_rng_below(r, 4), (float)vg_rng_unit(r));
    x.zone[0] = (int32_t)vg_rng_below(r, 3) - 1;
    x.party = (int8_t)((int)vg_rng_below(r, 3) - 1);
    x.attribution = (int8_t)vg_rng_below(r, 5);
    x.weapon = (int8_t)vg_rng_below(r, 3);
    x.n_breaches = (int32_t)vg_rng_below(r, 3);
    x.breach[0].clause = 0;
    x.breach[1] = (vg_breach){ .clause = 1, .p = (float)vg_rng_unit(r), .level = (int8_t)vg_rng_below(r, 4) };
    x.breach[1].flags = (uint8_t)vg_rng_below(r, 4);
    x.verification = (int8_t)vg_rng_below(r, 4);
    x.count = vg_rng_below(r, 2) ? (int64_t)vg_rng_below(r, 9) : VG_UNKNOWN;
    x.last_seq = (int64_t)vg_rng_below(r, 1000);
    return x;
}

/* Incidents as they are now; those that are not there have id 0. */
typedef struct {
    vg_incident x[N_INCIDENTS];
} world;

static bool random_change(vg_figures *f, world *w, vg_rng *r, vg_err *e)
{
    vg_incident *x = &w->x[vg_rng_below(r, N_INCIDENTS)], was = *x;
    if (was.id && vg_rng_below(r, 4) == 0)
        *x = (vg_incident){ 0 };
    else
        *x = random_incident(r);
    return vg_figures_change(f, was.id ? &was : NULL, x->id ? x : NULL, e);
}

static bool same_rows(vg_figures *f, vg_figures *g, vg_arena *a)
{
    vg_figure_row *left, *right;
    int64_t n = rows_of(f, a, &left), m = rows_of(g, a, &right);
    bool same = n == m;
    for (int64_t i = 0; same && i < n; i++)
        same = vg_figure_key_compare(&left[i].key, &right[i].key) == 0 &&
               memcmp(&left[i].figure, &right[i].figure, sizeof left[i].figure) == 0;
    return same;
}

static const char *stream_ends_in_the_figures_of_its_last_state(vg_rng *r)
{
    vg_figures *f = opened(), *fresh = opened();
    world w = { 0 };
    vg_arena a;
    vg_err e = VG_NO_ERR;
    begin(&a);
    for (int i = 0; i < 200; i++)
        if (!random_change(f, &w, r, &e))
            return "memory";
    for (int i = N_INCIDENTS - 1; i >= 0; i--)
        if (w.x[i].id && !vg_figures_change(fresh, NULL, &w.x[i], &e))
            return "memory";
    bool same = same_rows(f, fresh, &a);
    vg_arena_free(&a);
    vg_figures_close(f);
    vg_figures_close(fresh);
    return same ? NULL : "the way to a state left a trace in its figures";
}

/* The public figures of a day, kept by somebody who only reads what was published and the corrections. */
typedef struct {
    vg_figure_row row[2000];
    int64_t n;
} reader;

static vg_figure *known_to(reader *p, const vg_figure_key *k)
{
    for (int64_t i = 0; i < p->n; i++)
        if (vg_figure_key_compare(&p->row[i].key, k) == 0)
            return &p->row[i].figure;
    p->row[p->n] = (vg_figure_row){ .key = *k };
    return &p->row[p->n++].figure;
}

static bool read_day(reader *p, const vg_figures *f, int32_t day, vg_arena *a, vg_err *e)
{
    vg_figure_row *row;
    int64_t n;
    for (int64_t i = 0; i < p->n; i++)
        if (p->row[i].key.day == day)
            p->row[i].figure = (vg_figure){ 0 };
    if (!vg_figures_rows(f, day, day, a, &row, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        *known_to(p, &row[i].key) = row[i].figure;
    return true;
}

static const char *read_corrections(reader *p, vg_figures *f, vg_arena *a, vg_err *e)
{
    vg_correction *c;
    int64_t n;
    if (!vg_figures_corrections(f, true, a, &c, &n, e))
        return "memory";
    for (int64_t i = 0; i < n; i++) {
        vg_figure *known = known_to(p, &c[i].key);
        if (memcmp(known, &c[i].was, sizeof *known) != 0)
            return "a correction names another figure than the published one";
        *known = c[i].now;
    }
    return NULL;
}

static const char *compare_with_reader(reader *p, vg_figures *f, vg_arena *a)
{
    vg_figure_row *row;
    int64_t n = rows_of(f, a, &row), n_known = 0, n_here = 0;
    static const vg_figure nothing;
    for (int64_t i = 0; i < n; i++) {
        if (!vg_figures_is_published(f, row[i].key.day))
            continue;
        n_here++;
        if (memcmp(known_to(p, &row[i].key), &row[i].figure, sizeof row[i].figure) != 0)
            return "published plus corrections is not what is known now";
    }
    for (int64_t i = 0; i < p->n; i++)
        n_known += memcmp(&p->row[i].figure, &nothing, sizeof nothing) != 0;
    return n_known == n_here ? NULL : "a published figure is no longer there and no correction says so";
}

static const char *published_plus_corrections_is_now(vg_rng *r)
{
    vg_figures *f = opened();
    reader *p = calloc(1, sizeof *p);
    world w = { 0 };
    vg_arena a;
    vg_err e = VG_NO_ERR;
    const char *wrong = NULL;
    begin(&a);
    for (int i = 0; i < 300 && !wrong; i++) {
        if (!random_change(f, &w, r, &e))
            wrong = "memory";
        if (vg_rng_below(r, 40) == 0) {
            int32_t day = FIRST + (int32_t)vg_rng_below(r, N_DAYS);
            if (!vg_figures_publish(f, day, i, i, &e) || !read_day(p, f, day, &a, &e))
                wrong = "memory";
        }
        if (!wrong && vg_rng_below(r, 30) == 0)
            wrong = read_corrections(p, f, &a, &e);
    }
    wrong = wrong ? wrong : read_corrections(p, f, &a, &e);
    wrong = wrong ? wrong : compare_with_reader(p, f, &a);
    free(p);
    vg_arena_free(&a);
    vg_figures_close(f);
    return wrong;
}

static void any_way_to_a_state_ends_in_its_figures(void **state)
{
    (void)state;
    check_property("stream", stream_ends_in_the_figures_of_its_last_state, 200);
}

static void what_was_published_plus_corrections_is_what_is_known(void **state)
{
    (void)state;
    check_property("corrections", published_plus_corrections_is_now, 300);
}

static void table_grows_beyond_its_first_slots(void **state)
{
    (void)state;
    vg_figures *f = opened();
    vg_arena a;
    vg_figure_row *row;
    vg_err e = VG_NO_ERR;
    begin(&a);
    for (int i = 0; i < 20000; i++) {
        vg_incident x = incident((int64_t)(FIRST + i / 4) * DAY_S, VG_LEVEL_VIOLATION, 1);
        x.weapon = (int8_t)(i % 4);
        CHECK_OK(vg_figures_change(f, NULL, &x, &e), &e);
    }
    assert_int_equal(rows_of(f, &a, &row), 40000);
    for (int i = 1; i < 40000; i++)
        assert_true(vg_figure_key_compare(&row[i - 1].key, &row[i].key) < 0);
    vg_arena_free(&a);
    vg_figures_close(f);
}

/* --- days that are put aside --- */

static bool same_corrections(vg_figures *f, vg_figures *g, bool tell, vg_arena *a)
{
    vg_correction *left, *right;
    int64_t n, m;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_figures_corrections(f, tell, a, &left, &n, &e), &e);
    CHECK_OK(vg_figures_corrections(g, tell, a, &right, &m, &e), &e);
    bool same = n == m;
    for (int64_t i = 0; same && i < n; i++)
        same = vg_figure_key_compare(&left[i].key, &right[i].key) == 0 &&
               memcmp(&left[i].was, &right[i].was, sizeof left[i].was) == 0 &&
               memcmp(&left[i].now, &right[i].now, sizeof left[i].now) == 0 &&
               left[i].because == right[i].because && left[i].published_at == right[i].published_at;
    return same;
}

static bool change_both(vg_figures *f, vg_figures *g, world *w, vg_rng *r, vg_err *e)
{
    vg_incident *x = &w->x[vg_rng_below(r, N_INCIDENTS)], was = *x;
    *x = was.id && vg_rng_below(r, 4) == 0 ? (vg_incident){ 0 } : random_incident(r);
    if (x->id)
        x->from += (int64_t)vg_rng_below(r, 12) * 31 * DAY_S;
    return vg_figures_change(f, was.id ? &was : NULL, x->id ? x : NULL, e) &&
           vg_figures_change(g, was.id ? &was : NULL, x->id ? x : NULL, e);
}

/* Files of this program end here, as on a disk that is full: a write is cut short, then fails. */
static void let_files_have(rlim_t bytes)
{
    struct rlimit most;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &most), 0);
    most.rlim_cur = bytes < most.rlim_max ? bytes : most.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &most), 0);
}

/* One keeps all days in memory, the other one day, and the others packed or in a file, on a disk that is full at times. */
static const char *answers_are_the_same_with_days_put_aside(vg_rng *r)
{
    vg_figures *f = opened(), *g = opened();
    world w = { 0 };
    vg_arena a;
    vg_err e = VG_NO_ERR;
    const char *wrong = NULL;
    begin(&a);
    vg_figures_keep(f, 1000, NULL);
    vg_figures_keep(g, 1, vg_rng_below(r, 3) ? "/tmp" : vg_rng_below(r, 2) ? "/no/such/folder" : NULL);
    for (int i = 0; i < 300 && !wrong; i++) {
        int32_t day = FIRST + (int32_t)(vg_rng_below(r, N_DAYS) + 31 * vg_rng_below(r, 12));
        if (vg_rng_below(r, 10) == 0)
            let_files_have(vg_rng_below(r, 2) ? vg_rng_below(r, 3000) : RLIM_INFINITY);
        if (!change_both(f, g, &w, r, &e))
            wrong = "memory";
        if (vg_rng_below(r, 20) == 0 &&
            !(vg_figures_publish(f, day, i, i, &e) && vg_figures_publish(g, day, i, i, &e)))
            wrong = "memory";
        if (vg_rng_below(r, 20) == 0 && !same_corrections(f, g, vg_rng_below(r, 2), &a))
            wrong = "corrections differ";
        if (vg_rng_below(r, 20) == 0 && !same_rows(f, g, &a))
            wrong = "rows differ";
    }
    if (!wrong && !(same_corrections(f, g, true, &a) && same_rows(f, g, &a)))
        wrong = "the end differs";
    let_files_have(RLIM_INFINITY);
    vg_arena_free(&a);
    vg_figures_close(f);
    vg_figures_close(g);
    return wrong;
}

static void days_put_aside_answer_as_those_in_memory(void **state)
{
    (void)state;
    check_property("aside", answers_are_the_same_with_days_put_aside, 200);
}

/* Days grow each time they come back, so that their old places in the file are given up and it is written anew. */
static void days_come_back_from_a_file_that_is_written_anew(void **state)
{
    (void)state;
    vg_figures *f = opened(), *g = opened();
    vg_arena a;
    vg_err e = VG_NO_ERR;
    begin(&a);
    vg_figures_keep(f, 4, "/tmp");
    vg_figures_keep(g, 1000, NULL);
    for (int round = 0; round < 40; round++)
        for (int i = 0; i < 40 * 400; i++) {
            vg_incident x =
                incident((int64_t)(FIRST + i / 400) * DAY_S, VG_LEVEL_VIOLATION, (float)(i % 7) / 7);
            x.zone[0] = i % 400 + 400 * (round / 4);
            x.weapon = (int8_t)(round % 4);
            CHECK_OK(vg_figures_change(f, NULL, &x, &e) && vg_figures_change(g, NULL, &x, &e), &e);
        }
    for (int day = FIRST; day < FIRST + 40; day++) {
        vg_figure_row *left, *right;
        int64_t n, m;
        vg_arena scratch = a;
        CHECK_OK(vg_figures_rows(f, day, day, &scratch, &left, &n, &e), &e);
        CHECK_OK(vg_figures_rows(g, day, day, &scratch, &right, &m, &e), &e);
        assert_int_equal(n, m);
        assert_memory_equal(left, right, (size_t)n * sizeof *left);
    }
    vg_arena_free(&a);
    vg_figures_close(f);
    vg_figures_close(g);
}

static void interval_stays_within_none_and_all(void **state)
{
    (void)state;
    double low, high;
    vg_figure_interval(&(vg_figure){ .n_incidents = 2, .expected = 1.8, .variance = .18 }, &low, &high);
    CHECK_NEAR(low, 1.8 - 1.645 * sqrt(.18), 1e-12);
    CHECK_NEAR(high, 2, 0);
    vg_figure_interval(&(vg_figure){ .n_incidents = 1, .expected = .2, .variance = .16 }, &low, &high);
    CHECK_NEAR(low, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incident_counts_once_as_a_whole_and_once_a_clause),
        cmocka_unit_test(alleged_incident_counts_for_nobody),
        cmocka_unit_test(exempt_and_rejected_ones_are_counted_apart),
        cmocka_unit_test(weapons_that_are_seen_are_no_explosions),
        cmocka_unit_test(explosions_that_nobody_counted_are_not_known_and_no_zero),
        cmocka_unit_test(incident_over_midnight_counts_on_the_day_it_begins),
        cmocka_unit_test(correction_names_the_published_figure_until_it_is_told),
        cmocka_unit_test(change_that_is_taken_back_is_no_correction),
        cmocka_unit_test(any_way_to_a_state_ends_in_its_figures),
        cmocka_unit_test(what_was_published_plus_corrections_is_what_is_known),
        cmocka_unit_test(table_grows_beyond_its_first_slots),
        cmocka_unit_test(days_put_aside_answer_as_those_in_memory),
        cmocka_unit_test(days_come_back_from_a_file_that_is_written_anew),
        cmocka_unit_test(interval_stays_within_none_and_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
