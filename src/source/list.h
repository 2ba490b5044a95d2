/**
 * Readers of lists of parties: sanctions and watch lists as their publishers write them. A reader hands parties to a
 * vg_party_sink; an entry it must refuse goes there with the reason.
 *
 *     vg_list_set *set; int64_t n;
 *     if (!vg_list_sets(paths, n_paths, &opts, &a, &set, &n, e)) return false;     files that belong together
 *     if (!vg_list_read(&set[0], &opts, sink, &a, &found, e)) return false;
 *
 * Formats, plain or gzip, told from their content:
 *     un-sc            United Nations Security Council consolidated list, XML
 *     ofac             OFAC's SDN or non-SDN files: sdn (prim) with alt, add and comments beside it; no header
 *     us-csl           trade.gov Consolidated Screening List, CSV
 *     us-dpl           BIS Denied Persons, tab separated
 *     eu-fsf           EU financial sanctions file, CSV with semicolons
 *     eu-oj            annexes of EU regulations transcribed from the Official Journal, 45 columns
 *     uk-conlist       UK OFSI consolidated list, "2022 format", CSV
 *     uk-sl            UK Sanctions List, CSV
 *     ftm, ftm-delta   FollowTheMoney entities, and {op, entity} changes, JSON lines
 *     senzing          Senzing JSON lines
 *     csv              any CSV with a name column: columns guessed and told, or named by `map`
 */
#ifndef VG_SOURCE_LIST_H
#define VG_SOURCE_LIST_H

#include "core/input.h"
#include "core/pool.h"
#include "store/party.h"

enum { VG_LIST_FILES = 4 }; /* of a set: main, alt, add, comments */

typedef struct {
    vg_str as;        /* format; empty = found out */
    vg_str list;      /* name of the list; empty = found out */
    vg_str map;       /* csv: "name=full_name,birth=dob,id=ref"; empty = guessed */
    bool fingerprint; /* also find sha256 and bytes of what is read, for a vintage */
    vg_progress progress;
} vg_list_opts;

/** Files that are one list. */
typedef struct {
    vg_str format, list;        /* "ofac", "ofac-sdn" */
    vg_str path[VG_LIST_FILES]; /* main first; empty = there is none */
    bool is_delta;
} vg_list_set;

/** A file that holds no list: why. */
typedef struct {
    vg_str path;
    vg_err why;
} vg_list_skipped;

/** What reading found out. Slices live in the arena. */
typedef struct {
    vg_str format, list;
    vg_str map; /* csv: the columns taken, as --map takes them */
    bool is_delta;
    vg_vintage
        about; /* source, version (the list's own date), known_at (that date), licence, file, sha256, bytes */
    int64_t n_parties, n_removed, n_rejected, n_names;
    int64_t n_by_schema[VG_N_SCHEMAS];
} vg_list_found;

/**
 * Files and folders (one level) to sets, ordered by list, whole lists before their changes; files that are no list go to
 * `skipped` (NULL: the first one fails the call). Time: the first 256 KiB of each file.
 */
bool vg_list_sets(const vg_str *path, int64_t n_paths, const vg_list_opts *opts, vg_arena *a,
                  vg_list_set **out, int64_t *n, vg_list_skipped **skipped, int64_t *n_skipped, vg_err *e);

/**
 * Reads a set into the sink. An entry without a name, with a name over VG_LIST_NAME bytes, or that cannot be read is
 * refused and the next one read; a birth date that cannot be read is left out and told, the entry stays. Failures that
 * end the reading (the list then stays as it was): VG_EIO; VG_EPARSE (gzip cut off, XML not well-formed or with a
 * document type, a table without the needed columns); VG_EARG (map); VG_ESTOPPED. Time O(bytes).
 */
bool vg_list_read(const vg_list_set *set, const vg_list_opts *opts, vg_party_sink *sink, vg_arena *a,
                  vg_list_found *found, vg_err *e);

/** The same over one open input (memory, tests, fuzz); its format is found out unless opts->as names it. */
bool vg_list_read_input(vg_input *in, const vg_list_opts *opts, vg_party_sink *sink, vg_arena *a,
                        vg_list_found *found, vg_err *e);

enum { VG_LIST_NAME = 4096 };

/**
 * A birth or foundation date as lists write it: 1965, 12 Mar 1965, 1965-03-12, 12.3.1965, 00/00/1965, circa 1965,
 * 1958 to 1963, between 1960 and 1965, several separated by "or" or ";". `month_first`: 03/12/1965 is 12 March. Up to
 * `cap` dates are written; returns how many were read, 0 = none can be.
 */
int vg_list_dates(vg_str text, bool month_first, vg_party_date *out, int cap);

/** ISO 3166-1 alpha-2 in capitals of a country's code, name or adjective ("Russian"); the text itself when unknown. */
vg_str vg_list_country(vg_str text);

#endif
