/*
 * The regions of one file: cells to units of a gazetteer, or to a list of the file's own. Invariant: a name is never
 * guessed. Which list counts is settled from the first bytes, before any row is read; after that a name that the list
 * does not have refuses its row and the nearest one is only suggested.
 */
#include <string.h>

#include "geo/fold.h"
#include "source/source_int.h"

enum { ARENA_BYTES = 1 << 30, MAX_UNITS = 20000, NAME_BYTES = 200 };

/* --- which list --- */

typedef struct {
    vg_map seen;
    int32_t known, n; /* distinct names */
    vg_str odd;       /* the first that is not known */
} census;

static bool count_name(census *c, const vg_gazetteer *g, vg_str name, vg_arena *a)
{
    bool is_new = false;
    if (!name.n || name.n > NAME_BYTES)
        return true;
    if (vg_map_add(&c->seen, name, &is_new) < 0)
        return false;
    bool known = is_new && vg_region_find(g, name);
    c->n += is_new;
    c->known += known;
    if (is_new && !known && !c->odd.n)
        c->odd = vg_copy(a, name);
    return true;
}

/* Whole lines of the first bytes. */
static vg_str whole_lines(vg_str head)
{
    ptrdiff_t n = head.n;
    while (head.n >= VG_PEEK && n > 0 && head.s[n - 1] != '\n')
        n--;
    return n ? vg_sub(head, 0, n) : head;
}

bool vg_regions__head(vg_reading *r, bool (*row)(void *ctx, const vg_csv_row *row, vg_err *e), void *ctx,
                      vg_err *e)
{
    vg_str head;
    vg_input *in;
    vg_csv *csv;
    vg_csv_row cells;
    vg_err cut = VG_NO_ERR;
    if (!vg_input_peek(r->in, VG_PEEK, &head, e) ||
        !vg_input_memory(whole_lines(head), vg_input_name(r->in), &in, e))
        return false;
    vg_csv_opts opts = { .sep = vg_csv_sep(r->csv), .latin1_ok = true };
    bool ok = vg_csv_open(in, &opts, &csv, e);
    if (ok) {
        bool header = true;
        while (ok && vg_csv_next(csv, &cells, &cut)) {
            bool data = !header && !cells.bad && !vg_table__is_hxl(cells.cell, cells.n);
            ok = !data || row(ctx, &cells, e);
            header = false;
        }
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return ok;
}

typedef struct {
    census *c;
    const vg_gazetteer *g;
    const int32_t *col;
    int n_cols;
    vg_arena *a;
} counting;

static bool count_row(void *ctx, const vg_csv_row *row, vg_err *e)
{
    counting *k = ctx;
    for (int i = 0; i < k->n_cols; i++)
        if (k->col[i] >= 0 && k->col[i] < row->n &&
            !count_name(k->c, k->g, vg_trim(row->cell[k->col[i]]), k->a))
            return vg_fail_memory(e, vg_arena_limit(k->a));
    return true;
}

/* Half of the names known: the built-in list counts. A fifth or less: the file makes its own. Between: a person says. */
static bool settle(vg_regions *s, vg_reading *r, const census *c, vg_err *e)
{
    if (c->n == 0 || c->known * 2 >= c->n)
        return true;
    if (c->known * 5 <= c->n) {
        s->own = true;
        s->list = NULL;
        return true;
    }
    vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_input_name(r->in) },
            "%d of %d region names are in the built-in list, and others are not, such as \"%.*s\"", c->known,
            c->n, VG_P(vg_utf8_head(c->odd, 40)));
    vg_why(e, "with half of the names known the list counts, with a fifth or less the file's own names do");
    return vg_mend(
        e, "give the list of regions that this file uses: --regions FILE (region,lat,lon,neighbours)");
}

static bool choose_list(vg_regions *s, vg_reading *r, const int32_t *col, int n_cols, vg_err *e)
{
    if (r->opts->regions.n) {
        vg_str path = vg_copy(r->a, r->opts->regions);
        s->list = &s->given;
        bool ok = path.s ? vg_gazetteer_open(path.s, &s->arena, &s->given, e)
                         : vg_fail_memory(e, vg_arena_limit(r->a));
        if (!ok && e && e->at.file.n) /* the list's arena ends with this reading */
            e->at.file = path;
        return ok;
    }
    s->list = vg_gazetteer_builtin();
    census c = { .n = 0 };
    if (!vg_map_init(&c.seen, e))
        return false;
    counting k = { &c, s->list, col, n_cols, r->a };
    bool ok = vg_regions__head(r, count_row, &k, e) && settle(s, r, &c, e);
    vg_map_free(&c.seen);
    return ok;
}

bool vg_regions__begin(vg_regions *s, vg_reading *r, const int32_t *col, int n_cols, vg_err *e)
{
    *s = (vg_regions){ .n = 0 };
    if (!vg_arena_init(&s->arena, ARENA_BYTES, e) || !vg_map_init(&s->written, e))
        return false;
    s->has_map = true;
    s->unit = vg_new(&s->arena, vg_region_unit, MAX_UNITS);
    s->place = vg_new(&s->arena, int32_t, MAX_UNITS);
    return s->unit && s->place ? choose_list(s, r, col, n_cols, e) : vg_fail_memory(e, ARENA_BYTES);
}

void vg_regions__end(vg_regions *s)
{
    if (s->has_map)
        vg_map_free(&s->written);
    vg_arena_free(&s->arena);
    *s = (vg_regions){ .n = 0 };
}

/* --- cells to units --- */

/* Place of a unit in the file's list, added when it is new. -1 and a failure: two names of one number. */
static int32_t enter(vg_regions *s, vg_region_unit u, vg_err *e)
{
    char buf[NAME_BYTES + 64];
    vg_str folded = vg_geo_fold(u.name, buf, sizeof buf);
    for (int32_t i = 0; i < s->n; i++)
        if (s->unit[i].number == u.number) {
            if (vg_eq(s->unit[i].folded, folded) && s->unit[i].kind == u.kind)
                return i;
            vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "\"%.*s\" and \"%.*s\" would have one number: %d",
                    VG_P(vg_utf8_head(s->unit[i].name, 50)), VG_P(vg_utf8_head(u.name, 50)), u.number);
            vg_why(e, "numbers of regions that no list has are made from their names");
            vg_mend(e, "give them numbers of your own with --regions FILE (a column \"unit\")");
            return -1;
        }
    if (s->n == MAX_UNITS) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the file names more than %d regions", MAX_UNITS);
        vg_mend(e, "is that column a column of regions? name the right one: --map adm1=COLUMN");
        return -1;
    }
    u.name = vg_copy(&s->arena, u.name);
    u.folded = vg_copy(&s->arena, folded);
    if (!u.name.s || !u.folded.s) {
        vg_fail_memory(e, ARENA_BYTES);
        return -1;
    }
    s->unit[s->n] = u;
    return s->n++;
}

static void refuse_unknown(vg_regions *s, vg_reading *r, int32_t col, vg_str name)
{
    const vg_region *near = vg_region_nearest(s->list, name);
    vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col), "no region is called \"%.*s\"",
            VG_P(vg_utf8_head(name, 60)));
    vg_why(&r->why, "the other regions of the file are those of a known list, and names are not guessed");
    if (near)
        vg_mend(&r->why, "did you mean \"%.*s\"? else add it to a list: --regions FILE", VG_P(near->name));
    else
        vg_mend(&r->why, "write it as the list does, or give a list that has it: --regions FILE");
}

static void refuse_two(vg_reading *r, int32_t col, vg_str code, const vg_region *by_name)
{
    vg_fail(&r->why, VG_ECONFLICT, vg_field__at(r, col), "the code \"%.*s\" is not that of \"%.*s\"",
            VG_P(vg_utf8_head(code, 40)), VG_P(by_name->name));
    vg_why(&r->why, "a row's name and P-code stand for one region");
}

/* A name or P-code of the list; NULL and r->why when it has none. */
static const vg_region *look_up(vg_regions *s, vg_reading *r, int32_t name_col, int32_t code_col)
{
    vg_str name = vg_cell(r, name_col), code = vg_cell(r, code_col);
    const vg_region *by_name = name.n ? vg_region_find(s->list, name) : NULL;
    const vg_region *by_code = code.n ? vg_region_find(s->list, code) : NULL;
    if (name.n && !by_name)
        refuse_unknown(s, r, name_col, name);
    else if (by_name && by_code && by_name != by_code)
        refuse_two(r, code_col, code, by_name);
    else if (!name.n && !by_code)
        refuse_unknown(s, r, code_col, code);
    return vg_failed(&r->why) ? NULL : by_name ? by_name : by_code;
}

static int32_t resolve(vg_regions *s, vg_reading *r, int32_t name_col, int32_t code_col, vg_err *e)
{
    vg_str name = vg_cell(r, name_col);
    if (s->own) {
        name = name.n ? name : vg_cell(r, code_col);
        return enter(
            s, (vg_region_unit){ .number = vg_region_number(name), .name = name, .kind = VG_UNIT_ADMIN1 }, e);
    }
    const vg_region *region = look_up(s, r, name_col, code_col);
    if (!region)
        return -1;
    return enter(
        s,
        (vg_region_unit){
            .number = region->unit, .name = region->name, .iso3 = region->iso3, .kind = VG_UNIT_ADMIN1 },
        e);
}

/* What a row wrote, as one text; NULL = too long to be a name. */
static vg_str key_of(vg_str a, char mark, vg_str b, char *buf)
{
    if (a.n > NAME_BYTES || b.n > NAME_BYTES)
        return VG_NOSTR;
    int n = snprintf(buf, 2 * NAME_BYTES + 8, "%.*s%c%.*s", VG_P(a), mark, VG_P(b));
    return (vg_str){ buf, n };
}

/* Place that was given to this key before, or -1; a key that is new is entered with `*slot`. */
static int32_t recall(vg_regions *s, vg_str key, int32_t *slot)
{
    bool is_new = false;
    *slot = vg_map_add(&s->written, key, &is_new);
    if (is_new && *slot < MAX_UNITS)
        s->place[*slot] = -1;
    return *slot >= 0 && *slot < MAX_UNITS ? s->place[*slot] : -1;
}

int32_t vg_regions__of_row(vg_regions *s, vg_reading *r, int32_t name_col, int32_t code_col, const char *what,
                           vg_err *e)
{
    char buf[2 * NAME_BYTES + 16];
    int32_t slot;
    vg_str name = vg_cell(r, name_col), code = vg_cell(r, code_col), ignored;
    if (!name.n && !code.n) {
        vg_field__needed(r, name_col >= 0 ? name_col : code_col, what, &ignored);
        return -1;
    }
    vg_str key = key_of(name, '\x1f', code, buf);
    if (!key.n) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, name_col), "%s has more than %d letters", what,
                NAME_BYTES);
        return -1;
    }
    int32_t place = recall(s, key, &slot);
    if (place >= 0 || vg_failed(&r->why))
        return place;
    place = resolve(s, r, name_col, code_col, e);
    if (place >= 0 && slot >= 0 && slot < MAX_UNITS)
        s->place[slot] = place;
    return place;
}

int32_t vg_regions__district(vg_regions *s, vg_reading *r, int32_t region, int32_t col, vg_err *e)
{
    char buf[2 * NAME_BYTES + 16], title[2 * NAME_BYTES + 16];
    int32_t slot;
    vg_str name = VG_NOSTR;
    if (region < 0 || !vg_field__needed(r, col, "the district", &name))
        return -1;
    const vg_region_unit *of = &s->unit[region];
    vg_str key = key_of(name, '\x1e', of->name, buf);
    if (!key.n) {
        vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "the district has more than %d letters",
                NAME_BYTES);
        return -1;
    }
    int32_t place = recall(s, key, &slot);
    if (place >= 0)
        return place;
    int n = snprintf(title, sizeof title, "%.*s (%.*s)", VG_P(name), VG_P(of->name));
    place = enter(s,
                  (vg_region_unit){ .number = vg_region_district_number(of->name, name),
                                    .name = { title, n },
                                    .iso3 = of->iso3,
                                    .kind = VG_UNIT_ADMIN2 },
                  e);
    if (place >= 0 && slot >= 0 && slot < MAX_UNITS)
        s->place[slot] = place;
    return place;
}

/* --- the end --- */

static bool tell_units(vg_regions *s, vg_reading *r, int32_t *n, vg_err *e)
{
    for (int32_t i = 0; i < s->n; i++) {
        const vg_region_unit *u = &s->unit[i];
        vg_unit unit = { .unit = u->number, .name = u->name, .iso3 = u->iso3 };
        if (!u->used)
            continue;
        ++*n;
        if (!r->sink->unit(r->sink->ctx, &unit, e))
            return false;
    }
    return true;
}

/* One country: its code. A gazetteer over a border (Dollo Ado): the country of most units. */
static vg_str scope_of(const vg_regions *s)
{
    vg_str best = VG_NOSTR;
    int32_t most = 0;
    for (int32_t i = 0; i < s->n; i++) {
        int32_t n = 0;
        for (int32_t k = 0; k < s->n && s->n <= 4096; k++)
            n += s->unit[k].used && vg_eq(s->unit[k].iso3, s->unit[i].iso3);
        if (s->unit[i].iso3.n && n > most) {
            most = n;
            best = s->unit[i].iso3;
        }
    }
    return best;
}

bool vg_regions__tell(vg_regions *s, vg_reading *r, vg_err *e)
{
    int32_t n = 0;
    if (!tell_units(s, r, &n, e))
        return false;
    vg_str scope = scope_of(s);
    r->found->about.scope = scope.n ? vg_copy(r->a, scope) : VG_S("world");
    if (s->own)
        vg_reading__note(
            r, "the region names are those of no known list, so the file makes its own list of %d", n);
    return true;
}
