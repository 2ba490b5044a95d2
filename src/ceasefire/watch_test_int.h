/** What the tests of the watch share: a small agreement, a watch with a clock that runs, reports, and the last incident. */
#ifndef VG_CEASEFIRE_WATCH_TEST_INT_H
#define VG_CEASEFIRE_WATCH_TEST_INT_H

#include "ceasefire/watch_int.h"
#include "prop.h"
#include "test.h"

#define T0 1700000000LL /* 2023-11-14 22:13:20 UTC */

static const char text[] =
    "id = \"test\"\ntitle = \"Test\"\nversion = \"1\"\ntime_zone = \"UTC\"\ncut_off = \"20:00\"\n"
    "[[party]]\nid = \"north\"\nname = \"Northern Army\"\naliases = [\"NA\"]\n"
    "[[party]]\nid = \"south\"\nname = \"Southern Front\"\nallies = [\"friends\"]\n"
    "[[party]]\nid = \"friends\"\nname = \"Friends\"\n"
    "[[source]]\nid = \"north-press\"\nkind = \"party\"\nparty = \"north\"\n"
    "[[source]]\nid = \"south-press\"\nkind = \"party\"\nparty = \"south\"\n"
    "[[zone]]\nid = \"box\"\nkind = \"security_zone\"\n"
    "area = [[30.0, 48.0], [30.4, 48.0], [30.4, 48.3], [30.0, 48.3]]\n"
    "[[zone]]\nid = \"moved\"\nkind = \"buffer\"\n"
    "[[zone.version]]\nto = 2023-11-15T00:00:00Z\narea = [[31.0, 48.0], [31.4, 48.0], [31.4, 48.3], [31.0, "
    "48.3]]\n"
    "[[zone.version]]\nfrom = 2023-11-15T00:00:00Z\n"
    "area = [[31.4, 48.0], [31.8, 48.0], [31.8, 48.3], [31.4, 48.3]]\n"
    "[[exception]]\nid = \"drill\"\nkind = \"exercise\"\nzone = \"box\"\nfrom = 2023-12-01T00:00:00Z\n"
    "to = 2023-12-02T00:00:00Z\n"
    "[[clause]]\nid = \"no-fire\"\ntitle = \"No fire\"\nparties = \"all\"\n"
    "acts = [\"small_arms\", \"heavy_mg\", \"mortar\", \"artillery\", \"mlrs\", \"tank_fire\"]\n"
    "zone = \"box\"\nrelation = \"inside\"\nseverity = 4\nexceptions = [\"drill\"]\n"
    "[[clause]]\nid = \"moved-line\"\ntitle = \"No fire at the line\"\nparties = \"all\"\nacts = "
    "[\"mortar\"]\n"
    "zone = \"moved\"\nrelation = \"inside\"\nseverity = 3\n"
    "[[clause]]\nid = \"south-only\"\ntitle = \"South keeps out\"\nparties = [\"south\"]\nacts = "
    "[\"troop_movement\"]\n"
    "zone = \"box\"\nrelation = \"inside\"\nseverity = 2\n";

typedef struct {
    vg_agreement *a;
    vg_watch *w;
    int64_t seq;
    vg_err e;
} fixture;

static inline vg_agreement *agreement(void)
{
    vg_agreement *a = NULL;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("test.toml"), NULL, &a, &e), &e);
    for (int32_t i = 0; i < a->n_findings; i++)
        if (a->finding[i].weight == VG_FINDING_ERROR)
            fail_msg("%s in line %d", a->finding[i].id, (int)a->finding[i].at.line);
    return a;
}

static inline void open_watch(fixture *f)
{
    memset(f, 0, sizeof *f);
    f->a = agreement();
    CHECK_OK(vg_watch_open(f->a, &(vg_watch_opts){ 0 }, &f->w, &f->e), &f->e);
}

static inline void close_watch(fixture *f)
{
    vg_watch_close(f->w);
    vg_agreement_free(f->a);
}

/* A mortar, seen by a patrol in the middle of the box. */
static inline vg_report seen(const char *source, const char *id, int64_t at)
{
    vg_report r = vg_report_none();
    r.source = vg_str_z(source);
    r.id = vg_str_z(id);
    r.from = at;
    r.to = at + 300;
    r.received_at = at + 3600;
    r.lat_deg = 48.15;
    r.lon_deg = 30.2;
    r.radius_m = 300;
    r.kind = VG_SOURCE_PATROL;
    r.act = VG_ACT_MORTAR;
    return r;
}

static inline vg_watch_verdict take(fixture *f, const vg_report *r)
{
    vg_watch_verdict asked, given;
    CHECK_OK(vg_watch_ask(f->w, r, &asked, NULL, &f->e), &f->e);
    CHECK_OK(vg_watch_report(f->w, r, ++f->seq, &given, &f->e), &f->e);
    assert_int_equal(asked, given);
    return given;
}

static inline void settle(fixture *f)
{
    const char *reason = "";
    CHECK_OK(vg_watch_settle(f->w, &f->e), &f->e);
    if (!vg_watch_validate(f->w, &reason))
        fail_msg("%s", reason);
}

static inline bool keep_last(void *ctx, const vg_incident *x)
{
    *(vg_incident *)ctx = *x;
    return true;
}

/* The last incident by time, after settling. */
static inline vg_incident last(fixture *f)
{
    vg_incident x;
    memset(&x, 0, sizeof x);
    settle(f);
    CHECK_OK(vg_watch_each(f->w, INT64_MIN, INT64_MAX, keep_last, &x, &f->e), &f->e);
    return x;
}

static inline const vg_breach *breach_of(const vg_agreement *a, const vg_incident *x, const char *clause)
{
    for (int32_t i = 0; i < x->n_breaches; i++)
        if (vg_eq(a->clause[x->breach[i].clause].id, vg_str_z(clause)))
            return &x->breach[i];
    fail_msg("clause %s is not among the breaches", clause);
    return NULL;
}

#endif
