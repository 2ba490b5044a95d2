/* Who did it: P(party) from what members claim. A voice is all that sources who speak for the same party say, or one
 * neutral source; each voice is heard once. Bayes: a voice that names party j says so with probability q when it was j,
 * and by mistake with (1 - q) shared among the others. q comes from the ground of the claim and the kind of source.
 * To attribute, the chance alone is not enough: a neutral observer must have seen it, two neutral voices agree (one
 * direction of fire is none), or the party itself say so. Invariant: what only the other side says is alleged. */
#include "ceasefire/watch_int.h"

#define OUTSIDER 0.03 /* share of acts done by nobody who is a party */

/* P(names the right party): rows are grounds, for a source without side. */
static const double right[VG_N_BASES] = {
    [VG_BASIS_NONE] = 0.70,    [VG_BASIS_SEEN] = 0.95,     [VG_BASIS_DIRECTION] = 0.85,
    [VG_BASIS_ACCUSED] = 0.60, [VG_BASIS_ADMITTED] = 0.80, /* told by others that a side admitted it */
};
#define RIGHT_ACCUSER 0.62 /* speaks for another party */
#define RIGHT_OWN     0.97 /* speaks for the party it names */

/* Its own word is what a side says it did; a claim of its own that accuses and still names it is a slip. */
static bool is_own_word(const vg_slot *s)
{
    return s->observer == s->party && s->basis != VG_BASIS_ACCUSED;
}

typedef enum { VOICE_NEUTRAL, VOICE_ACCUSER, VOICE_OWN } voice_side;

static voice_side side_of(const vg_slot *s)
{
    if (s->observer == VG_AGREEMENT_NOBODY)
        return s->basis == VG_BASIS_ACCUSED ? VOICE_ACCUSER : VOICE_NEUTRAL;
    return is_own_word(s) ? VOICE_OWN : VOICE_ACCUSER;
}

double vg_watch_right(const vg_slot *s)
{
    if (s->observer != VG_AGREEMENT_NOBODY)
        return is_own_word(s) ? RIGHT_OWN : RIGHT_ACCUSER;
    double q = right[(int)s->basis];
    return s->kind == VG_SOURCE_PRESS || s->kind == VG_SOURCE_HOTLINE ? q - 0.05 : q;
}

/* One voice: the same source, or any that speak for the same side. */
static bool same_voice(const vg_slot *a, const vg_slot *b)
{
    return a->source == b->source || (a->observer != VG_AGREEMENT_NOBODY && a->observer == b->observer);
}

/* The claim of this member is heard: its voice said nothing of the same before, or nothing as sure. */
static bool is_heard(const vg_watch *w, const int32_t *slot, int32_t n, int32_t i)
{
    const vg_slot *s = &w->slot[slot[i]];
    if (s->party == VG_AGREEMENT_NOBODY)
        return false;
    for (int32_t k = 0; k < n; k++) {
        const vg_slot *o = &w->slot[slot[k]];
        if (k == i || o->party == VG_AGREEMENT_NOBODY || !same_voice(s, o))
            continue;
        double mine = vg_watch_right(s), other = vg_watch_right(o);
        if (other > mine || (!(mine > other) && k < i))
            return false;
    }
    return true;
}

typedef struct {
    uint32_t named, by_neutral, by_own; /* bits of parties */
    uint32_t seen;                      /* named by somebody neutral who saw it */
    uint32_t again;                     /* named by two or more neutral voices */
    bool foreign;
} claims;

static claims hear(const vg_watch *w, const int32_t *slot, int32_t n, double *p, double *outsider)
{
    claims c = { 0 };
    int32_t n_parties = w->a->n_parties;
    for (int32_t i = 0; i < n; i++) {
        const vg_slot *s = &w->slot[slot[i]];
        c.foreign |= s->foreign && (s->claims & VG_CLAIM_THIRD_PARTY);
        if (!is_heard(w, slot, n, i))
            continue;
        voice_side side = side_of(s);
        double q = vg_watch_right(s), wrong = (1 - q) / fmax(1, n_parties);
        uint32_t bit = 1U << s->party;
        c.named |= bit;
        c.again |= side == VOICE_NEUTRAL ? c.by_neutral & bit : 0;
        c.by_neutral |= side == VOICE_NEUTRAL ? bit : 0;
        c.seen |= side == VOICE_NEUTRAL && s->basis == VG_BASIS_SEEN ? bit : 0;
        c.by_own |= side == VOICE_OWN ? bit : 0;
        for (int32_t j = 0; j < n_parties; j++)
            p[j] *= j == s->party ? q : wrong;
        *outsider *= wrong;
    }
    return c;
}

static void decide(const vg_watch *w, const claims *c, vg_incident *x)
{
    int best = VG_AGREEMENT_NOBODY, n_named = 0;
    for (int32_t j = 0; j < w->a->n_parties; j++) {
        if (!(c->named >> j & 1))
            continue;
        n_named++;
        if (best < 0 || x->p_party[j] > x->p_party[best])
            best = j;
    }
    x->party = (int8_t)best;
    x->attribution = VG_ATTRIBUTION_NONE;
    if (best < 0)
        return;
    bool grounds =
        (c->seen | c->again | c->by_own) >> best & 1; /* incoming fire at A is not by itself fire by B */
    bool sure = grounds && (double)x->p_party[best] >= w->a->limits.attributed;
    if (sure)
        x->attribution = c->by_own >> best & 1 ? VG_ATTRIBUTION_ADMITTED : VG_ATTRIBUTION_ATTRIBUTED;
    else
        x->attribution = n_named > 1 ? VG_ATTRIBUTION_DISPUTED : VG_ATTRIBUTION_ALLEGED;
    if (x->attribution == VG_ATTRIBUTION_DISPUTED)
        x->party = VG_AGREEMENT_NOBODY;
}

void vg_watch_attribute(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f)
{
    double p[VG_AGREEMENT_PARTIES] = { 0 }, outsider = OUTSIDER, sum = 0;
    int32_t n_parties = w->a->n_parties;
    for (int32_t j = 0; j < n_parties; j++)
        p[j] = (1 - OUTSIDER) / n_parties;
    claims c = hear(w, slot, n, p, &outsider);
    if (c.foreign)
        outsider *= 20;
    for (int32_t j = 0; j < n_parties; j++)
        sum += p[j];
    sum += outsider;
    for (int32_t j = 0; j < n_parties; j++)
        x->p_party[j] = (float)(p[j] / sum);
    f->third_party = outsider / sum;
    decide(w, &c, x);
}
