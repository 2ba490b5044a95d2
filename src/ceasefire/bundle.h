/**
 * The audit bundle: a folder from which a third person, with the same program and nothing else, makes every published
 * report again and compares it byte for byte.
 *
 *     if (!vg_bundle_write(store, VG_S("karvia-2031"), &(vg_bundle_opts){ .lang = VG_LANG_FR }, "folder", &told, e)) ...
 *     if (!vg_bundle_check("folder", &found, e)) ...        found.same; found.file and found.line: the first difference
 *
 *     README.md             what this is, and what to do, in the bundle's language
 *     bundle.json           format, program, agreement, language, entries, last hash of the chain
 *     agreement-1.toml ...  each version of the agreement, whole: it needs no other file
 *     log.jsonl             each entry: seq, at, kind, hash, what it says, and its bytes in hexadecimal
 *     publications.jsonl    which day was published when, resting on which entry
 *     reports/DAY.html, DAY.json    as published
 *     MANIFEST              SHA-256 of each file but itself, in the format of sha256sum
 *
 * A report is published with the entries up to its number only. Where the agreement was changed, the version in force at
 * that entry is applied to the whole log before it. A bundle shows that reports follow from the log; that the log is the
 * one that was kept is shown by its last hash, told elsewhere: who writes a whole bundle anew can make it fit itself. That
 * hash does not bind what was published and when (publications.jsonl); the SHA-256 of MANIFEST, told elsewhere, does.
 */
#ifndef VG_CEASEFIRE_BUNDLE_H
#define VG_CEASEFIRE_BUNDLE_H

#include "ceasefire/daily.h"
#include "store/report_log.h"

typedef struct {
    vg_lang lang; /* of README and pages */
    vg_progress progress;
} vg_bundle_opts;

typedef struct {
    int64_t n_entries, n_publications, n_files;
    char head[65]; /* last hash of the chain: to be told elsewhere */
} vg_bundle_told;

/**
 * Writes the bundle of a watch into a folder, which is made and must not hold anything. Fails: VG_ENOTFOUND (agreement),
 * VG_ECONFLICT (the folder is not empty, the chain is broken), VG_EIO, VG_ENOMEM, VG_ESTOPPED.
 */
bool vg_bundle_write(vg_store *st, vg_str agreement, const vg_bundle_opts *o, const char *folder,
                     vg_bundle_told *out, vg_err *e);

/**
 * The report made from the whole log in memory, every publication and correction in its place: for periods whose
 * incidents a desk has put away. `ask->seq` and `head` are filled in. Time: that of reading the log.
 */
bool vg_bundle_report(vg_store *st, vg_str agreement, const vg_daily *ask, vg_out *out, vg_err *e);

typedef struct {
    bool same;
    int64_t n_entries, n_publications, n_files;
    char head[65];
    char file[128]; /* where the first difference is, below the folder; empty = same */
    int64_t line;   /* from 1; 0 = the file as a whole */
    char what[200]; /* the difference, in English */
} vg_bundle_found;

/**
 * Makes everything in the bundle again, in memory, and compares; a file that MANIFEST does not name is a difference, too
 * (but for names that begin with a dot). A difference is a finding and no failure. Fails: VG_EIO
 * (no such folder), VG_ENOMEM, VG_ESTOPPED.
 */
bool vg_bundle_check(const char *folder, vg_progress progress, vg_bundle_found *out, vg_err *e);

#endif
