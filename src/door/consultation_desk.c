/* Moderating and observing a live consultation: for those who have the secret of one or the other, or a token. Invariant:
 * every act is in the log with who did it and why, and figures shown here are as k-anonymous as those for observers. */
#include <string.h>

#include "core/date.h"
#include "door/consultation_int.h"

/* --- who may --- */

static bool has_key(vg_call *c, const vg_live_record *r, bool moderator)
{
    char plain[65], hex[65];
    vg_str key = vg_live_code_plain(vg_call_text(c, "key"), plain);
    vg_live_hash(r->about.key, moderator ? "moderator" : "observer", key, hex);
    return vg_live_same(moderator ? r->about.moderator : r->about.observer, vg_str_z(hex));
}

static bool enter(vg_call *c, bool moderator, vg_seat *seat, vg_err *e)
{
    if (!vg_hall__enter(c, seat, e))
        return false;
    vg_role least = moderator ? VG_ROLE_ANALYST : VG_ROLE_VIEWER;
    if (vg_call_role(c) >= least || has_key(c, seat->record, true) ||
        (!moderator && has_key(c, seat->record, false)))
        return true;
    vg_hall__leave(c, seat);
    return vg_call_refuse(c, 403, e, VG_EARG, "this is for moderators or observers of the consultation",
                          "open the address that was printed when it was made, or send a token");
}

/* --- what the moderator sees --- */

static void put_int(vg_json *j, const char *key, int64_t x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_int(j, x);
}

static void put_text(vg_json *j, const char *key, vg_str text)
{
    vg_json_key(j, vg_str_z(key)), vg_json_str(j, text);
}

static void put_bool(vg_json *j, const char *key, bool x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_bool(j, x);
}

static void put_instant(vg_json *j, const char *key, int64_t at)
{
    char room[32];
    put_text(j, key, vg_instant_text(at, room));
}

static bool is_muted(const vg_live_record *r, int64_t person)
{
    for (int32_t i = 0; i < r->n_muted; i++)
        if (r->muted[i] == person)
            return true;
    return false;
}

static void put_statement(const vg_live_record *r, const vg_live_statement *s, int32_t votes, vg_json *j)
{
    vg_json_object(j);
    put_int(j, "number", s->number);
    put_int(j, "moderation", s->moderation);
    put_int(j, "merged_into", s->merged_into);
    put_bool(j, "asked", vg_live_is_asked(r, s));
    put_bool(j, "seed", s->is_seed);
    put_instant(j, "at", s->made_at);
    put_int(j, "author", s->author);
    put_bool(j, "muted", s->author && is_muted(r, s->author));
    vg_json_key(j, VG_S("votes"));
    votes == 0 || votes >= VG_LIVE_LEAST ? vg_json_int(j, votes) : vg_json_null(j);
    vg_json_key(j, VG_S("texts"));
    vg_json_array(j);
    for (int32_t i = 0; i < s->n_texts; i++) {
        vg_json_object(j);
        put_text(j, "language", s->text[i].language);
        put_text(j, "text", s->text[i].text);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_close(j);
}

static bool put_statements(vg_call *c, const vg_seat *seat, vg_json *j, vg_err *e)
{
    const vg_live_record *r = seat->record;
    int32_t *count = vg_new(vg_call_arena(c), int32_t, r->n_statements + 1);
    vg_live_twins *pair;
    int32_t n_pairs;
    if (!count)
        return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    vg_hall__counts(c, seat, count, r->n_statements);
    vg_json_key(j, VG_S("statements"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_statements; i++)
        put_statement(r, &r->statement[i], count[i], j);
    vg_json_close(j);
    if (!vg_live_near(r, vg_call_arena(c), &pair, &n_pairs, e))
        return false;
    vg_json_key(j, VG_S("near"));
    vg_json_array(j);
    for (int32_t i = 0; i < n_pairs && i < 100; i++) {
        vg_json_object(j);
        put_int(j, "first", pair[i].first);
        put_int(j, "second", pair[i].second);
        vg_json_key(j, VG_S("similarity")), vg_json_fixed(j, pair[i].similarity, 2);
        vg_json_close(j);
    }
    vg_json_close(j);
    return true;
}

/* Numbers of people under five are kept back here as well: 0 is nobody, null is few. */
static void put_people(vg_json *j, const char *key, int64_t n)
{
    vg_json_key(j, vg_str_z(key));
    n == 0 || n >= VG_LIVE_LEAST ? vg_json_int(j, n) : vg_json_null(j);
}

static void put_link(vg_call *c, const vg_seat *seat, const vg_live_code *code, const vg_live_use *use,
                     vg_json *j)
{
    int64_t refused, busiest;
    vg_hall__pressure(c, seat, code->id, &refused, &busiest);
    busiest = use && use->busiest_minute > busiest ? use->busiest_minute : busiest;
    vg_json_object(j);
    put_int(j, "code", code->id);
    put_int(j, "most", code->most);
    put_int(j, "per_minute", code->per_minute);
    put_bool(j, "stopped", code->stopped);
    put_bool(j, "muted", code->muted);
    put_people(j, "people", use ? use->n_people : 0);
    put_people(j, "voters", use ? use->n_voters : 0);
    put_people(j, "busiest_minute", busiest);
    put_int(j, "refused", refused);
    put_bool(j, "flood", refused > 0 || (busiest >= 10 && busiest * 2 >= code->per_minute));
    vg_json_close(j);
}

static bool put_codes(vg_call *c, const vg_seat *seat, vg_json *j, vg_err *e)
{
    const vg_live_record *r = seat->record;
    vg_live_use *use;
    int64_t n, at = 0, single = 0, used = 0, people = 0, voters = 0;
    if (!vg_live_uses(vg_call_store(c), r->about.id, vg_call_arena(c), &use, &n, e))
        return false;
    vg_json_key(j, VG_S("codes"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_codes; i++) {
        while (at < n && use[at].code < r->code[i].id)
            at++;
        const vg_live_use *u = at < n && use[at].code == r->code[i].id ? &use[at] : NULL;
        people += u ? u->n_people : 0;
        voters += u ? u->n_voters : 0;
        if (r->code[i].most > 1) {
            put_link(c, seat, &r->code[i], u, j);
        } else {
            single++;
            used += u != NULL;
        }
    }
    vg_json_close(j);
    put_int(j, "single_codes", single);
    put_people(j, "single_used", used);
    put_people(j, "people", people);
    put_people(j, "voters", voters);
    return true;
}

static void put_log(const vg_live_record *r, vg_json *j)
{
    vg_json_key(j, VG_S("log"));
    vg_json_array(j);
    for (int32_t i = r->n_acts - 1; i >= 0 && i >= r->n_acts - 500; i--) {
        const vg_live_act *x = &r->act[i];
        vg_json_object(j);
        put_int(j, "act", x->id);
        put_instant(j, "at", x->at);
        put_text(j, "who", x->actor);
        put_text(j, "what", x->act);
        put_int(j, "target", x->target);
        put_int(j, "other", x->other);
        put_text(j, "reason", x->reason);
        put_bool(j, "undone", x->undone);
        vg_json_close(j);
    }
    vg_json_close(j);
}

/* As in the newest picture, so that looking before and after somebody comes tells nothing of what they said. */
static void put_heard(vg_call *c, const vg_seat *seat)
{
    int64_t number;
    vg_held_view *held = vg_hall__view(c, seat, &number);
    vg_put(vg_call_out(c), held ? vg_live_view_heard(vg_hall__view_of(held)) : VG_S("[]"));
    vg_hall__give_view(c, held);
}

static bool answer_desk(vg_call *c, const vg_seat *seat, vg_err *e)
{
    static const char *const state[] = { "open", "paused", "closed" };
    const vg_live_record *r = seat->record;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    put_text(&j, "name", r->about.name);
    put_text(&j, "topic", r->about.topic);
    put_text(&j, "description", r->about.description);
    put_text(&j, "languages", r->about.languages);
    put_text(&j, "state", vg_str_z(state[r->state]));
    put_text(&j, "moderated", r->about.settings & VG_LIVE_AFTER ? VG_S("after") : VG_S("before"));
    bool good = put_statements(c, seat, &j, e) && put_codes(c, seat, &j, e);
    put_log(r, &j);
    vg_json_key(&j, VG_S("heard"));
    put_heard(c, seat);
    vg_put_char(vg_call_out(c), '}');
    return good;
}

bool vg_desk__show(vg_call *c, vg_err *e)
{
    vg_seat seat;
    if (!enter(c, true, &seat, e))
        return false;
    bool good = answer_desk(c, &seat, e);
    vg_hall__leave(c, &seat);
    return good;
}

/* --- acts --- */

typedef enum { OF_NOTHING, OF_STATEMENT, OF_TWO, OF_PERSON, OF_CODE, OF_ACT } target_kind;

static const struct {
    const char *act;
    target_kind of;
    bool needs_reason;
} acts[] = {
    { "accept", OF_STATEMENT, false }, { "reject", OF_STATEMENT, true }, { "merge", OF_TWO, false },
    { "mute", OF_PERSON, true },       { "unmute", OF_PERSON, false },   { "stop-code", OF_CODE, true },
    { "mute-code", OF_CODE, true },    { "pause", OF_NOTHING, false },   { "resume", OF_NOTHING, false },
    { "close", OF_NOTHING, false },    { "undo", OF_ACT, false },
};

static bool is_statement(const vg_live_record *r, int64_t number)
{
    return number >= 1 && number <= r->n_statements;
}

static bool can_be_undone(vg_str act)
{
    static const char *const stays[] = { "undo", "left", "seed", "wording" };
    for (size_t i = 0; i < sizeof stays / sizeof *stays; i++)
        if (vg_eq(act, vg_str_z(stays[i])))
            return false;
    return true;
}

static bool is_target(const vg_live_record *r, target_kind of, int64_t target, int64_t other)
{
    bool found = of == OF_NOTHING || (of == OF_STATEMENT && is_statement(r, target));
    if (of == OF_TWO)
        found = is_statement(r, target) && is_statement(r, other) && target != other &&
                !r->statement[other - 1].merged_into;
    for (int32_t i = 0; of == OF_PERSON && i < r->n_statements; i++)
        found = found || (target && r->statement[i].author == target);
    for (int32_t i = 0; of == OF_CODE && i < r->n_codes; i++)
        found = found || r->code[i].id == target;
    for (int32_t i = 0; of == OF_ACT && i < r->n_acts; i++)
        found = found || (r->act[i].id == target && !r->act[i].undone && can_be_undone(r->act[i].act));
    return found;
}

static vg_str actor_of(const vg_call *c)
{
    vg_str who = vg_call_who(c);
    return who.n ? who : VG_S("moderator");
}

static bool write_act(vg_call *c, const vg_seat *seat, vg_live_entry x, vg_err *e)
{
    x.live = seat->record->about.id;
    if (!vg_hall__write(c, seat, &x, 1, e))
        return false;
    vg_print(vg_call_out(c), "{\"number\":%lld}\n", (long long)x.statement);
    return true;
}

/* Words that a moderator puts before everybody stand in the log like any other act. */
static bool write_text(vg_call *c, const vg_seat *seat, vg_live_entry x, vg_err *e)
{
    x.live = seat->record->about.id;
    if (!vg_hall__write(c, seat, &x, 1, e))
        return false;
    vg_live_entry told = { .kind = VG_LIVE_ACT,
                           .live = x.live,
                           .actor = actor_of(c),
                           .act = x.kind == VG_LIVE_STATE ? VG_S("seed") : VG_S("wording"),
                           .statement = x.statement,
                           .reason = x.language };
    if (x.outcome == VG_LIVE_DONE && !vg_hall__write(c, seat, &told, 1, e))
        return false;
    vg_print(vg_call_out(c), "{\"number\":%lld}\n", (long long)x.statement);
    return true;
}

/* A new statement of the organisers, or a statement in another language. */
static bool add_text(vg_call *c, const vg_seat *seat, bool seed, vg_err *e)
{
    vg_str text, language = vg_call_text(c, "lang");
    int64_t target = vg_call_whole(c, "target");
    if (!vg_live_text_clean(vg_call_text(c, "text"), vg_call_arena(c), &text, e))
        return false;
    if (!vg_live_has_language(seat->record, language) || (!seed && !is_statement(seat->record, target)))
        return vg_call_refuse(c, 400, e, VG_EARG, "there is no such language or statement here",
                              "send lang as one of the consultation's languages, and target as a statement");
    return write_text(c, seat,
                      (vg_live_entry){ .kind = seed ? VG_LIVE_STATE : VG_LIVE_WORDING,
                                       .statement = target,
                                       .language = language,
                                       .text = text,
                                       .is_seed = seed },
                      e);
}

static bool answer_act(vg_call *c, const vg_seat *seat, vg_err *e)
{
    vg_str act = vg_call_text(c, "act"), reason;
    int64_t target = vg_call_whole(c, "target"), other = vg_call_whole(c, "other");
    if (vg_eq(act, VG_S("seed")) || vg_eq(act, VG_S("wording")))
        return add_text(c, seat, vg_eq(act, VG_S("seed")), e);
    reason = vg_consultation_plain(vg_call_arena(c), vg_call_text(c, "reason"), 500);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (!vg_eq(act, vg_str_z(acts[i].act)))
            continue;
        if (!is_target(seat->record, acts[i].of, target, other))
            return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is nothing of this number to do that with",
                                  "load the desk again: it may have changed meanwhile");
        if (acts[i].needs_reason && !vg_trim(reason).n)
            return vg_call_refuse(c, 400, e, VG_EARG, "this needs a reason",
                                  "send reason: it stands in the log for those who look later");
        return write_act(c, seat,
                         (vg_live_entry){ .kind = VG_LIVE_ACT,
                                          .actor = actor_of(c),
                                          .act = act,
                                          .statement = target,
                                          .other = other,
                                          .reason = reason },
                         e);
    }
    return vg_call_refuse(c, 400, e, VG_EARG, "there is no such act", "see what the route takes");
}

bool vg_desk__act(vg_call *c, vg_err *e)
{
    vg_seat seat;
    if (!enter(c, true, &seat, e))
        return false;
    bool good = answer_act(c, &seat, e);
    vg_hall__leave(c, &seat);
    return good;
}

/* --- observers --- */

bool vg_desk__observe(vg_call *c, vg_err *e)
{
    static const char *const state[] = { "open", "paused", "closed" };
    vg_seat seat;
    int64_t number;
    if (!enter(c, false, &seat, e))
        return false;
    vg_held_view *held = vg_hall__view(c, &seat, &number);
    vg_out *o = vg_call_out(c);
    vg_json j = vg_json_to(o);
    vg_json_object(&j);
    put_text(&j, "name", seat.record->about.name);
    put_text(&j, "topic", seat.record->about.topic);
    put_text(&j, "state", vg_str_z(state[seat.record->state]));
    put_int(&j, "number", number);
    vg_json_key(&j, VG_S("picture"));
    if (held)
        vg_put(o, vg_live_view_json(vg_hall__view_of(held)));
    else
        vg_json_null(&j);
    if (held)
        vg_put_char(o, '}');
    else
        vg_json_close(&j);
    vg_hall__give_view(c, held);
    vg_hall__leave(c, &seat);
    return true;
}

/* One short message of the event stream, then its end: the browser comes back by itself after `retry`, also through proxies
 * and after a loss of signal, and nobody who only watches holds a worker or a connection. */
bool vg_desk__stream(vg_call *c, vg_err *e)
{
    static const char *const state[] = { "open", "paused", "closed" };
    vg_seat seat;
    int64_t number;
    if (!enter(c, false, &seat, e))
        return false;
    vg_hall__give_view(c, vg_hall__view(c, &seat, &number));
    vg_call_type(c, "text/event-stream; charset=utf-8");
    vg_print(vg_call_out(c),
             "retry: 2000\nid: %lld\nevent: picture\ndata: {\"number\":%lld,\"state\":\"%s\"}\n\n",
             (long long)number, (long long)number, state[seat.record->state]);
    vg_hall__leave(c, &seat);
    return true;
}
