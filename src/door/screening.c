/* The screening's routes. Invariant: what a route takes and who may ask is said here and nowhere else. */
#include "door/screening_int.h"

#define END                                                                                                  \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }
#define LIMIT(most, usual)                                                                                   \
    {                                                                                                        \
        "limit", VG_P_INT, .min = 1, .max = (most), .fallback = (usual), .help = "how many at most"          \
    }
#define THRESHOLD                                                                                            \
    {                                                                                                        \
        "threshold", VG_P_NUM, .min = 0, .max = 1, .help = "probability of a hit; without it the default"    \
    }
#define CUTOFF                                                                                               \
    {                                                                                                        \
        "cutoff", VG_P_NUM, .min = 0, .max = 1, .help = "the least score told; without it the default"       \
    }
#define LANG                                                                                                 \
    {                                                                                                        \
        "lang", VG_P_CHOICE, "en|fr", .help = "language of the reasons; without it as Accept-Language says"  \
    }
#define SKIP                                                                                                 \
    {                                                                                                        \
        "cursor", VG_P_INT, .min = 0, .max = 9e15, .fallback = "0", .help = "number of items to pass over"   \
    }

static const vg_param search_params[] = {
    { "q", VG_P_TEXTS, .max = 1000, .help = "a name; several are names of one party" },
    { "schema", VG_P_TEXT, .max = 40,
      .help = "Person, Organization, Company, LegalEntity, Vessel, Airplane" },
    { "birth", VG_P_TEXTS, .max = 40,
      .help = "date of birth, or of foundation: 1965, 1965-03 or 1965-03-07" },
    { "country", VG_P_TEXTS, .max = 80, .help = "country, by code or name" },
    { "gender", VG_P_CHOICE, "male|female", .help = "of a person" },
    { "number", VG_P_TEXTS, .max = 100,
      .help = "an identifier, its kind in front: passport:X1, imo:9074729, lei:..., tax:..." },
    { "address", VG_P_TEXTS, .max = 500, .help = "an address" },
    { "list", VG_P_TEXTS, .max = 80, .help = "only this list" },
    { "exhaustive", VG_P_FLAG, .fallback = "false", .help = "compare with every name, without the index" },
    THRESHOLD,
    CUTOFF,
    LIMIT(100, "10"),
    LANG,
    END,
};
static const vg_param decide_params[] = {
    { "hit", VG_P_TEXT, .max = 400, .required = true, .help = "\"hit\" of a candidate, as it was told" },
    { "verdict", VG_P_CHOICE, "true-match|false-match|undecided", .required = true,
      .help = "what was decided" },
    { "reason", VG_P_TEXT, .max = 2000, .help = "why; a false match needs one" },
    END,
};
static const vg_param decisions_params[] = { LIMIT(10000, "1000"), END };
static const vg_param lists_params[] = { { "list", VG_P_TEXT, .max = 80, .help = "only this list" }, END };
static const vg_param diff_params[] = {
    { "list", VG_P_TEXT, .max = 80, .help = "list whose two newest vintages are compared" },
    { "from", VG_P_INT, .min = 0, .max = 9e15, .help = "older vintage; 0 = nobody" },
    { "to", VG_P_INT, .min = 1, .max = 9e15, .help = "newer vintage" },
    { "kind", VG_P_CHOICE, "added|changed|removed", .help = "only these" },
    SKIP,
    LIMIT(1000, "100"),
    END,
};
static const vg_param entity_params[] = {
    { "entity", VG_P_TEXT, .max = 400, .required = true, .in_path = true,
      .help = "\"entity\" of a candidate" },
    END,
};
static const vg_param batch_new_params[] = {
    { "name", VG_P_TEXT, .max = 100, .fallback = "upload.csv", .help = "name of the file, for people" },
    { "map", VG_P_TEXTS, .max = 200,
      .help = "PROPERTY=COLUMN, such as name=Nom; wins over what the headers tell" },
    { "schema", VG_P_TEXT, .max = 40, .help = "what the rows are, where no column says it" },
    THRESHOLD,
    LIMIT(20, "5"),
    END,
};
static const vg_param batch_params[] = {
    { "batch", VG_P_INT, .min = 1, .max = 9e15, .required = true, .in_path = true,
      .help = "number of the batch" },
    END,
};
static const vg_param hits_params[] = {
    { "batch", VG_P_INT, .min = 1, .max = 9e15, .required = true, .in_path = true,
      .help = "number of the batch" },
    { "which", VG_P_CHOICE, "open|decided|all", .fallback = "open",
      .help = "hits to decide on, decided ones, or all" },
    SKIP,
    LIMIT(1000, "100"),
    LANG,
    END,
};

/* --- yente --- */

#define DATASET                                                                                              \
    {                                                                                                        \
        "dataset", VG_P_TEXT, .max = 80, .required = true, .in_path = true,                                  \
                              .help = "a list, or \"default\": all"                                          \
    }
#define YENTE_FILTERS                                                                                        \
    { "include_dataset", VG_P_TEXTS, .max = 80, .help = "this list too" },                                   \
        { "exclude_dataset", VG_P_TEXTS, .max = 80, .help = "not this list" },                               \
        { "exclude_schema", VG_P_TEXTS, .max = 40, .help = "not entities of this schema" },                  \
        { "topics", VG_P_TEXTS, .max = 40, .help = "only entities of this topic" },                          \
    {                                                                                                        \
        "changed_since", VG_P_TEXT, .max = 40, .help = "only what changed on or after this day"              \
    }
#define OFFSET                                                                                               \
    {                                                                                                        \
        "offset", VG_P_INT, .min = 0, .max = 9499, .fallback = "0", .help = "how many to pass over"          \
    }

static const vg_param match_params[] = {
    DATASET,
    YENTE_FILTERS,
    { "exclude_entity_ids", VG_P_TEXTS, .max = 400, .help = "not this entity" },
    { "algorithm", VG_P_TEXT, .max = 40, .help = "\"best\" or \"vigie\"" },
    THRESHOLD,
    CUTOFF,
    LIMIT(500, "5"),
    END,
};
static const vg_param yente_search_params[] = {
    DATASET,
    YENTE_FILTERS,
    { "q", VG_P_TEXT, .max = 1000, .required = true, .help = "a name" },
    { "schema", VG_P_TEXT, .max = 40, .help = "only entities of this schema" },
    { "countries", VG_P_TEXTS, .max = 80, .help = "only entities of this country" },
    { "fuzzy", VG_P_FLAG, .fallback = "false", .help = "all search here allows for spellings" },
    { "simple", VG_P_FLAG, .fallback = "false", .help = "there is no query language here" },
    { "facets", VG_P_TEXTS, .max = 40, .help = "none are counted here" },
    LIMIT(500, "10"),
    OFFSET,
    END,
};
static const vg_param yente_entity_params[] = {
    { "entity", VG_P_TEXT, .max = 400, .required = true, .in_path = true, .help = "id of an answer" },
    { "nested", VG_P_FLAG, .fallback = "true", .help = "with the entities it is linked to" },
    END,
};
static const vg_param adjacent_params[] = {
    { "entity", VG_P_TEXT, .max = 400, .required = true, .in_path = true, .help = "id of an answer" },
    LIMIT(500, "100"),
    OFFSET,
    END,
};
static const vg_param adjacent_property_params[] = {
    { "entity", VG_P_TEXT, .max = 400, .required = true, .in_path = true, .help = "id of an answer" },
    { "property", VG_P_TEXT, .max = 60, .required = true, .in_path = true, .help = "such as ownershipAsset" },
    LIMIT(500, "100"),
    OFFSET,
    END,
};

/* --- reconciliation --- */

static const vg_param service_params[] = {
    DATASET,
    { "queries", VG_P_TEXT, .max = 1 << 20,
      .help = "JSON: {\"q0\":{\"query\":\"NAME\",\"type\":\"Person\"}}" },
    { "extend", VG_P_TEXT, .max = 1 << 20, .help = "JSON: {\"ids\":[...],\"properties\":[{\"id\":...}]}" },
    END,
};
static const vg_param suggest_params[] = {
    DATASET,
    { "what", VG_P_CHOICE, "entity|type|property", .required = true, .in_path = true,
      .help = "what is suggested" },
    { "prefix", VG_P_TEXT, .required = true, .help = "what was typed" },
    END,
};
static const vg_param preview_params[] = {
    DATASET,
    { "id", VG_P_TEXT, .max = 400, .required = true, .help = "id of an answer" },
    END,
};
static const vg_param properties_params[] = {
    DATASET,
    { "type", VG_P_TEXT, .max = 40, .help = "a type" },
    LIMIT(100, "50"),
    END,
};

#define API     "/api/v1/screening"
#define SERVICE "/api/v1/reconcile/{dataset}"
#define TABLE   (VG_AS_JSON | VG_AS_CSV)
#define V       VG_ROLE_VIEWER

static const vg_route routes[] = {
    { "GET", API "/search", "screeningSearch", "Entries that could be this party, with reasons", V, TABLE,
      .plain = true, .returns = "ScreeningAnswer", .answer = vg_screen_answer__search,
      .param = search_params },
    { "POST", API "/search", "screeningSearchPost", "The same, with the question in the body", V, TABLE,
      .plain = true, .body = VG_BODY_PARAMS, .returns = "ScreeningAnswer", .answer = vg_screen_answer__search,
      .param = search_params },
    { "POST", API "/decisions", "screeningDecide", "Decide on a hit", VG_ROLE_ANALYST, VG_AS_JSON,
      .plain = true, .body = VG_BODY_PARAMS, .status = 201, .returns = "ScreeningDecision",
      .answer = vg_screen_answer__decide, .param = decide_params },
    { "GET", API "/decisions", "screeningDecisions", "Newest decision on each hit, newest first", V, TABLE,
      .plain = true, .returns = "Rows", .answer = vg_screen_answer__decisions, .param = decisions_params },
    { "GET", API "/lists", "screeningLists", "Vintages of the lists", V, TABLE, .returns = "Rows",
      .answer = vg_screen_answer__lists, .param = lists_params },
    { "GET", API "/diff", "screeningDiff", "Who was added, changed, removed between two vintages of a list",
      V, TABLE, .slow = true, .returns = "Rows", .answer = vg_screen_answer__diff, .param = diff_params },
    { "GET", API "/entities/{entity}", "screeningEntity", "One entry, whole", V, VG_AS_JSON,
      .returns = "ScreeningEntity", .answer = vg_screen_answer__entity, .param = entity_params },
    { "POST", API "/batches", "screeningBatchNew", "Screen a file of rows in the background", V, VG_AS_JSON,
      .plain = true, .slow = true, .body = VG_BODY_CSV, .body_bytes = 32 << 20, .status = 202,
      .returns = "ScreeningBatch", .answer = vg_screen_answer__batch_new, .param = batch_new_params },
    { "GET", API "/batches", "screeningBatches", "Batches of this server, newest first", V, TABLE,
      .plain = true, .returns = "Rows", .answer = vg_screen_answer__batches },
    { "GET", API "/batches/{batch}", "screeningBatch", "How far a batch is", V, VG_AS_JSON, .plain = true,
      .returns = "ScreeningBatch", .answer = vg_screen_answer__batch, .param = batch_params },
    { "DELETE", API "/batches/{batch}", "screeningBatchDrop", "Stop and forget a batch", VG_ROLE_ANALYST,
      VG_AS_JSON, .plain = true, .slow = true, .answer = vg_screen_answer__batch_drop,
      .param = batch_params },
    { "GET", API "/batches/{batch}/hits", "screeningBatchHits", "Hits of a batch, to be decided on", V, TABLE,
      .plain = true, .returns = "ScreeningQueue", .answer = vg_screen_answer__batch_hits,
      .param = hits_params },

    { "POST", "/match/{dataset}", "yenteMatch", "Entities that match examples (as yente)", V, VG_AS_JSON,
      .plain = true, .body = VG_BODY_JSON, .returns = "YenteMatch", .takes = "YenteQueries",
      .answer = vg_yente_answer__match, .param = match_params },
    { "GET", "/search/{dataset}", "yenteSearch", "Entities by name (as yente)", V, VG_AS_JSON, .plain = true,
      .returns = "YenteSearch", .answer = vg_yente_answer__search, .param = yente_search_params },
    { "GET", "/entities/{entity}", "yenteEntity", "One entity (as yente)", V, VG_AS_JSON,
      .returns = "YenteEntity", .answer = vg_yente_answer__entity, .param = yente_entity_params },
    { "GET", "/entities/{entity}/adjacent", "yenteAdjacent", "What an entity is linked to (as yente)", V,
      VG_AS_JSON, .answer = vg_yente_answer__adjacent, .param = adjacent_params },
    { "GET", "/entities/{entity}/adjacent/{property}", "yenteAdjacentBy", "The same, by one property", V,
      VG_AS_JSON, .answer = vg_yente_answer__adjacent, .param = adjacent_property_params },
    { "GET", "/catalog", "yenteCatalog", "The lists (as yente)", V, VG_AS_JSON,
      .answer = vg_yente_answer__catalog },
    { "GET", "/algorithms", "yenteAlgorithms", "How scores are made (as yente)", V, VG_AS_JSON,
      .answer = vg_yente_answer__algorithms },
    { "GET", "/readyz", "yenteReady", "Whether a list is loaded", VG_ROLE_NOBODY, VG_AS_JSON, .plain = true,
      .returns = "Health", .answer = vg_yente_answer__ready },

    { "GET", SERVICE, "reconcile", "Manifest of the reconciliation service; or its answers", V, VG_AS_JSON,
      .plain = true, .answer = vg_refine_answer__service, .param = service_params },
    { "POST", SERVICE, "reconcilePost", "Batches of questions, or columns from entries", V, VG_AS_JSON,
      .plain = true, .body = VG_BODY_FORM, .answer = vg_refine_answer__service, .param = service_params },
    { "GET", SERVICE "/suggest/{what}", "reconcileSuggest", "Suggestions while typing", V, VG_AS_JSON,
      .plain = true, .answer = vg_refine_answer__suggest, .param = suggest_params },
    { "GET", SERVICE "/preview", "reconcilePreview", "An entry as a small page", V, VG_AS_OTHER,
      .plain = true, .type = "text/html", .answer = vg_refine_answer__preview, .param = preview_params },
    { "GET", SERVICE "/properties", "reconcileProperties", "Columns that entries can give", V, VG_AS_JSON,
      .answer = vg_refine_answer__properties, .param = properties_params },
};

#define TEXTS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"

static const char SCHEMAS[] =
    "\"ScreeningCandidate\":{\"type\":\"object\",\"description\":\"A candidate for a person's decision, "
    "never a verdict\","
    "\"required\":[\"hit\",\"score\",\"is_hit\",\"list\",\"entity\",\"caption\",\"reasons\"],\"properties\":{"
    "\"hit\":{\"type\":\"string\"},\"score\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1},"
    "\"is_hit\":{\"type\":\"boolean\"},\"excepted\":{\"type\":\"boolean\"},\"list\":{\"type\":\"string\"},"
    "\"entity\":{\"type\":\"string\"},\"caption\":{\"type\":[\"string\",\"null\"]},"
    "\"decision\":{\"type\":[\"object\",\"null\"]},\"reasons\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"object\","
    "\"required\":[\"kind\",\"log_odds\",\"text\"],\"properties\":{\"kind\":{\"type\":\"string\"},"
    "\"what\":{\"type\":[\"string\",\"null\"]},\"log_odds\":{\"type\":[\"number\",\"null\"]},"
    "\"value\":{\"type\":[\"number\",\"null\"]},\"asked\":{\"type\":[\"string\",\"null\"]},"
    "\"listed\":{\"type\":[\"string\",\"null\"]},\"text\":{\"type\":[\"string\",\"null\"]}}}}}},"
    "\"ScreeningAnswer\":{\"type\":\"object\",\"required\":[\"threshold\",\"cutoff\",\"found\",\"hits\","
    "\"lists\",\"items\"],"
    "\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
    "ScreeningCandidate\"}}}},"
    "\"ScreeningQueue\":{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{"
    "\"type\":\"array\","
    "\"items\":{\"$ref\":\"#/components/schemas/"
    "ScreeningCandidate\"}},\"next\":{\"type\":[\"string\",\"null\"]}}},"
    "\"ScreeningDecision\":{\"type\":\"object\",\"required\":[\"hit\",\"verdict\",\"at\"],\"properties\":{"
    "\"hit\":{\"type\":\"string\"},\"verdict\":{\"type\":\"string\"}}},"
    "\"ScreeningBatch\":{\"type\":\"object\",\"required\":[\"batch\",\"state\",\"line\",\"lines\","
    "\"columns\"],\"properties\":{"
    "\"batch\":{\"type\":\"integer\"},\"state\":{\"enum\":[\"waiting\",\"running\",\"done\",\"failed\","
    "\"stopped\"]}}},"
    "\"ScreeningEntity\":{\"allOf\":[{\"$ref\":\"#/components/schemas/YenteEntity\"}]},"
    "\"YenteEntity\":{\"type\":\"object\",\"required\":[\"id\",\"caption\",\"schema\",\"properties\","
    "\"datasets\"],"
    "\"properties\":{\"id\":{\"type\":\"string\"},\"caption\":{\"type\":\"string\"},\"schema\":{\"type\":"
    "\"string\"},"
    "\"properties\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\"}},\"datasets\":" TEXTS
    ",\"referents\":" TEXTS ",\"target\":{\"type\":\"boolean\"}}},"
    "\"YenteQueries\":{\"type\":\"object\",\"required\":[\"queries\"],\"properties\":{\"queries\":{\"type\":"
    "\"object\","
    "\"minProperties\":1,\"maxProperties\":100,\"additionalProperties\":{\"type\":\"object\",\"required\":["
    "\"properties\"],"
    "\"properties\":{\"id\":{\"type\":[\"string\",\"null\"]},\"schema\":{\"type\":\"string\"},\"properties\":"
    "{\"type\":"
    "\"object\",\"additionalProperties\":{\"oneOf\":[{\"type\":\"string\"}," TEXTS "]}}}}}}},"
    "\"YenteMatch\":{\"type\":\"object\",\"required\":[\"responses\",\"limit\"],\"properties\":{"
    "\"responses\":{\"type\":"
    "\"object\"},\"limit\":{\"type\":\"integer\"}}},"
    "\"YenteSearch\":{\"type\":\"object\",\"required\":[\"results\",\"total\",\"limit\",\"offset\"],"
    "\"properties\":{"
    "\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/YenteEntity\"}}}}";

const vg_door vg_screening_door = { .name = "screening",
                                    .route = routes,
                                    .n_routes = VG_N_OF(routes),
                                    .schemas = SCHEMAS,
                                    .open = vg_screen__open,
                                    .refresh = vg_screen__refresh,
                                    .close = vg_screen__close };
