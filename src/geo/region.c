/*
 * Lists of regions: read from CSV (the built-in one too), and looked up by name, P-code, number. Invariant: no name and
 * no number stands for two regions of one list, and a neighbour is one both ways.
 */
#include "geo/region.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/num.h"
#include "geo/data_int.h"
#include "geo/fold.h"

enum { NAME_BYTES = 160, DISTANCE_BYTES = 64, MAX_REGIONS = 20000, BUILTIN_BYTES = 4 << 20 };

/* --- numbers --- */

static uint64_t fnv1a(uint64_t hash, vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        hash = (hash ^ (unsigned char)s.s[i]) * 0x100000001B3u;
    return hash;
}

static int32_t number_of(uint64_t hash)
{
    return (int32_t)((1u << 30) | (uint32_t)(hash & ((1u << 30) - 1)));
}

static const uint64_t FNV_OFFSET = 0xCBF29CE484222325u;

int32_t vg_region_number(vg_str name)
{
    char buf[NAME_BYTES];
    return number_of(fnv1a(FNV_OFFSET, vg_geo_fold(name, buf, sizeof buf)));
}

int32_t vg_region_district_number(vg_str region, vg_str district)
{
    char buf[NAME_BYTES];
    uint64_t hash = fnv1a(FNV_OFFSET, vg_geo_fold(region, buf, sizeof buf));
    hash = fnv1a(hash, VG_S("/"));
    return number_of(fnv1a(hash, vg_geo_fold(district, buf, sizeof buf)));
}

/* --- nearness --- */

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

int32_t vg_geo_edit_distance(vg_str a, vg_str b)
{
    int32_t row[3][DISTANCE_BYTES + 1];
    a = vg_sub(a, 0, DISTANCE_BYTES);
    b = vg_sub(b, 0, DISTANCE_BYTES);
    for (int32_t k = 0; k <= b.n; k++)
        row[0][k] = k;
    for (int32_t i = 1; i <= a.n; i++) {
        int32_t *now = row[i % 3], *above = row[(i + 2) % 3], *two_above = row[(i + 1) % 3];
        now[0] = i;
        for (int32_t k = 1; k <= b.n; k++) {
            bool same = a.s[i - 1] == b.s[k - 1];
            now[k] = least(least(above[k], now[k - 1]) + 1, above[k - 1] + !same);
            if (i > 1 && k > 1 && a.s[i - 1] == b.s[k - 2] && a.s[i - 2] == b.s[k - 1])
                now[k] = least(now[k], two_above[k - 2] + 1);
        }
    }
    return row[a.n % 3][b.n];
}

const vg_region *vg_region_nearest(const vg_gazetteer *g, vg_str name)
{
    char buf[NAME_BYTES];
    const vg_region *best = NULL;
    vg_str folded = vg_geo_fold(vg_utf8_head(name, NAME_BYTES / 2), buf, sizeof buf);
    int32_t nearest = INT32_MAX;
    for (int32_t i = 0; i < g->n_names && folded.n; i++) {
        int32_t far = vg_geo_edit_distance(folded, g->name[i].folded);
        int32_t limit = (int32_t)g->name[i].folded.n / 3;
        if (g->name[i].folded.n < 3 || far > (limit < 2 ? 2 : limit) || far > nearest)
            continue;
        if (far < nearest || &g->region[g->name[i].region] < best)
            best = &g->region[g->name[i].region];
        nearest = far;
    }
    return best;
}

/* --- look-up --- */

const vg_region *vg_region_by_name(const vg_gazetteer *g, vg_str name)
{
    char buf[NAME_BYTES];
    if (name.n == 0 || name.n > NAME_BYTES / 2)
        return NULL;
    vg_str key = vg_geo_fold(name, buf, sizeof buf);
    int32_t low = 0, high = g->n_names;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (vg_cmp(g->name[middle].folded, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return key.n && low < g->n_names && vg_eq(g->name[low].folded, key) ? &g->region[g->name[low].region]
                                                                        : NULL;
}

const vg_region *vg_region_by_pcode(const vg_gazetteer *g, vg_str pcode)
{
    for (int32_t i = 0; i < g->n && pcode.n; i++)
        if (vg_eq_nocase(g->region[i].pcode, pcode))
            return &g->region[i];
    return NULL;
}

const vg_region *vg_region_by_unit(const vg_gazetteer *g, int32_t unit)
{
    for (int32_t i = 0; i < g->n; i++)
        if (g->region[i].unit == unit)
            return &g->region[i];
    return NULL;
}

const vg_region *vg_region_find(const vg_gazetteer *g, vg_str name_or_pcode)
{
    const vg_region *r = vg_region_by_pcode(g, name_or_pcode);
    return r ? r : vg_region_by_name(g, name_or_pcode);
}

/* --- reading --- */

typedef enum { UNIT, PCODE, ISO3, NAME, LAT, LON, NEIGHBOURS, OTHER_NAMES, N_COLUMNS } column;

static const char *const column_names[N_COLUMNS] = {
    "unit",         "pcode|admin1pcode|adm1_pcode", "iso3",       "region|name|admin1|adm1_name", "lat",
    "lon|lng|long", "neighbours|neighbors",         "other_names"
};

typedef struct {
    vg_csv *csv;
    vg_csv_row row;
    vg_arena *a;
    int32_t col[N_COLUMNS];
    vg_region *region;
    vg_str *neighbours; /* as written, per region */
    int64_t *line;
    int32_t n;
    vg_region_name *name;
    int32_t n_names, cap_names;
    bool built_in;
} reading;

static vg_str cell(const reading *r, column c)
{
    int32_t col = r->col[c];
    return col >= 0 && col < r->row.n ? vg_trim(r->row.cell[col]) : VG_NOSTR;
}

static vg_at at(const reading *r, column c)
{
    return vg_csv_at(r->csv, &r->row, r->col[c] < 0 ? 0 : r->col[c]);
}

static bool find_columns(reading *r, vg_err *e)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        r->col[c] = -1;
        vg_str rest = vg_str_z(column_names[c]);
        while (rest.n && r->col[c] < 0) {
            vg_str wanted = vg_cut(&rest, '|');
            for (int32_t i = 0; i < r->row.n && r->col[c] < 0; i++)
                r->col[c] = vg_eq_nocase(vg_trim(r->row.cell[i]), wanted) ? i : -1;
        }
    }
    if (r->col[NAME] >= 0)
        return true;
    vg_fail(e, VG_EPARSE, vg_csv_at(r->csv, &r->row, 0), "the list of regions has no column of names");
    return vg_mend(e, "the first line names the columns: region,lat,lon,neighbours");
}

static bool read_degrees(const reading *r, column c, double limit, double *out, vg_err *e)
{
    vg_str s = cell(r, c);
    double x = (double)NAN;
    if (s.n && !vg_num(s, &x))
        return vg_fail(e, VG_EPARSE, at(r, c), "\"%.*s\" is not a number of degrees",
                       VG_P(vg_utf8_head(s, 40)));
    if (fabs(x) > limit)
        return vg_fail(e, VG_ERANGE, at(r, c), "%g is outside -%g..%g degrees", x, limit, limit);
    *out = x;
    return true;
}

static bool read_unit(const reading *r, vg_region *region, vg_err *e)
{
    int64_t number = 0;
    vg_str s = cell(r, UNIT);
    if (s.n && (!vg_int(s, &number) || number <= 0 || number > INT32_MAX))
        return vg_fail(e, VG_EPARSE, at(r, UNIT), "\"%.*s\" is not the number of a unit",
                       VG_P(vg_utf8_head(s, 40)));
    const vg_gazetteer *known = r->built_in ? NULL : vg_gazetteer_builtin();
    const vg_region *same = known ? vg_region_by_pcode(known, region->pcode) : NULL;
    if (!same && known && !region->pcode.n)
        same = vg_region_by_name(known, region->name);
    region->unit = number ? (int32_t)number : same ? same->unit : vg_region_number(region->name);
    return true;
}

static bool add_name(reading *r, vg_str name, int32_t region, vg_err *e)
{
    char buf[NAME_BYTES];
    if (r->n_names == r->cap_names) {
        int32_t cap = r->cap_names ? 2 * r->cap_names : 256;
        vg_region_name *wider = vg_new(r->a, vg_region_name, cap);
        if (!wider)
            return vg_fail_memory(e, vg_arena_limit(r->a));
        if (r->n_names)
            memcpy(wider, r->name, (size_t)r->n_names * sizeof *wider);
        r->name = wider;
        r->cap_names = cap;
    }
    vg_str folded = vg_copy(r->a, vg_geo_fold(vg_utf8_head(vg_trim(name), NAME_BYTES / 2), buf, sizeof buf));
    if (folded.n)
        r->name[r->n_names++] = (vg_region_name){ folded, region };
    return folded.s ? true : vg_fail_memory(e, vg_arena_limit(r->a));
}

static bool read_row(reading *r, vg_err *e)
{
    vg_region region = { .pcode = vg_copy(r->a, cell(r, PCODE)),
                         .iso3 = vg_copy(r->a, cell(r, ISO3)),
                         .name = vg_copy(r->a, cell(r, NAME)),
                         .other_names = vg_copy(r->a, cell(r, OTHER_NAMES)) };
    vg_str neighbours = vg_copy(r->a, cell(r, NEIGHBOURS));
    if (!region.pcode.s || !region.iso3.s || !region.name.s || !region.other_names.s || !neighbours.s)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!region.name.n)
        return vg_fail(e, VG_EPARSE, at(r, NAME), "a region without a name");
    if (r->n == MAX_REGIONS)
        return vg_fail(e, VG_ERANGE, at(r, NAME), "more than %d regions", MAX_REGIONS);
    if (!read_degrees(r, LAT, 90, &region.lat_deg, e) || !read_degrees(r, LON, 180, &region.lon_deg, e) ||
        !read_unit(r, &region, e) || !add_name(r, region.name, r->n, e))
        return false;
    for (vg_str rest = region.other_names; rest.n;)
        if (!add_name(r, vg_cut(&rest, '|'), r->n, e))
            return false;
    r->neighbours[r->n] = neighbours;
    r->line[r->n] = r->row.line;
    r->region[r->n++] = region;
    return true;
}

static bool read_rows(reading *r, vg_err *e)
{
    while (vg_csv_next(r->csv, &r->row, e)) {
        if (r->row.bad) {
            *e = r->row.why;
            return false;
        }
        if (!read_row(r, e))
            return false;
    }
    return !vg_failed(e);
}

/* --- checks, and neighbours by position --- */

static int compare_names(const void *pa, const void *pb)
{
    const vg_region_name *a = pa, *b = pb;
    int by_text = vg_cmp(a->folded, b->folded);
    return by_text ? by_text : a->region - b->region;
}

static vg_at line_of(const reading *r, vg_str file, int32_t region)
{
    return (vg_at){ .file = file, .line = r->line[region] };
}

/* Names are sorted; a spelling given twice to one region is no matter. */
static bool check_names(reading *r, vg_str file, vg_err *e)
{
    qsort(r->name, (size_t)r->n_names, sizeof *r->name, compare_names);
    for (int32_t i = 1; i < r->n_names; i++) {
        const vg_region_name *a = &r->name[i - 1], *b = &r->name[i];
        if (!vg_eq(a->folded, b->folded) || a->region == b->region)
            continue;
        vg_fail(e, VG_ECONFLICT, line_of(r, file, b->region), "\"%.*s\" names two regions", VG_P(b->folded));
        return vg_why(e, "the other one is \"%.*s\" on line %lld", VG_P(r->region[a->region].name),
                      (long long)r->line[a->region]);
    }
    return true;
}

static bool check_units(const reading *r, vg_str file, vg_err *e)
{
    for (int32_t i = 1; i < r->n; i++)
        for (int32_t k = 0; k < i; k++)
            if (r->region[i].unit == r->region[k].unit) {
                vg_fail(e, VG_ECONFLICT, line_of(r, file, i), "\"%.*s\" and \"%.*s\" have one number: %d",
                        VG_P(vg_utf8_head(r->region[i].name, 40)), VG_P(vg_utf8_head(r->region[k].name, 40)),
                        r->region[i].unit);
                return vg_mend(e, "give one of them another number in a column \"unit\"");
            }
    return true;
}

static bool unknown_neighbour(const reading *r, const vg_gazetteer *g, vg_str file, int32_t of, vg_str name,
                              vg_err *e)
{
    const vg_region *near = vg_region_nearest(g, name);
    vg_fail(e, VG_ENOTFOUND, line_of(r, file, of),
            "the neighbour \"%.*s\" of \"%.*s\" is no region of the list", VG_P(vg_utf8_head(name, 40)),
            VG_P(vg_utf8_head(r->region[of].name, 40)));
    return near ? vg_mend(e, "did you mean \"%.*s\"?", VG_P(near->name)) : false;
}

static vg_str next_neighbour(vg_str *rest)
{
    char sep = vg_find_byte(*rest, '|') >= 0 ? '|' : ';';
    return vg_trim(vg_cut(rest, sep));
}

/* One bit a pair. */
static bool mark_neighbours(const reading *r, const vg_gazetteer *g, vg_str file, uint8_t *side, vg_err *e)
{
    for (int32_t i = 0; i < r->n; i++)
        for (vg_str rest = r->neighbours[i]; rest.n;) {
            vg_str name = next_neighbour(&rest);
            const vg_region *other = name.n ? vg_region_find(g, name) : NULL;
            if (name.n && !other)
                return unknown_neighbour(r, g, file, i, name, e);
            int64_t k = other ? other - g->region : i;
            if (k == i)
                continue;
            int64_t pair[] = { (int64_t)i * r->n + k, k * r->n + i };
            for (int p = 0; p < 2; p++)
                side[pair[p] / 8] |= (uint8_t)(1u << (pair[p] % 8));
        }
    return true;
}

static bool set_neighbours(reading *r, const uint8_t *side, vg_err *e)
{
    for (int32_t i = 0; i < r->n; i++) {
        int32_t n = 0, *list;
        for (int64_t k = (int64_t)i * r->n; k < (int64_t)(i + 1) * r->n; k++)
            n += side[k / 8] >> (k % 8) & 1;
        list = vg_new(r->a, int32_t, n);
        if (!list)
            return vg_fail_memory(e, vg_arena_limit(r->a));
        for (int32_t k = 0; k < r->n; k++) {
            int64_t pair = (int64_t)i * r->n + k;
            if (side[pair / 8] >> (pair % 8) & 1)
                list[r->region[i].n_neighbours++] = k;
        }
        r->region[i].neighbour = list;
    }
    return true;
}

static bool finish(reading *r, vg_str file, vg_gazetteer *out, vg_err *e)
{
    if (r->n == 0)
        return vg_fail(e, VG_ENODATA, (vg_at){ .file = file }, "the list of regions has no row");
    if (!check_names(r, file, e) || !check_units(r, file, e))
        return false;
    vg_gazetteer g = { r->region, r->n, r->name, r->n_names, r->built_in };
    uint8_t *side = vg_new(r->a, uint8_t, ((int64_t)r->n * r->n + 7) / 8);
    if (!side)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!mark_neighbours(r, &g, file, side, e) || !set_neighbours(r, side, e))
        return false;
    *out = g;
    return true;
}

static bool read_list(vg_input *in, bool built_in, vg_arena *a, vg_gazetteer *out, vg_err *e)
{
    reading r = { .a = a, .built_in = built_in };
    r.region = vg_new(a, vg_region, MAX_REGIONS);
    r.neighbours = vg_new(a, vg_str, MAX_REGIONS);
    r.line = vg_new(a, int64_t, MAX_REGIONS);
    if (!r.region || !r.neighbours || !r.line)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_csv_open(in, &(vg_csv_opts){ .latin1_ok = true }, &r.csv, e))
        return false;
    bool ok = vg_csv_next(r.csv, &r.row, e);
    if (!ok && !vg_failed(e))
        vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_input_name(in) }, "the list of regions is empty");
    if (ok && r.row.bad) {
        *e = r.row.why;
        ok = false;
    }
    ok = ok && find_columns(&r, e) && read_rows(&r, e) && finish(&r, vg_input_name(in), out, e);
    vg_csv_close(r.csv);
    return ok;
}

bool vg_gazetteer_read(vg_input *in, vg_arena *a, vg_gazetteer *out, vg_err *e)
{
    return !vg_failed(e) && read_list(in, false, a, out, e);
}

bool vg_gazetteer_open(const char *path, vg_arena *a, vg_gazetteer *out, vg_err *e)
{
    vg_input *in;
    if (!vg_input_open(path, &in, e))
        return false;
    bool ok = vg_gazetteer_read(in, a, out, e);
    if (!ok && e->at.file.n) /* the name dies with the input */
        e->at.file = vg_copy(a, e->at.file);
    vg_input_close(in);
    return ok;
}

/* --- the built-in list --- */

static struct {
    pthread_once_t once;
    vg_arena arena;
    vg_gazetteer list;
} builtin = { .once = PTHREAD_ONCE_INIT };

static void read_builtin(void)
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    vg_str text = { (const char *)vg_data_regions, vg_data_regions_len };
    if (!vg_arena_init(&builtin.arena, BUILTIN_BYTES, &e) ||
        !vg_input_memory(text, VG_S("regions.csv"), &in, &e))
        return;
    read_list(in, true, &builtin.arena, &builtin.list, &e);
    builtin.list.built_in = true;
    vg_input_close(in);
}

const vg_gazetteer *vg_gazetteer_builtin(void)
{
    pthread_once(&builtin.once, read_builtin);
    return &builtin.list;
}
