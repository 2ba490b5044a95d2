/* A CSV of ours as a workbook for people who open it in a spreadsheet. Rows go to disk as they come, so that a long file
 * needs no memory; behind a million rows a new sheet begins. libxlsxwriter is seen only here. */
#include <stdlib.h>
#include <xlsxwriter.h>

#include "cli/screening.h"
#include "core/csv.h"
#include "core/num.h"

enum { SHEET_ROWS = 1000000, CELL_BYTES = 32000 };

typedef struct {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *bold;
    lxw_row_t row;
    vg_str heading[64];
    int32_t n_headings;
    vg_arena a;
} sheet;

/* Digits and a point: nothing else is a number to people ("12E4" is a reference, "+336" a telephone). */
static bool is_plain_number(vg_str text, double *x)
{
    for (ptrdiff_t i = 0; i < text.n; i++)
        if ((text.s[i] < '0' || text.s[i] > '9') && text.s[i] != '.')
            return false;
    bool padded = text.n > 1 && text.s[0] == '0' && text.s[1] != '.';
    return text.n < 16 && !padded && vg_num(text, x);
}

/* Numbers as numbers; what begins like a formula stays text, because worksheet_write_string never makes one. */
static void put_cell(sheet *s, lxw_col_t column, vg_str text, bool bold)
{
    double x;
    vg_arena scratch = s->a;
    if (!bold && is_plain_number(text, &x)) {
        worksheet_write_number(s->sheet, s->row, column, x, NULL);
        return;
    }
    vg_str z = vg_copy(&scratch, vg_utf8_head(text, CELL_BYTES));
    if (z.s)
        worksheet_write_string(s->sheet, s->row, column, z.s, bold ? s->bold : NULL);
}

static bool begin_sheet(sheet *s, vg_err *e)
{
    s->sheet = workbook_add_worksheet(s->book, NULL);
    s->row = 0;
    if (!s->sheet)
        return vg_fail(e, VG_EIO, VG_NOWHERE, "a sheet cannot be made");
    for (int32_t i = 0; i < s->n_headings; i++)
        put_cell(s, (lxw_col_t)i, s->heading[i], true);
    s->row = 1;
    return true;
}

static bool put_rows(sheet *s, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    if (!vg_csv_next(csv, &row, e))
        return !vg_failed(e);
    for (int32_t i = 0; i < row.n && i < 64; i++)
        s->heading[s->n_headings++] = vg_copy(&s->a, row.cell[i]);
    if (!begin_sheet(s, e))
        return false;
    while (vg_csv_next(csv, &row, e)) {
        if (s->row > SHEET_ROWS && !begin_sheet(s, e))
            return false;
        for (int32_t i = 0; i < row.n && i < 64; i++)
            put_cell(s, (lxw_col_t)i, vg_cli_unguarded(row.cell[i]), false);
        s->row++;
    }
    return !vg_failed(e);
}

bool vg_cli_csv_to_xlsx(const char *csv_path, const char *xlsx_path, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    sheet s = { .n_headings = 0 };
    if (!vg_input_open(csv_path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ .sep = ',' }, &csv, e);
    if (good) {
        lxw_workbook_options options = { .constant_memory = LXW_TRUE };
        s.book = workbook_new_opt(xlsx_path, &options);
        good = vg_arena_init(&s.a, 1 << 20, e) &&
               (s.book || vg_fail(e, VG_EIO, VG_NOWHERE, "%s cannot be made", xlsx_path));
        if (good) {
            s.bold = workbook_add_format(s.book);
            format_set_bold(s.bold);
            good = put_rows(&s, csv, e);
        }
        lxw_error how = s.book ? workbook_close(s.book) : LXW_NO_ERROR;
        if (good && how != LXW_NO_ERROR)
            good = vg_fail(e, VG_EIO, VG_NOWHERE, "%s cannot be written: %s", xlsx_path, lxw_strerror(how));
        vg_csv_close(csv);
    }
    vg_arena_free(&s.a);
    vg_input_close(in);
    return good;
}
