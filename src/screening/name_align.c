/*
 * Which part of one name belongs to which of the other. In order of certainty: equal parts, parts that mean the same, parts
 * written joined on one side, abbreviations; what is left is paired so that the sum of likeness is greatest (the Hungarian
 * method), and pairs that are hardly alike are undone. Every part is in at most one pair.
 */
#include "screening/name_int.h"
#include "text/distance.h"
#include "text/sound.h"

#define ALIKE     .52F /* pairs below this are no pairs */
#define BACKWARDS .7F  /* what a word written backwards is worth, at least */

static bool equal(const vg_name_part *p, const vg_name_part *q)
{
    return p->n_folded == q->n_folded && memcmp(p->folded, q->folded, p->n_folded) == 0;
}

static bool core(const vg_name_part *p)
{
    return (p->flags & VG_PART_F_CORE) != 0;
}

static bool means_same(const vg_name_part *p, const vg_name_part *q)
{
    bool number = p->number >= 0 && q->number >= 0;
    if (number)
        return p->number == q->number;
    if (p->kind == VG_PART_LEGAL_FORM || q->kind == VG_PART_LEGAL_FORM || p->kind == VG_PART_SYMBOL ||
        q->kind == VG_PART_SYMBOL || p->kind == VG_PART_PLACE || q->kind == VG_PART_PLACE)
        return p->group && p->group == q->group;
    return (p->group && (p->group == q->group || p->group == q->family)) ||
           (p->family && (p->family == q->group || p->family == q->family));
}

static void put(vg_alignment *al, vg_alignment_pair pair)
{
    for (int k = 0; k < pair.n_a; k++)
        al->a_to[pair.a + k] = (int8_t)al->n;
    for (int k = 0; k < pair.n_b; k++)
        al->b_to[pair.b + k] = (int8_t)al->n;
    al->pair[al->n++] = pair;
}

static float mean_weight(const vg_name *a, const vg_name *b, const vg_alignment_pair *p)
{
    float x = 0, y = 0;
    for (int k = 0; k < p->n_a; k++)
        x += a->part[p->a + k].weight;
    for (int k = 0; k < p->n_b; k++)
        y += b->part[p->b + k].weight;
    return .5F * (x + y);
}

static void put_one(vg_alignment *al, const vg_name *a, const vg_name *b, int i, int j, vg_align_kind kind,
                    float likeness)
{
    vg_alignment_pair p = {
        .kind = (uint8_t)kind, .a = (int8_t)i, .n_a = 1, .b = (int8_t)j, .n_b = 1, .likeness = likeness
    };
    int longer = a->part[i].n_folded > b->part[j].n_folded ? a->part[i].n_folded : b->part[j].n_folded;
    p.length = (uint8_t)longer;
    p.weight = mean_weight(a, b, &p);
    put(al, p);
}

static void align_equal(const vg_name *a, const vg_name *b, vg_alignment *al)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < a->n; i++)
            for (int j = 0; j < b->n && al->a_to[i] < 0; j++) {
                const vg_name_part *p = &a->part[i], *q = &b->part[j];
                if (al->b_to[j] >= 0)
                    continue;
                bool same =
                    pass == 0 ? equal(p, q) && (core(p) == core(q) || p->n_folded > 2) : means_same(p, q);
                bool nick = p->kind <= VG_PART_PATRONYMIC && q->kind <= VG_PART_PATRONYMIC && pass == 1;
                if (same)
                    put_one(al, a, b, i, j,
                            pass == 0 ? VG_ALIGN_SAME
                            : nick    ? VG_ALIGN_NICKNAME
                                      : VG_ALIGN_EQUIVALENT,
                            nick ? .9F : 1);
            }
}

/* --- joined --- */

typedef struct {
    const vg_name *whole, *pieces;
    const int8_t *whole_to, *pieces_to;
    bool turned; /* the pieces are the first name's */
} sides;

static sides sides_of(const vg_name *a, const vg_name *b, const vg_alignment *al, bool turned)
{
    return turned ? (sides){ b, a, al->b_to, al->a_to, true } : (sides){ a, b, al->a_to, al->b_to, false };
}

static void put_run(vg_alignment *al, const sides *s, int i, int j, int n, vg_align_kind kind, float likeness,
                    float edits)
{
    vg_alignment_pair p = { .kind = (uint8_t)kind,
                            .likeness = likeness,
                            .edits = (uint8_t)(edits + .5F),
                            .length = s->whole->part[i].n_folded };
    p.a = (int8_t)(s->turned ? j : i);
    p.n_a = (int8_t)(s->turned ? n : 1);
    p.b = (int8_t)(s->turned ? i : j);
    p.n_b = (int8_t)(s->turned ? 1 : n);
    p.sound = edits;
    p.weight = s->whole->part[i].weight;
    put(al, p);
}

static bool bare(const vg_name_part *p)
{
    return p->script == VG_SCRIPT_ARABIC || p->script == VG_SCRIPT_HEBREW;
}

/* Edits between a word and a run of words written as one, if they are few enough to be the same; -1 else. Between scripts
 * sounds count, not letters: a fifth of them may differ. */
static float edits_of_run(const vg_name_part *w, const vg_name_part *first, const char *run, int n)
{
    if (w->script != first->script) {
        double d = vg_sound_distance(w->folded, w->n_folded, run, n, bare(w) || bare(first));
        return d <= .2 * n ? (float)d : -1;
    }
    int allowed = w->n_folded / 8 + (w->n_folded >= 6),
        edits = vg_distance_edits(w->folded, w->n_folded, run, n);
    return edits <= allowed && edits * 6 <= n ? (float)edits : -1;
}

/* A run of free parts from `j` that, written as one, is part `i` but for at most an edit in eight letters. */
static bool align_run(vg_alignment *al, const sides *s, int i, int j)
{
    const vg_name_part *w = &s->whole->part[i];
    char run[64];
    int n = 0;
    for (int k = j; k < s->pieces->n && k < j + 5; k++) {
        const vg_name_part *p = &s->pieces->part[k];
        int slack = p->script != w->script ? 4 : 2;
        if (s->pieces_to[k] >= 0 || n + p->n_folded > w->n_folded + slack || n + p->n_folded > 60)
            return false;
        memcpy(run + n, p->folded, p->n_folded);
        n += p->n_folded;
        if (k == j || n + slack < w->n_folded)
            continue;
        float edits = edits_of_run(w, &s->pieces->part[j], run, n);
        if (edits >= 0) {
            put_run(al, s, i, j, k - j + 1, VG_ALIGN_JOINED, 1 - edits / (float)w->n_folded, edits);
            return true;
        }
    }
    return false;
}

static void align_joined(const vg_name *a, const vg_name *b, vg_alignment *al)
{
    for (int turned = 0; turned < 2; turned++) {
        sides s = sides_of(a, b, al, turned);
        for (int i = 0; i < s.whole->n; i++) {
            const vg_name_part *w = &s.whole->part[i];
            bool free_here = s.whole_to[i] < 0 && w->n_folded >= 4 && core(w);
            for (int j = 0; free_here && j + 1 < s.pieces->n; j++) {
                /* the run must begin like the word, and be of letters that it has */
                const vg_name_part *p = &s.pieces->part[j];
                if (s.pieces_to[j] < 0 && p->n_folded < w->n_folded &&
                    (p->folded[0] == w->folded[0] || p->n_folded <= 2 || p->script != w->script) &&
                    align_run(al, &s, i, j))
                    break;
            }
        }
    }
}

/* --- abbreviations --- */

/* First letters of free parts from `j` (stop words may be passed over) that spell part `i`: how many parts, 0 = no. */
static int spells(const sides *s, int i, int j)
{
    const vg_name_part *w = &s->whole->part[i];
    int at = 0, k = j;
    for (; k < s->pieces->n && at < w->n_folded; k++) {
        const vg_name_part *p = &s->pieces->part[k];
        if (s->pieces_to[k] >= 0 || p->n_folded == 0)
            return 0;
        if (p->folded[0] == w->folded[at])
            at++;
        else if (p->kind != VG_PART_STOP && p->kind != VG_PART_PARTICLE)
            return 0;
    }
    return at == w->n_folded ? k - j : 0;
}

static void align_acronyms(const vg_name *a, const vg_name *b, vg_alignment *al)
{
    for (int turned = 0; turned < 2; turned++) {
        sides s = sides_of(a, b, al, turned);
        for (int i = 0; i < s.whole->n; i++) {
            const vg_name_part *w = &s.whole->part[i];
            int shortest = s.whole->schema == VG_SCHEMA_PERSON ? 2 : 3;
            if (s.whole_to[i] >= 0 || w->n_folded < shortest || w->n_folded > 8 || w->kind != VG_PART_PLAIN ||
                s.pieces->n < w->n_folded || (shortest == 2 && w->n_folded > 3))
                continue;
            for (int j = 0, n; j + w->n_folded <= s.pieces->n; j++)
                if ((n = spells(&s, i, j)) > 0) {
                    put_run(al, &s, i, j, n, VG_ALIGN_ACRONYM, .8F, 0);
                    break;
                }
        }
    }
}

static bool begins_with(const vg_name_part *p, const vg_name_part *initial)
{
    return p->n_folded > 1 && p->folded[0] == initial->folded[0];
}

static void align_initials(const vg_name *a, const vg_name *b, vg_alignment *al)
{
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n && al->a_to[i] < 0; j++) {
            const vg_name_part *p = &a->part[i], *q = &b->part[j];
            bool one = (p->kind == VG_PART_INITIAL) != (q->kind == VG_PART_INITIAL);
            if (al->b_to[j] < 0 && one && core(p) && core(q) &&
                (p->kind == VG_PART_INITIAL ? begins_with(q, p) : begins_with(p, q)))
                put_one(al, a, b, i, j, VG_ALIGN_INITIAL, .8F);
        }
}

/* --- likeness --- */

static bool comparable(const vg_name_part *p, const vg_name_part *q)
{
    bool numbers = (p->kind == VG_PART_NUMBER || p->kind == VG_PART_ORDINAL) ||
                   (q->kind == VG_PART_NUMBER || q->kind == VG_PART_ORDINAL);
    return core(p) && core(q) && !numbers && p->n_folded > 1 && q->n_folded > 1;
}

enum { LEAST_BACKWARDS = 5 }; /* letters: many shorter words are other words backwards */

/* Written backwards, with one error in three letters at most (nitup, nitpu). Any order of the letters would make one of
 * Nadia and Diana. */
static bool is_backwards(const vg_name_part *p, const vg_name_part *q)
{
    char turned[64];
    int n = p->n_folded;
    if (p->letters != q->letters || n != q->n_folded || n < LEAST_BACKWARDS || n > 63 ||
        p->script != q->script || (p->known && q->known))
        return false;
    for (int i = 0; i < n; i++)
        turned[i] = p->folded[n - 1 - i];
    return vg_distance_edits(turned, n, q->folded, n) <= n / 3;
}

/* What a pair of single parts would be: its edits, sounds and likeness; likeness 0 when it is out of the question. */
static vg_alignment_pair compare(const vg_name_part *p, const vg_name_part *q)
{
    vg_alignment_pair r = { .kind = VG_ALIGN_TYPO };
    int longer = p->n_folded > q->n_folded ? p->n_folded : q->n_folded;
    int apart = __builtin_popcountll(p->letters ^ q->letters), lengths = p->n_folded - q->n_folded;
    lengths = lengths < 0 ? -lengths : lengths;
    bool vowels_missing = bare(p) || bare(q), scripts = p->script != q->script;
    r.length = (uint8_t)longer;
    if (apart - (vowels_missing ? 6 : 0) > longer + longer / 4 || (lengths > longer / 2 && !vowels_missing))
        return r;
    r.edits = (uint8_t)vg_distance_edits(p->folded, p->n_folded, q->folded, q->n_folded);
    float by_letter = 1 - (float)r.edits / (float)longer, by_sound;
    bool backwards = apart == 0 && is_backwards(p, q);
    if (by_letter < .25F && !vowels_missing && !backwards)
        return r;
    r.sound = (float)vg_sound_distance(p->folded, p->n_folded, q->folded, q->n_folded, vowels_missing);
    by_sound = 1 - r.sound / (float)longer;
    r.likeness = scripts ? by_sound : .5F * (by_letter + (by_sound > by_letter ? by_sound : by_letter));
    if (backwards && r.likeness < BACKWARDS)
        r.likeness = BACKWARDS;
    if (p->key == q->key && p->n_sound >= 2 && (r.edits > 1 || scripts))
        r.kind = VG_ALIGN_ROMANISATION;
    if (scripts && r.likeness > .75F)
        r.kind = VG_ALIGN_ROMANISATION;
    return r;
}

double vg_name_part_likeness(const vg_name_part *a, const vg_name_part *b)
{
    int longer = a->n_folded > b->n_folded ? a->n_folded : b->n_folded;
    double sound = vg_sound_distance(a->folded, a->n_folded, b->folded, b->n_folded, bare(a) || bare(b));
    return longer && sound < longer ? 1 - sound / longer : equal(a, b);
}

#define N VG_NAME_PARTS

typedef struct {
    int at_a[N], at_b[N], n, m; /* free parts; n <= m */
    bool turned;
    vg_alignment_pair pair[N][N];
    float cost[N][N];
} matrix;

static bool gather(const vg_name *a, const vg_name *b, const vg_alignment *al, matrix *x)
{
    x->n = x->m = 0;
    for (int i = 0; i < a->n; i++)
        if (al->a_to[i] < 0 && core(&a->part[i]))
            x->at_a[x->n++] = i;
    for (int j = 0; j < b->n; j++)
        if (al->b_to[j] < 0 && core(&b->part[j]))
            x->at_b[x->m++] = j;
    x->turned = x->n > x->m;
    bool any = false;
    for (int i = 0; i < x->n; i++)
        for (int j = 0; j < x->m; j++) {
            const vg_name_part *p = &a->part[x->at_a[i]], *q = &b->part[x->at_b[j]];
            vg_alignment_pair r = { .likeness = 0 };
            if (comparable(p, q))
                r = compare(p, q);
            x->pair[i][j] = r;
            float gain = r.likeness >= ALIKE ? r.likeness : 0;
            any = any || gain > 0;
            *(x->turned ? &x->cost[j][i] : &x->cost[i][j]) = -gain;
        }
    return any;
}

/* Hungarian method (Kuhn 1955, with potentials): rows <= columns; of_column[j] = row + 1 or 0. */
static void assign(const float cost[N][N], int n, int m, int of_column[N + 1])
{
    float u[N + 1] = { 0 }, v[N + 1] = { 0 };
    int way[N + 1];
    memset(of_column, 0, (size_t)(m + 1) * sizeof *of_column);
    for (int i = 1; i <= n; i++) {
        float least[N + 1];
        bool used[N + 1] = { false };
        int j0 = 0;
        of_column[0] = i;
        for (int j = 0; j <= m; j++)
            least[j] = 1e30F;
        do {
            int i0 = of_column[j0], j1 = 0;
            float step = 1e30F;
            used[j0] = true;
            for (int j = 1; j <= m; j++) {
                if (used[j])
                    continue;
                float c = cost[i0 - 1][j - 1] - u[i0] - v[j];
                if (c < least[j]) {
                    least[j] = c;
                    way[j] = j0;
                }
                if (least[j] < step) {
                    step = least[j];
                    j1 = j;
                }
            }
            for (int j = 0; j <= m; j++) {
                if (used[j]) {
                    u[of_column[j]] += step;
                    v[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            j0 = j1;
        } while (of_column[j0]);
        do {
            int j1 = way[j0];
            of_column[j0] = of_column[j1];
            j0 = j1;
        } while (j0);
    }
}

static void align_alike(const vg_name *a, const vg_name *b, vg_alignment *al)
{
    matrix x;
    int of_column[N + 1];
    if (!gather(a, b, al, &x))
        return;
    int rows = x.turned ? x.m : x.n, columns = x.turned ? x.n : x.m;
    assign((const float(*)[N])x.cost, rows, columns, of_column);
    for (int j = 1; j <= columns; j++) {
        if (!of_column[j])
            continue;
        int i = x.turned ? j - 1 : of_column[j] - 1, k = x.turned ? of_column[j] - 1 : j - 1;
        vg_alignment_pair r = x.pair[i][k];
        if (r.likeness < ALIKE)
            continue;
        r.a = (int8_t)x.at_a[i];
        r.b = (int8_t)x.at_b[k];
        r.n_a = r.n_b = 1;
        r.weight = mean_weight(a, b, &r);
        put(al, r);
    }
}

void vg_name_align(const vg_name *a, const vg_name *b, vg_alignment *out)
{
    out->n = 0;
    memset(out->a_to, -1, sizeof out->a_to);
    memset(out->b_to, -1, sizeof out->b_to);
    align_equal(a, b, out);
    align_joined(a, b, out);
    align_alike(a, b, out);
    align_initials(a, b, out);
    align_acronyms(a, b, out);
}
