/*
 * Values of an agreement's text, each checked where it stands. Invariant: what is wrong with a value becomes a finding
 * with its line, and the reading goes on with what the value would be if it were absent.
 */
#include <string.h>

#include "ceasefire/agreement_int.h"
#include "core/date.h"
#include "text/distance.h"
#include "text/letter.h"

enum { MOST_FINDINGS = 10000, DAY_S = 86400 };

void vg_agreement__find(vg_agreement_reading *r, vg_finding_weight weight, vg_at at, const char *id,
                        const vg_fact *fact, int n)
{
    vg_agreement_found *x = r->n_found < MOST_FINDINGS ? vg_new(r->arena, vg_agreement_found, 1) : NULL;
    r->a->n_errors += weight == VG_FINDING_ERROR;
    if (!x)
        return;
    x->finding = (vg_agreement_finding){ .weight = weight, .at = at, .id = id };
    for (; x->finding.n_facts < n && x->finding.n_facts < VG_FINDING_FACTS; x->finding.n_facts++)
        x->finding.fact[x->finding.n_facts] = fact[x->finding.n_facts];
    x->number = r->n_found++;
    if (r->last_found)
        r->last_found->next = x;
    else
        r->found = x;
    r->last_found = x;
}

int32_t vg_agreement__line(const vg_toml *x)
{
    return (int32_t)x->at.line;
}

/* --- kinds of values --- */

static const char *kind_key(vg_toml_kind kind)
{
    switch (kind) {
    case VG_TOML_TABLE: return "ceasefire.value.table";
    case VG_TOML_ARRAY: return "ceasefire.value.list";
    case VG_TOML_TEXT: return "ceasefire.value.text";
    case VG_TOML_INT: return "ceasefire.value.whole";
    case VG_TOML_FLOAT: return "ceasefire.value.number";
    case VG_TOML_BOOL: return "ceasefire.value.bool";
    case VG_TOML_INSTANT: return "ceasefire.value.instant";
    case VG_TOML_LOCAL: return "ceasefire.value.local";
    case VG_TOML_DATE: return "ceasefire.value.date";
    case VG_TOML_TIME: return "ceasefire.value.time";
    }
    return "ceasefire.value.text";
}

/* `wanted` is a key of the catalogue, `example` is written as the file has it. */
static void wrong_kind(vg_agreement_reading *r, const vg_toml *x, const char *wanted, const char *example)
{
    vg_agreement__find(r, VG_FINDING_ERROR, x->at, "wrong-kind",
                       VG_FACTS(vg_fact__text("key", x->key), vg_fact__word("kind", kind_key(x->kind)),
                                vg_fact__word("wanted", wanted),
                                vg_fact__text("example", vg_str_z(example))));
}

void vg_agreement__not_empty(vg_agreement_reading *r, const vg_toml *value)
{
    if (value && value->kind == VG_TOML_ARRAY && value->n == 0)
        vg_agreement__find(r, VG_FINDING_ERROR, value->at, "empty-list",
                           VG_FACTS(vg_fact__text("key", value->key)));
}

vg_toml *vg_agreement__tables(vg_agreement_reading *r, vg_toml *table, const char *key, int32_t most,
                              int32_t *n)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    *n = 0;
    if (!x)
        return NULL;
    if (x->kind == VG_TOML_TABLE) {
        *n = 1;
        return x;
    }
    bool good = x->kind == VG_TOML_ARRAY;
    for (const vg_toml *i = good ? x->first : NULL; i; i = i->next)
        good = good && i->kind == VG_TOML_TABLE;
    if (!good) {
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "not-table",
                           VG_FACTS(vg_fact__text("key", vg_str_z(key))));
        return NULL;
    }
    if (x->n > most)
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "too-many",
                           VG_FACTS(vg_fact__num("n", x->n), vg_fact__text("key", vg_str_z(key)),
                                    vg_fact__num("most", most)));
    *n = x->n < most ? x->n : most;
    return x->first;
}

bool vg_agreement__text(vg_agreement_reading *r, vg_toml *table, const char *key, vg_str *out)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    if (!x)
        return false;
    if (x->kind != VG_TOML_TEXT) {
        wrong_kind(r, x, "ceasefire.value.text", "\"...\"");
        return false;
    }
    *out = x->text;
    return true;
}

bool vg_agreement__number(vg_agreement_reading *r, vg_toml *table, const char *key, double *out)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    if (!x)
        return false;
    if ((x->kind != VG_TOML_INT && x->kind != VG_TOML_FLOAT) || !(x->number > -1e300 && x->number < 1e300)) {
        wrong_kind(r, x, "ceasefire.value.finite", "12.5");
        return false;
    }
    *out = x->number;
    return true;
}

/* "18:00", "18:00:00" or "24:00" as seconds of the day. */
static bool clock_text(vg_str s, int64_t *out)
{
    int part[3] = { 0, 0, 0 };
    for (int i = 0; i < 3; i++) {
        if (i && s.n == 0)
            break;
        if (i && s.s[0] != ':')
            return false;
        s = vg_sub(s, i > 0, s.n);
        if (s.n < 2 || s.s[0] < '0' || s.s[0] > '9' || s.s[1] < '0' || s.s[1] > '9')
            return false;
        part[i] = (s.s[0] - '0') * 10 + s.s[1] - '0';
        s = vg_sub(s, 2, s.n);
        if (i == 0 && s.n == 0)
            return false;
    }
    *out = part[0] * 3600 + part[1] * 60 + part[2];
    return s.n == 0 && part[1] < 60 && part[2] < 60 && *out <= DAY_S;
}

bool vg_agreement__time(vg_agreement_reading *r, vg_toml *table, const char *key, int32_t *out)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    int64_t s;
    if (!x)
        return false;
    bool good = x->kind == VG_TOML_TIME || (x->kind == VG_TOML_TEXT && clock_text(x->text, &s));
    if (!good && x->kind == VG_TOML_TEXT)
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "time-form",
                           VG_FACTS(vg_fact__text("key", x->key), vg_fact__text("value", x->text)));
    else if (!good)
        wrong_kind(r, x, "ceasefire.value.time", "\"18:00\"");
    if (!good)
        return false;
    *out = (int32_t)(x->kind == VG_TOML_TIME ? x->whole : s);
    return true;
}

/* --- instants --- */

static int64_t from_local(vg_agreement_reading *r, const vg_toml *x, int64_t local)
{
    vg_clock_kind kind;
    int64_t at = vg_clock_utc(r->a->clock, local, &kind);
    if (kind == VG_CLOCK_ONCE)
        return at;
    char text[32], utc[32];
    vg_str wall = vg_copy(r->arena, vg_sub(vg_instant_text(local, text), 11, 5));
    vg_agreement__find(r, VG_FINDING_WARNING, x->at, kind == VG_CLOCK_SKIPPED ? "time-skipped" : "time-twice",
                       VG_FACTS(vg_fact__text("key", x->key), vg_fact__day("day", local),
                                vg_fact__text("time", wall),
                                vg_fact__text("zone", vg_clock_name(r->a->clock)),
                                vg_fact__text("utc", vg_copy(r->arena, vg_instant_text(at, utc)))));
    return at;
}

/* "2025-04-19 18:00", also with T, seconds, and 24:00. */
static bool dated_text(vg_str s, int64_t *local)
{
    int32_t day;
    int64_t seconds;
    if (s.n < 15 || (s.s[10] != ' ' && s.s[10] != 'T') ||
        !vg_day_parse(vg_sub(s, 0, 10), VG_DATE_ISO, &day) || !clock_text(vg_sub(s, 11, s.n), &seconds))
        return false;
    *local = (int64_t)day * DAY_S + seconds;
    return true;
}

bool vg_agreement__instant(vg_agreement_reading *r, vg_toml *table, const char *key, bool is_end,
                           int64_t *out)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    int64_t local;
    if (!x)
        return false;
    if (x->kind == VG_TOML_INSTANT)
        *out = x->whole;
    else if (x->kind == VG_TOML_LOCAL)
        *out = from_local(r, x, x->whole);
    else if (x->kind == VG_TOML_DATE)
        *out = vg_clock_utc(r->a->clock, x->whole + (is_end ? DAY_S : 0), NULL);
    else if (x->kind == VG_TOML_TEXT && dated_text(x->text, &local))
        *out = from_local(r, x, local);
    else {
        wrong_kind(r, x, "ceasefire.value.moment", "2025-03-18T18:00:00");
        return false;
    }
    return true;
}

/* --- words --- */

bool vg_agreement__word(vg_agreement_reading *r, const vg_toml *value, const vg_toml **last, vg_str *word,
                        vg_at *at)
{
    if (!value)
        return false;
    bool one = value->kind == VG_TOML_TEXT;
    if (!one && value->kind != VG_TOML_ARRAY) {
        wrong_kind(r, value, "ceasefire.value.words", "[\"...\", \"...\"]");
        return false;
    }
    const vg_toml *x = one ? (*last ? NULL : value) : *last ? (*last)->next : value->first;
    if (x && x->kind != VG_TOML_TEXT) {
        wrong_kind(r, value, "ceasefire.value.words-only", "[\"...\", \"...\"]");
        return false;
    }
    if (x) {
        *word = x->text;
        *at = x->at;
        *last = x;
    }
    return x != NULL;
}

enum { LONGEST = 40 };

const char *vg_agreement__nearest(vg_str word, const char *const *known)
{
    const char *best = NULL;
    int least = word.n < 4 ? 2 : word.n < 8 ? 3 : 4;
    if (word.n > LONGEST)
        return NULL;
    for (; *known; known++) {
        vg_str name = vg_sub(vg_str_z(*known), 0, LONGEST);
        int d = vg_starts(name, word) && word.n > 2 ? 1 : vg_distance_typed(word, name);
        if (d < least) {
            least = d;
            best = *known;
        }
    }
    return best;
}

/* All the words there are, one behind the other. */
static vg_str listed(vg_agreement_reading *r, const char *const *known)
{
    char all[1200] = "";
    size_t n = 0;
    for (; *known && n + strlen(*known) + 3 < sizeof all; known++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", *known);
    return vg_copy(r->arena, vg_str_z(all));
}

void vg_agreement__unknown_keys(vg_agreement_reading *r, const vg_toml *table, const char *const *known)
{
    for (const vg_toml *x = vg_toml_unasked(table, NULL); x; x = vg_toml_unasked(table, x)) {
        const char *near = vg_agreement__nearest(x->key, known);
        vg_agreement__find(r, VG_FINDING_ERROR, x->key_at, "key-unknown",
                           VG_FACTS(vg_fact__text("key", x->key), vg_fact__text("all", listed(r, known)),
                                    vg_fact__text("near", near ? vg_str_z(near) : VG_NOSTR)));
    }
}

void vg_agreement__bad_word(vg_agreement_reading *r, vg_at at, const char *id, vg_str word,
                            const char *(*name)(int), int n)
{
    const char *known[64];
    int k = 0;
    for (int i = 0; i < n && k < 63; i++)
        known[k++] = name(i);
    known[k] = NULL;
    const char *near = vg_agreement__nearest(word, known);
    vg_agreement__find(r, VG_FINDING_ERROR, at, id,
                       VG_FACTS(vg_fact__text("word", word), vg_fact__text("all", listed(r, known)),
                                vg_fact__text("near", near ? vg_str_z(near) : VG_NOSTR)));
}

/* --- ids and indexes --- */

vg_str vg_agreement__id(vg_agreement_reading *r, vg_toml *table, const char *finding)
{
    vg_str id = VG_NOSTR;
    const vg_toml *x = vg_toml_get(table, VG_S("id"));
    if (x && (!vg_agreement__text(r, table, "id", &id) || id.n > 0))
        return id;
    vg_agreement__find(r, VG_FINDING_ERROR, table->at, finding, VG_NO_FACTS);
    return id;
}

bool vg_agreement__index_open(vg_agreement_reading *r, vg_agreement_index *x, int32_t most)
{
    x->index = vg_new(r->arena, int32_t, most + 1);
    x->open = x->index ? vg_map_init(&x->map, r->e) : vg_fail_memory(r->e, vg_arena_limit(r->arena));
    return x->open;
}

int32_t vg_agreement__index_add(vg_agreement_index *x, vg_str name, int32_t index)
{
    bool is_new;
    int32_t number = vg_map_add(&x->map, name, &is_new);
    if (number < 0)
        return VG_AGREEMENT_NOBODY;
    if (!is_new)
        return x->index[number];
    x->index[number] = index;
    return VG_AGREEMENT_NOBODY;
}

int32_t vg_agreement__index_find(const vg_agreement_index *x, vg_str name)
{
    int32_t number = vg_map_find(&x->map, name);
    return number < 0 ? VG_AGREEMENT_NOBODY : x->index[number];
}

vg_str vg_agreement__fold(vg_str word, char buf[128])
{
    vg_script script;
    if (word.n > 4 && vg_eq_nocase(vg_sub(word, 0, 4), VG_S("the ")))
        word = vg_sub(word, 4, word.n);
    int n = vg_letter_word(word, buf, 128, &script);
    if (n > 0)
        return (vg_str){ buf, n };
    return vg_trim(vg_sub(word, 0, 128));
}
