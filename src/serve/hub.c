/* What happened, once in memory for all readers. Invariant: pieces are numbered without a gap and the newest RING of them
 * are kept; a reader that has fallen behind them is ended, comes back with the last number it saw, and gets the rest
 * from the store. */
#include <stdlib.h>
#include <string.h>

#include "serve/serve_int.h"

enum { RING = 1024 };

typedef struct {
    char *text;
    int64_t n;
} piece;

struct vg_hub {
    pthread_mutex_t lock; /* guards all of it and all readers */
    piece ring[RING];
    int64_t head, seq, n_readers;
    bool closed;
    vg_hub__reader *first;
};

struct vg_hub__reader {
    vg_hub *hub;
    vg_hub__reader *next, *before;
    int64_t at, done; /* the piece in work, and how much of it was read */
    char *begin;      /* read before the pieces */
    int64_t begin_n, begin_done;
    bool asleep;
    void (*wake)(void *ctx);
    void *ctx;
};

bool vg_hub__new(vg_hub **out, vg_err *e)
{
    vg_hub *h = calloc(1, sizeof *h);
    if (!h)
        return vg_fail_memory(e, (int64_t)sizeof *h);
    pthread_mutex_init(&h->lock, NULL);
    *out = h;
    return true;
}

void vg_hub__free(vg_hub *h)
{
    if (!h)
        return;
    for (int i = 0; i < RING; i++)
        free(h->ring[i].text);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static void wake_all(vg_hub *h)
{
    for (vg_hub__reader *r = h->first; r; r = r->next) {
        if (!r->asleep)
            continue;
        r->asleep = false;
        r->wake(r->ctx);
    }
}

void vg_hub__post(vg_hub *h, int64_t seq, vg_str text)
{
    char *copy = malloc((size_t)text.n + 1);
    if (!copy)
        return; /* readers get it from the store when they come back */
    memcpy(copy, text.s, (size_t)text.n);
    pthread_mutex_lock(&h->lock);
    piece *p = &h->ring[h->head % RING];
    free(p->text);
    *p = (piece){ copy, text.n };
    h->head++;
    h->seq = seq > h->seq ? seq : h->seq;
    wake_all(h);
    pthread_mutex_unlock(&h->lock);
}

void vg_hub__place(vg_hub *h, int64_t *place, int64_t *seq)
{
    pthread_mutex_lock(&h->lock);
    *place = h->head;
    *seq = h->seq;
    pthread_mutex_unlock(&h->lock);
}

void vg_hub__close(vg_hub *h)
{
    pthread_mutex_lock(&h->lock);
    h->closed = true;
    wake_all(h);
    pthread_mutex_unlock(&h->lock);
}

int64_t vg_hub__readers(vg_hub *h)
{
    pthread_mutex_lock(&h->lock);
    int64_t n = h->n_readers;
    pthread_mutex_unlock(&h->lock);
    return n;
}

bool vg_hub__join(vg_hub *h, int64_t place, char *first, int64_t first_n, void (*wake)(void *ctx), void *ctx,
                  vg_hub__reader **out)
{
    vg_hub__reader *r = calloc(1, sizeof *r);
    if (!r)
        return false;
    *r = (vg_hub__reader){
        .hub = h, .at = place, .begin = first, .begin_n = first_n, .wake = wake, .ctx = ctx
    };
    pthread_mutex_lock(&h->lock);
    r->next = h->first;
    if (h->first)
        h->first->before = r;
    h->first = r;
    h->n_readers++;
    pthread_mutex_unlock(&h->lock);
    *out = r;
    return true;
}

static int64_t copy_part(char *buf, int64_t cap, const char *text, int64_t n, int64_t *done)
{
    int64_t part = n - *done < cap ? n - *done : cap;
    memcpy(buf, text + *done, (size_t)part);
    *done += part;
    return part;
}

static int64_t read_pieces(vg_hub__reader *r, char *buf, int64_t cap, void (*sleep)(void *ctx))
{
    vg_hub *h = r->hub;
    int64_t n = 0;
    if (h->closed || r->at < h->head - RING)
        return -1;
    while (n < cap && r->at < h->head) {
        const piece *p = &h->ring[r->at % RING];
        n += copy_part(buf + n, cap - n, p->text, p->n, &r->done);
        if (r->done == p->n) {
            r->at++;
            r->done = 0;
        }
    }
    if (n == 0) {
        r->asleep = true;
        sleep(r->ctx);
    }
    return n;
}

int64_t vg_hub__read(vg_hub__reader *r, char *buf, int64_t cap, void (*sleep)(void *ctx))
{
    pthread_mutex_lock(&r->hub->lock);
    int64_t n;
    if (r->begin_done < r->begin_n)
        n = copy_part(buf, cap, r->begin, r->begin_n, &r->begin_done);
    else
        n = read_pieces(r, buf, cap, sleep);
    pthread_mutex_unlock(&r->hub->lock);
    return n;
}

void vg_hub__leave(vg_hub__reader *r)
{
    vg_hub *h = r->hub;
    pthread_mutex_lock(&h->lock);
    if (r->before)
        r->before->next = r->next;
    else
        h->first = r->next;
    if (r->next)
        r->next->before = r->before;
    h->n_readers--;
    pthread_mutex_unlock(&h->lock);
    free(r->begin);
    free(r);
}
