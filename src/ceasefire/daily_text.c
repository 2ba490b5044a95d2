/* The report for a terminal, for programs (JSON, CSV). Invariant: JSON holds ids and words of the program and numbers as
 * they are, the same bytes in every language; what is not known is null. */
#include <math.h>
#include <string.h>

#include "ceasefire/daily_int.h"
#include "core/date.h"

enum { TEXT_WIDTH = 100, MAX_COLUMNS = 24 };

#define DASH "\xE2\x80\x93"

static bool is_table(const vg_doc_block *b)
{
    return b->kind == VG_DOC_TABLE || b->kind == VG_DOC_DETAILS;
}

/* --- cells for people --- */

static void put_arg(const vg_doc *d, vg_out *out, vg_arg arg)
{
    vg_arg_put(out, d->lang, &arg);
}

/* A count that is not known is a dash, never a zero. */
static void put_count(const vg_doc *d, vg_out *out, int64_t n)
{
    if (n == VG_UNKNOWN)
        vg_put(out, VG_S(DASH));
    else
        put_arg(d, out, vg_arg_int("", n));
}

void vg_doc_cell_put(const vg_doc *d, vg_out *out, const vg_doc_column *column, const vg_doc_cell *cell)
{
    switch (column->kind) {
    case VG_DOC_WORD:
    case VG_DOC_INSTANT: vg_put(out, cell->shown.n ? cell->shown : VG_S(DASH)); return;
    case VG_DOC_ID: return;
    case VG_DOC_INT: put_count(d, out, cell->whole); return;
    case VG_DOC_NUM:
        if (cell->shown.n)
            vg_put(out, cell->shown);
        else
            put_arg(d, out, vg_arg_num("", cell->low, column->decimals));
        return;
    case VG_DOC_PERCENT: put_arg(d, out, vg_arg_percent("", cell->low, column->decimals)); return;
    case VG_DOC_INTERVAL:
        put_arg(d, out, vg_arg_num("", cell->low, column->decimals));
        vg_put(out, VG_S("\xC2\xA0" DASH "\xC2\xA0"));
        put_arg(d, out, vg_arg_num("", cell->high, column->decimals));
        return;
    case VG_DOC_BESIDE:
        put_count(d, out, cell->whole);
        vg_put(out, VG_S("\xC2\xA0("));
        put_count(d, out, cell->second);
        vg_put_char(out, ')');
        return;
    case VG_DOC_CHANGE:
        put_count(d, out, cell->whole);
        if (cell->second != cell->whole) {
            vg_put(out, VG_S("\xC2\xA0\xE2\x86\x92\xC2\xA0"));
            put_count(d, out, cell->second);
        }
        return;
    }
}

static vg_str heading(const vg_doc *d, const vg_doc_column *column)
{
    return vg_doc_message(d, "column", column->name);
}

/* --- text --- */

static void put_times(vg_out *out, const char *mark, int times)
{
    for (int i = 0; i < times; i++)
        vg_put(out, vg_str_z(mark));
}

/* A sentence in lines of at most TEXT_WIDTH columns; the lines after the first begin with `indent` blanks. */
static void put_wrapped(vg_out *out, vg_str text, int indent)
{
    int column = indent;
    vg_str rest = text;
    while (rest.n) {
        vg_str word = vg_cut(&rest, ' ');
        int width = vg_text_width(word);
        if (column > indent && column + 1 + width > TEXT_WIDTH) {
            vg_put_char(out, '\n');
            put_times(out, " ", indent);
            column = indent;
        } else if (column > indent) {
            vg_put_char(out, ' ');
            column++;
        }
        vg_put(out, word);
        column += width;
    }
    vg_put_char(out, '\n');
}

static vg_str sentence(const vg_doc *d, const vg_doc_block *b, vg_out *scratch)
{
    scratch->n = 0;
    vg_message_put(scratch, d->lang, b->key, b->arg, b->n_args);
    return vg_out_text(scratch);
}

static bool is_words(const vg_doc_column *c)
{
    return c->kind == VG_DOC_WORD || c->kind == VG_DOC_INSTANT;
}

static void put_padded(vg_out *out, vg_str text, int width, bool right, bool last)
{
    int blanks = width - vg_text_width(text);
    if (right)
        put_times(out, " ", blanks);
    vg_put(out, text);
    if (!right && !last)
        put_times(out, " ", blanks);
    vg_put(out, last ? VG_S("\n") : VG_S("  "));
}

static int last_shown(const vg_doc_block *b)
{
    int last = 0;
    for (int k = 0; k < b->n_columns; k++)
        last = b->column[k].kind == VG_DOC_ID ? last : k;
    return last;
}

static vg_str cell_text(const vg_doc *d, const vg_doc_block *b, int64_t at, vg_out *scratch)
{
    scratch->n = 0;
    vg_doc_cell_put(d, scratch, &b->column[at % b->n_columns], &b->cell[at]);
    return vg_out_text(scratch);
}

static void put_table_text(const vg_doc *d, const vg_doc_block *b, vg_out *out, vg_out *scratch)
{
    int width[MAX_COLUMNS] = { 0 }, last = last_shown(b);
    int64_t n_rows = b->n_cells / b->n_columns, n_shown = n_rows < VG_DOC_ROWS ? n_rows : VG_DOC_ROWS;
    for (int k = 0; k < b->n_columns; k++)
        width[k] = vg_text_width(heading(d, &b->column[k]));
    for (int64_t i = 0; i < n_shown * b->n_columns; i++) {
        int w = vg_text_width(cell_text(d, b, i, scratch)), k = (int)(i % b->n_columns);
        width[k] = w > width[k] ? w : width[k];
    }
    for (int k = 0; k < b->n_columns; k++)
        if (b->column[k].kind != VG_DOC_ID)
            put_padded(out, heading(d, &b->column[k]), width[k], !is_words(&b->column[k]), k == last);
    for (int64_t i = 0; i < n_shown * b->n_columns; i++) {
        int k = (int)(i % b->n_columns);
        if (b->column[k].kind != VG_DOC_ID)
            put_padded(out, cell_text(d, b, i, scratch), width[k], !is_words(&b->column[k]), k == last);
    }
    if (n_shown < n_rows) {
        vg_say(out, d->lang, "ceasefire.more-rows", vg_arg_int("n", n_rows - n_shown));
        vg_put_char(out, '\n');
    }
    vg_put_char(out, '\n');
}

static void put_fact_text(const vg_doc *d, const vg_doc_block *b, vg_out *out, vg_out *scratch)
{
    scratch->n = 0;
    vg_arg_put(scratch, d->lang, b->arg);
    put_padded(out, vg_out_text(scratch), 9, true, false);
    put_wrapped(out, sentence(d, b, scratch), 11);
}

static void put_block_text(const vg_doc *d, const vg_doc_block *b, bool after_fact, vg_out *out,
                           vg_out *scratch)
{
    if (after_fact && b->kind != VG_DOC_FACT)
        vg_put_char(out, '\n');
    switch (b->kind) {
    case VG_DOC_SECTION: {
        vg_str title = vg_message(d->lang, b->key);
        vg_put(out, title);
        vg_put_char(out, '\n');
        put_times(out, "=", vg_text_width(title));
        vg_put(out, VG_S("\n\n"));
        return;
    }
    case VG_DOC_SUB:
        vg_put(out, b->title);
        vg_put_char(out, '\n');
        put_times(out, "-", vg_text_width(b->title));
        vg_put(out, VG_S("\n"));
        return;
    case VG_DOC_NOTICE:
        vg_put(out, VG_S("! "));
        put_wrapped(out, sentence(d, b, scratch), 2);
        vg_put_char(out, '\n');
        return;
    case VG_DOC_PARA:
    case VG_DOC_NOTE:
        put_wrapped(out, sentence(d, b, scratch), 0);
        vg_put_char(out, '\n');
        return;
    case VG_DOC_FACT: put_fact_text(d, b, out, scratch); return;
    case VG_DOC_TABLE:
    case VG_DOC_DETAILS: break;
    }
    if (b->n_cells) {
        put_table_text(d, b, out, scratch);
    } else {
        put_wrapped(out, vg_message(d->lang, b->key), 0);
        vg_put_char(out, '\n');
    }
}

void vg_doc_put_text(const vg_doc *d, vg_out *out)
{
    vg_out scratch;
    if (!vg_out_memory(&scratch, NULL)) {
        out->failed = true;
        return;
    }
    const vg_str title = vg_message_text(d->a, d->lang, d->title, d->head, d->n_head);
    vg_put(out, title);
    vg_put_char(out, '\n');
    put_times(out, "=", vg_text_width(title));
    vg_put_char(out, '\n');
    vg_message_put(&scratch, d->lang, "ceasefire.report.lead", d->head, d->n_head);
    put_wrapped(out, vg_out_text(&scratch), 0);
    vg_put_char(out, '\n');
    for (int64_t i = 0; i < d->n; i++)
        put_block_text(d, &d->block[i], i && d->block[i - 1].kind == VG_DOC_FACT, out, &scratch);
    out->failed = out->failed || scratch.failed;
    vg_out_drop(&scratch);
}

/* --- JSON --- */

static void json_instant(vg_json *j, int64_t at)
{
    char buf[32];
    if (at == VG_UNKNOWN || at == INT64_MIN || at == INT64_MAX)
        vg_json_null(j);
    else
        vg_json_str(j, vg_instant_text(at, buf));
}

static void json_count(vg_json *j, int64_t n)
{
    if (n == VG_UNKNOWN)
        vg_json_null(j);
    else
        vg_json_int(j, n);
}

static void json_cell(vg_json *j, const vg_doc_column *column, const vg_doc_cell *cell)
{
    switch (column->kind) {
    case VG_DOC_WORD:
    case VG_DOC_ID:
        if (cell->word.n)
            vg_json_str(j, cell->word);
        else
            vg_json_null(j);
        return;
    case VG_DOC_NUM:
    case VG_DOC_PERCENT: vg_json_num(j, cell->low); return;
    case VG_DOC_INTERVAL:
        vg_json_array(j);
        vg_json_num(j, cell->low);
        vg_json_num(j, cell->high);
        vg_json_close(j);
        return;
    case VG_DOC_INSTANT: json_instant(j, cell->whole); return;
    case VG_DOC_INT:
    case VG_DOC_BESIDE:
    case VG_DOC_CHANGE: json_count(j, cell->whole); return;
    }
}

/* The key of a cell and its value; of two counts, both with theirs. */
static void json_named_cell(vg_json *j, const vg_doc_column *column, const vg_doc_cell *cell)
{
    char key[64];
    bool change = column->kind == VG_DOC_CHANGE, two = change || column->kind == VG_DOC_BESIDE;
    snprintf(key, sizeof key, "%s%s", column->name, change ? "_was" : "");
    vg_json_key(j, vg_str_z(key));
    json_cell(j, column, cell);
    if (!two)
        return;
    snprintf(key, sizeof key, "%s%s", column->name, change ? "_now" : "_before");
    vg_json_key(j, vg_str_z(key));
    json_count(j, cell->second);
}

static void json_rows(vg_json *j, const vg_doc_block *b)
{
    for (int64_t i = 0; i < b->n_cells; i++) {
        int k = (int)(i % b->n_columns);
        if (k == 0)
            vg_json_object(j);
        json_named_cell(j, &b->column[k], &b->cell[i]);
        if (k == b->n_columns - 1)
            vg_json_close(j);
    }
}

static bool same_id(const vg_doc_block *a, const vg_doc_block *b)
{
    return is_table(a) && is_table(b) && vg_eq(vg_str_z(a->id), vg_str_z(b->id));
}

/* All tables of one id as one array, where the first of them stands. */
static void json_tables(const vg_doc *d, vg_json *j)
{
    for (int64_t i = 0; i < d->n; i++) {
        bool first = is_table(&d->block[i]);
        for (int64_t k = 0; k < i && first; k++)
            first = !same_id(&d->block[k], &d->block[i]);
        if (!first)
            continue;
        vg_json_key(j, vg_str_z(d->block[i].id));
        vg_json_array(j);
        for (int64_t k = i; k < d->n; k++)
            if (same_id(&d->block[k], &d->block[i]))
                json_rows(j, &d->block[k]);
        vg_json_close(j);
    }
}

static void json_facts(const vg_doc *d, vg_json *j)
{
    vg_json_key(j, VG_S("facts"));
    vg_json_object(j);
    for (int64_t i = 0; i < d->n; i++) {
        const vg_doc_block *b = &d->block[i];
        if (b->kind != VG_DOC_FACT)
            continue;
        vg_json_key(j, vg_str_z(b->id));
        if (b->arg->kind == VG_ARG_INT)
            vg_json_int(j, b->arg->whole);
        else
            vg_json_num(j, b->arg->number);
    }
    vg_json_close(j);
}

static void json_str(vg_json *j, vg_str key, vg_str text)
{
    vg_json_key(j, key);
    if (text.n)
        vg_json_str(j, text);
    else
        vg_json_null(j);
}

static void json_head(const vg_doc *d, vg_json *j)
{
    const vg_agreement *a = d->agreement;
    char day[16];
    int64_t from, to, unused;
    vg_agreement_day_bounds(a, d->ask->from_day, &from, &unused);
    vg_agreement_day_bounds(a, d->ask->to_day, &unused, &to);
    vg_json_key(j, VG_S("agreement"));
    vg_json_object(j);
    json_str(j, VG_S("id"), a->id);
    json_str(j, VG_S("title"), a->title);
    json_str(j, VG_S("version"), a->version);
    json_str(j, VG_S("sha256"), vg_str_z(a->sha256));
    vg_json_close(j);
    vg_json_key(j, VG_S("period"));
    vg_json_object(j);
    json_str(j, VG_S("from_day"), vg_day_text(d->ask->from_day, day));
    json_str(j, VG_S("to_day"), vg_day_text(d->ask->to_day, day));
    vg_json_key(j, VG_S("from")), json_instant(j, from);
    vg_json_key(j, VG_S("to")), json_instant(j, to);
    json_str(j, VG_S("time_zone"), vg_clock_name(a->clock));
    vg_json_close(j);
    vg_json_key(j, VG_S("seq"));
    if (d->ask->seq)
        vg_json_int(j, d->ask->seq);
    else
        vg_json_null(j);
    json_str(j, VG_S("head"), d->ask->head);
    vg_json_key(j, VG_S("complete_until")), json_instant(j, d->complete_until);
}

/* What a person must not miss, as the names of the messages without the first word. */
static void json_notices(const vg_doc *d, vg_json *j)
{
    vg_json_key(j, VG_S("notices"));
    vg_json_array(j);
    for (int64_t i = 0; i < d->n; i++)
        if (d->block[i].kind == VG_DOC_NOTICE)
            vg_json_str(j, vg_str_z(d->block[i].key + strlen("ceasefire.")));
    vg_json_close(j);
}

void vg_doc_put_json(const vg_doc *d, vg_out *out)
{
    vg_json j = vg_json_to(out);
    vg_json_object(&j);
    json_head(d, &j);
    json_notices(d, &j);
    json_facts(d, &j);
    json_tables(d, &j);
    vg_json_close(&j);
    vg_put_char(out, '\n');
}

/* --- CSV: the rows of one table --- */

static void csv_count(vg_out *out, int64_t n)
{
    if (n != VG_UNKNOWN)
        vg_put_int(out, n);
}

static void csv_cell(const vg_doc_column *column, const vg_doc_cell *cell, vg_out *out)
{
    char buf[32];
    switch (column->kind) {
    case VG_DOC_WORD:
    case VG_DOC_ID: vg_put_csv(out, cell->word); return;
    case VG_DOC_INT: csv_count(out, cell->whole); return;
    case VG_DOC_NUM:
    case VG_DOC_PERCENT: vg_put_num(out, cell->low); return;
    case VG_DOC_INTERVAL:
        vg_put_num(out, cell->low);
        vg_put_char(out, ',');
        vg_put_num(out, cell->high);
        return;
    case VG_DOC_INSTANT:
        if (cell->whole != VG_UNKNOWN)
            vg_put(out, vg_instant_text(cell->whole, buf));
        return;
    case VG_DOC_BESIDE:
    case VG_DOC_CHANGE:
        csv_count(out, cell->whole);
        vg_put_char(out, ',');
        csv_count(out, cell->second);
        return;
    }
}

static void csv_heading(const vg_doc_column *column, int number, vg_out *out)
{
    if (number)
        vg_put_char(out, ',');
    if (column->kind == VG_DOC_INTERVAL)
        vg_print(out, "%s_low,%s_high", column->name, column->name);
    else if (column->kind == VG_DOC_BESIDE)
        vg_print(out, "%s,%s_before", column->name, column->name);
    else if (column->kind == VG_DOC_CHANGE)
        vg_print(out, "%s_was,%s_now", column->name, column->name);
    else
        vg_put(out, vg_str_z(column->name));
}

void vg_doc_put_csv(const vg_doc *d, const char *id, vg_out *out)
{
    for (int64_t i = 0; i < d->n; i++) {
        const vg_doc_block *b = &d->block[i];
        if (!is_table(b) || !vg_eq(vg_str_z(b->id), vg_str_z(id)))
            continue;
        for (int k = 0; k < b->n_columns; k++)
            csv_heading(&b->column[k], k, out);
        vg_put_char(out, '\n');
        for (int64_t c = 0; c < b->n_cells; c++) {
            int k = (int)(c % b->n_columns);
            if (k)
                vg_put_char(out, ',');
            csv_cell(&b->column[k], &b->cell[c], out);
            if (k == b->n_columns - 1)
                vg_put_char(out, '\n');
        }
        return;
    }
}
