/** What the files of live consultations share. */
#ifndef VG_CONSULTATION_LIVE_INT_H
#define VG_CONSULTATION_LIVE_INT_H

#include "consultation/live.h"

/** The house engine's worth of asking somebody about statement i + 1; 0 where it does not know. False: no model. */
bool vg_live__worth(const vg_live_view *v, vg_str pseudonym, uint64_t draw, double *worth, int32_t n);

#endif
