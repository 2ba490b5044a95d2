/* Figures over HTTP: counts, compliance, sources, coverage, the report. Invariant: the guard copies rows into the
 * caller's memory, where they are written; only the report is made in the guard's thread, since it asks the watch itself. */
#include <math.h>

#include "ceasefire/daily.h"
#include "core/date.h"
#include "core/num.h"
#include "door/ceasefire_int.h"
#include "store/report_log.h"

enum { USUAL_DAYS = 14, MOST_DAYS = 400 };

#define N_OF(x) (int)(sizeof(x) / sizeof *(x))

/* --- the days of a question --- */

static bool read_day(vg_call *c, const char *name, int32_t *day, vg_err *e)
{
    vg_str text = vg_call_text(c, name);
    if (!text.n || (text.n == 10 && vg_day_parse(text, VG_DATE_ISO, day)))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s is no day: \"%.*s\"", name, VG_P(vg_utf8_head(text, 40)));
    return vg_mend(e, "write 2026-03-01");
}

/* Reporting days, the last ones where none are named. */
static bool read_days(vg_call *c, const vg_agreement *a, int32_t *from, int32_t *to, vg_err *e)
{
    *to = vg_agreement_day(a, vg_now());
    if (!read_day(c, "to", to, e))
        return false;
    *from = *to - (USUAL_DAYS - 1);
    if (!read_day(c, "from", from, e))
        return false;
    if (*from <= *to && *to - *from < MOST_DAYS)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE,
            *from > *to ? "the days end before they begin" : "these are too many days");
    return vg_mend(e, "at most %d days, the earlier one first", MOST_DAYS);
}

static void put_day(vg_rows *r, int32_t day)
{
    char text[16];
    vg_rows_text(r, vg_day_text(day, text));
}

static void put_instant(vg_rows *r, int64_t at)
{
    char text[32];
    bool known = at != INT64_MIN && at != INT64_MAX;
    vg_rows_text(r, known ? vg_instant_text(at, text) : VG_NOSTR);
}

static void put_flag(vg_rows *r, bool b)
{
    vg_rows_raw(r, b ? VG_S("true") : VG_S("false"));
}

/* What a route asks the guard for, and what it gets. */
typedef struct {
    vg_arena *arena;
    const vg_agreement *agreement;
    int32_t from, to; /* days */
    int64_t from_at, to_at;
    vg_figure_row *figure;
    vg_compliance *compliance;
    vg_watch_source *source;
    vg_coverage *coverage;
    bool *published; /* by day */
    int64_t n;
    int32_t k;
    const vg_daily *daily;
    vg_store *store; /* the caller's, who waits */
    vg_out *out;
    vg_figure_key only; /* VG_AGREEMENT_NOBODY = any */
} asking;

typedef bool with_guard(vg_call *c, vg_guard *g, asking *x, vg_err *e);

static bool answer_with(vg_call *c, with_guard *answer, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    asking x = { .arena = vg_call_arena(c), .agreement = vg_guard__agreement(g) };
    bool good = answer(c, g, &x, e);
    vg_guard__leave(g);
    return good;
}

/* --- counts --- */

static bool ask_figures(void *ctx, vg_desk *d, vg_err *e)
{
    asking *x = ctx;
    vg_figures *f = vg_desk_figures(d);
    x->published = vg_new(x->arena, bool, x->to - x->from + 1);
    if (!x->published)
        return vg_fail_memory(e, vg_arena_limit(x->arena));
    for (int32_t day = x->from; day <= x->to; day++)
        x->published[day - x->from] = vg_figures_is_published(f, day);
    return vg_figures_rows(f, x->from, x->to, x->arena, &x->figure, &x->n, e);
}

static void put_figure(vg_rows *r, const asking *x, const vg_figure_row *row)
{
    const vg_agreement *a = x->agreement;
    const vg_figure *f = &row->figure;
    put_day(r, row->key.day);
    vg_rows_text(r, vg_zone__id(a, row->key.zone));
    vg_rows_text(r, vg_party__id(a, row->key.party));
    vg_rows_text(r, vg_clause__id(a, row->key.clause));
    vg_rows_text(r, vg_str_z(vg_weapon_name(row->key.weapon)));
    vg_rows_int(r, f->n_incidents);
    vg_rows_int(r, f->n_violations);
    vg_rows_int(r, f->n_probable);
    vg_rows_int(r, f->n_possible);
    vg_rows_int(r, vg_figure_explosions(f));
    vg_rows_int(r, f->n_exempt);
    vg_rows_int(r, f->n_rejected);
    vg_rows_int(r, f->n_alleged);
    vg_rows_int(r, f->n_self_defence);
    vg_rows_num(r, f->expected);
    vg_rows_num(r, sqrt(f->variance));
    vg_rows_num(r, f->severity);
    put_flag(r, x->published[row->key.day - x->from]);
}

static bool is_wanted(const vg_figure_key *only, const vg_figure_key *k)
{
    return (only->zone == VG_AGREEMENT_NOBODY || only->zone == k->zone) &&
           (only->party == VG_AGREEMENT_NOBODY || only->party == k->party) &&
           (only->clause == VG_AGREEMENT_NOBODY || only->clause == k->clause);
}

static bool read_only(vg_call *c, asking *x, vg_err *e)
{
    vg_str zone = vg_call_text(c, "zone"), party = vg_call_text(c, "party"),
           clause = vg_call_text(c, "clause");
    x->only.zone = vg_agreement_find_zone(x->agreement, zone);
    x->only.party = vg_agreement_find_party(x->agreement, party);
    x->only.clause = vg_clause__find(x->agreement, clause);
    bool unknown = (zone.n && x->only.zone == VG_AGREEMENT_NOBODY) ||
                   (party.n && x->only.party == VG_AGREEMENT_NOBODY) ||
                   (clause.n && x->only.clause == VG_AGREEMENT_NOBODY);
    if (!unknown)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "the agreement has no such zone, party or clause");
    return vg_mend(e, "GET the agreement itself: it lists them");
}

static bool answer_figures(vg_call *c, vg_guard *g, asking *x, vg_err *e)
{
    static const char *const column[] = { "day",       "zone",       "party",    "clause",       "weapon",
                                          "incidents", "violations", "probable", "possible",     "explosions",
                                          "exempt",    "rejected",   "alleged",  "self_defence", "expected",
                                          "deviation", "severity",   "published" };
    if (!read_days(c, x->agreement, &x->from, &x->to, e) || !read_only(c, x, e) ||
        !vg_guard__ask(g, ask_figures, x, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < x->n; i++)
        if (is_wanted(&x->only, &x->figure[i].key))
            put_figure(&r, x, &x->figure[i]);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__figures(vg_call *c, vg_err *e)
{
    return answer_with(c, answer_figures, e);
}

/* --- compliance --- */

static bool ask_compliance(void *ctx, vg_desk *d, vg_err *e)
{
    asking *x = ctx;
    vg_compliance_ask q = { .from_day = x->from, .to_day = x->to };
    return vg_compliance_rows(&q, vg_desk_watch(d), vg_desk_figures(d), x->arena, &x->compliance, &x->k, e);
}

static void put_compliance(vg_rows *r, const vg_agreement *a, const vg_compliance *x)
{
    char id[17];
    vg_rows_text(r, vg_clause__id(a, x->clause));
    vg_rows_text(r, vg_str_z(vg_compliance_name(x->state)));
    for (int i = 0; i < VG_N_COMPLIANCES; i++)
        vg_rows_int(r, x->n_days[i]);
    vg_rows_int(r, x->now.n_violations);
    vg_rows_int(r, x->now.n_probable);
    vg_rows_int(r, x->now.n_possible);
    vg_rows_num(r, x->now.expected);
    vg_rows_int(r, x->before.n_violations);
    vg_rows_int(r, x->before.n_probable);
    vg_rows_num(r, x->before.expected);
    vg_rows_text(r, vg_str_z(vg_trend_name(x->trend)));
    put_flag(r, x->trend_known);
    vg_rows_num(r, x->watched);
    vg_rows_num(r, x->watched_before);
    vg_rows_int(r, x->n_unattributed);
    vg_rows_text(r, x->worst ? vg_incident__text(x->worst, id) : VG_NOSTR);
    vg_rows_num(r, x->watched_by_parties);
}

static bool answer_compliance(vg_call *c, vg_guard *g, asking *x, vg_err *e)
{
    static const char *const column[] = { "clause",
                                          "state",
                                          "days_broken",
                                          "days_doubtful",
                                          "days_not_decidable",
                                          "days_not_known",
                                          "days_kept",
                                          "days_outside",
                                          "violations",
                                          "probable",
                                          "possible",
                                          "expected",
                                          "violations_before",
                                          "probable_before",
                                          "expected_before",
                                          "trend",
                                          "trend_known",
                                          "watched",
                                          "watched_before",
                                          "unattributed",
                                          "worst",
                                          "watched_by_parties" };
    if (!read_days(c, x->agreement, &x->from, &x->to, e) || !vg_guard__ask(g, ask_compliance, x, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int32_t i = 0; i < x->k; i++)
        put_compliance(&r, x->agreement, &x->compliance[i]);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__compliance(vg_call *c, vg_err *e)
{
    return answer_with(c, answer_compliance, e);
}

/* --- sources --- */

static bool ask_sources(void *ctx, vg_desk *d, vg_err *e)
{
    asking *x = ctx;
    if (!vg_watch_sources(vg_desk_watch(d), x->arena, &x->source, &x->k, e))
        return false;
    for (int32_t i = 0; i < x->k; i++) { /* the watch may change the name when it goes on */
        x->source[i].source = vg_copy(x->arena, x->source[i].source);
        if (!x->source[i].source.s)
            return vg_fail_memory(e, vg_arena_limit(x->arena));
    }
    return true;
}

static int64_t rate_of(const vg_agreement *a, vg_str source)
{
    int32_t i = vg_agreement_find_source(a, source);
    return i >= 0 && a->source[i].rate_per_minute > 0 ? a->source[i].rate_per_minute : VG_UNKNOWN;
}

static void put_source(vg_rows *r, vg_guard *g, const vg_agreement *a, const vg_watch_source *x)
{
    vg_rows_text(r, x->source);
    vg_rows_text(r, vg_str_z(vg_source_kind_name((int)x->kind)));
    vg_rows_text(r, vg_party__id(a, x->party));
    vg_rows_int(r, x->n_reports);
    vg_rows_int(r, x->n_same);
    vg_rows_int(r, x->n_revised);
    vg_rows_int(r, x->n_withdrawn);
    vg_rows_int(r, x->n_quarantined);
    vg_rows_int(r, vg_guard__over_rate(g, x->source));
    vg_rows_int(r, rate_of(a, x->source));
    vg_rows_int(r, x->n_shared);
    vg_rows_num(r, x->delay_median_s);
    vg_rows_num(r, x->delay_most_s);
    vg_rows_num(r, x->place_error_m);
    vg_rows_num(r, x->actor_agreement);
    put_instant(r, x->watermark);
    put_instant(r, x->last_received);
    put_flag(r, x->idle);
}

static bool answer_sources(vg_call *c, vg_guard *g, asking *x, vg_err *e)
{
    static const char *const column[] = {
        "source",       "kind",          "party",           "reports",    "same",          "revised",
        "withdrawn",    "quarantined",   "over_rate",       "per_minute", "shared",        "delay_median_s",
        "delay_most_s", "place_error_m", "actor_agreement", "watermark",  "last_received", "idle"
    };
    if (!vg_guard__ask(g, ask_sources, x, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int32_t i = 0; i < x->k; i++)
        put_source(&r, g, x->agreement, &x->source[i]);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__sources(vg_call *c, vg_err *e)
{
    return answer_with(c, answer_sources, e);
}

/* --- coverage --- */

static bool ask_coverage(void *ctx, vg_desk *d, vg_err *e)
{
    asking *x = ctx;
    if (!vg_watch_coverage(vg_desk_watch(d), x->from_at, x->to_at, x->arena, &x->coverage, &x->k, e))
        return false;
    for (int32_t i = 0; i < x->k; i++) {
        vg_coverage *k = &x->coverage[i];
        vg_str *const text[] = { &k->source, &k->zone, &k->by, &k->note };
        for (int t = 0; t < N_OF(text); t++)
            *text[t] = text[t]->n ? vg_copy(x->arena, *text[t]) : VG_NOSTR;
    }
    return true;
}

static bool answer_coverage(vg_call *c, vg_guard *g, asking *x, vg_err *e)
{
    static const char *const column[] = { "source", "zone", "from",        "to",   "state",
                                          "by",     "note", "received_at", "party" };
    vg_str source = vg_call_text(c, "source");
    x->to_at = vg_now();
    if (!vg_call__instant(c, "to", true, &x->to_at, e))
        return false;
    x->from_at = x->to_at - (int64_t)USUAL_DAYS * 86400;
    if (!vg_call__instant(c, "from", false, &x->from_at, e) || !vg_guard__ask(g, ask_coverage, x, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int32_t i = 0; i < x->k; i++) {
        const vg_coverage *k = &x->coverage[i];
        if (source.n && !vg_eq(source, k->source))
            continue;
        vg_rows_text(&r, k->source);
        vg_rows_text(&r, k->zone);
        put_instant(&r, k->from);
        put_instant(&r, k->to);
        vg_rows_text(&r, vg_str_z(vg_cover_name(k->state)));
        vg_rows_text(&r, k->by);
        vg_rows_text(&r, k->note);
        put_instant(&r, k->received_at);
        int32_t listed = vg_agreement_find_source(x->agreement, k->source);
        vg_rows_text(&r,
                     vg_party__id(x->agreement, listed < 0 ? listed : x->agreement->source[listed].party));
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__coverage(vg_call *c, vg_err *e)
{
    return answer_with(c, answer_coverage, e);
}

/* --- the report --- */

static bool ask_report(void *ctx, vg_desk *d, vg_err *e)
{
    asking *x = ctx;
    int64_t at;
    char head[65] = "";
    vg_daily daily = *x->daily;
    if (!vg_desk_catch_up(d, NULL, e) ||
        !vg_report_log_last(x->store, x->agreement->id, &daily.seq, head, &at, e))
        return false;
    daily.head = vg_str_z(head);
    return vg_daily_write(&daily, vg_desk_watch(d), vg_desk_figures(d), x->out, e);
}

static bool answer_report(vg_call *c, vg_guard *g, asking *x, vg_err *e)
{
    int32_t day = vg_agreement_day(x->agreement, vg_now()) - 1;
    bool page = vg_call_whole(c, "form") == 0;
    vg_daily daily = { .lang = vg_call_whole(c, "lang") == 1 ? VG_LANG_FR : VG_LANG_EN,
                       .form = page ? VG_DAILY_PAGE : VG_DAILY_JSON };
    if (!read_day(c, "day", &day, e))
        return false;
    daily.from_day = daily.to_day = day;
    if (!read_day(c, "to", &daily.to_day, e))
        return false;
    x->daily = &daily;
    x->store = vg_call_store(c);
    x->out = vg_call_out(c);
    if (page)
        vg_call_html(c);
    else
        vg_call_type(c, "application/json");
    return vg_guard__ask(g, ask_report, x, e);
}

bool vg_watch_answer__report(vg_call *c, vg_err *e)
{
    return answer_with(c, answer_report, e);
}
