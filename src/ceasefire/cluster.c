/* A component is held together by single links and may be a chain over a day of dense fire. Here it is cut into groups
 * by average linkage: two groups are one incident when the mean score over all their pairs reaches the limit, the best
 * pair of groups first. What is larger than VG_CLUSTER_MOST is first cut along its strongest links. Invariant: members
 * come in canonical order and ties go to the earlier pair, so the groups are a function of the set. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

enum { MOST_AT_ONCE = 1024 }; /* more are first cut at the widest pauses */

typedef struct {
    float sum[VG_CLUSTER_MOST][VG_CLUSTER_MOST]; /* of the scores between two groups */
    int32_t size[VG_CLUSTER_MOST];
    int32_t into[VG_CLUSTER_MOST]; /* group of a member: its first one */
    int32_t n;
} linkage;

static void merge(linkage *l, int32_t a, int32_t b)
{
    for (int32_t k = 0; k < l->n; k++) {
        if (l->size[k] == 0 || k == a || k == b)
            continue;
        float s = l->sum[a][k] + l->sum[b][k];
        l->sum[a][k] = l->sum[k][a] = s;
    }
    l->size[a] += l->size[b];
    l->size[b] = 0;
    for (int32_t k = 0; k < l->n; k++)
        if (l->into[k] == b)
            l->into[k] = a;
}

static bool merge_best(linkage *l, double least)
{
    int32_t a = -1, b = -1;
    double best = least;
    for (int32_t i = 0; i < l->n; i++)
        for (int32_t k = i + 1; l->size[i] && k < l->n; k++) {
            if (!l->size[k])
                continue;
            double mean = (double)l->sum[i][k] / ((double)l->size[i] * l->size[k]);
            if (mean >= best && (a < 0 || mean > best)) {
                best = mean;
                a = i;
                b = k;
            }
        }
    if (a < 0)
        return false;
    merge(l, a, b);
    return true;
}

/* At most VG_CLUSTER_MOST: into[i] is the first member of the group of member i. */
static void average_link(const vg_watch *w, const int32_t *slot, int32_t n, int32_t *into)
{
    linkage l; /* 16 KiB: only what is used is set */
    l.n = n;
    for (int32_t i = 0; i < n; i++) {
        l.size[i] = 1;
        l.into[i] = i;
        l.sum[i][i] = 0;
        for (int32_t k = i + 1; k < n; k++)
            l.sum[i][k] = l.sum[k][i] = (float)vg_watch_score(w, &w->slot[slot[i]], &w->slot[slot[k]]);
    }
    while (merge_best(&l, w->link))
        continue;
    memcpy(into, l.into, (size_t)n * sizeof *into);
}

/* --- large components --- */

typedef struct {
    float score;
    int32_t a, b;
} tie;

static int stronger(const void *x, const void *y)
{
    const tie *a = x, *b = y;
    if (a->score < b->score || a->score > b->score)
        return a->score > b->score ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static int32_t root_of(int32_t *into, int32_t i)
{
    while (into[i] != i)
        i = into[i] = into[into[i]];
    return i;
}

/* Strongest links first, as long as no part grows beyond VG_CLUSTER_MOST. */
static bool strong_parts(vg_watch *w, const int32_t *slot, int32_t n, int32_t *into, vg_err *e)
{
    int64_t n_ties = 0, cap = 0;
    tie *t = NULL;
    int32_t size[MOST_AT_ONCE];
    for (int32_t i = 0; i < n; i++) {
        into[i] = i;
        size[i] = 1;
        for (int32_t k = i + 1; k < n; k++) {
            double score = vg_watch_score(w, &w->slot[slot[i]], &w->slot[slot[k]]);
            if (score < w->link)
                continue;
            if (!vg_watch_room(&w->memory, &t, &cap, n_ties + 1, sizeof *t, e)) {
                free(t);
                return false;
            }
            t[n_ties++] = (tie){ (float)score, i, k };
        }
    }
    if (n_ties)
        qsort(t, (size_t)n_ties, sizeof *t, stronger);
    for (int64_t i = 0; i < n_ties; i++) {
        int32_t a = root_of(into, t[i].a), b = root_of(into, t[i].b);
        if (a == b || size[a] + size[b] > VG_CLUSTER_MOST)
            continue;
        into[a > b ? a : b] = a < b ? a : b;
        size[a < b ? a : b] = size[a] + size[b];
    }
    free(t);
    return true;
}

/* Each part by average linkage; `into` then names the first member of each final group. */
static bool cut_strong(vg_watch *w, const int32_t *slot, int32_t n, int32_t *into, vg_err *e)
{
    int32_t part[MOST_AT_ONCE];
    if (n <= VG_CLUSTER_MOST) {
        average_link(w, slot, n, into);
        return true;
    }
    if (!strong_parts(w, slot, n, part, e))
        return false;
    for (int32_t root = 0; root < n; root++) {
        int32_t at[VG_CLUSTER_MOST], mine[VG_CLUSTER_MOST], group[VG_CLUSTER_MOST], k = 0;
        if (root_of(part, root) != root)
            continue;
        for (int32_t i = root; i < n; i++)
            if (root_of(part, i) == root) {
                mine[k] = slot[i];
                at[k++] = i;
            }
        average_link(w, mine, k, group);
        for (int32_t i = 0; i < k; i++)
            into[at[i]] = at[group[i]];
    }
    return true;
}

/* Where to cut a long list by time: at the widest pause of its middle half. */
static int32_t widest_pause(const vg_watch *w, const int32_t *slot, int32_t n)
{
    int32_t at = n / 2;
    int64_t widest = -1;
    for (int32_t i = n / 4 + 1; i < n - n / 4; i++) {
        int64_t pause = w->slot[slot[i]].from - w->slot[slot[i - 1]].from;
        if (pause > widest) {
            widest = pause;
            at = i;
        }
    }
    return at;
}

static bool cut_long(vg_watch *w, const int32_t *slot, int32_t n, int32_t *into, vg_err *e)
{
    if (n <= MOST_AT_ONCE)
        return cut_strong(w, slot, n, into, e);
    int32_t at = widest_pause(w, slot, n);
    if (!cut_long(w, slot, at, into, e) || !cut_long(w, slot + at, n - at, into + at, e))
        return false;
    for (int32_t i = at; i < n; i++)
        into[i] += at;
    return true;
}

bool vg_watch_groups(vg_watch *w, const int32_t *slot, int32_t n, int32_t *group, int32_t *n_groups,
                     vg_err *e)
{
    if (!cut_long(w, slot, n, group, e))
        return false;
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++) /* a group's first member comes first */
        group[i] = group[i] == i ? count++ : group[group[i]];
    *n_groups = count;
    return true;
}
