/* A conflict folder into memory: places, routes, fighting, closures, registrations. Invariant: every number of a place
 * in the result is one of locations.csv, and every distance, intensity and count is finite and in its range. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/date.h"
#include "core/num.h"
#include "displacement/flow_int.h"

/* --- cells --- */

static bool read_number(const vg_flow_row *row, int column, const char *what, double *out, vg_err *why)
{
    if (vg_num(row->cell[column], out))
        return true;
    vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, column), "%s is not a number: \"%.*s\"", what,
            VG_P(row->cell[column]));
    return vg_mend(why, "write digits only, with a point for decimals");
}

static bool read_day(const vg_flow_row *row, int column, int32_t *out, vg_err *why)
{
    int64_t day;
    if (vg_int_lenient(row->cell[column], &day) && day >= 0 && day <= VG_FLOW_MAX_DAYS) {
        *out = (int32_t)day;
        return true;
    }
    vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, column), "not a day of the conflict: \"%.*s\"",
            VG_P(row->cell[column]));
    return vg_why(why, "days are counted from the first day, which is 0, up to %d", VG_FLOW_MAX_DAYS);
}

static bool read_date(const vg_flow_row *row, int column, int32_t *out, vg_err *why)
{
    if (vg_day_parse(row->cell[column], VG_DATE_ISO, out))
        return true;
    vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, column), "not a date: \"%.*s\"", VG_P(row->cell[column]));
    return vg_mend(why, "write it as 2012-02-29");
}

/* --- places --- */

enum { P_NAME, P_REGION, P_COUNTRY, P_LAT, P_LON, P_KIND, P_POPULATION };

static const vg_flow_column place_columns[] = {
    { "name", true },
    { "region", false },
    { "country", true },
    { "lat|latitude", false },
    { "lon|longitude", false },
    { "type|location_type", true },
    { "population|pop/cap|capacity", false },
    { NULL, false },
};

static bool read_kind(const vg_flow_row *row, vg_flow_kind *out, vg_err *why)
{
    static const struct {
        const char *word;
        vg_flow_kind kind;
    } known[] = { { "conflict_zone", VG_FLOW_ZONE }, { "conflict", VG_FLOW_ZONE }, { "town", VG_FLOW_TOWN },
                  { "forwarding_hub", VG_FLOW_HUB }, { "forward", VG_FLOW_HUB },   { "camp", VG_FLOW_CAMP },
                  { "idpcamp", VG_FLOW_CAMP },       { "marker", VG_FLOW_MARKER } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (vg_eq_nocase(row->cell[P_KIND], vg_str_z(known[i].word))) {
            *out = known[i].kind;
            return true;
        }
    vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, P_KIND), "unknown type of place: \"%.*s\"",
            VG_P(row->cell[P_KIND]));
    vg_why(why, "the types are conflict_zone, town, forwarding_hub, camp and marker");
    return vg_mend(why, "write one of these");
}

/* The number of people behind a place. A number that cannot be one is put aside: the place stays, with it not known. */
static bool read_population(vg_flow_reader *r, const vg_flow_row *row, vg_flow_place *p)
{
    double n = NAN;
    vg_err why = VG_NO_ERR;
    bool camp = p->kind == VG_FLOW_CAMP;
    p->population = p->capacity = NAN;
    if (!row->cell[P_POPULATION].n || (!camp && p->kind != VG_FLOW_ZONE))
        return true; /* of no use for a town */
    const char *what = camp ? "capacity" : "population";
    if (read_number(row, P_POPULATION, what, &n, &why) && !(n > 0 && n < 1e10)) {
        vg_fail(&why, VG_ERANGE, vg_flow_cell_at(row, P_POPULATION), "the %s of %.*s is %g", what,
                VG_P(p->name), n);
        vg_why(&why, "it must be more than zero; the place stays in, with its %s not known", what);
        vg_mend(&why, "write the number of people, or leave the cell empty");
        n = NAN;
    }
    *(camp ? &p->capacity : &p->population) = n;
    return !vg_failed(&why) || vg_flow_refuse(r, &why, row->raw);
}

static double degrees(const vg_flow_row *row, int column, double most)
{
    double x;
    return vg_num(row->cell[column], &x) && fabs(x) <= most ? x : NAN;
}

static bool add_place(vg_flow_reader *r, const vg_flow_row *row, vg_flow_place p, vg_err *why)
{
    vg_flow_conflict *c = r->c;
    bool fresh;
    p.name = vg_copy(r->a, row->cell[P_NAME]);
    p.region = vg_copy(r->a, row->cell[P_REGION]);
    p.country = vg_copy(r->a, row->cell[P_COUNTRY]);
    if (vg_map_add(&r->places, p.name, &fresh) < 0 || !p.country.s)
        return false;
    if (!fresh) {
        vg_fail(why, VG_ECONFLICT, vg_flow_cell_at(row, P_NAME), "a second place is called \"%.*s\"",
                VG_P(p.name));
        return vg_mend(why, "give each place a name of its own");
    }
    int32_t lines = r->cap_places;
    vg_flow_place *place = vg_flow_room(r->a, c->place, c->n_places, &r->cap_places, sizeof p);
    int64_t *line = vg_flow_room(r->a, r->place_line, c->n_places, &lines, sizeof *line);
    if (!place || !line || !read_population(r, row, &p))
        return false;
    c->place = place;
    r->place_line = line;
    r->place_line[c->n_places] = row->at.line;
    c->place[c->n_places++] = p;
    return true;
}

static bool take_place(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_place p = { .camp = -1, .lat_deg = degrees(row, P_LAT, 90), .lon_deg = degrees(row, P_LON, 180) };
    r->locations_file = row->at.file;
    if (!read_kind(row, &p.kind, why))
        return false;
    if (r->c->n_places > VG_FLOW_MAX_PLACES)
        return true; /* told once, at the end of the file */
    return add_place(r, row, p, why);
}

/* --- routes --- */

enum { R_NAME1, R_NAME2, R_KM, R_FORCED };

static const vg_flow_column route_columns[] = {
    { "name1", true },
    { "name2", true },
    { "distance_km|distance [km]|distance", true },
    { "forced_redirection", false },
    { NULL, false },
};

static bool read_forced(const vg_flow_row *row, int32_t *out, vg_err *why)
{
    int64_t n = 0;
    if (!row->cell[R_FORCED].n || (vg_int_lenient(row->cell[R_FORCED], &n) && n >= 0 && n <= 2)) {
        *out = (int32_t)n;
        return true;
    }
    vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, R_FORCED), "unknown forced redirection: \"%.*s\"",
            VG_P(row->cell[R_FORCED]));
    return vg_why(why,
                  "0 or nothing: none; 1: people in name2 go on to name1; 2: people in name1 go on to name2");
}

static bool read_km(const vg_flow_row *row, double *km, vg_err *why)
{
    if (!read_number(row, R_KM, "the distance", km, why))
        return false;
    if (*km > 0 && *km < 50000)
        return true;
    vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, R_KM), "a route of %g km", *km);
    return vg_why(why, "a distance is more than 0 and less than 50,000 km");
}

static bool take_route(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_conflict *c = r->c;
    vg_flow_route t = { .a = vg_flow_place_of(r, row, R_NAME1, why) };
    if (t.a < 0)
        return false;
    t.b = vg_flow_place_of(r, row, R_NAME2, why);
    if (t.b < 0 || !read_km(row, &t.km, why) || !read_forced(row, &t.forced, why))
        return false;
    if (t.a == t.b) {
        vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, R_NAME2), "a route from \"%.*s\" to itself",
                VG_P(c->place[t.a].name));
        return vg_mend(why, "name two places");
    }
    int32_t lines = r->cap_routes;
    vg_flow_route *route = vg_flow_room(r->a, c->route, c->n_routes, &r->cap_routes, sizeof t);
    int64_t *line = vg_flow_room(r->a, r->route_line, c->n_routes, &lines, sizeof *line);
    if (!route || !line)
        return false;
    c->route = route;
    r->route_line = line;
    r->route_line[c->n_routes] = row->at.line;
    c->route[c->n_routes++] = t;
    return true;
}

/* --- fighting --- */

enum { F_PLACE, F_FIRST, F_LAST, F_INTENSITY };

static const vg_flow_column fighting_columns[] = {
    { "location|name", true }, { "first_day", true }, { "last_day", true },
    { "intensity", false },    { NULL, false },
};

static bool take_fighting(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_conflict *c = r->c;
    vg_flow_fighting f = { .place = vg_flow_place_of(r, row, F_PLACE, why), .intensity = 1 };
    if (f.place < 0 || !read_day(row, F_FIRST, &f.first_day, why) || !read_day(row, F_LAST, &f.last_day, why))
        return false;
    if (row->cell[F_INTENSITY].n && !read_number(row, F_INTENSITY, "the intensity", &f.intensity, why))
        return false;
    if (f.last_day < f.first_day)
        return vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, F_LAST),
                       "fighting that ends (day %d) before it begins (%d)", f.last_day, f.first_day);
    if (!(f.intensity > 0 && f.intensity < 1e6))
        return vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, F_INTENSITY),
                       "an intensity of %g: it must be more than 0", f.intensity);
    vg_flow_fighting *list = vg_flow_room(r->a, c->fighting, c->n_fighting, &r->cap_fighting, sizeof f);
    if (!list)
        return false;
    c->fighting = list;
    list[c->n_fighting++] = f;
    if (f.last_day > r->last_fighting)
        r->last_fighting = f.last_day;
    return true;
}

/* --- closures --- */

enum { C_KIND, C_NAME1, C_NAME2, C_FIRST, C_END };

static const vg_flow_column closure_columns[] = {
    { "type|closure_type", true },
    { "name1", true },
    { "name2", false },
    { "start_day|closure_start", true },
    { "end_day|closure_end", false },
    { NULL, false },
};

static bool read_closing(const vg_flow_row *row, vg_flow_closing *out, vg_err *why)
{
    static const char *const word[] = { "country", "location", "camp", "remove_forced_redirection",
                                        "link",    "links" };
    static const vg_flow_closing kind[] = { VG_FLOW_CLOSE_COUNTRY, VG_FLOW_CLOSE_PLACE, VG_FLOW_CLOSE_CAMP,
                                            VG_FLOW_UNFORCE,       VG_FLOW_CLOSE_PLACE, VG_FLOW_CLOSE_PLACE };
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (vg_eq_nocase(row->cell[C_KIND], vg_str_z(word[i]))) {
            *out = kind[i];
            return true;
        }
    vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, C_KIND), "unknown type of closure: \"%.*s\"",
            VG_P(row->cell[C_KIND]));
    return vg_mend(why, "write country, location, link, camp or remove_forced_redirection");
}

static bool camp_of(vg_flow_reader *r, const vg_flow_row *row, int column, int32_t *out, vg_err *why)
{
    int32_t place = vg_flow_place_of(r, row, column, why);
    if (place < 0)
        return false;
    if (r->c->place[place].kind != VG_FLOW_CAMP) {
        vg_fail(why, VG_ECONFLICT, vg_flow_cell_at(row, column), "\"%.*s\" is no camp",
                VG_P(row->cell[column]));
        return vg_mend(why, "give it the type camp in locations.csv, or leave the row out");
    }
    *out = place;
    return true;
}

/* What the second name may be: a place, or the country in which the first one is. Any other would close more than meant. */
static bool check_second(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    const vg_flow_conflict *c = r->c;
    for (int32_t i = 0; i < c->n_places; i++)
        if (vg_eq(c->place[i].country, row->cell[C_NAME2]))
            return true;
    return row->cell[C_NAME2].n == 0 || vg_flow_place_of(r, row, C_NAME2, why) >= 0;
}

static bool check_names(vg_flow_reader *r, const vg_flow_row *row, vg_flow_closing kind, vg_err *why)
{
    int32_t place;
    if (kind == VG_FLOW_CLOSE_COUNTRY)
        return true; /* both are looked for on the routes */
    if (kind == VG_FLOW_CLOSE_CAMP)
        return camp_of(r, row, C_NAME1, &place, why);
    return vg_flow_place_of(r, row, C_NAME1, why) >= 0 && check_second(r, row, why);
}

static bool take_closure(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_conflict *c = r->c;
    vg_flow_closure x = { .end_day = 0 };
    if (!read_closing(row, &x.kind, why) || !read_day(row, C_FIRST, &x.first_day, why) ||
        (row->cell[C_END].n && !read_day(row, C_END, &x.end_day, why)))
        return false;
    if (!check_names(r, row, x.kind, why))
        return false;
    if (x.end_day && x.end_day <= x.first_day)
        return vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, C_END),
                       "a closure that ends (day %d) before it begins (%d)", x.end_day, x.first_day);
    x.name1 = vg_copy(r->a, row->cell[C_NAME1]);
    x.name2 = vg_copy(r->a, row->cell[C_NAME2]);
    x.at = row->at;
    vg_flow_closure *list = vg_flow_room(r->a, c->closure, c->n_closures, &r->cap_closures, sizeof x);
    if (!list || !x.name2.s)
        return false;
    c->closure = list;
    list[c->n_closures++] = x;
    return true;
}

/* --- registrations, totals, corrections --- */

enum { N_DATE, N_PEOPLE, N_CAMP, N_SERIES };

static const vg_flow_column camp_columns[] = {
    { "date", true }, { "registered|refugees", true }, { "camp", true }, { "source_series", false },
    { NULL, false },
};
static const vg_flow_column total_columns[] = {
    { "date", true },
    { "refugees|total", true },
    { NULL, false },
};

static bool read_people(const vg_flow_row *row, double *people, vg_err *why)
{
    if (!read_number(row, N_PEOPLE, "the number of people", people, why))
        return false;
    if (*people >= 0 && *people < 1e10)
        return true;
    vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, N_PEOPLE), "%g people", *people);
    vg_why(why, "a camp holds no fewer than 0 people");
    return vg_mend(why, "give the number of people there on that date, not the change");
}

static bool take_registration(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_registration n = { .at = vg_flow_cell_at(row, N_DATE) };
    if (!read_date(row, N_DATE, &n.date, why) || !camp_of(r, row, N_CAMP, &n.camp, why) ||
        !read_people(row, &n.people, why))
        return false;
    n.series = vg_map_add(&r->series, row->cell[N_SERIES], NULL);
    vg_flow_registration *list = vg_flow_room(r->a, r->seen, r->n_seen, &r->cap_seen, sizeof n);
    if (!list || n.series < 0)
        return false;
    r->seen = list;
    list[r->n_seen++] = n;
    return true;
}

static bool take_total(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_registration n = { .camp = -1, .at = vg_flow_cell_at(row, N_DATE) };
    if (!read_date(row, N_DATE, &n.date, why) || !read_people(row, &n.people, why))
        return false;
    vg_flow_registration *list = vg_flow_room(r->a, r->sum, r->n_sum, &r->cap_sum, sizeof n);
    if (!list)
        return false;
    r->sum = list;
    list[r->n_sum++] = n;
    return true;
}

enum { K_CAMP, K_DATE, K_MODE };

static const vg_flow_column correction_columns[] = {
    { "camp|name", true }, { "date", true }, { "mode", false }, { NULL, false }
};

static bool take_correction(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_correction k = { .at = vg_flow_cell_at(row, K_DATE) };
    if (!camp_of(r, row, K_CAMP, &k.place, why) || !read_date(row, K_DATE, &k.date, why))
        return false;
    if (row->cell[K_MODE].n && !vg_eq_nocase(row->cell[K_MODE], VG_S("normalize"))) {
        vg_fail(why, VG_EPARSE, vg_flow_cell_at(row, K_MODE), "unknown correction: \"%.*s\"",
                VG_P(row->cell[K_MODE]));
        return vg_mend(why, "the one known correction is normalize");
    }
    vg_flow_correction *list =
        vg_flow_room(r->a, r->correction, r->n_corrections, &r->cap_corrections, sizeof k);
    if (!list)
        return false;
    r->correction = list;
    list[r->n_corrections++] = k;
    return true;
}

/* --- the index beside the folder --- */

enum { I_NAME, I_START, I_DAYS };

static const vg_flow_column index_columns[] = {
    { "conflict", true }, { "start_date", true }, { "length_days", true }, { NULL, false }
};

static bool take_index(vg_flow_reader *r, const vg_flow_row *row, vg_err *why)
{
    vg_flow_conflict *c = r->c;
    int32_t start = 0, days = 0;
    if (!vg_eq(row->cell[I_NAME], c->name))
        return true;
    if (!read_date(row, I_START, &start, why) || !read_day(row, I_DAYS, &days, why))
        return false;
    if (days < 2)
        return vg_fail(why, VG_ERANGE, vg_flow_cell_at(row, I_DAYS), "a conflict of %d days is too short",
                       days);
    c->first_date = start;
    c->n_days = days;
    r->dated = true;
    return true;
}

/* --- all of it --- */

static bool too_many(const vg_flow_reader *r, vg_err *e)
{
    if (r->c->n_places <= VG_FLOW_MAX_PLACES)
        return false;
    vg_fail(e, VG_ERANGE, (vg_at){ .file = r->locations_file }, "more than %d places", VG_FLOW_MAX_PLACES);
    vg_mend(e, "leave out places that lie on no way from fighting to a camp");
    return true;
}

static vg_str last_part(vg_str path)
{
    while (path.n > 1 && path.s[path.n - 1] == '/')
        path.n--;
    for (ptrdiff_t i = path.n - 1; i >= 0; i--)
        if (path.s[i] == '/')
            return vg_sub(path, i + 1, path.n - i - 1);
    return path;
}

static bool check_folder(const char *folder, vg_err *e)
{
    struct stat about;
    vg_at at = { .file = vg_str_z(folder) };
    if (stat(folder, &about) == 0 && S_ISDIR(about.st_mode))
        return true;
    vg_fail(e, VG_EIO, at, "this is no folder");
    vg_why(e, "a conflict is a folder with locations.csv, routes.csv and conflicts.csv");
    return vg_mend(e, "name the folder, not a file in it");
}

static bool read_all(vg_flow_reader *r, vg_err *e)
{
    bool sums, camps, other;
    if (!vg_flow_table(r, "locations.csv", place_columns, take_place, NULL, e) || too_many(r, e) ||
        !vg_flow_table(r, "routes.csv", route_columns, take_route, NULL, e) ||
        !vg_flow_table(r, "conflicts.csv", fighting_columns, take_fighting, NULL, e) ||
        !vg_flow_table(r, "closures.csv", closure_columns, take_closure, &other, e) ||
        !vg_flow_table(r, "camps.csv", camp_columns, take_registration, &camps, e) ||
        !vg_flow_table(r, "totals.csv", total_columns, take_total, &sums, e) ||
        !vg_flow_table(r, "registration_corrections.csv", correction_columns, take_correction, &other, e) ||
        !vg_flow_table(r, "../index.csv", index_columns, take_index, &other, e))
        return false;
    if (!camps && !sums) {
        vg_fail(e, VG_EIO, (vg_at){ .file = vg_str_z(r->folder) },
                "neither camps.csv nor totals.csv is there");
        return vg_why(e, "one of them must say on which dates how many people arrived");
    }
    return vg_flow_check(r, e) && vg_flow_series_make(r, e);
}

bool vg_flow_read(const char *folder, vg_arena *a, vg_flow_conflict *out, vg_err *e)
{
    vg_flow_conflict c = { .name = last_part(vg_str_z(folder)) };
    vg_str path =
        vg_copy(a, (vg_str){ folder, c.name.s + c.name.n - folder }); /* without slashes at its end */
    vg_flow_reader r = { .a = a, .c = &c, .folder = path.s };
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!check_folder(folder, e) || !vg_map_init(&r.places, e))
        return false;
    bool good = vg_map_init(&r.series, e);
    if (good) {
        good = read_all(&r, e);
        vg_map_free(&r.series);
    }
    vg_map_free(&r.places);
    if (good)
        *out = c;
    return good;
}
