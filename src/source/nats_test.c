/* What can be told of a broker without one; test/ceasefire/nats has a real one, and kills it. */
#include "test.h"

#include "source/nats.h"

static void a_broker_that_is_away_is_no_failure_and_its_secret_is_not_shown(void **state)
{
    (void)state;
    vg_nats *c = NULL;
    vg_err e = VG_NO_ERR;
    vg_nats_message m[2];
    int32_t n = 7;
    CHECK_OK(vg_nats_open(&(vg_nats_opts){ .url = "nats://desk:secret@127.0.0.1:1" }, &c, &e), &e);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(vg_nats_fetch(c, m, 2, 1, &n, &e), &e);
        assert_int_equal(n, 0);
    }
    vg_nats_status s = vg_nats_state(c);
    assert_false(s.is_there);
    assert_string_equal(s.address, "127.0.0.1:1");
    assert_true(s.reason[0] != 0 && s.n_messages == 0 && s.n_away == 0);
    vg_nats_close(c);
}

static void names_that_nats_cannot_have_are_refused_before_it_is_asked(void **state)
{
    (void)state;
    static const vg_nats_opts bad[] = { { .url = "nats://127.0.0.1:1", .stream = "" },
                                        { .url = "nats://127.0.0.1:1", .subject = "two words" },
                                        { .url = "://" } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_nats *c = NULL;
        vg_err e = VG_NO_ERR;
        assert_false(vg_nats_open(&bad[i], &c, &e));
        assert_int_equal(e.code, VG_EARG);
        assert_null(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_that_is_away_is_no_failure_and_its_secret_is_not_shown),
        cmocka_unit_test(names_that_nats_cannot_have_are_refused_before_it_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
