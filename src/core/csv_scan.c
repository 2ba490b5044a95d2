/*
 * Finding cells. The fast scanner turns each 64 bytes into bit masks (bit i = byte i): quotes, separators,
 * line ends. A running xor over the quote mask tells which bytes lie inside quotes; separators and line ends
 * outside end a cell. Invariant: that is right as long as each opening quote begins a cell (or doubles the
 * quote before it) and each closing quote ends one; every bit is checked for it, and the first that breaks it
 * gives the row to the careful scanner. Idea of the masks: Langdale and Lemire, "Parsing gigabytes of JSON
 * per second", VLDB Journal 28, 2019, doi 10.1007/s00778-019-00578-5, section 3.
 */
#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/csv_int.h"

typedef struct {
    uint64_t quote, sep, line;
    bool high, nul; /* some byte is above 127, is 0 */
} masks;

#ifdef __SSE2__
static inline uint64_t equal_mask(const __m128i v[4], __m128i letter)
{
    uint64_t a = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[0], letter));
    uint64_t b = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[1], letter));
    uint64_t c = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[2], letter));
    uint64_t d = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[3], letter));
    return a | b << 16 | c << 32 | d << 48;
}

static inline masks look(const char *p, char sep)
{
    __m128i v[4];
    for (int i = 0; i < 4; i++)
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    __m128i any = _mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3]));
    __m128i least = _mm_min_epu8(_mm_min_epu8(v[0], v[1]), _mm_min_epu8(v[2], v[3]));
    return (masks){
        .quote = equal_mask(v, _mm_set1_epi8('"')),
        .sep = equal_mask(v, _mm_set1_epi8(sep)),
        .line = equal_mask(v, _mm_set1_epi8('\n')) | equal_mask(v, _mm_set1_epi8('\r')),
        .high = _mm_movemask_epi8(any) != 0,
        .nul = _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128())) != 0,
    };
}
#else
static inline masks look(const char *p, char sep)
{
    masks m = { .quote = 0 };
    for (int i = 0; i < 64; i++) {
        m.quote |= (uint64_t)(p[i] == '"') << i;
        m.sep |= (uint64_t)(p[i] == sep) << i;
        m.line |= (uint64_t)(p[i] == '\n' || p[i] == '\r') << i;
        m.high |= (p[i] & 0x80) != 0;
        m.nul |= p[i] == 0;
    }
    return m;
}
#endif

/* Bit i of the result is the xor of bits 0..i: set from each opening quote up to the byte before its closing
 * one. */
static inline uint64_t running_xor(uint64_t x)
{
    for (int shift = 1; shift < 64; shift *= 2)
        x ^= x << shift;
    return x;
}

/* What goes over from one 64 bytes to the next. */
typedef struct {
    uint64_t inside;     /* all ones inside quotes, else 0 */
    uint64_t starts;     /* bit 0: the next byte begins a cell */
    uint64_t was_closed; /* bit 0: the byte before was a closing quote */
    const char *start;   /* of the cell that is open */
} carry;

static void begin_scan(vg_csv_scan *s)
{
    s->n = 0;
    s->too_many = s->maybe_nul = s->maybe_lines = false;
    s->high_from = s->high_to = s->double_from = s->double_to = s->quote_at = VG_CSV_NONE;
}

/* Room for `more` cells. Above the limit the last ones are written over: only their number still matters. */
static inline bool have_room(vg_csv_scan *s, int64_t more)
{
    if (s->n > VG_CSV_MAX_CELLS) {
        s->too_many = true;
        s->n = VG_CSV_MAX_CELLS;
    }
    if (s->n + more <= s->n_cap)
        return true;
    int64_t n_cap = 2 * s->n_cap + 2 * more;
    vg_str *cell = realloc(s->cell, (size_t)n_cap * sizeof *cell);
    if (!cell)
        return false;
    s->cell = cell;
    s->n_cap = n_cap;
    return true;
}

static inline void note_double(vg_csv_scan *s, int64_t from, int64_t to)
{
    if (s->double_from == VG_CSV_NONE)
        s->double_from = from;
    s->double_to = to;
}

/* Cells that end at the bits of `ends`. Quotes around a cell are taken off without a branch. */
static inline const char *put_cells(vg_csv_scan *s, const char *block, const char *start, uint64_t ends,
                                    char quote)
{
    vg_str *cell = s->cell + s->n;
    for (; ends; ends &= ends - 1) {
        const char *end = block + __builtin_ctzll(ends);
        ptrdiff_t quoted = (*start == quote) & (end != start);
        *cell++ = (vg_str){ start + quoted, end - start - 2 * quoted };
        start = end + 1;
    }
    s->n = cell - s->cell;
    return start;
}

vg_csv_verdict vg_csv__scan_fast(vg_csv_scan *s, const char *row, int64_t n, char sep, bool quotes)
{
    carry c = { .starts = 1, .start = row };
    uint64_t with_quotes = quotes ? ~0ULL : 0;
    char quote = quotes ? '"' : '\n'; /* no cell begins with a line end */
    begin_scan(s);
    for (int64_t at = 0; at < n; at += 64) {
        masks m = look(row + at, sep);
        uint64_t valid = n - at < 64 ? (1ULL << (n - at)) - 1 : ~0ULL;
        uint64_t q = m.quote & valid & with_quotes;
        uint64_t inside = running_xor(q) ^ c.inside;
        uint64_t line = m.line & valid & ~inside;
        uint64_t ends = (m.sep & valid & ~inside) | line;
        uint64_t row_bits = line ? line ^ (line - 1) : valid; /* up to and with the line end */
        uint64_t opened = q & inside, behind_closed = (q & ~inside) << 1 | c.was_closed;
        uint64_t doubled = opened & behind_closed;
        uint64_t odd =
            (opened & ~(ends << 1 | c.starts | doubled)) | (behind_closed & ~(ends | doubled) & valid);
        if (odd & row_bits)
            return VG_CSV_ODD;
        if (!have_room(s, 64))
            return VG_CSV_NO_MEMORY;
        int64_t n_before = s->n;
        c.start = put_cells(s, row + at, c.start, ends & row_bits, quote);
        if (doubled & row_bits)
            note_double(s, n_before, s->n);
        if (m.high) {
            s->high_from = s->high_from == VG_CSV_NONE ? at : s->high_from;
            s->high_to = at + 64;
        }
        s->maybe_nul |= m.nul;
        s->maybe_lines |= (m.line & inside & row_bits) != 0;
        if (line) {
            s->end = at + __builtin_ctzll(line);
            return VG_CSV_ROW;
        }
        c.inside = 0 - (inside >> 63);
        c.starts = ends >> 63;
        c.was_closed = (q & ~inside) >> 63;
    }
    return VG_CSV_CUT;
}

/* --- byte by byte --- */

static inline bool ends_cell(char c, char sep)
{
    return c == sep || c == '\n' || c == '\r';
}

/* From an opening quote: the closing one. ROW: found and in order; *at is behind it. */
static vg_csv_verdict pass_quoted(vg_csv_scan *s, const char *row, int64_t n, char sep, int64_t *at)
{
    s->quote_at = *at;
    for (int64_t i = *at + 1;;) {
        const char *q = i < n ? memchr(row + i, '"', (size_t)(n - i)) : NULL;
        if (!q || q - row + 1 >= n)
            return VG_CSV_CUT;
        i = q - row + 2;
        if (q[1] == '"') {
            note_double(s, s->n, s->n);
        } else {
            *at = q - row + 1;
            s->quote_at = ends_cell(q[1], sep) ? VG_CSV_NONE : s->quote_at;
            return s->quote_at == VG_CSV_NONE ? VG_CSV_ROW : VG_CSV_BAD_QUOTE;
        }
    }
}

vg_csv_verdict vg_csv__scan_careful(vg_csv_scan *s, const char *row, int64_t n, char sep, bool quotes)
{
    begin_scan(s);
    s->maybe_nul = s->maybe_lines = true;
    for (int64_t at = 0; at < n; at++) {
        int64_t start = at, quoted = quotes && row[at] == '"';
        if (quoted) {
            vg_csv_verdict v = pass_quoted(s, row, n, sep, &at);
            if (v != VG_CSV_ROW)
                return v;
        }
        while (at < n && !ends_cell(row[at], sep))
            at++;
        if (at == n)
            break;
        if (!have_room(s, 1))
            return VG_CSV_NO_MEMORY;
        s->cell[s->n++] = (vg_str){ row + start + quoted, at - start - 2 * quoted };
        if (row[at] != sep) {
            s->end = at;
            s->high_from = 0;
            s->high_to = at;
            return VG_CSV_ROW;
        }
    }
    return VG_CSV_CUT;
}
