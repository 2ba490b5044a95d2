/* Vintages as rows: written once at the end of an import, listed, found again by the fingerprint of their bytes. */
#include "store/store_int.h"

#include "core/date.h"

/* What schema 2 knows of a vintage besides: its further variables, and where its flows are. */
static bool add_more(vg_store *st, const vg_vintage *v, const vg_writer *w, const vg_coder *c, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "INSERT INTO vintage_variable VALUES (?1, ?2, ?3, ?4)", e))
        return false;
    bool ok = true;
    for (int32_t i = 0; i < c->n_variables && ok; i++) {
        vg_sql__bind_int(&q, 1, v->id);
        vg_sql__bind_int(&q, 2, c->variable[i].id);
        vg_sql__bind_int(&q, 3, c->variable[i].kinds);
        vg_sql__bind_int(&q, 4, c->variable[i].n);
        ok = vg_sql__run(&q);
    }
    if (!vg_sql__close(&q) || !c->n_flows)
        return ok && !vg_failed(e);
    if (!vg_sql__open(&q, st, "INSERT INTO vintage_flow VALUES (?1, ?2, ?3, ?4)", e))
        return false;
    vg_sql__bind_int(&q, 1, v->id);
    vg_sql__bind_int(&q, 2, w->flows_before + 1);
    vg_sql__bind_int(&q, 3, w->flows_before + c->n_flows);
    vg_sql__bind_int(&q, 4, c->flow_kinds);
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

bool vg_vintage__add(vg_store *st, const vg_vintage *v, const vg_writer *w, const vg_coder *c, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st,
            "INSERT INTO vintage VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
            " ?16, ?17, ?18, nullif(?19, 0), ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
            e))
        return false;
    const vg_str text[] = { v->source,  v->version,  v->scope, v->variable,
                            v->licence, v->citation, v->file,  v->sha256 };
    const int64_t number[] = { v->bytes,
                               v->imported_at,
                               v->known_at,
                               v->first_month,
                               v->last_month,
                               v->month_rule,
                               v->n_accepted,
                               v->n_rejected,
                               v->n_duplicates,
                               v->supersedes,
                               c->n_events ? w->events_before + 1 : 0,
                               w->events_before + c->n_events,
                               c->n_points ? w->series_before + 1 : 0,
                               w->series_before + c->n_points,
                               c->n_rejected ? w->rejects_before + 1 : 0,
                               w->rejects_before + c->n_rejected,
                               c->kinds };
    vg_sql__bind_int(&q, 1, v->id);
    for (int i = 0; i < (int)(sizeof text / sizeof *text); i++)
        vg_sql__bind_text(&q, 2 + i, text[i]);
    for (int i = 0; i < (int)(sizeof number / sizeof *number); i++)
        vg_sql__bind_int(&q, 10 + i, number[i]);
    vg_sql__run(&q);
    return vg_sql__close(&q) && add_more(st, v, w, c, e);
}

static void read_row(vg_sql *q, vg_arena *a, vg_vintage_rows *out)
{
    vg_vintage *v = &out->about;
    enum { N_TEXTS = 8 };
    vg_str *text[N_TEXTS] = { &v->source,  &v->version,  &v->scope, &v->variable,
                              &v->licence, &v->citation, &v->file,  &v->sha256 };
    v->id = vg_sql__int(q, 0);
    for (int i = 0; i < N_TEXTS; i++)
        *text[i] = vg_sql__copy(q, 1 + i, a);
    v->bytes = vg_sql__int(q, 9);
    v->imported_at = vg_sql__int(q, 10);
    v->known_at = vg_sql__int(q, 11);
    v->first_month = vg_sql__i32(q, 12);
    v->last_month = vg_sql__i32(q, 13);
    v->month_rule = (vg_month_rule)vg_sql__i32(q, 14);
    v->n_accepted = vg_sql__int(q, 15);
    v->n_rejected = vg_sql__int(q, 16);
    v->n_duplicates = vg_sql__int(q, 17);
    v->supersedes = vg_sql__int(q, 18);
    out->event_from = vg_sql__int(q, 19);
    out->event_to = vg_sql__int(q, 20);
    out->series_from = vg_sql__int(q, 21);
    out->series_to = vg_sql__int(q, 22);
    out->kinds = (unsigned)vg_sql__i32(q, 25);
}

static vg_vintage_rows *find_row(vg_vintage_rows *rows, int64_t n, int64_t id)
{
    int64_t low = 0, high = n; /* in the order of ids */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (rows[middle].about.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && rows[low].about.id == id ? &rows[low] : NULL;
}

static bool add_variable(vg_vintage_rows *v, vg_sql *q, vg_arena *a, int64_t *cap)
{
    int64_t ids_cap = *cap;
    v->variable = vg_sql__grow(a, v->variable, v->n_variables, cap, sizeof *v->variable, q->e);
    v->variable_id = vg_sql__grow(a, v->variable_id, v->n_variables, &ids_cap, sizeof(int64_t), q->e);
    if (!v->variable || !v->variable_id)
        return false;
    v->variable[v->n_variables] =
        (vg_variable){ vg_sql__copy(q, 4, a), (unsigned)vg_sql__i32(q, 2), vg_sql__int(q, 3) };
    v->variable_id[v->n_variables++] = vg_sql__int(q, 1);
    return true;
}

static bool read_variables(vg_store *st, vg_arena *a, vg_vintage_rows *rows, int64_t n, vg_err *e)
{
    vg_sql q;
    vg_vintage_rows *last = NULL;
    int64_t cap = 0;
    if (!vg_sql__open(&q, st,
                      "SELECT v.vintage, v.variable, v.kinds, v.n, t.text FROM vintage_variable v"
                      " JOIN name t ON t.id = v.variable ORDER BY v.vintage, t.text",
                      e))
        return false;
    while (vg_sql__next(&q)) {
        vg_vintage_rows *v = find_row(rows, n, vg_sql__int(&q, 0));
        cap = v == last ? cap : 0;
        last = v;
        if (v && !add_variable(v, &q, a, &cap)) {
            q.failed = true;
            break;
        }
    }
    return vg_sql__close(&q);
}

static bool read_flows(vg_store *st, vg_vintage_rows *rows, int64_t n, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT vintage, flow_from, flow_to, kinds FROM vintage_flow", e))
        return false;
    while (vg_sql__next(&q)) {
        vg_vintage_rows *v = find_row(rows, n, vg_sql__int(&q, 0));
        if (!v)
            continue;
        v->flow_from = vg_sql__int(&q, 1);
        v->flow_to = vg_sql__int(&q, 2);
        v->flow_kinds = (unsigned)vg_sql__i32(&q, 3);
    }
    return vg_sql__close(&q);
}

bool vg_vintage__list(vg_store *st, int64_t as_of, vg_arena *a, vg_vintage_rows **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT * FROM vintage WHERE known_at <= ?1 ORDER BY id", e))
        return false;
    vg_sql__bind_int(&q, 1, as_of ? as_of : vg_now());
    vg_vintage_rows *rows = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        rows = vg_sql__grow(a, rows, count, &cap, sizeof *rows, e);
        if (!rows) {
            q.failed = true;
            break;
        }
        read_row(&q, a, &rows[count++]);
    }
    if (!vg_sql__close(&q) || !read_variables(st, a, rows, count, e) || !read_flows(st, rows, count, e))
        return false;
    *out = rows;
    *n = count;
    return true;
}

int64_t vg_vintage__variable(const vg_vintage_rows *v, vg_str name)
{
    for (int64_t i = 0; i < v->n_variables; i++)
        if (vg_eq(v->variable[i].name, name))
            return i;
    return -1;
}

unsigned vg_vintage__kinds(const vg_vintage_rows *v)
{
    unsigned kinds = v->kinds;
    for (int64_t i = 0; i < v->n_variables; i++)
        kinds |= v->variable[i].kinds;
    return kinds;
}

bool vg_store_variables(vg_store *st, int64_t vintage, vg_arena *a, vg_variable **out, int64_t *n, vg_err *e)
{
    vg_vintage_rows *rows = NULL;
    int64_t count = 0, at = 0;
    if (!vg_store__ready(st, e) || !vg_vintage__list(st, INT64_MAX, a, &rows, &count, e))
        return false;
    while (at < count && rows[at].about.id != vintage)
        at++;
    if (at == count)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no vintage %lld", (long long)vintage);
    const vg_vintage_rows *v = &rows[at];
    vg_variable *all = vg_new(a, vg_variable, v->n_variables + 1);
    if (!all)
        return vg_fail_memory(e, vg_arena_limit(a));
    int64_t own = v->kinds != 0;
    if (own)
        all[0] = (vg_variable){ v->about.variable, v->kinds, -1 };
    for (int64_t i = 0; i < v->n_variables; i++)
        all[own + i] = v->variable[i];
    *out = all;
    *n = own + v->n_variables;
    return true;
}

bool vg_store_vintages(vg_store *st, int64_t as_of, vg_arena *a, vg_vintage **out, int64_t *n, vg_err *e)
{
    vg_vintage_rows *rows;
    int64_t count;
    if (!vg_store__ready(st, e) || !vg_vintage__list(st, as_of, a, &rows, &count, e))
        return false;
    vg_vintage *v = vg_new(a, vg_vintage, count);
    if (!v)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < count; i++)
        v[i] = rows[i].about;
    *out = v;
    *n = count;
    return true;
}

bool vg_import_known(vg_store *st, vg_str sha256, vg_str source, vg_month_rule rule, int64_t *vintage,
                     vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT id FROM vintage WHERE sha256 = ?1 AND source = ?2 AND month_rule = ?3"
                      " AND sha256 <> ''",
                      e))
        return false;
    vg_sql__bind_text(&q, 1, sha256);
    vg_sql__bind_text(&q, 2, source);
    vg_sql__bind_int(&q, 3, rule);
    int64_t id = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    if (!vg_sql__close(&q))
        return false;
    *vintage = id;
    return true;
}

static void write_reject(vg_sql *q, vg_out *to)
{
    vg_put_csv(to, vg_sql__text(q, 0));
    for (int i = 1; i <= 2; i++) {
        vg_put_char(to, ',');
        if (vg_sql__int(q, i))
            vg_put_int(to, vg_sql__int(q, i));
    }
    vg_put_char(to, ',');
    vg_put(to, vg_str_z(vg_code_name((vg_code)vg_sql__i32(q, 3))));
    for (int i = 4; i <= 7; i++) {
        vg_put_char(to, ',');
        vg_put_csv(to, vg_sql__text(q, i));
    }
    vg_put_char(to, '\n');
}

bool vg_store_rejects(vg_store *st, int64_t vintage, vg_out *to, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT v.file, r.line, r.col, r.code, r.what, r.why, r.mend, r.raw, r.id FROM vintage v"
            " LEFT JOIN reject r ON v.reject_from > 0 AND r.id BETWEEN v.reject_from AND v.reject_to"
            " WHERE v.id = ?1"
            " ORDER BY r.id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, vintage);
    int64_t count = 0, n_rows = 0;
    vg_str header = VG_S("file,line,column,code,what,why,mend,row\n");
    while (vg_sql__next(&q)) {
        if (n_rows++ == 0)
            vg_put(to, header);
        if (!vg_sql__int(&q, 8))
            continue;
        write_reject(&q, to);
        count++;
    }
    if (!vg_sql__close(&q))
        return false;
    if (n_rows == 0) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no vintage %lld", (long long)vintage);
        return vg_mend(e, "ask for one that is in the list of vintages");
    }
    *n = count;
    return true;
}
