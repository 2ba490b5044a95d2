/*
 * Flows of UNHCR's Protection and Return Monitoring Network (PRMN): how many people came from which region (or district)
 * to which, in which month, for which reason. Invariant: each row is one flow, or, where the file tells weeks or needs
 * apart, a part of one; arrivals by region and month are the sum of the flows, and a region-month without any flow stays
 * not known.
 */
#include "source/source_int.h"

typedef enum { MONTH, TO, TO_DISTRICT, FROM, FROM_DISTRICT, REASON, PEOPLE, WEEK, NEED, N_COLUMNS } column;

static const char *const column_names[N_COLUMNS] = {
    "month|date|month end",
    "arrival_region|arrival region|current (arrival) region|arrival admin1",
    "arrival_district|arrival district|current (arrival) district|arrival admin2",
    "departure_region|departure region|previous (departure) region|departure admin1",
    "departure_district|departure district|previous (departure) district|departure admin2",
    "reason|displacement reason",
    "individuals|persons|people|number of individuals",
    "week|year week|year_week",
    "need|priority need|current (arrival) priority need",
};

typedef struct {
    int32_t col[N_COLUMNS];
    vg_regions regions;
    vg_seen seen;
    vg_map reasons;
    bool has_reasons;
    vg_sums arrivals; /* place, month */
    vg_sums flows;    /* from, to (places of regions), month, reason: of districts */
    vg_sums parts;    /* the same of places as they are, where rows are parts of flows */
    int32_t first_month, last_month;
} state;

typedef struct {
    int32_t to, from; /* regions; from -1 = not known */
    int32_t to_place, from_place;
    int32_t month, reason;
    int64_t people;
} flow_row;

static bool find_columns(vg_reading *r, state *st, vg_err *e)
{
    static const char *const needed[] = { "month", "arrival_region", "departure_region", "reason",
                                          "individuals" };
    for (int c = 0; c < N_COLUMNS; c++)
        st->col[c] = vg_table__column(r, column_names[c]);
    const int32_t *col = st->col;
    return vg_table__need(r, "prmn-flows", needed,
                          (int32_t[]){ col[MONTH], col[TO], col[FROM], col[REASON], col[PEOPLE] }, 5, e);
}

static bool by_district(const state *st)
{
    return st->col[TO_DISTRICT] >= 0 && st->col[FROM_DISTRICT] >= 0;
}

/* Rows of weeks or needs: several make one flow, and none is a doubled one. */
static bool has_parts(const state *st)
{
    return st->col[WEEK] >= 0 || st->col[NEED] >= 0;
}

/* "2016-01", a day, or 31/01/2016, where only one reading of the two numbers in front can be. */
static void read_month(vg_reading *r, const state *st, int32_t *month)
{
    int32_t dmy, mdy;
    vg_str s = vg_cell(r, st->col[MONTH]), whole = s;
    s = vg_cut(&s, ' '); /* a time of day behind it */
    bool day_first = vg_day_parse(s, VG_DATE_DMY, &dmy), month_first = vg_day_parse(s, VG_DATE_MDY, &mdy);
    if (!day_first && !month_first) {
        vg_regional__month(r, st->col[MONTH], VG_DATE_ISO, month);
    } else if (day_first && month_first && vg_month_of_day(dmy) != vg_month_of_day(mdy)) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, st->col[MONTH]),
                "day and month cannot be told apart: \"%.*s\"", VG_P(vg_utf8_head(whole, 40)));
        vg_why(&r->why, "a month is written 2024-03, or by its last day as 31/03/2024");
    } else {
        *month = vg_month_of_day(day_first ? dmy : mdy);
        if (*month <= 0 || *month >= VG_PANEL_MONTHS)
            vg_fail(&r->why, VG_ERANGE, vg_field__at(r, st->col[MONTH]), "the month %.*s is out of range",
                    VG_P(vg_utf8_head(whole, 40)));
    }
}

/* Where people came from may be empty: not known. Where they arrived may not. */
static void read_places(vg_reading *r, state *st, flow_row *f, vg_err *e)
{
    f->to = vg_regions__of_row(&st->regions, r, st->col[TO], -1, "the region of arrival", e);
    f->from = vg_cell(r, st->col[FROM]).n
                  ? vg_regions__of_row(&st->regions, r, st->col[FROM], -1, "the region of departure", e)
                  : -1;
    f->to_place = f->to;
    f->from_place = f->from;
    if (!by_district(st))
        return;
    f->to_place = vg_regions__district(&st->regions, r, f->to, st->col[TO_DISTRICT], e);
    f->from_place = f->from >= 0 && vg_cell(r, st->col[FROM_DISTRICT]).n
                        ? vg_regions__district(&st->regions, r, f->from, st->col[FROM_DISTRICT], e)
                        : -1;
}

static bool read_reason(vg_reading *r, state *st, flow_row *f, vg_err *e)
{
    vg_str reason = vg_cell(r, st->col[REASON]);
    if (vg_starts(reason, VG_S("Drought"))) /* "Drought related" in the older exports */
        reason = VG_S("Drought");
    if (reason.n > 200) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, st->col[REASON]), "the reason has more than 200 letters");
        return true;
    }
    f->reason = vg_map_add(&st->reasons, reason, NULL);
    return f->reason >= 0 || vg_fail_memory(e, vg_arena_limit(r->a));
}

static void read_people(vg_reading *r, state *st, flow_row *f)
{
    f->people = VG_UNKNOWN;
    vg_field__count(r, st->col[PEOPLE], "the number of people", &f->people);
    if (f->people != VG_UNKNOWN || vg_failed(&r->why))
        return;
    vg_fail(&r->why, VG_EPARSE, vg_field__at(r, st->col[PEOPLE]), "the number of people is empty");
    vg_why(&r->why, "a flow whose size is not known says nothing");
}

static int32_t number_at(const state *st, int32_t place)
{
    return place < 0 ? 0 : st->regions.unit[place].number;
}

static bool add(vg_sums *sums, state *st, const int32_t key[4], int64_t people, vg_err *e)
{
    double *sum = vg_sums__at(sums, &st->regions.arena, key);
    if (!sum)
        return vg_fail_memory(e, vg_arena_limit(&st->regions.arena));
    sum[0] += (double)people;
    return true;
}

static bool keep_sums(state *st, const flow_row *f, vg_err *e)
{
    int32_t used[] = { f->to, f->from, f->to_place, f->from_place };
    for (int i = 0; i < 4; i++)
        if (used[i] >= 0)
            st->regions.unit[used[i]].used = true;
    st->first_month = !st->first_month || f->month < st->first_month ? f->month : st->first_month;
    st->last_month = f->month > st->last_month ? f->month : st->last_month;
    if (!add(&st->arrivals, st, (int32_t[]){ f->to, f->month, 0, 0 }, f->people, e))
        return false;
    if (!by_district(st))
        return true;
    return add(&st->arrivals, st, (int32_t[]){ f->to_place, f->month, 0, 0 }, f->people, e) &&
           add(&st->flows, st, (int32_t[]){ f->from, f->to, f->month, f->reason }, f->people, e);
}

static bool hand_over(vg_reading *r, state *st, const flow_row *f, vg_err *e)
{
    vg_flow_record flow = { .kind = by_district(st) ? VG_UNIT_ADMIN2 : VG_UNIT_ADMIN1,
                            .from = number_at(st, f->from_place),
                            .to = number_at(st, f->to_place),
                            .month = f->month,
                            .reason = vg_map_name(&st->reasons, f->reason),
                            .people = f->people };
    return vg_reading__flow(r, &flow, e);
}

static bool read_row(vg_reading *r, state *st, vg_err *e)
{
    flow_row f = { .to = -1 };
    char what[160], text[16];
    read_month(r, st, &f.month);
    read_places(r, st, &f, e);
    read_people(r, st, &f);
    if (vg_failed(e) || !read_reason(r, st, &f, e))
        return false;
    if (vg_failed(&r->why))
        return vg_reading__reject(r, e);
    if (has_parts(st)) {
        r->found->n_summed++;
        return keep_sums(st, &f, e) &&
               add(&st->parts, st, (int32_t[]){ f.from_place, f.to_place, f.month, f.reason }, f.people, e);
    }
    int n = snprintf(what, sizeof what, "the flow to %.*s in %.*s (this origin and reason)",
                     VG_P(vg_utf8_head(st->regions.unit[f.to_place].name, 60)),
                     VG_P(vg_month_text(f.month, text)));
    const int32_t key[4] = { number_at(st, f.from_place), number_at(st, f.to_place), f.month, f.reason };
    int64_t before = st->seen.n;
    if (!vg_regional__once(r, &st->seen, &st->regions.arena, key, (uint64_t)f.people, (vg_str){ what, n }, e))
        return false;
    if (vg_failed(&r->why))
        return vg_reading__reject(r, e);
    return (st->seen.n == before || keep_sums(st, &f, e)) && hand_over(r, st, &f, e);
}

/* --- the end: sums by region --- */

static bool hand_over_arrivals(vg_reading *r, state *st, vg_err *e)
{
    for (int64_t i = 0; i < st->arrivals.n; i++) {
        const vg_sum_entry *s = &st->arrivals.entry[i];
        const vg_region_unit *u = &st->regions.unit[s->key[0]];
        vg_point p = { .kind = u->kind, .unit = u->number, .month = s->key[1], .value = s->sum[0] };
        if (!vg_reading__point(r, &p, e))
            return false;
    }
    return true;
}

static bool hand_over_flows(vg_reading *r, state *st, const vg_sums *sums, vg_unit_kind kind, vg_err *e)
{
    for (int64_t i = 0; i < sums->n; i++) {
        const vg_sum_entry *s = &sums->entry[i];
        vg_flow_record f = { .kind = kind,
                             .from = number_at(st, s->key[0]),
                             .to = number_at(st, s->key[1]),
                             .month = s->key[2],
                             .reason = vg_map_name(&st->reasons, s->key[3]),
                             .people = (int64_t)s->sum[0] };
        if (!vg_reading__flow(r, &f, e))
            return false;
    }
    return true;
}

static bool finish(vg_reading *r, state *st, vg_err *e)
{
    vg_vintage *about = &r->found->about;
    r->at = (vg_at){ .file = vg_input_name(r->in) };
    vg_unit_kind own = by_district(st) ? VG_UNIT_ADMIN2 : VG_UNIT_ADMIN1;
    if (!hand_over_arrivals(r, st, e) || !hand_over_flows(r, st, &st->parts, own, e) ||
        !hand_over_flows(r, st, &st->flows, VG_UNIT_ADMIN1, e) || !vg_regions__tell(&st->regions, r, e))
        return false;
    about->first_month = st->first_month;
    about->last_month = st->last_month;
    about->variable = VG_S("arrivals");
    if (has_parts(st))
        vg_reading__note(r, "rows of weeks or needs are summed to months");
    vg_reading__note(
        r,
        "arrivals are the sums of the flows over origins and reasons; a month without a flow is not known");
    return true;
}

bool vg_prmn__read(vg_reading *r, vg_err *e)
{
    state *st = vg_new(r->a, state, 1);
    if (!st)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e) || !find_columns(r, st, e))
        return false;
    const int32_t names[] = { st->col[TO], st->col[FROM] };
    bool ok = vg_map_init(&st->reasons, e);
    st->has_reasons = ok;
    ok = ok && vg_regions__begin(&st->regions, r, names, 2, e);
    while (ok && vg_table__next(r, e))
        ok = read_row(r, st, e);
    ok = ok && !vg_failed(e) && finish(r, st, e);
    vg_regions__end(&st->regions);
    if (st->has_reasons)
        vg_map_free(&st->reasons);
    return ok;
}
