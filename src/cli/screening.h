/* What the screening verbs share: the engine from the options, a question from the options, how an answer is shown. */
#ifndef VG_CLI_SCREENING_H
#define VG_CLI_SCREENING_H

#include "cli/verb.h"
#include "screening/decision.h"
#include "screening/people.h"

/** Options that say who is asked for; in the tables of screen and evidence. */
#define VG_QUERY_OPTIONS                                                                                     \
    { "birth", VG_OPT_TEXT, "DATE", NULL, 0, 0 }, { "country", VG_OPT_TEXT, "CODE,...", NULL, 0, 0 },        \
        { "gender", VG_OPT_CHOICE, "m|f", NULL, 0, 0 },                                                      \
        { "schema", VG_OPT_CHOICE, VG_SCHEMA_CHOICE, NULL, 0, 0 },                                           \
        { "id", VG_OPT_TEXT, "KIND:VALUE,...", NULL, 0, 0 },                                                 \
    {                                                                                                        \
        "address", VG_OPT_TEXT, "TEXT", NULL, 0, 0                                                           \
    }
#define VG_SCHEMA_CHOICE                                                                                     \
    "any|person|organisation|company|vessel|aircraft|Person|Organization|Company|LegalEntity|Vessel|"        \
    "Airplane"

/** Options that choose the lists. */
#define VG_LISTS_OPTIONS                                                                                     \
    { "list", VG_OPT_TEXT, "LIST,...", NULL, 0, 0 },                                                         \
    {                                                                                                        \
        "lists", VG_OPT_FILE, "PATH", NULL, 0, 0                                                             \
    }

/** The party that the options and the argument ask for. Lives in the verb's arena. Fails: VG_EARG. */
bool vg_cli_query(vg_cli *c, vg_str name, vg_party *out, vg_err *e);

/** False of a name that nothing can be compared with: empty, or punctuation alone. */
bool vg_cli_has_letters(vg_str name);

/** The engine: from --lists PATH into memory, else from the store (`st` may then be NULL only with --lists). */
bool vg_cli_engine(vg_cli *c, vg_store *st, vg_screening **out, vg_err *e);

/** Text of an option the verb may not have; empty then. */
vg_str vg_cli_text(const vg_cli *c, const char *name);
bool vg_cli_flag(const vg_cli *c, const char *name);

/** The state of a candidate in a word: "hit", "possible", or a verdict. */
vg_str vg_cli_match_word(const vg_screening_candidate *c, const vg_match_decision *d);

/** An answer's reasons in sentences, one a line, each after `before`. */
void vg_cli_reasons(vg_cli *c, const vg_screening_candidate *x, const char *before);

/** Members of a candidate in JSON, with its reasons where they were asked for. */
void vg_cli_candidate_json(vg_json *j, vg_lang lang, const vg_screening_candidate *x, const char key[33],
                           const vg_match_decision *d, vg_arena *a);

/* --- files of customers --- */

/** One row that was screened, in the order of the file. Lives until the next block. */
typedef struct {
    int64_t line, row; /* in the file; number of the row, from 1 */
    vg_party query;
    char key[33];
    vg_screening_answer answer;
    vg_match_decision *decided; /* of each candidate */
} vg_screened_row;

/** Reads a file of customers block by block, screens it on all threads, and hands the rows over in their order. */
typedef struct {
    const char *path;
    vg_str map; /* empty = guessed */
    vg_schema schema;
    vg_screening_ask_opts ask;
    int64_t skip_rows; /* rows already done */
    const vg_screening_decisions *decisions;
    void *ctx;
    bool (*begin)(void *ctx, vg_str map, vg_err *e); /* the columns are known; may be NULL */
    bool (*row)(void *ctx, const vg_screened_row *r, vg_err *e);
    bool (*block)(void *ctx, int64_t rows_done, vg_err *e); /* behind each block; may be NULL */
} vg_screening_file;

typedef struct {
    int64_t n_rows, n_bad;
} vg_screening_file_count;

bool vg_cli_screen_file(vg_cli *c, vg_screening *s, const vg_screening_file *f, vg_screening_file_count *out,
                        vg_err *e);

/** SHA-256 of a file's bytes; empty for standard input. Lives in the verb's arena. */
bool vg_cli_file_hash(vg_cli *c, const char *path, vg_str *hex, vg_err *e);

/** A cell that a spreadsheet would take for a formula ("=1+1", "-2") gets an apostrophe before it; and back. */
vg_str vg_cli_guarded(vg_str cell, vg_arena *a);
vg_str vg_cli_unguarded(vg_str cell);

/** A CSV of ours as a workbook: one sheet, and further ones behind a million rows each. Fails: VG_EIO. */
bool vg_cli_csv_to_xlsx(const char *csv_path, const char *xlsx_path, vg_err *e);

/** The batch of `vigie screen --file` (verb_screen_file.c). */
bool vg_cli_screen_batch(vg_cli *c, vg_err *e);

#endif
