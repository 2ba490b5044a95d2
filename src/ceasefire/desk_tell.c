/* What comes out of a desk: incidents that are new or different, corrections, alerts, publications. Invariant: an outcome
 * is written in the transaction that holds its cause, so it is there exactly when the cause is. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/desk_int.h"
#include "ceasefire/escalation.h"
#include "core/date.h"

enum { TEST_EVERY_S = 60, TELL_AGAIN_S = 86400, MOST_DAYS = 3660 };

const char *vg_outcome_kind_name(int kind)
{
    static const char *const name[] = { "incident", "correction", "alert", "publication" };
    return kind >= VG_OUTCOME_INCIDENT && kind <= VG_OUTCOME_PUBLICATION ? name[kind - 1] : "unknown";
}

bool vg_desk__outcome(vg_desk *d, vg_outcome_kind kind, uint64_t subject, int64_t seq, int64_t at, vg_err *e)
{
    vg_outcome x = {
        .seq = seq, .at = at, .incident = subject, .kind = (int8_t)kind, .body = vg_out_text(&d->text)
    };
    if (d->text.failed)
        return vg_fail_memory(e, d->text.cap);
    return vg_report_outcome_add(d->log, &x, NULL, e);
}

/* --- incidents --- */

static bool same_breaches(const vg_incident *a, const vg_incident *b)
{
    if (a->n_breaches != b->n_breaches)
        return false;
    for (int32_t i = 0; i < a->n_breaches; i++)
        if (a->breach[i].clause != b->breach[i].clause || a->breach[i].level != b->breach[i].level ||
            a->breach[i].flags != b->breach[i].flags)
            return false;
    return true;
}

/* Whether a reader of the feed would read the same of both. */
static bool tells_the_same(const vg_incident *a, const vg_incident *b)
{
    return a->level == b->level && a->act == b->act && a->weapon == b->weapon &&
           a->attribution == b->attribution && a->party == b->party && a->verification == b->verification &&
           a->severity == b->severity && a->claims == b->claims && same_breaches(a, b);
}

/* The feature with the member "change" in front of the others. */
static bool put_feature(vg_desk *d, const vg_incident *x, const char *change, vg_err *e)
{
    static const char head[] = "{\"type\":\"Feature\",";
    vg_out *o = &d->text;
    o->n = 0;
    vg_json j = vg_json_to(o);
    vg_incident_json(&j, d->agreement, x);
    vg_str whole = vg_out_text(o);
    if (!vg_starts(whole, vg_str_z(head)))
        return vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "an incident does not begin as a feature does");
    char member[32];
    ptrdiff_t n = snprintf(member, sizeof member, "\"change\":\"%s\",", change),
              at = (ptrdiff_t)sizeof head - 1;
    int64_t length = o->n;
    vg_put(o, (vg_str){ member, n }); /* makes room */
    if (o->failed)
        return vg_fail_memory(e, o->cap);
    memmove(o->buf + at + n, o->buf + at, (size_t)(length - at));
    memcpy(o->buf + at, member, (size_t)n);
    return true;
}

bool vg_desk__changed(void *desk, const vg_incident *was, const vg_incident *now, vg_err *e)
{
    vg_desk *d = desk;
    if (!d->below.changed(d->below.ctx, was, now, e))
        return false;
    bool told = was && was->level > VG_LEVEL_NONE, tell = now && now->level > VG_LEVEL_NONE;
    if (!d->telling || (!told && !tell) || (told && tell && was->id == now->id && tells_the_same(was, now)))
        return true;
    if (told && (!now || now->id != was->id))
        if (!put_feature(d, was, "gone", e) ||
            !vg_desk__outcome(d, VG_OUTCOME_INCIDENT, was->id, d->told_seq, d->told_at, e))
            return false;
    if (!now || (!tell && !told))
        return true;
    bool is_new = !told || was->id != now->id;
    if (is_new && !tell)
        return true;
    return put_feature(d, now, is_new ? "new" : "changed", e) &&
           vg_desk__outcome(d, VG_OUTCOME_INCIDENT, now->id, now->last_seq, d->told_at, e);
}

bool vg_desk__settle(vg_desk *d, bool telling, int64_t at, vg_err *e)
{
    d->telling = telling;
    d->told_at = at;
    d->told_seq = vg_report_log_seq(d->log);
    d->unsettled = 0;
    bool good = vg_watch_settle(d->watch, e);
    d->telling = false;
    return good;
}

/* --- corrections and publications --- */

static void put_id(vg_json *j, vg_str key, vg_str id)
{
    vg_json_key(j, key);
    if (id.n)
        vg_json_str(j, id);
    else
        vg_json_null(j);
}

static void put_figure(vg_json *j, vg_str key, const vg_figure *f)
{
    vg_json_key(j, key);
    vg_json_object(j);
    vg_json_key(j, VG_S("violations")), vg_json_int(j, f->n_violations);
    vg_json_key(j, VG_S("probable")), vg_json_int(j, f->n_probable);
    vg_json_key(j, VG_S("possible")), vg_json_int(j, f->n_possible);
    vg_json_key(j, VG_S("explosions"));
    if (vg_figure_explosions(f) == VG_UNKNOWN)
        vg_json_null(j);
    else
        vg_json_int(j, f->n_explosions);
    vg_json_key(j, VG_S("expected")), vg_json_fixed(j, f->expected, 3);
    vg_json_close(j);
}

static vg_str id_at(const vg_agreement *a, int kind, int32_t at)
{
    if (at < 0)
        return VG_NOSTR;
    return kind == 0 ? a->zone[at].id : kind == 1 ? a->party[at].id : a->clause[at].id;
}

static void put_correction(vg_desk *d, const vg_correction *c)
{
    char day[16], at[32];
    d->text.n = 0;
    vg_json j = vg_json_to(&d->text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("day")), vg_json_str(&j, vg_day_text(c->key.day, day));
    put_id(&j, VG_S("zone"), id_at(d->agreement, 0, c->key.zone));
    put_id(&j, VG_S("party"), id_at(d->agreement, 1, c->key.party));
    put_id(&j, VG_S("clause"), id_at(d->agreement, 2, c->key.clause));
    vg_json_key(&j, VG_S("weapon")), vg_json_str(&j, vg_str_z(vg_weapon_name(c->key.weapon)));
    put_figure(&j, VG_S("was"), &c->was);
    put_figure(&j, VG_S("now"), &c->now);
    vg_json_key(&j, VG_S("published_at")), vg_json_str(&j, vg_instant_text(c->published_at, at));
    vg_json_key(&j, VG_S("because")), vg_json_int(&j, c->because);
    vg_json_close(&j);
}

static bool tell_corrections(vg_desk *d, const vg_publication *p, bool telling, vg_err *e)
{
    vg_correction *c;
    int64_t n;
    vg_arena scratch = d->arena;
    bool good = vg_figures_corrections(d->figures, true, &scratch, &c, &n, e);
    for (int64_t i = 0; good && telling && i < n; i++) {
        put_correction(d, &c[i]);
        good = vg_desk__outcome(d, VG_OUTCOME_CORRECTION, 0, c[i].because, p->at, e);
    }
    return good;
}

static bool tell_publication(vg_desk *d, const vg_publication *p, vg_err *e)
{
    char day[16], head[65];
    int64_t at;
    vg_report_log_head(d->log, head, &at);
    d->text.n = 0;
    vg_json j = vg_json_to(&d->text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("day")), vg_json_str(&j, vg_day_text(p->day, day));
    vg_json_key(&j, VG_S("entry")), vg_json_int(&j, p->seq);
    vg_json_key(&j, VG_S("hash")), vg_json_str(&j, vg_str_z(head));
    vg_json_close(&j);
    return vg_desk__outcome(d, VG_OUTCOME_PUBLICATION, 0, p->seq, p->at, e);
}

bool vg_desk__publish(vg_desk *d, const vg_publication *p, bool telling, vg_err *e)
{
    if (!tell_corrections(d, p, telling, e) || !vg_figures_publish(d->figures, p->day, p->at, p->seq, e) ||
        (telling && !tell_publication(d, p, e)))
        return false;
    d->last_day = p->day > d->last_day ? p->day : d->last_day;
    d->next_publication++;
    return true;
}

/* Days whose cut-off has passed and which are not published: from..to, none where to < from. */
static void due_days(const vg_desk *d, int64_t now, int32_t *from, int32_t *to)
{
    const vg_agreement *a = d->agreement;
    *from = 0;
    *to = -1;
    if (d->first_received == INT64_MAX)
        return;
    int32_t first = vg_agreement_day(a, d->first_received), today = vg_agreement_day(a, now);
    *to = today - 1;
    if (a->from != INT64_MIN && vg_agreement_day(a, a->from) > first)
        first = vg_agreement_day(a, a->from);
    if (a->to != INT64_MAX && vg_agreement_day(a, a->to - 1) < *to)
        *to = vg_agreement_day(a, a->to - 1);
    *from = d->last_day >= first ? d->last_day + 1 : first;
    if (*from < today - MOST_DAYS)
        *from = today - MOST_DAYS;
}

static bool publish_due(vg_desk *d, int64_t now, vg_err *e)
{
    int32_t from, to;
    due_days(d, now, &from, &to);
    for (int32_t day = from; day <= to; day++) {
        vg_publication p = { .day = day, .at = now, .seq = vg_report_log_seq(d->log) };
        if (!vg_report_publication_add(d->log, &p, e) || !vg_desk__publish(d, &p, true, e))
            return false;
    }
    return true;
}

/* --- alerts --- */

/* What an alert is of: the same alert of two tests has the same subject. */
static uint64_t subject_of(const vg_escalation *x)
{
    int32_t n[] = { (int32_t)x->rule, (int32_t)x->scope, x->of, x->of_second, x->threshold, x->weapon };
    return vg_report_key((vg_str){ (const char *)n, sizeof n }, VG_S("alert"));
}

static vg_desk_told *told_of(vg_desk *d, uint64_t subject)
{
    for (int64_t i = 0; i < d->n_told; i++)
        if (d->told[i].subject == subject)
            return &d->told[i];
    return NULL;
}

static bool is_told(vg_desk *d, uint64_t subject, int64_t now)
{
    const vg_desk_told *t = told_of(d, subject);
    return t && now - t->at < TELL_AGAIN_S;
}

static bool note_told(vg_desk *d, uint64_t subject, int64_t at, vg_err *e)
{
    vg_desk_told *t = told_of(d, subject);
    if (t) {
        t->at = at > t->at ? at : t->at;
        return true;
    }
    if (d->n_told == d->cap_told) {
        int64_t cap = d->cap_told ? d->cap_told * 2 : 64;
        vg_desk_told *more = reallocarray(d->told, (size_t)cap, sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap * (int64_t)sizeof *more);
        d->told = more;
        d->cap_told = cap;
    }
    d->told[d->n_told++] = (vg_desk_told){ .subject = subject, .at = at };
    return true;
}

typedef struct {
    vg_desk *d;
    vg_err *e;
} reading;

static bool read_told(void *ctx, const vg_outcome *x)
{
    reading *r = ctx;
    r->d->alerts_read = x->n;
    return note_told(r->d, x->incident, x->at, r->e);
}

static bool tell_alert(vg_desk *d, const vg_escalation *x, int64_t now, vg_err *e)
{
    uint64_t subject = subject_of(x);
    if (is_told(d, subject, now))
        return true;
    d->text.n = 0;
    vg_json j = vg_json_to(&d->text);
    vg_escalation_json(&j, d->agreement, x);
    return vg_desk__outcome(d, VG_OUTCOME_ALERT, subject, vg_report_log_seq(d->log), now, e) &&
           note_told(d, subject, now, e);
}

/* The rules over whole hours see more with each hour that is over, also where nothing new has come. */
static bool is_test_due(const vg_desk *d, int64_t now)
{
    return d->tested_at == 0 || now < d->tested_at ||
           (now - d->tested_at >= TEST_EVERY_S &&
            (vg_report_log_seq(d->log) != d->tested_seq || now / 3600 != d->tested_at / 3600));
}

static bool test(vg_desk *d, int64_t now, vg_arena *a, vg_escalation **x, int32_t *n, vg_err *e)
{
    d->tested_at = now;
    d->tested_seq = vg_report_log_seq(d->log);
    return vg_escalation_test(d->watch, now, a, x, n, e);
}

static bool test_and_tell(vg_desk *d, int64_t now, vg_err *e)
{
    vg_escalation *x = NULL;
    int32_t n = 0;
    reading r = { .d = d, .e = e };
    vg_arena scratch = d->arena;
    bool good = vg_report_outcomes_of(d->log, VG_OUTCOME_ALERT, d->alerts_read, read_told, &r, e) &&
                test(d, now, &scratch, &x, &n, e);
    for (int32_t i = 0; good && i < n; i++)
        good = tell_alert(d, &x[i], now, e);
    return good;
}

static bool tell_alerts(vg_desk *d, int64_t now, vg_err *e)
{
    return !is_test_due(d, now) || test_and_tell(d, now, e);
}

/* --- what is due --- */

static bool is_anything_due(const vg_desk *d, int64_t now)
{
    int32_t from, to;
    due_days(d, now, &from, &to);
    return from <= to || is_test_due(d, now);
}

static bool do_due(vg_desk *d, int64_t now, vg_err *e)
{
    return publish_due(d, now, e) && tell_alerts(d, now, e);
}

/* Does the work in a transaction of its own, with all that others have added before. */
static bool commit(vg_desk *d, int64_t now, bool (*work)(vg_desk *d, int64_t now, vg_err *e), vg_err *e)
{
    d->stale = true;
    if (!vg_report_log_begin(d->log, e)) {
        d->stale = false;
        d->tested_at = 0; /* what was found could not be told: tested again */
        return false;
    }
    bool good = vg_desk__follow(d, e) && (d->renewed || work(d, now, e));
    if (!vg_report_log_end(d->log, good && !d->renewed, e)) {
        vg_err again = VG_NO_ERR;
        d->tested_at = 0;
        bool renewed = d->renewed && !vg_failed(e);
        return vg_desk__renew(d, renewed ? e : &again) && renewed;
    }
    d->stale = false;
    return true;
}

bool vg_desk_tick(vg_desk *d, int64_t now, vg_err *e)
{
    if (!vg_desk_catch_up(d, NULL, e))
        return false;
    return !is_anything_due(d, now) || commit(d, now, do_due, e);
}

/* Tested without a transaction first: almost always there is nothing to tell, and others can write meanwhile. */
bool vg_desk_test(vg_desk *d, int64_t now, vg_err *e)
{
    vg_escalation *x = NULL;
    int32_t n = 0;
    bool any = false;
    if (!vg_desk_catch_up(d, NULL, e))
        return false;
    if (d->tested_at != 0 && vg_report_log_seq(d->log) == d->tested_seq)
        return true;
    vg_arena scratch = d->arena;
    if (!test(d, now, &scratch, &x, &n, e))
        return false;
    for (int32_t i = 0; i < n; i++)
        any = any || !is_told(d, subject_of(&x[i]), now);
    return !any || commit(d, now, test_and_tell, e);
}
