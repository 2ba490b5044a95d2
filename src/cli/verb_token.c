/* vigie token: who may use the HTTP door. The text of a token is shown once, here, and is nowhere afterwards. */
#include "cli/verb.h"
#include "core/date.h"
#include "serve/token.h"

const vg_opt vg_token_add_options[] = {
    { "role", VG_OPT_CHOICE, "viewer|analyst|admin", "viewer", 0, 0 },
    { "name", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "expires", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { .name = NULL },
};

const vg_opt vg_token_list_options[] = {
    { .name = NULL },
};

static const vg_column columns[] = {
    { "name", VG_CELL_TEXT, 0 },          { "role", VG_CELL_TEXT, 0 },  { "made_at", VG_CELL_INSTANT, 0 },
    { "expires_at", VG_CELL_INSTANT, 0 }, { "state", VG_CELL_TEXT, 0 },
};

static bool check_expiry(int64_t expires_at, vg_err *e)
{
    if (!expires_at || expires_at > vg_now())
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "--expires lies in the past");
    return vg_mend(e, "name a day that is still to come, or leave it out");
}

bool vg_verb_token_add(vg_cli *c, vg_err *e)
{
    char text[VG_TOKEN_LEN + 1];
    vg_store *st;
    int64_t expires_at = vg_opt_int(&c->opts, "expires");
    if (!vg_opt_given(&c->opts, "name")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie token add needs --name");
        return vg_mend(e, "name the person or program it is for: --name nairobi-desk");
    }
    vg_str name = vg_opt_text(&c->opts, "name");
    vg_role role = vg_role_by_name(vg_opt_text(&c->opts, "role"));
    if (!check_expiry(expires_at, e) || !vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_token_add(st, name, role, expires_at, text, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (c->form == VG_FORM_TABLE) {
        vg_print(c->out, "%s\n", text);
        vg_note(c, "token.added", vg_arg_text("name", name),
                vg_arg_text("role", vg_str_z(vg_role_name(role))));
        return true;
    }
    if (c->form == VG_FORM_CSV) {
        vg_print(c->out, "name,role,token\n%.*s,%s,%s\n", VG_P(name), vg_role_name(role), text);
        return true;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("name")), vg_json_str(&j, name);
    vg_json_key(&j, VG_S("role")), vg_json_str(&j, vg_str_z(vg_role_name(role)));
    vg_json_key(&j, VG_S("token")), vg_json_str(&j, vg_str_z(text));
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

static bool list(vg_cli *c, vg_store *st, vg_err *e)
{
    vg_token *token;
    int64_t n, now = vg_now();
    vg_table t;
    if (!vg_token_load(st, &c->arena, &token, &n, e) ||
        !vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        const char *state = token[i].revoked ? "revoked" : vg_token_live(&token[i], now) ? "live" : "expired";
        char key[32];
        snprintf(key, sizeof key, "token.%s", state);
        vg_cell_text(&t, token[i].name);
        vg_cell_text(&t, vg_str_z(vg_role_name(token[i].role)));
        vg_cell_int(&t, token[i].made_at);
        vg_cell_int(&t, token[i].expires_at ? token[i].expires_at : INT64_MIN);
        vg_cell_text(&t, c->form == VG_FORM_TABLE ? vg_message(c->lang, key) : vg_str_z(state));
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_token_list(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = list(c, st, e);
    vg_store_close(st);
    return good;
}

bool vg_verb_token_revoke(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_str name = vg_str_z(c->opts.arg[0]);
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_token_revoke(st, name, e);
    vg_store_close(st);
    if (good)
        vg_note(c, "token.gone", vg_arg_text("name", name));
    return good;
}
