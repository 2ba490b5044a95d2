/* Agreements: what is read from the text, what `check` objects to, windows and days over changes of the clocks. */
#include "prop.h"

#include "ceasefire/agreement.h"
#include "core/date.h"

static vg_agreement *parsed(const char *text)
{
    vg_agreement *a;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("a.toml"), NULL, &a, &e), &e);
    return a;
}

static int64_t instant(const char *text)
{
    int64_t at;
    assert_true(vg_instant_parse(vg_str_z(text), &at));
    return at;
}

#define HEAD                                                                                                 \
    "id = 'x'\ntitle = 'X'\ntime_zone = 'Europe/Kyiv'\ncut_off = '18:00'\nfrom = 2031-03-01\nto = "          \
    "2031-12-31\n"
#define PARTIES                                                                                              \
    "[[party]]\nid = 'north'\naliases = ['N.', 'Garde du Nord']\n[[party]]\nid = 'south'\nallies = "         \
    "['north']\n"
#define SQUARE "area = [[30, 50], [31, 50], [31, 51], [30, 51]]\n"
#define ZONE   "[[zone]]\nid = 'box'\nkind = 'buffer'\n" SQUARE
#define CLAUSE "[[clause]]\nid = 'c'\nparties = 'all'\nacts = 'all_fire'\nzone = 'box'\nseverity = 3\n"
#define GOOD   HEAD PARTIES ZONE CLAUSE

/* --- reading --- */

static void an_agreement_is_read_as_it_is_written(void **state)
{
    (void)state;
    vg_agreement *a =
        parsed(HEAD PARTIES ZONE
               "[[zone]]\nid = 'line'\nname = 'The line'\nkind = 'contact_line'\nheld_by = 'south'\noverlaps "
               "= 'box'\n"
               "[[zone.version]]\nfrom = 2031-06-01\nline = [[30, 50.5], [31, 50.5]]\nbuffer_km = 1\n"
               "[[zone.version]]\nto = 2031-05-31\nline = [{ lat = 50.4, lon = 30 }, { lat = 50.4, lon = 31 "
               "}]\nbuffer_km = 2\n"
               "[[window]]\nid = 'w'\nfrom = 2031-04-01T08:00:00\nto = '2031-04-30 24:00'\ndaily_from = "
               "'22:00'\ndaily_to = 04:30:00\n"
               "weekdays = ['monday', 'weekend']\n"
               "[[exception]]\nid = 'x'\nkind = 'exercise'\nparty = 'north'\nzone = 'box'\nacts = "
               "'mortar'\nfrom = 2031-04-02\nto = 2031-04-03\n"
               "[[clause]]\nid = 'c'\ntitle = 'T'\ntext = 'words'\nparties = ['Garde du nord']\nacts = "
               "['mortar', 'digital']\n"
               "weapons = ['mortar']\nleast_calibre_mm = 82\nzone = 'line'\nrelation = "
               "'closer_than'\ndistance_km = 15\nseverity = 4\n"
               "window = 'w'\nexceptions = ['x', 'self_defence']\n"
               "[[threshold]]\nid = 't'\nscope = 'pair'\nof = ['north', 'south']\nwithin_days = "
               "2\nleast_ratio = 3\naction = 'call'\n"
               "[[source]]\nid = 's'\nkind = 'party'\nparty = 'south'\ndelay_hours = 2\nradius_m = "
               "500\nmost_per_minute = 60\n");
    const vg_clause *c = &a->clause[0];
    for (int32_t i = 0; i < a->n_findings; i++)
        if (a->finding[i].weight == VG_FINDING_ERROR)
            fail_msg("line %d: %s", (int)a->finding[i].at.line, a->finding[i].id);
    assert_int_equal(a->from, instant("2031-02-28T22:00:00Z"));
    assert_int_equal(a->to, instant("2031-12-31T22:00:00Z"));
    assert_int_equal(a->cutoff_s, 64800);
    assert_int_equal(a->party[1].allies, 1);
    assert_int_equal(a->zone[1].n_versions, 2);
    assert_int_equal(a->zone[1].version[0].from, INT64_MIN); /* by time, not as written */
    assert_int_equal(a->zone[1].version[0].to, instant("2031-05-31T21:00:00Z"));
    assert_int_equal(a->zone[1].version[1].from, instant("2031-05-31T21:00:00Z"));
    assert_int_equal(vg_agreement_version_at(&a->zone[1], instant("2031-05-31T20:59:59Z")), 0);
    assert_int_equal(vg_agreement_version_at(&a->zone[1], instant("2031-05-31T21:00:00Z")), 1);
    CHECK_STR(a->zone[1].held_by, "south");
    assert_int_equal(c->parties, 1);
    assert_int_equal(c->acts, 1u << VG_ACT_MORTAR | 1u << VG_ACT_JAMMING | 1u << VG_ACT_CYBER_OPERATION |
                                  1u << VG_ACT_INCITEMENT);
    assert_int_equal(c->weapons, 1u << VG_WEAPON_MORTAR);
    assert_int_equal(c->zone, 1);
    assert_int_equal(c->closer, 2);
    assert_true(vg_zone_has(c->closer_shape[0], 50.53, 30.5) &&
                !vg_zone_has(c->closer_shape[0], 50.54, 30.5)); /* 15 km */
    assert_int_equal(c->window.from, instant("2031-04-01T05:00:00Z"));
    assert_int_equal(c->window.to, instant("2031-04-30T21:00:00Z"));
    assert_int_equal(c->window.day_from_s, 79200);
    assert_int_equal(c->window.day_to_s, 16200);
    assert_int_equal(c->window.weekdays, 1 | 32 | 64);
    assert_int_equal(c->n_exemptions, 2);
    assert_int_equal(c->exemption[0].kind, VG_EXEMPT_EXERCISE);
    assert_int_equal(c->exemption[0].acts, 1u << VG_ACT_MORTAR);
    assert_int_equal(c->exemption[1].kind, VG_EXEMPT_SELF_DEFENCE);
    assert_int_equal(a->threshold[0].window_s, 172800);
    assert_int_equal(a->threshold[0].of_second, 1);
    assert_int_equal(a->source[0].delay_s, 7200);
    assert_int_equal(vg_agreement_find_source(a, VG_S("s")), 0);
    assert_int_equal(vg_agreement_find_zone(a, VG_S("line")), 1);
    assert_int_equal(vg_agreement_find_zone(a, VG_S("lines")), VG_AGREEMENT_NOBODY);
    vg_agreement_free(a);
}

static void parties_are_found_whatever_the_accents_and_capitals(void **state)
{
    (void)state;
    vg_agreement *a =
        parsed(GOOD "[[party]]\nid = 'east'\nname = 'Армия Востока'\naliases = ['Südarmee', '东方军']\n");
    static const struct {
        const char *word;
        int32_t party;
    } x[] = { { "north", 0 },
              { "NORTH", 0 },
              { "n", 0 },
              { "the Garde-du-nord", 0 },
              { "south", 1 },
              { "Sudarmee", 2 },
              { "армия востока", 2 },
              { "东方军", 2 },
              { "", -1 },
              { "west", -1 } };
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        if (vg_agreement_find_party(a, vg_str_z(x[i].word)) != x[i].party)
            fail_msg("%s is %d", x[i].word, vg_agreement_find_party(a, vg_str_z(x[i].word)));
    vg_agreement_free(a);
}

/* --- what check finds --- */

static const struct {
    const char *text;
    vg_finding_weight weight;
    int line;
    const char *what;
} found[] = {
    { GOOD "x = 1", 2, 23, "nothing here is called “x”" },
    { "titel = 'x'\n" GOOD, 2, 1, "“titel”" },
    { "id = 'x'\ntitle = 'x'\ncut_off = '18:00'\n" PARTIES ZONE CLAUSE, 2, 1, "no time zone" },
    { "time_zone = 'Europe/Kiyv'\n", 2, 1, "no time zone is called" },
    { "id = 'x'\ntime_zone = 'UTC'\n" PARTIES ZONE CLAUSE, 1, 1, "no cut-off" },
    { "id = 'x'\ntime_zone = 'UTC'\n" PARTIES ZONE CLAUSE, 0, 1, "no title" },
    { "time_zone = 'UTC'\nfrom = 2031-03-01\nto = 2031-02-01", 2, 3, "ends before it begins" },
    { "time_zone = 'UTC'\n" CLAUSE, 2, 1, "no parties" },
    { "time_zone = 'UTC'\n" PARTIES, 2, 1, "no clauses" },
    { "time_zone = 'Europe/Kyiv'\nfrom = 2031-03-30T03:30:00\n", 1, 2,
      "from: 03:30 of 30 March 2031 does not exist in Europe/Kyiv" },
    { "time_zone = 'Europe/Kyiv'\nto = 2031-10-26T03:30:00\n", 1, 2, "comes twice" },
    { "time_zone = 'Europe/Kyiv'\ncut_off = '03:30'\nfrom = 2031-03-01\nto = 2031-12-31\n", 1, 2,
      "cut-off does not exist on 30 March 2031" },
    { GOOD "[limits]\nviolation = 0.5\nprobable = 0.8", 2, 23, "out of order" },
    { GOOD "[limits]\nviolation = 80", 2, 24, "violation = 80" },
    { GOOD "[[party]]\nid = 'n'", 2, 23, "name of two parties" },
    { GOOD "[[party]]\nid = 'north'", 2, 23, "two parties are called" },
    { GOOD "[[party]]\nid = 'w'\nallies = ['w']", 2, 25, "allied with itself" },
    { GOOD "[[party]]\nid = 'w'\nallies = ['nroth']", 2, 25, "no party is called" },
    { HEAD PARTIES ZONE "[[clause]]\nid = 'c'\nparties = 'north'\nacts = 'all'\nzone = 'box'\nseverity = 1",
      1, 10, "no clause binds “south”" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[30, 52], [31, 53], [31, 52], [30, 53]]", 2, 26,
      "crosses itself" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[30, 52], [31, 52]]", 2, 26, "too few" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[30, 130], [31, 52], [31, 53]]", 2, 26,
      "no place on earth" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n", 2, 23, "not drawn" },
    { GOOD "[[zone]]\nid = 'z'\n" SQUARE, 2, 23, "without a kind" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'bufer'\n" SQUARE, 2, 25, "no kind of zone" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'protected_site'\npoint = [33, 50]\n", 2, 26, "without radius_km" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'protected_site'\npoint = [33, 50]\nradius_km = 1500\n", 2, 27,
      "radius_km = 1500" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\nfile = '../z.geojson'\n", 2, 26, "may not be named" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\ngeojson = '{}'\n" SQUARE, 2, 26, "beside area" },
    { GOOD "[[zone]]\nid = 'box'\nkind = 'buffer'\n" SQUARE, 2, 23, "two zones are called" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n" SQUARE, 0, 23, "overlap" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n" SQUARE, 0, 23, "nothing names the zone" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\nfrom = 2032-01-01\n" SQUARE, 2, 23, "never holds" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n[[zone.version]]\nto = 2031-06-30\n" SQUARE
           "[[zone.version]]\nfrom = 2031-06-01\n" SQUARE,
      2, 29, "two versions" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n[[zone.version]]\nto = 2031-06-30\n" SQUARE
           "[[zone.version]]\nfrom = 2031-08-01\n" SQUARE,
      1, 29, "is nowhere from 1 July 2031, 00:00 to 1 August 2031, 00:00" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\nfrom = 2031-06-30\nto = 2031-05-01\n" SQUARE, 2, 23,
      "ends before it begins" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nseverity = 2", 0, 23, "names no zone" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'bax'\nseverity = 2", 2, 27,
      "no zone is called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advence'\nzone = 'box'\nseverity = 2", 2, 26,
      "no act is called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nzone = 'box'\nseverity = 2", 2, 23,
      "does not say what is forbidden" },
    { GOOD "[[clause]]\nid = 'd'\nacts = 'advance'\nzone = 'box'\nseverity = 2", 2, 23,
      "does not say whom it binds" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'east'\nacts = 'advance'\nzone = 'box'\nseverity = 2", 2, 25,
      "no party is called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 9", 2, 28,
      "severity 9" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\n", 0, 23,
      "tells no severity" },
    { GOOD "[[clause]]\nid = 'c'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 2", 2, 23,
      "two clauses are called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'mortar'\nweapons = 'mortar'\nleast_calibre_mm = "
           "420\nzone = 'box'\nseverity = 3",
      2, 23, "no such weapon" },
    { GOOD
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'mortar'\nweapons = 'tank'\nzone = 'box'\nseverity = 3",
      2, 23, "no such weapon" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nrelation = "
           "'closer_than'\nseverity = 3",
      2, 23, "nothing is closer than 0 km" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nrelation = "
           "'closer_than'\ndistance_km = 25000\nseverity = 3",
      2, 23, "closer_than 25,000 km" },
    { GOOD
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\ndistance_km = 25\nseverity = 3",
      1, 23, "distance_km without effect" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nrelation = 'outside'\nseverity = 3", 2,
      23, "of what is everywhere" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nfrom = "
           "2032-01-01",
      2, 23, "its time never comes" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nfrom = "
           "2030-01-01",
      0, 23, "outside that of the agreement" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nfrom = "
           "2031-05-01\nto = 2031-04-01",
      2, 23, "ends before it begins" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\ndaily_from "
           "= '08:00'\ndaily_to = '08:00'",
      2, 23, "daily hours are empty" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nfrom = "
           "2031-04-01\nto = 2031-04-01\nweekdays = 'sunday'",
      2, 23, "its time never comes" }, /* 1 April 2031 is a Tuesday */
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\ndaily_from "
           "= '02:00'\ndaily_to = '05:00'",
      0, 23, "on 30 March 2031 they are 60 minutes shorter" },
    { GOOD
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nwindow = 'w'",
      2, 29, "no window is called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nexceptions "
           "= 'medicel'",
      2, 29, "no exception is called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'all_fire'\nzone = 'box'\nseverity = 5", 1, 23,
      "contradict: severity 3 and 5" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'all_fire'\nzone = 'box'\nseverity = 3", 1, 23,
      "says the same as" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = ['mortar', 'advance']\nzone = 'box'\nseverity = "
           "3\nexceptions = 'demining'",
      1, 17, "forbids what the exception “demining” of “d” allows" },
    { GOOD "[[exception]]\nid = 'e'\nkind = 'exercise'\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = "
           "'advance'\nzone = 'box'\nseverity = 3\nexceptions = 'e'",
      2, 26, "takes back the whole clause" },
    { GOOD "[[exception]]\nid = 'e'\nkind = 'exercise'\nacts = 'mortar'\n[[clause]]\nid = 'd'\nparties = "
           "'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nexceptions = 'e'",
      1, 27, "never applies" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'zone'\nwithin_hours = 24", 2, 23, "without a limit" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'zone'\nwithin_hours = 24\nleast_count = 3\nleast_ratio = 3", 2,
      23, "with 2 limits" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'zone'\nleast_count = 3", 2, 23, "needs within_hours" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'valley'\nwithin_hours = 24\nleast_count = 3", 2, 25,
      "no scope is called" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'zone'\nof = 'valley'\nwithin_hours = 24\nleast_count = 3", 2,
      26, "no zone is called" },
    { GOOD
      "[[threshold]]\nid = 't'\nscope = 'pair'\nof = ['north', 'north']\nwithin_hours = 24\nleast_count = 3",
      2, 26, "a pair of one party" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'all'\nwithin_days = 900\nleast_count = 3", 1, 23,
      "looks back longer" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'all'\nwithin_days = 9\nleast_ratio = 1", 1, 23,
      "reached by an ordinary day" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n area = [[33, 50], [34, 50], [34, 51]]\n[[threshold]]\nid = "
           "'t'\nscope = 'zone'\nof = 'z'\nwithin_days = 9\nleast_count = 1",
      1, 27, "can never be reached" },
    { GOOD "[[source]]\nid = 's'\nkind = 'partol'", 2, 25, "no kind of source" },
    { GOOD "[[source]]\nid = 's'\nkind = 'party'", 1, 23, "does not say of which" },
    { GOOD "[[source]]\nid = 's'\nparty = 'west'", 2, 25, "no party is called" },
    { GOOD "[[source]]\nid = 's'\ndelay_minutes = -5", 2, 25, "delay_minutes = -5" },
    { GOOD "[[source]]\nkind = 'press'", 2, 23, "without an id" },
    { GOOD "[[source]]\nid = 5", 2, 24, "id is a whole number" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'contact_line'\nline = [[33, 50], [34, 50]]\n", 0, 26,
      "a line without buffer_km" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\n" SQUARE "[[zone.version]]\n" SQUARE, 2, 26,
      "area beside [[zone.version]]" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'protected_site'\npoints = [[33, 50], [34, 50]]\nradius_km = 1\n", 0,
      23, "nothing names" },
    { GOOD
      "[[zone]]\nid = 'z'\nkind = 'no_fly'\nfrom = 2031-10-01\n" SQUARE
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'flights'\nzone = 'z'\nseverity = 3\nto = 2031-04-30",
      2, 28, "its zone is never in force" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'no_fly'\nfrom = 2031-10-01\n" SQUARE
           "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'flights'\nzone = 'z'\nseverity = 3",
      1, 28, "is not in force all the time" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = ['mortar', 'mlrs']\nweapons = 'mlrs'\nzone = "
           "'box'\nseverity = 3",
      1, 23, "“mortar fire” in the clause “d” can never be matched" },
    { GOOD "[[window]]\nid = 'w'\nfrom = 2031-04-01\n[[window]]\nid = 'w'\nfrom = 2031-04-01", 2, 26,
      "two windows are called" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nweekdays = "
           "'mondy'",
      2, 29, "no day of the week" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\ndaily_from "
           "= '25:00'",
      2, 29, "time-form" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[33, 50], [34, 50], [34, 50]]\n", 2, 26,
      "the zone is empty" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\nfile = 'nowhere.geojson'\n", 2, 26, "may not be named" },
    { "zone = 5\n" HEAD, 2, 1, "zone is not a table" },
    { GOOD "[[clause]]\nid = 'd'\nparties = []\nacts = 'advance'\nzone = 'box'\nseverity = 2", 2, 23,
      "does not say whom it binds" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = []\nzone = 'box'\nseverity = 2", 2, 23,
      "does not say what is forbidden" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\nversion = []", 2, 23, "not drawn" },
    { GOOD "[[window]]\nid = 'w'\nweekdays = []", 2, 25, "empty-list" },
    { GOOD
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nweapons = []",
      2, 29, "empty-list" },
    { GOOD "[[exception]]\nid = 'e'\nkind = 'medical'\nacts = []", 2, 26, "empty-list" },
    { "id = 'x'\ntime_zone = 'UTC'\n" PARTIES ZONE CLAUSE, 0, 1, "no-from" },
    { "id = 'x'\ntime_zone = 'UTC'\n[[party]]\nid = 'north'\n" ZONE CLAUSE, 0, 3, "party-alone" },
    { GOOD "[[party]]\nid = 'w'\naliases = 'Gardes du Nord'", 1, 23, "alias-near" },
    { GOOD "[[party]]\nid = 'w'\nallies = 'north'", 1, 23, "ally-of-both" },
    { GOOD
      "[[threshold]]\nid = 't'\nscope = 'pair'\nof = ['north', 'south']\nwithin_days = 2\nleast_count = 2",
      1, 23, "pair-of-allies" },
    { GOOD "[[threshold]]\nid = 't'\nscope = 'all'\nwithin_days = 2\nleast_count = 2", 0, 23,
      "threshold-no-action" },
    { GOOD "[limits]\nattributed = 0.5", 1, 23, "limit-attributed-low" },
    { GOOD "[limits]\nattributed = 70", 2, 24, "limit-percent" },
    { GOOD "[[source]]\nid = 's'\nkind = 'party'\nparty = 'north'", 1, 23, "sources-all-partial" },
    /* a withdrawal distance within the zone's own buffer */
    { GOOD "[[zone]]\nid = 'l'\nkind = 'contact_line'\nline = [[30, 50], [31, 50]]\nbuffer_km = "
           "5\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'weapon_presence'\nzone = 'l'\nrelation = "
           "'closer_than'\ndistance_km = 3\nseverity = 3",
      1, 28, "distance-in-buffer" },
    /* the heavier gun may stand closer than all guns */
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'weapon_presence'\nweapons = 'howitzer'\nzone = "
           "'box'\nrelation = 'closer_than'\ndistance_km = 25\nseverity = 3\n[[clause]]\nid = 'e'\nparties = "
           "'north'\nacts = 'weapon_presence'\nweapons = 'howitzer'\nleast_calibre_mm = 150\nzone = "
           "'box'\nrelation = 'closer_than'\ndistance_km = 15\nseverity = 4",
      1, 32, "clauses-distance" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'north'\nacts = ['mortar']\nzone = 'box'\nrelation = "
           "'outside'\nseverity = 3",
      1, 23, "clauses-nowhere" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'north'\nacts = ['mortar']\nzone = 'box'\nseverity = 3", 0, 23,
      "clause-within" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = ['mortar', 'all']\nzone = 'box'\nseverity = 3", 0,
      23, "clause-holds" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'weapon_presence'\nzone = 'box'\nrelation = "
           "'target_inside'\nseverity = 3",
      1, 23, "clause-no-target" },
    { HEAD
      "[[party]]\nid = 'north'\nweapons = ['small_arms', 'mortar']\n[[party]]\nid = 'south'\n" ZONE CLAUSE
      "[[clause]]\nid = 'd'\nparties = 'north'\nacts = 'mlrs'\nzone = 'box'\nseverity = 4\n",
      1, 22, "clause-no-arms" },
    { GOOD "[[exception]]\nid = 'e'\nkind = 'exercise'\nparty = 'north'\nacts = ['advance', "
           "'mortar']\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = "
           "3\nexceptions = 'e'",
      1, 28, "exception-wider-acts" },
    { GOOD "[[exception]]\nid = 'e'\nkind = 'exercise'\nparty = 'north'\nfrom = 2031-04-20\nto = "
           "2031-05-10\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = "
           "3\nexceptions = 'e'\nfrom = 2031-04-01\nto = 2031-04-30",
      1, 29, "exception-wider-time" },
    /* an exercise in a wider zone that holds all of the clause's */
    { GOOD
      "[[zone]]\nid = 'range'\nkind = 'no_fly'\narea = [[29, 49], [32, 49], [32, 52], [29, "
      "52]]\n[[exception]]\nid = 'e'\nkind = 'exercise'\nzone = 'range'\n[[clause]]\nid = 'd'\nparties = "
      "'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nexceptions = 'e'",
      2, 31, "exception-whole" },
    { GOOD
      "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\nseverity = 3\nexceptions = "
      "'repair'",
      1, 23, "repair-always" },
    /* a corridor that leaves the zone which protects it, and a zone outside the territory */
    { GOOD "[[zone]]\nid = 'road'\nkind = 'corridor'\nline = [[30.2, 50.5], [31.3, 50.5]]\nbuffer_km = 2", 1,
      23, "zone-leaves" },
    { GOOD
      "[[zone]]\nid = 'land'\nkind = 'whole_territory'\narea = [[30, 50], [30.7, 50], [30.7, 52], [30, 52]]",
      1, 13, "zone-leaves-territory" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[50, 30], [51, 30], [51, 31], [50, 31]]", 1, 23,
      "zone-swapped" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[-30, 20], [40, 20], [40, 52], [-30, 52]]", 1, 23,
      "zone-huge" },
};

/* What must not be told of: each text is one that looks like a fault above and is none. */
static const struct {
    const char *text, *id;
} fine[] = {
    { GOOD "[[party]]\nid = 'group-1'\n[[party]]\nid = 'group-2'\n", "alias-near" },
    { GOOD "[[party]]\nid = 'w'\nallies = ['north', 'south']", "ally-of-both" },
    { HEAD
      "[[party]]\nid = 'north'\nallies = 'south'\nweapons = 'small_arms'\n[[party]]\nid = 'south'\nweapons = "
      "'mlrs'\n" ZONE CLAUSE "[[clause]]\nid = 'd'\nparties = 'north'\nacts = 'mlrs'\nzone = 'box'\nseverity "
      "= 4\n",
      "clause-no-arms" },
    { GOOD "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'weapon_presence'\nweapons = 'howitzer'\nzone = "
           "'box'\nrelation = 'closer_than'\ndistance_km = 25\nseverity = 3\n[[clause]]\nid = 'e'\nparties = "
           "'north'\nacts = 'weapon_presence'\nweapons = 'howitzer'\nleast_calibre_mm = 150\nzone = "
           "'box'\nrelation = 'closer_than'\ndistance_km = 40\nseverity = 4",
      "clauses-distance" },
    { GOOD "[[zone]]\nid = 'road'\nkind = 'corridor'\noverlaps = 'box'\nline = [[30.2, 50.5], [31.3, "
           "50.5]]\nbuffer_km = 2",
      "zone-leaves" },
    { GOOD "[[zone]]\nid = 'z'\nkind = 'buffer'\narea = [[50, 50], [51, 50], [51, 51], [50, 51]]",
      "zone-swapped" },
    { GOOD "[[source]]\nid = 's'\nkind = 'party'\nparty = 'north'\n[[source]]\nid = 'p'\nkind = 'patrol'",
      "sources-all-partial" },
};

/* What a finding says in English; good until the next one. */
static vg_str said(const vg_agreement *a, const vg_agreement_finding *f)
{
    static char text[4000];
    vg_arena arena;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&arena, 1 << 20, &e), &e);
    vg_str s = vg_agreement_say(a, f, VG_SAY_WHAT, VG_LANG_EN, &arena);
    snprintf(text, sizeof text, "%.*s", VG_P(s));
    vg_arena_free(&arena);
    return vg_str_z(text);
}

static bool has(const vg_agreement *a, vg_finding_weight weight, int line, const char *what)
{
    for (int32_t i = 0; i < a->n_findings; i++) {
        const vg_agreement_finding *f = &a->finding[i];
        if (f->weight == weight && f->at.line == line &&
            (strcmp(f->id, what) == 0 || vg_find(said(a, f), vg_str_z(what)) >= 0))
            return true;
    }
    return false;
}

static void every_fault_is_found_at_its_line(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        vg_agreement *a = parsed(found[i].text);
        if (!has(a, found[i].weight, found[i].line, found[i].what)) {
            wrong++;
            print_message("not found in line %d: %s; but\n", found[i].line, found[i].what);
            for (int32_t k = 0; k < a->n_findings; k++)
                print_message("  %d %d %s: %.*s\n", a->finding[k].weight, (int)a->finding[k].at.line,
                              a->finding[k].id, VG_P(said(a, &a->finding[k])));
        }
        vg_agreement_free(a);
    }
    assert_int_equal(wrong, 0);
}

static void what_only_looks_like_a_fault_is_not_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        vg_agreement *a = parsed(fine[i].text);
        for (int32_t k = 0; k < a->n_findings; k++)
            if (strcmp(a->finding[k].id, fine[i].id) == 0)
                fail_msg("told of in line %d: %s", (int)a->finding[k].at.line, fine[i].id);
        vg_agreement_free(a);
    }
}

/* Each finding of the table above: what, why or mend in words of both languages, nothing left open, not the same words. */
static void every_finding_has_its_sentences_in_both_languages(void **state)
{
    (void)state;
    vg_arena arena;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&arena, 64 << 20, &e), &e);
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        vg_agreement *a = parsed(found[i].text);
        for (int32_t k = 0; k < a->n_findings; k++) {
            const vg_agreement_finding *f = &a->finding[k];
            for (int part = VG_SAY_WHAT; part <= VG_SAY_MEND; part++) {
                vg_str en = vg_agreement_say(a, f, (vg_say_part)part, VG_LANG_EN, &arena),
                       fr = vg_agreement_say(a, f, (vg_say_part)part, VG_LANG_FR, &arena);
                bool formula = vg_find(en, VG_S(" = ")) >= 0; /* "severity = 9" is the same in any language */
                if ((en.n == 0) != (fr.n == 0) || (part == VG_SAY_WHAT && !en.n))
                    fail_msg("%s, part %d: no sentence", f->id, part);
                if (vg_find_byte(en, '{') >= 0 || vg_find_byte(fr, '{') >= 0)
                    fail_msg("%s: a placeholder is left: %.*s", f->id, VG_P(fr));
                if (en.n && !formula && vg_eq(en, fr))
                    fail_msg("%s is not French: %.*s", f->id, VG_P(fr));
            }
            if (!vg_agreement_say(a, f, VG_SAY_WHY, VG_LANG_EN, &arena).n &&
                !vg_agreement_say(a, f, VG_SAY_MEND, VG_LANG_EN, &arena).n)
                fail_msg("%s says neither why nor how to mend it", f->id);
        }
        vg_agreement_free(a);
    }
    vg_arena_free(&arena);
}

static void a_finding_shows_no_control_character_of_the_file(void **state)
{
    (void)state;
    vg_arena arena;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&arena, 1 << 20, &e), &e);
    vg_agreement *a = parsed(GOOD "[[source]]\nid = 's'\nparty = \"\\u001b[31mwest\\u202e\\u0007\"\n");
    const vg_agreement_finding *f = &a->finding[0];
    CHECK_STR(vg_str_z(f->id), "party-unknown");
    CHECK_STR(vg_agreement_say(a, f, VG_SAY_WHAT, VG_LANG_EN, &arena),
              "no party is called “\\u001b[31mwest\\u202e\\u0007”");
    CHECK_STR(vg_agreement_say(a, f, VG_SAY_WHAT, VG_LANG_FR, &arena),
              "aucune partie ne s’appelle «\xC2\xA0\\u001b[31mwest\\u202e\\u0007\xC2\xA0»");
    CHECK_STR(vg_agreement_shown(VG_S("Garde du Nord \xD0\x90"), &arena), "Garde du Nord \xD0\x90");
    vg_agreement_free(a);
    vg_arena_free(&arena);
}

static void too_many_clauses_are_told_once(void **state)
{
    (void)state;
    static char text[200000];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", GOOD);
    for (int i = 0; i < VG_AGREEMENT_CLAUSES; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "[[clause]]\nid = 'n%d'\nparties = 'all'\nacts = 'naval'\n", i);
    vg_agreement *a = parsed(text);
    assert_int_equal(a->n_errors, 1);
    vg_agreement_free(a);
}

static void a_zone_within_a_watched_one_can_reach_its_threshold(void **state)
{
    (void)state;
    vg_agreement *a =
        parsed(GOOD "[[zone]]\nid = 'all'\nkind = 'security_zone'\narea = [[29, 50], [33, 50], [33, 54], "
                    "[29, 54]]\n[[zone]]\nid = 'site'\nkind = 'protected_site'\npoint = [32.5, "
                    "50.5]\nradius_km = 2\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = "
                    "'advance'\nzone = 'all'\nseverity = 2\n[[threshold]]\nid = 't'\nscope = "
                    "'zone'\nof = 'site'\nwithin_hours = 24\nleast_count = 1\n");
    for (int32_t i = 0; i < a->n_findings; i++)
        assert_null(strstr(a->finding[i].id, "threshold-never"));
    vg_agreement_free(a);
}

/* An exercise on Friday nights, from 22:00 to 04:00, and a clause of the same acts on another day. */
static void hours_over_midnight_reach_into_the_next_day_of_the_week(void **state)
{
    (void)state;
    static const struct {
        const char *clause;
        bool never;
    } x[] = { { "weekdays = 'saturday'\ndaily_from = '00:00'\ndaily_to = '06:00'", false },
              { "weekdays = 'saturday'\ndaily_from = '04:00'\ndaily_to = '06:00'", true },
              { "weekdays = 'friday'\ndaily_from = '00:00'\ndaily_to = '03:00'", true },
              { "weekdays = 'friday'\ndaily_from = '20:00'\ndaily_to = '22:30'", false },
              { "weekdays = 'thursday'\ndaily_from = '23:00'\ndaily_to = '22:30'", false },
              { "weekdays = 'sunday'", true } };
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        char text[4000];
        snprintf(text, sizeof text,
                 "%s[[exception]]\nid = 'e'\nkind = 'exercise'\nweekdays = 'friday'\ndaily_from = '22:00'\n"
                 "daily_to = '04:00'\n[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = 'box'\n"
                 "severity = 3\nexceptions = 'e'\n%s\n",
                 GOOD, x[i].clause);
        vg_agreement *a = parsed(text);
        if (has(a, VG_FINDING_WARNING, 29, "never applies") != x[i].never)
            fail_msg("%s: %s", x[i].clause, x[i].never ? "not told" : "told wrongly");
        vg_agreement_free(a);
    }
}

static void a_good_agreement_has_no_findings(void **state)
{
    (void)state;
    vg_agreement *a = parsed(GOOD);
    if (a->n_findings)
        fail_msg("line %d: %s", (int)a->finding[0].at.line, a->finding[0].id);
    vg_agreement_free(a);
}

static void zones_over_the_date_line_and_the_pole_are_no_finding(void **state)
{
    (void)state;
    vg_agreement *a =
        parsed(HEAD PARTIES
               "[[zone]]\nid = 'box'\nkind = 'buffer'\narea = [[179, -17], [-179, -17], [-179, -16], [179, "
               "-16]]\n" CLAUSE "[[zone]]\nid = 'pole'\nkind = 'no_fly'\npoint = [0, 90]\nradius_km = 300\n"
               "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'flights'\nzone = 'pole'\nseverity = 1\n");
    if (a->n_findings)
        fail_msg("line %d: %s", (int)a->finding[0].at.line, a->finding[0].id);
    assert_true(vg_zone_has(a->zone[0].version[0].shape, -16.5, 180) &&
                !vg_zone_has(a->zone[0].version[0].shape, -16.5, 0));
    assert_true(vg_zone_has(a->zone[1].version[0].shape, 88, 123));
    vg_agreement_free(a);
}

static void what_is_not_toml_fails_with_line_and_column(void **state)
{
    (void)state;
    vg_agreement *a = NULL;
    vg_err e = VG_NO_ERR;
    assert_false(vg_agreement_parse(VG_S("id = 'x'\nid = 'y'"), VG_S("a.toml"), NULL, &a, &e));
    assert_int_equal(e.code, VG_ECONFLICT);
    assert_int_equal(e.at.line, 2);
    CHECK_STR(e.at.file, "a.toml");
    assert_null(a);
}

/* --- distances --- */

static void inside_of_an_area_is_closer_than_any_distance_and_a_line_has_two_sides(void **state)
{
    (void)state;
    static const char more[] = "[[zone]]\nid = 'edge'\nkind = 'contact_line'\n" SQUARE
                               "[[clause]]\nid = 'd'\nparties = 'all'\nacts = 'advance'\nzone = "
                               "'box'\nrelation = 'closer_than'\ndistance_km = 10\nseverity = 3\n"
                               "[[clause]]\nid = 'e'\nparties = 'all'\nacts = 'advance'\nzone = "
                               "'edge'\nrelation = 'closer_than'\ndistance_km = 10\nseverity = 3\n";
    char text[4096];
    snprintf(text, sizeof text, "%s%s", GOOD, more);
    vg_agreement *a = parsed(text);
    const vg_zone *box = a->clause[1].closer_shape[0], *edge = a->clause[2].closer_shape[0];
    /* a degree of latitude is 111.2 km at 50 degrees north: .08 degrees are 8.9 km, .1 are 11.1 km */
    assert_true(vg_zone_has(box, 50.5, 30.5) && vg_zone_has(box, 49.92, 30.5) &&
                !vg_zone_has(box, 49.9, 30.5));
    assert_true(!vg_zone_has(edge, 50.5, 30.5) && vg_zone_has(edge, 49.92, 30.5) &&
                vg_zone_has(edge, 50.08, 30.5));
    vg_agreement_free(a);
}

/* --- windows and days --- */

static void windows_count_local_hours_over_changes_of_the_clocks(void **state)
{
    (void)state;
    vg_agreement *a = parsed(GOOD);
    const vg_window morning = { INT64_MIN, INT64_MAX, 2 * 3600, 5 * 3600, 0 },
                    night = { INT64_MIN, INT64_MAX, 22 * 3600, 4 * 3600, 1 };
    int64_t spring = instant("2031-03-29T22:00:00Z"), autumn = instant("2031-10-25T21:00:00Z");
    assert_int_equal(vg_window_overlap(&morning, a->clock, spring, spring + 23 * 3600), 2 * 3600);
    assert_int_equal(vg_window_overlap(&morning, a->clock, autumn, autumn + 25 * 3600), 4 * 3600);
    /* Monday night, 31 March 2031 22:00 to 1 April 04:00, local; the rest of Tuesday is free */
    assert_int_equal(
        vg_window_overlap(&night, a->clock, instant("2031-03-31T19:00:00Z"), instant("2031-04-01T21:00:00Z")),
        6 * 3600);
    assert_int_equal(
        vg_window_overlap(&night, a->clock, instant("2031-03-30T19:00:00Z"), instant("2031-03-31T02:00:00Z")),
        0);
    assert_int_equal(
        vg_window_overlap(&night, a->clock, instant("2031-03-31T20:00:00Z"), instant("2031-03-31T20:00:00Z")),
        1);
    assert_int_equal(vg_window_overlap(&a->clause[0].window, a->clock, a->to, a->to), 0);
    assert_int_equal(vg_window_overlap(&a->clause[0].window, a->clock, a->from, a->from), 1);
    vg_agreement_free(a);
}

static const char *overlaps_add_up(vg_rng *r)
{
    static const char *const zone[] = { "Europe/Kyiv", "Pacific/Apia", "Australia/Lord_Howe",
                                        "America/St_Johns", "Asia/Kolkata" };
    vg_clock *clock;
    vg_err e = VG_NO_ERR;
    if (!vg_clock_open(vg_str_z(zone[vg_rng_below(r, 5)]), &clock, &e))
        return "no clock";
    const char *wrong = NULL;
    for (int k = 0; k < 20 && !wrong; k++) {
        vg_window w = { INT64_MIN, INT64_MAX, (int32_t)vg_rng_below(r, 86400),
                        (int32_t)vg_rng_below(r, 86401), (uint8_t)vg_rng_below(r, 128) };
        int64_t from = 1300000000 + vg_rng_below(r, 700000000), to = from + vg_rng_below(r, 86400 * 40) + 2;
        int64_t middle = from + 1 + vg_rng_below(r, (uint32_t)(to - from - 1)), seconds = 0;
        for (int64_t at = from; at < to; at += 60) { /* the slow way: a look at the clock at each minute */
            int64_t local = at + vg_clock_offset_s(clock, at), day = local / 86400, second = local % 86400;
            bool over = w.day_from_s > w.day_to_s, late = over && second < w.day_to_s;
            bool hours =
                over ? late || second >= w.day_from_s : second >= w.day_from_s && second < w.day_to_s;
            int64_t weekday = (day - late + 3) % 7;
            seconds += 60 * (hours && (!w.weekdays || (w.weekdays >> weekday & 1)));
        }
        int64_t whole = vg_window_overlap(&w, clock, from, to);
        if (whole != vg_window_overlap(&w, clock, from, middle) + vg_window_overlap(&w, clock, middle, to))
            wrong = "two parts are not the whole";
        if (w.day_from_s != w.day_to_s && llabs(whole - seconds) > 60 * 100)
            wrong = "not what the clock on the wall says";
    }
    vg_clock_close(clock);
    return wrong;
}

static void overlaps_of_parts_are_those_of_the_whole(void **state)
{
    (void)state;
    check_property("overlaps_add_up", overlaps_add_up, 40);
}

static const char *days_follow_one_another(vg_rng *r)
{
    static const char *const zone[] = { "Europe/Kyiv", "Pacific/Apia", "Australia/Lord_Howe", "UTC" };
    vg_agreement a = { .cutoff_s = (int32_t)vg_rng_below(r, 25) * 3600 };
    vg_clock *clock;
    vg_err e = VG_NO_ERR;
    if (!vg_clock_open(vg_str_z(zone[vg_rng_below(r, 4)]), &clock, &e))
        return "no clock";
    a.clock = clock;
    const char *wrong = NULL;
    for (int k = 0; k < 100 && !wrong; k++) {
        int64_t at = 1300000000 + vg_rng_below(r, 700000000), from, to, next, end;
        int32_t day = vg_agreement_day(&a, at);
        vg_agreement_day_bounds(&a, day, &from, &to);
        vg_agreement_day_bounds(&a, day + 1, &next, &end);
        if (at < from || at >= to)
            wrong = "an instant is not in its day";
        if (next != to)
            wrong = "the next day does not begin when this one ends";
        if (vg_agreement_day(&a, to) <= day || vg_agreement_day(&a, from) != day)
            wrong = "a day's bounds belong to another";
    }
    vg_clock_close(clock);
    return wrong;
}

static void reporting_days_leave_no_gap(void **state)
{
    (void)state;
    check_property("days_follow_one_another", days_follow_one_another, 40);
    vg_agreement *a = parsed(GOOD);
    int32_t day;
    assert_true(vg_day_parse(VG_S("2031-06-10"), VG_DATE_ISO, &day));
    assert_int_equal(vg_agreement_day(a, instant("2031-06-09T15:00:00Z")),
                     day); /* 18:00 of the 9th: the 10th begins */
    assert_int_equal(vg_agreement_day(a, instant("2031-06-10T14:59:59Z")), day);
    vg_agreement_free(a);
}

/* --- the whole text --- */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void files_are_written_into_the_whole_text(void **state)
{
    (void)state;
    char folder[256], path[512], zones[512];
    vg_err e = VG_NO_ERR;
    vg_agreement *a, *b;
    vg_out o;
    temp_dir(folder);
    snprintf(zones, sizeof zones, "%s/zones", folder);
    assert_int_equal(mkdir(zones, 0700), 0);
    write_file(zones, "z.geojson",
               "{\"type\":\"Feature\",\"properties\":{\"name\":\"it's '''so'''\"},\"geometry\":"
               "{\"type\":\"LineString\",\"coordinates\":[[30,50.5],[31,50.5]]}}\n");
    write_file(zones, "y.geojson",
               "{\"type\":\"Polygon\",\"coordinates\":[[[30,50],[31,50],[31,51],[30,50]]]}\n");
    write_file(folder, "a.toml",
               HEAD PARTIES ZONE CLAUSE
               "[[zone]]\nid = 'l'\nkind = 'contact_line'\n[[zone.version]]\nto = 2031-06-30\n\"file\" = "
               "\"zones/z.geojson\" # there\n"
               "[[zone.version]]\nfrom = 2031-07-01\nfile='zones/y.geojson'\n[[clause]]\nid = 'd'\nparties = "
               "'all'\nacts = 'advance'\n"
               "zone = 'l'\nrelation = 'closer_than'\ndistance_km = 5\nseverity = 3\n");
    snprintf(path, sizeof path, "%s/a.toml", folder);
    CHECK_OK(vg_agreement_read(path, &a, &e), &e);
    assert_int_equal(a->n_errors, 0);
    CHECK_OK(vg_out_memory(&o, &e) && vg_agreement_whole(a, &o, &e), &e);
    CHECK_OK(vg_agreement_parse(vg_out_text(&o), VG_S("whole"), NULL, &b, &e), &e);
    assert_int_equal(b->n_errors, 0);
    assert_string_equal(a->sha256, b->sha256);
    assert_int_equal(b->zone[1].n_versions, 2);
    for (int i = 0; i < 2; i++) {
        CHECK_NEAR(vg_zone_area_km2(b->zone[1].version[i].shape),
                   vg_zone_area_km2(a->zone[1].version[i].shape), 0);
        CHECK_NEAR(vg_zone_area_km2(b->clause[1].closer_shape[i]),
                   vg_zone_area_km2(a->clause[1].closer_shape[i]), 0);
    }
    vg_out_drop(&o);
    vg_agreement_free(a);
    vg_agreement_free(b);
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agreement_is_read_as_it_is_written),
        cmocka_unit_test(parties_are_found_whatever_the_accents_and_capitals),
        cmocka_unit_test(too_many_clauses_are_told_once),
        cmocka_unit_test(a_zone_within_a_watched_one_can_reach_its_threshold),
        cmocka_unit_test(hours_over_midnight_reach_into_the_next_day_of_the_week),
        cmocka_unit_test(a_good_agreement_has_no_findings),
        cmocka_unit_test(every_fault_is_found_at_its_line),
        cmocka_unit_test(what_only_looks_like_a_fault_is_not_told),
        cmocka_unit_test(every_finding_has_its_sentences_in_both_languages),
        cmocka_unit_test(a_finding_shows_no_control_character_of_the_file),
        cmocka_unit_test(zones_over_the_date_line_and_the_pole_are_no_finding),
        cmocka_unit_test(what_is_not_toml_fails_with_line_and_column),
        cmocka_unit_test(inside_of_an_area_is_closer_than_any_distance_and_a_line_has_two_sides),
        cmocka_unit_test(windows_count_local_hours_over_changes_of_the_clocks),
        cmocka_unit_test(overlaps_of_parts_are_those_of_the_whole),
        cmocka_unit_test(reporting_days_leave_no_gap),
        cmocka_unit_test(files_are_written_into_the_whole_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
