/* Conflict folders: the input is split at NULs into the files of a folder. No crash, no hang; what is read can be
 * simulated, and nobody is lost on the way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "displacement/flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const files[] = { "locations.csv",
                                     "routes.csv",
                                     "conflicts.csv",
                                     "closures.csv",
                                     "camps.csv",
                                     "totals.csv",
                                     "registration_corrections.csv" };
enum { N_FILES = 7, DAYS = 60, MIB = 1 << 20 };

static void write_files(const char *dir, const uint8_t *data, size_t n)
{
    for (int i = 0; i < N_FILES; i++) {
        const uint8_t *zero = n ? memchr(data, 0, n) : NULL;
        size_t part = zero ? (size_t)(zero - data) : n;
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        FILE *f = part ? fopen(path, "wb") : NULL;
        if (f) {
            if (fwrite(data, 1, part, f) != part)
                abort();
            fclose(f);
        }
        data += zero ? part + 1 : part;
        n -= zero ? part + 1 : part;
    }
}

static void check_run(const vg_flow_conflict *c, vg_flow_engine engine, vg_arena scratch)
{
    vg_err e = VG_NO_ERR;
    vg_flow_run r;
    if (!vg_flow_simulate(c, &(vg_flow_opts){ .engine = engine, .n_days = DAYS }, &scratch, &r, &e)) {
        if (!vg_failed(&e))
            abort();
        return;
    }
    for (int32_t t = 0; t < r.n_days; t++) {
        double sum = 0;
        for (int32_t k = 0; k < r.n_camps; k++)
            sum += r.people[(int64_t)k * r.n_days + t];
        if (!(fabs(sum - r.total[t]) <= 1 + 1e-9 * r.total[t] + (engine == VG_FLOW_AGENTS ? r.n_camps : 0)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char dir[] = "/tmp/vigie-fuzz-flow-XXXXXX";
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_flow_conflict c;
    if (!mkdtemp(dir) || !vg_arena_init(&a, 256 * (int64_t)MIB, &e))
        abort();
    write_files(dir, data, n);
    if (vg_flow_read(dir, &a, &c, &e)) {
        check_run(&c, VG_FLOW_FLOWS, a);
        check_run(&c, VG_FLOW_AGENTS, a);
    } else if (!vg_failed(&e)) {
        abort();
    }
    for (int i = 0; i < N_FILES; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        remove(path);
    }
    rmdir(dir);
    vg_arena_free(&a);
    return 0;
}
