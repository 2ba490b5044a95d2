/*
 * ACLED harness: the bytes are read as a file of this format into a sink that checks every record. What comes out twice
 * must be the same, and each row read must have ended in the sink.
 */
#include "source/sink_test_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    vg_source_opts opts = { .as = VG_S("acled") };
    collected *a = read_bytes(bytes, "GEDEvent_v24_0_5.csv", opts),
              *b = read_bytes(bytes, "GEDEvent_v24_0_5.csv", opts);
    must(a->err.code == b->err.code && a->n_events == b->n_events && a->n_rejects == b->n_rejects);
    must(a->n_points == b->n_points && a->deaths == b->deaths && a->found.n_rows == b->found.n_rows);
    collected_drop(a);
    collected_drop(b);
    return 0;
}
