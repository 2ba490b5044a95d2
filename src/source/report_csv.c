/* Tables of reports: what the formats with a header share, and the house's own columns. Invariant: a row reaches a format
 * only when it has as many cells as the header. */
#include "source/report_int.h"

#include <string.h>

enum { COLUMNS = 4096 };

int32_t vg_report__column(const vg_str *header, int32_t n, const char *names)
{
    for (vg_str rest = vg_str_z(names); rest.n;) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < n; i++)
            if (vg_eq_nocase(vg_trim(header[i]), name))
                return i;
    }
    return -1;
}

bool vg_report__table_open(vg_report_reading *r, vg_report_table *t, vg_err *e)
{
    *t = (vg_report_table){ .csv = NULL };
    if (!vg_csv_open(r->in, &(vg_csv_opts){ .latin1_ok = true }, &t->csv, e))
        return false;
    if (!vg_csv_next(t->csv, &t->row, e) || t->row.bad || t->row.n > COLUMNS) {
        if (!vg_failed(e) && t->row.bad)
            *e = t->row.why;
        vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file, .line = 1 }, "the file has no header");
        vg_why(e, "a table begins with a line that names its columns");
        return false;
    }
    vg_str *header = vg_new(r->a, vg_str, t->row.n);
    for (int32_t i = 0; header && i < t->row.n; i++) {
        header[i] = vg_copy(r->a, vg_trim(t->row.cell[i]));
        if (!header[i].s)
            header = NULL;
    }
    t->header = header;
    t->n = t->row.n;
    r->decimal_comma = vg_csv_sep(t->csv) == ';';
    if (header)
        return true;
    vg_fail_memory(e, vg_arena_limit(r->a));
    return false;
}

void vg_report__table_close(vg_report_table *t)
{
    if (t->csv)
        vg_csv_close(t->csv);
    t->csv = NULL;
}

vg_at vg_report__column_at(const vg_report_table *t, int32_t column)
{
    return vg_csv_at(t->csv, &t->row, column < 0 ? 0 : column);
}

/* One empty cell more than the header ends lines with a comma; that is no other row. */
static bool fits(const vg_report_table *t)
{
    return t->row.n == t->n || (t->row.n == t->n + 1 && !vg_trim(t->row.cell[t->n]).n);
}

bool vg_report__table_next(vg_report_reading *r, vg_report_table *t, vg_err *e)
{
    while (vg_csv_next(t->csv, &t->row, e)) {
        vg_report__begin(r, t->row.line, 1, t->row.raw);
        if (!t->row.bad && fits(t)) {
            if (t->row.line % 8192 == 0)
                vg_progress_step(&r->o->progress, "reading", vg_input_done(r->in), vg_input_size(r->in), e);
            return !vg_failed(e);
        }
        if (t->row.bad) {
            r->why = t->row.why;
        } else {
            vg_fail(&r->why, VG_EPARSE, vg_report__column_at(t, 0), "%d cells where the header has %d",
                    (int)t->row.n, (int)t->n);
            vg_mend(&r->why, "put cells that hold a separator in double quotes");
        }
        if (!vg_report__reject(r, e))
            return false;
    }
    return false;
}

/* --- the house's own columns --- */

bool vg_report_csv__knows(const vg_report_reading *r, const vg_str *header, int32_t n)
{
    uint64_t met = 0;
    for (int32_t i = 0; i < n; i++) {
        int cell = vg_report__cell(r, vg_trim(header[i]));
        met |= cell >= 0 ? UINT64_C(1) << cell : 0;
    }
    uint64_t times =
        UINT64_C(1) << VG_MEMBER_FROM | UINT64_C(1) << VG_MEMBER_TO | UINT64_C(1) << VG_MEMBER_AT;
    uint64_t names = UINT64_C(1) << VG_MEMBER_ID | UINT64_C(1) << VG_MEMBER_COVERAGE;
    return (met & times) && (met & names);
}

/* A further column: numbers and words alike as texts, for that is what a table holds. */
static void keep_cell(vg_report_reading *r, vg_str column, vg_str text)
{
    if (text.n && column.n)
        vg_report__extra_text(r, column, text);
}

bool vg_report_csv__read(vg_report_reading *r, vg_err *e)
{
    vg_report_table t;
    int *cell = NULL;
    bool good = vg_report__table_open(r, &t, e);
    if (good && !vg_report_csv__knows(r, t.header, t.n)) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file, .line = 1 }, "these columns are no reports");
        vg_why(e, "looked for a column id (or coverage) and one of from, to, time");
        good = vg_mend(e, "name the columns as README.md of src/source lists them");
    }
    if (good && !(cell = vg_new(r->a, int, t.n)))
        good = vg_fail_memory(e, vg_arena_limit(r->a));
    for (int32_t i = 0; good && i < t.n; i++)
        cell[i] = vg_report__cell(r, t.header[i]);
    while (good && vg_report__table_next(r, &t, e)) {
        for (int32_t i = 0; i < t.n; i++) {
            vg_str text = vg_report__column_text(&t, i);
            if (cell[i] >= 0 && !vg_report__has(r, cell[i]))
                vg_report__put(r, cell[i], text, t.row.line, i + 1);
            else
                keep_cell(r, t.header[i], text);
        }
        good = vg_report__end(r, e);
    }
    vg_report__table_close(&t);
    return good && !vg_failed(e);
}
