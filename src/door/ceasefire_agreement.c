/* Agreements over HTTP: which are watched, what one says, its zones, and a new one. Invariant: an agreement with errors is
 * told with its findings and never entered. */
#include <math.h>

#include "core/date.h"
#include "door/ceasefire_int.h"

static const char *const RELATION[VG_N_RELATIONS] = { "inside",   "outside",       "closer_than",
                                                      "crossing", "target_inside", "origin_inside" };
static const char *const SCOPE[] = { "zone", "party", "pair", "clause", "all" };
static const char *const EXEMPTION[VG_N_EXEMPTIONS] = { "exercise", "self_defence", "demining",
                                                        "repair",   "medical",      "third_party" };

/* --- which are watched --- */

static void put_listed(vg_rows *r, const vg_guard_listed *x)
{
    static const char *const state[] = { "opening", "watching", "failed" };
    bool known = x->state == VG_GUARD_WATCHING;
    char text[32];
    vg_rows_text(r, x->id);
    vg_rows_text(r, x->title);
    vg_rows_text(r, x->version);
    vg_rows_text(r, x->from == INT64_MIN ? VG_NOSTR : vg_instant_text(x->from, text));
    vg_rows_text(r, x->to == INT64_MAX ? VG_NOSTR : vg_instant_text(x->to, text));
    vg_rows_text(r, vg_str_z(state[x->state]));
    vg_rows_int(r, known ? x->count.n_reports : VG_UNKNOWN);
    vg_rows_int(r, known ? x->count.n_incidents : VG_UNKNOWN);
    vg_rows_int(r, known ? x->count.n_quarantined : VG_UNKNOWN);
    vg_rows_text(r, known && x->count.n_reports ? vg_instant_text(x->count.newest, text) : VG_NOSTR);
    vg_rows_text(r, known && x->watermark != INT64_MIN ? vg_instant_text(x->watermark, text) : VG_NOSTR);
    vg_rows_int(r, known ? x->outcome : VG_UNKNOWN);
    vg_rows_text(r, vg_str_z(x->why.what));
    vg_rows_text(r, x->time_zone);
}

bool vg_watch_answer__list(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "ceasefire", "title",   "version",   "from",        "to",
                                          "state",     "reports", "incidents", "quarantined", "newest",
                                          "watermark", "outcome", "why",       "time_zone" };
    vg_guards *all = vg_call_state(c);
    vg_guard_listed *x;
    int32_t n;
    if (!vg_guards__renew(all, vg_call_store(c), e) || !vg_guards__list(all, vg_call_arena(c), &x, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, (int)(sizeof column / sizeof *column));
    for (int32_t i = 0; i < n; i++)
        put_listed(&r, &x[i]);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- findings --- */

/* The first language of Accept-Language that sentences are written in. */
static vg_lang language(const vg_call *c)
{
    vg_str rest = vg_call_languages(c);
    while (rest.n) {
        vg_str one = vg_cut(&rest, ',');
        int lang = vg_lang_by_code(vg_trim(vg_cut(&one, ';')));
        if (lang == VG_LANG_EN || lang == VG_LANG_FR)
            return (vg_lang)lang;
    }
    return VG_LANG_EN;
}

static void put_finding(vg_call *c, vg_json *j, const vg_agreement *a, const vg_agreement_finding *f)
{
    static const char *const weight[] = { "note", "warning", "error" };
    vg_arena *m = vg_call_arena(c);
    vg_lang lang = language(c);
    vg_json_object(j);
    vg_put__text(j, "weight", vg_str_z(weight[f->weight]));
    vg_put__text(j, "file", f->at.file);
    vg_put__int(j, "line", f->at.line > 0 ? f->at.line : VG_UNKNOWN);
    vg_put__int(j, "column", f->at.col > 0 ? f->at.col : VG_UNKNOWN);
    vg_put__text(j, "id", vg_str_z(f->id));
    vg_json_key(j, VG_S("arguments"));
    vg_agreement_facts_json(j, f);
    vg_put__text(j, "what", vg_agreement_say(a, f, VG_SAY_WHAT, lang, m));
    vg_put__text(j, "why", vg_agreement_say(a, f, VG_SAY_WHY, lang, m));
    vg_put__text(j, "mend", vg_agreement_say(a, f, VG_SAY_MEND, lang, m));
    vg_json_close(j);
}

static void put_findings(vg_call *c, vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "findings", true);
    for (int32_t i = 0; i < a->n_findings; i++)
        put_finding(c, j, a, &a->finding[i]);
    vg_json_close(j);
}

static void put_head(vg_json *j, const vg_agreement *a)
{
    vg_put__text(j, "ceasefire", a->id);
    vg_put__text(j, "title", a->title);
    vg_put__text(j, "version", a->version);
    vg_put__text(j, "sha256", vg_str_z(a->sha256));
}

/* --- a new one --- */

static bool enter(vg_call *c, const vg_agreement *a, vg_err *e)
{
    vg_store *st;
    if (!vg_call_change(c, &st, e))
        return false;
    bool good = vg_desk_enter(st, a, vg_call_who(c), e);
    vg_store_close(st);
    return good && vg_guards__renew(vg_call_state(c), vg_call_store(c), e);
}

static bool answer_entered(vg_call *c, const vg_agreement *a, vg_err *e)
{
    bool check = vg_call_whole(c, "check"), entered = !check && a->n_errors == 0;
    if (entered && !enter(c, a, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    put_head(&j, a);
    vg_put__bool(&j, "entered", entered);
    vg_put__int(&j, "errors", a->n_errors);
    put_findings(c, &j, a);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_call_status(c, entered ? 201 : a->n_errors ? 422 : 200);
    if (entered)
        vg_call_location(c, vg_format(vg_call_arena(c), "/api/v1/ceasefires/%.*s", VG_P(a->id)));
    return true;
}

bool vg_watch_answer__enter(vg_call *c, vg_err *e)
{
    vg_agreement *a;
    vg_str body = vg_call_body(c);
    if (!body.n)
        return vg_call_refuse(c, 400, e, VG_EARG, "no agreement was sent",
                              "send the text of its TOML file as text/plain");
    if (!vg_agreement_parse(body, VG_S("agreement.toml"), NULL, &a, e))
        return false;
    bool good = answer_entered(c, a, e);
    vg_agreement_free(a);
    return good;
}

/* --- what one says --- */

static void put_party_bits(vg_json *j, const char *name, const vg_agreement *a, uint32_t bits, bool all)
{
    if (all) {
        vg_put__text(j, name, VG_NOSTR);
        return;
    }
    vg_put__open(j, name, true);
    for (int32_t i = 0; i < a->n_parties; i++)
        if (bits >> i & 1)
            vg_json_str(j, a->party[i].id);
    vg_json_close(j);
}

static void put_words(vg_json *j, const char *name, uint32_t bits, const char *(*word)(int), int n)
{
    if (!bits) {
        vg_put__text(j, name, VG_NOSTR);
        return;
    }
    vg_put__open(j, name, true);
    for (int i = 0; i < n; i++)
        if (bits >> i & 1)
            vg_json_str(j, vg_str_z(word(i)));
    vg_json_close(j);
}

static void put_window(vg_json *j, const vg_window *w)
{
    vg_put__open(j, "window", false);
    vg_put__instant(j, "from", w->from);
    vg_put__instant(j, "to", w->to);
    vg_put__int(j, "day_from_s", w->day_from_s);
    vg_put__int(j, "day_to_s", w->day_to_s);
    if (w->weekdays) {
        vg_put__open(j, "weekdays", true);
        for (int i = 0; i < 7; i++)
            if (w->weekdays >> i & 1)
                vg_json_int(j, i + 1);
        vg_json_close(j);
    } else {
        vg_put__text(j, "weekdays", VG_NOSTR);
    }
    vg_json_close(j);
}

static void put_parties(vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "parties", true);
    for (int32_t i = 0; i < a->n_parties; i++) {
        const vg_agreement_party *p = &a->party[i];
        vg_json_object(j);
        vg_put__text(j, "party", p->id);
        vg_put__text(j, "name", p->name);
        vg_put__open(j, "aliases", true);
        for (int32_t k = 0; k < p->n_aliases; k++)
            vg_json_str(j, p->alias[k]);
        vg_json_close(j);
        put_party_bits(j, "allies", a, p->allies, false);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_box(vg_json *j, const vg_zone *shape)
{
    double box[4];
    vg_zone_box(shape, box);
    vg_put__open(j, "box", true);
    for (int i = 0; i < 4; i++)
        vg_json_fixed(j, box[i], 5);
    vg_json_close(j);
}

static void put_versions(vg_json *j, const vg_agreement_zone *z)
{
    vg_put__open(j, "versions", true);
    for (int32_t i = 0; i < z->n_versions; i++) {
        vg_json_object(j);
        vg_put__instant(j, "from", z->version[i].from);
        vg_put__instant(j, "to", z->version[i].to);
        vg_put__num(j, "area_km2", vg_zone_area_km2(z->version[i].shape));
        put_box(j, z->version[i].shape);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_zones(vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "zones", true);
    for (int32_t i = 0; i < a->n_zones; i++) {
        const vg_agreement_zone *z = &a->zone[i];
        vg_json_object(j);
        vg_put__text(j, "zone", z->id);
        vg_put__text(j, "name", z->name);
        vg_put__text(j, "kind", vg_str_z(vg_zone_kind_name((int)z->kind)));
        vg_put__text(j, "held_by", z->held_by);
        put_versions(j, z);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_exemptions(vg_json *j, const vg_agreement *a, const vg_clause *k)
{
    vg_put__open(j, "exemptions", true);
    for (int32_t i = 0; i < k->n_exemptions; i++) {
        const vg_exemption *x = &k->exemption[i];
        vg_json_object(j);
        vg_put__text(j, "exemption", x->id);
        vg_put__text(j, "kind", vg_str_z(EXEMPTION[x->kind]));
        vg_put__party(j, "party", a, x->party);
        vg_put__zone(j, "zone", a, x->zone);
        put_words(j, "acts", x->acts, vg_act_name, VG_N_ACTS);
        put_window(j, &x->window);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_clause(vg_json *j, const vg_agreement *a, const vg_clause *k)
{
    vg_json_object(j);
    vg_put__text(j, "clause", k->id);
    vg_put__text(j, "title", k->title);
    vg_put__text(j, "text", k->text);
    put_party_bits(j, "parties", a, k->parties, k->parties == UINT32_MAX);
    put_words(j, "acts", k->acts, vg_act_name, VG_N_ACTS);
    put_words(j, "weapons", k->weapons, vg_weapon_name, VG_N_WEAPONS);
    vg_put__num(j, "least_calibre_mm", k->least_calibre_mm > 0 ? k->least_calibre_mm : NAN);
    vg_put__zone(j, "zone", a, k->zone);
    vg_put__text(j, "relation", vg_str_z(RELATION[k->relation]));
    vg_put__num(j, "distance_km", k->relation == VG_RELATION_CLOSER_THAN ? k->distance_km : NAN);
    vg_put__int(j, "severity", k->severity);
    put_window(j, &k->window);
    put_exemptions(j, a, k);
    vg_put__int(j, "line", k->line);
    vg_json_close(j);
}

static void put_clauses(vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "clauses", true);
    for (int32_t i = 0; i < a->n_clauses; i++)
        put_clause(j, a, &a->clause[i]);
    vg_json_close(j);
}

static vg_str name_of_scope(const vg_agreement *a, const vg_threshold *t, int32_t of)
{
    return t->scope == VG_SCOPE_ZONE     ? vg_zone__id(a, of)
           : t->scope == VG_SCOPE_CLAUSE ? vg_clause__id(a, of)
           : t->scope == VG_SCOPE_ALL    ? VG_NOSTR
                                         : vg_party__id(a, of);
}

static void put_thresholds(vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "thresholds", true);
    for (int32_t i = 0; i < a->n_thresholds; i++) {
        const vg_threshold *t = &a->threshold[i];
        vg_json_object(j);
        vg_put__text(j, "threshold", t->id);
        vg_put__text(j, "scope", vg_str_z(SCOPE[t->scope]));
        vg_put__text(j, "of", name_of_scope(a, t, t->of));
        vg_put__text(j, "of_second",
                     t->scope == VG_SCOPE_PAIR ? name_of_scope(a, t, t->of_second) : VG_NOSTR);
        vg_put__int(j, "window_s", t->window_s);
        vg_put__num(j, "least_count", t->least_count > 0 ? t->least_count : NAN);
        vg_put__num(j, "least_ratio", t->least_ratio > 0 ? t->least_ratio : NAN);
        vg_put__num(j, "least_severity", t->least_severity > 0 ? t->least_severity : NAN);
        vg_put__text(j, "action", t->action);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_sources(vg_json *j, const vg_agreement *a)
{
    vg_put__open(j, "sources", true);
    for (int32_t i = 0; i < a->n_sources; i++) {
        const vg_agreement_source *s = &a->source[i];
        vg_json_object(j);
        vg_put__text(j, "source", s->id);
        vg_put__text(j, "kind", vg_str_z(vg_source_kind_name((int)s->kind)));
        vg_put__party(j, "party", a, s->party);
        vg_put__int(j, "delay_s", s->delay_s);
        vg_put__num(j, "default_radius_m", s->default_radius_m > 0 ? s->default_radius_m : NAN);
        vg_put__int(j, "rate_per_minute", s->rate_per_minute > 0 ? s->rate_per_minute : VG_UNKNOWN);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_limits(vg_json *j, const vg_agreement_limits *l)
{
    vg_put__open(j, "limits", false);
    vg_put__num(j, "violation", l->violation);
    vg_put__num(j, "probable", l->probable);
    vg_put__num(j, "possible", l->possible);
    vg_put__num(j, "attributed", l->attributed);
    vg_json_close(j);
}

static void put_counts(vg_json *j, const vg_watch_counts *n)
{
    vg_put__open(j, "counts", false);
    vg_put__int(j, "reports", n->n_reports);
    vg_put__int(j, "same", n->n_same);
    vg_put__int(j, "revisions", n->n_revisions);
    vg_put__int(j, "withdrawals", n->n_withdrawals);
    vg_put__int(j, "quarantined", n->n_quarantined);
    vg_put__int(j, "incidents", n->n_incidents);
    vg_put__instant(j, "newest", n->n_reports ? n->newest : INT64_MIN);
    vg_json_close(j);
}

static void put_agreement(vg_call *c, vg_json *j, const vg_agreement *a, const vg_guard_listed *now)
{
    vg_json_object(j);
    put_head(j, a);
    vg_put__instant(j, "from", a->from);
    vg_put__instant(j, "to", a->to);
    vg_put__text(j, "time_zone", a->clock ? vg_clock_name(a->clock) : VG_S("UTC"));
    vg_put__int(j, "cutoff_s", a->cutoff_s);
    put_limits(j, &a->limits);
    put_parties(j, a);
    put_zones(j, a);
    put_clauses(j, a);
    put_thresholds(j, a);
    put_sources(j, a);
    put_findings(c, j, a);
    put_counts(j, &now->count);
    vg_put__instant(j, "watermark", now->watermark);
    vg_put__int(j, "outcome", now->outcome);
    vg_json_close(j);
}

bool vg_watch_answer__show(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    vg_guard_listed now;
    vg_guard__now(g, &now);
    vg_json j = vg_json_to(vg_call_out(c));
    put_agreement(c, &j, vg_guard__agreement(g), &now);
    vg_put_char(vg_call_out(c), '\n');
    vg_guard__leave(g);
    return true;
}

/* --- zones --- */

static void put_zone_feature(vg_json *j, const vg_agreement_zone *z, int32_t version)
{
    char id[160];
    const vg_agreement_version *v = &z->version[version];
    int n = snprintf(id, sizeof id, "%.*s@%d", VG_P(vg_sub(z->id, 0, 120)), version);
    vg_json_object(j);
    vg_put__text(j, "type", VG_S("Feature"));
    vg_put__text(j, "id", (vg_str){ id, n });
    vg_json_key(j, VG_S("geometry"));
    vg_zone_json(j, v->shape);
    vg_put__open(j, "properties", false);
    vg_put__text(j, "zone", z->id);
    vg_put__text(j, "name", z->name);
    vg_put__text(j, "kind", vg_str_z(vg_zone_kind_name((int)z->kind)));
    vg_put__text(j, "held_by", z->held_by);
    vg_put__int(j, "version", version);
    vg_put__instant(j, "from", v->from);
    vg_put__instant(j, "to", v->to);
    vg_put__num(j, "area_km2", vg_zone_area_km2(v->shape));
    vg_json_close(j);
    vg_json_close(j);
}

static void put_zone_features(vg_json *j, const vg_agreement *a, int64_t at, bool all)
{
    vg_json_object(j);
    vg_put__text(j, "type", VG_S("FeatureCollection"));
    vg_put__open(j, "features", true);
    for (int32_t i = 0; i < a->n_zones; i++) {
        int32_t in_force = vg_agreement_version_at(&a->zone[i], at);
        for (int32_t k = 0; k < a->zone[i].n_versions; k++)
            if (all || k == in_force)
                put_zone_feature(j, &a->zone[i], k);
    }
    vg_json_close(j);
    vg_put__open(j, "links", true);
    vg_json_close(j);
    vg_json_close(j);
}

bool vg_watch_answer__zones(vg_call *c, vg_err *e)
{
    vg_guard *g;
    int64_t at = vg_now();
    if (!vg_call__instant(c, "at", false, &at, e) || !vg_guard__enter(c, &g, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    put_zone_features(&j, vg_guard__agreement(g), at, vg_call_whole(c, "all"));
    vg_put_char(vg_call_out(c), '\n');
    vg_guard__leave(g);
    return true;
}
