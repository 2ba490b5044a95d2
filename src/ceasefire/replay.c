/* Replays: the loop over batches, in memory and on the disk, and the clock around it. Invariant: days are published by
 * the times of arrival, never by the machine's clock, so that corrections are the same in every run. */
#include "ceasefire/replay_int.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "ceasefire/desk.h"

enum { BATCH = 1000, DURABLE_BATCH = 100, FIRST_TIMES = 4096 };

typedef struct {
    const vg_ceasefire_replay_opts *o;
    vg_replay_result *out;
    vg_simulation *s;
    const vg_agreement *a;
    vg_replay_days days;
    vg_desk *desk;
    vg_desk_entry *entry;
    vg_out packed;
    unsigned char hash[VG_LOG_HASH];
    int64_t seq, tick_at;
    double tick_s; /* of this batch: a day published */
    double *batch_s;
    int64_t n_batches, cap;
} replay;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- times --- */

static bool note_time(replay *r, double seconds, vg_err *e)
{
    if (r->n_batches == r->cap) {
        int64_t cap = r->cap ? r->cap * 2 : FIRST_TIMES;
        double *more = realloc(r->batch_s, (size_t)cap * sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap);
        r->batch_s = more;
        r->cap = cap;
    }
    r->batch_s[r->n_batches++] = seconds;
    r->out->seconds += seconds;
    return true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(replay *r)
{
    struct rusage use;
    vg_replay_result *out = r->out;
    int64_t n = r->n_batches;
    getrusage(RUSAGE_SELF, &use);
    out->rss_mib = (double)use.ru_maxrss / 1024;
    if (n == 0)
        return;
    qsort(r->batch_s, (size_t)n, sizeof *r->batch_s, by_size);
    out->p50_ms = r->batch_s[n / 2] * 1000;
    out->p99_ms = r->batch_s[n - 1 - n / 100] * 1000;
    out->most_ms = r->batch_s[n - 1] * 1000;
    out->reports_per_s = (double)out->n_reports / out->seconds;
}

/* --- in memory --- */

static void chain(replay *r, vg_log_kind kind, int64_t at)
{
    vg_log_chain_next(r->hash, kind, at, vg_out_text(&r->packed));
    r->packed.n = 0;
}

bool vg_replay__publish_until(vg_replay_days *d, int64_t at, int64_t seq, vg_err *e)
{
    int64_t from;
    if (at < d->day_end)
        return true;
    if (d->day_end == 0) { /* the first arrival */
        d->day = vg_agreement_day(d->a, at);
        vg_agreement_day_bounds(d->a, d->day, &from, &d->day_end);
        return true;
    }
    if (!vg_watch_settle(d->w, e))
        return false;
    for (; d->day_end <= at; d->day++) {
        vg_correction *told;
        vg_arena scratch;
        int64_t n = 0;
        if (!vg_arena_init(&scratch, INT64_C(1) << 30, e))
            return false;
        bool good = vg_figures_publish(d->figures, d->day, d->day_end, seq, e) &&
                    vg_figures_corrections(d->figures, true, &scratch, &told, &n, e);
        vg_arena_free(&scratch);
        if (!good)
            return false;
        d->n_published++;
        d->n_corrections += n;
        vg_agreement_day_bounds(d->a, d->day + 1, &from, &d->day_end);
    }
    return true;
}

static bool take_in_memory(replay *r, const vg_simulated_batch *b, vg_err *e)
{
    for (int32_t i = 0; i < b->n_covers; i++) {
        vg_coverage_pack(&r->packed, &b->cover[i]);
        chain(r, VG_LOG_COVERAGE, b->cover[i].received_at);
        if (!vg_watch_cover(r->days.w, &b->cover[i], ++r->seq, e))
            return false;
    }
    for (int32_t i = 0; i < b->n; i++) {
        const vg_report *q = &b->report[i];
        vg_watch_verdict verdict;
        if (!vg_replay__publish_until(&r->days, q->received_at, r->seq, e) ||
            !vg_watch_report(r->days.w, q, r->seq + 1, &verdict, e))
            return false;
        if (verdict == VG_VERDICT_SAME)
            continue;
        vg_report_pack(&r->packed, q);
        chain(r, verdict == VG_VERDICT_QUARANTINED ? VG_LOG_QUARANTINED : VG_LOG_REPORT, q->received_at);
        r->seq++;
        r->out->n_taken++;
    }
    return vg_watch_settle(r->days.w, e);
}

/* --- on the disk --- */

static bool take_on_disk(replay *r, const vg_simulated_batch *b, vg_err *e)
{
    int32_t n = 0;
    for (int32_t i = 0; i < b->n_covers; i++)
        r->entry[n++] = (vg_desk_entry){ .kind = VG_DESK_COVERAGE, .coverage = b->cover[i] };
    if (n && !vg_desk_take(r->desk, r->entry, n, e))
        return false;
    for (n = 0; n < b->n; n++)
        r->entry[n] = (vg_desk_entry){ .kind = VG_DESK_REPORT, .report = b->report[n] };
    if (!vg_desk_take(r->desk, r->entry, n, e))
        return false;
    for (int32_t i = 0; i < n; i++) {
        if (r->entry[i].over_rate)
            return vg_fail(e, VG_ECONFLICT, VG_NOWHERE,
                           "the desk refused a report: its source sends too much");
        r->out->n_taken += r->entry[i].verdict != VG_VERDICT_SAME;
    }
    int64_t at = b->report[b->n - 1].received_at, from;
    if (at < r->tick_at)
        return true;
    vg_agreement_day_bounds(r->a, vg_agreement_day(r->a, at), &from, &r->tick_at);
    double begin = now_s();
    if (!vg_desk_tick(r->desk, at, e))
        return false;
    r->tick_s = now_s() - begin;
    return true;
}

/* --- the loop --- */

static bool all_batches(replay *r, vg_err *e)
{
    vg_simulated_batch b = { .n = 0 };
    int32_t batch = r->o->batch ? r->o->batch : r->desk ? DURABLE_BATCH : BATCH;
    do {
        if (!vg_simulation_next(r->s, batch, &b, e))
            return false;
        if (b.n == 0)
            break;
        double begin = now_s();
        r->tick_s = 0;
        if (!(r->desk ? take_on_disk(r, &b, e) : take_in_memory(r, &b, e)) ||
            !note_time(r, now_s() - begin - r->tick_s, e))
            return false;
        r->out->seconds += r->tick_s;
        r->out->most_tick_ms = fmax(r->out->most_tick_ms, r->tick_s * 1000);
        r->out->n_reports += b.n;
        if (!vg_progress_step(&r->o->progress, "reports", r->out->n_reports, r->o->simulation.n_reports, e))
            return false;
    } while (b.n);
    return true;
}

static bool open_desk(replay *r, vg_err *e)
{
    vg_store *st;
    if (!vg_store_open(r->o->store, VG_STORE_WRITE, &st, e))
        return false;
    bool good = vg_desk_enter(st, r->a, VG_S("replay"), e);
    vg_store_close(st);
    r->entry = calloc(10000, sizeof *r->entry);
    if (good && !r->entry)
        good = vg_fail_memory(e, 10000);
    return good && vg_desk_open(r->o->store, r->a->id, &r->desk, e);
}

static bool open_watch(replay *r, vg_err *e)
{
    if (!vg_out_memory(&r->packed, e) || !vg_figures_open(r->a, &r->days.figures, e))
        return false;
    vg_watch_opts o = { .hash_media = true, .sink = vg_figures_sink(r->days.figures) };
    vg_log_chain_begin(r->a->id, r->hash);
    r->days.a = r->a;
    return vg_watch_open(r->a, &o, &r->days.w, e);
}

static bool evaluate(replay *r, vg_err *e)
{
    vg_evaluation *ev;
    if (!vg_evaluation_open(&r->o->simulation, r->a, &ev, e))
        return false;
    bool good =
        vg_evaluation_watch(ev, r->days.w, &r->out->watch, e) && vg_evaluation_naive(ev, &r->out->naive, e);
    vg_evaluation_close(ev);
    r->out->evaluated = good;
    return good;
}

static bool run(replay *r, vg_err *e)
{
    vg_simulation_opts forgetful = r->o->simulation;
    forgetful.forget = true;
    if (!vg_simulation_open(&forgetful, &r->s, e))
        return false;
    r->a = vg_simulation_agreement(r->s);
    if (!(r->o->store ? open_desk(r, e) : open_watch(r, e)) || !all_batches(r, e))
        return false;
    sum_up(r);
    r->out->n_published = r->desk ? -1 : r->days.n_published;
    r->out->n_corrections = r->desk ? -1 : r->days.n_corrections;
    r->out->n_incidents = vg_watch_count(r->desk ? vg_desk_watch(r->desk) : r->days.w).n_incidents;
    return r->desk || r->o->only_speed || evaluate(r, e);
}

bool vg_replay_simulated(const vg_ceasefire_replay_opts *o, vg_replay_result *out, vg_err *e)
{
    vg_replay_result result = { .n_reports = 0 };
    replay r = { .o = o, .out = &result };
    bool good = run(&r, e);
    vg_desk_close(r.desk);
    vg_watch_close(r.days.w);
    vg_figures_close(r.days.figures);
    vg_simulation_close(r.s);
    vg_out_drop(&r.packed);
    free(r.entry);
    free(r.batch_s);
    if (good)
        *out = result;
    return good;
}
