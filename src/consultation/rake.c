/*
 * Weights that make those who took part look like the population. Invariant: weights are positive for the people they
 * are given to and have mean 1 over them.
 */
#include <math.h>
#include <string.h>

#include "consultation/segment.h"
#include "stat/survey.h"

enum { MOST_ROUNDS = 1000 };
static const double CLOSE = 1e-12, GOOD_ENOUGH = 1e-9, PRESENCE_LEVEL = 0.9;

static bool answered_all(const vg_segments *g, const vg_margins *m, int32_t person)
{
    for (int32_t i = 0; i < m->n; i++)
        if (g->question[m->margin[i].question].of[person] == VG_SEGMENT_NONE)
            return false;
    return true;
}

/* One question: weights of each answer scaled to its share. The largest miss before that; -1 = an answer that nobody is
 * left to give. */
static double fit_question(const vg_question *q, const vg_margin *m, int32_t n, int32_t n_people,
                           int32_t n_all, double *w, double *sum)
{
    double miss = 0;
    memset(sum, 0, (size_t)q->n_answers * sizeof *sum);
    for (int32_t p = 0; p < n_all; p++)
        if (w[p] > 0)
            sum[q->of[p]] += w[p];
    for (int32_t i = 0; i < n; i++) {
        double *s = &sum[m[i].answer];
        miss = fmax(miss, fabs(*s / n_people - m[i].share));
        if (*s <= 0 && m[i].share > 0)
            return -1;
        *s = *s > 0 ? m[i].share * n_people / *s : 0;
    }
    for (int32_t p = 0; p < n_all; p++)
        if (w[p] > 0)
            w[p] = fmax(w[p] * sum[q->of[p]], 0);
    return miss;
}

static bool rake(const vg_segments *g, const vg_margins *m, double *w, double *sum, vg_weights *out,
                 vg_err *e)
{
    for (out->n_rounds = 0; out->n_rounds < MOST_ROUNDS; out->n_rounds++) {
        double miss = 0;
        for (int32_t from = 0, to; from < m->n; from = to) {
            const vg_question *q = &g->question[m->margin[from].question];
            for (to = from; to < m->n && m->margin[to].question == m->margin[from].question;)
                to++;
            double d = fit_question(q, m->margin + from, to - from, out->n_people, g->n_participants, w, sum);
            if (d < 0) {
                vg_fail(e, VG_ERANGE, VG_NOWHERE, "nobody is left to give an answer to \"%.*s\"",
                        VG_P(q->name));
                return vg_mend(e, "join its answers with neighbouring ones in both files");
            }
            miss = fmax(miss, d);
        }
        out->miss = miss;
        if (miss < CLOSE)
            return true;
    }
    if (out->miss < GOOD_ENOUGH)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "no weights meet the margins (off by %g after %d rounds)", out->miss,
            MOST_ROUNDS);
    vg_why(e, "where two questions meet, nobody may have taken part");
    return vg_mend(e, "join answers with few people, or leave one question out");
}

static void presence(const vg_segments *g, const vg_margin *m, vg_presence *out)
{
    const vg_question *q = &g->question[m->question];
    int32_t all = 0, here = q->size[m->answer];
    for (int32_t i = 0; i < q->n_answers; i++)
        all += q->size[i];
    *out = (vg_presence){ .question = m->question,
                          .answer = m->answer,
                          .share_there = m->share,
                          .share_here = NAN,
                          .low = NAN,
                          .high = NAN };
    if (all == 0)
        return;
    double share = (double)here / all;
    vg_bounds b = vg_wilson(share, all, PRESENCE_LEVEL);
    out->missing = b.high < m->share;
    out->hidden = here > 0 && here < VG_SEGMENT_LEAST;
    if (!out->hidden) {
        out->share_here = share;
        out->low = b.low;
        out->high = b.high;
    }
}

/* Shares of a question add up to 1: what is hidden is at least two answers and VG_SEGMENT_LEAST people. True when one
 * more was hidden. */
static bool hide_one_more(vg_presence *x, int32_t n, const vg_question *q)
{
    int32_t hidden = 0, people = 0, next = -1;
    for (int32_t i = 0; i < n; i++) {
        int32_t size = q->size[x[i].answer];
        hidden += x[i].hidden;
        people += x[i].hidden ? size : 0;
        if (!x[i].hidden && size > 0 && (next < 0 || size < q->size[x[next].answer]))
            next = i;
    }
    if (hidden == 0 || next < 0 || (hidden >= 2 && people >= VG_SEGMENT_LEAST))
        return false;
    x[next].hidden = true;
    x[next].share_here = x[next].low = x[next].high = NAN;
    return true;
}

static void hide_presences(vg_presence *x, int32_t n, const vg_segments *g)
{
    for (int32_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && x[to].question == x[from].question;)
            to++;
        while (hide_one_more(x + from, to - from, &g->question[x[from].question]))
            ;
    }
}

static void summarise(const double *w, int32_t n, vg_weights *out)
{
    double sum = 0, squares = 0;
    out->smallest = INFINITY;
    for (int32_t p = 0; p < n; p++) {
        if (w[p] <= 0)
            continue;
        sum += w[p];
        squares += w[p] * w[p];
        out->largest = fmax(out->largest, w[p]);
        out->smallest = fmin(out->smallest, w[p]);
    }
    out->effective_size = squares > 0 ? sum * sum / squares : 0;
}

bool vg_segments_rake(const vg_consultation *c, const vg_segments *g, const vg_margins *m, vg_arena *a,
                      vg_weights *out, vg_err *e)
{
    vg_weights x = { .n_presence = m->n };
    int32_t most = 1;
    for (int32_t q = 0; q < g->n_questions; q++)
        most = g->question[q].n_answers > most ? g->question[q].n_answers : most;
    double *w = vg_new(a, double, g->n_participants), *sum = vg_new(a, double, most);
    vg_presence *here = vg_new(a, vg_presence, m->n);
    if (!w || !sum || !here)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t p = 0; p < g->n_participants; p++)
        if (c->row_at[p + 1] > c->row_at[p] && answered_all(g, m, p)) {
            w[p] = 1;
            x.n_people++;
        }
    if (x.n_people == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "nobody with a vote answered every question that has margins");
        return vg_mend(e, "give margins for the questions that most people answered");
    }
    if (!rake(g, m, w, sum, &x, e))
        return false;
    for (int32_t i = 0; i < m->n; i++)
        presence(g, &m->margin[i], &here[i]);
    hide_presences(here, m->n, g);
    summarise(w, g->n_participants, &x);
    x.weight = w;
    x.presence = here;
    x.segments = g;
    *out = x;
    return true;
}

bool vg_weights_hide_some(const vg_weights *w)
{
    for (int32_t i = 0; i < w->n_presence; i++)
        if (w->presence[i].hidden)
            return true;
    return false;
}

/* True when vg_segment_support keeps nothing back of this question: no answer was given by 1 .. least - 1 of those who
 * voted, and neither was none. */
static bool all_shown(const vg_consultation *c, const vg_question *q, int32_t statement)
{
    vg_arena a;
    vg_err ignored = VG_NO_ERR;
    if (!vg_arena_init(&a, (int64_t)q->n_answers * 8 + 4096, &ignored))
        return false;
    int32_t *n = vg_new(&a, int32_t, (int64_t)q->n_answers + 1);
    bool good = n != NULL;
    for (int64_t t = c->col_at[statement]; good && t < c->col_at[statement + 1]; t++) {
        int32_t answer = q->of[c->col_participant[t]];
        n[answer == VG_SEGMENT_NONE ? q->n_answers : answer]++;
    }
    for (int32_t i = 0; good && i <= q->n_answers; i++)
        good = n[i] == 0 || n[i] >= VG_SEGMENT_LEAST;
    vg_arena_free(&a);
    return good;
}

/* Weights rest on the questions with margins; a question comes once for each of its answers, one after another. */
static bool may_show(const vg_consultation *c, const vg_weights *w, int32_t statement)
{
    for (int32_t i = 0; i < w->n_presence; i++)
        if ((i == 0 || w->presence[i].question != w->presence[i - 1].question) &&
            !all_shown(c, &w->segments->question[w->presence[i].question], statement))
            return false;
    return true;
}

vg_weighted_support vg_segment_weighted(const vg_consultation *c, const vg_weights *w, int32_t statement,
                                        double level)
{
    double agree = 0, sum = 0, squares = 0;
    vg_weighted_support x = { .share = NAN, .low = NAN, .high = NAN, .effective_size = NAN };
    for (int64_t t = c->col_at[statement]; t < c->col_at[statement + 1]; t++) {
        double own = w->weight[c->col_participant[t]];
        x.n_cast += own > 0;
        agree += c->col_value[t] > 0 ? own : 0;
        sum += own;
        squares += own * own;
    }
    if (x.n_cast < VG_SEGMENT_LEAST || !may_show(c, w, statement)) {
        x.hidden = c->col_at[statement + 1] > c->col_at[statement];
        x.n_cast = 0;
        return x;
    }
    x.share = agree / sum;
    x.effective_size = sum * sum / squares;
    vg_bounds b = vg_wilson(fmin(x.share, 1), x.effective_size, level > 0 ? level : 0.9);
    x.low = b.low;
    x.high = b.high;
    return x;
}
