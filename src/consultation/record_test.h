/* Records of votes for tests: made up from a seed, and handed over in any order. */
#ifndef VG_RECORD_TEST_H
#define VG_RECORD_TEST_H

#include "consultation/consultation.h"
#include "core/rng.h"
#include "test.h"

enum { TEST_VOTES = 4096 };

typedef struct {
    int32_t participant, statement;
    int8_t value;
    int64_t time;
} test_vote;

typedef struct {
    test_vote vote[TEST_VOTES];
    int n;
} test_votes;

/** People of two groups who disagree about every second statement; nobody votes twice on one. Times are distinct. */
static inline void test_make(test_votes *v, vg_rng *r, int people, int statements, double chance)
{
    v->n = 0;
    for (int p = 0; p < people; p++)
        for (int s = 0; s < statements && v->n < TEST_VOTES; s++) {
            if (vg_rng_unit(r) > chance)
                continue;
            double lean = s % 2 ? 0.8 : p % 2 ? 0.85 : 0.15, u = vg_rng_unit(r);
            int8_t value = (int8_t)(u < 0.1 ? 0 : vg_rng_unit(r) < lean ? 1 : -1);
            v->vote[v->n] = (test_vote){ p, s, value, 1000000 + v->n };
            v->n++;
        }
}

static inline void test_shuffle(test_votes *v, vg_rng *r)
{
    for (int i = v->n - 1; i > 0; i--) {
        int j = (int)vg_rng_below(r, (uint32_t)i + 1);
        test_vote kept = v->vote[i];
        v->vote[i] = v->vote[j];
        v->vote[j] = kept;
    }
}

/** Hands votes from .. n-1 to a sink; `name` turns a participant's number into its id. */
static inline void test_feed(vg_vote_sink *sink, const test_votes *v, int from, const char *name)
{
    vg_err e = VG_NO_ERR;
    for (int i = from; i < v->n; i++) {
        char p[32], s[32];
        snprintf(p, sizeof p, "%s%d", name, v->vote[i].participant);
        snprintf(s, sizeof s, "%d", v->vote[i].statement);
        vg_vote x = { vg_str_z(p), vg_str_z(s), v->vote[i].time, v->vote[i].value };
        CHECK_OK(sink->vote(sink->ctx, &x, VG_NOWHERE, &e), &e);
    }
}

static inline vg_consultation test_record(const test_votes *v, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation c;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ .keep_times = true }, &b, &e), &e);
    test_feed(vg_consultation_sink(b), v, 0, "");
    CHECK_OK(vg_consultation_end(b, a, &c, &e), &e);
    return c;
}

/** NULL when both hold the same votes, people and statements in the same order. */
static inline const char *test_same(const vg_consultation *a, const vg_consultation *b)
{
    if (a->n_participants != b->n_participants || a->n_statements != b->n_statements ||
        a->n_votes != b->n_votes || a->n_voters != b->n_voters || a->n_voted != b->n_voted)
        return "the sizes differ";
    for (int32_t i = 0; i < a->n_participants; i++)
        if (!vg_eq(a->participant[i], b->participant[i]) || a->row_at[i + 1] != b->row_at[i + 1] ||
            a->participant_by_id[i] != b->participant_by_id[i])
            return "a participant differs";
    for (int32_t i = 0; i < a->n_statements; i++)
        if (!vg_eq(a->statement[i].id, b->statement[i].id) || a->col_at[i + 1] != b->col_at[i + 1] ||
            a->statement_by_id[i] != b->statement_by_id[i])
            return "a statement differs";
    for (int64_t i = 0; i < a->n_votes; i++)
        if (a->row_statement[i] != b->row_statement[i] || a->row_value[i] != b->row_value[i] ||
            a->col_participant[i] != b->col_participant[i] || a->col_value[i] != b->col_value[i])
            return "a vote differs";
    return NULL;
}

#endif
