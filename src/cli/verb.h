/**
 * Verbs: what the program can do. One row a verb gives dispatch, usage, --help, the man page, the Markdown page and
 * shell completion; the row's sentences are messages: verb.<name>.purpose (one line), verb.<name>.text (a paragraph),
 * verb.<name>.example (a command line), with - for the blank of "alert add".
 *
 *     bool vg_verb_version(vg_cli *c, vg_err *e);         in verb_help.c, and a row in verb_table.c
 *
 * A verb writes to `c->out` and returns false with an error, or true; `c->exit_code` is 0 unless it found something
 * (1). Exit codes of failures are vg_exit_code's: 2 bad usage, 3 bad data, 4 outside failure, 130 stopped.
 */
#ifndef VG_CLI_VERB_H
#define VG_CLI_VERB_H

#include "cli/opt.h"
#include "cli/table.h"
#include "core/pool.h"
#include "source/source.h"
#include "store/store.h"

typedef struct vg_cli vg_cli;

typedef struct {
    const char *name;       /* "forecast", "alert add" */
    const vg_opt *option;   /* ended by a NULL name; NULL = none of its own */
    const char *args;       /* how help shows the arguments: "FILE..."; NULL = none */
    int min_args, max_args; /* max -1 = any number */
    bool (*run)(vg_cli *c, vg_err *e);
} vg_verb;

struct vg_cli {
    const vg_verb *verb;
    vg_opts opts;
    vg_lang lang;
    vg_form form;
    bool quiet;
    int n_threads;
    int64_t as_of; /* UTC seconds, 0 = now */
    vg_out *out;   /* standard output */
    vg_arena arena;
    vg_progress progress;
    int exit_code;
    /* Behind the HTTP door (verb_serve.c): there is no terminal, and not everybody may change the store. */
    bool served, may_change;
    bool forbidden; /* set when a store was to be opened for writing and may not be */
    vg_str actor;   /* for the audit log; empty = who is logged in */
};

extern const vg_opt vg_global_options[];
const vg_verb *vg_verbs(int *n);

/** The row of one or two words at the front of `arg`; `*used` gets how many. NULL when there is none. */
const vg_verb *vg_verb_find(int n_args, char **arg, int *used);

/** Key of a verb's message: "verb.alert-add.purpose". */
vg_str vg_verb_key(const vg_verb *v, const char *part, char key[96]);

/** Key of an option's help: its own for the verb, else the shared one. */
vg_str vg_option_key(const vg_verb *v, const vg_opt *opt, char key[96]);

/** Writes a verb's usage and help, or the list of verbs when `v` is NULL. */
bool vg_help_put(vg_out *o, vg_lang lang, const vg_verb *v, vg_err *e);

/* --- what verbs share (load.c) --- */

/** Path of the store in use: --store, else the default. NUL-terminated, lives in the arena. */
bool vg_cli_store_path(vg_cli *c, vg_str *path, vg_err *e);

/** Opens it; for reading and for adding to it, it must exist (`make` false). */
bool vg_cli_store(vg_cli *c, vg_store_mode mode, bool make, vg_store **st, vg_err *e);

/** Reading options from --as, --version, --month-rule ... where the verb has them. */
vg_source_opts vg_cli_source_opts(vg_cli *c);

/** Formats that --as takes. */
#define VG_SOURCE_FORMATS "ucdp-ged|views-panel|acled|gdelt|jetson-task|prmn-flows|fsnau-dashboard|csv"

/** What became of one file. */
typedef struct {
    vg_source_found found;
    vg_vintage vintage; /* as committed, or as it was already there */
    bool known;         /* the same bytes had been imported before: nothing was done */
} vg_cli_import;

/** What the built-in sample is called in messages and in its vintage. */
#define VG_SAMPLE_NAME "organized_violence_country_month.csv"

/** Imports a file (NULL = the built-in sample) into a store: all or nothing, with known_at from --published. */
bool vg_cli_import_file(vg_cli *c, vg_store *st, const char *path, const vg_source_opts *opts,
                        vg_cli_import *out, vg_err *e);

/** Options that choose a panel of the store, and those that take it from a file; for a verb's table. */
#define VG_CHOICE_OPTIONS                                                                                    \
    { "target", VG_OPT_CHOICE, "sb|ns|os|all", NULL, 0, 0 },                                                 \
    {                                                                                                        \
        "unit", VG_OPT_CHOICE, "country|cell", "country", 0, 0                                               \
    }
#define VG_SOURCE_OPTIONS                                                                                    \
    { "source", VG_OPT_TEXT, "SOURCE", NULL, 0, 0 },                                                         \
    {                                                                                                        \
        "scope", VG_OPT_TEXT, "ISO3|world", NULL, 0, 0                                                       \
    }
#define VG_PANEL_OPTIONS                                                                                     \
    VG_CHOICE_OPTIONS, VG_SOURCE_OPTIONS, { "panel", VG_OPT_FILE, "FILE", NULL, 0, 0 },                      \
    {                                                                                                        \
        "countries", VG_OPT_FILE, "FILE", NULL, 0, 0                                                         \
    }

/** A panel with what it was made from. */
typedef struct {
    vg_store *st;   /* the store it came from, open; ":memory:" when it came from a file */
    bool from_file; /* --panel: nothing of it is kept */
    vg_panel panel;
    vg_panel_query query;
    vg_str target; /* what is counted: "sb" ... */
} vg_cli_panel;

/** The panel the options ask for. From --panel FILE by way of a store in memory: one way for data. */
bool vg_cli_panel_open(vg_cli *c, vg_store_mode mode, vg_cli_panel *out, vg_err *e);

/** The same for a target and kind of unit that are not options; an empty target takes what the numbers are. */
bool vg_cli_panel_for(vg_cli *c, vg_store_mode mode, vg_str target, vg_str unit, vg_cli_panel *out,
                      vg_err *e);
void vg_cli_panel_close(vg_cli_panel *p);

/** Writes one line for people to standard error, unless --quiet. */
void vg_cli_note(vg_cli *c, const char *key, const vg_arg *arg, int n_args);
#define vg_note(c, key, ...) vg_cli_note((c), (key), VG_ARGS(__VA_ARGS__))

/** What was written so far goes out now: before a question, and beside messages on standard error. */
bool vg_cli_flush(vg_cli *c, vg_err *e);

/** Writes a sentence and a line end to the output. */
#define vg_line(c, key, ...) (vg_say((c)->out, (c)->lang, (key), __VA_ARGS__), vg_put_char((c)->out, '\n'))

/** Name of a panel's unit in the reader's language. */
vg_str vg_cli_unit_name(const vg_cli *c, const vg_unit *u);

/** Position of an ISO3 code, country name or unit number in the panel. Fails: VG_ENOTFOUND, naming near ones. */
bool vg_cli_unit_find(const vg_cli *c, const vg_panel *panel, vg_str word, int32_t *index, vg_err *e);

/* --- terminal.c --- */

/** Progress on standard error when it is a terminal; stops on Ctrl-C. Installs the signal handlers. */
vg_progress vg_terminal_begin(vg_cli *c);

/** Seconds of a clock that only runs forward, for how long something took. */
double vg_cli_now_s(void);

/** Clears the progress line. */
void vg_terminal_end(void);

/** True when the user asked to stop. */
bool vg_terminal_stopped(void);

/* --- the verbs, one file each --- */

bool vg_verb_import(vg_cli *c, vg_err *e);
bool vg_verb_check(vg_cli *c, vg_err *e);
bool vg_verb_fetch(vg_cli *c, vg_err *e);
bool vg_verb_vintages(vg_cli *c, vg_err *e);
bool vg_verb_rejects(vg_cli *c, vg_err *e);
bool vg_verb_forecast(vg_cli *c, vg_err *e);
bool vg_verb_explain(vg_cli *c, vg_err *e);
bool vg_verb_backtest(vg_cli *c, vg_err *e);
bool vg_verb_score(vg_cli *c, vg_err *e);
bool vg_verb_arrivals(vg_cli *c, vg_err *e);
bool vg_verb_alert_add(vg_cli *c, vg_err *e);
bool vg_verb_alert_list(vg_cli *c, vg_err *e);
bool vg_verb_alert_run(vg_cli *c, vg_err *e);
bool vg_verb_alert_remove(vg_cli *c, vg_err *e);
bool vg_verb_report(vg_cli *c, vg_err *e);
bool vg_verb_audit_verify(vg_cli *c, vg_err *e);
bool vg_verb_audit_log(vg_cli *c, vg_err *e);
bool vg_verb_consult_import(vg_cli *c, vg_err *e);
bool vg_verb_consult_analyse(vg_cli *c, vg_err *e);
bool vg_verb_consult_evaluate(vg_cli *c, vg_err *e);
bool vg_verb_consult_export(vg_cli *c, vg_err *e);
bool vg_verb_consult_next(vg_cli *c, vg_err *e);
bool vg_verb_consult_segments(vg_cli *c, vg_err *e);
bool vg_verb_consult_stability(vg_cli *c, vg_err *e);
bool vg_verb_consult_open(vg_cli *c, vg_err *e);
bool vg_verb_consult_codes(vg_cli *c, vg_err *e);
bool vg_verb_consult_close(vg_cli *c, vg_err *e);
bool vg_verb_survey(vg_cli *c, vg_err *e);
bool vg_verb_consult_report(vg_cli *c, vg_err *e);
bool vg_verb_serve(vg_cli *c, vg_err *e);
bool vg_verb_token_add(vg_cli *c, vg_err *e);
bool vg_verb_token_list(vg_cli *c, vg_err *e);
bool vg_verb_token_revoke(vg_cli *c, vg_err *e);
bool vg_verb_help(vg_cli *c, vg_err *e);
bool vg_verb_version(vg_cli *c, vg_err *e);

extern const vg_opt vg_consult_import_options[], vg_consult_analyse_options[], vg_consult_evaluate_options[],
    vg_consult_export_options[];
extern const vg_opt vg_survey_options[], vg_consult_report_options[], vg_consult_next_options[],
    vg_consult_segments_options[], vg_consult_stability_options[];
extern const vg_opt vg_consult_open_options[], vg_consult_codes_options[], vg_consult_close_options[];
extern const vg_opt vg_arrivals_options[];
bool vg_verb_ceasefire_watch(vg_cli *c, vg_err *e);
extern const vg_opt vg_ceasefire_watch_options[];

bool vg_verb_list(vg_cli *c, vg_err *e);
bool vg_verb_displacement_forecast(vg_cli *c, vg_err *e);
bool vg_verb_displacement_backtest(vg_cli *c, vg_err *e);
bool vg_verb_displacement_report(vg_cli *c, vg_err *e);
extern const vg_opt vg_displacement_report_options[];

bool vg_verb_screening_load(vg_cli *c, vg_err *e);
bool vg_verb_screening_lists(vg_cli *c, vg_err *e);
bool vg_verb_screening_diff(vg_cli *c, vg_err *e);
bool vg_verb_screening_ownership(vg_cli *c, vg_err *e);
bool vg_verb_screen(vg_cli *c, vg_err *e);
bool vg_verb_screening_watch(vg_cli *c, vg_err *e);
bool vg_verb_screening_decide(vg_cli *c, vg_err *e);
bool vg_verb_screening_evaluate(vg_cli *c, vg_err *e);
bool vg_verb_screening_evidence(vg_cli *c, vg_err *e);
extern const vg_opt vg_screen_options[], vg_screening_watch_options[], vg_screening_decide_options[],
    vg_screening_evidence_options[], vg_screening_evaluate_options[];
extern const vg_opt vg_screening_load_options[], vg_screening_lists_options[], vg_screening_diff_options[],
    vg_screening_ownership_options[];

bool vg_verb_ceasefire_replay(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_evaluate(vg_cli *c, vg_err *e);
extern const vg_opt vg_ceasefire_replay_options[], vg_ceasefire_evaluate_options[];
bool vg_verb_ceasefire_report(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_audit(vg_cli *c, vg_err *e);
extern const vg_opt vg_ceasefire_report_options[], vg_ceasefire_audit_options[];
bool vg_verb_ceasefire_check(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_enter(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_list(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_take(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_verify(vg_cli *c, vg_err *e);
extern const vg_opt vg_ceasefire_take_options[], vg_ceasefire_verify_options[];
bool vg_verb_ceasefire_rates(vg_cli *c, vg_err *e);
bool vg_verb_ceasefire_heat(vg_cli *c, vg_err *e);
extern const vg_opt vg_ceasefire_rates_options[], vg_ceasefire_heat_options[];

extern const vg_opt vg_list_options[], vg_displacement_forecast_options[], vg_displacement_backtest_options[];
extern const vg_opt vg_serve_options[], vg_token_add_options[], vg_token_list_options[];
extern const vg_opt vg_import_options[], vg_check_options[], vg_fetch_options[], vg_forecast_options_table[],
    vg_explain_options[], vg_backtest_options[], vg_score_options[], vg_alert_add_options[],
    vg_alert_list_options[], vg_alert_run_options[], vg_report_options[], vg_audit_options[],
    vg_help_options[], vg_vintages_options[];

#endif
