/**
 * Names to small numbers: the first name gets 0, the next new one 1, and so on. Used wherever text is coded as integers.
 *
 *     vg_map m;
 *     if (!vg_map_init(&m, e)) return false;
 *     int32_t a = vg_map_add(&m, VG_S("Mali"), &was_new);
 *     vg_str name = vg_map_name(&m, a);
 *     vg_map_free(&m);
 */
#ifndef VG_CORE_MAP_H
#define VG_CORE_MAP_H

#include "core/arena.h"

#define VG_MAP_ARENAS 24 /* 64 KiB to 512 GiB */

typedef struct {
    vg_arena bytes[VG_MAP_ARENAS]; /* of the names */
    int32_t n_bytes, n, cap, n_slots;
    int32_t *slot; /* number + 1, 0 = empty */
    vg_str *name;  /* in the order of the numbers */
} vg_map;

bool vg_map_init(vg_map *m, vg_err *e);
void vg_map_free(vg_map *m);

/** Number of the name, added when it is new (`*was_new` may be NULL). -1 when memory is out or 2^31 names are reached. */
int32_t vg_map_add(vg_map *m, vg_str name, bool *was_new);

/** Number of the name, or -1. */
int32_t vg_map_find(const vg_map *m, vg_str name);

/** Name of a number that was given out. */
vg_str vg_map_name(const vg_map *m, int32_t number);

#endif
