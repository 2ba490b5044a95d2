/* The routes of live consultations. Invariant: every route here is public, because whoever takes part, moderates or
 * observes has no account: each checks a code, the secret of a device, or the secret of a role by itself; a token of the
 * server opens the desks as well. Secrets come in the body, but for the event stream, whose reader can send none. */
#include "door/consultation_int.h"
#include "door/door.h"

#define BASE "/api/v1/consultations/{name}/"

#define P_NAME                                                                                               \
    {                                                                                                        \
        "name", VG_P_TEXT, NULL, 0, 60, NULL, true, true, "name of the consultation"                         \
    }
#define P_SECRET                                                                                             \
    {                                                                                                        \
        "secret", VG_P_TEXT, NULL, 0, 200, NULL, true, false,                                                \
            "what the device chose once, 22 random letters or more; never shown to anybody"                  \
    }
#define P_LANG                                                                                               \
    {                                                                                                        \
        "lang", VG_P_TEXT, NULL, 0, 12, NULL, false, false, "a language of the consultation"                 \
    }
#define P_KEY                                                                                                \
    {                                                                                                        \
        "key", VG_P_TEXT, NULL, 0, 80, NULL, false, false, "the moderator's or observer's secret"            \
    }
#define P_CLIENT                                                                                             \
    {                                                                                                        \
        "client", VG_P_INT, NULL, 1, 9007199254740991, NULL, true, false,                                    \
            "a number of the device's own; the same number is the same statement sent again"                 \
    }
#define P_END                                                                                                \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

static const vg_param about_params[] = {
    P_NAME,
    { "code", VG_P_TEXT, NULL, 0, 64, NULL, false, false, "code of the invitation" },
    { "secret", VG_P_TEXT, NULL, 0, 200, NULL, false, false, "or the secret of a device that has joined" },
    P_END,
};
static const vg_param join_params[] = {
    P_NAME,
    P_SECRET,
    { "code", VG_P_TEXT, NULL, 0, 64, NULL, false, false, "code of the invitation; not needed to come back" },
    { "consent", VG_P_FLAG, NULL, 0, 0, NULL, false, false, "true: the person has agreed to what is kept" },
    P_END,
};
static const vg_param next_params[] = {
    P_NAME, P_SECRET, { "n", VG_P_INT, NULL, 1, 20, "10", false, false, "how many statements" },
    P_LANG, P_END,
};
static const vg_param votes_params[] = {
    P_NAME,
    P_SECRET,
    { "votes", VG_P_TEXT, NULL, 0, 4000, NULL, true, false,
      "statement:value:client[:seconds ago], with commas between; 1 agree, -1 disagree, 0 pass" },
    P_END,
};
static const vg_param state_params[] = {
    P_NAME,
    P_SECRET,
    { "text", VG_P_TEXT, NULL, 0, 4000, NULL, true, false, "the statement, at most 280 characters" },
    { "lang", VG_P_TEXT, NULL, 0, 12, NULL, true, false, "the language it is written in" },
    P_CLIENT,
    P_END,
};
static const vg_param tell_params[] = {
    P_NAME,
    P_SECRET,
    { "answer", VG_P_TEXTS, NULL, 0, 200, NULL, true, false, "question=answer, in the consultation's words" },
    P_END,
};
static const vg_param leave_params[] = { P_NAME, P_SECRET, P_END };
static const vg_param desk_params[] = { P_NAME, P_KEY, P_END };
static const vg_param act_params[] = {
    P_NAME,
    P_KEY,
    { "act", VG_P_TEXT, NULL, 0, 20, NULL, true, false,
      "accept, reject, merge, seed, wording, mute, unmute, stop-code, mute-code, pause, resume, close, "
      "undo" },
    { "target", VG_P_INT, NULL, 0, 9007199254740991, NULL, false, false,
      "number of the statement, person, code or act" },
    { "other", VG_P_INT, NULL, 0, 9007199254740991, NULL, false, false,
      "of merge: the statement that stays" },
    { "reason", VG_P_TEXT, NULL, 0, 2000, NULL, false, false, "why; reject, mute and the codes need one" },
    { "text", VG_P_TEXT, NULL, 0, 4000, NULL, false, false, "of seed and wording" },
    P_LANG,
    P_END,
};

enum { SMALL = 16 << 10 };

#define PUBLIC_POST(path, name, about, function, params)                                                     \
    {                                                                                                        \
        "POST", BASE path, name, about, VG_ROLE_NOBODY, VG_AS_JSON,                                          \
            .plain = true, .unnamed = true, .body = VG_BODY_PARAMS, .body_bytes = SMALL, .answer = function, \
            .param = params                                                                                  \
    }

static const vg_route routes[] = {
    PUBLIC_POST("about", "consultationAbout", "What a live consultation is about", vg_part__about,
                about_params),
    PUBLIC_POST("join", "consultationJoin", "Take part, or come back", vg_part__join, join_params),
    PUBLIC_POST("next", "consultationNext", "What to vote on next", vg_part__next, next_params),
    PUBLIC_POST("votes", "consultationVotes", "Vote; answered once the votes are on the disk", vg_part__votes,
                votes_params),
    PUBLIC_POST("statements", "consultationState", "Add a statement", vg_part__state, state_params),
    PUBLIC_POST("answers", "consultationTell", "Say something about oneself", vg_part__tell, tell_params),
    PUBLIC_POST("withdraw", "consultationLeave", "Take consent back: what was given is deleted",
                vg_part__leave, leave_params),
    PUBLIC_POST("desk", "consultationDesk", "What the moderator sees", vg_desk__show, desk_params),
    PUBLIC_POST("acts", "consultationAct", "Moderate", vg_desk__act, act_params),
    PUBLIC_POST("observe", "consultationObserve", "The newest picture of opinions", vg_desk__observe,
                desk_params),
    { "GET", BASE "stream", "consultationStream", "Number of the newest picture, as server-sent events",
      VG_ROLE_NOBODY, VG_AS_OTHER, .plain = true, .unnamed = true, .type = "text/event-stream",
      .answer = vg_desk__stream, .param = desk_params },
};

const vg_door vg_consultation_door = { .name = "consultation",
                                       .route = routes,
                                       .n_routes = (int)(sizeof routes / sizeof *routes),
                                       .open = vg_hall__open,
                                       .refresh = vg_hall__refresh,
                                       .close = vg_hall__close };
