/**
 * Days, months and instants in UTC. A day is a count from 1970-01-01; an instant is int64 seconds from the same
 * origin; a month is the VIEWS month_id (1 = January 1980), the number the field's panels are keyed by.
 *
 *     int32_t day;
 *     if (vg_day_parse(VG_S("2024-02-29"), VG_DATE_ISO, &day))
 *         month = vg_month_of_day(day);                530
 *
 * Dates are proleptic Gregorian, years 1 to 9999. 31 February is refused, not rolled over.
 */
#ifndef VG_CORE_DATE_H
#define VG_CORE_DATE_H

#include "core/err.h"
#include "core/str.h"

typedef struct {
    int32_t year, month, day; /* month 1..12, day 1..31 */
} vg_civil;

/** Which ways of writing a date are taken. Combine with |. */
typedef enum {
    VG_DATE_ISO = 1, /* 2024-03-31, optionally followed by [T ]hh:mm[:ss[.fff]][Z|+hh:mm] (time dropped) */
    VG_DATE_MDY = 2, /* 03/31/2024, optionally followed by a time */
    VG_DATE_COMPACT = 4, /* 20240331 */
    VG_DATE_DMY = 8,     /* 31/03/2024 or 31.03.2024 */
    VG_DATE_LONG = 16    /* 31 March 2024 (English month names, as ACLED wrote them) */
} vg_date_form;

/** Days from 1970-01-01 of a civil date; false when there is no such date. */
bool vg_day_from_civil(vg_civil c, int32_t *day);
vg_civil vg_civil_from_day(int32_t day);

/** Reads a day in one of the `forms`, tried in the order of their numbers. False when none fits or there is no such day. */
bool vg_day_parse(vg_str s, unsigned forms, int32_t *day);

/** Instant, ISO 8601 with a time: 2024-03-31T12:00:00Z, offset taken into account, fraction dropped. */
bool vg_instant_parse(vg_str s, int64_t *utc_s);

/** "2024-03-31" and "2024-03-31T12:00:00Z". */
vg_str vg_day_text(int32_t day, char buf[16]);
vg_str vg_instant_text(int64_t utc_s, char buf[32]);

/** month_id = (year - 1980) * 12 + month. Months before 1980 are zero or negative. */
int32_t vg_month(int32_t year, int32_t month);
int32_t vg_month_of_day(int32_t day);
int32_t vg_month_year(int32_t month_id);
int32_t vg_month_of_year(int32_t month_id); /* 1..12 */

/** First and last day of a month. */
int32_t vg_month_first_day(int32_t month_id);
int32_t vg_month_last_day(int32_t month_id);

/** "2024-03" (also a full date: its month). */
bool vg_month_parse(vg_str s, int32_t *month_id);
vg_str vg_month_text(int32_t month_id, char buf[16]);

/** Now, from the system clock. The one place in the library that looks at it; VIGIE_NOW (an instant) overrides it in tests. */
int64_t vg_now(void);

#endif
