/*
 * Scores of a forecast file that anybody made. One thread reads a batch of rows while another scores the batch
 * before it; batches are merged in the order of the file. Invariant: memory is two batches and the table of actuals.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/csv.h"
#include "core/date.h"
#include "core/num.h"
#include "forecast/forecast_int.h"

enum { BATCH = 512, MAX_COLUMNS = 20000 };
static const int64_t TABLE_LIMIT = (int64_t)8 << 30;
static const double LARGEST = 10e9; /* the official script cuts forecasts here */

/* --- actuals --- */

typedef struct {
    uint64_t key; /* of window, month and unit; 0 = empty */
    double value;
    bool used;
} actual;

typedef struct {
    actual *slot;
    int64_t n_slots, n;
    bool by_window;
} actuals;

typedef enum { FORM_WIDE, FORM_LONG, FORM_QUANTILES } form;

typedef struct {
    int32_t window, month, unit, draw, value; /* columns, -1 = none */
    int32_t n, first_other; /* columns in all; the first that holds neither window, month nor unit */
} columns;

static int32_t find_column(const vg_csv_row *head, const char *const *names)
{
    for (; *names; names++)
        for (int32_t i = 0; i < head->n; i++)
            if (vg_eq_nocase(vg_trim(head->cell[i]), vg_str_z(*names)))
                return i;
    return -1;
}

static bool find_columns(const vg_csv *csv, const vg_csv_row *head, columns *out, vg_err *e)
{
    static const char *const month[] = { "month_id", "month", "date", NULL };
    static const char *const unit[] = { "country_id", "priogrid_gid", "priogrid_id", "pg_id",   "gid",
                                        "cell",       "unit",         "iso3",        "country", NULL };
    static const char *const window[] = { "window", NULL };
    static const char *const draw[] = { "draw", "sample", "member", NULL };
    static const char *const value[] = { "outcome", "actual", "observed", "value",  "prediction",
                                         "deaths",  "best",   "sb",       "ged_sb", NULL };
    columns c = { find_column(head, window),
                  find_column(head, month),
                  find_column(head, unit),
                  find_column(head, draw),
                  find_column(head, value),
                  head->n,
                  -1 };
    if (c.month < 0 || c.unit < 0) {
        vg_fail(e, VG_EPARSE, vg_csv_at(csv, head, 0), "no column for the %s",
                c.month < 0 ? "month" : "unit");
        vg_why(e, "the first line must name month_id and one of country_id, priogrid_gid, unit, iso3");
        return vg_mend(e, "add a header line, or rename the column");
    }
    for (int32_t i = head->n - 1; i >= 0; i--)
        if (i != c.window && i != c.month && i != c.unit)
            c.first_other = i;
    *out = c;
    return true;
}

/* A month_id, or a date. */
static bool read_month(vg_str cell, int32_t *month)
{
    int64_t id;
    if (vg_int_lenient(cell, &id) && id > -12000 && id < 120000) {
        *month = (int32_t)id;
        return true;
    }
    return vg_month_parse(cell, month);
}

static bool row_key(const vg_csv_row *row, const columns *c, bool by_window, uint64_t *key)
{
    int32_t month;
    if (row->n < c->n || !read_month(row->cell[c->month], &month))
        return false;
    uint64_t h = vg_hash(vg_trim(row->cell[c->unit])) * 31 + (uint64_t)(uint32_t)month;
    if (by_window)
        h = h * 31 + vg_hash(vg_trim(row->cell[c->window]));
    h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9ULL;
    *key = h ? h : 1;
    return true;
}

static actual *slot_of(const actuals *t, uint64_t key)
{
    int64_t at = (int64_t)(key % (uint64_t)t->n_slots);
    while (t->slot[at].key && t->slot[at].key != key)
        at = at + 1 == t->n_slots ? 0 : at + 1;
    return &t->slot[at];
}

static bool grow_table(actuals *t, vg_err *e)
{
    actuals larger = { .n_slots = t->n_slots ? t->n_slots * 2 : 1 << 16,
                       .n = t->n,
                       .by_window = t->by_window };
    larger.slot = calloc((size_t)larger.n_slots, sizeof *larger.slot);
    if (!larger.slot)
        return vg_fail_memory(e, TABLE_LIMIT);
    for (int64_t i = 0; i < t->n_slots; i++)
        if (t->slot[i].key)
            *slot_of(&larger, t->slot[i].key) = t->slot[i];
    free(t->slot);
    *t = larger;
    return true;
}

static bool add_actual(actuals *t, const vg_csv *csv, const vg_csv_row *row, const columns *c, vg_err *e)
{
    uint64_t key;
    double value;
    int32_t column = c->value >= 0 ? c->value : c->n - 1;
    if (row->bad || !row_key(row, c, t->by_window, &key) || !vg_num(vg_trim(row->cell[column]), &value))
        return true; /* no outcome: the forecast row finds no match and is counted there */
    if (t->n * 2 >= t->n_slots && !grow_table(t, e))
        return false;
    actual *s = slot_of(t, key);
    if (s->key && s->value != value) {
        vg_fail(e, VG_ECONFLICT, vg_csv_at(csv, row, column),
                "a second outcome (%g, before: %g) for the same unit and month", value, s->value);
        vg_why(e, "a forecast can be scored against one outcome only");
        return vg_mend(e, "keep one vintage in the file, or add a window column to both files");
    }
    t->n += s->key == 0;
    *s = (actual){ key, value, false };
    return true;
}

static bool next_good_head(vg_csv *csv, vg_csv_row *head, const char *path, vg_err *e)
{
    if (vg_csv_next(csv, head, e) && !head->bad)
        return true;
    if (vg_failed(e))
        return false;
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_str_z(path) }, "this is not a table with a header line");
    return vg_mend(e, "give a CSV file whose first line names the columns");
}

static bool load_actuals(const char *path, bool by_window, actuals *out, vg_err *e)
{
    vg_input *in = NULL;
    vg_csv *csv = NULL;
    vg_csv_row row;
    columns c;
    actuals t = { .n = 0 };
    bool ok = vg_input_open(path, &in, e) && vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e) &&
              next_good_head(csv, &row, path, e) && find_columns(csv, &row, &c, e) && grow_table(&t, e);
    t.by_window = ok && by_window && c.window >= 0;
    while (ok && vg_csv_next(csv, &row, e))
        ok = add_actual(&t, csv, &row, &c, e);
    ok = ok && !vg_failed(e);
    if (ok && t.n == 0)
        ok = vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(path) }, "no outcome in this file");
    vg_csv_close(csv);
    vg_input_close(in);
    if (ok)
        *out = t;
    else
        free(t.slot);
    return ok;
}

/* --- forecasts --- */

typedef struct {
    double y;
    bool matched;
} outcome;

typedef struct {
    int32_t n; /* rows filled */
    double *x; /* [row][value] */
    outcome *of;
    double *scratch;
    vg_scores sums;
} batch;

typedef struct {
    vg_csv *csv;
    columns c;
    form form;
    int32_t m;     /* values a row */
    double *level; /* of quantiles */
    actuals *table;
    batch *fill, *done;       /* the batch being read, and the one being scored */
    bool ended, in_one_piece; /* in_one_piece: the draws' columns are the last ones */
    vg_csv_row row;
    uint64_t held_key; /* long form: of the row that was read already */
    int64_t n_unmatched, n_rejected;
} reader;

static bool read_draw_slowly(vg_str cell, double *out)
{
    double x;
    if (!vg_num(vg_trim(cell), &x) || !(x >= 0))
        return false;
    *out = x < LARGEST ? x : LARGEST;
    return true;
}

/* Counts are written as digits, most of them as one; anything else takes the strict way. */
static inline bool read_draw(vg_str cell, double *out)
{
    unsigned first = cell.n ? (unsigned)(cell.s[0] - '0') : 10;
    if (cell.n == 1 && first < 10) {
        *out = first;
        return true;
    }
    uint64_t x = first;
    if (first > 9 || cell.n > 9)
        return read_draw_slowly(cell, out);
    for (ptrdiff_t i = 1; i < cell.n; i++) {
        unsigned digit = (unsigned)(cell.s[i] - '0');
        if (digit > 9)
            return read_draw_slowly(cell, out);
        x = x * 10 + digit;
    }
    *out = (double)x;
    return true;
}

/* The outcome of the row just completed; counts it when there is none. */
static void finish_row(reader *r, uint64_t key)
{
    batch *b = r->fill;
    actual *a = slot_of(r->table, key);
    if (!a->key) {
        r->n_unmatched++;
        return;
    }
    a->used = true;
    b->of[b->n++] = (outcome){ a->value, true };
}

/* The draws of a row that has all its cells. */
static bool read_wide(const reader *r, double *x)
{
    const vg_str *cell = r->row.cell;
    int32_t k = 0;
    if (r->in_one_piece) {
        for (cell += r->c.first_other; k < r->m && read_draw(cell[k], &x[k]);)
            k++;
        return k == r->m;
    }
    for (int32_t i = r->c.first_other; k < r->m; i++)
        if (i != r->c.window && i != r->c.month && i != r->c.unit && !read_draw(cell[i], &x[k++]))
            return false;
    return true;
}

static void take_wide(reader *r)
{
    uint64_t key;
    double *x = r->fill->x + (int64_t)r->fill->n * r->m;
    if (!r->row.bad && row_key(&r->row, &r->c, r->table->by_window, &key) && read_wide(r, x))
        finish_row(r, key);
    else
        r->n_rejected++;
}

static bool next_long(reader *r, vg_err *e)
{
    while (vg_csv_next(r->csv, &r->row, e)) {
        if (!r->row.bad && row_key(&r->row, &r->c, r->table->by_window, &r->held_key))
            return true;
        r->n_rejected++;
    }
    return false;
}

/* All rows of one unit and month, which stand together; the number of draws is the first group's. */
static bool take_long(reader *r, vg_err *e)
{
    batch *b = r->fill;
    double *x = b->x + (int64_t)b->n * r->m;
    uint64_t key = r->held_key;
    int32_t k = 0;
    bool good = true, more = true;
    while (more && r->held_key == key) {
        good = good && k < r->m && read_draw(r->row.cell[r->c.value], &x[k]);
        k++;
        more = next_long(r, e);
    }
    if (good && k == r->m)
        finish_row(r, key);
    else
        r->n_rejected += k;
    return more;
}

static bool fill_batch(reader *r, vg_err *e)
{
    r->fill->n = 0;
    while (!r->ended && r->fill->n < BATCH) {
        if (r->form == FORM_LONG)
            r->ended = !take_long(r, e);
        else if (vg_csv_next(r->csv, &r->row, e))
            take_wide(r);
        else
            r->ended = true;
    }
    return !vg_failed(e);
}

/* Position of a level among the quantiles, -1 when the file has none. */
static int32_t level_at(const reader *r, double level)
{
    for (int32_t i = 0; i < r->m; i++)
        if (fabs(r->level[i] - level) < 1e-9)
            return i;
    return -1;
}

static void add_interval(const reader *r, const double *x, double y, double level, int64_t *inside,
                         double *mis)
{
    int32_t l = level_at(r, (1 - level) / 2), u = level_at(r, 1 - (1 - level) / 2);
    if (l < 0 || u < 0)
        return;
    *inside += x[l] <= y && y <= x[u];
    double alpha = 1 - level;
    if (mis)
        *mis += (x[u] - x[l]) + 2 / alpha * fmax(x[l] - y, 0) + 2 / alpha * fmax(y - x[u], 0);
}

static void add_quantiles(const reader *r, vg_scores *s, const double *x, double y)
{
    double pinball = 0;
    for (int32_t i = 0; i < r->m; i++)
        pinball += (y >= x[i] ? r->level[i] * (y - x[i]) : (1 - r->level[i]) * (x[i] - y)) / r->m;
    s->n++;
    s->n_positive += y > 0;
    s->crps += 2 * pinball;
    s->crps_positive += y > 0 ? 2 * pinball : 0;
    int32_t middle = level_at(r, 0.5);
    s->mae_median += middle >= 0 ? fabs(x[middle] - y) : NAN;
    add_interval(r, x, y, 0.9, &s->in90, &s->mis);
    add_interval(r, x, y, 0.5, &s->in50, NULL);
}

static void score_batch(reader *r)
{
    batch *b = r->done;
    for (int32_t i = 0; i < b->n; i++) {
        double *x = b->x + (int64_t)i * r->m;
        if (r->form == FORM_QUANTILES) {
            add_quantiles(r, &b->sums, x, b->of[i].y);
            continue;
        }
        vg_sort_draws(x, r->m, b->scratch);
        vg_scores_add(&b->sums, x, r->m, b->of[i].y);
    }
}

static bool read_or_score(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker;
    reader *r = ctx;
    if (task == 0)
        return fill_batch(r, e);
    score_batch(r);
    return true;
}

/* "0.05", "q0.05", "q_0.05". */
static bool read_level(vg_str name, double *level)
{
    name = vg_trim(name);
    if (name.n && vg_lower(name.s[0]) == 'q')
        name = vg_sub(name, 1, name.n);
    if (name.n && name.s[0] == '_')
        name = vg_sub(name, 1, name.n);
    return vg_num(name, level) && *level > 0 && *level < 1;
}

static bool choose_form(reader *r, const vg_csv_row *head, vg_arena *a, vg_err *e)
{
    const columns *c = &r->c;
    if (c->draw >= 0 && c->value >= 0) {
        r->form = FORM_LONG;
        return true;
    }
    r->m = c->n - 2 - (c->window >= 0);
    r->in_one_piece = r->m == c->n - c->first_other;
    r->level = vg_new(a, double, c->n);
    if (!r->level)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t n_levels = 0;
    for (int32_t i = 0; i < c->n; i++)
        if (i != c->window && i != c->month && i != c->unit)
            n_levels += read_level(head->cell[i], &r->level[n_levels]);
    r->form = n_levels == r->m && r->m > 0 ? FORM_QUANTILES : FORM_WIDE;
    if (r->m >= 1 && r->m <= MAX_COLUMNS)
        return true;
    vg_fail(e, VG_EPARSE, vg_csv_at(r->csv, head, 0), "%d columns of draws; 1 to %d are possible", r->m,
            MAX_COLUMNS);
    return vg_mend(e,
                   "give one column per draw, or the columns draw and outcome, or quantiles named q0.05 ...");
}

static bool open_forecast(const char *path, vg_input **in, reader *r, vg_csv_row *head, vg_err *e)
{
    return vg_input_open(path, in, e) && vg_csv_open(*in, &(vg_csv_opts){ 0 }, &r->csv, e) &&
           next_good_head(r->csv, head, path, e) && find_columns(r->csv, head, &r->c, e);
}

/* Long form: the first unit and month tell how many draws there are; the file is opened once more for that. */
static bool count_draws(const char *path, const reader *like, int32_t *m, vg_err *e)
{
    reader r = { .table = like->table };
    vg_input *in = NULL;
    vg_csv_row head;
    int32_t n = 0;
    bool ok = open_forecast(path, &in, &r, &head, e);
    bool more = ok && next_long(&r, e);
    for (uint64_t key = r.held_key; more && r.held_key == key; n++)
        more = next_long(&r, e);
    vg_csv_close(r.csv);
    vg_input_close(in);
    if (!ok || vg_failed(e))
        return false;
    if (n < 1 || n > MAX_COLUMNS)
        return vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(path) },
                       "%d draws of the first unit and month; 1 to %d are possible", n, MAX_COLUMNS);
    *m = n;
    return true;
}

static bool new_batches(reader *r, batch pair[2], vg_arena *a, vg_err *e)
{
    for (int i = 0; i < 2; i++) {
        pair[i].x = vg_new(a, double, (int64_t)BATCH * r->m);
        pair[i].of = vg_new(a, outcome, BATCH);
        pair[i].scratch = vg_new(a, double, r->m);
        if (!pair[i].x || !pair[i].of || !pair[i].scratch)
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    return true;
}

static bool score_all(reader *r, batch pair[2], int n_threads, const vg_progress *progress, vg_scores *sums,
                      vg_err *e)
{
    for (int64_t round = 0; !r->ended || pair[0].n || pair[1].n; round++) {
        r->fill = &pair[round & 1];
        r->done = &pair[(round + 1) & 1];
        if (!vg_progress_step(progress, "score", round * BATCH, 0, e) ||
            !vg_parallel(n_threads, 2, read_or_score, r, e))
            return false;
        vg_scores_merge(sums, &r->done->sums);
        r->done->sums = (vg_scores){ 0 };
        r->done->n = 0;
    }
    return true;
}

static void report(const reader *r, const vg_scores *sums, vg_score_report *out)
{
    static const char *const names[] = { "draws wide", "draws long", "quantiles" };
    out->form = vg_str_z(names[r->form]);
    out->mean = vg_score_means(sums);
    out->n_draws = r->m;
    out->n_unmatched_forecasts = r->n_unmatched;
    out->n_rejected = r->n_rejected;
    for (int64_t i = 0; i < r->table->n_slots; i++)
        out->n_unmatched_actuals += r->table->slot[i].key && !r->table->slot[i].used;
    if (r->form != FORM_QUANTILES)
        return;
    bool in90 = level_at(r, 0.05) >= 0 && level_at(r, 0.95) >= 0;
    out->mean.ign = out->mean.brier25 = out->mean.twcrps = NAN; /* these need the whole distribution */
    if (!in90)
        out->mean.mis = NAN;
}

/* Reads the header, the outcomes (by window only when both files have one), decides the form and scores. */
static bool score_with(const char *path, const char *actuals_path, reader *r, int n_threads,
                       const vg_progress *progress, vg_arena *a, vg_score_report *out, vg_err *e)
{
    vg_input *in = NULL;
    vg_csv_row head;
    batch pair[2] = { { 0 }, { 0 } };
    vg_scores sums = { 0 };
    bool ok = open_forecast(path, &in, r, &head, e);
    ok = ok && load_actuals(actuals_path, r->c.window >= 0, r->table, e);
    ok = ok && choose_form(r, &head, a, e) && (r->form != FORM_LONG || count_draws(path, r, &r->m, e)) &&
         new_batches(r, pair, a, e);
    if (ok && r->form == FORM_LONG)
        r->ended = !next_long(r, e);
    ok = ok && score_all(r, pair, n_threads, progress, &sums, e);
    if (ok && sums.n == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = vg_str_z(path) },
                "no row of the forecast could be scored (%lld without an outcome, %lld refused)",
                (long long)r->n_unmatched, (long long)r->n_rejected);
        ok = vg_mend(e, "check that both files name months and units in the same way");
    }
    if (ok)
        report(r, &sums, out);
    vg_csv_close(r->csv);
    vg_input_close(in);
    return ok;
}

bool vg_score_files(const char *forecast_path, const char *actuals_path, int n_threads,
                    const vg_progress *progress, vg_score_report *out, vg_err *e)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    actuals table = { .n = 0 };
    vg_arena arena;
    vg_score_report found = { .n_draws = 0 };
    if (!vg_arena_init(&arena, TABLE_LIMIT, e))
        return false;
    reader r = { .table = &table };
    bool ok = score_with(forecast_path, actuals_path, &r, n_threads, progress, &arena, &found, e);
    free(table.slot);
    vg_arena_free(&arena);
    clock_gettime(CLOCK_MONOTONIC, &end);
    found.seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
    if (ok)
        *out = found;
    return ok;
}
