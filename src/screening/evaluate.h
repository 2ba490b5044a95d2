/**
 * How well names are compared: labelled pairs at the shipped threshold, and single names of two scripts ranked.
 *
 *     vg_evaluate_pairs_result got;
 *     vg_evaluate_pairs(book, "name_pairs.csv", &scores, &arena, &got, e);
 *     printf("%g\n", vg_evaluate_f1(&got.all));
 *
 * Whole entities and people are in evaluate_people.h.
 */
#ifndef VG_SCREENING_EVALUATE_H
#define VG_SCREENING_EVALUATE_H

#include "core/out.h"
#include "screening/name.h"

/** Pairs of one group, by what was said and what is true. */
typedef struct {
    vg_str name;
    int64_t n, true_positive, false_positive, false_negative;
} vg_evaluate_group;

/** NaN where there is nothing to divide by. */
double vg_evaluate_precision(const vg_evaluate_group *g);
double vg_evaluate_recall(const vg_evaluate_group *g);
double vg_evaluate_f1(const vg_evaluate_group *g);

typedef struct {
    vg_evaluate_group all,
        *group; /* groups in the order of the file; "cross-script" last, when there are such pairs */
    int32_t n_groups;
    int64_t n_labelled; /* 0 = the file has no column is_match, and only scores are told */
    double threshold, brier, seconds;
    struct {
        int64_t n;
        double said, happened; /* means of the scores, and of the labels */
    } tenth[10];
} vg_evaluate_pairs_result;

/**
 * Scores every pair of a CSV with the columns name1, name2 and, if there, schema, is_match (true or false), case_group,
 * case_id. `scores` (may be NULL) gets "case_id,score" lines, or "row,score" where the file has no ids.
 * Fails: VG_EPARSE (a column is missing, a label that is neither), VG_ENODATA (no pair), as reading.
 */
bool vg_evaluate_pairs(const vg_name_book *b, const char *path, vg_out *scores, vg_arena *a,
                       vg_evaluate_pairs_result *out, vg_err *e);

/** Single names of one script. Ranks are among `n_pool` different Latin names of the file's rows of that script. */
typedef struct {
    vg_str script;
    int64_t n, n_pool;
    double top1, reciprocal;         /* vigie's likeness of parts */
    double icu_top1, icu_reciprocal; /* ICU's romanisation and Jaro-Winkler */
} vg_evaluate_script;

typedef struct {
    vg_evaluate_script *script;
    int32_t n_scripts;
    int64_t n_rows;
    double seconds;
} vg_evaluate_tokens_result;

/**
 * For single names written in two scripts (CSV with the columns script, latin, native): where the true Latin name stands
 * among all different Latin names of that script when they are ordered by likeness with the native one. Of each script
 * `n_queries` native names are asked, evenly spread over the file (0 = all). Equal likeness counts half; other Latin
 * names that the file gives for the same native one are left out of the pool for that question.
 * Fails: VG_EPARSE (a column is missing), VG_ENODATA, as reading.
 */
bool vg_evaluate_tokens(const vg_name_book *b, const char *path, int64_t n_queries, vg_arena *a,
                        vg_evaluate_tokens_result *out, vg_err *e);

#endif
