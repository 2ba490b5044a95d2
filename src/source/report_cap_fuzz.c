/* CAP harness: an alert, whole or broken, ends as reports with a source, an id and a place on Earth, or as rejects. */
#include <math.h>
#include <stdlib.h>

#include "source/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool check_report(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    (void)ctx, (void)at, (void)e;
    if (r->source.n <= 0 || r->id.n <= 0 || (r->withdraws && !r->revises.n && r->id.n == 0))
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    vg_report_source_found found;
    vg_report_source_sink sink = { .report = check_report };
    if (!vg_input_memory((vg_str){ (const char *)data, (ptrdiff_t)n }, VG_S("in.xml"), &in, &e))
        return 0;
    bool good = vg_report_source_read_input(
        in, &(vg_report_source_opts){ .as = VG_S("cap"), .received_at = 1 }, &sink, &found, &e);
    if (good == vg_failed(&e))
        abort();
    vg_input_close(in);
    return 0;
}
