/*
 * What the name of a UCDP file says: the release, and for Candidate files the months. Invariant: a name that is not
 * surely a release's gives an empty version, never a guess.
 */
#include <stdio.h>

#include "source/source_int.h"

enum { MAX_PARTS = 4 };

vg_str vg_version__base_name(vg_str path)
{
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < path.n; i++)
        if (path.s[i] == '/')
            from = i + 1;
    return vg_sub(path, from, path.n);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One or two digits at s[*i]. */
static bool take_part(vg_str s, ptrdiff_t *i, int32_t *out)
{
    ptrdiff_t from = *i;
    *out = 0;
    for (; *i < s.n && is_digit(s.s[*i]); ++*i)
        *out = *i - from < 4 ? *out * 10 + (s.s[*i] - '0') : *out;
    return *i > from && *i - from <= 2;
}

/* Groups of one or two digits joined by '_', '.' or '-' from s[i] on. */
static int take_parts(vg_str s, ptrdiff_t i, int32_t part[MAX_PARTS])
{
    int n = 0;
    while (n < MAX_PARTS && take_part(s, &i, &part[n])) {
        n++;
        bool joined =
            i + 1 < s.n && (s.s[i] == '_' || s.s[i] == '.' || s.s[i] == '-') && is_digit(s.s[i + 1]);
        if (!joined)
            return i < s.n && is_digit(s.s[i]) ? 0 : n;
        i++;
    }
    return 0; /* more parts, or longer ones, than any release has */
}

static bool is_month(int32_t x)
{
    return x >= 1 && x <= 12;
}

static bool is_year(int32_t x)
{
    return x >= 10 && x <= 79;
}

/* 24_1, 24_0_5, 24_01_24_06. */
static vg_version from_parts(const int32_t p[MAX_PARTS], int n)
{
    vg_version v = { .first_month = 0 };
    if (n == 2 && is_year(p[0]) && p[1] >= 1 && p[1] <= 2)
        snprintf(v.text, sizeof v.text, "%d.%d", p[0], p[1]);
    if (n == 3 && is_year(p[0]) && p[1] == 0 && is_month(p[2])) {
        snprintf(v.text, sizeof v.text, "%d.0.%d", p[0], p[2]);
        v.first_month = v.last_month = vg_month(2000 + p[0], p[2]);
    }
    if (n == 4 && is_year(p[0]) && is_month(p[1]) && is_year(p[2]) && is_month(p[3])) {
        v.first_month = vg_month(2000 + p[0], p[1]);
        v.last_month = vg_month(2000 + p[2], p[3]);
        if (v.first_month <= v.last_month)
            snprintf(v.text, sizeof v.text, "%d.%02d.%d.%02d", p[0], p[1], p[2], p[3]);
    }
    if (!v.text[0])
        v.first_month = v.last_month = 0;
    return v;
}

/* "ged241": year and release without a mark between them. */
static vg_version from_short(vg_str digits)
{
    int32_t part[MAX_PARTS] = { (digits.s[0] - '0') * 10 + digits.s[1] - '0', digits.s[2] - '0' };
    return from_parts(part, 2);
}

/* A digit that goes on no number and no row of joined numbers: the middle of "24_06_24_01" is no release. */
static bool begins_run(vg_str s, ptrdiff_t i)
{
    bool joined =
        i >= 2 && (s.s[i - 1] == '_' || s.s[i - 1] == '.' || s.s[i - 1] == '-') && is_digit(s.s[i - 2]);
    return is_digit(s.s[i]) && !joined && (i == 0 || !is_digit(s.s[i - 1]));
}

vg_version vg_version__of(vg_str file_name)
{
    int32_t part[MAX_PARTS];
    vg_str s = vg_version__base_name(file_name);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (!begins_run(s, i))
            continue;
        bool ged = i >= 3 && vg_eq_nocase(vg_sub(s, i - 3, 3), VG_S("ged"));
        bool three = i + 3 <= s.n && is_digit(s.s[i + 1]) && is_digit(s.s[i + 2]) &&
                     (i + 3 == s.n || !is_digit(s.s[i + 3]));
        vg_version v = ged && three ? from_short(vg_sub(s, i, 3)) : from_parts(part, take_parts(s, i, part));
        if (v.text[0])
            return v;
    }
    return (vg_version){ .first_month = 0 };
}
