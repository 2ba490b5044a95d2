/**
 * Writing: one buffered writer for standard output, files, gzip files and memory. Errors stick: after the first
 * failed write nothing more is written, and vg_out_end reports it once. Numbers never ask the locale.
 *
 *     vg_out o;
 *     if (!vg_out_path(&o, path, e)) return false;      ".gz" at the end compresses
 *     vg_put(&o, VG_S("month_id,country_id\n"));
 *     vg_print(&o, "%d,%d\n", month, country);
 *     return vg_out_end(&o, e);
 */
#ifndef VG_CORE_OUT_H
#define VG_CORE_OUT_H

#include <stdio.h>

#include "core/arena.h"

typedef struct {
    char *buf;
    int64_t n, cap;
    FILE *file; /* file or standard output */
    void *gz;   /* gzFile */
    char *path; /* of an owned file: the name it will have when it is whole */
    bool owned, failed, memory;
    int os_errno;
} vg_out;

/** Writer to an open stream, which stays open. */
bool vg_out_stream(vg_out *o, FILE *to, vg_err *e);

/** Writer to a file that appears under its name only when vg_out_end succeeds (written as NAME.part and renamed). */
bool vg_out_path(vg_out *o, const char *path, vg_err *e);

/** Writer that keeps everything in memory. vg_out_text gives what was written, until vg_out_drop. */
bool vg_out_memory(vg_out *o, vg_err *e);
vg_str vg_out_text(const vg_out *o);

/** Writes. Each does nothing after a failure. */
void vg_put(vg_out *o, vg_str s);
void vg_put_char(vg_out *o, char c);
void vg_put_int(vg_out *o, int64_t x);
void vg_put_num(vg_out *o, double x);                 /* as vg_num_text */
void vg_put_fixed(vg_out *o, double x, int decimals); /* as vg_fixed_text; "" for not-a-number */
void vg_print(vg_out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** A CSV cell: quoted when it holds a separator, a quote, CR or LF (RFC 4180). Separators are the caller's. */
void vg_put_csv(vg_out *o, vg_str cell);

/** Text for HTML and XML: & < > " ' become entities; bytes XML forbids become U+FFFD. */
void vg_put_html(vg_out *o, vg_str text);

/** Flushes, closes what is owned, renames. Fails: VG_EIO for the first write that failed (disk full, pipe closed). */
bool vg_out_end(vg_out *o, vg_err *e);

/** Gives up: closes and removes an unfinished file, frees memory. Safe after vg_out_end. */
void vg_out_drop(vg_out *o);

#endif
