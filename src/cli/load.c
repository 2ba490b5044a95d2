/* Ways from the command line to data: the store in use, one file into it, a panel out of it. Invariant: a panel given
 * by --panel FILE takes the same way as an imported one, through a store in memory that ends with the program. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/verb.h"
#include "core/hash.h"
#include "core/num.h"
#include "forecast/kept.h"
#include "geo/country.h"
#include "store/browse.h"

bool vg_cli_store_path(vg_cli *c, vg_str *path, vg_err *e)
{
    if (vg_opt_given(&c->opts, "store")) {
        *path = vg_opt_text(&c->opts, "store");
        return true;
    }
    vg_str standard;
    if (!vg_store_default_path(&c->arena, &standard, e))
        return false;
    *path = vg_copy(&c->arena, standard); /* ended by NUL */
    return path->s || vg_fail_memory(e, vg_arena_limit(&c->arena));
}

/* What puts into the store what a verb reads from it. */
static const char *first_step(const vg_cli *c)
{
    vg_str name = vg_str_z(c->verb->name);
    if (vg_starts(name, VG_S("screen")))
        return "load lists first: vigie screening load FILE";
    if (vg_starts(name, VG_S("ceasefire")))
        return "enter an agreement first: vigie ceasefire enter FILE";
    return "import a file first: vigie import FILE";
}

bool vg_cli_store(vg_cli *c, vg_store_mode mode, bool make, vg_store **st, vg_err *e)
{
    vg_str path;
    if (!vg_cli_store_path(c, &path, e))
        return false;
    if (!make && access(path.s, F_OK) != 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is no store at %s yet", path.s);
        vg_why(e, "this command reads what was imported before");
        return vg_mend(e, "%s (or name the store with --store)", first_step(c));
    }
    if (c->served && mode == VG_STORE_WRITE && !c->may_change) {
        c->forbidden = true;
        return vg_fail(e, VG_EARG, VG_NOWHERE, "vigie %s changes the store", c->verb->name);
    }
    if (!vg_store_open(path.s, mode, st, e))
        return false;
    if (c->actor.n)
        vg_store_actor(*st, c->actor);
    return true;
}

/* Text of an option of this verb, or nothing when the verb has no such option. */
static vg_str text_of(const vg_cli *c, const char *name)
{
    for (int i = 0; i < c->opts.n; i++)
        if (strcmp(c->opts.opt[i]->name, name) == 0)
            return c->opts.value[i].text;
    return VG_NOSTR;
}

static bool flag_of(const vg_cli *c, const char *name)
{
    for (int i = 0; i < c->opts.n; i++)
        if (strcmp(c->opts.opt[i]->name, name) == 0)
            return c->opts.value[i].given;
    return false;
}

vg_source_opts vg_cli_source_opts(vg_cli *c)
{
    vg_str rule = text_of(c, "month-rule");
    return (vg_source_opts){
        .as = text_of(c, "as"),
        .countries = text_of(c, "countries"),
        .regions = text_of(c, "regions"),
        .map = text_of(c, "map"),
        .version = text_of(c, "version"),
        .month_rule = vg_eq(rule, VG_S("even"))    ? VG_MONTH_EVEN
                      : vg_eq(rule, VG_S("start")) ? VG_MONTH_START
                                                   : VG_MONTH_END,
        .decimal_comma = flag_of(c, "decimal-comma"),
        .progress = c->progress,
    };
}

/* --- one file into a store --- */

/* The committed vintage of exactly this file, when the store has one. Hashes the file only when a size matches. */
static bool known_before(vg_cli *c, vg_store *st, const char *path, const vg_source_opts *opts,
                         vg_cli_import *out, vg_err *e)
{
    struct stat about;
    vg_vintage *vintage;
    int64_t n;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return true; /* the reader says what is wrong with it */
    if (!vg_store_vintages(st, 0, &c->arena, &vintage, &n, e))
        return false;
    bool same_size = false;
    for (int64_t i = 0; i < n; i++)
        same_size = same_size || vintage[i].bytes == (int64_t)about.st_size;
    if (!same_size)
        return true;
    vg_input *in;
    char hex[65];
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_input_sha256(in, hex, e);
    vg_input_close(in);
    for (int64_t i = 0; good && i < n && !out->known; i++) {
        bool source = !opts->as.n || vg_eq(opts->as, vintage[i].source);
        out->known =
            source && vg_eq(vintage[i].sha256, vg_str_z(hex)) && vintage[i].month_rule == opts->month_rule;
        if (out->known)
            out->vintage = vintage[i];
    }
    if (out->known)
        out->found.about = out->vintage;
    return good;
}

static int64_t published(const vg_cli *c)
{
    vg_str text = text_of(c, "published");
    if (!text.n)
        return 0;
    int64_t at = vg_opt_int(&c->opts, "published");
    return text.n <= 10 ? at - 86399 : at; /* from the day's beginning */
}

static bool vintage_by_id(vg_cli *c, vg_store *st, int64_t id, vg_vintage *out, vg_err *e)
{
    vg_vintage *vintage;
    int64_t n;
    if (!vg_store_vintages(st, 0, &c->arena, &vintage, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        if (vintage[i].id == id)
            *out = vintage[i];
    return true;
}

/* Read to the end: commit, unless these very bytes are there already (a pipe shows its bytes only now). */
static bool commit(vg_cli *c, vg_store *st, vg_import *im, const vg_source_opts *opts, vg_cli_import *out,
                   vg_err *e)
{
    vg_vintage about = out->found.about;
    int64_t known = 0;
    about.month_rule = opts->month_rule;
    about.known_at = published(c);
    if (!vg_import_known(st, about.sha256, about.source, about.month_rule, &known, e) || known) {
        vg_import_drop(im);
        out->known = known != 0;
        return !vg_failed(e) && vintage_by_id(c, st, known, &out->vintage, e);
    }
    return vg_import_end(im, &about, &out->vintage, e);
}

/* The reader needs the source's name before the first row: the content is looked at first. */
static bool import_input(vg_cli *c, vg_store *st, vg_input *in, const vg_source_opts *opts,
                         vg_cli_import *out, vg_err *e)
{
    vg_import *im;
    if (!vg_source_guess(in, opts, &c->arena, &out->found, e))
        return false;
    vg_vintage about = out->found.about;
    about.file = vg_input_name(in);
    about.month_rule = opts->month_rule;
    if (!vg_import_begin(st, &about, &im, e))
        return false;
    if (!vg_source_read_input(in, opts, vg_import_sink(im), &c->arena, &out->found, e)) {
        vg_import_drop(im);
        return false;
    }
    return commit(c, st, im, opts, out, e);
}

bool vg_cli_import_file(vg_cli *c, vg_store *st, const char *path, const vg_source_opts *opts,
                        vg_cli_import *out, vg_err *e)
{
    vg_input *in;
    *out = (vg_cli_import){ .known = false };
    if (path && !known_before(c, st, path, opts, out, e))
        return false;
    if (out->known)
        return true;
    if (!(path ? vg_input_open(path, &in, e)
               : vg_input_memory(vg_source_sample(), VG_S(VG_SAMPLE_NAME), &in, e)))
        return false;
    bool good = import_input(c, st, in, opts, out, e);
    if (!good && e->at.file.n) /* the name dies with the input */
        e->at.file = vg_copy(&c->arena, e->at.file);
    vg_input_close(in);
    return good;
}

/* --- panels --- */

static unsigned types_of(vg_str target)
{
    if (vg_eq(target, VG_S("ns")))
        return 1u << VG_TYPE_NON_STATE;
    if (vg_eq(target, VG_S("os")))
        return 1u << VG_TYPE_ONE_SIDED;
    if (vg_eq(target, VG_S("all")))
        return 1u << VG_TYPE_STATE | 1u << VG_TYPE_NON_STATE | 1u << VG_TYPE_ONE_SIDED;
    return 1u << VG_TYPE_STATE;
}

static bool fill_from_file(vg_cli *c, const char *path, vg_cli_panel *p, vg_err *e)
{
    vg_source_opts opts = vg_cli_source_opts(c);
    vg_cli_import done;
    return vg_cli_import_file(c, p->st, path, &opts, &done, e);
}

/* What a series counts, by its name: "sb", "ged_sb_best" ...; a name that does not say counts everything. */
static vg_str target_of(vg_str variable)
{
    while (variable.n) {
        vg_str word = vg_cut(&variable, '_');
        if (vg_eq(word, VG_S("sb")) || vg_eq(word, VG_S("ns")) || vg_eq(word, VG_S("os")))
            return word;
    }
    return VG_S("all");
}

/* One attempt, with another variable or source; a failure leaves things as they were. */
static bool try_panel(vg_cli *c, vg_cli_panel *p, vg_str source, vg_str variable)
{
    vg_panel panel;
    vg_err ignored = VG_NO_ERR;
    vg_panel_query q = p->query;
    q.source = source;
    q.variable = variable;
    if (!vg_store_panel(p->st, &q, &c->arena, &panel, &ignored))
        return false;
    p->query = q;
    p->panel = panel;
    return true;
}

/* The panel of the store for a target. Without one, state-based deaths come first, and else what there is. */
static bool find_panel(vg_cli *c, vg_cli_panel *p, vg_str target, vg_err *e)
{
    vg_str source = p->query.source, sb = VG_S("sb");
    p->query.types = types_of(target);
    if (!vg_store_panel(p->st, &p->query, &c->arena, &p->panel, e))
        return false;
    vg_str there = p->panel.variable, is = there.n ? target_of(there) : target.n ? target : sb;
    p->target = target.n ? target : is;
    if (!target.n && !vg_eq(is, sb) &&
        (try_panel(c, p, source, sb) || (!source.n && try_panel(c, p, VG_S("ucdp-ged"), VG_NOSTR))))
        p->target = sb;
    if (!target.n || vg_eq(is, target) ||
        try_panel(c, p, source, vg_eq(target, VG_S("all")) ? VG_S("deaths") : target))
        return true;
    vg_fail(e, VG_ENODATA, VG_NOWHERE,
            "the numbers of %.*s are \"%.*s\", and not what --target %.*s asks for", VG_P(p->panel.source),
            VG_P(there), VG_P(target));
    return vg_mend(
        e, "leave --target out, or import a source that tells the types of violence apart (ucdp-ged)");
}

bool vg_cli_panel_for(vg_cli *c, vg_store_mode mode, vg_str target, vg_str unit, vg_cli_panel *out, vg_err *e)
{
    const char *file = text_of(c, "panel").s; /* from argv: ended by NUL */
    vg_cli_panel p = { .from_file = file != NULL };
    bool open =
        file ? vg_store_open(":memory:", VG_STORE_WRITE, &p.st, e) : vg_cli_store(c, mode, false, &p.st, e);
    if (!open)
        return false;
    p.query = (vg_panel_query){
        .source = text_of(c, "source"),
        .scope = text_of(c, "scope"),
        .kind = vg_eq(unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY,
        .as_of = c->as_of,
    };
    if ((file && !fill_from_file(c, file, &p, e)) || !find_panel(c, &p, target, e)) {
        vg_store_close(p.st);
        return false;
    }
    *out = p;
    return true;
}

bool vg_cli_panel_open(vg_cli *c, vg_store_mode mode, vg_cli_panel *out, vg_err *e)
{
    vg_str target = vg_opt_given(&c->opts, "target") ? vg_opt_text(&c->opts, "target") : VG_NOSTR;
    return vg_cli_panel_for(c, mode, target, vg_opt_text(&c->opts, "unit"), out, e);
}

void vg_cli_panel_close(vg_cli_panel *p)
{
    vg_store_close(p->st);
    p->st = NULL;
}

void vg_cli_note(vg_cli *c, const char *key, const vg_arg *arg, int n_args)
{
    vg_out line;
    if (c->quiet || !vg_out_memory(&line, NULL))
        return;
    vg_terminal_end();
    vg_message_put(&line, c->lang, key, arg, n_args);
    vg_str text = vg_out_text(&line);
    fprintf(stderr, "%.*s\n", VG_P(text));
    vg_out_drop(&line);
}

bool vg_cli_flush(vg_cli *c, vg_err *e)
{
    return c->served || (vg_out_end(c->out, e) && vg_out_stream(c->out, stdout, e));
}

vg_str vg_cli_unit_name(const vg_cli *c, const vg_unit *u)
{
    const vg_country *country = u->iso3.n ? vg_country_by_iso3(u->iso3) : NULL;
    return country ? vg_country_name(country, vg_str_z(vg_lang_code(c->lang))) : u->name;
}

bool vg_cli_unit_find(const vg_cli *c, const vg_panel *panel, vg_str word, int32_t *index, vg_err *e)
{
    (void)c;
    const vg_country *country = vg_country_by_iso3(word);
    if (!country)
        country = vg_country_by_name(word);
    int64_t number = 0;
    bool numeric = vg_int(word, &number);
    for (int32_t i = panel->n_units - 1; i >= 0; i--) { /* the newest of a country that changed its borders */
        const vg_unit *u = &panel->unit[i];
        if ((country && vg_eq(u->iso3, country->iso3)) || vg_eq_nocase(u->name, word) ||
            (numeric && u->unit == number)) {
            *index = i;
            return true;
        }
    }
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE,
            country ? "there are no numbers for \"%.*s\"" : "no unit is called \"%.*s\"", VG_P(word));
    return vg_mend(e, "name a country by its ISO code (MLI) or name, a cell by its number");
}
