/* What the files of the report share: the report as a list of blocks, written once and put out as text, page or JSON, so
 * that no form can say something that another leaves out. */
#ifndef VG_CEASEFIRE_DAILY_INT_H
#define VG_CEASEFIRE_DAILY_INT_H

#include "ceasefire/compliance_int.h"
#include "ceasefire/daily.h"
#include "core/json.h"
#include "page/page.h"

/* --- blocks --- */

typedef enum {
    VG_DOC_SECTION, /* a heading with an id */
    VG_DOC_SUB,     /* a heading below it, with a name */
    VG_DOC_PARA,
    VG_DOC_NOTE,
    VG_DOC_NOTICE, /* must not be missed */
    VG_DOC_FACT,   /* a number, large, and what it counts */
    VG_DOC_TABLE,
    VG_DOC_DETAILS /* a table that the page shows on demand */
} vg_doc_kind;

typedef enum {
    VG_DOC_WORD,     /* a word or a name: JSON has the program's own word, people their language's */
    VG_DOC_ID,       /* only in JSON */
    VG_DOC_INT,      /* VG_UNKNOWN = not known */
    VG_DOC_NUM,      /* NaN = not known */
    VG_DOC_PERCENT,  /* a share */
    VG_DOC_INTERVAL, /* two numbers */
    VG_DOC_BESIDE, /* two counts: of this period and of the one before: "12 (9)"; JSON name and name_before */
    VG_DOC_CHANGE, /* two counts: as published and as it is: "3 -> 4"; JSON name_was and name_now */
    VG_DOC_INSTANT /* people see local time */
} vg_doc_cell_kind;

typedef struct {
    const char *name; /* JSON key; people see the message ceasefire.column.<name> */
    vg_doc_cell_kind kind;
    int decimals;
} vg_doc_column;

typedef struct {
    vg_str word, shown;
    int64_t whole, second;
    double low, high;
} vg_doc_cell;

typedef struct {
    vg_doc_kind kind;
    const char *id, *key;
    vg_str title; /* of SUB */
    const vg_arg *arg;
    int n_args;
    const vg_doc_column *column;
    int n_columns;
    vg_doc_cell *cell;
    int64_t n_cells, cap;
} vg_doc_block;

/* A report being written. Once memory is out, `failed` sticks and nothing more is added. */
typedef struct {
    vg_arena *a;
    vg_lang lang;
    const vg_daily *ask;
    const vg_agreement *agreement;
    int64_t complete_until; /* INT64_MIN = not known */
    const char *title;      /* message */
    const vg_arg *head;     /* arguments of title and lead */
    int n_head;
    vg_doc_block *block;
    int64_t n, cap;
    bool failed;
} vg_doc;

void vg_doc_section(vg_doc *d, const char *id, const char *key);
void vg_doc_sub(vg_doc *d, vg_str title);
void vg_doc_say(vg_doc *d, vg_doc_kind kind, const char *key, const vg_arg *arg, int n_args);
#define vg_doc_para(d, key, ...)   vg_doc_say((d), VG_DOC_PARA, (key), VG_ARGS(__VA_ARGS__))
#define vg_doc_note(d, key, ...)   vg_doc_say((d), VG_DOC_NOTE, (key), VG_ARGS(__VA_ARGS__))
#define vg_doc_notice(d, key, ...) vg_doc_say((d), VG_DOC_NOTICE, (key), VG_ARGS(__VA_ARGS__))

/* A fact: `name` is its JSON key, ceasefire.fact.<name> its message. */
void vg_doc_fact(vg_doc *d, const char *name, vg_arg number);

/* A table, then its cells row after row. `id` is its JSON key and, with ceasefire.table. before it, its label; tables of
 * one id are one array in JSON. People see the message `none` in place of an empty one. */
void vg_doc_table(vg_doc *d, vg_doc_kind kind, const char *id, const char *none, const vg_doc_column *column,
                  int n_columns);
#define VG_DOC_COLUMNS(c) (c), (int)(sizeof(c) / sizeof *(c))
void vg_doc_word(vg_doc *d, vg_str word, vg_str shown);
void vg_doc_int(vg_doc *d, int64_t x);
void vg_doc_num(vg_doc *d, double x);
void vg_doc_interval(vg_doc *d, double low, double high);
void vg_doc_show(vg_doc *d, vg_str shown); /* of the cell before, a number: what people see instead */
void vg_doc_two(vg_doc *d, int64_t first, int64_t second); /* BESIDE, CHANGE */
void vg_doc_at(vg_doc *d, int64_t at);

/* Words: of an enum by its message ceasefire.<family>.<word>; of parties and zones by name; a text of the data. */
void vg_doc_enum(vg_doc *d, const char *family, const char *word);
void vg_doc_party(vg_doc *d, int32_t party);
void vg_doc_zone(vg_doc *d, int32_t zone);
void vg_doc_clause(vg_doc *d, int32_t clause);
void vg_doc_text(vg_doc *d, vg_str text);
vg_str vg_doc_message(const vg_doc *d, const char *family, const char *word);
vg_str vg_doc_party_name(const vg_doc *d, int32_t party);
vg_str vg_doc_zone_name(const vg_doc *d, int32_t zone);
int32_t vg_doc_undrawn(const vg_doc *d);
vg_str vg_doc_format(vg_doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An instant as people read it: "18 March 2025, 09:00" in the agreement's local time. */
vg_str vg_doc_instant(vg_doc *d, int64_t at);
vg_str vg_doc_incident_name(vg_doc *d, uint64_t id);

/* Rows of a table that people see: the rest is in CSV and JSON, and it is said how many. */
enum { VG_DOC_ROWS = 300 };

/* --- out --- */

void vg_doc_put_text(const vg_doc *d, vg_out *out);
void vg_doc_put_json(const vg_doc *d, vg_out *out);
void vg_doc_put_csv(const vg_doc *d, const char *id, vg_out *out);
bool vg_doc_put_page(const vg_doc *d, vg_out *out, vg_err *e);

/* A cell as people see it. */
void vg_doc_cell_put(const vg_doc *d, vg_out *out, const vg_doc_column *column, const vg_doc_cell *cell);

/* The table of days, which the page draws, too. */
#define VG_DOC_DAYS "days"
enum { VG_DOC_DAYS_EXPECTED = 4, VG_DOC_DAYS_INTERVAL };

/* --- sections --- */

typedef struct {
    vg_doc doc;
    vg_watch *watch;
    vg_figures *figures;
    int64_t from, to, before; /* bounds of the period and where the one before it begins */
    vg_figure_row *row;       /* of both periods */
    int64_t n_rows;
    vg_incident *incident;                          /* of the period, by time */
    int64_t n_incidents, n_missing, n_missing_past; /* the last: of what tests of escalation look at */
    vg_figure now, was;                             /* sums over both periods, whole incidents */
    vg_compliance *clause;
    vg_cover_row *cover;
    int32_t n_cover, n_strange;
    vg_watch_source *source;
    int32_t n_sources;
    vg_correction *correction;
    int64_t n_corrections;
} vg_daily_work;

void vg_daily_put_outstanding(vg_daily_work *w);
void vg_daily_put_counts(vg_daily_work *w);
void vg_daily_put_days(vg_daily_work *w);
void vg_daily_put_attribution(vg_daily_work *w);
void vg_daily_put_claims(vg_daily_work *w);
bool vg_daily_put_escalation(vg_daily_work *w, vg_err *e);
void vg_daily_put_clauses(vg_daily_work *w);
bool vg_daily_put_coverage(vg_daily_work *w, vg_err *e);
void vg_daily_put_states(vg_daily_work *w);
void vg_daily_put_corrections(vg_daily_work *w);
bool vg_daily_put_gravest(vg_daily_work *w, vg_err *e);
void vg_daily_put_sources(vg_daily_work *w);
void vg_daily_put_method(vg_daily_work *w);

#endif
