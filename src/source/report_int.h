/**
 * Inside of the readers of reports: one reading, and the record being read as cells by field. A format fills cells; what
 * they mean is decided in one place (report_field.c). Only files of src/source include this.
 */
#ifndef VG_REPORT_READING_INT_H
#define VG_REPORT_READING_INT_H

#include "core/csv.h"
#include "core/json.h"
#include "source/report.h"

typedef enum {
    VG_MEMBER_SOURCE,
    VG_MEMBER_ID,
    VG_MEMBER_RECEIVED_AT,
    VG_MEMBER_FROM,
    VG_MEMBER_TO,
    VG_MEMBER_AT, /* from and to in one */
    VG_MEMBER_LAT,
    VG_MEMBER_LON,
    VG_MEMBER_RADIUS_M,
    VG_MEMBER_BEARING_DEG,
    VG_MEMBER_RANGE_M,
    VG_MEMBER_RANGE_TO_M,
    VG_MEMBER_PLACE,
    VG_MEMBER_ACT,
    VG_MEMBER_WEAPON,
    VG_MEMBER_CALIBRE_MM,
    VG_MEMBER_COUNT,
    VG_MEMBER_COUNT_KIND,
    VG_MEMBER_ACTOR,
    VG_MEMBER_BASIS,
    VG_MEMBER_OBSERVER,
    VG_MEMBER_CONFIDENCE,
    VG_MEMBER_KIND,
    VG_MEMBER_POINT_OF,
    VG_MEMBER_CLAIMS,
    VG_MEMBER_TEXT_HASH,
    VG_MEMBER_MEDIA_HASH,
    VG_MEMBER_REVISES,
    VG_MEMBER_WITHDRAWS,
    VG_MEMBER_RAW,
    VG_MEMBER_COVERAGE,
    VG_MEMBER_ZONE,
    VG_MEMBER_BY,
    VG_MEMBER_NOTE,
    VG_N_MEMBERS
} vg_report_member;

enum { VG_REPORT_SLOTS = 512, VG_REPORT_LINE_BYTES = 4 << 20, VG_REPORT_SHOWN_BYTES = 64 << 10 };

/** The record being read. A cell holds something only where its bit of `given` is set. */
typedef struct {
    uint64_t given;
    vg_str cell[VG_N_MEMBERS];
    int64_t line[VG_N_MEMBERS], col[VG_N_MEMBERS];
    int64_t at_line, at_col; /* of the record */
    vg_str row;              /* as it stands in the file, for the reject list */
    vg_out extra;            /* members of other names: a JSON object without its closing bracket */
    vg_json extra_json;
} vg_report_draft;

typedef struct {
    vg_input *in;
    const vg_report_source_opts *o;
    const vg_report_source_sink *sink;
    vg_report_source_found *found;
    vg_arena *a; /* lives as long as the reading */
    vg_str file;
    int64_t now;
    bool decimal_comma; /* is taken, too */
    vg_report_draft d;
    uint8_t slot[VG_REPORT_SLOTS]; /* of names: number of the alias + 1 */
    vg_err why;                    /* of the record being read */
} vg_report_reading;

/* --- report_field.c: names, cells to records --- */

/** Makes the table of names. */
void vg_report__names(vg_report_reading *r);

/** The field that a member or column of this name fills, letter case and - . / blank as _; -1 = none. */
int vg_report__cell(const vg_report_reading *r, vg_str name);

/** Begins a record. */
void vg_report__begin(vg_report_reading *r, int64_t line, int64_t col, vg_str row);

/** Fills a cell; an empty text is "not told". The text must last until vg_report__end. The first of two stays. */
void vg_report__put(vg_report_reading *r, int cell, vg_str text, int64_t line, int64_t col);
static inline bool vg_report__has(const vg_report_reading *r, int cell)
{
    return r->d.given >> cell & 1;
}

/** Where further members of the source go: write a key and its value there. */
vg_json *vg_report__extra(vg_report_reading *r);
void vg_report__extra_text(vg_report_reading *r, vg_str key, vg_str text);

/** Ends the record: hands it over, or to the reject list. False only for a failure that ends the reading. */
bool vg_report__end(vg_report_reading *r, vg_err *e);

/** Puts the record on the reject list for the reason in r->why. */
bool vg_report__reject(vg_report_reading *r, vg_err *e);

/** Hands over a record that a format made by itself; r->why set = to the reject list. */
bool vg_report__hand_over(vg_report_reading *r, vg_report *rep, vg_err *e);

/** What was gathered in vg_report__extra, as text, or empty. */
vg_str vg_report__extra_end(vg_report_reading *r);

/** Place of a cell of the record. */
vg_at vg_report__at(const vg_report_reading *r, int cell);

/** A decimal number; with a comma, too, in tables whose cells are separated by semicolons. */
bool vg_report__number(const vg_report_reading *r, vg_str s, double *out);

/** RFC 3339 or UTC seconds; of a day alone `*is_day` is set and its beginning given. */
bool vg_report__instant(vg_str s, int64_t *at, bool *is_day);

/* --- report_csv.c: what the formats with a header share --- */

typedef struct {
    vg_csv *csv;
    vg_csv_row row;
    const vg_str *header; /* trimmed */
    int32_t n;
} vg_report_table;

bool vg_report__table_open(vg_report_reading *r, vg_report_table *t, vg_err *e);
void vg_report__table_close(vg_report_table *t);

/** Next row that has as many cells as the header; others go to the reject list. The record has begun. */
bool vg_report__table_next(vg_report_reading *r, vg_report_table *t, vg_err *e);

/** Column by name (several separated by |, the first that is there), letter case ignored; -1 = none. */
int32_t vg_report__column(const vg_str *header, int32_t n, const char *names);
static inline vg_str vg_report__column_text(const vg_report_table *t, int32_t column)
{
    return column < 0 || column >= t->row.n ? VG_NOSTR : vg_trim(t->row.cell[column]);
}
vg_at vg_report__column_at(const vg_report_table *t, int32_t column);

/* --- the formats: each reads all of r->in --- */

bool vg_report_json__read(vg_report_reading *r, vg_err *e);
bool vg_report_csv__read(vg_report_reading *r, vg_err *e);
bool vg_report_cap__read(vg_report_reading *r, vg_err *e);
bool vg_report_viina__read(vg_report_reading *r, vg_err *e);
bool vg_report_firms__read(vg_report_reading *r, vg_err *e);

/** Does this header belong to the format? */
bool vg_report_csv__knows(const vg_report_reading *r, const vg_str *header, int32_t n);
bool vg_report_viina__knows(const vg_str *header, int32_t n);
bool vg_report_firms__knows(const vg_str *header, int32_t n);

#endif
