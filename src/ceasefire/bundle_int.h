/* What writing and checking a bundle share: how each line is written, and how the log becomes reports again. Invariant:
 * both sides make every file with the same functions from the same entries; what differs was changed. */
#ifndef VG_CEASEFIRE_BUNDLE_INT_H
#define VG_CEASEFIRE_BUNDLE_INT_H

#include "ceasefire/bundle.h"
#include "core/hash.h"

/* Which version of the agreement holds from an entry on. */
typedef struct {
    int64_t seq, version;
    char sha256[65];
} vg_bundle_version;

typedef struct {
    vg_bundle_version *at;
    int32_t n, cap;
} vg_bundle_versions;

/* Notes an entry that says so; other kinds are passed over. */
bool vg_bundle_version_note(vg_bundle_versions *v, const vg_log_entry *x, vg_err *e);

/* What bundle.json says. */
typedef struct {
    vg_str agreement, program;
    vg_lang lang;
    int64_t n_entries, n_publications;
    vg_str head; /* hexadecimal */
} vg_bundle_about;

/* Lines and files, each with its line end. */
void vg_bundle_put_about(vg_out *o, const vg_bundle_about *b);
void vg_bundle_put_readme(vg_out *o, const vg_bundle_about *b);
bool vg_bundle_put_entry(vg_out *o, const vg_log_entry *x, vg_err *e);
void vg_bundle_put_publication(vg_out *o, const vg_publication *p);
void vg_bundle_put_sum(vg_out *o, const char *sha256, const char *name);
void vg_bundle_hex(const unsigned char *bytes, int64_t n, char *hex);

/* A line of log.jsonl or publications.jsonl without trust: false = it does not read as one. The body lives in `a`. */
bool vg_bundle_read_entry(vg_str line, vg_arena *a, vg_log_entry *x);
bool vg_bundle_read_publication(vg_str line, vg_publication *p);

/* Where the log and the agreements come from: a store, or the files of a bundle. */
typedef struct {
    void *ctx;
    bool (*each)(void *ctx, int64_t from, int64_t to, vg_log_take *take, void *take_ctx, vg_err *e);
    bool (*agreement)(void *ctx, int64_t version, vg_agreement **out, vg_err *e);
} vg_bundle_source;

typedef struct {
    vg_bundle_source source;
    const vg_bundle_versions *versions;
    const vg_publication *publication; /* by seq, then day */
    int64_t n;
    vg_lang lang;
    vg_progress progress;
    void *ctx;
    bool (*take)(void *ctx, const char *name, vg_str bytes, vg_err *e); /* "reports/2031-06-01.html" */
} vg_bundle_replay;

/* Makes the reports of all publications, in their order, a page and a JSON each. */
bool vg_bundle_replay_run(const vg_bundle_replay *r, vg_err *e);

/* One report as of now: the newest version, all publications told, the log up to entry `last`. */
bool vg_bundle_replay_now(const vg_bundle_replay *r, int64_t last, const vg_daily *ask, vg_out *out,
                          vg_err *e);

#endif
