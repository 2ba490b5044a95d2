/**
 * JSON lines, flattened: each value with its key and the object it stands in. Only files of src/source include this.
 */
#ifndef VG_LIST_JSON_INT_H
#define VG_LIST_JSON_INT_H

#include "source/list_int.h"

/** {"id":"a","properties":{"name":["x","y"]}} is ("", id, a), (properties, name, x), (properties, name, y). */
typedef struct {
    vg_str parent; /* key under which the object stands; of the outermost one: empty */
    vg_str key, value;
    int32_t object; /* number of the object within the line, from 0 */
} vg_list_pair;

typedef struct {
    const vg_list_pair *pair;
    int64_t n;
    int32_t n_objects;
    vg_str raw;
    vg_at at;
} vg_list_record;

/** First value of a key in an object that stands under `parent`; empty when there is none. */
vg_str vg_list__pair(const vg_list_record *rec, const char *parent, const char *key);

/** Calls `take` for each line that is one JSON object, with a record that lives for the call; other lines are refused. */
bool vg_list__records(vg_list_reading *r, bool (*take)(void *ctx, const vg_list_record *rec, vg_err *e),
                      void *ctx, vg_err *e);

#endif
