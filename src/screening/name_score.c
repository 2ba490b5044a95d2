/*
 * The score of a pair: order the two names (so that it is symmetric to the bit), align, measure, ask the model. What
 * vg_name_may_match rules out is never aligned: its score is the constant VG_NAME_RULED_OUT, below any threshold.
 */
#include <math.h>

#include "screening/name_int.h"
#include "screening/name_near_int.h"

#define RULED_OUT   (-9.0) /* log-odds */
#define LEAST_SHARE .3F    /* names of which less is aligned are not those of one party */

/* A sign for every shared part or sound would be dear; letters are one instruction. */
bool vg_name_may_match(const vg_name *a, const vg_name *b)
{
    if (a->n_core == 0 || b->n_core == 0)
        return false;
    const uint64_t once = (1ULL << 26) - 1;
    uint64_t x = a->letters & once, y = b->letters & once;
    int shared = __builtin_popcountll(x & y), fewer = __builtin_popcountll(x),
        other = __builtin_popcountll(y);
    fewer = other < fewer ? other : fewer;
    return fewer == 0 || 2 * shared >= fewer;
}

static int order(const vg_name *a, const vg_name *b)
{
    int n = a->n_joined < b->n_joined ? a->n_joined : b->n_joined,
        d = n ? memcmp(a->joined, b->joined, (size_t)n) : 0;
    d = d ? d : a->n_joined - b->n_joined;
    d = d ? d : a->n - b->n;
    d = d ? d : vg_cmp(a->text, b->text);
    return d ? d : (int)a->schema - (int)b->schema;
}

/* --- several names in one: "Al-Qa'ida/Islamic Army" --- */

enum { MOST_READINGS = 4 }; /* names between slashes that are looked at */

typedef struct {
    vg_name name;
    vg_name_part part[VG_NAME_PARTS];
    char joined[64];
} reading;

static bool has_slash(const vg_name *n)
{
    for (int i = 0; i < n->n; i++)
        if (n->part[i].flags & VG_PART_F_SLASH)
            return true;
    return false;
}

static void bear(reading *r, const vg_name_part *p)
{
    r->name.n_core++;
    r->name.weight += p->weight;
    r->name.letters |= p->letters;
    for (int k = 0; k < p->n_folded && r->name.n_joined < 64; k++)
        r->joined[r->name.n_joined++] = p->folded[k];
}

/* The name between slashes with that number: the other parts keep their places and say nothing. False = there is none. */
static bool read_between(const vg_name *n, int number, reading *r)
{
    int at = 0;
    r->name = *n;
    r->name.part = r->part;
    r->name.joined = r->joined;
    r->name.n_core = r->name.n_joined = 0;
    r->name.weight = 0;
    r->name.letters = 0;
    for (int i = 0; i < n->n; i++) {
        at += i > 0 && (n->part[i].flags ^ n->part[i - 1].flags) & VG_PART_F_SLASH;
        r->part[i] = n->part[i];
        if (at != number)
            r->part[i] = (vg_name_part){
                .raw = n->part[i].raw, .folded = "", .sound = "", .number = -1, .kind = VG_PART_STOP
            };
        else if (n->part[i].flags & VG_PART_F_CORE)
            bear(r, &n->part[i]);
    }
    return r->name.n_core > 0;
}

/* Share of the bits that are aligned, by likeness, of the name of which that is less. */
static float covered(const vg_name *a, const vg_name *b, const vg_alignment *al)
{
    float of_a = 0, of_b = 0;
    for (int i = 0; i < a->n; i++)
        if (al->a_to[i] >= 0 && a->part[i].flags & VG_PART_F_CORE)
            of_a += a->part[i].weight * al->pair[al->a_to[i]].likeness;
    for (int i = 0; i < b->n; i++)
        if (al->b_to[i] >= 0 && b->part[i].flags & VG_PART_F_CORE)
            of_b += b->part[i].weight * al->pair[al->b_to[i]].likeness;
    of_a /= a->weight > 0 ? a->weight : 1;
    of_b /= b->weight > 0 ? b->weight : 1;
    return of_a < of_b ? of_a : of_b;
}

/* Puts the name between slashes in the place of the whole one, where more of both is aligned then. */
static void choose_reading(const vg_name **of, const vg_name *other, bool second, reading *room,
                           vg_alignment *al)
{
    const vg_name *whole = *of;
    float best = second ? covered(other, whole, al) : covered(whole, other, al);
    reading tried;
    for (int k = 0; k < MOST_READINGS && has_slash(whole); k++) {
        vg_alignment one;
        if (!read_between(whole, k, &tried))
            continue;
        vg_name_align(second ? other : &tried.name, second ? &tried.name : other, &one);
        float got = second ? covered(other, &tried.name, &one) : covered(&tried.name, other, &one);
        if (got <= best)
            continue;
        best = got;
        *room = tried;
        room->name.part = room->part;
        room->name.joined = room->joined;
        *of = &room->name;
        *al = one;
    }
}

bool vg_name_ordered_features(const vg_name *a, const vg_name *b, vg_alignment *al, vg_name_features *f)
{
    bool turn = order(a, b) > 0;
    const vg_name *first = turn ? b : a, *second = turn ? a : b;
    reading x, y;
    vg_name_align(first, second, al);
    choose_reading(&first, second, false, &x, al);
    choose_reading(&second, first, true, &y, al);
    vg_name_measure(first, second, al, f);
    return turn;
}

static double probability(double log_odds)
{
    return 1 / (1 + exp(-log_odds));
}

/* Names of the very same letters (written backwards, joined and mixed up) are looked at whatever is aligned. */
static bool same_letters(const vg_name *a, const vg_name *b)
{
    return a->letters == b->letters && a->n_joined == b->n_joined;
}

/* Bits of the core parts that found a partner, at least half alike, on the side where that is more, as a share. */
static bool hardly_aligned(const vg_name *a, const vg_name *b, const vg_alignment *al)
{
    float of_a = 0, of_b = 0;
    for (int i = 0; i < a->n; i++)
        of_a += al->a_to[i] >= 0 && a->part[i].flags & VG_PART_F_CORE ? a->part[i].weight : 0;
    for (int i = 0; i < b->n; i++)
        of_b += al->b_to[i] >= 0 && b->part[i].flags & VG_PART_F_CORE ? b->part[i].weight : 0;
    return of_a < LEAST_SHARE * a->weight && of_b < LEAST_SHARE * b->weight;
}

/* --- what an index could find --- */

enum { LONG_NAME = 6 }; /* letters from which whole names are found with one of them wrong */

/* Of a run of parts: its weight, and its letters written as one. */
static float run_of(const vg_name *n, int at, int count, char text[64], int *length)
{
    float weight = 0;
    *length = 0;
    for (int k = at; k < at + count; k++) {
        const vg_name_part *p = &n->part[k];
        weight += vg_part_searched(p) ? p->weight : 0;
        if (*length + p->n_folded < 64) {
            memcpy(text + *length, p->folded, p->n_folded);
            *length += p->n_folded;
        }
    }
    return weight;
}

/* Bits that a pair of the alignment adds to what both names share; 0 where no index would have brought it up. */
static float pair_shares(const vg_name *a, const vg_name *b, const vg_alignment_pair *p)
{
    char x[64], y[64];
    int n, m;
    float of_a = run_of(a, p->a, p->n_a, x, &n), of_b = run_of(b, p->b, p->n_b, y, &m),
          less = of_a < of_b ? of_a : of_b;
    if (less <= 0)
        return 0;
    if (p->kind == VG_ALIGN_ACRONYM)
        return less;
    if (p->kind == VG_ALIGN_JOINED)
        return vg_run_is_near(x, n, y, m) ||
                       (a->part[p->a].script != b->part[p->b].script && vg_run_sounds_same(x, n, y, m))
                   ? less
                   : 0;
    return less * vg_part_nearness(&a->part[p->a], &b->part[p->b]);
}

/* The most that the log-odds can be: RULED_OUT when too little is aligned, or too little of it could be found. */
static double most_odds(const vg_name *a, const vg_name *b, const vg_alignment *al)
{
    float weight_a = vg_name_searched_weight(a), weight_b = vg_name_searched_weight(b), shared = 0;
    if (same_letters(a, b))
        return VG_NAME_MOST_ODDS;
    if (hardly_aligned(a, b, al))
        return RULED_OUT;
    if (a->n_joined >= LONG_NAME && b->n_joined >= LONG_NAME &&
        vg_run_is_near(a->joined, a->n_joined, b->joined, b->n_joined))
        return VG_NAME_MOST_ODDS;
    for (int k = 0; k < al->n; k++)
        shared += pair_shares(a, b, &al->pair[k]);
    if (!vg_name_shares_enough(shared, weight_a, weight_b, a->script == b->script, a->letters, b->letters))
        return RULED_OUT;
    return vg_name_most_odds(shared, weight_a, weight_b);
}

double vg_name_score(const vg_name_book *b, const vg_name *query, const vg_name *candidate)
{
    return vg_name_score_above(b, query, candidate, -HUGE_VAL);
}

double vg_name_score_above(const vg_name_book *b, const vg_name *query, const vg_name *candidate,
                           double least)
{
    vg_alignment al;
    vg_name_features f;
    reading x, y;
    (void)b;
    if (query->n_core == 0 || candidate->n_core == 0)
        return 0;
    if (!vg_name_may_match(query, candidate))
        return probability(RULED_OUT);
    bool turn = order(query, candidate) > 0;
    const vg_name *first = turn ? candidate : query, *second = turn ? query : candidate;
    vg_name_align(first, second, &al);
    double most = most_odds(first, second, &al);
    if (most <= RULED_OUT || most < least)
        return probability(RULED_OUT);
    choose_reading(&first, second, false, &x, &al);
    choose_reading(&second, first, true, &y, &al);
    vg_name_measure(first, second, &al, &f);
    double odds = vg_name_model(&f, NULL, NULL);
    return probability(odds < most ? odds : most);
}

/* --- reasons --- */

static void put_link(vg_name_explained *out, vg_name_link link)
{
    if (out->n_links < VG_NAME_LINKS)
        out->link[out->n_links++] = link;
}

static void put_links(const vg_name *a, const vg_name *b, const vg_alignment *al, bool turn,
                      vg_name_explained *out)
{
    for (int k = 0; k < al->n; k++) {
        const vg_alignment_pair *p = &al->pair[k];
        vg_name_link link = { p->kind, p->a, p->n_a, p->b, p->n_b, p->likeness, p->weight };
        if (turn)
            link = (vg_name_link){ p->kind, p->b, p->n_b, p->a, p->n_a, p->likeness, p->weight };
        put_link(out, link);
    }
    for (int side = 0; side < 2; side++) {
        const vg_name *n = side ? b : a;
        const int8_t *to = side ? al->b_to : al->a_to;
        bool query = (side == 0) != turn;
        for (int i = 0; i < n->n; i++)
            if (to[i] < 0)
                put_link(out, (vg_name_link){ VG_ALIGN_NONE, (int8_t)(query ? i : 0), query,
                                              (int8_t)(query ? 0 : i), !query, 0, n->part[i].weight });
    }
}

static void put_reason(vg_name_explained *out, vg_name_reason r)
{
    int k = out->n_reasons;
    if (r.log_odds == 0 || k == VG_NAME_REASONS)
        return;
    out->n_reasons++;
    for (; k > 0 && fabs(out->reason[k - 1].log_odds) < fabs(r.log_odds); k--)
        out->reason[k] = out->reason[k - 1];
    out->reason[k] = r;
}

static void put_reasons(const vg_name_features *f, const double part[VG_N_FEATURES], vg_name_explained *out)
{
    for (int i = 0; i < (int)VG_N_FEATURES; i++)
        put_reason(out, (vg_name_reason){ vg_feature_name((vg_feature)i), f->x[i], part[i] });
}

void vg_name_explain(const vg_name_book *b, const vg_name *query, const vg_name *candidate,
                     vg_name_explained *out)
{
    vg_alignment al, whole;
    vg_name_features f;
    double part[VG_N_FEATURES];
    memset(out, 0, sizeof *out);
    if (query->n_core == 0 || candidate->n_core == 0)
        return;
    bool turn = vg_name_ordered_features(query, candidate, &al, &f);
    out->log_odds = vg_name_model(&f, &out->base, part);
    put_links(turn ? candidate : query, turn ? query : candidate, &al, turn, out);
    put_reasons(&f, part, out);
    vg_name_align(turn ? candidate : query, turn ? query : candidate, &whole);
    double most = vg_name_may_match(query, candidate)
                      ? most_odds(turn ? candidate : query, turn ? query : candidate, &whole)
                      : RULED_OUT;
    if (most <= RULED_OUT) {
        out->reason[0] = (vg_name_reason){ "letters", 0, RULED_OUT - out->base };
        out->n_reasons = 1;
        out->log_odds = RULED_OUT;
    } else if (out->log_odds > most) {
        put_reason(out, (vg_name_reason){ "shared", 0, most - out->log_odds });
        out->log_odds = most;
    }
    out->score = vg_name_score(b, query, candidate);
}
