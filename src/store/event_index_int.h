/** What the index of events is made of: what is searched, what is only shown, and the names both number. */
#ifndef VG_STORE_EVENT_INDEX_INT_H
#define VG_STORE_EVENT_INDEX_INT_H

#include "store/browse.h"
#include "store/store_int.h"

/** Counts of deaths: a number up to 2^31 - 2, or this. */
enum { VG_ROW_UNKNOWN = -1 };

enum { VG_ROW_NAMES = 6 }; /* actor_a, actor_b, conflict, adm1, adm2, kind */

typedef struct {
    int64_t id;
    int32_t day_from, day_to, lat_e7, lon_e7, gwcode, cell, best;
    int32_t rest; /* place in vg_event_index.rest */
    int8_t type, where_prec;
    bool has_point;
} vg_event_row;

typedef struct {
    int32_t name[VG_ROW_NAMES]; /* 0 = none */
    int32_t low, high, civilians;
    int8_t date_prec;
    bool large; /* a number that does not fit: the store tells all of it */
} vg_event_rest;

struct vg_event_index {
    vg_arena arena, names;
    vg_event_row *row; /* newest first day first, then highest id */
    vg_event_rest *rest;
    vg_str *name; /* by number; 0 is empty */
    int64_t n, n_names;
    int32_t longest; /* days of the longest event, less one */
    char tag[33];
};

#endif
