/* Parts of CAP 1.2 messages. Invariant: what stands in identifier, sender and references has neither blanks, commas, < nor
 * &, as the standard asks. */
#include "door/cap.h"

#include <math.h>

#include "core/date.h"
#include "core/num.h"

/* How many bytes at `i` XML cannot hold: control characters, U+FFFE and U+FFFF. */
static ptrdiff_t forbidden(vg_str text, ptrdiff_t i)
{
    unsigned char b = (unsigned char)text.s[i];
    if (b < ' ')
        return b != '\t' && b != '\n' && b != '\r';
    return b == 0xEF && (vg_starts(vg_sub(text, i, text.n), VG_S("\xEF\xBF\xBE")) ||
                         vg_starts(vg_sub(text, i, text.n), VG_S("\xEF\xBF\xBF")))
               ? 3
               : 0;
}

static void put_text(vg_out *o, vg_str text)
{
    ptrdiff_t from = 0, n;
    for (ptrdiff_t i = 0; i < text.n; i++)
        if ((n = forbidden(text, i)) > 0) {
            vg_put_html(o, vg_sub(text, from, i - from));
            vg_put(o, VG_S("\xEF\xBF\xBD")); /* U+FFFD: something stood here */
            i += n - 1;
            from = i + 1;
        }
    vg_put_html(o, vg_sub(text, from, text.n));
}

void vg_cap_element(vg_out *o, const char *name, vg_str text)
{
    if (!vg_trim(text).n) /* an element that holds nothing is left out */
        return;
    vg_print(o, "<%s>", name);
    put_text(o, text);
    vg_print(o, "</%s>\n", name);
}

void vg_cap_pair(vg_out *o, const char *element, const char *name, vg_str value)
{
    vg_print(o, "<%s>\n", element);
    vg_cap_element(o, "valueName", vg_str_z(name));
    vg_cap_element(o, "value", value);
    vg_print(o, "</%s>\n", element);
}

void vg_cap_number(vg_out *o, const char *name, double x)
{
    char text[32];
    if (!isnan(x))
        vg_cap_pair(o, "parameter", name, vg_num_text(x, text));
}

vg_str vg_cap_instant(vg_call *c, int64_t at)
{
    char text[32];
    vg_str z = vg_instant_text(at, text);
    return vg_format(vg_call_arena(c), "%.*s-00:00", VG_P(vg_sub(z, 0, 19)));
}

/* What stands in the address of this server has no letter that is not allowed. */
static vg_str sender(vg_call *c)
{
    vg_str base = vg_call_base(c);
    ptrdiff_t at = vg_find(base, VG_S("://"));
    vg_str host = at < 0 ? VG_S("localhost") : vg_sub(base, at + 3, base.n);
    return vg_format(vg_call_arena(c), "vigie@%.*s", VG_P(host));
}

void vg_cap_begin(vg_call *c)
{
    vg_call_type(c, "application/cap+xml; charset=utf-8");
    vg_put(vg_call_out(c), VG_S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n"));
}

void vg_cap_end(vg_call *c)
{
    vg_put(vg_call_out(c), VG_S("</alert>\n"));
}

void vg_cap_head(vg_call *c, const vg_cap *x, const vg_cap *before)
{
    vg_out *o = vg_call_out(c);
    vg_cap_element(o, "identifier", x->identifier);
    vg_cap_element(o, "sender", sender(c));
    vg_cap_element(o, "sent", vg_cap_instant(c, x->sent_at));
    vg_cap_element(o, "status", VG_S("Actual"));
    vg_cap_element(o, "msgType", before ? VG_S("Update") : VG_S("Alert"));
    vg_cap_element(o, "scope", VG_S("Restricted"));
    vg_cap_element(o, "restriction", VG_S("for those to whom this server answers"));
    if (before)
        vg_cap_element(o, "references",
                       vg_format(vg_call_arena(c), "%.*s,%.*s,%.*s", VG_P(sender(c)),
                                 VG_P(before->identifier), VG_P(vg_cap_instant(c, before->sent_at))));
}

const char *vg_cap_certainty(double probability)
{
    return isnan(probability)   ? "Unknown"
           : probability > 0.5  ? "Likely"
           : probability > 0.05 ? "Possible"
                                : "Unlikely";
}
