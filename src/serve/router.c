/* From a request to the function that answers it. Invariant: whatever happens, a reply has a status and a body: rows,
 * or a problem document (RFC 9457) with the parts of the failure. */
#include <string.h>

#include "core/num.h"
#include "serve/serve_int.h"

const vg_route *vg_routes_at(const vg_serve *s, int i, int *door)
{
    int n;
    const vg_route *routes = vg_routes__own(&n);
    *door = -1;
    if (i < n)
        return &routes[i];
    for (int d = 0; s && d < s->o.n_doors; d++) {
        i -= n;
        n = s->o.door[d]->n_routes;
        *door = d;
        if (i < n)
            return &s->o.door[d]->route[i];
    }
    return NULL;
}

/* --- which route --- */

static bool is_name(vg_str part)
{
    return vg_starts(part, VG_S("{"));
}

static bool fits(const vg_route *r, const vg_target *t)
{
    vg_str rest = vg_sub(vg_str_z(r->pattern), 1, INT32_MAX);
    int i = 0;
    for (; rest.n; i++) {
        vg_str part = vg_cut(&rest, '/');
        if (i == t->n_segments || (is_name(part) ? !t->segment[i].n : !vg_eq(part, t->segment[i])))
            return false;
    }
    return i == t->n_segments;
}

static void add_method(char allow[48], const char *method)
{
    size_t n = strlen(allow);
    const char *name = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;
    if (!strstr(allow, name))
        snprintf(allow + n, 48 - n, "%s%s", n ? ", " : "", name);
}

/* The route, or NULL with the methods that the address does take. */
static const vg_route *find(const vg_serve *s, vg_str method, const vg_target *t, char allow[48])
{
    int door;
    if (vg_eq(method, VG_S("HEAD")))
        method = VG_S("GET");
    allow[0] = '\0';
    for (int i = 0;; i++) {
        const vg_route *r = vg_routes_at(s, i, &door);
        if (!r)
            return NULL;
        if (!fits(r, t))
            continue;
        if (vg_eq(method, vg_str_z(r->method)))
            return r;
        add_method(allow, r->method);
    }
}

static bool ends_with_name(const vg_route *r)
{
    return r && vg_ends(vg_str_z(r->pattern), VG_S("}"));
}

const vg_route *vg_router__find(const vg_serve *s, vg_str method, vg_target *t, vg_as *suffix, char allow[48])
{
    static const struct {
        const char *end;
        vg_as as;
    } known[] = { { ".csv", VG_AS_CSV }, { ".geojson", VG_AS_GEOJSON }, { ".json", VG_AS_JSON } };
    *suffix = 0;
    const vg_route *r = find(s, method, t, allow);
    if (!t->n_segments || (r && !ends_with_name(r)) || (!r && allow[0]))
        return r;
    vg_str *last = &t->segment[t->n_segments - 1], whole = *last;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        vg_str end = vg_str_z(known[i].end);
        if (whole.n <= end.n || !vg_ends(whole, end))
            continue;
        *last = vg_sub(whole, 0, whole.n - end.n);
        *suffix = known[i].as;
        return find(s, method, t, allow);
    }
    return r;
}

/* As `fits`, for a path that nobody has decoded; a suffix (".csv") may stand behind the last part. */
static bool fits_raw(const vg_route *r, vg_str path)
{
    vg_str rest = vg_sub(vg_str_z(r->pattern), 1, INT32_MAX);
    path = vg_sub(path, 1, path.n);
    while (rest.n) {
        vg_str part = vg_cut(&rest, '/'), given = vg_cut(&path, '/');
        if (!given.n || (!is_name(part) && !vg_eq(part, given) &&
                         !(!rest.n && vg_starts(given, part) && given.s[part.n] == '.')))
            return false;
    }
    return !path.n;
}

/* The route of a path that is still as it was sent; NULL also where that cannot be told without decoding. */
static const vg_route *find_raw(const vg_serve *s, vg_str method, vg_str path)
{
    int door;
    const vg_route *r;
    for (int i = 0; (r = vg_routes_at(s, i, &door)); i++)
        if (vg_eq(method, vg_str_z(r->method)) && fits_raw(r, path))
            return r;
    return NULL;
}

bool vg_router__is_slow(void *serve, vg_str method, vg_str target)
{
    vg_str path = vg_cut(&target, '?');
    if (vg_eq(method, VG_S("HEAD")))
        method = VG_S("GET");
    const vg_route *r = find_raw(serve, method, path);
    return r ? r->slow : vg_find_byte(path, '%') >= 0; /* it may be decoded to anything */
}

int64_t vg_router__body_bytes(void *serve, vg_str method, vg_str target)
{
    const vg_serve *s = serve;
    const vg_route *r = find_raw(s, method, vg_cut(&target, '?'));
    return r && r->body_bytes > 0 ? r->body_bytes : s->o.body_bytes;
}

/* --- parameters --- */

const vg_value *vg_call_value(const vg_call *c, const char *name)
{
    const vg_param *p = c->route->param;
    for (int i = 0; p && p[i].name && i < VG_MAX_PARAMS; i++)
        if (strcmp(p[i].name, name) == 0)
            return &c->value[i];
    static const vg_value nothing = { .given = false };
    return &nothing;
}

static int param_at(const vg_route *r, vg_str name, bool in_path)
{
    for (int i = 0; r->param && r->param[i].name; i++)
        if (r->param[i].in_path == in_path && vg_eq(name, vg_str_z(r->param[i].name)))
            return i;
    return -1;
}

static bool take_value(vg_call *c, int at, vg_str text, vg_err *e)
{
    if (c->value[at].given && c->route->param[at].kind != VG_P_TEXTS) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%s is given twice", c->route->param[at].name);
        return vg_mend(e, "give it once");
    }
    return vg_query__value(&c->route->param[at], text, &c->value[at], e);
}

static bool take_path(vg_call *c, vg_err *e)
{
    vg_str rest = vg_sub(vg_str_z(c->route->pattern), 1, INT32_MAX);
    for (int i = 0; rest.n; i++) {
        vg_str part = vg_cut(&rest, '/');
        int at = is_name(part) ? param_at(c->route, vg_sub(part, 1, part.n - 2), true) : -1;
        if (at >= 0 && !take_value(c, at, c->target.segment[i], e)) {
            c->status = 404; /* such a thing cannot be */
            return false;
        }
    }
    return true;
}

static bool fail_unknown(const vg_call *c, vg_str name, vg_err *e)
{
    char known[200] = "";
    size_t n = 0;
    for (int i = 0; c->route->param && c->route->param[i].name; i++)
        if (!c->route->param[i].in_path && n < sizeof known - 1)
            n +=
                (size_t)snprintf(known + n, sizeof known - n, "%s%s", n ? ", " : "", c->route->param[i].name);
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no parameter \"%.*s\" here", VG_P(vg_utf8_head(name, 60)));
    return n ? vg_mend(e, "there are: %s", known) : vg_mend(e, "this address takes none");
}

static bool take_query(vg_call *c, vg_err *e)
{
    for (int i = 0; i < c->target.n_pairs; i++) {
        int at = param_at(c->route, c->target.pair[i].name, false);
        if (at < 0 && vg_routes__takes_hxl(c->route) && vg_eq(c->target.pair[i].name, VG_S("hxl"))) {
            vg_value flag;
            if (!vg_query__value(&vg_hxl__param, c->target.pair[i].value, &flag, e))
                return false;
            c->hxl = flag.whole != 0;
            continue;
        }
        if (at < 0)
            return fail_unknown(c, c->target.pair[i].name, e);
        if (!take_value(c, at, c->target.pair[i].value, e))
            return false;
    }
    return true;
}

static bool complete(vg_call *c, vg_err *e)
{
    for (int i = 0; c->route->param && c->route->param[i].name; i++) {
        const vg_param *p = &c->route->param[i];
        if (c->value[i].given)
            continue;
        if (p->required) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "%s is missing", p->name);
            return vg_why(e, "%s", p->help);
        }
        if (p->fallback && !vg_query__value(p, vg_str_z(p->fallback), &c->value[i], e))
            return false;
        c->value[i].given = false;
    }
    return true;
}

static const struct {
    vg_body kind;
    const char *type;
} bodies[] = {
    { VG_BODY_PARAMS, "application/json" }, { VG_BODY_FORM, "application/x-www-form-urlencoded" },
    { VG_BODY_JSON, "application/json" },   { VG_BODY_CSV, "text/csv" },
    { VG_BODY_CSV, "text/plain" },
};

static bool refuse_body(vg_call *c, vg_err *e)
{
    bool json = c->route->body & (VG_BODY_PARAMS | VG_BODY_JSON);
    return vg_call_refuse(c, 415, e, VG_EARG,
                          json ? "the body is not announced as JSON"
                               : "the body is not of a kind this address takes",
                          json                           ? "send Content-Type: application/json"
                          : c->route->body & VG_BODY_CSV ? "send Content-Type: text/csv"
                          : c->route->body & VG_BODY_OTHER
                              ? "/api/openapi.json lists what this address takes, such as application/json"
                              : "send Content-Type: application/x-www-form-urlencoded");
}

static bool names_media(const char *media, vg_str type)
{
    vg_str left = vg_str_z(media);
    while (left.n)
        if (vg_eq_nocase(vg_cut(&left, '|'), type))
            return true;
    return false;
}

static bool read_body(vg_call *c, vg_err *e)
{
    vg_str type = c->q->content_type, bare = vg_trim(vg_cut(&type, ';'));
    if (!c->route->body || !c->q->body.n)
        return true;
    if ((c->route->body & VG_BODY_OTHER) && names_media(c->route->media, bare))
        c->body = VG_BODY_OTHER;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies && !c->body; i++)
        if ((c->route->body & (unsigned)bodies[i].kind) && vg_eq_nocase(bare, vg_str_z(bodies[i].type)))
            c->body = bodies[i].kind;
    switch (c->body) {
    case VG_BODY_PARAMS: return vg_query__json(c->q->body, &c->w->arena, &c->target, e);
    case VG_BODY_FORM: return vg_query__form(c->q->body, &c->w->arena, &c->target, e);
    case VG_BODY_JSON:
        return vg_utf8_valid(c->q->body) || vg_fail(e, VG_EPARSE, VG_NOWHERE, "the body is not UTF-8");
    case VG_BODY_CSV:
    case VG_BODY_OTHER: return true;
    }
    return refuse_body(c, e);
}

/* A verb's members are its own matter: they are checked against its row, as on the command line. */
static bool read_params(vg_call *c, vg_err *e)
{
    bool verb = c->route->answer == vg_answer__verb;
    return read_body(c, e) && take_path(c, e) && (verb || take_query(c, e)) && complete(c, e);
}

/* --- what it is written as --- */

static const struct {
    vg_as as;
    const char *type, *group;
} forms[] = {
    { VG_AS_JSON, "application/json", "application/*" },
    { VG_AS_GEOJSON, "application/geo+json", "application/*" },
    { VG_AS_CSV, "text/csv", "text/*" },
    { VG_AS_TEXT, "text/plain", "text/*" },
};

static double weight_of(vg_str params)
{
    double weight = 1;
    while (params.n) {
        vg_str one = vg_trim(vg_cut(&params, ';'));
        if (vg_starts(one, VG_S("q=")) && !vg_num(vg_sub(one, 2, one.n), &weight))
            weight = 0;
    }
    return weight;
}

/* JSON asked for where GeoJSON is given is meant to be that. */
static bool names_form(vg_str name, size_t i)
{
    return vg_eq_nocase(name, vg_str_z(forms[i].type)) || vg_eq(name, vg_str_z(forms[i].group)) ||
           vg_eq(name, VG_S("*/*")) ||
           (forms[i].as == VG_AS_GEOJSON && vg_eq_nocase(name, VG_S("application/json")));
}

static vg_as accepted(vg_str accept, unsigned offered)
{
    double best = 0;
    vg_as as = 0;
    while (accept.n) {
        vg_str params = vg_cut(&accept, ','), name = vg_trim(vg_cut(&params, ';'));
        double weight = weight_of(params);
        for (size_t i = 0; i < sizeof forms / sizeof *forms && weight > best; i++)
            if ((offered & forms[i].as) && names_form(name, i)) {
                as = forms[i].as;
                best = weight;
            }
    }
    return as;
}

static bool choose_form(vg_call *c, vg_as suffix, vg_err *e)
{
    unsigned offered = c->route->as;
    if (suffix == VG_AS_JSON && (offered & VG_AS_GEOJSON))
        suffix = VG_AS_GEOJSON;
    if (offered & VG_AS_OTHER) { /* whatever is asked for */
        c->as = suffix ? suffix : VG_AS_OTHER;
        c->r->type = c->route->type ? c->route->type : "application/octet-stream";
        return true;
    }
    c->as = suffix                                      ? suffix
            : c->q->accept.n && !(offered & VG_AS_TEXT) ? accepted(c->q->accept, offered)
            : offered & VG_AS_JSON                      ? VG_AS_JSON
            : offered & VG_AS_GEOJSON                   ? VG_AS_GEOJSON
                                                        : VG_AS_TEXT;
    if (c->as && (offered & (unsigned)c->as)) {
        c->r->type = c->as == VG_AS_CSV       ? "text/csv; charset=utf-8; header=present"
                     : c->as == VG_AS_GEOJSON ? "application/geo+json"
                     : c->as == VG_AS_TEXT    ? "text/plain; charset=utf-8"
                                              : "application/json";
        return true;
    }
    return vg_call_refuse(c, 406, e, VG_EARG, "this cannot be written as what is asked for",
                          "accept application/json, or text/csv where rows are given");
}

/* --- the course of a call --- */

bool vg_call_refuse(vg_call *c, int status, vg_err *e, vg_code code, const char *what, const char *mend)
{
    c->status = status;
    vg_fail(e, code, VG_NOWHERE, "%s", what);
    return vg_mend(e, "%s", mend);
}

vg_str vg_call_base(const vg_call *c)
{
    const vg_http__request *q = c->q;
    bool proxied = c->s->o.trust_proxy && vg_eq(q->address, vg_str_z(c->s->o.trust_proxy));
    vg_str host = proxied && q->proxy_host.n ? q->proxy_host : q->host;
    bool tls = proxied && vg_eq(q->proxy_proto, VG_S("https"));
    bool plain = host.n > 0 && host.n < 256;
    for (ptrdiff_t i = 0; i < host.n && plain; i++) {
        char b = vg_lower(host.s[i]);
        plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || strchr(".:-_[]", b);
    }
    return plain ? vg_format(&c->w->arena, "%s://%.*s", tls ? "https" : "http", VG_P(host)) : VG_NOSTR;
}

static int status_of(vg_code code)
{
    switch (code) {
    case VG_OK: return 200;
    case VG_EARG:
    case VG_EPARSE:
    case VG_ERANGE: return 400;
    case VG_ECONFLICT: return 409;
    case VG_ENOTFOUND:
    case VG_ENODATA: return 404;
    case VG_ENOMEM:
    case VG_EBUSY: return 503;
    case VG_ESTOPPED: return 504;
    case VG_EFULL: return 507;
    case VG_EIO: return 500;
    }
    return 500;
}

static const char *title_of(int status)
{
    static const struct {
        int status;
        const char *title;
    } known[] = {
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 406, "Not Acceptable" },
        { 409, "Conflict" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 421, "Misdirected Request" },
        { 422, "Unprocessable Content" },
        { 429, "Too Many Requests" },
        { 431, "Header Fields Too Large" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 507, "Insufficient Storage" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].title;
    return "Internal Server Error";
}

static void put_member(vg_json *j, const char *name, vg_str text)
{
    if (!text.n)
        return;
    vg_json_key(j, vg_str_z(name));
    vg_json_str(j, text);
}

static void put_at(vg_json *j, const vg_at *at)
{
    if (!at->file.n && !at->line)
        return;
    vg_json_key(j, VG_S("at"));
    vg_json_object(j);
    put_member(j, "file", at->file);
    if (at->line) {
        vg_json_key(j, VG_S("line")), vg_json_int(j, at->line);
        vg_json_key(j, VG_S("column")), vg_json_int(j, at->col);
    }
    vg_json_close(j);
}

void vg_router__problem(vg_http__reply *r, int status, const vg_err *e, vg_str instance)
{
    if (r->body.buf)
        r->body.n = 0;
    else if (!vg_out_memory(&r->body, NULL))
        r->body = (vg_out){ .buf = NULL };
    r->status = status;
    r->type = "application/problem+json";
    r->etag[0] = '\0';
    r->policy = r->cache = NULL;
    r->location[0] = r->file_name[0] = '\0';
    r->gzipped = r->stream = r->found = false;
    if (!r->body.buf)
        return;
    vg_json j = vg_json_to(&r->body);
    vg_json_object(&j);
    put_member(&j, "type", VG_S("about:blank"));
    put_member(&j, "title", vg_str_z(title_of(status)));
    vg_json_key(&j, VG_S("status")), vg_json_int(&j, status);
    put_member(&j, "detail", vg_str_z(e->what));
    put_member(&j, "instance", instance);
    put_member(&j, "code", vg_str_z(vg_code_name(e->code)));
    put_at(&j, &e->at);
    put_member(&j, "what", vg_str_z(e->what));
    put_member(&j, "why", vg_str_z(e->why));
    put_member(&j, "mend", vg_str_z(e->mend));
    vg_json_close(&j);
    vg_put_char(&r->body, '\n');
}

/* Not in the table: the page is no part of the API, and its files are nobody's secret. */
static const vg_route file_route = { .method = "GET",
                                     .pattern = "/",
                                     .id = "file",
                                     .least = VG_ROLE_NOBODY,
                                     .local = true,
                                     .plain = true,
                                     .as = VG_AS_TEXT,
                                     .answer = vg_answer__file };

static bool find_route(vg_call *c, vg_as *suffix, vg_err *e)
{
    *suffix = 0;
    if (vg_files__has(c)) {
        c->route = &file_route;
        return true;
    }
    c->route = vg_router__find(c->s, c->q->method, &c->target, suffix, c->r->allow);
    if (c->route) {
        c->r->allow[0] = '\0';
        c->door = vg_doors__of(c->s, c->route);
        return true;
    }
    if (c->r->allow[0])
        return vg_call_refuse(c, 405, e, VG_EARG, "this address does not take this method",
                              "the Allow header names what it takes");
    vg_call_refuse(c, 404, e, VG_ENOTFOUND, "there is nothing at this address",
                   "/api/openapi.json lists the addresses");
    return false;
}

static bool answer(vg_call *c, vg_err *e)
{
    vg_as suffix;
    return vg_query__target(c->q->target, &c->w->arena, &c->target, e) && find_route(c, &suffix, e) &&
           vg_access__check(c, e) && choose_form(c, suffix, e) &&
           (c->route == &file_route || read_params(c, e)) && vg_out_memory(&c->r->body, e) &&
           c->route->answer(c, e) && (!c->r->body.failed || vg_fail_memory(e, c->r->body.cap));
}

void vg_router__answer(void *serve, int worker, const vg_http__request *q, vg_http__reply *r)
{
    vg_serve *s = serve;
    vg_err e = VG_NO_ERR;
    vg_call c = { .s = s, .w = &s->worker[worker], .q = q, .r = r };
    r->status = 200;
    bool good = answer(&c, &e);
    r->unnamed = c.route && c.route->unnamed;
    snprintf(r->who, sizeof r->who, "%.*s", VG_P(vg_utf8_head(c.who, 64)));
    if (good) {
        vg_reply__finish(&c);
    } else {
        int status = c.status ? c.status : status_of(e.code);
        r->retry_after_s = status == 503 ? 5 : 0;
        vg_router__problem(r, status, &e, c.target.path);
    }
    vg_arena_reset(&c.w->arena);
}
