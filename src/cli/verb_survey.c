/* vigie consult survey: the same people asked before and after, question by question and scale by scale. */
#include <math.h>

#include "cli/survey.h"
#include "consultation/survey.h"

const vg_opt vg_survey_options[] = {
    VG_SURVEY_OPTIONS,
    { "level", VG_OPT_NUM, "SHARE", "0.95", 0.5, 0.9999 },
    { .name = NULL },
};

static const vg_column question_columns[] = {
    { "question", VG_CELL_TEXT, 0 },
    { "label", VG_CELL_TEXT, 0 },
    { "pairs", VG_CELL_INT, 0 },
    { "before", VG_CELL_NUM, 2 },
    { "after", VG_CELL_NUM, 2 },
    { "difference", VG_CELL_NUM, 2 },
    { "difference_interval", VG_CELL_INTERVAL, 2 },
    { "test", VG_CELL_TEXT, 0 },
    { "p", VG_CELL_NUM, 4 },
    { "p_holm", VG_CELL_NUM, 4 },
    { "measure", VG_CELL_TEXT, 0 },
    { "effect_size", VG_CELL_NUM, 2 },
    { "effect_interval", VG_CELL_INTERVAL, 2 },
};

static const vg_column scale_columns[] = {
    { "scale", VG_CELL_TEXT, 0 },
    { "scale_items", VG_CELL_INT, 0 },
    { "alpha_before", VG_CELL_NUM, 2 },
    { "alpha_before_interval", VG_CELL_INTERVAL, 2 },
    { "omega_before", VG_CELL_NUM, 2 },
    { "alpha_after", VG_CELL_NUM, 2 },
    { "alpha_after_interval", VG_CELL_INTERVAL, 2 },
    { "omega_after", VG_CELL_NUM, 2 },
    { "pairs", VG_CELL_INT, 0 },
    { "before", VG_CELL_NUM, 2 },
    { "after", VG_CELL_NUM, 2 },
    { "difference", VG_CELL_NUM, 2 },
    { "difference_interval", VG_CELL_INTERVAL, 2 },
    { "p", VG_CELL_NUM, 4 },
    { "p_holm", VG_CELL_NUM, 4 },
    { "effect_size", VG_CELL_NUM, 2 },
    { "effect_interval", VG_CELL_INTERVAL, 2 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- reading --- */

static bool refuse_options(vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "a survey needs --form, --before, --after and --id");
    return vg_mend(e,
                   "for example: --form survey.csv,choices.csv --before ante.csv --after post.csv --id code");
}

bool vg_cli_survey_open(vg_cli *c, vg_survey *out, vg_err *e)
{
    const char *before = vg_opt_path(&c->opts, "before"), *after = vg_opt_path(&c->opts, "after");
    vg_str rest = vg_opt_text(&c->opts, "form"), id = vg_opt_text(&c->opts, "id");
    if (!rest.n || !before || !after || !id.n)
        return refuse_options(e);
    vg_str survey = vg_copy(&c->arena, vg_cut(&rest, ',')), choices = vg_copy(&c->arena, rest);
    vg_survey_form *form = vg_new(&c->arena, vg_survey_form, 1);
    vg_survey_data *data = vg_new(&c->arena, vg_survey_data, 2);
    if (!survey.s || !choices.s || !form || !data)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    vg_survey_opts opts = { .items = vg_opt_text(&c->opts, "items"),
                            .scales = vg_opt_text(&c->opts, "scales"),
                            .level = c->verb->run == vg_verb_survey ? vg_opt_num(&c->opts, "level") : 0 };
    return vg_survey_form_read(survey.s, choices.n ? choices.s : NULL, vg_str_z(vg_lang_code(c->lang)),
                               &c->arena, form, e) &&
           vg_survey_data_read(before, form, id, &c->arena, &data[0], e) &&
           vg_survey_data_read(after, form, id, &c->arena, &data[1], e) &&
           vg_survey_compare(form, &data[0], &data[1], &opts, &c->arena, out, e);
}

/* --- tables --- */

static const char *const test_key[] = { "survey.test-none", "survey.test-t", "survey.test-wilcoxon",
                                        "survey.test-mcnemar" };
static const char *const test_word[] = { "", "paired_t", "wilcoxon", "mcnemar" };
static const char *const measure_word[] = { "", "hedges_g", "rank_biserial_r", "odds_ratio" };
static const char *const measure_key[] = { "survey.measure-none", "survey.measure-g", "survey.measure-r",
                                           "survey.measure-odds" };

static void word(vg_cli *c, vg_table *t, const char *key, const char *for_programs)
{
    vg_cell_text(t, c->form == VG_FORM_TABLE ? vg_message(c->lang, key) : vg_str_z(for_programs));
}

/* A p as people see it: never 0. Programs get the number. */
static void p_cell(vg_cli *c, vg_table *t, double p)
{
    vg_arg arg = vg_arg_num("p", p < 1e-4 ? 1e-4 : p, 4);
    if (c->form == VG_FORM_TABLE)
        vg_cell_text(t,
                     vg_message_text(&c->arena, c->lang, p < 1e-4 ? "survey.p-small" : "survey.p", &arg, 1));
    else
        vg_cell_num(t, p);
}

/* Odds without anybody who fell are without end; programs get nothing then, since JSON knows no such number. */
static void effect_cells(vg_cli *c, vg_table *t, const vg_survey_item *q)
{
    vg_arg low = vg_arg_num("low", q->effect_bounds.low, 2),
           high = vg_arg_num("high", q->effect_bounds.high, 2), size = vg_arg_num("size", q->effect, 2);
    if (c->form != VG_FORM_TABLE) {
        vg_cell_num(t, q->effect);
        vg_cell_interval(t, q->effect_bounds.low, q->effect_bounds.high);
        return;
    }
    bool endless = isinf(q->effect_bounds.high), known = !isnan(q->effect_bounds.low);
    const char *key = !known ? "survey.unknown" : endless ? "survey.interval-endless" : "survey.interval";
    vg_cell_text(t, vg_message_text(&c->arena, c->lang,
                                    isnan(q->effect)   ? "survey.unknown"
                                    : isinf(q->effect) ? "survey.size-endless"
                                                       : "survey.size",
                                    &size, 1));
    vg_cell_text(t, vg_message_text(&c->arena, c->lang, key, (const vg_arg[]){ low, high }, 2));
}

/* A label that is cut says so. */
static vg_str label_cell(vg_cli *c, vg_str label)
{
    vg_str head = vg_utf8_head(label, 48);
    return c->form != VG_FORM_TABLE || head.n == label.n
               ? label
               : vg_format(&c->arena, "%.*s\xE2\x80\xA6", VG_P(head));
}

static void fill_questions(vg_cli *c, vg_table *t, const vg_survey *r)
{
    for (int32_t i = 0; i < r->n_items; i++) {
        const vg_survey_item *q = &r->item[i];
        vg_cell_text(t, r->form->question[q->question].name);
        vg_cell_text(t, label_cell(c, r->form->question[q->question].shown));
        vg_cell_int(t, q->n);
        vg_cell_num(t, q->before);
        vg_cell_num(t, q->after);
        vg_cell_num(t, q->change);
        vg_cell_interval(t, q->change_bounds.low, q->change_bounds.high);
        word(c, t, test_key[q->test], test_word[q->test]);
        p_cell(c, t, q->p);
        p_cell(c, t, q->p_holm);
        word(c, t, measure_key[q->test], measure_word[q->test]);
        effect_cells(c, t, q);
    }
}

static void fill_scales(vg_cli *c, vg_table *t, const vg_survey *r)
{
    for (int32_t i = 0; i < r->n_scales; i++) {
        const vg_survey_scale *s = &r->scale[i];
        vg_cell_text(t, s->name);
        vg_cell_int(t, s->n_items);
        vg_cell_num(t, s->first.alpha);
        vg_cell_interval(t, s->first.alpha_bounds.low, s->first.alpha_bounds.high);
        vg_cell_num(t, s->first.omega);
        vg_cell_num(t, s->second.alpha);
        vg_cell_interval(t, s->second.alpha_bounds.low, s->second.alpha_bounds.high);
        vg_cell_num(t, s->second.omega);
        vg_cell_int(t, s->n);
        vg_cell_num(t, s->before);
        vg_cell_num(t, s->after);
        vg_cell_num(t, s->t.change);
        vg_cell_interval(t, s->t.low, s->t.high);
        p_cell(c, t, s->t.p);
        p_cell(c, t, s->p_holm);
        vg_cell_num(t, s->t.g);
        vg_cell_interval(t, s->t.g_bounds.low, s->t.g_bounds.high);
    }
}

/* --- for programs --- */

static void json_count(vg_json *j, const char *key, int64_t n)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_int(j, n);
}

static void json_data(vg_json *j, const char *key, const vg_survey_data *d)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_object(j);
    vg_json_key(j, VG_S("file"));
    vg_json_str(j, vg_str_z(d->file));
    vg_json_key(j, VG_S("sha256"));
    vg_json_str(j, vg_str_z(d->sha256));
    json_count(j, "submissions", d->n_rows);
    json_count(j, "respondents", d->n);
    json_count(j, "without_id", d->n_without_id);
    json_count(j, "replaced", d->n_replaced);
    json_count(j, "same_id_left_out", d->n_ambiguous);
    json_count(j, "rejected", d->n_rejected);
    json_count(j, "no_answer", d->n_no_answer);
    vg_json_close(j);
}

static void put_json(vg_cli *c, const vg_survey *r, const vg_table *questions, const vg_table *scales)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    json_data(&j, "before", r->before);
    json_data(&j, "after", r->after);
    json_count(&j, "pairs", r->n_pairs);
    json_count(&j, "only_before", r->n_only_before);
    json_count(&j, "only_after", r->n_only_after);
    json_count(&j, "tests", r->n_tests);
    vg_json_key(&j, VG_S("level"));
    vg_json_num(&j, r->level);
    vg_json_key(&j, VG_S("questions"));
    vg_table_json(questions, &j);
    vg_json_key(&j, VG_S("scales"));
    vg_table_json(scales, &j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

/* --- for people --- */

static int bits(uint32_t set)
{
    int n = 0;
    for (; set; set &= set - 1)
        n++;
    return n;
}

static void say_data(vg_cli *c, const vg_survey_data *d)
{
    vg_arg file = vg_arg_text("file", vg_str_z(d->file));
    vg_line(c, "survey.read", file, vg_arg_int("n", d->n), vg_arg_int("rows", d->n_rows));
    if (d->n_without_id)
        vg_line(c, "survey.without-id", file, vg_arg_int("n", d->n_without_id));
    if (d->n_replaced)
        vg_line(c, "survey.replaced", file, vg_arg_int("n", d->n_replaced));
    if (d->n_ambiguous)
        vg_line(c, "survey.ambiguous", file, vg_arg_int("n", d->n_ambiguous));
    if (d->n_no_answer)
        vg_line(c, "survey.no-answer", file, vg_arg_int("n", d->n_no_answer));
    if (bits(d->languages) > 1)
        vg_line(c, "survey.languages", file, vg_arg_int("n", bits(d->languages)));
    if (d->n_rejected) {
        vg_line(c, "survey.rejected", file, vg_arg_int("n", d->n_rejected),
                vg_arg_int("line", d->first_rejected.at.line),
                vg_arg_text("what", vg_str_z(d->first_rejected.what)));
    }
}

static void say_form(vg_cli *c, const vg_survey_form *f)
{
    if (f->n_unknown)
        vg_line(c, "survey.unknown-types", vg_arg_int("n", f->n_unknown),
                vg_arg_int("line", f->first_unknown.at.line),
                vg_arg_text("what", vg_str_z(f->first_unknown.what)));
}

static bool put_people(vg_cli *c, const vg_survey *r, const vg_table *questions, const vg_table *scales,
                       vg_err *e)
{
    if (!vg_table_put(questions, c->lang, VG_FORM_TABLE, 0, c->out, e))
        return false;
    if (r->n_scales) {
        vg_put_char(c->out, '\n');
        if (!vg_table_put(scales, c->lang, VG_FORM_TABLE, 0, c->out, e))
            return false;
    }
    vg_put_char(c->out, '\n');
    vg_line(c, "survey.pairs", vg_arg_int("n", r->n_pairs), vg_arg_int("before", r->n_only_before),
            vg_arg_int("after", r->n_only_after));
    vg_line(c, "survey.how", vg_arg_percent("level", r->level, 0), vg_arg_int("n", r->n_tests));
    say_form(c, r->form);
    say_data(c, r->before);
    say_data(c, r->after);
    return true;
}

static bool put_forms(vg_cli *c, const vg_survey *r, const vg_table *questions, const vg_table *scales,
                      vg_err *e)
{
    if (questions->failed || scales->failed)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (c->form == VG_FORM_JSON)
        put_json(c, r, questions, scales);
    else if (c->form == VG_FORM_CSV)
        return vg_table_put(questions, c->lang, VG_FORM_CSV, 0, c->out, e);
    else
        return put_people(c, r, questions, scales, e);
    return true;
}

/* The same columns, with those that people get as words. */
static void columns_for(const vg_cli *c, const vg_column *from, int n, vg_column *to)
{
    for (int i = 0; i < n; i++) {
        to[i] = from[i];
        vg_str key = vg_str_z(from[i].key);
        bool words = vg_eq(key, VG_S("p")) || vg_eq(key, VG_S("p_holm")) ||
                     (from == question_columns && vg_starts(key, VG_S("effect_")));
        if (c->form == VG_FORM_TABLE && words)
            to[i].kind = VG_CELL_TEXT;
    }
}

static bool show(vg_cli *c, const vg_survey *r, vg_err *e)
{
    vg_table questions, scales;
    vg_column first[N_OF(question_columns)], second[N_OF(scale_columns)];
    columns_for(c, question_columns, N_OF(question_columns), first);
    columns_for(c, scale_columns, N_OF(scale_columns), second);
    if (!vg_table_init(&questions, first, N_OF(first), e))
        return false;
    bool good = vg_table_init(&scales, second, N_OF(second), e);
    if (good) {
        fill_questions(c, &questions, r);
        fill_scales(c, &scales, r);
        good = put_forms(c, r, &questions, &scales, e);
        vg_table_free(&scales);
    }
    vg_table_free(&questions);
    return good;
}

bool vg_verb_survey(vg_cli *c, vg_err *e)
{
    vg_survey *r = vg_new(&c->arena, vg_survey, 1);
    return (r || vg_fail_memory(e, vg_arena_limit(&c->arena))) && vg_cli_survey_open(c, r, e) &&
           show(c, r, e);
}
