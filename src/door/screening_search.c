/* Search, decisions, and how a candidate is told: which parts aligned, what each feature added or took, what was decided.
 * Invariant: an answer carries what it was found against (lists with their vintages), and is in the log before it leaves. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "door/screening_int.h"
#include "text/message.h"

/* --- small writers --- */

static void text_member(vg_json *j, const char *name, vg_str value)
{
    vg_json_key(j, vg_str_z(name));
    if (value.n)
        vg_json_str(j, value);
    else
        vg_json_null(j);
}

static void num_member(vg_json *j, const char *name, double value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_num(j, value);
}

static void int_member(vg_json *j, const char *name, int64_t value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_int(j, value);
}

static void texts_member(vg_json *j, const char *name, vg_texts texts)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_array(j);
    for (int64_t i = 0; i < texts.n; i++)
        vg_json_str(j, texts.item[i]);
    vg_json_close(j);
}

/* --- reasons --- */

static vg_lang language_of(vg_call *c)
{
    static const vg_lang lang[] = { VG_LANG_EN, VG_LANG_FR };
    if (vg_call_given(c, "lang"))
        return lang[vg_call_whole(c, "lang")];
    vg_str all = vg_call_languages(c), first = vg_trim(vg_cut(&all, ','));
    int known = vg_lang_by_code(vg_trim(vg_cut(&first, ';')));
    return known == VG_LANG_FR ? VG_LANG_FR : VG_LANG_EN;
}

vg_str vg_reason_text(vg_call *c, vg_arena *a, const vg_screening_reason *r)
{
    char key[96];
    return vg_message_text(a, language_of(c), vg_screening_reason_key(r, key).s,
                           VG_ARGS(vg_arg_text("asked", r->asked), vg_arg_text("listed", r->listed),
                                   vg_arg_num("value", r->value, 2), vg_arg_text("number", r->number_kind)));
}

static const char *kind_word(vg_reason_kind k)
{
    switch (k) {
    case VG_REASON_NAME: return "name";
    case VG_REASON_PART: return "part";
    case VG_REASON_UNPAIRED_QUERY: return "unpaired-query";
    case VG_REASON_UNPAIRED_LIST: return "unpaired-list";
    case VG_REASON_WEAK: return "weak";
    case VG_REASON_BIRTH: return "birth";
    case VG_REASON_COUNTRY: return "country";
    case VG_REASON_GENDER: return "gender";
    case VG_REASON_NUMBER: return "number";
    case VG_REASON_ADDRESS: return "address";
    case VG_REASON_SCHEMA: return "schema";
    }
    return "other";
}

static void put_reason(vg_json *j, vg_call *c, const vg_screening_reason *r)
{
    vg_json_object(j);
    text_member(j, "kind", vg_str_z(kind_word(r->kind)));
    text_member(j, "what", r->what);
    num_member(j, "log_odds", r->log_odds);
    num_member(j, "value", r->value);
    text_member(j, "asked", r->asked);
    text_member(j, "listed", r->listed);
    text_member(j, "number_kind", r->number_kind);
    text_member(j, "text", vg_reason_text(c, vg_call_arena(c), r));
    vg_json_close(j);
}

/* --- candidates --- */

static const char *name_kind_word(vg_name_kind k)
{
    static const char *const word[] = { "primary", "alias", "weak", "former", "script" };
    return (unsigned)k < 5 ? word[k] : "alias";
}

static void put_decision(vg_json *j, const vg_match_decision *d)
{
    char at[32];
    vg_json_key(j, VG_S("decision"));
    if (d->verdict == VG_VERDICT_NONE) {
        vg_json_null(j);
        return;
    }
    vg_json_object(j);
    text_member(j, "verdict", vg_verdict_word(d->verdict));
    text_member(j, "who", d->who);
    text_member(j, "reason", d->reason);
    text_member(j, "at", vg_instant_text(d->at, at));
    vg_json_key(j, VG_S("outdated")), vg_json_bool(j, d->outdated);
    vg_json_close(j);
}

static void put_births(vg_json *j, vg_arena *a, const vg_party *p)
{
    vg_json_key(j, VG_S("birth"));
    vg_json_array(j);
    for (int64_t i = 0; i < p->birth.n; i++) {
        vg_str text[12];
        int n = vg_span_texts(&p->birth.item[i], a, text, VG_N_OF(text));
        for (int k = 0; k < n; k++)
            vg_json_str(j, text[k]);
    }
    vg_json_close(j);
}

/* What a person needs to see beside the names; absent where the entry has left the store meanwhile. */
static void put_entry(vg_json *j, vg_call *c, const vg_told *t, const vg_screening_candidate *m)
{
    vg_err e = VG_NO_ERR;
    vg_party_entry entry;
    vg_arena *a = vg_call_arena(c);
    if (!vg_asker_party(t->asker, vg_call_store(c), m->list, m->id, a, &entry, &e))
        return;
    put_births(j, a, entry.party);
    texts_member(j, "country", entry.party->country);
    texts_member(j, "nationality", entry.party->nationality);
    texts_member(j, "programme", entry.party->programme);
    texts_member(j, "birth_place", entry.party->birth_place);
    texts_member(j, "position", entry.party->position);
    text_member(j, "gender",
                entry.party->gender == 'm'   ? VG_S("male")
                : entry.party->gender == 'f' ? VG_S("female")
                                             : VG_NOSTR);
    vg_json_key(j, VG_S("names")), vg_json_array(j);
    for (int64_t i = 0; i < entry.party->name.n && i < 50; i++)
        vg_json_str(j, entry.party->name.item[i].text);
    vg_json_close(j);
}

void vg_candidate_put(vg_json *j, vg_call *c, const vg_told *t, const vg_screening_candidate *m)
{
    vg_arena *a = vg_call_arena(c);
    vg_match_decision d = vg_screening_decided(t->asker->decisions, t->key, m);
    const vg_screening_list *list = vg_asker_list(t->asker, m->list);
    bool excepted = d.verdict == VG_VERDICT_FALSE_MATCH && !d.outdated;
    text_member(j, "hit", vg_screening_hit_name(t->key, m, a));
    num_member(j, "score", m->score);
    num_member(j, "name_score", m->name_score);
    vg_json_key(j, VG_S("is_hit")), vg_json_bool(j, m->hit && !excepted);
    vg_json_key(j, VG_S("excepted")), vg_json_bool(j, excepted);
    text_member(j, "list", m->list);
    text_member(j, "list_version", list ? list->version : VG_NOSTR);
    int_member(j, "vintage", m->vintage);
    text_member(j, "entity", vg_entity_name(a, m->list, m->id));
    text_member(j, "id", m->id);
    text_member(j, "schema", vg_schema_word(m->schema));
    text_member(j, "caption", m->caption);
    text_member(j, "matched", m->matched);
    text_member(j, "matched_kind", vg_str_z(name_kind_word(m->matched_kind)));
    put_decision(j, &d);
    put_entry(j, c, t, m);
    vg_json_key(j, VG_S("reasons")), vg_json_array(j);
    for (int32_t i = 0; i < m->n_reasons; i++)
        put_reason(j, c, &m->reason[i]);
    vg_json_close(j);
}

/* --- search --- */

static bool add_given(vg_call *c, vg_question *q, const char *param, const char *property, vg_err *e)
{
    bool known;
    vg_str value;
    for (int i = 0; (value = vg_call_each(c, param, i)).n; i++)
        if (!vg_question_add(q, vg_str_z(property), value, &known, e))
            return false;
    return true;
}

static bool read_question(vg_call *c, vg_question *q, vg_err *e)
{
    return vg_question_begin(q, vg_call_arena(c), e) && add_given(c, q, "q", "name", e) &&
           add_given(c, q, "birth", "birthDate", e) && add_given(c, q, "country", "country", e) &&
           add_given(c, q, "gender", "gender", e) && add_given(c, q, "number", "number", e) &&
           add_given(c, q, "address", "address", e) && vg_question_end(q, e) &&
           vg_question_schema(vg_call_text(c, "schema"), &q->party.schema, e);
}

static vg_screening_ask_opts read_opts(vg_call *c, bool explain)
{
    int32_t n = 0;
    vg_str *list = vg_new(vg_call_arena(c), vg_str, 64);
    while (list && n < 64 && (list[n] = vg_call_each(c, "list", n)).n)
        n++;
    return (vg_screening_ask_opts){ .threshold = vg_call_number(c, "threshold"),
                                    .cutoff = vg_call_number(c, "cutoff"),
                                    .limit = (int32_t)vg_call_whole(c, "limit"),
                                    .explain = explain,
                                    .exhaustive = vg_call_whole(c, "exhaustive") != 0,
                                    .list = list,
                                    .n_lists = n };
}

static void put_lists(vg_json *j, const vg_asker *k)
{
    char at[32];
    vg_json_key(j, VG_S("lists")), vg_json_array(j);
    for (int32_t i = 0; i < k->n_lists; i++) {
        vg_json_object(j);
        text_member(j, "list", k->list[i].name);
        text_member(j, "version", k->list[i].version);
        int_member(j, "vintage", k->list[i].vintage);
        text_member(j, "known_at", k->list[i].known_at ? vg_instant_text(k->list[i].known_at, at) : VG_NOSTR);
        int_member(j, "entries", k->list[i].n_entries);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_answer(vg_call *c, const vg_told *t, const vg_screening_answer *got)
{
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    num_member(&j, "threshold", got->threshold);
    num_member(&j, "cutoff", got->cutoff);
    int_member(&j, "found", got->n_found);
    int_member(&j, "hits", got->n_hits);
    int_member(&j, "compared", got->n_compared);
    put_lists(&j, t->asker);
    vg_json_key(&j, VG_S("items")), vg_json_array(&j);
    for (int32_t i = 0; i < got->n; i++) {
        vg_json_object(&j);
        vg_candidate_put(&j, c, t, &got->candidate[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
}

static void put_rows(vg_call *c, const vg_told *t, const vg_screening_answer *got)
{
    static const char *const column[] = { "score",  "is_hit",  "list",    "entity",
                                          "schema", "caption", "matched", "decision" };
    vg_rows r = vg_rows_begin(c, column, VG_N_OF(column));
    for (int32_t i = 0; i < got->n; i++) {
        const vg_screening_candidate *m = &got->candidate[i];
        vg_match_decision d = vg_screening_decided(t->asker->decisions, t->key, m);
        vg_rows_num(&r, m->score);
        vg_rows_text(&r, m->hit ? VG_S("yes") : VG_S("no"));
        vg_rows_text(&r, m->list);
        vg_rows_text(&r, vg_entity_name(vg_call_arena(c), m->list, m->id));
        vg_rows_text(&r, vg_schema_word(m->schema));
        vg_rows_text(&r, m->caption);
        vg_rows_text(&r, m->matched);
        vg_rows_text(&r, vg_verdict_word(d.verdict));
    }
    vg_rows_end(&r, VG_NOSTR);
}

static bool search(vg_call *c, vg_asker *k, vg_question *q, vg_err *e)
{
    bool rows = vg_call_as(c) == VG_AS_CSV;
    vg_screening_ask_opts opts = read_opts(c, !rows);
    vg_screening_answer got;
    vg_told told = { .asker = k, .query = &q->party };
    vg_screening_query_key(&q->party, told.key);
    if (!vg_asker_ask(k, vg_call_who(c), &q->party, &opts, vg_call_arena(c), &got, e))
        return false;
    if (rows)
        put_rows(c, &told, &got);
    else
        put_answer(c, &told, &got);
    return true;
}

bool vg_screen_answer__search(vg_call *c, vg_err *e)
{
    vg_asker k;
    vg_question q;
    if (!read_question(c, &q, e))
        return false;
    if (!q.party.name.n && !q.party.number.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "nobody is named");
        return vg_mend(e, "give a name (q=) or a number (number=)");
    }
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    bool good = search(c, &k, &q, e);
    vg_asker_end(&k);
    return good;
}

/* --- decisions --- */

bool vg_screen_answer__decide(vg_call *c, vg_err *e)
{
    static const vg_verdict verdict[] = { VG_VERDICT_TRUE_MATCH, VG_VERDICT_FALSE_MATCH,
                                          VG_VERDICT_UNDECIDED };
    vg_verdict v = verdict[vg_call_whole(c, "verdict")];
    vg_str hit = vg_call_text(c, "hit"), reason = vg_call_text(c, "reason"), who = vg_call_who(c);
    if (!vg_screen__decide(vg_call_state(c), who, hit, v, reason, e))
        return false;
    char at[32];
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    text_member(&j, "hit", hit);
    text_member(&j, "verdict", vg_verdict_word(v));
    text_member(&j, "who", who);
    text_member(&j, "reason", reason);
    text_member(&j, "at", vg_instant_text(vg_now(), at));
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_call_status(c, 201);
    return true;
}

/* "match:<query-key>:<list>:<id>:<entry-hash>": an id may hold colons, the parts around it do not. */
static bool parts_of(vg_str subject, vg_str *key, vg_str *list, vg_str *id)
{
    vg_str rest = subject;
    vg_cut(&rest, ':');
    *key = vg_cut(&rest, ':');
    *list = vg_cut(&rest, ':');
    ptrdiff_t last = rest.n;
    while (last > 0 && rest.s[last - 1] != ':')
        last--;
    if (last == 0)
        return false;
    *id = vg_sub(rest, 0, last - 1);
    return true;
}

bool vg_screen_answer__decisions(vg_call *c, vg_err *e)
{
    static const char *const column[] = {
        "hit", "query", "list", "entity", "verdict", "who", "reason", "at"
    };
    vg_decision *d;
    int64_t n, limit = vg_call_whole(c, "limit");
    vg_arena *a = vg_call_arena(c);
    if (!vg_store_decisions(vg_call_store(c), VG_S("match:"), a, &d, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, VG_N_OF(column));
    for (int64_t i = n - 1; i >= 0 && r.n < limit; i--) { /* the newest first */
        vg_str key, list, id;
        if (!parts_of(d[i].subject, &key, &list, &id))
            continue;
        vg_rows_text(&r, vg_sub(d[i].subject, 6, d[i].subject.n));
        vg_rows_text(&r, key);
        vg_rows_text(&r, list);
        vg_rows_text(&r, vg_entity_name(a, list, id));
        vg_rows_text(&r, d[i].verdict);
        vg_rows_text(&r, d[i].who);
        vg_rows_text(&r, d[i].reason);
        vg_rows_instant(&r, d[i].at);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}
