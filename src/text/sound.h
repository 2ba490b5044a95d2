/**
 * The sounds behind spellings: what stays of a name when it is romanised in another way or by another people.
 *
 *     char s[17];
 *     vg_sound("mohammed", 8, s);      "MMT"      as do muhammad, Mehmed, and محمد by way of vg_letter_word
 *
 * Two tools: a skeleton of consonant classes, which an index can be asked with, and a distance whose costs are learnt
 * from names that are written in two scripts (which letters stand for one another, which are left out).
 */
#ifndef VG_TEXT_SOUND_H
#define VG_TEXT_SOUND_H

#include "core/str.h"

#define VG_SOUND_MAX 16

/**
 * Classes of the consonants of a folded word: P (b p), F (f v w ph), T (d t th), K (c g k q kh gh), S (s z ts, c before
 * e i y), J (j ch sh zh), L, R, M, N; A for a vowel or h at the front; digits stay. Neighbours of one class are one.
 * At most VG_SOUND_MAX; ended by NUL; the count comes back.
 */
int vg_sound(const char *folded, int n, char sound[VG_SOUND_MAX + 1]);

/**
 * Distance of two folded words in edits, where a letter that often stands for another (or is often left out) in names
 * written in two scripts costs less than 1: 0 for equal words, at most the longer length. Symmetric. At most 32 letters
 * of each are looked at. `bare`: one of them comes from a script that leaves vowels out (Arabic, Hebrew), so that leaving one
 * out costs next to nothing. About 1 ns for each pair of letters near the diagonal.
 * Costs: -log of how often the letters are aligned, scaled; learnt by src/screening/train from name pairs of seven
 * scripts (xlit_name_tokens, CC0).
 */
double vg_sound_distance(const char *a, int n_a, const char *b, int n_b, bool bare);

#endif
