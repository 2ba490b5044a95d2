/**
 * Body of the harnesses of the readers of lists: whatever the bytes are, what comes out is a party with an id and a name,
 * with spans of days that run forward, or the reading fails with a reason.
 */
#ifndef VG_LIST_FUZZ_INT_H
#define VG_LIST_FUZZ_INT_H

#include <stdlib.h>

#include "source/list.h"

static inline bool list_fuzz_party(void *ctx, const vg_party *p, vg_at at, vg_err *e)
{
    (void)ctx, (void)at, (void)e;
    if (p->name.n < 1 || p->name.item[0].kind != VG_NAME_PRIMARY || p->name.item[0].text.n < 1)
        abort();
    for (int64_t i = 0; i < p->name.n; i++)
        if (p->name.item[i].text.n > VG_LIST_NAME)
            abort();
    for (int64_t i = 0; i < p->birth.n; i++)
        if (p->birth.item[i].day_from > p->birth.item[i].day_to)
            abort();
    for (int64_t i = 0; i < p->number.n; i++)
        if (!p->number.item[i].kind.n || !p->number.item[i].value.n)
            abort();
    return true;
}

static inline bool list_fuzz_removed(void *ctx, vg_str id, vg_at at, vg_err *e)
{
    (void)ctx, (void)at, (void)e;
    if (!id.n)
        abort();
    return true;
}

static inline bool list_fuzz_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    (void)ctx, (void)e;
    if (!r->why.what[0])
        abort();
    return true;
}

static inline void list_fuzz(vg_str bytes, vg_str as, vg_str map)
{
    vg_arena a;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    vg_list_found found;
    vg_party_sink sink = { NULL, list_fuzz_party, list_fuzz_removed, list_fuzz_reject };
    vg_list_opts opts = { .as = as, .map = map };
    if (!vg_arena_init(&a, 64 << 20, NULL))
        return;
    if (vg_input_memory(bytes, VG_S("in"), &in, &e)) {
        if (!vg_list_read_input(in, &opts, &sink, &a, &found, &e) && !vg_failed(&e))
            abort();
        vg_input_close(in);
    }
    vg_arena_free(&a);
}

#endif
