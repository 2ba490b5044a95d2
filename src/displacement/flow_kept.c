/* Runs of arrivals into the store and out of it. Invariant: what vg_flow_kept_load gives is what vg_flow_kept_save was
 * given, camp by camp in the same order. */
#include "displacement/flow_kept.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/date.h"
#include "core/fields.h"
#include "store/draft.h"

enum { MIB = 1 << 20 };

/* --- the stored form --- */

#define END                                                                                                  \
    {                                                                                                        \
        NULL, 0, 0, 0, 0, 0, NULL                                                                            \
    }
#define F(member, form)                                                                                      \
    {                                                                                                        \
#member, form, offsetof(vg_flow_kept_file, member), 0, 0, 0, NULL                                    \
    }
static const vg_field file_fields[] = { F(name, VG_FIELD_TEXT), F(sha256, VG_FIELD_TEXT), END };

#define P(member, form)                                                                                      \
    {                                                                                                        \
#member, form, offsetof(vg_flow_kept_params, member), 0, 0, 0, NULL                                  \
    }
static const vg_field params_fields[] = {
    P(conflict, VG_FIELD_TEXT),
    P(first_date, VG_FIELD_TEXT),
    P(engine, VG_FIELD_TEXT),
    P(total, VG_FIELD_TEXT),
    P(registrations, VG_FIELD_TEXT),
    P(borders, VG_FIELD_TEXT),
    P(opened, VG_FIELD_TEXT),
    P(n_days, VG_FIELD_INT32),
    P(step, VG_FIELD_INT32),
    P(observed_to, VG_FIELD_INT32),
    P(blind, VG_FIELD_INT32),
    P(n_people, VG_FIELD_INT64),
    P(ard, VG_FIELD_NUM),
    P(ard_rescaled, VG_FIELD_NUM),
    P(covered, VG_FIELD_NUM),
    P(naive, VG_FIELD_NUM),
    P(n_refused, VG_FIELD_INT32),
    { "files", VG_FIELD_OBJECTS, offsetof(vg_flow_kept_params, file), offsetof(vg_flow_kept_params, n_files),
      VG_FLOW_FILES, sizeof(vg_flow_kept_file), file_fields },
    END,
};

#define C(member, form)                                                                                      \
    {                                                                                                        \
#member, form, offsetof(vg_flow_kept_camp, member), 0, 0, 0, NULL                                    \
    }
#define SERIES(member)                                                                                       \
    {                                                                                                        \
#member, VG_FIELD_NUMS, offsetof(vg_flow_kept_camp, member), offsetof(vg_flow_kept_camp, n_points),  \
            VG_FLOW_KEPT_POINTS, 0, NULL                                                                     \
    }
static const vg_field camp_fields[] = {
    C(name, VG_FIELD_TEXT),
    C(country, VG_FIELD_TEXT),
    C(capacity, VG_FIELD_NUM),
    C(opened, VG_FIELD_INT32),
    C(scored, VG_FIELD_INT32),
    C(full_day, VG_FIELD_INT32),
    C(final_people, VG_FIELD_NUM),
    C(final_low, VG_FIELD_NUM),
    C(final_high, VG_FIELD_NUM),
    C(final_observed, VG_FIELD_NUM),
    SERIES(people),
    SERIES(low),
    SERIES(high),
    SERIES(observed),
    END,
};

#define L(member, form)                                                                                      \
    {                                                                                                        \
#member, form, offsetof(vg_flow_kept_place, member), 0, 0, 0, NULL                                   \
    }
static const vg_field place_fields[] = {
    L(name, VG_FIELD_TEXT),   L(country, VG_FIELD_TEXT), L(kind, VG_FIELD_TEXT),
    L(lat_deg, VG_FIELD_NUM), L(lon_deg, VG_FIELD_NUM),  END,
};

#define R(member, form)                                                                                      \
    {                                                                                                        \
#member, form, offsetof(vg_flow_kept_route, member), 0, 0, 0, NULL                                   \
    }
static const vg_field route_fields[] = {
    R(from, VG_FIELD_INT32), R(to, VG_FIELD_INT32), R(km, VG_FIELD_NUM), R(people, VG_FIELD_NUM), END,
};

/* The three kinds of result: where each is in a kept run, and how large one is. */
static const struct kept_list {
    const char *kind;
    const vg_field *fields;
    size_t list, count, size;
} lists[] = {
    { "camp", camp_fields, offsetof(vg_flow_kept, camp), offsetof(vg_flow_kept, n_camps),
      sizeof(vg_flow_kept_camp) },
    { "place", place_fields, offsetof(vg_flow_kept, place), offsetof(vg_flow_kept, n_places),
      sizeof(vg_flow_kept_place) },
    { "route", route_fields, offsetof(vg_flow_kept, route), offsetof(vg_flow_kept, n_routes),
      sizeof(vg_flow_kept_route) },
};
enum { N_LISTS = 3 };

/* --- making --- */

static vg_flow_kept_camp keep_camp(const vg_flow_run *run, vg_flow_series series, int32_t camp, int32_t step)
{
    const vg_flow_camp *from = &run->camp[camp];
    const double *data = series == VG_FLOW_RAW ? run->raw : run->corrected;
    int64_t row = (int64_t)camp * run->n_days, last = row + run->n_days - 1;
    vg_flow_kept_camp k = { .name = from->name,
                            .country = from->country,
                            .capacity = from->capacity,
                            .opened = from->opened,
                            .scored = from->scored,
                            .full_day = from->full_day,
                            .final_people = from->final_people,
                            .final_low = run->low ? run->low[last] : NAN,
                            .final_high = run->high ? run->high[last] : NAN,
                            .final_observed = from->final_observed };
    for (int32_t t = 0; t < run->n_days && k.n_points < VG_FLOW_KEPT_POINTS; t += step) {
        int32_t p = k.n_points++;
        k.people[p] = run->people[row + t];
        k.low[p] = run->low ? run->low[row + t] : NAN;
        k.high[p] = run->high ? run->high[row + t] : NAN;
        k.observed[p] = from->scored && t < run->n_record ? data[(int64_t)camp * run->n_record + t] : NAN;
    }
    return k;
}

static vg_flow_kept_place keep_place(const vg_flow_place *p)
{
    static const char *const kind[] = { [VG_FLOW_ZONE] = "conflict",
                                        [VG_FLOW_TOWN] = "town",
                                        [VG_FLOW_HUB] = "hub",
                                        [VG_FLOW_CAMP] = "camp",
                                        [VG_FLOW_MARKER] = "marker" };
    return (vg_flow_kept_place){ p->name, p->country, vg_str_z(kind[p->kind]), p->lat_deg, p->lon_deg };
}

static vg_flow_kept_params keep_params(const vg_flow_conflict *c, const vg_flow_opts *o,
                                       const vg_flow_run *run)
{
    vg_flow_score score = vg_flow_score_run(run, o->series, o->observed_to ? o->observed_to + 1 : 0);
    bool supposed = o->n_borders || o->n_camps; /* what happened says nothing about what might have */
    bool from_file = o->total_from == VG_FLOW_TOTAL_FILE || c->n_scored == 0;
    vg_flow_kept_params p = {
        .conflict = c->name,
        .engine = o->engine == VG_FLOW_AGENTS ? VG_S("agents") : VG_S("flows"),
        .total = o->per_day > 0 ? VG_S("rate")
                 : from_file    ? VG_S("file")
                                : VG_S("camps"),
        .registrations = o->series == VG_FLOW_RAW ? VG_S("raw") : VG_S("corrected"),
        .n_days = run->n_days,
        .step = (run->n_days + VG_FLOW_KEPT_POINTS - 1) / VG_FLOW_KEPT_POINTS,
        .observed_to = o->observed_to,
        .blind = o->blind,
        .n_people = run->n_agents,
        .ard = supposed ? NAN : score.ard,
        .ard_rescaled = supposed ? NAN : score.ard_rescaled,
        .covered = supposed ? NAN : score.covered,
        .naive = o->observed_to ? vg_flow_score_share(c, o->series, o->observed_to)
                                : vg_flow_score_naive(c, o->series).share30,
        .n_refused = c->n_rejects,
        .n_files = c->n_files,
    };
    for (int32_t i = 0; i < c->n_files; i++)
        p.file[i] = (vg_flow_kept_file){ c->file[i].name, vg_str_z(c->file[i].sha256) };
    return p;
}

bool vg_flow_kept_make(const vg_flow_conflict *c, const vg_flow_opts *o, const vg_flow_run *run, vg_arena *a,
                       vg_flow_kept *out, vg_err *e)
{
    char date[16];
    vg_flow_kept k = { .params = keep_params(c, o, run),
                       .n_camps = run->n_camps,
                       .n_places = run->n_places,
                       .n_routes = run->n_routes,
                       .camp = vg_new(a, vg_flow_kept_camp, run->n_camps),
                       .place = vg_new(a, vg_flow_kept_place, run->n_places),
                       .route = vg_new(a, vg_flow_kept_route, run->n_routes) };
    k.params.first_date = vg_copy(a, vg_day_text(c->first_date, date));
    if (!k.camp || !k.place || !k.route || !k.params.first_date.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < run->n_camps; i++)
        k.camp[i] = keep_camp(run, o->series, i, k.params.step);
    for (int32_t i = 0; i < run->n_places; i++)
        k.place[i] = keep_place(&run->place[i]);
    for (int32_t i = 0; i < run->n_routes; i++)
        k.route[i] =
            (vg_flow_kept_route){ run->route[i].a, run->route[i].b, run->route[i].km, run->route_people[i] };
    *out = k;
    return true;
}

/* --- saving --- */

static const char *item(const vg_flow_kept *k, const struct kept_list *of, int32_t i)
{
    const char *list;
    memcpy(&list, (const char *)k + of->list, sizeof list);
    return list + (size_t)i * of->size;
}

static int32_t count_of(const vg_flow_kept *k, const struct kept_list *of)
{
    int32_t n;
    memcpy(&n, (const char *)k + of->count, sizeof n);
    return n;
}

static void put_list(vg_draft *d, const vg_flow_kept *k, const struct kept_list *of)
{
    for (int32_t i = 0; i < count_of(k, of); i++) {
        vg_fields_put(vg_draft_body(d), of->fields, item(k, of, i));
        vg_draft_add(d,
                     (vg_result){ .kind = vg_str_z(of->kind), .unit_kind = VG_UNIT_ADMIN2, .unit = i + 1 });
    }
}

bool vg_flow_kept_save(vg_store *st, const vg_flow_kept *k, int64_t *id, vg_err *e)
{
    vg_draft d;
    if (!vg_draft_begin(&d, (int64_t)k->n_camps + k->n_places + k->n_routes, e))
        return false;
    for (int l = 0; l < N_LISTS; l++)
        put_list(&d, k, &lists[l]);
    vg_fields_put(vg_draft_body(&d), params_fields, &k->params);
    vg_run run = k->run;
    run.verb = VG_S(VG_FLOW_KEPT_VERB);
    bool good = vg_draft_store(&d, st, &run, id, e);
    vg_draft_end(&d);
    return good;
}

/* --- loading --- */

static bool find_run(vg_store *st, int64_t *run, vg_err *e)
{
    if (*run == 0 && !vg_store_last_run(st, VG_S(VG_FLOW_KEPT_VERB), run, e))
        return false;
    if (*run != 0)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no run of arrivals in the store yet");
    return vg_mend(e, "run \"vigie displacement arrivals --conflict FOLDER\" first");
}

static bool load_list(vg_store *st, int64_t run, const struct kept_list *of, vg_flow_kept *k, vg_arena *a,
                      vg_arena scratch, vg_err *e)
{
    vg_result *r;
    int64_t n;
    if (!vg_store_results(st, run, vg_str_z(of->kind), 0, a, &r, &n, e))
        return false;
    char *list = vg_alloc(a, n, (int64_t)of->size, 16);
    int32_t count = (int32_t)n;
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++)
        if (!vg_fields_get(r[i].body, of->fields, list + (size_t)i * of->size, a, scratch, e))
            return false;
    memcpy((char *)k + of->list, &list, sizeof list);
    memcpy((char *)k + of->count, &count, sizeof count);
    return true;
}

bool vg_flow_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_flow_kept *out, vg_err *e)
{
    vg_flow_kept k = { .n_camps = 0 };
    vg_arena scratch;
    if (!find_run(st, &run, e) || !vg_store_get_run(st, run, a, &k.run, e))
        return false;
    if (!vg_eq(k.run.verb, VG_S(VG_FLOW_KEPT_VERB))) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld is no run of arrivals but \"%.*s\"", (long long)run,
                VG_P(k.run.verb));
        return vg_mend(e, "leave the number out to take the newest");
    }
    if (!vg_arena_init(&scratch, 64 * (int64_t)MIB, e))
        return false;
    bool good = vg_fields_get(k.run.params, params_fields, &k.params, a, scratch, e);
    for (int l = 0; good && l < N_LISTS; l++)
        good = load_list(st, run, &lists[l], &k, a, scratch, e);
    vg_arena_free(&scratch);
    if (good)
        *out = k;
    return good;
}
