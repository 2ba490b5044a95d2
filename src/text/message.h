/**
 * What the user reads: every sentence of tables, help and reports, by key and language, with numbers, months and
 * percentages written as that language writes them.
 *
 *     vg_say(&out, VG_LANG_FR, "import.done", vg_arg_int("n", 12345), vg_arg_month("to", 538));
 *         12 345 lignes retenues, jusqu'en oct. 2024                  (with the narrow no-break space of French)
 *
 * The catalogues are data/messages/<language>.txt, one "key = text" a line, built into the program. A text may hold
 * {name} for an argument and {name:one death|many deaths} for a word that follows the number `name`. A key that a
 * language lacks is taken from English; en and fr are complete, and a test checks it.
 */
#ifndef VG_TEXT_MESSAGE_H
#define VG_TEXT_MESSAGE_H

#include "core/out.h"

/** In the order of vg_country.name. */
typedef enum {
    VG_LANG_EN = 0,
    VG_LANG_FR,
    VG_LANG_ES,
    VG_LANG_AR,
    VG_LANG_ZH,
    VG_LANG_RU,
    VG_LANG_PT,
    VG_N_LANGS
} vg_lang;

/** "en", "fr" ...: also what vg_country_name and the lang attribute of HTML take. */
const char *vg_lang_code(vg_lang lang);

/** Language of "fr", "fr_FR.UTF-8" or "fr-CA"; -1 when it is none of ours. */
int vg_lang_by_code(vg_str code);

/** From VIGIE_LANG, LC_ALL, LC_MESSAGES or LANG, the first that is set and ours; else English. */
vg_lang vg_lang_default(void);

/** True for languages written from right to left. */
bool vg_lang_rtl(vg_lang lang);

/** The text of a key as it stands in the catalogue; English when the language has none, the key itself when nobody has. */
vg_str vg_message(vg_lang lang, const char *key);

/** True when the catalogue of exactly this language has the key. */
bool vg_message_has(vg_lang lang, const char *key);

/** Walks a catalogue: `*at` starts at 0; false at the end. For tests and for tools. */
bool vg_message_next(vg_lang lang, ptrdiff_t *at, vg_str *key, vg_str *text);

/* --- arguments --- */

typedef enum {
    VG_ARG_TEXT,
    VG_ARG_INT,     /* 12,345 */
    VG_ARG_NUM,     /* 12.5, with `decimals` */
    VG_ARG_PERCENT, /* a share 0..1 as 37 %, with `decimals` */
    VG_ARG_CHANCE, /* a share of draws: 0 and 1 are shown as <1 % and >99 %, since draws cannot prove either */
    VG_ARG_MONTH,  /* Oct 2024 */
    VG_ARG_MONTH_LONG, /* October 2024 */
    VG_ARG_DAY         /* of an instant: 5 October 2024 */
} vg_arg_kind;

typedef struct {
    const char *name;
    vg_arg_kind kind;
    int decimals;
    vg_str text;
    int64_t whole; /* INT, months, instants */
    double number; /* NUM, PERCENT, CHANCE; NaN is written as a dash */
} vg_arg;

vg_arg vg_arg_text(const char *name, vg_str text);
vg_arg vg_arg_int(const char *name, int64_t whole);
vg_arg vg_arg_num(const char *name, double number, int decimals);
vg_arg vg_arg_percent(const char *name, double share, int decimals);
vg_arg vg_arg_chance(const char *name, double share);
vg_arg vg_arg_month(const char *name, int32_t month_id);
vg_arg vg_arg_month_long(const char *name, int32_t month_id);
vg_arg vg_arg_day(const char *name, int64_t utc_s);

/** Writes the text of `key` with its arguments filled in. A placeholder without an argument stays as it is written. */
void vg_message_put(vg_out *o, vg_lang lang, const char *key, const vg_arg *arg, int n_args);

/** The same with & < > " ' as entities. */
void vg_message_html(vg_out *o, vg_lang lang, const char *key, const vg_arg *arg, int n_args);

/** The same into an arena; empty when its limit is reached. */
vg_str vg_message_text(vg_arena *a, vg_lang lang, const char *key, const vg_arg *arg, int n_args);

#define VG_ARGS(...)                                                                                         \
    (const vg_arg[]){ __VA_ARGS__ }, (int)(sizeof((const vg_arg[]){ __VA_ARGS__ }) / sizeof(vg_arg))
#define vg_say(o, lang, key, ...)      vg_message_put((o), (lang), (key), VG_ARGS(__VA_ARGS__))
#define vg_say_html(o, lang, key, ...) vg_message_html((o), (lang), (key), VG_ARGS(__VA_ARGS__))

/** Writes one argument alone, as it would stand in a sentence. */
void vg_arg_put(vg_out *o, vg_lang lang, const vg_arg *arg);

/** Columns a text takes on a terminal: wide East Asian characters count two, combining marks none. */
int vg_text_width(vg_str s);

#endif
