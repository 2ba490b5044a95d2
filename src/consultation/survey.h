/**
 * Surveys before and after: the same people asked the same questions twice, and what changed.
 *
 *     vg_survey_form form;
 *     vg_survey_data before, after;
 *     vg_survey r;
 *     if (!vg_survey_form_read("survey.csv", "choices.csv", VG_S("fr"), &a, &form, e)) return false;
 *     if (!vg_survey_data_read("ante.csv", &form, VG_S("code"), &a, &before, e)) return false;
 *     if (!vg_survey_data_read("post.json", &form, VG_S("code"), &a, &after, e)) return false;
 *     if (!vg_survey_compare(&form, &before, &after, &(vg_survey_opts){ 0 }, &a, &r, e)) return false;
 *
 * The form is an XLSForm's sheets survey and choices as CSV. Data are CSV or JSON as ODK and KoBo export them: headers
 * `question`, `group/question`, `group-question` or the question's label; answers by name or by label in any of the
 * form's languages. Missing is not zero: an empty cell, a choice that is no answer ("don't know") and a refused
 * answer are all "not known" and leave the pair out of that question.
 *
 * What is tested how: numbers by the paired t test, ordered choices (a Likert scale) by Wilcoxon's signed ranks, two
 * choices and each option of a multiple choice by McNemar's test, p corrected by Holm over all questions and scales
 * of one comparison. Choices without an order are counted and not tested. Formulas: stat/survey.h.
 */
#ifndef VG_CONSULTATION_SURVEY_H
#define VG_CONSULTATION_SURVEY_H

#include "stat/survey.h"

/* --- the form --- */

typedef enum {
    VG_ASK_NUMBER,  /* integer, decimal, range */
    VG_ASK_ORDERED, /* choices with an order: their names are numbers, or the appearance is "likert" */
    VG_ASK_YES_NO,  /* two choices, or one option of a select_multiple: 1 and 0 */
    VG_ASK_NOMINAL  /* choices without an order */
} vg_survey_kind;

typedef struct {
    vg_str name;
    const vg_str *label; /* one a language of the form; empty = none */
    double code;         /* its name as a number; else its place in the list, 1, 2 ...; yes 1 and no 0 */
    bool missing;        /* no answer: see vg_survey_form_read */
} vg_survey_choice;

typedef struct {
    vg_str name;         /* "trust"; of an option of a multiple choice "needs/water" */
    vg_str path;         /* with the groups around it: "part_b/trust" */
    const vg_str *label; /* one a language of the form */
    vg_str shown;        /* the label in the language asked for, else another's, else the name */
    vg_survey_kind kind;
    const vg_survey_choice
        *choice; /* n_choices, in the form's order; of an option of a multiple choice: none */
    int32_t n_choices;
    int32_t multiple; /* of a select_multiple: the position of its first option; -1 = none */
    double low, high; /* least and greatest code; NaN of a number without a range */
    vg_str scale;     /* from the column "scale" of the form: what it is an item of; empty = none */
    bool reversed;    /* from the column "reversed": high means little */
    int64_t line;     /* in the sheet */
} vg_survey_question;

typedef struct {
    const char *file;
    int32_t n_languages;
    const vg_str
        *language;       /* "fr", or what the label's column says where it has no code; "" = a plain label */
    int32_t n_questions; /* those that can be counted; text, dates, places, notes ... are not */
    const vg_survey_question *question;
    int32_t n_skipped;    /* of known types that are not counted */
    int32_t n_unknown;    /* of types that XLSForm does not have: left out */
    vg_err first_unknown; /* place and type of the first of them */
    int32_t shown;        /* the language of `shown`; -1 = the form has no labels */
} vg_survey_form;

/**
 * Reads an XLSForm. choices_path NULL = no choices sheet. `language` picks the labels shown ("fr"; a column
 * `label::Français (fr)` has that code); empty or unknown: the first.
 *
 * A choice counts as no answer where the sheet has a column "missing" that says so, where its name is one of dk, dont_know,
 * na, n_a, not_applicable, no_answer, no_response, refused, refuse, prefer_not_to_say, prefer_not_to_answer, nsp, other
 * (and or_other), or where it is 77, 88, 97, 98, 99 (also tripled, or negative) and no other code is above 20.
 * Of two choices, the one named yes, oui, y, o, true, vrai, agree or 1 is 1; else the first one is.
 *
 * Fails: VG_EPARSE (a sheet without its columns; a repeat group: one respondent would have many answers; .xlsx), VG_ECONFLICT
 * (one name for two questions at one place), VG_ENOTFOUND (a list without choices), VG_ENODATA (nothing to count),
 * VG_ERANGE (over 5,000 questions or 200,000 choices), VG_EIO, VG_ENOMEM.
 */
bool vg_survey_form_read(const char *survey_path, const char *choices_path, vg_str language, vg_arena *a,
                         vg_survey_form *out, vg_err *e);

/* --- the data --- */

typedef struct {
    const char *file;
    char sha256[65];
    int64_t n_rows;        /* submissions in the file */
    int64_t n;             /* respondents: submissions with an id, one each */
    const vg_str *id;      /* n */
    double *const *answer; /* n rows of n_questions codes, NaN = not known */
    int64_t n_without_id;
    int64_t n_replaced;  /* submissions that a later one of the same id replaced (by submission time) */
    int64_t n_ambiguous; /* submissions left out: the same id again, and no telling which is the later */
    int64_t n_rejected;  /* answers that the question does not allow, and rows that cannot be read */
    vg_err first_rejected;
    int64_t n_no_answer; /* answers by a choice that is none ("don't know") */
    uint32_t languages;  /* of labels by which answers or columns were found, a bit a language of the form */
    int32_t n_columns, n_other_columns; /* CSV only: columns, and those that are no question */
} vg_survey_data;

/**
 * Reads one survey. `id_column`: the header (or the last part of it) that says who answered.
 * Fails: VG_ENOTFOUND (no such column), VG_EPARSE (broken file, neither CSV nor JSON, a repeat group: `children[1]/age` or an
 * array of objects), VG_ECONFLICT (two columns for one question), VG_ENODATA (no question of the form is there; no
 * respondent), VG_EIO, VG_ENOMEM.
 */
bool vg_survey_data_read(const char *path, const vg_survey_form *form, vg_str id_column, vg_arena *a,
                         vg_survey_data *out, vg_err *e);

/* --- what changed --- */

typedef enum { VG_TEST_NONE, VG_TEST_PAIRED_T, VG_TEST_WILCOXON, VG_TEST_MCNEMAR } vg_survey_test;

typedef struct {
    int32_t question;     /* in the form */
    int64_t n;            /* people who answered it both times */
    double before, after; /* mean code of them; of yes and no the share of yes; NaN of nominal choices */
    double change;
    vg_bounds change_bounds;
    vg_survey_test test;
    double p, p_holm;
    double effect; /* t: Hedges' g; Wilcoxon: rank-biserial r; McNemar: odds ratio */
    vg_bounds effect_bounds;
    const int64_t *count_before,
        *count_after; /* of the n, one a choice (yes-no: no, yes); NULL for numbers */
} vg_survey_item;

typedef struct {
    vg_str name;
    int32_t n_items;
    const int32_t *item;  /* questions */
    const bool *reversed; /* n_items */
    bool is_sus;          /* System Usability Scale: 0..100 */
    vg_reliability first,
        second;           /* of all who answered every item, before and after; of SUS its answers turned */
    int64_t n;            /* people with a score both times */
    double before, after; /* mean score: of the items turned where they are reversed */
    vg_bounds before_bounds, after_bounds;
    vg_paired_t t;
    double p_holm;
} vg_survey_scale;

typedef struct {
    const vg_survey_form *form;
    const vg_survey_data *before, *after;
    double level;
    int64_t n_pairs, n_only_before, n_only_after;
    int32_t n_items;
    const vg_survey_item *item;
    int32_t n_scales;
    const vg_survey_scale *scale;
    int32_t n_tests; /* in Holm's family */
} vg_survey;

/** All-zero = all questions, the form's scales, level 0.95. */
typedef struct {
    vg_str items; /* "trust,needs/water": these questions; choices named here count as ordered */
    vg_str
        scales; /* "trust=q1,q2,-q3;sus=s1,...,s10": the - marks a reversed item; a scale "sus" of ten is the SUS */
    double level; /* of the intervals, in (0, 1); 0 = 0.95 */
} vg_survey_opts;

/**
 * Compares. Fails: VG_ECONFLICT (both files are the same bytes), VG_ENOTFOUND (an item that the form has not; no id is in
 * both files), VG_EARG (a scale badly written, of nominal choices, or with a reversed number without range), VG_ENOMEM.
 * Time O(questions x pairs log pairs).
 */
bool vg_survey_compare(const vg_survey_form *form, const vg_survey_data *before, const vg_survey_data *after,
                       const vg_survey_opts *opts, vg_arena *a, vg_survey *out, vg_err *e);

/** Position of a question by its name or path, or -1. */
int32_t vg_survey_find(const vg_survey_form *form, vg_str name);

/** The label of a choice in the form's shown language, else its name. */
vg_str vg_survey_choice_label(const vg_survey_form *form, const vg_survey_choice *c);

#endif
