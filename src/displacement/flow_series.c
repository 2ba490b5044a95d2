/* Registrations of dates into a number a day: series of one camp are summed, days between two dates are interpolated,
 * re-registrations scale what was counted before them. Invariant: corrected and raw numbers agree from the last
 * correction on.
 *
 * The rule of the corrections ("level 1") is that of FLEE (Suleimenova, Bell, Groen 2017, doi
 * 10.1038/s41598-017-13828-9, supplement): on the date of a re-registration all earlier numbers of the camp are
 * multiplied by the new number over the one before it. */
#include <math.h>
#include <stdlib.h>

#include "displacement/flow_int.h"

typedef struct {
    int32_t n;
    int32_t *date;
    double *people;
} knots;

static int by_series(const void *x, const void *y)
{
    const vg_flow_registration *a = x, *b = y;
    if (a->camp != b->camp)
        return a->camp < b->camp ? -1 : 1;
    if (a->series != b->series)
        return a->series < b->series ? -1 : 1;
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return (a->at.line > b->at.line) - (a->at.line < b->at.line);
}

/* Sorted by date; of two numbers for one date the first in the file stays. */
static bool sort_out(vg_flow_reader *r, vg_flow_registration *list, int64_t *n)
{
    int64_t kept = 0;
    if (*n)
        qsort(list, (size_t)*n, sizeof *list, by_series);
    for (int64_t i = 0; i < *n; i++) {
        const vg_flow_registration *last = kept ? &list[kept - 1] : NULL;
        if (!last || last->camp != list[i].camp || last->series != list[i].series ||
            last->date != list[i].date) {
            list[kept++] = list[i];
            continue;
        }
        if (last->people == list[i].people)
            continue;
        vg_err why = VG_NO_ERR;
        vg_fail(&why, VG_ECONFLICT, list[i].at, "a second number for the same date: %g (line %lld: %g)",
                list[i].people, (long long)last->at.line, last->people);
        vg_why(&why, "the first one in the file is kept");
        vg_mend(&why,
                "keep one, or give the second count its own source_series: series of one camp are summed");
        if (!vg_flow_refuse(r, &why, VG_NOSTR))
            return false;
    }
    *n = kept;
    return true;
}

/* Number on a date: between two dates in proportion, before the first and behind the last as there. */
static double at_date(const int32_t *date, const double *people, int32_t n, int32_t d)
{
    int32_t low = 0, high = n - 1;
    if (d <= date[0])
        return people[0];
    if (d >= date[high])
        return people[high];
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (date[middle] <= d)
            low = middle;
        else
            high = middle;
    }
    double part = (double)(d - date[low]) / (double)(date[high] - date[low]);
    return people[low] + part * (people[high] - people[low]);
}

static double of_series(const vg_flow_registration *s, int64_t n, int32_t d)
{
    if (d <= s[0].date)
        return s[0].people;
    for (int64_t i = 1; i < n; i++)
        if (d <= s[i].date) {
            double part = (double)(d - s[i - 1].date) / (double)(s[i].date - s[i - 1].date);
            return s[i - 1].people + part * (s[i].people - s[i - 1].people);
        }
    return s[n - 1].people;
}

static int by_number(const void *x, const void *y)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return (a > b) - (a < b);
}

/* One camp's dates over all its series, with their sum. */
static bool camp_knots(vg_arena *a, const vg_flow_registration *s, int64_t n, knots *out)
{
    knots k = { .date = vg_new(a, int32_t, n), .people = vg_new(a, double, n) };
    if (!k.date || !k.people)
        return false;
    for (int64_t i = 0; i < n; i++)
        k.date[i] = s[i].date;
    qsort(k.date, (size_t)n, sizeof *k.date, by_number);
    for (int64_t i = 0; i < n; i++)
        if (k.n == 0 || k.date[k.n - 1] != k.date[i])
            k.date[k.n++] = k.date[i];
    for (int64_t from = 0; from < n;) {
        int64_t to = from + 1;
        while (to < n && s[to].series == s[from].series)
            to++;
        for (int32_t i = 0; i < k.n; i++)
            k.people[i] += of_series(s + from, to - from, k.date[i]);
        from = to;
    }
    *out = k;
    return true;
}

static bool correct(vg_flow_reader *r, knots *k, const vg_flow_correction *c)
{
    vg_err why = VG_NO_ERR;
    int32_t i = 0;
    while (i < k->n && k->date[i] != c->date)
        i++;
    if (i == k->n) {
        vg_fail(&why, VG_ENOTFOUND, c->at, "a correction on a date without a registration of the camp");
        vg_mend(&why, "give the date of the re-registration as it stands in camps.csv");
        return vg_flow_refuse(r, &why, VG_NOSTR);
    }
    if (i == 0)
        return true; /* nothing before it */
    if (k->people[i - 1] <= 0) {
        vg_fail(&why, VG_ERANGE, c->at, "a correction behind a registration of nobody");
        vg_why(&why, "earlier numbers are scaled by the new one over the one before it, which is zero");
        return vg_flow_refuse(r, &why, VG_NOSTR);
    }
    double factor = k->people[i] / k->people[i - 1];
    for (int32_t j = 0; j < i; j++)
        k->people[j] *= factor;
    return true;
}

static void fill(const vg_flow_conflict *c, const knots *k, double *day)
{
    for (int32_t t = 0; t < c->n_days; t++)
        day[t] = at_date(k->date, k->people, k->n, c->first_date + t);
}

static bool one_camp(vg_flow_reader *r, const vg_flow_registration *s, int64_t n)
{
    vg_flow_conflict *c = r->c;
    int64_t row = (int64_t)c->place[s->camp].camp * c->n_days;
    knots k = { .n = 0 };
    if (!camp_knots(r->a, s, n, &k))
        return false;
    fill(c, &k, c->raw + row);
    for (int32_t t = 0, i = -1; t < c->n_days; t++) {
        while (i + 1 < k.n && k.date[i + 1] <= c->first_date + t)
            i++;
        int32_t day = i < 0 ? -1 : k.date[i] - c->first_date;
        c->known_day[row + t] = i < 0 ? -1 : day < 0 ? 0 : day;
    }
    for (int64_t i = 0; i < r->n_corrections; i++)
        if (r->correction[i].place == s->camp && !correct(r, &k, &r->correction[i]))
            return false;
    fill(c, &k, c->corrected + row);
    return true;
}

/* --- dates --- */

/* The day on which most series begin; the earlier of two. */
static bool first_day(const vg_flow_reader *r, int32_t *day)
{
    int32_t *begin = vg_new(r->a, int32_t, r->n_seen), n = 0, run = 0, most = 0,
            best = r->n_sum ? r->sum[0].date : 0;
    if (!begin)
        return false;
    for (int64_t i = 0; i < r->n_seen; i++) {
        const vg_flow_registration *s = &r->seen[i];
        if (i == 0 || s[-1].camp != s->camp || s[-1].series != s->series)
            begin[n++] = s->date;
    }
    if (n)
        qsort(begin, (size_t)n, sizeof *begin, by_number);
    for (int32_t i = 0; i < n; i++) {
        run = i && begin[i] == begin[i - 1] ? run + 1 : 1;
        if (run > most) {
            most = run;
            best = begin[i];
        }
    }
    *day = best;
    return true;
}

static bool set_dates(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    if (r->dated)
        return true;
    c->n_days = r->last_fighting + 1;
    return first_day(r, &c->first_date);
}

/* Camps with registrations get the first numbers, in the order of locations.csv. */
static bool number_camps(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    for (int64_t i = 0; i < r->n_seen; i++)
        c->place[r->seen[i].camp].camp = 0;
    for (int32_t i = 0; i < c->n_places; i++)
        c->n_camps += c->place[i].kind == VG_FLOW_CAMP;
    c->camp_place = vg_new(r->a, int32_t, c->n_camps);
    if (!c->camp_place)
        return false;
    int32_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < c->n_places; i++)
            if (c->place[i].kind == VG_FLOW_CAMP && (c->place[i].camp == -1) == (pass == 1) &&
                n < c->n_camps) {
                c->place[i].camp = pass ? -2 - n : n;
                c->camp_place[n++] = i;
            }
        if (pass == 0)
            c->n_scored = n;
    }
    for (int32_t k = c->n_scored; k < n; k++)
        c->place[c->camp_place[k]].camp = k;
    return true;
}

static bool make_total(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    int32_t *date = vg_new(r->a, int32_t, r->n_sum);
    double *people = vg_new(r->a, double, r->n_sum);
    c->total = vg_new(r->a, double, c->n_days);
    if (!date || !people || !c->total)
        return false;
    for (int64_t i = 0; i < r->n_sum; i++) {
        date[i] = r->sum[i].date;
        people[i] = r->sum[i].people;
    }
    for (int32_t t = 0; t < c->n_days; t++)
        c->total[t] = at_date(date, people, (int32_t)r->n_sum, c->first_date + t);
    return true;
}

static bool make_all(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    if (!sort_out(r, r->seen, &r->n_seen) || !sort_out(r, r->sum, &r->n_sum))
        return false;
    if (!set_dates(r) || !number_camps(r))
        return false;
    int64_t n = (int64_t)c->n_camps * c->n_days;
    c->raw = vg_new(r->a, double, n);
    c->corrected = vg_new(r->a, double, n);
    c->known_day = vg_new(r->a, int32_t, n);
    if (!c->raw || !c->corrected || !c->known_day)
        return false;
    for (int64_t i = (int64_t)c->n_scored * c->n_days; i < n; i++)
        c->raw[i] = c->corrected[i] = NAN;
    for (int64_t from = 0, to; from < r->n_seen; from = to) {
        for (to = from + 1; to < r->n_seen && r->seen[to].camp == r->seen[from].camp;)
            to++;
        if (!one_camp(r, r->seen + from, to - from))
            return false;
    }
    return r->n_sum == 0 || make_total(r);
}

bool vg_flow_series_make(vg_flow_reader *r, vg_err *e)
{
    if (r->n_seen == 0 && r->n_sum == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(r->folder) },
                "no row of camps.csv or totals.csv could be used");
        if (r->c->n_rejects)
            vg_why(e, "the first row that was refused: %s", r->c->reject[0].why.what);
        return vg_mend(e, "give dates as 2012-02-29, counts as whole numbers, and camps as in locations.csv");
    }
    return make_all(r) || vg_fail_memory(e, vg_arena_limit(r->a));
}
