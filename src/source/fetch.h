/**
 * Downloads: whole files from the official addresses, by libcurl, which is seen only behind this header. A download
 * that breaks off is taken up again where it stopped (Range on a file NAME.part), an overloaded server is asked again
 * after a pause, a checksum is compared when one is given, and the file appears under its name only when it is whole.
 *
 *     vg_fetch_address to;
 *     if (!vg_fetch_ucdp(VG_S("25.1"), &arena, &to, e)) return false;
 *     vg_fetched got;
 *     if (!vg_fetch(to.url, path, &(vg_fetch_opts){ .sha256 = expected }, &progress, &got, e)) return false;
 *
 * TLS certificates are always verified; plain http is taken from this machine itself only (tests). VIGIE_FETCH_BASE
 * (http://127.0.0.1:8080) takes the place of the scheme and host of every address. The token for ACLED is read from
 * VIGIE_ACLED_TOKEN, is sent to nobody but the host of the address, and appears in no message and no argument list.
 */
#ifndef VG_SOURCE_FETCH_H
#define VG_SOURCE_FETCH_H

#include "core/arena.h"
#include "core/pool.h"

/** All-zero = defaults. */
typedef struct {
    vg_str sha256;     /* expected, 64 hex digits; empty = not compared */
    const char *token; /* sent as a bearer token; NULL = none */
    int64_t max_bytes; /* a larger file is refused; 0 = 4 GiB */
    int attempts;      /* without a byte of progress between them; 0 = 5 */
    int wait_ms;       /* before the second attempt, doubled for each further one up to a minute; 0 = 1000 */
    int stall_s;       /* seconds without a byte after which the connection is given up; 0 = 30 */
} vg_fetch_opts;

typedef struct {
    char sha256[65];
    int64_t bytes;
    int64_t resumed_at; /* bytes that were there before, 0 = none */
} vg_fetched;

/** Where a release is. Slices live in the arena; `url.s` ends with a NUL. */
typedef struct {
    vg_str url, file; /* file: the name to keep it under, from which the version can be read again */
} vg_fetch_address;

/**
 * Fails: VG_EARG (not an https address), VG_EIO (no connection, server error, full disk: what is there so far stays in
 * DEST.part), VG_ENOTFOUND (404), VG_ERANGE (larger than max_bytes), VG_ECONFLICT (checksum differs; nothing stays),
 * VG_ESTOPPED. `out` may be NULL.
 */
bool vg_fetch(vg_str url, const char *dest, const vg_fetch_opts *opts, const vg_progress *progress,
              vg_fetched *out, vg_err *e);

/** GED "25.1", Candidate "25.0.3" (March 2025) or "24.01.24.06" (January to June 2024). Fails: VG_EARG. */
bool vg_fetch_ucdp(vg_str version, vg_arena *a, vg_fetch_address *out, vg_err *e);

/**
 * One page of ACLED's API as CSV: `country` by name, empty = all; days from..to as 2024-01-01; page from 1. A page of
 * fewer than VG_ACLED_PAGE rows is the last one. Fails: VG_EARG.
 */
#define VG_ACLED_PAGE 5000
bool vg_fetch_acled(vg_str country, vg_str from, vg_str to, int page, vg_arena *a, vg_fetch_address *out,
                    vg_err *e);

/** The token from the environment. Fails: VG_EARG, with how to get one. */
bool vg_fetch_acled_token(const char **token, vg_err *e);

#endif
