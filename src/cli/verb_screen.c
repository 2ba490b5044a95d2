/* vigie screen: who on the lists could this be, and why. One name here; a whole file in verb_screen_file.c. Every question
 * and its answer goes to the audit log before it is shown. */
#include "cli/screening.h"

const vg_opt vg_screen_options[] = {
    VG_QUERY_OPTIONS,
    VG_LISTS_OPTIONS,
    { "threshold", VG_OPT_NUM, "P", NULL, 0, 1 },
    { "limit", VG_OPT_INT, "N", "10", 1, 1000 },
    { "explain", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "hits-only", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "exhaustive", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "hash-queries", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "file", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "map", VG_OPT_TEXT, "FIELD=COLUMN,...", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "score", VG_CELL_PERCENT, 0 }, { "state", VG_CELL_TEXT, 0 },  { "list", VG_CELL_TEXT, 0 },
    { "id", VG_CELL_TEXT, 0 },       { "schema", VG_CELL_TEXT, 0 }, { "party", VG_CELL_TEXT, 0 },
    { "matched", VG_CELL_TEXT, 0 },  { "hit", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

typedef struct {
    vg_party query;
    char key[33];
    vg_screening_answer answer;
    vg_match_decision *decided;
    int32_t n_open; /* hits that no decision has put aside */
} asked;

static bool decide_all(vg_cli *c, vg_store *st, asked *x, vg_err *e)
{
    vg_screening_decisions *d = NULL;
    x->decided = vg_new(&c->arena, vg_match_decision, x->answer.n + 1);
    if (!x->decided)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (st && !vg_screening_decisions_open(st, &d, e))
        return false;
    for (int32_t i = 0; i < x->answer.n; i++) {
        vg_match_decision m = vg_screening_decided(d, x->key, &x->answer.candidate[i]);
        m.who = vg_copy(&c->arena, m.who);
        m.reason = vg_copy(&c->arena, m.reason);
        x->decided[i] = m;
        bool put_aside = m.verdict == VG_VERDICT_FALSE_MATCH && !m.outdated;
        x->n_open += x->answer.candidate[i].hit && !put_aside;
    }
    vg_screening_decisions_close(d);
    return true;
}

/* --- showing --- */

static bool show_table(vg_cli *c, const asked *x, vg_err *e)
{
    vg_table t;
    bool people = c->form == VG_FORM_TABLE;
    if (!vg_table_init(&t, columns, people ? N_OF(columns) - 1 : N_OF(columns), e))
        return false;
    for (int32_t i = 0; i < x->answer.n; i++) {
        const vg_screening_candidate *m = &x->answer.candidate[i];
        vg_str state = vg_cli_match_word(m, &x->decided[i]);
        char key[96];
        snprintf(key, sizeof key, "screening.state.%.*s", VG_P(state));
        vg_cell_num(&t, m->score);
        vg_cell_text(&t, people ? vg_message(c->lang, key) : state);
        vg_cell_text(&t, m->list);
        vg_cell_text(&t, m->id);
        vg_cell_text(&t, vg_screening_schema_word(m->schema));
        vg_cell_text(&t, m->caption);
        vg_cell_text(&t, m->matched);
        if (!people)
            vg_cell_text(&t, vg_screening_hit_name(x->key, m, &c->arena));
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static void say_decision(vg_cli *c, const vg_match_decision *d)
{
    char key[96];
    if (d->verdict == VG_VERDICT_NONE)
        return;
    vg_str word = vg_verdict_word(d->verdict);
    snprintf(key, sizeof key, "screening.state.%.*s", VG_P(word));
    vg_line(c, d->outdated ? "screen.decided-outdated" : "screen.decided",
            vg_arg_text("verdict", vg_message(c->lang, key)), vg_arg_text("who", d->who),
            vg_arg_day("at", d->at), vg_arg_text("reason", d->reason));
}

static void explain(vg_cli *c, const asked *x)
{
    for (int32_t i = 0; i < x->answer.n; i++) {
        const vg_screening_candidate *m = &x->answer.candidate[i];
        vg_put_char(c->out, '\n');
        vg_line(c, "screen.candidate", vg_arg_text("party", m->caption), vg_arg_text("list", m->list),
                vg_arg_text("id", m->id), vg_arg_chance("score", m->score));
        vg_cli_reasons(c, m, "  ");
        say_decision(c, &x->decided[i]);
        vg_line(c, "screen.decide", vg_arg_text("hit", vg_screening_hit_name(x->key, m, &c->arena)));
    }
}

static bool show_people(vg_cli *c, const vg_screening *s, const asked *x, vg_err *e)
{
    vg_screening_size size = vg_screening_measure(s);
    if (x->answer.n == 0) {
        vg_line(c, x->query.name.n ? "screen.none" : "screen.none-number", vg_arg_int("n", size.n_entries),
                vg_arg_percent("cutoff", x->answer.cutoff, 0));
        return true;
    }
    if (!show_table(c, x, e))
        return false;
    if (vg_cli_flag(c, "explain"))
        explain(c, x);
    vg_line(c, "screen.found", vg_arg_int("hits", x->answer.n_hits),
            vg_arg_int("possible", x->answer.n_found - x->answer.n_hits), vg_arg_int("n", size.n_entries),
            vg_arg_percent("threshold", x->answer.threshold, 0));
    return true;
}

static bool show_json(vg_cli *c, const vg_screening *s, const asked *x, vg_err *e)
{
    vg_screening_list *list;
    int32_t n;
    if (!vg_screening_lists(s, &c->arena, &list, &n, e))
        return false;
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("query_key")), vg_json_str(&j, vg_str_z(x->key));
    vg_json_key(&j, VG_S("threshold")), vg_json_num(&j, x->answer.threshold);
    vg_json_key(&j, VG_S("n_hits")), vg_json_int(&j, x->answer.n_hits);
    vg_json_key(&j, VG_S("n_found")), vg_json_int(&j, x->answer.n_found);
    vg_json_key(&j, VG_S("candidates"));
    vg_json_array(&j);
    for (int32_t i = 0; i < x->answer.n; i++)
        vg_cli_candidate_json(&j, c->lang, &x->answer.candidate[i], x->key, &x->decided[i], &c->arena);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("lists"));
    vg_json_array(&j);
    for (int32_t i = 0; i < n; i++) {
        vg_json_object(&j);
        vg_json_key(&j, VG_S("list")), vg_json_str(&j, list[i].name);
        vg_json_key(&j, VG_S("version")), vg_json_str(&j, list[i].version);
        vg_json_key(&j, VG_S("vintage")), vg_json_int(&j, list[i].vintage);
        vg_json_key(&j, VG_S("entries")), vg_json_int(&j, list[i].n_entries);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

static bool show(vg_cli *c, const vg_screening *s, const asked *x, vg_err *e)
{
    if (c->form == VG_FORM_JSON)
        return show_json(c, s, x, e);
    return c->form == VG_FORM_CSV ? show_table(c, x, e) : show_people(c, s, x, e);
}

/* --- asking --- */

static bool ask(vg_cli *c, vg_screening *s, vg_store *st, asked *x, vg_err *e)
{
    vg_screening_reader *r;
    vg_screening_ask_opts o = { .limit = (int32_t)vg_opt_int(&c->opts, "limit"),
                                .threshold = vg_opt_given(&c->opts, "threshold")
                                                 ? vg_opt_num(&c->opts, "threshold")
                                                 : 0,
                                .hits_only = vg_cli_flag(c, "hits-only"),
                                .exhaustive = vg_cli_flag(c, "exhaustive"),
                                .explain = vg_cli_flag(c, "explain") };
    vg_screening_privacy privacy = vg_screening_privacy_of(vg_cli_flag(c, "hash-queries"));
    vg_screening_query_key(&x->query, x->key);
    if (!vg_screening_reader_open(s, &r, e))
        return false;
    bool good = vg_screening_ask(r, &x->query, &o, &c->arena, &x->answer, e);
    vg_screening_reader_close(r);
    return good && decide_all(c, st, x, e) &&
           (!st || vg_screening_log(st, s, &x->query, &x->answer, &privacy, e));
}

bool vg_verb_screen(vg_cli *c, vg_err *e)
{
    vg_store *st = NULL;
    vg_screening *s;
    asked x = { .n_open = 0 };
    if (vg_opt_given(&c->opts, "file"))
        return vg_cli_screen_batch(c, e);
    vg_str name = c->opts.n_args ? vg_str_z(c->opts.arg[0]) : VG_NOSTR;
    if (!vg_cli_query(c, name, &x.query, e))
        return false;
    if (!vg_cli_text(c, "lists").n && !vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_cli_engine(c, st, &s, e);
    if (good) {
        good = ask(c, s, st, &x, e) && show(c, s, &x, e);
        vg_screening_close(s);
    }
    if (st)
        vg_store_close(st);
    c->exit_code = good && x.n_open > 0;
    return good;
}
