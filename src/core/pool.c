/* Threads that take numbered tasks from one counter. Invariant: after the join every task below the first failed one
 * has run, so the failure reported does not depend on how the threads were scheduled. */
#include "core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/num.h"

typedef struct {
    vg_task *task;
    void *ctx;
    int64_t n_tasks;
    _Atomic int64_t next;
    _Atomic int64_t failed_at; /* lowest number that failed; n_tasks = none */
    pthread_mutex_t lock;      /* guards *e */
    vg_err *e;
} job;

typedef struct {
    job *j;
    int worker;
} seat;

static void record_failure(job *j, int64_t number, const vg_err *mine)
{
    pthread_mutex_lock(&j->lock);
    if (number < atomic_load(&j->failed_at)) {
        atomic_store(&j->failed_at, number);
        if (j->e)
            *j->e = *mine;
    }
    pthread_mutex_unlock(&j->lock);
}

static void *work(void *arg)
{
    seat *s = arg;
    job *j = s->j;
    for (;;) {
        int64_t number = atomic_fetch_add(&j->next, 1);
        if (number >= atomic_load(&j->failed_at))
            return NULL;
        vg_err mine = VG_NO_ERR;
        if (!j->task(j->ctx, number, s->worker, &mine))
            record_failure(j, number, &mine);
    }
}

int vg_cores(void)
{
    int64_t asked;
    if (vg_int(vg_str_z(getenv("VIGIE_THREADS")), &asked) && asked >= 1)
        return asked > VG_MAX_THREADS ? VG_MAX_THREADS : (int)asked;
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > VG_MAX_THREADS ? VG_MAX_THREADS : n;
}

bool vg_parallel(int n_threads, int64_t n_tasks, vg_task *task, void *ctx, vg_err *e)
{
    if (vg_failed(e))
        return false;
    job j = { .task = task, .ctx = ctx, .n_tasks = n_tasks, .e = e };
    atomic_store(&j.failed_at, n_tasks);
    pthread_mutex_init(&j.lock, NULL);
    pthread_t thread[VG_MAX_THREADS];
    seat seats[VG_MAX_THREADS];
    int wanted = n_threads > VG_MAX_THREADS ? VG_MAX_THREADS : n_threads, started = 1;
    if (wanted > n_tasks)
        wanted = (int)n_tasks;
    while (started < wanted) { /* the caller is worker 0 */
        seats[started] = (seat){ &j, started };
        if (pthread_create(&thread[started], NULL, work, &seats[started]) != 0)
            break;
        started++;
    }
    seats[0] = (seat){ &j, 0 };
    work(&seats[0]);
    for (int i = 1; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&j.lock);
    return atomic_load(&j.failed_at) == n_tasks;
}

bool vg_progress_step(const vg_progress *p, const char *what, int64_t done, int64_t total, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (!p || !p->step || p->step(p->ctx, what, done, total))
        return true;
    vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped by the user during: %s", what);
    return vg_mend(e, "nothing was half done; run it again when you are ready");
}
