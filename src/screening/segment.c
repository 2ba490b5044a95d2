/* Segments: entries and their names as the index holds them. Invariant: once ended, nothing in a segment changes; a part
 * (its letters, sounds, kind and weight) is there once, and a name is the numbers of its parts. */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "screening/engine_int.h"

enum { MAX_NAMES = 4096, MAX_FEW = 250, MAX_NAME_BYTES = 1000, MAX_ID = 1000 };

struct vg_builder {
    const vg_name_book *book;
    vg_arena text, scratch;
    vg_grow entry, name, ref, part, birth, country, number, address;
    vg_grow dead;                  /* a byte an entry */
    uint32_t *part_slot, *id_slot; /* number + 1; open addressing */
    uint32_t n_part_slots, n_id_slots;
    int32_t n_dead;
};

void *vg_grow_by(vg_grow *g, int64_t more, size_t size)
{
    if (more <= 0)
        return g->at;
    if (g->n + more > g->cap) {
        int64_t cap = g->cap ? g->cap + g->cap / 2 : 64;
        cap = cap < g->n + more ? g->n + more : cap;
        void *p = realloc(g->at, (size_t)cap * size);
        if (!p)
            return NULL;
        g->at = p;
        g->cap = cap;
    }
    void *p = (char *)g->at + (size_t)g->n * size;
    memset(p, 0, (size_t)more * size);
    g->n += more;
    return p;
}

#define AT(g, type) ((type *)(g).at)

static bool no_memory(vg_err *e)
{
    vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the index of the lists");
    return vg_mend(e, "choose fewer lists with --list, or use a machine with more memory");
}

/* --- opening and closing --- */

bool vg_builder_open(const vg_name_book *book, vg_builder **out, vg_err *e)
{
    vg_builder *b = calloc(1, sizeof *b);
    if (!b)
        return no_memory(e);
    b->book = book;
    b->n_part_slots = b->n_id_slots = 1024;
    b->part_slot = calloc(b->n_part_slots, sizeof *b->part_slot);
    b->id_slot = calloc(b->n_id_slots, sizeof *b->id_slot);
    bool good = b->part_slot && b->id_slot && vg_arena_init(&b->text, (int64_t)4 << 30, e) &&
                vg_arena_init(&b->scratch, 1 << 20, e);
    if (!good) {
        vg_builder_drop(b);
        return no_memory(e);
    }
    *out = b;
    return true;
}

void vg_builder_drop(vg_builder *b)
{
    if (!b)
        return;
    void *all[] = { b->entry.at,  b->name.at,    b->ref.at,  b->part.at,   b->birth.at, b->country.at,
                    b->number.at, b->address.at, b->dead.at, b->part_slot, b->id_slot };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    vg_arena_free(&b->text);
    vg_arena_free(&b->scratch);
    free(b);
}

int32_t vg_builder_count(const vg_builder *b)
{
    return (int32_t)b->entry.n - b->n_dead;
}

int32_t vg_builder_names(const vg_builder *b, int32_t entry)
{
    return AT(b->entry, vg_indexed_entry)[entry < 0 ? b->entry.n - 1 : entry].n_names;
}

static bool keep_text(vg_builder *b, vg_str s, uint32_t *at, vg_err *e)
{
    vg_str copy = vg_copy(&b->text, s);
    if (!copy.s)
        return no_memory(e);
    *at = (uint32_t)(copy.s - b->text.base);
    return true;
}

/* --- ids --- */

static uint32_t id_hash(int32_t list, vg_str id)
{
    return vg_text_hash(id.s, (int32_t)id.n, 0x9e3779b9u * (uint32_t)(list + 1));
}

static bool is_entry(const vg_indexed_entry *x, const char *text, int32_t list, vg_str id)
{
    return x->list == list && x->n_id == id.n && memcmp(text + x->id, id.s, (size_t)id.n) == 0;
}

int32_t vg_builder_find(const vg_builder *b, int32_t list, vg_str id)
{
    uint32_t mask = b->n_id_slots - 1;
    for (uint32_t i = id_hash(list, id) & mask; b->id_slot[i]; i = (i + 1) & mask) {
        uint32_t k = b->id_slot[i] - 1;
        if (!AT(b->dead, uint8_t)[k] && is_entry(&AT(b->entry, vg_indexed_entry)[k], b->text.base, list, id))
            return (int32_t)k;
    }
    return -1;
}

void vg_builder_kill(vg_builder *b, int32_t entry)
{
    uint8_t *dead = &AT(b->dead, uint8_t)[entry];
    b->n_dead += !*dead;
    *dead = 1;
    AT(b->entry, vg_indexed_entry)[entry].n_id = VG_NO_ENTRY;
}

static void put_id_slot(vg_builder *b, uint32_t entry)
{
    const vg_indexed_entry *x = &AT(b->entry, vg_indexed_entry)[entry];
    uint32_t mask = b->n_id_slots - 1;
    uint32_t i = id_hash(x->list, (vg_str){ b->text.base + x->id, x->n_id }) & mask;
    while (b->id_slot[i])
        i = (i + 1) & mask;
    b->id_slot[i] = entry + 1;
}

static bool note_id(vg_builder *b, uint32_t entry, vg_err *e)
{
    if (2 * b->entry.n > b->n_id_slots) {
        uint32_t *bigger = calloc((size_t)b->n_id_slots * 4, sizeof *bigger);
        if (!bigger)
            return no_memory(e);
        free(b->id_slot);
        b->id_slot = bigger;
        b->n_id_slots *= 4;
        for (uint32_t k = 0; k < entry; k++)
            if (!AT(b->dead, uint8_t)[k])
                put_id_slot(b, k);
    }
    put_id_slot(b, entry);
    return true;
}

/* --- parts --- */

static uint32_t part_hash(const vg_name_part *p)
{
    uint32_t seed = (uint32_t)p->kind | (uint32_t)p->flags << 8 | (uint32_t)p->script << 16;
    return vg_text_hash(p->folded, p->n_folded, seed * 2654435761u);
}

static bool same_part(const vg_name_part *a, const vg_name_part *b)
{
    return a->n_folded == b->n_folded && a->kind == b->kind && a->flags == b->flags &&
           a->script == b->script && a->number == b->number && a->group == b->group &&
           a->family == b->family && a->key == b->key &&
           memcmp(&a->weight, &b->weight, sizeof a->weight) == 0 &&
           memcmp(a->folded, b->folded, a->n_folded) == 0;
}

static bool grow_part_slots(vg_builder *b)
{
    uint32_t n = b->n_part_slots * 4;
    uint32_t *bigger = calloc(n, sizeof *bigger);
    if (!bigger)
        return false;
    for (uint32_t k = 0; k < b->part.n; k++) {
        uint32_t i = part_hash(&AT(b->part, vg_name_part)[k]) & (n - 1);
        while (bigger[i])
            i = (i + 1) & (n - 1);
        bigger[i] = k + 1;
    }
    free(b->part_slot);
    b->part_slot = bigger;
    b->n_part_slots = n;
    return true;
}

/* Number of the part, which is kept when it is new; UINT32_MAX when memory is out. */
static uint32_t part_number(vg_builder *b, const vg_name_part *p)
{
    if (2 * b->part.n > b->n_part_slots && !grow_part_slots(b))
        return UINT32_MAX;
    uint32_t mask = b->n_part_slots - 1, i = part_hash(p) & mask;
    for (; b->part_slot[i]; i = (i + 1) & mask)
        if (same_part(&AT(b->part, vg_name_part)[b->part_slot[i] - 1], p))
            return b->part_slot[i] - 1;
    vg_str folded = vg_copy(&b->text, (vg_str){ p->folded, p->n_folded });
    vg_str sound = vg_copy(&b->text, (vg_str){ p->sound, p->n_sound });
    vg_name_part *mine = vg_push(&b->part, vg_name_part);
    if (!mine || !folded.s || !sound.s)
        return UINT32_MAX;
    *mine = *p;
    mine->raw = VG_NOSTR;
    mine->folded = folded.s;
    mine->sound = sound.s;
    b->part_slot[i] = (uint32_t)b->part.n;
    return (uint32_t)b->part.n - 1;
}

/* --- adding a party --- */

static bool put_name(vg_builder *b, const vg_name *parsed, vg_name_kind kind, uint32_t entry, vg_err *e)
{
    vg_indexed_name x = { .letters = parsed->letters,
                          .first_part = (uint32_t)b->ref.n,
                          .entry = entry,
                          .n_text = (uint16_t)parsed->text.n,
                          .kind = (uint8_t)kind,
                          .script = parsed->script,
                          .schema = parsed->schema };
    if (!keep_text(b, parsed->text, &x.text, e))
        return false;
    for (int32_t i = 0; i < parsed->n; i++) {
        uint32_t number = part_number(b, &parsed->part[i]);
        uint32_t *ref = vg_push(&b->ref, uint32_t);
        if (number == UINT32_MAX || !ref)
            return no_memory(e);
        *ref = number;
        x.n_parts++;
        x.weight += vg_part_searched(&parsed->part[i]) ? parsed->part[i].weight : 0;
    }
    vg_indexed_name *mine = vg_push(&b->name, vg_indexed_name);
    if (!mine)
        return no_memory(e);
    *mine = x;
    return true;
}

static bool add_names(vg_builder *b, const vg_party *p, uint32_t entry, vg_indexed_entry *x, vg_err *e)
{
    int64_t n = p->name.n < MAX_NAMES ? p->name.n : MAX_NAMES;
    for (int64_t i = 0; i < n; i++) {
        vg_party_name one = p->name.item[i];
        one.text = vg_utf8_head(one.text, MAX_NAME_BYTES);
        vg_arena scratch = b->scratch;
        vg_name parsed;
        if (!vg_name_parse_party(b->book, &one, p->schema, &scratch, &parsed, e) ||
            !put_name(b, &parsed, one.kind, entry, e))
            return false;
        x->n_names++;
    }
    return true;
}

static bool add_countries(vg_builder *b, const vg_texts *from, vg_indexed_entry *x, vg_err *e)
{
    for (int64_t i = 0; i < from->n && x->n_country < MAX_FEW; i++) {
        uint16_t number = vg_country_number(from->item[i]);
        bool there = !number;
        for (uint32_t k = x->first_country; k < b->country.n; k++)
            there |= AT(b->country, uint16_t)[k] == number;
        if (there)
            continue;
        uint16_t *mine = vg_push(&b->country, uint16_t);
        if (!mine)
            return no_memory(e);
        *mine = number;
        x->n_country++;
    }
    return true;
}

static bool add_numbers(vg_builder *b, const vg_party *p, vg_indexed_entry *x, vg_err *e)
{
    for (int64_t i = 0; i < p->number.n && x->n_number < MAX_FEW; i++) {
        vg_indexed_number one;
        if (!vg_number_index(&p->number.item[i], &one))
            continue;
        if (!keep_text(b, p->number.item[i].value, &one.text, e))
            return false;
        vg_indexed_number *mine = vg_push(&b->number, vg_indexed_number);
        if (!mine)
            return no_memory(e);
        *mine = one;
        x->n_number++;
    }
    return true;
}

static bool add_features(vg_builder *b, const vg_party *p, vg_indexed_entry *x, vg_err *e)
{
    x->first_birth = (uint32_t)b->birth.n;
    x->first_country = (uint32_t)b->country.n;
    x->first_number = (uint32_t)b->number.n;
    x->first_address = (uint32_t)b->address.n;
    for (int64_t i = 0; i < p->birth.n && i < MAX_FEW; i++) {
        vg_party_date *d = vg_push(&b->birth, vg_party_date);
        if (!d)
            return no_memory(e);
        *d = p->birth.item[i];
        x->n_birth++;
    }
    for (int64_t i = 0; i < p->address.n && i < MAX_FEW; i++) {
        uint32_t *at = vg_push(&b->address, uint32_t);
        if (!at)
            return no_memory(e);
        if (!keep_text(b, vg_utf8_head(p->address.item[i], MAX_NAME_BYTES), at, e))
            return false;
        x->n_address++;
    }
    return add_countries(b, &p->nationality, x, e) && add_countries(b, &p->country, x, e) &&
           add_numbers(b, p, x, e);
}

static void hash_text(vg_sha256 *h, vg_str s)
{
    uint32_t n = (uint32_t)s.n; /* the length first: "ab","c" is not "a","bc" */
    unsigned char bytes[4] = { (unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16),
                               (unsigned char)(n >> 24) };
    vg_sha256_add(h, (vg_str){ (const char *)bytes, 4 });
    vg_sha256_add(h, s);
}

static void hash_whole(vg_sha256 *h, int64_t x)
{
    char text[24];
    hash_text(h, (vg_str){ text, snprintf(text, sizeof text, "%lld", (long long)x) });
}

static void hash_texts(vg_sha256 *h, const vg_texts *t)
{
    hash_whole(h, t->n);
    for (int64_t i = 0; i < t->n; i++)
        hash_text(h, t->item[i]);
}

/* Of all that identifies the entry; remarks, links and dates of listing may change without the entry being another. */
static uint64_t hash_party(const vg_party *p)
{
    vg_sha256 h;
    vg_sha256_init(&h);
    hash_whole(&h, p->schema);
    hash_whole(&h, p->gender);
    for (int64_t i = 0; i < p->name.n; i++) {
        hash_text(&h, p->name.item[i].text);
        hash_whole(&h, p->name.item[i].kind);
    }
    for (int64_t i = 0; i < p->birth.n; i++) {
        hash_whole(&h, p->birth.item[i].day_from);
        hash_whole(&h, p->birth.item[i].day_to);
    }
    for (int64_t i = 0; i < p->number.n; i++) {
        hash_text(&h, p->number.item[i].kind);
        hash_text(&h, p->number.item[i].value);
    }
    hash_texts(&h, &p->country);
    hash_texts(&h, &p->nationality);
    hash_texts(&h, &p->address);
    hash_texts(&h, &p->birth_place);
    hash_texts(&h, &p->position);
    char hex[65];
    vg_sha256_hex(&h, hex);
    hex[16] = 0;
    return strtoull(hex, NULL, 16);
}

bool vg_builder_add(vg_builder *b, int32_t list, const vg_party *p, vg_err *e)
{
    vg_indexed_entry x = { .hash = hash_party(p),
                           .first_name = (uint32_t)b->name.n,
                           .list = (uint16_t)list,
                           .n_id = (uint16_t)(p->id.n < MAX_ID ? p->id.n : MAX_ID),
                           .schema = (uint8_t)p->schema,
                           .gender = p->gender };
    uint32_t number = (uint32_t)b->entry.n;
    uint8_t *dead = vg_push(&b->dead, uint8_t);
    vg_indexed_entry *mine = dead ? vg_push(&b->entry, vg_indexed_entry) : NULL;
    if (!mine)
        return no_memory(e);
    bool good = keep_text(b, (vg_str){ p->id.s, x.n_id }, &x.id, e) && add_features(b, p, &x, e) &&
                add_names(b, p, number, &x, e);
    AT(b->entry, vg_indexed_entry)[number] = x;
    return good && note_id(b, number, e);
}

/* --- taking over --- */

static bool take_names(vg_builder *b, const vg_segment *from, const vg_indexed_entry *x, uint32_t entry,
                       vg_err *e)
{
    vg_name_room room;
    for (uint32_t i = 0; i < x->n_names; i++) {
        vg_name n;
        vg_segment_name(from, x->first_name + i, &room, &n);
        if (!put_name(b, &n, (vg_name_kind)from->name[x->first_name + i].kind, entry, e))
            return false;
    }
    return true;
}

static bool take_features(vg_builder *b, const vg_segment *from, vg_indexed_entry *x, vg_err *e)
{
    vg_indexed_entry old = *x;
    x->first_birth = (uint32_t)b->birth.n;
    x->first_country = (uint32_t)b->country.n;
    x->first_number = (uint32_t)b->number.n;
    x->first_address = (uint32_t)b->address.n;
    vg_party_date *birth = vg_grow_by(&b->birth, old.n_birth, sizeof *birth);
    uint16_t *country = vg_grow_by(&b->country, old.n_country, sizeof *country);
    vg_indexed_number *number = vg_grow_by(&b->number, old.n_number, sizeof *number);
    uint32_t *address = vg_grow_by(&b->address, old.n_address, sizeof *address);
    if ((old.n_birth && !birth) || (old.n_country && !country) || (old.n_number && !number) ||
        (old.n_address && !address))
        return no_memory(e);
    for (int i = 0; i < old.n_birth; i++)
        birth[i] = from->birth[old.first_birth + (uint32_t)i];
    for (int i = 0; i < old.n_country; i++)
        country[i] = from->country[old.first_country + (uint32_t)i];
    for (int i = 0; i < old.n_number; i++) {
        number[i] = from->number[old.first_number + (uint32_t)i];
        if (!keep_text(b, vg_str_z(from->text.base + number[i].text), &number[i].text, e))
            return false;
    }
    for (int i = 0; i < old.n_address; i++)
        if (!keep_text(b, vg_str_z(from->text.base + from->address[old.first_address + (uint32_t)i]),
                       &address[i], e))
            return false;
    return true;
}

bool vg_builder_take(vg_builder *b, const vg_segment *from, int32_t entry, vg_err *e)
{
    const vg_indexed_entry *there = &from->entry[entry];
    vg_indexed_entry x = *there;
    x.first_name = (uint32_t)b->name.n;
    uint32_t number = (uint32_t)b->entry.n;
    uint8_t *dead = vg_push(&b->dead, uint8_t);
    vg_indexed_entry *mine = dead ? vg_push(&b->entry, vg_indexed_entry) : NULL;
    if (!mine)
        return no_memory(e);
    bool good = keep_text(b, vg_segment_text(from, there->id, there->n_id), &x.id, e) &&
                take_features(b, from, &x, e) && take_names(b, from, there, number, e);
    AT(b->entry, vg_indexed_entry)[number] = x;
    return good && note_id(b, number, e);
}

/* --- ending --- */

static void *shrink(vg_grow *g, size_t size, int64_t *bytes)
{
    void *p = g->n ? realloc(g->at, (size_t)g->n * size) : g->at;
    *bytes += g->n * (int64_t)size;
    p = p ? p : g->at;
    g->at = NULL;
    return p;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool name_is_dead(const vg_builder *b, const vg_segment *s, uint32_t name)
{
    return AT(b->dead, uint8_t)[s->name[name].entry] != 0;
}

/* Numbers of names in the order of their weight (weights are not negative: their bits sort as they do). */
static uint64_t *names_by_weight(const vg_segment *s)
{
    uint64_t *order = malloc((size_t)(s->n_names + 1) * sizeof *order);
    for (uint32_t i = 0; order && i < (uint32_t)s->n_names; i++) {
        uint32_t bits;
        memcpy(&bits, &s->name[i].weight, sizeof bits);
        order[i] = (uint64_t)bits << 32 | i;
    }
    if (order)
        qsort(order, (size_t)s->n_names, sizeof *order, by_value);
    return order;
}

/* Names by part, the lightest first: a counting sort over the names in the order of their weight. */
static bool make_postings(const vg_builder *b, vg_segment *s, vg_err *e)
{
    uint64_t *order = names_by_weight(s);
    uint32_t *at = calloc((size_t)s->n_parts + 2, sizeof *at);
    uint32_t *item = malloc((size_t)(b->ref.n + 1) * sizeof *item);
    s->posting_at = at;
    s->posting = item;
    if (!order || !at || !item) {
        free(order);
        return no_memory(e);
    }
    for (uint32_t i = 0; i < (uint32_t)s->n_names; i++)
        for (uint32_t k = 0; !name_is_dead(b, s, i) && k < s->name[i].n_parts; k++)
            at[s->ref[s->name[i].first_part + k] + 2]++;
    for (int32_t p = 0; p < s->n_parts; p++)
        at[p + 2] += at[p + 1];
    for (int64_t o = 0; o < s->n_names; o++) {
        uint32_t i = (uint32_t)order[o];
        for (uint32_t k = 0; !name_is_dead(b, s, i) && k < s->name[i].n_parts; k++)
            item[at[s->ref[s->name[i].first_part + k] + 1]++] = i;
    }
    free(order);
    s->bytes += (int64_t)sizeof *at * (s->n_parts + 2 + b->ref.n);
    return true;
}

/* Pairs (key << 32 | item) gathered by a walk, then made into buckets. */
static bool end_buckets(vg_grow *pairs, bool good, int load, vg_buckets *out, vg_segment *s, vg_err *e)
{
    good = good && vg_buckets_make(out, AT(*pairs, uint64_t), pairs->n, load, e);
    s->bytes += good ? 5 * pairs->n + 4 * ((int64_t)out->mask + 2) : 0;
    free(pairs->at);
    return good || no_memory(e);
}

static bool push_keys(vg_grow *pairs, const uint32_t *key, int32_t n, uint32_t item)
{
    uint64_t *mine = vg_grow_by(pairs, n, sizeof *mine);
    for (int32_t i = 0; mine && i < n; i++)
        mine[i] = (uint64_t)key[i] << 32 | item;
    return mine || !n;
}

static bool make_keys(vg_segment *s, vg_err *e)
{
    vg_grow pairs = { 0 };
    bool good = true;
    uint32_t key[VG_KEYS_OF_PART];
    for (uint32_t p = 0; good && p < (uint32_t)s->n_parts; p++)
        if (vg_part_searched(&s->part[p]))
            good = push_keys(&pairs, key, vg_part_keys(&s->part[p], key), p);
    return end_buckets(&pairs, good, 2, &s->keys, s, e);
}

/* The whole name as one word, and each two neighbours, with any letter wrong. */
static bool push_loose_joins(vg_grow *pairs, const vg_name *n, uint32_t name)
{
    uint32_t key[VG_KEYS_OF_PART];
    char text[2 * 64];
    bool good = n->n_core < 3 || push_keys(pairs, key, vg_join_keys(n->joined, n->n_joined, key), name);
    for (int32_t i = 0; good && i + 1 < n->n; i++) {
        const vg_name_part *a = &n->part[i], *b = &n->part[i + 1];
        if (!a->n_folded || !b->n_folded || a->n_folded + b->n_folded > 40)
            continue;
        memcpy(text, a->folded, a->n_folded);
        memcpy(text + a->n_folded, b->folded, b->n_folded);
        good = push_keys(pairs, key, vg_join_keys(text, a->n_folded + b->n_folded, key), name);
    }
    return good;
}

static bool make_joins(const vg_builder *b, vg_segment *s, vg_err *e)
{
    vg_grow pairs = { 0 };
    bool good = true;
    uint32_t key[VG_JOINS_OF_NAME];
    vg_name_room room;
    vg_name n;
    for (uint32_t i = 0; good && i < (uint32_t)s->n_names; i++) {
        if (name_is_dead(b, s, i))
            continue;
        vg_segment_name(s, i, &room, &n);
        good = push_keys(&pairs, key, vg_name_joins(&n, key), i);
        if (s->n_names <= VG_NAMES_JOINED_LOOSELY)
            good = good && push_loose_joins(&pairs, &n, i);
    }
    return end_buckets(&pairs, good, 1, &s->joins, s, e);
}

static bool make_ids(const vg_builder *b, vg_segment *s, vg_err *e)
{
    vg_grow pairs = { 0 };
    bool good = true;
    for (uint32_t i = 0; good && i < (uint32_t)s->n_entries; i++) {
        const vg_indexed_entry *x = &s->entry[i];
        if (AT(b->dead, uint8_t)[i]) /* taken back in the same edit: it has no id any more */
            continue;
        uint32_t key = id_hash(x->list, vg_segment_text(s, x->id, x->n_id));
        good = push_keys(&pairs, &key, 1, i);
    }
    return end_buckets(&pairs, good, 1, &s->ids, s, e);
}

static bool make_numbers(const vg_builder *b, vg_segment *s, vg_err *e)
{
    vg_grow pairs = { 0 };
    bool good = true;
    for (uint32_t i = 0; good && i < (uint32_t)s->n_entries; i++)
        for (uint32_t k = 0; good && !AT(b->dead, uint8_t)[i] && k < s->entry[i].n_number; k++) {
            uint32_t key = (uint32_t)s->number[s->entry[i].first_number + k].hash;
            good = push_keys(&pairs, &key, 1, i);
        }
    return end_buckets(&pairs, good, 1, &s->numbers, s, e);
}

bool vg_builder_end(vg_builder *b, vg_segment **out, vg_err *e)
{
    vg_segment *s = calloc(1, sizeof *s);
    if (!s) {
        vg_builder_drop(b);
        return no_memory(e);
    }
    *s = (vg_segment){ .n_users = 1,
                       .text = b->text,
                       .n_entries = (int32_t)b->entry.n,
                       .n_names = (int32_t)b->name.n,
                       .n_parts = (int32_t)b->part.n,
                       .bytes = vg_arena_used(&b->text) };
    b->text = (vg_arena){ 0 };
    s->entry = shrink(&b->entry, sizeof *s->entry, &s->bytes);
    s->name = shrink(&b->name, sizeof *s->name, &s->bytes);
    s->part = shrink(&b->part, sizeof *s->part, &s->bytes);
    s->birth = shrink(&b->birth, sizeof *s->birth, &s->bytes);
    s->country = shrink(&b->country, sizeof *s->country, &s->bytes);
    s->number = shrink(&b->number, sizeof *s->number, &s->bytes);
    s->address = shrink(&b->address, sizeof *s->address, &s->bytes);
    s->ref = shrink(&b->ref, sizeof *s->ref, &s->bytes);
    free(b->part_slot);
    free(b->id_slot);
    b->part_slot = b->id_slot = NULL;
    bool good = make_postings(b, s, e) && make_keys(s, e) && make_joins(b, s, e) && make_ids(b, s, e) &&
                make_numbers(b, s, e);
    vg_builder_drop(b);
    if (good)
        *out = s;
    else
        vg_segment_free(s);
    return good;
}

void vg_segment_free(vg_segment *s)
{
    if (!s)
        return;
    void *all[] = { s->entry,   s->name,   s->ref,     s->part,       s->birth,
                    s->country, s->number, s->address, s->posting_at, s->posting };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    vg_buckets *index[] = { &s->keys, &s->joins, &s->ids, &s->numbers };
    for (size_t i = 0; i < sizeof index / sizeof *index; i++)
        vg_buckets_free(index[i]);
    vg_arena_free(&s->text);
    free(s);
}

int32_t vg_segment_find(const vg_segment *s, int32_t list, vg_str id)
{
    uint32_t n;
    const uint32_t *k = vg_bucket(&s->ids, id_hash(list, id), &n);
    for (uint32_t i = 0; i < n; i++)
        if (is_entry(&s->entry[k[i]], s->text.base, list, id))
            return (int32_t)k[i];
    return -1;
}

void vg_segment_name(const vg_segment *s, uint32_t name, vg_name_room *room, vg_name *out)
{
    const vg_indexed_name *x = &s->name[name];
    *out = (vg_name){ .text = vg_segment_text(s, x->text, x->n_text),
                      .part = room->part,
                      .joined = room->joined,
                      .n = x->n_parts,
                      .letters = x->letters,
                      .schema = x->schema,
                      .script = x->script };
    for (int32_t i = 0; i < out->n; i++) {
        const vg_name_part *p = &s->part[s->ref[x->first_part + (uint32_t)i]];
        room->part[i] = *p;
        if (!(p->flags & VG_PART_F_CORE))
            continue;
        out->n_core++;
        out->weight += p->weight;
        int32_t fits = 64 - out->n_joined < p->n_folded ? 64 - out->n_joined : p->n_folded;
        memcpy(room->joined + out->n_joined, p->folded, (size_t)fits);
        out->n_joined += fits;
    }
    room->joined[out->n_joined] = 0;
}
