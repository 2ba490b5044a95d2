/* What is known of the sources: how late they are, how far off, and until when everything of theirs should be here.
 * Invariant: counts of delays are sums over a set, so they do not depend on the order of arrival. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

/* Quarter octaves of seconds; below a second is the first. */
static int bin_of(double delay_s)
{
    if (delay_s < 1)
        return 0;
    int bin = (int)floor(4 * log2(delay_s)) + 1;
    return bin < VG_DELAY_BINS ? bin : VG_DELAY_BINS - 1;
}

void vg_watch_delay_add(vg_watch_speaker *s, int64_t received_at, int64_t to, int32_t by)
{
    if (received_at == VG_UNKNOWN)
        return;
    double delay_s = (double)received_at - (double)to;
    s->delay[bin_of(delay_s)] += by;
    s->n_delays += by;
}

/* The delay that a share of the reports does not exceed: the upper end of its bin. */
static double delay_at(const vg_watch_speaker *s, double share)
{
    double most = share * s->n_delays, sum = 0;
    for (int i = 0; i < VG_DELAY_BINS; i++) {
        sum += s->delay[i];
        if (sum > 0 && sum >= most)
            return i == 0 ? 0 : exp2(i / 4.0);
    }
    return 0;
}

static double expected_s(const vg_watch *w, const vg_watch_speaker *s)
{
    double listed = s->listed >= 0 ? (double)w->a->source[s->listed].delay_s : 0;
    return listed > 0 ? listed : fmax(60, delay_at(s, 0.5));
}

static bool is_idle(const vg_watch *w, const vg_watch_speaker *s)
{
    return s->n_delays == 0 || (double)w->newest_received - (double)s->last_received > 10 * expected_s(w, s);
}

/* All but one report in twenty came in by then; a source that is listed is waited for at least as long as it says. */
static int64_t watermark_of(const vg_watch *w, const vg_watch_speaker *s)
{
    if (s->n_delays == 0)
        return INT64_MIN;
    double wait = fmax(delay_at(s, 0.95), s->listed >= 0 ? (double)w->a->source[s->listed].delay_s : 0);
    return s->last_received - (int64_t)wait;
}

int64_t vg_watch_watermark(const vg_watch *w)
{
    int64_t least = INT64_MIN;
    bool any = false;
    for (int32_t i = 0; i < w->source.n; i++) {
        const vg_watch_speaker *s = &w->speaker[i];
        if (is_idle(w, s))
            continue;
        int64_t mark = watermark_of(w, s);
        least = !any || mark < least ? mark : least;
        any = true;
    }
    return least;
}

/* --- agreement with others --- */

typedef struct {
    float *distance; /* of shared incidents, in chunks by source */
    int64_t *first, *used;
    int64_t *n_right, *n_claims;
} tallies;

static bool is_shared(const vg_incident *x)
{
    return x->n_sources > 1;
}

static double metres_between(const vg_slot *s, const vg_incident *x)
{
    const double metres = 111195.0;
    double north = (s->lat_deg - x->lat_deg) * metres, east = fabs(s->lon_deg - x->lon_deg);
    east = (east > 180 ? 360 - east : east) * metres * (double)s->cos_lat;
    return sqrt(north * north + east * east);
}

static void tally_member(const vg_slot *s, const vg_incident *x, const tallies *t)
{
    if (x->attribution >= VG_ATTRIBUTION_ATTRIBUTED && s->party != VG_AGREEMENT_NOBODY && is_shared(x)) {
        t->n_claims[s->source]++;
        t->n_right[s->source] += s->party == x->party;
    }
    if (is_shared(x) && !isnan(s->lat_deg) && !isnan(x->lat_deg))
        t->distance[t->first[s->source] + t->used[s->source]++] = (float)metres_between(s, x);
}

static int by_value(const void *x, const void *y)
{
    const float *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static bool make_tallies(vg_watch *w, vg_arena *a, tallies *t, vg_watch_source *list)
{
    int64_t n = w->source.n, all = 0;
    *t = (tallies){ .first = vg_new(a, int64_t, n + 1), .used = vg_new(a, int64_t, n + 1) };
    t->n_right = vg_new(a, int64_t, n + 1);
    t->n_claims = vg_new(a, int64_t, n + 1);
    if (!t->first || !t->used || !t->n_right || !t->n_claims)
        return false;
    for (int64_t i = 0; i < w->n_slots; i++)
        if (w->slot[i].flags & VG_SLOT_FORCE)
            t->first[w->slot[i].source + 1]++;
    for (int64_t i = 0; i < n; i++)
        t->first[i + 1] += t->first[i];
    all = t->first[n];
    t->distance = vg_new(a, float, all);
    if (!t->distance)
        return false;
    for (int64_t i = 0; i < w->n_clusters; i++) {
        const vg_cluster *c = &w->cluster[i];
        if (c->component < 0 || !is_shared(&c->x))
            continue;
        for (int32_t k = c->head; k >= 0; k = w->slot[k].next_in_incident) {
            bool again = false;
            for (int32_t before = c->head; before != k; before = w->slot[before].next_in_incident)
                again |= w->slot[before].source == w->slot[k].source;
            list[w->slot[k].source].n_shared += !again;
            tally_member(&w->slot[k], &c->x, t);
        }
    }
    return true;
}

static void describe(const vg_watch *w, int32_t i, const tallies *t, vg_watch_source *x)
{
    const vg_watch_speaker *s = &w->speaker[i];
    x->source = vg_map_name(&w->source, i);
    x->kind = s->listed >= 0 ? w->a->source[s->listed].kind : s->kind;
    x->party = s->listed >= 0 ? w->a->source[s->listed].party : s->party;
    x->n_reports = s->n_reports;
    x->n_revised = s->n_revised;
    x->n_withdrawn = s->n_withdrawn;
    x->n_quarantined = s->n_quarantined;
    x->n_same = s->n_same;
    x->delay_median_s = s->n_delays ? delay_at(s, 0.5) : NAN;
    x->delay_most_s = s->n_delays ? delay_at(s, 0.95) : NAN;
    int64_t n = t->used[i];
    if (n)
        qsort(t->distance + t->first[i], (size_t)n, sizeof *t->distance, by_value);
    x->place_error_m = n ? (double)t->distance[t->first[i] + n / 2] : NAN;
    x->actor_agreement = t->n_claims[i] ? (double)t->n_right[i] / (double)t->n_claims[i] : NAN;
    x->watermark = watermark_of(w, s);
    x->last_received = s->last_received;
    x->idle = is_idle(w, s);
}

static int by_name(const void *x, const void *y)
{
    const vg_watch_source *a = x, *b = y;
    return vg_cmp(a->source, b->source);
}

bool vg_watch_sources(vg_watch *w, vg_arena *a, vg_watch_source **out, int32_t *n, vg_err *e)
{
    tallies t;
    if (vg_failed(e))
        return false;
    vg_watch_source *list = vg_new(a, vg_watch_source, w->source.n);
    if (!list || !make_tallies(w, a, &t, list))
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < w->source.n; i++)
        describe(w, i, &t, &list[i]);
    qsort(list, (size_t)w->source.n, sizeof *list, by_name);
    *out = list;
    *n = w->source.n;
    return true;
}
