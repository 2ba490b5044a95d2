/*
 * TOML: values. A value that is no text, list or inline table is cut out first, up to the character that must end it,
 * and then read as a whole, so that no half of it can be taken for something else ("1979-05-27x", "1__0").
 */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "core/toml_int.h"
#include "core/utf8_int.h"

enum { DAY_S = 86400 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- texts --- */

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c = vg_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool code_point(vg_toml_reader *r, int n_digits, char **to)
{
    ptrdiff_t from = r->next - 1;
    int64_t code = 0;
    for (int i = 0; i < n_digits; i++, r->next++) {
        int d = hex_digit(vg_toml__byte(r, 0));
        if (d < 0)
            return vg_toml__fail(r, VG_EPARSE, from, "a \\u with too few hexadecimal digits",
                                 "\\u takes four of them and \\U eight", NULL);
        code = code * 16 + d;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return vg_toml__fail(r, VG_ERANGE, from, "a \\u that is no character",
                             "characters go up to 10FFFF, without D800 to DFFF", NULL);
    *to = vg_utf8__put((int32_t)code, *to);
    return true;
}

/* Behind a backslash at the end of a line: takes everything up to the next character that is no space. */
static bool line_goes_on(vg_toml_reader *r)
{
    ptrdiff_t from = r->next;
    vg_toml__space(r);
    if (!vg_toml__line_end(r)) {
        r->next = from;
        return false;
    }
    do
        vg_toml__space(r);
    while (vg_toml__line_end(r));
    return true;
}

static bool escape(vg_toml_reader *r, bool over_lines, char **to)
{
    static const char name[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    r->next++;
    if (over_lines && line_goes_on(r))
        return true;
    char c = vg_toml__byte(r, 0);
    const char *known = c ? strchr(name, c) : NULL;
    if (known) {
        *(*to)++ = meant[known - name];
        r->next++;
        return true;
    }
    if (c == 'u' || c == 'U') {
        r->next++;
        return code_point(r, c == 'u' ? 4 : 8, to);
    }
    return vg_toml__fail(r, VG_EPARSE, r->next - 1, "a backslash before a character that means nothing",
                         "within \"quotes\" a backslash begins \\n, \\t, \\\", \\\\ or \\u00e9",
                         "write \\\\ for a backslash, or 'single quotes', which take everything as it is");
}

/* Up to two quotes that belong to a text over lines, and the three that end it. */
static bool ends_over_lines(vg_toml_reader *r, char quote, char **to)
{
    int n = 0;
    while (n < 5 && vg_toml__byte(r, n) == quote)
        n++;
    int kept = n < 3 ? n : n - 3;
    for (int i = 0; i < kept; i++)
        *(*to)++ = quote;
    r->next += n;
    return n >= 3;
}

static bool unended(vg_toml_reader *r, vg_at at, bool over_lines)
{
    vg_fail(r->e, VG_EPARSE, at, "a text that begins here does not end");
    vg_why(r->e, over_lines ? "a text over several lines ends with three quotes like those before it"
                            : "a text ends on its line, with the quote it began with");
    return vg_mend(r->e, "add the quote; for several lines use three quotes at both ends");
}

static bool letters(vg_toml_reader *r, char quote, bool over_lines, vg_at at, char **to)
{
    while (vg_toml__more(r)) {
        char c = vg_toml__byte(r, 0);
        ptrdiff_t from = r->next;
        if (c == quote && !over_lines) {
            r->next++;
            return true;
        }
        if (c == quote) {
            if (ends_over_lines(r, quote, to))
                return true;
        } else if (c == '\\' && quote == '"') {
            if (!escape(r, over_lines, to))
                return false;
        } else if (c == '\n' || (c == '\r' && vg_toml__byte(r, 1) == '\n')) {
            if (!over_lines)
                break;
            vg_toml__line_end(r);
            memcpy(*to, r->text.s + from, (size_t)(r->next - from));
            *to += r->next - from;
        } else if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7F) {
            return vg_toml__fail(r, VG_EPARSE, from, "a control character in a text",
                                 "texts hold control characters only as escapes (\\u0007)", "delete it");
        } else {
            *(*to)++ = c;
            r->next++;
        }
    }
    return unended(r, at, over_lines);
}

/* How many bytes a text can have at most: up to its last quote, which a scan that knows escapes finds. */
static ptrdiff_t room_for(const vg_toml_reader *r, char quote, bool over_lines)
{
    ptrdiff_t i = r->next;
    for (int n = 0; i < r->text.n && n < 3; i++) {
        char c = r->text.s[i];
        n = c == quote ? n + 1 : 0;
        if ((!over_lines && (n || c == '\n')))
            break;
        if (c == '\\' && quote == '"')
            i++;
    }
    return i - r->next + 3; /* and the quotes that may stand before the last three */
}

bool vg_toml__text(vg_toml_reader *r, bool over_lines, vg_str *out)
{
    char quote = vg_toml__byte(r, 0);
    vg_at at = vg_toml__at(r, r->next);
    bool triple = vg_toml__byte(r, 1) == quote && vg_toml__byte(r, 2) == quote;
    if (triple && !over_lines)
        return vg_toml__fail(r, VG_EPARSE, r->next, "a key over several lines", "a key stands on one line",
                             NULL);
    r->next += triple ? 3 : 1;
    if (triple)
        vg_toml__line_end(r);
    char *text = vg_new(r->a, char, room_for(r, quote, triple)), *to = text;
    if (!text)
        return vg_fail_memory(r->e, vg_arena_limit(r->a));
    if (!letters(r, quote, triple, at, &to))
        return false;
    *out = (vg_str){ text, to - text };
    return true;
}

/* --- numbers --- */

/* Copies digits without the underscores between them; false when one stands elsewhere or a digit is not of the base. */
static bool plain_digits(vg_str s, int base, char *to, int *n)
{
    *n = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        int d = hex_digit(s.s[i]);
        if (s.s[i] == '_' && i > 0 && i + 1 < s.n && s.s[i - 1] != '_' && hex_digit(s.s[i + 1]) >= 0)
            continue;
        if (d < 0 || d >= base)
            return false;
        to[(*n)++] = s.s[i];
    }
    return *n > 0;
}

typedef enum { NOT_ONE, GOOD, TOO_LARGE } verdict;

static verdict prefixed(vg_str s, vg_toml *out)
{
    char digit[128];
    int n, base = s.s[1] == 'x' ? 16 : s.s[1] == 'o' ? 8 : 2;
    if (!plain_digits(vg_sub(s, 2, s.n), base, digit, &n))
        return NOT_ONE;
    int64_t x = 0;
    for (int i = 0; i < n; i++)
        if (__builtin_mul_overflow(x, (int64_t)base, &x) ||
            __builtin_add_overflow(x, (int64_t)hex_digit(digit[i]), &x))
            return TOO_LARGE;
    *out = (vg_toml){ .kind = VG_TOML_INT, .whole = x, .number = (double)x };
    return GOOD;
}

/* A whole part may not begin with a zero that is not all of it. */
static bool whole_part(vg_str s, char *to, int *n)
{
    return plain_digits(s, 10, to, n) && (*n == 1 || to[0] != '0');
}

static bool put_part(vg_str s, char *to, int *n)
{
    int more;
    if (!plain_digits(s, 10, to + *n, &more))
        return false;
    *n += more;
    return true;
}

static vg_str up_to(vg_str s, const char *any_of)
{
    ptrdiff_t i = 0;
    while (i < s.n && !strchr(any_of, s.s[i]))
        i++;
    return vg_sub(s, 0, i);
}

/* Digits with a point or an exponent behind the sign, both checked part by part, then read by vg_num. */
static verdict fraction(vg_str s, bool negative, vg_toml *out)
{
    char plain[160];
    int n;
    vg_str whole = up_to(s, ".eE");
    if (!whole_part(whole, plain, &n))
        return NOT_ONE;
    s = vg_sub(s, whole.n, s.n);
    if (vg_starts(s, VG_S("."))) {
        vg_str part = up_to(vg_sub(s, 1, s.n), "eE");
        plain[n++] = '.';
        if (!put_part(part, plain, &n))
            return NOT_ONE;
        s = vg_sub(s, 1 + part.n, s.n);
    }
    if (s.n) {
        bool sign = s.n > 1 && (s.s[1] == '+' || s.s[1] == '-');
        plain[n++] = 'e';
        if (sign)
            plain[n++] = s.s[1];
        if (!put_part(vg_sub(s, sign ? 2 : 1, s.n), plain, &n))
            return NOT_ONE;
    }
    double x;
    if (!vg_num((vg_str){ plain, n }, &x))
        return TOO_LARGE;
    *out = (vg_toml){ .kind = VG_TOML_FLOAT, .number = negative ? -x : x };
    return GOOD;
}

static verdict number(vg_str s, vg_toml *out)
{
    char plain[160];
    int n;
    bool sign = s.n > 0 && (s.s[0] == '+' || s.s[0] == '-'), negative = sign && s.s[0] == '-';
    if (s.n > 120)
        return TOO_LARGE;
    if (s.n > 2 && s.s[0] == '0' && (s.s[1] == 'x' || s.s[1] == 'o' || s.s[1] == 'b'))
        return prefixed(s, out);
    vg_str rest = vg_sub(s, sign, s.n);
    if (vg_eq(rest, VG_S("inf")) || vg_eq(rest, VG_S("nan"))) {
        double x = rest.s[0] == 'i' ? INFINITY : NAN;
        *out = (vg_toml){ .kind = VG_TOML_FLOAT, .number = negative ? -x : x };
        return GOOD;
    }
    if (up_to(rest, ".eE").n < rest.n)
        return fraction(rest, negative, out);
    if (!whole_part(rest, plain + 1, &n))
        return NOT_ONE;
    plain[0] = negative ? '-' : '+';
    int64_t x;
    if (!vg_int((vg_str){ plain, n + 1 }, &x))
        return TOO_LARGE;
    *out = (vg_toml){ .kind = VG_TOML_INT, .whole = x, .number = (double)x };
    return GOOD;
}

/* --- dates and times --- */

/* Two digits at the front of `*s`, within 0..most. */
static bool two(vg_str *s, int most, int *out)
{
    if (s->n < 2 || !is_digit(s->s[0]) || !is_digit(s->s[1]))
        return false;
    *out = (s->s[0] - '0') * 10 + s->s[1] - '0';
    *s = vg_sub(*s, 2, s->n);
    return *out <= most;
}

static bool one(vg_str *s, char c)
{
    if (s->n < 1 || s->s[0] != c)
        return false;
    *s = vg_sub(*s, 1, s->n);
    return true;
}

static bool time_of_day(vg_str *s, int64_t *seconds, int32_t *nanos)
{
    int h, m, sec;
    if (!two(s, 23, &h) || !one(s, ':') || !two(s, 59, &m) || !one(s, ':') || !two(s, 59, &sec))
        return false;
    *seconds = h * 3600 + m * 60 + sec;
    *nanos = 0;
    if (!one(s, '.'))
        return true;
    if (s->n < 1 || !is_digit(s->s[0]))
        return false;
    for (int32_t unit = 100000000; s->n && is_digit(s->s[0]); unit /= 10, *s = vg_sub(*s, 1, s->n))
        *nanos += unit * (s->s[0] - '0');
    return true;
}

static bool offset(vg_str *s, int64_t *seconds)
{
    int h, m, sign = s->n && s->s[0] == '-' ? -1 : 1;
    *seconds = 0;
    if (one(s, 'Z') || one(s, 'z'))
        return true;
    if (!one(s, '+') && !one(s, '-'))
        return false;
    if (!two(s, 23, &h) || !one(s, ':') || !two(s, 59, &m))
        return false;
    *seconds = sign * (h * 3600 + m * 60);
    return true;
}

static bool date(vg_str *s, int64_t *seconds)
{
    int century, year, month, day;
    int32_t days;
    if (!two(s, 99, &century) || !two(s, 99, &year) || !one(s, '-') || !two(s, 12, &month) || !one(s, '-') ||
        !two(s, 31, &day) || !vg_day_from_civil((vg_civil){ century * 100 + year, month, day }, &days))
        return false;
    *seconds = (int64_t)days * DAY_S;
    return true;
}

static verdict date_or_time(vg_str s, vg_toml *out)
{
    int64_t day = 0, seconds, ahead;
    int32_t nanos;
    vg_str rest = s;
    if (s.n > 2 && s.s[2] == ':') {
        if (!time_of_day(&rest, &seconds, &nanos) || rest.n)
            return NOT_ONE;
        *out = (vg_toml){ .kind = VG_TOML_TIME, .whole = seconds, .nanos = nanos };
        return GOOD;
    }
    if (!date(&rest, &day))
        return NOT_ONE;
    *out = (vg_toml){ .kind = VG_TOML_DATE, .whole = day };
    if (!rest.n)
        return GOOD;
    if ((!one(&rest, 'T') && !one(&rest, 't') && !one(&rest, ' ')) || !time_of_day(&rest, &seconds, &nanos))
        return NOT_ONE;
    *out = (vg_toml){ .kind = VG_TOML_LOCAL, .whole = day + seconds, .nanos = nanos };
    if (!rest.n)
        return GOOD;
    if (!offset(&rest, &ahead) || rest.n)
        return NOT_ONE;
    out->kind = VG_TOML_INSTANT;
    out->whole -= ahead;
    return GOOD;
}

/* --- plain words: numbers, dates, true and false --- */

static bool ends_word(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ']' || c == '}' || c == '#';
}

/* A date and a time may have a space between them, and only they. */
static vg_str word(const vg_toml_reader *r)
{
    ptrdiff_t i = 0;
    vg_str s = vg_sub(r->text, r->next, r->text.n);
    while (i < s.n && !ends_word(s.s[i]))
        i++;
    if (i == 10 && s.s[4] == '-' && s.n > 13 && s.s[10] == ' ' && is_digit(s.s[11]) && is_digit(s.s[12]) &&
        s.s[13] == ':')
        for (i++; i < s.n && !ends_word(s.s[i]);)
            i++;
    return vg_sub(s, 0, i);
}

static bool is_dated(vg_str s)
{
    bool day = s.n > 4 && is_digit(s.s[0]) && is_digit(s.s[1]) && is_digit(s.s[2]) && is_digit(s.s[3]) &&
               s.s[4] == '-';
    return day || (s.n > 2 && is_digit(s.s[0]) && is_digit(s.s[1]) && s.s[2] == ':');
}

static bool fail_word(vg_toml_reader *r, vg_str s, verdict v)
{
    bool dated = is_dated(s);
    vg_str shown = vg_utf8_head(s, 60);
    if (!s.n)
        return vg_toml__fail(r, VG_EPARSE, r->next, "a value is missing",
                             "a key and its value are written key = value", NULL);
    vg_fail(r->e, v == TOO_LARGE ? VG_ERANGE : VG_EPARSE, vg_toml__at(r, r->next),
            v == TOO_LARGE ? "a number too large: %.*s"
            : dated        ? "no such date or time: %.*s"
                           : "not a value: %.*s",
            VG_P(shown));
    vg_why(r->e, v == TOO_LARGE ? "whole numbers go up to 9223372036854775807, others up to 1.8e308"
                 : dated ? "dates are written 2025-03-18, times 18:00:00, both together 2025-03-18T18:00:00"
                         : "a value is a text in quotes, a number, a date, true or false, or a [list]");
    return dated || v == TOO_LARGE ? false : vg_mend(r->e, "is it a text? then put it in \"quotes\"");
}

static bool plain(vg_toml_reader *r, vg_toml *out)
{
    vg_str s = word(r);
    vg_toml got = { .kind = VG_TOML_BOOL, .whole = vg_eq(s, VG_S("true")) };
    verdict v = GOOD;
    if (!got.whole && !vg_eq(s, VG_S("false")))
        v = is_dated(s) ? date_or_time(s, &got) : number(s, &got);
    if (v != GOOD)
        return fail_word(r, s, v);
    out->kind = got.kind;
    out->whole = got.whole;
    out->number = got.number;
    out->nanos = got.nanos;
    r->next += s.n;
    return true;
}

/* --- lists and inline tables --- */

/* Spaces, comments and line ends between the values of a list. */
static bool between(vg_toml_reader *r)
{
    do {
        vg_toml__space(r);
        if (!vg_toml__comment(r))
            return false;
    } while (vg_toml__line_end(r));
    return true;
}

static bool list(vg_toml_reader *r, vg_toml *out)
{
    vg_at at = vg_toml__at(r, r->next);
    out->kind = VG_TOML_ARRAY;
    for (r->next++;; r->next++) {
        if (!between(r))
            return false;
        if (vg_toml__byte(r, 0) == ']')
            break;
        vg_toml *x = vg_toml__new(r);
        if (!x || !vg_toml__value(r, x) || !between(r))
            return false;
        vg_toml__append(out, x);
        if (vg_toml__byte(r, 0) == ']')
            break;
        if (vg_toml__byte(r, 0) == ',')
            continue;
        if (vg_toml__more(r))
            return vg_toml__fail(r, VG_EPARSE, r->next, "a comma is missing in a list",
                                 "the values of a list are separated by commas", NULL);
        vg_fail(r->e, VG_EPARSE, at, "a list that begins here does not end");
        return vg_mend(r->e, "add ] behind its last value");
    }
    r->next++;
    return true;
}

/* Tables that dots made within an inline table are whole with it. */
static void close_tables(vg_toml *table)
{
    table->made_by = VG_TOML_BY_INLINE;
    for (vg_toml *x = table->first; x; x = x->next)
        if (x->made_by == VG_TOML_BY_DOTS)
            close_tables(x);
}

static bool inline_table(vg_toml_reader *r, vg_toml *out)
{
    out->kind = VG_TOML_TABLE;
    out->made_by = VG_TOML_BY_INLINE;
    r->next++;
    vg_toml__space(r);
    if (vg_toml__byte(r, 0) == '}') {
        r->next++;
        return true;
    }
    for (;; r->next++) {
        vg_toml__space(r);
        if (!vg_toml__pair(r, out))
            return false;
        vg_toml__space(r);
        if (vg_toml__byte(r, 0) == '}')
            break;
        if (vg_toml__byte(r, 0) != ',')
            return vg_toml__fail(r, VG_EPARSE, r->next, "a table in braces does not end on its line",
                                 "{ a = 1, b = 2 } stands on one line, without a comma at its end", NULL);
    }
    r->next++;
    close_tables(out);
    return true;
}

bool vg_toml__value(vg_toml_reader *r, vg_toml *out)
{
    ptrdiff_t from = r->next;
    char c = vg_toml__byte(r, 0);
    bool good = false;
    out->at = vg_toml__at(r, from);
    if (r->depth == VG_TOML_DEPTH)
        return vg_toml__fail(r, VG_ERANGE, from, "lists and tables nested more than 64 deep", NULL, NULL);
    r->depth++;
    if (c == '"' || c == '\'') {
        out->kind = VG_TOML_TEXT;
        good = vg_toml__text(r, true, &out->text);
    } else if (c == '[') {
        good = list(r, out);
    } else if (c == '{') {
        good = inline_table(r, out);
    } else {
        good = plain(r, out);
    }
    r->depth--;
    out->written = vg_sub(r->text, from, r->next - from);
    return good;
}
