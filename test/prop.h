/**
 * Property tests: a loop over seeds that names the seed at which a property failed, so that it can be run again.
 *
 *     static const char *sorted_stays_sorted(vg_rng *r);      NULL = holds, else what was wrong
 *     check_property("sorted_stays_sorted", sorted_stays_sorted, 1000);
 *
 * VIGIE_SEED=n runs that one seed only.
 */
#ifndef VG_PROP_H
#define VG_PROP_H

#include "core/rng.h"
#include "test.h"

typedef const char *property(vg_rng *r);

static inline void check_property(const char *name, property *holds, int n_seeds)
{
    const char *only = getenv("VIGIE_SEED");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1, last = only ? first : (uint64_t)n_seeds;
    for (uint64_t seed = first; seed <= last; seed++) {
        vg_rng r = vg_rng_at(seed, 0);
        const char *wrong = holds(&r);
        if (wrong)
            fail_msg("%s: %s (run again with VIGIE_SEED=%llu)", name, wrong, (unsigned long long)seed);
    }
}

#endif
