/**
 * Reports: what one observer claims to have seen, as they come in from patrols, sensors, press and parties. The log of
 * one watch is append-only and hash-chained; everything that is said about a ceasefire can be made again from it.
 *
 *     vg_report r = { .source = VG_S("patrol-4"), .id = VG_S("2031"), .from = t, .to = t + 600, .lat_deg = 48.1, ... };
 *     if (!vg_report_check(&r, now, e)) ...                             what a report may not be, with the way out
 *     vg_report_pack(&out, &r);                                         the bytes that the chain covers
 *     if (!vg_report_unpack(bytes, &r, e)) ...                          slices point into `bytes`
 *
 * "Not known" is never zero: NaN for numbers, VG_UNKNOWN for counts and instants, an empty text. Raw fields of the
 * source that have no place here travel in `raw`, so that nobody has to trust a derived party or kind.
 */
#ifndef VG_STORE_REPORT_H
#define VG_STORE_REPORT_H

#include "core/json.h"
#include "store/store.h"

/** What was done. The words are those of vg_act_name: "small_arms", "attack_on_infrastructure" ... */
typedef enum {
    VG_ACT_UNKNOWN = 0,
    VG_ACT_SMALL_ARMS,
    VG_ACT_HEAVY_MG,
    VG_ACT_MORTAR,
    VG_ACT_ARTILLERY,
    VG_ACT_MLRS,
    VG_ACT_TANK_FIRE,
    VG_ACT_AIR_STRIKE,
    VG_ACT_DRONE_STRIKE,
    VG_ACT_DRONE_FLIGHT,
    VG_ACT_MANNED_FLIGHT,
    VG_ACT_NAVAL,
    VG_ACT_ADVANCE,
    VG_ACT_TROOP_MOVEMENT,
    VG_ACT_FORTIFICATION,
    VG_ACT_WEAPON_PRESENCE,
    VG_ACT_MINE_LAYING,
    VG_ACT_DETENTION,
    VG_ACT_OBSTRUCTION_OF_MONITORS,
    VG_ACT_JAMMING,
    VG_ACT_ATTACK_ON_INFRASTRUCTURE,
    VG_ACT_ATTACK_ON_AID,
    VG_ACT_CYBER_OPERATION,
    VG_ACT_INCITEMENT,
    VG_N_ACTS
} vg_act;

/** With what. "small_arms", "mortar" ...; which calibre is a number of its own. */
typedef enum {
    VG_WEAPON_UNKNOWN = 0,
    VG_WEAPON_SMALL_ARMS,
    VG_WEAPON_HEAVY_MG,
    VG_WEAPON_MORTAR,
    VG_WEAPON_HOWITZER,
    VG_WEAPON_MLRS,
    VG_WEAPON_TANK,
    VG_WEAPON_ANTI_TANK,
    VG_WEAPON_ANTI_AIRCRAFT,
    VG_WEAPON_MISSILE,
    VG_WEAPON_BOMB,
    VG_WEAPON_UAV,
    VG_WEAPON_AIRCRAFT,
    VG_WEAPON_HELICOPTER,
    VG_WEAPON_SHIP,
    VG_WEAPON_MINE,
    VG_WEAPON_NONE, /* known to be without one: jamming, detention ... */
    VG_N_WEAPONS
} vg_weapon;

/** On what a claim about the actor rests. */
typedef enum {
    VG_BASIS_NONE = 0,  /* no claim, or its ground is not told */
    VG_BASIS_SEEN,      /* the observer saw who it was */
    VG_BASIS_DIRECTION, /* direction of fire */
    VG_BASIS_ACCUSED,   /* one side accuses the other */
    VG_BASIS_ADMITTED,  /* the side says so itself */
    VG_N_BASES
} vg_basis;

/** Kinds of source, with different errors. */
typedef enum {
    VG_SOURCE_OTHER = 0,
    VG_SOURCE_PATROL,
    VG_SOURCE_CAMERA,
    VG_SOURCE_ACOUSTIC,
    VG_SOURCE_UAV,
    VG_SOURCE_SATELLITE,
    VG_SOURCE_PRESS,
    VG_SOURCE_PARTY,
    VG_SOURCE_HOTLINE,
    VG_N_SOURCE_KINDS
} vg_source_kind;

typedef enum { VG_COUNT_EXACT = 0, VG_COUNT_AT_LEAST, VG_COUNT_ABOUT } vg_count_kind;

/** What the point of a report is the place of. */
typedef enum {
    VG_POINT_PLACE = 0, /* of the act as a whole: presence, movement, impact and origin alike */
    VG_POINT_TARGET,    /* where it struck */
    VG_POINT_ORIGIN     /* from where it was fired */
} vg_point_of;

/** What the observer or a party claims about an exception; never removes anything, only flags. Bits. */
enum {
    VG_CLAIM_SELF_DEFENCE = 1,
    VG_CLAIM_EXERCISE = 2,
    VG_CLAIM_DEMINING = 4,
    VG_CLAIM_MEDICAL = 8,
    VG_CLAIM_THIRD_PARTY = 16
};

/** One observer's claim. */
typedef struct {
    vg_str source, id; /* who reports, and the number that source gives it; together they name the report */
    int64_t received_at;
    int64_t from, to;        /* observed, UTC seconds, from <= to: an interval, not an instant */
    double lat_deg, lon_deg; /* WGS 84; NaN = only a place name, or nothing */
    double
        radius_m; /* of the circle in which the place lies with 90 %; NaN = not told: the source kind's default */
    double bearing_deg, range_m,
        range_to_m; /* from the point above as the observer's own place: the act was there. NaN = no */
    vg_str place;
    double calibre_mm; /* NaN = not told */
    int64_t count;     /* explosions, shots, weapons seen; VG_UNKNOWN = not told */
    vg_str actor;      /* who is said to have done it, as written */
    vg_str observer;   /* the party the source belongs to or speaks for, as written; empty = neutral */
    vg_str text_hash, media_hash;
    vg_str revises;   /* id of an earlier report of the same source which this one replaces */
    vg_str raw;       /* further fields of the source, a JSON object as text; may be empty */
    float confidence; /* 0..1, the observer's own; NaN = not told */
    int8_t kind;      /* vg_source_kind */
    int8_t act, weapon, basis, count_kind, point_of;
    int8_t claims; /* bits VG_CLAIM_* */
    bool
        withdraws; /* takes back the report named by `revises` (or, where that is empty, the one with this id) */
} vg_report;

/** What a source could see. Silence is data: a count without coverage misleads. */
typedef enum {
    VG_COVER_WATCHING = 1,
    VG_COVER_RESTRICTED, /* denied access, restricted movement */
    VG_COVER_JAMMED,
    VG_COVER_CLOUD,
    VG_COVER_DOWN
} vg_cover;

typedef struct {
    vg_str source, zone; /* id of a zone of the agreement; empty = everywhere */
    int64_t from, to;    /* to is exclusive */
    int64_t received_at;
    int8_t state; /* vg_cover */
    vg_str by;    /* restricted: by which party, as written; may be empty */
    vg_str note;
} vg_coverage;

/** What a person decided about an incident. */
typedef enum {
    VG_VERIFY_REPORTED = 0,
    VG_VERIFY_UNDER_WAY,
    VG_VERIFY_VERIFIED,
    VG_VERIFY_REJECTED
} vg_verification;

/** Words of the enums ("attack_on_aid"), and back: -1 for an unknown word. Words are small letters with underscores. */
const char *vg_act_name(int act);
int vg_act_by_name(vg_str word);
const char *vg_weapon_name(int weapon);
int vg_weapon_by_name(vg_str word);
const char *vg_basis_name(int basis);
int vg_basis_by_name(vg_str word);
const char *vg_source_kind_name(int kind);
int vg_source_kind_by_name(vg_str word);
const char *vg_cover_name(int state);
int vg_cover_by_name(vg_str word);
const char *vg_verification_name(int state);
int vg_verification_by_name(vg_str word);
const char *vg_point_of_name(int point_of);
int vg_point_of_by_name(vg_str word);
const char *vg_count_kind_name(int kind); /* "exact" "at_least" "about" */
int vg_count_kind_by_name(vg_str word);
const char *vg_claim_name(int claim); /* of one bit VG_CLAIM_*: "self_defence" ... */
int vg_claim_by_name(vg_str word);

/**
 * What no report may be: without source or id, an interval that ends before it begins, observed after it was received
 * (by more than VG_REPORT_AHEAD_S), a latitude over 90, a negative radius or count, a confidence outside 0..1. The report
 * is then quarantined: kept in the log with the reason, counted nowhere. Fails: VG_EARG, VG_ERANGE, VG_ECONFLICT (times).
 */
enum { VG_REPORT_AHEAD_S = 600 };
bool vg_report_check(const vg_report *r, vg_err *e);

/** An empty report: everything "not known". */
vg_report vg_report_none(void);

/** The bytes of a report, the same on every machine (README.md has the layout), and back; `r` points into `bytes`. */
void vg_report_pack(vg_out *out, const vg_report *r);
bool vg_report_unpack(vg_str bytes, vg_report *r, vg_err *e);

/** As one JSON object (the layout that the reader of JSON lines takes), without a line end; `raw` is a string in it. */
void vg_report_json(vg_json *j, const vg_report *r);

/**
 * The report's name: the first 8 bytes, low one first, of SHA-256(length of source in 8 bytes, source, id). Nobody can make
 * another report with this name; two by chance among a billion reports: 3 %. And a fast 64-bit hash of everything else
 * but received_at: its content.
 */
uint64_t vg_report_key(vg_str source, vg_str id);
uint64_t vg_report_content(const vg_report *r);

#endif
