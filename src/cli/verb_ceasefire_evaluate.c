/* vigie ceasefire evaluate: joining held against labelled duplicates, the order of arrival, and what another program found
 * in a simulation. */
#include <math.h>

#include "ceasefire/evaluate.h"
#include "cli/verb.h"
#include "core/date.h"

const vg_opt vg_ceasefire_evaluate_options[] = {
    { "duplicates", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "from", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "to", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "simulate", VG_OPT_TEXT, "SEED,REPORTS", NULL, 0, 0 },
    { "orders", VG_OPT_INT, "N", NULL, 1, 10000 },
    { "found", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- duplicates --- */

static const vg_column duplicate_columns[] = {
    { "hashes", VG_CELL_TEXT, 0 },    { "n_rows", VG_CELL_INT, 0 },       { "n_labelled", VG_CELL_INT, 0 },
    { "n_clusters", VG_CELL_INT, 0 }, { "n_pairs", VG_CELL_INT, 0 },      { "n_pairs_near", VG_CELL_INT, 0 },
    { "n_joined", VG_CELL_INT, 0 },   { "n_joined_any", VG_CELL_INT, 0 }, { "n_right", VG_CELL_INT, 0 },
    { "precision", VG_CELL_NUM, 3 },  { "recall", VG_CELL_NUM, 3 },       { "f1", VG_CELL_NUM, 3 },
    { "f1_any", VG_CELL_NUM, 3 },
};

static void duplicate_row(vg_table *t, vg_str name, const vg_evaluation_duplicates *r)
{
    const int64_t n[] = { r->n_rows,       r->n_labelled, r->n_clusters,   r->n_pairs,
                          r->n_pairs_near, r->n_joined,   r->n_joined_any, r->n_right };
    vg_cell_text(t, name);
    for (int i = 0; i < N_OF(n); i++)
        vg_cell_int(t, n[i]);
    vg_cell_num(t, r->precision);
    vg_cell_num(t, r->recall);
    vg_cell_num(t, r->f1);
    vg_cell_num(t, r->f1_any);
}

static int32_t day_of(const vg_cli *c, const char *option, int32_t otherwise)
{
    return vg_opt_given(&c->opts, option) ? (int32_t)(vg_opt_int(&c->opts, option) / 86400) : otherwise;
}

static bool duplicates(vg_cli *c, vg_err *e)
{
    vg_evaluation_duplicates r;
    vg_table t;
    const char *path = vg_opt_path(&c->opts, "duplicates");
    int32_t from = day_of(c, "from", INT32_MIN), to = day_of(c, "to", INT32_MAX);
    if (!vg_table_init(&t, duplicate_columns, N_OF(duplicate_columns), e))
        return false;
    bool good = true;
    for (int hashes = 0; good && hashes < 2; hashes++) {
        good = vg_evaluate_duplicates(path, from, to, hashes != 0, &r, e);
        if (good)
            duplicate_row(&t, hashes ? VG_S("yes") : VG_S("no"), &r);
    }
    good = good && vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && c->form == VG_FORM_TABLE)
        vg_line(c, "ceasefire.evaluate.labels", vg_arg_text("none", VG_NOSTR));
    return good;
}

/* --- orders --- */

static bool orders(vg_cli *c, const vg_simulation_opts *o, vg_err *e)
{
    vg_evaluation_order r;
    if (!vg_evaluate_order(o, (int32_t)vg_opt_int(&c->opts, "orders"), &r, e))
        return false;
    c->exit_code = r.n_same == r.n_orders && r.n_same_figures == r.n_orders ? 0 : 1;
    if (c->form != VG_FORM_JSON) {
        vg_line(c, "ceasefire.evaluate.orders", vg_arg_int("n", r.n_orders),
                vg_arg_int("reports", r.n_reports), vg_arg_int("same", r.n_same),
                vg_arg_int("figures", r.n_same_figures), vg_arg_text("fingerprint", vg_str_z(r.fingerprint)));
        return true;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("n_reports")), vg_json_int(&j, r.n_reports);
    vg_json_key(&j, VG_S("orders")), vg_json_int(&j, r.n_orders);
    vg_json_key(&j, VG_S("same_state")), vg_json_int(&j, r.n_same);
    vg_json_key(&j, VG_S("same_figures")), vg_json_int(&j, r.n_same_figures);
    vg_json_key(&j, VG_S("fingerprint")), vg_json_str(&j, vg_str_z(r.fingerprint));
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

/* --- what another program found --- */

static bool found(vg_cli *c, const vg_simulation_opts *o, vg_err *e)
{
    vg_simulation_opts small = *o;
    vg_simulation *s;
    vg_evaluation *ev;
    vg_evaluation_score r;
    small.n_reports = 1;
    if (!vg_simulation_open(&small, &s, e))
        return false;
    bool good = vg_evaluation_open(o, vg_simulation_agreement(s), &ev, e);
    if (good) {
        good = vg_evaluation_file(ev, vg_opt_path(&c->opts, "found"), &r, e);
        vg_evaluation_close(ev);
    }
    vg_simulation_close(s);
    if (!good)
        return false;
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("n_incidents")), vg_json_int(&j, r.n_incidents);
    vg_json_key(&j, VG_S("precision")), vg_json_fixed(&j, r.probable.precision, 4);
    vg_json_key(&j, VG_S("recall")), vg_json_fixed(&j, r.probable.recall, 4);
    vg_json_key(&j, VG_S("f1")), vg_json_fixed(&j, r.probable.f1, 4);
    vg_json_key(&j, VG_S("attribution_precision")), vg_json_num(&j, r.attribution_precision);
    vg_json_key(&j, VG_S("brier")), vg_json_fixed(&j, r.brier, 4);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

bool vg_verb_ceasefire_evaluate(vg_cli *c, vg_err *e)
{
    vg_simulation_opts o;
    if (vg_opt_given(&c->opts, "duplicates"))
        return duplicates(c, e);
    bool asked = vg_opt_given(&c->opts, "orders") || vg_opt_given(&c->opts, "found");
    if (!vg_opt_given(&c->opts, "simulate") || !asked) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "nothing to evaluate");
        return vg_mend(e, "give --duplicates FILE, or --simulate with --orders or --found");
    }
    if (!vg_simulation_read(vg_opt_text(&c->opts, "simulate"), &o, e))
        return false;
    return vg_opt_given(&c->opts, "orders") ? orders(c, &o, e) : found(c, &o, e);
}
