/* The truth of a simulation in a form that can be asked (which incident does a report tell of, which clauses did it
 * break), and the scores. Invariant: a true pair is counted right at most once, so that fragments cost precision. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/evaluate_int.h"

enum { HIT_PROBABLE = 1, HIT_VIOLATION = 2, HIT_GIVEN = 4, MOST_MEMBERS = 4096 };

static const double least_given = 0.01;

/* --- reports to incidents --- */

static int64_t slot_of(const vg_evaluation *ev, uint64_t key)
{
    int64_t i = (int64_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (ev->n_slots - 1);
    while (ev->key[i] && ev->key[i] != key)
        i = (i + 1) & (ev->n_slots - 1);
    return i;
}

bool vg_evaluation_find(const vg_evaluation *ev, uint64_t key, int64_t *incident)
{
    int64_t i = slot_of(ev, key);
    if (!ev->key[i])
        return false;
    *incident = ev->told[i];
    return true;
}

static bool run_to_end(vg_evaluation *ev, vg_err *e)
{
    vg_simulated_batch b;
    do {
        if (!vg_simulation_next(ev->truth, 1000, &b, e))
            return false;
        for (int32_t i = 0; i < b.n; i++) {
            uint64_t key = vg_report_key(b.report[i].source, b.report[i].id);
            int64_t k = slot_of(ev, key);
            ev->n_keys += !ev->key[k];
            ev->key[k] = key;
            ev->told[k] = b.truth[i].incident;
        }
    } while (b.n);
    ev->incident = vg_simulation_incidents(ev->truth, &ev->n_incidents);
    return true;
}

/* --- incidents to clauses --- */

static bool true_clauses(vg_evaluation *ev, vg_err *e)
{
    int64_t n = 0, cap = ev->n_incidents * 2 + VG_AGREEMENT_CLAUSES;
    ev->clause = malloc((size_t)cap * sizeof *ev->clause);
    for (int64_t i = 0; i < ev->n_incidents && ev->clause; i++) {
        ev->first[i] = n;
        if (ev->incident[i].n_told <= 0)
            continue;
        if (cap - n < VG_AGREEMENT_CLAUSES) {
            cap *= 2;
            int32_t *more = realloc(ev->clause, (size_t)cap * sizeof *more);
            if (!more)
                return vg_fail_memory(e, cap);
            ev->clause = more;
        }
        n += vg_simulated_breaches(ev->a, &ev->incident[i], ev->clause + n, VG_AGREEMENT_CLAUSES);
    }
    ev->first[ev->n_incidents] = n;
    ev->hit = calloc((size_t)n + 1, 1);
    return (ev->clause && ev->hit) || vg_fail_memory(e, cap);
}

/* --- open and close --- */

bool vg_evaluation_open(const vg_simulation_opts *o, const vg_agreement *a, vg_evaluation **out, vg_err *e)
{
    vg_evaluation *ev = calloc(1, sizeof *ev);
    if (!ev)
        return vg_fail_memory(e, (int64_t)sizeof *ev);
    ev->opts = *o;
    ev->opts.forget = false;
    ev->a = a;
    for (ev->n_slots = 1024; ev->n_slots < o->n_reports * 2;)
        ev->n_slots *= 2;
    ev->key = calloc((size_t)ev->n_slots, sizeof *ev->key);
    ev->told = calloc((size_t)ev->n_slots, sizeof *ev->told);
    bool good = ev->key && ev->told ? vg_simulation_open(&ev->opts, &ev->truth, e) && run_to_end(ev, e)
                                    : vg_fail_memory(e, ev->n_slots * 16);
    if (good) {
        ev->first = calloc((size_t)ev->n_incidents + 1, sizeof *ev->first);
        ev->stood_for = calloc((size_t)ev->n_incidents + 1, 1);
        good = ev->first && ev->stood_for ? true_clauses(ev, e) : vg_fail_memory(e, ev->n_incidents * 9);
    }
    if (!good) {
        vg_evaluation_close(ev);
        return false;
    }
    *out = ev;
    return true;
}

void vg_evaluation_close(vg_evaluation *ev)
{
    if (!ev)
        return;
    vg_simulation_close(ev->truth);
    free(ev->key);
    free(ev->told);
    free(ev->first);
    free(ev->clause);
    free(ev->hit);
    free(ev->stood_for);
    free(ev);
}

/* --- what was found --- */

int64_t vg_evaluation_majority(int64_t *member, int32_t n)
{
    int64_t best = -1;
    int32_t most = 0;
    for (int32_t i = 1; i < n; i++) { /* few: by insertion */
        int64_t x = member[i];
        int32_t k = i;
        for (; k > 0 && member[k - 1] > x; k--)
            member[k] = member[k - 1];
        member[k] = x;
    }
    for (int32_t i = 0, k = 0; i < n; i = k) {
        while (k < n && member[k] == member[i])
            k++;
        if (k - i > most || (k - i == most && best < 0)) {
            most = k - i;
            best = member[i];
        }
    }
    return best;
}

void vg_evaluation_add(vg_evaluation *ev, int64_t incident, int32_t party)
{
    vg_evaluation_tally *t = &ev->tally;
    t->n_incidents++;
    if (incident >= 0) {
        t->n_fragments += ev->stood_for[incident];
        ev->stood_for[incident] = 1;
    }
    if (party < 0)
        return;
    t->n_attributed++;
    t->n_rightly += incident >= 0 && ev->incident[incident].party == party;
}

static void tally_probability(vg_evaluation_tally *t, double p, bool happened)
{
    int tenth = p >= 1 ? 9 : p <= 0 ? 0 : (int)(p * 10);
    double off = p - (happened ? 1 : 0);
    t->n_candidates++;
    t->squares += off * off;
    t->sum[tenth].n++;
    t->sum[tenth].said += p;
    t->sum[tenth].happened += happened;
}

void vg_evaluation_add_pair(vg_evaluation *ev, int64_t incident, int32_t clause, double p, int level)
{
    int64_t at = -1;
    if (incident >= 0)
        for (int64_t i = ev->first[incident]; i < ev->first[incident + 1]; i++)
            at = ev->clause[i] == clause ? i : at;
    if (p > least_given) {
        tally_probability(&ev->tally, p, at >= 0);
        if (at >= 0)
            ev->hit[at] |= HIT_GIVEN;
    }
    for (int k = 0; k < 2; k++) {
        uint8_t bit = k ? HIT_VIOLATION : HIT_PROBABLE;
        if (level < (k ? VG_LEVEL_VIOLATION : VG_LEVEL_PROBABLE))
            continue;
        ev->tally.n_said[k]++;
        if (at >= 0 && !(ev->hit[at] & bit)) {
            ev->tally.n_right[k]++;
            ev->hit[at] |= bit;
        }
    }
}

/* --- scores --- */

static double share(int64_t part, int64_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

static vg_evaluation_pairs pairs_of(const vg_evaluation *ev, int k)
{
    vg_evaluation_pairs p = { .n_true = ev->first[ev->n_incidents],
                              .n_said = ev->tally.n_said[k],
                              .n_right = ev->tally.n_right[k] };
    p.precision = share(p.n_right, p.n_said);
    p.recall = share(p.n_right, p.n_true);
    p.f1 = share(2 * p.n_right, p.n_said + p.n_true);
    return p;
}

static void count_incidents(const vg_evaluation *ev, vg_evaluation_score *s)
{
    for (int64_t i = 0; i < ev->n_incidents; i++)
        if (ev->incident[i].n_told > 0) {
            s->n_incidents_true++;
            s->n_swallowed += !ev->stood_for[i];
        }
}

void vg_evaluation_score_now(vg_evaluation *ev, vg_evaluation_score *out)
{
    vg_evaluation_tally *t = &ev->tally;
    vg_evaluation_score s = { .n_incidents = t->n_incidents, .n_fragments = t->n_fragments };
    int64_t n_pairs = ev->first[ev->n_incidents];
    for (int64_t i = 0; i < n_pairs; i++)
        if (!(ev->hit[i] & HIT_GIVEN))
            tally_probability(t, 0, true);
    count_incidents(ev, &s);
    s.probable = pairs_of(ev, 0);
    s.violation = pairs_of(ev, 1);
    s.n_attributed = t->n_attributed;
    s.n_rightly = t->n_rightly;
    s.attribution_precision = share(t->n_rightly, t->n_attributed);
    s.abstained = 1 - share(t->n_attributed, t->n_incidents);
    s.n_candidates = t->n_candidates;
    s.brier = t->n_candidates ? t->squares / (double)t->n_candidates : NAN;
    for (int k = 0; k < 10; k++) {
        double n = (double)t->sum[k].n;
        s.tenth[k] = (vg_evaluation_tenth){ t->sum[k].n, n > 0 ? t->sum[k].said / n : NAN,
                                            n > 0 ? t->sum[k].happened / n : NAN };
    }
    *out = s;
    *t = (vg_evaluation_tally){ .n_incidents = 0 };
    memset(ev->hit, 0, (size_t)n_pairs);
    memset(ev->stood_for, 0, (size_t)ev->n_incidents);
}

/* --- a watch --- */

typedef struct {
    uint64_t *id;
    int64_t n, cap;
    bool failed;
} id_list;

static bool collect(void *ctx, const vg_incident *x)
{
    id_list *l = ctx;
    if (l->n == l->cap) {
        int64_t cap = l->cap ? l->cap * 2 : 65536;
        uint64_t *more = realloc(l->id, (size_t)cap * sizeof *more);
        l->failed = !more;
        if (!more)
            return false;
        l->id = more;
        l->cap = cap;
    }
    l->id[l->n++] = x->id;
    return true;
}

static void add_incident(vg_evaluation *ev, const vg_incident *x, const vg_member *member, int32_t n)
{
    int64_t told[MOST_MEMBERS];
    int32_t n_told = 0;
    for (int32_t i = 0; i < n && n_told < MOST_MEMBERS; i++)
        n_told += vg_evaluation_find(ev, member[i].key, &told[n_told]);
    int64_t incident = vg_evaluation_majority(told, n_told);
    bool named = x->attribution == VG_ATTRIBUTION_ATTRIBUTED || x->attribution == VG_ATTRIBUTION_ADMITTED;
    vg_evaluation_add(ev, incident, named ? x->party : -1);
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        vg_evaluation_add_pair(ev, incident, b->clause, b->flags & VG_FLAG_EXEMPT ? 0 : (double)b->p,
                               b->level);
    }
}

bool vg_evaluation_watch(vg_evaluation *ev, vg_watch *w, vg_evaluation_score *out, vg_err *e)
{
    id_list l = { .n = 0 };
    vg_arena a;
    if (!vg_arena_init(&a, 64 << 20, e))
        return false;
    bool good = vg_watch_each(w, INT64_MIN, INT64_MAX, collect, &l, e);
    if (good && l.failed)
        good = vg_fail_memory(e, l.cap * 16);
    for (int64_t i = 0; good && i < l.n; i++) {
        vg_arena scratch = a;
        vg_incident x;
        vg_member *member;
        int32_t n;
        good = vg_watch_incident(w, l.id[i], &x, e) && vg_watch_members(w, l.id[i], &scratch, &member, &n, e);
        if (good)
            add_incident(ev, &x, member, n);
    }
    free(l.id);
    vg_arena_free(&a);
    if (good)
        vg_evaluation_score_now(ev, out);
    return good;
}
