/* Bands from origins to destinations. Invariants: a band is as wide as its flow on both sides, all to one scale; every
 * node is named with its sum, and a band can be followed by its outline alone. */
#include <math.h>

#include "page/page_int.h"

enum { NODE = 10, GAP = 12, ROW = 26 };

typedef struct {
    vg_chart_box box;
    const vg_chart_flows_opts *c;
    double unit;       /* pixels a unit of flow */
    double *from, *to; /* where each node's next band goes */
    double *out, *in;  /* sums */
    double out_top, in_top;
} frame;

static double flow_sum(const vg_chart_flows_opts *c, double *out, double *in)
{
    double sum = 0;
    for (int32_t i = 0; i < c->n_flows; i++) {
        out[c->flow[i].from] += c->flow[i].value;
        in[c->flow[i].to] += c->flow[i].value;
        sum += c->flow[i].value;
    }
    return sum;
}

/* A node gets the height of its flow, but its name needs a line. */
static double node_height(const frame *f, double sum)
{
    return fmax(sum * f->unit, 14);
}

static double column_height(const frame *f, const double *sum, int32_t n)
{
    double height = 0;
    for (int32_t i = 0; i < n; i++)
        height += node_height(f, sum[i]) + GAP;
    return height - GAP;
}

static void put_name(vg_page *p, const frame *f, double x, double y, const char *anchor, vg_str name,
                     double sum)
{
    vg_str value = vg_page_value_text(p, vg_arg_num("", sum, 0));
    double room = (anchor[0] == 'e' ? f->box.left : f->box.right) - NODE - 20 - vg_chart_text_width(value);
    vg_str text =
        vg_page_made(p, vg_format(p->a, "%.*s  %.*s", VG_P(vg_chart_fit(p, name, room)), VG_P(value)));
    vg_chart_text(p, x, y + 4, anchor, "over", text);
}

/* The nodes of one side; leaves in `next` where the bands of each begin. */
static void put_nodes(vg_page *p, const frame *f, bool right, double *next)
{
    int32_t n = right ? f->c->n_to : f->c->n_from;
    const double *sum = right ? f->in : f->out;
    double y = right ? f->in_top : f->out_top;
    double x = right ? f->box.width - f->box.right : f->box.left - NODE;
    for (int32_t i = 0; i < n; i++) {
        double height = node_height(f, sum[i]), band = sum[i] * f->unit;
        next[i] = y + (height - band) / 2;
        vg_print(p->o, "<rect class=\"node\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>", x,
                 next[i], NODE, fmax(band, 1));
        put_name(p, f, right ? x + NODE + 5 : x - 5, y + height / 2, right ? "start" : "end",
                 right ? f->c->to[i] : f->c->from[i], sum[i]);
        y += height + GAP;
    }
}

static void put_band(vg_page *p, const frame *f, const vg_chart_flow *flow)
{
    double w = flow->value * f->unit, a = f->from[flow->from], b = f->to[flow->to];
    double x0 = f->box.left, x1 = f->box.width - f->box.right, mid = (x0 + x1) / 2;
    vg_print(p->o, "<path class=\"flow c%d\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", flow->from % 6,
             x0, a, mid, a, mid, b, x1, b);
    vg_print(p->o, "v%.1fC%.1f %.1f %.1f %.1f %.1f %.1fZ\"><title>", fmax(w, 0.6), mid, b + w, mid, a + w, x0,
             a + fmax(w, 0.6));
    vg_page_say(p, "chart.flow", vg_arg_text("from", f->c->from[flow->from]),
                vg_arg_text("to", f->c->to[flow->to]), vg_arg_num("n", flow->value, 0));
    vg_page_raw(p, "</title></path>");
    f->from[flow->from] += w;
    f->to[flow->to] += w;
}

static bool put_drawing(vg_page *p, const vg_chart_flows_opts *c, bool narrow)
{
    frame f = { .c = c,
                .box = narrow ? (vg_chart_box){ 360, 0, 128, 128, 26, 6 }
                              : (vg_chart_box){ 980, 0, 250, 250, 26, 6 },
                .from = vg_page_new(p, double, c->n_from),
                .to = vg_page_new(p, double, c->n_to),
                .out = vg_page_new(p, double, c->n_from),
                .in = vg_page_new(p, double, c->n_to) };
    if (!f.from || !f.to || !f.out || !f.in)
        return false;
    double sum = flow_sum(c, f.out, f.in);
    if (!(sum > 0))
        return false;
    int32_t rows = c->n_from > c->n_to ? c->n_from : c->n_to;
    f.unit = fmax(rows * ROW * 0.75, 180) / sum;
    double out = column_height(&f, f.out, c->n_from), in = column_height(&f, f.in, c->n_to);
    f.box.height = f.box.top + fmax(out, in) + f.box.bottom;
    f.out_top = f.box.top + fmax(in - out, 0) / 2;
    f.in_top = f.box.top + fmax(out - in, 0) / 2;
    vg_chart_svg_begin(p, &c->words, f.box.width, f.box.height, narrow ? "narrow" : "wide");
    vg_chart_text(p, f.box.left, 14, "end", "", vg_message(p->lang, c->from_key));
    vg_chart_text(p, f.box.width - f.box.right, 14, "start", "", vg_message(p->lang, c->to_key));
    put_nodes(p, &f, false, f.from);
    put_nodes(p, &f, true, f.to);
    for (int32_t i = 0; i < c->n_flows; i++)
        put_band(p, &f, &c->flow[i]);
    vg_chart_svg_end(p);
    return true;
}

static void put_table(vg_page *p, const vg_chart_flows_opts *c)
{
    vg_chart_figures_begin(p, &c->words);
    vg_page_heading(p, c->from_key, true);
    vg_page_heading(p, c->to_key, true);
    vg_page_heading(p, c->value_key, false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < c->n_flows; i++) {
        vg_page_row(p, c->from[c->flow[i].from]);
        vg_page_cell_words(p, c->to[c->flow[i].to]);
        vg_page_cell(p, vg_arg_num("", c->flow[i].value, 0));
        vg_page_row_end(p);
    }
    vg_chart_figures_end(p);
}

void vg_chart_flows(vg_page *p, const vg_chart_flows_opts *c)
{
    vg_chart_figure_begin(p);
    put_drawing(p, c, false);
    put_drawing(p, c, true);
    vg_chart_figure_end(p, &c->words);
    put_table(p, c);
}
