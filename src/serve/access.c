/* Who asks, and whether the door is open to them. Invariant: nobody gets a role by what only the client says: a role
 * comes from a live token, from a proxy at the trusted address, or from being on this machine while no token exists. */
#include <string.h>

#include "core/date.h"
#include "serve/serve_int.h"

/* Read again when another connection has written. */
static bool read_tokens(vg_worker *w, vg_err *e)
{
    int64_t version;
    if (!vg_store_data_version(w->st, &version, e))
        return false;
    if (w->tokens_at == version)
        return true;
    vg_arena_reset(&w->token_arena);
    w->n_tokens = 0;
    if (!vg_token_load(w->st, &w->token_arena, &w->token, &w->n_tokens, e))
        return false;
    w->tokens_at = version;
    return true;
}

bool vg_access__token_needed(vg_serve *s, vg_worker *w, bool *needed, vg_err *e)
{
    if (!read_tokens(w, e))
        return false;
    bool any = false;
    for (int64_t i = 0; i < w->n_tokens; i++)
        any = any || vg_token_live(&w->token[i], vg_now());
    *needed = any || !s->open;
    return true;
}

static vg_str host_name(vg_str host)
{
    ptrdiff_t bracket = vg_find_byte(host, ']');
    if (vg_starts(host, VG_S("[")) && bracket > 0)
        return vg_sub(host, 1, bracket - 1);
    return vg_cut(&host, ':');
}

/* A page elsewhere may make a browser here ask us under a name of its own (DNS rebinding): while everybody on this
 * machine may read, only names of this machine are answered. */
static bool host_is_local(vg_str host)
{
    char name[64];
    vg_str bare = host_name(host);
    if (!bare.n || bare.n >= (ptrdiff_t)sizeof name)
        return false;
    memcpy(name, bare.s, (size_t)bare.n);
    name[bare.n] = '\0';
    return vg_eq_nocase(bare, VG_S("localhost")) || vg_http__is_loopback(name);
}

static bool from_trusted_proxy(const vg_call *c)
{
    const char *proxy = c->s->o.trust_proxy;
    return proxy && vg_eq(c->q->address, vg_str_z(proxy));
}

/* The proxy has let the person in by OIDC; its groups "vigie-viewer", "vigie-analyst", "vigie-admin" are the roles. */
static void take_proxy_user(vg_call *c)
{
    vg_str groups = c->q->proxy_groups;
    c->who = c->q->proxy_user;
    while (groups.n) {
        vg_str group = vg_trim(vg_cut(&groups, ','));
        if (!vg_starts(group, VG_S("vigie-")))
            continue;
        vg_role role = vg_role_by_name(vg_sub(group, 6, group.n));
        c->role = role > c->role ? role : c->role;
    }
}

static bool take_token(vg_call *c, vg_err *e)
{
    vg_str text = c->q->authorization, scheme = vg_cut(&text, ' ');
    bool known =
        vg_eq_nocase(scheme, VG_S("Bearer")) || vg_eq_nocase(scheme, VG_S("ApiKey")); /* yente's word */
    const vg_token *t = known ? vg_token_find(c->w->token, c->w->n_tokens, vg_trim(text), vg_now()) : NULL;
    if (!t)
        return vg_call_refuse(c, 401, e, VG_EARG, "the token is not known, was revoked, or is over",
                              "send \"Authorization: Bearer vigie_...\" with a token of \"vigie token add\"");
    c->role = t->role;
    c->who = t->name;
    return true;
}

static bool identify(vg_call *c, vg_err *e)
{
    bool needed, named = c->q->authorization.n || (from_trusted_proxy(c) && c->q->proxy_user.n);
    if (!named && c->route->least == VG_ROLE_NOBODY && !c->route->local)
        return true; /* a vote in a consultation does not wait for the tokens to be read */
    if (!vg_access__token_needed(c->s, c->w, &needed, e))
        return false;
    if (c->q->authorization.n)
        return take_token(c, e);
    if (from_trusted_proxy(c) && c->q->proxy_user.n) {
        take_proxy_user(c);
        return true;
    }
    if (needed)
        return true;
    if (c->q->loopback && !c->q->forwarded_for.n && host_is_local(c->q->host))
        c->role = VG_ROLE_VIEWER;
    else
        return vg_call_refuse(
            c, 421, e, VG_EARG, "this server answers to this machine only",
            "ask it as localhost, or make a token (vigie token add) for other names and proxies");
    return true;
}

/* A browser says where a page that sends comes from; other programs say nothing. */
static bool origin_is_ours(const vg_call *c)
{
    vg_str origin = c->q->origin;
    ptrdiff_t at = vg_find(origin, VG_S("://"));
    return !origin.n || (at > 0 && vg_eq(vg_sub(origin, at + 3, origin.n), c->q->host));
}

bool vg_access__check(vg_call *c, vg_err *e)
{
    if (!origin_is_ours(c))
        return vg_call_refuse(c, 403, e, VG_EARG, "a page of another origin may not ask here",
                              "open the page from this server's own address");
    if (!identify(c, e))
        return false;
    if (c->role >= c->route->least)
        return true;
    if (c->role == VG_ROLE_NOBODY)
        return vg_call_refuse(c, 401, e, VG_EARG, "this needs a token",
                              "send \"Authorization: Bearer vigie_...\" with a token of \"vigie token add\"");
    vg_call_refuse(c, 403, e, VG_EARG, "this needs another role",
                   "ask for a token of a higher role (viewer reads, analyst changes)");
    return vg_why(e, "a %s may not do this; it is for: %s", vg_role_name(c->role),
                  vg_role_name(c->route->least));
}
