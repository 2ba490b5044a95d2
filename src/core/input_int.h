/**
 * Inside of vg_input: raw bytes (a file or memory) below, a decoder (none, gzip, zip) above them, and, where
 * it pays, a thread that runs the decoder ahead of the reader. Only the input*.c files include this.
 *
 *     reader <- vg_ahead (blocks, optional) <- decode (plain | gzip | zip) <- vg_raw (descriptor | memory)
 *                                                            vg_hasher (own thread) <- vg_raw, by position
 *
 * A decoder hands out what was whole and records the failure in the same call: it may return n > 0 with `e`
 * set.
 */
#ifndef VG_CORE_INPUT_INT_H
#define VG_CORE_INPUT_INT_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "core/hash.h"
#include "core/input.h"

enum { VG_RAW_HEAD = 512 };

/** Bytes as they are in the file. */
typedef struct {
    vg_str name;
    int fd;                 /* -1: memory */
    bool own_fd;            /* standard input is not ours to close */
    bool by_position;       /* regular file or memory; false: a pipe, read once, front to back */
    vg_str bytes;           /* memory */
    int64_t size;           /* 0 = not known */
    struct stat was;        /* the file when it was opened, to see whether it changed */
    char head[VG_RAW_HEAD]; /* first bytes, looked at before reading; a pipe hands them out again */
    int64_t head_n;
    vg_sha256 sum;      /* of a pipe, over what was read from it */
    _Atomic int64_t at; /* next byte of the reading front to back */
    atomic_bool stop;   /* the handle is being closed: a read that waits for a pipe gives up */
} vg_raw;

bool vg_raw__open(vg_raw *r, const char *path, vg_err *e);
void vg_raw__memory(vg_raw *r, vg_str bytes);
void vg_raw__close(vg_raw *r);

/** Reads the first bytes into r->head. Fails: VG_EPARSE when there are none, VG_EIO. */
bool vg_raw__look(vg_raw *r, vg_err *e);

/** Front to back, and by position (not for pipes): number read, 0 at the end, -1 on failure. */
int64_t vg_raw__read(vg_raw *r, char *buf, int64_t cap, vg_err *e);
int64_t vg_raw__read_at(vg_raw *r, int64_t from, char *buf, int64_t cap, vg_err *e);

/** Up to `cap` decoded bytes. Returns their number; the end is 0 bytes with no failure. */
typedef int64_t vg_decode(void *decoder, char *buf, int64_t cap, vg_err *e);

bool vg_gunzip__open(vg_raw *raw, void **out, vg_err *e);
vg_decode vg_gunzip__read;
void vg_gunzip__close(void *decoder);

/** `member` empty: the one data file of the archive. */
bool vg_unzip__open(vg_raw *raw, vg_str member, void **out, vg_err *e);
vg_decode vg_unzip__read;
void vg_unzip__close(void *decoder);

/** The decoder in a thread of its own, some blocks ahead of the reader. False when no thread can be had. */
typedef struct vg_ahead vg_ahead;
bool vg_ahead__start(vg_decode *decode, void *decoder, vg_ahead **out);
int64_t vg_ahead__read(vg_ahead *h, char *buf, int64_t cap, vg_err *e);
void vg_ahead__stop(vg_ahead *h); /* vg_raw.stop must be set when the raw side may wait */

/** SHA-256 of a file or of memory, by position, in a thread or at once. */
typedef struct {
    vg_raw *raw; /* set once, by who makes the handle */
    pthread_t thread;
    bool running;
    atomic_bool stop;
    bool done;
    char hex[65];
    vg_err err;
} vg_hasher;

void vg_hasher__start(vg_hasher *h);
bool vg_hasher__finish(vg_hasher *h, vg_err *e);
void vg_hasher__stop(vg_hasher *h);

#endif
