/* vigie screening evaluate: labelled pairs of names, single names in two scripts, people, whole entities. Each answers on
 * its own; the figures are those of the shipped model at its shipped threshold, and say so where it has seen the rows. */
#include <math.h>

#include "cli/screening.h"
#include "screening/evaluate.h"
#include "screening/evaluate_people.h"

const vg_opt vg_screening_evaluate_options[] = {
    { "pairs", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "tokens", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "queries", VG_OPT_INT, "N", "200", 0, 10000000 },
    { "positives", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "negatives", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "checks", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "scores", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "threshold", VG_OPT_NUM, "P", NULL, 0.0001, 1 },
    { "exhaustive", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    VG_LISTS_OPTIONS,
    { .name = NULL },
};

/* --- pairs --- */

static void pairs_members(vg_json *j, const vg_evaluate_group *g)
{
    vg_json_key(j, VG_S("n"));
    vg_json_int(j, g->n);
    vg_json_key(j, VG_S("precision"));
    vg_json_fixed(j, vg_evaluate_precision(g), 4);
    vg_json_key(j, VG_S("recall"));
    vg_json_fixed(j, vg_evaluate_recall(g), 4);
    vg_json_key(j, VG_S("f1"));
    vg_json_fixed(j, vg_evaluate_f1(g), 4);
}

static void pairs_json(vg_cli *c, const vg_evaluate_pairs_result *r)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    pairs_members(&j, &r->all);
    vg_json_key(&j, VG_S("threshold"));
    vg_json_fixed(&j, r->threshold, 4);
    vg_json_key(&j, VG_S("brier"));
    vg_json_fixed(&j, r->brier, 4);
    vg_json_key(&j, VG_S("seconds"));
    vg_json_fixed(&j, r->seconds, 4);
    vg_json_key(&j, VG_S("reliability"));
    vg_json_array(&j);
    for (int k = 0; k < 10; k++) {
        vg_json_object(&j);
        vg_json_key(&j, VG_S("n"));
        vg_json_int(&j, r->tenth[k].n);
        vg_json_key(&j, VG_S("said"));
        vg_json_fixed(&j, r->tenth[k].said, 4);
        vg_json_key(&j, VG_S("true"));
        vg_json_fixed(&j, r->tenth[k].happened, 4);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_key(&j, VG_S("groups"));
    vg_json_object(&j);
    for (int32_t i = 0; i < r->n_groups; i++) {
        vg_json_key(&j, r->group[i].name);
        vg_json_object(&j);
        pairs_members(&j, &r->group[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_key(&j, VG_S("note"));
    vg_json_str(&j, vg_message(c->lang, "screening.evaluate-in-sample"));
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static const vg_column pair_columns[] = {
    { "group", VG_CELL_TEXT, 0 }, { "n", VG_CELL_INT, 0 },  { "precision", VG_CELL_NUM, 3 },
    { "recall", VG_CELL_NUM, 3 }, { "f1", VG_CELL_NUM, 3 },
};

static void pair_row(vg_table *t, vg_str name, const vg_evaluate_group *g)
{
    vg_cell_text(t, name);
    vg_cell_int(t, g->n);
    vg_cell_num(t, vg_evaluate_precision(g));
    vg_cell_num(t, vg_evaluate_recall(g));
    vg_cell_num(t, vg_evaluate_f1(g));
}

static bool pairs_table(vg_cli *c, const vg_evaluate_pairs_result *r, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, pair_columns, (int)(sizeof pair_columns / sizeof *pair_columns), e))
        return false;
    pair_row(&t, vg_message(c->lang, "screening.evaluate-all"), &r->all);
    for (int32_t i = 0; i < r->n_groups; i++)
        pair_row(&t, r->group[i].name, &r->group[i]);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && c->form == VG_FORM_TABLE) {
        vg_line(c, "screening.evaluate-threshold", vg_arg_num("threshold", r->threshold, 2),
                vg_arg_num("brier", r->brier, 4));
        vg_line(c, "screening.evaluate-in-sample", vg_arg_text("list", VG_NOSTR));
    }
    return good;
}

static bool evaluate_pairs(vg_cli *c, const vg_name_book *book, const char *path, vg_err *e)
{
    const char *to = vg_opt_path(&c->opts, "scores");
    vg_evaluate_pairs_result r;
    vg_out scores;
    if (to && !vg_out_path(&scores, to, e))
        return false;
    bool good = vg_evaluate_pairs(book, path, to ? &scores : NULL, &c->arena, &r, e);
    if (to && good)
        good = vg_out_end(&scores, e);
    else if (to)
        vg_out_drop(&scores);
    if (good && c->form == VG_FORM_JSON)
        pairs_json(c, &r);
    else if (good)
        good = pairs_table(c, &r, e);
    return good;
}

/* --- single names --- */

static const vg_column token_columns[] = {
    { "script", VG_CELL_TEXT, 0 },        { "n", VG_CELL_INT, 0 },          { "pool", VG_CELL_INT, 0 },
    { "top1", VG_CELL_NUM, 3 },           { "reciprocal", VG_CELL_NUM, 3 }, { "icu_top1", VG_CELL_NUM, 3 },
    { "icu_reciprocal", VG_CELL_NUM, 3 },
};

static bool evaluate_tokens(vg_cli *c, const vg_name_book *book, const char *path, vg_err *e)
{
    vg_evaluate_tokens_result r;
    vg_table t;
    if (!vg_evaluate_tokens(book, path, vg_opt_int(&c->opts, "queries"), &c->arena, &r, e) ||
        !vg_table_init(&t, token_columns, (int)(sizeof token_columns / sizeof *token_columns), e))
        return false;
    for (int32_t i = 0; i < r.n_scripts; i++) {
        const vg_evaluate_script *s = &r.script[i];
        vg_cell_text(&t, s->script);
        vg_cell_int(&t, s->n);
        vg_cell_int(&t, s->n_pool);
        vg_cell_num(&t, s->top1);
        vg_cell_num(&t, s->reciprocal);
        vg_cell_num(&t, s->icu_top1);
        vg_cell_num(&t, s->icu_reciprocal);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && c->form == VG_FORM_TABLE)
        vg_line(c, "screening.evaluate-tokens", vg_arg_num("seconds", r.seconds, 1));
    return good;
}

/* --- people and entities --- */

static double share(int64_t n, int64_t of)
{
    return of > 0 ? (double)n / (double)of : NAN;
}

static void people_members(vg_json *j, const vg_evaluate_people_group *g)
{
    vg_json_key(j, VG_S("n"));
    vg_json_int(j, g->n);
    vg_json_key(j, VG_S("recall_at_1"));
    vg_json_fixed(j, share(g->n_first, g->n), 4);
    vg_json_key(j, VG_S("recall"));
    vg_json_fixed(j, share(g->n_found, g->n), 4);
}

static void people_json(vg_cli *c, const vg_evaluate_people_result *r)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    people_members(&j, &r->all);
    vg_json_key(&j, VG_S("without_id"));
    vg_json_int(&j, r->n_without_id);
    vg_json_key(&j, VG_S("negatives"));
    vg_json_int(&j, r->n_negatives);
    vg_json_key(&j, VG_S("flagged"));
    vg_json_int(&j, r->n_flagged);
    vg_json_key(&j, VG_S("false_positive_rate"));
    vg_json_fixed(&j, share(r->n_flagged, r->n_negatives), 6);
    vg_json_key(&j, VG_S("threshold"));
    vg_json_fixed(&j, r->threshold, 4);
    vg_json_key(&j, VG_S("list"));
    vg_json_str(&j, r->list);
    vg_json_key(&j, VG_S("seconds"));
    vg_json_fixed(&j, r->seconds, 2);
    vg_json_key(&j, VG_S("groups"));
    vg_json_object(&j);
    for (int32_t i = 0; i < r->n_groups; i++) {
        vg_json_key(&j, r->group[i].name);
        vg_json_object(&j);
        people_members(&j, &r->group[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static const vg_column people_columns[] = {
    { "group", VG_CELL_TEXT, 0 },
    { "n", VG_CELL_INT, 0 },
    { "recall_at_1", VG_CELL_NUM, 4 },
    { "recall", VG_CELL_NUM, 4 },
};

static void people_row(vg_table *t, vg_str name, const vg_evaluate_people_group *g)
{
    vg_cell_text(t, name);
    vg_cell_int(t, g->n);
    vg_cell_num(t, share(g->n_first, g->n));
    vg_cell_num(t, share(g->n_found, g->n));
}

static bool people_table(vg_cli *c, const vg_evaluate_people_result *r, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, people_columns, (int)(sizeof people_columns / sizeof *people_columns), e))
        return false;
    people_row(&t, vg_message(c->lang, "screening.evaluate-all"), &r->all);
    for (int32_t i = 0; i < r->n_groups; i++)
        people_row(&t, r->group[i].name, &r->group[i]);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (good && c->form == VG_FORM_TABLE && r->n_negatives)
        vg_line(c, "screening.evaluate-flagged", vg_arg_int("flagged", r->n_flagged),
                vg_arg_int("n", r->n_negatives));
    return good;
}

static bool evaluate_people(vg_cli *c, vg_screening *s, vg_err *e)
{
    vg_evaluate_people_opts o = { .positives = vg_opt_path(&c->opts, "positives"),
                                  .negatives = vg_opt_path(&c->opts, "negatives"),
                                  .threshold = vg_opt_given(&c->opts, "threshold")
                                                   ? vg_opt_num(&c->opts, "threshold")
                                                   : 0,
                                  .exhaustive = vg_cli_flag(c, "exhaustive"),
                                  .n_threads = c->n_threads,
                                  .progress = &c->progress };
    vg_evaluate_people_result r;
    bool good = vg_evaluate_people(s, &o, &c->arena, &r, e);
    vg_terminal_end();
    if (good && c->form == VG_FORM_JSON)
        people_json(c, &r);
    else if (good)
        good = people_table(c, &r, e);
    return good;
}

static bool checks_put(vg_cli *c, vg_screening *s, vg_out *scores, vg_err *e)
{
    vg_evaluate_checks_result r;
    double threshold = vg_opt_given(&c->opts, "threshold") ? vg_opt_num(&c->opts, "threshold") : 0;
    if (!vg_evaluate_checks(s, vg_opt_path(&c->opts, "checks"), threshold, scores, &c->arena, &r, e))
        return false;
    if (c->form == VG_FORM_JSON) {
        vg_json j = vg_json_to(c->out);
        vg_json_object(&j);
        vg_json_key(&j, VG_S("n"));
        vg_json_int(&j, r.n);
        vg_json_key(&j, VG_S("accuracy"));
        vg_json_fixed(&j, share(r.n_right, r.n), 4);
        vg_json_key(&j, VG_S("false_positives"));
        vg_json_int(&j, r.n_false_positive);
        vg_json_key(&j, VG_S("false_negatives"));
        vg_json_int(&j, r.n_false_negative);
        vg_json_key(&j, VG_S("unreadable"));
        vg_json_int(&j, r.n_bad);
        vg_json_key(&j, VG_S("threshold"));
        vg_json_fixed(&j, r.threshold, 4);
        vg_json_close(&j);
        vg_put_char(c->out, '\n');
    } else {
        vg_line(c, "screening.evaluate-checks", vg_arg_int("right", r.n_right), vg_arg_int("n", r.n),
                vg_arg_int("fp", r.n_false_positive), vg_arg_int("fn", r.n_false_negative));
    }
    return true;
}

static bool evaluate_checks(vg_cli *c, vg_err *e)
{
    const char *to = vg_opt_path(&c->opts, "scores");
    vg_screening *s;
    vg_out scores;
    if (!vg_screening_open_empty(&s, e))
        return false;
    bool good = !to || vg_out_path(&scores, to, e);
    if (good) {
        good = checks_put(c, s, to ? &scores : NULL, e);
        if (to && good)
            good = vg_out_end(&scores, e);
        else if (to)
            vg_out_drop(&scores);
    }
    vg_screening_close(s);
    return good;
}

static bool evaluate_lists(vg_cli *c, vg_err *e)
{
    vg_store *st = NULL;
    vg_screening *s;
    if (!vg_cli_text(c, "lists").n && !vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_cli_engine(c, st, &s, e);
    if (good) {
        good = evaluate_people(c, s, e);
        vg_screening_close(s);
    }
    if (st)
        vg_store_close(st);
    return good;
}

bool vg_verb_screening_evaluate(vg_cli *c, vg_err *e)
{
    const char *pairs = vg_opt_path(&c->opts, "pairs"), *tokens = vg_opt_path(&c->opts, "tokens");
    bool people = vg_opt_given(&c->opts, "positives") || vg_opt_given(&c->opts, "negatives");
    int asked = (pairs != NULL) + (tokens != NULL) + people + vg_opt_given(&c->opts, "checks");
    if (asked != 1) {
        vg_fail(e, VG_EARG, VG_NOWHERE, asked ? "more than one thing to evaluate" : "nothing to evaluate");
        return vg_mend(
            e, "give one of --pairs FILE, --tokens FILE, --checks FILE, or --positives and --negatives FILE");
    }
    if (people)
        return evaluate_lists(c, e);
    if (vg_opt_given(&c->opts, "checks"))
        return evaluate_checks(c, e);
    vg_name_book *book;
    if (!vg_name_book_open(&book, e))
        return false;
    bool good = pairs ? evaluate_pairs(c, book, pairs, e) : evaluate_tokens(c, book, tokens, e);
    vg_name_book_close(book);
    return good;
}
