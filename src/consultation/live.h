/**
 * Live consultations: what people send is checked here, and what others get to see is made here. The store keeps it
 * (store/live.h), the server's door carries it (door/consultation.c).
 *
 *     vg_live_ballot ballot[VG_LIVE_BALLOTS];
 *     int32_t n;
 *     if (!vg_live_ballots(VG_S("12:1:90210,13:-1:90211:35"), ballot, &n, e)) return false;
 *     vg_live_view *v;
 *     if (!vg_live_view_make(st, &record, &v, e)) return false;          groups, common ground, who was not heard
 *     ... vg_live_view_json(v) ... vg_live_view_next(v, ...) ...
 *     vg_live_view_free(v);
 *
 * Every figure of a view is k-anonymous with k = 5: no group of under five, no count of under five, nothing that follows
 * by subtraction from what is shown beside it. Two views differ by the votes of at least five people when the caller
 * makes a new one only then (VG_LIVE_LEAST), so that nobody's vote follows from the difference.
 */
#ifndef VG_CONSULTATION_LIVE_H
#define VG_CONSULTATION_LIVE_H

#include "consultation/next.h"
#include "core/json.h"
#include "store/live.h"

enum {
    VG_LIVE_LEAST = 5,    /* people whose votes must be new before a new view is shown */
    VG_LIVE_BALLOTS = 50, /* votes in one message */
    VG_LIVE_TEXT = 280,   /* characters of a statement */
    VG_LIVE_CODE = 12,    /* letters of a code, and a NUL: "7Q2M4KXWP9TD" */
    VG_LIVE_SECRET = 26   /* letters of the secret of a moderator or observer: 130 bits */
};

/* --- secrets --- */

/** Random letters and digits that cannot be taken for one another (no I, L, O, U), with a NUL. False without a source. */
bool vg_live_letters(char *out, int32_t n);

/** A code as somebody may have typed it: capitals, no blanks and dashes, O as 0, I and L as 1. `out` has room for 65 bytes. */
vg_str vg_live_code_plain(vg_str typed, char out[65]);

/** HMAC-SHA-256 (RFC 2104) under the conversation's key, of a purpose and a text; hexadecimal. */
void vg_live_hash(vg_str key, const char *purpose, vg_str text, char hex[65]);

/** The pseudonym of the device that has this secret: the first digits of its hash. */
void vg_live_pseudonym(vg_str key, vg_str secret, char hex[VG_LIVE_PSEUDONYM + 1]);

/** Compares two hashes in a time that does not depend on where they differ. */
bool vg_live_same(vg_str a, vg_str b);

/** The code that hashes to one of the record's; NULL = none. */
const vg_live_code *vg_live_find_code(const vg_live_record *r, vg_str typed);

/* --- what people send --- */

/**
 * A statement as it is kept: control characters, line ends and controls of direction become blanks, blanks are drawn
 * together. Markup stays letters, and is escaped wherever it is shown. Fails: VG_EPARSE (not UTF-8), VG_ENODATA (nothing
 * left), VG_ERANGE (more than VG_LIVE_TEXT characters), VG_ENOMEM.
 */
bool vg_live_text_clean(vg_str given, vg_arena *a, vg_str *out, vg_err *e);

typedef struct {
    int64_t statement,
        client;    /* both at least 1; client below 2^53, chosen by the device, another for each vote */
    int64_t age_s; /* how long ago it was cast, 0 .. 7 days: for votes kept while there was no signal */
    int8_t value;
} vg_live_ballot;

/**
 * Votes as a device sends them: statement:value:client[:age], separated by commas. Fails, naming the vote by its place
 * (column): VG_EPARSE (form), VG_ERANGE (value outside -1, 0, 1; a time to come; too many). Nothing is then taken.
 */
bool vg_live_ballots(vg_str text, vg_live_ballot ballot[VG_LIVE_BALLOTS], int32_t *n, vg_err *e);

/** Whether people are asked about a statement now: not rejected or merged, and accepted where moderation comes before. */
bool vg_live_is_asked(const vg_live_record *r, const vg_live_statement *s);

/** A language of the conversation, by its code. */
bool vg_live_has_language(const vg_live_record *r, vg_str language);

/** An answer that a question has. */
bool vg_live_has_answer(const vg_live_record *r, vg_str question, vg_str answer);

/* --- what others see --- */

typedef struct vg_live_view vg_live_view;

/**
 * Reads the conversation and learns from it: groups by the house engine (as many as leave five people in each), common
 * ground and divisions, participation by answers. A conversation of fewer than five voters is a good view that shows
 * nothing but words. Fails: as vg_store_votes, VG_ENOMEM, VG_ESTOPPED. Time: seconds for large ones, on one thread.
 */
bool vg_live_view_make(vg_store *st, const vg_live_record *r, vg_progress progress, vg_live_view **out,
                       vg_err *e);
void vg_live_view_free(vg_live_view *v);

/** The picture for observers, a JSON object on one line (README.md says what is in it). Alive as long as the view. */
vg_str vg_live_view_json(const vg_live_view *v);

/** Its part "heard", a JSON array: for desks, which must not tell more of single people than the picture does. */
vg_str vg_live_view_heard(const vg_live_view *v);

/**
 * What to ask somebody next: numbers of statements, best first, at most `most`. `mark` are those they answered
 * (vg_live_marks), `count` the votes each has by now: a statement that the view does not know yet is as fresh as can be.
 * `v` may be NULL: then those with the fewest votes come first. The same `draw` gives the same order. Any thread.
 */
int32_t vg_live_view_next(const vg_live_view *v, const vg_live_record *r, vg_str pseudonym, const bool *mark,
                          const int32_t *count, uint64_t draw, int64_t *number, int32_t most);

/**
 * Suggestions for merging, for the moderator: statements that are asked or wait, most similar first.
 */
typedef struct {
    int64_t first, second;
    double similarity;
} vg_live_twins;
bool vg_live_near(const vg_live_record *r, vg_arena *a, vg_live_twins **out, int32_t *n, vg_err *e);

/** Participation by answers, as members of an open JSON array: k-anonymous, with shares of the population where known. */
bool vg_live_put_heard(vg_store *st, const vg_live_record *r, vg_json *j, vg_err *e);

#endif
