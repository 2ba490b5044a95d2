/* A small made-up conflict in a temporary folder, for the tests of flow_*.c. A test replaces the files it is about. */
#ifndef VG_DISPLACEMENT_FLOW_TEST_INT_H
#define VG_DISPLACEMENT_FLOW_TEST_INT_H

#include "displacement/flow_int.h"
#include "test.h"

static const char *const flow_files[][2] = {
    { "locations.csv", "name,region,country,lat,lon,type,conflict_day,population\n"
                       "Zed,North,Aland,1,1,conflict_zone,0,1000\n"
                       "Yar,North,Aland,1,2,conflict_zone,5,3000\n"
                       "Mid,South,Aland,0,1,town,,\n"
                       "Hub,West,Celand,0,0,forwarding_hub,,\n"
                       "Alpha,East,Beland,0,2,camp,,1000\n"
                       "Beta,West,Celand,0,-1,camp,,500\n" },
    { "routes.csv", "name1,name2,distance_km,forced_redirection\n"
                    "Zed,Mid,50,0\nYar,Mid,30,0\nMid,Alpha,50,0\nMid,Hub,20,0\nHub,Beta,100,2\n" },
    { "conflicts.csv", "location,first_day,last_day,intensity\nZed,0,39,1\nYar,5,39,2\n" },
    { "closures.csv", "type,name1,name2,start_day,end_day\ncountry,Aland,Celand,10,20\n" },
    { "camps.csv", "date,camp,registered,source_series\n"
                   "2020-01-01,Alpha,10,a\n2020-01-11,Alpha,210,a\n2020-01-31,Alpha,610,a\n"
                   "2020-01-01,Beta,0,b\n2020-01-21,Beta,100,b\n2020-01-31,Beta,300,b\n" },
    { "totals.csv", "date,refugees\n2020-01-01,10\n2020-01-31,910\n" },
};

/* Folder with the files above; `file` (may be NULL) holds `text` instead, or is left out when `text` is NULL. */
static inline const char *write_conflict(const char *file, const char *text)
{
    static char dir[256];
    char path[512];
    temp_dir(dir);
    for (size_t i = 0; i <= sizeof flow_files / sizeof *flow_files; i++) {
        bool extra = i == sizeof flow_files / sizeof *flow_files;
        const char *name = extra ? file : flow_files[i][0], *body = extra ? text : flow_files[i][1];
        if (!name || !body || (!extra && file && strcmp(name, file) == 0))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, name);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(body, f);
        fclose(f);
    }
    return dir;
}

static inline void drop_conflict(const char *dir)
{
    static const char *const name[] = { "locations.csv",
                                        "routes.csv",
                                        "conflicts.csv",
                                        "closures.csv",
                                        "camps.csv",
                                        "totals.csv",
                                        "registration_corrections.csv" };
    char path[512];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, name[i]);
        remove(path);
    }
    rmdir(dir);
}

static inline vg_arena test_arena(void)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&a, (int64_t)1 << 30, &e), &e);
    return a;
}

/* Reads the small conflict with one file replaced; the folder is gone afterwards. */
static inline bool read_with(const char *file, const char *text, vg_arena *a, vg_flow_conflict *c, vg_err *e)
{
    const char *dir = write_conflict(file, text);
    bool good = vg_flow_read(dir, a, c, e);
    drop_conflict(dir);
    return good;
}

#endif
