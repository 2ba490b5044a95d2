/* A run of arrivals as a table, JSON and CSV. One row a region and month; invariant: whatever the form, a forecast stands
 * beside its baselines, and a run that was not scored says so. */
#include "cli/displacement_words.h"

#include <math.h>

#include "core/date.h"

enum { Q05, Q25, Q50, Q75, Q95, MAX_COLUMNS = 20 };

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static const vg_column score_columns[] = {
    { "model", VG_CELL_TEXT, 0 },
    { "horizon", VG_CELL_INT, 0 },
    { "n", VG_CELL_INT, 0 },
    { "rmse", VG_CELL_NUM, 0 },
    { "mae", VG_CELL_NUM, 0 },
    { "crps", VG_CELL_NUM, 0 },
    { "coverage50", VG_CELL_PERCENT, 0 },
    { "coverage90", VG_CELL_PERCENT, 0 },
};

static const vg_column split_columns[] = {
    { "region", VG_CELL_TEXT, 0 },
    { "month", VG_CELL_MONTH, 0 },
    { "by", VG_CELL_TEXT, 0 },
    { "from", VG_CELL_TEXT, 0 },
    { "reason", VG_CELL_TEXT, 0 },
    { "share", VG_CELL_PERCENT, 0 },
    { "share_interval90", VG_CELL_INTERVAL, 0 },
    { "mean", VG_CELL_NUM, 0 },
    { "interval90", VG_CELL_INTERVAL, 0 },
};

/* --- the rows --- */

/* The columns of this run: the user's threshold and the scenario only where there are. */
static int columns_of(const vg_displacement_kept *k, bool people, vg_column *out)
{
    static const vg_column always[] = {
        { "unit", VG_CELL_ID, 0 },
        { "region", VG_CELL_TEXT, 0 },
        { "month", VG_CELL_MONTH, 0 },
        { "median", VG_CELL_NUM, 0 },
        { "mean", VG_CELL_NUM, 0 },
        { "interval50", VG_CELL_INTERVAL, 0 },
        { "interval90", VG_CELL_INTERVAL, 0 },
        { "p_1000", VG_CELL_CHANCE, 0 },
        { "p_5000", VG_CELL_CHANCE, 0 },
    };
    static const vg_column behind[] = { { "alarm", VG_CELL_TEXT, 0 },
                                        { "expanding", VG_CELL_NUM, 0 },
                                        { "ewm_log", VG_CELL_NUM, 0 },
                                        { "lag12", VG_CELL_NUM, 0 } };
    int n = 0;
    for (int i = people ? 1 : 0; i < N_OF(always); i++) /* people do without the number */
        out[n++] = always[i];
    if (k->params.threshold > 0)
        out[n++] = (vg_column){ "p_threshold", VG_CELL_CHANCE, 0 };
    for (int i = 0; i < N_OF(behind); i++)
        out[n++] = behind[i];
    if (k->params.scenario.n) {
        out[n++] = (vg_column){ "scenario_median", VG_CELL_NUM, 0 };
        out[n++] = (vg_column){ "scenario_change", VG_CELL_CHANGE, 0 };
    }
    return n;
}

static vg_str alarm_word(const vg_cli *c, vg_str alarm)
{
    char key[64];
    snprintf(key, sizeof key, "displacement.alarm.%.*s", VG_P(vg_utf8_head(alarm, 20)));
    return c->form == VG_FORM_TABLE ? vg_message(c->lang, key) : alarm;
}

static void add_row(const vg_cli *c, vg_table *t, const vg_displacement_kept *k,
                    const vg_displacement_kept_unit *u, int32_t lead)
{
    const vg_displacement_kept_month *m = &u->month[lead];
    const double *q = m->quantile;
    if (c->form != VG_FORM_TABLE)
        vg_cell_int(t, u->unit);
    vg_cell_text(t, u->name);
    vg_cell_int(t, m->month);
    vg_cell_num(t, q[Q50]);
    vg_cell_num(t, m->mean);
    vg_cell_interval(t, q[Q25], q[Q75]);
    vg_cell_interval(t, q[Q05], q[Q95]);
    vg_cell_num(t, m->probability[0]);
    vg_cell_num(t, m->probability[1]);
    if (k->params.threshold > 0)
        vg_cell_num(t, m->probability_own);
    vg_cell_text(t, alarm_word(c, m->alarm));
    vg_cell_num(t, m->expanding);
    vg_cell_num(t, m->ewm_log);
    vg_cell_num(t, m->lag12);
    if (!k->params.scenario.n)
        return;
    double supposed = u->scenario ? u->scenario[lead].quantile[Q50] : (double)NAN;
    vg_cell_num(t, supposed);
    vg_cell_num(t, q[Q50] > 0 ? supposed / q[Q50] - 1 : (double)NAN);
}

static void add_rows(const vg_cli *c, vg_table *t, const vg_displacement_kept *k)
{
    for (int32_t i = 0; i < k->n_units; i++)
        for (int32_t m = 0; m < k->params.n_leads; m++)
            add_row(c, t, k, &k->unit[i], m);
}

static void add_scores(vg_table *t, const vg_displacement_kept *k)
{
    for (int32_t i = 0; i < k->n_scores; i++) {
        const vg_displacement_kept_score *s = &k->score[i];
        vg_cell_text(t, s->model);
        vg_cell_int(t, s->horizon);
        vg_cell_int(t, s->n);
        vg_cell_num(t, s->rmse);
        vg_cell_num(t, s->mae);
        vg_cell_num(t, s->crps);
        vg_cell_num(t, s->cover50);
        vg_cell_num(t, s->cover90);
    }
}

static vg_str part_word(const vg_cli *c, const char *key, vg_str word)
{
    return c->form == VG_FORM_TABLE ? vg_message(c->lang, key) : word;
}

/* People see the parts of one share or more in a hundred, programs all. */
static void add_parts(const vg_cli *c, vg_table *t, const vg_displacement_kept_unit *u, int32_t lead)
{
    const vg_displacement_kept_split *s = u->split[lead];
    for (int32_t i = 0; s && i < s->n_parts; i++) {
        const vg_displacement_kept_part *p = &s->part[i];
        bool by_reason = vg_eq(p->by, VG_S("reason")), by_origin = vg_eq(p->by, VG_S("origin"));
        if (c->form == VG_FORM_TABLE && (p->share < 0.01 || (!by_reason && !by_origin)))
            continue;
        vg_cell_text(t, u->name);
        vg_cell_int(t, u->month[lead].month);
        vg_cell_text(t, by_reason   ? part_word(c, "displacement.by.reason", p->by)
                        : by_origin ? part_word(c, "displacement.by.origin", p->by)
                                    : part_word(c, "displacement.by.both", p->by));
        vg_cell_text(t, by_reason   ? VG_NOSTR
                        : p->name.n ? p->name
                                    : part_word(c, "displacement.unknown", VG_NOSTR));
        vg_cell_text(t, by_origin     ? VG_NOSTR
                        : p->reason.n ? p->reason
                                      : part_word(c, "displacement.unknown", VG_NOSTR));
        vg_cell_num(t, p->share);
        double scale =
            c->form == VG_FORM_TABLE ? 100 : 1; /* people read percent, programs shares, as in `share` */
        vg_cell_interval(t, scale * p->share_low, scale * p->share_high);
        vg_cell_num(t, p->mean);
        vg_cell_interval(t, p->low, p->high);
    }
}

/* --- what people read --- */

static void say_head(vg_cli *c, const vg_displacement_kept *k)
{
    const vg_displacement_kept_params *p = &k->params;
    vg_line(c, p->n_leads > 1 ? "displacement.title" : "displacement.title-month",
            vg_arg_month("from", p->origin + 1), vg_arg_month("to", p->origin + p->n_leads),
            vg_arg_month("origin", p->origin));
    vg_line(c, "displacement.basis", vg_arg_text("model", p->model), vg_arg_text("source", p->source),
            vg_arg_text("variable", p->variable), vg_arg_int("draws", p->n_draws),
            vg_arg_int("units", k->n_units));
    if (p->threshold > 0)
        vg_line(c, "displacement.own-threshold", vg_arg_num("n", p->threshold, 0));
    if (p->covariates.n)
        vg_line(c, "displacement.covariates", vg_arg_text("names", p->covariates));
    if (p->scenario.n)
        vg_line(c, "displacement.scenario", vg_arg_text("text", p->scenario));
    vg_put_char(c->out, '\n');
}

static void say_sparse(vg_cli *c, const vg_displacement_kept *k)
{
    for (int32_t i = 0; i < k->n_units; i++)
        if (k->unit[i].sparse)
            vg_line(c, "displacement.sparse", vg_arg_text("name", k->unit[i].name));
}

static bool say_scores(vg_cli *c, const vg_displacement_kept *k, bool unchecked, const vg_table *scores,
                       vg_err *e)
{
    vg_put_char(c->out, '\n');
    if (k->n_scores == 0) {
        vg_line(c, unchecked ? "displacement.unchecked" : "displacement.not-scored", vg_arg_int("n", 0));
        return true;
    }
    vg_line(c, "displacement.scored", vg_arg_month("from", k->score[0].first_month),
            vg_arg_month("to", k->score[0].last_month));
    return vg_table_put(scores, c->lang, VG_FORM_TABLE, 0, c->out, e);
}

static void say_driver(vg_cli *c, const vg_displacement_kept_driver *d)
{
    char key[96];
    snprintf(key, sizeof key, "%.*s", VG_P(vg_utf8_head(d->driver, 90)));
    vg_str name = vg_message(c->lang, key);
    vg_str shown =
        d->covariate.n ? vg_format(&c->arena, "%.*s (%.*s)", VG_P(name), VG_P(d->covariate)) : name;
    bool whole = fabs(d->value) >= 100 || d->value == floor(d->value);
    vg_line(c, isnan(d->value) ? "displacement.driver-alone" : "displacement.driver",
            vg_arg_text("name", shown), vg_arg_num("value", d->value, whole ? 0 : 2),
            vg_arg_num("factor", d->factor, 2));
}

static void say_reasons(vg_cli *c, const vg_displacement_kept_unit *u, int32_t lead)
{
    const vg_displacement_kept_reasons *r = u->reasons[lead];
    vg_put_char(c->out, '\n');
    vg_line(c, "displacement.explain", vg_arg_text("name", u->name),
            vg_arg_month("month", u->month[lead].month),
            vg_arg_num("median", u->month[lead].quantile[Q50], 0));
    if (!r)
        return;
    vg_line(c, "displacement.base", vg_arg_num("base", r->base, 0));
    for (int32_t i = 0; i < r->n_drivers; i++)
        say_driver(c, &r->driver[i]);
    if (r->n_analogues)
        vg_line(c, "displacement.analogues", vg_arg_int("n", r->n_analogues));
    for (int32_t i = 0; i < r->n_analogues; i++) {
        const vg_displacement_kept_analogue *x = &r->analogue[i];
        vg_line(c, "displacement.analogue", vg_arg_text("name", x->name), vg_arg_month("month", x->month),
                vg_arg_num("before", x->before, 0), vg_arg_num("after", x->after, 0),
                vg_arg_int("lead", lead + 1));
    }
}

/* --- JSON --- */

static void put_reasons(vg_json *j, const vg_displacement_kept_unit *u, int32_t lead)
{
    char text[16];
    const vg_displacement_kept_reasons *r = u->reasons[lead];
    vg_json_object(j);
    vg_json_key(j, VG_S("unit")), vg_json_int(j, u->unit);
    vg_json_key(j, VG_S("name")), vg_json_str(j, u->name);
    vg_json_key(j, VG_S("month")), vg_json_str(j, vg_month_text(u->month[lead].month, text));
    vg_json_key(j, VG_S("base")), vg_json_num(j, r->base);
    vg_json_key(j, VG_S("drivers"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_drivers; i++) {
        vg_json_object(j);
        vg_json_key(j, VG_S("driver")), vg_json_str(j, r->driver[i].driver);
        vg_json_key(j, VG_S("covariate")), vg_json_str(j, r->driver[i].covariate);
        vg_json_key(j, VG_S("value")), vg_json_num(j, r->driver[i].value);
        vg_json_key(j, VG_S("factor")), vg_json_num(j, r->driver[i].factor);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("analogues"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_analogues; i++) {
        const vg_displacement_kept_analogue *x = &r->analogue[i];
        vg_json_object(j);
        vg_json_key(j, VG_S("unit")), vg_json_int(j, x->unit);
        vg_json_key(j, VG_S("name")), vg_json_str(j, x->name);
        vg_json_key(j, VG_S("month")), vg_json_str(j, vg_month_text(x->month, text));
        vg_json_key(j, VG_S("weight")), vg_json_num(j, x->weight);
        vg_json_key(j, VG_S("before")), vg_json_num(j, x->before);
        vg_json_key(j, VG_S("after")), vg_json_num(j, x->after);
        vg_json_key(j, VG_S("carried")), vg_json_num(j, x->carried);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_close(j);
}

static void put_head(vg_json *j, const vg_displacement_kept *k)
{
    char text[16];
    const vg_displacement_kept_params *p = &k->params;
    vg_json_key(j, VG_S("run")), vg_json_num(j, k->run.id ? (double)k->run.id : (double)NAN);
    vg_json_key(j, VG_S("source")), vg_json_str(j, p->source);
    vg_json_key(j, VG_S("variable")), vg_json_str(j, p->variable);
    vg_json_key(j, VG_S("covariates")), vg_json_str(j, p->covariates);
    vg_json_key(j, VG_S("model")), vg_json_str(j, p->model);
    vg_json_key(j, VG_S("origin")), vg_json_str(j, vg_month_text(p->origin, text));
    vg_json_key(j, VG_S("leads")), vg_json_int(j, p->n_leads);
    vg_json_key(j, VG_S("draws")), vg_json_int(j, p->n_draws);
    vg_json_key(j, VG_S("seed")), vg_json_int(j, (int64_t)k->run.seed);
    vg_json_key(j, VG_S("threshold")), vg_json_num(j, p->threshold > 0 ? p->threshold : (double)NAN);
    vg_json_key(j, VG_S("scenario")), vg_json_str(j, p->scenario);
    vg_json_key(j, VG_S("vintages"));
    vg_json_array(j);
    for (int32_t i = 0; i < k->run.n_vintages; i++)
        vg_json_int(j, k->run.vintage[i]);
    vg_json_close(j);
    vg_json_key(j, VG_S("scored")), vg_json_bool(j, k->n_scores > 0);
}

static void put_json(vg_cli *c, const vg_displacement_kept *k, const vg_displacement_kept_unit *explained,
                     bool split, const vg_table *rows, const vg_table *scores, const vg_table *parts)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    put_head(&j, k);
    vg_json_key(&j, VG_S("scores"));
    vg_table_json(scores, &j);
    vg_json_key(&j, VG_S("forecasts"));
    vg_table_json(rows, &j);
    if (explained) {
        vg_json_key(&j, VG_S("explanations"));
        vg_json_array(&j);
        for (int32_t m = 0; m < k->params.n_leads; m++)
            if (explained->reasons[m])
                put_reasons(&j, explained, m);
        vg_json_close(&j);
    }
    if (split) {
        vg_json_key(&j, VG_S("split"));
        vg_table_json(parts, &j);
    }
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

/* --- the whole --- */

static bool say(vg_cli *c, const vg_displacement_kept *k, const vg_displacement_shown *s,
                const vg_displacement_kept_unit *explained, const vg_table *rows, const vg_table *scores,
                const vg_table *parts, vg_err *e)
{
    say_head(c, k);
    if (!vg_table_put(rows, c->lang, VG_FORM_TABLE, 0, c->out, e))
        return false;
    say_sparse(c, k);
    for (int32_t m = 0; explained && m < k->params.n_leads; m++)
        say_reasons(c, explained, m);
    if (s->split) {
        vg_put_char(c->out, '\n');
        vg_line(c, "displacement.split", vg_arg_int("n", vg_table_rows(parts)));
        if (!vg_table_put(parts, c->lang, VG_FORM_TABLE, 0, c->out, e))
            return false;
    }
    if (!say_scores(c, k, s->unchecked, scores, e))
        return false;
    vg_put_char(c->out, '\n');
    if (s->from_file)
        vg_line(c, "forecast.not-kept", vg_arg_int("n", 0));
    else
        vg_line(c, "displacement.kept",
                vg_arg_text("run", vg_format(&c->arena, "%lld", (long long)k->run.id)));
    return true;
}

bool vg_displacement_show(vg_cli *c, const vg_displacement_kept *k, const vg_displacement_shown *s, vg_err *e)
{
    vg_column columns[MAX_COLUMNS];
    int n = columns_of(k, c->form == VG_FORM_TABLE, columns);
    vg_table rows, scores, parts;
    const vg_displacement_kept_unit *explained =
        s->explain.n ? vg_displacement_kept_find(k, s->explain) : NULL;
    if (!vg_table_init(&rows, columns, n, e) ||
        !vg_table_init(&scores, score_columns, N_OF(score_columns), e) ||
        !vg_table_init(&parts, split_columns, N_OF(split_columns), e))
        return false;
    add_rows(c, &rows, k);
    add_scores(&scores, k);
    for (int32_t i = 0; s->split && i < k->n_units; i++)
        for (int32_t m = 0; m < (c->form == VG_FORM_TABLE ? 1 : k->params.n_leads); m++)
            add_parts(c, &parts, &k->unit[i], m);
    bool good = true;
    if (c->form == VG_FORM_JSON)
        put_json(c, k, explained, s->split, &rows, &scores, &parts);
    else if (c->form == VG_FORM_CSV)
        good = vg_table_put(s->split ? &parts : &rows, c->lang, VG_FORM_CSV, 0, c->out, e);
    else
        good = say(c, k, s, explained, &rows, &scores, &parts, e);
    good = good && (!(rows.failed || scores.failed || parts.failed) || vg_fail_memory(e, 0));
    vg_table_free(&rows);
    vg_table_free(&scores);
    vg_table_free(&parts);
    return good;
}
