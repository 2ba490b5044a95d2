/* A made-up land for the tests of this folder: regions whose arrivals rise together in bad years, with gaps. */
#ifndef VG_DISPLACEMENT_TEST_H
#define VG_DISPLACEMENT_TEST_H

#include <math.h>

#include "core/date.h"
#include "core/rng.h"
#include "displacement/displacement.h"

enum { LAND_UNITS = 9, LAND_MONTHS = 72 };

typedef struct {
    vg_panel panel, covariate[2];
    vg_displacement_data data;
    vg_unit unit[LAND_UNITS];
    double value[LAND_UNITS * LAND_MONTHS], rain[LAND_UNITS * LAND_MONTHS], raids[LAND_UNITS * LAND_MONTHS];
} land;

/* Nine regions from January 2015 to December 2020; a drought in 2017 and 2020; one month in eight is not known. */
static inline void make_land(land *l, uint64_t seed)
{
    static const char *const name[] = { "Ardo", "Bemi", "Cuna", "Deso", "Elba",
                                        "Fora", "Gumi", "Hasa", "Iriba" };
    l->panel = (vg_panel){ .kind = VG_UNIT_ADMIN1,
                           .n_units = LAND_UNITS,
                           .n_months = LAND_MONTHS,
                           .first_month = vg_month(2015, 1),
                           .unit = l->unit,
                           .value = l->value };
    l->covariate[0] = l->covariate[1] = l->panel;
    l->covariate[0].variable = VG_S("rain");
    l->covariate[0].value = l->rain;
    l->covariate[1].variable = VG_S("raids");
    l->covariate[1].value = l->raids;
    l->data = (vg_displacement_data){ .arrivals = &l->panel };
    for (int32_t u = 0; u < LAND_UNITS; u++) {
        vg_rng r = vg_rng_at(seed, (uint64_t)u);
        double level = 100 * exp2(u % 6), heat = 1;
        l->unit[u] = (vg_unit){ .unit = 11 + 3 * u, .name = vg_str_z(name[u]) };
        for (int32_t m = 0; m < LAND_MONTHS; m++) {
            bool drought = m / 12 == 2 || m / 12 == 5;
            int32_t at = u * LAND_MONTHS + m;
            l->rain[at] = (drought ? 10 : 40) + 20 * vg_rng_unit(&r);
            l->raids[at] = vg_rng_below(&r, 5);
            heat = 0.6 * heat + 0.4 * (drought ? 4 : 1) * (0.3 + 1.4 * vg_rng_unit(&r));
            l->value[at] = floor(level * heat * exp(1.5 * vg_rng_unit(&r) - 0.75));
            if (vg_rng_below(&r, 8) == 0)
                l->value[at] = (double)NAN;
        }
    }
}

static inline void with_covariates(land *l)
{
    l->data.covariate = l->covariate;
    l->data.n_covariates = 2;
}

#endif
