/**
 * Structs to JSON objects and back, by one table of fields a struct: for what capabilities keep in the store.
 *
 *     static const vg_field fields[] = { { "mean", VG_FIELD_NUM, offsetof(row, mean), 0, 0, 0, NULL },
 *                                        { NULL, 0, 0, 0, 0, 0, NULL } };
 *     vg_fields_put(&json, fields, &row);
 *     if (!vg_fields_get(text, fields, &row, &arena, scratch, e)) ...
 */
#ifndef VG_CORE_FIELDS_H
#define VG_CORE_FIELDS_H

#include "core/json.h"

typedef enum {
    VG_FIELD_NUM, /* double; null = NaN */
    VG_FIELD_INT32,
    VG_FIELD_INT64,
    VG_FIELD_TEXT,
    VG_FIELD_MONTH,  /* int32 month_id, written 2024-07 */
    VG_FIELD_NUMS,   /* doubles, at most `max`, their count in an int32 at `count` */
    VG_FIELD_OBJECT, /* one struct of table `sub` */
    VG_FIELD_OBJECTS /* structs of table `sub`, `size` bytes apart, at most `max`, counted at `count` */
} vg_field_kind;

typedef struct vg_field {
    const char *key; /* NULL ends a table */
    vg_field_kind kind;
    size_t at, count;
    int32_t max;
    size_t size;
    const struct vg_field *sub;
} vg_field;

/** Writes the struct at `from` as a JSON object. */
void vg_fields_put(vg_json *j, const vg_field *table, const void *from);

/**
 * Reads an object into the struct at `to`, texts into `a`; unknown members are passed over, absent ones stay as they are.
 * Fails: VG_EPARSE, VG_ENOMEM.
 */
bool vg_fields_get(vg_str body, const vg_field *table, void *to, vg_arena *a, vg_arena scratch, vg_err *e);

#endif
