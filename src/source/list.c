/* The door of the readers of lists: opening and closing files, what a file holds, and calling its reader. Invariant: what
 * a file is, is told from its content; its name helps only to tell two lists of one format apart. */
#include "source/list_int.h"

#include <stdlib.h>
#include <string.h>

#include "core/date.h"

enum { WORK_BYTES_GIB = 8 };

/* --- files --- */

bool vg_list__open(vg_list_reading *r, vg_str path, vg_input **in, vg_err *e)
{
    vg_str kept = vg_copy(r->a, path); /* places in messages borrow the name */
    return kept.s ? vg_input_open(kept.s, in, e) : vg_fail_memory(e, vg_arena_limit(r->a));
}

static bool add_fingerprint(vg_list_reading *r, vg_input *in, vg_err *e)
{
    char hex[65];
    vg_vintage *v = &r->found->about;
    if (!vg_input_sha256(in, hex, e))
        return false;
    vg_sha256_add(&r->sum, vg_str_z(hex));
    v->bytes += vg_input_size(in);
    r->n_files++;
    if (r->n_files == 1)
        v->sha256 = vg_copy(r->a, vg_str_z(hex));
    return true;
}

bool vg_list__close(vg_list_reading *r, vg_input *in, bool good, vg_err *e)
{
    good = good && !vg_failed(e);
    if (good && r->opts->fingerprint)
        good = add_fingerprint(r, in, e);
    vg_input_close(in);
    return good;
}

bool vg_list__line(vg_list_lines *l, vg_str *line, vg_err *e)
{
    enum { FIRST = 1 << 16, MOST = 16 << 20 };
    for (;;) {
        char *end = l->to > l->from ? memchr(l->buf + l->from, '\n', (size_t)(l->to - l->from)) : NULL;
        if (end || (l->at_end && l->to > l->from)) {
            int64_t n = end ? end - (l->buf + l->from) : l->to - l->from;
            *line = (vg_str){ l->buf + l->from, (ptrdiff_t)n };
            l->from += n + (end ? 1 : 0);
            l->line++;
            return true;
        }
        if (l->at_end)
            return false;
        if (l->from) {
            memmove(l->buf, l->buf + l->from, (size_t)(l->to - l->from));
            l->to -= l->from;
            l->from = 0;
        }
        if (l->to == l->cap) {
            int64_t wider = l->cap ? l->cap * 2 : FIRST;
            char *moved = wider > MOST ? NULL : realloc(l->buf, (size_t)wider);
            if (!moved)
                return vg_fail(e, VG_ERANGE, (vg_at){ .file = vg_input_name(l->in), .line = l->line + 1 },
                               "a line of more than %d MiB", MOST >> 20);
            l->buf = moved;
            l->cap = wider;
        }
        int64_t n = vg_input_read(l->in, l->buf + l->to, l->cap - l->to, e);
        if (n < 0)
            return false;
        l->to += n;
        l->at_end = n == 0;
    }
}

void vg_list__end_lines(vg_list_lines *l)
{
    free(l->buf);
    *l = (vg_list_lines){ .at_end = true };
}

/* --- one set --- */

typedef bool reader(vg_list_reading *r, vg_err *e);

static reader *reader_of(vg_str format)
{
    static const struct {
        const char *format;
        reader *read;
    } known[] = {
        { "un-sc", vg_list_un__read },        { "ofac", vg_list_ofac__read },
        { "us-csl", vg_list_rows__read },     { "us-dpl", vg_list_rows__read },
        { "eu-fsf", vg_list_rows__read },     { "eu-oj", vg_list_rows__read },
        { "uk-conlist", vg_list_rows__read }, { "uk-sl", vg_list_rows__read },
        { "csv", vg_list_rows__read },        { "ftm", vg_list_ftm__read },
        { "ftm-delta", vg_list_ftm__read },   { "senzing", vg_list_senzing__read },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (vg_eq(format, vg_str_z(known[i].format)))
            return known[i].read;
    return NULL;
}

static bool read_in(vg_list_reading *r, vg_str format, vg_err *e)
{
    reader *read = reader_of(format);
    if (!read) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no list has the format %.*s", VG_P(vg_utf8_head(format, 40)));
        return vg_mend(
            e, "un-sc, ofac, us-csl, us-dpl, eu-fsf, eu-oj, uk-conlist, uk-sl, ftm, ftm-delta, senzing, csv");
    }
    if (!vg_arena_init(&r->work, (int64_t)WORK_BYTES_GIB << 30, e))
        return false;
    r->found->format = format;
    r->found->is_delta = vg_eq(format, VG_S("ftm-delta"));
    bool good = read(r, e) && !vg_failed(e);
    if (good && vg_failed(&r->failure)) {
        *e = r->failure;
        good = false;
    }
    if (good && r->no_memory)
        good = vg_fail_memory(e, vg_arena_limit(&r->work));
    vg_arena_free(&r->work);
    return good;
}

/* The file's name without folder, for the vintage. */
static vg_str base_name(vg_str path)
{
    for (ptrdiff_t i = path.n; i > 0; i--)
        if (path.s[i - 1] == '/')
            return vg_sub(path, i, path.n);
    return path;
}

bool vg_list_read(const vg_list_set *set, const vg_list_opts *opts, vg_party_sink *sink, vg_arena *a,
                  vg_list_found *found, vg_err *e)
{
    vg_list_found f = { .list = opts->list.n ? opts->list : set->list };
    vg_list_reading r = { .opts = opts, .set = set, .sink = sink, .a = a, .found = &f };
    char hex[65];
    vg_sha256_init(&r.sum);
    if (!vg_list__open(&r, set->path[0], &r.in, e))
        return false;
    bool good = vg_input_peek(r.in, VG_LIST_PEEK, &r.head, e) && read_in(&r, set->format, e);
    good = vg_list__close(&r, r.in, good, e);
    if (good && r.n_files > 1) {
        vg_sha256_hex(&r.sum, hex);
        f.about.sha256 = vg_copy(a, vg_str_z(hex));
    }
    f.about.source = f.list;
    f.about.file = vg_copy(a, base_name(set->path[0]));
    if (good)
        *found = f;
    return good;
}

bool vg_list_read_input(vg_input *in, const vg_list_opts *opts, vg_party_sink *sink, vg_arena *a,
                        vg_list_found *found, vg_err *e)
{
    vg_list_found f = { .list = opts->list };
    vg_list_set set = { .format = opts->as };
    vg_list_reading r = { .opts = opts, .sink = sink, .a = a, .found = &f, .in = in };
    vg_sha256_init(&r.sum);
    bool good = vg_input_peek(in, VG_LIST_PEEK, &r.head, e) &&
                (set.format.n || vg_list__detect(r.head, vg_input_name(in), a, &set, e));
    f.list = f.list.n ? f.list : set.list;
    good = good && read_in(&r, vg_starts(set.format, VG_S("ofac")) ? VG_S("ofac") : set.format, e);
    f.about.source = f.list;
    f.about.file = vg_input_name(in);
    if (good)
        *found = f;
    return good;
}
