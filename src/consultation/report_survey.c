/* The report's survey: diverging bars of ordered answers before and after, the tests, and scales. Invariant: both bars of
 * a question are of the same people. */
#include <math.h>

#include "consultation/report_int.h"

/* --- bars --- */

/* The order of a question's answers, without those that are none; at most what a chart can show. */
static int32_t parts_of(const vg_survey_question *q, int32_t *choice)
{
    int32_t n = 0;
    for (int32_t i = 0; i < q->n_choices; i++)
        if (!q->choice[i].missing) {
            if (n == VG_CHART_MAX_PARTS)
                return 0;
            choice[n++] = i;
        }
    for (int32_t i = 1; i < n; i++) /* by code: forms may list from high to low */
        for (int32_t k = i; k > 0 && q->choice[choice[k]].code < q->choice[choice[k - 1]].code; k--) {
            int32_t keep = choice[k];
            choice[k] = choice[k - 1];
            choice[k - 1] = keep;
        }
    return n;
}

static void fill_shares(const int64_t *count, const int32_t *choice, int32_t n_parts, int64_t n,
                        double *share)
{
    for (int32_t k = 0; k < n_parts; k++)
        share[k] = n < VG_REPORT_LEAST ? NAN : (double)count[choice[k]] / (double)n;
}

/* One chart for all questions with the same choices, a pair of bars each. */
static void put_bars(vg_opinion_page *p, const vg_survey *r, const int32_t *item, int32_t n_items)
{
    vg_page *g = &p->page;
    const vg_survey_question *q = &r->form->question[r->item[item[0]].question];
    int32_t choice[VG_CHART_MAX_PARTS], n_parts = parts_of(q, choice);
    vg_str part[VG_CHART_MAX_PARTS];
    vg_chart_bar *bar = vg_new(g->a, vg_chart_bar, 2 * (int64_t)n_items);
    double *share = vg_new(g->a, double, 2 * (int64_t)n_items * VG_CHART_MAX_PARTS);
    if (!n_parts || !bar || !share)
        return;
    for (int32_t k = 0; k < n_parts; k++)
        part[k] = vg_survey_choice_label(r->form, &q->choice[choice[k]]);
    for (int32_t i = 0; i < n_items; i++) {
        const vg_survey_item *t = &r->item[item[i]];
        for (int side = 0; side < 2; side++) {
            double *own = &share[(2 * i + side) * VG_CHART_MAX_PARTS];
            fill_shares(side ? t->count_after : t->count_before, choice, n_parts, t->n, own);
            bar[2 * i + side] =
                (vg_chart_bar){ .name = r->form->question[t->question].shown,
                                .note = vg_message(g->lang, side ? "column.after" : "column.before"),
                                .share = own,
                                .n = t->n < VG_REPORT_LEAST ? 0 : t->n };
        }
    }
    vg_chart_bars(g,
                  &(vg_chart_bars_opts){ .words = { NULL, vg_message(g->lang, "consultation.survey-answers"),
                                                    VG_NOSTR, VG_NOSTR },
                                         .n_parts = n_parts,
                                         .part = part,
                                         .middle = n_parts / 2,
                                         .split = n_parts % 2 == 0,
                                         .n_bars = 2 * n_items,
                                         .bar = bar,
                                         .name_key = "column.question" });
}

static void put_all_bars(vg_opinion_page *p, const vg_survey *r)
{
    int32_t *same = vg_new(p->page.a, int32_t, r->n_items);
    for (int32_t i = 0; same && i < r->n_items; i++) {
        const vg_survey_choice *own = r->form->question[r->item[i].question].choice;
        int32_t n = 0;
        bool first = true;
        for (int32_t k = 0; k < r->n_items; k++) {
            bool alike =
                r->form->question[r->item[k].question].choice == own && r->item[k].test == VG_TEST_WILCOXON;
            first = first && !(alike && k < i);
            if (alike)
                same[n++] = k;
        }
        if (r->item[i].test == VG_TEST_WILCOXON && first && n)
            put_bars(p, r, same, n);
    }
}

/* --- tables --- */

static void put_p(vg_page *g, double p)
{
    vg_arg arg = vg_arg_num("p", p < 1e-4 ? 1e-4 : p, 4);
    vg_page_raw(g, "<td>");
    vg_page_say(g, isnan(p) ? "survey.unknown" : p < 1e-4 ? "survey.p-small" : "survey.p", arg);
    vg_page_raw(g, "</td>");
}

/* A size with its interval; odds may be without end. */
static void put_size(vg_page *g, double size, vg_bounds b)
{
    vg_arg low = vg_arg_num("low", b.low, 2), high = vg_arg_num("high", b.high, 2),
           own = vg_arg_num("size", size, 2);
    vg_page_raw(g, "<td>");
    vg_page_say(g, isnan(size) ? "survey.unknown" : isinf(size) ? "survey.size-endless" : "survey.size", own);
    if (!isnan(b.low)) {
        vg_page_raw(g, " (");
        vg_page_say(g, isinf(b.high) ? "survey.interval-endless" : "survey.interval", low, high);
        vg_page_raw(g, ")");
    }
    vg_page_raw(g, "</td>");
}

/* A change of a share, which may be below zero: 29 % (4 to 48). */
static void put_points(vg_page *g, double change, vg_bounds b)
{
    vg_page_raw(g, "<td>");
    vg_page_say(g, isnan(change) ? "survey.unknown" : "consultation.points",
                vg_arg_percent("share", change, 0), vg_arg_num("low", 100 * b.low, 0),
                vg_arg_num("high", 100 * b.high, 0));
    vg_page_raw(g, "</td>");
}

/* A level of a question: a share of yes, or a mean. */
static vg_arg level_arg(const vg_survey_item *t, double x)
{
    return t->test == VG_TEST_MCNEMAR ? vg_arg_percent("", x, 0) : vg_arg_num("", x, 2);
}

static void put_item(vg_opinion_page *p, const vg_survey *r, const vg_survey_item *t)
{
    static const char *const test[] = { "survey.test-none", "survey.test-t", "survey.test-wilcoxon",
                                        "survey.test-mcnemar" };
    vg_page *g = &p->page;
    bool few = t->n < VG_REPORT_LEAST, share = t->test == VG_TEST_MCNEMAR;
    vg_page_raw(g, "<tr>");
    vg_page_cell_wrap(g, r->form->question[t->question].shown);
    if (few)
        vg_opinion_few_cell(g);
    else
        vg_page_cell(g, vg_arg_int("", t->n));
    vg_page_cell(g, level_arg(t, few ? NAN : t->before));
    vg_page_cell(g, level_arg(t, few ? NAN : t->after));
    if (share)
        put_points(g, few ? NAN : t->change, t->change_bounds);
    else
        put_size(g, few ? NAN : t->change, few ? (vg_bounds){ NAN, NAN } : t->change_bounds);
    vg_page_wrap(g, "<td>", test[t->test], "</td>");
    put_p(g, few ? NAN : t->p_holm);
    put_size(g, few ? NAN : t->effect, few ? (vg_bounds){ NAN, NAN } : t->effect_bounds);
    vg_page_row_end(g);
}

static void put_scales(vg_opinion_page *p, const vg_survey *r)
{
    static const char *const heading[] = { "column.scale",
                                           "column.scale_items",
                                           "column.alpha_before",
                                           "column.omega_before",
                                           "column.pairs",
                                           "column.before",
                                           "column.after",
                                           "column.difference",
                                           "column.p_holm",
                                           "column.effect_size",
                                           NULL };
    vg_page *g = &p->page;
    vg_page_wrap(g, "<h3>", "consultation.scales", "</h3>\n");
    vg_page_table(g, "consultation.scales", heading, 1);
    for (int32_t i = 0; i < r->n_scales; i++) {
        const vg_survey_scale *s = &r->scale[i];
        bool few = s->n < VG_REPORT_LEAST;
        vg_page_row(g, s->name);
        vg_page_cell(g, vg_arg_int("", s->n_items));
        put_size(g, s->first.alpha, s->first.alpha_bounds);
        vg_page_cell(g, vg_arg_num("", s->first.omega, 2));
        if (few)
            vg_opinion_few_cell(g);
        else
            vg_page_cell(g, vg_arg_int("", s->n));
        vg_page_cell(g, vg_arg_num("", few ? NAN : s->before, 2));
        vg_page_cell(g, vg_arg_num("", few ? NAN : s->after, 2));
        put_size(g, few ? NAN : s->t.change, (vg_bounds){ few ? NAN : s->t.low, s->t.high });
        put_p(g, few ? NAN : s->p_holm);
        put_size(g, few ? NAN : s->t.g, few ? (vg_bounds){ NAN, NAN } : s->t.g_bounds);
        vg_page_row_end(g);
    }
    vg_page_table_end(g);
}

void vg_opinion_survey(vg_opinion_page *p, const vg_survey *r)
{
    static const char *const heading[] = { "column.question", "column.pairs",       "column.before",
                                           "column.after",    "column.difference",  "column.test",
                                           "column.p_holm",   "column.effect_size", NULL };
    vg_page *g = &p->page;
    vg_page_section(g, "survey", "consultation.survey");
    vg_page_para(g, "consultation.survey-text", vg_arg_int("n", r->n_pairs),
                 vg_arg_int("before", r->n_only_before), vg_arg_int("after", r->n_only_after));
    put_all_bars(p, r);
    vg_page_wrap(g, "<h3>", "consultation.survey-change", "</h3>\n");
    vg_page_table(g, "consultation.survey-change", heading, 1);
    for (int32_t i = 0; i < r->n_items; i++)
        put_item(p, r, &r->item[i]);
    vg_page_table_end(g);
    if (r->n_scales)
        put_scales(p, r);
    vg_page_note(g, "consultation.survey-sizes", VG_NO_ARG);
    vg_page_note(g, "survey.how", vg_arg_percent("level", r->level, 0), vg_arg_int("n", r->n_tests));
    vg_page_section_end(g);
}
