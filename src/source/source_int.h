/**
 * Inside of src/source: one reading of one file, and what the format files share. A format is a function that pulls
 * rows from a vg_reading and hands records to its sink:
 *
 *     static bool read_rows(vg_reading *r, vg_err *e)
 *     {
 *         if (!vg_table__open(r, &csv_opts, e) || !find_columns(r, &columns, e)) return false;
 *         while (vg_table__next(r, e)) {
 *             vg_event ev = { ... };
 *             ...each check calls vg_fail(&r->why, ...); the first one counts...
 *             if (!vg_reading__event(r, &ev, e)) break;         hands over, or rejects when r->why is set
 *         }
 *         return !vg_failed(e);
 *     }
 *
 * Only files of src/source include this.
 */
#ifndef VG_SOURCE_INT_H
#define VG_SOURCE_INT_H

#include "core/csv.h"
#include "core/date.h"
#include "core/map.h"
#include "core/num.h"
#include "geo/country.h"
#include "geo/region.h"
#include "source/source.h"

enum { VG_SEEN_GWCODES = 11008, VG_PEEK = 256 << 10 };

/** Months and countries met so far, for the vintage. */
typedef struct {
    bool any;
    int32_t first_day, last_day; /* of events */
    int32_t n_countries, only_gwcode;
    int32_t seen_gwcode; /* of the row before: most files are sorted */
    uint8_t gwcode[VG_SEEN_GWCODES / 8];
} vg_span;

typedef struct {
    vg_input *in;
    const vg_source_opts *opts;
    vg_sink *sink;
    vg_arena *a;
    vg_source_found *found;

    vg_csv *csv;
    int32_t n_header;
    const vg_str *header; /* trimmed, in `a` */
    vg_csv_row row;       /* the row being read */
    const vg_str *cell;   /* its cells; of a JSON record its fields */
    int32_t n_cells;
    vg_at at;         /* place of the row */
    bool has_columns; /* a cell's place is its column */
    bool decimal_comma;

    vg_err why; /* of the row being read */
    vg_span span;
} vg_reading;

/* --- the formats: each reads all rows of r->in --- */

bool vg_ucdp__read(vg_reading *r, vg_err *e);
bool vg_views__read(vg_reading *r, vg_err *e);
bool vg_acled__read(vg_reading *r, vg_err *e);
bool vg_gdelt__read(vg_reading *r, vg_err *e);
bool vg_generic__read(vg_reading *r, vg_err *e);
bool vg_jetson__read(vg_reading *r, vg_err *e);
bool vg_prmn__read(vg_reading *r, vg_err *e);
bool vg_dashboard__read(vg_reading *r, vg_err *e);

/* --- detect.c --- */

/** Format of the first bytes of a file (opts->as when given), and on what the guess rests. Fails: VG_EPARSE. */
bool vg_detect__format(vg_str head, vg_str name, const vg_source_opts *opts, vg_arena *a, vg_str *format,
                       vg_str *why, vg_err *e);

/* --- table.c: rows of a CSV with a header --- */

/** Opens the CSV over r->in and reads the header (the first row that is not bad). Fails: VG_EPARSE, no header. */
bool vg_table__open(vg_reading *r, const vg_csv_opts *opts, vg_err *e);

/**
 * Next data row: r->cell is set. Rows that cannot be read, and rows whose number of cells is not the header's, go to
 * the reject list; a row of HXL tags is passed over. One empty cell more than the header is taken (UCDP's website
 * export ends data rows, but not the header, with a comma). False at the end and on failure.
 */
bool vg_table__next(vg_reading *r, vg_err *e);

/** Column by name, letter case ignored; names separated by '|', the first that is there wins. -1 = none. */
int32_t vg_table__column(const vg_reading *r, const char *names);

/** Fails with a message that lists what is missing and what is there. `col` < 0 = missing. */
bool vg_table__need(const vg_reading *r, const char *format, const char *const *names, const int32_t *col,
                    int n, vg_err *e);

/** True when the row's cells are HXL tags. */
bool vg_table__is_hxl(const vg_str *cell, int32_t n);

/* --- field.c: cells to values. A failed check is recorded in r->why; nothing is changed then. --- */

/** The cell, trimmed; empty when there is no such column. */
static inline vg_str vg_cell(const vg_reading *r, int32_t col)
{
    if (col < 0 || col >= r->n_cells)
        return VG_NOSTR;
    vg_str s = r->cell[col];
    bool plain = s.n == 0 || ((unsigned char)s.s[0] > ' ' && (unsigned char)s.s[s.n - 1] > ' ');
    return plain ? s : vg_trim(s);
}

vg_at vg_field__at(const vg_reading *r, int32_t col);

/** A record cannot be without it. */
bool vg_field__needed(vg_reading *r, int32_t col, const char *what, vg_str *out);

/** Deaths and the like: whole, not below zero; an empty cell is VG_UNKNOWN. */
void vg_field__count(vg_reading *r, int32_t col, const char *what, int64_t *out);

/** Small code in lowest..highest; an empty cell is 0. */
void vg_field__code(vg_reading *r, int32_t col, const char *what, int lowest, int highest, int8_t *out);

void vg_field__number(vg_reading *r, int32_t col, const char *what, double *out); /* an empty cell is NaN */
void vg_field__day(vg_reading *r, int32_t col, const char *what, unsigned forms, int32_t *out);

/** Latitude and longitude into the event; both empty = no point. */
void vg_field__point(vg_reading *r, int32_t lat_col, int32_t lon_col, vg_event *ev);

/** Country by name or code in the cell; false and r->why when it is none. An empty cell gives NULL. */
bool vg_field__country(vg_reading *r, int32_t col, const vg_country **out);

/** Refuses dates that end before they begin, and death ranges that cannot be. `sum` = VG_UNKNOWN: no parts are given. */
void vg_field__interval(vg_reading *r, int32_t to_col, const vg_event *ev);
void vg_field__range(vg_reading *r, int32_t low_col, int64_t sum, vg_event *ev);

/* --- source.c: handing over --- */

/** Hands the event over, or the row to the reject list when r->why is set, and clears r->why. */
bool vg_reading__event(vg_reading *r, vg_event *ev, vg_err *e);
bool vg_reading__point(vg_reading *r, const vg_point *p, vg_err *e);
bool vg_reading__reject(vg_reading *r, vg_err *e);
bool vg_reading__flow(vg_reading *r, const vg_flow_record *f, vg_err *e);

/** Remembers that the file tells of a country, for its scope. */
void vg_reading__meet(vg_reading *r, int32_t gwcode);

/** Counts a data row and, now and then, tells where the reading is. */
bool vg_reading__count(vg_reading *r, vg_err *e);

/** Adds a sentence to found->note. */
void vg_reading__note(vg_reading *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Months of coverage and scope from what was met, where the format did not set them. */
void vg_reading__cover(vg_reading *r);

/* --- version.c: what a file name of UCDP says --- */

typedef struct {
    char text[24];                   /* "24.0.5"; empty = the name says nothing */
    int32_t first_month, last_month; /* of a Candidate release; 0 = not said */
} vg_version;

vg_version vg_version__of(vg_str file_name);

/** The name behind the last slash. */
vg_str vg_version__base_name(vg_str path);

/* --- panel.c: numbers by unit and month --- */

/** What was met of each unit (1..VG_PANEL_UNITS-1) and month; memory in an arena of its own. */
enum { VG_PANEL_UNITS = 300000, VG_PANEL_MONTHS = 2400 };
typedef struct {
    vg_arena arena;
    uint8_t **months; /* by unit: one bit a month; NULL = unit not met */
    int32_t *unit;    /* in the order in which they were met */
    int32_t n_units;
    int32_t first_month, last_month;
    int64_t n_points, n_zero;
} vg_panel_seen;

bool vg_panel__init(vg_panel_seen *p, vg_err *e);
void vg_panel__free(vg_panel_seen *p);

/** Marks a unit and month: 1 = new unit, 0 = known unit, -1 = this month was there already, -2 = no memory. */
int vg_panel__mark(vg_panel_seen *p, int32_t unit, int32_t month);

/** Hands over a zero for each month that is absent between the first and the last of the file; returns how many. */
bool vg_panel__fill_zeros(vg_panel_seen *p, vg_reading *r, int64_t *n, vg_err *e);

/** Hands over one number of the row being read: refuses doubles, tells new units (`u` borrowed, NULL = a cell). */
bool vg_panel__put(vg_panel_seen *p, vg_reading *r, const vg_point *point, const vg_unit *u, vg_err *e);

/** Ends a series: coverage, scope. */
void vg_panel__cover(vg_panel_seen *p, vg_reading *r);

/* --- regions.c: the regions of one file --- */

typedef struct {
    int32_t number;
    vg_str name, iso3, folded;
    vg_unit_kind kind;
    bool used; /* by a row that was kept: set by the format */
} vg_region_unit;

typedef struct {
    vg_arena arena;
    const vg_gazetteer *list; /* NULL = the file makes its own */
    vg_gazetteer given;
    bool own, has_map;
    vg_map written;       /* names as written */
    int32_t *place;       /* by number in `written`; -1 = not known */
    vg_region_unit *unit; /* in the order in which they were met */
    int32_t n;
} vg_regions;

/** Settles which list counts, from the names in these columns (-1 = none) of the first bytes. Fails: VG_EPARSE. */
bool vg_regions__begin(vg_regions *s, vg_reading *r, const int32_t *col, int n_cols, vg_err *e);
void vg_regions__end(vg_regions *s);

/** Place of the row's region (or district of a region) in s->unit; -1 with r->why set, or with a failure in e. */
int32_t vg_regions__of_row(vg_regions *s, vg_reading *r, int32_t name_col, int32_t code_col, const char *what,
                           vg_err *e);
int32_t vg_regions__district(vg_regions *s, vg_reading *r, int32_t region, int32_t col, vg_err *e);

/** Tells the sink the units that were used; sets the scope, and a note where the file made its own list. */
bool vg_regions__tell(vg_regions *s, vg_reading *r, vg_err *e);

/** Calls `row` for each data row of the first bytes of the file. */
bool vg_regions__head(vg_reading *r, bool (*row)(void *ctx, const vg_csv_row *row, vg_err *e), void *ctx,
                      vg_err *e);

/* --- seen.c: what came twice, and sums by key --- */

typedef struct {
    struct vg_seen_slot *slot;
    int64_t n, n_slots;
} vg_seen;

typedef enum { VG_SEEN_NEW, VG_SEEN_SAME, VG_SEEN_OTHER, VG_SEEN_NO_MEMORY } vg_seen_answer;

/** Has this key come before, and with this content? Then `*first_line` gets the line of the first one. */
vg_seen_answer vg_seen__ask(vg_seen *s, vg_arena *a, const int32_t key[4], uint64_t content, int64_t line,
                            int64_t *first_line);

typedef struct {
    int32_t key[4];
    double sum[2]; /* of the values, and how many */
} vg_sum_entry;

typedef struct {
    vg_seen seen;
    vg_sum_entry *entry; /* in the order in which the keys were met */
    int64_t n, cap;
} vg_sums;

/** The two numbers of a key, zeros when it is new; valid until the next call. NULL = no memory. */
double *vg_sums__at(vg_sums *s, vg_arena *a, const int32_t key[4]);

/* --- regional.c: tables of numbers by region (or district) and month --- */

typedef struct {
    int32_t col;
    vg_str variable; /* "rainfall_mm" */
    bool counted; /* people, incidents: whole numbers from 0 up, added over districts; others are averaged */
    bool train;   /* the words train and test as 1 and 0 */
} vg_region_column;

enum { VG_REGION_COLUMNS = 256 };

typedef struct {
    int32_t region, code, district, month; /* columns; -1 = none */
    unsigned date_form;                    /* of the month's column where it holds days; 0 = months */
    vg_region_column *column;              /* the first is the vintage's own variable */
    int32_t n_columns;
} vg_region_table;

/** What the cells of each column of the header hold in the first bytes: numbers when nine in ten are. */
typedef enum { VG_HOLDS_NOTHING, VG_HOLDS_NUMBERS, VG_HOLDS_TEXT } vg_column_holds;
bool vg_regional__holds(vg_reading *r, bool comma, const vg_column_holds **out, vg_err *e);

/** True for names of counts: "arrivals", "fatalities" ... */
bool vg_regional__counted(vg_str name);

/** Reads all rows; the CSV is open and its header read. */
bool vg_regional__read(vg_reading *r, const vg_region_table *t, vg_err *e);

/** Month of the cell, from "2016-01" or a day; r->why when it is none. */
void vg_regional__month(vg_reading *r, int32_t col, unsigned date_form, int32_t *month);

/** One row for a key: refuses what differs from the first one. `what` names the key: "arrivals of Bay in 2016-01". */
bool vg_regional__once(vg_reading *r, vg_seen *seen, vg_arena *a, const int32_t key[4], uint64_t content,
                       vg_str what, vg_err *e);

/* --- guess.c, hxl.c: the mapping of any CSV --- */

typedef enum {
    VG_MAP_ID,
    VG_MAP_DATE,
    VG_MAP_START,
    VG_MAP_END,
    VG_MAP_MONTH,
    VG_MAP_LAT,
    VG_MAP_LON,
    VG_MAP_COUNTRY,
    VG_MAP_GWCODE,
    VG_MAP_CELL,
    VG_MAP_DEATHS,
    VG_MAP_LOW,
    VG_MAP_HIGH,
    VG_MAP_CIVILIANS,
    VG_MAP_TYPE,
    VG_MAP_KIND,
    VG_MAP_ACTOR_A,
    VG_MAP_ACTOR_B,
    VG_MAP_ADM1_CODE,
    VG_MAP_ADM1,
    VG_MAP_ADM2,
    VG_MAP_WHERE,
    VG_MAP_TEXT,
    VG_MAP_SOURCE,
    VG_MAP_URL,
    VG_MAP_VALUE,
    VG_MAP_FIELDS
} vg_map_field;

typedef struct {
    int32_t col[VG_MAP_FIELDS]; /* -1 = not there */
    unsigned date_form;         /* vg_date_form of date, start and end; 0 = not known yet */
    bool decimal_comma;
    bool from_hxl;
} vg_mapping;

/** First rows of a table, for guessing. */
typedef struct {
    vg_str file;
    const vg_str *header;
    int32_t n_columns, n_rows;
    vg_str *cell;      /* n_rows x n_columns */
    const vg_str *hxl; /* tags, NULL = none */
} vg_sample;

/** Name of a field as --map writes it: "date", "lat" ... */
const char *vg_guess__field(vg_map_field f);

/**
 * Fills fields not mapped yet from the columns' names and values and decides how dates are written. Fails: VG_EPARSE
 * when day and month cannot be told apart, or nothing in a date column is a date.
 */
bool vg_guess__mapping(const vg_sample *s, vg_mapping *m, vg_err *e);
void vg_hxl__mapping(const vg_sample *s, vg_mapping *m);

/** Reads "date=event_date:dmy,lat=y"; columns are looked up in the header. Fails: VG_EARG. */
bool vg_guess__given(vg_str map, const vg_sample *s, vg_mapping *m, vg_err *e);

/** The mapping in the form --map takes. */
vg_str vg_guess__text(const vg_sample *s, const vg_mapping *m, vg_arena *a);

#endif
