/* Threads: each task once, the lowest failure reported, stopping. */
#include "core/pool.h"

#include <stdatomic.h>

#include "test.h"

enum { TASKS = 1000 };
static _Atomic int ran[TASKS];

static bool count_task(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)e;
    assert_in_range(worker, 0, *(int *)ctx - 1);
    atomic_fetch_add(&ran[task], 1);
    return true;
}

static void each_task_runs_once_on_any_number_of_threads(void **state)
{
    (void)state;
    for (int n = 1; n <= 8; n++) {
        vg_err e = VG_NO_ERR;
        for (int i = 0; i < TASKS; i++)
            atomic_store(&ran[i], 0);
        CHECK_OK(vg_parallel(n, TASKS, count_task, &n, &e), &e);
        for (int i = 0; i < TASKS; i++)
            assert_int_equal(atomic_load(&ran[i]), 1);
    }
}

static bool fail_some(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)ctx, (void)worker;
    return task < 37 || task % 2 == 0 || vg_fail(e, VG_EPARSE, VG_NOWHERE, "task %d", (int)task);
}

static void the_failure_of_the_lowest_task_is_reported(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        vg_err e = VG_NO_ERR;
        assert_false(vg_parallel(6, TASKS, fail_some, NULL, &e));
        assert_string_equal(e.what, "task 37");
    }
}

static void nothing_runs_after_an_earlier_failure(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int n = 2;
    atomic_store(&ran[0], 0);
    vg_fail(&e, VG_EIO, VG_NOWHERE, "before");
    assert_false(vg_parallel(2, 1, count_task, &n, &e));
    assert_int_equal(atomic_load(&ran[0]), 0);
}

static void no_task_is_no_work(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    assert_true(vg_parallel(4, 0, fail_some, NULL, &e));
}

static bool stop(void *ctx, const char *what, int64_t done, int64_t total)
{
    (void)what, (void)done, (void)total;
    return ++*(int *)ctx < 3;
}

static void progress_that_says_no_stops_the_work(void **state)
{
    (void)state;
    int calls = 0;
    vg_err e = VG_NO_ERR;
    vg_progress p = { stop, &calls };
    assert_true(vg_progress_step(NULL, "x", 0, 0, &e));
    assert_true(vg_progress_step(&p, "x", 0, 0, &e));
    assert_true(vg_progress_step(&p, "x", 1, 0, &e));
    assert_false(vg_progress_step(&p, "x", 2, 0, &e));
    assert_int_equal(e.code, VG_ESTOPPED);
}

static void threads_can_be_set_from_outside(void **state)
{
    (void)state;
    setenv("VIGIE_THREADS", "3", 1);
    assert_int_equal(vg_cores(), 3);
    setenv("VIGIE_THREADS", "100000", 1);
    assert_int_equal(vg_cores(), VG_MAX_THREADS);
    setenv("VIGIE_THREADS", "none", 1);
    assert_in_range(vg_cores(), 1, VG_MAX_THREADS);
    unsetenv("VIGIE_THREADS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_once_on_any_number_of_threads),
        cmocka_unit_test(the_failure_of_the_lowest_task_is_reported),
        cmocka_unit_test(nothing_runs_after_an_earlier_failure),
        cmocka_unit_test(no_task_is_no_work),
        cmocka_unit_test(progress_that_says_no_stops_the_work),
        cmocka_unit_test(threads_can_be_set_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
