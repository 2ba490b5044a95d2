/**
 * Is it getting worse? Tests of a watch at an instant, each with the data it rests on and the false-alarm rate at which
 * it was set; and the agreement's own thresholds.
 *
 *     vg_escalation *x;
 *     int32_t n;
 *     if (!vg_escalation_test(w, now, &arena, &x, &n, e)) return false;
 *     for (i ...) vg_escalation_json(&j, vg_watch_agreement(w), &x[i]);
 *
 * The result is a function of the settled watch and the instant alone, so that an alert can be recomputed. An alert is
 * no proof of intent: a test says that a rate is unusual for its own past, as far as the coverage goes.
 */
#ifndef VG_CEASEFIRE_ESCALATION_H
#define VG_CEASEFIRE_ESCALATION_H

#include "ceasefire/ceasefire.h"

typedef enum {
    VG_RULE_RATE, /* more incidents than the scope's own past explains (stat/rate.h), for the hours watched */
    VG_RULE_SEVERITY,    /* a breach of a severity that the scope has not seen in its past */
    VG_RULE_WEAPON,      /* a weapon class that the zone has not seen in its past */
    VG_RULE_ZONE,        /* a first breach in a zone that was quiet */
    VG_RULE_RETALIATION, /* more answers of one party to another within hours than chance explains */
    VG_RULE_OBSTRUCTION, /* monitors are kept away, in several places or again and again within a day */
    VG_RULE_THRESHOLD,   /* the agreement's own */
    VG_N_RULES
} vg_rule;
const char *vg_rule_name(int rule); /* "rate", "severity" ... */

enum { VG_ESCALATION_INCIDENTS = 8 };

typedef struct {
    vg_rule rule;
    vg_scope scope;
    int32_t of,
        of_second; /* zone, party or clause of the scope; VG_AGREEMENT_NOBODY = all. A pair has two parties */
    int32_t threshold; /* index in the agreement; VG_AGREEMENT_NOBODY */
    int64_t from, to;  /* what was tested: to exclusive */
    int64_t past_from; /* the past it is held against: past_from .. from */
    double
        observed; /* incidents (of RATE, RETALIATION, OBSTRUCTION), severity, or what the threshold counts */
    double expected; /* from the past, for the hours watched; NaN where the rule has none */
    double p;        /* chance of at least this much if nothing had changed; NaN where the rule has none */
    double
        false_alarms_year; /* expected false alarms per scope and year at which the rule is set; NaN = not a test.
                              Measured with hourly looks: RATE as stat/rate.h tells; RETALIATION at most .8 in six
                              made-up worlds of 1 to 8 acts a day on each side that answer nothing: single acts and
                              bursts of four, even days and shared wild days, and fire in the evenings only */
    double
        watched; /* share of the window that somebody watched, with what is yet to be told as on the days before; NaN =
                       coverage not known */
    int8_t weapon;                              /* of WEAPON */
    uint64_t incident[VG_ESCALATION_INCIDENTS]; /* the gravest behind it */
    int32_t n_incidents;
} vg_escalation;

/**
 * How many seconds before its instant a test looks back: 42 days and an hour, or the longest window of a threshold, twice
 * where it is held against the window before. A watch that puts incidents away earlier makes the test see half a past.
 */
int64_t vg_escalation_past_s(const vg_agreement *a);

/**
 * All rules at the instant `at` (the end of the windows), gravest first: by rule's p, thresholds in front. Looks at
 * vg_escalation_past_s before. Fails: VG_ENOMEM, and as vg_watch_each.
 */
bool vg_escalation_test(vg_watch *w, int64_t at, vg_arena *a, vg_escalation **out, int32_t *n, vg_err *e);

/** The same alert of two tests: rule, scope, what it is of; for telling it once. */
bool vg_escalation_same(const vg_escalation *a, const vg_escalation *b);

/** As a JSON object; names by id, instants RFC 3339, unknown null. */
void vg_escalation_json(vg_json *j, const vg_agreement *a, const vg_escalation *x);

#endif
