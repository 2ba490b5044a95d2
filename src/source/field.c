/*
 * Cells to values, with the checks every format shares. Invariant: a check that fails is recorded in r->why (the first
 * one counts) and leaves its output as it was.
 */
#include <math.h>
#include <string.h>

#include "source/source_int.h"

vg_at vg_field__at(const vg_reading *r, int32_t col)
{
    vg_at at = r->at;
    at.col = r->has_columns && col >= 0 ? col + 1 : 0;
    return at;
}

static vg_str shown(vg_str s)
{
    return vg_utf8_head(s, 60);
}

bool vg_field__needed(vg_reading *r, int32_t col, const char *what, vg_str *out)
{
    vg_str s = vg_cell(r, col);
    if (s.n) {
        *out = s;
        return true;
    }
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "%s is empty", what);
    return vg_why(&r->why, "a record of this format cannot be without it");
}

/* The cell of a number: statistical programs write NA, NaN or NULL for what is not known. */
static vg_str number_cell(const vg_reading *r, int32_t col)
{
    static const char *const words[] = { "NA", "N/A", "NaN", "null", "none" };
    vg_str s = vg_cell(r, col);
    if (s.n < 2 || s.n > 4 || vg_lower(s.s[0]) != 'n')
        return s;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (vg_eq_nocase(s, vg_str_z(words[i])))
            return VG_NOSTR;
    return s;
}

static bool read_number(const vg_reading *r, vg_str s, double *x)
{
    return vg_num(s, x) || (r->decimal_comma && vg_num_comma(s, x));
}

static void not_a_number(vg_reading *r, int32_t col, const char *what, vg_str s, bool whole)
{
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "%s is not a number: \"%.*s\"", what, VG_P(shown(s)));
    vg_why(&r->why, whole ? "this column holds whole numbers" : "this column holds decimal numbers");
    bool comma = vg_find_byte(s, ',') >= 0;
    if (comma && whole)
        vg_mend(&r->why, "write 1234 without marks between the digits");
    else if (comma)
        vg_mend(&r->why, "write 12.5, or pass --decimal-comma if the file uses 12,5");
}

void vg_field__count(vg_reading *r, int32_t col, const char *what, int64_t *out)
{
    int64_t x;
    vg_str s = number_cell(r, col);
    if (!s.n) {
        *out = VG_UNKNOWN;
    } else if (!vg_int_lenient(s, &x)) {
        not_a_number(r, col, what, s, true);
    } else if (x < 0 || x > INT32_MAX) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "%s is %s: %lld", what,
                x < 0 ? "below zero" : "too large", (long long)x);
        vg_why(&r->why, "people are counted from 0 to %d", INT32_MAX);
        vg_mend(&r->why, "leave the cell empty when the number is not known");
    } else {
        *out = x;
    }
}

void vg_field__code(vg_reading *r, int32_t col, const char *what, int lowest, int highest, int8_t *out)
{
    int64_t x;
    vg_str s = number_cell(r, col);
    if (!s.n) {
        *out = 0;
    } else if (!vg_int_lenient(s, &x) || x < lowest || x > highest) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "%s is \"%.*s\"", what, VG_P(shown(s)));
        vg_why(&r->why, "it is a code from %d to %d", lowest, highest);
    } else {
        *out = (int8_t)x;
    }
}

void vg_field__number(vg_reading *r, int32_t col, const char *what, double *out)
{
    double x = (double)NAN;
    vg_str s = number_cell(r, col);
    if (s.n && !read_number(r, s, &x))
        not_a_number(r, col, what, s, false);
    else
        *out = x;
}

void vg_field__day(vg_reading *r, int32_t col, const char *what, unsigned forms, int32_t *out)
{
    vg_str s = vg_cell(r, col);
    if (vg_day_parse(s, forms, out))
        return;
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "%s is no day of the calendar: \"%.*s\"", what,
            VG_P(shown(s)));
    const char *form = forms & VG_DATE_ISO   ? "2024-03-31"
                       : forms & VG_DATE_MDY ? "03/31/2024"
                       : forms & VG_DATE_DMY ? "31/03/2024"
                                             : "20240331";
    vg_why(&r->why, "a day is written like %s here, and has to exist", form);
}

static bool in_degrees(vg_reading *r, int32_t col, const char *what, double limit, double deg)
{
    if (fabs(deg) <= limit)
        return true;
    vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "%s %g is outside -%g..%g", what, deg, limit, limit);
    vg_why(&r->why, "there is no such place on earth");
    return vg_mend(&r->why, "are latitude and longitude swapped?");
}

void vg_field__point(vg_reading *r, int32_t lat_col, int32_t lon_col, vg_event *ev)
{
    double lat = (double)NAN, lon = (double)NAN;
    ev->lat_deg = ev->lon_deg = (double)NAN;
    if (lat_col < 0 || lon_col < 0)
        return;
    vg_field__number(r, lat_col, "latitude", &lat);
    vg_field__number(r, lon_col, "longitude", &lon);
    if (vg_failed(&r->why) || (isnan(lat) && isnan(lon)))
        return;
    if (isnan(lat) || isnan(lon)) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, isnan(lat) ? lat_col : lon_col), "%s is missing",
                isnan(lat) ? "latitude" : "longitude");
        vg_why(&r->why, "a point has both");
    } else if (in_degrees(r, lat_col, "latitude", 90, lat) && in_degrees(r, lon_col, "longitude", 180, lon)) {
        ev->has_point = true;
        ev->lat_deg = lat;
        ev->lon_deg = lon;
    }
}

bool vg_field__country(vg_reading *r, int32_t col, const vg_country **out)
{
    vg_str s = vg_cell(r, col);
    const vg_country *c = s.n == 3 ? vg_country_by_iso3(s) : s.n == 2 ? vg_country_by_iso2(s) : NULL;
    c = c || !s.n ? c : vg_country_by_name(s);
    if (!c && s.n) {
        vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col), "no country is called \"%.*s\"", VG_P(shown(s)));
        vg_why(&r->why,
               "names in seven languages, the spellings of the large sources and ISO 3166 codes are known");
        return vg_mend(&r->why, "write the ISO 3166 code of three letters");
    }
    *out = c;
    return true;
}

void vg_field__interval(vg_reading *r, int32_t to_col, const vg_event *ev)
{
    char from[16], to[16];
    if (ev->day_from <= ev->day_to || vg_failed(&r->why))
        return;
    vg_fail(&r->why, VG_ERANGE, vg_field__at(r, to_col), "the event ends on %.*s, before it begins on %.*s",
            VG_P(vg_day_text(ev->day_to, to)), VG_P(vg_day_text(ev->day_from, from)));
    vg_mend(&r->why, "are the two dates swapped, or day and month?");
}

/*
 * low <= best <= high. Real UCDP rows break it (27 of 5,866 looked at), always on the side of the range: their best is
 * the sum of its parts. So a best that is confirmed keeps its row, and the bound that contradicts it is not known. A
 * row whose low is above its high, with nothing to confirm the best, is refused.
 */
void vg_field__range(vg_reading *r, int32_t low_col, int64_t sum, vg_event *ev)
{
    bool low = ev->low != VG_UNKNOWN, best = ev->best != VG_UNKNOWN, high = ev->high != VG_UNKNOWN;
    bool torn = low && high && ev->low > ev->high;
    bool outside = best && ((low && ev->low > ev->best) || (high && ev->high < ev->best));
    if ((!torn && !outside) || vg_failed(&r->why))
        return;
    if (torn && (!best || sum == VG_UNKNOWN || sum != ev->best)) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, low_col),
                "the low estimate %lld is above the high estimate %lld", (long long)ev->low,
                (long long)ev->high);
        vg_why(&r->why, "low <= best <= high; the counts by side do not confirm the best estimate either");
        vg_mend(&r->why, "are the columns low and high swapped?");
        return;
    }
    ev->low = low && ev->low > ev->best ? VG_UNKNOWN : ev->low;
    ev->high = high && ev->high < ev->best ? VG_UNKNOWN : ev->high;
    r->found->n_mended++;
}
