/* The rows of reporting days: an open hash table a day while it changes, packed bytes when it has not changed for long.
 * A packed row is its key (zone, clause, party and weapon, one added to each), a number whose bits say which of its twelve
 * sums are not 0, and those sums, all as numbers of seven bits a byte, signed ones folded. Invariant: a day that is put
 * aside has no open change, and unpacked it has the same rows but for those that are all 0, which say the same as none. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/figures_int.h"

enum { FIRST_SLOTS = 64, N_SUMS = 13, N_KEYS = 4, ROW_BYTES = (N_KEYS + 1) * 3 + N_SUMS * 10 };

/* --- finding a day --- */

int32_t vg_figures__day_at(const vg_figures *f, int32_t day)
{
    int32_t low = 0, high = f->n_days;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (f->day[middle]->day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static vg_tally_day *add_day(vg_figures *f, int32_t place, int32_t day, vg_err *e)
{
    if (f->n_days == f->cap_days) {
        int32_t cap = f->cap_days ? 2 * f->cap_days : 64;
        vg_tally_day **more = reallocarray(f->day, (size_t)cap, sizeof *more);
        if (!more) {
            vg_fail_memory(e, cap * (int64_t)sizeof *more);
            return NULL;
        }
        f->day = more;
        f->cap_days = cap;
    }
    vg_tally_day *d = calloc(1, sizeof *d);
    if (!d) {
        vg_fail_memory(e, (int64_t)sizeof *d);
        return NULL;
    }
    d->day = day;
    memmove(&f->day[place + 1], &f->day[place], (size_t)(f->n_days - place) * sizeof *f->day);
    f->day[place] = d;
    f->n_days++;
    f->n_here++;
    return d;
}

/* --- rows of a day --- */

static uint32_t hash_of(vg_tally_key k)
{
    uint64_t x = (uint64_t)(uint16_t)k.zone << 32 | (uint64_t)(uint16_t)k.clause << 16 |
                 (uint64_t)(uint8_t)k.party << 8 | (uint8_t)k.weapon;
    x *= 0x9E3779B97F4A7C15u;
    return (uint32_t)(x >> 32 ^ x >> 54);
}

static bool same_key(vg_tally_key a, vg_tally_key b)
{
    return a.zone == b.zone && a.clause == b.clause && a.party == b.party && a.weapon == b.weapon;
}

static int32_t *slot_of(const vg_tally_day *d, vg_tally_key k)
{
    uint32_t mask = (uint32_t)d->n_slots - 1, at = hash_of(k) & mask;
    while (d->slot[at] && !same_key(d->row[d->slot[at] - 1].key, k))
        at = (at + 1) & mask;
    return &d->slot[at];
}

static bool make_slots(vg_tally_day *d, vg_err *e)
{
    int32_t n = d->n_slots ? d->n_slots : FIRST_SLOTS;
    while (n <= 2 * d->n)
        n *= 2;
    int32_t *slot = calloc((size_t)n, sizeof *slot);
    if (!slot)
        return vg_fail_memory(e, n * (int64_t)sizeof *slot);
    free(d->slot);
    d->slot = slot;
    d->n_slots = n;
    for (int32_t i = 0; i < d->n; i++)
        *slot_of(d, d->row[i].key) = i + 1;
    return true;
}

static bool room_for_row(vg_tally_day *d, vg_err *e)
{
    if (d->n < d->cap)
        return true;
    int32_t cap = d->cap + d->cap / 2 + FIRST_SLOTS / 2;
    vg_tally_row *more = reallocarray(d->row, (size_t)cap, sizeof *more);
    if (!more)
        return vg_fail_memory(e, cap * (int64_t)sizeof *more);
    d->row = more;
    d->cap = cap;
    return true;
}

vg_tally_row *vg_figures__row(vg_tally_day *d, vg_tally_key k, vg_err *e)
{
    if (d->recent < d->n && same_key(d->row[d->recent].key, k))
        return &d->row[d->recent];
    if (2 * d->n >= d->n_slots && !make_slots(d, e))
        return NULL;
    int32_t *slot = slot_of(d, k);
    if (!*slot) {
        if (!room_for_row(d, e))
            return NULL;
        d->row[d->n] = (vg_tally_row){ .key = k };
        *slot = ++d->n;
    }
    d->recent = *slot - 1;
    return &d->row[d->recent];
}

/* --- packing --- */

static char *put_number(char *to, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        *to++ = (char)(uint8_t)(x | 0x80);
    *to++ = (char)(uint8_t)x;
    return to;
}

static const char *get_number(const char *from, uint64_t *x)
{
    *x = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint64_t byte = (uint8_t)*from++;
        *x |= (byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    return from;
}

static void sums_of(const vg_tally *t, int64_t sum[N_SUMS])
{
    const int64_t all[N_SUMS] = { t->n_incidents, t->n_violations, t->n_probable, t->n_possible,
                                  t->n_exempt,    t->n_rejected,   t->n_alleged,  t->n_self_defence,
                                  t->expected,    t->variance,     t->severity,   t->n_explosions,
                                  t->n_uncounted };
    memcpy(sum, all, sizeof all);
}

static vg_tally tally_of(const int64_t sum[N_SUMS])
{
    return (vg_tally){ .n_incidents = (int32_t)sum[0],
                       .n_violations = (int32_t)sum[1],
                       .n_probable = (int32_t)sum[2],
                       .n_possible = (int32_t)sum[3],
                       .n_exempt = (int32_t)sum[4],
                       .n_rejected = (int32_t)sum[5],
                       .n_alleged = (int32_t)sum[6],
                       .n_self_defence = (int32_t)sum[7],
                       .expected = sum[8],
                       .variance = sum[9],
                       .severity = sum[10],
                       .n_explosions = sum[11],
                       .n_uncounted = sum[12] };
}

static char *put_row(char *to, const vg_tally_row *r)
{
    int64_t sum[N_SUMS];
    uint64_t which = 0;
    sums_of(&r->now, sum);
    for (int i = 0; i < N_SUMS; i++)
        which |= (uint64_t)(sum[i] != 0) << i;
    if (!which)
        return to;
    to = put_number(to, (uint64_t)(r->key.zone + 1));
    to = put_number(to, (uint64_t)(r->key.clause + 1));
    to = put_number(to, (uint64_t)(r->key.party + 1));
    to = put_number(to, (uint64_t)(r->key.weapon + 1));
    to = put_number(to, which);
    for (int i = 0; i < N_SUMS; i++)
        if (sum[i])
            to = put_number(to, (uint64_t)sum[i] << 1 ^ (uint64_t)(sum[i] >> 63));
    return to;
}

static const char *get_row(const char *from, vg_tally_row *r)
{
    int64_t sum[N_SUMS] = { 0 };
    uint64_t key[N_KEYS], which, x;
    for (int i = 0; i < N_KEYS; i++)
        from = get_number(from, &key[i]);
    from = get_number(from, &which);
    for (int i = 0; i < N_SUMS; i++)
        if (which >> i & 1) {
            from = get_number(from, &x);
            sum[i] = (int64_t)(x >> 1 ^ (0 - (x & 1)));
        }
    *r = (vg_tally_row){ .now = tally_of(sum),
                         .key = { .zone = (int16_t)((int)key[0] - 1),
                                  .clause = (int16_t)((int)key[1] - 1),
                                  .party = (int8_t)((int)key[2] - 1),
                                  .weapon = (int8_t)((int)key[3] - 1) } };
    return from;
}

/* The rows as bytes, in memory: false when there is none left, and then the day is as it was. */
static bool pack(vg_figures *f, vg_tally_day *d)
{
    char *bytes = malloc((size_t)d->n * ROW_BYTES + 1), *end = bytes;
    int32_t n = 0;
    if (!bytes)
        return false;
    for (int32_t i = 0; i < d->n; i++) {
        char *to = put_row(end, &d->row[i]);
        n += to != end;
        end = to;
    }
    char *fitting = realloc(bytes, (size_t)(end - bytes) + 1);
    d->packed = fitting ? fitting : bytes;
    d->n_bytes = end - bytes;
    d->n = n;
    d->cap = d->n_slots = d->recent = 0;
    free(d->row);
    free(d->slot);
    d->row = NULL;
    d->slot = NULL;
    d->aside = true;
    f->n_here--;
    return true;
}

bool vg_figures__look(const vg_figures *f, const vg_tally_day *d, vg_tally_row **rows, vg_err *e)
{
    *rows = d->row;
    if (!d->aside || d->n == 0)
        return true;
    char *room = d->packed ? d->packed : malloc((size_t)d->n_bytes + 1);
    vg_tally_row *row = reallocarray(NULL, (size_t)d->n, sizeof *row);
    bool good = (room && row) || vg_fail_memory(e, d->n_bytes + d->n * (int64_t)sizeof *row);
    good = good && (d->packed || vg_figures__file_get(&f->file, d, room, e));
    const char *from = room;
    for (int32_t i = 0; good && i < d->n; i++)
        from = get_row(from, &row[i]);
    if (!d->packed)
        free(room);
    if (!good) {
        free(row);
        return false;
    }
    *rows = row;
    return true;
}

void vg_figures__unlook(const vg_tally_day *d, vg_tally_row *rows)
{
    if (rows != d->row)
        free(rows);
}

/* A day that was put aside has its rows again. */
static bool bring_back(vg_figures *f, vg_tally_day *d, vg_err *e)
{
    vg_tally_row *rows;
    if (!vg_figures__look(f, d, &rows, e))
        return false;
    d->row = rows;
    d->cap = d->n;
    if (!make_slots(d, e)) {
        free(rows);
        d->row = NULL;
        d->cap = 0;
        return false;
    }
    free(d->packed);
    d->packed = NULL;
    d->aside = false;
    f->n_here++;
    return true;
}

vg_tally_day *vg_figures__day(vg_figures *f, int32_t day, vg_err *e)
{
    vg_tally_day *d = f->recent;
    if (!d || d->day != day) {
        int32_t place = vg_figures__day_at(f, day);
        d = place < f->n_days && f->day[place]->day == day ? f->day[place] : add_day(f, place, day, e);
    }
    if (!d || (d->aside && !bring_back(f, d, e)))
        return NULL;
    d->used = ++f->clock;
    f->recent = d;
    return d;
}

/* --- putting aside --- */

static int by_use(const void *a, const void *b)
{
    const vg_tally_day *x = *(vg_tally_day *const *)a, *y = *(vg_tally_day *const *)b;
    return (x->used > y->used) - (x->used < y->used);
}

/* A quarter more than it should be are let in before the next look, so that looking costs next to nothing. */
void vg_figures__put_aside(vg_figures *f)
{
    if (f->n_here <= f->most_here || f->n_here < f->next_try)
        return;
    vg_tally_day **old = reallocarray(NULL, (size_t)f->n_here, sizeof *old);
    int32_t n = 0, to_go = f->n_here - f->most_here;
    for (int32_t i = 0; old && i < f->n_days; i++)
        if (!f->day[i]->aside && f->day[i]->n_open == 0)
            old[n++] = f->day[i];
    if (n)
        qsort(old, (size_t)n, sizeof *old, by_use);
    for (int32_t i = 0; i < n && i < to_go; i++)
        if (pack(f, old[i]))
            vg_figures__file_put(f, old[i]);
    free(old);
    f->next_try = (f->n_here > f->most_here ? f->n_here : f->most_here) + f->most_here / 4 + 1;
}

void vg_figures__days_free(vg_figures *f)
{
    for (int32_t i = 0; i < f->n_days; i++) {
        free(f->day[i]->row);
        free(f->day[i]->slot);
        free(f->day[i]->packed);
        free(f->day[i]);
    }
    free(f->day);
    vg_figures__file_close(&f->file);
}
