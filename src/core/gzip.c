/* One gzip member out of memory. Invariant: nothing is left allocated, whatever zlib answers. */
#include "core/gzip.h"

#include <stddef.h>
#include <zlib.h>

static bool pack(z_stream *z, vg_str bytes, vg_out *to)
{
    enum { PIECE = 1 << 14, MOST = 1 << 30 };
    unsigned char room[PIECE];
    ptrdiff_t at = 0;
    int rc = Z_OK;
    while (rc == Z_OK) {
        if (z->avail_in == 0 && at < bytes.n) {
            ptrdiff_t n = bytes.n - at < MOST ? bytes.n - at : MOST;
            z->next_in = (z_const Bytef *)(uintptr_t)(bytes.s + at);
            z->avail_in = (uInt)n;
            at += n;
        }
        z->next_out = room;
        z->avail_out = PIECE;
        rc = deflate(z, at == bytes.n ? Z_FINISH : Z_NO_FLUSH);
        vg_put(to, (vg_str){ (const char *)room, PIECE - (ptrdiff_t)z->avail_out });
    }
    return rc == Z_STREAM_END && !to->failed;
}

bool vg_gzip(vg_str bytes, int level, vg_out *to, vg_err *e)
{
    z_stream z = { .zalloc = Z_NULL };
    if (level < 1 || level > 9)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d is no level of compression (1 to 9)", level);
    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return vg_fail_memory(e, 0);
    bool good = pack(&z, bytes, to);
    deflateEnd(&z);
    return good || vg_fail_memory(e, to->cap);
}
