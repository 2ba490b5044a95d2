/*
 * Words of any script in Latin letters, from the table of single letters and the few rules that look at neighbours:
 * vowels that Indic consonants bear, Thai vowels written first, Arabic and Hebrew letters that are vowel or consonant by
 * place, kana that lean on the one before, Greek pairs, and letters that only look like those of the word's script.
 */
#include <string.h>

#include "text/letter.h"
#include "text/letter_int.h"

vg_letter vg_letter_of(uint32_t c)
{
    if (c >= VG_LETTER_LIMIT)
        return (vg_letter){ .latin = "", .role = VG_LETTER_GAP };
    const vg_letter_entry *entry = &vg_letter_page[vg_letter_page_of[c >> 8]][c & 255];
    return (vg_letter){ .latin = vg_letter_spelling[entry->spelling],
                        .role = entry->role & 127,
                        .script = entry->script,
                        .capital = entry->role >> 7 };
}

uint32_t vg_letter_next(vg_str *s)
{
    if (s->n <= 0)
        return 0;
    const unsigned char *b = (const unsigned char *)s->s;
    int n = b[0] < 0x80                   ? 1
            : b[0] >= 0xC2 && b[0] < 0xE0 ? 2
            : b[0] >= 0xE0 && b[0] < 0xF0 ? 3
            : b[0] >= 0xF0 && b[0] < 0xF5 ? 4
                                          : 0;
    uint32_t c = n == 1 ? b[0] : n ? b[0] & (0x7FU >> n) : 0xFFFD;
    if (n > s->n)
        n = 0;
    for (int i = 1; i < n; i++) {
        if ((b[i] & 0xC0) != 0x80) {
            n = 0;
            break;
        }
        c = c << 6 | (b[i] & 0x3F);
    }
    if (n == 0 || (n == 3 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) ||
        (n == 4 && (c < 0x10000 || c > 0x10FFFF))) {
        c = 0xFFFD;
        n = 1;
    }
    s->s += n;
    s->n -= n;
    return c ? c : 0xFFFD;
}

const char *vg_script_name(vg_script script)
{
    static const char *const name[] = { "none",     "Latin",    "Greek", "Cyrillic", "Armenian", "Hebrew",
                                        "Arabic",   "Indic",    "Thai",  "Lao",      "Myanmar",  "Khmer",
                                        "Georgian", "Ethiopic", "Kana",  "Han",      "Hangul",   "other" };
    return (unsigned)script < sizeof name / sizeof *name ? name[script] : "other";
}

/* Pairs of one look: a small letter (or capital) of Cyrillic or Greek and the Latin one. */
static const struct {
    uint16_t other;
    char latin;
} look[] = {
    { 0x430, 'a' }, { 0x435, 'e' }, { 0x43E, 'o' }, { 0x440, 'p' }, { 0x441, 'c' }, { 0x445, 'x' },
    { 0x443, 'y' }, { 0x456, 'i' }, { 0x458, 'j' }, { 0x455, 's' }, { 0x501, 'd' }, { 0x51B, 'q' },
    { 0x51D, 'w' }, { 0x4BB, 'h' }, { 0x410, 'A' }, { 0x415, 'E' }, { 0x41E, 'O' }, { 0x420, 'P' },
    { 0x421, 'C' }, { 0x425, 'X' }, { 0x423, 'Y' }, { 0x406, 'I' }, { 0x408, 'J' }, { 0x405, 'S' },
    { 0x412, 'B' }, { 0x41D, 'H' }, { 0x41A, 'K' }, { 0x41C, 'M' }, { 0x422, 'T' }, { 0x43A, 'k' },
    { 0x43C, 'm' }, { 0x442, 't' }, { 0x432, 'b' }, { 0x43D, 'h' }, { 0x3BF, 'o' }, { 0x3B1, 'a' },
    { 0x3BD, 'v' }, { 0x3C1, 'p' }, { 0x3B9, 'i' }, { 0x3BA, 'k' }, { 0x3C5, 'u' }, { 0x391, 'A' },
    { 0x392, 'B' }, { 0x395, 'E' }, { 0x396, 'Z' }, { 0x397, 'H' }, { 0x399, 'I' }, { 0x39A, 'K' },
    { 0x39C, 'M' }, { 0x39D, 'N' }, { 0x39F, 'O' }, { 0x3A1, 'P' }, { 0x3A4, 'T' }, { 0x3A5, 'Y' },
    { 0x3A7, 'X' },
};

/* The letter of `script` that looks like `c`, or `c`. */
static uint32_t as_it_looks(uint32_t c, vg_script script)
{
    for (size_t i = 0; i < sizeof look / sizeof *look; i++) {
        if (script == VG_SCRIPT_LATIN && look[i].other == c)
            return (unsigned char)look[i].latin;
        bool greek = look[i].other < 0x400;
        if ((uint32_t)(unsigned char)look[i].latin == c && greek == (script == VG_SCRIPT_GREEK) &&
            (script == VG_SCRIPT_GREEK || script == VG_SCRIPT_CYRILLIC))
            return look[i].other;
    }
    return c;
}

/* Script of most letters; `*mixed` when several scripts of one family of looks come together. */
static vg_script main_script(vg_str word, bool *mixed)
{
    int count[VG_SCRIPT_OTHER + 1] = { 0 };
    int best = VG_SCRIPT_NONE;
    while (word.n > 0) {
        vg_letter l = vg_letter_of(vg_letter_next(&word));
        if (l.role >= VG_LETTER_LETTER && l.script)
            count[l.script]++;
    }
    for (int s = 1; s <= VG_SCRIPT_OTHER; s++)
        if (count[s] > count[best] || best == VG_SCRIPT_NONE)
            best = count[s] > 0 ? s : best;
    *mixed =
        (count[VG_SCRIPT_LATIN] > 0) + (count[VG_SCRIPT_CYRILLIC] > 0) + (count[VG_SCRIPT_GREEK] > 0) > 1;
    return (vg_script)best;
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

typedef struct {
    char *out;
    int n, cap;
    bool inherent;       /* the last letter is the vowel an Indic consonant bears */
    const char *pending; /* Thai vowel that waits for its consonant */
} writer;

static void put(writer *w, const char *text)
{
    for (; *text && w->n < w->cap - 1; text++)
        w->out[w->n++] = *text;
}

/* Kana that lean on the one before: small ya, yu, yo after -i, small vowels after -u, the long mark. */
static bool put_small_kana(writer *w, uint32_t c)
{
    uint32_t k = c >= 0x30A1 && c <= 0x30F6 ? c - 0x60 : c;
    bool glide = k == 0x3083 || k == 0x3085 || k == 0x3087;
    bool small = k == 0x3041 || k == 0x3043 || k == 0x3045 || k == 0x3047 || k == 0x3049;
    if ((!glide && !small) || w->n == 0)
        return false;
    char last = w->out[w->n - 1];
    const char *latin = vg_letter_of(c).latin;
    if (glide && last == 'i') {
        bool soft = w->n >= 2 && (w->out[w->n - 2] == 'h' || w->out[w->n - 2] == 'j'); /* sha, cha, ja */
        w->n--;
        put(w, soft ? latin + 1 : latin);
        return true;
    }
    if (small && is_vowel(last)) {
        w->n--;
        put(w, latin);
        return true;
    }
    return false;
}

/* Waw and yod: a vowel between consonants and at the end, a consonant at the front and beside a vowel. */
static const char *semivowel(const writer *w, uint32_t c, uint32_t next)
{
    bool waw = c == 0x648 || c == 0x5D5, hebrew = c < 0x600;
    if (c != 0x648 && c != 0x64A && c != 0x6CC && c != 0x5D5 && c != 0x5D9)
        return NULL;
    bool front = w->n == 0, after_vowel = !front && is_vowel(w->out[w->n - 1]);
    bool before_a = next == 0x627 || next == 0x629 || next == 0x622 || next == 0x5D0;
    if (front || after_vowel || before_a)
        return waw ? (hebrew ? "v" : "w") : "y";
    return waw ? (hebrew ? "o" : "u") : "i";
}

static const char *greek_pair(const writer *w, uint32_t c, uint32_t next, bool *both)
{
    uint32_t n = next >= 0x391 && next <= 0x3A9 ? next + 0x20 : next,
             k = c >= 0x391 && c <= 0x3A9 ? c + 0x20 : c;
    *both = true;
    if (k == 0x3BC && n == 0x3C0)
        return w->n == 0 ? "b" : "mp";
    if (k == 0x3BD && n == 0x3C4)
        return w->n == 0 ? "d" : "nt";
    if (k == 0x3B3 && n == 0x3BA)
        return w->n == 0 ? "g" : "gk";
    if (k == 0x3BF && (n == 0x3C5 || n == 0x3CD))
        return "ou";
    if ((k == 0x3B1 || k == 0x3B5) && (n == 0x3C5 || n == 0x3CD))
        return k == 0x3B1 ? "av" : "ev";
    *both = false;
    return NULL;
}

static void put_letter(writer *w, uint32_t c, vg_letter l)
{
    if (l.role == VG_LETTER_VIRAMA || l.role == VG_LETTER_VOWEL_SIGN) {
        w->n -= w->inherent && w->n > 0;
        put(w, l.role == VG_LETTER_VIRAMA ? "" : l.latin);
        w->inherent = false;
    } else if (l.role == VG_LETTER_BEFORE) {
        w->pending = l.latin;
    } else if (l.script != VG_SCRIPT_KANA || !put_small_kana(w, c)) {
        put(w, l.latin);
        w->inherent = l.role == VG_LETTER_INHERENT;
        if (w->pending && l.latin[0]) {
            put(w, w->pending);
            w->pending = NULL;
        }
    }
}

/* One letter with its neighbour behind; true when the neighbour was taken too. */
static bool put_in_context(writer *w, uint32_t c, uint32_t next, vg_letter l)
{
    bool both = false;
    const char *special = NULL;
    if (l.script == VG_SCRIPT_ARABIC || l.script == VG_SCRIPT_HEBREW)
        special = semivowel(w, c, next);
    else if (l.script == VG_SCRIPT_GREEK)
        special = greek_pair(w, c, next, &both);
    else if (l.script == VG_SCRIPT_ARMENIAN && (c | 0x30) == 0x578 && (next == 0x582 || next == 0x552)) {
        special = "u";
        both = true;
    }
    if (special)
        put(w, special);
    else
        put_letter(w, c, l);
    return both;
}

int vg_letter_word(vg_str word, char *latin, int cap, vg_script *script)
{
    writer w = { .out = latin, .cap = cap };
    bool mixed;
    vg_script main = main_script(word, &mixed);
    while (word.n > 0) {
        uint32_t c = vg_letter_next(&word);
        vg_str ahead = word;
        uint32_t next = main >= VG_SCRIPT_GREEK && main <= VG_SCRIPT_ARABIC ? vg_letter_next(&ahead) : 0;
        if (mixed)
            c = as_it_looks(c, main);
        vg_letter l = vg_letter_of(c);
        if (l.role == VG_LETTER_DIGIT || l.role >= VG_LETTER_LETTER) {
            if (put_in_context(&w, c, next, l))
                vg_letter_next(&word);
        }
    }
    if (w.pending)
        put(&w, w.pending);
    if (w.inherent && w.n > 2)
        w.n--; /* the vowel at the end of a word is not spoken */
    latin[w.n] = 0;
    *script = main;
    return w.n;
}
