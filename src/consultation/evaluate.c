/* Votes are hidden and predicted. Invariant: whatever predicts is given a record that no longer holds the hidden votes;
 * only the mean within published groups, a baseline, rests on groups that were made from all of them. */
#include "consultation/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include "consultation/house.h"
#include "consultation/polis.h"
#include "core/num.h"
#include "core/rng.h"

enum { LEAST_VOTES = 7, MOST_CELLS = 1200000, ROWS_OF_LARGE = 900 };

typedef struct {
    int32_t participant, statement;
    int8_t value;
} hidden_vote;

/* --- the split --- */

typedef struct {
    vg_consultation part;  /* people with enough votes */
    vg_consultation train; /* without the hidden votes */
    hidden_vote *hidden;
    int64_t n_hidden;
    int32_t n_people;
} split;

static bool is_kept(const vg_consultation *c, int32_t p)
{
    return c->row_at[p + 1] - c->row_at[p] >= LEAST_VOTES;
}

static bool keep_people(const vg_consultation *c, split *s, vg_arena *a, vg_err *e)
{
    int64_t people = 0;
    for (int32_t p = 0; p < c->n_participants; p++)
        people += is_kept(c, p);
    if (people * c->n_voted > MOST_CELLS && people > ROWS_OF_LARGE)
        people = ROWS_OF_LARGE;
    bool *keep = vg_new(a, bool, c->n_votes);
    if (!keep)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t p = 0; p < c->n_participants && s->n_people < people; p++) {
        if (!is_kept(c, p))
            continue;
        s->n_people++;
        for (int64_t i = c->row_at[p]; i < c->row_at[p + 1]; i++)
            keep[i] = true;
    }
    if (s->n_people == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "nobody cast %d votes or more", LEAST_VOTES);
        return vg_why(e, "votes are hidden only of people who cast that many");
    }
    return vg_consultation_subset(c, keep, a, &s->part, e);
}

static bool hide_votes(split *s, const vg_hidden_opts *o, vg_arena *a, vg_err *e)
{
    const vg_consultation *c = &s->part;
    int64_t n = c->n_votes;
    int64_t *order = vg_new(a, int64_t, n);
    bool *keep = vg_new(a, bool, n);
    s->n_hidden = (int64_t)llround(o->share * (double)n);
    s->hidden = vg_new(a, hidden_vote, s->n_hidden);
    if (!order || !keep || !s->hidden)
        return vg_fail_memory(e, vg_arena_limit(a));
    vg_rng rng = vg_rng_at(o->seed, 0);
    for (int64_t i = 0; i < n; i++) {
        order[i] = i;
        keep[i] = true;
    }
    for (int64_t i = 0; i < s->n_hidden; i++) {
        int64_t j = i + (int64_t)vg_rng_below(&rng, (uint32_t)(n - i)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
        keep[order[i]] = false;
    }
    int64_t k = 0;
    for (int32_t p = 0; p < c->n_participants; p++)
        for (int64_t i = c->row_at[p]; i < c->row_at[p + 1]; i++)
            if (!keep[i])
                s->hidden[k++] = (hidden_vote){ p, c->row_statement[i], c->row_value[i] };
    return vg_consultation_subset(c, keep, a, &s->train, e);
}

/* --- the measures --- */

typedef struct {
    double prediction;
    int8_t value;
} scored;

static int by_prediction(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    return x->prediction < y->prediction ? -1 : x->prediction > y->prediction;
}

/* Area under the curve of agree against disagree; the list is sorted in place, passes are passed over. */
static double area(scored *list, int64_t n)
{
    double below = 0, won = 0, agrees = 0;
    qsort(list, (size_t)n, sizeof *list, by_prediction);
    for (int64_t from = 0; from < n;) {
        int64_t to = from;
        double yes = 0, no = 0;
        for (; to < n && !(list[to].prediction > list[from].prediction); to++) {
            yes += list[to].value > 0;
            no += list[to].value < 0;
        }
        won += yes * (below + no / 2);
        below += no;
        agrees += yes;
        from = to;
    }
    return agrees > 0 && below > 0 ? won / (agrees * below) : NAN;
}

static bool measure(const split *s, const double *prediction, vg_arena scratch, vg_hidden_measure *out,
                    vg_err *e)
{
    scored *list = vg_new(&scratch, scored, s->n_hidden);
    vg_sum sum = { 0 };
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int64_t i = 0; i < s->n_hidden; i++) {
        double off = prediction[i] - s->hidden[i].value;
        vg_sum_add(&sum, off * off);
        list[i] = (scored){ prediction[i], s->hidden[i].value };
    }
    out->rmse = s->n_hidden ? sqrt(vg_sum_value(&sum) / (double)s->n_hidden) : NAN;
    out->auc = area(list, s->n_hidden);
    return true;
}

/* --- the predictions --- */

/* Mean of a statement over all who voted in training; of everything where nobody did. */
static void statement_means(const vg_consultation *c, double *mean)
{
    int64_t total = 0;
    for (int64_t i = 0; i < c->n_votes; i++)
        total += c->row_value[i];
    double all = c->n_votes ? (double)total / (double)c->n_votes : 0;
    for (int32_t t = 0; t < c->n_statements; t++) {
        int64_t n = c->col_at[t + 1] - c->col_at[t], sum = 0;
        for (int64_t i = c->col_at[t]; i < c->col_at[t + 1]; i++)
            sum += c->col_value[i];
        mean[t] = n ? (double)sum / (double)n : all;
    }
}

static bool by_groups(const split *s, const int32_t *group, int32_t n_groups, const double *mean,
                      vg_arena scratch, double *prediction, vg_err *e)
{
    const vg_consultation *c = &s->train;
    int64_t width = c->n_statements;
    int32_t *sum = vg_new(&scratch, int32_t, n_groups * width),
            *n = vg_new(&scratch, int32_t, n_groups * width);
    if (!sum || !n)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t p = 0; p < c->n_participants; p++)
        for (int64_t i = c->row_at[p]; i < c->row_at[p + 1] && group[p] >= 0; i++) {
            sum[group[p] * width + c->row_statement[i]] += c->row_value[i];
            n[group[p] * width + c->row_statement[i]]++;
        }
    for (int64_t i = 0; i < s->n_hidden; i++) {
        int32_t g = group[s->hidden[i].participant], t = s->hidden[i].statement;
        bool known = g >= 0 && n[g * width + t] > 0;
        prediction[i] = known ? (double)sum[g * width + t] / n[g * width + t] : mean[t];
    }
    return true;
}

static bool by_polis(const split *s, const vg_hidden_opts *o, const double *mean, vg_arena *a,
                     double *prediction, vg_err *e)
{
    vg_polis r;
    vg_polis_opts polis = {
        .seed = o->seed, .n_threads = o->n_threads, .groups_only = true, .progress = o->progress
    };
    return vg_polis_analyse(&s->train, &polis, a, &r, e) &&
           by_groups(s, r.group, r.n_groups, mean, *a, prediction, e);
}

static bool by_house(const split *s, const vg_hidden_opts *o, double *prediction, vg_err *e)
{
    vg_opinions *m;
    vg_house_opts house = { .seed = o->seed, .n_threads = o->n_threads, .progress = o->progress };
    if (!vg_opinions_fit(&s->train, &house, &m, e))
        return false;
    for (int64_t i = 0; i < s->n_hidden; i++)
        prediction[i] = vg_opinions_at(m, s->hidden[i].participant, s->hidden[i].statement).value;
    vg_opinions_free(m);
    return true;
}

static bool predict_all(const vg_consultation *c, const split *s, const vg_hidden_opts *o, vg_arena *a,
                        vg_hidden_score *out, vg_err *e)
{
    double *mean = vg_new(a, double, c->n_statements), *prediction = vg_new(a, double, s->n_hidden);
    if (!mean || !prediction)
        return vg_fail_memory(e, vg_arena_limit(a));
    statement_means(&s->train, mean);
    for (int64_t i = 0; i < s->n_hidden; i++)
        prediction[i] = mean[s->hidden[i].statement];
    out->group_mean = (vg_hidden_measure){ NAN, NAN };
    if (!measure(s, prediction, *a, &out->statement_mean, e))
        return false;
    if (c->published_group &&
        (!by_groups(s, c->published_group, c->n_published_groups, mean, *a, prediction, e) ||
         !measure(s, prediction, *a, &out->group_mean, e)))
        return false;
    return (o->engine == VG_ENGINE_HOUSE ? by_house(s, o, prediction, e)
                                         : by_polis(s, o, mean, a, prediction, e)) &&
           measure(s, prediction, *a, &out->engine, e);
}

bool vg_evaluate_hidden(const vg_consultation *c, const vg_hidden_opts *o, vg_arena *a, vg_hidden_score *out,
                        vg_err *e)
{
    if (!(o->share > 0 && o->share < 1)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a share of %g cannot be hidden", o->share);
        return vg_mend(e, "choose one between 0 and 1, such as 0.2");
    }
    split s = { .n_hidden = 0 };
    vg_hidden_score score = { .n_participants = 0 };
    if (!keep_people(c, &s, a, e) || !hide_votes(&s, o, a, e) || !predict_all(c, &s, o, a, &score, e))
        return false;
    score.n_participants = s.n_people;
    score.n_statements = c->n_voted;
    score.n_votes = s.part.n_votes;
    score.n_hidden = s.n_hidden;
    *out = score;
    return true;
}
