/* Opening and reading: every kind of source, every way in which one can be broken. Files are made by the test. */
#include "core/input.h"

#include <errno.h>
#include <fcntl.h>
#include <minizip/zip.h>
#include <pthread.h>
#include <zlib.h>

#include "core/hash.h"
#include "prop.h"

static char folder[256], path[400];

static const char *in_folder(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    temp_dir(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *write_file(const char *name, vg_str bytes)
{
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    assert_int_equal(bytes.n ? fwrite(bytes.s, 1, (size_t)bytes.n, f) : 0, bytes.n);
    assert_int_equal(fclose(f), 0);
    return path;
}

/* Text that does not pack to nothing: lines of growing numbers. */
static vg_str make_text(int64_t n)
{
    char *s = malloc((size_t)n + 32);
    assert_non_null(s);
    vg_rng r = vg_rng_at(7, 0);
    for (int64_t i = 0; i < n;)
        i += snprintf(s + i, 32, "%u,%u\n", vg_rng_u32(&r), vg_rng_below(&r, 9));
    return (vg_str){ s, n };
}

static void free_text(vg_str text)
{
    free((void *)(uintptr_t)text.s);
}

/* gzip of the bytes, in memory; the caller frees it. */
static vg_str gzip(vg_str bytes)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.s, .avail_in = (uInt)bytes.n };
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uLong cap = deflateBound(&z, (uLong)bytes.n) + 64;
    Bytef *packed = malloc(cap);
    z.next_out = packed;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    vg_str out = { (char *)packed, (ptrdiff_t)z.total_out };
    deflateEnd(&z);
    return out;
}

static vg_str join(vg_str a, vg_str b)
{
    char *s = malloc((size_t)(a.n + b.n) + 1);
    memcpy(s, a.s, (size_t)a.n);
    memcpy(s + a.n, b.s, (size_t)b.n);
    return (vg_str){ s, a.n + b.n };
}

static void add_member(zipFile zip, const char *name, vg_str bytes, int method)
{
    zip_fileinfo info = { .dosDate = 0 };
    assert_int_equal(zipOpenNewFileInZip(zip, name, &info, NULL, 0, NULL, 0, NULL, method, 6), ZIP_OK);
    assert_int_equal(zipWriteInFileInZip(zip, bytes.s, (unsigned)bytes.n), ZIP_OK);
    assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
}

/* An archive with one text under each name (NULL ends the list). */
static const char *write_zip(const char *name, vg_str bytes, int method, const char *const *members)
{
    zipFile zip = zipOpen(in_folder(name), APPEND_STATUS_CREATE);
    assert_non_null(zip);
    for (; *members; members++)
        add_member(zip, *members, bytes, method);
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
    return path;
}

#define MEMBERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static vg_str read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    char *s = malloc(8 << 20);
    size_t n = fread(s, 1, 8 << 20, f);
    fclose(f);
    return (vg_str){ s, (ptrdiff_t)n };
}

/* Reads all in pieces of odd sizes and compares. The number of bytes that were the same. */
static int64_t read_all(vg_input *in, vg_str want, vg_err *e)
{
    static char buf[70001];
    int64_t at = 0, n, cap = 1;
    while ((n = vg_input_read(in, buf, cap, e)) > 0) {
        if (at + n > want.n || memcmp(buf, want.s + at, (size_t)n) != 0)
            fail_msg("the bytes from %lld on differ", (long long)at);
        at += n;
        cap = cap * 7 % (int64_t)sizeof buf + 1;
    }
    vg_err again = VG_NO_ERR;
    assert_int_equal(vg_input_read(in, buf, 1, &again), n); /* the end and a failure stay */
    assert_int_equal(again.code, e->code);
    return at;
}

static void check_reads(const char *name, vg_str want)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_open(name, &in, &e), &e);
    assert_int_equal(read_all(in, want, &e), want.n);
    CHECK_OK(!vg_failed(&e), &e);
    vg_input_close(in);
}

static void check_reads_memory(vg_str bytes, vg_str want)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_memory(bytes, VG_S("memory"), &in, &e), &e);
    assert_int_equal(read_all(in, want, &e), want.n);
    CHECK_OK(!vg_failed(&e), &e);
    vg_input_close(in);
}

/* --- what can be read --- */

static void plain_files_and_memory_are_read(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 4 << 20; n = n * 5 + 3) {
        vg_str text = make_text(n);
        check_reads(write_file("a.csv", text), text);
        check_reads_memory(text, text);
        free_text(text);
    }
}

static void gzip_is_seen_from_its_bytes_and_read_at_any_size(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 12 << 20; n = n * 5 + 3) {
        vg_str text = make_text(n), packed = gzip(text);
        check_reads(write_file("no_ending", packed), text);
        check_reads_memory(packed, text);
        free_text(text);
        free_text(packed);
    }
}

static void gzip_members_one_after_another_are_one_text(void **state)
{
    (void)state;
    vg_str a = make_text(300000), b = make_text(17), packed_a = gzip(a), packed_b = gzip(b);
    vg_str both = join(a, b), packed = join(packed_a, packed_b), padded = join(packed, VG_S("\0\0\0\0"));
    check_reads(write_file("two.gz", packed), both);
    check_reads_memory(padded, both);
    vg_str all[] = { a, b, packed_a, packed_b, both, packed, padded };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free_text(all[i]);
}

static void one_data_file_of_a_zip_is_read(void **state)
{
    (void)state;
    vg_str text = make_text(2 << 20);
    check_reads(write_zip("a.zip", text, Z_DEFLATED, MEMBERS("folder/GEDEvent.CSV")), text);
    check_reads(write_zip("a.zip", text, 0, MEMBERS("readme.pdf", "__MACOSX/._a.csv", "a.csv")), text);
    vg_str archive = read_file(path);
    check_reads_memory(archive, text);
    free_text(archive);
    free_text(text);
}

static void file_of_a_zip_can_be_named(void **state)
{
    (void)state;
    char member[500];
    vg_str text = make_text(1000);
    write_zip("two.zip", text, Z_DEFLATED, MEMBERS("a.csv", "sub/b.csv", "c.dat"));
    const char *const names[] = { "a.csv", "sub/b.csv", "c.dat" };
    for (int i = 0; i < 3; i++) {
        snprintf(member, sizeof member, "%s/%s", path, names[i]);
        check_reads(member, text);
    }
    free_text(text);
}

typedef struct {
    int fd;
    vg_str bytes;
} feed;

static void *feed_pipe(void *arg)
{
    feed *f = arg;
    for (int64_t at = 0; at < f->bytes.n;) {
        ssize_t n = write(f->fd, f->bytes.s + at, (size_t)(f->bytes.n - at));
        if (n <= 0)
            break;
        at += n;
    }
    close(f->fd);
    return NULL;
}

/* Standard input fed by a thread; `use` reads it. */
static void with_stdin(vg_str bytes, void (*use)(vg_str want), vg_str want)
{
    int ends[2], kept = dup(STDIN_FILENO);
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(ends[0]);
    feed f = { ends[1], bytes };
    assert_int_equal(pthread_create(&thread, NULL, feed_pipe, &f), 0);
    use(want);
    if (kept >= 0) {
        dup2(kept, STDIN_FILENO);
        close(kept);
    } else {
        close(STDIN_FILENO);
    }
    pthread_join(thread, NULL);
}

static void check_stdin(vg_str want)
{
    check_reads("-", want);
}

static void standard_input_is_read_plain_and_packed(void **state)
{
    (void)state;
    vg_str text = make_text(3 << 20), packed = gzip(text);
    with_stdin(text, check_stdin, text);
    with_stdin(packed, check_stdin, text);
    with_stdin(VG_S("x"), check_stdin, VG_S("x"));
    free_text(text);
    free_text(packed);
}

static void redirected_file_is_standard_input_too(void **state)
{
    (void)state;
    vg_str text = make_text(100000);
    write_zip("a.zip", text, Z_DEFLATED, MEMBERS("a.csv"));
    int kept = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
    assert_true(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    check_reads("-", text);
    check_reads("-", text); /* read by position: nothing was used up */
    dup2(kept, STDIN_FILENO);
    close(kept);
    close(fd);
    free_text(text);
}

static void closing_does_not_wait_for_a_silent_pipe(void **state)
{
    (void)state;
    int ends[2];
    char name[32], buf[4];
    vg_input *in;
    vg_err e = VG_NO_ERR;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "ab", 2), 2);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(write(ends[1], "cdefgh", 6), 6);
    CHECK_OK(vg_input_open(name, &in, &e), &e);
    assert_int_equal(vg_input_read(in, buf, 4, &e), 4);
    vg_input_close(in); /* the writer is still there and says nothing */
    close(ends[0]);
    close(ends[1]);
}

static void size_and_done_tell_how_far_reading_is(void **state)
{
    (void)state;
    char buf[1000];
    vg_str text = make_text(5000);
    vg_input *in;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_open(write_file("a.csv", text), &in, &e), &e);
    assert_int_equal(vg_input_size(in), 5000);
    assert_int_equal(vg_input_done(in), 0);
    assert_int_equal(vg_input_read(in, buf, 1000, &e), 1000);
    assert_int_equal(vg_input_done(in), 1000);
    CHECK_STR(vg_input_name(in), path);
    vg_input_close(in);
    free_text(text);
}

/* --- fingerprints --- */

static void check_sum(vg_input *in, vg_str bytes)
{
    vg_sha256 h;
    char want[65], got[65];
    vg_err e = VG_NO_ERR;
    vg_sha256_init(&h);
    vg_sha256_add(&h, bytes);
    vg_sha256_hex(&h, want);
    CHECK_OK(vg_input_sha256(in, got, &e), &e);
    assert_string_equal(got, want);
    CHECK_OK(vg_input_sha256(in, got, &e), &e); /* as often as one likes */
    assert_string_equal(got, want);
}

static void sum_is_of_the_files_own_bytes_however_much_was_read(void **state)
{
    (void)state;
    static char buf[100000];
    vg_str text = make_text(9 << 20), packed = gzip(text);
    write_file("a.gz", packed);
    for (int reads = 0; reads < 3; reads++) {
        vg_input *in;
        vg_err e = VG_NO_ERR;
        CHECK_OK(vg_input_open(path, &in, &e), &e);
        for (int i = 0; i < reads * 100; i++)
            vg_input_read(in, buf, sizeof buf, &e);
        check_sum(in, packed);
        vg_input_close(in);
        CHECK_OK(vg_input_memory(packed, VG_S("memory"), &in, &e), &e);
        check_sum(in, packed);
        vg_input_close(in);
    }
    free_text(text);
    free_text(packed);
}

static void check_stdin_sum(vg_str bytes)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    char buf[10];
    CHECK_OK(vg_input_open("-", &in, &e), &e);
    assert_true(vg_input_read(in, buf, 10, &e) > 0);
    check_sum(in, bytes);
    vg_input_close(in);
}

static void sum_of_a_pipe_covers_the_rest_of_it(void **state)
{
    (void)state;
    vg_str text = make_text(3 << 20), packed = gzip(text);
    with_stdin(text, check_stdin_sum, text);
    with_stdin(packed, check_stdin_sum, packed);
    free_text(text);
    free_text(packed);
}

static void sum_of_a_file_that_changed_is_refused(void **state)
{
    (void)state;
    vg_str text = make_text(5000);
    vg_input *in;
    vg_err e = VG_NO_ERR;
    char hex[65];
    CHECK_OK(vg_input_open(write_file("a.csv", text), &in, &e), &e);
    FILE *f = fopen(path, "ab");
    fputs("more\n", f);
    fclose(f);
    assert_false(vg_input_sha256(in, hex, &e));
    assert_int_equal(e.code, VG_ECONFLICT);
    vg_input_close(in);
    free_text(text);
}

/* --- what cannot be opened --- */

static vg_err refused(const char *name)
{
    vg_input *in = NULL;
    vg_err e = VG_NO_ERR;
    assert_false(vg_input_open(name, &in, &e));
    assert_null(in);
    assert_true(vg_failed(&e) && e.what[0] && e.mend[0]);
    assert_true(vg_eq(e.at.file, vg_str_z(name)));
    return e;
}

#define REFUSED(name, with_code, says)                                                                       \
    do {                                                                                                     \
        vg_err e_ = refused(name);                                                                           \
        assert_string_equal(e_.what, says);                                                                  \
        assert_int_equal(e_.code, with_code);                                                                \
    } while (0)

static void missing_file_and_folder_are_refused(void **state)
{
    (void)state;
    REFUSED(in_folder("none.csv"), VG_EIO, "there is no such file");
    REFUSED(folder, VG_EIO, "this is a folder");
    write_file("a.csv", VG_S("a,b\n"));
    REFUSED(in_folder("a.csv/b"), VG_EIO, "\"b\" is looked for in a file that is no zip archive");
}

static void file_without_permission_is_refused(void **state)
{
    (void)state;
    uid_t nobody = 65534, me = geteuid();
    write_file("a.csv", VG_S("a,b\n"));
    assert_int_equal(chmod(path, 0), 0);
    if (me == 0) /* root may read everything, so the test becomes someone else for a moment */
        assert_int_equal(seteuid(nobody), 0);
    vg_input *in = NULL;
    vg_err e = VG_NO_ERR;
    bool opened = vg_input_open(path, &in, &e);
    if (me == 0)
        assert_int_equal(seteuid(me), 0);
    assert_false(opened);
    assert_string_equal(e.what, "the file may not be read");
    assert_true(e.why[0] && e.mend[0]);
}

static void check_empty_stdin(vg_str want)
{
    (void)want;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    assert_false(vg_input_open("-", &in, &e));
    assert_string_equal(e.what, "the file is empty");
    CHECK_STR(e.at.file, "standard input");
}

static void empty_files_pipes_and_memory_are_refused(void **state)
{
    (void)state;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    REFUSED(write_file("a.csv", VG_NOSTR), VG_EPARSE, "the file is empty");
    assert_false(vg_input_memory(VG_NOSTR, VG_S("body"), &in, &e));
    assert_int_equal(e.code, VG_EPARSE);
    with_stdin(VG_NOSTR, check_empty_stdin, VG_NOSTR);
}

static void formats_that_are_not_read_are_named(void **state)
{
    (void)state;
    REFUSED(write_file("a", VG_S("BZh91AY&SY")), VG_EPARSE, "the file is bzip2");
    REFUSED(write_file("a", VG_S("\xFF\xFE"
                                 "a\0")),
            VG_EPARSE, "the file is UTF-16 text");
    REFUSED(write_file("a", VG_S("%PDF-1.4")), VG_EPARSE, "the file is PDF");
}

static void zip_without_one_data_file_is_refused(void **state)
{
    (void)state;
    char none[500];
    write_zip("a.zip", VG_S("a"), 0, MEMBERS("a.csv", "b/c.txt"));
    REFUSED(path, VG_EPARSE, "the archive holds 2 data files: a.csv, b/c.txt");
    snprintf(none, sizeof none, "%s/d.csv", path);
    REFUSED(none, VG_EIO, "the archive has no file \"d.csv\"");
    REFUSED(write_zip("b.zip", VG_S("a"), 0, MEMBERS("a.pdf")), VG_EPARSE, "the archive holds no data file");
    REFUSED(write_zip("c.zip", VG_S("a"), 0, MEMBERS("xl/workbook.xml")), VG_EPARSE,
            "this is a spreadsheet, not a data file");
}

static void many_data_files_are_listed_as_far_as_there_is_room(void **state)
{
    (void)state;
    char name[32];
    zipFile zip = zipOpen(in_folder("many.zip"), APPEND_STATUS_CREATE);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "country_%03d.csv", i);
        add_member(zip, name, VG_S("a"), 0);
    }
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
    vg_err e = refused(path);
    assert_non_null(strstr(e.what, "100 data files: country_000.csv, country_001.csv"));
    assert_true(vg_ends(vg_str_z(e.what), VG_S(", ...")));
}

/* The archive with one byte changed at each place where `mark` is found, `behind` bytes on. */
static const char *patched_zip(vg_str mark, ptrdiff_t behind, char byte)
{
    vg_str archive = read_file(path);
    char *s = (char *)(uintptr_t)archive.s;
    for (ptrdiff_t i = 0; i + mark.n <= archive.n; i++)
        if (memcmp(s + i, mark.s, (size_t)mark.n) == 0)
            s[i + behind] = byte;
    write_file("patched.zip", archive);
    free_text(archive);
    return path;
}

static void encrypted_and_oddly_packed_zips_are_refused(void **state)
{
    (void)state;
    write_zip("a.zip", VG_S("a,b\n1,2\n"), 0, MEMBERS("a.csv"));
    REFUSED(patched_zip(VG_S("PK\x01\x02"), 8, 1), VG_EPARSE, "\"a.csv\" is encrypted");
    write_zip("a.zip", VG_S("a,b\n1,2\n"), 0, MEMBERS("a.csv"));
    REFUSED(patched_zip(VG_S("PK\x01\x02"), 10, 14), VG_EPARSE, "\"a.csv\" is packed by method 14");
}

static void check_piped_zip(vg_str want)
{
    (void)want;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    assert_false(vg_input_open("-", &in, &e));
    assert_string_equal(e.what, "a zip archive cannot be read from a pipe");
}

static void zip_in_a_pipe_is_refused(void **state)
{
    (void)state;
    with_stdin(VG_S("PK\x03\x04 and more"), check_piped_zip, VG_NOSTR);
}

/* --- what breaks while it is read --- */

/* Reads what can be read: the failure must come behind at least `least` right bytes. */
static vg_err breaks(const char *name, vg_str want, int64_t least)
{
    vg_input *in;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_open(name, &in, &e), &e);
    assert_true(read_all(in, want, &e) >= least);
    vg_input_close(in);
    assert_int_equal(e.code, VG_EPARSE);
    assert_true(e.why[0] && e.mend[0]);
    return e;
}

static void gzip_cut_anywhere_fails_behind_what_was_whole(void **state)
{
    (void)state;
    vg_str text = make_text(3 << 20), packed = gzip(text);
    for (ptrdiff_t n = 18; n < packed.n; n += n / 2) {
        vg_err e = breaks(write_file("cut.gz", vg_sub(packed, 0, n)), text, n < 100000 ? 0 : n);
        assert_non_null(strstr(e.what, "ends in the middle"));
    }
    vg_err e = breaks(write_file("cut.gz", vg_sub(packed, 0, packed.n - 1)), text, text.n);
    assert_non_null(strstr(e.what, "ends in the middle"));
    free_text(text);
    free_text(packed);
}

static void gzip_with_a_wrong_checksum_or_wrong_bytes_fails(void **state)
{
    (void)state;
    vg_str text = make_text(200000), packed = gzip(text);
    char *s = (char *)(uintptr_t)packed.s;
    s[packed.n - 6] ^= 1;
    vg_err e = breaks(write_file("sum.gz", packed), text, text.n);
    assert_non_null(strstr(e.what, "checksum is wrong"));
    s[packed.n - 6] ^= 1;
    vg_str more = join(packed, VG_S("rest"));
    e = breaks(write_file("rest.gz", more), text, text.n);
    assert_string_equal(e.what, "there are other bytes behind the gzip data");
    free_text(more);
    e = breaks(write_file("head.gz", VG_S("\x1f\x8b\x08\xff"
                                          "abcdefghijklmnopq")),
               text, 0);
    assert_non_null(strstr(e.what, "gzip data is damaged"));
    free_text(text);
    free_text(packed);
}

static void broken_zip_is_refused_or_fails(void **state)
{
    (void)state;
    vg_str text = make_text(300000);
    write_zip("a.zip", text, 0, MEMBERS("a.csv"));
    vg_str archive = read_file(path);
    REFUSED(write_file("cut.zip", vg_sub(archive, 0, archive.n / 2)), VG_EPARSE,
            "the zip archive is broken or not whole");
    char *s = (char *)(uintptr_t)archive.s;
    ptrdiff_t last_line = vg_find(archive, vg_sub(text, text.n - 20, 20));
    s[last_line + 3] ^= 1;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_open(write_file("sum.zip", archive), &in, &e), &e);
    static char buf[400000];
    while (vg_input_read(in, buf, sizeof buf, &e) > 0)
        ;
    assert_string_equal(e.what, "the checksum in the zip archive is wrong");
    vg_input_close(in);
    free_text(archive);
    free_text(text);
}

static void error_set_before_stops_everything(void **state)
{
    (void)state;
    vg_input *in = NULL;
    vg_err e = VG_NO_ERR;
    char buf[4], hex[65];
    CHECK_OK(vg_input_memory(VG_S("abc"), VG_S("m"), &in, &e), &e);
    vg_fail(&e, VG_ERANGE, VG_NOWHERE, "something before");
    assert_int_equal(vg_input_read(in, buf, 4, &e), -1);
    assert_false(vg_input_sha256(in, hex, &e));
    assert_false(vg_input_memory(VG_S("abc"), VG_S("m"), &in, &e));
    assert_string_equal(e.what, "something before");
    vg_input_close(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files_and_memory_are_read),
        cmocka_unit_test(gzip_is_seen_from_its_bytes_and_read_at_any_size),
        cmocka_unit_test(gzip_members_one_after_another_are_one_text),
        cmocka_unit_test(one_data_file_of_a_zip_is_read),
        cmocka_unit_test(file_of_a_zip_can_be_named),
        cmocka_unit_test(standard_input_is_read_plain_and_packed),
        cmocka_unit_test(redirected_file_is_standard_input_too),
        cmocka_unit_test(closing_does_not_wait_for_a_silent_pipe),
        cmocka_unit_test(size_and_done_tell_how_far_reading_is),
        cmocka_unit_test(sum_is_of_the_files_own_bytes_however_much_was_read),
        cmocka_unit_test(sum_of_a_pipe_covers_the_rest_of_it),
        cmocka_unit_test(sum_of_a_file_that_changed_is_refused),
        cmocka_unit_test(missing_file_and_folder_are_refused),
        cmocka_unit_test(file_without_permission_is_refused),
        cmocka_unit_test(empty_files_pipes_and_memory_are_refused),
        cmocka_unit_test(formats_that_are_not_read_are_named),
        cmocka_unit_test(zip_without_one_data_file_is_refused),
        cmocka_unit_test(many_data_files_are_listed_as_far_as_there_is_room),
        cmocka_unit_test(encrypted_and_oddly_packed_zips_are_refused),
        cmocka_unit_test(zip_in_a_pipe_is_refused),
        cmocka_unit_test(gzip_cut_anywhere_fails_behind_what_was_whole),
        cmocka_unit_test(gzip_with_a_wrong_checksum_or_wrong_bytes_fails),
        cmocka_unit_test(broken_zip_is_refused_or_fails),
        cmocka_unit_test(error_set_before_stops_everything),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
