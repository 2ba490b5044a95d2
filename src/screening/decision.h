/**
 * What people decided about a query and an entry, and the log of what was asked.
 *
 * A decision is about one pair: what was asked (its content, not a row number) and one entry of one list as it stood.
 * It is a decision of the store (store.h) with the subject
 *
 *     match:<query-key>:<list>:<id>:<entry-hash>
 *
 * query-key is a hash of all that the query said, entry-hash of all that was read of the entry. When either side changes,
 * the subject is another one, the old decision no longer speaks for it, and the pair comes back for a decision. Verdicts:
 *
 *     true-match     the party is the entry
 *     false-match    it is not: an exception, kept out of the hits until either side changes
 *     undecided      looked at, not decided; also takes an earlier verdict back
 */
#ifndef VG_SCREENING_DECISION_H
#define VG_SCREENING_DECISION_H

#include "screening/screening.h"

typedef enum {
    VG_VERDICT_NONE,
    VG_VERDICT_UNDECIDED,
    VG_VERDICT_FALSE_MATCH,
    VG_VERDICT_TRUE_MATCH
} vg_verdict;

/** "true-match" ..., "" for none; and back (-1 = no such word). */
vg_str vg_verdict_word(vg_verdict v);
int vg_verdict_by_word(vg_str word);

/** Hash of a query: 32 hex digits and a NUL. Order of names, countries and numbers, case and blanks do not matter. */
void vg_screening_query_key(const vg_party *query, char key[33]);

/**
 * The name of a hit, as shown to people and given back to `decide`: "<query-key>:<list>:<id>:<entry-hash>". Lives in
 * `a`; `.s` is NULL when memory is out.
 */
vg_str vg_screening_hit_name(const char key[33], const vg_screening_candidate *c, vg_arena *a);

/**
 * Keeps a decision with its audit entry. `hit` is as vg_screening_hit_name wrote it; `who` empty = who is logged in.
 * Fails: VG_EARG (not the name of a hit; a false match without a reason), and as the store.
 */
bool vg_screening_decide(vg_store *st, vg_str hit, vg_verdict verdict, vg_str who, vg_str reason, vg_err *e);

/** All decisions of a store on matches, for fast lookup; unchanged once read. */
typedef struct vg_screening_decisions vg_screening_decisions;
bool vg_screening_decisions_open(vg_store *st, vg_screening_decisions **out, vg_err *e);
void vg_screening_decisions_close(vg_screening_decisions *d);

/** One decision as kept. */
typedef struct {
    vg_verdict verdict;
    vg_str who, reason; /* borrowed from the decisions */
    int64_t at;
    bool outdated; /* it was about this query and entry, but the entry has changed since */
} vg_match_decision;

/** What was decided about a candidate of a query; verdict VG_VERDICT_NONE when nothing was. `d` NULL = nothing ever was. */
vg_match_decision vg_screening_decided(const vg_screening_decisions *d, const char key[33],
                                       const vg_screening_candidate *c);

/* --- the audit log --- */

/**
 * How a query is written into the log: as it was asked, or as HMAC-SHA-256 under a key that is kept elsewhere, so that
 * the log proves a screening to whoever has the query and the key, and tells nobody else whom one asked about.
 */
typedef struct {
    bool hashed;
    vg_str
        key; /* of the HMAC; empty = the plain hash, which who guesses a name can check (the entry says "keyed": false) */
} vg_screening_privacy;

/** --hash-queries, or the environment's VIGIE_QUERY_KEY, which also hashes. */
vg_screening_privacy vg_screening_privacy_of(bool hash_queries);

/** HMAC-SHA-256 (RFC 2104) as 64 hex digits and a NUL. What the log holds is that of the query's key. */
void vg_screening_hmac(vg_str key, vg_str text, char hex[65]);

/** One entry "screening ask" for one question and its answer. */
bool vg_screening_log(vg_store *st, const vg_screening *s, const vg_party *query,
                      const vg_screening_answer *answer, const vg_screening_privacy *privacy, vg_err *e);

/** One entry "screening batch" for a whole file. */
typedef struct {
    vg_str file, sha256;
    int64_t n_rows, n_bad, n_hits, n_rows_hit, n_excepted;
    double threshold;
} vg_screening_batch;
bool vg_screening_log_batch(vg_store *st, const vg_screening *s, const vg_screening_batch *b, vg_err *e);

#endif
