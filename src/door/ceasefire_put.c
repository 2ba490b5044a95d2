/* Members of JSON objects and values of parameters, as all routes of ceasefires write and read them. Invariant: what is
 * not known is null, never zero; things of the agreement are named by their ids. */
#include <math.h>

#include "core/date.h"
#include "door/ceasefire_int.h"

enum { DAY_S = 86400 };

static void key(vg_json *j, const char *name)
{
    vg_json_key(j, vg_str_z(name));
}

void vg_put__text(vg_json *j, const char *name, vg_str text)
{
    key(j, name);
    if (text.n)
        vg_json_str(j, text);
    else
        vg_json_null(j);
}

void vg_put__int(vg_json *j, const char *name, int64_t x)
{
    key(j, name);
    if (x == VG_UNKNOWN)
        vg_json_null(j);
    else
        vg_json_int(j, x);
}

void vg_put__num(vg_json *j, const char *name, double x)
{
    key(j, name);
    vg_json_num(j, x);
}

void vg_put__instant(vg_json *j, const char *name, int64_t at)
{
    char text[32];
    bool known = at != INT64_MIN && at != INT64_MAX && at != VG_UNKNOWN;
    vg_put__text(j, name, known ? vg_instant_text(at, text) : VG_NOSTR);
}

void vg_put__bool(vg_json *j, const char *name, bool b)
{
    key(j, name);
    vg_json_bool(j, b);
}

void vg_put__open(vg_json *j, const char *name, bool array)
{
    key(j, name);
    if (array)
        vg_json_array(j);
    else
        vg_json_object(j);
}

vg_str vg_party__id(const vg_agreement *a, int32_t party)
{
    return party >= 0 && party < a->n_parties ? a->party[party].id : VG_NOSTR;
}

vg_str vg_zone__id(const vg_agreement *a, int32_t zone)
{
    return zone >= 0 && zone < a->n_zones ? a->zone[zone].id : VG_NOSTR;
}

vg_str vg_clause__id(const vg_agreement *a, int32_t clause)
{
    return clause >= 0 && clause < a->n_clauses ? a->clause[clause].id : VG_NOSTR;
}

int32_t vg_clause__find(const vg_agreement *a, vg_str id)
{
    for (int32_t i = 0; i < a->n_clauses; i++)
        if (vg_eq(a->clause[i].id, id))
            return i;
    return VG_AGREEMENT_NOBODY;
}

void vg_put__party(vg_json *j, const char *name, const vg_agreement *a, int32_t party)
{
    vg_put__text(j, name, vg_party__id(a, party));
}

void vg_put__zone(vg_json *j, const char *name, const vg_agreement *a, int32_t zone)
{
    vg_put__text(j, name, vg_zone__id(a, zone));
}

vg_str vg_incident__text(uint64_t id, char text[17])
{
    int n = snprintf(text, 17, "%016llx", (unsigned long long)id);
    return (vg_str){ text, n };
}

bool vg_incident__read(vg_str text, uint64_t *id)
{
    uint64_t x = 0;
    if (text.n != 16)
        return false;
    for (ptrdiff_t i = 0; i < 16; i++) {
        char c = text.s[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                                : 16;
        if (digit > 15)
            return false;
        x = x << 4 | digit;
    }
    *id = x;
    return true;
}

bool vg_call__instant(vg_call *c, const char *name, bool to, int64_t *at, vg_err *e)
{
    vg_str text = vg_call_text(c, name);
    int32_t day;
    if (!text.n)
        return true;
    if (text.n == 10 && vg_day_parse(text, VG_DATE_ISO, &day)) {
        *at = (int64_t)day * DAY_S + (to ? DAY_S - 1 : 0);
        return true;
    }
    if (vg_instant_parse(text, at))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s is no day or instant: \"%.*s\"", name, VG_P(vg_utf8_head(text, 60)));
    return vg_mend(e, "write 2026-03-01 or 2026-03-01T06:00:00Z");
}
