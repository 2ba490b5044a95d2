/* vigie displacement report: one HTML file out of the newest runs, to standard output or to --out. */
#include "cli/verb.h"
#include "displacement/report.h"

const vg_opt vg_displacement_report_options[] = {
    { "run", VG_OPT_INT, "N", NULL, 1, 9e15 },
    { "top", VG_OPT_INT, "N", "10", 1, 300 },
    { "out", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

static bool write_report(vg_cli *c, vg_store *st, const vg_displacement_report_opts *o, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "out");
    vg_out file;
    if (!path)
        return vg_displacement_report_html(st, o, c->out, e);
    if (!vg_out_path(&file, path, e))
        return false;
    if (!vg_displacement_report_html(st, o, &file, e)) {
        vg_out_drop(&file);
        return false;
    }
    return vg_out_end(&file, e);
}

bool vg_verb_displacement_report(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    vg_displacement_report_opts o = { .run = vg_opt_int(&c->opts, "run"),
                                      .top = (int32_t)vg_opt_int(&c->opts, "top"),
                                      .lang = c->lang };
    bool good = write_report(c, st, &o, e);
    vg_store_close(st);
    return good;
}
