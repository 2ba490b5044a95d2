/**
 * ICU's own romanisation of a whole name, as the yardstick that vigie's tables are measured beside (screening evaluate
 * --tokens). It is a hundred times slower than vg_letter_word and is not used for screening.
 */
#ifndef VG_TEXT_ROMANISE_H
#define VG_TEXT_ROMANISE_H

#include "core/err.h"
#include "core/str.h"

typedef struct vg_romaniser vg_romaniser; /* one thread at a time */

/** Opens ICU's "Any-Latin; Latin-ASCII; Lower" after NFKC. Fails: VG_EIO when ICU's data are not there. */
bool vg_romaniser_open(vg_romaniser **out, vg_err *e);
void vg_romaniser_close(vg_romaniser *r);

/** `text` in Latin letters, lower case, in `buf` (cut at `cap` bytes): the slice of it that was written. */
vg_str vg_romanise(vg_romaniser *r, vg_str text, char *buf, int cap);

#endif
