/*
 * A watched folder. What lies there is looked at by listing it, so that nothing hangs on inotify, which some file systems
 * do not have: it only wakes the wait and tells of renames. Invariant: a file is handed out only when its entry says that
 * it was renamed into the folder, or that nothing about it changed for VG_FOLDER_SETTLE_MS of a clock that only runs
 * forward.
 */
#include "source/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4096, NAME = 256, LOOK_MS = 250, EVENT_BYTES = 16384, NAMES = 9999 };

typedef struct {
    char name[NAME];
    int64_t size, modified_ns, changed_ns;
    int64_t since_ms; /* nothing changed from then on */
    bool renamed, seen;
} file_entry;

struct vg_folder {
    char path[PATH - 2 * NAME]; /* of the folder */
    char file[PATH], rejected[PATH];
    int notify; /* -1 = the file system has none */
    file_entry *entry;
    int32_t n, cap;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static vg_at folder_at(const vg_folder *f)
{
    return (vg_at){ .file = vg_str_z(f->path) };
}

/* --- opening --- */

static bool make_below(vg_folder *f, const char *name, vg_err *e)
{
    snprintf(f->file, sizeof f->file, "%s/%s", f->path, name);
    if (mkdir(f->file, 0777) == 0 || errno == EEXIST)
        return true;
    vg_fail_os(e, errno, VG_NOWHERE, "cannot make the folder %.100s/%s", f->path, name);
    return vg_mend(e, "name a folder that exists and that you may write in");
}

bool vg_folder_open(const char *path, vg_folder **out, vg_err *e)
{
    vg_folder *f = calloc(1, sizeof *f);
    if (!f)
        return vg_fail_memory(e, (int64_t)sizeof *f);
    f->notify = -1;
    if (strlen(path) >= sizeof f->path) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the name of the folder is too long");
        vg_folder_close(f);
        return false;
    }
    snprintf(f->path, sizeof f->path, "%s", path);
    if (!make_below(f, "taken", e) || !make_below(f, "rejected", e)) {
        vg_folder_close(f);
        return false;
    }
    f->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (f->notify >= 0 &&
        inotify_add_watch(f->notify, path, IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_MODIFY) < 0) {
        close(f->notify);
        f->notify = -1;
    }
    *out = f;
    return true;
}

void vg_folder_close(vg_folder *f)
{
    if (!f)
        return;
    if (f->notify >= 0)
        close(f->notify);
    free(f->entry);
    free(f);
}

/* --- what lies there --- */

static bool is_under_way(const char *name)
{
    vg_str s = vg_str_z(name);
    return s.n == 0 || name[0] == '.' || vg_ends(s, VG_S(".part")) || vg_ends(s, VG_S(".tmp")) ||
           vg_ends(s, VG_S("~"));
}

static file_entry *find_entry(vg_folder *f, const char *name)
{
    for (int32_t i = 0; i < f->n; i++)
        if (strcmp(f->entry[i].name, name) == 0)
            return &f->entry[i];
    return NULL;
}

static file_entry *add_entry(vg_folder *f, const char *name, vg_err *e)
{
    if (f->n == f->cap) {
        int32_t cap = f->cap ? 2 * f->cap : 64;
        file_entry *wider = realloc(f->entry, (size_t)cap * sizeof *wider);
        if (!wider) {
            vg_fail_memory(e, (int64_t)cap * (int64_t)sizeof *wider);
            return NULL;
        }
        f->entry = wider;
        f->cap = cap;
    }
    file_entry *x = &f->entry[f->n++];
    *x = (file_entry){ .size = -1 };
    snprintf(x->name, sizeof x->name, "%s", name);
    return x;
}

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool look_at(vg_folder *f, const char *name, vg_err *e)
{
    struct stat st;
    snprintf(f->file, sizeof f->file, "%s/%s", f->path, name);
    if (strlen(name) >= NAME || is_under_way(name) || lstat(f->file, &st) != 0 || !S_ISREG(st.st_mode))
        return true;
    file_entry *x = find_entry(f, name);
    if (!x && !(x = add_entry(f, name, e)))
        return false;
    int64_t modified = nanoseconds(st.st_mtim), changed = nanoseconds(st.st_ctim);
    if (x->size != st.st_size || x->modified_ns != modified || x->changed_ns != changed) {
        x->renamed = x->renamed && x->size < 0; /* written to after it came: then it must settle */
        x->size = st.st_size;
        x->modified_ns = modified;
        x->changed_ns = changed;
        x->since_ms = now_ms();
    }
    x->seen = true;
    return true;
}

static bool list(vg_folder *f, vg_err *e)
{
    DIR *dir = opendir(f->path);
    if (!dir) {
        vg_fail_os(e, errno, folder_at(f), "cannot look into the folder");
        return false;
    }
    for (int32_t i = 0; i < f->n; i++)
        f->entry[i].seen = false;
    bool good = true;
    for (struct dirent *d; good && (d = readdir(dir));)
        good = look_at(f, d->d_name, e);
    closedir(dir);
    int32_t kept = 0;
    for (int32_t i = 0; i < f->n; i++)
        if (f->entry[i].seen)
            f->entry[kept++] = f->entry[i];
    f->n = kept;
    return good;
}

/* What inotify tells: only of renames is anything kept. */
static bool hear(vg_folder *f, vg_err *e)
{
    _Alignas(struct inotify_event) char room[EVENT_BYTES];
    for (ssize_t n; f->notify >= 0 && (n = read(f->notify, room, sizeof room)) > 0;)
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *x = (const void *)(room + at);
            at += (ssize_t)(sizeof *x + x->len);
            if (!(x->mask & IN_MOVED_TO) || x->len == 0 || strlen(x->name) >= NAME || is_under_way(x->name))
                continue;
            file_entry *entry = find_entry(f, x->name);
            if (!entry && !(entry = add_entry(f, x->name, e)))
                return false;
            entry->renamed = true;
            entry->size = -1; /* another file than the one of that name before */
        }
    return true;
}

static const file_entry *first_whole(const vg_folder *f)
{
    const file_entry *best = NULL;
    int64_t now = now_ms();
    for (int32_t i = 0; i < f->n; i++) {
        const file_entry *x = &f->entry[i];
        bool whole = x->renamed || now - x->since_ms >= VG_FOLDER_SETTLE_MS;
        if (whole && (!best || strcmp(x->name, best->name) < 0))
            best = x;
    }
    return best;
}

bool vg_folder_next(vg_folder *f, int32_t wait_ms, const char **path, vg_err *e)
{
    int64_t until = now_ms() + wait_ms;
    for (;;) {
        *path = NULL;
        if (!hear(f, e) || !list(f, e))
            return false;
        const file_entry *x = first_whole(f);
        if (x) {
            snprintf(f->file, sizeof f->file, "%s/%s", f->path, x->name);
            *path = f->file;
            return true;
        }
        int64_t left = until - now_ms();
        if (left <= 0)
            return true;
        struct pollfd p = { .fd = f->notify, .events = POLLIN };
        if (poll(&p, f->notify >= 0 ? 1 : 0, (int)(left < LOOK_MS ? left : LOOK_MS)) < 0)
            return true; /* a signal: the caller looks whether to stop */
    }
}

/* --- putting away --- */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* FOLDER/below/NAME, or NAME.2 and so on: the first that is free. */
static bool free_name(const vg_folder *f, const char *below, const char *name, const char *ending,
                      char to[PATH])
{
    struct stat st;
    for (int i = 1; i < NAMES; i++) {
        char number[16] = "";
        if (i > 1)
            snprintf(number, sizeof number, ".%d", i);
        snprintf(to, PATH, "%s/%s/%.255s%s%s", f->path, below, name, number, ending);
        if (lstat(to, &st) != 0 && errno == ENOENT)
            return true;
    }
    return false;
}

bool vg_folder_done(vg_folder *f, const char *path, vg_err *e)
{
    char from[PATH], to[PATH];
    snprintf(from, sizeof from, "%s/%.255s", f->path, name_of(path));
    errno = EEXIST;
    if (free_name(f, "taken", name_of(path), "", to) && rename(from, to) == 0)
        return true;
    vg_fail_os(e, errno, folder_at(f), "cannot move %.60s to taken", name_of(path));
    return vg_mend(e, "give the program the right to write in the folder and in taken");
}

const char *vg_folder_rejected(vg_folder *f, const char *path)
{
    char name[NAME];
    snprintf(name, sizeof name, "%.255s", name_of(path));
    free_name(f, "rejected", name, ".csv", f->rejected);
    return f->rejected;
}
