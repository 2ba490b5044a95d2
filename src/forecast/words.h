/**
 * A kept forecast in sentences that a reader understands without the method: how many deaths are expected and how
 * sure that is, on which past situations it rests, what moved it, how such intervals did before. Used by `vigie
 * explain` and by the report, so that both say the same.
 *
 *     vg_words_interval(&out, lang, &k, unit);        One chance in two that the total lies between 2,100 and 3,900 ...
 *
 * Each writes one sentence or paragraph of plain text, without a line end.
 */
#ifndef VG_FORECAST_WORDS_H
#define VG_FORECAST_WORDS_H

#include "forecast/kept.h"
#include "text/message.h"

/** Quantiles by their place in vg_forecast_levels. */
enum { VG_Q01, VG_Q05, VG_Q10, VG_Q25, VG_Q50, VG_Q75, VG_Q90, VG_Q95, VG_Q99 };

/** The total over the forecast months: median and both intervals. */
void vg_words_interval(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u);

/** Against the last 12 known months. */
void vg_words_change(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u);

/** How wide that is: "The range is wide: ..." */
void vg_words_spread(vg_out *o, vg_lang lang, const vg_kept_unit *u);

/** The chance that a month reaches 25, 100, 1000 deaths. */
void vg_words_chances(vg_out *o, vg_lang lang, const vg_kept_unit *u);

/** One past situation; `name` is its unit's name in the reader's language. */
void vg_words_analogue(vg_out *o, vg_lang lang, const vg_kept_analogue *a, vg_str name);

/** One driver: what it is, where it stands, which way it moves the forecast. */
void vg_words_driver(vg_out *o, vg_lang lang, const vg_kept_driver *d);

/** How much comes from the unit's own last year, and how much the listed situations carry. */
void vg_words_shares(vg_out *o, vg_lang lang, const vg_kept_reasons *r);

/** Past coverage of the intervals for units like this one, or that it has not been scored. */
void vg_words_coverage(vg_out *o, vg_lang lang, const vg_kept *k, const vg_kept_unit *u);

#endif
