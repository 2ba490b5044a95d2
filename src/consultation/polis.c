/* The polis engine from votes to groups: who is clustered, which statements are zeroed, and the order of the stages.
 * Invariant: a result never points into the scratch arena or into the result of the tick before. */
#include "consultation/polis.h"

#include <stdlib.h>
#include <string.h>

#include "consultation/polis_int.h"

enum { NEED_VOTES = 7, LEAST_PEOPLE = 15 };

/* --- who takes part --- */

static bool mark_zeroed(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    r->zeroed = vg_new(p->a, bool, r->n_columns);
    if (!r->zeroed)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t t = 0; t < r->n_columns; t++)
        r->zeroed[t] = p->c->statement[t].moderation < 0 || p->c->statement[t].is_meta;
    return true;
}

static int32_t votes_of(const vg_consultation *c, int32_t row)
{
    return (int32_t)(c->row_at[row + 1] - c->row_at[row]);
}

typedef struct {
    int32_t row, n_votes;
} activity;

static int by_activity(const void *a, const void *b)
{
    const activity *x = a, *y = b;
    if (x->n_votes != y->n_votes)
        return x->n_votes > y->n_votes ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The most active others join until there are LEAST_PEOPLE. */
static bool fill_up(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    vg_arena scratch = *p->work;
    activity *others = vg_new(&scratch, activity, r->n_rows);
    int32_t n = 0;
    if (!others)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t i = 0; i < r->n_rows; i++)
        if (!r->in_conv[i])
            others[n++] = (activity){ i, votes_of(p->c, i) };
    qsort(others, (size_t)n, sizeof *others, by_activity);
    for (int32_t i = 0; i < n && r->n_in_conv < LEAST_PEOPLE; i++, r->n_in_conv++)
        r->in_conv[others[i].row] = true;
    return true;
}

static bool choose_people(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    const vg_polis *before = p->o->previous;
    int32_t need = r->n_columns < NEED_VOTES ? r->n_columns : NEED_VOTES;
    r->in_conv = vg_new(p->a, bool, r->n_rows);
    if (!r->in_conv)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t i = 0; i < r->n_rows; i++) {
        bool stays = before && i < before->n_rows && before->in_conv[i];
        r->in_conv[i] = p->o->in_conv ? p->o->in_conv[i] : stays || votes_of(p->c, i) >= need;
        r->n_in_conv += r->in_conv[i];
    }
    return p->o->in_conv || r->n_in_conv >= LEAST_PEOPLE || fill_up(p, e);
}

bool vg_polis__codes(vg_polis_run *p, vg_err *e)
{
    const vg_consultation *c = p->c;
    const vg_polis *r = p->r;
    p->row_at = vg_new(p->work, int64_t, r->n_rows + 1);
    p->code = vg_new(p->work, int32_t, c->n_votes);
    if (!p->row_at || !p->code)
        return vg_fail_memory(e, vg_arena_limit(p->work));
    int64_t n = 0;
    for (int32_t i = 0; i < r->n_rows; i++) {
        for (int64_t j = c->row_at[i]; j < c->row_at[i + 1]; j++)
            if (!r->zeroed[c->row_statement[j]])
                p->code[n++] = c->row_statement[j] * 4 - c->row_value[j] + 1;
        p->row_at[i + 1] = n;
    }
    return true;
}

/* --- groups that the caller gives --- */

static bool take_groups(vg_polis_run *p, vg_err *e)
{
    vg_polis *r = p->r;
    r->group = vg_new(p->a, int32_t, p->c->n_participants);
    if (!r->group)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t i = 0; i < p->c->n_participants; i++) {
        r->group[i] = p->o->group[i];
        r->n_groups = r->group[i] >= r->n_groups ? r->group[i] + 1 : r->n_groups;
    }
    r->group_id = vg_new(p->a, int32_t, r->n_groups);
    if (!r->group_id)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t g = 0; g < r->n_groups; g++)
        r->group_id[g] = g;
    r->k = r->n_groups;
    return true;
}

static bool step(const vg_polis_run *p, const char *what, int done, vg_err *e)
{
    return vg_progress_step(&p->o->progress, what, done, 4, e);
}

static bool all_stages(vg_polis_run *p, vg_err *e)
{
    return mark_zeroed(p, e) && choose_people(p, e) && vg_polis__codes(p, e) && step(p, "components", 0, e) &&
           vg_polis__components(p, e) && vg_polis__project(p, e) && step(p, "groups", 2, e) &&
           (p->o->group ? take_groups(p, e) : vg_polis__base(p, e) && vg_polis__groups(p, e)) &&
           (p->o->groups_only || vg_polis__statistics(p, e));
}

bool vg_polis_analyse(const vg_consultation *c, const vg_polis_opts *o, vg_arena *a, vg_polis *out, vg_err *e)
{
    if (o->k != 0 && (o->k < 2 || o->k > VG_POLIS_MAX_K)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%d groups are not what the method looks for", o->k);
        return vg_mend(e, "ask for 2 to %d groups, or leave it to the method", VG_POLIS_MAX_K);
    }
    vg_arena work = { .base = NULL };
    vg_polis r = { .n_rows = c->n_voters, .n_columns = c->n_voted };
    vg_polis_run p = {
        .c = c, .o = o, .n_threads = o->n_threads ? o->n_threads : vg_cores(), .a = a, .work = &work, .r = &r
    };
    bool good = vg_arena_init(&work, (int64_t)1 << 36, e) && all_stages(&p, e);
    vg_arena_free(&work);
    if (good)
        *out = r;
    return good;
}
