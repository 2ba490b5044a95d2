/*
 * Raw bytes of an input, before any decoding, and their fingerprint. Invariant: `at` counts the bytes handed
 * out front to back; reading by position (hashing, zip) never moves the descriptor's own offset, so that the
 * two can go on in different threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/input_int.h"

enum { WAIT_MS = 50, HASH_BLOCK = 256 << 10 };

static vg_at place(const vg_raw *r)
{
    return (vg_at){ .file = r->name };
}

static bool fail_open(const char *path, int os_errno, vg_err *e)
{
    vg_at at = { .file = vg_str_z(path) };
    if (vg_failed(e))
        return false;
    if (os_errno == ENOENT) {
        vg_fail(e, VG_EIO, at, "there is no such file");
        return vg_mend(
            e, "check the name; a name that does not begin with / is looked up in the current folder");
    }
    if (os_errno == EACCES || os_errno == EPERM) {
        vg_fail(e, VG_EIO, at, "the file may not be read");
        vg_why(e, "its permissions, or those of a folder above it, do not let this user in");
        return vg_mend(e, "ask its owner, or change them with chmod");
    }
    vg_fail_os(e, os_errno, at, "the file cannot be opened");
    if (os_errno == ENOTDIR)
        vg_mend(e, "a part of the path is a file; only a zip archive can be followed by /MEMBER");
    return false;
}

/* Regular files, and standard input redirected from the start of one, are read by position. */
static bool see_kind(vg_raw *r, vg_err *e)
{
    if (fstat(r->fd, &r->was) != 0)
        return vg_fail_os(e, errno, place(r), "the file cannot be looked at");
    if (S_ISDIR(r->was.st_mode)) {
        vg_fail(e, VG_EIO, place(r), "this is a folder");
        return vg_mend(e, "name a file in it");
    }
    r->by_position = S_ISREG(r->was.st_mode) && (r->own_fd || lseek(r->fd, 0, SEEK_CUR) == 0);
    r->size = r->by_position ? (int64_t)r->was.st_size : 0;
    if (r->by_position)
        (void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

bool vg_raw__open(vg_raw *r, const char *path, vg_err *e)
{
    bool standard = strcmp(path, "-") == 0;
    r->name = standard ? VG_S("standard input") : vg_str_z(path);
    r->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    r->own_fd = !standard;
    vg_sha256_init(&r->sum);
    if (r->fd < 0)
        return fail_open(path, errno, e);
    if (see_kind(r, e))
        return true;
    vg_raw__close(r);
    return false;
}

void vg_raw__memory(vg_raw *r, vg_str bytes)
{
    r->fd = -1;
    r->by_position = true;
    r->bytes = bytes;
    r->size = bytes.n;
}

void vg_raw__close(vg_raw *r)
{
    if (r->fd >= 0 && r->own_fd)
        close(r->fd);
    r->fd = -1;
}

int64_t vg_raw__read_at(vg_raw *r, int64_t from, char *buf, int64_t cap, vg_err *e)
{
    if (r->fd < 0) {
        vg_str part = vg_sub(r->bytes, from, cap);
        if (part.n)
            memcpy(buf, part.s, (size_t)part.n);
        return part.n;
    }
    ssize_t n;
    do
        n = pread(r->fd, buf, (size_t)cap, (off_t)from);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        vg_fail_os(e, errno, place(r), "reading stopped at byte %lld", (long long)from);
    return n;
}

/* Waits for a pipe in short steps, so that a handle can be closed while its writer is silent. */
static bool wait_for_pipe(vg_raw *r)
{
    struct pollfd p = { .fd = r->fd, .events = POLLIN };
    while (!atomic_load(&r->stop))
        if (poll(&p, 1, WAIT_MS) > 0)
            return true;
    return false;
}

static int64_t read_pipe(vg_raw *r, char *buf, int64_t cap, vg_err *e)
{
    ssize_t n;
    do {
        if (!wait_for_pipe(r))
            return 0;
        n = read(r->fd, buf, (size_t)cap);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    if (n < 0)
        vg_fail_os(e, errno, place(r), "reading stopped at byte %lld", (long long)r->at);
    else
        vg_sha256_add(&r->sum, (vg_str){ buf, n });
    return n;
}

int64_t vg_raw__read(vg_raw *r, char *buf, int64_t cap, vg_err *e)
{
    int64_t n, at = r->at;
    if (r->by_position) {
        n = vg_raw__read_at(r, at, buf, cap, e);
    } else if (at < r->head_n) {
        n = r->head_n - at < cap ? r->head_n - at : cap;
        memcpy(buf, r->head + at, (size_t)n);
    } else {
        n = read_pipe(r, buf, cap, e);
    }
    if (n > 0)
        atomic_store(&r->at, at + n);
    return n;
}

bool vg_raw__look(vg_raw *r, vg_err *e)
{
    int64_t n = 1;
    while (n > 0 && r->head_n < 8) { /* the longest mark that tells a format */
        int64_t room = VG_RAW_HEAD - r->head_n;
        n = r->by_position ? vg_raw__read_at(r, r->head_n, r->head + r->head_n, room, e)
                           : read_pipe(r, r->head + r->head_n, room, e);
        if (n < 0)
            return false;
        r->head_n += n;
    }
    if (r->head_n > 0)
        return true;
    vg_fail(e, VG_EPARSE, place(r), "the file is empty");
    return vg_mend(e, "check that the download or the program that wrote it came to its end");
}

/* A sum over bytes that are not those that were read would be a false fingerprint. */
static bool still_the_same(vg_raw *r, vg_err *e)
{
    struct stat now;
    if (r->fd < 0)
        return true;
    if (fstat(r->fd, &now) != 0)
        return vg_fail_os(e, errno, place(r), "the file cannot be looked at");
    if (now.st_size == r->was.st_size && now.st_mtim.tv_sec == r->was.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == r->was.st_mtim.tv_nsec)
        return true;
    vg_fail(e, VG_ECONFLICT, place(r), "the file changed while it was being read");
    vg_why(e, "its fingerprint must be that of the rows that were read");
    return vg_mend(e, "read it again when the program that writes it has finished");
}

static void hash_all(vg_hasher *h)
{
    vg_sha256 sum;
    vg_sha256_init(&sum);
    int64_t at = 0, n = 1;
    char *buf = malloc(HASH_BLOCK);
    if (!buf)
        vg_fail_memory(&h->err, HASH_BLOCK);
    while (buf && n > 0 && !atomic_load(&h->stop)) {
        n = vg_raw__read_at(h->raw, at, buf, HASH_BLOCK, &h->err);
        if (n > 0)
            vg_sha256_add(&sum, (vg_str){ buf, n });
        at += n;
    }
    free(buf);
    vg_sha256_hex(&sum, h->hex);
}

static void *hash_in_thread(void *arg)
{
    hash_all(arg);
    return NULL;
}

void vg_hasher__start(vg_hasher *h)
{
    h->running = pthread_create(&h->thread, NULL, hash_in_thread, h) == 0;
}

bool vg_hasher__finish(vg_hasher *h, vg_err *e)
{
    if (!h->done) {
        if (h->running)
            pthread_join(h->thread, NULL);
        else
            hash_all(h);
        h->running = false;
        h->done = true;
        if (!vg_failed(&h->err))
            still_the_same(h->raw, &h->err);
    }
    if (vg_failed(&h->err) && e && !vg_failed(e))
        *e = h->err;
    return !vg_failed(&h->err);
}

void vg_hasher__stop(vg_hasher *h)
{
    atomic_store(&h->stop, true);
    if (h->running)
        pthread_join(h->thread, NULL);
    h->running = false;
}
