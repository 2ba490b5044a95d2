/**
 * Satellite heat detections held against the season: where is more fire than a place has at this time of the year, and
 * can one tell at all whether it stopped?
 *
 *     vg_heat_ask ask = { .base_from = d0, .base_to = d1, .from = a, .to = b };
 *     vg_heat *h;
 *     if (!vg_heat_test(spot, n, &ask, &arena, &h, e)) return false;
 *     h->verdict ...  VG_HEAT_NOT_DECIDABLE where clouds and few detections leave nothing to tell
 *
 * Satellites see fires, not who lit them, miss short ones, and see nothing through clouds. A day on which a region that
 * should show fires shows none at all counts as not watched, never as quiet. The idea of excess over a cell's season, and
 * of excess twice at least a week apart as the mark of war, is The Economist's war-fire model (TASK.md section 4).
 */
#ifndef VG_CEASEFIRE_HEAT_H
#define VG_CEASEFIRE_HEAT_H

#include "core/arena.h"
#include "core/json.h"

/** A detection. */
typedef struct {
    double lat_deg, lon_deg;
    int32_t day;  /* UTC, days since 1970 */
    uint64_t key; /* which detection it is (vg_heat_key); 0 = not told, never taken for another */
} vg_heat_spot;

/**
 * The same detection in every file that has it: satellite, minute and place. Real-time and standard archives overlap, and
 * write places with other decimals: they are compared to .001 degrees (110 m; the pixels of VIIRS are 375 m wide), and
 * where only the day is known (`minute` below 0) to .0001, since a fire that burns all day is seen by several passes.
 * Terra and Aqua are also written T and A. A place on the edge of such a step may be counted twice.
 */
uint64_t vg_heat_key(vg_str satellite, int32_t day, int32_t minute, double lat_deg, double lon_deg);

/** Puts each detection once to the front, in a stable order of their own; the number of them. O(n log n). */
int64_t vg_heat_once(vg_heat_spot *spot, int64_t n);

/** What is asked. All days inclusive; 0 = the default of the other members. */
typedef struct {
    int32_t base_from, base_to; /* years without war, the measure of the season; at least 300 days */
    int32_t from, to;           /* the days that are asked about, at most 60 */
    double cell_deg;            /* 0 = .1 */
    double chance;              /* p below which a cell has an excess; 0 = .05 */
} vg_heat_ask;

/** A cell with an excess in the days that are asked about. */
typedef struct {
    double lat_deg, lon_deg; /* its middle */
    int32_t observed;
    double expected, p;
    bool
        was_front; /* had excess twice, at least a week apart, in the six weeks that ended two weeks before */
} vg_heat_cell;

typedef enum {
    VG_HEAT_NOT_DECIDABLE, /* what was seen fits fire going on and fire stopped alike */
    VG_HEAT_GOES_ON,       /* more than the season explains in the cells that burnt before */
    VG_HEAT_LESS /* significantly less than in the two weeks before, and no more than the season explains */
} vg_heat_verdict;
const char *vg_heat_verdict_name(int verdict); /* "not_decidable" "goes_on" "less" */

typedef struct {
    int32_t n_spots, n_cells; /* in the days asked about; cells that ever had a detection */
    int32_t n_tested,
        n_excess;           /* cells that were watched at least half of the days; of them with an excess */
    double by_chance;       /* excesses that chance makes at most if there were none: n_tested x chance */
    int32_t n_front;        /* cells marked by war before */
    int32_t front_observed; /* detections in them, in the days asked about */
    double front_season;    /* expected by the season alone ... */
    double
        front_before; /* ... and if it went on as in the two weeks before, on the days on which their region
                               showed any fire: on others nobody can say that it was seen */
    double
        visibility; /* fires of all other cells beside what their season expects, over the same of the two weeks
                          before; at most 1: clouds and wet days hide fronts as they hide farms */
    double power;   /* chance that going on would show as more than the season; below .8 = not decidable */
    double watched, cloud,
        unknown; /* shares of region-days: seen, empty where fires are due, too few fires due to tell */
    vg_heat_verdict verdict;
    vg_heat_cell *cell; /* those with an excess, by p */
} vg_heat;

/**
 * Counts by cell and stretch of days against stretches of the same length within 15 days of the same season in the base
 * years (stat/rate.h, negative binomial). Regions are two degrees wide. The result lives in `a`; time O(n log n).
 * Fails: VG_EARG (days), VG_ENODATA (no detection in the base years), VG_ENOMEM.
 */
bool vg_heat_test(const vg_heat_spot *spot, int64_t n, const vg_heat_ask *ask, vg_arena *a, vg_heat **out,
                  vg_err *e);

#endif
