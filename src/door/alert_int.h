/** What the files of alerts share: an alert with the run that gave it and the one before it. */
#ifndef VG_DOOR_ALERT_INT_H
#define VG_DOOR_ALERT_INT_H

#include "door/door.h"
#include "store/browse.h"
#include "text/message.h"

typedef struct vg_door__alert {
    int64_t id, run, at; /* at: when the run was, UTC seconds */
    vg_unit_kind unit_kind;
    int32_t unit, month;
    vg_str rule; /* its subject: "alert-rule:sb,country,forest,threshold,25,0.5,0" */
    vg_str iso3, name;
    double probability, expected, usual, hit_rate, false_alarm_rate;
    const struct vg_door__alert
        *before; /* the newest one of an earlier run, of the same rule and unit; NULL = none */
} vg_door__alert;

/** Parts of a rule's subject. */
typedef struct {
    vg_str target, unit, model, kind;
    double deaths, probability, factor;
} vg_door__rule;

/** All alerts that the store keeps, newest run first. Lives in the call's arena. */
bool vg_door__alerts(vg_call *c, vg_door__alert **out, int64_t *n, vg_err *e);

/** False when it is none. */
bool vg_door__rule_read(vg_str subject, vg_door__rule *out);

/** Why it was given, in a sentence; and its title. In the call's arena. */
vg_str vg_door__alert_reason(vg_call *c, vg_lang lang, const vg_door__alert *a);
vg_str vg_door__alert_title(vg_call *c, vg_lang lang, const vg_door__alert *a);

/** The language asked for: the parameter "lang", else English. */
vg_lang vg_door__lang(const vg_call *c);

/** Whether the call's unit, iso3 and rule let it through. */
bool vg_door__alert_wanted(const vg_call *c, const vg_door__alert *a);

/* alert_feed.c */
bool vg_door__atom(vg_call *c, vg_err *e);
bool vg_door__cap(vg_call *c, vg_err *e);

#endif
