/* A name cut into words, on the stack: what name_cut.c makes and name_parse.c reads. */
#ifndef VG_SCREENING_NAME_CUT_INT_H
#define VG_SCREENING_NAME_CUT_INT_H

#include "screening/name_int.h"

#define CUT_WORDS   64
#define CUT_LETTERS 1400

typedef struct {
    vg_str raw;
    const char *letters; /* in cut.letters; words follow one another with one NUL between them */
    int16_t n;
    uint8_t script;
    bool capitals; /* no small letters */
    bool camel;    /* a capital behind a small letter */
    bool dot, gap; /* what follows: a dot; more than a dot */
    bool slash;    /* a slash follows */
    bool single;   /* one letter as written */
} cut_word;

typedef struct {
    cut_word word[CUT_WORDS];
    char letters[CUT_LETTERS];
    int n, n_letters;
    int family_n; /* words before the first comma, if there is one in a person's name */
    uint8_t script;
    bool cut;
} cut;

void vg_name_cut(const vg_name_book *b, vg_str text, vg_schema schema, cut *out);

#endif
