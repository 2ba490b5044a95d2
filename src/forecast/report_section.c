/* Sections of the report: one country, quality, sources and gaps, the run. Invariant: a figure stands with its
 * uncertainty, its baseline or its gap in the same section. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "forecast/report_int.h"

#define SAMPLE "organized_violence_country_month.csv"

enum { LATE_MONTHS = 2, NAMED_GAPS = 12 };

static void sentence(vg_page *p)
{
    vg_page_end(p);
    vg_page_raw(p, " ");
}

static void heading(vg_page *p, const char *open, const char *key, const char *close)
{
    vg_page_raw(p, open);
    vg_page_say(p, key, vg_arg_int("n", 0));
    vg_page_raw(p, close);
}

/* --- one country --- */

static void put_chart(vg_page *p, const vg_kept_unit *u, vg_str name)
{
    vg_page_raw(p, "<figure>\n");
    vg_svg_key(p);
    vg_svg_fan(p, u, name, false);
    vg_svg_fan(p, u, name, true);
    vg_page_raw(p, "<figcaption>");
    vg_page_say(p, "chart.caption", vg_arg_month_long("origin", p->k->params.origin));
    vg_page_raw(p, "</figcaption>\n</figure>\n");
}

static void put_situations(vg_page *p, const vg_kept_reasons *r)
{
    vg_page_raw(p, "<div>");
    heading(p, "<h3>", "report.situations", "</h3>\n<ul>\n");
    for (int32_t i = 0; i < r->n_analogues; i++) {
        const vg_kept_analogue *a = &r->analogue[i];
        vg_page_raw(p, "<li>");
        vg_words_analogue(vg_page_begin(p), p->lang, a, vg_page_name(p, a->unit, a->iso3, a->name));
        vg_page_end(p);
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n<p class=\"note\">");
    vg_words_shares(vg_page_begin(p), p->lang, r);
    vg_page_end(p);
    vg_page_raw(p, "</p>\n</div>\n");
}

static void put_drivers(vg_page *p, const vg_kept_reasons *r)
{
    vg_page_raw(p, "<div>");
    heading(p, "<h3>", "report.drivers", "</h3>\n<ul class=\"drivers\">\n");
    for (int32_t i = 0; i < r->n_drivers; i++) {
        vg_page_raw(p, r->driver[i].effect > 0 ? "<li class=\"up\">" : "<li class=\"down\">");
        vg_words_driver(vg_page_begin(p), p->lang, &r->driver[i]);
        vg_page_end(p);
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n</div>\n");
}

static void put_months(vg_page *p, const vg_kept_unit *u)
{
    static const char *const columns[] = { "column.month",      "column.median", "column.interval50",
                                           "column.interval90", "column.p1",     "column.p25",
                                           "column.p100",       "column.p1000",  NULL };
    heading(p, "<h3>", "report.by-month", "</h3>\n");
    vg_page_table(p, "report.by-month", columns);
    for (int32_t i = 0; i < p->k->params.n_leads; i++) {
        const vg_forecast_summary *s = &u->month[i];
        vg_page_raw(p, "<tr><th scope=\"row\">");
        vg_page_arg(p, vg_arg_month("", s->month));
        vg_page_raw(p, "</th>");
        vg_page_cell(p, vg_arg_num("", s->quantile[VG_Q50], 0));
        vg_page_interval_cell(p, s->quantile[VG_Q25], s->quantile[VG_Q75]);
        vg_page_interval_cell(p, s->quantile[VG_Q05], s->quantile[VG_Q95]);
        for (int t = 0; t < VG_N_THRESHOLDS; t++)
            vg_page_cell(p, vg_arg_chance("", s->probability[t]));
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

void vg_report_country(vg_page *p, const vg_kept_unit *u)
{
    vg_str name = vg_page_name(p, u->unit, u->iso3, u->name);
    vg_print(p->o, "<section class=\"country\" id=\"u-%d\" aria-labelledby=\"h-%d\">\n<p class=\"place\">",
             u->unit, u->unit);
    vg_page_text(p, u->iso3);
    vg_print(p->o, "</p>\n<h2 id=\"h-%d\">", u->unit);
    vg_page_text(p, name);
    vg_page_raw(p, "</h2>\n<p>");
    vg_words_interval(vg_page_begin(p), p->lang, p->k, u);
    sentence(p);
    vg_words_change(vg_page_begin(p), p->lang, p->k, u);
    sentence(p);
    vg_words_spread(vg_page_begin(p), p->lang, u);
    sentence(p);
    vg_page_raw(p, "</p>\n<p>");
    vg_words_chances(vg_page_begin(p), p->lang, u);
    sentence(p);
    vg_words_coverage(vg_page_begin(p), p->lang, p->k, u);
    vg_page_end(p);
    vg_page_raw(p, "</p>\n");
    put_chart(p, u, name);
    if (u->reasons) {
        vg_page_raw(p, "<div class=\"two\">\n");
        put_situations(p, u->reasons);
        put_drivers(p, u->reasons);
        vg_page_raw(p, "</div>\n");
    } else {
        vg_page_raw(p, "<p class=\"note\">");
        vg_page_say(p, u->total.mean > 0 ? "explain.no-reasons" : "explain.no-risk",
                    vg_arg_text("model", p->k->params.model));
        vg_page_raw(p, "</p>\n");
    }
    put_months(p, u);
    vg_page_raw(p, "</section>\n");
}

/* --- quality --- */

static void put_quality_cells(vg_page *p, const vg_kept_quality *q)
{
    vg_page_cell(p, vg_arg_int("", q->n));
    vg_page_cell(p, vg_arg_num("", q->crps, 3));
    vg_page_cell(p, vg_arg_num("", q->ign, 3));
    vg_page_cell(p, vg_arg_num("", q->mis, 1));
    vg_page_cell(p, vg_arg_num("", q->brier25, 4));
    vg_page_cell(p, vg_arg_percent("", q->coverage50, 0));
    vg_page_cell(p, vg_arg_percent("", q->coverage90, 0));
}

static const char *const quality_columns[] = { "column.model",      "column.n",          "column.crps",
                                               "column.ign",        "column.mis",        "column.brier25",
                                               "column.coverage50", "column.coverage90", NULL };

static void model_name(vg_page *p, vg_str model)
{
    char key[64];
    snprintf(key, sizeof key, "model.%.*s", VG_P(model));
    vg_page_say(p, key, vg_arg_int("n", 0));
}

static void put_models(vg_page *p)
{
    const vg_kept *k = p->k;
    vg_page_table(p, "report.quality", quality_columns);
    for (int32_t i = 0; i < k->n_scores; i++) {
        vg_page_raw(p, "<tr><th scope=\"row\">");
        model_name(p, k->score[i].model);
        vg_page_raw(p, "</th>");
        put_quality_cells(p, &k->score[i].all);
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

static void put_strata(vg_page *p)
{
    static const char *const columns[] = { "column.stratum",    "column.n",          "column.crps",
                                           "column.ign",        "column.mis",        "column.brier25",
                                           "column.coverage50", "column.coverage90", NULL };
    const vg_kept_score *s = &p->k->score[0];
    heading(p, "<h3>", "report.strata", "</h3>\n");
    vg_page_table(p, "report.strata", columns);
    for (int32_t i = 0; i < s->n_strata; i++) {
        char key[32];
        snprintf(key, sizeof key, "stratum.%d", i);
        vg_page_raw(p, "<tr><th scope=\"row\">");
        vg_page_say(p, key, vg_arg_int("n", 0));
        vg_page_raw(p, "</th>");
        put_quality_cells(p, &s->stratum[i]);
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

void vg_report_quality(vg_page *p)
{
    const vg_kept *k = p->k;
    vg_page_raw(p, "<section id=\"quality\" aria-labelledby=\"h-quality\">\n");
    heading(p, "<h2 id=\"h-quality\">", "report.quality", "</h2>\n");
    if (k->n_scores == 0) {
        heading(p, "<div class=\"notice\"><p>", "words.not-scored", "</p></div>\n</section>\n");
        return;
    }
    char from[16], to[16];
    snprintf(from, sizeof from, "%d", k->score[0].first_window);
    snprintf(to, sizeof to, "%d", k->score[0].last_window);
    vg_page_raw(p, "<p>");
    vg_page_say(p, "report.quality-text", vg_arg_text("from", vg_str_z(from)),
                vg_arg_text("to", vg_str_z(to)));
    vg_page_raw(p, "</p>\n");
    put_models(p);
    heading(p, "<p class=\"note\">", "report.quality-note", "</p>\n");
    put_strata(p);
    vg_page_raw(p, "</section>\n");
}

/* --- sources and gaps --- */

static void put_vintage(vg_page *p, const vg_vintage *v)
{
    vg_print(p->o, "<tr><th scope=\"row\">%lld</th><td class=\"word\">", (long long)v->id);
    vg_page_text(p, v->source);
    vg_page_raw(p, "</td><td class=\"word\">");
    vg_page_text(p, v->version.n ? v->version : VG_S("\xE2\x80\x93"));
    vg_page_raw(p, "</td><td class=\"word\">");
    if (v->first_month) {
        vg_page_arg(p, vg_arg_month("", v->first_month));
        vg_page_raw(p, "\xC2\xA0\xE2\x80\x93\xC2\xA0");
        vg_page_arg(p, vg_arg_month("", v->last_month));
    }
    vg_page_raw(p, "</td>");
    vg_page_cell(p, vg_arg_int("", v->n_accepted));
    vg_page_cell(p, vg_arg_int("", v->n_rejected));
    vg_page_cell(p, vg_arg_day("", v->imported_at));
    vg_page_raw(p, "<td><code>");
    vg_page_text(p, vg_sub(v->sha256, 0, 12));
    vg_page_raw(p, "</code></td></tr>\n");
}

/* A licence or citation once, however many vintages share it. */
static bool told_before(const vg_page *p, int32_t i)
{
    for (int32_t k = 0; k < i; k++)
        if (vg_eq(p->vintage[k].licence, p->vintage[i].licence) &&
            vg_eq(p->vintage[k].citation, p->vintage[i].citation))
            return true;
    return false;
}

static void put_terms(vg_page *p)
{
    heading(p, "<h3>", "report.terms", "</h3>\n<ul>\n");
    for (int32_t i = 0; i < p->n_vintages; i++) {
        const vg_vintage *v = &p->vintage[i];
        if (told_before(p, i))
            continue;
        vg_page_raw(p, "<li>");
        vg_page_say(
            p, "report.term", vg_arg_text("source", v->source),
            vg_arg_text("licence", v->licence.n ? v->licence : vg_message(p->lang, "report.no-licence")));
        if (v->citation.n) {
            vg_page_raw(p, " ");
            vg_page_text(p, v->citation);
        }
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n");
}

static void gap(vg_page *p, const char *key, const vg_arg *arg, int n)
{
    vg_page_raw(p, "<li>");
    vg_message_html(p->o, p->lang, key, arg, n);
    vg_page_raw(p, "</li>\n");
}

static bool has_gap(const vg_kept_unit *u)
{
    for (int32_t i = 0; i < u->n_history; i++)
        if (isnan(u->history[i]))
            return true;
    return false;
}

static void put_unknown_months(vg_page *p)
{
    int32_t n = 0;
    vg_out *names = vg_page_begin(p);
    for (int32_t i = 0; i < p->k->n_units; i++) {
        const vg_kept_unit *u = &p->k->unit[i];
        if (!has_gap(u))
            continue;
        if (n < NAMED_GAPS) {
            vg_put(names, n ? VG_S(", ") : VG_NOSTR);
            vg_put(names, vg_page_name(p, u->unit, u->iso3, u->name));
        }
        n++;
    }
    if (n == 0)
        return;
    vg_put(names, n > NAMED_GAPS ? VG_S(" \xE2\x80\xA6") : VG_NOSTR);
    vg_str list = vg_copy(p->a, vg_out_text(names));
    gap(p, "gap.months", VG_ARGS(vg_arg_int("n", n), vg_arg_text("names", list)));
}

static void put_gaps(vg_page *p)
{
    const vg_kept_params *q = &p->k->params;
    int32_t now = vg_month_of_day((int32_t)(vg_now() / 86400));
    heading(p, "<h3>", "report.gaps", "</h3>\n<ul>\n");
    gap(p, "gap.span",
        VG_ARGS(vg_arg_month_long("from", q->data_first), vg_arg_month_long("to", q->data_last)));
    if (now - q->origin - 1 > LATE_MONTHS)
        gap(p, "gap.late",
            VG_ARGS(vg_arg_int("n", now - q->origin - 1), vg_arg_month_long("origin", q->origin)));
    if (q->origin < q->data_last)
        gap(p, "gap.held-back",
            VG_ARGS(vg_arg_month_long("origin", q->origin), vg_arg_month_long("to", q->data_last)));
    for (int32_t i = 0; i < p->n_vintages; i++) {
        const vg_vintage *v = &p->vintage[i];
        if (v->n_rejected)
            gap(p, "gap.refused", VG_ARGS(vg_arg_int("n", v->n_rejected), vg_arg_int("id", v->id)));
        if (vg_find(v->file, VG_S(SAMPLE)) >= 0)
            gap(p, "gap.sample", VG_ARGS(vg_arg_int("n", 0)));
    }
    put_unknown_months(p);
    if (q->n_leads > 0 && vg_eq(q->unit, VG_S("cell")))
        gap(p, "gap.cells", VG_ARGS(vg_arg_int("n", 0)));
    vg_page_raw(p, "</ul>\n");
}

void vg_report_sources(vg_page *p)
{
    static const char *const columns[] = { "column.vintage",     "column.source",   "column.version",
                                           "column.months",      "column.accepted", "column.rejected",
                                           "column.imported_on", "column.sha256",   NULL };
    vg_page_raw(p, "<section id=\"sources\" aria-labelledby=\"h-sources\">\n");
    heading(p, "<h2 id=\"h-sources\">", "report.sources", "</h2>\n");
    vg_page_table_begin(p, "report.sources");
    for (int i = 0; columns[i]; i++)
        vg_page_heading(p, columns[i], i < 4); /* words first, then numbers */
    vg_page_table_body(p);
    for (int32_t i = 0; i < p->n_vintages; i++)
        put_vintage(p, &p->vintage[i]);
    vg_page_table_end(p);
    put_gaps(p);
    put_terms(p);
    vg_page_raw(p, "</section>\n");
}

/* --- the run --- */

static void term(vg_page *p, const char *key)
{
    vg_page_raw(p, "<dt>");
    vg_page_say(p, key, vg_arg_int("n", 0));
    vg_page_raw(p, "</dt><dd>");
}

static void put_value(vg_page *p, const char *key, vg_arg value)
{
    term(p, key);
    vg_page_arg(p, value);
    vg_page_raw(p, "</dd>\n");
}

void vg_report_run(vg_page *p)
{
    const vg_kept *k = p->k;
    char text[32];
    vg_page_raw(p, "<section id=\"run\" aria-labelledby=\"h-run\">\n");
    heading(p, "<h2 id=\"h-run\">", "report.run", "</h2>\n");
    heading(p, "<p>", "report.run-text", "</p>\n<dl>\n");
    snprintf(text, sizeof text, "%lld", (long long)k->run.id);
    put_value(p, "run.number", vg_arg_text("", vg_str_z(text)));
    term(p, "run.model");
    model_name(p, k->params.model);
    vg_page_raw(p, "</dd>\n");
    put_value(p, "run.origin", vg_arg_month_long("", k->params.origin));
    put_value(p, "run.months", vg_arg_int("", k->params.n_leads));
    put_value(p, "run.draws", vg_arg_int("", k->params.n_draws));
    snprintf(text, sizeof text, "%llu", (unsigned long long)k->run.seed);
    put_value(p, "run.seed", vg_arg_text("", vg_str_z(text)));
    put_value(p, "run.units", vg_arg_int("", k->n_units));
    put_value(p, "run.source", vg_arg_text("", k->params.source));
    put_value(p, "run.started", vg_arg_text("", vg_instant_text(k->run.started_at, text)));
    put_value(p, "run.program", vg_arg_text("", k->run.program_version));
    vg_page_raw(p, "</dl>\n</section>\n");
}
