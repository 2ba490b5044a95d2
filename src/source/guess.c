/*
 * Which column of an unknown table is what: by name in seven languages, then by what the cells hold. Invariant: a
 * column is given to one field only, a field that is mapped already (by --map or by an HXL tag) is left alone, and
 * nothing is guessed that the values cannot bear out (a date of 03/04/2024 is asked about).
 */
#include <stdio.h>
#include <string.h>

#include "geo/fold.h"
#include "source/source_int.h"

typedef struct {
    const char *field; /* as --map writes it */
    const char *names; /* folded, '|' between them, the better one first */
    const char *words; /* a name that holds one of these words will do, when no name fits */
} entry;

static const entry dictionary[VG_MAP_FIELDS] = {
    [VG_MAP_ID] = { "id",
                    "event id|id|eventid|incident id|uuid|identifiant|identificador|id evento|id "
                    "evenement|reference|"
                    "ref|objectid|معرف|код|编号",
                    NULL },
    [VG_MAP_DATE] = { "date",
                      "event date|date|incident date|date event|date incident|fecha|data|datum|day|jour|dia|"
                      "date evenement|fecha evento|data evento|التاريخ|تاريخ|дата|日期",
                      "date|fecha" },
    [VG_MAP_START] = { "start",
                       "date start|start date|start|begin|begin date|date from|from|debut|date debut|date de "
                       "debut|"
                       "inicio|fecha inicio|fecha de inicio|data inicio|data de inicio",
                       NULL },
    [VG_MAP_END] = { "end",
                     "date end|end date|end|date to|to|fin|date fin|date de fin|fecha fin|fecha de fin|data "
                     "fim|"
                     "data de fim",
                     NULL },
    [VG_MAP_MONTH] = { "month",
                       "month id|month|year month|yearmonth|mois|mes|periode|period|الشهر|месяц|月份", NULL },
    [VG_MAP_LAT] = { "lat", "latitude|lat|latitud|y|ycoord|coord y|point y|خط العرض|широта|纬度",
                     "latitude|latitud" },
    [VG_MAP_LON] = { "lon", "longitude|lon|long|lng|longitud|x|xcoord|coord x|point x|خط الطول|долгота|经度",
                     "longitude|longitud" },
    [VG_MAP_COUNTRY] = { "country",
                         "iso3|country iso3|iso a3|iso code|country code|iso|country|country "
                         "name|countryname|pays|"
                         "nom pays|code pays|pais|codigo pais|nation|adm0|admin0|adm0 "
                         "name|البلد|الدولة|страна|国家",
                         "country|pays|pais" },
    [VG_MAP_GWCODE] = { "gwcode", "gwcode|gwno|gwno loc", NULL },
    [VG_MAP_CELL] = { "cell", "priogrid gid|pg id|priogrid id|gid", NULL },
    [VG_MAP_DEATHS] = { "deaths",
                        "deaths|fatalities|best|best est|killed|dead|total deaths|deaths total|number "
                        "killed|nkill|"
                        "number of deaths|total fatalities|morts|nb morts|nombre de "
                        "morts|tues|deces|muertos|muertes|"
                        "fallecidos|victimas mortales|mortos|mortes|قتلى|القتلى|погибшие|死亡人数",
                        "deaths|fatalities|killed|morts|muertos|mortos" },
    [VG_MAP_LOW] = { "low", "low|low est|deaths low|fatalities low|minimum deaths|min deaths", NULL },
    [VG_MAP_HIGH] = { "high", "high|high est|deaths high|fatalities high|maximum deaths|max deaths", NULL },
    [VG_MAP_CIVILIANS] = { "civilians",
                           "deaths civilians|civilian deaths|civilians killed|civilians|civils tues|civiles "
                           "muertos",
                           NULL },
    [VG_MAP_TYPE] = { "type", "type of violence|violence type|type de violence|tipo de violencia", NULL },
    [VG_MAP_KIND] = { "kind",
                      "event type|incident type|type|category|sub event type|type evenement|categorie|tipo|"
                      "tipo de evento|categoria|النوع|тип|类型",
                      NULL },
    [VG_MAP_ACTOR_A] = { "actor_a",
                         "actor a|actor1|actor 1|side a|perpetrator|attacker|actor|auteur|acteur "
                         "1|acteur|autor|"
                         "agresor|gname",
                         NULL },
    [VG_MAP_ACTOR_B] = { "actor_b",
                         "actor b|actor2|actor 2|side b|target|victim|cible|victime|acteur 2|objetivo|alvo",
                         NULL },
    [VG_MAP_ADM1_CODE] = { "adm1_code",
                           "adm1 pcode|admin1 pcode|admin1pcode|adm1 code|admin1 code|pcode|p code|region "
                           "code|region "
                           "pcode|code region",
                           NULL },
    [VG_MAP_ADM1] = { "adm1",
                      "adm1 name|adm1|admin1 name|admin1name|admin1|adm 1|admin "
                      "1|province|region|state|governorate|departement|provincia|"
                      "estado",
                      NULL },
    [VG_MAP_ADM2] = { "adm2", "adm2 name|adm2|admin2|adm 2|admin 2|district|county|distrito|municipio|cercle",
                      NULL },
    [VG_MAP_WHERE] = { "where_prec", "where prec", NULL },
    [VG_MAP_TEXT] = { "text",
                      "headline|description|notes|note|summary|text|details|comment|comments|resume|"
                      "descripcion|"
                      "descricao|observaciones|وصف|описание|说明",
                      NULL },
    [VG_MAP_SOURCE] = { "source", "source|sources|reported by|fuente|fonte|المصدر|источник|来源", NULL },
    [VG_MAP_URL] = { "url", "url|link|source url|lien|enlace|href", NULL },
    [VG_MAP_VALUE] = { "value",
                       "value|valeur|valor|count|total|number|nombre|cantidad|n|القيمة|значение|数值", NULL },
};

const char *vg_guess__field(vg_map_field f)
{
    return dictionary[f].field;
}

/* --- by name --- */

static bool is_taken(const vg_mapping *m, int32_t col)
{
    for (int f = 0; f < VG_MAP_FIELDS; f++)
        if (m->col[f] == col)
            return true;
    return false;
}

static bool holds_word(vg_str name, vg_str word)
{
    for (ptrdiff_t i = 0; i + word.n <= name.n; i++) {
        bool begins = i == 0 || name.s[i - 1] == ' ';
        bool ends = i + word.n == name.n || name.s[i + word.n] == ' ';
        if (begins && ends && memcmp(name.s + i, word.s, (size_t)word.n) == 0)
            return true;
    }
    return false;
}

static int32_t find_name(const vg_sample *s, const vg_mapping *m, const char *names, bool words)
{
    char buf[128];
    vg_str rest = vg_str_z(names);
    while (rest.n) {
        vg_str wanted = vg_cut(&rest, '|');
        for (int32_t c = 0; c < s->n_columns; c++) {
            vg_str name = vg_geo_fold(s->header[c], buf, sizeof buf);
            if (!is_taken(m, c) && (words ? holds_word(name, wanted) : vg_eq(name, wanted)))
                return c;
        }
    }
    return -1;
}

static void map_names(const vg_sample *s, vg_mapping *m)
{
    for (int words = 0; words <= 1; words++)
        for (int f = 0; f < VG_MAP_FIELDS; f++) {
            const char *names = words ? dictionary[f].words : dictionary[f].names;
            bool timed = f == VG_MAP_DATE && (m->col[VG_MAP_START] >= 0 || m->col[VG_MAP_MONTH] >= 0);
            if (m->col[f] < 0 && names && !(words && timed))
                m->col[f] = find_name(s, m, names, words);
        }
}

/* --- by value --- */

typedef struct {
    int64_t filled, iso, compact, mdy, dmy, other, month, differ;
} date_count;

static vg_str value_at(const vg_sample *s, int32_t row, int32_t col)
{
    return vg_trim(s->cell[(int64_t)row * s->n_columns + col]);
}

static void count_dates(const vg_sample *s, int32_t col, date_count *n)
{
    for (int32_t i = 0; col >= 0 && i < s->n_rows; i++) {
        int32_t a, b;
        vg_str v = value_at(s, i, col);
        bool mdy = vg_day_parse(v, VG_DATE_MDY, &a), dmy = vg_day_parse(v, VG_DATE_DMY, &b);
        n->filled += v.n > 0;
        n->iso += vg_day_parse(v, VG_DATE_ISO, &(int32_t){ 0 });
        n->compact += vg_day_parse(v, VG_DATE_COMPACT, &(int32_t){ 0 });
        n->other += vg_day_parse(v, VG_DATE_LONG, &(int32_t){ 0 });
        n->month += v.n == 7 && vg_month_parse(v, &(int32_t){ 0 });
        n->mdy += mdy;
        n->dmy += dmy;
        n->differ += mdy && dmy && a != b;
    }
}

static int64_t most_days(const date_count *n)
{
    int64_t most = n->iso;
    const int64_t rest[] = { n->compact, n->other, n->mdy, n->dmy };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        most = rest[i] > most ? rest[i] : most;
    return most;
}

static unsigned form_of(const date_count *n)
{
    int64_t most = most_days(n);
    return most == 0            ? 0
           : n->iso == most     ? VG_DATE_ISO
           : n->compact == most ? VG_DATE_COMPACT
           : n->other == most   ? VG_DATE_LONG
           : n->dmy == most     ? VG_DATE_DMY
                                : VG_DATE_MDY;
}

static bool looks_like_dates(const vg_sample *s, int32_t col)
{
    date_count n = { .filled = 0 };
    count_dates(s, col, &n);
    int64_t most =
        most_days(&n) - (n.compact == most_days(&n) ? n.compact : 0); /* 8 digits may be any number */
    most = n.month > most ? n.month : most;
    return n.filled > 0 && most * 10 >= n.filled * 9;
}

static bool looks_like_countries(const vg_sample *s, int32_t col)
{
    int64_t filled = 0, known = 0;
    for (int32_t i = 0; i < s->n_rows; i++) {
        vg_str v = value_at(s, i, col);
        filled += v.n > 0;
        known += v.n > 2 && (vg_country_by_iso3(v) || vg_country_by_name(v));
    }
    return filled > 0 && known * 10 >= filled * 9;
}

static int32_t find_by_value(const vg_sample *s, const vg_mapping *m,
                             bool (*looks)(const vg_sample *, int32_t))
{
    for (int32_t c = 0; c < s->n_columns; c++)
        if (!is_taken(m, c) && looks(s, c))
            return c;
    return -1;
}

static void map_values(const vg_sample *s, vg_mapping *m)
{
    bool timed = m->col[VG_MAP_DATE] >= 0 || m->col[VG_MAP_START] >= 0 || m->col[VG_MAP_MONTH] >= 0;
    bool placed = m->col[VG_MAP_COUNTRY] >= 0 || m->col[VG_MAP_GWCODE] >= 0 || m->col[VG_MAP_CELL] >= 0;
    if (!timed)
        m->col[VG_MAP_DATE] = find_by_value(s, m, looks_like_dates);
    if (!placed)
        m->col[VG_MAP_COUNTRY] = find_by_value(s, m, looks_like_countries);
}

static bool ambiguous(const vg_sample *s, int32_t col, vg_err *e)
{
    vg_at at = { .file = s->file, .line = 1, .col = col + 1 };
    vg_str name = vg_utf8_head(s->header[col], 40);
    vg_str example = VG_NOSTR;
    int32_t a, b;
    for (int32_t i = 0; i < s->n_rows && !example.n; i++) {
        vg_str v = value_at(s, i, col);
        if (vg_day_parse(v, VG_DATE_MDY, &a) && vg_day_parse(v, VG_DATE_DMY, &b) && a != b)
            example = v;
    }
    vg_fail(e, VG_EPARSE, at, "day and month cannot be told apart in \"%.*s\": %.*s", VG_P(name),
            VG_P(example));
    vg_why(e, "no date in the first %d rows has a number above 12 that would decide it", s->n_rows);
    return vg_mend(e, "say it: --map date=%.*s:dmy for day first, date=%.*s:mdy for month first", VG_P(name),
                   VG_P(name));
}

static bool decide_dates(const vg_sample *s, vg_mapping *m, vg_err *e)
{
    date_count n = { .filled = 0 };
    int32_t first = m->col[VG_MAP_DATE] >= 0 ? m->col[VG_MAP_DATE] : m->col[VG_MAP_START];
    count_dates(s, m->col[VG_MAP_DATE], &n);
    count_dates(s, m->col[VG_MAP_START], &n);
    count_dates(s, m->col[VG_MAP_END], &n);
    if (m->date_form || !n.filled)
        return true;
    m->date_form = form_of(&n);
    bool slashes = m->date_form == VG_DATE_MDY || m->date_form == VG_DATE_DMY;
    if (slashes && n.mdy == n.dmy && n.differ)
        return ambiguous(s, first, e);
    if (!m->date_form && n.month * 2 > n.filled &&
        m->col[VG_MAP_MONTH] < 0) { /* 2024-03 in a column of dates */
        m->col[VG_MAP_MONTH] = first;
        m->col[VG_MAP_DATE] = m->col[VG_MAP_START] = m->col[VG_MAP_END] = -1;
    } else if (!m->date_form) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = s->file, .line = 1, .col = first + 1 },
                "column \"%.*s\" holds no dates", VG_P(vg_utf8_head(s->header[first], 40)));
        vg_why(e, "dates are written 2024-03-31, 31/03/2024, 03/31/2024, 20240331 or 31 March 2024");
        return vg_mend(e, "name the column of dates: --map date=COLUMN");
    }
    return true;
}

/* True when the numbers of a column are written with a comma, and none with a point. */
static void see_comma(const vg_sample *s, int32_t col, int64_t *comma, int64_t *point)
{
    double x;
    for (int32_t i = 0; col >= 0 && i < s->n_rows; i++) {
        vg_str v = value_at(s, i, col);
        *comma += vg_find_byte(v, ',') >= 0 && vg_num_comma(v, &x);
        *point += vg_find_byte(v, '.') >= 0 && vg_num(v, &x);
    }
}

bool vg_guess__mapping(const vg_sample *s, vg_mapping *m, vg_err *e)
{
    int64_t comma = 0, point = 0;
    map_names(s, m);
    map_values(s, m);
    see_comma(s, m->col[VG_MAP_LAT], &comma, &point);
    see_comma(s, m->col[VG_MAP_LON], &comma, &point);
    see_comma(s, m->col[VG_MAP_VALUE], &comma, &point);
    m->decimal_comma = m->decimal_comma || (comma > 0 && point == 0);
    return decide_dates(s, m, e);
}

/* --- given by the user --- */

static int32_t column_named(const vg_sample *s, vg_str name)
{
    int64_t number;
    for (int32_t c = 0; c < s->n_columns; c++)
        if (vg_eq_nocase(s->header[c], name))
            return c;
    bool by_number = vg_starts(name, VG_S("@")) && vg_int(vg_sub(name, 1, name.n), &number);
    return by_number && number >= 1 && number <= s->n_columns ? (int32_t)number - 1 : -1;
}

static unsigned form_named(vg_str name)
{
    static const struct {
        const char *name;
        unsigned form;
    } forms[] = { { "dmy", VG_DATE_DMY },
                  { "mdy", VG_DATE_MDY },
                  { "iso", VG_DATE_ISO },
                  { "compact", VG_DATE_COMPACT },
                  { "long", VG_DATE_LONG } };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (vg_eq_nocase(name, vg_str_z(forms[i].name)))
            return forms[i].form;
    return 0;
}

static int field_named(vg_str name)
{
    for (int f = 0; f < VG_MAP_FIELDS; f++)
        if (vg_eq_nocase(name, vg_str_z(dictionary[f].field)))
            return f;
    return -1;
}

static bool no_such_field(vg_str key, vg_err *e)
{
    char list[200] = "";
    for (int f = 0; f < VG_MAP_FIELDS; f++) {
        size_t have = strlen(list);
        snprintf(list + have, sizeof list - have, "%s%s", have ? " " : "", dictionary[f].field);
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "--map knows no field \"%.*s\"", VG_P(vg_utf8_head(key, 40)));
    return vg_mend(e, "fields: %s", list);
}

static bool no_such_column(vg_str name, const vg_sample *s, vg_err *e)
{
    char list[200] = "";
    for (int32_t c = 0; c < s->n_columns; c++) {
        size_t have = strlen(list);
        snprintf(list + have, sizeof list - have, "%s%.*s", have ? ", " : "",
                 VG_P(vg_utf8_head(s->header[c], 30)));
    }
    vg_fail(e, VG_EARG, (vg_at){ .file = s->file, .line = 1 }, "the file has no column \"%.*s\"",
            VG_P(vg_utf8_head(name, 60)));
    return vg_mend(e, "columns: %s; or @3 for the third one", list);
}

static bool give_one(vg_str part, const vg_sample *s, vg_mapping *m, vg_err *e)
{
    vg_str key = vg_trim(vg_cut(&part, '='));
    vg_str value = vg_trim(part);
    if (vg_eq(key, VG_S("decimal"))) {
        m->decimal_comma = vg_eq_nocase(value, VG_S("comma"));
        return true;
    }
    int field = field_named(key);
    if (field < 0)
        return no_such_field(key, e);
    int32_t col = column_named(s, value);
    for (ptrdiff_t i = value.n - 1; col < 0 && i > 0; i--) { /* "day:dmy"; a name may hold a colon itself */
        unsigned form = value.s[i] == ':' ? form_named(vg_sub(value, i + 1, value.n)) : 0;
        if (!form)
            continue;
        col = column_named(s, vg_sub(value, 0, i));
        m->date_form = form;
    }
    if (col < 0)
        return no_such_column(value, s, e);
    m->col[field] = col;
    return true;
}

bool vg_guess__given(vg_str map, const vg_sample *s, vg_mapping *m, vg_err *e)
{
    while (map.n) {
        vg_str part = vg_trim(vg_cut(&map, ','));
        if (part.n && !give_one(part, s, m, e))
            return false;
    }
    return true;
}

static const char *form_text(unsigned form)
{
    return form == VG_DATE_DMY       ? ":dmy"
           : form == VG_DATE_MDY     ? ":mdy"
           : form == VG_DATE_COMPACT ? ":compact"
           : form == VG_DATE_LONG    ? ":long"
                                     : "";
}

vg_str vg_guess__text(const vg_sample *s, const vg_mapping *m, vg_arena *a)
{
    vg_str text = VG_S("");
    for (int f = 0; f < VG_MAP_FIELDS; f++) {
        int32_t c = m->col[f];
        if (c < 0)
            continue;
        bool day = f == VG_MAP_DATE || f == VG_MAP_START || f == VG_MAP_END, odd = false;
        for (ptrdiff_t i = 0; i < s->header[c].n; i++)
            odd = odd || s->header[c].s[i] == ',' || s->header[c].s[i] == '=';
        vg_str name = odd || !s->header[c].n ? vg_format(a, "@%d", c + 1) : s->header[c];
        text = vg_format(a, "%.*s%s%s=%.*s%s", VG_P(text), text.n ? "," : "", dictionary[f].field, VG_P(name),
                         day ? form_text(m->date_form) : "");
    }
    return m->decimal_comma ? vg_format(a, "%.*s,decimal=comma", VG_P(text)) : text;
}
