/**
 * Parts of a message of the Common Alerting Protocol 1.2 (OASIS, 2010), as the doors that give alerts write them. The
 * schema wants the elements in its own order: alert (identifier sender sent status msgType source scope restriction
 * addresses code note references incidents info), info (language category event responseType urgency severity certainty
 * audience eventCode effective onset expires senderName headline description instruction web contact parameter resource
 * area), area (areaDesc polygon circle geocode).
 *
 *     vg_cap_begin(c);
 *     vg_cap_head(c, &(vg_cap){ .identifier = id, .sent_at = at }, NULL);
 *     vg_put(o, VG_S("<info>\n")); ... vg_cap_element(o, "event", text) ...
 *     vg_cap_end(c);
 */
#ifndef VG_DOOR_CAP_H
#define VG_DOOR_CAP_H

#include "serve/route.h"

/** A message, or the one before it: neither text may hold a blank, a comma, < or &. */
typedef struct {
    vg_str identifier;
    int64_t sent_at;
} vg_cap;

/** Content type, XML declaration and <alert>; and its end. */
void vg_cap_begin(vg_call *c);
void vg_cap_end(vg_call *c);

/** From identifier to references; with `before` it is an update of that one. */
void vg_cap_head(vg_call *c, const vg_cap *x, const vg_cap *before);

/** One element with its text escaped, and with U+FFFD for what XML cannot hold; nothing where the text is blank. */
void vg_cap_element(vg_out *o, const char *name, vg_str text);

/** <parameter> or <geocode> with a name and a value. */
void vg_cap_pair(vg_out *o, const char *element, const char *name, vg_str value);
/** The same with a number; nothing where it is not known. */
void vg_cap_number(vg_out *o, const char *name, double x);

/** An instant as CAP writes it, with the offset from UTC: "Z" is not allowed. In the call's arena. */
vg_str vg_cap_instant(vg_call *c, int64_t at);

/** By a probability: Likely above one half, Possible, Unlikely near zero; Unknown where it is not known. */
const char *vg_cap_certainty(double probability);

#endif
