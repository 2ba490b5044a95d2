/*
 * Harness of lists of regions: whatever is taken must hold together (every name found again, neighbours both ways), and
 * what is not must say why.
 */
#include <stdlib.h>

#include "geo/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_list(const vg_gazetteer *g)
{
    for (int32_t i = 0; i < g->n; i++) {
        const vg_region *r = &g->region[i];
        must(r->unit > 0 && r->name.n > 0 && vg_region_by_unit(g, r->unit) == r);
        for (int32_t k = 0; k < r->n_neighbours; k++) {
            const vg_region *other = &g->region[r->neighbour[k]];
            bool back = false;
            for (int32_t m = 0; m < other->n_neighbours; m++)
                back = back || other->neighbour[m] == i;
            must(back && other != r);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_arena a = { .base = NULL };
    vg_input *in = NULL;
    vg_gazetteer g;
    vg_err e = VG_NO_ERR;
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    if (!vg_arena_init(&a, 128 << 20, &e) || !vg_input_memory(bytes, VG_S("regions.csv"), &in, &e)) {
        vg_arena_free(&a);
        return 0;
    }
    if (vg_gazetteer_read(in, &a, &g, &e))
        check_list(&g);
    else
        must(vg_failed(&e) && e.what[0]);
    vg_input_close(in);
    vg_arena_free(&a);
    return 0;
}
