/* The page of the displacement report: head, key facts, contents, the table of regions, and the order of sections.
 * Invariant: what is shown was kept; a number stands with its interval, its baseline or its gap. */
#include "displacement/report.h"

#include <math.h>

#include "core/date.h"
#include "displacement/report_int.h"

enum { DEFAULT_TOP = 10, MAX_ROWS = 300 };

/* --- pieces --- */

static const char *const level_symbol[] = { "\xE2\x97\x8B", "\xE2\x97\x94", "\xE2\x97\x91", "\xE2\x97\x8F" };

int vg_displacement_level_of(vg_str alarm)
{
    for (int i = VG_DISPLACEMENT_ALARM; i > VG_DISPLACEMENT_NONE; i--)
        if (vg_eq(alarm, vg_str_z(vg_displacement_alarm_name((vg_displacement_alarm)i))))
            return i;
    return VG_DISPLACEMENT_NONE;
}

/* "● alarm": the symbol fills up with the level, so that the column is read at a glance and without colour. */
vg_str vg_displacement_level_words(vg_displacement_page *d, int level)
{
    char key[64];
    snprintf(key, sizeof key, "displacement.level.%s",
             vg_displacement_alarm_name((vg_displacement_alarm)level));
    vg_str word = vg_message(d->page.lang, key);
    return vg_page_made(&d->page, vg_format(d->page.a, "%s\xC2\xA0%.*s", level_symbol[level], VG_P(word)));
}

vg_str vg_displacement_region_name(vg_displacement_page *d, vg_str name, int32_t unit)
{
    return name.n ? name : vg_page_made(&d->page, vg_format(d->page.a, "#%d", unit));
}

vg_chart_bands vg_displacement_bands(const vg_displacement_kept_month *m)
{
    const double *q = m->quantile;
    return (vg_chart_bands){ q[DIS_Q05], q[DIS_Q25], q[DIS_Q50], q[DIS_Q75], q[DIS_Q95] };
}

static int highest_level(const vg_displacement_kept *k, const vg_displacement_kept_unit *u)
{
    int level = 0;
    for (int32_t m = 0; m < k->params.n_leads; m++) {
        int here = vg_displacement_level_of(u->month[m].alarm);
        level = here > level ? here : level;
    }
    return level;
}

/* --- head --- */

static void put_head(vg_displacement_page *d)
{
    const vg_displacement_kept *k = d->k;
    const vg_displacement_told_camps *c = d->c;
    int32_t origin = k ? k->params.origin : 0, leads = k ? k->params.n_leads : 0;
    const vg_arg arg[] = { vg_arg_month_long("from", origin + 1),
                           vg_arg_month_long("to", origin + leads),
                           vg_arg_month_long("origin", origin),
                           vg_arg_int("units", k ? k->n_units : 0),
                           vg_arg_text("conflict", c ? c->is->params.conflict : VG_NOSTR),
                           vg_arg_int("camps", c ? c->n_camps : 0),
                           vg_arg_int("days", c ? c->is->params.n_days : 0) };
    const char *title = !k                      ? "displacement.report.title-camps"
                        : k->params.n_leads > 1 ? "displacement.report.title"
                                                : "displacement.report.title-month";
    vg_page_head(&d->page,
                 &(vg_page_title){ .title = title,
                                   .lead = k ? "displacement.report.lead" : "displacement.report.lead-camps",
                                   .arg = arg,
                                   .n_args = (int)(sizeof arg / sizeof *arg),
                                   .charts = true });
}

static void put_region_facts(vg_displacement_page *d)
{
    const vg_displacement_kept *k = d->k;
    double mean = 0, last = 0;
    int32_t n_levels[4] = { 0 }, n_known = 0;
    for (int32_t i = 0; i < k->n_units; i++) {
        const vg_displacement_kept_unit *u = &k->unit[i];
        double known = u->n_history ? u->history[u->n_history - 1] : NAN;
        mean += k->params.n_leads > 0 && u->month[0].mean > 0 ? u->month[0].mean : 0;
        last += isnan(known) ? 0 : known;
        n_known += !isnan(known);
        n_levels[highest_level(k, u)]++;
    }
    vg_page_fact(&d->page, vg_arg_num("n", mean, 0), "displacement.fact.next");
    vg_page_fact(&d->page, vg_arg_num("n", n_known ? last : NAN, 0), "displacement.fact.last");
    vg_page_fact(&d->page, vg_arg_int("n", n_levels[VG_DISPLACEMENT_ALARM]), "displacement.fact.alarm");
    vg_page_fact(&d->page, vg_arg_int("n", n_levels[VG_DISPLACEMENT_ALERT]), "displacement.fact.alert");
}

static int32_t n_shown(const vg_displacement_page *d)
{
    return d->k->n_units < d->top ? d->k->n_units : d->top;
}

static const char *region_id(int32_t unit, char id[32])
{
    snprintf(id, 32, "u-%d", unit);
    return id;
}

static void put_contents(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    char id[32];
    vg_page_contents_begin(p);
    if (d->k) {
        vg_page_contents_say(p, "regions", "displacement.regions");
        for (int32_t i = 0; i < n_shown(d); i++) {
            const vg_displacement_kept_unit *u = &d->k->unit[i];
            vg_page_contents_item(p, region_id(u->unit, id),
                                  vg_displacement_region_name(d, u->name, u->unit));
        }
        vg_page_contents_say(p, "origins", "displacement.origins");
        if (d->k->params.scenario.n)
            vg_page_contents_say(p, "supposition", "displacement.supposition");
    }
    if (d->c)
        vg_page_contents_say(p, "camps", "displacement.camps");
    vg_page_contents_say(p, "quality", "report.quality");
    vg_page_contents_say(p, "sources", "report.sources");
    vg_page_contents_say(p, "method", "displacement.method");
    vg_page_contents_say(p, "run", "report.run");
    vg_page_contents_end(p);
}

/* --- the table of regions --- */

static void put_rank_row(vg_displacement_page *d, const vg_displacement_kept_unit *u, double max)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_month *m = &u->month[0];
    vg_chart_bands b = vg_displacement_bands(m);
    vg_page_row(p, vg_displacement_region_name(d, u->name, u->unit));
    vg_page_cell_words(p, vg_displacement_level_words(d, highest_level(d->k, u)));
    vg_page_cell(p, vg_arg_num("", b.median, 0));
    vg_page_raw(p, "<td>");
    vg_chart_range(p, &b, max);
    vg_page_raw(p, "</td>");
    vg_page_cell_interval(p, b.low50, b.high50);
    vg_page_cell_interval(p, b.low90, b.high90);
    vg_page_cell(p, vg_arg_chance("", m->probability[0]));
    vg_page_cell(p, vg_arg_chance("", m->probability[1]));
    if (d->k->params.threshold > 0)
        vg_page_cell(p, vg_arg_chance("", m->probability_own));
    vg_page_cell(p, vg_arg_num("", m->expanding, 0));
    vg_page_cell(p, vg_arg_num("", u->n_history ? u->history[u->n_history - 1] : NAN, 0));
    vg_page_row_end(p);
}

static void put_rank_head(vg_displacement_page *d, double max)
{
    vg_page *p = &d->page;
    const vg_displacement_kept_params *q = &d->k->params;
    vg_page_table_begin(p, "displacement.regions");
    vg_page_heading(p, "displacement.column.region", true);
    vg_page_heading(p, "displacement.column.level", true);
    vg_page_heading(p, "column.median", false);
    vg_page_wrap(p, "<th scope=\"col\" class=\"word\">", "report.range", "");
    vg_chart_range_scale(p, max);
    vg_page_raw(p, "</th>");
    vg_page_heading(p, "column.interval50", false);
    vg_page_heading(p, "column.interval90", false);
    vg_page_heading(p, "displacement.column.p1000", false);
    vg_page_heading(p, "displacement.column.p5000", false);
    if (q->threshold > 0)
        vg_page_heading_text(p, vg_page_words(p, "displacement.column.own", vg_arg_num("n", q->threshold, 0)),
                             false);
    vg_page_heading(p, "displacement.column.expanding", false);
    vg_page_heading_text(p, vg_page_words(p, "displacement.column.last", vg_arg_month("month", q->origin)),
                         false);
    vg_page_table_body(p);
}

static void put_regions(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    const vg_displacement_kept *k = d->k;
    int32_t n = k->n_units < MAX_ROWS ? k->n_units : MAX_ROWS;
    double max = 100;
    for (int32_t i = 0; i < n; i++)
        max = fmax(max, k->unit[i].month[0].quantile[DIS_Q95]);
    vg_page_section(p, "regions", "displacement.regions");
    vg_page_para(p, "displacement.regions-text", vg_arg_month_long("month", k->params.origin + 1),
                 vg_arg_int("n", k->params.n_leads));
    put_rank_head(d, max);
    for (int32_t i = 0; i < n; i++)
        put_rank_row(d, &k->unit[i], max);
    vg_page_table_end(p);
    if (n < k->n_units)
        vg_page_note(p, "displacement.cut", vg_arg_int("n", k->n_units - n));
    vg_page_wrap(p, "<h3>", "displacement.levels", "</h3>\n<ul>\n");
    for (int level = VG_DISPLACEMENT_ALARM; level >= 0; level--) {
        char key[64];
        snprintf(key, sizeof key, "displacement.level-text.%s",
                 vg_displacement_alarm_name((vg_displacement_alarm)level));
        vg_page_item(p, key, vg_arg_text("level", vg_displacement_level_words(d, level)));
    }
    vg_page_raw(p, "</ul>\n");
    vg_page_section_end(p);
}

/* --- all of it --- */

static void put_reading(vg_displacement_page *d)
{
    static const char *const line[] = { "report.read-median",         "report.read-interval",
                                        "displacement.read-baseline", "report.read-unknown",
                                        "displacement.read-people",   NULL };
    vg_page_reading(&d->page, line, VG_ARGS(VG_NO_ARG));
}

void vg_displacement_page_put(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    d->top = d->top > 0 ? d->top : DEFAULT_TOP;
    put_head(d);
    vg_page_facts_begin(p);
    if (d->k)
        put_region_facts(d);
    if (d->c)
        vg_displacement_camp_facts(d);
    vg_page_facts_end(p);
    put_contents(d);
    vg_page_main(p);
    put_reading(d);
    if (d->k) {
        put_regions(d);
        for (int32_t i = 0; i < n_shown(d); i++)
            vg_displacement_put_region(d, i);
        vg_displacement_put_origins(d);
        if (d->k->params.scenario.n)
            vg_displacement_put_supposition(d);
    }
    if (d->c)
        vg_displacement_put_camps(d);
    vg_displacement_put_quality(d);
    vg_displacement_put_sources(d);
    vg_displacement_put_method(d);
    vg_displacement_put_runs(d);
    vg_page_foot(p);
}
