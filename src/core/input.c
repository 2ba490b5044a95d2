/*
 * vg_input: what a file is, is seen from its first bytes; then reading is the decoder's, ahead of the reader
 * where that pays. Invariant: a failure sticks; once reading has failed it goes on failing with the same
 * words.
 */
#include "core/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/input_int.h"

enum {
    AHEAD_FROM = 64 << 10, /* packed bytes below this are unpacked faster than a thread begins */
    HASH_FROM = 1 << 20
};

struct vg_input {
    vg_raw raw;
    vg_decode *decode;
    void *decoder;
    void (*close_decoder)(void *decoder); /* NULL: plain bytes */
    vg_ahead *ahead;
    bool began, ended;
    vg_hasher hasher;
    vg_err err;
    char *head; /* peeked at, not yet read: head_at..head_n */
    int64_t head_n, head_at;
    char *archive; /* path of the archive when a member of it was named */
};

static int64_t read_plain(void *decoder, char *buf, int64_t cap, vg_err *e)
{
    return vg_raw__read(decoder, buf, cap, e);
}

/* --- what is it --- */

typedef enum { PLAIN, GZIP, ZIP, OTHER } kind;

typedef struct {
    const char *mark;
    int n;
    kind is;
    const char *name, *mend;
} format;

static const format formats[] = {
    { "\x1f\x8b", 2, GZIP, "gzip", "" },
    { "PK\x03\x04", 4, ZIP, "zip", "" },
    { "PK\x05\x06", 4, ZIP, "zip", "" },
    { "PK\x07\x08", 4, ZIP, "zip", "" },
    { "BZh", 3, OTHER, "bzip2", "unpack it with bunzip2" },
    { "\xfd"
      "7zXZ",
      5, OTHER, "xz", "unpack it with unxz" },
    { "\x28\xb5\x2f\xfd", 4, OTHER, "zstd", "unpack it with unzstd" },
    { "7z\xbc\xaf\x27\x1c", 6, OTHER, "7-zip", "unpack it with 7z x" },
    { "Rar!\x1a\x07", 6, OTHER, "rar", "unpack it with unrar" },
    { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, OTHER, "an old Office document (.xls, .doc)",
      "save the sheet as CSV (UTF-8)" },
    { "%PDF-", 5, OTHER, "PDF", "copy its tables into a CSV file" },
    { "\xff\xfe", 2, OTHER, "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8" },
    { "\xfe\xff", 2, OTHER, "UTF-16 text", "save it as UTF-8: iconv -f UTF-16 -t UTF-8" },
};

static const format *see_format(vg_str head)
{
    static const format plain = { "", 0, PLAIN, "plain", "" };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (vg_starts(head, (vg_str){ formats[i].mark, formats[i].n }))
            return &formats[i];
    return &plain;
}

static bool refuse(const format *f, vg_at at, vg_err *e)
{
    vg_fail(e, VG_EPARSE, at, "the file is %s", f->name);
    vg_why(e, "plain UTF-8 text, gzip and zip are read");
    return vg_mend(e, "%s", f->mend);
}

static bool use(vg_input *in, bool opened, vg_decode *decode, void (*close_decoder)(void *))
{
    in->decode = decode;
    in->close_decoder = opened ? close_decoder : NULL;
    return opened;
}

static bool open_zip(vg_input *in, vg_str member, vg_err *e)
{
    if (!in->raw.by_position) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = in->raw.name }, "a zip archive cannot be read from a pipe");
        vg_why(e, "the list of its files is at its end");
        return vg_mend(e, "save it to a file first, or unpack it on the way: unzip -p ARCHIVE | ...");
    }
    return use(in, vg_unzip__open(&in->raw, member, &in->decoder, e), vg_unzip__read, vg_unzip__close);
}

static bool open_decoder(vg_input *in, vg_str member, vg_err *e)
{
    const format *f = see_format((vg_str){ in->raw.head, in->raw.head_n });
    vg_at at = { .file = in->raw.name };
    if (member.n && f->is != ZIP) {
        vg_fail(e, VG_EIO, at, "\"%.*s\" is looked for in a file that is no zip archive",
                VG_P(vg_utf8_head(member, 120)));
        return vg_mend(e, "name the file itself; only a zip archive can be followed by /MEMBER");
    }
    switch (f->is) {
    case OTHER: return refuse(f, at, e);
    case ZIP: return open_zip(in, member, e);
    case GZIP: return use(in, vg_gunzip__open(&in->raw, &in->decoder, e), vg_gunzip__read, vg_gunzip__close);
    case PLAIN: break;
    }
    in->decoder = &in->raw;
    return use(in, true, read_plain, NULL);
}

/* --- opening --- */

static vg_input *new_input(vg_err *e)
{
    vg_input *in = calloc(1, sizeof *in);
    if (!in) {
        vg_fail_memory(e, (int64_t)sizeof *in);
        return NULL;
    }
    in->raw.fd = -1;
    in->hasher.raw = &in->raw;
    return in;
}

/* "folder/archive.zip/a/b.csv": the longest front part that is a file, when there is one. */
static bool split_member(vg_input *in, const char *path, vg_str *member)
{
    struct stat st;
    if (stat(path, &st) == 0 || errno != ENOTDIR || !(in->archive = strdup(path)))
        return false;
    for (char *slash = strrchr(in->archive, '/'); slash && slash > in->archive;
         slash = strrchr(in->archive, '/')) {
        *slash = 0;
        if (stat(in->archive, &st) != 0)
            continue;
        *member = vg_str_z(path + (slash - in->archive) + 1);
        return S_ISREG(st.st_mode) && member->n > 0;
    }
    return false;
}

bool vg_input_open(const char *path, vg_input **out, vg_err *e)
{
    vg_input *in = vg_failed(e) ? NULL : new_input(e);
    vg_str member = VG_NOSTR;
    if (!in)
        return false;
    bool ok = vg_raw__open(&in->raw, split_member(in, path, &member) ? in->archive : path, e);
    in->raw.name = ok && in->raw.own_fd ? vg_str_z(path) : in->raw.name;
    if (ok && vg_raw__look(&in->raw, e) && open_decoder(in, member, e)) {
        *out = in;
        return true;
    }
    if (vg_failed(e) && in->archive) /* the archive's own path is ours and goes now */
        e->at.file = vg_str_z(path);
    vg_input_close(in);
    return false;
}

bool vg_input_memory(vg_str bytes, vg_str name, vg_input **out, vg_err *e)
{
    vg_input *in = vg_failed(e) ? NULL : new_input(e);
    if (!in)
        return false;
    vg_raw__memory(&in->raw, bytes);
    in->raw.name = name;
    if (vg_raw__look(&in->raw, e) && open_decoder(in, VG_NOSTR, e)) {
        *out = in;
        return true;
    }
    vg_input_close(in);
    return false;
}

void vg_input_close(vg_input *in)
{
    if (!in)
        return;
    atomic_store(&in->raw.stop, true);
    if (in->ahead)
        vg_ahead__stop(in->ahead);
    vg_hasher__stop(&in->hasher);
    if (in->close_decoder)
        in->close_decoder(in->decoder);
    vg_raw__close(&in->raw);
    free(in->archive);
    free(in->head);
    free(in);
}

/* --- reading --- */

/* At the first read: threads, where there is enough work for them. */
static void begin(vg_input *in)
{
    const vg_raw *raw = &in->raw;
    bool pays = in->close_decoder ? !raw->by_position || raw->size >= AHEAD_FROM : !raw->by_position;
    if (pays)
        vg_ahead__start(in->decode, in->decoder, &in->ahead);
    if (raw->fd >= 0 && raw->by_position && raw->size >= HASH_FROM)
        vg_hasher__start(&in->hasher);
    in->began = true;
}

static int64_t end_of_reading(const vg_input *in, vg_err *e)
{
    if (vg_failed(&in->err) && e)
        *e = in->err;
    return vg_failed(&in->err) ? -1 : 0;
}

static int64_t read_head(vg_input *in, char *buf, int64_t cap)
{
    int64_t n = in->head_n - in->head_at < cap ? in->head_n - in->head_at : cap;
    memcpy(buf, in->head + in->head_at, (size_t)n);
    in->head_at += n;
    return n;
}

bool vg_input_peek(vg_input *in, int64_t n, vg_str *head, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (!in->head && !(in->head = malloc((size_t)n)))
        return vg_fail_memory(e, n);
    vg_err later = VG_NO_ERR; /* sticks in the input, and comes when the reading reaches it */
    int64_t got = in->head_n ? 0 : 1;
    while (got > 0 && in->head_n < n) {
        int64_t at = in->head_n;
        in->head_n = 0; /* read past what was peeked at already */
        got = vg_input_read(in, in->head + at, n - at, &later);
        in->head_n = at + (got > 0 ? got : 0);
    }
    if (!in->head_n && vg_failed(&later)) {
        *e = later;
        return false;
    }
    *head = (vg_str){ in->head, in->head_n };
    return true;
}

int64_t vg_input_read(vg_input *in, char *buf, int64_t cap, vg_err *e)
{
    if (vg_failed(e))
        return -1;
    if (in->head_at < in->head_n && cap > 0)
        return read_head(in, buf, cap);
    if (in->ended || cap <= 0)
        return end_of_reading(in, e);
    if (!in->began)
        begin(in);
    int64_t n = in->ahead ? vg_ahead__read(in->ahead, buf, cap, &in->err)
                          : in->decode(in->decoder, buf, cap, &in->err);
    in->ended = n <= 0 || (!in->ahead && vg_failed(&in->err));
    return n > 0 ? n : end_of_reading(in, e);
}

vg_str vg_input_name(const vg_input *in)
{
    return in->raw.name;
}

int64_t vg_input_size(const vg_input *in)
{
    return in->raw.size;
}

int64_t vg_input_done(const vg_input *in)
{
    return in->raw.at;
}

/* The rest of a pipe: first through the decoder, whose thread may hold the pipe, then what lies behind its
 * end. */
static bool drain(vg_input *in, vg_err *e)
{
    enum { BLOCK = 64 << 10 };
    char *buf = malloc(BLOCK);
    if (!buf)
        return vg_fail_memory(e, BLOCK);
    vg_err ignored = VG_NO_ERR;
    int64_t n = 1;
    while (n > 0)
        n = vg_input_read(in, buf, BLOCK, &ignored);
    n = 1;
    while (n > 0)
        n = vg_raw__read(&in->raw, buf, BLOCK, e);
    free(buf);
    return n == 0;
}

bool vg_input_sha256(vg_input *in, char hex[65], vg_err *e)
{
    vg_hasher *h = &in->hasher;
    if (vg_failed(e))
        return false;
    if (!in->raw.by_position && !h->done) {
        if (!drain(in, e))
            return false;
        vg_sha256_hex(&in->raw.sum, h->hex);
        h->done = true;
    }
    if (!vg_hasher__finish(h, e))
        return false;
    memcpy(hex, h->hex, sizeof h->hex);
    return true;
}
