/*
 * CSV harness. Byte 0 chooses separator, quoting, Windows-1252 and limit, the rest is the file. The text is read in one
 * block and again in tiny ones; rows, faults and places must be the same.
 */
#include <stdlib.h>

#include "core/csv_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    return (h ^ x) * 0x9E3779B97F4A7C15ULL + (h >> 29);
}

static uint64_t row_digest(uint64_t h, const vg_csv_row *row)
{
    h = mix(mix(mix(h, (uint64_t)row->n), (uint64_t)row->line), vg_hash(row->raw));
    demand(row->bad == vg_failed(&row->why) && row->bad == (row->n == 0));
    if (row->bad)
        return mix(mix(mix(h, row->why.code), (uint64_t)row->why.at.line), (uint64_t)row->why.at.col);
    for (int32_t i = 0; i < row->n; i++) {
        demand(vg_utf8_valid(row->cell[i]) && vg_find_byte(row->cell[i], 0) < 0);
        h = mix(h, vg_hash(row->cell[i]));
    }
    return h;
}

static uint64_t digest(vg_str text, const vg_csv_opts *opts, int64_t block)
{
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    vg_err e = VG_NO_ERR;
    uint64_t h = 0;
    int64_t line = 0;
    if (!vg_input_memory(text, VG_S("fuzz.csv"), &in, &e))
        return e.code;
    if (!vg_csv__open(in, opts, block, &csv, &e)) {
        vg_input_close(in);
        return e.code;
    }
    h = mix(h, (uint64_t)vg_csv_sep(csv));
    while (vg_csv_next(csv, &row, &e)) {
        demand(row.line > line);
        line = row.line;
        h = row_digest(h, &row);
    }
    vg_csv_close(csv);
    vg_input_close(in);
    return mix(h, e.code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const int64_t limits[] = { 0, 10, 100, 1 };
    if (n < 2)
        return 0;
    vg_csv_opts opts = { .sep = ",;\t\0"[data[0] & 3],
                         .no_quotes = (data[0] & 4) != 0,
                         .latin1_ok = (data[0] & 8) != 0,
                         .max_row = limits[data[0] >> 4 & 3] };
    vg_str text = { (const char *)data + 1, (ptrdiff_t)n - 1 };
    uint64_t whole = digest(text, &opts, 0);
    for (int64_t block = 1; block <= 64; block = block * 5 + 1)
        demand(digest(text, &opts, block) == whole);
    return 0;
}
