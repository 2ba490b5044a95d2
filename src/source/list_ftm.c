/* FollowTheMoney: entities as JSON lines, whole or as changes {op, entity}. Things that are no parties of their own (who
 * owns what, who is related to whom, documents, addresses, sanctions) are joined to the parties they tell of. Invariant:
 * parties leave in the order of the file, after everything was read, because what is joined may stand before or behind. */
#include "source/list_json_int.h"

#include <math.h>
#include <string.h>

#include "core/num.h"

/* What was read of one line. */
typedef struct {
    vg_list_record rec;
    vg_str id;
    vg_schema schema;
    bool is_party, is_removal;
    vg_list_draft d;
} entity;

typedef struct {
    vg_list_reading *r;
    entity *entity;
    int64_t n, cap;
    vg_map ids;     /* of parties and addresses */
    int64_t *place; /* by number in `ids`: the last entity of that id */
    int64_t n_places;
} ftm;

static const char *const JOINED[] = { "Ownership",   "Directorship",   "Family",        "Associate",
                                      "UnknownLink", "Membership",     "Employment",    "Representation",
                                      "Succession",  "Identification", "Passport",      "Address",
                                      "Sanction",    "Occupancy",      "Position",      "Documentation",
                                      "Debt",        "Payment",        "CallForTenders" };

static vg_str first(const entity *x, const char *property)
{
    return vg_list__pair(&x->rec, "properties", property);
}

static vg_str schema_of(const entity *x)
{
    vg_str schema = vg_list__pair(&x->rec, "", "schema");
    return schema.n ? schema : vg_list__pair(&x->rec, "entity", "schema");
}

/* --- a party's own properties --- */

typedef enum { TEXTS, COUNTRY, NAME, BIRTH, NUMBER, GENDER, LISTED, CHANGED } property_kind;

static const struct {
    const char *name;
    property_kind kind;
    int what; /* of names the kind; of texts a number below */
    const char *number;
} PROPERTIES[] = {
    { "name", NAME, VG_NAME_ALIAS, NULL },
    { "alias", NAME, VG_NAME_ALIAS, NULL },
    { "abbreviation", NAME, VG_NAME_WEAK, NULL },
    { "weakAlias", NAME, VG_NAME_WEAK, NULL },
    { "previousName", NAME, VG_NAME_FORMER, NULL },
    { "birthDate", BIRTH, 0, NULL },
    { "incorporationDate", BIRTH, 0, NULL },
    { "buildDate", BIRTH, 0, NULL },
    { "country", COUNTRY, 0, NULL },
    { "jurisdiction", COUNTRY, 0, NULL },
    { "mainCountry", COUNTRY, 0, NULL },
    { "flag", COUNTRY, 0, NULL },
    { "nationality", COUNTRY, 1, NULL },
    { "citizenship", COUNTRY, 1, NULL },
    { "programme", TEXTS, 0, NULL },
    { "program", TEXTS, 0, NULL },
    { "programId", TEXTS, 0, NULL },
    { "address", TEXTS, 1, NULL },
    { "birthPlace", TEXTS, 2, NULL },
    { "position", TEXTS, 3, NULL },
    { "topics", TEXTS, 4, NULL },
    { "notes", TEXTS, 5, NULL },
    { "description", TEXTS, 5, NULL },
    { "summary", TEXTS, 5, NULL },
    { "website", TEXTS, 6, NULL },
    { "sourceUrl", TEXTS, 6, NULL },
    { "gender", GENDER, 0, NULL },
    { "createdAt", LISTED, 0, NULL },
    { "modifiedAt", CHANGED, 0, NULL },
    { "passportNumber", NUMBER, 0, "passport" },
    { "idNumber", NUMBER, 0, "national_id" },
    { "socialSecurityNumber", NUMBER, 0, "national_id" },
    { "taxNumber", NUMBER, 0, "tax" },
    { "innCode", NUMBER, 0, "tax" },
    { "vatCode", NUMBER, 0, "tax" },
    { "registrationNumber", NUMBER, 0, "registration" },
    { "ogrnCode", NUMBER, 0, "registration" },
    { "okpoCode", NUMBER, 0, "registration" },
    { "uniqueEntityId", NUMBER, 0, "registration" },
    { "imoNumber", NUMBER, 0, "imo" },
    { "mmsi", NUMBER, 0, "mmsi" },
    { "callSign", NUMBER, 0, "call_sign" },
    { "leiCode", NUMBER, 0, "lei" },
    { "swiftBic", NUMBER, 0, "swift" },
    { "publicKey", NUMBER, 0, "wallet" },
    { "cryptoWallets", NUMBER, 0, "wallet" },
    { "wikidataId", NUMBER, 0, "other" },
    { "isin", NUMBER, 0, "other" },
};

static void take_property(vg_list_draft *d, const vg_list_pair *pair)
{
    vg_party *p = &d->p;
    vg_texts *const texts[] = { &p->programme, &p->address, &p->birth_place, &p->position,
                                &p->topic,     &p->remark,  &p->url };
    vg_texts *const countries[] = { &p->country, &p->nationality };
    size_t i = 0, n = sizeof PROPERTIES / sizeof *PROPERTIES;
    while (i < n && !vg_eq(pair->key, vg_str_z(PROPERTIES[i].name)))
        i++;
    if (i == n)
        return;
    switch (PROPERTIES[i].kind) {
    case NAME: vg_list__name(d, pair->value, (vg_name_kind)PROPERTIES[i].what); break;
    case BIRTH: vg_list__birth(d, pair->value, false); break;
    case COUNTRY: vg_list__country(d, countries[PROPERTIES[i].what], pair->value); break;
    case TEXTS: vg_list__text(d, texts[PROPERTIES[i].what], pair->value); break;
    case NUMBER: vg_list__number(d, PROPERTIES[i].number, pair->value, VG_NOSTR); break;
    case GENDER: vg_list__gender(d, pair->value); break;
    case LISTED: p->listed_on = vg_list__day(vg_sub(pair->value, 0, 10), false); break;
    default: p->changed_on = vg_list__day(vg_sub(pair->value, 0, 10), false);
    }
}

static bool holds(vg_str text, vg_str part)
{
    return part.n && vg_find(text, part) >= 0;
}

/* Parts of the name are kept where they stand in the primary name: FollowTheMoney gives them in every script at once. */
static void take_parts(vg_list_reading *r, entity *x)
{
    vg_party_name *name = (vg_party_name *)(uintptr_t)x->d.p.name.item;
    for (int64_t i = 0; i < x->rec.n && x->d.p.name.n; i++) {
        const vg_list_pair *pair = &x->rec.pair[i];
        if (!vg_eq(pair->parent, VG_S("properties")) || !holds(name->text, pair->value))
            continue;
        if (vg_eq(pair->key, VG_S("firstName")) && !name->given.n)
            name->given = vg_list__copy(r, pair->value);
        else if (vg_eq(pair->key, VG_S("lastName")) && !name->family.n)
            name->family = vg_list__copy(r, pair->value);
        else if ((vg_eq(pair->key, VG_S("middleName")) || vg_eq(pair->key, VG_S("secondName"))) &&
                 !name->middle.n)
            name->middle = vg_list__copy(r, pair->value);
        else if (vg_eq(pair->key, VG_S("fatherName")) && !name->patronymic.n)
            name->patronymic = vg_list__copy(r, pair->value);
    }
}

static void draft_party(ftm *f, entity *x)
{
    vg_str caption = vg_list__pair(&x->rec, "", "caption");
    if (!caption.n)
        caption = vg_list__pair(&x->rec, "entity", "caption");
    vg_list__begin(&x->d, f->r, x->rec.at);
    x->d.p.id = x->id;
    x->d.p.schema = x->schema;
    x->d.p.schema_name = vg_list__copy(f->r, schema_of(x));
    bool has_name =
        first(x, "name").n > 0; /* of a thing without a name the caption is its id or its schema */
    vg_list__name(&x->d, has_name ? caption : VG_NOSTR, VG_NAME_PRIMARY);
    for (int64_t i = 0; i < x->rec.n; i++)
        if (vg_eq(x->rec.pair[i].parent, VG_S("properties")))
            take_property(&x->d, &x->rec.pair[i]);
    take_parts(f->r, x);
}

/* --- joining --- */

static entity *find(ftm *f, vg_str id)
{
    int32_t at = id.n ? vg_map_find(&f->ids, id) : -1;
    return at >= 0 ? &f->entity[f->place[at]] : NULL;
}

static entity *party(ftm *f, vg_str id)
{
    entity *x = find(f, id);
    return x && x->is_party && !x->is_removal ? x : NULL;
}

/* Who stands at one end of a relation gets a link to each at the other end. */
static bool join_link(ftm *f, const entity *x, const char *from, const char *to, const char *kind)
{
    bool any = false;
    double share = NAN;
    vg_str per_cent = first(x, "percentage"), note = first(x, "relationship");
    if (!note.n)
        note = first(x, "role");
    if (per_cent.n && per_cent.s[per_cent.n - 1] == '%')
        per_cent = vg_trim(vg_sub(per_cent, 0, per_cent.n - 1));
    double read;
    if (vg_num(per_cent, &read) && read >= 0 && read <= 100)
        share = read;
    for (int64_t i = 0; i < x->rec.n; i++) {
        if (!vg_eq(x->rec.pair[i].parent, VG_S("properties")) || !vg_eq(x->rec.pair[i].key, vg_str_z(from)))
            continue;
        entity *one = party(f, x->rec.pair[i].value);
        for (int64_t k = 0; k < x->rec.n && one; k++)
            if (vg_eq(x->rec.pair[k].key, vg_str_z(to)) && vg_eq(x->rec.pair[k].parent, VG_S("properties"))) {
                vg_list__link(&one->d, kind, x->rec.pair[k].value, share, note.n ? note : per_cent);
                any = true;
            }
    }
    return any;
}

static bool join_document(ftm *f, const entity *x, bool passport)
{
    entity *holder = party(f, first(x, "holder"));
    vg_str country = first(x, "country");
    if (holder)
        vg_list__number(&holder->d, passport ? "passport" : "national_id", first(x, "number"),
                        country.n ? vg_list_country(country) : VG_NOSTR);
    return holder != NULL;
}

static bool join_sanction(ftm *f, const entity *x)
{
    static const char *const to_programme[] = { "program", "programId", "authority" };
    entity *of = party(f, first(x, "entity"));
    if (!of)
        return false;
    for (size_t i = 0; i < sizeof to_programme / sizeof *to_programme; i++)
        vg_list__text(&of->d, &of->d.p.programme, first(x, to_programme[i]));
    vg_list__text(&of->d, &of->d.p.remark, first(x, "reason"));
    vg_str listed = first(x, "listingDate"), ended = first(x, "endDate");
    listed = listed.n ? listed : first(x, "startDate");
    if (listed.n)
        of->d.p.listed_on = vg_list__day(vg_sub(listed, 0, 10), false);
    if (ended.n)
        of->d.p.ended_on = vg_list__day(vg_sub(ended, 0, 10), false);
    return true;
}

static bool join(ftm *f, const entity *x, vg_str schema)
{
    static const struct {
        const char *schema, *from, *to, *kind;
    } link[] = { { "Ownership", "asset", "owner", "owner" },
                 { "Directorship", "organization", "director", "director" },
                 { "Family", "person", "relative", "family" },
                 { "Associate", "person", "associate", "associate" },
                 { "UnknownLink", "subject", "object", "linked" },
                 { "Membership", "member", "organization", "linked" },
                 { "Employment", "employee", "employer", "linked" },
                 { "Representation", "client", "agent", "linked" },
                 { "Succession", "successor", "predecessor", "linked" } };
    for (size_t i = 0; i < sizeof link / sizeof *link; i++)
        if (vg_eq(schema, vg_str_z(link[i].schema)))
            return join_link(f, x, link[i].from, link[i].to, link[i].kind);
    if (vg_eq(schema, VG_S("Identification")) || vg_eq(schema, VG_S("Passport")))
        return join_document(f, x, vg_eq(schema, VG_S("Passport")));
    return vg_eq(schema, VG_S("Sanction")) ? join_sanction(f, x) : true;
}

/* Addresses that parties point at. */
static void join_addresses(ftm *f, entity *x)
{
    for (int64_t i = 0; i < x->rec.n; i++) {
        if (!vg_eq(x->rec.pair[i].key, VG_S("addressEntity")))
            continue;
        const entity *address = find(f, x->rec.pair[i].value);
        if (!address || address->is_party)
            continue;
        const vg_str part[] = { first(address, "street"), first(address, "postalCode"),
                                first(address, "city"), first(address, "region"), first(address, "country") };
        vg_str whole = first(address, "full");
        vg_list__text(&x->d, &x->d.p.address, whole.n ? whole : vg_list__join(f->r, part, 5, ", "));
        vg_list__country(&x->d, &x->d.p.country, first(address, "country"));
    }
}

/* --- lines --- */

static entity *next_entity(ftm *f)
{
    if (f->n == f->cap) {
        int64_t wider = f->cap ? f->cap * 2 : 256;
        entity *moved = vg_new(&f->r->work, entity, wider);
        if (!moved)
            return NULL;
        if (f->n)
            memcpy(moved, f->entity, (size_t)f->n * sizeof *moved);
        f->entity = moved;
        f->cap = wider;
    }
    return &f->entity[f->n++];
}

static bool remember(ftm *f, vg_str id)
{
    int32_t at = vg_map_add(&f->ids, id, NULL);
    if (at < 0)
        return false;
    if (at >= f->n_places) {
        int64_t wider = f->n_places ? f->n_places * 2 : 256;
        int64_t *moved = vg_new(&f->r->work, int64_t, wider);
        if (!moved)
            return false;
        if (f->n_places)
            memcpy(moved, f->place, (size_t)f->n_places * sizeof *moved);
        f->place = moved;
        f->n_places = wider;
    }
    f->place[at] = f->n - 1;
    return true;
}

static bool is_joined(vg_str schema)
{
    for (size_t i = 0; i < sizeof JOINED / sizeof *JOINED; i++)
        if (vg_eq(schema, vg_str_z(JOINED[i])))
            return true;
    return false;
}

/* Of a record only what is joined later is kept: of a party its addresses, of other things all. */
static void keep_record(ftm *f, entity *x)
{
    int64_t n = 0;
    for (int64_t i = 0; i < x->rec.n; i++)
        n += !x->is_party || vg_eq(x->rec.pair[i].key, VG_S("addressEntity"));
    vg_list_pair *pair = vg_new(&f->r->work, vg_list_pair, n);
    vg_str raw = x->is_party ? VG_NOSTR : vg_copy(&f->r->work, vg_utf8_head(x->rec.raw, 2000));
    for (int64_t i = 0, k = 0; pair && i < x->rec.n; i++) {
        const vg_list_pair *from = &x->rec.pair[i];
        if (!x->is_party || vg_eq(from->key, VG_S("addressEntity")))
            pair[k++] = (vg_list_pair){ vg_list__copy(f->r, from->parent), vg_list__copy(f->r, from->key),
                                        vg_list__copy(f->r, from->value), from->object };
    }
    f->r->no_memory |= !pair;
    x->rec = (vg_list_record){ pair, pair ? n : 0, x->rec.n_objects, raw, x->rec.at };
}

static bool take_entity(void *ctx, const vg_list_record *rec, vg_err *e)
{
    ftm *f = ctx;
    bool delta = f->r->found->is_delta;
    vg_err why = VG_NO_ERR;
    vg_str op = vg_list__pair(rec, "", "op"), id = vg_list__pair(rec, delta ? "entity" : "", "id");
    vg_str schema = vg_list__pair(rec, delta ? "entity" : "", "schema");
    bool removal = delta && vg_eq(op, VG_S("DEL"));
    if (delta && !removal && !vg_eq(op, VG_S("ADD")) && !vg_eq(op, VG_S("MOD"))) {
        vg_fail(&why, VG_EPARSE, rec->at, "a change of an unknown kind: \"%.*s\"",
                VG_P(vg_utf8_head(op, 40)));
        vg_why(&why, "op is ADD, MOD or DEL");
        return vg_list__reject(f->r, &why, rec->raw, e);
    }
    if (!id.n || (!schema.n && !removal)) {
        vg_fail(&why, VG_EPARSE, rec->at, id.n ? "an entity without a schema" : "an entity without an id");
        vg_why(&why, "FollowTheMoney entities have id, schema and properties");
        return vg_list__reject(f->r, &why, rec->raw, e);
    }
    entity *x = next_entity(f);
    if (!x || !remember(f, id))
        return vg_fail_memory(e, vg_arena_limit(&f->r->work));
    *x = (entity){ .rec = *rec, .id = vg_list__copy(f->r, id), .is_removal = removal };
    x->is_party = !removal && !is_joined(schema);
    x->schema = vg_schema_from_word(schema);
    if (x->is_party)
        draft_party(f, x);
    keep_record(f, x);
    return true;
}

static bool refuse_relation(ftm *f, const entity *x, vg_str schema, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_fail(&why, VG_ENOTFOUND, x->rec.at, "%.*s of a party that the file does not hold: %.*s", VG_P(schema),
            VG_P(vg_utf8_head(x->id, 80)));
    vg_why(&why, "what is told of two parties is kept with one of them");
    return vg_list__reject(f->r, &why, x->rec.raw, e);
}

static bool join_all(ftm *f, vg_err *e)
{
    bool good = true;
    for (int64_t i = 0; i < f->n && good; i++) {
        entity *x = &f->entity[i];
        if (x->is_party)
            join_addresses(f, x);
        else if (!x->is_removal && !join(f, x, schema_of(x)))
            good = refuse_relation(f, x, schema_of(x), e);
    }
    return good;
}

static bool put_all(ftm *f, vg_err *e)
{
    bool good = true;
    vg_list_reading *r = f->r;
    for (int64_t i = 0; i < f->n && good; i++) {
        entity *x = &f->entity[i];
        if (x->is_party) {
            good = vg_list__put(&x->d, e);
        } else if (x->is_removal) {
            r->found->n_removed++;
            good = !r->sink->removed || r->sink->removed(r->sink->ctx, x->id, x->rec.at, e);
        }
    }
    return good;
}

bool vg_list_ftm__read(vg_list_reading *r, vg_err *e)
{
    ftm f = { .r = r };
    if (!vg_map_init(&f.ids, e))
        return false;
    bool good = vg_list__records(r, take_entity, &f, e) && join_all(&f, e) && put_all(&f, e);
    vg_map_free(&f.ids);
    return good;
}
