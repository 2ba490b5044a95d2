/* Option parser. Invariant: after a successful read every value has been checked by its kind, and `arg` holds the
 * arguments in the order they were written. */
#include "cli/opt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

enum { NAME_MAX_LEN = 40 };

/* Edit distance of two short words; long words count as far apart. */
static int distance(vg_str a, vg_str b)
{
    int row[NAME_MAX_LEN + 1] = { 0 };
    if (a.n > NAME_MAX_LEN || b.n > NAME_MAX_LEN)
        return NAME_MAX_LEN;
    for (int j = 0; j <= b.n; j++)
        row[j] = j;
    for (ptrdiff_t i = 1; i <= a.n; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (ptrdiff_t j = 1; j <= b.n; j++) {
            int change = corner + (vg_lower(a.s[i - 1]) != vg_lower(b.s[j - 1]));
            corner = row[j];
            int shift = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            row[j] = change < shift ? change : shift;
        }
    }
    return row[b.n];
}

const char *vg_nearest(vg_str word, const char *const *name, int n)
{
    const char *best = NULL;
    int least = word.n < 5 ? 2 : 3;
    for (int i = 0; i < n; i++) {
        int far = distance(word, vg_str_z(name[i]));
        bool begins = word.n >= 3 && vg_starts(vg_str_z(name[i]), word);
        if (far < least || (begins && !best)) {
            best = name[i];
            least = far < least ? far : least;
        }
    }
    return best;
}

static bool refuse_unknown(const vg_opts *o, vg_str name, vg_err *e)
{
    const char *known[VG_MAX_OPTS] = { NULL };
    for (int i = 0; i < o->n; i++)
        known[i] = o->opt[i]->name;
    const char *near = vg_nearest(name, known, o->n);
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no option --%.*s here", VG_P(name));
    if (near)
        return vg_mend(e, "did you mean --%s? (--help lists them all)", near);
    return vg_mend(e, "--help lists the options");
}

/* --- values --- */

static bool read_number(const vg_opt *opt, vg_opt_value *v, vg_err *e)
{
    bool whole = opt->kind == VG_OPT_INT;
    bool good = whole ? vg_int(v->text, &v->whole) : vg_num(v->text, &v->number);
    if (!good) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is not a %s: \"%.*s\"", opt->name,
                whole ? "whole number" : "number", VG_P(v->text));
        return vg_mend(e, whole ? "write digits only, such as --%s 12" : "write it as --%s 0.5, with a point",
                       opt->name);
    }
    double x = whole ? (double)v->whole : v->number;
    if ((opt->min < opt->max) && (x < opt->min || x > opt->max)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--%s %.*s is outside %g to %g", opt->name, VG_P(v->text), opt->min,
                opt->max);
        return vg_mend(e, "choose a value between %g and %g", opt->min, opt->max);
    }
    return true;
}

static bool read_month(const vg_opt *opt, vg_opt_value *v, vg_err *e)
{
    int32_t month;
    if (!vg_month_parse(v->text, &month)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is not a month: \"%.*s\"", opt->name, VG_P(v->text));
        return vg_mend(e, "write year and month as 2024-07");
    }
    v->whole = month;
    return true;
}

static bool read_date(const vg_opt *opt, vg_opt_value *v, vg_err *e)
{
    int32_t day;
    if (v->text.n <= 10 && vg_day_parse(v->text, VG_DATE_ISO, &day)) {
        v->whole = (int64_t)day * 86400 + 86399;
        return true;
    }
    if (vg_instant_parse(v->text, &v->whole))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is not a date: \"%.*s\"", opt->name, VG_P(v->text));
    return vg_mend(e, "write it as 2024-07-31 or 2024-07-31T12:00:00Z");
}

static bool read_years(const vg_opt *opt, vg_opt_value *v, vg_err *e)
{
    vg_str to = v->text, from = vg_cut(&to, '-');
    if (!to.n)
        to = from;
    if (from.n == 4 && to.n == 4 && vg_int(from, &v->whole) && vg_int(to, &v->to) && v->whole >= 1900 &&
        v->whole <= v->to)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is not a span of years: \"%.*s\"", opt->name, VG_P(v->text));
    return vg_mend(e, "write one year (2020) or the first and the last (2018-2023)");
}

static bool read_choice(const vg_opt *opt, const vg_opt_value *v, vg_err *e)
{
    vg_str left = vg_str_z(opt->value);
    while (left.n)
        if (vg_eq(vg_cut(&left, '|'), v->text))
            return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "--%s cannot be \"%.*s\"", opt->name, VG_P(v->text));
    return vg_mend(e, "it is one of: %s", opt->value);
}

static bool read_value(const vg_opt *opt, vg_opt_value *v, vg_err *e)
{
    switch (opt->kind) {
    case VG_OPT_FLAG: return true;
    case VG_OPT_TEXT:
    case VG_OPT_FILE:
        if (v->text.n && vg_utf8_valid(v->text))
            return true;
        return vg_fail(e, VG_EARG, VG_NOWHERE, "--%s is empty or not UTF-8", opt->name);
    case VG_OPT_INT:
    case VG_OPT_NUM: return read_number(opt, v, e);
    case VG_OPT_MONTH: return read_month(opt, v, e);
    case VG_OPT_DATE: return read_date(opt, v, e);
    case VG_OPT_YEARS: return read_years(opt, v, e);
    case VG_OPT_CHOICE: return read_choice(opt, v, e);
    }
    return false;
}

/* --- the line --- */

static bool add_table(vg_opts *o, const vg_opt *table, vg_err *e)
{
    for (; table && table->name; table++) {
        assert(o->n < VG_MAX_OPTS);
        o->opt[o->n] = table;
        if (table->fallback) {
            o->value[o->n].text = vg_str_z(table->fallback);
            if (!read_value(table, &o->value[o->n], e))
                return false;
        }
        o->n++;
    }
    return true;
}

static int position(const vg_opts *o, vg_str name)
{
    for (int i = 0; i < o->n; i++)
        if (vg_eq(vg_str_z(o->opt[i]->name), name))
            return i;
    return -1;
}

/* One option at argv[*i]; moves *i over a value that stands apart. */
static bool read_option(vg_opts *o, int argc, char **argv, int *i, vg_err *e)
{
    vg_str value = vg_str_z(argv[*i] + 2), name = vg_cut(&value, '=');
    bool joined = argv[*i][2 + name.n] == '=';
    int at = position(o, name);
    if (at < 0)
        return refuse_unknown(o, name, e);
    const vg_opt *opt = o->opt[at];
    if (opt->kind == VG_OPT_FLAG && joined) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--%s takes no value", opt->name);
        return vg_mend(e, "write --%s alone", opt->name);
    }
    if (opt->kind != VG_OPT_FLAG && !joined) {
        if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "--%s needs a value", opt->name);
            return vg_mend(e, "write --%s %s", opt->name, opt->value);
        }
        value = vg_str_z(argv[++*i]);
    }
    o->value[at] = (vg_opt_value){ .given = true, .text = value };
    return read_value(opt, &o->value[at], e);
}

bool vg_opts_read(vg_opts *o, const vg_opt *own, const vg_opt *shared, int argc, char **argv, bool first_only,
                  vg_err *e)
{
    *o = (vg_opts){ .arg = argv };
    if (!add_table(o, own, e) || !add_table(o, shared, e))
        return false;
    bool only_args = false;
    for (int i = 0; i < argc; i++) {
        bool option = !only_args && strncmp(argv[i], "--", 2) == 0;
        if (option && !argv[i][2]) {
            only_args = true;
        } else if (option) {
            if (!read_option(o, argc, argv, &i, e))
                return false;
        } else if (first_only) {
            for (; i < argc; i++)
                o->arg[o->n_args++] = argv[i];
        } else if (argv[i][0] == '-' && argv[i][1] && !only_args) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "there is no option %s here", argv[i]);
            return vg_mend(e, "options are written with two dashes; --help lists them");
        } else {
            o->arg[o->n_args++] = argv[i];
        }
    }
    return true;
}

const vg_opt_value *vg_opt_find(const vg_opts *o, const char *name)
{
    int at = position(o, vg_str_z(name));
    assert(at >= 0 && "an option that is in no table");
    return &o->value[at];
}

bool vg_opt_given(const vg_opts *o, const char *name)
{
    return vg_opt_find(o, name)->given;
}

vg_str vg_opt_text(const vg_opts *o, const char *name)
{
    return vg_opt_find(o, name)->text;
}

const char *vg_opt_path(const vg_opts *o, const char *name)
{
    return vg_opt_find(o, name)->text.s; /* from argv or a literal: ended by NUL */
}

int64_t vg_opt_int(const vg_opts *o, const char *name)
{
    return vg_opt_find(o, name)->whole;
}

double vg_opt_num(const vg_opts *o, const char *name)
{
    return vg_opt_find(o, name)->number;
}

int32_t vg_opt_month(const vg_opts *o, const char *name)
{
    return (int32_t)vg_opt_find(o, name)->whole;
}
