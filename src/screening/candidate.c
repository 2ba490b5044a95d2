/*
 * Finding the names that a query's name could be a form of. Each part of the query finds the parts of the lists that are
 * like it; their names collect the weight of what they share with the query, the rarest part first. A name is compared in
 * full when what it shares reaches a share of the lighter of both names. Where the parts still to come cannot bring a new
 * name that far, only names light enough for it are taken in: postings have the lightest first, so the walk stops there.
 * The names taken in before get their share all the same, by way of the postings or of the names, whichever are fewer.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "screening/engine_int.h"

static const double LEAST_NAME_ODDS = -3.9; /* names less alike are no evidence, whatever else agrees */

enum { LONG_WORD = 6, UNIT = 64, MAX_PIECES = 3 * VG_NAME_PARTS };

/* One thing looked for: a part, neighbours written as one, or the acronym of all. */
typedef struct {
    vg_name_part part;
    float weight;
    bool is_join; /* also looked up among joined words of the lists */
    bool extra;   /* stands for parts that are pieces themselves */
} piece;

typedef struct {
    uint32_t part, end; /* end: behind the names taken in */
    float likeness;
} alike_part;

/* What was found alike to a part of an earlier question: given names come again and again. */
enum { KEPT_PARTS = 8192, KEPT_LETTERS = 24, MOST_KEPT = 2000 };
typedef struct {
    char letters[KEPT_LETTERS];
    int32_t number, segment, n;
    uint16_t group;
    alike_part *alike; /* NULL = nothing is kept here */
} kept_part;

struct vg_finder {
    uint32_t *part_seen; /* by part: stamp of the piece that looked at it */
    uint8_t *part_near;  /* by part: nearness to that piece, of 255 */
    int64_t n_part_seen;
    uint16_t *shared; /* by name: weight shared so far, in 1/UNIT bits */
    int64_t n_shared;
    uint32_t stamp;
    vg_grow touched; /* names with shared > 0 */
    piece piece[MAX_PIECES];
    int32_t n_pieces;
    char letters[MAX_PIECES][64];
    float query_weight;
    vg_grow alike; /* of alike_part: parts like the piece at hand */
    bool marked;   /* part_seen and part_near hold them */
    kept_part *kept;
    uint64_t kept_of; /* revision of the snapshot that `kept` is of */
    vg_grow best;     /* by entry: place in `found` + 1 */
};

static void forget_parts(vg_finder *f)
{
    for (int i = 0; f->kept && i < KEPT_PARTS; i++) {
        free(f->kept[i].alike);
        f->kept[i].alike = NULL;
    }
}

bool vg_finder_open(vg_finder **out, vg_err *e)
{
    vg_finder *f = *out = calloc(1, sizeof **out);
    if (f)
        f->kept = calloc(KEPT_PARTS, sizeof *f->kept);
    if (f && f->kept)
        return true;
    vg_finder_close(f);
    return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
}

void vg_finder_close(vg_finder *f)
{
    if (!f)
        return;
    free(f->part_seen);
    free(f->part_near);
    free(f->shared);
    free(f->touched.at);
    free(f->alike.at);
    forget_parts(f);
    free(f->kept);
    free(f->best.at);
    free(f);
}

/* --- pieces of the query --- */

static void add_piece(vg_finder *f, const vg_name_part *p, float weight, bool is_join, bool extra)
{
    if (f->n_pieces < MAX_PIECES && weight > 0)
        f->piece[f->n_pieces++] = (piece){ .part = *p, .weight = weight, .is_join = is_join, .extra = extra };
}

/* Letters as a part that has no sound and no meaning. */
static void add_letters(vg_finder *f, const char *s, int32_t n, float weight, bool is_join)
{
    if (f->n_pieces >= MAX_PIECES || n >= 64)
        return;
    char *mine = f->letters[f->n_pieces];
    memcpy(mine, s, (size_t)n);
    mine[n] = 0;
    vg_name_part p = {
        .folded = mine, .sound = "", .n_folded = (uint8_t)n, .number = -1, .flags = VG_PART_F_CORE
    };
    for (int32_t i = 0; i < n; i++) {
        if (mine[i] < 'a' || mine[i] > 'z')
            continue;
        uint64_t once = (uint64_t)1 << (mine[i] - 'a');
        p.letters |= p.letters & once ? once << 26 : once;
    }
    add_piece(f, &p, weight, is_join, true);
}

static void add_joins(vg_finder *f, const vg_name *q)
{
    for (int32_t i = 0; i + 1 < q->n; i++) {
        char text[64];
        int32_t n = 0;
        float weight = 0;
        for (int32_t k = i; k < q->n && k < i + 3; k++) {
            const vg_name_part *p = &q->part[k];
            if (n + p->n_folded >= 40)
                break;
            memcpy(text + n, p->folded, p->n_folded);
            n += p->n_folded;
            weight += vg_part_searched(p) ? p->weight : 0;
            if (k > i)
                add_letters(f, text, n, weight, false);
        }
    }
    if (q->n_core > 1)
        add_letters(f, q->joined, q->n_joined, f->query_weight, true);
    char acronym[16];
    int32_t n = vg_name_acronym(q, acronym);
    if (q->schema != VG_SCHEMA_PERSON && n >= 3)
        add_letters(f, acronym, n, f->query_weight, false);
}

/* What stands for several parts comes first: what it brings is not counted in the rest of the parts that it is made of. */
static int heavier_first(const void *a, const void *b)
{
    const piece *x = a, *y = b;
    if (x->extra != y->extra)
        return y->extra - x->extra;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

static void make_pieces(vg_finder *f, const vg_name *q)
{
    f->n_pieces = 0;
    f->query_weight = 0;
    for (int32_t i = 0; i < q->n; i++)
        if (vg_part_searched(&q->part[i])) {
            add_piece(f, &q->part[i], q->part[i].weight, true, false);
            f->query_weight += q->part[i].weight;
        }
    add_joins(f, q);
    qsort(f->piece, (size_t)f->n_pieces, sizeof *f->piece, heavier_first);
}

/* --- room --- */

static bool make_room(vg_finder *f, const vg_segment *s, vg_err *e)
{
    if (s->n_parts > f->n_part_seen) {
        free(f->part_seen);
        free(f->part_near);
        f->part_seen = calloc((size_t)s->n_parts, sizeof *f->part_seen);
        f->part_near = calloc((size_t)s->n_parts, sizeof *f->part_near);
        f->n_part_seen = f->part_seen && f->part_near ? s->n_parts : 0;
        f->stamp = 0;
    }
    if (s->n_names > f->n_shared) {
        free(f->shared);
        f->shared = calloc((size_t)s->n_names, sizeof *f->shared);
        f->n_shared = f->shared ? s->n_names : 0;
    }
    if ((s->n_parts && !f->n_part_seen) || (s->n_names && !f->shared))
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
    if (f->stamp > UINT32_MAX - MAX_PIECES) { /* once in some 40 million questions */
        memset(f->part_seen, 0, (size_t)f->n_part_seen * sizeof *f->part_seen);
        f->stamp = 0;
    }
    return true;
}

/* --- collecting --- */

/* Gives a name its share; takes it in when it is new and `most` (weight that could still come) is enough for it. */
static inline bool share(vg_finder *f, uint32_t name, float gain)
{
    uint16_t *mine = &f->shared[name];
    if (!*mine) {
        uint32_t *t = vg_push(&f->touched, uint32_t);
        if (!t)
            return false;
        *t = name;
    }
    uint32_t sum = *mine + (uint32_t)(gain * UNIT) + 1;
    *mine = (uint16_t)(sum < UINT16_MAX ? sum : UINT16_MAX);
    return true;
}

/* All names of a part. */
static bool walk_all(vg_finder *f, const vg_segment *s, uint32_t part, float gain)
{
    for (uint32_t i = s->posting_at[part]; i < s->posting_at[part + 1]; i++)
        if (!share(f, s->posting[i], gain))
            return false;
    return true;
}

/* New names up to a weight; where it stopped comes back. */
static bool walk_light(vg_finder *f, const vg_segment *s, uint32_t part, float gain, float heaviest,
                       uint32_t *end)
{
    uint32_t i = s->posting_at[part], to = s->posting_at[part + 1];
    for (; i < to && s->name[s->posting[i]].weight <= heaviest; i++)
        if (!share(f, s->posting[i], gain))
            return false;
    *end = i;
    return true;
}

static void add(vg_finder *f, uint32_t name, float gain)
{
    uint32_t sum = f->shared[name] + (uint32_t)(gain * UNIT) + 1;
    f->shared[name] = (uint16_t)(sum < UINT16_MAX ? sum : UINT16_MAX);
}

/* Marks the parts found alike, where they come from what was kept. */
static void mark_alike(vg_finder *f)
{
    const alike_part *x = f->alike.at;
    for (int64_t i = 0; !f->marked && i < f->alike.n; i++) {
        f->part_seen[x[i].part] = f->stamp;
        f->part_near[x[i].part] = (uint8_t)(255 * x[i].likeness);
    }
    f->marked = true;
}

/* Names taken in before, too heavy to be taken in now, by way of their own parts. */
static void walk_touched(vg_finder *f, const vg_segment *s, const piece *p, float heaviest)
{
    mark_alike(f);
    const uint32_t *name = f->touched.at;
    for (int64_t i = 0; i < f->touched.n; i++) {
        const vg_indexed_name *x = &s->name[name[i]];
        if (x->weight <= heaviest)
            continue;
        for (uint32_t k = x->first_part; k < x->first_part + x->n_parts; k++)
            if (f->part_seen[s->ref[k]] == f->stamp && f->part_near[s->ref[k]])
                add(f, name[i], p->weight * (float)f->part_near[s->ref[k]] / 255);
    }
}

/* What a piece brings when it cannot bring every name far enough. */
static bool walk_few(vg_finder *f, const vg_segment *s, const piece *p, float rest)
{
    float heaviest = rest / VG_NAME_LEAST_SHARED;
    alike_part *x = f->alike.at;
    int64_t left = 0;
    for (int64_t k = 0; k < f->alike.n; k++) {
        if (!walk_light(f, s, x[k].part, p->weight * x[k].likeness, heaviest, &x[k].end))
            return false;
        left += s->posting_at[x[k].part + 1] - x[k].end;
    }
    if (left > 4 * f->touched.n) {
        walk_touched(f, s, p, heaviest);
        return true;
    }
    for (int64_t k = 0; k < f->alike.n; k++)
        for (uint32_t i = x[k].end; i < s->posting_at[x[k].part + 1]; i++)
            if (f->shared[s->posting[i]])
                add(f, s->posting[i], p->weight * x[k].likeness);
    return true;
}

static bool walk_names(vg_finder *f, const vg_segment *s, const piece *p, float rest)
{
    if (rest < VG_NAME_LEAST_SHARED * f->query_weight)
        return walk_few(f, s, p, rest);
    const alike_part *x = f->alike.at;
    for (int64_t k = 0; k < f->alike.n; k++)
        if (!walk_all(f, s, x[k].part, p->weight * x[k].likeness))
            return false;
    return true;
}

static bool walk_joins(vg_finder *f, const vg_segment *s, const piece *p)
{
    uint32_t n, key[VG_KEYS_OF_PART];
    bool is_long =
        p->part.n_folded >= LONG_WORD; /* two words as one, perhaps, and a letter of it may be wrong */
    int32_t n_keys = is_long ? vg_join_keys(p->part.folded, p->part.n_folded, key) : 1;
    key[0] = vg_join_key(p->part.folded, p->part.n_folded);
    n_keys += vg_join_sound_key(p->part.folded, p->part.n_folded, &key[n_keys]);
    for (int32_t k = 0; k < n_keys; k++) {
        const uint32_t *name = vg_bucket(&s->joins, key[k], &n);
        for (uint32_t i = 0; i < n; i++)
            if (vg_has_key(&s->joins, &name[i], key[k]) && !share(f, name[i], p->weight))
                return false;
    }
    return true;
}

static float nearness(const piece *p, const vg_name_part *listed)
{
    if (p->extra)
        return vg_run_is_near(p->part.folded, p->part.n_folded, listed->folded, listed->n_folded) ||
               vg_run_sounds_same(p->part.folded, p->part.n_folded, listed->folded, listed->n_folded);
    return vg_part_nearness(&p->part, listed);
}

static bool look_up_alike(vg_finder *f, const vg_segment *s, const piece *p)
{
    uint32_t key[VG_KEYS_OF_PART], n;
    int32_t n_keys =
        p->extra ? vg_run_keys(p->part.folded, p->part.n_folded, key) : vg_part_keys(&p->part, key);
    for (int32_t k = 0; k < n_keys; k++) {
        const uint32_t *part = vg_bucket(&s->keys, key[k], &n);
        for (uint32_t i = 0; i < n; i++) {
            if (!vg_has_key(&s->keys, &part[i], key[k]) || f->part_seen[part[i]] == f->stamp)
                continue;
            f->part_seen[part[i]] = f->stamp;
            float likeness = nearness(p, &s->part[part[i]]);
            f->part_near[part[i]] = (uint8_t)(255 * likeness);
            if (!(likeness > 0))
                continue;
            alike_part *x = vg_push(&f->alike, alike_part);
            if (!x)
                return false;
            *x = (alike_part){ .part = part[i], .likeness = likeness };
        }
    }
    return true;
}

static bool is_kept(const kept_part *k, const vg_name_part *p, int32_t segment)
{
    return k->alike && k->segment == segment && k->number == p->number && k->group == p->group &&
           strcmp(k->letters, p->folded) == 0;
}

/* Keeps what was found; nothing is lost when there is no memory for it. */
static void keep(vg_finder *f, kept_part *k, const vg_name_part *p, int32_t segment)
{
    alike_part *mine =
        f->alike.n > MOST_KEPT ? NULL : realloc(k->alike, (size_t)(f->alike.n + 1) * sizeof *mine);
    if (!mine)
        return;
    *k = (kept_part){
        .number = p->number, .segment = segment, .n = (int32_t)f->alike.n, .group = p->group, .alike = mine
    };
    memcpy(k->letters, p->folded, (size_t)p->n_folded + 1);
    if (f->alike.n)
        memcpy(mine, f->alike.at, (size_t)f->alike.n * sizeof *mine);
}

/* Parts of a segment that are like the piece, into `alike`. */
static bool find_alike(vg_finder *f, const vg_segment *s, int32_t segment, const piece *p)
{
    f->stamp++;
    f->alike.n = 0;
    if (p->extra || p->part.n_folded >= KEPT_LETTERS)
        return f->marked = true, look_up_alike(f, s, p);
    kept_part *k = &f->kept[vg_text_hash(p->part.folded, p->part.n_folded, (uint32_t)segment) % KEPT_PARTS];
    f->marked = !is_kept(k, &p->part, segment);
    if (f->marked) {
        if (!look_up_alike(f, s, p))
            return false;
        keep(f, k, &p->part, segment);
        return true;
    }
    alike_part *x = k->n ? vg_grow_by(&f->alike, k->n, sizeof *x) : f->alike.at;
    if (k->n && !x)
        return false;
    if (k->n)
        memcpy(x, k->alike, (size_t)k->n * sizeof *x);
    return true;
}

static bool collect(vg_finder *f, const vg_segment *s, int32_t segment, vg_err *e)
{
    float rest = f->query_weight;
    f->touched.n = 0;
    bool good = true;
    for (int32_t i = 0; good && i < f->n_pieces; i++) {
        const piece *p = &f->piece[i];
        good =
            find_alike(f, s, segment, p) && (!p->is_join || walk_joins(f, s, p)) && walk_names(f, s, p, rest);
        rest -= p->extra ? 0 : p->weight;
    }
    return good || vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
}

/* --- comparing in full --- */

typedef struct {
    vg_finder *f;
    const vg_name_book *book;
    const vg_snapshot *snap;
    const vg_name *query;
    int32_t query_name, segment;
    const vg_wanted *wanted;
    vg_grow *found;
    int64_t first_found; /* of this query's name and segment */
    int64_t n_compared;
} comparison;

/* An entry keeps the name that speaks for it most. */
static bool keep_best(comparison *c, uint32_t entry, uint32_t name, double score)
{
    const vg_segment *s = c->snap->segment[c->segment];
    double odds = log(score / (1 - score));
    if (s->name[name].kind == VG_NAME_WEAK)
        odds += vg_finding_weight(VG_NAME_IS_WEAK);
    vg_found *all = c->found->at;
    for (int64_t i = c->first_found; i < c->found->n; i++) {
        if (all[i].entry != entry)
            continue;
        if (odds > all[i].name_odds)
            all[i] = (vg_found){ entry, name, c->segment, c->query_name, odds, score };
        return true;
    }
    vg_found *mine = vg_push(c->found, vg_found);
    if (mine)
        *mine = (vg_found){ entry, name, c->segment, c->query_name, odds, score };
    return mine != NULL;
}

/* What the name's log-odds must be, for its entry to be told. */
static double least_odds(const comparison *c, const vg_indexed_name *x)
{
    double least = c->wanted->least(c->wanted->of, c->segment, x->entry);
    if (x->kind == VG_NAME_WEAK)
        least -= vg_finding_weight(VG_NAME_IS_WEAK);
    return least > LEAST_NAME_ODDS ? least : LEAST_NAME_ODDS;
}

/* `shared`: at least what the names share. */
static bool compare(comparison *c, uint32_t name, float shared)
{
    const vg_segment *s = c->snap->segment[c->segment];
    const vg_indexed_name *x = &s->name[name];
    bool taken_back =
        s->entry[x->entry].n_id == VG_NO_ENTRY; /* its names are in no posting, but among all of them */
    if (taken_back || vg_is_dead(c->snap, c->segment, x->entry))
        return true;
    double least = least_odds(c, x);
    if (vg_name_most_odds(shared, c->f->query_weight, x->weight) < least)
        return true;
    vg_name_room room;
    vg_name listed;
    vg_segment_name(s, name, &room, &listed);
    if (!vg_name_may_match(c->query, &listed))
        return true;
    c->n_compared++;
    double score = vg_name_score_above(c->book, c->query, &listed, least);
    return log(score / (1 - score)) < least || keep_best(c, x->entry, name, score);
}

static bool worth_comparing(const comparison *c, const vg_indexed_name *x, float shared)
{
    return vg_name_shares_enough(shared, c->f->query_weight, x->weight, x->script == c->query->script,
                                 c->query->letters, x->letters);
}

static bool compare_shared(comparison *c)
{
    const vg_segment *s = c->snap->segment[c->segment];
    vg_finder *f = c->f;
    bool good = true;
    const uint32_t *name = f->touched.at;
    for (int64_t i = 0; i < f->touched.n; i++) {
        float mine = (float)f->shared[name[i]] / UNIT;
        f->shared[name[i]] = 0; /* clean for the next question, also after a failure */
        if (good && worth_comparing(c, &s->name[name[i]], mine))
            good = compare(c, name[i], mine);
    }
    return good;
}

static bool compare_all(comparison *c)
{
    for (uint32_t i = 0; i < (uint32_t)c->snap->segment[c->segment]->n_names; i++)
        if (!compare(c, i, INFINITY))
            return false;
    return true;
}

bool vg_finder_names(vg_finder *f, const vg_name_book *book, const vg_snapshot *snap, const vg_name *query,
                     int32_t query_name, bool exhaustive, const vg_wanted *wanted, vg_grow *found,
                     int64_t *n_compared, vg_err *e)
{
    comparison c = { .f = f,
                     .book = book,
                     .snap = snap,
                     .query = query,
                     .query_name = query_name,
                     .wanted = wanted,
                     .found = found };
    if (f->kept_of != snap->revision)
        forget_parts(f);
    f->kept_of = snap->revision;
    make_pieces(f, query);
    bool good = true;
    for (int32_t i = 0; good && i < snap->n_segments; i++) {
        c.segment = i;
        c.first_found = found->n;
        good = make_room(f, snap->segment[i], e);
        if (good && !exhaustive)
            good = collect(f, snap->segment[i], i, e);
        if (good)
            good = exhaustive ? compare_all(&c) : compare_shared(&c);
    }
    *n_compared += c.n_compared;
    return good || vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
}
