/*
 * Reports harness: whatever the input holds (JSON lines, a table, VIINA, FIRMS), what comes out must have a source and an
 * id, words that exist, and be readable again from what vg_report_json writes.
 */
#include <stdlib.h>

#include "source/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool check_again(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    *(uint64_t *)ctx = vg_report_content(r);
    return true;
}

static bool check_report(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_out o;
    vg_input *in;
    uint64_t content = 0;
    vg_report_source_found found;
    vg_report_source_sink sink = { .ctx = &content, .report = check_again };
    (void)ctx, (void)e;
    must(at.line > 0 && r->source.n > 0 && r->id.n > 0);
    must(r->act >= 0 && r->act < VG_N_ACTS && r->weapon >= 0 && r->weapon < VG_N_WEAPONS);
    if (!vg_report_check(r, &why))
        return true;
    must(vg_out_memory(&o, &why));
    vg_json j = vg_json_to(&o);
    vg_report_json(&j, r);
    must(vg_input_memory(vg_out_text(&o), VG_S("again"), &in, &why));
    must(vg_report_source_read_input(in, &(vg_report_source_opts){ .as = VG_S("jsonl") }, &sink, &found,
                                     &why));
    must(found.n_reports == 1 && content == vg_report_content(r));
    vg_input_close(in);
    vg_out_drop(&o);
    return true;
}

static bool check_coverage(void *ctx, const vg_coverage *c, vg_at at, vg_err *e)
{
    (void)ctx, (void)at, (void)e;
    must(c->source.n > 0 && c->from < c->to && c->state >= VG_COVER_WATCHING && c->state <= VG_COVER_DOWN);
    return true;
}

static bool check_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    (void)ctx, (void)e;
    must(vg_failed(&r->why) && r->why.what[0]);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    vg_report_source_found found;
    vg_report_source_sink sink = { .report = check_report,
                                   .coverage = check_coverage,
                                   .reject = check_reject };
    if (!vg_input_memory((vg_str){ (const char *)data, (ptrdiff_t)n }, VG_S("in"), &in, &e))
        return 0;
    bool good = vg_report_source_read_input(
        in, &(vg_report_source_opts){ .source = VG_S("given"), .received_at = 1 }, &sink, &found, &e);
    must(good != vg_failed(&e));
    vg_input_close(in);
    return 0;
}
