/**
 * Local time of a place on earth, by the IANA time zones as ICU has them. ICU is asked once, at the opening; after that
 * a question is a binary search in a table of changes (1900 to 2100).
 *
 *     vg_clock *c;
 *     if (!vg_clock_open(VG_S("Europe/Kyiv"), &c, e)) return false;
 *     int64_t local = at + vg_clock_offset_s(c, at);
 *     int64_t at = vg_clock_utc(c, local_s, &kind);               kind says: once, never (skipped) or twice
 *     vg_clock_close(c);
 */
#ifndef VG_TEXT_CLOCK_H
#define VG_TEXT_CLOCK_H

#include "core/err.h"

typedef struct vg_clock vg_clock;

/** Fails: VG_ENOTFOUND (no such zone, with the nearest names), VG_ENOMEM. */
bool vg_clock_open(vg_str name, vg_clock **out, vg_err *e);
void vg_clock_close(vg_clock *c);
vg_str vg_clock_name(const vg_clock *c);

/** Seconds to add to UTC. */
int32_t vg_clock_offset_s(const vg_clock *c, int64_t at);

typedef enum { VG_CLOCK_ONCE, VG_CLOCK_SKIPPED, VG_CLOCK_TWICE } vg_clock_kind;

/**
 * The instant of a local time (seconds since 1970-01-01 00:00 as if it were UTC). A skipped time is the instant of the
 * change, one that comes twice the first of the two. `kind` may be NULL.
 */
int64_t vg_clock_utc(const vg_clock *c, int64_t local_s, vg_clock_kind *kind);

/** The first change of the offset within (from, to]; 0 = none. */
int64_t vg_clock_change(const vg_clock *c, int64_t from, int64_t to);

#endif
