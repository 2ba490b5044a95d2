/*
 * The table of countries, cut out of data/countries.csv and data/borders.csv once, at first use, and then only read.
 * Invariant: slices point into the built-in text or into the table's own arena, and both live as long as the
 * program. Every look-up is a binary search in an index sorted by key; of two states with one key the living one
 * stands first.
 */
#include "geo/country.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/date.h"
#include "core/num.h"
#include "geo/data_int.h"
#include "geo/fold.h"

enum {
    ISO3,
    ISO2,
    M49,
    GWCODE,
    FIPS,
    CAMEO,
    NAME, /* seven of them */
    LAT = NAME + 7,
    LON,
    SINCE,
    ALIVE,
    SUCCESSOR,
    OTHER_NAMES,
    N_COLUMNS,
    MAX_GWCODE = 11000,
    NO_GWCODE = 10000, /* + M49 */
    TABLE_BYTES = 8 << 20
};

typedef struct {
    vg_str key;
    int32_t at; /* place in the table */
} entry;

typedef struct {
    entry *e;
    int32_t n, cap;
} index_of;

typedef struct {
    vg_str a, b;
} border;

static struct {
    pthread_once_t once;
    vg_arena arena;
    vg_country *country;
    int32_t n;
    index_of iso2, fips, cameo, name;
    int16_t by_gwcode[MAX_GWCODE], by_m49[1000]; /* place + 1 */
    border *borders;                             /* both ways, sorted */
    int32_t n_borders;
} table = { .once = PTHREAD_ONCE_INIT };

/* --- reading --- */

/* One cell off the front of a line; quotes around it are taken off (our tables double no quotes). */
static vg_str take_cell(vg_str *line)
{
    if (!line->n || line->s[0] != '"')
        return vg_cut(line, ',');
    vg_str rest = vg_sub(*line, 1, line->n), cell = vg_cut(&rest, '"');
    vg_cut(&rest, ',');
    *line = rest;
    return cell;
}

static int32_t count_lines(vg_str text)
{
    int32_t n = 0;
    for (ptrdiff_t i = 0; i < text.n; i++)
        n += text.s[i] == '\n';
    return n;
}

static int32_t small_number(vg_str s)
{
    int64_t x;
    return vg_int(s, &x) && x > 0 && x < NO_GWCODE ? (int32_t)x : 0;
}

static double degrees(vg_str s)
{
    double x;
    return vg_num(s, &x) ? x : 0.0;
}

static void add_key(index_of *in, vg_str key, int32_t at)
{
    if (key.n && in->n < in->cap)
        in->e[in->n++] = (entry){ key, at };
}

static void add_keys(index_of *in, vg_str keys, int32_t at)
{
    while (keys.n)
        add_key(in, vg_cut(&keys, '|'), at);
}

static void add_name(vg_str name, int32_t at)
{
    char buf[256];
    add_key(&table.name, vg_copy(&table.arena, vg_geo_fold(name, buf, sizeof buf)), at);
}

/* month_id of YYYY-MM, 0 for an empty cell. */
static int32_t month_or_zero(vg_str cell)
{
    int32_t month = 0;
    return vg_month_parse(cell, &month) ? month : 0;
}

static void add_country(vg_str cell[N_COLUMNS])
{
    int32_t at = table.n++;
    vg_country *c = &table.country[at];
    vg_str fips = cell[FIPS], cameo = cell[CAMEO], names = cell[OTHER_NAMES];
    *c = (vg_country){ .iso3 = cell[ISO3],
                       .iso2 = cell[ISO2],
                       .m49 = small_number(cell[M49]),
                       .gwcode = small_number(cell[GWCODE]),
                       .lat_deg = degrees(cell[LAT]),
                       .lon_deg = degrees(cell[LON]),
                       .since = month_or_zero(cell[SINCE]),
                       .alive = cell[ALIVE],
                       .successor = cell[SUCCESSOR] };
    c->gwcode = c->gwcode || !c->m49 ? c->gwcode : NO_GWCODE + c->m49;
    add_key(&table.iso2, cell[ISO2], at);
    add_keys(&table.fips, cell[FIPS], at);
    add_keys(&table.cameo, cell[CAMEO], at);
    c->fips = vg_cut(&fips, '|');
    c->cameo = vg_cut(&cameo, '|');
    for (int i = 0; i < 7; i++) {
        c->name[i] = cell[NAME + i];
        add_name(c->name[i], at);
    }
    while (names.n)
        add_name(vg_cut(&names, '|'), at);
}

/* The living before the gone, the younger of those before the older. */
static int compare_life(int32_t a, int32_t b)
{
    vg_str x = table.country[a].alive, y = table.country[b].alive;
    if ((x.n == 0) != (y.n == 0))
        return x.n ? 1 : -1;
    int by_year = vg_cmp(y, x);
    return by_year ? by_year : a - b;
}

static int compare_entries(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    int by_key = vg_cmp(a->key, b->key);
    return by_key ? by_key : compare_life(a->at, b->at);
}

static void enter_number(int16_t *by_number, int32_t limit, int32_t number, int32_t at)
{
    if (number <= 0 || number >= limit)
        return;
    if (!by_number[number] || compare_life(at, by_number[number] - 1) < 0)
        by_number[number] = (int16_t)(at + 1);
}

static bool new_index(index_of *in, int32_t cap)
{
    in->e = vg_new(&table.arena, entry, cap);
    in->cap = in->e ? cap : 0;
    return in->e != NULL;
}

static void read_countries(vg_str text)
{
    int32_t n = count_lines(text);
    table.country = vg_new(&table.arena, vg_country, n);
    if (!table.country || !new_index(&table.iso2, n) || !new_index(&table.fips, 2 * n) ||
        !new_index(&table.cameo, 2 * n) || !new_index(&table.name, 20 * n))
        return;
    vg_cut(&text, '\n'); /* the header */
    while (text.n) {
        vg_str line = vg_cut(&text, '\n'), cell[N_COLUMNS];
        for (int i = 0; i < N_COLUMNS; i++)
            cell[i] = take_cell(&line);
        add_country(cell);
    }
    index_of *all[] = { &table.iso2, &table.fips, &table.cameo, &table.name };
    for (int i = 0; i < 4; i++)
        qsort(all[i]->e, (size_t)all[i]->n, sizeof(entry), compare_entries);
    for (int32_t i = 0; i < table.n; i++) {
        enter_number(table.by_gwcode, MAX_GWCODE, table.country[i].gwcode, i);
        enter_number(table.by_m49, 1000, table.country[i].m49, i);
    }
}

static int compare_borders(const void *pa, const void *pb)
{
    const border *a = pa, *b = pb;
    int first = vg_cmp(a->a, b->a);
    return first ? first : vg_cmp(a->b, b->b);
}

static void read_borders(vg_str text)
{
    table.borders = vg_new(&table.arena, border, 2 * (int64_t)count_lines(text));
    vg_cut(&text, '\n');
    if (!table.borders)
        return;
    while (text.n) {
        vg_str line = vg_cut(&text, '\n'), a = take_cell(&line), b = take_cell(&line);
        table.borders[table.n_borders++] = (border){ a, b };
        table.borders[table.n_borders++] = (border){ b, a };
    }
    qsort(table.borders, (size_t)table.n_borders, sizeof(border), compare_borders);
}

/* Without memory the table stays empty: every look-up then answers "none". */
static void read_tables(void)
{
    vg_err e = VG_NO_ERR;
    if (!vg_arena_init(&table.arena, TABLE_BYTES, &e))
        return;
    read_countries((vg_str){ (const char *)vg_data_countries, vg_data_countries_len });
    read_borders((vg_str){ (const char *)vg_data_borders, vg_data_borders_len });
}

static void have_tables(void)
{
    pthread_once(&table.once, read_tables);
}

/* --- look-up --- */

static const vg_country *find(const index_of *in, vg_str key)
{
    int32_t from = 0, to = in->n;
    while (from < to) { /* the first entry that is not below the key */
        int32_t mid = from + (to - from) / 2;
        if (vg_cmp(in->e[mid].key, key) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from < in->n && key.n && vg_eq(in->e[from].key, key) ? &table.country[in->e[from].at] : NULL;
}

const vg_country *vg_countries(int32_t *n)
{
    have_tables();
    *n = table.n;
    return table.country;
}

const vg_country *vg_country_by_iso3(vg_str iso3)
{
    have_tables();
    int32_t from = 0, to = table.n;
    while (from < to) {
        int32_t mid = from + (to - from) / 2;
        if (vg_cmp(table.country[mid].iso3, iso3) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from < table.n && vg_eq(table.country[from].iso3, iso3) ? &table.country[from] : NULL;
}

const vg_country *vg_country_by_iso2(vg_str iso2)
{
    have_tables();
    return find(&table.iso2, iso2);
}

static const vg_country *by_number(const int16_t *places, int32_t limit, int32_t number)
{
    bool known = number > 0 && number < limit && places[number];
    return known ? &table.country[places[number] - 1] : NULL;
}

const vg_country *vg_country_by_m49(int32_t m49)
{
    have_tables();
    return by_number(table.by_m49, 1000, m49);
}

const vg_country *vg_country_by_gwcode(int32_t gwcode)
{
    have_tables();
    return by_number(table.by_gwcode, MAX_GWCODE, gwcode);
}

const vg_country *vg_country_by_fips(vg_str fips)
{
    have_tables();
    return find(&table.fips, fips);
}

const vg_country *vg_country_by_cameo(vg_str cameo)
{
    have_tables();
    return find(&table.cameo, cameo);
}

const vg_country *vg_country_by_name(vg_str name)
{
    char buf[256];
    have_tables();
    return name.n > (ptrdiff_t)sizeof buf / 2 ? NULL : find(&table.name, vg_geo_fold(name, buf, sizeof buf));
}

vg_str vg_country_name(const vg_country *c, vg_str lang)
{
    static const char *const langs[] = { "en", "fr", "es", "ar", "zh", "ru", "pt" };
    for (int i = 0; i < 7; i++)
        if (vg_eq(lang, vg_str_z(langs[i])) && c->name[i].n)
            return c->name[i];
    return c->name[0];
}

/* --- borders --- */

static int32_t first_border(vg_str iso3)
{
    int32_t from = 0, to = table.n_borders;
    while (from < to) {
        int32_t mid = from + (to - from) / 2;
        if (vg_cmp(table.borders[mid].a, iso3) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

bool vg_country_borders(vg_str iso3_a, vg_str iso3_b)
{
    have_tables();
    for (int32_t i = first_border(iso3_a); i < table.n_borders && vg_eq(table.borders[i].a, iso3_a); i++)
        if (vg_eq(table.borders[i].b, iso3_b))
            return true;
    return false;
}

int32_t vg_country_neighbours(vg_str iso3, vg_str *out, int32_t cap)
{
    int32_t n = 0;
    have_tables();
    for (int32_t i = first_border(iso3); i < table.n_borders && vg_eq(table.borders[i].a, iso3); i++, n++)
        if (n < cap)
            out[n] = table.borders[i].b;
    return n;
}
