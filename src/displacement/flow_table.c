/* The tables of a conflict folder, row by row, whatever the order of their columns. Invariant: a row is either taken
 * whole or stands in the list of refused rows with its place and reason; one bad row never ends the load. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "displacement/flow_int.h"
#include "geo/fold.h"
#include "geo/region.h"

enum { MAX_REJECTS = 10000, MAX_NEAREST = 100, NEAR = 3, LONGEST_NAME = 64 };

void *vg_flow_room(vg_arena *a, void *list, int64_t n, int32_t *cap, int64_t size)
{
    if (n < *cap)
        return list;
    int32_t larger = *cap ? *cap * 2 : 64;
    void *moved = vg_alloc(a, larger, size, 16);
    if (!moved)
        return NULL;
    if (n)
        memcpy(moved, list, (size_t)(n * size));
    *cap = larger;
    return moved;
}

bool vg_flow_refuse(vg_flow_reader *r, const vg_err *why, vg_str raw)
{
    vg_flow_conflict *c = r->c;
    if (c->n_rejects >= MAX_REJECTS)
        return true;
    vg_flow_reject *list = vg_flow_room(r->a, c->reject, c->n_rejects, &r->cap_rejects, sizeof *list);
    vg_str copy = vg_copy(r->a, raw);
    if (!list || !copy.s)
        return false;
    c->reject = list;
    list[c->n_rejects++] = (vg_flow_reject){ .why = *why, .raw = copy };
    return true;
}

vg_at vg_flow_cell_at(const vg_flow_row *row, int column)
{
    vg_at at = row->at;
    at.col = row->at_column[column] + 1;
    return at;
}

/* --- names --- */

vg_str vg_flow_nearest(const vg_flow_conflict *c, vg_str name, bool countries)
{
    char wanted_room[2 * LONGEST_NAME], known_room[2 * LONGEST_NAME];
    vg_str best = VG_NOSTR, wanted = vg_geo_fold(name, wanted_room, sizeof wanted_room);
    int32_t n = countries ? 2 * c->n_places : c->n_places, least = NEAR + 1;
    for (int32_t i = 0; i < n && name.n <= LONGEST_NAME; i++) {
        vg_str known = i < c->n_places ? c->place[i].name : c->place[i - c->n_places].country;
        if (known.n > LONGEST_NAME)
            continue;
        int32_t far = vg_geo_edit_distance(wanted, vg_geo_fold(known, known_room, sizeof known_room));
        if (far < least && far < wanted.n) {
            least = far;
            best = known;
        }
    }
    return best;
}

int32_t vg_flow_place_of(vg_flow_reader *r, const vg_flow_row *row, int column, vg_err *why)
{
    vg_str name = row->cell[column];
    int32_t place = vg_map_find(&r->places, name);
    if (place >= 0)
        return place;
    vg_str near = r->c->n_rejects < MAX_NEAREST ? vg_flow_nearest(r->c, name, false) : VG_NOSTR;
    vg_fail(why, VG_ENOTFOUND, vg_flow_cell_at(row, column), "no place is called \"%.*s\"", VG_P(name));
    vg_why(why, "every name must be in locations.csv, letter by letter");
    if (near.n)
        vg_mend(why, "did you mean \"%.*s\"? mend the name, or add the place", VG_P(near));
    else
        vg_mend(why, "add the place to locations.csv, or leave the row out");
    return -1;
}

/* --- reading --- */

static bool names_it(const char *names, vg_str title)
{
    vg_str rest = vg_str_z(names);
    if (title.n && title.s[0] == '#')
        title = vg_sub(title, 1, title.n - 1);
    while (rest.n)
        if (vg_eq_nocase(vg_cut(&rest, '|'), vg_trim(title)))
            return true;
    return false;
}

static bool find_columns(const vg_csv *csv, const vg_csv_row *head, const vg_flow_column *column,
                         int32_t at[VG_FLOW_MAX_COLUMNS], vg_err *e)
{
    for (int k = 0; k < VG_FLOW_MAX_COLUMNS && column[k].names; k++) {
        at[k] = -1;
        for (int32_t i = head->n - 1; i >= 0; i--)
            if (names_it(column[k].names, head->cell[i]))
                at[k] = i;
        if (at[k] >= 0 || !column[k].needed)
            continue;
        vg_str name = vg_str_z(column[k].names), first = vg_cut(&name, '|');
        vg_fail(e, VG_EPARSE, vg_csv_at(csv, head, 0), "there is no column \"%.*s\"", VG_P(first));
        vg_why(e, "the first line of the file must name its columns");
        return vg_mend(e, "add the column, or give it this name");
    }
    return true;
}

static bool take_row(vg_flow_reader *r, const vg_csv *csv, const vg_csv_row *row,
                     const vg_flow_column *column, const int32_t *at, vg_flow_take *take, vg_err *e)
{
    vg_flow_row cells = { .at = vg_csv_at(csv, row, 0), .raw = row->raw };
    vg_err why = VG_NO_ERR;
    if (row->bad)
        why = row->why;
    for (int k = 0; k < VG_FLOW_MAX_COLUMNS && column[k].names; k++) {
        cells.at_column[k] = at[k];
        if (at[k] >= 0 && at[k] < row->n)
            cells.cell[k] = vg_trim(row->cell[at[k]]);
        if (!row->bad && column[k].needed && !cells.cell[k].n) {
            vg_str name = vg_str_z(column[k].names), first = vg_cut(&name, '|');
            vg_fail(&why, VG_EPARSE, vg_flow_cell_at(&cells, k), "the cell for \"%.*s\" is empty",
                    VG_P(first));
            vg_mend(&why, "fill it in, or leave the row out");
        }
    }
    if (!vg_failed(&why) && take(r, &cells, &why))
        return true;
    if (vg_failed(&why) && why.code != VG_ENOMEM) {
        if (vg_flow_refuse(r, &why, row->raw))
            return true;
    }
    return vg_fail_memory(e, vg_arena_limit(r->a));
}

static bool read_rows(vg_flow_reader *r, vg_csv *csv, vg_str path, const vg_flow_column *column,
                      vg_flow_take *take, vg_err *e)
{
    vg_csv_row row;
    int32_t at[VG_FLOW_MAX_COLUMNS] = { 0 };
    bool head = vg_csv_next(csv, &row, e);
    if (vg_failed(e))
        return false;
    if (!head || row.bad) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = path, .line = 1 }, "this is not a table with a header line");
        vg_why(e, "a conflict folder holds CSV files");
        return vg_mend(e, "see the section on arrivals in src/displacement/README.md for the layout");
    }
    if (!find_columns(csv, &row, column, at, e))
        return false;
    while (vg_csv_next(csv, &row, e))
        if (!take_row(r, csv, &row, column, at, take, e))
            return false;
    return !vg_failed(e);
}

/* Names of files and of errors live in the arena: the input is closed before they are shown. */
static bool read_file(vg_flow_reader *r, const char *file, vg_str path, const vg_flow_column *column,
                      vg_flow_take *take, vg_err *e)
{
    vg_input *in;
    vg_csv *csv;
    vg_flow_conflict *c = r->c;
    if (!vg_input_open(path.s, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ .sep = 0 }, &csv, e);
    if (good) {
        good = read_rows(r, csv, path, column, take, e);
        vg_csv_close(csv);
    }
    if (good && c->n_files < VG_FLOW_FILES) {
        vg_flow_file *f = &c->file[c->n_files];
        good = vg_input_sha256(in, f->sha256, e);
        f->name = vg_str_z(file);
        c->n_files += good;
    }
    vg_input_close(in);
    return good;
}

bool vg_flow_table(vg_flow_reader *r, const char *file, const vg_flow_column *column, vg_flow_take *take,
                   bool *there, vg_err *e)
{
    struct stat about;
    vg_str path = vg_format(r->a, "%s/%s", r->folder, file);
    if (!path.s)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    bool is_there = stat(path.s, &about) == 0;
    if (there)
        *there = is_there;
    if (is_there)
        return read_file(r, file, path, column, take, e);
    if (there)
        return true;
    vg_fail_os(e, errno, (vg_at){ .file = path }, "cannot read %s", file);
    vg_why(e, "a conflict folder needs locations.csv, routes.csv and conflicts.csv");
    return vg_mend(e, "add the file, or name the folder that holds it");
}
