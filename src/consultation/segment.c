/*
 * Support by segment, with what would give single people away kept back. Invariant: a count of 1 .. least - 1 people is
 * never shown, and what is shown (the other cells and all totals) leaves at least two answers possible for it.
 */
#include <math.h>
#include <string.h>

#include "consultation/segment.h"
#include "stat/survey.h"

/* --- what is kept back --- */

typedef struct {
    const int32_t *count;
    bool *hidden;
    int32_t rows, cols, least;
} table;

/* The smallest shown cell of a line with people in it, else an empty one, else -1; ties: the first. */
static int32_t smallest(const int32_t *count, const bool *hidden, int32_t n, int32_t step)
{
    int32_t best = -1;
    for (int32_t i = 0; i < n; i++) {
        int32_t at = i * step, old = best * step;
        if (hidden[at])
            continue;
        if (best < 0 || (count[at] > 0 && (count[old] == 0 || count[at] < count[old])))
            best = i;
    }
    return best;
}

/* One line (a row or a column): two cells with people are hidden in it or none, and together they hold at least
 * `least`. True when more was hidden. */
static bool give_company(const int32_t *count, bool *hidden, int32_t n, int32_t step, int32_t least)
{
    int32_t cells = 0, people = 0, any = 0;
    for (int32_t i = 0; i < n; i++)
        if (hidden[i * step]) {
            any++;
            cells += count[i * step] > 0;
            people += count[i * step];
        }
    if (any == 0 || (cells >= 2 && people >= least))
        return false;
    int32_t more = smallest(count, hidden, n, step);
    if (more >= 0)
        hidden[more * step] = true;
    return more >= 0;
}

/* Marks rows and columns that can be reached from a row over hidden cells with people, other than the one at `not`. */
static void reach(const table *t, bool *row, bool *col, int32_t from, int32_t not )
{
    memset(row, 0, (size_t)t->rows * sizeof *row);
    memset(col, 0, (size_t)t->cols * sizeof *col);
    row[from] = true;
    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < t->rows; i++)
            for (int32_t j = 0; j < t->cols; j++) {
                int32_t at = i * t->cols + j;
                if (at == not || !t->hidden[at] || t->count[at] == 0 || row[i] == col[j])
                    continue;
                row[i] = col[j] = more = true;
            }
    }
}

/* A hidden cell on no ring of hidden cells follows from the totals: its row gets company until there is a ring. */
static bool close_rings(const table *t, bool *row, bool *col)
{
    bool more = false;
    for (int32_t at = 0; at < t->rows * t->cols; at++) {
        if (!t->hidden[at] || t->count[at] == 0 || t->count[at] >= t->least)
            continue;
        int32_t i = at / t->cols, j = at % t->cols;
        reach(t, row, col, i, at);
        if (col[j])
            continue;
        int32_t in_row = smallest(t->count + i * t->cols, t->hidden + i * t->cols, t->cols, 1);
        int32_t in_col = smallest(t->count + j, t->hidden + j, t->rows, t->cols);
        if (in_row >= 0)
            t->hidden[i * t->cols + in_row] = true;
        if (in_col >= 0)
            t->hidden[in_col * t->cols + j] = true;
        more |= in_row >= 0 || in_col >= 0;
    }
    return more;
}

bool vg_segment_hide(const int32_t *count, int32_t rows, int32_t cols, int32_t least, bool *hidden, vg_err *e)
{
    vg_arena a;
    if (!vg_arena_init(&a, ((int64_t)rows + cols + 64) * 16, e))
        return false;
    bool *row = vg_new(&a, bool, rows), *col = vg_new(&a, bool, cols);
    if (!row || !col) {
        vg_fail_memory(e, vg_arena_limit(&a));
        vg_arena_free(&a);
        return false;
    }
    table t = { count, hidden, rows, cols, least };
    for (int32_t i = 0; i < rows * cols; i++)
        hidden[i] = count[i] > 0 && count[i] < least;
    for (bool more = true; more;) {
        more = false;
        for (int32_t i = 0; i < rows && cols > 1; i++)
            more |= give_company(count + i * cols, hidden + i * cols, cols, 1, least);
        for (int32_t j = 0; j < cols && rows > 1; j++)
            more |= give_company(count + j, hidden + j, rows, cols, least);
        if (!more && rows > 1 && cols > 1)
            more = close_rings(&t, row, col);
    }
    vg_arena_free(&a);
    return true;
}

/* --- support --- */

static void count_cells(const vg_consultation *c, const vg_question *q, int32_t statement,
                        vg_segment_cell *cell)
{
    for (int64_t t = c->col_at[statement]; t < c->col_at[statement + 1]; t++) {
        int32_t answer = q->of[c->col_participant[t]];
        vg_segment_cell *x = &cell[answer == VG_SEGMENT_NONE ? q->n_answers : answer];
        x->n_cast++;
        x->n_agree += c->col_value[t] > 0;
        x->n_pass += c->col_value[t] == 0;
        x->n_disagree += c->col_value[t] < 0;
    }
}

static void keep_back(vg_segment_cell *x)
{
    *x = (vg_segment_cell){ .n_cast = -1,
                            .n_agree = -1,
                            .n_pass = -1,
                            .n_disagree = -1,
                            .share = NAN,
                            .low = NAN,
                            .high = NAN,
                            .hidden = true };
}

bool vg_segment_support(const vg_consultation *c, const vg_question *q, int32_t statement, double level,
                        vg_segment_cell *cell, vg_err *e)
{
    int32_t n = q->n_answers + 1;
    vg_arena a;
    if (!vg_arena_init(&a, (int64_t)n * 16 + 4096, e))
        return false;
    int32_t *count = vg_new(&a, int32_t, n);
    bool *hidden = vg_new(&a, bool, n);
    bool good = (count && hidden) || vg_fail_memory(e, vg_arena_limit(&a));
    memset(cell, 0, (size_t)n * sizeof *cell);
    count_cells(c, q, statement, cell);
    for (int32_t i = 0; good && i < n; i++)
        count[i] = cell[i].n_cast;
    good = good && vg_segment_hide(count, 1, n, VG_SEGMENT_LEAST, hidden, e);
    for (int32_t i = 0; good && i < n; i++) {
        if (hidden[i]) {
            keep_back(&cell[i]);
            continue;
        }
        cell[i].share = cell[i].low = cell[i].high = NAN;
        if (cell[i].n_cast == 0)
            continue;
        cell[i].share = (double)cell[i].n_agree / cell[i].n_cast;
        vg_bounds b = vg_wilson(cell[i].share, cell[i].n_cast, level > 0 ? level : 0.9);
        cell[i].low = b.low;
        cell[i].high = b.high;
    }
    vg_arena_free(&a);
    return good;
}
