/* From the log to the reports as they were published: entries are taken up to each publication, the report is made, then
 * its corrections are told and the day is public. Invariant: nothing but the log, the agreements and the publications is
 * looked at; the same ones give the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/bundle_int.h"
#include "core/date.h"

typedef struct {
    const vg_bundle_replay *r;
    vg_agreement *agreement;
    vg_watch *watch;
    vg_figures *figures;
    int64_t version, seq; /* of the agreement at work; entries taken */
    char head[65];
} replay;

static void drop(replay *x)
{
    vg_watch_close(x->watch);
    vg_figures_close(x->figures);
    vg_agreement_free(x->agreement);
    x->watch = NULL;
    x->figures = NULL;
    x->agreement = NULL;
}

static bool begin(replay *x, int64_t version, vg_err *e)
{
    drop(x);
    x->version = version;
    x->seq = 0;
    if (!x->r->source.agreement(x->r->source.ctx, version, &x->agreement, e) ||
        !vg_figures_open(x->agreement, &x->figures, e))
        return false;
    vg_watch_opts o = { .hash_media = true, .sink = vg_figures_sink(x->figures) };
    return vg_watch_open(x->agreement, &o, &x->watch, e);
}

static bool apply(void *ctx, const vg_log_entry *n, vg_err *e)
{
    replay *x = ctx;
    vg_report r;
    vg_coverage c;
    vg_log_decision d;
    vg_watch_verdict verdict;
    x->seq = n->seq;
    vg_bundle_hex(n->hash, VG_LOG_HASH, x->head);
    switch (n->kind) {
    case VG_LOG_REPORT:
    case VG_LOG_QUARANTINED:
        return vg_report_unpack(n->body, &r, e) && vg_watch_report(x->watch, &r, n->seq, &verdict, e);
    case VG_LOG_COVERAGE:
        return vg_coverage_unpack(n->body, &c, e) && vg_watch_cover(x->watch, &c, n->seq, e);
    case VG_LOG_DECISION:
        return vg_log_decision_unpack(n->body, &d, e) &&
               vg_watch_verify(x->watch, d.incident, d.state, n->seq, e);
    case VG_LOG_AGREEMENT: break;
    }
    return true;
}

static bool advance(replay *x, int64_t seq, vg_err *e)
{
    if (seq > x->seq && !x->r->source.each(x->r->source.ctx, x->seq + 1, seq, apply, x, e))
        return false;
    return vg_watch_settle(x->watch, e);
}

static bool publish(replay *x, const vg_publication *p, vg_err *e)
{
    vg_arena a;
    vg_correction *told;
    int64_t n;
    if (!vg_arena_init(&a, 1LL << 34, e))
        return false;
    bool good = vg_figures_corrections(x->figures, true, &a, &told, &n, e) &&
                vg_figures_publish(x->figures, p->day, p->at, p->seq, e);
    vg_arena_free(&a);
    return good;
}

static bool put_report(replay *x, const vg_publication *p, vg_daily_form form, const char *ending, vg_err *e)
{
    vg_out text;
    char name[64], day[16];
    vg_str date = vg_day_text(p->day, day);
    vg_daily ask = { .from_day = p->day,
                     .to_day = p->day,
                     .lang = x->r->lang,
                     .form = form,
                     .at = p->at,
                     .seq = p->seq,
                     .head = vg_str_z(x->head) };
    snprintf(name, sizeof name, "reports/%.*s.%s", VG_P(date), ending);
    if (!vg_out_memory(&text, e))
        return false;
    bool good = vg_daily_write(&ask, x->watch, x->figures, &text, e);
    if (good && text.failed)
        good = vg_fail_memory(e, text.cap);
    good = good && x->r->take(x->r->ctx, name, vg_out_text(&text), e);
    vg_out_drop(&text);
    return good;
}

/* Version of the agreement in force at an entry. */
static int64_t version_at(const vg_bundle_versions *v, int64_t seq)
{
    int64_t version = 1;
    for (int32_t i = 0; i < v->n && v->at[i].seq <= seq; i++)
        version = v->at[i].version;
    return version;
}

/* Another version is applied to the whole log: all days before are published again where they were. */
static bool change_version(replay *x, int64_t version, int64_t n_before, vg_err *e)
{
    if (!begin(x, version, e))
        return false;
    for (int64_t i = 0; i < n_before; i++)
        if (!advance(x, x->r->publication[i].seq, e) || !publish(x, &x->r->publication[i], e))
            return false;
    return true;
}

bool vg_bundle_replay_run(const vg_bundle_replay *r, vg_err *e)
{
    replay x = { .r = r };
    bool good = true;
    for (int64_t i = 0; i < r->n && good; i++) {
        const vg_publication *p = &r->publication[i];
        int64_t version = version_at(r->versions, p->seq);
        good = vg_progress_step(&r->progress, "reports", i, r->n, e) &&
               (version == x.version || change_version(&x, version, i, e)) && advance(&x, p->seq, e) &&
               put_report(&x, p, VG_DAILY_PAGE, "html", e) && put_report(&x, p, VG_DAILY_JSON, "json", e) &&
               publish(&x, p, e);
    }
    drop(&x);
    return good;
}

bool vg_bundle_replay_now(const vg_bundle_replay *r, int64_t last, const vg_daily *ask, vg_out *out,
                          vg_err *e)
{
    replay x = { .r = r };
    vg_daily full = *ask;
    bool good = change_version(&x, version_at(r->versions, last), r->n, e) && advance(&x, last, e);
    full.seq = x.seq;
    full.head = vg_str_z(x.head);
    good = good && vg_daily_write(&full, x.watch, x.figures, out, e);
    drop(&x);
    return good;
}
