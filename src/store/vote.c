/* Conversations in the store: votes, statements and participants as they came, each kind in one unbroken range of ids,
 * because an import is one transaction of one writer. Invariant: nothing of an import is seen before its end. A vote's
 * ids are kept as numbers where they are written as plain numbers, which is what Polis gives. */
#include <stdlib.h>

#include "core/date.h"
#include "core/json.h"
#include "core/num.h"
#include "store/live_int.h"

enum { VOTE, STATEMENT, PARTICIPANT, REJECT, N_KINDS };

static const char *const INSERT[N_KINDS] = {
    "INSERT INTO vote (participant, statement, value, time_ms) VALUES (?1, ?2, ?3, ?4)",
    "INSERT INTO statement (external_id, author, language, text, moderation, is_meta, is_seed, "
    "is_translation,"
    " created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO participant (external_id, opinion_group, has_group) VALUES (?1, ?2, ?3)",
    "INSERT INTO reject (line, col, code, what, why, mend, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
};
static const char *const HIGHEST[N_KINDS] = { "SELECT max(id) FROM vote", "SELECT max(id) FROM statement",
                                              "SELECT max(id) FROM participant",
                                              "SELECT max(id) FROM reject" };

struct vg_vote_import {
    vg_store *st;
    vg_vote_sink sink;
    vg_sql insert[N_KINDS];
    int64_t before[N_KINDS], n[N_KINDS];
    vg_err failure; /* of the statements; they were opened with it */
};

/* --- the sink --- */

static void bind_id(vg_sql *q, int at, vg_str id)
{
    int64_t x;
    bool plain = id.n <= 18 && id.n > 0 && id.s[0] >= '0' && id.s[0] <= '9' && (id.s[0] != '0' || id.n == 1);
    if (plain && vg_int(id, &x))
        vg_sql__bind_int(q, at, x);
    else
        vg_sql__bind_text(q, at, id);
}

static void bind_time(vg_sql *q, int at, int64_t time_ms)
{
    if (time_ms == VG_UNKNOWN)
        vg_sql__bind_optional(q, at, VG_NOSTR);
    else
        vg_sql__bind_int(q, at, time_ms);
}

static bool run(vg_vote_import *im, int kind, vg_err *e)
{
    if (vg_sql__run(&im->insert[kind])) {
        im->n[kind]++;
        return true;
    }
    if (e && !vg_failed(e))
        *e = im->failure;
    return false;
}

static bool take_vote(void *ctx, const vg_vote *v, vg_at at, vg_err *e)
{
    vg_vote_import *im = ctx;
    vg_sql *q = &im->insert[VOTE];
    (void)at;
    bind_id(q, 1, v->participant);
    bind_id(q, 2, v->statement);
    vg_sql__bind_int(q, 3, v->value);
    bind_time(q, 4, v->time_ms);
    return run(im, VOTE, e);
}

static bool take_statement(void *ctx, const vg_statement *s, vg_at at, vg_err *e)
{
    vg_vote_import *im = ctx;
    vg_sql *q = &im->insert[STATEMENT];
    (void)at;
    vg_sql__bind_text(q, 1, s->id);
    vg_sql__bind_text(q, 2, s->author);
    vg_sql__bind_text(q, 3, s->language);
    vg_sql__bind_text(q, 4, s->text);
    vg_sql__bind_int(q, 5, s->moderation);
    vg_sql__bind_int(q, 6, s->is_meta);
    vg_sql__bind_int(q, 7, s->is_seed);
    vg_sql__bind_int(q, 8, s->is_translation);
    bind_time(q, 9, s->created_ms);
    return run(im, STATEMENT, e);
}

static bool take_participant(void *ctx, const vg_participant *p, vg_at at, vg_err *e)
{
    vg_vote_import *im = ctx;
    vg_sql *q = &im->insert[PARTICIPANT];
    (void)at;
    vg_sql__bind_text(q, 1, p->id);
    if (p->group < 0)
        vg_sql__bind_optional(q, 2, VG_NOSTR);
    else
        vg_sql__bind_int(q, 2, p->group);
    vg_sql__bind_int(q, 3, p->has_group);
    return run(im, PARTICIPANT, e);
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    vg_vote_import *im = ctx;
    vg_sql *q = &im->insert[REJECT];
    vg_sql__bind_int(q, 1, r->why.at.line);
    vg_sql__bind_int(q, 2, r->why.at.col);
    vg_sql__bind_int(q, 3, r->why.code);
    vg_sql__bind_text(q, 4, vg_str_z(r->why.what));
    vg_sql__bind_text(q, 5, vg_str_z(r->why.why));
    vg_sql__bind_text(q, 6, vg_str_z(r->why.mend));
    vg_sql__bind_text(q, 7, vg_utf8_head(r->raw, 65536));
    return run(im, REJECT, e);
}

/* --- begin and drop --- */

static void release(vg_vote_import *im)
{
    for (int k = 0; k < N_KINDS; k++)
        if (im->insert[k].stmt)
            vg_sql__close(&im->insert[k]);
    free(im);
}

static bool prepare(vg_vote_import *im, vg_err *e)
{
    for (int k = 0; k < N_KINDS; k++)
        if (!vg_sql__one_int(im->st, HIGHEST[k], &im->before[k], e) ||
            !vg_sql__open(&im->insert[k], im->st, INSERT[k], &im->failure)) {
            if (!vg_failed(e))
                *e = im->failure;
            return false;
        }
    return true;
}

bool vg_vote_import_begin(vg_store *st, vg_vote_import **out, vg_err *e)
{
    if (!vg_sql__begin(st, e))
        return false;
    vg_vote_import *im = calloc(1, sizeof *im);
    if (!im) {
        vg_sql__rollback(st);
        return vg_sql__no_memory(e);
    }
    im->st = st;
    im->sink = (vg_vote_sink){ .ctx = im,
                               .vote = take_vote,
                               .statement = take_statement,
                               .participant = take_participant,
                               .reject = take_reject };
    if (!prepare(im, e)) {
        vg_vote_import_drop(im);
        return false;
    }
    *out = im;
    return true;
}

vg_vote_sink *vg_vote_import_sink(vg_vote_import *im)
{
    return &im->sink;
}

void vg_vote_import_drop(vg_vote_import *im)
{
    if (!im)
        return;
    vg_store *st = im->st;
    release(im);
    vg_sql__rollback(st);
}

/* --- the end --- */

static int64_t from_of(const vg_vote_import *im, int kind)
{
    return im->n[kind] ? im->before[kind] + 1 : 0;
}

static bool add_conversation(const vg_vote_import *im, vg_conversation *c, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__one_int(im->st, "SELECT coalesce(max(id), 0) + 1 FROM conversation", &c->id, e) ||
        !vg_sql__open(
            &q, im->st,
            "INSERT INTO conversation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
            " ?14, ?15)",
            e))
        return false;
    const vg_str text[] = { c->name, c->topic, c->description, c->format };
    vg_sql__bind_int(&q, 1, c->id);
    vg_sql__bind_int(&q, 2, c->vintage);
    for (int i = 0; i < 4; i++)
        vg_sql__bind_text(&q, 3 + i, text[i]);
    vg_sql__bind_int(&q, 7, c->sign);
    vg_sql__bind_text(&q, 8, c->sign_why);
    vg_sql__bind_int(&q, 9, c->numbered);
    for (int k = VOTE; k <= PARTICIPANT; k++) {
        vg_sql__bind_int(&q, 10 + 2 * k, from_of(im, k));
        vg_sql__bind_int(&q, 11 + 2 * k, im->before[k] + im->n[k]);
    }
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

static bool tell_audit(vg_store *st, const vg_vintage *v, const vg_conversation *c, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("vintage")), vg_json_int(&j, v->id);
    vg_json_key(&j, VG_S("source")), vg_json_str(&j, v->source);
    vg_json_key(&j, VG_S("conversation")), vg_json_str(&j, c->name);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, v->sha256);
    vg_json_key(&j, VG_S("accepted")), vg_json_int(&j, v->n_accepted);
    vg_json_key(&j, VG_S("rejected")), vg_json_int(&j, v->n_rejected);
    vg_json_close(&j);
    bool good = vg_audit__add(st, VG_S("import"), vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

static bool add_rows(vg_vote_import *im, vg_vintage *v, vg_conversation *c, vg_err *e)
{
    vg_writer writer = { .rejects_before = im->before[REJECT] };
    vg_coder coder = { .n_rejected = im->n[REJECT] };
    if (!vg_sql__one_int(im->st, "SELECT coalesce(max(id), 0) + 1 FROM vintage", &v->id, e))
        return false;
    v->imported_at = vg_now();
    v->known_at = v->known_at ? v->known_at : v->imported_at;
    v->n_accepted = im->n[VOTE];
    v->n_rejected = im->n[REJECT];
    c->vintage = v->id;
    c->n_votes = im->n[VOTE];
    c->n_statements = im->n[STATEMENT];
    c->n_participants = im->n[PARTICIPANT];
    return vg_vintage__add(im->st, v, &writer, &coder, e) && add_conversation(im, c, e) &&
           tell_audit(im->st, v, c, e);
}

/* The conversation of a vintage that has these bytes already; id 0 = none. */
static bool find_known(vg_store *st, const vg_vintage *v, vg_conversation *c, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "SELECT c.id, c.vintage FROM conversation c JOIN vintage v ON v.id = c.vintage"
                      " WHERE v.sha256 = ?1 AND v.source = ?2 AND ?1 <> ''",
                      e))
        return false;
    vg_sql__bind_text(&q, 1, v->sha256);
    vg_sql__bind_text(&q, 2, v->source);
    c->id = 0;
    if (vg_sql__next(&q)) {
        c->id = vg_sql__int(&q, 0);
        c->vintage = vg_sql__int(&q, 1);
    }
    return vg_sql__close(&q);
}

bool vg_vote_import_end(vg_vote_import *im, const vg_vintage *about, const vg_conversation *what,
                        vg_conversation *out, bool *was_known, vg_err *e)
{
    vg_store *st = im->st;
    vg_vintage v = *about;
    vg_conversation c = *what;
    bool good = !vg_failed(e) && find_known(st, &v, &c, e);
    bool known = good && c.id != 0;
    if (good && !known && im->n[VOTE] == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = about->file }, "there is not one good vote");
        good = vg_why(e, "%lld rows were refused", (long long)im->n[REJECT]);
    }
    if (known || !good) {
        vg_vote_import_drop(im);
    } else {
        good = add_rows(im, &v, &c, e);
        release(im);
        good = vg_sql__end(st, good, e);
    }
    if (!good)
        return false;
    *was_known = known;
    *out = c;
    return true;
}

/* --- questions --- */

bool vg_store_conversations(vg_store *st, int64_t as_of, vg_arena *a, vg_conversation **out, int64_t *n,
                            vg_err *e)
{
    vg_sql q;
    vg_conversation *list = NULL;
    int64_t count = 0, cap = 0;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT c.id, c.vintage, c.name, c.topic, c.description, c.format, c.sign, c.sign_why,"
            " c.numbered, iif(c.vote_from, c.vote_to - c.vote_from + 1, 0),"
            " iif(c.statement_from, c.statement_to - c.statement_from + 1, 0),"
            " iif(c.participant_from, c.participant_to - c.participant_from + 1, 0)"
            " FROM conversation c JOIN vintage v ON v.id = c.vintage WHERE v.known_at <= ?1 ORDER BY c.id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, as_of ? as_of : INT64_MAX);
    while (vg_sql__next(&q)) {
        list = vg_sql__grow(a, list, count, &cap, sizeof *list, e);
        if (!list)
            break;
        list[count++] = (vg_conversation){ .id = vg_sql__int(&q, 0),
                                           .vintage = vg_sql__int(&q, 1),
                                           .name = vg_sql__copy(&q, 2, a),
                                           .topic = vg_sql__copy(&q, 3, a),
                                           .description = vg_sql__copy(&q, 4, a),
                                           .format = vg_sql__copy(&q, 5, a),
                                           .sign = vg_sql__i32(&q, 6),
                                           .sign_why = vg_sql__copy(&q, 7, a),
                                           .numbered = vg_sql__int(&q, 8) != 0,
                                           .n_votes = vg_sql__int(&q, 9),
                                           .n_statements = vg_sql__int(&q, 10),
                                           .n_participants = vg_sql__int(&q, 11) };
    }
    if (!vg_sql__close(&q) || vg_failed(e) || !vg_live__list(st, as_of, a, &list, &count, &cap, e))
        return false;
    *out = list;
    *n = count;
    return true;
}

static bool open_rows(vg_sql *q, vg_store *st, const char *sql, int64_t conversation, vg_err *e)
{
    if (!vg_sql__open(q, st, sql, e))
        return false;
    vg_sql__bind_int(q, 1, conversation);
    return true;
}

static bool give_statements(vg_store *st, int64_t id, vg_vote_sink *sink, vg_err *e)
{
    vg_sql q;
    if (!open_rows(
            &q, st,
            "SELECT s.external_id, s.author, s.language, s.text, s.moderation, s.is_meta, s.is_seed,"
            " s.is_translation, s.created_ms FROM conversation c JOIN statement s"
            " ON s.id BETWEEN c.statement_from AND c.statement_to WHERE c.id = ?1 AND c.statement_from > 0"
            " ORDER BY s.id",
            id, e))
        return false;
    bool good = true;
    while (good && vg_sql__next(&q)) {
        vg_statement s = { .id = vg_sql__text(&q, 0),
                           .author = vg_sql__text(&q, 1),
                           .language = vg_sql__text(&q, 2),
                           .text = vg_sql__text(&q, 3),
                           .moderation = (int8_t)vg_sql__int(&q, 4),
                           .is_meta = vg_sql__int(&q, 5) != 0,
                           .is_seed = vg_sql__int(&q, 6) != 0,
                           .is_translation = vg_sql__int(&q, 7) != 0,
                           .created_ms = vg_sql__int_or(&q, 8, VG_UNKNOWN) };
        good = !sink->statement || sink->statement(sink->ctx, &s, VG_NOWHERE, e);
    }
    return vg_sql__close(&q) && good;
}

static bool give_participants(vg_store *st, int64_t id, vg_vote_sink *sink, vg_err *e)
{
    vg_sql q;
    if (!open_rows(&q, st,
                   "SELECT p.external_id, p.opinion_group, p.has_group FROM conversation c JOIN participant p"
                   " ON p.id BETWEEN c.participant_from AND c.participant_to WHERE c.id = ?1"
                   " AND c.participant_from > 0 ORDER BY p.id",
                   id, e))
        return false;
    bool good = true;
    while (good && vg_sql__next(&q)) {
        vg_participant p = { .id = vg_sql__text(&q, 0),
                             .group = (int32_t)vg_sql__int_or(&q, 1, -1),
                             .has_group = vg_sql__int(&q, 2) != 0 };
        good = !sink->participant || sink->participant(sink->ctx, &p, VG_NOWHERE, e);
    }
    return vg_sql__close(&q) && good;
}

static bool give_votes(vg_store *st, int64_t id, vg_vote_sink *sink, vg_err *e)
{
    vg_sql q;
    if (!open_rows(
            &q, st,
            "SELECT v.participant, v.statement, v.value, v.time_ms FROM conversation c JOIN vote v"
            " ON v.id BETWEEN c.vote_from AND c.vote_to WHERE c.id = ?1 AND c.vote_from > 0 ORDER BY v.id",
            id, e))
        return false;
    bool good = true;
    while (good && vg_sql__next(&q)) {
        vg_vote v = { .participant = vg_sql__text(&q, 0),
                      .statement = vg_sql__text(&q, 1),
                      .value = (int8_t)vg_sql__int(&q, 2),
                      .time_ms = vg_sql__int_or(&q, 3, VG_UNKNOWN) };
        good = !sink->vote || sink->vote(sink->ctx, &v, VG_NOWHERE, e);
    }
    return vg_sql__close(&q) && good;
}

bool vg_store_votes(vg_store *st, const vg_conversation *what, vg_vote_sink *sink, vg_err *e)
{
    if (what->id < 0)
        return vg_live__give(st, -what->id, sink, e);
    return vg_store__ready(st, e) && give_statements(st, what->id, sink, e) &&
           give_participants(st, what->id, sink, e) && give_votes(st, what->id, sink, e);
}
