/* Batches of copied records between the thread that reads a file and the one that writes the store. Invariant: the
 * ring holds the batches produced but not consumed; the producer alone touches ring[produced % N], the writer alone
 * ring[consumed % N], and both numbers move under the lock. After a failure the writer goes on taking batches
 * without writing them, so that the producer never waits in vain. */
#include "store/store_int.h"

static const int64_t BATCH_FULL = 1 << 20;   /* bytes after which a batch is handed over */
static const int64_t BATCH_LIMIT = 64 << 20; /* address space; one record may be as large */
static const int64_t BATCH_KEEP = 8 << 20;   /* pages a batch may keep between uses */

static vg_batch *current(vg_queue *q)
{
    return &q->ring[q->produced % VG_QUEUE_BATCHES];
}

static void empty(vg_batch *b)
{
    if (vg_arena_used(&b->arena) > BATCH_KEEP)
        vg_arena_reset(&b->arena);
    b->arena.next = b->arena.base; /* cheaper than giving the pages back each time */
    b->first = b->last = NULL;
}

static void write_batch(vg_queue *q, vg_batch *b, bool skip)
{
    vg_err mine = VG_NO_ERR;
    if (!skip && b->first && !q->write(q->ctx, b->first, &mine)) {
        pthread_mutex_lock(&q->lock);
        if (!vg_failed(&q->failure))
            q->failure = mine;
        pthread_mutex_unlock(&q->lock);
    }
}

static void *work(void *arg)
{
    vg_queue *q = arg;
    for (;;) {
        pthread_mutex_lock(&q->lock);
        while (q->consumed == q->produced && !q->closing)
            pthread_cond_wait(&q->changed, &q->lock);
        bool done = q->consumed == q->produced, skip = q->dropped || vg_failed(&q->failure);
        vg_batch *b = &q->ring[q->consumed % VG_QUEUE_BATCHES];
        pthread_mutex_unlock(&q->lock);
        if (done)
            return NULL;
        write_batch(q, b, skip);
        pthread_mutex_lock(&q->lock);
        q->consumed++;
        pthread_cond_broadcast(&q->changed);
        pthread_mutex_unlock(&q->lock);
    }
}

static bool check(vg_queue *q, vg_err *e)
{
    if (vg_failed(&q->failure) && e && !vg_failed(e))
        *e = q->failure;
    return !vg_failed(&q->failure);
}

/* Hands the current batch over and waits until at most `waiting` batches are in the ring. */
static bool hand_over(vg_queue *q, int64_t waiting, vg_err *e)
{
    pthread_mutex_lock(&q->lock);
    q->produced++;
    if (q->threaded) {
        pthread_cond_broadcast(&q->changed);
        while (q->produced - q->consumed > waiting)
            pthread_cond_wait(&q->changed, &q->lock);
    }
    bool ok = check(q, e);
    pthread_mutex_unlock(&q->lock);
    if (!q->threaded) {
        write_batch(q, &q->ring[q->consumed++ % VG_QUEUE_BATCHES], !ok);
        ok = check(q, e);
    }
    empty(current(q));
    return ok;
}

bool vg_queue__begin(vg_queue *q, vg_batch_write *write, void *ctx, vg_err *e)
{
    *q = (vg_queue){ .write = write, .ctx = ctx };
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->changed, NULL);
    bool ok = true;
    for (int i = 0; i < VG_QUEUE_BATCHES && ok; i++)
        ok = vg_arena_init(&q->ring[i].arena, BATCH_LIMIT, e);
    if (!ok) {
        vg_queue__end(q, true, NULL);
        return false;
    }
    q->threaded = pthread_create(&q->thread, NULL, work, q) == 0;
    return true;
}

void *vg_queue__take(vg_queue *q, vg_node_kind kind, int64_t size, int64_t text_bytes, char **text, vg_err *e)
{
    if (vg_arena_used(&current(q)->arena) >= BATCH_FULL && !hand_over(q, VG_QUEUE_BATCHES - 1, e))
        return NULL;
    int64_t align = (int64_t) _Alignof(max_align_t);
    char *p = vg_alloc(&current(q)->arena, size + text_bytes, 1, align);
    if (!p && hand_over(q, VG_QUEUE_BATCHES - 1, e))
        p = vg_alloc(&current(q)->arena, size + text_bytes, 1, align);
    if (!p) {
        vg_fail_memory(e, BATCH_LIMIT);
        return NULL;
    }
    vg_batch *b = current(q);
    vg_node *node = (vg_node *)(void *)p;
    node->kind = kind;
    if (b->last)
        b->last->next = node;
    else
        b->first = node;
    b->last = node;
    *text = p + size;
    return node;
}

bool vg_queue__settle(vg_queue *q, vg_err *e)
{
    return hand_over(q, 0, e);
}

bool vg_queue__end(vg_queue *q, bool drop, vg_err *e)
{
    pthread_mutex_lock(&q->lock);
    q->dropped = drop;
    pthread_mutex_unlock(&q->lock);
    bool ok = drop || vg_queue__settle(q, e);
    if (q->threaded) {
        pthread_mutex_lock(&q->lock);
        q->closing = true;
        pthread_cond_broadcast(&q->changed);
        pthread_mutex_unlock(&q->lock);
        pthread_join(q->thread, NULL);
    }
    for (int i = 0; i < VG_QUEUE_BATCHES; i++)
        vg_arena_free(&q->ring[i].arena);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    return ok;
}
