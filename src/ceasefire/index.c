/* Neighbours in place and time: tiles in classes of size, so that a question touches a few tiles of each class, and the
 * local rate of reports on a coarse cell. Invariant: a slot that is tiled stands in exactly one tile; whether two slots
 * find each other depends on the two alone, never on what else there is. */
#include <string.h>

#include "ceasefire/watch_int.h"

#define METRES_A_DEGREE 111195.0
#define GATE            3.61 /* a little more than the score's own, so that rounding loses nobody */

enum { PLACES = 3, TIMES = 3, NAMES = 1000 };
_Static_assert(PLACES *TIMES == VG_TILE_LEVELS, "a level for each pair of classes");

/* Largest standard deviation of the classes; beyond the last a report is never fused. */
static const double class_m[PLACES] = { 900, 2500, 60000 };
static const double class_s[TIMES] = { 2500, 15000, 200000 };

/* Sides of the tiles, in the distance that two of a class can be apart: fine classes are few to a tile however wide. */
static const double tiles_m[PLACES] = { 4, 3, 1.5 };
static const double tiles_s[TIMES] = { 4, 2, 1.5 };

static double tile_m(int level)
{
    return tiles_m[level / TIMES] * GATE * 1.4143 * class_m[level / TIMES];
}

static double tile_s(int level)
{
    return tiles_s[level % TIMES] * GATE * 1.4143 * class_s[level % TIMES];
}

/* Rounded down, without a call. */
static inline int64_t down(double x)
{
    int64_t i = (int64_t)x;
    return i - ((double)i > x);
}

int8_t vg_watch_level(const vg_slot *s)
{
    int place = 0, time = 0;
    while (place < PLACES && (double)s->var_m2 > class_m[place] * class_m[place])
        place++;
    while (time < TIMES && (double)s->var_s2 > class_s[time] * class_s[time])
        time++;
    bool known = !isnan(s->lat_deg) || s->place >= 0;
    return known && place < PLACES && time < TIMES ? (int8_t)(place * TIMES + time) : VG_TILE_NONE;
}

/* --- tiles --- */

typedef struct {
    int64_t row_from, row_to, time_from, time_to;
} span;

static double middle_s(const vg_slot *s)
{
    return 0.5 * ((double)s->from + (double)s->to);
}

/* Tiles around the earth, by level and degree of latitude. */
void vg_watch_tiles_make(vg_watch *w)
{
    for (int level = 0; level < VG_TILE_LEVELS; level++) {
        w->tile_deg[level] = tile_m(level) / METRES_A_DEGREE;
        w->tile_s[level] = tile_s(level);
        for (int degree = 0; degree < 180; degree++) {
            double lat = fabs(degree - 89.5),
                   around = lat < 89 ? 360.0 * cos(lat * 0.017453292519943295) : 6.0;
            double n = floor(around / (tile_m(level) / METRES_A_DEGREE));
            w->columns[level][degree] = n < 1 ? 1 : (int32_t)n;
        }
    }
}

static int64_t columns(const vg_watch *w, int level, int64_t row)
{
    int degree = (int)down(((double)row + 0.5) * w->tile_deg[level]) + 90;
    return w->columns[level][degree < 0 ? 0 : degree > 179 ? 179 : degree];
}

static int64_t column_of(double lon_deg, int64_t n)
{
    double turn = (lon_deg + 180.0) / 360.0;
    turn -= (double)down(turn);
    int64_t c = (int64_t)(turn * (double)n);
    return c < n ? c : n - 1;
}

static uint64_t tile_name(int level, int64_t row, int64_t column, int64_t time)
{
    return vg_watch_mix(((uint64_t)level << 56) ^ ((uint64_t)(row + (1 << 20)) << 28) ^ (uint64_t)column,
                        (uint64_t)time);
}

/* The filter's word for a tile and those beside it in time: 64 of them, the lowest bit first. */
static inline uint64_t *filter_word(vg_watch *w, int level, int64_t row, int64_t column, int64_t time)
{
    uint64_t name = tile_name(level, row, column, (time >> 6) ^ 0x5DEECE66D);
    return &w->filter[name & (VG_TILE_WORDS - 1)];
}

/* Reports with a place's name only meet under the name. */
static uint64_t place_name(const vg_watch *w, const vg_slot *s, int level, int64_t time)
{
    return vg_watch_mix(vg_hash(vg_map_name(&w->place, s->place)) ^ ((uint64_t)(NAMES + level) << 48),
                        (uint64_t)time);
}

static int64_t time_of(const vg_watch *w, const vg_slot *s)
{
    return down(middle_s(s) / w->tile_s[(int)s->tile]);
}

static int64_t row_of(const vg_watch *w, const vg_slot *s)
{
    return down(s->lat_deg / w->tile_deg[(int)s->tile]);
}

/* Where a tile begins; `turns` when it goes round more than a quarter of the earth, so that east and west are one. */
typedef struct {
    double lat_deg, lon_deg, time_s;
    bool turns;
} corner;

static corner corner_of(const vg_watch *w, int level, int64_t row, int64_t column, int64_t n, int64_t time)
{
    return (corner){ (double)row * w->tile_deg[level], -180.0 + (double)column * (360.0 / (double)n),
                     (double)time * w->tile_s[level], n < 4 };
}

/* A slot as it is seen from the corner of a tile. */
typedef struct {
    float time_s, north_m, east_m, var_s2, var_m2;
} view;

static view seen_from(const corner *c, const vg_slot *s)
{
    view v = { .time_s = (float)(middle_s(s) - c->time_s), .var_s2 = s->var_s2, .var_m2 = s->var_m2 };
    if (isnan(s->lat_deg))
        return v;
    double east = s->lon_deg - c->lon_deg;
    east -= 360.0 * (double)down((east + 180.0) / 360.0);
    v.north_m = (float)((s->lat_deg - c->lat_deg) * METRES_A_DEGREE);
    v.east_m = c->turns ? 0 : (float)(east * METRES_A_DEGREE);
    return v;
}

/* Name of the tile that a slot stands in, and the slot as it stands there. */
static uint64_t own_tile(const vg_watch *w, int32_t slot, view *own)
{
    const vg_slot *s = &w->slot[slot];
    int level = s->tile;
    int64_t time = time_of(w, s), row = 0, n = 1, column = 0;
    if (!isnan(s->lat_deg)) {
        row = row_of(w, s);
        n = columns(w, level, row);
        column = column_of(s->lon_deg, n);
    }
    if (own) {
        corner c = corner_of(w, level, row, column, n, time);
        *own = seen_from(&c, s);
    }
    return isnan(s->lat_deg) ? place_name(w, s, level, time) : tile_name(level, row, column, time);
}

static void filter_add(vg_watch *w, const vg_slot *s)
{
    if (isnan(s->lat_deg))
        return;
    int64_t time = time_of(w, s), row = row_of(w, s);
    *filter_word(w, s->tile, row, column_of(s->lon_deg, columns(w, s->tile, row)), time) |= UINT64_C(1)
                                                                                            << (time & 63);
}

/* Bits are never taken back one by one, since tiles share them; now and then the filter is made anew. */
static void filter_wear(vg_watch *w)
{
    if (++w->n_emptied <= w->n_slots + 4096)
        return;
    w->n_emptied = 0;
    memset(w->filter, 0, sizeof w->filter);
    for (int64_t i = 0; i < w->n_slots; i++)
        if ((w->slot[i].flags & VG_SLOT_TILED) && w->slot[i].tile != VG_TILE_NONE)
            filter_add(w, &w->slot[i]);
}

static void put_in_chunk(vg_tile_chunk *c, int32_t k, int32_t slot, const view *v)
{
    c->time_s[k] = v->time_s;
    c->north_m[k] = v->north_m;
    c->east_m[k] = v->east_m;
    c->var_s2[k] = v->var_s2;
    c->var_m2[k] = v->var_m2;
    c->slot[k] = slot;
}

/* At no time: near nothing. */
static const view nowhere = { .time_s = 3e30F };

static bool new_chunk(vg_watch *w, int32_t next, int32_t *out, vg_err *e)
{
    int32_t i = w->free_chunk;
    if (i >= 0)
        w->free_chunk = w->chunk[i].next;
    else if (!vg_watch_room(&w->memory, &w->chunk, &w->cap_chunks, w->n_chunks + 1, sizeof *w->chunk, e))
        return false;
    else
        i = (int32_t)w->n_chunks++;
    w->chunk[i].next = next;
    w->chunk[i].n = 0;
    for (int32_t k = 0; k < VG_TILE_CHUNK; k++)
        put_in_chunk(&w->chunk[i], k, -1, &nowhere);
    *out = i;
    return true;
}

static bool stand_in_tile(vg_watch *w, int32_t slot, vg_err *e)
{
    view own;
    uint64_t name = own_tile(w, slot, &own);
    int32_t *first = vg_watch_find(&w->tile, name), at;
    if (first && w->chunk[*first].n < VG_TILE_CHUNK) {
        at = *first;
    } else {
        if (!new_chunk(w, first ? *first : -1, &at, e) ||
            (!first && !vg_watch_put(&w->memory, &w->tile, name, at, e)))
            return false;
        if (first)
            *first = at;
    }
    put_in_chunk(&w->chunk[at], w->chunk[at].n++, slot, &own);
    return true;
}

/* Moves the last of one piece to a place in another one. */
static void move_last(vg_tile_chunk *from, vg_tile_chunk *to, int32_t k)
{
    int32_t last = --from->n;
    view v = { from->time_s[last], from->north_m[last], from->east_m[last], from->var_s2[last],
               from->var_m2[last] };
    put_in_chunk(to, k, from->slot[last], &v);
    put_in_chunk(from, last, -1, &nowhere);
}

/* The last of the first piece takes the place of the one that goes. */
static void leave_tile(vg_watch *w, int32_t slot)
{
    uint64_t name = own_tile(w, slot, NULL);
    int32_t *first = vg_watch_find(&w->tile, name), at = first ? *first : -1, k = 0;
    for (; at >= 0; at = w->chunk[at].next) {
        for (k = 0; k < w->chunk[at].n && w->chunk[at].slot[k] != slot; k++)
            continue;
        if (k < w->chunk[at].n)
            break;
    }
    if (at < 0)
        return;
    int32_t head = *first, next = w->chunk[head].next;
    move_last(&w->chunk[head], &w->chunk[at], k);
    if (w->chunk[head].n > 0)
        return;
    w->chunk[head].next = w->free_chunk;
    w->free_chunk = head;
    if (next < 0)
        vg_watch_drop(&w->tile, name);
    else
        *first = next;
}

static bool hang(vg_watch *w, vg_watch_table *t, uint64_t name, int32_t slot, int32_t *next, vg_err *e)
{
    int32_t *head = vg_watch_find(t, name);
    if (head) {
        *next = *head;
        *head = slot;
        return true;
    }
    if (!vg_watch_put(&w->memory, t, name, slot, e))
        return false;
    *next = -1;
    return true;
}

static uint64_t quote_name(uint32_t hash, int64_t day)
{
    return vg_watch_mix(hash, (uint64_t)day);
}

static int64_t day_of(const vg_slot *s)
{
    return (int64_t)floor((double)s->from / 86400.0);
}

bool vg_watch_tile_add(vg_watch *w, int32_t slot, vg_err *e)
{
    vg_slot *s = &w->slot[slot];
    if (w->opts.hash_media && s->text &&
        !hang(w, &w->by_text, quote_name(s->text, day_of(s)), slot, &s->next_text, e))
        return false;
    if (w->opts.hash_media && s->media &&
        !hang(w, &w->by_media, quote_name(s->media, day_of(s)), slot, &s->next_media, e))
        return false;
    s->flags |= VG_SLOT_TILED;
    if (s->tile == VG_TILE_NONE)
        return true;
    if (!stand_in_tile(w, slot, e))
        return false;
    filter_add(w, s);
    w->n_level[(int)s->tile]++;
    return true;
}

/* Takes a slot out of a chain whose links lie `at` bytes into the slots. */
static void unhang(vg_watch *w, vg_watch_table *t, uint64_t name, int32_t slot, size_t at)
{
    int32_t *link = vg_watch_find(t, name);
    if (!link)
        return;
    int32_t *head = link;
    while (*link >= 0 && *link != slot)
        link = (int32_t *)(void *)((char *)&w->slot[*link] + at);
    if (*link != slot)
        return;
    int32_t next = *(int32_t *)(void *)((char *)&w->slot[slot] + at);
    if (link == head && next < 0)
        vg_watch_drop(t, name);
    else
        *link = next;
}

void vg_watch_tile_drop(vg_watch *w, int32_t slot)
{
    vg_slot *s = &w->slot[slot];
    if (!(s->flags & VG_SLOT_TILED))
        return;
    s->flags &= (uint8_t)~VG_SLOT_TILED;
    if (w->opts.hash_media && s->text)
        unhang(w, &w->by_text, quote_name(s->text, day_of(s)), slot, offsetof(vg_slot, next_text));
    if (w->opts.hash_media && s->media)
        unhang(w, &w->by_media, quote_name(s->media, day_of(s)), slot, offsetof(vg_slot, next_media));
    if (s->tile == VG_TILE_NONE)
        return;
    leave_tile(w, slot);
    w->n_level[(int)s->tile]--;
    filter_wear(w);
}

/* --- neighbours --- */

typedef bool visitor(vg_watch *w, int32_t slot, int32_t other, vg_err *e);

/*
 * A question: whose neighbours, and tiles that are still to be looked into, with the slot as it is seen from each. They
 * are looked into many at once, so that memory is fetched for one while another is waited for.
 */
enum { ASKED_AT_ONCE = 48, FOUND_AT_ONCE = 64 };
typedef struct {
    int32_t slot, n, n_found;
    visitor *found;
    float narrow2; /* square of the least cosine between the slot and what can be linked to it */
    uint64_t name[ASKED_AT_ONCE];
    view seen[ASKED_AT_ONCE];
    int32_t near[FOUND_AT_ONCE];
} question;

static bool tell_found(vg_watch *w, question *q, vg_err *e)
{
    int32_t n = q->n_found;
    q->n_found = 0;
    for (int32_t k = 0; k < n; k++)
        if (!q->found(w, q->slot, q->near[k], e))
            return false;
    return true;
}

typedef float numbers __attribute__((vector_size(VG_TILE_CHUNK * sizeof(float))));
typedef int32_t flags __attribute__((vector_size(VG_TILE_CHUNK * sizeof(int32_t))));
#define NUMBERS(array) (*(const numbers_near *)(const void *)(array))
typedef float numbers_near __attribute__((vector_size(VG_TILE_CHUNK * sizeof(float)), aligned(4)));

/* Slots of a piece that may be linked: a little wider than the score's own gate, so that what is left out never is. */
static inline void find_in(question *q, const vg_tile_chunk *c, const view *v)
{
    const float gate2 = 1.01F * (float)VG_SCORE_GATE2;
    numbers time = NUMBERS(c->time_s) - v->time_s, north = NUMBERS(c->north_m) - v->north_m,
            east = NUMBERS(c->east_m) - v->east_m;
    flags may = (time * time <= gate2 * (NUMBERS(c->var_s2) + v->var_s2)) &
                (north * north + q->narrow2 * (east * east) <= gate2 * (NUMBERS(c->var_m2) + v->var_m2));
    uint64_t half[2];
    memcpy(half, &may, sizeof half);
    if (!(half[0] | half[1]))
        return;
    for (int32_t k = 0; k < VG_TILE_CHUNK; k++) {
        q->near[q->n_found] = c->slot[k];
        q->n_found += may[k] && c->slot[k] != q->slot;
    }
}

static bool visit_pieces(vg_watch *w, question *q, int32_t first, const view *seen, vg_err *e)
{
    for (int32_t i = first; i >= 0;) {
        const vg_tile_chunk *c = &w->chunk[i];
        i = c->next;
        if (i >= 0) {
            __builtin_prefetch(&w->chunk[i]);
            __builtin_prefetch((const char *)&w->chunk[i] + 64);
        }
        find_in(q, c, seen);
        if (q->n_found > FOUND_AT_ONCE - VG_TILE_CHUNK && !tell_found(w, q, e))
            return false;
    }
    return true;
}

static bool visit_asked(vg_watch *w, question *q, vg_err *e)
{
    int32_t head[ASKED_AT_ONCE];
    for (int32_t k = 0; k < q->n; k++) {
        const int32_t *at = vg_watch_find(&w->tile, q->name[k]);
        head[k] = at ? *at : -1;
        if (at) {
            __builtin_prefetch(&w->chunk[*at]);
            __builtin_prefetch((const char *)&w->chunk[*at] + 64);
        }
    }
    for (int32_t k = 0; k < q->n; k++) {
        int32_t before = q->n_found;
        if (!visit_pieces(w, q, head[k], &q->seen[k], e))
            return false;
        for (int32_t i = before; i < q->n_found; i++)
            __builtin_prefetch(&w->slot[q->near[i]]);
    }
    q->n = 0;
    return tell_found(w, q, e);
}

static bool visit_tile(vg_watch *w, uint64_t name, const corner *c, question *q, vg_err *e)
{
    if (w->tile.cap)
        __builtin_prefetch(&w->tile.at[vg_watch_home(&w->tile, name)]);
    q->seen[q->n] = seen_from(c, &w->slot[q->slot]);
    q->name[q->n++] = name;
    return q->n < ASKED_AT_ONCE || visit_asked(w, q, e);
}

static bool visit_chain(vg_watch *w, const vg_watch_table *t, uint64_t name, int32_t slot, size_t at,
                        visitor *found, vg_err *e)
{
    const int32_t *head = vg_watch_find(t, name);
    for (int32_t i = head ? *head : -1; i >= 0; i = *(int32_t *)(void *)((char *)&w->slot[i] + at))
        if (i != slot && !found(w, slot, i, e))
            return false;
    return true;
}

static span span_of(const vg_watch *w, const vg_slot *s, int level, double *reach_m)
{
    double side_deg = w->tile_deg[level], side_s = w->tile_s[level];
    double most_m = class_m[level / TIMES], most_s = class_s[level % TIMES], at_s = middle_s(s);
    double reach_s = GATE * sqrt((double)s->var_s2 + most_s * most_s);
    *reach_m = GATE * sqrt((double)s->var_m2 + most_m * most_m);
    double reach_deg = *reach_m / METRES_A_DEGREE;
    return (span){ down((s->lat_deg - reach_deg) / side_deg), down((s->lat_deg + reach_deg) / side_deg),
                   down((at_s - reach_s) / side_s), down((at_s + reach_s) / side_s) };
}

/* The tiles of one square that may be occupied, by the filter; in the order of time. */
static bool visit_times(vg_watch *w, question *q, int level, int64_t row, int64_t column, int64_t n,
                        const span *s, vg_err *e)
{
    for (int64_t first = s->time_from & ~INT64_C(63); first <= s->time_to; first += 64) {
        uint64_t may = *filter_word(w, level, row, column, first);
        if (first < s->time_from)
            may &= UINT64_MAX << (s->time_from - first);
        if (s->time_to - first < 63)
            may &= UINT64_MAX >> (63 - (s->time_to - first));
        for (; may; may &= may - 1) {
            int64_t time = first + __builtin_ctzll(may);
            corner c = corner_of(w, level, row, column, n, time);
            if (!visit_tile(w, tile_name(level, row, column, time), &c, q, e))
                return false;
        }
    }
    return true;
}

static bool visit_row(vg_watch *w, question *q, int level, int64_t row, const span *s, double reach_deg,
                      vg_err *e)
{
    const vg_slot *x = &w->slot[q->slot];
    int64_t n = columns(w, level, row), from = 0, count = n;
    if (reach_deg <
        180) { /* half a degree of latitude changes the cosine: one tile more is asked at each end */
        from = column_of(x->lon_deg - reach_deg, n);
        count = column_of(x->lon_deg + reach_deg, n) - from + 1;
        count = count <= 0 ? count + n : count;
    }
    for (int64_t c = 0; c < count; c++)
        if (!visit_times(w, q, level, row, from + c < n ? from + c : from + c - n, n, s, e))
            return false;
    return true;
}

static bool visit_level(vg_watch *w, question *q, int level, vg_err *e)
{
    const vg_slot *x = &w->slot[q->slot];
    double reach_m;
    span s = span_of(w, x, level, &reach_m);
    if (isnan(x->lat_deg)) {
        for (int64_t time = s.time_from; time <= s.time_to; time++) {
            corner c = corner_of(w, level, 0, 0, 1, time);
            if (!visit_tile(w, place_name(w, x, level, time), &c, q, e))
                return false;
        }
        return true;
    }
    double reach_deg = reach_m / (METRES_A_DEGREE * fmax((double)x->cos_lat, 0.01));
    for (int64_t row = s.row_from; row <= s.row_to; row++)
        if (!visit_row(w, q, level, row, &s, reach_deg, e))
            return false;
    return true;
}

static bool visit_quotes(vg_watch *w, int32_t slot, visitor *found, vg_err *e)
{
    const vg_slot *x = &w->slot[slot];
    for (int64_t day = day_of(x) - 2; day <= day_of(x) + 2; day++) {
        if (x->text && !visit_chain(w, &w->by_text, quote_name(x->text, day), slot,
                                    offsetof(vg_slot, next_text), found, e))
            return false;
        if (x->media && !visit_chain(w, &w->by_media, quote_name(x->media, day), slot,
                                     offsetof(vg_slot, next_media), found, e))
            return false;
    }
    return true;
}

bool vg_watch_near(vg_watch *w, int32_t slot, visitor *found, vg_err *e)
{
    if (w->opts.hash_media && !visit_quotes(w, slot, found, e))
        return false;
    if (w->slot[slot].tile == VG_TILE_NONE)
        return true;
    const float widest = (float)(GATE * 1.4143 * class_m[PLACES - 1] / 6.3e6); /* radians */
    float narrow = fmaxf(0, w->slot[slot].cos_lat - widest);
    question q; /* names are set before they are read */
    q.slot = slot;
    q.n = q.n_found = 0;
    q.narrow2 = narrow * narrow;
    q.found = found;
    for (int level = 0; level < VG_TILE_LEVELS; level++)
        if (w->n_level[level] && !visit_level(w, &q, level, e))
            return false;
    return visit_asked(w, &q, e);
}

/* --- the local rate: reports of the days before in a coarse cell --- */

#define RATE_CELL_DEG 0.1
#define FEWEST        1.5 /* reports that are taken to be there always: no rate is zero */
#define TOLD          0.6 /* incidents a report */

static int64_t rate_columns(int64_t row)
{
    double lat = fabs(((double)row + 0.5) * RATE_CELL_DEG);
    double n = floor(360.0 * fmax(cos(lat * 0.017453292519943295), 0.02) / RATE_CELL_DEG);
    return n < 1 ? 1 : (int64_t)n;
}

static uint64_t rate_place(const vg_slot *s)
{
    int64_t row = (int64_t)floor(s->lat_deg / RATE_CELL_DEG);
    return (uint64_t)(row + 4096) << 32 | (uint64_t)column_of(s->lon_deg, rate_columns(row));
}

/* -1 = none. What it points to may move. */
static bool rate_find(vg_watch *w, uint64_t place, int32_t day, int32_t *cell, vg_err *e)
{
    if (!vg_watch_rates_here(w, day, e))
        return false;
    const int32_t *at = vg_watch_find(&w->rate_at, vg_watch_mix(place, (uint64_t)(int64_t)day));
    *cell = at ? *at : -1;
    return true;
}

/* ln of incidents a square metre and second, in steps of half an octave, so that a late report rarely moves it. */
static bool rate_now(vg_watch *w, uint64_t place, int32_t day, float *rate, vg_err *e)
{
    double n = FEWEST;
    for (int32_t back = 1, i; back <= VG_RATE_DAYS; back++) {
        if (!rate_find(w, place, day - back, &i, e))
            return false;
        n += i < 0 ? 0 : w->rate[i].n;
    }
    *rate = vg_watch_rate_of(floor(2.0 * log2(n) + 0.5));
    return true;
}

float vg_watch_rate_of(double step)
{
    double side_m = RATE_CELL_DEG * METRES_A_DEGREE;
    return (float)(step * 0.5 * 0.6931471805599453 + log(TOLD / (VG_RATE_DAYS * 86400.0 * side_m * side_m)));
}

static bool rate_moved(vg_watch *w, int32_t cell, vg_err *e)
{
    if (w->rate[cell].changed)
        return true;
    w->rate[cell].changed = true;
    return vg_watch_push(&w->memory, &w->moved_rates, cell, e);
}

static bool rate_cell(vg_watch *w, uint64_t place, int32_t day, int32_t *cell, vg_err *e)
{
    float rate;
    if (!rate_find(w, place, day, cell, e))
        return false;
    if (*cell >= 0)
        return true;
    if (!rate_now(w, place, day, &rate, e) || !vg_watch_rate_new(w, place, day, cell, e))
        return false;
    w->rate[*cell].log_rate = rate;
    return true;
}

bool vg_watch_rate_enter(vg_watch *w, int32_t slot, vg_err *e)
{
    vg_slot *s = &w->slot[slot];
    static const float unknown_rate = -30.0F; /* of reports without a point */
    if (isnan(s->lat_deg)) {
        s->log_rate = unknown_rate;
        return true;
    }
    if (s->rate < 0) {
        int32_t day = (int32_t)fmax(-2e9, fmin(2e9, floor(middle_s(s) / 86400.0))), cell;
        if (!rate_cell(w, rate_place(s), day, &cell, e))
            return false;
        s->rate = cell;
        s->next_in_rate = w->rate[cell].head;
        w->rate[cell].head = slot;
    }
    w->rate[s->rate].n++;
    s->log_rate = w->rate[s->rate].log_rate;
    return rate_moved(w, s->rate, e);
}

bool vg_watch_rate_leave(vg_watch *w, int32_t slot, vg_err *e)
{
    const vg_slot *s = &w->slot[slot];
    if (s->rate < 0)
        return true;
    w->rate[s->rate].n--;
    return rate_moved(w, s->rate, e);
}

static bool rate_govern(vg_watch *w, int32_t cell, vg_err *e)
{
    float now;
    if (!rate_now(w, w->rate[cell].place, w->rate[cell].day, &now, e))
        return false;
    vg_rate_cell *c = &w->rate[cell];
    if (now == c->log_rate) /* steps: the same number or another one */
        return true;
    c->log_rate = now;
    for (int32_t i = c->head; i >= 0; i = w->slot[i].next_in_rate) {
        w->slot[i].log_rate = now;
        if ((w->slot[i].flags & VG_SLOT_FORCE) && !vg_watch_soil(w, i, e))
            return false;
    }
    return true;
}

bool vg_watch_rate_settle(vg_watch *w, vg_err *e)
{
    for (int64_t k = 0; k < w->moved_rates.n; k++) {
        const vg_rate_cell moved = w->rate[w->moved_rates.at[k]];
        for (int32_t ahead = 1, i; ahead <= VG_RATE_DAYS; ahead++)
            if (!rate_find(w, moved.place, moved.day + ahead, &i, e) || (i >= 0 && !rate_govern(w, i, e)))
                return false;
        w->rate[w->moved_rates.at[k]].changed = false;
    }
    w->moved_rates.n = 0;
    return true;
}
