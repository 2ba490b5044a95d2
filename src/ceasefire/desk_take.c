/* Taking entries: each is held against what is known, written to the log and given to the watch, and all become one
 * commit. Invariant: whatever fails, either all entries of the call are in the log or none, and the state is either that of
 * the log or marked stale and made anew before it is used again. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/desk_int.h"
#include "core/date.h"

/* --- how much a source may send --- */

void vg_desk_limit(vg_desk *d, int64_t per_minute)
{
    d->per_minute = per_minute;
    for (int32_t i = 0; i < d->source.n; i++)
        d->account[i].per_minute = -1; /* asked anew */
}

int64_t vg_desk_over_rate(const vg_desk *d)
{
    return d->n_over_rate;
}

static double rate_of(const vg_desk *d, vg_str source)
{
    int32_t i = vg_agreement_find_source(d->agreement, source);
    if (i >= 0 && d->agreement->source[i].rate_per_minute > 0)
        return (double)d->agreement->source[i].rate_per_minute;
    return (double)(d->per_minute > 0 ? d->per_minute : VG_DESK_RATE);
}

static bool room_for_account(vg_desk *d, vg_err *e)
{
    if (d->source.n < d->cap_accounts)
        return true;
    int64_t cap = d->cap_accounts ? d->cap_accounts * 2 : 64;
    vg_desk_account *more = reallocarray(d->account, (size_t)cap, sizeof *more);
    if (!more)
        return vg_fail_memory(e, cap * (int64_t)sizeof *more);
    d->account = more;
    d->cap_accounts = cap;
    return true;
}

/* NULL = no memory. */
static vg_desk_account *account_of(vg_desk *d, vg_str source, int64_t now, vg_err *e)
{
    bool is_new = false;
    int32_t i = room_for_account(d, e) ? vg_map_add(&d->source, source, &is_new) : -1;
    if (i < 0) {
        vg_fail_memory(e, source.n);
        return NULL;
    }
    vg_desk_account *a = &d->account[i];
    if (is_new || a->per_minute < 0) {
        double rate = rate_of(d, source);
        *a = (vg_desk_account){ .left = rate, .per_minute = rate, .at = now };
    }
    return a;
}

bool vg_desk__may_send(vg_desk *d, vg_str source, int64_t now, bool *may, vg_err *e)
{
    *may = true;
    if (d->per_minute < 0)
        return true;
    vg_desk_account *a = account_of(d, source, now, e);
    if (!a)
        return false;
    if (now > a->at) /* a clock that jumps back gives nothing and takes nothing */
        a->left += (double)(now - a->at) * a->per_minute / 60.0;
    a->at = now;
    if (a->left > a->per_minute)
        a->left = a->per_minute;
    *may = a->left >= 1;
    a->left -= *may ? 1 : 0;
    d->n_over_rate += *may ? 0 : 1;
    return true;
}

/* --- one entry --- */

static bool add_to_log(vg_desk *d, vg_desk_entry *x, const vg_log_add *add, vg_err *e)
{
    int64_t seq;
    if (!vg_report_log_add(d->log, add, &seq, e))
        return false;
    x->seq = seq;
    return true;
}

/* The number of an entry that will be the next. The watch gets it first: it asks the index what was known before. */
static int64_t next_seq(const vg_desk *d)
{
    return vg_report_log_seq(d->log) + 1;
}

static bool keep_report(vg_desk *d, vg_desk_entry *x, const vg_report *r, int64_t now, vg_err *e)
{
    vg_watch_verdict verdict;
    vg_log_add add = { .kind = x->verdict == VG_VERDICT_QUARANTINED ? VG_LOG_QUARANTINED : VG_LOG_REPORT,
                       .at = now,
                       .report = r };
    if (r->received_at < d->first_received)
        d->first_received = r->received_at;
    if (!vg_watch_report(d->watch, r, next_seq(d), &verdict, e))
        return false;
    x->verdict = verdict; /* surer than what was asked, where versions had to be brought back */
    return add_to_log(d, x, &add, e);
}

static bool take_report(vg_desk *d, vg_desk_entry *x, int64_t now, vg_err *e)
{
    vg_report r = x->report;
    bool may;
    if (r.received_at == VG_UNKNOWN)
        r.received_at = now;
    if (!vg_watch_ask(d->watch, &r, &x->verdict, &x->why, e))
        return false;
    if (x->verdict == VG_VERDICT_SAME) {
        vg_report_log_has(d->log, vg_report_key(r.source, r.id), vg_report_content(&r), &x->seq, e);
        return !vg_failed(e) && vg_watch_report(d->watch, &r, next_seq(d), &x->verdict, e);
    }
    if (!vg_desk__may_send(d, r.source, now, &may, e))
        return false;
    if (!may) {
        x->over_rate = true;
        return true;
    }
    return keep_report(d, x, &r, now, e);
}

/* A record of coverage that none may be is kept as a report that none may be, with the record in `raw`. */
static bool quarantine_coverage(vg_desk *d, vg_desk_entry *x, const vg_coverage *c, int64_t now, vg_err *e)
{
    vg_report r = vg_report_none();
    vg_watch_verdict verdict;
    d->text.n = 0;
    vg_json j = vg_json_to(&d->text);
    vg_coverage_json(&j, c);
    r.source = c->source;
    r.id = VG_S("coverage");
    r.received_at = c->received_at;
    r.raw = vg_out_text(&d->text);
    if (!vg_watch_ask(d->watch, &r, &verdict, NULL, e))
        return false;
    x->verdict = verdict;
    if (verdict != VG_VERDICT_SAME)
        return keep_report(d, x, &r, now, e);
    vg_report_log_has(d->log, vg_report_key(r.source, r.id), vg_report_content(&r), &x->seq, e);
    return !vg_failed(e);
}

static bool take_coverage(vg_desk *d, vg_desk_entry *x, int64_t now, vg_err *e)
{
    vg_coverage c = x->coverage;
    if (c.received_at == VG_UNKNOWN)
        c.received_at = now;
    if (!vg_coverage_check(&c, &x->why))
        return quarantine_coverage(d, x, &c, now, e);
    x->verdict = VG_VERDICT_NEW;
    if (vg_report_log_has(d->log, vg_coverage_key(&c), 0, &x->seq, e)) {
        x->verdict = VG_VERDICT_SAME;
        return true;
    }
    return !vg_failed(e) && vg_watch_cover(d->watch, &c, next_seq(d), e) &&
           add_to_log(d, x, &(vg_log_add){ .kind = VG_LOG_COVERAGE, .at = now, .coverage = &c }, e);
}

/* An incident is named by the key of a member: a report that stands in the log. */
static bool is_incident(vg_desk *d, uint64_t key, vg_err *e)
{
    vg_log_version v;
    return vg_report_log_known(d->log, key, &v, e);
}

static bool take_decision(vg_desk *d, vg_desk_entry *x, int64_t now, vg_err *e)
{
    vg_log_decision v = {
        .incident = x->incident, .state = x->verification, .at = now, .actor = x->actor, .reason = x->reason
    };
    if (!is_incident(d, x->incident, e)) {
        x->verdict = VG_VERDICT_QUARANTINED;
        vg_fail(&x->why, VG_ENOTFOUND, VG_NOWHERE, "no incident %016llx in this watch",
                (unsigned long long)x->incident);
        vg_mend(&x->why, "take the id from the feed or the page; it has 16 hexadecimal digits");
        return !vg_failed(e);
    }
    x->verdict = VG_VERDICT_NEW;
    return vg_watch_verify(d->watch, v.incident, v.state, next_seq(d), e) &&
           add_to_log(d, x, &(vg_log_add){ .kind = VG_LOG_DECISION, .at = now, .decision = &v }, e);
}

static bool take_one(vg_desk *d, vg_desk_entry *x, int64_t now, vg_err *e)
{
    x->seq = 0;
    x->over_rate = false;
    x->why = VG_NO_ERR;
    switch (x->kind) {
    case VG_DESK_REPORT: return take_report(d, x, now, e);
    case VG_DESK_COVERAGE: return take_coverage(d, x, now, e);
    case VG_DESK_DECISION: return take_decision(d, x, now, e);
    }
    return false;
}

/* --- all of them --- */

static bool take_all(vg_desk *d, vg_desk_entry *entry, int32_t n, vg_err *e)
{
    int64_t now = vg_now(), before = vg_report_log_seq(d->log);
    bool good = true;
    for (int32_t i = 0; good && i < n; i++)
        good = take_one(d, &entry[i], now, e);
    return good && (vg_report_log_seq(d->log) == before || vg_desk__settle(d, true, now, e));
}

/* A transaction in which a newer text of the agreement turns up is given up, and `renewed` is set. */
static bool try_take(vg_desk *d, vg_desk_entry *entry, int32_t n, vg_err *e)
{
    d->stale = true; /* until it is committed */
    bool good = vg_desk__follow(d, e) && !d->renewed && take_all(d, entry, n, e);
    good = vg_report_log_end(d->log, good, e);
    d->stale = !good;
    return good;
}

bool vg_desk_take(vg_desk *d, vg_desk_entry *entry, int32_t n, vg_err *e)
{
    if (vg_failed(e) || n == 0)
        return !vg_failed(e);
    for (int tries = 0; tries < 3; tries++) {
        if ((d->stale && !vg_desk__renew(d, e)) || !vg_report_log_begin(d->log, e))
            return false;
        if (try_take(d, entry, n, e))
            return true;
        if (!d->renewed || vg_failed(e))
            break;
    }
    if (!vg_failed(e))
        vg_fail(e, VG_EBUSY, VG_NOWHERE, "the agreement \"%s\" is being changed", d->id);
    vg_err again = VG_NO_ERR;
    vg_desk__renew(
        d, &again); /* so that questions have an answer; tried again with the next call where it fails */
    return false;
}
