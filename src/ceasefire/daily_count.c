/* Sections on numbers: what is outstanding, counts by zone, party and weapon with the period before, who did it, what is
 * excepted, the clauses, the states of verification, the corrections. Invariant: the counts are those of the figures;
 * incidents are walked only for what figures do not hold. */
#include <math.h>
#include <stdlib.h>

#include "ceasefire/daily_int.h"
#include "core/date.h"

/* --- what is outstanding --- */

static vg_str source_list(vg_daily_work *w, bool idle)
{
    vg_doc *d = &w->doc;
    vg_str list = VG_NOSTR;
    int32_t n = 0;
    for (int32_t i = 0; i < w->n_sources; i++) {
        const vg_watch_source *s = &w->source[i];
        bool meant = idle ? s->idle : !s->idle && s->watermark < w->to;
        n += meant;
        if (meant && n <= 8)
            list = vg_doc_format(d, "%.*s%s%.*s", VG_P(list), list.n ? ", " : "", VG_P(s->source));
        else if (meant && n == 9)
            list = vg_doc_format(d, "%.*s, \xE2\x80\xA6", VG_P(list));
    }
    return list;
}

void vg_daily_put_outstanding(vg_daily_work *w)
{
    vg_doc *d = &w->doc;
    int64_t mark = vg_watch_watermark(w->watch);
    vg_watch_counts counts = vg_watch_count(w->watch);
    vg_doc_section(d, "outstanding", "ceasefire.report.outstanding");
    if (!counts.n_reports)
        vg_doc_notice(d, "ceasefire.outstanding.nothing", VG_NO_ARG);
    else if (mark == INT64_MIN)
        vg_doc_notice(d, "ceasefire.outstanding.no-mark", VG_NO_ARG);
    else if (mark < w->to)
        vg_doc_notice(d, "ceasefire.outstanding.provisional", vg_arg_text("until", vg_doc_instant(d, mark)));
    else
        vg_doc_para(d, "ceasefire.outstanding.whole", vg_arg_text("until", vg_doc_instant(d, mark)));
    vg_str behind = source_list(w, false), idle = source_list(w, true);
    if (behind.n)
        vg_doc_para(d, "ceasefire.outstanding.behind", vg_arg_text("list", behind));
    if (idle.n)
        vg_doc_para(d, "ceasefire.outstanding.idle", vg_arg_text("list", idle));
    if (w->n_missing)
        vg_doc_notice(d, "ceasefire.outstanding.missing", vg_arg_int("n", w->n_missing));
    vg_doc_para(d, "ceasefire.outstanding.counts", vg_arg_int("n", counts.n_reports),
                vg_arg_int("quarantined", counts.n_quarantined), vg_arg_int("incidents", w->n_incidents));
    if (d->ask->seq)
        vg_doc_note(d, "ceasefire.outstanding.rests",
                    vg_arg_text("seq", vg_doc_format(d, "%lld", (long long)d->ask->seq)),
                    vg_arg_text("head", d->ask->head.n ? d->ask->head : VG_S("\xE2\x80\x93")));
}

/* --- counts --- */

/* One line of the table: the same zone, party and weapon over the days of both periods. */
typedef struct {
    vg_figure_key key;
    vg_figure now, was;
} count_row;

static int by_place(const void *a, const void *b)
{
    vg_figure_key x = ((const vg_figure_row *)a)->key, y = ((const vg_figure_row *)b)->key;
    x.day = y.day = 0;
    return vg_figure_key_compare(&x, &y);
}

/* Rows of whole incidents summed over days; `by_zone` also over party and weapon. */
static int64_t sum_rows(vg_daily_work *w, bool by_zone, count_row **out)
{
    vg_figure_row *row = vg_new(w->doc.a, vg_figure_row, w->n_rows);
    count_row *list = vg_new(w->doc.a, count_row, w->n_rows);
    int64_t n = 0, n_out = 0;
    if (!row || !list) {
        w->doc.failed = true;
        return 0;
    }
    for (int64_t i = 0; i < w->n_rows; i++)
        if (w->row[i].key.clause == VG_AGREEMENT_NOBODY) {
            row[n] = w->row[i];
            if (by_zone)
                row[n].key.party = row[n].key.weapon = 0;
            n++;
        }
    qsort(row, (size_t)n, sizeof *row, by_place);
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || by_place(&row[i - 1], &row[i]) != 0)
            list[n_out++] = (count_row){ .key = row[i].key };
        vg_figure_add(row[i].key.day < w->doc.ask->from_day ? &list[n_out - 1].was : &list[n_out - 1].now,
                      &row[i].figure);
    }
    *out = list;
    return n_out;
}

static void put_figures(vg_doc *d, const vg_figure *now, const vg_figure *was)
{
    double low, high;
    vg_figure_interval(now, &low, &high);
    vg_doc_two(d, now->n_violations, was->n_violations);
    vg_doc_two(d, now->n_probable, was->n_probable);
    vg_doc_two(d, now->n_possible, was->n_possible);
    vg_doc_num(d, now->expected);
    vg_doc_interval(d, low, high);
}

void vg_daily_put_counts(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "zone", VG_DOC_WORD, 0 },         { "party", VG_DOC_WORD, 0 },
        { "weapon", VG_DOC_WORD, 0 },       { "violations", VG_DOC_BESIDE, 0 },
        { "probable", VG_DOC_BESIDE, 0 },   { "possible", VG_DOC_BESIDE, 0 },
        { "expected", VG_DOC_NUM, 1 },      { "interval", VG_DOC_INTERVAL, 1 },
        { "explosions", VG_DOC_BESIDE, 0 }, { "alleged", VG_DOC_INT, 0 },
        { "incidents", VG_DOC_BESIDE, 0 },
    };
    vg_doc *d = &w->doc;
    count_row *row;
    int64_t n = sum_rows(w, false, &row);
    vg_doc_section(d, "counts", "ceasefire.report.counts");
    vg_doc_para(d, "ceasefire.counts.text", vg_arg_int("days", d->ask->to_day - d->ask->from_day + 1));
    vg_doc_table(d, VG_DOC_TABLE, "counts", "ceasefire.counts.none", VG_DOC_COLUMNS(column));
    for (int64_t i = 0; i < n; i++) {
        vg_doc_zone(d, row[i].key.zone);
        vg_doc_party(d, row[i].key.party);
        vg_doc_enum(d, "weapon", vg_weapon_name(row[i].key.weapon));
        put_figures(d, &row[i].now, &row[i].was);
        vg_doc_two(d, vg_figure_explosions(&row[i].now), vg_figure_explosions(&row[i].was));
        vg_doc_int(d, row[i].now.n_alleged);
        vg_doc_two(d, row[i].now.n_incidents, row[i].was.n_incidents);
    }
    vg_doc_note(d, "ceasefire.counts.note", VG_NO_ARG);
}

/* --- day by day, where there are several --- */

void vg_daily_put_days(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "day", VG_DOC_WORD, 0 },       { "violations", VG_DOC_INT, 0 }, { "probable", VG_DOC_INT, 0 },
        { "possible", VG_DOC_INT, 0 },   { "expected", VG_DOC_NUM, 1 },   { "interval", VG_DOC_INTERVAL, 1 },
        { "explosions", VG_DOC_INT, 0 }, { "incidents", VG_DOC_INT, 0 },
    };
    vg_doc *d = &w->doc;
    int32_t first = d->ask->from_day, n = d->ask->to_day - first + 1;
    vg_figure *day = n > 2 ? vg_new(d->a, vg_figure, n) : NULL;
    if (n <= 2)
        return;
    d->failed = d->failed || !day;
    for (int64_t i = 0; i < w->n_rows && day; i++)
        if (w->row[i].key.clause == VG_AGREEMENT_NOBODY && w->row[i].key.day >= first)
            vg_figure_add(&day[w->row[i].key.day - first], &w->row[i].figure);
    vg_doc_table(d, VG_DOC_DETAILS, VG_DOC_DAYS, "ceasefire.counts.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < n && day; i++) {
        char iso[16];
        double low, high;
        vg_str date = vg_day_text(first + i, iso);
        vg_figure_interval(&day[i], &low, &high);
        vg_doc_text(d, vg_doc_format(d, "%.*s", VG_P(date)));
        vg_doc_int(d, day[i].n_violations);
        vg_doc_int(d, day[i].n_probable);
        vg_doc_int(d, day[i].n_possible);
        vg_doc_num(d, day[i].expected);
        vg_doc_interval(d, low, high);
        vg_doc_int(d, vg_figure_explosions(&day[i]));
        vg_doc_int(d, day[i].n_incidents);
    }
}

/* --- who --- */

enum {
    BY_LEVEL = VG_LEVEL_VIOLATION + 1,
    N_WHO = (VG_ATTRIBUTION_ADMITTED + 1) * (VG_AGREEMENT_PARTIES + 1)
};

void vg_daily_put_attribution(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "attribution", VG_DOC_WORD, 0 }, { "party", VG_DOC_WORD, 0 },   { "violations", VG_DOC_INT, 0 },
        { "probable", VG_DOC_INT, 0 },     { "possible", VG_DOC_INT, 0 }, { "share", VG_DOC_PERCENT, 0 }
    };
    vg_doc *d = &w->doc;
    int64_t n[N_WHO][BY_LEVEL] = { { 0 } }, all = 0;
    for (int64_t i = 0; i < w->n_incidents; i++) {
        const vg_incident *x = &w->incident[i];
        bool nobody = x->attribution == VG_ATTRIBUTION_NONE || x->attribution == VG_ATTRIBUTION_DISPUTED;
        int who = x->attribution * (VG_AGREEMENT_PARTIES + 1) + (nobody || x->party < 0 ? 0 : x->party + 1);
        if (x->verification == VG_VERIFY_REJECTED || x->level == VG_LEVEL_NONE)
            continue;
        n[who][x->level]++;
        all++;
    }
    vg_doc_section(d, "attribution", "ceasefire.report.attribution");
    vg_doc_para(d, "ceasefire.attribution.text", VG_NO_ARG);
    vg_doc_table(d, VG_DOC_TABLE, "attribution", "ceasefire.attribution.none", VG_DOC_COLUMNS(column));
    for (int i = N_WHO - 1; i >= 0; i--) {
        int64_t sum = n[i][VG_LEVEL_VIOLATION] + n[i][VG_LEVEL_PROBABLE] + n[i][VG_LEVEL_POSSIBLE];
        int party = i % (VG_AGREEMENT_PARTIES + 1) - 1;
        if (!sum)
            continue;
        vg_doc_enum(d, "attribution", vg_attribution_name(i / (VG_AGREEMENT_PARTIES + 1)));
        if (party >= 0)
            vg_doc_party(d, party);
        else
            vg_doc_text(d, VG_NOSTR);
        for (int level = VG_LEVEL_VIOLATION; level >= VG_LEVEL_POSSIBLE; level--)
            vg_doc_int(d, n[i][level]);
        vg_doc_num(d, (double)sum / (double)all);
    }
}

/* --- exceptions and claims --- */

static int flags_of(const vg_incident *x)
{
    int flags = 0;
    for (int32_t i = 0; i < x->n_breaches; i++)
        flags |= x->breach[i].flags;
    return flags;
}

/* The exception that covers a breach: the first of its clause that fits party, zone, act and time. */
static const vg_exemption *exemption_of(const vg_agreement *a, const vg_incident *x, const vg_breach *b)
{
    const vg_clause *c = &a->clause[b->clause];
    for (int32_t i = 0; i < c->n_exemptions; i++) {
        const vg_exemption *m = &c->exemption[i];
        bool zone = m->zone == VG_AGREEMENT_NOBODY;
        for (int k = 0; k < VG_INCIDENT_ZONES && x->zone[k] != VG_AGREEMENT_NOBODY; k++)
            zone = zone || x->zone[k] == m->zone;
        if (zone && (m->party == VG_AGREEMENT_NOBODY || m->party == x->party) &&
            (!m->acts || m->acts >> x->act & 1) &&
            vg_window_overlap(&m->window, a->clock, x->from, x->to) > 0)
            return m;
    }
    return NULL;
}

static void put_exempt(vg_daily_work *w)
{
    static const vg_doc_column column[] = { { "incident", VG_DOC_ID, 0 }, { "when", VG_DOC_INSTANT, 0 },
                                            { "zone", VG_DOC_WORD, 0 },   { "act", VG_DOC_WORD, 0 },
                                            { "weapon", VG_DOC_WORD, 0 }, { "count", VG_DOC_INT, 0 },
                                            { "clause", VG_DOC_WORD, 0 }, { "exception", VG_DOC_WORD, 0 } };
    vg_doc *d = &w->doc;
    vg_doc_table(d, VG_DOC_TABLE, "exempt", "ceasefire.claims.none-exempt", VG_DOC_COLUMNS(column));
    for (int64_t i = 0; i < w->n_incidents; i++) {
        const vg_incident *x = &w->incident[i];
        for (int32_t k = 0; k < x->n_breaches && x->verification != VG_VERIFY_REJECTED; k++) {
            if (!(x->breach[k].flags & VG_FLAG_EXEMPT))
                continue;
            const vg_exemption *m = exemption_of(d->agreement, x, &x->breach[k]);
            vg_doc_text(d, vg_doc_incident_name(d, x->id));
            vg_doc_at(d, x->from);
            vg_doc_zone(d, x->zone[0]);
            vg_doc_enum(d, "act", vg_act_name(x->act));
            vg_doc_enum(d, "weapon", vg_weapon_name(x->weapon));
            vg_doc_int(d, x->count);
            vg_doc_clause(d, x->breach[k].clause);
            vg_doc_text(d, m ? m->id : VG_NOSTR);
        }
    }
}

void vg_daily_put_claims(vg_daily_work *w)
{
    static const vg_doc_column column[] = { { "flag", VG_DOC_WORD, 0 },
                                            { "violations", VG_DOC_INT, 0 },
                                            { "probable", VG_DOC_INT, 0 },
                                            { "possible", VG_DOC_INT, 0 } };
    static const char *const name[] = { "self_defence", "silence", "ally", "third_party" };
    static const int bit[] = { VG_FLAG_SELF_DEFENCE, VG_FLAG_SILENCE, VG_FLAG_ALLY, VG_FLAG_THIRD_PARTY };
    vg_doc *d = &w->doc;
    vg_doc_section(d, "exceptions", "ceasefire.report.exceptions");
    vg_doc_para(d, "ceasefire.claims.text", VG_NO_ARG);
    put_exempt(w);
    vg_doc_table(d, VG_DOC_TABLE, "claims", "ceasefire.claims.none", VG_DOC_COLUMNS(column));
    for (int f = 0; f < 4; f++) {
        int64_t n[BY_LEVEL] = { 0 };
        for (int64_t i = 0; i < w->n_incidents; i++)
            if (flags_of(&w->incident[i]) & bit[f] && w->incident[i].verification != VG_VERIFY_REJECTED)
                n[w->incident[i].level]++;
        if (n[1] + n[2] + n[3] == 0)
            continue;
        vg_doc_enum(d, "flag", name[f]);
        for (int level = VG_LEVEL_VIOLATION; level >= VG_LEVEL_POSSIBLE; level--)
            vg_doc_int(d, n[level]);
    }
}

/* --- clauses --- */

static void put_clause_figures(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "clause", VG_DOC_WORD, 0 },     { "violations", VG_DOC_BESIDE, 0 },
        { "probable", VG_DOC_BESIDE, 0 }, { "possible", VG_DOC_BESIDE, 0 },
        { "expected", VG_DOC_NUM, 1 },    { "interval", VG_DOC_INTERVAL, 1 },
        { "trend", VG_DOC_WORD, 0 },      { "unattributed", VG_DOC_INT, 0 },
        { "of_kind", VG_DOC_BESIDE, 0 },  { "worst", VG_DOC_WORD, 0 },
    };
    vg_doc *d = &w->doc;
    vg_doc_table(d, VG_DOC_TABLE, "clause_figures", "ceasefire.clauses.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < d->agreement->n_clauses; i++) {
        const vg_compliance *c = &w->clause[i];
        vg_str trend = vg_doc_message(d, "trend", vg_trend_name(c->trend));
        vg_doc_clause(d, i);
        put_figures(d, &c->now, &c->before);
        if (c->trend != VG_TREND_NONE && !c->trend_known)
            trend = vg_doc_format(d, "%.*s*", VG_P(trend));
        vg_doc_word(d, vg_str_z(vg_trend_name(c->trend)), trend);
        vg_doc_int(d, c->n_unattributed);
        vg_doc_two(d, c->n_kind_now, c->n_kind_before);
        vg_doc_text(d, c->worst ? vg_doc_incident_name(d, c->worst) : VG_NOSTR);
    }
}

/* A sentence for each clause, where there are few. */
static void say_clauses(vg_daily_work *w)
{
    vg_doc *d = &w->doc;
    for (int32_t i = 0; i < d->agreement->n_clauses && d->agreement->n_clauses <= 12; i++) {
        const vg_compliance *c = &w->clause[i];
        const vg_clause *clause = &d->agreement->clause[i];
        int32_t held = 0;
        for (int s = 0; s < VG_COMPLIANCE_OUTSIDE; s++)
            held += c->n_days[s];
        vg_str key = vg_doc_format(d, "ceasefire.clause-said.%s", vg_compliance_name(c->state));
        if (!key.s)
            return;
        vg_doc_para(d, key.s, vg_arg_text("clause", clause->title.n ? clause->title : clause->id),
                    vg_arg_int("n", c->n_days[(int)c->state]), vg_arg_int("held", held),
                    vg_arg_percent("watched", c->watched, 0), vg_arg_int("violations", c->now.n_violations),
                    vg_arg_int("maybe", c->now.n_probable + c->now.n_possible));
    }
}

void vg_daily_put_clauses(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "clause", VG_DOC_WORD, 0 },        { "state", VG_DOC_WORD, 0 },
        { "days_broken", VG_DOC_INT, 0 },    { "days_doubtful", VG_DOC_INT, 0 },
        { "days_kept", VG_DOC_INT, 0 },      { "days_not_decidable", VG_DOC_INT, 0 },
        { "days_not_known", VG_DOC_INT, 0 }, { "days_outside", VG_DOC_INT, 0 },
        { "watched", VG_DOC_PERCENT, 0 },
    };
    static const int order[] = {
        VG_COMPLIANCE_BROKEN,        VG_COMPLIANCE_DOUBTFUL,  VG_COMPLIANCE_KEPT,
        VG_COMPLIANCE_NOT_DECIDABLE, VG_COMPLIANCE_NOT_KNOWN, VG_COMPLIANCE_OUTSIDE
    };
    vg_doc *d = &w->doc;
    double least = d->ask->least_watched;
    vg_doc_section(d, "clauses", "ceasefire.report.clauses");
    vg_doc_para(d, "ceasefire.clauses.text", vg_arg_percent("least", least, 0));
    if (w->before < d->agreement->from)
        vg_doc_note(d, "ceasefire.clauses.before", VG_NO_ARG);
    say_clauses(w);
    vg_doc_table(d, VG_DOC_TABLE, "clauses", "ceasefire.clauses.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < d->agreement->n_clauses; i++) {
        const vg_compliance *c = &w->clause[i];
        vg_doc_clause(d, i);
        vg_doc_enum(d, "compliance", vg_compliance_name(c->state));
        for (int k = 0; k < VG_N_COMPLIANCES; k++)
            vg_doc_int(d, c->n_days[order[k]]);
        vg_doc_num(d, c->watched);
    }
    put_clause_figures(w);
    vg_doc_note(d, "ceasefire.clauses.note", VG_NO_ARG);
}

/* --- states of verification --- */

void vg_daily_put_states(vg_daily_work *w)
{
    static const vg_doc_column column[] = { { "verification", VG_DOC_WORD, 0 },
                                            { "violations", VG_DOC_INT, 0 },
                                            { "probable", VG_DOC_INT, 0 },
                                            { "possible", VG_DOC_INT, 0 },
                                            { "below", VG_DOC_INT, 0 } };
    vg_doc *d = &w->doc;
    int64_t n[VG_VERIFY_REJECTED + 1][BY_LEVEL] = { { 0 } };
    for (int64_t i = 0; i < w->n_incidents; i++)
        n[w->incident[i].verification][w->incident[i].level]++;
    vg_doc_section(d, "verification", "ceasefire.report.verification");
    vg_doc_para(d, "ceasefire.verification.text", VG_NO_ARG);
    vg_doc_table(d, VG_DOC_TABLE, "verification", "ceasefire.counts.none", VG_DOC_COLUMNS(column));
    for (int s = 0; s <= VG_VERIFY_REJECTED; s++) {
        vg_doc_enum(d, "verification", vg_verification_name(s));
        for (int level = VG_LEVEL_VIOLATION; level >= VG_LEVEL_NONE; level--)
            vg_doc_int(d, n[s][level]);
    }
}

/* --- corrections --- */

static void put_correction(vg_doc *d, const vg_correction *c)
{
    char iso[16];
    vg_str day = vg_day_text(c->key.day, iso);
    vg_doc_text(d, vg_doc_format(d, "%.*s", VG_P(day)));
    vg_doc_zone(d, c->key.zone);
    vg_doc_party(d, c->key.party);
    vg_doc_clause(d, c->key.clause);
    vg_doc_enum(d, "weapon", vg_weapon_name(c->key.weapon));
    vg_doc_two(d, c->was.n_violations, c->now.n_violations);
    vg_doc_two(d, c->was.n_probable, c->now.n_probable);
    vg_doc_two(d, c->was.n_possible, c->now.n_possible);
    vg_doc_two(d, vg_figure_explosions(&c->was), vg_figure_explosions(&c->now));
    vg_doc_two(d, c->was.n_incidents, c->now.n_incidents);
    vg_doc_num(d, c->was.expected);
    vg_doc_num(d, c->now.expected);
    vg_doc_int(d, c->because > 0 ? c->because : VG_UNKNOWN);
}

void vg_daily_put_corrections(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "day", VG_DOC_WORD, 0 },          { "zone", VG_DOC_WORD, 0 },
        { "party", VG_DOC_WORD, 0 },        { "clause", VG_DOC_WORD, 0 },
        { "weapon", VG_DOC_WORD, 0 },       { "violations", VG_DOC_CHANGE, 0 },
        { "probable", VG_DOC_CHANGE, 0 },   { "possible", VG_DOC_CHANGE, 0 },
        { "explosions", VG_DOC_CHANGE, 0 }, { "incidents", VG_DOC_CHANGE, 0 },
        { "expected_was", VG_DOC_NUM, 2 },  { "expected_now", VG_DOC_NUM, 2 },
        { "because", VG_DOC_INT, 0 },
    };
    vg_doc *d = &w->doc;
    vg_doc_section(d, "corrections", "ceasefire.report.corrections");
    vg_doc_para(d, "ceasefire.corrections.text", VG_NO_ARG);
    vg_doc_table(d, VG_DOC_TABLE, "corrections", "ceasefire.corrections.none", VG_DOC_COLUMNS(column));
    for (int64_t i = 0; i < w->n_corrections;
         i++) /* days that are yet to be told of are none of this report's */
        if (w->correction[i].key.day <= d->ask->to_day)
            put_correction(d, &w->correction[i]);
}
