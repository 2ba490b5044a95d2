/* The report as blocks: adding to it, and the words of the agreement in it. Invariant: the texts live in the arena or in
 * the agreement, and a block that did not fit marks the whole report as failed. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ceasefire/daily_int.h"

static vg_doc_block *add(vg_doc *d, vg_doc_kind kind)
{
    if (d->n == d->cap) {
        int64_t cap = d->cap ? 2 * d->cap : 64;
        vg_doc_block *bigger = vg_new(d->a, vg_doc_block, cap);
        if (!bigger) {
            d->failed = true;
            return NULL;
        }
        if (d->n)
            memcpy(bigger, d->block, (size_t)d->n * sizeof *bigger);
        d->block = bigger;
        d->cap = cap;
    }
    d->block[d->n] = (vg_doc_block){ .kind = kind };
    return &d->block[d->n++];
}

void vg_doc_section(vg_doc *d, const char *id, const char *key)
{
    vg_doc_block *b = add(d, VG_DOC_SECTION);
    if (b)
        b->id = id, b->key = key;
}

void vg_doc_sub(vg_doc *d, vg_str title)
{
    vg_doc_block *b = add(d, VG_DOC_SUB);
    if (b)
        b->title = title;
}

void vg_doc_say(vg_doc *d, vg_doc_kind kind, const char *key, const vg_arg *arg, int n_args)
{
    vg_doc_block *b = add(d, kind);
    vg_arg *kept = vg_new(d->a, vg_arg, n_args);
    if (!b || !kept) {
        d->failed = true;
        return;
    }
    memcpy(kept, arg, (size_t)n_args * sizeof *kept);
    b->key = key;
    b->arg = kept;
    b->n_args = n_args;
}

void vg_doc_fact(vg_doc *d, const char *name, vg_arg number)
{
    vg_str key = vg_doc_format(d, "ceasefire.fact.%s", name);
    if (key.s) {
        number.name = "n";
        vg_doc_say(d, VG_DOC_FACT, key.s, &number, 1);
    }
    if (!d->failed)
        d->block[d->n - 1].id = name;
}

void vg_doc_table(vg_doc *d, vg_doc_kind kind, const char *id, const char *none, const vg_doc_column *column,
                  int n_columns)
{
    vg_doc_block *b = add(d, kind);
    if (!b)
        return;
    b->id = id;
    b->key = none;
    b->column = column;
    b->n_columns = n_columns;
}

static void add_cell(vg_doc *d, vg_doc_cell cell)
{
    vg_doc_block *b = d->failed ? NULL : &d->block[d->n - 1];
    if (!b)
        return;
    if (b->n_cells == b->cap) {
        int64_t cap = b->cap ? 2 * b->cap : 64;
        vg_doc_cell *bigger = vg_new(d->a, vg_doc_cell, cap);
        if (!bigger) {
            d->failed = true;
            return;
        }
        if (b->n_cells)
            memcpy(bigger, b->cell, (size_t)b->n_cells * sizeof *bigger);
        b->cell = bigger;
        b->cap = cap;
    }
    b->cell[b->n_cells++] = cell;
}

void vg_doc_word(vg_doc *d, vg_str word, vg_str shown)
{
    add_cell(d, (vg_doc_cell){ .word = word, .shown = shown });
}

void vg_doc_int(vg_doc *d, int64_t x)
{
    add_cell(d, (vg_doc_cell){ .whole = x });
}

void vg_doc_num(vg_doc *d, double x)
{
    add_cell(d, (vg_doc_cell){ .low = x });
}

void vg_doc_show(vg_doc *d, vg_str shown)
{
    vg_doc_block *b = d->n ? &d->block[d->n - 1] : NULL;
    if (b && b->n_cells)
        b->cell[b->n_cells - 1].shown = shown;
}

void vg_doc_interval(vg_doc *d, double low, double high)
{
    add_cell(d, (vg_doc_cell){ .low = low, .high = high });
}

void vg_doc_two(vg_doc *d, int64_t first, int64_t second)
{
    add_cell(d, (vg_doc_cell){ .whole = first, .second = second });
}

void vg_doc_at(vg_doc *d, int64_t at)
{
    add_cell(d, (vg_doc_cell){ .whole = at, .shown = vg_doc_instant(d, at) });
}

/* --- words --- */

vg_str vg_doc_format(vg_doc *d, const char *fmt, ...)
{
    char text[512];
    va_list list;
    va_start(list, fmt);
    vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    vg_str s = vg_copy(d->a, vg_utf8_head(vg_str_z(text), sizeof text - 1));
    d->failed = d->failed || !s.s;
    return s;
}

vg_str vg_doc_message(const vg_doc *d, const char *family, const char *word)
{
    char key[96];
    snprintf(key, sizeof key, "ceasefire.%s.%s", family, word);
    if (!vg_message_has(d->lang, key) && !vg_message_has(VG_LANG_EN, key))
        return vg_str_z(word); /* vg_message would give back the key, which ends with this call */
    return vg_message(d->lang, key);
}

void vg_doc_enum(vg_doc *d, const char *family, const char *word)
{
    vg_doc_word(d, vg_str_z(word), vg_doc_message(d, family, word));
}

static vg_str name_or_id(vg_str name, vg_str id)
{
    return name.n ? name : id;
}

vg_str vg_doc_party_name(const vg_doc *d, int32_t party)
{
    if (party < 0 || party >= d->agreement->n_parties)
        return vg_message(d->lang, "ceasefire.unattributed");
    return name_or_id(d->agreement->party[party].name, d->agreement->party[party].id);
}

/* A zone of the whole territory that is not drawn: what lies in no drawn zone lies there. -1 = the agreement has none. */
int32_t vg_doc_undrawn(const vg_doc *d)
{
    for (int32_t i = 0; i < d->agreement->n_zones; i++) {
        const vg_agreement_zone *z = &d->agreement->zone[i];
        if (z->kind == VG_ZONE_WHOLE_TERRITORY && (!z->n_versions || !z->version[0].shape))
            return i;
    }
    return -1;
}

vg_str vg_doc_zone_name(const vg_doc *d, int32_t zone)
{
    zone = zone < 0 ? vg_doc_undrawn(d) : zone;
    if (zone < 0 || zone >= d->agreement->n_zones)
        return vg_message(d->lang, "ceasefire.no-zone");
    return name_or_id(d->agreement->zone[zone].name, d->agreement->zone[zone].id);
}

void vg_doc_party(vg_doc *d, int32_t party)
{
    bool known = party >= 0 && party < d->agreement->n_parties;
    vg_doc_word(d, known ? d->agreement->party[party].id : VG_NOSTR, vg_doc_party_name(d, party));
}

void vg_doc_zone(vg_doc *d, int32_t zone)
{
    zone = zone < 0 ? vg_doc_undrawn(d) : zone;
    bool known = zone >= 0 && zone < d->agreement->n_zones;
    vg_doc_word(d, known ? d->agreement->zone[zone].id : VG_NOSTR, vg_doc_zone_name(d, zone));
}

void vg_doc_clause(vg_doc *d, int32_t clause)
{
    if (clause < 0 || clause >= d->agreement->n_clauses) {
        vg_doc_word(d, VG_NOSTR, vg_message(d->lang, "ceasefire.all-clauses"));
        return;
    }
    const vg_clause *c = &d->agreement->clause[clause];
    vg_doc_word(d, c->id, name_or_id(c->title, c->id));
}

void vg_doc_text(vg_doc *d, vg_str text)
{
    vg_doc_word(d, text, text);
}

vg_str vg_doc_instant(vg_doc *d, int64_t at)
{
    if (at == VG_UNKNOWN || at == INT64_MIN || at == INT64_MAX)
        return VG_S("\xE2\x80\x93");
    int64_t local = at + vg_clock_offset_s(d->agreement->clock, at), minute = local / 60 % 1440;
    minute += minute < 0 ? 1440 : 0;
    vg_str s = vg_message_text(
        d->a, d->lang, "ceasefire.instant",
        VG_ARGS(vg_arg_day("day", local),
                vg_arg_text("time", vg_doc_format(d, "%02d:%02d", (int)(minute / 60), (int)(minute % 60)))));
    d->failed = d->failed || !s.s;
    return s;
}

vg_str vg_doc_incident_name(vg_doc *d, uint64_t id)
{
    return vg_doc_format(d, "%016llx", (unsigned long long)id);
}
