/*
 * Time in an agreement: windows with daily hours, and reporting days. Invariant: an instant is within the daily hours
 * when its local time of day is, whatever the clocks did that day; so an hour that comes twice counts twice, and one
 * that is skipped not at all.
 */
#include "ceasefire/agreement_int.h"

enum { DAY_S = 86400, WEEK_S = 7 * DAY_S, MONDAY_S = 4 * DAY_S /* 1970-01-05 */ };

static const int64_t FIRST = -62135596800, LAST = 253402300800; /* years 1 to 9999 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t clamp(int64_t x, int64_t most)
{
    return x < 0 ? 0 : x > most ? most : x;
}

/* Whole weeks since a Monday, then the days of this one. */
int64_t vg_agreement__hours(const vg_window *w, int64_t local)
{
    int64_t hours = w->day_to_s - w->day_from_s + (w->day_from_s > w->day_to_s ? DAY_S : 0);
    unsigned days = w->weekdays ? w->weekdays : 127;
    int64_t week = floor_div(local - MONDAY_S, WEEK_S), rest = local - MONDAY_S - week * WEEK_S;
    int64_t seconds = week * hours * __builtin_popcount(days & 127);
    for (int day = 0; day < 7; day++)
        if (days >> day & 1)
            seconds += clamp(rest - day * DAY_S - w->day_from_s, hours);
    if (days >> 6 &
        1) /* what of last Sunday's hours lies in this week has been counted with last week: take back the rest */
        seconds += clamp(rest + DAY_S - w->day_from_s, hours) - hours;
    return seconds;
}

int64_t vg_window_overlap(const vg_window *w, const vg_clock *clock, int64_t from, int64_t to)
{
    if (from == to && to < INT64_MAX)
        to++;
    from = from > w->from ? from : w->from;
    to = to < w->to ? to : w->to;
    if (from >= to)
        return 0;
    if (w->day_from_s == 0 && w->day_to_s == DAY_S && !w->weekdays) {
        int64_t seconds;
        return __builtin_sub_overflow(to, from, &seconds) ? INT64_MAX : seconds;
    }
    from = from > FIRST ? from : FIRST;
    to = to < LAST ? to : LAST;
    int64_t sum = 0;
    while (from < to) { /* each stretch between two changes of the clocks has one offset */
        int64_t change = vg_clock_change(clock, from, to), end = change > from && change < to ? change : to;
        int32_t offset = vg_clock_offset_s(clock, from);
        sum += vg_agreement__hours(w, end + offset) - vg_agreement__hours(w, from + offset);
        from = end;
    }
    return sum;
}

void vg_agreement_day_bounds(const vg_agreement *a, int32_t day, int64_t *from, int64_t *to)
{
    int64_t local = (int64_t)day * DAY_S + a->cutoff_s;
    *from = vg_clock_utc(a->clock, local - DAY_S, NULL);
    *to = vg_clock_utc(a->clock, local, NULL);
}

int32_t vg_agreement_day(const vg_agreement *a, int64_t at)
{
    int64_t from, to;
    at = at < FIRST ? FIRST : at > LAST ? LAST : at;
    int64_t local = at + vg_clock_offset_s(a->clock, at);
    int32_t day = (int32_t)(floor_div(local - a->cutoff_s, DAY_S) + 1);
    for (;;) { /* a day or two away at most, where the clocks change */
        vg_agreement_day_bounds(a, day, &from, &to);
        if (at < from)
            day--;
        else if (at >= to)
            day++;
        else
            return day;
    }
}
