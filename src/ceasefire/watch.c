/* A watch: its life, decisions, coverage, and the questions that are answered from settled incidents. Invariant: answers
 * come in an order that does not depend on the order of arrival. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

#define HOUSE_FUSION 3.0 /* log odds; chosen on simulated worlds with seeds 1 to 9 */

static const char *const level_words[] = { "none", "possible", "probable", "violation" };
static const char *const attribution_words[] = { "unattributed", "alleged", "disputed", "attributed",
                                                 "admitted" };
static const char *const verdict_words[] = { "new",        "same",       "earlier",    "revision",
                                             "superseded", "withdrawal", "quarantined" };

const char *vg_level_name(int level)
{
    return level >= 0 && level <= VG_LEVEL_VIOLATION ? level_words[level] : "none";
}

const char *vg_attribution_name(int attribution)
{
    return attribution >= 0 && attribution <= VG_ATTRIBUTION_ADMITTED ? attribution_words[attribution]
                                                                      : "unattributed";
}

const char *vg_watch_verdict_name(int verdict)
{
    return verdict >= 0 && verdict <= VG_VERDICT_QUARANTINED ? verdict_words[verdict] : "quarantined";
}

/* --- its life --- */

bool vg_watch_open(const vg_agreement *a, const vg_watch_opts *o, vg_watch **out, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (a->n_parties > VG_AGREEMENT_PARTIES || a->n_errors > 0) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the agreement has %d errors", (int)a->n_errors);
        return vg_mend(e, "vigie ceasefire check says where they are");
    }
    vg_watch *w = calloc(1, sizeof *w);
    if (!w)
        return vg_fail_memory(e, sizeof *w);
    w->a = a;
    w->opts = *o;
    w->link = isnan(o->fusion) || (o->fusion <= 0 && o->fusion >= 0) ? HOUSE_FUSION : o->fusion;
    w->free_slot = w->free_component = w->free_cluster = w->free_chunk = -1;
    w->newest_received = w->count.newest = w->away = INT64_MIN;
    vg_watch_words_make(&w->words);
    vg_watch_tiles_make(w);
    if (!vg_map_init(&w->source, e) || !vg_map_init(&w->place, e) || !vg_map_init(&w->actor, e) ||
        !vg_map_init(&w->cover_text, e) || !vg_watch_plan_make(&w->plan, a, e)) {
        vg_watch_close(w);
        return false;
    }
    *out = w;
    return true;
}

void vg_watch_close(vg_watch *w)
{
    if (!w)
        return;
    void *const array[] = { w->slot,       w->component,  w->cluster,        w->rate,        w->by_key.at,
                            w->tile.at,    w->rate_at.at, w->by_text.at,     w->by_media.at, w->refused.at,
                            w->decided.at, w->covered.at, w->speaker,        w->actor_party, w->decision,
                            w->cover,      w->dirty.at,   w->relink.at,      w->touched.at,  w->retired.at,
                            w->fresh.at,   w->members.at, w->moved_rates.at, w->retold.at,   w->chunk,
                            w->history };
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        free(array[i]);
    vg_map_free(&w->source);
    vg_map_free(&w->place);
    vg_map_free(&w->actor);
    vg_map_free(&w->cover_text);
    vg_watch_plan_free(&w->plan);
    vg_watch_rates_free(w);
    free(w);
}

const vg_agreement *vg_watch_agreement(const vg_watch *w)
{
    return w->a;
}

vg_watch_counts vg_watch_count(const vg_watch *w)
{
    vg_watch_counts c = w->count;
    c.n_in_memory = w->by_key.n;
    return c;
}

/* --- decisions --- */

bool vg_watch_verify(vg_watch *w, uint64_t key, vg_verification state, int64_t seq, vg_err *e)
{
    if (vg_failed(e))
        return false;
    const int32_t *at = vg_watch_find(&w->decided, key);
    if (at) {
        vg_kept_decision *d = &w->decision[*at];
        if (seq > d->seq)
            *d = (vg_kept_decision){ key, seq, state };
    } else {
        if (!vg_watch_room(&w->memory, &w->decision, &w->cap_decisions, w->n_decisions + 1,
                           sizeof *w->decision, e) ||
            !vg_watch_put(&w->memory, &w->decided, key, (int32_t)w->n_decisions, e))
            return false;
        w->decision[w->n_decisions++] = (vg_kept_decision){ key, seq, state };
    }
    const int32_t *head = vg_watch_find(&w->by_key, key);
    for (int32_t i = head ? *head : -1; i >= 0; i = w->slot[i].older) {
        w->slot[i].flags |= VG_SLOT_DECIDED;
        if ((w->slot[i].flags & VG_SLOT_FORCE) && !vg_watch_push(&w->memory, &w->retold, i, e))
            return false;
    }
    return true;
}

/* --- coverage --- */

static bool keep_text(vg_watch *w, vg_str *s, vg_err *e)
{
    if (!s->n) {
        *s = VG_NOSTR;
        return true;
    }
    int32_t i = vg_map_add(&w->cover_text, *s, NULL);
    if (i < 0)
        return vg_fail_memory(e, s->n);
    *s = vg_map_name(&w->cover_text, i);
    return true;
}

/* The same record: all of it but when it came in. */
static uint64_t cover_name(const vg_coverage *c)
{
    uint64_t h = vg_watch_mix(vg_report_key(c->source, c->zone), vg_report_key(c->by, c->note));
    return vg_watch_mix(vg_watch_mix(h, (uint64_t)c->from), (uint64_t)c->to * 16 + (uint64_t)c->state);
}

bool vg_watch_cover(vg_watch *w, const vg_coverage *c, int64_t seq, vg_err *e)
{
    if (vg_failed(e))
        return false;
    uint64_t name = cover_name(c);
    const int32_t *at = vg_watch_find(&w->covered, name);
    if (at) {
        vg_coverage *kept = &w->cover[*at].c;
        kept->received_at = c->received_at < kept->received_at ? c->received_at : kept->received_at;
        return true;
    }
    vg_coverage copy = *c;
    if (!keep_text(w, &copy.source, e) || !keep_text(w, &copy.zone, e) || !keep_text(w, &copy.by, e) ||
        !keep_text(w, &copy.note, e) ||
        !vg_watch_room(&w->memory, &w->cover, &w->cap_covers, w->n_covers + 1, sizeof *w->cover, e) ||
        !vg_watch_put(&w->memory, &w->covered, name, (int32_t)w->n_covers, e))
        return false;
    w->cover[w->n_covers++] = (vg_kept_cover){ copy, seq };
    return true;
}

static int by_source_and_time(const void *x, const void *y)
{
    const vg_coverage *a = x, *b = y;
    int order = vg_cmp(a->source, b->source);
    if (order)
        return order;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    order = vg_cmp(a->zone, b->zone);
    order = order ? order : a->state - b->state;
    order = order ? order : vg_cmp(a->by, b->by);
    return order ? order : vg_cmp(a->note, b->note);
}

bool vg_watch_coverage(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_coverage **out, int32_t *n,
                       vg_err *e)
{
    if (vg_failed(e))
        return false;
    vg_coverage *found = vg_new(a, vg_coverage, w->n_covers);
    int32_t k = 0;
    if (!found)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < w->n_covers; i++)
        if (w->cover[i].c.from <= to && w->cover[i].c.to >= from)
            found[k++] = w->cover[i].c;
    qsort(found, (size_t)k, sizeof *found, by_source_and_time);
    *out = found;
    *n = k;
    return true;
}

/* --- incidents --- */

typedef struct {
    int64_t from;
    uint64_t id;
    int32_t cluster;
} placed;

enum { AHEAD = 6, SOON = 16 };

static int by_from(const void *x, const void *y)
{
    const placed *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* By digits of the time, then by id where the time is the same: some ten times as fast as comparing when there are many.
 * Without room for a second list they are compared. */
static void sort_placed(placed *list, int64_t n)
{
    enum { BITS = 11, FEW = 256 };
    placed *from = list, *to = n < FEW ? NULL : reallocarray(NULL, (size_t)n, sizeof *to), *room = to;
    if (!to) {
        qsort(list, (size_t)n, sizeof *list, by_from);
        return;
    }
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (int64_t i = 0; i < n; i++) {
        least = list[i].from < least ? list[i].from : least;
        most = list[i].from > most ? list[i].from : most;
    }
    uint64_t range = (uint64_t)most - (uint64_t)least;
    for (int shift = 0; shift < 64 && range >> shift; shift += BITS) {
        int64_t start[(1 << BITS) + 1] = { 0 };
        for (int64_t i = 0; i < n; i++)
            start[(((uint64_t)from[i].from - (uint64_t)least) >> shift & ((1 << BITS) - 1)) + 1]++;
        for (int i = 0; i < 1 << BITS; i++)
            start[i + 1] += start[i];
        for (int64_t i = 0; i < n; i++)
            to[start[((uint64_t)from[i].from - (uint64_t)least) >> shift & ((1 << BITS) - 1)]++] = from[i];
        placed *swap = from;
        from = to;
        to = swap;
    }
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && from[end].from == from[i].from; end++)
            continue;
        if (end - i > 1)
            qsort(from + i, (size_t)(end - i), sizeof *from, by_from);
    }
    if (from != list)
        memcpy(list, from, (size_t)n * sizeof *list);
    free(room);
}

bool vg_watch_each(vg_watch *w, int64_t from, int64_t to, bool (*take)(void *ctx, const vg_incident *x),
                   void *ctx, vg_err *e)
{
    placed *list = NULL;
    int64_t n = 0, cap = 0;
    if (vg_failed(e))
        return false;
    for (int64_t i = 0; i < w->n_clusters; i++) {
        const vg_cluster *c = &w->cluster[i];
        if (i + SOON < w->n_clusters) {
            __builtin_prefetch(&c[SOON].x);
            __builtin_prefetch(&c[SOON].component);
        }
        if (c->component < 0 || c->x.from > to || c->x.to < from)
            continue;
        if (!vg_watch_room(&w->memory, &list, &cap, n + 1, sizeof *list, e)) {
            free(list);
            return false;
        }
        list[n++] = (placed){ c->x.from, c->x.id, (int32_t)i };
    }
    if (n)
        sort_placed(list, n);
    bool more = true;
    for (int64_t i = 0; more && i < n; i++) { /* they lie scattered: what comes soon is fetched meanwhile */
        if (i + AHEAD < n)
            for (size_t line = 0; line < sizeof(vg_incident); line += 64)
                __builtin_prefetch((const char *)&w->cluster[list[i + AHEAD].cluster].x + line);
        more = take(ctx, &w->cluster[list[i].cluster].x);
    }
    free(list);
    return true;
}

/* An incident's id is the key of one of its members. */
static const vg_cluster *cluster_of(const vg_watch *w, uint64_t id)
{
    const int32_t *head = vg_watch_find(&w->by_key, id);
    if (!head || w->slot[*head].current < 0)
        return NULL;
    int32_t i = w->slot[w->slot[*head].current].incident;
    return i >= 0 && w->cluster[i].component >= 0 && w->cluster[i].x.id == id ? &w->cluster[i] : NULL;
}

static bool no_such_incident(uint64_t id, vg_err *e)
{
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no incident %016llx", (unsigned long long)id);
    return vg_mend(e,
                   "an incident's number may change when an earlier report of it comes in; list them again");
}

bool vg_watch_incident(vg_watch *w, uint64_t id, vg_incident *out, vg_err *e)
{
    const vg_cluster *c = cluster_of(w, id);
    if (!c)
        return no_such_incident(id, e);
    *out = c->x;
    return true;
}

/* Mean score against the other members: what speaks for belonging here. */
static double fit_of(const vg_watch *w, const vg_cluster *c, int32_t slot)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t i = c->head; i >= 0; i = w->slot[i].next_in_incident)
        if (i != slot) {
            sum += vg_watch_score(w, &w->slot[slot], &w->slot[i]);
            n++;
        }
    return n ? sum / n : 0;
}

static vg_member member_of(const vg_watch *w, const vg_cluster *c, int32_t slot)
{
    const vg_slot *s = &w->slot[slot];
    vg_member m = { .key = s->key, .seq = s->seq, .fit = (float)fit_of(w, c, slot) };
    m.lat_deg = s->lat_deg;
    m.lon_deg = s->lon_deg;
    m.radius_m = (double)s->radius_m;
    m.from = s->from;
    m.to = s->to;
    m.kind = s->kind;
    m.act = s->act;
    m.weapon = s->weapon;
    m.basis = s->basis;
    m.claims = (int8_t)s->claims;
    m.party = s->party;
    m.observer = s->observer;
    for (int32_t i = c->head; i != slot; i = w->slot[i].next_in_incident)
        m.repeats |= w->slot[i].source == s->source;
    return m;
}

bool vg_watch_members(vg_watch *w, uint64_t id, vg_arena *a, vg_member **out, int32_t *n, vg_err *e)
{
    const vg_cluster *c = cluster_of(w, id);
    if (vg_failed(e))
        return false;
    if (!c)
        return no_such_incident(id, e);
    vg_member *m = vg_new(a, vg_member, c->x.n_reports);
    int32_t k = 0;
    if (!m)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = c->head; i >= 0; i = w->slot[i].next_in_incident)
        m[k++] = member_of(w, c, i);
    *out = m;
    *n = k;
    return true;
}
