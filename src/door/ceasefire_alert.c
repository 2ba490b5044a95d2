/* Escalations over HTTP: those that were told, and each as a CAP 1.2 message. Invariant: an alert is an outcome with a number
 * of its own, whose text never changes; what a message says beside it (where the gravest incidents are) is read from the
 * watch when it is asked for. */
#include <math.h>

#include "core/date.h"
#include "core/num.h"
#include "door/cap.h"
#include "door/ceasefire_int.h"
#include "door/ceasefire_outcome_int.h"
#include "door/tree.h"
#include "text/message.h"

enum { DAY_S = 86400, AREAS = 8 };

/* --- which were told --- */

static bool read_alert(vg_call *c, vg_guard *g, int64_t number, vg_outcome *out, vg_err *e)
{
    vg_outcome *o;
    int64_t n;
    if (!vg_report_outcomes(vg_call_store(c), vg_guard__agreement(g)->id, number - 1, 1, vg_call_arena(c), &o,
                            &n, NULL, e))
        return false;
    if (n != 1 || o[0].n != number || !vg_eq(vg_str_z(vg_outcome__event(&o[0])), VG_S("alert")))
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no alert %lld", (long long)number);
    *out = o[0];
    return true;
}

static void put_alert(vg_rows *r, const vg_outcome *o)
{
    char at[32];
    vg_rows_int(r, o->n);
    vg_rows_text(r, vg_instant_text(o->at, at));
    vg_rows_int(r, o->seq);
    vg_rows_raw(r, o->body);
}

static bool answer_alerts(vg_call *c, vg_guard *g, vg_err *e)
{
    static const char *const column[] = { "alert", "at", "because", "what" };
    int64_t *number, n;
    if (!vg_guard__alerts(g, vg_call_arena(c), &number, &n, e))
        return false;
    int64_t limit = vg_call_whole(c, "limit");
    vg_rows r = vg_rows_begin(c, column, (int)(sizeof column / sizeof *column));
    for (int64_t i = n - 1; i >= 0 && i >= n - limit; i--) {
        vg_outcome o;
        if (!read_alert(c, g, number[i], &o, e))
            return false;
        put_alert(&r, &o);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

bool vg_watch_answer__alerts(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer_alerts(c, g, e);
    vg_guard__leave(g);
    return good;
}

/* --- an alert as it is read back --- */

typedef struct {
    vg_outcome outcome;
    vg_str rule, scope, of, against, threshold, action;
    int64_t from, to;
    double observed, expected, p, rate, watched;
    vg_incident incident[AREAS];
    int n;
    uint64_t id[AREAS];
    int n_ids;
} alert;

static double number_of(const vg_tree *t, const char *name)
{
    double x = NAN;
    vg_num(vg_tree_member(t, name)->text, &x);
    return x;
}

static vg_str text_of(const vg_tree *t, const char *name)
{
    return vg_tree_text(vg_tree_member(t, name), 0);
}

static bool read_body(vg_call *c, alert *x, vg_err *e)
{
    const vg_tree *t;
    if (!vg_tree_read(x->outcome.body, vg_call_arena(c), &t, e))
        return false;
    x->rule = text_of(t, "rule");
    x->scope = text_of(t, "scope");
    x->of = text_of(t, "of");
    x->against = text_of(t, "against");
    x->threshold = text_of(t, "threshold");
    x->action = text_of(t, "action");
    x->from = x->to = x->outcome.at;
    vg_instant_parse(text_of(t, "from"), &x->from);
    vg_instant_parse(text_of(t, "to"), &x->to);
    x->observed = number_of(t, "observed");
    x->expected = number_of(t, "expected");
    x->p = number_of(t, "p");
    x->rate = number_of(t, "false_alarms_year");
    x->watched = number_of(t, "watched");
    const vg_tree *list = vg_tree_member(t, "incidents");
    for (const vg_tree *i = list->first; i && x->n_ids < AREAS; i = i->next)
        x->n_ids += vg_incident__read(i->text, &x->id[x->n_ids]);
    return true;
}

/* Incidents that have been joined with others since are not there any more, and those that a person has rejected count for
 * nothing: then the message has fewer areas. */
static bool ask_incidents(void *ctx, vg_desk *d, vg_err *e)
{
    alert *x = ctx;
    (void)e;
    for (int i = 0; i < x->n_ids; i++) {
        vg_err none = VG_NO_ERR;
        if (vg_watch_incident(vg_desk_watch(d), x->id[i], &x->incident[x->n], &none) &&
            x->incident[x->n].verification != VG_VERIFY_REJECTED)
            x->n++;
    }
    return true;
}

/* --- CAP --- */

static vg_str name_of(const vg_agreement *a, vg_lang lang, vg_str scope, vg_str id)
{
    int32_t i;
    if (vg_eq(scope, VG_S("zone")) && (i = vg_agreement_find_zone(a, id)) >= 0)
        return a->zone[i].name.n ? a->zone[i].name : id;
    if (vg_eq(scope, VG_S("clause")) && (i = vg_clause__find(a, id)) >= 0)
        return a->clause[i].title.n ? a->clause[i].title : id;
    if (id.n && (i = vg_agreement_find_party(a, id)) >= 0)
        return a->party[i].name.n ? a->party[i].name : id;
    return id.n ? id : vg_message(lang, "ceasefire.cap.everywhere");
}

static vg_str whom(vg_call *c, const vg_agreement *a, vg_lang lang, const alert *x)
{
    vg_str first = name_of(a, lang, x->scope, x->of);
    if (!x->against.n)
        return first;
    return vg_format(vg_call_arena(c), "%.*s \xe2\x80\x93 %.*s", VG_P(first),
                     VG_P(name_of(a, lang, x->scope, x->against)));
}

static vg_str headline(vg_call *c, const vg_agreement *a, vg_lang lang, const alert *x)
{
    vg_str key = vg_format(vg_call_arena(c), "ceasefire.cap.%.*s", VG_P(x->rule));
    const vg_arg arg[] = { vg_arg_text("of", whom(c, a, lang, x)),
                           vg_arg_num("observed", x->observed, x->observed == floor(x->observed) ? 0 : 1),
                           vg_arg_num("expected", x->expected, 1) };
    return key.s ? vg_message_text(vg_call_arena(c), lang, key.s, arg, 3) : VG_NOSTR;
}

static vg_str description(vg_call *c, const vg_agreement *a, vg_lang lang, const alert *x)
{
    char from[32], to[32], p[32], rate[32];
    vg_arena *m = vg_call_arena(c);
    const vg_arg arg[] = {
        vg_arg_text("from", vg_instant_text(x->from, from)), vg_arg_text("to", vg_instant_text(x->to, to)),
        vg_arg_text("p", (vg_str){ p, snprintf(p, sizeof p, "%.2g", x->p) }),
        vg_arg_text("rate", (vg_str){ rate, snprintf(rate, sizeof rate, "%.2g", x->rate) }),
        vg_arg_percent("watched", x->watched, 0)
    };
    const char *test = isnan(x->p) ? "ceasefire.cap.no-test" : "ceasefire.cap.test";
    const char *watched = isnan(x->watched) ? "ceasefire.cap.not-watched" : "ceasefire.cap.watched";
    return vg_format(m, "%.*s. %.*s %.*s %.*s", VG_P(headline(c, a, lang, x)),
                     VG_P(vg_message_text(m, lang, test, arg, 5)),
                     VG_P(vg_message_text(m, lang, watched, arg, 5)),
                     VG_P(vg_message(lang, "ceasefire.cap.caution")));
}

/* Of the gravest incident behind it. */
static const char *severity(const alert *x)
{
    static const char *const word[] = { "Unknown", "Minor", "Minor", "Moderate", "Severe", "Extreme" };
    int most = 0;
    for (int i = 0; i < x->n; i++)
        most = x->incident[i].severity > most ? x->incident[i].severity : most;
    return word[most > 5 ? 5 : most];
}

/* Observed is what a person has verified; the rest goes by the surest breach. */
static const char *certainty(const alert *x)
{
    double most = NAN;
    for (int i = 0; i < x->n; i++) {
        if (x->incident[i].verification == VG_VERIFY_VERIFIED)
            return "Observed";
        for (int32_t b = 0; b < x->incident[i].n_breaches; b++)
            if (!((double)x->incident[i].breach[b].p <= most))
                most = (double)x->incident[i].breach[b].p;
    }
    return vg_cap_certainty(most);
}

static void put_areas(vg_out *o, vg_str desc, const alert *x)
{
    vg_put(o, VG_S("<area>\n"));
    vg_cap_element(o, "areaDesc", desc);
    for (int i = 0; i < x->n; i++) {
        const vg_incident *k = &x->incident[i];
        if (isnan(k->lat_deg) || isnan(k->lon_deg))
            continue;
        vg_put(o, VG_S("<circle>"));
        vg_put_fixed(o, k->lat_deg, 5);
        vg_put_char(o, ',');
        vg_put_fixed(o, k->lon_deg, 5);
        vg_put_char(o, ' ');
        vg_put_fixed(o, (k->radius_m >= 0 ? k->radius_m : 0) / 1000, 3);
        vg_put(o, VG_S("</circle>\n"));
    }
    if (vg_eq(x->scope, VG_S("zone")) && x->of.n)
        vg_cap_pair(o, "geocode", "vigie-zone", x->of);
    vg_put(o, VG_S("</area>\n"));
}

static void put_info(vg_call *c, const vg_agreement *a, vg_lang lang, const alert *x)
{
    vg_out *o = vg_call_out(c);
    bool threshold = vg_eq(x->rule, VG_S("threshold"));
    vg_put(o, VG_S("<info>\n"));
    vg_cap_element(o, "language", vg_str_z(vg_lang_code(lang)));
    vg_cap_element(o, "category", VG_S("Security"));
    vg_cap_element(o, "event", vg_message(lang, "ceasefire.cap.event"));
    vg_cap_element(o, "responseType", threshold ? VG_S("Execute") : VG_S("Assess"));
    vg_cap_element(o, "urgency", threshold ? VG_S("Immediate") : VG_S("Expected"));
    vg_cap_element(o, "severity", vg_str_z(severity(x)));
    vg_cap_element(o, "certainty", vg_str_z(certainty(x)));
    vg_cap_element(o, "effective", vg_cap_instant(c, x->outcome.at));
    vg_cap_element(o, "onset", vg_cap_instant(c, x->from));
    vg_cap_element(o, "expires", vg_cap_instant(c, x->outcome.at + DAY_S));
    vg_cap_element(o, "senderName", VG_S("vigie"));
    vg_cap_element(o, "headline", headline(c, a, lang, x));
    vg_cap_element(o, "description", description(c, a, lang, x));
    if (x->action.n)
        vg_cap_element(o, "instruction", x->action);
    vg_cap_pair(o, "parameter", "rule", x->rule);
    if (x->threshold.n)
        vg_cap_pair(o, "parameter", "threshold", x->threshold);
    vg_cap_number(o, "observed", x->observed);
    vg_cap_number(o, "expected", x->expected);
    vg_cap_number(o, "probability if nothing had changed", x->p);
    vg_cap_number(o, "false alarms a year and scope", x->rate);
    vg_cap_number(o, "share of the time watched", x->watched);
    put_areas(o, whom(c, a, lang, x), x);
    vg_put(o, VG_S("</info>\n"));
}

/* Ids of agreements are plain words; anything else becomes a dash. */
static vg_str identifier(vg_call *c, const vg_agreement *a, int64_t number)
{
    vg_str text = vg_format(vg_call_arena(c), "vigie-ceasefire-%.*s-%lld", VG_P(a->id), (long long)number);
    char *to = vg_new(vg_call_arena(c), char, text.n);
    for (ptrdiff_t i = 0; to && i < text.n; i++) {
        char b = vg_lower(text.s[i]);
        bool plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '.' || b == '_';
        to[i] = plain ? text.s[i] : '-';
    }
    return (vg_str){ to, to ? text.n : 0 };
}

/* The newest alert before it of the same rule and scope: it is updated by this one. */
static bool find_before(vg_call *c, vg_guard *g, const alert *x, vg_outcome *before, bool *any, vg_err *e)
{
    enum { BACK = 200 };
    int64_t *number, n;
    *any = false;
    if (!vg_guard__alerts(g, vg_call_arena(c), &number, &n, e))
        return false;
    for (int64_t i = n - 1, looked = 0; i >= 0 && looked < BACK && !*any; i--) {
        alert y = { .n = 0 };
        if (number[i] >= x->outcome.n)
            continue;
        looked++;
        if (!read_alert(c, g, number[i], &y.outcome, e) || !read_body(c, &y, e))
            return false;
        *any = vg_eq(x->rule, y.rule) && vg_eq(x->scope, y.scope) && vg_eq(x->of, y.of) &&
               vg_eq(x->against, y.against) && vg_eq(x->threshold, y.threshold);
        *before = y.outcome;
    }
    return true;
}

static bool answer_cap(vg_call *c, vg_guard *g, vg_err *e)
{
    alert *x = vg_new(vg_call_arena(c), alert, 1);
    vg_outcome o;
    bool any;
    const vg_agreement *a = vg_guard__agreement(g);
    vg_lang lang = vg_call_whole(c, "lang") == 1 ? VG_LANG_FR : VG_LANG_EN;
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    if (!read_alert(c, g, vg_call_whole(c, "alert"), &x->outcome, e) || !read_body(c, x, e) ||
        !find_before(c, g, x, &o, &any, e) || !vg_guard__ask(g, ask_incidents, x, e))
        return false;
    vg_cap now = { identifier(c, a, x->outcome.n), x->outcome.at }, before = { VG_NOSTR, 0 };
    if (any)
        before = (vg_cap){ identifier(c, a, o.n), o.at };
    vg_cap_begin(c);
    vg_cap_head(c, &now, any ? &before : NULL);
    put_info(c, a, lang, x);
    vg_cap_end(c);
    return true;
}

bool vg_watch_answer__cap(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer_cap(c, g, e);
    vg_guard__leave(g);
    return good;
}
