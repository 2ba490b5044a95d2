/* Lists that are tables with a header: a layout says which columns hold what, and rows of one id are one party. Invariant:
 * every layout goes through the same few lines of code; nothing here knows a publisher's name. */
#include "source/list_rows_int.h"

#include <math.h>
#include <string.h>

typedef struct {
    int32_t at[VG_ROWS_JOINED]; /* columns of the file; -1 = absent */
    int n;
} place;

typedef struct {
    vg_list_reading *r;
    const vg_rows_layout *layout;
    vg_csv *csv;
    vg_csv_row row;
    int32_t n_header;
    const vg_str *header;
    place *place; /* of each column of the layout */
    vg_map ids;
    vg_list_draft *draft;
    int64_t n, cap;
} rows;

/* --- columns --- */

int32_t vg_rows__column(const vg_str *header, int32_t n, vg_str names)
{
    for (vg_str rest = names; rest.n;) {
        vg_str name = vg_cut(&rest, '|');
        for (int32_t i = 0; i < n; i++)
            if (vg_eq_nocase(header[i], name))
                return i;
    }
    return -1;
}

static place find_place(const rows *t, const char *columns)
{
    place p = { .n = 0 };
    for (vg_str rest = vg_str_z(columns); rest.n && p.n < VG_ROWS_JOINED;) {
        int32_t at = vg_rows__column(t->header, t->n_header, vg_cut(&rest, '+'));
        if (at >= 0)
            p.at[p.n++] = at;
    }
    return p;
}

static vg_str cell(const rows *t, int32_t at)
{
    return at >= 0 && at < t->row.n ? vg_trim(t->row.cell[at]) : VG_NOSTR;
}

/* The cells of a column of the layout, joined where it names several. */
static vg_str value(const rows *t, const place *p, const char *between)
{
    vg_str part[VG_ROWS_JOINED];
    if (p->n == 0)
        return VG_NOSTR;
    if (p->n == 1)
        return cell(t, p->at[0]);
    for (int i = 0; i < p->n; i++)
        part[i] = cell(t, p->at[i]);
    return vg_list__join(t->r, part, p->n, between);
}

static vg_str value_of(const rows *t, vg_rows_field f)
{
    for (int i = 0; t->layout->column[i].names; i++)
        if (t->layout->column[i].field == f)
            return value(t, &t->place[i], " ");
    return VG_NOSTR;
}

/* --- names --- */

static vg_name_kind kind_of(const rows *t)
{
    vg_str type = value_of(t, VG_ROWS_NAME_TYPE), quality = value_of(t, VG_ROWS_NAME_QUALITY);
    if (vg_eq_nocase(vg_sub(quality, 0, 3), VG_S("low")) || vg_eq_nocase(quality, VG_S("weak")))
        return VG_NAME_WEAK;
    if (!type.n)
        return VG_NAME_PRIMARY;
    if (vg_eq_nocase(type, VG_S("Primary name")))
        return VG_NAME_PRIMARY;
    if (vg_eq_nocase(type, VG_S("FKA")) || vg_eq_nocase(type, VG_S("former")))
        return VG_NAME_FORMER;
    return VG_NAME_ALIAS;
}

/* "Olena IVANOVA / Elena IVANOVA": two names. What stands behind the stroke is given back and cut off; parts of a letter
 * or two ("A / S") are no names. */
static vg_str first_of_several(vg_str *text)
{
    enum { SHORTEST = 4 };
    ptrdiff_t at = vg_find(*text, VG_S(" / "));
    if (at < SHORTEST || text->n - at - 3 < SHORTEST)
        return VG_NOSTR;
    vg_str rest = vg_sub(*text, at + 3, text->n);
    *text = vg_sub(*text, 0, at);
    return rest;
}

/* "A; B (C); D / E": every part is an alias. */
static void take_aliases(vg_list_draft *d, vg_str text, vg_name_kind kind)
{
    while (text.n)
        for (vg_str one = vg_cut(&text, ';'), more; one.n; one = more) {
            more = first_of_several(&one);
            vg_list__name(d, one, kind);
        }
}

static void take_names(rows *t, vg_list_draft *d)
{
    vg_str whole = value_of(t, VG_ROWS_WHOLE), given = value_of(t, VG_ROWS_GIVEN),
           family = value_of(t, VG_ROWS_FAMILY);
    vg_str middle = value_of(t, VG_ROWS_MIDDLE), script = value_of(t, VG_ROWS_SCRIPT);
    vg_name_kind kind = kind_of(t);
    if (kind == VG_NAME_PRIMARY && d->p.name.n && !value_of(t, VG_ROWS_NAME_TYPE).n)
        kind = VG_NAME_ALIAS; /* the first name of a party is its primary one */
    if (!whole.n && (given.n || family.n || middle.n)) {
        const vg_str part[] = { given, middle, family };
        whole = vg_list__join(t->r, part, 3, " ");
    }
    vg_str more = first_of_several(&whole);
    vg_party_name *name = vg_list__name(d, whole, kind);
    if (name && !more.n) {
        name->given = vg_list__copy(t->r, given);
        name->middle = vg_list__copy(t->r, middle);
        name->family = given.n ? vg_list__copy(t->r, family) : VG_NOSTR; /* of a firm it is the whole name */
        name->language = vg_list__copy(t->r, value_of(t, VG_ROWS_LANGUAGE));
    }
    if (more.n) /* looked at again: there may be a third */
        take_aliases(d, more, kind == VG_NAME_PRIMARY ? VG_NAME_ALIAS : kind);
    vg_list__name(d, script, VG_NAME_SCRIPT);
}

/* --- values --- */

static vg_texts *texts_of(vg_party *p, vg_rows_field f)
{
    switch (f) {
    case VG_ROWS_PROGRAMME: return &p->programme;
    case VG_ROWS_POSITION: return &p->position;
    case VG_ROWS_REMARK: return &p->remark;
    case VG_ROWS_URL: return &p->url;
    case VG_ROWS_TOPIC: return &p->topic;
    case VG_ROWS_BIRTH_PLACE: return &p->birth_place;
    case VG_ROWS_ADDRESS: return &p->address;
    case VG_ROWS_COUNTRY: return &p->country;
    case VG_ROWS_NATIONALITY: return &p->nationality;
    default: return NULL;
    }
}

/* One country, or two with "and" or "or" between them, unless that is one country's name. */
static void take_country(vg_list_draft *d, vg_texts *to, vg_str one)
{
    static const char *const joint[] = { " and ", " or " };
    if (one.n && one.s[0] == '(') { /* "(1) Iraq" */
        ptrdiff_t close = vg_find_byte(one, ')');
        one = vg_trim(vg_sub(one, close + 1, one.n));
    }
    ptrdiff_t open = vg_find_byte(one, '(');
    one = vg_trim(open > 0 ? vg_sub(one, 0, open) : one);
    for (int i = 0; i < 2; i++) {
        ptrdiff_t n = i ? 4 : 5, at = vg_find(one, vg_str_z(joint[i]));
        if (at > 0 && vg_list_country(one).n != 2) {
            vg_list__country(d, to, vg_sub(one, 0, at));
            one = vg_trim(vg_sub(one, at + n, one.n));
        }
    }
    if (vg_starts(one, VG_S("or ")) || vg_starts(one, VG_S("and ")))
        (void)vg_cut(&one, ' ');
    vg_list__country(d, to, one);
}

/* Countries stand side by side with ",", ";" or "/", and may have a note in brackets or a number before them. */
static void take_countries(vg_list_draft *d, vg_texts *to, vg_str text)
{
    vg_str whole = vg_list_country(text);
    if (whole.n == 2 && !vg_eq(whole, VG_S("00"))) { /* a name with a comma is one country */
        vg_list__text(d, to, whole);
        return;
    }
    while (text.n) {
        ptrdiff_t n = 0;
        while (n < text.n && text.s[n] != ',' && text.s[n] != ';' && text.s[n] != '/')
            n++;
        take_country(d, to, vg_trim(vg_sub(text, 0, n)));
        text = vg_sub(text, n + 1, text.n);
    }
}

/* Addresses of the Consolidated Screening List end with the country's two letters. */
static void take_addresses(vg_list_draft *d, vg_str text)
{
    while (text.n) {
        vg_str one = vg_trim(vg_cut(&text, ';'));
        vg_list__text(d, &d->p.address, one);
        bool code = one.n >= 2 && (one.n == 2 || one.s[one.n - 3] == ' ');
        vg_str country = code ? vg_list_country(vg_sub(one, one.n - 2, 2)) : VG_NOSTR;
        if (country.n == 2 && vg_eq(country, vg_sub(one, one.n - 2, 2)))
            vg_list__text(d, &d->p.country, country);
    }
}

/* "Passport, U00242309, TR; Gender, Male": kind, number, country. */
static void take_labelled(vg_list_draft *d, vg_str text)
{
    while (text.n) {
        vg_str part = vg_trim(vg_cut(&text, ';')), label = vg_trim(vg_cut(&part, ',')), behind;
        vg_str number = vg_trim(vg_cut(&part, ',')), country = vg_trim(part);
        const char *kind = vg_list__number_kind(label, &behind);
        if (vg_eq(label, VG_S("Gender")))
            vg_list__gender(d, number);
        else if (vg_eq(label, VG_S("Website")))
            vg_list__text(d, &d->p.url, number);
        else if (vg_eq(label, VG_S("Organization Established Date")))
            vg_list__birth(d, number, false);
        else if (vg_starts(label, VG_S("Digital Currency Address")))
            vg_list__number(d, "wallet", number,
                            label.n > 27 ? vg_trim(vg_sub(label, 26, label.n)) : VG_NOSTR);
        else if (kind && strcmp(kind, "imo") == 0)
            vg_list__number(d, "imo", vg_list__find_imo(number).n ? vg_list__find_imo(number) : number,
                            VG_NOSTR);
        else if (kind)
            vg_list__number(d, kind, number, country.n == 2 ? country : VG_NOSTR);
    }
}

/* A document whose kind stands in a column of its own. */
static void take_typed(rows *t, vg_list_draft *d, vg_str number)
{
    static const char *const kind[] = { "passport",     "passport",     "id",        "national_id",
                                        "ssn",          "national_id",  "regnumber", "registration",
                                        "registration", "registration", "tax",       "tax",
                                        "fiscalcode",   "tax",          "imo",       "imo",
                                        "swiftbic",     "swift" };
    vg_str type = value_of(t, VG_ROWS_NUMBER_TYPE), country = value_of(t, VG_ROWS_NUMBER_COUNTRY);
    const char *found = "other";
    for (size_t i = 0; i + 1 < sizeof kind / sizeof *kind && strcmp(found, "other") == 0; i += 2)
        if (vg_eq_nocase(vg_sub(type, 0, (ptrdiff_t)strlen(kind[i])), vg_str_z(kind[i])))
            found = kind[i + 1];
    vg_list__number(d, found, number, country.n ? vg_list_country(country) : VG_NOSTR);
}

/* What stands behind a number in its cell: when and by whom it was issued, other numbers with their own names. */
static vg_str without_notes(vg_str one)
{
    static const char *const note[] = { " (",   ", issued", " issued", ", valid", ", KPP",
                                        " KPP", ", OKPO",   " OKPO",   ", OGRN" };
    for (size_t i = 0; i < sizeof note / sizeof *note; i++) {
        ptrdiff_t at = vg_find(one, vg_str_z(note[i]));
        if (at > 0)
            one = vg_sub(one, 0, at);
    }
    return vg_trim(one);
}

/* Numbers in one cell are parted by ";", and a note in brackets is no part of them. */
static void take_numbers(vg_list_draft *d, const char *kind, vg_str text)
{
    while (text.n) {
        vg_str one = vg_trim(vg_cut(&text, ';'));
        if (one.n && one.s[0] == '(') { /* "(1) 12345" */
            ptrdiff_t close = vg_find_byte(one, ')');
            one = vg_trim(vg_sub(one, close + 1, one.n));
        }
        vg_list__number(d, kind, without_notes(one), VG_NOSTR);
    }
}

static void take_range(rows *t, vg_list_draft *d, vg_str from_year)
{
    vg_party_date from, to;
    vg_str to_year = value_of(t, VG_ROWS_TO_YEAR);
    if (vg_list_dates(from_year, false, &from, 1) == 1 &&
        vg_list_dates(to_year.n ? to_year : from_year, false, &to, 1) == 1)
        vg_list__add_birth(d, (vg_party_date){ from.day_from, to.day_to, true });
}

static void take_birth(rows *t, vg_list_draft *d, vg_str text)
{
    int64_t before = d->p.birth.n;
    vg_list__birth(d, text, t->layout->month_first);
    if (d->p.birth.n > before && vg_eq_nocase(value_of(t, VG_ROWS_CIRCA), VG_S("true")))
        ((vg_party_date *)(uintptr_t)d->p.birth.item)[before].approximate = true;
}

static void take_day(const rows *t, int32_t *day, vg_str text)
{
    int32_t read = vg_list__day(text, t->layout->month_first);
    if (read != VG_NO_DAY && (*day == VG_NO_DAY || read > *day))
        *day = read;
}

static void take_value(rows *t, vg_list_draft *d, const vg_rows_column *c, vg_str text)
{
    switch (c->field) {
    case VG_ROWS_ALIAS: take_aliases(d, text, VG_NAME_ALIAS); break;
    case VG_ROWS_WEAK: take_aliases(d, text, VG_NAME_WEAK); break;
    case VG_ROWS_FORMER: take_aliases(d, text, VG_NAME_FORMER); break;
    case VG_ROWS_BIRTH: take_birth(t, d, text); break;
    case VG_ROWS_BIRTH_PARTS:
        if (!value_of(t, VG_ROWS_BIRTH).n)
            take_birth(t, d, text);
        break;
    case VG_ROWS_FROM_YEAR: take_range(t, d, text); break;
    case VG_ROWS_GENDER: vg_list__gender(d, text); break;
    case VG_ROWS_COUNTRY:
    case VG_ROWS_NATIONALITY: take_countries(d, texts_of(&d->p, c->field), text); break;
    case VG_ROWS_ADDRESSES: take_addresses(d, text); break;
    case VG_ROWS_LISTED: take_day(t, &d->p.listed_on, text); break;
    case VG_ROWS_CHANGED: take_day(t, &d->p.changed_on, text); break;
    case VG_ROWS_ENDED: take_day(t, &d->p.ended_on, text); break;
    case VG_ROWS_NUMBER: take_numbers(d, c->kind, text); break;
    case VG_ROWS_TYPED: take_typed(t, d, text); break;
    case VG_ROWS_LABELLED: take_labelled(d, text); break;
    case VG_ROWS_OWNER: vg_list__link(d, "owner", text, NAN, vg_str_z(c->kind)); break;
    case VG_ROWS_LINK: vg_list__link(d, "linked", text, NAN, vg_str_z(c->kind)); break;
    default:
        if (texts_of(&d->p, c->field))
            vg_list__text(d, texts_of(&d->p, c->field), text);
    }
}

/* --- rows --- */

static bool is_whole(const rows *t, const place *p)
{
    for (int i = 0; i < p->n; i++)
        if (!cell(t, p->at[i]).n)
            return false;
    return p->n > 0;
}

/* The first id of the layout all of whose parts are there; where ids may lack, what tells the party apart. */
static vg_str id_of(const rows *t)
{
    for (int i = 0; t->layout->column[i].names; i++)
        if (t->layout->column[i].field == VG_ROWS_ID && is_whole(t, &t->place[i]))
            return value(t, &t->place[i], "-");
    const vg_str part[] = { value_of(t, VG_ROWS_WHOLE), value_of(t, VG_ROWS_GIVEN),
                            value_of(t, VG_ROWS_FAMILY), value_of(t, VG_ROWS_BIRTH) };
    return t->layout->id_needed ? VG_NOSTR : vg_list__join(t->r, part, 4, " ");
}

static bool refuse_row(rows *t, const char *what, const char *why, vg_err *e)
{
    vg_err reason = VG_NO_ERR;
    vg_fail(&reason, VG_EPARSE, vg_csv_at(t->csv, &t->row, 0), "%s", what);
    vg_why(&reason, "%s", why);
    return vg_list__reject(t->r, &reason, t->row.raw, e);
}

/* The draft of the row's party, a new one when its id is new. NULL with no failure = the row was refused. */
static vg_list_draft *draft_of(rows *t, vg_err *e)
{
    vg_list_reading *r = t->r;
    bool was_new;
    vg_str id = id_of(t);
    if (!id.n || id.n > 1000) {
        refuse_row(t, id.n ? "an id of more than 1000 bytes" : "a row without an id or name",
                   "a row tells of one party of the list", e);
        return NULL;
    }
    int32_t at = vg_map_add(&t->ids, id, &was_new);
    if (at < 0) {
        vg_fail_memory(e, vg_arena_limit(&r->work));
        return NULL;
    }
    if (!was_new)
        return &t->draft[at];
    if (t->n == t->cap) {
        int64_t wider = t->cap ? t->cap * 2 : 1024;
        vg_list_draft *moved = vg_new(&r->work, vg_list_draft, wider);
        if (!moved) {
            vg_fail_memory(e, vg_arena_limit(&r->work));
            return NULL;
        }
        if (t->n)
            memcpy(moved, t->draft, (size_t)t->n * sizeof *moved);
        t->draft = moved;
        t->cap = wider;
    }
    vg_list_draft *d = &t->draft[t->n++];
    vg_list__begin(d, r, vg_csv_at(t->csv, &t->row, 0));
    d->p.id = vg_list__copy(r, id);
    d->p.schema_name = vg_list__copy(r, value_of(t, VG_ROWS_SCHEMA));
    d->p.schema = vg_schema_from_word(d->p.schema_name);
    if (t->layout->topic)
        vg_list__text(d, &d->p.topic, vg_str_z(t->layout->topic));
    return d;
}

static bool take_row(rows *t, vg_err *e)
{
    if (t->row.n == t->n_header && vg_eq(cell(t, 0), t->header[0]) &&
        vg_eq(cell(t, t->n_header - 1), t->header[t->n_header - 1]))
        return true; /* the header again */
    vg_list_draft *d = draft_of(t, e);
    if (!d)
        return !vg_failed(e);
    d->at = d->at.line ? d->at : vg_csv_at(t->csv, &t->row, 0);
    take_names(t, d);
    for (int i = 0; t->layout->column[i].names; i++) {
        const vg_rows_column *c = &t->layout->column[i];
        if (c->field < VG_ROWS_FIRST_VALUE || !t->place[i].n)
            continue;
        vg_str text = value(t, &t->place[i], ", ");
        if (text.n)
            take_value(t, d, c, text);
    }
    return true;
}

/* --- header --- */

static bool keep_header(rows *t, vg_err *e)
{
    vg_str *header = vg_new(&t->r->work, vg_str, t->row.n);
    if (!header)
        return vg_fail_memory(e, vg_arena_limit(&t->r->work));
    for (int32_t i = 0; i < t->row.n; i++)
        header[i] = vg_list__copy(t->r, t->row.cell[i]);
    t->header = header;
    t->n_header = t->row.n;
    return true;
}

static bool has_name(const rows *t)
{
    for (int i = 0; t->layout->column[i].names; i++) {
        vg_rows_field f = t->layout->column[i].field;
        if ((f == VG_ROWS_WHOLE || f == VG_ROWS_FAMILY) && t->place[i].n)
            return true;
    }
    return false;
}

static bool find_columns(rows *t, vg_err *e)
{
    if (!t->layout) /* any CSV */
        t->layout = vg_rows__guess(t->r, t->header, t->n_header, e);
    if (!t->layout)
        return false;
    int n = 0;
    while (t->layout->column[n].names)
        n++;
    t->place = vg_new(&t->r->work, place, n);
    if (!t->place)
        return vg_fail_memory(e, vg_arena_limit(&t->r->work));
    for (int i = 0; i < n; i++)
        t->place[i] = find_place(t, t->layout->column[i].names);
    return true;
}

static bool fail_columns(rows *t, vg_err *e)
{
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(t->r->in), .line = 1 }, "no column holds a name");
    vg_why(e, "the first line has: %.*s",
           VG_P(vg_list__join(t->r, t->header, t->n_header < 12 ? t->n_header : 12, ", ")));
    return vg_mend(e, "say which it is, as --map name=COLUMN");
}

/* The header is the first row that names a column we need; a line with the date of the list may stand before it. */
static bool read_header(rows *t, vg_err *e)
{
    bool any = t->layout == NULL;
    for (int tries = 0; tries < 4 && vg_csv_next(t->csv, &t->row, e); tries++) {
        if (t->row.bad) {
            *e = t->row.why;
            return false;
        }
        if (!keep_header(t, e) || !find_columns(t, e))
            return false;
        if (has_name(t))
            return true;
        if (any)
            break;
        vg_str first = cell(t, 0), date = t->row.n > 1 ? cell(t, 1) : VG_NOSTR;
        ptrdiff_t colon = vg_find_byte(first, ':');
        vg_list__published(t->r, date.n ? date : vg_trim(vg_sub(first, colon + 1, first.n)), false);
    }
    return vg_failed(e) ? false
           : t->header
               ? fail_columns(t, e)
               : vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(t->r->in) }, "the file holds no rows");
}

/* --- the whole --- */

static bool read_rows(rows *t, vg_err *e)
{
    int32_t date = -1;
    bool good = read_header(t, e);
    if (good && t->layout->published)
        date = vg_rows__column(t->header, t->n_header, vg_str_z(t->layout->published));
    while (good && vg_csv_next(t->csv, &t->row, e)) {
        if (date >= 0 && !t->row.bad && t->n == 0)
            vg_list__published(t->r, cell(t, date), false);
        good = t->row.bad ? vg_list__reject(t->r, &t->row.why, t->row.raw, e) : take_row(t, e);
        if (good && t->row.line % 4096 == 0)
            good = vg_progress_step(&t->r->opts->progress, "reading", vg_input_done(t->r->in),
                                    vg_input_size(t->r->in), e);
    }
    good = good && !vg_failed(e);
    for (int64_t i = 0; i < t->n && good; i++) {
        if (t->layout->finish)
            t->layout->finish(&t->draft[i]);
        good = vg_list__put(&t->draft[i], e);
    }
    return good;
}

bool vg_list_rows__read(vg_list_reading *r, vg_err *e)
{
    rows t = { .r = r, .layout = vg_rows__layout(r->found->format) };
    vg_csv_opts opts = { .sep = t.layout ? t.layout->sep : 0, .latin1_ok = true };
    if (t.layout)
        r->found->about.licence = vg_str_z(t.layout->licence);
    if (!vg_map_init(&t.ids, e))
        return false;
    bool good = vg_csv_open(r->in, &opts, &t.csv, e);
    if (good) {
        good = read_rows(&t, e);
        vg_csv_close(t.csv);
    }
    vg_map_free(&t.ids);
    return good;
}
