/* The desk's life: opened, read from the log, made anew after a failure. Invariant: watch and figures are those of the
 * entries up to vg_report_log_seq and of the publications that rest on them, in the order of the log; `stale` says that
 * this may not hold, and nothing is answered or taken before they are made anew. */
#include "ceasefire/desk_int.h"

#include <stdlib.h>
#include <string.h>

#include "ceasefire/escalation.h"
#include "core/date.h"
#include "core/hash.h"
#include "store/browse.h"

#define SCRATCH ((int64_t)1 << 32)
enum {
    SETTLE_EVERY = 4096,
    HORIZON_MORE_S =
        4 * 86400 /* beyond what tests of escalation look back on: also in the report of the day before */
};

/* --- entering an agreement --- */

static bool enter_text(vg_store *st, const vg_agreement *a, vg_str text, vg_str actor, vg_err *e)
{
    char sha256[65];
    int64_t version;
    vg_sha256 h;
    vg_sha256_init(&h);
    vg_sha256_add(&h, text);
    vg_sha256_hex(&h, sha256);
    vg_agreement_record x = {
        .id = a->id, .title = a->title, .text = text, .sha256 = { sha256, 64 }, .actor = actor
    };
    return vg_agreement_enter(st, &x, &version, e);
}

bool vg_desk_enter(vg_store *st, const vg_agreement *a, vg_str actor, vg_err *e)
{
    vg_out text;
    if (vg_failed(e))
        return false;
    if (a->n_errors > 0) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the agreement \"%.*s\" has %d errors", VG_P(a->id),
                (int)a->n_errors);
        vg_why(e, "what is watched must be clear");
        return vg_mend(e, "see them with vigie ceasefire check, and put them right");
    }
    if (!vg_out_memory(&text, e))
        return false;
    bool good = vg_agreement_whole(a, &text, e) && enter_text(st, a, vg_out_text(&text), actor, e);
    vg_out_drop(&text);
    return good;
}

/* --- the shelf: reports that the watch has put away are in the store --- */

static bool is_known(void *ctx, uint64_t key, uint64_t *content, int64_t *received_at, int64_t *seq,
                     vg_err *e)
{
    vg_desk *d = ctx;
    vg_log_version v;
    *content = 0;
    *received_at = INT64_MIN;
    if (!vg_report_log_known(d->log, key, &v, e))
        return !vg_failed(e) && vg_report_log_named(d->log, key, seq, e);
    *content = v.content;
    *received_at = v.received_at;
    *seq = v.seq;
    return true;
}

typedef struct {
    bool (*take)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e);
    void *take_ctx;
} reload_to;

static bool reload_one(void *ctx, const vg_log_entry *x, vg_err *e)
{
    reload_to *to = ctx;
    vg_report r;
    return vg_report_unpack(x->body, &r, e) && to->take(to->take_ctx, &r, x->seq, e);
}

static bool reload(void *ctx, int64_t from, int64_t to,
                   bool (*take)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e), void *take_ctx,
                   vg_err *e)
{
    vg_desk *d = ctx;
    reload_to x = { .take = take, .take_ctx = take_ctx };
    return vg_report_log_between(d->log, from, to, false, reload_one, &x, e);
}

static bool versions(void *ctx, uint64_t key,
                     bool (*take)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e), void *take_ctx,
                     vg_err *e)
{
    vg_desk *d = ctx;
    reload_to x = { .take = take, .take_ctx = take_ctx };
    return vg_report_log_history(d->log, key, reload_one, &x, e);
}

/* --- reading the log --- */

/* Days are published where they were, so that corrections are against the same figures. One that another program made
 * before entries that are read already can only be put in its place by reading anew. */
static bool publish_up_to(vg_desk *d, int64_t seq, vg_err *e)
{
    while (d->next_publication < d->n_publications && d->publication[d->next_publication].seq <= seq) {
        const vg_publication *p = &d->publication[d->next_publication];
        d->renewed = d->renewed || p->seq < seq;
        if (!vg_desk__settle(d, false, 0, e) || !vg_desk__publish(d, p, false, e))
            return false;
    }
    return true;
}

static bool apply_report(vg_desk *d, const vg_log_entry *x, vg_err *e)
{
    vg_report r;
    vg_watch_verdict verdict;
    if (!vg_report_unpack(x->body, &r, e))
        return false;
    if (r.received_at < d->first_received && r.received_at != VG_UNKNOWN)
        d->first_received = r.received_at;
    return vg_watch_report(d->watch, &r, x->seq, &verdict, e);
}

static bool apply_other(vg_desk *d, const vg_log_entry *x, vg_err *e)
{
    vg_coverage c;
    vg_log_decision v;
    if (x->kind == VG_LOG_COVERAGE)
        return vg_coverage_unpack(x->body, &c, e) && vg_watch_cover(d->watch, &c, x->seq, e);
    if (x->kind == VG_LOG_DECISION)
        return vg_log_decision_unpack(x->body, &v, e) &&
               vg_watch_verify(d->watch, v.incident, v.state, x->seq, e);
    d->renewed = true;
    return true;
}

bool vg_desk__apply(void *desk, const vg_log_entry *x, vg_err *e)
{
    vg_desk *d = desk;
    if (!publish_up_to(d, x->seq - 1, e))
        return false;
    if (++d->unsettled >= SETTLE_EVERY && !vg_desk__settle(d, false, 0, e))
        return false;
    return x->kind == VG_LOG_REPORT || x->kind == VG_LOG_QUARANTINED ? apply_report(d, x, e)
                                                                     : apply_other(d, x, e);
}

/* Publications that others have made since are read with the entries they rest on. */
static bool read_publications(vg_desk *d, vg_err *e)
{
    vg_publication *all;
    int64_t n;
    vg_arena_reset(&d->kept);
    if (!vg_report_publications(d->st, vg_str_z(d->id), &d->kept, &all, &n, e))
        return false;
    d->publication = all;
    d->n_publications = n;
    return true;
}

bool vg_desk__follow(vg_desk *d, vg_err *e)
{
    int64_t version = 0;
    if (!vg_store_data_version(d->st, &version, e))
        return false;
    if (d->followed && version == d->version) /* nobody else has committed anything */
        return true;
    if (!read_publications(d, e) || !vg_report_log_follow(d->log, vg_desk__apply, d, e) ||
        !publish_up_to(d, vg_report_log_seq(d->log), e) || !vg_desk__settle(d, false, 0, e))
        return false;
    d->followed = true;
    d->version = version;
    return true;
}

/* --- making anew --- */

static void drop_state(vg_desk *d)
{
    vg_report_log_close(d->log);
    vg_watch_close(d->watch);
    vg_figures_close(d->figures);
    vg_agreement_free(d->agreement);
    d->log = NULL;
    d->watch = NULL;
    d->figures = NULL;
    d->agreement = NULL;
}

static bool load_agreement(vg_desk *d, vg_err *e)
{
    vg_agreement_record x;
    vg_arena scratch = d->arena;
    if (!vg_agreement_load(d->st, vg_str_z(d->id), 0, &scratch, &x, e) ||
        !vg_agreement_parse(x.text, vg_str_z(d->id), NULL, &d->agreement, e))
        return false;
    if (d->agreement->n_errors == 0)
        return true;
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the agreement \"%s\" in the store has %d errors", d->id,
            (int)d->agreement->n_errors);
    return vg_mend(e, "see them with vigie ceasefire check, put them right and enter it again");
}

/* Figures of old days are put aside beside the store, where there must be room anyway. */
static void put_days_beside(vg_desk *d)
{
    vg_arena scratch = d->arena;
    const char *slash = strrchr(d->path, '/');
    vg_str folder = slash ? vg_format(&scratch, "%.*s/", (int)(slash - d->path), d->path) : VG_S(".");
    vg_figures_keep(d->figures, 0, folder.s);
}

static bool make_watch(vg_desk *d, vg_err *e)
{
    d->shelf = (vg_watch_shelf){ .ctx = d, .known = is_known, .reload = reload, .versions = versions };
    vg_watch_opts o = { .horizon_s = vg_escalation_past_s(d->agreement) + HORIZON_MORE_S,
                        .sink = { .ctx = d, .changed = vg_desk__changed },
                        .shelf = &d->shelf,
                        .hash_media = true };
    if (!vg_figures_open(d->agreement, &d->figures, e))
        return false;
    put_days_beside(d);
    d->below = vg_figures_sink(d->figures);
    return vg_watch_open(d->agreement, &o, &d->watch, e);
}

bool vg_desk__renew(vg_desk *d, vg_err *e)
{
    drop_state(d);
    vg_arena_reset(&d->arena);
    d->stale = true;
    d->renewed = false;
    d->telling = false;
    d->followed = false;
    d->next_publication = d->n_told = d->alerts_read = 0;
    d->last_day = INT32_MIN;
    d->first_received = INT64_MAX;
    d->unsettled = 0;
    if (vg_failed(e) || !load_agreement(d, e) || !vg_report_log_open(d->st, vg_str_z(d->id), &d->log, e) ||
        !make_watch(d, e) || !vg_desk__follow(d, e))
        return false;
    d->renewed = false; /* the newest text is the one that was loaded */
    d->stale = false;
    return true;
}

bool vg_desk_open(const char *path, vg_str agreement, vg_desk **out, vg_err *e)
{
    vg_desk *d = vg_failed(e) ? NULL : calloc(1, sizeof *d);
    if (!d)
        return vg_failed(e) ? false : vg_fail_memory(e, (int64_t)sizeof *d);
    d->path = strdup(path);
    d->id = strndup(agreement.s, (size_t)agreement.n);
    bool good = (d->path && d->id) || vg_fail_memory(e, agreement.n);
    good = good && vg_arena_init(&d->arena, SCRATCH, e) && vg_arena_init(&d->kept, SCRATCH, e) &&
           vg_out_memory(&d->text, e) && vg_map_init(&d->source, e) &&
           vg_store_open(path, VG_STORE_WRITE, &d->st, e) && vg_desk__renew(d, e);
    if (!good) {
        vg_desk_close(d);
        return false;
    }
    *out = d;
    return true;
}

void vg_desk_close(vg_desk *d)
{
    if (!d)
        return;
    drop_state(d);
    vg_store_close(d->st);
    vg_map_free(&d->source);
    if (d->text.buf)
        vg_out_drop(&d->text);
    vg_arena_free(&d->arena);
    vg_arena_free(&d->kept);
    free(d->account);
    free(d->told);
    free(d->path);
    free(d->id);
    free(d);
}

/* --- questions --- */

vg_watch *vg_desk_watch(vg_desk *d)
{
    return d->watch;
}

vg_figures *vg_desk_figures(vg_desk *d)
{
    return d->figures;
}

const vg_agreement *vg_desk_agreement(const vg_desk *d)
{
    return d->agreement;
}

bool vg_desk_catch_up(vg_desk *d, bool *changed, vg_err *e)
{
    if (vg_failed(e))
        return false;
    int64_t before = d->log && !d->stale ? vg_report_log_seq(d->log) : -1;
    bool good = d->stale ? vg_desk__renew(d, e) : vg_desk__follow(d, e);
    if (good && d->renewed)
        good = vg_desk__renew(d, e);
    if (!good) {
        d->stale = true;
        return false;
    }
    if (changed)
        *changed = vg_report_log_seq(d->log) != before;
    return true;
}
