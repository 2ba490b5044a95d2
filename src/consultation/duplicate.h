/**
 * Statements that say nearly the same, suggested for merging. A moderator decides: nothing is merged here.
 *
 *     vg_duplicate *pair;
 *     int32_t n;
 *     if (!vg_duplicates_find(&c, VG_NOSTR, 0, &arena, &pair, &n, e)) return false;       closest pair first
 *
 * Two texts are compared by the cosine of their three-letter pieces, each weighed by how rare it is among the
 * statements (Salton & Buckley 1988, doi 10.1016/0306-4573(88)90021-0), after folding of case, accents and punctuation.
 * That sees other spellings, word order and small edits; it does not see two ways of saying a thing without a common
 * word, and "not" weighs little: opposite statements can be suggested, another reason why a person decides.
 */
#ifndef VG_CONSULTATION_DUPLICATE_H
#define VG_CONSULTATION_DUPLICATE_H

#include "consultation/consultation.h"

typedef struct {
    int32_t first, second; /* statements; first has the lower id */
    double similarity;     /* 0 .. 1; 1 = the same after folding */
} vg_duplicate;

/**
 * Pairs of statements that are not rejected with a similarity of at least `least` (0 = 0.6), most similar first. Of a
 * text the first 2,000 bytes are looked at. `language` empty: the original texts. Time about O(statements x length x
 * statements that share rare pieces). Fails: VG_ENOMEM.
 */
bool vg_duplicates_find(const vg_consultation *c, vg_str language, double least, vg_arena *a,
                        vg_duplicate **out, int32_t *n, vg_err *e);

#endif
