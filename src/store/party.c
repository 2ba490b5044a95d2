/* Imports of lists of parties. Invariant: a content that a party had in the list's newest vintage is not written again,
 * and nothing of an import is seen before its end. The members of the new vintage are the numbers of their contents in
 * the order of the parties' ids, as differences, so a vintage of 20,000 parties takes some 40 kB beside what is new. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/hash.h"
#include "core/json.h"
#include "store/party_int.h"

enum { INSERT_BODY, INSERT_REJECT, N_INSERTS, MAX_ID = 1000 };

typedef struct {
    uint64_t half[2];
} digest;

typedef struct {
    int64_t before, now; /* numbers of contents; 0 = not in the list */
    digest was, is;
    int64_t line; /* where this import told of it; -1 = it has not */
} member;

struct vg_party_import {
    vg_store *st;
    vg_str list; /* in `a` */
    vg_arena a;
    bool is_delta;
    vg_party_sink sink;
    vg_sql insert[N_INSERTS];
    vg_map ids;
    bool has_ids;
    member *member; /* by number in `ids` */
    int64_t cap;
    vg_out bytes;
    bool has_bytes;
    int64_t vintage_before, body, rejects_before; /* highest numbers so far */
    int64_t n_parties, n_removals, n_written, n_rejected, n_duplicates;
    vg_err failure; /* of the statements; they were opened with it */
};

/* --- digests --- */

static digest digest_of(vg_str bytes)
{
    vg_sha256 sum;
    char hex[65];
    digest d = { { 0, 0 } };
    vg_sha256_init(&sum);
    vg_sha256_add(&sum, bytes);
    vg_sha256_hex(&sum, hex);
    for (int i = 0; i < 32; i++) {
        char c = hex[i];
        d.half[i / 16] = d.half[i / 16] * 16 + (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return d;
}

static bool same(digest a, digest b)
{
    return a.half[0] == b.half[0] && a.half[1] == b.half[1];
}

static vg_str digest_bytes(digest d, char buf[16])
{
    for (int i = 0; i < 16; i++)
        buf[i] = (char)(unsigned char)(d.half[i / 8] >> (56 - 8 * (i % 8)));
    return (vg_str){ buf, 16 };
}

static digest digest_from(vg_str bytes)
{
    digest d = { { 0, 0 } };
    for (int i = 0; i < 16 && i < bytes.n; i++)
        d.half[i / 8] = d.half[i / 8] << 8 | (unsigned char)bytes.s[i];
    return d;
}

/* --- the sink --- */

static bool run(vg_party_import *im, int statement, vg_err *e)
{
    if (vg_sql__run(&im->insert[statement]))
        return true;
    if (e && !vg_failed(e))
        *e = im->failure;
    return false;
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    vg_party_import *im = ctx;
    vg_sql *q = &im->insert[INSERT_REJECT];
    im->n_rejected++;
    vg_sql__bind_int(q, 1, r->why.at.line);
    vg_sql__bind_int(q, 2, r->why.at.col);
    vg_sql__bind_int(q, 3, r->why.code);
    vg_sql__bind_text(q, 4, vg_str_z(r->why.what));
    vg_sql__bind_text(q, 5, vg_str_z(r->why.why));
    vg_sql__bind_text(q, 6, vg_str_z(r->why.mend));
    vg_sql__bind_text(q, 7, vg_utf8_head(r->raw, 65536));
    return run(im, INSERT_REJECT, e);
}

static bool refuse(vg_party_import *im, vg_err why, vg_str id, vg_err *e)
{
    vg_reject bad = { .why = why, .raw = id };
    return take_reject(im, &bad, e);
}

static member *member_of(vg_party_import *im, vg_str id, vg_err *e)
{
    bool was_new = false;
    int32_t at = vg_map_add(&im->ids, id, &was_new);
    if (at >= im->cap) {
        int64_t wider = im->cap ? im->cap * 2 : 1024;
        member *moved = reallocarray(im->member, (size_t)wider, sizeof *moved);
        if (!moved)
            at = -1;
        else
            im->member = moved, im->cap = wider;
    }
    if (at < 0) {
        vg_sql__no_memory(e);
        return NULL;
    }
    if (was_new)
        im->member[at] = (member){ .line = -1 };
    return &im->member[at];
}

static bool write_body(vg_party_import *im, vg_str id, digest d, vg_err *e)
{
    vg_sql *q = &im->insert[INSERT_BODY];
    char buf[16];
    vg_sql__bind_int(q, 1, im->body + 1);
    vg_sql__bind_text(q, 2, id);
    vg_sql__bind_blob(q, 3, digest_bytes(d, buf));
    vg_sql__bind_blob(q, 4, vg_out_text(&im->bytes));
    if (!run(im, INSERT_BODY, e))
        return false;
    im->body++;
    im->n_written++;
    return true;
}

static bool id_is_bad(vg_str id, vg_at at, vg_err *why)
{
    if (id.n > 0 && id.n <= MAX_ID)
        return false;
    vg_fail(why, VG_EPARSE, at, id.n ? "an id of %lld bytes" : "a party without an id", (long long)id.n);
    vg_why(why, "an id says which party of a list is meant, in at most %d bytes", MAX_ID);
    return true;
}

/* A party that came already in this import and is no delta: counted when it is the same, else refused. */
static bool take_again(vg_party_import *im, const vg_party *p, const member *m, digest d, vg_at at, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    if (same(m->is, d)) {
        im->n_duplicates++;
        return true;
    }
    vg_fail(&why, VG_ECONFLICT, at, "the id %.*s comes twice", VG_P(vg_utf8_head(p->id, 100)));
    vg_why(&why, "it stands for another party, or another state of it, in line %lld, which stays",
           (long long)m->line);
    vg_mend(&why, "ask the list's publisher which of the two is right");
    return refuse(im, why, p->id, e);
}

static bool take_party(void *ctx, const vg_party *p, vg_at at, vg_err *e)
{
    vg_party_import *im = ctx;
    vg_err why = VG_NO_ERR;
    if (id_is_bad(p->id, at, &why))
        return refuse(im, why, p->name.n ? p->name.item[0].text : VG_NOSTR, e);
    if (p->name.n == 0 || !p->name.item[0].text.n) {
        vg_fail(&why, VG_EPARSE, at, "an entry without a name: %.*s", VG_P(vg_utf8_head(p->id, 100)));
        vg_why(&why, "an entry is found by its names");
        return refuse(im, why, p->id, e);
    }
    member *m = member_of(im, p->id, e);
    if (!m)
        return false;
    im->bytes.n = 0;
    vg_party__encode(&im->bytes, p);
    if (im->bytes.failed)
        return vg_sql__no_memory(e);
    digest d = digest_of(vg_out_text(&im->bytes));
    if (m->line >= 0 && !im->is_delta)
        return take_again(im, p, m, d, at, e);
    bool as_before = m->before && same(m->was, d), as_now = m->now && same(m->is, d);
    if (!as_before && !as_now && !write_body(im, p->id, d, e))
        return false;
    m->now = as_now ? m->now : as_before ? m->before : im->body;
    m->is = d;
    m->line = at.line;
    im->n_parties++;
    return true;
}

static bool take_removal(void *ctx, vg_str id, vg_at at, vg_err *e)
{
    vg_party_import *im = ctx;
    vg_err why = VG_NO_ERR;
    if (id_is_bad(id, at, &why))
        return refuse(im, why, id, e);
    member *m = member_of(im, id, e);
    if (!m)
        return false;
    if (!m->now) {
        vg_fail(&why, VG_ENOTFOUND, at, "nobody to remove: %.*s", VG_P(vg_utf8_head(id, 100)));
        vg_why(&why, "the list holds no party with this id");
        vg_mend(&why, "load the list whole, so that later changes find what they change");
        return refuse(im, why, id, e);
    }
    m->now = 0;
    m->line = at.line;
    im->n_removals++;
    return true;
}

/* --- begin and drop --- */

static void release(vg_party_import *im)
{
    for (int k = 0; k < N_INSERTS; k++)
        if (im->insert[k].stmt)
            vg_sql__close(&im->insert[k]);
    if (im->has_ids)
        vg_map_free(&im->ids);
    if (im->has_bytes)
        vg_out_drop(&im->bytes);
    free(im->member);
    vg_arena_free(&im->a);
    free(im);
}

/* What the newest vintage holds: each party with the number and digest of its content. */
static bool load_members(vg_party_import *im, vg_err *e)
{
    vg_arena scratch = im->a;
    vg_party_members have = { .n = 0 };
    vg_sql q;
    if (!vg_party__newest(im->st, im->list, 0, &im->vintage_before, e))
        return false;
    if (!im->vintage_before)
        return true;
    if (!vg_party__members(im->st, im->vintage_before, &scratch, &have, e) ||
        !vg_sql__open(&q, im->st, "SELECT party, digest FROM party_body WHERE id = ?1", e))
        return false;
    for (int64_t i = 0; i < have.n && !q.failed; i++) {
        vg_sql__bind_int(&q, 1, have.body[i]);
        member *m = vg_sql__next(&q) ? member_of(im, vg_sql__text(&q, 0), e) : NULL;
        if (!m) {
            q.failed = true;
            vg_fail(e, VG_EPARSE, VG_NOWHERE, "the store lacks a party of vintage %lld",
                    (long long)im->vintage_before);
            break;
        }
        m->before = have.body[i];
        m->was = m->is = digest_from(vg_sql__blob(&q, 1));
        m->now = im->is_delta ? m->before : 0;
        vg_sql__again(&q);
    }
    return vg_sql__close(&q);
}

static bool prepare(vg_party_import *im, vg_str list, vg_err *e)
{
    static const char *const insert[N_INSERTS] = {
        "INSERT INTO party_body (id, party, digest, body) VALUES (?1, ?2, ?3, ?4)",
        "INSERT INTO reject (line, col, code, what, why, mend, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    };
    im->has_ids = vg_arena_init(&im->a, 1 << 30, e) && vg_map_init(&im->ids, e);
    im->has_bytes = im->has_ids && vg_out_memory(&im->bytes, e);
    im->list = im->has_bytes ? vg_copy(&im->a, list) : VG_NOSTR;
    if (!im->has_bytes || !vg_sql__one_int(im->st, "SELECT max(id) FROM party_body", &im->body, e) ||
        !vg_sql__one_int(im->st, "SELECT max(id) FROM reject", &im->rejects_before, e))
        return false;
    for (int k = 0; k < N_INSERTS; k++)
        if (!vg_sql__open(&im->insert[k], im->st, insert[k], &im->failure)) {
            *e = im->failure;
            return false;
        }
    return load_members(im, e);
}

bool vg_party_import_begin(vg_store *st, vg_str list, bool is_delta, vg_party_import **out, vg_err *e)
{
    if (!vg_sql__begin(st, e))
        return false;
    vg_party_import *im = calloc(1, sizeof *im);
    if (!im) {
        vg_sql__rollback(st);
        return vg_sql__no_memory(e);
    }
    im->st = st;
    im->is_delta = is_delta;
    im->sink = (vg_party_sink){ im, take_party, take_removal, take_reject };
    if (!prepare(im, list, e)) {
        vg_party_import_drop(im);
        return false;
    }
    *out = im;
    return true;
}

vg_party_sink *vg_party_import_sink(vg_party_import *im)
{
    return &im->sink;
}

void vg_party_import_drop(vg_party_import *im)
{
    if (!im)
        return;
    vg_store *st = im->st;
    release(im);
    vg_sql__rollback(st);
}

/* --- the end --- */

static int by_id(const void *a, const void *b, void *ctx)
{
    const vg_map *ids = ctx;
    return vg_cmp(vg_map_name(ids, *(const int32_t *)a), vg_map_name(ids, *(const int32_t *)b));
}

static void count(const member *m, vg_party_outcome *out)
{
    out->n_parties += m->now != 0;
    out->n_added += m->now && !m->before;
    out->n_removed += !m->now && m->before;
    out->n_changed += m->now && m->before && m->now != m->before;
}

/* The members in the order of their ids, as bytes in im->bytes. */
static bool code_members(vg_party_import *im, vg_party_outcome *out, vg_err *e)
{
    int32_t *order = reallocarray(NULL, (size_t)im->ids.n + 1, sizeof *order), n = 0;
    int64_t last = 0;
    if (!order)
        return vg_sql__no_memory(e);
    for (int32_t i = 0; i < im->ids.n; i++) {
        count(&im->member[i], out);
        if (im->member[i].now)
            order[n++] = i;
    }
    qsort_r(order, (size_t)n, sizeof *order, by_id, &im->ids);
    im->bytes.n = 0;
    for (int32_t i = 0; i < n; i++) {
        int64_t step = im->member[order[i]].now - last;
        vg_party__put_number(&im->bytes, ((uint64_t)step << 1) ^ (step < 0 ? ~(uint64_t)0 : 0));
        last = im->member[order[i]].now;
    }
    free(order);
    return !im->bytes.failed || vg_sql__no_memory(e);
}

static bool add_members(vg_party_import *im, const vg_vintage *v, vg_party_outcome *out, vg_err *e)
{
    vg_sql q;
    if (!code_members(im, out, e) ||
        !vg_sql__open(&q, im->st, "INSERT INTO party_vintage VALUES (?1, ?2, ?3)", e))
        return false;
    vg_sql__bind_int(&q, 1, v->id);
    vg_sql__bind_int(&q, 2, out->n_parties);
    vg_sql__bind_blob(&q, 3, vg_out_text(&im->bytes));
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

static bool tell_audit(vg_store *st, const vg_vintage *v, const vg_party_outcome *r, vg_err *e)
{
    const struct {
        const char *key;
        int64_t n;
    } number[] = { { "vintage", v->id },         { "parties", r->n_parties }, { "added", r->n_added },
                   { "changed", r->n_changed },  { "removed", r->n_removed }, { "accepted", v->n_accepted },
                   { "rejected", r->n_rejected } };
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("list")), vg_json_str(&j, v->source);
    vg_json_key(&j, VG_S("version")), vg_json_str(&j, v->version);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, v->sha256);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        vg_json_key(&j, vg_str_z(number[i].key)), vg_json_int(&j, number[i].n);
    vg_json_close(&j);
    bool good = vg_audit__add(st, VG_S("import"), vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

static bool add_rows(vg_party_import *im, vg_vintage *v, vg_party_outcome *out, vg_err *e)
{
    vg_writer writer = { .rejects_before = im->rejects_before };
    vg_coder coder = { .n_rejected = im->n_rejected };
    if (!vg_sql__one_int(im->st, "SELECT coalesce(max(id), 0) + 1 FROM vintage", &v->id, e))
        return false;
    v->imported_at = vg_now();
    v->known_at = v->known_at ? v->known_at : v->imported_at;
    v->n_accepted = im->n_parties + im->n_removals;
    v->n_rejected = im->n_rejected;
    v->n_duplicates = im->n_duplicates;
    v->supersedes = im->vintage_before;
    out->vintage = v->id;
    return vg_vintage__add(im->st, v, &writer, &coder, e) && add_members(im, v, out, e) &&
           tell_audit(im->st, v, out, e);
}

/* The vintage that these bytes made already; 0 = none. */
static bool find_known(vg_party_import *im, const vg_vintage *v, int64_t *vintage, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, im->st,
                      "SELECT v.id, p.n FROM vintage v JOIN party_vintage p ON p.vintage = v.id"
                      " WHERE v.sha256 = ?1 AND v.source = ?2 AND ?1 <> ''",
                      e))
        return false;
    vg_sql__bind_text(&q, 1, v->sha256);
    vg_sql__bind_text(&q, 2, v->source);
    *vintage = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    return vg_sql__close(&q);
}

static bool is_empty(const vg_party_import *im, const vg_vintage *about, vg_err *e)
{
    if (im->n_parties + im->n_removals)
        return false;
    vg_fail(e, VG_ENODATA, (vg_at){ .file = about->file }, "there is not one good entry");
    vg_why(e, "%lld entries were refused; the list stays as it was", (long long)im->n_rejected);
    return true;
}

bool vg_party_import_end(vg_party_import *im, const vg_vintage *about, vg_party_outcome *out, vg_err *e)
{
    vg_store *st = im->st;
    vg_vintage v = *about;
    vg_party_outcome r = { .before = im->vintage_before,
                           .n_written = im->n_written,
                           .n_rejected = im->n_rejected,
                           .n_duplicates = im->n_duplicates };
    v.source = im->list;
    bool good = !vg_failed(e) && find_known(im, &v, &r.vintage, e);
    r.was_known = good && r.vintage;
    good = good && (r.was_known || !is_empty(im, about, e));
    if (r.was_known || !good) {
        vg_party_import_drop(im);
    } else {
        good = add_rows(im, &v, &r, e);
        release(im);
        good = vg_sql__end(st, good, e);
    }
    if (good)
        *out = r;
    return good;
}
