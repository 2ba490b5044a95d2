/* Nearness of parts and the least that two names must share. Invariant: what is near here has a key in common in index.c;
 * who widens one must widen the other. */
#include <string.h>

#include "screening/name_near_int.h"
#include "text/distance.h"
#include "text/sound.h"

/* Chosen on the labelled pairs and on distorted names of the lists; README.md has the measurement. */
static const float ENOUGH_SHARED =
    0.75F; /* below that the letters of both names must be nearly the same ... */
static const float LEAST_LETTERS = 0.80F; /* ... as a share of the letters of the one with fewer */

enum { FEWEST_SOUNDS = 4 };

bool vg_part_searched(const vg_name_part *p)
{
    return (p->flags & VG_PART_F_CORE) && p->kind != VG_PART_INITIAL && p->n_folded > 0;
}

float vg_name_searched_weight(const vg_name *n)
{
    float sum = 0;
    for (int32_t i = 0; i < n->n; i++)
        sum += vg_part_searched(&n->part[i]) ? n->part[i].weight : 0;
    return sum;
}

/* At most one letter put in, left out or replaced, or two neighbours exchanged. */
static bool within_one(const char *a, int n_a, const char *b, int n_b)
{
    int shorter = n_a < n_b ? n_a : n_b, gap = n_a < n_b ? n_b - n_a : n_a - n_b, front = 0, back = 0;
    if (gap > 1)
        return false;
    while (front < shorter && a[front] == b[front])
        front++;
    while (back < shorter - front && a[n_a - 1 - back] == b[n_b - 1 - back])
        back++;
    int left_a = n_a - front - back, left_b = n_b - front - back;
    if (left_a <= 1 && left_b <= 1)
        return true;
    return left_a == 2 && left_b == 2 && a[front] == b[front + 1] && a[front + 1] == b[front];
}

bool vg_run_sounds_same(const char *word, int n_word, const char *run, int n_run)
{
    char a[VG_SOUND_MAX + 1], b[VG_SOUND_MAX + 1];
    return vg_sound(word, n_word, a) >= 3 && vg_sound(run, n_run, b) >= 3 && strcmp(a, b) == 0;
}

bool vg_run_is_near(const char *word, int n_word, const char *run, int n_run)
{
    return within_one(word, n_word, run, n_run);
}

float vg_part_nearness(const vg_name_part *a, const vg_name_part *b)
{
    int n_a = a->n_folded, n_b = b->n_folded;
    if (n_a == n_b && a->letters == b->letters && memcmp(a->folded, b->folded, (size_t)n_a) == 0)
        return 1;
    if ((a->number >= 0 && a->number == b->number) || (a->group && a->group == b->group) ||
        (a->key && a->key == b->key))
        return 0.95F;
    int longer = n_a > n_b ? n_a : n_b, gap = n_a > n_b ? n_a - n_b : n_b - n_a;
    int most = longer < 4 ? 0 : longer < 5 ? 1 : 2;
    if (gap <= most && __builtin_popcountll(a->letters ^ b->letters) <= 2 * most) {
        int d = vg_distance_edits(a->folded, n_a, b->folded, n_b);
        if (d <= most)
            return 1.0F - 0.8F * (float)d / (float)longer;
    }
    if (a->n_sound >= FEWEST_SOUNDS && b->n_sound >= FEWEST_SOUNDS &&
        within_one(a->sound, a->n_sound, b->sound, b->n_sound))
        return 0.7F;
    return 0;
}

/* A letter has two bits, for once and for more. */
static bool letters_agree(uint64_t a, uint64_t b)
{
    int n_a = __builtin_popcountll(a), n_b = __builtin_popcountll(b), both = __builtin_popcountll(a & b);
    return (float)both >= LEAST_LETTERS * (float)(n_a < n_b ? n_a : n_b);
}

bool vg_name_shares_enough(float shared, float weight_a, float weight_b, bool one_script, uint64_t letters_a,
                           uint64_t letters_b)
{
    float lighter = weight_a < weight_b ? weight_a : weight_b;
    if (shared <= 0 || shared < VG_NAME_LEAST_SHARED * lighter)
        return false;
    return shared >= ENOUGH_SHARED * lighter || !one_script || letters_agree(letters_a, letters_b);
}

double vg_name_most_odds(float shared, float weight_a, float weight_b)
{
    double heavier = (double)(weight_a > weight_b ? weight_a : weight_b);
    double most = 1 + 8 * (double)shared / (heavier > 0 ? heavier : 1);
    return most < VG_NAME_MOST_ODDS ? most : VG_NAME_MOST_ODDS;
}
