/* What the files of the evaluation share. */
#ifndef VG_CEASEFIRE_EVALUATE_INT_H
#define VG_CEASEFIRE_EVALUATE_INT_H

#include "ceasefire/evaluate.h"

typedef struct {
    int64_t n_said[2], n_right[2]; /* at probable, at violation */
    int64_t n_incidents, n_fragments, n_attributed, n_rightly, n_candidates;
    double squares; /* of the errors */
    vg_evaluation_tenth sum[10];
} vg_evaluation_tally;

struct vg_evaluation {
    vg_simulation_opts opts;
    vg_simulation *truth; /* run to its end */
    const vg_agreement *a;
    const vg_simulated_incident *incident;
    int64_t n_incidents;
    uint64_t *key; /* of reports, open addressing; 0 = free */
    int64_t *told; /* beside it: incident */
    int64_t n_slots, n_keys;
    int64_t *first; /* n_incidents + 1: where an incident's true clauses begin */
    int32_t *clause;
    uint8_t *hit; /* bits: at probable, at violation, a candidate */
    uint8_t *stood_for;
    vg_evaluation_tally tally;
};

#endif
