/* What verb_arrivals.c (one conflict) and verb_arrivals_all.c (many, with the fit) share. */
#ifndef VG_CLI_ARRIVALS_H
#define VG_CLI_ARRIVALS_H

#include "cli/verb.h"
#include "displacement/flow.h"

/** Options of a run as given on the command line; what a "what if" names lives in the arena. */
bool vg_cli_flow_opts(vg_cli *c, vg_flow_opts *o, vg_err *e);

/** Score and bring together all conflicts of a folder (--all). */
bool vg_cli_arrivals_all(vg_cli *c, const char *folder, vg_err *e);

/** The model's parameters as a JSON object. */
void vg_cli_put_params(vg_json *j, const vg_flow_params *p);

#endif
