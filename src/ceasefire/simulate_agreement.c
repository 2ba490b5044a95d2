/* The made-up agreement as a file, so that a replay takes the whole way through the reader. Invariant: what is written
 * here is what the world holds; coordinates have five decimals, which is a metre. */
#include "ceasefire/simulate_int.h"
#include "core/date.h"

static void put_instant(vg_out *o, const char *key, int32_t day)
{
    char buf[32];
    vg_str text = vg_instant_text((VG_SIM_FIRST_DAY + day) * (int64_t)VG_SIM_DAY, buf);
    vg_print(o, "%s = %.*s\n", key, VG_P(text));
}

static void put_places(vg_out *o, const vg_sim_zone *z, double shift_m)
{
    for (int32_t i = 0; i < z->n_points; i++) {
        double x_m = z->x_m[i] + shift_m;
        vg_put(o, i ? VG_S(", [") : VG_S("["));
        vg_put_fixed(o, vg_sim_lon(x_m, z->y_m[i]), 5);
        vg_put(o, VG_S(", "));
        vg_put_fixed(o, vg_sim_lat(z->y_m[i]), 5);
        vg_put_char(o, ']');
    }
}

static void put_drawing(vg_out *o, const vg_sim_zone *z, double shift_m)
{
    static const char *const key[] = { "area", "point", "line" };
    bool circle = z->form == VG_SIM_CIRCLE;
    vg_print(o, circle ? "%s = " : "%s = [", key[z->form]);
    put_places(o, z, shift_m);
    vg_put(o, circle ? VG_S("\n") : VG_S("]\n"));
    if (z->form != VG_SIM_AREA) {
        vg_print(o, "%s = ", circle ? "radius_km" : "buffer_km");
        vg_put_fixed(o, z->buffer_km, 3);
        vg_put_char(o, '\n');
    }
}

static void put_zone(vg_out *o, const vg_sim_zone *z)
{
    vg_print(o, "\n[[zone]]\nid = \"%s\"\nkind = \"%s\"\n", z->id, vg_zone_kind_name((int)z->kind));
    if (z->held_by >= 0)
        vg_print(o, "held_by = \"%s\"\n", vg_sim_party_name(z->held_by, 0));
    if (z->n_versions == 1) {
        put_drawing(o, z, 0);
        return;
    }
    for (int32_t k = 0; k < z->n_versions; k++) {
        vg_put(o, VG_S("[[zone.version]]\n"));
        if (k > 0)
            put_instant(o, "from", z->change_day[k - 1]);
        if (k + 1 < z->n_versions)
            put_instant(o, "to", z->change_day[k]);
        put_drawing(o, z, z->shift_m[k]);
    }
}

static void put_words(vg_out *o, const char *key, uint32_t bits, const char *(*name)(int), int n)
{
    const char *comma = "";
    vg_print(o, "%s = [", key);
    for (int i = 0; i < n; i++)
        if (bits >> i & 1) {
            vg_print(o, "%s\"%s\"", comma, name(i));
            comma = ", ";
        }
    vg_put(o, VG_S("]\n"));
}

static const char *party_id(int i)
{
    return vg_sim_party_name(i, 0);
}

static void put_window(vg_out *o, const vg_sim_clause *c)
{
    if (c->from_day >= 0) {
        put_instant(o, "from", c->from_day);
        put_instant(o, "to", c->to_day);
    }
    if (c->hour_from || c->hour_to)
        vg_print(o, "daily_from = \"%02d:00\"\ndaily_to = \"%02d:00\"\n", (int)c->hour_from, (int)c->hour_to);
    if (c->weekdays)
        vg_put(o, VG_S("weekdays = [\"saturday\", \"sunday\"]\n"));
}

static void put_clause(vg_out *o, const vg_sim_world *w, const vg_sim_clause *c)
{
    static const char *const relation[VG_N_RELATIONS] = { "inside",   "outside",       "closer_than",
                                                          "crossing", "target_inside", "origin_inside" };
    vg_print(o, "\n[[clause]]\nid = \"%s\"\ntitle = \"%s\"\n", c->id, c->title);
    if (c->parties == UINT32_MAX)
        vg_put(o, VG_S("parties = \"all\"\n"));
    else
        put_words(o, "parties", c->parties, party_id, VG_SIM_PARTIES);
    put_words(o, "acts", c->acts, vg_act_name, VG_N_ACTS);
    if (c->weapons)
        put_words(o, "weapons", c->weapons, vg_weapon_name, VG_N_WEAPONS);
    if (c->least_calibre_mm > 0) {
        vg_put(o, VG_S("least_calibre_mm = "));
        vg_put_num(o, c->least_calibre_mm);
        vg_put_char(o, '\n');
    }
    if (c->zone >= 0)
        vg_print(o, "zone = \"%s\"\nrelation = \"%s\"\n", w->zone[c->zone].id, relation[c->relation]);
    if (c->relation == VG_RELATION_CLOSER_THAN) {
        vg_put(o, VG_S("distance_km = "));
        vg_put_num(o, c->distance_km);
        vg_put_char(o, '\n');
    }
    put_window(o, c);
    vg_print(o, "severity = %d\n", (int)c->severity);
    if (c->exercise >= 0)
        vg_print(o, "exceptions = [\"exercise-%d\"]\n", (int)c->exercise + 1);
}

static void put_exercise(vg_out *o, const vg_sim_world *w, int32_t i)
{
    const vg_sim_exercise *x = &w->exercise[i];
    vg_print(o, "\n[[exception]]\nid = \"exercise-%d\"\nkind = \"exercise\"\nparty = \"%s\"\nzone = \"%s\"\n",
             (int)i + 1, party_id(x->party), w->zone[x->zone].id);
    put_instant(o, "from", x->from_day);
    put_instant(o, "to", x->to_day);
}

static void put_source(vg_out *o, const vg_sim_source *s)
{
    vg_print(o, "\n[[source]]\nid = \"%s\"\nkind = \"%s\"\n", s->id, vg_source_kind_name(s->kind));
    if (s->party >= 0)
        vg_print(o, "party = \"%s\"\n", party_id(s->party));
    vg_put(o, VG_S("delay_minutes = "));
    vg_put_num(o, vg_sim_delay_s(s->kind) / 60);
    vg_put(o, VG_S("\nradius_m = "));
    vg_put_num(o, vg_sim_radius_m(s->kind));
    vg_put(o, VG_S("\nmost_per_minute = 100000000\n")); /* a replay sends a year in seconds */
}

static void put_party(vg_out *o, int i)
{
    vg_print(o, "\n[[party]]\nid = \"%s\"\nname = \"%s\"\naliases = [\"%s\", \"%s\"]\n", party_id(i),
             vg_sim_party_name(i, 1), vg_sim_party_name(i, 2), vg_sim_party_name(i, 3));
    if (i < 2) /* what the ally does counts as the principal's */
        vg_print(o, "allies = [\"%s\"]\n", party_id(i + 2));
}

bool vg_sim_agreement_put(const vg_sim_world *w, vg_out *o, vg_err *e)
{
    vg_put(o, VG_S("# A made-up agreement over a made-up country (vigie ceasefire replay --simulate).\n"
                   "id = \"simulation\"\ntitle = \"Simulated ceasefire\"\nversion = \"1\"\n"
                   "time_zone = \"Atlantic/Azores\"\ncut_off = \"20:00\"\n"));
    for (int i = 0; i < VG_SIM_PARTIES; i++)
        put_party(o, i);
    for (int32_t i = 0; i < VG_SIM_SOURCES; i++)
        put_source(o, &w->source[i]);
    for (int32_t i = 0; i < w->n_zones; i++)
        put_zone(o, &w->zone[i]);
    for (int32_t i = 0; i < VG_SIM_EXERCISES; i++)
        put_exercise(o, w, i);
    for (int32_t i = 0; i < w->n_clauses; i++)
        put_clause(o, w, &w->clause[i]);
    return !o->failed || vg_fail_memory(e, 0);
}
