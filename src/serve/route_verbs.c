/* One table, many doors: a verb of the command line as a route. Invariant: what a request says becomes words of a command
 * line that the verb's own parser checks again; a file is named by its plain name in the data folder or not at all;
 * who may not change anything gets a store that can only be read. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "serve/serve_int.h"

static const char HTML_POLICY[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/* "alert list" is called alert-list in an address. */
static bool same_name(const char *verb, vg_str route_name)
{
    vg_str name = vg_str_z(verb);
    bool same = name.n == route_name.n;
    for (ptrdiff_t i = 0; i < name.n && same; i++)
        same = (name.s[i] == ' ' ? '-' : name.s[i]) == route_name.s[i];
    return same;
}

const vg_serve_verb *vg_verbs__find(const vg_serve *s, vg_str route_name)
{
    for (int i = 0; s->o.verbs && i < s->o.verbs->n_verbs; i++)
        if (same_name(s->o.verbs->verb[i].name, route_name))
            return &s->o.verbs->verb[i];
    return NULL;
}

bool vg_answer__verbs(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "verb", "route", "arguments", "purpose" };
    (void)e;
    vg_rows r = vg_rows_begin(c, column, 4);
    for (int i = 0; c->s->o.verbs && i < c->s->o.verbs->n_verbs; i++) {
        const vg_serve_verb *v = &c->s->o.verbs->verb[i];
        char route[96];
        int n = snprintf(route, sizeof route, "/api/v1/verbs/%s", v->name);
        for (char *at = route; *at; at++)
            *at = *at == ' ' ? '-' : *at;
        vg_rows_text(&r, vg_str_z(v->name));
        vg_rows_text(&r, (vg_str){ route, n });
        vg_rows_text(&r, vg_str_z(v->args));
        vg_rows_text(&r, v->purpose);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- the words --- */

/* A file's plain name becomes its path in the data folder. */
static bool file_path(vg_call *c, vg_str name, vg_str *path, vg_err *e)
{
    if (!c->s->o.data)
        return vg_call_refuse(
            c, 403, e, VG_EARG, "files of the server cannot be named here",
            "start the server with --data FOLDER; then its files can, by their plain names");
    if (!name.n || name.s[0] == '.' || vg_find_byte(name, '/') >= 0 || vg_find_byte(name, '\\') >= 0)
        return vg_call_refuse(c, 400, e, VG_EARG, "this is not the plain name of a file",
                              "name a file or folder that lies in the data folder, without a path");
    *path = vg_format(&c->w->arena, "%s/%.*s", c->s->o.data, VG_P(name));
    if (!path->s)
        return vg_fail_memory(e, vg_arena_limit(&c->w->arena));
    return access(path->s, F_OK) == 0 ||
           vg_call_refuse(c, 404, e, VG_ENOTFOUND, "the data folder has no file or folder of this name",
                          "name one that lies in the folder the server was started with (--data)");
}

static bool add_word(vg_serve_call *call, vg_str word, vg_err *e)
{
    if (!word.s)
        return vg_fail_memory(e, vg_arena_limit(call->arena));
    size_t n = (size_t)word.n;
    char *text = vg_new(call->arena, char, word.n + 1);
    if (!text)
        return vg_fail_memory(e, vg_arena_limit(call->arena));
    memcpy(text, word.s, n);
    call->argv[call->argc++] = text;
    return true;
}

static const vg_serve_option *option_of(const vg_serve_verb *v, vg_str name)
{
    for (int i = 0; i < v->n_options; i++)
        if (vg_eq(vg_str_z(v->option[i].name), name) && !v->option[i].refused)
            return &v->option[i];
    return NULL;
}

static bool fail_flag(const vg_serve_option *o, vg_str value, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s is not true or false: \"%.*s\"", o->name,
            VG_P(vg_utf8_head(value, 40)));
    return vg_mend(e, "write %s=true, or leave it out", o->name);
}

static bool add_option(vg_call *c, vg_serve_call *call, const vg_pair *p, vg_err *e)
{
    const vg_serve_option *o = option_of(call->verb, p->name);
    vg_str value = p->value;
    if (!o) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%s has no option \"%.*s\" here", call->verb->name,
                VG_P(vg_utf8_head(p->name, 40)));
        return vg_mend(e, "/api/openapi.json lists its options");
    }
    if (strcmp(o->type, "boolean") == 0) {
        if (vg_eq(value, VG_S("false")))
            return true;
        return vg_eq(value, VG_S("true")) ? add_word(call, vg_format(call->arena, "--%s", o->name), e)
                                          : fail_flag(o, value, e);
    }
    if (o->file && !file_path(c, value, &value, e))
        return false;
    return add_word(call, vg_format(call->arena, "--%s=%.*s", o->name, VG_P(value)), e);
}

static bool add_argument(vg_call *c, vg_serve_call *call, vg_str value, vg_err *e)
{
    if (call->verb->args_are_files && !file_path(c, value, &value, e))
        return false;
    if (!value.n)
        return vg_call_refuse(c, 400, e, VG_EARG, "an argument is empty", "leave it out, or give it a value");
    return add_word(call, value, e);
}

static bool put_words(vg_call *c, vg_serve_call *call, vg_err *e)
{
    call->argv = vg_new(call->arena, char *, c->target.n_pairs + 4);
    if (!call->argv)
        return vg_fail_memory(e, vg_arena_limit(call->arena));
    for (int i = 0; i < c->target.n_pairs; i++)
        if (!vg_eq(c->target.pair[i].name, VG_S("arg")) && !add_option(c, call, &c->target.pair[i], e))
            return false;
    if (!add_word(call, call->csv ? VG_S("--csv") : VG_S("--json"), e) || !add_word(call, VG_S("--"), e))
        return false;
    for (int i = 0; i < c->target.n_pairs; i++)
        if (vg_eq(c->target.pair[i].name, VG_S("arg")) && !add_argument(c, call, c->target.pair[i].value, e))
            return false;
    return true;
}

/* --- the run --- */

typedef struct {
    vg_serve *s;
    struct timespec until;
} deadline;

static bool step(void *ctx, const char *what, int64_t done, int64_t total)
{
    deadline *d = ctx;
    struct timespec now;
    (void)what, (void)done, (void)total;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&d->s->lock);
    bool stopping = d->s->stopping;
    pthread_mutex_unlock(&d->s->lock);
    return !stopping && (now.tv_sec < d->until.tv_sec ||
                         (now.tv_sec == d->until.tv_sec && now.tv_nsec < d->until.tv_nsec));
}

/* What a verb prints is JSON, CSV, or a page. */
static void name_type(vg_http__reply *r)
{
    vg_str head = vg_trim(vg_sub(vg_out_text(&r->body), 0, 64));
    if (vg_starts(head, VG_S("{")) || vg_starts(head, VG_S("["))) {
        r->type = "application/json";
    } else if (vg_starts(head, VG_S("<"))) {
        r->type = "text/html; charset=utf-8";
        r->policy = HTML_POLICY;
    } else {
        r->type = "text/csv; charset=utf-8";
    }
}

static bool fail_forbidden(vg_call *c, vg_err *e)
{
    *e = VG_NO_ERR;
    if (c->role >= VG_ROLE_ANALYST) {
        snprintf(c->r->allow, sizeof c->r->allow, "POST");
        return vg_call_refuse(c, 405, e, VG_EARG, "this verb changes the store, and GET changes nothing",
                              "send it by POST");
    }
    return vg_call_refuse(c, 403, e, VG_EARG, "this verb changes the store",
                          "it needs a token of an analyst or admin, and POST");
}

/* After a failure that a message takes from the verb's memory. */
static void keep_place(vg_call *c, vg_err *e)
{
    if (e->at.file.n)
        e->at.file = vg_copy(&c->w->arena, e->at.file);
}

static bool run(vg_call *c, vg_serve_call *call, vg_err *e)
{
    deadline d = { .s = c->s };
    clock_gettime(CLOCK_MONOTONIC, &d.until);
    d.until.tv_sec += c->s->o.verb_s;
    call->progress = (vg_progress){ .step = step, .ctx = &d };
    bool good = put_words(c, call, e) && c->s->o.verbs->run(c->s->o.verbs->ctx, call, e);
    if (!good && call->forbidden)
        return fail_forbidden(c, e);
    if (!good)
        keep_place(c, e);
    return good;
}

bool vg_answer__verb(vg_call *c, vg_err *e)
{
    enum { VERB_BYTES = INT32_MAX };
    vg_arena arena;
    const vg_serve_verb *v = vg_verbs__find(c->s, vg_call_value(c, "verb")->text);
    if (!v)
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "no verb of this name is open here",
                              "/api/v1/verbs lists them");
    if (!vg_arena_init(&arena, (int64_t)VERB_BYTES * 2, e))
        return false;
    vg_serve_call call = { .verb = v,
                           .actor = c->who,
                           .may_change = c->role >= VG_ROLE_ANALYST && vg_eq(c->q->method, VG_S("POST")),
                           .csv = c->as == VG_AS_CSV,
                           .arena = &arena,
                           .out = &c->r->body };
    bool good = run(c, &call, e);
    vg_arena_free(&arena);
    if (!good)
        return false;
    c->r->found = call.exit_code == 1;
    name_type(c->r);
    return true;
}
