/** What the files of live consultations share, and vote.c asks of them. */
#ifndef VG_STORE_LIVE_INT_H
#define VG_STORE_LIVE_INT_H

#include "store/live.h"
#include "store/store_int.h"

enum { VG_LIVE__SHOWN = 12 /* digits of a pseudonym that exports show */ };
#define VG_LIVE__BYTES ((int64_t)256 << 20)

/** Adds the live conversations made by `as_of` (0 = now) to a list that grows in the arena. */
bool vg_live__list(vg_store *st, int64_t as_of, vg_arena *a, vg_conversation **list, int64_t *n, int64_t *cap,
                   vg_err *e);

/** Hands one to a sink: statements, participants, votes. */
bool vg_live__give(vg_store *st, int64_t live, vg_vote_sink *sink, vg_err *e);

#endif
