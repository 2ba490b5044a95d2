/* Clusters in the plane: k-means as the server does it, base clusters from a cold or a warm start, groups of base
 * clusters, and which number of groups is published. Distances are taken from |a|^2 + |b|^2 - 2ab as on the server, so
 * that points closer than about 1e-8 tie; among ties the last centre in order wins. Invariant: a cluster always has a
 * member; those that lose theirs are dropped at once and keep their id for themselves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consultation/polis_int.h"

enum { POINTS_A_TASK = 4096, ALONE_TASKS = 8, BASE_ROUNDS = 100, GROUP_ROUNDS = 20 };

static const double STILL = 0.01; /* a centre that moved less stands still */

bool vg_polis__clusters(vg_polis_clusters *to, int32_t n, int32_t n_things, vg_arena *a, vg_err *e)
{
    *to = (vg_polis_clusters){ .id = vg_new(a, int32_t, n),
                               .x = vg_new(a, double, n),
                               .y = vg_new(a, double, n),
                               .size = vg_new(a, int32_t, n),
                               .member = vg_new(a, int32_t, n_things) };
    return (to->id && to->x && to->y && to->size && to->member) || vg_fail_memory(e, vg_arena_limit(a));
}

/* --- one assignment of all points --- */

/* What is known of each point from the round before, so that most points need no look at all centres. */
typedef struct {
    const vg_plane *points;
    vg_polis_clusters *c;
    double *square;       /* |centre|^2 */
    double *near, *other; /* by point: at most this far from its centre, at least this far from any other */
    double *distance;     /* n_tasks x centres: scratch of a task */
} assignment;

static double squared(double ax, double ay, double bx, double by)
{
    double d = (ax * ax + ay * ay) + (bx * bx + by * by) - 2 * (ax * bx + ay * by);
    return d > 0 ? d : 0;
}

static void assign_point(const assignment *s, int32_t i, double *distance)
{
    const vg_polis_clusters *c = s->c;
    double x = s->points->x[i], y = s->points->y[i], own = x * x + y * y;
    int32_t n = c->n, best = 0;
    for (int32_t k = 0; k < n; k++) {
        double d = own + s->square[k] - 2 * (x * c->x[k] + y * c->y[k]);
        distance[k] = d > 0 ? d : 0;
    }
    double least = distance[0], second = INFINITY;
    for (int32_t k = 1; k < n; k++) {
        if (distance[k] <= least) {
            second = least;
            least = distance[k];
            best = k;
        } else if (distance[k] < second) {
            second = distance[k];
        }
    }
    c->member[i] = best;
    s->near[i] = sqrt(least);
    s->other[i] = sqrt(second);
}

static bool assign_some(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker, (void)e;
    const assignment *s = ctx;
    int32_t from = (int32_t)task * POINTS_A_TASK, to = from + POINTS_A_TASK;
    for (int32_t i = from; i < to && i < s->points->n; i++)
        /* The margin is far above the rounding of the distances: who is left out would stay where it is. */
        if (!(s->near[i] + 1e-6 * (1 + s->near[i]) < s->other[i]))
            assign_point(s, i, s->distance + task * s->c->n);
    return true;
}

static bool assign(assignment *s, vg_err *e)
{
    for (int32_t k = 0; k < s->c->n; k++)
        s->square[k] = s->c->x[k] * s->c->x[k] + s->c->y[k] * s->c->y[k];
    int64_t n_tasks = (s->points->n + POINTS_A_TASK - 1) / POINTS_A_TASK;
    return vg_parallel(n_tasks > ALONE_TASKS ? s->points->n_threads : 1, n_tasks, assign_some, s, e);
}

/* --- centres --- */

/* Means of members in the order of the points; drops empty clusters. `weight`, `x`, `y` have room for c->n. */
static void recentre(const vg_plane *points, vg_polis_clusters *c, double *weight, double *x, double *y,
                     int32_t *to)
{
    for (int32_t k = 0; k < c->n; k++) {
        weight[k] = x[k] = y[k] = 0;
        c->size[k] = 0;
    }
    for (int32_t i = 0; i < points->n; i++) {
        int32_t k = c->member[i];
        if (k < 0)
            continue;
        double w = points->weight ? points->weight[i] : 1;
        c->size[k]++;
        weight[k] += w;
        x[k] += w * points->x[i];
        y[k] += w * points->y[i];
    }
    int32_t n = 0;
    for (int32_t k = 0; k < c->n; k++) {
        to[k] = VG_NO_GROUP;
        if (!c->size[k])
            continue;
        c->id[n] = c->id[k];
        c->size[n] = c->size[k];
        c->x[n] = x[k] / weight[k];
        c->y[n] = y[k] / weight[k];
        to[k] = n++;
    }
    bool dropped = n < c->n;
    c->n = n;
    for (int32_t i = 0; dropped && i < points->n; i++)
        c->member[i] = c->member[i] < 0 ? VG_NO_GROUP : to[c->member[i]];
}

static int by_place(const void *a, const void *b)
{
    const double *p = a, *q = b;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return p[1] < q[1] ? -1 : p[1] > q[1];
}

static void sorted_places(const vg_polis_clusters *c, double (*place)[2])
{
    for (int32_t k = 0; k < c->n; k++) {
        place[k][0] = c->x[k];
        place[k][1] = c->y[k];
    }
    qsort(place, (size_t)c->n, sizeof *place, by_place);
}

/* Sorted by place, has each centre moved less than STILL? */
static bool stands_still(double (*before)[2], int32_t n_before, double (*now)[2], int32_t n)
{
    bool still = n_before == n;
    for (int32_t k = 0; k < n && still; k++)
        still = sqrt(squared(before[k][0], before[k][1], now[k][0], now[k][1])) < STILL;
    return still;
}

/* Lets the bounds follow the centres, which moved from old_x, old_y; to[k] is where centre k stands now. */
static void loosen(assignment *s, const double *old_x, const double *old_y, const int32_t *to, int32_t n_old,
                   double *moved)
{
    double most = 0;
    for (int32_t k = 0; k < n_old; k++) {
        if (to[k] < 0)
            continue;
        double dx = s->c->x[to[k]] - old_x[k], dy = s->c->y[to[k]] - old_y[k];
        moved[to[k]] = sqrt(dx * dx + dy * dy);
        most = moved[to[k]] > most ? moved[to[k]] : most;
    }
    for (int32_t i = 0; i < s->points->n; i++) {
        s->near[i] += moved[s->c->member[i]];
        s->other[i] -= most;
    }
}

bool vg_plane__k_means(const vg_plane *points, int rounds, vg_polis_clusters *to, vg_arena scratch, vg_err *e)
{
    int32_t n = to->n, cap = n > 0 ? n : 1;
    int64_t n_tasks = (points->n + POINTS_A_TASK - 1) / POINTS_A_TASK;
    double *part = vg_new(&scratch, double, (int64_t)cap * 7);
    double(*before)[2] = vg_alloc(&scratch, cap, sizeof *before, 8),
    (*now)[2] = vg_alloc(&scratch, cap, sizeof *now, 8);
    int32_t *moved_to = vg_new(&scratch, int32_t, cap);
    assignment s = { .points = points, .c = to };
    s.near = vg_new(&scratch, double, points->n);
    s.other = vg_new(&scratch, double, points->n);
    s.distance = vg_new(&scratch, double, n_tasks *cap);
    if (!part || !before || !now || !moved_to || !s.near || !s.other || !s.distance)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    s.square = part;
    double *old_x = part + cap, *old_y = part + 2 * cap, *moved = part + 3 * cap;
    for (int32_t i = 0; i < points->n; i++)
        s.near[i] = INFINITY;
    for (int round = 0; round < rounds && to->n > 0 && points->n > 0; round++) {
        int32_t n_before = to->n;
        sorted_places(to, before);
        memcpy(old_x, to->x, (size_t)to->n * sizeof(double));
        memcpy(old_y, to->y, (size_t)to->n * sizeof(double));
        if (!assign(&s, e))
            return false;
        recentre(points, to, part + 4 * cap, part + 5 * cap, part + 6 * cap, moved_to);
        sorted_places(to, now);
        if (stands_still(before, n_before, now, to->n))
            break;
        loosen(&s, old_x, old_y, moved_to, n_before, moved);
    }
    return true;
}

/* --- base clusters --- */

/* The people who are clustered, in row order. */
typedef struct {
    vg_plane plane;
    double *x, *y;
    int32_t *row;
} people;

static bool gather(const vg_polis_run *p, people *who, vg_arena *a, vg_err *e)
{
    const vg_polis *r = p->r;
    who->x = vg_new(a, double, r->n_in_conv);
    who->y = vg_new(a, double, r->n_in_conv);
    who->row = vg_new(a, int32_t, r->n_in_conv);
    if (!who->x || !who->y || !who->row)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t n = 0;
    for (int32_t i = 0; i < r->n_rows; i++) {
        if (!r->in_conv[i])
            continue;
        who->x[n] = r->x[i];
        who->y[n] = r->y[i];
        who->row[n++] = i;
    }
    who->plane = (vg_plane){ .x = who->x, .y = who->y, .n = n, .n_threads = p->n_threads };
    return true;
}

/* The first `most` distinct points in order become centres with ids 0 .. */
static void first_distinct(const vg_plane *points, int32_t most, vg_polis_clusters *c)
{
    c->n = 0;
    for (int32_t i = 0; i < points->n && c->n < most; i++) {
        bool seen = false;
        for (int32_t k = 0; k < c->n && !seen; k++)
            seen = c->x[k] == points->x[i] && c->y[k] == points->y[i];
        if (seen)
            continue;
        c->id[c->n] = c->n;
        c->x[c->n] = points->x[i];
        c->y[c->n] = points->y[i];
        c->n++;
    }
}

/* Clusters whose centres are exactly equal become one; the id of the larger survives, the earlier one's among equals. */
static void merge_equal(const vg_plane *points, vg_polis_clusters *c)
{
    for (int32_t k = 0; k < c->n; k++)
        for (int32_t j = k + 1; j < c->n;) {
            if (c->x[j] != c->x[k] || c->y[j] != c->y[k]) {
                j++;
                continue;
            }
            if (c->size[j] > c->size[k])
                c->id[k] = c->id[j];
            c->size[k] += c->size[j];
            for (int32_t i = 0; i < points->n; i++)
                if (c->member[i] == j || c->member[i] > j)
                    c->member[i] = c->member[i] == j ? k : c->member[i] - 1;
            c->n--;
            int32_t rest = c->n - j;
            memmove(c->id + j, c->id + j + 1, (size_t)rest * sizeof *c->id);
            memmove(c->size + j, c->size + j + 1, (size_t)rest * sizeof *c->size);
            memmove(c->x + j, c->x + j + 1, (size_t)rest * sizeof *c->x);
            memmove(c->y + j, c->y + j + 1, (size_t)rest * sizeof *c->y);
        }
}

/* The point farthest from its nearest centre becomes a cluster of its own. False when every point stands on one. */
static bool split_farthest(const vg_plane *points, vg_polis_clusters *c)
{
    int32_t farthest = -1;
    double most = 0;
    for (int32_t i = 0; i < points->n; i++) {
        double least = INFINITY;
        for (int32_t k = 0; k < c->n; k++) {
            double d = squared(points->x[i], points->y[i], c->x[k], c->y[k]);
            least = d < least ? d : least;
        }
        if (least > most) {
            most = least;
            farthest = i;
        }
    }
    if (farthest < 0)
        return false;
    int32_t id = -1;
    for (int32_t k = 0; k < c->n; k++)
        id = c->id[k] > id ? c->id[k] : id;
    c->id[c->n] = id + 1;
    c->x[c->n] = points->x[farthest];
    c->y[c->n] = points->y[farthest];
    c->size[c->n] = 1;
    c->member[farthest] = c->n++;
    return true;
}

/* Old members on their new positions, then as many centres as there may be. `before_of` is by point. */
static bool warm_start(const vg_plane *points, const vg_polis_clusters *before, const int32_t *before_of,
                       int32_t most, vg_polis_clusters *c, vg_arena scratch, vg_err *e)
{
    double *part = vg_new(&scratch, double, 3 * (int64_t)(before->n + 1));
    int32_t *to = vg_new(&scratch, int32_t, before->n + 1);
    if (!part || !to)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    c->n = before->n;
    memcpy(c->id, before->id, (size_t)before->n * sizeof *c->id);
    memcpy(c->member, before_of, (size_t)points->n * sizeof *c->member);
    recentre(points, c, part, part + before->n, part + 2 * before->n, to);
    merge_equal(points, c);
    while (c->n < most && c->n < points->n && split_farthest(points, c))
        continue;
    return true;
}

static bool base_start(const vg_polis_run *p, const people *who, vg_polis_clusters *c, vg_arena scratch,
                       vg_err *e)
{
    const vg_polis *before = p->o->previous;
    if (!before || before->base.n == 0) {
        first_distinct(&who->plane, VG_POLIS_BASE, c);
        return true;
    }
    int32_t *before_of = vg_new(&scratch, int32_t, who->plane.n);
    if (!before_of)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < who->plane.n; i++)
        before_of[i] = who->row[i] < before->n_rows ? before->base.member[who->row[i]] : VG_NO_GROUP;
    return warm_start(&who->plane, &before->base, before_of, VG_POLIS_BASE, c, scratch, e);
}

bool vg_polis__base(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena scratch = *p->work;
    people who;
    vg_polis_clusters c;
    int32_t room = VG_POLIS_BASE;
    if (p->o->previous && p->o->previous->base.n > room)
        room = p->o->previous->base.n;
    if (!gather(p, &who, &scratch, e) || !vg_polis__clusters(&c, room, who.plane.n, &scratch, e) ||
        !base_start(p, &who, &c, scratch, e) || !vg_plane__k_means(&who.plane, BASE_ROUNDS, &c, scratch, e) ||
        !vg_polis__clusters(&r->base, room, r->n_rows, p->a, e))
        return false;
    r->base.n = c.n;
    memcpy(r->base.id, c.id, (size_t)c.n * sizeof *c.id);
    memcpy(r->base.x, c.x, (size_t)c.n * sizeof *c.x);
    memcpy(r->base.y, c.y, (size_t)c.n * sizeof *c.y);
    memcpy(r->base.size, c.size, (size_t)c.n * sizeof *c.size);
    for (int32_t i = 0; i < r->n_rows; i++)
        r->base.member[i] = VG_NO_GROUP;
    for (int32_t i = 0; i < who.plane.n; i++)
        r->base.member[who.row[i]] = c.member[i];
    return true;
}

/* --- groups of base clusters --- */

/* Mean over base clusters, unweighted, of (b - a) / max(a, b); alone in a group scores 0. */
static double silhouette(const vg_plane *points, const vg_polis_clusters *c)
{
    double total = 0;
    for (int32_t i = 0; i < points->n && c->n > 1; i++) {
        double sum[VG_POLIS_MAX_K] = { 0 }, own, nearest = INFINITY;
        for (int32_t j = 0; j < points->n; j++)
            if (j != i)
                sum[c->member[j]] += sqrt(squared(points->x[i], points->y[i], points->x[j], points->y[j]));
        int32_t mine = c->member[i];
        if (c->size[mine] < 2)
            continue;
        own = sum[mine] / (c->size[mine] - 1);
        for (int32_t k = 0; k < c->n; k++)
            if (k != mine && sum[k] / c->size[k] < nearest)
                nearest = sum[k] / c->size[k];
        double larger = own > nearest ? own : nearest;
        total += larger > 0 ? (nearest - own) / larger : 0;
    }
    return c->n > 1 ? total / points->n : 0;
}

/* Position of the base cluster of the tick before with this id, or -1. */
static int32_t with_id(const vg_polis_clusters *c, int32_t id)
{
    for (int32_t k = 0; k < c->n; k++)
        if (c->id[k] == id)
            return k;
    return -1;
}

static bool group_start(const vg_polis_run *p, const vg_plane *points, int32_t k, vg_polis_clusters *c,
                        vg_arena scratch, vg_err *e)
{
    const vg_polis *before = p->o->previous;
    if (!before || before->by_k[k].n == 0) {
        first_distinct(points, k, c);
        return true;
    }
    int32_t *before_of = vg_new(&scratch, int32_t, points->n);
    if (!before_of)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < points->n; i++) {
        int32_t at = with_id(&before->base, p->r->base.id[i]);
        before_of[i] = at < 0 ? VG_NO_GROUP : before->by_k[k].member[at];
    }
    return warm_start(points, &before->by_k[k], before_of, k, c, scratch, e);
}

/* Which number of groups is best now, and which one is published. */
static void choose_k(vg_polis_run *p, int32_t max_k)
{
    vg_polis *r = p->r;
    const vg_polis *before = p->o->previous;
    r->best_k = 2;
    for (int32_t k = 3; k <= max_k; k++)
        if (r->silhouette[k] > r->silhouette[r->best_k])
            r->best_k = k;
    bool was_there = before && before->best_k > 0;
    r->n_same_best = was_there && before->best_k == r->best_k ? before->n_same_best + 1 : 1;
    r->k = !was_there || r->n_same_best >= VG_POLIS_SMOOTHER ? r->best_k : before->k;
    if (r->k > max_k || r->by_k[r->k].n == 0) /* as many base clusters as that are not there any more */
        r->k = r->best_k;
    if (p->o->k)
        r->k = p->o->k;
}

static bool publish(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    const vg_polis_clusters *c = &r->by_k[r->k];
    r->n_groups = c->n;
    r->group_id = c->id;
    r->group = vg_new(p->a, int32_t, p->c->n_participants);
    if (!r->group)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t i = 0; i < p->c->n_participants; i++) {
        int32_t base = i < r->n_rows ? r->base.member[i] : VG_NO_GROUP;
        r->group[i] = base < 0 ? VG_NO_GROUP : c->member[base];
    }
    return true;
}

bool vg_polis__groups(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_plane points = {
        .x = r->base.x, .y = r->base.y, .weight = r->base.size, .n = r->base.n, .n_threads = 1
    };
    int32_t max_k = 2 + r->base.n / 12;
    max_k = max_k > VG_POLIS_MAX_K ? VG_POLIS_MAX_K : max_k;
    max_k = p->o->k > max_k ? p->o->k : max_k;
    for (int32_t k = 0; k <= VG_POLIS_MAX_K; k++)
        r->silhouette[k] = NAN;
    for (int32_t k = 2; k <= max_k; k++) {
        if (!vg_polis__clusters(&r->by_k[k], k, points.n, p->a, e) ||
            !group_start(p, &points, k, &r->by_k[k], *p->work, e) ||
            !vg_plane__k_means(&points, GROUP_ROUNDS, &r->by_k[k], *p->work, e))
            return false;
        r->silhouette[k] = silhouette(&points, &r->by_k[k]);
    }
    choose_k(p, max_k);
    return publish(p, e);
}
