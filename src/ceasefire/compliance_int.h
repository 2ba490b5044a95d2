/* What compliance and the report share about coverage. */
#ifndef VG_CEASEFIRE_COMPLIANCE_INT_H
#define VG_CEASEFIRE_COMPLIANCE_INT_H

#include "ceasefire/compliance.h"

enum { VG_COVER_EVERYWHERE = VG_AGREEMENT_NOBODY, VG_COVER_STRANGE = -2 };

/* The records that touch [from, to), by source, with the zone each is about. */
typedef struct {
    const vg_agreement *agreement;
    int64_t from, to;
    vg_coverage *record;
    int32_t *zone;
    bool *of_party; /* the agreement says that the source speaks for a party */
    int32_t n;
} vg_cover_book;

typedef struct {
    int64_t from, to;
} vg_cover_span;

/*
 * When at least one neutral source watched, in order and apart; n_records = 0: no neutral one recorded anything about this
 * zone. `own`: the same as the sources of the parties tell it, which decides nothing: a party that says that it watches
 * everywhere has not kept anything by that.
 */
typedef struct {
    vg_cover_span *span, *own;
    int32_t n, n_records, n_own, n_own_records;
} vg_cover_spans;

bool vg_cover_gather(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_cover_book *out, vg_err *e);
bool vg_cover_watched(const vg_cover_book *b, int32_t zone, vg_arena *a, vg_cover_spans *out, vg_err *e);
bool vg_cover_book_rows(const vg_cover_book *b, vg_arena *a, vg_cover_row **out, int32_t *n,
                        int32_t *n_strange, vg_err *e);

#endif
