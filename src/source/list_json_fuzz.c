/* Harness of the readers of JSON lines: the format is found out (FollowTheMoney, its changes, Senzing). */
#include "source/list_fuzz_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    list_fuzz(bytes, VG_NOSTR, VG_NOSTR);
    return 0;
}
