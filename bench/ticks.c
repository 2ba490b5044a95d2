/* Time from one more vote to new opinion groups (polis engine, warm).   ticks VOTES ROUNDS N
 *
 * Reads a file of votes, analyses it cold, then N times appends a vote and analyses from the tick before with at most
 * ROUNDS rounds of the power iteration (0 = the published 100). Prints {"cold_ms", "median_ms", "worst_ms"}. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "consultation/polis.h"
#include "core/num.h"

enum { MOST_TICKS = 1000 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* One vote of a person who is there on a statement that is there; they differ from tick to tick. */
static bool tick(vg_arena *a, vg_consultation *c, vg_polis *r, int32_t rounds, int64_t number, vg_err *e)
{
    vg_polis before = *r;
    vg_consultation longer;
    int32_t p = (int32_t)(number * 7919 % c->n_voters), s = (int32_t)(number * 104729 % c->n_voted);
    vg_vote v = { c->participant[p], c->statement[s].id, VG_UNKNOWN, number % 3 ? 1 : -1 };
    vg_polis_opts o = { .seed = 1, .previous = &before, .rounds = rounds };
    if (!vg_consultation_append(c, &v, 1, a, &longer, e) || !vg_polis_analyse(&longer, &o, a, r, e))
        return false;
    *c = longer;
    return true;
}

static bool run(const char *path, int32_t rounds, int64_t n, vg_err *e)
{
    static double ms[MOST_TICKS];
    vg_arena a;
    vg_consultation c;
    vg_polis r;
    if (n < 1 || n > MOST_TICKS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "1 to %d ticks", MOST_TICKS);
    if (!vg_arena_init(&a, (int64_t)64 << 30, e) ||
        !vg_consultation_read(path, &(vg_consultation_opts){ .keep_times = false }, &a, &c, e))
        return false;
    double begin = now_ms();
    if (!vg_polis_analyse(&c, &(vg_polis_opts){ .seed = 1 }, &a, &r, e))
        return false;
    double cold = now_ms() - begin;
    for (int64_t i = 0; i < n; i++) {
        begin = now_ms();
        if (!tick(&a, &c, &r, rounds, i + 1, e))
            return false;
        ms[i] = now_ms() - begin;
    }
    qsort(ms, (size_t)n, sizeof *ms, by_size);
    printf("{\"cold_ms\": %.2f, \"median_ms\": %.2f, \"worst_ms\": %.2f, \"groups\": %d}\n", cold, ms[n / 2],
           ms[n - 1], r.n_groups);
    vg_arena_free(&a);
    return true;
}

int main(int argc, char **argv)
{
    vg_err e = VG_NO_ERR;
    int64_t rounds, n;
    if (argc != 4 || !vg_int(vg_str_z(argv[2]), &rounds) || !vg_int(vg_str_z(argv[3]), &n)) {
        fprintf(stderr, "ticks VOTES ROUNDS N\n");
        return 2;
    }
    if (!run(argv[1], (int32_t)rounds, n, &e)) {
        vg_err_print(stderr, &e);
        return 1;
    }
    return 0;
}
