/*
 * Similar texts by their three-byte pieces. Pieces are numbers in 0 .. BUCKETS - 1 (a hash: two may share one, which
 * only ever adds a little similarity). Invariant: statements are walked in the order of their ids.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consultation/duplicate.h"
#include "geo/fold.h"

enum { BUCKETS = 1 << 18, LOOKED_AT = 2000, FOLDED = 2 * LOOKED_AT + 64, COMMON = 400 };

typedef struct {
    int32_t piece;
    float weight;
} part;

typedef struct {
    int32_t statement;
    int64_t from, to; /* parts */
} text;

typedef struct {
    text *t;
    int32_t n;
    part *parts;
    int64_t n_parts;
    int32_t *df;
    int64_t *at; /* of each piece, into by_piece */
    int32_t *by_piece;
} texts;

static int by_piece_order(const void *x, const void *y)
{
    const part *a = x, *b = y;
    return (a->piece > b->piece) - (a->piece < b->piece);
}

static int32_t hash3(const unsigned char *s)
{
    uint32_t h = (uint32_t)s[0] << 16 | (uint32_t)s[1] << 8 | s[2];
    h *= 2654435761u;
    return (int32_t)(h >> 14);
}

/* Pieces of a folded text with blanks at both ends; the same piece once, its count as the weight. */
static int64_t cut(vg_str folded, part *out)
{
    unsigned char padded[FOLDED + 2];
    int64_t n = 0, kept = 0;
    ptrdiff_t len = folded.n < FOLDED ? folded.n : FOLDED;
    if (len == 0)
        return 0;
    padded[0] = padded[len + 1] = ' ';
    memcpy(padded + 1, folded.s, (size_t)len);
    for (ptrdiff_t i = 0; i + 3 <= len + 2; i++)
        out[n++] = (part){ hash3(padded + i), 1 };
    qsort(out, (size_t)n, sizeof *out, by_piece_order);
    for (int64_t i = 0; i < n; i++)
        if (kept > 0 && out[kept - 1].piece == out[i].piece)
            out[kept - 1].weight++;
        else
            out[kept++] = out[i];
    return kept;
}

static bool collect(const vg_consultation *c, vg_str language, vg_arena *a, texts *x, vg_err *e)
{
    int64_t cap = 0;
    for (int32_t s = 0; s < c->n_statements; s++)
        cap += vg_consultation_text(&c->statement[s], language).n + 3;
    int64_t most = (int64_t)c->n_statements * (FOLDED + 2);
    cap = 2 * cap + FOLDED < most ? 2 * cap + FOLDED : most + FOLDED;
    x->t = vg_new(a, text, c->n_statements);
    x->parts = vg_new(a, part, cap);
    x->df = vg_new(a, int32_t, BUCKETS);
    x->at = vg_new(a, int64_t, BUCKETS + 1);
    if (!x->t || !x->parts || !x->df || !x->at)
        return vg_fail_memory(e, vg_arena_limit(a));
    char buf[FOLDED];
    part own[FOLDED + 2];
    for (int32_t i = 0; i < c->n_statements; i++) {
        int32_t s = c->statement_by_id[i];
        vg_str said = vg_consultation_text(&c->statement[s], language);
        if (c->statement[s].moderation < 0 || said.n == 0)
            continue;
        int64_t n = cut(vg_geo_fold(vg_utf8_head(said, LOOKED_AT), buf, FOLDED), own);
        if (n == 0 || x->n_parts + n > cap)
            continue;
        memcpy(x->parts + x->n_parts, own, (size_t)n * sizeof *own);
        x->t[x->n++] = (text){ s, x->n_parts, x->n_parts + n };
        x->n_parts += n;
    }
    return true;
}

/* Weights (1 + ln count) ln(1 + N / df) to length 1, and who has which piece. */
static bool weigh(texts *x, vg_arena *a, vg_err *e)
{
    for (int64_t i = 0; i < x->n_parts; i++)
        x->df[x->parts[i].piece]++;
    for (int32_t i = 0; i < x->n; i++) {
        double sum = 0;
        for (int64_t p = x->t[i].from; p < x->t[i].to; p++) {
            part *q = &x->parts[p];
            q->weight = (float)((1 + log((double)q->weight)) * log(1 + (double)x->n / x->df[q->piece]));
            sum += (double)q->weight * (double)q->weight;
        }
        for (int64_t p = x->t[i].from; p < x->t[i].to; p++)
            x->parts[p].weight = (float)((double)x->parts[p].weight / sqrt(sum));
    }
    for (int32_t b = 0; b < BUCKETS; b++)
        x->at[b + 1] = x->at[b] + x->df[b];
    x->by_piece = vg_new(a, int32_t, x->n_parts);
    int32_t *fill = vg_new(a, int32_t, BUCKETS);
    if (!x->by_piece || !fill)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < x->n; i++)
        for (int64_t p = x->t[i].from; p < x->t[i].to; p++) {
            int32_t piece = x->parts[p].piece;
            x->by_piece[x->at[piece] + fill[piece]++] = i;
        }
    return true;
}

static double cosine(const texts *x, const text *a, const text *b)
{
    int64_t i = a->from, j = b->from;
    double sum = 0;
    while (i < a->to && j < b->to) {
        const part *p = &x->parts[i], *q = &x->parts[j];
        if (p->piece == q->piece)
            sum += (double)p->weight * (double)q->weight;
        i += p->piece <= q->piece;
        j += p->piece >= q->piece;
    }
    return fmin(sum, 1);
}

/* Earlier texts that share a piece which is not too common; each once. */
static int32_t neighbours(const texts *x, int32_t i, int32_t *seen, int32_t *found)
{
    int32_t n = 0;
    for (int64_t p = x->t[i].from; p < x->t[i].to; p++) {
        int32_t piece = x->parts[p].piece;
        if (x->df[piece] > COMMON)
            continue;
        for (int64_t k = x->at[piece]; k < x->at[piece + 1] && x->by_piece[k] < i; k++) {
            int32_t j = x->by_piece[k];
            if (seen[j] == i + 1)
                continue;
            seen[j] = i + 1;
            found[n++] = j;
        }
    }
    return n;
}

static int closest_first(const void *x, const void *y)
{
    const vg_duplicate *a = x, *b = y;
    if (a->similarity > b->similarity || a->similarity < b->similarity)
        return a->similarity > b->similarity ? -1 : 1;
    return a->first != b->first ? (a->first > b->first) - (a->first < b->first)
                                : (a->second > b->second) - (a->second < b->second);
}

static bool pairs(const texts *x, double least, vg_arena *a, vg_arena scratch, vg_duplicate **out, int32_t *n,
                  vg_err *e)
{
    int32_t *seen = vg_new(&scratch, int32_t, x->n), *found = vg_new(&scratch, int32_t, x->n);
    int32_t cap = 1024;
    vg_duplicate *list = vg_new(a, vg_duplicate, cap);
    if (!seen || !found || !list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < x->n; i++) {
        int32_t near = neighbours(x, i, seen, found);
        for (int32_t k = 0; k < near; k++) {
            double s = cosine(x, &x->t[found[k]], &x->t[i]);
            if (s < least)
                continue;
            if (*n == cap) {
                vg_duplicate *more = vg_new(a, vg_duplicate, 2 * (int64_t)cap);
                if (!more)
                    return vg_fail_memory(e, vg_arena_limit(a));
                memcpy(more, list, (size_t)cap * sizeof *list);
                list = more;
                cap *= 2;
            }
            list[(*n)++] = (vg_duplicate){ x->t[found[k]].statement, x->t[i].statement, s };
        }
    }
    qsort(list, (size_t)*n, sizeof *list, closest_first);
    *out = list;
    return true;
}

bool vg_duplicates_find(const vg_consultation *c, vg_str language, double least, vg_arena *a,
                        vg_duplicate **out, int32_t *n, vg_err *e)
{
    vg_arena own;
    if (!vg_arena_init(&own, (int64_t)2 << 30, e))
        return false;
    texts x = { .n = 0 };
    int32_t found = 0;
    bool good = collect(c, language, &own, &x, e) && weigh(&x, &own, e) &&
                pairs(&x, least > 0 ? least : 0.6, a, own, out, &found, e);
    vg_arena_free(&own);
    if (good)
        *n = found;
    return good;
}
