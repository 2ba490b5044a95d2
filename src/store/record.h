/**
 * The records of vigie, as plain values: what a reader of the world's formats hands over and what the store keeps.
 * DESIGN: event, series (a number per unit and month), flow (people from one unit to another), vintage (one import of
 * one source), run, result, decision.
 *
 *     vg_event ev = { .external_id = VG_S("416432"), .day_from = d, .day_to = d, .type = VG_TYPE_STATE, ... };
 *     if (!sink->event(sink->ctx, &ev, e)) ...
 *
 * Slices inside a record are borrowed for the call. "Not known" is VG_UNKNOWN for whole numbers and NaN for others,
 * never zero.
 */
#ifndef VG_STORE_RECORD_H
#define VG_STORE_RECORD_H

#include "core/err.h"

#define VG_UNKNOWN INT64_MIN

/** UCDP's types of violence; other sources are mapped to them where they say enough, else VG_TYPE_OTHER. */
typedef enum {
    VG_TYPE_UNKNOWN = 0,
    VG_TYPE_STATE = 1,     /* state-based conflict ("sb") */
    VG_TYPE_NON_STATE = 2, /* non-state conflict ("ns") */
    VG_TYPE_ONE_SIDED = 3, /* one-sided violence ("os") */
    VG_TYPE_OTHER = 9 /* protests, verbal events ... : never counted among deaths in organised violence */
} vg_type;

/** How sure the place is. Order and meaning are UCDP's where_prec; other sources are mapped to it. */
typedef enum {
    VG_WHERE_UNKNOWN = 0,
    VG_WHERE_EXACT = 1,
    VG_WHERE_NEAR = 2, /* within about 25 km */
    VG_WHERE_ADMIN2 = 3,
    VG_WHERE_ADMIN1 = 4,
    VG_WHERE_AREA = 5,    /* a larger area or a line */
    VG_WHERE_COUNTRY = 6, /* the country only: its point is not a place, and it lands on no grid cell */
    VG_WHERE_WORLD = 7    /* international waters or air */
} vg_where;

/** Something happened. */
typedef struct {
    vg_str external_id;       /* the source's own id */
    int32_t day_from, day_to; /* both inclusive, days since 1970-01-01 */
    int8_t date_prec;         /* UCDP: 1 day, 2 week or less, 3 month, 4 more ... 5; 0 = not known */
    int8_t where_prec;        /* vg_where */
    int8_t type;              /* vg_type */
    int8_t has_point;
    double lat_deg, lon_deg; /* WGS 84 */
    int32_t gwcode;          /* Gleditsch-Ward number of the country, 0 = not known */
    int32_t cell; /* PRIO-GRID gid as the source has it, 0 = the store computes it from the point. Whoever
                                 gives one, where_prec 5 (area), 6 (country) and 7 (world) have none in the store */
    int64_t low, best, high; /* deaths; VG_UNKNOWN where the source does not say */
    int64_t civilians;       /* of them civilians, as the source counts them */
    vg_str actor_a, actor_b, conflict, adm1, adm2;
    vg_str kind;   /* the source's own type: "Battles", CAMEO "190" */
    vg_str text;   /* headline or note */
    vg_str source; /* who reported it: article or office */
    vg_str url;
} vg_event;

/** Kinds of unit a number can belong to. */
typedef enum { VG_UNIT_COUNTRY = 1, VG_UNIT_CELL = 2, VG_UNIT_ADMIN1 = 3, VG_UNIT_ADMIN2 = 4 } vg_unit_kind;

/**
 * A number for a unit and month. `unit` is the VIEWS country_id where the source uses it, else gwcode, a PRIO-GRID gid,
 * or the number of a region or district (geo/region.h).
 */
typedef struct {
    vg_unit_kind kind;
    int32_t unit;
    int32_t month; /* month_id, 1 = January 1980 */
    double value;
    vg_str variable; /* of a vintage with several: "rainfall_mm"; empty = the vintage's own variable */
} vg_point;

/** People who moved from one unit to another in a month, for one reason. A row that is absent says nothing: not zero. */
typedef struct {
    vg_unit_kind kind; /* of both units */
    int32_t from, to;  /* 0 = not known */
    int32_t month;
    vg_str reason; /* as the source names it: "Drought"; may be empty */
    int64_t people;
} vg_flow_record;

/** What a series' unit number stands for (a country panel brings its own list of units). */
typedef struct {
    int32_t unit;
    vg_str name, iso3;
    int32_t gwcode;
    int32_t first_month, last_month; /* alive from..to; 0 = not known */
} vg_unit;

/** How deaths of an event that spans months are put on months. */
typedef enum {
    VG_MONTH_END = 0, /* all on the month of the last day (VIEWS' older loader) */
    VG_MONTH_EVEN =
        1, /* the same share for each month; what does not divide goes to the last months, so that the sum is kept */
    VG_MONTH_START = 2
} vg_month_rule;

/** One import of one source. Immutable once committed. */
typedef struct {
    int64_t id;    /* given by the store, from 1 */
    vg_str source; /* "ucdp-ged", "views-panel", "acled", "gdelt", "csv" */
    vg_str
        version; /* release as the source names it ("24.1", "24.0.5"); may be empty. Numbers order releases */
    vg_str scope; /* "world" (also when empty), or the ISO3 code when the file holds one country only */
    vg_str
        variable; /* of a series: "sb", "deaths" ...: the one a question gets that names none; empty for events */
    vg_str licence, citation;
    vg_str file, sha256;
    int64_t bytes;
    int64_t imported_at; /* UTC seconds */
    int64_t known_at;    /* when it was published (given by the user), else imported_at: what --as-of asks */
    int32_t first_month,
        last_month; /* months it covers; a month inside without a row counts zero for events, rows
                                        outside are kept and not counted. Both 0 = from the first row to the last */
    vg_month_rule month_rule;
    int64_t n_accepted, n_rejected;
    int64_t
        n_duplicates; /* rows that came twice with the same content and were left out; in neither count above */
    int64_t supersedes; /* id of the vintage this one is a newer release of, 0 = none */
} vg_vintage;

/** One person's answer to one statement, with the sign of an export. */
typedef struct {
    vg_str participant, statement; /* ids as the source has them */
    int64_t time_ms;               /* since 1970; VG_UNKNOWN */
    int8_t value;                  /* +1 agree, -1 disagree, 0 pass */
} vg_vote;

/** A statement people can answer. The same id again with another language is a translation. */
typedef struct {
    vg_str id, author;
    vg_str language, text; /* empty = not said */
    int8_t moderation;     /* -1 rejected, 0 not moderated, 1 accepted */
    bool is_meta, is_seed;
    bool is_translation; /* gives only id, language and text */
    int64_t created_ms;  /* VG_UNKNOWN */
} vg_statement;

/** Somebody who takes part. */
typedef struct {
    vg_str id;
    int32_t group;  /* published opinion group from 0; -1 = none, or the source gives none */
    bool has_group; /* the source gives groups at all */
} vg_participant;

/** A row that was refused, with its reason. */
typedef struct {
    vg_err why;
    vg_str raw; /* the row as it stands in the file, at most 64 KiB */
} vg_reject;

/**
 * Where a reader puts what it reads. The store makes one that writes, `vigie check` one that only counts. Each
 * returns false only for a failure that must end the import (disk full, stopped), never for a bad row.
 */
typedef struct {
    void *ctx;
    bool (*event)(void *ctx, const vg_event *ev, vg_at at, vg_err *e);
    bool (*point)(void *ctx, const vg_point *p, vg_at at, vg_err *e);
    bool (*unit)(void *ctx, const vg_unit *u, vg_err *e);
    bool (*reject)(void *ctx, const vg_reject *r, vg_err *e);
    bool (*flow)(void *ctx, const vg_flow_record *f, vg_at at, vg_err *e); /* NULL = flows are left out */
} vg_sink;

/** Where a reader of votes puts what it reads; as vg_sink. Members may be NULL: then such records are left out. */
typedef struct {
    void *ctx;
    bool (*vote)(void *ctx, const vg_vote *v, vg_at at, vg_err *e);
    bool (*statement)(void *ctx, const vg_statement *s, vg_at at, vg_err *e);
    bool (*participant)(void *ctx, const vg_participant *p, vg_at at, vg_err *e);
    bool (*reject)(void *ctx, const vg_reject *r, vg_err *e);
} vg_vote_sink;

#endif
