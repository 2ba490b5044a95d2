/**
 * A simulation replayed through a watch in memory or through a desk on the disk: how fast, how much memory, how right.
 *
 *     vg_replay_result r;
 *     if (!vg_replay_simulated(&(vg_ceasefire_replay_opts){ .simulation = o }, &r, e)) ...
 *
 * One thread. What is timed is the work of the program and not that of the generator: a clock is read before and after
 * each batch. In memory that is: packing each report, binding it to the chain of hashes as the log would, taking it, and
 * settling after each batch; publishing at each cut-off as the arrival times pass it, and telling the corrections then.
 * On the disk it is vg_desk_take and vg_desk_tick: log and state are committed after each batch.
 */
#ifndef VG_CEASEFIRE_REPLAY_H
#define VG_CEASEFIRE_REPLAY_H

#include "ceasefire/evaluate.h"
#include "ceasefire/figures.h"
#include "core/pool.h"

typedef struct {
    vg_simulation_opts simulation;
    int32_t batch; /* reports settled (committed) together; 0 = 1,000 in memory, 100 on the disk (its most) */
    const char *store; /* a new file for the desk; NULL = in memory */
    bool only_speed;   /* no truth, no naive rule: for many reports */
    vg_progress progress;
} vg_ceasefire_replay_opts;

typedef struct {
    int64_t n_reports, n_taken; /* taken: all but those sent again */
    double seconds, reports_per_s;
    double p50_ms, p99_ms, most_ms; /* of a batch */
    double
        most_tick_ms; /* on the disk: longest publishing of a day, apart from its batch, part of `seconds` */
    double rss_mib;   /* largest resident set of the process so far, the generator's some MiB included */
    int64_t n_incidents; /* of the watch, those that were put away included */
    int64_t n_published,
        n_corrections; /* days; figures corrected after their publication. -1 = not counted */
    bool evaluated;
    vg_evaluation_score watch, naive; /* where evaluated: in memory and not only_speed */
} vg_replay_result;

bool vg_replay_simulated(const vg_ceasefire_replay_opts *o, vg_replay_result *out, vg_err *e);

/** A file of reports held against an agreement: everything is left open for questions. */
typedef struct {
    vg_agreement *a;
    vg_watch *w;
    vg_figures *figures;
    int64_t n_reports, n_coverage, n_rejected; /* rejected: records that could not be read */
    int64_t n_published, n_corrections;
    int32_t first_day, last_day; /* reporting days of what was observed */
    vg_err first_reject;         /* the first of the rejected */
} vg_replayed;

/**
 * Takes the reports of a file in the order of their arrival (received_at; the same: as they stand in the file) through a
 * watch in memory. Where a format tells no arrival, it is the end of what was observed. Fails: VG_ECONFLICT (the agreement
 * has errors), VG_ENODATA (no reports), and as the readers do.
 */
bool vg_replay_file(const char *agreement, const char *reports, vg_str as, const vg_progress *progress,
                    vg_replayed *out, vg_err *e);
void vg_replayed_close(vg_replayed *r);

/** Writes a simulation for other programs into a folder: reports.csv, agreement.toml, clauses.txt and shapes.txt. */
bool vg_replay_dump(const vg_simulation_opts *o, const char *folder, vg_err *e);

#endif
