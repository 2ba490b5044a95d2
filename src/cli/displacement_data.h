/* From the options of `vigie displacement forecast` and `backtest` to panels of arrivals, covariates and flows. Files go
 * by way of stores in memory, so that there is one way for data. For verb_displacement*.c only. */
#ifndef VG_CLI_DISPLACEMENT_DATA_H
#define VG_CLI_DISPLACEMENT_DATA_H

#include "cli/verb.h"
#include "displacement/displacement.h"

/** What --model takes. */
#define VG_CLI_ARRIVALS_MODELS "house|expanding|ewm|mean|lag|ewm-log|ridge|lasso"

typedef struct {
    vg_store *st;   /* of the arrivals: the user's, or one in memory */
    vg_store *more; /* in memory: files of covariates and flows; NULL = none */
    bool from_file; /* nothing of it is kept */
    vg_panel arrivals;
    vg_panel covariate[VG_DISPLACEMENT_COVARIATES];
    bool covariate_stored[VG_DISPLACEMENT_COVARIATES]; /* in `st`, so that its vintages are told */
    vg_displacement_data data;
    vg_flow_record *flow;
    int64_t n_flows;
    int64_t *vintage; /* of the user's store: what was read */
    int32_t n_vintages;
    int32_t train_to; /* last month of the file's own training part; 0 = it names none */
} vg_cli_arrivals;

/** Options that choose the data, for a verb's table. */
#define VG_ARRIVALS_OPTIONS                                                                                  \
    { "task", VG_OPT_FILE, "FILE", NULL, 0, 0 }, { "panel", VG_OPT_FILE, "FILE", NULL, 0, 0 },               \
        { "regions", VG_OPT_FILE, "FILE", NULL, 0, 0 }, { "variable", VG_OPT_TEXT, "NAME", NULL, 0, 0 },     \
        { "covariates", VG_OPT_TEXT, "FILE...", NULL, 0, 0 }, { "flows", VG_OPT_FILE, "FILE", NULL, 0, 0 },  \
        { "source", VG_OPT_TEXT, "SOURCE", NULL, 0, 0 },                                                     \
    {                                                                                                        \
        "scope", VG_OPT_TEXT, "ISO3", NULL, 0, 0                                                             \
    }

/**
 * Opens what the options name. --covariates takes files (FILE or FILE:name:name) and names of variables in the store,
 * with commas between them; the verb's arguments are further ones. Fails: VG_ENODATA, VG_ENOTFOUND, VG_EARG.
 */
bool vg_cli_arrivals_open(vg_cli *c, vg_store_mode mode, vg_cli_arrivals *out, vg_err *e);
void vg_cli_arrivals_close(vg_cli_arrivals *d);

/** "rainfall=2017-04", "conflict=2017-04@Bay:6", "arrivals=2011-07". Fails: VG_EARG, VG_ENOTFOUND. */
bool vg_cli_scenario(vg_str text, const vg_cli_arrivals *d, vg_displacement_scenario *out, vg_err *e);

/** Position of a region in the panel by name, P-code or number. Fails: VG_ENOTFOUND, with the nearest name. */
bool vg_cli_region_find(const vg_panel *p, vg_str word, int32_t *index, vg_err *e);

#endif
