/*
 * Harness of zones from GeoJSON: whatever is taken must answer within its range, hold as much as it says, and be written
 * as GeoJSON again; what is not must say why. The first byte's lowest bits choose the buffer.
 */
#include <math.h>
#include <stdlib.h>

#include "core/out.h"
#include "geo/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_answers(const vg_zone *z)
{
    double box[4], radius[] = { 0, 50, 20000, 500000 };
    vg_zone_box(z, box);
    must(box[0] >= -180 && box[0] <= 180 && box[2] >= -180 && box[2] <= 180 && box[1] <= box[3]);
    must(vg_zone_area_km2(z) > 0 && vg_zone_area_km2(z) < 5.2e8);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++) {
            double lat = box[1] + (box[3] - box[1]) * i / 3,
                   share = vg_zone_share(z, lat, box[k % 2 * 2], radius[k]);
            must(share >= 0 && share <= 1);
            must(isfinite(vg_zone_distance_m(z, lat, box[0])));
        }
}

/* Five decimals may fold what was narrow: it then reads as empty or crossing, but never as broken text. */
static void check_text(const vg_zone *z)
{
    vg_out out;
    vg_err e = VG_NO_ERR;
    vg_zone *again = NULL;
    must(vg_out_memory(&out, &e));
    vg_json j = vg_json_to(&out);
    vg_zone_json(&j, z);
    if (vg_zone_read(vg_out_text(&out), VG_S("again"), NULL, &again, &e))
        check_answers(again);
    else
        must(e.code == VG_ENODATA || e.code == VG_ECONFLICT || e.code == VG_EPARSE);
    vg_zone_free(again);
    vg_out_drop(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    vg_str text = { (const char *)data, (ptrdiff_t)n };
    vg_zone_opts o = { .buffer_km = n && data[0] == ' ' ? 7 : 0, .only_buffer = n > 1 && data[1] == ' ' };
    if (vg_zone_read(text, VG_S("fuzz"), &o, &z, &e)) {
        check_answers(z);
        check_text(z);
        vg_zone_free(z);
    } else {
        must(vg_failed(&e) && e.what[0]);
    }
    return 0;
}
