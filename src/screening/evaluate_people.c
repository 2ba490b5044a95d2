/* Screening of labelled people: how many of those on a list are found, and how many others are flagged. Each row is asked
 * as it stands in the file, by as many threads as there are; the counts do not depend on how many. */
#include "screening/evaluate_people.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/csv.h"
#include "screening/people.h"

enum { BLOCK = 64, MAX_GROUPS = 16 };

typedef struct {
    vg_party *row;
    vg_str *variant;
    int8_t *outcome; /* bit 0 = there was a hit, 1 = the entry is among the hits, 2 = it is the first */
    int64_t n;
} people;

typedef struct {
    vg_screening_reader *reader[VG_MAX_THREADS];
    vg_arena scratch[VG_MAX_THREADS];
    const people *who;
    const vg_evaluate_people_opts *opts;
    const vg_str *list;
    int32_t n_lists;
} work;

/* --- reading --- */

static bool no_names(const char *path, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, 0), "%s has no column of names", path);
    return vg_mend(e, "call it full_name, or first_name and last_name");
}

static bool keep_row(const vg_people_columns *c, const vg_csv_row *row, vg_arena *a, people *p, int64_t cap,
                     vg_err *e)
{
    if (row->bad || p->n == cap)
        return true;
    vg_str *cell = vg_new(a, vg_str, row->n);
    if (!cell)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < row->n; i++)
        cell[i] = vg_copy(a, row->cell[i]);
    if (!vg_people_row(c, cell, row->n, VG_SCHEMA_PERSON, a, &p->row[p->n], e))
        return false;
    p->variant[p->n] = c->variant >= 0 && c->variant < row->n ? cell[c->variant] : VG_NOSTR;
    p->n++;
    return true;
}

static bool read_rows(vg_csv *csv, const char *path, vg_arena *a, people *p, vg_err *e)
{
    enum { MOST = 4000000 };
    vg_csv_row row;
    vg_people_columns c;
    if (!vg_csv_next(csv, &row, e))
        return vg_failed(e) ? false : vg_fail(e, VG_ENODATA, VG_NOWHERE, "%s is empty", path);
    if (!vg_people_columns_guess(row.cell, row.n, &c))
        return no_names(path, csv, &row, e);
    p->row = vg_new(a, vg_party, MOST);
    p->variant = vg_new(a, vg_str, MOST);
    p->outcome = vg_new(a, int8_t, MOST);
    if (!p->row || !p->variant || !p->outcome)
        return vg_fail_memory(e, vg_arena_limit(a));
    while (vg_csv_next(csv, &row, e))
        if (!keep_row(&c, &row, a, p, MOST, e))
            return false;
    return !vg_failed(e);
}

static bool read_people(const char *path, vg_arena *a, people *p, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    *p = (people){ .n = 0 };
    if (!path)
        return true;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e);
    if (good) {
        good = read_rows(csv, path, a, p, e);
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return good;
}

/* --- asking --- */

static bool ask_block(void *ctx, int64_t block, int worker, vg_err *e)
{
    work *w = ctx;
    const people *p = w->who;
    vg_screening_ask_opts o = { .threshold = w->opts->threshold,
                                .hits_only = true,
                                .exhaustive = w->opts->exhaustive,
                                .limit = 1000,
                                .list = w->list,
                                .n_lists = w->n_lists };
    for (int64_t i = block * BLOCK; i < (block + 1) * BLOCK && i < p->n; i++) {
        vg_arena a = w->scratch[worker];
        vg_screening_answer got;
        if (!vg_screening_ask(w->reader[worker], &p->row[i], &o, &a, &got, e))
            return false;
        int found = got.n > 0 ? 1 : 0;
        for (int32_t k = 0; k < got.n; k++)
            if (p->row[i].id.n && vg_eq(got.candidate[k].id, p->row[i].id))
                found |= k == 0 ? 6 : 2;
        p->outcome[i] = (int8_t)found;
    }
    return true;
}

static bool ask_all(work *w, const people *p, vg_err *e)
{
    int n = w->opts->n_threads > 0 ? w->opts->n_threads : 1;
    w->who = p;
    return vg_parallel(n, (p->n + BLOCK - 1) / BLOCK, ask_block, w, e);
}

/* --- which list has the positives' ids --- */

static int32_t list_of_ids(vg_screening *s, const people *p, const vg_screening_list *list, int32_t n)
{
    int32_t best = -1;
    int64_t most = 0;
    for (int32_t i = 0; i < n; i++) {
        int64_t there = 0;
        for (int64_t k = 0; k < p->n; k++)
            there += p->row[k].id.n && vg_screening_has(s, list[i].name, p->row[k].id);
        if (there > most) {
            most = there;
            best = i;
        }
    }
    return best;
}

/* --- counting --- */

static vg_evaluate_people_group *group_of(vg_evaluate_people_result *r, vg_str name)
{
    for (int32_t i = 0; i < r->n_groups; i++)
        if (vg_eq(r->group[i].name, name))
            return &r->group[i];
    if (!name.n || r->n_groups == MAX_GROUPS)
        return NULL;
    r->group[r->n_groups].name = name;
    return &r->group[r->n_groups++];
}

static void count(vg_evaluate_people_group *g, int8_t outcome)
{
    g->n++;
    g->n_found += (outcome & 2) != 0;
    g->n_first += (outcome & 4) != 0;
}

static void count_all(vg_screening *s, const people *pos, const people *neg, vg_evaluate_people_result *r)
{
    for (int64_t i = 0; i < pos->n; i++) {
        vg_str id = pos->row[i].id;
        if (!id.n || (r->list.n && !vg_screening_has(s, r->list, id))) {
            r->n_without_id++;
            continue;
        }
        count(&r->all, pos->outcome[i]);
        vg_evaluate_people_group *g = group_of(r, pos->variant[i]);
        if (g)
            count(g, pos->outcome[i]);
    }
    r->n_negatives = neg->n;
    for (int64_t i = 0; i < neg->n; i++)
        r->n_flagged += neg->outcome[i] & 1;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool run(vg_screening *s, const vg_evaluate_people_opts *o, vg_arena *a, work *w,
                vg_evaluate_people_result *r, vg_err *e)
{
    people pos, neg;
    vg_screening_list *list;
    int32_t n;
    if (!read_people(o->positives, a, &pos, e) || !read_people(o->negatives, a, &neg, e) ||
        !vg_screening_lists(s, a, &list, &n, e))
        return false;
    w->list = o->list;
    w->n_lists = o->n_lists;
    int32_t at = o->n_lists ? -1 : list_of_ids(s, &pos, list, n);
    if (at >= 0) {
        w->list = &list[at].name;
        w->n_lists = 1;
    }
    r->list = w->n_lists == 1 ? w->list[0] : VG_NOSTR;
    double begin = now_s();
    if (!ask_all(w, &pos, e) || !ask_all(w, &neg, e))
        return false;
    r->seconds = now_s() - begin;
    count_all(s, &pos, &neg, r);
    return true;
}

bool vg_evaluate_people(vg_screening *s, const vg_evaluate_people_opts *opts, vg_arena *a,
                        vg_evaluate_people_result *out, vg_err *e)
{
    if (!opts->positives && !opts->negatives) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no file of people to evaluate on");
        return vg_mend(e, "give --positives FILE, --negatives FILE, or both");
    }
    work w = { .opts = opts };
    vg_evaluate_people_result r = { .threshold = opts->threshold > 0 ? opts->threshold
                                                                     : vg_screening_default_threshold(),
                                    .group = vg_new(a, vg_evaluate_people_group, MAX_GROUPS) };
    bool good = r.group || vg_fail_memory(e, vg_arena_limit(a));
    int n = opts->n_threads > 0 ? opts->n_threads : 1;
    for (int i = 0; good && i < n; i++)
        good = vg_screening_reader_open(s, &w.reader[i], e) && vg_arena_init(&w.scratch[i], 64 << 20, e);
    good = good && run(s, opts, a, &w, &r, e);
    for (int i = 0; i < n; i++) {
        vg_screening_reader_close(w.reader[i]);
        vg_arena_free(&w.scratch[i]);
    }
    if (good)
        *out = r;
    return good;
}
