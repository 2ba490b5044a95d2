/* vigie consult next: what to ask somebody next and why; pairs of statements that say nearly the same, for a moderator;
 * and a replay that measures what asking in this order is worth. */
#include "cli/consult.h"
#include "consultation/duplicate.h"
#include "consultation/next.h"

const vg_opt vg_consult_next_options[] = {
    VG_CONVERSATION_OPTIONS,
    { "participant", VG_OPT_TEXT, "ID", NULL, 0, 0 },
    { "top", VG_OPT_INT, "N", "10", 1, 1000 },
    { "width", VG_OPT_NUM, "SHARE", "0.3", 0.02, 0.9 },
    { "duplicates", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "replay", VG_OPT_NUM, "SHARE", NULL, 0.01, 0.99 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { .name = NULL },
};

static const vg_column next_columns[] = {
    { "statement", VG_CELL_TEXT, 0 }, { "worth", VG_CELL_NUM, 2 },     { "position", VG_CELL_NUM, 2 },
    { "firmness", VG_CELL_NUM, 2 },   { "freshness", VG_CELL_NUM, 2 }, { "text", VG_CELL_TEXT, 0 },
};
static const vg_column pair_columns[] = {
    { "statement", VG_CELL_TEXT, 0 },  { "other_statement", VG_CELL_TEXT, 0 },
    { "similarity", VG_CELL_NUM, 2 },  { "text", VG_CELL_TEXT, 0 },
    { "other_text", VG_CELL_TEXT, 0 },
};
static const vg_column replay_columns[] = {
    { "rule", VG_CELL_TEXT, 0 },
    { "votes", VG_CELL_INT, 0 },
    { "statements", VG_CELL_INT, 0 },
    { "firm_answers", VG_CELL_PERCENT, 1 },
    { "under_5_votes", VG_CELL_PERCENT, 1 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { TEXT_MOST = 90 };

/* People see a cut, harmless line; programs everything. */
static vg_str text_of(vg_cli *c, const vg_consultation *of, int32_t s)
{
    vg_str text = of->statement[s].original.text;
    return c->form == VG_FORM_TABLE ? vg_consultation_plain(&c->arena, text, TEXT_MOST) : text;
}

static bool put(vg_cli *c, vg_table *t, vg_err *e)
{
    vg_terminal_end();
    bool good = vg_table_put(t, c->lang, c->form, 0, c->out, e);
    vg_table_free(t);
    return good;
}

static bool show_next(vg_cli *c, const vg_consultation *of, const vg_next *next, int32_t n, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, next_columns, N_OF(next_columns), e))
        return false;
    for (int32_t i = 0; i < n; i++) {
        vg_cell_text(&t, of->statement[next[i].statement].id);
        vg_cell_num(&t, next[i].worth);
        vg_cell_num(&t, next[i].position);
        vg_cell_num(&t, next[i].firmness);
        vg_cell_num(&t, next[i].fresh);
        vg_cell_text(&t, text_of(c, of, next[i].statement));
    }
    return put(c, &t, e);
}

static bool ask_next(vg_cli *c, const vg_consultation *of, vg_err *e)
{
    int32_t person = -1, n = 0, most = (int32_t)vg_opt_int(&c->opts, "top");
    vg_str id = vg_opt_text(&c->opts, "participant");
    if (vg_opt_given(&c->opts, "participant") && (person = vg_consultation_find_participant(of, id)) < 0) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no participant is called \"%.*s\"", VG_P(id));
        return vg_mend(e, "leave --participant out to see what somebody new would be asked");
    }
    vg_house_opts o = { .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                        .n_threads = c->n_threads,
                        .progress = c->progress };
    vg_next_opts how = { .width = vg_opt_num(&c->opts, "width"), .seed = o.seed };
    vg_next *next = vg_new(&c->arena, vg_next, most);
    vg_opinions *m;
    vg_house h;
    if (!next)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!vg_opinions_fit(of, &o, &m, e))
        return false;
    bool good = vg_house_analyse(of, m, &o, &c->arena, &h, e) &&
                vg_house_next(m, &h, person, &how, next, most, &n, e);
    vg_opinions_free(m);
    return good && show_next(c, of, next, n, e);
}

static bool show_pairs(vg_cli *c, const vg_consultation *of, vg_err *e)
{
    vg_duplicate *pair;
    int32_t n;
    vg_table t;
    if (!vg_duplicates_find(of, VG_NOSTR, 0, &c->arena, &pair, &n, e) ||
        !vg_table_init(&t, pair_columns, N_OF(pair_columns), e))
        return false;
    for (int32_t i = 0; i < n; i++) {
        vg_cell_text(&t, of->statement[pair[i].first].id);
        vg_cell_text(&t, of->statement[pair[i].second].id);
        vg_cell_num(&t, pair[i].similarity);
        vg_cell_text(&t, text_of(c, of, pair[i].first));
        vg_cell_text(&t, text_of(c, of, pair[i].second));
    }
    return put(c, &t, e);
}

static bool show_replay(vg_cli *c, const vg_consultation *of, vg_err *e)
{
    static const char *const rules[VG_N_ROUTES] = { "house", "polis", "random" };
    vg_replay_opts o = { .share = vg_opt_num(&c->opts, "replay"),
                         .n_threads = c->n_threads,
                         .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                         .next = { .width = vg_opt_num(&c->opts, "width") },
                         .progress = c->progress };
    vg_replay r;
    vg_table t;
    if (!vg_next_replay(of, &o, &r, e) || !vg_table_init(&t, replay_columns, N_OF(replay_columns), e))
        return false;
    for (int k = 0; k < VG_N_ROUTES; k++) {
        vg_cell_text(&t, vg_str_z(rules[k]));
        vg_cell_int(&t, r.n_votes);
        vg_cell_int(&t, r.n_statements);
        vg_cell_num(&t, r.firm[k]);
        vg_cell_num(&t, r.fewest[k]);
    }
    return put(c, &t, e);
}

bool vg_verb_consult_next(vg_cli *c, vg_err *e)
{
    vg_consultation of;
    if (!vg_cli_conversation(c, &of, e))
        return false;
    if (vg_opt_given(&c->opts, "duplicates"))
        return show_pairs(c, &of, e);
    return vg_opt_given(&c->opts, "replay") ? show_replay(c, &of, e) : ask_next(c, &of, e);
}
