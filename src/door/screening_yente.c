/* The addresses of yente (github.com/opensanctions/yente), so that programs written for it ask here unchanged: match,
 * search, entities, catalog, algorithms. Invariant: the shapes are those its published client reads; the scores are ours,
 * and so is the rule that each question is in the log. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "door/screening_int.h"

enum { MOST_QUERIES = 100, MOST_LISTS = 64, WIDE = 500 };

#define ALGORITHM "vigie"

static void member(vg_json *j, const char *name, vg_str value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_str(j, value);
}

static void put_total(vg_json *j, int64_t n)
{
    vg_json_key(j, VG_S("total")), vg_json_object(j);
    vg_json_key(j, VG_S("value")), vg_json_int(j, n);
    member(j, "relation", VG_S("eq"));
    vg_json_close(j);
}

/* --- which lists, and what is left out --- */

typedef struct {
    vg_call *c;
    vg_asker asker;
    vg_str list[MOST_LISTS];
    int32_t n_lists;
    int32_t changed_since; /* day; INT32_MIN = whenever */
    bool filtered;         /* more is asked of the engine than is told */
    int64_t limit, offset;
    vg_screening_ask_opts opts;
} request;

static bool is_one_of(vg_call *c, const char *param, vg_str value)
{
    vg_str each;
    for (int i = 0; (each = vg_call_each(c, param, i)).n; i++)
        if (vg_eq_nocase(each, value))
            return true;
    return false;
}

static bool fail_dataset(vg_call *c, vg_str name, vg_err *e)
{
    vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is no dataset of this name",
                   "/catalog lists them; \"default\" is all of them");
    return vg_why(e, "asked for \"%.*s\"", VG_P(vg_utf8_head(name, 60)));
}

static bool add_list(request *r, vg_str name, vg_err *e)
{
    bool all = vg_eq(name, VG_S("default"));
    if (!all && !vg_asker_list(&r->asker, name))
        return fail_dataset(r->c, name, e);
    for (int32_t i = 0; i < r->asker.n_lists; i++) {
        vg_str list = r->asker.list[i].name;
        bool there = false;
        for (int32_t k = 0; k < r->n_lists; k++)
            there = there || vg_eq(r->list[k], list);
        if (!there && (all || vg_eq(list, name)) && !is_one_of(r->c, "exclude_dataset", list) &&
            r->n_lists < MOST_LISTS)
            r->list[r->n_lists++] = list;
    }
    return true;
}

static bool choose_lists(request *r, vg_err *e)
{
    vg_str each;
    if (!add_list(r, vg_call_text(r->c, "dataset"), e))
        return false;
    for (int i = 0; (each = vg_call_each(r->c, "include_dataset", i)).n; i++)
        if (!add_list(r, each, e))
            return false;
    return r->n_lists || vg_call_refuse(r->c, 400, e, VG_EARG, "no dataset is left to search",
                                        "leave out exclude_dataset, or name more datasets");
}

static bool read_since(request *r, vg_err *e)
{
    vg_str text = vg_call_text(r->c, "changed_since");
    vg_party_date d;
    r->changed_since = VG_NO_DAY;
    if (!text.n)
        return true;
    if (!vg_span_read(vg_sub(text, 0, 10), &d)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "changed_since is not a date: \"%.*s\"",
                VG_P(vg_utf8_head(text, 40)));
        return vg_mend(e, "write 2024-03-31");
    }
    r->changed_since = d.day_from;
    return true;
}

static bool begin(vg_call *c, request *r, vg_err *e)
{
    static const char *const filter[] = { "exclude_schema",     "topics",    "changed_since",
                                          "exclude_entity_ids", "countries", "schema" };
    *r = (request){ .c = c, .limit = vg_call_whole(c, "limit"), .offset = vg_call_whole(c, "offset") };
    if (!read_since(r, e) || !vg_asker_begin(vg_call_state(c), vg_call_arena(c), &r->asker, e))
        return false;
    if (!choose_lists(r, e)) {
        vg_asker_end(&r->asker);
        return false;
    }
    for (int i = 0; i < VG_N_OF(filter); i++)
        r->filtered = r->filtered || vg_call_given(c, filter[i]);
    r->opts = (vg_screening_ask_opts){ .threshold = vg_call_number(c, "threshold"),
                                       .cutoff = vg_call_number(c, "cutoff"),
                                       .limit = r->filtered ? WIDE : (int32_t)(r->limit + r->offset),
                                       .explain = true,
                                       .list = r->list,
                                       .n_lists = r->n_lists };
    return true;
}

static bool any_of(vg_call *c, const char *param, const vg_texts *a, const vg_texts *b)
{
    for (int64_t i = 0; i < a->n; i++)
        if (is_one_of(c, param, a->item[i]))
            return true;
    for (int64_t i = 0; b && i < b->n; i++)
        if (is_one_of(c, param, b->item[i]))
            return true;
    return false;
}

static bool is_wanted(const request *r, vg_str list, const vg_party *p)
{
    vg_call *c = r->c;
    vg_str schema = vg_schema_word(p->schema), asked = vg_call_text(c, "schema");
    vg_schema wanted = vg_schema_from_word(asked);
    int32_t changed = p->changed_on != VG_NO_DAY ? p->changed_on : p->listed_on;
    if (is_one_of(c, "exclude_schema", schema) || is_one_of(c, "exclude_schema", p->schema_name) ||
        is_one_of(c, "exclude_entity_ids", vg_entity_name(vg_call_arena(c), list, p->id)))
        return false;
    if (asked.n && wanted != VG_SCHEMA_ANY && wanted != p->schema)
        return false;
    return (!vg_call_given(c, "topics") || any_of(c, "topics", &p->topic, NULL)) &&
           (!vg_call_given(c, "countries") || any_of(c, "countries", &p->country, &p->nationality)) &&
           (r->changed_since == VG_NO_DAY || changed >= r->changed_since);
}

/* --- candidates as scored entities --- */

static const char *feature_name(vg_reason_kind k)
{
    switch (k) {
    case VG_REASON_NAME: return "name";
    case VG_REASON_PART: return "name_part";
    case VG_REASON_UNPAIRED_QUERY: return "name_part_only_in_query";
    case VG_REASON_UNPAIRED_LIST: return "name_part_only_in_list";
    case VG_REASON_WEAK: return "weak_alias";
    case VG_REASON_BIRTH: return "birth_date";
    case VG_REASON_COUNTRY: return "country";
    case VG_REASON_GENDER: return "gender";
    case VG_REASON_NUMBER: return "identifier";
    case VG_REASON_ADDRESS: return "address";
    case VG_REASON_SCHEMA: return "schema";
    }
    return "other";
}

/* Unique among the reasons before it: "name_part", "name_part_2" ... */
static vg_str feature_key(vg_arena *a, const vg_screening_candidate *m, int32_t at)
{
    int n = 1;
    for (int32_t i = 0; i < at; i++)
        n += m->reason[i].kind == m->reason[at].kind;
    const char *name = feature_name(m->reason[at].kind);
    return n == 1 ? vg_str_z(name) : vg_format(a, "%s_%d", name, n);
}

static void put_explanations(vg_json *j, vg_call *c, const vg_screening_candidate *m)
{
    vg_arena *a = vg_call_arena(c);
    vg_json_key(j, VG_S("explanations")), vg_json_object(j);
    for (int32_t i = 0; i < m->n_reasons; i++) {
        const vg_screening_reason *r = &m->reason[i];
        vg_json_key(j, feature_key(a, m, i)), vg_json_object(j);
        vg_json_key(j, VG_S("score"));
        vg_json_num(j, r->kind == VG_REASON_PART && isfinite(r->value) ? r->value
                       : isfinite(r->log_odds)                         ? r->log_odds
                                                                       : 0);
        member(j, "detail", vg_reason_text(c, a, r));
        member(j, "query", r->asked);
        member(j, "candidate", r->listed);
        vg_json_close(j);
    }
    vg_json_close(j);
    vg_json_key(j, VG_S("features")), vg_json_object(j);
    for (int32_t i = 0; i < m->n_reasons; i++)
        if (m->reason[i].kind != VG_REASON_PART && isfinite(m->reason[i].log_odds))
            vg_json_key(j, feature_key(a, m, i)), vg_json_num(j, m->reason[i].log_odds);
    vg_json_close(j);
}

static void put_result(vg_json *j, request *r, const char key[33], const vg_screening_candidate *m,
                       const vg_party_entry *entry)
{
    vg_arena *a = vg_call_arena(r->c);
    vg_match_decision d = vg_screening_decided(r->asker.decisions, key, m);
    bool excepted = d.verdict == VG_VERDICT_FALSE_MATCH && !d.outdated;
    vg_json_object(j);
    vg_entity_put(j, a, m->list, entry->party);
    vg_json_key(j, VG_S("score")), vg_json_num(j, m->score);
    vg_json_key(j, VG_S("match")), vg_json_bool(j, m->hit && !excepted);
    put_explanations(j, r->c, m);
    vg_json_key(j, VG_S("vigie")), vg_json_object(j);
    member(j, "hit", vg_screening_hit_name(key, m, a));
    member(j, "matched", m->matched);
    vg_json_key(j, VG_S("vintage")), vg_json_int(j, m->vintage);
    member(j, "decision", vg_verdict_word(d.verdict));
    vg_json_close(j);
    vg_json_close(j);
}

/* Results from `offset` on, at most `limit`; `*total`: the number of all that are wanted. */
static bool put_results(vg_json *j, request *r, const vg_party *query, const vg_screening_answer *got,
                        int64_t *total, vg_err *e)
{
    char key[33];
    int64_t n = 0;
    vg_screening_query_key(query, key);
    vg_json_key(j, VG_S("results")), vg_json_array(j);
    for (int32_t i = 0; i < got->n; i++) {
        const vg_screening_candidate *m = &got->candidate[i];
        vg_err why = VG_NO_ERR;
        vg_party_entry entry;
        bool there =
            vg_asker_party(&r->asker, vg_call_store(r->c), m->list, m->id, vg_call_arena(r->c), &entry, &why);
        if (!there && why.code != VG_ENOTFOUND) { /* nobody is left out because something failed */
            *e = why;
            return false;
        }
        if (!there || !is_wanted(r, m->list, entry.party)) /* it may have left the store meanwhile */
            continue;
        if (n >= r->offset && n < r->offset + r->limit)
            put_result(j, r, key, m, &entry);
        n++;
    }
    vg_json_close(j);
    *total = r->filtered ? n : got->n_found;
    return true;
}

/* --- match --- */

/* A text or number, or an array of them: each is looked at once, however many there are. */
static bool add_property(vg_question *q, const vg_tree *property, vg_err *e)
{
    bool known, many = property->kind == VG_TREE_ARRAY;
    for (const vg_tree *v = many ? property->first : property; v; v = many ? v->next : NULL) {
        vg_str value = v->kind == VG_TREE_ARRAY ? VG_NOSTR : vg_tree_text(v, 0);
        if (value.n && !vg_question_add(q, property->key, value, &known, e))
            return false;
    }
    return true;
}

static bool read_query(const vg_tree *node, vg_arena *a, vg_question *q, vg_err *e)
{
    const vg_tree *properties = vg_tree_member(node, "properties");
    if (node->kind != VG_TREE_OBJECT || properties->kind != VG_TREE_OBJECT) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the query \"%.*s\" has no properties",
                VG_P(vg_utf8_head(node->key, 40)));
        return vg_mend(
            e, "send {\"queries\":{\"q\":{\"schema\":\"Person\",\"properties\":{\"name\":[\"...\"]}}}}");
    }
    if (!vg_question_begin(q, a, e))
        return false;
    for (const vg_tree *p = properties->first; p; p = p->next)
        if (!add_property(q, p, e))
            return false;
    q->party.schema = vg_schema_from_word(vg_tree_text(vg_tree_member(node, "schema"), 0));
    return vg_question_end(q, e);
}

static bool answer_query(request *r, vg_json *j, const vg_tree *node, vg_err *e)
{
    vg_question q;
    vg_screening_answer got;
    vg_arena *a = vg_call_arena(r->c);
    if (!read_query(node, a, &q, e) ||
        !vg_asker_ask(&r->asker, vg_call_who(r->c), &q.party, &r->opts, a, &got, e))
        return false;
    vg_json_key(j, node->key), vg_json_object(j);
    vg_json_key(j, VG_S("status")), vg_json_int(j, 200);
    int64_t n;
    if (!put_results(j, r, &q.party, &got, &n, e))
        return false;
    put_total(j, n);
    vg_json_key(j, VG_S("query")), vg_tree_put(j, node);
    vg_json_close(j);
    return true;
}

static bool check_algorithm(vg_call *c, vg_err *e)
{
    vg_str name = vg_call_text(c, "algorithm");
    if (!name.n || vg_eq(name, VG_S(ALGORITHM)) || vg_eq(name, VG_S("best")))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no algorithm \"%.*s\" here", VG_P(vg_utf8_head(name, 40)));
    return vg_mend(e, "leave it out, or ask for \"best\" or \"" ALGORITHM "\"");
}

static bool check_queries(const vg_tree *queries, vg_err *e)
{
    if (queries->kind != VG_TREE_OBJECT || queries->n == 0) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the body has no queries");
        return vg_mend(
            e, "send {\"queries\":{\"q\":{\"schema\":\"Person\",\"properties\":{\"name\":[\"...\"]}}}}");
    }
    if (queries->n <= MOST_QUERIES)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "%lld queries at once", (long long)queries->n);
    return vg_mend(e, "send at most %d; for files use /api/v1/screening/batches", MOST_QUERIES);
}

static bool match(request *r, const vg_tree *queries, vg_err *e)
{
    vg_json j = vg_json_to(vg_call_out(r->c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("responses")), vg_json_object(&j);
    for (const vg_tree *q = queries->first; q; q = q->next)
        if (!answer_query(r, &j, q, e))
            return false;
    vg_json_close(&j);
    vg_json_key(&j, VG_S("matcher")), vg_json_object(&j), vg_json_close(&j);
    vg_json_key(&j, VG_S("limit")), vg_json_int(&j, r->limit);
    vg_json_close(&j);
    vg_put_char(vg_call_out(r->c), '\n');
    return true;
}

bool vg_yente_answer__match(vg_call *c, vg_err *e)
{
    const vg_tree *body;
    request r;
    if (!check_algorithm(c, e) || !vg_tree_read(vg_call_body(c), vg_call_arena(c), &body, e))
        return false;
    const vg_tree *queries = vg_tree_member(body, "queries");
    if (!check_queries(queries, e) || !begin(c, &r, e))
        return false;
    bool good = match(&r, queries, e);
    vg_asker_end(&r.asker);
    return good;
}

/* --- search --- */

static bool search(request *r, vg_err *e)
{
    vg_question q;
    vg_screening_answer got;
    bool known;
    vg_arena *a = vg_call_arena(r->c);
    if (!vg_question_begin(&q, a, e) ||
        !vg_question_add(&q, VG_S("name"), vg_call_text(r->c, "q"), &known, e) || !vg_question_end(&q, e))
        return false;
    if (!(r->opts.cutoff > 0)) /* whoever searches looks wider than whoever screens */
        r->opts.cutoff = vg_screening_default_cutoff() / 2;
    if (!vg_asker_ask(&r->asker, vg_call_who(r->c), &q.party, &r->opts, a, &got, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(r->c));
    vg_json_object(&j);
    int64_t n;
    if (!put_results(&j, r, &q.party, &got, &n, e))
        return false;
    vg_json_key(&j, VG_S("facets")), vg_json_object(&j), vg_json_close(&j);
    put_total(&j, n);
    vg_json_key(&j, VG_S("limit")), vg_json_int(&j, r->limit);
    vg_json_key(&j, VG_S("offset")), vg_json_int(&j, r->offset);
    vg_json_close(&j);
    vg_put_char(vg_call_out(r->c), '\n');
    return true;
}

bool vg_yente_answer__search(vg_call *c, vg_err *e)
{
    request r;
    if (!begin(c, &r, e))
        return false;
    bool good = search(&r, e);
    vg_asker_end(&r.asker);
    return good;
}

/* --- entities --- */

static bool find_entity(vg_call *c, vg_party_entry *out, vg_err *e)
{
    vg_str list, id;
    if (!vg_entity_parts(vg_call_text(c, "entity"), vg_call_arena(c), &list, &id))
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "this is not the id of an entity",
                              "take the id of an answer as it is");
    return vg_store_party(vg_call_store(c), list, id, 0, vg_call_arena(c), out, e);
}

bool vg_yente_answer__entity(vg_call *c, vg_err *e)
{
    vg_party_entry entry;
    vg_asker k;
    if (!find_entity(c, &entry, e) || !vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    if (vg_call_whole(c, "nested"))
        vg_entity_put_nested(&j, vg_call_arena(c), entry.list, entry.party, &k, vg_call_store(c));
    else
        vg_entity_put(&j, vg_call_arena(c), entry.list, entry.party);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_asker_end(&k);
    return true;
}

static void put_adjacent(vg_json *j, vg_call *c, const vg_party_entry *entry,
                         const vg_entity_relation *relation, const vg_asker *k)
{
    int64_t n = 0, limit = vg_call_whole(c, "limit"), offset = vg_call_whole(c, "offset");
    vg_json_key(j, VG_S("results")), vg_json_array(j);
    for (int64_t i = 0; i < entry->party->link.n; i++) {
        const vg_party_link *link = &entry->party->link.item[i];
        if (!vg_eq(link->kind, vg_str_z(relation->kind)))
            continue;
        if (n >= offset && n < offset + limit)
            vg_entity_put_relation(j, vg_call_arena(c), entry->list, entry->party, link, relation, k,
                                   vg_call_store(c));
        n++;
    }
    vg_json_close(j);
    put_total(j, n);
    vg_json_key(j, VG_S("limit")), vg_json_int(j, limit);
    vg_json_key(j, VG_S("offset")), vg_json_int(j, offset);
}

static bool has_link(const vg_party *p, const char *kind)
{
    for (int64_t i = 0; i < p->link.n; i++)
        if (vg_eq(p->link.item[i].kind, vg_str_z(kind)))
            return true;
    return false;
}

static void put_all_adjacent(vg_json *j, vg_call *c, const vg_party_entry *entry, const vg_asker *k)
{
    int n;
    const vg_entity_relation *r = vg_entity_relations(&n);
    vg_json_key(j, VG_S("entity")), vg_json_object(j);
    vg_entity_put(j, vg_call_arena(c), entry->list, entry->party);
    vg_json_close(j);
    vg_json_key(j, VG_S("adjacent")), vg_json_object(j);
    for (int i = 0; i < n; i++) {
        if (!has_link(entry->party, r[i].kind))
            continue;
        vg_json_key(j, vg_str_z(r[i].property)), vg_json_object(j);
        put_adjacent(j, c, entry, &r[i], k);
        vg_json_close(j);
    }
    vg_json_close(j);
}

bool vg_yente_answer__adjacent(vg_call *c, vg_err *e)
{
    vg_party_entry entry;
    vg_asker k;
    int n;
    const vg_entity_relation *r = vg_entity_relations(&n), *one = NULL;
    vg_str property = vg_call_text(c, "property");
    for (int i = 0; i < n; i++)
        if (vg_eq(property, vg_str_z(r[i].property)))
            one = &r[i];
    if (property.n && !one)
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "no entity is linked by this property",
                              "/entities/{id}/adjacent shows by which it is");
    if (!find_entity(c, &entry, e) || !vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    if (one)
        put_adjacent(&j, c, &entry, one, &k);
    else
        put_all_adjacent(&j, c, &entry, &k);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_asker_end(&k);
    return true;
}

/* --- catalog, algorithms, readiness --- */

static void put_dataset(vg_json *j, const vg_screening_list *l)
{
    char at[32];
    vg_json_object(j);
    member(j, "name", l->name);
    member(j, "title", l->name);
    member(j, "version", l->version);
    vg_json_key(j, VG_S("entity_count")), vg_json_int(j, l->n_entries);
    vg_json_key(j, VG_S("thing_count")), vg_json_int(j, l->n_entries);
    if (l->known_at)
        member(j, "updated_at", vg_instant_text(l->known_at, at));
    vg_json_key(j, VG_S("load")), vg_json_bool(j, true);
    vg_json_key(j, VG_S("index_current")), vg_json_bool(j, true);
    member(j, "index_version", l->version);
    vg_json_key(j, VG_S("children")), vg_json_array(j), vg_json_close(j);
    vg_json_close(j);
}

static void put_names(vg_json *j, const char *name, const vg_asker *k)
{
    vg_json_key(j, vg_str_z(name)), vg_json_array(j);
    for (int32_t i = 0; i < k->n_lists; i++)
        vg_json_str(j, k->list[i].name);
    vg_json_close(j);
}

bool vg_yente_answer__catalog(vg_call *c, vg_err *e)
{
    vg_asker k;
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("datasets")), vg_json_array(&j);
    vg_json_object(&j);
    member(&j, "name", VG_S("default"));
    member(&j, "title", VG_S("All lists"));
    vg_json_key(&j, VG_S("load")), vg_json_bool(&j, true);
    vg_json_key(&j, VG_S("index_current")), vg_json_bool(&j, true);
    put_names(&j, "children", &k);
    vg_json_close(&j);
    for (int32_t i = 0; i < k.n_lists; i++)
        put_dataset(&j, &k.list[i]);
    vg_json_close(&j);
    put_names(&j, "current", &k);
    vg_json_key(&j, VG_S("outdated")), vg_json_array(&j), vg_json_close(&j);
    vg_json_key(&j, VG_S("index_stale")), vg_json_bool(&j, false);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_asker_end(&k);
    return true;
}

bool vg_yente_answer__algorithms(vg_call *c, vg_err *e)
{
    (void)e;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("algorithms")), vg_json_array(&j);
    vg_json_object(&j);
    member(&j, "name", VG_S(ALGORITHM));
    member(&j, "description",
           VG_S("Probability that the entry is the party asked for. Features are log-odds that each added "
                "(+) or took (-);"
                " of parts of names the likeness, 0 to 1."));
    vg_json_key(&j, VG_S("docs")), vg_json_object(&j);
    for (int k = VG_REASON_NAME; k <= VG_REASON_SCHEMA; k++) {
        vg_json_key(&j, vg_str_z(feature_name((vg_reason_kind)k))), vg_json_object(&j);
        vg_json_key(&j, VG_S("unit"));
        vg_json_str(&j, k == VG_REASON_PART ? VG_S("likeness") : VG_S("log-odds"));
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_json_close(&j);
    member(&j, "default", VG_S(ALGORITHM));
    member(&j, "best", VG_S(ALGORITHM));
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}

bool vg_yente_answer__ready(vg_call *c, vg_err *e)
{
    vg_asker k;
    vg_err why = VG_NO_ERR;
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, &why))
        return vg_call_refuse(c, 503, e, VG_EBUSY, "no list is loaded",
                              "load lists on the server: vigie screening load");
    vg_asker_end(&k);
    vg_put(vg_call_out(c), VG_S("{\"status\":\"ok\"}\n"));
    return true;
}
