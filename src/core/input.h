/**
 * Reading: one source of bytes for plain files, gzip (by zlib), a zip archive's data file (as UCDP's
 * downloads come), standard input ("-") and memory. What a file is, is seen from its first bytes, never from
 * its name.
 *
 *     vg_input *in;
 *     if (!vg_input_open(path, &in, e)) return false;
 *     for (int64_t n; (n = vg_input_read(in, buf, sizeof buf, e)) > 0;) ...
 *     vg_input_close(in);
 *
 * A handle may read ahead in a thread of its own (decompression, and the fingerprint of a large file, beside
 * parsing); that is not visible but in speed. A gzip file cut in the middle, or one whose checksum is wrong, is a
 * failure (VG_EPARSE) that comes after the bytes that were whole, and stays.
 */
#ifndef VG_CORE_INPUT_H
#define VG_CORE_INPUT_H

#include "core/err.h"
#include "core/str.h"

typedef struct vg_input vg_input;

/**
 * Opens a file. In a zip archive the one member that is not a folder and ends in .csv, .tsv, .tab, .txt or .json is
 * read; several such members fail with a message that lists them (name one as "archive.zip/member.csv").
 *
 * path  is what errors call the file, and is borrowed: it must outlive the input and the errors that come from it
 * Fails: VG_EIO (missing, a folder, no permission), VG_EPARSE (empty; broken or encrypted archive; a format that is not
 * read, as bzip2, UTF-16 or PDF; a zip in a pipe).
 */
bool vg_input_open(const char *path, vg_input **out, vg_err *e);

/**
 * Input over bytes in memory (borrowed, as is `name`, what errors call it). gzip and zip are recognised here too.
 * Fails: VG_EPARSE as vg_input_open (no bytes at all, too).
 */
bool vg_input_memory(vg_str bytes, vg_str name, vg_input **out, vg_err *e);

void vg_input_close(vg_input *in);

/** Up to `cap` bytes into `buf`: the number read, 0 at the end, -1 on failure. */
int64_t vg_input_read(vg_input *in, char *buf, int64_t cap, vg_err *e);

/**
 * The first bytes (at most `n`, fewer when the input is shorter) without taking them: what is read next begins with
 * them. Asked before the first read, to see what a file holds. `*head` lives as long as the input. A failure comes
 * only when not one byte was whole; else it comes again where the reading reaches it.
 */
bool vg_input_peek(vg_input *in, int64_t n, vg_str *head, vg_err *e);

/** The name for messages: the path or name given, or "standard input". */
vg_str vg_input_name(const vg_input *in);

/**
 * Size of the file on disk and how much of it has been read, in bytes, before unpacking; size 0 = not known (a pipe).
 * Where a thread reads ahead, what it has read counts.
 */
int64_t vg_input_size(const vg_input *in);
int64_t vg_input_done(const vg_input *in);

/**
 * SHA-256 of the file's own bytes (compressed ones as they are), as 64 hex digits, of the whole file however much of it
 * was read; reading can go on afterwards. A pipe is read to its end for it, and is then at its end.
 * Fails: VG_ECONFLICT (the file was changed since it was opened), VG_EIO, VG_ENOMEM.
 */
bool vg_input_sha256(vg_input *in, char hex[65], vg_err *e);

#endif
