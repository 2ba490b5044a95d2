/* vigie screening watch: a file of customers screened again whenever the lists have changed, and only what is different
 * told: new hits, hits that are gone, hits whose entry has changed. What was found is a run of the store; the next watch of
 * the same file compares with it. */
#include <stdlib.h>
#include <string.h>

#include "cli/screening.h"
#include "core/date.h"
#include "core/fields.h"

const vg_opt vg_screening_watch_options[] = {
    { "list", VG_OPT_TEXT, "LIST,...", NULL, 0, 0 },
    { "map", VG_OPT_TEXT, "FIELD=COLUMN,...", NULL, 0, 0 },
    { "schema", VG_OPT_CHOICE, VG_SCHEMA_CHOICE, NULL, 0, 0 },
    { "threshold", VG_OPT_NUM, "P", NULL, 0, 1 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "change", VG_CELL_TEXT, 0 },   { "query_id", VG_CELL_TEXT, 0 }, { "query", VG_CELL_TEXT, 0 },
    { "score", VG_CELL_PERCENT, 0 }, { "list", VG_CELL_TEXT, 0 },     { "id", VG_CELL_TEXT, 0 },
    { "party", VG_CELL_TEXT, 0 },    { "hit", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))
#define VERB    VG_S("screening watch")

/* One hit as kept: `pair` names the query and the entry, `hash` the entry's content. */
typedef struct {
    vg_str key, list, id, hash, query, query_id, party;
    double score;
} match;

static const vg_field match_fields[] = {
    { "key", VG_FIELD_TEXT, offsetof(match, key), 0, 0, 0, NULL },
    { "list", VG_FIELD_TEXT, offsetof(match, list), 0, 0, 0, NULL },
    { "id", VG_FIELD_TEXT, offsetof(match, id), 0, 0, 0, NULL },
    { "hash", VG_FIELD_TEXT, offsetof(match, hash), 0, 0, 0, NULL },
    { "query", VG_FIELD_TEXT, offsetof(match, query), 0, 0, 0, NULL },
    { "query_id", VG_FIELD_TEXT, offsetof(match, query_id), 0, 0, 0, NULL },
    { "party", VG_FIELD_TEXT, offsetof(match, party), 0, 0, 0, NULL },
    { "score", VG_FIELD_NUM, offsetof(match, score), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

typedef struct {
    match *item;
    int64_t n, cap;
} matches;

typedef struct {
    vg_cli *c;
    vg_store *st;
    vg_arena a;
    matches now, before;
    vg_str params; /* of the run: what must be the same for comparing */
    int64_t last_run;
    vg_str last_sha256;
    vg_str sha256;
    int64_t *vintage;
    int32_t n_vintages;
    vg_screening_file_count count;
} watch;

static match *add_match(matches *m)
{
    if (m->n == m->cap) {
        int64_t cap = m->cap ? 2 * m->cap : 256;
        match *more = realloc(m->item, (size_t)cap * sizeof *more);
        if (!more)
            return NULL;
        m->item = more;
        m->cap = cap;
    }
    memset(&m->item[m->n], 0, sizeof *m->item);
    return &m->item[m->n++];
}

static bool no_memory(vg_err *e)
{
    return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the hits");
}

/* --- now --- */

static bool take_row(void *ctx, const vg_screened_row *r, vg_err *e)
{
    watch *w = ctx;
    for (int32_t i = 0; i < r->answer.n; i++) {
        const vg_screening_candidate *x = &r->answer.candidate[i];
        const vg_match_decision *d = &r->decided[i];
        if (!x->hit || (d->verdict == VG_VERDICT_FALSE_MATCH && !d->outdated))
            continue;
        match *m = add_match(&w->now);
        if (!m)
            return no_memory(e);
        *m = (match){ .key = vg_copy(&w->a, vg_str_z(r->key)),
                      .list = vg_copy(&w->a, x->list),
                      .id = vg_copy(&w->a, x->id),
                      .hash = vg_copy(&w->a, vg_str_z(x->entry_hash)),
                      .query = vg_copy(&w->a, r->query.name.n ? r->query.name.item[0].text : VG_NOSTR),
                      .query_id = vg_copy(&w->a, r->query.id),
                      .party = vg_copy(&w->a, x->caption),
                      .score = x->score };
        if (!m->key.s || !m->list.s || !m->id.s || !m->hash.s)
            return no_memory(e);
    }
    return true;
}

static bool show_map(void *ctx, vg_str map, vg_err *e)
{
    watch *w = ctx;
    (void)e;
    vg_note(w->c, "screen.mapping", vg_arg_text("map", map));
    return true;
}

/* --- before --- */

/* The newest run of a watch of this file with these options. */
static bool find_last(watch *w, vg_err *e)
{
    vg_run_entry *run;
    int64_t n;
    if (!vg_store_list_runs(w->st, VERB, &w->a, &run, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_str params = run[i].run.params;
        ptrdiff_t cut = vg_find(params, VG_S("\"sha256\""));
        if (cut < 0 || !vg_eq(vg_sub(params, 0, cut), w->params))
            continue;
        w->last_run = run[i].run.id;
        w->last_sha256 = vg_sub(params, cut + (ptrdiff_t)sizeof "\"sha256\":\"" - 1, 64);
        bool same = run[i].run.n_vintages == w->n_vintages;
        for (int32_t k = 0; same && k < w->n_vintages; k++) {
            bool there = false;
            for (int32_t m = 0; m < run[i].run.n_vintages; m++)
                there |= run[i].run.vintage[m] == w->vintage[k];
            same = there;
        }
        if (!same)
            w->last_sha256 = VG_NOSTR;
        return true;
    }
    return true;
}

static bool read_before(watch *w, vg_err *e)
{
    vg_result *r;
    int64_t n;
    vg_arena scratch;
    if (!w->last_run)
        return true;
    if (!vg_store_results(w->st, w->last_run, VG_S("match"), 0, &w->a, &r, &n, e) ||
        !vg_arena_init(&scratch, 1 << 20, e))
        return false;
    bool good = true;
    for (int64_t i = 0; good && i < n; i++) {
        match *m = add_match(&w->before);
        good = m ? vg_fields_get(r[i].body, match_fields, m, &w->a, scratch, e) : no_memory(e);
    }
    vg_arena_free(&scratch);
    return good;
}

/* --- the difference --- */

static int by_pair(const void *a, const void *b)
{
    const match *x = a, *y = b;
    int order = vg_cmp(x->key, y->key);
    order = order ? order : vg_cmp(x->list, y->list);
    return order ? order : vg_cmp(x->id, y->id);
}

static void put_change(watch *w, vg_table *t, const char *word, const match *m)
{
    char key[96];
    snprintf(key, sizeof key, "screening.change.%s", word);
    vg_cell_text(t, w->c->form == VG_FORM_TABLE ? vg_message(w->c->lang, key) : vg_str_z(word));
    vg_cell_text(t, m->query_id);
    vg_cell_text(t, m->query);
    vg_cell_num(t, m->score);
    vg_cell_text(t, m->list);
    vg_cell_text(t, m->id);
    vg_cell_text(t, m->party);
    if (w->c->form != VG_FORM_TABLE)
        vg_cell_text(t, vg_format(&w->a, "%.*s:%.*s:%.*s:%.*s", VG_P(m->key), VG_P(m->list), VG_P(m->id),
                                  VG_P(m->hash)));
}

/* Both sorted: one walk. A customer who stands twice in the file is told once. */
static int64_t compare(watch *w, vg_table *t)
{
    int64_t i = 0, k = 0, n = 0;
    matches *a = &w->before, *b = &w->now;
    while (i < a->n || k < b->n) {
        int order = i == a->n ? 1 : k == b->n ? -1 : by_pair(&a->item[i], &b->item[k]);
        const char *word = order < 0 ? "gone" : order > 0 ? "new" : "changed";
        const match *m = order < 0 ? &a->item[i] : &b->item[k];
        bool same = order == 0 && vg_eq(a->item[i].hash, b->item[k].hash);
        match at = *m;
        if (!same) {
            put_change(w, t, word, m);
            n++;
        }
        while (i < a->n && by_pair(&a->item[i], &at) == 0)
            i++;
        while (k < b->n && by_pair(&b->item[k], &at) == 0)
            k++;
    }
    return n;
}

static bool show_changes(watch *w, int64_t *n, vg_err *e)
{
    vg_table t;
    vg_cli *c = w->c;
    if (!vg_table_init(&t, columns, c->form == VG_FORM_TABLE ? N_OF(columns) - 1 : N_OF(columns), e))
        return false;
    if (w->before.n)
        qsort(w->before.item, (size_t)w->before.n, sizeof *w->before.item, by_pair);
    if (w->now.n)
        qsort(w->now.item, (size_t)w->now.n, sizeof *w->now.item, by_pair);
    *n = compare(w, &t);
    bool good = c->form == VG_FORM_TABLE && !*n ? true : vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    if (c->form == VG_FORM_TABLE)
        vg_line(c, w->last_run ? "screening.watched" : "screening.watched-first", vg_arg_int("n", *n),
                vg_arg_int("rows", w->count.n_rows), vg_arg_int("hits", w->now.n));
    return good;
}

/* --- keeping --- */

static bool keep_run(watch *w, double seconds, vg_err *e)
{
    vg_result *r = vg_new(&w->a, vg_result, w->now.n + 1);
    vg_str params = vg_format(&w->a, "%.*s\"sha256\":\"%.*s\"}", VG_P(w->params), VG_P(w->sha256));
    if (!r || !params.s)
        return no_memory(e);
    for (int64_t i = 0; i < w->now.n; i++) {
        vg_out o;
        if (!vg_out_memory(&o, e))
            return false;
        vg_json j = vg_json_to(&o);
        vg_fields_put(&j, match_fields, &w->now.item[i]);
        r[i] = (vg_result){ .kind = VG_S("match"),
                            .unit_kind = VG_UNIT_COUNTRY,
                            .unit = (int32_t)(i + 1),
                            .month = 1,
                            .body = vg_copy(&w->a, vg_out_text(&o)) };
        vg_out_drop(&o);
        if (!r[i].body.s)
            return no_memory(e);
    }
    vg_run run = { .verb = VERB,
                   .program_version = VG_S(VG_VERSION),
                   .params = params,
                   .vintage = w->vintage,
                   .n_vintages = w->n_vintages,
                   .started_at = vg_now(),
                   .seconds = seconds };
    int64_t id;
    return vg_store_run(w->st, &run, r, w->now.n, &id, e);
}

/* --- the whole --- */

static bool describe(watch *w, const vg_screening *s, const char *path, vg_err *e)
{
    vg_cli *c = w->c;
    vg_screening_list *list;
    int32_t n;
    if (!vg_screening_lists(s, &w->a, &list, &n, e) || !vg_cli_file_hash(c, path, &w->sha256, e))
        return false;
    w->vintage = vg_new(&w->a, int64_t, n + 1);
    vg_out o;
    if (!w->vintage || !vg_out_memory(&o, e))
        return no_memory(e);
    for (int32_t i = 0; i < n; i++)
        w->vintage[w->n_vintages++] = list[i].vintage;
    vg_json j = vg_json_to(&o); /* left open: the file's hash comes behind */
    vg_json_object(&j);
    vg_json_key(&j, VG_S("file")), vg_json_str(&j, vg_str_z(path));
    vg_json_key(&j, VG_S("list")), vg_json_str(&j, vg_cli_text(c, "list"));
    vg_json_key(&j, VG_S("map")), vg_json_str(&j, vg_cli_text(c, "map"));
    vg_json_key(&j, VG_S("schema")), vg_json_str(&j, vg_cli_text(c, "schema"));
    vg_json_key(&j, VG_S("threshold"));
    vg_json_num(&j, vg_opt_given(&c->opts, "threshold") ? vg_opt_num(&c->opts, "threshold")
                                                        : vg_screening_default_threshold());
    w->params = vg_format(&w->a, "%.*s,", VG_P(vg_out_text(&o)));
    vg_out_drop(&o);
    return w->params.s || no_memory(e);
}

static bool screen_now(watch *w, vg_screening *s, const char *path, vg_err *e)
{
    vg_cli *c = w->c;
    vg_screening_decisions *d;
    int schema = vg_screening_schema_by_word(vg_cli_text(c, "schema"));
    if (!vg_screening_decisions_open(w->st, &d, e))
        return false;
    vg_screening_file f = {
        .path = path,
        .map = vg_cli_text(c, "map"),
        .schema = schema > 0 ? (vg_schema)schema : VG_SCHEMA_ANY,
        .ask = { .threshold = vg_opt_given(&c->opts, "threshold") ? vg_opt_num(&c->opts, "threshold") : 0,
                 .limit = 100,
                 .hits_only = true },
        .decisions = d,
        .ctx = w,
        .begin = show_map,
        .row = take_row,
    };
    bool good = vg_cli_screen_file(c, s, &f, &w->count, e);
    vg_screening_decisions_close(d);
    return good;
}

static bool run(watch *w, vg_screening *s, const char *path, vg_err *e)
{
    int64_t n_changes;
    double begin = vg_cli_now_s();
    if (!describe(w, s, path, e) || !find_last(w, e))
        return false;
    if (w->last_sha256.n && vg_eq(w->last_sha256, w->sha256)) {
        if (w->c->form == VG_FORM_TABLE)
            vg_line(w->c, "screening.watched-same", vg_arg_int("lists", w->n_vintages));
        else
            return show_changes(w, &n_changes, e);
        return true;
    }
    vg_screening_batch log = { .file = vg_str_z(path), .sha256 = w->sha256 };
    if (!read_before(w, e) || !screen_now(w, s, path, e) || !show_changes(w, &n_changes, e) ||
        !keep_run(w, vg_cli_now_s() - begin, e))
        return false;
    log.n_rows = w->count.n_rows;
    log.n_bad = w->count.n_bad;
    log.n_hits = w->now.n;
    log.threshold = vg_opt_given(&w->c->opts, "threshold") ? vg_opt_num(&w->c->opts, "threshold")
                                                           : vg_screening_default_threshold();
    w->c->exit_code = n_changes > 0;
    return vg_screening_log_batch(w->st, s, &log, e);
}

bool vg_verb_screening_watch(vg_cli *c, vg_err *e)
{
    watch w = { .c = c };
    vg_screening *s = NULL;
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &w.st, e))
        return false;
    bool good = vg_arena_init(&w.a, (int64_t)4 << 30, e) && vg_cli_engine(c, w.st, &s, e) &&
                run(&w, s, c->opts.arg[0], e);
    vg_screening_close(s);
    vg_arena_free(&w.a);
    free(w.now.item);
    free(w.before.item);
    vg_store_close(w.st);
    return good;
}
