/* The generator's handle: options, the heap of reports under way, batches in the order of arrival. Invariant: no report
 * of a day that is not yet made can arrive before the day begins, so that the heap's earliest is the next of all. */
#include "ceasefire/simulate_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/num.h"

enum { MOST_A_BATCH = 10000, TEXT_BYTES = 8 << 20 };

#define INCIDENTS_A_DAY 1500.0

vg_simulation_opts vg_simulation_standard(void)
{
    return (vg_simulation_opts){
        .seed = 11, .n_reports = 1000000, .n_zones = 200, .n_clauses = 100, .duplicates = 0.3, .late = 0.2
    };
}

/* --- options --- */

static bool set_option(vg_simulation_opts *o, vg_str key, double value, vg_err *e)
{
    static const struct {
        const char *name;
        double least, most;
        bool whole;
    } known[] = {
        { "seed", 0, 9e15, true },
        { "reports", 1, 1e10, true },
        { "zones", 20, VG_AGREEMENT_ZONES, true },
        { "clauses", 10, VG_AGREEMENT_CLAUSES, true },
        { "duplicates", 0, 0.9, false },
        { "late", 0, 0.9, false },
        { "days", 0.01, 36500, false },
    };
    int k = 0, n = (int)(sizeof known / sizeof *known);
    while (k < n && !vg_eq(key, vg_str_z(known[k].name)))
        k++;
    if (k == n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a simulation has no \"%.*s\"", VG_P(key));
        return vg_mend(e, "it has seed, reports, zones, clauses, duplicates, late and days");
    }
    if (!(value >= known[k].least && value <= known[k].most) || (known[k].whole && value != floor(value))) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "%.*s=%g is outside what it may be", VG_P(key), value);
        return vg_why(e, "it is a %s from %g to %g", known[k].whole ? "whole number" : "number",
                      known[k].least, known[k].most);
    }
    switch (k) {
    case 0: o->seed = (uint64_t)value; break;
    case 1: o->n_reports = (int64_t)value; break;
    case 2: o->n_zones = (int32_t)value; break;
    case 3: o->n_clauses = (int32_t)value; break;
    case 4: o->duplicates = value; break;
    case 5: o->late = value; break;
    default: o->days = value; break;
    }
    return true;
}

bool vg_simulation_read(vg_str text, vg_simulation_opts *out, vg_err *e)
{
    vg_simulation_opts o = vg_simulation_standard();
    while (text.n) {
        vg_str value = vg_cut(&text, ','), key = vg_trim(vg_cut(&value, '='));
        double x;
        if (!vg_num(vg_trim(value), &x)) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" in a simulation is not followed by a number",
                    VG_P(key));
            return vg_mend(e, "write seed=11,reports=1000000");
        }
        if (!set_option(&o, key, x, e))
            return false;
    }
    *out = o;
    return true;
}

/* --- reports under way: a binary heap --- */

static bool earlier(const vg_sim_pending *a, const vg_sim_pending *b)
{
    return a->received_at != b->received_at ? a->received_at < b->received_at : a->order < b->order;
}

void vg_sim_push(vg_simulation *s, const vg_sim_pending *p)
{
    if (s->n_heap == s->heap_cap) {
        int64_t cap = s->heap_cap ? s->heap_cap * 2 : 4096;
        vg_sim_pending *more = realloc(s->heap, (size_t)cap * sizeof *more);
        if (!more) {
            s->failed = true;
            return;
        }
        s->heap = more;
        s->heap_cap = cap;
    }
    vg_sim_pending x = *p;
    x.order = (uint64_t)s->n_made++;
    int64_t i = s->n_heap++;
    for (; i > 0 && earlier(&x, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = x;
}

static vg_sim_pending pop(vg_simulation *s)
{
    vg_sim_pending first = s->heap[0], last = s->heap[--s->n_heap];
    int64_t i = 0, child = 1;
    for (; child < s->n_heap; child = 2 * i + 1) {
        if (child + 1 < s->n_heap && earlier(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!earlier(&s->heap[child], &last))
            break;
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return first;
}

void vg_sim_keep(vg_simulation *s, const vg_simulated_incident *x, int64_t number)
{
    if (s->opts.forget || s->failed)
        return;
    if (number >= s->incident_cap) {
        int64_t cap = s->incident_cap ? s->incident_cap * 2 : 65536;
        vg_simulated_incident *more = realloc(s->incident, (size_t)cap * sizeof *more);
        s->failed = !more;
        if (!more)
            return;
        s->incident = more;
        s->incident_cap = cap;
    }
    s->incident[number] = *x;
}

/* --- a day: who is blind when, then what happens --- */

static double blind_share(int kind)
{
    switch (kind) {
    case VG_SOURCE_SATELLITE: return 0.4;
    case VG_SOURCE_UAV: return 0.15;
    case VG_SOURCE_PATROL:
    case VG_SOURCE_CAMERA:
    case VG_SOURCE_ACOUSTIC: return 0.06;
    default: return 0;
    }
}

static int8_t blind_state(int kind)
{
    return kind == VG_SOURCE_SATELLITE ? VG_COVER_CLOUD
           : kind == VG_SOURCE_UAV     ? VG_COVER_JAMMED
           : kind == VG_SOURCE_PATROL  ? VG_COVER_RESTRICTED
                                       : VG_COVER_DOWN;
}

static void put_cover(vg_simulation *s, const vg_sim_source *o, int64_t from, int64_t to, int8_t state)
{
    if (from >= to || s->n_covers == s->cover_cap)
        return;
    vg_coverage c = { .source = vg_str_z(o->id), .from = from, .to = to, .received_at = to, .state = state };
    if (state == VG_COVER_RESTRICTED)
        c.by = vg_str_z(vg_sim_party_name(o->x_m < vg_sim_line_x(&s->world, o->y_m) ? 0 : 1, 0));
    s->cover[s->n_covers++] = c;
}

static void make_cover(vg_simulation *s, int64_t day)
{
    vg_rng r = vg_rng_at(s->opts.seed, vg_rng_stream(VG_SIM_STREAM_COVER, (uint64_t)day));
    int64_t from = (VG_SIM_FIRST_DAY + day) * VG_SIM_DAY, to = from + VG_SIM_DAY;
    for (int32_t i = 0; i < VG_SIM_SOURCES; i++) {
        vg_sim_source *o = &s->world.source[i];
        double share = blind_share(o->kind);
        o->blind_from = o->blind_to = from;
        if (share == 0)
            continue;
        if (vg_sim_chance(&r, share)) {
            o->blind_from = from + (int64_t)vg_sim_between(&r, 0, 14 * 3600);
            o->blind_to = o->blind_from + (int64_t)vg_sim_between(&r, 3600, 10 * 3600);
        }
        put_cover(s, o, from, o->blind_from, VG_COVER_WATCHING);
        put_cover(s, o, o->blind_from, o->blind_to, blind_state(o->kind));
        put_cover(s, o, o->blind_to, to, VG_COVER_WATCHING);
    }
}

static void make_day(vg_simulation *s)
{
    if (s->n_covers_given == s->n_covers)
        s->n_covers = s->n_covers_given = 0;
    make_cover(s, s->day);
    vg_sim_happen(s, s->day);
    s->day++;
}

/* --- batches --- */

static bool ready(vg_simulation *s)
{
    while (!s->failed &&
           (!s->n_heap || s->heap[0].received_at >= (VG_SIM_FIRST_DAY + s->day) * (int64_t)VG_SIM_DAY))
        make_day(s);
    return !s->failed;
}

static bool write_out(vg_simulation *s, const vg_sim_pending *p, int32_t i, vg_err *e)
{
    vg_report *r = &s->report[i];
    *r = p->report;
    r->received_at = p->received_at;
    r->id = vg_format(&s->text, "%" PRIu64, p->id);
    if (p->revises)
        r->revises = vg_format(&s->text, "%" PRIu64, p->revises);
    if (p->text)
        r->text_hash = vg_format(&s->text, "%016" PRIx64, p->text);
    if (!r->id.s || (p->revises && !r->revises.s) || (p->text && !r->text_hash.s))
        return vg_fail_memory(e, vg_arena_limit(&s->text));
    s->truth[i] = p->truth;
    if (s->opts.forget || p->truth.incident < 0)
        return true;
    vg_simulated_incident *x = &s->incident[p->truth.incident];
    if (p->truth.telling <= VG_TELLING_RETOLD)
        x->n_told++;
    else if (p->truth.telling == VG_TELLING_WITHDRAWAL)
        x->n_told--;
    return true;
}

static bool room(vg_simulation *s, int32_t most, vg_err *e)
{
    if (most <= s->batch_cap)
        return true;
    free(s->report);
    free(s->truth);
    s->batch_cap = 0;
    s->report = calloc((size_t)most, sizeof *s->report);
    s->truth = calloc((size_t)most, sizeof *s->truth);
    if (!s->report || !s->truth)
        return vg_fail_memory(e, 0);
    s->batch_cap = most;
    return true;
}

bool vg_simulation_next(vg_simulation *s, int32_t most, vg_simulated_batch *out, vg_err *e)
{
    int32_t n = 0;
    most = most < 1 ? 1 : most > MOST_A_BATCH ? MOST_A_BATCH : most;
    if (!room(s, most, e))
        return false;
    vg_arena_reset(&s->text);
    for (; n < most && s->n_given < s->opts.n_reports; n++, s->n_given++) {
        if (!ready(s))
            return vg_fail_memory(e, 0);
        vg_sim_pending p = pop(s);
        if (!write_out(s, &p, n, e))
            return false;
    }
    *out = (vg_simulated_batch){ .n = n, .report = s->report, .truth = s->truth };
    if (n) {
        out->cover = s->cover + s->n_covers_given;
        out->n_covers = s->n_covers - s->n_covers_given;
        s->n_covers_given = s->n_covers;
    }
    return true;
}

const vg_simulated_incident *vg_simulation_incidents(const vg_simulation *s, int64_t *n)
{
    *n = s->opts.forget ? 0 : s->n_incidents;
    return s->incident;
}

/* --- open and close --- */

vg_str vg_simulation_agreement_text(const vg_simulation *s)
{
    return vg_out_text(&s->agreement_text);
}

const vg_agreement *vg_simulation_agreement(const vg_simulation *s)
{
    return s->agreement;
}

static bool read_agreement(vg_simulation *s, vg_err *e)
{
    if (!vg_out_memory(&s->agreement_text, e) || !vg_sim_agreement_put(&s->world, &s->agreement_text, e))
        return false;
    return vg_agreement_parse(vg_out_text(&s->agreement_text), VG_S("simulation.toml"), NULL, &s->agreement,
                              e);
}

bool vg_simulation_open(const vg_simulation_opts *o, vg_simulation **out, vg_err *e)
{
    vg_simulation *s = calloc(1, sizeof *s);
    if (!s)
        return vg_fail_memory(e, (int64_t)sizeof *s);
    s->opts = *o;
    s->cover_cap = 3 * VG_SIM_SOURCES * 64;
    s->cover = calloc((size_t)s->cover_cap, sizeof *s->cover);
    double per_incident = vg_sim_reports_per_incident(o);
    s->per_day =
        o->days > 0 ? fmin(5e5, fmax(1, (double)o->n_reports / per_incident / o->days)) : INCIDENTS_A_DAY;
    if (!s->cover || !vg_arena_init(&s->text, TEXT_BYTES, e) || !vg_sim_world_make(&s->world, o, e) ||
        !read_agreement(s, e)) {
        vg_simulation_close(s);
        return vg_failed(e) ? false : vg_fail_memory(e, 0);
    }
    *out = s;
    return true;
}

void vg_simulation_close(vg_simulation *s)
{
    if (!s)
        return;
    vg_agreement_free(s->agreement);
    vg_out_drop(&s->agreement_text);
    vg_arena_free(&s->text);
    vg_sim_world_free(&s->world);
    free(s->heap);
    free(s->incident);
    free(s->cover);
    free(s->report);
    free(s->truth);
    free(s);
}
