/* Decisions on pairs of a query and an entry. Invariant: a subject holds the content of both sides as hashes, so that a
 * decision speaks for exactly what was looked at; nothing has to be taken back when a list or a customer changes. */
#include "screening/decision.h"

#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/hash.h"
#include "core/map.h"

static const char *const verdict_words[] = { "", "undecided", "false-match", "true-match" };

#define PREFIX "match:"

enum { KEY_DIGITS = 32, ENTRY_DIGITS = 16 };

vg_str vg_verdict_word(vg_verdict v)
{
    return vg_str_z(verdict_words[v]);
}

int vg_verdict_by_word(vg_str word)
{
    for (int i = VG_VERDICT_UNDECIDED; i <= VG_VERDICT_TRUE_MATCH; i++)
        if (vg_eq_nocase(word, vg_str_z(verdict_words[i])))
            return i;
    return -1;
}

/* --- the key of a query --- */

/* Sum of the hashes of all items: their order does not matter, and nothing needs room. */
typedef struct {
    uint64_t sum[4];
} item_sum;

static void add_bytes(vg_sha256 *h, vg_str s)
{
    bool blank = false, begun = false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.s[i] == '\t' || s.s[i] == '\n' || s.s[i] == '\r' ? ' ' : vg_lower(s.s[i]);
        if (c == ' ') {
            blank = begun;
            continue;
        }
        if (blank)
            vg_sha256_add(h, VG_S(" "));
        vg_sha256_add(h, (vg_str){ &c, 1 });
        blank = false;
        begun = true;
    }
}

static void add_item(item_sum *sum, const char *what, vg_str a, vg_str b)
{
    vg_sha256 h;
    char hex[65], part[17];
    if (!a.n && !b.n)
        return;
    vg_sha256_init(&h);
    vg_sha256_add(&h, vg_str_z(what));
    vg_sha256_add(&h, VG_S("\n"));
    add_bytes(&h, a);
    vg_sha256_add(&h, VG_S("\n"));
    add_bytes(&h, b);
    vg_sha256_hex(&h, hex);
    for (int i = 0; i < 4; i++) {
        memcpy(part, hex + (ptrdiff_t)16 * i, 16);
        part[16] = 0;
        sum->sum[i] += strtoull(part, NULL, 16);
    }
}

static void add_texts(item_sum *sum, const char *what, const vg_texts *t)
{
    for (int64_t i = 0; i < t->n; i++)
        add_item(sum, what, t->item[i], VG_NOSTR);
}

void vg_screening_query_key(const vg_party *q, char key[33])
{
    item_sum sum = { { 0 } };
    char text[64];
    for (int64_t i = 0; i < q->name.n; i++)
        add_item(&sum, "name", q->name.item[i].text, VG_NOSTR);
    for (int64_t i = 0; i < q->birth.n; i++) {
        int n = snprintf(text, sizeof text, "%d %d", q->birth.item[i].day_from, q->birth.item[i].day_to);
        add_item(&sum, "birth", (vg_str){ text, n }, VG_NOSTR);
    }
    for (int64_t i = 0; i < q->number.n; i++)
        add_item(&sum, "number", q->number.item[i].kind, q->number.item[i].value);
    add_texts(&sum, "country", &q->country);
    add_texts(&sum, "country", &q->nationality);
    add_texts(&sum, "address", &q->address);
    add_item(&sum, "schema", vg_screening_schema_word(q->schema), VG_NOSTR);
    if (q->gender)
        add_item(&sum, "gender", (vg_str){ &q->gender, 1 }, VG_NOSTR);
    vg_sha256 h;
    char hex[65];
    vg_sha256_init(&h);
    for (int i = 0; i < 4; i++) {
        int n = snprintf(text, sizeof text, "%016llx\n", (unsigned long long)sum.sum[i]);
        vg_sha256_add(&h, (vg_str){ text, n });
    }
    vg_sha256_hex(&h, hex);
    memcpy(key, hex, KEY_DIGITS);
    key[KEY_DIGITS] = 0;
}

vg_str vg_screening_hit_name(const char key[33], const vg_screening_candidate *c, vg_arena *a)
{
    return vg_format(a, "%s:%.*s:%.*s:%s", key, VG_P(c->list), VG_P(c->id), c->entry_hash);
}

/* --- deciding --- */

static bool is_hex(vg_str s, ptrdiff_t n)
{
    if (s.n != n)
        return false;
    for (ptrdiff_t i = 0; i < n; i++)
        if (!((s.s[i] >= '0' && s.s[i] <= '9') || (s.s[i] >= 'a' && s.s[i] <= 'f')))
            return false;
    return true;
}

/* "<key>:<list>:<id>:<entry-hash>"; an id may hold colons. */
static bool is_hit_name(vg_str hit)
{
    vg_str rest = hit, key = vg_cut(&rest, ':'), list = vg_cut(&rest, ':');
    ptrdiff_t tail = rest.n - ENTRY_DIGITS - 1;
    return is_hex(key, KEY_DIGITS) && list.n && tail > 0 && rest.s[tail] == ':' &&
           is_hex(vg_sub(rest, tail + 1, ENTRY_DIGITS), ENTRY_DIGITS);
}

bool vg_screening_decide(vg_store *st, vg_str hit, vg_verdict verdict, vg_str who, vg_str reason, vg_err *e)
{
    if (vg_starts(hit, VG_S(PREFIX)))
        hit = vg_sub(hit, (ptrdiff_t)sizeof PREFIX - 1, hit.n);
    if (!is_hit_name(hit)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%.*s\" is not the name of a hit", VG_P(vg_utf8_head(hit, 80)));
        vg_why(e, "a hit is named by the query's key, the list, the entry and the entry's content");
        return vg_mend(e, "copy it from the column \"hit\" of the answer");
    }
    if (verdict == VG_VERDICT_NONE)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a decision needs a verdict");
    if (verdict == VG_VERDICT_FALSE_MATCH && !vg_trim(reason).n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a false match needs a reason");
        vg_why(e, "it keeps this pair out of later hits, and others must be able to follow why");
        return vg_mend(e, "say what differs: --reason \"born 1990, another passport\"");
    }
    vg_arena a;
    if (!vg_arena_init(&a, 1 << 20, e))
        return false;
    vg_decision d = { .subject = vg_format(&a, PREFIX "%.*s", VG_P(hit)),
                      .who = who,
                      .verdict = vg_verdict_word(verdict),
                      .reason = reason,
                      .at = vg_now() };
    bool good = d.subject.s ? vg_store_decide(st, &d, e) : vg_fail_memory(e, vg_arena_limit(&a));
    vg_arena_free(&a);
    return good;
}

/* --- looking up --- */

struct vg_screening_decisions {
    vg_arena a;
    vg_decision *all;
    int32_t *by_subject, *by_pair; /* from the map's number to a decision; the newest stands */
    vg_map subject, pair;          /* pair: the subject without the entry's content */
};

static vg_str pair_of(vg_str subject)
{
    return vg_sub(subject, 0, subject.n > ENTRY_DIGITS ? subject.n - ENTRY_DIGITS : 0);
}

static bool index_all(vg_screening_decisions *d, int64_t n, vg_err *e)
{
    d->by_subject = vg_new(&d->a, int32_t, n + 1);
    d->by_pair = vg_new(&d->a, int32_t, n + 1);
    if (!d->by_subject || !d->by_pair)
        return vg_fail_memory(e, vg_arena_limit(&d->a));
    for (int64_t i = 0; i < n; i++) { /* oldest first: a later one on the same pair replaces it */
        int32_t subject = vg_map_add(&d->subject, d->all[i].subject, NULL);
        int32_t pair = vg_map_add(&d->pair, pair_of(d->all[i].subject), NULL);
        if (subject < 0 || pair < 0)
            return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the decisions");
        d->by_subject[subject] = d->by_pair[pair] = (int32_t)i;
    }
    return true;
}

bool vg_screening_decisions_open(vg_store *st, vg_screening_decisions **out, vg_err *e)
{
    vg_screening_decisions *d = calloc(1, sizeof *d);
    if (!d)
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the decisions");
    int64_t n;
    bool good = vg_arena_init(&d->a, (int64_t)1 << 32, e) && vg_map_init(&d->subject, e) &&
                vg_map_init(&d->pair, e) && vg_store_decisions(st, VG_S(PREFIX), &d->a, &d->all, &n, e) &&
                index_all(d, n, e);
    if (good)
        *out = d;
    else
        vg_screening_decisions_close(d);
    return good;
}

void vg_screening_decisions_close(vg_screening_decisions *d)
{
    if (!d)
        return;
    vg_map_free(&d->subject);
    vg_map_free(&d->pair);
    vg_arena_free(&d->a);
    free(d);
}

vg_match_decision vg_screening_decided(const vg_screening_decisions *d, const char key[33],
                                       const vg_screening_candidate *c)
{
    vg_match_decision none = { .verdict = VG_VERDICT_NONE };
    char text[4096];
    int n =
        snprintf(text, sizeof text, PREFIX "%s:%.*s:%.*s:%s", key, VG_P(c->list), VG_P(c->id), c->entry_hash);
    if (!d || n < 0 || n >= (int)sizeof text)
        return none;
    vg_str subject = { text, n };
    int32_t at = vg_map_find(&d->subject, subject),
            pair = at < 0 ? vg_map_find(&d->pair, pair_of(subject)) : -1;
    if (at < 0 && pair < 0)
        return none;
    const vg_decision *x = &d->all[at >= 0 ? d->by_subject[at] : d->by_pair[pair]];
    int verdict = vg_verdict_by_word(x->verdict);
    if (verdict < 0)
        return none;
    return (vg_match_decision){
        .verdict = (vg_verdict)verdict, .who = x->who, .reason = x->reason, .at = x->at, .outdated = at < 0
    };
}
