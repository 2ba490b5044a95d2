/*
 * Harness of the bodies of entries (reports, coverage, decisions, versions of an agreement): whatever the bytes are,
 * nothing is read beyond them; what reads as one is written back as the same bytes, and its words may be used as indexes.
 */
#include <stdlib.h>
#include <string.h>

#include "store/report_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_report(vg_str bytes, vg_out *o)
{
    vg_report r = vg_report_none();
    vg_err e = VG_NO_ERR, refusal = VG_NO_ERR;
    if (!vg_report_unpack(bytes, &r, &e)) {
        demand(e.code == VG_EPARSE);
        return;
    }
    o->n = 0;
    vg_report_pack(o, &r);
    demand(vg_eq(vg_out_text(o), bytes));
    demand(vg_act_by_name(vg_str_z(vg_act_name(r.act))) == r.act);
    vg_json j = vg_json_to(o);
    if (vg_report_check(&r, &refusal))
        vg_report_json(&j, &r);
}

static void check_others(vg_str bytes, vg_out *o)
{
    vg_coverage c;
    vg_log_decision d;
    vg_log_agreement x;
    vg_err e[3] = { VG_NO_ERR };
    if (vg_coverage_unpack(bytes, &c, &e[0])) {
        o->n = 0;
        vg_coverage_pack(o, &c);
        demand(vg_eq(vg_out_text(o), bytes));
    }
    if (vg_log_decision_unpack(bytes, &d, &e[1])) {
        o->n = 0;
        vg_log_decision_pack(o, &d);
        demand(vg_eq(vg_out_text(o), bytes));
    }
    if (vg_log_agreement_unpack(bytes, &x, &e[2])) {
        o->n = 0;
        vg_log_agreement_pack(o, &x);
        demand(vg_eq(vg_out_text(o), bytes));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *copy = malloc(n ? n : 1); /* of its own, so that a byte too many is seen */
    vg_out o;
    vg_err e = VG_NO_ERR;
    demand(copy != NULL && vg_out_memory(&o, &e));
    if (n)
        memcpy(copy, data, n);
    check_report((vg_str){ copy, (ptrdiff_t)n }, &o);
    check_others((vg_str){ copy, (ptrdiff_t)n }, &o);
    vg_out_drop(&o);
    free(copy);
    return 0;
}
