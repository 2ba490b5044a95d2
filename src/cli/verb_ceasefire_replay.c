/* vigie ceasefire replay: a made-up war with a known truth through the watch, and how right and how fast it was; or a
 * file of reports held against an agreement, with the report over its days. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "ceasefire/daily.h"
#include "ceasefire/replay.h"
#include "cli/verb.h"
#include "source/report.h"

const vg_opt vg_ceasefire_replay_options[] = {
    { "simulate", VG_OPT_TEXT, "SEED,REPORTS", NULL, 0, 0 },
    { "durable", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "batch", VG_OPT_INT, "N", NULL, 1, 10000 },
    { "only-speed", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "dump", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "agreement", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "reports", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "as", VG_OPT_CHOICE, VG_REPORT_FORMATS, NULL, 0, 0 },
    { "report", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "html", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

enum { DURABLE_MOST = 100 };

/* --- scores as JSON --- */

static void member(vg_json *j, const char *key, double x, int decimals)
{
    vg_json_key(j, vg_str_z(key));
    if (isnan(x))
        vg_json_null(j);
    else
        vg_json_fixed(j, x, decimals);
}

static void whole(vg_json *j, const char *key, int64_t x)
{
    vg_json_key(j, vg_str_z(key));
    if (x < 0)
        vg_json_null(j);
    else
        vg_json_int(j, x);
}

static void put_pairs(vg_json *j, const char *key, const vg_evaluation_pairs *p)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_object(j);
    whole(j, "n_true", p->n_true);
    whole(j, "n_said", p->n_said);
    whole(j, "n_right", p->n_right);
    member(j, "precision", p->precision, 4);
    member(j, "recall", p->recall, 4);
    member(j, "f1", p->f1, 4);
    vg_json_close(j);
}

static void put_calibration(vg_json *j, const vg_evaluation_score *s)
{
    vg_json_key(j, VG_S("calibration"));
    vg_json_array(j);
    for (int k = 0; k < 10; k++) {
        vg_json_object(j);
        whole(j, "n", s->tenth[k].n);
        member(j, "said", s->tenth[k].said, 4);
        member(j, "true", s->tenth[k].happened, 4);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_score(vg_json *j, const vg_evaluation_score *s)
{
    whole(j, "n_incidents_true", s->n_incidents_true);
    whole(j, "n_incidents", s->n_incidents);
    whole(j, "n_fragments", s->n_fragments);
    whole(j, "n_swallowed", s->n_swallowed);
    put_pairs(j, "at_probable", &s->probable);
    put_pairs(j, "at_violation", &s->violation);
    whole(j, "n_attributed", s->n_attributed);
    member(j, "abstained", s->abstained, 4);
    whole(j, "n_candidates", s->n_candidates);
    put_calibration(j, s);
}

static void put_json(vg_cli *c, const vg_replay_result *r)
{
    const vg_evaluation_score *s = &r->watch;
    bool known = r->evaluated;
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    member(&j, "reports_per_s", r->reports_per_s, 0);
    member(&j, "f1", known ? s->probable.f1 : NAN, 4);
    member(&j, "attribution_precision", known ? s->attribution_precision : NAN, 4);
    member(&j, "brier", known ? s->brier : NAN, 4);
    member(&j, "rss_mib", r->rss_mib, 0);
    member(&j, "p50_ms", r->p50_ms, 3);
    member(&j, "p99_ms", r->p99_ms, 3);
    member(&j, "most_ms", r->most_ms, 3);
    member(&j, "most_tick_ms", r->most_tick_ms, 3);
    member(&j, "seconds", r->seconds, 3);
    whole(&j, "n_reports", r->n_reports);
    whole(&j, "n_taken", r->n_taken);
    whole(&j, "days_published", r->n_published);
    whole(&j, "corrections", r->n_corrections);
    if (known) {
        member(&j, "naive_f1", r->naive.probable.f1, 4);
        member(&j, "naive_attribution_precision", r->naive.attribution_precision, 4);
        member(&j, "naive_brier", r->naive.brier, 4);
        put_score(&j, s);
    } else {
        whole(&j, "n_incidents", r->n_incidents);
    }
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

/* --- scores for people --- */

static const vg_column columns[] = {
    { "model", VG_CELL_TEXT, 0 },      { "n_incidents", VG_CELL_INT, 0 },
    { "precision", VG_CELL_NUM, 3 },   { "recall", VG_CELL_NUM, 3 },
    { "f1", VG_CELL_NUM, 3 },          { "f1_violation", VG_CELL_NUM, 3 },
    { "attribution", VG_CELL_NUM, 3 }, { "abstained", VG_CELL_PERCENT, 0 },
    { "brier", VG_CELL_NUM, 4 },
};

static const vg_column tenth_columns[] = {
    { "said", VG_CELL_NUM, 3 },
    { "happened", VG_CELL_NUM, 3 },
    { "n", VG_CELL_INT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static void score_row(vg_table *t, vg_str name, const vg_evaluation_score *s)
{
    vg_cell_text(t, name);
    vg_cell_int(t, s->n_incidents);
    vg_cell_num(t, s->probable.precision);
    vg_cell_num(t, s->probable.recall);
    vg_cell_num(t, s->probable.f1);
    vg_cell_num(t, s->violation.f1);
    vg_cell_num(t, s->attribution_precision);
    vg_cell_num(t, s->abstained);
    vg_cell_num(t, s->brier);
}

static bool put_scores(vg_cli *c, const vg_replay_result *r, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, columns, N_OF(columns), e))
        return false;
    score_row(&t, vg_message(c->lang, "ceasefire.replay.watch"), &r->watch);
    score_row(&t, vg_message(c->lang, "ceasefire.replay.naive"), &r->naive);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool put_tenths(vg_cli *c, const vg_evaluation_score *s, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, tenth_columns, N_OF(tenth_columns), e))
        return false;
    for (int k = 0; k < 10; k++) {
        vg_cell_num(&t, s->tenth[k].said);
        vg_cell_num(&t, s->tenth[k].happened);
        vg_cell_int(&t, s->tenth[k].n);
    }
    vg_line(c, "ceasefire.replay.calibration", vg_arg_int("n", s->n_candidates));
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool put_table(vg_cli *c, const vg_replay_result *r, vg_err *e)
{
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, "ceasefire.replay.speed", vg_arg_int("n", r->n_reports),
                vg_arg_num("seconds", r->seconds, 1), vg_arg_int("rate", (int64_t)r->reports_per_s),
                vg_arg_num("p99", r->p99_ms, 1), vg_arg_int("mib", (int64_t)r->rss_mib));
        if (r->n_corrections >= 0)
            vg_line(c, "ceasefire.replay.corrections", vg_arg_int("days", r->n_published),
                    vg_arg_int("n", r->n_corrections));
    }
    if (!r->evaluated)
        return true;
    return put_scores(c, r, e) && (c->form != VG_FORM_TABLE || put_tenths(c, &r->watch, e));
}

/* --- a simulation --- */

/* A scratch store, taken away afterwards. */
static bool on_disk(const vg_ceasefire_replay_opts *o, vg_replay_result *r, vg_err *e)
{
    static const char *const part[] = { "store.db", "store.db-wal", "store.db-shm" };
    const char *root = getenv("TMPDIR");
    char folder[512], path[600];
    snprintf(folder, sizeof folder, "%s/vigie-replay-XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(folder))
        return vg_fail_os(e, errno, VG_NOWHERE, "cannot make a folder %s", folder);
    snprintf(path, sizeof path, "%s/store.db", folder);
    vg_ceasefire_replay_opts with_store = *o;
    with_store.store = path;
    bool good = vg_replay_simulated(&with_store, r, e);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, part[i]);
        unlink(path);
    }
    rmdir(folder);
    return good;
}

static bool simulated(vg_cli *c, vg_err *e)
{
    vg_ceasefire_replay_opts o = { .only_speed = vg_opt_given(&c->opts, "only-speed"),
                                   .progress = c->progress };
    vg_replay_result r;
    bool durable = vg_opt_given(&c->opts, "durable");
    if (!vg_simulation_read(vg_opt_text(&c->opts, "simulate"), &o.simulation, e))
        return false;
    if (vg_opt_given(&c->opts, "dump"))
        return vg_replay_dump(&o.simulation, vg_opt_path(&c->opts, "dump"), e);
    if (vg_opt_given(&c->opts, "batch"))
        o.batch = (int32_t)vg_opt_int(&c->opts, "batch");
    if (durable && o.batch > DURABLE_MOST)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "a durable batch has at most %d reports", DURABLE_MOST);
    bool good = durable ? on_disk(&o, &r, e) : vg_replay_simulated(&o, &r, e);
    vg_terminal_end();
    if (good && c->form == VG_FORM_JSON)
        put_json(c, &r);
    else if (good)
        good = put_table(c, &r, e);
    return good;
}

/* --- a file --- */

typedef struct {
    int64_t n, n_named, level[VG_LEVEL_VIOLATION + 1];
} counts;

static bool count(void *ctx, const vg_incident *x)
{
    counts *k = ctx;
    k->n++;
    k->level[x->level]++;
    k->n_named += x->level >= VG_LEVEL_PROBABLE &&
                  (x->attribution == VG_ATTRIBUTION_ATTRIBUTED || x->attribution == VG_ATTRIBUTION_ADMITTED);
    return true;
}

static bool put_summary(vg_cli *c, vg_replayed *r, vg_err *e)
{
    counts k = { .n = 0 };
    if (!vg_watch_each(r->w, INT64_MIN, INT64_MAX, count, &k, e))
        return false;
    int64_t sure = k.level[VG_LEVEL_VIOLATION] + k.level[VG_LEVEL_PROBABLE];
    if (c->form != VG_FORM_JSON) {
        vg_line(c, "ceasefire.replay.file", vg_arg_int("reports", r->n_reports), vg_arg_int("incidents", k.n),
                vg_arg_int("violations", k.level[VG_LEVEL_VIOLATION]),
                vg_arg_int("probable", k.level[VG_LEVEL_PROBABLE]),
                vg_arg_int("possible", k.level[VG_LEVEL_POSSIBLE]),
                vg_arg_int("unattributed", sure - k.n_named));
        vg_line(c, "ceasefire.replay.corrections", vg_arg_int("days", r->n_published),
                vg_arg_int("n", r->n_corrections));
        return true;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    whole(&j, "n_reports", r->n_reports);
    whole(&j, "n_rejected", r->n_rejected);
    whole(&j, "n_incidents", k.n);
    whole(&j, "violations", k.level[VG_LEVEL_VIOLATION]);
    whole(&j, "probable", k.level[VG_LEVEL_PROBABLE]);
    whole(&j, "possible", k.level[VG_LEVEL_POSSIBLE]);
    whole(&j, "unattributed", sure - k.n_named);
    whole(&j, "days_published", r->n_published);
    whole(&j, "corrections", r->n_corrections);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

static bool put_report(vg_cli *c, vg_replayed *r, vg_daily_form form, vg_out *o, vg_err *e)
{
    vg_daily ask = { .lang = c->lang, .form = form };
    if (!vg_daily_whole(r->a, &ask.from_day, &ask.to_day)) {
        ask.from_day = r->first_day;
        ask.to_day = r->last_day;
    }
    return vg_daily_write(&ask, r->w, r->figures, o, e);
}

static bool put_page(vg_cli *c, vg_replayed *r, const char *path, vg_err *e)
{
    vg_out o;
    if (!vg_out_path(&o, path, e))
        return false;
    if (put_report(c, r, VG_DAILY_PAGE, &o, e))
        return vg_out_end(&o, e);
    vg_out_drop(&o);
    return false;
}

static bool from_file(vg_cli *c, vg_err *e)
{
    static const vg_daily_form forms[] = { VG_DAILY_TEXT, VG_DAILY_JSON, VG_DAILY_CSV };
    vg_replayed r;
    const char *page = vg_opt_path(&c->opts, "html");
    if (!vg_replay_file(vg_opt_path(&c->opts, "agreement"), vg_opt_path(&c->opts, "reports"),
                        vg_opt_text(&c->opts, "as"), &c->progress, &r, e))
        return false;
    vg_terminal_end();
    if (r.n_rejected)
        vg_note(c, "ceasefire.replay.rejected", vg_arg_int("n", r.n_rejected),
                vg_arg_int("line", r.first_reject.at.line),
                vg_arg_text("why", vg_str_z(r.first_reject.what)));
    bool good = !page || put_page(c, &r, page, e);
    if (good && vg_opt_given(&c->opts, "report"))
        good = put_report(c, &r, forms[c->form], c->out, e);
    else if (good)
        good = put_summary(c, &r, e);
    vg_replayed_close(&r);
    return good;
}

bool vg_verb_ceasefire_replay(vg_cli *c, vg_err *e)
{
    bool made_up = vg_opt_given(&c->opts, "simulate");
    bool given = vg_opt_given(&c->opts, "agreement") && vg_opt_given(&c->opts, "reports");
    if (made_up == given) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a replay needs either --simulate, or --agreement and --reports");
        return vg_mend(e, "try: vigie ceasefire replay --simulate seed=11,reports=100000");
    }
    c->progress = vg_terminal_begin(c);
    return made_up ? simulated(c, e) : from_file(c, e);
}
