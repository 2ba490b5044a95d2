/* Three ways to write the same rows. Invariant: cells stand row by row, n_columns a row; a row begun is a row ended
 * by the time of writing. */
#include "cli/table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/date.h"

bool vg_table_init(vg_table *t, const vg_column *column, int n_columns, vg_err *e)
{
    *t = (vg_table){ .column = column, .n_columns = n_columns };
    return vg_arena_init(&t->text, (int64_t)1 << 30, e);
}

void vg_table_free(vg_table *t)
{
    free(t->cell);
    vg_arena_free(&t->text);
    *t = (vg_table){ .failed = true };
}

static void add(vg_table *t, vg_cell cell)
{
    if (t->n_cells == t->cap && !t->failed) {
        int64_t cap = t->cap ? 2 * t->cap : 256;
        vg_cell *more = realloc(t->cell, (size_t)cap * sizeof *more);
        if (more) {
            t->cell = more;
            t->cap = cap;
        } else {
            t->failed = true;
        }
    }
    if (!t->failed)
        t->cell[t->n_cells++] = cell;
}

void vg_cell_text(vg_table *t, vg_str text)
{
    vg_str copy = vg_copy(&t->text, text);
    t->failed = t->failed || !copy.s;
    add(t, (vg_cell){ .text = copy });
}

void vg_cell_int(vg_table *t, int64_t x)
{
    add(t, (vg_cell){ .whole = x });
}

void vg_cell_num(vg_table *t, double x)
{
    add(t, (vg_cell){ .low = x });
}

void vg_cell_interval(vg_table *t, double low, double high)
{
    add(t, (vg_cell){ .low = low, .high = high });
}

int64_t vg_table_rows(const vg_table *t)
{
    return t->n_columns ? t->n_cells / t->n_columns : 0;
}

/* --- for programs --- */

static bool known(const vg_column *c, const vg_cell *cell)
{
    switch (c->kind) {
    case VG_CELL_TEXT: return true;
    case VG_CELL_INT:
    case VG_CELL_ID:
    case VG_CELL_MONTH:
    case VG_CELL_INSTANT: return cell->whole != INT64_MIN;
    default: return !isnan(cell->low);
    }
}

static vg_str time_text(const vg_column *c, const vg_cell *cell, char buf[32])
{
    return c->kind == VG_CELL_MONTH ? vg_month_text((int32_t)cell->whole, buf)
                                    : vg_instant_text(cell->whole, buf);
}

static void json_cell(vg_json *j, const vg_column *c, const vg_cell *cell)
{
    char buf[32];
    if (!known(c, cell)) {
        vg_json_null(j);
        return;
    }
    switch (c->kind) {
    case VG_CELL_TEXT: vg_json_str(j, cell->text); return;
    case VG_CELL_INT:
    case VG_CELL_ID: vg_json_int(j, cell->whole); return;
    case VG_CELL_MONTH:
    case VG_CELL_INSTANT: vg_json_str(j, time_text(c, cell, buf)); return;
    case VG_CELL_INTERVAL:
        vg_json_array(j);
        vg_json_num(j, cell->low);
        vg_json_num(j, cell->high);
        vg_json_close(j);
        return;
    default: vg_json_num(j, cell->low);
    }
}

void vg_table_json(const vg_table *t, vg_json *j)
{
    vg_json_array(j);
    for (int64_t i = 0; i < t->n_cells; i++) {
        const vg_column *c = &t->column[i % t->n_columns];
        if (i % t->n_columns == 0)
            vg_json_object(j);
        vg_json_key(j, vg_str_z(c->key));
        json_cell(j, c, &t->cell[i]);
        if ((i + 1) % t->n_columns == 0)
            vg_json_close(j);
    }
    vg_json_close(j);
}

static void csv_header(const vg_table *t, vg_out *o)
{
    for (int k = 0; k < t->n_columns; k++) {
        const char *key = t->column[k].key;
        if (k)
            vg_put_char(o, ',');
        if (t->column[k].kind == VG_CELL_INTERVAL)
            vg_print(o, "%s_low,%s_high", key, key);
        else
            vg_put_csv(o, vg_str_z(key));
    }
    vg_put_char(o, '\n');
}

static void csv_cell(vg_out *o, const vg_column *c, const vg_cell *cell)
{
    char buf[32];
    bool good = known(c, cell);
    switch (c->kind) {
    case VG_CELL_TEXT: vg_put_csv(o, cell->text); return;
    case VG_CELL_INTERVAL:
        vg_put_num(o, cell->low);
        vg_put_char(o, ',');
        vg_put_num(o, cell->high);
        return;
    case VG_CELL_INT:
    case VG_CELL_ID:
        if (good)
            vg_put_int(o, cell->whole);
        return;
    case VG_CELL_MONTH:
    case VG_CELL_INSTANT:
        if (good)
            vg_put(o, time_text(c, cell, buf));
        return;
    default: vg_put_num(o, cell->low);
    }
}

static void put_csv_rows(const vg_table *t, vg_out *o)
{
    csv_header(t, o);
    for (int64_t i = 0; i < t->n_cells; i++) {
        int k = (int)(i % t->n_columns);
        if (k)
            vg_put_char(o, ',');
        csv_cell(o, &t->column[k], &t->cell[i]);
        if (k == t->n_columns - 1)
            vg_put_char(o, '\n');
    }
}

/* --- for people --- */

static void put_whole(vg_out *o, vg_lang lang, double x, int decimals)
{
    vg_arg number = vg_arg_num("", x, decimals);
    vg_arg_put(o, lang, &number);
}

static vg_arg cell_arg(const vg_column *c, const vg_cell *cell)
{
    switch (c->kind) {
    case VG_CELL_INT: return vg_arg_int("", cell->whole);
    case VG_CELL_NUM: return vg_arg_num("", cell->low, c->decimals);
    case VG_CELL_CHANCE: return vg_arg_chance("", cell->low);
    case VG_CELL_MONTH: return vg_arg_month("", (int32_t)cell->whole);
    default: return vg_arg_percent("", cell->low, c->decimals);
    }
}

void vg_cell_put(vg_out *o, vg_lang lang, const vg_column *c, const vg_cell *cell)
{
    char buf[32];
    if (!known(c, cell)) {
        vg_put(o, VG_S("\xE2\x80\x93"));
        return;
    }
    switch (c->kind) {
    case VG_CELL_TEXT: vg_put(o, cell->text); return;
    case VG_CELL_ID: vg_put_int(o, cell->whole); return;
    case VG_CELL_INSTANT: vg_put(o, time_text(c, cell, buf)); return;
    case VG_CELL_INTERVAL:
        put_whole(o, lang, cell->low, c->decimals);
        vg_put(o, VG_S(" \xE2\x80\x93 "));
        put_whole(o, lang, cell->high, c->decimals);
        return;
    case VG_CELL_CHANGE:
        if (cell->low >= 0)
            vg_put_char(o, '+');
        break;
    default: break;
    }
    vg_arg arg = cell_arg(c, cell);
    vg_arg_put(o, lang, &arg);
}

static vg_str heading(vg_lang lang, const vg_column *c, char key[64])
{
    snprintf(key, 64, "column.%s", c->key);
    return vg_message(lang, key);
}

/* Text to a width: numbers to the right, words to the left (and no blanks after the last column). */
static void put_padded(vg_out *o, vg_str text, int width, bool right, bool last)
{
    int blanks = width - vg_text_width(text);
    if (!right)
        vg_put(o, text);
    for (int i = 0; i < blanks && (right || !last); i++)
        vg_put_char(o, ' ');
    if (right)
        vg_put(o, text);
    vg_put(o, last ? VG_S("\n") : VG_S("  "));
}

static void measure(const vg_table *t, vg_lang lang, int64_t n_rows, int *width, vg_out *text)
{
    char key[64];
    for (int k = 0; k < t->n_columns; k++)
        width[k] = vg_text_width(heading(lang, &t->column[k], key));
    for (int64_t i = 0; i < n_rows * t->n_columns; i++) {
        int k = (int)(i % t->n_columns);
        text->n = 0;
        vg_cell_put(text, lang, &t->column[k], &t->cell[i]);
        int w = vg_text_width(vg_out_text(text));
        width[k] = w > width[k] ? w : width[k];
    }
}

static bool put_people(const vg_table *t, vg_lang lang, int64_t n_rows, vg_out *o, vg_err *e)
{
    vg_out text;
    int width[64] = { 0 };
    assert(t->n_columns <= 64);
    if (!vg_out_memory(&text, e))
        return false;
    measure(t, lang, n_rows, width, &text);
    char key[64];
    for (int k = 0; k < t->n_columns; k++)
        put_padded(o, heading(lang, &t->column[k], key), width[k], t->column[k].kind != VG_CELL_TEXT,
                   k == t->n_columns - 1);
    for (int64_t i = 0; i < n_rows * t->n_columns; i++) {
        int k = (int)(i % t->n_columns);
        text.n = 0;
        vg_cell_put(&text, lang, &t->column[k], &t->cell[i]);
        put_padded(o, vg_out_text(&text), width[k], t->column[k].kind != VG_CELL_TEXT, k == t->n_columns - 1);
    }
    bool good = !text.failed;
    vg_out_drop(&text);
    return good || vg_fail_memory(e, 1 << 20);
}

bool vg_table_put(const vg_table *t, vg_lang lang, vg_form form, int64_t top, vg_out *o, vg_err *e)
{
    if (t->failed)
        return vg_fail_memory(e, vg_arena_limit(&t->text));
    int64_t n_rows = vg_table_rows(t);
    if (form == VG_FORM_CSV) {
        put_csv_rows(t, o);
    } else if (form == VG_FORM_JSON) {
        vg_json j = vg_json_to(o);
        vg_table_json(t, &j);
        vg_put_char(o, '\n');
    } else {
        return put_people(t, lang, top > 0 && top < n_rows ? top : n_rows, o, e);
    }
    return true;
}
