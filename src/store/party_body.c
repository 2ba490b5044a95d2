/* Parties as bytes, field after field in the order of vg_party_field, so that a content is kept once and two contents
 * can be compared by field. Invariant: the same content gives the same bytes on every machine, and any bytes decode
 * to a party or to a failure, never to a slice outside them. */
#include "store/party_int.h"

#include <math.h>
#include <string.h>

enum { FORM = 1, MAX_TEXTS = 1 << 20 };

/* --- words --- */

vg_str vg_schema_word(vg_schema s)
{
    static const char *const word[VG_N_SCHEMAS] = { "LegalEntity", "Person",   "Organization", "Company",
                                                    "Vessel",      "Airplane", "Thing" };
    return vg_str_z(word[(unsigned)s < VG_N_SCHEMAS ? s : 0]);
}

vg_schema vg_schema_from_word(vg_str word)
{
    static const struct {
        const char *word;
        vg_schema schema;
    } known[] = {
        { "Person", VG_SCHEMA_PERSON },
        { "individual", VG_SCHEMA_PERSON },
        { "individuals", VG_SCHEMA_PERSON },
        { "P", VG_SCHEMA_PERSON },
        { "personne", VG_SCHEMA_PERSON },
        { "Organization", VG_SCHEMA_ORGANISATION },
        { "Organisation", VG_SCHEMA_ORGANISATION },
        { "PublicBody", VG_SCHEMA_ORGANISATION },
        { "Company", VG_SCHEMA_COMPANY },
        { "Vessel", VG_SCHEMA_VESSEL },
        { "ship", VG_SCHEMA_VESSEL },
        { "navire", VG_SCHEMA_VESSEL },
        { "Airplane", VG_SCHEMA_AIRCRAFT },
        { "aircraft", VG_SCHEMA_AIRCRAFT },
        { "Thing", VG_SCHEMA_ANY },
        { "LegalEntity", VG_SCHEMA_ANY },
        { "Address", VG_SCHEMA_OTHER },
        { "CryptoWallet", VG_SCHEMA_OTHER },
        { "Security", VG_SCHEMA_OTHER },
        { "Vehicle", VG_SCHEMA_OTHER },
        { "Asset", VG_SCHEMA_OTHER },
        { "RealEstate", VG_SCHEMA_OTHER },
        { "entity", VG_SCHEMA_ORGANISATION }, /* of the lists: whatever is no person */
        { "entities", VG_SCHEMA_ORGANISATION },
        { "enterprise", VG_SCHEMA_ORGANISATION },
        { "entité", VG_SCHEMA_ORGANISATION },
        { "E", VG_SCHEMA_ORGANISATION },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (vg_eq_nocase(word, vg_str_z(known[i].word)))
            return known[i].schema;
    return VG_SCHEMA_ANY;
}

vg_str vg_party_field_word(vg_party_field f)
{
    static const char *const word[VG_PARTY_FIELDS] = { "schema",      "name",      "birth",   "country",
                                                       "nationality", "programme", "address", "birth_place",
                                                       "position",    "topic",     "remark",  "url",
                                                       "number",      "link",      "gender",  "dates" };
    return (unsigned)f < VG_PARTY_FIELDS ? vg_str_z(word[f]) : VG_NOSTR;
}

/* --- to bytes --- */

void vg_party__put_number(vg_out *o, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        vg_put_char(o, (char)(unsigned char)(0x80 | (x & 0x7f)));
    vg_put_char(o, (char)(unsigned char)x);
}

static void put_signed(vg_out *o, int64_t x)
{
    vg_party__put_number(o, ((uint64_t)x << 1) ^ (x < 0 ? ~(uint64_t)0 : 0));
}

static void put_text(vg_out *o, vg_str s)
{
    vg_party__put_number(o, (uint64_t)s.n);
    if (s.n)
        vg_put(o, s);
}

static void put_texts(vg_out *o, const vg_texts *t)
{
    vg_party__put_number(o, (uint64_t)t->n);
    for (int64_t i = 0; i < t->n; i++)
        put_text(o, t->item[i]);
}

static void put_share(vg_out *o, double share)
{
    uint64_t bits;
    vg_put_char(o, (char)!isnan(share));
    if (isnan(share))
        return;
    memcpy(&bits, &share, sizeof bits);
    vg_party__put_number(o, bits);
}

static void put_names(vg_out *o, const vg_party *p)
{
    vg_party__put_number(o, (uint64_t)p->name.n);
    for (int64_t i = 0; i < p->name.n; i++) {
        const vg_party_name *n = &p->name.item[i];
        const vg_str part[] = { n->language, n->given, n->middle, n->patronymic, n->family };
        unsigned given = 0;
        for (unsigned k = 0; k < 5; k++)
            given |= part[k].n ? 1U << k : 0;
        put_text(o, n->text);
        vg_put_char(o, (char)n->kind);
        vg_put_char(o, (char)given);
        for (unsigned k = 0; k < 5; k++)
            if (part[k].n)
                put_text(o, part[k]);
    }
}

static void put_birth(vg_out *o, const vg_party *p)
{
    vg_party__put_number(o, (uint64_t)p->birth.n);
    for (int64_t i = 0; i < p->birth.n; i++) {
        put_signed(o, p->birth.item[i].day_from);
        put_signed(o, (int64_t)p->birth.item[i].day_to - p->birth.item[i].day_from);
        vg_put_char(o, p->birth.item[i].approximate);
    }
}

static void put_numbers(vg_out *o, const vg_party *p)
{
    vg_party__put_number(o, (uint64_t)p->number.n);
    for (int64_t i = 0; i < p->number.n; i++) {
        put_text(o, p->number.item[i].kind);
        put_text(o, p->number.item[i].value);
        put_text(o, p->number.item[i].country);
    }
}

static void put_links(vg_out *o, const vg_party *p)
{
    vg_party__put_number(o, (uint64_t)p->link.n);
    for (int64_t i = 0; i < p->link.n; i++) {
        put_text(o, p->link.item[i].kind);
        put_text(o, p->link.item[i].to);
        put_share(o, p->link.item[i].share);
        put_text(o, p->link.item[i].note);
    }
}

/* The texts of the fields that are nothing else. */
static const vg_texts *texts_of(const vg_party *p, vg_party_field f)
{
    switch (f) {
    case VG_PARTY_COUNTRY: return &p->country;
    case VG_PARTY_NATIONALITY: return &p->nationality;
    case VG_PARTY_PROGRAMME: return &p->programme;
    case VG_PARTY_ADDRESS: return &p->address;
    case VG_PARTY_BIRTH_PLACE: return &p->birth_place;
    case VG_PARTY_POSITION: return &p->position;
    case VG_PARTY_TOPIC: return &p->topic;
    case VG_PARTY_REMARK: return &p->remark;
    case VG_PARTY_URL: return &p->url;
    default: return NULL;
    }
}

static void put_field(vg_out *o, const vg_party *p, vg_party_field f)
{
    const vg_texts *texts = texts_of(p, f);
    if (texts) {
        put_texts(o, texts);
        return;
    }
    switch (f) {
    case VG_PARTY_SCHEMA: vg_put_char(o, (char)p->schema), put_text(o, p->schema_name); break;
    case VG_PARTY_NAMES: put_names(o, p); break;
    case VG_PARTY_BIRTH: put_birth(o, p); break;
    case VG_PARTY_NUMBER: put_numbers(o, p); break;
    case VG_PARTY_LINK: put_links(o, p); break;
    case VG_PARTY_GENDER: vg_put_char(o, p->gender); break;
    default:
        put_signed(o, p->listed_on);
        put_signed(o, p->changed_on);
        put_signed(o, p->ended_on);
    }
}

void vg_party__encode(vg_out *o, const vg_party *p)
{
    vg_put_char(o, FORM);
    for (int f = 0; f < VG_PARTY_FIELDS; f++)
        put_field(o, p, (vg_party_field)f);
}

unsigned vg_party_fields_changed(const vg_party *a, const vg_party *b)
{
    vg_out o;
    unsigned changed = 0;
    if (!vg_out_memory(&o, NULL))
        return 0;
    for (int f = 0; f < VG_PARTY_FIELDS; f++) {
        o.n = 0;
        put_field(&o, a, (vg_party_field)f);
        int64_t half = o.n;
        put_field(&o, b, (vg_party_field)f);
        vg_str both = vg_out_text(&o);
        if (!vg_eq(vg_sub(both, 0, half), vg_sub(both, half, both.n)))
            changed |= 1U << f;
    }
    vg_out_drop(&o);
    return changed;
}

/* --- from bytes --- */

typedef struct {
    vg_str rest;
    vg_arena *a;
    bool damaged, no_memory;
} decoder;

bool vg_party__take_number(vg_str *rest, uint64_t *x)
{
    uint64_t sum = 0;
    for (int shift = 0; shift < 64 && rest->n; shift += 7) {
        unsigned char byte = (unsigned char)rest->s[0];
        *rest = vg_sub(*rest, 1, rest->n);
        sum |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *x = sum;
            return true;
        }
    }
    return false;
}

static uint64_t take_number(decoder *d)
{
    uint64_t x = 0;
    if (!d->damaged && !vg_party__take_number(&d->rest, &x))
        d->damaged = true;
    return x;
}

static int32_t take_day(decoder *d)
{
    uint64_t x = take_number(d);
    int64_t day = (int64_t)(x >> 1) ^ -(int64_t)(x & 1);
    if (day < INT32_MIN || day > INT32_MAX)
        d->damaged = true;
    return d->damaged ? 0 : (int32_t)day;
}

static char take_char(decoder *d)
{
    if (d->damaged || !d->rest.n) {
        d->damaged = true;
        return 0;
    }
    char c = d->rest.s[0];
    d->rest = vg_sub(d->rest, 1, d->rest.n);
    return c;
}

static vg_str take_text(decoder *d)
{
    uint64_t n = take_number(d);
    if (d->damaged || n > (uint64_t)d->rest.n) {
        d->damaged = true;
        return VG_NOSTR;
    }
    vg_str s = vg_sub(d->rest, 0, (ptrdiff_t)n);
    d->rest = vg_sub(d->rest, (ptrdiff_t)n, d->rest.n);
    return s.n ? s : VG_NOSTR;
}

/* Number of things that follow, each of at least one byte. */
static int64_t take_count(decoder *d)
{
    uint64_t n = take_number(d);
    if (n > (uint64_t)d->rest.n || n > MAX_TEXTS)
        d->damaged = true;
    return d->damaged ? 0 : (int64_t)n;
}

#define TAKE_ARRAY(d, count, type)                                                                           \
    type *item = vg_new((d)->a, type, (count));                                                              \
    if (!item) {                                                                                             \
        (d)->no_memory = (d)->damaged = true;                                                                \
        return;                                                                                              \
    }

static void take_texts(decoder *d, vg_texts *out)
{
    int64_t n = take_count(d);
    if (n == 0)
        return;
    TAKE_ARRAY(d, n, vg_str)
    for (int64_t i = 0; i < n; i++)
        item[i] = take_text(d);
    *out = (vg_texts){ item, n };
}

static void take_names(decoder *d, vg_party *p)
{
    int64_t n = take_count(d);
    TAKE_ARRAY(d, n, vg_party_name)
    for (int64_t i = 0; i < n; i++) {
        vg_party_name *name = &item[i];
        vg_str *const part[] = { &name->language, &name->given, &name->middle, &name->patronymic,
                                 &name->family };
        name->text = take_text(d);
        int kind = take_char(d);
        name->kind = kind >= 0 && kind <= VG_NAME_SCRIPT ? (vg_name_kind)kind : VG_NAME_ALIAS;
        unsigned given = (unsigned char)take_char(d);
        for (unsigned k = 0; k < 5; k++)
            if (given & (1U << k))
                *part[k] = take_text(d);
    }
    p->name.item = item;
    p->name.n = n;
}

static void take_birth(decoder *d, vg_party *p)
{
    int64_t n = take_count(d);
    TAKE_ARRAY(d, n, vg_party_date)
    for (int64_t i = 0; i < n; i++) {
        item[i].day_from = take_day(d);
        int64_t to = (int64_t)item[i].day_from + take_day(d);
        item[i].day_to = to > INT32_MAX || to < INT32_MIN ? item[i].day_from : (int32_t)to;
        item[i].approximate = take_char(d) != 0;
    }
    p->birth.item = item;
    p->birth.n = n;
}

static void take_numbers(decoder *d, vg_party *p)
{
    int64_t n = take_count(d);
    TAKE_ARRAY(d, n, vg_party_number)
    for (int64_t i = 0; i < n; i++) {
        item[i].kind = take_text(d);
        item[i].value = take_text(d);
        item[i].country = take_text(d);
    }
    p->number.item = item;
    p->number.n = n;
}

static void take_links(decoder *d, vg_party *p)
{
    int64_t n = take_count(d);
    TAKE_ARRAY(d, n, vg_party_link)
    for (int64_t i = 0; i < n; i++) {
        item[i].kind = take_text(d);
        item[i].to = take_text(d);
        item[i].share = NAN;
        if (take_char(d)) {
            uint64_t bits = take_number(d);
            memcpy(&item[i].share, &bits, sizeof bits);
        }
        item[i].note = take_text(d);
    }
    p->link.item = item;
    p->link.n = n;
}

static void take_all(decoder *d, vg_party *p)
{
    vg_texts *const texts[] = { &p->country,  &p->nationality, &p->programme, &p->address, &p->birth_place,
                                &p->position, &p->topic,       &p->remark,    &p->url };
    d->damaged = take_char(d) != FORM;
    int schema = take_char(d);
    p->schema = schema >= 0 && schema < VG_N_SCHEMAS ? (vg_schema)schema : VG_SCHEMA_ANY;
    p->schema_name = take_text(d);
    take_names(d, p);
    take_birth(d, p);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        take_texts(d, texts[i]);
    take_numbers(d, p);
    take_links(d, p);
    p->gender = take_char(d);
    p->listed_on = take_day(d);
    p->changed_on = take_day(d);
    p->ended_on = take_day(d);
}

bool vg_party__decode(vg_str bytes, vg_str id, vg_arena *a, vg_party *out, vg_err *e)
{
    decoder d = { .rest = bytes, .a = a };
    vg_party p = { .id = id };
    take_all(&d, &p);
    if (d.no_memory)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (d.damaged) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the store's record of party %.*s is damaged",
                VG_P(vg_utf8_head(id, 80)));
        return vg_mend(e, "load the list again into a new store");
    }
    *out = p;
    return true;
}

vg_party vg_party_copy(vg_arena *a, const vg_party *p)
{
    vg_party copy = { .gender = 0 };
    vg_out o;
    vg_err e = VG_NO_ERR;
    if (!vg_out_memory(&o, &e))
        return copy;
    vg_party__encode(&o, p);
    vg_str bytes = vg_copy(a, vg_out_text(&o)), id = vg_copy(a, p->id);
    if (o.failed || !bytes.s || !id.s || !vg_party__decode(bytes, id, a, &copy, &e))
        copy = (vg_party){ .gender = 0 };
    vg_out_drop(&o);
    return copy;
}
