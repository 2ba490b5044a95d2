/**
 * Layouts of lists that are tables: which columns hold what. Only files of src/source include this.
 */
#ifndef VG_LIST_ROWS_INT_H
#define VG_LIST_ROWS_INT_H

#include "source/list_int.h"

enum { VG_ROWS_JOINED = 8 };

typedef enum {
    VG_ROWS_ID, /* several columns of this field: the first that holds something */
    VG_ROWS_SCHEMA,
    VG_ROWS_WHOLE,
    VG_ROWS_GIVEN,
    VG_ROWS_MIDDLE,
    VG_ROWS_FAMILY,
    VG_ROWS_LANGUAGE,
    VG_ROWS_SCRIPT,
    VG_ROWS_NAME_TYPE,
    VG_ROWS_NAME_QUALITY,
    VG_ROWS_NUMBER_TYPE,
    VG_ROWS_NUMBER_COUNTRY,
    VG_ROWS_TO_YEAR,
    VG_ROWS_CIRCA,
    VG_ROWS_FIRST_VALUE, /* from here on: taken one by one, in the order of the layout */
    VG_ROWS_ALIAS = VG_ROWS_FIRST_VALUE,
    VG_ROWS_WEAK,
    VG_ROWS_FORMER,
    VG_ROWS_BIRTH,
    VG_ROWS_BIRTH_PARTS, /* year, month, day: where the row has no whole date */
    VG_ROWS_FROM_YEAR,
    VG_ROWS_BIRTH_PLACE,
    VG_ROWS_GENDER,
    VG_ROWS_COUNTRY,
    VG_ROWS_NATIONALITY,
    VG_ROWS_ADDRESS,   /* parts joined */
    VG_ROWS_ADDRESSES, /* several, with ";" */
    VG_ROWS_PROGRAMME,
    VG_ROWS_POSITION,
    VG_ROWS_REMARK,
    VG_ROWS_URL,
    VG_ROWS_TOPIC,
    VG_ROWS_LISTED,
    VG_ROWS_CHANGED,
    VG_ROWS_ENDED,
    VG_ROWS_NUMBER,   /* of the kind of the column */
    VG_ROWS_TYPED,    /* of the kind in the column VG_ROWS_NUMBER_TYPE */
    VG_ROWS_LABELLED, /* "Passport, X1, TR; ..." */
    VG_ROWS_OWNER,
    VG_ROWS_LINK
} vg_rows_field;

/** `names`: columns of the file; "a|b" the first that is there, "a+b" both, joined. NULL ends a layout. */
typedef struct {
    const char *names;
    vg_rows_field field;
    const char *kind; /* of numbers; of links what is said of them */
} vg_rows_column;

typedef struct {
    const char *format, *licence, *topic;
    char sep;
    bool month_first, id_needed;
    const char *published;            /* column with the list's own date, NULL = none */
    void (*finish)(vg_list_draft *d); /* before a party is handed over; may be NULL */
    const vg_rows_column *column;
} vg_rows_layout;

/** Layout of a format; NULL for "csv", whose columns are guessed. */
const vg_rows_layout *vg_rows__layout(vg_str format);

/** Layout of any CSV from its header and opts->map; found->map tells it. NULL = failed (VG_EARG, VG_EPARSE). */
const vg_rows_layout *vg_rows__guess(vg_list_reading *r, const vg_str *header, int32_t n, vg_err *e);

int32_t vg_rows__column(const vg_str *header, int32_t n, vg_str names);

#endif
