/* vigie score: someone else's draws or quantiles against what happened, read as a stream. */
#include <math.h>

#include "cli/verb.h"
#include "forecast/forecast.h"

const vg_opt vg_score_options[] = {
    { "forecast", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "actuals", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "form", VG_CELL_TEXT, 0 },
    { "n", VG_CELL_INT, 0 },
    { "draws", VG_CELL_INT, 0 },
    { "crps", VG_CELL_NUM, 4 },
    { "ign", VG_CELL_NUM, 4 },
    { "mis", VG_CELL_NUM, 2 },
    { "crps_positive", VG_CELL_NUM, 2 },
    { "twcrps25", VG_CELL_NUM, 4 },
    { "brier25", VG_CELL_NUM, 4 },
    { "mae_median", VG_CELL_NUM, 2 },
    { "coverage50", VG_CELL_PERCENT, 1 },
    { "coverage90", VG_CELL_PERCENT, 1 },
    { "unmatched_forecasts", VG_CELL_INT, 0 },
    { "unmatched_actuals", VG_CELL_INT, 0 },
    { "rejected", VG_CELL_INT, 0 },
    { "seconds", VG_CELL_NUM, 2 },
};

static void fill(vg_table *t, const vg_score_report *r)
{
    double n = r->mean.n > 0 ? (double)r->mean.n : NAN;
    bool quantiles = vg_eq(r->form, VG_S("quantiles"));
    vg_cell_text(t, r->form);
    vg_cell_int(t, r->mean.n);
    vg_cell_int(t, r->n_draws);
    vg_cell_num(t, r->mean.crps);
    vg_cell_num(t, r->mean.ign);
    vg_cell_num(t, r->mean.mis);
    vg_cell_num(t, r->mean.crps_positive);
    vg_cell_num(t, quantiles ? NAN : r->mean.twcrps);
    vg_cell_num(t, quantiles ? NAN : r->mean.brier25);
    vg_cell_num(t, r->mean.mae_median);
    vg_cell_num(t, (double)r->mean.in50 / n);
    vg_cell_num(t, (double)r->mean.in90 / n);
    vg_cell_int(t, r->n_unmatched_forecasts);
    vg_cell_int(t, r->n_unmatched_actuals);
    vg_cell_int(t, r->n_rejected);
    vg_cell_num(t, r->seconds);
}

/* For people the one row stands upright: a line a figure. */
static void say(vg_cli *c, const vg_table *t)
{
    char key[64];
    int width = 0;
    for (int i = 0; i < t->n_columns; i++) {
        snprintf(key, sizeof key, "column.%s", t->column[i].key);
        int w = vg_text_width(vg_message(c->lang, key));
        width = w > width ? w : width;
    }
    for (int i = 0; i < t->n_columns; i++) {
        snprintf(key, sizeof key, "column.%s", t->column[i].key);
        vg_str name = vg_message(c->lang, key);
        vg_put(c->out, name);
        for (int k = vg_text_width(name); k < width + 2; k++)
            vg_put_char(c->out, ' ');
        vg_cell_put(c->out, c->lang, &t->column[i], &t->cell[i]);
        vg_put_char(c->out, '\n');
    }
}

static bool show(vg_cli *c, const vg_score_report *r, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    fill(&t, r);
    bool good = !t.failed || vg_fail_memory(e, 0);
    if (good && c->form == VG_FORM_TABLE)
        say(c, &t);
    else if (good)
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_score(vg_cli *c, vg_err *e)
{
    const char *forecast = vg_opt_path(&c->opts, "forecast"), *actuals = vg_opt_path(&c->opts, "actuals");
    if (!forecast || !actuals) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie score needs --forecast and --actuals");
        return vg_mend(e, "name both files: vigie score --forecast draws.csv.gz --actuals actuals.csv");
    }
    vg_score_report r = { .n_draws = 0 };
    if (!vg_score_files(forecast, actuals, c->n_threads, &c->progress, &r, e))
        return false;
    vg_terminal_end();
    return show(c, &r, e);
}
