/*
 * UCDP GED and Candidate events. Columns are found by name, so that the full 49 columns, trimmed files, the website's
 * export (best_est, MM/DD/YYYY, a comma more on data rows) and HDX's mirror (HXL row, iso3) are one format. Layout:
 * UCDP GED Codebook 24.1. Invariant: columns that are not there stay at -1 and give "not known", never zero.
 */
#include <string.h>

#include "source/source_int.h"

typedef struct {
    int32_t id, year, type, conflict, side_a, side_b;
    int32_t where_prec, adm_1, adm_2, lat, lon, country, country_id, iso3;
    int32_t date_prec, from, to;
    int32_t best, high, low, civilians, parts[4];
    int32_t headline, description, article, office;
} columns;

/* Text of a cell seen in the row before, and what it was read as: dates and countries repeat. */
typedef struct {
    char text[24];
    ptrdiff_t n;
    int32_t value;
} memo;

typedef struct {
    columns at;
    memo from, to, year, country_id;
    int32_t first_year, last_year;
} state;

static bool find_columns(const vg_reading *r, columns *c, vg_err *e)
{
    *c = (columns){
        .id = vg_table__column(r, "id"),
        .year = vg_table__column(r, "year"),
        .type = vg_table__column(r, "type_of_violence"),
        .conflict = vg_table__column(r, "conflict_name"),
        .side_a = vg_table__column(r, "side_a"),
        .side_b = vg_table__column(r, "side_b"),
        .where_prec = vg_table__column(r, "where_prec"),
        .adm_1 = vg_table__column(r, "adm_1"),
        .adm_2 = vg_table__column(r, "adm_2"),
        .lat = vg_table__column(r, "latitude|lat"),
        .lon = vg_table__column(r, "longitude|lon"),
        .country = vg_table__column(r, "country"),
        .country_id = vg_table__column(r, "country_id|gwnoa_country"),
        .iso3 = vg_table__column(r, "iso3"),
        .date_prec = vg_table__column(r, "date_prec"),
        .from = vg_table__column(r, "date_start|date"),
        .to = vg_table__column(r, "date_end|date_start|date"),
        .best = vg_table__column(r, "best|best_est"),
        .high = vg_table__column(r, "high|high_est"),
        .low = vg_table__column(r, "low|low_est"),
        .civilians = vg_table__column(r, "deaths_civilians|civilian_deaths"),
        .parts = { vg_table__column(r, "deaths_a"), vg_table__column(r, "deaths_b"),
                   vg_table__column(r, "deaths_civilians"), vg_table__column(r, "deaths_unknown") },
        .headline = vg_table__column(r, "source_headline"),
        .description = vg_table__column(r, "where_description"),
        .article = vg_table__column(r, "source_article"),
        .office = vg_table__column(r, "source_office"),
    };
    static const char *const names[] = { "id", "type_of_violence", "date_start", "best",
                                         "country or country_id" };
    int32_t country = c->country >= 0 ? c->country : c->country_id >= 0 ? c->country_id : c->iso3;
    const int32_t needed[] = { c->id, c->type, c->from, c->best, country };
    return vg_table__need(r, "not a UCDP event table", names, needed, 5, e);
}

/* True when the cell holds what it held in the row before; else remembers its text. */
static bool same_as_before(memo *m, vg_str s)
{
    if (m->n == s.n && memcmp(m->text, s.s, (size_t)s.n) == 0)
        return true;
    m->n = -1; /* not to be found until it is read */
    return false;
}

static void remember(memo *m, vg_str s, int32_t value)
{
    if (!s.n || s.n > (ptrdiff_t)sizeof m->text)
        return;
    memcpy(m->text, s.s, (size_t)s.n);
    m->n = s.n;
    m->value = value;
}

static void read_day(vg_reading *r, memo *m, int32_t col, const char *what, int32_t *day)
{
    vg_str s = vg_cell(r, col);
    if (s.n && same_as_before(m, s)) {
        *day = m->value;
        return;
    }
    vg_field__day(r, col, what, VG_DATE_ISO | VG_DATE_MDY, day);
    if (!vg_failed(&r->why))
        remember(m, s, *day);
}

static void unknown_gwcode(vg_reading *r, int32_t col, vg_str s)
{
    vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col), "there is no country with the number \"%.*s\"",
            VG_P(vg_utf8_head(s, 40)));
    vg_why(&r->why, "country_id is a Gleditsch-Ward number");
    vg_mend(&r->why, "compare with the column country; 432 is Mali");
}

/* The number when there is one (it tells Serbia from Yugoslavia), else the name, else the ISO code. */
static void read_country(vg_reading *r, state *st, int32_t *gwcode)
{
    int64_t x;
    const columns *c = &st->at;
    const vg_country *country = NULL;
    vg_str s = vg_cell(r, c->country_id);
    if (s.n && same_as_before(&st->country_id, s)) {
        *gwcode = st->country_id.value;
        return;
    }
    if (s.n) {
        if (!vg_int_lenient(s, &x) || x <= 0 || x > INT32_MAX || !vg_country_by_gwcode((int32_t)x)) {
            unknown_gwcode(r, c->country_id, s);
            return;
        }
        *gwcode = (int32_t)x;
        remember(&st->country_id, s, *gwcode);
        return;
    }
    int32_t col = vg_cell(r, c->country).n ? c->country : c->iso3;
    if (!vg_field__country(r, col, &country))
        return;
    if (country) {
        *gwcode = country->gwcode;
        return;
    }
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, c->country_id), "the row names no country");
    vg_why(&r->why, "deaths are counted by country; country_id, country and iso3 are empty");
}

static void read_year(vg_reading *r, state *st)
{
    int64_t x;
    vg_str s = vg_cell(r, st->at.year);
    if (!s.n || same_as_before(&st->year, s) || !vg_int(s, &x) || x < 1900 || x > 2200)
        return;
    remember(&st->year, s, (int32_t)x);
    st->first_year = st->first_year == 0 || x < st->first_year ? (int32_t)x : st->first_year;
    st->last_year = x > st->last_year ? (int32_t)x : st->last_year;
}

/* Sum of deaths by side, which UCDP's best estimate is; VG_UNKNOWN when one is not there. */
static int64_t sum_of_parts(vg_reading *r, const columns *c)
{
    int64_t sum = 0;
    for (int i = 0; i < 4; i++) {
        int64_t x = VG_UNKNOWN;
        vg_field__count(r, c->parts[i], "a count of deaths", &x);
        sum = x == VG_UNKNOWN || sum == VG_UNKNOWN ? VG_UNKNOWN : sum + x;
    }
    return sum;
}

static void read_deaths(vg_reading *r, const columns *c, vg_event *ev)
{
    vg_field__count(r, c->best, "the best estimate", &ev->best);
    vg_field__count(r, c->low, "the low estimate", &ev->low);
    vg_field__count(r, c->high, "the high estimate", &ev->high);
    vg_field__count(r, c->civilians, "the count of civilian deaths", &ev->civilians);
    vg_field__range(r, c->low, sum_of_parts(r, c), ev);
}

static void read_type(vg_reading *r, int32_t col, vg_event *ev)
{
    vg_str s;
    if (!vg_field__needed(r, col, "type_of_violence", &s))
        return;
    vg_field__code(r, col, "type_of_violence", VG_TYPE_STATE, VG_TYPE_ONE_SIDED, &ev->type);
}

static void read_row(vg_reading *r, state *st, vg_event *ev)
{
    const columns *c = &st->at;
    *ev = (vg_event){ .low = VG_UNKNOWN, .best = VG_UNKNOWN, .high = VG_UNKNOWN, .civilians = VG_UNKNOWN };
    vg_field__needed(r, c->id, "id", &ev->external_id);
    read_type(r, c->type, ev);
    read_day(r, &st->from, c->from, "date_start", &ev->day_from);
    read_day(r, &st->to, c->to, "date_end", &ev->day_to);
    vg_field__interval(r, c->to, ev);
    vg_field__point(r, c->lat, c->lon, ev);
    read_country(r, st, &ev->gwcode);
    vg_field__code(r, c->where_prec, "where_prec", VG_WHERE_EXACT, VG_WHERE_WORLD, &ev->where_prec);
    vg_field__code(r, c->date_prec, "date_prec", 1, 5, &ev->date_prec);
    read_deaths(r, c, ev);
    ev->actor_a = vg_cell(r, c->side_a);
    ev->actor_b = vg_cell(r, c->side_b);
    ev->conflict = vg_cell(r, c->conflict);
    ev->adm1 = vg_cell(r, c->adm_1);
    ev->adm2 = vg_cell(r, c->adm_2);
    vg_str headline = vg_cell(r, c->headline), article = vg_cell(r, c->article);
    ev->text = headline.n ? headline : vg_cell(r, c->description);
    ev->source = article.n ? article : vg_cell(r, c->office);
    if (!vg_failed(&r->why))
        read_year(r, st);
}

/*
 * A Candidate release covers the months its name says; a GED release whole years; a file without a name of UCDP's what
 * its events say (left to the caller).
 */
static void cover(vg_reading *r, const state *st)
{
    vg_vintage *about = &r->found->about;
    vg_version v = vg_version__of(vg_input_name(r->in));
    if (!about->version.n && v.text[0])
        about->version = vg_copy(r->a, vg_str_z(v.text));
    else if (about->version.n)
        v = vg_version__of(about->version);
    if (v.first_month) {
        about->first_month = v.first_month;
        about->last_month = v.last_month;
    } else if (v.text[0] && st->first_year) {
        about->first_month = vg_month(st->first_year, 1);
        about->last_month = vg_month(st->last_year, 12);
    }
}

bool vg_ucdp__read(vg_reading *r, vg_err *e)
{
    state st = { .from.n = -1, .to.n = -1, .year.n = -1, .country_id.n = -1 };
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e) || !find_columns(r, &st.at, e))
        return false;
    vg_event ev;
    while (vg_table__next(r, e)) {
        read_row(r, &st, &ev);
        if (!vg_reading__event(r, &ev, e))
            return false;
    }
    cover(r, &st);
    return !vg_failed(e);
}
