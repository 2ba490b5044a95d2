/*
 * What two names must share to be compared in full: the part of a match that an index can be asked for. The same rule
 * rules pairs out whether the index brought them together or every name is looked at, so that both give the same answers.
 * Invariant: two parts that are near share a key of vg_part_keys (index.c).
 */
#ifndef VG_SCREENING_NAME_NEAR_INT_H
#define VG_SCREENING_NAME_NEAR_INT_H

#include "screening/name.h"

/** Bears weight that names can be found by: core parts but initials. */
bool vg_part_searched(const vg_name_part *p);

/** Sum of the weights of those. */
float vg_name_searched_weight(const vg_name *n);

/** Nearness 0..1 of two parts: equal letters, number, meaning or sounds, or hardly any edits apart; 0 = not near. Symmetric. */
float vg_part_nearness(const vg_name_part *a, const vg_name_part *b);

/** A word and words written as one, without blanks: of the same sounds (three or more). */
bool vg_run_sounds_same(const char *word, int n_word, const char *run, int n_run);

/** The same: at most one edit apart. */
bool vg_run_is_near(const char *word, int n_word, const char *run, int n_run);

#define VG_NAME_LEAST_SHARED 0.42F /* of the lighter name's searched weight */

/**
 * Whether two names that share so many bits, of their searched weights, are worth a full comparison: a share of the lighter
 * name's weight, and a larger one where names in one script do not agree in letters either.
 */
bool vg_name_shares_enough(float shared, float weight_a, float weight_b, bool one_script, uint64_t letters_a,
                           uint64_t letters_b);

/**
 * The most that the log-odds of two names can be which share so many bits: sharing little of the heavier name, they are not
 * all but certainly one party's, whatever else agrees. Rises with `shared`.
 */
double vg_name_most_odds(float shared, float weight_a, float weight_b);

#define VG_NAME_MOST_ODDS 6.0 /* of any two names */

#endif
