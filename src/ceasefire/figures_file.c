/* Days that are put aside stand in a file without a name: it is gone when the program is, whatever ends it, for all of it
 * can be made again from the log. Invariant: the bytes of a day leave memory only when they are in the file; where they
 * cannot be written, on a full disk for one, they stay in memory and nothing is lost. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceasefire/figures_int.h"

enum { LEAST_WASTE = 8 << 20 };

static int open_unnamed(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char path[4096];
    if (fd >= 0 || snprintf(path, sizeof path, "%s/.vigie-XXXXXX", folder) >= (int)sizeof path)
        return fd;
    fd = mkostemp(path, O_CLOEXEC); /* not every file system makes files without a name */
    if (fd >= 0)
        unlink(path);
    return fd;
}

void vg_figures__file_open(vg_tally_file *file, const char *folder)
{
    file->folder = strdup(folder);
    file->fd = file->folder ? open_unnamed(folder) : -1;
}

void vg_figures__file_close(vg_tally_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    free(file->folder);
    *file = (vg_tally_file){ .fd = -1 };
}

static bool write_all(int fd, const char *bytes, int64_t n, int64_t at)
{
    while (n > 0) {
        ssize_t done = pwrite(fd, bytes, (size_t)n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        at += done;
        n -= done;
    }
    return true;
}

static bool read_all(int fd, char *room, int64_t n, int64_t at)
{
    while (n > 0) {
        errno = 0;
        ssize_t done = pread(fd, room, (size_t)n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        room += done;
        at += done;
        n -= done;
    }
    return true;
}

bool vg_figures__file_get(const vg_tally_file *file, const vg_tally_day *d, char *room, vg_err *e)
{
    if (read_all(file->fd, room, d->n_bytes, d->at))
        return true;
    vg_fail_os(e, errno ? errno : EIO, VG_NOWHERE, "cannot read the figures of a day that was put aside");
    vg_why(e, "they stood in a file without a name in %s", file->folder);
    return vg_mend(e, "open the watch again: they are made anew from its log");
}

/* Where a day is written: where it stood, when it fits there, else at the end. */
static bool write_day(vg_tally_file *file, vg_tally_day *d)
{
    bool fits = d->n_bytes <= d->room;
    int64_t at = fits ? d->at : file->end;
    if (!write_all(file->fd, d->packed, d->n_bytes, at))
        return false;
    d->at = at;
    if (!fits) {
        file->live += d->n_bytes - d->room;
        file->end += d->n_bytes;
        d->room = d->n_bytes;
    }
    free(d->packed);
    d->packed = NULL;
    return true;
}

/* One day of the old file into the new one. */
static bool move_day(const vg_tally_file *old, vg_tally_file *fresh, vg_tally_day *d, int64_t *at)
{
    char *room = malloc((size_t)d->n_bytes + 1);
    bool good = room && read_all(old->fd, room, d->n_bytes, d->at) &&
                write_all(fresh->fd, room, d->n_bytes, fresh->end);
    free(room);
    *at = fresh->end;
    fresh->end += d->n_bytes;
    return good;
}

/* The file again without what is not needed any more; where that cannot be written it stays as it is. */
static void rewrite(vg_figures *f)
{
    vg_tally_file fresh = { .fd = open_unnamed(f->file.folder), .folder = f->file.folder };
    int64_t *at = calloc((size_t)f->n_days, sizeof *at);
    bool good = at && fresh.fd >= 0;
    for (int32_t i = 0; good && i < f->n_days; i++)
        if (f->day[i]->aside && !f->day[i]->packed)
            good = move_day(&f->file, &fresh, f->day[i], &at[i]);
    if (!good) {
        if (fresh.fd >= 0)
            close(fresh.fd);
        free(at);
        return;
    }
    for (int32_t i = 0; i < f->n_days; i++) {
        vg_tally_day *d = f->day[i];
        d->at = at[i];
        d->room = d->aside && !d->packed ? d->n_bytes : 0;
    }
    close(f->file.fd);
    fresh.live = fresh.end;
    f->file = fresh;
    free(at);
}

void vg_figures__file_put(vg_figures *f, vg_tally_day *d)
{
    if (f->file.fd < 0 || !write_day(&f->file, d))
        return;
    if (f->file.end - f->file.live > f->file.live + LEAST_WASTE)
        rewrite(f);
}
