/* Files of the past replayed: everything is read first, put in the order of arrival, and then taken as if it came in now.
 * Invariant: what a file does not tell is not guessed; records that cannot be read are counted and the first is told. */
#include <stdlib.h>

#include "ceasefire/replay_int.h"
#include "source/report.h"
#include "store/report_log.h"

enum { SETTLE_EVERY = 1000 };

typedef struct {
    int64_t received_at, n; /* n: position in the file */
    vg_str bytes;
    bool coverage;
} record;

typedef struct {
    vg_arena text;
    record *record;
    int64_t n, cap;
    vg_out packed;
    vg_replayed *out;
} reading;

static bool keep(reading *r, int64_t received_at, bool coverage, vg_err *e)
{
    if (r->n == r->cap) {
        int64_t cap = r->cap ? r->cap * 2 : 4096;
        record *more = realloc(r->record, (size_t)cap * sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap);
        r->record = more;
        r->cap = cap;
    }
    vg_str bytes = vg_copy(&r->text, vg_out_text(&r->packed));
    r->packed.n = 0;
    if (!bytes.s)
        return vg_fail_memory(e, vg_arena_limit(&r->text));
    r->record[r->n] = (record){ received_at, r->n, bytes, coverage };
    r->n++;
    return true;
}

static bool take_report(void *ctx, const vg_report *q, vg_at at, vg_err *e)
{
    reading *r = ctx;
    (void)at;
    r->out->n_reports++;
    vg_report_pack(&r->packed, q);
    return keep(r, q->received_at, false, e);
}

static bool take_coverage(void *ctx, const vg_coverage *c, vg_at at, vg_err *e)
{
    reading *r = ctx;
    (void)at;
    r->out->n_coverage++;
    vg_coverage_pack(&r->packed, c);
    return keep(r, c->received_at, true, e);
}

static bool take_reject(void *ctx, const vg_reject *x, vg_err *e)
{
    reading *r = ctx;
    (void)e;
    if (r->out->n_rejected++ == 0) {
        r->out->first_reject = x->why;
        r->out->first_reject.at.file = VG_NOSTR; /* borrowed */
    }
    return true;
}

static int by_arrival(const void *a, const void *b)
{
    const record *x = a, *y = b;
    if (x->received_at != y->received_at)
        return x->received_at < y->received_at ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static void note_days(vg_replayed *out, int64_t from, bool first)
{
    int32_t day = vg_agreement_day(out->a, from);
    out->first_day = first || day < out->first_day ? day : out->first_day;
    out->last_day = first || day > out->last_day ? day : out->last_day;
}

static bool take_one(reading *r, int64_t i, vg_err *e)
{
    vg_report q;
    vg_coverage c;
    vg_watch_verdict verdict;
    vg_replayed *out = r->out;
    if (r->record[i].coverage)
        return vg_coverage_unpack(r->record[i].bytes, &c, e) && vg_watch_cover(out->w, &c, i + 1, e);
    if (!vg_report_unpack(r->record[i].bytes, &q, e) || !vg_watch_report(out->w, &q, i + 1, &verdict, e))
        return false;
    note_days(out, q.from, out->n_reports++ == 0);
    return true;
}

static bool take_all(reading *r, const vg_progress *progress, vg_err *e)
{
    vg_replayed *out = r->out;
    vg_replay_days days = { .a = out->a, .w = out->w, .figures = out->figures };
    if (r->n)
        qsort(r->record, (size_t)r->n, sizeof *r->record, by_arrival);
    out->n_reports = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (!vg_replay__publish_until(&days, r->record[i].received_at, i, e) || !take_one(r, i, e))
            return false;
        if ((i + 1) % SETTLE_EVERY == 0 &&
            !(vg_watch_settle(out->w, e) && vg_progress_step(progress, "reports", i, r->n, e)))
            return false;
    }
    out->n_published = days.n_published;
    out->n_corrections = days.n_corrections;
    if (out->n_reports > 0)
        return vg_watch_settle(out->w, e);
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "the file holds no report");
    return vg_mend(e, "vigie ceasefire replay reads JSON lines, CSV, CAP 1.2, VIINA and FIRMS");
}

static bool open_all(vg_replayed *out, const char *agreement, vg_err *e)
{
    if (!vg_agreement_read(agreement, &out->a, e))
        return false;
    if (out->a->n_errors > 0) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the agreement has %d errors", out->a->n_errors);
        vg_why(e, "a faulty agreement would be watched otherwise than it was meant");
        return vg_mend(e, "see them with: vigie ceasefire check %s", agreement);
    }
    if (!vg_figures_open(out->a, &out->figures, e))
        return false;
    vg_watch_opts o = { .hash_media = true, .sink = vg_figures_sink(out->figures) };
    return vg_watch_open(out->a, &o, &out->w, e);
}

bool vg_replay_file(const char *agreement, const char *reports, vg_str as, const vg_progress *progress,
                    vg_replayed *out, vg_err *e)
{
    vg_replayed result = { .n_reports = 0 };
    reading r = { .out = &result };
    vg_report_source_opts o = { .as = as, .replay = true };
    vg_report_source_sink sink = { &r, take_report, take_coverage, take_reject };
    vg_report_source_found found;
    bool good = vg_arena_init(&r.text, INT64_C(16) << 30, e) && vg_out_memory(&r.packed, e) &&
                open_all(&result, agreement, e) && vg_report_source_read(reports, &o, &sink, &found, e) &&
                take_all(&r, progress, e);
    vg_out_drop(&r.packed);
    vg_arena_free(&r.text);
    free(r.record);
    if (good)
        *out = result;
    else
        vg_replayed_close(&result);
    return good;
}

void vg_replayed_close(vg_replayed *r)
{
    vg_watch_close(r->w);
    vg_figures_close(r->figures);
    vg_agreement_free(r->a);
    *r = (vg_replayed){ .n_reports = 0 };
}
