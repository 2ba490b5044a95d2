/* The data of a forecast of arrivals. Invariant: the arrivals and the covariates stand in stores of their own, so that a
 * covariate file that also has arrivals never mixes with the arrivals asked for. */
#include "cli/displacement_data.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/date.h"
#include "core/num.h"
#include "geo/region.h"

/* --- arrivals --- */

static bool has_variable(const vg_variable *v, int64_t n, vg_str name)
{
    for (int64_t i = 0; i < n; i++)
        if (vg_eq(v[i].name, name) && (v[i].kinds & (1u << VG_UNIT_ADMIN1)))
            return true;
    return false;
}

/* A name that the file does not have: the nearest one, or all that there are. */
static bool no_variable(const char *path, const vg_variable *v, int64_t n, vg_str asked, vg_err *e)
{
    char list[160] = "";
    int32_t best = (int32_t)asked.n / 2;
    vg_str near = VG_NOSTR;
    for (int64_t i = 0; i < n; i++) {
        if (!(v[i].kinds & (1u << VG_UNIT_ADMIN1)))
            continue;
        size_t have = strlen(list);
        snprintf(list + have, sizeof list - have, "%s%.*s", have ? ", " : "", VG_P(v[i].name));
        int32_t far = vg_geo_edit_distance(asked, v[i].name);
        if (far <= best) {
            best = far;
            near = v[i].name;
        }
    }
    vg_fail(e, VG_ENOTFOUND, ((vg_at){ .file = vg_str_z(path) }),
            "there are no numbers of \"%.*s\" by region and month", VG_P(vg_utf8_head(asked, 60)));
    vg_why(e, "%s%s", list[0] ? "the file has " : "the file has no numbers by region and month", list);
    if (near.n)
        return vg_mend(e, "did you mean \"%.*s\"?", VG_P(near));
    return vg_mend(e, "name one of those that the file has");
}

/* Regions without any number in the whole panel say nothing about arrivals: they would be forecast from other regions
 * only, those of another country too. What is left out is told. */
static bool leave_out_unknown(vg_cli *c, vg_panel *p, vg_err *e)
{
    int32_t kept = 0;
    vg_str names = VG_NOSTR;
    for (int32_t u = 0; u < p->n_units; u++) {
        const double *row = p->value + (int64_t)u * p->n_months;
        int32_t known = 0;
        for (int32_t m = 0; m < p->n_months; m++)
            known += !isnan(row[m]);
        if (known) {
            memmove(p->value + (int64_t)kept * p->n_months, row, (size_t)p->n_months * sizeof *row);
            p->unit[kept++] = p->unit[u];
        } else if (u - kept < 8) {
            names =
                vg_format(&c->arena, "%.*s%s%.*s", VG_P(names), names.n ? ", " : "", VG_P(p->unit[u].name));
        }
    }
    int32_t out = p->n_units - kept;
    if (!kept) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "no month of any region has a number of %.*s", VG_P(p->variable));
        return vg_mend(e, "see which columns of the file hold numbers: vigie check FILE");
    }
    p->n_units = kept;
    if (out)
        vg_note(c, "displacement.without", vg_arg_int("n", out), vg_arg_text("names", names));
    return true;
}

/* The variable of a file: the one asked for, else arrivals, else its own. */
static bool variable_of(vg_cli *c, vg_store *st, const char *path, const vg_vintage *v, vg_str *name,
                        vg_err *e)
{
    vg_variable *all;
    int64_t n;
    vg_str asked = vg_opt_text(&c->opts, "variable"), arrivals = VG_S("arrivals");
    if (!vg_store_variables(st, v->id, &c->arena, &all, &n, e))
        return false;
    if (asked.n && !has_variable(all, n, asked))
        return no_variable(path, all, n, asked, e);
    *name = asked.n ? asked : has_variable(all, n, arrivals) ? arrivals : v->variable;
    return true;
}

/* The last month of rows that the file calls training rows. */
static bool find_train_end(vg_cli *c, vg_cli_arrivals *d, const vg_vintage *v, vg_err *e)
{
    vg_variable *all;
    int64_t n;
    vg_panel p;
    if (!vg_store_variables(d->st, v->id, &c->arena, &all, &n, e))
        return false;
    if (!has_variable(all, n, VG_S("train")))
        return true;
    vg_panel_query q = { .source = v->source, .variable = VG_S("train"), .kind = VG_UNIT_ADMIN1 };
    if (!vg_store_panel(d->st, &q, &c->arena, &p, e))
        return false;
    for (int32_t u = 0; u < p.n_units; u++)
        for (int32_t m = 0; m < p.n_months; m++)
            if (p.value[(int64_t)u * p.n_months + m] > 0 && p.first_month + m > d->train_to)
                d->train_to = p.first_month + m;
    return true;
}

static bool arrivals_of_file(vg_cli *c, const char *path, vg_cli_arrivals *d, vg_err *e)
{
    vg_source_opts opts = vg_cli_source_opts(c);
    vg_cli_import done;
    vg_panel_query q = { .kind = VG_UNIT_ADMIN1 };
    d->from_file = true;
    if (!vg_store_open(":memory:", VG_STORE_WRITE, &d->st, e) ||
        !vg_cli_import_file(c, d->st, path, &opts, &done, e))
        return false;
    if (done.vintage.n_rejected)
        vg_note(c, "displacement.refused", vg_arg_int("n", done.vintage.n_rejected),
                vg_arg_text("file", vg_str_z(path)));
    q.source = done.vintage.source;
    return variable_of(c, d->st, path, &done.vintage, &q.variable, e) &&
           vg_store_panel(d->st, &q, &c->arena, &d->arrivals, e) && find_train_end(c, d, &done.vintage, e);
}

static bool arrivals_of_store(vg_cli *c, vg_store_mode mode, vg_cli_arrivals *d, vg_err *e)
{
    vg_str asked = vg_opt_text(&c->opts, "variable");
    vg_panel_query q = { .source = vg_opt_text(&c->opts, "source"),
                         .scope = vg_opt_text(&c->opts, "scope"),
                         .variable = asked.n ? asked : VG_S("arrivals"),
                         .kind = VG_UNIT_ADMIN1,
                         .as_of = c->as_of };
    return vg_cli_store(c, mode, false, &d->st, e) && vg_store_panel(d->st, &q, &c->arena, &d->arrivals, e);
}

/* --- covariates --- */

static bool too_many(vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "more than %d covariates", VG_DISPLACEMENT_COVARIATES);
    return vg_mend(e, "name those you want: --covariates FILE:rainfall_mm:incidents");
}

static bool add_panel(vg_cli *c, vg_store *st, const vg_panel_query *q, vg_cli_arrivals *d, vg_err *e)
{
    int32_t n = d->data.n_covariates;
    for (int32_t i = 0; i < n; i++)
        if (vg_eq(d->covariate[i].variable, q->variable))
            return vg_fail(e, VG_EARG, VG_NOWHERE, "the covariate \"%.*s\" comes twice", VG_P(q->variable));
    if (n == VG_DISPLACEMENT_COVARIATES)
        return too_many(e);
    if (!vg_store_panel(st, q, &c->arena, &d->covariate[n], e))
        return false;
    d->covariate_stored[n] = st == d->st;
    d->data.n_covariates++;
    return true;
}

/* What is no cause but the thing itself, or a mark of the task. */
static bool is_no_covariate(vg_str name)
{
    static const char *const names[] = { "arrivals",  "departures", "train",
                                         "scored_h1", "scored_h3",  "individuals" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (vg_eq_nocase(name, vg_str_z(names[i])))
            return true;
    return false;
}

static bool has_file_store(vg_cli_arrivals *d, vg_err *e)
{
    return d->more || vg_store_open(":memory:", VG_STORE_WRITE, &d->more, e);
}

/* Names after the path choose; without any, all that can be one. */
static bool add_file(vg_cli *c, vg_str path, vg_str names, vg_cli_arrivals *d, vg_err *e)
{
    vg_source_opts opts = vg_cli_source_opts(c);
    vg_cli_import done;
    vg_variable *all;
    int64_t n;
    vg_str z = vg_copy(&c->arena, path);
    if (!z.s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!has_file_store(d, e) || !vg_cli_import_file(c, d->more, z.s, &opts, &done, e) ||
        !vg_store_variables(d->more, done.vintage.id, &c->arena, &all, &n, e))
        return false;
    vg_panel_query q = { .source = done.vintage.source, .kind = VG_UNIT_ADMIN1 };
    for (vg_str rest = names; rest.n;) {
        q.variable = vg_cut(&rest, ':');
        if (!has_variable(all, n, q.variable))
            return no_variable(z.s, all, n, q.variable, e);
        if (!add_panel(c, d->more, &q, d, e))
            return false;
    }
    for (int64_t i = 0; i < n && !names.n; i++) {
        q.variable = all[i].name;
        if ((all[i].kinds & (1u << VG_UNIT_ADMIN1)) && !is_no_covariate(q.variable) &&
            !add_panel(c, d->more, &q, d, e))
            return false;
    }
    return true;
}

static bool add_covariate(vg_cli *c, vg_str item, vg_cli_arrivals *d, vg_err *e)
{
    vg_str whole = vg_copy(&c->arena, item), names = whole;
    if (!whole.s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (access(whole.s, F_OK) == 0)
        return add_file(c, whole, VG_NOSTR, d, e);
    vg_str path = vg_copy(&c->arena, vg_cut(&names, ':'));
    if (path.s && access(path.s, F_OK) == 0)
        return add_file(c, path, names, d, e);
    if (d->from_file) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no file of covariates \"%.*s\"",
                VG_P(vg_utf8_head(item, 80)));
        return vg_mend(e,
                       "names of variables are taken from the store, which --task and --panel leave alone");
    }
    vg_panel_query q = { .variable = item, .kind = VG_UNIT_ADMIN1, .as_of = c->as_of };
    return add_panel(c, d->st, &q, d, e);
}

static bool add_covariates(vg_cli *c, vg_cli_arrivals *d, vg_err *e)
{
    for (vg_str rest = vg_opt_text(&c->opts, "covariates"); rest.n;) {
        vg_str item = vg_trim(vg_cut(&rest, ','));
        if (item.n && !add_covariate(c, item, d, e))
            return false;
    }
    for (int i = 0; i < c->opts.n_args; i++)
        if (!add_covariate(c, vg_str_z(c->opts.arg[i]), d, e))
            return false;
    return true;
}

/* --- flows --- */

static bool add_flows(vg_cli *c, vg_cli_arrivals *d, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "flows");
    vg_source_opts opts = vg_cli_source_opts(c);
    vg_cli_import done;
    vg_err none = VG_NO_ERR;
    vg_flow_query q = { .as_of = path || d->from_file ? 0 : c->as_of };
    if (path && (!has_file_store(d, e) || !vg_cli_import_file(c, d->more, path, &opts, &done, e)))
        return false;
    int64_t *vintage = NULL;
    int32_t n_vintages = 0;
    if (vg_store_flows(path ? d->more : d->st, &q, &c->arena, &d->flow, &d->n_flows, &vintage, &n_vintages,
                       path ? e : &none)) {
        if (!path && !d->from_file)
            d->n_vintages += n_vintages; /* told with the others below */
        d->vintage = vintage;
        return true;
    }
    if (vg_failed(&none) && none.code != VG_ENODATA)
        *e = none;
    d->flow = NULL;
    d->n_flows = 0;
    return !vg_failed(e);
}

/* --- what was read --- */

static void add_vintage(vg_cli_arrivals *d, int64_t *list, int64_t id)
{
    for (int32_t i = 0; i < d->n_vintages; i++)
        if (list[i] == id)
            return;
    list[d->n_vintages++] = id;
}

/* Vintages of the user's store; what stood in files is not kept and names none. */
static bool list_vintages(vg_cli *c, vg_cli_arrivals *d, vg_err *e)
{
    int32_t n_flows = d->n_vintages, room = d->arrivals.n_vintages + n_flows;
    const int64_t *flows = d->vintage;
    for (int32_t i = 0; i < d->data.n_covariates; i++)
        room += d->covariate[i].n_vintages;
    int64_t *list = vg_new(&c->arena, int64_t, room);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    d->n_vintages = 0;
    for (int32_t i = 0; i < d->arrivals.n_vintages; i++)
        add_vintage(d, list, d->arrivals.vintage[i]);
    for (int32_t k = 0; k < d->data.n_covariates; k++)
        for (int32_t i = 0; d->covariate_stored[k] && i < d->covariate[k].n_vintages; i++)
            add_vintage(d, list, d->covariate[k].vintage[i]);
    for (int32_t i = 0; i < n_flows; i++)
        add_vintage(d, list, flows[i]);
    d->vintage = list;
    return true;
}

bool vg_cli_arrivals_open(vg_cli *c, vg_store_mode mode, vg_cli_arrivals *out, vg_err *e)
{
    vg_cli_arrivals d = { .from_file = false };
    const char *task = vg_opt_path(&c->opts, "task"), *panel = vg_opt_path(&c->opts, "panel");
    bool ok = true;
    if (task && panel)
        ok = vg_fail(e, VG_EARG, VG_NOWHERE, "--task and --panel name the same thing: give one of them");
    ok = ok && (task || panel ? arrivals_of_file(c, task ? task : panel, &d, e)
                              : arrivals_of_store(c, mode, &d, e));
    ok = ok && leave_out_unknown(c, &d.arrivals, e);
    ok = ok && add_covariates(c, &d, e) && add_flows(c, &d, e) && list_vintages(c, &d, e);
    if (!ok) {
        vg_cli_arrivals_close(&d);
        return false;
    }
    *out = d;
    out->data.arrivals = &out->arrivals;
    out->data.covariate = out->covariate;
    return true;
}

void vg_cli_arrivals_close(vg_cli_arrivals *d)
{
    vg_store_close(d->st);
    vg_store_close(d->more);
    d->st = d->more = NULL;
}

/* --- regions and scenarios --- */

bool vg_cli_region_find(const vg_panel *p, vg_str word, int32_t *index, vg_err *e)
{
    const vg_gazetteer *g = vg_gazetteer_builtin();
    const vg_region *region = vg_region_find(g, word);
    int64_t number = 0;
    bool numeric = vg_int(word, &number);
    int32_t best = (int32_t)word.n / 2, near = -1; /* half of the letters: nothing far is suggested */
    for (int32_t i = 0; i < p->n_units; i++) {
        const vg_unit *u = &p->unit[i];
        if (vg_eq_nocase(u->name, word) || (region && u->unit == region->unit) ||
            (numeric && u->unit == number) || u->unit == vg_region_number(word)) {
            *index = i;
            return true;
        }
        int32_t far = vg_geo_edit_distance(word, u->name);
        if (far <= best && far < (int32_t)u->name.n) {
            best = far;
            near = i;
        }
    }
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there are no arrivals for \"%.*s\"", VG_P(vg_utf8_head(word, 60)));
    if (near >= 0)
        return vg_mend(e, "did you mean \"%.*s\"?", VG_P(p->unit[near].name));
    return vg_mend(e, "name one of the %d regions as the data do, or by its P-code", p->n_units);
}

/* Words that stand for several covariates, and the beginnings of their names. */
static bool stands_for(vg_str word, vg_str variable)
{
    static const struct {
        const char *word, *begin;
    } list[] = { { "drought", "rain" },        { "drought", "ndvi" },       { "drought", "cdi" },
                 { "drought", "vhi" },         { "drought", "vegetation" }, { "conflict", "incidents" },
                 { "conflict", "fatalities" }, { "conflict", "deaths" },    { "conflict", "events" } };
    if (vg_eq_nocase(word, VG_S("all")) || vg_eq_nocase(vg_sub(variable, 0, word.n), word))
        return true;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (vg_eq_nocase(word, vg_str_z(list[i].word)) &&
            vg_eq_nocase(vg_sub(variable, 0, vg_str_z(list[i].begin).n), vg_str_z(list[i].begin)))
            return true;
    return false;
}

static bool what_of(vg_str word, const vg_cli_arrivals *d, unsigned *what, vg_err *e)
{
    char list[160] = "arrivals";
    *what = vg_eq_nocase(word, VG_S("arrivals")) ? VG_DISPLACEMENT_WHAT_ARRIVALS : 0;
    for (int32_t i = 0; i < d->data.n_covariates; i++) {
        size_t have = strlen(list);
        if (stands_for(word, d->covariate[i].variable))
            *what |= 1u << i;
        snprintf(list + have, sizeof list - have, ", %.*s", VG_P(d->covariate[i].variable));
    }
    if (*what)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no covariate is called \"%.*s\"", VG_P(vg_utf8_head(word, 60)));
    vg_why(e, "a scenario takes over what the forecast is given: %s", list);
    return vg_mend(e, "give the covariate with --covariates, or write --scenario arrivals=YYYY-MM");
}

bool vg_cli_scenario(vg_str text, const vg_cli_arrivals *d, vg_displacement_scenario *out, vg_err *e)
{
    vg_str rest = text, word = vg_trim(vg_cut(&rest, '='));
    vg_displacement_scenario s = { .as_unit = -1 };
    int64_t months = 0;
    vg_str length = rest, before = vg_cut(&length, ':');
    vg_str region = before, month = vg_trim(vg_cut(&region, '@'));
    if (!word.n || !vg_month_parse(month, &s.as_month) ||
        (length.n && (!vg_int(length, &months) || months < 1 || months > 120))) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--scenario cannot be read: \"%.*s\"", VG_P(vg_utf8_head(text, 80)));
        return vg_mend(e, "write WHAT=YYYY-MM, or WHAT=YYYY-MM@REGION:MONTHS, such as drought=2017-04");
    }
    s.months = (int32_t)months;
    if (!what_of(word, d, &s.what, e) ||
        (region.n && !vg_cli_region_find(&d->arrivals, vg_trim(region), &s.as_unit, e)))
        return false;
    *out = s;
    return true;
}
