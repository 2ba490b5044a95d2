/**
 * Folding of names for look-up (countries, columns of a file): letter case, accents, punctuation and a leading "the" are taken away, "&"
 * becomes "and" and "st" becomes "saint", so that "Côte d’Ivoire" and "COTE D'IVOIRE" meet. It is small on purpose
 * (Latin, Cyrillic; other scripts as they are): matching of people's names belongs to src/text.
 */
#ifndef VG_GEO_FOLD_H
#define VG_GEO_FOLD_H

#include "core/str.h"

/** Folded name in `buf` (cut at `cap` bytes, never more than the input's length plus some). */
vg_str vg_geo_fold(vg_str name, char *buf, ptrdiff_t cap);

#endif
