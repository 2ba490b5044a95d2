/* An incident as others see it: a GeoJSON feature, and the fingerprint of all of them. Invariant: what is not known is
 * null, and the fingerprint leaves out the numbers of the log, which do depend on the order of arrival. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"
#include "core/date.h"
#include "core/hash.h"

/* --- GeoJSON --- */

static void put_time(vg_json *j, vg_str key, int64_t at)
{
    char text[32];
    vg_json_key(j, key);
    vg_json_str(j, vg_instant_text(at, text));
}

static void put_known(vg_json *j, vg_str key, double x, int decimals)
{
    vg_json_key(j, key);
    if (isnan(x))
        vg_json_null(j);
    else
        vg_json_fixed(j, x, decimals);
}

static void put_count(vg_json *j, vg_str key, int64_t n)
{
    vg_json_key(j, key);
    if (n == VG_UNKNOWN)
        vg_json_null(j);
    else
        vg_json_int(j, n);
}

static void put_word(vg_json *j, vg_str key, const char *word)
{
    vg_json_key(j, key);
    vg_json_str(j, vg_str_z(word));
}

static void put_words(vg_json *j, vg_str key, unsigned bits, const char *const *word, int n)
{
    vg_json_key(j, key);
    vg_json_array(j);
    for (int i = 0; i < n; i++)
        if (bits >> i & 1)
            vg_json_str(j, vg_str_z(word[i]));
    vg_json_close(j);
}

static void put_geometry(vg_json *j, const vg_incident *x)
{
    vg_json_key(j, VG_S("geometry"));
    if (isnan(x->lat_deg)) {
        vg_json_null(j);
        return;
    }
    vg_json_object(j);
    put_word(j, VG_S("type"), "Point");
    vg_json_key(j, VG_S("coordinates"));
    vg_json_array(j);
    vg_json_fixed(j, x->lon_deg, 5);
    vg_json_fixed(j, x->lat_deg, 5);
    vg_json_close(j);
    vg_json_close(j);
}

static void put_parties(vg_json *j, const vg_agreement *a, const vg_incident *x)
{
    put_word(j, VG_S("attribution"), vg_attribution_name(x->attribution));
    vg_json_key(j, VG_S("party"));
    if (x->party == VG_AGREEMENT_NOBODY)
        vg_json_null(j);
    else
        vg_json_str(j, a->party[x->party].id);
    vg_json_key(j, VG_S("p_party"));
    vg_json_object(j);
    for (int32_t i = 0; i < a->n_parties; i++)
        put_known(j, a->party[i].id, (double)x->p_party[i], 4);
    vg_json_close(j);
}

static void put_zones(vg_json *j, const vg_agreement *a, const vg_incident *x)
{
    vg_json_key(j, VG_S("zones"));
    vg_json_array(j);
    for (int i = 0; i < VG_INCIDENT_ZONES && x->zone[i] != VG_AGREEMENT_NOBODY; i++) {
        vg_json_object(j);
        vg_json_key(j, VG_S("id"));
        vg_json_str(j, a->zone[x->zone[i]].id);
        put_known(j, VG_S("p"), (double)x->p_zone[i], 4);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_breach(vg_json *j, const vg_agreement *a, const vg_breach *b)
{
    static const char *const flags[] = { "exempt", "self_defence", "silence", "ally", "third_party" };
    vg_json_object(j);
    vg_json_key(j, VG_S("clause"));
    vg_json_str(j, a->clause[b->clause].id);
    put_known(j, VG_S("p"), (double)b->p, 4);
    put_known(j, VG_S("where"), (double)b->where, 4);
    put_known(j, VG_S("when"), (double)b->when, 4);
    put_known(j, VG_S("act"), (double)b->act, 4);
    put_known(j, VG_S("bound"), (double)b->bound, 4);
    put_word(j, VG_S("level"), vg_level_name(b->level));
    put_words(j, VG_S("flags"), b->flags, flags, 5);
    vg_json_close(j);
}

static void put_properties(vg_json *j, const vg_agreement *a, const vg_incident *x)
{
    static const char *const claims[] = { "self_defence", "exercise", "demining", "medical", "third_party" };
    put_time(j, VG_S("from"), x->from);
    put_time(j, VG_S("to"), x->to);
    put_known(j, VG_S("radius_m"), x->radius_m, 0);
    put_word(j, VG_S("act"), vg_act_name(x->act));
    put_known(j, VG_S("p_act"), (double)x->p_act, 4);
    put_word(j, VG_S("weapon"), vg_weapon_name(x->weapon));
    put_known(j, VG_S("calibre_mm"), x->calibre_mm, 2);
    put_count(j, VG_S("count"), x->count);
    put_count(j, VG_S("count_median"), x->count_median);
    put_count(j, VG_S("n_reports"), x->n_reports);
    put_count(j, VG_S("n_sources"), x->n_sources);
    put_word(j, VG_S("level"), vg_level_name(x->level));
    put_count(j, VG_S("severity"), x->severity);
    put_parties(j, a, x);
    put_word(j, VG_S("verification"), vg_verification_name(x->verification));
    put_words(j, VG_S("claims"), x->claims, claims, 5);
    put_zones(j, a, x);
    vg_json_key(j, VG_S("breaches"));
    vg_json_array(j);
    for (int32_t i = 0; i < x->n_breaches; i++)
        put_breach(j, a, &x->breach[i]);
    vg_json_close(j);
    put_count(j, VG_S("seq"), x->last_seq);
}

void vg_incident_json(vg_json *j, const vg_agreement *a, const vg_incident *x)
{
    char id[24];
    snprintf(id, sizeof id, "%016llx", (unsigned long long)x->id);
    vg_json_object(j);
    put_word(j, VG_S("type"), "Feature");
    put_word(j, VG_S("id"), id);
    put_geometry(j, x);
    vg_json_key(j, VG_S("properties"));
    vg_json_object(j);
    put_properties(j, a, x);
    vg_json_close(j);
    vg_json_close(j);
}

/* --- fingerprint --- */

typedef struct {
    vg_watch *w;
    vg_sha256 hash;
} printing;

static void add_bytes(vg_sha256 *h, const void *bytes, size_t n)
{
    vg_sha256_add(h, (vg_str){ bytes, (ptrdiff_t)n });
}

static void add_int(vg_sha256 *h, int64_t x)
{
    add_bytes(h, &x, sizeof x);
}

/* All numbers that are not known are one bit pattern. */
static void add_num(vg_sha256 *h, double x)
{
    x = isnan(x) ? -1e300 : x + 0.0;
    add_bytes(h, &x, sizeof x);
}

static void add_members(const vg_watch *w, vg_sha256 *h, uint64_t id)
{
    const int32_t *head = vg_watch_find(&w->by_key, id);
    int32_t incident = w->slot[w->slot[*head].current].incident;
    for (int32_t i = w->cluster[incident].head; i >= 0; i = w->slot[i].next_in_incident) {
        add_int(h, (int64_t)w->slot[i].key);
        add_int(h, (int64_t)w->slot[i].content);
        add_int(h, w->slot[i].received_at);
    }
}

static void add_breaches(vg_sha256 *h, const vg_incident *x)
{
    add_int(h, x->n_breaches);
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        const double number[] = { (double)b->p, (double)b->where, (double)b->when, (double)b->act,
                                  (double)b->bound };
        add_bytes(h, number, sizeof number);
        add_int(h, b->clause);
        add_int(h, b->level * 256 + b->flags);
    }
}

static bool add_incident(void *ctx, const vg_incident *x)
{
    printing *p = ctx;
    vg_sha256 *h = &p->hash;
    const int64_t whole[] = { (int64_t)x->id, x->from,      x->to,     x->count,       x->count_median,
                              x->n_reports,   x->n_sources, x->act,    x->weapon,      x->severity,
                              x->level,       x->party,     x->claims, x->attribution, x->verification };
    add_bytes(h, whole, sizeof whole);
    add_num(h, x->lat_deg);
    add_num(h, x->lon_deg);
    add_num(h, x->radius_m);
    add_num(h, x->calibre_mm);
    add_num(h, (double)x->p_act);
    add_bytes(h, x->p_party, sizeof x->p_party);
    add_bytes(h, x->zone, sizeof x->zone);
    add_bytes(h, x->p_zone, sizeof x->p_zone);
    add_breaches(h, x);
    add_members(p->w, h, x->id);
    return true;
}

static bool add_coverage(vg_watch *w, vg_sha256 *h, vg_err *e)
{
    vg_arena a;
    vg_coverage *c;
    int32_t n;
    if (!vg_arena_init(&a, (w->n_covers + 64) * (int64_t)sizeof *c + 4096, e))
        return false;
    bool good = vg_watch_coverage(w, INT64_MIN, INT64_MAX, &a, &c, &n, e);
    for (int32_t i = 0; good && i < n; i++) {
        add_int(h, (int64_t)vg_report_key(c[i].source, c[i].zone));
        add_int(h, (int64_t)vg_report_key(c[i].by, c[i].note));
        add_int(h, c[i].from);
        add_int(h, c[i].to);
        add_int(h, c[i].received_at);
        add_int(h, c[i].state);
    }
    vg_arena_free(&a);
    return good;
}

bool vg_watch_fingerprint(vg_watch *w, char hex[65], vg_err *e)
{
    printing p = { .w = w };
    vg_sha256_init(&p.hash);
    if (!vg_watch_each(w, INT64_MIN, INT64_MAX, add_incident, &p, e) || !add_coverage(w, &p.hash, e))
        return false;
    vg_sha256_hex(&p.hash, hex);
    return true;
}
