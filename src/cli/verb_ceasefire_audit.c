/* vigie ceasefire audit: a bundle written from the store, or checked without one. A bundle that does not hold is a finding
 * (exit code 1) and names the first difference. */
#include "ceasefire/bundle.h"
#include "cli/verb.h"
#include "core/input.h"

const vg_opt vg_ceasefire_audit_options[] = {
    { "agreement", VG_OPT_TEXT, "ID", NULL, 0, 0 },
    { "bundle", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { "check", VG_OPT_FILE, "FOLDER", NULL, 0, 0 },
    { .name = NULL },
};

/* What two people compare who hold a copy each: MANIFEST names every file with its hash, so its own stands for all. */
static bool read_manifest(vg_cli *c, const char *folder, char hex[65], vg_err *e)
{
    vg_input *in;
    vg_str path = vg_format(&c->arena, "%s/MANIFEST", folder);
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!vg_input_open(path.s, &in, e))
        return false;
    bool good = vg_input_sha256(in, hex, e);
    vg_input_close(in);
    return good;
}

/* --- writing --- */

static void show_written(vg_cli *c, const vg_bundle_told *t, const char *folder, const char *manifest)
{
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, "ceasefire.audit.written", vg_arg_int("entries", t->n_entries),
                vg_arg_int("reports", t->n_publications), vg_arg_text("folder", vg_str_z(folder)),
                vg_arg_text("head", vg_str_z(t->head)));
        vg_line(c, "ceasefire.audit.manifest", vg_arg_text("hash", vg_str_z(manifest)));
        return;
    }
    if (c->form == VG_FORM_CSV) {
        vg_print(c->out, "entries,publications,files,head,manifest\n%lld,%lld,%lld,%s,%s\n",
                 (long long)t->n_entries, (long long)t->n_publications, (long long)t->n_files, t->head,
                 manifest);
        return;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("entries")), vg_json_int(&j, t->n_entries);
    vg_json_key(&j, VG_S("publications")), vg_json_int(&j, t->n_publications);
    vg_json_key(&j, VG_S("files")), vg_json_int(&j, t->n_files);
    vg_json_key(&j, VG_S("head")), vg_json_str(&j, vg_str_z(t->head));
    vg_json_key(&j, VG_S("manifest")), vg_json_str(&j, vg_str_z(manifest));
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool write_bundle(vg_cli *c, const char *folder, vg_err *e)
{
    vg_str agreement = vg_opt_text(&c->opts, "agreement");
    vg_store *st;
    vg_bundle_told told;
    if (!agreement.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no agreement is named");
        return vg_mend(e, "add --agreement ID; vigie ceasefire list shows what is watched");
    }
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    vg_bundle_opts o = { .lang = c->lang, .progress = vg_terminal_begin(c) };
    bool good = vg_bundle_write(st, agreement, &o, folder, &told, e);
    vg_terminal_end();
    vg_store_close(st);
    char manifest[65];
    good = good && read_manifest(c, folder, manifest, e);
    if (good)
        show_written(c, &told, folder, manifest);
    return good;
}

/* --- checking --- */

static void show_found(vg_cli *c, const vg_bundle_found *f)
{
    if (f->same)
        vg_line(c, "ceasefire.audit.same", vg_arg_int("entries", f->n_entries),
                vg_arg_int("reports", f->n_publications), vg_arg_text("head", vg_str_z(f->head)));
    else
        vg_line(c, f->line ? "ceasefire.audit.differs" : "ceasefire.audit.differs-file",
                vg_arg_text("file", vg_str_z(f->file)), vg_arg_int("line", f->line),
                vg_arg_text("what", vg_str_z(f->what)));
}

static void show_found_json(vg_cli *c, const vg_bundle_found *f)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("same")), vg_json_bool(&j, f->same);
    vg_json_key(&j, VG_S("entries")), vg_json_int(&j, f->n_entries);
    vg_json_key(&j, VG_S("publications")), vg_json_int(&j, f->n_publications);
    vg_json_key(&j, VG_S("head")), vg_json_str(&j, vg_str_z(f->head));
    if (!f->same) {
        vg_json_key(&j, VG_S("file")), vg_json_str(&j, vg_str_z(f->file));
        vg_json_key(&j, VG_S("line")), vg_json_int(&j, f->line);
        vg_json_key(&j, VG_S("what")), vg_json_str(&j, vg_str_z(f->what));
    }
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static void show_found_csv(vg_cli *c, const vg_bundle_found *f)
{
    vg_print(c->out, "same,entries,publications,head,file,line,what\n%d,%lld,%lld,%s,%s,%lld,", f->same,
             (long long)f->n_entries, (long long)f->n_publications, f->head, f->file, (long long)f->line);
    vg_put_csv(c->out, vg_str_z(f->what));
    vg_put_char(c->out, '\n');
}

static bool check_bundle(vg_cli *c, const char *folder, vg_err *e)
{
    vg_bundle_found f;
    vg_progress progress = vg_terminal_begin(c);
    bool good = vg_bundle_check(folder, progress, &f, e);
    vg_terminal_end();
    if (!good)
        return false;
    if (c->form == VG_FORM_TABLE) {
        char manifest[65];
        show_found(c, &f);
        if (f.same && read_manifest(c, folder, manifest, e))
            vg_line(c, "ceasefire.audit.manifest", vg_arg_text("hash", vg_str_z(manifest)));
    } else if (c->form == VG_FORM_JSON)
        show_found_json(c, &f);
    else
        show_found_csv(c, &f);
    c->exit_code = !f.same;
    return !vg_failed(e);
}

bool vg_verb_ceasefire_audit(vg_cli *c, vg_err *e)
{
    const char *bundle = vg_opt_path(&c->opts, "bundle"), *check = vg_opt_path(&c->opts, "check");
    if (!bundle == !check) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "what is to be done with the bundle is not clear");
        return vg_mend(e, "give --bundle FOLDER to write one, or --check FOLDER to check one");
    }
    return bundle ? write_bundle(c, bundle, e) : check_bundle(c, check, e);
}
