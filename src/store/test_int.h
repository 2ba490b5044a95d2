/**
 * What the tests of the store share: a store in a folder of its own, events and imports in one line each.
 *
 *     fixture f;
 *     fixture_open(&f);
 *     import_events(f.st, &(vg_vintage){ .version = VG_S("24.1") }, event, 2);
 *     fixture_close(&f);
 */
#ifndef VG_STORE_TEST_INT_H
#define VG_STORE_TEST_INT_H

#include <sqlite3.h>

#include "core/date.h"
#include "store/store.h"
#include "test.h"

typedef struct {
    char dir[256], path[300];
    vg_store *st;
    vg_arena a;
    vg_err e;
} fixture;

static inline vg_store *open_store(const char *path, vg_store_mode mode)
{
    vg_err e = VG_NO_ERR;
    vg_store *st = NULL;
    CHECK_OK(vg_store_open(path, mode, &st, &e), &e);
    return st;
}

static inline void fixture_open(fixture *f)
{
    memset(f, 0, sizeof *f);
    temp_dir(f->dir);
    snprintf(f->path, sizeof f->path, "%s/store.db", f->dir);
    setenv("VIGIE_NOW", "2025-06-01T00:00:00Z", 1);
    setenv("VIGIE_ACTOR", "tester", 1);
    CHECK_OK(vg_arena_init(&f->a, 64 << 20, &f->e), &f->e);
    f->st = open_store(f->path, VG_STORE_WRITE);
}

static inline void remove_store(const char *path)
{
    char name[400];
    static const char *const suffix[] = { "", "-wal", "-shm" };
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffix[i]);
        unlink(name);
    }
}

static inline void fixture_close(fixture *f)
{
    vg_store_close(f->st);
    vg_arena_free(&f->a);
    remove_store(f->path);
    rmdir(f->dir);
}

/* One day's event of state-based conflict with a place that is known exactly. */
static inline vg_event make_event(const char *id, int32_t gwcode, int32_t month, int64_t best)
{
    int32_t day = vg_month_first_day(month) + 9;
    return (vg_event){ .external_id = vg_str_z(id),
                       .day_from = day,
                       .day_to = day,
                       .date_prec = 1,
                       .where_prec = VG_WHERE_EXACT,
                       .type = VG_TYPE_STATE,
                       .has_point = 1,
                       .lat_deg = 12.65,
                       .lon_deg = -8.0,
                       .gwcode = gwcode,
                       .low = best,
                       .best = best,
                       .high = best,
                       .civilians = VG_UNKNOWN };
}

static inline vg_import *begin_import(vg_store *st, const vg_vintage *about)
{
    vg_err e = VG_NO_ERR;
    vg_vintage v = *about;
    v.source = about->source.n ? about->source : VG_S("ucdp-ged");
    vg_import *im = NULL;
    CHECK_OK(vg_import_begin(st, &v, &im, &e), &e);
    return im;
}

static inline void feed_event(vg_import *im, const vg_event *ev, int64_t line)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    CHECK_OK(s->event(s->ctx, ev, (vg_at){ .line = line }, &e), &e);
}

static inline void feed_point(vg_import *im, int32_t unit, int32_t month, double value)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    vg_point p = { .kind = VG_UNIT_COUNTRY, .unit = unit, .month = month, .value = value };
    CHECK_OK(s->point(s->ctx, &p, VG_NOWHERE, &e), &e);
}

static inline vg_vintage end_import(vg_import *im, const vg_vintage *about)
{
    vg_err e = VG_NO_ERR;
    vg_vintage out = { .id = 0 };
    CHECK_OK(vg_import_end(im, about, &out, &e), &e);
    return out;
}

static inline vg_vintage import_events(vg_store *st, const vg_vintage *about, const vg_event *event, int n)
{
    vg_import *im = begin_import(st, about);
    for (int i = 0; i < n; i++)
        feed_event(im, &event[i], i + 2);
    return end_import(im, about);
}

/* Runs SQL on the file behind the store's back. Returns the first number of the first row. */
static inline int64_t raw_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt = NULL;
    int64_t x = 0;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    for (const char *rest = sql; *rest;) {
        assert_int_equal(sqlite3_prepare_v2(db, rest, -1, &stmt, &rest), SQLITE_OK);
        if (sqlite3_step(stmt) == SQLITE_ROW)
            x = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
    }
    sqlite3_close(db);
    return x;
}

/* Value of a unit and month; fails the test when the panel has no such place. */
static inline double panel_at(const vg_panel *p, int32_t unit, int32_t month)
{
    for (int32_t u = 0; u < p->n_units; u++)
        if (p->unit[u].unit == unit && month >= p->first_month && month < p->first_month + p->n_months)
            return p->value[(int64_t)u * p->n_months + (month - p->first_month)];
    fail_msg("the panel has no unit %d in month %d", unit, month);
    return 0;
}

#endif
