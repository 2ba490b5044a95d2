/* News of a watch: what came out of it since the last look is told to the readers of the stream and to the receivers'
 * thread, at most ten times a second. Invariant: what is told here is small and may be lost; who must have everything
 * reads the feed from the last number it knows. */
#include <stdlib.h>
#include <string.h>

#include "door/ceasefire_guard_int.h"
#include "door/ceasefire_outcome_int.h"

enum { NEWS_BYTES = 64 << 20, LOOK = 1000, ITEMS = 50, LEAST_MS = 100, MOST_ALERTS = 10000 };

/* --- alerts: their numbers are kept in memory --- */

static void note_alert(vg_guard *g, int64_t number)
{
    pthread_mutex_lock(&g->lock);
    bool known = g->n_alerts > 0 && g->alert[g->n_alerts - 1] >= number;
    if (g->n_alerts == MOST_ALERTS) {
        g->n_alerts -= MOST_ALERTS / 2;
        memmove(g->alert, g->alert + MOST_ALERTS / 2, (size_t)g->n_alerts * sizeof *g->alert);
    }
    if (g->n_alerts == g->cap_alerts) {
        int64_t cap = g->cap_alerts ? 2 * g->cap_alerts : 64;
        int64_t *more = reallocarray(g->alert, (size_t)cap, sizeof *more);
        g->alert = more ? more : g->alert;
        g->cap_alerts = more ? cap : g->cap_alerts;
    }
    if (g->n_alerts < g->cap_alerts && !known)
        g->alert[g->n_alerts++] = number;
    pthread_mutex_unlock(&g->lock);
}

static bool take_alert(void *guard, const vg_outcome *o)
{
    note_alert(guard, o->n);
    return true;
}

static bool read_alerts(vg_guard *g, vg_err *e)
{
    vg_report_log *log;
    g->n_alerts = 0;
    if (!vg_report_log_open(g->news.st, vg_str_z(g->id), &log, e))
        return false;
    bool good = vg_report_outcomes_of(log, VG_OUTCOME_ALERT, 0, take_alert, g, e);
    vg_report_log_close(log);
    return good;
}

bool vg_guard__alerts(vg_guard *g, vg_arena *a, int64_t **out, int64_t *n, vg_err *e)
{
    pthread_mutex_lock(&g->lock);
    int64_t *list = vg_new(a, int64_t, g->n_alerts);
    for (int64_t i = 0; list && i < g->n_alerts; i++)
        list[i] = g->alert[i];
    *out = list;
    *n = g->n_alerts;
    pthread_mutex_unlock(&g->lock);
    return list || vg_fail_memory(e, vg_arena_limit(a));
}

/* The number first: an alert told meanwhile is in the list and comes again with the first news, where it is passed over. */
bool vg_guard__begin_news(vg_guard *g, vg_err *e)
{
    guard_news *n = &g->news;
    vg_outcome *o;
    int64_t count;
    bool good = (n->arena.base || vg_arena_init(&n->arena, NEWS_BYTES, e)) &&
                (n->st || vg_store_open(vg_serve_store(g->all->s), VG_STORE_READ, &n->st, e)) &&
                vg_report_outcomes(n->st, vg_str_z(g->id), 0, 0, &n->arena, &o, &count, &n->number, e) &&
                read_alerts(g, e);
    pthread_mutex_lock(&g->lock);
    g->outcome = n->number;
    pthread_mutex_unlock(&g->lock);
    return good;
}

void vg_guard__end_news(vg_guard *g)
{
    vg_store_close(g->news.st);
    vg_arena_free(&g->news.arena);
}

int64_t vg_guard__news_at(const vg_guard *g, int64_t else_at)
{
    int64_t at = g->news.told_at + LEAST_MS;
    return g->news.more && at < else_at ? at : else_at;
}

/* --- what is told --- */

static void put_item(vg_guard *g, vg_json *j, const vg_outcome *o)
{
    char id[17];
    vg_outcome_head head;
    vg_err none = VG_NO_ERR;
    vg_arena keep = g->news.arena;
    if (vg_outcome__head(&g->news.arena, o, &head, &none)) {
        vg_json_object(j);
        vg_put__text(j, "incident", vg_incident__text(o->incident, id));
        vg_put__text(j, "level", head.level);
        vg_put__text(j, "clause", head.clause);
        vg_put__text(j, "change", head.change);
        vg_put__int(j, "number", o->n);
        vg_json_close(j);
    }
    g->news.arena = keep;
}

static void post(vg_guard *g, const char *event, vg_out *o)
{
    if (!o->failed)
        vg_serve_post(g->all->s, event, vg_out_text(o));
    vg_out_drop(o);
}

static bool is_event(const vg_outcome *o, const char *event)
{
    return vg_eq(vg_str_z(vg_outcome__event(o)), vg_str_z(event));
}

static int64_t count_of(const vg_outcome *o, int64_t n, const char *event)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += is_event(&o[i], event);
    return count;
}

static void tell_incidents(vg_guard *g, const vg_outcome *o, int64_t n)
{
    vg_out out;
    int64_t all = count_of(o, n, "incident"), passed = all > ITEMS ? all - ITEMS : 0;
    if (!all || !vg_out_memory(&out, NULL))
        return;
    vg_json j = vg_json_to(&out);
    vg_json_object(&j);
    vg_put__text(&j, "ceasefire", vg_str_z(g->id));
    vg_put__int(&j, "number", o[n - 1].n);
    vg_put__int(&j, "n", all);
    vg_put__open(&j, "items", true);
    for (int64_t i = 0; i < n; i++)
        if (is_event(&o[i], "incident") && passed-- <= 0)
            put_item(g, &j, &o[i]);
    vg_json_close(&j);
    vg_json_close(&j);
    post(g, "ceasefire-incident", &out);
}

static void tell_corrections(vg_guard *g, const vg_outcome *o, int64_t n)
{
    vg_out out;
    int64_t all = count_of(o, n, "correction");
    if (!all || !vg_out_memory(&out, NULL))
        return;
    vg_json j = vg_json_to(&out);
    vg_json_object(&j);
    vg_put__text(&j, "ceasefire", vg_str_z(g->id));
    vg_put__int(&j, "number", o[n - 1].n);
    vg_put__int(&j, "n", all);
    vg_json_close(&j);
    post(g, "ceasefire-correction", &out);
}

static void tell_alert(vg_guard *g, const vg_outcome *o)
{
    vg_out out;
    if (!vg_out_memory(&out, NULL))
        return;
    vg_print(&out, "{\"ceasefire\":\"%s\",\"alert\":%lld,\"what\":%.*s}", g->id, (long long)o->n,
             VG_P(o->body));
    post(g, "ceasefire-alert", &out);
}

static void tell(vg_guard *g, const vg_outcome *o, int64_t n)
{
    tell_incidents(g, o, n);
    tell_corrections(g, o, n);
    for (int64_t i = 0; i < n; i++)
        if (is_event(&o[i], "alert")) {
            note_alert(g, o[i].n);
            tell_alert(g, &o[i]);
        }
    vg_sender__wake(g->all->sender);
    pthread_mutex_lock(&g->lock);
    g->outcome = o[n - 1].n;
    pthread_mutex_unlock(&g->lock);
}

void vg_guard__tell_news(vg_guard *g)
{
    guard_news *x = &g->news;
    vg_outcome *o;
    int64_t n, last, now = vg_guard__now_ms();
    vg_err e = VG_NO_ERR;
    if (!x->more || now < x->told_at + LEAST_MS)
        return;
    vg_arena_reset(&x->arena);
    x->told_at = now;
    if (!vg_report_outcomes(x->st, vg_str_z(g->id), x->number, LOOK, &x->arena, &o, &n, &last, &e))
        return; /* looked for again at the next turn */
    x->more = n == LOOK;
    if (!n)
        return;
    x->number = o[n - 1].n;
    tell(g, o, n);
}

void vg_guard__tell_state(vg_guard *g, vg_guard_state state)
{
    static const char *const word[] = { "opening", "watching", "failed" };
    vg_out out;
    if (!vg_out_memory(&out, NULL))
        return;
    vg_print(&out, "{\"ceasefire\":\"%s\",\"state\":\"%s\"}", g->id, word[state]);
    post(g, "ceasefire-state", &out);
}
