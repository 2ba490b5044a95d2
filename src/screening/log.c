/* The log of questions: what was asked, of which vintages, and what came out, as entries of the store's audit chain. A
 * query may stand there as it was asked or as a keyed hash only; the answer names entries of public lists either way. */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/json.h"
#include "screening/decision.h"

enum { BLOCK = 64, DIGEST = 32 };

vg_screening_privacy vg_screening_privacy_of(bool hash_queries)
{
    const char *key = getenv("VIGIE_QUERY_KEY");
    bool has_key = key && *key;
    return (vg_screening_privacy){ .hashed = hash_queries || has_key,
                                   .key = has_key ? vg_str_z(key) : VG_NOSTR };
}

/* --- HMAC-SHA-256 (RFC 2104) --- */

static void to_bytes(const char hex[65], unsigned char out[DIGEST])
{
    for (int i = 0; i < DIGEST; i++) {
        const char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };
        out[i] = (unsigned char)strtoul(two, NULL, 16);
    }
}

static vg_str bytes_of(const unsigned char *b, ptrdiff_t n)
{
    return (vg_str){ (const char *)b, n };
}

void vg_screening_hmac(vg_str key, vg_str text, char hex[65])
{
    unsigned char block[BLOCK] = { 0 }, pad[BLOCK], digest[DIGEST];
    vg_sha256 h;
    if (key.n > BLOCK) {
        vg_sha256_init(&h);
        vg_sha256_add(&h, key);
        vg_sha256_hex(&h, hex);
        to_bytes(hex, block);
    } else if (key.n) {
        memcpy(block, key.s, (size_t)key.n);
    }
    for (int i = 0; i < BLOCK; i++)
        pad[i] = block[i] ^ 0x36;
    vg_sha256_init(&h);
    vg_sha256_add(&h, bytes_of(pad, BLOCK));
    vg_sha256_add(&h, text);
    vg_sha256_hex(&h, hex);
    to_bytes(hex, digest);
    for (int i = 0; i < BLOCK; i++)
        pad[i] = block[i] ^ 0x5c;
    vg_sha256_init(&h);
    vg_sha256_add(&h, bytes_of(pad, BLOCK));
    vg_sha256_add(&h, bytes_of(digest, DIGEST));
    vg_sha256_hex(&h, hex);
}

/* --- what an entry says --- */

static void put_text(vg_json *j, const char *key, vg_str text)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_str(j, text);
}

static void put_texts(vg_json *j, const char *key, const vg_texts *t)
{
    if (!t->n)
        return;
    vg_json_key(j, vg_str_z(key));
    vg_json_array(j);
    for (int64_t i = 0; i < t->n; i++)
        vg_json_str(j, t->item[i]);
    vg_json_close(j);
}

static void put_numbers(vg_json *j, const vg_party *q)
{
    if (!q->number.n)
        return;
    vg_json_key(j, VG_S("numbers"));
    vg_json_array(j);
    for (int64_t i = 0; i < q->number.n; i++) {
        vg_json_object(j);
        put_text(j, "kind", q->number.item[i].kind);
        put_text(j, "value", q->number.item[i].value);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_query_open(vg_json *j, const vg_party *q)
{
    vg_json_key(j, VG_S("query"));
    vg_json_object(j);
    vg_json_key(j, VG_S("names"));
    vg_json_array(j);
    for (int64_t i = 0; i < q->name.n; i++)
        vg_json_str(j, q->name.item[i].text);
    vg_json_close(j);
    put_text(j, "schema", vg_screening_schema_word(q->schema));
    if (q->birth.n) {
        vg_json_key(j, VG_S("birth_days"));
        vg_json_array(j);
        for (int64_t i = 0; i < q->birth.n; i++) {
            vg_json_int(j, q->birth.item[i].day_from);
            vg_json_int(j, q->birth.item[i].day_to);
        }
        vg_json_close(j);
    }
    put_texts(j, "country", &q->country);
    put_texts(j, "nationality", &q->nationality);
    put_texts(j, "address", &q->address);
    if (q->gender)
        put_text(j, "gender", (vg_str){ &q->gender, 1 });
    put_numbers(j, q);
    vg_json_close(j);
}

static void put_query_hashed(vg_json *j, const vg_party *q, const vg_screening_privacy *p)
{
    char key[33], hmac[65];
    vg_screening_query_key(q, key);
    vg_screening_hmac(p->key, vg_str_z(key), hmac);
    put_text(j, "query_hmac", vg_str_z(hmac));
    vg_json_key(j, VG_S("keyed"));
    vg_json_bool(j, p->key.n > 0);
}

static bool put_lists(vg_json *j, const vg_screening *s, vg_arena *a, vg_err *e)
{
    vg_screening_list *list;
    int32_t n;
    if (!vg_screening_lists(s, a, &list, &n, e))
        return false;
    vg_json_key(j, VG_S("lists"));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        vg_json_object(j);
        put_text(j, "list", list[i].name);
        put_text(j, "version", list[i].version);
        vg_json_key(j, VG_S("vintage"));
        vg_json_int(j, list[i].vintage);
        put_text(j, "sha256", list[i].sha256);
        vg_json_close(j);
    }
    vg_json_close(j);
    return true;
}

static void put_hits(vg_json *j, const vg_screening_answer *answer)
{
    vg_json_key(j, VG_S("threshold"));
    vg_json_num(j, answer->threshold);
    vg_json_key(j, VG_S("n_hits"));
    vg_json_int(j, answer->n_hits);
    vg_json_key(j, VG_S("candidates"));
    vg_json_array(j);
    for (int32_t i = 0; i < answer->n; i++) {
        const vg_screening_candidate *c = &answer->candidate[i];
        vg_json_object(j);
        put_text(j, "list", c->list);
        put_text(j, "id", c->id);
        put_text(j, "entry_hash", vg_str_z(c->entry_hash));
        vg_json_key(j, VG_S("score"));
        vg_json_fixed(j, c->score, 4);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static bool append(vg_store *st, const char *action, vg_out *text, vg_err *e)
{
    return vg_out_end(text, e) && vg_audit_append(st, vg_str_z(action), vg_out_text(text), e);
}

bool vg_screening_log(vg_store *st, const vg_screening *s, const vg_party *query,
                      const vg_screening_answer *answer, const vg_screening_privacy *privacy, vg_err *e)
{
    char key[33];
    vg_out text;
    vg_arena a;
    if (!vg_arena_init(&a, 16 << 20, e))
        return false;
    if (!vg_out_memory(&text, e)) {
        vg_arena_free(&a);
        return false;
    }
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    if (privacy->hashed)
        put_query_hashed(&j, query, privacy);
    else
        put_query_open(&j, query);
    vg_screening_query_key(query, key);
    if (!privacy->hashed)
        put_text(&j, "query_key", vg_str_z(key));
    put_hits(&j, answer);
    bool good = put_lists(&j, s, &a, e);
    vg_json_close(&j);
    good = good && append(st, "screening ask", &text, e);
    vg_out_drop(&text);
    vg_arena_free(&a);
    return good;
}

bool vg_screening_log_batch(vg_store *st, const vg_screening *s, const vg_screening_batch *b, vg_err *e)
{
    vg_out text;
    vg_arena a;
    if (!vg_arena_init(&a, 16 << 20, e))
        return false;
    if (!vg_out_memory(&text, e)) {
        vg_arena_free(&a);
        return false;
    }
    vg_json j = vg_json_to(&text);
    vg_json_object(&j);
    put_text(&j, "file", b->file);
    put_text(&j, "sha256", b->sha256);
    const struct {
        const char *key;
        int64_t n;
    } counts[] = { { "rows", b->n_rows },
                   { "bad_rows", b->n_bad },
                   { "rows_with_hits", b->n_rows_hit },
                   { "hits", b->n_hits },
                   { "excepted", b->n_excepted } };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        vg_json_key(&j, vg_str_z(counts[i].key));
        vg_json_int(&j, counts[i].n);
    }
    vg_json_key(&j, VG_S("threshold"));
    vg_json_num(&j, b->threshold);
    bool good = put_lists(&j, s, &a, e);
    vg_json_close(&j);
    good = good && append(st, "screening batch", &text, e);
    vg_out_drop(&text);
    vg_arena_free(&a);
    return good;
}
