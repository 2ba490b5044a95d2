/*
 * A decoder some blocks ahead of its reader. Invariant, under the lock: taken <= filled <= taken + BLOCKS;
 * block k lies in slot k mod BLOCKS, belongs to the thread until it is counted in `filled` and to the reader
 * until it is counted in `taken`. The failure comes behind the last block, so the reader first gets all that
 * was whole.
 */
#include <stdlib.h>
#include <string.h>

#include "core/input_int.h"

enum { BLOCKS = 4, BLOCK = 1 << 20 };

struct vg_ahead {
    vg_decode *decode;
    void *decoder;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char *data[BLOCKS];
    int64_t n[BLOCKS];
    int64_t filled, taken;
    bool ended, stop;
    vg_err err;
    int64_t at; /* the reader's place in the block it is taking */
};

/* Waits for a free slot; false when the reader is gone. */
static bool wait_for_slot(vg_ahead *h)
{
    pthread_mutex_lock(&h->lock);
    while (!h->stop && h->filled - h->taken == BLOCKS)
        pthread_cond_wait(&h->changed, &h->lock);
    bool go_on = !h->stop;
    pthread_mutex_unlock(&h->lock);
    return go_on;
}

static void *run(void *arg)
{
    vg_ahead *h = arg;
    bool ended = false;
    while (!ended && wait_for_slot(h)) {
        vg_err e = VG_NO_ERR;
        int64_t slot = h->filled % BLOCKS; /* only this thread writes `filled` */
        int64_t n = h->decode(h->decoder, h->data[slot], BLOCK, &e);
        ended = n <= 0 || vg_failed(&e);
        pthread_mutex_lock(&h->lock);
        h->n[slot] = n;
        h->filled += n > 0;
        h->err = e;
        h->ended = ended;
        pthread_cond_signal(&h->changed);
        pthread_mutex_unlock(&h->lock);
    }
    return NULL;
}

static void release(vg_ahead *h)
{
    for (int i = 0; i < BLOCKS; i++)
        free(h->data[i]);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->changed);
    free(h);
}

bool vg_ahead__start(vg_decode *decode, void *decoder, vg_ahead **out)
{
    vg_ahead *h = calloc(1, sizeof *h);
    if (!h)
        return false;
    h->decode = decode;
    h->decoder = decoder;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    bool have = true;
    for (int i = 0; i < BLOCKS; i++)
        have = (h->data[i] = malloc(BLOCK)) && have;
    if (!have || pthread_create(&h->thread, NULL, run, h) != 0) {
        release(h);
        return false;
    }
    *out = h;
    return true;
}

/* Bytes in the block at the front, waiting for them; 0 at the end. */
static int64_t wait_for_block(vg_ahead *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->filled == h->taken && !h->ended)
        pthread_cond_wait(&h->changed, &h->lock);
    int64_t n = h->filled == h->taken ? 0 : h->n[h->taken % BLOCKS];
    pthread_mutex_unlock(&h->lock);
    return n;
}

static void give_back(vg_ahead *h)
{
    pthread_mutex_lock(&h->lock);
    h->taken++;
    h->at = 0;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

int64_t vg_ahead__read(vg_ahead *h, char *buf, int64_t cap, vg_err *e)
{
    int64_t n = wait_for_block(h);
    if (n == 0) {
        if (vg_failed(&h->err) && e)
            *e = h->err;
        return vg_failed(&h->err) ? -1 : 0;
    }
    int64_t part = n - h->at < cap ? n - h->at : cap;
    memcpy(buf, h->data[h->taken % BLOCKS] + h->at, (size_t)part);
    h->at += part;
    if (h->at == n)
        give_back(h);
    return part;
}

void vg_ahead__stop(vg_ahead *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    release(h);
}
