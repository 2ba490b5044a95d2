/* What a table of fields wrote is read back the same, and what is not of the table is refused, never half taken. */
#include "core/fields.h"

#include <math.h>
#include <stddef.h>

#include "prop.h"

enum { MOST = 4 };

typedef struct {
    vg_str word;
    double x;
} part;

typedef struct {
    vg_str name;
    double mean;
    int32_t month, few;
    int64_t many;
    int32_t n_numbers, n_parts;
    double number[MOST];
    part inside, list[MOST];
} whole;

#define END                                                                                                  \
    {                                                                                                        \
        NULL, 0, 0, 0, 0, 0, NULL                                                                            \
    }
static const vg_field part_fields[] = {
    { "word", VG_FIELD_TEXT, offsetof(part, word), 0, 0, 0, NULL },
    { "x", VG_FIELD_NUM, offsetof(part, x), 0, 0, 0, NULL },
    END,
};
static const vg_field whole_fields[] = {
    { "name", VG_FIELD_TEXT, offsetof(whole, name), 0, 0, 0, NULL },
    { "mean", VG_FIELD_NUM, offsetof(whole, mean), 0, 0, 0, NULL },
    { "month", VG_FIELD_MONTH, offsetof(whole, month), 0, 0, 0, NULL },
    { "few", VG_FIELD_INT32, offsetof(whole, few), 0, 0, 0, NULL },
    { "many", VG_FIELD_INT64, offsetof(whole, many), 0, 0, 0, NULL },
    { "numbers", VG_FIELD_NUMS, offsetof(whole, number), offsetof(whole, n_numbers), MOST, 0, NULL },
    { "inside", VG_FIELD_OBJECT, offsetof(whole, inside), 0, 0, 0, part_fields },
    { "list", VG_FIELD_OBJECTS, offsetof(whole, list), offsetof(whole, n_parts), MOST, sizeof(part),
      part_fields },
    END,
};

static vg_arena a; /* of the texts: they outlive the call */

static bool read_back(vg_str text, whole *to, vg_err *e)
{
    vg_arena scratch;
    vg_err none = VG_NO_ERR;
    vg_arena_free(&a);
    CHECK_OK(vg_arena_init(&a, 1 << 22, &none), &none);
    CHECK_OK(vg_arena_init(&scratch, 1 << 22, &none), &none);
    bool good = vg_fields_get(text, whole_fields, to, &a, scratch, e);
    vg_arena_free(&scratch);
    return good;
}

static double a_number(vg_rng *r)
{
    return vg_rng_below(r, 5) == 0 ? (double)NAN : (vg_rng_unit(r) - 0.5) * 1e6;
}

static vg_str a_word(vg_rng *r)
{
    static const char *const words[] = { "", "Bay", "\"<&\\\n", "\xC3\xA9t\xC3\xA9" };
    return vg_str_z(words[vg_rng_below(r, 4)]);
}

static bool same_number(double x, double y)
{
    return x == y || (isnan(x) && isnan(y));
}

static bool same_part(const part *x, const part *y)
{
    return vg_eq(x->word, y->word) && same_number(x->x, y->x);
}

static bool same(const whole *x, const whole *y)
{
    bool equal = vg_eq(x->name, y->name) && same_number(x->mean, y->mean) && x->month == y->month &&
                 x->few == y->few && x->many == y->many && x->n_numbers == y->n_numbers &&
                 x->n_parts == y->n_parts && same_part(&x->inside, &y->inside);
    for (int32_t i = 0; equal && i < x->n_numbers; i++)
        equal = same_number(x->number[i], y->number[i]);
    for (int32_t i = 0; equal && i < x->n_parts; i++)
        equal = same_part(&x->list[i], &y->list[i]);
    return equal;
}

static const char *comes_back(vg_rng *r)
{
    vg_out text;
    vg_err e = VG_NO_ERR;
    whole from = { .name = a_word(r),
                   .mean = a_number(r),
                   .month = 1 + (int32_t)vg_rng_below(r, 2000),
                   .few = (int32_t)vg_rng_below(r, 1000) - 500,
                   .many = INT64_MAX - (int64_t)vg_rng_below(r, 1000),
                   .n_numbers = (int32_t)vg_rng_below(r, MOST + 1),
                   .n_parts = (int32_t)vg_rng_below(r, MOST + 1),
                   .inside = { a_word(r), a_number(r) } };
    whole to = { .few = 0 };
    for (int i = 0; i < MOST; i++) {
        from.number[i] = a_number(r);
        from.list[i] = (part){ a_word(r), a_number(r) };
    }
    CHECK_OK(vg_out_memory(&text, &e), &e);
    vg_json j = vg_json_to(&text);
    vg_fields_put(&j, whole_fields, &from);
    bool good = read_back(vg_out_text(&text), &to, &e);
    vg_out_drop(&text);
    return !good ? "it is refused" : same(&from, &to) ? NULL : "another struct came back";
}

static void a_struct_comes_back_as_it_was_written(void **state)
{
    (void)state;
    check_property("fields", comes_back, 300);
}

static void what_is_not_of_the_table_is_refused(void **state)
{
    static const char *const wrong[] = { "[]",
                                         "{\"mean\":\"1\"}",
                                         "{\"few\":2147483648}",
                                         "{\"month\":\"2024-13\"}",
                                         "{\"name\":null}",
                                         "{\"numbers\":[1,2,3,4,5]}",
                                         "{\"numbers\":[\"1\"]}",
                                         "{\"inside\":3}",
                                         "{\"list\":[null,{\"x\":1}]}",
                                         "{\"list\":[{\"x\":1}" };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        whole to = { .few = 0 };
        vg_err e = VG_NO_ERR;
        assert_false(read_back(vg_str_z(wrong[i]), &to, &e));
        assert_int_equal(e.code, VG_EPARSE);
    }
}

static void a_member_that_is_not_known_is_passed_over(void **state)
{
    whole to = { .few = 7 };
    vg_err e = VG_NO_ERR;
    (void)state;
    CHECK_OK(read_back(VG_S("{\"new\":{\"list\":[1,{}]},\"mean\":2.5}"), &to, &e), &e);
    CHECK_NEAR(to.mean, 2.5, 0);
    assert_int_equal(to.few, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_struct_comes_back_as_it_was_written),
        cmocka_unit_test(what_is_not_of_the_table_is_refused),
        cmocka_unit_test(a_member_that_is_not_known_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
