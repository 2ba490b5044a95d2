/**
 * Work on several threads with results that do not depend on how many there are.
 *
 *     static bool one_tree(void *model, int64_t tree, int worker, vg_err *e);
 *     vg_parallel(vg_cores(), n_trees, one_tree, model, e);
 *
 * Tasks are numbered; each writes only where its number says, and draws random numbers only from streams named by
 * its number. `worker` (0..n_threads-1) picks a scratch arena. When tasks fail, the failure of the lowest number
 * is the one reported.
 */
#ifndef VG_CORE_POOL_H
#define VG_CORE_POOL_H

#include "core/err.h"

typedef bool vg_task(void *ctx, int64_t task, int worker, vg_err *e);

/** Processors this process may use (at least 1, at most VG_MAX_THREADS); VIGIE_THREADS overrides. */
int vg_cores(void);

#define VG_MAX_THREADS 64

/**
 * Runs tasks 0..n_tasks-1, each once, and returns when all are done. With n_threads <= 1, or when threads cannot be
 * had, runs them in the caller's thread. After a failure the tasks not yet begun are left out. Tasks are handed
 * out in order, so a task may count on lower numbers having been started but not on their being done.
 */
bool vg_parallel(int n_threads, int64_t n_tasks, vg_task *task, void *ctx, vg_err *e);

/**
 * How a long job tells where it is and learns that it should stop. `step` may be NULL (then nothing is told) and
 * may be called from any thread, but by one thread at a time.
 */
typedef struct {
    bool (*step)(void *ctx, const char *what, int64_t done, int64_t total); /* false = stop now */
    void *ctx;
} vg_progress;

/** Calls `p->step` when there is one. Fails: VG_ESTOPPED when it answered false. `total` 0 = not known. */
bool vg_progress_step(const vg_progress *p, const char *what, int64_t done, int64_t total, vg_err *e);

#endif
