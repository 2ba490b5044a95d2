/* What the store holds and how it changed: sources with their freshness, licence, gaps and rejects, the newest run of each
 * verb, and two runs of a forecast side by side. Invariant: a month is a gap only where no release covers it between the
 * first and the last month of its series; a forecast that only one of two runs has is shown with null for the other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/fields.h"
#include "core/num.h"
#include "serve/serve_int.h"

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- the store as a whole --- */

static bool same_series(const vg_vintage *a, const vg_vintage *b)
{
    return vg_eq(a->source, b->source) && vg_eq(a->scope, b->scope) && vg_eq(a->variable, b->variable);
}

/* What the releases of one series come to. */
typedef struct {
    const vg_vintage *newest;
    int64_t n_vintages, accepted, rejected, duplicates;
    int32_t first_month, last_month;
} series;

static series sum_up(const vg_vintage *v, int64_t n, int64_t at)
{
    series s = { .newest = &v[at] };
    for (int64_t i = 0; i < n; i++) {
        if (!same_series(&v[i], &v[at]))
            continue;
        s.n_vintages++;
        s.accepted += v[i].n_accepted;
        s.rejected += v[i].n_rejected;
        s.duplicates += v[i].n_duplicates;
        if (v[i].known_at > s.newest->known_at)
            s.newest = &v[i];
        if (!v[i].first_month)
            continue;
        s.first_month = s.first_month && s.first_month < v[i].first_month ? s.first_month : v[i].first_month;
        s.last_month = s.last_month > v[i].last_month ? s.last_month : v[i].last_month;
    }
    return s;
}

static bool covered(const vg_vintage *v, int64_t n, const series *s, int32_t month)
{
    for (int64_t i = 0; i < n; i++)
        if (same_series(&v[i], s->newest) && v[i].first_month <= month && month <= v[i].last_month)
            return true;
    return false;
}

/* [["2021-03","2021-05"]]: spans of months that nothing covers. */
static vg_str gaps_of(vg_call *c, const vg_vintage *v, int64_t n, const series *s)
{
    vg_out o;
    char text[16];
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&o);
    vg_json_array(&j);
    int32_t begun = 0;
    for (int32_t m = s->first_month; s->first_month && m <= s->last_month + 1; m++) {
        bool gap = m <= s->last_month && !covered(v, n, s, m);
        if (gap && !begun)
            begun = m;
        if (gap || !begun)
            continue;
        vg_json_array(&j);
        vg_json_str(&j, vg_month_text(begun, text));
        vg_json_str(&j, vg_month_text(m - 1, text));
        vg_json_close(&j);
        begun = 0;
    }
    vg_json_close(&j);
    vg_str made = vg_copy(&c->w->arena, vg_out_text(&o));
    vg_out_drop(&o);
    return made;
}

static void put_series(vg_call *c, vg_rows *r, const vg_vintage *v, int64_t n, const series *s)
{
    const vg_vintage *newest = s->newest;
    vg_rows_text(r, newest->source);
    vg_rows_text(r, newest->scope);
    vg_rows_text(r, newest->variable);
    vg_rows_int(r, s->n_vintages);
    vg_rows_int(r, newest->id);
    vg_rows_text(r, newest->version);
    vg_rows_month(r, s->first_month);
    vg_rows_month(r, s->last_month);
    vg_rows_instant(r, newest->known_at);
    vg_rows_instant(r, newest->imported_at);
    vg_rows_int(r, s->accepted);
    vg_rows_int(r, s->rejected);
    vg_rows_int(r, s->duplicates);
    vg_rows_raw(r, gaps_of(c, v, n, s));
    vg_rows_text(r, newest->licence);
    vg_rows_text(r, newest->citation);
}

bool vg_answer__data(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "source",     "scope",       "variable",    "vintages",
                                          "newest",     "version",     "first_month", "last_month",
                                          "known_at",   "imported_at", "accepted",    "rejected",
                                          "duplicates", "gaps",        "licence",     "citation" };
    vg_vintage *v;
    int64_t n;
    if (!vg_store_vintages(c->w->st, 0, &c->w->arena, &v, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        bool first = true;
        for (int64_t k = 0; k < i && first; k++)
            first = !same_series(&v[k], &v[i]);
        if (!first)
            continue;
        series s = sum_up(v, n, i);
        put_series(c, &r, v, n, &s);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- rejects --- */

bool vg_answer__rejects(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "line", "column", "code", "what", "why", "mend", "row" };
    int64_t limit = vg_call_whole(c, "limit"), skip = vg_call_whole(c, "cursor"), n;
    vg_reject *reject;
    if (!vg_store_reject_page(c->w->st, vg_call_whole(c, "vintage"), skip, limit + 1, &c->w->arena, &reject,
                              &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n && i < limit; i++) {
        const vg_err *why = &reject[i].why;
        vg_rows_int(&r, why->at.line ? why->at.line : VG_UNKNOWN);
        vg_rows_int(&r, why->at.col ? why->at.col : VG_UNKNOWN);
        vg_rows_text(&r, vg_str_z(vg_code_name(why->code)));
        vg_rows_text(&r, vg_str_z(why->what));
        vg_rows_text(&r, vg_str_z(why->why));
        vg_rows_text(&r, vg_str_z(why->mend));
        vg_rows_text(&r, reject[i].raw);
    }
    vg_str next = vg_format(&c->w->arena, "%lld", (long long)(skip + limit));
    vg_rows_end(&r, n > limit ? vg_call_next(c, next) : VG_NOSTR);
    return true;
}

/* --- the newest run of each verb --- */

bool vg_answer__latest(vg_call *c, vg_err *e)
{
    vg_run *run;
    int64_t n;
    if (!vg_store_latest_runs(c->w->st, &c->w->arena, &run, &n, e))
        return false;
    vg_runs__put(c, run, n, VG_NOSTR);
    return true;
}

/* --- two runs side by side --- */

enum { MOST_RESULTS = 2000000, N_CHANCES = 16 };

typedef struct {
    double mean, chance[N_CHANCES];
    int32_t n_chances;
} outlook;

static const vg_field outlook_fields[] = {
    { "mean", VG_FIELD_NUM, offsetof(outlook, mean), 0, 0, 0, NULL },
    { "probabilities", VG_FIELD_NUMS, offsetof(outlook, chance), offsetof(outlook, n_chances), N_CHANCES, 0,
      NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

static int by_unit(const void *a, const void *b)
{
    const vg_result *x = a, *y = b;
    if (x->unit_kind != y->unit_kind)
        return x->unit_kind < y->unit_kind ? -1 : 1;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return (x->month > y->month) - (x->month < y->month);
}

static bool read_run(vg_call *c, int64_t run, vg_result **out, int64_t *n, vg_err *e)
{
    int64_t *number;
    vg_result_page page = { .run = run,
                            .kind = VG_S("forecast"),
                            .unit = (int32_t)vg_call_whole(c, "unit"),
                            .month = (int32_t)vg_call_whole(c, "month"),
                            .limit = MOST_RESULTS };
    *n = 0;
    if (!run)
        return true;
    if (!vg_store_result_page(c->w->st, &page, &c->w->arena, out, &number, n, e))
        return false;
    if (*n)
        qsort(*out, (size_t)*n, sizeof **out, by_unit);
    return true;
}

static bool read_outlook(vg_call *c, const vg_result *r, outlook *o, vg_err *e)
{
    *o = (outlook){ .mean = NAN };
    return !r || vg_call_fields(c, r->body, outlook_fields, o, e);
}

static void put_chances(vg_call *c, vg_rows *rows, const outlook *o)
{
    vg_str list = o->n_chances ? VG_S("[") : VG_NOSTR;
    for (int32_t i = 0; i < o->n_chances; i++) {
        char number[32];
        list = vg_format(&c->w->arena, "%.*s%s%.*s", VG_P(list), i ? "," : "",
                         VG_P(vg_num_text(o->chance[i], number)));
    }
    vg_rows_raw(rows, o->n_chances ? vg_format(&c->w->arena, "%.*s]", VG_P(list)) : VG_NOSTR);
}

static bool put_change(vg_call *c, vg_rows *rows, const vg_result *before, const vg_result *after, vg_err *e)
{
    static const char *const kind[] = { NULL, "country", "cell", "admin1", "admin2" };
    const vg_result *any = after ? after : before;
    outlook was, is;
    if (!read_outlook(c, before, &was, e) || !read_outlook(c, after, &is, e))
        return false;
    vg_rows_text(rows, vg_str_z((int)any->unit_kind < N_OF(kind) ? kind[any->unit_kind] : NULL));
    vg_rows_int(rows, any->unit);
    vg_rows_month(rows, any->month);
    vg_rows_num(rows, was.mean);
    vg_rows_num(rows, is.mean);
    vg_rows_num(rows, is.mean - was.mean);
    put_chances(c, rows, &was);
    put_chances(c, rows, &is);
    return true;
}

static bool put_changes(vg_call *c, const vg_result *before, int64_t n_before, const vg_result *after,
                        int64_t n_after, vg_err *e)
{
    static const char *const column[] = { "unit_kind",
                                          "unit",
                                          "month",
                                          "expected_before",
                                          "expected_after",
                                          "change",
                                          "probabilities_before",
                                          "probabilities_after" };
    int64_t b = 0, a = 0, limit = vg_call_whole(c, "limit"), skip = vg_call_whole(c, "cursor"), seen = 0;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    while ((b < n_before || a < n_after) && r.n < limit) {
        int order = b == n_before ? 1 : a == n_after ? -1 : by_unit(&before[b], &after[a]);
        const vg_result *was = order <= 0 ? &before[b++] : NULL, *is = order >= 0 ? &after[a++] : NULL;
        if (seen++ >= skip && !put_change(c, &r, was, is, e))
            return false;
    }
    bool more = b < n_before || a < n_after;
    vg_str next = vg_format(&c->w->arena, "%lld", (long long)(skip + limit));
    vg_rows_end(&r, more ? vg_call_next(c, next) : VG_NOSTR);
    return true;
}

/* The run that was named, else the newest forecast below `before` (0 = any); 0 = there is none. */
static bool choose_run(vg_call *c, const char *name, int64_t before, int64_t *out, vg_err *e)
{
    vg_run run, *page;
    int64_t n;
    *out = vg_call_whole(c, name);
    if (vg_call_given(c, name))
        return vg_store_get_run(c->w->st, *out, &c->w->arena, &run, e);
    if (!vg_store_run_page(c->w->st, VG_S("forecast"), before, 1, &c->w->arena, &page, &n, e))
        return false;
    *out = n ? page[0].id : 0;
    return true;
}

bool vg_answer__changes(vg_call *c, vg_err *e)
{
    int64_t after, before, n_after, n_before;
    vg_result *is = NULL, *was = NULL;
    if (!choose_run(c, "run", 0, &after, e) || !choose_run(c, "since", after, &before, e))
        return false;
    if (!after)
        before = 0;
    return read_run(c, before, &was, &n_before, e) && read_run(c, after, &is, &n_after, e) &&
           put_changes(c, was, n_before, is, n_after, e);
}
