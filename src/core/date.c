/* Calendar arithmetic on day counts (proleptic Gregorian, eras of 400 years), and the few ways dates are written. */
#include "core/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAYS_0000_TO_1970 = 719468, DAYS_PER_ERA = 146097 }; /* counted from 0000-03-01 */

static bool is_leap(int32_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool vg_day_from_civil(vg_civil c, int32_t *day)
{
    if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
        c.day > days_in_month(c.year, c.month))
        return false;
    int32_t y = c.year - (c.month <= 2); /* the year begins in March, so that the leap day is its last */
    int32_t era = y / 400, of_era = y % 400;
    int32_t of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    *day = era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_0000_TO_1970;
    return true;
}

vg_civil vg_civil_from_day(int32_t day)
{
    int32_t z = day + DAYS_0000_TO_1970;
    int32_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int32_t of_era = z - era * DAYS_PER_ERA;
    int32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int32_t m = (5 * of_year + 2) / 153;
    vg_civil c = { .year = y + era * 400,
                   .month = m < 10 ? m + 3 : m - 9,
                   .day = of_year - (153 * m + 2) / 5 + 1 };
    c.year += c.month <= 2;
    return c;
}

/* Exactly n digits at s[*i]. */
static bool digits(vg_str s, ptrdiff_t *i, int n, int32_t *out)
{
    int32_t x = 0;
    if (*i + n > s.n)
        return false;
    for (int k = 0; k < n; k++) {
        char c = s.s[*i + k];
        if (c < '0' || c > '9')
            return false;
        x = x * 10 + (c - '0');
    }
    *i += n;
    *out = x;
    return true;
}

static bool byte(vg_str s, ptrdiff_t *i, char c)
{
    if (*i >= s.n || s.s[*i] != c)
        return false;
    (*i)++;
    return true;
}

/* One or two digits. */
static bool digits_1_2(vg_str s, ptrdiff_t *i, int32_t *out)
{
    return digits(s, i, 2, out) || digits(s, i, 1, out);
}

/* [+-]hh:mm, [+-]hhmm or Z at s[*i], to the end. */
static bool take_offset(vg_str s, ptrdiff_t *i, int32_t *offset_s)
{
    *offset_s = 0;
    if (*i == s.n)
        return true;
    if (byte(s, i, 'Z') || byte(s, i, 'z'))
        return *i == s.n;
    bool minus = s.s[*i] == '-';
    int32_t h, m = 0;
    if (!byte(s, i, '+') && !byte(s, i, '-'))
        return false;
    if (!digits(s, i, 2, &h) || (byte(s, i, ':'), *i < s.n && !digits(s, i, 2, &m)) || h > 15 || m > 59)
        return false;
    *offset_s = (minus ? -1 : 1) * (h * 3600 + m * 60);
    return *i == s.n;
}

/* hh:mm[:ss[.fff]][offset] at s[*i], to the end; 24:00 and a leap second are not times here. */
static bool take_time(vg_str s, ptrdiff_t *i, int32_t *second, int32_t *offset_s)
{
    int32_t h, m, sec = 0, skip;
    if (!digits(s, i, 2, &h) || !byte(s, i, ':') || !digits(s, i, 2, &m) || h > 23 || m > 59)
        return false;
    if (byte(s, i, ':')) {
        if (!digits(s, i, 2, &sec) || sec > 59)
            return false;
        if (byte(s, i, '.')) {
            if (!digits(s, i, 1, &skip))
                return false;
            while (digits(s, i, 1, &skip))
                ;
        }
    }
    *second = h * 3600 + m * 60 + sec;
    return take_offset(s, i, offset_s);
}

/* Nothing, or a time of day after a space or T. */
static bool end_or_time(vg_str s, ptrdiff_t i)
{
    int32_t second, offset;
    if (i == s.n)
        return true;
    return (byte(s, &i, ' ') || byte(s, &i, 'T')) && take_time(s, &i, &second, &offset);
}

static bool parse_iso(vg_str s, vg_civil *c, ptrdiff_t *i)
{
    return digits(s, i, 4, &c->year) && byte(s, i, '-') && digits(s, i, 2, &c->month) && byte(s, i, '-') &&
           digits(s, i, 2, &c->day);
}

/* a/b/yyyy, one or two digits each; a dot may stand for the slash when it does so twice. */
static bool parse_slashed(vg_str s, char sep, int32_t *a, int32_t *b, int32_t *year)
{
    ptrdiff_t i = 0;
    return digits_1_2(s, &i, a) && byte(s, &i, sep) && digits_1_2(s, &i, b) && byte(s, &i, sep) &&
           digits(s, &i, 4, year) && end_or_time(s, i);
}

static bool parse_long(vg_str s, vg_civil *c)
{
    static const char months[12][10] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"
    };
    ptrdiff_t i = 0;
    if (!digits_1_2(s, &i, &c->day) || !byte(s, &i, ' '))
        return false;
    vg_str rest = vg_sub(s, i, s.n), name = vg_cut(&rest, ' ');
    for (int32_t m = 0; m < 12; m++)
        if (vg_eq_nocase(name, vg_str_z(months[m])))
            c->month = m + 1;
    i = 0;
    return c->month && digits(rest, &i, 4, &c->year) && i == rest.n;
}

bool vg_day_parse(vg_str s, unsigned forms, int32_t *day)
{
    vg_civil c = { 0 };
    ptrdiff_t i = 0;
    if ((forms & VG_DATE_ISO) && parse_iso(s, &c, &i) && end_or_time(s, i) && vg_day_from_civil(c, day))
        return true;
    c = (vg_civil){ 0 };
    if ((forms & VG_DATE_MDY) && parse_slashed(s, '/', &c.month, &c.day, &c.year) &&
        vg_day_from_civil(c, day))
        return true;
    i = 0;
    if ((forms & VG_DATE_COMPACT) && s.n == 8 && digits(s, &i, 4, &c.year) && digits(s, &i, 2, &c.month) &&
        digits(s, &i, 2, &c.day) && vg_day_from_civil(c, day))
        return true;
    if ((forms & VG_DATE_DMY) &&
        (parse_slashed(s, '/', &c.day, &c.month, &c.year) ||
         parse_slashed(s, '.', &c.day, &c.month, &c.year)) &&
        vg_day_from_civil(c, day))
        return true;
    c = (vg_civil){ 0 };
    return (forms & VG_DATE_LONG) && parse_long(s, &c) && vg_day_from_civil(c, day);
}

bool vg_instant_parse(vg_str s, int64_t *utc_s)
{
    vg_civil c = { 0 };
    ptrdiff_t i = 0;
    int32_t day, second, offset;
    if (!parse_iso(s, &c, &i) || !(byte(s, &i, 'T') || byte(s, &i, ' ')) ||
        !take_time(s, &i, &second, &offset) || !vg_day_from_civil(c, &day))
        return false;
    int64_t instant = (int64_t)day * 86400 + second - offset;
    int64_t first = -719162 * INT64_C(86400), behind = 2932897 * INT64_C(86400); /* 0001-01-01, 10000-01-01 */
    if (instant < first || instant >= behind) /* an offset can lead out of the years 1 to 9999 */
        return false;
    *utc_s = instant;
    return true;
}

static char *two_digits(char *to, int32_t x)
{
    to[0] = (char)('0' + x / 10 % 10);
    to[1] = (char)('0' + x % 10);
    return to + 2;
}

vg_str vg_day_text(int32_t day, char buf[16])
{
    vg_civil c = vg_civil_from_day(day);
    if (c.year >= 0 && c.year <= 9999) { /* feeds write thousands of them a second */
        char *at = two_digits(two_digits(buf, c.year / 100), c.year % 100);
        *at++ = '-';
        at = two_digits(at, c.month);
        *at++ = '-';
        *two_digits(at, c.day) = 0;
        return (vg_str){ buf, 10 };
    }
    return (vg_str){ buf, snprintf(buf, 16, "%04d-%02d-%02d", c.year % 10000, c.month % 100, c.day % 100) };
}

vg_str vg_instant_text(int64_t utc_s, char buf[32])
{
    const int64_t farthest =
        2000000000; /* beyond millions of years the day is not told, so that nothing overflows */
    int64_t day = utc_s / 86400 - (utc_s % 86400 < 0);
    int32_t s = (int32_t)((utc_s % 86400 + 86400) % 86400);
    char date[16];
    day = day < -farthest ? -farthest : day > farthest ? farthest : day;
    vg_str d = vg_day_text((int32_t)day, date);
    memcpy(buf, d.s, (size_t)d.n);
    char *at = buf + d.n;
    *at++ = 'T';
    at = two_digits(at, s / 3600);
    *at++ = ':';
    at = two_digits(at, s / 60 % 60);
    *at++ = ':';
    at = two_digits(at, s % 60);
    *at++ = 'Z';
    *at = 0;
    return (vg_str){ buf, at - buf };
}

int32_t vg_month(int32_t year, int32_t month)
{
    return (year - 1980) * 12 + month;
}

int32_t vg_month_of_day(int32_t day)
{
    vg_civil c = vg_civil_from_day(day);
    return vg_month(c.year, c.month);
}

int32_t vg_month_year(int32_t month_id)
{
    int32_t m = month_id - 1; /* floor division: months before 1980 count down */
    return 1980 + (m >= 0 ? m / 12 : -((11 - m) / 12));
}

int32_t vg_month_of_year(int32_t month_id)
{
    return month_id - (vg_month_year(month_id) - 1980) * 12;
}

int32_t vg_month_first_day(int32_t month_id)
{
    int32_t day = 0;
    vg_day_from_civil((vg_civil){ vg_month_year(month_id), vg_month_of_year(month_id), 1 }, &day);
    return day;
}

int32_t vg_month_last_day(int32_t month_id)
{
    int32_t day =
        vg_month_first_day(month_id) + 30; /* not the first of the next month less one: it may be in 10000 */
    while (vg_month_of_day(day) != month_id)
        day--;
    return day;
}

bool vg_month_parse(vg_str s, int32_t *month_id)
{
    int32_t year, month, day;
    ptrdiff_t i = 0;
    if (digits(s, &i, 4, &year) && byte(s, &i, '-') && digits(s, &i, 2, &month) && i == s.n && month >= 1 &&
        month <= 12 && year >= 1) {
        *month_id = vg_month(year, month);
        return true;
    }
    if (!vg_day_parse(s, VG_DATE_ISO, &day))
        return false;
    *month_id = vg_month_of_day(day);
    return true;
}

vg_str vg_month_text(int32_t month_id, char buf[16])
{
    return (vg_str){ buf,
                     snprintf(buf, 16, "%04d-%02d", vg_month_year(month_id), vg_month_of_year(month_id)) };
}

int64_t vg_now(void)
{
    int64_t fixed;
    const char *env = getenv("VIGIE_NOW");
    return env && vg_instant_parse(vg_str_z(env), &fixed) ? fixed : (int64_t)time(NULL);
}
