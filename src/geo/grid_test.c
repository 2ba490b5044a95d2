/* PRIO-GRID against UCDP's own cell numbers and the rules of doi 10.1177/0022343311431287. */
#include "geo/grid.h"

#include "core/csv.h"
#include "core/num.h"
#include "prop.h"
#include "test.h"

static void corners_of_the_world_have_their_cells(void **state)
{
    (void)state;
    assert_int_equal(vg_grid_cell(-90, -180), 1);
    assert_int_equal(vg_grid_cell(-90, 180), 720);
    assert_int_equal(vg_grid_cell(90, 180), VG_GRID_CELLS);
    assert_int_equal(vg_grid_cell(90, -180), VG_GRID_CELLS - 719);
    assert_int_equal(vg_grid_cell(12.65, -8.0), 147945);
}

static void published_events_lie_in_their_cells(void **state)
{
    (void)state;
    assert_int_equal(vg_grid_cell(32.74804, 68.39877), 176897);
    assert_int_equal(vg_grid_cell(34.531094, 69.162796), 179779);
    assert_int_equal(vg_grid_cell(13.166667, 24.366667), 148729);
    assert_int_equal(vg_grid_cell(-10.0, -76.0), 115409);
}

static void a_point_that_is_not_on_earth_has_no_cell(void **state)
{
    (void)state;
    assert_int_equal(vg_grid_cell(95, 0), 0);
    assert_int_equal(vg_grid_cell(0, 180.5), 0);
    assert_int_equal(vg_grid_cell((double)NAN, 0), 0);
    assert_int_equal(vg_grid_cell(0, (double)INFINITY), 0);
}

static void a_cell_that_does_not_exist_has_no_centre(void **state)
{
    double lat, lon;
    (void)state;
    vg_grid_centre(0, &lat, &lon);
    assert_true(isnan(lat) && isnan(lon));
    vg_grid_centre(VG_GRID_CELLS + 1, &lat, &lon);
    assert_true(isnan(lat) && isnan(lon));
    assert_int_equal(vg_grid_neighbours(-5, (int32_t[8]){ 0 }), 0);
}

static void every_centre_lies_in_its_own_cell(void **state)
{
    double lat, lon;
    (void)state;
    for (int32_t gid = 1; gid <= VG_GRID_CELLS; gid++) {
        vg_grid_centre(gid, &lat, &lon);
        if (vg_grid_cell(lat, lon) != gid)
            fail_msg("centre %g %g of cell %d lies in %d", lat, lon, gid, vg_grid_cell(lat, lon));
    }
}

static void neighbours_meet_over_the_date_line(void **state)
{
    int32_t out[8], n;
    (void)state;
    n = vg_grid_neighbours(720 * 100 + 1, out); /* westmost column */
    assert_int_equal(n, 8);
    bool over = false;
    for (int i = 0; i < n; i++)
        over = over || out[i] == 720 * 101; /* eastmost cell of the same row */
    assert_true(over);
    assert_int_equal(vg_grid_neighbours(1, out), 5); /* no row below the south pole's */
}

static bool is_neighbour(int32_t a, int32_t b)
{
    int32_t out[8];
    int n = vg_grid_neighbours(a, out);
    for (int i = 0; i < n; i++)
        if (out[i] == b)
            return true;
    return false;
}

static const char *neighbourhood_is_mutual(vg_rng *r)
{
    int32_t gid = 1 + (int32_t)vg_rng_below(r, VG_GRID_CELLS), out[8];
    int n = vg_grid_neighbours(gid, out);
    for (int i = 0; i < n; i++)
        if (!is_neighbour(out[i], gid) || out[i] == gid)
            return "a neighbour does not know its neighbour";
    return NULL;
}

static void neighbours_are_mutual(void **state)
{
    (void)state;
    check_property("neighbourhood_is_mutual", neighbourhood_is_mutual, 2000);
}

static int32_t column_of(const vg_csv_row *row, const char *name)
{
    for (int32_t i = 0; i < row->n; i++)
        if (vg_eq(row->cell[i], vg_str_z(name)))
            return i;
    fail_msg("no column %s", name);
    return 0;
}

/* Rows of a table whose own cell number differs from ours. */
static int64_t count_misses(const char *path, const char *gid_name, const char *lat_name,
                            const char *lon_name, int64_t *n)
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    CHECK_OK(vg_input_open(path, &in, &e), &e);
    CHECK_OK(vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, &e), &e);
    CHECK_OK(vg_csv_next(csv, &row, &e), &e);
    int32_t gid_at = column_of(&row, gid_name), lat_at = column_of(&row, lat_name),
            lon_at = column_of(&row, lon_name);
    int64_t misses = 0, gid;
    double lat, lon;
    for (*n = 0; vg_csv_next(csv, &row, &e); ++*n) {
        assert_true(vg_int(row.cell[gid_at], &gid) && vg_num(row.cell[lat_at], &lat) &&
                    vg_num(row.cell[lon_at], &lon));
        misses += vg_grid_cell(lat, lon) != gid;
    }
    CHECK_OK(!vg_failed(&e), &e);
    vg_csv_close(csv);
    vg_input_close(in);
    return misses;
}

static void cells_of_a_ucdp_release_are_ucdps_own(void **state)
{
    int64_t n;
    (void)state;
    const char *path = need_shared("data/conflict/ged_candidate_23_0_10_events.csv.gz");
    assert_int_equal(count_misses(path, "priogrid_gid", "latitude", "longitude", &n), 0);
    assert_int_equal(n, 2391);
}

static void centres_of_all_land_cells_are_as_published(void **state)
{
    int64_t n;
    (void)state;
    const char *path = need_shared("data/conflict/priogrid_land_cells.csv.gz");
    assert_int_equal(count_misses(path, "gid", "lat", "lon", &n), 0);
    assert_int_equal(n, 64818);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_of_the_world_have_their_cells),
        cmocka_unit_test(published_events_lie_in_their_cells),
        cmocka_unit_test(a_point_that_is_not_on_earth_has_no_cell),
        cmocka_unit_test(a_cell_that_does_not_exist_has_no_centre),
        cmocka_unit_test(every_centre_lies_in_its_own_cell),
        cmocka_unit_test(neighbours_meet_over_the_date_line),
        cmocka_unit_test(neighbours_are_mutual),
        cmocka_unit_test(cells_of_a_ucdp_release_are_ucdps_own),
        cmocka_unit_test(centres_of_all_land_cells_are_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
