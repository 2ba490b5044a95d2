/* The routes of batches: a file is sent, its progress is asked for, its hits are looked through one by one. Invariant: an
 * answer about a batch is written with its lock held, so that it shows whole rows. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/hash.h"
#include "door/screening_batch_int.h"

#define ROW_BYTES   ((int64_t)16 << 20)
#define BATCH_BYTES ((int64_t)1 << 30) /* address space; pages are taken as they are needed */

static void text_member(vg_json *j, const char *name, vg_str value)
{
    vg_json_key(j, vg_str_z(name));
    if (value.n)
        vg_json_str(j, value);
    else
        vg_json_null(j);
}

static void int_member(vg_json *j, const char *name, int64_t value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_int(j, value);
}

static vg_str state_word(const vg_batch *b)
{
    static const char *const word[] = { "waiting", "running", "done", "failed", "stopped" };
    return vg_str_z(word[b->state]);
}

static void put_columns(vg_json *j, const vg_batch *b)
{
    vg_json_key(j, VG_S("columns")), vg_json_array(j);
    for (int32_t i = 0; i < b->n_columns; i++) {
        vg_json_object(j);
        text_member(j, "column", b->column[i]);
        text_member(j, "property", b->property[i]);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_batch(vg_call *c, const vg_batch *b)
{
    char at[32];
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    int_member(&j, "batch", b->id);
    text_member(&j, "name", vg_str_z(b->name));
    text_member(&j, "state", state_word(b));
    text_member(&j, "who", vg_str_z(b->who));
    text_member(&j, "at", vg_instant_text(b->at, at));
    text_member(&j, "sha256", vg_str_z(b->sha256));
    int_member(&j, "line", b->line);
    int_member(&j, "lines", b->n_lines);
    int_member(&j, "rows", b->n_rows);
    int_member(&j, "bad", b->n_bad);
    int_member(&j, "rows_hit", b->n_rows_hit);
    int_member(&j, "hits", b->n_hits);
    int_member(&j, "excepted", b->n_excepted);
    text_member(&j, "what", vg_str_z(b->why.what));
    text_member(&j, "mend", vg_str_z(b->why.mend));
    put_columns(&j, b);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
}

/* --- a new one --- */

static int64_t count_lines(vg_str bytes)
{
    int64_t n = 1;
    for (ptrdiff_t i = 0; i < bytes.n; i++)
        n += bytes.s[i] == '\n' && i + 1 < bytes.n;
    return n;
}

static void copy_text(char *to, size_t cap, vg_str text)
{
    snprintf(to, cap, "%.*s", VG_P(vg_utf8_head(text, (ptrdiff_t)cap - 1)));
}

static bool fill(vg_call *c, vg_batch *b, vg_err *e)
{
    vg_str body = vg_call_body(c), map[64];
    vg_sha256 h;
    int n_map = 0;
    char *bytes = malloc((size_t)body.n + 1);
    if (!bytes)
        return vg_fail_memory(e, body.n);
    memcpy(bytes, body.s, (size_t)body.n);
    b->bytes = (vg_str){ bytes, body.n };
    b->n_lines = count_lines(body);
    b->at = vg_now();
    vg_sha256_init(&h);
    vg_sha256_add(&h, body);
    vg_sha256_hex(&h, b->sha256);
    copy_text(b->who, sizeof b->who, vg_call_who(c));
    copy_text(b->name, sizeof b->name, vg_call_text(c, "name"));
    b->opts = (vg_screening_ask_opts){ .threshold = vg_call_number(c, "threshold"),
                                       .limit = (int32_t)vg_call_whole(c, "limit"),
                                       .hits_only = true,
                                       .explain = true };
    while (n_map < 64 && (map[n_map] = vg_call_each(c, "map", n_map)).n)
        n_map++;
    return vg_question_schema(vg_call_text(c, "schema"), &b->schema, e) &&
           vg_arena_init(&b->arena, BATCH_BYTES, e) && vg_arena_init(&b->scratch, ROW_BYTES, e) &&
           vg_batch_columns(b, map, n_map, e);
}

/* A list must be there before a file is taken. */
static bool lists_are_loaded(vg_call *c, vg_err *e)
{
    vg_asker k;
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    vg_asker_end(&k);
    return true;
}

bool vg_screen_answer__batch_new(vg_call *c, vg_err *e)
{
    vg_batches *all = vg_screen__batches(vg_call_state(c));
    if (!vg_call_body(c).n)
        return vg_call_refuse(c, 400, e, VG_EARG, "no file was sent", "send the rows as text/csv");
    if (!lists_are_loaded(c, e))
        return false;
    vg_batch *b = calloc(1, sizeof *b);
    if (!b)
        return vg_fail_memory(e, 0);
    if (!fill(c, b, e)) {
        vg_batch_free(b);
        return false;
    }
    int64_t id;
    if (!vg_batches_add(all, b, &id, e))
        return false;
    pthread_mutex_lock(&all->lock);
    b = vg_batches_find(all, id);
    if (b)
        put_batch(c, b);
    pthread_mutex_unlock(&all->lock);
    vg_call_status(c, 202);
    vg_call_location(c, vg_format(vg_call_arena(c), "/api/v1/screening/batches/%lld", (long long)id));
    return true;
}

/* --- what became of them --- */

bool vg_screen_answer__batches(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "batch", "name", "state", "who",      "at",
                                          "lines", "rows", "bad",   "rows_hit", "hits" };
    vg_batches *all = vg_screen__batches(vg_call_state(c));
    (void)e;
    vg_rows r = vg_rows_begin(c, column, VG_N_OF(column));
    pthread_mutex_lock(&all->lock);
    for (const vg_batch *b = all->newest; b; b = b->next) {
        vg_rows_int(&r, b->id);
        vg_rows_text(&r, vg_str_z(b->name));
        vg_rows_text(&r, state_word(b));
        vg_rows_text(&r, vg_str_z(b->who));
        vg_rows_instant(&r, b->at);
        vg_rows_int(&r, b->n_lines);
        vg_rows_int(&r, b->n_rows);
        vg_rows_int(&r, b->n_bad);
        vg_rows_int(&r, b->n_rows_hit);
        vg_rows_int(&r, b->n_hits);
    }
    pthread_mutex_unlock(&all->lock);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

static bool fail_no_batch(vg_call *c, vg_err *e)
{
    return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is no such batch",
                          "/api/v1/screening/batches has those of this server; they end with it");
}

bool vg_screen_answer__batch(vg_call *c, vg_err *e)
{
    vg_batches *all = vg_screen__batches(vg_call_state(c));
    pthread_mutex_lock(&all->lock);
    const vg_batch *b = vg_batches_find(all, vg_call_whole(c, "batch"));
    if (b)
        put_batch(c, b);
    pthread_mutex_unlock(&all->lock);
    return b || fail_no_batch(c, e);
}

bool vg_screen_answer__batch_drop(vg_call *c, vg_err *e)
{
    vg_batches *all = vg_screen__batches(vg_call_state(c));
    if (!vg_batches_drop(all, vg_call_whole(c, "batch")))
        return fail_no_batch(c, e);
    vg_put(vg_call_out(c), VG_S("{\"dropped\":true}\n"));
    return true;
}

/* --- the queue of hits --- */

static void put_asked(vg_json *j, vg_arena *a, const vg_batch_hit *h)
{
    vg_json_key(j, VG_S("asked")), vg_json_object(j);
    int_member(j, "line", h->line);
    vg_json_key(j, VG_S("names")), vg_json_array(j);
    for (int64_t i = 0; i < h->query.name.n; i++)
        vg_json_str(j, h->query.name.item[i].text);
    vg_json_close(j);
    vg_json_key(j, VG_S("birth")), vg_json_array(j);
    for (int64_t i = 0; i < h->query.birth.n; i++) {
        vg_str text[12];
        int n = vg_span_texts(&h->query.birth.item[i], a, text, VG_N_OF(text));
        for (int k = 0; k < n; k++)
            vg_json_str(j, text[k]);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("country")), vg_json_array(j);
    for (int64_t i = 0; i < h->query.country.n; i++)
        vg_json_str(j, h->query.country.item[i]);
    for (int64_t i = 0; i < h->query.nationality.n; i++)
        vg_json_str(j, h->query.nationality.item[i]);
    vg_json_close(j);
    vg_json_key(j, VG_S("numbers")), vg_json_array(j);
    for (int64_t i = 0; i < h->query.number.n; i++)
        vg_json_str(j, h->query.number.item[i].value);
    vg_json_close(j);
    text_member(j, "schema", vg_schema_word(h->query.schema));
    vg_json_close(j);
}

typedef struct {
    vg_call *c;
    vg_asker *k;
    int64_t skip, limit, seen, told;
    int64_t which; /* 0 open, 1 decided, 2 all */
    bool more;
} queue;

/* Whether this pair is on the page that is asked for. */
static bool on_page(queue *q, const vg_batch_hit *h, const vg_screening_candidate *m)
{
    vg_match_decision d = vg_screening_decided(q->k->decisions, h->key, m);
    bool decided = d.verdict > VG_VERDICT_UNDECIDED && !d.outdated;
    if ((q->which == 0 && decided) || (q->which == 1 && !decided) || q->more || q->seen++ < q->skip)
        return false;
    q->more = q->told == q->limit;
    return !q->more && ++q->told > 0;
}

static void put_queue_json(queue *q, const vg_batch *b)
{
    vg_json j = vg_json_to(vg_call_out(q->c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("items")), vg_json_array(&j);
    for (int64_t i = 0; i < b->n_rows_hit && !q->more; i++) {
        const vg_batch_hit *h = &b->hit[i];
        vg_told told = { .asker = q->k, .query = &h->query };
        memcpy(told.key, h->key, sizeof told.key);
        for (int32_t k = 0; k < h->n; k++) {
            if (!on_page(q, h, &h->candidate[k]))
                continue;
            vg_json_object(&j);
            put_asked(&j, vg_call_arena(q->c), h);
            vg_candidate_put(&j, q->c, &told, &h->candidate[k]);
            vg_json_close(&j);
        }
    }
    vg_json_close(&j);
    text_member(
        &j, "next",
        q->more ? vg_call_next(q->c, vg_format(vg_call_arena(q->c), "%lld", (long long)(q->skip + q->limit)))
                : VG_NOSTR);
    vg_json_close(&j);
    vg_put_char(vg_call_out(q->c), '\n');
}

static void put_queue_rows(queue *q, const vg_batch *b)
{
    static const char *const column[] = { "line",    "asked",   "score",    "list",   "entity", "schema",
                                          "caption", "matched", "decision", "reason", "hit" };
    vg_arena *a = vg_call_arena(q->c);
    vg_rows r = vg_rows_begin(q->c, column, VG_N_OF(column));
    for (int64_t i = 0; i < b->n_rows_hit && !q->more; i++) {
        const vg_batch_hit *h = &b->hit[i];
        for (int32_t k = 0; k < h->n; k++) {
            const vg_screening_candidate *m = &h->candidate[k];
            vg_match_decision d = vg_screening_decided(q->k->decisions, h->key, m);
            if (!on_page(q, h, m))
                continue;
            vg_rows_int(&r, h->line);
            vg_rows_text(&r, h->query.name.n ? h->query.name.item[0].text : VG_NOSTR);
            vg_rows_num(&r, m->score);
            vg_rows_text(&r, m->list);
            vg_rows_text(&r, vg_entity_name(a, m->list, m->id));
            vg_rows_text(&r, vg_schema_word(m->schema));
            vg_rows_text(&r, m->caption);
            vg_rows_text(&r, m->matched);
            vg_rows_text(&r, vg_verdict_word(d.verdict));
            vg_rows_text(&r, d.reason);
            vg_rows_text(&r, vg_screening_hit_name(h->key, m, a));
        }
    }
    vg_rows_end(&r, VG_NOSTR);
}

bool vg_screen_answer__batch_hits(vg_call *c, vg_err *e)
{
    vg_batches *all = vg_screen__batches(vg_call_state(c));
    vg_asker k;
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    queue q = { .c = c,
                .k = &k,
                .skip = vg_call_whole(c, "cursor"),
                .limit = vg_call_whole(c, "limit"),
                .which = vg_call_whole(c, "which") };
    pthread_mutex_lock(&all->lock);
    const vg_batch *b = vg_batches_find(all, vg_call_whole(c, "batch"));
    if (b && vg_call_as(c) == VG_AS_CSV)
        put_queue_rows(&q, b);
    else if (b)
        put_queue_json(&q, b);
    pthread_mutex_unlock(&all->lock);
    vg_asker_end(&k);
    return b || fail_no_batch(c, e);
}
