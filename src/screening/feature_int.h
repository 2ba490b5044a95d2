/*
 * What else than the name speaks for or against an entry: birth date, country, gender, numbers, address, kind of party.
 * Each comparison has a small set of findings; each finding has one weight in log-odds (feature.c gives their source).
 * What the question does not say weighs nothing (VG_FOUND_NOTHING). `a` is the question.
 */
#ifndef VG_SCREENING_FEATURE_INT_H
#define VG_SCREENING_FEATURE_INT_H

#include "screening/screening.h"

typedef enum {
    VG_FOUND_NOTHING = 0,
    VG_BIRTH_SAME_DAY,       /* both exact, the same */
    VG_BIRTH_WITHIN,         /* one says less (a year, a month) and holds the other */
    VG_BIRTH_SAME_YEAR_ONLY, /* both exact in the year, day or month differ */
    VG_BIRTH_SWAPPED,        /* day and month exchanged */
    VG_BIRTH_SHIFTED_DAY,    /* off by one day, one month, one year; the rest the same */
    VG_BIRTH_SHIFTED_MONTH,
    VG_BIRTH_SHIFTED_YEAR,
    VG_BIRTH_TYPO, /* one digit of the year differs, or two are exchanged; day and month the same */
    VG_BIRTH_NEAR, /* years that differ by one or two, the rest not comparable */
    VG_BIRTH_OTHER,
    VG_BIRTH_SILENT, /* asked with a birth date, the entry has none */
    VG_COUNTRY_SAME,
    VG_COUNTRY_OTHER,
    VG_COUNTRY_SILENT,
    VG_GENDER_SAME,
    VG_GENDER_OTHER,
    VG_NUMBER_SAME,       /* names one party only: decides */
    VG_NUMBER_SAME_LOOSE, /* the same text under another kind, or of a kind that is not one party's alone */
    VG_NUMBER_OTHER,      /* both give this kind, of the same country where said, and none agrees */
    VG_NUMBER_OTHER_SURE, /* the same of a kind of which a party has one only (IMO, LEI) and with right check digits */
    VG_ADDRESS_SAME,
    VG_ADDRESS_NEAR,
    VG_SCHEMA_UNLIKE,
    VG_NAME_IS_WEAK,
    VG_FINDINGS
} vg_finding;

/* Log-odds of a finding, its reason's kind and its word. */
double vg_finding_weight(vg_finding f);
vg_reason_kind vg_finding_kind(vg_finding f);
vg_str vg_finding_word(vg_finding f);

/* --- birth --- */

/* The best of all pairs of dates; `*a_at`, `*b_at` get which pair. */
vg_finding vg_birth_compare(const vg_party_date *a, int64_t n_a, const vg_party_date *b, int64_t n_b,
                            int64_t *a_at, int64_t *b_at);

/* --- countries: two letters as one number --- */

/* Number of a country's code or name; 0 = not known. */
uint16_t vg_country_number(vg_str text);
vg_finding vg_country_compare(const uint16_t *a, int64_t n_a, const uint16_t *b, int64_t n_b, int64_t *a_at,
                              int64_t *b_at);

/* --- numbers --- */

typedef struct {
    uint64_t hash; /* of the letters and digits in capitals */
    uint32_t text; /* in the owner's text, ended by NUL */
    uint16_t country;
    uint8_t kind;  /* vg_number_kind */
    uint8_t check; /* vg_number_check */
} vg_indexed_number;

typedef enum {
    VG_NUMBER_OTHER_KIND,
    VG_NUMBER_PASSPORT,
    VG_NUMBER_NATIONAL_ID,
    VG_NUMBER_TAX,
    VG_NUMBER_IMO,
    VG_NUMBER_MMSI,
    VG_NUMBER_LEI,
    VG_NUMBER_REGISTRATION,
    VG_NUMBER_WALLET,
    VG_NUMBER_SWIFT,
    VG_NUMBER_CALL_SIGN,
    VG_NUMBER_TAIL,
    VG_NUMBER_KINDS
} vg_number_kind;

typedef enum { VG_CHECK_NONE, VG_CHECK_GOOD, VG_CHECK_BAD } vg_number_check;

vg_number_kind vg_number_kind_of(vg_str word);
vg_str vg_number_kind_word(vg_number_kind k);

/* Letters and digits in capitals, without what people put between; the length (at most 63). "IMO 9074729" is 9074729. */
int32_t vg_number_bare(vg_number_kind kind, vg_str text, char out[64]);

/* Check digits where the kind has them: IMO (ship), LEI (ISO 17442), MMSI (form), Russian INN, IBAN-like others: none. */
vg_number_check vg_number_check_of(vg_number_kind kind, vg_str bare);

/* False when it is too short to tell anybody from anybody ("12"). `text` of the result is the caller's to set. */
bool vg_number_index(const vg_party_number *n, vg_indexed_number *out);

vg_finding vg_number_compare(const vg_indexed_number *a, int64_t n_a, const vg_indexed_number *b, int64_t n_b,
                             int64_t *a_at, int64_t *b_at);

/* --- address, schema --- */

vg_finding vg_address_compare(vg_str a, vg_str b, double *likeness);
bool vg_schema_unlike(vg_schema a, vg_schema b);

#endif
