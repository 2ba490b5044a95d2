/* OFAC's tables without header: entries, alternate names, addresses and what of the remarks did not fit, joined by the
 * entry's number. Invariant: rows of the other tables that belong to no entry are refused, never dropped in silence. */
#include "source/list_int.h"

#include <math.h>
#include <string.h>

enum { ALT = 1, ADD, COMMENTS };
enum {
    NUMBER,
    NAME,
    TYPE,
    PROGRAMME,
    TITLE,
    CALL_SIGN,
    VESSEL_TYPE,
    TONNAGE,
    GRT,
    FLAG,
    OWNER,
    REMARKS,
    N_MAIN
};

typedef struct {
    vg_list_reading *r;
    vg_map ids, names; /* entry numbers to drafts; primary names to drafts */
    vg_list_draft *draft;
    bool *shared_name; /* by draft: another one has its primary name too */
    int64_t n, cap;
    vg_map commented;
    vg_str *comment; /* by number in `commented` */
    int64_t comment_cap;
} ofac;

/* "-0-" is OFAC's way to say nothing. */
static vg_str cell(const vg_csv_row *row, int at)
{
    vg_str s = at < row->n ? vg_trim(row->cell[at]) : VG_NOSTR;
    return vg_eq(s, VG_S("-0-")) ? VG_NOSTR : s;
}

/* Twice the room for `size`-byte items; false and no_memory when there is none. */
static bool widen(vg_list_reading *r, void **items, int64_t n, int64_t *cap, int64_t size)
{
    if (n < *cap)
        return true;
    int64_t wider = *cap ? *cap * 2 : 1024;
    void *moved = vg_alloc(&r->work, wider, size, (int64_t) _Alignof(max_align_t));
    if (!moved)
        return !(r->no_memory = true);
    if (n)
        memcpy(moved, *items, (size_t)(n * size));
    *items = moved;
    *cap = wider;
    return true;
}

static bool refuse(ofac *o, const vg_csv *csv, const vg_csv_row *row, const char *what, const char *why,
                   vg_err *e)
{
    vg_err reason = VG_NO_ERR;
    vg_fail(&reason, VG_EPARSE, vg_csv_at(csv, row, 0), "%s: \"%.*s\"", what,
            VG_P(vg_utf8_head(cell(row, 0), 60)));
    vg_why(&reason, "%s", why);
    return vg_list__reject(o->r, &reason, row->raw, e);
}

static vg_schema schema_of(vg_str type)
{
    return type.n ? vg_schema_from_word(type) : VG_SCHEMA_ORGANISATION;
}

/* "HANIYA, Ismail Abdul Salah": the family name stands before the comma. */
static void take_name(vg_list_draft *d, vg_str text, vg_name_kind kind)
{
    vg_party_name *name = vg_list__name(d, text, kind);
    if (!name || d->p.schema != VG_SCHEMA_PERSON)
        return;
    ptrdiff_t comma = vg_find_byte(name->text, ',');
    if (comma <= 0)
        return;
    name->family = vg_trim(vg_sub(name->text, 0, comma));
    name->given = vg_trim(vg_sub(name->text, comma + 1, name->text.n));
}

static void take_ship(vg_list_draft *d, const vg_csv_row *row)
{
    vg_list__number(d, "call_sign", cell(row, CALL_SIGN), VG_NOSTR);
    vg_list__country(d, &d->p.country, cell(row, FLAG));
    vg_list__link(d, "owner", cell(row, OWNER), NAN, VG_S("vessel owner"));
    if (d->p.schema == VG_SCHEMA_AIRCRAFT && !vg_starts(cell(row, NAME), VG_S("MSN")))
        vg_list__number(d, "tail", cell(row, NAME), VG_NOSTR);
    vg_str type = cell(row, VESSEL_TYPE);
    if (type.n)
        vg_list__text(d, &d->p.position, type);
}

static bool take_entry(ofac *o, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_list_reading *r = o->r;
    bool was_new;
    vg_str id = cell(row, NUMBER);
    if (row->n == 1 && id.n <= 1) /* the end mark of old systems */
        return true;
    if (row->n < N_MAIN || !id.n)
        return refuse(o, csv, row, "a row that is no entry", "an entry has 12 cells, its number first", e);
    if (!widen(r, (void **)&o->draft, o->n, &o->cap, sizeof *o->draft))
        return vg_fail_memory(e, vg_arena_limit(&r->work));
    int32_t at = vg_map_add(&o->ids, id, &was_new);
    if (at < 0)
        return vg_fail_memory(e, 0);
    if (!was_new)
        return refuse(o, csv, row, "a number that comes twice",
                      "a number stands for one entry; the first one stays", e);
    vg_list_draft *d = &o->draft[o->n++];
    vg_list__begin(d, r, vg_csv_at(csv, row, 0));
    d->p.id = vg_list__copy(r, id);
    d->p.schema = schema_of(cell(row, TYPE));
    d->p.schema_name = cell(row, TYPE).n ? vg_list__copy(r, cell(row, TYPE)) : VG_S("entity");
    take_name(d, cell(row, NAME), VG_NAME_PRIMARY);
    for (vg_str rest = cell(row, PROGRAMME); rest.n;) { /* SDGT] [NS-PLC */
        vg_str one = vg_trim(vg_cut(&rest, ']'));
        vg_list__text(d, &d->p.programme, one.n && one.s[0] == '[' ? vg_sub(one, 1, one.n) : one);
    }
    vg_list__text(d, &d->p.position, cell(row, TITLE));
    take_ship(d, row);
    int32_t more = vg_map_find(&o->commented, id);
    const vg_str remarks[] = { cell(row, REMARKS), more >= 0 ? o->comment[more] : VG_NOSTR };
    vg_str whole = remarks[0];
    if (remarks[1].n) { /* the comment goes on where the remarks were cut off */
        char *to = vg_new(&r->work, char, remarks[0].n + remarks[1].n + 1);
        if (!to)
            return vg_fail_memory(e, vg_arena_limit(&r->work));
        memcpy(to, remarks[0].s ? remarks[0].s : "", (size_t)remarks[0].n);
        memcpy(to + remarks[0].n, remarks[1].s, (size_t)remarks[1].n);
        whole = (vg_str){ to, remarks[0].n + remarks[1].n };
    }
    vg_list_ofac__remarks(d, whole);
    vg_list__text(d, &d->p.topic, VG_S("sanction"));
    return true;
}

static vg_list_draft *entry_of(ofac *o, const vg_csv_row *row)
{
    int32_t at = vg_map_find(&o->ids, cell(row, 0));
    return at >= 0 && at < o->n ? &o->draft[at] : NULL;
}

static bool take_alt(ofac *o, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_list_draft *d = entry_of(o, row);
    if (row->n == 1 && cell(row, 0).n <= 1)
        return true;
    if (!d || row->n < 4)
        return refuse(o, csv, row, "a name of no entry",
                      "its first cell is the number of an entry of the list", e);
    take_name(d, cell(row, 3), vg_eq_nocase(cell(row, 2), VG_S("fka")) ? VG_NAME_FORMER : VG_NAME_ALIAS);
    return true;
}

static bool take_address(ofac *o, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    vg_list_draft *d = entry_of(o, row);
    if (row->n == 1 && cell(row, 0).n <= 1)
        return true;
    if (!d || row->n < 5)
        return refuse(o, csv, row, "an address of no entry",
                      "its first cell is the number of an entry of the list", e);
    const vg_str part[] = { cell(row, 2), cell(row, 3), cell(row, 4) };
    vg_list__text(d, &d->p.address, vg_list__join(o->r, part, 3, ", "));
    vg_list__country(d, &d->p.country, cell(row, 4));
    return true;
}

static bool take_comment(ofac *o, const vg_csv *csv, const vg_csv_row *row, vg_err *e)
{
    (void)csv;
    bool was_new;
    if (row->n < 2)
        return true;
    int32_t at = vg_map_add(&o->commented, cell(row, 0), &was_new);
    if (at < 0 || !widen(o->r, (void **)&o->comment, at, &o->comment_cap, sizeof *o->comment))
        return vg_fail_memory(e, vg_arena_limit(&o->r->work));
    vg_str text = cell(row, 1);
    char *to = vg_new(&o->r->work, char, text.n + 1);
    if (!to)
        return vg_fail_memory(e, vg_arena_limit(&o->r->work));
    memcpy(to, text.s ? text.s : "", (size_t)text.n);
    o->comment[at] = (vg_str){ to, text.n };
    return true;
}

typedef bool take_row(ofac *o, const vg_csv *csv, const vg_csv_row *row, vg_err *e);

static bool read_table(ofac *o, vg_input *in, take_row *take, vg_err *e)
{
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_csv_open(in, &(vg_csv_opts){ .sep = ',', .latin1_ok = true }, &csv, e))
        return false;
    bool good = true;
    while (good && vg_csv_next(csv, &row, e)) {
        good = row.bad ? vg_list__reject(o->r, &row.why, row.raw, e) : take(o, csv, &row, e);
        if (good && row.line % 4096 == 0)
            good =
                vg_progress_step(&o->r->opts->progress, "reading", vg_input_done(in), vg_input_size(in), e);
    }
    vg_csv_close(csv);
    return good && !vg_failed(e);
}

static bool read_part(ofac *o, int part, take_row *take, vg_err *e)
{
    vg_input *in;
    if (!o->r->set || !o->r->set->path[part].n)
        return true;
    return vg_list__open(o->r, o->r->set->path[part], &in, e) &&
           vg_list__close(o->r, in, read_table(o, in, take, e), e);
}

/* Links name the other party; where exactly one entry has that primary name, its number is put there. */
static void resolve_links(ofac *o, vg_list_draft *d)
{
    for (int64_t i = 0; i < d->p.link.n; i++) {
        vg_party_link *link = (vg_party_link *)(uintptr_t)&d->p.link.item[i];
        int32_t at = vg_map_find(&o->names, link->to);
        if (at >= 0 && !o->shared_name[at])
            link->to = o->draft[at].p.id;
    }
}

static bool put_all(ofac *o, vg_err *e)
{
    o->shared_name = vg_new(&o->r->work, bool, o->n + 1);
    if (!o->shared_name)
        return vg_fail_memory(e, vg_arena_limit(&o->r->work));
    for (int64_t i = 0; i < o->n;
         i++) { /* names in the order of the drafts; a second one of a name gets a mark */
        bool was_new;
        vg_str name = o->draft[i].p.name.n ? o->draft[i].p.name.item[0].text : VG_NOSTR;
        int32_t at = vg_map_add(&o->names, name, &was_new);
        if (at >= 0 && !was_new)
            o->shared_name[at] = true;
        if (!was_new)
            vg_map_add(&o->names, vg_format(&o->r->work, "\x01%lld", (long long)i), NULL);
    }
    bool good = o->names.n == o->n || vg_fail_memory(e, 0);
    for (int64_t i = 0; i < o->n && good; i++) {
        resolve_links(o, &o->draft[i]);
        good = vg_list__put(&o->draft[i], e);
    }
    return good;
}

bool vg_list_ofac__read(vg_list_reading *r, vg_err *e)
{
    ofac o = { .r = r };
    r->found->about.licence = VG_S("US Government work");
    bool good = vg_map_init(&o.ids, e);
    bool names = good && vg_map_init(&o.names, e);
    bool comments = names && vg_map_init(&o.commented, e);
    bool ok = comments && read_part(&o, COMMENTS, take_comment, e) && read_table(&o, r->in, take_entry, e) &&
              read_part(&o, ALT, take_alt, e) && read_part(&o, ADD, take_address, e) && put_all(&o, e);
    if (good)
        vg_map_free(&o.ids);
    if (names)
        vg_map_free(&o.names);
    if (comments)
        vg_map_free(&o.commented);
    return ok;
}
