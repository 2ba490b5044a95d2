/* Figures: one row a (day, zone, party, clause, weapon), found by an open hash table, changed by subtracting what an
 * incident was and adding what it is. Invariant: a row's sums are whole numbers (probabilities in units of 2^-30), so
 * that subtracting gives back exactly what was added, and the order of the changes leaves no trace; a row of a published
 * day that has changed since has its published tally kept beside it in `change`. */
#include "ceasefire/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096, FIRST_SLOTS = 1024, UNIT_BITS = 30, DAYS = 256, HALF_DAY_S = 43200 };

/* A figure as it is added up. */
typedef struct {
    int64_t expected, variance, severity, n_explosions;
    int32_t n_incidents, n_violations, n_probable, n_possible, n_exempt, n_rejected, n_alleged,
        n_self_defence;
} tally;

typedef struct {
    int32_t day;
    int16_t zone, clause;
    int8_t party, weapon;
} packed_key;

typedef struct {
    tally now;
    packed_key key;
    int32_t change; /* number of its change, from 1; 0 = as published, or not published */
} row;

/* A published row that is different now. */
typedef struct {
    tally was;
    int64_t because;
    row *of;
} change;

typedef struct {
    int32_t day;
    int64_t at, seq;
} publication;

/* A reporting day with its bounds. */
typedef struct {
    int64_t from, to;
    int32_t day;
} known_day;

struct vg_figures {
    const vg_agreement *agreement;
    row **chunk;
    int32_t n_chunks, n_rows;
    int32_t *slot; /* number of a row, from 1; 0 = free */
    int32_t n_slots;
    change *change;
    int32_t n_changes, cap_changes;
    publication *publication; /* by day */
    int32_t n_publications, cap_publications;
    known_day day[DAYS]; /* by half days: asking the calendar costs more than the sums */
    row *recent;         /* what changes is mostly found where it was */
};

bool vg_figures_open(const vg_agreement *a, vg_figures **out, vg_err *e)
{
    vg_figures *f = calloc(1, sizeof *f);
    if (!f)
        return vg_fail_memory(e, (int64_t)sizeof *f);
    f->agreement = a;
    f->n_slots = FIRST_SLOTS;
    f->slot = calloc(FIRST_SLOTS, sizeof *f->slot);
    if (!f->slot) {
        free(f);
        return vg_fail_memory(e, FIRST_SLOTS * (int64_t)sizeof *f->slot);
    }
    *out = f;
    return true;
}

void vg_figures_close(vg_figures *f)
{
    if (!f)
        return;
    for (int32_t i = 0; i < f->n_chunks; i++)
        free(f->chunk[i]);
    free(f->chunk);
    free(f->slot);
    free(f->change);
    free(f->publication);
    free(f);
}

/* An array that holds one more: NULL when memory is out. */
static void *grown(void *array, int32_t n, int32_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    int32_t more = *cap ? 2 * *cap : 64;
    void *bigger = realloc(array, (size_t)more * size);
    if (bigger)
        *cap = more;
    return bigger;
}

/* --- rows --- */

static row *row_at(const vg_figures *f, int32_t number)
{
    return &f->chunk[number / CHUNK][number % CHUNK];
}

static uint64_t hash_of(packed_key k)
{
    uint64_t x = (uint64_t)(uint32_t)k.day << 32 | (uint64_t)(uint16_t)k.zone << 16 | (uint16_t)k.clause;
    x ^= ((uint64_t)(uint8_t)k.party << 8 | (uint8_t)k.weapon) * 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 31) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 29) * 0x94D049BB133111EBu;
    return x ^ x >> 32;
}

static bool same_key(packed_key a, packed_key b)
{
    return a.day == b.day && a.zone == b.zone && a.clause == b.clause && a.party == b.party &&
           a.weapon == b.weapon;
}

static int32_t *slot_of(const vg_figures *f, packed_key k)
{
    uint64_t mask = (uint64_t)f->n_slots - 1, at = hash_of(k) & mask;
    while (f->slot[at] && !same_key(row_at(f, f->slot[at] - 1)->key, k))
        at = (at + 1) & mask;
    return &f->slot[at];
}

static bool more_slots(vg_figures *f, vg_err *e)
{
    int32_t n = 2 * f->n_slots, *old = f->slot;
    int32_t *slot = calloc((size_t)n, sizeof *slot);
    if (!slot)
        return vg_fail_memory(e, n * (int64_t)sizeof *slot);
    f->slot = slot;
    f->n_slots = n;
    for (int32_t i = 0; i < f->n_rows; i++)
        *slot_of(f, row_at(f, i)->key) = i + 1;
    free(old);
    return true;
}

static bool more_rows(vg_figures *f, vg_err *e)
{
    row **list = realloc(f->chunk, ((size_t)f->n_chunks + 1) * sizeof *list);
    if (!list)
        return vg_fail_memory(e, (f->n_chunks + 1) * (int64_t)sizeof *list);
    f->chunk = list;
    list[f->n_chunks] = calloc(CHUNK, sizeof **list);
    if (!list[f->n_chunks])
        return vg_fail_memory(e, CHUNK * (int64_t)sizeof **list);
    f->n_chunks++;
    return true;
}

/* The row of a key, made when there is none; NULL when memory is out. */
static row *row_of(vg_figures *f, packed_key k, vg_err *e)
{
    if (f->recent && same_key(f->recent->key, k))
        return f->recent;
    int32_t *slot = slot_of(f, k);
    if (*slot)
        return f->recent = row_at(f, *slot - 1);
    if (f->n_rows == f->n_chunks * CHUNK && !more_rows(f, e))
        return NULL;
    row *r = row_at(f, f->n_rows);
    r->key = k;
    *slot = ++f->n_rows;
    f->recent = r;
    return 2 * f->n_rows < f->n_slots || more_slots(f, e) ? r : NULL;
}

/* --- what an incident adds --- */

static int64_t unit_of(float p)
{
    return p > 0 ? llrint(fmin((double)p, 1) * (1 << UNIT_BITS)) : 0;
}

static void count_level(tally *t, int level, int64_t sign, const vg_incident *x, uint32_t flags)
{
    int32_t n = (int32_t)sign;
    t->n_violations += level == VG_LEVEL_VIOLATION ? n : 0;
    t->n_probable += level == VG_LEVEL_PROBABLE ? n : 0;
    t->n_possible += level == VG_LEVEL_POSSIBLE ? n : 0;
    if (level == VG_LEVEL_NONE)
        return;
    t->n_alleged += x->attribution == VG_ATTRIBUTION_ALLEGED ? n : 0;
    t->n_self_defence += flags & VG_FLAG_SELF_DEFENCE ? n : 0;
}

static void count_chance(tally *t, float chance, int severity, int64_t sign)
{
    int64_t p = unit_of(chance);
    t->expected += sign * p;
    t->variance += sign * (p * ((1LL << UNIT_BITS) - p) >> UNIT_BITS);
    t->severity += sign * p * severity;
}

/* Acts and weapons whose count is of explosions, not of shots or of weapons seen. */
static bool explodes(const vg_incident *x)
{
    static const uint32_t acts = 1u << VG_ACT_MORTAR | 1u << VG_ACT_ARTILLERY | 1u << VG_ACT_MLRS |
                                 1u << VG_ACT_TANK_FIRE | 1u << VG_ACT_AIR_STRIKE |
                                 1u << VG_ACT_DRONE_STRIKE | 1u << VG_ACT_NAVAL;
    static const uint32_t open =
        1u << VG_ACT_UNKNOWN | 1u << VG_ACT_ATTACK_ON_INFRASTRUCTURE | 1u << VG_ACT_ATTACK_ON_AID;
    static const uint32_t weapons = 1u << VG_WEAPON_MORTAR | 1u << VG_WEAPON_HOWITZER | 1u << VG_WEAPON_MLRS |
                                    1u << VG_WEAPON_TANK | 1u << VG_WEAPON_ANTI_TANK |
                                    1u << VG_WEAPON_MISSILE | 1u << VG_WEAPON_BOMB | 1u << VG_WEAPON_UAV |
                                    1u << VG_WEAPON_SHIP;
    return acts >> x->act & 1 || (open >> x->act & 1 && weapons >> x->weapon & 1);
}

static int64_t explosions_of(const vg_incident *x)
{
    return x->count > 0 && x->count != VG_UNKNOWN && explodes(x) ? x->count : 0;
}

static int severity_of(const vg_figures *f, const vg_breach *b)
{
    return b->clause >= 0 && b->clause < f->agreement->n_clauses ? f->agreement->clause[b->clause].severity
                                                                 : 1;
}

static void count_breach(const vg_figures *f, tally *t, const vg_incident *x, const vg_breach *b,
                         int64_t sign)
{
    t->n_incidents += (int32_t)sign;
    if (b->flags & VG_FLAG_EXEMPT) {
        t->n_exempt += (int32_t)sign;
        return;
    }
    count_level(t, b->level, sign, x, b->flags);
    count_chance(t, b->p, severity_of(f, b), sign);
    if (b->level > VG_LEVEL_NONE)
        t->n_explosions += sign * explosions_of(x);
}

/* The incident once: its highest level, its highest P and its highest severity x P. */
static void count_whole(const vg_figures *f, tally *t, const vg_incident *x, int64_t sign)
{
    int level = VG_LEVEL_NONE;
    uint32_t flags = 0;
    bool exempt = false;
    int64_t most = 0, worst = 0;
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        if (b->flags & VG_FLAG_EXEMPT) {
            exempt = true;
            continue;
        }
        int64_t p = unit_of(b->p), weight = p * severity_of(f, b);
        level = b->level > level ? b->level : level;
        flags |= b->flags;
        most = p > most ? p : most;
        worst = weight > worst ? weight : worst;
    }
    t->n_incidents += (int32_t)sign;
    t->n_exempt += exempt && level == VG_LEVEL_NONE ? (int32_t)sign : 0;
    count_level(t, level, sign, x, flags);
    t->expected += sign * most;
    t->variance += sign * (most * ((1LL << UNIT_BITS) - most) >> UNIT_BITS);
    t->severity += sign * worst;
    if (level > VG_LEVEL_NONE)
        t->n_explosions += sign * explosions_of(x);
}

/* --- changes --- */

static int32_t day_of(vg_figures *f, int64_t at)
{
    known_day *k = &f->day[(uint64_t)(at / HALF_DAY_S) % DAYS];
    if (at < k->from || at >= k->to) {
        k->day = vg_agreement_day(f->agreement, at);
        vg_agreement_day_bounds(f->agreement, k->day, &k->from, &k->to);
    }
    return k->day;
}

/* Place of a day among the publications, or of the next later one. */
static int32_t publication_at(const vg_figures *f, int32_t day)
{
    int32_t low = 0, high = f->n_publications;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (f->publication[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const publication *publication_of(const vg_figures *f, int32_t day)
{
    int32_t at = publication_at(f, day);
    return at < f->n_publications && f->publication[at].day == day ? &f->publication[at] : NULL;
}

/* Keeps the published tally of a row that is about to change. */
static bool keep_published(vg_figures *f, row *r, int64_t because, vg_err *e)
{
    if (!r->change) {
        change *list = grown(f->change, f->n_changes, &f->cap_changes, sizeof *list);
        if (!list)
            return vg_fail_memory(e, f->cap_changes * (int64_t)sizeof *list);
        f->change = list;
        list[f->n_changes] = (change){ .was = r->now, .because = because, .of = r };
        r->change = ++f->n_changes;
    }
    change *c = &f->change[r->change - 1];
    c->because = because > c->because ? because : c->because;
    return true;
}

static void forget_change(vg_figures *f, int32_t number)
{
    change *c = &f->change[number - 1];
    c->of->change = 0;
    if (number != f->n_changes) {
        *c = f->change[f->n_changes - 1];
        c->of->change = number;
    }
    f->n_changes--;
}

static row *row_for(vg_figures *f, packed_key k, bool published, int64_t because, vg_err *e)
{
    row *r = row_of(f, k, e);
    return r && (!published || keep_published(f, r, because, e)) ? r : NULL;
}

static int8_t party_of(const vg_incident *x)
{
    bool known = x->attribution == VG_ATTRIBUTION_ATTRIBUTED || x->attribution == VG_ATTRIBUTION_ADMITTED;
    return known ? x->party : VG_AGREEMENT_NOBODY;
}

/* One state of an incident, and the rows it counts in. */
typedef struct {
    const vg_incident *x;
    int64_t sign; /* 1 = is added, -1 = is taken back */
    packed_key key;
    bool published;
} side;

static side side_of(vg_figures *f, const vg_incident *x, int64_t sign)
{
    side s = { .x = x, .sign = sign };
    s.key = (packed_key){ .day = day_of(f, x->from),
                          .zone = (int16_t)x->zone[0],
                          .clause = VG_AGREEMENT_NOBODY,
                          .party = party_of(x),
                          .weapon = x->weapon };
    s.published = f->n_publications && publication_of(f, s.key.day);
    return s;
}

/* Its row as a whole (-1) or of one of its breaches; those that it has not are passed over. */
static bool count(vg_figures *f, const side *s, int32_t breach, int64_t because, vg_err *e)
{
    packed_key k = s->key;
    if (!s->x || breach >= s->x->n_breaches)
        return true;
    if (breach >= 0)
        k.clause = (int16_t)s->x->breach[breach].clause;
    row *r = row_for(f, k, s->published, because, e);
    if (!r)
        return false;
    if (s->x->verification == VG_VERIFY_REJECTED)
        r->now.n_rejected += (int32_t)s->sign;
    else if (breach < 0)
        count_whole(f, &r->now, s->x, s->sign);
    else
        count_breach(f, &r->now, s->x, &s->x->breach[breach], s->sign);
    return true;
}

/* Row by row, so that what is added is looked for where something was taken back just before. */
bool vg_figures_change(vg_figures *f, const vg_incident *was, const vg_incident *now, vg_err *e)
{
    int64_t because = now ? now->last_seq : 0;
    because = was && was->last_seq > because ? was->last_seq : because;
    side old = was ? side_of(f, was, -1) : (side){ 0 }, fresh = now ? side_of(f, now, 1) : (side){ 0 };
    for (int32_t i = -1; i < VG_INCIDENT_CLAUSES; i++)
        if (!count(f, &old, i, because, e) || !count(f, &fresh, i, because, e))
            return false;
    return true;
}

static bool changed(void *ctx, const vg_incident *was, const vg_incident *now, vg_err *e)
{
    return vg_figures_change(ctx, was, now, e);
}

vg_watch_sink vg_figures_sink(vg_figures *f)
{
    return (vg_watch_sink){ .ctx = f, .changed = changed };
}

/* --- what is published --- */

bool vg_figures_publish(vg_figures *f, int32_t day, int64_t at, int64_t seq, vg_err *e)
{
    int32_t place = publication_at(f, day);
    if (place == f->n_publications || f->publication[place].day != day) {
        publication *list = grown(f->publication, f->n_publications, &f->cap_publications, sizeof *list);
        if (!list)
            return vg_fail_memory(e, f->cap_publications * (int64_t)sizeof *list);
        f->publication = list;
        memmove(&list[place + 1], &list[place], (size_t)(f->n_publications - place) * sizeof *list);
        f->n_publications++;
    }
    f->publication[place] = (publication){ .day = day, .at = at, .seq = seq };
    for (int32_t i = f->n_changes; i > 0; i--)
        if (f->change[i - 1].of->key.day == day)
            forget_change(f, i);
    return true;
}

bool vg_figures_is_published(const vg_figures *f, int32_t day)
{
    return publication_of(f, day) != NULL;
}

bool vg_figures_published(const vg_figures *f, int32_t day, int64_t *at, int64_t *seq)
{
    const publication *p = publication_of(f, day);
    if (p && at)
        *at = p->at;
    if (p && seq)
        *seq = p->seq;
    return p != NULL;
}

bool vg_figures_published_days(const vg_figures *f, vg_arena *a, int32_t **out, int64_t *n, vg_err *e)
{
    int32_t *day = vg_new(a, int32_t, f->n_publications);
    if (!day)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < f->n_publications; i++)
        day[i] = f->publication[i].day;
    *out = day;
    *n = f->n_publications;
    return true;
}

/* --- questions --- */

static double number_of(int64_t units)
{
    return (double)units / (1 << UNIT_BITS);
}

static vg_figure figure_of(const tally *t)
{
    return (vg_figure){ .n_incidents = t->n_incidents,
                        .n_violations = t->n_violations,
                        .n_probable = t->n_probable,
                        .n_possible = t->n_possible,
                        .n_explosions = t->n_explosions,
                        .n_exempt = t->n_exempt,
                        .n_rejected = t->n_rejected,
                        .n_alleged = t->n_alleged,
                        .n_self_defence = t->n_self_defence,
                        .expected = number_of(t->expected),
                        .variance = number_of(t->variance),
                        .severity = number_of(t->severity) };
}

static vg_figure_key key_of(packed_key k)
{
    return (vg_figure_key){ k.day, k.zone, k.party, k.clause, k.weapon };
}

static bool same_tally(const tally *a, const tally *b)
{
    return memcmp(a, b, sizeof *a) == 0; /* whole numbers without gaps between them */
}
_Static_assert(sizeof(tally) == 4 * 8 + 8 * 4, "a tally has no padding");

int vg_figure_key_compare(const vg_figure_key *a, const vg_figure_key *b)
{
    const int32_t left[] = { a->day, a->zone, a->party, a->clause, a->weapon };
    const int32_t right[] = { b->day, b->zone, b->party, b->clause, b->weapon };
    for (int i = 0; i < 5; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int by_correction_key(const void *a, const void *b)
{
    return vg_figure_key_compare(&((const vg_correction *)a)->key, &((const vg_correction *)b)->key);
}

static int by_row_key(const void *a, const void *b)
{
    return vg_figure_key_compare(&((const vg_figure_row *)a)->key, &((const vg_figure_row *)b)->key);
}

bool vg_figures_corrections(vg_figures *f, bool tell, vg_arena *a, vg_correction **out, int64_t *n, vg_err *e)
{
    vg_correction *list = vg_new(a, vg_correction, f->n_changes);
    int64_t count_told = 0;
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = f->n_changes; i > 0; i--) {
        const change *c = &f->change[i - 1];
        if (!same_tally(&c->was, &c->of->now))
            list[count_told++] = (vg_correction){ .key = key_of(c->of->key),
                                                  .was = figure_of(&c->was),
                                                  .now = figure_of(&c->of->now),
                                                  .published_at = publication_of(f, c->of->key.day)->at,
                                                  .because = c->because };
        if (tell)
            forget_change(f, i);
    }
    qsort(list, (size_t)count_told, sizeof *list, by_correction_key);
    *out = list;
    *n = count_told;
    return true;
}

bool vg_figures_rows(const vg_figures *f, int32_t from_day, int32_t to_day, vg_arena *a, vg_figure_row **out,
                     int64_t *n, vg_err *e)
{
    static const tally nothing;
    int64_t count_rows = 0, at = 0;
    for (int32_t i = 0; i < f->n_rows; i++) {
        const row *r = row_at(f, i);
        count_rows += r->key.day >= from_day && r->key.day <= to_day && !same_tally(&r->now, &nothing);
    }
    vg_figure_row *list = vg_new(a, vg_figure_row, count_rows);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < f->n_rows; i++) {
        const row *r = row_at(f, i);
        if (r->key.day >= from_day && r->key.day <= to_day && !same_tally(&r->now, &nothing))
            list[at++] = (vg_figure_row){ key_of(r->key), figure_of(&r->now) };
    }
    qsort(list, (size_t)count_rows, sizeof *list, by_row_key);
    *out = list;
    *n = count_rows;
    return true;
}

/* --- sums --- */

void vg_figure_add(vg_figure *sum, const vg_figure *f)
{
    sum->n_incidents += f->n_incidents;
    sum->n_violations += f->n_violations;
    sum->n_probable += f->n_probable;
    sum->n_possible += f->n_possible;
    sum->n_explosions += f->n_explosions;
    sum->n_exempt += f->n_exempt;
    sum->n_rejected += f->n_rejected;
    sum->n_alleged += f->n_alleged;
    sum->n_self_defence += f->n_self_defence;
    sum->expected +=
        f->expected; /* multiples of 2^-30: exact below 2^22, so that the order leaves no trace */
    sum->variance += f->variance;
    sum->severity += f->severity;
}

void vg_figure_interval(const vg_figure *f, double *low, double *high)
{
    double half = 1.645 * sqrt(fmax(f->variance, 0));
    *low = fmax(f->expected - half, 0);
    *high = fmin(f->expected + half, (double)f->n_incidents);
}
