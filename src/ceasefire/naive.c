/* What a careful spreadsheet would say: every report at its word, nearest zone, first report wins, the actor as first
 * claimed; a further report in the same zone within the same hour is taken to be the same incident. The yardstick that
 * the watch has to beat. It knows reports that come twice by their number, and revisions not at all. */
#include <math.h>
#include <stdlib.h>

#include "ceasefire/evaluate_int.h"

typedef struct {
    double box[4]; /* west, south, east, north */
} shape_box;

typedef struct {
    vg_evaluation *ev;
    shape_box *box;  /* of all versions, zone after zone */
    int32_t *first;  /* of each zone */
    uint64_t *seen;  /* zone and hour, open addressing; 0 = free */
    uint64_t *known; /* reports by key */
    int64_t n_slots;
} naive_rule;

/* True when the value was new. */
static bool put(uint64_t *set, int64_t n_slots, uint64_t value)
{
    int64_t i = (int64_t)(value * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (n_slots - 1);
    for (; set[i]; i = (i + 1) & (n_slots - 1))
        if (set[i] == value)
            return false;
    set[i] = value;
    return true;
}

static bool in_box(const double box[4], double lat, double lon)
{
    return lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3];
}

/* The smallest zone that holds the point; where none does, the one whose middle is nearest. */
static int32_t nearest(const naive_rule *rule, const vg_simulated_incident *x)
{
    const vg_agreement *a = rule->ev->a;
    int32_t inside = -1, near = 0;
    double least = INFINITY, least_km2 = INFINITY;
    for (int32_t i = 0; i < a->n_zones; i++) {
        int32_t v = vg_agreement_version_at(&a->zone[i], x->at);
        if (v < 0)
            continue;
        const double *box = rule->box[rule->first[i] + v].box;
        double east = (box[0] + box[2]) / 2 - x->lon_deg, north = (box[1] + box[3]) / 2 - x->lat_deg;
        double far = east * east + north * north;
        if (far < least) {
            least = far;
            near = i;
        }
        const vg_zone *shape = a->zone[i].version[v].shape;
        if (in_box(box, x->lat_deg, x->lon_deg) && vg_zone_area_km2(shape) < least_km2 &&
            vg_zone_has(shape, x->lat_deg, x->lon_deg)) {
            inside = i;
            least_km2 = vg_zone_area_km2(shape);
        }
    }
    return inside >= 0 ? inside : near;
}

/* A report at its word. */
static vg_simulated_incident taken(const vg_agreement *a, const vg_report *r)
{
    return (vg_simulated_incident){ .from = r->from,
                                    .to = r->to,
                                    .at = r->from,
                                    .lat_deg = r->lat_deg,
                                    .lon_deg = r->lon_deg,
                                    .calibre_mm = r->calibre_mm,
                                    .act = r->act,
                                    .weapon = r->weapon,
                                    .point_of = r->point_of,
                                    .party =
                                        (int8_t)(r->actor.n ? vg_agreement_find_party(a, r->actor) : -1) };
}

static void take(naive_rule *rule, const vg_report *r, int64_t truth)
{
    vg_evaluation *ev = rule->ev;
    int32_t clause[VG_AGREEMENT_CLAUSES];
    if (!put(rule->known, rule->n_slots, vg_report_key(r->source, r->id)) || r->withdraws)
        return;
    vg_simulated_incident x = taken(ev->a, r);
    uint64_t zone = isnan(r->lat_deg) ? 0 : (uint64_t)nearest(rule, &x) + 1;
    if (!put(rule->seen, rule->n_slots, zone << 40 | (uint64_t)(r->from / 3600)))
        return;
    vg_evaluation_add(ev, truth, x.party);
    int32_t n = vg_simulated_breaches(ev->a, &x, clause, VG_AGREEMENT_CLAUSES);
    for (int32_t i = 0; i < n; i++)
        vg_evaluation_add_pair(ev, truth, clause[i], 1, VG_LEVEL_VIOLATION);
}

static bool all_reports(naive_rule *rule, vg_err *e)
{
    vg_simulation_opts o = rule->ev->opts;
    vg_simulation *s;
    vg_simulated_batch b = { .n = 1 };
    o.forget = true;
    if (!vg_simulation_open(&o, &s, e))
        return false;
    bool good = true;
    while (good && b.n) {
        good = vg_simulation_next(s, 1000, &b, e);
        for (int32_t i = 0; good && i < b.n; i++)
            take(rule, &b.report[i], b.truth[i].incident);
    }
    vg_simulation_close(s);
    return good;
}

static bool make_boxes(naive_rule *rule, vg_err *e)
{
    const vg_agreement *a = rule->ev->a;
    int32_t n = 0;
    rule->first = calloc((size_t)a->n_zones + 1, sizeof *rule->first);
    for (int32_t i = 0; rule->first && i < a->n_zones; i++) {
        rule->first[i] = n;
        n += a->zone[i].n_versions;
    }
    rule->box = calloc((size_t)n + 1, sizeof *rule->box);
    if (!rule->first || !rule->box)
        return vg_fail_memory(e, n);
    for (int32_t i = 0; i < a->n_zones; i++)
        for (int32_t v = 0; v < a->zone[i].n_versions; v++)
            vg_zone_box(a->zone[i].version[v].shape, rule->box[rule->first[i] + v].box);
    return true;
}

bool vg_evaluation_naive(vg_evaluation *ev, vg_evaluation_score *out, vg_err *e)
{
    naive_rule rule = { .ev = ev, .n_slots = ev->n_slots };
    rule.seen = calloc((size_t)rule.n_slots, sizeof *rule.seen);
    rule.known = calloc((size_t)rule.n_slots, sizeof *rule.known);
    bool good = rule.seen && rule.known ? make_boxes(&rule, e) && all_reports(&rule, e)
                                        : vg_fail_memory(e, rule.n_slots * 16);
    free(rule.seen);
    free(rule.known);
    free(rule.first);
    free(rule.box);
    if (good)
        vg_evaluation_score_now(ev, out);
    return good;
}
