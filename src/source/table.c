/*
 * Rows of a CSV under a header. Invariant: a row that vg_table__next gives out has a cell for each column of the
 * header; whatever else stands in the file has gone to the reject list or is a row of HXL tags.
 */
#include <string.h>

#include "source/source_int.h"

static bool no_header(vg_reading *r, vg_err *e)
{
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in) }, "the file holds no rows");
    vg_why(e, "a table begins with a line that names its columns");
    return vg_mend(e, "look whether the download or the export is complete");
}

static bool keep_header(vg_reading *r, vg_err *e)
{
    int32_t n = r->row.n;
    while (n > 1 && !vg_trim(r->row.cell[n - 1]).n) /* spreadsheets leave empty columns at the end */
        n--;
    vg_str *header = vg_new(r->a, vg_str, n);
    for (int32_t i = 0; header && i < n; i++) {
        header[i] = vg_copy(r->a, vg_trim(r->row.cell[i]));
        if (!header[i].s)
            header = NULL;
    }
    r->header = header;
    r->n_header = n;
    return header ? true : vg_fail_memory(e, vg_arena_limit(r->a));
}

bool vg_table__open(vg_reading *r, const vg_csv_opts *opts, vg_err *e)
{
    if (!vg_csv_open(r->in, opts, &r->csv, e))
        return false;
    r->has_columns = true;
    if (!vg_csv_next(r->csv, &r->row, e))
        return vg_failed(e) ? false : no_header(r, e);
    if (r->row.bad) {
        *e = r->row.why;
        return false;
    }
    return keep_header(r, e);
}

bool vg_table__is_hxl(const vg_str *cell, int32_t n)
{
    int32_t tags = 0, filled = 0;
    for (int32_t i = 0; i < n; i++) {
        vg_str s = vg_trim(cell[i]);
        filled += s.n > 0;
        tags += s.n > 1 && s.s[0] == '#' && vg_lower(s.s[1]) >= 'a' && vg_lower(s.s[1]) <= 'z';
    }
    return tags > 0 && tags == filled;
}

static void wrong_width(vg_reading *r)
{
    vg_fail(&r->why, VG_EPARSE, r->at, "the row has %d cells, the header %d", r->row.n, r->n_header);
    vg_why(&r->why, "every row has one cell for each column");
    vg_mend(&r->why, "put texts that hold a \"%c\" in quotes; look for a line that was broken in two",
            vg_csv_sep(r->csv));
}

/* Cells beyond the header are no matter when they are empty. */
static bool fits_header(const vg_reading *r)
{
    for (int32_t i = r->n_header; i < r->row.n; i++)
        if (vg_trim(r->row.cell[i]).n)
            return false;
    return r->row.n >= r->n_header;
}

bool vg_table__next(vg_reading *r, vg_err *e)
{
    while (vg_csv_next(r->csv, &r->row, e)) {
        r->at = (vg_at){ .file = vg_input_name(r->in), .line = r->row.line };
        r->cell = r->row.cell;
        r->n_cells = r->row.n;
        if (!r->row.bad && r->row.cell[0].n && r->row.cell[0].s[0] == '#' &&
            vg_table__is_hxl(r->row.cell, r->row.n))
            continue;
        if (!vg_reading__count(r, e))
            return false;
        if (r->row.bad)
            r->why = r->row.why;
        else if (r->row.n != r->n_header && !fits_header(r))
            wrong_width(r);
        if (!vg_failed(&r->why))
            return true;
        if (!vg_reading__reject(r, e))
            return false;
    }
    return false;
}

int32_t vg_table__column(const vg_reading *r, const char *names)
{
    vg_str rest = vg_str_z(names);
    while (rest.n) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < r->n_header; i++)
            if (vg_eq_nocase(r->header[i], name))
                return i;
    }
    return -1;
}

static void add_text(char *buf, size_t size, const char *sep, vg_str s)
{
    size_t have = strlen(buf);
    snprintf(buf + have, size - have, "%s%.*s", have ? sep : "", VG_P(vg_utf8_head(s, 40)));
}

bool vg_table__need(const vg_reading *r, const char *format, const char *const *names, const int32_t *col,
                    int n, vg_err *e)
{
    char missing[120] = "", present[180] = "";
    for (int i = 0; i < n; i++)
        if (col[i] < 0)
            add_text(missing, sizeof missing, ", ", vg_str_z(names[i]));
    if (!missing[0])
        return true;
    for (int32_t i = 0; i < r->n_header; i++)
        add_text(present, sizeof present, ", ", r->header[i]);
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in), .line = 1 }, "%s: columns missing: %s",
            format, missing);
    vg_why(e, "the header has: %s", present);
    return vg_mend(
        e, "name the right format with --as, or the columns with --as csv --map date=..,lat=..,lon=..");
}
