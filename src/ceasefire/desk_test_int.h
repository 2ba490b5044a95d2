/** What the tests of the desk share: a store with an agreement in a folder of its own, and reports in one line. */
#ifndef VG_CEASEFIRE_DESK_TEST_INT_H
#define VG_CEASEFIRE_DESK_TEST_INT_H

#include "ceasefire/desk.h"
#include "core/date.h"
#include "prop.h"
#include "store/browse.h"

#define DESK_START 1900000000 /* 2030-03-17T17:46:40Z */

static const char DESK_AGREEMENT[] =
    "id = \"truce\"\n"
    "title = \"Truce of the test\"\n"
    "version = \"1\"\n"
    "time_zone = \"UTC\"\n"
    "cut_off = \"18:00\"\n"
    "from = 2030-03-01T00:00:00\n"
    "to = 2030-12-31T00:00:00\n"
    "[[party]]\nid = \"north\"\nname = \"Northern Army\"\n"
    "[[party]]\nid = \"south\"\nname = \"Southern Army\"\n"
    "[[zone]]\nid = \"buffer\"\nname = \"Buffer zone\"\nkind = \"buffer\"\n"
    "line = [[30.0, 10.0], [31.0, 10.0]]\nbuffer_km = 20\n"
    "[[clause]]\nid = \"1\"\ntitle = \"No fire\"\ntext = \"Nobody fires in the zone.\"\n"
    "parties = \"all\"\nacts = [\"mortar\", \"artillery\", \"small_arms\"]\n"
    "zone = \"buffer\"\nrelation = \"inside\"\nseverity = 3\n"
    "[[source]]\nid = \"chatty\"\nkind = \"hotline\"\nmost_per_minute = 5\n";

typedef struct {
    char dir[256], path[300];
    vg_err e;
} desk_fixture;

static inline void desk_now(int64_t at)
{
    char room[32];
    vg_str text = vg_instant_text(at, room);
    setenv("VIGIE_NOW", vg_str_z(text.s).s, 1);
}

static inline void enter_agreement(const char *path, const char *text)
{
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_agreement *a;
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("test.toml"), NULL, &a, &e), &e);
    for (int32_t i = 0; i < a->n_findings; i++)
        if (a->finding[i].weight == VG_FINDING_ERROR)
            fail_msg("%s in line %d", a->finding[i].id, (int)a->finding[i].at.line);
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_desk_enter(st, a, VG_S("tester"), &e), &e);
    vg_store_close(st);
    vg_agreement_free(a);
}

static inline void desk_begin(desk_fixture *f)
{
    memset(f, 0, sizeof *f);
    temp_dir(f->dir);
    snprintf(f->path, sizeof f->path, "%s/store.db", f->dir);
    desk_now(DESK_START);
    setenv("VIGIE_ACTOR", "tester", 1);
    enter_agreement(f->path, DESK_AGREEMENT);
}

static inline void desk_end(desk_fixture *f)
{
    static const char *const suffix[] = { "", "-wal", "-shm" };
    char name[400];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", f->path, suffix[i]);
        unlink(name);
    }
    rmdir(f->dir);
}

static inline vg_desk *open_desk(const char *path)
{
    vg_err e = VG_NO_ERR;
    vg_desk *d = NULL;
    CHECK_OK(vg_desk_open(path, VG_S("truce"), &d, &e), &e);
    return d;
}

/* Report number `number` of a small made-up war: some tell of the same, some come late. */
static inline vg_report numbered_report(char room[24], int64_t number)
{
    vg_rng r = vg_rng_at(77, (uint64_t)number / 3);
    vg_report x = vg_report_none();
    int64_t at = DESK_START - 3600 + number / 3 * 40 - vg_rng_below(&r, 1800);
    x.source = number % 3 ? number % 3 == 1 ? VG_S("patrol-1") : VG_S("camera-2") : VG_S("hotline");
    x.kind = number % 3 ? number % 3 == 1 ? VG_SOURCE_PATROL : VG_SOURCE_CAMERA : VG_SOURCE_HOTLINE;
    x.id = (vg_str){ room, snprintf(room, 24, "%lld", (long long)number) };
    x.from = at, x.to = at + 60 * (number % 5), x.received_at = at + 600 + number % 7 * 300;
    x.lat_deg = 9.7 + vg_rng_below(&r, 600) / 1000.0, x.lon_deg = 30.0 + vg_rng_below(&r, 1000) / 1000.0;
    x.radius_m = 300;
    x.act = VG_ACT_MORTAR;
    x.count = 1 + number % 9;
    x.actor = number % 2 ? VG_S("north") : VG_NOSTR;
    x.basis = number % 2 ? VG_BASIS_SEEN : VG_BASIS_NONE;
    return x;
}

static inline vg_desk_entry report_entry(vg_report r)
{
    return (vg_desk_entry){ .kind = VG_DESK_REPORT, .report = r };
}

static inline vg_desk_entry take_one(vg_desk *d, vg_report r)
{
    vg_err e = VG_NO_ERR;
    vg_desk_entry x = report_entry(r);
    CHECK_OK(vg_desk_take(d, &x, 1, &e), &e);
    return x;
}

static inline void take_numbered(vg_desk *d, int64_t from, int64_t to, int32_t batch)
{
    char room[200][24];
    vg_desk_entry x[200];
    vg_err e = VG_NO_ERR;
    for (int64_t i = from; i < to;) {
        int32_t n = 0;
        for (; n < batch && i < to; n++, i++)
            x[n] = report_entry(numbered_report(room[n], i));
        CHECK_OK(vg_desk_take(d, x, n, &e), &e);
    }
}

static inline void fingerprint_of(vg_desk *d, char hex[65])
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_watch_fingerprint(vg_desk_watch(d), hex, &e), &e);
}

#endif
