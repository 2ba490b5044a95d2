/* Reports as bytes. The layout (README.md): a byte 1; a varint of presence bits, one for each field that is told; the
 * instants as differences; numbers of 8 bytes; words of 1 byte; texts with their length. Invariant: there is one way to
 * write a report and the reader takes no other, so that bytes are equal exactly when reports are; nothing is read
 * beyond the end, whatever the bytes say. */
#include "store/report_int.h"

enum { LAYOUT = 1, HEAD_BYTES = 200, N_NUMBERS = 7, N_WORDS = 7, N_TEXTS = 7 };

/* Presence bits. Source, id and the three instants always stand. */
enum {
    BIT_NUMBER = 0,
    BIT_CONFIDENCE = BIT_NUMBER + N_NUMBERS,
    BIT_COUNT,
    BIT_WORD,
    BIT_TEXT = BIT_WORD + N_WORDS,
    BIT_WITHDRAWS = BIT_TEXT + N_TEXTS,
    N_BITS
};

typedef struct {
    double *number[N_NUMBERS];
    int8_t *word[N_WORDS];
    vg_str *text[N_TEXTS];
} fields;

/* Order of the layout: never changed, only added to (with a new LAYOUT). */
static fields fields_of(vg_report *r)
{
    return (fields){
        .number = { &r->lat_deg, &r->lon_deg, &r->radius_m, &r->bearing_deg, &r->range_m, &r->range_to_m,
                    &r->calibre_mm },
        .word = { &r->kind, &r->act, &r->weapon, &r->basis, &r->count_kind, &r->point_of, &r->claims },
        .text = { &r->place, &r->actor, &r->observer, &r->text_hash, &r->media_hash, &r->revises, &r->raw },
    };
}

/* --- writing --- */

static uint32_t float_bits(float x)
{
    uint32_t bits;
    x += 0.0F;
    memcpy(&bits, &x, 4);
    return bits;
}

static uint64_t presence(const vg_report *r, const fields *f)
{
    uint64_t bits = 0;
    for (int i = 0; i < N_NUMBERS; i++)
        bits |= (uint64_t)!isnan(*f->number[i]) << (BIT_NUMBER + i);
    for (int i = 0; i < N_WORDS; i++)
        bits |= (uint64_t)(*f->word[i] != 0) << (BIT_WORD + i);
    for (int i = 0; i < N_TEXTS; i++)
        bits |= (uint64_t)(f->text[i]->n != 0) << (BIT_TEXT + i);
    return bits | (uint64_t)!isnan(r->confidence) << BIT_CONFIDENCE |
           (uint64_t)(r->count != VG_UNKNOWN) << BIT_COUNT | (uint64_t)r->withdraws << BIT_WITHDRAWS;
}

static char *put_numbers(char *to, const vg_report *r, const fields *f, uint64_t bits)
{
    for (int i = 0; i < N_NUMBERS; i++)
        if (bits >> (BIT_NUMBER + i) & 1) {
            vg_report__put64(to, vg_report__bits(*f->number[i]));
            to += 8;
        }
    if (bits >> BIT_CONFIDENCE & 1)
        for (int i = 0; i < 4; i++)
            *to++ = (char)(uint8_t)(float_bits(r->confidence) >> (8 * i));
    if (bits >> BIT_COUNT & 1)
        to = vg_report__put_varint(to, vg_report__zigzag((uint64_t)r->count));
    for (int i = 0; i < N_WORDS; i++)
        if (bits >> (BIT_WORD + i) & 1)
            *to++ = (char)*f->word[i];
    return to;
}

static void put_text(vg_out *out, char *room, int64_t *n, vg_str s)
{
    char *end = vg_report__put_varint(room + *n, (uint64_t)s.n);
    *n = end - room;
    if (s.n <= HEAD_BYTES - *n - 10) {
        if (s.n)
            memcpy(end, s.s, (size_t)s.n);
        *n += s.n;
        return;
    }
    vg_put(out, (vg_str){ room, (ptrdiff_t)*n });
    vg_put(out, s);
    *n = 0;
}

/* A word that does not exist is written as "unknown": vg_report_check refuses such a report anyway. */
static vg_report with_words(const vg_report *r)
{
    vg_report x = *r;
    if (!vg_report__words_hold(r))
        x.kind = x.act = x.weapon = x.basis = x.count_kind = x.point_of = x.claims = 0;
    return x;
}

void vg_report_pack(vg_out *out, const vg_report *given)
{
    vg_report x = with_words(given), *r = &x;
    fields f = fields_of(r);
    uint64_t bits = presence(r, &f);
    char room[HEAD_BYTES] = { LAYOUT }, *to = vg_report__put_varint(room + 1, bits);
    to = vg_report__put_varint(to, vg_report__zigzag((uint64_t)r->received_at));
    to = vg_report__put_varint(to, vg_report__zigzag((uint64_t)r->from - (uint64_t)r->received_at));
    to = vg_report__put_varint(to, vg_report__zigzag((uint64_t)r->to - (uint64_t)r->from));
    to = put_numbers(to, r, &f, bits);
    int64_t n = to - room;
    put_text(out, room, &n, r->source);
    put_text(out, room, &n, r->id);
    for (int i = 0; i < N_TEXTS; i++)
        if (f.text[i]->n)
            put_text(out, room, &n, *f.text[i]);
    vg_put(out, (vg_str){ room, (ptrdiff_t)n });
}

/* --- reading --- */

static bool take(vg_str *s, ptrdiff_t n, vg_str *part)
{
    if (n < 0 || n > s->n)
        return false;
    *part = (vg_str){ s->s, n };
    s->s += n;
    s->n -= n;
    return true;
}

static bool get_text(vg_str *s, vg_str *text)
{
    uint64_t n;
    return vg_report__get_varint(s, &n) && n <= (uint64_t)s->n && take(s, (ptrdiff_t)n, text);
}

static bool get_instants(vg_str *s, vg_report *r)
{
    uint64_t received, from, to;
    if (!vg_report__get_varint(s, &received) || !vg_report__get_varint(s, &from) ||
        !vg_report__get_varint(s, &to))
        return false;
    received = vg_report__unzigzag(received);
    from = vg_report__unzigzag(from) + received;
    r->received_at = (int64_t)received;
    r->from = (int64_t)from;
    r->to = (int64_t)(vg_report__unzigzag(to) + from);
    return true;
}

static bool get_double(vg_str *s, double *x)
{
    vg_str part;
    if (!take(s, 8, &part))
        return false;
    uint64_t bits = vg_report__get64(part.s);
    memcpy(x, &bits, 8);
    return bits == vg_report__bits(*x) && !isnan(*x);
}

static bool get_confidence(vg_str *s, float *x)
{
    vg_str part;
    uint32_t bits = 0;
    if (!take(s, 4, &part))
        return false;
    for (int i = 0; i < 4; i++)
        bits |= (uint32_t)(uint8_t)part.s[i] << (8 * i);
    memcpy(x, &bits, 4);
    return !isnan(*x) && bits == float_bits(*x);
}

static bool get_count(vg_str *s, int64_t *count)
{
    uint64_t x;
    if (!vg_report__get_varint(s, &x))
        return false;
    *count = (int64_t)vg_report__unzigzag(x);
    return *count != VG_UNKNOWN;
}

static bool get_word(vg_str *s, int8_t *word)
{
    vg_str part;
    if (!take(s, 1, &part))
        return false;
    *word = (int8_t)part.s[0];
    return *word != 0;
}

static bool get_fields(vg_str *s, vg_report *r, uint64_t bits)
{
    fields f = fields_of(r);
    bool good = true;
    for (int i = 0; good && i < N_NUMBERS; i++)
        good = !(bits >> (BIT_NUMBER + i) & 1) || get_double(s, f.number[i]);
    good = good && (!(bits >> BIT_CONFIDENCE & 1) || get_confidence(s, &r->confidence));
    good = good && (!(bits >> BIT_COUNT & 1) || get_count(s, &r->count));
    for (int i = 0; good && i < N_WORDS; i++)
        good = !(bits >> (BIT_WORD + i) & 1) || get_word(s, f.word[i]);
    good = good && get_text(s, &r->source) && get_text(s, &r->id);
    for (int i = 0; good && i < N_TEXTS; i++)
        good = !(bits >> (BIT_TEXT + i) & 1) || (get_text(s, f.text[i]) && f.text[i]->n > 0);
    r->withdraws = bits >> BIT_WITHDRAWS & 1;
    return good && s->n == 0 && vg_report__words_hold(r);
}

bool vg_report_unpack(vg_str bytes, vg_report *r, vg_err *e)
{
    if (vg_failed(e))
        return false;
    vg_report x = vg_report_none();
    vg_str rest = bytes, layout;
    uint64_t bits;
    if (take(&rest, 1, &layout) && layout.s[0] == LAYOUT && vg_report__get_varint(&rest, &bits) &&
        bits >> N_BITS == 0 && get_instants(&rest, &x) && get_fields(&rest, &x, bits)) {
        *r = x;
        return true;
    }
    vg_fail(e, VG_EPARSE, VG_NOWHERE, "the bytes of a report do not read as one (%lld bytes)",
            (long long)bytes.n);
    vg_why(e, "they were changed, or written by a newer program");
    return vg_mend(e, "verify the log; read it with the newest program that wrote to it");
}
