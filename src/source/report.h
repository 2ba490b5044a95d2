/**
 * Readers of reports: what observers, sensors, press and parties say about a ceasefire, as it comes in. A reader hands
 * reports and records of coverage to a sink; a record it cannot read goes there with what, where, why and the way out.
 *
 *     vg_report_source_opts o = { .source = VG_S("hotline-2") };           for records that name no source
 *     vg_report_source_found found;
 *     if (!vg_report_source_read("day.jsonl", &o, &sink, &found, e)) return false;
 *
 * Formats, plain or gzip, seen from the content and never from the name:
 *     jsonl   one JSON object a line (vg_report_json of store/report.h writes it), or an array of objects
 *     csv     the same members as columns in any order, with the usual other names
 *     cap     Common Alerting Protocol 1.2 (OASIS 2010): one alert
 *     viina   VIINA 2.0 "one per day" events, or an extract of them
 *     firms   NASA FIRMS heat detections (VIIRS, MODIS), or date, lat, lon alone
 *
 * Members and columns of jsonl and csv (those with * are needed; source may come from the options):
 *     source* id* from* to received_at lat lon radius_m bearing_deg range_m range_to_m place act weapon calibre_mm count
 *     count_kind actor basis observer confidence kind point_of claims text_hash media_hash revises withdraws raw
 * or, of a record of coverage:
 *     coverage* (watching, restricted, jammed, cloud, down) source* from* to* zone by note received_at
 * Instants are RFC 3339 or UTC seconds; a day alone is the whole UTC day. Members of other names are kept in `raw`.
 *
 * A reader refuses what cannot be read: a word that is none, a number that is none, a record without a source, an id or a
 * time. What can be read and cannot be true (a latitude of 95, a count of -3) is handed over: vg_report_check says so,
 * and the log keeps it in quarantine. README.md tells what is done with each format, and why.
 */
#ifndef VG_SOURCE_REPORT_H
#define VG_SOURCE_REPORT_H

#include "core/input.h"
#include "core/pool.h"
#include "store/record.h"
#include "store/report.h"

#define VG_REPORT_FORMATS "jsonl|csv|cap|viina|firms"

typedef struct {
    vg_str as;           /* one of VG_REPORT_FORMATS; empty = found out */
    vg_str source;       /* of records that name none */
    vg_source_kind kind; /* of records that tell none; VG_SOURCE_OTHER = the format's own */
    int64_t received_at; /* of records that tell none; 0 = now */
    bool replay;         /* ... or rather, the end of what was observed: for files of the past */
    int64_t first_line;  /* number of the first line, for pieces of a stream; 0 = 1 */
    vg_progress progress;
} vg_report_source_opts;

typedef struct {
    vg_str format; /* lives for ever */
    int64_t n_reports, n_coverage, n_rejected;
} vg_report_source_found;

/**
 * Where records go; slices are borrowed for the call. Each returns false only for a failure that must end the reading.
 * `coverage` and `reject` may be NULL: then such records are only counted.
 */
typedef struct {
    void *ctx;
    bool (*report)(void *ctx, const vg_report *r, vg_at at, vg_err *e);
    bool (*coverage)(void *ctx, const vg_coverage *c, vg_at at, vg_err *e);
    bool (*reject)(void *ctx, const vg_reject *r, vg_err *e);
} vg_report_source_sink;

/**
 * Reads a whole file ("-" = standard input) into the sink. `path` must outlive the errors. Fails: VG_EIO, VG_EPARSE (no
 * format fits; XML or an array of JSON that breaks off: what came before was handed over), VG_EARG (`as`), VG_ESTOPPED,
 * VG_ENOMEM, and whatever the sink fails with. `found` is filled as far as the reading went. Time O(bytes); memory does
 * not grow with the file.
 */
bool vg_report_source_read(const char *path, const vg_report_source_opts *o,
                           const vg_report_source_sink *sink, vg_report_source_found *found, vg_err *e);

/** The same over an open input: memory, a message of a stream, a request. */
bool vg_report_source_read_input(vg_input *in, const vg_report_source_opts *o,
                                 const vg_report_source_sink *sink, vg_report_source_found *found, vg_err *e);

#endif
