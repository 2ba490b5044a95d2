/* vigie serve: the HTTP door, and the verb table behind it. Invariant: a verb that is asked over HTTP takes the same way
 * as on the command line, with no terminal, no file that the request names, and no store to write to unless the role
 * allows it. The program changes to the data folder (or to /), so that a plain name cannot mean any other file. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/verb.h"
#include "door/door.h"
#include "serve/serve.h"

const vg_opt vg_serve_options[] = {
    { "port", VG_OPT_INT, "N", "8080", 0, 65535 },
    { "listen", VG_OPT_TEXT, "ADDRESS", "127.0.0.1", 0, 0 },
    { "workers", VG_OPT_INT, "N", "4", 1, 64 },
    { "slow-workers", VG_OPT_INT, "N", "2", 1, 64 },
    { "connections", VG_OPT_INT, "N", "4096", 1, 100000 },
    { "rate", VG_OPT_NUM, "N", "200", 0, 1e9 },
    { "verb-seconds", VG_OPT_INT, "N", "120", 1, 86400 },
    { "trust-proxy", VG_OPT_TEXT, "ADDRESS", NULL, 0, 0 },
    { "data", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "web", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "log", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { .name = NULL },
};

/* --- the verb table as the server sees it --- */

/* Verbs of the machine and its keeper, and those that tell what single people voted: nothing there is kept back. */
static bool is_closed(const vg_verb *v)
{
    static const char *const closed[] = { "serve",
                                          "fetch",
                                          "token add",
                                          "token list",
                                          "token revoke",
                                          "consult analyse",
                                          "consult next",
                                          "consult export",
                                          "consult open",
                                          "consult codes",
                                          "ceasefire watch",
                                          "ceasefire enter", /* the door has routes for these three */
                                          "ceasefire take",
                                          "ceasefire verify",
                                          "ceasefire replay",
                                          "ceasefire evaluate",
                                          "ceasefire audit" };
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (strcmp(v->name, closed[i]) == 0)
            return true;
    return false;
}

/* Options that write files, choose the store or shape what only a terminal shows. */
static bool is_refused(const vg_opt *o)
{
    static const char *const refused[] = { "store", "out",   "html",    "to",  "json",
                                           "csv",   "quiet", "threads", "help" };
    if (vg_ends(vg_str_z(o->name), VG_S("-out"))) /* every option named so writes a file */
        return true;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(o->name, refused[i]) == 0)
            return true;
    return false;
}

static const char *json_type(vg_opt_kind kind)
{
    switch (kind) {
    case VG_OPT_FLAG: return "boolean";
    case VG_OPT_INT: return "integer";
    case VG_OPT_NUM: return "number";
    default: return "string";
    }
}

static void add_options(vg_serve_verb *to, vg_serve_option *option, const vg_verb *v, const vg_opt *table,
                        vg_lang lang)
{
    char key[96];
    for (; table && table->name; table++) {
        vg_option_key(v, table, key);
        option[to->n_options++] = (vg_serve_option){
            .name = table->name,
            .type = json_type(table->kind),
            .choices = table->kind == VG_OPT_CHOICE ? table->value : NULL,
            .form = table->value,
            .fallback = table->fallback,
            .min = table->min,
            .max = table->max,
            .file = table->kind == VG_OPT_FILE,
            .refused = is_refused(table),
            .help = vg_message(lang, key),
        };
    }
}

/* What help calls a file or folder is one. */
static bool args_are_files(const vg_verb *v)
{
    vg_str args = vg_str_z(v->args);
    return vg_find(args, VG_S("FILE")) >= 0 || vg_find(args, VG_S("FOLDER")) >= 0 ||
           vg_find(args, VG_S("DIR")) >= 0 || vg_find(args, VG_S("PATH")) >= 0;
}

static bool make_table(vg_cli *c, vg_serve_verbs *out, vg_err *e)
{
    int n;
    char key[96];
    const vg_verb *v = vg_verbs(&n);
    vg_serve_verb *verb = vg_new(&c->arena, vg_serve_verb, n);
    if (!verb)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    int count = 0;
    for (int i = 0; i < n; i++) {
        if (is_closed(&v[i]))
            continue;
        vg_serve_option *option = vg_new(&c->arena, vg_serve_option, VG_MAX_OPTS);
        vg_serve_verb *to = &verb[count++];
        if (!option)
            return vg_fail_memory(e, vg_arena_limit(&c->arena));
        *to = (vg_serve_verb){ .name = v[i].name,
                               .option = option,
                               .args = v[i].args,
                               .min_args = v[i].min_args,
                               .max_args = v[i].max_args,
                               .args_are_files = args_are_files(&v[i]),
                               .purpose = vg_message(c->lang, vg_verb_key(&v[i], "purpose", key).s),
                               .text = vg_message(c->lang, vg_verb_key(&v[i], "text", key).s) };
        add_options(to, option, &v[i], v[i].option, c->lang);
        add_options(to, option, NULL, vg_global_options, c->lang);
    }
    out->verb = verb;
    out->n_verbs = count;
    return true;
}

/* --- one verb --- */

static const vg_verb *row_of(const char *name)
{
    int n;
    const vg_verb *v = vg_verbs(&n);
    for (int i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0)
            return &v[i];
    return NULL;
}

static void use_store(vg_cli *c, vg_str path)
{
    for (int i = 0; i < c->opts.n; i++)
        if (strcmp(c->opts.opt[i]->name, "store") == 0)
            c->opts.value[i] = (vg_opt_value){ .given = true, .text = path };
}

static bool count_args(const vg_cli *c, vg_err *e)
{
    int n = c->opts.n_args;
    if (n >= c->verb->min_args && (c->verb->max_args < 0 || n <= c->verb->max_args))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s was given %d arguments", c->verb->name, n);
    return c->verb->args ? vg_mend(e, "it takes arg=%s", c->verb->args) : vg_mend(e, "it takes none");
}

/* Texts may name files in one way or another: without a slash there is only the data folder. */
static bool has_no_path(const vg_opts *o, bool args_are_files, vg_err *e)
{
    for (int i = 0; i < o->n + o->n_args; i++) {
        bool option = i < o->n;
        vg_str text = option ? o->value[i].text : vg_str_z(o->arg[i - o->n]);
        bool read = option ? o->value[i].given && o->opt[i]->kind == VG_OPT_TEXT : true;
        if (!option && args_are_files) /* made from a plain name by the server */
            continue;
        if (!read || (vg_find_byte(text, '/') < 0 && !vg_starts(text, VG_S("."))))
            continue;
        vg_fail(e, VG_EARG, VG_NOWHERE, "a path cannot be named here: \"%.*s\"",
                VG_P(vg_utf8_head(text, 60)));
        return vg_mend(e, "name files of the data folder by their plain names");
    }
    return true;
}

typedef struct {
    vg_lang lang;
    vg_str store, data, web;
    int n_threads;
} door;

static bool run_verb(void *ctx, vg_serve_call *call, vg_err *e)
{
    const door *d = ctx;
    vg_cli c = { .verb = row_of(call->verb->name),
                 .lang = d->lang,
                 .form = call->csv ? VG_FORM_CSV : VG_FORM_JSON,
                 .quiet = true,
                 .n_threads = d->n_threads,
                 .out = call->out,
                 .arena = *call->arena,
                 .progress = call->progress,
                 .served = true,
                 .may_change = call->may_change,
                 .actor = call->actor };
    if (!vg_opts_read(&c.opts, c.verb->option, vg_global_options, call->argc, call->argv, false, e) ||
        !count_args(&c, e) || !has_no_path(&c.opts, call->verb->args_are_files, e))
        return false;
    use_store(&c, d->store);
    c.as_of = vg_opt_int(&c.opts, "as-of");
    if (vg_opt_given(&c.opts, "lang"))
        c.lang = (vg_lang)vg_lang_by_code(vg_opt_text(&c.opts, "lang"));
    bool good = c.verb->run(&c, e);
    call->exit_code = c.exit_code;
    call->forbidden = c.forbidden;
    *call->arena = c.arena;
    return good;
}

/* --- the server --- */

static bool whole_path(vg_cli *c, const char *path, bool folder, vg_str *out, vg_err *e)
{
    struct stat about;
    char *real = realpath(path, NULL);
    bool good = real && stat(real, &about) == 0 && S_ISDIR(about.st_mode) == folder;
    if (good)
        *out = vg_copy(&c->arena, vg_str_z(real));
    free(real);
    if (good)
        return out->s || vg_fail_memory(e, vg_arena_limit(&c->arena));
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no %s %s", folder ? "folder" : "file", path);
    return vg_mend(e, folder ? "name a folder that exists" : "import a file first: vigie import FILE");
}

/* Standard error without --log; nothing with --quiet. */
static bool open_log(vg_cli *c, int *fd, vg_err *e)
{
    const char *path = vg_opt_path(&c->opts, "log");
    *fd = c->quiet ? 0 : STDERR_FILENO;
    if (!path)
        return true;
    *fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (*fd >= 0)
        return true;
    vg_fail(e, VG_EIO, VG_NOWHERE, "cannot write the log %s", path);
    return vg_mend(e, "check that the folder exists and that you may write there");
}

/* SIGINT and SIGTERM come to the thread that waits for them, and to no other. */
static void hold_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

static bool say_address(vg_cli *c, const char *listen, int port, vg_err *e)
{
    char room[128];
    bool six = strchr(listen, ':') != NULL;
    int n = snprintf(room, sizeof room, six ? "http://[%s]:%d" : "http://%s:%d", listen, port);
    vg_str address = { room, n };
    if (c->form == VG_FORM_TABLE)
        vg_line(c, "serve.ready", vg_arg_text("address", address));
    else
        vg_print(c->out, c->form == VG_FORM_JSON ? "{\"address\":\"%s\"}\n" : "address\n%s\n", room);
    return vg_cli_flush(c, e);
}

static bool serve(vg_cli *c, const vg_serve_opts *o, vg_err *e)
{
    vg_serve *s;
    sigset_t signals;
    int which = 0;
    hold_signals(&signals);
    if (!vg_serve_start(o, &s, e))
        return false;
    bool good = say_address(c, o->listen, vg_serve_port(s), e);
    if (good)
        sigwait(&signals, &which);
    vg_serve_stop(s);
    if (good)
        vg_note(c, "serve.stopped", vg_arg_int("signal", which));
    return good;
}

/* The page that was named, or else the one beside the program: as installed, or as built. Without any: none. */
static bool find_page(vg_cli *c, vg_str *out, vg_err *e)
{
    static const char *const beside[] = { "../share/vigie/web", "web", "../web/dist" };
    const char *named = vg_opt_path(&c->opts, "web");
    char program[2048], path[4096];
    if (named)
        return whole_path(c, named, true, out, e);
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    while (n > 0 && program[n - 1] != '/')
        n--;
    for (size_t i = 0; n > 0 && n < (ssize_t)sizeof program && i < sizeof beside / sizeof *beside; i++) {
        snprintf(path, sizeof path, "%.*s%s/index.html", (int)n, program, beside[i]);
        if (access(path, R_OK) != 0)
            continue;
        snprintf(path, sizeof path, "%.*s%s", (int)n, program, beside[i]);
        return whole_path(c, path, true, out, e);
    }
    return true;
}

static bool find_paths(vg_cli *c, door *d, vg_err *e)
{
    vg_store *st;
    vg_str store;
    const char *data = vg_opt_path(&c->opts, "data");
    if (!vg_cli_store(c, VG_STORE_WRITE, true, &st, e) ||
        !vg_cli_store_path(c, &store, e)) /* makes and upgrades it */
        return false;
    vg_store_close(st);
    return whole_path(c, store.s, false, &d->store, e) && (!data || whole_path(c, data, true, &d->data, e)) &&
           find_page(c, &d->web, e);
}

bool vg_verb_serve(vg_cli *c, vg_err *e)
{
    const vg_opts *o = &c->opts;
    door d = { .lang = c->lang, .n_threads = c->n_threads };
    vg_serve_verbs verbs = { .run = run_verb, .ctx = &d };
    vg_serve_opts so = { .listen = vg_opt_path(o, "listen"),
                         .port = (int)vg_opt_int(o, "port"),
                         .n_workers = (int)vg_opt_int(o, "workers"),
                         .n_slow = (int)vg_opt_int(o, "slow-workers"),
                         .max_connections = (int)vg_opt_int(o, "connections"),
                         .rate = vg_opt_num(o, "rate"),
                         .trust_proxy = vg_opt_path(o, "trust-proxy"),
                         .verb_s = (int)vg_opt_int(o, "verb-seconds"),
                         .verbs = &verbs };
    so.door = vg_doors(&so.n_doors);
    if (!find_paths(c, &d, e) || !open_log(c, &so.log_fd, e) || !make_table(c, &verbs, e))
        return false;
    so.store = d.store.s;
    so.data = d.data.s;
    so.web = d.web.s;
    if (chdir(d.data.n ? d.data.s : "/") != 0)
        return vg_fail(e, VG_EIO, VG_NOWHERE, "cannot go to the data folder %s", d.data.s);
    bool good = serve(c, &so, e);
    if (so.log_fd > STDERR_FILENO)
        close(so.log_fd);
    return good;
}
