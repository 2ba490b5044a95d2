/* Vintages, series, runs, results, decisions and the log as rows. Invariant: the columns of a route are the same in JSON
 * and CSV, and a page says where the next one begins. Results are shown as they were stored, whatever their kind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/fields.h"
#include "serve/serve_int.h"

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static vg_str text_of(const vg_call *c, const char *name)
{
    const vg_value *v = vg_call_value(c, name);
    return v->text;
}

static int64_t whole_of(const vg_call *c, const char *name)
{
    return vg_call_value(c, name)->whole;
}

/* End of the day that was asked for, 0 = now. */
static int64_t as_of(const vg_call *c)
{
    const vg_value *v = vg_call_value(c, "as_of");
    return v->given ? (int64_t)v->to * 86400 + 86399 : 0;
}

static vg_str next_number(vg_call *c, int64_t number)
{
    return vg_call_next(c, vg_format(&c->w->arena, "%lld", (long long)number));
}

/* --- vintages --- */

bool vg_answer__vintages(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "vintage",  "source",      "version",    "scope",
                                          "variable", "first_month", "last_month", "accepted",
                                          "rejected", "supersedes",  "known_at",   "imported_at",
                                          "licence",  "citation",    "file",       "sha256" };
    vg_vintage *v;
    int64_t n;
    if (!vg_store_vintages(c->w->st, as_of(c), &c->w->arena, &v, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        vg_rows_int(&r, v[i].id);
        vg_rows_text(&r, v[i].source);
        vg_rows_text(&r, v[i].version);
        vg_rows_text(&r, v[i].scope);
        vg_rows_text(&r, v[i].variable);
        vg_rows_month(&r, v[i].first_month);
        vg_rows_month(&r, v[i].last_month);
        vg_rows_int(&r, v[i].n_accepted);
        vg_rows_int(&r, v[i].n_rejected);
        vg_rows_int(&r, v[i].supersedes ? v[i].supersedes : VG_UNKNOWN);
        vg_rows_instant(&r, v[i].known_at);
        vg_rows_instant(&r, v[i].imported_at);
        vg_rows_text(&r, v[i].licence);
        vg_rows_text(&r, v[i].citation);
        vg_rows_text(&r, v[i].file);
        vg_rows_text(&r, v[i].sha256);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- series --- */

/* Words of the parameter "type", bit by bit, to the store's types. */
static unsigned types_of(int64_t words)
{
    static const int type[] = { VG_TYPE_UNKNOWN, VG_TYPE_STATE, VG_TYPE_NON_STATE, VG_TYPE_ONE_SIDED,
                                VG_TYPE_OTHER };
    unsigned bits = 0;
    for (int i = 0; i < N_OF(type); i++)
        if (words >> i & 1)
            bits |= 1U << type[i];
    return bits;
}

static void put_series(vg_call *c, const vg_panel *p, vg_rows *r)
{
    int64_t skip = whole_of(c, "cursor"), limit = whole_of(c, "limit"), seen = 0;
    int32_t unit = (int32_t)whole_of(c, "unit"), from = (int32_t)whole_of(c, "from"),
            to = (int32_t)whole_of(c, "to");
    bool more = false;
    for (int32_t u = 0; u < p->n_units && !more; u++) {
        if (unit && p->unit[u].unit != unit)
            continue;
        for (int32_t m = 0; m < p->n_months && !more; m++) {
            int32_t month = p->first_month + m;
            if ((from && month < from) || (to && month > to) || seen++ < skip)
                continue;
            more = r->n == limit;
            if (more)
                break;
            vg_rows_int(r, p->unit[u].unit);
            vg_rows_text(r, p->unit[u].iso3);
            vg_rows_text(r, p->unit[u].name);
            vg_rows_month(r, month);
            vg_rows_num(r, p->value[(int64_t)u * p->n_months + m]);
        }
    }
    vg_rows_end(r, more ? next_number(c, skip + limit) : VG_NOSTR);
}

bool vg_answer__series(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "unit", "iso3", "name", "month", "value" };
    static const vg_unit_kind kind[] = { VG_UNIT_COUNTRY, VG_UNIT_CELL, VG_UNIT_ADMIN1, VG_UNIT_ADMIN2 };
    vg_panel_query q = { .source = text_of(c, "source"),
                         .variable = text_of(c, "variable"),
                         .kind = kind[whole_of(c, "unit_kind")],
                         .types = types_of(whole_of(c, "type")),
                         .as_of = as_of(c) };
    vg_panel panel;
    const vg_value *from = vg_call_value(c, "from"), *to = vg_call_value(c, "to");
    if (from->given && to->given && from->whole > to->whole) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the span ends before it begins");
        return vg_mend(e, "from is the earlier month");
    }
    if (!vg_store_panel(c->w->st, &q, &c->w->arena, &panel, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    put_series(c, &panel, &r);
    return true;
}

/* --- runs --- */

static const char *const run_column[] = { "run",     "verb", "program",  "started_at",
                                          "seconds", "seed", "vintages", "params" };

static vg_str list_of(vg_call *c, const int64_t *number, int32_t n)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&o);
    vg_json_array(&j);
    for (int32_t i = 0; i < n; i++)
        vg_json_int(&j, number[i]);
    vg_json_close(&j);
    vg_str list = vg_copy(&c->w->arena, vg_out_text(&o));
    vg_out_drop(&o);
    return list;
}

static void put_run(vg_call *c, vg_rows *r, const vg_run *run)
{
    vg_rows_int(r, run->id);
    vg_rows_text(r, run->verb);
    vg_rows_text(r, run->program_version);
    vg_rows_instant(r, run->started_at);
    vg_rows_num(r, run->seconds);
    vg_rows_text(r, vg_format(&c->w->arena, "%llu", (unsigned long long)run->seed));
    vg_rows_raw(r, list_of(c, run->vintage, run->n_vintages));
    vg_rows_raw(r, run->params);
}

bool vg_answer__runs(vg_call *c, vg_err *e)
{
    vg_run *run;
    int64_t n, limit = whole_of(c, "limit");
    if (!vg_store_run_page(c->w->st, text_of(c, "verb"), whole_of(c, "cursor"), limit + 1, &c->w->arena, &run,
                           &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, run_column, N_OF(run_column));
    for (int64_t i = 0; i < n && i < limit; i++)
        put_run(c, &r, &run[i]);
    vg_rows_end(&r, n > limit ? next_number(c, run[limit - 1].id) : VG_NOSTR);
    return true;
}

void vg_runs__put(vg_call *c, const vg_run *run, int64_t n, vg_str next)
{
    vg_rows r = vg_rows_begin(c, run_column, N_OF(run_column));
    for (int64_t i = 0; i < n; i++)
        put_run(c, &r, &run[i]);
    vg_rows_end(&r, next);
}

bool vg_answer__run(vg_call *c, vg_err *e)
{
    vg_run run;
    if (!vg_store_get_run(c->w->st, whole_of(c, "run"), &c->w->arena, &run, e))
        return false;
    vg_rows r = { .out = &c->r->body, .column = run_column, .n_columns = N_OF(run_column) };
    put_run(c, &r, &run);
    vg_put_char(r.out, '\n');
    return true;
}

/* --- results --- */

/* What a run calls its units; runs over cells have none, and too many of them. */
typedef struct {
    int32_t unit;
    vg_str iso3, name;
} unit_name;

static const vg_field name_fields[] = {
    { "iso3", VG_FIELD_TEXT, offsetof(unit_name, iso3), 0, 0, 0, NULL },
    { "name", VG_FIELD_TEXT, offsetof(unit_name, name), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

enum { MOST_NAMES = 1000 };

static int by_unit(const void *a, const void *b)
{
    int32_t x = ((const unit_name *)a)->unit, y = ((const unit_name *)b)->unit;
    return (x > y) - (x < y);
}

static bool read_names(vg_call *c, int64_t run, unit_name **out, int64_t *n, vg_err *e)
{
    vg_arena *a = &c->w->arena;
    vg_result_page page = {
        .run = run, .kind = VG_S("unit"), .unit = (int32_t)whole_of(c, "unit"), .limit = MOST_NAMES
    };
    vg_result *row;
    int64_t *number;
    *n = 0;
    if (!vg_store_result_page(c->w->st, &page, a, &row, &number, n, e))
        return false;
    if (*n == MOST_NAMES || (*n && row[0].unit_kind == VG_UNIT_CELL))
        *n = 0;
    unit_name *name = vg_new(a, unit_name, *n + 1);
    if (!name)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < *n; i++) {
        vg_err unread = VG_NO_ERR; /* another verb's way to keep a unit: it stays without a name */
        name[i].unit = row[i].unit;
        vg_call_fields(c, row[i].body, name_fields, &name[i], &unread);
    }
    if (*n)
        qsort(name, (size_t)*n, sizeof *name, by_unit);
    *out = name;
    return true;
}

static bool put_results(vg_call *c, int64_t run, vg_str kind, vg_err *e)
{
    static const char *const column[] = { "result", "run",  "kind", "unit_kind", "unit",
                                          "month",  "body", "iso3", "name" };
    static const char *const unit_kind[] = { NULL, "country", "cell", "admin1", "admin2" };
    int64_t limit = whole_of(c, "limit"), *number, n;
    vg_result *result;
    vg_result_page page = { .run = run,
                            .kind = kind,
                            .unit = (int32_t)whole_of(c, "unit"),
                            .month = (int32_t)whole_of(c, "month"),
                            .after = whole_of(c, "cursor"),
                            .limit = limit + 1 };
    unit_name *name = NULL;
    int64_t n_names;
    if (!vg_store_result_page(c->w->st, &page, &c->w->arena, &result, &number, &n, e) ||
        !read_names(c, run, &name, &n_names, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n && i < limit; i++) {
        vg_unit_kind k = result[i].unit_kind;
        vg_rows_int(&r, number[i]);
        vg_rows_int(&r, result[i].run);
        vg_rows_text(&r, result[i].kind);
        vg_rows_text(&r, vg_str_z((int)k > 0 && (int)k < N_OF(unit_kind) ? unit_kind[k] : NULL));
        vg_rows_int(&r, result[i].unit ? result[i].unit : VG_UNKNOWN);
        vg_rows_month(&r, result[i].month);
        vg_rows_raw(&r, result[i].body);
        unit_name wanted = { .unit = result[i].unit };
        const unit_name *found =
            n_names ? bsearch(&wanted, name, (size_t)n_names, sizeof *name, by_unit) : NULL;
        vg_rows_text(&r, found ? found->iso3 : VG_NOSTR);
        vg_rows_text(&r, found ? found->name : VG_NOSTR);
    }
    vg_rows_end(&r, n > limit ? next_number(c, number[limit - 1]) : VG_NOSTR);
    return true;
}

bool vg_answer__results(vg_call *c, vg_err *e)
{
    vg_run run;
    int64_t id = whole_of(c, "run");
    return vg_store_get_run(c->w->st, id, &c->w->arena, &run, e) && put_results(c, id, text_of(c, "kind"), e);
}

/* Results of one kind, of the run that is named or else of the newest run of a verb; without any run no rows. */
static bool newest(vg_call *c, vg_str verb, vg_str kind, vg_err *e)
{
    const vg_value *given = vg_call_value(c, "run");
    vg_run run;
    int64_t id = given->whole;
    if (given->given ? !vg_store_get_run(c->w->st, id, &c->w->arena, &run, e)
                     : !vg_store_last_run(c->w->st, verb, &id, e))
        return false;
    return put_results(c, id, kind, e);
}

bool vg_answer__forecasts(vg_call *c, vg_err *e)
{
    return newest(c, VG_S("forecast"), VG_S("forecast"), e);
}

bool vg_answer__explanations(vg_call *c, vg_err *e)
{
    return newest(c, VG_S("forecast"), VG_S("explanation"), e);
}

bool vg_answer__scores(vg_call *c, vg_err *e)
{
    return newest(c, VG_S("forecast"), VG_S("score"), e);
}

bool vg_answer__alerts(vg_call *c, vg_err *e)
{
    return newest(c, VG_S("alert"), VG_S("alert"), e);
}

/* --- decisions --- */

bool vg_answer__decisions(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "subject", "who", "verdict", "reason", "at" };
    vg_decision *d;
    int64_t n;
    if (!vg_store_decisions(c->w->st, text_of(c, "prefix"), &c->w->arena, &d, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        if (vg_starts(d[i].subject, VG_S(VG_TOKEN_SUBJECT)))
            continue;
        vg_rows_text(&r, d[i].subject);
        vg_rows_text(&r, d[i].who);
        vg_rows_text(&r, d[i].verdict);
        vg_rows_text(&r, d[i].reason);
        vg_rows_instant(&r, d[i].at);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* Tokens and rules are kept as decisions too; they are made by their own verbs, which check them. */
static bool may_decide_on(vg_call *c, vg_str subject, vg_err *e)
{
    static const char *const kept[] = { VG_TOKEN_SUBJECT, "alert-rule:" };
    for (int i = 0; i < N_OF(kept); i++)
        if (vg_starts(subject, vg_str_z(kept[i])))
            return vg_call_refuse(c, 403, e, VG_EARG, "this kind of subject has a verb of its own",
                                  "use \"vigie token\" or \"vigie alert\"");
    return true;
}

static bool decide(vg_call *c, const vg_decision *d, vg_err *e)
{
    vg_store *st;
    if (!vg_store_open(c->s->o.store, VG_STORE_WRITE, &st, e))
        return false;
    vg_store_actor(st, c->who);
    bool good = vg_store_decide(st, d, e);
    vg_store_close(st);
    return good;
}

bool vg_answer__decide(vg_call *c, vg_err *e)
{
    vg_decision d = { .subject = text_of(c, "subject"),
                      .who = c->who,
                      .verdict = text_of(c, "verdict"),
                      .reason = text_of(c, "reason"),
                      .at = vg_now() };
    char at[32];
    if (!may_decide_on(c, d.subject, e) || !decide(c, &d, e))
        return false;
    c->r->status = 201;
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("subject")), vg_json_str(&j, d.subject);
    vg_json_key(&j, VG_S("who")), vg_json_str(&j, d.who);
    vg_json_key(&j, VG_S("verdict")), vg_json_str(&j, d.verdict);
    vg_json_key(&j, VG_S("reason")), vg_json_str(&j, d.reason);
    vg_json_key(&j, VG_S("at")), vg_json_str(&j, vg_instant_text(d.at, at));
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}

/* --- the log --- */

bool vg_answer__audit(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "entry", "at", "actor", "action", "detail", "hash" };
    vg_audit_entry *a;
    int64_t n;
    if (!vg_audit_after(c->w->st, whole_of(c, "after"), whole_of(c, "limit"), &c->w->arena, &a, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        vg_rows_int(&r, a[i].seq);
        vg_rows_instant(&r, a[i].at);
        vg_rows_text(&r, a[i].actor);
        vg_rows_text(&r, a[i].action);
        vg_rows_text(&r, a[i].detail);
        vg_rows_text(&r, a[i].hash);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}
