/*
 * What the model reads of a pair: how much of each name is covered, what the worst pair of parts looks like, what stands
 * alone. Every value is the same whichever name comes first: "less" and "more" are the smaller and the larger of both.
 */
#include "screening/name_int.h"
#include "text/distance.h"

typedef struct {
    float covered, same, left, left_best, places, symbols, plain;
    int n_left, known, patronymics, particles, titles, legal, numbers;
} side;

static bool is_number(const vg_name_part *p)
{
    return p->kind == VG_PART_NUMBER || p->kind == VG_PART_ORDINAL;
}

/* What a part that stands alone counts as. */
static void count_left(side *s, const vg_name_part *p)
{
    s->particles += p->kind == VG_PART_PARTICLE;
    s->titles += p->kind == VG_PART_TITLE || p->kind == VG_PART_SUFFIX;
    s->legal += p->kind == VG_PART_LEGAL_FORM;
    s->numbers += is_number(p);
    if (!(p->flags & VG_PART_F_CORE) || is_number(p))
        return;
    s->left += p->weight;
    s->left_best = p->weight > s->left_best ? p->weight : s->left_best;
    s->n_left++;
    s->known += p->known;
    s->patronymics += p->kind == VG_PART_PATRONYMIC;
    if (p->kind == VG_PART_PLACE)
        s->places += p->weight;
    else if (p->kind == VG_PART_SYMBOL)
        s->symbols += p->weight;
    else
        s->plain += p->weight;
}

static side look_at(const vg_name *name, const int8_t *to, const vg_alignment *al)
{
    side s = { .covered = 0 };
    for (int i = 0; i < name->n; i++) {
        const vg_name_part *p = &name->part[i];
        if (to[i] < 0) {
            count_left(&s, p);
        } else if (p->flags & VG_PART_F_CORE) {
            const vg_alignment_pair *pair = &al->pair[to[i]];
            s.covered += p->weight * pair->likeness;
            s.same += pair->kind != VG_ALIGN_TYPO && pair->kind != VG_ALIGN_ROMANISATION &&
                              pair->kind != VG_ALIGN_INITIAL
                          ? p->weight
                          : 0;
        }
    }
    return s;
}

static float less(float a, float b)
{
    return a < b ? a : b;
}

static float more(float a, float b)
{
    return a > b ? a : b;
}

static void put_less_more(vg_name_features *f, vg_feature at, float a, float b)
{
    f->x[at] = less(a, b);
    f->x[at + 1] = more(a, b);
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* 1 when the words are the same without their vowels and h. */
static bool same_consonants(const vg_name_part *p, const vg_name_part *q)
{
    int i = 0, j = 0;
    for (;; i++, j++) {
        while (i < p->n_folded && (is_vowel(p->folded[i]) || (i > 0 && p->folded[i] == p->folded[i - 1])))
            i++;
        while (j < q->n_folded && (is_vowel(q->folded[j]) || (j > 0 && q->folded[j] == q->folded[j - 1])))
            j++;
        if (i >= p->n_folded || j >= q->n_folded)
            return i >= p->n_folded && j >= q->n_folded;
        if (p->folded[i] != q->folded[j])
            return false;
    }
}

static void look_at_worst(const vg_name *a, const vg_name *b, const vg_alignment_pair *w, vg_name_features *f)
{
    const vg_name_part *p = &a->part[w->a], *q = &b->part[w->b];
    int n = p->n_folded < q->n_folded ? p->n_folded : q->n_folded, prefix = 0, suffix = 0;
    while (prefix < n && p->folded[prefix] == q->folded[prefix])
        prefix++;
    while (suffix < n - prefix && p->folded[p->n_folded - 1 - suffix] == q->folded[q->n_folded - 1 - suffix])
        suffix++;
    int middle_p = p->n_folded - prefix - suffix, middle_q = q->n_folded - prefix - suffix;
    bool swap = middle_p == 2 && middle_q == 2 && w->edits == 1;
    int extra = middle_p + middle_q;
    const vg_name_part *longer = middle_p ? p : q;
    bool doubled = extra == 1 && prefix > 0 && longer->folded[prefix] == longer->folded[prefix - 1];
    f->x[VG_FEATURE_worst_prefix] = (float)prefix;
    f->x[VG_FEATURE_worst_suffix] = (float)suffix;
    f->x[VG_FEATURE_worst_skeleton] = p->key == q->key;
    f->x[VG_FEATURE_worst_swap] = swap || doubled;
    f->x[VG_FEATURE_worst_vowels] = same_consonants(p, q);
    f->x[VG_FEATURE_worst_known] = (float)(p->known + q->known);
    f->x[VG_FEATURE_worst_initial] = p->folded[0] != q->folded[0];
    f->x[VG_FEATURE_worst_difference] =
        (float)(p->n_folded > q->n_folded ? p->n_folded - q->n_folded : q->n_folded - p->n_folded);
}

/* Sums over the pairs, and the least alike of those that are not equal. */
static void look_at_pairs(const vg_name *a, const vg_name *b, const vg_alignment *al, vg_name_features *f)
{
    const vg_alignment_pair *worst = NULL;
    int crossed = 0, pairs = 0;
    f->x[VG_FEATURE_worst_likeness] = 1;
    f->x[VG_FEATURE_worst_swap] = f->x[VG_FEATURE_worst_skeleton] = f->x[VG_FEATURE_worst_vowels] = 1;
    for (int k = 0; k < al->n; k++) {
        const vg_alignment_pair *p = &al->pair[k];
        bool fuzzy = p->kind == VG_ALIGN_TYPO || p->kind == VG_ALIGN_ROMANISATION;
        bool bears = a->part[p->a].flags & VG_PART_F_CORE || b->part[p->b].flags & VG_PART_F_CORE;
        f->x[VG_FEATURE_n_edited] += fuzzy;
        f->x[VG_FEATURE_edits] += p->edits;
        f->x[VG_FEATURE_sound] += p->sound;
        f->x[VG_FEATURE_n_initials] += p->kind == VG_ALIGN_INITIAL;
        f->x[VG_FEATURE_n_nicknames] += p->kind == VG_ALIGN_NICKNAME;
        f->x[VG_FEATURE_n_joined] += p->kind == VG_ALIGN_JOINED;
        f->x[VG_FEATURE_n_acronyms] += p->kind == VG_ALIGN_ACRONYM;
        f->x[VG_FEATURE_weight_same] += !fuzzy && bears && p->kind != VG_ALIGN_INITIAL ? p->weight : 0;
        f->x[VG_FEATURE_weight_aligned] += bears ? p->weight * p->likeness : 0;
        if (fuzzy && (!worst || p->likeness < worst->likeness))
            worst = p;
        for (int i = 0; i < k && bears; i++) {
            const vg_alignment_pair *o = &al->pair[i];
            if (!((a->part[o->a].flags | b->part[o->b].flags) & VG_PART_F_CORE))
                continue;
            pairs++;
            crossed += (o->a < p->a) != (o->b < p->b);
        }
    }
    f->x[VG_FEATURE_order] = pairs ? (float)crossed / (float)pairs : 0;
    if (!worst)
        return;
    f->x[VG_FEATURE_worst_likeness] = worst->likeness;
    f->x[VG_FEATURE_worst_edits] = worst->edits;
    f->x[VG_FEATURE_worst_length] = worst->length;
    f->x[VG_FEATURE_worst_sound] = worst->sound;
    f->x[VG_FEATURE_worst_weight] = worst->weight;
    look_at_worst(a, b, worst, f);
}

static int core_at(const vg_name *n, bool last)
{
    for (int i = 0; i < n->n; i++) {
        int at = last ? n->n - 1 - i : i;
        if (n->part[at].flags & VG_PART_F_CORE && !is_number(&n->part[at]))
            return at;
    }
    return 0;
}

static void look_at_ends(const vg_name *a, const vg_name *b, const vg_alignment *al, vg_name_features *f)
{
    for (int last = 0; last < 2; last++) {
        int i = core_at(a, last), j = core_at(b, last);
        float of_a = al->a_to[i] < 0 ? 0 : al->pair[al->a_to[i]].likeness;
        float of_b = al->b_to[j] < 0 ? 0 : al->pair[al->b_to[j]].likeness;
        f->x[VG_FEATURE_first_aligned + last] = al->a_to[i] >= 0 && al->a_to[i] == al->b_to[j];
        f->x[VG_FEATURE_first_likeness + last] = less(of_a, of_b);
    }
}

static void look_at_numbers(const side *sa, const side *sb, const vg_name *a, const vg_name *b,
                            const vg_alignment *al, vg_name_features *f)
{
    f->x[VG_FEATURE_number_clash] = sa->numbers > 0 && sb->numbers > 0;
    f->x[VG_FEATURE_number_extra] = (sa->numbers > 0) != (sb->numbers > 0);
    f->x[VG_FEATURE_legal_extra] = (sa->legal > 0) != (sb->legal > 0);
    for (int k = 0; k < al->n; k++) {
        const vg_name_part *p = &a->part[al->pair[k].a], *q = &b->part[al->pair[k].b];
        f->x[VG_FEATURE_number_same] += is_number(p) && is_number(q);
        if (p->kind == VG_PART_LEGAL_FORM && q->kind == VG_PART_LEGAL_FORM)
            f->x[VG_FEATURE_legal_same] = 2;
    }
    if (sa->legal == 0 || sb->legal == 0)
        return;
    bool relatives = false;
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n; j++)
            relatives = relatives ||
                        (a->part[i].kind == VG_PART_LEGAL_FORM && b->part[j].kind == VG_PART_LEGAL_FORM &&
                         a->part[i].family && a->part[i].family == b->part[j].family);
    f->x[VG_FEATURE_legal_same] = more(f->x[VG_FEATURE_legal_same], relatives);
    f->x[VG_FEATURE_legal_clash] = !relatives;
}

/* Hans Friedrich and Friedrich Hans, where both sources say which is which: the parts of each field of one name are those
 * of the other field of the other. */
static bool fields_turned(const vg_name *a, const vg_name *b, const vg_alignment *al)
{
    int turned = 0;
    for (int k = 0; k < al->n; k++) {
        const vg_name_part *p = &a->part[al->pair[k].a], *q = &b->part[al->pair[k].b];
        bool said = p->flags & q->flags & VG_PART_F_SAID && p->kind != VG_PART_PATRONYMIC &&
                    q->kind != VG_PART_PATRONYMIC;
        if (said && p->kind == q->kind)
            return false;
        turned += said;
    }
    return turned >= 2;
}

/* Likeness of the two parts left over that are most alike, whatever their kind. */
static float left_alike(const vg_name *a, const vg_name *b, const vg_alignment *al)
{
    int best = 0, of = 1;
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n && al->a_to[i] < 0; j++) {
            const vg_name_part *p = &a->part[i], *q = &b->part[j];
            if (al->b_to[j] >= 0 || !(p->flags & q->flags & VG_PART_F_CORE) || is_number(p) || is_number(q))
                continue;
            int n = p->n_folded > q->n_folded ? p->n_folded : q->n_folded;
            int alike = n - vg_distance_edits(p->folded, p->n_folded, q->folded, q->n_folded);
            if (alike * of > best * n) {
                best = alike;
                of = n;
            }
        }
    return (float)best / (float)of;
}

/* Core letters in alphabetical order of the parts: insertion sort of pointers. */
static int sorted_letters(const vg_name *n, char out[64])
{
    const vg_name_part *p[VG_NAME_PARTS];
    int m = 0, at = 0;
    for (int i = 0; i < n->n; i++) {
        int k = m;
        if (!(n->part[i].flags & VG_PART_F_CORE))
            continue;
        for (; k > 0 && strcmp(p[k - 1]->folded, n->part[i].folded) > 0; k--)
            p[k] = p[k - 1];
        p[k] = &n->part[i];
        m++;
    }
    for (int k = 0; k < m; k++)
        for (int i = 0; i < p[k]->n_folded && at < 64; i++)
            out[at++] = p[k]->folded[i];
    return at;
}

/* Share of the letters of both names that the other has too, however they are ordered. */
static float bag_likeness(const vg_name *a, const vg_name *b)
{
    int8_t count[128] = { 0 };
    int apart = 0, n = a->n_joined + b->n_joined;
    for (int i = 0; i < a->n_joined; i++)
        count[a->joined[i] & 127]++;
    for (int i = 0; i < b->n_joined; i++)
        count[b->joined[i] & 127]--;
    for (int i = '0'; i <= 'z'; i++)
        apart += count[i] < 0 ? -count[i] : count[i];
    return n ? 1 - (float)apart / (float)n : 0;
}

static void look_at_letters(const vg_name *a, const vg_name *b, vg_name_features *f)
{
    char x[64], y[64];
    int n = sorted_letters(a, x), m = sorted_letters(b, y),
        longer = a->n_joined > b->n_joined ? a->n_joined : b->n_joined;
    int edits = vg_distance_edits(a->joined, a->n_joined, b->joined, b->n_joined);
    int sorted = vg_distance_edits(x, n, y, m);
    f->x[VG_FEATURE_joined_likeness] = longer ? 1 - (float)edits / (float)longer : 0;
    f->x[VG_FEATURE_bag_likeness] = bag_likeness(a, b);
    f->x[VG_FEATURE_raw_edits] = (float)(edits < sorted ? edits : sorted);
    f->x[VG_FEATURE_sorted_jaro] = (float)vg_jaro_winkler(x, n, y, m);
}

static bool joined_script(const vg_name *n)
{
    return n->script == VG_SCRIPT_HAN || n->script == VG_SCRIPT_HANGUL || n->script == VG_SCRIPT_KANA;
}

/* Share of the code points that stay at their place (no shifting: such names are short). */
static float raw_likeness(const vg_name *a, const vg_name *b)
{
    vg_str x = a->text, y = b->text;
    int same = 0, n = 0;
    while ((x.n > 0 || y.n > 0) && n < 64) {
        uint32_t c = vg_letter_next(&x), d = vg_letter_next(&y);
        same += c == d;
        n++;
    }
    return n ? (float)same / (float)n : 1;
}

static void look_at_scripts(const vg_name *a, const vg_name *b, vg_name_features *f)
{
    bool joined = joined_script(a) && a->script == b->script;
    f->x[VG_FEATURE_cross_script] = a->script != b->script;
    f->x[VG_FEATURE_joined_script] = joined;
    f->x[VG_FEATURE_raw_likeness] = joined ? raw_likeness(a, b) : 1;
    f->x[VG_FEATURE_organisation] = a->schema != VG_SCHEMA_PERSON && b->schema != VG_SCHEMA_PERSON;
    f->x[VG_FEATURE_vessel] = a->schema == VG_SCHEMA_VESSEL || b->schema == VG_SCHEMA_VESSEL ||
                              a->schema == VG_SCHEMA_AIRCRAFT || b->schema == VG_SCHEMA_AIRCRAFT;
    f->x[VG_FEATURE_weight_less] = less(a->weight, b->weight);
    f->x[VG_FEATURE_length_less] = (float)(a->n_joined < b->n_joined ? a->n_joined : b->n_joined);
}

static void look_at_left(const side *a, const side *b, vg_name_features *f)
{
    put_less_more(f, VG_FEATURE_left_less, a->left, b->left);
    f->x[VG_FEATURE_left_best] = more(a->left_best, b->left_best);
    put_less_more(f, VG_FEATURE_n_left_less, (float)a->n_left, (float)b->n_left);
    f->x[VG_FEATURE_place_left] = a->places + b->places;
    f->x[VG_FEATURE_place_clash] = less(a->places, b->places);
    f->x[VG_FEATURE_symbol_left] = a->symbols + b->symbols;
    f->x[VG_FEATURE_symbol_clash] = less(a->symbols, b->symbols);
    put_less_more(f, VG_FEATURE_plain_left_less, a->plain, b->plain);
    f->x[VG_FEATURE_known_left] = (float)(a->known + b->known);
    f->x[VG_FEATURE_patronymic_left] = (float)(a->patronymics + b->patronymics);
    f->x[VG_FEATURE_particle_clash] = less((float)a->particles, (float)b->particles);
    f->x[VG_FEATURE_title_extra] = (float)(a->titles + b->titles);
}

void vg_name_measure(const vg_name *a, const vg_name *b, const vg_alignment *al, vg_name_features *f)
{
    side sa = look_at(a, al->a_to, al), sb = look_at(b, al->b_to, al);
    memset(f, 0, sizeof *f);
    float wa = a->weight > 0 ? a->weight : 1, wb = b->weight > 0 ? b->weight : 1;
    put_less_more(f, VG_FEATURE_cover_less, sa.covered / wa, sb.covered / wb);
    put_less_more(f, VG_FEATURE_same_less, sa.same / wa, sb.same / wb);
    put_less_more(f, VG_FEATURE_n_less, (float)a->n_core, (float)b->n_core);
    look_at_left(&sa, &sb, f);
    look_at_pairs(a, b, al, f);
    look_at_ends(a, b, al, f);
    look_at_numbers(&sa, &sb, a, b, al, f);
    f->x[VG_FEATURE_fields_turned] = fields_turned(a, b, al);
    f->x[VG_FEATURE_left_alike] = left_alike(a, b, al);
    look_at_letters(a, b, f);
    look_at_scripts(a, b, f);
}
