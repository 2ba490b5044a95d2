/* The routes of ceasefires. Invariant: what a route takes and who may ask is said here and nowhere else. */
#include "door/ceasefire_int.h"
#include "door/door.h"

#define BASE "/api/v1/ceasefires"
#define ONE  BASE "/{ceasefire}"

#define END                                                                                                  \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }
#define ID                                                                                                   \
    {                                                                                                        \
        "ceasefire", VG_P_TEXT, .max = 100, .required = true, .in_path = true, .help = "id of the agreement" \
    }
#define LIMIT(most, usual)                                                                                   \
    {                                                                                                        \
        "limit", VG_P_INT, .min = 1, .max = (most), .fallback = (usual), .help = "how many at most"          \
    }
#define INSTANT(name_, about)                                                                                \
    {                                                                                                        \
        name_, VG_P_TEXT, .max = 40, .help = about                                                           \
    }
#define DAYS                                                                                                 \
    INSTANT("from", "first reporting day, such as 2026-03-01"),                                              \
        INSTANT("to", "last reporting day; without it today's")
#define NUMBER(name_, about)                                                                                 \
    {                                                                                                        \
        name_, VG_P_INT, .min = 1, .max = 9e15, .required = true, .in_path = true, .help = about             \
    }
#define INCIDENT                                                                                             \
    {                                                                                                        \
        "incident", VG_P_TEXT, .max = 40, .required = true, .in_path = true,                                 \
                               .help = "id of the incident, 16 hexadecimal digits"                           \
    }
#define ZONE                                                                                                 \
    {                                                                                                        \
        "zone", VG_P_TEXT, .max = 100, .help = "only in this zone, by id"                                    \
    }
#define PARTY                                                                                                \
    {                                                                                                        \
        "party", VG_P_TEXT, .max = 100, .help = "only of this party, by id, name or alias"                   \
    }
#define CLAUSE                                                                                               \
    {                                                                                                        \
        "clause", VG_P_TEXT, .max = 100, .help = "only of this clause, by id"                                \
    }

static const vg_param list_params[] = { END };
static const vg_param enter_params[] = {
    { "check", VG_P_FLAG, .fallback = "false", .help = "true: only looked over, not entered" },
    END,
};
static const vg_param id_params[] = { ID, END };
static const vg_param zones_params[] = {
    ID,
    INSTANT("at", "zones in force at this instant; without it now"),
    { "all", VG_P_FLAG, .fallback = "false", .help = "true: every version" },
    END,
};
static const vg_param incidents_params[] = {
    ID,
    INSTANT("from", "incidents that touch the time from here, an instant or a day"),
    INSTANT("to", "... until here"),
    { "level", VG_P_CHOICE, "none|possible|probable|violation", .fallback = "none",
      .help = "the least level" },
    ZONE,
    PARTY,
    CLAUSE,
    { "verification", VG_P_CHOICE, "reported|under_verification|verified|rejected",
      .help = "only in this state" },
    { "attribution", VG_P_CHOICE, "unattributed|alleged|disputed|attributed|admitted",
      .help = "only of this attribution" },
    { "act", VG_P_TEXT, .max = 60, .help = "only of this act, such as mortar" },
    { "bbox", VG_P_BOX, .help = "west,south,east,north" },
    LIMIT(10000, "1000"),
    { "cursor", VG_P_CURSOR, .help = "what a next link has" },
    END,
};
static const vg_param incident_params[] = { ID, INCIDENT, END };
static const vg_param verify_params[] = {
    ID,
    INCIDENT,
    { "state", VG_P_CHOICE, "reported|under_verification|verified|rejected", .required = true,
      .help = "what was decided" },
    { "reason", VG_P_TEXT, .max = 2000, .help = "why; a rejection needs one" },
    END,
};
static const vg_param reports_params[] = {
    ID,
    { "source", VG_P_TEXT, .max = 100, .help = "source of records that name none" },
    { "format", VG_P_CHOICE, "jsonl|csv|cap|viina|firms", .help = "where the content type is not enough" },
    END,
};
static const vg_param feed_params[] = {
    ID,
    { "after", VG_P_INT, .min = 0, .max = 9e15, .fallback = "0",
      .help = "number of the last outcome that was read" },
    LIMIT(10000, "1000"),
    { "seq", VG_P_FLAG, .fallback = "false",
      .help = "true: application/geo+json-seq (RFC 8142) and not lines" },
    END,
};
static const vg_param figures_params[] = { ID, DAYS, ZONE, PARTY, CLAUSE, END };
static const vg_param days_params[] = { ID, DAYS, END };
static const vg_param corrections_params[] = {
    ID,
    INSTANT("since", "also those that were told since then; without it only those that are open"),
    LIMIT(10000, "1000"),
    END,
};
static const vg_param coverage_params[] = {
    ID,
    INSTANT("from", "records that touch the time from here; without it two weeks"),
    INSTANT("to", "... until here; without it now"),
    { "source", VG_P_TEXT, .max = 100, .help = "only of this source" },
    END,
};
static const vg_param report_params[] = {
    ID,
    INSTANT("day", "reporting day; without it the last whole one"),
    INSTANT("to", "last day of a longer report"),
    { "lang", VG_P_CHOICE, "en|fr", .fallback = "en", .help = "language of the page" },
    { "form", VG_P_CHOICE, "html|json", .fallback = "html", .help = "a page, or data" },
    END,
};
static const vg_param alerts_params[] = { ID, LIMIT(1000, "100"), END };
static const vg_param cap_params[] = {
    ID,
    NUMBER("alert", "number of the alert"),
    { "lang", VG_P_CHOICE, "en|fr", .fallback = "en", .help = "language of the texts" },
    END,
};
static const vg_param receiver_new_params[] = {
    ID,
    { "url", VG_P_TEXT, .max = 2000, .required = true, .help = "where to send, http or https" },
    { "what", VG_P_CHOICE, "incidents|alerts|both", .fallback = "both", .help = "what is sent" },
    { "level", VG_P_CHOICE, "none|possible|probable|violation", .fallback = "violation",
      .help = "least level of incidents" },
    { "severity", VG_P_INT, .min = 0, .max = 5, .fallback = "0", .help = "least severity of incidents" },
    { "secret", VG_P_TEXT, .max = 200, .help = "signs what is sent; never shown again" },
    { "after", VG_P_INT, .min = 0, .max = 9e15,
      .help = "begin behind this outcome; without it with the next new one" },
    END,
};
static const vg_param receiver_params[] = { ID, NUMBER("receiver", "number of the receiver"), END };

#define V VG_ROLE_VIEWER
#define A VG_ROLE_ANALYST
#define REPORTS                                                                                              \
    "application/json|application/x-ndjson|application/json-seq|text/csv|text/plain|application/cap+xml|"    \
    "application/xml|text/xml"
enum { MOST_BODY = 16 << 20, MOST_AGREEMENT = 16 << 20, SMALL = 16 << 10 };

static const vg_route routes[] = {
    { "GET", BASE, "ceasefires", "Agreements that are watched", V, VG_AS_JSON | VG_AS_CSV, .returns = "Rows",
      .answer = vg_watch_answer__list, .param = list_params },
    { "POST", BASE, "ceasefireEnter", "Enter an agreement, or look one over", A, VG_AS_JSON, .slow = true,
      .plain = true, .body = VG_BODY_CSV, .body_bytes = MOST_AGREEMENT, .status = 201,
      .returns = "CeasefireEntered", .answer = vg_watch_answer__enter, .param = enter_params },
    { "GET", ONE, "ceasefire", "An agreement as data, with what is known by now", V, VG_AS_JSON,
      .returns = "Ceasefire", .answer = vg_watch_answer__show, .param = id_params },
    { "GET", ONE "/zones", "ceasefireZones", "Zones", V, VG_AS_GEOJSON, .answer = vg_watch_answer__zones,
      .param = zones_params },
    { "GET", ONE "/incidents", "ceasefireIncidents", "Incidents", V, VG_AS_GEOJSON | VG_AS_CSV,
      .answer = vg_watch_answer__incidents, .param = incidents_params },
    { "GET", ONE "/incidents/{incident}", "ceasefireIncident", "An incident, and what each report adds", V,
      VG_AS_GEOJSON, .answer = vg_watch_answer__incident, .param = incident_params },
    { "POST", ONE "/incidents/{incident}/verification", "ceasefireVerify", "Decide about an incident", A,
      VG_AS_JSON, .plain = true, .body = VG_BODY_PARAMS, .body_bytes = SMALL, .status = 201,
      .answer = vg_watch_answer__verify, .param = verify_params },
    { "POST", ONE "/reports", "ceasefireReports", "Send reports and records of coverage", A, VG_AS_JSON,
      .plain = true, .body = VG_BODY_OTHER, .media = REPORTS, .body_bytes = MOST_BODY,
      .returns = "CeasefireTaken", .answer = vg_watch_answer__reports, .param = reports_params },
    { "POST", ONE "/coverage", "ceasefireCover", "Send records of coverage", A, VG_AS_JSON, .plain = true,
      .body = VG_BODY_OTHER, .media = REPORTS, .body_bytes = MOST_BODY, .returns = "CeasefireTaken",
      .answer = vg_watch_answer__reports, .param = reports_params },
    { "GET", ONE "/feed", "ceasefireFeed", "What came out, from a number on", V, VG_AS_OTHER, .plain = true,
      .type = "application/x-ndjson", .answer = vg_watch_answer__feed, .param = feed_params },
    { "GET", ONE "/figures", "ceasefireFigures", "Counts by day, zone, party, clause and weapon", V,
      VG_AS_JSON | VG_AS_CSV, .returns = "Rows", .answer = vg_watch_answer__figures,
      .param = figures_params },
    { "GET", ONE "/compliance", "ceasefireCompliance", "Compliance by clause", V, VG_AS_JSON | VG_AS_CSV,
      .returns = "Rows", .answer = vg_watch_answer__compliance, .param = days_params },
    { "GET", ONE "/corrections", "ceasefireCorrections", "Published figures that are different now", V,
      VG_AS_JSON | VG_AS_CSV, .returns = "Rows", .answer = vg_watch_answer__corrections,
      .param = corrections_params },
    { "GET", ONE "/sources", "ceasefireSources", "What is known of each source", V, VG_AS_JSON | VG_AS_CSV,
      .returns = "Rows", .answer = vg_watch_answer__sources, .param = id_params },
    { "GET", ONE "/coverage", "ceasefireCoverage", "Who could see what", V, VG_AS_JSON | VG_AS_CSV,
      .returns = "Rows", .answer = vg_watch_answer__coverage, .param = coverage_params },
    { "GET", ONE "/report", "ceasefireReport", "The daily report", V, VG_AS_OTHER, .slow = true,
      .type = "text/html", .answer = vg_watch_answer__report, .param = report_params },
    { "GET", ONE "/alerts", "ceasefireAlerts", "Escalations that were told, newest first", V, VG_AS_JSON,
      .returns = "Rows", .answer = vg_watch_answer__alerts, .param = alerts_params },
    { "GET", ONE "/alerts/{alert}/cap", "ceasefireCap", "An escalation as a CAP 1.2 message", V, VG_AS_OTHER,
      .type = "application/cap+xml", .answer = vg_watch_answer__cap, .param = cap_params },
    { "GET", ONE "/receivers", "ceasefireReceivers", "Who is told over the web, and how far", VG_ROLE_ADMIN,
      VG_AS_JSON | VG_AS_CSV, .plain = true, .returns = "Rows", .answer = vg_watch_answer__receivers,
      .param = id_params },
    { "POST", ONE "/receivers", "ceasefireReceiverAdd", "Tell somebody over the web", VG_ROLE_ADMIN,
      VG_AS_JSON, .plain = true, .body = VG_BODY_PARAMS, .body_bytes = SMALL, .status = 201,
      .answer = vg_watch_answer__receiver_new, .param = receiver_new_params },
    { "DELETE", ONE "/receivers/{receiver}", "ceasefireReceiverEnd", "Tell somebody no longer", VG_ROLE_ADMIN,
      VG_AS_JSON, .plain = true, .answer = vg_watch_answer__receiver_end, .param = receiver_params },
};

static const char SCHEMAS[] =
    "\"CeasefireFinding\":{\"type\":\"object\",\"required\":[\"weight\",\"what\"],\"properties\":{"
    "\"weight\":{\"enum\":[\"note\",\"warning\",\"error\"]},\"line\":{\"type\":[\"integer\",\"null\"]},"
    "\"what\":{\"type\":[\"string\",\"null\"]},\"why\":{\"type\":[\"string\",\"null\"]},\"mend\":{\"type\":["
    "\"string\",\"null\"]}}},"
    "\"CeasefireEntered\":{\"type\":\"object\",\"required\":[\"ceasefire\",\"entered\",\"errors\","
    "\"findings\"],\"properties\":{\"ceasefire\":{\"type\":[\"string\",\"null\"]},\"entered\":{\"type\":"
    "\"boolean\"},\"errors\":{\"type\":\"integer\"},\"findings\":{\"type\":\"array\",\"items\":{\"$ref\":"
    "\"#/components/schemas/CeasefireFinding\"}}}},"
    "\"Ceasefire\":{\"type\":\"object\",\"required\":[\"ceasefire\",\"parties\",\"zones\",\"clauses\","
    "\"limits\",\"counts\"],\"properties\":{\"ceasefire\":{\"type\":\"string\"},\"parties\":{\"type\":"
    "\"array\"},\"zones\":{\"type\":\"array\"},\"clauses\":{\"type\":\"array\"},\"limits\":{\"type\":"
    "\"object\"},\"counts\":{\"type\":\"object\"}}},"
    "\"CeasefireTaken\":{\"type\":\"object\",\"required\":[\"reports\",\"coverage\",\"verdicts\","
    "\"rejected\",\"over_rate\",\"items\"],\"properties\":{\"reports\":{\"type\":\"integer\"},\"coverage\":"
    "{\"type\":\"integer\"},\"verdicts\":{\"type\":\"object\"},\"rejected\":{\"type\":\"integer\"},"
    "\"over_rate\":{\"type\":\"integer\"},\"items\":{\"type\":\"array\"}}}";

const vg_door vg_ceasefire_door = { .name = "ceasefire",
                                    .route = routes,
                                    .n_routes = (int)(sizeof routes / sizeof *routes),
                                    .schemas = SCHEMAS,
                                    .open = vg_guards__open,
                                    .refresh = vg_guards__refresh,
                                    .close = vg_guards__close };
