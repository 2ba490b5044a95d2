/* vigie alert: rules that say when to speak up. A rule's hit rate and false alarms on past years are measured and
 * shown before it is saved, and stand beside every alert it gives. A rule is a decision in the store; its subject,
 * "alert-rule:sb,country,forest,threshold,25,0.5,0", is the whole rule, with the model it was measured with, and its newest verdict ("add", "remove") holds. */
#include <math.h>
#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/verb.h"
#include "core/date.h"
#include "core/num.h"
#include "forecast/forecast.h"

#define PREFIX "alert-rule:"

const vg_opt vg_alert_add_options[] = {
    { "kind", VG_OPT_CHOICE, "threshold|onset|rise", "threshold", 0, 0 },
    { "deaths", VG_OPT_NUM, "N", "25", 1, 1e9 },
    { "probability", VG_OPT_NUM, "P", "0.5", 0.001, 1 },
    { "factor", VG_OPT_NUM, "F", "2", 0.01, 1e6 },
    VG_CHOICE_OPTIONS,
    VG_SOURCE_OPTIONS,
    { "windows", VG_OPT_YEARS, "YYYY-YYYY", NULL, 0, 0 },
    { "model", VG_OPT_CHOICE, "forest|conflictology|mixture|negbin|last|zero|neighbours", "forest", 0, 0 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "yes", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

const vg_opt vg_alert_list_options[] = {
    { .name = NULL },
};

const vg_opt vg_alert_run_options[] = {
    VG_SOURCE_OPTIONS,
    { "origin", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "months", VG_OPT_INT, "N", "12", 1, 36 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { .name = NULL },
};

static const vg_column rule_columns[] = {
    { "rule", VG_CELL_INT, 0 },
    { "target", VG_CELL_TEXT, 0 },
    { "unit_kind", VG_CELL_TEXT, 0 },
    { "model", VG_CELL_TEXT, 0 },
    { "kind", VG_CELL_TEXT, 0 },
    { "deaths", VG_CELL_NUM, 0 },
    { "probability", VG_CELL_PERCENT, 0 },
    { "factor", VG_CELL_NUM, 1 },
    { "windows", VG_CELL_TEXT, 0 },
    { "cases", VG_CELL_INT, 0 },
    { "events", VG_CELL_INT, 0 },
    { "alerts", VG_CELL_INT, 0 },
    { "hits", VG_CELL_INT, 0 },
    { "hit_rate", VG_CELL_PERCENT, 0 },
    { "false_alarm_rate", VG_CELL_PERCENT, 1 },
    { "precision", VG_CELL_PERCENT, 0 },
    { "saved_at", VG_CELL_INSTANT, 0 },
};

static const vg_column alert_columns[] = {
    { "rule", VG_CELL_INT, 0 },         { "unit", VG_CELL_ID, 0 },
    { "iso3", VG_CELL_TEXT, 0 },        { "name", VG_CELL_TEXT, 0 },
    { "month", VG_CELL_MONTH, 0 },      { "chance", VG_CELL_CHANCE, 0 },
    { "expected", VG_CELL_NUM, 1 },     { "usual", VG_CELL_NUM, 1 },
    { "hit_rate", VG_CELL_PERCENT, 0 }, { "false_alarm_rate", VG_CELL_PERCENT, 1 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { MEASURED_YEARS = 6, GAP = 2, MIN_HISTORY = 36 };

static const char *const kind_name[] = { "threshold", "onset", "rise" };

/* A rule with what its past says. */
typedef struct {
    vg_alert_rule rule;
    vg_str target, unit, model, subject;
    int32_t first_window, last_window;
    vg_alert_rates rates;
    int64_t saved_at;
} kept_rule;

static void set_rates(vg_alert_rates *r)
{
    int64_t quiet = r->n - r->events;
    r->hit_rate = r->events ? (double)r->hits / (double)r->events : NAN;
    r->false_alarm_rate = quiet ? (double)(r->alerts - r->hits) / (double)quiet : NAN;
    r->precision = r->alerts ? (double)r->hits / (double)r->alerts : NAN;
}

static void add_rule(vg_table *t, int64_t number, const kept_rule *k)
{
    vg_str windows = vg_format(&t->text, "%d-%d", k->first_window, k->last_window);
    vg_cell_int(t, number ? number : INT64_MIN);
    vg_cell_text(t, k->target);
    vg_cell_text(t, k->unit);
    vg_cell_text(t, k->model);
    vg_cell_text(t, vg_str_z(kind_name[k->rule.kind]));
    vg_cell_num(t, k->rule.threshold);
    vg_cell_num(t, k->rule.probability);
    vg_cell_num(t, k->rule.kind == VG_ALERT_RISE ? k->rule.factor : NAN);
    vg_cell_text(t, windows);
    vg_cell_int(t, k->rates.n);
    vg_cell_int(t, k->rates.events);
    vg_cell_int(t, k->rates.alerts);
    vg_cell_int(t, k->rates.hits);
    vg_cell_num(t, k->rates.hit_rate);
    vg_cell_num(t, k->rates.false_alarm_rate);
    vg_cell_num(t, k->rates.precision);
    vg_cell_int(t, k->saved_at ? k->saved_at : INT64_MIN);
}

/* --- rules as text --- */

static vg_str subject_of(vg_arena *a, const kept_rule *k)
{
    char deaths[32], probability[32], factor[32];
    vg_str d = vg_num_text(k->rule.threshold, deaths), p = vg_num_text(k->rule.probability, probability);
    vg_str f = vg_num_text(k->rule.kind == VG_ALERT_RISE ? k->rule.factor : 0, factor);
    return vg_format(a, PREFIX "%.*s,%.*s,%.*s,%s,%.*s,%.*s,%.*s", VG_P(k->target), VG_P(k->unit),
                     VG_P(k->model), kind_name[k->rule.kind], VG_P(d), VG_P(p), VG_P(f));
}

static int kind_by_name(vg_str name)
{
    for (int i = 0; i < N_OF(kind_name); i++)
        if (vg_eq(name, vg_str_z(kind_name[i])))
            return i;
    return -1;
}

static vg_str value_of(vg_str list, vg_str name)
{
    while (list.n) {
        vg_str value = vg_cut(&list, ';'), key = vg_cut(&value, '=');
        if (vg_eq(key, name))
            return value;
    }
    return VG_NOSTR;
}

static int64_t whole_of(vg_str list, vg_str name)
{
    int64_t x = 0;
    vg_int(value_of(list, name), &x);
    return x;
}

static bool parse_rule(const vg_decision *d, kept_rule *k, vg_err *e)
{
    vg_str rest = vg_sub(d->subject, (ptrdiff_t)strlen(PREFIX), d->subject.n);
    *k = (kept_rule){ .subject = d->subject, .saved_at = d->at };
    k->target = vg_cut(&rest, ',');
    k->unit = vg_cut(&rest, ',');
    k->model = vg_cut(&rest, ',');
    int kind = kind_by_name(vg_cut(&rest, ','));
    k->rule.kind = (vg_alert_kind)kind;
    if (kind < 0 || vg_model_by_name(k->model) < 0 || !vg_num(vg_cut(&rest, ','), &k->rule.threshold) ||
        !vg_num(vg_cut(&rest, ','), &k->rule.probability) || !vg_num(rest, &k->rule.factor))
        return vg_fail(e, VG_EPARSE, VG_NOWHERE, "a stored rule cannot be read: \"%.*s\"", VG_P(d->subject));
    k->first_window = (int32_t)whole_of(d->reason, VG_S("first"));
    k->last_window = (int32_t)whole_of(d->reason, VG_S("last"));
    k->rates = (vg_alert_rates){ .n = whole_of(d->reason, VG_S("cases")),
                                 .alerts = whole_of(d->reason, VG_S("alerts")),
                                 .events = whole_of(d->reason, VG_S("events")),
                                 .hits = whole_of(d->reason, VG_S("hits")) };
    set_rates(&k->rates);
    return true;
}

/* The rules in force, oldest first. */
static bool load_rules(vg_cli *c, vg_store *st, kept_rule **out, int *n, vg_err *e)
{
    vg_decision *d;
    int64_t n_decisions;
    if (!vg_store_decisions(st, VG_S(PREFIX), &c->arena, &d, &n_decisions, e))
        return false;
    kept_rule *rule = vg_new(&c->arena, kept_rule, n_decisions);
    if (!rule)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    *n = 0;
    for (int64_t i = 0; i < n_decisions; i++)
        if (vg_eq(d[i].verdict, VG_S("add")) && !parse_rule(&d[i], &rule[(*n)++], e))
            return false;
    *out = rule;
    return true;
}

static vg_str who(const vg_cli *c)
{
    if (c->actor.n)
        return c->actor;
    const struct passwd *me = getpwuid(geteuid());
    return me ? vg_str_z(me->pw_name) : VG_S("unknown");
}

/* --- add --- */

static bool choose_windows(vg_cli *c, const vg_panel *p, kept_rule *k, vg_err *e)
{
    const vg_opt_value *given = vg_opt_find(&c->opts, "windows");
    int32_t end = p->first_month + p->n_months - 1;
    k->last_window = vg_month_of_year(end) == 12 ? vg_month_year(end) : vg_month_year(end) - 1;
    k->first_window = k->last_window - MEASURED_YEARS + 1;
    while (k->first_window <= k->last_window &&
           vg_month(k->first_window, 1) - GAP - p->first_month < MIN_HISTORY)
        k->first_window++;
    if (given->given) {
        k->first_window = (int32_t)given->whole;
        k->last_window = (int32_t)given->to;
    }
    if (k->first_window <= k->last_window)
        return true;
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "there are too few years to measure a rule on");
    return vg_mend(e, "a rule needs at least four whole years of data before it can be saved");
}

static bool measure(vg_cli *c, const vg_panel *p, kept_rule *k, vg_err *e)
{
    const vg_opts *o = &c->opts;
    if (!choose_windows(c, p, k, e))
        return false;
    vg_backtest_opts b = { .first_window = k->first_window,
                           .last_window = k->last_window,
                           .forecast = { .model = (vg_model)vg_model_by_name(k->model),
                                         .n_draws = (int32_t)vg_opt_int(o, "draws"),
                                         .seed = (uint64_t)vg_opt_int(o, "seed"),
                                         .n_threads = c->n_threads,
                                         .progress = c->progress } };
    return vg_alert_measure(p, &k->rule, &b, &k->rates, e);
}

/* True when the user agrees: --yes, or an answer on the terminal. */
static bool agreed(vg_cli *c)
{
    char answer[16];
    if (vg_opt_given(&c->opts, "yes"))
        return true;
    if (c->served || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    vg_str question = vg_message(c->lang, "alert.ask");
    fprintf(stderr, "%.*s ", VG_P(question));
    return fgets(answer, sizeof answer, stdin) && answer[0] && strchr("yYoOsS", answer[0]);
}

static bool save_rule(vg_cli *c, vg_store *st, const kept_rule *k, vg_err *e)
{
    vg_decision d = {
        .subject = subject_of(&c->arena, k), .who = who(c), .verdict = VG_S("add"), .at = vg_now()
    };
    d.reason = vg_format(&c->arena, "first=%d;last=%d;cases=%lld;events=%lld;alerts=%lld;hits=%lld",
                         k->first_window, k->last_window, (long long)k->rates.n, (long long)k->rates.events,
                         (long long)k->rates.alerts, (long long)k->rates.hits);
    return d.reason.s ? vg_store_decide(st, &d, e) : vg_fail_memory(e, vg_arena_limit(&c->arena));
}

static bool show_rule(vg_cli *c, const kept_rule *k, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, rule_columns, N_OF(rule_columns), e))
        return false;
    add_rule(&t, 0, k);
    bool good = true;
    if (c->form == VG_FORM_TABLE)
        vg_line(c, "alert.measured", vg_arg_int("cases", k->rates.n), vg_arg_int("events", k->rates.events),
                vg_arg_int("hits", k->rates.hits), vg_arg_percent("hit_rate", k->rates.hit_rate, 0),
                vg_arg_int("alerts", k->rates.alerts), vg_arg_int("false", k->rates.alerts - k->rates.hits),
                vg_arg_percent("false_rate", k->rates.false_alarm_rate, 1),
                vg_arg_text("from", vg_format(&c->arena, "%d", k->first_window)),
                vg_arg_text("to", vg_format(&c->arena, "%d", k->last_window)));
    else
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool measure_and_save(vg_cli *c, vg_cli_panel *p, vg_err *e)
{
    const vg_opts *o = &c->opts;
    kept_rule k = { .target = p->target, .unit = vg_opt_text(o, "unit"), .model = vg_opt_text(o, "model") };
    k.rule = (vg_alert_rule){ .kind = (vg_alert_kind)kind_by_name(vg_opt_text(o, "kind")),
                              .threshold = vg_opt_num(o, "deaths"),
                              .probability = vg_opt_num(o, "probability"),
                              .factor = vg_opt_num(o, "factor") };
    if (!measure(c, &p->panel, &k, e))
        return false;
    vg_terminal_end();
    if (!show_rule(c, &k, e))
        return false;
    if (!vg_cli_flush(c, e))
        return false;
    if (c->served && !vg_opt_given(o, "yes"))
        return true; /* the figures are the answer; what is asked again with yes is saved */
    if (!agreed(c)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the rule was not saved");
        vg_why(e, "a rule is saved only when someone has seen its false-alarm rate and agreed");
        return vg_mend(e, "run it again with --yes if these figures are good enough");
    }
    if (!save_rule(c, p->st, &k, e))
        return false;
    if (c->form == VG_FORM_TABLE)
        vg_line(c, "alert.saved", vg_arg_int("n", 1));
    return true;
}

bool vg_verb_alert_add(vg_cli *c, vg_err *e)
{
    vg_cli_panel p;
    bool only_measured = c->served && !vg_opt_given(&c->opts, "yes");
    if (!vg_cli_panel_open(c, only_measured ? VG_STORE_READ : VG_STORE_WRITE, &p, e))
        return false;
    bool good = measure_and_save(c, &p, e);
    vg_cli_panel_close(&p);
    return good;
}

/* --- list and remove --- */

static bool list_rules(vg_cli *c, vg_store *st, vg_err *e)
{
    kept_rule *rule = NULL;
    int n = 0;
    vg_table t;
    if (!load_rules(c, st, &rule, &n, e) || !vg_table_init(&t, rule_columns, N_OF(rule_columns), e))
        return false;
    for (int i = 0; i < n; i++)
        add_rule(&t, i + 1, &rule[i]);
    bool good = true;
    if (n == 0 && c->form == VG_FORM_TABLE)
        vg_line(c, "alert.none", vg_arg_int("n", 0));
    else
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_alert_list(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = list_rules(c, st, e);
    vg_store_close(st);
    return good;
}

static bool remove_rule(vg_cli *c, vg_store *st, vg_str word, vg_err *e)
{
    kept_rule *rule = NULL;
    int n = 0;
    int64_t number;
    if (!load_rules(c, st, &rule, &n, e))
        return false;
    if (!vg_int(word, &number) || number < 1 || number > n) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no rule \"%.*s\"", VG_P(word));
        return vg_mend(e, "\"vigie alert list\" shows the rules and their numbers");
    }
    vg_decision d = {
        .subject = rule[number - 1].subject, .who = who(c), .verdict = VG_S("remove"), .at = vg_now()
    };
    if (!vg_store_decide(st, &d, e))
        return false;
    if (c->form == VG_FORM_TABLE)
        vg_line(c, "alert.removed", vg_arg_int("n", number));
    return true;
}

bool vg_verb_alert_remove(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = remove_rule(c, st, vg_str_z(c->opts.arg[0]), e);
    vg_store_close(st);
    return good;
}

/* --- run --- */

typedef struct {
    vg_table table;
    vg_result *result;
    int64_t n, cap;
} findings;

static vg_str body_of(vg_cli *c, const kept_rule *k, const vg_unit *u, const vg_alert *a)
{
    vg_out text;
    if (!vg_out_memory(&text, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("rule")), vg_json_str(&j, k->subject);
    vg_json_key(&j, VG_S("iso3")), vg_json_str(&j, u->iso3);
    vg_json_key(&j, VG_S("name")), vg_json_str(&j, u->name);
    vg_json_key(&j, VG_S("probability")), vg_json_num(&j, a->probability);
    vg_json_key(&j, VG_S("expected")), vg_json_num(&j, a->expected);
    vg_json_key(&j, VG_S("usual")), vg_json_num(&j, a->usual);
    vg_json_key(&j, VG_S("hit_rate")), vg_json_num(&j, k->rates.hit_rate);
    vg_json_key(&j, VG_S("false_alarm_rate")), vg_json_num(&j, k->rates.false_alarm_rate);
    vg_json_close(&j);
    vg_str body = vg_copy(&c->arena, vg_out_text(&text));
    vg_out_drop(&text);
    return body;
}

static bool keep(vg_cli *c, findings *f, const kept_rule *k, int number, const vg_panel *p, const vg_alert *a,
                 vg_err *e)
{
    const vg_unit *u = &p->unit[a->unit_index];
    vg_table *t = &f->table;
    vg_cell_int(t, number);
    vg_cell_int(t, u->unit);
    vg_cell_text(t, u->iso3);
    vg_cell_text(t, vg_cli_unit_name(c, u));
    vg_cell_int(t, a->month);
    vg_cell_num(t, a->probability);
    vg_cell_num(t, a->expected);
    vg_cell_num(t, a->usual);
    vg_cell_num(t, k->rates.hit_rate);
    vg_cell_num(t, k->rates.false_alarm_rate);
    if (f->n == f->cap) {
        int64_t cap = f->cap ? 2 * f->cap : 64;
        vg_result *more = vg_new(&c->arena, vg_result, cap);
        if (!more)
            return vg_fail_memory(e, vg_arena_limit(&c->arena));
        if (f->n)
            memcpy(more, f->result, (size_t)f->n * sizeof *more);
        f->result = more;
        f->cap = cap;
    }
    f->result[f->n++] = (vg_result){ .kind = VG_S("alert"),
                                     .unit_kind = p->kind,
                                     .unit = u->unit,
                                     .month = a->month,
                                     .body = body_of(c, k, u, a) };
    return true;
}

static bool scan(vg_cli *c, const vg_panel *p, const vg_forecast *f, const kept_rule *k, int number,
                 findings *out, vg_err *e)
{
    vg_alert *alert;
    int32_t n;
    if (!vg_alert_scan(f, p, &k->rule, &c->arena, &alert, &n, e))
        return false;
    for (int32_t i = 0; i < n; i++)
        if (!isnan(p->value[(int64_t)alert[i].unit_index * p->n_months + vg_forecast_options(f)->origin -
                            p->first_month]) &&
            !keep(c, out, k, number, p, &alert[i], e))
            return false;
    return true;
}

/* Rules that one forecast can answer. */
static bool same_forecast(const kept_rule *a, const kept_rule *b)
{
    return vg_eq(a->target, b->target) && vg_eq(a->unit, b->unit) && vg_eq(a->model, b->model);
}

/* The run's parameters: what was forecast, and every rule that was asked. */
static vg_str params_of(vg_cli *c, const vg_forecast *f, const kept_rule *rule, int n, int first)
{
    vg_out text;
    char origin[16];
    const vg_forecast_opts *o = vg_forecast_options(f);
    if (!vg_out_memory(&text, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("model")), vg_json_str(&j, vg_str_z(vg_model_name(o->model)));
    vg_json_key(&j, VG_S("origin")), vg_json_str(&j, vg_month_text(o->origin, origin));
    vg_json_key(&j, VG_S("months")), vg_json_int(&j, o->n_leads);
    vg_json_key(&j, VG_S("draws")), vg_json_int(&j, o->n_draws);
    vg_json_key(&j, VG_S("rules"));
    vg_json_array(&j);
    for (int i = first; i < n; i++)
        if (same_forecast(&rule[i], &rule[first]))
            vg_json_str(&j, rule[i].subject);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_str params = vg_copy(&c->arena, vg_out_text(&text));
    vg_out_drop(&text);
    return params;
}

static bool scan_group(vg_cli *c, const vg_cli_panel *p, const vg_forecast *f, const kept_rule *rule, int n,
                       int first, findings *out, vg_run *run, vg_err *e)
{
    int64_t id, n_before = out->n;
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = first; i < n; i++)
        if (same_forecast(&rule[i], &rule[first]) && !scan(c, &p->panel, f, &rule[i], i + 1, out, e))
            return false;
    clock_gettime(CLOCK_MONOTONIC, &end);
    run->seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    run->params = params_of(c, f, rule, n, first);
    return vg_store_run(p->st, run, out->result + n_before, out->n - n_before, &id, e);
}

/* All rules over one panel and model: one forecast for them together. */
static bool run_group(vg_cli *c, const kept_rule *rule, int n, int first, findings *out, vg_err *e)
{
    const vg_opts *o = &c->opts;
    vg_cli_panel p;
    vg_forecast *f;
    vg_forecast_opts fo = { .model = (vg_model)vg_model_by_name(rule[first].model),
                            .origin = vg_opt_month(o, "origin"),
                            .n_leads = (int32_t)vg_opt_int(o, "months"),
                            .n_draws = (int32_t)vg_opt_int(o, "draws"),
                            .seed = (uint64_t)vg_opt_int(o, "seed"),
                            .n_threads = c->n_threads,
                            .progress = c->progress };
    if (!vg_cli_panel_for(c, VG_STORE_WRITE, rule[first].target, rule[first].unit, &p, e))
        return false;
    bool good = vg_forecast_train(&p.panel, &fo, &f, e);
    if (good) {
        vg_run run = { .verb = VG_S("alert"),
                       .program_version = VG_S(VG_VERSION),
                       .seed = fo.seed,
                       .vintage = p.panel.vintage,
                       .n_vintages = p.panel.n_vintages,
                       .started_at = vg_now() };
        good = scan_group(c, &p, f, rule, n, first, out, &run, e);
        vg_forecast_free(f);
    }
    vg_cli_panel_close(&p);
    return good;
}

static bool run_rules(vg_cli *c, const kept_rule *rule, int n, findings *out, vg_err *e)
{
    for (int i = 0; i < n; i++) {
        bool done = false;
        for (int k = 0; k < i; k++)
            done = done || same_forecast(&rule[k], &rule[i]);
        if (!done && !run_group(c, rule, n, i, out, e))
            return false;
    }
    vg_terminal_end();
    c->exit_code = out->n > 0;
    if (out->n == 0 && c->form == VG_FORM_TABLE) {
        vg_line(c, "alert.quiet", vg_arg_int("n", n));
        return true;
    }
    return vg_table_put(&out->table, c->lang, c->form, 0, c->out, e);
}

bool vg_verb_alert_run(vg_cli *c, vg_err *e)
{
    vg_store *st;
    kept_rule *rule = NULL;
    int n = 0;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = load_rules(c, st, &rule, &n, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (n == 0) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no alert rule yet");
        return vg_mend(e, "add one: vigie alert add --kind threshold --deaths 25 --probability 0.5");
    }
    findings f = { .n = 0 };
    if (!vg_table_init(&f.table, alert_columns, N_OF(alert_columns), e))
        return false;
    good = run_rules(c, rule, n, &f, e);
    vg_table_free(&f.table);
    return good;
}
