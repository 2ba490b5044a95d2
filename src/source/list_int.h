/**
 * Inside of the readers of lists: one reading of one set of files, and the draft of a party that formats fill.
 *
 *     vg_list_draft d;
 *     vg_list__begin(&d, r, at);
 *     vg_list__name(&d, text, VG_NAME_PRIMARY);
 *     vg_list__birth(&d, VG_S("circa 1965"), false);
 *     return vg_list__put(&d, e);                      refuses a draft without a name, hands over the others
 *
 * Only files of src/source include this.
 */
#ifndef VG_LIST_INT_H
#define VG_LIST_INT_H

#include "core/csv.h"
#include "core/hash.h"
#include "core/map.h"
#include "source/list.h"

enum { VG_LIST_PEEK = 256 << 10 };

typedef struct {
    const vg_list_opts *opts;
    const vg_list_set *set; /* NULL = one open input */
    vg_party_sink *sink;
    vg_arena *a;   /* of the caller: for what `found` holds */
    vg_arena work; /* of the reading */
    vg_list_found *found;
    vg_input *in;  /* the main file */
    vg_str head;   /* its first bytes */
    vg_sha256 sum; /* of the fingerprints of all files */
    int n_files;
    bool no_memory; /* a draft could not grow */
    vg_err failure; /* of a callback that cannot fail itself */
} vg_list_reading;

typedef struct {
    vg_list_reading *r;
    vg_at at;
    vg_party p;
} vg_list_draft;

/* --- list_draft.c --- */

void vg_list__begin(vg_list_draft *d, vg_list_reading *r, vg_at at);

/** Texts are trimmed, inner white space is one space, empty ones and repeats are left out, the rest is copied. */
vg_party_name *vg_list__name(vg_list_draft *d, vg_str text, vg_name_kind kind);
void vg_list__text(vg_list_draft *d, vg_texts *to, vg_str text);
void vg_list__country(vg_list_draft *d, vg_texts *to, vg_str text);
void vg_list__number(vg_list_draft *d, const char *kind, vg_str value, vg_str country);
void vg_list__birth(vg_list_draft *d, vg_str text, bool month_first);
void vg_list__add_birth(vg_list_draft *d, vg_party_date date);
void vg_list__link(vg_list_draft *d, const char *kind, vg_str to, double share, vg_str note);
void vg_list__gender(vg_list_draft *d, vg_str text);

/** A day, or VG_NO_DAY where the text is none. */
int32_t vg_list__day(vg_str text, bool month_first);

/** Refuses or hands over. False only when the reading must end. */
bool vg_list__put(vg_list_draft *d, vg_err *e);

/** Hands a row to the rejects. */
bool vg_list__reject(vg_list_reading *r, const vg_err *why, vg_str raw, vg_err *e);

/** Parts with ", " between them, empty ones left out; lives in the reading. */
vg_str vg_list__join(vg_list_reading *r, const vg_str *part, int n, const char *between);

/** Copy with single spaces, in the reading's memory. */
vg_str vg_list__copy(vg_list_reading *r, vg_str s);

/** "IMO 9123456" and the like anywhere in a text: the digits, or the empty slice. */
vg_str vg_list__find_imo(vg_str text);

/** The list's own date as version and as the time it was known. */
void vg_list__published(vg_list_reading *r, vg_str date, bool month_first);

/** Format and list of a file from its first bytes and its name (list_detect.c). Fails: VG_EPARSE. */
bool vg_list__detect(vg_str head, vg_str name, vg_arena *a, vg_list_set *set, vg_err *e);

/* --- files (list.c) --- */

bool vg_list__open(vg_list_reading *r, vg_str path, vg_input **in, vg_err *e);
bool vg_list__close(vg_list_reading *r, vg_input *in, bool good, vg_err *e);

/** Lines of a text file, without their ends. False at the end and on failure. */
typedef struct {
    vg_input *in;
    char *buf;
    int64_t from, to, cap;
    int64_t line; /* number of the line given last */
    bool at_end;
} vg_list_lines;
bool vg_list__line(vg_list_lines *l, vg_str *line, vg_err *e);
void vg_list__end_lines(vg_list_lines *l);

/* --- the formats: each reads all of r->in --- */

bool vg_list_un__read(vg_list_reading *r, vg_err *e);
bool vg_list_ofac__read(vg_list_reading *r, vg_err *e);
bool vg_list_rows__read(vg_list_reading *r, vg_err *e);
bool vg_list_ftm__read(vg_list_reading *r, vg_err *e);
bool vg_list_senzing__read(vg_list_reading *r, vg_err *e);

/** The remarks of an OFAC entry into the draft. */
void vg_list_ofac__remarks(vg_list_draft *d, vg_str remarks);

/** Kind of the number a text begins with the label of ("Passport", "Tax ID No."); `*value` gets what is behind. NULL = none. */
const char *vg_list__number_kind(vg_str text, vg_str *value);

#endif
