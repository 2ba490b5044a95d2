/**
 * Shapes as they are read, before they are a zone: rings, lines and points with the place in the user's file they come
 * from; and what is done to them with GEOS (shape.c).
 */
#ifndef VG_GEO_SHAPE_INT_H
#define VG_GEO_SHAPE_INT_H

#include "geo/zone_int.h"

typedef struct {
    double lon, lat;
    int32_t line, col;
} vg_shape_at;

typedef enum { VG_SHAPE_POINT, VG_SHAPE_LINE, VG_SHAPE_RING, VG_SHAPE_HOLE } vg_shape_kind;

/* Positions at[first] .. at[first + n - 1]; a ring's last is its first. Holes come after the ring they lie in. */
typedef struct {
    vg_shape_kind kind;
    int32_t first, n;
} vg_shape_part;

typedef struct {
    vg_shape_at *at;
    vg_shape_part *part;
    int32_t n_at, n_parts;
    vg_str name; /* of the file, for errors */
} vg_shape;

/* Reads GeoJSON into the arena. Fails: as vg_zone_read but for VG_ECONFLICT and VG_ENODATA. */
bool vg_shape__read(vg_str geojson, vg_str name, vg_arena *a, vg_shape *out, vg_err *e);

/* One set of rings that do not cross, from all parts, with their buffers. Fails: VG_ECONFLICT, VG_ENODATA, VG_ENOMEM. */
bool vg_shape__rings(const vg_shape *s, const vg_zone_opts *o, vg_arena *a, vg_zone_rings *out, vg_err *e);

/* A zone's rings cut at the date line, all longitudes in -180..180. Fails: VG_ENOMEM. */
bool vg_zone__cut(const vg_zone *z, vg_arena *a, vg_zone_rings *out, vg_err *e);

#endif
