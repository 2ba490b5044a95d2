/* The fan and the range. Invariants: a month that is not known is drawn as an empty dotted column, never as a zero; a
 * known zero is a mark on the base line; bands differ by outline and not by colour alone. The scale of the fan is the
 * square root, so that a quiet month and a catastrophe can be read in one picture. */
#include <math.h>

#include "core/date.h"
#include "page/page_int.h"

enum { PAST = 36, PAST_NARROW = 18, FAR = 3 };

typedef struct {
    vg_chart_box box;
    int32_t n_past, n_ahead; /* months */
    double max;
} frame;

typedef double quantile(const vg_chart_bands *b);

static double low90(const vg_chart_bands *b)
{
    return b->low90;
}

static double low50(const vg_chart_bands *b)
{
    return b->low50;
}

static double high50(const vg_chart_bands *b)
{
    return b->high50;
}

static double high90(const vg_chart_bands *b)
{
    return b->high90;
}

static double x_at(const frame *f, double month)
{
    return f->box.left + (f->box.width - f->box.left - f->box.right) * month / (f->n_past + f->n_ahead);
}

static double y_at(const frame *f, double value)
{
    double share = f->max > 0 ? sqrt(fmin(value, f->max) / f->max) : 0;
    return f->box.height - f->box.bottom - share * (f->box.height - f->box.bottom - f->box.top);
}

static double max_of(double max, const double *value, int32_t n)
{
    for (int32_t i = 0; value && i < n; i++)
        max = value[i] > max ? value[i] : max;
    return max;
}

static double top_of(const frame *f, const vg_chart_fan_opts *c)
{
    int32_t shown = c->n_history < f->n_past ? c->n_history : f->n_past;
    double max = max_of(4, c->history + c->n_history - shown, shown);
    for (int32_t i = 0; i < f->n_ahead; i++)
        max = fmax(max, c->ahead[i].high90);
    max = max_of(max, c->baseline, f->n_ahead);
    max = max_of(max, c->scenario, f->n_ahead);
    max = max_of(max, c->known, f->n_ahead);
    double reach = max;
    for (int32_t i = 0; i < c->n_levels; i++)
        if (c->level[i].value <= FAR * max)
            reach = fmax(reach, c->level[i].value);
    return reach * 1.08;
}

/* --- axes --- */

static void put_ticks(vg_page *p, const frame *f)
{
    double last = -1;
    for (int i = 0; i <= 4; i++) {
        double value = i == 0 ? 0 : vg_chart_nice_below(f->max * i * i / 16.0);
        if (value <= last || (last >= 0 && y_at(f, last) - y_at(f, value) < 16))
            continue;
        last = value;
        vg_chart_line(p, i ? "axis" : "base", f->box.left, y_at(f, value), f->box.width - f->box.right,
                      y_at(f, value));
        vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", f->box.left - 6,
                 y_at(f, value) + 4);
        vg_page_arg(p, vg_arg_num("", value, 0));
        vg_page_raw(p, "</text>");
    }
}

static void put_years(vg_page *p, const frame *f, int32_t first_month)
{
    double base = f->box.height - f->box.bottom;
    for (int32_t i = 0; i < f->n_past + f->n_ahead; i++) {
        if (vg_month_of_year(first_month + i) != 1)
            continue;
        vg_chart_line(p, "base", x_at(f, i), base, x_at(f, i), base + 6);
        vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\">%d</text>", x_at(f, i) + 3, base + 17,
                 vg_month_year(first_month + i));
    }
}

/* The line between known and forecast, with a word on either side. Where few months are ahead the right word has no
 * room there: both move to the left, and the line begins below them. */
static void put_cut(vg_page *p, const frame *f)
{
    vg_str known = vg_message(p->lang, "chart.recorded"), ahead = vg_message(p->lang, "chart.forecast");
    double x = x_at(f, f->n_past), room = f->box.width - x - 6, width = vg_chart_text_width(ahead);
    double shift = width > room ? width - room : 0;
    vg_chart_line(p, "cut", x, f->box.top - (shift > 0 ? 0 : 10), x, f->box.height - f->box.bottom);
    vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", x - 6 - shift, f->box.top - 3);
    vg_page_text(p, known);
    vg_print(p->o, "</text><text x=\"%.1f\" y=\"%.1f\">", x + 6 - shift, f->box.top - 3);
    vg_page_text(p, ahead);
    vg_page_raw(p, "</text>");
}

static void put_levels(vg_page *p, const frame *f, const vg_chart_fan_opts *c)
{
    for (int32_t i = 0; i < c->n_levels; i++) {
        double y = y_at(f, c->level[i].value);
        if (!(c->level[i].value <= f->max))
            continue;
        vg_chart_line(p, "level", f->box.left, y, f->box.width - f->box.right, y);
        vg_chart_text(p, f->box.left + 4, y - 4, "start", "over", c->level[i].name);
    }
}

/* --- what is drawn on them --- */

static void put_history(vg_page *p, const frame *f, const vg_chart_fan_opts *c)
{
    double base = f->box.height - f->box.bottom;
    for (int32_t i = 0; i < f->n_past; i++) {
        int32_t at = c->n_history - f->n_past + i;
        double value = at >= 0 ? c->history[at] : NAN, x = x_at(f, i) + 1,
               w = x_at(f, i + 1) - x_at(f, i) - 2;
        if (isnan(value))
            vg_print(p->o, "<rect class=\"gap\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x,
                     f->box.top, w, base - f->box.top);
        else if (value > 0)
            vg_print(p->o, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x,
                     y_at(f, value), w, fmax(base - y_at(f, value), 1.5));
        else
            vg_chart_line(p, "zero", x, base, x + w, base);
    }
}

static double ahead_x(const frame *f, int32_t i)
{
    return x_at(f, f->n_past + i + 0.5);
}

static void put_band(vg_page *p, const frame *f, const vg_chart_bands *b, quantile *low, quantile *high,
                     const char *name)
{
    vg_print(p->o, "<path class=\"%s\" d=\"M", name);
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "%s%.1f %.1f", i ? "L" : "", ahead_x(f, i), y_at(f, high(&b[i])));
    for (int32_t i = f->n_ahead - 1; i >= 0; i--)
        vg_print(p->o, "L%.1f %.1f", ahead_x(f, i), y_at(f, low(&b[i])));
    vg_page_raw(p, "Z\"/>");
}

static void put_median(vg_page *p, const frame *f, const vg_chart_bands *b)
{
    vg_page_raw(p, "<path class=\"med\" d=\"M");
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "%s%.1f %.1f", i ? "L" : "", ahead_x(f, i), y_at(f, b[i].median));
    vg_page_raw(p, "\"/>");
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>", ahead_x(f, i),
                 y_at(f, b[i].median));
}

/* A second line beside the median, broken where it is not known; `mark` as in vg_chart_mark_path. */
static void put_beside(vg_page *p, const frame *f, const double *value, const char *line, const char *marks,
                       int mark)
{
    bool pen = false;
    if (line) {
        vg_print(p->o, "<path class=\"%s\" d=\"", line);
        for (int32_t i = 0; i < f->n_ahead; i++) {
            if (!isnan(value[i]))
                vg_print(p->o, "%s%.1f %.1f", pen ? "L" : "M", ahead_x(f, i), y_at(f, value[i]));
            pen = !isnan(value[i]);
        }
        vg_page_raw(p, "\"/>");
    }
    vg_print(p->o, "<path class=\"%s\" d=\"", marks);
    for (int32_t i = 0; i < f->n_ahead; i++)
        if (!isnan(value[i]))
            vg_chart_mark_path(p, mark, ahead_x(f, i), y_at(f, value[i]), 3.2);
    vg_page_raw(p, "\"/>");
}

void vg_chart_fan_svg(vg_page *p, const vg_chart_fan_opts *c, bool narrow)
{
    frame f = { .box = narrow ? (vg_chart_box){ 360, 270, 46, 4, 26, 26 }
                              : (vg_chart_box){ 980, 330, 58, 6, 26, 26 },
                .n_past = narrow ? c->past_narrow : c->past,
                .n_ahead = c->n_ahead };
    f.n_past = f.n_past > 0 ? f.n_past : narrow ? PAST_NARROW : PAST;
    f.max = top_of(&f, c);
    f.box.left = fmax(f.box.left, vg_chart_label_width(p, vg_chart_nice_below(f.max)));
    vg_chart_svg_begin(p, &c->words, f.box.width, f.box.height, narrow ? "narrow" : "wide");
    put_ticks(p, &f);
    put_years(p, &f, c->last_month - f.n_past + 1);
    put_history(p, &f, c);
    put_band(p, &f, c->ahead, low90, high90, "b90");
    put_band(p, &f, c->ahead, low50, high50, "b50");
    put_levels(p, &f, c);
    if (c->baseline)
        put_beside(p, &f, c->baseline, "base-line", "base-mark", 3);
    if (c->scenario)
        put_beside(p, &f, c->scenario, "what-line", "what-mark", 2);
    put_median(p, &f, c->ahead);
    if (c->known)
        put_beside(p, &f, c->known, NULL, "known-mark", 5);
    put_cut(p, &f);
    vg_chart_svg_end(p);
}

void vg_chart_fan_key(vg_page *p, const vg_chart_fan_opts *c)
{
    vg_page_raw(p, "<ul class=\"key\">");
    vg_chart_key_item(p, "<rect class=\"bar\" x=\"10\" y=\"1\" width=\"8\" height=\"13\"/>",
                      vg_message(p->lang, "chart.key-recorded"));
    vg_chart_key_item(
        p, "<path class=\"med\" d=\"M1 7H27\"/><circle class=\"dot\" cx=\"14\" cy=\"7\" r=\"2.6\"/>",
        vg_message(p->lang, "chart.key-median"));
    vg_chart_key_item(p, "<rect class=\"b50\" x=\"1\" y=\"2\" width=\"26\" height=\"10\"/>",
                      vg_message(p->lang, "chart.key-50"));
    vg_chart_key_item(p, "<rect class=\"b90\" x=\"1\" y=\"2\" width=\"26\" height=\"10\"/>",
                      vg_message(p->lang, "chart.key-90"));
    vg_chart_key_item(p, "<rect class=\"gap\" x=\"10\" y=\"1\" width=\"8\" height=\"12\"/>",
                      vg_message(p->lang, "chart.key-gap"));
    if (c->baseline)
        vg_chart_key_item(p,
                          "<path class=\"base-line\" d=\"M1 7H27\"/>"
                          "<path class=\"base-mark\" d=\"M14 2.5l3.8 4.5l-3.8 4.5l-3.8 -4.5Z\"/>",
                          c->baseline_name);
    if (c->scenario)
        vg_chart_key_item(p,
                          "<path class=\"what-line\" d=\"M1 7H27\"/>"
                          "<path class=\"what-mark\" d=\"M14 3l3.8 6.8h-7.6Z\"/>",
                          c->scenario_name);
    if (c->known)
        vg_chart_key_item(p, "<path class=\"known-mark\" d=\"M11 4l6 6M17 4l-6 6\"/>",
                          vg_message(p->lang, "chart.key-known"));
    vg_page_raw(p, "</ul>");
}

void vg_chart_fan(vg_page *p, const vg_chart_fan_opts *c)
{
    vg_chart_figure_begin(p);
    vg_chart_fan_key(p, c);
    vg_chart_fan_svg(p, c, false);
    vg_chart_fan_svg(p, c, true);
    vg_chart_figure_end(p, &c->words);
}

/* --- ranges --- */

/* Place on the ranges' common scale, which is that of ln(1 + x): units differ by powers of ten. */
static double range_x(double value, double max)
{
    return 3 + 170 * log1p(fmin(value, max)) / log1p(max);
}

void vg_chart_range(vg_page *p, const vg_chart_bands *b, double max)
{
    double left = range_x(b->low50, max), middle = range_x(b->median, max), tick = 10;
    vg_page_raw(p, "<svg viewBox=\"0 0 176 20\" aria-hidden=\"true\">");
    for (; tick <= max; tick *= 10)
        vg_print(p->o, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"20\"/>",
                 range_x(tick, max), range_x(tick, max));
    vg_print(p->o, "<line class=\"r90\" x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\"/>",
             range_x(b->low90, max), range_x(b->high90, max));
    vg_print(p->o, "<rect class=\"r50\" x=\"%.1f\" y=\"5\" width=\"%.1f\" height=\"10\"/>", left,
             fmax(range_x(b->high50, max) - left, 1));
    vg_print(p->o, "<line class=\"rmed\" x1=\"%.1f\" x2=\"%.1f\" y1=\"3\" y2=\"17\"/></svg>", middle, middle);
}

void vg_chart_range_scale(vg_page *p, double max)
{
    double tick = 10, step = max >= 1e5 ? 100 : 10; /* labels must not touch */
    vg_page_raw(p, "<svg viewBox=\"0 0 176 20\" aria-hidden=\"true\">");
    for (; tick <= max; tick *= step) {
        double at = range_x(tick, max);
        vg_print(p->o, "<text x=\"%.1f\" y=\"15\" text-anchor=\"%s\">", at, at > 155 ? "end" : "middle");
        vg_page_arg(p, vg_arg_num("", tick >= 1000 ? tick / 1000 : tick, 0));
        vg_page_raw(p, tick >= 1000 ? "k</text>" : "</text>");
    }
    vg_page_raw(p, "</svg>");
}
