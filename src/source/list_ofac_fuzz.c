/* Harness of the readers of OFAC's tables and of the remarks in them. */
#include "source/list_fuzz_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    list_fuzz(bytes, VG_S("ofac"), VG_NOSTR);
    return 0;
}
