/* The report as a page: the blocks in the order of the text, with the frame that every report has. */
#include <math.h>
#include <stdio.h>

#include "ceasefire/daily_int.h"
#include "page/chart.h"

enum { SHORT_WORDS = 28 }; /* columns: longer ones may break the line */

static bool is_words(const vg_doc_column *c)
{
    return c->kind == VG_DOC_WORD || c->kind == VG_DOC_INSTANT;
}

/* --- tables --- */

static void put_cell(vg_page *p, const vg_doc *d, const vg_doc_column *column, const vg_doc_cell *cell,
                     bool first)
{
    vg_out *text = vg_page_begin(p);
    vg_doc_cell_put(d, text, column, cell);
    vg_str shown = vg_page_made(p, vg_copy(p->a, vg_out_text(text)));
    text->n = 0;
    if (first) {
        vg_page_row(p, shown);
    } else if (is_words(column) && vg_text_width(shown) <= SHORT_WORDS) {
        vg_page_cell_words(p, shown);
    } else if (is_words(column)) {
        vg_page_cell_wrap(p, shown);
    } else {
        vg_page_raw(p, "<td>");
        vg_page_text(p, shown);
        vg_page_raw(p, "</td>");
    }
}

static void put_table(vg_page *p, const vg_doc *d, const vg_doc_block *b)
{
    char label[96];
    int64_t n_rows = b->n_cells / b->n_columns, n_shown = n_rows < VG_DOC_ROWS ? n_rows : VG_DOC_ROWS;
    int first = 0;
    while (first < b->n_columns - 1 && b->column[first].kind == VG_DOC_ID)
        first++;
    snprintf(label, sizeof label, "ceasefire.table.%s", b->id);
    if (!n_rows) {
        vg_page_note(p, b->key, VG_NO_ARG);
        return;
    }
    if (b->kind == VG_DOC_DETAILS)
        vg_page_details(p, label, VG_ARGS(vg_arg_int("n", n_rows)));
    vg_page_table_begin_text(p, vg_page_words(p, label, vg_arg_int("n", n_rows)));
    for (int k = first; k < b->n_columns; k++)
        if (b->column[k].kind != VG_DOC_ID)
            vg_page_heading_text(p, vg_doc_message(d, "column", b->column[k].name), is_words(&b->column[k]));
    vg_page_table_body(p);
    for (int64_t i = 0; i < n_shown; i++) {
        for (int k = first; k < b->n_columns; k++)
            if (b->column[k].kind != VG_DOC_ID)
                put_cell(p, d, &b->column[k], &b->cell[i * b->n_columns + k], k == first);
        vg_page_row_end(p);
    }
    vg_page_table_end(p);
    if (n_shown < n_rows)
        vg_page_note(p, "ceasefire.more-rows", vg_arg_int("n", n_rows - n_shown));
    if (b->kind == VG_DOC_DETAILS)
        vg_page_details_end(p);
}

/* Expected breaches day by day with their interval, drawn from the cells of the table. */
static void put_days(vg_page *p, const vg_doc *d, const vg_doc_block *b)
{
    int32_t n = (int32_t)(b->n_cells / b->n_columns);
    double *y = vg_page_new(p, double, n), *low = vg_page_new(p, double, n),
           *high = vg_page_new(p, double, n);
    if (!y || !low || !high)
        return;
    for (int32_t i = 0; i < n; i++) {
        const vg_doc_cell *row = &b->cell[i * b->n_columns];
        y[i] = row[VG_DOC_DAYS_EXPECTED].low;
        low[i] = row[VG_DOC_DAYS_INTERVAL].low;
        high[i] = row[VG_DOC_DAYS_INTERVAL].high;
    }
    vg_chart_series s = { .name = vg_doc_message(d, "column", "expected"), .y = y, .low = low, .high = high };
    vg_chart_lines(p, &(vg_chart_lines_opts){
                          .words = { .id = "days",
                                     .title = vg_message(d->lang, "ceasefire.days.title"),
                                     .text = vg_page_words(p, "ceasefire.days.text", vg_arg_int("n", n)),
                                     .caption = vg_message(d->lang, "ceasefire.days.caption") },
                          .x_kind = VG_X_DAY,
                          .x_first = d->ask->from_day,
                          .n_x = n,
                          .n_series = 1,
                          .series = &s,
                          .decimals = 1,
                          .short_drawing = true });
}

/* --- blocks --- */

static void put_block(vg_page *p, const vg_doc *d, const vg_doc_block *b, bool *open)
{
    switch (b->kind) {
    case VG_DOC_SECTION:
        if (*open)
            vg_page_section_end(p);
        *open = true;
        vg_page_section(p, b->id, b->key);
        return;
    case VG_DOC_SUB:
        vg_page_raw(p, "<h3>");
        vg_page_text(p, b->title);
        vg_page_raw(p, "</h3>\n");
        return;
    case VG_DOC_PARA: vg_page_line(p, "<p>", b->key, "</p>\n", b->arg, b->n_args); return;
    case VG_DOC_NOTE: vg_page_line(p, "<p class=\"note\">", b->key, "</p>\n", b->arg, b->n_args); return;
    case VG_DOC_NOTICE: vg_page_notice(p, b->key, b->arg, b->n_args); return;
    case VG_DOC_FACT: return; /* in the head */
    case VG_DOC_TABLE:
    case VG_DOC_DETAILS:
        if (b->n_cells && vg_eq(vg_str_z(b->id), VG_S(VG_DOC_DAYS)))
            put_days(p, d, b);
        put_table(p, d, b);
        return;
    }
}

static void put_head(vg_page *p, const vg_doc *d)
{
    vg_page_head(p, &(vg_page_title){ .title = d->title,
                                      .lead = "ceasefire.report.lead",
                                      .arg = d->head,
                                      .n_args = d->n_head,
                                      .charts = true });
    vg_page_facts_begin(p);
    for (int64_t i = 0; i < d->n; i++)
        if (d->block[i].kind == VG_DOC_FACT)
            vg_page_fact(p, *d->block[i].arg, d->block[i].key);
    vg_page_facts_end(p);
    vg_page_contents_begin(p);
    for (int64_t i = 0; i < d->n; i++)
        if (d->block[i].kind == VG_DOC_SECTION)
            vg_page_contents_say(p, d->block[i].id, d->block[i].key);
    vg_page_contents_end(p);
    vg_page_main(p);
}

bool vg_doc_put_page(const vg_doc *d, vg_out *out, vg_err *e)
{
    vg_page p;
    bool open = false;
    int64_t unused, to;
    if (!vg_page_init(&p, out, d->lang, d->a, e))
        return false;
    vg_agreement_day_bounds(d->agreement, d->ask->to_day, &unused, &to);
    put_head(&p, d);
    for (int64_t i = 0; i < d->n; i++)
        put_block(&p, d, &d->block[i], &open);
    if (open)
        vg_page_section_end(&p);
    vg_page_foot_at(&p, d->ask->at ? d->ask->at : to);
    return vg_page_done(&p, e);
}
