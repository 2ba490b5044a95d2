/*
 * Harness of jetson-task: the bytes are read as a file of this format into a sink that checks every record. What comes out
 * twice must be the same, and each row read must have ended in the sink.
 */
#include "source/sink_test_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    read_twice(data, n, VG_S("jetson-task"));
    return 0;
}
