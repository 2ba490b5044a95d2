/* vigie consult evaluate: hidden votes predicted, and the snapshots of the Polis server reproduced. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/consult.h"
#include "consultation/evaluate.h"

const vg_opt vg_consult_evaluate_options[] = {
    { "hide", VG_OPT_NUM, "SHARE", NULL, 0, 1 },
    { "fixtures", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "engine", VG_OPT_CHOICE, "polis|house", "house", 0, 0 },
    { "seed", VG_OPT_INT, "N", "7", 0, 9007199254740992.0 },
    { .name = NULL },
};

static const vg_column hidden_columns[] = {
    { "conversation", VG_CELL_TEXT, 0 }, { "participants", VG_CELL_INT, 0 },
    { "statements", VG_CELL_INT, 0 },    { "votes", VG_CELL_INT, 0 },
    { "hidden", VG_CELL_INT, 0 },        { "rmse", VG_CELL_NUM, 3 },
    { "auc", VG_CELL_NUM, 3 },           { "rmse_statement", VG_CELL_NUM, 3 },
    { "auc_statement", VG_CELL_NUM, 3 }, { "rmse_group", VG_CELL_NUM, 3 },
    { "auc_group", VG_CELL_NUM, 3 },
};
static const vg_column fixture_columns[] = {
    { "conversation", VG_CELL_TEXT, 0 },
    { "ari", VG_CELL_NUM, 2 },
    { "k", VG_CELL_INT, 0 },
    { "published_groups", VG_CELL_INT, 0 },
    { "same_representative", VG_CELL_INT, 0 },
    { "max_error", VG_CELL_NUM, 12 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { MAX_ENTRIES = 4096 };

/* --- what a folder holds --- */

typedef struct {
    vg_str path[MAX_ENTRIES];
    int n;
} entries;

static int by_path(const void *a, const void *b)
{
    return vg_cmp(*(const vg_str *)a, *(const vg_str *)b);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_fixture(vg_str name)
{
    return vg_ends(name, VG_S(".expected.json")) || vg_ends(name, VG_S(".expected.json.gz"));
}

/* An export is a folder; a file counts where its name says that it holds votes. */
static bool is_conversation(const char *path, vg_str name)
{
    return is_folder(path) || vg_ends(name, VG_S("votes.csv")) || vg_ends(name, VG_S("votes.csv.gz"));
}

/* Sorted by name, so that the order of the disk does not show. */
static bool list_folder(vg_cli *c, const char *folder, bool fixtures, entries *out, vg_err *e)
{
    DIR *d = opendir(folder);
    if (!d) {
        vg_fail(e, VG_EIO, (vg_at){ .file = vg_str_z(folder) }, "this is not a folder that can be read");
        return vg_mend(e, "name the folder that holds the conversations");
    }
    bool good = true;
    for (const struct dirent *entry; good && (entry = readdir(d)) != NULL;) {
        vg_str name = vg_str_z(entry->d_name);
        if (name.s[0] == '.')
            continue;
        vg_str path = vg_format(&c->arena, "%s%s%.*s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/",
                                VG_P(name));
        if (!path.s || out->n == MAX_ENTRIES)
            good = vg_fail(e, VG_ERANGE, VG_NOWHERE, "too many entries in %.100s", folder);
        else if (fixtures ? is_fixture(name) : is_conversation(path.s, name))
            out->path[out->n++] = path;
    }
    closedir(d);
    qsort(out->path, (size_t)out->n, sizeof *out->path, by_path);
    return good;
}

static bool is_export(const entries *x)
{
    for (int i = 0; i < x->n; i++)
        if (vg_ends(x->path[i], VG_S("/votes.csv")) || vg_ends(x->path[i], VG_S("/votes.csv.gz")) ||
            vg_ends(x->path[i], VG_S("participants-votes.csv")) ||
            vg_ends(x->path[i], VG_S("participants-votes.csv.gz")))
            return true;
    return false;
}

static bool nothing_there(const char *folder, bool fixtures, vg_err *e)
{
    vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(folder) }, "nothing to evaluate is here");
    return vg_why(e, fixtures
                         ? "looked for NAME.expected.json beside NAME.votes.csv (plain or .gz)"
                         : "looked for folders of Polis exports and for files NAME.votes.csv (plain or .gz)");
}

/* --- hidden votes --- */

typedef struct {
    vg_str name;
    vg_hidden_score score;
} hidden_row;

static bool hide_one(vg_cli *c, const char *path, hidden_row *out, vg_err *e)
{
    vg_consultation x;
    vg_arena scratch;
    vg_hidden_opts o = { .share = vg_opt_given(&c->opts, "hide") ? vg_opt_num(&c->opts, "hide") : 0.2,
                         .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                         .n_threads = c->n_threads,
                         .engine = vg_eq(vg_opt_text(&c->opts, "engine"), VG_S("house")) ? VG_ENGINE_HOUSE
                                                                                         : VG_ENGINE_POLIS,
                         .progress = c->progress };
    if (!vg_arena_init(&scratch, (int64_t)16 << 30, e))
        return false;
    bool good = vg_consultation_read(path, &(vg_consultation_opts){ .keep_times = false }, &scratch, &x, e) &&
                vg_evaluate_hidden(&x, &o, &scratch, &out->score, e);
    if (good)
        out->name = vg_copy(&c->arena, x.name);
    else if (e->at.file.n) /* the name dies with the arena */
        e->at.file = vg_copy(&c->arena, e->at.file);
    vg_arena_free(&scratch);
    return good;
}

static void put_measure(vg_json *j, const vg_hidden_measure *m)
{
    vg_json_key(j, VG_S("rmse")), vg_json_num(j, m->rmse);
    vg_json_key(j, VG_S("auc")), vg_json_num(j, m->auc);
}

static void put_baseline(vg_json *j, const char *name, const vg_hidden_measure *m)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_object(j);
    put_measure(j, m);
    vg_json_close(j);
}

typedef struct {
    double sum;
    int n;
} mean_so_far;

static void add(mean_so_far *m, double x)
{
    m->sum += isnan(x) ? 0 : x;
    m->n += !isnan(x);
}

static double value_of(const mean_so_far *m)
{
    return m->n ? m->sum / m->n : NAN;
}

/* Over the conversations that have the measure: without a hidden disagree there is no AUC, and not all have groups. */
static vg_hidden_score mean_of(const hidden_row *row, int n)
{
    mean_so_far m[6] = { { 0, 0 } };
    for (int i = 0; i < n; i++) {
        const vg_hidden_score *s = &row[i].score;
        const double x[] = { s->engine.rmse,        s->engine.auc,      s->statement_mean.rmse,
                             s->statement_mean.auc, s->group_mean.rmse, s->group_mean.auc };
        for (int k = 0; k < 6; k++)
            add(&m[k], x[k]);
    }
    return (vg_hidden_score){ .engine = { value_of(&m[0]), value_of(&m[1]) },
                              .statement_mean = { value_of(&m[2]), value_of(&m[3]) },
                              .group_mean = { value_of(&m[4]), value_of(&m[5]) } };
}

static void hidden_json(vg_cli *c, const hidden_row *row, int n, const vg_hidden_score *mean)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("engine")), vg_json_str(&j, vg_opt_text(&c->opts, "engine"));
    vg_json_key(&j, VG_S("seed")), vg_json_int(&j, vg_opt_int(&c->opts, "seed"));
    put_baseline(&j, "mean", &mean->engine);
    vg_json_key(&j, VG_S("baselines"));
    vg_json_object(&j);
    put_baseline(&j, "statement_mean", &mean->statement_mean);
    put_baseline(&j, "published_group_mean", &mean->group_mean);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("conversations"));
    vg_json_array(&j);
    for (int i = 0; i < n; i++) {
        const vg_hidden_score *s = &row[i].score;
        vg_json_object(&j);
        vg_json_key(&j, VG_S("name")), vg_json_str(&j, row[i].name);
        put_measure(&j, &s->engine);
        vg_json_key(&j, VG_S("n_participants")), vg_json_int(&j, s->n_participants);
        vg_json_key(&j, VG_S("n_statements")), vg_json_int(&j, s->n_statements);
        vg_json_key(&j, VG_S("n_votes")), vg_json_int(&j, s->n_votes);
        vg_json_key(&j, VG_S("n_hidden")), vg_json_int(&j, s->n_hidden);
        put_baseline(&j, "statement_mean", &s->statement_mean);
        put_baseline(&j, "published_group_mean", &s->group_mean);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static void hidden_cells(vg_table *t, vg_str name, const vg_hidden_score *s, bool counted)
{
    vg_cell_text(t, name);
    vg_cell_int(t, counted ? s->n_participants : INT64_MIN);
    vg_cell_int(t, counted ? s->n_statements : INT64_MIN);
    vg_cell_int(t, counted ? s->n_votes : INT64_MIN);
    vg_cell_int(t, counted ? s->n_hidden : INT64_MIN);
    const vg_hidden_measure *m[] = { &s->engine, &s->statement_mean, &s->group_mean };
    for (int k = 0; k < 3; k++) {
        vg_cell_num(t, m[k]->rmse);
        vg_cell_num(t, m[k]->auc);
    }
}

static bool hidden_table(vg_cli *c, const hidden_row *row, int n, const vg_hidden_score *mean, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, hidden_columns, N_OF(hidden_columns), e))
        return false;
    for (int i = 0; i < n; i++)
        hidden_cells(&t, row[i].name, &row[i].score, true);
    hidden_cells(&t, c->form == VG_FORM_TABLE ? vg_message(c->lang, "backtest.mean") : VG_S("mean"), mean,
                 false);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool evaluate_hidden(vg_cli *c, const char *folder, entries *list, vg_err *e)
{
    if (!list_folder(c, folder, false, list, e))
        return false;
    if (is_export(list)) { /* the folder is itself one conversation */
        list->n = 1;
        list->path[0] = vg_str_z(folder);
    }
    hidden_row *row = vg_new(&c->arena, hidden_row, list->n);
    if (!row)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (list->n == 0)
        return nothing_there(folder, false, e);
    int n = 0;
    for (int i = 0; i < list->n; i++) {
        vg_err why = VG_NO_ERR;
        if (!vg_progress_step(&c->progress, "score", i, list->n, e))
            return false;
        if (hide_one(c, list->path[i].s, &row[n], &why)) {
            n++;
            continue;
        }
        if ((why.code != VG_ENODATA && why.code != VG_EPARSE) || list->n == 1) {
            *e = why;
            return false;
        }
        vg_terminal_end();
        vg_note(c, "consult.skipped", vg_arg_text("name", list->path[i]),
                vg_arg_text("why", vg_str_z(why.what)));
    }
    if (n == 0)
        return nothing_there(folder, false, e);
    vg_terminal_end();
    vg_hidden_score mean = mean_of(row, n);
    if (c->form != VG_FORM_JSON)
        return hidden_table(c, row, n, &mean, e);
    hidden_json(c, row, n, &mean);
    return true;
}

/* --- fixtures --- */

static void fixture_json(vg_json *j, const vg_fixture_score *s)
{
    const struct {
        const char *key;
        double x;
    } number[] = { { "ari", s->ari },
                   { "max_error", s->max_error },
                   { "center_error", s->center_error },
                   { "cosine_1", s->cosine[0] },
                   { "cosine_2", s->cosine[1] },
                   { "extremity_error", s->extremity_error },
                   { "statistics_error", s->statistics_error },
                   { "consensus_error", s->consensus_error },
                   { "group_aware_error", s->group_aware_error },
                   { "priority_error", s->priority_error } };
    vg_json_object(j);
    vg_json_key(j, VG_S("name")), vg_json_str(j, s->name);
    for (int i = 0; i < N_OF(number); i++)
        vg_json_key(j, vg_str_z(number[i].key)), vg_json_num(j, number[i].x);
    vg_json_key(j, VG_S("k")), vg_json_int(j, s->k);
    vg_json_key(j, VG_S("published_groups")), vg_json_int(j, s->n_groups);
    vg_json_key(j, VG_S("same_representative")), vg_json_int(j, s->n_same_representative);
    vg_json_key(j, VG_S("same_consensus")), vg_json_bool(j, s->same_consensus);
    vg_json_key(j, VG_S("priorities")), vg_json_int(j, s->n_priorities);
    vg_json_key(j, VG_S("stale_priorities")), vg_json_int(j, s->n_stale_priorities);
    vg_json_close(j);
}

static bool show_fixtures(vg_cli *c, const vg_fixture_score *s, int n, vg_err *e)
{
    double most = 0;
    for (int i = 0; i < n; i++)
        most = isnan(most) || s[i].max_error <= most ? most : s[i].max_error; /* not known stays not known */
    if (c->form == VG_FORM_JSON) {
        vg_json j = vg_json_to(c->out);
        vg_json_object(&j);
        vg_json_key(&j, VG_S("max_error")), vg_json_num(&j, most);
        vg_json_key(&j, VG_S("fixtures"));
        vg_json_array(&j);
        for (int i = 0; i < n; i++)
            fixture_json(&j, &s[i]);
        vg_json_close(&j);
        vg_json_close(&j);
        vg_put_char(c->out, '\n');
        return true;
    }
    vg_table t;
    if (!vg_table_init(&t, fixture_columns, N_OF(fixture_columns), e))
        return false;
    for (int i = 0; i < n; i++) {
        vg_cell_text(&t, s[i].name);
        vg_cell_num(&t, s[i].ari);
        vg_cell_int(&t, s[i].k);
        vg_cell_int(&t, s[i].n_groups);
        vg_cell_int(&t, s[i].n_same_representative);
        vg_cell_num(&t, s[i].max_error);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool evaluate_fixtures(vg_cli *c, const char *folder, entries *list, vg_err *e)
{
    if (!list_folder(c, folder, true, list, e))
        return false;
    vg_fixture_score *s = vg_new(&c->arena, vg_fixture_score, list->n);
    if (!s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (list->n == 0)
        return nothing_there(folder, true, e);
    for (int i = 0; i < list->n; i++)
        if (!vg_evaluate_fixture(list->path[i].s, (uint64_t)vg_opt_int(&c->opts, "seed"), c->n_threads,
                                 &c->arena, &s[i], e))
            return false;
    vg_terminal_end();
    return show_fixtures(c, s, list->n, e);
}

bool vg_verb_consult_evaluate(vg_cli *c, vg_err *e)
{
    entries *list = vg_new(&c->arena, entries, 1);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (vg_opt_given(&c->opts, "fixtures"))
        return evaluate_fixtures(c, c->opts.arg[0], list, e);
    return evaluate_hidden(c, c->opts.arg[0], list, e);
}
