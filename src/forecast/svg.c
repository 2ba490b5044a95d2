/* Charts as inline SVG. Invariants: a month that is not known is drawn as an empty dotted column, never as a zero; a
 * known zero is a mark on the base line; bands differ by outline and not by colour alone. The scale of deaths is the
 * square root, so that a quiet month and a catastrophe can be read in one picture. */
#include <math.h>

#include "core/date.h"
#include "forecast/report_int.h"

typedef struct {
    double width, height, left, right, top, bottom;
    int32_t n_past, n_ahead; /* months */
    double max;
} frame;

static double x_at(const frame *f, double month)
{
    return f->left + (f->width - f->left - f->right) * month / (f->n_past + f->n_ahead);
}

static double y_at(const frame *f, double deaths)
{
    double share = f->max > 0 ? sqrt(fmin(deaths, f->max) / f->max) : 0;
    return f->height - f->bottom - share * (f->height - f->bottom - f->top);
}

/* The largest of 1, 2, 2.5, 5 times a power of ten that is not above x. */
static double nice(double x)
{
    static const double step[] = { 1, 2, 2.5, 5 };
    double power = pow(10, floor(log10(x) + 1e-9)), best = power;
    for (int i = 0; i < 4; i++)
        if (step[i] * power <= x * 1.0001 && (step[i] * power >= 1) && (power >= 10 || i != 2))
            best = step[i] * power;
    return best;
}

static double top_of(const frame *f, const vg_kept_unit *u)
{
    double max = 4;
    for (int32_t i = u->n_history - f->n_past; i < u->n_history; i++)
        max = i >= 0 && u->history[i] > max ? u->history[i] : max;
    for (int32_t i = 0; i < f->n_ahead; i++)
        max = fmax(max, u->month[i].quantile[VG_Q95]);
    return max * 1.08;
}

static void put_ticks(vg_page *p, const frame *f)
{
    double last = -1;
    for (int i = 0; i <= 4; i++) {
        double value = i == 0 ? 0 : nice(f->max * i * i / 16.0);
        if (value <= last || (last >= 0 && y_at(f, last) - y_at(f, value) < 16))
            continue;
        last = value;
        vg_print(p->o, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                 i ? "axis" : "base", f->left, f->width - f->right, y_at(f, value), y_at(f, value));
        vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", f->left - 6, y_at(f, value) + 4);
        vg_page_arg(p, vg_arg_num("", value, 0));
        vg_page_raw(p, "</text>");
    }
}

static void put_years(vg_page *p, const frame *f, int32_t first_month)
{
    double base = f->height - f->bottom;
    for (int32_t i = 0; i < f->n_past + f->n_ahead; i++) {
        if (vg_month_of_year(first_month + i) != 1)
            continue;
        vg_print(p->o, "<line class=\"base\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x_at(f, i),
                 x_at(f, i), base, base + 6);
        vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\">%d</text>", x_at(f, i) + 3, base + 17,
                 vg_month_year(first_month + i));
    }
}

static void put_history(vg_page *p, const frame *f, const vg_kept_unit *u)
{
    double base = f->height - f->bottom;
    for (int32_t i = 0; i < f->n_past; i++) {
        int32_t at = u->n_history - f->n_past + i;
        double deaths = at >= 0 ? u->history[at] : NAN, x = x_at(f, i) + 1,
               w = x_at(f, i + 1) - x_at(f, i) - 2;
        if (isnan(deaths))
            vg_print(p->o, "<rect class=\"gap\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x,
                     f->top, w, base - f->top);
        else if (deaths > 0)
            vg_print(p->o, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x,
                     y_at(f, deaths), w, fmax(base - y_at(f, deaths), 1.5));
        else
            vg_print(p->o, "<line class=\"zero\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x + w,
                     base, base);
    }
}

static void put_band(vg_page *p, const frame *f, const vg_kept_unit *u, int low, int high, const char *name)
{
    vg_print(p->o, "<path class=\"%s\" d=\"M", name);
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "%s%.1f %.1f", i ? "L" : "", x_at(f, f->n_past + i + 0.5),
                 y_at(f, u->month[i].quantile[high]));
    for (int32_t i = f->n_ahead - 1; i >= 0; i--)
        vg_print(p->o, "L%.1f %.1f", x_at(f, f->n_past + i + 0.5), y_at(f, u->month[i].quantile[low]));
    vg_page_raw(p, "Z\"/>");
}

static void put_median(vg_page *p, const frame *f, const vg_kept_unit *u)
{
    vg_page_raw(p, "<path class=\"med\" d=\"M");
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "%s%.1f %.1f", i ? "L" : "", x_at(f, f->n_past + i + 0.5),
                 y_at(f, u->month[i].quantile[VG_Q50]));
    vg_page_raw(p, "\"/>");
    for (int32_t i = 0; i < f->n_ahead; i++)
        vg_print(p->o, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>",
                 x_at(f, f->n_past + i + 0.5), y_at(f, u->month[i].quantile[VG_Q50]));
}

static void put_cut(vg_page *p, const frame *f)
{
    double x = x_at(f, f->n_past);
    vg_print(p->o, "<line class=\"cut\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, f->top - 10,
             f->height - f->bottom);
    vg_print(p->o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", x - 6, f->top - 3);
    vg_page_say(p, "chart.recorded", vg_arg_int("n", 0));
    vg_print(p->o, "</text><text x=\"%.1f\" y=\"%.1f\">", x + 6, f->top - 3);
    vg_page_say(p, "chart.forecast", vg_arg_int("n", 0));
    vg_page_raw(p, "</text>");
}

static void put_words(vg_page *p, const vg_kept_unit *u, vg_str name, const char *size)
{
    vg_print(p->o, "<title id=\"t-%d-%s\">", u->unit, size);
    vg_page_say(p, "chart.title", vg_arg_text("name", name));
    vg_print(p->o, "</title><desc id=\"d-%d-%s\">", u->unit, size);
    vg_words_interval(vg_page_begin(p), p->lang, p->k, u);
    vg_page_end(p);
    vg_page_raw(p, " ");
    vg_words_change(vg_page_begin(p), p->lang, p->k, u);
    vg_page_end(p);
    vg_page_raw(p, "</desc>");
}

void vg_svg_fan(vg_page *p, const vg_kept_unit *u, vg_str name, bool narrow)
{
    const char *size = narrow ? "narrow" : "wide";
    frame f =
        narrow ? (frame){ 360, 270, 46, 4, 26, 26, 18, 0, 0 } : (frame){ 980, 330, 58, 6, 26, 26, 36, 0, 0 };
    f.n_ahead = p->k->params.n_leads;
    f.max = top_of(&f, u);
    vg_print(p->o,
             "<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"t-%d-%s d-%d-%s\">",
             size, f.width, f.height, u->unit, size, u->unit, size);
    put_words(p, u, name, size);
    put_ticks(p, &f);
    put_years(p, &f, p->k->params.origin - f.n_past + 1);
    put_history(p, &f, u);
    put_band(p, &f, u, VG_Q05, VG_Q95, "b90");
    put_band(p, &f, u, VG_Q25, VG_Q75, "b50");
    put_median(p, &f, u);
    put_cut(p, &f);
    vg_page_raw(p, "</svg>\n");
}

static void key_item(vg_page *p, const char *mark, const char *key)
{
    vg_page_raw(p, "<li><svg viewBox=\"0 0 28 14\" aria-hidden=\"true\">");
    vg_page_raw(p, mark);
    vg_page_raw(p, "</svg>");
    vg_page_say(p, key, vg_arg_int("n", 0));
    vg_page_raw(p, "</li>");
}

void vg_svg_key(vg_page *p)
{
    vg_page_raw(p, "<ul class=\"key\">");
    key_item(p, "<rect class=\"bar\" x=\"10\" y=\"1\" width=\"8\" height=\"13\"/>", "chart.key-recorded");
    key_item(p, "<path class=\"med\" d=\"M1 7H27\"/><circle class=\"dot\" cx=\"14\" cy=\"7\" r=\"2.6\"/>",
             "chart.key-median");
    key_item(p, "<rect class=\"b50\" x=\"1\" y=\"2\" width=\"26\" height=\"10\"/>", "chart.key-50");
    key_item(p, "<rect class=\"b90\" x=\"1\" y=\"2\" width=\"26\" height=\"10\"/>", "chart.key-90");
    key_item(p, "<rect class=\"gap\" x=\"10\" y=\"1\" width=\"8\" height=\"12\"/>", "chart.key-gap");
    vg_page_raw(p, "</ul>");
}

/* Place on the ranges' common scale, which is that of ln(1 + deaths): countries differ by powers of ten. */
static double range_x(double deaths, double max)
{
    return 3 + 170 * log1p(fmin(deaths, max)) / log1p(max);
}

void vg_svg_range(vg_page *p, const vg_kept_unit *u, double max)
{
    double x[VG_N_LEVELS], tick = 10;
    for (int i = 0; i < VG_N_LEVELS; i++)
        x[i] = range_x(u->total.quantile[i], max);
    vg_page_raw(p, "<svg viewBox=\"0 0 176 20\" aria-hidden=\"true\">");
    while (tick <= max) {
        double at = range_x(tick, max);
        vg_print(p->o, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"20\"/>", at, at);
        tick *= 10;
    }
    vg_print(p->o, "<line class=\"r90\" x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\"/>", x[VG_Q05], x[VG_Q95]);
    vg_print(p->o, "<rect class=\"r50\" x=\"%.1f\" y=\"5\" width=\"%.1f\" height=\"10\"/>", x[VG_Q25],
             fmax(x[VG_Q75] - x[VG_Q25], 1));
    vg_print(p->o, "<line class=\"rmed\" x1=\"%.1f\" x2=\"%.1f\" y1=\"3\" y2=\"17\"/></svg>", x[VG_Q50],
             x[VG_Q50]);
}

void vg_svg_scale(vg_page *p, double max)
{
    double tick = 10, step = max >= 1e5 ? 100 : 10; /* labels must not touch */
    vg_page_raw(p, "<svg viewBox=\"0 0 176 20\" aria-hidden=\"true\">");
    while (tick <= max) {
        double at = range_x(tick, max);
        vg_print(p->o, "<text x=\"%.1f\" y=\"15\" text-anchor=\"%s\">", at, at > 155 ? "end" : "middle");
        vg_page_arg(p, vg_arg_num("", tick >= 1000 ? tick / 1000 : tick, 0));
        vg_page_raw(p, tick >= 1000 ? "k</text>" : "</text>");
        tick *= step;
    }
    vg_page_raw(p, "</svg>");
}
