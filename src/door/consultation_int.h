/**
 * What the files of the consultation's door share: the hall with its rooms, one for each live conversation that anybody
 * asked for since the server began.
 */
#ifndef VG_DOOR_CONSULTATION_INT_H
#define VG_DOOR_CONSULTATION_INT_H

#include "consultation/live.h"
#include "serve/route.h"

typedef struct vg_hall vg_hall;
typedef struct vg_room vg_room;

/** A conversation as a call sees it: the record does not change while it is held. */
typedef struct {
    vg_room *room;
    struct vg_room_record *held;
    const vg_live_record *record;
} vg_seat;

/** The conversation named in the path. Fails: VG_ENOTFOUND. Give it back with vg_hall__leave. */
bool vg_hall__enter(vg_call *c, vg_seat *out, vg_err *e);
void vg_hall__leave(vg_call *c, vg_seat *seat);

/** Adds entries and waits for the commit; what they change in the record is seen by the next vg_hall__enter. */
bool vg_hall__write(vg_call *c, const vg_seat *seat, vg_live_entry *entry, int32_t n, vg_err *e);

/** Somebody comes with a code: false where too many came within the last minute. */
bool vg_hall__may_come(vg_call *c, const vg_seat *seat, const vg_live_code *code);

/** How often a code was refused for that, and how many came in its busiest minute, since the server began. */
void vg_hall__pressure(vg_call *c, const vg_seat *seat, int64_t code, int64_t *refused, int64_t *busiest);

/**
 * Votes of a person that were committed: for exposure, and for when the next picture may be made. `person` 0: somebody
 * whose votes no picture counts.
 */
void vg_hall__counted(vg_call *c, const vg_seat *seat, int64_t person, const int64_t *statement, int32_t n);

/** Votes that each statement has by now, copied; `n` statements. */
void vg_hall__counts(vg_call *c, const vg_seat *seat, int32_t *count, int32_t n);

/** The newest view and its number, held until given back; NULL (number 0) before the first. Asking for it keeps it made. */
typedef struct vg_held_view vg_held_view;
vg_held_view *vg_hall__view(vg_call *c, const vg_seat *seat, int64_t *number);
const vg_live_view *vg_hall__view_of(const vg_held_view *v);
void vg_hall__give_view(vg_call *c, vg_held_view *v);

/** Start and end of the hall: members of the door. */
bool vg_hall__open(vg_serve *s, void **state, vg_err *e);
bool vg_hall__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e);
void vg_hall__close(void *state);

/* consultation_part.c: taking part */
bool vg_part__about(vg_call *c, vg_err *e);
bool vg_part__join(vg_call *c, vg_err *e);
bool vg_part__next(vg_call *c, vg_err *e);
bool vg_part__votes(vg_call *c, vg_err *e);
bool vg_part__state(vg_call *c, vg_err *e);
bool vg_part__tell(vg_call *c, vg_err *e);
bool vg_part__leave(vg_call *c, vg_err *e);

/* consultation_desk.c: moderating and observing */
bool vg_desk__show(vg_call *c, vg_err *e);
bool vg_desk__act(vg_call *c, vg_err *e);
bool vg_desk__observe(vg_call *c, vg_err *e);
bool vg_desk__stream(vg_call *c, vg_err *e);

#endif
