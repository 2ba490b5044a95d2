/*
 * Agreements: reading one as a whole, asking it, and writing it so that it needs no other file. Invariant: sha256 is that
 * of the text with the files written in, so that an agreement and its whole text have the same.
 */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/agreement_int.h"
#include "core/hash.h"
#include "core/input.h"

enum { DAY_S = 86400, MOST_BYTES = 64 << 20 };
static const int64_t ARENA = (int64_t)1 << 30;

static const char *const agreement_keys[] = { "id",      "title",  "version",   "text",   "time_zone",
                                              "cut_off", "from",   "to",        "limits", "party",
                                              "zone",    "window", "exception", "clause", "threshold",
                                              "source",  NULL };
static const char *const party_keys[] = { "id", "name", "aliases", "allies", "weapons", "text", NULL };

const char *vg_zone_kind_name(int kind)
{
    static const char *const name[] = {
        "contact_line",    "buffer",   "demilitarised", "security_zone",  "disengagement_area",
        "withdrawal_line", "corridor", "no_fly",        "protected_site", "whole_territory"
    };
    return kind >= 0 && kind < VG_N_ZONE_KINDS ? name[kind] : "";
}

const char *vg_relation_name(int relation)
{
    static const char *const name[] = { "inside",   "outside",       "closer_than",
                                        "crossing", "target_inside", "origin_inside" };
    return relation >= 0 && relation < VG_N_RELATIONS ? name[relation] : "";
}

const char *vg_exemption_name(int kind)
{
    static const char *const name[] = { "exercise", "self_defence", "demining",
                                        "repair",   "medical",      "third_party" };
    return kind >= 0 && kind < VG_N_EXEMPTIONS ? name[kind] : "";
}

const char *vg_scope_name(int scope)
{
    static const char *const name[] = { "zone", "party", "pair", "clause", "all" };
    return scope >= 0 && scope <= VG_SCOPE_ALL ? name[scope] : "";
}

/* --- parties --- */

static void claim(vg_agreement_reading *r, vg_str word, vg_at at, int32_t party)
{
    char buf[128];
    vg_str folded = vg_agreement__fold(word, buf);
    if (!folded.n)
        return;
    int32_t before = vg_agreement__index_add(&r->kept->party, folded, party);
    if (before < 0 || before == party)
        return;
    vg_agreement__find(r, VG_FINDING_ERROR, at, "alias-double",
                       VG_FACTS(vg_fact__text("word", word), vg_fact__text("party", r->party[before].id),
                                vg_fact__text("other", r->party[party].id)));
}

static bool aliases(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    const vg_toml *value = vg_toml_get(t, VG_S("aliases")), *last = NULL;
    vg_agreement_party *p = &r->party[i];
    vg_str *folded = vg_new(r->arena, vg_str, value && value->kind == VG_TOML_ARRAY ? value->n + 1 : 1), word;
    vg_at at;
    char buf[128];
    if (!folded)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    p->alias = folded;
    claim(r, p->id, t->at, i);
    claim(r, p->name, t->at, i);
    while (vg_agreement__word(r, value, &last, &word, &at)) {
        claim(r, word, at, i);
        folded[p->n_aliases] = vg_copy(r->arena, vg_agreement__fold(word, buf));
        if (!folded[p->n_aliases++].s)
            return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    }
    return true;
}

static void allies(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    const vg_toml *last = NULL;
    vg_str word;
    vg_at at;
    const vg_toml *value = vg_toml_get(t, VG_S("allies"));
    while (vg_agreement__word(r, value, &last, &word, &at)) {
        int32_t p = vg_agreement__party_named(r, word, at);
        if (p == i)
            vg_agreement__find(r, VG_FINDING_ERROR, at, "ally-itself",
                               VG_FACTS(vg_fact__text("party", word)));
        else if (p >= 0)
            r->party[i].allies |= (uint32_t)1 << p;
    }
}

static int32_t n_words(const vg_toml *t, int32_t n)
{
    int64_t words = 0;
    for (; t && n > 0; t = t->next, n--) {
        words += 2;
        for (const vg_toml *x = t->first; x; x = x->next)
            words += vg_eq(x->key, VG_S("aliases")) ? 1 + x->n : 0;
    }
    return (int32_t)words;
}

static bool parties(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *first = vg_agreement__tables(r, r->root, "party", VG_AGREEMENT_PARTIES, &n), *t = first;
    r->party = vg_new(r->arena, vg_agreement_party, n + 1);
    if (!r->party)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->a->party = r->party;
    r->a->n_parties = n;
    if (!vg_agreement__index_open(r, &r->kept->party, n_words(first, n)))
        return false;
    for (int32_t i = 0; i < n; i++, t = t->next) {
        vg_agreement_party *p = &r->party[i];
        p->line = vg_agreement__line(t);
        p->id = p->name = vg_agreement__id(r, t, "party-no-id");
        vg_agreement__text(r, t, "name", &p->name);
        p->weapons = vg_agreement__weapons(r, vg_toml_get(t, VG_S("weapons")));
        for (int32_t k = 0; k < i && p->id.n; k++)
            if (vg_eq(r->party[k].id, p->id))
                vg_agreement__find(
                    r, VG_FINDING_ERROR, t->at, "party-double",
                    VG_FACTS(vg_fact__text("id", p->id), vg_fact__num("line", r->party[k].line)));
        if (!aliases(r, t, i))
            return false;
    }
    t = first;
    for (int32_t i = 0; i < n; i++, t = t->next) { /* allies may be named before they are described */
        allies(r, t, i);
        vg_toml_get(t, VG_S("text"));
        vg_agreement__unknown_keys(r, t, party_keys);
    }
    return true;
}

/* --- the agreement as a whole --- */

/* The names that the clock offers between "is it " and "?", one behind the other; empty when it has none near. */
static vg_str near_zone(vg_agreement_reading *r, const vg_err *why)
{
    vg_str mend = vg_str_z(why->mend);
    if (!vg_starts(mend, VG_S("is it ")))
        return VG_NOSTR;
    vg_str names = vg_sub(mend, 6, mend.n - 7);
    ptrdiff_t last = vg_find(names, VG_S(" or "));
    if (last < 0)
        return vg_copy(r->arena, names);
    return vg_format(r->arena, "%.*s, %.*s", (int)last, names.s, VG_P(vg_sub(names, last + 4, names.n)));
}

static bool time_zone(vg_agreement_reading *r)
{
    vg_str name;
    vg_err why = VG_NO_ERR;
    if (vg_agreement__text(r, r->root, "time_zone", &name)) {
        if (vg_clock_open(name, &r->kept->clock, &why))
            return true;
        vg_agreement__find(r, VG_FINDING_ERROR, vg_toml_get(r->root, VG_S("time_zone"))->at,
                           "time-zone-unknown",
                           VG_FACTS(vg_fact__text("name", name), vg_fact__text("near", near_zone(r, &why))));
    } else if (!vg_toml_get(r->root, VG_S("time_zone"))) {
        vg_agreement__find(r, VG_FINDING_ERROR, r->root->at, "no-time-zone", VG_NO_FACTS);
    }
    return vg_clock_open(VG_S("UTC"), &r->kept->clock, r->e);
}

static void no_title(vg_agreement_reading *r)
{
    vg_agreement *a = r->a;
    a->id = vg_agreement__id(r, r->root, "no-id");
    a->title = a->id;
    if (!vg_agreement__text(r, r->root, "title", &a->title))
        vg_agreement__find(r, VG_FINDING_NOTE, r->root->at, "no-title", VG_NO_FACTS);
    vg_agreement__text(r, r->root, "version", &a->version);
    vg_toml_get(r->root, VG_S("text"));
}

static void when(vg_agreement_reading *r)
{
    vg_agreement *a = r->a;
    a->from = INT64_MIN;
    a->to = INT64_MAX;
    vg_agreement__instant(r, r->root, "from", false, &a->from);
    vg_agreement__instant(r, r->root, "to", true, &a->to);
    if (!vg_toml_get(r->root, VG_S("from")))
        vg_agreement__find(r, VG_FINDING_NOTE, r->root->at, "no-from", VG_NO_FACTS);
    if (a->from >= a->to)
        vg_agreement__find(r, VG_FINDING_ERROR, vg_toml_get(r->root, VG_S("to"))->at, "ends-before",
                           VG_FACTS(vg_fact__time("from", a->from), vg_fact__time("to", a->to)));
    a->cutoff_s = DAY_S;
    if (!vg_agreement__time(r, r->root, "cut_off", &a->cutoff_s) && !vg_toml_get(r->root, VG_S("cut_off")))
        vg_agreement__find(r, VG_FINDING_WARNING, r->root->at, "no-cut-off", VG_NO_FACTS);
}

static bool read_all(vg_agreement_reading *r)
{
    if (!time_zone(r))
        return false;
    r->a->clock = r->kept->clock;
    no_title(r);
    when(r);
    if (!parties(r) || !vg_agreement__zones(r) || !vg_agreement__clauses(r) || !vg_agreement__rules(r))
        return false;
    vg_agreement__unknown_keys(r, r->root, agreement_keys);
    vg_agreement__check(r);
    for (int32_t i = 0; i < r->a->n_clauses; i++) {
        vg_window *w = &r->clause[i].window;
        w->from = w->from > r->a->from ? w->from : r->a->from;
        w->to = w->to < r->a->to ? w->to : r->a->to;
    }
    return !vg_failed(r->e);
}

static int by_line(const void *a, const void *b)
{
    const vg_agreement_found *const *x = a, *const *y = b;
    int64_t p = (*x)->finding.at.line, q = (*y)->finding.at.line;
    return p != q ? (p > q) - (p < q) : ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static bool sort_findings(vg_agreement_reading *r)
{
    vg_agreement_found **found = vg_new(r->arena, vg_agreement_found *, r->n_found + 1);
    vg_agreement_finding *out = vg_new(r->arena, vg_agreement_finding, r->n_found + 1);
    int32_t n = 0;
    if (!found || !out)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    for (vg_agreement_found *x = r->found; x; x = x->next)
        found[n++] = x;
    qsort(found, (size_t)n, sizeof(void *), by_line);
    for (int32_t i = 0; i < n; i++)
        out[i] = found[i]->finding;
    r->a->finding = out;
    r->a->n_findings = n;
    return true;
}

/* --- the whole text --- */

/* A text as TOML: between three single quotes as it is, or with escapes where it has such quotes itself. */
static void put_quoted(vg_out *o, vg_str s)
{
    if (vg_find(s, VG_S("'''")) < 0 && !vg_ends(s, VG_S("'")) && vg_find_byte(s, '\r') < 0) {
        vg_put(o, VG_S("'''\n"));
        vg_put(o, s);
        vg_put(o, VG_S("'''"));
        return;
    }
    vg_put_char(o, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if (c == '"' || c == '\\')
            vg_put_char(o, '\\');
        if (c < 0x20 || c == 0x7F)
            vg_print(o, "\\u%04x", c);
        else
            vg_put_char(o, (char)c);
    }
    vg_put_char(o, '"');
}

static int by_place(const void *a, const void *b)
{
    const vg_agreement_insert *const *x = a, *const *y = b;
    return ((*x)->instead_of.s > (*y)->instead_of.s) - ((*x)->instead_of.s < (*y)->instead_of.s);
}

/* Between the key `file` and its value stand only spaces and =, so the key is found by going back. */
static vg_str key_before(vg_str text, vg_str value)
{
    ptrdiff_t i = value.s - text.s;
    while (i > 0 && text.s[i - 1] != '=')
        i--;
    i--;
    while (i > 0 && (text.s[i - 1] == ' ' || text.s[i - 1] == '\t'))
        i--;
    ptrdiff_t end = i;
    if (i > 0 && (text.s[i - 1] == '"' || text.s[i - 1] == '\''))
        for (i--; i > 0 && text.s[i - 1] != text.s[end - 1]; i--)
            ;
    else
        while (i > 0 && text.s[i - 1] != ' ' && text.s[i - 1] != '\t' && text.s[i - 1] != '\n' &&
               text.s[i - 1] != '.' && text.s[i - 1] != '{' && text.s[i - 1] != ',')
            i--;
    bool quoted = i > 0 && end > 0 && (text.s[end - 1] == '"' || text.s[end - 1] == '\'');
    return vg_sub(text, i - quoted, end - i + quoted);
}

static bool write_whole(vg_agreement_reading *r)
{
    int32_t n = 0, i = 0;
    for (vg_agreement_insert *x = r->insert; x; x = x->next)
        n++;
    r->kept->whole = r->a->text;
    if (n == 0)
        return true;
    vg_agreement_insert **order = vg_new(r->arena, vg_agreement_insert *, n);
    vg_out o;
    if (!order)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    for (vg_agreement_insert *x = r->insert; x; x = x->next)
        order[i++] = x;
    qsort(order, (size_t)n, sizeof(void *), by_place);
    if (!vg_out_memory(&o, r->e))
        return false;
    vg_str text = r->a->text;
    const char *done = text.s;
    for (i = 0; i < n; i++) {
        vg_str key = key_before(text, order[i]->instead_of);
        vg_put(&o, (vg_str){ done, key.s - done });
        vg_put(&o, VG_S("geojson = "));
        put_quoted(&o, order[i]->content);
        done = order[i]->instead_of.s + order[i]->instead_of.n;
    }
    vg_put(&o, (vg_str){ done, text.s + text.n - done });
    r->kept->whole = vg_copy(r->arena, vg_out_text(&o));
    vg_out_drop(&o);
    return r->kept->whole.s || vg_fail_memory(r->e, vg_arena_limit(r->arena));
}

static void sum(vg_agreement_reading *r)
{
    vg_sha256 h;
    vg_sha256_init(&h);
    vg_sha256_add(&h, r->kept->whole);
    vg_sha256_hex(&h, r->a->sha256);
}

bool vg_agreement_whole(const vg_agreement *a, vg_out *out, vg_err *e)
{
    const vg_agreement_kept *k = (const vg_agreement_kept *)a;
    vg_put(out, k->whole);
    return !vg_failed(e);
}

/* --- open and close --- */

bool vg_agreement_parse(vg_str text, vg_str name, const char *folder, vg_agreement **out, vg_err *e)
{
    vg_err own = VG_NO_ERR;
    vg_agreement_kept *k = vg_failed(e) ? NULL : calloc(1, sizeof *k);
    vg_agreement_reading r = { .kept = k, .folder = folder, .e = e ? e : &own };
    if (!k)
        return vg_fail_memory(r.e, (int64_t)sizeof *k);
    r.a = &k->a;
    r.arena = &k->arena;
    if (text.n > MOST_BYTES) {
        free(k);
        return vg_fail(r.e, VG_ERANGE, VG_NOWHERE, "an agreement of more than %d MiB", MOST_BYTES >> 20);
    }
    if (!vg_arena_init(&k->arena, ARENA, r.e)) {
        free(k);
        return false;
    }
    vg_str given = name;
    name = vg_copy(&k->arena, name);
    k->a.text = vg_copy(&k->arena, text);
    bool good = name.s && k->a.text.s ? vg_toml_read(k->a.text, name, &k->arena, &r.root, r.e)
                                      : vg_fail_memory(r.e, ARENA);
    if (!good && r.e->at.file.s == name.s)
        r.e->at.file = given; /* the copy goes with the arena */
    good = good && read_all(&r) && sort_findings(&r) && write_whole(&r);
    if (good) {
        sum(&r);
        *out = &k->a;
    } else {
        vg_agreement_free(&k->a);
    }
    return good;
}

static bool slurp(const char *path, vg_out *o, vg_err *e)
{
    vg_input *in;
    char buf[65536];
    int64_t n = 0;
    if (!vg_input_open(path, &in, e))
        return false;
    while (o->n <= MOST_BYTES && (n = vg_input_read(in, buf, sizeof buf, e)) > 0)
        vg_put(o, (vg_str){ buf, (ptrdiff_t)n });
    vg_input_close(in);
    return n >= 0 && !vg_failed(e);
}

bool vg_agreement_read(const char *path, vg_agreement **out, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    const char *slash = strrchr(path, '/');
    ptrdiff_t n = slash ? slash - path : 0;
    char *folder = slash ? strndup(path, (size_t)(n ? n : 1)) : strdup(".");
    bool good =
        folder && slurp(path, &o, e) && vg_agreement_parse(vg_out_text(&o), vg_str_z(path), folder, out, e);
    if (!folder)
        vg_fail_memory(e, n);
    free(folder);
    vg_out_drop(&o);
    return good;
}

void vg_agreement_free(vg_agreement *a)
{
    vg_agreement_kept *k = (vg_agreement_kept *)a;
    if (!k)
        return;
    for (int32_t i = 0; i < k->n_shapes; i++)
        vg_zone_free(k->shape[i]);
    vg_agreement_index *index[] = { &k->party, &k->zone, &k->source };
    for (int i = 0; i < 3; i++)
        if (index[i]->open)
            vg_map_free(&index[i]->map);
    vg_clock_close(k->clock);
    vg_arena_free(&k->arena);
    free(k);
}

/* --- questions --- */

int32_t vg_agreement_find_party(const vg_agreement *a, vg_str word)
{
    char buf[128];
    const vg_agreement_kept *k = (const vg_agreement_kept *)a;
    return vg_agreement__index_find(&k->party, vg_agreement__fold(word, buf));
}

int32_t vg_agreement_find_zone(const vg_agreement *a, vg_str id)
{
    return vg_agreement__index_find(&((const vg_agreement_kept *)a)->zone, id);
}

int32_t vg_agreement_find_source(const vg_agreement *a, vg_str id)
{
    return vg_agreement__index_find(&((const vg_agreement_kept *)a)->source, id);
}

int32_t vg_agreement_version_at(const vg_agreement_zone *z, int64_t at)
{
    for (int32_t i = z->n_versions - 1; i >= 0; i--)
        if (z->version[i].from <= at)
            return at < z->version[i].to ? i : -1;
    return -1;
}
