/** Outcomes of a watch as they leave the server: on the feed, on the stream, to receivers. */
#ifndef VG_DOOR_CEASEFIRE_OUTCOME_INT_H
#define VG_DOOR_CEASEFIRE_OUTCOME_INT_H

#include "core/out.h"
#include "store/report_log.h"

/** One GeoJSON Feature on one line, without a line end: the outcome's own, with ceasefire, number, event, at in front. */
void vg_outcome__put(vg_out *out, vg_str ceasefire, const vg_outcome *o);
/** The same in an arena; empty where its limit is reached. */
vg_str vg_outcome__body(vg_arena *a, vg_str ceasefire, const vg_outcome *o);
/** "incident", "correction", "alert", "publication". */
const char *vg_outcome__event(const vg_outcome *o);
const char *vg_outcome__type(const vg_outcome *o);

/** What is asked of an incident's Feature. Texts point into the arena. */
typedef struct {
    vg_str level, clause, change;
    int level_number, severity;
} vg_outcome_head;
bool vg_outcome__head(vg_arena *a, const vg_outcome *o, vg_outcome_head *out, vg_err *e);

/** What a receiver wants: kept in the store as text. */
typedef struct {
    int what; /* 0 incidents, 1 alerts, 2 both */
    int level, severity;
} vg_filter;
vg_filter vg_filter__read(vg_str text);
vg_str vg_filter__text(vg_arena *a, const vg_filter *f);
const char *vg_filter__what(const vg_filter *f);
bool vg_filter__lets(const vg_filter *f, const vg_outcome *o, vg_arena scratch);

#endif
