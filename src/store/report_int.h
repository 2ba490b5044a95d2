/** What the files of reports share: numbers as bytes, the same on every machine. */
#ifndef VG_STORE_REPORT_INT_H
#define VG_STORE_REPORT_INT_H

#include <math.h>
#include <string.h>

#include "store/report.h"

/** Words of the enums that exist: what may be used as an index. */
bool vg_report__words_hold(const vg_report *r);

static inline uint64_t vg_report__get64(const char *s)
{
    uint64_t x;
    memcpy(&x, s, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static inline void vg_report__put64(char *s, uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(s, &x, 8);
}

/** The bits of a number by value: one not-a-number, one zero. */
static inline uint64_t vg_report__bits(double x)
{
    uint64_t bits;
    if (isnan(x))
        return 0x7FF8000000000000ULL;
    x += 0.0; /* minus zero becomes zero */
    memcpy(&bits, &x, 8);
    return bits;
}

/** Numbers of seven bits a byte, least first, in as few bytes as they need: at most ten. Returns the end. */
static inline char *vg_report__put_varint(char *to, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        *to++ = (char)(uint8_t)(x | 0x80);
    *to++ = (char)(uint8_t)x;
    return to;
}

/** Takes one off the front; false where it is cut or longer than it need be. */
static inline bool vg_report__get_varint(vg_str *s, uint64_t *x)
{
    uint64_t sum = 0;
    for (int i = 0; i < 10 && i < s->n; i++) {
        uint64_t b = (uint8_t)s->s[i];
        if (i == 9 && b > 1)
            return false;
        sum |= (b & 0x7F) << (7 * i);
        if (b < 0x80) {
            if (b == 0 && i > 0)
                return false;
            s->s += i + 1;
            s->n -= i + 1;
            *x = sum;
            return true;
        }
    }
    return false;
}

/** Signed numbers near zero as small ones. */
static inline uint64_t vg_report__zigzag(uint64_t x)
{
    return x << 1 ^ (uint64_t)((int64_t)x >> 63);
}

static inline uint64_t vg_report__unzigzag(uint64_t x)
{
    return x >> 1 ^ (0 - (x & 1));
}

#endif
