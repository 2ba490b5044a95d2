/*
 * One data file out of a zip archive, by minizip, read through vg_raw by position, so that archives in files
 * and in memory are the same. minizip checks the checksum only when the last byte was taken; the size is
 * checked here.
 */
#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#include "core/input_int.h"

enum { NAME_MAX_BYTES = 1024, MOST = 1 << 30, ENCRYPTED = 1, STORED = 0, DEFLATED = 8 };

typedef struct {
    vg_raw *raw;
    unzFile zip;
    ZPOS64_T at; /* minizip's place in the archive */
    vg_err io;   /* the operating system's own failure, which goes before "broken" */
    bool ended;
    int64_t want, got; /* bytes of the member */
} unzip;

/* --- minizip's view of vg_raw --- */

static voidpf open_raw(voidpf opaque, const void *name, int mode)
{
    (void)name, (void)mode;
    return opaque;
}

static uLong read_raw(voidpf opaque, voidpf stream, void *buf, uLong size)
{
    (void)stream;
    unzip *u = opaque;
    uLong got = 0;
    int64_t n = 1;
    while (got < size && n > 0) {
        n = vg_raw__read_at(u->raw, (int64_t)(u->at + got), (char *)buf + got, (int64_t)(size - got), &u->io);
        got += n > 0 ? (uLong)n : 0;
    }
    u->at += got;
    atomic_store(&u->raw->at, (int64_t)u->at);
    return got;
}

static ZPOS64_T tell_raw(voidpf opaque, voidpf stream)
{
    (void)stream;
    return ((unzip *)opaque)->at;
}

static long seek_raw(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    (void)stream;
    unzip *u = opaque;
    ZPOS64_T size = (ZPOS64_T)u->raw->size;
    ZPOS64_T from = origin == ZLIB_FILEFUNC_SEEK_END ? size : origin == ZLIB_FILEFUNC_SEEK_CUR ? u->at : 0;
    if (offset > size || from > size - offset)
        return -1;
    u->at = from + offset;
    return 0;
}

static int close_raw(voidpf opaque, voidpf stream)
{
    (void)opaque, (void)stream;
    return 0;
}

static int raw_failed(voidpf opaque, voidpf stream)
{
    (void)stream;
    return vg_failed(&((unzip *)opaque)->io);
}

/* --- which member --- */

static vg_at place(const unzip *u)
{
    return (vg_at){ .file = u->raw->name };
}

static bool fail_broken(const unzip *u, vg_err *e)
{
    if (vg_failed(&u->io) && e && !vg_failed(e)) {
        *e = u->io;
        return false;
    }
    vg_fail(e, VG_EPARSE, place(u), "the zip archive is broken or not whole");
    vg_why(e, "an archive ends with a list of its files; a download that broke off has none");
    return vg_mend(e, "get the archive again; \"unzip -t FILE\" tells whether it is whole");
}

static bool is_data(vg_str name)
{
    static const char *const end[] = { ".csv", ".tsv", ".tab", ".txt", ".json" };
    if (vg_starts(name, VG_S("__MACOSX/"))) /* what macOS puts beside each file */
        return false;
    for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
        vg_str ext = vg_str_z(end[i]);
        if (vg_eq_nocase(vg_sub(name, name.n - ext.n, ext.n), ext) && name.n > ext.n)
            return true;
    }
    return false;
}

typedef struct {
    unz64_file_pos pos;
    int64_t n_data, n_all;
    bool is_sheet;  /* an .xlsx or .ods workbook */
    char list[160]; /* the names, for the message */
} choice;

static void add_name(choice *c, vg_str name)
{
    size_t used = strlen(c->list);
    vg_str head = vg_utf8_head(name, 60);
    if (used + (size_t)head.n + 8 > sizeof c->list) {
        if (used + 6 <= sizeof c->list && !strstr(c->list, ", ..."))
            memcpy(c->list + used, ", ...", 6);
        return;
    }
    snprintf(c->list + used, sizeof c->list - used, "%s%.*s", used ? ", " : "", VG_P(head));
}

static bool current_name(const unzip *u, char name[NAME_MAX_BYTES], unz_file_info64 *info)
{
    memset(name, 0, NAME_MAX_BYTES);
    return unzGetCurrentFileInfo64(u->zip, info, name, NAME_MAX_BYTES - 1, NULL, 0, NULL, 0) == UNZ_OK;
}

/* Walks the list of files; `member` empty takes the data files, else the one of that name. */
static bool look_for(unzip *u, vg_str member, choice *c, vg_err *e)
{
    int more = unzGoToFirstFile(u->zip);
    for (; more == UNZ_OK; more = unzGoToNextFile(u->zip)) {
        char text[NAME_MAX_BYTES];
        unz_file_info64 info;
        if (!current_name(u, text, &info))
            return fail_broken(u, e);
        vg_str name = vg_str_z(text);
        c->n_all++;
        c->is_sheet |= vg_eq(name, VG_S("xl/workbook.xml")) || vg_eq(name, VG_S("content.xml"));
        if (!(member.n ? vg_eq(name, member) : is_data(name)))
            continue;
        add_name(c, name);
        if (++c->n_data == 1 && unzGetFilePos64(u->zip, &c->pos) != UNZ_OK)
            return fail_broken(u, e);
    }
    return more == UNZ_END_OF_LIST_OF_FILE || c->n_all == 0 || fail_broken(u, e);
}

static bool fail_choice(const unzip *u, vg_str member, const choice *c, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (c->n_data > 1) {
        vg_fail(e, VG_EPARSE, place(u), "the archive holds %lld data files: %s", (long long)c->n_data,
                c->list);
        return vg_mend(e, "name one of them as %.*s/MEMBER", VG_P(vg_utf8_head(u->raw->name, 180)));
    }
    if (member.n) {
        vg_fail(e, VG_EIO, place(u), "the archive has no file \"%.*s\"", VG_P(vg_utf8_head(member, 120)));
        return vg_mend(e, "list its files with \"unzip -l\"; names are taken letter by letter");
    }
    vg_fail(e, VG_EPARSE, place(u), "%s",
            c->is_sheet ? "this is a spreadsheet, not a data file" : "the archive holds no data file");
    vg_why(e, "a file ending in .csv, .tsv, .tab, .txt or .json is looked for (%lld files seen)",
           (long long)c->n_all);
    return vg_mend(e, c->is_sheet ? "save the sheet as CSV (UTF-8)"
                                  : "name a file of another kind as ARCHIVE/MEMBER");
}

static bool open_member(unzip *u, const choice *c, vg_err *e)
{
    unz64_file_pos pos = c->pos;
    char name[NAME_MAX_BYTES];
    unz_file_info64 info;
    if (unzGoToFilePos64(u->zip, &pos) != UNZ_OK || !current_name(u, name, &info))
        return fail_broken(u, e);
    if (info.flag & ENCRYPTED) {
        vg_fail(e, VG_EPARSE, place(u), "\"%.100s\" is encrypted", name);
        return vg_mend(e, "unpack the archive with its password and give the file itself");
    }
    if (info.compression_method != STORED && info.compression_method != DEFLATED) {
        vg_fail(e, VG_EPARSE, place(u), "\"%.100s\" is packed by method %lu", name, info.compression_method);
        vg_why(e, "only the methods 0 (stored) and 8 (deflate) are read");
        return vg_mend(e, "unpack the archive and give the file itself");
    }
    u->want = (int64_t)info.uncompressed_size;
    return unzOpenCurrentFile(u->zip) == UNZ_OK || fail_broken(u, e);
}

bool vg_unzip__open(vg_raw *raw, vg_str member, void **out, vg_err *e)
{
    zlib_filefunc64_def io = { .zopen64_file = open_raw,
                               .zread_file = read_raw,
                               .ztell64_file = tell_raw,
                               .zseek64_file = seek_raw,
                               .zclose_file = close_raw,
                               .zerror_file = raw_failed };
    unzip *u = calloc(1, sizeof *u);
    if (!u)
        return vg_fail_memory(e, (int64_t)sizeof *u);
    u->raw = raw;
    io.opaque = u;
    u->zip = unzOpen2_64(raw->name.s, &io);
    choice c = { .n_data = 0 };
    bool ok = u->zip ? look_for(u, member, &c, e) : fail_broken(u, e);
    ok = ok && (c.n_data == 1 ? open_member(u, &c, e) : fail_choice(u, member, &c, e));
    if (ok)
        *out = u;
    else
        vg_unzip__close(u);
    return ok;
}

void vg_unzip__close(void *decoder)
{
    unzip *u = decoder;
    if (u->zip)
        unzClose(u->zip);
    free(u);
}

/* --- reading --- */

static int64_t end_member(unzip *u, vg_err *e)
{
    u->ended = true;
    if (unzCloseCurrentFile(u->zip) == UNZ_CRCERROR) {
        vg_fail(e, VG_EPARSE, place(u), "the checksum in the zip archive is wrong");
        vg_why(e, "what was unpacked is not what was packed; rows read so far may be damaged");
        vg_mend(e, "get the archive again");
    } else if (u->got != u->want) {
        fail_broken(u, e);
    }
    return 0;
}

int64_t vg_unzip__read(void *decoder, char *buf, int64_t cap, vg_err *e)
{
    unzip *u = decoder;
    if (u->ended)
        return 0;
    int n = unzReadCurrentFile(u->zip, buf, (unsigned)(cap < MOST ? cap : MOST));
    if (n == 0)
        return end_member(u, e);
    if (n < 0) {
        u->ended = true;
        fail_broken(u, e);
        return 0;
    }
    u->got += n;
    return n;
}
