/* Alerts for other programs: a feed (Atom 1.0, RFC 4287) and single messages (Common Alerting Protocol 1.2, OASIS).
 * Invariant: an alert keeps its identifier for ever; what came before it is named in the message itself, by
 * <references> in CAP and by a link of relation "predecessor-version" (RFC 5829) in Atom. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "door/alert_int.h"
#include "door/cap.h"

enum { FEED_ENTRIES = 200 };

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
    vg_cap_element(o, "id", id_of(c, a));
    vg_cap_element(o, "title", vg_door__alert_title(c, lang, a));
    vg_cap_element(o, "updated", vg_instant_text(a->at, at));
    vg_cap_element(o, "published", vg_instant_text(a->at, at));
    put_link(o, "alternate", "application/cap+xml", address_of(c, a));
    if (a->before)
        put_link(o, "predecessor-version", "application/cap+xml", address_of(c, a->before));
    if (a->iso3.n)
        vg_print(o, "<category term=\"%.*s\"/>\n", VG_P(vg_sub(a->iso3, 0, 3)));
    vg_cap_element(o, "summary", vg_door__alert_reason(c, lang, a));
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
    vg_cap_element(o, "id", VG_S("tag:vigie.invalid,2026:alerts"));
    vg_cap_element(o, "title", vg_message(lang, "alert.feed.title"));
    vg_cap_element(o, "updated", vg_instant_text(n ? a[0].at : 0, at));
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
    vg_cap_element(o, "areaDesc", a->name.n ? a->name : code);
    vg_cap_pair(o, "geocode", scheme, code);
    vg_put(o, VG_S("</area>\n"));
}

static void put_info(vg_call *c, vg_lang lang, const vg_door__alert *a)
{
    vg_out *o = vg_call_out(c);
    vg_door__rule rule = { .deaths = NAN };
    vg_door__rule_read(a->rule, &rule);
    vg_put(o, VG_S("<info>\n"));
    vg_cap_element(o, "language", vg_str_z(vg_lang_code(lang)));
    vg_cap_element(o, "category", VG_S("Security"));
    vg_cap_element(o, "event", vg_message(lang, "alert.feed.event"));
    vg_cap_element(o, "urgency", VG_S("Future"));
    vg_cap_element(o, "severity", vg_str_z(severity(&rule)));
    vg_cap_element(o, "certainty", vg_str_z(vg_cap_certainty(a->probability)));
    vg_cap_element(o, "effective", vg_cap_instant(c, a->at));
    vg_cap_element(o, "onset", vg_cap_instant(c, (int64_t)vg_month_first_day(a->month) * 86400));
    vg_cap_element(o, "expires", vg_cap_instant(c, (int64_t)(vg_month_last_day(a->month) + 1) * 86400));
    vg_cap_element(o, "senderName", VG_S("vigie"));
    vg_cap_element(o, "headline", vg_door__alert_title(c, lang, a));
    vg_cap_element(o, "description", vg_door__alert_reason(c, lang, a));
    vg_cap_element(o, "web", address_of(c, a));
    vg_cap_number(o, "probability", a->probability);
    vg_cap_number(o, "expected deaths", a->expected);
    vg_cap_number(o, "hit rate of the rule", a->hit_rate);
    vg_cap_number(o, "false-alarm rate of the rule", a->false_alarm_rate);
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
        vg_cap before = { VG_NOSTR, 0 };
        if (a[i].before)
            before = (vg_cap){ identifier(c, a[i].before), a[i].before->at };
        vg_cap_begin(c);
        vg_cap_head(c, &(vg_cap){ identifier(c, &a[i]), a[i].at }, a[i].before ? &before : NULL);
        put_info(c, vg_door__lang(c), &a[i]);
        vg_cap_end(c);
        return true;
    }
    return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no alert %lld", (long long)id);
}
