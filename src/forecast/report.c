/* The report's page: head, key facts, ranked table, and the order of its sections. Invariant: what is shown was kept;
 * nothing is computed a second time. */
#include "forecast/report.h"

#include <math.h>

#include "forecast/report_int.h"

enum { SHOWN_ROWS = 25, MAX_ROWS = 300, DEFAULT_TOP = 10 };

vg_str vg_report_name(vg_report *r, int32_t unit, vg_str iso3, vg_str name)
{
    vg_unit_kind kind = vg_eq(r->k->params.unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY;
    return vg_unit_title(r->page.a, kind, unit, iso3, name, vg_str_z(vg_lang_code(r->page.lang)));
}

const char *vg_report_id(int32_t unit, char id[32])
{
    snprintf(id, 32, "u-%d", unit);
    return id;
}

vg_chart_bands vg_report_bands(const vg_forecast_summary *s)
{
    const double *q = s->quantile;
    return (vg_chart_bands){ q[VG_Q05], q[VG_Q25], q[VG_Q50], q[VG_Q75], q[VG_Q95] };
}

/* --- head --- */

static vg_str target_words(const vg_report *r)
{
    char key[64];
    snprintf(key, sizeof key, "target.%.*s", VG_P(r->k->params.target));
    return vg_message(r->page.lang, key);
}

/* The wording for cells where there is one: "report.lead-cell". */
static const char *unit_key(const vg_report *r, const char *key, char room[64])
{
    snprintf(room, 64, "%s-cell", key);
    return vg_eq(r->k->params.unit, VG_S("cell")) && vg_message_has(VG_LANG_EN, room) ? room : key;
}

static void put_head(vg_report *r)
{
    char title[64], lead[64];
    const vg_kept_params *q = &r->k->params;
    int32_t first = q->origin + q->first_lead;
    const vg_arg arg[] = { vg_arg_text("target", target_words(r)), vg_arg_month_long("from", first),
                           vg_arg_month_long("to", first + q->n_leads - 1),
                           vg_arg_month_long("origin", q->origin), vg_arg_int("units", r->k->n_units) };
    vg_page_head(&r->page, &(vg_page_title){ .title = unit_key(r, "report.title", title),
                                             .lead = unit_key(r, "report.lead", lead),
                                             .arg = arg,
                                             .n_args = (int)(sizeof arg / sizeof *arg) });
}

/* --- key facts --- */

static void put_fact(vg_report *r, vg_arg number, const char *key)
{
    char room[64];
    vg_page_fact(&r->page, number, unit_key(r, key, room));
}

static int32_t count_likely(const vg_kept *k, int threshold)
{
    int32_t n = 0;
    for (int32_t i = 0; i < k->n_units; i++)
        n += k->unit[i].p_month[threshold] >= 0.5;
    return n;
}

static int32_t count_onsets(const vg_kept *k)
{
    int32_t n = 0;
    for (int32_t i = 0; i < k->n_units; i++)
        n += k->unit[i].last12 < 25 && k->unit[i].p_month[1] >= 0.1;
    return n;
}

static void put_facts(vg_report *r)
{
    vg_page_facts_begin(&r->page);
    put_fact(r, vg_arg_num("n", r->k->params.world_last12, 0), "fact.last12");
    put_fact(r, vg_arg_int("n", count_likely(r->k, 1)), "fact.p25");
    put_fact(r, vg_arg_int("n", count_likely(r->k, 3)), "fact.p1000");
    put_fact(r, vg_arg_int("n", count_onsets(r->k)), "fact.onset");
    vg_page_facts_end(&r->page);
}

static void put_contents(vg_report *r, int32_t n_sections, const vg_kept_unit *only)
{
    vg_page *p = &r->page;
    char id[32];
    vg_page_contents_begin(p);
    vg_page_contents_say(p, "ranking", "report.ranking");
    for (int32_t i = 0; i < n_sections; i++) {
        const vg_kept_unit *u = only ? only : &r->k->unit[i];
        vg_page_contents_item(p, vg_report_id(u->unit, id), vg_report_name(r, u->unit, u->iso3, u->name));
    }
    vg_page_contents_say(p, "quality", "report.quality");
    vg_page_contents_say(p, "sources", "report.sources");
    vg_page_contents_say(p, "run", "report.run");
    vg_page_contents_end(p);
}

static void put_reading(vg_report *r)
{
    static const char *const line[] = { "report.read-median", "report.read-interval", "report.read-chance",
                                        "report.read-unknown", NULL };
    vg_page_reading(&r->page, line, VG_ARGS(vg_arg_int("draws", r->k->params.n_draws)));
}

/* --- the ranked table --- */

static void put_rank_row(vg_report *r, const vg_kept_unit *u, int32_t rank, double max)
{
    vg_page *p = &r->page;
    vg_chart_bands b = vg_report_bands(&u->total);
    vg_print(p->o, "<tr><th scope=\"row\">%d. ", rank);
    vg_page_text(p, vg_report_name(r, u->unit, u->iso3, u->name));
    vg_page_raw(p, "</th>");
    vg_page_cell(p, vg_arg_num("", b.median, 0));
    vg_page_raw(p, "<td>");
    vg_chart_range(p, &b, max);
    vg_page_raw(p, "</td>");
    vg_page_cell_interval(p, b.low50, b.high50);
    vg_page_cell_interval(p, b.low90, b.high90);
    for (int i = 0; i < VG_N_THRESHOLDS; i++)
        vg_page_cell(p, vg_arg_chance("", u->p_month[i]));
    vg_page_cell(p, vg_arg_num("", u->last12, 0));
    vg_page_raw(p, "<td>");
    bool compare = u->last12 >= 1 && r->k->params.n_leads == 12;
    double change = compare ? b.median / u->last12 - 1 : NAN;
    vg_page_raw(p, change >= 0 ? "+" : "");
    vg_page_arg(p, vg_arg_percent("", change, 0));
    vg_page_raw(p, "</td></tr>\n");
}

static void put_ranks(vg_report *r, int32_t from, int32_t to, double max)
{
    static const char *const heading[] = { "column.interval50", "column.interval90", "column.p1",
                                           "column.p25",        "column.p100",       "column.p1000",
                                           "column.last12",     "column.change" };
    vg_page *p = &r->page;
    vg_page_table_begin(p, "report.ranking");
    vg_page_heading(p, "column.name", true);
    vg_page_heading(p, "column.median", false);
    vg_page_wrap(p, "<th scope=\"col\" class=\"word\">", "report.range", "");
    vg_chart_range_scale(p, max);
    vg_page_raw(p, "</th>");
    for (int i = 0; i < 8; i++)
        vg_page_heading(p, heading[i], false);
    vg_page_table_body(p);
    for (int32_t i = from; i < to; i++)
        put_rank_row(r, &r->k->unit[i], i + 1, max);
    vg_page_table_end(p);
}

static void put_ranking(vg_report *r)
{
    const vg_kept *k = r->k;
    vg_page *p = &r->page;
    int32_t shown = k->n_units < SHOWN_ROWS ? k->n_units : SHOWN_ROWS;
    int32_t all = k->n_units < MAX_ROWS ? k->n_units : MAX_ROWS;
    double max = 100;
    for (int32_t i = 0; i < shown; i++)
        max = fmax(max, k->unit[i].total.quantile[VG_Q95]);
    vg_page_wrap(p, "<section id=\"ranking\" aria-labelledby=\"h-rank\">\n<h2 id=\"h-rank\">",
                 "report.ranking", "</h2>\n");
    vg_page_para(p, "report.ranking-text", vg_arg_int("months", k->params.n_leads));
    put_ranks(r, 0, shown, max);
    if (shown < all) {
        vg_page_details(p, "report.more", VG_ARGS(vg_arg_int("n", all - shown)));
        put_ranks(r, shown, all, max);
        vg_page_details_end(p);
    }
    if (all < k->n_units)
        vg_page_note(p, "report.cut", vg_arg_int("n", k->n_units - all));
    vg_page_section_end(p);
}

/* --- all of it --- */

static void put_page(vg_report *r, const vg_report_opts *o, const vg_kept_unit *only)
{
    int32_t top = o->top > 0 ? o->top : DEFAULT_TOP;
    int32_t n = only ? 1 : top < r->k->n_units ? top : r->k->n_units;
    put_head(r);
    put_facts(r);
    put_contents(r, n, only);
    vg_page_main(&r->page);
    put_reading(r);
    put_ranking(r);
    for (int32_t i = 0; i < n; i++)
        vg_report_country(r, only ? only : &r->k->unit[i]);
    vg_report_quality(r);
    vg_report_sources(r);
    vg_report_run(r);
    vg_page_foot(&r->page);
}

static vg_page_source as_source(const vg_vintage *v)
{
    return (vg_page_source){ .vintage = v->id,
                             .source = v->source,
                             .version = v->version,
                             .sha256 = v->sha256,
                             .licence = v->licence,
                             .citation = v->citation,
                             .first_month = v->first_month,
                             .last_month = v->last_month,
                             .n_accepted = v->n_accepted,
                             .n_rejected = v->n_rejected,
                             .imported_at = v->imported_at };
}

/* The vintages that the run has read, out of all. */
static bool find_vintages(vg_store *st, vg_arena *a, vg_report *r, vg_err *e)
{
    vg_vintage *all;
    int64_t n;
    if (!vg_store_vintages(st, 0, a, &all, &n, e))
        return false;
    vg_page_source *source = vg_new(a, vg_page_source, n);
    vg_str *file = vg_new(a, vg_str, n);
    if (!source || !file)
        return vg_fail_memory(e, vg_arena_limit(a));
    r->source = source;
    r->file = file;
    for (int64_t i = 0; i < n; i++)
        for (int32_t v = 0; v < r->k->run.n_vintages; v++)
            if (all[i].id == r->k->run.vintage[v]) {
                source[r->n_sources] = as_source(&all[i]);
                file[r->n_sources++] = all[i].file;
            }
    return true;
}

static bool write_page(vg_store *st, const vg_report_opts *o, vg_report *r, vg_arena *a, vg_out *out,
                       vg_err *e)
{
    const vg_kept_unit *only = o->country.n ? vg_kept_find(r->k, o->country) : NULL;
    if (o->country.n && !only) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld has no forecast for \"%.*s\"", (long long)r->k->run.id,
                VG_P(o->country));
        return vg_mend(e, "name a country by its ISO code (MLI) or name");
    }
    if (!find_vintages(st, a, r, e) || !vg_page_init(&r->page, out, o->lang, a, e))
        return false;
    put_page(r, o, only);
    return vg_page_done(&r->page, e);
}

bool vg_report_html(vg_store *st, const vg_report_opts *o, vg_out *out, vg_err *e)
{
    vg_arena arena;
    vg_kept k;
    if (!vg_arena_init(&arena, (int64_t)4 << 30, e))
        return false;
    vg_report report = { .k = &k };
    bool good = vg_kept_load(st, o->run, &arena, &k, e) && write_page(st, o, &report, &arena, out, e);
    vg_arena_free(&arena);
    return good;
}
