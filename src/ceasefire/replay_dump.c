/* A simulation as files for other programs. Invariant: what is written is the agreement as read and the reports as given
 * to the watch, so that another program can be held to the same truth. Shapes are written out per clause: the zone of
 * each of its versions, or the buffer of "closer than". */
#include <inttypes.h>

#include "ceasefire/replay.h"

static bool begin(vg_out *o, const char *folder, const char *name, vg_err *e)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return vg_out_path(o, path, e);
}

static void put_known(vg_out *o, double x, int decimals)
{
    vg_put_char(o, ',');
    vg_put_fixed(o, x, decimals);
}

static void put_word(vg_out *o, vg_str s)
{
    vg_put_char(o, ',');
    vg_put_csv(o, s);
}

static void put_report(vg_out *o, const vg_report *r)
{
    vg_put_csv(o, r->source);
    put_word(o, r->id);
    vg_print(o, ",%" PRId64 ",%" PRId64 ",%" PRId64, r->received_at, r->from, r->to);
    put_known(o, r->lat_deg, 5);
    put_known(o, r->lon_deg, 5);
    put_known(o, r->radius_m, 0);
    put_known(o, r->bearing_deg, 2);
    put_known(o, r->range_m, 0);
    put_known(o, r->range_to_m, 0);
    put_word(o, r->place);
    vg_print(o, ",%s,%s", vg_act_name(r->act), vg_weapon_name(r->weapon));
    put_known(o, r->calibre_mm, 2);
    vg_put_char(o, ',');
    if (r->count >= 0)
        vg_put_int(o, r->count);
    put_word(o, r->actor);
    vg_print(o, ",%s", vg_basis_name(r->basis));
    put_word(o, r->observer);
    vg_print(o, ",%s,%s", vg_source_kind_name(r->kind), vg_point_of_name(r->point_of));
    put_word(o, r->text_hash);
    put_word(o, r->revises);
    vg_put(o, r->withdraws ? VG_S(",true\n") : VG_S(",false\n"));
}

static bool dump_reports(vg_simulation *s, const char *folder, vg_err *e)
{
    vg_simulated_batch b = { .n = 0 };
    vg_out o;
    if (!begin(&o, folder, "reports.csv", e))
        return false;
    vg_put(
        &o,
        VG_S("source,id,received_at,from,to,lat,lon,radius_m,bearing_deg,range_m,range_to_m,place,act,weapon,"
             "calibre_mm,count,actor,basis,observer,kind,point_of,text_hash,revises,withdraws\n"));
    bool good;
    do {
        good = vg_simulation_next(s, 1000, &b, e);
        for (int32_t i = 0; good && i < b.n; i++)
            put_report(&o, &b.report[i]);
    } while (good && b.n);
    if (good)
        return vg_out_end(&o, e);
    vg_out_drop(&o);
    return false;
}

/* Number of the clause, version's from and to, GeoJSON. */
static void put_shape(vg_out *o, int32_t clause, const vg_agreement_version *v, const vg_zone *shape)
{
    vg_json j = vg_json_to(o);
    vg_print(o, "%d|%" PRId64 "|%" PRId64 "|", (int)clause, v->from, v->to);
    vg_zone_json(&j, shape);
    vg_put_char(o, '\n');
}

static bool dump_shapes(const vg_agreement *a, const char *folder, vg_err *e)
{
    vg_out o;
    if (!begin(&o, folder, "shapes.txt", e))
        return false;
    for (int32_t i = 0; i < a->n_clauses; i++) {
        const vg_clause *c = &a->clause[i];
        const vg_agreement_zone *z = c->zone < 0 ? NULL : &a->zone[c->zone];
        for (int32_t k = 0; z && k < z->n_versions; k++)
            put_shape(&o, i, &z->version[k],
                      c->relation == VG_RELATION_CLOSER_THAN ? c->closer_shape[k] : z->version[k].shape);
    }
    return vg_out_end(&o, e);
}

static void put_clause(vg_out *o, int32_t i, const vg_clause *c)
{
    vg_print(o, "%d|%.*s|%" PRIu32 "|%" PRIu32 "|%" PRIu32 "|", (int)i, VG_P(c->id), c->parties, c->acts,
             c->weapons);
    vg_put_num(o, c->least_calibre_mm);
    vg_print(o, "|%d|%d|%" PRId64 "|%" PRId64 "|%d|%d|%d|", (int)c->relation, c->zone < 0 ? 1 : 0,
             c->window.from, c->window.to, (int)c->window.day_from_s, (int)c->window.day_to_s,
             (int)c->window.weekdays);
    for (int32_t k = 0; k < c->n_exemptions; k++) /* exercises in the clause's own zone */
        vg_print(o, "%s%d:%" PRId64 ":%" PRId64, k ? ";" : "", (int)c->exemption[k].party,
                 c->exemption[k].window.from, c->exemption[k].window.to);
    vg_put_char(o, '\n');
}

/* Parties with allies and all their names; then the clauses. */
static bool dump_clauses(const vg_agreement *a, const char *folder, vg_err *e)
{
    vg_out o;
    if (!begin(&o, folder, "clauses.txt", e))
        return false;
    for (int32_t i = 0; i < a->n_parties; i++) {
        const vg_agreement_party *p = &a->party[i];
        vg_print(&o, "party|%d|%" PRIu32 "|%.*s|%.*s", (int)i, p->allies, VG_P(p->id), VG_P(p->name));
        for (int32_t k = 0; k < p->n_aliases; k++)
            vg_print(&o, "|%.*s", VG_P(p->alias[k]));
        vg_put_char(&o, '\n');
    }
    for (int32_t i = 0; i < a->n_clauses; i++)
        put_clause(&o, i, &a->clause[i]);
    return vg_out_end(&o, e);
}

static bool dump_text(const vg_simulation *s, const char *folder, vg_err *e)
{
    vg_out o;
    if (!begin(&o, folder, "agreement.toml", e))
        return false;
    vg_put(&o, vg_simulation_agreement_text(s));
    return vg_out_end(&o, e);
}

bool vg_replay_dump(const vg_simulation_opts *opts, const char *folder, vg_err *e)
{
    vg_simulation_opts o = *opts;
    vg_simulation *s;
    o.forget = true;
    if (!vg_simulation_open(&o, &s, e))
        return false;
    const vg_agreement *a = vg_simulation_agreement(s);
    bool good = dump_text(s, folder, e) && dump_clauses(a, folder, e) && dump_shapes(a, folder, e) &&
                dump_reports(s, folder, e);
    vg_simulation_close(s);
    return good;
}
