/*
 * Folding of names, one character at a time. Invariant: words come out in lower case with one space between them,
 * so that names can be compared byte by byte.
 */
#include "geo/fold.h"

#include <string.h>

/* Base letters of U+00C0..U+017F, one for each code point; '.' = two letters, '?' = none. */
static const char base_letter[] = "aaaaaa.ceeeeiiiidnooooo?ouuuuyt.aaaaaa.ceeeeiiiidnooooo?ouuuuyty"
                                  "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkklllllll"
                                  "lllnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

typedef struct {
    char *s;
    ptrdiff_t n, cap;
} text;

static void add(text *t, const char *s, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n && t->n < t->cap; i++)
        t->s[t->n++] = s[i];
}

static void add_space(text *t)
{
    if (t->n && t->s[t->n - 1] != ' ')
        add(t, " ", 1);
}

/* Length of the UTF-8 character at s.s[i] and its number; a stray byte counts as itself. */
static int32_t take(vg_str s, ptrdiff_t i, ptrdiff_t *len)
{
    unsigned char c = (unsigned char)s.s[i];
    *len = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    if (i + *len > s.n)
        *len = 1;
    int32_t code = *len == 1 ? c : c & (0xFF >> (*len + 1));
    for (ptrdiff_t k = 1; k < *len; k++)
        code = code << 6 | (s.s[i + k] & 0x3F);
    return code;
}

static void add_cyrillic(text *t, int32_t code)
{
    code += code <= 0x40F ? 0x50 : code <= 0x42F ? 0x20 : 0;
    code = code == 0x451 ? 0x435 : code; /* yo is often written without its dots */
    char two[2] = { (char)(0xC0 | code >> 6), (char)(0x80 | (code & 0x3F)) };
    add(t, two, 2);
}

static void add_latin(text *t, int32_t code)
{
    char c = base_letter[code - 0xC0];
    if (c == '.')
        add(t, code == 0xDF ? "ss" : code == 0xC6 || code == 0xE6 ? "ae" : code <= 0x133 ? "ij" : "oe", 2);
    else if (c != '?')
        add(t, &c, 1);
}

static void add_ascii(text *t, char c)
{
    char low = vg_lower(c);
    if ((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9'))
        add(t, &low, 1);
    else if (c == '&')
        add(t, t->n && t->s[t->n - 1] != ' ' ? " and " : "and ", t->n && t->s[t->n - 1] != ' ' ? 5 : 4);
    else if (c != '\'' && c != '.' && c != '`' && c != '*')
        add_space(t);
}

/* Apostrophes and combining accents are left out. */
static void add_character(text *t, vg_str name, ptrdiff_t i, ptrdiff_t len, int32_t code)
{
    if (code < 0x80)
        add_ascii(t, name.s[i]);
    else if (code >= 0xC0 && code <= 0x17F)
        add_latin(t, code);
    else if (code >= 0x400 && code <= 0x45F)
        add_cyrillic(t, code);
    else if (code == 0xA0 || code == 0x2013 || code == 0x2014)
        add_space(t);
    else if (code != 0x2018 && code != 0x2019 && code != 0x2BC && (code < 0x300 || code > 0x36F))
        add(t, name.s + i, len);
}

/* "st lucia" -> "saint lucia", also in the middle of a name. */
static void spell_saint(text *t)
{
    for (ptrdiff_t i = 0; i + 3 <= t->n; i++) {
        bool begins = i == 0 || t->s[i - 1] == ' ';
        if (!begins || memcmp(t->s + i, "st ", 3) != 0 || t->n + 3 > t->cap)
            continue;
        memmove(t->s + i + 5, t->s + i + 2, (size_t)(t->n - i - 2));
        memcpy(t->s + i, "saint", 5);
        t->n += 3;
    }
}

vg_str vg_geo_fold(vg_str name, char *buf, ptrdiff_t cap)
{
    text t = { buf, 0, cap };
    ptrdiff_t len;
    for (ptrdiff_t i = 0; i < name.n; i += len) {
        int32_t code = take(name, i, &len);
        add_character(&t, name, i, len, code);
    }
    spell_saint(&t);
    vg_str s = vg_trim((vg_str){ buf, t.n });
    return vg_starts(s, VG_S("the ")) ? vg_sub(s, 4, s.n) : s;
}
