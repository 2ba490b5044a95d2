/* The reconciliation API, version 0.2 (reconciliation-api.github.io/specs/0.2), as OpenRefine and others speak it: the
 * service's manifest, batches of questions, suggestions, a preview, and columns added from entries. Invariant: a candidate
 * is marked "match" only where it is the one hit of its question; that a person decides is not taken away by it. */
#include <math.h>
#include <string.h>

#include "door/screening_int.h"

enum { MOST_QUERIES = 50, MOST_ROWS = 500 };

static void member(vg_json *j, const char *name, vg_str value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_str(j, value);
}

static const struct {
    const char *id, *name;
} types[] = {
    { "Person", "Person" }, { "Organization", "Organization" }, { "Company", "Company" },
    { "Vessel", "Vessel" }, { "Airplane", "Aircraft" },         { "LegalEntity", "Person or organization" },
};

static const struct {
    const char *id, *name;
} properties[] = {
    { "name", "Name" },
    { "alias", "Other name" },
    { "birthDate", "Date of birth" },
    { "incorporationDate", "Date of foundation" },
    { "country", "Country" },
    { "nationality", "Nationality" },
    { "gender", "Gender" },
    { "birthPlace", "Place of birth" },
    { "position", "Position" },
    { "address", "Address" },
    { "passportNumber", "Passport number" },
    { "idNumber", "Identity number" },
    { "taxNumber", "Tax number" },
    { "registrationNumber", "Registration number" },
    { "leiCode", "LEI" },
    { "imoNumber", "IMO number" },
    { "mmsi", "MMSI" },
    { "callSign", "Call sign" },
    { "flag", "Flag" },
    { "program", "Programme" },
    { "topics", "Topics" },
    { "notes", "Remarks" },
    { "sourceUrl", "Address on the Web" },
};

static void put_pair(vg_json *j, const char *id, const char *name)
{
    vg_json_object(j);
    member(j, "id", vg_str_z(id));
    member(j, "name", vg_str_z(name));
    vg_json_close(j);
}

static const char *type_name(vg_str id)
{
    for (int i = 0; i < VG_N_OF(types); i++)
        if (vg_eq(id, vg_str_z(types[i].id)))
            return types[i].name;
    return "Thing";
}

static void put_types(vg_json *j, const char *name, vg_schema schema)
{
    vg_str word = vg_schema_word(schema);
    vg_json_key(j, vg_str_z(name)), vg_json_array(j);
    vg_json_object(j);
    member(j, "id", word);
    member(j, "name", vg_str_z(type_name(word)));
    vg_json_close(j);
    vg_json_close(j);
}

/* --- manifest --- */

static void put_service(vg_json *j, const char *name, vg_str url, const char *path)
{
    vg_json_key(j, vg_str_z(name)), vg_json_object(j);
    member(j, "service_url", url);
    member(j, "service_path", vg_str_z(path));
    vg_json_close(j);
}

static bool put_manifest(vg_call *c)
{
    vg_arena *a = vg_call_arena(c);
    vg_str base = vg_call_base(c), dataset = vg_call_text(c, "dataset");
    vg_str here = vg_format(a, "%.*s/api/v1/reconcile/%.*s", VG_P(base), VG_P(dataset));
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("versions")), vg_json_array(&j), vg_json_str(&j, VG_S("0.2")), vg_json_close(&j);
    member(&j, "name", vg_format(a, "vigie: %.*s", VG_P(dataset)));
    member(&j, "identifierSpace", vg_format(a, "%.*s/api/v1/screening/entities/", VG_P(base)));
    member(&j, "schemaSpace", VG_S("https://followthemoney.tech/explorer/schemata/"));
    vg_json_key(&j, VG_S("defaultTypes")), vg_json_array(&j);
    for (int i = 0; i < VG_N_OF(types); i++)
        put_pair(&j, types[i].id, types[i].name);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("view")), vg_json_object(&j);
    member(&j, "url", vg_format(a, "%.*s/api/v1/screening/entities/{{id}}", VG_P(base)));
    vg_json_close(&j);
    vg_json_key(&j, VG_S("preview")), vg_json_object(&j);
    member(&j, "url", vg_format(a, "%.*s/preview?id={{id}}", VG_P(here)));
    vg_json_key(&j, VG_S("width")), vg_json_int(&j, 430);
    vg_json_key(&j, VG_S("height")), vg_json_int(&j, 260);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("suggest")), vg_json_object(&j);
    put_service(&j, "entity", here, "/suggest/entity");
    put_service(&j, "type", here, "/suggest/type");
    put_service(&j, "property", here, "/suggest/property");
    vg_json_close(&j);
    vg_json_key(&j, VG_S("extend")), vg_json_object(&j);
    put_service(&j, "propose_properties", here, "/properties");
    vg_json_key(&j, VG_S("property_settings")), vg_json_array(&j), vg_json_close(&j);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("batchSize")), vg_json_int(&j, MOST_QUERIES);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}

/* --- which list --- */

/* "default" is all of them. */
static bool choose_list(vg_call *c, const vg_asker *k, vg_screening_ask_opts *opts, vg_err *e)
{
    vg_str *name = vg_new(vg_call_arena(c), vg_str, 1);
    if (!name)
        return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    *name = vg_call_text(c, "dataset");
    if (vg_eq(*name, VG_S("default")))
        return true;
    if (!vg_asker_list(k, *name))
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is no list of this name",
                              "/api/v1/screening/lists has them; \"default\" is all of them");
    opts->list = name;
    opts->n_lists = 1;
    return true;
}

/* --- questions --- */

/* A value is a text, a number, an object with a name or an id, or several of these. */
static bool add_value(vg_question *q, vg_str property, const vg_tree *v, vg_err *e)
{
    bool known;
    if (v->kind == VG_TREE_ARRAY) {
        for (const vg_tree *each = v->first; each; each = each->next)
            if (each->kind != VG_TREE_ARRAY && !add_value(q, property, each, e))
                return false;
        return true;
    }
    if (v->kind == VG_TREE_OBJECT) {
        vg_str name = vg_tree_text(vg_tree_member(v, "name"), 0);
        return vg_question_add(q, property, name.n ? name : vg_tree_text(vg_tree_member(v, "id"), 0), &known,
                               e);
    }
    return vg_question_add(q, property, vg_tree_text(v, 0), &known, e);
}

static bool read_query(vg_arena *a, const vg_tree *node, vg_question *q, vg_err *e)
{
    bool known;
    vg_str text = vg_tree_text(vg_tree_member(node, "query"), 0);
    const vg_tree *given = vg_tree_member(node, "properties");
    if (node->kind != VG_TREE_OBJECT || !text.n) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "\"%.*s\" is no query", VG_P(vg_utf8_head(node->key, 40)));
        return vg_mend(e, "send {\"q0\":{\"query\":\"NAME\",\"type\":\"Person\"}}");
    }
    if (!vg_question_begin(q, a, e) || !vg_question_add(q, VG_S("name"), text, &known, e))
        return false;
    for (const vg_tree *p = given->first; p; p = p->next)
        if (!add_value(q, vg_tree_text(vg_tree_member(p, "pid"), 0), vg_tree_member(p, "v"), e))
            return false;
    q->party.schema = vg_schema_from_word(vg_tree_text(vg_tree_member(node, "type"), 0));
    return vg_question_end(q, e);
}

/* What each reason added, by its kind; parts of names are in the name already. */
static void put_features(vg_json *j, const vg_screening_candidate *m)
{
    static const struct {
        vg_reason_kind kind;
        const char *id;
    } told[] = { { VG_REASON_NAME, "name" },       { VG_REASON_BIRTH, "birth" },
                 { VG_REASON_COUNTRY, "country" }, { VG_REASON_GENDER, "gender" },
                 { VG_REASON_NUMBER, "number" },   { VG_REASON_ADDRESS, "address" },
                 { VG_REASON_SCHEMA, "schema" },   { VG_REASON_WEAK, "weak_alias" } };
    vg_json_key(j, VG_S("features")), vg_json_array(j);
    for (int32_t i = 0; i < m->n_reasons; i++)
        for (int k = 0; k < VG_N_OF(told); k++) {
            if (m->reason[i].kind != told[k].kind || !isfinite(m->reason[i].log_odds))
                continue;
            vg_json_object(j);
            member(j, "id", vg_str_z(told[k].id));
            vg_json_key(j, VG_S("value")), vg_json_num(j, m->reason[i].log_odds);
            vg_json_close(j);
        }
    vg_json_close(j);
}

static void put_candidate(vg_json *j, vg_arena *a, const vg_screening_candidate *m, bool is_match)
{
    vg_json_object(j);
    member(j, "id", vg_entity_name(a, m->list, m->id));
    member(j, "name", m->caption);
    member(j, "description", vg_format(a, "%.*s, %.*s", VG_P(m->list), VG_P(m->matched)));
    put_types(j, "type", m->schema);
    vg_json_key(j, VG_S("score")), vg_json_fixed(j, 100 * m->score, 3);
    put_features(j, m);
    vg_json_key(j, VG_S("match")), vg_json_bool(j, is_match);
    vg_json_close(j);
}

static int32_t limit_of(const vg_tree *node)
{
    const vg_tree *limit = vg_tree_member(node, "limit");
    int32_t n = 0;
    for (ptrdiff_t i = 0; limit->kind == VG_TREE_NUMBER && i < limit->text.n && n < 1000; i++)
        n = limit->text.s[i] >= '0' && limit->text.s[i] <= '9' ? 10 * n + (limit->text.s[i] - '0') : 1000;
    return n >= 1 && n <= 100 ? n : 10;
}

static bool answer_query(vg_call *c, vg_asker *k, vg_screening_ask_opts opts, vg_json *j, const vg_tree *node,
                         vg_err *e)
{
    vg_question q;
    vg_screening_answer got;
    vg_arena *a = vg_call_arena(c);
    opts.limit = limit_of(node);
    if (!read_query(a, node, &q, e) || !vg_asker_ask(k, vg_call_who(c), &q.party, &opts, a, &got, e))
        return false;
    vg_json_key(j, node->key), vg_json_object(j);
    vg_json_key(j, VG_S("result")), vg_json_array(j);
    for (int32_t i = 0; i < got.n; i++)
        put_candidate(j, a, &got.candidate[i], got.candidate[i].hit && got.n_hits == 1);
    vg_json_close(j);
    vg_json_close(j);
    return true;
}

static bool answer_queries(vg_call *c, vg_asker *k, vg_str text, vg_err *e)
{
    const vg_tree *queries;
    vg_screening_ask_opts opts = { .explain = true };
    if (!choose_list(c, k, &opts, e) || !vg_tree_read(text, vg_call_arena(c), &queries, e))
        return false;
    if (queries->kind != VG_TREE_OBJECT || queries->n > MOST_QUERIES) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "queries is not an object of at most %d queries", MOST_QUERIES);
        return vg_mend(e, "send batches of the batchSize that the manifest names");
    }
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    for (const vg_tree *q = queries->first; q; q = q->next)
        if (!answer_query(c, k, opts, &j, q, e))
            return false;
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}

/* --- columns from entries --- */

/* The values of one property, taken from the entity as it is told elsewhere. */
static void put_cells(vg_json *j, const vg_tree *entity, vg_str property)
{
    const vg_tree *all = vg_tree_member(entity, "properties");
    vg_json_key(j, property), vg_json_array(j);
    for (const vg_tree *p = all->first; p; p = p->next)
        if (vg_eq(p->key, property))
            for (const vg_tree *v = p->first; v; v = v->next) {
                vg_json_object(j);
                member(j, "str", v->text);
                vg_json_close(j);
            }
    vg_json_close(j);
}

static const vg_tree *entity_tree(vg_call *c, vg_str name)
{
    static const vg_tree nothing = { .kind = VG_TREE_NULL };
    vg_arena *a = vg_call_arena(c);
    vg_err e = VG_NO_ERR;
    vg_str list, id;
    vg_party_entry entry;
    vg_out o;
    const vg_tree *tree = &nothing;
    if (!vg_entity_parts(name, a, &list, &id) ||
        !vg_store_party(vg_call_store(c), list, id, 0, a, &entry, &e) || !vg_out_memory(&o, NULL))
        return tree;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_entity_put(&j, a, entry.list, entry.party);
    vg_json_close(&j);
    if (!vg_tree_read(vg_out_text(&o), a, &tree, &e))
        tree = &nothing;
    vg_out_drop(&o);
    return tree;
}

static void put_rows(vg_call *c, vg_json *j, const vg_tree *ids, const vg_tree *wanted)
{
    vg_str id;
    vg_json_key(j, VG_S("rows")), vg_json_object(j);
    for (int64_t i = 0; (id = vg_tree_text(ids, i)).n; i++) {
        const vg_tree *entity = entity_tree(c, id);
        vg_json_key(j, id), vg_json_object(j);
        for (const vg_tree *p = wanted->first; p; p = p->next)
            put_cells(j, entity, vg_tree_text(vg_tree_member(p, "id"), 0));
        vg_json_close(j);
    }
    vg_json_close(j);
}

static bool extend(vg_call *c, vg_str text, vg_err *e)
{
    const vg_tree *body;
    if (!vg_tree_read(text, vg_call_arena(c), &body, e))
        return false;
    const vg_tree *ids = vg_tree_member(body, "ids"), *wanted = vg_tree_member(body, "properties");
    if (ids->kind != VG_TREE_ARRAY || wanted->kind != VG_TREE_ARRAY || ids->n > MOST_ROWS || wanted->n > 50) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "extend does not name ids and properties (at most %d and 50)",
                MOST_ROWS);
        return vg_mend(e, "send {\"ids\":[\"...\"],\"properties\":[{\"id\":\"birthDate\"}]}");
    }
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("meta")), vg_json_array(&j);
    for (const vg_tree *p = wanted->first; p; p = p->next) {
        vg_str id = vg_tree_text(vg_tree_member(p, "id"), 0);
        const char *name = NULL;
        for (int i = 0; i < VG_N_OF(properties); i++)
            name = vg_eq(id, vg_str_z(properties[i].id)) ? properties[i].name : name;
        vg_json_object(&j);
        member(&j, "id", id);
        member(&j, "name", name ? vg_str_z(name) : id);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    put_rows(c, &j, ids, wanted);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}

bool vg_refine_answer__service(vg_call *c, vg_err *e)
{
    vg_asker k;
    vg_str queries = vg_call_text(c, "queries"), columns = vg_call_text(c, "extend");
    if (columns.n)
        return extend(c, columns, e);
    if (!vg_asker_begin(vg_call_state(c), vg_call_arena(c), &k, e))
        return false;
    vg_screening_ask_opts opts = { 0 };
    bool good =
        queries.n ? answer_queries(c, &k, queries, e) : choose_list(c, &k, &opts, e) && put_manifest(c);
    vg_asker_end(&k);
    return good;
}

/* --- suggestions --- */

static bool holds_nocase(vg_str text, vg_str part)
{
    for (ptrdiff_t i = 0; i + part.n <= text.n; i++)
        if (vg_eq_nocase(vg_sub(text, i, part.n), part))
            return true;
    return false;
}

static bool suggest_entities(vg_call *c, vg_json *j, vg_err *e)
{
    vg_asker k;
    vg_question q;
    vg_screening_answer got = { .n = 0 };
    bool known;
    vg_arena *a = vg_call_arena(c);
    vg_screening_ask_opts opts = { .cutoff = vg_screening_default_cutoff() / 2 };
    if (!vg_question_begin(&q, a, e) ||
        !vg_question_add(&q, VG_S("name"), vg_call_text(c, "prefix"), &known, e) || !vg_question_end(&q, e) ||
        !vg_asker_begin(vg_call_state(c), a, &k, e))
        return false;
    bool good = choose_list(c, &k, &opts, e) && vg_asker_ask(&k, vg_call_who(c), &q.party, &opts, a, &got, e);
    for (int32_t i = 0; good && i < got.n; i++) {
        vg_json_object(j);
        member(j, "id", vg_entity_name(a, got.candidate[i].list, got.candidate[i].id));
        member(j, "name", got.candidate[i].caption);
        member(j, "description", got.candidate[i].list);
        put_types(j, "notable", got.candidate[i].schema);
        vg_json_close(j);
    }
    vg_asker_end(&k);
    return good;
}

bool vg_refine_answer__suggest(vg_call *c, vg_err *e)
{
    vg_str prefix = vg_call_text(c, "prefix");
    int64_t what = vg_call_whole(c, "what");
    bool good = true;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_json_key(&j, VG_S("result")), vg_json_array(&j);
    if (what == 0)
        good = suggest_entities(c, &j, e);
    for (int i = 0; what == 1 && i < VG_N_OF(types); i++)
        if (holds_nocase(vg_str_z(types[i].name), prefix))
            put_pair(&j, types[i].id, types[i].name);
    for (int i = 0; what == 2 && i < VG_N_OF(properties); i++)
        if (holds_nocase(vg_str_z(properties[i].name), prefix) ||
            holds_nocase(vg_str_z(properties[i].id), prefix))
            put_pair(&j, properties[i].id, properties[i].name);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return good;
}

bool vg_refine_answer__properties(vg_call *c, vg_err *e)
{
    int64_t limit = vg_call_whole(c, "limit");
    (void)e;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    if (vg_call_given(c, "type"))
        member(&j, "type", vg_call_text(c, "type"));
    vg_json_key(&j, VG_S("limit")), vg_json_int(&j, limit);
    vg_json_key(&j, VG_S("properties")), vg_json_array(&j);
    for (int i = 0; i < VG_N_OF(properties) && i < limit; i++)
        put_pair(&j, properties[i].id, properties[i].name);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}

/* --- preview --- */

static void put_line(vg_out *o, const char *label, const vg_tree *values)
{
    if (!values->first)
        return;
    vg_print(o, "<dt>%s</dt><dd>", label);
    for (const vg_tree *v = values->first; v; v = v->next) {
        vg_put_html(o, v->text);
        if (v->next)
            vg_put(o, VG_S("; "));
    }
    vg_put(o, VG_S("</dd>"));
}

bool vg_refine_answer__preview(vg_call *c, vg_err *e)
{
    static const char *const shown[] = { "birthDate", "nationality", "country", "position",
                                         "program",   "alias",       "notes" };
    vg_out *o = vg_call_out(c);
    const vg_tree *entity = entity_tree(c, vg_call_text(c, "id")),
                  *all = vg_tree_member(entity, "properties");
    if (entity->kind == VG_TREE_NULL)
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is no such entry",
                              "take the id of an answer as it is");
    vg_put(o, VG_S("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>"));
    vg_put_html(o, vg_tree_text(vg_tree_member(entity, "caption"), 0));
    vg_put(o, VG_S("</title><style>body{font:14px/1.4 sans-serif;margin:8px}h1{font-size:16px;margin:0 0 4px}"
                   "dt{font-weight:bold}dd{margin:0 0 4px}</style><h1 dir=\"auto\">"));
    vg_put_html(o, vg_tree_text(vg_tree_member(entity, "caption"), 0));
    vg_put(o, VG_S("</h1><p>"));
    vg_put_html(o, vg_tree_text(vg_tree_member(entity, "schema"), 0));
    vg_put(o, VG_S(", "));
    vg_put_html(o, vg_tree_text(vg_tree_member(entity, "id"), 0));
    vg_put(o, VG_S("</p><dl>"));
    for (int i = 0; i < VG_N_OF(shown); i++)
        for (int k = 0; k < VG_N_OF(properties); k++)
            if (strcmp(properties[k].id, shown[i]) == 0)
                put_line(o, properties[k].name, vg_tree_member(all, shown[i]));
    vg_put(o, VG_S("</dl></html>\n"));
    vg_call_html(c);
    return true;
}
