/* vigie consult import, analyse, export: votes into the store, opinion groups and what they stand for, results as CSV. */
#include <math.h>

#include "cli/consult.h"
#include "consultation/house.h"
#include "consultation/polis.h"
#include "consultation/report.h"

#define ENGINE_OPTIONS                                                                                       \
    { "engine", VG_OPT_CHOICE, "polis|house", "house", 0, 0 },                                               \
        { "groups", VG_OPT_INT, "N", NULL, 1, VG_HOUSE_MAX_GROUPS },                                         \
    {                                                                                                        \
        "seed", VG_OPT_INT, "N", "1", 0, 9007199254740992.0                                                  \
    }

const vg_opt vg_consult_import_options[] = {
    VG_VOTE_OPTIONS,
    { "name", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "published", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { .name = NULL },
};
const vg_opt vg_consult_analyse_options[] = {
    VG_CONVERSATION_OPTIONS,
    ENGINE_OPTIONS,
    { .name = NULL },
};
const vg_opt vg_consult_export_options[] = {
    VG_CONVERSATION_OPTIONS,
    ENGINE_OPTIONS,
    { "what", VG_OPT_CHOICE, "participants|statements|votes", "participants", 0, 0 },
    { .name = NULL },
};

enum { SHOWN = 5, TEXT_MOST = 100 };

/* --- the engines --- */

/* What both engines find. */
typedef struct {
    const vg_consultation *c;
    bool is_house;
    vg_polis polis;
    vg_house house;
    const int32_t *group, *size;
    int32_t n_groups;
    double ari; /* NaN without published groups */
} analysis;

static bool run_house(vg_cli *c, analysis *a, vg_err *e)
{
    vg_house_opts o = { .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                        .n_threads = c->n_threads,
                        .n_groups =
                            vg_opt_given(&c->opts, "groups") ? (int32_t)vg_opt_int(&c->opts, "groups") : 0,
                        .progress = c->progress };
    vg_opinions *m;
    if (!vg_opinions_fit(a->c, &o, &m, e))
        return false;
    bool good = vg_house_analyse(a->c, m, &o, &c->arena, &a->house, e);
    vg_opinions_free(m);
    a->group = a->house.group;
    a->size = a->house.size;
    a->n_groups = a->house.n_groups;
    return good;
}

static bool run_polis(vg_cli *c, analysis *a, vg_err *e)
{
    vg_polis_opts o = { .seed = (uint64_t)vg_opt_int(&c->opts, "seed"),
                        .n_threads = c->n_threads,
                        .k = vg_opt_given(&c->opts, "groups") ? (int32_t)vg_opt_int(&c->opts, "groups") : 0,
                        .progress = c->progress };
    if (!vg_polis_analyse(a->c, &o, &c->arena, &a->polis, e))
        return false;
    a->group = a->polis.group;
    a->size = a->polis.group_size;
    a->n_groups = a->polis.n_groups;
    return true;
}

static bool run(vg_cli *c, const vg_consultation *of, analysis *a, vg_err *e)
{
    *a = (analysis){ .c = of, .is_house = vg_eq(vg_opt_text(&c->opts, "engine"), VG_S("house")), .ari = NAN };
    if (!(a->is_house ? run_house(c, a, e) : run_polis(c, a, e)))
        return false;
    if (of->published_group)
        a->ari = vg_consultation_ari(a->group, of->published_group, of->n_participants);
    vg_terminal_end();
    return true;
}

static char label_of(int32_t group)
{
    return (char)('A' + group);
}

/* --- JSON --- */

static void put_statement(vg_json *j, const vg_consultation *c, int32_t t)
{
    vg_json_key(j, VG_S("statement")), vg_json_str(j, c->statement[t].id);
    vg_json_key(j, VG_S("text")), vg_json_str(j, c->statement[t].original.text);
}

static void put_number(vg_json *j, const char *key, double x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_num(j, x);
}

static void put_int(vg_json *j, const char *key, int64_t x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_int(j, x);
}

static void put_text(vg_json *j, const char *key, vg_str x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_str(j, x);
}

static void put_head(vg_json *j, const analysis *a)
{
    const vg_consultation *c = a->c;
    put_text(j, "conversation", c->name);
    put_text(j, "topic", c->topic);
    put_text(j, "engine", a->is_house ? VG_S("house") : VG_S("polis"));
    put_text(j, "format", c->format);
    put_int(j, "agree_in_file", c->sign);
    put_text(j, "agree_because", c->sign_why);
    vg_json_key(j, VG_S("agree_assumed")), vg_json_bool(j, c->sign_assumed);
    put_int(j, "participants", c->n_voters);
    put_int(j, "statements", c->n_voted);
    put_int(j, "statements_without_votes", c->n_statements - c->n_voted);
    put_int(j, "votes", c->n_votes);
    put_int(j, "votes_replaced", c->n_repeated);
    put_int(j, "votes_on_unknown_statements", c->n_unknown);
    put_int(j, "votes_in_the_future", c->n_future);
    put_int(j, "rows_refused", c->n_rejected);
    put_int(j, "k", a->n_groups);
    put_int(j, "published_groups", c->n_published_groups);
    put_number(j, "ari", a->ari);
}

static void put_representative(vg_json *j, const analysis *a, int32_t g)
{
    vg_json_key(j, VG_S("representative"));
    vg_json_array(j);
    for (int32_t i = 0; i < a->polis.n_representative[g]; i++) {
        const vg_polis_representative *x = &a->polis.representative[g][i];
        vg_json_object(j);
        put_statement(j, a->c, x->statement);
        put_text(j, "for", x->agree ? VG_S("agree") : VG_S("disagree"));
        put_int(j, "n_success", x->n_success);
        put_int(j, "n_trials", x->n_trials);
        put_number(j, "p_success", x->p_success);
        put_number(j, "p_test", x->p_test);
        put_number(j, "repness", x->repness);
        put_number(j, "repness_test", x->repness_test);
        vg_json_key(j, VG_S("best_agree")), vg_json_bool(j, x->best_agree);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_consensus(vg_json *j, const analysis *a, const char *key, const vg_polis_consensus *list,
                          int32_t n)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        vg_json_object(j);
        put_statement(j, a->c, list[i].statement);
        put_int(j, "n_success", list[i].n_success);
        put_int(j, "n_trials", list[i].n_trials);
        put_number(j, "p_success", list[i].p_success);
        put_number(j, "p_test", list[i].p_test);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_polis(vg_json *j, const analysis *a)
{
    const vg_polis *r = &a->polis;
    put_int(j, "clustered", r->n_in_conv);
    put_int(j, "base_clusters", r->base.n);
    vg_json_key(j, VG_S("silhouette"));
    vg_json_object(j);
    for (int32_t k = 2; k <= VG_POLIS_MAX_K; k++) {
        char key[2] = { (char)('0' + k), 0 };
        if (!isnan(r->silhouette[k]))
            put_number(j, key, r->silhouette[k]);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("groups"));
    vg_json_array(j);
    for (int32_t g = 0; g < r->n_groups; g++) {
        char label = label_of(g);
        vg_json_object(j);
        put_int(j, "group", r->group_id[g]);
        put_text(j, "label", (vg_str){ &label, 1 });
        put_int(j, "size", r->group_size[g]);
        put_number(j, "x", r->group_x[g]);
        put_number(j, "y", r->group_y[g]);
        put_representative(j, a, g);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("consensus"));
    vg_json_object(j);
    put_consensus(j, a, "agree", r->consensus_agree, r->n_consensus_agree);
    put_consensus(j, a, "disagree", r->consensus_disagree, r->n_consensus_disagree);
    vg_json_close(j);
}

static vg_str place_name(vg_house_place place)
{
    static const char *const names[] = { "open", "common", "refused", "divides", "mixed" };
    return vg_str_z((unsigned)place <= VG_HOUSE_MIXED ? names[place] : "?");
}

static void put_support(vg_json *j, const char *key, const vg_house_support *s)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_object(j);
    put_int(j, "agree", s->n_agree);
    put_int(j, "pass", s->n_pass);
    put_int(j, "disagree", s->n_disagree);
    put_number(j, "support", s->all);
    put_number(j, "low", s->all_low);
    put_number(j, "high", s->all_high);
    vg_json_close(j);
}

static void put_house_statement(vg_json *j, const analysis *a, const vg_house_statement *s)
{
    vg_json_object(j);
    put_statement(j, a->c, s->statement);
    put_text(j, "place", place_name(s->place));
    put_number(j, "bridging", s->bridging);
    put_number(j, "gap", s->gap);
    put_number(j, "gap_low", s->gap_low);
    put_number(j, "gap_high", s->gap_high);
    put_support(j, "everyone", &s->everyone);
    vg_json_key(j, VG_S("groups"));
    vg_json_array(j);
    for (int32_t g = 0; g < a->n_groups; g++) {
        vg_json_object(j);
        put_int(j, "group", g);
        put_support(j, "votes", &s->group[g]);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_close(j);
}

static void put_house_list(vg_json *j, const analysis *a, const char *key, const int32_t *order,
                           vg_house_place place)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_array(j);
    for (int32_t i = 0; i < a->house.n_statements; i++)
        if (a->house.statement[order[i]].place == place)
            put_house_statement(j, a, &a->house.statement[order[i]]);
    vg_json_close(j);
}

static void put_stands(vg_json *j, const analysis *a, int32_t group)
{
    vg_consultation_stand s[SHOWN];
    int32_t n = vg_consultation_stands(&a->house, group, 0, s, SHOWN);
    vg_json_key(j, VG_S("representative"));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        vg_json_object(j);
        put_statement(j, a->c, a->house.statement[s[i].position].statement);
        put_text(j, "for", s[i].agree ? VG_S("agree") : VG_S("disagree"));
        put_int(j, "votes", s[i].n);
        put_number(j, "share", s[i].share);
        put_number(j, "low", s[i].bounds.low);
        put_number(j, "high", s[i].bounds.high);
        put_number(j, "share_of_others", s[i].rest);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_cover(vg_json *j, const vg_house_cover *x)
{
    vg_json_key(j, VG_S("poorly_covered"));
    vg_json_object(j);
    put_int(j, "few_votes", x->n_few_votes);
    put_int(j, "between_groups", x->n_between);
    put_int(j, "unlike_any_group", x->n_unlike);
    put_int(j, "unexplained", x->n_unexplained);
    vg_json_close(j);
}

static void put_house(vg_json *j, const analysis *a)
{
    const vg_house *h = &a->house;
    put_number(j, "stability", h->stability);
    vg_json_key(j, VG_S("groups"));
    vg_json_array(j);
    for (int32_t g = 0; g < h->n_groups; g++) {
        char label = label_of(g);
        vg_json_object(j);
        put_int(j, "group", g);
        put_text(j, "label", (vg_str){ &label, 1 });
        put_int(j, "size", h->size[g]);
        put_stands(j, a, g);
        put_cover(j, &h->cover[g]);
        vg_json_close(j);
    }
    vg_json_close(j);
    put_int(j, "in_no_group", h->cover[h->n_groups].n_people);
    put_house_list(j, a, "common", h->by_bridging, VG_HOUSE_COMMON);
    put_house_list(j, a, "refused", h->by_bridging, VG_HOUSE_REFUSED);
    put_house_list(j, a, "divides", h->by_gap, VG_HOUSE_DIVIDES);
    put_house_list(j, a, "mixed", h->by_bridging, VG_HOUSE_MIXED);
    put_house_list(j, a, "open", h->by_bridging, VG_HOUSE_OPEN);
}

static void show_json(vg_cli *c, const analysis *a)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    put_head(&j, a);
    a->is_house ? put_house(&j, a) : put_polis(&j, a);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

/* --- for people --- */

static vg_str short_text(vg_cli *c, const vg_consultation *of, int32_t t)
{
    vg_str text = vg_consultation_plain(&c->arena, of->statement[t].original.text, TEXT_MOST);
    return text.n ? text : vg_message(c->lang, "consult.no-text");
}

static void say_statement(vg_cli *c, const analysis *a, const char *key, int32_t t, double share, int64_t n)
{
    vg_line(c, key, vg_arg_text("id", vg_consultation_plain(&c->arena, a->c->statement[t].id, 40)),
            vg_arg_text("text", short_text(c, a->c, t)), vg_arg_percent("share", share, 0),
            vg_arg_int("n", n));
}

static double share_of(int32_t n, int32_t of)
{
    return of ? (double)n / of : NAN;
}

static void say_polis(vg_cli *c, const analysis *a)
{
    const vg_polis *r = &a->polis;
    for (int32_t g = 0; g < r->n_groups; g++) {
        char label = label_of(g);
        vg_line(c, "consult.group", vg_arg_text("label", (vg_str){ &label, 1 }),
                vg_arg_int("n", r->group_size[g]));
        for (int32_t i = 0; i < r->n_representative[g]; i++) {
            const vg_polis_representative *x = &r->representative[g][i];
            /* The strongest agreement counts as one even where the published rule puts its figures on the other side. */
            bool agree = x->agree || x->best_agree;
            int32_t n =
                x->agree == agree ? x->n_success : r->count[(int64_t)g * r->n_columns + x->statement].agree;
            say_statement(c, a, agree ? "consult.agrees" : "consult.disagrees", x->statement,
                          share_of(n, x->n_trials), x->n_trials);
        }
    }
    vg_line(c, r->n_consensus_agree + r->n_consensus_disagree ? "consult.consensus" : "consult.no-consensus",
            vg_arg_int("n", 0));
    for (int32_t i = 0; i < r->n_consensus_agree; i++)
        say_statement(c, a, "consult.agrees", r->consensus_agree[i].statement,
                      share_of(r->consensus_agree[i].n_success, r->consensus_agree[i].n_trials),
                      r->consensus_agree[i].n_trials);
    for (int32_t i = 0; i < r->n_consensus_disagree; i++)
        say_statement(c, a, "consult.disagrees", r->consensus_disagree[i].statement,
                      share_of(r->consensus_disagree[i].n_success, r->consensus_disagree[i].n_trials),
                      r->consensus_disagree[i].n_trials);
}

static void say_house_list(vg_cli *c, const analysis *a, const char *heading, const char *key,
                           const int32_t *order, vg_house_place place)
{
    int shown = 0;
    for (int32_t i = 0; i < a->house.n_statements && shown < SHOWN; i++) {
        const vg_house_statement *s = &a->house.statement[order[i]];
        if (s->place != place)
            continue;
        if (shown++ == 0)
            vg_line(c, heading, vg_arg_int("n", 0));
        say_statement(c, a, key, s->statement, place == VG_HOUSE_DIVIDES ? s->gap : s->everyone.all,
                      s->everyone.n_agree + s->everyone.n_pass + s->everyone.n_disagree);
    }
}

static void say_stands(vg_cli *c, const analysis *a, int32_t group)
{
    vg_consultation_stand s[SHOWN];
    int32_t n = vg_consultation_stands(&a->house, group, 0, s, SHOWN);
    for (int32_t i = 0; i < n && a->n_groups > 1; i++)
        say_statement(c, a, s[i].agree ? "consult.agrees" : "consult.disagrees",
                      a->house.statement[s[i].position].statement, s[i].share, s[i].n);
}

static void say_house(vg_cli *c, const analysis *a)
{
    const vg_house *h = &a->house;
    for (int32_t g = 0; g < h->n_groups; g++) {
        char label = label_of(g);
        vg_line(c, "consult.group", vg_arg_text("label", (vg_str){ &label, 1 }), vg_arg_int("n", h->size[g]));
        say_stands(c, a, g);
    }
    vg_line(c, h->n_groups > 1 ? "consult.stability" : "consult.one-group",
            vg_arg_num("ari", h->stability, 2));
    say_house_list(c, a, "consult.common", "consult.expected", h->by_bridging, VG_HOUSE_COMMON);
    say_house_list(c, a, "consult.refused", "consult.expected", h->by_bridging, VG_HOUSE_REFUSED);
    say_house_list(c, a, "consult.divides", "consult.gap", h->by_gap, VG_HOUSE_DIVIDES);
}

static void show_people(vg_cli *c, const analysis *a)
{
    vg_line(c, "consult.head", vg_arg_text("name", vg_consultation_plain(&c->arena, a->c->name, 80)),
            vg_arg_int("people", a->c->n_voters), vg_arg_int("statements", a->c->n_voted),
            vg_arg_int("votes", a->c->n_votes));
    vg_line(c, "consult.groups", vg_arg_int("n", a->n_groups),
            vg_arg_text("engine", a->is_house ? VG_S("house") : VG_S("polis")));
    a->is_house ? say_house(c, a) : say_polis(c, a);
    if (!isnan(a->ari))
        vg_line(c, "consult.ari", vg_arg_num("ari", a->ari, 2), vg_arg_int("n", a->c->n_published_groups));
}

/* --- CSV: a row a group, or what --what asks for --- */

static bool show_groups(vg_cli *c, const analysis *a, vg_err *e)
{
    static const vg_column columns[] = { { "group", VG_CELL_TEXT, 0 }, { "people", VG_CELL_INT, 0 } };
    vg_table t;
    if (!vg_table_init(&t, columns, 2, e))
        return false;
    for (int32_t g = 0; g < a->n_groups; g++) {
        char label = label_of(g);
        vg_cell_text(&t, (vg_str){ &label, 1 });
        vg_cell_int(&t, a->size[g]);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_consult_analyse(vg_cli *c, vg_err *e)
{
    vg_consultation of;
    analysis a;
    if (!vg_cli_conversation(c, &of, e) || !run(c, &of, &a, e))
        return false;
    if (c->form == VG_FORM_CSV)
        return show_groups(c, &a, e);
    c->form == VG_FORM_JSON ? show_json(c, &a) : show_people(c, &a);
    return true;
}

static void export_participants(vg_cli *c, const analysis *a)
{
    const vg_consultation *of = a->c;
    vg_put(c->out, VG_S("participant,group,published_group,x,y,votes\n"));
    for (int32_t i = 0; i < of->n_voters; i++) {
        vg_put_csv(c->out, of->participant[i]);
        vg_put_char(c->out, ',');
        if (a->group[i] >= 0)
            vg_put_int(c->out, a->group[i]);
        vg_put_char(c->out, ',');
        if (of->published_group && of->published_group[i] >= 0)
            vg_put_int(c->out, of->published_group[i]);
        vg_put_char(c->out, ',');
        vg_put_num(c->out, a->is_house ? a->house.map_x[i] : a->polis.x[i]);
        vg_put_char(c->out, ',');
        vg_put_num(c->out, a->is_house ? a->house.map_y[i] : a->polis.y[i]);
        vg_print(c->out, ",%lld\n", (long long)(of->row_at[i + 1] - of->row_at[i]));
    }
}

static void export_statements(vg_cli *c, const analysis *a)
{
    const vg_consultation *of = a->c;
    vg_put(c->out, VG_S("statement,moderated,is_meta,agree,disagree,pass"));
    for (int32_t g = 0; g < a->n_groups; g++)
        vg_print(c->out, ",agree_%d,disagree_%d,pass_%d", g, g, g);
    vg_put(c->out, a->is_house ? VG_S(",text\n") : VG_S(",extremity,group_aware_consensus,priority,text\n"));
    for (int32_t t = 0; t < of->n_voted; t++) {
        int64_t n[VG_HOUSE_MAX_GROUPS + 1][3] = { { 0 } };
        for (int64_t i = of->col_at[t]; i < of->col_at[t + 1]; i++) {
            int32_t g = a->group[of->col_participant[i]];
            n[0][1 - of->col_value[i]]++;
            if (g >= 0 && g < VG_HOUSE_MAX_GROUPS)
                n[g + 1][1 - of->col_value[i]]++;
        }
        vg_put_csv(c->out, of->statement[t].id);
        vg_print(c->out, ",%d,%d", of->statement[t].moderation, of->statement[t].is_meta);
        for (int32_t g = 0; g <= a->n_groups; g++)
            vg_print(c->out, ",%lld,%lld,%lld", (long long)n[g][0], (long long)n[g][2], (long long)n[g][1]);
        const double number[] = { a->is_house ? NAN : a->polis.extremity[t],
                                  a->is_house ? NAN : a->polis.group_aware[t],
                                  a->is_house ? NAN : a->polis.priority[t] };
        for (int k = 0; k < 3 && !a->is_house; k++) {
            vg_put_char(c->out, ',');
            vg_put_num(c->out, number[k]);
        }
        vg_put_char(c->out, ',');
        vg_put_csv(c->out, of->statement[t].original.text);
        vg_put_char(c->out, '\n');
    }
}

static void export_votes(vg_cli *c, const vg_consultation *of)
{
    vg_put(c->out, VG_S("participant,statement,value\n"));
    for (int32_t p = 0; p < of->n_voters; p++)
        for (int64_t i = of->row_at[p]; i < of->row_at[p + 1]; i++) {
            vg_put_csv(c->out, of->participant[p]);
            vg_put_char(c->out, ',');
            vg_put_csv(c->out, of->statement[of->row_statement[i]].id);
            vg_print(c->out, ",%d\n", of->row_value[i]);
        }
}

bool vg_verb_consult_export(vg_cli *c, vg_err *e)
{
    vg_consultation of;
    analysis a;
    vg_str what = vg_opt_text(&c->opts, "what");
    if (!vg_cli_conversation(c, &of, e))
        return false;
    if (vg_eq(what, VG_S("votes"))) {
        export_votes(c, &of);
        return true;
    }
    if (!run(c, &of, &a, e))
        return false;
    vg_eq(what, VG_S("statements")) ? export_statements(c, &a) : export_participants(c, &a);
    return true;
}

/* --- import --- */

static bool import_into(vg_cli *c, vg_store *st, const char *path, vg_conversation *out, bool *known,
                        vg_err *e)
{
    vg_vote_import *im;
    vg_vote_found found;
    vg_vote_opts o = vg_cli_vote_opts(c);
    vg_str name = vg_opt_text(&c->opts, "name");
    o.fingerprint = true;
    if (!vg_vote_import_begin(st, &im, e))
        return false;
    if (!vg_vote_read(path, &o, vg_vote_import_sink(im), &c->arena, &found, e)) {
        vg_vote_import_drop(im);
        return false;
    }
    vg_str published = vg_opt_text(&c->opts, "published");
    if (published.n) /* a day means its end in other options; what is published is known from its beginning */
        found.about.known_at = vg_opt_int(&c->opts, "published") - (published.n <= 10 ? 86399 : 0);
    if (found.sign_assumed)
        vg_note(c, "consult.sign-assumed", vg_arg_int("n", 0));
    vg_conversation what = { .name = name.n ? name : found.name,
                             .topic = found.topic,
                             .description = found.description,
                             .format = found.format,
                             .sign = (int)found.sign,
                             .sign_why = found.sign_why,
                             .numbered = found.numbered };
    if (!vg_vote_import_end(im, &found.about, &what, out, known, e))
        return false;
    if (found.n_rejected && !*known)
        vg_note(c, "consult.import-rejected", vg_arg_int("n", found.n_rejected),
                vg_arg_int("vintage", out->vintage));
    return true;
}

static bool show_import(vg_cli *c, const vg_conversation *x, bool known, vg_err *e)
{
    static const vg_column columns[] = {
        { "conversation", VG_CELL_TEXT, 0 },  { "vintage", VG_CELL_ID, 0 },
        { "format", VG_CELL_TEXT, 0 },        { "agree_in_file", VG_CELL_INT, 0 },
        { "agree_because", VG_CELL_TEXT, 0 }, { "votes", VG_CELL_INT, 0 },
        { "statements", VG_CELL_INT, 0 },     { "participants", VG_CELL_INT, 0 },
        { "known", VG_CELL_INT, 0 }
    };
    vg_table t;
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, known ? "consult.import-known" : "consult.imported",
                vg_arg_text("name", vg_consultation_plain(&c->arena, x->name, 80)),
                vg_arg_int("votes", x->n_votes), vg_arg_int("statements", x->n_statements),
                vg_arg_int("vintage", x->vintage));
        return true;
    }
    if (!vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    vg_cell_text(&t, x->name);
    vg_cell_int(&t, x->vintage);
    vg_cell_text(&t, x->format);
    vg_cell_int(&t, x->sign);
    vg_cell_text(&t, x->sign_why);
    vg_cell_int(&t, x->n_votes);
    vg_cell_int(&t, x->n_statements);
    vg_cell_int(&t, x->n_participants);
    vg_cell_int(&t, known);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_consult_import(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_conversation x;
    bool known = false;
    if (!vg_cli_store(c, VG_STORE_WRITE, true, &st, e))
        return false;
    bool good = import_into(c, st, c->opts.arg[0], &x, &known, e);
    vg_store_close(st);
    vg_terminal_end();
    return good && show_import(c, &x, known, e);
}
