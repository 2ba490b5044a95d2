/* What people decided. Invariant: a decision is never changed; a later one on the same subject stands above it. */
#include "core/date.h"
#include "core/json.h"
#include "store/store_int.h"

static bool insert(vg_store *st, const vg_decision *d, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "INSERT INTO decision (subject, who, verdict, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                      e))
        return false;
    vg_sql__bind_text(&q, 1, d->subject);
    vg_sql__bind_text(&q, 2, d->who);
    vg_sql__bind_text(&q, 3, d->verdict);
    vg_sql__bind_text(&q, 4, d->reason);
    vg_sql__bind_int(&q, 5, d->at ? d->at : vg_now());
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

static bool tell_audit(vg_store *st, const vg_decision *d, vg_err *e)
{
    vg_out text;
    if (!vg_out_memory(&text, e))
        return false;
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("subject")), vg_json_str(&j, d->subject);
    vg_json_key(&j, VG_S("who")), vg_json_str(&j, d->who);
    vg_json_key(&j, VG_S("verdict")), vg_json_str(&j, d->verdict);
    vg_json_key(&j, VG_S("reason")), vg_json_str(&j, d->reason);
    vg_json_close(&j);
    bool ok = vg_out_end(&text, e) && vg_audit__add(st, VG_S("decision"), vg_out_text(&text), e);
    vg_out_drop(&text);
    return ok;
}

bool vg_store_decide(vg_store *st, const vg_decision *d, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (d->subject.n == 0 || d->verdict.n == 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a decision needs a subject and a verdict");
        return vg_mend(e, "say what was decided on and how, for instance alert:SDN>1000 confirmed");
    }
    if (!vg_sql__begin(st, e))
        return false;
    return vg_sql__end(st, insert(st, d, e) && tell_audit(st, d, e), e);
}

bool vg_store_decisions(vg_store *st, vg_str prefix, vg_arena *a, vg_decision **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT subject, who, verdict, reason, at FROM decision WHERE id IN"
            " (SELECT max(id) FROM decision WHERE substr(subject, 1, length(?1)) = ?1 GROUP BY subject)"
            " ORDER BY id",
            e))
        return false;
    vg_sql__bind_text(&q, 1, prefix);
    vg_decision *decision = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        decision = vg_sql__grow(a, decision, count, &cap, sizeof *decision, e);
        q.failed = !decision;
        if (!decision)
            break;
        vg_decision *d = &decision[count++];
        d->subject = vg_sql__copy(&q, 0, a);
        d->who = vg_sql__copy(&q, 1, a);
        d->verdict = vg_sql__copy(&q, 2, a);
        d->reason = vg_sql__copy(&q, 3, a);
        d->at = vg_sql__int(&q, 4);
    }
    if (!vg_sql__close(&q))
        return false;
    *out = decision;
    *n = count;
    return true;
}
