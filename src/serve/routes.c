/* The table of the server's own routes and their parameters. Invariant: what is checked, what OpenAPI describes and what an
 * error names is this table, or a door's. */
#include "serve/serve_int.h"

/* --- parameters that routes share --- */

#define P_LIMIT(most, usual)                                                                                 \
    {                                                                                                        \
        "limit", VG_P_INT, NULL, 1, most, usual, false, false, "how many rows at most"                       \
    }
#define P_CURSOR                                                                                             \
    {                                                                                                        \
        "cursor", VG_P_CURSOR, NULL, 0, 100, NULL, false, false, "where to go on: what the link next has"    \
    }
#define P_END                                                                                                \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

#define P_EVENTS                                                                                             \
    { .name = "bbox",                                                                                        \
      .kind = VG_P_BOX,                                                                                      \
      .help = "west,south,east,north in degrees; west above east crosses "                                   \
              "the antimeridian" },                                                                          \
        { .name = "datetime",                                                                                \
          .kind = VG_P_DAYS,                                                                                 \
          .help = "a date, an instant, or two of them with / between; .. is an open end" },                  \
        { .name = "type",                                                                                    \
          .kind = VG_P_CHOICES,                                                                              \
          .words = "unknown|sb|ns|os|other",                                                                 \
          .help = "types of violence, separated by commas" },                                                \
        { .name = "country",                                                                                 \
          .kind = VG_P_TEXT,                                                                                 \
          .max = 1200,                                                                                       \
          .help = "countries, separated by commas: ISO3 codes or Gleditsch-Ward numbers" },                  \
        { .name = "region",                                                                                  \
          .kind = VG_P_CHOICES,                                                                              \
          .words = "africa|americas|asia|europe|middle-east|oceania",                                        \
          .help = "parts of the world, separated by commas; they add to the countries" },                    \
        { .name = "gwcode",                                                                                  \
          .kind = VG_P_INT,                                                                                  \
          .min = 1,                                                                                          \
          .max = 99999,                                                                                      \
          .help = "one country by its Gleditsch-Ward number" },                                              \
        { .name = "cell", .kind = VG_P_INT, .min = 1, .max = 259200, .help = "PRIO-GRID cell" },             \
        { .name = "actor", .kind = VG_P_TEXT, .help = "part of the name of one of the two sides" },          \
        { .name = "text", .kind = VG_P_TEXT, .help = "what a text, name, place or source of it mentions" },  \
        { .name = "source", .kind = VG_P_TEXT, .max = 79, .help = "source; without it the best there is" },  \
        { .name = "as_of", .kind = VG_P_DAYS, .help = "what was known at the end of this day" },             \
        { .name = "min_deaths",                                                                              \
          .kind = VG_P_INT,                                                                                  \
          .max = 1e9,                                                                                        \
          .fallback = "0",                                                                                   \
          .help = "least best estimate of deaths" },                                                         \
        P_CURSOR

static const vg_param items_params[] = {
    P_EVENTS,
    P_LIMIT(10000, "100"),
    { .name = "all", .kind = VG_P_FLAG, .help = "true: all of them in one answer, without pages" },
    P_END,
};
static const vg_param points_params[] = {
    P_EVENTS,
    P_LIMIT(1000000, "1000000"),
    P_END,
};
static const vg_param cells_params[] = {
    { .name = "what",
      .kind = VG_P_CHOICE,
      .words = "deaths|forecast",
      .fallback = "deaths",
      .help = "what happened, or what is forecast" },
    { .name = "from", .kind = VG_P_MONTH, .help = "first month; without it the last one there is" },
    { .name = "to", .kind = VG_P_MONTH, .help = "last month; without it the first one" },
    { .name = "source", .kind = VG_P_TEXT, .max = 79, .help = "source; without it the best there is" },
    { .name = "variable", .kind = VG_P_TEXT, .max = 79, .help = "variable of a series" },
    { .name = "type",
      .kind = VG_P_CHOICES,
      .words = "unknown|sb|ns|os|other",
      .help = "types of violence that are summed where the source has events; sb without it" },
    { .name = "run",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .help = "run of a forecast; without it the newest" },
    P_END,
};
static const vg_param rejects_params[] = {
    { .name = "vintage",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .required = true,
      .in_path = true,
      .help = "number of the import" },
    { .name = "cursor", .kind = VG_P_INT, .max = 9e15, .help = "number of rows to pass over" },
    P_LIMIT(10000, "1000"),
    P_END,
};
static const vg_param changes_params[] = {
    { .name = "run",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .help = "the later run; without it the newest forecast" },
    { .name = "since",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .help = "the earlier run; without it the one before" },
    { .name = "unit", .kind = VG_P_INT, .min = 1, .max = 2147483647, .help = "only this unit" },
    { .name = "month", .kind = VG_P_MONTH, .help = "only this month" },
    { .name = "cursor", .kind = VG_P_INT, .max = 9e15, .help = "number of rows to pass over" },
    P_LIMIT(100000, "10000"),
    P_END,
};
static const vg_param item_params[] = {
    { "feature", VG_P_INT, NULL, 1, 9e15, NULL, true, true, "number of the event" },
    P_END,
};
static const vg_param runs_params[] = {
    { "verb", VG_P_TEXT, NULL, 0, 40, NULL, false, false, "only runs of this verb" },
    { "cursor", VG_P_INT, NULL, 1, 9e15, NULL, false, false, "only runs before this one" },
    P_LIMIT(1000, "100"),
    P_END,
};
static const vg_param run_params[] = {
    { "run", VG_P_INT, NULL, 1, 9e15, NULL, true, true, "number of the run" },
    P_END,
};
#define P_RESULTS                                                                                            \
    { "unit", VG_P_INT, NULL, 1, 2147483647, NULL, false, false, "only this unit's" },                       \
        { "month", VG_P_MONTH, NULL, 0, 0, NULL, false, false, "only this month's" },                        \
        { "cursor", VG_P_INT, NULL, 1, 9e15, NULL, false, false, "only results behind this one" },           \
        P_LIMIT(10000, "1000"), P_END
static const vg_param results_params[] = {
    { "run", VG_P_INT, NULL, 1, 9e15, NULL, true, true, "number of the run" },
    { "kind", VG_P_TEXT, NULL, 0, 40, NULL, false, false, "only results of this kind" },
    P_RESULTS,
};
static const vg_param newest_params[] = {
    { "run", VG_P_INT, NULL, 1, 9e15, NULL, false, false, "number of the run; without it the newest" },
    P_RESULTS,
};
static const vg_param series_params[] = {
    { "source", VG_P_TEXT, NULL, 0, 80, NULL, false, false, "source; without it the best there is" },
    { "variable", VG_P_TEXT, NULL, 0, 80, NULL, false, false, "variable of a series" },
    { "unit_kind", VG_P_CHOICE, "country|cell|admin1|admin2", 0, 0, "country", false, false, "kind of unit" },
    { "type", VG_P_CHOICES, "unknown|sb|ns|os|other", 0, 0, NULL, false, false,
      "types of violence that are summed where the source has events; sb without it" },
    { "unit", VG_P_INT, NULL, 1, 2147483647, NULL, false, false, "only this unit" },
    { "from", VG_P_MONTH, NULL, 0, 0, NULL, false, false, "first month" },
    { "to", VG_P_MONTH, NULL, 0, 0, NULL, false, false, "last month" },
    { "as_of", VG_P_DAYS, NULL, 0, 0, NULL, false, false, "what was known at the end of this day" },
    { "cursor", VG_P_INT, NULL, 0, 9e15, NULL, false, false, "number of rows to pass over" },
    P_LIMIT(100000, "10000"),
    P_END,
};
static const vg_param vintages_params[] = {
    { "as_of", VG_P_DAYS, NULL, 0, 0, NULL, false, false, "what was known at the end of this day" },
    P_END,
};
static const vg_param decisions_params[] = {
    { "prefix", VG_P_TEXT, NULL, 0, 200, NULL, false, false, "only subjects that begin so" },
    P_END,
};
static const vg_param decide_params[] = {
    { "subject", VG_P_TEXT, NULL, 0, 200, NULL, true, false, "what was decided on, such as result:812" },
    { "verdict", VG_P_TEXT, NULL, 0, 80, NULL, true, false, "what was decided" },
    { "reason", VG_P_TEXT, NULL, 0, 2000, NULL, false, false, "why" },
    P_END,
};
static const vg_param audit_params[] = {
    { "after", VG_P_INT, NULL, 0, 9e15, "0", false, false, "only entries above this number" },
    P_LIMIT(10000, "1000"),
    P_END,
};
static const vg_param verb_params[] = {
    { "verb", VG_P_TEXT, NULL, 0, 60, NULL, true, true, "name of the verb, with - for a blank" },
    P_END,
};

#define TABLE (VG_AS_JSON | VG_AS_CSV)

static const vg_route routes[] = {
    { "GET", "/", "landing", "What there is here", VG_ROLE_VIEWER, VG_AS_JSON, .returns = "Landing",
      .answer = vg_answer__landing },
    { "GET", "/api/v1", "landingV1", "The same", VG_ROLE_VIEWER, VG_AS_JSON, .returns = "Landing",
      .answer = vg_answer__landing },
    { "GET", "/api/openapi.json", "openapi", "This document", VG_ROLE_VIEWER, VG_AS_JSON,
      .answer = vg_answer__openapi },
    { "GET", "/api/v1/conformance", "conformance", "Parts of OGC API Features that are kept", VG_ROLE_VIEWER,
      VG_AS_JSON, .returns = "Conformance", .answer = vg_answer__conformance },
    { "GET", "/api/v1/collections", "collections", "Collections of features", VG_ROLE_VIEWER, VG_AS_JSON,
      .returns = "Collections", .answer = vg_answer__collections },
    { "GET", "/api/v1/collections/events", "collection", "The events as a collection", VG_ROLE_VIEWER,
      VG_AS_JSON, .returns = "Collection", .answer = vg_answer__collection },
    { "GET", "/api/v1/collections/events/items", "items", "Events in a box and a span of days, newest first",
      VG_ROLE_VIEWER, VG_AS_GEOJSON | VG_AS_CSV, .returns = "FeatureCollection", .answer = vg_answer__items,
      .param = items_params },
    { "GET", "/api/v1/collections/events/points", "points", "Events as columns of numbers, for maps",
      VG_ROLE_VIEWER, VG_AS_OTHER, .type = VG_COLUMNS_TYPE, .answer = vg_answer__points,
      .param = points_params },
    { "GET", "/api/v1/collections/events/items/{feature}", "item", "One event", VG_ROLE_VIEWER, VG_AS_GEOJSON,
      .returns = "Feature", .answer = vg_answer__item, .param = item_params },
    { "GET", "/api/v1/cells", "cells", "All cells of a grid for a month, as columns of numbers",
      VG_ROLE_VIEWER, VG_AS_OTHER, .slow = true, .type = VG_COLUMNS_TYPE, .answer = vg_answer__cells,
      .param = cells_params },
    { "GET", "/api/v1/vintages", "vintages", "Imports, with source, licence and counts", VG_ROLE_VIEWER,
      TABLE, .returns = "Rows", .answer = vg_answer__vintages, .param = vintages_params },
    { "GET", "/api/v1/vintages/{vintage}/rejects", "rejects", "Rows that an import refused, and why",
      VG_ROLE_VIEWER, TABLE, .returns = "Rows", .answer = vg_answer__rejects, .param = rejects_params },
    { "GET", "/api/v1/data", "data", "What the store holds: sources, freshness, licences, gaps, rejects",
      VG_ROLE_VIEWER, TABLE, .returns = "Rows", .answer = vg_answer__data },
    { "GET", "/api/v1/changes", "changes", "What a forecast says now and said before", VG_ROLE_VIEWER, TABLE,
      .slow = true, .returns = "Rows", .answer = vg_answer__changes, .param = changes_params },
    { "GET", "/api/v1/series", "series", "Numbers by unit and month", VG_ROLE_VIEWER, TABLE, .slow = true,
      .returns = "Rows", .answer = vg_answer__series, .param = series_params },
    { "GET", "/api/v1/runs", "runs", "Runs, newest first", VG_ROLE_VIEWER, TABLE, .returns = "Rows",
      .answer = vg_answer__runs, .param = runs_params },
    { "GET", "/api/v1/runs/latest", "latestRuns", "The newest run of each verb", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__latest },
    { "GET", "/api/v1/runs/{run}", "run", "One run", VG_ROLE_VIEWER, VG_AS_JSON, .returns = "Run",
      .answer = vg_answer__run, .param = run_params },
    { "GET", "/api/v1/runs/{run}/results", "results", "What a run found, of any kind", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__results, .param = results_params },
    { "GET", "/api/v1/forecasts", "forecasts", "Forecasts: quantiles and probabilities by unit and month",
      VG_ROLE_VIEWER, TABLE, .returns = "Rows", .answer = vg_answer__forecasts, .param = newest_params },
    { "GET", "/api/v1/explanations", "explanations", "Reasons of forecasts", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__explanations, .param = newest_params },
    { "GET", "/api/v1/scores", "scores", "Scores on past windows beside a forecast", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__scores, .param = newest_params },
    { "GET", "/api/v1/alerts", "alerts", "Alerts of a run of the rules", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__alerts, .param = newest_params },
    { "GET", "/api/v1/decisions", "decisions", "Newest decision on each subject", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__decisions, .param = decisions_params },
    { "POST", "/api/v1/decisions", "decide", "Decide on a subject", VG_ROLE_ANALYST, VG_AS_JSON,
      .body = VG_BODY_PARAMS, .plain = true, .status = 201, .returns = "Decision",
      .answer = vg_answer__decide, .param = decide_params },
    { "GET", "/api/v1/audit", "audit", "The audit log", VG_ROLE_VIEWER, TABLE, .returns = "Rows",
      .answer = vg_answer__audit, .param = audit_params },
    { "GET", "/api/v1/verbs", "verbs", "Verbs of the command line that are open here", VG_ROLE_VIEWER, TABLE,
      .returns = "Rows", .answer = vg_answer__verbs },
    { "GET", "/api/v1/verbs/{verb}", "verbGet", "Run a verb", VG_ROLE_VIEWER, VG_AS_JSON | VG_AS_CSV,
      .slow = true, .plain = true, .answer = vg_answer__verb, .param = verb_params },
    { "POST", "/api/v1/verbs/{verb}", "verbPost", "Run a verb", VG_ROLE_VIEWER, VG_AS_JSON | VG_AS_CSV,
      .slow = true, .body = VG_BODY_PARAMS, .plain = true, .answer = vg_answer__verb, .param = verb_params },
    { "GET", "/api/v1/stream", "stream", "What happens, as server-sent events", VG_ROLE_VIEWER, VG_AS_TEXT,
      .plain = true, .answer = vg_answer__stream },
    { "GET", "/healthz", "health", "Whether the server and its store answer", VG_ROLE_NOBODY, VG_AS_JSON,
      .plain = true, .returns = "Health", .answer = vg_answer__health },
    { "GET", "/metrics", "metrics", "Figures for Prometheus", VG_ROLE_VIEWER, VG_AS_TEXT, .plain = true,
      .answer = vg_answer__metrics },
};

const vg_route *vg_routes__own(int *n)
{
    *n = (int)(sizeof routes / sizeof *routes);
    return routes;
}

const vg_param vg_hxl__param = { .name = "hxl",
                                 .kind = VG_P_FLAG,
                                 .help = "CSV: a row of HXL tags below the header" };

bool vg_routes__takes_hxl(const vg_route *r)
{
    return (r->as & VG_AS_CSV) && r->answer != vg_answer__verb;
}
