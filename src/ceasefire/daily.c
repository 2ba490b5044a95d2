/* The report over a period: gathers what watch and figures know, has the sections written one after another, and puts it
 * out in the form that is asked for. Invariant: a pure function of what it is given; it looks at no clock. */
#include "ceasefire/daily.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/daily_int.h"
#include "ceasefire/escalation.h"
#include "core/date.h"

enum { LONGEST_DAYS = 36600, DEFAULT_TOP = 10 };

static const int64_t arena_limit = 16LL << 30; /* of address space; pages are taken as they are touched */

/* --- gathering --- */

typedef struct {
    vg_daily_work *w;
    int64_t n, cap;
} collecting;

static bool collect(void *ctx, const vg_incident *x)
{
    collecting *c = ctx;
    vg_daily_work *w = c->w;
    if (x->from < w->from || x->from >= w->to)
        return true;
    if (c->n == c->cap) {
        int64_t cap = c->cap ? 2 * c->cap : 256;
        vg_incident *bigger = vg_new(w->doc.a, vg_incident, cap);
        if (!bigger) {
            w->doc.failed = true;
            return false;
        }
        if (c->n)
            memcpy(bigger, w->incident, (size_t)c->n * sizeof *bigger);
        w->incident = bigger;
        c->cap = cap;
    }
    w->incident[c->n++] = *x;
    return true;
}

static bool gather_incidents(vg_daily_work *w, vg_err *e)
{
    collecting c = { .w = w };
    if (!vg_watch_each(w->watch, w->from, w->to - 1, collect, &c, e))
        return false;
    w->n_incidents = c.n;
    return !w->doc.failed || vg_fail_memory(e, vg_arena_limit(w->doc.a));
}

static bool gather_figures(vg_daily_work *w, vg_err *e)
{
    const vg_daily *ask = w->doc.ask;
    int32_t n_days = ask->to_day - ask->from_day + 1, n_clauses;
    if (!vg_figures_rows(w->figures, ask->from_day - n_days, ask->to_day, w->doc.a, &w->row, &w->n_rows, e))
        return false;
    for (int64_t i = 0; i < w->n_rows; i++)
        if (w->row[i].key.clause == VG_AGREEMENT_NOBODY)
            vg_figure_add(w->row[i].key.day < ask->from_day ? &w->was : &w->now, &w->row[i].figure);
    vg_compliance_ask c = { ask->from_day, ask->to_day, ask->least_watched };
    return vg_compliance_rows(&c, w->watch, w->figures, w->doc.a, &w->clause, &n_clauses, e) &&
           vg_figures_corrections(w->figures, false, w->doc.a, &w->correction, &w->n_corrections, e);
}

/* --- incidents that were put away --- */

typedef struct {
    int64_t from, to, n;
} counting;

static bool count_incident(void *ctx, const vg_incident *x)
{
    counting *c = ctx;
    c->n += x->from >= c->from && x->from < c->to;
    return true;
}

static bool count_missing(vg_watch *w, int64_t from, int64_t to, const vg_figure_row *row, int64_t n_rows,
                          int64_t *n, vg_err *e)
{
    counting c = { .from = from, .to = to };
    int64_t counted = 0;
    if (!vg_watch_each(w, from, to - 1, count_incident, &c, e))
        return false;
    for (int64_t i = 0; i < n_rows; i++)
        if (row[i].key.clause == VG_AGREEMENT_NOBODY)
            counted += row[i].figure.n_incidents + row[i].figure.n_rejected;
    *n = counted > c.n ? counted - c.n : 0;
    return true;
}

/* The first day whose incidents a report needs: of the period before, and of the past that escalation is held against. */
static int32_t first_needed(const vg_daily *ask, const vg_agreement *a)
{
    int32_t before = ask->from_day - (ask->to_day - ask->from_day + 1);
    int32_t past = ask->to_day - (int32_t)(vg_escalation_past_s(a) / 86400) - 1; /* days may have 25 hours */
    return before < past ? before : past;
}

bool vg_daily_missing(const vg_daily *ask, vg_watch *w, const vg_figures *f, int64_t *n, vg_err *e)
{
    const vg_agreement *agreement = vg_watch_agreement(w);
    int32_t before = first_needed(ask, agreement);
    int64_t from, to, unused, n_rows;
    vg_figure_row *row;
    vg_arena a;
    if (!vg_arena_init(&a, arena_limit, e))
        return false;
    vg_agreement_day_bounds(agreement, before, &from, &unused);
    vg_agreement_day_bounds(agreement, ask->to_day, &unused, &to);
    bool good = vg_figures_rows(f, before, ask->to_day, &a, &row, &n_rows, e) &&
                count_missing(w, from, to, row, n_rows, n, e);
    vg_arena_free(&a);
    return good;
}

static bool gather(vg_daily_work *w, vg_err *e)
{
    const vg_daily *ask = w->doc.ask;
    const vg_agreement *a = w->doc.agreement;
    int64_t unused;
    vg_agreement_day_bounds(a, ask->from_day, &w->from, &unused);
    vg_agreement_day_bounds(a, ask->to_day, &unused, &w->to);
    vg_agreement_day_bounds(a, ask->from_day - (ask->to_day - ask->from_day + 1), &w->before, &unused);
    return gather_figures(w, e) && gather_incidents(w, e) &&
           count_missing(w->watch, w->before, w->to, w->row, w->n_rows, &w->n_missing, e) &&
           vg_daily_missing(ask, w->watch, w->figures, &w->n_missing_past, e) &&
           vg_cover_rows(w->watch, w->from, w->to, w->doc.a, &w->cover, &w->n_cover, &w->n_strange, e) &&
           vg_watch_sources(w->watch, w->doc.a, &w->source, &w->n_sources, e);
}

/* --- head --- */

/* The period in local time and UTC, the agreement, and what the report rests on: arguments of title and lead. */
static void make_head(vg_daily_work *w)
{
    vg_doc *d = &w->doc;
    const vg_agreement *a = d->agreement;
    const vg_daily *ask = d->ask;
    char from[32], to[32];
    vg_arg *arg = vg_new(d->a, vg_arg, 12);
    if (!arg) {
        d->failed = true;
        return;
    }
    vg_str from_utc = vg_instant_text(w->from, from), to_utc = vg_instant_text(w->to, to);
    arg[0] = vg_arg_text("title", a->title.n ? a->title : a->id);
    arg[1] = vg_arg_text("version", a->version.n ? a->version : VG_S("\xE2\x80\x93"));
    arg[2] = vg_arg_day("first", (int64_t)ask->from_day * 86400);
    arg[3] = vg_arg_day("last", (int64_t)ask->to_day * 86400);
    arg[4] = vg_arg_text("from", vg_doc_instant(d, w->from));
    arg[5] = vg_arg_text("to", vg_doc_instant(d, w->to));
    arg[6] = vg_arg_text("from_utc", vg_doc_format(d, "%.*s", VG_P(from_utc)));
    arg[7] = vg_arg_text("to_utc", vg_doc_format(d, "%.*s", VG_P(to_utc)));
    arg[8] = vg_arg_text("zone", vg_clock_name(a->clock));
    arg[9] = vg_arg_text("sha", vg_sub(vg_str_z(a->sha256), 0, 12));
    arg[10] = vg_arg_int("days", ask->to_day - ask->from_day + 1);
    arg[11] = vg_arg_text("id", a->id);
    d->head = arg;
    d->title = ask->from_day == ask->to_day ? "ceasefire.report.title-day" : "ceasefire.report.title";
    d->n_head = 12;
}

static int64_t n_of(const vg_daily_work *w, int state)
{
    int64_t n = 0;
    for (int32_t i = 0; i < w->doc.agreement->n_clauses; i++)
        n += w->clause[i].state == state;
    return n;
}

/* Share of the violations and probable ones that nobody is attributed: NaN when there are none. */
static double unattributed_share(const vg_daily_work *w)
{
    int64_t all = 0, nobody = 0;
    for (int64_t i = 0; i < w->n_rows; i++) {
        const vg_figure_row *r = &w->row[i];
        int64_t n = r->figure.n_violations + r->figure.n_probable;
        if (r->key.day < w->doc.ask->from_day || r->key.clause != VG_AGREEMENT_NOBODY)
            continue;
        all += n;
        nobody += r->key.party == VG_AGREEMENT_NOBODY ? n : 0;
    }
    return all ? (double)nobody / (double)all : NAN;
}

/* Where no source has reported at all a count is not known. */
static vg_arg known(const vg_daily_work *w, int64_t n)
{
    return vg_watch_count(w->watch).n_reports && n != VG_UNKNOWN ? vg_arg_int("n", n)
                                                                 : vg_arg_num("n", NAN, 0);
}

static void put_facts(vg_daily_work *w)
{
    vg_doc *d = &w->doc;
    double expected = vg_watch_count(w->watch).n_reports ? w->now.expected : NAN;
    vg_doc_fact(d, "violations", known(w, w->now.n_violations));
    vg_doc_fact(d, "violations_before", known(w, w->was.n_violations));
    vg_doc_fact(d, "probable", known(w, w->now.n_probable));
    vg_doc_fact(d, "expected", vg_arg_num("n", expected, 1));
    vg_doc_fact(d, "explosions", known(w, vg_figure_explosions(&w->now)));
    vg_doc_fact(d, "unattributed_share", vg_arg_percent("n", unattributed_share(w), 0));
    vg_doc_fact(d, "clauses_broken", vg_arg_int("n", n_of(w, VG_COMPLIANCE_BROKEN)));
    vg_doc_fact(d, "clauses_not_decidable",
                vg_arg_int("n", n_of(w, VG_COMPLIANCE_NOT_DECIDABLE) + n_of(w, VG_COMPLIANCE_NOT_KNOWN)));
}

/* --- all of it --- */

static bool put_sections(vg_daily_work *w, vg_err *e)
{
    put_facts(w);
    vg_daily_put_outstanding(w);
    vg_daily_put_clauses(w);
    vg_daily_put_counts(w);
    vg_daily_put_days(w);
    vg_daily_put_attribution(w);
    vg_daily_put_claims(w);
    if (!vg_daily_put_escalation(w, e) || !vg_daily_put_coverage(w, e))
        return false;
    vg_daily_put_states(w);
    vg_daily_put_corrections(w);
    if (!vg_daily_put_gravest(w, e))
        return false;
    vg_daily_put_sources(w);
    vg_daily_put_method(w);
    return true;
}

static bool put_out(const vg_doc *d, vg_out *out, vg_err *e)
{
    switch (d->ask->form) {
    case VG_DAILY_PAGE: return vg_doc_put_page(d, out, e);
    case VG_DAILY_JSON: vg_doc_put_json(d, out); return true;
    case VG_DAILY_CSV: vg_doc_put_csv(d, "counts", out); return true;
    case VG_DAILY_TEXT: break;
    }
    vg_doc_put_text(d, out);
    return true;
}

/* A page that says lang="ar" and holds English would be read aloud as noise, and from the wrong side. */
static vg_lang written_in(vg_lang lang)
{
    return vg_message_has(lang, "ceasefire.report.lead") ? lang : VG_LANG_EN;
}

bool vg_daily_write(const vg_daily *ask, vg_watch *watch, vg_figures *f, vg_out *out, vg_err *e)
{
    vg_arena a;
    if (ask->to_day < ask->from_day || (int64_t)ask->to_day - ask->from_day >= LONGEST_DAYS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the period from day %d to day %d cannot be reported on",
                       ask->from_day, ask->to_day);
    if (!vg_arena_init(&a, arena_limit, e))
        return false;
    vg_daily full = *ask;
    full.top = ask->top > 0 ? ask->top : DEFAULT_TOP;
    full.least_watched = ask->least_watched > 0 ? ask->least_watched : VG_COMPLIANCE_LEAST;
    vg_daily_work w = { .watch = watch, .figures = f };
    w.doc = (vg_doc){ .a = &a,
                      .lang = written_in(ask->lang),
                      .ask = &full,
                      .agreement = vg_watch_agreement(watch),
                      .complete_until = vg_watch_watermark(watch) };
    bool good = gather(&w, e);
    if (good) {
        make_head(&w);
        good = put_sections(&w, e);
    }
    if (good && w.doc.failed)
        good = vg_fail_memory(e, arena_limit);
    good = good && put_out(&w.doc, out, e);
    vg_arena_free(&a);
    return good;
}

bool vg_daily_whole(const vg_agreement *a, int32_t *from_day, int32_t *to_day)
{
    if (a->from == INT64_MIN || a->to == INT64_MAX || a->to <= a->from)
        return false;
    *from_day = vg_agreement_day(a, a->from);
    *to_day = vg_agreement_day(a, a->to - 1);
    return true;
}
