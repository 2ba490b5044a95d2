/* One mutex behind a handle, so that pthread.h is not seen above the kernels. */
#include "core/lock.h"

#include <pthread.h>
#include <stdlib.h>

struct vg_lock {
    pthread_mutex_t mutex;
};

bool vg_lock_open(vg_lock **out, vg_err *e)
{
    vg_lock *l = malloc(sizeof *l);
    if (!l || pthread_mutex_init(&l->mutex, NULL) != 0) {
        free(l);
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a lock");
    }
    *out = l;
    return true;
}

void vg_lock_close(vg_lock *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

void vg_lock_take(vg_lock *l)
{
    pthread_mutex_lock(&l->mutex);
}

void vg_lock_give(vg_lock *l)
{
    pthread_mutex_unlock(&l->mutex);
}
