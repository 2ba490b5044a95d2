/* Corrections over HTTP: those that are open, and with `since` those that were told before. Invariant: one that was told is
 * read back from the outcome that told it, so it says what its readers were told then. */
#include <math.h>

#include "core/date.h"
#include "core/num.h"
#include "door/ceasefire_int.h"
#include "door/tree.h"
#include "store/report_log.h"

#define N_OF(x) (int)(sizeof(x) / sizeof *(x))

static const char *const COLUMN[] = {
    "day",          "zone",         "party",          "clause",       "weapon",     "violations_was",
    "probable_was", "possible_was", "explosions_was", "expected_was", "violations", "probable",
    "possible",     "explosions",   "expected",       "published_at", "because",    "told_at"
};

static void put_instant(vg_rows *r, int64_t at)
{
    char text[32];
    vg_rows_text(r, at == INT64_MIN ? VG_NOSTR : vg_instant_text(at, text));
}

/* --- those that are open --- */

typedef struct {
    vg_arena *arena;
    vg_correction *correction;
    int64_t n;
} open_ones;

static bool ask_open(void *ctx, vg_desk *d, vg_err *e)
{
    open_ones *x = ctx;
    return vg_figures_corrections(vg_desk_figures(d), false, x->arena, &x->correction, &x->n, e);
}

static void put_open(vg_rows *r, const vg_agreement *a, const vg_correction *x)
{
    char day[16];
    vg_rows_text(r, vg_day_text(x->key.day, day));
    vg_rows_text(r, vg_zone__id(a, x->key.zone));
    vg_rows_text(r, vg_party__id(a, x->key.party));
    vg_rows_text(r, vg_clause__id(a, x->key.clause));
    vg_rows_text(r, vg_str_z(vg_weapon_name(x->key.weapon)));
    for (int i = 0; i < 2; i++) {
        const vg_figure *f = i ? &x->now : &x->was;
        vg_rows_int(r, f->n_violations);
        vg_rows_int(r, f->n_probable);
        vg_rows_int(r, f->n_possible);
        vg_rows_int(r, vg_figure_explosions(f));
        vg_rows_num(r, f->expected);
    }
    put_instant(r, x->published_at);
    vg_rows_int(r, x->because);
    put_instant(r, INT64_MIN);
}

/* --- those that were told --- */

typedef struct {
    int64_t since, limit;
    int64_t *number; /* the newest `limit`, in a ring */
    int64_t n;
} told_ones;

static bool note_told(void *ctx, const vg_outcome *o)
{
    told_ones *x = ctx;
    if (o->at >= x->since)
        x->number[x->n++ % x->limit] = o->n;
    return true;
}

static bool list_told(vg_call *c, vg_str agreement, told_ones *x, vg_err *e)
{
    vg_report_log *log;
    x->number = vg_new(vg_call_arena(c), int64_t, x->limit);
    if (!x->number)
        return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    if (!vg_report_log_open(vg_call_store(c), agreement, &log, e))
        return false;
    bool good = vg_report_outcomes_of(log, VG_OUTCOME_CORRECTION, 0, note_told, x, e);
    vg_report_log_close(log);
    return good;
}

static void put_whole(vg_rows *r, const vg_tree *t, const char *name)
{
    int64_t x = VG_UNKNOWN;
    vg_int(vg_tree_member(t, name)->text, &x);
    vg_rows_int(r, x);
}

static void put_text(vg_rows *r, const vg_tree *t, const char *name)
{
    vg_rows_text(r, vg_tree_text(vg_tree_member(t, name), 0));
}

static bool put_told(vg_call *c, vg_rows *r, const vg_outcome *o, vg_err *e)
{
    static const char *const key[] = { "day", "zone", "party", "clause", "weapon" };
    static const char *const figure[] = { "violations", "probable", "possible", "explosions" };
    const vg_tree *t;
    if (!vg_tree_read(o->body, vg_call_arena(c), &t, e))
        return false;
    for (int i = 0; i < N_OF(key); i++)
        put_text(r, t, key[i]);
    for (int i = 0; i < 2; i++) {
        const vg_tree *of = vg_tree_member(t, i ? "now" : "was");
        double expected = NAN;
        for (int k = 0; k < N_OF(figure); k++)
            put_whole(r, of, figure[k]);
        vg_num(vg_tree_member(of, "expected")->text, &expected);
        vg_rows_num(r, expected);
    }
    put_text(r, t, "published_at");
    put_whole(r, t, "because");
    put_instant(r, o->at);
    return true;
}

/* Newest first. Each is read by itself: what lies between two corrections may be long. */
static bool put_all_told(vg_call *c, vg_str agreement, const told_ones *x, int64_t most, vg_rows *r,
                         vg_err *e)
{
    int64_t n = x->n < x->limit ? x->n : x->limit;
    n = n < most ? n : most;
    for (int64_t i = x->n - 1; i >= x->n - n; i--) {
        vg_outcome *o;
        int64_t got;
        if (!vg_report_outcomes(vg_call_store(c), agreement, x->number[i % x->limit] - 1, 1, vg_call_arena(c),
                                &o, &got, NULL, e) ||
            (got && !put_told(c, r, o, e)))
            return false;
    }
    return true;
}

static bool answer(vg_call *c, vg_guard *g, vg_err *e)
{
    const vg_agreement *a = vg_guard__agreement(g);
    open_ones open = { .arena = vg_call_arena(c) };
    told_ones told = { .limit = vg_call_whole(c, "limit") };
    bool back = vg_call_given(c, "since");
    if (!vg_call__instant(c, "since", false, &told.since, e) || !vg_guard__ask(g, ask_open, &open, e) ||
        (back && !list_told(c, a->id, &told, e)))
        return false;
    vg_rows r = vg_rows_begin(c, COLUMN, N_OF(COLUMN));
    int64_t n_open = open.n < told.limit ? open.n : told.limit;
    for (int64_t i = 0; i < n_open; i++)
        put_open(&r, a, &open.correction[i]);
    if (back && !put_all_told(c, a->id, &told, told.limit - n_open, &r, e))
        return false;
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__corrections(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer(c, g, e);
    vg_guard__leave(g);
    return good;
}
