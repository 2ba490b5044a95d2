/* Tables, sources and the record of a run. Invariant: a value that is not known is a dash, and every table has a name,
 * headings with a scope and a box that scrolls by itself, so that the page never does sideways. */
#include <math.h>

#include "page/page.h"
#include "page/page_int.h"

void vg_page_table_begin_text(vg_page *p, vg_str label)
{
    vg_page_raw(p, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    vg_page_text(p, label);
    vg_page_raw(p, "\"><table><thead><tr>");
}

void vg_page_table_begin(vg_page *p, const char *label)
{
    vg_page_table_begin_text(p, vg_message(p->lang, label));
}

void vg_page_heading_text(vg_page *p, vg_str text, bool word)
{
    vg_page_raw(p, word ? "<th scope=\"col\" class=\"word\">" : "<th scope=\"col\">");
    vg_page_text(p, text);
    vg_page_raw(p, "</th>");
}

void vg_page_heading(vg_page *p, const char *key, bool word)
{
    vg_page_heading_text(p, vg_message(p->lang, key), word);
}

void vg_page_table_body(vg_page *p)
{
    vg_page_raw(p, "</tr></thead><tbody>\n");
}

void vg_page_table(vg_page *p, const char *label, const char *const *heading, int n_words)
{
    vg_page_table_begin(p, label);
    for (int i = 0; heading[i]; i++)
        vg_page_heading(p, heading[i], i < n_words);
    vg_page_table_body(p);
}

void vg_page_table_end(vg_page *p)
{
    vg_page_raw(p, "</tbody></table></div>\n");
}

void vg_page_row(vg_page *p, vg_str name)
{
    vg_page_raw(p, "<tr><th scope=\"row\">");
    vg_page_text(p, name);
    vg_page_raw(p, "</th>");
}

void vg_page_row_arg(vg_page *p, vg_arg name)
{
    vg_page_raw(p, "<tr><th scope=\"row\">");
    vg_page_arg(p, name);
    vg_page_raw(p, "</th>");
}

void vg_page_row_say(vg_page *p, const char *key)
{
    vg_page_row(p, vg_message(p->lang, key));
}

void vg_page_cell(vg_page *p, vg_arg arg)
{
    vg_page_raw(p, "<td>");
    vg_page_arg(p, arg);
    vg_page_raw(p, "</td>");
}

void vg_page_cell_words(vg_page *p, vg_str text)
{
    vg_page_raw(p, "<td class=\"word\">");
    vg_page_text(p, text.n ? text : VG_S(DASH));
    vg_page_raw(p, "</td>");
}

void vg_page_cell_wrap(vg_page *p, vg_str text)
{
    vg_page_raw(p, "<td class=\"wrap\">");
    vg_page_text(p, text.n ? text : VG_S(DASH));
    vg_page_raw(p, "</td>");
}

void vg_page_cell_say(vg_page *p, const char *key)
{
    vg_page_cell_words(p, vg_message(p->lang, key));
}

void vg_page_cell_interval(vg_page *p, double low, double high)
{
    if (isnan(low) && isnan(high)) {
        vg_page_cell(p, vg_arg_num("", NAN, 0));
        return;
    }
    vg_page_raw(p, "<td>");
    vg_page_arg(p, vg_arg_num("", low, 0));
    vg_page_raw(p, SPACE DASH SPACE);
    vg_page_arg(p, vg_arg_num("", high, 0));
    vg_page_raw(p, "</td>");
}

void vg_page_row_end(vg_page *p)
{
    vg_page_raw(p, "</tr>\n");
}

/* --- sources --- */

static void put_source(vg_page *p, const vg_page_source *s)
{
    vg_page_raw(p, "<tr><th scope=\"row\">");
    if (s->vintage)
        vg_print(p->o, "%lld", (long long)s->vintage);
    else
        vg_page_raw(p, DASH);
    vg_page_raw(p, "</th>");
    vg_page_cell_words(p, s->source);
    vg_page_cell_words(p, s->version);
    vg_page_raw(p, "<td class=\"word\">");
    if (s->first_month) {
        vg_page_arg(p, vg_arg_month("", s->first_month));
        vg_page_raw(p, SPACE DASH SPACE);
        vg_page_arg(p, vg_arg_month("", s->last_month));
    }
    vg_page_raw(p, "</td>");
    vg_page_cell(p, vg_arg_int("", s->n_accepted));
    vg_page_cell(p, vg_arg_int("", s->n_rejected));
    if (s->imported_at)
        vg_page_cell(p, vg_arg_day("", s->imported_at));
    else
        vg_page_cell(p, vg_arg_text("", VG_S(DASH)));
    vg_page_raw(p, "<td><code>");
    vg_page_text(p, s->sha256.n ? vg_sub(s->sha256, 0, 12) : VG_S(DASH));
    vg_page_raw(p, "</code></td></tr>\n");
}

void vg_page_sources(vg_page *p, const vg_page_source *s, int32_t n)
{
    static const char *const columns[] = { "column.vintage",     "column.source",   "column.version",
                                           "column.months",      "column.accepted", "column.rejected",
                                           "column.imported_on", "column.sha256",   NULL };
    vg_page_table(p, "report.sources", columns, 4);
    for (int32_t i = 0; i < n; i++)
        put_source(p, &s[i]);
    vg_page_table_end(p);
}

static bool told_before(const vg_page_source *s, int32_t i)
{
    for (int32_t k = 0; k < i; k++)
        if (vg_eq(s[k].licence, s[i].licence) && vg_eq(s[k].citation, s[i].citation))
            return true;
    return false;
}

void vg_page_terms(vg_page *p, const vg_page_source *s, int32_t n)
{
    vg_page_wrap(p, "<h3>", "report.terms", "</h3>\n<ul>\n");
    for (int32_t i = 0; i < n; i++) {
        if (told_before(s, i))
            continue;
        vg_page_raw(p, "<li>");
        vg_page_say(
            p, "report.term", vg_arg_text("source", s[i].source),
            vg_arg_text("licence", s[i].licence.n ? s[i].licence : vg_message(p->lang, "report.no-licence")));
        if (s[i].citation.n) {
            vg_page_raw(p, " ");
            vg_page_text(p, s[i].citation);
        }
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n");
}

/* --- the record of a run --- */

void vg_page_record_begin(vg_page *p)
{
    vg_page_raw(p, "<dl>\n");
}

void vg_page_record_term(vg_page *p, const char *key)
{
    vg_page_wrap(p, "<dt>", key, "</dt><dd>");
}

void vg_page_record_term_end(vg_page *p)
{
    vg_page_raw(p, "</dd>\n");
}

void vg_page_record_value(vg_page *p, const char *key, vg_arg value)
{
    vg_page_record_term(p, key);
    vg_page_arg(p, value);
    vg_page_record_term_end(p);
}

void vg_page_record_text(vg_page *p, const char *key, vg_str value)
{
    vg_page_record_value(p, key, vg_arg_text("", value));
}

void vg_page_record_end(vg_page *p)
{
    vg_page_raw(p, "</dl>\n");
}
