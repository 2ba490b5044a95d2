/* One import: begin, feed the sink, end or drop. Invariant: between begin and end the store's connection is inside
 * one transaction and belongs to the queue's thread; every way out of here commits all of it or rolls it back. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/json.h"
#include "store/store_int.h"

struct vg_import {
    vg_store *st;
    vg_sink sink;
    vg_queue queue;
    vg_coder coder;
    vg_writer writer;
    char *source, *file;
};

/* --- the sink --- */

static bool take_event(void *ctx, const vg_event *ev, vg_at at, vg_err *e)
{
    return !vg_failed(e) && vg_code__event(&((vg_import *)ctx)->coder, ev, at, e);
}

static bool take_point(void *ctx, const vg_point *p, vg_at at, vg_err *e)
{
    return !vg_failed(e) && vg_code__point(&((vg_import *)ctx)->coder, p, at, e);
}

static bool take_unit(void *ctx, const vg_unit *u, vg_err *e)
{
    return !vg_failed(e) && vg_code__unit(&((vg_import *)ctx)->coder, u, e);
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    return !vg_failed(e) && vg_code__reject(&((vg_import *)ctx)->coder, r, e);
}

static bool take_flow(void *ctx, const vg_flow_record *f, vg_at at, vg_err *e)
{
    return !vg_failed(e) && vg_code__flow(&((vg_import *)ctx)->coder, f, at, e);
}

vg_sink *vg_import_sink(vg_import *im)
{
    return &im->sink;
}

bool vg_import__settle(vg_import *im, vg_err *e)
{
    return vg_queue__settle(&im->queue, e);
}

/* --- begin and drop --- */

static char *copy_text(vg_str s)
{
    char *copy = calloc((size_t)s.n + 1, 1);
    if (copy && s.n)
        memcpy(copy, s.s, (size_t)s.n);
    return copy;
}

/* Frees the import and takes back what it wrote unless that is committed. Names that were not committed are forgotten. */
static void release(vg_import *im, bool committed)
{
    vg_store *st = im->st;
    vg_code__end(&im->coder);
    vg_writer__end(&im->writer);
    if (!committed) {
        vg_sql__rollback(st);
        if (st->has_names)
            vg_map_free(&st->names);
        st->has_names = false;
    }
    st->import = NULL;
    free(im->source);
    free(im->file);
    free(im);
}

static bool check_about(const vg_vintage *about, vg_err *e)
{
    if (about->source.n == 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "an import needs the name of its source");
    if ((unsigned)about->month_rule > VG_MONTH_START)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "there is no month rule %d", (int)about->month_rule);
    return true;
}

bool vg_import_begin(vg_store *st, const vg_vintage *about, vg_import **out, vg_err *e)
{
    if (vg_failed(e) || !check_about(about, e) || !vg_sql__begin(st, e))
        return false;
    vg_import *im = calloc(1, sizeof *im);
    if (!im) {
        vg_sql__rollback(st);
        return vg_sql__no_memory(e);
    }
    im->st = st;
    im->sink = (vg_sink){ im, take_event, take_point, take_unit, take_reject, take_flow };
    im->source = copy_text(about->source);
    im->file = copy_text(about->file);
    bool ok = (im->source && im->file) || vg_sql__no_memory(e);
    if (!ok || !vg_code__begin(&im->coder, st, &im->queue, about->month_rule, e) ||
        !vg_writer__begin(&im->writer, st, e) ||
        !vg_queue__begin(&im->queue, vg_writer__batch, &im->writer, e)) {
        release(im, false);
        return false;
    }
    st->import = im;
    *out = im;
    return true;
}

void vg_import_drop(vg_import *im)
{
    if (!im)
        return;
    vg_queue__end(&im->queue, true, NULL);
    release(im, false);
}

/* --- end --- */

static bool tell_audit(vg_store *st, const vg_vintage *v, vg_err *e)
{
    vg_out text;
    if (!vg_out_memory(&text, e))
        return false;
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("vintage")), vg_json_int(&j, v->id);
    vg_json_key(&j, VG_S("source")), vg_json_str(&j, v->source);
    vg_json_key(&j, VG_S("version")), vg_json_str(&j, v->version);
    vg_json_key(&j, VG_S("scope")), vg_json_str(&j, v->scope);
    vg_json_key(&j, VG_S("file")), vg_json_str(&j, v->file);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, v->sha256);
    vg_json_key(&j, VG_S("accepted")), vg_json_int(&j, v->n_accepted);
    vg_json_key(&j, VG_S("duplicates")), vg_json_int(&j, v->n_duplicates);
    vg_json_key(&j, VG_S("rejected")), vg_json_int(&j, v->n_rejected);
    vg_json_key(&j, VG_S("supersedes")), vg_json_int(&j, v->supersedes);
    vg_json_close(&j);
    bool ok = vg_out_end(&text, e) && vg_audit__add(st, VG_S("import"), vg_out_text(&text), e);
    vg_out_drop(&text);
    return ok;
}

static bool check_rows(const vg_coder *c, vg_err *e)
{
    if (c->n_events + c->n_points + c->n_flows > 0)
        return true;
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "no row of the file could be used; %lld were refused",
            (long long)c->n_rejected);
    return vg_mend(e, "see why with vigie check FILE");
}

/* What is known of the vintage now, with what the import itself has counted. */
static bool describe(const vg_import *im, const vg_vintage *about, vg_vintage *v, vg_err *e)
{
    const vg_coder *c = &im->coder;
    *v = *about;
    v->id = im->writer.vintage;
    v->month_rule = c->rule;
    v->source = about->source.n ? about->source : vg_str_z(im->source);
    v->file = about->file.n ? about->file : vg_str_z(im->file);
    v->scope = about->scope.n ? about->scope : VG_S("world");
    v->imported_at = vg_now();
    v->known_at = about->known_at ? about->known_at : v->imported_at;
    v->n_accepted = c->n_events + c->n_points + c->n_flows;
    v->n_rejected = c->n_rejected;
    v->n_duplicates = c->n_duplicates;
    if (!about->first_month && !about->last_month) {
        v->first_month = c->first_month;
        v->last_month = c->last_month;
    }
    if (v->first_month <= v->last_month && v->first_month >= vg_month(1, 1) &&
        v->last_month <= vg_month(9999, 12))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "a vintage cannot cover months %d to %d", v->first_month, v->last_month);
    return vg_why(
        e, "months are counted from January 1980, the first is not after the last, years are 1 to 9999");
}

static bool write_vintage(vg_import *im, vg_vintage *v, vg_err *e)
{
    vg_arena scratch;
    if (!vg_arena_init(&scratch, 64 << 20, e))
        return false;
    bool ok = vg_stream__superseded(im->st, v, scratch, &v->supersedes, e) &&
              vg_vintage__add(im->st, v, &im->writer, &im->coder, e) && tell_audit(im->st, v, e);
    vg_arena_free(&scratch);
    return ok;
}

/* Slices of `*out` that came from the import itself must outlive it. */
static void answer(const vg_import *im, const vg_vintage *about, const vg_vintage *v, vg_vintage *out)
{
    *out = *v;
    if (v->source.s == im->source)
        out->source = about->source;
    if (v->file.s == im->file)
        out->file = about->file;
}

bool vg_import_end(vg_import *im, const vg_vintage *about, vg_vintage *out, vg_err *e)
{
    vg_store *st = im->st;
    vg_vintage v = *about;
    int64_t known = 0;
    bool written = vg_queue__end(&im->queue, false, e);
    st->import = NULL; /* the queue is gone; from here on this thread writes */
    bool ok = written && !vg_failed(e) && check_rows(&im->coder, e) && describe(im, about, &v, e) &&
              vg_import_known(st, v.sha256, v.source, v.month_rule, &known, e);
    if (ok && known) {
        v.id = known;
        answer(im, about, &v, out);
        release(im, false);
        return true;
    }
    ok = ok && write_vintage(im, &v, e);
    ok = vg_sql__end(st, ok, e);
    if (ok)
        answer(im, about, &v, out);
    release(im, ok);
    return ok;
}
