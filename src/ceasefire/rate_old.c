/* The local rates of days gone by: numbers a cell and day that must not be lost, for a late report is scored by them, and
 * that nobody asks for any more. They are packed a day, about seven bytes a cell: row, column, number of reports and step of
 * the rate, as numbers of seven bits a byte. Invariant: a cell is in the table or packed, never both; a day that is asked
 * for is brought back whole first; a packed cell governs no report in memory. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

enum { CELL_BYTES = 4 * 10, STEPS = 64 };

bool vg_watch_rate_new(vg_watch *w, uint64_t place, int32_t day, int32_t *cell, vg_err *e)
{
    int32_t i = w->free_rate - 1;
    if (i < 0 && !vg_watch_room(&w->memory, &w->rate, &w->cap_rates, w->n_rates + 1, sizeof *w->rate, e))
        return false;
    if (!vg_watch_put(&w->memory, &w->rate_at, vg_watch_mix(place, (uint64_t)(int64_t)day),
                      i < 0 ? (int32_t)w->n_rates : i, e))
        return false;
    if (i < 0)
        i = (int32_t)w->n_rates++;
    else
        w->free_rate = w->rate[i].head;
    w->rate[i] = (vg_rate_cell){ .place = place, .day = day, .head = -1 };
    *cell = i;
    return true;
}

static void drop_cell(vg_watch *w, int32_t i)
{
    vg_watch_drop(&w->rate_at, vg_watch_mix(w->rate[i].place, (uint64_t)(int64_t)w->rate[i].day));
    w->rate[i] = (vg_rate_cell){ .n = -1, .head = w->free_rate }; /* n: free */
    w->free_rate = i + 1;
}

/* --- numbers as bytes --- */

static char *put_number(char *to, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        *to++ = (char)(uint8_t)(x | 0x80);
    *to++ = (char)(uint8_t)x;
    return to;
}

static const char *get_number(const char *from, uint64_t *x)
{
    uint64_t byte = 0x80;
    *x = 0;
    for (int shift = 0; shift < 64 && byte >= 0x80; shift += 7) {
        byte = (uint8_t)*from++;
        *x |= (byte & 0x7F) << shift;
    }
    return from;
}

static char *put_cell(char *to, const vg_rate_cell *c)
{
    long step = lrint(((double)c->log_rate - (double)vg_watch_rate_of(0)) / VG_RATE_STEP);
    to = put_number(to, c->place >> 32);
    to = put_number(to, c->place & UINT32_MAX);
    to = put_number(to, (uint64_t)c->n);
    return put_number(to, (uint64_t)(step + STEPS));
}

/* --- days --- */

static int64_t place_of(const vg_watch *w, int32_t day)
{
    int64_t low = 0, high = w->n_rate_days;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (w->rate_day[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool vg_watch_rates_bring_back(vg_watch *w, int32_t day, vg_err *e)
{
    int64_t at = place_of(w, day);
    if (at == w->n_rate_days || w->rate_day[at].day != day)
        return true;
    vg_rate_day d = w->rate_day[at]; /* taken out first: after a failure the watch is made anew */
    w->n_rate_days--;
    memmove(&w->rate_day[at], &w->rate_day[at + 1], (size_t)(w->n_rate_days - at) * sizeof d);
    bool good = true;
    for (const char *from = d.bytes; good && from < d.bytes + d.n_bytes;) {
        uint64_t row, column, n, step;
        int32_t cell;
        from = get_number(get_number(get_number(get_number(from, &row), &column), &n), &step);
        good = vg_watch_rate_new(w, row << 32 | column, day, &cell, e);
        if (good) {
            w->rate[cell].n = (int32_t)n;
            w->rate[cell].log_rate = vg_watch_rate_of((double)step - STEPS);
        }
    }
    free(d.bytes);
    return good;
}

typedef struct {
    int32_t day, cell;
} old_cell;

static int by_day(const void *a, const void *b)
{
    const old_cell *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static vg_rate_day *day_of(vg_watch *w, int32_t day)
{
    vg_err none = VG_NO_ERR;
    int64_t at = place_of(w, day);
    if (at < w->n_rate_days && w->rate_day[at].day == day)
        return &w->rate_day[at];
    if (!vg_watch_room(&w->memory, &w->rate_day, &w->cap_rate_days, w->n_rate_days + 1, sizeof *w->rate_day,
                       &none))
        return NULL;
    memmove(&w->rate_day[at + 1], &w->rate_day[at], (size_t)(w->n_rate_days - at) * sizeof *w->rate_day);
    w->rate_day[at] = (vg_rate_day){ .day = day };
    w->n_rate_days++;
    return &w->rate_day[at];
}

/* Cells of one day, behind what is packed of it already. */
static bool pack_day(vg_watch *w, const old_cell *list, int64_t n)
{
    vg_rate_day *d = day_of(w, list[0].day);
    char *bytes = d ? realloc(d->bytes, (size_t)d->n_bytes + (size_t)n * CELL_BYTES) : NULL, *end;
    if (!bytes)
        return false;
    end = bytes + d->n_bytes;
    for (int64_t i = 0; i < n; i++) {
        if (w->rate[list[i].cell].n > 0) /* a cell with nothing in it says what no cell says */
            end = put_cell(end, &w->rate[list[i].cell]);
        drop_cell(w, list[i].cell);
    }
    d->n_bytes = (int32_t)(end - bytes);
    char *fitting = realloc(bytes, (size_t)d->n_bytes + 1);
    d->bytes = fitting ? fitting : bytes;
    return true;
}

void vg_watch_rates_put_away(vg_watch *w, int32_t before)
{
    int64_t n = 0;
    for (int64_t i = 0; i < w->n_rates; i++)
        n += w->rate[i].n >= 0 && w->rate[i].head < 0 && w->rate[i].day < before && !w->rate[i].changed;
    old_cell *list = n ? reallocarray(NULL, (size_t)n, sizeof *list) : NULL;
    if (!list)
        return;
    n = 0;
    for (int64_t i = 0; i < w->n_rates; i++)
        if (w->rate[i].n >= 0 && w->rate[i].head < 0 && w->rate[i].day < before && !w->rate[i].changed)
            list[n++] = (old_cell){ w->rate[i].day, (int32_t)i };
    qsort(list, (size_t)n, sizeof *list, by_day);
    bool good = true;
    for (int64_t i = 0, end; good && i < n; i = end) {
        for (end = i + 1; end < n && list[end].day == list[i].day; end++)
            continue;
        good = pack_day(w, list + i, end - i);
    }
    free(list);
}

void vg_watch_rates_free(vg_watch *w)
{
    for (int64_t i = 0; i < w->n_rate_days; i++)
        free(w->rate_day[i].bytes);
    free(w->rate_day);
}
