/**
 * The report: one self-contained HTML file about a kept forecast run, for people who decide. Inline style and SVG, no
 * script, nothing loaded from elsewhere; light and dark; prints on A4.
 *
 *     vg_report_opts o = { .lang = VG_LANG_FR, .top = 10 };
 *     if (!vg_report_html(st, &o, &out, e)) return false;
 *
 * Everything it shows is read from the store: nothing is computed a second time.
 */
#ifndef VG_FORECAST_REPORT_H
#define VG_FORECAST_REPORT_H

#include "forecast/kept.h"
#include "text/message.h"

typedef struct {
    int64_t run;    /* 0 = the newest forecast */
    vg_str country; /* ISO3, name or number: that unit's section only; empty = the first `top` */
    int32_t top;    /* sections; 0 = 10 */
    vg_lang lang;
} vg_report_opts;

/** Fails: VG_ENOTFOUND (no forecast yet, or none for that country), VG_EIO, VG_EPARSE. */
bool vg_report_html(vg_store *st, const vg_report_opts *o, vg_out *out, vg_err *e);

#endif
