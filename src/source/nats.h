/**
 * Messages of a NATS JetStream, taken one by one and acknowledged only when the caller says so: after its own commit.
 *
 *     vg_nats *c;
 *     if (!vg_nats_open(&(vg_nats_opts){ .url = "nats://127.0.0.1:4222" }, &c, e)) return false;
 *     while (vg_nats_fetch(c, message, 100, 50, &n, e)) {
 *         ... commit ...
 *         for (int32_t i = 0; i < n; i++) vg_nats_done(c, &message[i], VG_NATS_TAKEN);
 *     }
 *     vg_nats_close(c);
 *
 * The consumer is durable and lives in the broker: what was not acknowledged comes again, after `ack_wait_s`, also to the
 * next program. So a message may come twice and none is lost; the log knows what it has. A broker that is away is no
 * failure: it is asked again, with growing pauses, and vg_nats_status says how it stands. A handle belongs to one thread.
 * libnats is seen in nats.c only.
 */
#ifndef VG_SOURCE_NATS_H
#define VG_SOURCE_NATS_H

#include "core/err.h"

typedef struct vg_nats vg_nats;

typedef struct {
    const char
        *url; /* nats://HOST:PORT, with USER:PASSWORD@ or TOKEN@ before it where it asks for them; tls:// */
    const char *stream;   /* NULL = "vigie" */
    const char *subject;  /* NULL = "vigie.reports.>" */
    const char *consumer; /* its name in the broker; signs that NATS forbids become _ */
    bool make_stream;     /* where it does not exist: with file storage and these subjects */
    int32_t
        ack_wait_s; /* until an unacknowledged message comes again; 0 = 30. Holds when the consumer is made */
} vg_nats_opts;

typedef struct {
    vg_str data, subject;
    int64_t sequence; /* of the stream */
    void *handle;     /* of the library */
} vg_nats_message;

/** Sets up; the broker is asked with the first fetch. Fails: VG_EARG (url, names), VG_ENOMEM. */
bool vg_nats_open(const vg_nats_opts *o, vg_nats **out, vg_err *e);

/** Lets go; messages that were not done come again to the next one. Safe on NULL. */
void vg_nats_close(vg_nats *c);

/**
 * Up to `most` (100 at most) messages; waits for them up to `wait_ms`, also where the broker is away. `*n` 0 = nothing by
 * now. Fails: VG_ENOTFOUND (there is no such stream), VG_ECONFLICT (the stream or consumer exists, and is another one),
 * VG_EIO (the broker refuses: no right, no JetStream).
 */
bool vg_nats_fetch(vg_nats *c, vg_nats_message *message, int32_t most, int32_t wait_ms, int32_t *n,
                   vg_err *e);

typedef enum {
    VG_NATS_TAKEN, /* committed: it does not come again */
    VG_NATS_BAD,   /* cannot be read: logged by the caller, and does not come again either */
    VG_NATS_LATER  /* comes again, after `ack_wait_s` at the latest */
} vg_nats_fate;

/** Ends a message, whose slices are dead then. An acknowledgement that is lost on its way only makes it come again. */
void vg_nats_done(vg_nats *c, vg_nats_message *m, vg_nats_fate fate);

typedef struct {
    bool is_there;       /* connected, and the consumer found */
    int64_t n_away;      /* times the broker went away */
    int64_t n_messages;  /* fetched */
    char reason[160];    /* the last one why not; empty while it is there */
    const char *address; /* of the broker, without what is secret */
} vg_nats_status;
vg_nats_status vg_nats_state(const vg_nats *c);

#endif
