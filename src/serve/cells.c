/* Numbers of all cells of a grid for a month, or a span of months, as columns: deaths as panels sum them, or a forecast. A
 * grid is read from the store once and kept by month, so that a month is two copies. Invariant: a kept grid is
 * immutable and belongs to the store as it was; an import or another run gives another one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fields.h"
#include "serve/serve_int.h"

enum { N_CHANCES = 4, N_VALUES = 1 + N_CHANCES, MOST_ROWS = 20000000 };

struct vg_grid {
    char key[320];
    int64_t n_users;
    vg_arena arena;
    int32_t n_cells, n_months, first_month, n_values;
    int32_t *cell;
    float *value[N_VALUES]; /* by month, then cell */
};

/* --- made from the store --- */

typedef struct {
    vg_call *c;
    bool forecast;
    int64_t run; /* of a forecast */
    char key[320];
} question;

static bool make_room(vg_grid *g, vg_err *e)
{
    int64_t n = (int64_t)g->n_cells * g->n_months;
    g->cell = vg_new(&g->arena, int32_t, g->n_cells + 1);
    bool good = g->cell != NULL;
    for (int i = 0; i < g->n_values && good; i++) {
        g->value[i] = vg_new(&g->arena, float, n + 1);
        good = g->value[i] != NULL;
    }
    return good || vg_fail_memory(e, vg_arena_limit(&g->arena));
}

static unsigned types_of(const vg_call *c)
{
    static const int type[] = { VG_TYPE_UNKNOWN, VG_TYPE_STATE, VG_TYPE_NON_STATE, VG_TYPE_ONE_SIDED,
                                VG_TYPE_OTHER };
    unsigned bits = 0;
    for (size_t i = 0; i < sizeof type / sizeof *type; i++)
        if (vg_call_whole(c, "type") >> i & 1)
            bits |= 1U << type[i];
    return bits;
}

static bool fill_deaths(vg_grid *g, const question *q, vg_arena *scratch, vg_err *e)
{
    vg_panel p;
    vg_panel_query pq = { .source = vg_call_text(q->c, "source"),
                          .variable = vg_call_text(q->c, "variable"),
                          .kind = VG_UNIT_CELL,
                          .types = types_of(q->c) };
    if (!vg_store_panel(q->c->w->st, &pq, scratch, &p, e))
        return false;
    g->n_cells = p.n_units;
    g->n_months = p.n_months;
    g->first_month = p.first_month;
    g->n_values = 1;
    if (!make_room(g, e))
        return false;
    for (int32_t u = 0; u < p.n_units; u++) {
        g->cell[u] = p.unit[u].unit;
        for (int32_t m = 0; m < p.n_months; m++)
            g->value[0][(int64_t)m * p.n_units + u] = (float)p.value[(int64_t)u * p.n_months + m];
    }
    return true;
}

/* What a forecast's row says of a cell and month. */
typedef struct {
    double mean, chance[N_CHANCES];
    int32_t n_chances;
} outlook;

static const vg_field outlook_fields[] = {
    { "mean", VG_FIELD_NUM, offsetof(outlook, mean), 0, 0, 0, NULL },
    { "probabilities", VG_FIELD_NUMS, offsetof(outlook, chance), offsetof(outlook, n_chances), N_CHANCES, 0,
      NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The cells of the rows, each once, ascending; and the span of their months. */
static bool list_cells(vg_grid *g, const vg_result *row, int64_t n, vg_arena *scratch, vg_err *e)
{
    int32_t *cell = vg_new(scratch, int32_t, n + 1), last = 0;
    int64_t count = 0, kept = 0;
    if (!cell)
        return vg_fail_memory(e, vg_arena_limit(scratch));
    for (int64_t i = 0; i < n; i++) {
        if (row[i].unit_kind != VG_UNIT_CELL || !row[i].month)
            continue;
        cell[count++] = row[i].unit;
        g->first_month = g->first_month && g->first_month < row[i].month ? g->first_month : row[i].month;
        last = last > row[i].month ? last : row[i].month;
    }
    qsort(cell, (size_t)count, sizeof *cell, by_number);
    for (int64_t i = 0; i < count; i++)
        if (!kept || cell[kept - 1] != cell[i])
            cell[kept++] = cell[i];
    g->n_cells = (int32_t)kept;
    g->n_months = count ? last - g->first_month + 1 : 0;
    g->n_values = N_VALUES;
    if (!make_room(g, e))
        return false;
    if (kept)
        memcpy(g->cell, cell, (size_t)kept * sizeof *cell);
    return true;
}

static bool take_outlook(vg_grid *g, vg_call *c, const vg_result *row, vg_err *e)
{
    outlook o = { .mean = NAN };
    if (row->unit_kind != VG_UNIT_CELL || !row->month)
        return true;
    if (!vg_call_fields(c, row->body, outlook_fields, &o, e))
        return false;
    const int32_t *at = bsearch(&row->unit, g->cell, (size_t)g->n_cells, sizeof *g->cell, by_number);
    int64_t place = (int64_t)(row->month - g->first_month) * g->n_cells + (at - g->cell);
    g->value[0][place] = (float)o.mean;
    for (int i = 0; i < o.n_chances; i++)
        g->value[1 + i][place] = (float)o.chance[i];
    return true;
}

static bool fill_forecast(vg_grid *g, const question *q, vg_arena *scratch, vg_err *e)
{
    vg_result_page page = { .run = q->run, .kind = VG_S("forecast"), .limit = MOST_ROWS };
    vg_result *row;
    int64_t *number, n;
    if (!vg_store_result_page(q->c->w->st, &page, scratch, &row, &number, &n, e) ||
        !list_cells(g, row, n, scratch, e))
        return false;
    for (int64_t i = 0; i < (int64_t)g->n_cells * g->n_months; i++)
        for (int k = 0; k < N_VALUES; k++)
            g->value[k][i] = NAN;
    for (int64_t i = 0; i < n; i++)
        if (!take_outlook(g, q->c, &row[i], e))
            return false;
    return true;
}

static bool make_grid(const question *q, vg_grid **out, vg_err *e)
{
    static const int64_t most = (int64_t)4 << 30;
    vg_arena scratch;
    vg_grid *g = calloc(1, sizeof *g);
    if (!g)
        return vg_fail_memory(e, 0);
    g->n_users = 1;
    snprintf(g->key, sizeof g->key, "%s", q->key);
    if (!vg_arena_init(&scratch, most, e)) {
        free(g);
        return false;
    }
    bool good = vg_arena_init(&g->arena, most, e) &&
                (q->forecast ? fill_forecast(g, q, &scratch, e) : fill_deaths(g, q, &scratch, e));
    vg_arena_free(&scratch);
    if (good) {
        *out = g;
        return true;
    }
    vg_arena_free(&g->arena);
    free(g);
    return false;
}

/* --- kept --- */

static void drop_locked(vg_grid *g)
{
    if (!g || --g->n_users > 0)
        return;
    vg_arena_free(&g->arena);
    free(g);
}

static vg_grid *take_kept(vg_serve *s, const char *key)
{
    vg_grid *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < VG_KEPT_GRIDS && !found; i++)
        if (s->grid[i] && strcmp(s->grid[i]->key, key) == 0)
            found = s->grid[i];
    if (found)
        found->n_users++;
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void give(vg_serve *s, vg_grid *g)
{
    pthread_mutex_lock(&s->lock);
    drop_locked(g);
    pthread_mutex_unlock(&s->lock);
}

static void keep(vg_serve *s, vg_grid *g)
{
    pthread_mutex_lock(&s->lock);
    vg_grid **place = &s->grid[s->next_grid++ % VG_KEPT_GRIDS];
    drop_locked(*place);
    *place = g;
    g->n_users++;
    pthread_mutex_unlock(&s->lock);
}

void vg_grids__end(vg_serve *s)
{
    for (int i = 0; i < VG_KEPT_GRIDS; i++) {
        drop_locked(s->grid[i]);
        s->grid[i] = NULL;
    }
}

/* One at a time is read from the store: what the next one waits for may be what it asks for itself. */
static bool take(const question *q, vg_grid **out, vg_err *e)
{
    vg_serve *s = q->c->s;
    bool good = true;
    *out = take_kept(s, q->key);
    if (*out)
        return true;
    pthread_mutex_lock(&s->grid_lock);
    *out = take_kept(s, q->key);
    if (!*out) {
        good = make_grid(q, out, e);
        if (good)
            keep(s, *out);
    }
    pthread_mutex_unlock(&s->grid_lock);
    return good;
}

/* --- the answer --- */

typedef struct {
    int32_t from, to; /* months, counted in the grid */
    int32_t *cell, *month;
    float *value[N_VALUES];
} cut;

static bool span_of(vg_call *c, const vg_grid *g, cut *t, vg_err *e)
{
    const vg_value *from = vg_call_value(c, "from"), *to = vg_call_value(c, "to");
    int64_t last = g->first_month + g->n_months - 1, one = vg_call_whole(c, "what") ? g->first_month : last;
    int64_t first = from->given ? from->whole : to->given ? to->whole : one;
    int64_t end = to->given ? to->whole : first;
    if (first > end) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the span ends before it begins");
        return vg_mend(e, "from is the earlier month");
    }
    first = first < g->first_month ? g->first_month : first;
    end = end > last ? last : end;
    t->from = (int32_t)(first - g->first_month);
    t->to = (int32_t)(end - g->first_month);
    if ((int64_t)(t->to - t->from + 1) * g->n_cells <= MOST_ROWS)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "these are over %d rows", MOST_ROWS);
    return vg_mend(e, "ask for fewer months at once");
}

/* One month is sent from where it stands; of several the cells and months are repeated. */
static bool cut_out(const vg_grid *g, cut *t, vg_arena *a, vg_err *e)
{
    int64_t n_months = t->to - t->from + 1, n = n_months > 0 ? n_months * g->n_cells : 0;
    for (int i = 0; i < g->n_values; i++)
        t->value[i] = g->value[i] + (int64_t)t->from * g->n_cells;
    t->cell = g->cell;
    if (n_months == 1)
        return true;
    t->cell = vg_new(a, int32_t, n + 1);
    t->month = vg_new(a, int32_t, n + 1);
    if (!t->cell || !t->month)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++) {
        t->cell[i] = g->cell[i % g->n_cells];
        t->month[i] = g->first_month + t->from + (int32_t)(i / g->n_cells);
    }
    return true;
}

static bool put(vg_call *c, const vg_grid *g, vg_err *e)
{
    static const char *const chance[] = { "p1", "p2", "p3", "p4" };
    vg_column_data column[2 + N_VALUES];
    cut t = { .from = 0 };
    int n = 0;
    if (!span_of(c, g, &t, e) || !cut_out(g, &t, &c->w->arena, e))
        return false;
    column[n++] = (vg_column_data){ "gid", VG_COL_I32, t.cell };
    if (t.month)
        column[n++] = (vg_column_data){ "month", VG_COL_I32, t.month };
    for (int i = 0; i < g->n_values; i++) {
        const char *name = g->n_values == 1 ? "deaths" : i == 0 ? "expected" : chance[i - 1];
        column[n++] = (vg_column_data){ name, VG_COL_F32, t.value[i] };
    }
    vg_call_type(c, VG_COLUMNS_TYPE);
    vg_columns__put(&c->r->body, column, n, t.to >= t.from ? (int64_t)(t.to - t.from + 1) * g->n_cells : 0);
    return true;
}

static bool read_question(vg_call *c, question *q, vg_err *e)
{
    vg_run run;
    vg_str source = vg_call_text(c, "source"), variable = vg_call_text(c, "variable");
    *q = (question){ .c = c, .forecast = vg_call_whole(c, "what") == 1, .run = vg_call_whole(c, "run") };
    if (q->forecast && vg_call_given(c, "run") && !vg_store_get_run(c->w->st, q->run, &c->w->arena, &run, e))
        return false;
    if (q->forecast && !vg_call_given(c, "run") && !vg_store_last_run(c->w->st, VG_S("forecast"), &q->run, e))
        return false;
    pthread_mutex_lock(&c->s->lock);
    int64_t imports = c->s->n_renewals;
    pthread_mutex_unlock(&c->s->lock);
    if (q->forecast)
        snprintf(q->key, sizeof q->key, "forecast %lld", (long long)q->run);
    else
        snprintf(q->key, sizeof q->key, "deaths %lld %u %.*s|%.*s", (long long)imports, types_of(c),
                 VG_P(source), VG_P(variable));
    return true;
}

bool vg_answer__cells(vg_call *c, vg_err *e)
{
    question q;
    vg_grid *g;
    if (!read_question(c, &q, e) || !take(&q, &g, e))
        return false;
    /* Between two imports a question has one answer; what a server before this one numbered is not asked for here. */
    const vg_str part[] = { vg_format(&c->w->arena, "%lld", (long long)c->s->started_at), vg_str_z(q.key),
                            c->q->target };
    bool good = vg_reply__is_known(c, part, 3) || put(c, g, e);
    give(c->s, g);
    return good;
}
