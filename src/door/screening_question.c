/* Questions: a party put together from FollowTheMoney properties, whoever sends them. Invariant: what is not known as a
 * property is passed over and said so; nothing is asked that the request did not say. */
#include <string.h>

#include "core/date.h"
#include "door/screening_int.h"

enum { MOST = 200 }; /* values of one kind in a question */

typedef enum {
    NAME,
    GIVEN,
    MIDDLE,
    PATRONYMIC,
    FAMILY,
    BIRTH,
    COUNTRY,
    NATIONALITY,
    GENDER,
    ADDRESS,
    NUMBER
} field;

static const struct {
    const char *property;
    field field;
    const char *detail; /* of a number its kind */
    vg_name_kind name;
} known[] = {
    { "name", NAME, NULL, VG_NAME_PRIMARY },
    { "alias", NAME, NULL, VG_NAME_ALIAS },
    { "weakAlias", NAME, NULL, VG_NAME_WEAK },
    { "previousName", NAME, NULL, VG_NAME_FORMER },
    { "abbreviation", NAME, NULL, VG_NAME_WEAK },
    { "firstName", GIVEN, NULL, 0 },
    { "middleName", MIDDLE, NULL, 0 },
    { "secondName", MIDDLE, NULL, 0 },
    { "fatherName", PATRONYMIC, NULL, 0 },
    { "lastName", FAMILY, NULL, 0 },
    { "birthDate", BIRTH, NULL, 0 },
    { "incorporationDate", BIRTH, NULL, 0 },
    { "buildDate", BIRTH, NULL, 0 },
    { "country", COUNTRY, NULL, 0 },
    { "mainCountry", COUNTRY, NULL, 0 },
    { "jurisdiction", COUNTRY, NULL, 0 },
    { "flag", COUNTRY, NULL, 0 },
    { "nationality", NATIONALITY, NULL, 0 },
    { "citizenship", NATIONALITY, NULL, 0 },
    { "gender", GENDER, NULL, 0 },
    { "address", ADDRESS, NULL, 0 },
    { "full", ADDRESS, NULL, 0 },
    { "passportNumber", NUMBER, "passport", 0 },
    { "idNumber", NUMBER, "national_id", 0 },
    { "socialSecurityNumber", NUMBER, "national_id", 0 },
    { "taxNumber", NUMBER, "tax", 0 },
    { "vatCode", NUMBER, "tax", 0 },
    { "innCode", NUMBER, "tax", 0 },
    { "registrationNumber", NUMBER, "registration", 0 },
    { "ogrnCode", NUMBER, "registration", 0 },
    { "okpoCode", NUMBER, "registration", 0 },
    { "uscCode", NUMBER, "registration", 0 },
    { "leiCode", NUMBER, "lei", 0 },
    { "swiftBic", NUMBER, "swift", 0 },
    { "imoNumber", NUMBER, "imo", 0 },
    { "mmsi", NUMBER, "mmsi", 0 },
    { "callSign", NUMBER, "call_sign", 0 },
    { "serialNumber", NUMBER, "tail", 0 },
    { "publicKey", NUMBER, "wallet", 0 },
    { "number", NUMBER, NULL, 0 }, /* "imo:9074729", or what its form says */
};

bool vg_question_begin(vg_question *q, vg_arena *a, vg_err *e)
{
    *q = (vg_question){ .a = a,
                        .name = vg_new(a, vg_party_name, MOST),
                        .birth = vg_new(a, vg_party_date, MOST),
                        .number = vg_new(a, vg_party_number, MOST),
                        .country = vg_new(a, vg_str, MOST),
                        .nationality = vg_new(a, vg_str, MOST),
                        .address = vg_new(a, vg_str, MOST) };
    if (!q->name || !q->birth || !q->number || !q->country || !q->nationality || !q->address)
        return vg_fail_memory(e, vg_arena_limit(a));
    q->party.name.item = q->name;
    q->party.birth.item = q->birth;
    q->party.number.item = q->number;
    q->party.country.item = q->country;
    q->party.nationality.item = q->nationality;
    q->party.address.item = q->address;
    q->party.listed_on = q->party.changed_on = q->party.ended_on = VG_NO_DAY;
    return true;
}

/* The place of the next value. */
static bool room(int64_t *n, int64_t *at, vg_err *e)
{
    if (*n == MOST) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "a property has more than %d values", MOST);
        return vg_mend(e, "ask with the names and numbers that matter");
    }
    *at = (*n)++;
    return true;
}

static bool add_text(vg_texts *to, vg_str *item, vg_str value, vg_err *e)
{
    int64_t at = 0;
    if (!room(&to->n, &at, e))
        return false;
    item[at] = value;
    return true;
}

static bool add_birth(vg_question *q, vg_str value, vg_err *e)
{
    int64_t at = 0;
    vg_party_date d;
    if (!vg_span_read(value, &d)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a date cannot be read: \"%.*s\"", VG_P(vg_utf8_head(value, 40)));
        return vg_mend(e, "write 1965, 1965-03 or 1965-03-07");
    }
    if (!room(&q->party.birth.n, &at, e))
        return false;
    q->birth[at] = d;
    return true;
}

static char gender_of(vg_str value)
{
    char first = value.n ? vg_lower(value.s[0]) : 0;
    bool word = value.n == 1 || vg_eq_nocase(value, VG_S("male")) || vg_eq_nocase(value, VG_S("female"));
    return word && (first == 'm' || first == 'f') ? first : 0;
}

static bool all_digits(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.s[i] < '0' || s.s[i] > '9')
            return false;
    return s.n > 0;
}

/* A number whose kind is written before it ("imo:9074729", "IMO 9074729") or shown by its form. */
static vg_party_number plain_number(vg_str value)
{
    static const char *const kind[] = {
        "passport",     "national_id", "tax",   "imo",       "mmsi", "lei",
        "registration", "wallet",      "swift", "call_sign", "tail", "other"
    };
    for (int i = 0; i < VG_N_OF(kind); i++) {
        vg_str word = vg_str_z(kind[i]), rest = vg_sub(value, word.n, value.n);
        if (vg_eq_nocase(vg_sub(value, 0, word.n), word) && rest.n > 1 &&
            (rest.s[0] == ':' || rest.s[0] == ' '))
            return (vg_party_number){ .kind = word, .value = vg_trim(vg_sub(rest, 1, rest.n)) };
    }
    const char *form = all_digits(value) && value.n == 7   ? "imo"
                       : all_digits(value) && value.n == 9 ? "mmsi"
                       : value.n == 20                     ? "lei"
                                                           : "other";
    return (vg_party_number){ .kind = vg_str_z(form), .value = value };
}

bool vg_question_add(vg_question *q, vg_str property, vg_str value, bool *is_known, vg_err *e)
{
    int i = 0;
    int64_t at = 0;
    while (i < VG_N_OF(known) && !vg_eq(property, vg_str_z(known[i].property)))
        i++;
    *is_known = i < VG_N_OF(known);
    value = vg_trim(value);
    if (!*is_known || !value.n)
        return true;
    switch (known[i].field) {
    case NAME:
        if (!room(&q->party.name.n, &at, e))
            return false;
        q->name[at] = (vg_party_name){ .text = value, .kind = known[i].name };
        return true;
    case GIVEN: q->given = value; return true;
    case MIDDLE: q->middle = value; return true;
    case PATRONYMIC: q->patronymic = value; return true;
    case FAMILY: q->family = value; return true;
    case BIRTH: return add_birth(q, value, e);
    case COUNTRY: return add_text(&q->party.country, q->country, value, e);
    case NATIONALITY: return add_text(&q->party.nationality, q->nationality, value, e);
    case GENDER: q->party.gender = gender_of(value); return true;
    case ADDRESS: return add_text(&q->party.address, q->address, value, e);
    case NUMBER:
        if (!room(&q->party.number.n, &at, e))
            return false;
        q->number[at] = (vg_party_number){ .kind = vg_str_z(known[i].detail), .value = value };
        if (!known[i].detail)
            q->number[at] = plain_number(value);
        return true;
    }
    return true;
}

static vg_str join(vg_arena *a, vg_str left, vg_str right)
{
    if (!left.n || !right.n)
        return left.n ? left : right;
    return vg_format(a, "%.*s %.*s", VG_P(left), VG_P(right));
}

bool vg_question_end(vg_question *q, vg_err *e)
{
    vg_str whole = join(q->a, join(q->a, q->given, q->middle), join(q->a, q->patronymic, q->family));
    if (q->party.name.n == 0 && whole.n) {
        q->name[0] = (vg_party_name){ .text = whole };
        q->party.name.n = 1;
    }
    if (q->party.name.n && q->family.n) {
        q->name[0].given = q->given;
        q->name[0].middle = q->middle;
        q->name[0].patronymic = q->patronymic;
        q->name[0].family = q->family;
    }
    return whole.s || !whole.n || vg_fail_memory(e, vg_arena_limit(q->a));
}

bool vg_question_schema(vg_str word, vg_schema *out, vg_err *e)
{
    int s = vg_screening_schema_by_word(word);
    *out = VG_SCHEMA_ANY;
    if (!word.n)
        return true;
    if (s >= 0) {
        *out = (vg_schema)s;
        return true;
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no schema \"%.*s\"", VG_P(vg_utf8_head(word, 40)));
    return vg_mend(e, "it is one of Person, Organization, Company, LegalEntity, Vessel, Airplane");
}
