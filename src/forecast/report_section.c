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

/* --- one country --- */

static vg_str chart_text(vg_report *r, const vg_kept_unit *u)
{
    vg_out *o = vg_page_begin(&r->page);
    vg_words_interval(o, r->page.lang, r->k, u);
    vg_put_char(o, ' ');
    vg_words_change(o, r->page.lang, r->k, u);
    return vg_page_made(&r->page, vg_copy(r->page.a, vg_out_text(o)));
}

static void put_chart(vg_report *r, const vg_kept_unit *u, vg_str name)
{
    vg_page *p = &r->page;
    vg_chart_bands *ahead = vg_page_new(p, vg_chart_bands, r->k->params.n_leads);
    char id[32];
    snprintf(id, sizeof id, "%d", u->unit);
    for (int32_t i = 0; ahead && i < r->k->params.n_leads; i++)
        ahead[i] = vg_report_bands(&u->month[i]);
    vg_arg origin = vg_arg_month_long("origin", r->k->params.origin);
    vg_chart_words words = { id, vg_page_words(p, "chart.title", vg_arg_text("name", name)), chart_text(r, u),
                             vg_page_words(p, "chart.caption", origin) };
    vg_chart_fan(p, &(vg_chart_fan_opts){ .words = words,
                                          .last_month = r->k->params.origin,
                                          .n_history = u->n_history,
                                          .history = u->history,
                                          .n_ahead = ahead ? r->k->params.n_leads : 0,
                                          .ahead = ahead });
}

static void put_situations(vg_report *r, const vg_kept_reasons *why)
{
    vg_page *p = &r->page;
    vg_page_raw(p, "<div>");
    vg_page_wrap(p, "<h3>", "report.situations", "</h3>\n<ul>\n");
    for (int32_t i = 0; i < why->n_analogues; i++) {
        const vg_kept_analogue *a = &why->analogue[i];
        vg_page_raw(p, "<li>");
        vg_words_analogue(vg_page_begin(p), p->lang, a, vg_report_name(r, a->unit, a->iso3, a->name));
        vg_page_end(p);
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n<p class=\"note\">");
    vg_words_shares(vg_page_begin(p), p->lang, why);
    vg_page_end(p);
    vg_page_raw(p, "</p>\n</div>\n");
}

static void put_drivers(vg_report *r, const vg_kept_reasons *why)
{
    vg_page *p = &r->page;
    vg_page_raw(p, "<div>");
    vg_page_wrap(p, "<h3>", "report.drivers", "</h3>\n<ul class=\"drivers\">\n");
    for (int32_t i = 0; i < why->n_drivers; i++) {
        vg_page_raw(p, why->driver[i].effect > 0 ? "<li class=\"up\">" : "<li class=\"down\">");
        vg_words_driver(vg_page_begin(p), p->lang, &why->driver[i]);
        vg_page_end(p);
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n</div>\n");
}

static void put_months(vg_report *r, const vg_kept_unit *u)
{
    vg_page *p = &r->page;
    static const char *const columns[] = { "column.month",      "column.median", "column.interval50",
                                           "column.interval90", "column.p1",     "column.p25",
                                           "column.p100",       "column.p1000",  NULL };
    vg_page_wrap(p, "<h3>", "report.by-month", "</h3>\n");
    vg_page_table(p, "report.by-month", columns, 1);
    for (int32_t i = 0; i < r->k->params.n_leads; i++) {
        const vg_forecast_summary *s = &u->month[i];
        vg_page_raw(p, "<tr><th scope=\"row\">");
        vg_page_arg(p, vg_arg_month("", s->month));
        vg_page_raw(p, "</th>");
        vg_page_cell(p, vg_arg_num("", s->quantile[VG_Q50], 0));
        vg_page_cell_interval(p, s->quantile[VG_Q25], s->quantile[VG_Q75]);
        vg_page_cell_interval(p, s->quantile[VG_Q05], s->quantile[VG_Q95]);
        for (int t = 0; t < VG_N_THRESHOLDS; t++)
            vg_page_cell(p, vg_arg_chance("", s->probability[t]));
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

void vg_report_country(vg_report *r, const vg_kept_unit *u)
{
    vg_page *p = &r->page;
    vg_str name = vg_report_name(r, u->unit, u->iso3, u->name);
    char id[32];
    vg_print(p->o, "<section class=\"country\" id=\"%s\" aria-labelledby=\"h-%d\">\n<p class=\"place\">",
             vg_report_id(u->unit, id), u->unit);
    vg_page_text(p, u->iso3);
    vg_print(p->o, "</p>\n<h2 id=\"h-%d\">", u->unit);
    vg_page_text(p, name);
    vg_page_raw(p, "</h2>\n<p>");
    vg_words_interval(vg_page_begin(p), p->lang, r->k, u);
    sentence(p);
    vg_words_change(vg_page_begin(p), p->lang, r->k, u);
    sentence(p);
    vg_words_spread(vg_page_begin(p), p->lang, u);
    sentence(p);
    vg_page_raw(p, "</p>\n<p>");
    vg_words_chances(vg_page_begin(p), p->lang, u);
    sentence(p);
    vg_words_coverage(vg_page_begin(p), p->lang, r->k, u);
    vg_page_end(p);
    vg_page_raw(p, "</p>\n");
    put_chart(r, u, name);
    if (u->reasons) {
        vg_page_raw(p, "<div class=\"two\">\n");
        put_situations(r, u->reasons);
        put_drivers(r, u->reasons);
        vg_page_raw(p, "</div>\n");
    } else {
        vg_page_raw(p, "<p class=\"note\">");
        vg_page_say(p, u->total.mean > 0 ? "explain.no-reasons" : "explain.no-risk",
                    vg_arg_text("model", r->k->params.model));
        vg_page_raw(p, "</p>\n");
    }
    put_months(r, u);
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
    vg_page_say(p, key, VG_NO_ARG);
}

static void put_models(vg_report *r)
{
    vg_page *p = &r->page;
    const vg_kept *k = r->k;
    vg_page_table(p, "report.quality", quality_columns, 1);
    for (int32_t i = 0; i < k->n_scores; i++) {
        vg_page_raw(p, "<tr><th scope=\"row\">");
        model_name(p, k->score[i].model);
        vg_page_raw(p, "</th>");
        put_quality_cells(p, &k->score[i].all);
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

static void put_strata(vg_report *r)
{
    vg_page *p = &r->page;
    static const char *const columns[] = { "column.stratum",    "column.n",          "column.crps",
                                           "column.ign",        "column.mis",        "column.brier25",
                                           "column.coverage50", "column.coverage90", NULL };
    const vg_kept_score *s = &r->k->score[0];
    vg_page_wrap(p, "<h3>", "report.strata", "</h3>\n");
    vg_page_table(p, "report.strata", columns, 1);
    for (int32_t i = 0; i < s->n_strata; i++) {
        char key[32];
        snprintf(key, sizeof key, "stratum.%d", i);
        vg_page_raw(p, "<tr><th scope=\"row\">");
        vg_page_say(p, key, VG_NO_ARG);
        vg_page_raw(p, "</th>");
        put_quality_cells(p, &s->stratum[i]);
        vg_page_raw(p, "</tr>\n");
    }
    vg_page_table_end(p);
}

void vg_report_quality(vg_report *r)
{
    vg_page *p = &r->page;
    const vg_kept *k = r->k;
    vg_page_section(p, "quality", "report.quality");
    if (k->n_scores == 0) {
        vg_page_wrap(p, "<div class=\"notice\"><p>", "words.not-scored", "</p></div>\n</section>\n");
        return;
    }
    char from[16], to[16];
    snprintf(from, sizeof from, "%d", k->score[0].first_window);
    snprintf(to, sizeof to, "%d", k->score[0].last_window);
    vg_page_raw(p, "<p>");
    vg_page_say(p, "report.quality-text", vg_arg_text("from", vg_str_z(from)),
                vg_arg_text("to", vg_str_z(to)));
    vg_page_raw(p, "</p>\n");
    put_models(r);
    vg_page_wrap(p, "<p class=\"note\">", "report.quality-note", "</p>\n");
    put_strata(r);
    vg_page_raw(p, "</section>\n");
}

/* --- sources and gaps --- */

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

static void put_unknown_months(vg_report *r)
{
    vg_page *p = &r->page;
    int32_t n = 0;
    vg_out *names = vg_page_begin(p);
    for (int32_t i = 0; i < r->k->n_units; i++) {
        const vg_kept_unit *u = &r->k->unit[i];
        if (!has_gap(u))
            continue;
        if (n < NAMED_GAPS) {
            vg_put(names, n ? VG_S(", ") : VG_NOSTR);
            vg_put(names, vg_report_name(r, u->unit, u->iso3, u->name));
        }
        n++;
    }
    if (n == 0)
        return;
    vg_put(names, n > NAMED_GAPS ? VG_S(" \xE2\x80\xA6") : VG_NOSTR);
    vg_str list = vg_copy(p->a, vg_out_text(names));
    gap(p, "gap.months", VG_ARGS(vg_arg_int("n", n), vg_arg_text("names", list)));
}

static void put_gaps(vg_report *r)
{
    vg_page *p = &r->page;
    const vg_kept_params *q = &r->k->params;
    int32_t now = vg_month_of_day((int32_t)(vg_now() / 86400));
    vg_page_wrap(p, "<h3>", "report.gaps", "</h3>\n<ul>\n");
    gap(p, "gap.span",
        VG_ARGS(vg_arg_month_long("from", q->data_first), vg_arg_month_long("to", q->data_last)));
    if (now - q->origin - 1 > LATE_MONTHS)
        gap(p, "gap.late",
            VG_ARGS(vg_arg_int("n", now - q->origin - 1), vg_arg_month_long("origin", q->origin)));
    if (q->origin < q->data_last)
        gap(p, "gap.held-back",
            VG_ARGS(vg_arg_month_long("origin", q->origin), vg_arg_month_long("to", q->data_last)));
    for (int32_t i = 0; i < r->n_sources; i++) {
        const vg_page_source *v = &r->source[i];
        if (v->n_rejected)
            gap(p, "gap.refused", VG_ARGS(vg_arg_int("n", v->n_rejected), vg_arg_int("id", v->vintage)));
        if (vg_find(r->file[i], VG_S(SAMPLE)) >= 0)
            gap(p, "gap.sample", VG_ARGS(VG_NO_ARG));
    }
    put_unknown_months(r);
    if (q->n_leads > 0 && vg_eq(q->unit, VG_S("cell")))
        gap(p, "gap.cells", VG_ARGS(VG_NO_ARG));
    vg_page_raw(p, "</ul>\n");
}

void vg_report_sources(vg_report *r)
{
    vg_page *p = &r->page;
    vg_page_section(p, "sources", "report.sources");
    vg_page_sources(p, r->source, r->n_sources);
    put_gaps(r);
    vg_page_terms(p, r->source, r->n_sources);
    vg_page_section_end(p);
}

/* --- the run --- */

void vg_report_run(vg_report *r)
{
    vg_page *p = &r->page;
    const vg_kept *k = r->k;
    char text[32];
    vg_page_section(p, "run", "report.run");
    vg_page_para(p, "report.run-text", VG_NO_ARG);
    vg_page_record_begin(p);
    snprintf(text, sizeof text, "%lld", (long long)k->run.id);
    vg_page_record_text(p, "run.number", vg_str_z(text));
    vg_page_record_term(p, "run.model");
    model_name(p, k->params.model);
    vg_page_record_term_end(p);
    vg_page_record_value(p, "run.origin", vg_arg_month_long("", k->params.origin));
    vg_page_record_value(p, "run.months", vg_arg_int("", k->params.n_leads));
    vg_page_record_value(p, "run.draws", vg_arg_int("", k->params.n_draws));
    snprintf(text, sizeof text, "%llu", (unsigned long long)k->run.seed);
    vg_page_record_text(p, "run.seed", vg_str_z(text));
    vg_page_record_value(p, "run.units", vg_arg_int("", k->n_units));
    vg_page_record_text(p, "run.source", k->params.source);
    vg_page_record_text(p, "run.started", vg_instant_text(k->run.started_at, text));
    vg_page_record_text(p, "run.program", k->run.program_version);
    vg_page_record_end(p);
    vg_page_section_end(p);
}
