/* Figures: one row a (day, zone, party, clause, weapon), changed by subtracting what an incident was and adding what it is.
 * The rows of a day stand together (figures_day.c). Invariant: a row's sums are whole numbers (probabilities in units of
 * 2^-30), so that subtracting gives back exactly what was added, and the order of the changes leaves no trace; a row of a
 * published day that has changed since has its published tally kept in `change`. */
#include "ceasefire/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/figures_int.h"

enum { UNIT_BITS = VG_TALLY_UNIT_BITS, HALF_DAY_S = 43200 };

bool vg_figures_open(const vg_agreement *a, vg_figures **out, vg_err *e)
{
    vg_figures *f = calloc(1, sizeof *f);
    if (!f)
        return vg_fail_memory(e, (int64_t)sizeof *f);
    f->agreement = a;
    f->most_here = VG_FIGURE_KEPT_DAYS;
    f->file.fd = -1;
    *out = f;
    return true;
}

void vg_figures_keep(vg_figures *f, int32_t most_days, const char *folder)
{
    f->most_here = most_days > 0 ? most_days : VG_FIGURE_KEPT_DAYS;
    f->next_try = 0;
    if (folder && f->file.fd < 0)
        vg_figures__file_open(&f->file, folder);
}

void vg_figures_close(vg_figures *f)
{
    if (!f)
        return;
    vg_figures__days_free(f);
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

/* --- what an incident adds --- */

static int64_t unit_of(float p)
{
    return p > 0 ? llrint(fmin((double)p, 1) * (1 << UNIT_BITS)) : 0;
}

static void count_level(vg_tally *t, int level, int64_t sign, const vg_incident *x, uint32_t flags)
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

static void count_chance(vg_tally *t, float chance, int severity, int64_t sign)
{
    int64_t p = unit_of(chance);
    t->expected += sign * p;
    t->variance += sign * (p * ((1LL << UNIT_BITS) - p) >> UNIT_BITS);
    t->severity += sign * p * severity;
}

/* Acts that are done with anything. */
static const uint32_t open_acts =
    1u << VG_ACT_UNKNOWN | 1u << VG_ACT_ATTACK_ON_INFRASTRUCTURE | 1u << VG_ACT_ATTACK_ON_AID;

/* Acts and weapons whose count is of explosions, not of shots or of weapons seen. */
static bool explodes(const vg_incident *x)
{
    static const uint32_t acts = 1u << VG_ACT_MORTAR | 1u << VG_ACT_ARTILLERY | 1u << VG_ACT_MLRS |
                                 1u << VG_ACT_TANK_FIRE | 1u << VG_ACT_AIR_STRIKE |
                                 1u << VG_ACT_DRONE_STRIKE | 1u << VG_ACT_NAVAL;
    static const uint32_t weapons = 1u << VG_WEAPON_MORTAR | 1u << VG_WEAPON_HOWITZER | 1u << VG_WEAPON_MLRS |
                                    1u << VG_WEAPON_TANK | 1u << VG_WEAPON_ANTI_TANK |
                                    1u << VG_WEAPON_MISSILE | 1u << VG_WEAPON_BOMB | 1u << VG_WEAPON_UAV |
                                    1u << VG_WEAPON_SHIP;
    return acts >> x->act & 1 || (open_acts >> x->act & 1 && weapons >> x->weapon & 1);
}

/* Acts that explode or not, and nobody told with what they were done. */
static bool may_explode(const vg_incident *x)
{
    return x->weapon == VG_WEAPON_UNKNOWN && (open_acts >> x->act & 1);
}

static void count_explosions(vg_tally *t, const vg_incident *x, int64_t sign)
{
    if (explodes(x) && x->count != VG_UNKNOWN)
        t->n_explosions += sign * x->count;
    else if (explodes(x) || may_explode(x))
        t->n_uncounted += sign;
}

static int severity_of(const vg_figures *f, const vg_breach *b)
{
    return b->clause >= 0 && b->clause < f->agreement->n_clauses ? f->agreement->clause[b->clause].severity
                                                                 : 1;
}

static void count_breach(const vg_figures *f, vg_tally *t, const vg_incident *x, const vg_breach *b,
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
        count_explosions(t, x, sign);
}

/* The incident once: its highest level, its highest P and its highest severity x P. */
static void count_whole(const vg_figures *f, vg_tally *t, const vg_incident *x, int64_t sign)
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
        count_explosions(t, x, sign);
}

/* --- changes --- */

static int32_t day_of(vg_figures *f, int64_t at)
{
    vg_known_day *k = &f->known[(uint64_t)(at / HALF_DAY_S) % VG_FIGURE_DAYS];
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

static const vg_day_published *publication_of(const vg_figures *f, int32_t day)
{
    int32_t at = publication_at(f, day);
    return at < f->n_publications && f->publication[at].day == day ? &f->publication[at] : NULL;
}

/* Keeps the published tally of a row that is about to change. */
static bool keep_published(vg_figures *f, vg_tally_day *d, vg_tally_row *r, int64_t because, vg_err *e)
{
    if (!r->change) {
        vg_tally_change *list = grown(f->change, f->n_changes, &f->cap_changes, sizeof *list);
        if (!list)
            return vg_fail_memory(e, f->cap_changes * (int64_t)sizeof *list);
        f->change = list;
        list[f->n_changes] =
            (vg_tally_change){ .was = r->now, .because = because, .day = d, .row = (int32_t)(r - d->row) };
        r->change = ++f->n_changes;
        d->n_open++;
    }
    vg_tally_change *c = &f->change[r->change - 1];
    c->because = because > c->because ? because : c->because;
    return true;
}

static vg_tally_row *changed_row(const vg_tally_change *c)
{
    return &c->day->row[c->row]; /* a day with a change has its rows in memory */
}

static void forget_change(vg_figures *f, int32_t number)
{
    vg_tally_change *c = &f->change[number - 1];
    changed_row(c)->change = 0;
    c->day->n_open--;
    if (number != f->n_changes) {
        *c = f->change[f->n_changes - 1];
        changed_row(c)->change = number;
    }
    f->n_changes--;
}

static int8_t party_of(const vg_incident *x)
{
    bool known = x->attribution == VG_ATTRIBUTION_ATTRIBUTED || x->attribution == VG_ATTRIBUTION_ADMITTED;
    return known ? x->party : VG_AGREEMENT_NOBODY;
}

/* One state of an incident, and the rows it counts in. */
typedef struct {
    const vg_incident *x; /* NULL = there is none */
    int64_t sign;         /* 1 = is added, -1 = is taken back */
    vg_tally_day *day;
    vg_tally_key key;
    bool published;
} side;

static bool side_of(vg_figures *f, const vg_incident *x, int64_t sign, side *s, vg_err *e)
{
    *s = (side){ .x = x, .sign = sign };
    if (!x)
        return true;
    s->day = vg_figures__day(f, day_of(f, x->from), e);
    if (!s->day)
        return false;
    s->key = (vg_tally_key){
        .zone = (int16_t)x->zone[0], .clause = VG_AGREEMENT_NOBODY, .party = party_of(x), .weapon = x->weapon
    };
    s->published = f->n_publications && publication_of(f, s->day->day);
    return true;
}

/* Its row as a whole (-1) or of one of its breaches; those that it has not are passed over. */
static bool count(vg_figures *f, const side *s, int32_t breach, int64_t because, vg_err *e)
{
    vg_tally_key k = s->key;
    if (!s->x || breach >= s->x->n_breaches)
        return true;
    if (breach >= 0)
        k.clause = (int16_t)s->x->breach[breach].clause;
    vg_tally_row *r = vg_figures__row(s->day, k, e);
    if (!r || (s->published && !keep_published(f, s->day, r, because, e)))
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
    side old, fresh;
    if (!side_of(f, was, -1, &old, e) || !side_of(f, now, 1, &fresh, e))
        return false;
    for (int32_t i = -1; i < VG_INCIDENT_CLAUSES; i++)
        if (!count(f, &old, i, because, e) || !count(f, &fresh, i, because, e))
            return false;
    vg_figures__put_aside(f); /* not before: both days are in use */
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
        vg_day_published *list = grown(f->publication, f->n_publications, &f->cap_publications, sizeof *list);
        if (!list)
            return vg_fail_memory(e, f->cap_publications * (int64_t)sizeof *list);
        f->publication = list;
        memmove(&list[place + 1], &list[place], (size_t)(f->n_publications - place) * sizeof *list);
        f->n_publications++;
    }
    f->publication[place] = (vg_day_published){ .day = day, .at = at, .seq = seq };
    for (int32_t i = f->n_changes; i > 0; i--)
        if (f->change[i - 1].day->day == day)
            forget_change(f, i);
    return true;
}

bool vg_figures_is_published(const vg_figures *f, int32_t day)
{
    return publication_of(f, day) != NULL;
}

bool vg_figures_published(const vg_figures *f, int32_t day, int64_t *at, int64_t *seq)
{
    const vg_day_published *p = publication_of(f, day);
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

static vg_figure figure_of(const vg_tally *t)
{
    return (vg_figure){ .n_incidents = t->n_incidents,
                        .n_violations = t->n_violations,
                        .n_probable = t->n_probable,
                        .n_possible = t->n_possible,
                        .n_explosions = t->n_explosions,
                        .n_uncounted = t->n_uncounted,
                        .n_exempt = t->n_exempt,
                        .n_rejected = t->n_rejected,
                        .n_alleged = t->n_alleged,
                        .n_self_defence = t->n_self_defence,
                        .expected = number_of(t->expected),
                        .variance = number_of(t->variance),
                        .severity = number_of(t->severity) };
}

static vg_figure_key key_of(int32_t day, vg_tally_key k)
{
    return (vg_figure_key){ day, k.zone, k.party, k.clause, k.weapon };
}

static bool same_tally(const vg_tally *a, const vg_tally *b)
{
    return memcmp(a, b, sizeof *a) == 0; /* whole numbers without gaps between them */
}

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
        const vg_tally_change *c = &f->change[i - 1];
        const vg_tally_row *r = changed_row(c);
        if (!same_tally(&c->was, &r->now))
            list[count_told++] = (vg_correction){ .key = key_of(c->day->day, r->key),
                                                  .was = figure_of(&c->was),
                                                  .now = figure_of(&r->now),
                                                  .published_at = publication_of(f, c->day->day)->at,
                                                  .because = c->because };
        if (tell)
            forget_change(f, i);
    }
    qsort(list, (size_t)count_told, sizeof *list, by_correction_key);
    *out = list;
    *n = count_told;
    return true;
}

static bool rows_of_day(const vg_figures *f, const vg_tally_day *d, vg_figure_row *out, int64_t *n, vg_err *e)
{
    static const vg_tally nothing;
    vg_tally_row *row;
    if (!vg_figures__look(f, d, &row, e))
        return false;
    for (int32_t i = 0; i < d->n; i++)
        if (!same_tally(&row[i].now, &nothing))
            out[(*n)++] = (vg_figure_row){ key_of(d->day, row[i].key), figure_of(&row[i].now) };
    vg_figures__unlook(d, row);
    return true;
}

bool vg_figures_rows(const vg_figures *f, int32_t from_day, int32_t to_day, vg_arena *a, vg_figure_row **out,
                     int64_t *n, vg_err *e)
{
    int32_t first = vg_figures__day_at(f, from_day), end = first;
    int64_t most = 0, found = 0;
    for (; end < f->n_days && f->day[end]->day <= to_day; end++)
        most += f->day[end]->n;
    vg_figure_row *list = vg_new(a, vg_figure_row, most);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = first; i < end; i++)
        if (!rows_of_day(f, f->day[i], list, &found, e))
            return false;
    qsort(list, (size_t)found, sizeof *list, by_row_key);
    *out = list;
    *n = found;
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
    sum->n_uncounted += f->n_uncounted;
    sum->n_exempt += f->n_exempt;
    sum->n_rejected += f->n_rejected;
    sum->n_alleged += f->n_alleged;
    sum->n_self_defence += f->n_self_defence;
    sum->expected +=
        f->expected; /* multiples of 2^-30: exact below 2^22, so that the order leaves no trace */
    sum->variance += f->variance;
    sum->severity += f->severity;
}

int64_t vg_figure_explosions(const vg_figure *f)
{
    return f->n_explosions == 0 && f->n_uncounted > 0 ? VG_UNKNOWN : f->n_explosions;
}

void vg_figure_interval(const vg_figure *f, double *low, double *high)
{
    double half = 1.645 * sqrt(fmax(f->variance, 0));
    *low = fmax(f->expected - half, 0);
    *high = fmin(f->expected + half, (double)f->n_incidents);
}
