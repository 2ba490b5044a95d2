/*
 * Harness of the two readers about people: the bytes before the first NUL are answers of three participants, those
 * behind it margins. What is read must be whole: every answer of a person is one that the question has, shares of a
 * question add up to 1, and raking ends in weights of mean 1 or in a failure with a reason.
 */
#include <math.h>
#include <stdlib.h>

#include "consultation/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_weights(const vg_consultation *c, const vg_segments *g, const vg_margins *m, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_weights w;
    double sum = 0;
    if (!vg_segments_rake(c, g, m, a, &w, &e)) {
        must(e.code == VG_ENODATA || e.code == VG_ERANGE);
        return;
    }
    for (int32_t p = 0; p < c->n_participants; p++)
        sum += w.weight[p];
    must(m->n == 0 || fabs(sum - w.n_people) < 1e-6);
}

static void check_margins(vg_str bytes, const vg_consultation *c, const vg_segments *g, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    vg_margins m;
    if (!vg_input_memory(bytes, VG_S("margins.csv"), &in, &e))
        return;
    if (vg_margins_read_input(in, g, a, &m, &e))
        check_weights(c, g, &m, a);
    else
        must(vg_failed(&e));
    vg_input_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const vg_str name[3] = { { "1", 1 }, { "2", 1 }, { "p", 1 } };
    static const int32_t by_id[3] = { 0, 1, 2 };
    static const int64_t rows[4] = { 0, 1, 2, 3 }, cols[2] = { 0, 3 };
    static const int32_t statement[3] = { 0, 0, 0 };
    static const int8_t value[3] = { 1, 0, -1 };
    vg_consultation c = { .n_participants = 3,
                          .n_voters = 3,
                          .n_statements = 1,
                          .n_voted = 1,
                          .n_votes = 3,
                          .row_at = rows,
                          .row_statement = statement,
                          .row_value = value,
                          .col_at = cols,
                          .col_participant = by_id,
                          .col_value = value,
                          .participant = name,
                          .participant_by_id = by_id };
    vg_str bytes = { (const char *)data, (ptrdiff_t)n }, answers = vg_cut(&bytes, '\0');
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_input *in;
    vg_segments g;
    if (!vg_arena_init(&a, (int64_t)64 << 20, &e))
        return 0;
    if (vg_input_memory(answers, VG_S("answers.csv"), &in, &e)) {
        if (vg_segments_read_input(in, &c, &a, &g, &e)) {
            for (int32_t q = 0; q < g.n_questions; q++)
                for (int32_t p = 0; p < 3; p++)
                    must(g.question[q].of[p] >= VG_SEGMENT_NONE &&
                         g.question[q].of[p] < g.question[q].n_answers);
            check_margins(bytes, &c, &g, &a);
        }
        vg_input_close(in);
    }
    vg_arena_free(&a);
    return 0;
}
