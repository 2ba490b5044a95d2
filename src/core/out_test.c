/* Writing: files that appear whole or not at all, errors that stick, cells and text that are safe. */
#include "core/out.h"

#include <signal.h>
#include <sys/resource.h>

#include "core/input.h"
#include "test.h"

static vg_str read_back(const char *path, char *buf, int64_t cap)
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    CHECK_OK(vg_input_open(path, &in, &e), &e);
    int64_t n = 0;
    for (int64_t got; (got = vg_input_read(in, buf + n, cap - n, &e)) > 0;)
        n += got;
    vg_input_close(in);
    return (vg_str){ buf, (ptrdiff_t)n };
}

static void a_file_appears_only_when_it_is_whole(void **state)
{
    (void)state;
    char dir[256], path[300], buf[100];
    vg_err e = VG_NO_ERR;
    vg_out o;
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/x.csv", dir);
    CHECK_OK(vg_out_path(&o, path, &e), &e);
    vg_put(&o, VG_S("a,b\n"));
    vg_print(&o, "%d,", 5);
    vg_put_num(&o, 0.25);
    assert_int_equal(access(path, F_OK), -1);
    CHECK_OK(vg_out_end(&o, &e), &e);
    CHECK_STR(read_back(path, buf, sizeof buf), "a,b\n5,0.25");
    CHECK_OK(vg_out_path(&o, path, &e), &e);
    vg_put(&o, VG_S("lost"));
    vg_out_drop(&o);
    CHECK_STR(read_back(path, buf, sizeof buf), "a,b\n5,0.25");
    remove(path);
    assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
}

static void a_name_that_ends_in_gz_is_compressed(void **state)
{
    (void)state;
    char dir[256], path[300];
    static char big[300000], buf[300001];
    vg_err e = VG_NO_ERR;
    vg_out o;
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/x.gz", dir);
    memset(big, 'x', sizeof big);
    CHECK_OK(vg_out_path(&o, path, &e), &e);
    vg_put(&o, (vg_str){ big, sizeof big });
    CHECK_OK(vg_out_end(&o, &e), &e);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < 5000);
    assert_true(vg_eq(read_back(path, buf, sizeof buf), (vg_str){ big, sizeof big }));
    remove(path);
    rmdir(dir);
}

static void a_full_disk_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    char dir[256], path[300];
    static char big[200000];
    struct rlimit before, small = { 65536, 65536 };
    vg_err e = VG_NO_ERR;
    vg_out o;
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/x.csv", dir);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool opened = vg_out_path(&o, path, &e);
    vg_put(&o, (vg_str){ big, sizeof big });
    bool ended = vg_out_end(&o, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_true(opened);
    assert_false(ended);
    assert_int_equal(e.code, VG_EIO);
    assert_int_equal(rmdir(dir), 0);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_out o;
    assert_false(vg_out_path(&o, "/nonexistent/x.csv", &e));
    assert_int_equal(e.code, VG_EIO);
    CHECK_STR(e.at.file, "/nonexistent/x.csv");
}

static void text_in_memory(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_out o;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_put_csv(&o, VG_S("plain"));
    vg_put_char(&o, ',');
    vg_put_csv(&o, VG_S("say \"hi\", now"));
    vg_put_char(&o, '\n');
    vg_put_html(&o, VG_S("<a href=\"x\">&'\x01"));
    vg_put_int(&o, INT64_MIN);
    vg_put_int(&o, 0);
    vg_put_fixed(&o, 1.25, 1);
    CHECK_STR(vg_out_text(&o),
              "plain,\"say \"\"hi\"\", now\"\n&lt;a href=&quot;x&quot;&gt;&amp;&#39;\xEF\xBF\xBD"
              "-922337203685477580801.2");
    vg_out_drop(&o);
}

static void memory_grows_as_needed(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_out o;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    for (int i = 0; i < 100000; i++)
        vg_print(&o, "%09d\n", i);
    assert_int_equal(vg_out_text(&o).n, 1000000);
    CHECK_OK(vg_out_end(&o, &e), &e);
    vg_out_drop(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_only_when_it_is_whole),
        cmocka_unit_test(a_name_that_ends_in_gz_is_compressed),
        cmocka_unit_test(a_full_disk_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(text_in_memory),
        cmocka_unit_test(memory_grows_as_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
