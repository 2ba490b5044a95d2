/* What the replays share: days that become public as arrivals pass their cut-off. */
#ifndef VG_CEASEFIRE_REPLAY_INT_H
#define VG_CEASEFIRE_REPLAY_INT_H

#include "ceasefire/figures.h"
#include "ceasefire/replay.h"

typedef struct {
    const vg_agreement *a;
    vg_watch *w;
    vg_figures *figures;
    int64_t day_end; /* of `day`, the next to be published; 0 = before the first arrival */
    int32_t day;
    int64_t n_published, n_corrections;
} vg_replay_days;

/** Publishes the days whose cut-off lies before an arrival and tells the corrections of earlier ones. */
bool vg_replay__publish_until(vg_replay_days *d, int64_t at, int64_t seq, vg_err *e);

#endif
