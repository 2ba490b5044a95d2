/**
 * Parties: the persons, organisations, vessels and aircraft that lists name, each list a vintage of its own.
 *
 *     static bool each(void *ctx, const vg_party_entry *p, vg_err *e) { ... p->party->name.item[0].text ... }
 *     if (!vg_store_parties(st, VG_NOSTR, 0, &(vg_party_reader){ &index, each }, e)) return false;
 *
 * Words are those of FollowTheMoney (schema, name, alias, weakAlias, birthDate, topics) and of the lists themselves
 * (programme, designation). Slices inside a record are borrowed for the call; "not known" is an empty slice or 0.
 *
 * A list is a vintage source ("un-sc", "ofac-sdn"). Each import of it is a whole new vintage; what did not change is
 * kept once, so an update of 1 % writes 1 % of the bodies. Of a list's vintages known at a date the newest is the one
 * known last (then imported last). Every question is answered from one moment of the store: a list that is being
 * updated is seen as it was before or as it is after, never in between.
 */
#ifndef VG_STORE_PARTY_H
#define VG_STORE_PARTY_H

#include "core/arena.h"
#include "store/store.h"

/** What is named. FollowTheMoney's schemata are mapped to these; `schema_name` keeps the source's own word. */
typedef enum {
    VG_SCHEMA_ANY = 0, /* not said (LegalEntity, Thing): a person or an organisation */
    VG_SCHEMA_PERSON = 1,
    VG_SCHEMA_ORGANISATION = 2, /* public bodies, armed groups, parties */
    VG_SCHEMA_COMPANY = 3,
    VG_SCHEMA_VESSEL = 4,
    VG_SCHEMA_AIRCRAFT = 5,
    VG_SCHEMA_OTHER = 6 /* an address, a security, a wallet on its own */
} vg_schema;

enum { VG_N_SCHEMAS = 7 };

/** FollowTheMoney's word for it: "LegalEntity", "Person", "Organization", "Company", "Vessel", "Airplane", "Thing". */
vg_str vg_schema_word(vg_schema s);

/** From a word of FollowTheMoney or of a list ("individual", "Entity", "ship"), letter case ignored; ANY when unknown. */
vg_schema vg_schema_from_word(vg_str word);

typedef enum {
    VG_NAME_PRIMARY = 0,
    VG_NAME_ALIAS = 1, /* "Good", "strong", a.k.a. */
    VG_NAME_WEAK = 2,  /* "Low", weak a.k.a.: counts less */
    VG_NAME_FORMER = 3,
    VG_NAME_SCRIPT = 4 /* the name in its original script */
} vg_name_kind;

/** One name. What the source gives apart is kept apart too. */
typedef struct {
    vg_str text; /* the whole name, in the order of the source: "HANIYA, Ismail" stays as it is */
    vg_name_kind kind;
    vg_str language;                          /* ISO 639 or empty */
    vg_str given, middle, patronymic, family; /* what the source gives apart; empty = not said */
} vg_party_name;

/** A birth date, or a foundation date: a span of days, so that "1965" is 1965-01-01..1965-12-31. */
typedef struct {
    int32_t day_from, day_to; /* days since 1970-01-01, both inclusive */
    bool approximate;         /* "circa" */
} vg_party_date;

/**
 * A number that names one party only: kind is "passport", "national_id", "tax", "imo", "mmsi", "lei", "registration",
 * "wallet", "swift", "call_sign", "tail", "other"; value as the source has it (of a wallet the address alone, its
 * currency in `country`; of an IMO number the digits alone).
 */
typedef struct {
    vg_str kind, value, country;
} vg_party_number;

/** A relation to another party: kind "owner", "director", "family", "associate", "linked". The owner is `to`. */
typedef struct {
    vg_str kind, to; /* id of the other party in the list; where the source gives a name only: that name */
    double share;    /* per cent held, of owners; NaN = not said */
    vg_str note;     /* the source's own words */
} vg_party_link;

typedef struct {
    const vg_str *item;
    int64_t n;
} vg_texts;

/** Countries and nationalities are ISO 3166-1 alpha-2 in capitals where they are known, else the source's words. */
typedef struct {
    vg_str id; /* the list's own, unique within it */
    vg_schema schema;
    vg_str schema_name;
    struct {
        const vg_party_name *item;
        int64_t n;
    } name; /* at least one; the primary one first */
    struct {
        const vg_party_date *item;
        int64_t n;
    } birth;
    vg_texts country, nationality, programme, address, birth_place, position, topic, remark, url;
    struct {
        const vg_party_number *item;
        int64_t n;
    } number;
    struct {
        const vg_party_link *item;
        int64_t n;
    } link;
    char gender;                             /* 'm', 'f', 0 = not known */
    int32_t listed_on, changed_on, ended_on; /* days since 1970; INT32_MIN = not said */
} vg_party;

#define VG_NO_DAY INT32_MIN

/** Where a list's reader puts what it reads; as vg_sink. `removed` is for delta files only (op DEL). */
typedef struct {
    void *ctx;
    bool (*party)(void *ctx, const vg_party *p, vg_at at, vg_err *e);
    bool (*removed)(void *ctx, vg_str id, vg_at at, vg_err *e);
    bool (*reject)(void *ctx, const vg_reject *r, vg_err *e);
} vg_party_sink;

/** Copy of a party with all it points at. `.name.item` is NULL when the arena's limit is reached. */
vg_party vg_party_copy(vg_arena *a, const vg_party *p);

/* --- import --- */

typedef struct vg_party_import vg_party_import;

/**
 * Begins the one transaction of an import of list `list`. Of a delta the parties of the newest vintage known now stay,
 * but for what the sink gets; else the new vintage has the sink's parties and no others. Nothing else can be written
 * or asked on the handle until its end. Fails: VG_EBUSY, VG_EARG (read handle).
 */
bool vg_party_import_begin(vg_store *st, vg_str list, bool is_delta, vg_party_import **out, vg_err *e);

/**
 * The sink a reader feeds. A party without id or name is refused; of two with one id the first one stays and the other
 * is a duplicate (same content) or refused with VG_ECONFLICT; in a delta the last one counts. A removal of a party the
 * list does not hold is refused with VG_ENOTFOUND.
 */
vg_party_sink *vg_party_import_sink(vg_party_import *im);

/** What an import did; the numbers against the list's newest vintage before it. */
typedef struct {
    int64_t vintage, before; /* before = 0: the first of its list */
    int64_t n_parties;       /* in the new vintage */
    int64_t n_added, n_changed, n_removed;
    int64_t n_written; /* bodies that were new */
    int64_t n_rejected, n_duplicates;
    bool was_known; /* these bytes were there already: nothing was written, `vintage` is theirs */
} vg_party_outcome;

/**
 * Commits under a vintage (version, file, sha256, licence, known_at ... of `about`; source is the list) with the audit
 * entry. Fails: VG_ENODATA (no party and no removal was good), VG_EIO. The import is gone afterwards, also after a failure.
 */
bool vg_party_import_end(vg_party_import *im, const vg_vintage *about, vg_party_outcome *out, vg_err *e);
void vg_party_import_drop(vg_party_import *im);

/* --- questions --- */

/** A vintage of a list. */
typedef struct {
    vg_str list;
    int64_t vintage;
    int64_t n_parties;
    bool is_newest; /* of its list, among those known at the date asked */
    vg_vintage about;
} vg_party_list;

/** The newest vintage of each list known at `as_of` (UTC seconds, 0 = now), ordered by the list's name. */
bool vg_store_party_lists(vg_store *st, int64_t as_of, vg_arena *a, vg_party_list **out, int64_t *n,
                          vg_err *e);

/** All vintages of a list (empty = of all), by list, oldest first. */
bool vg_store_party_vintages(vg_store *st, vg_str list, int64_t as_of, vg_arena *a, vg_party_list **out,
                             int64_t *n, vg_err *e);

/** A party in a vintage. `body` is the number of this very content: another number = something about it changed. */
typedef struct {
    const vg_party *party;
    vg_str list;
    int64_t vintage, body;
} vg_party_entry;

/** Gets parties one at a time; may not write to the store. Returning false ends the question with its failure in `e`. */
typedef struct {
    void *ctx;
    bool (*party)(void *ctx, const vg_party_entry *p, vg_err *e);
} vg_party_reader;

/**
 * The parties of the newest vintage of a list (empty = of each list, by name) known at `as_of`, by id (order of bytes).
 * Fails: VG_ENODATA (no list), VG_ENOTFOUND (not this list). Time O(parties).
 */
bool vg_store_parties(vg_store *st, vg_str list, int64_t as_of, const vg_party_reader *reader, vg_err *e);

/** The parties of one vintage, by id. Fails: VG_ENOTFOUND. */
bool vg_store_vintage_parties(vg_store *st, int64_t vintage, const vg_party_reader *reader, vg_err *e);

/** One party by its id in a list (empty = the first list that has it). Fails: VG_ENOTFOUND. Lives in `a`. */
bool vg_store_party(vg_store *st, vg_str list, vg_str id, int64_t as_of, vg_arena *a, vg_party_entry *out,
                    vg_err *e);

/** One content by its number, whichever vintages have it. Fails: VG_ENOTFOUND. Lives in `a`. */
bool vg_store_party_body(vg_store *st, int64_t body, vg_arena *a, vg_party *out, vg_err *e);

/* --- differences --- */

typedef enum { VG_PARTY_ADDED, VG_PARTY_CHANGED, VG_PARTY_REMOVED } vg_party_change_kind;

/** Fields of a party, as bits (1 << field). */
typedef enum {
    VG_PARTY_SCHEMA,
    VG_PARTY_NAMES,
    VG_PARTY_BIRTH,
    VG_PARTY_COUNTRY,
    VG_PARTY_NATIONALITY,
    VG_PARTY_PROGRAMME,
    VG_PARTY_ADDRESS,
    VG_PARTY_BIRTH_PLACE,
    VG_PARTY_POSITION,
    VG_PARTY_TOPIC,
    VG_PARTY_REMARK,
    VG_PARTY_URL,
    VG_PARTY_NUMBER,
    VG_PARTY_LINK,
    VG_PARTY_GENDER,
    VG_PARTY_DATES, /* listed, changed, ended */
    VG_PARTY_FIELDS
} vg_party_field;

/** "name", "birth", "address" ... */
vg_str vg_party_field_word(vg_party_field f);

/** Fields in which two parties differ. The order of names and numbers matters: lists keep it. */
unsigned vg_party_fields_changed(const vg_party *a, const vg_party *b);

typedef struct {
    vg_party_change_kind kind;
    vg_str list;
    vg_party_entry before, after; /* before.party is NULL when added, after.party when removed */
    unsigned fields;              /* of a change: bits (1 << vg_party_field) */
} vg_party_change;

typedef struct {
    void *ctx;
    bool (*change)(void *ctx, const vg_party_change *c, vg_err *e);
} vg_party_change_reader;

/**
 * What is different in vintage `b` against `a`, by id. 0 stands for a list that has nobody. Time O(parties) for small
 * numbers, O(differences) for what is read and decoded. Fails: VG_ENOTFOUND.
 */
bool vg_party_diff(vg_store *st, int64_t a, int64_t b, const vg_party_change_reader *reader, vg_err *e);

/** What a reader has in memory: a list and the vintage of it. */
typedef struct {
    vg_str list;
    int64_t vintage;
} vg_party_have;

/**
 * The changes that lead from what a reader has to the newest vintages known at `as_of`, list by list and by id: lists it
 * has not yet are all additions, lists that are no longer there (an earlier as_of) are all removals. All from one moment
 * of the store; `*now` gets what the reader then has. Lists that did not change cost nothing.
 */
bool vg_store_party_changes(vg_store *st, const vg_party_have *have, int64_t n_have, int64_t as_of,
                            const vg_party_change_reader *reader, vg_arena *a, vg_party_list **now,
                            int64_t *n_now, vg_err *e);

#endif
