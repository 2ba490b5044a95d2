/* Structs to JSON objects and back. Invariant: what vg_fields_put wrote, vg_fields_get reads back to the same struct. */
#include "core/fields.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

/* --- writing --- */

static const void *at_byte(const void *base, size_t at)
{
    return (const char *)base + at;
}

static int32_t int_at(const void *base, size_t at)
{
    int32_t x;
    memcpy(&x, at_byte(base, at), sizeof x);
    return x;
}

static double num_at(const void *base, size_t at)
{
    double x;
    memcpy(&x, at_byte(base, at), sizeof x);
    return x;
}

static void put_scalar(vg_json *j, const vg_field *f, const void *from)
{
    char text[16];
    int64_t whole;
    vg_str s;
    switch (f->kind) {
    case VG_FIELD_NUM: vg_json_num(j, num_at(from, f->at)); return;
    case VG_FIELD_INT32: vg_json_int(j, int_at(from, f->at)); return;
    case VG_FIELD_INT64:
        memcpy(&whole, at_byte(from, f->at), sizeof whole);
        vg_json_int(j, whole);
        return;
    case VG_FIELD_MONTH: vg_json_str(j, vg_month_text(int_at(from, f->at), text)); return;
    default: memcpy(&s, at_byte(from, f->at), sizeof s); vg_json_str(j, s);
    }
}

void vg_fields_put(vg_json *j, const vg_field *table, const void *from)
{
    vg_json_object(j);
    for (const vg_field *f = table; f->key; f++) {
        vg_json_key(j, vg_str_z(f->key));
        bool list = f->kind == VG_FIELD_NUMS || f->kind == VG_FIELD_OBJECTS;
        int32_t n = list ? int_at(from, f->count) : 0;
        if (list)
            vg_json_array(j);
        for (int32_t i = 0; i < n && i < f->max; i++) {
            if (f->kind == VG_FIELD_NUMS)
                vg_json_num(j, num_at(from, f->at + (size_t)i * sizeof(double)));
            else
                vg_fields_put(j, f->sub, at_byte(from, f->at + (size_t)i * f->size));
        }
        if (list)
            vg_json_close(j);
        else if (f->kind == VG_FIELD_OBJECT)
            vg_fields_put(j, f->sub, at_byte(from, f->at));
        else
            put_scalar(j, f, from);
    }
    vg_json_close(j);
}

/* --- reading --- */

static bool wrong(const vg_json_token *t, const vg_field *f, vg_err *e)
{
    return vg_fail(e, VG_EPARSE, t->at, "\"%s\" of a stored result is not what it should be", f->key);
}

static bool get_num(const vg_json_token *t, void *to)
{
    double x = NAN;
    if (t->kind != VG_JSON_NULL && (t->kind != VG_JSON_NUMBER || !vg_num(t->text, &x)))
        return false;
    memcpy(to, &x, sizeof x);
    return true;
}

static bool get_whole(const vg_json_token *t, const vg_field *f, void *to)
{
    int64_t whole;
    if (t->kind != VG_JSON_NUMBER || !vg_int(t->text, &whole))
        return false;
    if (f->kind == VG_FIELD_INT64) {
        memcpy(to, &whole, sizeof whole);
        return true;
    }
    int32_t narrow;
    if (!vg_i32(whole, &narrow, NULL))
        return false;
    memcpy(to, &narrow, sizeof narrow);
    return true;
}

static bool get_scalar(const vg_json_token *t, const vg_field *f, void *to, vg_arena *a)
{
    int32_t month;
    vg_str s;
    switch (f->kind) {
    case VG_FIELD_NUM: return get_num(t, to);
    case VG_FIELD_INT32:
    case VG_FIELD_INT64: return get_whole(t, f, to);
    case VG_FIELD_MONTH:
        if (t->kind != VG_JSON_STRING || !vg_month_parse(t->text, &month))
            return false;
        memcpy(to, &month, sizeof month);
        return true;
    case VG_FIELD_TEXT:
        s = vg_copy(a, t->text);
        memcpy(to, &s, sizeof s);
        return t->kind == VG_JSON_STRING && s.s;
    default: return false;
    }
}

static bool get_object(vg_json_reader *r, const vg_field *table, void *to, vg_arena *a, vg_err *e);

static bool get_list(vg_json_reader *r, const vg_field *f, char *to, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    int32_t n = 0;
    vg_json_kind item = f->kind == VG_FIELD_NUMS ? VG_JSON_NUMBER : VG_JSON_OBJECT;
    while (vg_json_next(r, &t, e) && t.kind != VG_JSON_ARRAY_END) {
        bool unknown = item == VG_JSON_NUMBER && t.kind == VG_JSON_NULL;
        if (n == f->max || (t.kind != item && !unknown))
            return wrong(&t, f, e);
        bool good = f->kind == VG_FIELD_NUMS ? get_num(&t, to + f->at + (size_t)n * sizeof(double))
                                             : get_object(r, f->sub, to + f->at + (size_t)n * f->size, a, e);
        if (!good)
            return wrong(&t, f, e);
        n++;
    }
    memcpy(to + f->count, &n, sizeof n);
    return !vg_failed(e);
}

static bool get_field(vg_json_reader *r, const vg_field *f, char *to, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    if (!vg_json_next(r, &t, e))
        return false;
    if (f->kind == VG_FIELD_OBJECT)
        return t.kind == VG_JSON_OBJECT ? get_object(r, f->sub, to + f->at, a, e) : wrong(&t, f, e);
    if (f->kind == VG_FIELD_NUMS || f->kind == VG_FIELD_OBJECTS)
        return t.kind == VG_JSON_ARRAY ? get_list(r, f, to, a, e) : wrong(&t, f, e);
    return get_scalar(&t, f, to + f->at, a) || wrong(&t, f, e);
}

/* Members of an object whose opening brace has been read. */
static bool get_object(vg_json_reader *r, const vg_field *table, void *to, vg_arena *a, vg_err *e)
{
    vg_json_token t;
    while (vg_json_next(r, &t, e) && t.kind == VG_JSON_KEY) {
        const vg_field *f = table;
        while (f->key && !vg_eq(vg_str_z(f->key), t.text))
            f++;
        if (f->key ? !get_field(r, f, to, a, e) : !(vg_json_next(r, &t, e) && vg_json_skip(r, &t, e)))
            return false;
    }
    return !vg_failed(e);
}

bool vg_fields_get(vg_str body, const vg_field *table, void *to, vg_arena *a, vg_arena scratch, vg_err *e)
{
    vg_input *in;
    vg_json_reader *r;
    vg_json_token t = { .kind = VG_JSON_END };
    if (!vg_input_memory(body, VG_S("stored result"), &in, e))
        return false;
    bool good = vg_json_open(in, &scratch, &r, e) && vg_json_next(r, &t, e);
    if (good && t.kind != VG_JSON_OBJECT)
        good = vg_fail(e, VG_EPARSE, t.at, "a stored result is not a JSON object");
    good = good && get_object(r, table, to, a, e);
    vg_input_close(in);
    return good;
}
