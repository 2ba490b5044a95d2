/* Numbers and dates from any bytes: what is taken must be written so that it reads back as the same value. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void check_number(double x)
{
    char buf[32], fixed[40];
    double again = 0;
    demand(isfinite(x));
    vg_str text = vg_num_text(x, buf);
    demand(text.n < 32 && vg_num(text, &again));
    demand(same_bits(x, again) || (x == 0 && again == 0));
    if (fabs(x) < 1e15)
        demand(vg_num(vg_fixed_text(x, 3, fixed), &again) && fabs(again - x) <= 0.000501 + fabs(x) * 1e-15);
}

static void check_integer(vg_str s, int64_t i)
{
    int64_t lenient = 0;
    double x;
    demand(vg_int_lenient(s, &lenient) && lenient == i);
    demand(vg_num(s, &x) && fabs(x - (double)i) <= fabs(x) * 1e-15);
}

static void check_day(int32_t day)
{
    char buf[16];
    int32_t again = 0, from_civil = 0, month = 0;
    demand(vg_day_parse(vg_day_text(day, buf), VG_DATE_ISO, &again) && again == day);
    demand(vg_day_from_civil(vg_civil_from_day(day), &from_civil) && from_civil == day);
    int32_t m = vg_month_of_day(day);
    demand(vg_month_first_day(m) <= day && day <= vg_month_last_day(m));
    demand(vg_month(vg_month_year(m), vg_month_of_year(m)) == m);
    demand(vg_month_parse(vg_month_text(m, buf), &month) && month == m);
}

static void check_dates(vg_str s)
{
    char buf[32];
    int32_t day, month;
    int64_t instant, again = 0;
    for (unsigned forms = 1; forms < 32; forms++)
        if (vg_day_parse(s, forms, &day))
            check_day(day);
    if (vg_month_parse(s, &month))
        check_day(vg_month_first_day(month));
    if (vg_instant_parse(s, &instant))
        demand(vg_instant_parse(vg_instant_text(instant, buf), &again) && again == instant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str s = { (const char *)data, (ptrdiff_t)n };
    double x;
    int64_t i;
    if (vg_num(s, &x))
        check_number(x);
    if (vg_num_comma(s, &x))
        check_number(x);
    if (vg_int(s, &i))
        check_integer(s, i);
    else if (vg_int_lenient(s, &i))
        demand(vg_num(s, &x) && fabs(x - (double)i) <= fabs(x) * 1e-15);
    if (n == sizeof x) {
        memcpy(&x, data, sizeof x);
        if (isfinite(x))
            check_number(x);
    }
    check_dates(s);
    return 0;
}
