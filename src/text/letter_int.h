/* The table that make_letters.c writes, as letter.c reads it. */
#ifndef VG_TEXT_LETTER_INT_H
#define VG_TEXT_LETTER_INT_H

#include <stdint.h>

#define VG_LETTER_LIMIT 0x20000

typedef struct {
    uint16_t spelling;
    uint8_t role; /* vg_letter_role, and 128 for capitals */
    uint8_t script;
} vg_letter_entry;

extern const char vg_letter_spelling[][12];
extern const vg_letter_entry vg_letter_page[][256];
extern const uint16_t vg_letter_page_of[VG_LETTER_LIMIT / 256];

#endif
