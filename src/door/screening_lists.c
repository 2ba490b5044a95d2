/* The lists that are loaded, what changed between two vintages of one, and one entry whole. Invariant: these read the
 * store alone; who asks about an entry by its id asks about nobody else, so nothing is scored. */
#include <math.h>

#include "core/date.h"
#include "door/screening_int.h"

bool vg_screen_answer__lists(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "list",     "vintage",     "version", "entries", "newest",
                                          "known_at", "imported_at", "file",    "sha256",  "licence" };
    vg_party_list *list;
    int64_t n;
    if (!vg_store_party_vintages(vg_call_store(c), vg_call_text(c, "list"), 0, vg_call_arena(c), &list, &n,
                                 e))
        return false;
    vg_rows r = vg_rows_begin(c, column, VG_N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        vg_rows_text(&r, list[i].list);
        vg_rows_int(&r, list[i].vintage);
        vg_rows_text(&r, list[i].about.version);
        vg_rows_int(&r, list[i].n_parties);
        vg_rows_text(&r, list[i].is_newest ? VG_S("yes") : VG_S("no"));
        vg_rows_instant(&r, list[i].about.known_at);
        vg_rows_instant(&r, list[i].about.imported_at);
        vg_rows_text(&r, list[i].about.file);
        vg_rows_text(&r, list[i].about.sha256);
        vg_rows_text(&r, list[i].about.licence);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- differences --- */

typedef struct {
    vg_call *c;
    vg_rows rows;
    int64_t skip, seen, limit;
    bool more;
} diff;

static vg_str entity_json(vg_call *c, vg_str list, const vg_party *p)
{
    vg_out o;
    if (!p || !vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_entity_put(&j, vg_call_arena(c), list, p);
    vg_json_close(&j);
    vg_str text = vg_copy(vg_call_arena(c), vg_out_text(&o));
    vg_out_drop(&o);
    return text;
}

static vg_str fields_json(vg_call *c, unsigned fields)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&o);
    vg_json_array(&j);
    for (int f = 0; f < VG_PARTY_FIELDS; f++)
        if (fields >> f & 1)
            vg_json_str(&j, vg_party_field_word((vg_party_field)f));
    vg_json_close(&j);
    vg_str text = vg_copy(vg_call_arena(c), vg_out_text(&o));
    vg_out_drop(&o);
    return text;
}

static bool put_change(void *ctx, const vg_party_change *change, vg_err *e)
{
    static const char *const word[] = { "added", "changed", "removed" };
    diff *d = ctx;
    vg_call *c = d->c;
    (void)e;
    if (vg_call_given(c, "kind") && vg_call_whole(c, "kind") != (int64_t)change->kind)
        return true;
    if (d->seen++ < d->skip)
        return true;
    d->more = d->rows.n == d->limit;
    if (d->more)
        return false; /* enough; no failure */
    const vg_party *now = change->after.party ? change->after.party : change->before.party;
    vg_rows_text(&d->rows, vg_str_z(word[change->kind]));
    vg_rows_text(&d->rows, vg_entity_name(vg_call_arena(c), change->list, now->id));
    vg_rows_text(&d->rows, vg_schema_word(now->schema));
    vg_rows_text(&d->rows, now->name.n ? now->name.item[0].text : now->id);
    vg_rows_raw(&d->rows, fields_json(c, change->fields));
    vg_rows_raw(&d->rows, entity_json(c, change->list, change->before.party));
    vg_rows_raw(&d->rows, entity_json(c, change->list, change->after.party));
    return true;
}

/* Without vintages: the newest two of the list. */
static bool choose_vintages(vg_call *c, int64_t *from, int64_t *to, vg_err *e)
{
    vg_party_list *list;
    int64_t n;
    *from = vg_call_whole(c, "from");
    *to = vg_call_whole(c, "to");
    if (vg_call_given(c, "to"))
        return true;
    if (!vg_store_party_vintages(vg_call_store(c), vg_call_text(c, "list"), 0, vg_call_arena(c), &list, &n,
                                 e))
        return false;
    if (!vg_call_given(c, "list") || !n)
        return vg_call_refuse(
            c, 404, e, VG_ENOTFOUND, "it is not said which list, or there is none of this name",
            "give list=NAME (/api/v1/screening/lists has them), or from= and to= as numbers of vintages");
    *to = list[n - 1].vintage;
    if (!vg_call_given(c, "from"))
        *from = n > 1 ? list[n - 2].vintage : 0;
    return true;
}

bool vg_screen_answer__diff(vg_call *c, vg_err *e)
{
    static const char *const column[] = {
        "change", "entity", "schema", "caption", "fields", "before", "after"
    };
    int64_t from, to;
    if (!choose_vintages(c, &from, &to, e))
        return false;
    diff d = { .c = c, .skip = vg_call_whole(c, "cursor"), .limit = vg_call_whole(c, "limit") };
    d.rows = vg_rows_begin(c, column, VG_N_OF(column));
    vg_party_change_reader reader = { .ctx = &d, .change = put_change };
    if (!vg_party_diff(vg_call_store(c), from, to, &reader, e) && (!d.more || vg_failed(e)))
        return false;
    vg_str next = d.more ? vg_call_next(c, vg_format(vg_call_arena(c), "%lld", (long long)(d.skip + d.limit)))
                         : VG_NOSTR;
    vg_rows_end(&d.rows, next);
    return true;
}

/* --- one entry --- */

static void put_names(vg_json *j, const vg_party *p)
{
    static const char *const word[] = { "primary", "alias", "weak", "former", "script" };
    vg_json_key(j, VG_S("names")), vg_json_array(j);
    for (int64_t i = 0; i < p->name.n; i++) {
        const vg_party_name *name = &p->name.item[i];
        vg_json_object(j);
        vg_json_key(j, VG_S("text")), vg_json_str(j, name->text);
        vg_json_key(j, VG_S("kind")),
            vg_json_str(j, vg_str_z(word[(unsigned)name->kind < 5 ? name->kind : 1]));
        if (name->language.n)
            vg_json_key(j, VG_S("language")), vg_json_str(j, name->language);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_links(vg_json *j, vg_arena *a, vg_str list, const vg_party *p)
{
    vg_json_key(j, VG_S("links")), vg_json_array(j);
    for (int64_t i = 0; i < p->link.n; i++) {
        const vg_party_link *link = &p->link.item[i];
        vg_json_object(j);
        vg_json_key(j, VG_S("kind")), vg_json_str(j, link->kind);
        vg_json_key(j, VG_S("to")), vg_json_str(j, link->to);
        vg_json_key(j, VG_S("entity")), vg_json_str(j, vg_entity_name(a, list, link->to));
        vg_json_key(j, VG_S("share")), vg_json_num(j, link->share);
        vg_json_key(j, VG_S("note")), vg_json_str(j, link->note);
        vg_json_close(j);
    }
    vg_json_close(j);
}

bool vg_screen_answer__entity(vg_call *c, vg_err *e)
{
    vg_str list, id;
    vg_party_entry entry;
    vg_arena *a = vg_call_arena(c);
    if (!vg_entity_parts(vg_call_text(c, "entity"), a, &list, &id))
        return vg_call_refuse(c, 404, e, VG_ENOTFOUND, "this is not the name of an entry",
                              "take \"entity\" of an answer as it is");
    if (!vg_store_party(vg_call_store(c), list, id, 0, a, &entry, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_entity_put(&j, a, entry.list, entry.party);
    vg_json_key(&j, VG_S("list")), vg_json_str(&j, entry.list);
    vg_json_key(&j, VG_S("vintage")), vg_json_int(&j, entry.vintage);
    put_names(&j, entry.party);
    put_links(&j, a, entry.list, entry.party);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    return true;
}
