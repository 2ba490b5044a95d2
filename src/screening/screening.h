/**
 * Screening: which entries of the lists could be this person, company or ship, how sure that is, and why. An answer is
 * a candidate for a person's decision and never a verdict.
 *
 *     vg_screening *s;                                           the engine: every list, as known now
 *     if (!vg_screening_open(st, &(vg_screening_opts){ 0 }, &s, e)) return false;
 *     vg_screening_reader *r;                                    one for each thread
 *     if (!vg_screening_reader_open(s, &r, e)) ...
 *     vg_party_name name = { .text = VG_S("Abdul Hai Salek") };
 *     vg_party query = { .name = { &name, 1 }, .schema = VG_SCHEMA_PERSON };
 *     vg_screening_answer got;
 *     if (vg_screening_ask(r, &query, &(vg_screening_ask_opts){ .explain = true }, &arena, &got, e)) ...
 *     vg_screening_reader_close(r);
 *     vg_screening_close(s);
 *
 * The score of a query and an entry is a probability, put together in log-odds:
 *
 *     logit(score) = name part + birth + country + gender + number + address + schema + weak alias
 *
 * where the name part is the calibrated log-odds of the best pair of names (name.h) and each other term is a weight
 * learnt by cross-validation for what was found (feature.h: "same day", "year differs by one", "other country" ...). A
 * feature the question does not give adds nothing; one that it gives and the entry does not takes a little. An identifier that both give and that names one party only (a
 * passport, IMO, LEI, wallet ...) decides: equal ones put the score above the default threshold whatever the names are.
 *
 * Candidates are all entries whose score reaches the cut-off. They come from an index of name parts; what the index
 * loses against comparing with every name is measured (README.md) and `exhaustive` compares with every name.
 *
 * Threads: any number of readers, each used by one thread at a time; vg_screening_refresh may run beside them. A
 * question sees the lists as they were before a refresh or as they are after it, never a mixture.
 */
#ifndef VG_SCREENING_SCREENING_H
#define VG_SCREENING_SCREENING_H

#include "core/pool.h"
#include "store/party.h"

typedef struct vg_screening vg_screening;
typedef struct vg_screening_reader vg_screening_reader;

/* --- the engine --- */

typedef struct {
    const vg_str *list; /* names of lists as the store has them; NULL with n_lists 0 = all */
    int32_t n_lists;
    int64_t as_of;               /* UTC seconds; 0 = now. An engine as of a date is never refreshed past it */
    int n_threads;               /* for reading names; 0 = one */
    const vg_progress *progress; /* NULL = none */
} vg_screening_opts;

/**
 * Reads the lists of a store and indexes them. Fails: VG_ENODATA (no list is loaded; says what to load), VG_ENOTFOUND
 * (a named list is not there), VG_ENOMEM, VG_ESTOPPED.   Cost: about 8 us and 100 bytes a name.
 */
bool vg_screening_open(vg_store *st, const vg_screening_opts *opts, vg_screening **out, vg_err *e);

/** An engine without any list, for parties that are in no store: fill it with vg_screening_edit_begin. */
bool vg_screening_open_empty(vg_screening **out, vg_err *e);

/** Readers must be closed before. Safe on NULL. */
void vg_screening_close(vg_screening *s);

/**
 * Takes over what the store has changed since: new vintages of the engine's lists, and new lists where all were asked
 * for. Costs what the changes cost, not what the lists cost. `*n_changed` (may be NULL) gets the number of entries that
 * were added, changed or removed; 0 = nothing was new. A failure leaves the engine as it was.
 */
bool vg_screening_refresh(vg_screening *s, vg_store *st, int64_t *n_changed, vg_err *e);

/** A list as the engine holds it. Slices live as long as the arena they were asked into. */
typedef struct {
    vg_str name;     /* "un-sc", "ofac-sdn" ... */
    vg_str version;  /* as the list names it */
    int64_t vintage; /* id in the store; 0 = of no store */
    int64_t known_at;
    vg_str sha256; /* of the file it came from; empty = not known */
    int64_t n_entries, n_names;
} vg_screening_list;

/** Lists in the engine, in the order they were added: what a screening was done against. */
bool vg_screening_lists(const vg_screening *s, vg_arena *a, vg_screening_list **out, int32_t *n, vg_err *e);

/** True when the engine holds an entry of this list (empty = of any) with this id. */
bool vg_screening_has(const vg_screening *s, vg_str list, vg_str id);

/** Numbers of the engine for the status line and the benches. */
typedef struct {
    int64_t n_entries, n_names, n_parts; /* live entries; names and distinct parts in the index */
    int64_t bytes;                       /* of the index */
    int32_t n_segments;                  /* 1 = merged */
    uint64_t revision;                   /* grows with each change that readers see */
} vg_screening_size;
vg_screening_size vg_screening_measure(const vg_screening *s);

/* --- changing the lists by hand: what vg_screening_open and _refresh are made of --- */

typedef struct vg_screening_edit vg_screening_edit;

/** Begins a change. One at a time; readers go on seeing the old lists until it ends. */
bool vg_screening_edit_begin(vg_screening *s, vg_screening_edit **out, vg_err *e);

/** The list that the following parties belong to; replaces what is said of a list of that name (its entries stay). */
bool vg_screening_edit_list(vg_screening_edit *d, const vg_screening_list *list, vg_err *e);

/** Adds a party of the current list, in place of the one with its id. */
bool vg_screening_edit_put(vg_screening_edit *d, const vg_party *p, vg_err *e);

/** Takes a party of the current list out; `*was_there` (may be NULL) tells whether there was one. */
bool vg_screening_edit_remove(vg_screening_edit *d, vg_str id, bool *was_there, vg_err *e);

/** The current list's sink: a reader of lists can fill an engine directly. Rejects are passed over. */
vg_party_sink vg_screening_edit_sink(vg_screening_edit *d);

/** Shows the change to readers, all at once. The edit is gone afterwards, also after a failure (then nothing changed). */
bool vg_screening_edit_end(vg_screening_edit *d, vg_err *e);
void vg_screening_edit_drop(vg_screening_edit *d);

/* --- asking --- */

/** A reader: scratch memory of one thread. */
bool vg_screening_reader_open(vg_screening *s, vg_screening_reader **out, vg_err *e);
void vg_screening_reader_close(vg_screening_reader *r);

/** Probability at which an answer counts as a hit, and below which nothing is told, unless the question says otherwise. */
double vg_screening_default_threshold(void);
double vg_screening_default_cutoff(void);

typedef struct {
    double threshold; /* of a hit; 0 = the default */
    double cutoff;    /* the least score told; 0 = the default, or the threshold where that is lower */
    int32_t limit;    /* candidates told; 0 = 10 */
    bool hits_only;   /* cut-off = threshold */
    bool explain;     /* fill `reason` */
    bool
        exhaustive; /* compare with every name, not with what the index finds: slow, for tests and for doubt */
    const vg_str *list; /* of the engine's lists only these; n_lists 0 = all */
    int32_t n_lists;
} vg_screening_ask_opts;

typedef enum {
    VG_REASON_NAME, /* the name part as a whole: log_odds, value = probability */
    VG_REASON_PART, /* one part aligned with one part: value = likeness 0..1; log_odds is in NAME already */
    VG_REASON_UNPAIRED_QUERY, /* a part of the query that nothing answers (`listed` is empty) */
    VG_REASON_UNPAIRED_LIST,  /* a part of the list's name that nothing answers (`asked` is empty) */
    VG_REASON_WEAK,           /* what: "alias"; the name matched is a weak alias */
    VG_REASON_BIRTH,          /* what: "same-day" "within" "swapped" "shifted-day" "shifted-month"
                          "shifted-year" "typo" "near" "same-year" "other" "silent" (the entry has none) */
    VG_REASON_COUNTRY,        /* what: "same" "other" "silent" */
    VG_REASON_GENDER,         /* what: "same" "other" */
    VG_REASON_NUMBER,         /* what: "same" "same-loose" "other" "other-sure"; `number_kind` is its kind */
    VG_REASON_ADDRESS,        /* what: "same" "near"; value = likeness */
    VG_REASON_SCHEMA          /* what: "other" */
} vg_reason_kind;

/** One reason. Explained in words by the message "screening.reason.<kind>.<what>" (vg_screening_reason_key). */
typedef struct {
    vg_reason_kind kind;
    vg_str
        what; /* as above; of PART: the comparison name.h names ("same", "spelling", "initial", "nickname" ...) */
    double log_odds;      /* what it added (+) or took (-) */
    double value;         /* NaN = none */
    vg_str asked, listed; /* the query's side and the list's side, as written */
    vg_str number_kind;   /* of NUMBER */
} vg_screening_reason;

typedef struct {
    double score;      /* 0..1, the probability that the entry is the party asked for */
    double name_score; /* of the names alone */
    bool hit;          /* score >= threshold */
    vg_str list, id;   /* which entry, of which list */
    int64_t vintage;   /* of the list (0 = of no store) */
    vg_schema schema;
    vg_str caption; /* the entry's primary name */
    vg_str matched; /* the name of the entry that matched best; empty when a number alone matched */
    vg_name_kind matched_kind;
    int32_t query_name;  /* which name of the query matched: position in query->name; -1 = none */
    char entry_hash[17]; /* of all that was read of the entry, 16 hex digits: changes when the entry does */
    const vg_screening_reason *reason; /* the name first, then what weighs most; only with `explain` */
    int32_t n_reasons;
} vg_screening_candidate;

typedef struct {
    const vg_screening_candidate *candidate; /* best first; ties in the order of list and id */
    int32_t n;                               /* told: at most `limit` */
    int32_t n_hits;                          /* of all candidates found, also those beyond the limit */
    int32_t n_found;
    double threshold, cutoff; /* as used */
    int64_t n_compared;       /* names that were scored in full */
    uint64_t revision;        /* of the engine (vg_screening_measure) */
} vg_screening_answer;

/**
 * Answers one question. The query is a party: names (all are tried), schema (VG_SCHEMA_ANY = any), birth, country and
 * nationality (ISO 3166 alpha-2 or alpha-3 or a country's name), gender, numbers, address; the rest is not looked at.
 * A query without a usable name and without a number has no candidates (n = 0): that is an answer, not a failure. Names
 * are cut at 1,000 bytes for comparing. Slices of the answer live in `a`.
 * Fails: VG_EARG (threshold or cutoff outside 0..1), VG_ENOTFOUND (a list the engine does not hold), VG_ENOMEM.
 */
bool vg_screening_ask(vg_screening_reader *r, const vg_party *query, const vg_screening_ask_opts *opts,
                      vg_arena *a, vg_screening_answer *out, vg_err *e);

/** One pair, without lists: probability and reasons. Both sides are parties. For `--checks` and for tests. */
bool vg_screening_pair(vg_screening_reader *r, const vg_party *query, const vg_party *candidate, bool explain,
                       vg_arena *a, vg_screening_candidate *out, vg_err *e);

/** Key of a reason's sentence, "screening.reason.birth.same-day"; arguments {asked} {listed} {value} {number}. */
vg_str vg_screening_reason_key(const vg_screening_reason *r, char key[96]);

/** "person", "company" ... : for messages and programs; and back (-1 = none of ours). FollowTheMoney's words are taken too. */
vg_str vg_screening_schema_word(vg_schema schema);
int vg_screening_schema_by_word(vg_str word);

#endif
