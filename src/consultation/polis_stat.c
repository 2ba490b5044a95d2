/* What groups and all people stand for: representative statements, consensus, group-aware consensus, priorities, and
 * how central each participant is. Counts are of votes as cast; zeroed statements are left out where the server leaves
 * them out. Invariant: lists keep the order of the columns among equals. */
#include <math.h>
#include <stdlib.h>

#include "consultation/polis_int.h"

static const double Z90 = 1.2816;

double vg_polis_prop_test(double successes, double n)
{
    return 2 * sqrt(n + 1) * ((successes + 1) / (n + 1) - 0.5);
}

double vg_polis_two_prop_test(double s1, double n1, double s2, double n2)
{
    s1++, n1++, s2++, n2++;
    double both = (s1 + s2) / (n1 + n2);
    return both == 1 ? 0 : (s1 / n1 - s2 / n2) / sqrt(both * (1 - both) * (1 / n1 + 1 / n2));
}

/* --- counts --- */

static bool count_votes(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    r->count = vg_new(p->a, vg_polis_count, (int64_t)r->n_groups * r->n_columns);
    r->group_size = vg_new(p->a, int32_t, r->n_groups);
    if (!r->count || !r->group_size)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t i = 0; i < r->n_rows; i++) {
        int32_t g = r->group[i];
        if (g < 0)
            continue;
        r->group_size[g]++;
        vg_polis_count *count = r->count + (int64_t)g * r->n_columns;
        for (int64_t j = p->c->row_at[i]; j < p->c->row_at[i + 1]; j++) {
            int32_t t = p->c->row_statement[j];
            count[t].seen++;
            count[t].agree += p->c->row_value[j] > 0;
            count[t].disagree += p->c->row_value[j] < 0;
        }
    }
    return true;
}

/* Sum of the counts of all groups but one (-1 = of all). */
static vg_polis_count others(const vg_polis *r, int32_t but, int32_t t)
{
    vg_polis_count sum = { 0 };
    for (int32_t g = 0; g < r->n_groups; g++) {
        const vg_polis_count *c = &r->count[(int64_t)g * r->n_columns + t];
        if (g == but)
            continue;
        sum.agree += c->agree;
        sum.disagree += c->disagree;
        sum.seen += c->seen;
    }
    return sum;
}

/* --- representative statements --- */

/* One side of a statement for a group. */
typedef struct {
    double p, p_test, r, r_test;
} share;

typedef struct {
    int32_t statement;
    vg_polis_count count;
    share agree, disagree;
} candidate;

static share share_of(int32_t n, int32_t seen, int32_t other_n, int32_t other_seen)
{
    share s = { .p = (n + 1.0) / (seen + 2.0), .p_test = vg_polis_prop_test(n, seen) };
    s.r = s.p / ((other_n + 1.0) / (other_seen + 2.0));
    s.r_test = vg_polis_two_prop_test(n, seen, other_n, other_seen);
    return s;
}

static candidate candidate_of(const vg_polis *r, int32_t g, int32_t t)
{
    vg_polis_count own = r->count[(int64_t)g * r->n_columns + t], other = others(r, g, t);
    return (candidate){ .statement = t,
                        .count = own,
                        .agree = share_of(own.agree, own.seen, other.agree, other.seen),
                        .disagree = share_of(own.disagree, own.seen, other.disagree, other.seen) };
}

static bool is_sufficient(const candidate *c)
{
    return (c->agree.r_test > Z90 && c->agree.p_test > Z90) ||
           (c->disagree.r_test > Z90 && c->disagree.p_test > Z90);
}

static bool beats_best(const candidate *c, const candidate *best)
{
    double own = c->agree.r_test > c->disagree.r_test ? c->agree.r_test : c->disagree.r_test;
    if (best->statement < 0)
        return true;
    return own > (best->agree.r_test > best->disagree.r_test ? best->agree.r_test : best->disagree.r_test);
}

static bool beats_best_agree(const candidate *c, const candidate *best)
{
    const share *own = &c->agree, *kept = &best->agree;
    if (c->count.agree == 0 && c->count.disagree == 0)
        return false;
    if (best->statement < 0)
        return own->p_test > Z90 || (own->r > 1 && own->p > 0.5);
    if (kept->r > 1)
        return own->r * own->r_test * own->p * own->p_test > kept->r * kept->r_test * kept->p * kept->p_test;
    return own->p * own->p_test > kept->p * kept->p_test;
}

static vg_polis_representative final_form(const candidate *c)
{
    bool agree = c->agree.r_test > c->disagree.r_test;
    const share *s = agree ? &c->agree : &c->disagree;
    return (vg_polis_representative){ .statement = c->statement,
                                      .agree = agree,
                                      .n_success = agree ? c->count.agree : c->count.disagree,
                                      .n_trials = c->count.seen,
                                      .p_success = s->p,
                                      .p_test = s->p_test,
                                      .repness = s->r,
                                      .repness_test = s->r_test };
}

static double metric(const vg_polis_representative *x)
{
    return x->repness * x->repness_test * x->p_success * x->p_test;
}

static int by_metric(const void *a, const void *b)
{
    const vg_polis_representative *x = a, *y = b;
    double p = metric(x), q = metric(y);
    if (p != q)
        return p > q ? -1 : 1;
    return x->statement < y->statement ? -1 : x->statement > y->statement;
}

/* Agrees before disagrees, each in the order they had. */
static int32_t agrees_first(const vg_polis_representative *from, int32_t n, vg_polis_representative *to)
{
    int32_t kept = 0;
    for (int side = 1; side >= 0; side--)
        for (int32_t i = 0; i < n; i++)
            if (from[i].agree == (side == 1))
                to[kept++] = from[i];
    return kept;
}

/* `list` has room for all columns. */
static void represent(vg_polis *r, int32_t g, vg_polis_representative *list)
{
    candidate best = { .statement = -1 }, best_agree = { .statement = -1 };
    int32_t n = 0;
    for (int32_t t = 0; t < r->n_columns; t++) {
        if (r->zeroed[t])
            continue;
        candidate c = candidate_of(r, g, t);
        if (is_sufficient(&c))
            list[n++] = final_form(&c);
        if (n == 0 && beats_best(&c, &best))
            best = c;
        if (beats_best_agree(&c, &best_agree))
            best_agree = c;
    }
    vg_polis_representative picked[VG_POLIS_BEST];
    int32_t n_picked = 0;
    if (best_agree.statement >= 0) {
        picked[n_picked] = final_form(&best_agree);
        picked[n_picked++].best_agree = true;
    } else if (n == 0 && best.statement >= 0) {
        picked[n_picked++] = final_form(&best);
    }
    qsort(list, (size_t)n, sizeof *list, by_metric);
    for (int32_t i = 0; i < n && n_picked < VG_POLIS_BEST; i++)
        if (list[i].statement != best_agree.statement)
            picked[n_picked++] = list[i];
    r->n_representative[g] = agrees_first(picked, n_picked, r->representative[g]);
}

static bool represent_all(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena scratch = *p->work;
    vg_polis_representative *list = vg_new(&scratch, vg_polis_representative, r->n_columns);
    r->n_representative = vg_new(p->a, int32_t, r->n_groups);
    r->representative =
        vg_alloc(p->a, r->n_groups, sizeof *r->representative, _Alignof(vg_polis_representative));
    if (!list || !r->n_representative || !r->representative)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t g = 0; g < r->n_groups; g++)
        represent(r, g, list);
    return true;
}

/* --- consensus of all rows --- */

static int by_strength(const void *a, const void *b)
{
    const vg_polis_consensus *x = a, *y = b;
    double p = x->p_success * x->p_test, q = y->p_success * y->p_test;
    if (p != q)
        return p > q ? -1 : 1;
    return x->statement < y->statement ? -1 : x->statement > y->statement;
}

static int32_t consensus_side(const vg_polis_run *p, int value, vg_polis_consensus *list,
                              vg_polis_consensus *out)
{
    const vg_polis *r = p->r;
    int32_t n = 0, kept = 0;
    for (int32_t t = 0; t < r->n_columns; t++) {
        vg_polis_consensus c = { .statement = t };
        for (int64_t j = p->c->col_at[t]; j < p->c->col_at[t + 1]; j++) {
            c.n_trials++;
            c.n_success += p->c->col_value[j] == value;
        }
        c.p_success = (c.n_success + 1.0) / (c.n_trials + 2.0);
        c.p_test = vg_polis_prop_test(c.n_success, c.n_trials);
        if (!r->zeroed[t] && c.p_success > 0.5 && c.p_test > Z90)
            list[n++] = c;
    }
    qsort(list, (size_t)n, sizeof *list, by_strength);
    for (; kept < n && kept < VG_POLIS_BEST; kept++)
        out[kept] = list[kept];
    return kept;
}

/* --- group-aware consensus, priorities --- */

static double priority_of(const vg_polis *r, int32_t t, bool is_meta)
{
    if (is_meta)
        return 49;
    vg_polis_count all = others(r, -1, t);
    double seen = all.seen, passes = all.seen - all.agree - all.disagree;
    double importance =
        (1 - (passes + 1) / (seen + 2)) * (r->extremity[t] + 1) * (all.agree + 1) / (seen + 2);
    double root = importance * (1 + 8 * exp2(-seen / 5));
    return root * root;
}

static bool weigh_statements(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    r->group_aware = vg_new(p->a, double, r->n_columns);
    r->priority = vg_new(p->a, double, r->n_columns);
    if (!r->group_aware || !r->priority)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t t = 0; t < r->n_columns; t++) {
        r->group_aware[t] = 1;
        for (int32_t g = 0; g < r->n_groups; g++) {
            const vg_polis_count *c = &r->count[(int64_t)g * r->n_columns + t];
            r->group_aware[t] *= (c->agree + 1.0) / (c->seen + 2.0);
        }
        r->priority[t] = priority_of(r, t, p->c->statement[t].is_meta);
    }
    return true;
}

/* --- participants --- */

/* Mean positions of groups, and of all who are clustered (the last). */
static void mean_places(vg_polis *r, double *x, double *y)
{
    double n = 0;
    *x = *y = 0;
    for (int32_t i = 0; i < r->n_rows; i++) {
        int32_t g = r->group[i];
        if (g < 0)
            continue;
        r->group_x[g] += r->x[i] / r->group_size[g];
        r->group_y[g] += r->y[i] / r->group_size[g];
        *x += r->x[i];
        *y += r->y[i];
        n++;
    }
    *x /= n > 0 ? n : 1;
    *y /= n > 0 ? n : 1;
}

static void place_participant(vg_polis *r, int32_t i, double mean_x, double mean_y)
{
    int32_t g = r->group[i];
    r->centricness[i] = r->coreness[i] = r->extremeness[i] = NAN;
    if (g < 0)
        return;
    double out_x = r->group_x[g] - mean_x, out_y = r->group_y[g] - mean_y, length = hypot(out_x, out_y);
    double from_x = r->x[i] - r->group_x[g], from_y = r->y[i] - r->group_y[g];
    r->centricness[i] = 1 - hypot(r->x[i] - mean_x, r->y[i] - mean_y);
    r->coreness[i] = 1 - hypot(from_x, from_y);
    r->extremeness[i] = length > 0 ? (from_x * out_x + from_y * out_y) / length : 0;
}

static bool place_participants(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    double mean_x, mean_y;
    r->group_x = vg_new(p->a, double, r->n_groups);
    r->group_y = vg_new(p->a, double, r->n_groups);
    r->centricness = vg_new(p->a, double, r->n_rows);
    r->coreness = vg_new(p->a, double, r->n_rows);
    r->extremeness = vg_new(p->a, double, r->n_rows);
    if (!r->group_x || !r->group_y || !r->centricness || !r->coreness || !r->extremeness)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    mean_places(r, &mean_x, &mean_y);
    for (int32_t i = 0; i < r->n_rows; i++)
        place_participant(r, i, mean_x, mean_y);
    return true;
}

bool vg_polis__statistics(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena scratch = *p->work;
    vg_polis_consensus *list = vg_new(&scratch, vg_polis_consensus, r->n_columns);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    if (!count_votes(p, e) || !represent_all(p, e) || !weigh_statements(p, e) || !place_participants(p, e))
        return false;
    r->n_consensus_agree = consensus_side(p, 1, list, r->consensus_agree);
    r->n_consensus_disagree = consensus_side(p, -1, list, r->consensus_disagree);
    return true;
}
