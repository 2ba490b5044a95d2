/* vigie displacement arrivals: into which camps people will flow, when each is full, how sure that is, and what a closed
 * border or a new camp would change. One conflict here; all conflicts of a folder in verb_arrivals_all.c. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/arrivals.h"
#include "core/date.h"
#include "core/num.h"
#include "displacement/flow_kept.h"

const vg_opt vg_arrivals_options[] = {
    { "conflict", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "all", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "leave-one-out", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "engine", VG_OPT_CHOICE, "flows|agents", "flows", 0, 0 },
    { "people", VG_OPT_INT, "N", NULL, 1, 1e12 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "days", VG_OPT_INT, "N", NULL, 1, VG_FLOW_MAX_DAYS },
    { "close-border", VG_OPT_TEXT, "A:B@DAY,...", NULL, 0, 0 },
    { "open-camp", VG_OPT_TEXT, "NAME:CAPACITY@DAY:NEAR:KM,...", NULL, 0, 0 },
    { "observed-to", VG_OPT_INT, "DAY", NULL, 1, VG_FLOW_MAX_DAYS },
    { "total", VG_OPT_CHOICE, "camps|file", "camps", 0, 0 },
    { "per-day", VG_OPT_NUM, "N", NULL, 0.001, 1e9 },
    { "registrations", VG_OPT_CHOICE, "corrected|raw", "corrected", 0, 0 },
    { "no-capacity", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "no-interval", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "daily", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "camp", VG_CELL_TEXT, 0 },    { "country_name", VG_CELL_TEXT, 0 }, { "capacity", VG_CELL_NUM, 0 },
    { "people", VG_CELL_NUM, 0 },   { "people90", VG_CELL_INTERVAL, 0 }, { "registered", VG_CELL_NUM, 0 },
    { "full_day", VG_CELL_INT, 0 }, { "full_on", VG_CELL_TEXT, 0 },      { "unchanged", VG_CELL_NUM, 0 },
};

enum { MAX_WHAT_IF = 32, SHOWN_REFUSED = 100, DEFAULT_DAY = 0 };

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- what ifs --- */

static vg_str text_of(const vg_cli *c, const char *name)
{
    return vg_opt_given(&c->opts, name) ? vg_opt_text(&c->opts, name) : VG_NOSTR;
}

static bool bad_form(const char *option, vg_str got, const char *form, const char *example, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "--%s cannot be read: \"%.*s\"", option, VG_P(got));
    vg_why(e, "it is written %s", form);
    return vg_mend(e, "for example --%s %s", option, example);
}

static bool read_day(vg_str text, int32_t *day)
{
    int64_t n = DEFAULT_DAY;
    if (text.n && !(vg_int(text, &n) && n >= 0 && n <= VG_FLOW_MAX_DAYS))
        return false;
    *day = (int32_t)n;
    return true;
}

static bool read_borders(vg_cli *c, vg_flow_opts *o, vg_err *e)
{
    vg_str rest = text_of(c, "close-border");
    vg_flow_border *list = vg_new(&c->arena, vg_flow_border, MAX_WHAT_IF);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    while (rest.n) {
        vg_str one = vg_cut(&rest, ','), day = one, names = vg_cut(&day, '@'), b = names, a = vg_cut(&b, ':');
        vg_flow_border x = { .a = a, .b = b };
        if (!a.n || !b.n || !read_day(day, &x.day) || o->n_borders == MAX_WHAT_IF)
            return bad_form("close-border", one, "A:B@DAY, with commas between several; countries or places",
                            "Mali:Niger@40", e);
        if (vg_eq_nocase(a, b)) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" has the same name on both sides of the border",
                    VG_P(one));
            return vg_mend(e, "name two countries, or two places that one route joins");
        }
        list[o->n_borders++] = x;
    }
    o->border = list;
    return true;
}

static bool read_camps(vg_cli *c, vg_flow_opts *o, vg_err *e)
{
    vg_str rest = text_of(c, "open-camp");
    vg_flow_new_camp *list = vg_new(&c->arena, vg_flow_new_camp, MAX_WHAT_IF);
    if (!list)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    while (rest.n) {
        vg_str one = vg_cut(&rest, ','), km = one, name = vg_cut(&km, ':'), day = vg_cut(&km, ':');
        vg_str capacity = vg_cut(&day, '@'), near = vg_cut(&km, ':');
        vg_flow_new_camp x = { .name = name, .near = near };
        if (!name.n || !near.n || !vg_num(capacity, &x.capacity) || !vg_num(km, &x.km) ||
            !read_day(day, &x.day) || o->n_camps == MAX_WHAT_IF)
            return bad_form("open-camp", one,
                            "NAME:CAPACITY@DAY:NEAR:KM, KM being the way from the place NEAR",
                            "New:10000@40:Gao:120", e);
        list[o->n_camps++] = x;
    }
    o->camp = list;
    return true;
}

bool vg_cli_flow_opts(vg_cli *c, vg_flow_opts *o, vg_err *e)
{
    const vg_opts *from = &c->opts;
    bool file = vg_eq(vg_opt_text(from, "total"), VG_S("file"));
    bool agents = vg_eq(vg_opt_text(from, "engine"), VG_S("agents"));
    bool raw = vg_eq(vg_opt_text(from, "registrations"), VG_S("raw"));
    *o = (vg_flow_opts){ .engine = agents ? VG_FLOW_AGENTS : VG_FLOW_FLOWS,
                         .seed = (uint64_t)vg_opt_int(from, "seed"),
                         .n_people = vg_opt_given(from, "people") ? vg_opt_int(from, "people") : 0,
                         .n_days = vg_opt_given(from, "days") ? (int32_t)vg_opt_int(from, "days") : 0,
                         .observed_to =
                             vg_opt_given(from, "observed-to") ? (int32_t)vg_opt_int(from, "observed-to") : 0,
                         .total_from = file ? VG_FLOW_TOTAL_FILE : VG_FLOW_TOTAL_CAMPS,
                         .series = raw ? VG_FLOW_RAW : VG_FLOW_CORRECTED,
                         .per_day = vg_opt_given(from, "per-day") ? vg_opt_num(from, "per-day") : 0,
                         .blind = vg_opt_given(from, "no-capacity"),
                         .n_threads = c->n_threads };
    if (o->per_day > 0 && vg_opt_given(from, "total")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--per-day and --total both say how many people arrive");
        return vg_mend(e, "give one of the two");
    }
    if (o->n_people && !agents) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--people is for --engine agents");
        return vg_why(e, "expected flows have no number of people to choose");
    }
    return read_borders(c, o, e) && read_camps(c, o, e);
}

/* A change behind the last day changes nothing, and a table beside it would say that it has no effect. */
static bool check_days(const vg_flow_opts *o, const vg_flow_conflict *c, vg_err *e)
{
    int32_t n_days = o->n_days ? o->n_days : c->n_days, day = 0;
    for (int32_t i = 0; i < o->n_borders; i++)
        day = o->border[i].day > day ? o->border[i].day : day;
    for (int32_t i = 0; i < o->n_camps; i++)
        day = o->camp[i].day > day ? o->camp[i].day : day;
    if (day < n_days)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "a change on day %d, but the run ends on day %d", day, n_days - 1);
    return vg_mend(e, "name an earlier day, or run more days: --days %d", day + 30);
}

/* --- the run --- */

typedef struct {
    vg_flow_conflict conflict;
    vg_flow_opts opts;
    vg_flow_run run, unchanged; /* unchanged: without the "what if" */
    bool what_if;
    vg_flow_kept kept;
    int64_t id; /* in the store, 0 = not kept */
    double seconds;
    int32_t *order; /* camps: those that fill first, then by how full they are */
} work;

static bool simulate(vg_cli *c, work *w, vg_err *e)
{
    vg_flow_opts plain = w->opts;
    bool sure = !vg_opt_given(&c->opts, "no-interval");
    double begin = vg_cli_now_s();
    w->what_if = w->opts.n_borders || w->opts.n_camps;
    if (!(sure ? vg_flow_ensemble(&w->conflict, &w->opts, NULL, &c->arena, &w->run, e)
               : vg_flow_simulate(&w->conflict, &w->opts, &c->arena, &w->run, e)))
        return false;
    plain.n_borders = plain.n_camps = 0;
    if (w->what_if && !vg_flow_simulate(&w->conflict, &plain, &c->arena, &w->unchanged, e))
        return false;
    w->seconds = vg_cli_now_s() - begin;
    return true;
}

/* Kept when a store was named, or the default one is there; a question needs no store, and over HTTP no right to change. */
static bool keep(vg_cli *c, work *w, int64_t started, vg_err *e)
{
    vg_str path;
    if (!vg_flow_kept_make(&w->conflict, &w->opts, &w->run, &c->arena, &w->kept, e) ||
        !vg_cli_store_path(c, &path, e))
        return false;
    if (c->served && !c->may_change)
        return true;
    if (!vg_opt_given(&c->opts, "store") && access(path.s, F_OK) != 0)
        return true;
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_WRITE, true, &st, e))
        return false;
    w->kept.params.borders = text_of(c, "close-border");
    w->kept.params.opened = text_of(c, "open-camp");
    w->kept.run = (vg_run){ .program_version = VG_S(VG_VERSION),
                            .seed = w->opts.seed,
                            .started_at = started,
                            .seconds = w->seconds };
    bool good = vg_flow_kept_save(st, &w->kept, &w->id, e);
    vg_store_close(st);
    return good;
}

static double fullness(const vg_flow_camp *k)
{
    return k->capacity > 0 ? k->final_people / k->capacity : 0;
}

static bool before(const vg_flow_camp *a, const vg_flow_camp *b)
{
    if ((a->full_day < 0) != (b->full_day < 0))
        return b->full_day < 0;
    if (a->full_day != b->full_day)
        return a->full_day < b->full_day;
    return fullness(a) > fullness(b);
}

static bool sort_camps(vg_cli *c, work *w, vg_err *e)
{
    w->order = vg_new(&c->arena, int32_t, w->run.n_camps);
    if (!w->order)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    for (int32_t i = 0; i < w->run.n_camps; i++) {
        int32_t at = i;
        while (at > 0 && before(&w->run.camp[i], &w->run.camp[w->order[at - 1]])) {
            w->order[at] = w->order[at - 1];
            at--;
        }
        w->order[at] = i;
    }
    return true;
}

/* --- showing --- */

static void add_camp(const work *w, vg_form form, vg_table *t, int32_t camp)
{
    const vg_flow_camp *k = &w->run.camp[camp];
    int64_t last = (int64_t)camp * w->run.n_days + w->run.n_days - 1;
    char date[16];
    vg_cell_text(t, k->name);
    vg_cell_text(t, k->country);
    vg_cell_num(t, k->capacity);
    vg_cell_num(t, k->final_people);
    vg_cell_interval(t, w->run.low ? w->run.low[last] : NAN, w->run.high ? w->run.high[last] : NAN);
    vg_cell_num(t, k->final_observed);
    vg_cell_int(t, k->full_day < 0 ? INT64_MIN : k->full_day);
    if (k->full_day >= 0)
        vg_cell_text(t, vg_day_text(w->conflict.first_date + k->full_day, date));
    else
        vg_cell_text(t, form == VG_FORM_TABLE ? VG_S("–") : VG_NOSTR);
    if (w->what_if)
        vg_cell_num(t, camp < w->unchanged.n_camps ? w->unchanged.camp[camp].final_people : NAN);
}

static void put_refused(vg_json *j, const vg_flow_conflict *c)
{
    vg_json_key(j, VG_S("refused")), vg_json_int(j, c->n_rejects);
    vg_json_key(j, VG_S("refused_rows"));
    vg_json_array(j);
    for (int32_t i = 0; i < c->n_rejects && i < SHOWN_REFUSED; i++) {
        const vg_err *why = &c->reject[i].why;
        vg_json_object(j);
        vg_json_key(j, VG_S("file")), vg_json_str(j, why->at.file);
        vg_json_key(j, VG_S("line")), vg_json_int(j, why->at.line);
        vg_json_key(j, VG_S("column")), vg_json_int(j, why->at.col);
        vg_json_key(j, VG_S("what")), vg_json_str(j, vg_str_z(why->what));
        vg_json_key(j, VG_S("why")), vg_json_str(j, vg_str_z(why->why));
        vg_json_key(j, VG_S("mend")), vg_json_str(j, vg_str_z(why->mend));
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_numbers(vg_json *j, const char *key, const double *x, int32_t n, int32_t known)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++)
        vg_json_num(j, i < known ? x[i] : NAN);
    vg_json_close(j);
}

static void put_daily(vg_json *j, const work *w)
{
    const vg_flow_run *r = &w->run;
    vg_json_key(j, VG_S("daily"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_camps; i++) {
        int32_t k = w->order[i];
        int64_t row = (int64_t)k * r->n_days, record = (int64_t)k * r->n_record;
        const double *data = w->opts.series == VG_FLOW_RAW ? r->raw : r->corrected;
        vg_json_object(j);
        vg_json_key(j, VG_S("camp")), vg_json_str(j, r->camp[k].name);
        put_numbers(j, "people", r->people + row, r->n_days, r->n_days);
        if (r->low) {
            put_numbers(j, "low", r->low + row, r->n_days, r->n_days);
            put_numbers(j, "high", r->high + row, r->n_days, r->n_days);
        }
        if (r->camp[k].scored)
            put_numbers(j, "registered", data + record, r->n_days, r->n_record);
        vg_json_close(j);
    }
    vg_json_close(j);
}

void vg_cli_put_params(vg_json *j, const vg_flow_params *p)
{
    vg_json_object(j);
    for (int i = 0; i < VG_FLOW_N_PARAMS; i++)
        vg_json_key(j, vg_str_z(vg_flow_param_table[i].name)), vg_json_num(j, p->value[i]);
    vg_json_close(j);
}

static void put_scores(vg_json *j, const work *w)
{
    const vg_flow_kept_params *p = &w->kept.params;
    vg_flow_naive naive = vg_flow_score_naive(&w->conflict, w->opts.series);
    vg_json_key(j, VG_S("ard")), vg_json_num(j, p->ard);
    vg_json_key(j, VG_S("ard_rescaled")), vg_json_num(j, p->ard_rescaled);
    vg_json_key(j, VG_S("coverage90")), vg_json_num(j, p->covered);
    vg_json_key(j, VG_S("scored_from_day")), vg_json_int(j, p->observed_to ? p->observed_to + 1 : 0);
    vg_json_key(j, VG_S("naive"));
    vg_json_object(j);
    if (p->observed_to)
        vg_json_key(j, VG_S("share_observed_day")), vg_json_num(j, p->naive);
    vg_json_key(j, VG_S("share_day7")), vg_json_num(j, naive.share7);
    vg_json_key(j, VG_S("share_day30")), vg_json_num(j, naive.share30);
    vg_json_key(j, VG_S("equal_split")), vg_json_num(j, naive.equal);
    vg_json_key(j, VG_S("rolling_share_lag30")), vg_json_num(j, naive.rolling30);
    vg_json_close(j);
}

static void put_json(vg_cli *c, const work *w, const vg_table *t)
{
    const vg_flow_kept_params *p = &w->kept.params;
    vg_flow_params params = vg_flow_shipped();
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("conflict")), vg_json_str(&j, p->conflict);
    vg_json_key(&j, VG_S("run")), vg_json_num(&j, w->id ? (double)w->id : (double)NAN);
    vg_json_key(&j, VG_S("mode")), vg_json_str(&j, p->observed_to ? VG_S("nowcast") : VG_S("forecast"));
    put_scores(&j, w);
    vg_json_key(&j, VG_S("seconds")), vg_json_num(&j, w->seconds);
    vg_json_key(&j, VG_S("first_date")), vg_json_str(&j, p->first_date);
    vg_json_key(&j, VG_S("days")), vg_json_int(&j, p->n_days);
    vg_json_key(&j, VG_S("engine")), vg_json_str(&j, p->engine);
    vg_json_key(&j, VG_S("agents")), vg_json_int(&j, p->n_people);
    vg_json_key(&j, VG_S("seed")), vg_json_int(&j, (int64_t)w->opts.seed);
    vg_json_key(&j, VG_S("total")), vg_json_str(&j, p->total);
    vg_json_key(&j, VG_S("registrations")), vg_json_str(&j, p->registrations);
    vg_json_key(&j, VG_S("capacity_known")), vg_json_bool(&j, !p->blind);
    vg_json_key(&j, VG_S("parameters"));
    vg_cli_put_params(&j, &params);
    vg_json_key(&j, VG_S("camps"));
    vg_table_json(t, &j);
    if (vg_opt_given(&c->opts, "daily"))
        put_daily(&j, w);
    put_refused(&j, &w->conflict);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static void say_head(vg_cli *c, const work *w)
{
    const vg_flow_kept_params *p = &w->kept.params;
    vg_line(c, p->observed_to ? "arrivals.head-nowcast" : "arrivals.head", vg_arg_text("name", p->conflict),
            vg_arg_text("date", p->first_date), vg_arg_int("days", p->n_days),
            vg_arg_int("day", p->observed_to));
    vg_line(c,
            vg_eq(p->total, VG_S("camps"))  ? "arrivals.total-camps"
            : vg_eq(p->total, VG_S("file")) ? "arrivals.total-file"
                                            : "arrivals.total-rate",
            vg_arg_int("n", 0));
    vg_put_char(c->out, '\n');
}

static void say_tail(vg_cli *c, const work *w)
{
    const vg_flow_kept_params *p = &w->kept.params;
    vg_put_char(c->out, '\n');
    if (!isnan(p->ard))
        vg_line(c, p->observed_to ? "arrivals.scored-nowcast" : "arrivals.scored",
                vg_arg_num("ard", p->ard, 3), vg_arg_num("rescaled", p->ard_rescaled, 3),
                vg_arg_num("naive", p->naive, 3), vg_arg_int("day", p->observed_to));
    if (!isnan(p->covered))
        vg_line(c, "arrivals.covered", vg_arg_percent("share", p->covered, 0));
    vg_line(c, p->blind ? "arrivals.blind" : "arrivals.capacity", vg_arg_int("n", 0));
    if (w->conflict.n_rejects) {
        vg_line(
            c, "arrivals.refused", vg_arg_int("n", w->conflict.n_rejects),
            vg_arg_text("file", w->conflict.reject[0].why.at.file),
            vg_arg_text("line", vg_format(&c->arena, "%lld", (long long)w->conflict.reject[0].why.at.line)),
            vg_arg_text("what", vg_str_z(w->conflict.reject[0].why.what)));
    }
    if (w->id)
        vg_line(c, "arrivals.kept", vg_arg_text("run", vg_format(&c->arena, "%lld", (long long)w->id)));
    else
        vg_line(c, "arrivals.not-kept", vg_arg_int("n", 0));
}

static bool show(vg_cli *c, const work *w, vg_err *e)
{
    vg_table t;
    int n = w->what_if ? N_OF(columns) : N_OF(columns) - 1; /* nothing to compare with */
    if (!vg_table_init(&t, columns, n, e))
        return false;
    for (int32_t i = 0; i < w->run.n_camps; i++)
        add_camp(w, c->form, &t, w->order[i]);
    bool good = !t.failed || vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (good && c->form == VG_FORM_JSON)
        put_json(c, w, &t);
    else if (good) {
        if (c->form == VG_FORM_TABLE)
            say_head(c, w);
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
        if (good && c->form == VG_FORM_TABLE)
            say_tail(c, w);
    }
    vg_table_free(&t);
    return good;
}

static bool one_conflict(vg_cli *c, const char *folder, vg_err *e)
{
    work w = { .id = 0 };
    int64_t started = vg_now();
    bool good = vg_cli_flow_opts(c, &w.opts, e) && vg_flow_read(folder, &c->arena, &w.conflict, e) &&
                check_days(&w.opts, &w.conflict, e) && simulate(c, &w, e) && sort_camps(c, &w, e) &&
                keep(c, &w, started, e);
    vg_terminal_end();
    return good && show(c, &w, e);
}

bool vg_verb_arrivals(vg_cli *c, vg_err *e)
{
    const char *one = vg_opt_path(&c->opts, "conflict"), *all = vg_opt_path(&c->opts, "all");
    if ((one != NULL) == (all != NULL)) {
        vg_fail(e, VG_EARG, VG_NOWHERE,
                "vigie displacement arrivals needs --conflict FOLDER or --all FOLDER");
        vg_why(e, "one folder is one conflict; --all takes a folder of such folders");
        return vg_mend(e, "name one of the two");
    }
    return one ? one_conflict(c, one, e) : vg_cli_arrivals_all(c, all, e);
}
