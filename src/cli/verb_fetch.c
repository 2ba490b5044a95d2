/* vigie fetch: files from the official addresses into the data folder, from where they are imported with --import or
 * later. A download that was broken off goes on where it stopped. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/verb.h"
#include "core/csv.h"
#include "core/date.h"
#include "source/fetch.h"

const vg_opt vg_fetch_options[] = {
    { "version", VG_OPT_TEXT, "RELEASE", "25.1", 0, 0 }, { "sha256", VG_OPT_TEXT, "HEX", NULL, 0, 0 },
    { "country", VG_OPT_TEXT, "NAME", NULL, 0, 0 },      { "from", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "until", VG_OPT_DATE, "DATE", NULL, 0, 0 },        { "to", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "import", VG_OPT_FLAG, NULL, NULL, 0, 0 },         { .name = NULL },
};

static const vg_column columns[] = {
    { "file", VG_CELL_TEXT, 0 },    { "bytes", VG_CELL_INT, 0 },   { "resumed_at", VG_CELL_INT, 0 },
    { "sha256", VG_CELL_TEXT, 0 },  { "vintage", VG_CELL_INT, 0 }, { "accepted", VG_CELL_INT, 0 },
    { "rejected", VG_CELL_INT, 0 },
};

enum { MAX_PAGES = 10000 };

/* Makes a folder and those above it. */
static bool make_folders(vg_cli *c, vg_str path, vg_err *e)
{
    for (ptrdiff_t i = 1; i <= path.n; i++) {
        if (i < path.n && path.s[i] != '/')
            continue;
        vg_str part = vg_copy(&c->arena, vg_sub(path, 0, i));
        if (!part.s)
            return vg_fail_memory(e, vg_arena_limit(&c->arena));
        if (mkdir(part.s, 0700) != 0 && errno != EEXIST)
            return vg_fail_os(e, errno, (vg_at){ .file = part }, "cannot make this folder");
    }
    return true;
}

static bool folder(vg_cli *c, const char *source, vg_str *out, vg_err *e)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (vg_opt_given(&c->opts, "to")) {
        *out = vg_opt_text(&c->opts, "to");
    } else if (data && *data) {
        *out = vg_format(&c->arena, "%s/vigie/fetched/%s", data, source);
    } else if (home && *home) {
        *out = vg_format(&c->arena, "%s/.local/share/vigie/fetched/%s", home, source);
    } else {
        vg_fail(e, VG_EARG, VG_NOWHERE, "there is no place for the file: HOME is not set");
        return vg_mend(e, "name a folder with --to");
    }
    return make_folders(c, *out, e);
}

static bool count_rows(const char *path, int64_t *n, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_input_open(path, &in, e))
        return false;
    *n = -1; /* the header */
    if (vg_csv_open(in, &(vg_csv_opts){ .sep = ',' }, &csv, e)) {
        while (vg_csv_next(csv, &row, e))
            ++*n;
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return !vg_failed(e);
}

/* One file: downloaded, and imported when asked. `n_rows` (may be NULL) gets its data rows; an empty page is no import. */
static bool fetch_file(vg_cli *c, const vg_fetch_address *from, vg_str into, const char *token, vg_store *st,
                       vg_table *t, int64_t *n_rows, vg_err *e)
{
    vg_fetched got = { .bytes = 0 };
    vg_cli_import im = { .known = false };
    vg_fetch_opts opts = { .sha256 = vg_opt_text(&c->opts, "sha256"), .token = token };
    vg_str path = vg_format(&c->arena, "%.*s/%.*s", VG_P(into), VG_P(from->file));
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    vg_note(c, "fetch.from", vg_arg_text("url", from->url));
    if (!vg_fetch(from->url, path.s, &opts, &c->progress, &got, e) ||
        (n_rows && !count_rows(path.s, n_rows, e)))
        return false;
    vg_source_opts source = vg_cli_source_opts(c);
    source.version = VG_NOSTR; /* from the file's name */
    st = n_rows && *n_rows == 0 ? NULL : st;
    if (st && !vg_cli_import_file(c, st, path.s, &source, &im, e))
        return false;
    vg_cell_text(t, path);
    vg_cell_int(t, got.bytes);
    vg_cell_int(t, got.resumed_at);
    vg_cell_text(t, vg_str_z(got.sha256));
    vg_cell_int(t, st ? im.vintage.id : INT64_MIN);
    vg_cell_int(t, st ? im.vintage.n_accepted : INT64_MIN);
    vg_cell_int(t, st ? im.vintage.n_rejected : INT64_MIN);
    return true;
}

static bool fetch_ucdp(vg_cli *c, vg_store *st, vg_table *t, vg_err *e)
{
    vg_fetch_address from = { .url = VG_NOSTR };
    vg_str into;
    return vg_fetch_ucdp(vg_opt_text(&c->opts, "version"), &c->arena, &from, e) &&
           folder(c, "ucdp", &into, e) && fetch_file(c, &from, into, NULL, st, t, NULL, e);
}

static vg_str day_option(vg_cli *c, const char *name, char buf[16])
{
    if (!vg_opt_given(&c->opts, name))
        return VG_NOSTR;
    return vg_day_text((int32_t)(vg_opt_int(&c->opts, name) / 86400), buf);
}

static bool fetch_acled(vg_cli *c, vg_store *st, vg_table *t, vg_err *e)
{
    char from_text[16], until_text[16];
    const char *token;
    vg_str into, from = day_option(c, "from", from_text), until = day_option(c, "until", until_text);
    if (!from.n || !until.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie fetch acled needs --from and --until");
        return vg_mend(e, "write the first and the last day, such as --from 2024-01-01 --until 2024-06-30");
    }
    if (!vg_fetch_acled_token(&token, e) || !folder(c, "acled", &into, e))
        return false;
    int64_t n = VG_ACLED_PAGE;
    for (int page = 1; n >= VG_ACLED_PAGE && page < MAX_PAGES; page++) {
        vg_fetch_address address = { .url = VG_NOSTR };
        if (!vg_fetch_acled(vg_opt_text(&c->opts, "country"), from, until, page, &c->arena, &address, e) ||
            !fetch_file(c, &address, into, token, st, t, &n, e))
            return false;
    }
    return true;
}

static bool fetch_into(vg_cli *c, vg_store *st, vg_err *e)
{
    vg_str source = vg_str_z(c->opts.arg[0]);
    vg_table t;
    if (!vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    bool good;
    if (vg_eq(source, VG_S("ucdp"))) {
        good = fetch_ucdp(c, st, &t, e);
    } else if (vg_eq(source, VG_S("acled"))) {
        good = fetch_acled(c, st, &t, e);
    } else {
        good = vg_fail(e, VG_EARG, VG_NOWHERE, "there is nothing to fetch from \"%.*s\"", VG_P(source));
        vg_mend(e, "it is one of: ucdp, acled");
    }
    vg_terminal_end();
    good = good && vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_fetch(vg_cli *c, vg_err *e)
{
    vg_store *st = NULL;
    if (vg_opt_given(&c->opts, "import") && !vg_cli_store(c, VG_STORE_WRITE, true, &st, e))
        return false;
    bool good = fetch_into(c, st, e);
    if (st)
        vg_store_close(st);
    return good;
}
