/* A made-up world for the tests of this folder: counts that feed on themselves and on their neighbours. */
#ifndef VG_FORECAST_TEST_H
#define VG_FORECAST_TEST_H

#include <math.h>

#include "core/date.h"
#include "core/rng.h"
#include "forecast/forecast.h"

enum { WORLD_UNITS = 30, WORLD_MONTHS = 156 };

typedef struct {
    vg_panel panel;
    vg_unit unit[WORLD_UNITS];
    double value[WORLD_UNITS * WORLD_MONTHS];
} world;

/* 30 countries from January 2005 to December 2017; every third has a war that comes and goes. */
static inline void make_world(world *w, uint64_t seed)
{
    static const char *const iso3[] = {
        "AFG", "AGO", "ARG", "AUS", "BDI", "BEN", "BFA", "BGD", "BOL", "BRA",
        "CAF", "CAN", "CHL", "CHN", "CIV", "CMR", "COD", "COL", "CUB", "DZA",
        "EGY", "ERI", "ETH", "FRA", "GHA", "IND", "IRQ", "KEN", "MLI", "NER"
    };
    w->panel = (vg_panel){ .kind = VG_UNIT_COUNTRY,
                           .n_units = WORLD_UNITS,
                           .n_months = WORLD_MONTHS,
                           .first_month = vg_month(2005, 1),
                           .unit = w->unit,
                           .value = w->value };
    for (int32_t u = 0; u < WORLD_UNITS; u++) {
        vg_rng r = vg_rng_at(seed, (uint64_t)u);
        double heat = 0;
        w->unit[u] = (vg_unit){ .unit = u + 1,
                                .name = vg_str_z(iso3[u]),
                                .iso3 = vg_str_z(iso3[u]),
                                .gwcode = 100 + u,
                                .first_month = w->panel.first_month };
        for (int32_t m = 0; m < WORLD_MONTHS; m++) {
            bool spark = u % 3 == 0 && vg_rng_below(&r, 40) == 0;
            heat = heat * 0.9 + (spark ? 200 * vg_rng_unit(&r) : 0);
            w->value[u * WORLD_MONTHS + m] = floor(heat * 2 * vg_rng_unit(&r));
        }
    }
}

#endif
