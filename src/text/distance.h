/**
 * How far two words in Latin letters are apart: bit-parallel edit distances and Jaro-Winkler. Words hold a-z and 0-9 (what
 * vg_letter_word makes), at most 64 of them; longer ones are compared by their first 64.
 */
#ifndef VG_TEXT_DISTANCE_H
#define VG_TEXT_DISTANCE_H

#include "core/str.h"

/**
 * Fewest insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) that make one of the
 * other. Symmetric, 0..64. About 1 ns a letter of the longer word.
 * Source: Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic J. Computing 10 (2003).
 */
int vg_distance_edits(const char *a, int n_a, const char *b, int n_b);

/**
 * Fewest insertions, deletions and substitutions between words of any bytes as a person typed them, case of a-z aside:
 * for "did you mean". Symmetric; the first 64 bytes count. Cost: the product of the lengths, about 1 ns each.
 */
int vg_distance_typed(vg_str a, vg_str b);

/** Likeness 0..1 after Jaro and Winkler (prefix weight .1, at most 4 letters). Symmetric. */
double vg_jaro_winkler(const char *a, int n_a, const char *b, int n_b);

#endif
