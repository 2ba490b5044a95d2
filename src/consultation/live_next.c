/* What to ask somebody in a live consultation, and which statements say nearly the same. Invariant: nobody is asked twice
 * about a statement, and never about one that moderation does not show. */
#include <stdlib.h>
#include <string.h>

#include "consultation/duplicate.h"
#include "consultation/live.h"
#include "consultation/live_int.h"
#include "core/rng.h"

typedef struct {
    double worth;
    int64_t number;
} candidate;

static int best_first(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Worth by exposure alone: most for what nobody has seen, with a spread so that not all are asked the same. */
static double by_exposure(int32_t count, double u)
{
    return 1.0 / (1 + count) * (0.75 + 0.5 * u);
}

int32_t vg_live_view_next(const vg_live_view *v, const vg_live_record *r, vg_str pseudonym, const bool *mark,
                          const int32_t *count, uint64_t draw, int64_t *number, int32_t most)
{
    candidate *c = calloc((size_t)r->n_statements + 1, sizeof *c);
    double *worth = calloc((size_t)r->n_statements + 1, sizeof *worth);
    vg_rng rng = vg_rng_at(draw, 7);
    int32_t n = 0, fresh_below = 8;
    bool modelled = c && worth && v && vg_live__worth(v, pseudonym, draw, worth, r->n_statements);
    for (int32_t i = 0; c && worth && i < r->n_statements; i++) {
        double u = vg_rng_unit(&rng);
        if (mark[i] || !vg_live_is_asked(r, &r->statement[i]))
            continue;
        /* The model's worth is at most about 1.8; what it has not seen yet comes before, while it is new. */
        double w = modelled && worth[i] > 0             ? worth[i]
                   : modelled && count[i] < fresh_below ? 1.0 + u
                                                        : by_exposure(count[i], u);
        c[n++] = (candidate){ w, i + 1 };
    }
    if (n)
        qsort(c, (size_t)n, sizeof *c, best_first);
    n = n < most ? n : most;
    for (int32_t i = 0; i < n; i++)
        number[i] = c[i].number;
    free(worth);
    free(c);
    return n;
}

/* --- near-duplicates --- */

/* The statements that are asked or wait, as a record without votes: the text kernel reads nothing else. */
static bool give_texts(const vg_live_record *r, vg_vote_sink *sink, vg_err *e)
{
    char id[24];
    for (int32_t i = 0; i < r->n_statements; i++) {
        const vg_live_statement *s = &r->statement[i];
        vg_statement x = { .id = { id, snprintf(id, sizeof id, "%lld", (long long)s->number) },
                           .language = s->text[0].language,
                           .text = s->text[0].text,
                           .created_ms = VG_UNKNOWN };
        if (s->moderation >= 0 && !sink->statement(sink->ctx, &x, VG_NOWHERE, e))
            return false;
    }
    return true;
}

bool vg_live_near(const vg_live_record *r, vg_arena *a, vg_live_twins **out, int32_t *n, vg_err *e)
{
    vg_consultation_builder *b;
    vg_consultation_opts o = { .keep_times = false };
    vg_consultation c;
    vg_duplicate *pair;
    int32_t count;
    if (!vg_consultation_begin(&o, &b, e))
        return false;
    if (!give_texts(r, vg_consultation_sink(b), e)) {
        vg_consultation_drop(b);
        return false;
    }
    if (!vg_consultation_end(b, a, &c, e) || !vg_duplicates_find(&c, VG_NOSTR, 0, a, &pair, &count, e))
        return false;
    vg_live_twins *list = vg_new(a, vg_live_twins, count);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < count; i++)
        list[i] = (vg_live_twins){ strtoll(c.statement[pair[i].first].id.s, NULL, 10),
                                   strtoll(c.statement[pair[i].second].id.s, NULL, 10), pair[i].similarity };
    *out = list;
    *n = count;
    return true;
}
