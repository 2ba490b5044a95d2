/* The page's files, from a folder that is read once when the server starts. Invariant: only names that were found in the
 * folder then are ever answered, from memory, so that no address reaches another file; and the page's own rules
 * (Content-Security-Policy without inline code) hold for these answers and no others. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/gzip.h"
#include "core/hash.h"
#include "serve/serve_int.h"

enum { MOST_FILES = 4096, MOST_BYTES = 64 << 20, DEEPEST = 6, PACK_LEVEL = 9, WORTH_PACKING = 512 };

typedef struct {
    char *name; /* below the folder, without a slash before it */
    const char *type;
    vg_out bytes, packed; /* packed: buf NULL = not worth it */
    char tag[34];
    bool immutable;
} file;

struct vg_files {
    file *file;
    int n, cap;
    int64_t bytes;
};

static const char PAGE_POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'";

static const struct {
    const char *end, *type;
    bool text;
} kinds[] = {
    { ".html", "text/html; charset=utf-8", true },
    { ".js", "text/javascript; charset=utf-8", true },
    { ".mjs", "text/javascript; charset=utf-8", true },
    { ".css", "text/css; charset=utf-8", true },
    { ".json", "application/json", true },
    { ".topojson", "application/json", true },
    { ".geojson", "application/geo+json", true },
    { ".map", "application/json", true },
    { ".webmanifest", "application/manifest+json", true },
    { ".svg", "image/svg+xml", true },
    { ".txt", "text/plain; charset=utf-8", true },
    { ".xml", "application/xml", true },
    { ".png", "image/png", false },
    { ".webp", "image/webp", false },
    { ".jpg", "image/jpeg", false },
    { ".ico", "image/x-icon", false },
    { ".woff2", "font/woff2", false },
    { ".bin", "application/octet-stream", true },
};

static int kind_of(vg_str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (vg_ends(name, vg_str_z(kinds[i].end)))
            return (int)i;
    return -1;
}

/* A builder's name with the hash of what is in it, such as assets/index-C4xAfZ1k.js: it never means anything else. */
static bool has_hash(vg_str name)
{
    enum { HASH = 8 };
    if (!vg_starts(name, VG_S("assets/")))
        return false;
    ptrdiff_t dot = name.n;
    while (dot > 0 && name.s[dot - 1] != '.')
        dot--;
    dot--;
    if (dot < HASH + 1 || name.s[dot - HASH - 1] != '-')
        return false;
    for (ptrdiff_t i = dot - HASH; i < dot; i++) {
        char b = vg_lower(name.s[i]);
        if (!((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '-'))
            return false;
    }
    return true;
}

/* --- reading the folder --- */

static bool fail_folder(const char *path, vg_err *e)
{
    vg_fail_os(e, errno, VG_NOWHERE, "cannot read %s of the page", path);
    return vg_mend(e, "name the folder that the page was built into (web/dist), or leave --web out");
}

static bool fail_size(vg_err *e)
{
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "the folder of the page holds over %d files or %d MiB", MOST_FILES,
            MOST_BYTES >> 20);
    return vg_mend(e, "name the folder that the page was built into (web/dist), not one above it");
}

static bool read_all(int fd, const char *path, vg_out *to, int64_t *left, vg_err *e)
{
    char part[16 << 10];
    ssize_t n;
    if (!vg_out_memory(to, e))
        return false;
    while ((n = read(fd, part, sizeof part)) > 0) {
        *left -= n;
        if (*left < 0)
            return fail_size(e);
        vg_put(to, (vg_str){ part, n });
    }
    if (n < 0)
        return fail_folder(path, e);
    return !to->failed || vg_fail_memory(e, to->cap);
}

static bool pack(file *f, vg_err *e)
{
    if (f->bytes.n < WORTH_PACKING)
        return true;
    if (!vg_out_memory(&f->packed, e) || !vg_gzip(vg_out_text(&f->bytes), PACK_LEVEL, &f->packed, e))
        return false;
    if (f->packed.n >= f->bytes.n)
        vg_out_drop(&f->packed);
    return true;
}

static void set_tag(file *f)
{
    vg_sha256 h;
    char hex[65];
    vg_sha256_init(&h);
    vg_sha256_add(&h, vg_out_text(&f->bytes));
    vg_sha256_hex(&h, hex);
    snprintf(f->tag, sizeof f->tag, "%.32s", hex);
}

static file *add_file(vg_files *w, vg_err *e)
{
    if (w->n == MOST_FILES) {
        fail_size(e);
        return NULL;
    }
    if (w->n == w->cap) {
        int cap = w->cap ? 2 * w->cap : 64;
        file *more = realloc(w->file, (size_t)cap * sizeof *more);
        if (!more) {
            vg_fail_memory(e, 0);
            return NULL;
        }
        w->file = more;
        w->cap = cap;
    }
    w->file[w->n] = (file){ .name = NULL };
    return &w->file[w->n++];
}

/* Files of a kind that no page has are passed over, and so are those packed by the builder: they are packed here. */
static bool take_file(vg_files *w, int fd, const char *path, vg_str name, vg_err *e)
{
    int kind = kind_of(name);
    int64_t left = MOST_BYTES - w->bytes;
    if (kind < 0)
        return true;
    file *f = add_file(w, e);
    if (!f)
        return false;
    f->name = strndup(name.s, (size_t)name.n);
    f->type = kinds[kind].type;
    f->immutable = has_hash(name);
    if (!f->name)
        return vg_fail_memory(e, 0);
    if (!read_all(fd, path, &f->bytes, &left, e))
        return false;
    w->bytes = MOST_BYTES - left;
    set_tag(f);
    return !kinds[kind].text || pack(f, e);
}

static bool read_folder(vg_files *w, const char *root, const char *below, int depth, vg_err *e);

static bool take_entry(vg_files *w, const char *root, const char *name, int depth, vg_err *e)
{
    char path[4096];
    struct stat about;
    if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path)
        return true;
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); /* no links: they may lead elsewhere */
    if (fd < 0)
        return errno == ELOOP || fail_folder(path, e);
    bool good = fstat(fd, &about) == 0 || fail_folder(path, e);
    if (good && S_ISREG(about.st_mode))
        good = take_file(w, fd, path, vg_str_z(name), e);
    else if (good && S_ISDIR(about.st_mode) && depth < DEEPEST)
        good = read_folder(w, root, name, depth + 1, e);
    close(fd);
    return good;
}

static bool read_folder(vg_files *w, const char *root, const char *below, int depth, vg_err *e)
{
    char path[4096], name[4096];
    const char *slash = *below ? "/" : "";
    snprintf(path, sizeof path, "%s%s%s", root, slash, below);
    DIR *dir = opendir(path);
    if (!dir)
        return fail_folder(path, e);
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s%s%s", below, slash, entry->d_name) < (int)sizeof name)
            good = take_entry(w, root, name, depth, e);
    }
    closedir(dir);
    return good;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const file *)a)->name, ((const file *)b)->name);
}

static const file *find(const vg_files *w, vg_str name)
{
    int low = 0, high = w->n - 1;
    while (low <= high) {
        int mid = low + (high - low) / 2, order = vg_cmp(name, vg_str_z(w->file[mid].name));
        if (order == 0)
            return &w->file[mid];
        if (order < 0)
            high = mid - 1;
        else
            low = mid + 1;
    }
    return NULL;
}

bool vg_files__open(const char *folder, vg_files **out, vg_err *e)
{
    vg_files *w = calloc(1, sizeof *w);
    if (!w)
        return vg_fail_memory(e, 0);
    bool good = read_folder(w, folder, "", 0, e);
    if (good && w->n)
        qsort(w->file, (size_t)w->n, sizeof *w->file, by_name);
    if (good && !find(w, VG_S("index.html"))) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no index.html in %s", folder);
        good = vg_mend(e, "build the page first (make), and name the folder web/dist");
    }
    if (!good) {
        vg_files__close(w);
        return false;
    }
    *out = w;
    return true;
}

void vg_files__close(vg_files *w)
{
    for (int i = 0; w && i < w->n; i++) {
        free(w->file[i].name);
        vg_out_drop(&w->file[i].bytes);
        vg_out_drop(&w->file[i].packed);
    }
    if (w)
        free(w->file);
    free(w);
}

/* --- answering --- */

static bool is_api(vg_str path)
{
    return vg_starts(path, VG_S("api/")) || vg_eq(path, VG_S("api")) || vg_eq(path, VG_S("healthz")) ||
           vg_eq(path, VG_S("metrics"));
}

/* A browser asks for text/html by name; programs ask for anything. */
static bool wants_page(const vg_call *c)
{
    vg_str accept = c->q->accept;
    while (accept.n) {
        vg_str one = vg_cut(&accept, ',');
        if (vg_eq_nocase(vg_trim(vg_cut(&one, ';')), VG_S("text/html")))
            return true;
    }
    return false;
}

/* The file of an address; an address without a dot in its last part is one of the page's own screens. */
static const file *file_of(const vg_files *w, vg_call *c)
{
    vg_str path = vg_sub(c->target.path, 1, c->target.path.n);
    if (is_api(path))
        return NULL;
    const file *f = path.n ? find(w, path) : NULL;
    if (f || !wants_page(c))
        return f;
    vg_str last = c->target.n_segments ? c->target.segment[c->target.n_segments - 1] : VG_NOSTR;
    return vg_find_byte(last, '.') >= 0 ? NULL : find(w, VG_S("index.html"));
}

bool vg_files__has(vg_call *c)
{
    vg_str method = c->q->method;
    bool reads = vg_eq(method, VG_S("GET")) || vg_eq(method, VG_S("HEAD"));
    return reads && c->s->files && file_of(c->s->files, c);
}

bool vg_answer__file(vg_call *c, vg_err *e)
{
    const file *f = file_of(c->s->files, c);
    bool packed = f->packed.buf && vg_reply__takes_gzip(c->q->accept_encoding);
    const vg_out *from = packed ? &f->packed : &f->bytes;
    vg_http__reply *r = c->r;
    r->type = f->type;
    r->policy = PAGE_POLICY;
    r->cache = f->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    r->worker_scope =
        vg_starts(vg_str_z(f->name), VG_S("sw.")) || vg_starts(vg_str_z(f->name), VG_S("service-worker"));
    snprintf(r->etag, sizeof r->etag, "\"%s%s\"", f->tag, packed ? "-gz" : "");
    if (vg_reply__names_tag(c->q->if_none_match, vg_str_z(r->etag))) {
        r->status = 304;
        return true;
    }
    r->gzipped = packed;
    r->whole = true;
    vg_put(&r->body, vg_out_text(from));
    return !r->body.failed || vg_fail_memory(e, r->body.cap);
}
