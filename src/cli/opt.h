/**
 * Options of the command line: --name value, --name=value, flags, and what is left as arguments. Values are checked
 * here, by the kind the table gives them, so that a verb only sees good ones.
 *
 *     static const vg_opt options[] = { { "draws", VG_OPT_INT, "N", "1000", 1, 100000 }, { .name = NULL } };
 *     if (!vg_opts_read(&o, options, globals, argc, argv, e)) ...
 *     int64_t draws = vg_opt_int(&o, "draws");
 *
 * The help text of an option is the message "option.<verb>.<name>", or "option.<name>" where verbs share one.
 */
#ifndef VG_CLI_OPT_H
#define VG_CLI_OPT_H

#include "core/err.h"

typedef enum {
    VG_OPT_FLAG,
    VG_OPT_TEXT,
    VG_OPT_FILE, /* a path; completion offers files */
    VG_OPT_INT,
    VG_OPT_NUM,
    VG_OPT_MONTH, /* YYYY-MM */
    VG_OPT_DATE,  /* YYYY-MM-DD or an instant; a day means its end */
    VG_OPT_YEARS, /* YYYY or YYYY-YYYY */
    VG_OPT_CHOICE /* one of the words in `value`, separated by | */
} vg_opt_kind;

typedef struct {
    const char *name;
    vg_opt_kind kind;
    const char *value;    /* what help shows for the value: "FILE", "N", "end|even|start" */
    const char *fallback; /* the default as text; NULL = none */
    double min, max;      /* of INT and NUM; both 0 = any */
} vg_opt;

typedef struct {
    bool given;
    vg_str text;       /* as written, or the default */
    int64_t whole, to; /* INT, MONTH, DATE, YEARS (from, to) */
    double number;     /* NUM */
} vg_opt_value;

enum { VG_MAX_OPTS = 48 };

typedef struct {
    int n;
    const vg_opt *opt[VG_MAX_OPTS];
    vg_opt_value value[VG_MAX_OPTS];
    int n_args;
    char **arg; /* what was no option, in order; the front of argv */
} vg_opts;

/**
 * Reads argv[0 .. argc-1] (without the program's name) against two tables, each ended by a NULL name. `argv` is put
 * in a new order. With `first_only` it stops at the first argument that is no option and leaves the rest in `arg`.
 * Fails: VG_EARG.
 */
bool vg_opts_read(vg_opts *o, const vg_opt *own, const vg_opt *shared, int argc, char **argv, bool first_only,
                  vg_err *e);

/** Values by name; the name must be in one of the tables. */
const vg_opt_value *vg_opt_find(const vg_opts *o, const char *name);
bool vg_opt_given(const vg_opts *o, const char *name);
vg_str vg_opt_text(const vg_opts *o, const char *name);
const char *vg_opt_path(const vg_opts *o, const char *name); /* NULL when not given */
int64_t vg_opt_int(const vg_opts *o, const char *name);
double vg_opt_num(const vg_opts *o, const char *name);
int32_t vg_opt_month(const vg_opts *o, const char *name); /* 0 when not given */

/** The nearest of the names by edit distance, or NULL when none is near. */
const char *vg_nearest(vg_str word, const char *const *name, int n);

#endif
