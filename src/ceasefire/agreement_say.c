/*
 * Findings in words: the sentences of the message catalogue, with what the finding names written as the reader's language
 * has it. Invariant: nothing of the agreement's text reaches a reader raw; a character that would move the cursor, ring a
 * bell or turn the direction of writing is shown by its number.
 */
#include <math.h>
#include <string.h>

#include "ceasefire/agreement.h"
#include "core/date.h"

enum { LONGEST = 80 }; /* bytes of the file that a sentence shows of one value */

/* --- what may be shown --- */

/* Code point at s[0], 0 for what is no UTF-8, and how many bytes it has. */
static uint32_t code_point(vg_str s, int *n)
{
    unsigned char c = (unsigned char)s.s[0];
    int more = c < 0x80 ? 0 : c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : -1;
    uint32_t x = more <= 0 ? c : c & (0x3Fu >> more);
    *n = 1;
    if (more < 0 || more >= s.n)
        return more == 0 ? c : 0;
    for (int i = 1; i <= more; i++)
        x = x << 6 | ((unsigned char)s.s[i] & 0x3F);
    *n = more + 1;
    return x;
}

static bool is_hidden(uint32_t x)
{
    return x < 0x20 || (x >= 0x7F && x < 0xA0) || x == 0x61C || (x >= 0x200B && x <= 0x200F) ||
           (x >= 0x2028 && x <= 0x202E) || (x >= 0x2060 && x <= 0x206F) || x == 0xFEFF;
}

vg_str vg_agreement_shown(vg_str text, vg_arena *arena)
{
    ptrdiff_t n_hidden = 0, to = 0;
    int n;
    for (ptrdiff_t i = 0; i < text.n; i += n)
        n_hidden += is_hidden(code_point(vg_sub(text, i, text.n), &n));
    if (n_hidden == 0)
        return text;
    ptrdiff_t size = text.n + 6 * n_hidden + 1;
    char *out = vg_new(arena, char, size);
    if (!out)
        return VG_NOSTR;
    for (ptrdiff_t i = 0; i < text.n; i += n) {
        uint32_t x = code_point(vg_sub(text, i, text.n), &n);
        if (is_hidden(x))
            to += snprintf(out + to, (size_t)(size - to), "\\u%04x", x);
        else
            for (int k = 0; k < n; k++)
                out[to++] = text.s[i + k];
    }
    return (vg_str){ out, to };
}

/* --- facts as arguments --- */

/* Decimals that show a number as it is: 2.5 km must not be told as 2. */
static int decimals(double x)
{
    int n = 0;
    for (double unit = 1; n < 5 && fabs(x * unit - round(x * unit)) > 1e-9 * fabs(x * unit); unit *= 10)
        n++;
    return n;
}

static vg_arg moment(const vg_agreement *a, const vg_fact *f, vg_lang lang, vg_arena *arena)
{
    if (f->at == INT64_MIN || f->at == INT64_MAX)
        return vg_arg_text(f->name, vg_message(lang, f->at == INT64_MIN ? "ceasefire.check.moment-beginning"
                                                                        : "ceasefire.check.moment-end"));
    int64_t local = f->at + vg_clock_offset_s(a->clock, f->at), second = (local % 86400 + 86400) % 86400;
    vg_str time = vg_format(arena, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
    return vg_arg_text(f->name,
                       vg_message_text(arena, lang, "ceasefire.check.moment",
                                       VG_ARGS(vg_arg_day("day", local), vg_arg_text("time", time))));
}

static vg_arg argument(const vg_agreement *a, const vg_fact *f, vg_lang lang, vg_arena *arena)
{
    char key[96];
    switch (f->kind) {
    case VG_FACT_TEXT: {
        bool list = strcmp(f->name, "all") == 0; /* the program's own words, not the file's */
        vg_str head = list ? f->text : vg_utf8_head(f->text, LONGEST);
        return vg_arg_text(f->name, list ? head : vg_agreement_shown(head, arena));
    }
    case VG_FACT_NUM: return vg_arg_num(f->name, f->number, decimals(f->number));
    case VG_FACT_CODE: return vg_arg_text(f->name, vg_format(arena, "%.10g", f->number));
    case VG_FACT_TIME: return moment(a, f, lang, arena);
    case VG_FACT_DAY: return vg_arg_day(f->name, f->at);
    case VG_FACT_WORD: break;
    }
    snprintf(key, sizeof key, "%.*s", VG_P(f->text));
    return vg_arg_text(f->name, vg_message(lang, key));
}

vg_str vg_agreement_say(const vg_agreement *a, const vg_agreement_finding *f, vg_say_part part, vg_lang lang,
                        vg_arena *arena)
{
    static const char *const suffix[] = { "", ".why", ".mend" };
    char key[96];
    vg_arg arg[VG_FINDING_FACTS];
    const char *end = suffix[part];
    for (int32_t i = 0; i < f->n_facts; i++) {
        arg[i] = argument(a, &f->fact[i], lang, arena);
        if (part == VG_SAY_MEND && strcmp(f->fact[i].name, "near") == 0 && f->fact[i].text.n)
            end = ".near";
    }
    snprintf(key, sizeof key, "ceasefire.finding.%s%s", f->id, end);
    if (!vg_message_has(lang, key) && !vg_message_has(VG_LANG_EN, key))
        return VG_NOSTR;
    return vg_message_text(arena, lang, key, arg, f->n_facts);
}

/* --- for programs --- */

/* A value as it is: a number, an instant in UTC, a word of the program by its name. */
static void json_fact(vg_json *j, const vg_fact *f)
{
    char text[32];
    vg_json_key(j, vg_str_z(f->name));
    switch (f->kind) {
    case VG_FACT_NUM:
    case VG_FACT_CODE: vg_json_num(j, f->number); return;
    case VG_FACT_DAY: vg_json_str(j, vg_sub(vg_instant_text(f->at, text), 0, 10)); return;
    case VG_FACT_TIME:
        if (f->at == INT64_MIN || f->at == INT64_MAX)
            vg_json_null(j);
        else
            vg_json_str(j, vg_instant_text(f->at, text));
        return;
    case VG_FACT_WORD: {
        ptrdiff_t dot = f->text.n;
        while (dot > 0 && f->text.s[dot - 1] != '.')
            dot--;
        vg_json_str(j, vg_sub(f->text, dot, f->text.n));
        return;
    }
    case VG_FACT_TEXT: vg_json_str(j, f->text); return;
    }
}

void vg_agreement_facts_json(vg_json *j, const vg_agreement_finding *f)
{
    vg_json_object(j);
    for (int32_t i = 0; i < f->n_facts; i++)
        json_fact(j, &f->fact[i]);
    vg_json_close(j);
}
