/* The door of the readers of reports: what an input holds, and opening and closing it. Invariant: the format is seen from
 * the first bytes and nothing is taken from the input for it. */
#include "source/report_int.h"

#include <string.h>

#include "core/date.h"

enum { PEEK = 64 << 10, TABLE_BYTES = 256 << 20 };

typedef bool read_format(vg_report_reading *r, vg_err *e);
static const struct {
    const char *name;
    read_format *read;
} formats[] = {
    { "jsonl", vg_report_json__read },  { "csv", vg_report_csv__read },     { "cap", vg_report_cap__read },
    { "viina", vg_report_viina__read }, { "firms", vg_report_firms__read },
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static int by_name(vg_str name)
{
    for (int i = 0; i < N_FORMATS; i++)
        if (vg_eq(name, vg_str_z(formats[i].name)))
            return i;
    return -1;
}

/* The header of a table is looked at through a reader of its own. */
static int table_format(const vg_report_reading *r, vg_str head)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    vg_err e = VG_NO_ERR;
    int format = -1;
    if (!vg_input_memory(head, r->file, &in, &e))
        return -1;
    if (vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &csv, &e)) {
        if (vg_csv_next(csv, &row, &e) && !row.bad)
            format = vg_report_viina__knows(row.cell, row.n)    ? by_name(VG_S("viina"))
                     : vg_report_firms__knows(row.cell, row.n)  ? by_name(VG_S("firms"))
                     : vg_report_csv__knows(r, row.cell, row.n) ? by_name(VG_S("csv"))
                                                                : -1;
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return format;
}

static bool find_format(const vg_report_reading *r, int *format, vg_err *e)
{
    vg_str head, first;
    if (r->o->as.n) {
        *format = by_name(r->o->as);
        if (*format >= 0)
            return true;
        vg_fail(e, VG_EARG, VG_NOWHERE, "no format of reports is called \"%.*s\"", VG_P(r->o->as));
        return vg_mend(e, "formats are jsonl, csv, cap, viina and firms");
    }
    if (!vg_input_peek(r->in, PEEK, &head, e))
        return false;
    first = vg_trim(vg_starts(head, VG_S("\xEF\xBB\xBF")) ? vg_sub(head, 3, head.n) : head);
    if (first.n && (first.s[0] == '{' || first.s[0] == '['))
        *format = by_name(VG_S("jsonl"));
    else if (first.n && first.s[0] == '<')
        *format = by_name(VG_S("cap"));
    else
        *format = table_format(r, head);
    if (*format >= 0)
        return true;
    vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file, .line = 1 }, "this is no format of reports");
    vg_why(e,
           "looked for JSON, for a CAP alert, and for columns of VIINA, of FIRMS, or with an id and a time");
    return vg_mend(e, "name the columns as README.md of src/source lists them, or the format with --as");
}

bool vg_report_source_read_input(vg_input *in, const vg_report_source_opts *o,
                                 const vg_report_source_sink *sink, vg_report_source_found *found, vg_err *e)
{
    vg_arena a;
    int format;
    *found = (vg_report_source_found){ .n_reports = 0 };
    vg_report_reading r = {
        .in = in, .o = o, .sink = sink, .found = found, .a = &a, .file = vg_input_name(in), .now = vg_now()
    };
    if (!vg_arena_init(&a, TABLE_BYTES, e))
        return false;
    vg_report__names(&r);
    bool good = vg_out_memory(&r.d.extra, e);
    if (good) {
        good = find_format(&r, &format, e);
        if (good) {
            found->format = vg_str_z(formats[format].name);
            good = formats[format].read(&r, e);
        }
        vg_out_drop(&r.d.extra);
    }
    vg_arena_free(&a);
    return good;
}

bool vg_report_source_read(const char *path, const vg_report_source_opts *o,
                           const vg_report_source_sink *sink, vg_report_source_found *found, vg_err *e)
{
    vg_input *in;
    *found = (vg_report_source_found){ .n_reports = 0 };
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_report_source_read_input(in, o, sink, found, e);
    vg_input_close(in);
    return good;
}
