/* From the bytes of a request to checked values. Invariant: what comes out of here is UTF-8 without NUL, inside its
 * ranges, and no segment of a path can name a folder above. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "serve/serve_int.h"

static int hex_digit(char c)
{
    c = vg_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool fail_target(vg_err *e, const char *what, vg_str text)
{
    vg_fail(e, VG_EPARSE, VG_NOWHERE, "%s: \"%.*s\"", what, VG_P(vg_utf8_head(text, 80)));
    return vg_mend(e, "write the address as the documentation shows it, percent-encoded UTF-8");
}

/* %41 and, in a query, + become what they stand for. */
static bool decode(vg_str s, bool in_query, vg_arena *a, vg_str *out, vg_err *e)
{
    char *to = vg_new(a, char, s.n + 1);
    ptrdiff_t n = 0;
    if (!to)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.s[i];
        if (c == '+' && in_query) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < s.n ? hex_digit(s.s[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_digit(s.s[i + 2]) : -1;
            if (high < 0 || low < 0)
                return fail_target(e, "a percent sign in the address has no two hexadecimal digits behind it",
                                   s);
            c = (char)(high * 16 + low);
            i += 2;
            if (!in_query && (c == '/' || c == '\\'))
                return fail_target(e, "an encoded slash in the path", s);
        }
        if ((unsigned char)c < 0x20 || c == 0x7F)
            return fail_target(e, "a control character in the address", VG_S(""));
        to[n++] = c;
    }
    *out = (vg_str){ to, n };
    if (!vg_utf8_valid(*out))
        return fail_target(e, "the address is not UTF-8", VG_S(""));
    return true;
}

static bool read_path(vg_str path, vg_arena *a, vg_target *t, vg_err *e)
{
    if (!vg_starts(path, VG_S("/")))
        return fail_target(e, "the path does not begin with a slash", VG_S(""));
    if (!decode(path, false, a, &t->path, e))
        return false;
    vg_str rest = vg_sub(path, 1, path.n);
    while (rest.n) {
        vg_str segment, raw = vg_cut(&rest, '/');
        if (!decode(raw, false, a, &segment, e))
            return false;
        if (vg_eq(segment, VG_S(".")) || vg_eq(segment, VG_S("..")))
            return fail_target(e, "a path that goes up or stays", segment);
        if (t->n_segments == VG_MAX_SEGMENTS)
            return fail_target(e, "the path has too many parts", VG_S(""));
        t->segment[t->n_segments++] = segment;
    }
    return true;
}

static bool add_pair(vg_target *t, vg_str name, vg_str value, vg_err *e)
{
    if (t->n_pairs == VG_MAX_PAIRS) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "there are more than %d parameters", VG_MAX_PAIRS);
        return vg_mend(e, "leave out those that are not needed");
    }
    t->pair[t->n_pairs++] = (vg_pair){ name, value };
    return true;
}

bool vg_query__form(vg_str query, vg_arena *a, vg_target *out, vg_err *e)
{
    while (query.n) {
        vg_str value = vg_cut(&query, '&'), name = vg_cut(&value, '=');
        vg_str plain_name, plain_value;
        if (!name.n && !value.n)
            continue;
        if (!decode(name, true, a, &plain_name, e) || !decode(value, true, a, &plain_value, e) ||
            !add_pair(out, plain_name, plain_value, e))
            return false;
    }
    return true;
}

bool vg_query__target(vg_str target, vg_arena *a, vg_target *out, vg_err *e)
{
    memset(out, 0, sizeof *out);
    vg_str query = target, path = vg_cut(&query, '?');
    if (!read_path(path, a, out, e))
        return false;
    return vg_query__form(query, a, out, e);
}

/* --- a flat JSON object --- */

static bool fail_json(vg_err *e, const vg_json_token *t, const char *what)
{
    vg_fail(e, VG_EPARSE, t->at, "%s", what);
    vg_why(e, "the body is one flat JSON object: names with strings, numbers, booleans or arrays of these");
    return vg_mend(e, "send for instance {\"subject\": \"result:12\", \"verdict\": \"confirmed\"}");
}

static bool read_scalar(const vg_json_token *t, vg_arena *a, vg_str *out, vg_err *e)
{
    if (t->kind == VG_JSON_TRUE)
        *out = VG_S("true");
    else if (t->kind == VG_JSON_FALSE)
        *out = VG_S("false");
    else if (t->kind == VG_JSON_STRING || t->kind == VG_JSON_NUMBER)
        *out = vg_copy(a, t->text);
    else
        return fail_json(e, t,
                         t->kind == VG_JSON_END ? "the body ends too early" : "a value that is not flat");
    if (!out->s)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (vg_find_byte(*out, '\0') >= 0)
        return fail_json(e, t, "a text with NUL in it");
    return true;
}

static bool read_member(vg_json_reader *r, vg_str name, vg_arena *a, vg_target *to, vg_err *e)
{
    vg_json_token t;
    vg_str value;
    if (!vg_json_next(r, &t, e))
        return false;
    if (t.kind != VG_JSON_ARRAY)
        return read_scalar(&t, a, &value, e) && add_pair(to, name, value, e);
    for (;;) {
        if (!vg_json_next(r, &t, e))
            return false;
        if (t.kind == VG_JSON_ARRAY_END)
            return true;
        if (!read_scalar(&t, a, &value, e) || !add_pair(to, name, value, e))
            return false;
    }
}

static bool read_object(vg_json_reader *r, vg_arena *a, vg_target *to, vg_err *e)
{
    vg_json_token t;
    if (!vg_json_next(r, &t, e))
        return false;
    if (t.kind != VG_JSON_OBJECT)
        return fail_json(e, &t, "the body is not a JSON object");
    for (;;) {
        if (!vg_json_next(r, &t, e))
            return false;
        if (t.kind == VG_JSON_OBJECT_END)
            break;
        if (t.kind != VG_JSON_KEY)
            return fail_json(e, &t, "the body ends too early");
        vg_str name = vg_copy(a, t.text);
        if (!name.s)
            return vg_fail_memory(e, vg_arena_limit(a));
        if (!read_member(r, name, a, to, e))
            return false;
    }
    if (!vg_json_next(r, &t, e))
        return false;
    return t.kind == VG_JSON_END || fail_json(e, &t, "something follows the object");
}

bool vg_query__json(vg_str body, vg_arena *a, vg_target *t, vg_err *e)
{
    vg_input *in;
    vg_json_reader *r;
    vg_json_token nowhere = { .at = { .line = 1, .col = 1 } };
    if (!vg_starts(vg_trim(body), VG_S("{")) || !vg_utf8_valid(body)) /* also no gzip, no zip */
        return fail_json(e, &nowhere, "the body is not a JSON object in UTF-8");
    if (!vg_input_memory(body, VG_S("body"), &in, e))
        return false;
    bool good = vg_json_open(in, a, &r, e) && read_object(r, a, t, e);
    vg_input_close(in);
    return good;
}

/* --- values --- */

static bool fail_value(vg_err *e, const vg_param *p, vg_str text, const char *wanted)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s is not %s: \"%.*s\"", p->name, wanted, VG_P(vg_utf8_head(text, 60)));
    return vg_why(e, "%s", p->help);
}

static bool fail_range(vg_err *e, const vg_param *p, vg_str text)
{
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s=%.*s is outside %.15g to %.15g", p->name,
            VG_P(vg_utf8_head(text, 40)), p->min, p->max);
    return vg_mend(e, "choose a value between them");
}

static bool read_number(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    bool whole = p->kind == VG_P_INT;
    if (whole ? !vg_int(text, &v->whole) : !vg_num(text, &v->number))
        return fail_value(e, p, text, whole ? "a whole number" : "a number");
    double x = whole ? (double)v->whole : v->number;
    return (x >= p->min && x <= p->max) || fail_range(e, p, text);
}

static int word_at(const char *words, vg_str text)
{
    vg_str left = vg_str_z(words);
    for (int i = 0; left.n; i++)
        if (vg_eq(vg_cut(&left, '|'), text))
            return i;
    return -1;
}

static bool read_words(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    vg_str left = text;
    v->whole = 0;
    do {
        vg_str word = p->kind == VG_P_CHOICES ? vg_cut(&left, ',') : left;
        int at = word_at(p->words, word);
        if (at < 0) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "%s cannot be \"%.*s\"", p->name, VG_P(vg_utf8_head(word, 60)));
            return vg_mend(e, "it is one of: %s", p->words);
        }
        v->whole = p->kind == VG_P_CHOICES ? v->whole | (int64_t)1 << at : at;
    } while (p->kind == VG_P_CHOICES && left.n);
    return true;
}

static bool read_box(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    vg_str left = text;
    int n = 0;
    for (; left.n && n < 4; n++)
        if (!vg_num(vg_trim(vg_cut(&left, ',')), &v->box[n]))
            return fail_value(e, p, text, "a box west,south,east,north");
    if (n != 4 || left.n || vg_ends(text, VG_S(",")))
        return fail_value(e, p, text, "a box west,south,east,north");
    bool good =
        fabs(v->box[0]) <= 180 && fabs(v->box[2]) <= 180 && fabs(v->box[1]) <= 90 && fabs(v->box[3]) <= 90;
    if (!good) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s leaves the world: %.*s", p->name, VG_P(vg_utf8_head(text, 60)));
        return vg_mend(e, "longitude is -180 to 180, latitude -90 to 90, in the order west,south,east,north");
    }
    if (v->box[1] > v->box[3]) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s has its south above its north: %.*s", p->name,
                VG_P(vg_utf8_head(text, 60)));
        return vg_mend(e, "only west may be above east: such a box crosses the antimeridian");
    }
    return true;
}

/* One end of a span: a day, or the day of an instant. */
static bool read_end(vg_str text, int32_t *day)
{
    int64_t at;
    if (text.n == 10)
        return vg_day_parse(text, VG_DATE_ISO, day);
    if (!vg_instant_parse(text, &at))
        return false;
    *day = (int32_t)(at >= 0 ? at / 86400 : -((86399 - at) / 86400));
    return true;
}

static bool read_days(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    vg_str to = text, from = vg_cut(&to, '/');
    bool span = vg_find_byte(text, '/') >= 0, open_from = span && (!from.n || vg_eq(from, VG_S(".."))),
         open_to = span && (!to.n || vg_eq(to, VG_S("..")));
    v->from = INT32_MIN / 2;
    v->to = INT32_MAX / 2;
    if ((!open_from && !read_end(from, &v->from)) || (span && !open_to && !read_end(to, &v->to)))
        return fail_value(e, p, text, "a date, an instant or two of them with / between");
    if (!span)
        v->to = v->from;
    if (v->from > v->to) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s ends before it begins: %.*s", p->name,
                VG_P(vg_utf8_head(text, 80)));
        return vg_mend(e, "write the earlier end first, such as 2024-01-01/2024-01-31");
    }
    return true;
}

static bool read_month(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    int32_t month;
    if (text.n != 7 || !vg_month_parse(text, &month))
        return fail_value(e, p, text, "a month such as 2024-07");
    v->whole = month;
    return true;
}

static bool read_text(const vg_param *p, vg_str text, vg_err *e)
{
    ptrdiff_t most = p->max > 0 ? (ptrdiff_t)p->max : 200;
    if (text.n && text.n <= most)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s has %lld bytes", p->name, (long long)text.n);
    return vg_mend(e, "it may have 1 to %lld", (long long)most);
}

static bool read_flag(const vg_param *p, vg_str text, vg_value *v, vg_err *e)
{
    v->whole = vg_eq_nocase(text, VG_S("true")) || vg_eq(text, VG_S("1"));
    return v->whole || vg_eq_nocase(text, VG_S("false")) || vg_eq(text, VG_S("0")) ||
           fail_value(e, p, text, "true or false");
}

bool vg_query__value(const vg_param *p, vg_str text, vg_value *out, vg_err *e)
{
    vg_value v = { .given = true, .text = text };
    bool good = false;
    switch (p->kind) {
    case VG_P_TEXT: good = read_text(p, text, e); break;
    case VG_P_INT:
    case VG_P_NUM: good = read_number(p, text, &v, e); break;
    case VG_P_CHOICE:
    case VG_P_CHOICES: good = read_words(p, text, &v, e); break;
    case VG_P_BOX: good = read_box(p, text, &v, e); break;
    case VG_P_DAYS: good = read_days(p, text, &v, e); break;
    case VG_P_MONTH: good = read_month(p, text, &v, e); break;
    case VG_P_TEXTS:
    case VG_P_CURSOR: good = read_text(p, text, e); break;
    case VG_P_FLAG: good = read_flag(p, text, &v, e); break;
    }
    if (good)
        *out = v;
    return good;
}

/* --- cursors: day.id.check --- */

/* FNV-1a over the place and the question: a slip of the hand or another question's cursor is told, no secret is kept. */
static uint32_t check_of(vg_str place, vg_str question)
{
    uint32_t h = 2166136261U;
    for (ptrdiff_t i = 0; i < place.n; i++)
        h = (h ^ (unsigned char)place.s[i]) * 16777619U;
    for (ptrdiff_t i = 0; i < question.n; i++)
        h = (h ^ (unsigned char)question.s[i]) * 16777619U;
    return h;
}

vg_str vg_query__cursor(vg_arena *a, const vg_event_place *place, vg_str question)
{
    vg_str text = vg_format(a, "%d.%lld", place->day, (long long)place->id);
    return vg_format(a, "%.*s.%08x", VG_P(text), check_of(text, question));
}

bool vg_query__place(vg_str cursor, vg_str question, vg_event_place *out, vg_err *e)
{
    vg_str rest = cursor, day_text = vg_cut(&rest, '.'), id_text = vg_cut(&rest, '.');
    int64_t day, id;
    char check[16];
    bool good = vg_int(day_text, &day) && vg_int(id_text, &id) && day > INT32_MIN && day < INT32_MAX;
    if (good) {
        vg_str place = vg_sub(cursor, 0, cursor.n - rest.n - 1);
        int n = snprintf(check, sizeof check, "%08x", check_of(place, question));
        good = vg_eq(rest, (vg_str){ check, n });
    }
    if (!good) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the cursor does not belong to this question: \"%.*s\"",
                VG_P(vg_utf8_head(cursor, 60)));
        return vg_mend(e, "take the address of the link \"next\" as it is; cursors are not made by hand");
    }
    *out = (vg_event_place){ (int32_t)day, id };
    return true;
}
