/* The generator: the same seed, the same bytes; shares as asked; a truth that agrees with itself. */
#include "ceasefire/simulate.h"
#include "core/hash.h"
#include "prop.h"

static vg_simulation *opened(const char *text)
{
    vg_err e = VG_NO_ERR;
    vg_simulation_opts o;
    vg_simulation *s;
    CHECK_OK(vg_simulation_read(vg_str_z(text), &o, &e), &e);
    CHECK_OK(vg_simulation_open(&o, &s, &e), &e);
    return s;
}

/* Hash of the agreement, of all reports and of the batches' truths. */
static void hash_of(const char *text, int32_t batch, char hex[65])
{
    vg_err e = VG_NO_ERR;
    vg_simulation *s = opened(text);
    vg_simulated_batch b;
    vg_sha256 h;
    vg_out o;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_sha256_init(&h);
    vg_sha256_add(&h, vg_simulation_agreement_text(s));
    do {
        CHECK_OK(vg_simulation_next(s, batch, &b, &e), &e);
        for (int32_t i = 0; i < b.n; i++) {
            o.n = 0;
            vg_report_pack(&o, &b.report[i]);
            vg_print(&o, "%lld %d %d", (long long)b.truth[i].incident, b.truth[i].telling, b.truth[i].late);
            vg_sha256_add(&h, vg_out_text(&o));
        }
    } while (b.n);
    vg_sha256_hex(&h, hex);
    vg_out_drop(&o);
    vg_simulation_close(s);
}

static void the_same_seed_gives_the_same_bytes_in_any_batches(void **state)
{
    (void)state;
    char a[65], b[65], other[65];
    hash_of("seed=5,reports=3000", 1000, a);
    hash_of("seed=5,reports=3000", 7, b);
    hash_of("seed=6,reports=3000", 1000, other);
    assert_string_equal(a, b);
    assert_string_not_equal(a, other);
}

typedef struct {
    int64_t n, telling[VG_N_TELLINGS], late, covers;
} shares;

static shares shares_of(vg_simulation *s)
{
    vg_err e = VG_NO_ERR;
    shares x = { .n = 0 };
    vg_simulated_batch b;
    int64_t before = INT64_MIN;
    do {
        CHECK_OK(vg_simulation_next(s, 500, &b, &e), &e);
        x.covers += b.n_covers;
        for (int32_t i = 0; i < b.n; i++) {
            vg_err why = VG_NO_ERR;
            CHECK_OK(vg_report_check(&b.report[i], &why), &why);
            assert_true(b.report[i].received_at >= before);
            before = b.report[i].received_at;
            x.telling[b.truth[i].telling]++;
            x.late += b.truth[i].late;
            x.n++;
        }
    } while (b.n);
    return x;
}

static void duplicates_and_late_reports_come_in_the_shares_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double duplicates, late;
    } of[] = {
        { "seed=1,reports=50000", 0.3, 0.2 },
        { "seed=2,reports=50000,duplicates=0,late=0", 0, 0 },
        { "seed=3,reports=50000,duplicates=.6,late=.5", 0.6, 0.5 },
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        vg_simulation *s = opened(of[i].text);
        shares x = shares_of(s);
        double n = (double)x.n, resent = (double)x.telling[VG_TELLING_RESENT];
        assert_int_equal(x.n, 50000);
        CHECK_NEAR((resent + (double)x.telling[VG_TELLING_RETOLD]) / n, of[i].duplicates, 0.03);
        CHECK_NEAR(resent / n, of[i].duplicates / 3, 0.02);
        CHECK_NEAR((double)x.late / n, of[i].late, 0.04);
        assert_true(x.covers > 0 && x.telling[VG_TELLING_REVISION] > 0 &&
                    x.telling[VG_TELLING_WITHDRAWAL] > 0);
        vg_simulation_close(s);
    }
}

static void a_resent_report_is_the_same_report(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_simulation *s = opened("seed=4,reports=2000");
    vg_simulated_batch b;
    CHECK_OK(vg_simulation_next(s, 2000, &b, &e), &e);
    int32_t n = 0;
    for (int32_t i = 0; i < b.n; i++)
        for (int32_t k = 0; b.truth[i].telling == VG_TELLING_RESENT && k < i; k++) {
            const vg_report *x = &b.report[i], *y = &b.report[k];
            if (b.truth[k].telling == VG_TELLING_RESENT || !vg_eq(x->source, y->source) ||
                !vg_eq(x->id, y->id))
                continue;
            n += vg_report_content(x) == vg_report_content(y);
            assert_int_equal(b.truth[i].incident, b.truth[k].incident);
        }
    assert_true(n > 100);
    vg_simulation_close(s);
}

static void the_agreement_reads_without_a_finding_of_weight(void **state)
{
    (void)state;
    vg_simulation *s = opened("seed=9,reports=1");
    const vg_agreement *a = vg_simulation_agreement(s);
    assert_int_equal(a->n_errors, 0);
    assert_int_equal(a->n_zones, 200);
    assert_int_equal(a->n_clauses, 100);
    assert_int_equal(a->n_parties, 4);
    assert_int_equal(a->n_sources, 26);
    assert_int_equal(a->zone[0].n_versions, 3);
    vg_simulation_close(s);
}

static void options_that_make_no_sense_are_refused_by_name(void **state)
{
    (void)state;
    static const char *const bad[] = { "seed",    "seed=x", "speed=3",    "reports=0",
                                       "zones=3", "late=2", "reports=1.5" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_err e = VG_NO_ERR;
        vg_simulation_opts o = { .seed = 77 };
        assert_false(vg_simulation_read(vg_str_z(bad[i]), &o, &e));
        assert_true(e.code == VG_EARG || e.code == VG_ERANGE);
        assert_int_equal(o.seed, 77);
    }
}

/* --- the truth, by the slow obvious way --- */

static const char town[] =
    "id = \"t\"\ntitle = \"T\"\nversion = \"1\"\ntime_zone = \"UTC\"\ncut_off = \"00:00\"\n"
    "[[party]]\nid = \"a\"\nname = \"A\"\nallies = [\"c\"]\n[[party]]\nid = \"b\"\nname = \"B\"\n"
    "[[party]]\nid = \"c\"\nname = \"C\"\n"
    "[[zone]]\nid = \"z\"\nkind = \"buffer\"\narea = [[10, 10], [11, 10], [11, 11], [10, 11]]\n"
    "[[exception]]\nid = \"x\"\nkind = \"exercise\"\nparty = \"b\"\nzone = \"z\"\n"
    "from = 2020-01-02T00:00:00Z\nto = 2020-01-03T00:00:00Z\n"
    "[[clause]]\nid = \"in\"\nparties = \"all\"\nacts = [\"mortar\"]\nzone = \"z\"\nseverity = 3\n"
    "exceptions = [\"x\"]\n"
    "[[clause]]\nid = \"out-a\"\nparties = [\"a\"]\nacts = [\"mortar\"]\nzone = \"z\"\n"
    "relation = \"outside\"\nseverity = 3\n"
    "[[clause]]\nid = \"night\"\nparties = \"all\"\nacts = [\"mortar\"]\nzone = \"z\"\n"
    "least_calibre_mm = 100\ndaily_from = \"22:00\"\ndaily_to = \"04:00\"\nseverity = 3\n";

static int32_t bits_of(const vg_agreement *a, vg_simulated_incident x)
{
    int32_t clause[8], bits = 0, n = vg_simulated_breaches(a, &x, clause, 8);
    for (int32_t i = 0; i < n; i++)
        bits |= 1 << clause[i];
    return bits;
}

static void what_was_broken_follows_from_place_time_act_and_party(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_agreement *a;
    CHECK_OK(vg_agreement_parse(VG_S(town), VG_S("town"), NULL, &a, &e), &e);
    assert_int_equal(a->n_errors, 0);
    int64_t noon = INT64_C(1577880000); /* 2020-01-01 12:00 */
    vg_simulated_incident x = { .at = noon,
                                .lat_deg = 10.5,
                                .lon_deg = 10.5,
                                .calibre_mm = 120,
                                .act = VG_ACT_MORTAR,
                                .weapon = VG_WEAPON_MORTAR,
                                .party = 1 };
    assert_int_equal(bits_of(a, x), 1);
    x.at = noon + 11 * 3600; /* 23:00 */
    assert_int_equal(bits_of(a, x), 1 | 4);
    x.calibre_mm = NAN;
    assert_int_equal(bits_of(a, x), 1);
    x.at = noon + 86400; /* the exercise of b */
    assert_int_equal(bits_of(a, x), 0);
    x.party = 0;
    assert_int_equal(bits_of(a, x), 1);
    x.lon_deg = 12; /* outside: a itself, its ally, and nobody else */
    assert_int_equal(bits_of(a, x), 2);
    x.party = 2;
    assert_int_equal(bits_of(a, x), 2);
    x.party = 1;
    assert_int_equal(bits_of(a, x), 0);
    x.party = -1;
    assert_int_equal(bits_of(a, x), 0);
    x.act = VG_ACT_SMALL_ARMS;
    assert_int_equal(bits_of(a, x), 0);
    vg_agreement_free(a);
}

static const char *told_reports_are_of_incidents_that_began_before(vg_rng *r)
{
    char text[64];
    vg_err e = VG_NO_ERR;
    vg_simulated_batch b;
    const char *wrong = NULL;
    int64_t n, told = 0, first = 0;
    snprintf(text, sizeof text, "seed=%u,reports=400,zones=40,clauses=20", vg_rng_below(r, 1000));
    vg_simulation *s = opened(text);
    do {
        if (!vg_simulation_next(s, 50, &b, &e))
            return "it failed";
        const vg_simulated_incident *x = vg_simulation_incidents(s, &n);
        for (int32_t i = 0; i < b.n; i++) {
            int64_t k = b.truth[i].incident;
            first += k >= 0 && b.truth[i].telling <= VG_TELLING_RETOLD;
            first -= k >= 0 && b.truth[i].telling == VG_TELLING_WITHDRAWAL;
            if (k >= n || (k >= 0 && b.report[i].received_at < x[k].to))
                wrong = "a report of what has not happened";
        }
    } while (b.n);
    const vg_simulated_incident *x = vg_simulation_incidents(s, &n);
    for (int64_t i = 0; i < n; i++)
        told += x[i].n_told;
    vg_simulation_close(s);
    return wrong ? wrong : told == first ? NULL : "n_told does not add up";
}

static void truth_is_consistent(void **state)
{
    (void)state;
    check_property("told_reports_are_of_incidents_that_began_before",
                   told_reports_are_of_incidents_that_began_before, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_in_any_batches),
        cmocka_unit_test(duplicates_and_late_reports_come_in_the_shares_asked_for),
        cmocka_unit_test(a_resent_report_is_the_same_report),
        cmocka_unit_test(the_agreement_reads_without_a_finding_of_weight),
        cmocka_unit_test(options_that_make_no_sense_are_refused_by_name),
        cmocka_unit_test(what_was_broken_follows_from_place_time_act_and_party),
        cmocka_unit_test(truth_is_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
