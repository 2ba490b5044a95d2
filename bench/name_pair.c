/*
 * Times the parsing and the scoring of names:   name_pair FILE
 * FILE holds lines "name TAB name" (bench/run makes it). Prints JSON: microseconds of processor time a name parsed, a pair of
 * the file scored, and a pair scored that chance put together; the best of several rounds. Peers: peer_names.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "screening/name.h"

enum { ROUNDS = 7, MAX_PAIRS = 200000, MAX_LINE = 1024 };

typedef struct {
    vg_name_book *book;
    vg_arena text, parsed;
    vg_str (*line)[2];
    vg_name (*name)[2];
    int64_t n;
    double sum; /* kept, so that no round can be left out */
} pairs;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static bool read_pairs(pairs *p, const char *path)
{
    static char line[MAX_LINE];
    FILE *f = fopen(path, "r");
    while (f && p->n < MAX_PAIRS && fgets(line, sizeof line, f)) {
        vg_str rest = vg_copy(&p->text, vg_trim(vg_str_z(line)));
        p->line[p->n][0] = vg_cut(&rest, '\t');
        p->line[p->n++][1] = rest;
    }
    if (f)
        fclose(f);
    return p->n > 0;
}

static double parse_all(pairs *p)
{
    vg_err e = VG_NO_ERR;
    vg_arena_reset(&p->parsed);
    double began = now_us();
    for (int64_t i = 0; i < p->n; i++)
        for (int k = 0; k < 2; k++)
            if (!vg_name_parse(p->book, p->line[i][k], VG_SCHEMA_PERSON, &p->parsed, &p->name[i][k], &e))
                exit(3);
    return (now_us() - began) / (double)(2 * p->n);
}

/* Each name with the one that stands `step` lines on; 0 = the pairs of the file. */
static double score_all(pairs *p, int64_t step)
{
    double began = now_us();
    for (int64_t i = 0; i < p->n; i++)
        p->sum += vg_name_score(p->book, &p->name[i][0], &p->name[(i + step) % p->n][1]);
    return (now_us() - began) / (double)p->n;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

int main(int argc, char **argv)
{
    pairs p = { .n = 0 };
    vg_err e = VG_NO_ERR;
    double parse = 1e9, near = 1e9, chance = 1e9;
    p.line = calloc(MAX_PAIRS, sizeof *p.line);
    p.name = calloc(MAX_PAIRS, sizeof *p.name);
    if (argc != 2 || !p.line || !p.name || !vg_name_book_open(&p.book, &e) ||
        !vg_arena_init(&p.text, (int64_t)1 << 30, &e) || !vg_arena_init(&p.parsed, (int64_t)1 << 30, &e) ||
        !read_pairs(&p, argv[1])) {
        fprintf(stderr, "usage: name_pair FILE   (lines: name TAB name)\n");
        return 2;
    }
    for (int round = 0; round < ROUNDS; round++) {
        parse = least(parse, parse_all(&p));
        near = least(near, score_all(&p, 0));
        chance = least(chance, score_all(&p, p.n / 2 + 1));
    }
    printf("{\"pairs\":%lld,\"parse_us\":%.4f,\"pair_us\":%.4f,\"chance_pair_us\":%.4f,\"sum\":%.6f}\n",
           (long long)p.n, parse, near, chance, p.sum);
    vg_name_book_close(p.book);
    return 0;
}
