/* Secrets, codes and what people send to a live consultation. Invariant: nothing that comes from outside is kept before it
 * was checked here; of a secret or a code only its keyed hash is ever kept. */
#include "consultation/live.h"

#include <string.h>
#include <sys/random.h>

#include "core/hash.h"
#include "core/num.h"

static const char LETTERS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's 32 */

bool vg_live_letters(char *out, int32_t n)
{
    unsigned char bytes[64];
    if (n > (int32_t)sizeof bytes || getrandom(bytes, (size_t)n, 0) != n)
        return false;
    for (int32_t i = 0; i < n; i++)
        out[i] = LETTERS[bytes[i] % 32];
    out[n] = '\0';
    return true;
}

vg_str vg_live_code_plain(vg_str typed, char out[65])
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < typed.n && n < 64; i++) {
        char c = typed.s[i];
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (c == '-' || c == ' ')
            continue;
        out[n++] = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    return (vg_str){ out, n };
}

/* --- HMAC-SHA-256 --- */

static void bytes_of(const char *hex, unsigned char *out, int n)
{
    for (int i = 0; i < n; i++) {
        int v = 0;
        for (int k = 0; k < 2; k++) {
            char c = hex[2 * i + k];
            v = v * 16 + (c >= 'a' ? c - 'a' + 10 : c - '0');
        }
        out[i] = (unsigned char)v;
    }
}

static void add_pad(vg_sha256 *h, vg_str key, unsigned char with)
{
    char block[64];
    for (int i = 0; i < 64; i++)
        block[i] = (char)((i < key.n ? (unsigned char)key.s[i] : 0) ^ with);
    vg_sha256_add(h, (vg_str){ block, sizeof block });
}

/* The key is 64 hexadecimal digits, just a block. */
void vg_live_hash(vg_str key, const char *purpose, vg_str text, char hex[65])
{
    vg_sha256 h;
    unsigned char inner[32];
    vg_sha256_init(&h);
    add_pad(&h, key, 0x36);
    vg_sha256_add(&h, vg_str_z(purpose));
    vg_sha256_add(&h, VG_S("\n"));
    vg_sha256_add(&h, text);
    vg_sha256_hex(&h, hex);
    bytes_of(hex, inner, 32);
    vg_sha256_init(&h);
    add_pad(&h, key, 0x5c);
    vg_sha256_add(&h, (vg_str){ (const char *)inner, sizeof inner });
    vg_sha256_hex(&h, hex);
}

void vg_live_pseudonym(vg_str key, vg_str secret, char hex[VG_LIVE_PSEUDONYM + 1])
{
    char whole[65];
    vg_live_hash(key, "participant", secret, whole);
    memcpy(hex, whole, VG_LIVE_PSEUDONYM);
    hex[VG_LIVE_PSEUDONYM] = '\0';
}

bool vg_live_same(vg_str a, vg_str b)
{
    unsigned differ = a.n != b.n || a.n == 0;
    for (ptrdiff_t i = 0; i < a.n && i < b.n; i++)
        differ |= (unsigned char)a.s[i] ^ (unsigned char)b.s[i];
    return differ == 0;
}

const vg_live_code *vg_live_find_code(const vg_live_record *r, vg_str typed)
{
    char plain[65], hex[65];
    const vg_live_code *found = NULL;
    vg_live_hash(r->about.key, "code", vg_live_code_plain(typed, plain), hex);
    for (int32_t i = 0; i < r->n_codes; i++)
        found = vg_live_same(r->code[i].hash, vg_str_z(hex)) ? &r->code[i] : found;
    return found;
}

/* --- statements --- */

static bool is_blank_character(vg_str s, ptrdiff_t i)
{
    static const char *const invisible[] = { "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xC2\xA0", "\xE2\x81\xA0" };
    for (size_t k = 0; k < sizeof invisible / sizeof *invisible; k++)
        if (vg_starts(vg_sub(s, i, s.n), vg_str_z(invisible[k])))
            return true;
    return s.s[i] == ' ';
}

static ptrdiff_t character_at(vg_str s, ptrdiff_t i)
{
    ptrdiff_t n = 1;
    while (i + n < s.n && ((unsigned char)s.s[i + n] & 0xC0) == 0x80)
        n++;
    return n;
}

bool vg_live_text_clean(vg_str given, vg_arena *a, vg_str *out, vg_err *e)
{
    if (!vg_utf8_valid(given))
        return vg_fail(e, VG_EPARSE, VG_NOWHERE, "the statement is not UTF-8 text");
    vg_str plain = vg_consultation_plain(a, given, INT32_MAX);
    char *to = vg_new(a, char, plain.n + 1);
    if (!to || (given.n && !plain.s))
        return vg_fail_memory(e, vg_arena_limit(a));
    ptrdiff_t n = 0;
    int64_t characters = 0;
    bool gap = false;
    for (ptrdiff_t i = 0, size; i < plain.n; i += size) {
        size = character_at(plain, i);
        if (is_blank_character(plain, i)) {
            gap = true;
            continue;
        }
        if (gap && n)
            to[n++] = ' ', characters++;
        gap = false;
        memcpy(to + n, plain.s + i, (size_t)size);
        n += size;
        characters++;
    }
    if (n == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "the statement is empty");
        return vg_mend(e, "write a sentence that others can agree or disagree with");
    }
    if (characters > VG_LIVE_TEXT) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the statement has %lld characters", (long long)characters);
        vg_why(e, "a statement has at most %d, so that it is read whole", VG_LIVE_TEXT);
        return vg_mend(e, "say one thing in one sentence");
    }
    *out = (vg_str){ to, n };
    return true;
}

/* --- votes --- */

static bool fail_ballot(vg_err *e, vg_code code, int32_t place, const char *what, const char *mend)
{
    vg_fail(e, code, (vg_at){ .col = place + 1 }, "vote %d: %s", (int)place + 1, what);
    vg_why(e, "votes are written statement:value:client or statement:value:client:age, with commas between");
    return vg_mend(e, "%s", mend);
}

static bool read_ballot(vg_str text, int32_t place, vg_live_ballot *out, vg_err *e)
{
    static const int64_t most[] = { 1000000, 1, ((int64_t)1 << 53) - 1, INT64_MAX };
    int64_t part[4] = { 0 };
    int n = 0;
    while (text.n && n < 4) {
        vg_str one = vg_cut(&text, ':');
        if (!vg_int(one, &part[n]))
            return fail_ballot(e, VG_EPARSE, place, "a part is not a whole number", "send numbers only");
        n++;
    }
    if (n < 3 || text.n)
        return fail_ballot(e, VG_EPARSE, place, "it does not have three or four parts", "see why");
    if (part[1] < -1 || part[1] > most[1])
        return fail_ballot(e, VG_ERANGE, place, "the value is not -1, 0 or 1",
                           "send 1 for agree, -1 for disagree, 0 for pass");
    if (part[0] < 1 || part[0] > most[0] || part[2] < 1 || part[2] > most[2])
        return fail_ballot(e, VG_ERANGE, place, "the statement or client number is out of range",
                           "send the statement's own number, and a client number from 1 to 2^53 - 1");
    if (part[3] < 0 || part[3] > 7 * 86400)
        return fail_ballot(e, VG_ERANGE, place, "it was cast in the future, or more than seven days ago",
                           "send how many seconds ago it was cast");
    *out = (vg_live_ballot){
        .statement = part[0], .client = part[2], .age_s = part[3], .value = (int8_t)part[1]
    };
    return true;
}

bool vg_live_ballots(vg_str text, vg_live_ballot ballot[VG_LIVE_BALLOTS], int32_t *n, vg_err *e)
{
    vg_live_ballot read[VG_LIVE_BALLOTS];
    int32_t count = 0;
    if (!text.n || text.s[text.n - 1] == ',')
        return fail_ballot(e, VG_EPARSE, 0, "there is none",
                           "send at least one vote, and no comma at the end");
    while (text.n) {
        if (count == VG_LIVE_BALLOTS)
            return fail_ballot(e, VG_ERANGE, count, "too many at once",
                               "send at most 50 votes in one message");
        if (!read_ballot(vg_cut(&text, ','), count, &read[count], e))
            return false;
        count++;
    }
    memcpy(ballot, read, (size_t)count * sizeof *ballot);
    *n = count;
    return true;
}

/* --- what there is --- */

bool vg_live_is_asked(const vg_live_record *r, const vg_live_statement *s)
{
    bool after = (r->about.settings & VG_LIVE_AFTER) != 0;
    return s->moderation > 0 || (s->moderation == 0 && after);
}

bool vg_live_has_language(const vg_live_record *r, vg_str language)
{
    vg_str rest = r->about.languages;
    while (rest.n)
        if (vg_eq(vg_cut(&rest, ','), language))
            return language.n > 0;
    return false;
}

bool vg_live_has_answer(const vg_live_record *r, vg_str question, vg_str answer)
{
    for (int32_t i = 0; i < r->n_words; i++)
        if (answer.n && vg_eq(r->word[i].question, question) && vg_eq(r->word[i].answer, answer))
            return true;
    return false;
}
