/* What the tests of report and bundle share: a small made-up agreement, and reports and coverage of its first days. The
 * reporting day 2031-05-02 (22401) runs from 16:00 UTC of the day before to 16:00 UTC. */
#ifndef VG_CEASEFIRE_DAILY_TEST_INT_H
#define VG_CEASEFIRE_DAILY_TEST_INT_H

#include "ceasefire/daily.h"
#include "test.h"

enum { ISLE_DAY = 22401, ISLE_REPORTS = 6, ISLE_COVERAGE = 4 };
#define ISLE_NOON ((int64_t)ISLE_DAY * 86400 + 12 * 3600)

static const char isle_text[] =
    "id = \"isle\"\ntitle = \"Truce of the Isle\"\nversion = \"1\"\ntime_zone = \"Europe/Paris\"\ncut_off = "
    "\"18:00\"\n"
    "from = 2031-05-01\nto = 2031-05-31\n"
    "[[party]]\nid = \"north\"\nname = \"Northern Army\"\n[[party]]\nid = \"south\"\nname = \"Southern "
    "Army\"\n"
    "[[zone]]\nid = \"bridge\"\nname = \"Bridge\"\nkind = \"buffer\"\npoint = [10.0, 50.0]\nradius_km = 5\n"
    "[[zone]]\nid = \"coast\"\nname = \"Coast\"\nkind = \"buffer\"\npoint = [11.3, 50.2]\nradius_km = 20\n"
    "[[zone]]\nid = \"hill\"\nname = \"Hill\"\nkind = \"buffer\"\npoint = [12.5, 51.0]\nradius_km = 8\n"
    "[[zone]]\nid = \"lake\"\nname = \"Lake\"\nkind = \"buffer\"\npoint = [13.5, 51.0]\nradius_km = 8\n"
    "[[exception]]\nid = \"exercise-may\"\nkind = \"exercise\"\nparty = \"south\"\nzone = \"coast\"\nfrom = "
    "2031-05-02\n"
    "to = 2031-05-02\nacts = [\"artillery\"]\n"
    "[[clause]]\nid = \"1\"\ntitle = \"No fire at the bridge\"\nparties = \"all\"\nacts = \"all_fire\"\nzone "
    "= \"bridge\"\n"
    "severity = 4\n"
    "[[clause]]\nid = \"2\"\ntitle = \"No fire on the coast\"\nparties = \"all\"\nacts = \"all_fire\"\nzone "
    "= \"coast\"\n"
    "exceptions = [\"exercise-may\"]\n"
    "[[clause]]\nid = \"3\"\ntitle = \"No flights over the hill\"\nparties = \"all\"\nacts = "
    "\"flights\"\nzone = \"hill\"\n"
    "[[clause]]\nid = \"4\"\ntitle = \"No flights over the lake\"\nparties = \"all\"\nacts = "
    "\"flights\"\nzone = \"lake\"\n"
    "[[clause]]\nid = \"5\"\ntitle = \"No flights over the coast\"\nparties = \"all\"\nacts = "
    "\"flights\"\nzone = \"coast\"\n";

static inline vg_report isle_made(const char *source, const char *id, int64_t at, double lat, double lon)
{
    vg_report r = vg_report_none();
    r.source = vg_str_z(source);
    r.id = vg_str_z(id);
    r.from = at;
    r.to = at + 600;
    r.received_at = at + 3600;
    r.lat_deg = lat;
    r.lon_deg = lon;
    r.radius_m = 200;
    r.kind = VG_SOURCE_PATROL;
    return r;
}

/* Number i of the reports: two of one mortar attack, an accusation, an exercise, an obstruction, one of the day before. */
static inline vg_report isle_report(int i)
{
    static const struct {
        const char *source, *id, *actor, *observer;
        int64_t after_s;
        double lat, lon;
        int kind, act, weapon, basis, count;
    } of[ISLE_REPORTS] = {
        { "patrol", "p1", "south", "", -4 * 3600, 50.01, 10.01, VG_SOURCE_PATROL, VG_ACT_MORTAR,
          VG_WEAPON_MORTAR, VG_BASIS_SEEN, 12 },
        { "hotline", "h1", "", "", -4 * 3600 + 60, 50.011, 10.011, VG_SOURCE_HOTLINE, VG_ACT_MORTAR,
          VG_WEAPON_UNKNOWN, VG_BASIS_NONE, 10 },
        { "north-hq", "n1", "south", "north", -3600, 50.25, 11.4, VG_SOURCE_PARTY, VG_ACT_SMALL_ARMS,
          VG_WEAPON_SMALL_ARMS, VG_BASIS_ACCUSED, 0 },
        { "patrol", "p2", "south", "", 0, 50.2, 11.2, VG_SOURCE_PATROL, VG_ACT_ARTILLERY, VG_WEAPON_HOWITZER,
          VG_BASIS_SEEN, 19 },
        { "patrol", "p3", "north", "", 3600, 50.1, 11.35, VG_SOURCE_PATROL, VG_ACT_OBSTRUCTION_OF_MONITORS,
          VG_WEAPON_NONE, VG_BASIS_SEEN, 0 },
        { "patrol", "p0", "south", "", -86400 - 7200, 50.005, 10.0, VG_SOURCE_PATROL, VG_ACT_MORTAR,
          VG_WEAPON_MORTAR, VG_BASIS_SEEN, 5 },
    };
    vg_report r = isle_made(of[i].source, of[i].id, ISLE_NOON + of[i].after_s, of[i].lat, of[i].lon);
    r.actor = vg_str_z(of[i].actor);
    r.observer = vg_str_z(of[i].observer);
    r.kind = (int8_t)of[i].kind;
    r.act = (int8_t)of[i].act;
    r.weapon = (int8_t)of[i].weapon;
    r.basis = (int8_t)of[i].basis;
    r.count = of[i].count ? of[i].count : VG_UNKNOWN;
    return r;
}

/* The coast is watched all day, the bridge for a while and then restricted by the south; the hill for two hours. */
static inline vg_coverage isle_coverage(int i)
{
    int64_t from = ISLE_NOON - 20 * 3600, to = ISLE_NOON + 4 * 3600;
    vg_coverage c = { .source = VG_S("patrol"), .received_at = to, .state = VG_COVER_WATCHING };
    c.zone = i == 0 ? VG_S("coast") : i == 3 ? VG_S("hill") : VG_S("bridge");
    c.from = i == 2 ? from + 9 * 3600 : from;
    c.to = i == 0 || i == 2 ? to : i == 1 ? from + 9 * 3600 : from + 2 * 3600;
    c.state = i == 2 ? VG_COVER_RESTRICTED : VG_COVER_WATCHING;
    c.by = i == 2 ? VG_S("south") : VG_NOSTR;
    return c;
}

#endif
