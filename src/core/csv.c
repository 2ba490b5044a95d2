/*
 * The CSV reader: a window that slides over the input, one row at a time. Invariant: buf[at..end) is read and not yet
 * handed out, `line` is the line of buf[at], and VG_CSV_PAD bytes behind `end` may be touched. Whatever is decided
 * about a row depends on its own first max_row + 1 bytes only, never on where a block of the input happened to end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/csv_int.h"
#include "core/utf8_int.h"

enum { BLOCK = 256 << 10, MAX_ROW = 16 << 20, RAW_MAX = 64 << 10 };

struct vg_csv {
    vg_input *in;
    char *buf;
    int64_t cap, at, end;
    int64_t block, max_row;
    int64_t line;
    bool ended;   /* the input has no more */
    bool skip_lf; /* the row before ended with a CR at the end of the window; an LF there belongs to it */
    bool quotes, latin1_ok;
    char sep;
    vg_csv_scan scan;
    char *rewritten; /* the bytes of cells that are not as in the file */
    int64_t rewritten_cap;
};

/* --- the window --- */

static bool have_cap(vg_csv *c, int64_t cap, vg_err *e)
{
    if (c->buf && cap <= c->cap)
        return true;
    char *buf = realloc(c->buf, (size_t)(cap + VG_CSV_PAD));
    if (!buf) {
        vg_fail_memory(e, cap);
        return false;
    }
    memset(buf + c->cap, 0, (size_t)(cap + VG_CSV_PAD - c->cap));
    c->buf = buf;
    c->cap = cap;
    return true;
}

/* The end of the input ends its last line too. */
static void end_last_line(vg_csv *c)
{
    c->ended = true;
    if (c->end > c->at && c->buf[c->end - 1] != '\n' && c->buf[c->end - 1] != '\r')
        c->buf[c->end++] = '\n'; /* at most into the pad */
}

/*
 * Reads on behind the row that begins at buf[at], which is moved to the front. A long row is doubled before it is
 * scanned again, so that the scans of one row together cost no more than two over the whole of it.
 */
static bool read_on(vg_csv *c, vg_err *e)
{
    int64_t have = c->end - c->at, most = c->max_row + 1 - have;
    int64_t want = have < RAW_MAX || most < 1 ? 1 : have < most ? have : most;
    if (have > 0)
        memmove(c->buf, c->buf + c->at, (size_t)have);
    c->at = 0;
    c->end = have;
    int64_t room = c->block > want ? c->block : want;
    if (!have_cap(c, have + room, e))
        return false;
    while (want > 0 && !c->ended) {
        int64_t n = vg_input_read(c->in, c->buf + c->end, c->cap - c->end, e);
        if (n < 0)
            return false;
        c->end += n;
        want -= n;
        if (n == 0)
            end_last_line(c);
    }
    return true;
}

/* Line ends among n bytes: LF, CR, or both as one. */
static int64_t count_lines(const char *s, int64_t n)
{
    int64_t lines = 0;
    for (int64_t i = 0; i < n; i++)
        lines += s[i] == '\n' || (s[i] == '\r' && (i + 1 == n || s[i + 1] != '\n'));
    return lines;
}

/* Steps behind the line end at buf[at + n], `inside` lines having been in the n bytes before it. */
static void step_over(vg_csv *c, int64_t n, int64_t inside)
{
    bool cr = c->buf[c->at + n] == '\r';
    c->at += n + 1;
    c->line += inside + 1;
    c->skip_lf = cr;
    if (cr && c->at < c->end) {
        c->at += c->buf[c->at] == '\n';
        c->skip_lf = false;
    }
}

/* To the first byte of a row, over empty lines. False at the end and on failure. */
static bool find_row(vg_csv *c, vg_err *e)
{
    for (;;) {
        if (c->at == c->end && (c->ended || !read_on(c, e) || c->at == c->end))
            return false;
        char first = c->buf[c->at];
        if (c->skip_lf && first == '\n') {
            c->at++;
            c->skip_lf = false;
            continue;
        }
        c->skip_lf = false;
        if (first != '\n' && first != '\r')
            return true;
        step_over(c, 0, 0);
    }
}

/* --- faults --- */

static vg_str raw_of(const vg_csv *c, int64_t n)
{
    return (vg_str){ c->buf + c->at, n < RAW_MAX ? n : RAW_MAX };
}

static vg_at start_fault(const vg_csv *c, vg_csv_row *row, int64_t raw_len)
{
    row->n = 0;
    row->cell = NULL;
    row->bad = true;
    row->raw = raw_of(c, raw_len);
    row->why = VG_NO_ERR;
    return (vg_at){ .file = vg_input_name(c->in), .line = row->line };
}

/* First line end from `from` on among n bytes, or -1. */
static int64_t find_line_end(const char *s, int64_t from, int64_t n)
{
    while (from < n && s[from] != '\n' && s[from] != '\r')
        from++;
    return from < n ? from : -1;
}

/* A quote that is not closed, or closed in the wrong place: the row ends where the line of that quote does. */
static bool fault_quote(vg_csv *c, vg_csv_row *row, bool closed, int64_t line_end)
{
    const char *start = c->buf + c->at, *quote = start + c->scan.quote_at;
    int64_t inside = count_lines(start, c->scan.quote_at);
    vg_at at = start_fault(c, row, line_end);
    at.line += inside;
    at.col = c->scan.n + 1;
    vg_str shown = vg_utf8_head((vg_str){ quote, start + line_end - quote }, 40);
    if (closed) {
        vg_fail(&row->why, VG_EPARSE, at, "there is text behind the closing quote of a cell: %.*s",
                VG_P(shown));
        vg_why(&row->why, "a quote inside a quoted cell is written twice");
        vg_mend(&row->why, "write \"\" for each quote inside the cell, or take the stray quote out");
    } else {
        vg_fail(&row->why, VG_EPARSE, at, "the quote that opens here never ends: %.*s", VG_P(shown));
        vg_why(&row->why, "a quoted cell goes on up to the next single quote, which is not there");
        vg_mend(&row->why, "close the quote; the lines behind this one were read as rows of their own");
    }
    step_over(c, line_end, inside);
    return true;
}

/* Reads over the rest of a line that does not fit, keeping its beginning. False on failure. */
static bool skip_line(vg_csv *c, vg_csv_row *row, int64_t from, vg_err *e)
{
    int64_t keep = from < RAW_MAX ? from : RAW_MAX, lines = count_lines(c->buf + c->at, from);
    c->skip_lf = false;
    int64_t i = c->at + from;
    for (;;) {
        while (i < c->end && c->buf[i] != '\n' && c->buf[i] != '\r')
            i++;
        if (i < c->end || c->ended)
            break;
        memmove(c->buf, c->buf + c->at,
                (size_t)keep); /* the row's beginning stays, what follows is written over */
        c->at = 0;
        c->end = i = keep;
        if (!have_cap(c, keep + c->block, e))
            return false;
        int64_t n = vg_input_read(c->in, c->buf + c->end, c->cap - c->end, e);
        if (n < 0)
            return false;
        c->end += n;
        if (n == 0)
            end_last_line(c);
    }
    row->raw = raw_of(c, keep);
    if (i < c->end)
        step_over(c, i - c->at, 0);
    else
        c->at = c->end;
    c->line += lines;
    return true;
}

static bool fault_too_long(vg_csv *c, vg_csv_row *row, vg_err *e)
{
    vg_at at = start_fault(c, row, 0);
    vg_fail(&row->why, VG_ERANGE, at, "the row is longer than %lld bytes", (long long)c->max_row);
    vg_why(&row->why, "the limit keeps a damaged file from filling the memory");
    vg_mend(&row->why, "look whether the file's line ends were lost; else raise the limit for a row");
    return skip_line(c, row, c->max_row, e);
}

static bool fault_too_many(vg_csv *c, vg_csv_row *row)
{
    vg_fail(&row->why, VG_ERANGE, start_fault(c, row, c->scan.end), "the row has more than %d cells",
            VG_CSV_MAX_CELLS);
    vg_mend(&row->why, "is \"%c\" the separator of this file?", c->sep);
    return true;
}

static bool fault_nul(vg_csv *c, vg_csv_row *row)
{
    vg_fail(&row->why, VG_EPARSE, start_fault(c, row, c->scan.end), "the row holds a NUL byte");
    vg_why(&row->why, "text has none; they come from damaged disks and from files that are not text");
    vg_mend(&row->why, "take the row from an undamaged copy of the file");
    return true;
}

static bool fault_utf8(vg_csv *c, vg_csv_row *row)
{
    int64_t i = 0;
    while (i < c->scan.n - 1 && vg_utf8_valid(c->scan.cell[i]))
        i++;
    vg_str cell = c->scan.cell[i];
    ptrdiff_t bad = vg_utf8__front(cell), from = bad > 40 ? bad - 40 : 0;
    while (from < bad && ((unsigned char)cell.s[from] & 0xC0) == 0x80)
        from++;
    vg_at at = start_fault(c, row, c->scan.end);
    at.col = i + 1;
    vg_fail(&row->why, VG_EPARSE, at, "a cell holds a byte that is not UTF-8: 0x%02X behind \"%.*s\"",
            bad < cell.n ? (unsigned)(unsigned char)cell.s[bad] : 0, VG_P(vg_sub(cell, from, bad - from)));
    vg_why(&row->why, "files are read as UTF-8; older Windows programs write another encoding");
    vg_mend(&row->why,
            "save the file as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8), or have it read as Windows-1252");
    return true;
}

/* --- rewriting cells --- */

/* Room for the rewritten cells of one row, asked for at once because slices will point into it. */
static bool have_rewritten(vg_csv *c, int64_t bytes, vg_err *e)
{
    if (bytes <= c->rewritten_cap)
        return true;
    free(c->rewritten);
    c->rewritten_cap = 0;
    c->rewritten = malloc((size_t)bytes);
    if (!c->rewritten)
        return vg_fail_memory(e, bytes);
    c->rewritten_cap = bytes;
    return true;
}

/* Copies a cell with each doubled quote written once. */
static vg_str undouble(vg_str cell, char *to)
{
    char *p = to;
    const char *quote = memchr(cell.s, '"', (size_t)cell.n);
    while (quote) {
        ptrdiff_t head = quote + 1 - cell.s;
        memcpy(p, cell.s, (size_t)head);
        p += head;
        cell = vg_sub(cell, head + 1, cell.n);
        quote = cell.n ? memchr(cell.s, '"', (size_t)cell.n) : NULL;
    }
    if (cell.n)
        memcpy(p, cell.s, (size_t)cell.n);
    return (vg_str){ to, p + cell.n - to };
}

static char *undouble_cells(vg_csv *c, char *to)
{
    const char *row = c->buf + c->at;
    int64_t last = c->scan.double_to < c->scan.n ? c->scan.double_to : c->scan.n - 1;
    for (int64_t i = c->scan.double_from; i <= last; i++) {
        vg_str *cell = &c->scan.cell[i];
        bool quoted = cell->s > row && cell->s[-1] == '"';
        if (quoted && cell->n && memchr(cell->s, '"', (size_t)cell->n)) {
            *cell = undouble(*cell, to);
            to += cell->n;
        }
    }
    return to;
}

/* Windows-1252 as browsers read it: five bytes without a letter stand for the control characters of their number. */
static char *put_windows1252(unsigned char byte, char *to)
{
    static const uint16_t upper[32] = { 0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178 };
    return vg_utf8__put(byte >= 0x80 && byte < 0xA0 ? upper[byte - 0x80] : byte, to);
}

static void recode_cells(vg_csv *c, char *to)
{
    for (int64_t i = 0; i < c->scan.n; i++) {
        vg_str *cell = &c->scan.cell[i];
        if (vg_utf8_valid(*cell))
            continue;
        char *start = to;
        for (ptrdiff_t k = 0; k < cell->n; k++)
            to = put_windows1252((unsigned char)cell->s[k], to);
        *cell = (vg_str){ start, to - start };
    }
}

/* --- rows --- */

static bool row_is_utf8(const vg_csv *c)
{
    int64_t from = c->scan.high_from, to = c->scan.high_to < c->scan.end ? c->scan.high_to : c->scan.end;
    return from == VG_CSV_NONE || from >= to || vg_utf8_valid((vg_str){ c->buf + c->at + from, to - from });
}

/* A whole row was found: checks its bytes, rewrites what must be, steps behind it. */
static bool take_row(vg_csv *c, vg_csv_row *row, vg_err *e)
{
    const vg_csv_scan *s = &c->scan;
    const char *start = c->buf + c->at;
    int64_t inside = s->maybe_lines ? count_lines(start, s->end) : 0;
    bool utf8 = row_is_utf8(c), recode = !utf8 && c->latin1_ok;
    bool many = s->too_many || s->n > VG_CSV_MAX_CELLS;
    bool nul = s->maybe_nul && memchr(start, 0, (size_t)s->end);
    bool doubled = s->double_from != VG_CSV_NONE;
    if (many || nul || (!utf8 && !recode)) {
        bool ok = many ? fault_too_many(c, row) : nul ? fault_nul(c, row) : fault_utf8(c, row);
        step_over(c, s->end, inside);
        return ok;
    }
    if ((doubled || recode) && !have_rewritten(c, s->end * (recode ? 4 : 1), e))
        return false;
    char *to = c->rewritten;
    if (doubled)
        to = undouble_cells(c, to);
    if (recode)
        recode_cells(c, to);
    row->n = (int32_t)s->n;
    row->cell = s->cell;
    row->raw = raw_of(c, s->end);
    step_over(c, s->end, inside);
    return true;
}

/*
 * A row whose end is not in the `n` bytes looked at, or whose quotes are wrong. True when that was settled, with `*ok`;
 * false when more bytes are needed to know where the bad line ends.
 */
static bool settle_fault(vg_csv *c, vg_csv_row *row, vg_csv_verdict v, int64_t n, bool last, bool *ok,
                         vg_err *e)
{
    int64_t quote = c->scan.quote_at;
    int64_t line_end = quote == VG_CSV_NONE ? -1 : find_line_end(c->buf + c->at, quote, n);
    if (line_end >= 0 && (v == VG_CSV_BAD_QUOTE || last))
        *ok = fault_quote(c, row, v == VG_CSV_BAD_QUOTE, line_end);
    else if (last)
        *ok = fault_too_long(c, row, e);
    else
        return false;
    return true;
}

bool vg_csv_next(vg_csv *c, vg_csv_row *row, vg_err *e)
{
    if (vg_failed(e) || !find_row(c, e))
        return false;
    row->line = c->line;
    row->bad = false;
    row->why.code = VG_OK;
    for (bool ok; true;) {
        int64_t have = c->end - c->at, n = have <= c->max_row ? have : c->max_row + 1;
        bool last = c->ended || n > c->max_row; /* more bytes will not change the verdict */
        const char *start = c->buf + c->at;
        vg_csv_verdict v = vg_csv__scan_fast(&c->scan, start, n, c->sep, c->quotes);
        if (v == VG_CSV_ODD || (v == VG_CSV_CUT && last))
            v = vg_csv__scan_careful(&c->scan, start, n, c->sep, c->quotes);
        if (v == VG_CSV_ROW)
            return take_row(c, row, e);
        if (v == VG_CSV_NO_MEMORY)
            return vg_fail_memory(e, c->scan.n_cap * (int64_t)sizeof(vg_str));
        if (settle_fault(c, row, v, n, last, &ok, e))
            return ok;
        if (!read_on(c, e))
            return false;
    }
}

/* --- opening --- */

static bool check_opts(const vg_csv_opts *o, vg_err *e)
{
    bool sep_ok = (o->sep & 0x80) == 0 && o->sep != '"' && o->sep != '\n' && o->sep != '\r';
    if (!sep_ok) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the byte %d cannot separate cells", (unsigned char)o->sep);
        return vg_mend(e, "take a comma, semicolon, tab or |");
    }
    if (o->max_row < 0 || o->max_row > INT64_C(1) << 32)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a row of at most %lld bytes cannot be asked for",
                       (long long)o->max_row);
    return true;
}

/*
 * Which of the four stands most often outside quotes in the first line; the earlier one when they are level. False
 * when the line goes on behind the text.
 */
static bool guess_sep(vg_str text, bool quotes, char *sep)
{
    static const char known[] = ",;\t|";
    int64_t n[4] = { 0 }, best = 0;
    bool inside = false, ended = false;
    for (ptrdiff_t i = 0; i < text.n && !ended; i++) {
        char b = text.s[i];
        inside ^= b == '"' && quotes;
        ended = !inside && (b == '\n' || b == '\r');
        for (int k = 0; k < 4; k++)
            n[k] += !inside && b == known[k];
    }
    for (int k = 1; k < 4; k++)
        best = n[k] > n[best] ? k : best;
    *sep = known[best];
    return ended || text.n == RAW_MAX;
}

/* Passes a byte-order mark and empty lines, and looks at the first line, 64 KiB of it at most. */
static bool look_at_first_line(vg_csv *c, vg_err *e)
{
    while (c->end < 3 && !c->ended)
        if (!read_on(c, e))
            return false;
    if (vg_starts((vg_str){ c->buf, c->end }, VG_S("\xEF\xBB\xBF")))
        c->at = 3;
    if (!find_row(c, e) || c->sep)
        return !vg_failed(e);
    while (!guess_sep(vg_sub((vg_str){ c->buf + c->at, c->end - c->at }, 0, RAW_MAX), c->quotes, &c->sep) &&
           !c->ended)
        if (!read_on(c, e))
            return false;
    return true;
}

bool vg_csv__open(vg_input *in, const vg_csv_opts *o, int64_t block, vg_csv **out, vg_err *e)
{
    if (vg_failed(e) || !check_opts(o, e))
        return false;
    vg_csv *c = calloc(1, sizeof *c);
    if (!c)
        return vg_fail_memory(e, (int64_t)sizeof *c);
    c->in = in;
    c->block = block > 0 ? block : BLOCK;
    c->max_row = o->max_row ? o->max_row : MAX_ROW;
    c->line = 1;
    c->quotes = !o->no_quotes;
    c->latin1_ok = o->latin1_ok;
    c->sep = o->sep;
    if (!have_cap(c, c->block, e) || !look_at_first_line(c, e)) {
        vg_csv_close(c);
        return false;
    }
    c->sep = c->sep ? c->sep : ',';
    *out = c;
    return true;
}

bool vg_csv_open(vg_input *in, const vg_csv_opts *opts, vg_csv **out, vg_err *e)
{
    return vg_csv__open(in, opts, 0, out, e);
}

void vg_csv_close(vg_csv *c)
{
    if (!c)
        return;
    free(c->buf);
    free(c->scan.cell);
    free(c->rewritten);
    free(c);
}

int64_t vg_csv__window_bytes(const vg_csv *c)
{
    return c->cap + c->rewritten_cap + c->scan.n_cap * (int64_t)sizeof(vg_str);
}

char vg_csv_sep(const vg_csv *c)
{
    return c->sep;
}

vg_at vg_csv_at(const vg_csv *c, const vg_csv_row *row, int32_t cell)
{
    return (vg_at){ .file = vg_input_name(c->in), .line = row->line, .col = cell + 1 };
}
