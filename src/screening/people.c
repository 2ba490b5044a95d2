/* Columns of files of people, told by their headings, and rows as questions. Headings are compared without case, accents
 * of the common languages, blanks and signs, so that "Date of Birth", "date_of_birth" and "DATE-OF-BIRTH" are one. */
#include "screening/people.h"

#include <string.h>

#include "core/date.h"
#include "source/list.h"

typedef enum {
    ID,
    NAME,
    FIRST,
    MIDDLE,
    LAST,
    BIRTH,
    COUNTRY,
    NATIONALITY,
    GENDER,
    SCHEMA,
    ADDRESS,
    VARIANT,
    NUMBER
} meaning;

typedef struct {
    const char *heading; /* bare: lower case, letters and digits only */
    meaning what;
    const char *kind; /* of NUMBER */
} heading_row;

/* In the order of preference: of two columns for one meaning the one named first here is taken. */
static const heading_row headings[] = {
    { "unref", ID, NULL },
    { "osid", ID, NULL },
    { "entityid", ID, NULL },
    { "id", ID, NULL },
    { "customerid", ID, NULL },
    { "reference", ID, NULL },
    { "ref", ID, NULL },
    { "numero", ID, NULL },
    { "fullname", NAME, NULL },
    { "name", NAME, NULL },
    { "nomcomplet", NAME, NULL },
    { "passengername", NAME, NULL },
    { "passenger", NAME, NULL },
    { "passager", NAME, NULL },
    { "customername", NAME, NULL },
    { "customer", NAME, NULL },
    { "client", NAME, NULL },
    { "company", NAME, NULL },
    { "companyname", NAME, NULL },
    { "societe", NAME, NULL },
    { "entreprise", NAME, NULL },
    { "organisation", NAME, NULL },
    { "organization", NAME, NULL },
    { "vessel", NAME, NULL },
    { "vesselname", NAME, NULL },
    { "ship", NAME, NULL },
    { "shipname", NAME, NULL },
    { "navire", NAME, NULL },
    { "nombre", NAME, NULL },
    { "fio", NAME, NULL },
    { "firstname", FIRST, NULL },
    { "givenname", FIRST, NULL },
    { "givennames", FIRST, NULL },
    { "forename", FIRST, NULL },
    { "prenom", FIRST, NULL },
    { "prenoms", FIRST, NULL },
    { "vorname", FIRST, NULL },
    { "middlename", MIDDLE, NULL },
    { "patronymic", MIDDLE, NULL },
    { "fathername", MIDDLE, NULL },
    { "lastname", LAST, NULL },
    { "surname", LAST, NULL },
    { "familyname", LAST, NULL },
    { "nomdefamille", LAST, NULL },
    { "apellido", LAST, NULL },
    { "apellidos", LAST, NULL },
    { "nachname", LAST, NULL },
    { "nom", LAST, NULL },
    { "dateofbirth", BIRTH, NULL },
    { "birthdate", BIRTH, NULL },
    { "dob", BIRTH, NULL },
    { "birth", BIRTH, NULL },
    { "birthday", BIRTH, NULL },
    { "datedenaissance", BIRTH, NULL },
    { "naissance", BIRTH, NULL },
    { "neele", BIRTH, NULL },
    { "born", BIRTH, NULL },
    { "geburtsdatum", BIRTH, NULL },
    { "fechadenacimiento", BIRTH, NULL },
    { "yearofbirth", BIRTH, NULL },
    { "birthyear", BIRTH, NULL },
    { "nationality", NATIONALITY, NULL },
    { "nationalite", NATIONALITY, NULL },
    { "citizenship", NATIONALITY, NULL },
    { "nacionalidad", NATIONALITY, NULL },
    { "country", COUNTRY, NULL },
    { "pays", COUNTRY, NULL },
    { "countryofresidence", COUNTRY, NULL },
    { "pais", COUNTRY, NULL },
    { "flag", COUNTRY, NULL },
    { "countrycode", COUNTRY, NULL },
    { "gender", GENDER, NULL },
    { "sex", GENDER, NULL },
    { "sexe", GENDER, NULL },
    { "genre", GENDER, NULL },
    { "schema", SCHEMA, NULL },
    { "type", SCHEMA, NULL },
    { "entitytype", SCHEMA, NULL },
    { "address", ADDRESS, NULL },
    { "adresse", ADDRESS, NULL },
    { "direccion", ADDRESS, NULL },
    { "variant", VARIANT, NULL },
    { "passport", NUMBER, "passport" },
    { "passportnumber", NUMBER, "passport" },
    { "passportno", NUMBER, "passport" },
    { "passeport", NUMBER, "passport" },
    { "documentnumber", NUMBER, "passport" },
    { "nationalid", NUMBER, "national_id" },
    { "idnumber", NUMBER, "national_id" },
    { "taxnumber", NUMBER, "tax" },
    { "taxid", NUMBER, "tax" },
    { "inn", NUMBER, "tax" },
    { "vat", NUMBER, "tax" },
    { "imo", NUMBER, "imo" },
    { "imonumber", NUMBER, "imo" },
    { "mmsi", NUMBER, "mmsi" },
    { "lei", NUMBER, "lei" },
    { "registrationnumber", NUMBER, "registration" },
    { "siren", NUMBER, "registration" },
    { "wallet", NUMBER, "wallet" },
    { "swift", NUMBER, "swift" },
    { "bic", NUMBER, "swift" },
};

/* Words of --map. */
static const struct {
    const char *word;
    meaning what;
} map_words[] = {
    { "id", ID },           { "name", NAME },       { "first", FIRST },
    { "middle", MIDDLE },   { "last", LAST },       { "birth", BIRTH },
    { "country", COUNTRY }, { "gender", GENDER },   { "nationality", NATIONALITY },
    { "schema", SCHEMA },   { "address", ADDRESS }, { "variant", VARIANT },
};

#define N_OF(a) ((int32_t)(sizeof(a) / sizeof *(a)))

static const char *const number_words[] = {
    "passport", "national_id",  "tax",   "imo",       "mmsi", "lei",
    "wallet",   "registration", "swift", "call_sign", "tail", "other"
};

static int32_t *slot_of(vg_people_columns *c, meaning what)
{
    int32_t *const slot[] = { [ID] = &c->id,
                              [NAME] = &c->name,
                              [FIRST] = &c->first_name,
                              [MIDDLE] = &c->middle_name,
                              [LAST] = &c->last_name,
                              [BIRTH] = &c->birth,
                              [COUNTRY] = &c->country,
                              [NATIONALITY] = &c->nationality,
                              [GENDER] = &c->gender,
                              [SCHEMA] = &c->schema,
                              [ADDRESS] = &c->address,
                              [VARIANT] = &c->variant };
    return slot[what];
}

static void clear(vg_people_columns *c)
{
    *c = (vg_people_columns){ .n_numbers = 0 };
    for (meaning m = ID; m < NUMBER; m++)
        *slot_of(c, m) = -1;
}

/* é, è, ê, ë (C3 A8..AB) are e; other marks are rare in headings. */
static int32_t bare(vg_str heading, char out[64])
{
    int32_t n = 0;
    for (ptrdiff_t i = 0; i < heading.n && n < 63; i++) {
        unsigned char x = (unsigned char)vg_lower(heading.s[i]);
        bool accent = x == 0xC3 && i + 1 < heading.n;
        unsigned char y = accent ? (unsigned char)heading.s[i + 1] : 0;
        if (accent && ((y >= 0xA8 && y <= 0xAB) || (y >= 0x88 && y <= 0x8B)))
            out[n++] = 'e';
        else if ((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9'))
            out[n++] = (char)x;
    }
    out[n] = 0;
    return n;
}

static int32_t find_heading(const vg_str *heading, int32_t n, const char *wanted)
{
    char text[64];
    for (int32_t i = 0; i < n; i++) {
        bare(heading[i], text);
        if (strcmp(text, wanted) == 0)
            return i;
    }
    return -1;
}

static void add_number(vg_people_columns *c, int32_t column, const char *kind)
{
    if (c->n_numbers == N_OF(c->number))
        return;
    c->number_kind[c->n_numbers] = vg_str_z(kind);
    c->number[c->n_numbers++] = column;
}

static bool has_name(const vg_people_columns *c)
{
    return c->name >= 0 || c->last_name >= 0 || c->first_name >= 0;
}

bool vg_people_columns_guess(const vg_str *heading, int32_t n, vg_people_columns *out)
{
    vg_people_columns c;
    clear(&c);
    for (int32_t i = 0; i < N_OF(headings); i++) {
        int32_t at = find_heading(heading, n, headings[i].heading);
        if (at < 0)
            continue;
        if (headings[i].what == NUMBER)
            add_number(&c, at, headings[i].kind);
        else if (*slot_of(&c, headings[i].what) < 0)
            *slot_of(&c, headings[i].what) = at;
    }
    if (c.name < 0 && c.last_name >= 0 && c.first_name < 0) { /* "nom" alone is the whole name */
        c.name = c.last_name;
        c.last_name = -1;
    }
    *out = c;
    return has_name(&c);
}

/* --- as told --- */

static bool no_column(vg_str wanted, const vg_str *heading, int32_t n, vg_err *e)
{
    char there[160];
    int at = 0;
    for (int32_t i = 0; i < n && at < (int)sizeof there - 1; i++) {
        int more = snprintf(there + at, sizeof there - (size_t)at, "%s%.*s", i ? ", " : "",
                            VG_P(vg_utf8_head(heading[i], 40)));
        at += more > 0 ? more : 0;
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "no column is called \"%.*s\"", VG_P(wanted));
    vg_why(e, "the columns are: %s", there);
    return vg_mend(e, "name one of them: --map \"name=COLUMN,birth=COLUMN,country=COLUMN\"");
}

static bool put_meaning(vg_people_columns *c, vg_str word, int32_t column, vg_err *e)
{
    for (int32_t i = 0; i < N_OF(map_words); i++)
        if (vg_eq(word, vg_str_z(map_words[i].word))) {
            *slot_of(c, map_words[i].what) = column;
            return true;
        }
    for (int32_t i = 0; i < N_OF(number_words); i++)
        if (vg_eq(word, vg_str_z(number_words[i]))) {
            add_number(c, column, number_words[i]);
            return true;
        }
    vg_fail(e, VG_EARG, VG_NOWHERE, "--map does not know \"%.*s\"", VG_P(word));
    return vg_mend(
        e, "it knows id, name, first, middle, last, birth, country, nationality, gender, schema, address and "
           "kinds of numbers: passport, national_id, tax, imo, mmsi, lei, registration, wallet, swift");
}

bool vg_people_columns_map(vg_str map, const vg_str *heading, int32_t n, vg_people_columns *out, vg_err *e)
{
    vg_people_columns c;
    clear(&c);
    while (map.n) {
        vg_str name = vg_cut(&map, ','), word = vg_trim(vg_cut(&name, '='));
        int32_t at = 0;
        name = vg_trim(name);
        while (at < n && !vg_eq_nocase(vg_trim(heading[at]), name))
            at++;
        if (at == n)
            return no_column(name, heading, n, e);
        if (!put_meaning(&c, word, at, e))
            return false;
    }
    if (!has_name(&c)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--map names no column with names");
        return vg_mend(e, "say name=COLUMN, or first=COLUMN,last=COLUMN");
    }
    *out = c;
    return true;
}

vg_str vg_people_columns_text(const vg_people_columns *c, const vg_str *heading, vg_arena *a)
{
    vg_people_columns mine = *c;
    vg_str text = VG_S("");
    for (int32_t i = 0; i < N_OF(map_words); i++) {
        int32_t at = *slot_of(&mine, map_words[i].what);
        if (at >= 0)
            text = vg_format(a, "%.*s%s%s=%.*s", VG_P(text), text.n ? "," : "", map_words[i].word,
                             VG_P(heading[at]));
    }
    for (int32_t i = 0; i < c->n_numbers; i++)
        text = vg_format(a, "%.*s%s%.*s=%.*s", VG_P(text), text.n ? "," : "", VG_P(c->number_kind[i]),
                         VG_P(heading[c->number[i]]));
    return text;
}

/* --- rows --- */

static vg_str cell_of(const vg_str *cell, int32_t n, int32_t column)
{
    return column >= 0 && column < n ? vg_trim(cell[column]) : VG_NOSTR;
}

static bool put_name(const vg_people_columns *c, const vg_str *cell, int32_t n, vg_arena *a, vg_party *out)
{
    vg_party_name *name = vg_new(a, vg_party_name, 1);
    if (!name)
        return false;
    name->given = cell_of(cell, n, c->first_name);
    name->middle = cell_of(cell, n, c->middle_name);
    name->family = cell_of(cell, n, c->last_name);
    name->text = cell_of(cell, n, c->name);
    if (!name->text.n)
        name->text = vg_format(a, "%.*s%s%.*s%s%.*s", VG_P(name->given), name->middle.n ? " " : "",
                               VG_P(name->middle), name->family.n ? " " : "", VG_P(name->family));
    name->text = vg_trim(name->text);
    out->name.item = name;
    out->name.n = name->text.n > 0;
    return true;
}

static bool put_birth(vg_str text, vg_arena *a, vg_party *out)
{
    enum { MOST = 4 };
    vg_party_date *d = vg_new(a, vg_party_date, MOST);
    int n = d && text.n ? vg_list_dates(text, false, d, MOST) : 0;
    out->birth.item = d;
    out->birth.n = n;
    return d != NULL;
}

static bool put_text(vg_str text, vg_arena *a, vg_texts *out)
{
    vg_str *item = vg_new(a, vg_str, 1);
    if (!item)
        return false;
    *item = text;
    *out = (vg_texts){ item, text.n > 0 };
    return true;
}

static bool put_numbers(const vg_people_columns *c, const vg_str *cell, int32_t n, vg_arena *a, vg_party *out)
{
    vg_party_number *number = vg_new(a, vg_party_number, c->n_numbers + 1);
    out->number.item = number;
    for (int32_t i = 0; number && i < c->n_numbers; i++) {
        vg_str value = cell_of(cell, n, c->number[i]);
        if (value.n)
            number[out->number.n++] = (vg_party_number){ .kind = c->number_kind[i], .value = value };
    }
    return number != NULL;
}

bool vg_people_row(const vg_people_columns *c, const vg_str *cell, int32_t n, vg_schema schema, vg_arena *a,
                   vg_party *out, vg_err *e)
{
    vg_party p = { .schema = schema };
    int word = vg_screening_schema_by_word(cell_of(cell, n, c->schema));
    vg_str gender = cell_of(cell, n, c->gender);
    char letter = gender.n ? vg_lower(gender.s[0]) : 0;
    bool female = letter == 'f' || letter == 'w', other = vg_eq_nocase(gender, VG_S("other"));
    if (word >= 0)
        p.schema = (vg_schema)word;
    p.id = cell_of(cell, n, c->id);
    p.gender = (char)(other ? 0 : female ? 'f' : letter == 'm' || letter == 'h' ? 'm' : 0);
    if (!put_name(c, cell, n, a, &p) || !put_birth(cell_of(cell, n, c->birth), a, &p) ||
        !put_text(cell_of(cell, n, c->country), a, &p.country) ||
        !put_text(cell_of(cell, n, c->nationality), a, &p.nationality) ||
        !put_text(cell_of(cell, n, c->address), a, &p.address) || !put_numbers(c, cell, n, a, &p))
        return vg_fail_memory(e, vg_arena_limit(a));
    *out = p;
    return true;
}
