/* The audit bundle checked: every file is made again from the bytes of the log and compared. Invariant: no byte of the
 * bundle is taken on trust; each one is either made again or bound by a hash that is, and the first difference is named. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ceasefire/bundle_int.h"
#include "core/date.h"
#include "core/input.h"
#include "core/num.h"

enum { BLOCK = 1 << 16 };

typedef struct {
    const char *folder;
    vg_bundle_found *found;
    vg_arena a; /* what lasts: file names, bundle.json, publications */
    vg_out manifest;
    vg_bundle_versions versions;
    vg_bundle_about about;
    vg_publication *publication;
    int64_t n_publications;
    vg_progress progress;
} checking;

/* Notes the first difference; false, so that the checking ends there. */
static bool differs(checking *c, const char *file, int64_t line, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

static bool differs(checking *c, const char *file, int64_t line, const char *what, ...)
{
    vg_bundle_found *f = c->found;
    va_list list;
    if (f->file[0])
        return false;
    snprintf(f->file, sizeof f->file, "%s", file);
    f->line = line;
    va_start(list, what);
    vsnprintf(f->what, sizeof f->what, what, list);
    va_end(list);
    return false;
}

/* --- reading lines and files --- */

typedef struct {
    vg_input *in;
    char *buf;
    int64_t n, cap, at, line; /* bytes in buf; where the next line begins; lines handed out */
    vg_sha256 sum;
    bool ended;
} lines;

static bool open_lines(checking *c, const char *name, lines *l, vg_err *e)
{
    vg_str path = vg_format(&c->a, "%s/%s", c->folder, name);
    *l = (lines){ 0 };
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(&c->a));
    vg_sha256_init(&l->sum);
    vg_err why = VG_NO_ERR;
    if (vg_input_open(path.s, &l->in, &why))
        return true;
    return differs(c, name, 0, "cannot be read: %.150s", why.what);
}

static void close_lines(lines *l)
{
    vg_input_close(l->in);
    free(l->buf);
    *l = (lines){ 0 };
}

/* One more block into the buffer; false at the end and on failure. */
static bool more(lines *l, vg_err *e)
{
    if (l->at > 0) {
        memmove(l->buf, l->buf + l->at, (size_t)(l->n - l->at));
        l->n -= l->at;
        l->at = 0;
    }
    if (l->n + BLOCK > l->cap) {
        int64_t cap = l->cap ? 2 * l->cap : 2 * BLOCK;
        char *bigger = realloc(l->buf, (size_t)cap);
        if (!bigger)
            return vg_fail_memory(e, cap);
        l->buf = bigger;
        l->cap = cap;
    }
    int64_t got = vg_input_read(l->in, l->buf + l->n, BLOCK, e);
    if (got > 0) {
        vg_sha256_add(&l->sum, (vg_str){ l->buf + l->n, (ptrdiff_t)got });
        l->n += got;
    }
    l->ended = got <= 0;
    return got > 0;
}

/* The next line with its line end (the last one may have none); false at the end, or with `e` set. */
static bool next_line(lines *l, vg_str *line, vg_err *e)
{
    int64_t seen = l->at;
    for (;;) {
        vg_str rest = { l->buf ? l->buf + seen : NULL, (ptrdiff_t)(l->n - seen) };
        ptrdiff_t end = rest.n ? vg_find_byte(rest, '\n') : -1;
        if (end >= 0) {
            *line = (vg_str){ l->buf + l->at, (ptrdiff_t)(seen - l->at) + end + 1 };
            break;
        }
        seen = l->n - l->at; /* after `more` the line begins at 0 */
        if (!l->ended && more(l, e))
            continue;
        if (vg_failed(e) || l->n == l->at)
            return false;
        *line = (vg_str){ l->buf + l->at, (ptrdiff_t)(l->n - l->at) };
        break;
    }
    l->at += line->n;
    l->line++;
    return true;
}

static void note_sum(checking *c, lines *l, const char *name)
{
    char hex[65];
    vg_sha256_hex(&l->sum, hex);
    vg_bundle_put_sum(&c->manifest, hex, name);
    c->found->n_files++;
}

/* A file is to hold exactly this. */
static bool check_file(checking *c, const char *name, vg_str want, vg_err *e)
{
    lines l;
    vg_str line, rest = want;
    bool same = true;
    if (!open_lines(c, name, &l, e))
        return false;
    while (same && next_line(&l, &line, e)) {
        same = vg_starts(rest, line) && (line.s[line.n - 1] == '\n' || line.n == rest.n);
        rest = same ? vg_sub(rest, line.n, rest.n) : rest;
    }
    if (!vg_failed(e) && (!same || rest.n))
        differs(c, name, same ? l.line + 1 : l.line, "is not what the log gives");
    else if (!vg_failed(e))
        note_sum(c, &l, name);
    close_lines(&l);
    return same && !rest.n && !vg_failed(e);
}

static bool check_made(void *ctx, const char *name, vg_str bytes, vg_err *e)
{
    return check_file(ctx, name, bytes, e);
}

/* --- reading what was written in one way only: literals, numbers, hexadecimal --- */

static bool expect(vg_str *rest, const char *literal)
{
    vg_str want = vg_str_z(literal);
    if (!vg_starts(*rest, want))
        return false;
    *rest = vg_sub(*rest, want.n, rest->n);
    return true;
}

static bool number(vg_str *rest, char end, int64_t *x)
{
    ptrdiff_t at = vg_find_byte(*rest, end);
    if (at < 0 || !vg_int(vg_sub(*rest, 0, at), x))
        return false;
    *rest = vg_sub(*rest, at + 1, rest->n);
    return true;
}

static bool quoted(vg_str *rest, vg_str *text)
{
    ptrdiff_t at = vg_find_byte(*rest, '"');
    if (at < 0)
        return false;
    *text = vg_sub(*rest, 0, at);
    *rest = vg_sub(*rest, at + 1, rest->n);
    return true;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool unhex(vg_str hex, unsigned char *bytes)
{
    for (ptrdiff_t i = 0; i + 1 < hex.n; i += 2) {
        int high = nibble(hex.s[i]), low = nibble(hex.s[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (unsigned char)(high << 4 | low);
    }
    return hex.n % 2 == 0;
}

static int kind_of(vg_str word)
{
    for (int k = VG_LOG_REPORT; k <= VG_LOG_AGREEMENT; k++)
        if (vg_eq(word, vg_str_z(vg_log_kind_name(k))))
            return k;
    return 0;
}

bool vg_bundle_read_entry(vg_str line, vg_arena *a, vg_log_entry *x)
{
    vg_str rest = line, kind, hash, hex;
    if (!expect(&rest, "{\"seq\":") || !number(&rest, ',', &x->seq) || !expect(&rest, "\"at\":") ||
        !number(&rest, ',', &x->at) || !expect(&rest, "\"kind\":\"") || !quoted(&rest, &kind) ||
        !expect(&rest, ",\"hash\":\"") || !quoted(&rest, &hash) || !expect(&rest, ",\"bytes\":\"") ||
        !quoted(&rest, &hex) || !kind_of(kind) || hash.n != 2 * VG_LOG_HASH || !unhex(hash, x->hash))
        return false;
    unsigned char *body = vg_new(a, unsigned char, hex.n / 2 + 1);
    if (!body || !unhex(hex, body))
        return false;
    x->kind = (vg_log_kind)kind_of(kind);
    x->body = (vg_str){ (const char *)body, hex.n / 2 };
    return true;
}

/* --- bundle.json --- */

static bool read_about(checking *c, vg_str line)
{
    vg_bundle_about *b = &c->about;
    vg_str rest = line, lang;
    if (!expect(&rest, "{\"format\":\"vigie ceasefire bundle 1\",\"program\":\"") ||
        !quoted(&rest, &b->program) || !expect(&rest, ",\"agreement\":\"") || !quoted(&rest, &b->agreement) ||
        !expect(&rest, ",\"lang\":\"") || !quoted(&rest, &lang) || !expect(&rest, ",\"entries\":") ||
        !number(&rest, ',', &b->n_entries) || !expect(&rest, "\"publications\":") ||
        !number(&rest, ',', &b->n_publications) || !expect(&rest, "\"head\":\"") ||
        !quoted(&rest, &b->head) || vg_lang_by_code(lang) < 0)
        return false;
    b->lang = (vg_lang)vg_lang_by_code(lang);
    b->program = vg_copy(&c->a, b->program);
    b->agreement = vg_copy(&c->a, b->agreement);
    b->head = vg_copy(&c->a, b->head);
    return b->program.s && b->agreement.s && b->head.s;
}

static bool check_text(checking *c, const char *name, void (*put)(vg_out *o, const vg_bundle_about *b),
                       vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    put(&o, &c->about);
    bool good = (!o.failed || vg_fail_memory(e, o.cap)) && check_file(c, name, vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

static bool check_about(checking *c, vg_err *e)
{
    lines l;
    vg_str line;
    if (!open_lines(c, "bundle.json", &l, e))
        return false;
    bool good = next_line(&l, &line, e) && read_about(c, line);
    close_lines(&l);
    if (!good)
        return !vg_failed(e) && differs(c, "bundle.json", 1, "does not read as a bundle of this program");
    vg_str program = VG_S("vigie " VG_VERSION);
    if (!vg_eq(c->about.program, program))
        return differs(c, "bundle.json", 1, "was written by %.*s; check it with that program, this is %.*s",
                       VG_P(c->about.program), VG_P(program));
    return check_text(c, "README.md", vg_bundle_put_readme, e) &&
           check_text(c, "bundle.json", vg_bundle_put_about, e);
}

/* --- the log --- */

typedef struct {
    int64_t seq;
    unsigned char hash[VG_LOG_HASH];
    vg_out again;
} chain;

static bool check_entry(checking *c, chain *k, vg_str line, vg_arena scratch, vg_err *e)
{
    vg_log_entry x;
    vg_err why = VG_NO_ERR;
    k->seq++;
    if (!vg_bundle_read_entry(line, &scratch, &x))
        return differs(c, "log.jsonl", k->seq, "the line does not read as an entry");
    if (x.seq != k->seq)
        return differs(c, "log.jsonl", k->seq, "entry %lld stands here, entry %lld is missing",
                       (long long)x.seq, (long long)k->seq);
    vg_log_chain_next(k->hash, x.kind, x.at, x.body);
    if (memcmp(k->hash, x.hash, VG_LOG_HASH) != 0)
        return differs(c, "log.jsonl", k->seq,
                       "entry %lld does not follow from those before it (chain of hashes)",
                       (long long)k->seq);
    k->again.n = 0;
    if (!vg_bundle_put_entry(&k->again, &x, &why) || !vg_bundle_version_note(&c->versions, &x, &why))
        return why.code == VG_ENOMEM ? vg_fail_memory(e, vg_arena_limit(&scratch))
                                     : differs(c, "log.jsonl", k->seq, "%.150s", why.what);
    if (k->again.failed)
        return vg_fail_memory(e, k->again.cap);
    return vg_eq(vg_out_text(&k->again), line) ||
           differs(c, "log.jsonl", k->seq, "the line does not say what its bytes hold");
}

static bool check_log(checking *c, vg_err *e)
{
    lines l;
    vg_str line;
    chain k = { 0 };
    bool good = true;
    if (!vg_out_memory(&k.again, e))
        return false;
    if (!open_lines(c, "log.jsonl", &l, e)) {
        vg_out_drop(&k.again);
        return false;
    }
    vg_log_chain_begin(c->about.agreement, k.hash);
    while (good && next_line(&l, &line, e))
        good = check_entry(c, &k, line, c->a, e) &&
               (k.seq % 4096 || vg_progress_step(&c->progress, "log", k.seq, c->about.n_entries, e));
    vg_bundle_hex(k.hash, VG_LOG_HASH, c->found->head);
    c->found->n_entries = k.seq;
    good = good && !vg_failed(e);
    if (good)
        note_sum(c, &l, "log.jsonl");
    close_lines(&l);
    vg_out_drop(&k.again);
    if (good && (k.seq != c->about.n_entries || !vg_eq(c->about.head, vg_str_z(c->found->head))))
        return differs(c, "bundle.json", 1, "names another last entry than the log has");
    return good;
}

/* --- agreements --- */

static bool read_whole(checking *c, const char *name, vg_arena *a, vg_str *text, vg_err *e)
{
    lines l;
    vg_str line;
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    bool good = open_lines(c, name, &l, e);
    while (good && next_line(&l, &line, e))
        vg_put(&o, line);
    if (good)
        close_lines(&l);
    *text = good ? vg_copy(a, vg_out_text(&o)) : VG_NOSTR;
    vg_out_drop(&o);
    return good && !vg_failed(e) && (text->s || vg_fail_memory(e, vg_arena_limit(a)));
}

static const char *agreement_name(int64_t version, char name[48])
{
    snprintf(name, 48, "agreement-%lld.toml", (long long)version);
    return name;
}

static bool check_agreements(checking *c, vg_err *e)
{
    for (int32_t i = 0; i < c->versions.n; i++) {
        vg_arena scratch = c->a;
        vg_str text;
        vg_sha256 h;
        char hex[65], name[48];
        agreement_name(c->versions.at[i].version, name);
        if (!read_whole(c, name, &scratch, &text, e))
            return false;
        vg_sha256_init(&h);
        vg_sha256_add(&h, text);
        vg_sha256_hex(&h, hex);
        if (strcmp(hex, c->versions.at[i].sha256) != 0)
            return differs(c, name, 0, "is not the text that entry %lld of the log names",
                           (long long)c->versions.at[i].seq);
        vg_bundle_put_sum(&c->manifest, hex, name);
        c->found->n_files++;
    }
    return true;
}

/* --- publications --- */

bool vg_bundle_read_publication(vg_str line, vg_publication *p)
{
    vg_str rest = line, day;
    return expect(&rest, "{\"day\":\"") && quoted(&rest, &day) && vg_day_parse(day, VG_DATE_ISO, &p->day) &&
           expect(&rest, ",\"at\":") && number(&rest, ',', &p->at) && expect(&rest, "\"seq\":") &&
           number(&rest, '}', &p->seq);
}

/* Read, written again and compared: a line that reads in one way only is bound by the reports that follow from it. */
static bool read_publications(checking *c, vg_out *again, vg_err *e)
{
    static const char name[] = "publications.jsonl";
    vg_str text, line;
    int64_t n = 0, before = 0;
    if (!read_whole(c, name, &c->a, &text, e))
        return false;
    vg_str rest = text;
    if (!expect(&rest, "{\"publications\":") || !number(&rest, '}', &n) || !expect(&rest, "\n") ||
        n != c->about.n_publications || n < 0 || n > text.n)
        return differs(c, name, 1, "does not read as a list of as many publications as bundle.json says");
    vg_print(again, "{\"publications\":%lld}\n", (long long)n);
    c->publication = vg_new(&c->a, vg_publication, n);
    if (!c->publication)
        return vg_fail_memory(e, vg_arena_limit(&c->a));
    for (int64_t i = 0; i < n; i++) {
        line = vg_cut(&rest, '\n');
        if (!vg_bundle_read_publication(line, &c->publication[i]) || c->publication[i].seq < before ||
            c->publication[i].seq > c->found->n_entries)
            return differs(c, name, i + 2, "does not read as a publication of an entry of the log, in order");
        before = c->publication[i].seq;
        vg_bundle_put_publication(again, &c->publication[i]);
    }
    c->n_publications = c->found->n_publications = n;
    return true;
}

static bool check_publications(checking *c, vg_err *e)
{
    vg_out again;
    if (!vg_out_memory(&again, e))
        return false;
    bool good = read_publications(c, &again, e) && (!again.failed || vg_fail_memory(e, again.cap)) &&
                check_file(c, "publications.jsonl", vg_out_text(&again), e);
    vg_out_drop(&again);
    return good;
}

/* --- reports --- */

/* The log as a source: it is read forward, and from the start where an earlier entry is asked for. */
typedef struct {
    checking *c;
    lines l;
    int64_t seq;
    bool open;
} log_source;

static bool file_each(void *ctx, int64_t from, int64_t to, vg_log_take *take, void *take_ctx, vg_err *e)
{
    log_source *s = ctx;
    vg_str line;
    if (s->open && from <= s->seq) {
        close_lines(&s->l);
        s->open = false;
    }
    if (!s->open) {
        s->seq = 0;
        s->open = open_lines(s->c, "log.jsonl", &s->l, e);
        if (!s->open)
            return false;
    }
    while (s->seq < to && next_line(&s->l, &line, e)) {
        vg_arena scratch = s->c->a;
        vg_log_entry x;
        if (++s->seq < from)
            continue;
        if (!vg_bundle_read_entry(line, &scratch, &x))
            return differs(s->c, "log.jsonl", s->seq, "was changed while it was checked");
        if (!take(take_ctx, &x, e))
            return false;
    }
    return !vg_failed(e);
}

static bool file_agreement(void *ctx, int64_t version, vg_agreement **out, vg_err *e)
{
    log_source *s = ctx;
    vg_arena scratch = s->c->a;
    vg_str text;
    char name[48];
    return read_whole(s->c, agreement_name(version, name), &scratch, &text, e) &&
           vg_agreement_parse(text, s->c->about.agreement, NULL, out, e);
}

static bool check_reports(checking *c, vg_err *e)
{
    log_source s = { .c = c };
    vg_bundle_replay r = { .source = { &s, file_each, file_agreement },
                           .versions = &c->versions,
                           .publication = c->publication,
                           .n = c->n_publications,
                           .lang = c->about.lang,
                           .progress = c->progress,
                           .ctx = c,
                           .take = check_made };
    bool good = vg_bundle_replay_run(&r, e);
    if (s.open)
        close_lines(&s.l);
    return good;
}

/* --- all of it --- */

static bool is_named(vg_str manifest, const char *below, const char *name)
{
    char line[600];
    int n = snprintf(line, sizeof line, "  %s%s\n", below, name);
    return n < (int)sizeof line && vg_find(manifest, (vg_str){ line, n }) >= 0;
}

/* A report that nobody published must not lie among those that were. Of several strange files the first by name is told;
 * those whose name begins with a dot are passed over: file managers leave them, and nobody sees them. */
static bool check_folder(checking *c, vg_str manifest, const char *below, vg_err *e)
{
    char first[256] = "", name[400];
    vg_str path = vg_format(&c->a, "%s/%s", c->folder, below);
    DIR *d = path.s ? opendir(path.s) : NULL;
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(&c->a));
    if (!d)
        return differs(c, *below ? below : ".", 0, "cannot be read as a folder");
    for (const struct dirent *x; (x = readdir(d));) {
        bool own = !*below && (strcmp(x->d_name, "MANIFEST") == 0 || strcmp(x->d_name, "reports") == 0);
        if (!own && x->d_name[0] != '.' && !is_named(manifest, below, x->d_name) &&
            (!*first || strcmp(x->d_name, first) < 0))
            snprintf(first, sizeof first, "%s", x->d_name);
    }
    closedir(d);
    snprintf(name, sizeof name, "%s%s", below, first);
    return !*first || differs(c, name, 0, "is not in the MANIFEST: it is no part of this bundle");
}

static bool check_manifest(checking *c, vg_err *e)
{
    if (c->manifest.failed)
        return vg_fail_memory(e, c->manifest.cap);
    vg_str want = vg_copy(&c->a, vg_out_text(&c->manifest)); /* reading it notes its own sum */
    return (want.s || vg_fail_memory(e, vg_arena_limit(&c->a))) && check_file(c, "MANIFEST", want, e) &&
           check_folder(c, want, "", e) && check_folder(c, want, "reports/", e);
}

bool vg_bundle_check(const char *folder, vg_progress progress, vg_bundle_found *out, vg_err *e)
{
    vg_bundle_found found = { 0 };
    checking c = { .folder = folder, .found = &found, .progress = progress };
    struct stat st;
    if (vg_failed(e))
        return false;
    if (stat(folder, &st) != 0)
        return vg_fail_os(e, errno, (vg_at){ .file = vg_str_z(folder) }, "the bundle cannot be read");
    if (!vg_arena_init(&c.a, 1LL << 34, e))
        return false;
    if (!vg_out_memory(&c.manifest, e)) {
        vg_arena_free(&c.a);
        return false;
    }
    found.same = check_about(&c, e) && check_log(&c, e) && check_agreements(&c, e) &&
                 check_publications(&c, e) && check_reports(&c, e) && check_manifest(&c, e);
    vg_out_drop(&c.manifest);
    free(c.versions.at);
    vg_arena_free(&c.a);
    if (vg_failed(e))
        return false;
    *out = found;
    return true;
}
