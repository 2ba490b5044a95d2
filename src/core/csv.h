/**
 * CSV as the world writes it: RFC 4180 with quoted separators, quotes and newlines, LF, CRLF or CR, a byte-order
 * mark, comma, semicolon or tab. Each cell knows its line and column in the user's file.
 *
 *     vg_csv *csv;
 *     if (!vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e)) return false;
 *     vg_csv_row row;
 *     while (vg_csv_next(csv, &row, e)) ... row.cell[i] ...
 *     vg_csv_close(csv);
 *     return !vg_failed(e);
 *
 * A row that cannot be read (a quote that never ends, a letter behind a closing quote, a row over the limit, a NUL
 * byte, bytes that are not UTF-8) comes out with `row.bad` set, no cells, and why; the reader goes on behind it. Where
 * a quote is at fault, the bad row ends with the line on which that quote stands, and the next line is tried as a row:
 * one stray quote does not take the rows behind it along. A quote inside an unquoted cell (5'10") is a letter like
 * any other. Empty lines are passed over. Memory: a few times the longest row, never more than a few times max_row.
 */
#ifndef VG_CORE_CSV_H
#define VG_CORE_CSV_H

#include "core/input.h"

typedef struct {
    char sep;        /* ',', ';', '\t', '|'; 0 = guessed from the first line */
    bool no_quotes;  /* tab files without quoting (GDELT): a quote is a letter like any other */
    int64_t max_row; /* bytes a row may have, 0 = 16 MiB; a row of more than 65,536 cells is refused too */
    bool latin1_ok;  /* a cell that is not UTF-8 is read as Windows-1252 instead of refusing the row */
} vg_csv_opts;

typedef struct {
    int32_t n;          /* cells; 0 when bad, at least 1 else */
    const vg_str *cell; /* unquoted; valid until the next call */
    int64_t line;       /* first line of the row, from 1 */
    vg_str raw;         /* the row as it stands in the file, without its line end; at most the first 64 KiB */
    bool bad;
    vg_err why; /* when bad */
} vg_csv_row;

typedef struct vg_csv vg_csv;

/**
 * Reader over an input, which stays the caller's to close. Reads as far as the first line, to guess the separator: the
 * one of , ; tab | that it holds most often outside quotes. Fails: VG_EARG (options), VG_ENOMEM, and as vg_input_read.
 */
bool vg_csv_open(vg_input *in, const vg_csv_opts *opts, vg_csv **out, vg_err *e);
void vg_csv_close(vg_csv *csv);

/**
 * Next row; false at the end and on failure (then `e` holds it: broken gzip, read error), which comes behind the rows
 * that were whole. `raw` is what the file holds, also where a cell was rewritten (doubled quotes, Windows-1252).
 */
bool vg_csv_next(vg_csv *csv, vg_csv_row *row, vg_err *e);

/** The separator in use. */
char vg_csv_sep(const vg_csv *csv);

/** Place of a cell for messages: file, line of the row, column from 1. */
vg_at vg_csv_at(const vg_csv *csv, const vg_csv_row *row, int32_t cell);

#endif
