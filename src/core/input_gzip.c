/*
 * gzip (RFC 1952), any number of members one after another, by zlib. Zero bytes behind the last member are
 * padding (tape blocks); anything else there is refused, because it may be a member whose beginning was
 * damaged.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/input_int.h"

enum { PACKED = 128 << 10, MOST = 1 << 30, GZIP_ONLY = 15 + 16 };

typedef struct {
    vg_raw *raw;
    z_stream z;
    bool in_member, raw_ended;
    unsigned char packed[PACKED];
} gunzip;

bool vg_gunzip__open(vg_raw *raw, void **out, vg_err *e)
{
    gunzip *g = calloc(1, sizeof *g);
    if (!g || inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        return vg_fail_memory(e, (int64_t)sizeof *g);
    }
    g->raw = raw;
    g->in_member = true;
    *out = g;
    return true;
}

void vg_gunzip__close(void *decoder)
{
    gunzip *g = decoder;
    inflateEnd(&g->z);
    free(g);
}

static bool fail_cut(const gunzip *g, vg_err *e)
{
    vg_fail(e, VG_EPARSE, (vg_at){ .file = g->raw->name },
            "the gzip data ends in the middle, after %lld bytes", (long long)g->raw->at);
    vg_why(e, "a gzip file ends with a checksum and a length; here they are missing, as after a download "
              "that broke off");
    return vg_mend(e, "get the file again; \"gzip -t FILE\" tells whether it is whole");
}

static bool fail_damaged(const gunzip *g, vg_err *e)
{
    const char *reason = g->z.msg ? g->z.msg : "unknown dictionary";
    vg_at at = { .file = g->raw->name };
    if (strstr(reason, "data check") || strstr(reason, "length check")) {
        vg_fail(e, VG_EPARSE, at, "the gzip checksum is wrong (%s)", reason);
        vg_why(e, "what was unpacked is not what was packed; rows read so far may be damaged");
    } else {
        vg_fail(e, VG_EPARSE, at, "the gzip data is damaged near byte %lld (%s)", (long long)g->raw->at,
                reason);
        vg_why(e, "rows read so far are whole; those behind the place are lost");
    }
    return vg_mend(e, "get the file again; \"gzip -t FILE\" tells whether it is whole");
}

static bool refill(gunzip *g, vg_err *e)
{
    if (g->z.avail_in > 0 || g->raw_ended)
        return true;
    int64_t n = vg_raw__read(g->raw, (char *)g->packed, PACKED, e);
    if (n < 0)
        return false;
    g->raw_ended = n == 0;
    g->z.next_in = g->packed;
    g->z.avail_in = (unsigned)n;
    return true;
}

/* Between members: passes padding over, begins the next member. */
static bool next_member(gunzip *g, vg_err *e)
{
    while (g->z.avail_in > 0 && *g->z.next_in == 0)
        g->z.next_in++, g->z.avail_in--;
    if (g->z.avail_in == 0)
        return true;
    if (*g->z.next_in != 0x1f) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = g->raw->name }, "there are other bytes behind the gzip data");
        vg_why(e, "they may be a second part whose beginning was damaged");
        return vg_mend(e, "get the file again, or unpack it and look at its end");
    }
    g->in_member = true;
    return inflateReset(&g->z) == Z_OK || fail_damaged(g, e);
}

static bool inflate_some(gunzip *g, vg_err *e)
{
    int ret = inflate(&g->z, Z_NO_FLUSH);
    if (ret == Z_STREAM_END)
        g->in_member = false;
    else if (ret == Z_BUF_ERROR && g->raw_ended && g->z.avail_in == 0)
        return fail_cut(g, e);
    else if (ret == Z_MEM_ERROR)
        return vg_fail_memory(e, (int64_t)sizeof *g);
    else if (ret != Z_OK && ret != Z_BUF_ERROR)
        return fail_damaged(g, e);
    return true;
}

int64_t vg_gunzip__read(void *decoder, char *buf, int64_t cap, vg_err *e)
{
    gunzip *g = decoder;
    unsigned room = (unsigned)(cap < MOST ? cap : MOST);
    g->z.next_out = (unsigned char *)buf;
    g->z.avail_out = room;
    while (g->z.avail_out > 0 && refill(g, e)) {
        bool ended = !g->in_member && g->raw_ended && g->z.avail_in == 0;
        if (ended || !(g->in_member ? inflate_some(g, e) : next_member(g, e)))
            break;
    }
    return (int64_t)(room - g->z.avail_out);
}
