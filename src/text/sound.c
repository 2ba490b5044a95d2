/* Skeletons of consonants, and the distance with learnt costs (sound_costs_int.h is written by src/screening/train). */
#include "text/sound.h"
#include "text/sound_costs_int.h"

static bool at(const char *word, int n, int i, const char *pattern)
{
    int k = 0;
    while (pattern[k] && i + k < n && word[i + k] == pattern[k])
        k++;
    return pattern[k] == 0;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* Letters written with two or three signs; longest first. */
static const struct {
    char spelling[5], class;
} several[] = {
    { "dzh", 'J' }, { "sch", 'J' }, { "tch", 'J' }, { "tsch", 'J' }, { "sh", 'J' }, { "ch", 'J' },
    { "zh", 'J' },  { "dj", 'J' },  { "kh", 'K' },  { "gh", 'K' },   { "ph", 'F' }, { "th", 'T' },
    { "ck", 'K' },  { "ts", 'S' },  { "tz", 'S' },  { "cz", 'J' },   { "dz", 'S' }, { "sz", 'S' },
};

static char single(const char *word, int n, int i)
{
    static const char class_of[27] = "APKTAFKAAJKLMNAPKRSTAFFSAS";
    char c = word[i];
    if (c >= '0' && c <= '9')
        return c;
    if (c == 'c' && i + 1 < n && (word[i + 1] == 'e' || word[i + 1] == 'i' || word[i + 1] == 'y'))
        return 'S';
    return c >= 'a' && c <= 'z' ? class_of[c - 'a'] : 0;
}

int vg_sound(const char *word, int n, char sound[VG_SOUND_MAX + 1])
{
    int m = 0;
    for (int i = 0; i < n && m < VG_SOUND_MAX;) {
        char class = 0;
        int step = 1;
        for (size_t k = 0; k < sizeof several / sizeof *several && !class; k++)
            if (several[k].spelling[0] == word[i] && at(word, n, i, several[k].spelling)) {
                class = several[k].class;
                for (step = 0; several[k].spelling[step]; step++)
                    continue;
            }
        class = class ? class : single(word, n, i);
        bool silent = class == 'A' && i > 0;
        bool again = class && m > 0 && sound[m - 1] == class && class > '9';
        if (class && !silent && !again)
            sound[m++] = class;
        i += step;
    }
    sound[m] = 0;
    return m;
}

static inline int letter(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' : 26;
}

/* Cost of leaving out a letter: next to nothing when it doubles the one before it. */
static inline int gap(const char *word, int i, bool bare)
{
    if (bare && is_vowel(word[i]))
        return VG_SOUND_DOUBLE;
    if (i > 0 && word[i] == word[i - 1])
        return VG_SOUND_DOUBLE;
    if (word[i] == 'h' && i > 0 && !is_vowel(word[i - 1]))
        return VG_SOUND_DOUBLE * 2;
    return word[i] >= '0' && word[i] <= '9' ? VG_SOUND_UNIT : vg_sound_gap[letter(word[i])];
}

static inline int change(char a, char b)
{
    if (a == b)
        return 0;
    int x = letter(a), y = letter(b);
    return x == 26 || y == 26 ? VG_SOUND_UNIT : vg_sound_cost[x][y];
}

double vg_sound_distance(const char *a, int n_a, const char *b, int n_b, bool bare)
{
    int row[33], gap_b[32];
    n_a = n_a > 32 ? 32 : n_a;
    n_b = n_b > 32 ? 32 : n_b;
    row[0] = 0;
    for (int j = 0; j < n_b; j++) {
        gap_b[j] = gap(b, j, bare);
        row[j + 1] = row[j] + gap_b[j];
    }
    for (int i = 0; i < n_a; i++) {
        int diagonal = row[0], gap_a = gap(a, i, bare);
        row[0] += gap_a;
        for (int j = 0; j < n_b; j++) {
            int best = diagonal + change(a[i], b[j]), other = row[j + 1] + gap_a;
            diagonal = row[j + 1];
            best = other < best ? other : best;
            other = row[j] + gap_b[j];
            row[j + 1] = other < best ? other : best;
        }
    }
    return row[n_b] / (double)VG_SOUND_UNIT;
}
