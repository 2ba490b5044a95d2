/**
 * A made-up war with a known truth: an agreement, incidents, and the reports that 26 observers would send of them, in
 * the order of their arrival. Replays are measured against what truly happened.
 *
 *     vg_simulation *s;
 *     if (!vg_simulation_read(VG_S("seed=11,reports=1000000"), &o, e) || !vg_simulation_open(&o, &s, e)) return false;
 *     vg_simulated_batch b;
 *     while (vg_simulation_next(s, 1000, &b, e) && b.n) ...          b.report[i] and, beside it, b.truth[i]
 *     vg_simulation_close(s);
 *
 * The same options give the same bytes. Reports are made as they are asked for: memory is some MiB for the reports that
 * are still under way, and 80 bytes an incident where the truth is kept.
 *
 * The world. 400 x 300 km in the middle of an ocean, cut by a line of contact that is moved twice. Incidents a day are
 * constant (1,500; `days` sets them otherwise), so more reports last longer. Most happen in 48 hot spots, which fall
 * quiet and wake, by night more than by day, and set off others: half of them within some 40 minutes and 1.5 km, two
 * thirds of those by the other side. What is told of an incident is one point: where it struck (7 of 8 shootings), from
 * where it was fired, or where the thing was; it happened at one instant within its interval. A "crossing" is a movement
 * within the strip of the line. No clause forbids all fire everywhere: that would be the easiest one to count.
 *
 * The observers and their errors (90 % radius of the place; error of the interval's ends; expected delay; other act
 * told; act not told):
 *     patrol     6    400 m    2 min    1 h      7 %    3 %   within 30 km
 *     camera     4    150 m   10 s     60 s      4 %    2 %   within 7 km
 *     acoustic   3   1200 m    5 s     30 s     12 %    6 %   within 20 km, fire only; direction of fire
 *     uav        2    120 m   30 s     10 min    3 %    2 %
 *     satellite  1    500 m   by pass   4 h      0 %   80 %   heat: heavy fire and strikes only
 *     press      6   3000 m   20 min    8 h     10 %    8 %   "during the night" in 3 of 10
 *     party      3   2000 m   10 min    3 h      9 %    4 %   accuses the other side: nine in ten of its reports
 *     hotline    1   1500 m   10 min   30 min   16 %   12 %
 * A claim about the actor: patrol, camera and uav saw who shot in 4 to 5 of 10, and who stood, moved, dug or stopped them in
 * 8 to 10 of 10; the acoustic sensors tell a direction in 6 of 10, patrols in 2.
 * Each observer's true place error is 0.7 to 1.5 of what it tells; 2 % of reports are in the wrong village altogether
 * (4 to 15 km), 1 % have a place name only, 4 % of a patrol's a bearing and a range. Claims to have seen the actor are
 * right in 98 %, by direction in 91 %, accusations in 80 %, admissions in 99 %. 2 % of first tellings are false: nothing
 * happened; 3 in 10 of those are withdrawn later, and 0.2 % of the true ones by mistake. 2 % are revised.
 *
 * Duplicates: of `duplicates` (.3) one third is the same report sent again, two thirds are another observer telling of an
 * incident that was told before; half of what the press tells of an incident is one agency text. Further reports of one
 * observer within one burst (8 % of incidents) are not duplicates: they add explosions. Late: `late` (.2) of the reports
 * arrive after their source's expected delay, by up to five days.
 */
#ifndef VG_CEASEFIRE_SIMULATE_H
#define VG_CEASEFIRE_SIMULATE_H

#include "ceasefire/agreement.h"

typedef struct {
    uint64_t seed;
    int64_t n_reports;
    int32_t n_zones, n_clauses; /* at most VG_AGREEMENT_ZONES, VG_AGREEMENT_CLAUSES; at least 20 and 10 */
    double duplicates, late;    /* shares, up to .9 and .9 */
    double days;                /* over which the reports are spread; 0 = 1,500 incidents a day */
    bool forget;                /* the incidents are not kept: no truth is known afterwards */
} vg_simulation_opts;

/** Seed 11, 1,000,000 reports, 200 zones, 100 clauses, .3 duplicates, .2 late. */
vg_simulation_opts vg_simulation_standard(void);

/** "seed=11,reports=1000000[,zones=200][,clauses=100][,duplicates=.3][,late=.2][,days=...]". Fails: VG_EARG, VG_ERANGE. */
bool vg_simulation_read(vg_str text, vg_simulation_opts *o, vg_err *e);

/** What kind of telling a report is. */
typedef enum {
    VG_TELLING_FIRST,
    VG_TELLING_BURST,  /* the same observer again, of the same incident: more explosions */
    VG_TELLING_RETOLD, /* another observer: a duplicate */
    VG_TELLING_RESENT, /* the same bytes again: a duplicate */
    VG_TELLING_REVISION,
    VG_TELLING_WITHDRAWAL,
    VG_N_TELLINGS
} vg_telling;

/** What is true of a report. */
typedef struct {
    int64_t incident; /* from 0; -1 - number of the false report: nothing happened */
    int8_t telling;
    bool late; /* it arrived after its source's expected delay */
} vg_simulated;

/** What truly happened. */
typedef struct {
    int64_t from, to, at;    /* `at`: the instant that counts for windows and versions of zones */
    double lat_deg, lon_deg; /* of what `point_of` says */
    double calibre_mm;       /* NaN = without */
    int32_t n_told;          /* reports of it that were given out so far, without resent and withdrawn ones */
    int32_t count;           /* explosions, shots, things */
    int8_t act, weapon, party, point_of;
    bool exercise;
} vg_simulated_incident;

typedef struct vg_simulation vg_simulation;
bool vg_simulation_open(const vg_simulation_opts *o, vg_simulation **out, vg_err *e);
void vg_simulation_close(vg_simulation *s);

/** The agreement as a text file would hold it, and as read by vg_agreement_parse. They live as long as the simulation. */
vg_str vg_simulation_agreement_text(const vg_simulation *s);
const vg_agreement *vg_simulation_agreement(const vg_simulation *s);

/** Reports in the order of their arrival, and the records of coverage that came in before the last of them. */
typedef struct {
    int32_t n, n_covers;
    const vg_report *report;
    const vg_simulated *truth;
    const vg_coverage *cover;
} vg_simulated_batch;

/** The next reports, at most `most` (1 to 10,000); n = 0 at the end. They hold until the next call. Fails: VG_ENOMEM. */
bool vg_simulation_next(vg_simulation *s, int32_t most, vg_simulated_batch *out, vg_err *e);

/** The incidents so far, by number; none with `forget`. Of some the reports may still be under way: n_told is 0. */
const vg_simulated_incident *vg_simulation_incidents(const vg_simulation *s, int64_t *n);

/**
 * The clauses that an incident broke, from its true place, instant, act, weapon, calibre and party, by number; returns how
 * many, writes at most `most`. `a` is any agreement. Exact: a point, no errors. O(clauses).
 */
int32_t vg_simulated_breaches(const vg_agreement *a, const vg_simulated_incident *x, int32_t *clause,
                              int32_t most);

#endif
