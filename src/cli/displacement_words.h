/* How a kept run of arrivals is shown: by the command that made it and by `vigie list`. */
#ifndef VG_CLI_DISPLACEMENT_WORDS_H
#define VG_CLI_DISPLACEMENT_WORDS_H

#include "cli/verb.h"
#include "displacement/kept.h"

typedef struct {
    vg_str explain; /* region whose reasons are shown; empty = none */
    bool split;     /* origins and reasons too */
    bool from_file; /* nothing was kept */
    bool unchecked; /* the check on past years was not wanted */
} vg_displacement_shown;

/** Table, JSON or CSV of a run, as the command line's form asks. */
bool vg_displacement_show(vg_cli *c, const vg_displacement_kept *k, const vg_displacement_shown *s,
                          vg_err *e);

#endif
