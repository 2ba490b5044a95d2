/* The report's page: head, key facts, ranked table, and the order of its sections. Invariant: every text that comes
 * from data or a catalogue is escaped; only literals of these files are written as markup. */
#include "forecast/report.h"

#include <math.h>

#include "core/date.h"
#include "forecast/report_int.h"

enum { SHOWN_ROWS = 25, MAX_ROWS = 300, DEFAULT_TOP = 10 };

/* --- small things --- */

void vg_page_raw(vg_page *p, const char *markup)
{
    vg_put(p->o, vg_str_z(markup));
}

void vg_page_text(vg_page *p, vg_str text)
{
    vg_put_html(p->o, text);
}

vg_out *vg_page_begin(vg_page *p)
{
    p->text.n = 0;
    return &p->text;
}

void vg_page_end(vg_page *p)
{
    vg_put_html(p->o, vg_out_text(&p->text));
}

void vg_page_arg(vg_page *p, vg_arg arg)
{
    vg_arg_put(vg_page_begin(p), p->lang, &arg);
    vg_page_end(p);
}

vg_str vg_page_name(vg_page *p, int32_t unit, vg_str iso3, vg_str name)
{
    vg_unit_kind kind = vg_eq(p->k->params.unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY;
    return vg_unit_title(p->a, kind, unit, iso3, name, vg_str_z(vg_lang_code(p->lang)));
}

void vg_page_cell(vg_page *p, vg_arg arg)
{
    vg_page_raw(p, "<td>");
    vg_page_arg(p, arg);
    vg_page_raw(p, "</td>");
}

void vg_page_interval_cell(vg_page *p, double low, double high)
{
    vg_page_raw(p, "<td>");
    vg_page_arg(p, vg_arg_num("", low, 0));
    vg_page_raw(p, "\xC2\xA0\xE2\x80\x93\xC2\xA0");
    vg_page_arg(p, vg_arg_num("", high, 0));
    vg_page_raw(p, "</td>");
}

void vg_page_table_begin(vg_page *p, const char *label_key)
{
    vg_page_raw(p, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    vg_page_say(p, label_key, vg_arg_int("n", 0));
    vg_page_raw(p, "\"><table><thead><tr>");
}

void vg_page_heading(vg_page *p, const char *key, bool first)
{
    vg_page_raw(p, first ? "<th scope=\"col\" class=\"word\">" : "<th scope=\"col\">");
    vg_page_say(p, key, vg_arg_int("n", 0));
    vg_page_raw(p, "</th>");
}

void vg_page_table_body(vg_page *p)
{
    vg_page_raw(p, "</tr></thead><tbody>\n");
}

void vg_page_table(vg_page *p, const char *label_key, const char *const *heading)
{
    vg_page_table_begin(p, label_key);
    for (int i = 0; heading[i]; i++)
        vg_page_heading(p, heading[i], i == 0);
    vg_page_table_body(p);
}

void vg_page_table_end(vg_page *p)
{
    vg_page_raw(p, "</tbody></table></div>\n");
}

/* --- head --- */

static vg_str target_words(const vg_page *p)
{
    char key[64];
    snprintf(key, sizeof key, "target.%.*s", VG_P(p->k->params.target));
    return vg_message(p->lang, key);
}

/* The wording for cells where there is one: "report.lead-cell". */
static const char *unit_key(const vg_page *p, const char *key, char room[64])
{
    snprintf(room, 64, "%s-cell", key);
    return vg_eq(p->k->params.unit, VG_S("cell")) && vg_message_has(VG_LANG_EN, room) ? room : key;
}

static void put_title(vg_page *p, const char *key)
{
    char room[64];
    const vg_kept_params *q = &p->k->params;
    int32_t first = q->origin + q->first_lead;
    vg_page_say(p, unit_key(p, key, room), vg_arg_text("target", target_words(p)),
                vg_arg_month_long("from", first), vg_arg_month_long("to", first + q->n_leads - 1),
                vg_arg_month_long("origin", q->origin), vg_arg_int("units", p->k->n_units));
}

static void put_head(vg_page *p)
{
    const char *code = vg_lang_code(p->lang);
    vg_print(p->o, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", code,
             vg_lang_rtl(p->lang) ? "rtl" : "ltr");
    vg_page_raw(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    put_title(p, "report.title");
    vg_page_raw(p, "</title>\n<style>\n");
    vg_put(p->o, (vg_str){ (const char *)vg_data_report_css, vg_data_report_css_len });
    vg_page_raw(p, "</style>\n</head>\n<body>\n<div class=\"page\">\n<a class=\"skip\" href=\"#main\">");
    vg_page_say(p, "report.skip", vg_arg_int("n", 0));
    vg_page_raw(p, "</a>\n<header>\n<p class=\"kicker\">vigie</p>\n<h1>");
    put_title(p, "report.title");
    vg_page_raw(p, "</h1>\n<p class=\"lead\">");
    put_title(p, "report.lead");
    vg_page_raw(p, "</p>\n</header>\n");
}

/* --- key facts --- */

static void put_fact(vg_page *p, vg_arg number, const char *key)
{
    char room[64];
    vg_page_raw(p, "<li><b>");
    vg_page_arg(p, number);
    vg_page_raw(p, "</b>");
    vg_page_say(p, unit_key(p, key, room), number);
    vg_page_raw(p, "</li>\n");
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

static void put_facts(vg_page *p)
{
    vg_page_raw(p, "<ul class=\"facts\">\n");
    put_fact(p, vg_arg_num("n", p->k->params.world_last12, 0), "fact.last12");
    put_fact(p, vg_arg_int("n", count_likely(p->k, 1)), "fact.p25");
    put_fact(p, vg_arg_int("n", count_likely(p->k, 3)), "fact.p1000");
    put_fact(p, vg_arg_int("n", count_onsets(p->k)), "fact.onset");
    vg_page_raw(p, "</ul>\n");
}

static void put_contents(vg_page *p, int32_t n_sections, const vg_kept_unit *only)
{
    vg_page_raw(p, "<nav aria-label=\"");
    vg_page_say(p, "report.contents", vg_arg_int("n", 0));
    vg_page_raw(p, "\"><ol>\n<li><a href=\"#ranking\">");
    vg_page_say(p, "report.ranking", vg_arg_int("n", 0));
    vg_page_raw(p, "</a></li>\n");
    for (int32_t i = 0; i < n_sections; i++) {
        const vg_kept_unit *u = only ? only : &p->k->unit[i];
        vg_print(p->o, "<li><a href=\"#u-%d\">", u->unit);
        vg_page_text(p, vg_page_name(p, u->unit, u->iso3, u->name));
        vg_page_raw(p, "</a></li>\n");
    }
    static const char *const rest[][2] = { { "#quality", "report.quality" },
                                           { "#sources", "report.sources" },
                                           { "#run", "report.run" } };
    for (int i = 0; i < 3; i++) {
        vg_print(p->o, "<li><a href=\"%s\">", rest[i][0]);
        vg_page_say(p, rest[i][1], vg_arg_int("n", 0));
        vg_page_raw(p, "</a></li>\n");
    }
    vg_page_raw(p, "</ol></nav>\n");
}

static void put_reading(vg_page *p)
{
    static const char *const line[] = { "report.read-median", "report.read-interval", "report.read-chance",
                                        "report.read-unknown" };
    vg_page_raw(p, "<section aria-labelledby=\"h-read\">\n<h2 id=\"h-read\">");
    vg_page_say(p, "report.read", vg_arg_int("n", 0));
    vg_page_raw(p, "</h2>\n<ul>\n");
    for (int i = 0; i < 4; i++) {
        vg_page_raw(p, "<li>");
        vg_page_say(p, line[i], vg_arg_int("draws", p->k->params.n_draws));
        vg_page_raw(p, "</li>\n");
    }
    vg_page_raw(p, "</ul>\n</section>\n");
}

/* --- the ranked table --- */

static void put_rank_row(vg_page *p, const vg_kept_unit *u, int32_t rank, double max)
{
    const double *q = u->total.quantile;
    vg_print(p->o, "<tr><th scope=\"row\">%d. ", rank);
    vg_page_text(p, vg_page_name(p, u->unit, u->iso3, u->name));
    vg_page_raw(p, "</th>");
    vg_page_cell(p, vg_arg_num("", q[VG_Q50], 0));
    vg_page_raw(p, "<td>");
    vg_svg_range(p, u, max);
    vg_page_raw(p, "</td>");
    vg_page_interval_cell(p, q[VG_Q25], q[VG_Q75]);
    vg_page_interval_cell(p, q[VG_Q05], q[VG_Q95]);
    for (int i = 0; i < VG_N_THRESHOLDS; i++)
        vg_page_cell(p, vg_arg_chance("", u->p_month[i]));
    vg_page_cell(p, vg_arg_num("", u->last12, 0));
    vg_page_raw(p, "<td>");
    bool compare = u->last12 >= 1 && p->k->params.n_leads == 12;
    double change = compare ? q[VG_Q50] / u->last12 - 1 : NAN;
    vg_page_raw(p, change >= 0 ? "+" : "");
    vg_page_arg(p, vg_arg_percent("", change, 0));
    vg_page_raw(p, "</td></tr>\n");
}

static void put_ranks(vg_page *p, int32_t from, int32_t to, double max)
{
    static const char *const heading[] = { "column.interval50", "column.interval90", "column.p1",
                                           "column.p25",        "column.p100",       "column.p1000",
                                           "column.last12",     "column.change" };
    vg_page_table_begin(p, "report.ranking");
    vg_page_heading(p, "column.name", true);
    vg_page_heading(p, "column.median", false);
    vg_page_raw(p, "<th scope=\"col\" class=\"word\">");
    vg_page_say(p, "report.range", vg_arg_int("n", 0));
    vg_svg_scale(p, max);
    vg_page_raw(p, "</th>");
    for (int i = 0; i < 8; i++)
        vg_page_heading(p, heading[i], false);
    vg_page_table_body(p);
    for (int32_t i = from; i < to; i++)
        put_rank_row(p, &p->k->unit[i], i + 1, max);
    vg_page_table_end(p);
}

static void put_ranking(vg_page *p)
{
    const vg_kept *k = p->k;
    int32_t shown = k->n_units < SHOWN_ROWS ? k->n_units : SHOWN_ROWS;
    int32_t all = k->n_units < MAX_ROWS ? k->n_units : MAX_ROWS;
    double max = 100;
    for (int32_t i = 0; i < shown; i++)
        max = fmax(max, k->unit[i].total.quantile[VG_Q95]);
    vg_page_raw(p, "<section id=\"ranking\" aria-labelledby=\"h-rank\">\n<h2 id=\"h-rank\">");
    vg_page_say(p, "report.ranking", vg_arg_int("n", 0));
    vg_page_raw(p, "</h2>\n<p>");
    vg_page_say(p, "report.ranking-text", vg_arg_int("months", k->params.n_leads));
    vg_page_raw(p, "</p>\n");
    put_ranks(p, 0, shown, max);
    if (shown < all) {
        vg_page_raw(p, "<details><summary>");
        vg_page_say(p, "report.more", vg_arg_int("n", all - shown));
        vg_page_raw(p, "</summary>\n");
        put_ranks(p, shown, all, max);
        vg_page_raw(p, "</details>\n");
    }
    if (all < k->n_units) {
        vg_page_raw(p, "<p class=\"note\">");
        vg_page_say(p, "report.cut", vg_arg_int("n", k->n_units - all));
        vg_page_raw(p, "</p>\n");
    }
    vg_page_raw(p, "</section>\n");
}

/* --- all of it --- */

static void put_page(vg_page *p, const vg_report_opts *o, const vg_kept_unit *only)
{
    int32_t top = o->top > 0 ? o->top : DEFAULT_TOP;
    int32_t n = only ? 1 : top < p->k->n_units ? top : p->k->n_units;
    put_head(p);
    put_facts(p);
    put_contents(p, n, only);
    vg_page_raw(p, "<main id=\"main\">\n");
    put_reading(p);
    put_ranking(p);
    for (int32_t i = 0; i < n; i++)
        vg_report_country(p, only ? only : &p->k->unit[i]);
    vg_report_quality(p);
    vg_report_sources(p);
    vg_report_run(p);
    vg_page_raw(p, "</main>\n<footer>\n<p>");
    vg_page_say(p, "report.names", vg_arg_int("n", 0));
    vg_page_raw(p, "</p>\n<p>");
    vg_page_say(p, "report.made", vg_arg_text("version", VG_S(VG_VERSION)), vg_arg_day("date", vg_now()));
    vg_page_raw(p, "</p>\n</footer>\n</div>\n</body>\n</html>\n");
}

/* The vintages that the run has read, out of all. */
static bool find_vintages(vg_store *st, vg_page *p, vg_err *e)
{
    vg_vintage *all;
    int64_t n;
    if (!vg_store_vintages(st, 0, p->a, &all, &n, e))
        return false;
    int32_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        for (int32_t r = 0; r < p->k->run.n_vintages; r++)
            if (all[i].id == p->k->run.vintage[r])
                all[kept++] = all[i];
    p->vintage = all;
    p->n_vintages = kept;
    return true;
}

static bool write_page(vg_store *st, const vg_report_opts *o, vg_page *p, vg_err *e)
{
    const vg_kept_unit *only = o->country.n ? vg_kept_find(p->k, o->country) : NULL;
    if (o->country.n && !only) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld has no forecast for \"%.*s\"", (long long)p->k->run.id,
                VG_P(o->country));
        return vg_mend(e, "name a country by its ISO code (MLI) or name");
    }
    if (!find_vintages(st, p, e) || !vg_out_memory(&p->text, e))
        return false;
    put_page(p, o, only);
    bool good = !p->text.failed || vg_fail_memory(e, vg_arena_limit(p->a));
    vg_out_drop(&p->text);
    return good;
}

bool vg_report_html(vg_store *st, const vg_report_opts *o, vg_out *out, vg_err *e)
{
    vg_arena arena;
    vg_kept k;
    if (!vg_arena_init(&arena, (int64_t)4 << 30, e))
        return false;
    bool good = vg_kept_load(st, o->run, &arena, &k, e);
    if (good) {
        vg_page page = { .o = out, .lang = o->lang, .k = &k, .a = &arena };
        good = write_page(st, o, &page, e);
    }
    vg_arena_free(&arena);
    return good;
}
