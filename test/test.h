/**
 * What every test program includes: cmocka with its four headers, tolerances, waiting and temporary folders.
 *
 *     static void lat_refuses_nan(void **state) { (void)state; CHECK_NEAR(got, 1.5, 1e-12); }
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = { cmocka_unit_test(lat_refuses_nan) };
 *         return cmocka_run_group_tests(tests, NULL, NULL);
 *     }
 *
 * A test's name is the sentence it proves. A test that needs shared data calls need_shared() and is then counted as
 * skipped where the data is absent.
 */
#ifndef VG_TEST_H
#define VG_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"

/* Fails with both values and the place when |got - want| > tol, or when either is not a number. */
#define CHECK_NEAR(got, want, tol)                                                                           \
    do {                                                                                                     \
        double g_ = (got), w_ = (want);                                                                      \
        if (!(fabs(g_ - w_) <= (tol)))                                                                       \
            fail_msg("%s = %.17g, expected %.17g (tolerance %g)", #got, g_, w_, (double)(tol));              \
    } while (0)

/* Fails with the message of `e` when the call did not succeed. */
#define CHECK_OK(call, e)                                                                                    \
    do {                                                                                                     \
        if (!(call))                                                                                         \
            fail_msg("%s: %s (%s; %s)", #call, (e)->what, (e)->why, (e)->mend);                              \
    } while (0)

/* Fails unless the slice holds exactly this text. */
#define CHECK_STR(got, want)                                                                                 \
    do {                                                                                                     \
        vg_str s_ = (got);                                                                                   \
        if (!vg_eq(s_, vg_str_z(want)))                                                                      \
            fail_msg("%s = \"%.*s\", expected \"%s\"", #got, VG_P(s_), (want));                              \
    } while (0)

/* Milliseconds of a clock that only goes forward. */
static inline int64_t test_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How long a test waits for what must come: only a fault takes so long, never a slow machine. */
enum { TEST_PATIENCE_MS = 60000 };

/* Asks for the condition again and again until it holds. */
#define WAIT_UNTIL(condition)                                                                                \
    do {                                                                                                     \
        int64_t end_ = test_now_ms() + TEST_PATIENCE_MS;                                                     \
        while (!(condition)) {                                                                               \
            if (test_now_ms() > end_)                                                                        \
                fail_msg("%s: not within %d s", #condition, TEST_PATIENCE_MS / 1000);                        \
            usleep(10000);                                                                                   \
        }                                                                                                    \
    } while (0)

/* Path of a shared file in a static buffer; skips the running test where it is absent. */
static inline const char *need_shared(const char *below)
{
    static char path[1024];
    const char *root = getenv("VIGIE_SHARED");
    snprintf(path, sizeof path, "%s/%s", root && *root ? root : "../shared", below);
    if (access(path, R_OK) != 0) {
        print_message("skipped: %s is not here (VIGIE_SHARED)\n", path);
        skip();
    }
    return path;
}

/* A new empty folder below $TMPDIR, removed by nobody but the test (its name is in `dir`). */
static inline void temp_dir(char dir[256])
{
    const char *root = getenv("TMPDIR");
    snprintf(dir, 256, "%s/vigie-test-XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(dir))
        fail_msg("cannot make a folder from %s", dir);
}

#endif
