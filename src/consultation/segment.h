/**
 * Segments of a consultation: what people said about themselves (age, region ...), as data; support by segment with
 * small cells kept back, weights that make the participants look like the population, and who is missing.
 *
 *     vg_segments g;
 *     if (!vg_segments_read("answers.csv", &c, &arena, &g, e)) return false;        participant,question,answer or wide
 *     vg_margins m;
 *     if (!vg_margins_read("population.csv", &g, &arena, &m, e)) return false;      question,answer,share
 *     vg_weights w;
 *     if (!vg_segments_rake(&g, &m, &arena, &w, e)) return false;
 *
 * A figure of fewer than 5 people is never shown, and neither is one from which, with the shown ones and the total, a
 * kept-back figure follows by subtraction. Nobody is named.
 */
#ifndef VG_CONSULTATION_SEGMENT_H
#define VG_CONSULTATION_SEGMENT_H

#include "consultation/consultation.h"

enum { VG_SEGMENT_LEAST = 5, VG_SEGMENT_NONE = -1 };

typedef struct {
    vg_str name;
    int32_t n_answers;
    const vg_str *answer; /* by their bytes */
    const int32_t *of;    /* n_participants: answer, or VG_SEGMENT_NONE */
    const int32_t *size;  /* people with at least one vote, by answer */
} vg_question;

typedef struct {
    int32_t n_participants, n_questions;
    const vg_question *question; /* by name */
    int64_t n_rows, n_unknown;   /* rows read; rows (long) about people who are not in the record: left out */
    int64_t n_changed;           /* answers that a later row of the same person replaced */
} vg_segments;

/**
 * Reads answers from CSV: long (columns participant, question, answer, in any order) or wide (participant, then one
 * column a question). An empty answer is no answer. Fails: VG_EPARSE (no such columns, a row that cannot be read, with
 * its place), VG_ENODATA (no answer of anybody in the record), VG_EIO, VG_ENOMEM.
 */
bool vg_segments_read(const char *path, const vg_consultation *c, vg_arena *a, vg_segments *out, vg_err *e);
bool vg_segments_read_input(vg_input *in, const vg_consultation *c, vg_arena *a, vg_segments *out, vg_err *e);

/* --- support by segment --- */

typedef struct {
    int32_t n_cast, n_agree, n_pass, n_disagree; /* of the segment; -1 where kept back */
    double share, low, high;                     /* agree / cast with Wilson interval; NaN where kept back */
    bool hidden; /* fewer than VG_SEGMENT_LEAST people, or kept back beside such a one */
} vg_segment_cell;

/**
 * Support for one statement by the answers to one question: cell[n_answers + 1], the last for people without an
 * answer. With fewer than VG_SEGMENT_LEAST people in one cell, the smallest other cell is kept back too, until what is
 * kept back together has at least VG_SEGMENT_LEAST people in at least two cells: the totals then give nothing away.
 * level  of the intervals, 0 = 0.9
 */
bool vg_segment_support(const vg_consultation *c, const vg_question *q, int32_t statement, double level,
                        vg_segment_cell *cell, vg_err *e);

/**
 * Which cells of a table of counts are kept back: rows x cols, row-major; a kept-back cell has company in its row and
 * its column, so that row totals, column totals and the grand total (all shown) give no count under `least` away, nor
 * an exact one at all. Empty cells (0) are shown: that nobody is there is no secret about anybody. Fails: VG_ENOMEM.
 */
bool vg_segment_hide(const int32_t *count, int32_t rows, int32_t cols, int32_t least, bool *hidden,
                     vg_err *e);

/* --- weights --- */

typedef struct {
    int32_t question, answer; /* of the segments */
    double share;             /* of the population; shares of a question add up to 1 */
} vg_margin;

typedef struct {
    int32_t n;
    const vg_margin *margin; /* by question, then answer */
} vg_margins;

/**
 * Population shares from CSV (question,answer,share; shares as 0.51 or 51 %; per question they must add up to 1 or 100
 * within 1 part in 100, and are scaled to exactly 1). Fails: VG_EPARSE, VG_ERANGE (a negative share, a wrong sum),
 * VG_ENOTFOUND (a question or answer that nobody gave, which no weight can bring in; the message names it), VG_EIO.
 */
bool vg_margins_read(const char *path, const vg_segments *g, vg_arena *a, vg_margins *out, vg_err *e);
bool vg_margins_read_input(vg_input *in, const vg_segments *g, vg_arena *a, vg_margins *out, vg_err *e);

/** Someone missing: a segment's share of the people who took part beside its share of the population. */
typedef struct {
    int32_t question, answer;
    double share_here, low, high; /* of those who took part and answered, Wilson interval at 0.9 */
    double share_there;           /* of the population */
    bool missing;                 /* the interval lies below the population's share */
    bool hidden;                  /* fewer than VG_SEGMENT_LEAST people: share_here and interval are NaN */
} vg_presence;

typedef struct {
    int32_t n_people;      /* with a vote and an answer to every question that has margins */
    const double *weight;  /* n_participants, mean 1 over n_people; 0 for the others */
    double effective_size; /* (sum w)^2 / sum w^2 (Kish 1965, Survey Sampling, 11.7) */
    double largest, smallest;
    double miss; /* largest difference of a weighted share from its margin */
    int32_t n_rounds;
    int32_t n_presence;
    const vg_presence *presence; /* in the order of the margins */
    const vg_segments *segments; /* that the weights were made of; must outlive them */
} vg_weights;

/**
 * Raking (iterative proportional fitting, Deming & Stephan 1940, doi 10.1214/aoms/1177731829) until every weighted
 * share is within 1e-12 of its margin, at most 1,000 rounds. Fails: VG_ENODATA (nobody answered all questions),
 * VG_ERANGE (the margins cannot be met: e.g. nobody there where two questions meet), VG_ENOMEM.
 */
bool vg_segments_rake(const vg_consultation *c, const vg_segments *g, const vg_margins *m, vg_arena *a,
                      vg_weights *out, vg_err *e);

/** True where a presence is kept back: `largest` and an exact `effective_size` would then give its count away. */
bool vg_weights_hide_some(const vg_weights *w);

/**
 * Weighted support for a statement: sum of weights of those who agree over the weights of those who voted, and an
 * interval with the effective number of them. NaN, with n_cast = 0 and `hidden`, where fewer than VG_SEGMENT_LEAST people
 * with a weight voted, and where vg_segment_support keeps back a cell of a question with margins: beside the shown
 * cells and the totals a weighted sum is one equation more, enough to find what is kept back.
 */
typedef struct {
    double share, low, high, effective_size;
    int32_t n_cast;
    bool hidden; /* somebody voted, and nothing is shown */
} vg_weighted_support;

vg_weighted_support vg_segment_weighted(const vg_consultation *c, const vg_weights *w, int32_t statement,
                                        double level);

#endif
