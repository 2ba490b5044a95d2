/*
 * Times the scores on rows of draws:   kernel FILE ROWS DRAWS
 * FILE holds ROWS x DRAWS numbers and then ROWS outcomes (bench/run makes it). Prints microseconds a row, the best of
 * several rounds. Invariant: every round starts from the same unsorted rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stat/score.h"

enum { ROUNDS = 9 };

typedef struct {
    int32_t n, m;
    double *given, *x, *y, *scratch;
} rows;

typedef double (*pass)(const rows *r);

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static double sort_all(const rows *r)
{
    for (int32_t i = 0; i < r->n; i++)
        vg_sort_draws(r->x + (int64_t)i * r->m, r->m, r->scratch);
    return 0;
}

static double crps_all(const rows *r)
{
    double sum = 0;
    for (int32_t i = 0; i < r->n; i++)
        sum += vg_crps(r->x + (int64_t)i * r->m, r->m, r->y[i]);
    return sum / r->n;
}

static double ign_all(const rows *r)
{
    double sum = 0;
    for (int32_t i = 0; i < r->n; i++)
        sum += vg_ign(r->x + (int64_t)i * r->m, r->m, r->y[i]);
    return sum / r->n;
}

static double mis_all(const rows *r)
{
    double sum = 0;
    for (int32_t i = 0; i < r->n; i++)
        sum += vg_mis(r->x + (int64_t)i * r->m, r->m, r->y[i], 0.10);
    return sum / r->n;
}

/* Best time of a pass, in microseconds a row; `*mean` gets what it returns. */
static double best_of(const rows *r, pass work, bool unsorted, double *mean)
{
    double best = 1e300;
    for (int i = 0; i < ROUNDS; i++) {
        if (unsorted)
            memcpy(r->x, r->given, (size_t)r->n * (size_t)r->m * sizeof(double));
        double begin = now_us();
        *mean = work(r);
        double took = now_us() - begin;
        best = took < best ? took : best;
    }
    return best / r->n;
}

static bool read_rows(const char *path, rows *r)
{
    size_t all = (size_t)r->n * (size_t)r->m;
    r->given = calloc(all + (size_t)r->n, sizeof(double));
    r->x = calloc(all, sizeof(double));
    r->scratch = calloc((size_t)r->m, sizeof(double));
    FILE *f = fopen(path, "rb");
    bool good = r->given && r->x && r->scratch && f &&
                fread(r->given, sizeof(double), all + (size_t)r->n, f) == all + (size_t)r->n;
    if (f)
        fclose(f);
    r->y = r->given ? r->given + all : NULL;
    return good;
}

int main(int argc, char **argv)
{
    rows r = { .n = argc == 4 ? atoi(argv[2]) : 0, .m = argc == 4 ? atoi(argv[3]) : 0 };
    if (r.n < 1 || r.m < 1 || !read_rows(argv[1], &r)) {
        fprintf(stderr, "usage: kernel FILE ROWS DRAWS\n");
        return 2;
    }
    double unused, crps_mean;
    double sort = best_of(&r, sort_all, true, &unused), crps = best_of(&r, crps_all, false, &crps_mean);
    double ign = best_of(&r, ign_all, false, &unused), mis = best_of(&r, mis_all, false, &unused);
    printf("{\"sort\": %.6f, \"crps\": %.6f, \"ign\": %.6f, \"mis\": %.6f, \"mean_crps\": %.17g}\n", sort,
           crps, ign, mis, crps_mean);
    free(r.given);
    free(r.x);
    free(r.scratch);
    return 0;
}
