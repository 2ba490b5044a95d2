/* What the report tells, out of the store: which runs, what they kept, which vintages they read. Invariant: a run of
 * another command is refused with its name, never shown as something else. */
#include <math.h>

#include "displacement/report_int.h"

enum { MAX_LOOKED = 300 };
static const int64_t MEMORY_LIMIT = (int64_t)4 << 30;

static vg_page_source as_source(const vg_vintage *v)
{
    return (vg_page_source){ .vintage = v->id,
                             .source = v->source,
                             .version = v->version,
                             .sha256 = v->sha256,
                             .licence = v->licence,
                             .citation = v->citation,
                             .first_month = v->first_month,
                             .last_month = v->last_month,
                             .n_accepted = v->n_accepted,
                             .n_rejected = v->n_rejected,
                             .imported_at = v->imported_at };
}

static bool has_read(const vg_run *run, int64_t vintage)
{
    for (int32_t i = 0; i < run->n_vintages; i++)
        if (run->vintage[i] == vintage)
            return true;
    return false;
}

bool vg_displacement_page_sources(vg_store *st, vg_displacement_page *d, vg_arena *a, vg_err *e)
{
    vg_vintage *all;
    int64_t n;
    if (!vg_store_vintages(st, 0, a, &all, &n, e))
        return false;
    vg_page_source *source = vg_new(a, vg_page_source, n);
    if (!source)
        return vg_fail_memory(e, vg_arena_limit(a));
    d->source = source;
    for (int64_t i = 0; i < n; i++)
        if ((d->k && has_read(&d->k->run, all[i].id)) || (d->c && has_read(&d->c->is->run, all[i].id)))
            source[d->n_sources++] = as_source(&all[i]);
    return true;
}

/* Numbers of the two runs to tell, 0 = none. */
static bool find_runs(vg_store *st, int64_t wanted, vg_arena *a, int64_t *regions, int64_t *camps, vg_err *e)
{
    vg_run run;
    if (wanted == 0) {
        if (!vg_store_last_run(st, VG_S(VG_DISPLACEMENT_KEPT_VERB), regions, e) ||
            !vg_store_last_run(st, VG_S(VG_FLOW_KEPT_VERB), camps, e))
            return false;
        if (*regions || *camps)
            return true;
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is nothing to report yet");
        vg_why(e, "no forecast of displacement and no run of arrivals is in this store");
        return vg_mend(e, "run vigie displacement forecast, or vigie displacement arrivals, first");
    }
    if (!vg_store_get_run(st, wanted, a, &run, e))
        return false;
    *regions = vg_eq(run.verb, VG_S(VG_DISPLACEMENT_KEPT_VERB)) ? wanted : 0;
    *camps = vg_eq(run.verb, VG_S(VG_FLOW_KEPT_VERB)) ? wanted : 0;
    if (*regions || *camps)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld is not about displacement: it is a \"%.*s\"",
            (long long)wanted, VG_P(run.verb));
    return vg_mend(e, "leave --run out to tell the newest runs");
}

/* --- arrivals, with what they are to be compared with --- */

static bool supposes(const vg_flow_kept *k)
{
    return k->params.borders.n || k->params.opened.n;
}

/* Same conflict, days, total and capacities: only then is the difference that of the supposition. */
static bool same_terms(const vg_flow_kept_params *x, const vg_flow_kept_params *y)
{
    return vg_eq(x->conflict, y->conflict) && vg_eq(x->first_date, y->first_date) &&
           vg_eq(x->total, y->total) && vg_eq(x->registrations, y->registrations) && x->n_days == y->n_days &&
           x->observed_to == y->observed_to && x->blind == y->blind;
}

/* The newest earlier run on the same terms as things are; NULL when none of the last few hundred runs is one. */
static const vg_flow_kept *baseline_of(vg_store *st, const vg_flow_kept *k, vg_arena *a)
{
    vg_flow_kept *base = vg_new(a, vg_flow_kept, 1);
    int64_t oldest = k->run.id > MAX_LOOKED ? k->run.id - MAX_LOOKED : 0;
    for (int64_t id = k->run.id - 1; base && id > oldest; id--) {
        vg_err missing = VG_NO_ERR;
        vg_run run;
        if (!vg_store_get_run(st, id, a, &run, &missing) || !vg_eq(run.verb, VG_S(VG_FLOW_KEPT_VERB)))
            continue;
        if (vg_flow_kept_load(st, id, a, base, &missing) && !supposes(base) &&
            same_terms(&base->params, &k->params))
            return base;
    }
    return NULL;
}

static bool load_camps(vg_store *st, int64_t run, vg_arena *a, vg_displacement_told_camps *out, vg_err *e)
{
    vg_flow_kept *k = vg_new(a, vg_flow_kept, 1);
    if (!k)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_flow_kept_load(st, run, a, k, e))
        return false;
    const vg_flow_kept *base = supposes(k) ? baseline_of(st, k, a) : NULL;
    return vg_displacement_told(base ? base : k, base ? k : NULL, a, out) ||
           vg_fail_memory(e, vg_arena_limit(a));
}

static bool write_page(vg_store *st, const vg_displacement_report_opts *o, vg_arena *a, vg_out *out,
                       vg_err *e)
{
    int64_t regions = 0, camps = 0;
    vg_displacement_kept k;
    vg_displacement_told_camps c;
    vg_displacement_page d = { .top = o->top };
    if (!find_runs(st, o->run, a, &regions, &camps, e) ||
        (regions && !vg_displacement_kept_load(st, regions, a, &k, e)) ||
        (camps && !load_camps(st, camps, a, &c, e)))
        return false;
    d.k = regions ? &k : NULL;
    d.c = camps ? &c : NULL;
    if (!vg_displacement_page_sources(st, &d, a, e) || !vg_page_init(&d.page, out, o->lang, a, e))
        return false;
    vg_displacement_page_put(&d);
    return vg_page_done(&d.page, e);
}

bool vg_displacement_report_html(vg_store *st, const vg_displacement_report_opts *o, vg_out *out, vg_err *e)
{
    vg_arena arena;
    if (!vg_arena_init(&arena, MEMORY_LIMIT, e))
        return false;
    bool good = write_page(st, o, &arena, out, e);
    vg_arena_free(&arena);
    return good;
}
