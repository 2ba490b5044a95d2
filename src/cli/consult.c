/* A conversation for a verb: from a path, or by its name from the store. */
#include "cli/consult.h"
#include "store/live.h"

vg_vote_opts vg_cli_vote_opts(vg_cli *c)
{
    vg_str sign = vg_opt_text(&c->opts, "sign");
    return (vg_vote_opts){ .as = vg_opt_text(&c->opts, "as"),
                           .map = vg_opt_text(&c->opts, "map"),
                           .sign = vg_eq(sign, VG_S("export"))   ? VG_SIGN_EXPORT
                                   : vg_eq(sign, VG_S("stored")) ? VG_SIGN_STORED
                                                                 : VG_SIGN_FOUND_OUT,
                           .progress = c->progress };
}

static bool unknown_name(vg_cli *c, vg_str name, const vg_conversation *list, int64_t n, vg_err *e)
{
    vg_str known = VG_NOSTR;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the store holds no conversation called %.*s",
            VG_P(vg_utf8_head(name, 80)));
    for (int64_t i = 0; i < n && i < 5; i++)
        known = vg_format(&c->arena, "%.*s%s%.*s", VG_P(known), i ? ", " : "",
                          VG_P(vg_utf8_head(list[i].name, 40)));
    if (n)
        return vg_mend(e, "it holds %.*s%s", VG_P(known), n > 5 ? " ..." : "");
    return vg_mend(e, "import one: vigie consult import PATH");
}

/* Whoever may ask at any moment could ask before and after somebody votes, and read the vote from the difference: over HTTP
 * a consultation that goes on is seen as its observers see it. */
static bool may_be_seen(vg_cli *c, vg_store *st, const vg_conversation *what, vg_err *e)
{
    vg_live_record r;
    if (!c->served || what->id >= 0)
        return true;
    if (!vg_live_read(st, what->name, &c->arena, &r, e))
        return false;
    if (r.state == VG_LIVE_ENDED)
        return true;
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the consultation %.*s still goes on", VG_P(what->name));
    vg_why(e, "figures asked for before and after a vote would tell the vote");
    return vg_mend(e, "look at the observers' picture, or ask again when it is closed");
}

static bool from_store(vg_cli *c, vg_str name, const vg_consultation_opts *o, vg_consultation *out, vg_err *e)
{
    vg_store *st;
    vg_conversation *list;
    int64_t n = 0, at = -1;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_store_conversations(st, c->as_of, &c->arena, &list, &n, e);
    for (int64_t i = 0; good && i < n; i++)
        at = vg_eq(list[i].name, name) ? i : at;
    good = good && (at >= 0 ? may_be_seen(c, st, &list[at], e) &&
                                  vg_consultation_load(st, &list[at], o, &c->arena, out, e)
                            : unknown_name(c, name, list, n, e));
    vg_store_close(st);
    return good;
}

static void tell(vg_cli *c, const vg_consultation *x)
{
    if (x->sign_assumed)
        vg_note(c, "consult.sign-assumed", vg_arg_int("n", 0));
    else if (x->sign == VG_SIGN_STORED)
        vg_note(c, "consult.sign-stored", vg_arg_text("why", x->sign_why));
    if (x->n_rejected)
        vg_note(c, "consult.rejected", vg_arg_int("n", x->n_rejected),
                vg_arg_text("why", vg_str_z(x->first_rejected.what)),
                vg_arg_int("line", x->first_rejected.at.line));
    if (x->n_unknown)
        vg_note(c, "consult.unknown", vg_arg_int("n", x->n_unknown));
    if (x->n_future)
        vg_note(c, "consult.future", vg_arg_int("n", x->n_future));
}

bool vg_cli_conversation(vg_cli *c, vg_consultation *out, vg_err *e)
{
    vg_str name = vg_opt_text(&c->opts, "conversation");
    vg_consultation_opts o = { .source = vg_cli_vote_opts(c) };
    if ((c->opts.n_args == 0) == (name.n == 0)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "name one conversation: a path, or --conversation NAME of the store");
        return vg_mend(e, "for example: vigie consult analyse export/");
    }
    if (!(name.n ? from_store(c, name, &o, out, e)
                 : vg_consultation_read(c->opts.arg[0], &o, &c->arena, out, e)))
        return false;
    vg_terminal_end();
    tell(c, out);
    return true;
}
