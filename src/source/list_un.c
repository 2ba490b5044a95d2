/* The consolidated list of the United Nations Security Council: XML, one element a person or entity, closed elements
 * collected into the draft. Invariant: a sub-record (alias, address, birth date, document) is put into the draft when its
 * element closes, and its fields are forgotten then. */
#include "source/list_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/xml.h"

enum { N_FIELDS = 16 };

typedef struct {
    vg_list_reading *r;
    vg_list_draft d;
    bool in_entry;
    int depth; /* of the entry */
    vg_str name[4], script;
    struct {
        char name[32];
        vg_str text;
    } field[N_FIELDS]; /* of the sub-record */
    int n_fields;
} un_reading;

static vg_str field(const un_reading *u, const char *name)
{
    for (int i = 0; i < u->n_fields; i++)
        if (strcmp(u->field[i].name, name) == 0)
            return u->field[i].text;
    return VG_NOSTR;
}

static bool open_element(void *ctx, const vg_xml_element *el, vg_err *e)
{
    un_reading *u = ctx;
    (void)e;
    if (el->depth == 1) {
        vg_str date = vg_xml_attribute(el, "dateGenerated");
        vg_list__published(u->r, vg_sub(date, 0, 10), false);
    }
    bool person = vg_eq(el->name, VG_S("INDIVIDUAL"));
    if (!u->in_entry && (person || vg_eq(el->name, VG_S("ENTITY")))) {
        vg_list__begin(&u->d, u->r, el->at);
        u->in_entry = true;
        u->depth = el->depth;
        u->d.p.schema = person ? VG_SCHEMA_PERSON : VG_SCHEMA_ORGANISATION;
        u->d.p.schema_name = person ? VG_S("INDIVIDUAL") : VG_S("ENTITY");
        memset(u->name, 0, sizeof u->name);
        u->script = VG_NOSTR;
    }
    if (u->in_entry && el->depth == u->depth + 1)
        u->n_fields = 0;
    return true;
}

static vg_str place_of(un_reading *u)
{
    const vg_str part[] = { field(u, "STREET"), field(u, "CITY"), field(u, "STATE_PROVINCE"),
                            field(u, "ZIP_CODE"), field(u, "COUNTRY") };
    return vg_list__join(u->r, part, 5, ", ");
}

static void take_alias(un_reading *u)
{
    vg_str quality = field(u, "QUALITY");
    vg_name_kind kind = vg_eq_nocase(quality, VG_S("Low"))      ? VG_NAME_WEAK
                        : vg_eq_nocase(quality, VG_S("f.k.a.")) ? VG_NAME_FORMER
                                                                : VG_NAME_ALIAS;
    for (vg_str rest = field(u, "ALIAS_NAME"); rest.n;)
        vg_list__name(&u->d, vg_cut(&rest, ';'), kind);
    const vg_str born[] = { field(u, "CITY_OF_BIRTH"), field(u, "COUNTRY_OF_BIRTH") };
    if (field(u, "DATE_OF_BIRTH").n)
        vg_list__birth(&u->d, field(u, "DATE_OF_BIRTH"), false);
    vg_list__text(&u->d, &u->d.p.birth_place, vg_list__join(u->r, born, 2, ", "));
}

static void take_birth(un_reading *u)
{
    vg_str type = field(u, "TYPE_OF_DATE"), date = field(u, "DATE"), year = field(u, "YEAR");
    vg_party_date from, to;
    if (vg_list_dates(field(u, "FROM_YEAR"), false, &from, 1) == 1 &&
        vg_list_dates(field(u, "TO_YEAR"), false, &to, 1) == 1) {
        vg_list__add_birth(&u->d, (vg_party_date){ from.day_from, to.day_to, true });
        return;
    }
    int64_t before = u->d.p.birth.n;
    vg_list__birth(&u->d, date.n ? date : year, false);
    if (vg_eq_nocase(type, VG_S("APPROXIMATELY")) && u->d.p.birth.n > before) {
        vg_party_date *last = (vg_party_date *)(uintptr_t)&u->d.p.birth.item[u->d.p.birth.n - 1];
        last->approximate = true;
    }
}

static void take_document(un_reading *u)
{
    vg_str type = field(u, "TYPE_OF_DOCUMENT"), number = field(u, "NUMBER"),
           country = field(u, "ISSUING_COUNTRY");
    if (!country.n)
        country = field(u, "COUNTRY_OF_ISSUE");
    bool passport = vg_find(type, VG_S("assport")) >= 0 || vg_find(type, VG_S("asaporte")) >= 0 ||
                    vg_find(type, VG_S("asseport")) >= 0;
    vg_list__number(&u->d,
                    passport ? "passport"
                    : type.n ? "national_id"
                             : "other",
                    number, country.n ? vg_list_country(country) : VG_NOSTR);
}

static void take_address(un_reading *u)
{
    vg_str whole = place_of(u), note = field(u, "NOTE");
    vg_list__text(&u->d, &u->d.p.address, whole.n ? whole : note);
    vg_list__country(&u->d, &u->d.p.country, field(u, "COUNTRY"));
}

static int32_t first_day(vg_str text)
{
    return vg_list__day(vg_sub(text, 0, 10), false);
}

/* A field of the entry itself. */
static void take_own(un_reading *u, vg_str name, vg_str text)
{
    static const char *const part[] = { "FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME" };
    vg_party *p = &u->d.p;
    for (int i = 0; i < 4; i++)
        if (vg_eq(name, vg_str_z(part[i])))
            u->name[i] = vg_list__copy(u->r, text);
    if (vg_eq(name, VG_S("NAME_ORIGINAL_SCRIPT")))
        u->script = vg_list__copy(u->r, text);
    else if (vg_eq(name, VG_S("REFERENCE_NUMBER")) || (vg_eq(name, VG_S("DATAID")) && !p->id.n))
        p->id = vg_trim(text).n ? vg_list__copy(u->r, text) : p->id;
    else if (vg_eq(name, VG_S("UN_LIST_TYPE")))
        vg_list__text(&u->d, &p->programme, text);
    else if (vg_eq(name, VG_S("LISTED_ON")))
        p->listed_on = first_day(text);
    else if (vg_eq(name, VG_S("GENDER")))
        vg_list__gender(&u->d, text);
    else if (vg_eq(name, VG_S("COMMENTS1")))
        vg_list__text(&u->d, &p->remark, text);
}

/* A value of a list of values: <NATIONALITY><VALUE>..</VALUE></NATIONALITY>. */
static void take_value(un_reading *u, vg_str of, vg_str text)
{
    vg_party *p = &u->d.p;
    if (vg_eq(of, VG_S("NATIONALITY")))
        vg_list__country(&u->d, &p->nationality, text);
    else if (vg_eq(of, VG_S("DESIGNATION")) || vg_eq(of, VG_S("TITLE")))
        vg_list__text(&u->d, &p->position, text);
    else if (vg_eq(of, VG_S("LAST_DAY_UPDATED"))) {
        int32_t day = first_day(text);
        p->changed_on = day > p->changed_on ? day : p->changed_on;
    }
}

static void take_sub_record(un_reading *u, vg_str name)
{
    if (vg_ends(name, VG_S("_ALIAS")))
        take_alias(u);
    else if (vg_ends(name, VG_S("_ADDRESS")))
        take_address(u);
    else if (vg_ends(name, VG_S("_DATE_OF_BIRTH")))
        take_birth(u);
    else if (vg_ends(name, VG_S("_PLACE_OF_BIRTH")))
        vg_list__text(&u->d, &u->d.p.birth_place, place_of(u));
    else if (vg_ends(name, VG_S("_DOCUMENT")))
        take_document(u);
}

/* "He is a Lebanese man": the comments tell what the field does not. Only a word of the first sentence counts. */
static void take_gender_of_comments(un_reading *u)
{
    vg_party *p = &u->d.p;
    if (p->gender || p->schema != VG_SCHEMA_PERSON || !p->remark.n)
        return;
    vg_str text = p->remark.item[0];
    for (vg_str rest = vg_sub(text, 0, 300); rest.n;) {
        vg_str word = vg_cut(&rest, ' ');
        while (word.n &&
               (word.s[word.n - 1] == '.' || word.s[word.n - 1] == ',' || word.s[word.n - 1] == ';'))
            word.n--;
        bool male = vg_eq(word, VG_S("He")) || vg_eq(word, VG_S("he")) || vg_eq(word, VG_S("His")) ||
                    vg_eq(word, VG_S("his")) || vg_eq_nocase(word, VG_S("male"));
        bool female = vg_eq(word, VG_S("She")) || vg_eq(word, VG_S("she")) || vg_eq(word, VG_S("Her")) ||
                      vg_eq_nocase(word, VG_S("female"));
        if (male || female) {
            p->gender = male ? 'm' : 'f';
            return;
        }
    }
}

/* The last digit of a ship's number is that of 7 a + 6 b + ... + 2 f; of a company's it is found in another way. */
static bool is_of_a_ship(vg_str imo)
{
    int sum = 0;
    for (int i = 0; i < 6; i++)
        sum += (imo.s[i] - '0') * (7 - i);
    return sum % 10 == imo.s[6] - '0';
}

static bool has_any(vg_str text, const char *const *word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (vg_find(text, vg_str_z(word[i])) >= 0)
            return true;
    return false;
}

/* An IMO number in the comments or the name. Companies have numbers too, and some stand there with their ships'. */
static void take_ship(un_reading *u)
{
    static const char *const firm[] = { "OMPAN", "ompan", "HIPPING",   "hipping",
                                        "Ltd",   "LTD",   "anagement", "ANAGEMENT" };
    vg_party *p = &u->d.p;
    if (p->schema == VG_SCHEMA_PERSON)
        return;
    vg_str name = p->name.n ? p->name.item[0].text : VG_NOSTR;
    vg_str remark = p->remark.n ? p->remark.item[0] : VG_NOSTR, imo = vg_list__find_imo(remark);
    imo = imo.n ? imo : vg_list__find_imo(name);
    if (!imo.n)
        return;
    vg_list__number(&u->d, "imo", imo, VG_NOSTR);
    bool is_firm = has_any(name, firm, sizeof firm / sizeof *firm);
    if (is_of_a_ship(imo) && !is_firm && vg_find(remark, VG_S("through its vessel")) < 0)
        p->schema = VG_SCHEMA_VESSEL;
}

static bool put_entry(un_reading *u, vg_err *e)
{
    vg_str whole = vg_list__join(u->r, u->name, 4, " ");
    ptrdiff_t second = vg_find(whole, VG_S(" ; ")); /* "A (AB) ; C (CD)" are two names of one group */
    vg_str more = second > 0 ? vg_sub(whole, second + 3, whole.n) : VG_NOSTR;
    whole = second > 0 ? vg_sub(whole, 0, second) : whole;
    vg_party_name *primary = vg_list__name(&u->d, whole, VG_NAME_PRIMARY);
    if (!primary) /* an alias is written the same */
        for (int64_t i = 0; i < u->d.p.name.n; i++)
            if (vg_eq(u->d.p.name.item[i].text, whole))
                ((vg_party_name *)(uintptr_t)u->d.p.name.item)[i].kind = VG_NAME_PRIMARY;
    while (more.n)
        vg_list__name(&u->d, vg_cut(&more, ';'), VG_NAME_ALIAS);
    for (vg_str rest = u->script; rest.n;)
        vg_list__name(&u->d, vg_cut(&rest, ';'), VG_NAME_SCRIPT);
    take_gender_of_comments(u);
    take_ship(u);
    vg_list__text(&u->d, &u->d.p.topic, VG_S("sanction"));
    u->in_entry = false;
    return vg_list__put(&u->d, e);
}

static bool close_element(void *ctx, const vg_xml_element *el, vg_err *e)
{
    un_reading *u = ctx;
    if (!u->in_entry)
        return true;
    if (el->depth == u->depth)
        return put_entry(u, e);
    if (el->depth == u->depth + 1) {
        take_sub_record(u, el->name);
        take_own(u, el->name, el->text);
    } else if (vg_eq(el->name, VG_S("VALUE"))) {
        take_value(u, el->parent, el->text);
    } else if (u->n_fields < N_FIELDS && el->name.n < (ptrdiff_t)sizeof u->field[0].name) {
        memcpy(u->field[u->n_fields].name, el->name.s, (size_t)el->name.n);
        u->field[u->n_fields].name[el->name.n] = 0;
        u->field[u->n_fields++].text = vg_list__copy(u->r, el->text);
    }
    return true;
}

bool vg_list_un__read(vg_list_reading *r, vg_err *e)
{
    un_reading u = { .r = r };
    r->found->about.licence = VG_S("United Nations publication");
    return vg_xml_read(r->in, &(vg_xml_handler){ &u, open_element, close_element }, e);
}
