/* Alerts for other programs: a feed (Atom 1.0, RFC 4287) and single messages (Common Alerting Protocol 1.2, OASIS).
 * Invariant: an alert keeps its identifier for ever; what came before it is named in the message itself, by
 * <references> in CAP and by a link of relation "predecessor-version" (RFC 5829) in Atom. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "door/alert_int.h"

enum { FEED_ENTRIES = 200 };

static void put_element(vg_out *o, const char *name, vg_str text)
{
    vg_print(o, "<%s>", name);
    vg_put_html(o, text);
    vg_print(o, "</%s>\n", name);
}

static void put_number(vg_out *o, const char *name, double x)
{
    char text[32];
    put_element(o, name, vg_num_text(x, text));
}

static vg_str address_of(vg_call *c, const vg_door__alert *a)
{
    return vg_format(vg_call_arena(c), "%.*s/api/v1/alerts/%lld/cap", VG_P(vg_call_base(c)),
                     (long long)a->id);
}

/* --- Atom --- */

/* A tag: URI (RFC 4151) that does not change with the address under which it is asked for. */
static vg_str id_of(vg_call *c, const vg_door__alert *a)
{
    char day[32];
    vg_str at = vg_sub(vg_instant_text(a->at, day), 0, 10);
    return vg_format(vg_call_arena(c), "tag:vigie.invalid,%.*s:alert:%lld", VG_P(at), (long long)a->id);
}

static void put_link(vg_out *o, const char *rel, const char *type, vg_str href)
{
    vg_print(o, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
    vg_put_html(o, href);
    vg_put(o, VG_S("\"/>\n"));
}

static void put_entry(vg_call *c, vg_lang lang, const vg_door__alert *a)
{
    vg_out *o = vg_call_out(c);
    char at[32];
    vg_put(o, VG_S("<entry>\n"));
    put_element(o, "id", id_of(c, a));
    put_element(o, "title", vg_door__alert_title(c, lang, a));
    put_element(o, "updated", vg_instant_text(a->at, at));
    put_element(o, "published", vg_instant_text(a->at, at));
    put_link(o, "alternate", "application/cap+xml", address_of(c, a));
    if (a->before)
        put_link(o, "predecessor-version", "application/cap+xml", address_of(c, a->before));
    if (a->iso3.n)
        vg_print(o, "<category term=\"%.*s\"/>\n", VG_P(vg_sub(a->iso3, 0, 3)));
    put_element(o, "summary", vg_door__alert_reason(c, lang, a));
    vg_put(o, VG_S("</entry>\n"));
}

bool vg_door__atom(vg_call *c, vg_err *e)
{
    vg_door__alert *a;
    int64_t n, put = 0;
    char at[32];
    vg_lang lang = vg_door__lang(c);
    vg_out *o = vg_call_out(c);
    if (!vg_door__alerts(c, &a, &n, e))
        return false;
    vg_call_type(c, "application/atom+xml; charset=utf-8");
    vg_print(o,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
             "xml:lang=\"%s\">\n",
             vg_lang_code(lang));
    put_element(o, "id", VG_S("tag:vigie.invalid,2026:alerts"));
    put_element(o, "title", vg_message(lang, "alert.feed.title"));
    put_element(o, "updated", vg_instant_text(n ? a[0].at : 0, at));
    vg_put(o, VG_S("<author><name>vigie</name></author>\n<generator version=\"" VG_VERSION
                   "\">vigie</generator>\n"));
    put_link(o, "self", "application/atom+xml",
             vg_format(vg_call_arena(c), "%.*s/api/v1/alerts/feed", VG_P(vg_call_base(c))));
    for (int64_t i = 0; i < n && put < FEED_ENTRIES; i++)
        if (vg_door__alert_wanted(c, &a[i])) {
            put_entry(c, lang, &a[i]);
            put++;
        }
    vg_put(o, VG_S("</feed>\n"));
    return true;
}

/* --- CAP --- */

/* CAP writes the offset from UTC out: "Z" is not allowed. */
static vg_str instant(vg_call *c, int64_t at)
{
    char text[32];
    vg_str z = vg_instant_text(at, text);
    return vg_format(vg_call_arena(c), "%.*s-00:00", VG_P(vg_sub(z, 0, 19)));
}

/* Neither a blank, a comma, < nor &: what stands in the address of this server has none. */
static vg_str sender(vg_call *c)
{
    vg_str base = vg_call_base(c);
    ptrdiff_t at = vg_find(base, VG_S("://"));
    vg_str host = at < 0 ? VG_S("localhost") : vg_sub(base, at + 3, base.n);
    return vg_format(vg_call_arena(c), "vigie@%.*s", VG_P(host));
}

static vg_str identifier(vg_call *c, const vg_door__alert *a)
{
    return vg_format(vg_call_arena(c), "vigie-alert-%lld", (long long)a->id);
}

/* By the deaths that the rule warns of in a month. */
static const char *severity(const vg_door__rule *rule)
{
    return rule->deaths >= 1000  ? "Extreme"
           : rule->deaths >= 100 ? "Severe"
           : rule->deaths >= 25  ? "Moderate"
                                 : "Minor";
}

/* CAP: Likely is a probability above one half, Unlikely one near zero. */
static const char *certainty(double probability)
{
    return probability > 0.5 ? "Likely" : probability > 0.05 ? "Possible" : "Unlikely";
}

static void put_parameter(vg_out *o, const char *name, double x)
{
    if (isnan(x))
        return;
    vg_put(o, VG_S("<parameter>\n"));
    put_element(o, "valueName", vg_str_z(name));
    put_number(o, "value", x);
    vg_put(o, VG_S("</parameter>\n"));
}

static void put_head(vg_call *c, const vg_door__alert *a)
{
    vg_out *o = vg_call_out(c);
    put_element(o, "identifier", identifier(c, a));
    put_element(o, "sender", sender(c));
    put_element(o, "sent", instant(c, a->at));
    put_element(o, "status", VG_S("Actual"));
    put_element(o, "msgType", a->before ? VG_S("Update") : VG_S("Alert"));
    put_element(o, "scope", VG_S("Restricted"));
    put_element(o, "restriction", VG_S("for those to whom this server answers"));
    if (a->before)
        put_element(o, "references",
                    vg_format(vg_call_arena(c), "%.*s,%.*s,%.*s", VG_P(sender(c)),
                              VG_P(identifier(c, a->before)), VG_P(instant(c, a->before->at))));
}

static void put_area(vg_call *c, const vg_door__alert *a)
{
    vg_out *o = vg_call_out(c);
    const char *scheme = a->iso3.n                      ? "iso-3166-1-alpha-3"
                         : a->unit_kind == VG_UNIT_CELL ? "priogrid-gid"
                                                        : "unit";
    char number[16];
    int n = snprintf(number, sizeof number, "%d", a->unit);
    vg_str code = a->iso3.n ? a->iso3 : (vg_str){ number, n };
    vg_put(o, VG_S("<area>\n"));
    put_element(o, "areaDesc", a->name.n ? a->name : code);
    vg_put(o, VG_S("<geocode>\n"));
    put_element(o, "valueName", vg_str_z(scheme));
    put_element(o, "value", code);
    vg_put(o, VG_S("</geocode>\n</area>\n"));
}

static void put_info(vg_call *c, vg_lang lang, const vg_door__alert *a)
{
    vg_out *o = vg_call_out(c);
    vg_door__rule rule = { .deaths = NAN };
    vg_door__rule_read(a->rule, &rule);
    vg_put(o, VG_S("<info>\n"));
    put_element(o, "language", vg_str_z(vg_lang_code(lang)));
    put_element(o, "category", VG_S("Security"));
    put_element(o, "event", vg_message(lang, "alert.feed.event"));
    put_element(o, "urgency", VG_S("Future"));
    put_element(o, "severity", vg_str_z(severity(&rule)));
    put_element(o, "certainty", vg_str_z(certainty(a->probability)));
    put_element(o, "effective", instant(c, a->at));
    put_element(o, "onset", instant(c, (int64_t)vg_month_first_day(a->month) * 86400));
    put_element(o, "expires", instant(c, (int64_t)(vg_month_last_day(a->month) + 1) * 86400));
    put_element(o, "senderName", VG_S("vigie"));
    put_element(o, "headline", vg_door__alert_title(c, lang, a));
    put_element(o, "description", vg_door__alert_reason(c, lang, a));
    put_element(o, "web", address_of(c, a));
    put_parameter(o, "probability", a->probability);
    put_parameter(o, "expected deaths", a->expected);
    put_parameter(o, "hit rate of the rule", a->hit_rate);
    put_parameter(o, "false-alarm rate of the rule", a->false_alarm_rate);
    put_area(c, a);
    vg_put(o, VG_S("</info>\n"));
}

bool vg_door__cap(vg_call *c, vg_err *e)
{
    vg_door__alert *a;
    int64_t n, id = vg_call_whole(c, "alert");
    if (!vg_door__alerts(c, &a, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (a[i].id != id)
            continue;
        vg_call_type(c, "application/cap+xml; charset=utf-8");
        vg_put(vg_call_out(c), VG_S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                    "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n"));
        put_head(c, &a[i]);
        put_info(c, vg_door__lang(c), &a[i]);
        vg_put(vg_call_out(c), VG_S("</alert>\n"));
        return true;
    }
    return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no alert %lld", (long long)id);
}
