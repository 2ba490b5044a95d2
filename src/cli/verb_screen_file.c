/* vigie screen --file: a whole file of customers against the lists. What is found goes to OUT.part as it comes; after each
 * block OUT.state tells how far that is true. Interrupted, the same command goes on there; a file, option or list that has
 * changed since makes it begin anew. Invariant: OUT appears under its name only when every row has been screened. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/screening.h"
#include "core/fields.h"
#include "core/num.h"

static const char heading[] =
    "row,line,query_id,query,score,state,list,id,schema,party,matched,reasons,hit\n";

/* How far it is, and what for: the members before `rows` must be the same for going on. */
typedef struct {
    vg_str file, sha256, map, lists, options;
    int64_t rows, bytes, n_hits, n_rows_hit, n_excepted, n_possible;
} state;

static const vg_field state_fields[] = {
    { "file", VG_FIELD_TEXT, offsetof(state, file), 0, 0, 0, NULL },
    { "sha256", VG_FIELD_TEXT, offsetof(state, sha256), 0, 0, 0, NULL },
    { "map", VG_FIELD_TEXT, offsetof(state, map), 0, 0, 0, NULL },
    { "lists", VG_FIELD_TEXT, offsetof(state, lists), 0, 0, 0, NULL },
    { "options", VG_FIELD_TEXT, offsetof(state, options), 0, 0, 0, NULL },
    { "rows", VG_FIELD_INT64, offsetof(state, rows), 0, 0, 0, NULL },
    { "bytes", VG_FIELD_INT64, offsetof(state, bytes), 0, 0, 0, NULL },
    { "hits", VG_FIELD_INT64, offsetof(state, n_hits), 0, 0, 0, NULL },
    { "rows_hit", VG_FIELD_INT64, offsetof(state, n_rows_hit), 0, 0, 0, NULL },
    { "excepted", VG_FIELD_INT64, offsetof(state, n_excepted), 0, 0, 0, NULL },
    { "possible", VG_FIELD_INT64, offsetof(state, n_possible), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

typedef struct {
    vg_cli *c;
    const char *path;
    vg_str out, part, state_path;
    bool xlsx, resumed;
    FILE *file;
    vg_out to;
    state s;
    double begin_s;
} job;

/* --- where it is --- */

static bool same_work(const state *a, const state *b)
{
    return a->sha256.n && vg_eq(a->sha256, b->sha256) && vg_eq(a->lists, b->lists) &&
           vg_eq(a->options, b->options) && vg_eq(a->file, b->file);
}

/* What was kept of an earlier run for the same work; false when there is nothing to go on from. */
static bool read_state(const job *j, state *kept)
{
    vg_arena scratch;
    vg_err ignored = VG_NO_ERR;
    char text[16384];
    FILE *f = fopen(j->state_path.s, "rb");
    if (!f)
        return false;
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    if (!vg_arena_init(&scratch, 1 << 20, &ignored))
        return false;
    *kept = (state){ .rows = 0 };
    bool good =
        vg_fields_get((vg_str){ text, (ptrdiff_t)n }, state_fields, kept, &j->c->arena, scratch, &ignored);
    vg_arena_free(&scratch);
    return good && same_work(&j->s, kept) && access(j->part.s, F_OK) == 0;
}

static bool write_state(const job *j, vg_err *e)
{
    vg_out o;
    if (!vg_out_path(&o, j->state_path.s, e))
        return false;
    vg_json json = vg_json_to(&o);
    vg_fields_put(&json, state_fields, &j->s);
    return vg_out_end(&o, e);
}

static bool open_part(job *j, vg_err *e)
{
    state kept;
    j->resumed = read_state(j, &kept);
    if (j->resumed)
        j->s = kept;
    j->file = fopen(j->part.s, j->resumed ? "r+b" : "wb");
    if (!j->file)
        return vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be written", j->part.s);
    if (j->resumed && (ftruncate(fileno(j->file), j->s.bytes) != 0 || fseek(j->file, 0, SEEK_END) != 0))
        return vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be gone on with", j->part.s);
    if (!vg_out_stream(&j->to, j->file, e))
        return false;
    if (!j->resumed)
        vg_put(&j->to, vg_str_z(heading));
    return true;
}

/* --- rows --- */

/* The reasons in one cell, in the words of the reader. */
static vg_str reasons_text(job *j, const vg_screening_candidate *x, vg_arena *a)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    for (int32_t i = 0, n = 0; i < x->n_reasons; i++) {
        const vg_screening_reason *r = &x->reason[i];
        char key[96];
        if (r->kind == VG_REASON_UNPAIRED_LIST || r->kind == VG_REASON_UNPAIRED_QUERY ||
            r->kind == VG_REASON_PART)
            continue;
        vg_screening_reason_key(r, key);
        vg_put(&o, n++ ? VG_S("; ") : VG_NOSTR);
        vg_say(&o, j->c->lang, key, vg_arg_text("asked", r->asked), vg_arg_text("listed", r->listed),
               vg_arg_percent("value", r->value, 0), vg_arg_text("number", r->number_kind));
    }
    vg_str text = vg_copy(a, vg_out_text(&o));
    vg_out_drop(&o);
    return text;
}

static void put_cell(job *j, vg_str text)
{
    vg_arena a = j->c->arena;
    vg_put_csv(&j->to, vg_cli_guarded(text, &a));
    vg_put_char(&j->to, ',');
}

static void put_hit(job *j, const vg_screened_row *r, const vg_screening_candidate *x,
                    const vg_match_decision *d)
{
    vg_arena a = j->c->arena;
    char score[32];
    vg_put_int(&j->to, r->row), vg_put_char(&j->to, ',');
    vg_put_int(&j->to, r->line), vg_put_char(&j->to, ',');
    put_cell(j, r->query.id);
    put_cell(j, r->query.name.n ? r->query.name.item[0].text : VG_NOSTR);
    put_cell(j, (vg_str){ score, snprintf(score, sizeof score, "%.4f", x->score) });
    put_cell(j, vg_cli_match_word(x, d));
    put_cell(j, x->list);
    put_cell(j, x->id);
    put_cell(j, vg_screening_schema_word(x->schema));
    put_cell(j, x->caption);
    put_cell(j, x->matched);
    put_cell(j, reasons_text(j, x, &a));
    vg_put_csv(&j->to, vg_screening_hit_name(r->key, x, &a));
    vg_put_char(&j->to, '\n');
}

static bool take_row(void *ctx, const vg_screened_row *r, vg_err *e)
{
    job *j = ctx;
    bool any = false;
    (void)e;
    for (int32_t i = 0; i < r->answer.n; i++) {
        const vg_match_decision *d = &r->decided[i];
        const vg_screening_candidate *x = &r->answer.candidate[i];
        if (d->verdict == VG_VERDICT_FALSE_MATCH && !d->outdated) {
            j->s.n_excepted++;
            continue;
        }
        put_hit(j, r, x, d);
        any |= x->hit;
        j->s.n_hits += x->hit;
        j->s.n_possible += !x->hit;
    }
    j->s.n_rows_hit += any;
    return true;
}

static bool end_block(void *ctx, int64_t rows_done, vg_err *e)
{
    job *j = ctx;
    if (!vg_out_end(&j->to, e) || fflush(j->file) != 0)
        return vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be written", j->part.s);
    j->s.rows = rows_done;
    j->s.bytes = ftell(j->file);
    return write_state(j, e) && vg_out_stream(&j->to, j->file, e);
}

static bool show_map(void *ctx, vg_str map, vg_err *e)
{
    job *j = ctx;
    j->s.map = map;
    (void)e;
    vg_note(j->c, "screen.mapping", vg_arg_text("map", map));
    if (j->resumed)
        vg_note(j->c, "screen.resumed", vg_arg_int("rows", j->s.rows));
    return true;
}

/* --- the whole --- */

/* Lists and vintages in one text: another vintage is another work. */
static bool lists_text(vg_cli *c, const vg_screening *s, vg_str *out, vg_err *e)
{
    vg_screening_list *list;
    int32_t n;
    vg_str text = VG_S("");
    if (!vg_screening_lists(s, &c->arena, &list, &n, e))
        return false;
    for (int32_t i = 0; i < n; i++)
        text =
            vg_format(&c->arena, "%.*s%.*s %.*s %lld %.*s; ", VG_P(text), VG_P(list[i].name),
                      VG_P(list[i].version), (long long)list[i].vintage, VG_P(vg_sub(list[i].sha256, 0, 16)));
    *out = text;
    return text.s || vg_fail_memory(e, vg_arena_limit(&c->arena));
}

static bool name_files(job *j, vg_err *e)
{
    const char *path = vg_opt_path(&j->c->opts, "out");
    if (!path) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--file needs --out");
        return vg_mend(e, "say where the hits go: --out hits.csv or --out hits.xlsx");
    }
    vg_arena *a = &j->c->arena;
    j->out = vg_str_z(path);
    j->part = vg_format(a, "%s.part", path);
    j->state_path = vg_format(a, "%s.state", path);
    j->xlsx = vg_ends(j->out, VG_S(".xlsx"));
    return (j->part.s && j->state_path.s) || vg_fail_memory(e, vg_arena_limit(a));
}

static bool finish(job *j, vg_err *e)
{
    bool good = vg_out_end(&j->to, e);
    if (fclose(j->file) != 0 && good)
        good = vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be written", j->part.s);
    j->file = NULL;
    if (good && j->xlsx) {
        vg_str sheet = vg_format(&j->c->arena, "%s.new", j->out.s);
        good = sheet.s && vg_cli_csv_to_xlsx(j->part.s, sheet.s, e) &&
               (rename(sheet.s, j->out.s) == 0 ||
                vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be written", j->out.s));
        if (good)
            unlink(j->part.s);
    } else if (good) {
        good = rename(j->part.s, j->out.s) == 0 ||
               vg_fail_os(e, errno, VG_NOWHERE, "%s cannot be written", j->out.s);
    }
    if (good)
        unlink(j->state_path.s);
    return good;
}

static void show(job *j, const vg_screening_file_count *n)
{
    if (j->c->form == VG_FORM_JSON) {
        vg_json json = vg_json_to(j->c->out);
        vg_json_object(&json);
        vg_json_key(&json, VG_S("map")), vg_json_str(&json, j->s.map);
        vg_json_key(&json, VG_S("rows")), vg_json_int(&json, n->n_rows);
        vg_json_key(&json, VG_S("bad_rows")), vg_json_int(&json, n->n_bad);
        vg_json_key(&json, VG_S("rows_with_hits")), vg_json_int(&json, j->s.n_rows_hit);
        vg_json_key(&json, VG_S("hits")), vg_json_int(&json, j->s.n_hits);
        vg_json_key(&json, VG_S("possible")), vg_json_int(&json, j->s.n_possible);
        vg_json_key(&json, VG_S("excepted")), vg_json_int(&json, j->s.n_excepted);
        vg_json_close(&json);
        vg_put_char(j->c->out, '\n');
        return;
    }
    vg_line(j->c, "screen.file-done", vg_arg_int("rows", n->n_rows), vg_arg_int("rows_hit", j->s.n_rows_hit),
            vg_arg_int("hits", j->s.n_hits), vg_arg_int("possible", j->s.n_possible),
            vg_arg_int("excepted", j->s.n_excepted), vg_arg_int("bad", n->n_bad), vg_arg_text("out", j->out));
}

static bool run(job *j, vg_screening *s, vg_store *st, const vg_screening_decisions *d, vg_err *e)
{
    vg_cli *c = j->c;
    vg_screening_file_count n;
    int schema = vg_screening_schema_by_word(vg_cli_text(c, "schema"));
    vg_screening_file f = {
        .path = j->path,
        .map = vg_cli_text(c, "map"),
        .schema = schema > 0 ? (vg_schema)schema : VG_SCHEMA_ANY,
        .ask = { .threshold = vg_opt_given(&c->opts, "threshold") ? vg_opt_num(&c->opts, "threshold") : 0,
                 .limit = (int32_t)vg_opt_int(&c->opts, "limit"),
                 .hits_only = vg_cli_flag(c, "hits-only"),
                 .exhaustive = vg_cli_flag(c, "exhaustive"),
                 .explain = true },
        .decisions = d,
        .ctx = j,
        .begin = show_map,
        .row = take_row,
        .block = end_block,
    };
    if (!lists_text(c, s, &j->s.lists, e) || !vg_cli_file_hash(c, j->path, &j->s.sha256, e))
        return false;
    j->s.file = vg_str_z(j->path);
    j->s.options = vg_format(&c->arena, "%g %d %d %d %d %d %.*s", f.ask.threshold, f.ask.limit,
                             f.ask.hits_only, f.ask.exhaustive, (int)f.schema, (int)c->lang, VG_P(f.map));
    if (!open_part(j, e))
        return false;
    f.skip_rows = j->s.rows;
    if (!vg_cli_screen_file(c, s, &f, &n, e) || !finish(j, e))
        return false;
    vg_screening_batch log = { .file = j->s.file,
                               .sha256 = j->s.sha256,
                               .n_rows = n.n_rows,
                               .n_bad = n.n_bad,
                               .n_hits = j->s.n_hits,
                               .n_rows_hit = j->s.n_rows_hit,
                               .n_excepted = j->s.n_excepted,
                               .threshold =
                                   f.ask.threshold > 0 ? f.ask.threshold : vg_screening_default_threshold() };
    if (st && !vg_screening_log_batch(st, s, &log, e))
        return false;
    show(j, &n);
    return true;
}

bool vg_cli_screen_batch(vg_cli *c, vg_err *e)
{
    job j = { .c = c, .path = vg_opt_path(&c->opts, "file") };
    vg_store *st = NULL;
    vg_screening *s = NULL;
    vg_screening_decisions *d = NULL;
    if (c->opts.n_args) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a name and --file together");
        return vg_mend(e, "give one of the two");
    }
    if (!name_files(&j, e) || (!vg_cli_text(c, "lists").n && !vg_cli_store(c, VG_STORE_WRITE, false, &st, e)))
        return false;
    bool good = vg_cli_engine(c, st, &s, e) && (!st || vg_screening_decisions_open(st, &d, e)) &&
                run(&j, s, st, d, e);
    if (j.file) {
        vg_out_drop(&j.to);
        fclose(j.file);
    }
    if (!good && e->code == VG_ESTOPPED)
        vg_note(c, "screen.stopped", vg_arg_int("rows", j.s.rows));
    vg_screening_decisions_close(d);
    vg_screening_close(s);
    if (st)
        vg_store_close(st);
    c->exit_code = good && j.s.n_hits > 0;
    return good;
}
