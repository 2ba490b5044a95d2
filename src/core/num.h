/**
 * Numbers, read strictly and written so that they read back the same. No locale, no surprises: "12abc", "", "1e",
 * " 5" and "0x10" are refused; nan and inf are refused too, because input says "not known" by an empty field.
 *
 *     double deg;
 *     if (!vg_num(VG_S("12.5"), &deg)) ...
 *     int64_t deaths;
 *     if (!vg_int(VG_S("1500"), &deaths)) ...
 *
 * Both return false and leave the output untouched when the text is not a number of that kind.
 */
#ifndef VG_CORE_NUM_H
#define VG_CORE_NUM_H

#include "core/err.h"
#include "core/str.h"

/**
 * Decimal number: [+-] digits [. digits] [e[+-]digits], correctly rounded. ".5" and "5." are taken. Overflow to
 * infinity is refused. Cost: one pass for up to 19 digits and small exponents, the C library's strtod else.
 */
bool vg_num(vg_str s, double *out);

/** The same with a decimal comma: "12,5". A point is then refused. */
bool vg_num_comma(vg_str s, double *out);

/** Whole number: [+-] digits, in the range of int64_t. */
bool vg_int(vg_str s, int64_t *out);

/** Whole number written as a number with only zeros after the point ("12", "12.0", "1.2e1"), as spreadsheets do. */
bool vg_int_lenient(vg_str s, int64_t *out);

/** Narrowing with a check. Fails: VG_ERANGE. */
bool vg_i32(int64_t x, int32_t *out, vg_err *e);

/**
 * Shortest text that vg_num reads back as the same double; whole numbers below 1e15 without a point. Not-a-number
 * is written as "". Writes at most 32 bytes into `buf` (NUL included) and returns the slice over them.
 */
vg_str vg_num_text(double x, char buf[32]);

/** Fixed number of decimals (0..9), rounded half to even as printf does, locale never asked. */
vg_str vg_fixed_text(double x, int decimals, char buf[40]);

/** Compensated sum (Neumaier): the error does not grow with the number of terms. Start from all-zero. */
typedef struct {
    double sum, rest;
} vg_sum;

void vg_sum_add(vg_sum *s, double x);
double vg_sum_value(const vg_sum *s);

#endif
