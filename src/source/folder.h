/**
 * A folder that is watched: files that others put there are handed out one by one when they lie there whole, and put away
 * when they are done.
 *
 *     vg_folder *f;
 *     if (!vg_folder_open("inbox", &f, e)) return false;                   makes inbox/taken and inbox/rejected
 *     while (vg_folder_next(f, 500, &path, e))                             waits up to half a second
 *         if (path) { ... read ...; if (!vg_folder_done(f, path, e)) ... }
 *     vg_folder_close(f);
 *
 * Whole is a file that was renamed into the folder, or whose size and times stay the same for two seconds. A file that is
 * still being written is never read. Names that begin with a dot or end in .part, .tmp or ~ are of files under way, and
 * left alone. A file that could not be put away is handed out again: what is read twice must have no effect.
 */
#ifndef VG_SOURCE_FOLDER_H
#define VG_SOURCE_FOLDER_H

#include "core/err.h"

typedef struct vg_folder vg_folder;

enum { VG_FOLDER_SETTLE_MS = 2000 };

/** Fails: VG_EIO (not a folder, no right to write in it), VG_ENOMEM. `path` is copied. */
bool vg_folder_open(const char *path, vg_folder **out, vg_err *e);
void vg_folder_close(vg_folder *f); /* safe on NULL */

/**
 * The next whole file, by name; NULL when there is none after `wait_ms`. The path lives until the next call. Fails: VG_EIO
 * (the folder is gone), VG_ENOMEM.
 */
bool vg_folder_next(vg_folder *f, int32_t wait_ms, const char **path, vg_err *e);

/** Moves a file to taken/, under another name where that one is taken already. Fails: VG_EIO. */
bool vg_folder_done(vg_folder *f, const char *path, vg_err *e);

/** Path for the reasons of a file's rejects: rejected/NAME.csv, of a name that is free. Lives until the next call. */
const char *vg_folder_rejected(vg_folder *f, const char *path);

#endif
