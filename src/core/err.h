/**
 * Errors: a fact, a place, a reason, a remedy.
 *
 * Every function that can fail returns bool, takes a `vg_err *e` last and leaves its outputs untouched on
 * failure. The error belongs to the caller; there is no global "last error". The first failure wins: once `e`
 * holds one, vg_fail keeps it, so that a straight run of calls needs one check at the end.
 *
 *     vg_err e = VG_NO_ERR;
 *     double lat;
 *     if (!vg_read_lat(cell, at, &lat, &e))
 *         vg_err_print(stderr, &e);
 *
 * A message has four parts. `what` is the fact with the value seen, short, without function names. `at` is the
 * place in the user's input. `why` is the rule that was broken and `mend` what the user can do; both may be empty.
 */
#ifndef VG_CORE_ERR_H
#define VG_CORE_ERR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/str.h"

/** What went wrong, for programs. Keep the order: the numbers are part of the HTTP and JSON doors. */
typedef enum {
    VG_OK = 0,
    VG_EARG,      /* the caller asked for something that makes no sense (bad option, zero draws) */
    VG_EPARSE,    /* input is not written as its format says */
    VG_ERANGE,    /* a value is outside what it may be */
    VG_ECONFLICT, /* two things that should agree do not (ids twice, broken audit chain) */
    VG_ENOTFOUND, /* a named unit, vintage, run ... does not exist */
    VG_ENODATA,   /* not enough data to answer */
    VG_ENOMEM,    /* an arena's limit was reached, or the machine has no memory left */
    VG_EIO,       /* the operating system or the network said no */
    VG_EBUSY,     /* another process holds the store */
    VG_ESTOPPED,  /* the user stopped it (Ctrl-C) */
    VG_EFULL      /* the store's disk is full: the same as VG_EIO, but making room mends it */
} vg_code;

/** A place in the user's input. `file` is borrowed and must outlive the error; 0 means "not known". */
typedef struct {
    vg_str file;
    int64_t line; /* from 1 */
    int64_t col;  /* field or column number from 1 */
} vg_at;

/** One failure. All-zero (VG_NO_ERR) means "none". Copies by value; holds no memory but the borrowed file name. */
typedef struct {
    vg_code code;
    vg_at at;
    char what[200];
    char why[240];
    char mend[240];
} vg_err;

#define VG_NO_ERR  ((vg_err){ .code = VG_OK })
#define VG_NOWHERE ((vg_at){ .line = 0 })

/**
 * Records a failure, unless `e` already holds one, and returns false so that `return vg_fail(...)` reads well.
 * `what` is a printf format; text that does not fit is cut at a character boundary. `e` may be NULL (ignored).
 */
bool vg_fail(vg_err *e, vg_code code, vg_at at, const char *what, ...) __attribute__((format(printf, 4, 5)));

/** Adds the rule that was broken to the failure just recorded; does nothing when one is there already. Returns false. */
bool vg_why(vg_err *e, const char *why, ...) __attribute__((format(printf, 2, 3)));

/** Adds the remedy, in the same way. Returns false. */
bool vg_mend(vg_err *e, const char *mend, ...) __attribute__((format(printf, 2, 3)));

/** Out of memory, with a message that says how large the limit was. Returns false. */
bool vg_fail_memory(vg_err *e, int64_t limit_bytes);

/** Failure of the operating system: `what` and the text of the errno value. Returns false. */
bool vg_fail_os(vg_err *e, int os_errno, vg_at at, const char *what, ...)
    __attribute__((format(printf, 4, 5)));

/** True when `e` holds a failure. */
static inline bool vg_failed(const vg_err *e)
{
    return e && e->code != VG_OK;
}

/** Short stable word for a code ("parse", "range", ...), for JSON and reject lists. */
const char *vg_code_name(vg_code code);

/** Exit code of the command line for a failure: 2 bad usage, 3 bad data, 4 outside failure, 130 stopped by the user. */
int vg_exit_code(vg_code code);

/**
 * Writes the failure for a person, one part a line:
 *
 *     events.csv:118:7: latitude is not a number: "12,5N"
 *       why:  this column holds decimal degrees
 *       mend: write 12.5, or pass --decimal-comma if the file uses 12,5
 */
void vg_err_print(FILE *to, const vg_err *e);

#endif
