/*
 * Values of an agreement's text, each checked where it stands. Invariant: what is wrong with a value becomes a finding
 * with its line, and the reading goes on with what the value would be if it were absent.
 */
#include <string.h>

#include "ceasefire/agreement_int.h"
#include "core/date.h"
#include "text/letter.h"

enum { MOST_FINDINGS = 10000, DAY_S = 86400 };

vg_err *vg_agreement__found(vg_agreement_reading *r, vg_finding_weight weight)
{
    vg_agreement_found *x = r->n_found < MOST_FINDINGS ? vg_new(r->arena, vg_agreement_found, 1) : NULL;
    r->a->n_errors += weight == VG_FINDING_ERROR;
    if (!x) {
        r->spare = VG_NO_ERR;
        return &r->spare;
    }
    x->finding.weight = weight;
    x->number = r->n_found++;
    if (r->last_found)
        r->last_found->next = x;
    else
        r->found = x;
    r->last_found = x;
    return &x->finding.err;
}

int32_t vg_agreement__line(const vg_toml *x)
{
    return (int32_t)x->at.line;
}

/* --- kinds of values --- */

static void wrong_kind(vg_agreement_reading *r, const vg_toml *x, const char *should_be, const char *example)
{
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_EPARSE, x->at, "%.*s is %s", VG_P(x->key), vg_toml_kind_words(x->kind));
    vg_why(f, "%.*s must be %s", VG_P(x->key), should_be);
    vg_mend(f, "write for example %.*s = %s", VG_P(x->key), example);
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
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_EPARSE, x->at, "%s is not a table", key);
        vg_mend(f, "write [[%s]] on a line of its own, and below it what belongs to it", key);
        return NULL;
    }
    if (x->n > most) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ERANGE, x->at, "%d times [[%s]]; an agreement may have %d", x->n, key, most);
    }
    *n = x->n < most ? x->n : most;
    return x->first;
}

bool vg_agreement__text(vg_agreement_reading *r, vg_toml *table, const char *key, vg_str *out)
{
    vg_toml *x = vg_toml_get(table, vg_str_z(key));
    if (!x)
        return false;
    if (x->kind != VG_TOML_TEXT) {
        wrong_kind(r, x, "a text", "\"words in quotes\"");
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
        wrong_kind(r, x, "a number, and neither nan nor inf", "12.5");
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
    if (!good) {
        wrong_kind(r, x, "a time of day", "\"18:00\"");
        return false;
    }
    *out = (int32_t)(x->kind == VG_TOML_TIME ? x->whole : s);
    return true;
}

/* --- instants --- */

static int64_t from_local(vg_agreement_reading *r, const vg_toml *x, int64_t local)
{
    vg_clock_kind kind;
    int64_t at = vg_clock_utc(r->a->clock, local, &kind);
    char text[32], utc[32];
    vg_instant_text(local, text);
    text[19] = 0;
    vg_instant_text(at, utc);
    if (kind == VG_CLOCK_SKIPPED) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ERANGE, x->at, "%.*s: %s does not exist in %.*s", VG_P(x->key), text,
                VG_P(vg_clock_name(r->a->clock)));
        vg_why(f, "the clocks are put forward over it; the instant of the change is taken, %s", utc);
        vg_mend(f, "write another time, or one with its offset");
    } else if (kind == VG_CLOCK_TWICE) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ERANGE, x->at, "%.*s: %s comes twice in %.*s", VG_P(x->key), text,
                VG_P(vg_clock_name(r->a->clock)));
        vg_why(f, "the clocks are put back over it; the first of the two is taken, %s", utc);
        vg_mend(f, "write the time with its offset, as 2025-10-26T03:30:00+02:00");
    }
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
        wrong_kind(r, x, "a date, or a date with a time", "2025-03-18T18:00:00");
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
        wrong_kind(r, value, "a word, or a list of words", "[\"one\", \"another\"]");
        return false;
    }
    const vg_toml *x = one ? (*last ? NULL : value) : *last ? (*last)->next : value->first;
    if (x && x->kind != VG_TOML_TEXT) {
        wrong_kind(r, value, "a list of words only", "[\"one\", \"another\"]");
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

static int edits(vg_str a, vg_str b)
{
    int row[LONGEST + 1] = { 0 };
    for (int j = 0; j <= b.n; j++)
        row[j] = j;
    for (int i = 1; i <= a.n; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= b.n; j++) {
            int change = corner + (vg_lower(a.s[i - 1]) != vg_lower(b.s[j - 1]));
            corner = row[j];
            int step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < step ? change : step;
        }
    }
    return row[b.n];
}

const char *vg_agreement__nearest(vg_str word, const char *const *known)
{
    const char *best = NULL;
    int least = word.n < 4 ? 2 : word.n < 8 ? 3 : 4;
    if (word.n > LONGEST)
        return NULL;
    for (; *known; known++) {
        vg_str name = vg_sub(vg_str_z(*known), 0, LONGEST);
        int d = vg_starts(name, word) && word.n > 2 ? 1 : edits(word, name);
        if (d < least) {
            least = d;
            best = *known;
        }
    }
    return best;
}

void vg_agreement__unknown_keys(vg_agreement_reading *r, const vg_toml *table, const char *const *known)
{
    for (const vg_toml *x = vg_toml_unasked(table, NULL); x; x = vg_toml_unasked(table, x)) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        const char *near = vg_agreement__nearest(x->key, known);
        char all[200] = "";
        for (const char *const *k = known; *k && strlen(all) + strlen(*k) + 3 < sizeof all; k++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", *all ? ", " : "", *k);
        vg_fail(f, VG_ENOTFOUND, x->key_at, "nothing here is called \"%.*s\"",
                VG_P(vg_utf8_head(x->key, 60)));
        vg_why(f, "a key that is not known would be silently without effect; known here: %s", all);
        if (near)
            vg_mend(f, "is it %s?", near);
        else
            vg_mend(f, "take it out, or write it behind # as a remark");
    }
}

void vg_agreement__bad_word(vg_agreement_reading *r, vg_at at, const char *what, vg_str word,
                            const char *(*name)(int), int n)
{
    const char *known[64];
    int k = 0;
    char all[200] = "";
    for (int i = 0; i < n && k < 63; i++) {
        known[k++] = name(i);
        if (strlen(all) + strlen(name(i)) + 3 < sizeof all)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", *all ? ", " : "", name(i));
    }
    known[k] = NULL;
    const char *near = vg_agreement__nearest(word, known);
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ENOTFOUND, at, "no %s is called \"%.*s\"", what, VG_P(vg_utf8_head(word, 60)));
    vg_why(f, "there are: %s", all);
    if (near)
        vg_mend(f, "is it %s?", near);
}

/* --- ids and indexes --- */

vg_str vg_agreement__id(vg_agreement_reading *r, vg_toml *table, const char *what)
{
    vg_str id = VG_NOSTR;
    const vg_toml *x = vg_toml_get(table, VG_S("id"));
    if (x && (!vg_agreement__text(r, table, "id", &id) || id.n > 0))
        return id;
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ENODATA, table->at, "a %s without an id", what);
    vg_why(f, "reports and figures name it by its id");
    vg_mend(f, "add id = \"a-short-name\"");
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
