/**
 * Names as they are compared: parsed once into typed parts, then scored against another name as the probability that
 * both are names of one party, with the reasons.
 *
 *     vg_name_book *book;
 *     if (!vg_name_book_open(&book, e)) return false;
 *     vg_name q, c;
 *     vg_name_parse(book, VG_S("Абдул Хай Салек"), VG_SCHEMA_PERSON, &arena, &q, e);
 *     vg_name_parse(book, VG_S("ABDULHAI SALEK"), VG_SCHEMA_PERSON, &arena, &c, e);
 *     double p = vg_name_score(book, &q, &c);
 *
 * What is compared is never the text but its parts: each has Latin letters (`folded`), the sounds of its consonants
 * (`sound`, the same for most romanisations of one name), a kind, and a weight that says how rare it is. Nothing here
 * looks at birth dates, countries or numbers of passports: that is the engine's.
 */
#ifndef VG_SCREENING_NAME_H
#define VG_SCREENING_NAME_H

#include "core/arena.h"
#include "store/party.h"

/** Word lists, rarity of name parts, learnt weights. Not changed once names are parsed with it: any thread may read. */
typedef struct vg_name_book vg_name_book;

bool vg_name_book_open(vg_name_book **out, vg_err *e);
void vg_name_book_close(vg_name_book *b);

/** How often a part is borne on the lists that are loaded, by its folded letters. */
typedef struct {
    vg_str folded;
    int32_t count; /* parties that bear it */
} vg_part_count;

/**
 * Tells the book what the loaded lists hold, so that a part which many listed parties share weighs less; `n_parties` is
 * the number of parties counted. Replaces what was told before. Call it before names are parsed: weights are set by
 * vg_name_parse. Without it the book's own table of common parts stands alone. Fails: VG_ENOMEM.
 */
bool vg_name_book_counts(vg_name_book *b, const vg_part_count *count, int64_t n, int64_t n_parties,
                         vg_err *e);

typedef enum {
    VG_PART_PLAIN,
    VG_PART_GIVEN,
    VG_PART_FAMILY,
    VG_PART_PATRONYMIC,
    VG_PART_PARTICLE,   /* bin, al, van, de; "of", "and", "the" are VG_PART_STOP */
    VG_PART_TITLE,      /* Mr, Dr, Sheikh, Haji; MV before a vessel */
    VG_PART_INITIAL,    /* one letter */
    VG_PART_ORDINAL,    /* 3rd, II, third */
    VG_PART_SUFFIX,     /* junior, senior */
    VG_PART_LEGAL_FORM, /* GmbH, OOO, "limited liability company" as one part */
    VG_PART_SYMBOL,     /* words with one meaning in many languages: bank, company, national */
    VG_PART_NUMBER,
    VG_PART_PLACE,
    VG_PART_STOP
} vg_part_kind;

/** One part; pointers live as long as the arena it was parsed into. */
typedef struct {
    vg_str raw;         /* as written; borrowed from the text that was parsed */
    const char *folded; /* a-z and 0-9: lower case, without marks, in Latin letters; ended by NUL */
    const char *sound;  /* classes of its consonants in capitals (A = begins with a vowel); ended by NUL */
    uint64_t key; /* hash of `sound`: one for most spellings across scripts and romanisations; 0 = no sound */
    uint64_t
        letters;  /* which letters it has, bit (c - 'a'), second bit (26 + c - 'a') when it has two or more */
    float weight; /* bits: how much meeting it tells; 0 for stop words, small for particles and titles */
    int32_t number;  /* value of a number or ordinal; -1 else */
    uint16_t group;  /* class of equal words: nicknames, legal forms, symbols, places; 0 = none */
    uint16_t family; /* wider class of a legal form (all limited companies); 0 = none */
    uint8_t n_folded, n_sound;
    uint8_t kind;   /* vg_part_kind */
    uint8_t script; /* vg_script of text/letter.h: 1 = Latin */
    uint8_t known;  /* 1 = in the book's table of common name parts */
    uint8_t flags;  /* VG_PART_F_... */
} vg_name_part;

enum {
    VG_PART_F_SAID = 1,  /* the kind was told by the source (family, given), not guessed */
    VG_PART_F_CORE = 2,  /* bears the name: not a particle, title, legal form or stop word */
    VG_PART_F_CAMEL = 4, /* had a capital inside: perhaps two words joined */
    VG_PART_F_SLASH = 8  /* of a name between slashes; neighbours between slashes have it by turns */
};

#define VG_NAME_PARTS 32 /* parts behind this number are left off (`cut` is set) */

typedef struct {
    vg_str text; /* borrowed */
    const vg_name_part *part;
    const char *joined; /* letters of the core parts, one after another; at most 64 */
    int32_t n, n_core, n_joined;
    float weight;     /* sum over its core parts */
    uint64_t letters; /* of all its core parts, as above */
    uint8_t schema;   /* vg_schema */
    uint8_t script;   /* of most of its letters */
    bool cut;
} vg_name;

/**
 * Parses; never fails on any bytes: invalid UTF-8 is passed over, a name of nothing has n = 0, and of more than
 * VG_NAME_PARTS parts or 1,024 letters the front is taken. `text` must live as long as the name. Fails: VG_ENOMEM.
 * Cost: about 1 µs a Latin name.
 */
bool vg_name_parse(const vg_name_book *b, vg_str text, vg_schema schema, vg_arena *a, vg_name *out,
                   vg_err *e);

/** The same for a name whose parts the source gives apart: parts that equal them are marked as given or family. */
bool vg_name_parse_party(const vg_name_book *b, const vg_party_name *n, vg_schema schema, vg_arena *a,
                         vg_name *out, vg_err *e);

/**
 * Likeness 0..1 of two single parts by letters and sounds alone, across scripts; what parts are paired by. 1 = equal
 * letters. Symmetric; about .1 µs.
 */
double vg_name_part_likeness(const vg_name_part *a, const vg_name_part *b);

/** The default threshold at which two names are called the same, as a probability. */
double vg_name_threshold(void);

/**
 * Probability 0..1 that these are names of one party. Symmetric, deterministic; 0 when either has no core part.
 * No allocation; about 1 µs.
 */
double vg_name_score(const vg_name_book *b, const vg_name *query, const vg_name *candidate);

/** The same where the log-odds reach `least`; else the score or any other below it, sooner. */
double vg_name_score_above(const vg_name_book *b, const vg_name *query, const vg_name *candidate,
                           double least);

/**
 * False when vg_name_score cannot reach the default threshold; true says nothing. Symmetric, tens of nanoseconds: looks at letters,
 * weights and sounds alone.
 */
bool vg_name_may_match(const vg_name *query, const vg_name *candidate);

/* --- reasons --- */

typedef enum {
    VG_ALIGN_NONE, /* stands alone */
    VG_ALIGN_SAME,
    VG_ALIGN_ROMANISATION, /* the same sounds, spelt or romanised otherwise */
    VG_ALIGN_TYPO,         /* a few letters differ */
    VG_ALIGN_NICKNAME,
    VG_ALIGN_EQUIVALENT, /* legal forms, symbols, places, numbers that mean the same */
    VG_ALIGN_INITIAL,
    VG_ALIGN_JOINED, /* several parts written as one */
    VG_ALIGN_ACRONYM,
    VG_ALIGN_DIFFERENT /* set against each other, and not the same */
} vg_align_kind;

/** Parts [query_at, query_at + n_query) of the query against [candidate_at, ...): n = 0 on the side that has nothing. */
typedef struct {
    uint8_t kind; /* vg_align_kind */
    int8_t query_at, n_query, candidate_at, n_candidate;
    float likeness; /* 0..1 */
    float weight;   /* bits of the parts concerned (mean of both sides) */
} vg_name_link;

/** What a property of the pair added to (or took from) the log-odds of the score. */
typedef struct {
    const char *
        name; /* of the property, as in the list of name_int.h ("cover_less", "left_more" ...), for programs */
    float value;     /* of the property itself */
    double log_odds; /* its contribution, natural logarithm */
} vg_name_reason;

#define VG_NAME_LINKS   (2 * VG_NAME_PARTS)
#define VG_NAME_REASONS 72

typedef struct {
    double score;    /* as vg_name_score gives it, the same bits */
    double log_odds; /* base + sum of the reasons' contributions, exactly that of the score before rounding */
    double base;     /* log-odds of a pair of which nothing is known */
    int32_t n_links, n_reasons;
    vg_name_link link[VG_NAME_LINKS];
    vg_name_reason reason[VG_NAME_REASONS]; /* largest contribution first; those of 0 are left off */
} vg_name_explained;

/** The score with its reasons, in the direction asked (query's parts first). No allocation; some 10 µs. */
void vg_name_explain(const vg_name_book *b, const vg_name *query, const vg_name *candidate,
                     vg_name_explained *out);

#endif
