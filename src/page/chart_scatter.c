/* Points with the outlines of their groups: the map of opinions. Invariants: both axes have one scale, so that
 * distances mean the same in all directions; a group is told by its mark, its outline's dashes and its name. */
#include <math.h>
#include <stdlib.h>

#include "page/page_int.h"

enum { MAX_POINTS = 2000, SIDE = 560, WIDTH = 760, MARGIN = 34 };

typedef struct {
    double x, y;
} point;

typedef struct {
    const vg_chart_scatter_opts *c;
    double left, bottom, unit, width, height; /* of data, and pixels a unit */
} frame;

static double px(const frame *f, double x)
{
    return f->width / 2 + (x - f->left) * f->unit;
}

static double py(const frame *f, double y)
{
    return f->height / 2 - (y - f->bottom) * f->unit;
}

static bool known(const vg_chart_scatter_opts *c, int64_t i)
{
    return isfinite(c->x[i]) && isfinite(c->y[i]);
}

/* left and bottom are the middle of the data. */
static bool measure(frame *f)
{
    double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
    for (int64_t i = 0; i < f->c->n; i++) {
        if (!known(f->c, i))
            continue;
        x0 = fmin(x0, f->c->x[i]);
        x1 = fmax(x1, f->c->x[i]);
        y0 = fmin(y0, f->c->y[i]);
        y1 = fmax(y1, f->c->y[i]);
    }
    if (!(x1 >= x0))
        return false;
    f->left = (x0 + x1) / 2;
    f->bottom = (y0 + y1) / 2;
    double reach = fmax(fmax((x1 - x0) / (WIDTH - 2 * MARGIN), (y1 - y0) / (SIDE - 2 * MARGIN)), 1e-12);
    f->unit = 1 / reach;
    f->width = WIDTH;
    f->height = fmax((y1 - y0) * f->unit + 2 * MARGIN, 240);
    return true;
}

/* --- outlines --- */

static int by_place(const void *a, const void *b)
{
    const point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->y < q->y ? -1 : p->y > q->y;
}

static double turn(point a, point b, point c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Convex hull by monotone chain: sorts `at`, writes into `hull` (2 n of room), returns how many corners. */
static int64_t hull_of(point *at, int64_t n, point *hull)
{
    int64_t k = 0;
    qsort(at, (size_t)n, sizeof *at, by_place);
    for (int64_t i = 0; i < n; i++) {
        while (k >= 2 && turn(hull[k - 2], hull[k - 1], at[i]) <= 0)
            k--;
        hull[k++] = at[i];
    }
    int64_t lower = k + 1;
    for (int64_t i = n - 2; i >= 0; i--) {
        while (k >= lower && turn(hull[k - 2], hull[k - 1], at[i]) <= 0)
            k--;
        hull[k++] = at[i];
    }
    return n > 1 ? k - 1 : k;
}

static int64_t members(const frame *f, int32_t group, point *at)
{
    int64_t n = 0;
    for (int64_t i = 0; i < f->c->n; i++)
        if (f->c->group[i] == group && known(f->c, i))
            at[n++] = (point){ px(f, f->c->x[i]), py(f, f->c->y[i]) };
    return n;
}

/* An outline, a little outside the points; the group's name goes to its middle. Gives the middle. */
static point put_outline(vg_page *p, const frame *f, int32_t group, point *at, point *hull)
{
    int64_t n = members(f, group, at);
    point middle = { 0, 0 };
    for (int64_t i = 0; i < n; i++) {
        middle.x += at[i].x / (double)n;
        middle.y += at[i].y / (double)n;
    }
    int64_t corners = n > 2 ? hull_of(at, n, hull) : 0;
    if (corners > 2) {
        vg_print(p->o, "<path class=\"hull o%d\" d=\"", group);
        for (int64_t i = 0; i < corners; i++) {
            double dx = hull[i].x - middle.x, dy = hull[i].y - middle.y, far = fmax(hypot(dx, dy), 1);
            vg_print(p->o, "%s%.1f %.1f", i ? "L" : "M", hull[i].x + 8 * dx / far, hull[i].y + 8 * dy / far);
        }
        vg_page_raw(p, "Z\"/>");
    }
    return n ? middle : (point){ NAN, NAN };
}

/* --- points --- */

static void put_points(vg_page *p, const frame *f, int32_t group, int64_t step)
{
    bool open = group == 4 || group == 5 || group == 7;
    if (group < 0)
        vg_page_raw(p, "<path class=\"points c7\" d=\"");
    else
        vg_print(p->o, "<path class=\"points %s%d k%d\" d=\"", open ? "o" : "c", group, group);
    for (int64_t i = 0; i < f->c->n; i += step)
        if (f->c->group[i] == group && known(f->c, i))
            vg_chart_mark_path(p, group < 0 ? 0 : group, px(f, f->c->x[i]), py(f, f->c->y[i]),
                               group < 0 ? 1.6 : 3.2);
    vg_page_raw(p, "\"/>");
}

static bool put_drawing(vg_page *p, const vg_chart_scatter_opts *c)
{
    frame f = { .c = c };
    point *at = vg_page_new(p, point, c->n), *hull = vg_page_new(p, point, 2 * c->n + 2);
    if (!measure(&f) || !at || !hull)
        return false;
    int64_t max = c->max_points > 0 ? c->max_points : MAX_POINTS;
    int64_t step = 1 + (c->n - 1) / max;
    point middle[VG_CHART_MAX_GROUPS];
    vg_chart_svg_begin(p, &c->words, f.width, f.height, "");
    for (int32_t g = -1; g < c->n_groups; g++)
        put_points(p, &f, g, step);
    for (int32_t g = 0; g < c->n_groups; g++)
        middle[g] = put_outline(p, &f, g, at, hull);
    for (int32_t g = 0; g < c->n_groups; g++)
        if (!isnan(middle[g].x))
            vg_chart_text(p, middle[g].x, middle[g].y + 5, "middle", "group-name", c->group_name[g]);
    vg_chart_svg_end(p);
    if (step > 1)
        vg_page_note(p, "chart.thinned", vg_arg_int("n", step), vg_arg_int("total", c->n));
    return true;
}

static void put_key(vg_page *p, const vg_chart_scatter_opts *c)
{
    vg_page_raw(p, "<ul class=\"key\">");
    for (int32_t g = 0; g < c->n_groups; g++) {
        bool open = g == 4 || g == 5 || g == 7;
        vg_chart_key_open(p);
        vg_print(p->o, "<path class=\"hull o%d\" d=\"M1 13H27\"/><path class=\"points %s%d k%d\" d=\"", g,
                 open ? "o" : "c", g, g);
        vg_chart_mark_path(p, g, 14, 6, 4);
        vg_page_raw(p, "\"/>");
        vg_chart_key_close(p, c->group_name[g]);
    }
    vg_page_raw(p, "</ul>");
}

/* --- figures --- */

static void put_row(vg_page *p, const vg_chart_scatter_opts *c, int32_t group, const int64_t *count)
{
    if (group < 0)
        vg_page_row_say(p, "chart.no-group");
    else
        vg_page_row(p, c->group_name[group]);
    bool few = count[group + 1] > 0 && count[group + 1] < c->least; /* then a dash */
    vg_page_cell(p, few ? vg_arg_num("", NAN, 0) : vg_arg_int("", count[group + 1]));
    vg_page_cell(p, vg_arg_percent("", c->n && !few ? (double)count[group + 1] / (double)c->n : NAN, 0));
    if (c->group_text)
        vg_page_cell_wrap(p, group < 0 ? VG_NOSTR : c->group_text[group]);
    vg_page_row_end(p);
}

static void put_table(vg_page *p, const vg_chart_scatter_opts *c)
{
    int64_t count[VG_CHART_MAX_GROUPS + 1] = { 0 };
    for (int64_t i = 0; i < c->n; i++)
        count[c->group[i] >= 0 && c->group[i] < c->n_groups ? c->group[i] + 1 : 0]++;
    vg_chart_figures_begin(p, &c->words);
    vg_page_heading(p, "chart.group", true);
    vg_page_heading(p, "chart.people", false);
    vg_page_heading(p, "chart.share", false);
    if (c->group_text)
        vg_page_heading(p, "chart.about", true);
    vg_page_table_body(p);
    for (int32_t g = 0; g < c->n_groups; g++)
        put_row(p, c, g, count);
    if (count[0])
        put_row(p, c, -1, count);
    vg_chart_figures_end(p);
}

void vg_chart_scatter(vg_page *p, const vg_chart_scatter_opts *opts)
{
    vg_chart_scatter_opts c = *opts;
    c.n_groups = c.n_groups < VG_CHART_MAX_GROUPS ? c.n_groups : VG_CHART_MAX_GROUPS;
    vg_chart_figure_begin(p);
    put_key(p, &c);
    put_drawing(p, &c);
    vg_chart_figure_end(p, &c.words);
    put_table(p, &c);
}
