/* What `consult survey` and `consult report` share: the options of a survey before and after, and its reading. */
#ifndef VG_CLI_SURVEY_H
#define VG_CLI_SURVEY_H

#include "cli/verb.h"
#include "consultation/survey.h"

#define VG_SURVEY_OPTIONS                                                                                    \
    { "form", VG_OPT_TEXT, "SURVEY[,CHOICES]", NULL, 0, 0 }, { "before", VG_OPT_FILE, "FILE", NULL, 0, 0 },  \
        { "after", VG_OPT_FILE, "FILE", NULL, 0, 0 }, { "id", VG_OPT_TEXT, "COLUMN", NULL, 0, 0 },           \
        { "items", VG_OPT_TEXT, "QUESTION,...", NULL, 0, 0 },                                                \
    {                                                                                                        \
        "scales", VG_OPT_TEXT, "NAME=Q1,-Q2;...", NULL, 0, 0                                                 \
    }

/** Reads form and both surveys as the options say, and compares. Everything lives in the verb's arena. */
bool vg_cli_survey_open(vg_cli *c, vg_survey *out, vg_err *e);

#endif
