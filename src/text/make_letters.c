/*
 * Makes the table of letters at build time: a line of C for each code point below U+20000 that has a Latin spelling or a
 * role in a name. ICU gives general categories, scripts, compatibility decompositions and transliterations; the
 * scripts in `own` are ours, because ICU writes them for scholars (Cyrillic ж as ž, which folds to z) or not at all.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "text/letter.h"

#define LIMIT 0x20000

/* First code point, then Latin spellings separated by blanks; "-" = silent, "." = leave it to ICU. */
static const struct {
    UChar32 first;
    const char *latin;
} own[] = {
    { 0x0430, "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya" },
    { 0x0450, "e yo dj g ye dz i yi j lj nj c k i u dz" },
    { 0x048B, "y" },
    { 0x0491, "g . gh . g . zh . z . q . k . k . k . ng . ng . p . h . s . t . u . u . kh . ts . ch . ch . h "
              ". ch . ch" },
    { 0x04D1, "a . a . ae . e . a . a . zh . z . dz . i . i . o . o . o . e . u . u . u . ch . g . y" },
    { 0x03B1, "a v g d e z i th i k l m n x o p r s s t y f ch ps o i y" },
    { 0x03AC, "a e i i" },
    { 0x03CC, "o y o" },
    { 0x0561, "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts w p k o f ev" },
    { 0x10D0, "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h" },
    { 0x05D0, "a b g d h v z h t y k k l m m n n s a p p ts ts k r sh t" },
    { 0x0621, "- a a u i i a b a t th j h kh d dh r z s sh s d t z a gh" },
    { 0x0641, "f q k l m n h w a y" },
    { 0x064B, "an un in a u i - -" },
    { 0x0671, "a" },
    { 0x0679, "t . . . . p . . . . . . . ch" },
    { 0x0688, "d" },
    { 0x0691, "r . . . . . . zh" },
    { 0x06A9, "k" },
    { 0x06AD, "ng . g" },
    { 0x06AF, "g" },
    { 0x06BA, "n . . . h" },
    { 0x06C0, "h h h a . o u u u . v y" },
    { 0x06CE, "e" },
    { 0x06D0, "e . e" },
    { 0x06D5, "e" },
    { 0x1780, "k kh k kh ng ch chh ch chh nh d th d th n t th t th n b ph p ph m y r l v sh s s h l a" },
    { 0x17A3, "a a e ei o . ou au ry ry ly ly ae ai ao ao au" },
    { 0x17B6, "a e i oe eu o ou uo aeu oea ie e ae ai ao au am ah ah - - - - - - - - - - -" },
    { 0x0EC0, "e ae o ai ai" },
    { 0x0EDC, "n m" },
    { 0x3041, "a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za shi ji su zu se ze so zo ta da chi ji "
              ". tsu zu te de "
              "to do na ni nu ne no ha ba pa hi bi pi fu bu pu he be pe ho bo po ma mi mu me mo ya ya yu yu "
              "yo yo ra ri "
              "ru re ro wa wa i e o n vu ka ke" },
    { 0x30A1, "a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za shi ji su zu se ze so zo ta da chi ji "
              ". tsu zu te de "
              "to do na ni nu ne no ha ba pa hi bi pi fu bu pu he be pe ho bo po ma mi mu me mo ya ya yu yu "
              "yo yo ra ri "
              "ru re ro wa wa i e o n vu ka ke" },
};

static char latin[LIMIT][12];
static unsigned char role[LIMIT], script[LIMIT], capital[LIMIT];
static bool fixed[LIMIT];

static int script_of(UChar32 c)
{
    static const struct {
        UScriptCode icu;
        vg_script ours;
    } name[] = {
        { USCRIPT_LATIN, VG_SCRIPT_LATIN },       { USCRIPT_GREEK, VG_SCRIPT_GREEK },
        { USCRIPT_CYRILLIC, VG_SCRIPT_CYRILLIC }, { USCRIPT_ARMENIAN, VG_SCRIPT_ARMENIAN },
        { USCRIPT_HEBREW, VG_SCRIPT_HEBREW },     { USCRIPT_ARABIC, VG_SCRIPT_ARABIC },
        { USCRIPT_DEVANAGARI, VG_SCRIPT_INDIC },  { USCRIPT_BENGALI, VG_SCRIPT_INDIC },
        { USCRIPT_GURMUKHI, VG_SCRIPT_INDIC },    { USCRIPT_GUJARATI, VG_SCRIPT_INDIC },
        { USCRIPT_ORIYA, VG_SCRIPT_INDIC },       { USCRIPT_TAMIL, VG_SCRIPT_INDIC },
        { USCRIPT_TELUGU, VG_SCRIPT_INDIC },      { USCRIPT_KANNADA, VG_SCRIPT_INDIC },
        { USCRIPT_MALAYALAM, VG_SCRIPT_INDIC },   { USCRIPT_SINHALA, VG_SCRIPT_INDIC },
        { USCRIPT_THAI, VG_SCRIPT_THAI },         { USCRIPT_LAO, VG_SCRIPT_LAO },
        { USCRIPT_MYANMAR, VG_SCRIPT_MYANMAR },   { USCRIPT_KHMER, VG_SCRIPT_KHMER },
        { USCRIPT_GEORGIAN, VG_SCRIPT_GEORGIAN }, { USCRIPT_ETHIOPIC, VG_SCRIPT_ETHIOPIC },
        { USCRIPT_HIRAGANA, VG_SCRIPT_KANA },     { USCRIPT_KATAKANA, VG_SCRIPT_KANA },
        { USCRIPT_HAN, VG_SCRIPT_HAN },           { USCRIPT_HANGUL, VG_SCRIPT_HANGUL },
    };
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode code = uscript_getScript(c, &status);
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (name[i].icu == code)
            return (int)name[i].ours;
    return code == USCRIPT_COMMON || code == USCRIPT_INHERITED ? VG_SCRIPT_NONE : VG_SCRIPT_OTHER;
}

static void put(UChar32 c, const char *text)
{
    snprintf(latin[c], sizeof latin[c], "%s", text);
    fixed[c] = true;
}

static void put_own(void)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char copy[1024], *save = NULL;
        UChar32 c = own[i].first;
        snprintf(copy, sizeof copy, "%s", own[i].latin);
        for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save), c++)
            if (*word != '.')
                put(c, *word == '-' ? "" : word);
    }
    put(0x3063, ""); /* small tsu: the next consonant is doubled, which folding does not keep */
    put(0x30C3, "");
    put(0x30FC, "");
    for (UChar32 c = 0; c < LIMIT; c++) { /* capitals as their small letters */
        UChar32 low = u_tolower(c);
        if (!fixed[c] && low != c && low < LIMIT && fixed[low])
            put(c, latin[low]);
    }
}

/* Only a-z and 0-9 stay; false when there were letters that ICU could not spell. */
static bool keep_ascii(const UChar *text, int n, char out[12])
{
    int at = 0;
    bool whole = true;
    for (int i = 0; i < n; i++) {
        if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9')) {
            if (at < 11)
                out[at++] = (char)text[i];
        } else if (u_isalpha(text[i]) && text[i] > 0x2FF) {
            whole = false;
        }
    }
    out[at] = 0;
    return whole || at > 0;
}

static void spell(UTransliterator *t, UChar32 c)
{
    UChar text[64];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0, end;
    UBool failed = 0;
    U16_APPEND(text, n, 64, c, failed);
    end = n;
    utrans_transUChars(t, text, &n, 64, 0, &end, &status);
    if (U_SUCCESS(status) && !failed)
        keep_ascii(text, n, latin[c]);
}

static bool is_virama(UChar32 c)
{
    return u_getIntPropertyValue(c, UCHAR_CANONICAL_COMBINING_CLASS) == 9;
}

static int role_of(UChar32 c)
{
    int type = u_charType(c);
    bool indic = script[c] == VG_SCRIPT_INDIC;
    if (c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x02BB || c == 0x02BF || c == 0x02BE ||
        c == '`' || c == 0xB4 || c == 0x5F3 || c == 0x5F4 || c == 0x2032)
        return VG_LETTER_APOSTROPHE;
    if (c == '.' || c == 0xFF0E)
        return VG_LETTER_DOT;
    if (type == U_DASH_PUNCTUATION && c != 0x2014)
        return VG_LETTER_HYPHEN;
    if (type == U_DECIMAL_DIGIT_NUMBER)
        return VG_LETTER_DIGIT;
    if ((script[c] == VG_SCRIPT_THAI || script[c] == VG_SCRIPT_LAO) && (c & 0x7F) >= 0x40 &&
        (c & 0x7F) <= 0x44)
        return VG_LETTER_BEFORE;
    if (indic && is_virama(c))
        return VG_LETTER_VIRAMA;
    if (type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK || type == U_ENCLOSING_MARK)
        return !latin[c][0] ? VG_LETTER_DROP
               : indic && strcmp(latin[c], "n") != 0 && strcmp(latin[c], "m") != 0 &&
                       strcmp(latin[c], "h") != 0
                   ? VG_LETTER_VOWEL_SIGN
                   : VG_LETTER_LETTER;
    if (type == U_FORMAT_CHAR || type == U_MODIFIER_LETTER || type == U_CONTROL_CHAR)
        return c == '\t' || c == '\n' || c == '\r' ? VG_LETTER_GAP
               : latin[c][0]                       ? VG_LETTER_LETTER
                                                   : VG_LETTER_DROP;
    if (!latin[c][0] && !u_isalpha(c))
        return VG_LETTER_GAP;
    size_t n = strlen(latin[c]);
    return indic && n > 1 && latin[c][n - 1] == 'a' ? VG_LETTER_INHERENT : VG_LETTER_LETTER;
}

static void fill(UTransliterator *t)
{
    for (UChar32 c = 0; c < LIMIT; c++) {
        if ((c & ~0x7FF) == 0xD800 || !u_isdefined(c) || u_charType(c) == U_PRIVATE_USE_CHAR)
            continue;
        script[c] = (unsigned char)script_of(c);
        capital[c] = u_isupper(c) != 0;
        if (!fixed[c])
            spell(t, c);
        if (!latin[c][0] && script[c] == VG_SCRIPT_LAO && c - 0x80 >= 0xE00)
            memcpy(latin[c], latin[c - 0x80], sizeof latin[c]);
        role[c] = (unsigned char)role_of(c);
    }
}

/* Different spellings once, then pages of 256 code points; equal pages are kept once. */
static void write_table(FILE *out)
{
    static int spelling[LIMIT], page[LIMIT / 256];
    static const char *unique[LIMIT];
    int n_unique = 0, n_pages = 0;
    for (int c = 0; c < LIMIT; c++) {
        int k = 0;
        while (k < n_unique && strcmp(unique[k], latin[c]) != 0)
            k++;
        if (k == n_unique)
            unique[n_unique++] = latin[c];
        spelling[c] = k;
    }
    fprintf(out, "/* Made by make_letters.c with ICU; do not edit. */\n#include <stdint.h>\n#include "
                 "\"text/letter_int.h\"\n");
    fprintf(out, "const char vg_letter_spelling[][12] = {\n");
    for (int k = 0; k < n_unique; k++)
        fprintf(out, "\"%s\",%s", unique[k], k % 12 == 11 ? "\n" : "");
    fprintf(out, "};\nconst vg_letter_entry vg_letter_page[][256] = {\n");
    for (int p = 0; p < LIMIT / 256; p++) {
        page[p] = -1;
        for (int q = 0; q < p && page[p] < 0; q++) {
            bool same = true;
            for (int i = 0; i < 256 && same; i++) {
                int c = p * 256 + i, d = q * 256 + i;
                same = spelling[c] == spelling[d] && role[c] == role[d] && script[c] == script[d] &&
                       capital[c] == capital[d];
            }
            if (same)
                page[p] = page[q];
        }
        if (page[p] >= 0)
            continue;
        page[p] = n_pages++;
        fprintf(out, "{");
        for (int i = 0; i < 256; i++) {
            int c = p * 256 + i;
            fprintf(out, "{%d,%d,%d},%s", spelling[c], role[c] | capital[c] << 7, script[c],
                    i % 16 == 15 ? "\n" : "");
        }
        fprintf(out, "},\n");
    }
    fprintf(out, "};\nconst uint16_t vg_letter_page_of[%d] = {", LIMIT / 256);
    for (int p = 0; p < LIMIT / 256; p++)
        fprintf(out, "%d,", page[p]);
    fprintf(out, "};\n");
}

int main(int argc, char **argv)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    UChar id[128];
    u_uastrcpy(id, "NFKC; Any-Latin; NFD; [:Mn:] Remove; Latin-ASCII; Lower");
    UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, &where, &status);
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (U_FAILURE(status) || !out) {
        fprintf(stderr, "make_letters: %s\n", out ? u_errorName(status) : "cannot write the output");
        return 1;
    }
    put_own();
    fill(t);
    write_table(out);
    utrans_close(t);
    return fclose(out) == 0 ? 0 : 1;
}
