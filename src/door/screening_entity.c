/* Entries of lists as FollowTheMoney entities, the words that programs around sanctions lists speak. Invariant: what the
 * list did not say is not there; a value comes once under a property. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "door/screening_int.h"

/* --- names of entries --- */

static void put_escaped(vg_out *o, vg_str part)
{
    for (ptrdiff_t i = 0; i < part.n; i++) {
        if (part.s[i] == '/' || part.s[i] == '~' || part.s[i] == '\\')
            vg_put(o, part.s[i] == '/' ? VG_S("~1") : part.s[i] == '~' ? VG_S("~0") : VG_S("~2"));
        else
            vg_put_char(o, part.s[i]);
    }
}

vg_str vg_entity_name(vg_arena *a, vg_str list, vg_str id)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    put_escaped(&o, list);
    vg_put_char(&o, ':');
    put_escaped(&o, id);
    vg_str name = vg_copy(a, vg_out_text(&o));
    vg_out_drop(&o);
    return name;
}

static bool unescape(vg_str part, vg_arena *a, vg_str *out)
{
    char *to = vg_new(a, char, part.n + 1);
    ptrdiff_t n = 0;
    if (!to)
        return false;
    for (ptrdiff_t i = 0; i < part.n; i++) {
        if (part.s[i] != '~') {
            to[n++] = part.s[i];
            continue;
        }
        char next = i + 1 < part.n ? part.s[++i] : ' ';
        if (next < '0' || next > '2')
            return false;
        to[n++] = next == '0' ? '~' : next == '1' ? '/' : '\\';
    }
    *out = (vg_str){ to, n };
    return true;
}

bool vg_entity_parts(vg_str name, vg_arena *a, vg_str *list, vg_str *id)
{
    ptrdiff_t colon = vg_find_byte(name, ':');
    *list = VG_NOSTR;
    if (colon < 0)
        return unescape(name, a, id) && id->n > 0;
    return unescape(vg_sub(name, 0, colon), a, list) && unescape(vg_sub(name, colon + 1, name.n), a, id) &&
           list->n > 0 && id->n > 0;
}

/* --- dates --- */

static bool span_of(vg_civil from, vg_civil to, vg_party_date *out)
{
    vg_party_date d = { .approximate = false };
    if (!vg_day_from_civil(from, &d.day_from) || !vg_day_from_civil(to, &d.day_to))
        return false;
    *out = d;
    return true;
}

bool vg_span_read(vg_str text, vg_party_date *out)
{
    int64_t year;
    int32_t month, day;
    text = vg_trim(text);
    if (text.n == 4 && vg_int(text, &year) && year >= 1)
        return span_of((vg_civil){ (int32_t)year, 1, 1 }, (vg_civil){ (int32_t)year, 12, 31 }, out);
    if (text.n == 7 && vg_month_parse(text, &month)) {
        *out = (vg_party_date){ .day_from = vg_month_first_day(month), .day_to = vg_month_last_day(month) };
        return true;
    }
    if (!vg_day_parse(text, VG_DATE_ISO | VG_DATE_COMPACT | VG_DATE_DMY | VG_DATE_LONG, &day))
        return false;
    *out = (vg_party_date){ .day_from = day, .day_to = day };
    return true;
}

int vg_span_texts(const vg_party_date *d, vg_arena *a, vg_str *out, int cap)
{
    char room[16];
    vg_civil from = vg_civil_from_day(d->day_from), to = vg_civil_from_day(d->day_to);
    int n = 0;
    if (d->day_from == d->day_to) {
        out[n++] = vg_copy(a, vg_day_text(d->day_from, room));
    } else if (from.year == to.year && from.month == to.month) {
        out[n++] = vg_copy(a, vg_month_text(vg_month(from.year, from.month), room));
    } else {
        for (int32_t year = from.year; year <= to.year && n < cap; year++)
            out[n++] = vg_format(a, "%04d", year);
    }
    return n;
}

/* --- properties --- */

typedef struct {
    const char *property;
    vg_str value;
} pair;

typedef struct {
    pair *pair;
    int64_t n, cap;
} pairs;

static void add(pairs *p, const char *property, vg_str value)
{
    if (!value.n || p->n == p->cap)
        return;
    for (int64_t i = 0; i < p->n; i++)
        if (strcmp(p->pair[i].property, property) == 0 && vg_eq(p->pair[i].value, value))
            return;
    p->pair[p->n++] = (pair){ property, value };
}

static void add_all(pairs *p, const char *property, vg_texts texts)
{
    for (int64_t i = 0; i < texts.n; i++)
        add(p, property, texts.item[i]);
}

/* Codes of countries are written in small letters; a source's own words stay as they are. */
static void add_countries(pairs *p, vg_arena *a, const char *property, vg_texts texts)
{
    for (int64_t i = 0; i < texts.n; i++) {
        vg_str code = texts.item[i];
        char *low = code.n == 2 ? vg_new(a, char, 3) : NULL;
        if (low) {
            low[0] = vg_lower(code.s[0]);
            low[1] = vg_lower(code.s[1]);
            code.s = low;
        }
        add(p, property, code);
    }
}

static void add_names(pairs *p, const vg_party *party)
{
    static const char *const property[] = { "name", "alias", "weakAlias", "previousName", "name" };
    for (int64_t i = 0; i < party->name.n; i++) {
        const vg_party_name *name = &party->name.item[i];
        add(p, property[(unsigned)name->kind < 5 ? name->kind : VG_NAME_ALIAS], name->text);
        if (party->schema != VG_SCHEMA_PERSON)
            continue;
        add(p, "firstName", name->given);
        add(p, "middleName", name->middle);
        add(p, "fatherName", name->patronymic);
        add(p, "lastName", name->family);
    }
}

static const char *birth_property(vg_schema s)
{
    switch (s) {
    case VG_SCHEMA_VESSEL:
    case VG_SCHEMA_AIRCRAFT: return "buildDate";
    case VG_SCHEMA_ORGANISATION:
    case VG_SCHEMA_COMPANY: return "incorporationDate";
    default: return "birthDate";
    }
}

static void add_births(pairs *p, vg_arena *a, const vg_party *party)
{
    for (int64_t i = 0; i < party->birth.n; i++) {
        vg_str text[12];
        int n = vg_span_texts(&party->birth.item[i], a, text, VG_N_OF(text));
        for (int k = 0; k < n; k++)
            add(p, birth_property(party->schema), text[k]);
    }
}

static const struct {
    const char *kind, *property;
} numbers[] = {
    { "passport", "passportNumber" },
    { "national_id", "idNumber" },
    { "tax", "taxNumber" },
    { "imo", "imoNumber" },
    { "mmsi", "mmsi" },
    { "lei", "leiCode" },
    { "registration", "registrationNumber" },
    { "wallet", "publicKey" },
    { "swift", "swiftBic" },
    { "call_sign", "callSign" },
    { "tail", "registrationNumber" },
};

static void add_numbers(pairs *p, const vg_party *party)
{
    for (int64_t i = 0; i < party->number.n; i++) {
        const char *property = "idNumber";
        for (int k = 0; k < VG_N_OF(numbers); k++)
            if (vg_eq(party->number.item[i].kind, vg_str_z(numbers[k].kind)))
                property = numbers[k].property;
        add(p, property, party->number.item[i].value);
    }
}

static bool collect(const vg_party *party, vg_arena *a, pairs *p)
{
    bool ship = party->schema == VG_SCHEMA_VESSEL;
    p->cap = 5 * party->name.n + 12 * party->birth.n + party->number.n + party->country.n +
             party->nationality.n + party->programme.n + party->address.n + party->birth_place.n +
             party->position.n + party->topic.n + party->remark.n + party->url.n + 4;
    p->n = 0;
    p->pair = vg_new(a, pair, p->cap);
    if (!p->pair)
        return false;
    add_names(p, party);
    add_births(p, a, party);
    add_all(p, "birthPlace", party->birth_place);
    add(p, "gender", party->gender == 'm' ? VG_S("male") : party->gender == 'f' ? VG_S("female") : VG_NOSTR);
    add_countries(p, a, ship ? "flag" : "country", party->country);
    add_countries(p, a, "nationality", party->nationality);
    add_numbers(p, party);
    add_all(p, "address", party->address);
    add_all(p, "position", party->position);
    add_all(p, "topics", party->topic);
    add_all(p, "program", party->programme);
    add_all(p, "notes", party->remark);
    add_all(p, "sourceUrl", party->url);
    return true;
}

/* Members of "properties", values of one under one key. */
static void put_pairs(vg_json *j, const pairs *p)
{
    for (int64_t i = 0; i < p->n; i++) {
        bool first = true;
        for (int64_t k = 0; k < i && first; k++)
            first = strcmp(p->pair[k].property, p->pair[i].property) != 0;
        if (!first)
            continue;
        vg_json_key(j, vg_str_z(p->pair[i].property));
        vg_json_array(j);
        for (int64_t k = i; k < p->n; k++)
            if (strcmp(p->pair[k].property, p->pair[i].property) == 0)
                vg_json_str(j, p->pair[k].value);
        vg_json_close(j);
    }
}

/* --- relations --- */

static const vg_entity_relation relations[] = {
    { "owner", "ownershipAsset", "Ownership", "asset", "owner" },
    { "director", "directorshipOrganization", "Directorship", "organization", "director" },
    { "family", "familyPerson", "Family", "person", "relative" },
    { "associate", "associates", "Associate", "person", "associate" },
    { "linked", "unknownLinkTo", "UnknownLink", "subject", "object" },
};

const vg_entity_relation *vg_entity_relations(int *n)
{
    *n = VG_N_OF(relations);
    return relations;
}

static void member(vg_json *j, const char *name, vg_str value)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_str(j, value);
}

static void one_value(vg_json *j, const char *property, vg_str value)
{
    if (!value.n)
        return;
    vg_json_key(j, vg_str_z(property));
    vg_json_array(j);
    vg_json_str(j, value);
    vg_json_close(j);
}

/* The other end: an entry of the list, or only the name that the list gives. */
static void put_other_end(vg_json *j, vg_arena *a, vg_str list, const vg_party_link *link, const vg_asker *k,
                          vg_store *st)
{
    vg_err e = VG_NO_ERR;
    vg_party_entry entry;
    vg_json_object(j);
    if (vg_asker_party(k, st, list, link->to, a, &entry, &e)) {
        vg_entity_put(j, a, list, entry.party);
    } else {
        member(j, "id", vg_entity_name(a, list, link->to));
        member(j, "caption", link->to);
        member(j, "schema", VG_S("LegalEntity"));
        vg_json_key(j, VG_S("properties")), vg_json_object(j);
        one_value(j, "name", link->to);
        vg_json_close(j);
        vg_json_key(j, VG_S("datasets")), vg_json_array(j), vg_json_str(j, list), vg_json_close(j);
        vg_json_key(j, VG_S("referents")), vg_json_array(j), vg_json_close(j);
        vg_json_key(j, VG_S("target")), vg_json_bool(j, false);
    }
    vg_json_close(j);
}

void vg_entity_put_relation(vg_json *j, vg_arena *a, vg_str list, const vg_party *p,
                            const vg_party_link *link, const vg_entity_relation *r, const vg_asker *k,
                            vg_store *st)
{
    vg_str mine = vg_entity_name(a, list, p->id);
    vg_json_object(j);
    member(j, "id", vg_format(a, "%.*s~3%s~3%.*s", VG_P(mine), r->kind, VG_P(link->to)));
    member(j, "caption", vg_str_z(r->schema));
    member(j, "schema", vg_str_z(r->schema));
    vg_json_key(j, VG_S("properties")), vg_json_object(j);
    one_value(j, r->mine, mine);
    vg_json_key(j, vg_str_z(r->other)), vg_json_array(j);
    put_other_end(j, a, list, link, k, st);
    vg_json_close(j);
    if (isfinite(link->share)) {
        char room[32];
        one_value(j, "percentage", vg_num_text(link->share, room));
    }
    one_value(j, "summary", link->note);
    vg_json_close(j);
    vg_json_key(j, VG_S("datasets")), vg_json_array(j), vg_json_str(j, list), vg_json_close(j);
    vg_json_key(j, VG_S("referents")), vg_json_array(j), vg_json_close(j);
    vg_json_key(j, VG_S("target")), vg_json_bool(j, false);
    vg_json_close(j);
}

static void put_relations(vg_json *j, vg_arena *a, vg_str list, const vg_party *p, const vg_asker *k,
                          vg_store *st)
{
    for (int i = 0; i < VG_N_OF(relations); i++) {
        bool any = false;
        for (int64_t l = 0; l < p->link.n; l++) {
            if (!vg_eq(p->link.item[l].kind, vg_str_z(relations[i].kind)))
                continue;
            if (!any)
                vg_json_key(j, vg_str_z(relations[i].property)), vg_json_array(j);
            any = true;
            vg_entity_put_relation(j, a, list, p, &p->link.item[l], &relations[i], k, st);
        }
        if (any)
            vg_json_close(j);
    }
}

/* --- entities --- */

static void put_day(vg_json *j, const char *name, int32_t day)
{
    char room[16], instant[32];
    vg_json_key(j, vg_str_z(name));
    if (day == VG_NO_DAY) {
        vg_json_null(j);
        return;
    }
    int n = snprintf(instant, sizeof instant, "%.*sT00:00:00", VG_P(vg_day_text(day, room)));
    vg_json_str(j, (vg_str){ instant, n });
}

static vg_str schema_word(const vg_party *p)
{
    return vg_schema_word(p->schema);
}

static void put_head(vg_json *j, vg_arena *a, vg_str list, const vg_party *p)
{
    member(j, "id", vg_entity_name(a, list, p->id));
    member(j, "caption", p->name.n ? p->name.item[0].text : p->id);
    member(j, "schema", schema_word(p));
}

static void put_tail(vg_json *j, vg_arena *a, vg_str list, const vg_party *p)
{
    vg_json_key(j, VG_S("datasets")), vg_json_array(j), vg_json_str(j, list), vg_json_close(j);
    vg_json_key(j, VG_S("referents")), vg_json_array(j), vg_json_str(j, p->id), vg_json_close(j);
    vg_json_key(j, VG_S("target")), vg_json_bool(j, p->schema != VG_SCHEMA_OTHER);
    put_day(j, "first_seen", p->listed_on);
    put_day(j, "last_change", p->changed_on);
    (void)a;
}

static void put_entity(vg_json *j, vg_arena *a, vg_str list, const vg_party *p, const vg_asker *k,
                       vg_store *st)
{
    pairs all = { .n = 0 };
    put_head(j, a, list, p);
    vg_json_key(j, VG_S("properties")), vg_json_object(j);
    if (collect(p, a, &all))
        put_pairs(j, &all);
    if (k)
        put_relations(j, a, list, p, k, st);
    vg_json_close(j);
    put_tail(j, a, list, p);
}

void vg_entity_put(vg_json *j, vg_arena *a, vg_str list, const vg_party *p)
{
    put_entity(j, a, list, p, NULL, NULL);
}

void vg_entity_put_nested(vg_json *j, vg_arena *a, vg_str list, const vg_party *p, const vg_asker *k,
                          vg_store *st)
{
    put_entity(j, a, list, p, k, st);
}
