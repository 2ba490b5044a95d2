/* vigie displacement backtest: the protocol of Project Jetson's study on months after the training part, the baselines
 * beside the model. */
#include <math.h>

#include "cli/displacement_data.h"
#include "core/date.h"
#include "stat/score.h"

const vg_opt vg_displacement_backtest_options[] = {
    VG_ARRIVALS_OPTIONS,
    { "horizon", VG_OPT_INT, "N", "1", 1, VG_DISPLACEMENT_LEADS },
    { "train-to", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "test-to", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "model", VG_OPT_CHOICE, VG_CLI_ARRIVALS_MODELS, "house", 0, 0 },
    { "span", VG_OPT_INT, "N", NULL, 1, 120 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "rows-out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "no-baselines", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "model", VG_CELL_TEXT, 0 },
    { "part", VG_CELL_TEXT, 0 },
    { "n", VG_CELL_INT, 0 },
    { "rmse", VG_CELL_NUM, 0 },
    { "mae", VG_CELL_NUM, 0 },
    { "crps", VG_CELL_NUM, 0 },
    { "coverage50", VG_CELL_PERCENT, 1 },
    { "coverage90", VG_CELL_PERCENT, 1 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* The rules that the study and the issue name; span 0 = the model's default. */
typedef struct {
    const char *name;
    vg_displacement_model model;
    int32_t span;
} baseline;

static const baseline baselines[] = {
    { "expanding", VG_DISPLACEMENT_EXPANDING, 0 }, { "ewm8", VG_DISPLACEMENT_EWM, 8 },
    { "mean12", VG_DISPLACEMENT_MEAN, 12 },        { "lag12", VG_DISPLACEMENT_LAG, 12 },
    { "last", VG_DISPLACEMENT_LAG, -1 },           { "ewm-log8", VG_DISPLACEMENT_EWM_LOG, 8 },
    { "ridge", VG_DISPLACEMENT_RIDGE, 0 },         { "lasso", VG_DISPLACEMENT_LASSO, 0 },
};

enum { MAX_RUNS = 1 + N_OF(baselines) };

typedef struct {
    const char *name;
    vg_displacement_backtest b;
} scored;

/*
 * RMSE and MAE as they are shown. A model's distribution has its mean scored by the one and its median by the other; a
 * simple rule has one number, its mean (of the logarithms: its median), and both are of that.
 */
typedef struct {
    double rmse, mae;
} headline;

static headline headline_of(const vg_displacement_backtest *b, const vg_displacement_score *s)
{
    switch (b->model) {
    case VG_DISPLACEMENT_EXPANDING:
    case VG_DISPLACEMENT_EWM:
    case VG_DISPLACEMENT_MEAN:
    case VG_DISPLACEMENT_LAG: return (headline){ s->rmse_mean, s->mae_mean };
    case VG_DISPLACEMENT_EWM_LOG: return (headline){ s->rmse_median, s->mae_median };
    default: return (headline){ s->rmse_mean, s->mae_median };
    }
}

/* --- rows out --- */

typedef struct {
    vg_out out;
    const vg_panel *panel;
} rows_file;

static bool put_row(void *ctx, bool test, int32_t unit, int32_t month, const double *draws, int32_t n_draws,
                    double arrivals, vg_err *e)
{
    rows_file *f = ctx;
    char text[16];
    double sum = 0;
    for (int32_t i = 0; i < n_draws; i++)
        sum += draws[i];
    vg_put_csv(&f->out, f->panel->unit[unit].name);
    vg_print(&f->out, ",%.*s,%s,", VG_P(vg_month_text(month, text)), test ? "test" : "train");
    vg_put_num(&f->out, arrivals);
    vg_put_char(&f->out, ',');
    vg_put_num(&f->out, sum / n_draws);
    for (int i = 0; i < VG_DISPLACEMENT_LEVELS; i++) {
        vg_put_char(&f->out, ',');
        vg_put_num(&f->out, vg_quantile(draws, n_draws, vg_displacement_levels[i]));
    }
    vg_put_char(&f->out, '\n');
    (void)e; /* the file's own failure, with its reason, is told at its end */
    return true;
}

static bool run_with_rows(const vg_cli_arrivals *d, vg_displacement_backtest_opts *o, const char *path,
                          vg_displacement_backtest *out, vg_err *e)
{
    rows_file f = { .panel = &d->arrivals };
    if (!vg_out_path(&f.out, path, e))
        return false;
    vg_put(&f.out, VG_S("region,month,part,arrivals,mean,q05,q25,q50,q75,q95\n"));
    o->row = put_row;
    o->row_ctx = &f;
    bool good = vg_displacement_backtest_run(&d->data, o, out, e);
    o->row = NULL;
    if (!good) {
        vg_out_drop(&f.out);
        return false;
    }
    return vg_out_end(&f.out, e);
}

/* --- showing --- */

static void put_score(vg_json *j, const vg_displacement_backtest *b, const vg_displacement_score *s)
{
    const headline h = headline_of(b, s);
    const struct {
        const char *key;
        double x;
    } part[] = { { "rmse", h.rmse },
                 { "mae", h.mae },
                 { "crps", s->crps },
                 { "cover50", s->cover50 },
                 { "cover90", s->cover90 },
                 { "rmse_mean", s->rmse_mean },
                 { "rmse_median", s->rmse_median },
                 { "mae_mean", s->mae_mean },
                 { "mae_median", s->mae_median } };
    for (int i = 0; i < N_OF(part); i++)
        vg_json_key(j, vg_str_z(part[i].key)), vg_json_num(j, s->n > 0 ? part[i].x : (double)NAN);
    vg_json_key(j, VG_S("n")), vg_json_int(j, s->n);
}

static void put_run(vg_json *j, const vg_displacement_backtest *b)
{
    put_score(j, b, &b->test);
    vg_json_key(j, VG_S("train"));
    vg_json_object(j);
    put_score(j, b, &b->train);
    vg_json_close(j);
}

static void put_json(vg_cli *c, const vg_displacement_backtest_opts *o, const scored *s, int n)
{
    char text[16];
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("model")), vg_json_str(&j, vg_str_z(s[0].name));
    vg_json_key(&j, VG_S("horizon")), vg_json_int(&j, o->horizon);
    vg_json_key(&j, VG_S("train_to")), vg_json_str(&j, vg_month_text(o->train_to, text));
    put_run(&j, &s[0].b);
    vg_json_key(&j, VG_S("baselines"));
    vg_json_object(&j);
    for (int i = 1; i < n; i++) {
        vg_json_key(&j, vg_str_z(s[i].name));
        vg_json_object(&j);
        put_run(&j, &s[i].b);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_key(&j, VG_S("seconds")), vg_json_num(&j, s[0].b.seconds);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static void add_row(vg_table *t, const scored *run, vg_str part, const vg_displacement_score *s)
{
    const headline h = headline_of(&run->b, s);
    const double number[] = { h.rmse, h.mae, s->crps, s->cover50, s->cover90 };
    vg_cell_text(t, vg_str_z(run->name));
    vg_cell_text(t, part);
    vg_cell_int(t, s->n);
    for (int i = 0; i < N_OF(number); i++)
        vg_cell_num(t, s->n > 0 ? number[i] : (double)NAN);
}

static bool put_table(vg_cli *c, const vg_displacement_backtest_opts *o, const scored *s, int n, vg_err *e)
{
    vg_table t;
    bool people = c->form == VG_FORM_TABLE;
    if (!vg_table_init(&t, columns, N_OF(columns), e))
        return false;
    for (int i = 0; i < n; i++) {
        add_row(&t, &s[i], people ? vg_message(c->lang, "displacement.part.test") : VG_S("test"),
                &s[i].b.test);
        if (!people)
            add_row(&t, &s[i], VG_S("train"), &s[i].b.train);
    }
    if (people)
        vg_line(c, "displacement.backtest", vg_arg_int("horizon", o->horizon),
                vg_arg_month("train", o->train_to));
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && people) {
        vg_put_char(c->out, '\n');
        vg_line(c, "displacement.backtest-note", vg_arg_num("seconds", s[0].b.seconds, 1));
    }
    return good;
}

/* --- the work --- */

static bool train_end(vg_cli *c, const vg_cli_arrivals *d, int32_t *month, vg_err *e)
{
    *month = vg_opt_given(&c->opts, "train-to") ? vg_opt_month(&c->opts, "train-to") : d->train_to;
    if (*month)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "vigie displacement backtest needs --train-to");
    vg_why(e, "the file has no column \"split\" that tells the training part from the test part");
    return vg_mend(e, "name the last month of the training part, such as --train-to 2018-12");
}

static bool run_all(vg_cli *c, const vg_cli_arrivals *d, vg_displacement_backtest_opts *o, scored *s, int *n,
                    vg_err *e)
{
    const char *rows = vg_opt_path(&c->opts, "rows-out");
    vg_displacement_opts own = o->forecast;
    s[0].name = vg_displacement_model_name(own.model);
    if (!(rows ? run_with_rows(d, o, rows, &s[0].b, e)
               : vg_displacement_backtest_run(&d->data, o, &s[0].b, e)))
        return false;
    *n = 1;
    for (int i = 0; i < N_OF(baselines) && !vg_opt_given(&c->opts, "no-baselines"); i++) {
        if (baselines[i].span == 0 && baselines[i].model == own.model)
            continue;
        o->forecast.model = baselines[i].model;
        o->forecast.span = baselines[i].span < 0 ? o->horizon : baselines[i].span;
        s[*n].name = baselines[i].name;
        if (!vg_displacement_backtest_run(&d->data, o, &s[(*n)++].b, e))
            return false;
    }
    o->forecast = own;
    return true;
}

/* A table of dashes would hide that the question was wrong. */
static bool check_scored(const vg_displacement_backtest *b, const vg_displacement_backtest_opts *o,
                         const vg_panel *p, vg_err *e)
{
    char from[16], to[16];
    if (b->test.n > 0)
        return true;
    int32_t last = o->last_month ? o->last_month : p->first_month + p->n_months - 1;
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "no month after the training part (%.*s) can be scored up to %.*s",
            VG_P(vg_month_text(o->train_to, from)), VG_P(vg_month_text(last, to)));
    vg_why(e, "a month is scored when it and its lags 1 to 23 are known, two years after the data begin");
    return vg_mend(e, "let the training part end earlier (--train-to), or give more months");
}

static bool backtest(vg_cli *c, const vg_cli_arrivals *d, vg_err *e)
{
    const vg_opts *p = &c->opts;
    vg_displacement_backtest_opts o = {
        .horizon = (int32_t)vg_opt_int(p, "horizon"),
        .last_month = vg_opt_month(p, "test-to"),
        .forecast = { .model = (vg_displacement_model)vg_displacement_model_by_name(vg_opt_text(p, "model")),
                      .n_draws = (int32_t)vg_opt_int(p, "draws"),
                      .span = vg_opt_given(p, "span") ? (int32_t)vg_opt_int(p, "span") : 0,
                      .seed = (uint64_t)vg_opt_int(p, "seed"),
                      .n_threads = c->n_threads,
                      .progress = c->progress },
    };
    scored s[MAX_RUNS];
    int n = 0;
    if (!train_end(c, d, &o.train_to, e) || !run_all(c, d, &o, s, &n, e))
        return false;
    vg_terminal_end();
    if (!check_scored(&s[0].b, &o, &d->arrivals, e))
        return false;
    if (c->form != VG_FORM_JSON)
        return put_table(c, &o, s, n, e);
    put_json(c, &o, s, n);
    return true;
}

bool vg_verb_displacement_backtest(vg_cli *c, vg_err *e)
{
    vg_cli_arrivals d;
    if (!vg_cli_arrivals_open(c, VG_STORE_READ, &d, e))
        return false;
    bool good = backtest(c, &d, e);
    vg_cli_arrivals_close(&d);
    return good;
}
