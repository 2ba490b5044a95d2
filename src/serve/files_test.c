/* The page's files: right types and rules, kept by their names, and nothing outside the folder whatever is asked. */
#include <sys/stat.h>

#include "serve/serve_test_int.h"

static char folder[256];

static void put_file(const char *name, const char *text, int times)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < times; i++)
        fputs(text, f);
    fclose(f);
}

static int open_stage(void **state)
{
    stage *g = new_stage();
    char path[400];
    temp_dir(folder);
    snprintf(path, sizeof path, "%s/assets", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    put_file("index.html", "<!doctype html><title>page</title>", 1);
    put_file("assets/index-C4xAfZ1k.js", "console.log(1);\n", 200);
    put_file("assets/plain.css", "body{}", 1);
    put_file("sw.js", "self", 1);
    put_file("tool.exe", "MZ", 1);
    put_file(".hidden.txt", "secret", 1);
    snprintf(path, sizeof path, "%s/passwd.txt", folder);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    g->o.web = folder;
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    static const char *const name[] = { "assets/index-C4xAfZ1k.js",
                                        "assets/plain.css",
                                        "index.html",
                                        "sw.js",
                                        "tool.exe",
                                        ".hidden.txt",
                                        "passwd.txt" };
    char path[400];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/assets", folder);
    rmdir(path);
    rmdir(folder);
    end_stage(*state);
    return 0;
}

#define BROWSER "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

static void a_browser_gets_the_page_and_a_program_the_api(void **state)
{
    stage *g = *state;
    assert_int_equal(ask_with(g, "GET", "/", BROWSER, NULL), 200);
    CHECK_HAS(g, "Content-Type: text/html");
    CHECK_HAS(g, "<title>page</title>");
    assert_int_equal(ask(g, "/"), 200);
    CHECK_HAS(g, "Content-Type: application/json");
    assert_int_equal(ask_with(g, "GET", "/country/432?lang=fr", BROWSER, NULL), 200);
    CHECK_HAS(g, "<title>page</title>");
    assert_int_equal(ask_with(g, "GET", "/api/v1/nothing", BROWSER, NULL), 404);
    CHECK_HAS(g, "application/problem+json");
    assert_int_equal(ask_with(g, "GET", "/assets/gone.js", BROWSER, NULL), 404);
}

static void the_page_may_run_its_own_files_and_nothing_else(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/index.html"), 200);
    CHECK_HAS(g, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'");
    assert_false(holds(g, "unsafe"));
    CHECK_HAS(g, "Cache-Control: no-cache");
    CHECK_HAS(g, "X-Content-Type-Options: nosniff");
    assert_int_equal(ask(g, "/sw.js"), 200);
    CHECK_HAS(g, "Service-Worker-Allowed: /");
}

static void files_named_by_their_hash_are_kept_for_ever(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/assets/index-C4xAfZ1k.js"), 200);
    CHECK_HAS(g, "Cache-Control: public, max-age=31536000, immutable");
    CHECK_HAS(g, "Content-Type: text/javascript");
    CHECK_HAS(g, "Content-Length: 3200");
    assert_int_equal(ask_with(g, "GET", "/assets/index-C4xAfZ1k.js", "Accept-Encoding: br, gzip\r\n", NULL),
                     200);
    CHECK_HAS(g, "Content-Encoding: gzip");
    CHECK_HAS(g, "-gz\"");
    assert_int_equal(ask(g, "/assets/plain.css"), 200);
    assert_false(holds(g, "immutable"));
}

static void a_file_that_the_client_has_is_not_sent_again(void **state)
{
    stage *g = *state;
    char header[128];
    assert_int_equal(ask(g, "/index.html"), 200);
    const char *at = strstr(g->answer, "ETag: ");
    assert_non_null(at);
    snprintf(header, sizeof header, "If-None-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
    assert_int_equal(ask_with(g, "GET", "/index.html", header, NULL), 304);
    assert_int_equal(ask_with(g, "POST", "/index.html", "", "{}"), 404);
    int fd = dial(g);
    put_text(fd, "HEAD /index.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_int_equal(take_answer(g, fd, "\r\n\r\n"), 200);
    CHECK_HAS(g, "Content-Length: 34");
    assert_false(holds(g, "<title>"));
    close(fd);
}

static void nothing_outside_the_folder_can_be_asked_for(void **state)
{
    static const char *const target[] = {
        "/../../../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/assets/../../passwd",
        "/passwd.txt",
        "/.hidden.txt",
        "/tool.exe",
        "/assets",
        "/assets%00.js",
        "//etc/passwd",
        "/assets//plain.css",
        "/%2e%2e/etc/passwd",
        "/assets\\..\\sw.js",
    };
    stage *g = *state;
    for (size_t i = 0; i < sizeof target / sizeof *target; i++) {
        int status = ask(g, target[i]);
        if (status < 400 || holds(g, "root:") || holds(g, "secret"))
            fail_msg("%s is answered with %d", target[i], status);
    }
}

static void another_name_of_this_machine_gets_no_page_without_tokens(void **state)
{
    stage *g = *state;
    assert_int_equal(say(g, "GET /index.html HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 421);
    add_tokens(g);
    assert_int_equal(ask(g, "/index.html"), 200); /* the page then asks for the token */
    assert_int_equal(ask(g, "/api/v1/vintages"), 401);
}

static void a_folder_without_a_page_is_refused(void **state)
{
    stage *g = *state;
    vg_serve *s;
    vg_err e = VG_NO_ERR;
    vg_serve_opts o = { .store = g->path, .web = "/proc/self/fdinfo" };
    assert_false(vg_serve_start(&o, &s, &e));
    assert_true(vg_failed(&e));
    assert_true(e.mend[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browser_gets_the_page_and_a_program_the_api),
        cmocka_unit_test(the_page_may_run_its_own_files_and_nothing_else),
        cmocka_unit_test(files_named_by_their_hash_are_kept_for_ever),
        cmocka_unit_test(a_file_that_the_client_has_is_not_sent_again),
        cmocka_unit_test(nothing_outside_the_folder_can_be_asked_for),
        cmocka_unit_test(a_folder_without_a_page_is_refused),
        cmocka_unit_test(another_name_of_this_machine_gets_no_page_without_tokens),
    };
    return cmocka_run_group_tests(tests, open_stage, leave);
}
