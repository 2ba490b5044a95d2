/* A run being written down. Invariant: bodies lie in `text` in the order of the results, without anything between. */
#include "store/draft.h"

enum { MIB = 1 << 20 };

bool vg_draft_begin(vg_draft *d, int64_t most, vg_err *e)
{
    *d = (vg_draft){ .n = 0 };
    if (!vg_arena_init(&d->arena, most * (int64_t)(sizeof(vg_result) + sizeof(int64_t)) + MIB, e))
        return false;
    d->result = vg_new(&d->arena, vg_result, most);
    d->end = vg_new(&d->arena, int64_t, most);
    if ((d->result && d->end) || vg_fail_memory(e, vg_arena_limit(&d->arena)))
        if (vg_out_memory(&d->text, e))
            return true;
    vg_arena_free(&d->arena);
    return false;
}

vg_json *vg_draft_body(vg_draft *d)
{
    d->json = vg_json_to(&d->text);
    return &d->json;
}

void vg_draft_add(vg_draft *d, vg_result r)
{
    d->result[d->n] = r;
    d->end[d->n++] = vg_out_text(&d->text).n;
}

bool vg_draft_store(vg_draft *d, vg_store *st, const vg_run *run, int64_t *id, vg_err *e)
{
    vg_str all = vg_out_text(&d->text);
    int64_t from = 0;
    if (d->text.failed)
        return vg_fail_memory(e, all.n);
    for (int64_t i = 0; i < d->n; from = d->end[i++])
        d->result[i].body = vg_sub(all, from, d->end[i] - from);
    vg_run full = *run;
    full.params = vg_sub(all, from, all.n - from);
    return vg_store_run(st, &full, d->result, d->n, id, e);
}

void vg_draft_end(vg_draft *d)
{
    vg_out_drop(&d->text);
    vg_arena_free(&d->arena);
}
