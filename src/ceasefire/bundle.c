/* The audit bundle, written from the store. Invariant: the bundle holds the log up to one entry, and everything else in it
 * follows from that and from the agreements; what others add meanwhile is not in it. */
#include "ceasefire/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ceasefire/bundle_int.h"
#include "core/date.h"

/* --- lines and files, as both sides write them --- */

void vg_bundle_hex(const unsigned char *bytes, int64_t n, char *hex)
{
    static const char digit[] = "0123456789abcdef";
    for (int64_t i = 0; i < n; i++) {
        hex[2 * i] = digit[bytes[i] >> 4];
        hex[2 * i + 1] = digit[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

static void put_hex(vg_out *o, vg_str bytes)
{
    char hex[513];
    for (ptrdiff_t i = 0; i < bytes.n; i += 256) {
        vg_str part = vg_sub(bytes, i, 256);
        vg_bundle_hex((const unsigned char *)part.s, part.n, hex);
        vg_put(o, (vg_str){ hex, 2 * part.n });
    }
}

/* What an entry says, for people: the bytes are what counts. */
static bool put_says(vg_json *j, const vg_log_entry *x, vg_err *e)
{
    vg_report r;
    vg_coverage c;
    vg_log_decision d;
    vg_log_agreement a;
    char name[24];
    switch (x->kind) {
    case VG_LOG_REPORT:
    case VG_LOG_QUARANTINED:
        if (!vg_report_unpack(x->body, &r, e))
            return false;
        vg_report_json(j, &r);
        return true;
    case VG_LOG_COVERAGE:
        if (!vg_coverage_unpack(x->body, &c, e))
            return false;
        vg_coverage_json(j, &c);
        return true;
    case VG_LOG_DECISION:
        if (!vg_log_decision_unpack(x->body, &d, e))
            return false;
        snprintf(name, sizeof name, "%016llx", (unsigned long long)d.incident);
        vg_json_object(j);
        vg_json_key(j, VG_S("incident")), vg_json_str(j, vg_str_z(name));
        vg_json_key(j, VG_S("state")), vg_json_str(j, vg_str_z(vg_verification_name((int)d.state)));
        vg_json_key(j, VG_S("at")), vg_json_int(j, d.at);
        vg_json_key(j, VG_S("actor")), vg_json_str(j, d.actor);
        vg_json_key(j, VG_S("reason")), vg_json_str(j, d.reason);
        vg_json_close(j);
        return true;
    case VG_LOG_AGREEMENT: break;
    }
    if (!vg_log_agreement_unpack(x->body, &a, e))
        return false;
    vg_json_object(j);
    vg_json_key(j, VG_S("version")), vg_json_int(j, a.version);
    vg_json_key(j, VG_S("sha256")), vg_json_str(j, a.sha256);
    vg_json_key(j, VG_S("actor")), vg_json_str(j, a.actor);
    vg_json_close(j);
    return true;
}

bool vg_bundle_put_entry(vg_out *o, const vg_log_entry *x, vg_err *e)
{
    char hash[2 * VG_LOG_HASH + 1];
    vg_bundle_hex(x->hash, VG_LOG_HASH, hash);
    vg_print(o, "{\"seq\":%lld,\"at\":%lld,\"kind\":\"%s\",\"hash\":\"%s\",\"bytes\":\"", (long long)x->seq,
             (long long)x->at, vg_log_kind_name((int)x->kind), hash);
    put_hex(o, x->body);
    vg_put(o, VG_S("\",\"says\":"));
    vg_json j = vg_json_to(o);
    if (!put_says(&j, x, e))
        return false;
    vg_put(o, VG_S("}\n"));
    return true;
}

void vg_bundle_put_publication(vg_out *o, const vg_publication *p)
{
    char day[16];
    vg_str date = vg_day_text(p->day, day);
    vg_print(o, "{\"day\":\"%.*s\",\"at\":%lld,\"seq\":%lld}\n", VG_P(date), (long long)p->at,
             (long long)p->seq);
}

void vg_bundle_put_about(vg_out *o, const vg_bundle_about *b)
{
    vg_put(o, VG_S("{\"format\":\"vigie ceasefire bundle 1\",\"program\":"));
    vg_json j = vg_json_to(o);
    vg_json_str(&j, b->program);
    vg_put(o, VG_S(",\"agreement\":"));
    j = vg_json_to(o);
    vg_json_str(&j, b->agreement);
    vg_print(o, ",\"lang\":\"%s\",\"entries\":%lld,\"publications\":%lld,\"head\":\"%.*s\"}\n",
             vg_lang_code(b->lang), (long long)b->n_entries, (long long)b->n_publications, VG_P(b->head));
}

void vg_bundle_put_sum(vg_out *o, const char *sha256, const char *name)
{
    vg_print(o, "%s  %s\n", sha256, name);
}

void vg_bundle_put_readme(vg_out *o, const vg_bundle_about *b)
{
    static const char *const key[] = { "what", "files", "do", "sums", "head", "version", "personal" };
    vg_put(o, VG_S("# "));
    vg_say(o, b->lang, "ceasefire.bundle.title", vg_arg_text("agreement", b->agreement));
    vg_put(o, VG_S("\n"));
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        char name[48];
        snprintf(name, sizeof name, "ceasefire.bundle.%s", key[i]);
        vg_put(o, VG_S("\n"));
        vg_say(o, b->lang, name, vg_arg_text("agreement", b->agreement), vg_arg_text("program", b->program),
               vg_arg_int("entries", b->n_entries), vg_arg_int("reports", b->n_publications),
               vg_arg_text("head", b->head));
        vg_put(o, VG_S("\n"));
    }
}

bool vg_bundle_version_note(vg_bundle_versions *v, const vg_log_entry *x, vg_err *e)
{
    vg_log_agreement a;
    if (x->kind != VG_LOG_AGREEMENT)
        return true;
    if (!vg_log_agreement_unpack(x->body, &a, e))
        return false;
    if (v->n == v->cap) {
        int32_t cap = v->cap ? 2 * v->cap : 8;
        vg_bundle_version *bigger = realloc(v->at, (size_t)cap * sizeof *bigger);
        if (!bigger)
            return vg_fail_memory(e, cap * (int64_t)sizeof *bigger);
        v->at = bigger;
        v->cap = cap;
    }
    v->at[v->n] = (vg_bundle_version){ .seq = x->seq, .version = a.version };
    snprintf(v->at[v->n].sha256, sizeof v->at[v->n].sha256, "%.*s", VG_P(a.sha256));
    v->n++;
    return true;
}

/* --- writing --- */

typedef struct {
    vg_store *st;
    vg_str agreement;
    const char *folder;
    vg_arena a;
    vg_out manifest;
    vg_bundle_versions versions;
    int64_t n_files, last; /* entry the bundle ends with */
    vg_progress progress;
} writing;

/* For its owner only: a bundle names people and places. */
static bool make_folder(const char *path, vg_err *e)
{
    if (mkdir(path, 0700) == 0)
        return true;
    int why = errno;
    DIR *d = why == EEXIST ? opendir(path) : NULL;
    if (!d)
        return vg_fail_os(e, why, (vg_at){ .file = vg_str_z(path) }, "the folder cannot be made");
    bool empty = true;
    for (const struct dirent *x; (x = readdir(d)) && empty;)
        empty = strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0;
    closedir(d);
    if (empty)
        return true;
    vg_fail(e, VG_ECONFLICT, (vg_at){ .file = vg_str_z(path) }, "the folder is not empty");
    vg_why(e, "a bundle must hold nothing but what is in its MANIFEST");
    return vg_mend(e, "name a folder that does not exist yet");
}

static const char *path_of(writing *w, const char *name, vg_err *e)
{
    vg_str path = vg_format(&w->a, "%s/%s", w->folder, name);
    if (!path.s)
        vg_fail_memory(e, vg_arena_limit(&w->a));
    return path.s;
}

static bool put_file(void *ctx, const char *name, vg_str bytes, vg_err *e)
{
    writing *w = ctx;
    const char *path = path_of(w, name, e);
    vg_out o;
    vg_sha256 h;
    char hex[65];
    if (!path || !vg_out_path(&o, path, e))
        return false;
    vg_put(&o, bytes);
    bool good = vg_out_end(&o, e);
    vg_out_drop(&o);
    vg_sha256_init(&h);
    vg_sha256_add(&h, bytes);
    vg_sha256_hex(&h, hex);
    vg_bundle_put_sum(&w->manifest, hex, name);
    w->n_files++;
    return good;
}

/* The log, line by line: it may be larger than memory. */
typedef struct {
    writing *w;
    vg_out file, line;
    vg_sha256 sum;
} log_file;

static bool put_entry(void *ctx, const vg_log_entry *x, vg_err *e)
{
    log_file *f = ctx;
    f->line.n = 0;
    if (!vg_bundle_version_note(&f->w->versions, x, e) || !vg_bundle_put_entry(&f->line, x, e))
        return false;
    if (x->seq % 4096 == 0 && !vg_progress_step(&f->w->progress, "log", x->seq, f->w->last, e))
        return false;
    vg_sha256_add(&f->sum, vg_out_text(&f->line));
    vg_put(&f->file, vg_out_text(&f->line));
    return !f->line.failed || vg_fail_memory(e, f->line.cap);
}

static bool put_log(writing *w, vg_err *e)
{
    log_file f = { .w = w };
    char hex[65];
    const char *path = path_of(w, "log.jsonl", e);
    if (!path || !vg_out_memory(&f.line, e))
        return false;
    bool good = vg_out_path(&f.file, path, e);
    if (good) {
        vg_sha256_init(&f.sum);
        good =
            vg_report_log_each(w->st, w->agreement, 1, w->last, put_entry, &f, e) && vg_out_end(&f.file, e);
        vg_out_drop(&f.file);
        vg_sha256_hex(&f.sum, hex);
        vg_bundle_put_sum(&w->manifest, hex, "log.jsonl");
        w->n_files++;
    }
    vg_out_drop(&f.line);
    return good;
}

static bool put_agreements(writing *w, vg_err *e)
{
    for (int32_t i = 0; i < w->versions.n; i++) {
        vg_arena scratch = w->a;
        vg_agreement_record x;
        char name[48];
        snprintf(name, sizeof name, "agreement-%lld.toml", (long long)w->versions.at[i].version);
        if (!vg_agreement_load(w->st, w->agreement, w->versions.at[i].version, &scratch, &x, e) ||
            !put_file(w, name, x.text, e))
            return false;
    }
    return true;
}

static bool store_each(void *ctx, int64_t from, int64_t to, vg_log_take *take, void *take_ctx, vg_err *e)
{
    writing *w = ctx;
    return vg_report_log_each(w->st, w->agreement, from, to, take, take_ctx, e);
}

static bool store_agreement(void *ctx, int64_t version, vg_agreement **out, vg_err *e)
{
    writing *w = ctx;
    vg_arena scratch = w->a;
    vg_agreement_record x;
    return vg_agreement_load(w->st, w->agreement, version, &scratch, &x, e) &&
           vg_agreement_parse(x.text, w->agreement, NULL, out, e);
}

static bool put_publications(writing *w, const vg_publication *p, int64_t n, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_print(&o, "{\"publications\":%lld}\n", (long long)n);
    for (int64_t i = 0; i < n; i++)
        vg_bundle_put_publication(&o, &p[i]);
    bool good =
        (!o.failed || vg_fail_memory(e, o.cap)) && put_file(w, "publications.jsonl", vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

static bool put_text(writing *w, const char *name, void (*put)(vg_out *o, const vg_bundle_about *b),
                     const vg_bundle_about *b, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    put(&o, b);
    bool good = (!o.failed || vg_fail_memory(e, o.cap)) && put_file(w, name, vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

/* The files in the order of the MANIFEST. */
static bool put_all(writing *w, const vg_bundle_opts *o, vg_bundle_told *out, vg_err *e)
{
    vg_publication *p;
    int64_t n, at;
    const char *reports = path_of(w, "reports", e);
    if (!reports || !vg_report_log_last(w->st, w->agreement, &w->last, out->head, &at, e) ||
        !vg_report_publications(w->st, w->agreement, &w->a, &p, &n, e) || !make_folder(reports, e))
        return false;
    while (n > 0 && p[n - 1].seq > w->last) /* made since */
        n--;
    vg_bundle_about about = { .agreement = w->agreement,
                              .program = VG_S("vigie " VG_VERSION),
                              .lang = o->lang,
                              .n_entries = w->last,
                              .n_publications = n,
                              .head = vg_str_z(out->head) };
    vg_bundle_replay r = { .source = { w, store_each, store_agreement },
                           .versions = &w->versions,
                           .publication = p,
                           .n = n,
                           .lang = o->lang,
                           .progress = o->progress,
                           .ctx = w,
                           .take = put_file };
    out->n_entries = w->last;
    out->n_publications = n;
    return put_text(w, "README.md", vg_bundle_put_readme, &about, e) &&
           put_text(w, "bundle.json", vg_bundle_put_about, &about, e) && put_log(w, e) &&
           put_agreements(w, e) && put_publications(w, p, n, e) && vg_bundle_replay_run(&r, e);
}

static bool put_manifest(writing *w, vg_err *e)
{
    const char *path = path_of(w, "MANIFEST", e);
    vg_out o;
    if (!path || !vg_out_path(&o, path, e))
        return false;
    vg_put(&o, vg_out_text(&w->manifest));
    bool good = (!w->manifest.failed || vg_fail_memory(e, w->manifest.cap)) && vg_out_end(&o, e);
    vg_out_drop(&o);
    return good;
}

/* A bundle of a broken log would prove nothing. */
static bool chain_holds(vg_store *st, vg_str agreement, vg_err *e)
{
    vg_log_report r;
    if (!vg_report_log_verify(st, agreement, &r, e))
        return false;
    if (!r.broken_at)
        return true;
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "entry %lld of the log does not follow from those before it",
            (long long)r.broken_at);
    vg_why(e, "the chain of hashes is broken: the log was changed after it was written");
    return vg_mend(
        e, "find a copy of the store from before; say openly from which entry on the log cannot be shown");
}

bool vg_bundle_write(vg_store *st, vg_str agreement, const vg_bundle_opts *o, const char *folder,
                     vg_bundle_told *out, vg_err *e)
{
    writing w = { .st = st, .agreement = agreement, .folder = folder, .progress = o->progress };
    vg_bundle_told told = { 0 };
    if (vg_failed(e) || !chain_holds(st, agreement, e) || !vg_arena_init(&w.a, 1LL << 34, e))
        return false;
    bool good = vg_out_memory(&w.manifest, e);
    if (good) {
        good = make_folder(folder, e) && put_all(&w, o, &told, e) && put_manifest(&w, e);
        vg_out_drop(&w.manifest);
    }
    told.n_files = w.n_files + 1;
    free(w.versions.at);
    vg_arena_free(&w.a);
    if (good)
        *out = told;
    return good;
}

/* --- one report as of now --- */

static bool note_version(void *ctx, const vg_log_entry *x, vg_err *e)
{
    writing *w = ctx;
    w->last = x->seq;
    return vg_bundle_version_note(&w->versions, x, e);
}

bool vg_bundle_report(vg_store *st, vg_str agreement, const vg_daily *ask, vg_out *out, vg_err *e)
{
    writing w = { .st = st, .agreement = agreement };
    vg_publication *p;
    int64_t n;
    if (vg_failed(e) || !vg_arena_init(&w.a, 1LL << 34, e))
        return false;
    bool good = vg_report_log_each(st, agreement, 1, 0, note_version, &w, e) &&
                vg_report_publications(st, agreement, &w.a, &p, &n, e);
    while (good && n > 0 && p[n - 1].seq > w.last) /* made since */
        n--;
    if (good) {
        vg_bundle_replay r = { .source = { &w, store_each, store_agreement },
                               .versions = &w.versions,
                               .publication = p,
                               .n = n,
                               .lang = ask->lang };
        good = vg_bundle_replay_now(&r, w.last, ask, out, e);
    }
    free(w.versions.at);
    vg_arena_free(&w.a);
    return good;
}
