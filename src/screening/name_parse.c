/*
 * Names into parts. Three steps: cut the text into words and spell each in Latin letters (name_cut.c), join what belongs
 * together (initials, abd al-X), then look up words and phrases and give each part its kind and weight. Everything is on
 * the stack until the parts are known; one allocation holds the result.
 */
#include <math.h>

#include "screening/name_cut_int.h"
#include "text/sound.h"

/* Bits that a part tells which no table knows: long ones are rarer. */
static float plain_weight(int n)
{
    static const float by_length[8] = { 0, 3, 6.5F, 8, 9.5F, 10.5F, 11, 11.5F };
    return by_length[n < 7 ? n : 7];
}

static void set_letters(vg_name_part *p)
{
    for (int i = 0; i < p->n_folded; i++) {
        char c = p->folded[i];
        if (c < 'a' || c > 'z')
            continue;
        uint64_t once = 1ULL << (c - 'a'), twice = once << 26;
        p->letters |= p->letters & once ? twice : once;
    }
}

static bool is_person(const vg_name *name)
{
    return name->schema == VG_SCHEMA_PERSON;
}

/* Kind, group and number of a part from what the book says of it, in this kind of name. */
static void set_meaning(const vg_name *name, const vg_word *w, vg_name_part *p)
{
    bool person = is_person(name), any = name->schema == VG_SCHEMA_ANY;
    bool vessel = name->schema == VG_SCHEMA_VESSEL || name->schema == VG_SCHEMA_AIRCRAFT;
    p->known = (w->use & VG_WORD_COMMON) != 0;
    if (w->use & VG_WORD_VESSEL && vessel) {
        p->kind = VG_PART_TITLE;
        return;
    }
    if ((person || any) && w->use & (VG_WORD_NICK | VG_WORD_PERSON)) {
        p->group = w->group_person;
        p->family = w->group_person_2;
        p->kind = w->use & VG_WORD_PERSON ? w->kind_person : p->kind;
    } else if (w->use & VG_WORD_OTHER && !person) {
        p->kind = w->kind_other;
        p->group = w->group_other;
        p->family = w->family;
    }
    bool number = p->kind == VG_PART_NUMBER || p->kind == VG_PART_ORDINAL;
    p->number = number ? w->number : -1;
}

static bool is_core(uint8_t kind)
{
    return kind != VG_PART_PARTICLE && kind != VG_PART_TITLE && kind != VG_PART_LEGAL_FORM &&
           kind != VG_PART_STOP && kind != VG_PART_SUFFIX;
}

static void set_weight(const vg_name_book *b, const vg_name *name, const vg_word *w, uint64_t hash,
                       vg_name_part *p)
{
    static const float of_kind[] = {
        [VG_PART_PARTICLE] = 1,      [VG_PART_TITLE] = 1,   [VG_PART_SUFFIX] = 1, [VG_PART_INITIAL] = 3,
        [VG_PART_NUMBER] = 5,        [VG_PART_ORDINAL] = 4, [VG_PART_PLACE] = 5,  [VG_PART_SYMBOL] = 4,
        [VG_PART_LEGAL_FORM] = 1.5F, [VG_PART_STOP] = 0
    };
    if (p->kind > VG_PART_PATRONYMIC) {
        p->weight = of_kind[p->kind];
        if (p->kind == VG_PART_SYMBOL && w && w->weight_other > 0)
            p->weight = w->weight_other;
        return;
    }
    p->weight = plain_weight(p->n_folded);
    if (w && w->use & VG_WORD_COMMON && (is_person(name) || name->schema == VG_SCHEMA_ANY) &&
        w->weight < p->weight)
        p->weight = w->weight;
    if (p->kind == VG_PART_PATRONYMIC && p->weight > 7)
        p->weight = 7;
    const vg_word *listed = vg_word_find(&b->counts, hash);
    if (listed && listed->weight + 1 < p->weight)
        p->weight = listed->weight + 1 > 2 ? listed->weight + 1 : 2;
}

static bool ends_with(const vg_name_part *p, const char *end)
{
    size_t n = strlen(end);
    return p->n_folded > n + 2 && memcmp(p->folded + p->n_folded - n, end, n) == 0;
}

/* Patronymics by their endings: not the first part, nor the last of two (Roman Abramovich). */
static bool is_patronymic(const vg_name_part *p, int at, int n)
{
    static const char *const ending[] = { "ovich", "evich", "ovych", "evych", "ovna", "evna", "ivna",
                                          "ichna", "oglu",  "ogly",  "kyzy",  "qizi", "ovic", "evic" };
    if (n < 3 || at == 0)
        return false;
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (ends_with(p, ending[i]))
            return true;
    return false;
}

/* Value of a Roman numeral of up to 39 in capitals; 0 = none. */
static int roman(const cut_word *w)
{
    int value = 0, last = 100;
    for (int i = 0; i < w->n; i++) {
        char c = w->letters[i];
        int v = c == 'i' ? 1 : c == 'v' ? 5 : c == 'x' ? 10 : 0;
        if (v == 0 || w->n > 6)
            return 0;
        value += v > last ? v - 2 * last : v;
        last = v;
    }
    return w->capitals && value < 40 ? value : 0;
}

/* Digits, "3rd", Roman numerals behind the first word (in people's names two letters at least). */
static void set_number(const vg_name *name, const cut_word *w, int at, vg_name_part *p)
{
    int digits = 0, value = 0, r;
    while (digits < w->n && w->letters[digits] >= '0' && w->letters[digits] <= '9' && digits < 9)
        value = value * 10 + (w->letters[digits++] - '0');
    if (digits == w->n && digits > 0) {
        p->kind = VG_PART_NUMBER;
        p->number = value;
    } else if (digits > 0 && digits < 4 && w->n - digits == 2 &&
               (memcmp(w->letters + digits, "st", 2) == 0 || memcmp(w->letters + digits, "nd", 2) == 0 ||
                memcmp(w->letters + digits, "rd", 2) == 0 || memcmp(w->letters + digits, "th", 2) == 0)) {
        p->kind = VG_PART_ORDINAL;
        p->number = value;
    } else if (at > 0 && w->script == VG_SCRIPT_LATIN && (!is_person(name) || w->n >= 2) &&
               (r = roman(w)) > 0) {
        if (is_person(name) && w->n > 3)
            return;
        p->kind = VG_PART_ORDINAL;
        p->number = r;
    }
}

/* Longest phrase of the book that begins at word `i`; `*n_words` words of it. */
static const vg_word *longest_phrase(const vg_name_book *b, const cut *c, int i, int *n_words, uint64_t *hash)
{
    uint64_t h = vg_word_hash(VG_WORD_SEED, c->word[i].letters, c->word[i].n);
    const vg_word *first = vg_word_find(&b->words, h), *best = first && first->use ? first : NULL;
    *hash = h;
    *n_words = 1;
    if (!first)
        return NULL;
    for (int k = 1; k < first->more_words && i + k < c->n; k++) {
        h = vg_word_hash(vg_word_hash(h, " ", 1), c->word[i + k].letters, c->word[i + k].n);
        const vg_word *w = vg_word_find(&b->words, h);
        if (w && w->use) {
            best = w;
            *n_words = k + 1;
            *hash = h;
        }
    }
    return best;
}

/* "forty" "4", "twenty" "five": tens and a unit are one number. */
static bool joins_number(const vg_name_part *last, const vg_name_part *p)
{
    return last->kind == VG_PART_NUMBER && last->number >= 20 && last->number <= 90 &&
           last->number % 10 == 0 && (last->folded[0] > '9' || p->folded[0] > '9') &&
           (p->kind == VG_PART_NUMBER || p->kind == VG_PART_ORDINAL) && p->number > 0 && p->number < 10;
}

static void set_sound(vg_name_part *p, char *sound)
{
    p->n_sound = (uint8_t)vg_sound(p->folded, p->n_folded, sound);
    p->sound = sound;
    p->key = p->n_sound ? vg_word_hash(VG_WORD_SEED, sound, p->n_sound) : 0;
}

typedef struct {
    vg_name_part part[VG_NAME_PARTS];
    char sound[VG_NAME_PARTS][VG_SOUND_MAX + 1];
    char folded[VG_NAME_PARTS][64];
    int n;
} parts;

/* Letters of `n` words from the i-th, one after another, at most 60. */
static uint8_t put_folded(const cut *c, int i, int n, char *to)
{
    int m = 0;
    for (int k = i; k < i + n; k++)
        for (int j = 0; j < c->word[k].n && m < 60; j++)
            to[m++] = c->word[k].letters[j];
    to[m] = 0;
    return (uint8_t)m;
}

static void make_part(const vg_name_book *b, const vg_name *name, const cut *c, int i, int *n_words,
                      parts *out)
{
    uint64_t hash;
    const cut_word *w = &c->word[i], *end;
    const vg_word *known = longest_phrase(b, c, i, n_words, &hash);
    vg_name_part p = { .folded = out->folded[out->n], .number = -1, .script = w->script };
    end = &c->word[i + *n_words - 1];
    p.raw = (vg_str){ w->raw.s, end->raw.s + end->raw.n - w->raw.s };
    p.n_folded = put_folded(c, i, *n_words, out->folded[out->n]);
    p.flags = (uint8_t)((w->camel ? VG_PART_F_CAMEL : 0));
    if (known)
        set_meaning(name, known, &p);
    if (p.kind == VG_PART_PLAIN && *n_words == 1) {
        set_number(name, w, i, &p);
        if (p.kind == VG_PART_PLAIN && w->n == 1)
            p.kind = VG_PART_INITIAL;
    }
    if (p.kind == VG_PART_PLAIN && is_person(name) && c->family_n > 0 && i < c->family_n)
        p.kind = VG_PART_FAMILY;
    else if (p.kind == VG_PART_PLAIN && is_person(name) && is_patronymic(&p, i, c->n))
        p.kind = VG_PART_PATRONYMIC;
    if (out->n > 0 && joins_number(&out->part[out->n - 1], &p)) {
        vg_name_part *last = &out->part[out->n - 1];
        last->number += p.number;
        last->kind = p.kind;
        return;
    }
    set_weight(b, name, known, hash, &p);
    p.flags = (uint8_t)(p.flags | (is_core(p.kind) ? VG_PART_F_CORE : 0));
    set_letters(&p);
    set_sound(&p, out->sound[out->n]);
    out->part[out->n++] = p;
}

/* "Al-Qa'ida/Islamic Army": what stands between slashes is a name of its own, unless it is short (A/S, c/o, 2004/5).
 * Neighbours between slashes have the flag by turns. */
static void mark_slashes(const cut *c, const int *last_word, parts *p)
{
    uint8_t flag = 0;
    for (int i = 0; i + 1 < p->n; i++) {
        const vg_name_part *here = &p->part[i], *behind = &p->part[i + 1];
        if (c->word[last_word[i]].slash && here->n_folded >= 3 && behind->n_folded >= 3 && here->number < 0 &&
            behind->number < 0)
            flag ^= VG_PART_F_SLASH;
        p->part[i + 1].flags |= flag;
    }
}

/* A name of nothing but titles, particles or legal forms is what it says: all of it counts then. */
static void all_core(parts *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->part[i].flags & VG_PART_F_CORE)
            return;
    for (int i = 0; i < p->n; i++) {
        p->part[i].flags |= VG_PART_F_CORE;
        p->part[i].weight = p->part[i].weight > 3 ? p->part[i].weight : 3;
    }
}

static bool keep(const parts *from, const cut *c, vg_arena *a, vg_name *out, vg_err *e)
{
    char joined[64];
    int n_joined = 0, n_letters = 0;
    for (int i = 0; i < from->n; i++)
        n_letters += from->part[i].n_folded + 1 + from->part[i].n_sound + 1;
    vg_name_part *part = vg_new(a, vg_name_part, from->n);
    char *text = vg_new(a, char, n_letters + 65);
    if (!part || !text)
        return vg_fail_memory(e, vg_arena_limit(a));
    char *next = text;
    for (int i = 0; i < from->n; i++) {
        vg_name_part *p = &part[i];
        *p = from->part[i];
        memcpy(next, p->folded, p->n_folded);
        p->folded = next;
        next += p->n_folded + 1;
        memcpy(next, p->sound, p->n_sound);
        p->sound = next;
        next += p->n_sound + 1;
        if (!(p->flags & VG_PART_F_CORE))
            continue;
        out->n_core++;
        out->weight += p->weight;
        out->letters |= p->letters;
        for (int k = 0; k < p->n_folded && n_joined < 64; k++)
            joined[n_joined++] = p->folded[k];
    }
    memcpy(next, joined, (size_t)n_joined);
    out->part = part;
    out->joined = next;
    out->n = from->n;
    out->n_joined = n_joined;
    out->script = c->script;
    out->cut = c->cut;
    return true;
}

bool vg_name_parse(const vg_name_book *b, vg_str text, vg_schema schema, vg_arena *a, vg_name *out, vg_err *e)
{
    cut c;
    parts found;
    vg_name name = { .text = text, .schema = (uint8_t)schema };
    found.n = 0;
    vg_name_cut(b, text, schema, &c);
    int last_word[VG_NAME_PARTS] = { 0 };
    for (int i = 0, step; i < c.n && found.n < VG_NAME_PARTS; i += step) {
        make_part(b, &name, &c, i, &step, &found);
        last_word[found.n - 1] = i + step - 1;
    }
    all_core(&found);
    mark_slashes(&c, last_word, &found);
    if (!keep(&found, &c, a, &name, e))
        return false;
    *out = name;
    return true;
}

/* Marks parts whose folded letters come in a field that the source gives apart. */
static void mark(const vg_name_book *b, vg_str field, uint8_t kind, vg_name *name, vg_name_part *part)
{
    cut c;
    if (field.n == 0)
        return;
    vg_name_cut(b, field, (vg_schema)name->schema, &c);
    for (int i = 0; i < c.n; i++)
        for (int k = 0; k < name->n; k++)
            if (part[k].n_folded == c.word[i].n &&
                memcmp(part[k].folded, c.word[i].letters, part[k].n_folded) == 0 &&
                part[k].kind <= VG_PART_PATRONYMIC) {
                part[k].kind = kind;
                part[k].flags |= VG_PART_F_SAID;
            }
}

bool vg_name_parse_party(const vg_name_book *b, const vg_party_name *n, vg_schema schema, vg_arena *a,
                         vg_name *out, vg_err *e)
{
    vg_name name;
    if (!vg_name_parse(b, n->text, schema, a, &name, e))
        return false;
    vg_name_part *part = vg_new(a, vg_name_part, name.n);
    if (!part)
        return vg_fail_memory(e, vg_arena_limit(a));
    memcpy(part, name.part, (size_t)name.n * sizeof *part);
    mark(b, n->patronymic, VG_PART_PATRONYMIC, &name, part);
    mark(b, n->given, VG_PART_GIVEN, &name, part);
    mark(b, n->family, VG_PART_FAMILY, &name, part);
    name.part = part;
    *out = name;
    return true;
}
