/* What the verbs of `vigie consult` share: the options that name a conversation, and its reading. */
#ifndef VG_CLI_CONSULT_H
#define VG_CLI_CONSULT_H

#include "cli/verb.h"
#include "consultation/consultation.h"

/** How a file of votes is read. */
#define VG_VOTE_OPTIONS                                                                                      \
    { "as", VG_OPT_CHOICE, "polis-votes|polis-matrix|polismath|votes-long|votes-wide", NULL, 0, 0 },         \
        { "sign", VG_OPT_CHOICE, "export|stored", NULL, 0, 0 },                                              \
    {                                                                                                        \
        "map", VG_OPT_TEXT, "FIELD=COLUMN,..", NULL, 0, 0                                                    \
    }

/** Which conversation: the argument PATH, or --conversation NAME of the store. */
#define VG_CONVERSATION_OPTIONS                                                                              \
    VG_VOTE_OPTIONS,                                                                                         \
    {                                                                                                        \
        "conversation", VG_OPT_TEXT, "NAME", NULL, 0, 0                                                      \
    }

/** Reading options from --as, --sign, --map. */
vg_vote_opts vg_cli_vote_opts(vg_cli *c);

/**
 * The conversation of the first argument, or of --conversation (the newest import of that name known at --as-of). Says on
 * standard error what was assumed of the sign and what was refused. Everything lives in c->arena.
 */
bool vg_cli_conversation(vg_cli *c, vg_consultation *out, vg_err *e);

#endif
