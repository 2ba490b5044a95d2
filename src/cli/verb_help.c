/* vigie help, vigie version: the verb table as usage, man page, Markdown and completion. Nothing here knows a verb by
 * name; what is shown is what main.c accepts. */
#include <string.h>

#include "cli/verb.h"
#include "core/date.h"

const vg_opt vg_help_options[] = {
    { "man", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "markdown", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "completion", VG_OPT_CHOICE, "bash", NULL, 0, 0 },
    { .name = NULL },
};

enum { WIDTH = 80, COLUMN = 28 };

/* Text broken into lines at blanks, each line after the first indented. `at` is the column already reached. */
static void put_wrapped(vg_out *o, vg_str text, int indent, int at)
{
    bool first = true;
    while (text.n) {
        vg_str word = vg_cut(&text, ' ');
        int width = vg_text_width(word);
        if (!first && at + 1 + width > WIDTH) {
            vg_put_char(o, '\n');
            for (at = 0; at < indent; at++)
                vg_put_char(o, ' ');
        } else if (!first) {
            vg_put_char(o, ' ');
            at++;
        }
        vg_put(o, word);
        at += width;
        first = false;
    }
    vg_put_char(o, '\n');
}

static int put_option_name(vg_out *o, const vg_opt *opt)
{
    vg_print(o, "--%s", opt->name);
    if (opt->kind != VG_OPT_FLAG)
        vg_print(o, " %s", opt->value);
    return (int)strlen(opt->name) + 2 + (opt->kind != VG_OPT_FLAG ? 1 + (int)strlen(opt->value) : 0);
}

static void put_option(vg_out *o, vg_lang lang, const vg_verb *v, const vg_opt *opt)
{
    char key[96];
    vg_put(o, VG_S("  "));
    int at = 2 + put_option_name(o, opt);
    if (at > COLUMN - 2) {
        vg_put_char(o, '\n');
        at = 0;
    }
    for (; at < COLUMN; at++)
        vg_put_char(o, ' ');
    vg_option_key(v, opt, key);
    vg_out text;
    if (!vg_out_memory(&text, NULL))
        return;
    vg_put(&text, vg_message(lang, key));
    if (opt->fallback)
        vg_say(&text, lang, "help.default", vg_arg_text("value", vg_str_z(opt->fallback)));
    put_wrapped(o, vg_out_text(&text), COLUMN, at);
    vg_out_drop(&text);
}

static void put_options(vg_out *o, vg_lang lang, const vg_verb *v, const vg_opt *table, const char *title)
{
    if (!table || !table->name)
        return;
    vg_put_char(o, '\n');
    vg_put(o, vg_message(lang, title));
    vg_put_char(o, '\n');
    for (; table->name; table++)
        put_option(o, lang, v, table);
}

static void put_verb(vg_out *o, vg_lang lang, const vg_verb *v)
{
    char key[96];
    vg_say(o, lang, "help.usage", vg_arg_text("verb", vg_str_z(v->name)));
    vg_put(o, v->option && v->option->name ? vg_message(lang, "help.options-word") : VG_NOSTR);
    if (v->args)
        vg_print(o, v->min_args ? " %s" : " [%s]", v->args);
    vg_put(o, VG_S("\n\n"));
    vg_verb_key(v, "purpose", key);
    put_wrapped(o, vg_message(lang, key), 0, 0);
    if (vg_message_has(VG_LANG_EN, vg_verb_key(v, "text", key).s)) {
        vg_put_char(o, '\n');
        put_wrapped(o, vg_message(lang, key), 0, 0);
    }
    put_options(o, lang, v, v->option, "help.options");
    put_options(o, lang, v, vg_global_options, "help.global");
    if (vg_message_has(VG_LANG_EN, vg_verb_key(v, "example", key).s)) {
        vg_put_char(o, '\n');
        vg_put(o, vg_message(lang, "help.example"));
        vg_put(o, VG_S("\n  "));
        vg_put(o, vg_message(lang, key));
        vg_put_char(o, '\n');
    }
}

static int longest_name(const vg_verb *v, int n)
{
    int longest = 0;
    for (int i = 0; i < n; i++) {
        int width = (int)vg_str_z(v[i].name).n;
        longest = width > longest ? width : longest;
    }
    return longest;
}

static void put_list(vg_out *o, vg_lang lang)
{
    int n;
    char key[96];
    const vg_verb *v = vg_verbs(&n);
    int width = longest_name(v, n);
    put_wrapped(o, vg_message(lang, "help.about"), 0, 0);
    vg_put_char(o, '\n');
    for (int i = 0; i < n; i++) {
        vg_print(o, "  %-*s  ", width, v[i].name);
        vg_verb_key(&v[i], "purpose", key);
        put_wrapped(o, vg_message(lang, key), width + 4, width + 4);
    }
    put_options(o, lang, NULL, vg_global_options, "help.global");
    vg_put_char(o, '\n');
    put_wrapped(o, vg_message(lang, "help.exit"), 2, 0);
    put_wrapped(o, vg_message(lang, "help.more"), 0, 0);
}

bool vg_help_put(vg_out *o, vg_lang lang, const vg_verb *v, vg_err *e)
{
    if (v)
        put_verb(o, lang, v);
    else
        put_list(o, lang);
    return !o->failed || vg_fail(e, VG_EIO, VG_NOWHERE, "cannot write");
}

/* --- man page --- */

/* A character beyond ASCII by its number, which any troff reads, as in \[u2019]. Returns the bytes it takes. */
static ptrdiff_t put_roff_wide(vg_out *o, vg_str text)
{
    unsigned char lead = (unsigned char)text.s[0];
    ptrdiff_t n = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    uint32_t code = lead & (0xFFu >> (n + 1));
    for (ptrdiff_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)text.s[i] & 0x3F);
    vg_print(o, "\\[u%04X]", code);
    return n;
}

/* Text for troff: backslashes, dots or quotes that would begin a request, and what is not ASCII. */
static void put_roff(vg_out *o, vg_str text)
{
    if (text.n && (text.s[0] == '.' || text.s[0] == '\''))
        vg_put(o, VG_S("\\&"));
    for (ptrdiff_t i = 0; i < text.n;) {
        if ((unsigned char)text.s[i] >= 0x80) {
            i += put_roff_wide(o, vg_sub(text, i, text.n));
            continue;
        }
        if (text.s[i] == '\\')
            vg_put(o, VG_S("\\e"));
        else if (text.s[i] == '-')
            vg_put(o, VG_S("\\-"));
        else
            vg_put_char(o, text.s[i]);
        if (text.s[i] == '|')
            vg_put(o, VG_S("\\:")); /* a long list of choices may break here */
        i++;
    }
}

static void man_options(vg_out *o, vg_lang lang, const vg_verb *v, const vg_opt *table)
{
    char key[96];
    for (; table && table->name; table++) {
        vg_put(o, VG_S(".TP\n.B "));
        put_roff(o, VG_S("--"));
        put_roff(o, vg_str_z(table->name));
        vg_put_char(o, '\n');
        if (table->kind != VG_OPT_FLAG) {
            vg_put(o, VG_S(".I "));
            put_roff(o, vg_str_z(table->value));
            vg_put(o, VG_S("\n.br\n"));
        }
        vg_option_key(v, table, key);
        put_roff(o, vg_message(lang, key));
        vg_put_char(o, '\n');
        if (table->fallback) {
            vg_out text;
            if (!vg_out_memory(&text, NULL))
                return;
            vg_say(&text, lang, "help.default", vg_arg_text("value", vg_str_z(table->fallback)));
            put_roff(o, vg_trim(vg_out_text(&text)));
            vg_put_char(o, '\n');
            vg_out_drop(&text);
        }
    }
}

static void man_section(vg_out *o, vg_lang lang, const char *title)
{
    vg_put(o, VG_S(".SH "));
    vg_put(o, vg_message(lang, title));
    vg_put_char(o, '\n');
}

static void man_text(vg_out *o, vg_lang lang, const char *key)
{
    put_roff(o, vg_message(lang, key));
    vg_put_char(o, '\n');
}

static void put_man(vg_out *o, vg_lang lang)
{
    int n;
    char key[96];
    const vg_verb *v = vg_verbs(&n);
    vg_print(o, ".TH VIGIE 1 \"\" \"vigie %s\"\n.ad l\n", VG_VERSION);
    man_section(o, lang, "man.name");
    vg_put(o, VG_S("vigie \\- "));
    man_text(o, lang, "man.purpose");
    man_section(o, lang, "man.synopsis");
    vg_put(o, VG_S(".B vigie\n.I VERB\n[options] [arguments]\n"));
    man_section(o, lang, "man.description");
    man_text(o, lang, "help.about");
    man_section(o, lang, "man.verbs");
    for (int i = 0; i < n; i++) {
        vg_print(o, ".SS vigie %s%s%s\n", v[i].name, v[i].args ? " " : "", v[i].args ? v[i].args : "");
        man_text(o, lang, vg_verb_key(&v[i], "purpose", key).s);
        if (vg_message_has(VG_LANG_EN, vg_verb_key(&v[i], "text", key).s)) {
            vg_put(o, VG_S(".PP\n"));
            man_text(o, lang, key);
        }
        man_options(o, lang, &v[i], v[i].option);
    }
    man_section(o, lang, "man.options");
    man_options(o, lang, NULL, vg_global_options);
    man_section(o, lang, "man.exit");
    man_text(o, lang, "help.exit");
    man_section(o, lang, "man.environment");
    man_text(o, lang, "man.environment-text");
}

/* --- Markdown and completion --- */

static void markdown_options(vg_out *o, vg_lang lang, const vg_verb *v, const vg_opt *table)
{
    char key[96];
    if (!table || !table->name)
        return;
    vg_put_char(o, '\n');
    for (; table->name; table++) {
        vg_put(o, VG_S("- `"));
        put_option_name(o, table);
        vg_put(o, VG_S("`: "));
        vg_option_key(v, table, key);
        vg_put(o, vg_message(lang, key));
        if (table->fallback)
            vg_say(o, lang, "help.default", vg_arg_text("value", vg_str_z(table->fallback)));
        vg_put_char(o, '\n');
    }
}

static void put_markdown(vg_out *o, vg_lang lang)
{
    int n;
    char key[96];
    const vg_verb *v = vg_verbs(&n);
    vg_put(o, VG_S("# vigie\n\n"));
    vg_put(o, vg_message(lang, "help.about"));
    vg_put_char(o, '\n');
    for (int i = 0; i < n; i++) {
        vg_print(o, "\n## vigie %s%s%s\n\n", v[i].name, v[i].args ? " " : "", v[i].args ? v[i].args : "");
        vg_verb_key(&v[i], "purpose", key);
        vg_put(o, vg_message(lang, key));
        vg_put_char(o, '\n');
        if (vg_message_has(VG_LANG_EN, vg_verb_key(&v[i], "text", key).s)) {
            vg_put_char(o, '\n');
            vg_put(o, vg_message(lang, key));
            vg_put_char(o, '\n');
        }
        if (vg_message_has(VG_LANG_EN, vg_verb_key(&v[i], "example", key).s)) {
            vg_put(o, VG_S("\n    "));
            vg_put(o, vg_message(lang, key));
            vg_put_char(o, '\n');
        }
        markdown_options(o, lang, &v[i], v[i].option);
    }
    vg_put(o, VG_S("\n## "));
    vg_put(o, vg_message(lang, "help.global"));
    vg_put_char(o, '\n');
    markdown_options(o, lang, NULL, vg_global_options);
}

static void put_words(vg_out *o, const vg_opt *table)
{
    for (; table && table->name; table++)
        vg_print(o, " --%s", table->name);
}

/* What follows an option: files, the words of a choice, nothing. */
static void put_value_cases(vg_out *o, const vg_opt *table)
{
    for (; table && table->name; table++) {
        if (table->kind == VG_OPT_FILE)
            vg_print(o, "        *:--%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", table->name);
        if (table->kind != VG_OPT_CHOICE)
            continue;
        vg_print(o, "        *:--%s) COMPREPLY=($(compgen -W \"", table->name);
        vg_str left = vg_str_z(table->value);
        while (left.n) {
            vg_put(o, vg_cut(&left, '|'));
            vg_put(o, left.n ? VG_S(" ") : VG_NOSTR);
        }
        vg_put(o, VG_S("\" -- \"$cur\")); return ;;\n"));
    }
}

static void put_completion(vg_out *o)
{
    int n;
    const vg_verb *v = vg_verbs(&n);
    vg_put(
        o,
        VG_S(
            "# bash completion for vigie; made by: vigie help --completion bash\n_vigie()\n{\n"
            "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
            "    case \"$verb:$prev\" in\n"));
    put_value_cases(o, vg_global_options);
    for (int i = 0; i < n; i++)
        put_value_cases(o, v[i].option);
    vg_put(o, VG_S("    esac\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \""));
    for (int i = 0; i < n; i++) {
        vg_str rest = vg_str_z(v[i].name), first = vg_cut(&rest, ' ');
        if (!i || !vg_starts(vg_str_z(v[i - 1].name), first))
            vg_print(o, "%s%.*s", i ? " " : "", VG_P(first));
    }
    vg_put(o, VG_S("\" -- \"$cur\")); return\n    fi\n    case \"$verb ${COMP_WORDS[2]}\" in\n"));
    for (int i = 0; i < n; i++) {
        vg_print(o, "        \"%s\"%s) COMPREPLY=($(compgen -W \"", v[i].name,
                 strchr(v[i].name, ' ') ? "" : "\" \"*");
        put_words(o, v[i].option);
        put_words(o, vg_global_options);
        vg_put(o, VG_S("\" -- \"$cur\")) ;;\n"));
    }
    for (int i = 0; i < n; i++) { /* second words, while they are being written */
        vg_str rest = vg_str_z(v[i].name), first = vg_cut(&rest, ' ');
        if (!rest.n || (i && vg_starts(vg_str_z(v[i - 1].name), first)))
            continue;
        vg_print(o, "        \"%.*s \"*) COMPREPLY=($(compgen -W \"", VG_P(first));
        for (int k = i; k < n && vg_starts(vg_str_z(v[k].name), first); k++)
            vg_print(o, "%s%s", k > i ? " " : "", strchr(v[k].name, ' ') + 1);
        vg_put(o, VG_S("\" -- \"$cur\")) ;;\n"));
    }
    vg_put(o, VG_S("    esac\n    [ -n \"$cur\" ] && [ \"${cur#-}\" = \"$cur\" ] && COMPREPLY+=($(compgen -f "
                   "-- \"$cur\"))\n"
                   "}\ncomplete -o filenames -F _vigie vigie\n"));
}

/* --- the verbs --- */

static bool about_verb(vg_cli *c, vg_err *e)
{
    int used = 0;
    const vg_verb *v = vg_verb_find(c->opts.n_args, c->opts.arg, &used);
    if (v && used == c->opts.n_args)
        return vg_help_put(c->out, c->lang, v, e);
    int n, family = 0;
    const vg_verb *all = vg_verbs(&n);
    size_t len = strlen(c->opts.arg[0]);
    for (int i = 0; i < n && c->opts.n_args == 1; i++) {
        if (strncmp(all[i].name, c->opts.arg[0], len) != 0 || all[i].name[len] != ' ')
            continue;
        if (family++)
            vg_put_char(c->out, '\n');
        put_verb(c->out, c->lang, &all[i]);
    }
    if (family)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no verb \"%s\" to help with", c->opts.arg[0]);
    return vg_mend(e, "\"vigie help\" lists the verbs");
}

bool vg_verb_help(vg_cli *c, vg_err *e)
{
    if (vg_opt_given(&c->opts, "man"))
        put_man(c->out, c->lang);
    else if (vg_opt_given(&c->opts, "markdown"))
        put_markdown(c->out, c->lang);
    else if (vg_opt_given(&c->opts, "completion"))
        put_completion(c->out);
    else if (c->opts.n_args > 0)
        return about_verb(c, e);
    else
        return vg_help_put(c->out, c->lang, NULL, e);
    return true;
}

bool vg_verb_version(vg_cli *c, vg_err *e)
{
    (void)e;
    if (c->form == VG_FORM_JSON)
        vg_print(c->out, "{\"program\":\"vigie\",\"version\":\"%s\"}\n", VG_VERSION);
    else if (c->form == VG_FORM_CSV)
        vg_print(c->out, "program,version\nvigie,%s\n", VG_VERSION);
    else
        vg_print(c->out, "vigie %s\n", VG_VERSION);
    return true;
}
