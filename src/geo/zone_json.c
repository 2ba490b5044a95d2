/*
 * A zone as GeoJSON. Invariant: what is written lies in -180..180, shells run counter-clockwise and holes clockwise (RFC
 * 7946, sections 3.1.6 and 3.1.9), and it reads back as the same zone up to the 5 decimals.
 */
#include <math.h>

#include "geo/shape_int.h"

enum { DECIMALS = 5, ARENA = 1 << 30 };

static void write_place(vg_json *j, const double at[2])
{
    vg_json_array(j);
    vg_json_fixed(j, at[0], DECIMALS);
    vg_json_fixed(j, at[1], DECIMALS);
    vg_json_close(j);
}

static double turning(const vg_zone_rings *r, int32_t ring)
{
    double sum = 0;
    const double *o = r->at[r->first[ring]];
    for (int32_t k = r->first[ring]; k + 1 < r->first[ring + 1]; k++)
        sum +=
            (r->at[k][0] - o[0]) * (r->at[k + 1][1] - o[1]) - (r->at[k + 1][0] - o[0]) * (r->at[k][1] - o[1]);
    return sum;
}

static void write_ring(vg_json *j, const vg_zone_rings *r, int32_t ring)
{
    int32_t from = r->first[ring], to = r->first[ring + 1] - 1;
    bool turned = (turning(r, ring) > 0) == r->hole[ring];
    vg_json_array(j);
    for (int32_t k = from; k <= to; k++)
        write_place(j, r->at[turned ? from + to - k : k]);
    vg_json_close(j);
}

static void write_rings(vg_json *j, const vg_zone_rings *r)
{
    vg_json_object(j);
    vg_json_key(j, VG_S("type"));
    vg_json_str(j, VG_S("MultiPolygon"));
    vg_json_key(j, VG_S("coordinates"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n; i++) {
        if (!r->hole[i])
            vg_json_array(j);
        write_ring(j, r, i);
        if (i + 1 == r->n || !r->hole[i + 1])
            vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_close(j);
}

void vg_zone_json(vg_json *j, const vg_zone *z)
{
    vg_arena a = { .base = NULL };
    vg_zone_rings cut;
    vg_err e = VG_NO_ERR;
    if (z->east <= 180.0)
        write_rings(j, &z->rings);
    else if (vg_arena_init(&a, ARENA, &e) && vg_zone__cut(z, &a, &cut, &e))
        write_rings(j, &cut);
    else
        vg_json_null(j); /* no memory: not known */
    vg_arena_free(&a);
}
