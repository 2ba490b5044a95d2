/**
 * A lock for the few moments in which threads exchange a pointer or a count. What takes longer than that is made before
 * and exchanged afterwards.
 *
 *     vg_lock_take(l);  snapshot = s->now;  snapshot->n_users++;  vg_lock_give(l);
 */
#ifndef VG_CORE_LOCK_H
#define VG_CORE_LOCK_H

#include "core/err.h"

typedef struct vg_lock vg_lock;

bool vg_lock_open(vg_lock **out, vg_err *e);
void vg_lock_close(vg_lock *l); /* safe on NULL */
void vg_lock_take(vg_lock *l);
void vg_lock_give(vg_lock *l);

#endif
