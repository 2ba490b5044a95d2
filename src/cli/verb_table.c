/* The verb table: a row here, a function and its options in verb_*.c, three messages; that is a verb. Order is the
 * order of help. */
#include <string.h>

#include "cli/verb.h"

const vg_opt vg_global_options[] = {
    { "store", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "lang", VG_OPT_CHOICE, "en|fr|es|ar|zh|ru|pt", NULL, 0, 0 },
    { "as-of", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "json", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "csv", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "quiet", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "threads", VG_OPT_INT, "N", NULL, 1, VG_MAX_THREADS },
    { "help", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_verb verbs[] = {
    { "import", vg_import_options, "FILE...", 0, -1, vg_verb_import },
    { "check", vg_check_options, "FILE", 1, 1, vg_verb_check },
    { "fetch", vg_fetch_options, "SOURCE", 1, 1, vg_verb_fetch },
    { "vintages", vg_vintages_options, NULL, 0, 0, vg_verb_vintages },
    { "rejects", NULL, "VINTAGE", 1, 1, vg_verb_rejects },
    { "list", vg_list_options, "RUN", 0, 1, vg_verb_list },
    { "forecast", vg_forecast_options_table, NULL, 0, 0, vg_verb_forecast },
    { "explain", vg_explain_options, NULL, 0, 0, vg_verb_explain },
    { "report", vg_report_options, NULL, 0, 0, vg_verb_report },
    { "backtest", vg_backtest_options, NULL, 0, 0, vg_verb_backtest },
    { "score", vg_score_options, NULL, 0, 0, vg_verb_score },
    { "displacement arrivals", vg_arrivals_options, NULL, 0, 0, vg_verb_arrivals },
    { "displacement forecast", vg_displacement_forecast_options, "COVARIATES...", 0, -1,
      vg_verb_displacement_forecast },
    { "displacement backtest", vg_displacement_backtest_options, "COVARIATES...", 0, -1,
      vg_verb_displacement_backtest },
    { "displacement report", vg_displacement_report_options, NULL, 0, 0, vg_verb_displacement_report },
    { "alert add", vg_alert_add_options, NULL, 0, 0, vg_verb_alert_add },
    { "alert list", vg_alert_list_options, NULL, 0, 0, vg_verb_alert_list },
    { "alert run", vg_alert_run_options, NULL, 0, 0, vg_verb_alert_run },
    { "alert remove", NULL, "RULE", 1, 1, vg_verb_alert_remove },
    { "consult import", vg_consult_import_options, "PATH", 1, 1, vg_verb_consult_import },
    { "consult analyse", vg_consult_analyse_options, "[PATH]", 0, 1, vg_verb_consult_analyse },
    { "consult export", vg_consult_export_options, "[PATH]", 0, 1, vg_verb_consult_export },
    { "consult evaluate", vg_consult_evaluate_options, "FOLDER", 1, 1, vg_verb_consult_evaluate },
    { "consult next", vg_consult_next_options, "[PATH]", 0, 1, vg_verb_consult_next },
    { "consult segments", vg_consult_segments_options, "[PATH]", 0, 1, vg_verb_consult_segments },
    { "consult stability", vg_consult_stability_options, "[PATH]", 0, 1, vg_verb_consult_stability },
    { "consult report", vg_consult_report_options, "[PATH]", 0, 1, vg_verb_consult_report },
    { "consult survey", vg_survey_options, NULL, 0, 0, vg_verb_survey },
    { "consult open", vg_consult_open_options, NULL, 0, 0, vg_verb_consult_open },
    { "consult codes", vg_consult_codes_options, "NAME", 1, 1, vg_verb_consult_codes },
    { "consult close", vg_consult_close_options, "NAME", 1, 1, vg_verb_consult_close },
    { "audit verify", NULL, NULL, 0, 0, vg_verb_audit_verify },
    { "audit log", vg_audit_options, NULL, 0, 0, vg_verb_audit_log },
    { "screening load", vg_screening_load_options, "FILE...", 1, -1, vg_verb_screening_load },
    { "screening lists", vg_screening_lists_options, NULL, 0, 0, vg_verb_screening_lists },
    { "screening diff", vg_screening_diff_options, "LIST", 1, 1, vg_verb_screening_diff },
    { "screening ownership", vg_screening_ownership_options, NULL, 0, 0, vg_verb_screening_ownership },
    { "screen", vg_screen_options, "[NAME]", 0, 1, vg_verb_screen },
    { "screening watch", vg_screening_watch_options, "FILE", 1, 1, vg_verb_screening_watch },
    { "screening decide", vg_screening_decide_options, "HIT", 1, 1, vg_verb_screening_decide },
    { "screening evaluate", vg_screening_evaluate_options, NULL, 0, 0, vg_verb_screening_evaluate },
    { "screening evidence", vg_screening_evidence_options, NULL, 0, 0, vg_verb_screening_evidence },
    { "ceasefire evaluate", vg_ceasefire_evaluate_options, NULL, 0, 0, vg_verb_ceasefire_evaluate },
    { "ceasefire check", NULL, "FILE", 1, 1, vg_verb_ceasefire_check },
    { "ceasefire heat", vg_ceasefire_heat_options, "FILE...", 1, -1, vg_verb_ceasefire_heat },
    { "ceasefire rates", vg_ceasefire_rates_options, "FILE", 1, 1, vg_verb_ceasefire_rates },
    { "ceasefire replay", vg_ceasefire_replay_options, NULL, 0, 0, vg_verb_ceasefire_replay },
    { "ceasefire report", vg_ceasefire_report_options, NULL, 0, 0, vg_verb_ceasefire_report },
    { "ceasefire audit", vg_ceasefire_audit_options, NULL, 0, 0, vg_verb_ceasefire_audit },
    { "ceasefire enter", NULL, "FILE", 1, 1, vg_verb_ceasefire_enter },
    { "ceasefire list", NULL, NULL, 0, 0, vg_verb_ceasefire_list },
    { "ceasefire take", vg_ceasefire_take_options, "FILE...", 1, -1, vg_verb_ceasefire_take },
    { "ceasefire verify", vg_ceasefire_verify_options, "INCIDENT", 1, 1, vg_verb_ceasefire_verify },
    { "ceasefire watch", vg_ceasefire_watch_options, NULL, 0, 0, vg_verb_ceasefire_watch },
    { "serve", vg_serve_options, NULL, 0, 0, vg_verb_serve },
    { "token add", vg_token_add_options, NULL, 0, 0, vg_verb_token_add },
    { "token list", vg_token_list_options, NULL, 0, 0, vg_verb_token_list },
    { "token revoke", NULL, "NAME", 1, 1, vg_verb_token_revoke },
    { "help", vg_help_options, "VERB", 0, 2, vg_verb_help },
    { "version", NULL, NULL, 0, 0, vg_verb_version },
};

const vg_verb *vg_verbs(int *n)
{
    *n = (int)(sizeof verbs / sizeof *verbs);
    return verbs;
}

const vg_verb *vg_verb_find(int n_args, char **arg, int *used)
{
    for (size_t i = 0; n_args > 0 && i < sizeof verbs / sizeof *verbs; i++) {
        vg_str second = vg_str_z(verbs[i].name), first = vg_cut(&second, ' ');
        if (!vg_eq(first, vg_str_z(arg[0])))
            continue;
        if (second.n && (n_args < 2 || !vg_eq(second, vg_str_z(arg[1]))))
            continue;
        *used = second.n ? 2 : 1;
        return &verbs[i];
    }
    return NULL;
}

vg_str vg_verb_key(const vg_verb *v, const char *part, char key[96])
{
    int n = snprintf(key, 96, "verb.%s.%s", v->name, part);
    for (char *c = key; *c; c++)
        if (*c == ' ')
            *c = '-';
    return (vg_str){ key, n };
}

vg_str vg_option_key(const vg_verb *v, const vg_opt *opt, char key[96])
{
    int n = 0;
    if (v) {
        n = snprintf(key, 96, "option.%s.%s", v->name, opt->name);
        for (char *c = key; *c; c++)
            if (*c == ' ')
                *c = '-';
    }
    if (!v || !vg_message_has(VG_LANG_EN, key))
        n = snprintf(key, 96, "option.%s", opt->name);
    return (vg_str){ key, n };
}
