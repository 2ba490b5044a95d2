/* One buffer in front of a stream, a gzip file or memory. Invariant: after `failed` is set nothing more is written
 * and the first errno is kept for vg_out_end. */
#include "core/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/num.h"

enum { BUFFER = 1 << 16 };

static bool start(vg_out *o, vg_out fresh, vg_err *e)
{
    fresh.cap = BUFFER;
    fresh.buf = malloc(BUFFER);
    if (!fresh.buf)
        return vg_fail_memory(e, BUFFER);
    *o = fresh;
    return true;
}

bool vg_out_stream(vg_out *o, FILE *to, vg_err *e)
{
    return start(o, (vg_out){ .file = to }, e);
}

bool vg_out_memory(vg_out *o, vg_err *e)
{
    return start(o, (vg_out){ .memory = true }, e);
}

static char *part_name(const char *path)
{
    size_t n = strlen(path);
    char *part = malloc(n + 6);
    if (part) {
        memcpy(part, path, n);
        memcpy(part + n, ".part", 6);
    }
    return part;
}

bool vg_out_path(vg_out *o, const char *path, vg_err *e)
{
    if (vg_failed(e))
        return false;
    char *part = part_name(path);
    vg_out fresh = { .owned = true, .path = strdup(path) };
    if (part && fresh.path) {
        if (vg_ends(vg_str_z(path), VG_S(".gz")))
            fresh.gz = gzopen(part, "wb1");
        else
            fresh.file = fopen(part, "wb");
    }
    int os = errno;
    free(part);
    if ((fresh.gz || fresh.file) && start(o, fresh, e))
        return true;
    if (fresh.file)
        fclose(fresh.file);
    if (fresh.gz)
        gzclose(fresh.gz);
    free(fresh.path);
    vg_fail_os(e, os, (vg_at){ .file = vg_str_z(path) }, "cannot write this file");
    return vg_mend(e, "check that the folder exists and that you may write there");
}

vg_str vg_out_text(const vg_out *o)
{
    return (vg_str){ o->buf, (ptrdiff_t)o->n };
}

static void fail(vg_out *o, int os)
{
    o->failed = true;
    o->os_errno = os ? os : EIO;
}

static void write_through(vg_out *o, const char *s, int64_t n)
{
    errno = 0;
    if (o->failed || n == 0)
        return;
    if (o->gz) {
        for (int64_t at = 0; at < n && !o->failed; at += 1 << 30) {
            unsigned piece = (unsigned)(n - at < 1 << 30 ? n - at : 1 << 30);
            if (gzwrite(o->gz, s + at, piece) != (int)piece)
                fail(o, errno);
        }
    } else if (fwrite(s, 1, (size_t)n, o->file) != (size_t)n) {
        fail(o, errno);
    }
}

static bool grow(vg_out *o, int64_t need)
{
    int64_t cap = o->cap;
    while (cap - o->n < need)
        cap *= 2;
    char *buf = realloc(o->buf, (size_t)cap);
    if (!buf) {
        fail(o, ENOMEM);
        return false;
    }
    o->buf = buf;
    o->cap = cap;
    return true;
}

/* Room for n bytes behind o->n, or false when they went (or must go) straight through. */
static bool room(vg_out *o, int64_t n)
{
    if (o->failed)
        return false;
    if (o->cap - o->n >= n)
        return true;
    if (o->memory)
        return grow(o, n);
    write_through(o, o->buf, o->n);
    o->n = 0;
    return !o->failed && n <= o->cap;
}

void vg_put(vg_out *o, vg_str s)
{
    if (s.n == 0)
        return;
    if (room(o, s.n)) {
        memcpy(o->buf + o->n, s.s, (size_t)s.n);
        o->n += s.n;
    } else {
        write_through(o, s.s, s.n);
    }
}

void vg_put_char(vg_out *o, char c)
{
    if (room(o, 1))
        o->buf[o->n++] = c;
}

void vg_put_int(vg_out *o, int64_t x)
{
    char digits[24];
    int n = 0;
    uint64_t u = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
    do {
        digits[sizeof digits - 1 - (size_t)n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (x < 0)
        digits[sizeof digits - 1 - (size_t)n++] = '-';
    vg_put(o, (vg_str){ digits + sizeof digits - n, n });
}

void vg_put_num(vg_out *o, double x)
{
    char text[32];
    vg_put(o, vg_num_text(x, text));
}

void vg_put_fixed(vg_out *o, double x, int decimals)
{
    char text[40];
    vg_put(o, vg_fixed_text(x, decimals, text));
}

void vg_print(vg_out *o, const char *fmt, ...)
{
    char text[512], *s = text;
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n >= (int)sizeof text) {
        s = malloc((size_t)n + 1);
        if (s)
            vsnprintf(s, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    if (n < 0 || !s)
        fail(o, ENOMEM);
    else
        vg_put(o, (vg_str){ s, n });
    if (s != text)
        free(s);
}

void vg_put_csv(vg_out *o, vg_str cell)
{
    bool plain = true;
    for (ptrdiff_t i = 0; i < cell.n && plain; i++)
        plain = !strchr(",;\t|\"\r\n", cell.s[i]);
    if (plain) {
        vg_put(o, cell);
        return;
    }
    vg_put_char(o, '"');
    for (ptrdiff_t at; (at = vg_find_byte(cell, '"')) >= 0; cell = vg_sub(cell, at + 1, cell.n)) {
        vg_put(o, vg_sub(cell, 0, at));
        vg_put(o, VG_S("\"\""));
    }
    vg_put(o, cell);
    vg_put_char(o, '"');
}

static vg_str html_entity(char c)
{
    switch (c) {
    case '&': return VG_S("&amp;");
    case '<': return VG_S("&lt;");
    case '>': return VG_S("&gt;");
    case '"': return VG_S("&quot;");
    case '\'': return VG_S("&#39;");
    case '\t':
    case '\n':
    case '\r': return VG_NOSTR;
    default: return (unsigned char)c < 0x20 || c == 0x7F ? VG_S("\xEF\xBF\xBD") : VG_NOSTR;
    }
}

void vg_put_html(vg_out *o, vg_str text)
{
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < text.n; i++) {
        vg_str entity = html_entity(text.s[i]);
        if (entity.n) {
            vg_put(o, vg_sub(text, from, i - from));
            vg_put(o, entity);
            from = i + 1;
        }
    }
    vg_put(o, vg_sub(text, from, text.n));
}

static void close_owned(vg_out *o)
{
    errno = 0;
    if (o->gz && gzclose(o->gz) != Z_OK && !o->failed)
        fail(o, errno);
    if (o->owned && o->file && fclose(o->file) != 0 && !o->failed)
        fail(o, errno);
    o->gz = NULL;
    o->file = NULL;
}

bool vg_out_end(vg_out *o, vg_err *e)
{
    if (o->memory)
        return o->failed ? vg_fail_memory(e, o->cap) : true;
    if (o->buf)
        write_through(o, o->buf, o->n);
    o->n = 0;
    if (!o->owned && o->file && !o->failed && fflush(o->file) != 0)
        fail(o, errno);
    close_owned(o);
    char *part = o->path ? part_name(o->path) : NULL;
    if (part && !o->failed && rename(part, o->path) != 0)
        fail(o, errno);
    free(part);
    if (o->failed) {
        vg_fail_os(e, o->os_errno, (vg_at){ .file = VG_NOSTR }, "cannot write%s%s", o->path ? " " : "",
                   o->path ? o->path : "");
        vg_mend(e, "make room or choose another place, then run it again; the unfinished file was removed");
    }
    bool ok = !o->failed;
    vg_out_drop(o);
    return ok;
}

void vg_out_drop(vg_out *o)
{
    close_owned(o);
    char *part = o->path ? part_name(o->path) : NULL;
    if (part)
        remove(part);
    free(part);
    free(o->path);
    free(o->buf);
    *o = (vg_out){ .failed = true, .os_errno = EBADF };
}
