/* Heat against the season. Detections are sorted by cell and day once; every question is then a count in a range.
 * Invariant: a region-day without any detection is "watched" only where one can say that it would have shown none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/heat.h"
#include "core/date.h"
#include "stat/prob.h"
#include "stat/rate.h"

enum {
    SEASON = 15,    /* days either side */
    BEFORE = 14,    /* days whose rate stands for "it goes on" */
    MARK_FROM = 56, /* days before the question in which cells are marked as front */
    MARK_GAP = 7,
    MOST_DAYS = 60,
    LEAST_BASE = 300,
    REGION_CELLS = 2, /* degrees */
    MOST_WINDOWS = 2 * SEASON * 40
};
static const double least_power = .8,
                    due = 3; /* fires due on a region-day above which none at all means clouds */

static const char *const verdict_names[] = { "not_decidable", "goes_on", "less" };

const char *vg_heat_verdict_name(int verdict)
{
    return verdict >= 0 && verdict <= VG_HEAT_LESS ? verdict_names[verdict] : "unknown";
}

/* --- cells: detections sorted by place and day --- */

typedef struct {
    int64_t place; /* row * 100000 + column of a grid */
    int32_t day;
} hit;

typedef struct {
    hit *hit; /* by place, then day */
    int64_t n;
    int64_t *first; /* of each place, n_places + 1 */
    int32_t n_places;
} grid;

static int64_t place_of(double lat_deg, double lon_deg, double cell_deg)
{
    return (int64_t)floor((lat_deg + 90) / cell_deg) * 100000 + (int64_t)floor((lon_deg + 180) / cell_deg);
}

static int by_place(const void *a, const void *b)
{
    const hit *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

/* The middle of a row or column, in degrees from the south pole or the date line. */
static double middle_of(int64_t number, double cell_deg)
{
    return ((double)number + .5) * cell_deg;
}

/* The region of a cell is that of its middle, also where cells do not fit into regions evenly. */
static int64_t region_place(int64_t cell, double cell_deg)
{
    return place_of(middle_of(cell / 100000, cell_deg) - 90, middle_of(cell % 100000, cell_deg) - 180,
                    REGION_CELLS);
}

/* By cells, or with `by_region` by the regions in which these lie. */
static bool make_grid(const vg_heat_spot *spot, int64_t n, double cell_deg, bool by_region, vg_arena *a,
                      grid *g)
{
    *g = (grid){ .hit = vg_new(a, hit, n), .first = vg_new(a, int64_t, n + 1) };
    if (!g->hit || !g->first)
        return false;
    for (int64_t i = 0; i < n; i++)
        if (fabs(spot[i].lat_deg) <= 90 && fabs(spot[i].lon_deg) <= 180) {
            int64_t cell = place_of(spot[i].lat_deg, spot[i].lon_deg, cell_deg);
            g->hit[g->n++] = (hit){ by_region ? region_place(cell, cell_deg) : cell, spot[i].day };
        }
    if (g->n)
        qsort(g->hit, (size_t)g->n, sizeof *g->hit, by_place);
    for (int64_t i = 0; i < g->n; i++)
        if (i == 0 || g->hit[i].place != g->hit[i - 1].place)
            g->first[g->n_places++] = i;
    g->first[g->n_places] = g->n;
    return true;
}

/* First detection of a place on or after a day. */
static int64_t at_day(const grid *g, int32_t place, int32_t day)
{
    int64_t low = g->first[place], high = g->first[place + 1];
    while (low < high) {
        int64_t mid = (low + high) / 2;
        if (g->hit[mid].day < day)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int32_t count(const grid *g, int32_t place, int32_t from, int32_t to)
{
    return (int32_t)(at_day(g, place, to + 1) - at_day(g, place, from));
}

static int32_t find_place(const grid *g, int64_t place)
{
    int32_t low = 0, high = g->n_places - 1;
    while (low <= high) {
        int32_t mid = (low + high) / 2;
        int64_t at = g->hit[g->first[mid]].place;
        if (at == place)
            return mid;
        if (at < place)
            low = mid + 1;
        else
            high = mid - 1;
    }
    return -1;
}

/* --- each detection once --- */

uint64_t vg_heat_key(vg_str satellite, int32_t day, int32_t minute, double lat_deg, double lon_deg)
{
    char text[96];
    double steps = minute < 0 ? 1e4 : 1e3;
    if (vg_eq_nocase(satellite, VG_S("Terra")) || vg_eq_nocase(satellite, VG_S("Aqua")))
        satellite.n = 1;
    int n = snprintf(text, sizeof text, "%d/%d/%.0f/%.0f/%.*s", day, minute, floor(lat_deg * steps + .5),
                     floor(lon_deg * steps + .5), VG_P(vg_sub(satellite, 0, 20)));
    uint64_t key = 0xcbf29ce484222325U; /* FNV-1a, then mixed so that all 64 bits tell */
    for (int i = 0; i < n && i < (int)sizeof text; i++)
        key = (key ^ (unsigned char)text[i]) * 0x100000001b3U;
    key = (key ^ key >> 33) * 0xff51afd7ed558ccdU;
    key ^= key >> 33;
    return key ? key : 1;
}

static int by_key(const void *a, const void *b)
{
    const vg_heat_spot *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->lat_deg < y->lat_deg || x->lat_deg > y->lat_deg)
        return x->lat_deg < y->lat_deg ? -1 : 1;
    return (x->lon_deg > y->lon_deg) - (x->lon_deg < y->lon_deg);
}

int64_t vg_heat_once(vg_heat_spot *spot, int64_t n)
{
    int64_t kept = 0;
    if (n > 1)
        qsort(spot, (size_t)n, sizeof *spot, by_key);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || spot[i].key == 0 || spot[i].key != spot[i - 1].key)
            spot[kept++] = spot[i];
    return kept;
}

/* --- the season --- */

/* The same day of the year in each base year, in turn: day of the first on or after base_from, or base_to + 1. */
static int32_t same_day(int32_t day, int32_t year)
{
    vg_civil c = vg_civil_from_day(day);
    int32_t out;
    c.year = year;
    if (c.month == 2 && c.day == 29)
        c.day = 28;
    return vg_day_from_civil(c, &out) ? out : 0;
}

/*
 * Counts of a place in stretches of `length` days within SEASON days of the same day of the year, in all base years.
 * Stretches lie side by side and wholly within the base years.
 */
static int32_t past_of(const grid *g, int32_t place, const vg_heat_ask *ask, int32_t from, int32_t length,
                       double *past)
{
    int32_t n = 0;
    int32_t first_year = vg_civil_from_day(ask->base_from).year,
            last_year = vg_civil_from_day(ask->base_to).year;
    for (int32_t year = first_year - 1; year <= last_year + 1; year++) {
        int32_t middle = same_day(from, year);
        for (int32_t day = middle - SEASON; day + length - 1 <= middle + SEASON && n < MOST_WINDOWS;
             day += length)
            if (day >= ask->base_from && day + length - 1 <= ask->base_to)
                past[n++] = count(g, place, day, day + length - 1);
    }
    return n;
}

static vg_rate_verdict against_season(const grid *g, int32_t place, const vg_heat_ask *ask, int32_t from,
                                      int32_t to, double share)
{
    double past[MOST_WINDOWS], hours[MOST_WINDOWS];
    int32_t length = to - from + 1;
    int32_t stretch = length > 4 ? 4 : length; /* enough stretches fit beside one another */
    int32_t n = past_of(g, place, ask, from, stretch, past);
    for (int32_t i = 0; i < n; i++)
        hours[i] = 24.0 * stretch;
    return vg_rate_test(count(g, place, from, to), 24.0 * length * share, past, hours, n);
}

/* --- what was watched --- */

/* Share of the days from..to on which a region was seen: it showed a fire, or none was due. */
typedef struct {
    int32_t seen, cloud, unknown;
} region_days;

static region_days days_of(const grid *regions, int32_t region, const vg_heat_ask *ask, int32_t from,
                           int32_t to)
{
    region_days d = { 0, 0, 0 };
    for (int32_t day = from; day <= to; day++) {
        double past[MOST_WINDOWS], mean = 0;
        int32_t n = past_of(regions, region, ask, day, 1, past);
        for (int32_t i = 0; i < n; i++)
            mean += past[i] / n;
        if (count(regions, region, day, day) > 0)
            d.seen++;
        else if (mean >= due)
            d.cloud++;
        else
            d.unknown++;
    }
    return d;
}

typedef struct {
    const vg_heat_ask *ask;
    grid cells, regions;
    region_days *days; /* of each region, in the days asked about */
    bool *front;       /* of each cell */
    double other, other_due, other_before,
        other_before_due; /* fires of all cells but the front, and of their season */
    vg_heat *h;
} work;

static int32_t region_of(const work *w, int32_t cell)
{
    return find_place(&w->regions, region_place(w->cells.hit[w->cells.first[cell]].place, w->ask->cell_deg));
}

static void look_at_regions(work *w)
{
    double seen = 0, cloud = 0, unknown = 0;
    for (int32_t r = 0; r < w->regions.n_places; r++) {
        w->days[r] = days_of(&w->regions, r, w->ask, w->ask->from, w->ask->to);
        seen += w->days[r].seen;
        cloud += w->days[r].cloud;
        unknown += w->days[r].unknown;
    }
    double all = seen + cloud + unknown;
    w->h->watched = seen / all;
    w->h->cloud = cloud / all;
    w->h->unknown = unknown / all;
}

/* --- cells --- */

/* Excess in two stretches of the weeks before, at least a week apart. */
static bool is_front(const work *w, int32_t cell, int32_t length)
{
    int32_t last = INT32_MIN, from = w->ask->from - MARK_FROM, to = w->ask->from - BEFORE - 1;
    for (int32_t day = from; day + length - 1 <= to; day += length) {
        if (count(&w->cells, cell, day, day + length - 1) == 0)
            continue;
        if (!(against_season(&w->cells, cell, w->ask, day, day + length - 1, 1).p < w->ask->chance))
            continue;
        if (last != INT32_MIN && day - last >= MARK_GAP)
            return true;
        if (last == INT32_MIN)
            last = day;
    }
    return false;
}

/* What the season alone brings to a cell in these days: the mean of the base years, without any prior. */
static double season_of(const work *w, int32_t cell, int32_t from, int32_t to)
{
    double past[MOST_WINDOWS], sum = 0;
    int32_t middle = from + (to - from) / 2, n = past_of(&w->cells, cell, w->ask, middle, 1, past);
    for (int32_t i = 0; i < n; i++)
        sum += past[i];
    return n ? sum / n * (to - from + 1) : 0;
}

static void add_other(work *w, int32_t cell, int32_t observed)
{
    const vg_heat_ask *ask = w->ask;
    w->other += observed;
    w->other_due += season_of(w, cell, ask->from, ask->to);
    w->other_before += count(&w->cells, cell, ask->from - BEFORE, ask->from - 1);
    w->other_before_due += season_of(w, cell, ask->from - BEFORE, ask->from - 1);
}

static void look_at_cell(work *w, int32_t cell)
{
    vg_heat *h = w->h;
    int32_t length = w->ask->to - w->ask->from + 1, region = region_of(w, cell);
    int32_t observed = count(&w->cells, cell, w->ask->from, w->ask->to);
    double share = 1 - (double)w->days[region].cloud / length;
    h->n_spots += observed;
    w->front[cell] = is_front(w, cell, length > 4 ? 4 : length);
    if (!w->front[cell])
        add_other(w, cell, observed);
    if (share < .5)
        return;
    vg_rate_verdict v = against_season(&w->cells, cell, w->ask, w->ask->from, w->ask->to, share);
    if (isnan(v.p))
        return;
    h->n_tested++;
    if (w->front[cell]) {
        h->n_front++;
        h->front_observed += observed;
        h->front_season += v.expected;
        /* only on days of which something was seen: those without any fire, due or not, prove no quiet */
        h->front_before += (double)w->days[region].seen *
                           count(&w->cells, cell, w->ask->from - BEFORE, w->ask->from - 1) / BEFORE;
    }
    if (!(v.p < w->ask->chance))
        return;
    int64_t place = w->cells.hit[w->cells.first[cell]].place;
    h->cell[h->n_excess++] = (vg_heat_cell){ .lat_deg = middle_of(place / 100000, w->ask->cell_deg) - 90,
                                             .lon_deg = middle_of(place % 100000, w->ask->cell_deg) - 180,
                                             .observed = observed,
                                             .expected = v.expected,
                                             .p = v.p,
                                             .was_front = w->front[cell] };
}

static int by_chance(const void *a, const void *b)
{
    const vg_heat_cell *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    if (x->lat_deg != y->lat_deg)
        return x->lat_deg < y->lat_deg ? -1 : 1;
    return (x->lon_deg > y->lon_deg) - (x->lon_deg < y->lon_deg);
}

/* --- the verdict --- */

/* 1 / size of the front cells' days before: how wildly fire comes and goes there. */
static double scatter(const work *w)
{
    double day[BEFORE], mean = 0, above = 0;
    for (int32_t k = 0; k < BEFORE; k++) {
        day[k] = 0;
        for (int32_t c = 0; c < w->cells.n_places; c++)
            if (w->front[c])
                day[k] += count(&w->cells, c, w->ask->from - BEFORE + k, w->ask->from - BEFORE + k);
        mean += day[k] / BEFORE;
    }
    for (int32_t k = 0; k < BEFORE; k++)
        above += ((day[k] - mean) * (day[k] - mean) * BEFORE / (BEFORE - 1) - mean) / BEFORE;
    return mean > 0 && above > 0 ? above / (mean * mean) : 0;
}

/* P(K >= k) of a count with this mean; days are independent, so a stretch scatters less than a day. */
static double at_least(double k, double mean, double inverse)
{
    if (k <= 0)
        return 1;
    if (!(mean > 0))
        return 0;
    return inverse > 0 ? vg_beta_lower(k, 1 / inverse, mean * inverse / (1 + mean * inverse))
                       : vg_gamma_lower(k, mean);
}

/* One fire is added to each count, so that a season without any says little. */
static double visibility(const work *w)
{
    double now = fmin(1, (w->other + 1) / (w->other_due + 1));
    double before = fmin(1, (w->other_before + 1) / (w->other_before_due + 1));
    return fmin(1, now / before);
}

static void decide(const work *w)
{
    vg_heat *h = w->h;
    h->visibility = visibility(w);
    h->front_before *= h->visibility;
    double inverse = scatter(w) / (w->ask->to - w->ask->from + 1), needed = 0;
    while (at_least(needed, h->front_season, inverse) >= w->ask->chance)
        needed++;
    h->power = h->n_front > 0 ? at_least(needed, h->front_before, inverse) : 0;
    h->verdict = VG_HEAT_NOT_DECIDABLE;
    if (h->power < least_power)
        return;
    if (h->front_observed >= needed)
        h->verdict = VG_HEAT_GOES_ON;
    else if (1 - at_least(h->front_observed + 1, h->front_before, inverse) < w->ask->chance)
        h->verdict = VG_HEAT_LESS;
}

/* --- all of it --- */

static bool check(const vg_heat_ask *ask, vg_err *e)
{
    if (ask->to < ask->from || ask->to - ask->from >= MOST_DAYS) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the days that are asked about are %d", ask->to - ask->from + 1);
        return vg_mend(e, "ask about 1 to %d days", MOST_DAYS);
    }
    if (ask->base_to - ask->base_from + 1 < LEAST_BASE) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the base has %d days", ask->base_to - ask->base_from + 1);
        vg_why(e, "a season is known from whole years");
        return vg_mend(e, "give at least one year without war");
    }
    if (ask->base_to >= ask->from - MARK_FROM) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the base reaches into the weeks that are asked about");
        return vg_mend(e, "end it %d days before, or earlier", MARK_FROM + 1);
    }
    return true;
}

static bool any_in_base(const vg_heat_spot *spot, int64_t n, const vg_heat_ask *ask, vg_err *e)
{
    for (int64_t i = 0; i < n; i++)
        if (spot[i].day >= ask->base_from && spot[i].day <= ask->base_to)
            return true;
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "no detection in the base years");
    return vg_mend(e, "give the files of a year without war too");
}

bool vg_heat_test(const vg_heat_spot *spot, int64_t n, const vg_heat_ask *given, vg_arena *a, vg_heat **out,
                  vg_err *e)
{
    vg_heat_ask ask = *given;
    ask.cell_deg = ask.cell_deg > 0 ? ask.cell_deg : .1;
    ask.chance = ask.chance > 0 ? ask.chance : .05;
    if (!check(&ask, e) || !any_in_base(spot, n, &ask, e))
        return false;
    work w = { .ask = &ask, .h = vg_new(a, vg_heat, 1) };
    if (!w.h || !make_grid(spot, n, ask.cell_deg, false, a, &w.cells) ||
        !make_grid(spot, n, ask.cell_deg, true, a, &w.regions))
        return vg_fail_memory(e, vg_arena_limit(a));
    w.days = vg_new(a, region_days, w.regions.n_places);
    w.front = vg_new(a, bool, w.cells.n_places);
    w.h->cell = vg_new(a, vg_heat_cell, w.cells.n_places);
    if (!w.days || !w.front || !w.h->cell)
        return vg_fail_memory(e, vg_arena_limit(a));
    w.h->n_cells = w.cells.n_places;
    look_at_regions(&w);
    for (int32_t c = 0; c < w.cells.n_places; c++)
        look_at_cell(&w, c);
    w.h->by_chance = w.h->n_tested * ask.chance;
    if (w.h->n_excess)
        qsort(w.h->cell, (size_t)w.h->n_excess, sizeof *w.h->cell, by_chance);
    decide(&w);
    *out = w.h;
    return true;
}
