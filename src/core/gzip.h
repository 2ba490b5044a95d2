/**
 * gzip of bytes in memory, for answers over HTTP. (Files are written compressed by core/out.h.)
 *
 *     if (!vg_gzip(vg_out_text(&body), 6, &packed, e)) return false;
 *
 * The same bytes and level give the same result: the header has no time and no name.
 */
#ifndef VG_CORE_GZIP_H
#define VG_CORE_GZIP_H

#include "core/out.h"

/** Appends `bytes` as one gzip member to `to`. level 1 (fast) to 9 (small). Fails: VG_EARG (level), VG_ENOMEM. */
bool vg_gzip(vg_str bytes, int level, vg_out *to, vg_err *e);

#endif
