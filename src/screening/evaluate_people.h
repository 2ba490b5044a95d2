/**
 * How well people are found: rows of labelled people screened as they stand in their files (name, birth date, country),
 * those that are on a list and those that are not.
 */
#ifndef VG_SCREENING_EVALUATE_PEOPLE_H
#define VG_SCREENING_EVALUATE_PEOPLE_H

#include "screening/screening.h"

typedef struct {
    const char *
        positives; /* CSV: a column of ids (un_ref, os_id or id), full_name, date_of_birth, nationality ... */
    const char *negatives; /* the same without ids; either may be NULL */
    double threshold;      /* 0 = the default */
    const vg_str *list;    /* lists to search; none = the list that holds the positives' ids, else all */
    int32_t n_lists;
    bool exhaustive;
    int n_threads;
    const vg_progress *progress;
} vg_evaluate_people_opts;

/** Counts of the rows of one variant ("treated"), or of all. */
typedef struct {
    vg_str name;
    int64_t n, n_found,
        n_first; /* rows with an id; the entry among the hits; the entry as the first of them */
} vg_evaluate_people_group;

typedef struct {
    vg_evaluate_people_group all;
    vg_evaluate_people_group *group;
    int32_t n_groups;
    int64_t
        n_without_id; /* positives that cannot be looked for: the file names nobody, or the list lacks it */
    int64_t n_negatives, n_flagged; /* rows; with a hit */
    vg_str list;                    /* searched; empty = all */
    double threshold, seconds;
} vg_evaluate_people_result;

/** Fails: VG_EPARSE (no column of names or ids; says which columns there are), VG_EARG (neither file), as reading. */
bool vg_evaluate_people(vg_screening *s, const vg_evaluate_people_opts *opts, vg_arena *a,
                        vg_evaluate_people_result *out, vg_err *e);

/** Whole-entity cases, one JSON object a line: {"match": true, "schema": .., "query": {..}, "candidate": {..}}. */
typedef struct {
    int64_t n, n_right, n_false_positive, n_false_negative, n_bad;
    double threshold;
} vg_evaluate_checks_result;

/** `scores` (may be NULL) gets a CSV: idx,match,score. Fails: as reading; VG_ENODATA (no case). */
bool vg_evaluate_checks(vg_screening *s, const char *path, double threshold, vg_out *scores, vg_arena *a,
                        vg_evaluate_checks_result *out, vg_err *e);

#endif
