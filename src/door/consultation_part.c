/* Taking part in a live consultation: open to everybody who has a code or the secret of a device. Invariant: who somebody
 * is follows from the secret alone, whose keyed hash is looked up; a pseudonym that is sent is not even read. What a
 * muted person sends is taken and answered like anybody's. */
#include <string.h>

#include "core/date.h"
#include "door/consultation_int.h"

enum { SECRET_LEAST = 22, ASKED_MOST = 20 };

/* --- who asks --- */

typedef struct {
    vg_seat seat;
    int64_t id, code;
    char pseudonym[VG_LIVE_PSEUDONYM + 1];
} person;

static bool name_person(vg_call *c, person *p, vg_err *e)
{
    vg_str secret = vg_call_text(c, "secret");
    if (secret.n < SECRET_LEAST)
        return vg_call_refuse(c, 400, e, VG_EARG, "the secret of the device is too short",
                              "send at least 22 random letters, and the same ones each time");
    vg_live_pseudonym(p->seat.record->about.key, secret, p->pseudonym);
    return true;
}

/* The person behind the secret, in their room; leave the seat when this succeeded. */
static bool find_person(vg_call *c, person *p, vg_err *e)
{
    if (!vg_hall__enter(c, &p->seat, e))
        return false;
    if (name_person(c, p, e) && vg_live_person(vg_call_store(c), p->seat.record->about.id,
                                               vg_str_z(p->pseudonym), &p->id, &p->code, e))
        return true;
    if (!vg_failed(e))
        vg_call_refuse(c, 403, e, VG_ENOTFOUND, "nobody here has this secret",
                       "join with a code first; a secret that was taken back cannot be used again");
    vg_hall__leave(c, &p->seat);
    return false;
}

static bool is_open(vg_call *c, const vg_live_record *r, vg_err *e)
{
    if (r->state == VG_LIVE_OPEN)
        return true;
    return r->state == VG_LIVE_PAUSED
               ? vg_call_refuse(c, 409, e, VG_ECONFLICT, "the consultation is paused", "try again later")
               : vg_call_refuse(c, 409, e, VG_ECONFLICT, "the consultation is closed",
                                "nothing more is taken; what was sent before stays");
}

/* --- words --- */

static const char *state_word(const vg_live_record *r)
{
    static const char *const word[] = { "open", "paused", "closed" };
    return word[r->state];
}

static void put_text(vg_json *j, const char *key, vg_str text)
{
    vg_json_key(j, vg_str_z(key)), vg_json_str(j, text);
}

static void put_texts_of(const vg_live_record *r, vg_str question, vg_str answer, vg_json *j)
{
    vg_json_key(j, VG_S("texts"));
    vg_json_object(j);
    for (int32_t i = 0; i < r->n_words; i++)
        if (vg_eq(r->word[i].question, question) && vg_eq(r->word[i].answer, answer))
            vg_json_key(j, r->word[i].language), vg_json_str(j, r->word[i].text);
    vg_json_close(j);
}

static bool is_new(const vg_live_record *r, int32_t at, bool question)
{
    for (int32_t i = 0; i < at; i++)
        if (vg_eq(r->word[i].question, r->word[at].question) &&
            (question || vg_eq(r->word[i].answer, r->word[at].answer)))
            return false;
    return question || r->word[at].answer.n > 0;
}

static void put_questions(const vg_live_record *r, vg_json *j)
{
    vg_json_key(j, VG_S("questions"));
    vg_json_array(j);
    for (int32_t i = 0; i < r->n_words; i++) {
        if (!is_new(r, i, true))
            continue;
        vg_json_object(j);
        put_text(j, "question", r->word[i].question);
        put_texts_of(r, r->word[i].question, VG_NOSTR, j);
        vg_json_key(j, VG_S("answers"));
        vg_json_array(j);
        for (int32_t k = i; k < r->n_words; k++)
            if (vg_eq(r->word[k].question, r->word[i].question) && is_new(r, k, false)) {
                vg_json_object(j);
                put_text(j, "answer", r->word[k].answer);
                put_texts_of(r, r->word[k].question, r->word[k].answer, j);
                vg_json_close(j);
            }
        vg_json_close(j);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_about(const vg_live_record *r, vg_json *j)
{
    put_text(j, "name", r->about.name);
    put_text(j, "topic", r->about.topic);
    put_text(j, "description", r->about.description);
    put_text(j, "languages", r->about.languages);
    put_text(j, "state", vg_str_z(state_word(r)));
    vg_json_key(j, VG_S("moderated"));
    vg_json_str(j, r->about.settings & VG_LIVE_AFTER ? VG_S("after") : VG_S("before"));
    vg_json_key(j, VG_S("may_state")), vg_json_bool(j, !(r->about.settings & VG_LIVE_CLOSED_LIST));
    put_questions(r, j);
}

/* Only for those who were invited: a name can be guessed. */
static bool is_invited(vg_call *c, person *p, vg_err *e)
{
    const vg_live_record *r = p->seat.record;
    if (vg_live_find_code(r, vg_call_text(c, "code")))
        return true;
    bool known = vg_call_given(c, "secret") && name_person(c, p, e) &&
                 vg_live_person(vg_call_store(c), r->about.id, vg_str_z(p->pseudonym), &p->id, &p->code, e);
    return known || vg_failed(e) ||
           vg_call_refuse(c, 403, e, VG_EARG, "there is no such code here", "look at the invitation again");
}

bool vg_part__about(vg_call *c, vg_err *e)
{
    person p;
    if (!vg_hall__enter(c, &p.seat, e))
        return false;
    bool good = is_invited(c, &p, e) && !vg_failed(e);
    vg_json j = vg_json_to(vg_call_out(c));
    if (good) {
        vg_json_object(&j);
        put_about(p.seat.record, &j);
        vg_json_close(&j);
    }
    vg_hall__leave(c, &p.seat);
    return good;
}

/* --- coming --- */

static bool refuse_code(vg_call *c, int status, const char *what, const char *mend, vg_err *e)
{
    return vg_call_refuse(c, status, e, status == 429 ? VG_EBUSY : VG_EARG, what, mend);
}

static bool come(vg_call *c, person *p, vg_err *e)
{
    const vg_live_code *code = vg_live_find_code(p->seat.record, vg_call_text(c, "code"));
    if (!code)
        return refuse_code(c, 403, "there is no such code here", "look at the invitation again", e);
    if (p->seat.record->state == VG_LIVE_ENDED)
        return is_open(c, p->seat.record, e);
    if (code->stopped)
        return refuse_code(c, 403, "this code is no longer taken", "ask those who invited you", e);
    if (!vg_call_whole(c, "consent"))
        return refuse_code(c, 400, "nobody takes part without agreeing to what is kept",
                           "send consent: true once the person has agreed", e);
    if (!vg_hall__may_come(c, &p->seat, code))
        return refuse_code(c, 429, "many people come with this code just now", "try again in a minute", e);
    vg_live_entry x = { .kind = VG_LIVE_JOIN,
                        .live = p->seat.record->about.id,
                        .code = code->id,
                        .most = code->most,
                        .pseudonym = vg_str_z(p->pseudonym) };
    if (!vg_hall__write(c, &p->seat, &x, 1, e))
        return false;
    p->id = x.person;
    return x.outcome != VG_LIVE_FULL ||
           refuse_code(c, 409, "this code has been used as often as it may be",
                       "a code for one person works on one device; ask for another one", e);
}

static bool answer_join(vg_call *c, person *p, vg_err *e)
{
    int64_t known = 0, code = 0;
    if (!name_person(c, p, e))
        return false;
    bool back =
        vg_live_person(vg_call_store(c), p->seat.record->about.id, vg_str_z(p->pseudonym), &known, &code, e);
    if (vg_failed(e) || (!back && !come(c, p, e)))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("back")), vg_json_bool(&j, back);
    put_about(p->seat.record, &j);
    vg_json_close(&j);
    return true;
}

bool vg_part__join(vg_call *c, vg_err *e)
{
    person p;
    if (!vg_hall__enter(c, &p.seat, e))
        return false;
    bool good = answer_join(c, &p, e);
    vg_hall__leave(c, &p.seat);
    return good;
}

/* --- what next --- */

static const vg_live_text *text_in(const vg_live_statement *s, vg_str language)
{
    for (int32_t i = 0; i < s->n_texts; i++)
        if (vg_eq(s->text[i].language, language))
            return &s->text[i];
    return &s->text[0];
}

static void put_item(const vg_live_statement *s, vg_str language, vg_json *j)
{
    const vg_live_text *t = text_in(s, language);
    vg_json_object(j);
    vg_json_key(j, VG_S("number")), vg_json_int(j, s->number);
    put_text(j, "language", t->language);
    put_text(j, "text", t->text);
    if (t != &s->text[0]) {
        put_text(j, "original_language", s->text[0].language);
        put_text(j, "original", s->text[0].text);
    }
    vg_json_close(j);
}

typedef struct {
    bool *mark;
    int32_t *count;
    int32_t n, answered, asked;
} progress;

static bool find_progress(vg_call *c, const person *p, progress *out, vg_err *e)
{
    const vg_live_record *r = p->seat.record;
    vg_arena *a = vg_call_arena(c);
    *out = (progress){ .mark = vg_new(a, bool, r->n_statements + 1),
                       .count = vg_new(a, int32_t, r->n_statements + 1),
                       .n = r->n_statements };
    if (!out->mark || !out->count)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t n_votes;
    if (!vg_live_marks(vg_call_store(c), p->id, out->mark, out->n, &n_votes, e))
        return false;
    for (int32_t i = 0; i < out->n;
         i++) { /* a vote on a merged statement is one on what it was merged into */
        int64_t into = r->statement[i].merged_into;
        if (out->mark[i] && into)
            out->mark[into - 1] = true;
    }
    for (int32_t i = 0; i < out->n; i++) {
        bool asked = vg_live_is_asked(r, &r->statement[i]);
        out->asked += asked;
        out->answered += asked && out->mark[i];
    }
    vg_hall__counts(c, &p->seat, out->count, out->n);
    return true;
}

static bool answer_next(vg_call *c, const person *p, vg_err *e)
{
    progress at;
    int64_t number[ASKED_MOST], view_number;
    int32_t most = (int32_t)vg_call_whole(c, "n");
    const vg_live_record *r = p->seat.record;
    if (!find_progress(c, p, &at, e))
        return false;
    vg_held_view *held = vg_hall__view(c, &p->seat, &view_number);
    int32_t n = vg_live_view_next(vg_hall__view_of(held), r, vg_str_z(p->pseudonym), at.mark, at.count,
                                  (uint64_t)p->id ^ (uint64_t)at.answered, number, most);
    vg_hall__give_view(c, held);
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    put_text(&j, "state", vg_str_z(state_word(r)));
    vg_json_key(&j, VG_S("answered")), vg_json_int(&j, at.answered);
    vg_json_key(&j, VG_S("of")), vg_json_int(&j, at.asked);
    vg_json_key(&j, VG_S("items"));
    vg_json_array(&j);
    for (int32_t i = 0; i < n && r->state == VG_LIVE_OPEN; i++)
        put_item(&r->statement[number[i] - 1], vg_call_text(c, "lang"), &j);
    vg_json_close(&j);
    vg_json_close(&j);
    return true;
}

bool vg_part__next(vg_call *c, vg_err *e)
{
    person p;
    if (!find_person(c, &p, e))
        return false;
    bool good = answer_next(c, &p, e);
    vg_hall__leave(c, &p.seat);
    return good;
}

/* --- votes --- */

/* What a ballot cannot be counted for; NULL = it can. A merged statement's votes count for the one it is part of now. */
static const char *obstacle(const vg_live_record *r, const vg_live_ballot *b)
{
    if (b->statement > r->n_statements)
        return "unknown";
    const vg_live_statement *s = &r->statement[b->statement - 1];
    return vg_live_is_asked(r, s) || s->merged_into ? NULL : "not asked";
}

/* Votes of muted people are in no picture, so they must not bring the next one about either. */
static bool is_muted(const vg_live_record *r, const person *p)
{
    for (int32_t i = 0; i < r->n_muted; i++)
        if (r->muted[i] == p->id)
            return true;
    for (int32_t i = 0; i < r->n_codes; i++)
        if (r->code[i].muted && r->code[i].id == p->code)
            return true;
    return false;
}

static bool take_votes(vg_call *c, const person *p, const vg_live_ballot *ballot, int32_t n, vg_err *e)
{
    const vg_live_record *r = p->seat.record;
    vg_live_entry x[VG_LIVE_BALLOTS];
    int64_t counted[VG_LIVE_BALLOTS];
    int32_t kept = 0, n_counted = 0;
    for (int32_t i = 0; i < n; i++)
        if (!obstacle(r, &ballot[i]))
            x[kept++] = (vg_live_entry){ .kind = VG_LIVE_VOTE,
                                         .live = r->about.id,
                                         .person = p->id,
                                         .statement = ballot[i].statement,
                                         .value = ballot[i].value,
                                         .client = ballot[i].client,
                                         .time_ms = (vg_now() - ballot[i].age_s) * 1000 };
    if (kept && !vg_hall__write(c, &p->seat, x, kept, e))
        return false;
    for (int32_t i = 0; i < kept; i++)
        if (x[i].outcome == VG_LIVE_DONE)
            counted[n_counted++] = x[i].statement;
    vg_hall__counted(c, &p->seat, is_muted(r, p) ? 0 : p->id, counted, n_counted);
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("results"));
    vg_json_array(&j);
    for (int32_t i = 0, k = 0; i < n; i++) {
        const char *why = obstacle(r, &ballot[i]);
        vg_json_str(&j, vg_str_z(why ? why : x[k++].outcome == VG_LIVE_SAME ? "same" : "done"));
    }
    vg_json_close(&j);
    vg_json_close(&j);
    return true;
}

bool vg_part__votes(vg_call *c, vg_err *e)
{
    person p;
    vg_live_ballot ballot[VG_LIVE_BALLOTS];
    int32_t n;
    if (!vg_live_ballots(vg_call_text(c, "votes"), ballot, &n, e) || !find_person(c, &p, e))
        return false;
    bool good = is_open(c, p.seat.record, e) && take_votes(c, &p, ballot, n, e);
    vg_hall__leave(c, &p.seat);
    return good;
}

/* --- own statements, answers about oneself, taking consent back --- */

static bool take_statement(vg_call *c, const person *p, vg_err *e)
{
    const vg_live_record *r = p->seat.record;
    vg_str text, language = vg_call_text(c, "lang");
    if (!is_open(c, r, e) || !vg_live_text_clean(vg_call_text(c, "text"), vg_call_arena(c), &text, e))
        return false;
    if (r->about.settings & VG_LIVE_CLOSED_LIST)
        return vg_call_refuse(c, 409, e, VG_ECONFLICT, "no statements are added in this consultation",
                              "vote on those there are");
    if (!vg_live_has_language(r, language))
        return vg_call_refuse(c, 400, e, VG_EARG, "this language is not one of the consultation's",
                              "send lang as one of its languages");
    vg_live_entry x = { .kind = VG_LIVE_STATE,
                        .live = r->about.id,
                        .person = p->id,
                        .language = language,
                        .text = text,
                        .client = vg_call_whole(c, "client") };
    if (!vg_hall__write(c, &p->seat, &x, 1, e))
        return false;
    if (!x.statement && x.outcome == VG_LIVE_SAME)
        return vg_call_refuse(c, 403, e, VG_ENOTFOUND, "nobody here has this secret", "it was taken back");
    if (x.outcome == VG_LIVE_FULL)
        return vg_call_refuse(c, 409, e, VG_ERANGE, "you have written as many statements as one person may",
                              "vote on those of others");
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("number")), vg_json_int(&j, x.statement);
    put_text(&j, "shown", r->about.settings & VG_LIVE_AFTER ? VG_S("now") : VG_S("after moderation"));
    vg_json_close(&j);
    return true;
}

bool vg_part__state(vg_call *c, vg_err *e)
{
    person p;
    if (!find_person(c, &p, e))
        return false;
    bool good = take_statement(c, &p, e);
    vg_hall__leave(c, &p.seat);
    return good;
}

static bool answer_done(vg_call *c)
{
    vg_put(vg_call_out(c), VG_S("{\"done\":true}\n"));
    return true;
}

static bool take_answers(vg_call *c, const person *p, vg_err *e)
{
    enum { MOST = 16 };
    vg_live_entry x[MOST];
    int32_t n = 0;
    if (!is_open(c, p->seat.record, e))
        return false;
    for (vg_str one; (one = vg_call_each(c, "answer", n)).n; n++) {
        vg_str answer = one, question = vg_cut(&answer, '=');
        if (n == MOST || !vg_live_has_answer(p->seat.record, question, answer))
            return vg_call_refuse(c, 400, e, VG_EARG, "there is no such question or answer",
                                  "send question=answer with the words that the consultation has");
        x[n] = (vg_live_entry){ .kind = VG_LIVE_TELL,
                                .live = p->seat.record->about.id,
                                .person = p->id,
                                .text = question,
                                .reason = answer };
    }
    return (n == 0 || vg_hall__write(c, &p->seat, x, n, e)) && answer_done(c);
}

bool vg_part__tell(vg_call *c, vg_err *e)
{
    person p;
    if (!find_person(c, &p, e))
        return false;
    bool good = take_answers(c, &p, e);
    vg_hall__leave(c, &p.seat);
    return good;
}

/* Also when the consultation is paused or closed: consent can always be taken back. */
bool vg_part__leave(vg_call *c, vg_err *e)
{
    person p;
    if (!find_person(c, &p, e))
        return false;
    vg_live_entry x = { .kind = VG_LIVE_LEAVE, .live = p.seat.record->about.id, .person = p.id };
    bool good = vg_hall__write(c, &p.seat, &x, 1, e) && answer_done(c);
    vg_hall__leave(c, &p.seat);
    return good;
}
