/**
 * Tables: one list of columns gives the table for people, the CSV and the JSON.
 *
 *     static const vg_column columns[] = { { "iso3", VG_CELL_TEXT, 0 }, { "interval90", VG_CELL_INTERVAL, 0 } };
 *     vg_table t;
 *     vg_table_init(&t, columns, 2);
 *     vg_cell_text(&t, VG_S("MLI"));
 *     vg_cell_interval(&t, 812, 3100);
 *     vg_table_put(&t, lang, VG_FORM_TABLE, &out);
 *     vg_table_free(&t);
 *
 * The key is the name in JSON and CSV; the heading for people is the message "column.<key>". "Not known" is a dash,
 * an empty CSV cell, a JSON null. Memory failure sticks and comes out of vg_table_put.
 */
#ifndef VG_CLI_TABLE_H
#define VG_CLI_TABLE_H

#include "core/json.h"
#include "text/message.h"

typedef enum { VG_FORM_TABLE, VG_FORM_JSON, VG_FORM_CSV } vg_form;

typedef enum {
    VG_CELL_TEXT,
    VG_CELL_INT,
    VG_CELL_ID,       /* a whole number that is a name: people see it without separators */
    VG_CELL_NUM,      /* people see `decimals`, programs everything */
    VG_CELL_PERCENT,  /* a share: people see percent, programs the share */
    VG_CELL_CHANCE,   /* a share of draws (see VG_ARG_CHANCE) */
    VG_CELL_CHANGE,   /* a share with its sign: +12 % */
    VG_CELL_MONTH,    /* month_id: people see Oct 2024, programs 2024-10 */
    VG_CELL_INTERVAL, /* two numbers: 3 to 17; CSV columns <key>_low and <key>_high, JSON an array of two */
    VG_CELL_INSTANT   /* UTC seconds: 2024-10-05T12:00:00Z */
} vg_cell_kind;

typedef struct {
    const char *key;
    vg_cell_kind kind;
    int decimals;
} vg_column;

typedef struct {
    vg_str text;
    int64_t whole;
    double low, high;
} vg_cell;

typedef struct {
    const vg_column *column;
    int n_columns;
    vg_cell *cell;
    int64_t n_cells, cap;
    vg_arena text; /* copies of the texts */
    bool failed;
} vg_table;

bool vg_table_init(vg_table *t, const vg_column *column, int n_columns, vg_err *e);
void vg_table_free(vg_table *t);

/** Cells in the order of the columns, row after row. */
void vg_cell_text(vg_table *t, vg_str text);
void vg_cell_int(vg_table *t, int64_t x); /* VG_UNKNOWN-like INT64_MIN is "not known" */
void vg_cell_num(vg_table *t, double x);
void vg_cell_interval(vg_table *t, double low, double high);

int64_t vg_table_rows(const vg_table *t);

/** Writes all rows. A table for people shows the first `top` (0 = all). Fails: VG_ENOMEM. */
bool vg_table_put(const vg_table *t, vg_lang lang, vg_form form, int64_t top, vg_out *o, vg_err *e);

/** One cell as people see it. */
void vg_cell_put(vg_out *o, vg_lang lang, const vg_column *c, const vg_cell *cell);

/** The rows as a JSON array of objects, inside a JSON text of the caller's. */
void vg_table_json(const vg_table *t, vg_json *j);

#endif
