/* Series of monthly counts from a table. Invariant: a month without a readable cell is NaN from here on. */
#include <math.h>
#include <stdlib.h>

#include "ceasefire/rates.h"
#include "core/csv.h"
#include "core/date.h"
#include "core/num.h"

enum { MOST_MONTHS = 2400, MOST_REJECTS = 1000, NOT_YET = -1 };

/* A cell that is no count: only of a column of counts is it one to be told of. */
typedef struct bad_cell {
    int32_t column;
    vg_at at;
    vg_str text;
    struct bad_cell *next;
} bad_cell;

typedef struct {
    vg_arena *arena;
    vg_str name[VG_RATES_COLUMNS];
    int32_t n_good[VG_RATES_COLUMNS],
        n_bad[VG_RATES_COLUMNS]; /* cells that are counts, and that are neither that nor empty */
    int32_t n_cells, month_cell;
    int32_t *month; /* of the rows */
    int64_t *line;
    double *cell; /* rows x cells */
    bad_cell *bad, *last_bad;
    int32_t n_rows;
    vg_reject *reject;
    int32_t n_rejects;
} table;

static bool refuse(table *t, vg_str raw, const vg_err *why)
{
    if (t->n_rejects < MOST_REJECTS)
        t->reject[t->n_rejects++] = (vg_reject){ .why = *why, .raw = vg_copy(t->arena, raw) };
    return true;
}

static bool take_head(table *t, const vg_csv_row *row, vg_err *e)
{
    if (row->n > VG_RATES_COLUMNS) {
        vg_fail(e, VG_ERANGE, (vg_at){ .line = row->line }, "%d columns; at most %d are read", row->n,
                VG_RATES_COLUMNS);
        return vg_mend(e, "leave out columns that are not asked about");
    }
    t->n_cells = row->n;
    for (int32_t i = 0; i < row->n; i++) {
        t->name[i] = vg_copy(t->arena, row->cell[i]);
    }
    return true;
}

/* The column of months is the first one whose cell reads as a month in the first row of data. */
static bool find_month(table *t, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    int32_t month;
    for (int32_t i = 0; i < row->n && i < t->n_cells; i++)
        if (vg_month_parse(row->cell[i], &month)) {
            t->month_cell = i;
            return true;
        }
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "no column of months");
    vg_why(e, "the first row of data has no cell like 2019-08 or 2019-08-31");
    return vg_mend(e, "write the months as YYYY-MM in a column of their own");
}

static void note_bad(table *t, int32_t column, vg_at at, vg_str text)
{
    bad_cell *b = vg_new(t->arena, bad_cell, 1);
    if (!b)
        return;
    *b = (bad_cell){ .column = column, .at = at, .text = vg_copy(t->arena, vg_utf8_head(text, 60)) };
    if (t->last_bad)
        t->last_bad->next = b;
    else
        t->bad = b;
    t->last_bad = b;
}

static bool take_row(table *t, const vg_csv *csv, const vg_csv_row *row)
{
    vg_err why = VG_NO_ERR;
    int32_t month;
    if (row->bad)
        return refuse(t, row->raw, &row->why);
    if (row->n != t->n_cells) {
        vg_fail(&why, VG_EPARSE, vg_csv_at(csv, row, 0), "%d cells where the head has %d", row->n,
                t->n_cells);
        return refuse(t, row->raw, &why);
    }
    if (!vg_month_parse(row->cell[t->month_cell], &month)) {
        vg_fail(&why, VG_EPARSE, vg_csv_at(csv, row, t->month_cell), "not a month: \"%.*s\"",
                VG_P(row->cell[t->month_cell]));
        vg_mend(&why, "write it as YYYY-MM");
        return refuse(t, row->raw, &why);
    }
    for (int32_t i = 0; i < t->n_rows; i++)
        if (t->month[i] == month) {
            vg_fail(&why, VG_ECONFLICT, vg_csv_at(csv, row, t->month_cell),
                    "the month came before, in line %lld", (long long)t->line[i]);
            return refuse(t, row->raw, &why);
        }
    if (t->n_rows == MOST_MONTHS) {
        vg_fail(&why, VG_ERANGE, vg_csv_at(csv, row, 0), "more than %d months", MOST_MONTHS);
        return refuse(t, row->raw, &why);
    }
    double *cell = &t->cell[t->n_rows * VG_RATES_COLUMNS];
    for (int32_t i = 0; i < row->n; i++) {
        cell[i] = NAN;
        if (i == t->month_cell || !row->cell[i].n)
            continue;
        if (vg_num(row->cell[i], &cell[i]) && cell[i] >= 0 && isfinite(cell[i])) {
            t->n_good[i]++;
        } else {
            cell[i] = NAN;
            t->n_bad[i]++;
            note_bad(t, i, vg_csv_at(csv, row, i), row->cell[i]);
        }
    }
    t->line[t->n_rows] = row->line;
    t->month[t->n_rows++] = month;
    return true;
}

static bool read_rows(table *t, vg_input *in, vg_err *e)
{
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e))
        return false;
    bool good = vg_csv_next(csv, &row, e) && !row.bad && take_head(t, &row, e);
    t->month_cell = NOT_YET;
    while (good && vg_csv_next(csv, &row, e)) {
        if (t->month_cell == NOT_YET && !row.bad)
            good = find_month(t, csv, &row, e);
        good = good && take_row(t, csv, &row);
    }
    vg_csv_close(csv);
    if (vg_failed(e))
        return false;
    if (good && t->n_rows)
        return true;
    vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_input_name(in) }, "no row of counts");
    return vg_mend(e, "a table has a line of names and then a line for each month");
}

/* A column of remarks may hold a number now and then, and one of counts a remark: what most of its cells are decides. */
static bool is_series(const table *t, int32_t column)
{
    return column != t->month_cell && t->n_good[column] >= t->n_bad[column] &&
           (t->n_good[column] > 0 || t->n_bad[column] == 0);
}

static void refuse_cells(table *t)
{
    for (const bad_cell *b = t->bad; b; b = b->next) {
        vg_err why = VG_NO_ERR;
        if (!is_series(t, b->column))
            continue;
        vg_fail(&why, VG_EPARSE, b->at, "not a count, in the column \"%.*s\": \"%.*s\"",
                VG_P(vg_utf8_head(t->name[b->column], 60)), VG_P(b->text));
        vg_why(&why,
               "a count is a number, 0 or more, without separators; the month is not known in this column");
        vg_mend(&why, "write the number, or leave the cell empty where it is not known");
        refuse(t, b->text, &why);
    }
}

static int by_line(const void *a, const void *b)
{
    const vg_reject *x = a, *y = b;
    if (x->why.at.line != y->why.at.line)
        return x->why.at.line < y->why.at.line ? -1 : 1;
    return (x->why.at.col > y->why.at.col) - (x->why.at.col < y->why.at.col);
}

/* Months in their order, gaps as NaN, columns of counts only. */
static bool lay_out(table *t, vg_rates *r, vg_err *e)
{
    int32_t last = t->month[0];
    r->first_month = t->month[0];
    for (int32_t i = 0; i < t->n_rows; i++) {
        r->first_month = t->month[i] < r->first_month ? t->month[i] : r->first_month;
        last = t->month[i] > last ? t->month[i] : last;
    }
    if (last - r->first_month >= MOST_MONTHS)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "the months span %d; at most %d are read",
                       last - r->first_month + 1, MOST_MONTHS);
    r->n_months = last - r->first_month + 1;
    r->name = vg_new(t->arena, vg_str, t->n_cells);
    r->count = vg_new(t->arena, double, (int64_t)t->n_cells * r->n_months);
    if (!r->name || !r->count)
        return vg_fail_memory(e, vg_arena_limit(t->arena));
    for (int64_t i = 0; i < (int64_t)t->n_cells * r->n_months; i++)
        r->count[i] = NAN;
    for (int32_t c = 0; c < t->n_cells; c++) {
        if (!is_series(t, c))
            continue;
        for (int32_t i = 0; i < t->n_rows; i++)
            r->count[r->n_columns * r->n_months + t->month[i] - r->first_month] =
                t->cell[i * VG_RATES_COLUMNS + c];
        r->name[r->n_columns++] = t->name[c];
    }
    refuse_cells(t);
    if (t->n_rejects)
        qsort(t->reject, (size_t)t->n_rejects, sizeof *t->reject, by_line);
    r->reject = t->reject;
    r->n_rejects = t->n_rejects;
    return r->n_columns ? true : vg_fail(e, VG_ENODATA, VG_NOWHERE, "no column of counts");
}

bool vg_rates_read(const char *path, vg_arena *a, vg_rates **out, vg_err *e)
{
    vg_input *in;
    table *t = vg_new(a, table, 1);
    vg_rates *r = vg_new(a, vg_rates, 1);
    if (!t || !r)
        return vg_fail_memory(e, vg_arena_limit(a));
    t->arena = a;
    t->month = vg_new(a, int32_t, MOST_MONTHS);
    t->line = vg_new(a, int64_t, MOST_MONTHS);
    t->cell = vg_new(a, double, (int64_t)MOST_MONTHS *VG_RATES_COLUMNS);
    t->reject = vg_new(a, vg_reject, MOST_REJECTS);
    if (!t->month || !t->line || !t->cell || !t->reject)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = read_rows(t, in, e) && lay_out(t, r, e);
    vg_input_close(in);
    if (good)
        *out = r;
    return good;
}

/* --- answers --- */

/* Forecasts of the months from `from` on, each from those before it only. */
static void score(const double *y, int32_t n, int32_t from, vg_rates_column *out)
{
    double error = 0, naive = 0, inside = 0, before = NAN;
    out->n_scored = 0;
    for (int32_t i = 0; i < n; i++) {
        if (i >= from && !isnan(y[i]) && !isnan(before)) {
            vg_rate_outlook o = vg_rate_next(y, i);
            if (!isnan(o.median)) {
                error += fabs(y[i] - o.median);
                naive += fabs(y[i] - before);
                inside += y[i] >= floor(o.low) && y[i] <= ceil(o.high);
                out->n_scored++;
            }
        }
        before = isnan(y[i]) ? before : y[i];
    }
    double of = out->n_scored > 0 ? (double)out->n_scored : (double)NAN;
    out->error = error / of;
    out->naive_error = naive / of;
    out->inside = inside / of;
}

bool vg_rates_answer(const vg_rates *r, int32_t column, int32_t score_from, vg_arena *a, vg_rates_column *out,
                     vg_err *e)
{
    if (column < 0 || column >= r->n_columns)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "there is no column %d", column);
    const double *y = &r->count[column * r->n_months];
    vg_err few = VG_NO_ERR;
    *out = (vg_rates_column){ .n_stretches = 0 };
    if (!vg_rate_changes(y, r->n_months, &(vg_rate_opts){ 0 }, a, &out->stretch, &out->n_stretches, &few)) {
        if (few.code != VG_ENODATA) {
            *e = few;
            return false;
        }
        out->n_stretches = 0;
    }
    out->next = vg_rate_next(y, r->n_months);
    score(y, r->n_months, score_from ? score_from - r->first_month : r->n_months * 2 / 3, out);
    return true;
}
