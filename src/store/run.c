/* Runs and what they found. Invariant: a run, the vintages it read, its results and its audit entry are written in
 * one transaction; the entry holds a fingerprint of the results, so that a changed result can be told from the log. */
#include "core/date.h"
#include "core/hash.h"
#include "core/json.h"
#include "store/store_int.h"

static bool insert_run(vg_store *st, const vg_run *run, int64_t id, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    vg_sql__bind_text(&q, 2, run->verb);
    vg_sql__bind_text(&q, 3, run->program_version);
    vg_sql__bind_text(&q, 4, run->params);
    vg_sql__bind_int(&q, 5, (int64_t)run->seed); /* the same 64 bits */
    vg_sql__bind_int(&q, 6, run->started_at ? run->started_at : vg_now());
    vg_sql__bind_real(&q, 7, run->seconds);
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

static bool fail_vintage(int64_t vintage, vg_err *e)
{
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the run names vintage %lld, which is not in the store",
            (long long)vintage);
    return vg_why(e, "every run names the vintages it read");
}

static bool insert_vintages(vg_store *st, const vg_run *run, int64_t id, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "INSERT OR IGNORE INTO run_vintage SELECT ?1, id FROM vintage WHERE id = ?2",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    bool found = true;
    for (int32_t i = 0; i < run->n_vintages && found; i++) {
        vg_sql there;
        if (!vg_sql__open(&there, st, "SELECT 1 FROM vintage WHERE id = ?1", e))
            break;
        vg_sql__bind_int(&there, 1, run->vintage[i]);
        found = vg_sql__next(&there) || fail_vintage(run->vintage[i], e);
        vg_sql__close(&there);
        vg_sql__bind_int(&q, 2, run->vintage[i]);
        found = found && vg_sql__run(&q);
    }
    return vg_sql__close(&q) && found && !vg_failed(e);
}

static void add_number(vg_sha256 *h, int64_t x)
{
    char text[32];
    vg_sha256_add(h, (vg_str){ text, snprintf(text, sizeof text, "%lld\n", (long long)x) });
}

static bool fail_result(const vg_result *r, vg_err *e)
{
    if (e->code == VG_ECONFLICT) {
        *e = VG_NO_ERR;
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "two results for %.*s, unit %d, month %d in one run",
                VG_P(r->kind), r->unit, r->month);
        vg_why(e, "a run has one result per kind, unit and month");
    }
    return false;
}

/* The fingerprint is over kind, unit kind, unit, month and body of each result, newline-separated, as they came. */
static bool insert_results(vg_store *st, const vg_result *result, int64_t n, int64_t run, char sha256[65],
                           vg_err *e)
{
    vg_sql q;
    vg_err mine = VG_NO_ERR;
    if (!vg_sql__open(&q, st,
                      "INSERT INTO result (run, kind, unit_kind, unit, month, body)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      e))
        return false;
    q.e = &mine;
    vg_sha256 h;
    vg_sha256_init(&h);
    bool ok = true;
    for (int64_t i = 0; i < n && ok; i++) {
        const vg_result *r = &result[i];
        vg_sql__bind_int(&q, 1, run);
        vg_sql__bind_text(&q, 2, r->kind);
        vg_sql__bind_int(&q, 3, r->unit_kind);
        vg_sql__bind_int(&q, 4, r->unit);
        vg_sql__bind_int(&q, 5, r->month);
        vg_sql__bind_text(&q, 6, r->body);
        ok = vg_sql__run(&q) || fail_result(r, &mine);
        vg_sha256_add(&h, r->kind);
        vg_sha256_add(&h, VG_S("\n"));
        add_number(&h, r->unit_kind);
        add_number(&h, r->unit);
        add_number(&h, r->month);
        vg_sha256_add(&h, r->body);
        vg_sha256_add(&h, VG_S("\n"));
    }
    vg_sha256_hex(&h, sha256);
    if (e && vg_failed(&mine) && !vg_failed(e))
        *e = mine;
    return vg_sql__close(&q);
}

static bool tell_audit(vg_store *st, const vg_run *run, int64_t id, int64_t n_results, const char *sha256,
                       vg_err *e)
{
    vg_out text;
    if (!vg_out_memory(&text, e))
        return false;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed);
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("run")), vg_json_int(&j, id);
    vg_json_key(&j, VG_S("verb")), vg_json_str(&j, run->verb);
    vg_json_key(&j, VG_S("program")), vg_json_str(&j, run->program_version);
    vg_json_key(&j, VG_S("params")), vg_json_str(&j, run->params);
    vg_json_key(&j, VG_S("seed")), vg_json_str(&j, vg_str_z(seed));
    vg_json_key(&j, VG_S("vintages")), vg_json_array(&j);
    for (int32_t i = 0; i < run->n_vintages; i++)
        vg_json_int(&j, run->vintage[i]);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("results")), vg_json_int(&j, n_results);
    vg_json_key(&j, VG_S("results_sha256")), vg_json_str(&j, vg_str_z(sha256));
    vg_json_close(&j);
    bool ok = vg_out_end(&text, e) && vg_audit__add(st, VG_S("run"), vg_out_text(&text), e);
    vg_out_drop(&text);
    return ok;
}

bool vg_store_run(vg_store *st, const vg_run *run, const vg_result *result, int64_t n_results, int64_t *id,
                  vg_err *e)
{
    int64_t number = 0;
    char sha256[65];
    if (vg_failed(e) || !vg_sql__begin(st, e))
        return false;
    bool ok = vg_sql__one_int(st, "SELECT coalesce(max(id), 0) + 1 FROM run", &number, e) &&
              insert_run(st, run, number, e) && insert_vintages(st, run, number, e) &&
              insert_results(st, result, n_results, number, sha256, e) &&
              tell_audit(st, run, number, n_results, sha256, e);
    if (!vg_sql__end(st, ok, e))
        return false;
    *id = number;
    return true;
}

bool vg_store_last_run(vg_store *st, vg_str verb, int64_t *id, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st, "SELECT coalesce(max(id), 0) FROM run WHERE verb = ?1 OR ?1 = ''", e))
        return false;
    vg_sql__bind_text(&q, 1, verb);
    int64_t number = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    if (!vg_sql__close(&q))
        return false;
    *id = number;
    return true;
}

static bool read_vintages(vg_store *st, int64_t id, vg_arena *a, vg_run *out, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT vintage FROM run_vintage WHERE run = ?1 ORDER BY vintage", e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    int64_t *vintage = NULL, n = 0, cap = 0;
    while (vg_sql__next(&q)) {
        vintage = vg_sql__grow(a, vintage, n, &cap, sizeof *vintage, e);
        q.failed = !vintage;
        if (vintage)
            vintage[n++] = vg_sql__int(&q, 0);
    }
    out->vintage = vintage;
    out->n_vintages = (int32_t)n;
    return vg_sql__close(&q);
}

bool vg_store_get_run(vg_store *st, int64_t id, vg_arena *a, vg_run *out, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT verb, program_version, params, seed, started_at, coalesce(seconds, 0) FROM run"
                      " WHERE id = ?1",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    vg_run run = { .id = 0 };
    if (vg_sql__next(&q)) {
        run.id = id;
        run.verb = vg_sql__copy(&q, 0, a);
        run.program_version = vg_sql__copy(&q, 1, a);
        run.params = vg_sql__copy(&q, 2, a);
        run.seed = (uint64_t)vg_sql__int(&q, 3);
        run.started_at = vg_sql__int(&q, 4);
        run.seconds = sqlite3_column_double(q.stmt, 5);
    }
    if (!vg_sql__close(&q) || !read_vintages(st, id, a, &run, e))
        return false;
    if (!run.id)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no run %lld", (long long)id);
    *out = run;
    return true;
}

bool vg_store_results(vg_store *st, int64_t run, vg_str kind, int32_t unit, vg_arena *a, vg_result **out,
                      int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT kind, unit_kind, unit, month, body FROM result WHERE run = ?1"
            " AND (?2 = '' OR kind = ?2) AND (?3 = 0 OR unit = ?3) ORDER BY unit, month, kind, unit_kind",
            e))
        return false;
    vg_sql__bind_int(&q, 1, run);
    vg_sql__bind_text(&q, 2, kind);
    vg_sql__bind_int(&q, 3, unit);
    vg_result *result = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        result = vg_sql__grow(a, result, count, &cap, sizeof *result, e);
        q.failed = !result;
        if (!result)
            break;
        vg_result *r = &result[count++];
        r->run = run;
        r->kind = vg_sql__copy(&q, 0, a);
        r->unit_kind = (vg_unit_kind)vg_sql__i32(&q, 1);
        r->unit = vg_sql__i32(&q, 2);
        r->month = vg_sql__i32(&q, 3);
        r->body = vg_sql__copy(&q, 4, a);
    }
    if (!vg_sql__close(&q))
        return false;
    *out = result;
    *n = count;
    return true;
}

static bool list_ids(vg_store *st, vg_str verb, vg_arena *a, vg_run_entry **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    vg_run_entry *entry = NULL;
    int64_t cap = 0;
    if (!vg_sql__open(
            &q, st,
            "SELECT r.id, (SELECT count(*) FROM result x WHERE x.run = r.id),"
            " (SELECT count(DISTINCT x.unit) FROM result x WHERE x.run = r.id AND x.unit <> 0)"
            " FROM run r WHERE ?1 = '' OR r.verb = ?1 OR substr(r.verb, 1, length(?1) + 1) = ?1 || ' '"
            " ORDER BY r.id DESC",
            e))
        return false;
    vg_sql__bind_text(&q, 1, verb);
    for (*n = 0; vg_sql__next(&q); ++*n) {
        entry = vg_sql__grow(a, entry, *n, &cap, sizeof *entry, e);
        q.failed = !entry;
        if (!entry)
            break;
        entry[*n] = (vg_run_entry){ .run = { .id = vg_sql__int(&q, 0) },
                                    .n_results = vg_sql__int(&q, 1),
                                    .n_units = vg_sql__int(&q, 2) };
    }
    *out = entry;
    return vg_sql__close(&q);
}

bool vg_store_list_runs(vg_store *st, vg_str verb, vg_arena *a, vg_run_entry **out, int64_t *n, vg_err *e)
{
    vg_run_entry *entry;
    int64_t count;
    if (!vg_store__ready(st, e) || !list_ids(st, verb, a, &entry, &count, e))
        return false;
    for (int64_t i = 0; i < count; i++)
        if (!vg_store_get_run(st, entry[i].run.id, a, &entry[i].run, e))
            return false;
    *out = entry;
    *n = count;
    return true;
}
