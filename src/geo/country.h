/**
 * Countries: codes, names, a point for labels, and who borders whom, also for states that are gone (USSR,
 * Yugoslavia, the two Yemens ...), so that histories can be chained over a change of borders.
 *
 *     const vg_country *c = vg_country_by_iso3(VG_S("MLI"));
 *     printf("%.*s\n", VG_P(vg_country_name(c, VG_S("fr"))));
 *
 * The tables are ours, made from facts (ISO 3166-1, UN M49, Gleditsch-Ward, FIPS 10-4, CAMEO), and can be replaced:
 * data/countries.csv, data/borders.csv. Names and borders are political; see the disclaimer in data/README.md.
 */
#ifndef VG_GEO_COUNTRY_H
#define VG_GEO_COUNTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

typedef struct {
    vg_str iso3, iso2;
    int32_t m49;
    int32_t gwcode; /* Gleditsch-Ward number; 10000 + M49 for a territory that has none (Palestine: 10275) */
    vg_str fips, cameo;      /* FIPS 10-4 and CAMEO country codes, empty = none */
    vg_str name[7];          /* en fr es ar zh ru pt */
    double lat_deg, lon_deg; /* a point inside, for labels and distances */
    int32_t since;           /* first month_id of a state born after 1989, 0 = older */
    vg_str alive;            /* empty, or the last year of a state that is gone */
    vg_str successor; /* ISO3 of the state that carries a gone state's history on; empty for living ones */
} vg_country;

/** All of them, ordered by iso3; `*n` gets the count. Read once from the built-in table; safe from any thread. */
const vg_country *vg_countries(int32_t *n);

/**
 * NULL when there is none. Of two with one code (USSR and Russia are both Gleditsch-Ward 365) the living one is
 * found, else the one that lived longest. Codes in capitals. By name: any of the seven languages, letter case,
 * accents and punctuation ignored, and the spellings UCDP, VIEWS, ACLED, GDELT and the World Bank use.
 */
const vg_country *vg_country_by_iso3(vg_str iso3);
const vg_country *vg_country_by_iso2(vg_str iso2);
const vg_country *vg_country_by_m49(int32_t m49);
const vg_country *vg_country_by_gwcode(int32_t gwcode);
const vg_country *vg_country_by_fips(vg_str fips);
const vg_country *vg_country_by_cameo(vg_str cameo);
const vg_country *vg_country_by_name(vg_str name);

/** Name in a language ("fr", "ar" ...), English where there is none. */
vg_str vg_country_name(const vg_country *c, vg_str lang);

/** True when the two share a land border. */
bool vg_country_borders(vg_str iso3_a, vg_str iso3_b);

/** The land neighbours of a country as ISO3 codes: up to `cap` are written, the number is returned. */
int32_t vg_country_neighbours(vg_str iso3, vg_str *out, int32_t cap);

#endif
