/**
 * The report over a period of reporting days: what is known, how surely, and what is not known, in the reader's
 * language. One function for the daily report of the desk, for a replay and for the audit bundle.
 *
 *     vg_daily ask = { .from_day = day, .to_day = day, .lang = VG_LANG_FR, .form = VG_DAILY_PAGE };
 *     if (!vg_daily_write(&ask, watch, figures, &out, e)) return false;
 *
 * The report is a pure function of the agreement, of what watch and figures hold, and of `ask`: no clock, no path, no
 * machine. From the same log it is the same file, byte for byte. Sections: in short; what is outstanding; counts by zone,
 * party and weapon with the equally long period before; attribution; exceptions and claims; escalation, tested at the end
 * of the period (escalation.h); clauses; coverage and
 * restrictions; denials of access; states of verification; corrections; the gravest incidents with their reasons;
 * sources; method.
 */
#ifndef VG_CEASEFIRE_DAILY_H
#define VG_CEASEFIRE_DAILY_H

#include "ceasefire/compliance.h"
#include "text/message.h"

typedef enum {
    VG_DAILY_TEXT, /* for a terminal */
    VG_DAILY_PAGE, /* one self-contained HTML page */
    VG_DAILY_JSON, /* words and ids of the program, the same in every language */
    VG_DAILY_CSV   /* the counts by zone, party and weapon only */
} vg_daily_form;

typedef struct {
    int32_t from_day, to_day; /* reporting days, inclusive; the period before has the same length */
    vg_lang lang; /* English and French; English in place of any other, and the page says so in its lang */
    vg_daily_form form;
    int64_t at;           /* made as of, UTC; 0 = the end of the period */
    int64_t seq;          /* entry of the log it rests on; 0 = not told (a replay) */
    vg_str head;          /* hash of that entry; may be empty */
    int32_t top;          /* gravest incidents told with their reasons; 0 = 10 */
    double least_watched; /* as in vg_compliance_ask */
} vg_daily;

/**
 * Writes the report. The watch must be settled. Corrections are listed, not told: the desk tells them when it has
 * published. Fails: VG_EARG (days), VG_ENOMEM, and as the watch does.
 */
bool vg_daily_write(const vg_daily *ask, vg_watch *w, vg_figures *f, vg_out *out, vg_err *e);

/**
 * Incidents of the period, of the one before and of the past that escalation is tested against at its end
 * (vg_escalation_past_s) that the figures count and the watch no longer has (a desk puts old ones
 * away): their counts hold, their reasons are missing, and the report says so. vg_bundle_report (bundle.h) has them all.
 */
bool vg_daily_missing(const vg_daily *ask, vg_watch *w, const vg_figures *f, int64_t *n, vg_err *e);

/** The days of an agreement's time in force (from its first day to its last); false when it is open at an end. */
bool vg_daily_whole(const vg_agreement *a, int32_t *from_day, int32_t *to_day);

#endif
