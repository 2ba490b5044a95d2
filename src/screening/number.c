/* Numbers that name one party: how they are written bare, which have check digits, and when two speak for or against each
 * other. A wrong check digit makes a number worth less; it is never a reason to pass it over. */
#include <string.h>

#include "screening/feature_int.h"

enum { FEWEST_SIGNS = 4 };

typedef struct {
    const char *word;
    bool names_one; /* the same one is the same party */
    bool one_each;  /* a party has one only, so that another one is another party */
} kind_row;

static const kind_row kinds[VG_NUMBER_KINDS] = {
    [VG_NUMBER_OTHER_KIND] = { "other", false, false },
    [VG_NUMBER_PASSPORT] = { "passport", true, false },
    [VG_NUMBER_NATIONAL_ID] = { "national_id", true, false },
    [VG_NUMBER_TAX] = { "tax", true, false },
    [VG_NUMBER_IMO] = { "imo", true, true },
    [VG_NUMBER_MMSI] = { "mmsi", true, false }, /* changes with the flag */
    [VG_NUMBER_LEI] = { "lei", true, true },
    [VG_NUMBER_REGISTRATION] = { "registration", true, false },
    [VG_NUMBER_WALLET] = { "wallet", true, false },
    [VG_NUMBER_SWIFT] = { "swift", true, false },
    [VG_NUMBER_CALL_SIGN] = { "call_sign", false, false },
    [VG_NUMBER_TAIL] = { "tail", true, false },
};

/* What others call them. */
static const struct {
    const char *word;
    vg_number_kind kind;
} other_words[] = {
    { "passportnumber", VG_NUMBER_PASSPORT },
    { "idnumber", VG_NUMBER_NATIONAL_ID },
    { "nationalid", VG_NUMBER_NATIONAL_ID },
    { "national-id", VG_NUMBER_NATIONAL_ID },
    { "id", VG_NUMBER_NATIONAL_ID },
    { "taxnumber", VG_NUMBER_TAX },
    { "inn", VG_NUMBER_TAX },
    { "innc", VG_NUMBER_TAX },
    { "vat", VG_NUMBER_TAX },
    { "imonumber", VG_NUMBER_IMO },
    { "leicode", VG_NUMBER_LEI },
    { "registrationnumber", VG_NUMBER_REGISTRATION },
    { "ogrn", VG_NUMBER_REGISTRATION },
    { "ogrncode", VG_NUMBER_REGISTRATION },
    { "publickey", VG_NUMBER_WALLET },
    { "swiftbic", VG_NUMBER_SWIFT },
    { "bic", VG_NUMBER_SWIFT },
    { "callsign", VG_NUMBER_CALL_SIGN },
    { "call-sign", VG_NUMBER_CALL_SIGN },
    { "tailnumber", VG_NUMBER_TAIL },
};

vg_number_kind vg_number_kind_of(vg_str word)
{
    for (int k = 0; k < VG_NUMBER_KINDS; k++)
        if (vg_eq_nocase(word, vg_str_z(kinds[k].word)))
            return (vg_number_kind)k;
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++)
        if (vg_eq_nocase(word, vg_str_z(other_words[i].word)))
            return other_words[i].kind;
    return VG_NUMBER_OTHER_KIND;
}

vg_str vg_number_kind_word(vg_number_kind k)
{
    return vg_str_z(kinds[k].word);
}

int32_t vg_number_bare(vg_number_kind kind, vg_str text, char out[64])
{
    int32_t n = 0;
    bool digits_only = kind == VG_NUMBER_IMO || kind == VG_NUMBER_MMSI;
    for (ptrdiff_t i = 0; i < text.n && n < 63; i++) {
        unsigned char c = (unsigned char)text.s[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
        if (digit || (letter && !digits_only))
            /* letters of wallets count as they are: capitals are another address */
            out[n++] = (char)(kind != VG_NUMBER_WALLET && c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    out[n] = 0;
    return n;
}

/* --- check digits --- */

static bool all_digits(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return s.n > 0;
}

/* IMO A.1117(30): the last digit is that of 7 a + 6 b + ... + 2 f. */
static bool imo_is_good(vg_str s)
{
    int sum = 0;
    for (int i = 0; i < 6; i++)
        sum += (s.s[i] - '0') * (7 - i);
    return sum % 10 == s.s[6] - '0';
}

/* Companies and owners that the IMO registers: another weighting, modulo 11 (resolution MSC.160(78)). */
static bool imo_of_company_is_good(vg_str s)
{
    static const int weight[] = { 8, 6, 4, 2, 9, 7 };
    int sum = 0;
    for (int i = 0; i < 6; i++)
        sum += (s.s[i] - '0') * weight[i];
    return (11 - sum % 11) % 10 == s.s[6] - '0';
}

static vg_number_check imo_check(vg_str s)
{
    if (!all_digits(s) || s.n != 7)
        return VG_CHECK_BAD;
    if (imo_is_good(s))
        return VG_CHECK_GOOD;
    return imo_of_company_is_good(s) ? VG_CHECK_NONE
                                     : VG_CHECK_BAD; /* a company may stand there with its ships' too */
}

/* ISO 17442: letters as 10..35, the whole number leaves 1 when divided by 97 (ISO 7064 MOD 97-10). */
static bool lei_is_good(vg_str s)
{
    int rest = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.s[i];
        int value = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
        if (value < 0)
            return false;
        rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
    }
    return rest == 1;
}

static int weighted(vg_str s, const int *weight, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += (s.s[i] - '0') * weight[i];
    return sum % 11 % 10;
}

/* Russian INN: one check digit of ten, two of twelve (order of the Federal Tax Service, 2012). */
static vg_number_check inn_check(vg_str s)
{
    static const int ten[] = { 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    static const int eleven[] = { 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    static const int twelve[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    bool good = s.n == 10
                    ? weighted(s, ten, 9) == s.s[9] - '0'
                    : weighted(s, eleven, 10) == s.s[10] - '0' && weighted(s, twelve, 11) == s.s[11] - '0';
    return good ? VG_CHECK_GOOD : VG_CHECK_NONE; /* other countries' numbers have ten digits too */
}

vg_number_check vg_number_check_of(vg_number_kind kind, vg_str bare)
{
    bool digits = all_digits(bare);
    switch (kind) {
    case VG_NUMBER_IMO: return imo_check(bare);
    case VG_NUMBER_LEI: return bare.n == 20 && lei_is_good(bare) ? VG_CHECK_GOOD : VG_CHECK_BAD;
    case VG_NUMBER_MMSI:
        return digits && bare.n == 9 && bare.s[0] >= '2' && bare.s[0] <= '7' ? VG_CHECK_GOOD : VG_CHECK_BAD;
    case VG_NUMBER_TAX: return digits && (bare.n == 10 || bare.n == 12) ? inn_check(bare) : VG_CHECK_NONE;
    default: return VG_CHECK_NONE;
    }
}

bool vg_number_index(const vg_party_number *n, vg_indexed_number *out)
{
    char bare[64];
    vg_number_kind kind = vg_number_kind_of(n->kind);
    int32_t length = vg_number_bare(kind, n->value, bare);
    if (length < FEWEST_SIGNS)
        return false;
    uint64_t h = 0xcbf29ce484222325u;
    for (int32_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)bare[i]) * 0x100000001b3u;
    h ^= h >> 29;
    *out = (vg_indexed_number){ .hash = h,
                                .kind = (uint8_t)kind,
                                .country = kind == VG_NUMBER_WALLET ? 0 : vg_country_number(n->country),
                                .check = (uint8_t)vg_number_check_of(kind, (vg_str){ bare, length }) };
    return true;
}

static vg_finding compare(const vg_indexed_number *a, const vg_indexed_number *b)
{
    bool same_country = !a->country || !b->country || a->country == b->country;
    if (a->hash == b->hash) {
        bool strong =
            a->kind == b->kind && kinds[a->kind].names_one && same_country && a->check != VG_CHECK_BAD;
        return strong ? VG_NUMBER_SAME : VG_NUMBER_SAME_LOOSE;
    }
    if (a->kind != b->kind || !same_country || a->kind == VG_NUMBER_OTHER_KIND)
        return VG_FOUND_NOTHING;
    bool sure = kinds[a->kind].one_each && a->check == VG_CHECK_GOOD && b->check == VG_CHECK_GOOD;
    return sure ? VG_NUMBER_OTHER_SURE : kinds[a->kind].names_one ? VG_NUMBER_OTHER : VG_FOUND_NOTHING;
}

/* Equal ones first, then what speaks against most. */
static int rank(vg_finding f)
{
    switch (f) {
    case VG_NUMBER_SAME: return 4;
    case VG_NUMBER_SAME_LOOSE: return 3;
    case VG_NUMBER_OTHER_SURE: return 2;
    case VG_NUMBER_OTHER: return 1;
    default: return 0;
    }
}

vg_finding vg_number_compare(const vg_indexed_number *a, int64_t n_a, const vg_indexed_number *b, int64_t n_b,
                             int64_t *a_at, int64_t *b_at)
{
    vg_finding best = VG_FOUND_NOTHING;
    for (int64_t i = 0; i < n_a; i++)
        for (int64_t k = 0; k < n_b; k++) {
            vg_finding f = compare(&a[i], &b[k]);
            if (rank(f) <= rank(best))
                continue;
            best = f;
            *a_at = i;
            *b_at = k;
        }
    return best;
}
