/*
 * Any-CSV harness: the first line of the input is taken as --map, the rest as a file whose format is guessed, so that
 * guessing, mapping and HXL tags are searched too. The mapping that is told must be taken back and lead to the same.
 */
#include "source/sink_test_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n }, map = vg_cut(&bytes, '\n');
    collected *a = read_bytes(bytes, "in.csv", (vg_source_opts){ .map = map });
    if (!vg_failed(&a->err) && a->found.mapping.n) {
        collected *b =
            read_bytes(bytes, "in.csv", (vg_source_opts){ .as = VG_S("csv"), .map = a->found.mapping });
        must(b->err.code == a->err.code || b->err.code == VG_EARG); /* EARG: two columns of one name */
        collected_drop(b);
    }
    collected_drop(a);
    return 0;
}
