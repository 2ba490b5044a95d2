/**
 * The doors of the capabilities: what each adds to the server's routes. One line a capability here and in doors.c; with
 * them and its files in this folder a capability's routes go as they came.
 *
 *     int n;
 *     vg_serve_opts o = { .store = path, .door = vg_doors(&n) };
 *     o.n_doors = n;
 */
#ifndef VG_DOOR_DOOR_H
#define VG_DOOR_DOOR_H

#include "serve/route.h"

extern const vg_door vg_reference_door; /* countries, regions, flows, versions of an event */

extern const vg_door vg_consultation_door; /* live consultations: taking part, moderating, observing */

extern const vg_door vg_screening_door; /* screening: our own routes, yente's, reconciliation */

extern const vg_door vg_alert_door; /* alerts: history, feed, CAP */

extern const vg_door vg_ceasefire_door; /* ceasefires watched: reports in, incidents, figures, alerts out */

/** All doors, `*n` of them. */
const vg_door *const *vg_doors(int *n);

#endif
