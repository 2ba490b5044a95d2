/*
 * The book of words: tables of data/names, read once into an open hash table. A line is "kind scope name[/family]: word,
 * phrase of words, ..."; words of one line mean the same. Keys are folded letters, so one spelling of each script will do.
 */
#include <math.h>
#include <stdlib.h>

#include "core/num.h"
#include "screening/name_int.h"

#define DATA(name)                                                                                           \
    extern const unsigned char vg_data_names_##name[];                                                       \
    extern const long vg_data_names_##name##_len
DATA(legal_forms);
DATA(people);
DATA(nicknames);
DATA(words);
DATA(common);
DATA(han);

#define BOOK_BYTES ((int64_t)32 << 20)
#define MAX_GROUPS 8192

uint64_t vg_word_hash(uint64_t seed, const char *s, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        seed = (seed ^ (unsigned char)s[i]) * 1099511628211ULL;
    return seed ? seed : 1;
}

static int64_t slot_of(const vg_word_table *t, uint64_t hash)
{
    int64_t at = (int64_t)((hash ^ hash >> 29) & (uint64_t)(t->n_slots - 1));
    while (t->slot[at].hash && t->slot[at].hash != hash)
        at = (at + 1) & (t->n_slots - 1);
    return at;
}

const vg_word *vg_word_find(const vg_word_table *t, uint64_t hash)
{
    if (!t->slot)
        return NULL;
    const vg_word *w = &t->slot[slot_of(t, hash)];
    return w->hash ? w : NULL;
}

static bool table_init(vg_word_table *t, int64_t n, vg_arena *a, vg_err *e)
{
    *t = (vg_word_table){ .n_slots = 64 };
    while (t->n_slots < 2 * n)
        t->n_slots *= 2;
    t->slot = vg_new(a, vg_word, t->n_slots);
    return t->slot || vg_fail_memory(e, vg_arena_limit(a));
}

/* The slot of a hash, made when it is new; NULL when the table is half full (the tables of data/names are ours: it is not). */
static vg_word *add(vg_word_table *t, uint64_t hash)
{
    vg_word *w = &t->slot[slot_of(t, hash)];
    if (w->hash)
        return w;
    if (2 * t->n >= t->n_slots)
        return NULL;
    t->n++;
    *w = (vg_word){ .hash = hash, .number = -1 };
    return w;
}

/* --- lines of the tables --- */

typedef struct {
    int kind;
    bool person, other, vessel, nick, common;
    float weight;
    int32_t number;
    uint16_t group, family;
} line_head;

static const struct {
    const char *word;
    int kind;
    float weight;
} kinds[] = {
    { "legal", VG_PART_LEGAL_FORM, 1.5F }, { "title", VG_PART_TITLE, 1 },
    { "particle", VG_PART_PARTICLE, 1 },   { "suffix", VG_PART_SUFFIX, 1 },
    { "stop", VG_PART_STOP, 0 },           { "symbol", VG_PART_SYMBOL, 4 },
    { "place", VG_PART_PLACE, 5 },         { "number", VG_PART_NUMBER, 5 },
    { "ordinal", VG_PART_ORDINAL, 4 },     { "nick", VG_PART_PLAIN, 0 },
    { "common", VG_PART_PLAIN, 0 },        { "weak", VG_PART_SYMBOL, 2 },
};

/* Families of legal forms are numbered by their names, in a table of their own. */
static uint16_t family_of(vg_str name)
{
    uint64_t h = vg_word_hash(VG_WORD_SEED, name.s, name.n);
    return name.n ? (uint16_t)(1 + h % 60000) : 0;
}

static bool read_head(vg_name_book *b, vg_str text, line_head *h)
{
    vg_str kind = vg_cut(&text, ' '), scope = vg_cut(&text, ' '), name = vg_cut(&text, '/');
    double number;
    *h = (line_head){ .kind = -1, .number = -1 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (vg_eq(kind, vg_str_z(kinds[i].word))) {
            h->kind = kinds[i].kind;
            h->weight = kinds[i].weight;
        }
    h->person = vg_find_byte(scope, 'p') >= 0;
    h->other = vg_find_byte(scope, 'o') >= 0;
    h->vessel = vg_find_byte(scope, 'v') >= 0;
    h->nick = vg_eq(kind, VG_S("nick"));
    h->common = vg_eq(kind, VG_S("common"));
    h->family = family_of(vg_trim(text));
    h->group = h->common ? 0 : (uint16_t)++b->n_groups;
    if (vg_num(name, &number)) {
        h->number = h->common ? -1 : (int32_t)number;
        h->weight = h->common ? (float)number : h->weight;
    }
    return h->kind >= 0;
}

static void set_word(vg_word *w, const line_head *h)
{
    if (h->common) {
        w->use |= VG_WORD_COMMON;
        w->weight = w->weight > 0 && w->weight < h->weight ? w->weight : h->weight;
        return;
    }
    if (h->nick) {
        *(w->use & VG_WORD_NICK ? &w->group_person_2 : &w->group_person) = h->group;
        w->use |= VG_WORD_NICK;
        return;
    }
    if (h->number >= 0)
        w->number = h->number;
    if (h->person && !(w->use & VG_WORD_PERSON)) {
        w->use |= VG_WORD_PERSON;
        w->kind_person = (uint8_t)h->kind;
        w->group_person_2 = h->group;
    }
    if (h->other && !(w->use & VG_WORD_OTHER)) {
        w->use |= VG_WORD_OTHER;
        w->kind_other = (uint8_t)h->kind;
        w->group_other = h->group;
        w->family = h->family;
        w->weight_other = h->weight;
    }
    w->use = (uint8_t)(w->use | (h->vessel ? VG_WORD_VESSEL : 0));
}

/* Files one word or phrase: under its own hash, and its first word knows how long phrases get. */
static bool put_phrase(vg_name_book *b, vg_str phrase, const line_head *h)
{
    uint64_t hash = VG_WORD_SEED, first = 0;
    int n_words = 0;
    while (phrase.n > 0) {
        char latin[64];
        vg_script script;
        int n = vg_letter_word(vg_cut(&phrase, ' '), latin, sizeof latin, &script);
        if (n == 0)
            continue;
        hash = n_words++ ? vg_word_hash(hash, " ", 1) : hash;
        hash = vg_word_hash(hash, latin, n);
        first = first ? first : hash;
    }
    if (n_words == 0)
        return true;
    vg_word *w = add(&b->words, hash);
    if (!w)
        return false;
    set_word(w, h);
    if (n_words > 1 && !(w = add(&b->words, first)))
        return false;
    w->more_words = (uint8_t)(n_words > w->more_words ? n_words : w->more_words);
    return true;
}

/* Han names: "surname han 田中 tanaka"; the key is the characters, the group leads to the reading. */
static bool put_han(vg_name_book *b, vg_str line)
{
    vg_str kind = vg_cut(&line, ' '), han = vg_cut(&line, ' ');
    if (vg_trim(line).n == 0)
        return true;
    vg_word *w = add(&b->han, vg_word_hash(VG_WORD_SEED, han.s, han.n));
    if (!w || b->n_readings >= MAX_GROUPS)
        return false;
    if (w->use == 0) {
        w->group_person = (uint16_t)b->n_readings;
        b->reading[b->n_readings++] = vg_trim(line);
    }
    w->use = (uint8_t)(w->use | (vg_eq(kind, VG_S("surname")) ? VG_WORD_PERSON : VG_WORD_NICK));
    return true;
}

static bool read_table(vg_name_book *b, const unsigned char *bytes, long n, bool han)
{
    vg_str text = { (const char *)bytes, n };
    while (text.n > 0) {
        vg_str line = vg_trim(vg_cut(&text, '\n'));
        line_head h;
        if (line.n == 0 || line.s[0] == '#')
            continue;
        if (han) {
            if (!put_han(b, line))
                return false;
            continue;
        }
        vg_str head = vg_cut(&line, ':');
        if (!read_head(b, head, &h) || b->n_groups >= MAX_GROUPS)
            return false;
        while (line.n > 0)
            if (!put_phrase(b, vg_trim(vg_cut(&line, ',')), &h))
                return false;
    }
    return true;
}

static bool fill(vg_name_book *b, vg_err *e)
{
    if (!vg_arena_init(&b->arena, BOOK_BYTES, e) || !table_init(&b->words, 32768, &b->arena, e) ||
        !table_init(&b->han, 4096, &b->arena, e))
        return false;
    b->reading = vg_new(&b->arena, vg_str, MAX_GROUPS);
    if (!b->reading)
        return vg_fail_memory(e, BOOK_BYTES);
#define READ(name, han) read_table(b, vg_data_names_##name, vg_data_names_##name##_len, han)
    if (READ(legal_forms, false) && READ(people, false) && READ(nicknames, false) && READ(words, false) &&
        READ(common, false) && READ(han, true))
        return true;
    return vg_fail(e, VG_ERANGE, VG_NOWHERE, "the built-in tables of names do not fit the book");
}

bool vg_name_book_open(vg_name_book **out, vg_err *e)
{
    vg_name_book *b = calloc(1, sizeof *b);
    if (!b)
        return vg_fail_memory(e, (int64_t)sizeof *b);
    if (!fill(b, e)) {
        vg_name_book_close(b);
        return false;
    }
    *out = b;
    return true;
}

void vg_name_book_close(vg_name_book *b)
{
    if (!b)
        return;
    vg_arena_free(&b->arena);
    vg_arena_free(&b->counts_arena);
    free(b);
}

bool vg_name_book_counts(vg_name_book *b, const vg_part_count *count, int64_t n, int64_t n_parties, vg_err *e)
{
    vg_arena a;
    vg_word_table t;
    if (!vg_arena_init(&a, (n + 64) * 4 * (int64_t)sizeof(vg_word) + (1 << 16), e))
        return false;
    if (!table_init(&t, n, &a, e)) {
        vg_arena_free(&a);
        return false;
    }
    for (int64_t i = 0; i < n; i++) {
        if (count[i].count < 2)
            continue; /* one bearer tells nothing of how common a part is */
        vg_word *w = add(&t, vg_word_hash(VG_WORD_SEED, count[i].folded.s, count[i].folded.n));
        if (w)
            w->weight = (float)log2((double)(n_parties > 1 ? n_parties : 1) / count[i].count);
    }
    vg_arena_free(&b->counts_arena);
    b->counts_arena = a;
    b->counts = t;
    return true;
}
