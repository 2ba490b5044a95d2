/* Harness of the readers of tables: the first line is format and --map, the rest the file. */
#include "source/list_fuzz_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    vg_str head = vg_cut(&bytes, '\n'), as = vg_cut(&head, ' ');
    list_fuzz(bytes, as, head);
    return 0;
}
