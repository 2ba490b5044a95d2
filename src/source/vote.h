/**
 * Readers of votes: what people answered to statements, as Polis and others export it. A reader hands votes,
 * statements and participants to a vg_vote_sink; a row it must refuse goes there with the reason.
 *
 *     vg_vote_opts opts = { 0 };                                       everything is found out, and told
 *     vg_vote_found found;
 *     if (!vg_vote_read("export/", &opts, sink, &arena, &found, e)) return false;
 *     printf("%.*s: agree is %s, because %.*s\n", ...);
 *
 * Formats, plain or gzip:
 *     polis-export   a folder with comments.csv, participants-votes.csv, summary.csv, votes.csv (some may be missing)
 *     polis-votes    votes.csv alone: timestamp[,datetime],comment-id,voter-id,vote
 *     polis-matrix   participants-votes.csv alone: the matrix of last votes, with the published group
 *     polismath      NAME.votes.csv: modified_ms,participant,statement,vote, with NAME.statements.csv beside it
 *     votes-long     any CSV with a participant, a statement, a value and perhaps a time
 *     votes-wide     any CSV with a participant and then one column a statement
 *
 * Votes leave the reader with the sign of an export (+1 agree, -1 disagree, 0 pass) whatever the file has.
 */
#ifndef VG_SOURCE_VOTE_H
#define VG_SOURCE_VOTE_H

#include "core/arena.h"
#include "core/input.h"
#include "core/pool.h"
#include "store/record.h"

/** How a file writes agreement. */
typedef enum {
    VG_SIGN_FOUND_OUT = 0, /* in options only */
    VG_SIGN_EXPORT = 1,    /* agree = +1 */
    VG_SIGN_STORED = -1    /* agree = -1, as the Polis server stores it */
} vg_vote_sign;

typedef struct {
    vg_str as; /* format name; empty = found out */
    vg_vote_sign sign;
    vg_str
        map; /* votes-long, votes-wide: "participant=voter,statement=item,value=answer,time=when"; empty = guessed */
    bool fingerprint; /* also find sha256 and bytes of what is read, for a vintage */
    vg_progress progress;
} vg_vote_opts;

/** What reading found out. Slices live in the arena. */
typedef struct {
    vg_str format;
    vg_vote_sign sign;
    vg_str sign_why; /* "agrees and disagrees of comments.csv", "the form of a Polis export", "--sign" ... */
    bool sign_assumed; /* nothing in the file tells the sign: +1 was taken as agree */
    bool numbered;     /* no times, but ids were given in the order of arrival (Polis) */
    vg_str name;       /* of the folder or file, without endings */
    vg_str topic, description;
    vg_vintage about; /* source "polis" or "votes", licence, file; sha256 and bytes when asked for */
    int64_t n_votes, n_statements, n_participants, n_rejected; /* handed over */
} vg_vote_found;

/**
 * Reads a folder or file into the sink: statements first, then participants, then votes, where the source has them.
 * Values are -1, 0, 1, or the words agree, disagree, pass (then there is nothing to find out about the sign); times are
 * milliseconds or seconds since 1970 or ISO 8601 instants. A row is refused, and the next one read, when its value is
 * anything else, when it names no participant or statement, or when its time cannot be read; an empty cell of a matrix is
 * no vote. Where votes and totals (agrees, disagrees) are both there, the sign is found from them; a Polis export without
 * totals is taken to have the sign of an export; for any other file +1 is taken as agree and sign_assumed is set, which
 * the caller must tell the user. Ids of votes may be any text of up to 200 bytes.
 * Fails: VG_EIO, VG_EPARSE (no format fits; a header without the needed columns), VG_EARG, VG_ESTOPPED, and whatever the
 * sink fails with. Time O(bytes).
 */
bool vg_vote_read(const char *path, const vg_vote_opts *opts, vg_vote_sink *sink, vg_arena *a,
                  vg_vote_found *found, vg_err *e);

/** The same over one open input (memory, standard input, tests, fuzz): a single file of votes or a matrix. */
bool vg_vote_read_input(vg_input *in, const vg_vote_opts *opts, vg_vote_sink *sink, vg_arena *a,
                        vg_vote_found *found, vg_err *e);

#endif
