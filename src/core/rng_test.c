/* Random streams: the published vectors, no bias, and independence of who draws. */
#include "core/rng.h"

#include "test.h"

static void philox_gives_the_known_answers(void **state)
{
    (void)state; /* Random123 1.14, tests/kat_vectors, philox4x32 10 */
    const uint32_t counter[3][4] = { { 0, 0, 0, 0 },
                                     { ~0U, ~0U, ~0U, ~0U },
                                     { 0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344 } };
    const uint32_t key[3][2] = { { 0, 0 }, { ~0U, ~0U }, { 0xA4093822, 0x299F31D0 } };
    const uint32_t want[3][4] = { { 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8 },
                                  { 0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD },
                                  { 0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1 } };
    for (int i = 0; i < 3; i++) {
        uint32_t got[4];
        vg_philox(counter[i], key[i], got);
        assert_memory_equal(got, want[i], sizeof got);
    }
}

static void a_stream_depends_on_seed_and_number_only(void **state)
{
    (void)state;
    vg_rng a = vg_rng_at(1, 2), b = vg_rng_at(1, 2), c = vg_rng_at(1, 3), d = vg_rng_at(2, 2);
    int same_c = 0, same_d = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t x = vg_rng_u32(&a);
        assert_int_equal(x, vg_rng_u32(&b));
        same_c += x == vg_rng_u32(&c);
        same_d += x == vg_rng_u32(&d);
    }
    assert_true(same_c < 3 && same_d < 3);
}

static void small_ranges_are_even(void **state)
{
    (void)state;
    int count[7] = { 0 };
    vg_rng r = vg_rng_at(11, 0);
    for (int i = 0; i < 70000; i++)
        count[vg_rng_below(&r, 7)]++;
    for (int k = 0; k < 7; k++)
        assert_in_range(count[k], 9600, 10400); /* four standard deviations */
}

static void units_lie_in_zero_to_one_with_mean_a_half(void **state)
{
    (void)state;
    vg_rng r = vg_rng_at(3, 1);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        double u = vg_rng_unit(&r);
        assert_true(u >= 0 && u < 1);
        sum += u;
        squares += u * u;
    }
    CHECK_NEAR(sum / 100000, 0.5, 0.004);
    CHECK_NEAR(squares / 100000, 1.0 / 3, 0.004);
}

static void streams_named_by_two_numbers_differ(void **state)
{
    (void)state;
    for (uint64_t a = 0; a < 50; a++)
        for (uint64_t b = 0; b < 50; b++)
            if (a != b)
                assert_true(vg_rng_stream(a, b) != vg_rng_stream(b, a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers),
        cmocka_unit_test(a_stream_depends_on_seed_and_number_only),
        cmocka_unit_test(small_ranges_are_even),
        cmocka_unit_test(units_lie_in_zero_to_one_with_mean_a_half),
        cmocka_unit_test(streams_named_by_two_numbers_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
