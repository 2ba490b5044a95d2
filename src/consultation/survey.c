/* What changed between two surveys. Invariant: every figure of a question rests on the same people, those who answered
 * it both times; how many they are stands beside it. */
#include "consultation/survey.h"

#include <math.h>
#include <string.h>

#include "consultation/survey_int.h"
#include "core/map.h"

enum { MAX_SCALES = 50, MAX_SCALE_ITEMS = 200 };

typedef struct {
    const vg_survey_form *form;
    const vg_survey_data *before, *after;
    vg_arena *a;
    double level;
    int64_t *first, *second; /* respondent of each pair */
    int64_t n;
    double *x, *y; /* a question's answers of the pairs */
    bool *chosen;  /* n_questions: ordered because somebody said so */
    vg_survey_scale *scale;
    int32_t n_scales;
} comparison;

static bool no_memory(const comparison *c, vg_err *e)
{
    return vg_fail_memory(e, vg_arena_limit(c->a));
}

/* --- pairs --- */

static bool make_pairs(comparison *c, vg_err *e)
{
    vg_map ids;
    c->first = vg_new(c->a, int64_t, c->before->n + 1);
    c->second = vg_new(c->a, int64_t, c->before->n + 1);
    c->x = vg_new(c->a, double, c->before->n + 1);
    c->y = vg_new(c->a, double, c->before->n + 1);
    if (!c->first || !c->second || !c->x || !c->y)
        return no_memory(c, e);
    if (!vg_map_init(&ids, e))
        return false;
    bool good = true;
    for (int64_t i = 0; i < c->before->n && good; i++)
        good = vg_map_add(&ids, c->before->id[i], NULL) >= 0; /* ids are single: number i */
    for (int64_t i = 0; i < c->after->n && good; i++) {
        int32_t at = vg_map_find(&ids, c->after->id[i]);
        if (at < 0)
            continue;
        c->first[c->n] = at;
        c->second[c->n++] = i;
    }
    vg_map_free(&ids);
    if (good && !c->n) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no id is in both files");
        vg_why(e, "before and after are compared person by person");
        return vg_mend(e, "is --id the same column in both, written the same way?");
    }
    return good || no_memory(c, e);
}

/* The pairs' answers to a question; turned round where it is reversed. */
static void gather(const comparison *c, int32_t question, bool turned)
{
    const vg_survey_question *q = &c->form->question[question];
    for (int64_t i = 0; i < c->n; i++) {
        double x = c->before->answer[c->first[i]][question], y = c->after->answer[c->second[i]][question];
        c->x[i] = turned ? q->low + q->high - x : x;
        c->y[i] = turned ? q->low + q->high - y : y;
    }
}

/* --- questions --- */

static bool put_counts(const comparison *c, const vg_survey_question *q, vg_survey_item *item)
{
    bool own = q->n_choices == 0; /* an option of a multiple choice: no, yes */
    int64_t *before = vg_new(c->a, int64_t, own ? 2 : q->n_choices);
    int64_t *after = vg_new(c->a, int64_t, own ? 2 : q->n_choices);
    if (!before || !after)
        return false;
    for (int64_t i = 0; i < c->n; i++) {
        if (isnan(c->x[i]) || isnan(c->y[i]))
            continue;
        if (own) {
            before[c->x[i] == 1]++;
            after[c->y[i] == 1]++;
        }
        for (int32_t k = 0; k < q->n_choices; k++) {
            before[k] += !q->choice[k].missing && q->choice[k].code == c->x[i];
            after[k] += !q->choice[k].missing && q->choice[k].code == c->y[i];
        }
    }
    item->count_before = before;
    item->count_after = after;
    return true;
}

static void put_means(const comparison *c, vg_survey_item *item)
{
    vg_paired_t t = vg_paired_t_test(c->x, c->y, c->n, c->level);
    item->n = t.n;
    item->before = t.before;
    item->after = t.after;
    item->change = t.change;
    item->change_bounds = (vg_bounds){ t.low, t.high };
    item->test = VG_TEST_PAIRED_T;
    item->p = t.p;
    item->effect = t.g;
    item->effect_bounds = t.g_bounds;
}

static bool put_ranks(const comparison *c, vg_survey_item *item, vg_err *e)
{
    vg_signed_rank r;
    if (!vg_signed_rank_test(c->x, c->y, c->n, c->level, *c->a, &r, e))
        return false;
    item->test = VG_TEST_WILCOXON;
    item->p = r.p;
    item->effect = r.r;
    item->effect_bounds = r.r_bounds;
    return true;
}

static void put_shares(const comparison *c, vg_survey_item *item)
{
    vg_mcnemar m = vg_mcnemar_test(c->x, c->y, c->n, c->level);
    *item = (vg_survey_item){ .question = item->question,
                              .n = m.n,
                              .before = m.before,
                              .after = m.after,
                              .change = m.change,
                              .change_bounds = { m.low, m.high },
                              .test = VG_TEST_MCNEMAR,
                              .p = m.p,
                              .p_holm = NAN,
                              .effect = m.odds,
                              .effect_bounds = m.odds_bounds };
}

static void forget_means(vg_survey_item *item)
{
    item->test = VG_TEST_NONE;
    item->before = item->after = item->change = item->p = item->effect = NAN;
    item->change_bounds = item->effect_bounds = (vg_bounds){ NAN, NAN };
}

static bool compare_question(const comparison *c, int32_t question, vg_survey_item *item, vg_err *e)
{
    const vg_survey_question *q = &c->form->question[question];
    *item = (vg_survey_item){ .question = question, .p_holm = NAN };
    gather(c, question, false);
    put_means(c, item);
    if (q->kind == VG_ASK_YES_NO)
        put_shares(c, item);
    else if (q->kind == VG_ASK_ORDERED || (q->kind == VG_ASK_NOMINAL && c->chosen[question])) {
        if (!put_ranks(c, item, e))
            return false;
    } else if (q->kind == VG_ASK_NOMINAL)
        forget_means(item);
    return q->kind == VG_ASK_NUMBER || put_counts(c, q, item) || no_memory(c, e);
}

/* --- scales --- */

static bool refuse_scale(vg_str name, const char *what, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "scale \"%.*s\": %s", VG_P(vg_utf8_head(name, 60)), what);
    return vg_mend(e, "write name=question,question,-reversed and a ; before the next scale");
}

static vg_survey_scale *scale_named(comparison *c, vg_str name)
{
    for (int32_t i = 0; i < c->n_scales; i++)
        if (vg_eq_nocase(c->scale[i].name, name))
            return &c->scale[i];
    if (c->n_scales == MAX_SCALES)
        return NULL;
    vg_survey_scale *s = &c->scale[c->n_scales];
    int32_t *item = vg_new(c->a, int32_t, MAX_SCALE_ITEMS);
    bool *reversed = vg_new(c->a, bool, MAX_SCALE_ITEMS);
    if (!item || !reversed)
        return NULL;
    *s = (vg_survey_scale){ .name = name, .item = item, .reversed = reversed };
    c->n_scales++;
    return s;
}

static bool add_item(comparison *c, vg_str scale, int32_t question, bool reversed, vg_err *e)
{
    const vg_survey_question *q = &c->form->question[question];
    vg_survey_scale *s = scale_named(c, scale);
    if (!s || s->n_items == MAX_SCALE_ITEMS)
        return refuse_scale(scale, "too many scales or items", e);
    if (reversed && (isnan(q->low) || isnan(q->high)))
        return refuse_scale(scale, "a number without a range cannot be reversed", e);
    int32_t at = s->n_items++;
    int32_t *item;
    bool *turned; /* made by scale_named, const only for the reader of the result */
    memcpy(&item, &s->item, sizeof item);
    memcpy(&turned, &s->reversed, sizeof turned);
    item[at] = question;
    turned[at] = reversed;
    c->chosen[question] = true;
    return true;
}

static bool find_question(const comparison *c, vg_str name, int32_t *question, vg_err *e)
{
    *question = vg_survey_find(c->form, name);
    if (*question >= 0)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the form has no question \"%.*s\"", VG_P(vg_utf8_head(name, 100)));
    return vg_why(e,
                  "only numbers and choices are counted; an option of a multiple choice is question/option");
}

/* "trust=q1,q2,-q3;sus=s1,...": scales asked for; without them those of the form's column. */
static bool read_scales(comparison *c, vg_str text, vg_err *e)
{
    bool own = !vg_trim(text).n;
    c->scale = vg_new(c->a, vg_survey_scale, MAX_SCALES);
    if (!c->scale)
        return no_memory(c, e);
    while (text.n) {
        vg_str items = vg_cut(&text, ';'), name = vg_trim(vg_cut(&items, '='));
        if (!name.n && !items.n)
            continue;
        if (!name.n || !vg_trim(items).n)
            return refuse_scale(name, "there are no questions in it", e);
        while (items.n) {
            vg_str word = vg_trim(vg_cut(&items, ','));
            bool reversed = vg_starts(word, VG_S("-"));
            int32_t question;
            if (!find_question(c, reversed ? vg_trim(vg_sub(word, 1, word.n)) : word, &question, e) ||
                !add_item(c, name, question, reversed, e))
                return false;
        }
    }
    for (int32_t i = 0; i < c->form->n_questions && own; i++) {
        const vg_survey_question *q = &c->form->question[i];
        if (q->scale.n && !add_item(c, q->scale, i, q->reversed, e))
            return false;
    }
    return true;
}

/* Answers to a scale's items of one survey, row by row: turned, and as scored. */
static double *item_rows(const comparison *c, const vg_survey_scale *s, const vg_survey_data *d,
                         vg_arena *scratch)
{
    double *x = vg_new(scratch, double, d->n * s->n_items);
    for (int64_t r = 0; x && r < d->n; r++)
        for (int32_t i = 0; i < s->n_items; i++) {
            const vg_survey_question *q = &c->form->question[s->item[i]];
            double answer = d->answer[r][s->item[i]];
            bool turned = s->is_sus ? i % 2 == 1 : s->reversed[i];
            x[r * s->n_items + i] = turned ? (s->is_sus ? 6 : q->low + q->high) - answer : answer;
        }
    return x;
}

/* A respondent's score: the mean of the items turned; of SUS 0..100, as its author wrote it. */
static double score(const comparison *c, const vg_survey_scale *s, const double *answer)
{
    double sum = 0, sus[VG_SUS_ITEMS];
    for (int32_t i = 0; i < s->n_items; i++) {
        const vg_survey_question *q = &c->form->question[s->item[i]];
        double x = answer[s->item[i]];
        if (s->is_sus)
            sus[i] = x;
        sum += !s->is_sus && s->reversed[i] ? q->low + q->high - x : x;
    }
    return s->is_sus ? vg_sus_score(sus) : sum / s->n_items;
}

static bool measure(const comparison *c, const vg_survey_scale *s, const vg_survey_data *d, vg_arena scratch,
                    vg_reliability *out, vg_err *e)
{
    double *x = item_rows(c, s, d, &scratch);
    return x ? vg_reliability_of(x, d->n, s->n_items, c->level, scratch, out, e) : no_memory(c, e);
}

static bool compare_scale(const comparison *c, vg_survey_scale *s, vg_err *e)
{
    s->is_sus = vg_eq_nocase(s->name, VG_S("sus")) && s->n_items == VG_SUS_ITEMS;
    if (!measure(c, s, c->before, *c->a, &s->first, e) || !measure(c, s, c->after, *c->a, &s->second, e))
        return false;
    for (int64_t i = 0; i < c->n; i++) {
        c->x[i] = score(c, s, c->before->answer[c->first[i]]);
        c->y[i] = score(c, s, c->after->answer[c->second[i]]);
        if (isnan(c->x[i]) || isnan(c->y[i]))
            c->x[i] = c->y[i] = NAN;
    }
    s->t = vg_paired_t_test(c->x, c->y, c->n, c->level);
    vg_mean before = vg_mean_of(c->x, c->n, c->level), after = vg_mean_of(c->y, c->n, c->level);
    s->n = before.n;
    s->before = before.mean;
    s->after = after.mean;
    s->before_bounds = before.bounds;
    s->after_bounds = after.bounds;
    s->p_holm = NAN;
    return true;
}

/* --- the whole --- */

static bool put_holm(const comparison *c, vg_survey_item *item, int32_t n_items, int32_t *n_tests, vg_err *e)
{
    int32_t all = n_items + c->n_scales;
    double *p = vg_new(c->a, double, all + 1);
    if (!p)
        return no_memory(c, e);
    for (int32_t i = 0; i < all; i++)
        p[i] = i < n_items ? item[i].p : c->scale[i - n_items].t.p;
    for (int32_t i = 0; i < all; i++)
        *n_tests += !isnan(p[i]);
    vg_holm(p, all, p);
    for (int32_t i = 0; i < all; i++)
        *(i < n_items ? &item[i].p_holm : &c->scale[i - n_items].p_holm) = p[i];
    return true;
}

/* The questions to compare: those named, else all. */
static bool choose_items(const comparison *c, vg_str text, vg_survey_item **out, int32_t *n, vg_err *e)
{
    bool all = !vg_trim(text).n;
    int64_t most = all ? c->form->n_questions : 1;
    for (ptrdiff_t i = 0; i < text.n; i++)
        most += text.s[i] == ',';
    vg_survey_item *item = vg_new(c->a, vg_survey_item, most);
    if (!item)
        return no_memory(c, e);
    for (int32_t i = 0; all ? i < c->form->n_questions : text.n > 0; i++) {
        int32_t question = i;
        if (!all && !find_question(c, vg_trim(vg_cut(&text, ',')), &question, e))
            return false;
        c->chosen[question] = c->chosen[question] || !all;
        item[(*n)++].question = question;
    }
    *out = item;
    return true;
}

static bool refuse_same(const vg_survey_data *before, vg_err *e)
{
    vg_fail(e, VG_ECONFLICT, (vg_at){ .file = vg_str_z(before->file) }, "before and after are the same file");
    return vg_mend(e, "name the first survey with --before and the second with --after");
}

bool vg_survey_compare(const vg_survey_form *form, const vg_survey_data *before, const vg_survey_data *after,
                       const vg_survey_opts *opts, vg_arena *a, vg_survey *out, vg_err *e)
{
    comparison c = { .form = form, .before = before, .after = after, .a = a };
    vg_survey r = { .form = form, .before = before, .after = after };
    vg_survey_item *item = NULL;
    c.level = r.level = opts->level > 0 ? opts->level : 0.95;
    c.chosen = vg_new(a, bool, form->n_questions);
    if (!(c.level < 1))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a level of %g for intervals", c.level);
    if (strcmp(before->sha256, after->sha256) == 0)
        return refuse_same(before, e);
    if (!c.chosen || !make_pairs(&c, e))
        return vg_failed(e) ? false : no_memory(&c, e);
    if (!read_scales(&c, opts->scales, e) || !choose_items(&c, opts->items, &item, &r.n_items, e))
        return false;
    for (int32_t i = 0; i < r.n_items; i++)
        if (!compare_question(&c, item[i].question, &item[i], e))
            return false;
    for (int32_t i = 0; i < c.n_scales; i++)
        if (!compare_scale(&c, &c.scale[i], e))
            return false;
    if (!put_holm(&c, item, r.n_items, &r.n_tests, e))
        return false;
    r.n_pairs = c.n;
    r.n_only_before = before->n - c.n;
    r.n_only_after = after->n - c.n;
    r.item = item;
    r.scale = c.scale;
    r.n_scales = c.n_scales;
    *out = r;
    return true;
}
