/* How many requests an address may make, and how many connections fit. Invariant: memory is fixed; when more addresses come than there are places, the
 * one that was quiet longest loses its place, and with it nothing but its debt. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "serve/serve_int.h"

enum { SETS = 4096, WAYS = 4, BURST_S = 4 };

typedef struct {
    unsigned char address[16];
    double left, seen_s;
    bool used;
} bucket;

struct vg_rates {
    double rate;
    pthread_mutex_t lock;
    bucket bucket[SETS][WAYS];
};

bool vg_rates__new(double rate, vg_rates **out, vg_err *e)
{
    vg_rates *r = calloc(1, sizeof *r);
    if (!r)
        return vg_fail_memory(e, (int64_t)sizeof *r);
    r->rate = rate;
    pthread_mutex_init(&r->lock, NULL);
    *out = r;
    return true;
}

void vg_rates__free(vg_rates *r)
{
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* The address's place, or the one it takes over. */
static bucket *place_of(vg_rates *r, const unsigned char address[16], double now_s)
{
    bucket *set = r->bucket[vg_hash((vg_str){ (const char *)address, 16 }) % SETS], *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].used && memcmp(set[i].address, address, 16) == 0)
            return &set[i];
        if (!set[i].used || (oldest->used && set[i].seen_s < oldest->seen_s))
            oldest = &set[i];
    }
    *oldest = (bucket){ .left = r->rate * BURST_S, .seen_s = now_s, .used = true };
    memcpy(oldest->address, address, 16);
    return oldest;
}

bool vg_rates__allow(vg_rates *r, const unsigned char address[16], double now_s)
{
    if (!(r->rate > 0))
        return true;
    pthread_mutex_lock(&r->lock);
    bucket *b = place_of(r, address, now_s);
    double most = r->rate * BURST_S < 1 ? 1 : r->rate * BURST_S;
    b->left += (now_s - b->seen_s) * r->rate;
    b->left = b->left > most ? most : b->left;
    b->seen_s = now_s;
    bool allowed = b->left >= 1;
    b->left -= allowed;
    pthread_mutex_unlock(&r->lock);
    return allowed;
}

int vg_limit__connections(int wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    rlim_t spare = 128;
    if (files.rlim_cur != RLIM_INFINITY && files.rlim_cur < (rlim_t)wanted + spare)
        return files.rlim_cur > 2 * spare ? (int)(files.rlim_cur - spare) : 64;
    return wanted;
}
