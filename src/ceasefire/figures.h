/**
 * Figures of a watch: counts by reporting day, zone, party, clause and weapon, kept up to date from what vg_watch_settle
 * tells; what was published, and every correction since. The report over them is in daily.h, clauses in compliance.h.
 *
 *     vg_figures *f;
 *     if (!vg_figures_open(agreement, &f, e)) return false;
 *     o.sink = vg_figures_sink(f);                                   of vg_watch_opts
 *     vg_figures_publish(f, day, at, seq, e);                        at the cut-off: from now on changes are corrections
 *     vg_daily_write(&(vg_daily){ .from_day = day, .to_day = day, .lang = lang }, watch, f, &out, e);
 *     vg_figures_close(f);
 *
 * Invariant: what was published plus the sum of its corrections is what is known now, whatever the order of arrival.
 * Sums of probabilities are kept as whole numbers (units of 2^-30), so that the figures are the same bytes in any order.
 * A change costs about 0.2 us; days that do not change any more are packed (vg_figures_keep). An incident whose interval spans several reporting days counts on the day it begins.
 */
#ifndef VG_CEASEFIRE_FIGURES_H
#define VG_CEASEFIRE_FIGURES_H

#include "ceasefire/ceasefire.h"

/**
 * What is counted together. An incident is counted once as a whole under clause VG_AGREEMENT_NOBODY (highest level,
 * highest P(broken), explosions: whatever number of clauses it breaks, and also when it breaks none), and once more under
 * each clause it is held against. Never add the two. zone: the surest one; VG_AGREEMENT_NOBODY = in none. party: whom it
 * is attributed to or who admits it; VG_AGREEMENT_NOBODY = unattributed, alleged and disputed ones.
 */
typedef struct {
    int32_t day; /* reporting day, vg_agreement_day of the incident's `from` */
    int32_t zone, party, clause;
    int8_t weapon;
} vg_figure_key;

typedef struct {
    int64_t n_incidents; /* all, whatever their level, but without those that a person rejected */
    int64_t n_violations, n_probable, n_possible; /* by level, of this clause or of the whole */
    int64_t n_explosions; /* as far as they were counted; of violations, probable and possible ones only */
    int64_t n_uncounted;  /* of the same: that may have exploded, and nobody told how many */
    int64_t n_exempt;     /* an exception covers it: of no level, expected 0 */
    int64_t n_rejected;   /* a person rejected it: in no other count */
    int64_t
        n_alleged; /* of those with a level: only the other side says who it was, or claims below the limit */
    int64_t n_self_defence; /* of those with a level: self-defence is claimed */
    double expected;        /* sum of P(broken): expected number of breaches ... */
    double variance;        /* ... and its variance, sum of p (1 - p), incidents taken as independent */
    double severity;        /* sum of severity x p */
} vg_figure;

typedef struct vg_figures vg_figures;

/** `a` must outlive the figures. Fails: VG_ENOMEM. */
bool vg_figures_open(const vg_agreement *a, vg_figures **out, vg_err *e);
void vg_figures_close(vg_figures *f);
vg_watch_sink vg_figures_sink(vg_figures *f);

/**
 * How many reporting days have their rows in memory (64 where nothing is said, or 0): those that changed last, and all with
 * open corrections. The others are packed, about 25 bytes a row, and with `folder` stand there in a file without a name,
 * which goes with the program; they come back when they change, and answers are the same. A file that cannot be made or
 * written (no room) leaves them packed in memory. Memory then does not grow with the days.
 */
void vg_figures_keep(vg_figures *f, int32_t most_days, const char *folder);

/** Subtracts `was` and adds `now` (either may be NULL): what the sink calls. Fails: VG_ENOMEM, VG_EIO (a day put aside). */
bool vg_figures_change(vg_figures *f, const vg_incident *was, const vg_incident *now, vg_err *e);

/** A published figure that is different now. */
typedef struct {
    vg_figure_key key;
    vg_figure was, now; /* as published (or as the last correction said); as it is */
    int64_t published_at;
    int64_t because; /* newest entry of the log behind the change */
} vg_correction;

/**
 * Says that the figures of a day are public as of an instant and an entry of the log. Done again for the same day, the
 * figures of now are the public ones and its open corrections are gone. Fails: VG_ENOMEM.
 */
bool vg_figures_publish(vg_figures *f, int32_t day, int64_t at, int64_t seq, vg_err *e);
bool vg_figures_is_published(const vg_figures *f, int32_t day);

/** When and as of which entry of the log a day was published last; false = never. Outputs may be NULL. */
bool vg_figures_published(const vg_figures *f, int32_t day, int64_t *at, int64_t *seq);

/** Days that are published, ascending. */
bool vg_figures_published_days(const vg_figures *f, vg_arena *a, int32_t **out, int64_t *n, vg_err *e);

/** Corrections not yet told, by key; telling them (`tell`) makes `now` the published figure. */
bool vg_figures_corrections(vg_figures *f, bool tell, vg_arena *a, vg_correction **out, int64_t *n,
                            vg_err *e);

/** Figures of the days from..to (inclusive), by key, those that are all zero left out. Fails: VG_ENOMEM, VG_EIO. */
typedef struct {
    vg_figure_key key;
    vg_figure figure;
} vg_figure_row;
bool vg_figures_rows(const vg_figures *f, int32_t from_day, int32_t to_day, vg_arena *a, vg_figure_row **out,
                     int64_t *n, vg_err *e);

/** Sum into one figure; and 90 % of the number of breaches: expected -+ 1.645 standard deviations, within 0..n_incidents. */
void vg_figure_add(vg_figure *sum, const vg_figure *f);

/** The number of explosions to show, of which there may be more where n_uncounted > 0; VG_UNKNOWN where none was counted. */
int64_t vg_figure_explosions(const vg_figure *f);
void vg_figure_interval(const vg_figure *f, double *low, double *high);

/** Order of keys: day, zone, party, clause, weapon. */
int vg_figure_key_compare(const vg_figure_key *a, const vg_figure_key *b);

#endif
