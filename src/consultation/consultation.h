/**
 * Consultations: who answered what to which statement, in memory and made for speed. Every engine (polis.h, house.h),
 * the surveys and the report read this one record of votes.
 *
 *     vg_consultation c;
 *     if (!vg_consultation_read(path, &(vg_consultation_opts){ 0 }, &arena, &c, e)) return false;
 *     for (int64_t i = c.row_at[p]; i < c.row_at[p + 1]; i++)       the votes of participant p
 *         sum += c.row_value[i] * weight[c.row_statement[i]];
 *
 * Values are those of an export: +1 agree, -1 disagree, 0 pass. A pass is a vote; absent is not a pass, and is simply
 * not there. One vote a participant and statement: the last one in time wins (in order of arrival where times are
 * equal or not given).
 *
 * Order. Participants and statements stand in the order of their first vote (time, then participant, then statement by
 * vg_consultation_id_order where times are equal; order of arrival where the source gives no times), because the
 * published method of Polis depends on it; those without any vote follow in the order in which the source names them.
 * So a file with times gives the same record however its rows are shuffled. An engine that should not depend on the
 * order sorts by `by_id` first.
 *
 * Everything lives in the arena given and is not written again, but for what the caller attaches.
 */
#ifndef VG_CONSULTATION_CONSULTATION_H
#define VG_CONSULTATION_CONSULTATION_H

#include "core/arena.h"
#include "source/vote.h"
#include "store/store.h"

enum { VG_NO_GROUP = -1 };

/** A statement in one language. */
typedef struct {
    vg_str language; /* "fr", "ar" ...; empty = not said */
    vg_str
        text; /* as the source has it: may hold markup, bidi controls, line ends; escape it where it is shown */
} vg_statement_text;

/** A statement as the engines and reports see it. */
typedef struct {
    vg_str id;
    vg_str author;                        /* participant id; empty = not said */
    vg_statement_text original;           /* text empty = the source gives none */
    const vg_statement_text *translation; /* n_translations of them, in order of arrival */
    int32_t n_translations;
    int8_t moderation;  /* -1 rejected, 0 not moderated, 1 accepted */
    bool is_meta;       /* about the conversation or the speaker, not an opinion */
    bool is_seed;       /* written by the organisers */
    int64_t created_ms; /* since 1970; VG_UNKNOWN */
} vg_consultation_statement;

/** The record of votes of one conversation. */
typedef struct {
    vg_str name;               /* of the folder or file, or as imported */
    vg_str topic, description; /* empty = not said */

    int32_t n_participants; /* all known ones */
    int32_t n_voters;       /* the first n_voters have at least one vote; the others have none */
    int32_t n_statements;   /* all known ones */
    int32_t n_voted;        /* the first n_voted have at least one vote */
    int64_t n_votes;        /* votes that count: one a participant and statement */

    /* By participant: votes row_at[p] .. row_at[p + 1] - 1, by growing statement index. */
    const int64_t *row_at; /* n_participants + 1 */
    const int32_t *row_statement;
    const int8_t *row_value;
    const int64_t *row_time_ms; /* of each vote; NULL unless opts.keep_times and the source gives times */

    /* By statement: votes col_at[s] .. col_at[s + 1] - 1, by growing participant index. */
    const int64_t *col_at; /* n_statements + 1 */
    const int32_t *col_participant;
    const int8_t *col_value;

    const vg_consultation_statement *statement; /* n_statements */
    const vg_str *participant;                  /* ids, n_participants */
    const int32_t *participant_by_id; /* all participants by vg_consultation_id_order of their ids */
    const int32_t *statement_by_id;   /* all statements likewise */

    const int32_t
        *published_group;       /* n_participants; VG_NO_GROUP = none; NULL = the source gives no groups */
    int32_t n_published_groups; /* highest published group + 1 */

    /* What the source held, for the note to the user. */
    int64_t n_rows;     /* vote rows accepted, repeated votes included */
    int64_t n_repeated; /* of them votes that a later one of the same person on the same statement replaced */
    int64_t n_unknown; /* votes for statements that the source's own list of statements does not name: kept */
    int64_t n_future;  /* votes dated after now (more than a day): kept, in the order of their times */
    int64_t n_rejected;    /* rows refused (value outside -1, 0, 1; no participant; not a number ...) */
    vg_err first_rejected; /* why the first of them was refused, with its place; code 0 when none was */
    vg_vote_sign sign;     /* how the source writes agree, given or found out */
    vg_str sign_why;       /* on what that rests */
    bool sign_assumed;     /* nothing in the source tells the sign: tell the user */
    vg_str
        format; /* "polis-export", "polis-votes", "polis-matrix", "polismath", "votes-long", "votes-wide" */
} vg_consultation;

typedef struct {
    vg_vote_opts source; /* sign, columns ...; zero = found out */
    bool keep_times;
    int32_t max_participants; /* 0 = 4,000,000; votes of further new ids fail with VG_ERANGE */
    int32_t max_statements;   /* 0 = 200,000 */
} vg_consultation_opts;

/**
 * Reads a conversation from a path: a folder of a Polis export, one of its files, a fixture NAME.votes.csv[.gz], or a
 * CSV of votes (see source/vote.h). Never guesses in silence: `format`, `sign` and `sign_why` say what was assumed.
 * Fails: as vg_vote_read; VG_ENODATA when there is not one good vote; VG_ENOMEM. Time O(votes), sorted first when they
 * are not in the order of their times.
 */
bool vg_consultation_read(const char *path, const vg_consultation_opts *opts, vg_arena *a,
                          vg_consultation *out, vg_err *e);

/** The same of a conversation in the store; `format`, `sign` and `sign_why` are those of its import. */
bool vg_consultation_load(vg_store *st, const vg_conversation *what, const vg_consultation_opts *opts,
                          vg_arena *a, vg_consultation *out, vg_err *e);

/* --- building one from a stream of records, whatever they come from --- */

typedef struct vg_consultation_builder vg_consultation_builder;

/** Begins; working memory is the builder's own. Fails: VG_ENOMEM. */
bool vg_consultation_begin(const vg_consultation_opts *opts, vg_consultation_builder **out, vg_err *e);

/** The sink that takes votes, statements, participants and rejected rows, in any order of arrival. */
vg_vote_sink *vg_consultation_sink(vg_consultation_builder *b);

/**
 * Makes the record in `a` and frees the builder, also on failure. An empty conversation (no votes) is a good record
 * with n_votes = 0. `name`, `topic`, `format` ... are the caller's to set.
 */
bool vg_consultation_end(vg_consultation_builder *b, vg_arena *a, vg_consultation *out, vg_err *e);

/** Gives up. NULL is taken. */
void vg_consultation_drop(vg_consultation_builder *b);

/**
 * The record with n more votes, in `a`; texts are shared with `c`, which must outlive it. The votes are taken to be later
 * than those of the record and are given in their order; ids it does not know are new participants and statements.
 * Indices of voters and of statements with a vote stay, so that an engine can start warm from its last result. Fails:
 * VG_ERANGE (value), VG_ENOMEM; then nothing is changed. Time O(all votes), a few milliseconds for 400,000.
 */
bool vg_consultation_append(const vg_consultation *c, const vg_vote *votes, int64_t n, vg_arena *a,
                            vg_consultation *out, vg_err *e);

/* --- parts and questions --- */

/**
 * A copy in `a` that keeps only some votes: keep[i] for the i-th vote in the order of the rows. Participants,
 * statements and their order stay as they are (also those left without a vote; n_voters and n_voted are then only upper
 * bounds). Texts are shared with `c`.
 */
bool vg_consultation_subset(const vg_consultation *c, const bool *keep, vg_arena *a, vg_consultation *out,
                            vg_err *e);

/** Index of an id, or -1. Time O(log n). */
int32_t vg_consultation_find_participant(const vg_consultation *c, vg_str id);
int32_t vg_consultation_find_statement(const vg_consultation *c, vg_str id);

/** Order of ids: whole numbers by value before texts by their bytes. Negative, 0, positive. */
int vg_consultation_id_order(vg_str a, vg_str b);

/** A statement's text in a language: translation, else the original; empty when there is none. */
vg_str vg_consultation_text(const vg_consultation_statement *s, vg_str language);

/**
 * A text that can be shown on a terminal or in one line of a table: control characters, line ends and the controls that
 * turn the direction of text (U+200E, U+200F, U+202A-202E, U+2066-2069, U+061C) become spaces, and behind `most`
 * characters it ends with three dots. Markup stays as it is. Empty when the arena's limit is reached.
 */
vg_str vg_consultation_plain(vg_arena *a, vg_str text, int32_t most);

/**
 * Adjusted Rand index of two groupings of n things (Hubert and Arabie 1985, doi 10.1007/BF01908075); things with
 * VG_NO_GROUP in either are left out. 1 = the same, 0 = as by chance. NaN when fewer than two are left; 1 when both put
 * all in one group or each in one of its own.
 */
double vg_consultation_ari(const int32_t *a, const int32_t *b, int64_t n);

#endif
