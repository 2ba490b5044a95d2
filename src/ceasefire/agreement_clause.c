/*
 * Clauses of an agreement with their windows and exceptions. Invariant: the window of a clause lies within the time the
 * agreement is in force, so that whoever asks the window alone asks rightly.
 */
#include <string.h>

#include "ceasefire/agreement_int.h"

enum { MOST_WINDOWS = 1024, MOST_EXEMPTIONS = 1024, DAY_S = 86400 };

static const char *const clause_keys[] = {
    "id",       "title",    "text",        "parties",    "acts", "weapons", "least_calibre_mm",
    "zone",     "relation", "distance_km", "window",     "from", "to",      "daily_from",
    "daily_to", "weekdays", "severity",    "exceptions", NULL
};
static const char *const exception_keys[] = { "id",       "kind", "party", "zone",       "acts",
                                              "window",   "from", "to",    "daily_from", "daily_to",
                                              "weekdays", "text", NULL };
static const char *const window_keys[] = { "id",       "from",     "to",   "daily_from",
                                           "daily_to", "weekdays", "text", NULL };

#define BIT(x) ((uint32_t)1 << (x))

/** Words for several acts at once. */
static const struct {
    const char *name;
    uint32_t acts;
} groups[] = {
    { "all", BIT(VG_N_ACTS) - 1 },
    { "all_fire", BIT(VG_ACT_SMALL_ARMS) | BIT(VG_ACT_HEAVY_MG) | BIT(VG_ACT_MORTAR) | BIT(VG_ACT_ARTILLERY) |
                      BIT(VG_ACT_MLRS) | BIT(VG_ACT_TANK_FIRE) | BIT(VG_ACT_AIR_STRIKE) |
                      BIT(VG_ACT_DRONE_STRIKE) | BIT(VG_ACT_NAVAL) },
    { "heavy_fire", BIT(VG_ACT_MORTAR) | BIT(VG_ACT_ARTILLERY) | BIT(VG_ACT_MLRS) | BIT(VG_ACT_TANK_FIRE) },
    { "flights", BIT(VG_ACT_DRONE_FLIGHT) | BIT(VG_ACT_MANNED_FLIGHT) },
    { "digital", BIT(VG_ACT_JAMMING) | BIT(VG_ACT_CYBER_OPERATION) | BIT(VG_ACT_INCITEMENT) },
};
enum { N_GROUPS = (int)(sizeof groups / sizeof *groups) };

/* --- words to bits --- */

static const char *act_word(int i)
{
    return i < N_GROUPS ? groups[i].name : vg_act_name(i - N_GROUPS);
}

static uint32_t acts_of(vg_agreement_reading *r, vg_toml *value)
{
    uint32_t acts = 0;
    vg_str word;
    vg_at at;
    for (const vg_toml *last = NULL; vg_agreement__word(r, value, &last, &word, &at);) {
        int act = vg_act_by_name(word), group = 0;
        while (group < N_GROUPS && !vg_eq(word, vg_str_z(groups[group].name)))
            group++;
        if (act >= 0)
            acts |= BIT(act);
        else if (group < N_GROUPS)
            acts |= groups[group].acts;
        else
            vg_agreement__bad_word(r, at, "act-unknown", word, act_word, N_GROUPS + VG_N_ACTS);
    }
    return acts;
}

uint32_t vg_agreement__weapons(vg_agreement_reading *r, vg_toml *value)
{
    uint32_t weapons = 0;
    vg_str word;
    vg_at at;
    vg_agreement__not_empty(r, value);
    for (const vg_toml *last = NULL; vg_agreement__word(r, value, &last, &word, &at);) {
        int weapon = vg_weapon_by_name(word);
        if (weapon >= 0)
            weapons |= BIT(weapon);
        else
            vg_agreement__bad_word(r, at, "weapon-unknown", word, vg_weapon_name, VG_N_WEAPONS);
    }
    return weapons;
}

static uint32_t parties_of(vg_agreement_reading *r, vg_toml *value)
{
    uint32_t parties = 0;
    vg_str word;
    vg_at at;
    for (const vg_toml *last = NULL; vg_agreement__word(r, value, &last, &word, &at);) {
        if (vg_eq(word, VG_S("all")))
            return UINT32_MAX;
        int32_t p = vg_agreement__party_named(r, word, at);
        if (p >= 0)
            parties |= BIT(p);
    }
    return parties;
}

static const char *weekday_name(int day)
{
    static const char *const name[] = { "monday",   "tuesday", "wednesday", "thursday", "friday",
                                        "saturday", "sunday",  "workdays",  "weekend" };
    return name[day];
}

static uint8_t weekdays_of(vg_agreement_reading *r, vg_toml *value)
{
    unsigned days = 0;
    vg_str word;
    vg_at at;
    vg_agreement__not_empty(r, value);
    for (const vg_toml *last = NULL; vg_agreement__word(r, value, &last, &word, &at);) {
        int day = 0;
        while (day < 9 && !vg_eq(word, vg_str_z(weekday_name(day))))
            day++;
        if (day == 9)
            vg_agreement__bad_word(r, at, "weekday-unknown", word, weekday_name, 9);
        else
            days |= day == 7 ? 31U : day == 8 ? 96U : 1U << day;
    }
    return (uint8_t)(days == 127 ? 0 : days);
}

/* --- windows --- */

static vg_window always(void)
{
    return (vg_window){ .from = INT64_MIN, .to = INT64_MAX, .day_from_s = 0, .day_to_s = DAY_S };
}

static void order(vg_agreement_reading *r, const vg_toml *t, const vg_window *w)
{
    if (w->from >= w->to)
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "window-ends-before",
                           VG_FACTS(vg_fact__time("from", w->from), vg_fact__time("to", w->to)));
    if (w->day_from_s == w->day_to_s)
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "hours-empty", VG_NO_FACTS);
}

/* The times that stand in a table itself; whether there were any. */
static bool own_window(vg_agreement_reading *r, vg_toml *t, vg_window *w)
{
    *w = always();
    bool any = vg_agreement__instant(r, t, "from", false, &w->from);
    any |= vg_agreement__instant(r, t, "to", true, &w->to);
    any |= vg_agreement__time(r, t, "daily_from", &w->day_from_s);
    any |= vg_agreement__time(r, t, "daily_to", &w->day_to_s);
    vg_toml *days = vg_toml_get(t, VG_S("weekdays"));
    w->weekdays = weekdays_of(r, days);
    if (any || days)
        order(r, t, w);
    return any || days;
}

static const vg_agreement_window *window_named(const vg_agreement_reading *r, vg_str id)
{
    for (int32_t i = 0; i < r->n_windows; i++)
        if (vg_eq(r->window[i].id, id))
            return &r->window[i];
    return NULL;
}

static vg_window window_of(vg_agreement_reading *r, vg_toml *t)
{
    vg_window w;
    vg_str id;
    bool own = own_window(r, t, &w);
    if (!vg_agreement__text(r, t, "window", &id))
        return w;
    const vg_agreement_window *named = window_named(r, id);
    const vg_toml *x = vg_toml_get(t, VG_S("window"));
    if (named && !own)
        return named->window;
    vg_agreement__find(r, VG_FINDING_ERROR, x->at, named ? "window-and-times" : "window-unknown",
                       VG_FACTS(vg_fact__text("word", id)));
    return w;
}

static bool windows(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *t = vg_agreement__tables(r, r->root, "window", MOST_WINDOWS, &n);
    r->window = vg_new(r->arena, vg_agreement_window, n + 1);
    if (!r->window)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    for (; n > 0; t = t->next, n--) {
        vg_agreement_window *w = &r->window[r->n_windows];
        w->id = vg_agreement__id(r, t, "window-no-id");
        w->line = vg_agreement__line(t);
        const vg_agreement_window *first = w->id.n ? window_named(r, w->id) : NULL;
        vg_toml_get(t, VG_S("text"));
        own_window(r, t, &w->window);
        if (first)
            vg_agreement__find(r, VG_FINDING_ERROR, t->at, "window-double",
                               VG_FACTS(vg_fact__text("id", w->id), vg_fact__num("line", first->line)));
        r->n_windows++;
        vg_agreement__unknown_keys(r, t, window_keys);
    }
    return true;
}

/* --- exceptions --- */

static int exemption_kind(vg_str word)
{
    for (int i = 0; i < VG_N_EXEMPTIONS; i++)
        if (vg_eq(word, vg_str_z(vg_exemption_name(i))))
            return i;
    return -1;
}

static void exception(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    vg_exemption *x = &r->exemption[i];
    vg_str word;
    *x = (vg_exemption){ .party = VG_AGREEMENT_NOBODY,
                         .zone = VG_AGREEMENT_NOBODY,
                         .line = vg_agreement__line(t) };
    x->id = vg_agreement__id(r, t, "exception-no-id");
    for (int32_t k = 0; k < i && x->id.n; k++)
        if (vg_eq(r->exemption[k].id, x->id))
            vg_agreement__find(
                r, VG_FINDING_ERROR, t->at, "exception-double",
                VG_FACTS(vg_fact__text("id", x->id), vg_fact__num("line", r->exemption[k].line)));
    if (vg_agreement__text(r, t, "kind", &word)) {
        int kind = exemption_kind(word);
        if (kind < 0)
            vg_agreement__bad_word(r, vg_toml_get(t, VG_S("kind"))->at, "exception-kind-unknown", word,
                                   vg_exemption_name, VG_N_EXEMPTIONS);
        x->kind = kind < 0 ? VG_EXEMPT_SELF_DEFENCE : (vg_exemption_kind)kind;
    } else if (!vg_toml_get(t, VG_S("kind"))) {
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "exception-no-kind", VG_NO_FACTS);
    }
    if (vg_agreement__text(r, t, "party", &word) && !vg_eq(word, VG_S("all")))
        x->party = vg_agreement__party_named(r, word, vg_toml_get(t, VG_S("party"))->at);
    if (vg_agreement__text(r, t, "zone", &word))
        x->zone = vg_agreement__zone_named(r, word, vg_toml_get(t, VG_S("zone"))->at);
    vg_agreement__not_empty(r, vg_toml_get(t, VG_S("acts")));
    x->acts = acts_of(r, vg_toml_get(t, VG_S("acts")));
    x->window = window_of(r, t);
    vg_toml_get(t, VG_S("text"));
    vg_agreement__unknown_keys(r, t, exception_keys);
}

static bool exceptions(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *t = vg_agreement__tables(r, r->root, "exception", MOST_EXEMPTIONS, &n);
    r->exemption = vg_new(r->arena, vg_exemption, n + 1);
    if (!r->exemption)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->n_exemptions = n;
    for (int32_t i = 0; i < n; i++, t = t->next)
        exception(r, t, i);
    return true;
}

/* The exceptions a clause names: by id, or a kind alone, which then holds for anybody, anywhere, always. */
static bool exceptions_of(vg_agreement_reading *r, vg_toml *value, vg_clause *c)
{
    vg_str word;
    vg_at at;
    int32_t n = value && value->kind == VG_TOML_ARRAY ? value->n : 1;
    vg_exemption *x = vg_new(r->arena, vg_exemption, n);
    if (!x)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    c->exemption = x;
    for (const vg_toml *last = NULL; vg_agreement__word(r, value, &last, &word, &at);) {
        int32_t k = 0;
        while (k < r->n_exemptions && !vg_eq(r->exemption[k].id, word))
            k++;
        int kind = exemption_kind(word);
        if (k < r->n_exemptions) {
            x[c->n_exemptions++] = r->exemption[k];
        } else if (kind >= 0) {
            x[c->n_exemptions++] = (vg_exemption){ .id = word,
                                                   .kind = (vg_exemption_kind)kind,
                                                   .window = always(),
                                                   .party = VG_AGREEMENT_NOBODY,
                                                   .zone = VG_AGREEMENT_NOBODY,
                                                   .line = (int32_t)at.line };
        } else {
            vg_agreement__bad_word(r, at, "exception-unknown", word, vg_exemption_name, VG_N_EXEMPTIONS);
        }
    }
    return true;
}

/* --- clauses --- */

static vg_relation relation_of(vg_agreement_reading *r, vg_toml *t)
{
    vg_str word;
    if (!vg_agreement__text(r, t, "relation", &word))
        return VG_RELATION_INSIDE;
    for (int i = 0; i < VG_N_RELATIONS; i++)
        if (vg_eq(word, vg_str_z(vg_relation_name(i))))
            return (vg_relation)i;
    vg_agreement__bad_word(r, vg_toml_get(t, VG_S("relation"))->at, "relation-unknown", word,
                           vg_relation_name, VG_N_RELATIONS);
    return VG_RELATION_INSIDE;
}

/* An empty list would bind nobody, or forbid everything: neither can be meant. */
static bool is_empty(const vg_toml *value)
{
    return value && value->kind == VG_TOML_ARRAY && value->n == 0;
}

/* Where: the zone, the relation to it, the distance. A zone of the whole territory that is not drawn is everywhere. */
static void where(vg_agreement_reading *r, vg_toml *t, vg_clause *c)
{
    vg_str word;
    c->zone = VG_AGREEMENT_NOBODY;
    c->relation = relation_of(r, t);
    vg_agreement__number(r, t, "distance_km", &c->distance_km);
    if (vg_agreement__text(r, t, "zone", &word)) {
        c->zone = vg_agreement__zone_named(r, word, vg_toml_get(t, VG_S("zone"))->at);
        if (c->zone >= 0 && r->zone[c->zone].kind == VG_ZONE_WHOLE_TERRITORY &&
            !r->extra[c->zone].has_outline)
            c->zone = VG_AGREEMENT_NOBODY;
    }
}

static void severity(vg_agreement_reading *r, vg_toml *t, vg_clause *c)
{
    double s = 0;
    c->severity = 3;
    if (!vg_agreement__number(r, t, "severity", &s)) {
        if (!vg_toml_get(t, VG_S("severity")))
            vg_agreement__find(r, VG_FINDING_NOTE, t->at, "clause-no-severity",
                               VG_FACTS(vg_fact__text("clause", c->id)));
        return;
    }
    for (int k = 1; k <= 5; k++)
        if (!(s < k) && !(s > k)) {
            c->severity = (int8_t)k;
            return;
        }
    vg_agreement__find(r, VG_FINDING_ERROR, vg_toml_get(t, VG_S("severity"))->at, "severity-range",
                       VG_FACTS(vg_fact__num("value", s)));
}

static void names(vg_agreement_reading *r, vg_toml *t, vg_clause *c)
{
    c->id = vg_agreement__id(r, t, "clause-no-id");
    c->title = c->id;
    vg_agreement__text(r, t, "title", &c->title);
    vg_agreement__text(r, t, "text", &c->text);
    for (const vg_clause *b = r->clause; b < c && c->id.n; b++)
        if (vg_eq(b->id, c->id)) {
            vg_agreement__find(r, VG_FINDING_ERROR, t->at, "clause-double",
                               VG_FACTS(vg_fact__text("id", c->id), vg_fact__num("line", b->line)));
            break;
        }
}

static bool clause(vg_agreement_reading *r, vg_toml *t, vg_clause *c)
{
    *c = (vg_clause){ .line = vg_agreement__line(t) };
    names(r, t, c);
    vg_toml *parties = vg_toml_get(t, VG_S("parties")), *acts = vg_toml_get(t, VG_S("acts"));
    if (!parties || is_empty(parties))
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "clause-no-parties",
                           VG_FACTS(vg_fact__text("clause", c->id)));
    if (!acts || is_empty(acts))
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "clause-no-acts",
                           VG_FACTS(vg_fact__text("clause", c->id)));
    c->parties = parties_of(r, parties);
    c->acts = acts_of(r, acts);
    c->weapons = vg_agreement__weapons(r, vg_toml_get(t, VG_S("weapons")));
    vg_agreement__number(r, t, "least_calibre_mm", &c->least_calibre_mm);
    where(r, t, c);
    severity(r, t, c);
    c->window = window_of(r, t);
    if (!exceptions_of(r, vg_toml_get(t, VG_S("exceptions")), c) || !vg_agreement__closer(r, c))
        return false;
    vg_agreement__unknown_keys(r, t, clause_keys);
    return true;
}

bool vg_agreement__clauses(vg_agreement_reading *r)
{
    int32_t n;
    if (!windows(r) || !exceptions(r))
        return false;
    vg_toml *t = vg_agreement__tables(r, r->root, "clause", VG_AGREEMENT_CLAUSES, &n);
    r->clause = vg_new(r->arena, vg_clause, n + 1);
    if (!r->clause)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->a->clause = r->clause;
    r->a->n_clauses = n;
    for (int32_t i = 0; i < n; i++, t = t->next)
        if (!clause(r, t, &r->clause[i]))
            return false;
    return true;
}
