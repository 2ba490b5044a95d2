/* The CSV reader: its documented sentences one by one, then everything against a slow obvious parser. */
#include "core/csv_int.h"
#include "core/out.h"
#include "prop.h"

typedef struct {
    vg_input *in;
    vg_csv *csv;
} opened;

static opened open_text(vg_str text, vg_csv_opts opts, int64_t block)
{
    opened o;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_memory(text, VG_S("t.csv"), &o.in, &e), &e);
    CHECK_OK(vg_csv__open(o.in, &opts, block, &o.csv, &e), &e);
    return o;
}

static void close_text(opened o)
{
    vg_csv_close(o.csv);
    vg_input_close(o.in);
}

/* Each row as "line:cell|cell|...", a bad one as "line!code", one a line. */
static const char *rows_of(vg_str text, vg_csv_opts opts)
{
    static char shown[4096];
    opened o = open_text(text, opts, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    size_t n = 0;
    shown[0] = 0;
    while (vg_csv_next(o.csv, &row, &e)) {
        n +=
            (size_t)snprintf(shown + n, sizeof shown - n, "%lld%s", (long long)row.line, row.bad ? "!" : ":");
        if (row.bad)
            n += (size_t)snprintf(shown + n, sizeof shown - n, "%s", vg_code_name(row.why.code));
        for (int32_t i = 0; i < row.n; i++)
            n += (size_t)snprintf(shown + n, sizeof shown - n, "%s%.*s", i ? "^" : "", VG_P(row.cell[i]));
        n += (size_t)snprintf(shown + n, sizeof shown - n, "\n");
    }
    CHECK_OK(!vg_failed(&e), &e);
    close_text(o);
    return shown;
}

#define ROWS(text, want, ...) assert_string_equal(rows_of(VG_S(text), (vg_csv_opts){ __VA_ARGS__ }), want)

static void cells_are_cut_at_separators(void **state)
{
    (void)state;
    ROWS("a,b,c\n1,,3\n", "1:a^b^c\n2:1^^3\n", .sep = 0);
    ROWS(",\n", "1:^\n", .sep = 0);
    ROWS("a\n", "1:a\n", .sep = 0);
}

static void last_line_needs_no_line_end(void **state)
{
    (void)state;
    ROWS("a,b\n1,2", "1:a^b\n2:1^2\n", .sep = 0);
    ROWS("a,b\n1,\"2\"", "1:a^b\n2:1^2\n", .sep = 0);
    ROWS("a,b\n1,", "1:a^b\n2:1^\n", .sep = 0);
}

static void line_ends_may_be_lf_crlf_or_cr(void **state)
{
    (void)state;
    ROWS("a,b\r\n1,2\r\n", "1:a^b\n2:1^2\n", .sep = 0);
    ROWS("a,b\r1,2\r3,4", "1:a^b\n2:1^2\n3:3^4\n", .sep = 0);
    ROWS("a,b\n1,2\r\n\r\n3,4\r", "1:a^b\n2:1^2\n4:3^4\n", .sep = 0);
}

static void quotes_hold_separators_quotes_and_lines(void **state)
{
    (void)state;
    ROWS("\"a,b\",\"say \"\"no\"\"\",\"\"\nx\n", "1:a,b^say \"no\"^\n2:x\n", .sep = ',');
    ROWS("\"two\nlines\",\"a\r\nb\"\nnext\n", "1:two\nlines^a\r\nb\n4:next\n", .sep = ',');
    ROWS("\"\"\"\"\n", "1:\"\n", .sep = ',');
}

static void quote_inside_an_unquoted_cell_is_a_letter(void **state)
{
    (void)state;
    ROWS("5'10\",b\n c \"d\",\"e\"\n", "1:5'10\"^b\n2: c \"d\"^e\n", .sep = ',');
}

static void without_quotes_a_quote_is_a_letter(void **state)
{
    (void)state;
    ROWS("\"a\tb\"\n\"\"\t\"\n", "1:\"a^b\"\n2:\"\"^\"\n", .no_quotes = true);
}

static void empty_lines_and_a_byte_order_mark_are_passed_over(void **state)
{
    (void)state;
    ROWS("\xEF\xBB\xBF\n\n"
         "a,b\n\n\n1,2\n\n",
         "3:a^b\n6:1^2\n", .sep = 0);
    ROWS("\xEF\xBB\xBF", "", .sep = 0);
    ROWS("\n\r\n\r", "", .sep = 0);
}

static void separator_is_the_commonest_of_the_first_line(void **state)
{
    (void)state;
    ROWS("a;b,c;d\n1;2;3\n", "1:a^b,c^d\n2:1^2^3\n", .sep = 0);
    ROWS("a\tb\n", "1:a^b\n", .sep = 0);
    ROWS("a|b|c,d\n", "1:a^b^c,d\n", .sep = 0);
    ROWS("\"a;b;c;\",d\n", "1:a;b;c;^d\n", .sep = 0);
    ROWS("a;b\n", "1:a;b\n", .sep = ',');
}

static void letter_behind_a_closing_quote_spoils_that_line_only(void **state)
{
    (void)state;
    ROWS("a,b\n1,\"He said \"no\" twice\"\n2,x\n", "1:a^b\n2!parse\n3:2^x\n", .sep = 0);
    ROWS("\"a\"b", "1!parse\n", .sep = 0);
}

static void stray_quote_does_not_take_the_rows_behind_it_along(void **state)
{
    (void)state;
    ROWS("a,b\n1,\"x\n2,y\n3,z\n", "1:a^b\n2!parse\n3:2^y\n4:3^z\n", .sep = 0);
    ROWS("1,\"x\n2,y\n3,\"Reuters\"\n4,z\n", "1!parse\n2:2^y\n3:3^Reuters\n4:4^z\n", .sep = 0);
    ROWS("\"two\nlines\",\"x\n2,y\n", "1!parse\n3:2^y\n", .sep = ',');
    ROWS("1,\"", "1!parse\n", .sep = 0);
}

static void fault_of_a_quote_names_where_it_opened(void **state)
{
    (void)state;
    opened o = open_text(VG_S("\"a\nb\",\"c\nd,e\n"), (vg_csv_opts){ .sep = ',' }, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    assert_true(vg_csv_next(o.csv, &row, &e) && row.bad);
    assert_int_equal(row.line, 1);
    assert_int_equal(row.why.at.line, 2);
    assert_int_equal(row.why.at.col, 2);
    CHECK_STR(row.why.at.file, "t.csv");
    CHECK_STR(row.raw, "\"a\nb\",\"c");
    CHECK_STR(vg_str_z(row.why.what), "the quote that opens here never ends: \"c");
    assert_true(row.why.why[0] && row.why.mend[0]);
    assert_true(vg_csv_next(o.csv, &row, &e) && !row.bad);
    assert_int_equal(row.line, 3);
    close_text(o);
}

static void nul_and_non_utf8_rows_are_bad_and_the_next_is_read(void **state)
{
    (void)state;
    ROWS("a,b\n1,\0x\n3,4\n", "1:a^b\n2!parse\n3:3^4\n", .sep = 0);
    ROWS("a,b\n1,S\xE9gou\n\xC3\xA9,4\n", "1:a^b\n2!parse\n3:\xC3\xA9^4\n", .sep = 0);
}

static void message_about_utf8_shows_the_byte_and_what_is_before_it(void **state)
{
    (void)state;
    opened o = open_text(VG_S("x,R\xC3\xA9gion de S\xE9gou\n"), (vg_csv_opts){ 0 }, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    assert_true(vg_csv_next(o.csv, &row, &e) && row.bad);
    CHECK_STR(vg_str_z(row.why.what),
              "a cell holds a byte that is not UTF-8: 0xE9 behind \"R\xC3\xA9gion de S\"");
    assert_int_equal(row.why.at.col, 2);
    close_text(o);
}

static void windows_1252_is_read_where_it_is_allowed(void **state)
{
    (void)state;
    ROWS("S\xE9gou,\x80 5,\xC3\xA9\n", "1:S\xC3\xA9gou^\xE2\x82\xAC 5^\xC3\xA9\n", .latin1_ok = true);
    ROWS("\"\x93\"\"a\"\"\x94\",b\n", "1:\xE2\x80\x9C\"a\"\xE2\x80\x9D^b\n", .latin1_ok = true);
}

static void row_over_the_limit_is_bad_and_the_next_is_read(void **state)
{
    (void)state;
    ROWS("1234567890\n12345678901\nab\n", "1:1234567890\n2!range\n3:ab\n", .max_row = 10);
    ROWS("\"123\n56789\"x\nab\n", "1!parse\n2:56789\"x\n3:ab\n", .max_row = 10);
    ROWS("\"1\n3\"567890123\n5\nab\n", "1!parse\n2:3\"567890123\n3:5\n4:ab\n", .max_row = 12);
    ROWS("\"1\n3\",67890123\n5\n", "1!range\n3:5\n", .max_row = 12);
}

static void row_of_too_many_cells_is_bad(void **state)
{
    (void)state;
    enum { N = 70000 };
    char *text = malloc(2 * N + 4);
    memset(text, ',', N);
    memcpy(text + N, "\nab\n", 4);
    assert_string_equal(rows_of((vg_str){ text, N + 4 }, (vg_csv_opts){ 0 }), "1!range\n2:ab\n");
    opened o = open_text((vg_str){ text, 65535 }, (vg_csv_opts){ 0 }, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    assert_true(vg_csv_next(o.csv, &row, &e));
    assert_int_equal(row.n, 65536);
    close_text(o);
    free(text);
}

static void line_of_100_mb_does_not_take_its_memory(void **state)
{
    (void)state;
    enum { N = 100 << 20 };
    char *text = malloc(N);
    assert_non_null(text);
    memset(text, 'x', N);
    memcpy(text + N - 4, "\na,b", 4);
    opened o = open_text((vg_str){ text, N }, (vg_csv_opts){ .max_row = 1 << 20 }, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    assert_true(vg_csv_next(o.csv, &row, &e) && row.bad);
    assert_int_equal(row.raw.n, 64 << 10);
    assert_int_equal(row.why.code, VG_ERANGE);
    assert_true(vg_csv_next(o.csv, &row, &e) && row.n == 2);
    assert_true(vg_csv__window_bytes(o.csv) < 8 << 20);
    close_text(o);
    free(text);
}

static void raw_is_what_the_file_holds(void **state)
{
    (void)state;
    opened o = open_text(VG_S("\"say \"\"no\"\"\",S\xE9gou\r\n"), (vg_csv_opts){ .latin1_ok = true }, 0);
    vg_err e = VG_NO_ERR;
    vg_csv_row row;
    assert_true(vg_csv_next(o.csv, &row, &e));
    CHECK_STR(row.cell[0], "say \"no\"");
    CHECK_STR(row.raw, "\"say \"\"no\"\"\",S\xE9gou");
    vg_at at = vg_csv_at(o.csv, &row, 1);
    assert_int_equal(at.col, 2);
    assert_int_equal(at.line, 1);
    close_text(o);
}

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    vg_input *in;
    vg_csv *csv = NULL;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_memory(VG_S("a"), VG_S("t.csv"), &in, &e), &e);
    assert_false(vg_csv_open(in, &(vg_csv_opts){ .sep = '"' }, &csv, &e));
    assert_int_equal(e.code, VG_EARG);
    e = VG_NO_ERR;
    assert_false(vg_csv_open(in, &(vg_csv_opts){ .max_row = -1 }, &csv, &e));
    assert_int_equal(e.code, VG_EARG);
    assert_null(csv);
    vg_input_close(in);
}

/* The beginning of a gzip file of many rows, cut in the middle: rows first, then the failure. */
static void rows_before_a_broken_gzip_are_given_out(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/a.csv.gz", dir);
    vg_out out;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_path(&out, path, &e), &e);
    for (int i = 0; i < 50000; i++)
        vg_print(&out, "%d,%d\n", i, i * 7919 % 10007);
    CHECK_OK(vg_out_end(&out, &e), &e);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    CHECK_OK(vg_input_open(path, &in, &e), &e);
    CHECK_OK(vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, &e), &e);
    int n = 0;
    while (vg_csv_next(csv, &row, &e))
        n++;
    assert_true(n > 1000 && n < 50000);
    assert_int_equal(e.code, VG_EPARSE);
    vg_csv_close(csv);
    vg_input_close(in);
    unlink(path);
    rmdir(dir);
}

/* --- the slow obvious parser --- */

enum { MAX_TEXT = 4096 };

typedef struct {
    const char *text; /* ends with a line end */
    int64_t n, at, line;
    char sep;
    bool quotes;
    int64_t max_row;
} slow;

typedef struct {
    bool bad;
    int64_t line, n, raw_from, raw_to;
    vg_code code;
    int64_t fault_line;
    char bytes[MAX_TEXT + 8]; /* cells, each followed by byte 1 */
    int64_t bytes_n;
} slow_row;

static bool is_end(char c)
{
    return c == '\n' || c == '\r';
}

static int64_t next_end(const slow *s, int64_t from)
{
    while (from < s->n && !is_end(s->text[from]))
        from++;
    return from;
}

static int64_t lines_between(const slow *s, int64_t from, int64_t to)
{
    int64_t lines = 0;
    for (int64_t i = from; i < to; i++)
        lines += s->text[i] == '\n' || (s->text[i] == '\r' && s->text[i + 1] != '\n');
    return lines;
}

static void end_row(slow *s, slow_row *r, int64_t end)
{
    r->raw_from = s->at;
    r->raw_to = end;
    int64_t behind = end < s->n ? end + 1 : end;
    if (end + 1 < s->n && s->text[end] == '\r' && s->text[end + 1] == '\n')
        behind++;
    s->line += lines_between(s, s->at, end) + 1;
    s->at = behind;
}

static void end_bad(slow *s, slow_row *r, vg_code code, int64_t fault_at, int64_t end)
{
    r->bad = true;
    r->code = code;
    r->n = 0;
    r->bytes_n = 0;
    r->fault_line = s->line + lines_between(s, s->at, fault_at);
    end_row(s, r, end);
}

/* One cell from *i on: false when the row is settled as bad. */
static bool slow_cell(slow *s, slow_row *r, int64_t *i, int64_t limit)
{
    int64_t open = *i;
    bool closed = true;
    if (s->quotes && s->text[*i] == '"') {
        closed = false;
        for (++*i; *i < limit && !closed; ++*i) {
            bool quote = s->text[*i] == '"';
            if (quote && *i + 1 < limit && s->text[*i + 1] == '"')
                ++*i;
            else if (quote)
                closed = true;
            if (!closed)
                r->bytes[r->bytes_n++] = s->text[*i];
        }
        bool sealed = closed && *i < limit;
        if (sealed && (s->text[*i] == s->sep || is_end(s->text[*i])))
            return true;
        bool has_line_end = next_end(s, open) < limit;
        if (has_line_end)
            end_bad(s, r, VG_EPARSE, open, next_end(s, open));
        else
            end_bad(s, r, VG_ERANGE, s->at, next_end(s, limit));
        return false;
    }
    while (*i < limit && s->text[*i] != s->sep && !is_end(s->text[*i]))
        r->bytes[r->bytes_n++] = s->text[(*i)++];
    if (*i < limit)
        return true;
    end_bad(s, r, VG_ERANGE, s->at, next_end(s, limit));
    return false;
}

static bool slow_next(slow *s, slow_row *r)
{
    while (s->at < s->n && is_end(s->text[s->at]))
        end_row(s, r, s->at);
    if (s->at >= s->n)
        return false;
    *r = (slow_row){ .line = s->line };
    int64_t limit = s->n - s->at <= s->max_row ? s->n : s->at + s->max_row + 1;
    for (int64_t i = s->at;; i++) {
        if (i >= limit) { /* the separator was the last byte looked at */
            end_bad(s, r, VG_ERANGE, s->at, next_end(s, limit));
            return true;
        }
        if (!slow_cell(s, r, &i, limit))
            return true;
        r->bytes[r->bytes_n++] = 1;
        r->n++;
        if (is_end(s->text[i])) {
            vg_str raw = { s->text + s->at, i - s->at };
            if (vg_find_byte(raw, 0) >= 0 || !vg_utf8_valid(raw))
                end_bad(s, r, VG_EPARSE, s->at, i);
            else
                end_row(s, r, i);
            return true;
        }
    }
}

/* --- the property --- */

static const char *compare_row(const slow *s, const slow_row *want, const vg_csv_row *got)
{
    vg_str raw = { s->text + want->raw_from, want->raw_to - want->raw_from };
    bool long_row = want->code == VG_ERANGE; /* only its beginning is kept */
    if (got->line != want->line)
        return "the line differs";
    if (got->bad != want->bad)
        return got->bad ? "a good row is called bad" : "a bad row is called good";
    if (long_row ? !vg_starts(raw, got->raw) || got->raw.n == 0 : !vg_eq(got->raw, raw))
        return "raw differs";
    if (want->bad && got->why.code != want->code)
        return "the code of the fault differs";
    if (want->bad)
        return got->why.at.line == want->fault_line ? NULL : "the line of the fault differs";
    if (got->n != want->n)
        return "the number of cells differs";
    const char *p = want->bytes;
    for (int32_t i = 0; i < got->n; i++) {
        int64_t len = got->cell[i].n;
        if (memcmp(p, got->cell[i].s, (size_t)len) != 0 || p[len] != 1)
            return "a cell differs";
        p += len + 1;
    }
    return NULL;
}

static const char *compare_all(vg_str text, vg_csv_opts opts, int64_t block)
{
    static char with_end[MAX_TEXT + 8];
    memcpy(with_end, text.s, (size_t)text.n);
    bool ended = is_end(text.s[text.n - 1]);
    with_end[text.n] = '\n';
    slow s = { .text = with_end,
               .n = text.n + !ended,
               .line = 1,
               .sep = opts.sep,
               .quotes = !opts.no_quotes,
               .max_row = opts.max_row };
    opened o = open_text(text, opts, block);
    static slow_row want;
    vg_csv_row got;
    vg_err e = VG_NO_ERR;
    const char *wrong = NULL;
    while (!wrong && slow_next(&s, &want))
        wrong = vg_csv_next(o.csv, &got, &e) ? compare_row(&s, &want, &got) : "a row is missing";
    if (!wrong && vg_csv_next(o.csv, &got, &e))
        wrong = "there is a row too many";
    close_text(o);
    return wrong;
}

static int64_t random_soup(vg_rng *r, char *text, char sep)
{
    static const char *const bits[] = { "a",
                                        "bc",
                                        "\"",
                                        "\"\"",
                                        "\"\"\"",
                                        "\n",
                                        "\r",
                                        "\r\n",
                                        "\xC3\xA9",
                                        "\xE9",
                                        "long text without anything in it, or nearly so, of some length",
                                        "1",
                                        "\n\n",
                                        ",",
                                        ";",
                                        "\t",
                                        "\",\"",
                                        "\"\n\"",
                                        "\0" };
    int64_t n = 0, n_bits = 1 + (int64_t)vg_rng_below(r, 60), rare = (int64_t)vg_rng_below(r, 12);
    for (int64_t k = 0; k < n_bits; k++) {
        uint32_t pick = vg_rng_below(r, 24 + (uint32_t)rare);
        if (pick >= 19) {
            text[n++] = pick % 2 ? sep : 'x';
            continue;
        }
        if ((pick == 9 || pick == 18) && rare > 3)
            continue;
        size_t len = pick == 18 ? 1 : strlen(bits[pick]);
        memcpy(text + n, bits[pick], len);
        n += (int64_t)len;
    }
    text[n] = 'z';
    return n ? n : 1;
}

static const char *any_text_is_read_as_by_the_slow_parser(vg_rng *r)
{
    static char text[MAX_TEXT];
    static const int64_t limits[] = { 1 << 20, 1 << 20, 100, 20, 5, 1 };
    static const int64_t blocks[] = { 1, 2, 3, 7, 15, 16, 17, 63, 64, 65, 128, 1000, 1 << 18 };
    char sep = ",;\t|"[vg_rng_below(r, 4)];
    vg_csv_opts opts = { .sep = sep,
                         .no_quotes = vg_rng_below(r, 5) == 0,
                         .max_row = limits[vg_rng_below(r, 6)] };
    int64_t n = random_soup(r, text, sep);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        const char *wrong = compare_all((vg_str){ text, n }, opts, blocks[i]);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static void every_text_at_every_block_size_is_read_as_by_the_slow_parser(void **state)
{
    (void)state;
    check_property("any_text_is_read_as_by_the_slow_parser", any_text_is_read_as_by_the_slow_parser, 4000);
}

/* --- round trip --- */

static vg_str random_cell(vg_rng *r, char buf[80])
{
    static const char *const bits[] = {
        "a",    "Mali", " ", "\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", "\xC3\xA9", "\xF0\x9F\x95\x8A",
        "-3.5", "'",    "\\"
    };
    size_t n = 0;
    for (uint32_t k = vg_rng_below(r, 12); k > 0; k--) {
        const char *bit = bits[vg_rng_below(r, vg_rng_below(r, 2) ? 16 : 2)];
        memcpy(buf + n, bit, strlen(bit));
        n += strlen(bit);
    }
    return (vg_str){ buf, (ptrdiff_t)n };
}

enum { N_ROWS = 12, N_CELLS = 9 };

static const char *check_round(vg_str text, char sep, int64_t block, vg_str want[N_ROWS][N_CELLS])
{
    opened o = open_text(text, (vg_csv_opts){ .sep = sep }, block);
    vg_csv_row row;
    vg_err e = VG_NO_ERR;
    const char *wrong = NULL;
    for (int i = 0; i < N_ROWS && !wrong; i++) {
        if (!vg_csv_next(o.csv, &row, &e) || row.bad || row.n != N_CELLS)
            wrong = "a row is missing, bad or of another length";
        for (int k = 0; k < N_CELLS && !wrong; k++)
            wrong = vg_eq(row.cell[k], want[i][k]) ? NULL : "a cell came back changed";
    }
    if (!wrong && vg_csv_next(o.csv, &row, &e))
        wrong = "a row too many came back";
    close_text(o);
    return wrong;
}

static const char *cells_come_back(vg_rng *r)
{
    static char bytes[N_ROWS][N_CELLS][80];
    vg_str cell[N_ROWS][N_CELLS];
    char sep = ",;\t|"[vg_rng_below(r, 4)];
    vg_str end = vg_rng_below(r, 2) ? VG_S("\n") : VG_S("\r\n");
    vg_out out;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&out, &e), &e);
    for (int i = 0; i < N_ROWS; i++)
        for (int k = 0; k < N_CELLS; k++) {
            cell[i][k] = random_cell(r, bytes[i][k]);
            vg_put_csv(&out, cell[i][k]);
            if (k + 1 < N_CELLS)
                vg_put_char(&out, sep);
            else
                vg_put(&out, end);
        }
    const char *wrong = NULL;
    for (int64_t block = 1; block < 200 && !wrong; block += block < 4 ? 1 : 13)
        wrong = check_round(vg_out_text(&out), sep, block, cell);
    vg_out_drop(&out);
    return wrong;
}

static void written_cells_come_back(void **state)
{
    (void)state;
    check_property("cells_come_back", cells_come_back, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_cut_at_separators),
        cmocka_unit_test(last_line_needs_no_line_end),
        cmocka_unit_test(line_ends_may_be_lf_crlf_or_cr),
        cmocka_unit_test(quotes_hold_separators_quotes_and_lines),
        cmocka_unit_test(quote_inside_an_unquoted_cell_is_a_letter),
        cmocka_unit_test(without_quotes_a_quote_is_a_letter),
        cmocka_unit_test(empty_lines_and_a_byte_order_mark_are_passed_over),
        cmocka_unit_test(separator_is_the_commonest_of_the_first_line),
        cmocka_unit_test(letter_behind_a_closing_quote_spoils_that_line_only),
        cmocka_unit_test(stray_quote_does_not_take_the_rows_behind_it_along),
        cmocka_unit_test(fault_of_a_quote_names_where_it_opened),
        cmocka_unit_test(nul_and_non_utf8_rows_are_bad_and_the_next_is_read),
        cmocka_unit_test(message_about_utf8_shows_the_byte_and_what_is_before_it),
        cmocka_unit_test(windows_1252_is_read_where_it_is_allowed),
        cmocka_unit_test(row_over_the_limit_is_bad_and_the_next_is_read),
        cmocka_unit_test(row_of_too_many_cells_is_bad),
        cmocka_unit_test(line_of_100_mb_does_not_take_its_memory),
        cmocka_unit_test(raw_is_what_the_file_holds),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
        cmocka_unit_test(rows_before_a_broken_gzip_are_given_out),
        cmocka_unit_test(every_text_at_every_block_size_is_read_as_by_the_slow_parser),
        cmocka_unit_test(written_cells_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
