/* Places where they lie, and flows between them. Invariants: north is up and a kilometre is as long everywhere in the
 * picture (equirectangular about its middle: for areas up to some thousand km); a place whose position is not known is
 * not drawn, and that is said. */
#include <math.h>

#include "page/page_int.h"

enum { WIDE = 980, NARROW = 360, MIN_HEIGHT = 240, MAX_WIDE = 16 };

typedef struct {
    const vg_chart_map_opts *c;
    double lat, lon, width, height, margin;
    double unit; /* pixels a degree of latitude */
    double cos_lat, max_flow, max_value;
    vg_chart_box *taken; /* labels and marks: left, top, right, bottom */
    int32_t n_taken;
} frame;

static bool known(const vg_chart_place *at)
{
    return isfinite(at->lat_deg) && isfinite(at->lon_deg);
}

static double px(const frame *f, const vg_chart_place *at)
{
    return f->width / 2 + (at->lon_deg - f->lon) * f->cos_lat * f->unit;
}

static double py(const frame *f, const vg_chart_place *at)
{
    return f->height / 2 - (at->lat_deg - f->lat) * f->unit;
}

static double mark_size(const frame *f, const vg_chart_place *at)
{
    return at->value > 0 && f->max_value > 0 ? 4 + 7 * sqrt(at->value / f->max_value) : 4;
}

static int32_t measure(frame *f)
{
    double lat0 = INFINITY, lat1 = -INFINITY, lon0 = INFINITY, lon1 = -INFINITY;
    int32_t n = 0;
    for (int32_t i = 0; i < f->c->n_places; i++) {
        const vg_chart_place *at = &f->c->place[i];
        if (!known(at))
            continue;
        n++;
        lat0 = fmin(lat0, at->lat_deg);
        lat1 = fmax(lat1, at->lat_deg);
        lon0 = fmin(lon0, at->lon_deg);
        lon1 = fmax(lon1, at->lon_deg);
        f->max_value = at->value > f->max_value ? at->value : f->max_value;
    }
    for (int32_t i = 0; i < f->c->n_flows; i++)
        f->max_flow = fmax(f->max_flow, f->c->flow[i].value);
    f->lat = (lat0 + lat1) / 2;
    f->lon = (lon0 + lon1) / 2;
    f->cos_lat = fmax(cos(f->lat * 3.14159265358979 / 180), 0.05);
    double wide = fmax((lon1 - lon0) * f->cos_lat, 0.2), high = fmax(lat1 - lat0, 0.2);
    f->unit = fmin((f->width - 2 * f->margin) / wide, (0.75 * WIDE - 2 * f->margin) / high);
    f->height = fmax(high * f->unit + 2 * f->margin, MIN_HEIGHT);
    return n;
}

/* --- lines --- */

static bool ends(const frame *f, const vg_chart_flow *flow, const vg_chart_place **a,
                 const vg_chart_place **b)
{
    *a = &f->c->place[flow->from];
    *b = &f->c->place[flow->to];
    return known(*a) && known(*b) && flow->from != flow->to;
}

static void put_links(vg_page *p, const frame *f)
{
    const vg_chart_place *a, *b;
    for (int32_t i = 0; i < f->c->n_links; i++)
        if (ends(f, &f->c->link[i], &a, &b))
            vg_chart_line(p, "road", px(f, a), py(f, a), px(f, b), py(f, b));
}

/* A wedge, bent to its left: wide where people leave, a point where they arrive. */
static void put_flow(vg_page *p, const frame *f, const vg_chart_flow *flow)
{
    const vg_chart_place *a, *b;
    if (!ends(f, flow, &a, &b) || !(flow->value > 0))
        return;
    double x0 = px(f, a), y0 = py(f, a), x1 = px(f, b), y1 = py(f, b);
    double far = fmax(hypot(x1 - x0, y1 - y0), 1), nx = (y1 - y0) / far, ny = -(x1 - x0) / far;
    double half = 0.8 + MAX_WIDE / 2.0 * sqrt(flow->value / f->max_flow), bend = fmin(far * 0.14, 40);
    double mx = (x0 + x1) / 2 + nx * bend, my = (y0 + y1) / 2 + ny * bend;
    vg_print(p->o, "<path class=\"trail\" d=\"M%.1f %.1fQ%.1f %.1f %.1f %.1fQ%.1f %.1f %.1f %.1fZ\"><title>",
             x0 + nx * half, y0 + ny * half, mx + nx * half * 0.6, my + ny * half * 0.6, x1, y1,
             mx - nx * half * 0.6, my - ny * half * 0.6, x0 - nx * half, y0 - ny * half);
    vg_page_say(p, "chart.flow", vg_arg_text("from", a->name), vg_arg_text("to", b->name),
                vg_arg_num("n", flow->value, 0));
    vg_page_raw(p, "</title></path>");
}

/* --- marks and names --- */

static const char *const mark_class[] = { "place-point", "place-camp", "place-conflict", "place-town" };
static const int mark_kind[] = { 0, 1, 2, 0 };
static const char *const mark_key[] = { "chart.place-point", "chart.place-camp", "chart.place-conflict",
                                        "chart.place-town" };

static void put_mark(vg_page *p, vg_chart_mark mark, double x, double y, double r)
{
    vg_print(p->o, "<path class=\"%s\" d=\"", mark_class[mark]);
    vg_chart_mark_path(p, mark_kind[mark], x, y, r);
    vg_page_raw(p, "\"/>");
}

static bool is_free(const frame *f, const vg_chart_box *b)
{
    if (b->left < 0 || b->right > f->width || b->top < 0 || b->bottom > f->height)
        return false;
    for (int32_t i = 0; i < f->n_taken; i++) {
        const vg_chart_box *t = &f->taken[i];
        if (b->left < t->right && t->left < b->right && b->top < t->bottom && t->top < b->bottom)
            return false;
    }
    return true;
}

/* A name beside its mark, at the first of eight places that is free; else it is left to the table. */
static void put_place_name(vg_page *p, frame *f, const vg_chart_place *at)
{
    static const double way[][2] = { { 1, 0 },  { -1, 0 },  { 0, -1 }, { 0, 1 },
                                     { 1, -1 }, { -1, -1 }, { 1, 1 },  { -1, 1 } };
    double r = mark_size(f, at) + 4, x = px(f, at), y = py(f, at), w = vg_chart_text_width(at->name);
    for (int i = 0; i < 8; i++) {
        double left = x + way[i][0] * r - (way[i][0] < 0 ? w : way[i][0] > 0 ? 0 : w / 2);
        double middle = y + way[i][1] * (r + 5);
        vg_chart_box b = { .left = left, .right = left + w, .top = middle - 7, .bottom = middle + 7 };
        if (!is_free(f, &b))
            continue;
        f->taken[f->n_taken++] = b;
        vg_chart_text(p, left, middle + 4, "start", "mark-name", at->name);
        return;
    }
}

static void put_places(vg_page *p, frame *f)
{
    for (int32_t i = 0; i < f->c->n_places; i++) {
        const vg_chart_place *at = &f->c->place[i];
        if (!known(at))
            continue;
        double r = mark_size(f, at), x = px(f, at), y = py(f, at);
        put_mark(p, at->mark, x, y, r);
        f->taken[f->n_taken++] =
            (vg_chart_box){ .left = x - r, .right = x + r, .top = y - r, .bottom = y + r };
    }
    for (int32_t i = 0; i < f->c->n_places; i++)
        if (known(&f->c->place[i]))
            put_place_name(p, f, &f->c->place[i]);
}

static void put_scale(vg_page *p, const frame *f)
{
    double km_px = f->unit / 111.2, km = vg_chart_nice_below(f->width * 0.2 / km_px), y = f->height - 14;
    vg_print(p->o, "<path class=\"line l5 at\" d=\"M14 %.1fv6h%.1fv-6\"/>", y - 6, km * km_px);
    vg_chart_text(p, 20 + km * km_px, y + 2, "start", "",
                  vg_page_words(p, "chart.km", vg_arg_num("n", km, km < 1 ? 1 : 0)));
}

static bool put_drawing(vg_page *p, const vg_chart_map_opts *c, bool narrow)
{
    frame f = { .c = c,
                .width = narrow ? NARROW : WIDE,
                .margin = narrow ? 30 : 56,
                .taken = vg_page_new(p, vg_chart_box, 2 * (int64_t)c->n_places) };
    if (!f.taken || measure(&f) < 2)
        return false;
    vg_chart_svg_begin(p, &c->words, f.width, f.height, narrow ? "narrow" : "wide");
    put_links(p, &f);
    for (int32_t i = 0; i < c->n_flows; i++)
        put_flow(p, &f, &c->flow[i]);
    put_places(p, &f);
    put_scale(p, &f);
    vg_chart_svg_end(p);
    return true;
}

/* --- key and table --- */

static void put_key(vg_page *p, const vg_chart_map_opts *c)
{
    bool seen[4] = { false };
    for (int32_t i = 0; i < c->n_places; i++)
        seen[c->place[i].mark] = true;
    vg_page_raw(p, "<ul class=\"key\">");
    for (int m = 0; m < 4; m++) {
        if (!seen[m])
            continue;
        vg_chart_key_open(p);
        put_mark(p, (vg_chart_mark)m, 14, 7, 4.5);
        vg_chart_key_close(p, vg_message(p->lang, mark_key[m]));
    }
    if (c->n_flows)
        vg_chart_key_item(p, "<path class=\"trail\" d=\"M1 1L27 7L1 13Z\"/>",
                          vg_message(p->lang, "chart.key-flow"));
    if (c->n_links)
        vg_chart_key_item(p, "<path class=\"road\" d=\"M1 7H27\"/>", vg_message(p->lang, "chart.key-road"));
    vg_page_raw(p, "</ul>");
}

static void put_table(vg_page *p, const vg_chart_map_opts *c)
{
    if (c->n_flows == 0)
        return;
    vg_chart_figures_begin(p, &c->words);
    vg_page_heading(p, "chart.from", true);
    vg_page_heading(p, "chart.to", true);
    vg_page_heading(p, c->value_key, false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < c->n_flows; i++) {
        vg_page_row(p, c->place[c->flow[i].from].name);
        vg_page_cell_words(p, c->place[c->flow[i].to].name);
        vg_page_cell(p, vg_arg_num("", c->flow[i].value, 0));
        vg_page_row_end(p);
    }
    vg_chart_figures_end(p);
}

void vg_chart_map(vg_page *p, const vg_chart_map_opts *c)
{
    int32_t missing = 0;
    for (int32_t i = 0; i < c->n_places; i++)
        missing += !known(&c->place[i]);
    vg_chart_figure_begin(p);
    put_key(p, c);
    put_drawing(p, c, false);
    put_drawing(p, c, true);
    if (missing)
        vg_page_note(p, "chart.no-place", vg_arg_int("n", missing));
    vg_chart_figure_end(p, &c->words);
    put_table(p, c);
}
