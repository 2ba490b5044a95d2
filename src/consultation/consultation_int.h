/**
 * What the files of src/consultation share about the record of votes and nobody else sees.
 */
#ifndef VG_CONSULTATION_INT_H
#define VG_CONSULTATION_INT_H

#include "consultation/consultation.h"

/** Columns from the rows. Fails: VG_ENOMEM. */
bool vg_consultation__columns(vg_consultation *c, vg_arena *a, vg_err *e);

/** participant_by_id and statement_by_id. Fails: VG_ENOMEM. */
bool vg_consultation__sort_ids(vg_consultation *c, vg_arena *a, vg_err *e);

/** Votes without times: participants and statements in the order of their ids, not of arrival. */
void vg_consultation__order_by_id(vg_consultation_builder *b);

#endif
