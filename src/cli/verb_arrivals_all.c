/* vigie displacement arrivals --all: every conflict of a folder, scored with the shipped parameters and, with
 * --leave-one-out, with parameters learnt here: on all of them, and for each one on all the others. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/arrivals.h"

static const vg_column columns[] = {
    { "conflict", VG_CELL_TEXT, 0 },
    { "days", VG_CELL_INT, 0 },
    { "camps", VG_CELL_INT, 0 },
    { "ard", VG_CELL_NUM, 3 },
    { "ard_rescaled", VG_CELL_NUM, 3 },
    { "ard_fitted", VG_CELL_NUM, 3 },
    { "ard_left_out", VG_CELL_NUM, 3 },
    { "coverage90", VG_CELL_PERCENT, 0 },
    { "ard_no_capacity", VG_CELL_NUM, 3 },
    { "share_day7", VG_CELL_NUM, 3 },
    { "share_day30", VG_CELL_NUM, 3 },
    { "equal_split", VG_CELL_NUM, 3 },
    { "rolling_share_lag30", VG_CELL_NUM, 3 },
};
#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* The numbers of a row that are summed up over conflicts, in the order of the columns from "ard" on. */
enum { ARD, RESCALED, FITTED, LEFT_OUT, COVERED, NO_CAPACITY, SHARE7, SHARE30, EQUAL, ROLLING, N_SCORES };

typedef struct {
    vg_flow_conflict c;
    double score[N_SCORES];
} line;

typedef struct {
    line *row;
    int32_t n;
    vg_flow_fit *fit; /* NULL = not asked for */
    double seconds;
} work;

static int by_name(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

static bool add_folder(vg_cli *c, const char *above, const char *name, char **list, int32_t *n, vg_err *e)
{
    struct stat about;
    vg_str path = vg_format(&c->arena, "%s/%s", above, name);
    vg_str inside = vg_format(&c->arena, "%s/%s/locations.csv", above, name);
    if (!inside.s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (name[0] == '.' || stat(inside.s, &about) != 0)
        return true;
    if (*n == VG_FLOW_MAX_CONFLICTS)
        return vg_fail(e, VG_ERANGE, (vg_at){ .file = vg_str_z(above) },
                       "more than %d conflicts in one folder", VG_FLOW_MAX_CONFLICTS);
    char *kept = vg_new(&c->arena, char, path.n + 1);
    if (!kept)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    memcpy(kept, path.s, (size_t)path.n);
    list[(*n)++] = kept;
    return true;
}

/* The folders below that hold a conflict, by name. */
static bool list_folders(vg_cli *c, const char *above, char **list, int32_t *n, vg_err *e)
{
    DIR *d = opendir(above);
    bool good = true;
    if (!d) {
        vg_fail(e, VG_EIO, (vg_at){ .file = vg_str_z(above) }, "this folder cannot be read");
        return vg_mend(e, "name a folder that holds one folder for each conflict");
    }
    for (const struct dirent *f; good && (f = readdir(d));)
        good = add_folder(c, above, f->d_name, list, n, e);
    closedir(d);
    if (good && *n == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(above) }, "no conflict in this folder");
        return vg_why(e, "a conflict is a folder with locations.csv, routes.csv and conflicts.csv");
    }
    qsort(list, (size_t)*n, sizeof *list, by_name);
    return good;
}

static bool read_all(vg_cli *c, const char *above, work *w, vg_err *e)
{
    char **path = vg_new(&c->arena, char *, VG_FLOW_MAX_CONFLICTS);
    if (path && !list_folders(c, above, path, &w->n, e))
        return false;
    w->row = vg_new(&c->arena, line, w->n);
    if (!path || !w->row) {
        vg_fail_memory(e, vg_arena_limit(&c->arena));
        return false;
    }
    for (int32_t i = 0; i < w->n; i++)
        if (!vg_flow_read(path[i], &c->arena, &w->row[i].c, e))
            return false;
    return true;
}

/* --- scores --- */

static bool learn(vg_cli *c, work *w, vg_err *e)
{
    vg_flow_conflict *list = vg_new(&c->arena, vg_flow_conflict, w->n);
    w->fit = vg_new(&c->arena, vg_flow_fit, w->n + 1);
    if (!list || !w->fit)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    for (int32_t i = 0; i < w->n; i++)
        list[i] = w->row[i].c;
    return vg_flow_learn(list, w->n, true, c->n_threads, &c->progress, w->fit, e);
}

static bool score(const vg_flow_conflict *c, const vg_flow_opts *o, vg_arena scratch, vg_flow_score *s,
                  vg_err *e)
{
    vg_flow_run run;
    if (!vg_flow_simulate(c, o, &scratch, &run, e))
        return false;
    *s = vg_flow_score_run(&run, o->series, o->observed_to ? o->observed_to + 1 : 0);
    return true;
}

/* Intervals are those of members that did not see the conflict, where such were learnt. */
static bool coverage(const vg_flow_conflict *c, const vg_flow_opts *o, const vg_flow_members *m,
                     vg_arena scratch, double *out, vg_err *e)
{
    vg_flow_run run;
    if (!vg_flow_ensemble(c, o, m, &scratch, &run, e))
        return false;
    *out = vg_flow_score_run(&run, o->series, o->observed_to ? o->observed_to + 1 : 0).covered;
    return true;
}

static bool score_row(vg_cli *c, work *w, int32_t i, const vg_flow_opts *given, vg_err *e)
{
    line *row = &w->row[i];
    vg_flow_score s;
    vg_flow_opts o = *given, blind = *given;
    vg_flow_naive naive = vg_flow_score_naive(&row->c, o.series);
    blind.blind = true;
    if (!score(&row->c, &o, c->arena, &s, e))
        return false;
    row->score[ARD] = s.ard;
    row->score[RESCALED] = s.ard_rescaled;
    row->score[FITTED] = row->score[LEFT_OUT] = NAN;
    if (!score(&row->c, &blind, c->arena, &s, e) ||
        !coverage(&row->c, &o, w->fit ? &w->fit[i + 1].members : NULL, c->arena, &row->score[COVERED], e))
        return false;
    row->score[NO_CAPACITY] = s.ard;
    for (int k = 0; w->fit && k < 2; k++) {
        o.params = k ? &w->fit[i + 1].mean : &w->fit[0].mean;
        if (!score(&row->c, &o, c->arena, &s, e))
            return false;
        row->score[k ? LEFT_OUT : FITTED] = s.ard;
    }
    row->score[SHARE7] = naive.share7;
    row->score[SHARE30] = naive.share30;
    row->score[EQUAL] = naive.equal;
    row->score[ROLLING] = naive.rolling30;
    return true;
}

/* --- showing --- */

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double summary(const work *w, int which, bool median)
{
    double x[VG_FLOW_MAX_CONFLICTS], sum = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < w->n; i++)
        if (!isnan(w->row[i].score[which]))
            sum += x[n++] = w->row[i].score[which];
    if (n == 0)
        return NAN;
    qsort(x, (size_t)n, sizeof *x, by_size);
    return !median ? sum / n : n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void add_summary(vg_table *t, const work *w, vg_str name, bool median)
{
    vg_cell_text(t, name);
    vg_cell_int(t, INT64_MIN);
    vg_cell_int(t, INT64_MIN);
    for (int k = 0; k < N_SCORES; k++)
        vg_cell_num(t, summary(w, k, median));
}

static void add_row(vg_table *t, const line *row)
{
    vg_cell_text(t, row->c.name);
    vg_cell_int(t, row->c.n_days);
    vg_cell_int(t, row->c.n_scored);
    for (int k = 0; k < N_SCORES; k++)
        vg_cell_num(t, row->score[k]);
}

static void put_summary(vg_json *j, const work *w, const char *key, bool median)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_object(j);
    for (int k = 0; k < N_SCORES; k++)
        vg_json_key(j, vg_str_z(columns[k + 3].key)), vg_json_num(j, summary(w, k, median));
    vg_json_close(j);
}

static void put_json(vg_cli *c, const work *w, const vg_table *t)
{
    vg_flow_params shipped = vg_flow_shipped();
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("conflicts"));
    vg_table_json(t, &j);
    put_summary(&j, w, "median", true);
    put_summary(&j, w, "mean", false);
    vg_json_key(&j, VG_S("parameters"));
    vg_cli_put_params(&j, &shipped);
    if (w->fit) {
        vg_json_key(&j, VG_S("parameters_fitted"));
        vg_cli_put_params(&j, &w->fit[0].mean);
        vg_json_key(&j, VG_S("members_fitted"));
        vg_json_array(&j);
        for (int m = 0; m < VG_FLOW_MEMBERS; m++)
            vg_json_int(&j, w->fit[0].number[m]);
        vg_json_close(&j);
    }
    vg_json_key(&j, VG_S("seconds")), vg_json_num(&j, w->seconds);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool show(vg_cli *c, const work *w, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, columns, N_OF(columns), e))
        return false;
    for (int32_t i = 0; i < w->n; i++)
        add_row(&t, &w->row[i]);
    bool good = !t.failed || vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (good && c->form == VG_FORM_JSON)
        put_json(c, w, &t);
    else if (good) {
        if (c->form == VG_FORM_TABLE) {
            add_summary(&t, w, vg_message(c->lang, "arrivals.median"), true);
            add_summary(&t, w, vg_message(c->lang, "arrivals.mean"), false);
        }
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
        if (good && c->form == VG_FORM_TABLE) {
            vg_put_char(c->out, '\n');
            vg_line(c, w->fit ? "arrivals.all-fitted" : "arrivals.all", vg_arg_num("seconds", w->seconds, 1));
        }
    }
    vg_table_free(&t);
    return good;
}

bool vg_cli_arrivals_all(vg_cli *c, const char *folder, vg_err *e)
{
    work w = { .n = 0 };
    vg_flow_opts o;
    double begin = vg_cli_now_s();
    if (!vg_cli_flow_opts(c, &o, e) || !read_all(c, folder, &w, e))
        return false;
    if (vg_opt_given(&c->opts, "leave-one-out") && !learn(c, &w, e))
        return false;
    for (int32_t i = 0; i < w.n; i++)
        if (!score_row(c, &w, i, &o, e))
            return false;
    w.seconds = vg_cli_now_s() - begin;
    vg_terminal_end();
    return show(c, &w, e);
}
