/* What the screening verbs share. Invariant: a verb asks only what its options say, and says of each answer which list,
 * which entry and why. */
#include "cli/screening.h"

#include <math.h>
#include <string.h>

#include "core/num.h"
#include "geo/country.h"
#include "source/list.h"

enum { MAX_ITEMS = 64 };

vg_str vg_cli_text(const vg_cli *c, const char *name)
{
    for (int i = 0; i < c->opts.n; i++)
        if (strcmp(c->opts.opt[i]->name, name) == 0)
            return c->opts.value[i].text;
    return VG_NOSTR;
}

bool vg_cli_flag(const vg_cli *c, const char *name)
{
    for (int i = 0; i < c->opts.n; i++)
        if (strcmp(c->opts.opt[i]->name, name) == 0)
            return c->opts.value[i].given;
    return false;
}

/* --- a question --- */

static bool split(vg_cli *c, const char *option, vg_str **out, int64_t *n, vg_err *e)
{
    vg_str rest = vg_cli_text(c, option);
    *out = vg_new(&c->arena, vg_str, MAX_ITEMS);
    *n = 0;
    if (!*out)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    while (rest.n) {
        vg_str one = vg_trim(vg_cut(&rest, ','));
        if (one.n && *n == MAX_ITEMS)
            return vg_fail(e, VG_EARG, VG_NOWHERE, "--%s has more than %d items", option, MAX_ITEMS);
        if (one.n)
            (*out)[(*n)++] = one;
    }
    return true;
}

static bool read_birth(vg_cli *c, vg_party *out, vg_err *e)
{
    enum { MOST = 4 };
    vg_str text = vg_cli_text(c, "birth");
    vg_party_date *d = vg_new(&c->arena, vg_party_date, MOST);
    if (!d)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    int n = text.n ? vg_list_dates(text, false, d, MOST) : 0;
    if (text.n && !n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--birth cannot be read: \"%.*s\"", VG_P(text));
        return vg_mend(e, "write 1965, 1965-03-12, 12 Mar 1965 or 1958-1963");
    }
    out->birth.item = d;
    out->birth.n = n;
    return true;
}

static bool read_numbers(vg_cli *c, vg_party *out, vg_err *e)
{
    vg_str *item;
    int64_t n;
    vg_party_number *number = vg_new(&c->arena, vg_party_number, MAX_ITEMS);
    if (!number)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    if (!split(c, "id", &item, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_str value = item[i], kind = vg_cut(&value, ':');
        if (!value.n) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "--id cannot be read: \"%.*s\"", VG_P(item[i]));
            return vg_mend(e, "write KIND:VALUE, for instance passport:A1234567 or imo:9074729");
        }
        number[i] = (vg_party_number){ .kind = kind, .value = value };
    }
    out->number.item = number;
    out->number.n = n;
    return true;
}

bool vg_cli_has_letters(vg_str name)
{
    for (ptrdiff_t i = 0; i < name.n; i++) {
        unsigned char x = (unsigned char)vg_lower(name.s[i]);
        if (x >= 0x80 || (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9'))
            return true;
    }
    return false;
}

/* A country that is misspelt would be passed over in silence, and the officer believe it was compared. */
static bool are_countries(const vg_str *country, int64_t n, vg_err *e)
{
    for (int64_t i = 0; i < n; i++) {
        if (vg_country_by_iso2(vg_list_country(country[i])))
            continue;
        vg_fail(e, VG_EARG, VG_NOWHERE, "--country is no country: \"%.*s\"",
                VG_P(vg_utf8_head(country[i], 60)));
        return vg_mend(e, "write a code or a name: AF, AFG, Afghanistan");
    }
    return true;
}

bool vg_cli_query(vg_cli *c, vg_str name, vg_party *out, vg_err *e)
{
    vg_party p = { .schema = VG_SCHEMA_ANY };
    vg_party_name *one = vg_new(&c->arena, vg_party_name, 1);
    vg_str *country, *address = vg_new(&c->arena, vg_str, 1);
    if (!one || !address)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    one->text = vg_trim(name);
    p.name.item = one;
    p.name.n = one->text.n > 0;
    vg_str schema = vg_cli_text(c, "schema"), gender = vg_cli_text(c, "gender");
    int word = vg_screening_schema_by_word(schema);
    p.schema = word > 0 ? (vg_schema)word : VG_SCHEMA_ANY;
    p.gender = gender.n ? gender.s[0] : 0;
    *address = vg_cli_text(c, "address");
    p.address = (vg_texts){ address, address->n > 0 };
    if (!split(c, "country", &country, &p.country.n, e) || !are_countries(country, p.country.n, e) ||
        !read_birth(c, &p, e) || !read_numbers(c, &p, e))
        return false;
    p.country.item = country;
    if (p.name.n && !p.number.n && !vg_cli_has_letters(one->text)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the name has neither letters nor digits: \"%.*s\"",
                VG_P(vg_utf8_head(one->text, 60)));
        vg_why(e, "nothing could be compared, and \"no candidate\" would say more than is known");
        return vg_mend(e, "give the name as it is written, in any script");
    }
    if (!p.name.n && !p.number.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "nobody to screen");
        return vg_mend(e, "give a name: vigie screen \"NAME\", or a number: --id passport:A1234567");
    }
    *out = p;
    return true;
}

/* --- the engine --- */

/* Lists read straight into memory: nothing is kept, nothing is needed but the files. */
static bool read_set(vg_cli *c, vg_screening_edit *d, const vg_list_set *set, const vg_list_opts *o,
                     vg_err *e)
{
    vg_list_found found;
    vg_party_sink sink = vg_screening_edit_sink(d);
    return vg_screening_edit_list(d, &(vg_screening_list){ .name = set->list }, e) &&
           vg_list_read(set, o, &sink, &c->arena, &found, e) &&
           vg_screening_edit_list(d,
                                  &(vg_screening_list){ .name = set->list,
                                                        .version = found.about.version,
                                                        .known_at = found.about.known_at,
                                                        .sha256 = found.about.sha256 },
                                  e);
}

static bool engine_from_files(vg_cli *c, vg_str path, vg_screening **out, vg_err *e)
{
    vg_list_opts o = { .fingerprint = true, .progress = c->progress };
    vg_list_set *set;
    vg_list_skipped *skipped;
    int64_t n, n_skipped;
    vg_screening_edit *d;
    if (!vg_list_sets(&path, 1, &o, &c->arena, &set, &n, &skipped, &n_skipped, e))
        return false;
    if (n == 0) {
        if (n_skipped)
            *e = skipped[0].why;
        return vg_fail(e, VG_ENODATA, VG_NOWHERE, "%.*s holds no list", VG_P(path));
    }
    if (!vg_screening_open_empty(out, e))
        return false;
    bool good = vg_screening_edit_begin(*out, &d, e);
    if (good) {
        for (int64_t i = 0; good && i < n; i++)
            good = read_set(c, d, &set[i], &o, e);
        if (good)
            good = vg_screening_edit_end(d, e);
        else
            vg_screening_edit_drop(d);
    }
    if (!good)
        vg_screening_close(*out);
    return good;
}

bool vg_cli_engine(vg_cli *c, vg_store *st, vg_screening **out, vg_err *e)
{
    vg_str path = vg_cli_text(c, "lists");
    if (path.n)
        return engine_from_files(c, path, out, e);
    vg_screening_opts o = { .as_of = c->as_of, .n_threads = c->n_threads, .progress = &c->progress };
    vg_str *list;
    int64_t n;
    if (!split(c, "list", &list, &n, e))
        return false;
    o.list = list;
    o.n_lists = (int32_t)n;
    bool good = vg_screening_open(st, &o, out, e);
    vg_terminal_end();
    return good;
}

/* --- answers --- */

vg_str vg_cli_match_word(const vg_screening_candidate *c, const vg_match_decision *d)
{
    if (d && d->verdict != VG_VERDICT_NONE && !d->outdated)
        return vg_verdict_word(d->verdict);
    return c->hit ? VG_S("hit") : VG_S("possible");
}

void vg_cli_reasons(vg_cli *c, const vg_screening_candidate *x, const char *before)
{
    for (int32_t i = 0; i < x->n_reasons; i++) {
        const vg_screening_reason *r = &x->reason[i];
        char key[96];
        vg_screening_reason_key(r, key);
        vg_put(c->out, vg_str_z(before));
        vg_say(c->out, c->lang, key, vg_arg_text("asked", r->asked), vg_arg_text("listed", r->listed),
               vg_arg_percent("value", r->value, 0), vg_arg_text("number", r->number_kind));
        if (r->kind != VG_REASON_PART && r->kind != VG_REASON_UNPAIRED_QUERY &&
            r->kind != VG_REASON_UNPAIRED_LIST)
            vg_print(c->out, " (%+.1f)", r->log_odds);
        vg_put_char(c->out, '\n');
    }
}

static void put_text(vg_json *j, const char *key, vg_str text)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_str(j, text);
}

static void put_reason(vg_json *j, vg_lang lang, const vg_screening_reason *r, vg_arena *a)
{
    static const char *const kind[] = { "name",   "part",    "unpaired-query", "unpaired-list",
                                        "weak",   "birth",   "country",        "gender",
                                        "number", "address", "schema" };
    char key[96];
    vg_screening_reason_key(r, key);
    vg_json_object(j);
    put_text(j, "kind", vg_str_z(kind[r->kind]));
    put_text(j, "what", r->what);
    put_text(j, "asked", r->asked);
    put_text(j, "listed", r->listed);
    vg_json_key(j, VG_S("log_odds")), vg_json_fixed(j, r->log_odds, 4);
    vg_json_key(j, VG_S("value")), vg_json_fixed(j, r->value, 4);
    put_text(j, "text",
             vg_message_text(a, lang, key,
                             VG_ARGS(vg_arg_text("asked", r->asked), vg_arg_text("listed", r->listed),
                                     vg_arg_percent("value", r->value, 0),
                                     vg_arg_text("number", r->number_kind))));
    vg_json_close(j);
}

void vg_cli_candidate_json(vg_json *j, vg_lang lang, const vg_screening_candidate *x, const char key[33],
                           const vg_match_decision *d, vg_arena *a)
{
    vg_json_object(j);
    vg_json_key(j, VG_S("score")), vg_json_fixed(j, x->score, 4);
    vg_json_key(j, VG_S("name_score")), vg_json_fixed(j, x->name_score, 4);
    put_text(j, "state", vg_cli_match_word(x, d));
    put_text(j, "list", x->list);
    put_text(j, "id", x->id);
    vg_json_key(j, VG_S("vintage")), vg_json_int(j, x->vintage);
    put_text(j, "schema", vg_screening_schema_word(x->schema));
    put_text(j, "name", x->caption);
    put_text(j, "matched", x->matched);
    put_text(j, "hit", vg_screening_hit_name(key, x, a));
    if (d && d->verdict != VG_VERDICT_NONE) {
        put_text(j, "decided_by", d->who);
        put_text(j, "decided_why", d->reason);
        vg_json_key(j, VG_S("outdated")), vg_json_bool(j, d->outdated);
    }
    if (x->n_reasons) {
        vg_json_key(j, VG_S("reasons"));
        vg_json_array(j);
        for (int32_t i = 0; i < x->n_reasons; i++)
            put_reason(j, lang, &x->reason[i], a);
        vg_json_close(j);
    }
    vg_json_close(j);
}
