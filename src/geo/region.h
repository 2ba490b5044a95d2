/**
 * Regions (first-level administrative areas): their numbers, P-codes, names in many spellings, a point, and which lie
 * side by side. The built-in list is the 18 regions of Somalia and Dollo Ado in Ethiopia, as the displacement data of
 * UNHCR's PRMN need them; another list comes from a CSV file.
 *
 *     const vg_gazetteer *g = vg_gazetteer_builtin();
 *     const vg_region *r = vg_region_find(g, VG_S("Juba Hoose"));         Lower Juba, SO28, number 706028
 *     if (!r) near = vg_region_nearest(g, word);                          "did you mean ..."
 *
 * Numbers are the same in every file, source and store. A region of the built-in list has the UN M49 number of its
 * country times 1,000 plus the number of its P-code (SO28: 706028; Dollo Ado, without a P-code of ours: 231001). Any
 * other region's number is made from its name: 2^30 plus the low 30 bits of the 64-bit FNV-1a hash of the folded name
 * (vg_geo_fold), so the two kinds never meet. Two names of one number in a file are an error, never one unit.
 */
#ifndef VG_GEO_REGION_H
#define VG_GEO_REGION_H

#include "core/arena.h"
#include "core/input.h"

typedef struct {
    int32_t unit;             /* the number of series and flows */
    vg_str pcode, iso3, name; /* P-code and country may be empty */
    vg_str other_names;       /* further spellings, '|' between them */
    double lat_deg, lon_deg;  /* a point inside; NaN = not known */
    const int32_t *neighbour; /* positions in the list, ascending */
    int32_t n_neighbours;
} vg_region;

typedef struct {
    vg_str folded;
    int32_t region; /* position */
} vg_region_name;

/** A list of regions. Read-only after it was made; safe from any thread. */
typedef struct {
    const vg_region *region;
    int32_t n;
    const vg_region_name *name; /* all spellings, sorted */
    int32_t n_names;
    bool built_in;
} vg_gazetteer;

/** The list that is compiled in (data/regions.csv). Without memory it is empty. */
const vg_gazetteer *vg_gazetteer_builtin(void);

/**
 * A list from a CSV with a header: region (or name), and any of lat, lon, neighbours ('|' or ';' between the names),
 * pcode, iso3, unit, other_names; further columns are passed over. A region that the built-in list knows by P-code or
 * name has its number from there. "Neighbour" is taken both ways. Lives in `a`. Fails: VG_EPARSE (no header, a cell that
 * is no number), VG_ERANGE (a point not on earth), VG_ECONFLICT (a name or number twice), VG_ENOTFOUND (a neighbour that
 * is not in the list, with the nearest name), VG_ENODATA (no row), and as vg_input_read.
 */
bool vg_gazetteer_read(vg_input *in, vg_arena *a, vg_gazetteer *out, vg_err *e);
bool vg_gazetteer_open(const char *path, vg_arena *a, vg_gazetteer *out, vg_err *e);

/** NULL when there is none. Names: letter case, accents and punctuation ignored. `find` takes a name or a P-code. */
const vg_region *vg_region_by_name(const vg_gazetteer *g, vg_str name);
const vg_region *vg_region_by_pcode(const vg_gazetteer *g, vg_str pcode);
const vg_region *vg_region_by_unit(const vg_gazetteer *g, int32_t unit);
const vg_region *vg_region_find(const vg_gazetteer *g, vg_str name_or_pcode);

/**
 * The region with the spelling of least edit distance, for a question back to the user and for nothing else. NULL when
 * even that one differs by more than a third of its letters (two in short names). Of two at one distance the first.
 */
const vg_region *vg_region_nearest(const vg_gazetteer *g, vg_str name);

/** Number of a region, or of a district of a region, that no list knows. In 2^30 .. 2^31 - 1. */
int32_t vg_region_number(vg_str name);
int32_t vg_region_district_number(vg_str region, vg_str district);

/**
 * Least number of letters put in, left out or replaced that turn `a` into `b`; two letters side by side that changed
 * places count one (optimal string alignment). Bytes, after folding by the caller; longer texts than 64 bytes are
 * compared by their first 64. A metric but for the triangle inequality. Time O(|a| |b|).
 */
int32_t vg_geo_edit_distance(vg_str a, vg_str b);

#endif
