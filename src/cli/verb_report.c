/* vigie report: one HTML file out of the newest forecast run, to standard output or to --out. */
#include "cli/verb.h"
#include "forecast/report.h"

const vg_opt vg_report_options[] = {
    { "country", VG_OPT_TEXT, "ISO3", NULL, 0, 0 },
    { "run", VG_OPT_INT, "N", NULL, 1, 9e15 },
    { "top", VG_OPT_INT, "N", "10", 1, 300 },
    { "out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

static bool write_report(vg_cli *c, vg_store *st, const vg_report_opts *o, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "out");
    vg_out file;
    if (!path)
        return vg_report_html(st, o, c->out, e);
    if (!vg_out_path(&file, path, e))
        return false;
    if (!vg_report_html(st, o, &file, e)) {
        vg_out_drop(&file);
        return false;
    }
    return vg_out_end(&file, e);
}

bool vg_verb_report(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    vg_report_opts o = { .run = vg_opt_int(&c->opts, "run"),
                         .country = vg_opt_text(&c->opts, "country"),
                         .top = (int32_t)vg_opt_int(&c->opts, "top"),
                         .lang = c->lang };
    bool good = write_report(c, st, &o, e);
    vg_store_close(st);
    return good;
}
