/* vigie consult stability: the groups of both engines found again on random halves of the statements. */
#include <math.h>

#include "cli/consult.h"
#include "consultation/house.h"
#include "consultation/polis.h"

const vg_opt vg_consult_stability_options[] = {
    VG_CONVERSATION_OPTIONS,
    { "splits", VG_OPT_INT, "N", "10", 1, 1000 },
    { "groups", VG_OPT_INT, "N", NULL, 2, VG_POLIS_MAX_K },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "engine", VG_CELL_TEXT, 0 },
    { "splits", VG_CELL_INT, 0 },
    { "k", VG_CELL_INT, 0 },
    { "ari_same_k", VG_CELL_NUM, 3 },
    { "ari_own_k", VG_CELL_NUM, 3 },
    { "mean_own_k", VG_CELL_NUM, 1 },
    { "one_group_halves", VG_CELL_PERCENT, 0 },
};

static bool polis_engine(void *ctx, const vg_consultation *of, int32_t k, int32_t *group, int32_t *n_groups,
                         vg_err *e)
{
    vg_polis_opts o = *(const vg_polis_opts *)ctx;
    vg_arena a;
    vg_polis p;
    o.k = k;
    if (!vg_arena_init(&a, (int64_t)8 << 30, e))
        return false;
    bool good = vg_polis_analyse(of, &o, &a, &p, e);
    for (int32_t i = 0; good && i < of->n_participants; i++)
        group[i] = p.group[i];
    if (good)
        *n_groups = p.n_groups;
    vg_arena_free(&a);
    return good;
}

/* The number of groups both engines are made to find: as told, else what the published method finds on all votes. */
static bool common_k(vg_cli *c, const vg_consultation *of, vg_polis_opts *o, int32_t *k, vg_err *e)
{
    *k = vg_opt_given(&c->opts, "groups") ? (int32_t)vg_opt_int(&c->opts, "groups") : 0;
    int32_t *group = vg_new(&c->arena, int32_t, of->n_participants);
    if (!group)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (*k == 0 && !polis_engine(o, of, 0, group, k, e))
        return false;
    *k = *k < 2 ? 2 : *k;
    return true;
}

bool vg_verb_consult_stability(vg_cli *c, vg_err *e)
{
    vg_consultation of;
    if (!vg_cli_conversation(c, &of, e))
        return false;
    uint64_t seed = (uint64_t)vg_opt_int(&c->opts, "seed");
    vg_polis_opts polis = {
        .seed = seed, .n_threads = c->n_threads, .groups_only = true, .progress = c->progress
    };
    vg_house_opts house = { .seed = seed, .n_threads = c->n_threads, .progress = c->progress };
    static const char *const name[2] = { "house", "polis" };
    vg_group_engine *const engine[2] = { vg_house_engine, polis_engine };
    void *const ctx[2] = { &house, &polis };
    int32_t k, splits = (int32_t)vg_opt_int(&c->opts, "splits");
    vg_table t;
    if (!common_k(c, &of, &polis, &k, e) ||
        !vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    bool good = true;
    for (int i = 0; i < 2 && good; i++) {
        vg_halves x;
        good = vg_halves_measure(&of, k, splits, seed, engine[i], ctx[i], &x, e);
        if (!good)
            break;
        vg_cell_text(&t, vg_str_z(name[i]));
        vg_cell_int(&t, x.n_splits);
        vg_cell_int(&t, k);
        vg_cell_num(&t, x.ari_forced);
        vg_cell_num(&t, x.ari_free);
        vg_cell_num(&t, x.k_free);
        vg_cell_num(&t, x.one_share);
    }
    vg_terminal_end();
    good = good && vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}
