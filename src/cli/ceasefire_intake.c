/* Records on their way to the desk. Invariant: an entry is in exactly one of `batch` (not sent yet), `held` (kept back by
 * the desk, to be sent again) and the desk's log; entries with an owner are never held here, their owner sends again. */
#include "cli/ceasefire_intake.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/csv.h"

enum { TEXT_BYTES = 64 << 20, FULL_BYTES = 32 << 20, SHOWN = 20, OF_REPORT = 9, OF_COVERAGE = 4 };

static void wait_a_little(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

/* --- lists --- */

static bool open_list(vg_intake_list *l, int32_t cap, vg_err *e)
{
    l->cap = cap;
    l->entry = calloc((size_t)cap, sizeof *l->entry);
    return (l->entry || vg_fail_memory(e, cap * (int64_t)sizeof *l->entry)) &&
           vg_arena_init(&l->texts, TEXT_BYTES, e);
}

static void close_list(vg_intake_list *l)
{
    free(l->entry);
    vg_arena_free(&l->texts);
    *l = (vg_intake_list){ .n = 0 };
}

static void empty_list(vg_intake_list *l)
{
    l->n = 0;
    vg_arena_reset(&l->texts);
}

static bool own_text(vg_arena *a, vg_str *s)
{
    if (s->n)
        *s = vg_copy(a, *s);
    return s->s || !s->n;
}

/* Adds a copy with texts of its own. */
static bool add_copy(vg_intake_list *l, const vg_desk_entry *x, int32_t owner, vg_err *e)
{
    vg_desk_entry *y = &l->entry[l->n];
    *y = *x;
    vg_report *r = &y->report;
    vg_coverage *c = &y->coverage;
    vg_str *of_report[OF_REPORT] = { &r->source,    &r->id,         &r->place,   &r->actor, &r->observer,
                                     &r->text_hash, &r->media_hash, &r->revises, &r->raw };
    vg_str *of_coverage[OF_COVERAGE] = { &c->source, &c->zone, &c->by, &c->note };
    bool good = true;
    if (x->kind == VG_DESK_REPORT)
        for (int i = 0; i < OF_REPORT; i++)
            good = good && own_text(&l->texts, of_report[i]);
    else
        for (int i = 0; i < OF_COVERAGE; i++)
            good = good && own_text(&l->texts, of_coverage[i]);
    if (!good)
        return vg_fail_memory(e, TEXT_BYTES);
    l->owner[l->n++] = owner;
    return true;
}

bool vg_intake_open(vg_intake *k, vg_cli *c, vg_desk *desk, vg_err *e)
{
    *k = (vg_intake){ .c = c, .desk = desk, .owner = -1 };
    if (open_list(&k->batch, VG_INTAKE_MOST, e) && open_list(&k->held, VG_INTAKE_HELD, e) &&
        open_list(&k->spare, VG_INTAKE_HELD, e))
        return true;
    vg_intake_close(k);
    return false;
}

void vg_intake_close(vg_intake *k)
{
    close_list(&k->batch);
    close_list(&k->held);
    close_list(&k->spare);
    if (k->has_rejects)
        vg_out_drop(&k->rejects);
    k->has_rejects = false;
}

/* --- to the desk --- */

/* Busy, or the disk is full: what was read is still here, so it can wait. */
static bool may_wait(const vg_err *e)
{
    return e->code == VG_EBUSY || e->code == VG_EIO || e->code == VG_EFULL;
}

static bool take(vg_intake *k, vg_desk_entry *entry, int32_t n, vg_err *e)
{
    for (int64_t ms = 50;; ms = ms < 2000 ? ms * 2 : ms) {
        vg_err why = VG_NO_ERR;
        if (vg_desk_take(k->desk, entry, n, &why)) {
            k->told_busy = false;
            return true;
        }
        if (!may_wait(&why)) {
            *e = why;
            return false;
        }
        k->count.n_waited++;
        if (!k->told_busy)
            vg_note(k->c, "ceasefire.watch.waits", vg_arg_text("why", vg_str_z(why.what)));
        k->told_busy = true;
        wait_a_little(ms);
        if (vg_terminal_stopped())
            return vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped");
    }
}

static void count_one(vg_intake *k, const vg_desk_entry *x)
{
    if (x->kind == VG_DESK_COVERAGE && x->verdict != VG_VERDICT_SAME)
        k->count.n_coverage++;
    else
        k->count.by_verdict[x->verdict]++;
}

/* Sends a list; what is over its source's rate goes to `back`, or its owner is told. */
static bool send(vg_intake *k, vg_intake_list *l, vg_intake_list *back, vg_err *e)
{
    for (int32_t at = 0; at < l->n; at += VG_INTAKE_MOST) {
        int32_t n = l->n - at < VG_INTAKE_MOST ? l->n - at : VG_INTAKE_MOST;
        if (!take(k, l->entry + at, n, e))
            return false;
        for (int32_t i = at; i < at + n; i++) {
            if (!l->entry[i].over_rate) {
                count_one(k, &l->entry[i]);
                continue;
            }
            k->count.n_kept_back++;
            if (l->owner[i] >= 0)
                k->is_late[l->owner[i]] = true;
            else if (!add_copy(back, &l->entry[i], -1, e))
                return false;
        }
    }
    empty_list(l);
    return !k->taken || k->taken(k->ctx, e);
}

bool vg_intake_again(vg_intake *k, bool now, vg_err *e)
{
    if (!k->held.n || (!now && vg_cli_now_s() - k->held_since_s < 1))
        return true;
    if (!send(k, &k->held, &k->spare, e))
        return false;
    vg_intake_list swap = k->held;
    k->held = k->spare;
    k->spare = swap;
    k->held_since_s = vg_cli_now_s();
    return true;
}

bool vg_intake_flush(vg_intake *k, vg_err *e)
{
    if (!k->batch.n)
        return true;
    while (k->held.n + k->batch.n > VG_INTAKE_HELD) { /* there must be room for all of them */
        wait_a_little(200);
        if (vg_terminal_stopped())
            return vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped");
        if (!vg_intake_again(k, true, e))
            return false;
    }
    if (!k->held.n)
        k->held_since_s = vg_cli_now_s();
    return send(k, &k->batch, &k->held, e);
}

static bool add(vg_intake *k, const vg_desk_entry *x, vg_err *e)
{
    if (!add_copy(&k->batch, x, k->owner, e))
        return false;
    bool full = k->batch.n == VG_INTAKE_MOST || vg_arena_used(&k->batch.texts) > FULL_BYTES;
    return !full || vg_intake_flush(k, e);
}

static bool add_report(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    vg_desk_entry x = { .kind = VG_DESK_REPORT, .report = *r };
    (void)at;
    return add(ctx, &x, e);
}

static bool add_coverage(void *ctx, const vg_coverage *c, vg_at at, vg_err *e)
{
    vg_desk_entry x = { .kind = VG_DESK_COVERAGE, .coverage = *c };
    (void)at;
    return add(ctx, &x, e);
}

/* --- what could not be read --- */

static bool add_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    return vg_intake_reject(ctx, r, e);
}

vg_report_source_sink vg_intake_sink(vg_intake *k)
{
    return (vg_report_source_sink){ k, add_report, add_coverage, add_reject };
}

bool vg_intake_rejects_begin(vg_intake *k, const char *path, vg_err *e)
{
    if (!vg_out_path(&k->rejects, path, e))
        return false;
    k->has_rejects = true;
    vg_put(&k->rejects, VG_S("file,line,column,what,why,mend,raw\n"));
    return true;
}

bool vg_intake_rejects_end(vg_intake *k, vg_err *e)
{
    if (!k->has_rejects)
        return true;
    k->has_rejects = false;
    bool good = vg_out_end(&k->rejects, e);
    vg_out_drop(&k->rejects);
    return good;
}

static void put_cell(vg_out *o, vg_str text, char behind)
{
    vg_put_csv(o, text);
    vg_put_char(o, behind);
}

bool vg_intake_reject(vg_intake *k, const vg_reject *r, vg_err *e)
{
    (void)e;
    k->count.n_rejected++;
    if (k->has_rejects) {
        vg_out *o = &k->rejects;
        put_cell(o, r->why.at.file.n ? r->why.at.file : k->file, ',');
        vg_print(o, "%lld,%lld,", (long long)r->why.at.line, (long long)r->why.at.col);
        put_cell(o, vg_str_z(r->why.what), ',');
        put_cell(o, vg_str_z(r->why.why), ',');
        put_cell(o, vg_str_z(r->why.mend), ',');
        put_cell(o, r->raw, '\n');
    } else if (k->count.n_rejected <= SHOWN && !k->c->quiet) {
        vg_err_print(stderr, &r->why);
    }
    return true;
}
