/* Sections on grounds: who watched and who was kept from it, the gravest incidents with their reasons, the sources, the
 * method. Invariant: a zone or clause that too little was watched of is "not decidable", never a zero. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/daily_int.h"

enum { MAX_DENIERS = 64 + VG_AGREEMENT_PARTIES };

/* --- zones: what was seen and how long somebody watched --- */

static void sum_zones(const vg_daily_work *w, vg_figure *now, vg_figure *was)
{
    for (int64_t i = 0; i < w->n_rows; i++) {
        const vg_figure_row *r = &w->row[i];
        if (r->key.clause != VG_AGREEMENT_NOBODY || r->key.zone < -1 ||
            r->key.zone >= w->doc.agreement->n_zones)
            continue;
        vg_figure_add(r->key.day < w->doc.ask->from_day ? &was[r->key.zone + 1] : &now[r->key.zone + 1],
                      &r->figure);
    }
}

static vg_compliance_state zone_state(const vg_figure *f, double watched, double least)
{
    if (f->n_violations)
        return VG_COMPLIANCE_BROKEN;
    if (f->n_probable + f->n_possible)
        return VG_COMPLIANCE_DOUBTFUL;
    if (isnan(watched))
        return VG_COMPLIANCE_NOT_KNOWN;
    return watched >= least ? VG_COMPLIANCE_KEPT : VG_COMPLIANCE_NOT_DECIDABLE;
}

static double share_of(const vg_cover_spans *s, int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < s->n; i++)
        sum += s->span[i].to - s->span[i].from;
    return s->n_records ? (double)sum / (double)(to - from) : NAN;
}

static bool put_zones(vg_daily_work *w, vg_err *e)
{
    static const vg_doc_column column[] = {
        { "zone", VG_DOC_WORD, 0 },         { "reading", VG_DOC_WORD, 0 },
        { "violations", VG_DOC_BESIDE, 0 }, { "probable", VG_DOC_BESIDE, 0 },
        { "possible", VG_DOC_BESIDE, 0 },   { "explosions", VG_DOC_BESIDE, 0 },
        { "watched", VG_DOC_PERCENT, 0 },   { "watched_before", VG_DOC_PERCENT, 0 }
    };
    vg_doc *d = &w->doc;
    const vg_agreement *a = d->agreement;
    vg_figure *now = vg_new(d->a, vg_figure, a->n_zones + 1), *was = vg_new(d->a, vg_figure, a->n_zones + 1);
    vg_cover_book book[2];
    double least = d->ask->least_watched;
    int32_t undrawn = vg_doc_undrawn(d);
    if (!now || !was)
        return vg_fail_memory(e, vg_arena_limit(d->a));
    if (!vg_cover_gather(w->watch, w->from, w->to, d->a, &book[0], e) ||
        !vg_cover_gather(w->watch, w->before, w->from, d->a, &book[1], e))
        return false;
    sum_zones(w, now, was);
    vg_doc_table(d, VG_DOC_TABLE, "zones", "ceasefire.coverage.none", VG_DOC_COLUMNS(column));
    for (int32_t z = -1; z < a->n_zones; z++) {
        vg_cover_spans spans[2];
        if (z >= 0 && z == undrawn) /* told in the row of what lies in no drawn zone */
            continue;
        for (int i = 0; i < 2; i++)
            if (!vg_cover_watched(&book[i], z < 0 && undrawn >= 0 ? undrawn : z, d->a, &spans[i], e))
                return false;
        double watched = share_of(&spans[0], w->from, w->to);
        bool empty = now[z + 1].n_incidents + was[z + 1].n_incidents == 0 && isnan(watched);
        if (z < 0 && undrawn < 0 && empty) /* nothing outside the zones: no row */
            continue;
        vg_compliance_state state = zone_state(&now[z + 1], watched, least);
        vg_doc_zone(d, z);
        vg_doc_enum(d, "reading", vg_compliance_name((int)state));
        vg_doc_two(d, now[z + 1].n_violations, was[z + 1].n_violations);
        vg_doc_two(d, now[z + 1].n_probable, was[z + 1].n_probable);
        vg_doc_two(d, now[z + 1].n_possible, was[z + 1].n_possible);
        vg_doc_two(d, vg_figure_explosions(&now[z + 1]), vg_figure_explosions(&was[z + 1]));
        vg_doc_num(d, watched);
        vg_doc_num(d, share_of(&spans[1], w->before, w->from));
    }
    return true;
}

/* --- coverage by source and zone --- */

/* Rows are by source: each is named once. */
static vg_str sources_of_parties(vg_daily_work *w)
{
    vg_str list = VG_NOSTR;
    for (int32_t i = 0; i < w->n_cover; i++)
        if (w->cover[i].of_party && (i == 0 || !vg_eq(w->cover[i].source, w->cover[i - 1].source)))
            list = list.n ? vg_format(w->doc.a, "%.*s, %.*s", VG_P(list), VG_P(w->cover[i].source))
                          : w->cover[i].source;
    return list;
}

static void put_cover(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "source", VG_DOC_WORD, 0 },      { "zone", VG_DOC_WORD, 0 },
        { "watching", VG_DOC_PERCENT, 0 }, { "restricted", VG_DOC_PERCENT, 0 },
        { "jammed", VG_DOC_PERCENT, 0 },   { "cloud", VG_DOC_PERCENT, 0 },
        { "down", VG_DOC_PERCENT, 0 },     { "no_record", VG_DOC_PERCENT, 0 }
    };
    vg_doc *d = &w->doc;
    double length = (double)(w->to - w->from);
    vg_doc_table(d, VG_DOC_TABLE, "coverage", "ceasefire.coverage.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < w->n_cover; i++) {
        const vg_cover_row *r = &w->cover[i];
        vg_doc_text(d, r->source);
        if (r->zone == VG_COVER_EVERYWHERE)
            vg_doc_word(d, VG_NOSTR, vg_message(d->lang, "ceasefire.everywhere"));
        else
            vg_doc_zone(d, r->zone);
        for (int s = VG_COVER_WATCHING; s <= VG_COVER_DOWN; s++)
            vg_doc_num(d, (double)r->state_s[s] / length);
        vg_doc_num(d, 1 - (double)r->known_s / length);
    }
    bool any = false;
    for (int32_t i = 0; i < w->n_cover; i++)
        any = any || w->cover[i].of_party;
    if (any)
        vg_doc_note(d, "ceasefire.coverage.of-party", vg_arg_text("sources", sources_of_parties(w)));
    if (w->n_strange)
        vg_doc_note(d, "ceasefire.coverage.strange", vg_arg_int("n", w->n_strange));
}

/* --- denials of access --- */

/* Who restricted: a party of the agreement, or the words of the record. */
typedef struct {
    int32_t party;
    vg_str by;
    int64_t n_records, seconds, n_incidents;
} denier;

/* The first row is of those who are not named. Parties always have a row of their own; of other names those that find no
 * room are counted with the unnamed, never under the name of another. */
static denier *denier_of(denier *list, int32_t *n, int32_t party, vg_str by)
{
    int32_t n_parties = 0;
    for (int32_t i = 0; i < *n; i++) {
        n_parties += list[i].party >= 0;
        if (list[i].party == party && (party >= 0 || vg_eq(list[i].by, by)))
            return &list[i];
    }
    if (party < 0 && *n - n_parties == MAX_DENIERS - VG_AGREEMENT_PARTIES)
        return &list[0];
    list[*n] = (denier){ .party = party, .by = party >= 0 ? VG_NOSTR : by };
    return &list[(*n)++];
}

static int by_seconds(const void *a, const void *b)
{
    const denier *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds > y->seconds ? -1 : 1;
    return x->party != y->party ? (x->party < y->party ? -1 : 1) : vg_cmp(x->by, y->by);
}

static bool put_denials(vg_daily_work *w, vg_err *e)
{
    static const vg_doc_column column[] = { { "by", VG_DOC_WORD, 0 },
                                            { "restrictions", VG_DOC_INT, 0 },
                                            { "source_hours", VG_DOC_NUM, 1 },
                                            { "obstructions", VG_DOC_INT, 0 } };
    vg_doc *d = &w->doc;
    denier *list = vg_new(d->a, denier, MAX_DENIERS);
    vg_coverage *record;
    int32_t n_records, n = 0;
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(d->a));
    if (!vg_watch_coverage(w->watch, w->from, w->to - 1, d->a, &record, &n_records, e))
        return false;
    denier_of(list, &n, -1, VG_NOSTR);
    for (int32_t i = 0; i < n_records; i++) {
        const vg_coverage *c = &record[i];
        int64_t from = c->from > w->from ? c->from : w->from, to = c->to < w->to ? c->to : w->to;
        if (c->state != VG_COVER_RESTRICTED || from >= to)
            continue;
        denier *x = denier_of(list, &n, c->by.n ? vg_agreement_find_party(d->agreement, c->by) : -1, c->by);
        x->n_records++;
        x->seconds += to - from;
    }
    for (int64_t i = 0; i < w->n_incidents; i++) {
        const vg_incident *x = &w->incident[i];
        if (x->act == VG_ACT_OBSTRUCTION_OF_MONITORS && x->verification != VG_VERIFY_REJECTED)
            denier_of(list, &n, x->attribution >= VG_ATTRIBUTION_ATTRIBUTED ? x->party : -1, VG_NOSTR)
                ->n_incidents++;
    }
    qsort(list, (size_t)n, sizeof *list, by_seconds);
    vg_doc_table(d, VG_DOC_TABLE, "denials", "ceasefire.denials.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < n; i++) {
        if (list[i].n_records + list[i].n_incidents == 0)
            continue;
        if (list[i].party >= 0)
            vg_doc_party(d, list[i].party);
        else
            vg_doc_word(d, list[i].by,
                        list[i].by.n ? list[i].by : vg_message(d->lang, "ceasefire.by-not-told"));
        vg_doc_int(d, list[i].n_records);
        vg_doc_num(d, (double)list[i].seconds / 3600);
        vg_doc_int(d, list[i].n_incidents);
    }
    return true;
}

bool vg_daily_put_coverage(vg_daily_work *w, vg_err *e)
{
    vg_doc *d = &w->doc;
    vg_doc_section(d, "coverage", "ceasefire.report.coverage");
    if (!w->n_cover)
        vg_doc_notice(d, "ceasefire.coverage.not-known", VG_NO_ARG);
    vg_doc_para(d, "ceasefire.coverage.text", VG_NO_ARG);
    if (!put_zones(w, e))
        return false;
    put_cover(w);
    vg_doc_section(d, "denials", "ceasefire.report.denials");
    vg_doc_para(d, "ceasefire.denials.text", VG_NO_ARG);
    return put_denials(w, e);
}

/* --- the gravest incidents --- */

static double weight_of(const vg_agreement *a, const vg_incident *x)
{
    double most = 0;
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        if (!(b->flags & VG_FLAG_EXEMPT) && b->level > VG_LEVEL_NONE)
            most = fmax(most, b->level * 10 + a->clause[b->clause].severity * (double)b->p);
    }
    return x->verification == VG_VERIFY_REJECTED ? 0 : most;
}

static void say_incident(vg_doc *d, const vg_incident *x)
{
    vg_str key = vg_doc_format(d, "ceasefire.who.%s", vg_attribution_name(x->attribution));
    bool party = x->party >= 0;
    if (!key.s)
        return;
    vg_doc_para(d, "ceasefire.incident.text",
                vg_arg_text("level", vg_doc_message(d, "level", vg_level_name(x->level))),
                vg_arg_text("act", vg_doc_message(d, "act", vg_act_name(x->act))),
                vg_arg_text("weapon", vg_doc_message(d, "weapon", vg_weapon_name(x->weapon))),
                vg_arg_percent("p_act", (double)x->p_act, 0), vg_arg_int("reports", x->n_reports),
                vg_arg_int("sources", x->n_sources), vg_arg_num("lat", x->lat_deg, 4),
                vg_arg_num("lon", x->lon_deg, 4), vg_arg_num("km", x->radius_m / 1000, 1),
                vg_arg_text("from", vg_doc_instant(d, x->from)), vg_arg_text("to", vg_doc_instant(d, x->to)),
                vg_arg_num("count", x->count == VG_UNKNOWN ? NAN : (double)x->count, 0),
                vg_arg_text("verification",
                            vg_doc_message(d, "verification", vg_verification_name(x->verification))));
    vg_doc_para(d, key.s, vg_arg_text("party", party ? vg_doc_party_name(d, x->party) : VG_NOSTR),
                vg_arg_percent("p", party ? (double)x->p_party[(int)x->party] : NAN, 0),
                vg_arg_percent("limit", d->agreement->limits.attributed, 0));
}

static void put_breaches(vg_doc *d, const vg_incident *x)
{
    static const vg_doc_column column[] = {
        { "incident", VG_DOC_ID, 0 },       { "clause", VG_DOC_WORD, 0 },
        { "level", VG_DOC_WORD, 0 },        { "p", VG_DOC_PERCENT, 0 },
        { "where", VG_DOC_PERCENT, 0 },     { "when_share", VG_DOC_PERCENT, 0 },
        { "act_share", VG_DOC_PERCENT, 0 }, { "bound", VG_DOC_PERCENT, 0 },
        { "exempt", VG_DOC_WORD, 0 }
    };
    vg_doc_table(d, VG_DOC_TABLE, "breaches", "ceasefire.incident.no-breach", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        bool exempt = b->flags & VG_FLAG_EXEMPT;
        vg_doc_text(d, vg_doc_incident_name(d, x->id));
        vg_doc_clause(d, b->clause);
        vg_doc_enum(d, "level", vg_level_name(b->level));
        vg_doc_num(d, (double)b->p);
        vg_doc_num(d, (double)b->where);
        vg_doc_num(d, (double)b->when);
        vg_doc_num(d, (double)b->act);
        vg_doc_num(d, (double)b->bound);
        vg_doc_word(d, exempt ? VG_S("exempt") : VG_NOSTR,
                    exempt ? vg_message(d->lang, "ceasefire.flag.exempt") : VG_NOSTR);
    }
}

static void put_member(vg_doc *d, uint64_t incident, const vg_member *m)
{
    vg_doc_text(d, vg_doc_incident_name(d, incident));
    vg_doc_int(d, m->seq > 0 ? m->seq : VG_UNKNOWN);
    vg_doc_enum(d, "kind", vg_source_kind_name(m->kind));
    vg_doc_at(d, m->from);
    vg_doc_enum(d, "act", vg_act_name(m->act));
    vg_doc_enum(d, "weapon", vg_weapon_name(m->weapon));
    if (m->party >= 0)
        vg_doc_party(d, m->party);
    else
        vg_doc_text(d, VG_NOSTR);
    vg_doc_enum(d, "basis", vg_basis_name(m->basis));
    vg_doc_num(d, m->radius_m / 1000);
    vg_doc_num(d, (double)m->fit);
}

static bool put_members(vg_daily_work *w, const vg_incident *x, vg_err *e)
{
    static const vg_doc_column column[] = { { "incident", VG_DOC_ID, 0 },   { "entry", VG_DOC_INT, 0 },
                                            { "kind", VG_DOC_WORD, 0 },     { "when", VG_DOC_INSTANT, 0 },
                                            { "act", VG_DOC_WORD, 0 },      { "weapon", VG_DOC_WORD, 0 },
                                            { "accuses", VG_DOC_WORD, 0 },  { "basis", VG_DOC_WORD, 0 },
                                            { "radius_km", VG_DOC_NUM, 1 }, { "fit", VG_DOC_NUM, 1 } };
    vg_member *m;
    int32_t n;
    if (!vg_watch_members(w->watch, x->id, w->doc.a, &m, &n, e))
        return false;
    vg_doc_table(&w->doc, VG_DOC_DETAILS, "members", "ceasefire.incident.no-members", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < n; i++)
        put_member(&w->doc, x->id, &m[i]);
    return true;
}

static void list_incident(vg_doc *d, const vg_incident *x)
{
    vg_doc_text(d, vg_doc_incident_name(d, x->id));
    vg_doc_at(d, x->from);
    vg_doc_enum(d, "level", vg_level_name(x->level));
    vg_doc_enum(d, "act", vg_act_name(x->act));
    vg_doc_enum(d, "weapon", vg_weapon_name(x->weapon));
    vg_doc_zone(d, x->zone[0]);
    vg_doc_enum(d, "attribution", vg_attribution_name(x->attribution));
    if (x->party >= 0)
        vg_doc_party(d, x->party);
    else
        vg_doc_text(d, VG_NOSTR);
    vg_doc_int(d, x->count);
    vg_doc_int(d, x->n_reports);
    vg_doc_int(d, x->severity);
}

/* Places of the `top` gravest among the incidents: level, then severity x P, then the earlier one. */
static int32_t gravest(const vg_daily_work *w, int32_t top, int64_t *place)
{
    int32_t n = 0;
    for (int64_t i = 0; i < w->n_incidents; i++) {
        double weight = weight_of(w->doc.agreement, &w->incident[i]);
        int32_t k = n;
        if (weight <= 0)
            continue;
        while (k > 0 && weight > weight_of(w->doc.agreement, &w->incident[place[k - 1]]))
            k--;
        if (k == top)
            continue;
        n += n < top;
        memmove(&place[k + 1], &place[k], (size_t)(n - k - 1) * sizeof *place);
        place[k] = i;
    }
    return n;
}

bool vg_daily_put_gravest(vg_daily_work *w, vg_err *e)
{
    static const vg_doc_column column[] = { { "incident", VG_DOC_ID, 0 },      { "when", VG_DOC_INSTANT, 0 },
                                            { "level", VG_DOC_WORD, 0 },       { "act", VG_DOC_WORD, 0 },
                                            { "weapon", VG_DOC_WORD, 0 },      { "zone", VG_DOC_WORD, 0 },
                                            { "attribution", VG_DOC_WORD, 0 }, { "party", VG_DOC_WORD, 0 },
                                            { "count", VG_DOC_INT, 0 },        { "reports", VG_DOC_INT, 0 },
                                            { "severity", VG_DOC_INT, 0 } };
    vg_doc *d = &w->doc;
    int32_t top = d->ask->top;
    int64_t *place = vg_new(d->a, int64_t, top + 1);
    if (!place)
        return vg_fail_memory(e, vg_arena_limit(d->a));
    int32_t n = gravest(w, top, place);
    vg_doc_section(d, "gravest", "ceasefire.report.gravest");
    vg_doc_para(d, "ceasefire.gravest.text", vg_arg_int("n", n));
    vg_doc_table(d, VG_DOC_TABLE, "gravest", "ceasefire.gravest.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < n; i++)
        list_incident(d, &w->incident[place[i]]);
    for (int32_t i = 0; i < n; i++) {
        const vg_incident *x = &w->incident[place[i]];
        vg_str act = vg_doc_message(d, "act", vg_act_name(x->act)), zone = vg_doc_zone_name(d, x->zone[0]);
        vg_str when = vg_doc_instant(d, x->from);
        vg_doc_sub(d, vg_doc_format(d, "%d. %.*s, %.*s, %.*s", i + 1, VG_P(when), VG_P(act), VG_P(zone)));
        say_incident(d, x);
        put_breaches(d, x);
        if (!put_members(w, x, e))
            return false;
    }
    return true;
}

/* --- sources --- */

void vg_daily_put_sources(vg_daily_work *w)
{
    static const vg_doc_column column[] = {
        { "source", VG_DOC_WORD, 0 },        { "kind", VG_DOC_WORD, 0 },
        { "speaks_for", VG_DOC_WORD, 0 },    { "reports", VG_DOC_INT, 0 },
        { "revised", VG_DOC_INT, 0 },        { "withdrawn", VG_DOC_INT, 0 },
        { "quarantined", VG_DOC_INT, 0 },    { "delay_hours", VG_DOC_NUM, 1 },
        { "place_error_km", VG_DOC_NUM, 1 }, { "agreement_share", VG_DOC_PERCENT, 0 },
        { "watermark", VG_DOC_INSTANT, 0 },  { "source_state", VG_DOC_WORD, 0 }
    };
    vg_doc *d = &w->doc;
    vg_doc_section(d, "sources", "ceasefire.report.sources");
    vg_doc_para(d, "ceasefire.sources.text", VG_NO_ARG);
    vg_doc_table(d, VG_DOC_TABLE, "sources", "ceasefire.outstanding.nothing", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < w->n_sources; i++) {
        const vg_watch_source *s = &w->source[i];
        vg_doc_text(d, s->source);
        vg_doc_enum(d, "kind", vg_source_kind_name((int)s->kind));
        if (s->party >= 0)
            vg_doc_party(d, s->party);
        else
            vg_doc_word(d, VG_NOSTR, vg_message(d->lang, "ceasefire.neutral"));
        vg_doc_int(d, s->n_reports);
        vg_doc_int(d, s->n_revised);
        vg_doc_int(d, s->n_withdrawn);
        vg_doc_int(d, s->n_quarantined);
        vg_doc_num(d, s->delay_median_s / 3600);
        vg_doc_num(d, s->place_error_m / 1000);
        vg_doc_num(d, s->actor_agreement);
        vg_doc_at(d, s->watermark);
        vg_doc_enum(d, "source-state", s->idle ? "idle" : s->watermark < w->to ? "behind" : "up_to_date");
    }
}

/* --- method --- */

void vg_daily_put_method(vg_daily_work *w)
{
    vg_doc *d = &w->doc;
    const vg_agreement_limits *l = &d->agreement->limits;
    double least = d->ask->least_watched;
    vg_doc_section(d, "method", "ceasefire.report.method");
    vg_doc_para(d, "ceasefire.method.chance", vg_arg_percent("violation", l->violation, 0),
                vg_arg_percent("probable", l->probable, 0), vg_arg_percent("possible", l->possible, 0));
    vg_doc_para(d, "ceasefire.method.counts", VG_NO_ARG);
    vg_doc_para(d, "ceasefire.method.who", vg_arg_percent("attributed", l->attributed, 0));
    vg_doc_para(d, "ceasefire.method.coverage", vg_arg_percent("least", least, 0));
    vg_doc_para(d, "ceasefire.method.expected", VG_NO_ARG);
    vg_doc_para(d, "ceasefire.method.trend", VG_NO_ARG);
    vg_doc_para(d, "ceasefire.method.same", vg_arg_text("sha", vg_str_z(d->agreement->sha256)));
}
