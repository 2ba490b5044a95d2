/* vigie consult segments: support for each statement by what people said about themselves, small cells kept back, and
 * weights that make the participants look like the population. */
#include <math.h>

#include "cli/consult.h"
#include "consultation/segment.h"

const vg_opt vg_consult_segments_options[] = {
    VG_CONVERSATION_OPTIONS,
    { "answers", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "margins", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "statement", VG_OPT_TEXT, "ID", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column cell_columns[] = {
    { "statement", VG_CELL_TEXT, 0 }, { "question", VG_CELL_TEXT, 0 }, { "answer", VG_CELL_TEXT, 0 },
    { "votes", VG_CELL_INT, 0 },      { "agree", VG_CELL_INT, 0 },     { "support", VG_CELL_PERCENT, 0 },
    { "low", VG_CELL_PERCENT, 0 },    { "high", VG_CELL_PERCENT, 0 },  { "kept_back", VG_CELL_TEXT, 0 },
};
static const vg_column weighted_columns[] = {
    { "statement", VG_CELL_TEXT, 0 }, { "votes", VG_CELL_INT, 0 },    { "support", VG_CELL_PERCENT, 0 },
    { "low", VG_CELL_PERCENT, 0 },    { "high", VG_CELL_PERCENT, 0 }, { "effective_votes", VG_CELL_NUM, 1 },
    { "kept_back", VG_CELL_TEXT, 0 },
};
static const vg_column presence_columns[] = {
    { "question", VG_CELL_TEXT, 0 }, { "answer", VG_CELL_TEXT, 0 },  { "share_here", VG_CELL_PERCENT, 1 },
    { "low", VG_CELL_PERCENT, 1 },   { "high", VG_CELL_PERCENT, 1 }, { "share_there", VG_CELL_PERCENT, 1 },
    { "missing", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

typedef struct {
    const vg_consultation *of;
    vg_segments g;
    int32_t only; /* statement, or -1 for all */
    bool has_weights;
    vg_weights w;
    vg_table cells, weighted, presence;
} view;

static bool wanted(const view *v, int32_t s)
{
    return v->of->col_at[s + 1] > v->of->col_at[s] && v->of->statement[s].moderation >= 0 &&
           (v->only < 0 || v->only == s);
}

static vg_str yes(const vg_cli *c, bool x)
{
    return x ? c->form == VG_FORM_TABLE ? vg_message(c->lang, "consult.yes") : VG_S("yes") : VG_NOSTR;
}

static bool fill_cells(vg_cli *c, view *v, int32_t s, const vg_question *q, vg_err *e)
{
    vg_arena scratch = c->arena;
    vg_segment_cell *cell = vg_new(&scratch, vg_segment_cell, q->n_answers + 1);
    if (!cell)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!vg_segment_support(v->of, q, s, 0, cell, e))
        return false;
    for (int32_t i = 0; i <= q->n_answers; i++) {
        vg_cell_text(&v->cells, v->of->statement[s].id);
        vg_cell_text(&v->cells, q->name);
        vg_cell_text(&v->cells, i < q->n_answers ? q->answer[i] : vg_message(c->lang, "consult.no-answer"));
        vg_cell_int(&v->cells, cell[i].hidden ? INT64_MIN : cell[i].n_cast);
        vg_cell_int(&v->cells, cell[i].hidden ? INT64_MIN : cell[i].n_agree);
        vg_cell_num(&v->cells, cell[i].share);
        vg_cell_num(&v->cells, cell[i].low);
        vg_cell_num(&v->cells, cell[i].high);
        vg_cell_text(&v->cells, yes(c, cell[i].hidden));
    }
    return true;
}

static void fill_weighted(vg_cli *c, view *v, int32_t s)
{
    vg_weighted_support x = vg_segment_weighted(v->of, &v->w, s, 0);
    vg_cell_text(&v->weighted, v->of->statement[s].id);
    vg_cell_int(&v->weighted, x.n_cast ? x.n_cast : INT64_MIN);
    vg_cell_num(&v->weighted, x.share);
    vg_cell_num(&v->weighted, x.low);
    vg_cell_num(&v->weighted, x.high);
    vg_cell_num(&v->weighted, x.effective_size);
    vg_cell_text(&v->weighted, yes(c, x.hidden));
}

static void fill_presence(vg_cli *c, view *v)
{
    for (int32_t i = 0; i < v->w.n_presence; i++) {
        const vg_presence *x = &v->w.presence[i];
        const vg_question *q = &v->g.question[x->question];
        vg_cell_text(&v->presence, q->name);
        vg_cell_text(&v->presence, q->answer[x->answer]);
        vg_cell_num(&v->presence, x->share_here);
        vg_cell_num(&v->presence, x->low);
        vg_cell_num(&v->presence, x->high);
        vg_cell_num(&v->presence, x->share_there);
        vg_cell_text(&v->presence, yes(c, x->missing));
    }
}

/* Of a weighting that keeps a count back only whole people are told: the exact size would give the count away. */
static double effective(const view *v)
{
    return vg_weights_hide_some(&v->w) ? floor(v->w.effective_size) : v->w.effective_size;
}

static void put_json(vg_cli *c, const view *v)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("support")), vg_table_json(&v->cells, &j);
    if (v->has_weights) {
        vg_json_key(&j, VG_S("people_weighted")), vg_json_int(&j, v->w.n_people);
        vg_json_key(&j, VG_S("effective_size")), vg_json_num(&j, effective(v));
        vg_json_key(&j, VG_S("largest_weight"));
        vg_json_num(&j, vg_weights_hide_some(&v->w) ? NAN : v->w.largest);
        vg_json_key(&j, VG_S("weighted")), vg_table_json(&v->weighted, &j);
        vg_json_key(&j, VG_S("presence")), vg_table_json(&v->presence, &j);
    }
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool put_tables(vg_cli *c, const view *v, vg_err *e)
{
    if (!vg_table_put(&v->cells, c->lang, c->form, 0, c->out, e))
        return false;
    if (!v->has_weights || c->form == VG_FORM_CSV)
        return true;
    vg_put_char(c->out, '\n');
    vg_line(c, "consult.weighted", vg_arg_int("n", v->w.n_people),
            vg_arg_num("effective", effective(v), vg_weights_hide_some(&v->w) ? 0 : 1));
    if (!vg_table_put(&v->weighted, c->lang, c->form, 0, c->out, e))
        return false;
    vg_put_char(c->out, '\n');
    return vg_table_put(&v->presence, c->lang, c->form, 0, c->out, e);
}

static bool fill(vg_cli *c, view *v, vg_err *e)
{
    for (int32_t s = 0; s < v->of->n_statements; s++) {
        if (!wanted(v, s))
            continue;
        for (int32_t q = 0; q < v->g.n_questions; q++)
            if (!fill_cells(c, v, s, &v->g.question[q], e))
                return false;
        if (v->has_weights)
            fill_weighted(c, v, s);
    }
    fill_presence(c, v);
    return true;
}

static bool show(vg_cli *c, view *v, vg_err *e)
{
    bool good = vg_table_init(&v->cells, cell_columns, N_OF(cell_columns), e) &&
                vg_table_init(&v->weighted, weighted_columns, N_OF(weighted_columns), e) &&
                vg_table_init(&v->presence, presence_columns, N_OF(presence_columns), e) && fill(c, v, e);
    if (good && c->form == VG_FORM_JSON)
        put_json(c, v);
    else
        good = good && put_tables(c, v, e);
    vg_table_free(&v->cells);
    vg_table_free(&v->weighted);
    vg_table_free(&v->presence);
    return good;
}

bool vg_verb_consult_segments(vg_cli *c, vg_err *e)
{
    const char *answers = vg_opt_path(&c->opts, "answers"), *margins = vg_opt_path(&c->opts, "margins");
    if (!answers) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie consult segments needs --answers");
        return vg_mend(e, "name a CSV of participant,question,answer");
    }
    vg_consultation of;
    view v = { .of = &of, .only = -1 };
    if (!vg_cli_conversation(c, &of, e))
        return false;
    vg_str id = vg_opt_text(&c->opts, "statement");
    if (vg_opt_given(&c->opts, "statement") && (v.only = vg_consultation_find_statement(&of, id)) < 0)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no statement is called \"%.*s\"", VG_P(id));
    if (!vg_segments_read(answers, &of, &c->arena, &v.g, e))
        return false;
    if (margins) {
        vg_margins m;
        v.has_weights = true;
        if (!vg_margins_read(margins, &v.g, &c->arena, &m, e) ||
            !vg_segments_rake(&of, &v.g, &m, &c->arena, &v.w, e))
            return false;
    }
    return show(c, &v, e);
}
