/**
 * Messages to addresses of others (webhooks), by libcurl, which is seen only behind this header. Many are under way at
 * once, so that one who is slow holds nobody back; one thread asks for what has ended.
 *
 *     vg_posts *p;
 *     if (!vg_posts_open(&(vg_posts_opts){ .allow_private = false }, &p, e)) return false;
 *     vg_posts_add(p, &(vg_post){ .url = url, .body = json, .type = "application/json", .tag = 7 }, e);
 *     while (vg_posts_wait(p, 1000, &ended)) ... ended.tag, ended.status, ended.failure ...
 *     vg_posts_close(p);
 *
 * Where a message may go is decided by the address that a connection is really made to, after names were looked up: this
 * machine, private networks, link-local, shared and multicast addresses are refused, so that nobody can reach from inside
 * what is closed from outside. No redirect is followed, no proxy is used, no credentials are taken from an address, TLS
 * certificates are verified.
 */
#ifndef VG_SOURCE_POST_H
#define VG_SOURCE_POST_H

#include "core/err.h"

enum { VG_POST_HEADERS = 8 };

/** All-zero = defaults. */
typedef struct {
    bool allow_private; /* also to this machine and private networks */
    int timeout_ms;     /* of one message, from the first step to the last; 0 = 5000 */
    int most;           /* under way at once; 0 = 64 */
} vg_posts_opts;

/** Copied by vg_posts_add. Headers are "Name: value" without line ends. */
typedef struct {
    vg_str url, body;
    const char *type; /* content type; NULL = application/json */
    vg_str header[VG_POST_HEADERS];
    int n_headers;
    int64_t tag; /* comes back with the outcome */
} vg_post;

typedef struct {
    int64_t tag;
    int status;            /* of HTTP; 0 = there was no answer */
    int64_t retry_after_s; /* what the receiver asked for; 0 = nothing */
    int64_t took_ms;
    vg_err failure; /* VG_OK where the status is 200 to 299 */
} vg_posted;

typedef struct vg_posts vg_posts;

bool vg_posts_open(const vg_posts_opts *o, vg_posts **out, vg_err *e);

/** Gives up what is under way. */
void vg_posts_close(vg_posts *p);

/**
 * Whether an address is one that can be sent to: http or https, a host, no user name, at most 2,000 bytes, no blanks or
 * control characters; written in numbers not a refused one. Fails: VG_EARG.
 */
bool vg_post_address_check(vg_str url, bool allow_private, vg_err *e);

/** Begins to send. Fails: VG_EARG (address, header), VG_EBUSY (`most` are under way), VG_ENOMEM. */
bool vg_posts_add(vg_posts *p, const vg_post *what, vg_err *e);

/** How many are under way. */
int vg_posts_busy(const vg_posts *p);

/** Waits up to `wait_ms` for one that has ended; false when none has, or vg_posts_wake was called. */
bool vg_posts_wait(vg_posts *p, int wait_ms, vg_posted *out);

/** Ends the waiting; from any thread. */
void vg_posts_wake(vg_posts *p);

#endif
