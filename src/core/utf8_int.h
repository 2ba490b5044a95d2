/** Inside of core: two steps of UTF-8 that both the CSV and the JSON reader need. */
#ifndef VG_CORE_UTF8_INT_H
#define VG_CORE_UTF8_INT_H

#include "core/str.h"

/** How many bytes at the front of `s` are whole, well-formed characters. */
static inline ptrdiff_t vg_utf8__front(vg_str s)
{
    ptrdiff_t good = 0;
    for (ptrdiff_t len = 1; len <= 4 && good + len <= s.n; len++)
        if (vg_utf8_valid(vg_sub(s, good, len))) {
            good += len;
            len = 0;
        }
    return good;
}

/** Writes a code point (not a surrogate, at most U+10FFFF): 1 to 4 bytes. Returns the place behind them. */
static inline char *vg_utf8__put(int32_t code, char *to)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    int behind = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[4] = { 0, 0xC0, 0xE0, 0xF0 };
    *to++ = (char)(lead[behind] | code >> (6 * behind));
    while (behind-- > 0)
        *to++ = (char)(0x80 | (code >> (6 * behind) & 0x3F));
    return to;
}

#endif
