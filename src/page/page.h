/**
 * A report at work: one self-contained HTML page in the reader's language. Inline style and SVG, no script, nothing
 * loaded from elsewhere; light and dark, phone and A4, left to right and right to left. Every capability's report is
 * written with these; charts are in chart.h.
 *
 *     vg_page p;
 *     if (!vg_page_init(&p, &out, VG_LANG_FR, &arena, e)) return false;
 *     vg_page_head(&p, &(vg_page_title){ "consult.title", "consult.lead", VG_ARGS(vg_arg_text("name", name)), true });
 *     vg_page_facts_begin(&p);
 *     vg_page_fact(&p, vg_arg_int("n", people), "consult.fact-people");      <b>1 203</b> personnes ont voté
 *     vg_page_facts_end(&p);
 *     vg_page_contents_begin(&p);
 *     vg_page_contents_say(&p, "groups", "consult.groups");
 *     vg_page_contents_end(&p);
 *     vg_page_main(&p);
 *     vg_page_section(&p, "groups", "consult.groups");                       <section id="groups"> with its <h2>
 *     vg_page_para(&p, "consult.groups-text", vg_arg_int("n", n_groups));
 *     vg_page_section_end(&p);
 *     vg_page_foot(&p);
 *     return vg_page_done(&p, e);
 *
 * One law: what comes from data or from a catalogue goes through _say, _text, _arg, _cell or a chart, which escape it;
 * vg_page_raw and vg_print take literals of the program only. Writing does not fail; a full disk shows in vg_out_end,
 * memory in vg_page_done. A message that takes no argument is said with VG_NO_ARG.
 */
#ifndef VG_PAGE_PAGE_H
#define VG_PAGE_PAGE_H

#include "core/out.h"
#include "text/message.h"

typedef struct {
    vg_out *o;
    vg_out text; /* a sentence before it is escaped */
    vg_lang lang;
    vg_arena *a;    /* of the page: texts made with vg_page_words live in it */
    bool patterned; /* the fill patterns of the charts are on the page */
} vg_page;

/** For messages without arguments: vg_page_say(p, "report.read", VG_NO_ARG). */
#define VG_NO_ARG vg_arg_int("n", 0)

/** Begins a page on `o`; `a` holds the texts made on the way. Fails: VG_ENOMEM. */
bool vg_page_init(vg_page *p, vg_out *o, vg_lang lang, vg_arena *a, vg_err *e);

/** Gives back what the page holds. Fails: VG_ENOMEM when a text or drawing did not fit into memory. Safe to call once. */
bool vg_page_done(vg_page *p, vg_err *e);

/* --- text --- */

/** Markup as it stands: literals of the program only. */
void vg_page_raw(vg_page *p, const char *markup);

/** Text of any origin, escaped. */
void vg_page_text(vg_page *p, vg_str text);

/** One value as the language writes it (vg_arg_int("", 12345): 12 345), escaped. */
void vg_page_arg(vg_page *p, vg_arg arg);

/** A message with its arguments, escaped: vg_page_say(p, key, vg_arg_int("n", 3), vg_arg_text("name", name)). */
#define vg_page_say(p, key, ...) vg_say_html((p)->o, (p)->lang, (key), __VA_ARGS__)

/** The same between literal markup, for what has no function below: vg_page_wrap(p, "<h3>", key, "</h3>\n"). */
void vg_page_wrap(vg_page *p, const char *open, const char *key, const char *close);

/** <p>, <p class="note"> and <li> with one message. */
#define vg_page_para(p, key, ...) vg_page_line((p), "<p>", (key), "</p>\n", VG_ARGS(__VA_ARGS__))
#define vg_page_note(p, key, ...)                                                                            \
    vg_page_line((p), "<p class=\"note\">", (key), "</p>\n", VG_ARGS(__VA_ARGS__))
#define vg_page_item(p, key, ...) vg_page_line((p), "<li>", (key), "</li>\n", VG_ARGS(__VA_ARGS__))
void vg_page_line(vg_page *p, const char *open, const char *key, const char *close, const vg_arg *arg,
                  int n_args);

/** A boxed sentence that must not be missed. */
void vg_page_notice(vg_page *p, const char *key, const vg_arg *arg, int n_args);

/** A sentence into the page's arena, not escaped (charts and names escape it): title = vg_page_words(p, key, args). */
#define vg_page_words(p, key, ...)                                                                           \
    vg_page_made((p), vg_message_text((p)->a, (p)->lang, (key), VG_ARGS(__VA_ARGS__)))

/** One value as text in the page's arena. */
vg_str vg_page_value_text(vg_page *p, vg_arg arg);

/** Text or memory from the page's arena: when it could not be had (NULL), vg_page_done will fail. */
vg_str vg_page_made(vg_page *p, vg_str text);
void *vg_page_got(vg_page *p, void *memory);
#define vg_page_new(p, type, count) ((type *)vg_page_got((p), vg_new((p)->a, type, (count))))

/** A sentence made by somebody else: write plain text into the writer returned, then end it; it is escaped. */
vg_out *vg_page_begin(vg_page *p);
void vg_page_end(vg_page *p);

/* --- the frame, in this order --- */

typedef struct {
    const char *title, *lead; /* message keys: <title> and <h1>, and the paragraph below it */
    const vg_arg *arg;        /* arguments of both */
    int n_args;
    bool charts; /* the styles of chart.h beyond fan and range: everybody but the first report says true */
} vg_page_title;

/** <!DOCTYPE> to the end of <header>: language, direction, style, skip link, title and lead. */
void vg_page_head(vg_page *p, const vg_page_title *t);

/** Key facts: a number, large, and what it counts. The message gets the number as its argument. */
void vg_page_facts_begin(vg_page *p);
void vg_page_fact(vg_page *p, vg_arg number, const char *key);
void vg_page_facts_end(vg_page *p);

/** Contents: links to the sections' ids, by name or by message. */
void vg_page_contents_begin(vg_page *p);
void vg_page_contents_item(vg_page *p, const char *id, vg_str name);
void vg_page_contents_say(vg_page *p, const char *id, const char *key);
void vg_page_contents_end(vg_page *p);

/** <main>. */
void vg_page_main(vg_page *p);

/** <section id> with a heading; the id is the program's own word, unique on the page ("groups", "u-12"). */
void vg_page_section(vg_page *p, const char *id, const char *key);

/** The same with a name as heading (a country, a group) and a small line above it, which may be empty. */
void vg_page_section_named(vg_page *p, const char *id, vg_str above, vg_str name);
void vg_page_section_end(vg_page *p);

/** "How to read": a section h-read with one list item a key. All get the same arguments. Keys end with NULL. */
void vg_page_reading(vg_page *p, const char *const *key, const vg_arg *arg, int n_args);

/** Two blocks side by side where there is room: begin, block, ..., block end, end. */
void vg_page_two_begin(vg_page *p);
void vg_page_block(vg_page *p, const char *key);
void vg_page_block_end(vg_page *p);
void vg_page_two_end(vg_page *p);

/** </main>, the note on names and borders, version and date, to </html>. */
void vg_page_foot(vg_page *p);

/** The same with a date of the caller's: for a page that must be the same bytes whenever it is made again. */
void vg_page_foot_at(vg_page *p, int64_t at);

/* --- tables --- */

/**
 * A table that scrolls sideways on a phone. `label` is the message that names it for screen readers; `heading` are
 * message keys ended by NULL. The first column holds the rows' names, the first `n_words` columns are set as words
 * (at the line's start), the others as numbers.
 */
void vg_page_table(vg_page *p, const char *label, const char *const *heading, int n_words);

/** The same piece by piece, where a heading is more than a message. */
void vg_page_table_begin(vg_page *p, const char *label);
void vg_page_table_begin_text(vg_page *p, vg_str label);
void vg_page_heading(vg_page *p, const char *key, bool word);
void vg_page_heading_text(vg_page *p, vg_str text, bool word);
void vg_page_table_body(vg_page *p);
void vg_page_table_end(vg_page *p);

/** A row: its name (a <th>), its cells, its end. A value that is not known (NaN) is a dash. */
void vg_page_row(vg_page *p, vg_str name);
void vg_page_row_arg(vg_page *p, vg_arg name);
void vg_page_row_say(vg_page *p, const char *key);
void vg_page_cell(vg_page *p, vg_arg arg);
void vg_page_cell_words(vg_page *p, vg_str text); /* one line */
void vg_page_cell_wrap(vg_page *p, vg_str text);  /* may be long: a statement, a reason */
void vg_page_cell_say(vg_page *p, const char *key);
void vg_page_cell_interval(vg_page *p, double low, double high);
void vg_page_row_end(vg_page *p);

/** What opens on demand: begin (the message is the line that opens it), content, end. */
void vg_page_details(vg_page *p, const char *key, const vg_arg *arg, int n_args);
void vg_page_details_end(vg_page *p);

/* --- what every report owes its reader --- */

/** A source as it is shown; of a record of the store or of a file. Empty texts and zeros are shown as a dash. */
typedef struct {
    int64_t vintage;
    vg_str source, version, sha256, licence, citation;
    int32_t first_month, last_month; /* month_id, 0 = not known */
    int64_t n_accepted, n_rejected, imported_at;
} vg_page_source;

/** The table of sources. */
void vg_page_sources(vg_page *p, const vg_page_source *s, int32_t n);

/** Heading and list of licences and citations, each once. */
void vg_page_terms(vg_page *p, const vg_page_source *s, int32_t n);

/** <dl>: how a run was made. A term, then any content, then its end; or one value. */
void vg_page_record_begin(vg_page *p);
void vg_page_record_term(vg_page *p, const char *key);
void vg_page_record_term_end(vg_page *p);
void vg_page_record_value(vg_page *p, const char *key, vg_arg value);
void vg_page_record_text(vg_page *p, const char *key, vg_str value);
void vg_page_record_end(vg_page *p);

#endif
