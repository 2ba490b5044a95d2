/* Bars in parts: shares of answers, votes or reasons, one row each. Invariant: the row is a row of a table, so the
 * figures stand beside the drawing; parts differ by texture, by their fixed order and by the number written into them. */
#include <math.h>

#include "page/page_int.h"

enum { WIDTH = 400, HEIGHT = 24 };

/* Where the row begins and how much room a share has: a diverging row hangs on its middle line. */
typedef struct {
    double zero, unit;
} scale;

static double before_middle(const vg_chart_bars_opts *c, const vg_chart_bar *b)
{
    double sum = 0;
    for (int32_t i = 0; i < c->middle; i++)
        sum += fmax(b->share[i], 0);
    return sum + (c->split ? 0 : fmax(b->share[c->middle], 0) / 2);
}

static double total(const vg_chart_bars_opts *c, const vg_chart_bar *b)
{
    double sum = 0;
    for (int32_t i = 0; i < c->n_parts; i++)
        sum += fmax(b->share[i], 0);
    return sum;
}

static scale scale_of(const vg_chart_bars_opts *c)
{
    double left = 0, right = 0;
    if (c->middle < 0)
        return (scale){ 1, WIDTH - 2 };
    for (int32_t i = 0; i < c->n_bars; i++) {
        if (isnan(c->bar[i].share[0]))
            continue;
        double before = before_middle(c, &c->bar[i]);
        left = fmax(left, before);
        right = fmax(right, total(c, &c->bar[i]) - before);
    }
    double unit = (WIDTH - 2) / fmax(left + right, 0.01);
    return (scale){ 1 + left * unit, unit };
}

/* The texture of part i: always the same for "disagree, pass, agree" and for five answers. */
static int pattern_of(const vg_chart_bars_opts *c, int32_t i)
{
    if (c->middle < 0 || c->n_parts > 5)
        return i;
    int step = c->n_parts <= 3 ? 2 : 1, from = i - c->middle;
    int at = 2 + step * (from + (c->split && from >= 0 ? 1 : 0));
    return (at + VG_CHART_MAX_PARTS) % VG_CHART_MAX_PARTS;
}

static void put_bar(vg_page *p, const vg_chart_bars_opts *c, const vg_chart_bar *b, scale s)
{
    double x = s.zero - (c->middle < 0 ? 0 : before_middle(c, b) * s.unit);
    vg_print(p->o, "<svg viewBox=\"0 0 %d %d\" aria-hidden=\"true\">", WIDTH, HEIGHT);
    for (int32_t i = 0; i < c->n_parts; i++) {
        double w = fmax(b->share[i], 0) * s.unit;
        if (w > 0)
            vg_print(
                p->o,
                "<rect class=\"part\" fill=\"url(#f%d)\" x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"20\"/>",
                pattern_of(c, i), x, w);
        if (w >= 36)
            vg_chart_text(p, x + w / 2, 16, "middle", "share",
                          vg_page_value_text(p, vg_arg_percent("", b->share[i], 0)));
        x += w;
    }
    if (c->middle >= 0)
        vg_print(p->o, "<line class=\"middle\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"/>", s.zero, s.zero,
                 HEIGHT);
    vg_page_raw(p, "</svg>");
}

static void put_row(vg_page *p, const vg_chart_bars_opts *c, const vg_chart_bar *b, scale s, bool counted)
{
    bool known = !isnan(b->share[0]);
    vg_page_raw(p, "<tr><th scope=\"row\" class=\"name\">");
    vg_page_text(p, b->name);
    if (b->note.n) {
        vg_page_raw(p, " <small>");
        vg_page_text(p, b->note);
        vg_page_raw(p, "</small>");
    }
    vg_page_raw(p, "</th><td class=\"bars\">");
    if (known)
        put_bar(p, c, b, s);
    else
        vg_page_say(p, "chart.suppressed", VG_NO_ARG);
    vg_page_raw(p, "</td>");
    for (int32_t i = 0; i < c->n_parts; i++)
        vg_page_cell(p, vg_arg_percent("", known ? b->share[i] : NAN, 0));
    if (counted)
        vg_page_cell(p, b->n > 0 ? vg_arg_int("", b->n) : vg_arg_num("", NAN, 0));
    vg_page_row_end(p);
}

static void put_key(vg_page *p, const vg_chart_bars_opts *c)
{
    vg_page_raw(p, "<ul class=\"key\">");
    for (int32_t i = 0; i < c->n_parts; i++) {
        vg_chart_key_open(p);
        vg_print(p->o, "<rect class=\"part\" fill=\"url(#f%d)\" x=\"1\" y=\"0\" width=\"26\" height=\"14\"/>",
                 pattern_of(c, i));
        vg_chart_key_close(p, c->part[i]);
    }
    vg_page_raw(p, "</ul>");
}

void vg_chart_bars(vg_page *p, const vg_chart_bars_opts *opts)
{
    vg_chart_bars_opts c = *opts;
    c.n_parts = c.n_parts < VG_CHART_MAX_PARTS ? c.n_parts : VG_CHART_MAX_PARTS;
    bool counted = false;
    for (int32_t i = 0; i < c.n_bars; i++)
        counted = counted || c.bar[i].n > 0;
    scale s = scale_of(&c);
    vg_chart_patterns(p);
    vg_chart_figure_begin(p);
    put_key(p, &c);
    vg_page_table_begin_text(p, c.words.title);
    vg_page_heading(p, c.name_key, true);
    vg_page_wrap(p, "<th scope=\"col\" class=\"word bars\">", "chart.shares", "</th>");
    for (int32_t i = 0; i < c.n_parts; i++)
        vg_page_heading_text(p, c.part[i], false);
    if (counted)
        vg_page_heading(p, "chart.answers", false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < c.n_bars; i++)
        put_row(p, &c, &c.bar[i], s, counted);
    vg_page_table_end(p);
    vg_chart_figure_end(p, &c.words);
}
