/* Forecast files: the input is split at the first NUL into a forecast and its actuals. No crash, no hang; a score that
 * comes out counts its rows. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "forecast/forecast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_file(char *path, const uint8_t *data, size_t n)
{
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        abort();
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *zero = n ? memchr(data, 0, n) : NULL;
    size_t first = zero ? (size_t)(zero - data) : n, second = zero ? n - first - 1 : 0;
    char forecast[] = "/tmp/vigie-fuzz-f-XXXXXX", actuals[] = "/tmp/vigie-fuzz-a-XXXXXX";
    vg_err e = VG_NO_ERR;
    vg_score_report r;
    write_file(forecast, data, first);
    write_file(actuals, zero ? zero + 1 : data, second);
    if (vg_score_files(forecast, actuals, 1, NULL, &r, &e)) {
        if (r.mean.n < 1 || r.n_draws < 1)
            abort();
    } else if (!vg_failed(&e)) {
        abort();
    }
    remove(forecast);
    remove(actuals);
    return 0;
}
