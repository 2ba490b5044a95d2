/**
 * Inside of the readers of votes: one reading of one conversation, which may be several files, and what its parts share.
 * Only files of src/source include this.
 */
#ifndef VG_VOTE_INT_H
#define VG_VOTE_INT_H

#include "core/csv.h"
#include "core/hash.h"
#include "core/map.h"
#include "source/vote.h"

enum { VG_VOTE_ID_BYTES = 200, VG_VOTE_PEEK = 256 << 10 };

typedef struct {
    const vg_vote_opts *opts;
    vg_vote_sink *sink;
    vg_arena *a;
    vg_vote_found *found;
    int factor;        /* what a number in the file is multiplied with */
    bool has_words;    /* an answer was a word */
    bool has_a_number; /* an answer was 1 or -1, on which the sign matters */

    /* The file being read. */
    vg_input *in;
    bool owns_input;
    vg_str head; /* the first bytes, for finding the sign */
    vg_csv *csv;
    vg_csv_row row;
    int32_t n_header;
    const vg_str *header; /* trimmed, in `a` */

    /* Totals of comments.csv: agrees - disagrees by statement, for finding the sign. */
    vg_map totals;
    double *difference;
    int32_t difference_cap;
    bool has_totals;

    vg_sha256 sum; /* of the fingerprints of all files, one after another */
    int32_t n_files;
} vg_vote_reading;

/* --- vote.c --- */

/** Opens a file (or takes r->in when `path` is NULL) and reads its header. */
bool vg_vote__open(vg_vote_reading *r, const char *path, vg_err *e);

/** Next row; rows that cannot be read go to the sink's rejects. False at the end and on failure. */
bool vg_vote__next(vg_vote_reading *r, vg_err *e);

/** Ends with the file; keeps the failure in `e`. Returns whether all went well. */
bool vg_vote__close(vg_vote_reading *r, bool good, vg_err *e);

/** Column by name (several separated by |, the first that is there), letter case ignored; -1 = none. */
int32_t vg_vote__column(const vg_str *header, int32_t n, const char *names);

/** The cell, trimmed; empty when there is no such column. */
vg_str vg_vote__cell(const vg_vote_reading *r, int32_t column);

/** Hands a row to the rejects, with the reason in `why`. */
bool vg_vote__reject(vg_vote_reading *r, const vg_err *why, vg_err *e);

/** A vote as it stands in the file: checks, turns the sign, hands over or rejects. `time` may be empty. */
typedef struct {
    vg_str participant, statement, value, time;
    int32_t value_column; /* for messages */
} vg_vote_cells;
bool vg_vote__put(vg_vote_reading *r, const vg_vote_cells *v, vg_err *e);

/** -1, 0, 1 as a number or a word; false when it is none of them. */
bool vg_vote__value(vg_str cell, int8_t *value, bool *is_word);

/** Milliseconds since 1970 from ms, seconds or an instant; empty is VG_UNKNOWN; false when it is none of them. */
bool vg_vote__time(vg_str cell, int64_t *time_ms);

void vg_vote__sign(vg_vote_reading *r, vg_vote_sign sign, const char *why, bool assumed);

/* --- polis.c: the files of Polis; each opens, reads and closes one --- */

bool vg_polis__comments(vg_vote_reading *r, const char *path, vg_err *e);
bool vg_polis__summary(vg_vote_reading *r, const char *path, vg_err *e);
bool vg_polis__votes(vg_vote_reading *r, const char *path, vg_err *e);

/** participants-votes.csv: participants and their groups, and their votes too when `with_votes`. */
bool vg_polis__matrix(vg_vote_reading *r, const char *path, bool with_votes, vg_err *e);

/** What a header belongs to. */
bool vg_polis__is_votes(const vg_str *header, int32_t n);
bool vg_polis__is_matrix(const vg_str *header, int32_t n);
bool vg_polis__is_math(const vg_str *header, int32_t n);

/* --- vote_csv.c: any CSV of votes --- */

bool vg_vote_csv__read(vg_vote_reading *r, bool wide, vg_err *e);

/** True when the header has a participant, a statement and a value; false = perhaps wide. */
bool vg_vote_csv__is_long(const vg_vote_reading *r);
bool vg_vote_csv__is_wide(const vg_vote_reading *r);

#endif
