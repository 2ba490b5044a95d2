/**
 * Letters of every script in Latin letters, one code point at a time and whole words, fast: from tables that the build
 * makes with ICU's transliterations (make_letters.c), with our own for the scripts whose names ICU writes for scholars
 * (Cyrillic, Arabic, Hebrew, Greek, Armenian, Georgian) or not at all (Khmer, Lao).
 *
 *     char latin[64];
 *     int n = vg_letter_word(VG_S("Пу́тин"), latin, sizeof latin, &script);       "putin", VG_SCRIPT_CYRILLIC
 *
 * The result is a-z and 0-9 only. It is made for comparing, not for reading: no marks, no capitals, vowels that a script
 * does not write are absent.
 */
#ifndef VG_TEXT_LETTER_H
#define VG_TEXT_LETTER_H

#include "core/str.h"

typedef enum {
    VG_SCRIPT_NONE = 0, /* digits, signs */
    VG_SCRIPT_LATIN = 1,
    VG_SCRIPT_GREEK,
    VG_SCRIPT_CYRILLIC,
    VG_SCRIPT_ARMENIAN,
    VG_SCRIPT_HEBREW,
    VG_SCRIPT_ARABIC,
    VG_SCRIPT_INDIC, /* Devanagari, Bengali, ... Sinhala */
    VG_SCRIPT_THAI,
    VG_SCRIPT_LAO,
    VG_SCRIPT_MYANMAR,
    VG_SCRIPT_KHMER,
    VG_SCRIPT_GEORGIAN,
    VG_SCRIPT_ETHIOPIC,
    VG_SCRIPT_KANA,
    VG_SCRIPT_HAN,
    VG_SCRIPT_HANGUL,
    VG_SCRIPT_OTHER
} vg_script;

/** What a code point does in a name. */
typedef enum {
    VG_LETTER_GAP,  /* space, bracket, comma ...: ends a word */
    VG_LETTER_DROP, /* marks without a sound, bidi controls, joiners: as if it were not there */
    VG_LETTER_APOSTROPHE,
    VG_LETTER_DOT,
    VG_LETTER_HYPHEN,
    VG_LETTER_DIGIT,
    VG_LETTER_LETTER,
    VG_LETTER_VOWEL_SIGN, /* replaces the vowel that an Indic consonant bears in itself */
    VG_LETTER_VIRAMA,     /* takes it away */
    VG_LETTER_INHERENT,   /* an Indic consonant, with its vowel */
    VG_LETTER_BEFORE      /* Thai and Lao vowels written before the consonant they follow */
} vg_letter_role;

typedef struct {
    const char *latin; /* NUL-terminated, "" where it has no sound */
    uint8_t role;      /* vg_letter_role */
    uint8_t script;    /* vg_script */
    bool capital;
} vg_letter;

/** What is known of a code point; of an unknown one that it is a gap. */
vg_letter vg_letter_of(uint32_t code_point);

/** Takes the first code point off `*s`; a byte that is not UTF-8 gives U+FFFD and is taken alone. 0 at the end. */
uint32_t vg_letter_next(vg_str *s);

/** Name of a script in English ("Cyrillic"). */
const char *vg_script_name(vg_script script);

/**
 * One word in Latin letters: at most `cap` - 1 of them, ended by NUL; the count comes back. Letters of another script that
 * look like those of the word's own (Cyrillic а in a Latin word, and the other way round) are read as what they look like.
 * `*script` gets the script of most letters. Signs and spaces inside are passed over.
 */
int vg_letter_word(vg_str word, char *latin, int cap, vg_script *script);

#endif
