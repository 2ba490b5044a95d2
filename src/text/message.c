/* Catalogue lookup and sentences. A catalogue is read as it stands, line by line, at each lookup: a few hundred
 * lines, no state, safe from any thread. Invariant: what is written is the catalogue's text with placeholders
 * replaced, whatever the arguments hold; an argument is never read for placeholders itself. */
#include "text/message.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "text/catalogue.h"

/* How a language writes numbers. */
typedef struct {
    const char *code, *thousands, *point, *percent, *gap; /* gap: between the parts of a date */
    bool rtl;
} language;

#define NARROW   "\xE2\x80\xAF" /* U+202F, narrow no-break space */
#define NO_BREAK "\xC2\xA0"
#define MINUS    "\xE2\x88\x92"
#define DASH     "\xE2\x80\x93"

static const language languages[VG_N_LANGS] = {
    [VG_LANG_EN] = { "en", ",", ".", "%", " ", false },
    [VG_LANG_FR] = { "fr", NARROW, ",", NARROW "%", NO_BREAK, false },
    [VG_LANG_ES] = { "es", NARROW, ",", NARROW "%", " ", false },
    [VG_LANG_AR] = { "ar", ",", ".", "%", " ", true },
    [VG_LANG_ZH] = { "zh", ",", ".", "%", " ", false },
    [VG_LANG_RU] = { "ru", NARROW, ",", NARROW "%", " ", false },
    [VG_LANG_PT] = { "pt", NARROW, ",", "%", " ", false },
};

const char *vg_lang_code(vg_lang lang)
{
    return (unsigned)lang < VG_N_LANGS ? languages[lang].code : "en";
}

bool vg_lang_rtl(vg_lang lang)
{
    return (unsigned)lang < VG_N_LANGS && languages[lang].rtl;
}

int vg_lang_by_code(vg_str code)
{
    ptrdiff_t n = 0;
    while (n < code.n && code.s[n] != '_' && code.s[n] != '-' && code.s[n] != '.' && code.s[n] != '@')
        n++;
    for (int i = 0; i < VG_N_LANGS; i++)
        if (vg_eq_nocase(vg_sub(code, 0, n), vg_str_z(languages[i].code)))
            return i;
    return -1;
}

vg_lang vg_lang_default(void)
{
    static const char *const name[] = { "VIGIE_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        const char *value = getenv(name[i]);
        if (!value || !*value)
            continue;
        int lang = vg_lang_by_code(vg_str_z(value));
        return lang < 0 ? VG_LANG_EN : (vg_lang)lang;
    }
    return VG_LANG_EN;
}

/* --- lookup --- */

static vg_str catalogue(vg_lang lang)
{
    switch (lang) {
    case VG_LANG_EN: return (vg_str){ (const char *)vg_data_messages_en, vg_data_messages_en_len };
    case VG_LANG_FR: return (vg_str){ (const char *)vg_data_messages_fr, vg_data_messages_fr_len };
    default: return VG_NOSTR;
    }
}

bool vg_message_next(vg_lang lang, ptrdiff_t *at, vg_str *key, vg_str *text)
{
    vg_str all = catalogue(lang);
    while (*at < all.n) {
        vg_str rest = vg_sub(all, *at, all.n);
        const char *end = memchr(rest.s, '\n', (size_t)rest.n);
        ptrdiff_t n = end ? end - rest.s : rest.n;
        *at += n + 1;
        vg_str line = vg_sub(rest, 0, n);
        ptrdiff_t equals = line.n && line.s[0] != '#' ? vg_find(line, VG_S(" = ")) : -1;
        if (equals > 0) {
            *key = vg_sub(line, 0, equals);
            *text = vg_sub(line, equals + 3, line.n);
            return true;
        }
    }
    return false;
}

static bool find(vg_lang lang, vg_str key, vg_str *text)
{
    vg_str name;
    for (ptrdiff_t at = 0; vg_message_next(lang, &at, &name, text);)
        if (vg_eq(name, key))
            return true;
    return false;
}

bool vg_message_has(vg_lang lang, const char *key)
{
    vg_str text;
    return find(lang, vg_str_z(key), &text);
}

vg_str vg_message(vg_lang lang, const char *key)
{
    vg_str name = vg_str_z(key), text;
    if (find(lang, name, &text) || (lang != VG_LANG_EN && find(VG_LANG_EN, name, &text)))
        return text;
    return name;
}

/* --- arguments --- */

vg_arg vg_arg_text(const char *name, vg_str text)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_TEXT, .text = text };
}

vg_arg vg_arg_int(const char *name, int64_t whole)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_INT, .whole = whole };
}

vg_arg vg_arg_num(const char *name, double number, int decimals)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_NUM, .number = number, .decimals = decimals };
}

vg_arg vg_arg_percent(const char *name, double share, int decimals)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_PERCENT, .number = share, .decimals = decimals };
}

vg_arg vg_arg_chance(const char *name, double share)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_CHANCE, .number = share };
}

vg_arg vg_arg_month(const char *name, int32_t month_id)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_MONTH, .whole = month_id };
}

vg_arg vg_arg_month_long(const char *name, int32_t month_id)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_MONTH_LONG, .whole = month_id };
}

vg_arg vg_arg_day(const char *name, int64_t utc_s)
{
    return (vg_arg){ .name = name, .kind = VG_ARG_DAY, .whole = utc_s };
}

static void put_z(vg_out *o, const char *z)
{
    vg_put(o, vg_str_z(z));
}

/* "1234567.50" with the language's separators; four digits are grouped too, so that columns line up. */
static void put_grouped(vg_out *o, vg_lang lang, vg_str digits)
{
    if (digits.n && digits.s[0] == '-') {
        put_z(o, MINUS);
        digits = vg_sub(digits, 1, digits.n);
    }
    ptrdiff_t point = vg_find_byte(digits, '.');
    ptrdiff_t whole = point < 0 ? digits.n : point;
    for (ptrdiff_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            put_z(o, languages[lang].thousands);
        vg_put_char(o, digits.s[i]);
    }
    if (point >= 0) {
        put_z(o, languages[lang].point);
        vg_put(o, vg_sub(digits, point + 1, digits.n));
    }
}

static void put_number(vg_out *o, vg_lang lang, double x, int decimals)
{
    if (isnan(x)) {
        put_z(o, DASH);
        return;
    }
    char text[40];
    vg_str digits = vg_fixed_text(x, decimals, text);
    bool nothing = true; /* "-0.0" is zero */
    for (ptrdiff_t i = 0; i < digits.n; i++)
        nothing = nothing && (digits.s[i] < '1' || digits.s[i] > '9');
    if (nothing && digits.n && digits.s[0] == '-')
        digits = vg_sub(digits, 1, digits.n);
    put_grouped(o, lang, digits);
}

static void put_percent(vg_out *o, vg_lang lang, double share, int decimals)
{
    put_number(o, lang, 100 * share, decimals);
    if (!isnan(share))
        put_z(o, languages[lang].percent);
}

static void put_chance(vg_out *o, vg_lang lang, double share)
{
    if (share < 0.01) {
        vg_put_char(o, '<');
        share = 0.01;
    } else if (share > 0.99) {
        vg_put_char(o, '>');
        share = 0.99;
    }
    put_percent(o, lang, share, 0);
}

static void put_month(vg_out *o, vg_lang lang, int32_t month_id, const char *length)
{
    char key[32];
    snprintf(key, sizeof key, "month.%s.%d", length, vg_month_of_year(month_id));
    vg_put(o, vg_message(lang, key));
    put_z(o, languages[lang].gap);
    vg_put_int(o, vg_month_year(month_id));
}

static void put_day(vg_out *o, vg_lang lang, int64_t utc_s)
{
    int64_t day = utc_s / 86400 - (utc_s % 86400 < 0);
    vg_civil c = vg_civil_from_day((int32_t)day);
    vg_put_int(o, c.day);
    if (lang == VG_LANG_FR && c.day == 1) /* the first only: le 1er mai, le 2 mai */
        put_z(o, "er");
    put_z(o, languages[lang].gap);
    put_month(o, lang, vg_month(c.year, c.month), "long");
}

void vg_arg_put(vg_out *o, vg_lang lang, const vg_arg *arg)
{
    char text[24];
    switch (arg->kind) {
    case VG_ARG_TEXT: vg_put(o, arg->text); return;
    case VG_ARG_INT:
        snprintf(text, sizeof text, "%lld", (long long)arg->whole);
        put_grouped(o, lang, vg_str_z(text));
        return;
    case VG_ARG_NUM: put_number(o, lang, arg->number, arg->decimals); return;
    case VG_ARG_PERCENT: put_percent(o, lang, arg->number, arg->decimals); return;
    case VG_ARG_CHANCE: put_chance(o, lang, arg->number); return;
    case VG_ARG_MONTH: put_month(o, lang, (int32_t)arg->whole, "short"); return;
    case VG_ARG_MONTH_LONG: put_month(o, lang, (int32_t)arg->whole, "long"); return;
    case VG_ARG_DAY: put_day(o, lang, arg->whole); return;
    }
}

/* --- sentences --- */

/* Which of a text's forms, "one|many" or more, a number takes; Arabic and Russian as in CLDR's plural rules. */
static int plural_form(vg_lang lang, double x)
{
    double n = fabs(x);
    int64_t whole = n < 1e15 ? (int64_t)n : 100;
    int64_t ten = whole % 10, hundred = whole % 100;
    switch (lang) {
    case VG_LANG_ZH: return 0;
    case VG_LANG_FR:
    case VG_LANG_PT: return n < 2 ? 0 : 1;
    case VG_LANG_RU:
        if (ten == 1 && hundred != 11)
            return 0;
        return ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14) ? 1 : 2;
    case VG_LANG_AR:
        if (whole < 3)
            return (int)whole;
        return hundred >= 3 && hundred <= 10 ? 3 : hundred >= 11 ? 4 : 5;
    default: return whole == 1 && n < 1.5 && n >= 1 ? 0 : 1;
    }
}

static vg_str pick_form(vg_str forms, int form)
{
    vg_str one = vg_cut(&forms, '|');
    for (; form > 0 && forms.n; form--)
        one = vg_cut(&forms, '|');
    return one;
}

static const vg_arg *argument(const vg_arg *arg, int n_args, vg_str name)
{
    for (int i = 0; i < n_args; i++)
        if (arg[i].name && vg_eq(vg_str_z(arg[i].name), name))
            return &arg[i];
    return NULL;
}

static void put_placeholder(vg_out *o, vg_lang lang, vg_str inside, const vg_arg *arg, int n_args)
{
    vg_str forms = inside, name = vg_cut(&forms, ':');
    const vg_arg *found = argument(arg, n_args, name);
    if (!found) {
        vg_put_char(o, '{');
        vg_put(o, inside);
        vg_put_char(o, '}');
    } else if (forms.n) {
        double x = found->kind == VG_ARG_INT ? (double)found->whole : found->number;
        vg_put(o, pick_form(forms, plural_form(lang, x)));
    } else {
        vg_arg_put(o, lang, found);
    }
}

void vg_message_put(vg_out *o, vg_lang lang, const char *key, const vg_arg *arg, int n_args)
{
    vg_str text = vg_message(lang, key);
    for (ptrdiff_t from; (from = vg_find_byte(text, '{')) >= 0;) {
        vg_put(o, vg_sub(text, 0, from));
        text = vg_sub(text, from + 1, text.n);
        ptrdiff_t to = vg_find_byte(text, '}');
        if (to < 0) {
            vg_put_char(o, '{');
            break;
        }
        put_placeholder(o, lang, vg_sub(text, 0, to), arg, n_args);
        text = vg_sub(text, to + 1, text.n);
    }
    vg_put(o, text);
}

void vg_message_html(vg_out *o, vg_lang lang, const char *key, const vg_arg *arg, int n_args)
{
    vg_out plain;
    if (!vg_out_memory(&plain, NULL)) {
        o->failed = true;
        return;
    }
    vg_message_put(&plain, lang, key, arg, n_args);
    vg_put_html(o, vg_out_text(&plain));
    vg_out_drop(&plain);
}

vg_str vg_message_text(vg_arena *a, vg_lang lang, const char *key, const vg_arg *arg, int n_args)
{
    vg_out plain;
    if (!vg_out_memory(&plain, NULL))
        return VG_NOSTR;
    vg_message_put(&plain, lang, key, arg, n_args);
    vg_str text = vg_copy(a, vg_out_text(&plain));
    vg_out_drop(&plain);
    return text;
}
