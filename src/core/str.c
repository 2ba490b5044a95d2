/* Slices. Invariant: a slice's n is never negative, and its s may be NULL only when n is 0. */
#include "core/str.h"

#include <string.h>

vg_str vg_str_z(const char *z)
{
    return z ? (vg_str){ z, (ptrdiff_t)strlen(z) } : VG_NOSTR;
}

bool vg_eq(vg_str a, vg_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, (size_t)a.n) == 0);
}

char vg_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool vg_eq_nocase(vg_str a, vg_str b)
{
    if (a.n != b.n)
        return false;
    for (ptrdiff_t i = 0; i < a.n; i++)
        if (vg_lower(a.s[i]) != vg_lower(b.s[i]))
            return false;
    return true;
}

int vg_cmp(vg_str a, vg_str b)
{
    ptrdiff_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.s, b.s, (size_t)n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool vg_starts(vg_str s, vg_str prefix)
{
    return s.n >= prefix.n && vg_eq(vg_sub(s, 0, prefix.n), prefix);
}

bool vg_ends(vg_str s, vg_str suffix)
{
    return s.n >= suffix.n && vg_eq(vg_sub(s, s.n - suffix.n, suffix.n), suffix);
}

ptrdiff_t vg_find(vg_str s, vg_str needle)
{
    if (needle.n == 0)
        return 0;
    if (needle.n > s.n)
        return -1;
    const char *at = memmem(s.s, (size_t)s.n, needle.s, (size_t)needle.n);
    return at ? at - s.s : -1;
}

ptrdiff_t vg_find_byte(vg_str s, char c)
{
    const char *at = s.n ? memchr(s.s, c, (size_t)s.n) : NULL;
    return at ? at - s.s : -1;
}

vg_str vg_sub(vg_str s, ptrdiff_t from, ptrdiff_t n)
{
    from = from < 0 ? 0 : from > s.n ? s.n : from;
    n = n < 0 ? 0 : n > s.n - from ? s.n - from : n;
    return (vg_str){ s.s ? s.s + from : NULL, n };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

vg_str vg_trim(vg_str s)
{
    while (s.n && is_space(s.s[0]))
        s = vg_sub(s, 1, s.n - 1);
    while (s.n && is_space(s.s[s.n - 1]))
        s.n--;
    return s;
}

vg_str vg_cut(vg_str *rest, char sep)
{
    ptrdiff_t at = vg_find_byte(*rest, sep);
    vg_str head = at < 0 ? *rest : vg_sub(*rest, 0, at);
    *rest = at < 0 ? vg_sub(*rest, rest->n, 0) : vg_sub(*rest, at + 1, rest->n);
    return head;
}

/* Length of the well-formed character at s[0], 0 when there is none (Unicode 15, table 3-7). */
static int utf8_char(const unsigned char *s, ptrdiff_t n)
{
    if (s[0] < 0x80)
        return 1;
    int len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || n < len)
        return 0;
    unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high)
        return 0;
    for (int i = 2; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

bool vg_utf8_valid(vg_str s)
{
    const unsigned char *p = (const unsigned char *)s.s;
    ptrdiff_t i = 0;
    while (i < s.n) {
        uint64_t eight;
        while (i + 8 <= s.n && (memcpy(&eight, p + i, 8), (eight & 0x8080808080808080ULL) == 0))
            i += 8;
        if (i == s.n)
            break;
        int len = utf8_char(p + i, s.n - i);
        if (!len)
            return false;
        i += len;
    }
    return true;
}

vg_str vg_utf8_head(vg_str s, ptrdiff_t n)
{
    if (s.n <= n)
        return s;
    while (n > 0 && ((unsigned char)s.s[n] & 0xC0) == 0x80)
        n--;
    return vg_sub(s, 0, n);
}

/* Eight bytes a step: multiply by an odd number, fold the high half down. */
uint64_t vg_hash(vg_str s)
{
    uint64_t h = 0x9E3779B97F4A7C15ULL ^ (uint64_t)s.n, w;
    ptrdiff_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        memcpy(&w, s.s + i, 8);
        h = (h ^ w) * 0xD6E8FEB86659FD93ULL;
        h ^= h >> 32;
    }
    w = 0;
    if (i < s.n)
        memcpy(&w, s.s + i, (size_t)(s.n - i));
    h = (h ^ w) * 0xD6E8FEB86659FD93ULL;
    h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93ULL;
    return h ^ (h >> 32);
}
