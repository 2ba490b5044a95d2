/*
 * Input harness: the bytes as a file in memory (plain, gzip or zip), read in pieces of two sizes; both must give the
 * same bytes and the same verdict. Reading stops at 1 MiB, as a small archive may unpack to gigabytes.
 */
#include <stdlib.h>

#include "core/hash.h"
#include "core/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 1 << 20 };

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static int64_t read_all(vg_str bytes, int64_t piece, char hex[65], vg_err *e)
{
    static char buf[65536];
    vg_input *in;
    vg_sha256 sum;
    int64_t n, total = 0;
    if (!vg_input_memory(bytes, VG_S("fuzz"), &in, e)) {
        demand(vg_failed(e) && e->what[0]);
        return -1;
    }
    vg_sha256_init(&sum);
    while (total < MOST && (n = vg_input_read(in, buf, piece < MOST - total ? piece : MOST - total, e)) > 0) {
        vg_sha256_add(&sum, (vg_str){ buf, n });
        total += n;
    }
    vg_sha256_hex(&sum, hex);
    char own[65];
    vg_err ignored = VG_NO_ERR;
    demand(vg_input_sha256(in, own, &ignored));
    vg_input_close(in);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    char hex[2][65] = { "", "" };
    vg_err e[2] = { VG_NO_ERR, VG_NO_ERR };
    int64_t large = read_all(bytes, 65536, hex[0], &e[0]), small = read_all(bytes, 997, hex[1], &e[1]);
    if (large == MOST || small == MOST)
        demand(large == small); /* how far a failure lies behind the limit depends on the pieces */
    else
        demand(large == small && e[0].code == e[1].code && vg_eq(vg_str_z(hex[0]), vg_str_z(hex[1])));
    return 0;
}
