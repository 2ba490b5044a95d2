/* Whole-entity cases, one JSON object a line: the probability of each pair against its label. Properties are those of
 * FollowTheMoney, each a text or an array of texts; what is not known here is passed over. */
#include <string.h>

#include "core/json.h"
#include "core/num.h"
#include "screening/evaluate_people.h"
#include "source/list.h"

enum { MAX_VALUES = 16 };

/* One entity as it is read. */
typedef struct {
    vg_party_name name[MAX_VALUES];
    vg_party_date birth[MAX_VALUES];
    vg_party_number number[MAX_VALUES];
    vg_str country[MAX_VALUES], nationality[MAX_VALUES], address[MAX_VALUES];
    vg_str given, middle, father, family;
    vg_party p;
} entity;

typedef struct {
    entity query, candidate;
    vg_schema schema;
    bool match, has_match;
    int64_t idx;
} check;

static void add_text(vg_str *to, vg_texts *list, vg_str text)
{
    if (list->n == MAX_VALUES)
        return;
    to[list->n++] = text;
    list->item = to;
}

static void add_name(entity *x, vg_str text, vg_name_kind kind)
{
    if (x->p.name.n < MAX_VALUES)
        x->name[x->p.name.n++] = (vg_party_name){ .text = text, .kind = kind };
}

static void add_birth(entity *x, vg_str text)
{
    x->p.birth.n += vg_list_dates(text, false, x->birth + x->p.birth.n, (int)(MAX_VALUES - x->p.birth.n));
}

static void put_value(entity *x, vg_str key, vg_str text)
{
    static const struct {
        const char *property, *kind;
    } numbers[] = { { "passportNumber", "passport" },
                    { "idNumber", "national_id" },
                    { "taxNumber", "tax" },
                    { "innCode", "tax" },
                    { "imoNumber", "imo" },
                    { "mmsi", "mmsi" },
                    { "leiCode", "lei" },
                    { "registrationNumber", "registration" },
                    { "publicKey", "wallet" },
                    { "swiftBic", "swift" } };
    const struct {
        const char *property;
        vg_str *to;
    } parts[] = { { "firstName", &x->given },
                  { "middleName", &x->middle },
                  { "fatherName", &x->father },
                  { "lastName", &x->family } };
    if (vg_eq(key, VG_S("name")))
        add_name(x, text, VG_NAME_PRIMARY);
    else if (vg_eq(key, VG_S("alias")))
        add_name(x, text, VG_NAME_ALIAS);
    else if (vg_eq(key, VG_S("weakAlias")))
        add_name(x, text, VG_NAME_WEAK);
    else if (vg_eq(key, VG_S("birthDate")) || vg_eq(key, VG_S("incorporationDate")))
        add_birth(x, text);
    else if (vg_eq(key, VG_S("country")))
        add_text(x->country, &x->p.country, text);
    else if (vg_eq(key, VG_S("nationality")))
        add_text(x->nationality, &x->p.nationality, text);
    else if (vg_eq(key, VG_S("address")))
        add_text(x->address, &x->p.address, text);
    else if (vg_eq(key, VG_S("gender")) && text.n)
        x->p.gender = text.s[0] == 'f' || text.s[0] == 'm' ? text.s[0] : 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (vg_eq(key, vg_str_z(parts[i].property)))
            *parts[i].to = text;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (vg_eq(key, vg_str_z(numbers[i].property)) && x->p.number.n < MAX_VALUES)
            x->number[x->p.number.n++] =
                (vg_party_number){ .kind = vg_str_z(numbers[i].kind), .value = text };
}

/* Parts given apart are a name too, where no whole one is. */
static bool end_entity(entity *x, vg_schema schema, vg_arena *a, vg_err *e)
{
    const vg_str part[] = { x->given, x->middle, x->father, x->family };
    vg_str whole = VG_S("");
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i].n)
            whole = vg_format(a, "%.*s%s%.*s", VG_P(whole), whole.n ? " " : "", VG_P(part[i]));
    if (!whole.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (whole.n && !x->p.name.n) {
        add_name(x, whole, VG_NAME_PRIMARY);
        x->name[0].given = x->given;
        x->name[0].middle = x->middle;
        x->name[0].patronymic = x->father;
        x->name[0].family = x->family;
    }
    x->p.schema = schema;
    x->p.name.item = x->name;
    x->p.birth.item = x->birth;
    x->p.number.item = x->number;
    return true;
}

static bool read_entity(vg_json_reader *r, entity *x, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    vg_str key = VG_NOSTR;
    int depth = 0;
    if (!vg_json_next(r, &t, e))
        return false;
    if (t.kind != VG_JSON_OBJECT)
        return vg_fail(e, VG_EPARSE, t.at, "query and candidate are objects");
    for (;;) {
        if (!vg_json_next(r, &t, e))
            return false;
        if (t.kind == VG_JSON_OBJECT_END && depth == 0)
            return true;
        depth += t.kind == VG_JSON_OBJECT || t.kind == VG_JSON_ARRAY;
        depth -= t.kind == VG_JSON_OBJECT_END || t.kind == VG_JSON_ARRAY_END;
        if (t.kind == VG_JSON_KEY)
            key = vg_copy(a, t.text);
        else if (t.kind == VG_JSON_STRING)
            put_value(x, key, vg_copy(a, t.text));
    }
}

static bool read_member(vg_json_reader *r, vg_str key, check *c, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    if (vg_eq(key, VG_S("query")))
        return read_entity(r, &c->query, a, e);
    if (vg_eq(key, VG_S("candidate")))
        return read_entity(r, &c->candidate, a, e);
    if (!vg_json_next(r, &t, e))
        return false;
    if (vg_eq(key, VG_S("match"))) {
        c->has_match = t.kind == VG_JSON_TRUE || t.kind == VG_JSON_FALSE;
        c->match = t.kind == VG_JSON_TRUE;
    } else if (vg_eq(key, VG_S("schema")) && t.kind == VG_JSON_STRING) {
        int word = vg_screening_schema_by_word(t.text);
        c->schema = word > 0 ? (vg_schema)word : VG_SCHEMA_ANY;
    } else if (vg_eq(key, VG_S("idx")) && t.kind == VG_JSON_NUMBER) {
        vg_int(t.text, &c->idx);
    }
    return vg_json_skip(r, &t, e);
}

/* One case; `*more` is false at the end of the file. */
static bool read_check(vg_json_reader *r, check *c, bool *more, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    memset(c, 0, sizeof *c);
    if (!vg_json_next(r, &t, e))
        return false;
    *more = t.kind != VG_JSON_END;
    if (!*more)
        return true;
    if (t.kind != VG_JSON_OBJECT)
        return vg_fail(e, VG_EPARSE, t.at, "a case is an object");
    for (;;) {
        if (!vg_json_next(r, &t, e))
            return false;
        if (t.kind != VG_JSON_KEY)
            break;
        if (!read_member(r, vg_copy(a, t.text), c, a, e))
            return false;
    }
    return end_entity(&c->query, c->schema, a, e) && end_entity(&c->candidate, c->schema, a, e);
}

static void count(vg_evaluate_checks_result *n, const check *c, double score)
{
    bool called = score >= n->threshold;
    n->n++;
    n->n_right += called == c->match;
    n->n_false_positive += called && !c->match;
    n->n_false_negative += !called && c->match;
}

static bool run(vg_screening_reader *reader, vg_json_reader *r, vg_out *scores, vg_arena *a,
                vg_evaluate_checks_result *n, vg_err *e)
{
    check *c = vg_new(a, check, 1);
    if (!c)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (scores)
        vg_put(scores, VG_S("idx,match,score\n"));
    for (;;) {
        vg_arena one = *a;
        vg_screening_candidate got;
        bool more;
        if (!read_check(r, c, &more, &one, e))
            return false;
        if (!more)
            return true;
        if (!c->has_match) {
            n->n_bad++;
            continue;
        }
        if (!vg_screening_pair(reader, &c->query.p, &c->candidate.p, false, &one, &got, e))
            return false;
        count(n, c, got.score);
        if (scores)
            vg_print(scores, "%lld,%d,%.6f\n", (long long)c->idx, c->match, got.score);
    }
}

bool vg_evaluate_checks(vg_screening *s, const char *path, double threshold, vg_out *scores, vg_arena *a,
                        vg_evaluate_checks_result *out, vg_err *e)
{
    vg_evaluate_checks_result n = { .threshold =
                                        threshold > 0 ? threshold : vg_screening_default_threshold() };
    vg_input *in;
    vg_json_reader *r;
    vg_screening_reader *reader = NULL;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_json_open(in, a, &r, e) && vg_screening_reader_open(s, &reader, e) &&
                run(reader, r, scores, a, &n, e);
    if (good && !n.n)
        good = vg_fail(e, VG_ENODATA, VG_NOWHERE, "%s holds no case", path);
    vg_screening_reader_close(reader);
    vg_input_close(in);
    if (good)
        *out = n;
    return good;
}
