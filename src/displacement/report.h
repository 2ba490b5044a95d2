/**
 * The report on displacement: one self-contained HTML page for someone who must decide. Arrivals per region with
 * their uncertainty, level, baselines, reasons and past scores; origins and reasons of the people; the effect of a
 * supposition with the baseline in view; camps against their capacity by day. Inline style and SVG, no script.
 *
 *     vg_displacement_report_opts o = { .lang = VG_LANG_FR };
 *     if (!vg_displacement_report_html(st, &o, &out, e)) return false;
 *
 * Everything it shows is read from kept runs; nothing is computed a second time.
 */
#ifndef VG_DISPLACEMENT_REPORT_H
#define VG_DISPLACEMENT_REPORT_H

#include "displacement/kept.h"
#include "text/message.h"

typedef struct {
    int64_t run; /* a run of either kind: only that one is told; 0 = the newest of each kind */
    int32_t top; /* regions and camps with a section of their own; 0 = 10 */
    vg_lang lang;
} vg_displacement_report_opts;

/** Fails: VG_ENOTFOUND (no run of either kind, or the run is of another command), VG_EIO, VG_EPARSE. */
bool vg_displacement_report_html(vg_store *st, const vg_displacement_report_opts *o, vg_out *out, vg_err *e);

#endif
