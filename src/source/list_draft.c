/* The draft of a party that the readers of lists fill field by field, and the values that all of them share: names, days,
 * countries. Invariant: what is in a draft was copied into the memory of the reading, with single spaces, each value once. */
#include "source/list_int.h"

#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "geo/country.h"

enum { FIRST_YEAR = 1000, LAST_YEAR = 2200, MAX_DATES = 8 };

/* --- memory --- */

/* Room for one more: arrays have room for 2, 4, 8 ... and are copied when that is full. */
static void *grow(vg_list_reading *r, const void *items, int64_t n, int64_t size)
{
    bool full = n == 0 || (n >= 2 && (n & (n - 1)) == 0);
    if (!full)
        return (void *)(uintptr_t)items; /* it was made here, and is not const */
    void *moved = vg_alloc(&r->work, n == 0 ? 2 : 2 * n, size, (int64_t) _Alignof(max_align_t));
    if (!moved)
        r->no_memory = true;
    else if (n)
        memcpy(moved, items, (size_t)(n * size));
    return moved;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

vg_str vg_list__copy(vg_list_reading *r, vg_str s)
{
    while (s.n && is_space(s.s[0]))
        s = vg_sub(s, 1, s.n);
    while (s.n && is_space(s.s[s.n - 1]))
        s.n--;
    if (!s.n)
        return VG_NOSTR;
    char *to = vg_new(&r->work, char, s.n + 1);
    if (!to) {
        r->no_memory = true;
        return VG_NOSTR;
    }
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        bool space = is_space(s.s[i]);
        if (space && to[n - 1] == ' ')
            continue;
        to[n++] = s.s[i];
        if (space)
            to[n - 1] = ' ';
    }
    return (vg_str){ to, n };
}

vg_str vg_list__join(vg_list_reading *r, const vg_str *part, int n, const char *between)
{
    ptrdiff_t bytes = 0, gap = (ptrdiff_t)strlen(between), at = 0;
    for (int i = 0; i < n; i++)
        bytes += part[i].n + gap;
    char *to = vg_new(&r->work, char, bytes + 1);
    if (!to) {
        r->no_memory = true;
        return VG_NOSTR;
    }
    for (int i = 0; i < n; i++) {
        vg_str s = vg_trim(part[i]);
        if (!s.n)
            continue;
        if (at)
            memcpy(to + at, between, (size_t)gap), at += gap;
        memcpy(to + at, s.s, (size_t)s.n);
        at += s.n;
    }
    return (vg_str){ to, at };
}

/* --- the draft --- */

void vg_list__begin(vg_list_draft *d, vg_list_reading *r, vg_at at)
{
    *d = (vg_list_draft){ .r = r, .at = at };
    d->p.listed_on = d->p.changed_on = d->p.ended_on = VG_NO_DAY;
}

bool vg_list__reject(vg_list_reading *r, const vg_err *why, vg_str raw, vg_err *e)
{
    vg_reject bad = { .why = *why, .raw = raw };
    r->found->n_rejected++;
    return !r->sink->reject || r->sink->reject(r->sink->ctx, &bad, e);
}

/* Tells of something that was left out of an entry that stays. */
static void leave_out(vg_list_draft *d, vg_code code, const char *what, const char *why, vg_str value)
{
    vg_err reason = VG_NO_ERR;
    vg_fail(&reason, code, d->at, "%s: \"%.*s\"", what, VG_P(vg_utf8_head(value, 60)));
    vg_why(&reason, "%s; it was left out, the entry stays", why);
    vg_list__reject(d->r, &reason, value, &d->r->failure);
}

/* True when the text has a letter of a script other than Latin (Greek and all behind it in Unicode). */
static bool has_other_script(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.s[i];
        if (c >= 0xCE && c != 0xE2 && c != 0xEF) /* E2: dashes and quotes; EF: forms of width */
            return true;
    }
    return false;
}

/* "Sergei AKSENOV (Сергей АКСЁНОВ)": what stands in the last brackets, when it is the name in another script. */
static vg_str take_script(vg_str *name)
{
    ptrdiff_t open = name->n;
    if (!name->n || name->s[name->n - 1] != ')')
        return VG_NOSTR;
    while (open > 0 && name->s[open - 1] != '(')
        open--;
    vg_str inside = vg_sub(*name, open, name->n - open - 1), before = vg_trim(vg_sub(*name, 0, open - 1));
    if (open < 2 || !before.n || has_other_script(before) || !has_other_script(inside))
        return VG_NOSTR;
    *name = before;
    return vg_trim(inside);
}

vg_party_name *vg_list__name(vg_list_draft *d, vg_str text, vg_name_kind kind)
{
    vg_str name = vg_list__copy(d->r, text), script = take_script(&name);
    if (script.n)
        vg_list__name(d, script, VG_NAME_SCRIPT);
    if (!name.n)
        return NULL;
    if (name.n > VG_LIST_NAME) {
        leave_out(d, VG_ERANGE, "a name that is too long", "a name has at most 4096 bytes", name);
        return NULL;
    }
    for (int64_t i = 0; i < d->p.name.n; i++)
        if (vg_eq(d->p.name.item[i].text, name))
            return NULL;
    vg_party_name *item = grow(d->r, d->p.name.item, d->p.name.n, sizeof *item);
    if (!item)
        return NULL;
    d->p.name.item = item;
    item += d->p.name.n++;
    *item = (vg_party_name){ .text = name, .kind = kind };
    return item;
}

void vg_list__text(vg_list_draft *d, vg_texts *to, vg_str text)
{
    vg_str s = vg_list__copy(d->r, text);
    if (!s.n)
        return;
    for (int64_t i = 0; i < to->n; i++)
        if (vg_eq(to->item[i], s))
            return;
    vg_str *item = grow(d->r, to->item, to->n, sizeof *item);
    if (!item)
        return;
    item[to->n++] = s;
    to->item = item;
}

void vg_list__country(vg_list_draft *d, vg_texts *to, vg_str text)
{
    vg_str s = vg_trim(text);
    if (vg_starts(s, VG_S("Region: ")))
        s = vg_sub(s, 8, s.n);
    if (vg_eq_nocase(vg_sub(s, 0, 9), VG_S("possibly ")))
        s = vg_sub(s, 9, s.n);
    bool said = s.n && !vg_eq_nocase(s, VG_S("None Identified")) && !vg_eq_nocase(s, VG_S("undetermined")) &&
                !vg_eq_nocase(s, VG_S("unknown")) && !vg_eq_nocase(s, VG_S("n/a")) && !vg_eq(s, VG_S("00"));
    if (said)
        vg_list__text(d, to, vg_list_country(s));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_digit(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (is_digit(s.s[i]))
            return true;
    return false;
}

static bool may_be_letters(vg_str kind)
{
    return vg_eq(kind, VG_S("swift")) || vg_eq(kind, VG_S("call_sign")) || vg_eq(kind, VG_S("tail")) ||
           vg_eq(kind, VG_S("wallet")) || vg_eq(kind, VG_S("other"));
}

/* Words before a number that say what it is: "Afghan passport number OA296623", "CNIC: 35202-5400413-9", "# HESU430525". They
 * go only where no digit stands before them; short ones in capitals ("OR 801168") belong to the number. */
static vg_str behind_label(vg_str v)
{
    static const char *const label[] = { "number: ", "umber ", "o.: ", "o. ", "o ", "assport ", ": ", "# " };
    for (size_t i = 0; i < sizeof label / sizeof *label; i++) {
        ptrdiff_t at = vg_find(v, vg_str_z(label[i])), end = at + (ptrdiff_t)strlen(label[i]);
        if (at >= 0 && !has_digit(vg_sub(v, 0, at)) && has_digit(vg_sub(v, end, v.n)))
            return vg_trim(vg_sub(v, end, v.n));
    }
    return v;
}

/* Without what stands behind it: "(Expired 25 Jan. 2016)", ", South Sudan", " expires 9.5.2018". */
static vg_str before_note(vg_str v)
{
    static const char *const note[] = { " expire", ", expire", " issued", ", issued" };
    for (size_t i = 0; i < sizeof note / sizeof *note; i++) {
        ptrdiff_t at = vg_find(v, vg_str_z(note[i]));
        if (at > 0 && has_digit(vg_sub(v, 0, at)))
            v = vg_sub(v, 0, at);
    }
    ptrdiff_t open = vg_ends(v, VG_S(")")) ? v.n - 1 : -1;
    while (open > 0 && v.s[open] != '(')
        open--;
    if (open > 0 && has_digit(vg_sub(v, 0, open)))
        v = vg_trim(vg_sub(v, 0, open));
    ptrdiff_t comma = vg_find(v, VG_S(", "));
    bool note_follows =
        comma > 0 && has_digit(vg_sub(v, 0, comma)) && comma + 2 < v.n && !is_digit(v.s[comma + 2]);
    return vg_trim(note_follows ? vg_sub(v, 0, comma) : v);
}

/* Numbers of people and firms, in which publishers put words; those of ships, wallets and the like are found otherwise. */
static bool has_words(vg_str kind)
{
    return vg_eq(kind, VG_S("passport")) || vg_eq(kind, VG_S("national_id")) || vg_eq(kind, VG_S("tax")) ||
           vg_eq(kind, VG_S("registration"));
}

void vg_list__number(vg_list_draft *d, const char *kind, vg_str value, vg_str country)
{
    vg_str v = vg_list__copy(d->r, value), c = vg_list__copy(d->r, country), k = vg_str_z(kind);
    if (has_words(k))
        v = before_note(behind_label(v));
    while (v.n && (v.s[v.n - 1] == '.' || v.s[v.n - 1] == ',' || v.s[v.n - 1] == ';'))
        v.n--;
    if (!v.n || (!has_digit(v) && !may_be_letters(k)))
        return; /* "Does not exist", "unknown" */
    for (int64_t i = 0; i < d->p.number.n; i++)
        if (vg_eq(d->p.number.item[i].kind, k) && vg_eq(d->p.number.item[i].value, v))
            return;
    vg_party_number *item = grow(d->r, d->p.number.item, d->p.number.n, sizeof *item);
    if (!item)
        return;
    item[d->p.number.n++] = (vg_party_number){ k, v, c };
    d->p.number.item = item;
}

void vg_list__add_birth(vg_list_draft *d, vg_party_date date)
{
    for (int64_t i = 0; i < d->p.birth.n; i++)
        if (memcmp(&d->p.birth.item[i].day_from, &date.day_from, sizeof date.day_from) == 0 &&
            d->p.birth.item[i].day_to == date.day_to)
            return;
    vg_party_date *item = grow(d->r, d->p.birth.item, d->p.birth.n, sizeof *item);
    if (!item)
        return;
    item[d->p.birth.n++] = date;
    d->p.birth.item = item;
}

void vg_list__birth(vg_list_draft *d, vg_str text, bool month_first)
{
    vg_party_date date[MAX_DATES];
    text = vg_trim(text);
    if (!text.n)
        return;
    int n = vg_list_dates(text, month_first, date, MAX_DATES);
    if (n == 0)
        leave_out(d, VG_EPARSE, "a birth date that cannot be read", "a date is a year, a month or a day",
                  text);
    for (int i = 0; i < n; i++)
        vg_list__add_birth(d, date[i]);
}

void vg_list__link(vg_list_draft *d, const char *kind, vg_str to, double share, vg_str note)
{
    vg_str whom = vg_list__copy(d->r, to);
    if (!whom.n)
        return;
    vg_party_link *item = grow(d->r, d->p.link.item, d->p.link.n, sizeof *item);
    if (!item)
        return;
    item[d->p.link.n++] = (vg_party_link){ vg_str_z(kind), whom, share, vg_list__copy(d->r, note) };
    d->p.link.item = item;
}

void vg_list__gender(vg_list_draft *d, vg_str text)
{
    text = vg_trim(text);
    char c = text.n ? vg_lower(text.s[0]) : 0;
    if (c == 'm' || c == 'h') /* male, masculin, homme */
        d->p.gender = 'm';
    else if (c == 'f' || c == 'w') /* female, femme, woman */
        d->p.gender = 'f';
}

/* The primary name goes first; where none is called so the first one is. */
static void put_primary_first(vg_party *p)
{
    int64_t at = 0;
    for (int64_t i = p->name.n - 1; i >= 0; i--)
        if (p->name.item[i].kind == VG_NAME_PRIMARY)
            at = i;
    vg_party_name *name = (vg_party_name *)(uintptr_t)p->name.item, primary = name[at];
    memmove(name + 1, name, (size_t)at * sizeof *name);
    primary.kind = VG_NAME_PRIMARY;
    name[0] = primary;
}

bool vg_list__put(vg_list_draft *d, vg_err *e)
{
    vg_list_reading *r = d->r;
    if (r->no_memory)
        return vg_fail_memory(e, vg_arena_limit(&r->work));
    if (vg_failed(&r->failure)) {
        if (e && !vg_failed(e))
            *e = r->failure;
        return false;
    }
    if (d->p.name.n == 0) {
        vg_err why = VG_NO_ERR;
        vg_fail(&why, VG_EPARSE, d->at, "an entry without a name: %.*s", VG_P(vg_utf8_head(d->p.id, 100)));
        vg_why(&why, "an entry is found by its names");
        vg_mend(&why, "look it up at the list's publisher");
        return vg_list__reject(r, &why, d->p.id, e);
    }
    put_primary_first(&d->p);
    r->found->n_parties++;
    r->found->n_names += d->p.name.n;
    r->found->n_by_schema[d->p.schema]++;
    return r->sink->party(r->sink->ctx, &d->p, d->at, e);
}

/* --- days --- */

typedef struct {
    int32_t value; /* of a number; of a month's name its number */
    int n_digits;  /* 0 = a month's name; -1 = "dd", "mm": not known */
} token;

static int32_t month_of(vg_str word)
{
    static const char *const month[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"
    };
    for (int32_t i = 0; i < 12 && word.n >= 3; i++)
        if (vg_eq_nocase(word, vg_sub(vg_str_z(month[i]), 0, word.n)) ||
            (i == 8 && vg_eq_nocase(word, VG_S("sept"))))
            return i + 1;
    return 0;
}

static bool is_letter(char c)
{
    return (vg_lower(c) >= 'a' && vg_lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

static vg_str take_word(vg_str *rest, bool (*belongs)(char))
{
    ptrdiff_t n = 0;
    while (n < rest->n && belongs(rest->s[n]))
        n++;
    vg_str word = vg_sub(*rest, 0, n);
    *rest = vg_sub(*rest, n, rest->n);
    return word;
}

static bool is_about(vg_str word)
{
    static const char *const about[] = { "circa", "approximately", "approx", "about", "around",       "ca",
                                         "c",     "early",         "late",   "mid",   "approximative" };
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (vg_eq_nocase(word, vg_str_z(about[i])))
            return true;
    return false;
}

/* A word of a date: a month, "circa", or one that says nothing. False when it is none of them. */
static bool take_text_token(vg_str word, token *t, int *n, bool *approximate)
{
    int32_t month = month_of(word);
    if (is_about(word)) {
        *approximate = true;
        return true;
    }
    if (vg_eq_nocase(word, VG_S("in")) || vg_eq_nocase(word, VG_S("born")) ||
        vg_eq_nocase(word, VG_S("the")) || vg_eq_nocase(word, VG_S("of")) || vg_eq_nocase(word, VG_S("on")) ||
        vg_eq_nocase(word, VG_S("th")))
        return true;
    bool unknown = vg_eq_nocase(word, VG_S("dd")) || vg_eq_nocase(word, VG_S("mm"));
    if ((!month && !unknown) || *n == 3)
        return false;
    t[(*n)++] = (token){ month, unknown ? -1 : 0 };
    return true;
}

/* At most three tokens; -1 when the text holds anything that is no part of a date. */
static int tokens_of(vg_str s, token t[3], bool *approximate)
{
    int n = 0;
    while (s.n) {
        char c = s.s[0];
        if (is_digit(c)) {
            vg_str digits = take_word(&s, is_digit);
            int64_t x;
            if (n == 3 || digits.n > 8 || !vg_int(digits, &x))
                return -1;
            t[n++] = (token){ (int32_t)x, (int)digits.n };
            if (n == 3 && t[0].n_digits == 4 && s.n &&
                (s.s[0] == 'T' || (s.s[0] == ' ' && s.n > 5 && s.s[3] == ':')))
                return n; /* a time follows */
        } else if (is_letter(c)) {
            if (!take_text_token(take_word(&s, is_letter), t, &n, approximate))
                return -1;
        } else if (c == ' ' || c == '.' || c == '/' || c == '-' || c == ',' || c == '~' || c == '\t') {
            *approximate |= c == '~';
            s = vg_sub(s, 1, s.n);
        } else {
            return -1;
        }
    }
    return n;
}

/* Year, month, day (0 = not known) of the tokens. */
static bool civil_of(const token *t, int n, bool month_first, int32_t part[3])
{
    int year = -1, month = -1, day = -1;
    if (n == 1 && t[0].n_digits == 8) {
        part[0] = t[0].value / 10000, part[1] = t[0].value / 100 % 100, part[2] = t[0].value % 100;
        return true;
    }
    for (int i = 0; i < n; i++) {
        year = t[i].n_digits >= 3 && t[i].n_digits <= 4 ? i : year;
        month = t[i].n_digits == 0 ? i : month;
    }
    if (year < 0)
        return false;
    if (n == 3 && month < 0) {
        int first = year == 0 ? 1 : 0, second = year == 2 ? 1 : 2;
        bool swap = year != 0 && (month_first ? t[first].value <= 12 : t[second].value > 12);
        month = year == 0 ? first : swap ? first : second;
        day = first + second - month;
    } else if (n == 3) {
        day = 3 - year - month;
    } else if (n == 2 && month < 0) {
        month = 1 - year;
    }
    part[0] = t[year].value;
    part[1] = month >= 0 ? t[month].value : 0;
    part[2] = day >= 0 ? t[day].value : 0;
    return true;
}

/* First and last day of a date that may lack day and month. */
static bool one_date(vg_str s, bool month_first, vg_party_date *out)
{
    token t[3];
    int32_t part[3] = { 0, 0, 0 };
    vg_party_date d = { .approximate = false };
    int n = tokens_of(vg_trim(s), t, &d.approximate);
    if (n < 1 || !civil_of(t, n, month_first, part) || part[0] < FIRST_YEAR || part[0] > LAST_YEAR)
        return false;
    int32_t year = part[0], month = part[1], day = month ? part[2] : 0;
    if (month > 12)
        return false;
    int32_t first = month ? vg_month(year, month) : vg_month(year, 1);
    d.day_from = vg_month_first_day(first);
    d.day_to = vg_month_last_day(month ? first : vg_month(year, 12));
    if (day && !vg_day_from_civil((vg_civil){ year, month, day }, &d.day_from))
        return false;
    d.day_to = day ? d.day_from : d.day_to;
    *out = d;
    return true;
}

/* Where a word that joins two dates stands ("1958 to 1963"), with its length; -1 = nowhere. */
static ptrdiff_t find_joint(vg_str s, bool between, ptrdiff_t *n)
{
    static const char *const joint[] = { " to ", " - ", "–", " and " };
    for (size_t i = 0; i < sizeof joint / sizeof *joint; i++) {
        ptrdiff_t at = i == 3 && !between ? -1 : vg_find(s, vg_str_z(joint[i]));
        *n = (ptrdiff_t)strlen(joint[i]);
        if (at > 0)
            return at;
    }
    *n = 1; /* 1958-1963 */
    bool years = s.n == 9 && s.s[4] == '-' && is_digit(s.s[3]) && is_digit(s.s[5]) && is_digit(s.s[8]);
    return years ? 4 : -1;
}

static bool one_span(vg_str s, bool month_first, vg_party_date *out)
{
    vg_party_date from, to;
    bool between = vg_eq_nocase(vg_sub(s, 0, 8), VG_S("between "));
    bool about = false;
    vg_str rest = between ? vg_sub(s, 8, s.n) : s, probe = rest;
    if (is_about(take_word(&probe, is_letter)))
        about = true, rest = vg_trim(probe);
    ptrdiff_t n, at = find_joint(rest, between, &n);
    if (at < 0)
        return one_date(s, month_first, out);
    if (!one_date(vg_sub(rest, 0, at), month_first, &from) ||
        !one_date(vg_sub(rest, at + n, rest.n), month_first, &to))
        return false;
    *out = (vg_party_date){ from.day_from < to.day_from ? from.day_from : to.day_from,
                            from.day_to > to.day_to ? from.day_to : to.day_to,
                            about || from.approximate || to.approximate };
    return true;
}

/* Takes the part before the next "or", ";" or bracket off the front. */
static vg_str next_date(vg_str *rest)
{
    ptrdiff_t at = vg_find(*rest, VG_S(" or ")), n = 4, semicolon = vg_find_byte(*rest, ';');
    if (semicolon >= 0 && (at < 0 || semicolon < at))
        at = semicolon, n = 1;
    vg_str part = at < 0 ? *rest : vg_sub(*rest, 0, at);
    *rest = at < 0 ? VG_NOSTR : vg_sub(*rest, at + n, rest->n);
    ptrdiff_t bracket = vg_find_byte(part, '(');
    part = vg_trim(bracket > 0 ? vg_sub(part, 0, bracket) : part);
    while (part.n && part.s[part.n - 1] == '.')
        part.n--;
    return part;
}

/* Dates that stand among other words: "8.5.1967 Gender: female", "a) 1964 b) 28.8.1962". */
static int dates_among_words(vg_str s, bool month_first, vg_party_date *out, int cap)
{
    int n = 0;
    while (s.n && n < cap) {
        ptrdiff_t len = 0;
        while (len < s.n &&
               (is_digit(s.s[len]) || (len && (s.s[len] == '.' || s.s[len] == '/' || s.s[len] == '-'))))
            len++;
        vg_str run = vg_sub(s, 0, len);
        while (run.n && !is_digit(run.s[run.n - 1]))
            run.n--;
        bool standing = run.n == 4 || run.n >= 8; /* a year, or day, month and year */
        n += standing && run.n < 11 && one_date(run, month_first, &out[n]);
        s = vg_sub(s, len ? len : 1, s.n);
    }
    return n;
}

int vg_list_dates(vg_str text, bool month_first, vg_party_date *out, int cap)
{
    int n = 0;
    while (text.n && n < cap) {
        vg_str part = next_date(&text);
        if (part.n && part.n < 80 && one_span(part, month_first, &out[n]))
            n++;
        else if (part.n < 400)
            n += dates_among_words(part, month_first, &out[n], cap - n);
    }
    return n;
}

int32_t vg_list__day(vg_str text, bool month_first)
{
    vg_party_date d;
    return vg_list_dates(text, month_first, &d, 1) == 1 ? d.day_from : VG_NO_DAY;
}

void vg_list__published(vg_list_reading *r, vg_str date, bool month_first)
{
    vg_party_date d;
    char buf[16];
    if (vg_list_dates(date, month_first, &d, 1) != 1 || d.day_from != d.day_to)
        return;
    r->found->about.version = vg_copy(r->a, vg_day_text(d.day_from, buf));
    int64_t at = (int64_t)d.day_from * 86400, now = vg_now();
    r->found->about.known_at = at < now ? at : now; /* a list cannot be known before it is here */
}

/* --- countries and ships --- */

/* What lists call people of a country, and short forms of its name that the table of countries has not. */
static const char ADJECTIVES[] =
    "finnish=FI,uzbekistani=UZ,croatian=HR,canadian=CA,australian=AU,japanese=JP,malian=ML,"
    "dutch=NL,belgian=BE,swedish=SE,norwegian=NO,danish=DK,irish=IE,portuguese=PT,brazilian=BR,"
    "argentine=AR,chilean=CL,peruvian=PE,vietnamese=VN,thai=TH,bangladeshi=BD,sri lankan=LK,prc=CN,"
    "macedonian=MK,albanian=AL,kosovar=XK,slovak=SK,slovenian=SI,czech=CZ,turkmen=TM,mongolian=MN,"
    "ivorian=CI,cote d ivoire=CI,senegalese=SN,chadian=TD,mauritanian=MR,ghanaian=GH,angolan=AO,"
    "russian=RU,ukrainian=UA,belarusian=BY,belarussian=BY,iranian=IR,syrian=SY,iraqi=IQ,"
    "afghan=AF,chinese=CN,turkish=TR,french=FR,german=DE,british=GB,american=US,serbian=RS,"
    "egyptian=EG,libyan=LY,lebanese=LB,pakistani=PK,indian=IN,yemeni=YE,palestinian=PS,saudi=SA,"
    "saudi arabian=SA,sudanese=SD,south sudanese=SS,somali=SO,tunisian=TN,moroccan=MA,"
    "algerian=DZ,burmese=MM,dprk=KP,north korean=KP,south korean=KR,venezuelan=VE,"
    "cuban=CU,nicaraguan=NI,georgian=GE,armenian=AM,azerbaijani=AZ,kazakh=KZ,kazakhstani=KZ,"
    "uzbek=UZ,tajik=TJ,kyrgyz=KG,moldovan=MD,israeli=IL,jordanian=JO,eritrean=ER,ethiopian=ET,"
    "rwandan=RW,burundian=BI,haitian=HT,indonesian=ID,filipino=PH,malaysian=MY,latvian=LV,"
    "lithuanian=LT,estonian=EE,polish=PL,cypriot=CY,greek=GR,italian=IT,spanish=ES,swiss=CH,"
    "austrian=AT,bosnian=BA,montenegrin=ME,bulgarian=BG,romanian=RO,hungarian=HU,congolese=CD,"
    "central african=CF,zimbabwean=ZW,kenyan=KE,ugandan=UG,nigerian=NG,nigerien=NE,qatari=QA,"
    "kuwaiti=KW,emirati=AE,omani=OM,bahraini=BH,mexican=MX,colombian=CO,uk=GB,usa=US,uae=AE,"
    "drc=CD,el=GR,";

static vg_str adjective(vg_str word)
{
    for (vg_str rest = vg_str_z(ADJECTIVES); rest.n;) {
        vg_str code = vg_cut(&rest, ','), known = vg_cut(&code, '=');
        if (vg_eq_nocase(word, known))
            return code;
    }
    return VG_NOSTR;
}

vg_str vg_list_country(vg_str text)
{
    char code[3];
    const vg_country *c = NULL;
    vg_str s = vg_trim(text);
    while (s.n && (s.s[s.n - 1] == '.' || s.s[s.n - 1] == ','))
        s.n--;
    if (s.n == 2 || s.n == 3) {
        for (ptrdiff_t i = 0; i < s.n; i++)
            code[i] = s.s[i] >= 'a' && s.s[i] <= 'z' ? (char)(s.s[i] - ('a' - 'A')) : s.s[i];
        c = s.n == 2 ? vg_country_by_iso2((vg_str){ code, 2 }) : vg_country_by_iso3((vg_str){ code, 3 });
    }
    if (c && c->iso2.n == 2)
        return c->iso2;
    vg_str known = adjective(s);
    if (known.n)
        return known;
    c = s.n > 3 && s.n < 100 ? vg_country_by_name(s) : NULL;
    return c && c->iso2.n == 2 ? c->iso2 : s;
}

vg_str vg_list__find_imo(vg_str text)
{
    for (ptrdiff_t at; (at = vg_find(text, VG_S("IMO"))) >= 0;) {
        text = vg_sub(text, at + 3, text.n);
        vg_str rest = vg_sub(text, 0, 24);
        while (rest.n && !is_digit(rest.s[0]))
            rest = vg_sub(rest, 1, rest.n);
        vg_str digits = take_word(&rest, is_digit);
        if (digits.n == 7)
            return digits;
    }
    return VG_NOSTR;
}
