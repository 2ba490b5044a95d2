/**
 * A run being written down: results whose bodies are structs (core/fields.h), stored with the run in one transaction.
 *
 *     vg_draft d;
 *     if (!vg_draft_begin(&d, n_results, e)) return false;
 *     vg_fields_put(vg_draft_body(&d), unit_fields, &unit);
 *     vg_draft_add(&d, (vg_result){ .kind = VG_S("unit"), .unit_kind = VG_UNIT_COUNTRY, .unit = 625 });
 *     ... vg_draft_body for the parameters, and no vg_draft_add ...
 *     bool good = vg_draft_store(&d, st, &run, &id, e);
 *     vg_draft_end(&d);
 */
#ifndef VG_STORE_DRAFT_H
#define VG_STORE_DRAFT_H

#include "core/json.h"
#include "store/store.h"

typedef struct {
    vg_arena arena;
    vg_out text; /* the bodies, one behind another; cut apart when it no longer moves */
    vg_json json;
    vg_result *result;
    int64_t *end; /* where the body of result i ends in `text` */
    int64_t n;
} vg_draft;

/** For at most `most` results. Fails: VG_ENOMEM; then there is nothing to end. */
bool vg_draft_begin(vg_draft *d, int64_t most, vg_err *e);

/** Where the next body is written. */
vg_json *vg_draft_body(vg_draft *d);

/** What was written since the last call is the body of `r`; its `run` and `body` are not looked at. */
void vg_draft_add(vg_draft *d, vg_result r);

/** Stores `run` with the results; what was written since the last vg_draft_add are its parameters. As vg_store_run. */
bool vg_draft_store(vg_draft *d, vg_store *st, const vg_run *run, int64_t *id, vg_err *e);

void vg_draft_end(vg_draft *d);

#endif
