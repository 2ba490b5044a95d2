/* Alerts over HTTP: each with its reason and the one before it, as rows. Invariant: "before" is the newest alert of an
 * earlier run for the same rule and unit, so that following it goes back through a warning's whole history. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/fields.h"
#include "core/map.h"
#include "core/num.h"
#include "door/alert_int.h"

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { MOST_RUNS = 2000, MOST_ALERTS = 200000 };

static const vg_field fields[] = {
    { "rule", VG_FIELD_TEXT, offsetof(vg_door__alert, rule), 0, 0, 0, NULL },
    { "iso3", VG_FIELD_TEXT, offsetof(vg_door__alert, iso3), 0, 0, 0, NULL },
    { "name", VG_FIELD_TEXT, offsetof(vg_door__alert, name), 0, 0, 0, NULL },
    { "probability", VG_FIELD_NUM, offsetof(vg_door__alert, probability), 0, 0, 0, NULL },
    { "expected", VG_FIELD_NUM, offsetof(vg_door__alert, expected), 0, 0, 0, NULL },
    { "usual", VG_FIELD_NUM, offsetof(vg_door__alert, usual), 0, 0, 0, NULL },
    { "hit_rate", VG_FIELD_NUM, offsetof(vg_door__alert, hit_rate), 0, 0, 0, NULL },
    { "false_alarm_rate", VG_FIELD_NUM, offsetof(vg_door__alert, false_alarm_rate), 0, 0, 0, NULL },
    { NULL, 0, 0, 0, 0, 0, NULL },
};

/* --- what the store keeps --- */

typedef struct {
    vg_door__alert *alert;
    int64_t n, cap;
} list;

static bool add(vg_call *c, list *l, const vg_run *run, const vg_result *r, int64_t id, vg_err *e)
{
    vg_arena *arena = vg_call_arena(c);
    if (l->n == l->cap) {
        int64_t cap = l->cap ? 2 * l->cap : 256;
        vg_door__alert *more = vg_new(arena, vg_door__alert, cap);
        if (!more)
            return vg_fail_memory(e, vg_arena_limit(arena));
        if (l->n)
            memcpy(more, l->alert, (size_t)l->n * sizeof *more);
        l->alert = more;
        l->cap = cap;
    }
    vg_door__alert *a = &l->alert[l->n];
    *a = (vg_door__alert){ .id = id,
                           .run = run->id,
                           .at = run->started_at,
                           .unit_kind = r->unit_kind,
                           .unit = r->unit,
                           .month = r->month,
                           .probability = NAN,
                           .expected = NAN,
                           .usual = NAN,
                           .hit_rate = NAN,
                           .false_alarm_rate = NAN };
    l->n++;
    return vg_call_fields(c, r->body, fields, a, e);
}

static bool add_run(vg_call *c, list *l, const vg_run *run, vg_err *e)
{
    vg_result_page page = { .run = run->id, .kind = VG_S("alert"), .limit = MOST_ALERTS };
    vg_result *row;
    int64_t *number, n;
    if (!vg_store_result_page(vg_call_store(c), &page, vg_call_arena(c), &row, &number, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        if (!add(c, l, run, &row[i], number[i], e))
            return false;
    return true;
}

/* From the oldest on, the last one seen of each rule and unit is the one before the next; within a run there is none. */
static bool link_up(vg_call *c, list *l, vg_err *e)
{
    vg_map seen;
    vg_arena *arena = vg_call_arena(c);
    const vg_door__alert **last = vg_new(arena, const vg_door__alert *, l->n + 1);
    if (!last)
        return vg_fail_memory(e, vg_arena_limit(arena));
    if (!vg_map_init(&seen, e))
        return false;
    bool good = true;
    for (int64_t i = l->n; i-- > 0 && good;) {
        vg_door__alert *a = &l->alert[i];
        char key[400];
        int n = snprintf(key, sizeof key, "%d %d %.*s", (int)a->unit_kind, a->unit,
                         VG_P(vg_sub(a->rule, 0, 300)));
        int32_t at = vg_map_add(&seen, (vg_str){ key, n }, NULL);
        good = at >= 0 || vg_fail_memory(e, 0);
        if (!good)
            break;
        a->before = last[at] && last[at]->run < a->run ? last[at] : last[at] ? last[at]->before : NULL;
        last[at] = a;
    }
    vg_map_free(&seen);
    return good;
}

bool vg_door__alerts(vg_call *c, vg_door__alert **out, int64_t *n, vg_err *e)
{
    vg_run *run;
    int64_t n_runs;
    list l = { .n = 0 };
    if (!vg_store_run_page(vg_call_store(c), VG_S("alert"), 0, MOST_RUNS, vg_call_arena(c), &run, &n_runs, e))
        return false;
    for (int64_t i = 0; i < n_runs && l.n < MOST_ALERTS; i++)
        if (!add_run(c, &l, &run[i], e))
            return false;
    if (!link_up(c, &l, e))
        return false;
    *out = l.alert;
    *n = l.n;
    return true;
}

bool vg_door__rule_read(vg_str subject, vg_door__rule *out)
{
    vg_str rest = subject;
    if (!vg_starts(rest, VG_S("alert-rule:")))
        return false;
    vg_cut(&rest, ':');
    out->target = vg_cut(&rest, ',');
    out->unit = vg_cut(&rest, ',');
    out->model = vg_cut(&rest, ',');
    out->kind = vg_cut(&rest, ',');
    return vg_num(vg_cut(&rest, ','), &out->deaths) && vg_num(vg_cut(&rest, ','), &out->probability) &&
           vg_num(rest, &out->factor);
}

/* --- words --- */

vg_lang vg_door__lang(const vg_call *c)
{
    int lang = vg_call_given(c, "lang") ? vg_lang_by_code(vg_call_text(c, "lang")) : 0;
    return lang == VG_LANG_FR ? VG_LANG_FR : VG_LANG_EN;
}

static vg_str place_of(vg_call *c, const vg_door__alert *a)
{
    if (a->name.n)
        return a->name;
    return vg_format(vg_call_arena(c), "%s %d", a->unit_kind == VG_UNIT_CELL ? "PRIO-GRID" : "unit", a->unit);
}

vg_str vg_door__alert_title(vg_call *c, vg_lang lang, const vg_door__alert *a)
{
    const vg_arg arg[] = { vg_arg_text("place", place_of(c, a)), vg_arg_month("month", a->month),
                           vg_arg_percent("probability", a->probability, 0) };
    return vg_message_text(vg_call_arena(c), lang, "alert.feed.entry", arg, N_OF(arg));
}

vg_str vg_door__alert_reason(vg_call *c, vg_lang lang, const vg_door__alert *a)
{
    vg_door__rule rule = { .deaths = NAN };
    if (!vg_door__rule_read(a->rule, &rule))
        return a->rule;
    char key[48];
    snprintf(key, sizeof key, "alert.feed.%.*s%s", VG_P(vg_sub(rule.kind, 0, 16)),
             isnan(a->usual) ? ".new" : "");
    const vg_arg arg[] = {
        vg_arg_text("place", place_of(c, a)),         vg_arg_month("month", a->month),
        vg_arg_num("deaths", rule.deaths, 0),         vg_arg_percent("probability", a->probability, 0),
        vg_arg_percent("least", rule.probability, 0), vg_arg_num("factor", rule.factor, 1),
        vg_arg_num("expected", a->expected, 1),       vg_arg_num("usual", a->usual, 1),
        vg_arg_percent("hit_rate", a->hit_rate, 0),   vg_arg_percent("false_rate", a->false_alarm_rate, 1)
    };
    return vg_message_text(vg_call_arena(c), lang, key, arg, N_OF(arg));
}

/* --- rows --- */

bool vg_door__alert_wanted(const vg_call *c, const vg_door__alert *a)
{
    return (!vg_call_whole(c, "unit") || a->unit == vg_call_whole(c, "unit")) &&
           (!vg_call_text(c, "rule").n || vg_eq(a->rule, vg_call_text(c, "rule"))) &&
           (!vg_call_text(c, "iso3").n || vg_eq_nocase(a->iso3, vg_call_text(c, "iso3")));
}

static void put(vg_call *c, vg_rows *r, const vg_door__alert *a)
{
    static const char *const kind[] = { NULL, "country", "cell", "admin1", "admin2" };
    vg_rows_int(r, a->id);
    vg_rows_int(r, a->run);
    vg_rows_instant(r, a->at);
    vg_rows_text(r, a->rule);
    vg_rows_text(r, vg_str_z((int)a->unit_kind < N_OF(kind) ? kind[a->unit_kind] : NULL));
    vg_rows_int(r, a->unit);
    vg_rows_text(r, a->iso3);
    vg_rows_text(r, a->name);
    vg_rows_month(r, a->month);
    vg_rows_num(r, a->probability);
    vg_rows_num(r, a->expected);
    vg_rows_num(r, a->usual);
    vg_rows_num(r, a->hit_rate);
    vg_rows_num(r, a->false_alarm_rate);
    vg_rows_text(r, vg_door__alert_reason(c, vg_door__lang(c), a));
    vg_rows_int(r, a->before ? a->before->id : VG_UNKNOWN);
}

static bool answer_history(vg_call *c, vg_err *e)
{
    static const char *const column[] = {
        "alert",  "run",   "at",          "rule",     "unit_kind", "unit",     "iso3",
        "name",   "month", "probability", "expected", "usual",     "hit_rate", "false_alarm_rate",
        "reason", "before"
    };
    vg_door__alert *a;
    int64_t n, skip = vg_call_whole(c, "cursor"), limit = vg_call_whole(c, "limit"), seen = 0;
    if (!vg_door__alerts(c, &a, &n, e))
        return false;
    bool more = false;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n && !more; i++) {
        if (!vg_door__alert_wanted(c, &a[i]) || seen++ < skip)
            continue;
        more = r.n == limit;
        if (!more)
            put(c, &r, &a[i]);
    }
    vg_str next = vg_format(vg_call_arena(c), "%lld", (long long)(skip + limit));
    vg_rows_end(&r, more ? vg_call_next(c, next) : VG_NOSTR);
    return true;
}

/* --- the table --- */

#define P_LANG                                                                                               \
    {                                                                                                        \
        .name = "lang", .kind = VG_P_CHOICE, .words = "en|fr", .fallback = "en",                             \
        .help = "language of the texts"                                                                      \
    }
#define P_END                                                                                                \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }
#define P_CHOICE                                                                                             \
    { .name = "unit", .kind = VG_P_INT, .min = 1, .max = 2147483647, .help = "only this unit" },             \
        { .name = "iso3", .kind = VG_P_TEXT, .max = 3, .help = "only this country" },                        \
    {                                                                                                        \
        .name = "rule", .kind = VG_P_TEXT, .max = 300, .help = "only this rule, by its subject"              \
    }
#define P_PAGE                                                                                               \
    { .name = "cursor", .kind = VG_P_INT, .max = 9e15, .help = "number of rows to pass over" },              \
    {                                                                                                        \
        .name = "limit", .kind = VG_P_INT, .min = 1, .max = 10000, .fallback = "1000",                       \
        .help = "how many rows at most"                                                                      \
    }

static const vg_param history_params[] = { P_CHOICE, P_PAGE, P_LANG, P_END };
static const vg_param atom_params[] = { P_CHOICE, P_LANG, P_END };
static const vg_param cap_params[] = {
    { .name = "alert",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .required = true,
      .in_path = true,
      .help = "number of the alert" },
    P_LANG,
    P_END,
};

static const vg_route routes[] = {
    { "GET", "/api/v1/alerts/history", "alertHistory",
      "Alerts of all runs, each with its reason and the one before", VG_ROLE_VIEWER, VG_AS_JSON | VG_AS_CSV,
      .returns = "Rows", .answer = answer_history, .param = history_params },
    { "GET", "/api/v1/alerts/feed", "alertFeed", "Alerts as a feed (Atom 1.0)", VG_ROLE_VIEWER, VG_AS_OTHER,
      .type = "application/atom+xml", .answer = vg_door__atom, .param = atom_params },
    { "GET", "/api/v1/alerts/{alert}/cap", "alertCap", "An alert in the Common Alerting Protocol 1.2",
      VG_ROLE_VIEWER, VG_AS_OTHER, .type = "application/cap+xml", .answer = vg_door__cap,
      .param = cap_params },
};

const vg_door vg_alert_door = { .name = "alert", .route = routes, .n_routes = N_OF(routes) };
