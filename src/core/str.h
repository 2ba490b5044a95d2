/**
 * Strings are slices: a pointer and a length, UTF-8, not NUL-terminated, passed by value, cut without copying.
 *
 *     vg_str line = VG_S("MLI;2024-03;117");
 *     vg_str iso3 = vg_cut(&line, ';');         "MLI", and line is now "2024-03;117"
 *     if (vg_eq(iso3, VG_S("MLI")))
 *         printf("%.*s\n", VG_P(iso3));
 *
 * A slice borrows its bytes: it lives as long as what it points into. UTF-8 is checked once, at the border
 * (file, socket, argv), with vg_utf8_valid. Nothing here looks at the locale.
 */
#ifndef VG_CORE_STR_H
#define VG_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *s;
    ptrdiff_t n;
} vg_str;

#define VG_S(lit) ((vg_str){ (lit), (ptrdiff_t)sizeof(lit) - 1 })
#define VG_P(x)   (int)(x).n, (x).s /* for "%.*s" */
#define VG_NOSTR  ((vg_str){ NULL, 0 })

/** Slice over a NUL-terminated string; NULL gives the empty slice. */
vg_str vg_str_z(const char *z);

/** Same bytes. */
bool vg_eq(vg_str a, vg_str b);

/** Same letters, A-Z and a-z taken as one; other bytes must be the same. For codes and keywords, not for names. */
bool vg_eq_nocase(vg_str a, vg_str b);

/** Order of the bytes, as strcmp: negative, 0 or positive. */
int vg_cmp(vg_str a, vg_str b);

bool vg_starts(vg_str s, vg_str prefix);
bool vg_ends(vg_str s, vg_str suffix);

/** Position of the first `needle` in `s`, or -1. The empty needle is found at 0. */
ptrdiff_t vg_find(vg_str s, vg_str needle);

/** Position of the first byte `c`, or -1. */
ptrdiff_t vg_find_byte(vg_str s, char c);

/** Part of `s` from byte `from`, at most `n` bytes; both are clamped into `s`. */
vg_str vg_sub(vg_str s, ptrdiff_t from, ptrdiff_t n);

/** Without spaces, tabs, CR and LF at both ends. */
vg_str vg_trim(vg_str s);

/** Takes the part before the first `sep` off the front of `*rest`; without a `sep` takes all and leaves it empty. */
vg_str vg_cut(vg_str *rest, char sep);

/** Lower case of A-Z; any other byte as it is. */
char vg_lower(char c);

/** True when the bytes are well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF). */
bool vg_utf8_valid(vg_str s);

/** Longest prefix of at most `n` bytes that does not cut a character in two. */
vg_str vg_utf8_head(vg_str s, ptrdiff_t n);

/** 64-bit hash of the bytes, for tables in memory: not to be stored (it depends on the byte order), not for secrets. */
uint64_t vg_hash(vg_str s);

#endif
