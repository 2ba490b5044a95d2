/* Comparisons of what is said beside the name, and what each finding weighs. The weights were learnt on the training part
 * of the labelled people (README.md says how and what was measured); those marked "set" could not be learnt there, for
 * want of cases, and are chosen small enough that no such finding alone turns an answer round, but for identifiers. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "geo/country.h"
#include "screening/feature_int.h"
#include "source/list.h"

typedef struct {
    double weight;
    vg_reason_kind kind;
    const char *word;
} finding_row;

/* A question that gives a birth date or a country asks more of an entry: where the entry is silent, a little is taken, and
 * what agrees has to make up for that. A question with a name alone is judged by the name alone. */
static const finding_row findings[VG_FINDINGS] = {
    [VG_FOUND_NOTHING] = { 0, VG_REASON_NAME, "" },
    [VG_BIRTH_SAME_DAY] = { 3.3, VG_REASON_BIRTH, "same-day" },
    [VG_BIRTH_WITHIN] = { 0.5, VG_REASON_BIRTH, "within" },
    [VG_BIRTH_SAME_YEAR_ONLY] = { -1.4, VG_REASON_BIRTH, "same-year" },
    [VG_BIRTH_SWAPPED] = { 0, VG_REASON_BIRTH, "swapped" }, /* set, as shifted ones */
    [VG_BIRTH_SHIFTED_DAY] = { 0.1, VG_REASON_BIRTH, "shifted-day" },
    [VG_BIRTH_SHIFTED_MONTH] = { -0.2, VG_REASON_BIRTH, "shifted-month" },
    [VG_BIRTH_SHIFTED_YEAR] = { -0.2, VG_REASON_BIRTH, "shifted-year" },
    [VG_BIRTH_TYPO] = { -0.5, VG_REASON_BIRTH, "typo" }, /* set */
    [VG_BIRTH_NEAR] = { -1.7, VG_REASON_BIRTH, "near" },
    [VG_BIRTH_OTHER] = { -4.5, VG_REASON_BIRTH, "other" },
    [VG_BIRTH_SILENT] = { -1.0, VG_REASON_BIRTH, "silent" },
    [VG_COUNTRY_SAME] = { 0.8, VG_REASON_COUNTRY, "same" },
    [VG_COUNTRY_OTHER] = { -3.0, VG_REASON_COUNTRY, "other" },
    [VG_COUNTRY_SILENT] = { -0.7, VG_REASON_COUNTRY, "silent" },
    [VG_GENDER_SAME] = { 0.1, VG_REASON_GENDER, "same" },              /* set */
    [VG_GENDER_OTHER] = { -1.5, VG_REASON_GENDER, "other" },           /* set */
    [VG_NUMBER_SAME] = { 16.0, VG_REASON_NUMBER, "same" },             /* set: decides */
    [VG_NUMBER_SAME_LOOSE] = { 3.0, VG_REASON_NUMBER, "same-loose" },  /* set */
    [VG_NUMBER_OTHER] = { -1.0, VG_REASON_NUMBER, "other" },           /* set */
    [VG_NUMBER_OTHER_SURE] = { -6.0, VG_REASON_NUMBER, "other-sure" }, /* set */
    [VG_ADDRESS_SAME] = { 1.5, VG_REASON_ADDRESS, "same" },            /* set */
    [VG_ADDRESS_NEAR] = { 0.7, VG_REASON_ADDRESS, "near" },            /* set */
    [VG_SCHEMA_UNLIKE] = { -4.0, VG_REASON_SCHEMA, "other" },          /* set */
    [VG_NAME_IS_WEAK] = { -1.5, VG_REASON_WEAK, "alias" },
};

double vg_finding_weight(vg_finding f)
{
    return findings[f].weight;
}

vg_reason_kind vg_finding_kind(vg_finding f)
{
    return findings[f].kind;
}

vg_str vg_finding_word(vg_finding f)
{
    return vg_str_z(findings[f].word);
}

/* --- birth --- */

typedef enum { KNOWN_YEAR, KNOWN_MONTH, KNOWN_DAY, KNOWN_SPAN } known;

static known how_exact(const vg_party_date *d)
{
    vg_civil from = vg_civil_from_day(d->day_from), to = vg_civil_from_day(d->day_to);
    if (d->day_from == d->day_to)
        return KNOWN_DAY;
    if (from.year != to.year)
        return KNOWN_SPAN;
    return from.month == to.month ? KNOWN_MONTH : KNOWN_YEAR;
}

/* One digit of the year differs, or two neighbours are exchanged. */
static bool year_is_typo(int32_t a, int32_t b)
{
    char x[16], y[16];
    snprintf(x, sizeof x, "%04d", a);
    snprintf(y, sizeof y, "%04d", b);
    int differ = 0, first = -1;
    for (int i = 0; i < 4; i++)
        if (x[i] != y[i]) {
            differ++;
            first = first < 0 ? i : first;
        }
    return differ == 1 || (differ == 2 && first < 3 && x[first] == y[first + 1] && x[first + 1] == y[first]);
}

static bool one_apart(int32_t a, int32_t b, int32_t round)
{
    int32_t d = a > b ? a - b : b - a;
    return d == 1 || (round && d == round - 1);
}

static vg_finding compare_days(vg_civil x, vg_civil y, int32_t apart)
{
    bool year = x.year == y.year, month = x.month == y.month, day = x.day == y.day;
    if (year && x.month == y.day && x.day == y.month)
        return VG_BIRTH_SWAPPED;
    if (apart == 1)
        return VG_BIRTH_SHIFTED_DAY;
    if (year && day && one_apart(x.month, y.month, 12))
        return VG_BIRTH_SHIFTED_MONTH;
    if (month && day && one_apart(x.year, y.year, 0))
        return VG_BIRTH_SHIFTED_YEAR;
    if (month && day && year_is_typo(x.year, y.year))
        return VG_BIRTH_TYPO;
    if ((year && (month || day)) || (year && x.month == 1 && x.day == 1) ||
        (year && y.month == 1 && y.day == 1))
        return VG_BIRTH_SAME_YEAR_ONLY;
    return VG_BIRTH_OTHER;
}

static vg_finding compare_birth(const vg_party_date *a, const vg_party_date *b)
{
    known how_a = how_exact(a), how_b = how_exact(b);
    bool meet = a->day_from <= b->day_to && b->day_from <= a->day_to;
    vg_civil x = vg_civil_from_day(a->day_from), y = vg_civil_from_day(b->day_from);
    if (meet)
        return how_a == KNOWN_DAY && how_b == KNOWN_DAY ? VG_BIRTH_SAME_DAY : VG_BIRTH_WITHIN;
    if (how_a == KNOWN_DAY && how_b == KNOWN_DAY)
        return compare_days(
            x, y, a->day_from > b->day_from ? a->day_from - b->day_from : b->day_from - a->day_from);
    if (x.year == y.year && how_a != KNOWN_SPAN && how_b != KNOWN_SPAN)
        return VG_BIRTH_SAME_YEAR_ONLY;
    int32_t gap = a->day_from > b->day_to ? a->day_from - b->day_to : b->day_from - a->day_to;
    /* of a year alone one wrong digit says nothing: one in ten years would do */
    int32_t near_days = a->approximate || b->approximate ? 3 * 366 : 366;
    if (gap <= near_days || one_apart(x.year, y.year, 0))
        return VG_BIRTH_NEAR;
    return VG_BIRTH_OTHER;
}

vg_finding vg_birth_compare(const vg_party_date *a, int64_t n_a, const vg_party_date *b, int64_t n_b,
                            int64_t *a_at, int64_t *b_at)
{
    vg_finding best = VG_FOUND_NOTHING;
    *a_at = *b_at = 0;
    if (n_a && !n_b)
        return VG_BIRTH_SILENT;
    for (int64_t i = 0; i < n_a; i++)
        for (int64_t k = 0; k < n_b; k++) {
            vg_finding f = compare_birth(&a[i], &b[k]);
            if (best != VG_FOUND_NOTHING && vg_finding_weight(f) <= vg_finding_weight(best))
                continue;
            best = f;
            *a_at = i;
            *b_at = k;
        }
    return best;
}

/* --- countries --- */

static uint16_t two_letters(vg_str s)
{
    return (uint16_t)((unsigned)vg_lower(s.s[0]) << 8 | (unsigned)vg_lower(s.s[1]));
}

/* "XX" and other letters that are no country say nothing, and so count neither for nor against. */
uint16_t vg_country_number(vg_str text)
{
    vg_str code = vg_list_country(text); /* the text itself when it is no country's code, name or adjective */
    return code.n == 2 && vg_country_by_iso2(code) ? two_letters(code) : 0;
}

vg_finding vg_country_compare(const uint16_t *a, int64_t n_a, const uint16_t *b, int64_t n_b, int64_t *a_at,
                              int64_t *b_at)
{
    *a_at = *b_at = 0;
    for (int64_t i = 0; i < n_a; i++)
        for (int64_t k = 0; k < n_b; k++)
            if (a[i] == b[k]) {
                *a_at = i;
                *b_at = k;
                return VG_COUNTRY_SAME;
            }
    return !n_a ? VG_FOUND_NOTHING : n_b ? VG_COUNTRY_OTHER : VG_COUNTRY_SILENT;
}

/* --- addresses: shared words of the shorter one, numbers must not contradict --- */

enum { MAX_WORDS = 48, ENOUGH_WORDS = 3 };

static int32_t words_of(vg_str s, uint32_t *word, bool *has_number)
{
    int32_t n = 0, length = 0;
    char text[64];
    for (ptrdiff_t i = 0; i <= s.n && n < MAX_WORDS; i++) {
        unsigned char c = i < s.n ? (unsigned char)vg_lower(s.s[i]) : ' ';
        bool letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter && length < 63)
            text[length++] = (char)c;
        if (letter || !length)
            continue;
        *has_number |= text[0] >= '0' && text[0] <= '9';
        uint32_t h = 2166136261u;
        for (int32_t k = 0; k < length; k++)
            h = (h ^ (unsigned char)text[k]) * 16777619u;
        word[n++] = h;
        length = 0;
    }
    return n;
}

vg_finding vg_address_compare(vg_str a, vg_str b, double *likeness)
{
    uint32_t x[MAX_WORDS], y[MAX_WORDS];
    bool number_a = false, number_b = false;
    int32_t n_x = words_of(a, x, &number_a), n_y = words_of(b, y, &number_b), shared = 0;
    for (int32_t i = 0; i < n_x; i++)
        for (int32_t k = 0; k < n_y; k++)
            if (x[i] == y[k]) {
                y[k] = y[--n_y]; /* each word once */
                shared++;
                break;
            }
    n_y += shared;
    int32_t fewer = n_x < n_y ? n_x : n_y;
    if (fewer < ENOUGH_WORDS)
        return VG_FOUND_NOTHING;
    *likeness = (double)shared / fewer;
    if (*likeness >= 0.85 && number_a == number_b)
        return VG_ADDRESS_SAME;
    return *likeness >= 0.6 ? VG_ADDRESS_NEAR : VG_FOUND_NOTHING;
}

/* --- schema --- */

static int family_of(vg_schema s)
{
    switch (s) {
    case VG_SCHEMA_PERSON: return 1;
    case VG_SCHEMA_ORGANISATION:
    case VG_SCHEMA_COMPANY: return 2;
    case VG_SCHEMA_VESSEL: return 3;
    case VG_SCHEMA_AIRCRAFT: return 4;
    default: return 0;
    }
}

bool vg_schema_unlike(vg_schema a, vg_schema b)
{
    int x = family_of(a), y = family_of(b);
    return x && y && x != y;
}
