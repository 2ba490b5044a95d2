/*
 * Reports as JSON: one object a line, or an array of objects. Lines are read in stretches of whole lines, so that a line
 * that is no JSON goes to the reject list and the next one is read. Invariant: `cursor` is the first byte of the line
 * numbered `line` in the stretch at hand, and never lies behind the record being read.
 */
#include "source/report_int.h"

#include <string.h>

#include "core/num.h"

enum { STRETCH = 256 << 10, TEXT_BYTES = 64 << 20 };

typedef struct {
    vg_report_reading *r;
    vg_json_reader *json;
    vg_arena texts;  /* of one record: handed on by value */
    vg_arena tokens; /* of one reader */
    char *buf;
    int64_t cap, n;
    int64_t first_line;       /* number of the first line in buf */
    int64_t lines;            /* line ends from there to the end of the stretch */
    bool ended, waits;        /* for the rest of a record, which is yet to come */
    const char *cursor, *end; /* of the stretch */
    int64_t line;
} json_stream;

/* --- one record --- */

static bool copy_text(vg_arena *texts, vg_str s, vg_str *out, vg_err *e)
{
    *out = vg_copy(texts, s);
    return out->s || vg_fail_memory(e, vg_arena_limit(texts));
}

static void put_number(vg_json *j, vg_str text)
{
    int64_t x;
    double y;
    if (vg_int(text, &x))
        vg_json_int(j, x);
    else if (text.n <= 17 && vg_num(text, &y))
        vg_json_num(j, y);
    else
        vg_json_str(j, text); /* more digits than a number of ours has: they are kept */
}

/* One token of a member of another name, written as it was read. */
static void keep_token(vg_json *j, const vg_json_token *t)
{
    switch (t->kind) {
    case VG_JSON_OBJECT: vg_json_object(j); return;
    case VG_JSON_ARRAY: vg_json_array(j); return;
    case VG_JSON_OBJECT_END:
    case VG_JSON_ARRAY_END: vg_json_close(j); return;
    case VG_JSON_KEY: vg_json_key(j, t->text); return;
    case VG_JSON_STRING: vg_json_str(j, t->text); return;
    case VG_JSON_NUMBER: put_number(j, t->text); return;
    case VG_JSON_TRUE:
    case VG_JSON_FALSE: vg_json_bool(j, t->kind == VG_JSON_TRUE); return;
    default: vg_json_null(j);
    }
}

static bool opens(const vg_json_token *t)
{
    return t->kind == VG_JSON_OBJECT || t->kind == VG_JSON_ARRAY;
}

static bool closes(const vg_json_token *t)
{
    return t->kind == VG_JSON_OBJECT_END || t->kind == VG_JSON_ARRAY_END;
}

/* A value whose key is written already. */
static bool keep_value(json_stream *s, vg_json_token *t, vg_err *e)
{
    vg_json *j = vg_report__extra(s->r);
    int depth = 0;
    for (;;) {
        keep_token(j, t);
        depth += opens(t);
        depth -= closes(t);
        if (depth == 0)
            return true;
        if (!vg_json_next(s->json, t, e))
            return false;
    }
}

/* "raw": {...}: its members. */
static bool keep_members(json_stream *s, vg_json_token *t, vg_err *e)
{
    while (vg_json_next(s->json, t, e) && t->kind != VG_JSON_OBJECT_END) {
        vg_json_key(vg_report__extra(s->r), t->text);
        if (!vg_json_next(s->json, t, e) || !keep_value(s, t, e))
            return false;
    }
    return !vg_failed(e);
}

/* An array of words, as one text. */
static bool join_words(json_stream *s, vg_json_token *t, vg_arena *texts, vg_str *out, vg_err *e)
{
    *out = VG_S("");
    while (vg_json_next(s->json, t, e) && t->kind != VG_JSON_ARRAY_END) {
        vg_str word = t->kind == VG_JSON_STRING ? t->text : VG_S("(no word)");
        *out = vg_format(texts, "%.*s|%.*s", VG_P(*out), VG_P(word));
        if (!out->s)
            return vg_fail_memory(e, vg_arena_limit(texts));
        if (opens(t) && !vg_json_skip(s->json, t, e))
            return false;
    }
    return !vg_failed(e);
}

static vg_at place_of(const json_stream *s, const vg_json_token *t)
{
    return (vg_at){ .file = s->r->file, .line = t->at.line + s->first_line - 1, .col = t->at.col };
}

static bool refuse_nested(json_stream *s, vg_json_token *t, vg_err *e)
{
    if (!vg_failed(&s->r->why)) {
        vg_fail(&s->r->why, VG_EPARSE, place_of(s, t),
                "an object or array stands where a text or number is meant");
        vg_mend(&s->r->why, "give the member another name: then it is kept in raw");
    }
    return vg_json_skip(s->json, t, e);
}

static bool fill_cell(json_stream *s, int cell, vg_json_token *t, vg_arena *texts, vg_err *e)
{
    vg_str text = VG_NOSTR;
    vg_at at = place_of(s, t);
    switch (t->kind) {
    case VG_JSON_STRING:
    case VG_JSON_NUMBER:
        if (!copy_text(texts, t->text, &text, e))
            return false;
        break;
    case VG_JSON_TRUE: text = VG_S("true"); break;
    case VG_JSON_FALSE: text = VG_S("false"); break;
    case VG_JSON_NULL: break;
    case VG_JSON_ARRAY:
        if (cell != VG_MEMBER_CLAIMS)
            return refuse_nested(s, t, e);
        if (!join_words(s, t, texts, &text, e))
            return false;
        break;
    default: return cell == VG_MEMBER_RAW ? keep_members(s, t, e) : refuse_nested(s, t, e);
    }
    vg_report__put(s->r, cell, text, at.line, at.col);
    return true;
}

/* The line on which a record begins, for the reject list. Lines only go forward. */
static vg_str row_at(json_stream *s, int64_t line)
{
    while (s->cursor && s->line < line) {
        const char *end = memchr(s->cursor, '\n', (size_t)(s->end - s->cursor));
        if (!end)
            break;
        s->cursor = end + 1;
        s->line++;
    }
    if (!s->cursor)
        return VG_NOSTR;
    const char *end = memchr(s->cursor, '\n', (size_t)(s->end - s->cursor));
    return vg_trim((vg_str){ s->cursor, (end ? end : s->end) - s->cursor });
}

/*
 * An object whose '{' was read. Two failures: `je` of the text, which ends this reader, and `e` of the sink, which ends
 * all. `texts` is a copy, so that what the record took is given back.
 */
static bool read_record(json_stream *s, vg_json_token *t, vg_arena texts, vg_err *je, vg_err *e)
{
    vg_at at = place_of(s, t);
    vg_report__begin(s->r, at.line, at.col, row_at(s, at.line));
    while (vg_json_next(s->json, t, je)) {
        if (t->kind == VG_JSON_OBJECT_END)
            return vg_report__end(s->r, e);
        int cell = vg_report__cell(s->r, t->text);
        bool known = cell >= 0 && !vg_report__has(s->r, cell);
        if (!known)
            vg_json_key(vg_report__extra(s->r), t->text);
        if (!vg_json_next(s->json, t, je) ||
            !(known ? fill_cell(s, cell, t, &texts, je) : keep_value(s, t, je)))
            return false;
    }
    return false;
}

static bool refuse_value(json_stream *s, vg_json_token *t, vg_err *je, vg_err *e)
{
    vg_at at = place_of(s, t);
    vg_report__begin(s->r, at.line, at.col, row_at(s, at.line));
    vg_fail(&s->r->why, VG_EPARSE, at, "this is no report: an object was looked for");
    vg_mend(&s->r->why, "write {\"source\": ..., \"id\": ..., \"from\": ..., ...}");
    return vg_json_skip(s->json, t, je) && vg_report__reject(s->r, e);
}

/* --- an array --- */

static bool read_array(json_stream *s, vg_err *e)
{
    vg_json_token t;
    if (!vg_json_open(s->r->in, &s->tokens, &s->json, e) || !vg_json_next(s->json, &t, e))
        return false;
    int64_t n = 0;
    while (vg_json_next(s->json, &t, e) && t.kind != VG_JSON_ARRAY_END) {
        bool good = t.kind == VG_JSON_OBJECT ? read_record(s, &t, s->texts, e, e) : refuse_value(s, &t, e, e);
        if (!good ||
            (++n % 4096 == 0 && !vg_progress_step(&s->r->o->progress, "reading", vg_input_done(s->r->in),
                                                  vg_input_size(s->r->in), e)))
            return false;
    }
    return !vg_failed(e);
}

/* --- lines --- */

static int64_t count_lines(const char *s, const char *end)
{
    int64_t n = 0;
    for (; s < end && (s = memchr(s, '\n', (size_t)(end - s))); s++)
        n++;
    return n;
}

/* Records up to the end of the stretch or the first fault of the text, which is in `je` with the line it began on. */
static bool read_values(json_stream *s, int64_t *began, vg_err *je, vg_err *e)
{
    vg_json_token t;
    while (!vg_failed(je) && !vg_failed(e) && vg_json_next(s->json, &t, je) && t.kind != VG_JSON_END) {
        *began = place_of(s, &t).line;
        bool good =
            t.kind == VG_JSON_OBJECT ? read_record(s, &t, s->texts, je, e) : refuse_value(s, &t, je, e);
        if (good)
            *began = 0;
    }
    return !vg_failed(je) && !vg_failed(e);
}

static bool reject_line(json_stream *s, int64_t line, const vg_err *why, vg_err *e)
{
    vg_report__begin(s->r, line, 1, row_at(s, line));
    s->r->why = *why;
    s->r->why.at =
        (vg_at){ .file = s->r->file, .line = why->at.line ? why->at.line : line, .col = why->at.col };
    return vg_report__reject(s->r, e);
}

/* Reads from `from` to s->end; `*next` is where to go on: the end, or behind the line with a fault, or at it for more. */
static bool read_piece(json_stream *s, const char *from, const char **next, vg_err *e)
{
    vg_err je = VG_NO_ERR;
    vg_input *in;
    int64_t began = 0;
    s->cursor = from;
    s->line = s->first_line;
    *next = s->end;
    vg_arena_reset(&s->tokens);
    bool good = vg_input_memory((vg_str){ from, s->end - from }, s->r->file, &in, &je);
    if (good) {
        good = vg_json_open(in, &s->tokens, &s->json, e) && read_values(s, &began, &je, e);
        vg_input_close(in);
    }
    if (good || vg_failed(e))
        return good;
    if (je.code == VG_ENOMEM) {
        *e = je;
        return false;
    }
    je.at.line += je.at.line ? s->first_line - 1 : 0;
    int64_t line = began ? began : je.at.line ? je.at.line : s->first_line;
    row_at(s, line);
    if (!s->ended && je.at.line >= s->first_line + s->lines && s->cursor > s->buf) {
        *next = s->cursor;
        return s->waits = true;
    }
    if (!reject_line(s, line, &je, e))
        return false;
    const char *end = memchr(s->cursor, '\n', (size_t)(s->end - s->cursor));
    *next = end ? end + 1 : s->end;
    return true;
}

/* Blank to the end? Then there is no record, and no fault. */
static bool is_blank(const char *s, const char *end)
{
    while (s < end && (*s == ' ' || *s == '\n' || *s == '\r' || *s == '\t'))
        s++;
    return s == end;
}

/* Takes the first n bytes of the buffer, which are whole lines but at the end. */
static bool read_stretch(json_stream *s, int64_t n, vg_err *e)
{
    const char *at = s->buf, *next = at;
    s->end = s->buf + n;
    s->lines = count_lines(s->buf, s->end); /* once: a file of faults has as many pieces as lines */
    s->waits = false;
    for (; !s->waits && !is_blank(at, s->end); at = next) {
        if (!read_piece(s, at, &next, e))
            return false;
        int64_t lines = count_lines(at, next);
        s->first_line += lines;
        s->lines -= lines;
    }
    if (!s->waits) {
        s->first_line += count_lines(at, s->end);
        at = s->end;
    }
    s->n -= at - s->buf;
    memmove(s->buf, at, (size_t)s->n);
    return true;
}

/* A line over the limit: rejected with its beginning, and passed over. */
static bool pass_long_line(json_stream *s, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_fail(&why, VG_ERANGE, VG_NOWHERE, "a line of more than %d bytes", VG_REPORT_LINE_BYTES);
    vg_mend(&why, "is the line end missing?");
    s->cursor = s->buf;
    s->end = s->buf + s->n;
    s->line = s->first_line;
    if (!reject_line(s, s->first_line, &why, e))
        return false;
    for (;;) {
        int64_t n = vg_input_read(s->r->in, s->buf, s->cap, e);
        char *end = n > 0 ? memchr(s->buf, '\n', (size_t)n) : NULL;
        s->n = 0;
        s->ended = n <= 0;
        if (end) {
            s->n = s->buf + n - end - 1;
            memmove(s->buf, end + 1, (size_t)s->n);
            s->first_line++;
        }
        if (end || n <= 0)
            return n >= 0;
    }
}

/* Reads until the buffer is full or the input at its end. */
static bool fill(json_stream *s, vg_err *e)
{
    if (s->n == s->cap) { /* one line fills it, or a record of several */
        char *wider = vg_new(s->r->a, char, 2 * s->cap);
        if (!wider)
            return vg_fail_memory(e, vg_arena_limit(s->r->a));
        memcpy(wider, s->buf, (size_t)s->n);
        s->buf = wider;
        s->cap *= 2;
    }
    while (!s->ended && s->n < s->cap) {
        int64_t n = vg_input_read(s->r->in, s->buf + s->n, s->cap - s->n, e);
        if (n < 0)
            return false;
        s->ended = n == 0;
        s->n += n;
    }
    return true;
}

static bool read_lines(json_stream *s, vg_err *e)
{
    s->cap = STRETCH;
    s->buf = vg_new(s->r->a, char, s->cap);
    if (!s->buf)
        return vg_fail_memory(e, vg_arena_limit(s->r->a));
    while (!s->ended || s->n) {
        bool is_long = s->n >= VG_REPORT_LINE_BYTES;
        if (!(is_long ? pass_long_line(s, e) : fill(s, e)))
            return false;
        const char *last = s->n ? memrchr(s->buf, '\n', (size_t)s->n) : NULL;
        int64_t take = s->ended ? s->n : last ? last + 1 - s->buf : 0;
        if (take && !read_stretch(s, take, e))
            return false;
        if (!vg_progress_step(&s->r->o->progress, "reading", vg_input_done(s->r->in), vg_input_size(s->r->in),
                              e))
            return false;
    }
    return true;
}

static bool is_array(vg_str head)
{
    head = vg_starts(head, VG_S("\xEF\xBB\xBF")) ? vg_sub(head, 3, head.n) : head;
    return vg_starts(vg_trim(head), VG_S("["));
}

bool vg_report_json__read(vg_report_reading *r, vg_err *e)
{
    json_stream s = { .r = r, .first_line = r->o->first_line > 0 ? r->o->first_line : 1 };
    vg_str head;
    bool good = vg_input_peek(r->in, 4096, &head, e) && vg_arena_init(&s.texts, TEXT_BYTES, e) &&
                vg_arena_init(&s.tokens, TEXT_BYTES, e) &&
                (is_array(head) ? read_array(&s, e) : read_lines(&s, e));
    vg_arena_free(&s.texts);
    vg_arena_free(&s.tokens);
    return good;
}
