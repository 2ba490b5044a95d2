/* Lines over time, with bands and a level such as a capacity. Invariants: the scale starts at zero and is the same for
 * all lines; where a value is not known its line is broken; a line is told by its dashes, its mark at the end and its
 * name beside it. */
#include <math.h>

#include "core/date.h"
#include "page/page_int.h"

enum { MAX_STEPS = 900, TABLE_ROWS = 40, FAR = 4, LABEL_GAP = 14, MARK_GAP = 12 };

typedef struct {
    vg_chart_box box;
    int32_t n_x;
    double max;
    bool narrow;
} frame;

static double x_at(const frame *f, double at)
{
    double span = f->n_x > 1 ? f->n_x - 1 : 1;
    return f->box.left + (f->box.width - f->box.left - f->box.right) * at / span;
}

static double y_at(const frame *f, double value)
{
    double share = fmin(fmax(value, 0), f->max) / f->max;
    return f->box.height - f->box.bottom - share * (f->box.height - f->box.bottom - f->box.top);
}

static double top_of(const vg_chart_lines_opts *c)
{
    double max = 0;
    for (int32_t s = 0; s < c->n_series; s++)
        for (int32_t i = 0; i < c->n_x; i++) {
            const vg_chart_series *line = &c->series[s];
            max = line->y[i] > max ? line->y[i] : max;
            max = line->high && line->high[i] > max ? line->high[i] : max;
        }
    if (c->limit > 0 && (c->limit <= FAR * max || !(max > 0)))
        max = fmax(max, c->limit);
    return max > 0 ? max * 1.06 : 1;
}

static bool anything_known(const vg_chart_lines_opts *c)
{
    for (int32_t s = 0; s < c->n_series; s++)
        for (int32_t i = 0; i < c->n_x; i++)
            if (!isnan(c->series[s].y[i]))
                return c->n_x > 1;
    return false;
}

/* --- axes --- */

static vg_arg x_value(const vg_chart_lines_opts *c, int32_t x)
{
    switch (c->x_kind) {
    case VG_X_MONTH: return vg_arg_month("n", x);
    case VG_X_DAY: return vg_arg_day("n", (int64_t)x * 86400);
    case VG_X_NUMBER:
    case VG_X_DAY_NUMBER:
    default: return vg_arg_int("n", x);
    }
}

static void put_x_label(vg_page *p, const frame *f, const vg_chart_lines_opts *c, int32_t value)
{
    double base = f->box.height - f->box.bottom, x = x_at(f, (double)(value - c->x_first) / c->x_step);
    vg_str text = vg_page_value_text(p, x_value(c, value));
    if (c->x_kind == VG_X_DAY)
        text = vg_page_value_text(p, vg_arg_month("", vg_month_of_day(value)));
    if (c->x_kind == VG_X_DAY_NUMBER)
        text = vg_page_words(p, "chart.day", x_value(c, value));
    vg_chart_line(p, "base", x, base, x, base + 5);
    double half = vg_chart_text_width(text) / 2;
    const char *anchor = x + half > f->box.width ? "end" : x - half < 0 ? "start" : "middle";
    vg_chart_text(p, anchor[0] == 'e' ? f->box.width - 2 : x, base + 18, anchor, "", text);
}

/* Is this value of the axis one to be labelled, when one in `step` is? Dates are labelled where a month begins. */
static bool is_tick(const vg_chart_lines_opts *c, int32_t x, int32_t step)
{
    if (c->x_kind == VG_X_MONTH)
        return (x - 1) % step == 0;
    if (c->x_kind != VG_X_DAY)
        return x % step == 0;
    return vg_civil_from_day(x).day == 1 && (vg_month_of_day(x) - 1) % step == 0;
}

static int32_t x_step(const vg_chart_lines_opts *c, int n_labels)
{
    static const int32_t months[] = { 1, 2, 3, 6, 12, 24, 60, 120 };
    double days = (double)c->n_x * c->x_step, span = c->x_kind == VG_X_DAY ? days / 30.4 : days;
    if (c->x_kind == VG_X_NUMBER || c->x_kind == VG_X_DAY_NUMBER)
        return (int32_t)fmax(ceil(vg_chart_nice_above(span / n_labels)), 1);
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        if (span / months[i] <= n_labels)
            return months[i];
    return 240;
}

static void put_axes(vg_page *p, const frame *f, const vg_chart_lines_opts *c)
{
    double step = vg_chart_nice_above(f->max / 4);
    for (double value = 0; value <= f->max; value += step) {
        vg_chart_line(p, value > 0 ? "axis" : "base", f->box.left, y_at(f, value),
                      f->box.width - f->box.right, y_at(f, value));
        vg_chart_text(p, f->box.left - 6, y_at(f, value) + 4, "end", "",
                      vg_page_value_text(p, vg_arg_num("", value, step < 1 ? 2 : 0)));
    }
    int32_t every = x_step(c, f->narrow ? 4 : 8);
    for (int32_t x = c->x_first; x <= c->x_first + (c->n_x - 1) * c->x_step; x++)
        if (is_tick(c, x, every))
            put_x_label(p, f, c, x);
}

static void put_levels(vg_page *p, const frame *f, const vg_chart_lines_opts *c)
{
    if (c->limit > 0 && c->limit <= f->max) {
        double y = y_at(f, c->limit);
        vg_chart_line(p, "level", f->box.left, y, f->box.width - f->box.right, y);
        vg_chart_text(p, f->box.left + 4, y < f->box.top + 14 ? y + 14 : y - 5, "start", "over",
                      c->limit_name);
    }
    if (c->cut > 0) {
        double x = x_at(f, (c->cut - c->x_first) / c->x_step);
        bool right = x > f->box.width * 0.6;
        vg_chart_line(p, "cut", x, f->box.top - 8, x, f->box.height - f->box.bottom);
        vg_chart_text(p, right ? x - 5 : x + 5, f->box.top - 2, right ? "end" : "start", "over", c->cut_name);
    }
}

/* --- lines --- */

static int32_t stride(int32_t n)
{
    return 1 + (n - 1) / MAX_STEPS;
}

static void put_path(vg_page *p, const frame *f, const double *y, int32_t n)
{
    bool pen = false;
    for (int32_t i = 0; i < n; i += stride(n)) {
        if (!isnan(y[i]))
            vg_print(p->o, "%s%.1f %.1f", pen ? "L" : "M", x_at(f, i), y_at(f, y[i]));
        pen = !isnan(y[i]);
    }
}

/* The band from `from` on, as far as it is known; returns where it ended. */
static int32_t put_area(vg_page *p, const frame *f, const vg_chart_series *s, int32_t from, int32_t n)
{
    int32_t to = from;
    while (to < n && !isnan(s->low[to]) && !isnan(s->high[to])) {
        vg_print(p->o, "%s%.1f %.1f", to > from ? "L" : "M", x_at(f, to), y_at(f, s->high[to]));
        to += stride(n);
    }
    if (to == from)
        return from + stride(n);
    for (int32_t i = to - stride(n); i >= from; i -= stride(n))
        vg_print(p->o, "L%.1f %.1f", x_at(f, i), y_at(f, s->low[i]));
    vg_page_raw(p, "Z");
    return to;
}

/* Marks, thinned where they would touch. */
static void put_points(vg_page *p, const frame *f, const vg_chart_series *s, int k, int32_t n)
{
    double last = -INFINITY;
    vg_print(p->o, "<path class=\"line at l%d\" d=\"", k);
    for (int32_t i = 0; i < n; i++) {
        if (isnan(s->y[i]) || x_at(f, i) < last + MARK_GAP)
            continue;
        last = x_at(f, i);
        vg_chart_mark_path(p, k, last, y_at(f, s->y[i]), 2.6);
    }
    vg_page_raw(p, "\"/>");
}

static void put_series(vg_page *p, const frame *f, const vg_chart_series *s, int k, int32_t n)
{
    if (s->low && s->high) {
        vg_print(p->o, "<path class=\"area c%d\" d=\"", k);
        for (int32_t i = 0; i < n;)
            i = put_area(p, f, s, i, n);
        vg_print(p->o, "\"/><path class=\"edge o%d\" d=\"", k);
        put_path(p, f, s->low, n);
        put_path(p, f, s->high, n);
        vg_page_raw(p, "\"/>");
    }
    if (s->points) {
        put_points(p, f, s, k, n);
        return;
    }
    vg_print(p->o, "<path class=\"line l%d\" d=\"", k);
    put_path(p, f, s->y, n);
    vg_page_raw(p, "\"/>");
}

/* --- names at the lines' ends --- */

typedef struct {
    double y, line_y;
    int32_t series;
} label;

static int32_t last_known(const double *y, int32_t n)
{
    while (n > 0 && isnan(y[n - 1]))
        n--;
    return n - 1;
}

/* From the top down, so that no two touch; then up from the bottom edge. */
static void spread(label *l, int n, double bottom)
{
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && l[k].y < l[k - 1].y; k--) {
            label swap = l[k];
            l[k] = l[k - 1];
            l[k - 1] = swap;
        }
    for (int i = 1; i < n; i++)
        l[i].y = fmax(l[i].y, l[i - 1].y + LABEL_GAP);
    double limit = bottom;
    for (int i = n - 1; i >= 0; i--) {
        l[i].y = fmin(l[i].y, limit);
        limit = l[i].y - LABEL_GAP;
    }
}

static void put_names(vg_page *p, const frame *f, const vg_chart_lines_opts *c)
{
    label l[VG_CHART_MAX_SERIES];
    int n = 0;
    for (int32_t s = 0; s < c->n_series; s++) {
        int32_t at = last_known(c->series[s].y, c->n_x);
        if (at < 0)
            continue;
        double y = y_at(f, c->series[s].y[at]);
        vg_print(p->o, "<path class=\"line at l%d\" d=\"", s);
        vg_chart_mark_path(p, s, x_at(f, at), y, 3.4);
        vg_page_raw(p, "\"/>");
        l[n++] = (label){ y, y, s };
    }
    if (f->narrow)
        return;
    spread(l, n, f->box.height - f->box.bottom);
    double x = f->box.width - f->box.right + 8;
    for (int i = 0; i < n; i++)
        vg_chart_text(p, x + 2, l[i].y + 4, "start", "over",
                      vg_chart_fit(p, c->series[l[i].series].name, f->box.right - 12));
}

static void put_drawing(vg_page *p, const vg_chart_lines_opts *c, bool narrow)
{
    double height = c->short_drawing ? 220 : narrow ? 270 : 330;
    frame f = { .box = narrow ? (vg_chart_box){ 360, height, 54, 10, 22, 26 }
                              : (vg_chart_box){ 980, height, 66, 170, 22, 26 },
                .n_x = c->n_x,
                .max = top_of(c),
                .narrow = narrow };
    f.box.left = fmax(f.box.left, vg_chart_label_width(p, f.max));
    vg_chart_svg_begin(p, &c->words, f.box.width, f.box.height, narrow ? "narrow" : "wide");
    put_axes(p, &f, c);
    for (int32_t s = c->n_series - 1; s >= 0; s--)
        put_series(p, &f, &c->series[s], s, c->n_x);
    put_levels(p, &f, c);
    put_names(p, &f, c);
    vg_chart_svg_end(p);
}

/* --- key and table --- */

static void put_key(vg_page *p, const vg_chart_lines_opts *c)
{
    vg_page_raw(p, "<ul class=\"key\">");
    for (int32_t s = 0; s < c->n_series; s++) {
        const vg_chart_series *line = &c->series[s];
        vg_chart_key_open(p);
        if (line->low && line->high)
            vg_print(p->o, "<rect class=\"area c%d\" x=\"1\" y=\"1\" width=\"26\" height=\"12\"/>", s);
        if (!line->points)
            vg_print(p->o, "<path class=\"line l%d\" d=\"M1 7H27\"/>", s);
        vg_print(p->o, "<path class=\"line at l%d\" d=\"", s);
        vg_chart_mark_path(p, s, line->points ? 14 : 22, 7, 3.4);
        vg_page_raw(p, "\"/>");
        vg_chart_key_close(p, line->name);
    }
    if (c->limit > 0)
        vg_chart_key_item(p, "<path class=\"level\" d=\"M1 7H27\"/>", c->limit_name);
    vg_page_raw(p, "</ul>");
}

static void put_row(vg_page *p, const vg_chart_lines_opts *c, int32_t i)
{
    vg_page_row_arg(p, x_value(c, c->x_first + i * c->x_step));
    for (int32_t s = 0; s < c->n_series; s++) {
        const vg_chart_series *line = &c->series[s];
        vg_page_raw(p, "<td>");
        vg_page_arg(p, vg_arg_num("", line->y[i], c->decimals));
        if (line->low && line->high && !isnan(line->low[i])) {
            vg_page_raw(p, " (");
            vg_page_arg(p, vg_arg_num("", line->low[i], c->decimals));
            vg_page_raw(p, SPACE DASH SPACE);
            vg_page_arg(p, vg_arg_num("", line->high[i], c->decimals));
            vg_page_raw(p, ")");
        }
        vg_page_raw(p, "</td>");
    }
    vg_page_row_end(p);
}

static void put_table(vg_page *p, const vg_chart_lines_opts *c)
{
    int32_t rows = c->table_rows > 0 ? c->table_rows : TABLE_ROWS;
    int32_t step = 1 + (c->n_x - 1) / rows;
    bool month = c->x_kind == VG_X_MONTH;
    vg_chart_figures_begin(p, &c->words);
    vg_page_heading(p, month ? "column.month" : c->x_kind == VG_X_NUMBER ? "chart.step" : "chart.days", true);
    for (int32_t s = 0; s < c->n_series; s++)
        vg_page_heading_text(p, c->series[s].name, false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < c->n_x; i += step)
        put_row(p, c, i);
    if (c->n_x > 1 && (c->n_x - 1) % step != 0)
        put_row(p, c, c->n_x - 1);
    vg_chart_figures_end(p);
}

void vg_chart_lines(vg_page *p, const vg_chart_lines_opts *c)
{
    vg_chart_lines_opts o = *c;
    o.x_step = o.x_step > 0 ? o.x_step : 1;
    o.n_series = o.n_series < VG_CHART_MAX_SERIES ? o.n_series : VG_CHART_MAX_SERIES;
    vg_chart_figure_begin(p);
    if (anything_known(&o)) {
        put_key(p, &o);
        put_drawing(p, &o, false);
        put_drawing(p, &o, true);
    }
    vg_chart_figure_end(p, &o.words);
    put_table(p, &o);
}
