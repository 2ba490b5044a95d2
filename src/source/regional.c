/*
 * Tables of numbers by region (or district) and month: Project Jetson's task, dashboard exports, and any CSV with such
 * columns. Invariant: an empty cell stays not known; each row that is good hands over at least one number (not known,
 * when the whole row is empty), each row that is not ends on the reject list whole.
 */
#include <math.h>
#include <string.h>

#include "source/source_int.h"

typedef struct {
    const vg_region_table *t;
    vg_regions regions;
    vg_seen seen;
    vg_sums sums; /* of districts, by region, month and column */
    double value[VG_REGION_COLUMNS];
    int32_t first_month, last_month;
    int64_t n_own, n_units_own; /* units and months met, and those whose own variable is known */
    int64_t n_places;
} state;

bool vg_regional__counted(vg_str name)
{
    static const char *const names[] = { "arrivals",    "departures", "incidents", "fatalities", "deaths",
                                         "individuals", "persons",    "people",    "malaria",    "measles",
                                         "awd_cholera", "awd_deaths", "events",    "families",   "households",
                                         "scored_h1",   "scored_h3",  "displaced" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (vg_eq_nocase(name, vg_str_z(names[i])))
            return true;
    return false;
}

/* --- what the columns hold --- */

typedef struct {
    int64_t filled, numbers;
} column_count;

typedef struct {
    column_count *count;
    int32_t n;
    bool comma;
} counting;

static bool count_numbers(void *ctx, const vg_csv_row *row, vg_err *e)
{
    counting *k = ctx;
    double x;
    (void)e;
    for (int32_t c = 0; c < k->n && c < row->n; c++) {
        vg_str s = vg_trim(row->cell[c]);
        bool unknown = vg_eq_nocase(s, VG_S("NA")) || vg_eq_nocase(s, VG_S("NaN")) || !s.n;
        k->count[c].filled += !unknown;
        k->count[c].numbers += !unknown && (vg_num(s, &x) || (k->comma && vg_num_comma(s, &x)));
    }
    return true;
}

bool vg_regional__holds(vg_reading *r, bool comma, const vg_column_holds **out, vg_err *e)
{
    counting k = { .n = r->n_header, .comma = comma };
    vg_column_holds *holds = vg_new(r->a, vg_column_holds, r->n_header);
    k.count = vg_new(r->a, column_count, r->n_header);
    if (!holds || !k.count)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!vg_regions__head(r, count_numbers, &k, e))
        return false;
    for (int32_t c = 0; c < r->n_header; c++)
        holds[c] = k.count[c].filled == 0                             ? VG_HOLDS_NOTHING
                   : k.count[c].numbers * 10 >= k.count[c].filled * 9 ? VG_HOLDS_NUMBERS
                                                                      : VG_HOLDS_TEXT;
    *out = holds;
    return true;
}

void vg_regional__month(vg_reading *r, int32_t col, unsigned date_form, int32_t *month)
{
    int32_t day, x = 0;
    vg_str s = vg_cell(r, col);
    bool good = date_form && vg_day_parse(s, date_form, &day);
    if (good)
        x = vg_month_of_day(day);
    good = good || vg_month_parse(s, &x);
    if (!good) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "there is no month \"%.*s\"",
                VG_P(vg_utf8_head(s, 40)));
        vg_why(&r->why, "a month is written 2024-03");
    } else if (x <= 0 || x >= VG_PANEL_MONTHS) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "the month %.*s is out of range",
                VG_P(vg_utf8_head(s, 40)));
        vg_why(&r->why, "months from January 1980 to the year 2179 are kept");
    } else {
        *month = x;
    }
}

bool vg_regional__once(vg_reading *r, vg_seen *seen, vg_arena *a, const int32_t key[4], uint64_t content,
                       vg_str what, vg_err *e)
{
    int64_t line = 0;
    switch (vg_seen__ask(seen, a, key, content, r->at.line, &line)) {
    case VG_SEEN_NEW:
    case VG_SEEN_SAME: return true; /* the store counts what comes twice and is the same, and leaves it out */
    case VG_SEEN_NO_MEMORY: return vg_fail_memory(e, vg_arena_limit(a));
    case VG_SEEN_OTHER: break;
    }
    vg_fail(&r->why, VG_ECONFLICT, r->at, "%.*s came before on line %lld with other content",
            VG_P(vg_utf8_head(what, 100)), (long long)line);
    vg_why(&r->why, "one row tells of it; the first one stays, whatever source either row names");
    vg_mend(&r->why, "see which of the two rows is right and take the other out of the file");
    return true;
}

/* --- one row --- */

static void read_words(vg_reading *r, int32_t col, double *out)
{
    vg_str s = vg_cell(r, col);
    bool train = vg_eq_nocase(s, VG_S("train")), test = vg_eq_nocase(s, VG_S("test"));
    *out = train ? 1 : test ? 0 : (double)NAN;
    if (train || test || !s.n)
        return;
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "\"%.*s\" is neither train nor test",
            VG_P(vg_utf8_head(s, 40)));
    vg_why(&r->why, "this column says which part of the task a row belongs to");
}

static void read_value(vg_reading *r, const vg_region_column *c, double *out)
{
    char what[64];
    int64_t count = VG_UNKNOWN;
    snprintf(what, sizeof what, "\"%.*s\"", VG_P(vg_utf8_head(c->variable, 50)));
    *out = (double)NAN;
    if (c->train) {
        read_words(r, c->col, out);
    } else if (c->counted) {
        vg_field__count(r, c->col, what, &count);
        *out = count == VG_UNKNOWN ? (double)NAN : (double)count;
    } else {
        vg_field__number(r, c->col, what, out);
    }
}

static uint64_t content_of(const double *value, int32_t n)
{
    uint64_t h = 1;
    for (int32_t i = 0; i < n; i++) {
        uint64_t bits;
        double x = isnan(value[i]) ? (double)NAN : value[i] == 0 ? 0 : value[i];
        memcpy(&bits, &x, sizeof bits);
        h = (h ^ bits) * 0x100000001B3u;
        h ^= h >> 29;
    }
    return h;
}

static bool add_sums(state *st, int32_t region, int32_t month, vg_err *e)
{
    for (int32_t c = 0; c < st->t->n_columns; c++) {
        if (isnan(st->value[c]))
            continue;
        double *sum = vg_sums__at(&st->sums, &st->regions.arena, (int32_t[]){ region, month, c, 0 });
        if (!sum)
            return vg_fail_memory(e, vg_arena_limit(&st->regions.arena));
        sum[0] += st->value[c];
        sum[1] += 1;
    }
    return true;
}

static bool hand_over(state *st, vg_reading *r, const vg_region_unit *u, int32_t month, vg_err *e)
{
    bool any = false;
    for (int32_t c = 0; c < st->t->n_columns; c++) {
        vg_point p = { .kind = u->kind, .unit = u->number, .month = month, .value = st->value[c] };
        p.variable = c ? st->t->column[c].variable : VG_NOSTR;
        bool last = c + 1 == st->t->n_columns && !any;
        if (last && isnan(p.value)) /* an empty row: its unit and month are known, nothing else */
            p.variable = VG_NOSTR;
        if (isnan(p.value) && !last)
            continue;
        any = true;
        if (!vg_reading__point(r, &p, e))
            return false;
    }
    return true;
}

static bool keep(state *st, vg_reading *r, int32_t region, int32_t place, int32_t month, vg_err *e)
{
    st->first_month = !st->first_month || month < st->first_month ? month : st->first_month;
    st->last_month = month > st->last_month ? month : st->last_month;
    st->regions.unit[region].used = st->regions.unit[place].used = true;
    if (place != region && !add_sums(st, region, month, e))
        return false;
    return hand_over(st, r, &st->regions.unit[place], month, e);
}

static bool read_row(state *st, vg_reading *r, vg_err *e)
{
    const vg_region_table *t = st->t;
    char what[160], text[16];
    int32_t month = 0, region = vg_regions__of_row(&st->regions, r, t->region, t->code, "the region", e);
    int32_t place = t->district >= 0 && region >= 0
                        ? vg_regions__district(&st->regions, r, region, t->district, e)
                        : region;
    vg_regional__month(r, t->month, t->date_form, &month);
    for (int32_t c = 0; c < t->n_columns; c++)
        read_value(r, &t->column[c], &st->value[c]);
    if (vg_failed(e))
        return false;
    if (vg_failed(&r->why))
        return vg_reading__reject(r, e);
    int n = snprintf(what, sizeof what, "%.*s in %.*s", VG_P(vg_utf8_head(st->regions.unit[place].name, 80)),
                     VG_P(vg_month_text(month, text)));
    const int32_t key[4] = { st->regions.unit[place].number, month, 0, 0 };
    int64_t before = st->seen.n;
    if (!vg_regional__once(r, &st->seen, &st->regions.arena, key, content_of(st->value, t->n_columns),
                           (vg_str){ what, n }, e))
        return false;
    if (vg_failed(&r->why))
        return vg_reading__reject(r, e);
    if (st->seen.n == before) /* the same once more: the store counts it, sums do not */
        return hand_over(st, r, &st->regions.unit[place], month, e);
    st->n_own += !isnan(st->value[0]);
    return keep(st, r, region, place, month, e);
}

/* --- the end --- */

/* Regions out of their districts: counts added, the rest averaged; a region without a number stays not known. */
static bool hand_over_sums(state *st, vg_reading *r, vg_err *e)
{
    r->at = (vg_at){ .file = vg_input_name(r->in) };
    for (int64_t i = 0; i < st->sums.n; i++) {
        const vg_sum_entry *s = &st->sums.entry[i];
        const vg_region_column *c = &st->t->column[s->key[2]];
        const vg_region_unit *u = &st->regions.unit[s->key[0]];
        vg_point p = { .kind = VG_UNIT_ADMIN1, .unit = u->number, .month = s->key[1] };
        p.value = c->counted ? s->sum[0] : s->sum[0] / s->sum[1];
        p.variable = s->key[2] ? c->variable : VG_NOSTR;
        if (!vg_reading__point(r, &p, e))
            return false;
    }
    return true;
}

static void tell_gaps(const state *st, vg_reading *r)
{
    char from[16], to[16];
    int64_t n_units = 0;
    vg_unit_kind kind = st->t->district >= 0 ? VG_UNIT_ADMIN2 : VG_UNIT_ADMIN1;
    for (int32_t i = 0; i < st->regions.n; i++)
        n_units += st->regions.unit[i].used && st->regions.unit[i].kind == kind;
    int64_t all = n_units * (st->last_month - st->first_month + 1), missing = all - st->n_own;
    if (missing > 0 && st->first_month)
        vg_reading__note(
            r, "%lld of %lld months of %lld %s from %.*s to %.*s have no number of %.*s: not known, not zero",
            (long long)missing, (long long)all, (long long)n_units,
            kind == VG_UNIT_ADMIN2 ? (n_units == 1 ? "district" : "districts")
            : n_units == 1         ? "region"
                                   : "regions",
            VG_P(vg_month_text(st->first_month, from)), VG_P(vg_month_text(st->last_month, to)),
            VG_P(vg_utf8_head(st->t->column[0].variable, 60)));
}

static bool finish(state *st, vg_reading *r, vg_err *e)
{
    vg_vintage *about = &r->found->about;
    if (!hand_over_sums(st, r, e) || !vg_regions__tell(&st->regions, r, e))
        return false;
    about->first_month = st->first_month;
    about->last_month = st->last_month;
    about->variable = st->t->column[0].variable;
    if (st->sums.n)
        vg_reading__note(r, "districts are kept, and summed to regions: counts added, the rest averaged");
    tell_gaps(st, r);
    return true;
}

bool vg_regional__read(vg_reading *r, const vg_region_table *t, vg_err *e)
{
    state *st = vg_new(r->a, state, 1);
    if (!st)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    st->t = t;
    const int32_t names[] = { t->region >= 0 ? t->region : t->code };
    bool ok = vg_regions__begin(&st->regions, r, names, 1, e);
    while (ok && vg_table__next(r, e))
        ok = read_row(st, r, e);
    ok = ok && !vg_failed(e) && finish(st, r, e);
    vg_regions__end(&st->regions);
    return ok;
}
