/* The closing sections: past scores, sources and gaps, method and limits, the runs. Invariant: every month of the
 * history that is not known is counted here, region by region. */
#include <math.h>

#include "core/date.h"
#include "displacement/report_int.h"

enum { LATE_MONTHS = 2, NAMED = 12 };

/* --- quality --- */

/* A word of a run's record in the reader's language, where its word is known. */
static vg_str word_of(vg_displacement_page *d, const char *about, vg_str word)
{
    char key[96];
    snprintf(key, sizeof key, "displacement.%s.%.*s", about, VG_P(word));
    return vg_message_has(VG_LANG_EN, key) ? vg_message(d->page.lang, key) : word;
}

static void put_scores(vg_displacement_page *d)
{
    static const char *const columns[] = { "column.model",
                                           "displacement.column.horizon",
                                           "column.months",
                                           "column.n",
                                           "displacement.column.rmse",
                                           "displacement.column.mae",
                                           "column.crps",
                                           "column.coverage50",
                                           "column.coverage90",
                                           NULL };
    vg_page *p = &d->page;
    vg_page_table(p, "report.quality", columns, 1);
    for (int32_t i = 0; i < d->k->n_scores; i++) {
        const vg_displacement_kept_score *s = &d->k->score[i];
        vg_page_row(p, word_of(d, "model", s->model));
        vg_page_cell(p, vg_arg_int("", s->horizon));
        vg_page_raw(p, "<td>");
        vg_page_arg(p, vg_arg_month("", s->first_month));
        vg_page_raw(p, "\xC2\xA0\xE2\x80\x93\xC2\xA0");
        vg_page_arg(p, vg_arg_month("", s->last_month));
        vg_page_raw(p, "</td>");
        vg_page_cell(p, vg_arg_int("", s->n));
        vg_page_cell(p, vg_arg_num("", s->rmse, 0));
        vg_page_cell(p, vg_arg_num("", s->mae, 0));
        vg_page_cell(p, vg_arg_num("", s->crps, 0));
        vg_page_cell(p, vg_arg_percent("", s->cover50, 0));
        vg_page_cell(p, vg_arg_percent("", s->cover90, 0));
        vg_page_row_end(p);
    }
    vg_page_table_end(p);
}

void vg_displacement_put_quality(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    vg_page_section(p, "quality", "report.quality");
    if (d->k && d->k->n_scores) {
        vg_page_para(p, "displacement.quality-text", VG_NO_ARG);
        put_scores(d);
        vg_page_note(p, "displacement.quality-note", VG_NO_ARG);
    } else if (d->k) {
        vg_page_notice(p, "words.not-scored", VG_ARGS(VG_NO_ARG));
    }
    if (d->c)
        vg_page_para(p, "displacement.quality-camps", VG_NO_ARG);
    vg_page_section_end(p);
}

/* --- gaps --- */

static int32_t unknown_months(const vg_displacement_kept_unit *u)
{
    int32_t n = 0;
    for (int32_t i = 0; i < u->n_history; i++)
        n += isnan(u->history[i]);
    return n;
}

/* The first few of them, by name. */
static vg_str named_months(vg_displacement_page *d, const vg_displacement_kept_unit *u)
{
    vg_out *o = vg_page_begin(&d->page);
    int32_t n = 0;
    for (int32_t i = 0; i < u->n_history; i++) {
        if (!isnan(u->history[i]) || ++n > NAMED)
            continue;
        vg_arg month = vg_arg_month("", u->history_first + i);
        vg_put(o, n > 1 ? VG_S(", ") : VG_NOSTR);
        vg_arg_put(o, d->page.lang, &month);
    }
    vg_put(o, n > NAMED ? VG_S(" \xE2\x80\xA6") : VG_NOSTR);
    return vg_page_made(&d->page, vg_copy(d->page.a, vg_out_text(o)));
}

static void put_region_gaps(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_params *q = &d->k->params;
    int32_t now = vg_month_of_day((int32_t)(vg_now() / 86400));
    vg_page_item(p, "gap.span", vg_arg_month_long("from", q->data_first),
                 vg_arg_month_long("to", q->data_last));
    if (now - q->origin - 1 > LATE_MONTHS)
        vg_page_item(p, "gap.late", vg_arg_int("n", now - q->origin - 1),
                     vg_arg_month_long("origin", q->origin));
    if (q->origin < q->data_last)
        vg_page_item(p, "gap.held-back", vg_arg_month_long("origin", q->origin),
                     vg_arg_month_long("to", q->data_last));
    for (int32_t i = 0; i < d->k->n_units; i++) {
        const vg_displacement_kept_unit *u = &d->k->unit[i];
        int32_t n = unknown_months(u);
        if (n)
            vg_page_item(p, "displacement.gap.months",
                         vg_arg_text("name", vg_displacement_region_name(d, u->name, u->unit)),
                         vg_arg_int("n", n), vg_arg_int("of", u->n_history),
                         vg_arg_text("months", named_months(d, u)));
        if (u->sparse)
            vg_page_item(p, "displacement.gap.sparse",
                         vg_arg_text("name", vg_displacement_region_name(d, u->name, u->unit)));
    }
}

static void put_camp_gaps(vg_displacement_page *d)
{
    const vg_flow_kept *k = d->c->is;
    int32_t no_capacity = 0, no_record = 0;
    for (int32_t i = 0; i < k->n_camps; i++) {
        no_capacity += isnan(k->camp[i].capacity);
        no_record += !k->camp[i].scored;
    }
    if (no_capacity)
        vg_page_item(&d->page, "displacement.gap.capacity", vg_arg_int("n", no_capacity));
    if (no_record)
        vg_page_item(&d->page, "displacement.gap.record", vg_arg_int("n", no_record));
    if (k->params.n_refused)
        vg_page_item(&d->page, "displacement.gap.refused", vg_arg_int("n", k->params.n_refused));
    if (isnan(k->params.ard))
        vg_page_item(&d->page, "displacement.gap.not-scored", VG_NO_ARG);
}

static void put_files(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    const vg_flow_kept_params *q = &d->c->is->params;
    vg_page_wrap(p, "<h3>", "displacement.files", "</h3>\n<ul>\n");
    for (int32_t i = 0; i < q->n_files; i++) {
        vg_page_raw(p, "<li>");
        vg_page_text(p, q->file[i].name);
        vg_page_raw(p, " <code>");
        vg_page_text(p, vg_sub(q->file[i].sha256, 0, 12));
        vg_page_raw(p, "</code></li>\n");
    }
    vg_page_raw(p, "</ul>\n");
    vg_page_note(p, "displacement.files-note", VG_NO_ARG);
}

void vg_displacement_put_sources(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    vg_page_section(p, "sources", "report.sources");
    if (d->n_sources)
        vg_page_sources(p, d->source, d->n_sources);
    if (d->c && d->c->is->params.n_files)
        put_files(d);
    vg_page_wrap(p, "<h3>", "report.gaps", "</h3>\n<ul>\n");
    if (d->k)
        put_region_gaps(d);
    for (int32_t i = 0; i < d->n_sources; i++)
        if (d->source[i].n_rejected)
            vg_page_item(p, "gap.refused", vg_arg_int("n", d->source[i].n_rejected),
                         vg_arg_int("id", d->source[i].vintage));
    if (d->c)
        put_camp_gaps(d);
    vg_page_raw(p, "</ul>\n");
    if (d->n_sources)
        vg_page_terms(p, d->source, d->n_sources);
    vg_page_section_end(p);
}

/* --- method, limits, runs --- */

static void put_list(vg_page *p, const char *heading, const char *const *key)
{
    vg_page_wrap(p, "<h3>", heading, "</h3>\n<ul>\n");
    for (int i = 0; key[i]; i++)
        vg_page_item(p, key[i], VG_NO_ARG);
    vg_page_raw(p, "</ul>\n");
}

void vg_displacement_put_method(vg_displacement_page *d)
{
    static const char *const regions[] = { "displacement.method.history", "displacement.method.median",
                                           "displacement.method.spread", "displacement.method.split", NULL };
    static const char *const camps[] = { "displacement.method.choice", "displacement.method.days",
                                         "displacement.method.total", NULL };
    static const char *const limits[] = { "displacement.limit.shock", "displacement.limit.registered",
                                          "displacement.limit.people", "displacement.limit.use", NULL };
    vg_page *p = &d->page;
    vg_page_section(p, "method", "displacement.method");
    if (d->k)
        put_list(p, "displacement.method-regions", regions);
    if (d->c)
        put_list(p, "displacement.method-camps", camps);
    put_list(p, "displacement.limits", limits);
    vg_page_section_end(p);
}

static void put_run(vg_page *p, const vg_run *run)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)run->id);
    vg_page_record_text(p, "run.number", vg_str_z(text));
    snprintf(text, sizeof text, "%llu", (unsigned long long)run->seed);
    vg_page_record_text(p, "run.seed", vg_str_z(text));
    vg_page_record_text(p, "run.started", vg_instant_text(run->started_at, text));
    vg_page_record_text(p, "run.program", run->program_version);
}

void vg_displacement_put_runs(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    vg_page_section(p, "run", "report.run");
    vg_page_para(p, "report.run-text", VG_NO_ARG);
    if (d->k) {
        const vg_displacement_kept_params *q = &d->k->params;
        vg_page_wrap(p, "<h3>", "displacement.method-regions", "</h3>\n");
        vg_page_record_begin(p);
        vg_page_record_text(p, "run.model", word_of(d, "model", q->model));
        vg_page_record_value(p, "run.origin", vg_arg_month_long("", q->origin));
        vg_page_record_value(p, "run.months", vg_arg_int("", q->n_leads));
        vg_page_record_value(p, "run.draws", vg_arg_int("", q->n_draws));
        vg_page_record_text(p, "run.source", q->source);
        if (q->covariates.n)
            vg_page_record_text(p, "displacement.run.covariates", q->covariates);
        put_run(p, &d->k->run);
        vg_page_record_end(p);
    }
    if (d->c) {
        vg_page_wrap(p, "<h3>", "displacement.method-camps", "</h3>\n");
        vg_page_record_begin(p);
        const vg_flow_kept_params *q = &d->c->is->params;
        vg_page_record_text(p, "displacement.run.conflict", q->conflict);
        vg_page_record_text(p, "displacement.run.engine", word_of(d, "engine", q->engine));
        vg_page_record_value(p, "displacement.run.days", vg_arg_int("", q->n_days));
        vg_page_record_text(p, "displacement.run.total", word_of(d, "total", q->total));
        vg_page_record_text(p, "displacement.run.registrations",
                            word_of(d, "registrations", q->registrations));
        put_run(p, &d->c->is->run);
        if (d->c->what)
            put_run(p, &d->c->what->run);
        vg_page_record_end(p);
    }
    vg_page_section_end(p);
}
