/* Whether the order of arrival matters: the same reports in random orders, cut into random batches, published in between.
 * Invariant looked for: one fingerprint of the watch, one set of figures, and for every order what was published plus
 * the sum of its corrections is what is known at the end. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/evaluate.h"
#include "ceasefire/figures.h"
#include "core/hash.h"
#include "core/rng.h"

enum { MOST_A_BATCH = 500, STREAM = 77, SUM_FIELDS = 4 };

typedef struct {
    vg_figure_key key;
    int64_t sum[SUM_FIELDS];
} key_sum;

typedef struct {
    vg_agreement *a;
    vg_arena text; /* the reports' bytes */
    vg_report *report;
    int64_t n;
    int64_t *order;
    int32_t first_day, last_day;
    key_sum *told; /* published, and corrections since */
    int64_t n_told, cap;
} trial;

/* --- the reports, kept --- */

static bool keep(trial *t, const vg_report *r, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_report_pack(&o, r);
    vg_str bytes = vg_copy(&t->text, vg_out_text(&o));
    vg_out_drop(&o);
    return (bytes.s || vg_fail_memory(e, vg_arena_limit(&t->text))) &&
           vg_report_unpack(bytes, &t->report[t->n++], e);
}

static void note_days(trial *t, const vg_report *r)
{
    int32_t day = vg_agreement_day(t->a, r->from);
    t->first_day = t->n == 1 || day < t->first_day ? day : t->first_day;
    t->last_day = t->n == 1 || day > t->last_day ? day : t->last_day;
}

static bool collect(trial *t, const vg_simulation_opts *o, vg_err *e)
{
    vg_simulation *s;
    vg_simulated_batch b = { .n = 0 };
    if (!vg_simulation_open(o, &s, e))
        return false;
    bool good = vg_agreement_parse(vg_simulation_agreement_text(s), VG_S("simulation.toml"), NULL, &t->a, e);
    do {
        good = good && vg_simulation_next(s, 1000, &b, e);
        for (int32_t i = 0; good && i < b.n; i++) {
            good = keep(t, &b.report[i], e);
            if (good)
                note_days(t, &t->report[t->n - 1]);
        }
    } while (good && b.n);
    vg_simulation_close(s);
    return good;
}

static void shuffle(trial *t, vg_rng *r)
{
    for (int64_t i = t->n - 1; i > 0; i--) {
        int64_t k = (int64_t)vg_rng_below(r, (uint32_t)i + 1), x = t->order[i];
        t->order[i] = t->order[k];
        t->order[k] = x;
    }
}

/* --- sums of what was told --- */

static bool tell(trial *t, const vg_figure_key *key, const vg_figure *was, const vg_figure *now, vg_err *e)
{
    if (t->n_told == t->cap) {
        int64_t cap = t->cap ? t->cap * 2 : 4096;
        key_sum *more = realloc(t->told, (size_t)cap * sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap);
        t->told = more;
        t->cap = cap;
    }
    t->told[t->n_told++] =
        (key_sum){ *key,
                   { now->n_violations - was->n_violations, now->n_probable - was->n_probable,
                     now->n_possible - was->n_possible, now->n_explosions - was->n_explosions } };
    return true;
}

static int by_key(const void *a, const void *b)
{
    const vg_figure_key *x = &((const key_sum *)a)->key, *y = &((const key_sum *)b)->key;
    int32_t left[] = { x->day, x->zone, x->party, x->clause, x->weapon };
    int32_t right[] = { y->day, y->zone, y->party, y->clause, y->weapon };
    for (int i = 0; i < 5; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* Hash of the sums by key, those that are nothing left out. */
static void hash_told(trial *t, char hex[65])
{
    vg_sha256 h;
    vg_sha256_init(&h);
    if (t->n_told)
        qsort(t->told, (size_t)t->n_told, sizeof *t->told, by_key);
    for (int64_t i = 0, k; i < t->n_told; i = k) {
        int64_t x[SUM_FIELDS + 5] = { t->told[i].key.day, t->told[i].key.zone, t->told[i].key.party,
                                      t->told[i].key.clause, t->told[i].key.weapon };
        bool any = false;
        for (k = i; k < t->n_told && by_key(&t->told[k], &t->told[i]) == 0; k++)
            for (int f = 0; f < SUM_FIELDS; f++)
                x[5 + f] += t->told[k].sum[f];
        for (int f = 0; f < SUM_FIELDS; f++)
            any = any || x[5 + f] != 0;
        if (any)
            vg_sha256_add(&h, (vg_str){ (const char *)x, (ptrdiff_t)sizeof x });
    }
    vg_sha256_hex(&h, hex);
}

static bool tell_rows(trial *t, const vg_figures *f, int32_t from_day, int32_t to_day, vg_err *e)
{
    static const vg_figure nothing = { .n_violations = 0 };
    vg_arena a;
    vg_figure_row *row;
    int64_t n;
    if (!vg_arena_init(&a, 256 << 20, e))
        return false;
    bool good = vg_figures_rows(f, from_day, to_day, &a, &row, &n, e);
    for (int64_t i = 0; good && i < n; i++)
        good = tell(t, &row[i].key, &nothing, &row[i].figure, e);
    vg_arena_free(&a);
    return good;
}

static bool tell_corrections(trial *t, vg_figures *f, vg_err *e)
{
    vg_arena a;
    vg_correction *c;
    int64_t n;
    if (!vg_arena_init(&a, 256 << 20, e))
        return false;
    bool good = vg_figures_corrections(f, true, &a, &c, &n, e);
    for (int64_t i = 0; good && i < n; i++)
        good = tell(t, &c[i].key, &c[i].was, &c[i].now, e);
    vg_arena_free(&a);
    return good;
}

/* --- one order --- */

static bool publish(trial *t, vg_figures *f, int32_t day, int64_t seq, vg_err *e)
{
    return vg_figures_publish(f, day, 0, seq, e) && tell_rows(t, f, day, day, e) && tell_corrections(t, f, e);
}

static bool take_all(trial *t, vg_rng *r, vg_watch *w, vg_figures *f, vg_err *e)
{
    int32_t day = t->first_day, n_days = t->last_day - t->first_day + 1;
    for (int64_t i = 0; i < t->n;) {
        int64_t end = i + 1 + (int64_t)vg_rng_below(r, MOST_A_BATCH);
        vg_watch_verdict verdict;
        for (; i < end && i < t->n; i++)
            if (!vg_watch_report(w, &t->report[t->order[i]], i + 1, &verdict, e))
                return false;
        if (!vg_watch_settle(w, e))
            return false;
        while (day <= t->last_day && (int64_t)(day - t->first_day) * t->n < i * n_days)
            if (!publish(t, f, day++, i, e))
                return false;
    }
    for (; day <= t->last_day; day++)
        if (!publish(t, f, day, t->n, e))
            return false;
    return tell_corrections(t, f, e);
}

typedef struct {
    char state[65], told[65], known[65];
} order_result;

static bool one_order(trial *t, vg_rng *r, order_result *out, vg_err *e)
{
    vg_figures *f;
    vg_watch *w = NULL;
    if (!vg_figures_open(t->a, &f, e))
        return false;
    vg_watch_opts o = { .hash_media = true, .sink = vg_figures_sink(f) };
    t->n_told = 0;
    bool good =
        vg_watch_open(t->a, &o, &w, e) && take_all(t, r, w, f, e) && vg_watch_fingerprint(w, out->state, e);
    if (good) {
        hash_told(t, out->told);
        t->n_told = 0;
        good = tell_rows(t, f, t->first_day, t->last_day, e);
        hash_told(t, out->known);
    }
    vg_watch_close(w);
    vg_figures_close(f);
    return good;
}

static bool all_orders(trial *t, uint64_t seed, int32_t n_orders, vg_evaluation_order *out, vg_err *e)
{
    order_result first = { .state = "" }, now;
    for (int64_t i = 0; i < t->n; i++)
        t->order[i] = i;
    for (int32_t k = 0; k < n_orders; k++) {
        vg_rng r = vg_rng_at(seed, vg_rng_stream(STREAM, (uint64_t)k));
        if (k > 0) /* the first is the order of arrival */
            shuffle(t, &r);
        if (!one_order(t, &r, &now, e))
            return false;
        if (k == 0)
            first = now;
        out->n_orders++;
        out->n_same += strcmp(now.state, first.state) == 0;
        out->n_same_figures += strcmp(now.told, now.known) == 0 && strcmp(now.known, first.known) == 0;
    }
    memcpy(out->fingerprint, first.state, sizeof out->fingerprint);
    return true;
}

bool vg_evaluate_order(const vg_simulation_opts *o, int32_t n_orders, vg_evaluation_order *out, vg_err *e)
{
    trial t = { .n = 0 };
    vg_evaluation_order result = { .n_reports = o->n_reports };
    if (!vg_arena_init(&t.text, INT64_C(4) << 30, e))
        return false;
    t.report = calloc((size_t)o->n_reports + 1, sizeof *t.report);
    t.order = calloc((size_t)o->n_reports + 1, sizeof *t.order);
    bool good = t.report && t.order ? collect(&t, o, e) && all_orders(&t, o->seed, n_orders, &result, e)
                                    : vg_fail_memory(e, o->n_reports);
    free(t.report);
    free(t.order);
    free(t.told);
    vg_agreement_free(t.a);
    vg_arena_free(&t.text);
    if (good)
        *out = result;
    return good;
}
