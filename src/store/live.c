/* Live consultations, read: the record as moderation left it, and the votes as a conversation like any other. Invariant:
 * acts are only added, so what moderation decided is what follows from reading them in order; an act that a later "undo"
 * names counts for nothing. */
#include "store/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "store/live_int.h"

static const char SELECT_LIVE[] =
    "SELECT id, name, topic, description, languages, key, moderator, observer, settings, made_at FROM live"
    " WHERE name = ?1 OR id = ?2";

static bool read_about(vg_store *st, vg_str name, int64_t id, vg_arena *a, vg_live *out, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, SELECT_LIVE, e))
        return false;
    vg_sql__bind_text(&q, 1, name);
    vg_sql__bind_int(&q, 2, id);
    bool found = vg_sql__next(&q);
    if (found)
        *out = (vg_live){ .id = vg_sql__int(&q, 0),
                          .name = vg_sql__copy(&q, 1, a),
                          .topic = vg_sql__copy(&q, 2, a),
                          .description = vg_sql__copy(&q, 3, a),
                          .languages = vg_sql__copy(&q, 4, a),
                          .key = vg_sql__copy(&q, 5, a),
                          .moderator = vg_sql__copy(&q, 6, a),
                          .observer = vg_sql__copy(&q, 7, a),
                          .settings = (unsigned)vg_sql__int(&q, 8),
                          .made_at = vg_sql__int(&q, 9) };
    if (!vg_sql__close(&q))
        return false;
    if (found)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no live consultation called \"%.*s\"",
            VG_P(vg_utf8_head(name, 60)));
    return vg_mend(e, "make one: vigie consult open --name NAME --topic TEXT");
}

/* A question over the rows of one live conversation. */
static bool open_of(vg_sql *q, vg_store *st, const char *sql, int64_t live, vg_err *e)
{
    if (!vg_sql__open(q, st, sql, e))
        return false;
    vg_sql__bind_int(q, 1, live);
    return true;
}

static bool read_words(vg_store *st, vg_arena *a, vg_live_record *r, vg_err *e)
{
    vg_sql q;
    int64_t cap = 0;
    vg_live_word *list = NULL;
    if (!open_of(&q, st,
                 "SELECT question, answer, language, text, share FROM live_word WHERE live = ?1"
                 " ORDER BY id",
                 r->about.id, e))
        return false;
    while (vg_sql__next(&q)) {
        list = vg_sql__grow(a, list, r->n_words, &cap, sizeof *list, e);
        if (!list)
            break;
        list[r->n_words++] = (vg_live_word){ .question = vg_sql__copy(&q, 0, a),
                                             .answer = vg_sql__copy(&q, 1, a),
                                             .language = vg_sql__copy(&q, 2, a),
                                             .text = vg_sql__copy(&q, 3, a),
                                             .share = sqlite3_column_type(q.stmt, 4) == SQLITE_NULL
                                                          ? NAN
                                                          : sqlite3_column_double(q.stmt, 4) };
    }
    r->word = list;
    return vg_sql__close(&q) && !vg_failed(e);
}

static bool read_codes(vg_store *st, vg_arena *a, vg_live_record *r, vg_err *e)
{
    vg_sql q;
    int64_t cap = 0;
    if (!open_of(&q, st, "SELECT id, hash, most, per_minute FROM live_code WHERE live = ?1 ORDER BY id",
                 r->about.id, e))
        return false;
    while (vg_sql__next(&q)) {
        r->code = vg_sql__grow(a, r->code, r->n_codes, &cap, sizeof *r->code, e);
        if (!r->code)
            break;
        r->code[r->n_codes++] = (vg_live_code){ .id = vg_sql__int(&q, 0),
                                                .hash = vg_sql__copy(&q, 1, a),
                                                .most = vg_sql__int(&q, 2),
                                                .per_minute = vg_sql__int(&q, 3) };
    }
    return vg_sql__close(&q) && !vg_failed(e);
}

/* A wording of a statement; the rows come by number, the original before its translations. */
static bool take_wording(vg_sql *q, vg_arena *a, vg_live_record *r, int64_t *cap, int64_t *room, vg_err *e)
{
    int64_t number = vg_sql__int(q, 0);
    vg_live_text text = { vg_sql__copy(q, 1, a), vg_sql__copy(q, 2, a) };
    if (r->n_statements < number) {
        r->statement = vg_sql__grow(a, r->statement, r->n_statements, cap, sizeof *r->statement, e);
        if (!r->statement)
            return false;
        r->statement[r->n_statements++] = (vg_live_statement){ .number = number,
                                                               .is_seed = vg_sql__int(q, 3) != 0,
                                                               .made_at = vg_sql__int(q, 4),
                                                               .author = vg_sql__int_or(q, 5, 0) };
        *room = 0;
    }
    vg_live_statement *s = &r->statement[number - 1];
    vg_live_text *list = vg_sql__grow(a, (void *)(uintptr_t)s->text, s->n_texts, room, sizeof *list, e);
    if (!list)
        return false;
    list[s->n_texts++] = text;
    s->text = list;
    return true;
}

static bool read_statements(vg_store *st, vg_arena *a, vg_live_record *r, vg_err *e)
{
    vg_sql q;
    int64_t cap = 0, room = 0;
    if (!open_of(
            &q, st,
            "SELECT s.number, s.language, s.text, s.is_seed, s.made_at, (SELECT w.person FROM live_author w"
            " WHERE w.live = s.live AND w.number = s.number) FROM live_statement s WHERE s.live = ?1"
            " ORDER BY s.number, s.is_translation, s.id",
            r->about.id, e))
        return false;
    while (vg_sql__next(&q) && take_wording(&q, a, r, &cap, &room, e))
        continue;
    return vg_sql__close(&q) && !vg_failed(e);
}

static bool read_acts(vg_store *st, vg_arena *a, vg_live_record *r, vg_err *e)
{
    vg_sql q;
    int64_t cap = 0;
    vg_live_act *list = NULL;
    if (!open_of(&q, st,
                 "SELECT id, at, actor, act, target, other, reason FROM live_act WHERE live = ?1 ORDER BY id",
                 r->about.id, e))
        return false;
    while (vg_sql__next(&q)) {
        list = vg_sql__grow(a, list, r->n_acts, &cap, sizeof *list, e);
        if (!list)
            break;
        list[r->n_acts++] = (vg_live_act){ .id = vg_sql__int(&q, 0),
                                           .at = vg_sql__int(&q, 1),
                                           .actor = vg_sql__copy(&q, 2, a),
                                           .act = vg_sql__copy(&q, 3, a),
                                           .target = vg_sql__int(&q, 4),
                                           .other = vg_sql__int(&q, 5),
                                           .reason = vg_sql__copy(&q, 6, a) };
    }
    bool good = vg_sql__close(&q) && !vg_failed(e);
    for (int32_t i = 0; good && i < r->n_acts; i++)
        for (int32_t k = 0; vg_eq(list[i].act, VG_S("undo")) && k < i; k++)
            list[k].undone = list[k].undone || list[k].id == list[i].target;
    r->act = list;
    return good;
}

/* --- what moderation decided --- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static vg_live_statement *statement_at(vg_live_record *r, int64_t number)
{
    return number >= 1 && number <= r->n_statements ? &r->statement[number - 1] : NULL;
}

static vg_live_code *code_at(vg_live_record *r, int64_t id)
{
    for (int32_t i = 0; i < r->n_codes; i++)
        if (r->code[i].id == id)
            return &r->code[i];
    return NULL;
}

static void mute(int64_t *muted, vg_live_record *r, int64_t person, bool on)
{
    int32_t at = 0;
    while (at < r->n_muted && muted[at] != person)
        at++;
    if (on && at == r->n_muted)
        muted[r->n_muted++] = person;
    if (!on && at < r->n_muted)
        muted[at] = muted[--r->n_muted];
}

static void apply_to_statement(vg_live_record *r, const vg_live_act *x)
{
    vg_live_statement *s = statement_at(r, x->target);
    if (!s)
        return;
    if (vg_eq(x->act, VG_S("accept")))
        s->moderation = 1, s->merged_into = 0;
    else if (vg_eq(x->act, VG_S("reject")))
        s->moderation = -1, s->merged_into = 0;
    else if (vg_eq(x->act, VG_S("merge")) && statement_at(r, x->other) && x->other != x->target)
        s->moderation = -1, s->merged_into = x->other;
}

static void apply(vg_live_record *r, int64_t *muted, const vg_live_act *x)
{
    static const char *const states[] = { "resume", "pause", "close" };
    vg_live_code *code = code_at(r, x->target);
    for (int i = 0; i < 3; i++)
        if (vg_eq(x->act, vg_str_z(states[i])))
            r->state = (vg_live_state)i;
    if (vg_eq(x->act, VG_S("mute")) || vg_eq(x->act, VG_S("unmute")))
        mute(muted, r, x->target, x->act.s[0] == 'm');
    if (code && vg_eq(x->act, VG_S("stop-code")))
        code->stopped = true;
    if (code && vg_eq(x->act, VG_S("mute-code")))
        code->muted = true;
    apply_to_statement(r, x);
}

/* Where a chain of merges ends; a ring ends where it began. */
static int64_t end_of_merges(const vg_live_record *r, int64_t number)
{
    int64_t at = number;
    for (int32_t i = 0; i <= r->n_statements && r->statement[at - 1].merged_into; i++)
        at = r->statement[at - 1].merged_into;
    return at;
}

static bool decide(vg_live_record *r, vg_arena *a, vg_err *e)
{
    int64_t *muted = vg_new(a, int64_t, r->n_acts);
    if (!muted)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < r->n_statements; i++)
        r->statement[i].moderation = r->statement[i].is_seed;
    for (int32_t i = 0; i < r->n_acts; i++)
        if (!r->act[i].undone)
            apply(r, muted, &r->act[i]);
    for (int32_t i = 0; i < r->n_statements; i++)
        if (r->statement[i].merged_into)
            r->statement[i].merged_into = end_of_merges(r, i + 1);
    qsort(muted, (size_t)r->n_muted, sizeof *muted, by_number);
    r->muted = muted;
    return true;
}

static bool read_record(vg_store *st, vg_str name, int64_t id, vg_arena *a, vg_live_record *out, vg_err *e)
{
    vg_live_record r = { .n_words = 0 };
    if (!vg_store__ready(st, e) || !read_about(st, name, id, a, &r.about, e) || !read_words(st, a, &r, e) ||
        !read_codes(st, a, &r, e) || !read_statements(st, a, &r, e) || !read_acts(st, a, &r, e) ||
        !decide(&r, a, e))
        return false;
    *out = r;
    return true;
}

bool vg_live_read(vg_store *st, vg_str name, vg_arena *a, vg_live_record *out, vg_err *e)
{
    return read_record(st, name, 0, a, out, e);
}

bool vg_live_version(vg_store *st, int64_t *version, vg_err *e)
{
    return vg_store__ready(st, e) &&
           vg_sql__one_int(st,
                           "SELECT coalesce((SELECT max(id) FROM live), 0) + coalesce((SELECT max(id) FROM"
                           " live_act), 0) + coalesce((SELECT max(id) FROM live_statement), 0) +"
                           " coalesce((SELECT max(id) FROM live_code), 0)",
                           version, e);
}

/* --- as a conversation --- */

bool vg_live__list(vg_store *st, int64_t as_of, vg_arena *a, vg_conversation **list, int64_t *n, int64_t *cap,
                   vg_err *e)
{
    vg_sql q;
    if (!open_of(
            &q, st,
            "SELECT l.id, l.name, l.topic, l.description, (SELECT count(*) FROM live_vote v WHERE v.live"
            " = l.id), (SELECT count(*) FROM live_statement s WHERE s.live = l.id), (SELECT count(*) FROM"
            " live_person p WHERE p.live = l.id) FROM live l WHERE l.made_at <= ?1 ORDER BY l.id",
            as_of ? as_of : INT64_MAX, e))
        return false;
    while (vg_sql__next(&q)) {
        *list = vg_sql__grow(a, *list, *n, cap, sizeof **list, e);
        if (!*list)
            break;
        (*list)[(*n)++] = (vg_conversation){ .id = -vg_sql__int(&q, 0),
                                             .name = vg_sql__copy(&q, 1, a),
                                             .topic = vg_sql__copy(&q, 2, a),
                                             .description = vg_sql__copy(&q, 3, a),
                                             .format = VG_S("live"),
                                             .sign = 1,
                                             .sign_why = VG_S("vigie took the votes itself"),
                                             .n_votes = vg_sql__int(&q, 4),
                                             .n_statements = vg_sql__int(&q, 5),
                                             .n_participants = vg_sql__int(&q, 6) };
    }
    return vg_sql__close(&q) && !vg_failed(e);
}

static bool is_muted(const vg_live_record *r, int64_t person, int64_t code)
{
    for (int32_t i = 0; i < r->n_codes; i++)
        if (r->code[i].muted && r->code[i].id == code)
            return true;
    return r->n_muted && bsearch(&person, r->muted, (size_t)r->n_muted, sizeof person, by_number);
}

static bool give_statements(const vg_live_record *r, vg_vote_sink *sink, vg_err *e)
{
    char number[24];
    for (int32_t i = 0; sink->statement && i < r->n_statements; i++) {
        const vg_live_statement *s = &r->statement[i];
        vg_str id = { number, snprintf(number, sizeof number, "%lld", (long long)s->number) };
        for (int32_t k = 0; !s->merged_into && k < s->n_texts; k++) {
            vg_statement x = { .id = id,
                               .language = s->text[k].language,
                               .text = s->text[k].text,
                               .moderation = s->moderation,
                               .is_seed = s->is_seed,
                               .is_translation = k > 0,
                               .created_ms = s->made_at * 1000 };
            if (!sink->statement(sink->ctx, &x, VG_NOWHERE, e))
                return false;
        }
    }
    return true;
}

static bool give_people(vg_store *st, const vg_live_record *r, vg_vote_sink *sink, vg_err *e)
{
    vg_sql q;
    bool good = true;
    if (!open_of(&q, st, "SELECT pseudonym, id, code FROM live_person WHERE live = ?1 ORDER BY pseudonym",
                 r->about.id, e))
        return false;
    while (good && vg_sql__next(&q)) {
        vg_participant p = { .id = vg_sub(vg_sql__text(&q, 0), 0, VG_LIVE__SHOWN), .group = -1 };
        good = is_muted(r, vg_sql__int(&q, 1), vg_sql__int(&q, 2)) || !sink->participant ||
               sink->participant(sink->ctx, &p, VG_NOWHERE, e);
    }
    return vg_sql__close(&q) && good;
}

static bool give_votes(vg_store *st, const vg_live_record *r, vg_vote_sink *sink, vg_err *e)
{
    vg_sql q;
    bool good = true;
    char number[24];
    if (!open_of(&q, st,
                 "SELECT p.pseudonym, v.statement, v.value, v.time_ms, p.id, p.code FROM live_vote v JOIN"
                 " live_person p ON p.id = v.person WHERE v.live = ?1 ORDER BY v.id",
                 r->about.id, e))
        return false;
    while (good && vg_sql__next(&q)) {
        int64_t at = vg_sql__int(&q, 1);
        if (at < 1 || at > r->n_statements || is_muted(r, vg_sql__int(&q, 4), vg_sql__int(&q, 5)))
            continue;
        at = r->statement[at - 1].merged_into ? r->statement[at - 1].merged_into : at;
        vg_vote v = { .participant = vg_sub(vg_sql__text(&q, 0), 0, VG_LIVE__SHOWN),
                      .statement = { number, snprintf(number, sizeof number, "%lld", (long long)at) },
                      .value = (int8_t)vg_sql__int(&q, 2),
                      .time_ms = vg_sql__int(&q, 3) };
        good = !sink->vote || sink->vote(sink->ctx, &v, VG_NOWHERE, e);
    }
    return vg_sql__close(&q) && good;
}

bool vg_live__give(vg_store *st, int64_t live, vg_vote_sink *sink, vg_err *e)
{
    vg_arena a;
    vg_live_record r;
    if (!vg_arena_init(&a, VG_LIVE__BYTES, e))
        return false;
    bool good = read_record(st, VG_NOSTR, live, &a, &r, e) && give_statements(&r, sink, e) &&
                give_people(st, &r, sink, e) && give_votes(st, &r, sink, e);
    vg_arena_free(&a);
    return good;
}

/* --- questions about people --- */

bool vg_live_person(vg_store *st, int64_t live, vg_str pseudonym, int64_t *person, int64_t *code, vg_err *e)
{
    vg_sql q;
    if (!open_of(&q, st, "SELECT id, code FROM live_person WHERE live = ?1 AND pseudonym = ?2", live, e))
        return false;
    vg_sql__bind_text(&q, 2, pseudonym);
    bool found = vg_sql__next(&q);
    if (found) {
        *person = vg_sql__int(&q, 0);
        *code = vg_sql__int(&q, 1);
    }
    return vg_sql__close(&q) && found;
}

bool vg_live_marks(vg_store *st, int64_t person, bool *mark, int32_t n, int32_t *n_votes, vg_err *e)
{
    vg_sql q;
    int32_t count = 0;
    if (!open_of(&q, st, "SELECT DISTINCT statement FROM live_vote WHERE person = ?1", person, e))
        return false;
    for (; vg_sql__next(&q); count++) {
        int64_t at = vg_sql__int(&q, 0);
        if (at >= 1 && at <= n)
            mark[at - 1] = true;
    }
    *n_votes = count;
    return vg_sql__close(&q);
}

bool vg_live_counts(vg_store *st, int64_t live, int32_t *count, int32_t n, vg_err *e)
{
    vg_sql q;
    if (!open_of(&q, st,
                 "SELECT statement, count(DISTINCT person) FROM live_vote WHERE live = ?1 GROUP BY"
                 " statement",
                 live, e))
        return false;
    while (vg_sql__next(&q)) {
        int64_t at = vg_sql__int(&q, 0);
        if (at >= 1 && at <= n)
            count[at - 1] = vg_sql__i32(&q, 1);
    }
    return vg_sql__close(&q);
}

bool vg_live_answers(vg_store *st, const vg_live_record *r, bool (*take)(void *ctx, const vg_live_answer *x),
                     void *ctx, vg_err *e)
{
    vg_sql q;
    bool more = true;
    if (!open_of(&q, st,
                 "SELECT p.id, p.code, p.pseudonym, coalesce(a.question, ''), coalesce(a.answer, ''),"
                 " EXISTS (SELECT 1 FROM live_vote v WHERE v.person = p.id) FROM live_person p LEFT JOIN"
                 " live_answer a ON a.person = p.id AND a.id = (SELECT max(b.id) FROM live_answer b WHERE"
                 " b.person = a.person AND b.question = a.question) WHERE p.live = ?1 ORDER BY p.pseudonym,"
                 " a.question",
                 r->about.id, e))
        return false;
    while (more && vg_sql__next(&q)) {
        vg_live_answer x = { .person = vg_sql__int(&q, 0),
                             .code = vg_sql__int(&q, 1),
                             .pseudonym = vg_sub(vg_sql__text(&q, 2), 0, VG_LIVE__SHOWN),
                             .question = vg_sql__text(&q, 3),
                             .answer = vg_sql__text(&q, 4),
                             .voted = vg_sql__int(&q, 5) != 0 };
        x.muted = is_muted(r, x.person, x.code);
        more = take(ctx, &x);
    }
    return vg_sql__close(&q);
}

bool vg_live_uses(vg_store *st, int64_t live, vg_arena *a, vg_live_use **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    int64_t cap = 0;
    *out = NULL;
    *n = 0;
    if (!open_of(
            &q, st,
            "SELECT code, sum(n), max(n), sum(voters), sum(votes) FROM (SELECT p.code AS code, count(*) AS"
            " n, sum(c > 0) AS voters, sum(c) AS votes FROM (SELECT code, joined_at / 60 AS minute,"
            " (SELECT count(*) FROM live_vote v WHERE v.person = w.id) AS c FROM live_person w WHERE live"
            " = ?1) p GROUP BY p.code, p.minute) GROUP BY code ORDER BY code",
            live, e))
        return false;
    while (vg_sql__next(&q)) {
        *out = vg_sql__grow(a, *out, *n, &cap, sizeof **out, e);
        if (!*out)
            break;
        (*out)[(*n)++] = (vg_live_use){ .code = vg_sql__int(&q, 0),
                                        .n_people = vg_sql__int(&q, 1),
                                        .busiest_minute = vg_sql__int(&q, 2),
                                        .n_voters = vg_sql__int(&q, 3),
                                        .n_votes = vg_sql__int(&q, 4) };
    }
    return vg_sql__close(&q) && !vg_failed(e);
}
