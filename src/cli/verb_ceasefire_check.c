/* vigie ceasefire check: what was understood of an agreement, in words, and what a careful reader would object to. Exit
 * code 0 when it may be watched, 3 when there are errors. Sentences are put together from the message catalogue. Invariant:
 * what people read holds no control character of the file; programs get the file's words as they are. */
#include <math.h>
#include <string.h>

#include "ceasefire/agreement.h"
#include "cli/verb.h"
#include "core/date.h"

enum { EXIT_BAD_DATA = 3, DAY_S = 86400, N_WEIGHTS = 3 };

static const vg_column zone_columns[] = {
    { "zone", VG_CELL_TEXT, 0 }, { "zone_name", VG_CELL_TEXT, 0 }, { "kind", VG_CELL_TEXT, 0 },
    { "from", VG_CELL_TEXT, 0 }, { "until", VG_CELL_TEXT, 0 },     { "area_km2", VG_CELL_NUM, 1 },
};
static const vg_column finding_columns[] = {
    { "finding", VG_CELL_TEXT, 0 }, { "line", VG_CELL_ID, 0 },   { "column", VG_CELL_ID, 0 },
    { "id", VG_CELL_TEXT, 0 },      { "what", VG_CELL_TEXT, 0 }, { "why", VG_CELL_TEXT, 0 },
    { "mend", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

typedef struct {
    vg_cli *c;
    const vg_agreement *a;
} view;

/* --- pieces of sentences --- */

static vg_str say(const view *v, const char *key, const vg_arg *arg, int n)
{
    return vg_message_text(&v->c->arena, v->c->lang, key, arg, n);
}
#define SAY(v, key, ...) say((v), (key), VG_ARGS(__VA_ARGS__))

static vg_str word(const view *v, const char *kind, const char *name)
{
    char key[96];
    snprintf(key, sizeof key, "ceasefire.%s.%s", kind, name);
    return vg_message(v->c->lang, key);
}

/* Words of the file, for people without what would move their cursor. */
static vg_str shown(const view *v, vg_str words)
{
    return v->c->form == VG_FORM_TABLE ? vg_agreement_shown(words, &v->c->arena) : words;
}

static vg_str joined(const view *v, vg_str list, vg_str next)
{
    if (!list.n)
        return next;
    return vg_format(&v->c->arena, "%.*s, %.*s", VG_P(list), VG_P(next));
}

/* "2031-03-01 00:00" in local time; open ends in words. */
static vg_str local(const view *v, int64_t at)
{
    char text[32];
    if (at == INT64_MIN || at == INT64_MAX)
        return vg_message(v->c->lang, at == INT64_MIN ? "ceasefire.check.beginning" : "ceasefire.check.end");
    vg_str s = vg_instant_text(at + vg_clock_offset_s(v->a->clock, at), text);
    return vg_format(&v->c->arena, "%.*s %.*s", 10, s.s, 5, s.s + 11);
}

static vg_str utc(const view *v, int64_t at)
{
    char text[32];
    if (at == INT64_MIN || at == INT64_MAX)
        return local(v, at);
    vg_str s = vg_instant_text(at, text);
    return vg_format(&v->c->arena, "%.*s %.*s UTC", 10, s.s, 5, s.s + 11);
}

static vg_str hour(const view *v, int32_t second)
{
    if (second % 60)
        return vg_format(&v->c->arena, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    return vg_format(&v->c->arena, "%02d:%02d", second / 3600, second / 60 % 60);
}

/* Decimals that show a number of the agreement as it is: "2.5 km" must not be told as 2. */
static int decimals(double x)
{
    int n = 0;
    for (double unit = 1; n < 6 && fabs(x * unit - round(x * unit)) > 1e-9 * fabs(x * unit); unit *= 10)
        n++;
    return n;
}

static vg_str who(const view *v, uint32_t parties)
{
    vg_str list = VG_NOSTR;
    if (parties == UINT32_MAX)
        return vg_message(v->c->lang, "ceasefire.check.all-parties");
    for (int32_t i = 0; i < v->a->n_parties; i++)
        if (parties >> i & 1)
            list = joined(v, list, shown(v, v->a->party[i].name));
    return list.n ? list : vg_message(v->c->lang, "ceasefire.check.nobody");
}

/* Acts, those that have a word in common by that word. */
static vg_str acts(const view *v, uint32_t mask)
{
    static const struct {
        const char *key;
        uint32_t acts;
    } groups[] = {
        { "ceasefire.check.any-act", ((uint32_t)1 << VG_N_ACTS) - 1 },
        { "ceasefire.check.any-fire", 1u << VG_ACT_SMALL_ARMS | 1u << VG_ACT_HEAVY_MG | 1u << VG_ACT_MORTAR |
                                          1u << VG_ACT_ARTILLERY | 1u << VG_ACT_MLRS |
                                          1u << VG_ACT_TANK_FIRE | 1u << VG_ACT_AIR_STRIKE |
                                          1u << VG_ACT_DRONE_STRIKE | 1u << VG_ACT_NAVAL },
    };
    vg_str list = VG_NOSTR;
    for (int g = 0; g < N_OF(groups); g++)
        if ((mask & groups[g].acts) == groups[g].acts) {
            list = joined(v, list, vg_message(v->c->lang, groups[g].key));
            mask &= ~groups[g].acts;
        }
    for (int i = 0; i < VG_N_ACTS; i++)
        if (mask >> i & 1)
            list = joined(v, list, word(v, "act", vg_act_name(i)));
    return list;
}

static vg_str with_what(const view *v, const vg_clause *c)
{
    vg_str list = VG_NOSTR, text = VG_NOSTR;
    for (int i = 0; i < VG_N_WEAPONS; i++)
        if (c->weapons >> i & 1)
            list = joined(v, list, word(v, "weapon", vg_weapon_name(i)));
    if (list.n && c->least_calibre_mm > 0)
        text = SAY(v, "ceasefire.check.with-calibre", vg_arg_text("weapons", list),
                   vg_arg_num("mm", c->least_calibre_mm, decimals(c->least_calibre_mm)));
    else if (list.n)
        text = SAY(v, "ceasefire.check.with", vg_arg_text("weapons", list));
    else if (c->least_calibre_mm > 0)
        text = SAY(v, "ceasefire.check.calibre",
                   vg_arg_num("mm", c->least_calibre_mm, decimals(c->least_calibre_mm)));
    return text.n ? vg_format(&v->c->arena, " %.*s", VG_P(text)) : text;
}

static vg_str where(const view *v, const vg_clause *c)
{
    char key[96];
    if (c->zone < 0)
        return vg_message(v->c->lang, "ceasefire.everywhere");
    snprintf(key, sizeof key, "ceasefire.check.where.%s", vg_relation_name((int)c->relation));
    return SAY(v, key, vg_arg_text("zone", shown(v, v->a->zone[c->zone].name)),
               vg_arg_num("km", c->distance_km, decimals(c->distance_km)));
}

static vg_str days(const view *v, uint8_t weekdays)
{
    static const char *const name[] = { "1", "2", "3", "4", "5", "6", "7" };
    vg_str list = VG_NOSTR;
    for (int i = 0; i < 7; i++)
        if (weekdays >> i & 1)
            list = joined(v, list, word(v, "weekday", name[i]));
    return list;
}

/* "from .. to .., each day from 06:00 to 18:00, on Monday and Friday" */
static vg_str when(const view *v, const vg_window *w)
{
    bool always = w->from <= v->a->from && w->to >= v->a->to;
    vg_str text = always ? vg_message(v->c->lang, "ceasefire.check.always")
                         : SAY(v, "ceasefire.check.from-to", vg_arg_text("from", local(v, w->from)),
                               vg_arg_text("to", local(v, w->to)), vg_arg_text("from_utc", utc(v, w->from)),
                               vg_arg_text("to_utc", utc(v, w->to)));
    if (w->day_from_s != 0 || w->day_to_s != DAY_S)
        text = SAY(v, w->day_from_s > w->day_to_s ? "ceasefire.check.nightly" : "ceasefire.check.daily",
                   vg_arg_text("when", text), vg_arg_text("from", hour(v, w->day_from_s)),
                   vg_arg_text("to", hour(v, w->day_to_s)));
    if (w->weekdays)
        text = SAY(v, "ceasefire.check.on-days", vg_arg_text("when", text),
                   vg_arg_text("days", days(v, w->weekdays)));
    return text;
}

/* What is forbidden, to whom and where, as one sentence. */
static vg_str sentence(const view *v, const vg_clause *c)
{
    return SAY(v, "ceasefire.check.forbidden", vg_arg_text("who", who(v, c->parties)),
               vg_arg_text("acts", acts(v, c->acts)), vg_arg_text("with", with_what(v, c)),
               vg_arg_text("where", where(v, c)));
}

static vg_str exemption(const view *v, const vg_exemption *x)
{
    vg_str text = word(v, "exemption", vg_exemption_name((int)x->kind));
    bool timed = x->window.from > INT64_MIN || x->window.to < INT64_MAX || x->window.weekdays ||
                 x->window.day_from_s != 0 || x->window.day_to_s != DAY_S;
    bool bare = x->party < 0 && x->zone < 0 && !x->acts && !timed;
    if (bare)
        return text;
    vg_str of = x->party >= 0 ? shown(v, v->a->party[x->party].name) : VG_NOSTR;
    if (x->acts)
        of = joined(v, of, acts(v, x->acts));
    if (x->zone >= 0)
        of = joined(v, of, shown(v, v->a->zone[x->zone].name));
    if (timed)
        of = joined(v, of, when(v, &x->window));
    return SAY(v, "ceasefire.check.exemption-of", vg_arg_text("kind", text), vg_arg_text("of", of));
}

static vg_str exemptions(const view *v, const vg_clause *c)
{
    vg_str list = VG_NOSTR;
    for (int32_t i = 0; i < c->n_exemptions; i++) {
        vg_str one = exemption(v, &c->exemption[i]);
        list = i ? vg_message_text(&v->c->arena, v->c->lang, "ceasefire.check.exceptions-more",
                                   VG_ARGS(vg_arg_text("list", list), vg_arg_text("one", one)))
                 : one;
    }
    return list;
}

static vg_str threshold(const view *v, const vg_threshold *t)
{
    char key[96];
    snprintf(key, sizeof key, "ceasefire.check.scope.%s%s", vg_scope_name((int)t->scope),
             t->of >= 0 ? "-of" : "");
    vg_str of = VG_NOSTR, second = VG_NOSTR;
    if (t->of >= 0) {
        of = t->scope == VG_SCOPE_ZONE     ? v->a->zone[t->of].name
             : t->scope == VG_SCOPE_CLAUSE ? v->a->clause[t->of].id
                                           : v->a->party[t->of].name;
        of = shown(v, of);
        if (t->scope == VG_SCOPE_PAIR && t->of_second >= 0)
            second = shown(v, v->a->party[t->of_second].name);
    }
    vg_str scope = SAY(v, key, vg_arg_text("of", of), vg_arg_text("second", second));
    double value = t->least_count > 0   ? t->least_count
                   : t->least_ratio > 0 ? t->least_ratio
                                        : t->least_severity;
    vg_str told = SAY(v,
                      t->least_count > 0   ? "ceasefire.check.told-count"
                      : t->least_ratio > 0 ? "ceasefire.check.told-ratio"
                                           : "ceasefire.check.told-severity",
                      vg_arg_text("scope", scope), vg_arg_num("value", value, decimals(value)),
                      vg_arg_num("hours", (double)t->window_s / 3600,
                                 t->window_s % 36 ? 3 : decimals((double)t->window_s / 3600)));
    return t->action.n ? SAY(v, "ceasefire.check.action", vg_arg_text("told", told),
                             vg_arg_text("action", shown(v, t->action)))
                       : told;
}

/* --- for people --- */

static void put_head(const view *v)
{
    const vg_agreement *a = v->a;
    vg_cli *c = v->c;
    vg_line(c, a->version.n ? "ceasefire.check.head" : "ceasefire.check.head-bare",
            vg_arg_text("title", shown(v, a->title)), vg_arg_text("id", shown(v, a->id)),
            vg_arg_text("version", shown(v, a->version)));
    vg_line(c, "ceasefire.check.force", vg_arg_text("from", local(v, a->from)),
            vg_arg_text("to", local(v, a->to)), vg_arg_text("from_utc", utc(v, a->from)),
            vg_arg_text("to_utc", utc(v, a->to)), vg_arg_text("zone", vg_clock_name(a->clock)));
    vg_line(c, "ceasefire.check.cut-off", vg_arg_text("time", hour(v, a->cutoff_s)));
    vg_line(c, "ceasefire.check.limits",
            vg_arg_percent("violation", a->limits.violation, decimals(100 * a->limits.violation)),
            vg_arg_percent("probable", a->limits.probable, decimals(100 * a->limits.probable)),
            vg_arg_percent("possible", a->limits.possible, decimals(100 * a->limits.possible)),
            vg_arg_percent("attributed", a->limits.attributed, decimals(100 * a->limits.attributed)));
}

static void put_parties(const view *v)
{
    const vg_agreement *a = v->a;
    vg_put_char(v->c->out, '\n');
    vg_line(v->c, "ceasefire.check.parties", vg_arg_int("n", a->n_parties));
    for (int32_t i = 0; i < a->n_parties; i++) {
        const vg_agreement_party *p = &a->party[i];
        vg_put(v->c->out, VG_S("  "));
        if (p->allies)
            vg_line(v->c, "ceasefire.check.party-allied", vg_arg_text("id", shown(v, p->id)),
                    vg_arg_text("name", shown(v, p->name)), vg_arg_int("n", p->n_aliases),
                    vg_arg_text("allies", who(v, p->allies)));
        else
            vg_line(v->c, "ceasefire.check.party", vg_arg_text("id", shown(v, p->id)),
                    vg_arg_text("name", shown(v, p->name)), vg_arg_int("n", p->n_aliases));
    }
}

static void fill_zones(const view *v, vg_table *t)
{
    const vg_agreement *a = v->a;
    for (int32_t i = 0; i < a->n_zones; i++) {
        const vg_agreement_zone *z = &a->zone[i];
        for (int32_t k = 0; k < z->n_versions || k == 0; k++) {
            const vg_agreement_version *w = z->n_versions ? &z->version[k] : NULL;
            vg_cell_text(t, shown(v, z->id));
            vg_cell_text(t, shown(v, z->name));
            vg_cell_text(t, v->c->form == VG_FORM_TABLE
                                ? word(v, "zone-kind", vg_zone_kind_name((int)z->kind))
                                : vg_str_z(vg_zone_kind_name((int)z->kind)));
            vg_cell_text(t, w && w->from > INT64_MIN ? local(v, w->from) : VG_NOSTR);
            vg_cell_text(t, w && w->to < INT64_MAX ? local(v, w->to) : VG_NOSTR);
            vg_cell_num(t, w ? vg_zone_area_km2(w->shape) : NAN);
        }
    }
}

static void put_clauses(const view *v)
{
    vg_cli *c = v->c;
    vg_put_char(c->out, '\n');
    vg_line(c, "ceasefire.check.clauses", vg_arg_int("n", v->a->n_clauses));
    for (int32_t i = 0; i < v->a->n_clauses; i++) {
        const vg_clause *x = &v->a->clause[i];
        vg_print(c->out, "  %.*s  %.*s\n     ", VG_P(shown(v, x->id)), VG_P(shown(v, x->title)));
        vg_put(c->out, sentence(v, x));
        vg_put(c->out, VG_S("\n     "));
        vg_line(c, "ceasefire.check.when", vg_arg_text("when", when(v, &x->window)),
                vg_arg_int("severity", x->severity));
        if (!x->n_exemptions)
            continue;
        vg_put(c->out, VG_S("     "));
        vg_line(c, "ceasefire.check.exceptions", vg_arg_text("list", exemptions(v, x)));
    }
    if (v->a->n_thresholds) {
        vg_put_char(c->out, '\n');
        vg_line(c, "ceasefire.check.thresholds", vg_arg_int("n", v->a->n_thresholds));
    }
    for (int32_t i = 0; i < v->a->n_thresholds; i++)
        vg_print(c->out, "  %.*s  %.*s\n", VG_P(shown(v, v->a->threshold[i].id)),
                 VG_P(threshold(v, &v->a->threshold[i])));
}

static vg_str weight_word(const view *v, vg_finding_weight w)
{
    static const char *const name[] = { "note", "warning", "error" };
    return v->c->form == VG_FORM_TABLE ? word(v, "finding", name[w]) : vg_str_z(name[w]);
}

static vg_str told(const view *v, const vg_agreement_finding *f, vg_say_part part)
{
    return vg_agreement_say(v->a, f, part, v->c->lang, &v->c->arena);
}

static void put_part(const view *v, const char *key, vg_str text)
{
    if (!text.n)
        return;
    vg_put(v->c->out, VG_S("  "));
    vg_line(v->c, key, vg_arg_text("text", text));
}

static void put_findings(const view *v)
{
    vg_cli *c = v->c;
    int64_t n[N_WEIGHTS] = { 0 };
    vg_put_char(c->out, '\n');
    for (int32_t i = 0; i < v->a->n_findings; i++) {
        const vg_agreement_finding *f = &v->a->finding[i];
        n[f->weight]++;
        vg_line(c, f->at.col ? "ceasefire.check.finding-col" : "ceasefire.check.finding",
                vg_arg_text("weight", weight_word(v, f->weight)),
                vg_arg_text("line", vg_format(&c->arena, "%lld", (long long)f->at.line)),
                vg_arg_text("column", vg_format(&c->arena, "%lld", (long long)f->at.col)),
                vg_arg_text("what", told(v, f, VG_SAY_WHAT)));
        put_part(v, "ceasefire.check.why", told(v, f, VG_SAY_WHY));
        put_part(v, "ceasefire.check.mend", told(v, f, VG_SAY_MEND));
    }
    vg_line(c, n[VG_FINDING_ERROR] ? "ceasefire.check.bad" : "ceasefire.check.good",
            vg_arg_int("errors", n[VG_FINDING_ERROR]), vg_arg_int("warnings", n[VG_FINDING_WARNING]),
            vg_arg_int("notes", n[VG_FINDING_NOTE]));
}

static void fill_findings(const view *v, vg_table *t)
{
    for (int32_t i = 0; i < v->a->n_findings; i++) {
        const vg_agreement_finding *f = &v->a->finding[i];
        vg_cell_text(t, weight_word(v, f->weight));
        vg_cell_int(t, f->at.line);
        vg_cell_int(t, f->at.col ? f->at.col : INT64_MIN);
        vg_cell_text(t, vg_str_z(f->id));
        vg_cell_text(t, told(v, f, VG_SAY_WHAT));
        vg_cell_text(t, told(v, f, VG_SAY_WHY));
        vg_cell_text(t, told(v, f, VG_SAY_MEND));
    }
}

/* --- for programs --- */

static void put_pair(vg_json *j, const char *key, vg_str value)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_str(j, value);
}

static void put_instant(vg_json *j, const char *key, int64_t at)
{
    char text[32];
    vg_json_key(j, vg_str_z(key));
    if (at == INT64_MIN || at == INT64_MAX)
        vg_json_null(j);
    else
        vg_json_str(j, vg_instant_text(at, text));
}

static void json_clauses(const view *v, vg_json *j)
{
    vg_json_key(j, VG_S("clauses"));
    vg_json_array(j);
    for (int32_t i = 0; i < v->a->n_clauses; i++) {
        const vg_clause *c = &v->a->clause[i];
        vg_json_object(j);
        put_pair(j, "id", c->id);
        put_pair(j, "title", c->title);
        put_pair(j, "sentence", sentence(v, c));
        put_pair(j, "when", when(v, &c->window));
        put_pair(j, "exceptions", exemptions(v, c));
        put_pair(j, "relation", vg_str_z(vg_relation_name((int)c->relation)));
        put_pair(j, "zone", c->zone >= 0 ? v->a->zone[c->zone].id : VG_NOSTR);
        put_instant(j, "from", c->window.from);
        put_instant(j, "to", c->window.to);
        vg_json_key(j, VG_S("severity")), vg_json_int(j, c->severity);
        vg_json_key(j, VG_S("line")), vg_json_int(j, c->line);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void json_findings(const view *v, vg_json *j)
{
    static const char *const name[] = { "note", "warning", "error" };
    vg_json_key(j, VG_S("findings"));
    vg_json_array(j);
    for (int32_t i = 0; i < v->a->n_findings; i++) {
        const vg_agreement_finding *f = &v->a->finding[i];
        vg_json_object(j);
        put_pair(j, "finding", vg_str_z(name[f->weight]));
        vg_json_key(j, VG_S("line")), vg_json_int(j, f->at.line);
        vg_json_key(j, VG_S("column"));
        if (f->at.col)
            vg_json_int(j, f->at.col);
        else
            vg_json_null(j);
        put_pair(j, "id", vg_str_z(f->id));
        vg_json_key(j, VG_S("arguments"));
        vg_agreement_facts_json(j, f);
        put_pair(j, "what", told(v, f, VG_SAY_WHAT));
        put_pair(j, "why", told(v, f, VG_SAY_WHY));
        put_pair(j, "mend", told(v, f, VG_SAY_MEND));
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_json(const view *v, const vg_table *zones)
{
    const vg_agreement *a = v->a;
    vg_json j = vg_json_to(v->c->out);
    vg_json_object(&j);
    put_pair(&j, "id", a->id);
    put_pair(&j, "title", a->title);
    put_pair(&j, "version", a->version);
    put_pair(&j, "sha256", vg_str_z(a->sha256));
    put_pair(&j, "time_zone", vg_clock_name(a->clock));
    put_instant(&j, "from", a->from);
    put_instant(&j, "to", a->to);
    put_pair(&j, "cut_off", hour(v, a->cutoff_s));
    vg_json_key(&j, VG_S("parties"));
    vg_json_array(&j);
    for (int32_t i = 0; i < a->n_parties; i++) {
        vg_json_object(&j);
        put_pair(&j, "id", a->party[i].id);
        put_pair(&j, "name", a->party[i].name);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_key(&j, VG_S("zones")), vg_table_json(zones, &j);
    json_clauses(v, &j);
    vg_json_key(&j, VG_S("thresholds"));
    vg_json_array(&j);
    for (int32_t i = 0; i < a->n_thresholds; i++)
        vg_json_str(&j, threshold(v, &a->threshold[i]));
    vg_json_close(&j);
    vg_json_key(&j, VG_S("errors")), vg_json_int(&j, a->n_errors);
    json_findings(v, &j);
    vg_json_close(&j);
    vg_put_char(v->c->out, '\n');
}

static bool show(const view *v, vg_table *zones, vg_table *findings, vg_err *e)
{
    vg_cli *c = v->c;
    fill_zones(v, zones);
    fill_findings(v, findings);
    if (c->form == VG_FORM_JSON) {
        put_json(v, zones);
        return true;
    }
    if (c->form == VG_FORM_CSV)
        return vg_table_put(findings, c->lang, c->form, 0, c->out, e);
    put_head(v);
    put_parties(v);
    vg_put_char(c->out, '\n');
    if (v->a->n_zones && !vg_table_put(zones, c->lang, c->form, 0, c->out, e))
        return false;
    put_clauses(v);
    put_findings(v);
    return true;
}

bool vg_verb_ceasefire_check(vg_cli *c, vg_err *e)
{
    vg_agreement *a;
    vg_table zones, findings;
    if (!vg_agreement_read(c->opts.arg[0], &a, e))
        return false;
    view v = { .c = c, .a = a };
    bool good = vg_table_init(&zones, zone_columns, N_OF(zone_columns), e);
    if (good && (good = vg_table_init(&findings, finding_columns, N_OF(finding_columns), e))) {
        good = show(&v, &zones, &findings, e);
        vg_table_free(&findings);
    }
    if (good)
        vg_table_free(&zones);
    c->exit_code = a->n_errors ? EXIT_BAD_DATA : 0;
    vg_agreement_free(a);
    return good;
}
