/* Sections on regions: one region, where people come from and why, the supposition. Invariant: the baseline forecast
 * stays in view wherever a supposition is shown. */
#include <math.h>

#include "core/date.h"
#include "displacement/report_int.h"

enum { MAX_PARTS = 8, MAX_NODES = 12, BAR_PARTS = 6 };

static void put_item(vg_page *p, const char *key, const vg_arg *arg, int n_args)
{
    vg_message_html(p->o, p->lang, key, arg, n_args);
    vg_page_raw(p, " ");
}

/* --- in words --- */

/* A number in a sentence: "not known" where a table would have a dash. */
static vg_arg told(vg_displacement_page *d, const char *name, double value)
{
    return isnan(value) ? vg_arg_text(name, vg_message(d->page.lang, "displacement.not-known"))
                        : vg_arg_num(name, value, 0);
}

static vg_str month_words(vg_displacement_page *d, const vg_displacement_kept_month *m)
{
    vg_chart_bands b = vg_displacement_bands(m);
    return vg_page_words(&d->page, "displacement.words.month", vg_arg_month_long("month", m->month),
                         vg_arg_num("median", b.median, 0), vg_arg_num("low50", b.low50, 0),
                         vg_arg_num("high50", b.high50, 0), vg_arg_num("low90", b.low90, 0),
                         vg_arg_num("high90", b.high90, 0));
}

static void put_score(vg_displacement_page *d)
{
    const vg_displacement_kept *k = d->k;
    vg_page *p = &d->page;
    if (k->n_scores == 0) {
        put_item(p, "words.not-scored", VG_ARGS(VG_NO_ARG));
        return;
    }
    const vg_displacement_kept_score *s = &k->score[0], *base = NULL;
    for (int32_t i = 1; i < k->n_scores && !base; i++)
        base = k->score[i].horizon == s->horizon ? &k->score[i] : NULL;
    put_item(p, "displacement.words.score",
             VG_ARGS(vg_arg_int("n", s->n), vg_arg_int("horizon", s->horizon),
                     vg_arg_month("from", s->first_month), vg_arg_month("to", s->last_month),
                     vg_arg_num("mae", s->mae, 0), told(d, "base", base ? base->mae : NAN),
                     vg_arg_percent("c50", s->cover50, 0), vg_arg_percent("c90", s->cover90, 0)));
}

static void put_words(vg_displacement_page *d, const vg_displacement_kept_unit *u)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_month *m = &u->month[0];
    int level = vg_displacement_level_of(m->alarm);
    double last = u->n_history ? u->history[u->n_history - 1] : NAN;
    vg_page_raw(p, "<p><strong>");
    vg_page_text(p, vg_displacement_level_words(d, level));
    vg_page_raw(p, "</strong>. ");
    vg_page_text(p, month_words(d, m));
    vg_page_raw(p, " ");
    put_item(p, "displacement.words.chance",
             VG_ARGS(vg_arg_chance("p1000", m->probability[0]), vg_arg_chance("p5000", m->probability[1])));
    if (d->k->params.threshold > 0)
        put_item(p, "displacement.words.own",
                 VG_ARGS(vg_arg_num("n", d->k->params.threshold, 0), vg_arg_chance("p", m->probability_own)));
    vg_page_raw(p, "</p>\n<p>");
    put_item(p, isnan(last) ? "displacement.words.last-unknown" : "displacement.words.last",
             VG_ARGS(vg_arg_month_long("month", d->k->params.origin), vg_arg_num("n", last, 0)));
    put_item(
        p, "displacement.words.baseline",
        VG_ARGS(told(d, "expanding", m->expanding), told(d, "ewm", m->ewm_log), told(d, "lag", m->lag12)));
    put_score(d);
    vg_page_raw(p, "</p>\n");
    if (u->sparse)
        vg_page_notice(p, "displacement.words.sparse", VG_ARGS(VG_NO_ARG));
}

/* --- the fan --- */

static const double *medians(vg_displacement_page *d, const vg_displacement_kept_month *m)
{
    double *value = m ? vg_page_new(&d->page, double, d->k->params.n_leads) : NULL;
    for (int32_t i = 0; value && i < d->k->params.n_leads; i++)
        value[i] = m[i].quantile[DIS_Q50];
    return value;
}

static void put_fan(vg_displacement_page *d, const vg_displacement_kept_unit *u, vg_str name)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_params *q = &d->k->params;
    vg_chart_bands *ahead = vg_page_new(p, vg_chart_bands, q->n_leads);
    double *expanding = vg_page_new(p, double, q->n_leads);
    if (!ahead || !expanding)
        return;
    for (int32_t i = 0; i < q->n_leads; i++) {
        ahead[i] = vg_displacement_bands(&u->month[i]);
        expanding[i] = u->month[i].expanding;
    }
    char id[32];
    snprintf(id, sizeof id, "fan-%d", u->unit);
    vg_arg arg = vg_arg_text("name", name);
    const vg_chart_level level[] = {
        { 1000, vg_page_value_text(p, vg_arg_int("", 1000)) },
        { 5000, vg_page_value_text(p, vg_arg_int("", 5000)) },
        { q->threshold, vg_page_words(p, "displacement.own-level", vg_arg_num("n", q->threshold, 0)) },
    };
    vg_chart_fan(p,
                 &(vg_chart_fan_opts){ .words = { id, vg_page_words(p, "displacement.chart.fan", arg),
                                                  month_words(d, &u->month[0]),
                                                  vg_page_words(p, "displacement.chart.fan-caption",
                                                                vg_arg_month_long("origin", q->origin)) },
                                       .last_month = q->origin,
                                       .n_history = u->n_history,
                                       .history = u->history,
                                       .n_ahead = q->n_leads,
                                       .ahead = ahead,
                                       .baseline = expanding,
                                       .baseline_name = vg_message(p->lang, "displacement.model.expanding"),
                                       .scenario = medians(d, u->scenario),
                                       .scenario_name = vg_page_words(p, "displacement.chart.supposed",
                                                                      vg_arg_text("text", q->scenario)),
                                       .n_levels = q->threshold > 0 ? 3 : 2,
                                       .level = level });
}

/* --- reasons --- */

static void put_driver(vg_page *p, const vg_displacement_kept_driver *r)
{
    char key[96];
    snprintf(key, sizeof key, "%.*s", VG_P(r->driver));
    bool whole = fabs(r->value) >= 10 || r->value == floor(r->value);
    vg_arg value = vg_arg_num("value", r->value, whole ? 0 : 2);
    vg_str what = r->covariate.n ? r->covariate : vg_message(p->lang, key);
    vg_page_raw(p, r->factor >= 1 ? "<li class=\"up\">" : "<li class=\"down\">");
    vg_page_say(p, isnan(r->value) ? "displacement.words.driver-plain" : "displacement.words.driver",
                vg_arg_text("what", what), value, vg_arg_num("factor", r->factor, 2));
    vg_page_raw(p, "</li>\n");
}

static void put_reasons(vg_displacement_page *d, const vg_displacement_kept_reasons *r)
{
    vg_page *p = &d->page;
    vg_page_two_begin(p);
    vg_page_block(p, "report.situations");
    vg_page_raw(p, "<ul>\n");
    for (int32_t i = 0; i < r->n_analogues; i++) {
        const vg_displacement_kept_analogue *a = &r->analogue[i];
        vg_page_item(p, "displacement.words.analogue",
                     vg_arg_text("name", vg_displacement_region_name(d, a->name, a->unit)),
                     vg_arg_month("month", a->month), vg_arg_num("before", a->before, 0),
                     vg_arg_num("after", a->after, 0), vg_arg_num("carried", a->carried, 0),
                     vg_arg_percent("weight", a->weight, 0));
    }
    vg_page_raw(p, "</ul>\n");
    vg_page_block_end(p);
    vg_page_block(p, "report.drivers");
    vg_page_para(p, "displacement.words.base", vg_arg_num("n", r->base, 0),
                 vg_arg_num("median", r->median, 0));
    vg_page_raw(p, "<ul class=\"drivers\">\n");
    for (int32_t i = 0; i < r->n_drivers; i++)
        put_driver(p, &r->driver[i]);
    vg_page_raw(p, "</ul>\n");
    vg_page_block_end(p);
    vg_page_two_end(p);
}

/* --- month by month --- */

static void put_month(vg_displacement_page *d, const vg_displacement_kept_unit *u, int32_t i)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_month *m = &u->month[i];
    vg_chart_bands b = vg_displacement_bands(m);
    vg_page_row_arg(p, vg_arg_month("", m->month));
    vg_page_cell_words(p, vg_displacement_level_words(d, vg_displacement_level_of(m->alarm)));
    vg_page_cell(p, vg_arg_num("", b.median, 0));
    vg_page_cell_interval(p, b.low50, b.high50);
    vg_page_cell_interval(p, b.low90, b.high90);
    vg_page_cell(p, vg_arg_chance("", m->probability[0]));
    vg_page_cell(p, vg_arg_chance("", m->probability[1]));
    if (d->k->params.threshold > 0)
        vg_page_cell(p, vg_arg_chance("", m->probability_own));
    vg_page_cell(p, vg_arg_num("", m->expanding, 0));
    vg_page_cell(p, vg_arg_num("", m->ewm_log, 0));
    vg_page_cell(p, vg_arg_num("", m->lag12, 0));
    if (u->scenario)
        vg_page_cell(p, vg_arg_num("", u->scenario[i].quantile[DIS_Q50], 0));
    vg_page_row_end(p);
}

static void put_months(vg_displacement_page *d, const vg_displacement_kept_unit *u)
{
    static const char *const head[] = { "displacement.column.level", "column.median",
                                        "column.interval50",         "column.interval90",
                                        "displacement.column.p1000", "displacement.column.p5000" };
    static const char *const base[] = { "displacement.column.expanding", "displacement.column.ewm",
                                        "displacement.column.lag" };
    vg_page *p = &d->page;
    vg_page_wrap(p, "<h3>", "report.by-month", "</h3>\n");
    vg_page_table_begin(p, "report.by-month");
    vg_page_heading(p, "column.month", true);
    for (int i = 0; i < 6; i++)
        vg_page_heading(p, head[i], i == 0);
    if (d->k->params.threshold > 0)
        vg_page_heading_text(
            p, vg_page_words(p, "displacement.column.own", vg_arg_num("n", d->k->params.threshold, 0)),
            false);
    for (int i = 0; i < 3; i++)
        vg_page_heading(p, base[i], false);
    if (u->scenario)
        vg_page_heading(p, "displacement.column.supposed", false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < d->k->params.n_leads; i++)
        put_month(d, u, i);
    vg_page_table_end(p);
}

/* --- origins and reasons of one region --- */

/* A reason in the reader's language, where its word is known: "Conflict/Insecurity" is displacement.reason.conflict-insecurity. */
static vg_str reason_words(vg_displacement_page *d, vg_str reason)
{
    char key[96];
    int n = snprintf(key, sizeof key, "displacement.reason.");
    if (reason.n == 0)
        return vg_message(d->page.lang, "displacement.reason-unknown");
    for (ptrdiff_t i = 0; i < reason.n && n < 90; i++) {
        char c = vg_lower(reason.s[i]);
        key[n++] = c >= 'a' && c <= 'z' ? c : '-';
    }
    key[n] = 0;
    return vg_message_has(VG_LANG_EN, key) ? vg_message(d->page.lang, key) : reason;
}

static vg_str part_name(vg_displacement_page *d, const vg_displacement_kept_part *s, bool by_origin)
{
    if (!by_origin)
        return reason_words(d, s->reason);
    return s->from ? vg_displacement_region_name(d, s->name, s->from)
                   : vg_message(d->page.lang, "displacement.origin-unknown");
}

static bool is_part(const vg_displacement_kept_part *s, bool by_origin)
{
    return vg_eq(s->by, by_origin ? VG_S("origin") : VG_S("reason"));
}

static void put_parts(vg_displacement_page *d, const vg_displacement_kept_split *split, bool by_origin)
{
    static const char *const columns[] = { "chart.share", "displacement.column.share90", "chart.people",
                                           "column.interval90" };
    vg_page *p = &d->page;
    const char *name = by_origin ? "displacement.column.origin" : "displacement.column.reason";
    int32_t shown = 0;
    vg_page_table_begin(p, name);
    vg_page_heading(p, name, true);
    for (int i = 0; i < 4; i++)
        vg_page_heading(p, columns[i], false);
    vg_page_table_body(p);
    for (int32_t i = 0; i < split->n_parts && shown < MAX_PARTS; i++) {
        const vg_displacement_kept_part *s = &split->part[i];
        if (!is_part(s, by_origin))
            continue;
        shown++;
        vg_page_row(p, part_name(d, s, by_origin));
        vg_page_cell(p, vg_arg_percent("", s->share, 0));
        vg_page_raw(p, "<td>");
        vg_page_arg(p, vg_arg_percent("", s->share_low, 0));
        vg_page_raw(p, "\xC2\xA0\xE2\x80\x93\xC2\xA0");
        vg_page_arg(p, vg_arg_percent("", s->share_high, 0));
        vg_page_raw(p, "</td>");
        vg_page_cell(p, vg_arg_num("", s->mean, 0));
        vg_page_cell_interval(p, s->low, s->high);
        vg_page_row_end(p);
    }
    vg_page_table_end(p);
}

static const vg_displacement_kept_split *split_of(const vg_displacement_page *d, int32_t at)
{
    const vg_displacement_kept_unit *u = &d->k->unit[at];
    return u->split && d->k->params.n_leads > 0 && u->split[0] && u->split[0]->n_parts ? u->split[0] : NULL;
}

void vg_displacement_put_region(vg_displacement_page *d, int32_t at)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_unit *u = &d->k->unit[at];
    const vg_displacement_kept_split *split = split_of(d, at);
    vg_str name = vg_displacement_region_name(d, u->name, u->unit);
    char id[32];
    snprintf(id, sizeof id, "u-%d", u->unit);
    vg_page_section_named(p, id, VG_NOSTR, name);
    put_words(d, u);
    put_fan(d, u, name);
    put_months(d, u);
    if (u->reasons && u->reasons[0])
        put_reasons(d, u->reasons[0]);
    else
        vg_page_note(p, "explain.no-reasons", vg_arg_text("model", d->k->params.model));
    if (split) {
        vg_page_two_begin(p);
        vg_page_block(p, "displacement.why");
        put_parts(d, split, false);
        vg_page_block_end(p);
        vg_page_block(p, "displacement.whence");
        put_parts(d, split, true);
        vg_page_block_end(p);
        vg_page_two_end(p);
    }
    vg_page_section_end(p);
}

/* --- origins of all regions --- */

/* Names of one side of the flow diagram with their sums; the last is "others" when there are too many. */
typedef struct {
    int32_t unit[MAX_NODES];
    vg_str name[MAX_NODES];
    int32_t n;
} side;

static int32_t node_of(side *s, int32_t unit, vg_str name, vg_str others)
{
    for (int32_t i = 0; i < s->n; i++)
        if (s->unit[i] == unit)
            return i;
    if (s->n < MAX_NODES - 1) {
        s->unit[s->n] = unit;
        s->name[s->n] = name;
        return s->n++;
    }
    s->n = MAX_NODES;
    s->unit[MAX_NODES - 1] = -2;
    s->name[MAX_NODES - 1] = others;
    return MAX_NODES - 1;
}

static void put_diagram(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    double sum[MAX_NODES][MAX_NODES] = { { 0 } };
    side from = { .n = 0 }, to = { .n = 0 };
    vg_str others = vg_message(p->lang, "displacement.others");
    for (int32_t i = 0; i < d->k->n_units; i++) {
        const vg_displacement_kept_split *split = split_of(d, i);
        for (int32_t s = 0; split && s < split->n_parts; s++) {
            const vg_displacement_kept_part *part = &split->part[s];
            if (!is_part(part, true) || !(part->mean > 0))
                continue;
            const vg_displacement_kept_unit *u = &d->k->unit[i];
            int32_t b = node_of(&to, u->unit, vg_displacement_region_name(d, u->name, u->unit), others);
            int32_t a = node_of(&from, part->from, part_name(d, part, true), others);
            sum[a][b] += part->mean;
        }
    }
    vg_chart_flow flow[MAX_NODES * MAX_NODES];
    int32_t n = 0;
    for (int32_t a = 0; a < from.n; a++)
        for (int32_t b = 0; b < to.n; b++)
            if (sum[a][b] >= 0.5)
                flow[n++] = (vg_chart_flow){ a, b, sum[a][b] };
    vg_arg month = vg_arg_month_long("month", d->k->params.origin + 1);
    vg_chart_flows(
        p, &(vg_chart_flows_opts){ .words = { "flows", vg_page_words(p, "displacement.chart.flows", month),
                                              vg_message(p->lang, "displacement.chart.flows-text"),
                                              vg_message(p->lang, "displacement.chart.flows-caption") },
                                   .n_from = from.n,
                                   .n_to = to.n,
                                   .from = from.name,
                                   .to = to.name,
                                   .n_flows = n,
                                   .flow = flow,
                                   .from_key = "chart.from",
                                   .to_key = "chart.to",
                                   .value_key = "chart.people" });
}

/* The reasons that are drawn: those of the regions with most arrivals, the rest together as the last part. */
static int32_t reasons_of(const vg_displacement_page *d, vg_str reason[BAR_PARTS])
{
    int32_t n = 0;
    for (int32_t i = 0; i < d->k->n_units && n < BAR_PARTS - 1; i++) {
        const vg_displacement_kept_split *split = split_of(d, i);
        for (int32_t s = 0; split && s < split->n_parts && n < BAR_PARTS - 1; s++) {
            const vg_displacement_kept_part *part = &split->part[s];
            bool seen = !is_part(part, false);
            for (int32_t k = 0; k < n; k++)
                seen = seen || vg_eq(reason[k], part->reason);
            if (!seen)
                reason[n++] = part->reason;
        }
    }
    return n;
}

static void put_reason_bars(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    vg_str reason[BAR_PARTS], name[BAR_PARTS];
    int32_t n = reasons_of(d, reason), rows = 0;
    bool rest = false; /* is there a part behind those with a name? */
    vg_chart_bar *bar = vg_page_new(p, vg_chart_bar, d->k->n_units);
    double *share = vg_page_new(p, double, (int64_t)d->k->n_units *BAR_PARTS);
    for (int32_t i = 0; bar && share && i < d->k->n_units; i++) {
        const vg_displacement_kept_split *split = split_of(d, i);
        const vg_displacement_kept_unit *u = &d->k->unit[i];
        double *row = share + (int64_t)i * BAR_PARTS;
        for (int32_t s = 0; split && s < split->n_parts; s++) {
            if (!is_part(&split->part[s], false))
                continue;
            int32_t k = 0;
            while (k < n && !vg_eq(reason[k], split->part[s].reason))
                k++;
            row[k] += split->part[s].share;
            rest = rest || k == n;
        }
        if (split)
            bar[rows++] =
                (vg_chart_bar){ .name = vg_displacement_region_name(d, u->name, u->unit), .share = row };
    }
    for (int32_t k = 0; k < n; k++)
        name[k] = reason_words(d, reason[k]);
    name[n] = vg_message(p->lang, "displacement.others");
    vg_chart_bars(p, &(vg_chart_bars_opts){
                         .words = { .title = vg_message(p->lang, "displacement.chart.reasons"),
                                    .caption = vg_message(p->lang, "displacement.chart.reasons-caption") },
                         .n_parts = n + rest,
                         .part = name,
                         .middle = -1,
                         .n_bars = rows,
                         .bar = bar,
                         .name_key = "displacement.column.region" });
}

void vg_displacement_put_origins(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    bool any = false;
    for (int32_t i = 0; i < d->k->n_units; i++)
        any = any || split_of(d, i);
    vg_page_section(p, "origins", "displacement.origins");
    if (any) {
        vg_page_para(p, "displacement.origins-text", vg_arg_month_long("month", d->k->params.origin + 1));
        put_diagram(d);
        put_reason_bars(d);
    } else {
        vg_page_notice(p, "displacement.no-flows", VG_ARGS(VG_NO_ARG));
    }
    vg_page_section_end(p);
}

/* --- the supposition --- */

static void put_supposed_row(vg_displacement_page *d, const vg_displacement_kept_unit *u, int32_t i)
{
    vg_page *p = &d->page;
    vg_chart_bands is = vg_displacement_bands(&u->month[i]), what = vg_displacement_bands(&u->scenario[i]);
    vg_page_row(p, vg_displacement_region_name(d, u->name, u->unit));
    vg_page_cell(p, vg_arg_num("", is.median, 0));
    vg_page_cell_interval(p, is.low90, is.high90);
    vg_page_cell(p, vg_arg_num("", what.median, 0));
    vg_page_cell_interval(p, what.low90, what.high90);
    double change = is.median >= 1 ? what.median / is.median - 1 : NAN;
    vg_page_raw(p, change >= 0 ? "<td>+" : "<td>");
    vg_page_arg(p, vg_arg_percent("", change, 0));
    vg_page_raw(p, "</td>");
    vg_page_cell_words(p, vg_displacement_level_words(d, vg_displacement_level_of(u->month[i].alarm)));
    vg_page_cell_words(p, vg_displacement_level_words(d, vg_displacement_level_of(u->scenario[i].alarm)));
    vg_page_row_end(p);
}

static void put_supposed_table(vg_displacement_page *d, int32_t lead)
{
    static const char *const columns[] = { "displacement.column.region",
                                           "displacement.column.as-is",
                                           "column.interval90",
                                           "displacement.column.supposed",
                                           "column.interval90",
                                           "column.change",
                                           "displacement.column.level-is",
                                           "displacement.column.level-supposed" };
    vg_page *p = &d->page;
    vg_page_table_begin(p, "displacement.supposition");
    for (int i = 0; i < 8; i++)
        vg_page_heading(p, columns[i], i == 0 || i > 5);
    vg_page_table_body(p);
    for (int32_t i = 0; i < d->k->n_units; i++)
        if (d->k->unit[i].scenario)
            put_supposed_row(d, &d->k->unit[i], lead);
    vg_page_table_end(p);
}

void vg_displacement_put_supposition(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    int32_t last = d->k->params.n_leads - 1;
    vg_page_section(p, "supposition", "displacement.supposition");
    vg_page_para(p, "displacement.supposition-text", vg_arg_text("text", d->k->params.scenario),
                 vg_arg_month_long("month", d->k->params.origin + 1 + last));
    put_supposed_table(d, last);
    vg_page_note(p, "displacement.supposition-note", VG_NO_ARG);
    vg_page_section_end(p);
}
