/* The section on escalation: the tests of escalation.h at the end of the period, each with its data and the false-alarm
 * rate at which it was set. Invariant: where incidents of the past that the tests look at are not at hand, nothing is
 * tested and that is said: a test against half a past would cry wolf. */
#include <math.h>
#include <string.h>

#include "ceasefire/daily_int.h"
#include "ceasefire/escalation.h"

static vg_str name_of(vg_daily_work *w, vg_scope scope, int32_t of)
{
    const vg_agreement *a = w->doc.agreement;
    if (of < 0)
        return VG_NOSTR;
    if (scope == VG_SCOPE_ZONE)
        return vg_doc_zone_name(&w->doc, of);
    if (scope == VG_SCOPE_CLAUSE)
        return a->clause[of].title.n ? a->clause[of].title : a->clause[of].id;
    return vg_doc_party_name(&w->doc, of);
}

static vg_str id_of(const vg_agreement *a, vg_scope scope, int32_t of)
{
    if (of < 0)
        return VG_NOSTR;
    return scope == VG_SCOPE_ZONE     ? a->zone[of].id
           : scope == VG_SCOPE_CLAUSE ? a->clause[of].id
                                      : a->party[of].id;
}

/* Whom or what it is about: "Karvia", "Karvia – Upper Province", "all zones". */
static void put_whom(vg_daily_work *w, const vg_escalation *x)
{
    vg_doc *d = &w->doc;
    const vg_agreement *a = d->agreement;
    vg_str one = name_of(w, x->scope, x->of), two = name_of(w, x->scope, x->of_second);
    vg_str id = id_of(a, x->scope, x->of), other = id_of(a, x->scope, x->of_second);
    if (!one.n)
        vg_doc_word(d, VG_NOSTR, vg_message(d->lang, "ceasefire.escalation.everywhere"));
    else if (two.n)
        vg_doc_word(d, vg_doc_format(d, "%.*s %.*s", VG_P(id), VG_P(other)),
                    vg_doc_format(d, "%.*s \xe2\x80\x93 %.*s", VG_P(one), VG_P(two)));
    else
        vg_doc_word(d, id, one);
}

/* "rate", or of a threshold of the agreement its id, too; of a new weapon its kind. */
static void put_rule(vg_doc *d, const vg_escalation *x)
{
    vg_str rule = vg_doc_message(d, "rule", vg_rule_name((int)x->rule)), more = VG_NOSTR;
    if (x->rule == VG_RULE_THRESHOLD && x->threshold >= 0)
        more = d->agreement->threshold[x->threshold].id;
    else if (x->rule == VG_RULE_WEAPON)
        more = vg_doc_message(d, "weapon", vg_weapon_name(x->weapon));
    if (more.n)
        rule = vg_doc_format(d, "%.*s (%.*s)", VG_P(rule), VG_P(more));
    vg_doc_word(d, vg_str_z(vg_rule_name((int)x->rule)), rule);
}

/* A small chance as people read it: "< 0.0001" says more than 0.0000. JSON has the number. */
static void put_chance(vg_doc *d, double p)
{
    vg_str least =
        vg_message_text(d->a, d->lang, "ceasefire.escalation.less", VG_ARGS(vg_arg_num("p", .0001, 4)));
    vg_doc_num(d, p);
    if (p < .0001)
        vg_doc_show(d, least);
}

static void put_incidents(vg_doc *d, const vg_escalation *x)
{
    vg_str all = VG_NOSTR;
    for (int32_t i = 0; i < x->n_incidents; i++) {
        vg_str name = vg_doc_incident_name(d, x->incident[i]);
        all = i ? vg_doc_format(d, "%.*s %.*s", VG_P(all), VG_P(name)) : name;
    }
    vg_doc_word(d, all, all);
}

static void put_row(vg_daily_work *w, const vg_escalation *x)
{
    vg_doc *d = &w->doc;
    put_rule(d, x);
    vg_doc_word(d, vg_str_z(vg_scope_name((int)x->scope)), VG_NOSTR);
    put_whom(w, x);
    vg_doc_at(d, x->from);
    vg_doc_at(d, x->to);
    vg_doc_num(d, x->observed);
    vg_doc_num(d, x->expected);
    put_chance(d, x->p);
    vg_doc_num(d, x->false_alarms_year);
    vg_doc_num(d, x->watched);
    put_incidents(d, x);
}

bool vg_daily_put_escalation(vg_daily_work *w, vg_err *e)
{
    static const vg_doc_column column[] = { { "rule", VG_DOC_WORD, 0 },
                                            { "scope", VG_DOC_ID, 0 },
                                            { "whom", VG_DOC_WORD, 0 },
                                            { "tested_from", VG_DOC_INSTANT, 0 },
                                            { "tested_to", VG_DOC_INSTANT, 0 },
                                            { "observed", VG_DOC_NUM, 1 },
                                            { "past_expected", VG_DOC_NUM, 1 },
                                            { "chance", VG_DOC_NUM, 4 },
                                            { "false_alarms_year", VG_DOC_NUM, 1 },
                                            { "watched", VG_DOC_PERCENT, 0 },
                                            { "incidents", VG_DOC_ID, 0 } };
    vg_doc *d = &w->doc;
    vg_escalation *x;
    int32_t n;
    vg_doc_section(d, "escalation", "ceasefire.report.escalation");
    vg_doc_para(d, "ceasefire.escalation.text", vg_arg_text("at", vg_doc_instant(d, w->to)));
    if (w->n_missing_past) {
        vg_doc_notice(d, "ceasefire.escalation.missing", vg_arg_int("n", w->n_missing_past));
        return true;
    }
    if (!vg_escalation_test(w->watch, w->to, d->a, &x, &n, e))
        return false;
    vg_doc_table(d, VG_DOC_TABLE, "escalation", "ceasefire.escalation.none", VG_DOC_COLUMNS(column));
    for (int32_t i = 0; i < n; i++)
        put_row(w, &x[i]);
    vg_doc_note(d, "ceasefire.escalation.caution", VG_NO_ARG);
    return true;
}
