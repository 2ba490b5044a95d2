/**
 * Inside of the CSV reader: the two scanners that find the end of one row and its cells in a stretch of
 * bytes. They know nothing of files, lines or messages. vg_csv__scan_fast looks at 64 bytes at a time and
 * gives up on a row whose quotes are not those of RFC 4180; vg_csv__scan_careful goes byte by byte, takes a
 * quote inside an unquoted cell as the letter it is, and says which quote is at fault. Where both succeed
 * they find the same cells.
 */
#ifndef VG_CORE_CSV_INT_H
#define VG_CORE_CSV_INT_H

#include "core/csv.h"

enum {
    VG_CSV_PAD = 64,          /* bytes behind a stretch that may be read, whatever they hold */
    VG_CSV_MAX_CELLS = 65536, /* of one row; what is kept of further cells is not to be used */
    VG_CSV_NONE = -1
};

typedef enum {
    VG_CSV_ROW,       /* a whole row */
    VG_CSV_CUT,       /* the stretch ends before the row does */
    VG_CSV_ODD,       /* fast scanner only: ask the careful one */
    VG_CSV_BAD_QUOTE, /* careful scanner only: a letter behind a closing quote */
    VG_CSV_NO_MEMORY
} vg_csv_verdict;

/** What a scanner found; positions are bytes from the start of the row. */
typedef struct {
    vg_str *cell; /* kept between rows, grown as needed; the scan's owner frees it */
    int64_t n_cap;
    int64_t n;           /* cells, quotes around them taken off, doubled quotes inside still doubled */
    int64_t end;         /* the CR or LF that ends the row */
    bool too_many;       /* more than VG_CSV_MAX_CELLS */
    bool maybe_nul;      /* false: certainly no NUL byte in the row */
    bool maybe_lines;    /* false: certainly no line end inside the row */
    int64_t high_from;   /* all bytes above 127 lie in high_from..high_to, which cuts no character; */
    int64_t high_to;     /* high_from = VG_CSV_NONE: there are none */
    int64_t double_from; /* cells that may hold doubled quotes; VG_CSV_NONE: there are none */
    int64_t double_to;
    int64_t quote_at; /* CUT, BAD_QUOTE of the careful scanner: the quote that is open, or VG_CSV_NONE */
} vg_csv_scan;

/** One row from row[0] on, looking at no more than n bytes (but reading up to VG_CSV_PAD bytes behind them).
 */
vg_csv_verdict vg_csv__scan_fast(vg_csv_scan *scan, const char *row, int64_t n, char sep, bool quotes);
vg_csv_verdict vg_csv__scan_careful(vg_csv_scan *scan, const char *row, int64_t n, char sep, bool quotes);

/** The reader with a block size of the tests' own choosing; 0 = the usual one. */
bool vg_csv__open(vg_input *in, const vg_csv_opts *opts, int64_t block, vg_csv **out, vg_err *e);

/** Memory the reader holds, for the test that a long line does not fill it. */
int64_t vg_csv__window_bytes(const vg_csv *csv);

#endif
