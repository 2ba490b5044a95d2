/* What every chart is made of: the frame with its words, keys, text, scales, patterns and marks. Invariant: a drawing
 * has a title and a description that say what it shows, or it is hidden from screen readers beside a text that does. */
#include <math.h>

#include "page/page_int.h"

static void put_id(vg_page *p, char mark, const vg_chart_words *w, const char *size)
{
    vg_print(p->o, "%c-%s%s%s", mark, w->id, *size ? "-" : "", size);
}

void vg_chart_svg_begin(vg_page *p, const vg_chart_words *w, double width, double height, const char *size)
{
    vg_print(p->o, "<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"",
             *size ? size : "both", width, height);
    put_id(p, 't', w, size);
    vg_page_raw(p, " ");
    put_id(p, 'd', w, size);
    vg_page_raw(p, "\"><title id=\"");
    put_id(p, 't', w, size);
    vg_page_raw(p, "\">");
    vg_page_text(p, w->title);
    vg_page_raw(p, "</title><desc id=\"");
    put_id(p, 'd', w, size);
    vg_page_raw(p, "\">");
    vg_page_text(p, w->text);
    vg_page_raw(p, "</desc>");
}

void vg_chart_svg_end(vg_page *p)
{
    vg_page_raw(p, "</svg>\n");
}

void vg_chart_figure_begin(vg_page *p)
{
    vg_page_raw(p, "<figure>\n");
}

void vg_chart_figure_end(vg_page *p, const vg_chart_words *w)
{
    vg_page_raw(p, "<figcaption>");
    vg_page_text(p, w->caption);
    vg_page_raw(p, "</figcaption>\n</figure>\n");
}

void vg_chart_figures_begin(vg_page *p, const vg_chart_words *w)
{
    vg_page_wrap(p, "<details class=\"figures\"><summary>", "chart.figures", "</summary>\n");
    vg_page_table_begin_text(p, w->title);
}

void vg_chart_figures_end(vg_page *p)
{
    vg_page_table_end(p);
    vg_page_details_end(p);
}

void vg_chart_key_open(vg_page *p)
{
    vg_page_raw(p, "<li><svg viewBox=\"0 0 28 14\" aria-hidden=\"true\">");
}

void vg_chart_key_close(vg_page *p, vg_str name)
{
    vg_page_raw(p, "</svg>");
    vg_page_text(p, name);
    vg_page_raw(p, "</li>");
}

void vg_chart_key_item(vg_page *p, const char *mark, vg_str name)
{
    vg_chart_key_open(p);
    vg_page_raw(p, mark);
    vg_chart_key_close(p, name);
}

void vg_chart_text(vg_page *p, double x, double y, const char *anchor, const char *name, vg_str text)
{
    vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"", x, y, anchor);
    if (*name)
        vg_print(p->o, " class=\"%s\"", name);
    vg_page_raw(p, ">");
    vg_page_text(p, text);
    vg_page_raw(p, "</text>");
}

void vg_chart_line(vg_page *p, const char *name, double x1, double y1, double x2, double y2)
{
    vg_print(p->o, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", name, x1, x2, y1,
             y2);
}

/* --- scales --- */

double vg_chart_nice_below(double x)
{
    static const double step[] = { 1, 2, 2.5, 5 };
    double power = pow(10, floor(log10(x) + 1e-9)), best = power;
    for (int i = 0; i < 4; i++)
        if (step[i] * power <= x * 1.0001 && (step[i] * power >= 1) && (power >= 10 || i != 2))
            best = step[i] * power;
    return best;
}

double vg_chart_nice_above(double x)
{
    static const double step[] = { 1, 2, 2.5, 5, 10 };
    double power = pow(10, floor(log10(x) + 1e-9));
    for (int i = 0; i < 4; i++)
        if (step[i] * power >= x * 0.9999)
            return step[i] * power;
    return 10 * power;
}

/* --- text --- */

double vg_chart_text_width(vg_str text)
{
    return 6.6 * vg_text_width(text);
}

double vg_chart_label_width(vg_page *p, double value)
{
    return 6.5 * vg_text_width(vg_page_value_text(p, vg_arg_num("", value, 0))) + 6;
}

vg_str vg_chart_fit(vg_page *p, vg_str text, double width)
{
    if (vg_chart_text_width(text) <= width)
        return text;
    ptrdiff_t n = text.n;
    vg_str head = text;
    while (n > 0 && vg_chart_text_width(head) > width - 8)
        head = vg_utf8_head(text, --n);
    return vg_page_made(p, vg_format(p->a, "%.*s\xE2\x80\xA6", VG_P(vg_trim(head))));
}

/* --- patterns and marks --- */

/* Texture of part k of a bar. Colour grows darker from f0 to the ends by class; the texture alone tells them apart. */
static const char *const texture[VG_CHART_MAX_PARTS] = {
    "<path d=\"M0 8L8 0M-2 2L2 -2M6 10L10 6\"/>",
    "<path d=\"M0 6L6 0M-2 2L2 -2M4 8L8 4\" stroke-dasharray=\"2 3\"/>",
    "",
    "<circle cx=\"2\" cy=\"2\" r=\"1\"/><circle cx=\"6\" cy=\"6\" r=\"1\"/>",
    "<path d=\"M0 0L8 8M-2 6L2 10M6 -2L10 2\"/>",
    "<path d=\"M0 4H8M4 0V8\"/>",
    "<path d=\"M2 0V8M6 0V8\"/>",
};

void vg_chart_patterns(vg_page *p)
{
    if (p->patterned)
        return;
    p->patterned = true;
    vg_page_raw(p, "<svg class=\"patterns\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>");
    for (int i = 0; i < VG_CHART_MAX_PARTS; i++) {
        vg_print(
            p->o,
            "<pattern id=\"f%d\" class=\"f f%d\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
            "<rect width=\"8\" height=\"8\"/>",
            i, i);
        vg_page_raw(p, texture[i]);
        vg_page_raw(p, "</pattern>");
    }
    vg_page_raw(p, "</defs></svg>\n");
}

void vg_chart_mark_path(vg_page *p, int kind, double x, double y, double r)
{
    switch (kind) {
    case 0: /* disc */
        vg_print(p->o, "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0Z", x - r, y, r, r, 2 * r, r,
                 r, -2 * r);
        break;
    case 1: /* square */
        vg_print(p->o, "M%.1f %.1fh%.1fv%.1fh%.1fZ", x - r, y - r, 2 * r, 2 * r, -2 * r);
        break;
    case 2: /* triangle */
        vg_print(p->o, "M%.1f %.1fl%.1f %.1fh%.1fZ", x, y - 1.2 * r, 1.2 * r, 2.1 * r, -2.4 * r);
        break;
    case 3: /* rhomb */
        vg_print(p->o, "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fZ", x, y - 1.4 * r, 1.2 * r, 1.4 * r,
                 -1.2 * r, 1.4 * r, -1.2 * r, -1.4 * r);
        break;
    case 4: /* plus */
        vg_print(p->o, "M%.1f %.1fh%.1fM%.1f %.1fv%.1f", x - r, y, 2 * r, x, y - r, 2 * r);
        break;
    case 5: /* cross */
        vg_print(p->o, "M%.1f %.1fl%.1f %.1fM%.1f %.1fl%.1f %.1f", x - r, y - r, 2 * r, 2 * r, x + r, y - r,
                 -2 * r, 2 * r);
        break;
    case 6: /* triangle on its point */
        vg_print(p->o, "M%.1f %.1fl%.1f %.1fh%.1fZ", x, y + 1.2 * r, 1.2 * r, -2.1 * r, -2.4 * r);
        break;
    default: /* bar */ vg_print(p->o, "M%.1f %.1fh%.1f", x - 1.3 * r, y, 2.6 * r); break;
    }
}
