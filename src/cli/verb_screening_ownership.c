/* vigie screening ownership: the holdings that lists tell of and those of a CSV as one graph, and who is owned half or more
 * by listed parties. Names are matched by id or exact name here, letter case ignored; screening names is another verb. */
#include <math.h>
#include <string.h>

#include "cli/verb.h"
#include "core/csv.h"
#include "core/map.h"
#include "core/num.h"
#include "screening/ownership.h"
#include "store/party.h"

const vg_opt vg_screening_ownership_options[] = {
    { "holdings", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "rule", VG_OPT_CHOICE, "ofac|look-through", "ofac", 0, 0 },
    { "threshold", VG_OPT_NUM, "PERCENT", "50", 0.001, 100 },
    { "list", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "entity", VG_CELL_TEXT, 0 },    { "blocked", VG_CELL_TEXT, 0 }, { "owned", VG_CELL_NUM, 2 },
    { "owned_most", VG_CELL_NUM, 2 }, { "sum", VG_CELL_NUM, 2 },      { "path", VG_CELL_TEXT, 0 },
};
enum { N_COLUMNS = sizeof columns / sizeof *columns, MAX_NAME = 4096 };

typedef struct {
    vg_str name;   /* as it is shown */
    vg_str listed; /* "ofac-sdn 1234"; empty = not listed */
} entity;

typedef struct {
    vg_cli *c;
    vg_map keys; /* ids and names in small letters */
    int32_t *of; /* entity by key */
    int64_t of_cap;
    entity *entity;
    int32_t n;
    int64_t cap;
    vg_holding *holding;
    int64_t n_holdings, holding_cap;
    struct {
        int32_t owned;
        vg_str owner;
    } * link; /* of the lists, resolved when all parties are known */
    int64_t n_links, link_cap;
} graph;

/* Room for one more in an array of the verb's arena. */
static bool widen(graph *g, void **items, int64_t n, int64_t *cap, int64_t size, vg_err *e)
{
    if (n < *cap)
        return true;
    int64_t wider = *cap ? *cap * 2 : 1024;
    void *moved = vg_alloc(&g->c->arena, wider, size, (int64_t) _Alignof(max_align_t));
    if (!moved)
        return vg_fail_memory(e, vg_arena_limit(&g->c->arena));
    if (n)
        memcpy(moved, *items, (size_t)(n * size));
    *items = moved;
    *cap = wider;
    return true;
}

static int32_t new_entity(graph *g, vg_str name, vg_str listed, vg_err *e)
{
    if (!widen(g, (void **)&g->entity, g->n, &g->cap, sizeof *g->entity, e))
        return -1;
    g->entity[g->n] = (entity){ vg_copy(&g->c->arena, name), listed };
    return g->n++;
}

/* Number of a key in small letters; -1 = no memory or too long. */
static int32_t key_of(graph *g, vg_str text, bool *was_new)
{
    char small[MAX_NAME];
    text = vg_trim(text);
    if (text.n > MAX_NAME)
        return -1;
    for (ptrdiff_t i = 0; i < text.n; i++)
        small[i] = vg_lower(text.s[i]);
    return vg_map_add(&g->keys, (vg_str){ small, text.n }, was_new);
}

/* Gives a key its entity, unless an earlier one has it. */
static bool name_entity(graph *g, vg_str text, int32_t which, vg_err *e)
{
    bool was_new = false;
    int32_t key = key_of(g, text, &was_new);
    if (key < 0)
        return text.n > MAX_NAME || vg_fail_memory(e, vg_arena_limit(&g->c->arena));
    if (!widen(g, (void **)&g->of, key, &g->of_cap, sizeof *g->of, e))
        return false;
    if (was_new)
        g->of[key] = which;
    return true;
}

/* The entity a text means, made when nobody has that id or name. */
static int32_t entity_of(graph *g, vg_str text, vg_err *e)
{
    bool was_new = false;
    int32_t key = key_of(g, text, &was_new);
    if (key < 0) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "a name of %lld bytes", (long long)text.n);
        return -1;
    }
    if (!widen(g, (void **)&g->of, key, &g->of_cap, sizeof *g->of, e))
        return -1;
    if (was_new)
        g->of[key] = new_entity(g, vg_trim(text), VG_NOSTR, e);
    return g->of[key];
}

/* --- the lists --- */

/* A party of a data set that holds others too (FollowTheMoney) is listed only when a topic says so. */
static bool is_listed(const vg_party *p)
{
    for (int64_t i = 0; i < p->topic.n; i++)
        if (vg_starts(p->topic.item[i], VG_S("sanction")) &&
            !vg_eq(p->topic.item[i], VG_S("sanction.linked")))
            return true;
    return p->topic.n == 0;
}

static bool add_party(void *ctx, const vg_party_entry *entry, vg_err *e)
{
    graph *g = ctx;
    const vg_party *p = entry->party;
    vg_str only = vg_opt_text(&g->c->opts, "list");
    bool listed = is_listed(p) && (!only.n || vg_eq(only, entry->list));
    vg_str where = listed ? vg_format(&g->c->arena, "%.*s %.*s", VG_P(entry->list), VG_P(p->id)) : VG_NOSTR;
    int32_t which = new_entity(g, p->name.item[0].text, where, e);
    if (which < 0 || !name_entity(g, p->id, which, e))
        return false;
    for (int64_t i = 0; i < p->name.n; i++)
        if (p->name.item[i].kind != VG_NAME_WEAK && !name_entity(g, p->name.item[i].text, which, e))
            return false;
    for (int64_t i = 0; i < p->link.n; i++) {
        if (!vg_eq(p->link.item[i].kind, VG_S("owner")))
            continue;
        if (!widen(g, (void **)&g->holding, g->n_holdings, &g->holding_cap, sizeof *g->holding, e) ||
            !widen(g, (void **)&g->link, g->n_links, &g->link_cap, sizeof *g->link, e))
            return false;
        g->link[g->n_links].owned = which;
        g->link[g->n_links++].owner = vg_copy(&g->c->arena, p->link.item[i].to);
        g->holding[g->n_holdings++] = (vg_holding){ -1, which, p->link.item[i].share };
    }
    return true;
}

static bool resolve_links(graph *g, vg_err *e)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < g->n_links; i++) {
        int32_t owner = entity_of(g, g->link[i].owner, e);
        if (owner < 0)
            return false;
        if (owner != g->link[i].owned)
            g->holding[kept++] = (vg_holding){ owner, g->link[i].owned, g->holding[i].share };
    }
    g->n_holdings = kept;
    return true;
}

static bool read_lists(graph *g, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(g->c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_store_parties(st, VG_NOSTR, g->c->as_of, &(vg_party_reader){ g, add_party }, e);
    vg_store_close(st);
    return good && resolve_links(g, e);
}

/* --- the file --- */

static int32_t column(const vg_csv_row *header, const char *names)
{
    for (vg_str rest = vg_str_z(names); rest.n;) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < header->n; i++)
            if (vg_eq_nocase(vg_trim(header->cell[i]), name))
                return i;
    }
    return -1;
}

/* "51", "51 %", "33,3": per cent; empty, "unknown", "-": not known. */
static bool read_share(vg_str text, double *share)
{
    text = vg_trim(text);
    if (text.n && text.s[text.n - 1] == '%')
        text = vg_trim(vg_sub(text, 0, text.n - 1));
    *share = NAN;
    return !text.n || vg_eq(text, VG_S("-")) || vg_eq(text, VG_S("?")) ||
           vg_eq_nocase(text, VG_S("unknown")) || vg_num(text, share) || vg_num_comma(text, share);
}

static bool add_holding(graph *g, const vg_csv *csv, const vg_csv_row *row, const int32_t col[3], vg_err *e)
{
    vg_str cell[3];
    double share;
    for (int i = 0; i < 3; i++)
        cell[i] = col[i] >= 0 && col[i] < row->n ? vg_trim(row->cell[col[i]]) : VG_NOSTR;
    if (!cell[0].n || !cell[1].n)
        return vg_fail(e, VG_EPARSE, vg_csv_at(csv, row, cell[0].n ? col[1] : col[0]), "a holding without %s",
                       cell[0].n ? "the entity that is owned" : "an owner");
    if (!read_share(cell[2], &share) || (!isnan(share) && !(share >= 0 && share <= 100))) {
        vg_fail(e, VG_ERANGE, vg_csv_at(csv, row, col[2]), "not a share: \"%.*s\"",
                VG_P(vg_utf8_head(cell[2], 40)));
        return vg_why(e, "a share is 0 to 100 per cent; an empty cell says that it is not known");
    }
    int32_t owner = entity_of(g, cell[0], e), owned = entity_of(g, cell[1], e);
    if (owner < 0 || owned < 0)
        return false;
    if (owner == owned)
        return vg_fail(e, VG_ERANGE, vg_csv_at(csv, row, 0), "an entity that owns itself: %.*s",
                       VG_P(vg_utf8_head(cell[0], 80)));
    if (!widen(g, (void **)&g->holding, g->n_holdings, &g->holding_cap, sizeof *g->holding, e))
        return false;
    g->holding[g->n_holdings++] = (vg_holding){ owner, owned, share };
    return true;
}

static bool read_rows(graph *g, vg_csv *csv, vg_err *e)
{
    vg_csv_row row;
    if (!vg_csv_next(csv, &row, e))
        return vg_failed(e) ? false : vg_fail(e, VG_EPARSE, VG_NOWHERE, "the file of holdings holds no rows");
    if (row.bad) {
        *e = row.why;
        return false;
    }
    const int32_t col[3] = { column(&row, "owner|owner_id|owner_name|shareholder|parent"),
                             column(&row, "owned|owned_id|owned_name|entity|company|subsidiary|asset"),
                             column(&row, "share|percent|percentage|per_cent|share_percent|part") };
    if (col[0] < 0 || col[1] < 0) {
        vg_fail(e, VG_EPARSE, vg_csv_at(csv, &row, 0), "no column says who owns what");
        return vg_mend(e, "name the columns owner, owned and share");
    }
    while (vg_csv_next(csv, &row, e)) {
        if (row.bad)
            *e = row.why;
        if (row.bad || !add_holding(g, csv, &row, col, e))
            return false;
    }
    return !vg_failed(e);
}

static bool read_file(graph *g, const char *path, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    if (!vg_input_open(path, &in, e))
        return false;
    bool open = vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, e), good = open;
    if (open) {
        good = read_rows(g, csv, e);
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return good;
}

/* --- the answer --- */

static vg_str path_text(graph *g, const vg_ownership_path *p)
{
    vg_arena *a = &g->c->arena;
    const entity *top = &g->entity[p->node[0]];
    vg_str text = vg_format(a, "%.*s [%.*s]", VG_P(top->name), VG_P(top->listed));
    for (int32_t i = 1; i < p->n; i++) {
        char buf[32];
        vg_str share = isnan(p->share[i - 1]) ? VG_S("?") : vg_num_text(p->share[i - 1], buf);
        text =
            vg_format(a, "%.*s > %.*s %% > %.*s", VG_P(text), VG_P(share), VG_P(g->entity[p->node[i]].name));
    }
    return text;
}

static void add_found(graph *g, vg_table *t, const vg_owned *o)
{
    vg_str paths = VG_S("");
    for (int32_t i = 0; i < o->n_paths; i++)
        paths = vg_format(&g->c->arena, "%.*s%s%.*s", VG_P(paths), i ? "; " : "",
                          VG_P(path_text(g, &o->path[i])));
    vg_cell_text(t, g->entity[o->entity].name);
    vg_cell_text(t, o->blocked ? VG_S("yes") : o->open ? VG_S("open") : VG_S("no"));
    vg_cell_num(t, o->share);
    vg_cell_num(t, o->at_most);
    vg_cell_num(t, o->sum);
    vg_cell_text(t, paths);
}

/* Entities that are not listed and that somebody holds. */
static int64_t count_held(graph *g)
{
    vg_arena scratch = g->c->arena;
    bool *held = vg_new(&scratch, bool, g->n);
    int64_t n = 0;
    for (int64_t i = 0; held && i < g->n_holdings; i++)
        held[g->holding[i].owned] = true;
    for (int32_t i = 0; held && i < g->n; i++)
        n += held[i] && !g->entity[i].listed.n;
    return n;
}

/* Exit code 1 when somebody is owned half or more. */
static bool put(graph *g, const vg_owned *found, int32_t n, vg_err *e)
{
    vg_cli *c = g->c;
    vg_table t;
    int64_t n_blocked = 0, n_open = 0, n_other = 0;
    if (!vg_table_init(&t, columns, N_COLUMNS, e))
        return false;
    for (int32_t i = 0; i < n; i++) {
        n_blocked += found[i].blocked;
        n_open += found[i].open;
        add_found(g, &t, &found[i]);
    }
    n_other = count_held(g);
    bool good = true;
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, n_blocked ? "screening.ownership-found" : "screening.ownership-none",
                vg_arg_int("n", n_blocked ? n_blocked : n_other), vg_arg_int("all", n_other));
        if (n_open)
            vg_line(c, "screening.ownership-open", vg_arg_int("n", n_open));
    }
    if (c->form != VG_FORM_TABLE || n)
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    c->exit_code = n_blocked > 0;
    return good;
}

static bool answer(graph *g, vg_err *e)
{
    vg_cli *c = g->c;
    bool *listed = vg_new(&c->arena, bool, g->n);
    vg_owned *found = NULL;
    int32_t n = 0;
    if (!listed)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    for (int32_t i = 0; i < g->n; i++)
        listed[i] = g->entity[i].listed.n > 0;
    vg_ownership_graph graph_of = { g->n, listed, g->holding, g->n_holdings };
    vg_ownership_opts opts = { .rule = vg_eq(vg_opt_text(&c->opts, "rule"), VG_S("ofac"))
                                           ? VG_OWNERSHIP_OFAC
                                           : VG_OWNERSHIP_LOOK_THROUGH,
                               .threshold = vg_opt_num(&c->opts, "threshold") };
    return vg_ownership_find(&graph_of, &opts, &c->arena, &found, &n, e) && put(g, found, n, e);
}

bool vg_verb_screening_ownership(vg_cli *c, vg_err *e)
{
    graph g = { .c = c };
    const char *path = vg_opt_path(&c->opts, "holdings");
    if (!vg_map_init(&g.keys, e))
        return false;
    bool good = read_lists(&g, e) && (!path || read_file(&g, path, e)) && answer(&g, e);
    vg_map_free(&g.keys);
    return good;
}
