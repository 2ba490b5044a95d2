/* Two queues of jobs and the threads that take them. Invariant: a job that was given is worked on exactly once, also
 * when the server stops. */
#include <stdlib.h>

#include "serve/serve_int.h"

typedef struct {
    vg_job *first, *last;
    int64_t waiting, most;
    pthread_cond_t filled;
} line;

typedef struct {
    vg_workers *all;
    int number;
    bool slow, begun;
    pthread_t thread;
} hand;

struct vg_workers {
    vg_workers__opts o;
    pthread_mutex_t lock; /* guards what follows */
    line quick, slow;
    int64_t working;
    bool closing;
    int n_hands;
    hand *hand;
};

static vg_job *take(vg_workers *w, line *l)
{
    vg_job *job = l->first;
    if (!job)
        return NULL;
    l->first = job->next;
    if (!l->first)
        l->last = NULL;
    l->waiting--;
    w->working++;
    return job;
}

static void *run(void *arg)
{
    hand *me = arg;
    vg_workers *w = me->all;
    line *l = me->slow ? &w->slow : &w->quick;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        vg_job *job = take(w, l);
        if (job) {
            pthread_mutex_unlock(&w->lock);
            w->o.work(w->o.ctx, me->number, job);
            pthread_mutex_lock(&w->lock);
            w->working--;
        } else if (w->closing) {
            break;
        } else {
            pthread_cond_wait(&l->filled, &w->lock);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

bool vg_workers__start(const vg_workers__opts *o, vg_workers **out, vg_err *e)
{
    vg_workers *w = calloc(1, sizeof *w);
    int n = o->n_quick + o->n_slow;
    hand *hands = calloc((size_t)n, sizeof *hands);
    if (!w || !hands) {
        free(w);
        free(hands);
        return vg_fail_memory(e, 0);
    }
    *w = (vg_workers){ .o = *o, .hand = hands, .quick.most = o->most_quick, .slow.most = o->most_slow };
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->quick.filled, NULL);
    pthread_cond_init(&w->slow.filled, NULL);
    for (int i = 0; i < n; i++) {
        hands[i] = (hand){ .all = w, .number = i, .slow = i >= o->n_quick };
        hands[i].begun = pthread_create(&hands[i].thread, NULL, run, &hands[i]) == 0;
        w->n_hands = i + 1;
        if (!hands[i].begun) {
            vg_workers__stop(w);
            vg_workers__free(w);
            return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
        }
    }
    *out = w;
    return true;
}

bool vg_workers__give(vg_workers *w, bool slow, vg_job *job)
{
    pthread_mutex_lock(&w->lock);
    line *l = slow ? &w->slow : &w->quick;
    bool room = l->waiting < l->most && !w->closing;
    if (room) {
        job->next = NULL;
        if (l->last)
            l->last->next = job;
        else
            l->first = job;
        l->last = job;
        l->waiting++;
        pthread_cond_signal(&l->filled);
    }
    pthread_mutex_unlock(&w->lock);
    return room;
}

int64_t vg_workers__busy(vg_workers *w)
{
    pthread_mutex_lock(&w->lock);
    int64_t n = w->quick.waiting + w->slow.waiting + w->working;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void vg_workers__stop(vg_workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->quick.filled);
    pthread_cond_broadcast(&w->slow.filled);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n_hands; i++)
        if (w->hand[i].begun)
            pthread_join(w->hand[i].thread, NULL);
}

void vg_workers__free(vg_workers *w)
{
    if (!w)
        return;
    pthread_cond_destroy(&w->slow.filled);
    pthread_cond_destroy(&w->quick.filled);
    pthread_mutex_destroy(&w->lock);
    free(w->hand);
    free(w);
}
