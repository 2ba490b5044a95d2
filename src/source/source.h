/**
 * Readers of the world's formats: one file here per format, all with one shape. A reader pulls rows from an input,
 * checks each against its format and hands records to a sink; a row it must refuse goes to the sink with the reason,
 * and the next row is read.
 *
 *     vg_source_opts opts = { .as = VG_NOSTR };                        guessed from the content
 *     vg_source_found found;
 *     if (!vg_source_read(path, &opts, sink, &arena, &found, e)) return false;
 *     printf("%.*s %.*s\n", VG_P(found.about.source), VG_P(found.about.version));
 *
 * Formats: ucdp-ged (UCDP GED and Candidate CSV in every variant: 49 columns, trimmed by header, website export, HDX
 * with an HXL row), views-panel (month_id,country_id,<variable> with a countries file), acled (CSV and JSON), gdelt
 * (1.0 and 2.0 event tables), jetson-task, prmn-flows, fsnau-dashboard (people on the move by region and month), csv
 * (anything else with a date, a place or a number; the mapping is guessed and told).
 */
#ifndef VG_SOURCE_SOURCE_H
#define VG_SOURCE_SOURCE_H

#include "core/arena.h"
#include "core/input.h"
#include "core/pool.h"
#include "store/record.h"

typedef struct {
    vg_str as; /* format name; empty = guessed */
    vg_str
        countries; /* path of views_countries.csv for views-panel; empty = beside the panel, else the built-in list */
    vg_str
        regions; /* path of a list of regions (geo/region.h); empty = the built-in list, or the file's own names */
    vg_str map;     /* csv: "date=event_date,lat=y,lon=x,deaths=fatalities" (field=column), empty = guessed */
    vg_str version; /* release; empty = from the file name (GEDEvent_v24_0_5.csv, ged241.csv) */
    vg_month_rule month_rule;
    bool decimal_comma; /* 12,5 */
    vg_progress progress;
} vg_source_opts;

/** What reading found out about the file. Slices live in the arena. */
typedef struct {
    vg_vintage about; /* source, version, scope, variable, licence, citation, file, sha256, bytes, months */
    bool guessed;
    vg_str why;       /* on what the guess rests: "49 columns of UCDP GED" */
    vg_str mapping;   /* csv: the mapping in use, in the form --map takes */
    int64_t n_rows;   /* data rows read, good and bad; a row that only gave a header or tags is none */
    int64_t n_summed; /* rows that were only added to others: weeks of a month */
    int64_t n_mended; /* rows kept although something in them was wrong: told in `note` */
    vg_str
        note; /* what the user should know: "15 rows give a range that does not hold ..."; empty = nothing */
} vg_source_found;

/** One supported format, for help and for messages. */
typedef struct {
    vg_str name, title, licence, citation;
} vg_source_format;
const vg_source_format *vg_source_formats(int32_t *n);

/**
 * Says what an open input holds without reading from it (it peeks): about.source, guessed and why are set. With
 * opts->as given nothing is guessed. Fails as vg_source_read does when no format fits.
 */
bool vg_source_guess(vg_input *in, const vg_source_opts *opts, vg_arena *a, vg_source_found *found,
                     vg_err *e);

/**
 * The sample that is compiled in: the CSV of data/organized_violence_country_month.csv and its notice, which must be
 * shown to whoever uses it (a known gap: events over two months are missing).
 */
vg_str vg_source_sample(void);
vg_str vg_source_sample_notice(void);

/**
 * Reads a whole file into the sink. Fails: VG_EIO, VG_EPARSE (empty, binary, gzip cut in the middle, no format fits:
 * the message lists what was looked for), VG_EARG (unknown format name), VG_ESTOPPED, and whatever the sink fails with.
 */
bool vg_source_read(const char *path, const vg_source_opts *opts, vg_sink *sink, vg_arena *a,
                    vg_source_found *found, vg_err *e);

/** The same over an input that is open already (memory, tests, fuzz). */
bool vg_source_read_input(vg_input *in, const vg_source_opts *opts, vg_sink *sink, vg_arena *a,
                          vg_source_found *found, vg_err *e);

#endif
