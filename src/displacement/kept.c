/* Runs of arrivals into the store and out of it. Invariant: what vg_displacement_kept_load gives is what
 * vg_displacement_kept_save was given, in the same order of units. */
#include "displacement/kept.h"

#include <math.h>
#include <stdlib.h>

#include "core/num.h"
#include "displacement/kept_int.h"
#include "geo/region.h"
#include "store/draft.h"

enum { MIB = 1 << 20, MEDIAN = 2 };

/* --- saving --- */

static void put_body(vg_draft *d, const char *kind, int32_t unit, int32_t month, const vg_field *fields,
                     const void *from)
{
    vg_fields_put(vg_draft_body(d), fields, from);
    vg_draft_add(
        d, (vg_result){ .kind = vg_str_z(kind), .unit_kind = VG_UNIT_ADMIN1, .unit = unit, .month = month });
}

static void put_unit(vg_draft *d, const vg_displacement_kept_unit *u, int32_t n_leads)
{
    put_body(d, "unit", u->unit, 0, vg_dis_unit_fields, u);
    for (int32_t m = 0; m < n_leads; m++) {
        int32_t month = u->month[m].month;
        put_body(d, "forecast", u->unit, month, vg_dis_month_fields, &u->month[m]);
        if (u->scenario)
            put_body(d, "scenario", u->unit, month, vg_dis_month_fields, &u->scenario[m]);
        if (u->reasons[m])
            put_body(d, "explanation", u->unit, month, vg_dis_reasons_fields, u->reasons[m]);
        if (u->split[m])
            put_body(d, "split", u->unit, month, vg_dis_split_fields, u->split[m]);
    }
}

bool vg_displacement_kept_save(vg_store *st, const vg_run *run, const vg_displacement_kept *k, int64_t *id,
                               vg_err *e)
{
    vg_draft d;
    if (!vg_draft_begin(&d, (int64_t)k->n_units * (4 * k->params.n_leads + 1) + k->n_scores, e))
        return false;
    for (int32_t i = 0; i < k->n_units; i++)
        put_unit(&d, &k->unit[i], k->params.n_leads);
    for (int32_t i = 0; i < k->n_scores; i++)
        put_body(&d, "score", 0, i, vg_dis_score_fields, &k->score[i]);
    vg_fields_put(vg_draft_body(&d), vg_dis_params_fields, &k->params);
    vg_run full = *run;
    full.verb = VG_S(VG_DISPLACEMENT_KEPT_VERB);
    bool good = vg_draft_store(&d, st, &full, id, e);
    vg_draft_end(&d);
    return good;
}

/* --- loading --- */

typedef struct {
    vg_displacement_kept *k;
    vg_arena *a;
    vg_arena scratch;
} loading;

static vg_displacement_kept_unit *unit_of(vg_displacement_kept *k, int32_t unit)
{
    int32_t low = 0, high = k->n_units; /* sorted by number while loading */
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (k->unit[middle].unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low < k->n_units && k->unit[low].unit == unit ? &k->unit[low] : NULL;
}

static bool load_units(loading *l, const vg_result *r, int64_t n, vg_err *e)
{
    int64_t leads = l->k->params.n_leads;
    vg_displacement_kept_unit *unit = vg_new(l->a, vg_displacement_kept_unit, n);
    vg_displacement_kept_month *month = vg_new(l->a, vg_displacement_kept_month, n * leads);
    const vg_displacement_kept_reasons **reasons =
        vg_new(l->a, const vg_displacement_kept_reasons *, n *leads);
    const vg_displacement_kept_split **split = vg_new(l->a, const vg_displacement_kept_split *, n *leads);
    if (!unit || !month || !reasons || !split)
        return vg_fail_memory(e, vg_arena_limit(l->a));
    l->k->unit = unit;
    l->k->n_units = (int32_t)n;
    for (int64_t i = 0; i < n; i++) {
        unit[i].unit = r[i].unit;
        unit[i].month = month + i * leads;
        unit[i].reasons = reasons + i * leads;
        unit[i].split = split + i * leads;
        if (!vg_fields_get(r[i].body, vg_dis_unit_fields, &unit[i], l->a, l->scratch, e))
            return false;
    }
    return true;
}

static bool misplaced(const vg_result *r, vg_err *e)
{
    return vg_fail(e, VG_EPARSE, VG_NOWHERE, "run %lld holds a \"%.*s\" that fits no unit and month",
                   (long long)r->run, VG_P(r->kind));
}

static bool load_scenario(loading *l, vg_displacement_kept_unit *u, int32_t lead, const vg_result *r,
                          vg_err *e)
{
    if (!u->scenario)
        u->scenario = vg_new(l->a, vg_displacement_kept_month, l->k->params.n_leads);
    return u->scenario ? vg_fields_get(r->body, vg_dis_month_fields, &u->scenario[lead], l->a, l->scratch, e)
                       : vg_fail_memory(e, vg_arena_limit(l->a));
}

static bool load_reasons(loading *l, vg_displacement_kept_unit *u, int32_t lead, const vg_result *r,
                         vg_err *e)
{
    vg_displacement_kept_reasons *reasons = vg_new(l->a, vg_displacement_kept_reasons, 1);
    u->reasons[lead] = reasons;
    return reasons ? vg_fields_get(r->body, vg_dis_reasons_fields, reasons, l->a, l->scratch, e)
                   : vg_fail_memory(e, vg_arena_limit(l->a));
}

static bool load_split(loading *l, vg_displacement_kept_unit *u, int32_t lead, const vg_result *r, vg_err *e)
{
    vg_displacement_kept_split *split = vg_new(l->a, vg_displacement_kept_split, 1);
    u->split[lead] = split;
    return split ? vg_fields_get(r->body, vg_dis_split_fields, split, l->a, l->scratch, e)
                 : vg_fail_memory(e, vg_arena_limit(l->a));
}

static bool load_forecast(loading *l, vg_displacement_kept_unit *u, int32_t lead, const vg_result *r,
                          vg_err *e)
{
    return vg_fields_get(r->body, vg_dis_month_fields, &u->month[lead], l->a, l->scratch, e);
}

/* All results of one kind that stand at a unit and month. */
static bool load_each(loading *l, vg_store *st, const char *kind,
                      bool (*load)(loading *, vg_displacement_kept_unit *, int32_t, const vg_result *,
                                   vg_err *),
                      vg_err *e)
{
    vg_result *r;
    int64_t n;
    if (!vg_store_results(st, l->k->run.id, vg_str_z(kind), 0, l->a, &r, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_displacement_kept_unit *u = unit_of(l->k, r[i].unit);
        int32_t lead = r[i].month - l->k->params.origin - 1;
        if (!u || lead < 0 || lead >= l->k->params.n_leads)
            return misplaced(&r[i], e);
        if (!load(l, u, lead, &r[i], e))
            return false;
    }
    return true;
}

static bool load_scores(loading *l, vg_store *st, vg_err *e)
{
    vg_result *r;
    int64_t n;
    if (!vg_store_results(st, l->k->run.id, VG_S("score"), 0, l->a, &r, &n, e))
        return false;
    for (int64_t i = 0; i < n && i < VG_DISPLACEMENT_KEPT_SCORES; i++) {
        if (!vg_fields_get(r[i].body, vg_dis_score_fields, &l->k->score[i], l->a, l->scratch, e))
            return false;
        l->k->n_scores++;
    }
    return true;
}

static bool load_results(loading *l, vg_store *st, vg_err *e)
{
    vg_result *r;
    int64_t n;
    vg_displacement_kept_params *p = &l->k->params;
    if (!vg_fields_get(l->k->run.params, vg_dis_params_fields, p, l->a, l->scratch, e))
        return false;
    if (p->n_leads < 1 || p->n_leads > VG_DISPLACEMENT_LEADS)
        return vg_fail(e, VG_EPARSE, VG_NOWHERE, "a stored run of %d months", p->n_leads);
    if (!vg_store_results(st, l->k->run.id, VG_S("unit"), 0, l->a, &r, &n, e) || !load_units(l, r, n, e) ||
        !load_each(l, st, "forecast", load_forecast, e) || !load_each(l, st, "scenario", load_scenario, e) ||
        !load_each(l, st, "explanation", load_reasons, e) || !load_each(l, st, "split", load_split, e) ||
        !load_scores(l, st, e))
        return false;
    vg_dis_kept_sort(l->k);
    return true;
}

static bool find_run(vg_store *st, int64_t *run, vg_err *e)
{
    if (*run == 0 && !vg_store_last_run(st, VG_S(VG_DISPLACEMENT_KEPT_VERB), run, e))
        return false;
    if (*run != 0)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no forecast of arrivals in the store yet");
    return vg_mend(e, "run \"vigie displacement forecast\" first");
}

bool vg_displacement_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_displacement_kept *out, vg_err *e)
{
    vg_displacement_kept k = { .n_units = 0 };
    loading l = { .k = &k, .a = a };
    if (!find_run(st, &run, e) || !vg_store_get_run(st, run, a, &k.run, e))
        return false;
    if (!vg_eq(k.run.verb, VG_S(VG_DISPLACEMENT_KEPT_VERB))) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld is no forecast of arrivals but \"%.*s\"",
                (long long)run, VG_P(k.run.verb));
        return vg_mend(e, "leave --run out to take the newest one; vigie list shows them all");
    }
    if (!vg_arena_init(&l.scratch, 64 * (int64_t)MIB, e))
        return false;
    bool good = load_results(&l, st, e);
    vg_arena_free(&l.scratch);
    if (good)
        *out = k;
    return good;
}

/* --- order and asking --- */

static int by_rank(const void *pa, const void *pb)
{
    const vg_displacement_kept_unit *a = pa, *b = pb;
    double x = a->month[0].quantile[MEDIAN], y = b->month[0].quantile[MEDIAN];
    if (x > y || x < y)
        return x > y ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

void vg_dis_kept_sort(vg_displacement_kept *k)
{
    if (k->n_units)
        qsort(k->unit, (size_t)k->n_units, sizeof *k->unit, by_rank);
}

const vg_displacement_kept_unit *vg_displacement_kept_find(const vg_displacement_kept *k, vg_str word)
{
    int64_t number = 0;
    const vg_region *region = vg_region_find(vg_gazetteer_builtin(), word);
    bool numeric = vg_int(word, &number);
    for (int32_t i = 0; i < k->n_units; i++) {
        const vg_displacement_kept_unit *u = &k->unit[i];
        if (vg_eq_nocase(u->name, word) || (region && u->unit == region->unit) ||
            (numeric && u->unit == number) || u->unit == vg_region_number(word))
            return u;
    }
    return NULL;
}
