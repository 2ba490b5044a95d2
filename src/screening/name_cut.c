/*
 * The words of a name in Latin letters. ASCII is folded byte by byte; words with anything else go to vg_letter_word. Then
 * what was written apart but is one word is joined: dotted abbreviations and single letters of organisations, "abd al-"
 * with the word behind; what is one word but two names is split: Han names into family and given name.
 */
#include "screening/name_cut_int.h"

typedef struct {
    const vg_name_book *book;
    cut *out;
    vg_schema schema;
    const char *end;  /* of the text */
    const char *from; /* of the word being read; NULL between words */
    bool ascii, capitals, camel, last_small;
    int n_signs; /* code points that are letters or digits */
    const char *apostrophe;
} reader;

/* Digits that stand for letters inside a word of letters (Ig0r, Sech1n). */
static void undo_digits(char *s, int n)
{
    static const char as_letter[10] = { 'o', 'i', 0, 'e', 'a', 's', 0, 't', 0, 0 };
    int letters = 0;
    for (int i = 0; i < n; i++)
        letters += s[i] > '9';
    if (letters < n && letters >= 2 && 2 * letters > n && s[0] > '9')
        for (int i = 0; i < n; i++)
            if (s[i] <= '9' && as_letter[s[i] - '0'])
                s[i] = as_letter[s[i] - '0'];
}

static cut_word *new_word(cut *c)
{
    if (c->n == CUT_WORDS || c->n_letters > CUT_LETTERS - 66) {
        c->cut = true;
        return NULL;
    }
    cut_word *w = &c->word[c->n];
    *w = (cut_word){ .letters = c->letters + c->n_letters };
    return w;
}

static void keep_word(reader *r, cut_word *w)
{
    if (w->n == 0)
        return;
    r->out->n_letters += w->n + 1;
    r->out->letters[r->out->n_letters - 1] = 0;
    r->out->n++;
}

static int fold_ascii(vg_str raw, char *to)
{
    int n = 0;
    for (ptrdiff_t i = 0; i < raw.n && n < 63; i++) {
        char c = raw.s[i];
        if (c >= 'A' && c <= 'Z')
            to[n++] = (char)(c + 32);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            to[n++] = c;
    }
    to[n] = 0;
    return n;
}

/* Writes a piece of a Han name: its reading where the tables know it, else the sounds of its characters. */
static void put_han(reader *r, vg_str piece, const vg_word *known)
{
    cut_word *w = new_word(r->out);
    vg_script script;
    if (!w || piece.n == 0)
        return;
    char *to = r->out->letters + r->out->n_letters;
    w->raw = piece;
    w->script = VG_SCRIPT_HAN;
    if (known && known->use)
        w->n = (int16_t)fold_ascii(r->book->reading[known->group_person], to);
    else
        w->n = (int16_t)vg_letter_word(piece, to, 64, &script);
    keep_word(r, w);
}

static const vg_word *han_find(const vg_name_book *b, vg_str piece)
{
    return vg_word_find(&b->han, vg_word_hash(VG_WORD_SEED, piece.s, piece.n));
}

/* Is this of the block of Han? Three bytes from U+3400 to U+9FFF. */
static bool is_han(const char *s)
{
    unsigned char a = (unsigned char)s[0], b = (unsigned char)s[1];
    return (a > 0xE3 && a <= 0xE9) || (a == 0xE3 && b >= 0x90);
}

/* Two to five Han characters of a person: the longest family name of the tables in front, else one character. */
static bool split_han(reader *r, vg_str raw)
{
    int n = (int)(raw.n / 3), family = 1;
    if (raw.n % 3 || n < 2 || n > 5)
        return false;
    for (int i = 0; i < n; i++) /* three bytes each, of the block of Han */
        if (!is_han(raw.s + 3 * i))
            return false;
    for (int k = n - 1; k >= 1; k--) {
        const vg_word *w = han_find(r->book, vg_sub(raw, 0, 3 * (ptrdiff_t)k));
        if (w && w->use & VG_WORD_PERSON) {
            family = k;
            break;
        }
    }
    vg_str front = vg_sub(raw, 0, 3 * (ptrdiff_t)family), back = vg_sub(raw, 3 * (ptrdiff_t)family, raw.n);
    put_han(r, front, han_find(r->book, front));
    put_han(r, back, han_find(r->book, back));
    return true;
}

/* Two to four Hangul syllables of a person: the family name is the first. */
static bool split_hangul(reader *r, vg_str raw)
{
    int n = (int)(raw.n / 3);
    if (raw.n % 3 || n < 2 || n > 4)
        return false;
    for (int part = 0; part < 2; part++) {
        cut_word *w = new_word(r->out);
        vg_script script;
        if (!w)
            return true;
        w->raw = part ? vg_sub(raw, 3, raw.n) : vg_sub(raw, 0, 3);
        w->n = (int16_t)vg_letter_word(w->raw, r->out->letters + r->out->n_letters, 64, &script);
        w->script = VG_SCRIPT_HANGUL;
        keep_word(r, w);
    }
    return true;
}

static void end_word(reader *r, const char *end, bool dot)
{
    vg_str raw = { r->from, end - r->from };
    vg_script script = VG_SCRIPT_LATIN;
    bool person = r->schema == VG_SCHEMA_PERSON || r->schema == VG_SCHEMA_ANY;
    if (!r->from)
        return;
    r->from = NULL;
    if (!person && r->apostrophe && end - r->apostrophe == 2 && (end[-1] | 32) == 's')
        raw.n -= 2; /* Deutsche Bank's */
    unsigned char lead = (unsigned char)raw.s[0];
    bool alone =
        r->out->n == 0 && end == r->end && r->schema == VG_SCHEMA_PERSON; /* no blanks: nobody has split it */
    if (alone && lead >= 0xE3 && lead <= 0xE9 && split_han(r, raw))
        return;
    if (alone && lead >= 0xEA && lead <= 0xED && split_hangul(r, raw))
        return;
    cut_word *w = new_word(r->out);
    if (!w)
        return;
    char *to = r->out->letters + r->out->n_letters;
    w->raw = raw;
    w->n = (int16_t)(r->ascii ? fold_ascii(raw, to) : vg_letter_word(raw, to, 64, &script));
    w->script = (uint8_t)script;
    w->capitals = r->capitals;
    w->camel = r->camel;
    w->dot = dot;
    w->single = r->n_signs == 1;
    if (person)
        undo_digits(to, w->n);
    keep_word(r, w);
}

static void begin_word(reader *r, const char *at)
{
    if (r->from)
        return;
    r->from = at;
    r->ascii = r->capitals = true;
    r->camel = r->last_small = false;
    r->n_signs = 0;
    r->apostrophe = NULL;
}

static void gap(reader *r)
{
    if (r->out->n > 0)
        r->out->word[r->out->n - 1].gap = true;
}

/* A sign that means a word: "&" and "+" are "and", "%" is "percent". */
static void put_sign(reader *r, const char *at, vg_str word)
{
    cut_word *w = new_word(r->out);
    if (!w)
        return;
    memcpy(r->out->letters + r->out->n_letters, word.s, (size_t)word.n);
    w->raw = (vg_str){ at, 1 };
    w->n = (int16_t)word.n;
    w->gap = true;
    w->script = VG_SCRIPT_LATIN;
    keep_word(r, w);
}

static void take(reader *r, uint32_t c, vg_letter l, const char *at, const char *end)
{
    if (l.role == VG_LETTER_DROP) {
        r->ascii = r->ascii && (r->from == NULL || c < 0x80);
        return;
    }
    if (l.role == VG_LETTER_APOSTROPHE) {
        r->ascii = r->ascii && (r->from == NULL || c < 0x80);
        r->apostrophe = r->from ? at : NULL;
        return;
    }
    if (l.role == VG_LETTER_GAP || l.role == VG_LETTER_DOT || l.role == VG_LETTER_HYPHEN) {
        end_word(r, at, l.role == VG_LETTER_DOT);
        if (l.role == VG_LETTER_GAP && c != '/')
            gap(r);
        if (c == ',' && r->out->family_n == 0)
            r->out->family_n = r->out->n;
        if (c == '&' || c == '+')
            put_sign(r, at, VG_S("and"));
        if (c == '%')
            put_sign(r, at, VG_S("percent"));
        if (c == '/' && r->out->n > 0)
            r->out->word[r->out->n - 1].slash = true;
        return;
    }
    begin_word(r, at);
    (void)end;
    r->camel = r->camel || (l.capital && r->last_small);
    r->capitals = r->capitals && (l.capital || l.role == VG_LETTER_DIGIT);
    r->last_small = !l.capital && l.script == VG_SCRIPT_LATIN;
    r->ascii = r->ascii && c < 0x80;
    r->n_signs++;
}

/* --- joining --- */

/* Makes one of words i and i + 1: their letters follow one another but for the NUL between. */
static void join(cut *c, int i)
{
    cut_word *a = &c->word[i], *b = &c->word[i + 1];
    char *to = c->letters + (a->letters - c->letters) + a->n;
    memmove(to, b->letters, (size_t)b->n + 1);
    a->n = (int16_t)(a->n + b->n);
    a->raw.n = b->raw.s + b->raw.n - a->raw.s;
    a->gap = b->gap;
    a->slash = b->slash;
    a->dot = b->dot;
    a->capitals = a->capitals && b->capitals;
    memmove(b, b + 1, (size_t)(c->n - i - 2) * sizeof *b);
    c->n--;
    if (c->family_n > i)
        c->family_n--;
}

static bool is(const cut_word *w, const char *word)
{
    return strcmp(w->letters, word) == 0;
}

/* Single letters that follow one another: A.B.C., p.l.c., o.o., C G. People's initials stay apart. */
static void join_letters(cut *c)
{
    for (int i = 0; i + 1 < c->n; i++) {
        bool and_sign = c->word[i].n != 1 || c->word[i + 1].n != 1;
        while (i + 1 < c->n && !and_sign && c->word[i + 1].single && c->word[i].n < 12 &&
               c->word[i + 1].n == 1)
            join(c, i);
    }
}

/* abd + al + X, abdul + X, abdel + X: one name, written "abdul" and X. */
static void join_servant(cut *c)
{
    static const char *const article[] = { "al", "el", "ul", "ar", "as", "an", "ad",
                                           "az", "at", "ur", "us", "ol", "er" };
    for (int i = 0; i + 1 < c->n; i++) {
        cut_word *w = &c->word[i];
        bool servant = is(w, "abd") || is(w, "abdu") || is(w, "abdou") || is(w, "abed"), whole = false;
        for (size_t k = 0; servant && k < sizeof article / sizeof *article && i + 2 < c->n; k++)
            if (is(&c->word[i + 1], article[k])) {
                join(c, i);
                break;
            }
        whole = is(w, "abdul") || is(w, "abdel") || is(w, "abdal") || is(w, "abdol") || is(w, "abdoul") ||
                (w->n >= 5 && w->n <= 6 && strncmp(w->letters, "abd", 3) == 0 && servant);
        if (whole && i + 1 < c->n && c->word[i + 1].n > 1 && w->n + c->word[i + 1].n < 60)
            join(c, i);
    }
}

/* One spelling of the front: abdalrahman, abdelrahman, abdurrahman are abdul-. */
static void spell_servant(cut *c)
{
    for (int i = 0; i < c->n; i++) {
        char *s = c->letters + (c->word[i].letters - c->letters);
        if (c->word[i].n > 6 && strncmp(s, "abd", 3) == 0 && (s[3] == 'e' || s[3] == 'a' || s[3] == 'o') &&
            s[4] == 'l')
            s[3] = 'u';
    }
}

static void find_script(cut *c)
{
    int count[VG_SCRIPT_OTHER + 1] = { 0 }, best = 0;
    for (int i = 0; i < c->n; i++)
        if (c->word[i].script <= VG_SCRIPT_OTHER)
            count[c->word[i].script] += c->word[i].n;
    for (int s = 1; s <= VG_SCRIPT_OTHER; s++)
        best = count[s] > count[best] ? s : best;
    c->script = (uint8_t)best;
}

void vg_name_cut(const vg_name_book *b, vg_str text, vg_schema schema, cut *out)
{
    reader r = { .book = b, .out = out, .schema = schema };
    const char *end = text.s + text.n;
    out->n = out->n_letters = out->family_n = 0;
    out->cut = false;
    text.n = text.n > 6000 ? 6000 : text.n;
    r.end = text.s + text.n;
    while (text.n > 0 && !out->cut) {
        const char *at = text.s;
        uint32_t c = vg_letter_next(&text);
        take(&r, c, vg_letter_of(c), at, text.s);
    }
    end_word(&r, text.s, false);
    out->cut = out->cut || text.s < end;
    if (schema == VG_SCHEMA_PERSON) {
        join_servant(out);
        spell_servant(out);
    } else {
        out->family_n = 0;
        join_letters(out);
    }
    find_script(out);
}
