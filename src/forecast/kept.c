/* Forecast runs into the store and out of it. Invariant: what vg_kept_load gives is what vg_kept_save was given, in
 * the same order of units. */
#include "forecast/kept.h"

#include <math.h>
#include <stdlib.h>

#include "core/num.h"
#include "forecast/kept_int.h"
#include "geo/country.h"
#include "geo/grid.h"
#include "store/draft.h"

enum { MIB = 1 << 20, MEDIAN = 4 };

/* --- saving --- */

static void put_unit(vg_draft *d, const vg_kept *k, const vg_kept_unit *u, vg_unit_kind kind)
{
    vg_result r = { .unit_kind = kind, .unit = u->unit };
    vg_fields_put(vg_draft_body(d), vg_kept_unit_fields, u);
    r.kind = VG_S("unit");
    vg_draft_add(d, r);
    r.kind = VG_S("forecast");
    for (int32_t i = -1; i < k->params.n_leads; i++) {
        const vg_forecast_summary *s = i < 0 ? &u->total : &u->month[i];
        r.month = i < 0 ? 0 : s->month;
        vg_forecast_put(vg_draft_body(d), s);
        vg_draft_add(d, r);
    }
    if (u->reasons) {
        r.kind = VG_S("explanation");
        r.month = 0;
        vg_fields_put(vg_draft_body(d), vg_kept_reasons_fields, u->reasons);
        vg_draft_add(d, r);
    }
}

static vg_unit_kind unit_kind(const vg_kept_params *p)
{
    return vg_eq(p->unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY;
}

bool vg_kept_save(vg_store *st, const vg_run *run, const vg_kept *k, int64_t *id, vg_err *e)
{
    vg_draft d;
    if (!vg_draft_begin(&d, (int64_t)k->n_units * (k->params.n_leads + 3) + k->n_scores, e))
        return false;
    vg_unit_kind kind = unit_kind(&k->params);
    for (int32_t i = 0; i < k->n_units; i++)
        put_unit(&d, k, &k->unit[i], kind);
    for (int32_t i = 0; i < k->n_scores; i++) {
        vg_fields_put(vg_draft_body(&d), vg_kept_score_fields, &k->score[i]);
        vg_draft_add(&d, (vg_result){ .kind = VG_S("score"), .unit_kind = kind, .month = i });
    }
    vg_fields_put(vg_draft_body(&d), vg_kept_params_fields, &k->params);
    vg_run full = *run;
    full.verb = VG_S("forecast");
    bool good = vg_draft_store(&d, st, &full, id, e);
    vg_draft_end(&d);
    return good;
}

/* --- loading --- */

static vg_kept_unit *unit_of(vg_kept *k, int32_t unit)
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

static bool load_units(vg_kept *k, const vg_result *r, int64_t n, vg_arena *a, vg_arena scratch, vg_err *e)
{
    k->unit = vg_new(a, vg_kept_unit, n);
    vg_forecast_summary *month = vg_new(a, vg_forecast_summary, n * k->params.n_leads);
    if (!k->unit || !month)
        return vg_fail_memory(e, vg_arena_limit(a));
    k->n_units = (int32_t)n;
    for (int64_t i = 0; i < n; i++) {
        k->unit[i].unit = r[i].unit;
        k->unit[i].month = month + i * k->params.n_leads;
        if (!vg_fields_get(r[i].body, vg_kept_unit_fields, &k->unit[i], a, scratch, e))
            return false;
    }
    return true;
}

static bool load_forecasts(vg_kept *k, const vg_result *r, int64_t n, vg_arena scratch, vg_err *e)
{
    int32_t first = k->params.origin + k->params.first_lead;
    for (int64_t i = 0; i < n; i++) {
        vg_kept_unit *u = unit_of(k, r[i].unit);
        int32_t lead = r[i].month - first;
        if (!u || (r[i].month != 0 && (lead < 0 || lead >= k->params.n_leads)))
            return vg_fail(e, VG_EPARSE, VG_NOWHERE, "run %lld holds a forecast that fits no unit",
                           (long long)r[i].run);
        vg_forecast_summary *s = r[i].month == 0 ? &u->total : &u->month[lead];
        if (!vg_forecast_get(r[i].body, scratch, s, e))
            return false;
        s->unit = r[i].unit;
        s->month = r[i].month;
    }
    return true;
}

static bool load_reasons(vg_kept *k, const vg_result *r, int64_t n, vg_arena *a, vg_arena scratch, vg_err *e)
{
    for (int64_t i = 0; i < n; i++) {
        vg_kept_unit *u = unit_of(k, r[i].unit);
        vg_kept_reasons *reasons = vg_new(a, vg_kept_reasons, 1);
        if (!reasons)
            return vg_fail_memory(e, vg_arena_limit(a));
        if (!vg_fields_get(r[i].body, vg_kept_reasons_fields, reasons, a, scratch, e))
            return false;
        if (u)
            u->reasons = reasons;
    }
    return true;
}

static bool load_scores(vg_kept *k, const vg_result *r, int64_t n, vg_arena *a, vg_arena scratch, vg_err *e)
{
    for (int64_t i = 0; i < n && i < VG_KEPT_SCORES; i++) {
        if (!vg_fields_get(r[i].body, vg_kept_score_fields, &k->score[i], a, scratch, e))
            return false;
        k->n_scores++;
    }
    return true;
}

int vg_kept_order(const vg_kept_unit *x, const vg_kept_unit *y)
{
    double a[] = { y->total.quantile[MEDIAN], y->total.mean },
           b[] = { x->total.quantile[MEDIAN], x->total.mean };
    for (int i = 0; i < 2; i++)
        if (a[i] > b[i] || a[i] < b[i])
            return a[i] > b[i] ? 1 : -1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static int by_rank(const void *a, const void *b)
{
    return vg_kept_order(a, b);
}

static bool load_results(vg_store *st, vg_kept *k, vg_arena *a, vg_arena scratch, vg_err *e)
{
    vg_result *r;
    int64_t n, run = k->run.id;
    if (!vg_store_results(st, run, VG_S("unit"), 0, a, &r, &n, e) || !load_units(k, r, n, a, scratch, e) ||
        !vg_store_results(st, run, VG_S("forecast"), 0, a, &r, &n, e) ||
        !load_forecasts(k, r, n, scratch, e) ||
        !vg_store_results(st, run, VG_S("explanation"), 0, a, &r, &n, e) ||
        !load_reasons(k, r, n, a, scratch, e) || !vg_store_results(st, run, VG_S("score"), 0, a, &r, &n, e))
        return false;
    qsort(k->unit, (size_t)k->n_units, sizeof *k->unit, by_rank);
    return load_scores(k, r, n, a, scratch, e);
}

static bool find_run(vg_store *st, int64_t *run, vg_err *e)
{
    if (*run == 0 && !vg_store_last_run(st, VG_S("forecast"), run, e))
        return false;
    if (*run != 0)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no forecast in the store yet");
    return vg_mend(e, "run \"vigie forecast\" first");
}

bool vg_kept_load(vg_store *st, int64_t run, vg_arena *a, vg_kept *out, vg_err *e)
{
    vg_kept k = { .n_units = 0 };
    vg_arena scratch;
    if (!find_run(st, &run, e) || !vg_store_get_run(st, run, a, &k.run, e))
        return false;
    if (!vg_eq(k.run.verb, VG_S("forecast"))) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld is no forecast but \"%.*s\"", (long long)run,
                VG_P(k.run.verb));
        return vg_mend(e, "leave --run out to take the newest forecast");
    }
    if (!vg_arena_init(&scratch, 256 * (int64_t)MIB, e))
        return false;
    bool good = vg_fields_get(k.run.params, vg_kept_params_fields, &k.params, a, scratch, e) &&
                load_results(st, &k, a, scratch, e);
    vg_arena_free(&scratch);
    if (good)
        *out = k;
    return good;
}

/* --- asking --- */

const vg_kept_unit *vg_kept_find(const vg_kept *k, vg_str word)
{
    const vg_country *c = vg_country_by_iso3(word);
    if (!c)
        c = vg_country_by_name(word);
    int64_t number = 0;
    bool numeric = vg_int(word, &number);
    for (int32_t i = 0; i < k->n_units; i++) {
        const vg_kept_unit *u = &k->unit[i];
        if ((c && vg_eq(u->iso3, c->iso3)) || vg_eq_nocase(u->iso3, word) || vg_eq_nocase(u->name, word) ||
            (numeric && u->unit == number))
            return u;
    }
    return NULL;
}

const vg_kept_quality *vg_kept_quality_of(const vg_kept *k, const vg_kept_unit *u)
{
    if (k->n_scores == 0 || isnan(u->last12))
        return NULL;
    int32_t stratum = vg_forecast_stratum(u->last12);
    const vg_kept_score *s = &k->score[0];
    return stratum < s->n_strata && s->stratum[stratum].n > 0 ? &s->stratum[stratum] : NULL;
}

vg_kept_quality vg_kept_quality_from(const vg_scores *means)
{
    double n = means->n > 0 ? (double)means->n : NAN;
    return (vg_kept_quality){ .n = means->n,
                              .crps = means->crps,
                              .ign = means->ign,
                              .mis = means->mis,
                              .brier25 = means->brier25,
                              .coverage50 = (double)means->in50 / n,
                              .coverage90 = (double)means->in90 / n };
}

vg_str vg_unit_title(vg_arena *a, vg_unit_kind kind, int32_t unit, vg_str iso3, vg_str name, vg_str lang)
{
    const vg_country *c = iso3.n ? vg_country_by_iso3(iso3) : NULL;
    if (c && kind == VG_UNIT_COUNTRY && !c->alive.n)
        return vg_country_name(c, lang);
    if (name.n)
        return name;
    if (kind != VG_UNIT_CELL)
        return vg_format(a, "%d", unit);
    double lat, lon;
    vg_grid_centre(unit, &lat, &lon);
    return vg_format(a, "%d (%.2f %c, %.2f %c)", unit, fabs(lat), lat < 0 ? 'S' : 'N', fabs(lon),
                     lon < 0 ? 'W' : 'E');
}
