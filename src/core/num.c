/* Numbers without a locale. Exact small decimals are read in integers; the rest goes to strtod in the "C" locale. */
#include "core/num.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t digits; /* first 19 significant digits */
    int64_t exp10;
    bool negative, exact; /* exact: no digit was left out */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at s[*i...]; each is counted in *n, and in the exponent when it stands after the point. */
static void take_digits(vg_str s, ptrdiff_t *i, bool after_point, decimal *d, int *n)
{
    for (; *i < s.n && is_digit(s.s[*i]); (*i)++, (*n)++) {
        if (d->digits < 1000000000000000000ULL) {
            d->digits = d->digits * 10 + (uint64_t)(s.s[*i] - '0');
            d->exp10 -= after_point;
        } else {
            d->exact = d->exact && s.s[*i] == '0';
            d->exp10 += !after_point;
        }
    }
}

static bool take_exponent(vg_str s, ptrdiff_t *i, decimal *d)
{
    bool minus = *i < s.n && s.s[*i] == '-';
    if (*i < s.n && (s.s[*i] == '-' || s.s[*i] == '+'))
        (*i)++;
    int n = 0;
    int64_t x = 0;
    for (; *i < s.n && is_digit(s.s[*i]); (*i)++, n++)
        x = x < 100000 ? x * 10 + (s.s[*i] - '0') : x;
    d->exp10 += minus ? -x : x;
    return n > 0;
}

static bool split(vg_str s, char point, decimal *d)
{
    *d = (decimal){ .exact = true };
    ptrdiff_t i = 0;
    int n = 0;
    if (s.n && (s.s[0] == '-' || s.s[0] == '+'))
        d->negative = s.s[i++] == '-';
    take_digits(s, &i, false, d, &n);
    if (i < s.n && s.s[i] == point) {
        i++;
        take_digits(s, &i, true, d, &n);
    }
    if (n == 0)
        return false;
    if (i < s.n && (s.s[i] == 'e' || s.s[i] == 'E')) {
        i++;
        if (!take_exponent(s, &i, d))
            return false;
    }
    return i == s.n;
}

/* Made once and never freed; of two threads that make it at once, one gives its own back. */
static locale_t c_locale(void)
{
    static _Atomic(locale_t) kept;
    locale_t c = atomic_load(&kept), none = NULL;
    if (c)
        return c;
    c = newlocale(LC_ALL_MASK, "C", NULL);
    if (c && !atomic_compare_exchange_strong(&kept, &none, c)) {
        freelocale(c);
        c = none;
    }
    return c;
}

static bool read_by_strtod(vg_str s, char point, double *out)
{
    char text[1088];
    if (s.n >= (ptrdiff_t)sizeof text)
        return false;
    memcpy(text, s.s, (size_t)s.n);
    text[s.n] = 0;
    char *p = strchr(text, point);
    if (p)
        *p = '.';
    double x = strtod_l(text, NULL, c_locale());
    if (!isfinite(x))
        return false;
    *out = x;
    return true;
}

static bool read_num(vg_str s, char point, double *out)
{
    static const double power[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    decimal d;
    if (!split(s, point, &d))
        return false;
    if (!d.exact || d.digits > (1ULL << 53) || d.exp10 < -22 || d.exp10 > 22)
        return read_by_strtod(s, point, out);
    double x = (double)d.digits; /* exact, and so are the powers: one rounding in all */
    x = d.exp10 < 0 ? x / power[-d.exp10] : x * power[d.exp10];
    *out = d.negative ? -x : x;
    return true;
}

bool vg_num(vg_str s, double *out)
{
    return read_num(s, '.', out);
}

bool vg_num_comma(vg_str s, double *out)
{
    return read_num(s, ',', out);
}

bool vg_int(vg_str s, int64_t *out)
{
    ptrdiff_t i = s.n && (s.s[0] == '-' || s.s[0] == '+');
    bool minus = s.n && s.s[0] == '-';
    if (i == s.n)
        return false;
    int64_t x = 0;
    for (; i < s.n; i++) {
        if (!is_digit(s.s[i]) || __builtin_mul_overflow(x, 10, &x) ||
            __builtin_sub_overflow(x, s.s[i] - '0',
                                   &x)) /* counted downwards: INT64_MIN has no positive twin */
            return false;
    }
    if (!minus && x == INT64_MIN)
        return false;
    *out = minus ? x : -x;
    return true;
}

bool vg_int_lenient(vg_str s, int64_t *out)
{
    double x;
    if (vg_int(s, out))
        return true;
    if (!vg_num(s, &x) || x != rint(x) || fabs(x) > 9007199254740992.0)
        return false;
    *out = (int64_t)x;
    return true;
}

bool vg_i32(int64_t x, int32_t *out, vg_err *e)
{
    if (x < INT32_MIN || x > INT32_MAX)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "%lld does not fit in 32 bits", (long long)x);
    *out = (int32_t)x;
    return true;
}

/* printf writes the locale's point; a program that set a locale must still write files that others can read. */
static vg_str with_point(char *buf, int n)
{
    for (int i = 0; i < n; i++)
        if (buf[i] == ',')
            buf[i] = '.';
    return (vg_str){ buf, n };
}

vg_str vg_num_text(double x, char buf[32])
{
    if (!isfinite(x)) {
        buf[0] = 0;
        return (vg_str){ buf, 0 };
    }
    if (x == rint(x) && fabs(x) < 1e15)
        return (vg_str){ buf, snprintf(buf, 32, "%lld", (long long)x) };
    vg_str s = VG_NOSTR;
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        s = with_point(buf, snprintf(buf, 32, "%.*g", digits, x));
        if (vg_num(s, &back) && back == x)
            break;
    }
    return s;
}

__extension__ typedef unsigned __int128 wide;

/* |x| below 1e9 times 10^decimals, rounded to whole as printf does: exactly, and a half to the even one. A number is a
 * whole one of 53 bits over a power of two, so that nothing is lost in 128 bits. */
static uint64_t scaled(double x, int decimals)
{
    static const uint32_t power[] = { 1,      10,      100,      1000,      10000,
                                      100000, 1000000, 10000000, 100000000, 1000000000 };
    int exponent;
    double fraction = frexp(x, &exponent);
    wide n = (wide)(uint64_t)ldexp(fraction, 53) * power[decimals];
    int shift = 53 - exponent; /* at least 23 */
    if (shift > 100)
        return 0;
    wide rest = n & (((wide)1 << shift) - 1), half = (wide)1 << (shift - 1);
    n >>= shift;
    return (uint64_t)n + (rest > half || (rest == half && (n & 1)));
}

/* From the end of the room: what stands behind the point, the point, what stands before it. */
static vg_str put_scaled(uint64_t n, int decimals, bool minus, char buf[40])
{
    char *end = buf + 39, *at = end;
    *end = 0;
    minus = minus && n > 0; /* "-0.0" is written "0.0" */
    for (int i = 0; i < decimals; i++, n /= 10)
        *--at = (char)('0' + n % 10);
    if (decimals)
        *--at = '.';
    do {
        *--at = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    if (minus)
        *--at = '-';
    memmove(buf, at, (size_t)(end + 1 - at));
    return (vg_str){ buf, end - at };
}

vg_str vg_fixed_text(double x, int decimals, char buf[40])
{
    if (!isfinite(x) || fabs(x) >= 1e25) {
        buf[0] = 0;
        return isfinite(x) ? vg_num_text(x, buf) : (vg_str){ buf, 0 };
    }
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    if (fabs(x) < 1e9)
        return put_scaled(scaled(fabs(x), decimals), decimals, x < 0, buf);
    vg_str s = with_point(buf, snprintf(buf, 40, "%.*f", decimals, x));
    bool zero = s.n && s.s[0] == '-'; /* "-0.0" is written "0.0" */
    for (ptrdiff_t i = 1; i < s.n; i++)
        zero = zero && (s.s[i] == '0' || s.s[i] == '.');
    return zero ? vg_sub(s, 1, s.n) : s;
}

void vg_sum_add(vg_sum *s, double x)
{
    double t = s->sum + x;
    s->rest += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
    s->sum = t;
}

double vg_sum_value(const vg_sum *s)
{
    return s->sum + s->rest;
}
