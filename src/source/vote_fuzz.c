/*
 * Votes harness: the first line of the input is taken as --map, the rest as a file whose format is found out. Whatever
 * comes out must be a vote: a value of -1, 0 or 1 and ids that are there.
 */
#include <stdlib.h>

#include "source/vote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool check_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    (void)ctx, (void)at, (void)e;
    if (v->value < -1 || v->value > 1 || v->participant.n <= 0 || v->statement.n <= 0)
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n }, map = vg_cut(&bytes, '\n');
    vg_arena a;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    vg_vote_sink sink = { .vote = check_vote };
    vg_vote_found found;
    if (!vg_arena_init(&a, 64 << 20, NULL))
        return 0;
    if (vg_input_memory(bytes, VG_S("in.csv"), &in, &e)) {
        bool good = vg_vote_read_input(in, &(vg_vote_opts){ .map = map }, &sink, &a, &found, &e);
        if (good && (found.sign != VG_SIGN_EXPORT && found.sign != VG_SIGN_STORED))
            abort();
        if (!good && !vg_failed(&e))
            abort();
        vg_input_close(in);
    }
    vg_arena_free(&a);
    return 0;
}
