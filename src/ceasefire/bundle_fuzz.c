/*
 * Harness of the lines of an audit bundle: whatever they hold, nothing is read beyond them; an entry that reads, and
 * whose bytes read, is written as a line that reads as the same entry and is written the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_entry(vg_str line, vg_arena *a)
{
    vg_log_entry x, y;
    vg_err e = VG_NO_ERR;
    vg_out first, second;
    if (!vg_bundle_read_entry(line, a, &x))
        return;
    demand(vg_out_memory(&first, &e) && vg_out_memory(&second, &e));
    if (vg_bundle_put_entry(&first, &x, &e)) {
        demand(vg_bundle_read_entry(vg_out_text(&first), a, &y));
        demand(x.seq == y.seq && x.at == y.at && x.kind == y.kind && vg_eq(x.body, y.body));
        demand(vg_bundle_put_entry(&second, &y, &e) && vg_eq(vg_out_text(&first), vg_out_text(&second)));
    } else {
        demand(e.code == VG_EPARSE);
    }
    vg_out_drop(&first);
    vg_out_drop(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *copy = malloc(n ? n : 1); /* of its own, so that a byte too many is seen */
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_publication p;
    demand(copy != NULL && vg_arena_init(&a, 64 << 20, &e));
    if (n)
        memcpy(copy, data, n);
    vg_str line = { copy, (ptrdiff_t)n };
    check_entry(line, &a);
    if (vg_bundle_read_publication(line, &p)) {
        vg_out o;
        vg_publication again;
        demand(vg_out_memory(&o, &e));
        vg_bundle_put_publication(&o, &p);
        demand(vg_bundle_read_publication(vg_out_text(&o), &again) && again.day == p.day &&
               again.seq == p.seq);
        vg_out_drop(&o);
    }
    vg_arena_free(&a);
    free(copy);
    return 0;
}
