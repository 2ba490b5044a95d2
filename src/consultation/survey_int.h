/* Shared by the files of surveys only. */
#ifndef VG_CONSULTATION_SURVEY_INT_H
#define VG_CONSULTATION_SURVEY_INT_H

#include "consultation/survey.h"
#include "core/csv.h"

/** Room for one thing more: the same array, or a copy twice as large in the arena. NULL when memory is out. */
void *vg_survey_grow(vg_arena *a, const void *old, int64_t n, int64_t *cap, int64_t size);

#define VG_GROW(a, array, n, cap) vg_survey_grow((a), (array), (n), (cap), (int64_t)sizeof *(array))

/** True when the text is one of the words, which are ended by NULL; A-Z and a-z are one. */
bool vg_survey_word(vg_str text, const char *const *word);

#endif
