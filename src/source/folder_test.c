/* A watched folder: what is handed out, and when. The tests wait for real seconds where two of them are the rule. */
#include "test.h"

#include <fcntl.h>

#include "source/folder.h"

static char dir[256];

static void put(const char *name, const char *text, const char *mode)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool has(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

static vg_folder *open_it(void)
{
    vg_folder *f = NULL;
    vg_err e = VG_NO_ERR;
    temp_dir(dir);
    CHECK_OK(vg_folder_open(dir, &f, &e), &e);
    return f;
}

static const char *next(vg_folder *f, int32_t wait_ms)
{
    const char *path = NULL;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_folder_next(f, wait_ms, &path, &e), &e);
    return path ? strrchr(path, '/') + 1 : NULL;
}

static void remove_it(vg_folder *f)
{
    char line[512];
    vg_folder_close(f);
    snprintf(line, sizeof line, "rm -r '%s'", dir);
    assert_int_equal(system(line), 0);
}

static void a_file_renamed_into_the_folder_is_handed_out_at_once(void **state)
{
    (void)state;
    char from[512], to[512];
    vg_folder *f = open_it();
    put(".coming", "x", "w");
    assert_null(next(f, 50));
    snprintf(from, sizeof from, "%s/.coming", dir);
    snprintf(to, sizeof to, "%s/day.csv", dir);
    assert_int_equal(rename(from, to), 0);
    assert_string_equal(next(f, 500), "day.csv");
    remove_it(f);
}

static void a_file_still_being_written_is_never_handed_out(void **state)
{
    (void)state;
    vg_folder *f = open_it();
    for (int i = 0; i < 6; i++) {
        put("slow.jsonl", "a line\n", "a");
        assert_null(next(f, 600));
    }
    assert_string_equal(next(f, 3000), "slow.jsonl");
    remove_it(f);
}

static void files_under_way_and_folders_are_left_alone(void **state)
{
    (void)state;
    vg_folder *f = open_it();
    put("a.part", "x", "w");
    put("b.tmp", "x", "w");
    put("c~", "x", "w");
    put(".d", "x", "w");
    assert_null(next(f, 2300));
    remove_it(f);
}

static void what_is_done_is_put_away_and_names_never_clash(void **state)
{
    (void)state;
    vg_folder *f = open_it();
    vg_err e = VG_NO_ERR;
    put("taken/b.csv", "earlier", "w");
    put("b.csv", "x", "w");
    put("a.csv", "x", "w");
    assert_string_equal(next(f, 3000), "a.csv");
    CHECK_OK(vg_folder_done(f, "a.csv", &e), &e);
    assert_string_equal(next(f, 100), "b.csv");
    CHECK_OK(vg_folder_done(f, "b.csv", &e), &e);
    assert_null(next(f, 100));
    assert_true(has("taken/a.csv") && has("taken/b.csv") && has("taken/b.csv.2"));
    assert_non_null(strstr(vg_folder_rejected(f, "b.csv"), "/rejected/b.csv.csv"));
    remove_it(f);
}

static void a_folder_that_does_not_exist_is_told(void **state)
{
    (void)state;
    vg_folder *f = NULL;
    vg_err e = VG_NO_ERR;
    assert_false(vg_folder_open("/nowhere/at/all", &f, &e));
    assert_int_equal(e.code, VG_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_renamed_into_the_folder_is_handed_out_at_once),
        cmocka_unit_test(a_file_still_being_written_is_never_handed_out),
        cmocka_unit_test(files_under_way_and_folders_are_left_alone),
        cmocka_unit_test(what_is_done_is_put_away_and_names_never_clash),
        cmocka_unit_test(a_folder_that_does_not_exist_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
