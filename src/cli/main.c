/* The program: global options, the verb, its options, its work, one place where an error is printed and becomes an
 * exit code. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/verb.h"

enum { EXIT_USAGE = 2, EXIT_OUTSIDE = 4 };

static bool refuse_verb(int n_args, char **arg, vg_err *e)
{
    int n;
    const vg_verb *verb = vg_verbs(&n);
    const char *name[64];
    size_t first_word = strlen(arg[0]);
    bool family = false;
    for (int i = 0; i < n; i++) {
        name[i] = verb[i].name;
        family = family || (strncmp(name[i], arg[0], first_word) == 0 && name[i][first_word] == ' ');
    }
    if (family) {
        vg_fail(e, VG_EARG, VG_NOWHERE, n_args > 1 ? "\"%s %s\" is not a verb" : "\"%s\" needs a second word",
                arg[0], n_args > 1 ? arg[1] : "");
        return vg_mend(e, "\"vigie help\" lists them");
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "\"%s\" is not a verb", arg[0]);
    const char *near = vg_nearest(vg_str_z(arg[0]), name, n);
    if (near)
        return vg_mend(e, "did you mean \"vigie %s\"? (\"vigie help\" lists them all)", near);
    return vg_mend(e, "\"vigie help\" lists the verbs");
}

/* The verb and all options. With nothing to do but show help, `verb` is the help verb. */
static bool read_line(vg_cli *c, int argc, char **argv, vg_err *e)
{
    static char help_word[] = "help", version_word[] = "version";
    char *help_line[] = { help_word };
    vg_opts front;
    int used = 0;
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        argv[1] = version_word;
    if (argc > 1 && strcmp(argv[1], "-h") == 0)
        argv[1] = help_word;
    if (!vg_opts_read(&front, NULL, vg_global_options, argc - 1, argv + 1, true, e))
        return false;
    if (front.n_args == 0) {
        c->verb = vg_verb_find(1, help_line, &used);
        c->exit_code = vg_opt_given(&front, "help") ? 0 : EXIT_USAGE;
        return vg_opts_read(&c->opts, c->verb->option, vg_global_options, 0, NULL, false, e);
    }
    c->verb = vg_verb_find(front.n_args, front.arg, &used);
    if (!c->verb)
        return refuse_verb(front.n_args, front.arg, e);
    if (!vg_opts_read(&c->opts, c->verb->option, vg_global_options, front.n_args - used, front.arg + used,
                      false, e))
        return false;
    for (int i = 0; i < front.n; i++) /* those before the verb count as well */
        for (int k = 0; front.value[i].given && k < c->opts.n; k++)
            if (c->opts.opt[k] == front.opt[i] && !c->opts.value[k].given)
                c->opts.value[k] = front.value[i];
    return true;
}

static bool check_args(const vg_cli *c, vg_err *e)
{
    const vg_verb *v = c->verb;
    if (c->opts.n_args < v->min_args) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie %s needs %s", v->name, v->args);
        return vg_mend(e, "\"vigie help %s\" shows how", v->name);
    }
    if (v->max_args >= 0 && c->opts.n_args > v->max_args) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie %s has no use for \"%s\"", v->name, c->opts.arg[v->max_args]);
        return vg_mend(e, "\"vigie help %s\" shows what it takes", v->name);
    }
    return true;
}

static bool settle(vg_cli *c, vg_err *e)
{
    const vg_opts *o = &c->opts;
    if (vg_opt_given(o, "json") && vg_opt_given(o, "csv")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--json and --csv exclude each other");
        return vg_mend(e, "choose one of them");
    }
    c->form = vg_opt_given(o, "json") ? VG_FORM_JSON : vg_opt_given(o, "csv") ? VG_FORM_CSV : VG_FORM_TABLE;
    c->quiet = vg_opt_given(o, "quiet");
    c->as_of = vg_opt_int(o, "as-of");
    c->n_threads = vg_opt_given(o, "threads") ? (int)vg_opt_int(o, "threads") : vg_cores();
    return vg_opt_given(o, "help") || check_args(c, e);
}

static bool run(vg_cli *c, vg_err *e)
{
    bool good = vg_opt_given(&c->opts, "help") && strcmp(c->verb->name, "help") != 0
                    ? vg_help_put(c->out, c->lang, c->verb, e)
                    : c->verb->run(c, e);
    vg_terminal_end();
    return good;
}

/* True when whoever read our output has gone: `vigie ... | head` is no failure. */
static bool reader_gone(void)
{
    struct pollfd fd = { .fd = STDOUT_FILENO };
    return poll(&fd, 1, 0) > 0 && (fd.revents & POLLERR);
}

static int finish(vg_cli *c, vg_out *out, bool good, const vg_err *e)
{
    vg_err writing = VG_NO_ERR;
    bool written = vg_out_end(out, &writing);
    int code = good ? c->exit_code : vg_exit_code(e->code);
    if (!written && reader_gone())
        return code;
    if (!good)
        vg_err_print(stderr, e);
    if (!written) {
        vg_err_print(stderr, &writing);
        code = good ? vg_exit_code(writing.code) : code;
    }
    return code;
}

int main(int argc, char **argv)
{
    vg_cli c = { .lang = vg_lang_default() };
    vg_err e = VG_NO_ERR;
    vg_out out;
    if (!vg_out_stream(&out, stdout, &e) || !vg_arena_init(&c.arena, (int64_t)16 << 30, &e)) {
        vg_err_print(stderr, &e);
        return EXIT_OUTSIDE;
    }
    c.out = &out;
    bool good = read_line(&c, argc, argv, &e) && settle(&c, &e);
    if (good) {
        if (vg_opt_given(&c.opts, "lang"))
            c.lang = (vg_lang)vg_lang_by_code(vg_opt_text(&c.opts, "lang"));
        c.progress = vg_terminal_begin(&c);
        good = run(&c, &e);
    }
    int code = finish(&c, &out, good, &e);
    vg_arena_free(&c.arena);
    return code;
}
