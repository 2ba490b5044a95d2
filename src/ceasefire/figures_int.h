/**
 * What the files of the figures share: the rows of one reporting day, and how days that do not change any more are put
 * aside: packed in memory, or in a file that has no name and goes with the program.
 */
#ifndef VG_CEASEFIRE_FIGURES_INT_H
#define VG_CEASEFIRE_FIGURES_INT_H

#include "ceasefire/figures.h"

enum { VG_TALLY_UNIT_BITS = 30, VG_FIGURE_DAYS = 256, VG_FIGURE_KEPT_DAYS = 64 };

/** A figure as it is added up: probabilities in units of 2^-30. No padding: two are the same when their bytes are. */
typedef struct {
    int64_t expected, variance, severity, n_explosions, n_uncounted;
    int32_t n_incidents, n_violations, n_probable, n_possible, n_exempt, n_rejected, n_alleged,
        n_self_defence;
} vg_tally;
_Static_assert(sizeof(vg_tally) == 5 * 8 + 8 * 4, "a tally has no padding");

/** A row's place within its day. */
typedef struct {
    int16_t zone, clause;
    int8_t party, weapon;
} vg_tally_key;

typedef struct {
    vg_tally now;
    vg_tally_key key;
    int32_t change; /* number of its change, from 1; 0 = as published, or not published */
} vg_tally_row;

/** A reporting day. Put aside, it has `n` rows in `n_bytes` bytes: at `packed`, or (NULL) at `at` of the file. */
typedef struct {
    int32_t day;
    int32_t n, cap, n_slots;
    int32_t n_open; /* rows with a change: such a day is not put aside */
    int32_t recent; /* row that was found last */
    vg_tally_row *row;
    int32_t *slot; /* number of a row, from 1; 0 = free */
    uint64_t used; /* when it was changed last, by the count of changes */
    bool aside;
    char *packed;
    int64_t at, n_bytes, room; /* room: bytes that stand for it in the file */
} vg_tally_day;

/** A published row that is different now. */
typedef struct {
    vg_tally was;
    int64_t because;
    vg_tally_day *day;
    int32_t row;
} vg_tally_change;

typedef struct {
    int32_t day;
    int64_t at, seq;
} vg_day_published;

/** A reporting day with its bounds. */
typedef struct {
    int64_t from, to;
    int32_t day;
} vg_known_day;

/** File without a name; fd -1 = none. */
typedef struct {
    int fd;
    char *folder;
    int64_t end, live; /* bytes: written, and still needed */
} vg_tally_file;

struct vg_figures {
    const vg_agreement *agreement;
    vg_tally_day **day; /* ascending */
    int32_t n_days, cap_days;
    vg_tally_day *recent;
    int32_t n_here, most_here, next_try; /* days that are not put aside; when to try to put some aside */
    uint64_t clock;
    vg_tally_file file;
    vg_tally_change *change;
    int32_t n_changes, cap_changes;
    vg_day_published *publication; /* by day */
    int32_t n_publications, cap_publications;
    vg_known_day known[VG_FIGURE_DAYS]; /* by half days: asking the calendar costs more than the sums */
};

/* --- figures_day.c --- */

/** The day with its rows in memory, made when there is none. NULL on failure: VG_ENOMEM, VG_EIO. */
vg_tally_day *vg_figures__day(vg_figures *f, int32_t day, vg_err *e);
/** Place of the first day from this one on. */
int32_t vg_figures__day_at(const vg_figures *f, int32_t day);
/** The row of a key, made when there is none; NULL when memory is out. It holds until the next one is made. */
vg_tally_row *vg_figures__row(vg_tally_day *d, vg_tally_key k, vg_err *e);
/** Rows of a day that may be put aside, `n` of them as d->n says; vg_figures__unlook ends the look. */
bool vg_figures__look(const vg_figures *f, const vg_tally_day *d, vg_tally_row **rows, vg_err *e);
void vg_figures__unlook(const vg_tally_day *d, vg_tally_row *rows);
/** Puts the days aside that were not changed for longest, where too many are in memory. Never fails: they stay. */
void vg_figures__put_aside(vg_figures *f);
void vg_figures__days_free(vg_figures *f);

/* --- figures_file.c --- */

/** Opens a file in the folder; without one (no room, no right) days stay in memory, packed. */
void vg_figures__file_open(vg_tally_file *file, const char *folder);
void vg_figures__file_close(vg_tally_file *file);
/** Moves a packed day into the file; where that fails it stays where it is. */
void vg_figures__file_put(vg_figures *f, vg_tally_day *d);
/** The bytes of a day that is put aside, into `room` of d->n_bytes. Fails: VG_EIO. */
bool vg_figures__file_get(const vg_tally_file *file, const vg_tally_day *d, char *room, vg_err *e);

#endif
