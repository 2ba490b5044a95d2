/**
 * Live consultations in the store: a conversation that people take part in over the web, while it goes on.
 *
 *     vg_live_record r;
 *     if (!vg_live_read(st, VG_S("water"), &arena, &r, e)) return false;          about, statements, codes, acts
 *     vg_live_writer *w;
 *     if (!vg_live_writer_start(path, &w, e)) return false;                        one a program
 *     vg_live_entry x = { .kind = VG_LIVE_VOTE, .live = r.about.id, .person = p, .statement = 3, .value = 1, ... };
 *     if (!vg_live_write(w, &x, 1, e)) return false;                               returns after the commit
 *
 * What a person is here: a random number, a pseudonym (a keyed hash of a secret that only their device has), and the
 * number of the code they came with. Votes, statements, answers and acts are only ever added. The one exception is
 * somebody who takes their consent back: their rows go in one transaction, and an act "left" that names nobody tells
 * that it happened. A vote of the same person with the same `client` number is the same vote sent again.
 *
 * To everything else a live conversation is one like any other: vg_store_conversations lists it (with an id below zero)
 * and vg_store_votes gives its votes, with what moderation decided applied: a merged statement's votes are votes on the
 * one it was merged into, and people who are muted are not there.
 */
#ifndef VG_STORE_LIVE_H
#define VG_STORE_LIVE_H

#include "store/store.h"

enum {
    VG_LIVE_AUTHORED = 20, /* statements of one person */
    VG_LIVE_PSEUDONYM = 32 /* hexadecimal digits */
};

/** Settings: bits. */
enum {
    VG_LIVE_AFTER = 1,      /* statements are shown at once and moderated after; else before */
    VG_LIVE_CLOSED_LIST = 2 /* participants may not add statements */
};

typedef enum { VG_LIVE_OPEN, VG_LIVE_PAUSED, VG_LIVE_ENDED } vg_live_state;

/** What is settled when it is made. `key` is the secret of the pseudonyms and codes, hexadecimal. */
typedef struct {
    int64_t id;
    vg_str name, topic, description;
    vg_str languages;                /* "fr,ar": the first is the organisers' own */
    vg_str key, moderator, observer; /* the latter two are hashes under the key */
    unsigned settings;
    int64_t made_at;
} vg_live;

/** A word of a question about oneself: with an empty answer the question itself. */
typedef struct {
    vg_str question, answer, language, text;
    double share; /* of the population; NaN = not known */
} vg_live_word;

typedef struct {
    int64_t id;
    vg_str hash;
    int64_t most;       /* people who may come with it */
    int64_t per_minute; /* and how many of them within a minute */
    bool stopped;       /* nobody new comes with it */
    bool muted;         /* those who came with it do not count */
} vg_live_code;

typedef struct {
    vg_str language, text;
} vg_live_text;

typedef struct {
    int64_t number;      /* from 1 */
    int8_t moderation;   /* -1 rejected or merged, 0 waiting, 1 accepted */
    int64_t merged_into; /* a number; 0 = not merged */
    bool is_seed;
    int64_t made_at;
    int64_t author;           /* a person; 0 = the organisers, or somebody who left */
    const vg_live_text *text; /* the original first */
    int32_t n_texts;
} vg_live_statement;

/** Something a moderator did. What `target` and `other` are is the act's: README.md. */
typedef struct {
    int64_t id, at;
    vg_str actor, act;
    int64_t target, other;
    vg_str reason;
    bool undone;
} vg_live_act;

/** Everything of a live conversation but people, votes and answers. */
typedef struct {
    vg_live about;
    vg_live_state state;
    const vg_live_word *word;
    int32_t n_words;
    vg_live_code *code; /* by id */
    int32_t n_codes;
    vg_live_statement *statement; /* statement[i].number = i + 1 */
    int32_t n_statements;
    const vg_live_act *act; /* oldest first */
    int32_t n_acts;
    const int64_t *muted; /* people, ascending */
    int32_t n_muted;
} vg_live_record;

/* --- making and reading, on a handle of the store --- */

/**
 * Makes one, with a code (hash) and its limits. A name has 1 to 60 small letters, digits and dashes. Fails: VG_EARG
 * (name), VG_ECONFLICT (the name is taken by any conversation of the store).
 */
bool vg_live_make(vg_store *st, const vg_live *about, const vg_live_word *word, int32_t n_words,
                  const vg_live_code *code, int32_t n_codes, int64_t *id, vg_err *e);

/** Adds codes. */
bool vg_live_add_codes(vg_store *st, int64_t live, const vg_live_code *code, int64_t n, vg_err *e);

/** Fails: VG_ENOTFOUND. Time O(statements + acts + codes). */
bool vg_live_read(vg_store *st, vg_str name, vg_arena *a, vg_live_record *out, vg_err *e);

/** A number that changes when any of a record's contents may have changed; the same for all live conversations. */
bool vg_live_version(vg_store *st, int64_t *version, vg_err *e);

/** A person by pseudonym; false also when there is none (then without an error). */
bool vg_live_person(vg_store *st, int64_t live, vg_str pseudonym, int64_t *person, int64_t *code, vg_err *e);

/** What a person answered to whom, for choosing what to ask next: mark[number - 1] for statements with a vote. */
bool vg_live_marks(vg_store *st, int64_t person, bool *mark, int32_t n, int32_t *n_votes, vg_err *e);

/** Votes cast on each statement, muted people included: count[number - 1]. */
bool vg_live_counts(vg_store *st, int64_t live, int32_t *count, int32_t n, vg_err *e);

/** Answers about themselves, one call a person and question: the last one given. */
typedef struct {
    int64_t person, code;
    vg_str pseudonym, question, answer;
    bool muted, voted;
} vg_live_answer;
bool vg_live_answers(vg_store *st, const vg_live_record *r, bool (*take)(void *ctx, const vg_live_answer *x),
                     void *ctx, vg_err *e);

/** How a code was used: for limits and for the moderator's eyes. */
typedef struct {
    int64_t code, n_people, n_voters, n_votes;
    int64_t busiest_minute; /* people who came within one clock minute */
} vg_live_use;
bool vg_live_uses(vg_store *st, int64_t live, vg_arena *a, vg_live_use **out, int64_t *n, vg_err *e);

/* --- adding to it: one thread writes for all --- */

typedef enum {
    VG_LIVE_JOIN,    /* code, most, pseudonym -> person */
    VG_LIVE_VOTE,    /* person, statement, value, time_ms, client */
    VG_LIVE_STATE,   /* person (0 = organisers), language, text, client, is_seed -> statement */
    VG_LIVE_WORDING, /* statement, language, text: a translation */
    VG_LIVE_TELL,    /* person, question (text), answer (reason) */
    VG_LIVE_ACT,     /* actor, act, statement (target), other, reason -> act's number in `statement` */
    VG_LIVE_LEAVE    /* person */
} vg_live_kind;

typedef enum {
    VG_LIVE_DONE,
    VG_LIVE_SAME, /* it was there already: the same client number, the same pseudonym, a person who left */
    VG_LIVE_FULL  /* the code has no place left; the person has written as many statements as one may */
} vg_live_outcome;

/** Texts are borrowed until vg_live_write returns. */
typedef struct {
    vg_live_kind kind;
    int64_t live, person, code, most, statement, other, client, time_ms;
    int8_t value;
    bool is_seed;
    vg_str pseudonym, language, text, actor, act, reason;
    vg_live_outcome outcome; /* what became of it */
} vg_live_entry;

typedef struct vg_live_writer vg_live_writer;

/** A thread with a connection of its own. Fails: as vg_store_open, VG_EIO (no thread). */
bool vg_live_writer_start(const char *path, vg_live_writer **out, vg_err *e);

/**
 * Adds entries, in their order, and returns when they are on the disk; those of all callers that wait are committed
 * together. From any thread. Fails: VG_EBUSY, VG_EIO; then none of the caller's entries is there.
 */
bool vg_live_write(vg_live_writer *w, vg_live_entry *entry, int32_t n, vg_err *e);

/** Commits what waits, and ends. */
void vg_live_writer_stop(vg_live_writer *w);

/** The same on a handle of one's own, for programs that run once. */
bool vg_live_write_now(vg_store *st, vg_live_entry *entry, int32_t n, vg_err *e);

#endif
