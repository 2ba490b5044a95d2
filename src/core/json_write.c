/* JSON out. Invariant: what stands in the writer is a prefix of a well-formed text, whatever the order of calls that
 * close what they open. */
#include "core/json.h"

#include <assert.h>
#include <math.h>

vg_json vg_json_to(vg_out *out)
{
    return (vg_json){ .out = out };
}

static void before_value(vg_json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth && j->comma[j->depth - 1])
        vg_put_char(j->out, ',');
    if (j->depth)
        j->comma[j->depth - 1] = true;
}

static void open(vg_json *j, char opening, char closing)
{
    before_value(j);
    assert(j->depth < VG_JSON_DEPTH);
    vg_put_char(j->out, opening);
    j->close[j->depth] = closing;
    j->comma[j->depth++] = false;
}

void vg_json_object(vg_json *j)
{
    open(j, '{', '}');
}

void vg_json_array(vg_json *j)
{
    open(j, '[', ']');
}

void vg_json_close(vg_json *j)
{
    assert(j->depth > 0);
    vg_put_char(j->out, j->close[--j->depth]);
}

static void escaped(vg_out *o, unsigned char c)
{
    switch (c) {
    case '"': vg_put(o, VG_S("\\\"")); return;
    case '\\': vg_put(o, VG_S("\\\\")); return;
    case '\n': vg_put(o, VG_S("\\n")); return;
    case '\r': vg_put(o, VG_S("\\r")); return;
    case '\t': vg_put(o, VG_S("\\t")); return;
    default: vg_print(o, "\\u%04x", c);
    }
}

/* Well-formed text: only quotes, backslashes and control characters need a change. */
static void put_valid(vg_out *o, vg_str s)
{
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        vg_put(o, vg_sub(s, from, i - from));
        escaped(o, c);
        from = i + 1;
    }
    vg_put(o, vg_sub(s, from, s.n));
}

static void put_text(vg_out *o, vg_str s)
{
    vg_put_char(o, '"');
    if (vg_utf8_valid(s)) {
        put_valid(o, s);
    } else {
        for (ptrdiff_t i = 0, n; i < s.n; i += n) {
            for (n = 1; n < 4 && i + n <= s.n && !vg_utf8_valid(vg_sub(s, i, n)); n++)
                ;
            vg_str one = vg_sub(s, i, n);
            if (vg_utf8_valid(one)) {
                put_valid(o, one);
            } else {
                n = 1;
                vg_put(o, VG_S("\xEF\xBF\xBD"));
            }
        }
    }
    vg_put_char(o, '"');
}

void vg_json_key(vg_json *j, vg_str key)
{
    before_value(j);
    put_text(j->out, key);
    vg_put_char(j->out, ':');
    j->after_key = true;
}

void vg_json_str(vg_json *j, vg_str s)
{
    before_value(j);
    put_text(j->out, s);
}

void vg_json_num(vg_json *j, double x)
{
    before_value(j);
    if (isfinite(x))
        vg_put_num(j->out, x);
    else
        vg_put(j->out, VG_S("null"));
}

void vg_json_fixed(vg_json *j, double x, int decimals)
{
    before_value(j);
    if (isfinite(x))
        vg_put_fixed(j->out, x, decimals);
    else
        vg_put(j->out, VG_S("null"));
}

void vg_json_int(vg_json *j, int64_t x)
{
    before_value(j);
    vg_put_int(j->out, x);
}

void vg_json_bool(vg_json *j, bool b)
{
    before_value(j);
    vg_put(j->out, b ? VG_S("true") : VG_S("false"));
}

void vg_json_null(vg_json *j)
{
    before_value(j);
    vg_put(j->out, VG_S("null"));
}
