/*
 * The pull reader: a window over the input in which the token at hand always lies in one piece. Invariant: buf[0..end)
 * is read, `at` is the next byte, `expect` is what the grammar allows there, and `line_start` is such that the column
 * of buf[i] on the current line is i - line_start (bytes that continue a character were added to it).
 */
#include <string.h>

#include "core/json_int.h"
#include "core/utf8_int.h"

enum { BLOCK = 64 << 10, TOKEN_MAX = 16 << 20, SHOWN = 24 };

typedef enum { VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, COMMA_OR_END } expectation;

struct vg_json_reader {
    vg_input *in;
    vg_arena *arena;
    char *buf;
    int64_t cap, at, end;
    int64_t line, line_start;
    expectation expect;
    int depth;
    bool in_object[VG_JSON_DEPTH];
    int64_t opened_on[VG_JSON_DEPTH]; /* line of each opening bracket */
    bool ended, began;
    vg_err err;
};

/* --- the window --- */

static bool grow(vg_json_reader *r)
{
    int64_t cap = 2 * r->cap;
    char *buf = vg_new(r->arena, char, cap);
    if (!buf)
        return vg_fail_memory(&r->err, vg_arena_limit(r->arena));
    memcpy(buf, r->buf, (size_t)r->end);
    r->buf = buf;
    r->cap = cap;
    return true;
}

static vg_at place(const vg_json_reader *r, int64_t i)
{
    return (vg_at){ .file = vg_input_name(r->in), .line = r->line, .col = i - r->line_start };
}

/* Reads on, keeping the bytes from `*token` on, which move to the front. False at the end and on failure. */
static bool more(vg_json_reader *r, int64_t *token)
{
    int64_t gone = *token;
    if (r->ended || vg_failed(&r->err))
        return false;
    if (r->end - gone >= TOKEN_MAX) {
        vg_fail(&r->err, VG_ERANGE, place(r, gone), "a string or number is longer than %d bytes", TOKEN_MAX);
        return vg_mend(&r->err, "is a closing quote missing?");
    }
    memmove(r->buf, r->buf + gone, (size_t)(r->end - gone));
    r->at -= gone;
    r->end -= gone;
    r->line_start -= gone;
    *token = 0;
    if (r->end == r->cap && !grow(r))
        return false;
    int64_t n = vg_input_read(r->in, r->buf + r->end, r->cap - r->end, &r->err);
    r->end += n > 0 ? n : 0;
    r->ended = n == 0;
    return n > 0;
}

/* The next byte, or -1 at the end and on failure. The bytes before it are given up. */
static int peek(vg_json_reader *r)
{
    int64_t at = r->at;
    return r->at < r->end || more(r, &at) ? (unsigned char)r->buf[r->at] : -1;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static int pass_space(vg_json_reader *r)
{
    int c = peek(r);
    for (; is_space(c); c = peek(r)) {
        r->at++;
        if (c == '\n') {
            r->line++;
            r->line_start = r->at - 1;
        }
    }
    return c;
}

static bool pass_mark(vg_json_reader *r)
{
    int64_t front = 0;
    while (r->end < 3 && more(r, &front))
        ;
    r->began = true;
    if (vg_starts((vg_str){ r->buf, r->end }, VG_S("\xEF\xBB\xBF"))) {
        r->at = 3;
        r->line_start = 2;
    }
    return !vg_failed(&r->err);
}

/* --- faults --- */

/* What stands at buf[i], for a message: some characters, or the name of what cannot be shown. */
static bool fail_at(vg_json_reader *r, int64_t i, const char *what)
{
    if (vg_failed(&r->err))
        return false;
    unsigned char c = i < r->end ? (unsigned char)r->buf[i] : 0;
    int64_t n = 0;
    while (n < SHOWN && i + n < r->end && (unsigned char)r->buf[i + n] > ' ' && r->buf[i + n] != ',')
        n++;
    vg_str shown = vg_utf8_head((vg_str){ r->buf + i, r->end - i }, n);
    if (i >= r->end)
        return vg_fail(&r->err, VG_EPARSE, place(r, i), "%s, but the text ends", what);
    if (n > 0 && vg_utf8_valid(shown))
        return vg_fail(&r->err, VG_EPARSE, place(r, i), "%s, not: %.*s", what, VG_P(shown));
    return vg_fail(&r->err, VG_EPARSE, place(r, i), "%s, not: byte 0x%02X", what, c);
}

static bool fail_expected(vg_json_reader *r, int c)
{
    static const char *const name[] = {
        [VALUE] = "a value is expected",
        [VALUE_OR_END] = "a value or ] is expected",
        [KEY] = "a key in double quotes is expected",
        [KEY_OR_END] = "a key in double quotes or } is expected",
        [COLON] = "a colon is expected behind the key",
    };
    bool object = r->depth && r->in_object[r->depth - 1];
    const char *what = r->expect != COMMA_OR_END ? name[r->expect]
                       : object                  ? "a comma or } is expected"
                                                 : "a comma or ] is expected";
    if (vg_failed(&r->err))
        return false;
    fail_at(r, r->at, what);
    if (c < 0 && r->depth)
        return vg_why(&r->err, "the %s opened on line %lld is not closed", object ? "object" : "array",
                      (long long)r->opened_on[r->depth - 1]);
    if (c == '}' || c == ']')
        return vg_mend(&r->err,
                       "take out the comma before the bracket, or close the brackets in their order");
    if (c == '\'')
        return vg_mend(&r->err, "JSON strings stand in double quotes");
    if (c == '/' || c == '#')
        return vg_mend(&r->err, "JSON has no comments");
    if (c == 'N' || c == 'I')
        return vg_mend(&r->err, "JSON has no NaN and no Infinity; write null for what is not known");
    return false;
}

/* --- strings --- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'                       ? c - '0'
           : vg_lower(c) >= 'a' && vg_lower(c) <= 'f' ? vg_lower(c) - 'a' + 10
                                                      : -1;
}

/* The number behind \u, or -1. */
static int32_t hex4(const char *s, const char *end)
{
    int32_t x = 0;
    if (end - s < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(s[i]);
        if (digit < 0)
            return -1;
        x = x * 16 + digit;
    }
    return x;
}

/* One escape at s (the backslash): writes it and returns what is behind it, NULL when it is none. */
static const char *unescape_one(const char *s, const char *end, char **to)
{
    static const char letter[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char *known = end - s > 1 && s[1] ? strchr(letter, s[1]) : NULL;
    if (known) {
        *(*to)++ = meaning[known - letter];
        return s + 2;
    }
    int32_t high = end - s > 1 && s[1] == 'u' ? hex4(s + 2, end) : -1;
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return NULL;
    if (high < 0xD800 || high > 0xDBFF) {
        *to = vg_utf8__put(high, *to);
        return s + 6;
    }
    int32_t low = end - s >= 12 && s[6] == '\\' && s[7] == 'u' ? hex4(s + 8, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return NULL;
    *to = vg_utf8__put(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), *to);
    return s + 12;
}

/* The first escape that is none, or NULL. */
static const char *find_bad_escape(vg_str s)
{
    const char *end = s.s + s.n, *slash = s.n ? memchr(s.s, '\\', (size_t)s.n) : NULL;
    while (slash) {
        char four[4], *to = four;
        const char *behind = unescape_one(slash, end, &to);
        if (!behind)
            return slash;
        slash = behind < end ? memchr(behind, '\\', (size_t)(end - behind)) : NULL;
    }
    return NULL;
}

/* Rewrites a string, whose escapes are in order, in place; returns its new length. */
static int64_t unescape(char *s, int64_t n)
{
    const char *from = s, *end = s + n, *slash;
    char *to = s;
    while (from < end && (slash = memchr(from, '\\', (size_t)(end - from)))) {
        memmove(to, from, (size_t)(slash - from));
        to += slash - from;
        from = unescape_one(slash, end, &to);
    }
    memmove(to, from, (size_t)(end - from));
    return to + (end - from) - s;
}

/* Bytes that continue a character; the column is corrected by them. */
static int64_t count_continuing(const char *s, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xC0) == 0x80;
    return count;
}

/* A fault inside the string that begins at `token`. */
static bool fail_inside(vg_json_reader *r, int64_t token, int64_t i, const char *what)
{
    r->line_start += count_continuing(r->buf + token, i - token);
    return fail_at(r, i, what);
}

static bool fail_control(vg_json_reader *r, int64_t token, int64_t i)
{
    bool newline = r->buf[i] == '\n';
    fail_inside(r, token, i, "a string holds printable characters and escapes");
    return vg_mend(&r->err, newline ? "close the string on its line, or write the line end as \\n"
                                    : "write the control character as \\u00XX");
}

/* More bytes behind byte i of the string that begins at *token; both are moved along. */
static bool more_string(vg_json_reader *r, int64_t *token, int64_t *i)
{
    int64_t done = *i - *token;
    if (!more(r, token)) {
        if (!vg_failed(&r->err))
            vg_fail(&r->err, VG_EPARSE, place(r, *token), "the string that opens here has no closing quote");
        return false;
    }
    *i = *token + done;
    return true;
}

enum { ESCAPES = 1, HIGH = 2 };

/* Finds the closing quote and leaves r->at behind it. `*holds`: whether escapes and bytes above 127 were seen. */
static bool find_quote(vg_json_reader *r, int64_t *token, unsigned *holds)
{
    for (int64_t i = *token + 1;; i++) {
        while (i >= r->end)
            if (!more_string(r, token, &i))
                return false;
        unsigned char c = (unsigned char)r->buf[i];
        if (c == '"') {
            r->at = i + 1;
            return true;
        }
        if (c < 0x20)
            return fail_control(r, *token, i);
        *holds |= c >= 0x80 ? HIGH : 0;
        if (c == '\\') {
            *holds |= ESCAPES;
            i++; /* what is escaped is looked at later; a quote there ends nothing */
        }
    }
}

static bool read_string(vg_json_reader *r, vg_str *text)
{
    int64_t token = r->at;
    unsigned holds = 0;
    if (!find_quote(r, &token, &holds))
        return false;
    char *s = r->buf + token + 1;
    *text = (vg_str){ s, r->at - token - 2 };
    if ((holds & HIGH) && !vg_utf8_valid(*text))
        return fail_inside(r, token, token + 1 + vg_utf8__front(*text), "text in UTF-8 is expected");
    const char *wrong = holds & ESCAPES ? find_bad_escape(*text) : NULL;
    if (wrong) {
        fail_inside(r, token, wrong - r->buf, "an escape is expected");
        vg_why(&r->err,
               "behind \\ stand one of \" \\ / b f n r t, or u and four hex digits; halves of a pair "
               "(D800 to DFFF) stand together");
        return vg_mend(&r->err, "write a backslash itself as \\\\");
    }
    r->line_start += holds & HIGH ? count_continuing(s, text->n) : 0;
    if (holds & ESCAPES)
        text->n = unescape(s, text->n);
    return true;
}

/* --- numbers and words --- */

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool in_number(int c)
{
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static bool in_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* The run of bytes that `belongs` takes, from r->at on, in one piece. */
static bool read_run(vg_json_reader *r, bool (*belongs)(int c), vg_str *run)
{
    int64_t token = r->at, i = r->at;
    for (;; i++) {
        if (i >= r->end) {
            int64_t done = i - token;
            if (!more(r, &token) && vg_failed(&r->err))
                return false;
            i = token + done;
        }
        if (i >= r->end || !belongs((unsigned char)r->buf[i]))
            break;
    }
    *run = (vg_str){ r->buf + token, i - token };
    r->at = i;
    return true;
}

static ptrdiff_t pass_digits(vg_str s, ptrdiff_t i)
{
    while (i < s.n && is_digit(s.s[i]))
        i++;
    return i;
}

/* [-] (0 | 1-9 digits) [. digits] [e [+-] digits], RFC 8259 section 6. */
static bool is_number(vg_str s)
{
    ptrdiff_t i = s.n && s.s[0] == '-', start = i;
    i = pass_digits(s, i);
    if (i == start || (s.s[start] == '0' && i > start + 1))
        return false;
    if (i < s.n && s.s[i] == '.') {
        start = i + 1;
        i = pass_digits(s, start);
        if (i == start)
            return false;
    }
    if (i < s.n && vg_lower(s.s[i]) == 'e') {
        start = i + 1;
        start += start < s.n && (s.s[start] == '+' || s.s[start] == '-');
        i = pass_digits(s, start);
        if (i == start)
            return false;
    }
    return i == s.n;
}

/* A word or number that was refused: the message names it, from its beginning. */
static bool refuse_run(vg_json_reader *r, vg_str run, const char *what)
{
    r->at -= run.n;
    return what ? fail_at(r, r->at, what) : fail_expected(r, (unsigned char)r->buf[r->at]);
}

/* A word or number ends at a space, a bracket, a comma or the end; "12x" is none. read_run has read the byte behind. */
static bool check_behind(vg_json_reader *r)
{
    int c = r->at < r->end ? (unsigned char)r->buf[r->at] : -1;
    return c < 0 || is_space(c) || c == ',' || c == ']' || c == '}' ||
           fail_at(r, r->at, "a comma, a bracket or a space is expected");
}

static bool read_number(vg_json_reader *r, vg_json_token *t)
{
    t->kind = VG_JSON_NUMBER;
    if (!read_run(r, in_number, &t->text))
        return false;
    if (is_number(t->text))
        return check_behind(r);
    refuse_run(r, t->text, "a number as JSON writes it is expected");
    return vg_mend(&r->err,
                   "write 0.5, 12 or -1.5e3: no +, no leading zeros, a digit before and behind the point");
}

static bool read_word(vg_json_reader *r, vg_json_token *t)
{
    vg_str word;
    if (!read_run(r, in_word, &word))
        return false;
    if (vg_eq(word, VG_S("true")))
        t->kind = VG_JSON_TRUE;
    else if (vg_eq(word, VG_S("false")))
        t->kind = VG_JSON_FALSE;
    else if (vg_eq(word, VG_S("null")))
        t->kind = VG_JSON_NULL;
    else
        return refuse_run(r, word, NULL);
    return check_behind(r);
}

/* --- tokens --- */

static bool open_bracket(vg_json_reader *r, vg_json_token *t, bool object)
{
    if (r->depth == VG_JSON_DEPTH) {
        vg_fail(&r->err, VG_ERANGE, place(r, r->at), "arrays and objects lie more than %d deep",
                VG_JSON_DEPTH);
        return vg_why(&r->err, "the limit keeps a hostile text from taking all memory");
    }
    r->in_object[r->depth] = object;
    r->opened_on[r->depth++] = r->line;
    r->at++;
    r->expect = object ? KEY_OR_END : VALUE_OR_END;
    t->kind = object ? VG_JSON_OBJECT : VG_JSON_ARRAY;
    return true;
}

/* After a value: another may follow at the top, a comma or bracket elsewhere. */
static void end_value(vg_json_reader *r)
{
    r->expect = r->depth ? COMMA_OR_END : VALUE;
}

static bool close_bracket(vg_json_reader *r, vg_json_token *t)
{
    r->at++;
    t->kind = r->in_object[--r->depth] ? VG_JSON_OBJECT_END : VG_JSON_ARRAY_END;
    end_value(r);
    return true;
}

static bool read_value(vg_json_reader *r, vg_json_token *t, int c)
{
    if (c == '{' || c == '[')
        return open_bracket(r, t, c == '{');
    end_value(r);
    t->kind = VG_JSON_STRING;
    if (c == '"')
        return read_string(r, &t->text);
    if (c == '-' || is_digit(c))
        return read_number(r, t);
    r->expect = VALUE; /* for the message */
    if (!in_word(c))
        return fail_expected(r, c);
    bool ok = read_word(r, t);
    end_value(r);
    return ok;
}

static bool may_close(const vg_json_reader *r, int c)
{
    bool object = r->depth && r->in_object[r->depth - 1];
    bool here = r->expect == VALUE_OR_END || r->expect == KEY_OR_END || r->expect == COMMA_OR_END;
    return here && c == (object ? '}' : ']');
}

/* Passes the comma or colon that must stand before the next token. False when there is none. */
static bool pass_punctuation(vg_json_reader *r, int *c)
{
    if (r->expect != COLON && r->expect != COMMA_OR_END)
        return true;
    bool colon = r->expect == COLON;
    if (*c != (colon ? ':' : ','))
        return fail_expected(r, *c);
    r->at++;
    r->expect = !colon && r->in_object[r->depth - 1] ? KEY : VALUE;
    *c = pass_space(r);
    return true;
}

static bool next_token(vg_json_reader *r, vg_json_token *t)
{
    if (!r->began && !pass_mark(r))
        return false;
    int c = pass_space(r);
    *t = (vg_json_token){ .kind = VG_JSON_END, .at = place(r, r->at) };
    if (may_close(r, c))
        return close_bracket(r, t);
    if (!pass_punctuation(r, &c))
        return false;
    t->at = place(r, r->at);
    if (vg_failed(&r->err) || (c < 0 && r->depth == 0))
        return !vg_failed(&r->err);
    if (r->expect != KEY && r->expect != KEY_OR_END)
        return c >= 0 ? read_value(r, t, c) : fail_expected(r, c);
    if (c != '"')
        return fail_expected(r, c);
    t->kind = VG_JSON_KEY;
    r->expect = COLON;
    return read_string(r, &t->text);
}

bool vg_json_next(vg_json_reader *r, vg_json_token *t, vg_err *e)
{
    vg_json_token token;
    if (vg_failed(e))
        return false;
    if (!vg_failed(&r->err) && next_token(r, &token)) {
        *t = token;
        return true;
    }
    if (e)
        *e = r->err;
    return false;
}

bool vg_json_skip(vg_json_reader *r, const vg_json_token *t, vg_err *e)
{
    vg_json_token at = *t;
    if (at.kind == VG_JSON_KEY && !vg_json_next(r, &at, e))
        return false;
    int depth = at.kind == VG_JSON_OBJECT || at.kind == VG_JSON_ARRAY;
    while (depth > 0) {
        if (!vg_json_next(r, &at, e))
            return false;
        depth += at.kind == VG_JSON_OBJECT || at.kind == VG_JSON_ARRAY;
        depth -= at.kind == VG_JSON_OBJECT_END || at.kind == VG_JSON_ARRAY_END;
    }
    return true;
}

bool vg_json__open(vg_input *in, vg_arena *a, int64_t block, vg_json_reader **out, vg_err *e)
{
    if (vg_failed(e))
        return false;
    vg_json_reader *r = vg_new(a, vg_json_reader, 1);
    int64_t cap = block > 0 ? block : BLOCK;
    char *buf = r ? vg_new(a, char, cap) : NULL;
    if (!buf)
        return vg_fail_memory(e, vg_arena_limit(a));
    *r = (vg_json_reader){ .in = in, .arena = a, .buf = buf, .cap = cap, .line = 1, .line_start = -1 };
    *out = r;
    return true;
}

bool vg_json_open(vg_input *in, vg_arena *a, vg_json_reader **out, vg_err *e)
{
    return vg_json__open(in, a, 0, out, e);
}
