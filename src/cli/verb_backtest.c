/* vigie backtest: the challenge protocol on past years, the baselines beside the model, and every draw for whoever
 * wants to score them with another program. */
#include <math.h>

#include "cli/verb.h"
#include "core/csv.h"
#include "core/num.h"
#include "forecast/forecast.h"

const vg_opt vg_backtest_options[] = {
    VG_PANEL_OPTIONS,
    { "windows", VG_OPT_YEARS, "YYYY-YYYY", NULL, 0, 0 },
    { "model", VG_OPT_CHOICE, "forest|conflictology|mixture|negbin|last|zero|neighbours", "forest", 0, 0 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "actuals", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "draws-out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "no-baselines", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "model", VG_CELL_TEXT, 0 },
    { "window", VG_CELL_TEXT, 0 },
    { "n", VG_CELL_INT, 0 },
    { "crps", VG_CELL_NUM, 3 },
    { "ign", VG_CELL_NUM, 3 },
    { "mis", VG_CELL_NUM, 1 },
    { "crps_positive", VG_CELL_NUM, 1 },
    { "twcrps25", VG_CELL_NUM, 2 },
    { "brier25", VG_CELL_NUM, 4 },
    { "mae_median", VG_CELL_NUM, 1 },
    { "coverage50", VG_CELL_PERCENT, 0 },
    { "coverage90", VG_CELL_PERCENT, 0 },
    { "coverage50_positive", VG_CELL_PERCENT, 0 },
    { "coverage90_positive", VG_CELL_PERCENT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { MAX_MODELS = 8 };

static const vg_model country_baselines[] = { VG_MODEL_CONFLICTOLOGY, VG_MODEL_NEGBIN, VG_MODEL_MIXTURE,
                                              VG_MODEL_LAST, VG_MODEL_ZERO };
static const vg_model cell_baselines[] = { VG_MODEL_CONFLICTOLOGY, VG_MODEL_NEIGHBOURS, VG_MODEL_NEGBIN,
                                           VG_MODEL_LAST, VG_MODEL_ZERO };

/* --- outcomes from another file --- */

typedef struct {
    vg_csv *csv;
    int month, unit, value; /* columns */
    vg_actuals actuals;
    double *at;
    int64_t n;
} actuals_file;

static int column_named(const vg_csv_row *row, vg_str a, vg_str b)
{
    for (int i = 0; i < row->n; i++)
        if (vg_eq_nocase(vg_trim(row->cell[i]), a) || (b.n && vg_eq_nocase(vg_trim(row->cell[i]), b)))
            return i;
    return -1;
}

static bool actuals_header(actuals_file *f, const vg_panel *p, vg_err *e)
{
    vg_csv_row row;
    if (!vg_csv_next(f->csv, &row, e))
        return vg_fail(e, VG_EPARSE, VG_NOWHERE, "the file of actuals is empty");
    vg_at at = vg_csv_at(f->csv, &row, 0);
    bool cell = p->kind == VG_UNIT_CELL;
    f->month = column_named(&row, VG_S("month_id"), VG_NOSTR);
    f->unit = cell ? column_named(&row, VG_S("priogrid_gid"), VG_S("priogrid_id"))
                   : column_named(&row, VG_S("country_id"), VG_NOSTR);
    f->value = -1;
    for (int i = 0; i < row.n; i++)
        if (i != f->month && i != f->unit && !vg_eq_nocase(vg_trim(row.cell[i]), VG_S("window")))
            f->value = i;
    if (f->month >= 0 && f->unit >= 0 && f->value >= 0)
        return true;
    vg_fail(e, VG_EPARSE, at, "the file of actuals lacks a column");
    return vg_why(e, "it needs month_id, %s and a value, under a header row",
                  cell ? "priogrid_gid" : "country_id");
}

static int32_t unit_at(const vg_panel *p, int64_t unit)
{
    int32_t low = 0, high = p->n_units;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (p->unit[middle].unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->n_units && p->unit[low].unit == unit ? low : -1;
}

static bool actuals_row(actuals_file *f, const vg_panel *p, const vg_csv_row *row, vg_err *e)
{
    int64_t month, unit;
    double value;
    vg_at at = vg_csv_at(f->csv, row, f->value < row->n ? f->value : 0);
    if (row->bad) {
        *e = row->why;
        return false;
    }
    if (f->month >= row->n || f->unit >= row->n || f->value >= row->n ||
        !vg_int_lenient(row->cell[f->month], &month) || !vg_int_lenient(row->cell[f->unit], &unit) ||
        !vg_num(row->cell[f->value], &value) || value < 0) {
        vg_fail(e, VG_EPARSE, at, "a row of actuals cannot be read");
        return vg_why(e, "month and unit are whole numbers, the value is a number from 0 up");
    }
    int32_t u = unit_at(p, unit);
    int64_t m = month - f->actuals.first_month;
    if (u >= 0 && m >= 0 && m < f->actuals.n_months) {
        f->at[(int64_t)u * f->actuals.n_months + m] = value;
        f->n++;
    }
    return true;
}

static bool read_actuals(vg_cli *c, const char *path, const vg_panel *p, const vg_opt_value *windows,
                         vg_actuals *out, vg_err *e)
{
    int32_t years = (int32_t)(windows->to - windows->whole + 1);
    actuals_file f = { .actuals = { .first_month = ((int32_t)windows->whole - 1980) * 12 + 1,
                                    .n_months = 12 * years } };
    int64_t n = (int64_t)p->n_units * f.actuals.n_months;
    f.at = vg_new(&c->arena, double, n);
    if (!f.at)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    for (int64_t i = 0; i < n; i++)
        f.at[i] = NAN;
    f.actuals.value = f.at;
    vg_input *in;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ .sep = 0 }, &f.csv, e);
    if (good) {
        vg_csv_row row;
        good = actuals_header(&f, p, e);
        while (good && vg_csv_next(f.csv, &row, e))
            good = actuals_row(&f, p, &row, e);
        good = good && !vg_failed(e);
        vg_csv_close(f.csv);
    }
    if (!good && e->at.file.n)
        e->at.file = vg_str_z(path);
    vg_input_close(in);
    if (good && f.n == 0)
        good = vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(path) },
                       "no actual is for a unit and month of these windows");
    *out = f.actuals;
    return good;
}

/* --- draws out --- */

typedef struct {
    vg_out out;
    const vg_panel *panel;
    bool headed;
} draws_file;

static bool put_row(void *ctx, int32_t window, int32_t unit_index, int32_t month, double last12,
                    const double *draws, int32_t n_draws, double outcome, vg_err *e)
{
    (void)last12, (void)outcome;
    draws_file *f = ctx;
    if (!f->headed) {
        vg_put(&f->out, f->panel->kind == VG_UNIT_CELL ? VG_S("window,month_id,priogrid_gid")
                                                       : VG_S("window,month_id,country_id"));
        for (int32_t i = 1; i <= n_draws; i++)
            vg_print(&f->out, ",draw_%d", i);
        vg_put_char(&f->out, '\n');
        f->headed = true;
    }
    vg_print(&f->out, "%d,%d,%d", window, month, f->panel->unit[unit_index].unit);
    for (int32_t i = 0; i < n_draws; i++) {
        vg_put_char(&f->out, ',');
        vg_put_num(&f->out, draws[i]);
    }
    vg_put_char(&f->out, '\n');
    return !f->out.failed || vg_fail(e, VG_EIO, VG_NOWHERE, "the file of draws cannot be written");
}

static bool run_with_draws(vg_backtest_opts *o, const vg_panel *p, const char *path, vg_backtest *out,
                           vg_err *e)
{
    draws_file f = { .panel = p };
    if (!vg_out_path(&f.out, path, e))
        return false;
    o->row = put_row;
    o->row_ctx = &f;
    bool good = vg_backtest_run(p, o, out, e);
    o->row = NULL;
    if (!good) {
        vg_out_drop(&f.out);
        return false;
    }
    return vg_out_end(&f.out, e);
}

/* --- showing --- */

static void add_row(vg_table *t, const char *model, vg_str window, const vg_scores *s)
{
    double n = s->n > 0 ? (double)s->n : NAN, positive = s->n_positive > 0 ? (double)s->n_positive : NAN;
    vg_cell_text(t, vg_str_z(model));
    vg_cell_text(t, window);
    vg_cell_int(t, s->n);
    vg_cell_num(t, s->crps);
    vg_cell_num(t, s->ign);
    vg_cell_num(t, s->mis);
    vg_cell_num(t, s->crps_positive);
    vg_cell_num(t, s->twcrps);
    vg_cell_num(t, s->brier25);
    vg_cell_num(t, s->mae_median);
    vg_cell_num(t, (double)s->in50 / n);
    vg_cell_num(t, (double)s->in90 / n);
    vg_cell_num(t, (double)s->in50_positive / positive);
    vg_cell_num(t, (double)s->in90_positive / positive);
}

static void put_scores(vg_json *j, const vg_scores *s)
{
    double n = s->n > 0 ? (double)s->n : NAN, positive = s->n_positive > 0 ? (double)s->n_positive : NAN;
    const struct {
        const char *key;
        double x;
    } part[] = { { "crps", s->crps },
                 { "ign", s->ign },
                 { "mis", s->mis },
                 { "crps_positive", s->crps_positive },
                 { "twcrps25", s->twcrps },
                 { "brier25", s->brier25 },
                 { "mae_median", s->mae_median },
                 { "coverage50", (double)s->in50 / n },
                 { "coverage90", (double)s->in90 / n },
                 { "coverage50_positive", (double)s->in50_positive / positive },
                 { "coverage90_positive", (double)s->in90_positive / positive } };
    for (int i = 0; i < N_OF(part); i++)
        vg_json_key(j, vg_str_z(part[i].key)), vg_json_num(j, part[i].x);
    vg_json_key(j, VG_S("n_positive")), vg_json_int(j, s->n_positive);
    vg_json_key(j, VG_S("reliability25"));
    vg_json_array(j);
    for (int k = 0; k < VG_RELIABILITY_BINS; k++) {
        vg_json_object(j);
        vg_json_key(j, VG_S("rows")), vg_json_int(j, s->rows25[k]);
        vg_json_key(j, VG_S("forecast")), vg_json_num(j, s->rows25[k] ? s->forecast25[k] : NAN);
        vg_json_key(j, VG_S("happened")),
            vg_json_num(j, s->rows25[k] ? (double)s->hits25[k] / (double)s->rows25[k] : NAN);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_backtest(vg_json *j, const vg_backtest *b)
{
    vg_json_key(j, VG_S("model")), vg_json_str(j, vg_str_z(vg_model_name(b->model)));
    vg_json_key(j, VG_S("windows"));
    vg_json_array(j);
    for (int32_t i = 0; i < b->n_windows; i++) {
        vg_json_object(j);
        vg_json_key(j, VG_S("window")), vg_json_int(j, b->window[i]);
        vg_json_key(j, VG_S("n")), vg_json_int(j, b->score[i].n);
        put_scores(j, &b->score[i]);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("mean"));
    vg_json_object(j);
    put_scores(j, &b->mean);
    vg_json_close(j);
    vg_json_key(j, VG_S("seconds")), vg_json_num(j, b->seconds);
    vg_json_key(j, VG_S("strata"));
    vg_json_array(j);
    for (int i = 0; i < VG_N_STRATA; i++) {
        vg_json_object(j);
        vg_json_key(j, VG_S("n")), vg_json_int(j, b->stratum[i].n);
        put_scores(j, &b->stratum[i]);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_json(vg_cli *c, const vg_backtest *b, int n)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    put_backtest(&j, &b[0]);
    vg_json_key(&j, VG_S("baselines"));
    vg_json_array(&j);
    for (int i = 1; i < n; i++) {
        vg_json_object(&j);
        put_backtest(&j, &b[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool put_table(vg_cli *c, const vg_backtest *b, int n, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, columns, N_OF(columns), e))
        return false;
    vg_str mean = c->form == VG_FORM_TABLE ? vg_message(c->lang, "backtest.mean") : VG_S("mean");
    for (int i = 0; i < n; i++) {
        for (int32_t w = 0; w < b[i].n_windows; w++)
            add_row(&t, vg_model_name(b[i].model), vg_format(&c->arena, "%d", b[i].window[w]),
                    &b[i].score[w]);
        add_row(&t, vg_model_name(b[i].model), mean, &b[i].mean);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && c->form == VG_FORM_TABLE) {
        vg_put_char(c->out, '\n');
        vg_line(c, "backtest.note", vg_arg_num("seconds", b[0].seconds, 1));
    }
    return good;
}

/* --- the work --- */

static bool run_all(vg_cli *c, const vg_panel *p, vg_backtest_opts *o, vg_backtest *b, int *n, vg_err *e)
{
    const char *draws_path = vg_opt_path(&c->opts, "draws-out");
    vg_model own = o->forecast.model;
    if (!(draws_path ? run_with_draws(o, p, draws_path, &b[0], e) : vg_backtest_run(p, o, &b[0], e)))
        return false;
    *n = 1;
    bool cell = p->kind == VG_UNIT_CELL;
    const vg_model *list = cell ? cell_baselines : country_baselines;
    int n_list = vg_opt_given(&c->opts, "no-baselines") ? 0
                 : cell                                 ? N_OF(cell_baselines)
                                                        : N_OF(country_baselines);
    for (int i = 0; i < n_list; i++) {
        o->forecast.model = list[i];
        if (list[i] != own && !vg_backtest_run(p, o, &b[(*n)++], e))
            return false;
    }
    return true;
}

static bool backtest_panel(vg_cli *c, const vg_panel *p, vg_err *e)
{
    const vg_opts *o = &c->opts;
    const vg_opt_value *windows = vg_opt_find(o, "windows");
    const char *actuals_path = vg_opt_path(o, "actuals");
    vg_actuals actuals;
    vg_backtest_opts b = {
        .first_window = (int32_t)windows->whole,
        .last_window = (int32_t)windows->to,
        .forecast = { .model = (vg_model)vg_model_by_name(vg_opt_text(o, "model")),
                      .n_draws = (int32_t)vg_opt_int(o, "draws"),
                      .seed = (uint64_t)vg_opt_int(o, "seed"),
                      .n_threads = c->n_threads,
                      .progress = c->progress },
    };
    if (actuals_path) {
        if (!read_actuals(c, actuals_path, p, windows, &actuals, e))
            return false;
        b.actuals = &actuals;
    }
    vg_backtest *done = vg_new(&c->arena, vg_backtest, MAX_MODELS);
    int n = 0;
    if (!done)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!run_all(c, p, &b, done, &n, e))
        return false;
    vg_terminal_end();
    if (c->form != VG_FORM_JSON)
        return put_table(c, done, n, e);
    put_json(c, done, n);
    return true;
}

bool vg_verb_backtest(vg_cli *c, vg_err *e)
{
    const vg_opt_value *windows = vg_opt_find(&c->opts, "windows");
    if (!windows->given) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie backtest needs --windows");
        return vg_mend(e, "name the calendar years to forecast, such as --windows 2018-2023");
    }
    if (windows->to - windows->whole >= VG_MAX_WINDOWS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "at most %d windows at a time", VG_MAX_WINDOWS);
    vg_cli_panel p;
    if (!vg_cli_panel_open(c, VG_STORE_READ, &p, e))
        return false;
    bool good = backtest_panel(c, &p.panel, e);
    vg_cli_panel_close(&p);
    return good;
}
